/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-file-set.h"

G_BEGIN_DECLS

/**
 * GranaryImportFileItem:
 *
 * One file to import, for a list row. Immutable.
 */
#define GRANARY_TYPE_IMPORT_FILE_ITEM (granary_import_file_item_get_type ())
G_DECLARE_FINAL_TYPE (GranaryImportFileItem, granary_import_file_item, GRANARY, IMPORT_FILE_ITEM, GObject)

const char *granary_import_file_item_get_target (GranaryImportFileItem *self);
gint64      granary_import_file_item_get_size   (GranaryImportFileItem *self);

/**
 * GranaryImportFileList:
 *
 * The files of a set as a GListModel; items are made when a row asks for them, so that 100,000
 * files cost nothing until they are scrolled to.
 */
#define GRANARY_TYPE_IMPORT_FILE_LIST (granary_import_file_list_get_type ())
G_DECLARE_FINAL_TYPE (GranaryImportFileList, granary_import_file_list, GRANARY, IMPORT_FILE_LIST, GObject)

GranaryImportFileList *granary_import_file_list_new       (void) G_GNUC_WARN_UNUSED_RESULT;
void                   granary_import_file_list_set_files (GranaryImportFileList *self,
                                                           GranaryFileSet        *files);

G_END_DECLS
