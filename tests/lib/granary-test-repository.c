/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-test-repository.h"

#include <errno.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-error.h"

/* Auxiliary functions */

static void
result_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  GAsyncResult **at = user_data;

  *at = g_object_ref (result);
  g_main_context_wakeup (g_main_context_get_thread_default ());
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (g_main_context_get_thread_default (), TRUE);

  return *result;
}

static int
remove_cb (const char        *path,
           const struct stat *status,
           int                type,
           struct FTW        *position)
{
  return remove (path);
}

static int
open_cb (const char        *path,
         const struct stat *status,
         int                type,
         struct FTW        *position)
{
  if (type == FTW_D || type == FTW_DNR)
    chmod (path, 0700);

  return 0;
}

static guint counted;

static int
count_cb (const char        *path,
          const struct stat *status,
          int                type,
          struct FTW        *position)
{
  if (type == FTW_F)
    counted++;

  return 0;
}

/* Waits until no session holds a lock: the last reference may be a worker's. Not for ever: one of
 * another process may be there by right. */
static void
wait_for_session (const char *root)
{
  g_autofree char *staging = g_build_filename (root, "staging", NULL);

  gint64 until = g_get_monotonic_time () + 5 * G_TIME_SPAN_SECOND;

  for (gboolean is_held = TRUE; is_held && g_get_monotonic_time () < until;)
    {
      g_autoptr (GDir) dir = g_dir_open (staging, 0, NULL);
      const char *name;

      is_held = FALSE;
      while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        is_held |= g_str_has_prefix (name, "s-") && g_str_has_suffix (name, ".lock");
      if (is_held)
        {
          g_main_context_iteration (NULL, FALSE);
          g_usleep (500);
        }
    }
}

/* Places */

void
granary_test_place_open (GranaryTestPlace *place,
                         GranaryTestOpen   open)
{
  g_autoptr (GError) error = NULL;

  place->connection = open (place->root, &error);
  g_assert_no_error (error);
  place->catalog = granary_connection_get_catalog (place->connection);
  place->repository = granary_connection_get_repository (place->connection);
}

void
granary_test_place_set_up (GranaryTestPlace *place,
                           GranaryTestOpen   open)
{
  g_autoptr (GError) error = NULL;

  place->folder = g_dir_make_tmp ("granary-test-XXXXXX", &error);
  g_assert_no_error (error);
  place->root = g_build_filename (place->folder, "repository", NULL);
  if (open != NULL)
    granary_test_place_open (place, open);
}

/* Closes, and waits until the workers have let go too. */
void
granary_test_place_close (GranaryTestPlace *place)
{
  if (place->connection == NULL)
    return;

  place->catalog = NULL;
  place->repository = NULL;
  if (granary_connection_get_queue (place->connection) != NULL)
    granary_connection_close (place->connection);
  g_clear_object (&place->connection);
  wait_for_session (place->root);
}

void
granary_test_place_tear_down (GranaryTestPlace *place)
{
  granary_test_place_close (place);
  granary_test_remove (place->folder);
  g_clear_pointer (&place->folder, g_free);
  g_clear_pointer (&place->root, g_free);
}

char *
granary_test_place_path (GranaryTestPlace *place,
                         const char       *name)
{
  return g_build_filename (place->folder, name, NULL);
}

/* Files */

char *
granary_test_write (const char *folder,
                    const char *name,
                    const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_no_errno (g_mkdir_with_parents (parent, 0755));
  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0644, &error);
  g_assert_no_error (error);

  return g_steal_pointer (&path);
}

char *
granary_test_write_size (const char *folder,
                         const char *name,
                         gsize       size,
                         guint32     seed)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree guint32 *words = g_malloc (size + sizeof (guint32));
  g_autoptr (GError) error = NULL;
  guint32 state = seed | 1;

  for (gsize i = 0; i * sizeof (guint32) < size; i++)
    {
      state ^= state << 13;
      state ^= state >> 17;
      state ^= state << 5;
      words[i] = state;
    }
  g_assert_no_errno (g_mkdir_with_parents (parent, 0755));
  g_file_set_contents_full (path, (const char *) words, (gssize) size, G_FILE_SET_CONTENTS_NONE,
                            0644, &error);
  g_assert_no_error (error);

  return g_steal_pointer (&path);
}

void
granary_test_remove (const char *path)
{
  /* A walk ends early when a file goes by itself meanwhile: a catalogue that was let go of removes its
   * own on its thread. */
  for (guint i = 0; i < 100 && g_file_test (path, G_FILE_TEST_EXISTS); i++)
    {
      if (i > 0)
        g_usleep (20 * G_TIME_SPAN_MILLISECOND);
      nftw (path, open_cb, 64, FTW_PHYS);
      nftw (path, remove_cb, 64, FTW_DEPTH | FTW_PHYS);
    }
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

char *
granary_test_read (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);

  return text;
}

/* Regular files below @folder. */
guint
granary_test_count (const char *folder)
{
  counted = 0;
  nftw (folder, count_cb, 64, FTW_PHYS);

  return counted;
}

/* Requests */

GranaryFileSet *
granary_test_scan (const char *path,
                   ...)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) paths = NULL;
  g_autoptr (GError) error = NULL;
  GranaryFileSet *set;
  va_list args;

  va_start (args, path);
  for (const char *at = path; at != NULL; at = va_arg (args, const char *))
    g_strv_builder_add (builder, at);
  va_end (args);
  paths = g_strv_builder_end (builder);

  set = granary_file_set_scan ((const char *const *) paths, NULL, NULL, &error);
  g_assert_no_error (error);

  return set;
}

/* Verbs */

GranaryVersion *
granary_test_import_request (GranaryRepository     *repository,
                             GranaryImportRequest  *request,
                             GranaryTransfer       *transfer,
                             GError               **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  granary_repository_import_async (repository, request, transfer, result_cb, &result);
  return granary_repository_import_finish (repository, wait_for (&result), error);
}

GranaryVersion *
granary_test_import (GranaryTestPlace  *place,
                     const char        *name,
                     const char        *source,
                     gboolean           move,
                     GError           **error)
{
  g_autoptr (GranaryImportRequest) request = granary_import_request_new ();
  g_autoptr (GranaryModel) model = granary_test_find (place, name);

  if (model != NULL)
    request->model_id = model->id;
  else
    request->name = g_strdup (name);
  request->files = granary_test_scan (source, NULL);
  request->move = move;

  return granary_test_import_request (place->repository, request, NULL, error);
}

GranaryVersion *
granary_test_upload (GranaryTestPlace  *place,
                     gint64             version_id,
                     const char        *source,
                     gboolean           replace,
                     const char        *remove_path,
                     GError           **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GranaryFileSet) files = source != NULL ? granary_test_scan (source, NULL) : NULL;
  g_autoptr (GranaryUploadRequest) request = NULL;

  request = granary_upload_request_new (version_id, files, replace);
  if (remove_path != NULL)
    request->remove = g_strsplit (remove_path, "\n", -1);
  granary_repository_upload_async (place->repository, request, NULL, result_cb, &result);
  return granary_repository_upload_finish (place->repository, wait_for (&result), error);
}

GPtrArray *
granary_test_download (GranaryTestPlace  *place,
                       gint64             version_id,
                       const char        *folder,
                       GError           **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  g_array_append_val (ids, version_id);
  granary_repository_download_async (place->repository, ids, folder, NULL, result_cb, &result);
  return granary_repository_download_finish (place->repository, wait_for (&result), error);
}

gboolean
granary_test_edit (GranaryTestPlace    *place,
                   GranaryEditRequest  *request,
                   GError             **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  granary_repository_edit_async (place->repository, request, NULL, result_cb, &result);
  return granary_repository_edit_finish (place->repository, wait_for (&result), error);
}

gboolean
granary_test_rename (GranaryTestPlace  *place,
                     gint64             model_id,
                     const char        *name,
                     GError           **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GranaryEditRequest) request = NULL;

  g_array_append_val (ids, model_id);
  request = granary_edit_request_new (ids);
  request->name = g_strdup (name);
  return granary_test_edit (place, request, error);
}

char *
granary_test_delete (GranaryTestPlace  *place,
                     gint64             model_id,
                     gint64             version_id,
                     GError           **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GranaryDeleteRequest) request = NULL;
  g_auto (GStrv) entries = NULL;

  if (version_id != 0)
    g_array_append_val (ids, version_id);
  else
    g_array_append_val (ids, model_id);
  request = granary_delete_request_new (version_id != 0 ? NULL : ids,
                                        version_id != 0 ? ids : NULL, FALSE);
  granary_repository_delete_async (place->repository, request, NULL, result_cb, &result);
  entries = granary_repository_delete_finish (place->repository, wait_for (&result), error);

  return entries != NULL ? g_strdup (entries[0]) : NULL;
}

GStrv
granary_test_delete_models (GranaryTestPlace  *place,
                            GArray            *model_ids,
                            GError           **error)
{
  g_autoptr (GranaryDeleteRequest) request = granary_delete_request_new (model_ids, NULL, FALSE);
  g_autoptr (GAsyncResult) result = NULL;

  granary_repository_delete_async (place->repository, request, NULL, result_cb, &result);
  return granary_repository_delete_finish (place->repository, wait_for (&result), error);
}

gboolean
granary_test_restore (GranaryTestPlace  *place,
                      const char        *entry,
                      const char        *new_name,
                      GError           **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  const char *entries[] = { entry, NULL };

  granary_repository_restore_async (place->repository, entries, new_name, NULL, result_cb,
                                    &result);
  return granary_repository_restore_finish (place->repository, wait_for (&result), error);
}

gint64
granary_test_purge (GranaryTestPlace  *place,
                    const char        *entry,
                    GError           **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  const char *entries[] = { entry, NULL };

  granary_repository_purge_async (place->repository, entry != NULL ? entries : NULL, NULL,
                                  result_cb, &result);
  return granary_repository_purge_finish (place->repository, wait_for (&result), error);
}

GPtrArray *
granary_test_verify (GranaryTestPlace  *place,
                     GError           **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  granary_repository_verify_async (place->repository, NULL, NULL, result_cb, &result);
  return granary_repository_verify_finish (place->repository, wait_for (&result), error);
}

GPtrArray *
granary_test_check (GranaryTestPlace  *place,
                    gint64             version_id,
                    GError           **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  granary_repository_check_async (place->repository, version_id, NULL, result_cb, &result);
  return granary_repository_check_finish (place->repository, wait_for (&result), error);
}

GranaryModel *
granary_test_find (GranaryTestPlace *place,
                   const char       *name)
{
  gint64 id = granary_catalog_find_model (place->catalog, name, NULL);

  return id > 0 ? granary_catalog_load_model (place->catalog, id, NULL) : NULL;
}

void
granary_test_assert_clean (GranaryTestPlace *place)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) problems = granary_test_verify (place, &error);
  g_autoptr (GranaryQuery) query = granary_query_new (NULL, NULL, GRANARY_SORT_NAME, FALSE);
  g_autoptr (GArray) ids = NULL;

  g_assert_no_error (error);
  for (guint i = 0; i < problems->len; i++)
    {
      const GranaryVerifyProblem *problem = g_ptr_array_index (problems, i);

      g_test_message ("verify: %s", problem->error->message);
    }
  g_assert_cmpuint (problems->len, ==, 0);

  ids = granary_catalog_list_ids (place->catalog, query, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < ids->len; i++)
    {
      g_autoptr (GPtrArray) versions = NULL;

      versions = granary_catalog_load_versions (place->catalog, g_array_index (ids, gint64, i),
                                                &error);
      g_assert_no_error (error);
      for (guint v = 0; v < versions->len; v++)
        g_assert_cmpint (((GranaryVersion *) g_ptr_array_index (versions, v))->status, ==,
                         GRANARY_STATUS_READY);
    }
}
