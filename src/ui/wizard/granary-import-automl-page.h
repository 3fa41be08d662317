/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-import-page.h"

G_BEGIN_DECLS

/**
 * GranaryImportAutomlPage:
 *
 * Automatic learning, of images or of text in images: a task with what describes its result, whose
 * service files are there already.
 */
#define GRANARY_TYPE_IMPORT_AUTOML_PAGE (granary_import_automl_page_get_type ())
G_DECLARE_FINAL_TYPE (GranaryImportAutomlPage, granary_import_automl_page, GRANARY, IMPORT_AUTOML_PAGE, GranaryImportPage)

GranaryImportPage *granary_import_automl_page_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
