/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-file-scan-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-names.h"

/* The folders on the way down, to notice a link that leads back up. */
typedef struct _Ancestor Ancestor;

struct _Ancestor
{
  const Ancestor *parent;
  dev_t           device;
  ino_t           inode;
};

static gboolean scan_folder (GranaryFileScan *self,
                             int              fd,
                             const char      *path,
                             const char      *prefix,
                             const Ancestor  *parent,
                             guint            depth);

/* Auxiliary functions */

static gboolean
is_left_out (const char *name)
{
  static const char *const names[] = {
    ".git", ".hg", ".svn", ".bzr", ".DS_Store", "Thumbs.db", "desktop.ini", ".directory",
    "__pycache__", ".ipynb_checkpoints", ".pytest_cache", ".mypy_cache", ".ruff_cache",
    "__MACOSX", NULL,
  };

  return g_strv_contains (names, name) || g_str_has_prefix (name, ".nfs") ||
         g_str_has_prefix (name, ".fuse_hidden") || g_str_has_prefix (name, ".Trash-");
}

static void
add_problem (GranaryFileScan *self,
             GranaryError     code,
             GranaryReason    reason,
             const char      *path)
{
  g_autofree char *shown = granary_display_path (path);
  GError *error = NULL;

  granary_set_error (&error, code, reason, shown, "cannot take “%s” (%d)", shown, (int) reason);
  g_ptr_array_add (self->problems, error);
}

/* What a failed call on something that was just listed means. */
static void
add_errno_problem (GranaryFileScan *self,
                   int              saved_errno,
                   const char      *path)
{
  switch (saved_errno)
    {
    case ENOENT:
    case ENOTDIR:
      add_problem (self, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_SOURCE_MISSING, path);
      break;

    case ELOOP:
      add_problem (self, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SOURCE_LINK_LOOP, path);
      break;

    case ENAMETOOLONG:
      add_problem (self, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_PATH_TOO_LONG, path);
      break;

    default:
      add_problem (self, GRANARY_ERROR_FILE, GRANARY_REASON_SOURCE_UNREADABLE, path);
      break;
    }
}

static char *
join (const char *prefix,
      const char *name)
{
  return prefix == NULL || *prefix == '\0' ? g_strdup (name)
                                           : g_strconcat (prefix, "/", name, NULL);
}

static void
add_file (GranaryFileScan   *self,
          const char        *path,
          const char        *target,
          const struct stat *status)
{
  GranarySourceFile *file;
  GError *error = NULL;

  if (!granary_path_check (target, &error))
    {
      g_ptr_array_add (self->problems, error);
      return;
    }
  if (faccessat (AT_FDCWD, path, R_OK, AT_EACCESS) != 0)
    {
      add_errno_problem (self, errno, path);
      return;
    }
  if (self->files->len >= GRANARY_FILE_SET_MAX_FILES)
    {
      if (!self->is_full)
        add_problem (self, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SOURCE_TOO_MANY,
                     self->root != NULL ? self->root : path);
      self->is_full = TRUE;
      return;
    }

  file = g_atomic_rc_box_new0 (GranarySourceFile);
  file->path = g_strdup (path);
  file->target = g_strdup (target);
  file->size = status->st_size;
  file->mtime = status->st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) + status->st_mtim.tv_nsec;
  file->device = status->st_dev;
  file->inode = status->st_ino;
  g_ptr_array_add (self->files, file);
}

static gboolean
is_inside_root (GranaryFileScan *self,
                const char      *real)
{
  gsize length;

  if (self->root == NULL)
    return FALSE;

  length = strlen (self->root);
  return strncmp (real, self->root, length) == 0 &&
         (self->root[length - 1] == '/' || real[length] == '/' || real[length] == '\0');
}

/* Links may lead to what is chosen anyway, nowhere else: a dropped folder must not pull in the
 * rest of the disk. */
static gboolean
scan_link (GranaryFileScan *self,
           const char      *path,
           const char      *target,
           const Ancestor  *parent,
           guint            depth)
{
  g_autofree char *real = NULL;
  struct stat status;

  real = realpath (path, NULL);
  if (real == NULL || stat (real, &status) != 0)
    {
      if (errno == ENOENT || errno == ENOTDIR)
        add_problem (self, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SOURCE_LINK_BROKEN, path);
      else
        add_errno_problem (self, errno, path);
      return TRUE;
    }
  if (!is_inside_root (self, real))
    {
      add_problem (self, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SOURCE_LINK_OUTSIDE, path);
      return TRUE;
    }
  if (S_ISREG (status.st_mode))
    {
      add_file (self, path, target, &status);
      return TRUE;
    }
  if (!S_ISDIR (status.st_mode))
    {
      add_problem (self, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SOURCE_SPECIAL, path);
      return TRUE;
    }

  for (const Ancestor *at = parent; at != NULL; at = at->parent)
    {
      if (at->device == status.st_dev && at->inode == status.st_ino)
        {
          add_problem (self, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SOURCE_LINK_LOOP, path);
          return TRUE;
        }
    }

  return scan_folder (self, open (real, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC),
                      path, target, parent, depth + 1);
}

static gboolean
scan_entry (GranaryFileScan *self,
            int              folder_fd,
            const char      *name,
            const char      *path,
            const char      *target,
            const Ancestor  *parent,
            guint            depth)
{
  struct stat status;

  if (fstatat (folder_fd, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
    {
      add_errno_problem (self, errno, path);
      return TRUE;
    }

  switch (status.st_mode & S_IFMT)
    {
    case S_IFREG:
      add_file (self, path, target, &status);
      return TRUE;

    case S_IFDIR:
      return scan_folder (self,
                          openat (folder_fd, name,
                                  O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC),
                          path, target, parent, depth + 1);

    case S_IFLNK:
      return scan_link (self, path, target, parent, depth);

    default:
      add_problem (self, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SOURCE_SPECIAL, path);
      return TRUE;
    }
}

/* Takes @fd, which is negative when the folder could not be opened (errno says why). Returns FALSE
 * when there is no point in going on: called off, or too much. */
static gboolean
scan_folder (GranaryFileScan *self,
             int              fd,
             const char      *path,
             const char      *prefix,
             const Ancestor  *parent,
             guint            depth)
{
  Ancestor here = { parent, 0, 0 };
  struct stat status;
  struct dirent *entry;
  gboolean go_on = TRUE;
  DIR *stream;

  if (fd < 0)
    {
      add_errno_problem (self, errno, path);
      return TRUE;
    }
  if (depth > GRANARY_FILE_SET_MAX_DEPTH)
    {
      add_problem (self, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SOURCE_TOO_DEEP, path);
      close (fd);
      return TRUE;
    }
  /* Links from folder to folder can make endlessly many paths of few folders. */
  if (++self->n_visits > GRANARY_FILE_SET_MAX_FILES)
    {
      add_problem (self, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SOURCE_TOO_MANY, path);
      self->is_full = TRUE;
      close (fd);
      return FALSE;
    }
  if (fstat (fd, &status) != 0 || (stream = fdopendir (fd)) == NULL)
    {
      add_errno_problem (self, errno, path);
      close (fd);
      return TRUE;
    }

  here.device = status.st_dev;
  here.inode = status.st_ino;
  for (;;)
    {
      g_autofree char *entry_path = NULL;
      g_autofree char *target = NULL;

      errno = 0;
      entry = readdir (stream);
      if (entry == NULL)
        break;
      if (strcmp (entry->d_name, ".") == 0 || strcmp (entry->d_name, "..") == 0)
        continue;
      if (is_left_out (entry->d_name))
        {
          self->n_left_out++;
          continue;
        }
      if (g_cancellable_is_cancelled (self->cancellable) || self->is_full)
        {
          go_on = FALSE;
          break;
        }

      entry_path = g_build_filename (path, entry->d_name, NULL);
      target = join (prefix, entry->d_name);
      go_on = scan_entry (self, dirfd (stream), entry->d_name, entry_path, target, &here, depth);
      if (!go_on)
        break;
    }
  if (go_on && errno != 0)
    add_errno_problem (self, errno, path);
  closedir (stream);
  g_ptr_array_add (self->folders, g_strdup (path));

  return go_on;
}

/* One chosen file or folder. A chosen link is followed wherever it leads: it was chosen. */
static gboolean
scan_chosen (GranaryFileScan *self,
             const char      *path,
             gboolean         is_only)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *target = NULL;
  struct stat status;

  if (!is_only && is_left_out (base))
    {
      self->n_left_out++;
      return TRUE;
    }
  if (stat (path, &status) != 0)
    {
      int saved_errno = errno;
      struct stat link_status;

      if (saved_errno == ENOENT && lstat (path, &link_status) == 0)
        add_problem (self, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SOURCE_LINK_BROKEN, path);
      else
        add_errno_problem (self, saved_errno, path);
      return TRUE;
    }

  target = is_only && S_ISDIR (status.st_mode) ? g_strdup (self->into) : join (self->into, base);
  if (S_ISREG (status.st_mode))
    {
      add_file (self, path, target, &status);
      return TRUE;
    }
  if (!S_ISDIR (status.st_mode))
    {
      add_problem (self, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SOURCE_SPECIAL, path);
      return TRUE;
    }

  free (self->root);
  self->root = realpath (path, NULL);
  return scan_folder (self, open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), path, target, NULL, 0);
}

static void
suggest_name (GranaryFileScan *self,
              const char      *path,
              gboolean         is_only)
{
  g_autofree char *folder = is_only ? NULL : g_path_get_dirname (path);
  g_autofree char *base = g_path_get_basename (folder != NULL ? folder : path);
  g_autofree char *name = granary_name_suggest (base);

  if (*name != '\0')
    self->suggestion = g_steal_pointer (&name);
}

/* Functions for granary-file-set.c */

GranaryFileScan *
granary_file_scan_new (const char   *into,
                       GCancellable *cancellable)
{
  GranaryFileScan *self = g_new0 (GranaryFileScan, 1);

  self->files = g_ptr_array_new_with_free_func (granary_source_file_unref);
  self->problems = g_ptr_array_new_with_free_func ((GDestroyNotify) g_error_free);
  self->folders = g_ptr_array_new_with_free_func (g_free);
  self->into = into != NULL && *into != '\0' ? g_strdup (into) : NULL;
  g_set_object (&self->cancellable, cancellable);

  return self;
}

gboolean
granary_file_scan_run (GranaryFileScan    *self,
                       const char *const  *paths,
                       GError            **error)
{
  guint n_paths = g_strv_length ((char **) paths);

  for (guint i = 0; i < n_paths; i++)
    {
      g_autofree char *path = g_canonicalize_filename (paths[i], NULL);

      if (i == 0)
        suggest_name (self, path, n_paths == 1);
      if (!scan_chosen (self, path, n_paths == 1))
        break;
    }

  return !g_cancellable_set_error_if_cancelled (self->cancellable, error);
}

void
granary_file_scan_free (GranaryFileScan *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_clear_pointer (&self->problems, g_ptr_array_unref);
  g_clear_pointer (&self->folders, g_ptr_array_unref);
  g_clear_object (&self->cancellable);
  g_free (self->suggestion);
  g_free (self->into);
  free (self->root);
  g_free (self);
}

static void
source_file_clear (gpointer data)
{
  GranarySourceFile *self = data;

  g_free (self->path);
  g_free (self->target);
}

void
granary_source_file_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, source_file_clear);
}
