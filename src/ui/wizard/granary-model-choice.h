/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-model.h"

G_BEGIN_DECLS

/**
 * GranaryModelChoice:
 *
 * A model to choose, for a list. Immutable.
 */
#define GRANARY_TYPE_MODEL_CHOICE (granary_model_choice_get_type ())
G_DECLARE_FINAL_TYPE (GranaryModelChoice, granary_model_choice, GRANARY, MODEL_CHOICE, GObject)

GranaryModelChoice        *granary_model_choice_new         (GranaryModelSummary *summary) G_GNUC_WARN_UNUSED_RESULT;
const GranaryModelSummary *granary_model_choice_get_summary (GranaryModelChoice  *self);

G_END_DECLS
