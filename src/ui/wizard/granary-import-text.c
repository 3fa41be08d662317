/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-import-text.h"

#include <string.h>

#include "granary-error.h"
#include "granary-worker.h"

static void
set_io_error (GError       **error,
              const GError  *io_error,
              const char    *path)
{
  g_autofree char *shown = granary_display_path (path);
  gboolean missing = g_error_matches (io_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);

  granary_set_error (error,
                     missing ? GRANARY_ERROR_NOT_FOUND : GRANARY_ERROR_FILE,
                     missing ? GRANARY_REASON_SOURCE_MISSING : GRANARY_REASON_SOURCE_UNREADABLE,
                     shown, "read %s: %s", shown, io_error->message);
}

/* Never more than the limit, whatever the file is or grows to. */
static char *
read_text (const char    *path,
           GCancellable  *cancellable,
           GError       **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = NULL;
  g_autoptr (GError) io_error = NULL;
  g_autofree char *text = g_malloc (GRANARY_IMPORT_TEXT_MAX_BYTES + 1);
  g_autofree char *shown = granary_display_path (path);
  gsize length = 0;

  stream = g_file_read (file, cancellable, &io_error);
  if (stream == NULL ||
      !g_input_stream_read_all (G_INPUT_STREAM (stream), text, GRANARY_IMPORT_TEXT_MAX_BYTES + 1,
                                &length, cancellable, &io_error))
    {
      if (granary_error_is_cancelled (io_error))
        g_propagate_error (error, g_steal_pointer (&io_error));
      else
        set_io_error (error, io_error, path);
      return NULL;
    }

  if (length > GRANARY_IMPORT_TEXT_MAX_BYTES || !g_utf8_validate (text, (gssize) length, NULL))
    {
      granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_FORMAT_UNREADABLE, shown,
                         "%s is no text of at most %d bytes", shown, GRANARY_IMPORT_TEXT_MAX_BYTES);
      return NULL;
    }

  text[length] = '\0';

  return g_steal_pointer (&text);
}

static void
read_thread (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  char *text;

  text = read_text (task_data, cancellable, &error);
  if (text != NULL)
    g_task_return_pointer (task, text, g_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * granary_import_text_read_async:
 * @path: a file, in the file system's encoding
 * @cancellable: (nullable): to call it off
 * @callback: called when it is read
 * @user_data: for @callback
 *
 * Reads a text file of at most %GRANARY_IMPORT_TEXT_MAX_BYTES.
 */
void
granary_import_text_read_async (const char          *path,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GranaryWorker) worker = NULL;

  g_return_if_fail (path != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, granary_import_text_read_async);
  g_task_set_task_data (task, g_strdup (path), g_free);
  worker = granary_worker_new ("granary-import-text", 1);
  granary_worker_run (worker, task, read_thread);
}

/**
 * granary_import_text_read_finish:
 * @result: what the callback was given
 * @error: return location
 *
 * Returns: (transfer full): the text; %NULL with an error when it is too long, no UTF-8, or cannot
 *   be read
 */
char *
granary_import_text_read_finish (GAsyncResult  *result,
                                 GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
