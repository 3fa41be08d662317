/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-run-walk-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-error.h"

#define MAX_DEPTH 8
#define MAX_FOLDERS 100000
/* A folder with more is one of data, not of runs. */
#define MAX_NAMES 100000

/* A folder still to be looked at. */
typedef struct
{
  char  *path;
  guint  depth;
} Place;

typedef struct
{
  GQueue               places;  /* (element-type Place) (owned) */
  GHashTable          *visited; /* (owned) (element-type Identity) */
  GranaryRunWalkFunc   func;
  gpointer             data;
  GError             **note;
  GCancellable        *cancellable;
  const char          *root;
  guint                n_folders;
  guint                n_runs;
} Walk;

/* A folder reached on two ways is one. */
typedef struct
{
  guint64 device;
  guint64 inode;
} Identity;

/* Auxiliary functions */

static guint
identity_hash (gconstpointer data)
{
  const Identity *self = data;

  return g_int64_hash (&self->inode) ^ (guint) self->device;
}

static gboolean
identity_equal (gconstpointer a,
                gconstpointer b)
{
  const Identity *first = a;
  const Identity *second = b;

  return first->device == second->device && first->inode == second->inode;
}

static void
place_free (gpointer data)
{
  Place *self = data;

  g_free (self->path);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Place, place_free)

static void
push (Walk *self,
      char *path,
      guint depth)
{
  Place *place = g_new0 (Place, 1);

  place->path = path;
  place->depth = depth;
  g_queue_push_tail (&self->places, place);
}

/* The first trouble is the one that is told. */
static void
take_note (Walk   *self,
           GError *error)
{
  if (self->note != NULL && *self->note == NULL)
    *self->note = error;
  else
    g_error_free (error);
}

static void
note_reason (Walk          *self,
             GranaryReason  reason)
{
  g_autofree char *shown = granary_display_path (self->root);
  GError *error = NULL;

  granary_set_error (&error, reason == GRANARY_REASON_TASK_FOLDER ? GRANARY_ERROR_FILE
                                                                  : GRANARY_ERROR_QUOTA,
                     reason, shown, "%s (%d)", shown, (int) reason);
  take_note (self, error);
}

/* Hidden ones hold caches and what was deleted; the others are full of folders without runs. */
static gboolean
is_skipped (const char *name)
{
  static const char *const skipped[] = { "__pycache__", "node_modules", "site-packages", NULL };

  return name[0] == '.' || g_strv_contains (skipped, name);
}

static gboolean
is_folder (int                  fd,
           const struct dirent *entry)
{
  struct stat status;

  if (entry->d_type != DT_UNKNOWN)
    return entry->d_type == DT_DIR;

  return fstatat (fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISDIR (status.st_mode);
}

/* The names in a folder, and which of them are folders to be searched; NULL and errno when it
 * cannot be read. */
static GHashTable *
read_names (const char  *path,
            GPtrArray   *folders,
            struct stat *status)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const struct dirent *entry;
  DIR *dir;
  int fd;

  fd = open (path, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    return NULL;
  dir = fdopendir (fd);
  if (dir == NULL || fstat (fd, status) != 0)
    {
      int saved_errno = errno;

      if (dir != NULL)
        closedir (dir);
      else
        close (fd);
      errno = saved_errno;
      return NULL;
    }

  while (g_hash_table_size (names) < MAX_NAMES && (entry = readdir (dir)) != NULL)
    {
      if (g_str_equal (entry->d_name, ".") || g_str_equal (entry->d_name, ".."))
        continue;
      g_hash_table_add (names, g_strdup (entry->d_name));
      if (!is_skipped (entry->d_name) && is_folder (fd, entry))
        g_ptr_array_add (folders, g_strdup (entry->d_name));
    }
  closedir (dir);

  return g_steal_pointer (&names);
}

/* Hands the runs of @path out. Whether the folder is done with, or is to be searched further. */
static gboolean
ask_readers (const char    *path,
             GHashTable    *names,
             GPtrArray     *runs,
             GError       **trouble,
             GCancellable  *cancellable)
{
  gboolean is_claimed = FALSE;

  for (guint i = 0; granary_run_readers[i] != NULL && !is_claimed; i++)
    {
      const GranaryRunReader *reader = granary_run_readers[i];
      g_autoptr (GError) error = NULL;

      if (!reader->claims (path, names))
        continue;

      is_claimed = !reader->shares;
      if (!reader->list (path, runs, cancellable, &error))
        {
          if (*trouble == NULL || granary_error_is_cancelled (error))
            {
              g_clear_error (trouble);
              *trouble = g_steal_pointer (&error);
            }
        }
    }

  return is_claimed;
}

static gboolean
visit (Walk        *self,
       const Place *place,
       GError     **error)
{
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_run_free);
  g_autoptr (GHashTable) names = NULL;
  g_autoptr (GError) trouble = NULL;
  g_autofree Identity *identity = g_new0 (Identity, 1);
  gboolean is_claimed;
  struct stat status;

  names = read_names (place->path, folders, &status);
  if (names == NULL)
    {
      /* Below the root there may well be what others keep for themselves. */
      if (place->depth == 0)
        note_reason (self, GRANARY_REASON_TASK_FOLDER);
      return TRUE;
    }
  identity->device = status.st_dev;
  identity->inode = status.st_ino;
  if (!g_hash_table_add (self->visited, g_steal_pointer (&identity)))
    return TRUE;

  is_claimed = ask_readers (place->path, names, runs, &trouble, self->cancellable);
  if (granary_error_is_cancelled (trouble))
    {
      g_propagate_error (error, g_steal_pointer (&trouble));
      return FALSE;
    }
  if (trouble != NULL)
    take_note (self, g_steal_pointer (&trouble));

  if (runs->len > GRANARY_RUNS_MAX - self->n_runs)
    {
      g_ptr_array_set_size (runs, (int) (GRANARY_RUNS_MAX - self->n_runs));
      note_reason (self, GRANARY_REASON_TASKS_TOO_MANY);
    }
  self->n_runs += runs->len;
  if (runs->len > 0)
    self->func (runs, self->data);

  if (is_claimed || place->depth >= MAX_DEPTH)
    return TRUE;
  for (guint i = 0; i < folders->len; i++)
    push (self, g_build_filename (place->path, g_ptr_array_index (folders, i), NULL),
          place->depth + 1);

  return TRUE;
}

/* Functions for the index */

gboolean
granary_run_walk (const char * const  *folders,
                  GranaryRunWalkFunc   func,
                  gpointer             data,
                  GError             **note,
                  GCancellable        *cancellable,
                  GError             **error)
{
  Walk self = { G_QUEUE_INIT, NULL, func, data, note, cancellable };
  gboolean result = TRUE;

  g_return_val_if_fail (folders != NULL && func != NULL, FALSE);

  self.visited = g_hash_table_new_full (identity_hash, identity_equal, g_free, NULL);
  for (guint i = 0; folders[i] != NULL && result; i++)
    {
      self.root = folders[i];
      self.n_folders = 0;
      push (&self, g_strdup (folders[i]), 0);

      /* Broad before deep: what is near the root is what the user meant. */
      while (result && !g_queue_is_empty (&self.places))
        {
          g_autoptr (Place) place = g_queue_pop_head (&self.places);

          if (g_cancellable_set_error_if_cancelled (cancellable, error))
            result = FALSE;
          else if (self.n_runs >= GRANARY_RUNS_MAX || self.n_folders++ >= MAX_FOLDERS)
            {
              note_reason (&self, GRANARY_REASON_TASKS_TOO_MANY);
              break;
            }
          else
            result = visit (&self, place, error);
        }
      g_queue_clear_full (&self.places, place_free);
    }

  g_hash_table_unref (self.visited);
  return result;
}

GPtrArray *
granary_run_look_at (const char    *folder,
                     GCancellable  *cancellable,
                     GError       **error)
{
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_run_free);
  g_autoptr (GHashTable) names = NULL;
  g_autoptr (GError) trouble = NULL;
  struct stat status;

  g_return_val_if_fail (folder != NULL, NULL);

  names = read_names (folder, folders, &status);
  if (names != NULL)
    ask_readers (folder, names, runs, &trouble, cancellable);
  if (trouble != NULL && runs->len == 0)
    {
      g_propagate_error (error, g_steal_pointer (&trouble));
      return NULL;
    }

  return g_steal_pointer (&runs);
}
