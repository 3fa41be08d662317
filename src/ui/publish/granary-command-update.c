/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-commands.h"

/**
 * granary_command_is_outdated:
 * @service: a service
 *
 * Returns: whether callers of it are still answered with older files than its version has
 */
gboolean
granary_command_is_outdated (const GranaryService *service)
{
  g_return_val_if_fail (service != NULL, FALSE);

  return service->is_update_needed && (service->state == GRANARY_SERVICE_RUNNING ||
                                       service->state == GRANARY_SERVICE_STARTING);
}

/**
 * granary_command_update_outdated:
 * @widget: where it was asked for
 * @connection: the connection
 * @services: (element-type GranaryService): services of a version
 *
 * Makes the present files live in those that serve older ones.
 */
void
granary_command_update_outdated (GtkWidget         *widget,
                                 GranaryConnection *connection,
                                 GPtrArray         *services)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (GRANARY_IS_CONNECTION (connection));
  g_return_if_fail (services != NULL);

  for (guint i = 0; i < services->len; i++)
    {
      const GranaryService *service = g_ptr_array_index (services, i);

      if (granary_command_is_outdated (service))
        granary_command_act (widget, connection, service, GRANARY_SERVICE_UPDATE);
    }
}
