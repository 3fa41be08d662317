/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-import-draft.h"

G_BEGIN_DECLS

/**
 * GranaryImportFacts:
 *
 * What is known of the model: recognised from its files, or said by the user.
 */
#define GRANARY_TYPE_IMPORT_FACTS (granary_import_facts_get_type ())
G_DECLARE_FINAL_TYPE (GranaryImportFacts, granary_import_facts, GRANARY, IMPORT_FACTS, AdwPreferencesGroup)

void granary_import_facts_set_draft (GranaryImportFacts *self,
                                     GranaryImportDraft *draft);

G_END_DECLS
