/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-test-tione.h"

#include "granary-json.h"
#include "granary-names.h"
#include "granary-tione.h"

GranaryAccount *
granary_test_tione_account (GranaryTestCloud *cloud)
{
  g_autofree char *uid = granary_uid_new ("c");
  g_autoptr (GranaryAccount) account = granary_account_new ("Test", uid,
                                                            GRANARY_TEST_CLOUD_REGION);
  g_autoptr (GranaryCredentials) credentials = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < GRANARY_N_CLOUD_SERVICES; i++)
    {
      granary_account_set_endpoint (account, i,
                                    i == GRANARY_CLOUD_COS
                                    ? granary_test_cloud_get_cos_template (cloud)
                                    : granary_test_cloud_get_url (cloud),
                                    &error);
      g_assert_no_error (error);
    }
  credentials = granary_credentials_new (GRANARY_TEST_CLOUD_SECRET_ID,
                                         GRANARY_TEST_CLOUD_SECRET_KEY, NULL);
  granary_account_set_credentials (account, credentials);
  granary_account_set_storage (account, GRANARY_TEST_CLOUD_BUCKET, "granary/");

  return g_steal_pointer (&account);
}

void
granary_test_tione_set_up (GranaryTestPlace *place,
                           GranaryAccount   *account)
{
  g_autoptr (GError) error = NULL;

  granary_test_place_set_up (place, NULL);
  place->connection = granary_tione_open (account, GRANARY_TIONE_NONE, NULL, &error);
  g_assert_no_error (error);
  place->catalog = granary_connection_get_catalog (place->connection);
  place->repository = granary_connection_get_repository (place->connection);
}

char *
granary_test_tione_get_body (GranaryTestCloud *cloud,
                             const char       *action,
                             guint             position)
{
  g_autoptr (JsonNode) answer = granary_test_cloud_get_log (cloud);
  JsonArray *log = JSON_NODE_HOLDS_ARRAY (answer) ? json_node_get_array (answer)
                                                  : granary_json_get_array (answer, "log");

  g_assert_nonnull (log);
  for (guint i = 0; i < json_array_get_length (log); i++)
    {
      JsonNode *entry = json_array_get_element (log, i);

      if (g_strcmp0 (granary_json_get_string (entry, "action"), action) == 0 && position-- == 0)
        return g_strdup (granary_json_get_string (entry, "body"));
    }

  return NULL;
}

static void
refreshed_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  GAsyncResult **at = user_data;

  *at = g_object_ref (result);
}

gboolean
granary_test_tione_refresh (GranaryTestPlace  *place,
                            const char        *add_uid,
                            GError           **error)
{
  const char *uids[] = { add_uid, NULL };
  g_autoptr (GranaryRefreshRequest) request = granary_refresh_request_new (NULL, uids);
  g_autoptr (GAsyncResult) result = NULL;

  granary_repository_refresh_async (place->repository, request, NULL, refreshed_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return granary_repository_refresh_finish (place->repository, result, error);
}

void
granary_test_assert_json (const char *text,
                          const char *wanted)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) have = granary_json_parse (text, -1, NULL, &error);
  g_autoptr (JsonNode) want = granary_json_parse (wanted, -1, NULL, &error);

  g_assert_no_error (error);
  if (!json_node_equal (have, want))
    {
      g_test_message ("have %s", text);
      g_test_message ("want %s", wanted);
    }
  g_assert_true (json_node_equal (have, want));
}

/* Sources */

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

GranaryTaskPage *
granary_test_list_tasks (GranaryTestPlace  *place,
                         GranaryTaskKinds   kinds,
                         const char        *text,
                         guint              offset,
                         guint              limit,
                         GError           **error)
{
  GranaryTaskSource *source = granary_connection_get_task_source (place->connection);
  GranaryTaskQuery query = { kinds, text, offset, limit };
  g_autoptr (GAsyncResult) result = NULL;

  granary_task_source_list_async (source, &query, NULL, refreshed_cb, &result);
  wait_for (&result);

  return granary_task_source_list_finish (source, result, error);
}

GranaryTaskDetails *
granary_test_load_task (GranaryTestPlace  *place,
                        GranaryTaskKinds   kinds,
                        const char        *uid,
                        GError           **error)
{
  GranaryTaskSource *source = granary_connection_get_task_source (place->connection);
  g_autoptr (GAsyncResult) result = NULL;

  granary_task_source_load_async (source, kinds, uid, NULL, refreshed_cb, &result);
  wait_for (&result);

  return granary_task_source_load_finish (source, result, error);
}

GPtrArray *
granary_test_list_images (GranaryTestPlace  *place,
                          const char        *framework,
                          GError           **error)
{
  GranaryImageSource *source = granary_connection_get_image_source (place->connection);
  g_autoptr (GAsyncResult) result = NULL;

  granary_image_source_list_async (source, framework, NULL, refreshed_cb, &result);
  wait_for (&result);

  return granary_image_source_list_finish (source, result, error);
}

GranaryImagePage *
granary_test_browse_images (GranaryTestPlace         *place,
                            const GranaryImagePlace  *at,
                            const char               *text,
                            guint                     page,
                            GError                  **error)
{
  GranaryImageSource *source = granary_connection_get_image_source (place->connection);
  g_autoptr (GAsyncResult) result = NULL;

  granary_image_source_browse_async (source, at, text, page, NULL, refreshed_cb, &result);
  wait_for (&result);

  return granary_image_source_browse_finish (source, result, error);
}
