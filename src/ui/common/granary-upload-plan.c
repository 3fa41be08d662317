/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-upload-plan.h"

#include <string.h>

#include "granary-error.h"

static void
item_free (gpointer data)
{
  GranaryUploadItem *item = data;

  g_free (item->target);
  g_free (item);
}

/* Every folder that the files of @version stand in. */
static GHashTable *
collect_folders (GranaryVersion *version)
{
  g_autoptr (GHashTable) folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; version->files != NULL && i < version->files->len; i++)
    {
      const GranaryFile *file = g_ptr_array_index (version->files, i);
      const char *slash = file->path;

      while ((slash = strchr (slash, '/')) != NULL)
        {
          g_hash_table_add (folders, g_strndup (file->path, (gsize) (slash - file->path)));
          slash++;
        }
    }

  return g_steal_pointer (&folders);
}

static GHashTable *
index_files (GranaryVersion *version)
{
  g_autoptr (GHashTable) files = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; version->files != NULL && i < version->files->len; i++)
    {
      GranaryFile *file = g_ptr_array_index (version->files, i);

      g_hash_table_insert (files, file->path, file);
    }

  return g_steal_pointer (&files);
}

/* Whether a file stands where @target needs a folder. */
static gboolean
is_below_a_file (GHashTable *files,
                 const char *target)
{
  const char *slash = target;

  while ((slash = strchr (slash, '/')) != NULL)
    {
      g_autofree char *folder = g_strndup (target, (gsize) (slash - target));

      if (g_hash_table_contains (files, folder))
        return TRUE;
      slash++;
    }

  return FALSE;
}

/**
 * granary_upload_plan_new:
 * @files: what would be uploaded
 * @version: the version, with its files
 *
 * Returns: (transfer full): what that would do
 */
GranaryUploadPlan *
granary_upload_plan_new (GranaryFileSet *files,
                         GranaryVersion *version)
{
  g_autoptr (GHashTable) folders = NULL;
  g_autoptr (GHashTable) present = NULL;
  g_autoptr (GranaryUploadPlan) self = NULL;

  g_return_val_if_fail (GRANARY_IS_FILE_SET (files), NULL);
  g_return_val_if_fail (version != NULL, NULL);

  self = g_new0 (GranaryUploadPlan, 1);
  self->added = g_ptr_array_new_with_free_func (item_free);
  self->replaced = g_ptr_array_new_with_free_func (item_free);
  self->problems = g_ptr_array_new_with_free_func ((GDestroyNotify) g_error_free);
  folders = collect_folders (version);
  present = index_files (version);

  for (guint i = 0; i < granary_file_set_get_n_files (files); i++)
    {
      const GranarySourceFile *source = granary_file_set_get_file (files, i);
      const GranaryFile *old = g_hash_table_lookup (present, source->target);
      GranaryUploadItem *item;

      if (g_hash_table_contains (folders, source->target) ||
          is_below_a_file (present, source->target))
        {
          g_autofree char *shown = granary_display_path (source->target);
          GError *error = NULL;

          granary_set_error (&error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_PATH_IS_FOLDER, shown,
                             "%s: a folder and a file of the same name", shown);
          g_ptr_array_add (self->problems, error);
          continue;
        }

      item = g_new0 (GranaryUploadItem, 1);
      item->target = g_strdup (source->target);
      item->size = source->size;
      item->old_size = old != NULL ? old->size : -1;
      g_ptr_array_add (old != NULL ? self->replaced : self->added, item);
    }

  return g_steal_pointer (&self);
}

void
granary_upload_plan_free (GranaryUploadPlan *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->added);
  g_ptr_array_unref (self->replaced);
  g_ptr_array_unref (self->problems);
  g_free (self);
}

/**
 * granary_upload_plan_get_size:
 * @self: a plan
 *
 * Returns: bytes of all files that it would store
 */
gint64
granary_upload_plan_get_size (const GranaryUploadPlan *self)
{
  gint64 size = 0;

  g_return_val_if_fail (self != NULL, 0);

  for (guint i = 0; i < self->added->len; i++)
    size += ((GranaryUploadItem *) g_ptr_array_index (self->added, i))->size;
  for (guint i = 0; i < self->replaced->len; i++)
    size += ((GranaryUploadItem *) g_ptr_array_index (self->replaced, i))->size;

  return size;
}

/**
 * granary_upload_plan_pick:
 * @self: a plan
 * @files: the files it was made of
 * @left_out: (nullable) (element-type utf8): targets that are not wanted
 *
 * Leaves out what cannot go where it should, and what the user does not want.
 *
 * Returns: (transfer full): the files that are to be uploaded
 */
GranaryFileSet *
granary_upload_plan_pick (const GranaryUploadPlan *self,
                          GranaryFileSet          *files,
                          GHashTable              *left_out)
{
  g_autoptr (GHashTable) planned = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GranaryFileSet) picked = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (GRANARY_IS_FILE_SET (files), NULL);

  for (guint i = 0; i < self->added->len; i++)
    g_hash_table_add (planned, ((GranaryUploadItem *) g_ptr_array_index (self->added, i))->target);
  for (guint i = 0; i < self->replaced->len; i++)
    g_hash_table_add (planned,
                      ((GranaryUploadItem *) g_ptr_array_index (self->replaced, i))->target);

  picked = g_object_ref (files);
  for (guint i = 0; i < granary_file_set_get_n_files (files); i++)
    {
      const char *target = granary_file_set_get_file (files, i)->target;

      if (!g_hash_table_contains (planned, target) ||
          (left_out != NULL && g_hash_table_contains (left_out, target)))
        {
          g_autoptr (GranaryFileSet) before = g_steal_pointer (&picked);

          picked = granary_file_set_without (before, target);
        }
    }

  return g_steal_pointer (&picked);
}
