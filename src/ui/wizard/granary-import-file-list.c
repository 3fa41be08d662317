/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-import-file-list.h"

/* Items */

struct _GranaryImportFileItem
{
  GObject  parent_instance;

  char    *target;
  gint64   size;
};

G_DEFINE_FINAL_TYPE (GranaryImportFileItem, granary_import_file_item, G_TYPE_OBJECT)

static void
granary_import_file_item_finalize (GObject *object)
{
  g_free (GRANARY_IMPORT_FILE_ITEM (object)->target);

  G_OBJECT_CLASS (granary_import_file_item_parent_class)->finalize (object);
}

static void
granary_import_file_item_class_init (GranaryImportFileItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = granary_import_file_item_finalize;
}

static void
granary_import_file_item_init (GranaryImportFileItem *self)
{
}

const char *
granary_import_file_item_get_target (GranaryImportFileItem *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_FILE_ITEM (self), NULL);

  return self->target;
}

gint64
granary_import_file_item_get_size (GranaryImportFileItem *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_FILE_ITEM (self), 0);

  return self->size;
}

/* The list */

struct _GranaryImportFileList
{
  GObject         parent_instance;

  GranaryFileSet *files; /* (nullable) */
};

static void granary_import_file_list_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GranaryImportFileList, granary_import_file_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      granary_import_file_list_iface_init))

static guint
count_files (GranaryFileSet *files)
{
  return files != NULL ? granary_file_set_get_n_files (files) : 0;
}

static gboolean
same_file (const GranarySourceFile *a,
           const GranarySourceFile *b)
{
  return a == b || (a->size == b->size && g_str_equal (a->target, b->target));
}

static GType
granary_import_file_list_get_item_type (GListModel *model)
{
  return GRANARY_TYPE_IMPORT_FILE_ITEM;
}

static guint
granary_import_file_list_get_n_items (GListModel *model)
{
  return count_files (GRANARY_IMPORT_FILE_LIST (model)->files);
}

static gpointer
granary_import_file_list_get_item (GListModel *model,
                                   guint       position)
{
  GranaryImportFileList *self = GRANARY_IMPORT_FILE_LIST (model);
  const GranarySourceFile *file;
  GranaryImportFileItem *item;

  if (position >= count_files (self->files))
    return NULL;

  file = granary_file_set_get_file (self->files, position);
  item = g_object_new (GRANARY_TYPE_IMPORT_FILE_ITEM, NULL);
  item->target = g_strdup (file->target);
  item->size = file->size;

  return item;
}

static void
granary_import_file_list_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = granary_import_file_list_get_item_type;
  iface->get_n_items = granary_import_file_list_get_n_items;
  iface->get_item = granary_import_file_list_get_item;
}

static void
granary_import_file_list_dispose (GObject *object)
{
  g_clear_object (&GRANARY_IMPORT_FILE_LIST (object)->files);

  G_OBJECT_CLASS (granary_import_file_list_parent_class)->dispose (object);
}

static void
granary_import_file_list_class_init (GranaryImportFileListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = granary_import_file_list_dispose;
}

static void
granary_import_file_list_init (GranaryImportFileList *self)
{
}

GranaryImportFileList *
granary_import_file_list_new (void)
{
  return g_object_new (GRANARY_TYPE_IMPORT_FILE_LIST, NULL);
}

/**
 * granary_import_file_list_set_files:
 * @self: a list
 * @files: (nullable): what to list
 *
 * Lists @files. Only what differs is reported as changed, so that a view keeps its place when one
 * file goes.
 */
void
granary_import_file_list_set_files (GranaryImportFileList *self,
                                    GranaryFileSet        *files)
{
  guint n_before;
  guint n_after;
  guint n_start = 0;
  guint n_end = 0;
  g_autoptr (GranaryFileSet) before = NULL;

  g_return_if_fail (GRANARY_IS_IMPORT_FILE_LIST (self));
  g_return_if_fail (files == NULL || GRANARY_IS_FILE_SET (files));

  if (self->files == files)
    return;

  before = g_steal_pointer (&self->files);
  g_set_object (&self->files, files);
  n_before = count_files (before);
  n_after = count_files (files);

  while (n_start < MIN (n_before, n_after) &&
         same_file (granary_file_set_get_file (before, n_start),
                    granary_file_set_get_file (files, n_start)))
    n_start++;
  while (n_end < MIN (n_before, n_after) - n_start &&
         same_file (granary_file_set_get_file (before, n_before - 1 - n_end),
                    granary_file_set_get_file (files, n_after - 1 - n_end)))
    n_end++;

  if (n_before - n_start - n_end > 0 || n_after - n_start - n_end > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), n_start,
                                n_before - n_start - n_end, n_after - n_start - n_end);
}
