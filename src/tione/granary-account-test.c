/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-account-test.h"

#include "granary-api.h"
#include "granary-cos-client.h"
#include "granary-error.h"
#include "granary-json.h"
#include "granary-worker.h"

#define N_CONNECTIONS 2

/* Auxiliary functions */

static JsonNode *
call (GranaryApi           *api,
      GranaryCloudService   service,
      const char           *action,
      const char           *parameters,
      GCancellable         *cancellable,
      GError              **error)
{
  const GranaryApiCall what = { service, action, FALSE, NULL };
  g_autoptr (JsonNode) node = NULL;

  node = granary_json_parse (parameters, -1, action, error);
  if (node == NULL)
    return NULL;

  return granary_api_call (api, &what, node, cancellable, error);
}

/* Whether it is the way to the service that failed, and not what the service said. */
static gboolean
is_network (const GError *error)
{
  return g_error_matches (error, GRANARY_ERROR, GRANARY_ERROR_NETWORK) ||
         g_error_matches (error, GRANARY_ERROR, GRANARY_ERROR_BAD_RESPONSE);
}

/* Who the key belongs to: the call that every key may make. Tells network and key apart. */
static gboolean
check_key (GranaryAccountTest *self,
           GranaryApi         *api,
           GCancellable       *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) response = call (api, GRANARY_CLOUD_STS, "GetCallerIdentity", "{}",
                                        cancellable, &error);

  self->done[GRANARY_ACCOUNT_CHECK_NETWORK] = TRUE;
  if (response == NULL && is_network (error))
    {
      self->errors[GRANARY_ACCOUNT_CHECK_NETWORK] = g_steal_pointer (&error);
      return FALSE;
    }

  /* A region that there is not is refused before the key is looked at. */
  if (response == NULL && granary_error_matches_reason (error, GRANARY_REASON_REGION_UNKNOWN))
    {
      self->done[GRANARY_ACCOUNT_CHECK_MODELS] = TRUE;
      self->errors[GRANARY_ACCOUNT_CHECK_MODELS] = g_steal_pointer (&error);
      return FALSE;
    }

  self->done[GRANARY_ACCOUNT_CHECK_KEY] = TRUE;
  if (response == NULL)
    {
      self->errors[GRANARY_ACCOUNT_CHECK_KEY] = g_steal_pointer (&error);
      return FALSE;
    }

  self->account_uin = g_strdup (granary_json_get_string (response, "AccountId"));
  return TRUE;
}

/* A read of TI-ONE. An account that is not offered the list of models finds them through services,
 * so that call has to work then. */
static void
check_models (GranaryAccountTest *self,
              GranaryApi         *api,
              GCancellable       *cancellable)
{
  g_autoptr (JsonNode) models = NULL;
  g_autoptr (JsonNode) services = NULL;
  g_autoptr (GError) error = NULL;

  models = call (api, GRANARY_CLOUD_TIONE, "DescribeTrainingModels",
                 "{\"Offset\":0,\"Limit\":1}", cancellable, &error);
  if (models == NULL && granary_api_is_withdrawn (error))
    {
      g_clear_error (&error);
      services = call (api, GRANARY_CLOUD_TIONE, "DescribeModelServiceGroups",
                       "{\"Offset\":0,\"Limit\":1}", cancellable, &error);
    }

  self->done[GRANARY_ACCOUNT_CHECK_MODELS] = TRUE;
  self->errors[GRANARY_ACCOUNT_CHECK_MODELS] = g_steal_pointer (&error);
}

/* Names of those that files of this region's models can be in. */
static GStrv
choose_buckets (GPtrArray  *buckets,
                const char *region)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < buckets->len; i++)
    {
      const GranaryBucket *bucket = g_ptr_array_index (buckets, i);

      if (bucket->region == NULL || g_str_equal (bucket->region, region))
        g_strv_builder_add (builder, bucket->name);
    }

  return g_strv_builder_end (builder);
}

/* The bucket that was chosen has to be readable; without one the list of buckets to choose from. */
static void
check_storage (GranaryAccountTest *self,
               GranaryAccount     *account,
               GranaryHttp        *http,
               GCancellable       *cancellable)
{
  g_autoptr (GranaryCosClient) client = granary_cos_client_new (account, http);
  const char *bucket = granary_account_get_bucket (account);
  GError **error = &self->errors[GRANARY_ACCOUNT_CHECK_STORAGE];

  self->done[GRANARY_ACCOUNT_CHECK_STORAGE] = TRUE;
  if (bucket != NULL)
    {
      g_autoptr (GranaryObjectPlace) place =
        granary_object_place_new (bucket, NULL, granary_account_get_prefix (account));
      g_autoptr (GranaryObjectPage) page = NULL;

      page = granary_cos_client_list (client, place, "/", NULL, 1, cancellable, error);
    }
  else
    {
      g_autoptr (GPtrArray) buckets = NULL;

      buckets = granary_cos_client_list_buckets (client, cancellable, error);
      if (buckets != NULL)
        self->buckets = choose_buckets (buckets, granary_account_get_region (account));
    }
}

static void
check_tags (GranaryAccountTest *self,
            GranaryApi         *api,
            GCancellable       *cancellable)
{
  g_autoptr (JsonNode) response = NULL;

  self->done[GRANARY_ACCOUNT_CHECK_TAGS] = TRUE;
  response = call (api, GRANARY_CLOUD_TAG, "GetTagKeys", "{\"MaxResults\":1}", cancellable,
                   &self->errors[GRANARY_ACCOUNT_CHECK_TAGS]);
}

/* On the worker. */
static void
test (GTask        *task,
      gpointer      source,
      gpointer      task_data,
      GCancellable *cancellable)
{
  GranaryAccount *account = source;
  g_autoptr (GranaryAccountTest) self = g_new0 (GranaryAccountTest, 1);
  g_autoptr (GranaryHttp) http = granary_http_new (N_CONNECTIONS);
  g_autoptr (GranaryApi) api = granary_api_new (account, http);
  g_autoptr (GranaryCredentials) credentials = granary_account_dup_credentials (account);

  if (credentials == NULL)
    {
      GError *error = NULL;
      const char *name = granary_account_get_name (account);

      granary_set_error (&error, GRANARY_ERROR_AUTH_REQUIRED, GRANARY_REASON_KEY_MISSING, name,
                         "no key for %s", name);
      self->done[GRANARY_ACCOUNT_CHECK_KEY] = TRUE;
      self->errors[GRANARY_ACCOUNT_CHECK_KEY] = error;
    }
  else if (check_key (self, api, cancellable))
    {
      check_models (self, api, cancellable);
      check_storage (self, account, http, cancellable);
      check_tags (self, api, cancellable);
    }

  if (!g_task_return_error_if_cancelled (task))
    g_task_return_pointer (task, g_steal_pointer (&self),
                           (GDestroyNotify) granary_account_test_free);
}

/* Public functions */

void
granary_account_test_free (GranaryAccountTest *self)
{
  if (self == NULL)
    return;

  for (guint i = 0; i < GRANARY_N_ACCOUNT_CHECKS; i++)
    g_clear_error (&self->errors[i]);
  g_free (self->account_uin);
  g_strfreev (self->buckets);
  g_free (self);
}

/**
 * granary_account_test_get_error:
 * @self: what was found
 *
 * Returns: (transfer none) (nullable): the first that is wrong, in the order of the checks; %NULL
 *   when the connection works
 */
const GError *
granary_account_test_get_error (GranaryAccountTest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < GRANARY_N_ACCOUNT_CHECKS; i++)
    {
      if (self->errors[i] != NULL)
        return self->errors[i];
    }

  return NULL;
}

/**
 * granary_account_test_get_obstacle:
 * @self: what was found
 *
 * Returns: (transfer none) (nullable): the first that keeps the connection from being of use
 */
const GError *
granary_account_test_get_obstacle (GranaryAccountTest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < GRANARY_N_ACCOUNT_CHECKS; i++)
    {
      if (self->errors[i] != NULL &&
          (i < GRANARY_ACCOUNT_CHECK_STORAGE ||
           !g_error_matches (self->errors[i], GRANARY_ERROR, GRANARY_ERROR_FORBIDDEN)))
        return self->errors[i];
    }

  return NULL;
}

/**
 * granary_account_test_async:
 * @account: what to test, with its credentials
 * @cancellable: (nullable): calls it off
 * @callback: called in the main context of the caller
 * @user_data: for @callback
 *
 * Makes a read-only call of each service that a connection needs, on a thread of its own. It
 * changes nothing, neither there nor here.
 */
void
granary_account_test_async (GranaryAccount      *account,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr (GranaryWorker) worker = NULL;
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (GRANARY_IS_ACCOUNT (account));

  task = g_task_new (account, cancellable, callback, user_data);
  g_task_set_source_tag (task, granary_account_test_async);
  worker = granary_worker_new ("granary-test", 1);
  granary_worker_run (worker, task, test);
}

/**
 * granary_account_test_finish:
 * @result: as the callback got it
 * @error: return location
 *
 * Returns: (transfer full): what was found, also when it is bad; %NULL only when it was called off
 */
GranaryAccountTest *
granary_account_test_finish (GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, granary_account_test_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
