/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-service-private.h"

#include <string.h>

#include "granary-tione-private.h"

/* How services are called. The answer that tells it holds tokens: nothing of it is logged, stored
 * or part of an error. */

#define CALL_INFO "DescribeModelServiceCallInfo"
#define MAX_ANSWER (64 << 20)
#define ANSWER_BLOCK (64 << 10)
#define ANSWER_TIMEOUT 300

/* Auxiliary functions */

/* Something else than a web address would be no address at all. */
static char *
dup_address (JsonNode   *node,
             const char *path,
             const char *scheme)
{
  g_autofree char *text = granary_tione_dup_text (node, path);
  g_autofree char *address = NULL;
  g_autoptr (GUri) uri = NULL;

  if (text == NULL)
    return NULL;

  address = strstr (text, "://") != NULL ? g_steal_pointer (&text)
                                         : g_strconcat (scheme, "://", text, NULL);
  uri = g_uri_parse (address, G_URI_FLAGS_ENCODED, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' ||
      (g_strcmp0 (g_uri_get_scheme (uri), "https") != 0 &&
       g_strcmp0 (g_uri_get_scheme (uri), "http") != 0))
    return NULL;

  return g_steal_pointer (&address);
}

static const char *
find_token (JsonNode *info)
{
  const char *token = granary_json_get_string (info, "AuthToken");
  JsonArray *tokens = granary_json_get_array (info, "AuthTokens");

  for (guint i = 0; (token == NULL || *token == '\0') && tokens != NULL &&
                    i < json_array_get_length (tokens); i++)
    token = granary_json_get_string (json_array_get_element (tokens, i), "Base.Value");

  return token != NULL && *token != '\0' ? token : NULL;
}

/* A header cannot have a line end, whoever wants it to. */
static gboolean
is_fit_for_header (const char *value)
{
  for (const char *at = value; *at != '\0'; at++)
    {
      if ((guchar) *at < 0x20 || (guchar) *at >= 0x7f)
        return FALSE;
    }

  return TRUE;
}

static GranaryServiceAccess *
read_access (JsonNode *answer)
{
  JsonNode *now = granary_json_lookup (answer, "ServiceCallInfoV2");
  g_autofree char *url = dup_address (now, "InternetEndpoint", "https");
  const char *token = find_token (now);

  if (url != NULL && token != NULL && is_fit_for_header (token))
    return granary_service_access_new (url, "Authorization", token);
  if (url != NULL)
    return granary_service_access_new (url, NULL, NULL);

  url = dup_address (answer, "ServiceCallInfo.OuterHttpsAddr", "https");
  if (url == NULL)
    url = dup_address (answer, "ServiceCallInfo.OuterHttpAddr", "http");

  return url != NULL ? granary_service_access_new (url, NULL, NULL) : NULL;
}

/* An answer that cannot be read is not quoted. */
static JsonNode *
load_info (GranaryApi    *api,
           const char    *group_uid,
           GCancellable  *cancellable,
           GError       **error)
{
  GranaryApiCall call = { GRANARY_CLOUD_TIONE, CALL_INFO, FALSE, NULL };
  g_autoptr (JsonNode) body = granary_tione_body_of ("ServiceGroupId", group_uid);
  g_autoptr (GError) local_error = NULL;
  JsonNode *answer = granary_api_call (api, &call, body, cancellable, &local_error);

  if (answer != NULL)
    return answer;

  if (local_error->domain == GRANARY_ERROR && local_error->code == GRANARY_ERROR_BAD_RESPONSE)
    granary_tione_set_malformed (error, CALL_INFO);
  else
    g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

static GBytes *
read_answer (GInputStream  *stream,
             gboolean      *is_cut,
             GCancellable  *cancellable,
             GError       **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree guint8 *block = g_malloc (ANSWER_BLOCK);

  for (;;)
    {
      gssize n_read = g_input_stream_read (stream, block, ANSWER_BLOCK, cancellable, error);

      if (n_read < 0)
        return NULL;
      if (n_read == 0)
        break;
      if (bytes->len + n_read > MAX_ANSWER)
        {
          g_byte_array_append (bytes, block, MAX_ANSWER - bytes->len);
          *is_cut = TRUE;
          break;
        }
      g_byte_array_append (bytes, block, (guint) n_read);
    }

  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

/* One that was removed elsewhere leaves the list. @cause: what the platform said. */
static gboolean
fail_missing (GranaryTionePlace     *place,
              const GranaryService  *row,
              const GError          *cause,
              GError               **error)
{
  GError *failure = NULL;

  if (!granary_tione_forget_service (place->catalog, row->uid, error))
    return FALSE;

  granary_tione_fail (&failure, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_SERVICE_MISSING, row->name);
  granary_tione_take_details (failure, cause);
  g_propagate_error (error, failure);
  return FALSE;
}

/* There may be no way to call what is there all the same: the service itself tells. */
static gboolean
is_gone (GranaryTionePlace    *place,
         const GranaryService *row,
         GCancellable         *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = granary_tione_load_service (place->api, row->uid, cancellable,
                                                          &error);

  return node == NULL && granary_tione_is_missing (error);
}

/* The row may be behind. */
static gboolean
check_running (GranaryTionePlace     *place,
               const GranaryService  *row,
               GCancellable          *cancellable,
               GError               **error)
{
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GranaryService) now = NULL;
  g_autoptr (GError) local_error = NULL;

  if (row->state == GRANARY_SERVICE_RUNNING || row->state == GRANARY_SERVICE_UNKNOWN)
    return TRUE;

  node = granary_tione_load_service (place->api, row->uid, cancellable, &local_error);
  if (node == NULL && granary_tione_is_missing (local_error))
    return fail_missing (place, row, local_error, error);
  if (node == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  now = granary_tione_parse_service (node);
  if (now != NULL && !granary_tione_record_service (place->catalog, now, 0, error))
    return FALSE;
  if (now != NULL && now->state == GRANARY_SERVICE_RUNNING)
    return TRUE;

  return granary_tione_fail (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_SERVICE_NOT_RUNNING,
                             row->name);
}

/* Functions of the host */

char *
granary_tione_load_address (GranaryApi    *api,
                            const char    *group_uid,
                            GCancellable  *cancellable,
                            GError       **error)
{
  g_autoptr (JsonNode) answer = load_info (api, group_uid, cancellable, error);
  g_autoptr (GranaryServiceAccess) access = answer != NULL ? read_access (answer) : NULL;

  return access != NULL ? g_strdup (access->url) : NULL;
}

GranaryServiceAccess *
granary_tione_load_access (GranaryTionePlace  *place,
                           const char         *uid,
                           GCancellable       *cancellable,
                           GError            **error)
{
  g_autoptr (GranaryService) row = granary_tione_find_service (place->catalog, uid, error);
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (GranaryServiceAccess) access = NULL;
  g_autoptr (GError) local_error = NULL;

  if (row == NULL)
    return NULL;
  if (row->group_uid != NULL)
    {
      answer = load_info (place->api, row->group_uid, cancellable, &local_error);
      if (answer == NULL)
        {
          if (granary_tione_is_missing (local_error) && is_gone (place, row, cancellable))
            fail_missing (place, row, local_error, error);
          else
            g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
      access = read_access (answer);
    }
  if (access == NULL)
    {
      granary_tione_fail (error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_SERVICE_NO_ADDRESS,
                          row->name);
      return NULL;
    }

  if (!granary_tione_set_service_url (place->catalog, uid, access->url, error))
    return NULL;
  return g_steal_pointer (&access);
}

GranaryServiceReply *
granary_tione_call_service (GranaryTionePlace  *place,
                            GranaryHttp        *http,
                            const char         *uid,
                            GBytes             *body,
                            GCancellable       *cancellable,
                            GError            **error)
{
  g_autoptr (GranaryService) row = granary_tione_find_service (place->catalog, uid, error);
  g_autoptr (GranaryServiceAccess) access = NULL;
  g_autoptr (GranaryHttpResponse) response = NULL;
  g_autoptr (GranaryServiceReply) reply = NULL;
  GranaryHttpRequest request = {
    .method = "POST", .body = body, .flags = GRANARY_HTTP_CONTENT_CODING, .timeout = ANSWER_TIMEOUT,
  };
  const char *headers[5] = { "Content-Type", "application/json", NULL, NULL, NULL };
  gint64 sent;

  if (row == NULL || !check_running (place, row, cancellable, error))
    return NULL;
  access = granary_tione_load_access (place, uid, cancellable, error);
  if (access == NULL)
    return NULL;

  headers[2] = access->header;
  headers[3] = access->value;
  request.url = access->url;
  request.headers = headers;
  sent = g_get_monotonic_time ();
  response = granary_http_open (http, &request, cancellable, error);
  if (response == NULL)
    return NULL;

  reply = g_new0 (GranaryServiceReply, 1);
  reply->status = granary_http_response_get_status (response);
  reply->content_type = g_strdup (granary_http_response_get_header (response, "Content-Type"));
  reply->body = read_answer (granary_http_response_get_stream (response), &reply->is_cut,
                             cancellable, error);
  if (reply->body == NULL)
    return NULL;
  reply->latency = g_get_monotonic_time () - sent;

  return g_steal_pointer (&reply);
}
