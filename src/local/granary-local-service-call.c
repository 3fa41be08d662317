/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-local-service-private.h"

#include <string.h>

#include "granary-error.h"
#include "granary-run-reader-private.h"
#include "granary-serviced-protocol.h"

#define TOKEN_MAX 4096
#define REPLY_MAX (64 * 1024 * 1024)
#define READ_SIZE (64 * 1024)

/* Seconds that a request may take unless the profile says otherwise; those it may be late by. */
#define REQUEST_TIMEOUT 60
#define GRACE 15

/* Auxiliary functions */

/* An id is the name of a folder, and comes from a file that anybody may have made. */
static gboolean
is_plain (const char *uid)
{
  for (const char *at = uid; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && *at != '-' && *at != '_')
      return FALSE;

  return *uid != '\0';
}

/* The token goes to no other computer, whatever the catalogue says. */
static gboolean
is_loopback (const char *url)
{
  g_autoptr (GUri) uri = url != NULL ? g_uri_parse (url, G_URI_FLAGS_NONE, NULL) : NULL;

  return uri != NULL && g_str_equal (g_uri_get_scheme (uri), "http") &&
         g_strcmp0 (g_uri_get_host (uri), "127.0.0.1") == 0 && g_uri_get_userinfo (uri) == NULL;
}

static void
set_about (GError               **error,
           GranaryError           code,
           GranaryReason          reason,
           const GranaryService  *service,
           const char            *what)
{
  g_autofree char *shown =
    granary_display_path (service->name != NULL ? service->name : service->uid);

  granary_set_error (error, code, reason, shown, "%s %s", service->uid, what);
}

static void
wipe (char *secret)
{
  if (secret != NULL)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

static GranaryServiceAccess *
make_access (GranaryLocalStore     *store,
             const GranaryService  *service,
             GError               **error)
{
  g_autofree char *path = granary_serviced_dup_path (store->root, service->uid,
                                                     GRANARY_SERVICED_TOKEN);
  GranaryServiceAccess *access;
  char *token;
  char *value;

  if (!is_loopback (service->url))
    {
      set_about (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_SERVICE_NO_ADDRESS, service,
                 "has no address");
      return NULL;
    }

  token = granary_run_read_file (path, TOKEN_MAX, NULL, error);
  if (token == NULL)
    return NULL;
  g_strchomp (token);
  if (*token == '\0' || strspn (token, "0123456789abcdefABCDEF") != strlen (token))
    {
      set_about (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_SERVICE_NO_ADDRESS, service,
                 "has no token");
      wipe (token);
      return NULL;
    }

  value = g_strconcat ("Bearer ", token, NULL);
  access = granary_service_access_new (service->url, "Authorization", value);
  wipe (token);
  wipe (value);
  return access;
}

/* Up to REPLY_MAX bytes of the answer. */
static GBytes *
read_body (GInputStream  *stream,
           gboolean      *is_cut,
           GCancellable  *cancellable,
           GError       **error)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  *is_cut = FALSE;
  for (;;)
    {
      guint before = body->len;
      gssize n;

      g_byte_array_set_size (body, before + READ_SIZE);
      n = g_input_stream_read (stream, body->data + before, READ_SIZE, cancellable, error);
      g_byte_array_set_size (body, before + (guint) MAX (n, 0));
      if (n < 0)
        return NULL;
      if (n == 0)
        break;
      if (body->len > REPLY_MAX)
        {
          g_byte_array_set_size (body, REPLY_MAX);
          *is_cut = TRUE;
          break;
        }
    }

  return g_byte_array_free_to_bytes (g_steal_pointer (&body));
}

/* Public functions */

GranaryService *
granary_local_service_load (GranaryLocalStore  *store,
                            const char         *uid,
                            GError            **error)
{
  g_autoptr (GPtrArray) services = NULL;
  g_autofree char *shown = NULL;

  services = granary_catalog_list_services (store->catalog, NULL, NULL, error);
  if (services == NULL)
    return NULL;

  for (guint i = 0; i < services->len; i++)
    {
      GranaryService *service = g_ptr_array_index (services, i);

      if (g_str_equal (service->uid, uid) && is_plain (uid))
        return granary_service_ref (service);
    }

  shown = granary_display_path (uid);
  granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_SERVICE_MISSING, shown,
                     "no service %s", shown);
  return NULL;
}

GranaryServiceAccess *
granary_local_service_access (GranaryLocalStore  *store,
                              const char         *uid,
                              GError            **error)
{
  g_autoptr (GranaryService) service = granary_local_service_load (store, uid, error);

  return service != NULL ? make_access (store, service, error) : NULL;
}

GranaryServiceReply *
granary_local_service_call (GranaryLocalStore  *store,
                            GranaryHttp        *http,
                            const char         *uid,
                            GBytes             *body,
                            GCancellable       *cancellable,
                            GError            **error)
{
  g_autoptr (GranaryService) service = granary_local_service_load (store, uid, error);
  g_autoptr (GranaryPublishProfile) profile = NULL;
  g_autoptr (GranaryServiceAccess) access = NULL;
  g_autoptr (GranaryServiceReply) reply = NULL;
  g_autoptr (GranaryHttpResponse) response = NULL;
  g_autoptr (GError) local_error = NULL;
  GranaryHttpRequest request = { 0 };
  const char *headers[] = { "Content-Type", "application/json", NULL, NULL, NULL };
  gint64 sent_at;

  if (service == NULL)
    return NULL;
  if (service->state != GRANARY_SERVICE_RUNNING)
    {
      set_about (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_SERVICE_NOT_RUNNING, service,
                 "does not run");
      return NULL;
    }
  access = make_access (store, service, error);
  if (access == NULL)
    return NULL;

  profile = granary_publish_profile_from_json (service->profile);
  headers[2] = access->header;
  headers[3] = access->value;
  request.method = "POST";
  request.url = access->url;
  request.headers = headers;
  request.body = body;
  request.timeout = (profile->request_timeout > 0 ? MIN (profile->request_timeout, 86400)
                                                  : REQUEST_TIMEOUT) + GRACE;

  sent_at = g_get_monotonic_time ();
  response = granary_http_open (http, &request, cancellable, &local_error);
  if (response == NULL)
    {
      /* Nobody listens: it ended, and the catalogue has not heard of it yet. */
      if (granary_error_matches_reason (local_error, GRANARY_REASON_HOST_UNREACHABLE))
        set_about (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_SERVICE_NOT_RUNNING, service,
                   local_error->message);
      else
        g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  reply = g_new0 (GranaryServiceReply, 1);
  reply->status = granary_http_response_get_status (response);
  reply->content_type = g_strdup (granary_http_response_get_header (response, "Content-Type"));
  reply->body = read_body (granary_http_response_get_stream (response), &reply->is_cut, cancellable,
                           error);
  reply->latency = g_get_monotonic_time () - sent_at;
  if (reply->body == NULL)
    return NULL;

  return g_steal_pointer (&reply);
}
