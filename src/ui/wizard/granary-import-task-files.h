/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-import-draft.h"

G_BEGIN_DECLS

/**
 * GranaryImportTaskFiles:
 *
 * What is imported of a task: its files, of which some may be left out, or where they are on the
 * platform.
 */
#define GRANARY_TYPE_IMPORT_TASK_FILES (granary_import_task_files_get_type ())
G_DECLARE_FINAL_TYPE (GranaryImportTaskFiles, granary_import_task_files, GRANARY, IMPORT_TASK_FILES, GtkBox)

void granary_import_task_files_set_draft (GranaryImportTaskFiles *self,
                                          GranaryImportDraft     *draft);

G_END_DECLS
