/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-task-item.h"
#include "granary-task-source.h"

G_BEGIN_DECLS

/**
 * GranaryTaskList:
 *
 * The tasks of a source that match a text, as a GListModel of [class@TaskItem] that grows page by
 * page. It follows the source's `changed`: rows come, go and change where they are, as far as pages
 * were read.
 *
 * Signals: `updated` (anything of what the getters tell is new).
 */
#define GRANARY_TYPE_TASK_LIST (granary_task_list_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTaskList, granary_task_list, GRANARY, TASK_LIST, GObject)

GranaryTaskList *granary_task_list_new        (GranaryTaskSource *source,
                                               GranaryTaskKinds   kinds) G_GNUC_WARN_UNUSED_RESULT;
/* Whether pages are being read. */
gboolean         granary_task_list_is_busy    (GranaryTaskList   *self);
/* Whether what was read answers the text that was set last. */
gboolean         granary_task_list_is_current (GranaryTaskList   *self);
gboolean         granary_task_list_has_more   (GranaryTaskList   *self);
gboolean         granary_task_list_is_listed  (GranaryTaskList   *self);
const char      *granary_task_list_get_text   (GranaryTaskList   *self);
const GError    *granary_task_list_get_error  (GranaryTaskList   *self);
const GError    *granary_task_list_get_note   (GranaryTaskList   *self);
GranaryTask     *granary_task_list_find       (GranaryTaskList   *self,
                                               const char        *uid);
void             granary_task_list_set_text   (GranaryTaskList   *self,
                                               const char        *text);
void             granary_task_list_load_more  (GranaryTaskList   *self);
/* After an error. */
void             granary_task_list_retry      (GranaryTaskList   *self);

G_END_DECLS
