/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * GranaryProblemRow:
 *
 * What is wrong with the field above it; not there while nothing is.
 *
 * Signals: `resolve` (no arguments) when its button is pressed, if it was given one.
 */
#define GRANARY_TYPE_PROBLEM_ROW (granary_problem_row_get_type ())
G_DECLARE_FINAL_TYPE (GranaryProblemRow, granary_problem_row, GRANARY, PROBLEM_ROW, AdwPreferencesRow)

void granary_problem_row_show      (GranaryProblemRow *self,
                                    const GError      *error,
                                    GtkWidget         *field);
void granary_problem_row_show_text (GranaryProblemRow *self,
                                    const char        *text,
                                    gboolean           is_warning);
void granary_problem_row_set_way_out (GranaryProblemRow *self,
                                      const char        *label);

G_END_DECLS
