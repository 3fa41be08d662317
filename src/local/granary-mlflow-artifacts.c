/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-mlflow-private.h"

#include <dirent.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-folder-private.h"

#define MODEL_FILE "MLmodel"
#define MAX_MODEL_FILE (1024 * 1024)
#define MAX_ENTRIES 20000
#define MAX_DEPTH 16
#define MAX_MODELS 200
#define SERVED_SCHEME "mlflow-artifacts:"
#define SERVED_FOLDER "mlartifacts"
#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

/* A folder with an MLmodel file. */
typedef struct
{
  GranaryTaskOutput *output;  /* (owned) (nullable) */
  char              *created; /* (owned) (nullable) */
} Found;

typedef struct
{
  GPtrArray    *models; /* (element-type Found) */
  GCancellable *cancellable;
  gint64        size;
  guint         n_files;
  guint         n_entries;
} Walk;

/* Auxiliary functions */

static void
found_free (gpointer data)
{
  Found *self = data;

  granary_task_output_free (self->output);
  g_free (self->created);
  g_free (self);
}

/* The newest first: a search over parameters logs its best model last. */
static int
compare_found (gconstpointer a,
               gconstpointer b)
{
  const Found *first = *(const Found *const *) a;
  const Found *second = *(const Found *const *) b;
  int order = g_strcmp0 (second->created, first->created);

  return order != 0 ? order : strcmp (first->output->id, second->output->id);
}

/* Searching a folder */

static Found *
read_found (int         fd,
            const char *path,
            const char *relative)
{
  Found *found = g_new0 (Found, 1);
  g_autofree char *text = NULL;
  gsize length;

  found->output = granary_task_output_new (relative);
  found->output->paths = g_new0 (char *, 2);
  found->output->paths[0] = g_strdup (path);
  text = granary_run_read_at (fd, MODEL_FILE, MAX_MODEL_FILE, &length, NULL);
  if (text != NULL)
    granary_mlflow_read_model (text, length, found->output, &found->created);

  return found;
}

static gboolean
has_model_file (int fd)
{
  struct stat status;

  return fstatat (fd, MODEL_FILE, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG (status.st_mode);
}

/* Links are not followed; the import tells what it does with them. @fd is taken. */
static void
walk (Walk       *self,
      int         fd,
      const char *path,
      const char *relative,
      guint       depth,
      gboolean    in_model)
{
  DIR *dir = fdopendir (fd);
  const struct dirent *entry;
  Found *found = NULL;
  gint64 size = self->size;

  if (dir == NULL)
    {
      close (fd);
      return;
    }
  if (!in_model && self->models->len < MAX_MODELS && has_model_file (fd))
    {
      found = read_found (fd, path, relative);
      g_ptr_array_add (self->models, found);
    }

  while (self->n_entries < MAX_ENTRIES && !g_cancellable_is_cancelled (self->cancellable) &&
         (entry = readdir (dir)) != NULL)
    {
      struct stat status;

      if (g_str_equal (entry->d_name, ".") || g_str_equal (entry->d_name, ".."))
        continue;
      self->n_entries++;
      if (fstatat (fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        continue;

      if (S_ISREG (status.st_mode))
        {
          self->size += MIN ((gint64) status.st_size, G_MAXINT64 - self->size);
          self->n_files++;
        }
      else if (S_ISDIR (status.st_mode) && depth < MAX_DEPTH)
        {
          g_autofree char *below_path = g_build_filename (path, entry->d_name, NULL);
          g_autofree char *below_relative = *relative != '\0'
                                            ? g_strconcat (relative, "/", entry->d_name, NULL)
                                            : g_strdup (entry->d_name);
          int below = openat (fd, entry->d_name, FOLDER_FLAGS | O_NOFOLLOW);

          if (below >= 0)
            walk (self, below, below_path, below_relative, depth + 1, in_model || found != NULL);
        }
    }

  closedir (dir);
  if (found != NULL && self->n_entries < MAX_ENTRIES)
    found->output->size = self->size - size;
}

/* Finding the folder */

static gboolean
has_entries (int fd)
{
  int copy = openat (fd, ".", FOLDER_FLAGS);
  DIR *dir = copy >= 0 ? fdopendir (copy) : NULL;
  const struct dirent *entry;
  gboolean result = FALSE;

  if (dir == NULL)
    {
      if (copy >= 0)
        close (copy);
      return FALSE;
    }
  while (!result && (entry = readdir (dir)) != NULL)
    result = !g_str_equal (entry->d_name, ".") && !g_str_equal (entry->d_name, "..");
  closedir (dir);

  return result;
}

/* What is there of @path in @folder, without leaving that; -1 when nothing is. */
static int
open_in (const char *folder,
         const char *path)
{
  g_autofd int root = open (folder, FOLDER_FLAGS);
  g_autofd int fd = root >= 0 ? granary_folder_open_beneath (root, path, FOLDER_FLAGS) : -1;

  return fd >= 0 && has_entries (fd) ? g_steal_fd (&fd) : -1;
}

/* A record may name any folder of the computer. Believed is what MLflow makes, a folder of a run or
 * a model, `…/ID/artifacts`: no record leads to somebody's keys or letters. */
static int
open_recorded (const char *path,
               const char *tail)
{
  g_autofree char *resolved = realpath (path, NULL);
  g_autofree char *end = NULL;
  const char *slash = strrchr (tail, '/');
  g_autofd int fd = -1;

  while (slash != NULL && slash > tail && slash[-1] != '/')
    slash--;
  if (resolved == NULL || slash == NULL)
    return -1;
  end = g_strconcat ("/", slash, NULL);
  if (!g_str_has_suffix (resolved, end))
    return -1;

  fd = open (resolved, FOLDER_FLAGS | O_NOFOLLOW);
  return fd >= 0 && has_entries (fd) ? g_steal_fd (&fd) : -1;
}

/* The path that an address stands for on this computer; NULL for one of another. Plain paths are
 * not escaped. */
static char *
get_local_path (const char *artifact_uri,
                const char *base)
{
  g_autofree char *scheme = g_uri_parse_scheme (artifact_uri);

  if (scheme == NULL)
    return g_canonicalize_filename (artifact_uri, base);
  if (!g_str_equal (scheme, "file"))
    return NULL;
  if (g_str_has_prefix (artifact_uri, "file://"))
    return g_filename_from_uri (artifact_uri, NULL, NULL);

  return g_canonicalize_filename (artifact_uri + strlen ("file:"), base);
}

/* `mlflow-artifacts:/PATH` and `mlflow-artifacts://HOST/PATH`: what a server keeps in its
 * folder. */
static char *
get_served_path (const char *artifact_uri)
{
  const char *path;

  if (!g_str_has_prefix (artifact_uri, SERVED_SCHEME))
    return NULL;

  path = artifact_uri + strlen (SERVED_SCHEME);
  if (g_str_has_prefix (path, "//"))
    path = strchr (path + 2, '/');
  while (path != NULL && *path == '/')
    path++;

  return path != NULL && *path != '\0' ? g_uri_unescape_string (path, NULL) : NULL;
}

static int
open_artifacts (const GranaryMlflowPlace  *place,
                const char                *tail,
                const char                *artifact_uri,
                char                     **path,
                gboolean                  *is_elsewhere)
{
  g_autofree char *served_folder = g_build_filename (place->base, SERVED_FOLDER, NULL);
  g_autofree char *served = artifact_uri != NULL ? get_served_path (artifact_uri) : NULL;
  g_autofree char *recorded = artifact_uri != NULL ? get_local_path (artifact_uri, place->base)
                                                   : NULL;
  int fd;

  *is_elsewhere = FALSE;
  fd = open_in (place->store, tail);
  if (fd >= 0)
    {
      *path = g_build_filename (place->store, tail, NULL);
      return fd;
    }
  fd = open_in (served_folder, served != NULL ? served : tail);
  if (fd >= 0)
    {
      *path = g_build_filename (served_folder, served != NULL ? served : tail, NULL);
      return fd;
    }
  if (recorded != NULL)
    {
      fd = open_recorded (recorded, tail);
      *path = g_steal_pointer (&recorded);
      return fd;
    }

  *is_elsewhere = artifact_uri != NULL;
  *path = artifact_uri != NULL ? g_strdup (artifact_uri)
                               : g_build_filename (place->store, tail, NULL);
  return -1;
}

/* Functions for the readers */

gboolean
granary_mlflow_find_outputs (const GranaryMlflowPlace  *place,
                             const char                *tail,
                             const char                *artifact_uri,
                             GPtrArray                 *outputs,
                             char                     **address,
                             gboolean                  *is_elsewhere,
                             GCancellable              *cancellable,
                             GError                   **error)
{
  g_autoptr (GPtrArray) models = g_ptr_array_new_with_free_func (found_free);
  g_autofree char *path = NULL;
  Walk self = { models, cancellable, 0, 0, 0 };
  int fd;

  g_return_val_if_fail (place != NULL && tail != NULL && outputs != NULL, FALSE);

  fd = open_artifacts (place, tail, artifact_uri, &path, is_elsewhere);
  *address = granary_display_path (path);
  if (fd >= 0)
    walk (&self, fd, path, "", 0, FALSE);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  g_ptr_array_sort (models, compare_found);
  for (guint i = 0; i < models->len; i++)
    {
      Found *found = g_ptr_array_index (models, i);

      g_set_str (&found->output->title, *found->output->id != '\0' ? found->output->id : NULL);
      g_ptr_array_add (outputs, g_steal_pointer (&found->output));
    }
  if (models->len == 0 && self.n_files > 0)
    {
      GranaryTaskOutput *output = granary_task_output_new ("");

      output->paths = g_new0 (char *, 2);
      output->paths[0] = g_strdup (path);
      output->size = self.n_entries < MAX_ENTRIES ? self.size : -1;
      g_ptr_array_add (outputs, output);
    }

  return TRUE;
}
