/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-folder-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "granary-error.h"

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

typedef DIR FolderStream;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FolderStream, closedir)

/* A listing under way. */
typedef struct
{
  int                       bucket_fd;
  const GranaryObjectPlace *prefix;
  gboolean                  has_delimiter;
  const char               *marker; /* (nullable) */
  guint                     max;
  GranaryObjectPage        *page;
  GCancellable             *cancellable;
} Listing;

/* Auxiliary functions */

static int
compare_keys (gconstpointer a,
              gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

static int
compare_buckets (gconstpointer a,
                 gconstpointer b)
{
  const GranaryBucket *first = *(GranaryBucket * const *) a;
  const GranaryBucket *second = *(GranaryBucket * const *) b;

  return strcmp (first->name, second->name);
}

/* What a name in a folder is; links count as what they lead to within the bucket. */
static gboolean
look (const Listing *self,
      int            folder_fd,
      const char    *key,
      const char    *name,
      gboolean      *is_link,
      struct stat   *status)
{
  g_autofd int fd = -1;

  if (fstatat (folder_fd, name, status, AT_SYMLINK_NOFOLLOW) != 0)
    return FALSE;
  *is_link = S_ISLNK (status->st_mode);
  if (!*is_link)
    return S_ISREG (status->st_mode) || S_ISDIR (status->st_mode);

  fd = granary_folder_open_beneath (self->bucket_fd, key, O_PATH);
  return fd >= 0 && fstat (fd, status) == 0 &&
         (S_ISREG (status->st_mode) || S_ISDIR (status->st_mode));
}

/* The keys in a folder, those of folders with a slash at their end, in byte order: so those of all
 * that is below come in order, too. */
static GPtrArray *
read_folder (const Listing  *self,
             int             folder_fd,
             const char     *folder,
             GError        **error)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (FolderStream) stream = NULL;
  g_autofd int fd = openat (folder_fd, ".", FOLDER_FLAGS);
  struct dirent *entry;

  stream = fd >= 0 ? fdopendir (fd) : NULL;
  if (stream == NULL)
    {
      const GranaryObjectPlace place = { self->prefix->bucket, NULL, (char *) folder };

      granary_folder_fail (error, errno, &place, "list");
      return NULL;
    }
  g_steal_fd (&fd);

  while ((entry = readdir (stream)) != NULL)
    {
      g_autofree char *key = g_strconcat (folder, entry->d_name, NULL);
      struct stat status;
      gboolean is_link;

      if (g_str_equal (entry->d_name, ".") || g_str_equal (entry->d_name, "..") ||
          granary_folder_is_stage (entry->d_name) || !g_utf8_validate (key, -1, NULL) ||
          !look (self, folder_fd, key, entry->d_name, &is_link, &status))
        continue;

      if (!S_ISDIR (status.st_mode))
        g_ptr_array_add (keys, g_steal_pointer (&key));
      /* Below a link to a folder the same files would be listed twice, or without end. */
      else if (self->has_delimiter || !is_link)
        g_ptr_array_add (keys, g_strconcat (key, "/", NULL));
    }

  g_ptr_array_sort (keys, compare_keys);
  return g_steal_pointer (&keys);
}

/* Adds to the page, or finds that it is full. */
static gboolean
add (Listing       *self,
     GranaryObject *object)
{
  GPtrArray *objects = self->page->objects;

  if (objects->len == self->max)
    {
      const GranaryObject *last = g_ptr_array_index (objects, objects->len - 1);

      self->page->next = g_strdup (last->key);
      granary_object_free (object);
      return FALSE;
    }

  g_ptr_array_add (objects, object);
  return TRUE;
}

static gboolean
walk (Listing     *self,
      int          folder_fd,
      const char  *folder,
      GError     **error)
{
  g_autoptr (GPtrArray) keys = NULL;

  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return FALSE;
  keys = read_folder (self, folder_fd, folder, error);
  if (keys == NULL)
    return FALSE;

  for (guint i = 0; i < keys->len && self->page->next == NULL; i++)
    {
      const char *key = g_ptr_array_index (keys, i);
      const gboolean is_folder = g_str_has_suffix (key, "/");
      g_autofree char *name = g_strdup (key + strlen (folder));

      if (!g_str_has_prefix (key, self->prefix->key))
        continue;
      if (self->marker != NULL && strcmp (key, self->marker) <= 0 &&
          !(is_folder && !self->has_delimiter && g_str_has_prefix (self->marker, key)))
        continue;

      if (!is_folder)
        {
          struct stat status;
          gboolean is_link;

          /* Gone since it was listed. */
          if (!look (self, folder_fd, key, name, &is_link, &status))
            continue;
          add (self, granary_folder_make_object (key, &status));
        }
      else if (self->has_delimiter)
        {
          GranaryObject *object = granary_object_new (key);

          object->is_folder = TRUE;
          add (self, object);
        }
      else
        {
          g_autofd int fd = -1;

          name[strlen (name) - 1] = '\0';
          fd = openat (folder_fd, name, FOLDER_FLAGS | O_NOFOLLOW);
          if (fd < 0 && errno == ENOENT)
            continue;
          if (fd < 0)
            {
              const GranaryObjectPlace place = { self->prefix->bucket, NULL, (char *) key };

              return granary_folder_fail (error, errno, &place, "list");
            }
          if (!walk (self, fd, key, error))
            return FALSE;
        }
    }

  return TRUE;
}

/* Public functions */

GPtrArray *
granary_folder_list_buckets (const char  *root,
                             GError     **error)
{
  g_autoptr (GPtrArray) buckets =
    g_ptr_array_new_with_free_func ((GDestroyNotify) granary_bucket_free);
  g_autoptr (FolderStream) stream = opendir (root);
  struct dirent *entry;

  if (stream == NULL)
    {
      g_autofree char *shown = granary_display_path (root);

      granary_set_error_from_errno (error, errno, shown, "list");
      return NULL;
    }

  while ((entry = readdir (stream)) != NULL)
    {
      g_autofd int fd = -1;
      GranaryBucket *bucket;

      if (*entry->d_name == '.' || !g_utf8_validate (entry->d_name, -1, NULL))
        continue;
      fd = granary_folder_open_beneath (dirfd (stream), entry->d_name,
                                        O_PATH | O_DIRECTORY | O_CLOEXEC);
      if (fd < 0)
        continue;
      bucket = g_new0 (GranaryBucket, 1);
      bucket->name = g_strdup (entry->d_name);
      g_ptr_array_add (buckets, bucket);
    }

  g_ptr_array_sort (buckets, compare_buckets);
  return g_steal_pointer (&buckets);
}

GranaryObjectPage *
granary_folder_list (int                        bucket_fd,
                     const GranaryObjectPlace  *prefix,
                     const char                *delimiter,
                     const char                *marker,
                     guint                      max,
                     GCancellable              *cancellable,
                     GError                   **error)
{
  g_autoptr (GranaryObjectPage) page = granary_object_page_new ();
  const char *slash = strrchr (prefix->key, '/');
  g_autofree char *folder = slash != NULL ? g_strndup (prefix->key, slash + 1 - prefix->key)
                                          : g_strdup ("");
  Listing listing = {
    .bucket_fd = bucket_fd,
    .prefix = prefix,
    .has_delimiter = delimiter != NULL,
    .marker = marker,
    .max = max,
    .page = page,
    .cancellable = cancellable,
  };
  g_autofd int fd = -1;

  if (delimiter != NULL && !g_str_equal (delimiter, "/"))
    {
      granary_set_error (error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_NONE, delimiter,
                         "folders are divided by slashes only");
      return NULL;
    }

  fd = granary_folder_open_beneath (bucket_fd, *folder != '\0' ? folder : ".", FOLDER_FLAGS);
  /* A prefix that no key has: an empty list, as everywhere. */
  if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG))
    return g_steal_pointer (&page);
  if (fd < 0)
    {
      granary_folder_fail (error, errno, prefix, "list");
      return NULL;
    }
  if (!walk (&listing, fd, folder, error))
    return NULL;

  return g_steal_pointer (&page);
}
