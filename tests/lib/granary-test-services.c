/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-test-services.h"

#include <string.h>

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  GAsyncResult **at = user_data;

  *at = g_object_ref (result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static GranaryServiceHost *
get_host (GranaryTestPlace *place)
{
  GranaryServiceHost *host = granary_connection_get_service_host (place->connection);

  g_assert_nonnull (host);
  return host;
}

GranaryPublishOptions *
granary_test_publish_options (GranaryTestPlace  *place,
                              gint64             version_id,
                              GError           **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  granary_service_host_prepare_async (get_host (place), version_id, NULL, NULL, done_cb, &result);
  wait_for (&result);

  return granary_service_host_prepare_finish (get_host (place), result, error);
}

gint64
granary_test_quote (GranaryTestPlace             *place,
                    const GranaryPublishProfile  *profile,
                    GError                      **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  granary_service_host_quote_async (get_host (place), profile, NULL, done_cb, &result);
  wait_for (&result);

  return granary_service_host_quote_finish (get_host (place), result, error);
}

char *
granary_test_publish (GranaryTestPlace             *place,
                      const GranaryPublishRequest  *request,
                      GranaryTransfer              *transfer,
                      GError                      **error)
{
  g_autoptr (GranaryTransfer) own = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  if (transfer == NULL)
    transfer = own = granary_transfer_new (GRANARY_TRANSFER_PUBLISH, "test");
  granary_service_host_publish_async (get_host (place), request, transfer, done_cb, &result);
  wait_for (&result);
  g_assert_true (granary_transfer_is_over (transfer));

  return granary_service_host_publish_finish (get_host (place), result, error);
}

gboolean
granary_test_act (GranaryTestPlace             *place,
                  const char                   *uid,
                  GranaryServiceAction          action,
                  const GranaryPublishProfile  *profile,
                  GError                      **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  granary_service_host_act_async (get_host (place), uid, action, profile, NULL, done_cb, &result);
  wait_for (&result);

  return granary_service_host_act_finish (get_host (place), result, error);
}

GranaryServiceAccess *
granary_test_access (GranaryTestPlace  *place,
                     const char        *uid,
                     GError           **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  granary_service_host_access_async (get_host (place), uid, NULL, done_cb, &result);
  wait_for (&result);

  return granary_service_host_access_finish (get_host (place), result, error);
}

GranaryServiceReply *
granary_test_call (GranaryTestPlace  *place,
                   const char        *uid,
                   const char        *text,
                   GError           **error)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  g_autoptr (GAsyncResult) result = NULL;

  granary_service_host_call_async (get_host (place), uid, body, NULL, done_cb, &result);
  wait_for (&result);

  return granary_service_host_call_finish (get_host (place), result, error);
}

gboolean
granary_test_refresh_services (GranaryTestPlace  *place,
                               GError           **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  granary_service_host_refresh_async (get_host (place), NULL, done_cb, &result);
  wait_for (&result);

  return granary_service_host_refresh_finish (get_host (place), result, error);
}

GranaryService *
granary_test_find_service (GranaryTestPlace *place,
                           const char       *uid)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) services = granary_catalog_list_services (place->catalog, NULL, NULL,
                                                                  &error);

  g_assert_no_error (error);
  for (guint i = 0; i < services->len; i++)
    {
      GranaryService *service = g_ptr_array_index (services, i);

      if (g_str_equal (service->uid, uid))
        return granary_service_ref (service);
    }

  return NULL;
}

static gboolean
woken_cb (gpointer data)
{
  gboolean *is_woken = data;

  *is_woken = TRUE;
  return G_SOURCE_REMOVE;
}

void
granary_test_await_state (GranaryTestPlace    *place,
                          const char          *uid,
                          GranaryServiceState  state)
{
  for (;;)
    {
      g_autoptr (GranaryService) service = granary_test_find_service (place, uid);
      gboolean is_woken = FALSE;

      g_assert_nonnull (service);
      if (service->state == state)
        return;

      g_timeout_add (50, woken_cb, &is_woken);
      while (!is_woken)
        g_main_context_iteration (NULL, TRUE);
    }
}
