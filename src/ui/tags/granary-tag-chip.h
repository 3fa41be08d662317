/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "granary-tag-plan.h"

G_BEGIN_DECLS

/**
 * GranaryTagChip:
 *
 * One tag in a tag editor. Delete or its button takes it away, a click or Enter edits it.
 *
 * Signals: `remove` and `edit`, both without arguments.
 */
#define GRANARY_TYPE_TAG_CHIP (granary_tag_chip_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTagChip, granary_tag_chip, GRANARY, TAG_CHIP, GtkBox)

GtkWidget  *granary_tag_chip_new     (void) G_GNUC_WARN_UNUSED_RESULT;
void        granary_tag_chip_set_row (GranaryTagChip          *self,
                                      const GranaryTagPlanRow *row,
                                      guint                    n_models);
const char *granary_tag_chip_get_key (GranaryTagChip          *self);
const char *granary_tag_chip_get_title (GranaryTagChip        *self);

/* How a tag is written for people: `team: 视觉`. */
char       *granary_tag_chip_format  (const char              *key,
                                      const char              *value) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
