/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-subject.h"

G_BEGIN_DECLS

/**
 * GranaryModelFacts:
 *
 * What there is of a model: versions, bytes, times.
 */
#define GRANARY_TYPE_MODEL_FACTS (granary_model_facts_get_type ())
G_DECLARE_FINAL_TYPE (GranaryModelFacts, granary_model_facts, GRANARY, MODEL_FACTS, AdwBin)

void granary_model_facts_set_subject (GranaryModelFacts *self,
                                     const GranarySubject *subject);

G_END_DECLS
