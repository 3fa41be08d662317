/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "granary-catalog.h"

G_BEGIN_DECLS

/**
 * GranaryModelChooser:
 *
 * A popover to find one of any number of models: the catalogue searches, the first matches are
 * shown, and how many more there are.
 *
 * Signals: `chosen` (GranaryModelSummary).
 */
#define GRANARY_TYPE_MODEL_CHOOSER (granary_model_chooser_get_type ())
G_DECLARE_FINAL_TYPE (GranaryModelChooser, granary_model_chooser, GRANARY, MODEL_CHOOSER, GtkPopover)

void granary_model_chooser_set_catalog (GranaryModelChooser *self,
                                        GranaryCatalog      *catalog);

G_END_DECLS
