/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-import-draft.h"

G_BEGIN_DECLS

/**
 * GranaryEnvironmentRow:
 *
 * The runtime environment of an import, for connections with a [iface@ImageSource]: opens a
 * [class@EnvironmentPicker] in the navigation view it is in. What was chosen is remembered for the
 * connection and the framework, and preselected the next time.
 */
#define GRANARY_TYPE_ENVIRONMENT_ROW (granary_environment_row_get_type ())
G_DECLARE_FINAL_TYPE (GranaryEnvironmentRow, granary_environment_row, GRANARY, ENVIRONMENT_ROW, AdwActionRow)

void granary_environment_row_set_draft (GranaryEnvironmentRow *self,
                                        GranaryImportDraft    *draft);

G_END_DECLS
