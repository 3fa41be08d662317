/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-connection.h"
#include "granary-origin-address-private.h"
#include "granary-file-choice-private.h"

G_BEGIN_DECLS

/**
 * GranaryOriginTask:
 *
 * The task that an import being composed takes its files from: loads it, and gathers the files of
 * the chosen output: those of this computer as a choice, those of a platform as an address. Only
 * the latest answer counts. Main-thread object.
 *
 * Signals: changed, after anything of the task or the output; files and address signal for
 * themselves.
 */
#define GRANARY_TYPE_ORIGIN_TASK (granary_origin_task_get_type ())
G_DECLARE_FINAL_TYPE (GranaryOriginTask, granary_origin_task, GRANARY, ORIGIN_TASK, GObject)

GranaryOriginTask        *granary_origin_task_new         (GranaryConnection *connection,
                                                           GranaryTaskKinds   kind) G_GNUC_WARN_UNUSED_RESULT;
GranaryTaskKinds         granary_origin_task_get_kind    (GranaryOriginTask  *self);
gboolean                 granary_origin_task_set_kind    (GranaryOriginTask *self,
                                                          GranaryTaskKinds   kind);
const char              *granary_origin_task_get_uid     (GranaryOriginTask  *self);
gboolean                 granary_origin_task_set_uid     (GranaryOriginTask *self,
                                                          const char        *uid);
GranaryTaskDetails      *granary_origin_task_get_details (GranaryOriginTask  *self);
const GranaryTaskOutput *granary_origin_task_get_output  (GranaryOriginTask  *self);
gboolean                 granary_origin_task_set_output  (GranaryOriginTask *self,
                                                          const char        *output_id);
GranaryFileChoice       *granary_origin_task_get_files   (GranaryOriginTask  *self);
GranaryOriginAddress     *granary_origin_task_get_address (GranaryOriginTask  *self);
const GError            *granary_origin_task_get_problem (GranaryOriginTask  *self);
gboolean                 granary_origin_task_is_busy     (GranaryOriginTask  *self);

G_END_DECLS
