/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wording"

#include "config.h"

#include "granary-wording-private.h"

#include <glib/gi18n-lib.h>

/* What it is while it goes on, and once it is done; each with and without a subject. */
typedef struct
{
  const char *doing;
  const char *doing_it;
  const char *done;
  const char *done_it;
} Title;

/* Translators: each %s is a model and version, such as “plate-ocr v6”. */
static const Title titles[] = {
  [GRANARY_TRANSFER_IMPORT] = {
    N_("Importing “%s”"), N_("Importing"), N_("Imported “%s”"), N_("Imported"),
  },
  [GRANARY_TRANSFER_UPLOAD] = {
    N_("Uploading to “%s”"), N_("Uploading"), N_("Uploaded to “%s”"), N_("Uploaded"),
  },
  [GRANARY_TRANSFER_DOWNLOAD] = {
    N_("Downloading “%s”"), N_("Downloading"), N_("Downloaded “%s”"), N_("Downloaded"),
  },
  [GRANARY_TRANSFER_VERIFY] = {
    N_("Verifying “%s”"), N_("Verifying"), N_("Verified “%s”"), N_("Verified"),
  },
  [GRANARY_TRANSFER_DELETE] = {
    N_("Deleting “%s”"), N_("Deleting"), N_("Deleted “%s”"), N_("Deleted"),
  },
  [GRANARY_TRANSFER_PURGE] = {
    N_("Permanently deleting “%s”"), N_("Permanently deleting"),
    N_("Permanently deleted “%s”"), N_("Permanently deleted"),
  },
  [GRANARY_TRANSFER_PUBLISH] = {
    N_("Publishing “%s”"), N_("Publishing"), N_("Published “%s”"), N_("Published"),
  },
};

/**
 * granary_wording_transfer_title:
 * @transfer: a transfer
 *
 * Returns: (transfer full): what it is for, such as `Importing “plate-ocr v6”`; `Imported …` once
 *   it is done
 */
char *
granary_wording_transfer_title (GranaryTransfer *transfer)
{
  g_autofree char *subject = NULL;
  g_autoptr (GString) title = NULL;
  GranaryTransferKind kind;
  const Title *words;
  gboolean done;

  g_return_val_if_fail (GRANARY_IS_TRANSFER (transfer), NULL);

  kind = granary_transfer_get_kind (transfer);
  g_return_val_if_fail (kind < G_N_ELEMENTS (titles), NULL);

  words = &titles[kind];
  subject = granary_transfer_dup_subject (transfer);
  done = granary_transfer_get_state (transfer) == GRANARY_TRANSFER_DONE;
  if (subject == NULL || *subject == '\0')
    return g_strdup (done ? _(words->done_it) : _(words->doing_it));

  {
    g_autofree char *shown = granary_display_path (subject);

    title = g_string_new (done ? _(words->done) : _(words->doing));
    g_string_replace (title, "%s", shown, 1);
  }

  return g_string_free (g_steal_pointer (&title), FALSE);
}

/* Short, as it changes all the time beside a bar. */
static char *
make_time_left (int seconds)
{
  if (seconds < 60)
    /* Translators: seconds that are left, s being the unit: “35 s left”. */
    return g_strdup_printf (_("%d s left"), MAX (seconds, 1));

  if (seconds < 60 * 60)
    /* Translators: minutes that are left. */
    return g_strdup_printf (_("%d min left"), (seconds + 30) / 60);

  /* Translators: hours that are left. */
  return g_strdup_printf (_("%d h left"), (seconds + 30 * 60) / (60 * 60));
}

/* Where the unit begins in what g_format_size() made, behind the last of its spaces. */
static const char *
find_unit (const char *size)
{
  const char *unit = NULL;

  for (const char *at = size; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_isspace (g_utf8_get_char (at)))
      unit = at;

  return unit;
}

/* “1.2 of 4.0 GB”; where the units differ, “800 MB of 4.0 GB”. */
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
      const char *unit_done = find_unit (done);
      const char *unit_total = find_unit (total);

      if (unit_done != NULL && unit_total != NULL && g_str_equal (unit_done, unit_total))
        done[unit_done - done] = '\0';

      /* Translators: sizes, such as “1.2 of 4.0 GB” or “800 MB of 4.0 GB”. */
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

static char *
make_paused (GranaryTransfer *transfer)
{
  g_autofree char *amount = make_amount (transfer);

  /* Translators: a transfer that the user stopped for the time being. */
  if (amount == NULL)
    return g_strdup (C_("transfer", "Paused"));

  return g_strdup_printf ("%s · %s", C_("transfer", "Paused"), amount);
}

static char *
make_retrying (GranaryTransfer *transfer)
{
  const GError *error = granary_transfer_get_error (transfer);
  int seconds = granary_transfer_get_retry_in (transfer);
  g_autofree char *problem = error != NULL ? granary_wording_for_problem (error) : NULL;
  g_autofree char *retry = NULL;

  if (seconds > 0)
    /* Translators: a transfer that failed for the moment goes on by itself; s is for seconds. */
    retry = g_strdup_printf (_("Retrying in %d s."), seconds);
  else
    retry = g_strdup (_("Retrying now."));

  /* Translators: %s is a sentence, such as “Retrying in 8 s.” */
  if (problem == NULL)
    return g_strdup_printf (_("Paused. %s"), retry);

  /* Translators: two sentences: why a transfer cannot go on, such as ““cos.example.com” cannot be
   * reached.”, and “Retrying in 8 s.” */
  return g_strdup_printf (_("Paused: %1$s %2$s"), problem, retry);
}

static char *
make_waiting (GranaryTransfer *transfer)
{
  int turn = granary_transfer_get_turn (transfer);
  gint64 bytes_total = granary_transfer_get_bytes_total (transfer);
  g_autoptr (GString) line = g_string_new (C_("transfer", "Waiting"));

  if (bytes_total > 0)
    {
      g_autofree char *size = granary_wording_size (bytes_total);

      g_string_append_printf (line, " · %s", size);
    }
  if (turn > 0)
    {
      g_string_append (line, " · ");
      /* Translators: how many transfers in the queue come before this one. */
      g_string_append_printf (line, ngettext ("%d before it", "%d before it", (gulong) turn), turn);
    }

  return g_string_free (g_steal_pointer (&line), FALSE);
}

/**
 * granary_wording_transfer_line:
 * @transfer: a transfer
 *
 * Main context of the transfer.
 *
 * Returns: (transfer full): where it stands, such as `1.2 of 4.0 GB · 85 MB/s · 40 s left`
 */
char *
granary_wording_transfer_line (GranaryTransfer *transfer)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER (transfer), NULL);

  switch (granary_transfer_get_state (transfer))
    {
    case GRANARY_TRANSFER_PAUSED:
      return make_paused (transfer);
    case GRANARY_TRANSFER_RETRYING:
      return make_retrying (transfer);
    case GRANARY_TRANSFER_QUEUED:
      return make_waiting (transfer);
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

/* What a row of the list says while a transfer is about it. */
static const char *const progress_words[] = {
  /* Translators: these stand in a row of the list of models; %d is in percent. */
  [GRANARY_TRANSFER_IMPORT] = N_("Importing %d%%"),
  [GRANARY_TRANSFER_UPLOAD] = N_("Uploading %d%%"),
  [GRANARY_TRANSFER_DOWNLOAD] = N_("Downloading %d%%"),
  [GRANARY_TRANSFER_VERIFY] = N_("Verifying %d%%"),
  [GRANARY_TRANSFER_DELETE] = N_("Deleting %d%%"),
  [GRANARY_TRANSFER_PURGE] = N_("Deleting %d%%"),
  [GRANARY_TRANSFER_PUBLISH] = N_("Publishing %d%%"),
};

static char *
make_percent (const char *words,
              int         percent)
{
  g_autofree char *number = g_strdup_printf ("%d", CLAMP (percent, 0, 100));
  g_autoptr (GString) text = g_string_new (words);

  g_string_replace (text, "%d", number, 1);
  g_string_replace (text, "%%", "%", 0);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * granary_wording_transfer_progress:
 * @transfer: a transfer that is not over
 *
 * Returns: (transfer full): how far it is in a few words, such as `Uploading 42%`
 */
char *
granary_wording_transfer_progress (GranaryTransfer *transfer)
{
  GranaryTransferKind kind;

  g_return_val_if_fail (GRANARY_IS_TRANSFER (transfer), NULL);

  kind = granary_transfer_get_kind (transfer);
  g_return_val_if_fail (kind < G_N_ELEMENTS (progress_words), NULL);

  if (granary_transfer_get_bytes_total (transfer) <= 0 &&
      granary_transfer_get_files_total (transfer) <= 0)
    return g_strdup (_(titles[kind].doing_it));

  return make_percent (_(progress_words[kind]),
                       (int) (granary_transfer_get_fraction (transfer) * 100));
}

/**
 * granary_wording_status_progress:
 * @status: of a version
 * @progress: percent of its import, -1 when it is not known
 *
 * Returns: (transfer full): such as `Ready`, or `Importing 42%`
 */
char *
granary_wording_status_progress (GranaryStatus status,
                                 int           progress)
{
  if (status != GRANARY_STATUS_IMPORTING || progress < 0)
    return g_strdup (granary_wording_status (status));

  return make_percent (_(progress_words[GRANARY_TRANSFER_IMPORT]), progress);
}
