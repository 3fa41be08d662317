/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-model.h"

G_BEGIN_DECLS

/**
 * GranaryTagsSection:
 *
 * The tags of a model, with the way to their editor.
 */
#define GRANARY_TYPE_TAGS_SECTION (granary_tags_section_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTagsSection, granary_tags_section, GRANARY, TAGS_SECTION, AdwBin)

void granary_tags_section_set_model (GranaryTagsSection *self,
                                    GranaryModel *model);

G_END_DECLS
