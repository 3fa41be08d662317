/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "granary-task-item.h"

G_BEGIN_DECLS

/**
 * GranaryTaskRow:
 *
 * What a list row shows of a task; of one that cannot be chosen, why.
 *
 * Properties: item ([class@TaskItem], nullable).
 */
#define GRANARY_TYPE_TASK_ROW (granary_task_row_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTaskRow, granary_task_row, GRANARY, TASK_ROW, GtkBox)

G_END_DECLS
