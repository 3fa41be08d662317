/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-service-host.h"
#include "granary-service-store.h"

G_BEGIN_DECLS

/**
 * GranarySupervisor:
 *
 * All services of one repository. For the main context's thread; files and catalogue are worked on by
 * threads of its own.
 *
 * Signal changed (): granary_supervisor_is_idle() or granary_supervisor_get_n_wanted() may tell
 * something else now.
 */
#define GRANARY_TYPE_SUPERVISOR (granary_supervisor_get_type ())
G_DECLARE_FINAL_TYPE (GranarySupervisor, granary_supervisor, GRANARY, SUPERVISOR, GObject)

GranarySupervisor *granary_supervisor_new            (GranaryServiceStore          *store) G_GNUC_WARN_UNUSED_RESULT;
guint              granary_supervisor_get_n_wanted   (GranarySupervisor            *self);
gboolean           granary_supervisor_is_idle        (GranarySupervisor            *self);
const char        *granary_supervisor_get_folder     (GranarySupervisor            *self);

/* Reads what an earlier supervisor left, and makes it true. */
void               granary_supervisor_load_async     (GranarySupervisor            *self,
                                                      GAsyncReadyCallback           callback,
                                                      gpointer                      user_data);
gboolean           granary_supervisor_load_finish    (GranarySupervisor            *self,
                                                      GAsyncResult                 *result,
                                                      GError                      **error);
/* Whether services can be sandboxed here. */
void               granary_supervisor_probe_async    (GranarySupervisor            *self,
                                                      GAsyncReadyCallback           callback,
                                                      gpointer                      user_data);
gboolean           granary_supervisor_probe_finish   (GranarySupervisor            *self,
                                                      GAsyncResult                 *result);
void               granary_supervisor_publish_async  (GranarySupervisor            *self,
                                                      const GranaryPublishRequest  *request,
                                                      GCancellable                 *cancellable,
                                                      GAsyncReadyCallback           callback,
                                                      gpointer                      user_data);
char              *granary_supervisor_publish_finish (GranarySupervisor            *self,
                                                      GAsyncResult                 *result,
                                                      GError                      **error) G_GNUC_WARN_UNUSED_RESULT;
void               granary_supervisor_act_async      (GranarySupervisor            *self,
                                                      const char                   *uid,
                                                      GranaryServiceAction          action,
                                                      const GranaryPublishProfile  *profile,
                                                      GAsyncReadyCallback           callback,
                                                      gpointer                      user_data);
gboolean           granary_supervisor_act_finish     (GranarySupervisor            *self,
                                                      GAsyncResult                 *result,
                                                      GError                      **error);
/* Ends everything that runs, and does nothing from then on. Those that are meant to run stay so. */
void               granary_supervisor_close_async    (GranarySupervisor            *self,
                                                      GAsyncReadyCallback           callback,
                                                      gpointer                      user_data);
void               granary_supervisor_close_finish   (GranarySupervisor            *self,
                                                      GAsyncResult                 *result);

G_END_DECLS
