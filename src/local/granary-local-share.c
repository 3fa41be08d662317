/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-local-share-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-local-io.h"

/* Content of the files being staged: NULL while the first of its kind is on its way. */
typedef struct
{
  guint8  sha256[GRANARY_SHA256_LENGTH];
  char   *target; /* (owned) (nullable) */
} Content;

struct _GranaryLocalShare
{
  GranaryLocalStore *store;     /* (owned) */
  int                can_clone;

  GMutex             lock;
  GCond              changed;
  GHashTable        *contents;  /* (element-type Content) */
  GHashTable        *sizes;     /* gint64 → whether the catalogue has a file of that size */
  GHashTable        *staged;    /* (element-type gint64): sizes among the files being staged */
};

/* Auxiliary functions */

static guint
content_hash (gconstpointer key)
{
  guint hash;

  memcpy (&hash, ((const Content *) key)->sha256, sizeof hash);
  return hash;
}

static gboolean
content_equal (gconstpointer a,
               gconstpointer b)
{
  return memcmp (((const Content *) a)->sha256, ((const Content *) b)->sha256,
                 GRANARY_SHA256_LENGTH) == 0;
}

static void
content_free (gpointer data)
{
  Content *content = data;

  g_free (content->target);
  g_free (content);
}

static gint64 *
copy_size (gint64 size)
{
  gint64 *copy = g_new (gint64, 1);

  *copy = size;
  return copy;
}

/* Makes @target the same content as @path. FALSE only means that it has to be stored anew. */
static gboolean
share_file (GranaryLocalShare       *self,
            int                      from_folder_fd,
            const char              *path,
            int                      folder_fd,
            const GranarySourceFile *file)
{
  if (g_atomic_int_get (&self->can_clone))
    {
      g_autofd int from_fd = openat (from_folder_fd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
      g_autofd int fd = -1;

      if (from_fd < 0)
        return FALSE;
      fd = granary_local_io_create (folder_fd, file->target);
      if (fd < 0)
        return FALSE;
      if (granary_local_io_clone (from_fd, fd) == 0 &&
          granary_local_io_set_attributes (fd, 0444, file->mtime) == 0)
        return TRUE;
      if (errno == EOPNOTSUPP || errno == ENOTTY || errno == EINVAL || errno == ENOSYS)
        g_atomic_int_set (&self->can_clone, FALSE);
      if (granary_local_io_unlink (folder_fd, file->target) != 0)
        return FALSE;
    }

  return granary_local_io_link (from_folder_fd, path, folder_fd, file->target) == 0;
}

/* Among the stored files. One that was touched behind the catalogue's back is not trusted. */
static gboolean
share_stored (GranaryLocalShare        *self,
              int                       folder_fd,
              const GranarySourceFile  *file,
              const guint8             *sha256,
              gboolean                 *is_shared,
              GError                  **error)
{
  g_autoptr (GPtrArray) stored = NULL;

  stored = granary_catalog_find_content (self->store->catalog, sha256, file->size, error);
  if (stored == NULL)
    return FALSE;

  for (guint i = 0; i < stored->len && !*is_shared; i++)
    {
      const GranaryStoredFile *candidate = g_ptr_array_index (stored, i);
      g_autofree char *version = granary_local_version_path (candidate->model_name,
                                                             candidate->number);
      g_autofree char *path = g_build_filename (version, candidate->file->path, NULL);
      struct stat status;

      if (fstatat (self->store->root_fd, path, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
          S_ISREG (status.st_mode) && status.st_size == candidate->file->size &&
          granary_local_mtime (&status) == candidate->file->mtime &&
          status.st_ino == candidate->file->inode)
        *is_shared = share_file (self, self->store->root_fd, path, folder_fd, file);
    }

  return TRUE;
}

/* Among the files being staged: waits for one of the same content that another thread is just
 * writing. NULL when the caller is the first and has to offer it, or give up. */
static char *
claim (GranaryLocalShare *self,
       const guint8      *sha256,
       GCancellable      *cancellable)
{
  Content key = { 0 };
  Content *content;
  char *target = NULL;

  memcpy (key.sha256, sha256, GRANARY_SHA256_LENGTH);
  g_mutex_lock (&self->lock);
  for (;;)
    {
      content = g_hash_table_lookup (self->contents, &key);
      if (content == NULL)
        {
          content = g_memdup2 (&key, sizeof key);
          g_hash_table_add (self->contents, content);
          break;
        }
      if (content->target != NULL)
        {
          target = g_strdup (content->target);
          break;
        }
      if (g_cancellable_is_cancelled (cancellable))
        break;
      g_cond_wait_until (&self->changed, &self->lock,
                         g_get_monotonic_time () + 50 * G_TIME_SPAN_MILLISECOND);
    }
  g_mutex_unlock (&self->lock);

  return target;
}

/* Functions for staging */

GranaryLocalShare *
granary_local_share_new (GranaryLocalStore *store)
{
  GranaryLocalShare *self = g_new0 (GranaryLocalShare, 1);

  self->store = granary_local_store_ref (store);
  self->can_clone = TRUE;
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->contents = g_hash_table_new_full (content_hash, content_equal, content_free, NULL);
  self->sizes = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->staged = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  return self;
}

void
granary_local_share_free (GranaryLocalShare *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->contents, g_hash_table_unref);
  g_clear_pointer (&self->sizes, g_hash_table_unref);
  g_clear_pointer (&self->staged, g_hash_table_unref);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
  g_clear_pointer (&self->store, granary_local_store_unref);
  g_free (self);
}

/**
 * granary_local_share_has_size:
 * @self: a share
 * @size: bytes of a file
 * @is_likely: (out): whether there is other content of that size
 * @error: return location
 *
 * A cheap question before the dear one.
 *
 * Returns: whether the catalogue could be asked
 */
gboolean
granary_local_share_has_size (GranaryLocalShare  *self,
                              gint64              size,
                              gboolean           *is_likely,
                              GError            **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gpointer known;
  gboolean has;

  *is_likely = FALSE;
  if (size == 0)
    return TRUE;

  if (!g_hash_table_lookup_extended (self->sizes, &size, NULL, &known))
    {
      if (!granary_catalog_has_size (self->store->catalog, size, &has, error))
        return FALSE;
      known = GINT_TO_POINTER (has);
      g_hash_table_insert (self->sizes, copy_size (size), known);
    }
  *is_likely = GPOINTER_TO_INT (known) || g_hash_table_contains (self->staged, &size);

  return TRUE;
}

/**
 * granary_local_share_take:
 * @self: a share
 * @folder_fd: folder being staged
 * @file: a source
 * @sha256: its digest
 * @cancellable: (nullable): to call it off
 * @is_shared: (out): whether its target is there now
 * @error: return location
 *
 * Puts the content in place if it is anywhere in the repository. When it is not, the caller stores
 * it and tells so by granary_local_share_offer() or granary_local_share_give_up().
 *
 * Returns: whether the catalogue could be asked
 */
gboolean
granary_local_share_take (GranaryLocalShare        *self,
                          int                       folder_fd,
                          const GranarySourceFile  *file,
                          const guint8             *sha256,
                          GCancellable             *cancellable,
                          gboolean                 *is_shared,
                          GError                  **error)
{
  g_autofree char *target = NULL;
  gboolean is_stored = FALSE;
  gpointer known;

  *is_shared = FALSE;
  if (file->size == 0)
    return TRUE;

  target = claim (self, sha256, cancellable);
  if (target != NULL)
    {
      *is_shared = share_file (self, folder_fd, target, folder_fd, file);
      return TRUE;
    }

  if (!granary_local_share_has_size (self, file->size, &is_stored, error))
    return FALSE;
  g_mutex_lock (&self->lock);
  is_stored = g_hash_table_lookup_extended (self->sizes, &file->size, NULL, &known) &&
              GPOINTER_TO_INT (known);
  g_mutex_unlock (&self->lock);
  if (!is_stored)
    return TRUE;
  if (!share_stored (self, folder_fd, file, sha256, is_shared, error))
    return FALSE;
  if (*is_shared)
    granary_local_share_offer (self, file, sha256);

  return TRUE;
}

/* The target of @file is complete: others of the same content may share it. The newest is offered,
 * since the one before may have as many links as a file can have. */
void
granary_local_share_offer (GranaryLocalShare       *self,
                           const GranarySourceFile *file,
                           const guint8            *sha256)
{
  Content key = { 0 };
  Content *content;

  memcpy (key.sha256, sha256, GRANARY_SHA256_LENGTH);
  g_mutex_lock (&self->lock);
  content = g_hash_table_lookup (self->contents, &key);
  if (content == NULL)
    {
      content = g_memdup2 (&key, sizeof key);
      g_hash_table_add (self->contents, content);
    }
  g_set_str (&content->target, file->target);
  g_hash_table_add (self->staged, copy_size (file->size));
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

/* The content claimed by granary_local_share_take() will not come from the claimer. */
void
granary_local_share_give_up (GranaryLocalShare *self,
                             const guint8      *sha256)
{
  Content key = { 0 };

  memcpy (key.sha256, sha256, GRANARY_SHA256_LENGTH);
  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->contents, &key);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}
