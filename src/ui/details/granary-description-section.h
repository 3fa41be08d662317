/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-model.h"

G_BEGIN_DECLS

/**
 * GranaryDescriptionSection:
 *
 * The description of a model, edited in place. Escape discards, Ctrl+Enter saves, and so does
 * going on to another model.
 *
 * Signal: edited (gint64 model_id, const char *text), when a changed text is to be saved.
 */
#define GRANARY_TYPE_DESCRIPTION_SECTION (granary_description_section_get_type ())
G_DECLARE_FINAL_TYPE (GranaryDescriptionSection, granary_description_section,
                      GRANARY, DESCRIPTION_SECTION, AdwBin)

void     granary_description_section_set_model    (GranaryDescriptionSection *self,
                                                   GranaryModel              *model);
void     granary_description_section_set_editable (GranaryDescriptionSection *self,
                                                   gboolean                   editable);
void     granary_description_section_start        (GranaryDescriptionSection *self);
void     granary_description_section_resume       (GranaryDescriptionSection *self,
                                                   gint64                     model_id,
                                                   const char                *text);
void     granary_description_section_finish       (GranaryDescriptionSection *self);
gboolean granary_description_section_is_editing   (GranaryDescriptionSection *self);

G_END_DECLS
