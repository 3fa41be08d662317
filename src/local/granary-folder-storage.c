/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-folder-storage.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "granary-crc64.h"
#include "granary-error.h"
#include "granary-folder-private.h"
#include "granary-local-io.h"

#define BUFFER_SIZE (256 * 1024)

/* A folder may be removed, as empty, between being made and being used. */
#define RACES_MAX 8

struct _GranaryFolderStorage
{
  GranaryBlockingStorage  parent_instance;

  char                   *root; /* (owned) */
};

/* A file being written under a name that is none yet. */
typedef struct
{
  int      folder_fd; /* (owned) */
  int      fd;        /* (owned) */
  char    *name;      /* (owned) (nullable): while it is there */
  guint64  crc64;
  gint64   size;
} Stage;

static void
stage_clear (Stage *self)
{
  if (self->name != NULL && self->folder_fd >= 0)
    granary_local_io_unlink (self->folder_fd, self->name);
  g_clear_fd (&self->fd, NULL);
  g_clear_fd (&self->folder_fd, NULL);
  g_clear_pointer (&self->name, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Stage, stage_clear)

#define STAGE_INIT { .folder_fd = -1, .fd = -1 }

G_DEFINE_FINAL_TYPE (GranaryFolderStorage, granary_folder_storage, GRANARY_TYPE_BLOCKING_STORAGE)

/* Auxiliary functions */

static int
open_bucket (GranaryBlockingStorage    *storage,
             const GranaryObjectPlace  *place,
             GError                   **error)
{
  return granary_folder_open_bucket (GRANARY_FOLDER_STORAGE (storage)->root, place->bucket, error);
}

/* Opens the file of an object. A folder is not one. */
static int
open_object (GranaryBlockingStorage    *storage,
             const GranaryObjectPlace  *place,
             struct stat               *status,
             GError                   **error)
{
  g_autofd int bucket_fd = -1;
  g_autofd int fd = -1;

  if (!granary_folder_check_key (place->key, error))
    return -1;
  bucket_fd = open_bucket (storage, place, error);
  if (bucket_fd < 0)
    return -1;

  /* Not blocking: a pipe could be meant. */
  fd = granary_folder_open_beneath (bucket_fd, place->key,
                                    O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0 || fstat (fd, status) != 0)
    {
      granary_folder_fail (error, errno, place, "open");
      return -1;
    }
  if (!S_ISREG (status->st_mode))
    {
      granary_folder_fail (error, ENOENT, place, "open");
      return -1;
    }

  return g_steal_fd (&fd);
}

static gboolean
stage_create (Stage *self)
{
  self->name = g_strdup_printf (GRANARY_FOLDER_STAGE_PREFIX "%08x%08x" GRANARY_FOLDER_STAGE_SUFFIX,
                                g_random_int (), g_random_int ());
  self->fd = granary_local_io_create (self->folder_fd, self->name);
  if (self->fd < 0)
    {
      g_clear_pointer (&self->name, g_free);
      return FALSE;
    }

  /* Made read-only, as the files of versions are; these are the user's own. */
  return granary_local_io_set_mode (self->folder_fd, self->name, 0644) == 0;
}

/* Fills a stage from @from_fd, which has to stay as it was at @before. What fails is about
 * @from_path, or about the stage. */
static gboolean
stage_fill (Stage              *self,
            int                 from_fd,
            const char         *from_path,
            const struct stat  *before,
            GranaryTransfer    *transfer,
            GCancellable       *cancellable,
            GError            **error)
{
  g_autofree guint8 *buffer = g_malloc (BUFFER_SIZE);
  g_autofree char *shown = granary_display_path (from_path);
  struct stat after;

  for (;;)
    {
      ssize_t n;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      do
        n = pread (from_fd, buffer, BUFFER_SIZE, (off_t) self->size);
      while (n < 0 && errno == EINTR);
      if (n < 0)
        {
          granary_set_error_from_errno (error, errno, shown, "read");
          return FALSE;
        }
      if (n == 0)
        break;
      if (granary_local_io_write (self->fd, buffer, (gsize) n, (goffset) self->size) != 0)
        {
          granary_set_error_from_errno (error, errno, self->name, "write");
          return FALSE;
        }
      self->crc64 = granary_crc64_update (self->crc64, buffer, (gsize) n);
      self->size += n;
      granary_transfer_add_bytes (transfer, n);
    }

  if (fstat (from_fd, &after) != 0 || after.st_size != before->st_size ||
      after.st_mtim.tv_sec != before->st_mtim.tv_sec ||
      after.st_mtim.tv_nsec != before->st_mtim.tv_nsec || self->size != before->st_size)
    {
      granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_SOURCE_CHANGED, shown,
                         "%s changed while it was read", shown);
      return FALSE;
    }
  if (fsync (self->fd) != 0)
    {
      granary_set_error_from_errno (error, errno, self->name, "sync");
      return FALSE;
    }

  return TRUE;
}

/* Takes the bytes of something that did not come to its end back. */
static gboolean
take_back (Stage           *self,
           GranaryTransfer *transfer)
{
  granary_transfer_add_bytes (transfer, -self->size);
  return FALSE;
}

/* Stores what is in @from_fd as an object, in place of what is there. */
static GranaryObject *
store (GranaryBlockingStorage    *storage,
       int                        from_fd,
       const char                *from_path,
       const struct stat         *status,
       const GranaryObjectPlace  *place,
       GranaryTransfer           *transfer,
       GCancellable              *cancellable,
       GError                   **error)
{
  g_autofd int bucket_fd = open_bucket (storage, place, error);
  g_auto (Stage) stage = STAGE_INIT;
  GranaryObject *object;
  struct stat stored;
  const char *name;

  if (bucket_fd < 0)
    return NULL;

  for (guint i = 0; stage.fd < 0; i++)
    {
      g_clear_fd (&stage.folder_fd, NULL);
      stage.folder_fd = granary_folder_open_parent (bucket_fd, place, &name, error);
      if (stage.folder_fd < 0)
        return NULL;
      if (!stage_create (&stage) && (stage.fd >= 0 || errno != ENOENT || i == RACES_MAX))
        {
          granary_folder_fail (error, errno, place, "create");
          return NULL;
        }
    }

  if (!stage_fill (&stage, from_fd, from_path, status, transfer, cancellable, error))
    {
      take_back (&stage, transfer);
      return NULL;
    }
  if (granary_local_io_replace (stage.folder_fd, stage.name, stage.folder_fd, name) != 0)
    {
      const int saved_errno = errno;

      take_back (&stage, transfer);
      if (saved_errno == EISDIR || saved_errno == EEXIST || saved_errno == ENOTEMPTY)
        granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_TARGET_EXISTS, place->key,
                           "a folder is in the way of %s", place->key);
      else
        granary_folder_fail (error, saved_errno, place, "rename");
      return NULL;
    }
  g_clear_pointer (&stage.name, g_free);
  if (granary_local_io_sync_folder (stage.folder_fd) != 0 || fstat (stage.fd, &stored) != 0)
    {
      granary_folder_fail (error, errno, place, "sync");
      return NULL;
    }

  object = granary_folder_make_object (place->key, &stored);
  object->crc64 = stage.crc64;
  object->has_crc64 = TRUE;
  return object;
}

/* Removes the folders that a key was in as far as they are empty: a prefix without keys is nowhere
 * listed. */
static void
remove_parents (int         bucket_fd,
                const char *key)
{
  g_autofree char *path = g_strdup (key);
  char *slash;

  while ((slash = strrchr (path, '/')) != NULL)
    {
      const char *name;
      g_autofd int fd = -1;

      *slash = '\0';
      name = strrchr (path, '/');
      if (name != NULL)
        {
          g_autofree char *above = g_strndup (path, name - path);

          fd = granary_folder_open_beneath (bucket_fd, above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        }
      if (name != NULL && fd < 0)
        return;
      if (granary_local_io_remove_folder (name != NULL ? fd : bucket_fd,
                                          name != NULL ? name + 1 : path) != 0)
        return;
    }
}

static gboolean
delete_one (int                        bucket_fd,
            const GranaryObjectPlace  *place,
            GError                   **error)
{
  const char *name = strrchr (place->key, '/');
  g_autofd int fd = -1;

  if (!granary_folder_check_key (place->key, error))
    return FALSE;

  if (name != NULL)
    {
      g_autofree char *folder = g_strndup (place->key, name - place->key);

      fd = granary_folder_open_beneath (bucket_fd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return TRUE;
      if (fd < 0)
        return granary_folder_fail (error, errno, place, "open");
    }

  /* A folder is no object: there is none of this key. */
  if (granary_local_io_unlink (name != NULL ? fd : bucket_fd,
                               name != NULL ? name + 1 : place->key) != 0 &&
      errno != ENOENT && errno != EISDIR)
    return granary_folder_fail (error, errno, place, "delete");

  remove_parents (bucket_fd, place->key);
  return TRUE;
}

/* GranaryBlockingStorage */

static GPtrArray *
granary_folder_storage_list_buckets (GranaryBlockingStorage  *storage,
                                     GCancellable            *cancellable,
                                     GError                 **error)
{
  return granary_folder_list_buckets (GRANARY_FOLDER_STORAGE (storage)->root, error);
}

static GranaryObjectPage *
granary_folder_storage_list (GranaryBlockingStorage    *storage,
                             const GranaryObjectPlace  *prefix,
                             const char                *delimiter,
                             const char                *marker,
                             guint                      max,
                             GCancellable              *cancellable,
                             GError                   **error)
{
  g_autofd int bucket_fd = open_bucket (storage, prefix, error);

  if (bucket_fd < 0)
    return NULL;

  return granary_folder_list (bucket_fd, prefix, delimiter, marker, max, cancellable, error);
}

static GranaryObject *
granary_folder_storage_stat (GranaryBlockingStorage    *storage,
                             const GranaryObjectPlace  *place,
                             GCancellable              *cancellable,
                             GError                   **error)
{
  struct stat status;
  g_autofd int fd = open_object (storage, place, &status, error);

  return fd >= 0 ? granary_folder_make_object (place->key, &status) : NULL;
}

static GBytes *
granary_folder_storage_read_range (GranaryBlockingStorage    *storage,
                                   const GranaryObjectPlace  *place,
                                   gint64                     offset,
                                   gsize                      length,
                                   GCancellable              *cancellable,
                                   GError                   **error)
{
  struct stat status;
  g_autofd int fd = open_object (storage, place, &status, error);
  g_autofree guint8 *buffer = NULL;
  gsize done = 0;

  if (fd < 0)
    return NULL;

  length = offset < status.st_size ? MIN (length, (gsize) (status.st_size - offset)) : 0;
  buffer = g_try_malloc (MAX (length, 1));
  if (buffer == NULL)
    {
      granary_folder_fail (error, ENOMEM, place, "read");
      return NULL;
    }
  while (done < length)
    {
      ssize_t n;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      n = pread (fd, buffer + done, MIN (length - done, 16 * BUFFER_SIZE),
                 (off_t) (offset + (gint64) done));
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          granary_folder_fail (error, errno, place, "read");
          return NULL;
        }
      if (n == 0)
        break;
      done += (gsize) n;
    }

  return g_bytes_new_take (g_steal_pointer (&buffer), done);
}

static GranaryObject *
granary_folder_storage_read (GranaryBlockingStorage    *storage,
                             const GranaryObjectPlace  *place,
                             const char                *path,
                             GranaryTransfer           *transfer,
                             GCancellable              *cancellable,
                             GError                   **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *shown = granary_display_path (path);
  g_auto (Stage) stage = STAGE_INIT;
  struct stat status;
  g_autofd int fd = open_object (storage, place, &status, error);
  GranaryObject *object;

  if (fd < 0)
    return NULL;

  stage.folder_fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (stage.folder_fd < 0 || !stage_create (&stage))
    {
      granary_set_error (error, GRANARY_ERROR_FILE, GRANARY_REASON_TARGET_UNWRITABLE, shown,
                         "create: %s: %s", shown, g_strerror (errno));
      return NULL;
    }
  if (!stage_fill (&stage, fd, place->key, &status, transfer, cancellable, error))
    {
      take_back (&stage, transfer);
      return NULL;
    }
  if (granary_local_io_rename (stage.folder_fd, stage.name, stage.folder_fd, name) != 0)
    {
      const int saved_errno = errno;

      take_back (&stage, transfer);
      if (saved_errno == EEXIST || saved_errno == ENOTEMPTY)
        granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_TARGET_EXISTS, shown,
                           "%s is there already", shown);
      else
        granary_set_error_from_errno (error, saved_errno, shown, "rename");
      return NULL;
    }
  g_clear_pointer (&stage.name, g_free);
  if (granary_local_io_sync_folder (stage.folder_fd) != 0)
    {
      granary_set_error_from_errno (error, errno, shown, "sync");
      return NULL;
    }

  object = granary_folder_make_object (place->key, &status);
  object->crc64 = stage.crc64;
  object->has_crc64 = TRUE;
  return object;
}

static GranaryObject *
granary_folder_storage_write (GranaryBlockingStorage    *storage,
                              const char                *path,
                              const GranaryObjectPlace  *place,
                              GranaryTransfer           *transfer,
                              GCancellable              *cancellable,
                              GError                   **error)
{
  g_autofree char *shown = granary_display_path (path);
  struct stat status;
  g_autofd int fd = -1;

  if (!granary_folder_check_key (place->key, error))
    return NULL;

  fd = open (path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 || fstat (fd, &status) != 0)
    {
      granary_set_error_from_errno (error, errno, shown, "open");
      return NULL;
    }
  if (!S_ISREG (status.st_mode))
    {
      granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SOURCE_SPECIAL, shown,
                         "%s is not a regular file", shown);
      return NULL;
    }

  return store (storage, fd, path, &status, place, transfer, cancellable, error);
}

static GranaryObject *
granary_folder_storage_copy (GranaryBlockingStorage    *storage,
                             const GranaryObjectPlace  *from,
                             const GranaryObjectPlace  *to,
                             GranaryTransfer           *transfer,
                             GCancellable              *cancellable,
                             GError                   **error)
{
  struct stat status;
  g_autofd int fd = -1;

  if (!granary_folder_check_key (to->key, error))
    return NULL;
  fd = open_object (storage, from, &status, error);
  if (fd < 0)
    return NULL;

  return store (storage, fd, from->key, &status, to, transfer, cancellable, error);
}

static gboolean
granary_folder_storage_delete (GranaryBlockingStorage    *storage,
                               const GranaryObjectPlace  *bucket,
                               const char * const        *keys,
                               GCancellable              *cancellable,
                               GError                   **error)
{
  g_autofd int bucket_fd = open_bucket (storage, bucket, error);
  GError *first = NULL;

  if (bucket_fd < 0)
    return FALSE;

  for (guint i = 0; keys[i] != NULL; i++)
    {
      const GranaryObjectPlace place = { bucket->bucket, NULL, (char *) keys[i] };

      if (g_cancellable_is_cancelled (cancellable))
        {
          g_clear_error (&first);
          g_cancellable_set_error_if_cancelled (cancellable, &first);
          break;
        }
      delete_one (bucket_fd, &place, first == NULL ? &first : NULL);
    }

  if (first == NULL)
    return TRUE;

  g_propagate_error (error, first);
  return FALSE;
}

/* GObject overrides */

static void
granary_folder_storage_finalize (GObject *object)
{
  g_free (GRANARY_FOLDER_STORAGE (object)->root);

  G_OBJECT_CLASS (granary_folder_storage_parent_class)->finalize (object);
}

static void
granary_folder_storage_class_init (GranaryFolderStorageClass *klass)
{
  GranaryBlockingStorageClass *storage_class = GRANARY_BLOCKING_STORAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = granary_folder_storage_finalize;

  storage_class->list_buckets = granary_folder_storage_list_buckets;
  storage_class->list = granary_folder_storage_list;
  storage_class->stat = granary_folder_storage_stat;
  storage_class->read_range = granary_folder_storage_read_range;
  storage_class->read = granary_folder_storage_read;
  storage_class->write = granary_folder_storage_write;
  storage_class->copy = granary_folder_storage_copy;
  storage_class->delete = granary_folder_storage_delete;
}

static void
granary_folder_storage_init (GranaryFolderStorage *self)
{
}

/* Public functions */

/**
 * granary_folder_storage_new:
 * @folder: a folder of this computer, in the file system's encoding
 *
 * Returns: (transfer full): its sub-folders as buckets; whether it is there shows at the first verb
 */
GranaryObjectStorage *
granary_folder_storage_new (const char *folder)
{
  GranaryFolderStorage *self;

  g_return_val_if_fail (folder != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_FOLDER_STORAGE, NULL);
  self->root = g_strdup (folder);

  return GRANARY_OBJECT_STORAGE (self);
}
