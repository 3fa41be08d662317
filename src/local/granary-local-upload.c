/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-local-verbs-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-local-io.h"
#include "granary-local-stage-private.h"

/* A version is never changed in place: the folder it will be is built in staging, of links to the
 * files that stay and of the new ones, and then changes places with the old one. */
typedef struct
{
  GranaryLocalStore           *store;
  const GranaryUploadRequest  *request;
  GranaryTransfer             *transfer;
  char                        *uid;       /* (owned): of the operation */
  int                          fd;        /* the new folder */
  guint64                      inode;     /* of the new folder */
  GranaryVersion              *version;   /* (owned) (nullable): as it was */
  GHashTable                  *gone;      /* (owned): paths taken out or replaced */
  GPtrArray                   *files;     /* (owned): rows of the version as it will be */
  guint                        n_added;
  guint                        n_replaced;
} Upload;

static void
upload_clear (Upload *self)
{
  g_free (self->uid);
  g_clear_fd (&self->fd, NULL);
  g_clear_pointer (&self->version, granary_version_unref);
  g_clear_pointer (&self->gone, g_hash_table_unref);
  g_clear_pointer (&self->files, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Upload, upload_clear)

static gboolean
begin_cb (GranaryWriter  *writer,
          gpointer        data,
          GError        **error)
{
  Upload *self = data;
  g_autofree char *inode = g_strdup_printf ("%" G_GUINT64_FORMAT, self->inode);
  g_autofree char *detail = granary_local_detail_new ("inode", inode, NULL);
  GranaryOperation operation = { 0 };

  self->version = granary_writer_load_version (writer, self->request->version_id, error);
  if (self->version == NULL)
    return FALSE;
  if (self->version->status != GRANARY_STATUS_READY)
    {
      g_autofree char *subject = g_strdup_printf ("%s v%d", self->version->model_name,
                                                  self->version->number);

      return granary_local_fail (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_VERSION_NOT_READY,
                                 subject);
    }

  operation.uid = self->uid;
  operation.session = self->store->session;
  operation.kind = GRANARY_OPERATION_UPLOAD;
  operation.model_id = self->version->model_id;
  operation.version_id = self->version->id;
  operation.detail = detail;
  return granary_writer_begin_operation (writer, &operation, error);
}

static gboolean
commit_cb (GranaryWriter  *writer,
           gpointer        data,
           GError        **error)
{
  Upload *self = data;
  g_autofree char *detail = g_strdup_printf ("%u %u", self->n_added, self->n_replaced);

  return granary_writer_set_files (writer, self->version->id, self->files, error) &&
         granary_writer_add_event (writer, self->version->model_id, self->version->number,
                                   GRANARY_EVENT_UPLOADED, detail, error) &&
         granary_writer_end_operation (writer, self->uid, error);
}

/* What is taken out, by file or by folder. */
static gboolean
find_removed (Upload  *self,
              GError **error)
{
  for (char **path = self->request->remove; path != NULL && *path != NULL; path++)
    {
      gsize length = strlen (*path);
      gboolean is_found = FALSE;

      for (guint i = 0; i < self->version->files->len; i++)
        {
          const GranaryFile *file = g_ptr_array_index (self->version->files, i);

          if (strncmp (file->path, *path, length) == 0 &&
              (file->path[length] == '\0' || file->path[length] == '/'))
            {
              g_hash_table_add (self->gone, g_strdup (file->path));
              is_found = TRUE;
            }
        }
      if (!is_found)
        return granary_local_fail (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_FILE_MISSING,
                                   *path);
    }

  return TRUE;
}

/* A path cannot be a file and a folder, in whatever order the two came. */
static gboolean
find_clashes (Upload  *self,
              GError **error)
{
  g_autoptr (GHashTable) folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GranaryFileSet *files = self->request->files;

  for (guint i = 0; i < self->version->files->len; i++)
    {
      const GranaryFile *file = g_ptr_array_index (self->version->files, i);

      if (g_hash_table_contains (self->gone, file->path))
        continue;
      for (const char *slash = strchr (file->path, '/'); slash != NULL;
           slash = strchr (slash + 1, '/'))
        g_hash_table_add (folders, g_strndup (file->path, (gsize) (slash - file->path)));
    }

  for (guint i = 0; i < granary_file_set_get_n_files (files); i++)
    {
      const char *target = granary_file_set_get_file (files, i)->target;

      if (g_hash_table_contains (folders, target))
        return granary_local_fail (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_PATH_IS_FOLDER,
                                   target);
      for (const char *slash = strchr (target, '/'); slash != NULL; slash = strchr (slash + 1, '/'))
        {
          g_autofree char *folder = g_strndup (target, (gsize) (slash - target));

          if (granary_version_find_file (self->version, folder) != NULL &&
              !g_hash_table_contains (self->gone, folder))
            return granary_local_fail (error, GRANARY_ERROR_CONFLICT,
                                       GRANARY_REASON_PATH_IS_FOLDER, target);
        }
    }

  return TRUE;
}

/* Tells new files from those that would replace others and from those that are there already. */
static gboolean
sort_out (Upload             *self,
          GranaryLocalStage  *stage,
          GError            **error)
{
  GranaryFileSet *files = self->request->files;
  GCancellable *cancellable = granary_transfer_get_cancellable (self->transfer);

  granary_transfer_set_state (self->transfer, GRANARY_TRANSFER_VERIFYING);
  for (guint i = 0; i < granary_file_set_get_n_files (files); i++)
    {
      const GranarySourceFile *file = granary_file_set_get_file (files, i);
      const GranaryFile *there = granary_version_find_file (self->version, file->target);
      guint8 sha256[GRANARY_SHA256_LENGTH];

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (there == NULL || g_hash_table_contains (self->gone, file->target))
        {
          self->n_added++;
          continue;
        }
      if (there->size == file->size)
        {
          if (!granary_local_source_hash (file, FALSE, NULL, cancellable, sha256, error))
            return FALSE;
          if (memcmp (sha256, there->sha256, sizeof sha256) == 0)
            {
              granary_local_stage_skip (stage, i);
              granary_transfer_add_bytes (self->transfer, file->size);
              granary_transfer_add_files (self->transfer, 1);
              continue;
            }
        }
      if (!self->request->replace)
        return granary_local_fail (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_WOULD_REPLACE,
                                   file->target);
      g_hash_table_add (self->gone, g_strdup (file->target));
      self->n_replaced++;
    }

  return TRUE;
}

/* Where a file has as many links as it can have, or the file system knows none. */
static gboolean
copy_kept (Upload             *self,
           int                 old_fd,
           const GranaryFile  *file,
           GError            **error)
{
  g_autofd int from_fd = openat (old_fd, file->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  g_autofd int fd = -1;
  guint8 sha256[GRANARY_SHA256_LENGTH];
  gboolean can_clone = TRUE;
  struct stat status;
  int write_errno;
  int read_errno;

  if (from_fd < 0 || fstat (from_fd, &status) != 0)
    return granary_local_source_fail (error, errno, file->path, "open");
  fd = granary_local_io_create (self->fd, file->path);
  if (fd < 0)
    {
      granary_set_error_from_errno (error, errno, file->path, "create");
      return FALSE;
    }
  if (!granary_local_copy (from_fd, &status, fd, &can_clone, NULL,
                           granary_transfer_get_cancellable (self->transfer), sha256,
                           &write_errno, &read_errno))
    {
      if (read_errno != 0)
        return granary_local_source_fail (error, read_errno, file->path, "read");
      if (write_errno != 0)
        granary_set_error_from_errno (error, write_errno, file->path, "write");
      else
        g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "called off");
      return FALSE;
    }
  if (memcmp (sha256, file->sha256, sizeof sha256) != 0)
    return granary_local_fail (error, GRANARY_ERROR_CHECKSUM, GRANARY_REASON_FILE_CHANGED,
                               file->path);
  if (granary_local_io_set_attributes (fd, 0444, file->mtime) != 0)
    {
      granary_set_error_from_errno (error, errno, file->path, "set attributes");
      return FALSE;
    }

  return TRUE;
}

static gboolean
keep_files (Upload      *self,
            GHashTable  *made,
            GError     **error)
{
  GCancellable *cancellable = granary_transfer_get_cancellable (self->transfer);
  g_autofd int old_fd = granary_local_store_open_version (self->store, self->version->model_name,
                                                          self->version->number, error);

  if (old_fd < 0)
    return FALSE;

  for (guint i = 0; i < self->version->files->len; i++)
    {
      const GranaryFile *file = g_ptr_array_index (self->version->files, i);
      guint64 inode = file->inode;
      gint64 mtime = file->mtime;

      if (g_hash_table_contains (self->gone, file->path))
        continue;
      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          !granary_local_make_parents (self->fd, file->path, made, error))
        return FALSE;
      if (granary_local_io_link (old_fd, file->path, self->fd, file->path) != 0)
        {
          struct stat status;

          if (errno == ENOENT)
            return granary_local_fail (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_FILE_MISSING,
                                       file->path);
          if (errno == ENOSPC || errno == EDQUOT || errno == EIO || errno == EROFS)
            {
              granary_set_error_from_errno (error, errno, file->path, "link");
              return FALSE;
            }
          if (!copy_kept (self, old_fd, file, error))
            return FALSE;
          if (fstatat (self->fd, file->path, &status, AT_SYMLINK_NOFOLLOW) == 0)
            {
              inode = status.st_ino;
              mtime = granary_local_mtime (&status);
            }
        }
      g_ptr_array_add (self->files,
                       granary_file_new (file->path, file->size, file->sha256, mtime, inode));
    }

  return TRUE;
}

static int
compare_paths (gconstpointer a,
               gconstpointer b)
{
  return strcmp ((*(const GranaryFile *const *) a)->path, (*(const GranaryFile *const *) b)->path);
}

/* Returns with @has_changes FALSE when all is there already. */
static gboolean
build (Upload    *self,
       gboolean  *has_changes,
       GError   **error)
{
  g_autoptr (GranaryLocalStage) stage = NULL;
  g_autoptr (GHashTable) made = NULL;
  GPtrArray *stored;

  stage = granary_local_stage_new (self->store, self->request->files, FALSE, self->transfer);
  if (!find_removed (self, error) || !find_clashes (self, error) ||
      !sort_out (self, stage, error))
    return FALSE;

  *has_changes = self->n_added > 0 || g_hash_table_size (self->gone) > 0;
  if (!*has_changes)
    return TRUE;

  made = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!keep_files (self, made, error) || !granary_local_stage_run (stage, self->fd, error))
    return FALSE;

  stored = granary_local_stage_list_stored (stage);
  g_ptr_array_extend_and_steal (self->files, stored);
  g_ptr_array_sort (self->files, compare_paths);
  if (self->files->len == 0)
    {
      g_autofree char *subject = g_strdup_printf ("%s v%d", self->version->model_name,
                                                  self->version->number);

      return granary_local_fail (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SOURCE_NONE,
                                 subject);
    }

  return TRUE;
}

static gboolean
publish (Upload      *self,
         const char  *path,
         GError     **error)
{
  granary_transfer_set_state (self->transfer, GRANARY_TRANSFER_FINISHING);

  return granary_local_swap (self->store, self->uid, path, error) &&
         granary_local_store_sync (self->store,
                                   granary_transfer_get_cancellable (self->transfer), error) &&
         granary_local_store_check (self->store, TRUE, error) &&
         granary_local_store_write (self->store, commit_cb, self, error);
}

static void
roll_back (Upload     *self,
           const char *path)
{
  g_autoptr (GError) error = NULL;

  if (!granary_local_unswap (self->store, self->uid, path, self->inode, &error) ||
      !granary_local_end (self->store, self->uid, &error))
    g_debug ("Rolling back %s: %s", self->uid, error->message);
}

/* The old folder, or the new one where nothing changed. What cannot be removed now the next open
 * finds without an owner. */
static void
clean_up (Upload *self)
{
  g_autofree char *old = g_strconcat (self->uid, ".old", NULL);
  g_autoptr (GError) error = NULL;

  if (!granary_local_remove_tree (self->store->staging_fd, self->uid, NULL, NULL, &error) ||
      !granary_local_remove_tree (self->store->staging_fd, old, NULL, NULL, &error))
    g_debug ("Cleaning up %s: %s", self->uid, error->message);
}

static gboolean
make_folder (Upload  *self,
             GError **error)
{
  g_autofree char *shown = granary_display_path (self->store->root);
  struct stat status;

  if (granary_local_io_make_folder (self->store->staging_fd, self->uid) == 0)
    self->fd = openat (self->store->staging_fd, self->uid,
                       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (self->fd < 0 || fstat (self->fd, &status) != 0)
    {
      granary_set_error_from_errno (error, errno, shown, "mkdir");
      return FALSE;
    }

  self->inode = status.st_ino;
  return TRUE;
}

GranaryVersion *
granary_local_upload (GranaryLocalStore           *store,
                      const GranaryUploadRequest  *request,
                      GranaryTransfer             *transfer,
                      GError                     **error)
{
  g_auto (Upload) self = { .store = store, .request = request, .transfer = transfer, .fd = -1 };
  g_autofree char *subject = NULL;
  g_autofree char *path = NULL;
  gboolean has_changes = FALSE;

  if (!granary_local_store_check (store, TRUE, error))
    return NULL;
  if (granary_file_set_get_n_problems (request->files) > 0)
    {
      g_propagate_error (error, g_error_copy (granary_file_set_get_problem (request->files, 0)));
      return NULL;
    }

  self.uid = granary_local_store_new_operation (store);
  self.gone = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self.files = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_file_free);
  if (!make_folder (&self, error) || !granary_local_store_write (store, begin_cb, &self, error))
    {
      clean_up (&self);
      return NULL;
    }

  subject = g_strdup_printf ("%s v%d", self.version->model_name, self.version->number);
  granary_transfer_set_subject (transfer, subject);
  granary_transfer_set_total (transfer, granary_file_set_get_size (request->files),
                              granary_file_set_get_n_files (request->files));
  path = granary_local_version_path (self.version->model_name, self.version->number);
  if (!build (&self, &has_changes, error) || (has_changes && !publish (&self, path, error)))
    {
      roll_back (&self, path);
      return NULL;
    }

  clean_up (&self);
  if (!has_changes && !granary_local_end (store, self.uid, error))
    return NULL;

  return granary_catalog_load_version (store->catalog, request->version_id, error);
}
