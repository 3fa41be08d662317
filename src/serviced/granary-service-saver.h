/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-service-store.h"
#include "granary-worker.h"

G_BEGIN_DECLS

/**
 * GranaryServiceSaver:
 *
 * Writes down what becomes of one service: the last that it was given is what is stored in the end.
 * For the main context's thread.
 *
 * Signal saved (): there may be nothing left to write.
 */
#define GRANARY_TYPE_SERVICE_SAVER (granary_service_saver_get_type ())
G_DECLARE_FINAL_TYPE (GranaryServiceSaver, granary_service_saver, GRANARY, SERVICE_SAVER, GObject)

GranaryServiceSaver *granary_service_saver_new     (GranaryServiceStore  *store,
                                                    GranaryWorker        *worker) G_GNUC_WARN_UNUSED_RESULT;
void                 granary_service_saver_save    (GranaryServiceSaver  *self,
                                                    const GranaryService *row);
gboolean             granary_service_saver_is_done (GranaryServiceSaver  *self);
/* From now on what cannot be written is not tried again. */
void                 granary_service_saver_close   (GranaryServiceSaver  *self);

G_END_DECLS
