/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-import-page.h"

G_BEGIN_DECLS

/**
 * GranaryImportCosPage:
 *
 * From COS: the files lie in object storage, what they are is read from them there.
 */
#define GRANARY_TYPE_IMPORT_COS_PAGE (granary_import_cos_page_get_type ())
G_DECLARE_FINAL_TYPE (GranaryImportCosPage, granary_import_cos_page, GRANARY, IMPORT_COS_PAGE, GranaryImportPage)

GranaryImportPage *granary_import_cos_page_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
