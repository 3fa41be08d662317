/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-import-page.h"

G_BEGIN_DECLS

/**
 * GranaryImportStoragePage:
 *
 * From COS: the files lie in object storage already, or on this computer, from where they are sent
 * there first.
 */
#define GRANARY_TYPE_IMPORT_STORAGE_PAGE (granary_import_storage_page_get_type ())
G_DECLARE_FINAL_TYPE (GranaryImportStoragePage, granary_import_storage_page, GRANARY, IMPORT_STORAGE_PAGE, GranaryImportPage)

GranaryImportPage *granary_import_storage_page_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
