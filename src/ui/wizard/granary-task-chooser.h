/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-task-source.h"

G_BEGIN_DECLS

/**
 * GranaryTaskChooser:
 *
 * Searches and pages through the tasks of a source; where the source cannot list them, an id is
 * entered. To be pushed on a navigation view, which it leaves by itself once a task is chosen.
 *
 * Signals: `chosen` (utf8: id of a task).
 */
#define GRANARY_TYPE_TASK_CHOOSER (granary_task_chooser_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTaskChooser, granary_task_chooser, GRANARY, TASK_CHOOSER, AdwNavigationPage)

AdwNavigationPage *granary_task_chooser_new (GranaryTaskSource *source,
                                             GranaryTaskKinds   kinds);

G_END_DECLS
