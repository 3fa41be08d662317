/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-task.h"

G_BEGIN_DECLS

/**
 * GranaryTaskItem:
 *
 * A task for a list row. The same task keeps its item while it changes, so that rows stay where
 * they are; `task` notifies.
 *
 * Properties: task (GranaryTask), usable (gboolean: can be chosen).
 */
#define GRANARY_TYPE_TASK_ITEM (granary_task_item_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTaskItem, granary_task_item, GRANARY, TASK_ITEM, GObject)

/* @id: unique in its list. */
GranaryTaskItem *granary_task_item_new       (gint64           id,
                                              GranaryTask     *task) G_GNUC_WARN_UNUSED_RESULT;
gint64           granary_task_item_get_id    (GranaryTaskItem *self);
GranaryTask     *granary_task_item_get_task  (GranaryTaskItem *self);
void             granary_task_item_set_task  (GranaryTaskItem *self,
                                              GranaryTask     *task);
gboolean         granary_task_item_is_usable (GranaryTaskItem *self);

G_END_DECLS
