/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * GranaryChoiceButton:
 *
 * A list of values to choose from beside an entry that also takes others. Not there while there
 * is nothing to choose.
 *
 * Signals: `chosen` (utf8).
 */
#define GRANARY_TYPE_CHOICE_BUTTON (granary_choice_button_get_type ())
G_DECLARE_FINAL_TYPE (GranaryChoiceButton, granary_choice_button, GRANARY, CHOICE_BUTTON, GtkWidget)

void granary_choice_button_set_choices (GranaryChoiceButton *self,
                                        const char * const  *choices);

G_END_DECLS
