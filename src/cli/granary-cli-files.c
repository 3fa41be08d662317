/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli-files.h"

#include "granary-error.h"
#include "granary-file-check.h"
#include "granary-inspect.h"
#include "granary-version.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_PROBLEMS 20
#define BUFFER_SIZE (256 * 1024)

/* What a worker does with a set of files. */
typedef struct
{
  GranaryFileSet *files;   /* (owned) */
  GranaryVersion *version; /* (owned) (nullable) */
  gboolean        check;
} Work;

static void
work_free (Work *work)
{
  g_clear_object (&work->files);
  g_clear_pointer (&work->version, granary_version_unref);
  g_free (work);
}

/**
 * granary_cli_files_scan:
 * @cli: the run
 * @paths: what was named
 * @into: (nullable): folder of the version that it goes to
 * @error: return location
 *
 * Finds the files to store. Anything that cannot be stored is a failure here: on a command line
 * nobody can look at a list and leave something out.
 *
 * Returns: (transfer full): the files, at least one
 */
GranaryFileSet *
granary_cli_files_scan (GranaryCli          *cli,
                        const char * const  *paths,
                        const char          *into,
                        GError             **error)
{
  g_autoptr (GranaryFileSet) files = NULL;
  GranaryCliWait wait = { NULL };
  g_autoptr (GAsyncResult) result = NULL;
  guint n_problems;

  granary_file_set_scan_async (paths, into, cli->cancellable, granary_cli_wait_cb, &wait);
  result = granary_cli_wait (cli, &wait, NULL);
  files = granary_file_set_scan_finish (result, error);
  if (files == NULL)
    return NULL;

  n_problems = granary_file_set_get_n_problems (files);
  for (guint i = 1; i < n_problems && i < MAX_PROBLEMS; i++)
    {
      g_autofree char *problem =
        granary_wording_for_problem (granary_file_set_get_problem (files, i));

      granary_cli_note (cli, problem);
    }
  if (n_problems > MAX_PROBLEMS)
    {
      g_autofree char *more =
        g_strdup_printf (ngettext ("and %u more file that cannot be stored",
                                   "and %u more files that cannot be stored",
                                   n_problems - MAX_PROBLEMS),
                         n_problems - MAX_PROBLEMS);

      granary_cli_note (cli, more);
    }
  if (n_problems > 0)
    {
      g_propagate_error (error, g_error_copy (granary_file_set_get_problem (files, 0)));
      return NULL;
    }

  if (granary_file_set_get_n_files (files) == 0)
    {
      granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SOURCE_NONE, NULL,
                         "no files among what was named");
      return NULL;
    }

  return g_steal_pointer (&files);
}

static void
inspect_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  Work *work = data;
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  g_autoptr (GPtrArray) targets = g_ptr_array_new ();
  g_autoptr (GranaryInspection) inspection = NULL;
  GError *error = NULL;

  for (guint i = 0; i < granary_file_set_get_n_files (work->files); i++)
    {
      const GranarySourceFile *file = granary_file_set_get_file (work->files, i);

      if (work->check &&
          (g_str_equal (file->target, GRANARY_CONFIG_FILE) ||
           g_str_equal (file->target, GRANARY_SERVICE_FILE)) &&
          !granary_check_file (file->path, file->target, &error))
        {
          g_task_return_error (task, error);
          return;
        }
      g_ptr_array_add (paths, file->path);
      g_ptr_array_add (targets, file->target);
    }
  g_ptr_array_add (paths, NULL);
  g_ptr_array_add (targets, NULL);

  inspection = granary_inspect_files ((const char * const *) paths->pdata,
                                      (const char * const *) targets->pdata, cancellable, &error);
  if (inspection != NULL)
    g_task_return_pointer (task, g_steal_pointer (&inspection), g_object_unref);
  else
    g_task_return_error (task, error);
}

/* Whether the file on disk has another digest than the stored one. */
static gboolean
has_other_content (const GranarySourceFile *source,
                   const GranaryFile       *stored,
                   GCancellable            *cancellable,
                   gboolean                *other,
                   GError                 **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (source->path);
  g_autoptr (GFileInputStream) stream = NULL;
  g_autoptr (GChecksum) checksum = NULL;
  g_autofree guint8 *buffer = NULL;
  guint8 digest[GRANARY_SHA256_LENGTH];
  gsize digest_size = sizeof digest;
  gssize n;

  *other = source->size != stored->size;
  if (*other)
    return TRUE;

  stream = g_file_read (file, cancellable, error);
  if (stream == NULL)
    return FALSE;

  checksum = g_checksum_new (G_CHECKSUM_SHA256);
  buffer = g_malloc (BUFFER_SIZE);
  while ((n = g_input_stream_read (G_INPUT_STREAM (stream), buffer, BUFFER_SIZE, cancellable,
                                   error)) > 0)
    g_checksum_update (checksum, buffer, n);
  if (n < 0)
    return FALSE;

  g_checksum_get_digest (checksum, digest, &digest_size);
  *other = memcmp (digest, stored->sha256, sizeof digest) != 0;
  return TRUE;
}

static void
compare_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  Work *work = data;
  g_autoptr (GPtrArray) differing = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < granary_file_set_get_n_files (work->files); i++)
    {
      const GranarySourceFile *file = granary_file_set_get_file (work->files, i);
      const GranaryFile *stored = granary_version_find_file (work->version, file->target);
      GError *error = NULL;
      gboolean other = FALSE;

      if (stored == NULL)
        continue;
      if (!has_other_content (file, stored, cancellable, &other, &error))
        {
          g_task_return_error (task, error);
          return;
        }
      if (other)
        g_ptr_array_add (differing, g_strdup (file->target));
    }

  g_task_return_pointer (task, g_steal_pointer (&differing), (GDestroyNotify) g_ptr_array_unref);
}

static gpointer
run_work (GranaryCli       *cli,
          Work             *work,
          GTaskThreadFunc   func,
          GError          **error)
{
  GranaryCliWait wait = { NULL };
  g_autoptr (GTask) task = g_task_new (NULL, cli->cancellable, granary_cli_wait_cb, &wait);
  g_autoptr (GAsyncResult) result = NULL;

  g_task_set_source_tag (task, run_work);
  g_task_set_task_data (task, work, (GDestroyNotify) work_free);
  granary_worker_run (cli->worker, task, func);
  result = granary_cli_wait (cli, &wait, NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * granary_cli_files_inspect:
 * @cli: the run
 * @files: what was scanned
 * @check: whether a bad config.json or model_service.py is a failure
 * @error: return location
 *
 * Returns: (transfer full): what the files say of themselves
 */
GranaryInspection *
granary_cli_files_inspect (GranaryCli      *cli,
                           GranaryFileSet  *files,
                           gboolean         check,
                           GError         **error)
{
  Work *work = g_new0 (Work, 1);

  work->files = g_object_ref (files);
  work->check = check;

  return run_work (cli, work, inspect_thread, error);
}

/**
 * granary_cli_files_compare:
 * @cli: the run
 * @files: what was scanned
 * @version: a version with its files
 * @error: return location
 *
 * Returns: (transfer full) (element-type utf8): paths that both have, with other content
 */
GPtrArray *
granary_cli_files_compare (GranaryCli       *cli,
                           GranaryFileSet   *files,
                           GranaryVersion   *version,
                           GError          **error)
{
  Work *work = g_new0 (Work, 1);

  work->files = g_object_ref (files);
  work->version = granary_version_ref (version);

  return run_work (cli, work, compare_thread, error);
}

/**
 * granary_cli_files_note_warnings:
 * @cli: the run
 * @inspection: what the files say of themselves
 *
 * Tells what one should know of the files before trusting them.
 */
void
granary_cli_files_note_warnings (GranaryCli        *cli,
                                 GranaryInspection *inspection)
{
  for (guint i = 0; i < granary_inspection_get_n_warnings (inspection); i++)
    {
      const char *subject = NULL;
      GranaryInspectionWarning warning =
        granary_inspection_get_warning (inspection, i, &subject);
      g_autofree char *text = granary_wording_inspection_warning (warning, subject);

      granary_cli_note (cli, text);
    }
}
