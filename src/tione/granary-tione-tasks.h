/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-task-source.h"
#include "granary-tione-place-private.h"

G_BEGIN_DECLS

/**
 * GranaryTioneTasks:
 *
 * The training tasks of an account, and what is known of its automatic learning.
 *
 * Properties: preferences (GStrv, read-only): training preferences that are offered for automatic
 * learning, the default first.
 */
#define GRANARY_TYPE_TIONE_TASKS (granary_tione_tasks_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTioneTasks, granary_tione_tasks, GRANARY, TIONE_TASKS, GObject)

GranaryTaskSource  *granary_tione_tasks_source_new (GranaryTionePlace       *place) G_GNUC_WARN_UNUSED_RESULT;

/* Blocking; what the source does on its threads. */
GranaryTaskPage    *granary_tione_list_tasks       (GranaryTionePlace       *place,
                                                    const GranaryTaskQuery  *query,
                                                    GCancellable            *cancellable,
                                                    GError                 **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryTaskDetails *granary_tione_load_task        (GranaryTionePlace       *place,
                                                    GranaryTaskKinds         kinds,
                                                    const char              *uid,
                                                    GCancellable            *cancellable,
                                                    GError                 **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
