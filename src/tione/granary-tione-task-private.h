/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-task.h"
#include "granary-tione-place-private.h"
#include "granary-tione-tasks.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define GRANARY_TIONE_TASK_TOOL "TI-ONE"

/* Pure. A TrainingTaskSetItem or TrainingTaskDetail as a task; NULL for what has no id. @region is that
 * of the account. */
GranaryTask        *granary_tione_parse_task         (JsonNode                 *node,
                                                      const char               *region) G_GNUC_WARN_UNUSED_RESULT;
/* The folder of its outputs, NULL when it has none. */
GranaryObjectPlace *granary_tione_parse_task_output  (JsonNode                 *node,
                                                      const char               *region) G_GNUC_WARN_UNUSED_RESULT;
/* The last point of each metric of DescribeLatestTrainingMetrics. (element-type GranaryMetric) */
GPtrArray          *granary_tione_parse_last_metrics (JsonNode                 *answer) G_GNUC_WARN_UNUSED_RESULT;
/* Whether it can be an id at all: it becomes part of calls and of addresses. */
gboolean            granary_tione_task_id_is_valid   (const char               *uid);

/* Blocking. Automatic learning that services tell of, newest first. (element-type GranaryTask) */
GPtrArray          *granary_tione_discover_automl    (GranaryTionePlace        *place,
                                                      const GranaryTaskQuery   *query,
                                                      GCancellable             *cancellable,
                                                      GError                  **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryTaskDetails *granary_tione_load_automl        (GranaryTionePlace        *place,
                                                      GranaryTaskKinds          kinds,
                                                      const char               *uid,
                                                      GCancellable             *cancellable,
                                                      GError                  **error) G_GNUC_WARN_UNUSED_RESULT;

/* Bytes and files below @where, of at most some thousand objects; -1 when there are more. FALSE when
 * it could not be listed. */
gboolean            granary_tione_measure_output     (GranaryTionePlace         *place,
                                                      const GranaryObjectPlace  *where,
                                                      gint64                    *size,
                                                      gint64                    *n_files,
                                                      GCancellable              *cancellable,
                                                      GError                   **error);

G_END_DECLS
