/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-import-page.h"

G_BEGIN_DECLS

/**
 * GranaryImportFilesPage:
 *
 * From Files: the files are chosen or dropped, what they are is read from them.
 */
#define GRANARY_TYPE_IMPORT_FILES_PAGE (granary_import_files_page_get_type ())
G_DECLARE_FINAL_TYPE (GranaryImportFilesPage, granary_import_files_page, GRANARY, IMPORT_FILES_PAGE, GranaryImportPage)

GranaryImportPage *granary_import_files_page_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
