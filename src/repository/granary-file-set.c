/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-file-set.h"

#include <string.h>

#include "granary-error.h"
#include "granary-file-scan-private.h"
#include "granary-names.h"
#include "granary-worker.h"

struct _GranaryFileSet
{
  GObject    parent_instance;

  GPtrArray *files;      /* (owned) (element-type GranarySourceFile): sorted by target, unique */
  GPtrArray *problems;   /* (owned) (element-type GError) */
  GPtrArray *folders;    /* (owned) (element-type filename): deepest first */
  char      *suggestion; /* (owned) (nullable) */
  gint64     size;
  guint      n_left_out;
};

G_DEFINE_FINAL_TYPE (GranaryFileSet, granary_file_set, G_TYPE_OBJECT)

/* Auxiliary functions */

static void
add_target_problem (GranaryFileSet *self,
                    GranaryReason   reason,
                    const char     *target)
{
  GError *error = NULL;

  granary_set_error (&error, GRANARY_ERROR_INVALID_INPUT, reason, target,
                     "two sources want the path “%s” (%d)", target, (int) reason);
  g_ptr_array_add (self->problems, error);
}

static int
compare_targets (gconstpointer a,
                 gconstpointer b)
{
  const GranarySourceFile *left = *(const GranarySourceFile *const *) a;
  const GranarySourceFile *right = *(const GranarySourceFile *const *) b;

  return strcmp (left->target, right->target);
}

/* Sorting keeps equal targets in their order, so that the first one chosen stays. */
static void
drop_duplicates (GranaryFileSet *self)
{
  g_autoptr (GPtrArray) all = g_steal_pointer (&self->files);
  const GranarySourceFile *last = NULL;

  g_ptr_array_sort (all, compare_targets);
  self->files = g_ptr_array_new_full (all->len, granary_source_file_unref);
  for (guint i = 0; i < all->len; i++)
    {
      GranarySourceFile *file = g_ptr_array_index (all, i);

      if (last != NULL && strcmp (last->target, file->target) == 0)
        {
          if (last->device != file->device || last->inode != file->inode)
            add_target_problem (self, GRANARY_REASON_PATH_DUPLICATE, file->target);
          continue;
        }
      g_ptr_array_add (self->files, g_atomic_rc_box_acquire (file));
      self->size += file->size;
      last = file;
    }
}

/* A path cannot be a file and a folder. */
static void
find_clashes (GranaryFileSet *self)
{
  g_autofree char *checked = NULL;

  for (guint i = 0; i < self->files->len; i++)
    {
      const GranarySourceFile *file = g_ptr_array_index (self->files, i);
      const char *slash = strrchr (file->target, '/');
      g_autofree char *folder = NULL;

      if (slash == NULL)
        continue;
      folder = g_strndup (file->target, (gsize) (slash - file->target));
      if (g_strcmp0 (folder, checked) == 0)
        continue;

      g_set_str (&checked, folder);
      for (;;)
        {
          char *end;

          if (granary_file_set_find (self, folder) != NULL)
            add_target_problem (self, GRANARY_REASON_PATH_IS_FOLDER, folder);
          end = strrchr (folder, '/');
          if (end == NULL)
            break;
          *end = '\0';
        }
    }
}

/* Takes what @files and the other arrays hold; the counterpart of what a scan found. */
static GranaryFileSet *
file_set_new (GPtrArray  *files,
              GPtrArray  *problems,
              GPtrArray  *folders,
              const char *suggestion,
              guint       n_left_out)
{
  GranaryFileSet *self = g_object_new (GRANARY_TYPE_FILE_SET, NULL);

  g_ptr_array_extend_and_steal (self->files, files);
  g_ptr_array_extend_and_steal (self->problems, problems);
  g_ptr_array_extend_and_steal (self->folders, folders);
  self->suggestion = g_strdup (suggestion);
  self->n_left_out = n_left_out;
  drop_duplicates (self);
  find_clashes (self);

  return self;
}

static gpointer
copy_error (gconstpointer src,
            gpointer      data)
{
  return g_error_copy (src);
}

static gpointer
copy_string (gconstpointer src,
             gpointer      data)
{
  return g_strdup (src);
}

static gpointer
copy_file (gconstpointer src,
           gpointer      data)
{
  return g_atomic_rc_box_acquire ((gpointer) src);
}

static gboolean
is_at_or_below (const char *path,
                const char *folder)
{
  gsize length = strlen (folder);

  return strncmp (path, folder, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

typedef struct
{
  GStrv  paths; /* (owned) */
  char  *into;  /* (owned) (nullable) */
} ScanJob;

static void
scan_job_free (gpointer data)
{
  ScanJob *job = data;

  g_strfreev (job->paths);
  g_free (job->into);
  g_free (job);
}

static void
scan_thread (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  ScanJob *job = task_data;
  GError *error = NULL;
  GranaryFileSet *set;

  set = granary_file_set_scan ((const char *const *) job->paths, job->into, cancellable, &error);
  if (set != NULL)
    g_task_return_pointer (task, set, g_object_unref);
  else
    g_task_return_error (task, error);
}

/* GObject overrides */

static void
granary_file_set_finalize (GObject *object)
{
  GranaryFileSet *self = GRANARY_FILE_SET (object);

  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_clear_pointer (&self->problems, g_ptr_array_unref);
  g_clear_pointer (&self->folders, g_ptr_array_unref);
  g_clear_pointer (&self->suggestion, g_free);

  G_OBJECT_CLASS (granary_file_set_parent_class)->finalize (object);
}

static void
granary_file_set_class_init (GranaryFileSetClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = granary_file_set_finalize;
}

static void
granary_file_set_init (GranaryFileSet *self)
{
  self->files = g_ptr_array_new_with_free_func (granary_source_file_unref);
  self->problems = g_ptr_array_new_with_free_func ((GDestroyNotify) g_error_free);
  self->folders = g_ptr_array_new_with_free_func (g_free);
}

/* Public functions */

/**
 * granary_file_set_scan:
 * @paths: (array zero-terminated=1): chosen or dropped files and folders, file system encoding
 * @into: (nullable): folder inside the version that all targets are put under
 * @cancellable: (nullable): to call it off
 * @error: only ever %G_IO_ERROR_CANCELLED
 *
 * Finds all files. Blocks.
 *
 * What version control, caches and desktops leave behind (`.git`, `__pycache__`, `.DS_Store` and
 * the like) is left out and counted in granary_file_set_get_n_left_out(), unless it is the one
 * thing that was chosen. Empty folders hold nothing to store.
 *
 * Returns: (transfer full): the set, with its problems
 */
GranaryFileSet *
granary_file_set_scan (const char *const  *paths,
                       const char         *into,
                       GCancellable       *cancellable,
                       GError            **error)
{
  g_autoptr (GranaryFileScan) scan = NULL;

  g_return_val_if_fail (paths != NULL, NULL);

  scan = granary_file_scan_new (into, cancellable);
  if (!granary_file_scan_run (scan, paths, error))
    return NULL;

  return file_set_new (g_steal_pointer (&scan->files), g_steal_pointer (&scan->problems),
                       g_steal_pointer (&scan->folders), scan->suggestion, scan->n_left_out);
}

void
granary_file_set_scan_async (const char *const   *paths,
                             const char          *into,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GranaryWorker) worker = NULL;
  ScanJob *job;

  g_return_if_fail (paths != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  job = g_new0 (ScanJob, 1);
  job->paths = g_strdupv ((char **) paths);
  job->into = g_strdup (into);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, granary_file_set_scan_async);
  g_task_set_task_data (task, job, scan_job_free);
  worker = granary_worker_new ("granary-scan", 1);
  granary_worker_run (worker, task, scan_thread);
}

GranaryFileSet *
granary_file_set_scan_finish (GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

GranaryFileSet *
granary_file_set_new_empty (void)
{
  return g_object_new (GRANARY_TYPE_FILE_SET, NULL);
}

/**
 * granary_file_set_merge:
 * @self: a set
 * @other: another one
 *
 * Where both want the same path, the file of @self stays and the path becomes a problem, unless it
 * is the same file.
 *
 * Returns: (transfer full): a set of the files and problems of both
 */
GranaryFileSet *
granary_file_set_merge (GranaryFileSet *self,
                        GranaryFileSet *other)
{
  GPtrArray *files;
  GPtrArray *problems;
  GPtrArray *folders;

  g_return_val_if_fail (GRANARY_IS_FILE_SET (self), NULL);
  g_return_val_if_fail (GRANARY_IS_FILE_SET (other), NULL);

  files = g_ptr_array_copy (self->files, copy_file, NULL);
  g_ptr_array_extend (files, other->files, copy_file, NULL);
  problems = g_ptr_array_copy (self->problems, copy_error, NULL);
  g_ptr_array_extend (problems, other->problems, copy_error, NULL);
  folders = g_ptr_array_copy (self->folders, copy_string, NULL);
  g_ptr_array_extend (folders, other->folders, copy_string, NULL);

  return file_set_new (files, problems, folders,
                       self->suggestion != NULL ? self->suggestion : other->suggestion,
                       self->n_left_out + other->n_left_out);
}

/**
 * granary_file_set_without:
 * @self: a set
 * @target: path inside the version of a file or a folder, or the subject of a problem
 *
 * Returns: (transfer full): a set without @target, what lies below it, and its problems
 */
GranaryFileSet *
granary_file_set_without (GranaryFileSet *self,
                          const char     *target)
{
  GPtrArray *files;
  GPtrArray *problems;

  g_return_val_if_fail (GRANARY_IS_FILE_SET (self), NULL);
  g_return_val_if_fail (target != NULL, NULL);

  files = g_ptr_array_new_with_free_func (granary_source_file_unref);
  for (guint i = 0; i < self->files->len; i++)
    {
      GranarySourceFile *file = g_ptr_array_index (self->files, i);

      if (!is_at_or_below (file->target, target))
        g_ptr_array_add (files, g_atomic_rc_box_acquire (file));
    }

  problems = g_ptr_array_new_with_free_func ((GDestroyNotify) g_error_free);
  for (guint i = 0; i < self->problems->len; i++)
    {
      const GError *problem = g_ptr_array_index (self->problems, i);
      const char *subject = granary_error_get_subject (problem);

      /* Clashes are found anew. */
      if (granary_error_matches_reason (problem, GRANARY_REASON_PATH_IS_FOLDER) ||
          (subject != NULL && is_at_or_below (subject, target)))
        continue;
      g_ptr_array_add (problems, g_error_copy (problem));
    }

  return file_set_new (files, problems, g_ptr_array_copy (self->folders, copy_string, NULL),
                       self->suggestion, self->n_left_out);
}

/**
 * granary_file_set_without_problems:
 * @self: a set
 *
 * Returns: (transfer full): its files alone, with what cannot be stored given up. A path that is a
 *   file and a folder stays a problem: one of the two has to be taken out.
 */
GranaryFileSet *
granary_file_set_without_problems (GranaryFileSet *self)
{
  g_return_val_if_fail (GRANARY_IS_FILE_SET (self), NULL);

  return file_set_new (g_ptr_array_copy (self->files, copy_file, NULL),
                       g_ptr_array_new_with_free_func ((GDestroyNotify) g_error_free),
                       g_ptr_array_copy (self->folders, copy_string, NULL),
                       self->suggestion, self->n_left_out);
}

guint
granary_file_set_get_n_files (GranaryFileSet *self)
{
  g_return_val_if_fail (GRANARY_IS_FILE_SET (self), 0);

  return self->files->len;
}

/**
 * granary_file_set_get_file:
 * @self: a set
 * @position: less than granary_file_set_get_n_files()
 *
 * Returns: (transfer none): a file; they are sorted by the bytes of their targets
 */
const GranarySourceFile *
granary_file_set_get_file (GranaryFileSet *self,
                           guint           position)
{
  g_return_val_if_fail (GRANARY_IS_FILE_SET (self), NULL);
  g_return_val_if_fail (position < self->files->len, NULL);

  return g_ptr_array_index (self->files, position);
}

/**
 * granary_file_set_find:
 * @self: a set
 * @target: path inside the version
 *
 * Returns: (transfer none) (nullable): the file that goes there
 */
const GranarySourceFile *
granary_file_set_find (GranaryFileSet *self,
                       const char     *target)
{
  guint low = 0;
  guint high;

  g_return_val_if_fail (GRANARY_IS_FILE_SET (self), NULL);
  g_return_val_if_fail (target != NULL, NULL);

  high = self->files->len;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const GranarySourceFile *file = g_ptr_array_index (self->files, middle);
      int order = strcmp (target, file->target);

      if (order == 0)
        return file;
      if (order < 0)
        high = middle;
      else
        low = middle + 1;
    }

  return NULL;
}

gint64
granary_file_set_get_size (GranaryFileSet *self)
{
  g_return_val_if_fail (GRANARY_IS_FILE_SET (self), 0);

  return self->size;
}

guint
granary_file_set_get_n_problems (GranaryFileSet *self)
{
  g_return_val_if_fail (GRANARY_IS_FILE_SET (self), 0);

  return self->problems->len;
}

const GError *
granary_file_set_get_problem (GranaryFileSet *self,
                              guint           position)
{
  g_return_val_if_fail (GRANARY_IS_FILE_SET (self), NULL);
  g_return_val_if_fail (position < self->problems->len, NULL);

  return g_ptr_array_index (self->problems, position);
}

/**
 * granary_file_set_get_n_left_out:
 * @self: a set
 *
 * Returns: how many files and folders were left out because they never belong to a model
 */
guint
granary_file_set_get_n_left_out (GranaryFileSet *self)
{
  g_return_val_if_fail (GRANARY_IS_FILE_SET (self), 0);

  return self->n_left_out;
}

/**
 * granary_file_set_get_suggested_name:
 * @self: a set
 *
 * Returns: (nullable): a valid model name made of what was chosen; %NULL when nothing offers one
 */
const char *
granary_file_set_get_suggested_name (GranaryFileSet *self)
{
  g_return_val_if_fail (GRANARY_IS_FILE_SET (self), NULL);

  return self->suggestion;
}

/**
 * granary_file_set_list_folders:
 * @self: a set
 *
 * The folders that were walked through: what a cut may leave empty.
 *
 * Returns: (transfer full) (element-type filename): absolute paths, each after all below it
 */
GPtrArray *
granary_file_set_list_folders (GranaryFileSet *self)
{
  g_return_val_if_fail (GRANARY_IS_FILE_SET (self), NULL);

  return g_ptr_array_copy (self->folders, copy_string, NULL);
}
