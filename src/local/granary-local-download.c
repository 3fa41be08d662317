/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-local-verbs-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-local-digest-private.h"
#include "granary-local-io.h"
#include "granary-local-stage-private.h"
#include "granary-names.h"

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

/* Each version is copied into a hidden folder beside its place, and then renamed. */
typedef struct
{
  GranaryLocalStore *store;
  GranaryTransfer   *transfer;
  GCancellable      *cancellable;
  const char        *folder;
  int                folder_fd;
  gboolean           can_clone;
} Download;

static gboolean
fail_target (GError     **error,
             int          saved_errno,
             const char  *path,
             const char  *action)
{
  g_autofree char *shown = granary_display_path (path);

  if (saved_errno == EACCES || saved_errno == EPERM || saved_errno == EROFS ||
      saved_errno == ENOENT || saved_errno == ENOTDIR)
    granary_set_error (error, GRANARY_ERROR_FILE, GRANARY_REASON_TARGET_UNWRITABLE, shown,
                       "%s: %s: %s", action, shown, g_strerror (saved_errno));
  else
    granary_set_error_from_errno (error, saved_errno, shown, action);
  return FALSE;
}

static gboolean
fail_stored (GError               **error,
             GranaryError           code,
             GranaryReason          reason,
             const GranaryVersion  *version,
             const char            *path)
{
  g_autofree char *subject = g_strdup_printf ("%s v%d/%s", version->model_name, version->number,
                                              path);

  granary_set_error (error, code, reason, subject, "%s (%d)", subject, (int) reason);
  return FALSE;
}

static gboolean
copy_file (Download              *self,
           const GranaryVersion  *version,
           int                    from_folder_fd,
           int                    to_folder_fd,
           const GranaryFile     *file,
           GError               **error)
{
  g_autofd int from_fd = openat (from_folder_fd, file->path,
                                 O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
  g_autofd int fd = -1;
  guint8 sha256[GRANARY_SHA256_LENGTH];
  struct stat status;
  int write_errno;
  int read_errno;

  if (from_fd < 0 && (errno == ENOENT || errno == ENOTDIR))
    return fail_stored (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_FILE_MISSING, version,
                        file->path);
  if (from_fd < 0 || fstat (from_fd, &status) != 0)
    return fail_stored (error, GRANARY_ERROR_FILE, GRANARY_REASON_INPUT_OUTPUT, version,
                        file->path);
  if (!S_ISREG (status.st_mode) || status.st_size != file->size)
    return fail_stored (error, GRANARY_ERROR_CHECKSUM, GRANARY_REASON_FILE_CHANGED, version,
                        file->path);

  fd = granary_local_io_create (to_folder_fd, file->path);
  if (fd < 0)
    return fail_target (error, errno, file->path, "create");
  if (!granary_local_copy (from_fd, &status, fd, &self->can_clone, self->transfer,
                           self->cancellable, sha256, &write_errno, &read_errno))
    {
      if (write_errno != 0)
        return fail_target (error, write_errno, file->path, "write");
      if (read_errno != 0)
        return fail_stored (error, GRANARY_ERROR_FILE, GRANARY_REASON_INPUT_OUTPUT, version,
                            file->path);
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "called off");
      return FALSE;
    }
  if (memcmp (sha256, file->sha256, sizeof sha256) != 0)
    return fail_stored (error, GRANARY_ERROR_CHECKSUM, GRANARY_REASON_FILE_CHANGED, version,
                        file->path);
  if (granary_local_io_set_attributes (fd, 0644, file->mtime) != 0)
    return fail_target (error, errno, file->path, "set attributes");

  granary_transfer_add_files (self->transfer, 1);
  return TRUE;
}

static guint
count_files (int folder_fd)
{
  int fd = openat (folder_fd, ".", FOLDER_FLAGS | O_NOFOLLOW);
  DIR *stream = fd >= 0 ? fdopendir (fd) : NULL;
  struct dirent *entry;
  guint n_files = 0;

  if (stream == NULL)
    {
      if (fd >= 0)
        close (fd);
      return 0;
    }

  while ((entry = readdir (stream)) != NULL)
    {
      g_autofd int sub = -1;

      if (strcmp (entry->d_name, ".") == 0 || strcmp (entry->d_name, "..") == 0)
        continue;
      sub = openat (fd, entry->d_name, FOLDER_FLAGS | O_NOFOLLOW | O_NONBLOCK);
      n_files += sub >= 0 ? count_files (sub) : 1;
    }
  closedir (stream);

  return n_files;
}

/* Whether what is there already is the very version. */
static gboolean
is_identical (Download             *self,
              const GranaryVersion *version,
              const char           *name)
{
  g_autofd int folder_fd = openat (self->folder_fd, name, FOLDER_FLAGS | O_NOFOLLOW);

  if (folder_fd < 0 || count_files (folder_fd) != version->files->len)
    return FALSE;

  granary_transfer_set_state (self->transfer, GRANARY_TRANSFER_VERIFYING);
  for (guint i = 0; i < version->files->len; i++)
    {
      const GranaryFile *file = g_ptr_array_index (version->files, i);
      g_autofd int fd = openat (folder_fd, file->path,
                                O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
      guint8 sha256[GRANARY_SHA256_LENGTH];
      struct stat status;

      if (fd < 0 || fstat (fd, &status) != 0 || !S_ISREG (status.st_mode) ||
          status.st_size != file->size ||
          granary_local_digest_file (fd, file->size, FALSE, NULL, self->cancellable, sha256) != 0 ||
          memcmp (sha256, file->sha256, sizeof sha256) != 0)
        return FALSE;
    }
  granary_transfer_add_bytes (self->transfer, version->size);
  granary_transfer_add_files (self->transfer, version->n_files);

  return TRUE;
}

static gboolean
copy_version (Download              *self,
              const GranaryVersion  *version,
              int                    to_folder_fd,
              GError               **error)
{
  g_autoptr (GHashTable) made = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofd int from_folder_fd = -1;

  from_folder_fd = granary_local_store_open_version (self->store, version->model_name,
                                                     version->number, error);
  if (from_folder_fd < 0)
    return FALSE;

  for (guint i = 0; i < version->files->len; i++)
    {
      const GranaryFile *file = g_ptr_array_index (version->files, i);

      if (g_cancellable_set_error_if_cancelled (self->cancellable, error) ||
          !granary_local_make_parents (to_folder_fd, file->path, made, error) ||
          !copy_file (self, version, from_folder_fd, to_folder_fd, file, error))
        return FALSE;
    }

  return TRUE;
}

static char *
download_one (Download              *self,
              const GranaryVersion  *version,
              GError               **error)
{
  g_autofree char *name = g_strdup_printf ("%s-v%d", version->model_name, version->number);
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autofree char *uid = granary_uid_new ("download");
  g_autofree char *temporary = g_strconcat (".granary-", uid, NULL);
  g_autoptr (GError) local_error = NULL;
  g_autofd int to_folder_fd = -1;
  struct stat status;
  gboolean is_there;

  is_there = fstatat (self->folder_fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
  if (is_there && is_identical (self, version, name))
    return g_steal_pointer (&path);
  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return NULL;
  if (is_there)
    {
      g_autofree char *shown = granary_display_path (path);

      granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_TARGET_EXISTS, shown,
                         "%s is in the way", shown);
      return NULL;
    }

  granary_transfer_set_state (self->transfer, GRANARY_TRANSFER_RUNNING);
  if (granary_local_io_make_folder (self->folder_fd, temporary) != 0 ||
      (to_folder_fd = openat (self->folder_fd, temporary, FOLDER_FLAGS | O_NOFOLLOW)) < 0)
    {
      fail_target (error, errno, self->folder, "mkdir");
      return NULL;
    }

  if (copy_version (self, version, to_folder_fd, &local_error))
    {
      if (granary_local_io_rename (self->folder_fd, temporary, self->folder_fd, name) == 0)
        return g_steal_pointer (&path);
      if (errno == EEXIST)
        {
          g_autofree char *shown = granary_display_path (path);

          granary_set_error (&local_error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_TARGET_EXISTS,
                             shown, "%s came to be meanwhile", shown);
        }
      else
        {
          fail_target (&local_error, errno, path, "rename");
        }
    }

  granary_local_remove_tree (self->folder_fd, temporary, NULL, NULL, NULL);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

typedef struct
{
  GPtrArray  *versions;
  const char *folder;
} Downloaded;

static gboolean
note_cb (GranaryWriter  *writer,
         gpointer        data,
         GError        **error)
{
  Downloaded *done = data;

  for (guint i = 0; i < done->versions->len; i++)
    {
      const GranaryVersion *version = g_ptr_array_index (done->versions, i);

      if (!granary_writer_add_event (writer, version->model_id, version->number,
                                     GRANARY_EVENT_DOWNLOADED, done->folder, error))
        return FALSE;
    }

  return TRUE;
}

static GPtrArray *
load_versions (Download  *self,
               GArray    *version_ids,
               GError   **error)
{
  g_autoptr (GPtrArray) versions = NULL;
  g_autofree char *subject = NULL;
  gint64 size = 0;
  gint64 n_files = 0;

  versions = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_version_unref);
  for (guint i = 0; i < version_ids->len; i++)
    {
      GranaryVersion *version;

      version = granary_catalog_load_version (self->store->catalog,
                                              g_array_index (version_ids, gint64, i), error);
      if (version == NULL)
        return NULL;
      g_ptr_array_add (versions, version);
      g_clear_pointer (&subject, g_free);
      subject = g_strdup_printf ("%s v%d", version->model_name, version->number);
      if (version->status != GRANARY_STATUS_READY)
        {
          granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_VERSION_NOT_READY,
                             subject, "%s is not ready", subject);
          return NULL;
        }
      size += version->size;
      n_files += version->n_files;
    }

  if (versions->len == 1)
    granary_transfer_set_subject (self->transfer, subject);
  granary_transfer_set_total (self->transfer, size, n_files);
  return g_steal_pointer (&versions);
}

/* Asked before the first byte is copied; holes need no room. */
static gboolean
check_room (Download   *self,
            GPtrArray  *versions,
            GError    **error)
{
  g_autofree char *shown = granary_display_path (self->folder);
  gint64 needed = 0;
  struct stat here;
  struct stat there;

  for (guint i = 0; i < versions->len; i++)
    {
      const GranaryVersion *version = g_ptr_array_index (versions, i);
      g_autofree char *name = g_strdup_printf ("%s-v%d", version->model_name, version->number);
      g_autofd int fd = -1;

      if (fstatat (self->folder_fd, name, &there, AT_SYMLINK_NOFOLLOW) == 0)
        continue;
      fd = granary_local_store_open_version (self->store, version->model_name, version->number,
                                             error);
      if (fd < 0)
        return FALSE;
      for (guint f = 0; f < version->files->len; f++)
        {
          const GranaryFile *file = g_ptr_array_index (version->files, f);

          if (fstatat (fd, file->path, &here, AT_SYMLINK_NOFOLLOW) == 0)
            needed += granary_local_occupied (&here);
        }
    }

  return granary_local_check_room (self->folder_fd, shown, needed, error);
}

GPtrArray *
granary_local_download (GranaryLocalStore  *store,
                        GArray             *version_ids,
                        const char         *folder,
                        GranaryTransfer    *transfer,
                        GError            **error)
{
  Download self = { store, transfer, granary_transfer_get_cancellable (transfer), folder, -1, TRUE };
  g_autoptr (GPtrArray) paths = NULL;
  g_autoptr (GPtrArray) versions = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *noted = NULL;
  g_autofd int folder_fd = -1;
  Downloaded done;

  if (!granary_local_store_check (store, FALSE, error))
    return NULL;
  versions = load_versions (&self, version_ids, error);
  if (versions == NULL)
    return NULL;
  self.folder_fd = folder_fd = open (folder, FOLDER_FLAGS);
  if (folder_fd < 0)
    {
      fail_target (error, errno, folder, "open");
      return NULL;
    }
  if (!check_room (&self, versions, error))
    return NULL;

  paths = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < versions->len; i++)
    {
      char *path = download_one (&self, g_ptr_array_index (versions, i), error);

      if (path == NULL)
        return NULL;
      g_ptr_array_add (paths, path);
    }

  /* The files are there; that history cannot be written is no reason to say otherwise. */
  noted = g_filename_display_name (folder);
  done = (Downloaded) { versions, noted };
  if (!store->is_read_only && !granary_local_store_write (store, note_cb, &done, &local_error))
    g_debug ("Noting a download: %s", local_error->message);

  return g_steal_pointer (&paths);
}
