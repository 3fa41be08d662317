/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-import-page.h"

G_BEGIN_DECLS

/**
 * GranaryImportTaskPage:
 *
 * A training task: it fills in framework and metrics, and its outputs are the files.
 */
#define GRANARY_TYPE_IMPORT_TASK_PAGE (granary_import_task_page_get_type ())
G_DECLARE_FINAL_TYPE (GranaryImportTaskPage, granary_import_task_page, GRANARY, IMPORT_TASK_PAGE, GranaryImportPage)

GranaryImportPage *granary_import_task_page_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
