/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-service-port.h"
#include "granary-service-store.h"

G_BEGIN_DECLS

/**
 * GranaryServiceUnit:
 *
 * One service for as long as it is known: its row, its port, and the run of it that there is, if any.
 * It starts what is meant to run, again when it ended by itself, and writes down what happens. For
 * the main context's thread.
 *
 * Signal changed (): it may have come to rest, or be meant to run no more.
 */
#define GRANARY_TYPE_SERVICE_UNIT (granary_service_unit_get_type ())
G_DECLARE_FINAL_TYPE (GranaryServiceUnit, granary_service_unit, GRANARY, SERVICE_UNIT, GObject)

GranaryServiceUnit   *granary_service_unit_new        (GranaryServiceStore   *store,
                                                       const GranaryService  *row,
                                                       GranaryServicePort    *port) G_GNUC_WARN_UNUSED_RESULT;
const GranaryService *granary_service_unit_get_row    (GranaryServiceUnit    *self);
GCancellable         *granary_service_unit_get_cancellable (GranaryServiceUnit *self);
gboolean              granary_service_unit_is_wanted  (GranaryServiceUnit    *self);
gboolean              granary_service_unit_is_running (GranaryServiceUnit    *self);
gboolean              granary_service_unit_is_at_rest (GranaryServiceUnit    *self);
guint                 granary_service_unit_get_n_stops (GranaryServiceUnit   *self);

/* Work on its files, one after another. */
void                  granary_service_unit_run        (GranaryServiceUnit    *self,
                                                       GTask                 *task,
                                                       GTaskThreadFunc        func);

void                  granary_service_unit_start      (GranaryServiceUnit    *self,
                                                       const GranaryService  *row,
                                                       guint                  n_stops);
void                  granary_service_unit_resume     (GranaryServiceUnit    *self);
void                  granary_service_unit_stop       (GranaryServiceUnit    *self);
void                  granary_service_unit_set_removing (GranaryServiceUnit  *self,
                                                         gboolean             is_removing);
gboolean              granary_service_unit_is_removing (GranaryServiceUnit   *self);
void                  granary_service_unit_close      (GranaryServiceUnit    *self);

G_END_DECLS
