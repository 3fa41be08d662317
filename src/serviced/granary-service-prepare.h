/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-service-port.h"
#include "granary-service-process.h"
#include "granary-service-store.h"

G_BEGIN_DECLS

/**
 * GranaryServicePreparation:
 * @failure: why it cannot be run, if so
 * @detail: (nullable): of @failure
 * @plan: (nullable): how it is run, but for the socket
 * @port: (nullable): its port, if that was to be opened
 * @needs_install: whether packages have to be installed first
 *
 * What was found out before a run of a service.
 */
typedef struct
{
  GranaryServiceFailure  failure;
  char                  *detail;
  GranaryServicePlan    *plan;
  GranaryServicePort    *port;
  gboolean               needs_install;
} GranaryServicePreparation;

void                       granary_service_preparation_free (GranaryServicePreparation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryServicePreparation, granary_service_preparation_free)

/* For a task that granary_service_prepare_thread() is run with, on a worker. */
void                       granary_service_prepare_begin  (GTask                *task,
                                                           GranaryServiceStore  *store,
                                                           const GranaryService *row,
                                                           gboolean              needs_port,
                                                           gboolean              is_resumed);
void                       granary_service_prepare_thread (GTask                *task,
                                                           gpointer              source_object,
                                                           gpointer              task_data,
                                                           GCancellable         *cancellable);
/* Never NULL. */
GranaryServicePreparation *granary_service_prepare_finish (GAsyncResult         *result) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
