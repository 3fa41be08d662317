/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wording"

#include "config.h"

#include "granary-wording-private.h"

#include <glib/gi18n-lib.h>

/**
 * granary_wording_transfer_title:
 * @transfer: a transfer
 *
 * Returns: (transfer full): what it is for, such as `Importing “plate-ocr v6”`
 */
char *
granary_wording_transfer_title (GranaryTransfer *transfer)
{
  g_autofree char *subject = NULL;
  g_autofree char *shown = NULL;

  g_return_val_if_fail (GRANARY_IS_TRANSFER (transfer), NULL);

  subject = granary_transfer_dup_subject (transfer);
  if (subject != NULL && *subject != '\0')
    shown = granary_display_path (subject);

  switch (granary_transfer_get_kind (transfer))
    {
    case GRANARY_TRANSFER_IMPORT:
      return shown != NULL ? g_strdup_printf (_("Importing “%s”"), shown)
                           : g_strdup (_("Importing"));
    case GRANARY_TRANSFER_UPLOAD:
      return shown != NULL ? g_strdup_printf (_("Uploading to “%s”"), shown)
                           : g_strdup (_("Uploading"));
    case GRANARY_TRANSFER_DOWNLOAD:
      return shown != NULL ? g_strdup_printf (_("Downloading “%s”"), shown)
                           : g_strdup (_("Downloading"));
    case GRANARY_TRANSFER_VERIFY:
      return shown != NULL ? g_strdup_printf (_("Verifying “%s”"), shown)
                           : g_strdup (_("Verifying"));
    case GRANARY_TRANSFER_DELETE:
      return shown != NULL ? g_strdup_printf (_("Deleting “%s”"), shown)
                           : g_strdup (_("Deleting"));
    case GRANARY_TRANSFER_PURGE:
      return shown != NULL ? g_strdup_printf (_("Permanently deleting “%s”"), shown)
                           : g_strdup (_("Permanently deleting"));
    default:
      g_return_val_if_reached (g_strdup (_("Working")));
    }
}

static char *
make_time_left (int seconds)
{
  if (seconds < 60)
    return g_strdup_printf (ngettext ("%d second left", "%d seconds left", MAX (seconds, 1)),
                            MAX (seconds, 1));

  if (seconds < 60 * 60)
    {
      int minutes = (seconds + 30) / 60;

      return g_strdup_printf (ngettext ("%d minute left", "%d minutes left", minutes), minutes);
    }

  {
    int hours = (seconds + 30 * 60) / (60 * 60);

    return g_strdup_printf (ngettext ("%d hour left", "%d hours left", hours), hours);
  }
}

/* “1.2 of 4.0 GB” is what it comes to; each size keeps its own unit, as they may differ. */
static char *
make_amount (GranaryTransfer *transfer)
{
  gint64 bytes_done = granary_transfer_get_bytes_done (transfer);
  gint64 bytes_total = granary_transfer_get_bytes_total (transfer);
  gint64 files_done = granary_transfer_get_files_done (transfer);
  gint64 files_total = granary_transfer_get_files_total (transfer);

  if (bytes_total > 0)
    {
      g_autofree char *done = granary_wording_size (MIN (bytes_done, bytes_total));
      g_autofree char *total = granary_wording_size (bytes_total);

      /* Translators: sizes, such as “1.2 GB of 4.0 GB”. */
      return g_strdup_printf (_("%1$s of %2$s"), done, total);
    }

  if (files_total > 0)
    return g_strdup_printf (ngettext ("%1$u of %2$u file", "%1$u of %2$u files",
                                      (gulong) files_total),
                            (guint) MIN (files_done, files_total), (guint) files_total);

  return NULL;
}

static char *
make_progress (GranaryTransfer *transfer,
               gboolean         is_verifying)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *amount = make_amount (transfer);
  double rate = granary_transfer_get_rate (transfer);
  int seconds_left = granary_transfer_get_seconds_left (transfer);

  if (is_verifying)
    g_string_append (line, _("Verifying"));
  else if (amount == NULL)
    g_string_append (line, _("Preparing"));

  if (amount != NULL)
    g_string_append_printf (line, "%s%s", line->len > 0 ? " · " : "", amount);

  if (rate >= 1)
    {
      g_autofree char *size = granary_wording_size ((gint64) rate);

      g_string_append (line, " · ");
      /* Translators: %s is a size; bytes per second. */
      g_string_append_printf (line, _("%s/s"), size);
    }

  if (seconds_left >= 0)
    {
      g_autofree char *left = make_time_left (seconds_left);

      g_string_append_printf (line, " · %s", left);
    }

  return g_string_free (g_steal_pointer (&line), FALSE);
}

/**
 * granary_wording_transfer_line:
 * @transfer: a transfer
 *
 * Returns: (transfer full): where it stands, such as `1.2 GB of 4.0 GB · 85 MB/s · 40 seconds left`
 */
char *
granary_wording_transfer_line (GranaryTransfer *transfer)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER (transfer), NULL);

  switch (granary_transfer_get_state (transfer))
    {
    case GRANARY_TRANSFER_PAUSED:
      /* Translators: a transfer that the user stopped for the time being. */
      return g_strdup (C_("transfer", "Paused"));

    case GRANARY_TRANSFER_RETRYING:
      /* Translators: a transfer that failed for the moment. */
      return g_strdup (C_("transfer", "Waiting to try again"));

    case GRANARY_TRANSFER_QUEUED:
      return g_strdup (C_("transfer", "Waiting"));
    case GRANARY_TRANSFER_RUNNING:
      return make_progress (transfer, FALSE);
    case GRANARY_TRANSFER_VERIFYING:
      return make_progress (transfer, TRUE);
    case GRANARY_TRANSFER_FINISHING:
      return g_strdup (C_("transfer", "Finishing"));
    case GRANARY_TRANSFER_DONE:
      {
        gint64 bytes_total = granary_transfer_get_bytes_total (transfer);
        g_autofree char *size = NULL;

        if (bytes_total <= 0)
          return g_strdup (C_("transfer", "Done"));

        size = granary_wording_size (bytes_total);
        return g_strdup_printf (C_("transfer", "Done · %s"), size);
      }
    case GRANARY_TRANSFER_FAILED:
      {
        const GError *error = granary_transfer_get_error (transfer);

        return error != NULL ? granary_wording_for_problem (error)
                             : g_strdup (C_("transfer", "Failed"));
      }
    case GRANARY_TRANSFER_CANCELLED:
      return g_strdup (C_("transfer", "Cancelled"));
    default:
      g_return_val_if_reached (g_strdup (""));
    }
}
