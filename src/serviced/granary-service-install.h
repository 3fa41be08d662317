/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-service-process.h"

G_BEGIN_DECLS

/*
 * Installs what requirements.txt of a plan's snapshot asks for into a virtual environment in the
 * folder of the service: in the sandbox, with the network, with nothing else to write to. It sees the
 * packages of the plan's interpreter. What pip says goes to the log of the service. For the main
 * context's thread alone.
 */

/* Whether there is anything to install. A small read of the disk. */
gboolean granary_service_install_is_needed (const GranaryServicePlan  *plan);
void     granary_service_install_async     (const GranaryServicePlan  *plan,
                                            GCancellable              *cancellable,
                                            GAsyncReadyCallback        callback,
                                            gpointer                   user_data);
char    *granary_service_install_finish    (GAsyncResult              *result,
                                            char                     **detail,
                                            GError                   **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
