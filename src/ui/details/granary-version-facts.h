/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-subject.h"

G_BEGIN_DECLS

/**
 * GranaryVersionFacts:
 *
 * What a version is: framework and format as read from its files, inputs and outputs, size,
 * runtime environment.
 */
#define GRANARY_TYPE_VERSION_FACTS (granary_version_facts_get_type ())
G_DECLARE_FINAL_TYPE (GranaryVersionFacts, granary_version_facts, GRANARY, VERSION_FACTS, AdwBin)

void granary_version_facts_set_subject (GranaryVersionFacts  *self,
                                        const GranarySubject *subject);

G_END_DECLS
