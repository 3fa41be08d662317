/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-service-process.h"

G_BEGIN_DECLS

/*
 * Puts what requirements.txt of a plan's snapshot asks for into a virtual environment in the folder
 * of the service, in the sandbox, with network. One for the main context's thread; the output of pip
 * goes to the log of the service.
 */

void  granary_service_install_async  (const GranaryServicePlan  *plan,
                                      GCancellable              *cancellable,
                                      GAsyncReadyCallback        callback,
                                      gpointer                   user_data);
/* The interpreter to run the service with: absolute path. On failure @detail is what the installer
 * said last, nullable, printable. */
char *granary_service_install_finish (GAsyncResult              *result,
                                      char                     **detail,
                                      GError                   **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
