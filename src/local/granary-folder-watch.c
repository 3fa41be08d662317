/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-folder-watch-private.h"

#include <string.h>

#include "granary-run-files-private.h"

/* Each costs one of the few watches that the system has. */
#define MAX_FOLDERS 64
/* More runs than this do not get better within half a minute. */
#define MAX_LOADED 32

/* Auxiliary functions */

/* The newest file of what is to be imported. */
static gint64
get_output_mtime (const GranaryTaskOutput *output)
{
  gint64 newest = 0;

  for (guint i = 0; output->paths != NULL && output->paths[i] != NULL; i++)
    newest = MAX (newest, granary_run_mtime (output->paths[i], ""));

  return newest;
}

/* A run whose best output is newer than anything that was known of the run before. */
static void
look_at_run (GranaryFolderWatch *self,
             const GranaryRun   *run,
             gint64              known,
             GCancellable       *cancellable)
{
  g_autoptr (GranaryTaskDetails) details = run->reader->load (run, cancellable, NULL);
  const GranaryTaskOutput *output;

  if (details == NULL || details->outputs->len == 0)
    return;

  output = g_ptr_array_index (details->outputs, 0);
  if (get_output_mtime (output) <= known)
    return;

  g_ptr_array_add (self->tasks, granary_task_ref (details->task));
  g_ptr_array_add (self->output_ids, g_strdup (output->id));
}

static void
find_outputs (GranaryFolderWatch *self,
              GranaryRunSnapshot *before,
              GranaryRunSnapshot *now,
              GCancellable       *cancellable)
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n_loaded = 0;

  for (guint i = 0; i < before->runs->len; i++)
    {
      const GranaryRun *run = g_ptr_array_index (before->runs, i);

      g_hash_table_insert (known, granary_run_make_uid (run), (gpointer) run);
    }

  for (guint i = 0; i < now->runs->len && n_loaded < MAX_LOADED; i++)
    {
      const GranaryRun *run = g_ptr_array_index (now->runs, i);
      g_autofree char *uid = granary_run_make_uid (run);
      const GranaryRun *old = g_hash_table_lookup (known, uid);

      if (old == NULL || old->mtime >= run->mtime)
        continue;
      look_at_run (self, run, old->mtime, cancellable);
      n_loaded++;
    }
}

static void
add_folder (GranaryFolderWatch *self,
            char               *folder)
{
  if (self->folders->len < MAX_FOLDERS &&
      !g_ptr_array_find_with_equal_func (self->folders, folder, g_str_equal, NULL))
    g_ptr_array_add (self->folders, folder);
  else
    g_free (folder);
}

/* The roots, and the folders in which runs lie, those with the newest runs first. */
static void
find_folders (GranaryFolderWatch *self,
              const char * const *roots,
              GranaryRunSnapshot *now)
{
  for (guint i = 0; roots[i] != NULL; i++)
    add_folder (self, g_strdup (roots[i]));

  for (guint i = 0; i < now->runs->len && self->folders->len < MAX_FOLDERS; i++)
    {
      const GranaryRun *run = g_ptr_array_index (now->runs, i);
      g_autofree char *path = g_build_filename (run->folder, run->key, NULL);

      add_folder (self, g_path_get_dirname (path));
    }
}

/* Functions for the task source */

/**
 * granary_folder_watch_new:
 * @roots: (array zero-terminated=1) (element-type filename): the folders that were searched
 * @before: (nullable): what was there; %NULL the first time
 * @now: what is there
 * @cancellable: (nullable): stops it early
 *
 * Compares two searches. Blocks.
 *
 * Returns: (transfer full): the difference; none the first time
 */
GranaryFolderWatch *
granary_folder_watch_new (const char * const *roots,
                          GranaryRunSnapshot *before,
                          GranaryRunSnapshot *now,
                          GCancellable       *cancellable)
{
  GranaryFolderWatch *self = g_new0 (GranaryFolderWatch, 1);

  self->tasks = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_task_unref);
  self->output_ids = g_ptr_array_new_with_free_func (g_free);
  self->folders = g_ptr_array_new_with_free_func (g_free);
  find_folders (self, roots, now);
  self->is_changed = before != NULL && !granary_run_snapshot_equal (before, now);
  if (self->is_changed)
    find_outputs (self, before, now, cancellable);

  return self;
}

void
granary_folder_watch_free (GranaryFolderWatch *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->tasks);
  g_ptr_array_unref (self->output_ids);
  g_ptr_array_unref (self->folders);
  g_free (self);
}
