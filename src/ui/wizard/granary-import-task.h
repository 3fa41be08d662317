/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-import-draft.h"

G_BEGIN_DECLS

/**
 * GranaryImportTask:
 *
 * The task that files come from, and which of its outputs. Its chooser is pushed on the navigation
 * view that the section is in.
 *
 * Properties: output-title (what an output is called, with a mnemonic).
 */
#define GRANARY_TYPE_IMPORT_TASK (granary_import_task_get_type ())
G_DECLARE_FINAL_TYPE (GranaryImportTask, granary_import_task, GRANARY, IMPORT_TASK, AdwPreferencesGroup)

/* @source: as long as this is where the draft's files come from, its task is shown. */
void granary_import_task_set_draft (GranaryImportTask  *self,
                                    GranaryImportDraft *draft,
                                    GranarySource       source);

G_END_DECLS
