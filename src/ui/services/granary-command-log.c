/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-command-private.h"

#include "granary-log-dialog.h"

/**
 * granary_command_show_log:
 * @widget: where it was asked for
 * @connection: the connection
 * @service: a service
 *
 * Shows what it prints, where its host has that.
 */
void
granary_command_show_log (GtkWidget            *widget,
                          GranaryConnection    *connection,
                          const GranaryService *service)
{
  GranaryServiceHost *host;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (GRANARY_IS_CONNECTION (connection));
  g_return_if_fail (service != NULL && service->uid != NULL);

  host = granary_connection_get_service_host (connection);
  if (host == NULL || !granary_service_host_has (host, GRANARY_SERVICE_HOST_LOG))
    return;

  adw_dialog_present (ADW_DIALOG (granary_log_dialog_new (host, service)),
                      granary_command_find_parent (widget));
}
