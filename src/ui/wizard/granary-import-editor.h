/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-import-draft.h"

G_BEGIN_DECLS

/**
 * GranaryImportEditor:
 *
 * A page on which config.json or model_service.py is written, checked while it is. What is typed
 * is in the draft at once.
 */
#define GRANARY_TYPE_IMPORT_EDITOR (granary_import_editor_get_type ())
G_DECLARE_FINAL_TYPE (GranaryImportEditor, granary_import_editor, GRANARY, IMPORT_EDITOR, AdwNavigationPage)

AdwNavigationPage *granary_import_editor_new (GranaryImportDraft *draft,
                                              const char         *target,
                                              const char         *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
