/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cos"

#include "config.h"

#include "granary-cos-private.h"

#include <string.h>

#include "granary-error.h"

/* What the subject of a reason is. */
typedef enum
{
  SUBJECT_CALL,
  SUBJECT_ACTION,
  SUBJECT_ACCOUNT,
  SUBJECT_HOST,
  SUBJECT_BUCKET,
  SUBJECT_OBJECT,
} Subject;

typedef struct
{
  const char    *code;   /* of COS, or NULL for any */
  guint          status; /* of HTTP, or 0 for any */
  GranaryError   error;
  GranaryReason  reason;
  Subject        subject;
} Meaning;

/* The first that fits. Codes by the vendor's list (API 436/7730); the statuses behind them are for
 * HEAD, whose errors have no body, and for what stands between us and COS. */
static const Meaning meanings[] = {
  { "RequestTimeTooSkewed", 0,
    GRANARY_ERROR_AUTH_REJECTED, GRANARY_REASON_CLOCK_SKEWED, SUBJECT_ACCOUNT },
  { "RequestIsExpired", 0,
    GRANARY_ERROR_AUTH_REJECTED, GRANARY_REASON_CLOCK_SKEWED, SUBJECT_ACCOUNT },
  { "ExpiredToken", 0,
    GRANARY_ERROR_AUTH_REJECTED, GRANARY_REASON_TOKEN_EXPIRED, SUBJECT_ACCOUNT },
  { "TokenExpired", 0,
    GRANARY_ERROR_AUTH_REJECTED, GRANARY_REASON_TOKEN_EXPIRED, SUBJECT_ACCOUNT },
  { "InvalidToken", 0,
    GRANARY_ERROR_AUTH_REJECTED, GRANARY_REASON_TOKEN_EXPIRED, SUBJECT_ACCOUNT },
  { "InvalidAccessKeyId", 0,
    GRANARY_ERROR_AUTH_REJECTED, GRANARY_REASON_KEY_UNKNOWN, SUBJECT_ACCOUNT },
  { "SignatureDoesNotMatch", 0,
    GRANARY_ERROR_AUTH_REJECTED, GRANARY_REASON_KEY_WRONG, SUBJECT_ACCOUNT },
  { "UnavailableForLegalReasons", 0,
    GRANARY_ERROR_FORBIDDEN, GRANARY_REASON_BALANCE_LOW, SUBJECT_ACCOUNT },
  { "AccessDenied", 0,
    GRANARY_ERROR_FORBIDDEN, GRANARY_REASON_ACTION_FORBIDDEN, SUBJECT_ACTION },
  { "AccessForbidden", 0,
    GRANARY_ERROR_FORBIDDEN, GRANARY_REASON_ACTION_FORBIDDEN, SUBJECT_ACTION },
  { "NoSuchBucket", 0,
    GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_BUCKET_MISSING, SUBJECT_BUCKET },
  { "InvalidBucketName", 0,
    GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_BUCKET_NAME, SUBJECT_BUCKET },
  { "NoSuchKey", 0,
    GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_OBJECT_MISSING, SUBJECT_OBJECT },
  { "NoSuchVersion", 0,
    GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_OBJECT_MISSING, SUBJECT_OBJECT },
  { "NoSuchUpload", 0,
    GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_UPLOAD_VANISHED, SUBJECT_OBJECT },
  { "InvalidObjectState", 0,
    GRANARY_ERROR_FORBIDDEN, GRANARY_REASON_OBJECT_ARCHIVED, SUBJECT_OBJECT },
  { "PreconditionFailed", 0,
    GRANARY_ERROR_CONFLICT, GRANARY_REASON_OBJECT_CHANGED, SUBJECT_OBJECT },
  { "InvalidRange", 0,
    GRANARY_ERROR_CONFLICT, GRANARY_REASON_OBJECT_CHANGED, SUBJECT_OBJECT },
  { "EntityTooLarge", 0,
    GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_OBJECT_TOO_LARGE, SUBJECT_OBJECT },
  { "KeyTooLong", 0,
    GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_OBJECT_KEY, SUBJECT_OBJECT },
  { "InvalidURI", 0,
    GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_OBJECT_KEY, SUBJECT_OBJECT },
  { "BadDigest", 0,
    GRANARY_ERROR_CHECKSUM, GRANARY_REASON_CRC_MISMATCH, SUBJECT_OBJECT },
  { "IncompleteBody", 0,
    GRANARY_ERROR_NETWORK, GRANARY_REASON_CONNECTION_BROKEN, SUBJECT_HOST },
  { "RequestTimeOut", 0,
    GRANARY_ERROR_NETWORK, GRANARY_REASON_NO_ANSWER_IN_TIME, SUBJECT_HOST },
  { "RequestTimeout", 0,
    GRANARY_ERROR_NETWORK, GRANARY_REASON_NO_ANSWER_IN_TIME, SUBJECT_HOST },
  { "MethodNotAllowed", 0,
    GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL },
  { "SlowDown", 0,
    GRANARY_ERROR_BACKEND, GRANARY_REASON_SERVICE_BUSY, SUBJECT_CALL },
  { "ServiceUnavailable", 0,
    GRANARY_ERROR_BACKEND, GRANARY_REASON_SERVICE_BUSY, SUBJECT_CALL },
  { "RequestLimitExceeded", 0,
    GRANARY_ERROR_BACKEND, GRANARY_REASON_SERVICE_BUSY, SUBJECT_CALL },
  { "InternalError", 0,
    GRANARY_ERROR_BACKEND, GRANARY_REASON_SERVICE_FAILED, SUBJECT_CALL },
  { NULL, 301,
    GRANARY_ERROR_NETWORK, GRANARY_REASON_REDIRECTED, SUBJECT_HOST },
  { NULL, 302,
    GRANARY_ERROR_NETWORK, GRANARY_REASON_REDIRECTED, SUBJECT_HOST },
  { NULL, 303,
    GRANARY_ERROR_NETWORK, GRANARY_REASON_REDIRECTED, SUBJECT_HOST },
  { NULL, 307,
    GRANARY_ERROR_NETWORK, GRANARY_REASON_REDIRECTED, SUBJECT_HOST },
  { NULL, 308,
    GRANARY_ERROR_NETWORK, GRANARY_REASON_REDIRECTED, SUBJECT_HOST },
  { NULL, 401,
    GRANARY_ERROR_AUTH_REJECTED, GRANARY_REASON_KEY_WRONG, SUBJECT_ACCOUNT },
  { NULL, 403,
    GRANARY_ERROR_FORBIDDEN, GRANARY_REASON_ACTION_FORBIDDEN, SUBJECT_ACTION },
  { NULL, 404,
    GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_OBJECT_MISSING, SUBJECT_OBJECT },
  { NULL, 412,
    GRANARY_ERROR_CONFLICT, GRANARY_REASON_OBJECT_CHANGED, SUBJECT_OBJECT },
  { NULL, 416,
    GRANARY_ERROR_CONFLICT, GRANARY_REASON_OBJECT_CHANGED, SUBJECT_OBJECT },
  { NULL, 429,
    GRANARY_ERROR_BACKEND, GRANARY_REASON_SERVICE_BUSY, SUBJECT_CALL },
  { NULL, 451,
    GRANARY_ERROR_FORBIDDEN, GRANARY_REASON_BALANCE_LOW, SUBJECT_ACCOUNT },
  { NULL, 503,
    GRANARY_ERROR_BACKEND, GRANARY_REASON_SERVICE_BUSY, SUBJECT_CALL },
};

static const Meaning refused = {
  NULL, 0, GRANARY_ERROR_BACKEND, GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL
};
static const Meaning failed = {
  NULL, 0, GRANARY_ERROR_BACKEND, GRANARY_REASON_SERVICE_FAILED, SUBJECT_CALL
};
static const Meaning no_bucket = {
  NULL, 0, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_BUCKET_MISSING, SUBJECT_BUCKET
};
static const Meaning expired_token = {
  NULL, 0, GRANARY_ERROR_AUTH_REJECTED, GRANARY_REASON_TOKEN_EXPIRED, SUBJECT_ACCOUNT
};
static const Meaning expired_request = {
  NULL, 0, GRANARY_ERROR_AUTH_REJECTED, GRANARY_REASON_CLOCK_SKEWED, SUBJECT_ACCOUNT
};

/* Auxiliary functions */

static gboolean
says (const GranaryCosFailure *failure,
      const char              *words)
{
  g_autofree char *message = NULL;

  if (failure->message == NULL)
    return FALSE;

  message = g_ascii_strdown (failure->message, -1);
  return strstr (message, words) != NULL;
}

static const Meaning *
find_meaning (const GranaryCosFailure *failure)
{
  const gboolean is_denied = g_strcmp0 (failure->code, "AccessDenied") == 0;

  /* Both come as AccessDenied; only the text tells them from a missing permission. */
  if (is_denied && says (failure, "token") && says (failure, "expired"))
    return &expired_token;
  if (is_denied && says (failure, "request has expired"))
    return &expired_request;

  for (guint i = 0; i < G_N_ELEMENTS (meanings); i++)
    {
      const Meaning *meaning = &meanings[i];

      if (meaning->code != NULL ? g_strcmp0 (meaning->code, failure->code) == 0
                                : meaning->status == failure->status)
        {
          /* HEAD and a listing without a body: there is no object that could be missing. */
          if (meaning->reason == GRANARY_REASON_OBJECT_MISSING && *failure->call->key == '\0')
            return &no_bucket;
          return meaning;
        }
    }

  return failure->status >= 500 ? &failed : &refused;
}

static char *
dup_subject_of (const GranaryCosFailure *failure,
                Subject                  subject)
{
  const GranaryCosCall *call = failure->call;

  switch (subject)
    {
    case SUBJECT_ACTION:
      return g_strconcat ("cos:", call->action, NULL);

    case SUBJECT_ACCOUNT:
      return g_strdup (failure->account);

    case SUBJECT_HOST:
      return g_strdup (failure->host);

    case SUBJECT_BUCKET:
      return granary_cos_dup_subject (call->bucket, "");

    case SUBJECT_OBJECT:
      return granary_cos_dup_subject (call->bucket, call->key);

    case SUBJECT_CALL:
    default:
      return g_strdup (call->action);
    }
}

/* Public functions */

/**
 * granary_cos_dup_subject:
 * @bucket: (nullable): a bucket
 * @key: a key, or ""
 *
 * Returns: (transfer full): `BUCKET/KEY` as errors name it, printable
 */
char *
granary_cos_dup_subject (const char *bucket,
                         const char *key)
{
  g_autofree char *shown = NULL;
  g_autofree char *place = NULL;

  if (bucket == NULL)
    bucket = "";
  if (*key == '\0')
    return granary_display_path (bucket);

  place = g_strconcat (bucket, "/", key, NULL);
  return granary_display_path (place);
}

/**
 * granary_cos_set_error:
 * @error: (out) (optional): where to put it
 * @failure: what was answered
 *
 * Turns a refusal of COS into code, reason and subject, with its own words as details.
 */
void
granary_cos_set_error (GError                  **error,
                       const GranaryCosFailure  *failure)
{
  const Meaning *meaning = find_meaning (failure);
  g_autofree char *subject = dup_subject_of (failure, meaning->subject);
  g_autofree char *code = NULL;
  g_autofree char *message = NULL;
  GError *made = NULL;

  if (failure->code != NULL)
    code = granary_display_path (failure->code);
  if (failure->message != NULL)
    message = granary_display_path (failure->message);

  granary_set_error (&made, meaning->error, meaning->reason, subject, "%s: %u %s: %s",
                     failure->call->action, failure->status, code != NULL ? code : "-",
                     message != NULL ? message : "-");
  granary_error_set_request (made, failure->status, failure->request_id, failure->retry_after);
  granary_error_set_remote (made, code, message);
  g_propagate_error (error, made);
}

/**
 * granary_cos_name_error:
 * @error: (inout) (optional): an error that was just set
 * @call: what was called
 *
 * Returns: always %FALSE
 */
gboolean
granary_cos_name_error (GError               **error,
                        const GranaryCosCall  *call)
{
  g_autoptr (GError) bare = NULL;

  if (error == NULL || *error == NULL || (*error)->domain != GRANARY_ERROR ||
      granary_error_get_subject (*error) != NULL)
    return FALSE;

  bare = g_steal_pointer (error);
  granary_set_error (error, bare->code, granary_error_get_reason (bare), call->action, "%s: %s",
                     call->action, bare->message);
  return FALSE;
}

/**
 * granary_cos_error_is_passing:
 * @error: (nullable): why a call failed
 *
 * Whether the same call may succeed when it is made again: the network, a busy or faulty service,
 * and a clock that was set right by the refusal itself.
 *
 * Returns: whether it may
 */
gboolean
granary_cos_error_is_passing (const GError *error)
{
  return granary_error_matches_reason (error, GRANARY_REASON_HOST_UNREACHABLE) ||
         granary_error_matches_reason (error, GRANARY_REASON_NO_ANSWER_IN_TIME) ||
         granary_error_matches_reason (error, GRANARY_REASON_CONNECTION_BROKEN) ||
         granary_error_matches_reason (error, GRANARY_REASON_SERVICE_BUSY) ||
         granary_error_matches_reason (error, GRANARY_REASON_SERVICE_FAILED) ||
         granary_error_matches_reason (error, GRANARY_REASON_CLOCK_SKEWED);
}

/**
 * granary_cos_may_have_happened:
 * @error: (nullable): why a write failed
 *
 * Returns: whether it may have been carried out nevertheless, the answer being lost or unreadable
 */
gboolean
granary_cos_may_have_happened (const GError *error)
{
  return granary_error_matches_reason (error, GRANARY_REASON_NO_ANSWER_IN_TIME) ||
         granary_error_matches_reason (error, GRANARY_REASON_CONNECTION_BROKEN) ||
         granary_error_matches_reason (error, GRANARY_REASON_SERVICE_FAILED) ||
         granary_error_matches_reason (error, GRANARY_REASON_RESPONSE_MALFORMED) ||
         granary_error_matches_reason (error, GRANARY_REASON_RESPONSE_TOO_LARGE);
}
