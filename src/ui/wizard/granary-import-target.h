/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "granary-import-draft.h"

G_BEGIN_DECLS

/**
 * GranaryImportTarget:
 *
 * Where an import goes: a new model with its name, or a new version of one there is; and the tags.
 */
#define GRANARY_TYPE_IMPORT_TARGET (granary_import_target_get_type ())
G_DECLARE_FINAL_TYPE (GranaryImportTarget, granary_import_target, GRANARY, IMPORT_TARGET, GtkBox)

void     granary_import_target_set_draft (GranaryImportTarget *self,
                                          GranaryImportDraft  *draft);
gboolean granary_import_target_commit    (GranaryImportTarget *self);
char    *granary_import_target_dup_object (GranaryImportTarget *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean granary_import_target_has_pending (GranaryImportTarget *self);

G_END_DECLS
