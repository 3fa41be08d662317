/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * GranaryPathBar:
 *
 * Where one is: a button for each step that leads there. Scrolls sideways when it is long, and
 * shows its end.
 *
 * Signal: go (guint step): a step before the last one was pressed.
 */
#define GRANARY_TYPE_PATH_BAR (granary_path_bar_get_type ())
G_DECLARE_FINAL_TYPE (GranaryPathBar, granary_path_bar, GRANARY, PATH_BAR, AdwBin)

/* @steps: (array zero-terminated=1): from the outermost one */
void     granary_path_bar_set_steps (GranaryPathBar     *self,
                                     const char * const *steps);
/* Goes to the step before the last; whether there is one. */
gboolean granary_path_bar_go_up     (GranaryPathBar     *self);

G_END_DECLS
