/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli.h"

#include "granary-cli-table.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define PROGRESS_INTERVAL_MS 100
#define PROGRESS_DELAY_US (G_USEC_PER_SEC / 4)

/* The line that shows how far a transfer is. Only on a terminal. */
typedef struct
{
  GranaryTransfer *transfer;
  gint64           since;
  gboolean         shown;
} Progress;

/**
 * granary_cli_is_terminal:
 * @descriptor: of a standard stream
 *
 * Returns: whether a person sits at it
 */
gboolean
granary_cli_is_terminal (int descriptor)
{
  return isatty (descriptor) == 1;
}

/**
 * granary_cli_get_width:
 *
 * Returns: cells of a line of the terminal that shows messages
 */
int
granary_cli_get_width (void)
{
  struct winsize size;

  if (ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;

  return 80;
}

static gboolean
progress_cb (gpointer user_data)
{
  Progress *progress = user_data;
  g_autofree char *title = NULL;
  g_autofree char *line = NULL;
  g_autofree char *text = NULL;
  g_autofree char *clipped = NULL;

  /* What is over in a moment needs no progress. */
  if (g_get_monotonic_time () - progress->since < PROGRESS_DELAY_US)
    return G_SOURCE_CONTINUE;

  title = granary_wording_transfer_title (progress->transfer);
  line = granary_wording_transfer_line (progress->transfer);
  if (granary_transfer_get_bytes_total (progress->transfer) > 0 ||
      granary_transfer_get_files_total (progress->transfer) > 0)
    {
      int percent = (int) (granary_transfer_get_fraction (progress->transfer) * 100);

      /* Translators: “Importing “x” · 42% · 1.2 GB of 4.0 GB · 85 MB/s · 40 seconds left”. */
      text = g_strdup_printf (_("%1$s · %2$d%% · %3$s"), title, CLAMP (percent, 0, 100), line);
    }
  else
    text = g_strdup_printf ("%s · %s", title, line);

  clipped = granary_cli_text_clip (text, (guint) MAX (granary_cli_get_width () - 1, 1));
  fprintf (stderr, "\r%s\033[K", clipped);
  fflush (stderr);
  progress->shown = TRUE;

  return G_SOURCE_CONTINUE;
}

/* A GAsyncReadyCallback for anything that granary_cli_wait() waits for. */
void
granary_cli_wait_cb (GObject      *source,
                     GAsyncResult *result,
                     gpointer      wait)
{
  ((GranaryCliWait *) wait)->result = g_object_ref (result);
  g_main_context_wakeup (NULL);
}

/**
 * granary_cli_wait:
 * @self: the run
 * @wait: handed to granary_cli_wait_cb() as user data
 * @transfer: (nullable): the transfer that shows how far it is; Ctrl-C cancels it
 *
 * Runs the main loop until the result is there.
 *
 * Returns: (transfer full): the result
 */
GAsyncResult *
granary_cli_wait (GranaryCli      *self,
                  GranaryCliWait  *wait,
                  GranaryTransfer *transfer)
{
  Progress progress = { transfer, g_get_monotonic_time (), FALSE };
  guint timeout = 0;

  g_set_object (&self->transfer, transfer);
  if (transfer != NULL && g_cancellable_is_cancelled (self->cancellable))
    granary_transfer_cancel (transfer);
  if (transfer != NULL && granary_cli_is_terminal (STDERR_FILENO))
    timeout = g_timeout_add (PROGRESS_INTERVAL_MS, progress_cb, &progress);

  while (wait->result == NULL)
    g_main_context_iteration (NULL, TRUE);

  g_clear_handle_id (&timeout, g_source_remove);
  if (progress.shown)
    {
      fputs ("\r\033[K", stderr);
      fflush (stderr);
    }
  g_clear_object (&self->transfer);

  return g_steal_pointer (&wait->result);
}

/**
 * granary_cli_read:
 * @self: the run, with an open repository
 * @func: reads from the catalogue
 * @data: for @func
 * @result_free: frees its result
 * @error: return location
 *
 * Reads from the catalogue, off the main thread.
 *
 * Returns: (transfer full): what @func returned
 */
gpointer
granary_cli_read (GranaryCli          *self,
                  GranaryCatalogFunc   func,
                  gpointer             data,
                  GDestroyNotify       result_free,
                  GError             **error)
{
  GranaryCatalog *catalog = granary_connection_get_catalog (self->connection);
  GranaryCliWait wait = { NULL };
  g_autoptr (GAsyncResult) result = NULL;

  granary_catalog_read_async (catalog, func, data, NULL, result_free, self->cancellable,
                              granary_cli_wait_cb, &wait);
  result = granary_cli_wait (self, &wait, NULL);

  return granary_catalog_read_finish (catalog, result, error);
}
