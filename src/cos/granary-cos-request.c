/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cos"

#include "config.h"

#include "granary-cos-private.h"

#include <string.h>

#include "granary-cos-signer.h"
#include "granary-error.h"

#define DOMAIN_OF_SERVICE ".myqcloud.com"
#define FALLBACK_DOMAIN ".tencentcos.cn"

/* The clocks may be this far apart before the server minds, or we notice. */
#define SIGNED_BEFORE 60
#define SIGNED_AFTER 900

#define ERROR_BODY_MAX (64 * 1024)
#define XML_BODY_MAX (8 * 1024 * 1024)

/* What an attempt needs beside the call. */
typedef struct
{
  GranaryCosClient     *client;
  const GranaryCosCall *call;
  char                 *base;        /* (owned): URL of the bucket */
  char                 *host;        /* (owned) */
  gboolean              is_repeated;
  gboolean              has_id;      /* whether the last answer was one of COS */
  gint64                server_time; /* of the last refusal, 0 unknown */
  gint                  clock_offset; /* by which the last request was signed */
} Attempt;

static void
attempt_clear (Attempt *self)
{
  g_free (self->base);
  g_free (self->host);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Attempt, attempt_clear)

/* Auxiliary functions */

static char *
make_url (const Attempt *self)
{
  const GranaryCosCall *call = self->call;
  g_autofree char *path = granary_cos_encode_key (call->key);
  g_autoptr (GString) url = g_string_new (self->base);

  g_string_append_printf (url, "/%s", path);
  for (guint i = 0; call->parameters[i] != NULL; i += 2)
    {
      g_autofree char *name = granary_cos_encode (call->parameters[i]);
      g_autofree char *value = granary_cos_encode (call->parameters[i + 1]);

      g_string_append_printf (url, "%c%s=%s", i == 0 ? '?' : '&', name, value);
    }

  return g_string_free (g_steal_pointer (&url), FALSE);
}

static char *
sign (Attempt                  *self,
      const GranaryCredentials *credentials,
      GPtrArray                *headers)
{
  GranaryClock *clock = granary_cos_client_get_clock (self->client);
  const gint offset = g_atomic_int_get (&clock->offset);
  const gint64 now = granary_clock_now (clock);
  const GranaryCosSignInput input = {
    .secret_id = credentials->secret_id,
    .secret_key = credentials->secret_key,
    .method = self->call->method,
    .key = self->call->key,
    .parameters = self->call->parameters,
    .headers = (const char * const *) headers->pdata,
    .start = now - SIGNED_BEFORE,
    .end = now + SIGNED_AFTER,
  };

  self->clock_offset = offset;
  return granary_cos_sign (&input, NULL);
}

/* The body of a refusal: small, or not worth reading. */
static GBytes *
read_refusal (const Attempt       *self,
              GranaryHttpResponse *response,
              GCancellable        *cancellable)
{
  g_autofree char *buffer = NULL;
  GInputStream *stream;
  gsize length = 0;

  if (g_str_equal (self->call->method, "HEAD"))
    return NULL;
  if (!self->call->open)
    {
      GBytes *body = granary_http_response_get_body (response);

      return body != NULL ? g_bytes_ref (body) : NULL;
    }

  /* A body that breaks off still has its status. */
  buffer = g_malloc (ERROR_BODY_MAX);
  stream = granary_http_response_get_stream (response);
  g_input_stream_read_all (stream, buffer, ERROR_BODY_MAX, &length, cancellable, NULL);
  return g_bytes_new_take (g_steal_pointer (&buffer), length);
}

/* Always FALSE. @xml: (nullable): an Error element, also of a success. */
static gboolean
fail (Attempt              *self,
      GranaryHttpResponse  *response,
      const GranaryCosXml  *xml,
      GError              **error)
{
  const char *header_id = granary_http_response_get_header (response, "x-cos-request-id");
  GranaryCosFailure failure = {
    .call = self->call,
    .account = granary_account_get_name (granary_cos_client_get_account (self->client)),
    .host = self->host,
    .status = granary_http_response_get_status (response),
    .request_id = header_id,
    .retry_after = granary_http_response_get_retry_after (response),
  };

  self->server_time = granary_http_response_get_date (response);
  if (xml != NULL)
    {
      const gint64 told = granary_cos_xml_get_time (xml, "ServerTime");

      failure.code = granary_cos_xml_get_text (xml, "Code");
      failure.message = granary_cos_xml_get_text (xml, "Message");
      if (header_id == NULL)
        failure.request_id = granary_cos_xml_get_text (xml, "RequestId");
      if (told != 0)
        self->server_time = told / G_USEC_PER_SEC;
    }

  granary_cos_set_error (error, &failure);
  return FALSE;
}

/* Looks at an answer: a refusal, or the XML that was asked for. */
static gboolean
judge (Attempt              *self,
       GranaryHttpResponse  *response,
       GranaryCosXml       **xml,
       GCancellable         *cancellable,
       GError              **error)
{
  const guint status = granary_http_response_get_status (response);
  g_autoptr (GranaryCosXml) parsed = NULL;
  GBytes *body;

  self->has_id = granary_http_response_get_header (response, "x-cos-request-id") != NULL;
  if (status < 200 || status > 299)
    {
      g_autoptr (GBytes) refusal = read_refusal (self, response, cancellable);

      /* A proxy answers in HTML: then the status has to do. */
      if (refusal != NULL && g_bytes_get_size (refusal) <= ERROR_BODY_MAX)
        parsed = granary_cos_xml_parse (refusal, NULL);
      if (parsed != NULL && !g_str_equal (granary_cos_xml_get_name (parsed), "Error"))
        g_clear_pointer (&parsed, granary_cos_xml_free);
      return fail (self, response, parsed, error);
    }

  if (self->call->root == NULL)
    return TRUE;

  body = granary_http_response_get_body (response);
  if (body == NULL)
    {
      granary_set_error (error, GRANARY_ERROR_BAD_RESPONSE, GRANARY_REASON_RESPONSE_MALFORMED,
                         self->call->action, "%s: no body", self->call->action);
      return FALSE;
    }
  parsed = granary_cos_xml_parse (body, error);
  if (parsed == NULL)
    return granary_cos_name_error (error, self->call);
  if (g_str_equal (granary_cos_xml_get_name (parsed), "Error"))
    return fail (self, response, parsed, error);
  if (!g_str_equal (granary_cos_xml_get_name (parsed), self->call->root))
    {
      granary_set_error (error, GRANARY_ERROR_BAD_RESPONSE, GRANARY_REASON_RESPONSE_MALFORMED,
                         self->call->action, "%s: not a %s", self->call->action, self->call->root);
      return FALSE;
    }

  *xml = g_steal_pointer (&parsed);
  return TRUE;
}

static GranaryCosAnswer *
attempt (Attempt       *self,
         GCancellable  *cancellable,
         GError       **error)
{
  const GranaryCosCall *call = self->call;
  GranaryAccount *account = granary_cos_client_get_account (self->client);
  g_autoptr (GranaryCredentials) credentials = granary_account_dup_credentials (account);
  g_autoptr (GPtrArray) headers = g_ptr_array_new ();
  g_autoptr (GranaryHttpResponse) response = NULL;
  g_autoptr (GranaryCosXml) xml = NULL;
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  g_autofree char *authorization = NULL;
  g_autofree char *url = make_url (self);
  GranaryHttpRequest request = {
    .method = call->method,
    .url = url,
    .body = call->body,
    .stream = call->stream,
    .stream_length = call->stream_length,
    .flags = GRANARY_HTTP_NONE,
    .max_response = XML_BODY_MAX,
    .timeout = granary_cos_client_get_timeout (self->client),
  };
  GranaryCosAnswer *answer;

  self->has_id = FALSE;
  self->server_time = 0;
  if (credentials == NULL)
    {
      const char *name = granary_account_get_name (account);

      granary_set_error (error, GRANARY_ERROR_AUTH_REQUIRED, GRANARY_REASON_KEY_MISSING, name,
                         "no key for %s", name);
      return NULL;
    }

  g_ptr_array_add (headers, (gpointer) "host");
  g_ptr_array_add (headers, self->host);
  for (guint i = 0; call->headers[i] != NULL; i++)
    g_ptr_array_add (headers, (gpointer) call->headers[i]);
  if (self->is_repeated)
    {
      g_ptr_array_add (headers, (gpointer) "x-cos-sdk-retry");
      g_ptr_array_add (headers, (gpointer) "true");
    }
  g_ptr_array_add (headers, NULL);
  authorization = sign (self, credentials, headers);

  /* The host is signed, and sent by whoever opens the connection. The token is not signed. */
  g_ptr_array_remove_index (headers, headers->len - 1);
  g_ptr_array_remove_range (headers, 0, 2);
  g_ptr_array_add (headers, (gpointer) "Authorization");
  g_ptr_array_add (headers, authorization);
  if (credentials->token != NULL)
    {
      g_ptr_array_add (headers, (gpointer) "x-cos-security-token");
      g_ptr_array_add (headers, credentials->token);
    }
  g_ptr_array_add (headers, NULL);
  request.headers = (const char * const *) headers->pdata;

  if (call->body == NULL && call->stream == NULL &&
      (g_str_equal (call->method, "PUT") || g_str_equal (call->method, "POST")))
    request.body = empty;
  if (!call->once && call->stream == NULL)
    request.flags |= GRANARY_HTTP_IDEMPOTENT;

  if (call->open)
    response = granary_http_open (granary_cos_client_get_http (self->client), &request,
                                  cancellable, error);
  else
    response = granary_http_send (granary_cos_client_get_http (self->client), &request,
                                  cancellable, error);
  if (response == NULL)
    {
      granary_cos_name_error (error, call);
      return NULL;
    }
  if (!judge (self, response, &xml, cancellable, error))
    return NULL;

  answer = g_new0 (GranaryCosAnswer, 1);
  answer->response = g_steal_pointer (&response);
  answer->xml = g_steal_pointer (&xml);
  return answer;
}

/* HEAD is refused without a word: any 403 may be about the clock. */
static gboolean
may_be_clock (const Attempt *self,
              const GError  *failure)
{
  return granary_error_matches_reason (failure, GRANARY_REASON_CLOCK_SKEWED) ||
         (g_str_equal (self->call->method, "HEAD") &&
          granary_error_get_http_status (failure) == 403);
}

/* Whether the clock is another now than the refused request was signed by; another thread may have
 * learned it first. */
static gboolean
learn_clock (const Attempt *self)
{
  GranaryClock *clock = granary_cos_client_get_clock (self->client);

  if (self->server_time != 0 && granary_clock_learn (clock, self->server_time))
    return TRUE;

  return g_atomic_int_get (&clock->offset) != self->clock_offset;
}

static gboolean
set_base (Attempt  *self,
          char     *base,
          GError  **error)
{
  g_free (self->base);
  self->base = base;
  g_free (self->host);
  self->host = granary_http_dup_host (base);
  if (self->host != NULL)
    return TRUE;

  granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_ENDPOINT_INVALID, base,
                     "%s is not an address", base);
  return FALSE;
}

/* The vendor's rule: an answer that did not come from COS itself may be one of a broken or hijacked
 * name, so the other name is tried. Never for an address that the user gave. */
static gboolean
wants_fallback (const Attempt *self,
                const GError  *failure,
                gboolean       is_last)
{
  GranaryAccount *account = granary_cos_client_get_account (self->client);
  const guint status = granary_error_get_http_status (failure);

  if (granary_account_get_endpoint (account, GRANARY_CLOUD_COS) != NULL || self->has_id)
    return FALSE;
  if (status == 301 || status == 302 || status == 307)
    return TRUE;

  return is_last && granary_cos_error_is_passing (failure);
}

/* Public functions */

void
granary_cos_answer_free (GranaryCosAnswer *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->response, granary_http_response_free);
  g_clear_pointer (&self->xml, granary_cos_xml_free);
  g_free (self);
}

char *
granary_cos_dup_fallback_url (const char *url)
{
  const char *at;

  g_return_val_if_fail (url != NULL, NULL);

  if (!g_str_has_suffix (url, DOMAIN_OF_SERVICE))
    return NULL;

  at = url + strlen (url) - strlen (DOMAIN_OF_SERVICE);
  return g_strdup_printf ("%.*s" FALLBACK_DOMAIN, (int) (at - url), url);
}

/**
 * granary_cos_client_call:
 * @self: a client
 * @call: what to ask
 * @retry: (nullable): attempts that were made already, when the maker repeats calls as well
 * @cancellable: (nullable): calls it off
 * @error: (out) (optional): of [error@Error]
 *
 * Signs and sends a call, and repeats it by cloud-protocols §10.6 when that can do no harm: never
 * one with a stream, and one that is to be made once only when it surely was not carried out. A
 * clock that was set right by a refusal gets one more attempt.
 *
 * Returns: (transfer full): the answer, of a status that means success
 */
GranaryCosAnswer *
granary_cos_client_call (GranaryCosClient      *self,
                         const GranaryCosCall  *call,
                         GranaryRetry          *retry,
                         GCancellable          *cancellable,
                         GError               **error)
{
  GranaryAccount *account = granary_cos_client_get_account (self);
  const char *region = call->region != NULL ? call->region : granary_account_get_region (account);
  g_auto (Attempt) state = { .client = self, .call = call };
  GranaryRetry own_retry = GRANARY_RETRY_INIT;
  gboolean has_learned = FALSE;

  if (retry == NULL)
    retry = &own_retry;
  if (call->bucket != NULL && region != NULL && !granary_object_region_check (region, error))
    return NULL;
  if (!set_base (&state, granary_account_dup_cos_url (account, call->bucket, region), error))
    return NULL;

  for (;;)
    {
      g_autoptr (GError) failure = NULL;
      GranaryCosAnswer *answer = attempt (&state, cancellable, &failure);

      if (answer != NULL)
        {
          if (call->bucket != NULL)
            granary_cos_client_note_bucket (self, call->bucket, TRUE);
          return answer;
        }
      if (granary_error_matches_reason (failure, GRANARY_REASON_BUCKET_MISSING))
        granary_cos_client_note_bucket (self, call->bucket, FALSE);

      if (may_be_clock (&state, failure) && learn_clock (&state) && !has_learned &&
          call->stream == NULL)
        {
          has_learned = TRUE;
          continue;
        }

      if (call->stream != NULL ||
          granary_error_matches_reason (failure, GRANARY_REASON_CLOCK_SKEWED) ||
          (call->once && granary_cos_may_have_happened (failure)) ||
          (!granary_cos_error_is_passing (failure) && !wants_fallback (&state, failure, FALSE)))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return NULL;
        }
      if (!granary_retry_wait (retry, failure, cancellable, error))
        return NULL;

      state.is_repeated = TRUE;
      if (wants_fallback (&state, failure, retry->attempt + 1 >= retry->max_attempts))
        {
          char *fallback = granary_cos_dup_fallback_url (state.base);

          /* It is the fallback already: a redirection of that is final. */
          if (fallback == NULL)
            {
              g_propagate_error (error, g_steal_pointer (&failure));
              return NULL;
            }
          if (!set_base (&state, fallback, error))
            return NULL;
        }
    }
}
