/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-publish-profile.h"
#include "granary-service.h"

G_BEGIN_DECLS

#define GRANARY_TYPE_SERVICE_PLAN (granary_service_plan_get_type ())

/**
 * GranaryServicePlan:
 * @uid: id of the service
 * @folder: (type filename): its folder, `services/<uid>`, absolute
 * @revision: (type filename): folder of the snapshot that it serves, absolute
 * @python: (type filename): interpreter, absolute
 * @base: (nullable) (type filename): interpreter that was chosen, where @python is of what was
 *   installed on top of it
 * @runner: (type filename): folder of the runner, absolute
 * @onnx: (nullable): path inside @revision of the file that the built-in handler serves
 * @profile: how it is run
 * @token: hexadecimal token of its callers
 * @socket: listening socket; borrowed, it must stay open until the process was started
 *
 * All that one run of a service needs.
 */
typedef struct
{
  char                  *uid;
  char                  *folder;
  char                  *revision;
  char                  *python;
  char                  *base;
  char                  *runner;
  char                  *onnx;
  GranaryPublishProfile *profile;
  char                  *token;
  int                    socket;
} GranaryServicePlan;

GType               granary_service_plan_get_type (void);
/* Empty, with a profile of defaults and no socket. */
GranaryServicePlan *granary_service_plan_new      (void) G_GNUC_WARN_UNUSED_RESULT;
GranaryServicePlan *granary_service_plan_copy     (const GranaryServicePlan *self) G_GNUC_WARN_UNUSED_RESULT;
void                granary_service_plan_free     (GranaryServicePlan       *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryServicePlan, granary_service_plan_free)

/**
 * GranaryServiceProcess:
 *
 * One run of one service: starts it, in the sandbox where there is one, listens to what it says of
 * itself, keeps its log and tells how it ended. For the main context's thread alone. It can be
 * started once; whoever restarts a service makes another. While it runs it holds a reference to
 * itself.
 */
#define GRANARY_TYPE_SERVICE_PROCESS (granary_service_process_get_type ())
G_DECLARE_FINAL_TYPE (GranaryServiceProcess, granary_service_process, GRANARY, SERVICE_PROCESS, GObject)

GranaryServiceProcess *granary_service_process_new       (const GranaryServicePlan  *plan) G_GNUC_WARN_UNUSED_RESULT;
gboolean               granary_service_process_start     (GranaryServiceProcess     *self,
                                                          GError                   **error);
void                   granary_service_process_stop      (GranaryServiceProcess     *self);
void                   granary_service_process_kill      (GranaryServiceProcess     *self);
gboolean               granary_service_process_is_running (GranaryServiceProcess    *self);

G_END_DECLS
