/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-command-private.h"
#include "granary-try-dialog.h"

/**
 * granary_command_try:
 * @widget: where it was called
 * @connection: where the service is
 * @service: which one
 *
 * Opens Try It.
 */
void
granary_command_try (GtkWidget            *widget,
                     GranaryConnection    *connection,
                     const GranaryService *service)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (GRANARY_IS_CONNECTION (connection));
  g_return_if_fail (service != NULL);

  if (granary_connection_get_service_host (connection) == NULL)
    return;

  adw_dialog_present (ADW_DIALOG (granary_try_dialog_new (connection, service)),
                      granary_command_find_parent (widget));
}
