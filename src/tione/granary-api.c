/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-api.h"

#include "granary-api-errors.h"
#include "granary-error.h"
#include "granary-json.h"
#include "granary-retry.h"
#include "granary-tc3.h"

#include <string.h>

#define CONTENT_TYPE "application/json; charset=utf-8"

/* The services allow 20 requests a second and account; other programs want some of them. */
#define INTERVAL (G_USEC_PER_SEC / 10)
#define BURST 10

static const char *const service_versions[GRANARY_N_CLOUD_SERVICES] = {
  [GRANARY_CLOUD_TIONE] = "2021-11-11",
  [GRANARY_CLOUD_TAG] = "2018-08-13",
  [GRANARY_CLOUD_TCR] = "2019-09-24",
  [GRANARY_CLOUD_STS] = "2018-08-13",
  [GRANARY_CLOUD_CAM] = "2019-01-16",
  [GRANARY_CLOUD_REGION] = "2022-06-27",
};

/* Calls that left the published interface. For some accounts they still answer; others are told
 * that they have no permission, although there is none to be had. */
static const char *const withdrawn_calls[] = {
  "DescribeLatestTrainingMetrics",
  "DescribeModelServiceHistory",
  "DescribeModelServices",
  "DescribeTrainingFrameworks",
  "DescribeTrainingMetrics",
  "DescribeTrainingModels",
  "ModifyModelServicePartialConfig",
  NULL,
};

struct _GranaryApi
{
  GObject parent_instance;

  GranaryAccount *account;                         /* (owned) */
  GranaryHttp    *http;                            /* (owned) */
  GranaryClock    clock;

  GMutex          mutex;                           /* guards what follows */
  gint64          paid[GRANARY_N_CLOUD_SERVICES];  /* monotonic µs until when the rate is spent */
  GHashTable     *withdrawn;                       /* set of `REGION/SERVICE/ACTION` */
};

G_DEFINE_FINAL_TYPE (GranaryApi, granary_api, G_TYPE_OBJECT)

/* What all attempts at one call share. */
typedef struct
{
  const GranaryApiCall *call;
  const char           *region;
  GranaryCredentials   *credentials; /* (owned) */
  char                 *url;         /* (owned) */
  char                 *host;        /* (owned) */
  GBytes               *body;        /* (owned) */
  guint64              *digest;      /* (unowned) (nullable): of the answer before */
} Job;

static void
job_clear (Job *self)
{
  g_clear_pointer (&self->credentials, granary_credentials_unref);
  g_clear_pointer (&self->url, g_free);
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->body, g_bytes_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

/* Parameters */

static JsonNode *strip_nulls (JsonNode *node);

static void
add_stripped_cb (JsonObject *object,
                 const char *name,
                 JsonNode   *value,
                 gpointer    stripped)
{
  if (!JSON_NODE_HOLDS_NULL (value))
    json_object_set_member (stripped, name, strip_nulls (value));
}

static void
append_stripped_cb (JsonArray *array,
                    guint      index,
                    JsonNode  *value,
                    gpointer   stripped)
{
  json_array_add_element (stripped, strip_nulls (value));
}

static JsonNode *
strip_nulls (JsonNode *node)
{
  JsonNode *stripped;

  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      g_autoptr (JsonObject) object = json_object_new ();

      json_object_foreach_member (json_node_get_object (node), add_stripped_cb, object);
      stripped = json_node_new (JSON_NODE_OBJECT);
      json_node_set_object (stripped, object);
      return stripped;
    }
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      g_autoptr (JsonArray) array = json_array_new ();

      json_array_foreach_element (json_node_get_array (node), append_stripped_cb, array);
      stripped = json_node_new (JSON_NODE_ARRAY);
      json_node_set_array (stripped, array);
      return stripped;
    }

  return json_node_copy (node);
}

static GBytes *
make_body (JsonNode *parameters)
{
  g_autoptr (JsonNode) stripped = NULL;
  char *text;

  if (parameters == NULL || JSON_NODE_HOLDS_NULL (parameters))
    return g_bytes_new_static ("{}", 2);

  stripped = strip_nulls (parameters);
  text = granary_json_to_text (stripped, FALSE);

  return g_bytes_new_take (text, strlen (text));
}

/* Rate: a call takes its share of the time ahead; up to ten may come at once after a rest. */

static gboolean
wait_for_turn (GranaryApi           *self,
               GranaryCloudService   service,
               GCancellable         *cancellable,
               GError              **error)
{
  gint64 now = g_get_monotonic_time ();
  gint64 interval = granary_scale_wait (INTERVAL);
  gint64 wait;

  /* Where waits are shortened, shares are as well: a wait would make up for none otherwise, and
   * each call would have to wait longer than the one before. */
  g_mutex_lock (&self->mutex);
  self->paid[service] = MAX (self->paid[service], now) + interval;
  wait = self->paid[service] - now - BURST * interval;
  g_mutex_unlock (&self->mutex);

  if (wait <= 0)
    return !g_cancellable_set_error_if_cancelled (cancellable, error);

  return granary_sleep (wait, cancellable, error);
}

/* Withdrawn calls */

static char *
withdrawn_id (const GranaryApiCall *call,
              const char           *region)
{
  return g_strconcat (region, "/", granary_cloud_service_to_id (call->service), "/",
                      call->action, NULL);
}

static gboolean
is_remembered_as_withdrawn (GranaryApi           *self,
                            const GranaryApiCall *call,
                            const char           *region)
{
  g_autofree char *id = withdrawn_id (call, region);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return g_hash_table_contains (self->withdrawn, id);
}

static void
remember_as_withdrawn (GranaryApi           *self,
                       const GranaryApiCall *call,
                       const char           *region)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  g_hash_table_add (self->withdrawn, withdrawn_id (call, region));
}

/* One attempt */

static const char *
process_language (void)
{
  const char * const *names = g_get_language_names ();

  return names[0] != NULL && g_str_has_prefix (names[0], "zh") ? "zh-CN" : "en-US";
}

static GranaryHttpResponse *
send_signed (GranaryApi    *self,
             const Job     *job,
             GCancellable  *cancellable,
             GError       **error)
{
  const char *service = granary_cloud_service_to_id (job->call->service);
  gint64 now = granary_clock_now (&self->clock);
  g_autofree char *timestamp = g_strdup_printf ("%" G_GINT64_FORMAT, now);
  g_autofree char *authorization = NULL;
  const char *signed_headers[] = {
    "Content-Type", CONTENT_TYPE,
    "Host", job->host,
    "X-TC-Action", job->call->action,
    NULL,
  };
  GranaryTc3Input input = {
    .secret_id = job->credentials->secret_id,
    .secret_key = job->credentials->secret_key,
    .service = service,
    .method = "POST",
    .query = "",
    .headers = signed_headers,
    .timestamp = now,
  };
  const char *headers[] = {
    "Content-Type", CONTENT_TYPE,
    "Host", job->host,
    "X-TC-Action", job->call->action,
    "X-TC-Version", service_versions[job->call->service],
    "X-TC-Timestamp", timestamp,
    "X-TC-Language", process_language (),
    "X-TC-RequestClient", "Granary_" GRANARY_VERSION,
    "X-TC-Region", job->region,
    "Authorization", NULL, /* filled below */
    NULL, NULL,            /* the token of a temporary key */
    NULL,
  };
  GranaryHttpRequest request = {
    .method = "POST",
    .url = job->url,
    .headers = headers,
    .body = job->body,
    .flags = GRANARY_HTTP_CONTENT_CODING | (job->call->is_write ? 0 : GRANARY_HTTP_IDEMPOTENT),
  };
  guint n_headers = G_N_ELEMENTS (headers);

  input.body = g_bytes_get_data (job->body, &input.body_length);
  authorization = granary_tc3_sign (&input, NULL, NULL);
  headers[n_headers - 4] = authorization;
  if (job->credentials->token != NULL)
    {
      headers[n_headers - 3] = "X-TC-Token";
      headers[n_headers - 2] = job->credentials->token;
    }

  return granary_http_send (self->http, &request, cancellable, error);
}

/* FNV-1a, 64 bits, of all but the RequestId, which is another one each time; never 0. */
static guint64
digest_answer (const char *text,
               gsize       length)
{
  static const char name[] = "\"RequestId\"";
  guint64 digest = 0xcbf29ce484222325;
  const char *end = text + length;

  while (text < end)
    {
      const char *id = memmem (text, (gsize) (end - text), name, strlen (name));
      const char *stop = id != NULL ? id : end;

      for (; text < stop; text++)
        digest = (digest ^ (guchar) *text) * 0x100000001b3;
      if (id == NULL)
        break;
      for (text += strlen (name); text < end && *text != '"'; text++)
        ;
      for (text++; text < end && *text != '"'; text++)
        ;
    }

  return digest | 1;
}

/* Takes the answer apart: the Response object, or what it says is wrong. */
static JsonNode *
read_response (GranaryApi           *self,
               const Job            *job,
               GranaryHttpResponse  *response,
               GranaryApiRemedy     *remedy,
               GError              **error)
{
  g_autoptr (JsonNode) root = NULL;
  JsonNode *node = NULL;
  guint64 digest = 0;
  gsize length;
  const char *text = g_bytes_get_data (granary_http_response_get_body (response), &length);
  GranaryApiFault fault = {
    .call = job->call,
    .account = self->account,
    .region = job->region,
    .host = job->host,
    .status = granary_http_response_get_status (response),
    .retry_after = granary_http_response_get_retry_after (response),
  };

  if (job->digest != NULL && fault.status == 200 && text != NULL)
    {
      digest = digest_answer (text, length);
      if (digest == *job->digest)
        return json_node_new (JSON_NODE_NULL);
    }

  if (text != NULL && length > 0)
    root = granary_json_parse (text, (gssize) length, job->call->action, NULL);
  if (granary_json_get_object (root, "Response") != NULL)
    node = granary_json_lookup (root, "Response");

  fault.request_id = granary_json_get_string (node, "RequestId");
  fault.code = granary_json_get_string (node, "Error.Code");
  fault.message = granary_json_get_string (node, "Error.Message");
  if (fault.status == 200 && node != NULL && granary_json_lookup (node, "Error") == NULL)
    {
      if (job->digest != NULL)
        *job->digest = digest;
      return json_node_ref (node);
    }

  *remedy = granary_api_set_fault (error, &fault);
  return NULL;
}

static JsonNode *
attempt (GranaryApi        *self,
         const Job         *job,
         GranaryApiRemedy  *remedy,
         gint64            *date,
         GCancellable      *cancellable,
         GError           **error)
{
  g_autoptr (GranaryHttpResponse) response = NULL;
  g_autoptr (GError) local_error = NULL;

  *remedy = GRANARY_API_REMEDY_NONE;
  *date = 0;
  if (!wait_for_turn (self, job->call->service, cancellable, error))
    return NULL;

  response = send_signed (self, job, cancellable, &local_error);
  if (response != NULL)
    {
      *date = granary_http_response_get_date (response);
      return read_response (self, job, response, remedy, error);
    }

  if (granary_error_matches_reason (local_error, GRANARY_REASON_HOST_UNREACHABLE))
    {
      *remedy = GRANARY_API_REMEDY_RETRY;
    }
  else if (granary_error_matches_reason (local_error, GRANARY_REASON_CONNECTION_BROKEN) ||
           granary_error_matches_reason (local_error, GRANARY_REASON_NO_ANSWER_IN_TIME) ||
           granary_error_matches_reason (local_error, GRANARY_REASON_RESPONSE_TOO_LARGE))
    {
      if (!granary_error_matches_reason (local_error, GRANARY_REASON_RESPONSE_TOO_LARGE))
        *remedy = GRANARY_API_REMEDY_RETRY_READ;
      if (job->call->is_write)
        {
          granary_set_error (error, GRANARY_ERROR_NETWORK, GRANARY_REASON_OUTCOME_UNKNOWN,
                             job->call->action, "%s: the answer was lost: %s",
                             job->call->action, local_error->message);
          return NULL;
        }
    }

  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

/* GObject */

static void
granary_api_finalize (GObject *object)
{
  GranaryApi *self = GRANARY_API (object);

  g_clear_object (&self->account);
  g_clear_object (&self->http);
  g_hash_table_unref (self->withdrawn);
  g_mutex_clear (&self->mutex);

  G_OBJECT_CLASS (granary_api_parent_class)->finalize (object);
}

static void
granary_api_class_init (GranaryApiClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = granary_api_finalize;
}

static void
granary_api_init (GranaryApi *self)
{
  g_mutex_init (&self->mutex);
  self->withdrawn = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/**
 * granary_api_new:
 * @account: who calls, and where
 * @http: connections to use; may be shared
 *
 * Returns: (transfer full): an interface to the services
 */
GranaryApi *
granary_api_new (GranaryAccount *account,
                 GranaryHttp    *http)
{
  GranaryApi *self;

  g_return_val_if_fail (GRANARY_IS_ACCOUNT (account), NULL);
  g_return_val_if_fail (GRANARY_IS_HTTP (http), NULL);

  self = g_object_new (GRANARY_TYPE_API, NULL);
  self->account = g_object_ref (account);
  self->http = g_object_ref (http);

  return self;
}

/**
 * granary_api_get_account:
 * @self: an interface to the services
 *
 * Returns: (transfer none): who calls
 */
GranaryAccount *
granary_api_get_account (GranaryApi *self)
{
  g_return_val_if_fail (GRANARY_IS_API (self), NULL);

  return self->account;
}

/**
 * granary_api_call:
 * @self: an interface to the services
 * @call: what to call
 * @parameters: (nullable): an object; members that are null are left out
 * @cancellable: (nullable): breaks it off at any point; a write may have been done then
 * @error: return location
 *
 * Calls a service and waits for the answer, trying again where that can do no harm. Blocks; any
 * thread but the main one.
 *
 * Returns: (transfer full): the Response object
 */
JsonNode *
granary_api_call (GranaryApi            *self,
                  const GranaryApiCall  *call,
                  JsonNode              *parameters,
                  GCancellable          *cancellable,
                  GError               **error)
{
  return granary_api_call_if_changed (self, call, parameters, NULL, cancellable, error);
}

/**
 * granary_api_call_if_changed:
 * @self: an interface to the services
 * @call: which call
 * @parameters: (nullable): its parameters
 * @digest: (inout) (nullable): of the answer before, 0 for none
 * @cancellable: (nullable): calls it off
 * @error: return location
 *
 * As granary_api_call(), but an answer that differs in nothing but its RequestId is not parsed.
 *
 * Returns: (transfer full): the Response object; a JSON null when it is the one before
 */
JsonNode *
granary_api_call_if_changed (GranaryApi            *self,
                             const GranaryApiCall  *call,
                             JsonNode              *parameters,
                             guint64               *digest,
                             GCancellable          *cancellable,
                             GError               **error)
{
  g_auto (Job) job = { .call = call, .digest = digest };
  GranaryRetry retry = GRANARY_RETRY_INIT;
  gboolean clock_corrected = FALSE;

  g_return_val_if_fail (GRANARY_IS_API (self), NULL);
  g_return_val_if_fail (call != NULL && call->action != NULL, NULL);
  g_return_val_if_fail (call->service != GRANARY_CLOUD_COS, NULL);
  g_return_val_if_fail (parameters == NULL || JSON_NODE_HOLDS_OBJECT (parameters) ||
                        JSON_NODE_HOLDS_NULL (parameters), NULL);

  job.region = call->region != NULL ? call->region : granary_account_get_region (self->account);
  if (is_remembered_as_withdrawn (self, call, job.region))
    {
      granary_set_error (error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_CALL_WITHDRAWN,
                         call->action, "%s: not offered in %s", call->action, job.region);
      return NULL;
    }

  job.credentials = granary_account_dup_credentials (self->account);
  if (job.credentials == NULL)
    {
      const char *name = granary_account_get_name (self->account);

      granary_set_error (error, GRANARY_ERROR_AUTH_REQUIRED, GRANARY_REASON_KEY_MISSING, name,
                         "no key for %s", name);
      return NULL;
    }
  job.url = granary_account_dup_api_url (self->account, call->service);
  job.host = granary_http_dup_host (job.url);
  job.body = make_body (parameters);

  for (;;)
    {
      g_autoptr (GError) failure = NULL;
      GranaryApiRemedy remedy;
      JsonNode *response;
      gint64 date;

      response = attempt (self, &job, &remedy, &date, cancellable, &failure);
      if (response != NULL)
        return response;

      if (remedy == GRANARY_API_REMEDY_FORGET)
        remember_as_withdrawn (self, call, job.region);

      if (remedy == GRANARY_API_REMEDY_CLOCK && !clock_corrected &&
          granary_clock_learn (&self->clock, date))
        {
          clock_corrected = TRUE;
          continue;
        }

      if (!(remedy == GRANARY_API_REMEDY_RETRY ||
            (remedy == GRANARY_API_REMEDY_RETRY_READ && !call->is_write)))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return NULL;
        }

      if (!granary_retry_wait (&retry, failure, cancellable, error))
        return NULL;
    }
}

/**
 * granary_api_is_withdrawn:
 * @error: (nullable): of granary_api_call()
 *
 * Returns: whether the account is not offered the call at all, so that there has to be another way
 */
gboolean
granary_api_is_withdrawn (const GError *error)
{
  const char *subject;
  const char *action;

  if (granary_error_matches_reason (error, GRANARY_REASON_CALL_WITHDRAWN))
    return TRUE;
  if (!granary_error_matches_reason (error, GRANARY_REASON_ACTION_FORBIDDEN) ||
      g_strcmp0 (granary_error_get_remote_code (error),
                 "AuthFailure.UnauthorizedOperation") != 0)
    return FALSE;

  subject = granary_error_get_subject (error);
  action = subject != NULL ? strchr (subject, ':') : NULL;
  return action != NULL && g_strv_contains (withdrawn_calls, action + 1);
}
