/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-api-errors.h"

#include "granary-error.h"

#include <string.h>

/* What the subject of an error is. */
typedef enum
{
  SUBJECT_CALL,
  SUBJECT_ACCOUNT,
  SUBJECT_REGION,
  SUBJECT_PERMISSION,
} Subject;

typedef struct
{
  const char       *code;
  GranaryError      error;
  GranaryReason     reason;
  Subject           subject;
  GranaryApiRemedy  remedy;
} Row;

#define NONE  GRANARY_API_REMEDY_NONE
#define READ  GRANARY_API_REMEDY_RETRY_READ
#define RETRY GRANARY_API_REMEDY_RETRY

/* Codes have two levels; the one in full is looked for first, then what stands before the dot. */
static const Row rows[] = {
  { "AuthFailure.SecretIdNotFound", GRANARY_ERROR_AUTH_REJECTED,
    GRANARY_REASON_KEY_UNKNOWN, SUBJECT_ACCOUNT, NONE },
  { "AuthFailure.InvalidSecretId", GRANARY_ERROR_AUTH_REJECTED,
    GRANARY_REASON_KEY_UNKNOWN, SUBJECT_ACCOUNT, NONE },
  { "AuthFailure.TokenFailure", GRANARY_ERROR_AUTH_REJECTED,
    GRANARY_REASON_TOKEN_EXPIRED, SUBJECT_ACCOUNT, NONE },
  { "AuthFailure.SignatureExpire", GRANARY_ERROR_AUTH_REJECTED,
    GRANARY_REASON_CLOCK_SKEWED, SUBJECT_ACCOUNT, GRANARY_API_REMEDY_CLOCK },
  { "AuthFailure.UnauthorizedOperation", GRANARY_ERROR_FORBIDDEN,
    GRANARY_REASON_ACTION_FORBIDDEN, SUBJECT_PERMISSION, NONE },
  { "AuthFailure.NoPermission", GRANARY_ERROR_FORBIDDEN,
    GRANARY_REASON_ACTION_FORBIDDEN, SUBJECT_PERMISSION, NONE },
  { "AuthFailure.CamException", GRANARY_ERROR_FORBIDDEN,
    GRANARY_REASON_ACTION_FORBIDDEN, SUBJECT_PERMISSION, NONE },
  { "AuthFailure.MFAFailure", GRANARY_ERROR_FORBIDDEN,
    GRANARY_REASON_ACTION_FORBIDDEN, SUBJECT_PERMISSION, NONE },
  { "AuthFailure", GRANARY_ERROR_AUTH_REJECTED,
    GRANARY_REASON_KEY_WRONG, SUBJECT_ACCOUNT, NONE },
  { "UnauthorizedOperation", GRANARY_ERROR_FORBIDDEN,
    GRANARY_REASON_ACTION_FORBIDDEN, SUBJECT_PERMISSION, NONE },
  { "IpInBlacklist", GRANARY_ERROR_FORBIDDEN, GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL, NONE },
  { "IpNotInWhitelist", GRANARY_ERROR_FORBIDDEN, GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL, NONE },

  { "InvalidAction", GRANARY_ERROR_UNSUPPORTED,
    GRANARY_REASON_CALL_WITHDRAWN, SUBJECT_CALL, GRANARY_API_REMEDY_FORGET },
  { "ActionOffline", GRANARY_ERROR_UNSUPPORTED,
    GRANARY_REASON_CALL_WITHDRAWN, SUBJECT_CALL, GRANARY_API_REMEDY_FORGET },
  { "NoSuchVersion", GRANARY_ERROR_UNSUPPORTED,
    GRANARY_REASON_CALL_WITHDRAWN, SUBJECT_CALL, GRANARY_API_REMEDY_FORGET },
  { "NoSuchProduct", GRANARY_ERROR_UNSUPPORTED,
    GRANARY_REASON_CALL_WITHDRAWN, SUBJECT_CALL, GRANARY_API_REMEDY_FORGET },
  /* With a detail, or of a write, it is about this one thing; see granary_api_set_fault(). */
  { "UnsupportedOperation", GRANARY_ERROR_UNSUPPORTED,
    GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL, NONE },
  { "UnsupportedProtocol", GRANARY_ERROR_UNSUPPORTED,
    GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL, NONE },
  { "UnsupportedRegion", GRANARY_ERROR_INVALID_INPUT,
    GRANARY_REASON_REGION_UNKNOWN, SUBJECT_REGION, NONE },

  { "RequestLimitExceeded", GRANARY_ERROR_BACKEND,
    GRANARY_REASON_SERVICE_BUSY, SUBJECT_CALL, RETRY },
  { "ServiceUnavailable", GRANARY_ERROR_BACKEND, GRANARY_REASON_SERVICE_BUSY, SUBJECT_CALL, READ },
  { "FailedOperation.Processing", GRANARY_ERROR_BACKEND,
    GRANARY_REASON_SERVICE_BUSY, SUBJECT_CALL, READ },
  { "FailedOperation.BalanceInsufficient", GRANARY_ERROR_QUOTA,
    GRANARY_REASON_BALANCE_LOW, SUBJECT_CALL, NONE },
  { "FailedOperation.InsufficientBalance", GRANARY_ERROR_QUOTA,
    GRANARY_REASON_BALANCE_LOW, SUBJECT_CALL, NONE },
  { "ResourceInsufficient.BalanceInsufficient", GRANARY_ERROR_QUOTA,
    GRANARY_REASON_BALANCE_LOW, SUBJECT_CALL, NONE },
  { "OperationDenied.BalanceInsufficient", GRANARY_ERROR_QUOTA,
    GRANARY_REASON_BALANCE_LOW, SUBJECT_CALL, NONE },
  { "FailedOperation.DuplicateName", GRANARY_ERROR_CONFLICT,
    GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL, NONE },
  { "FailedOperation.UnknownInstanceType", GRANARY_ERROR_INVALID_INPUT,
    GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL, NONE },
  { "FailedOperation.InsufficientWhitelistQuota", GRANARY_ERROR_QUOTA,
    GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL, NONE },
  { "OperationDenied", GRANARY_ERROR_CONFLICT, GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL, NONE },
  { "ResourcesSoldOut", GRANARY_ERROR_QUOTA, GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL, NONE },
  { "FailedOperation", GRANARY_ERROR_BACKEND, GRANARY_REASON_SERVICE_FAILED, SUBJECT_CALL, NONE },
  { "InternalError", GRANARY_ERROR_BACKEND, GRANARY_REASON_SERVICE_FAILED, SUBJECT_CALL, READ },
  { "ResponseSizeLimitExceeded", GRANARY_ERROR_BAD_RESPONSE,
    GRANARY_REASON_RESPONSE_TOO_LARGE, SUBJECT_CALL, NONE },

  { "ResourceNotFound", GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL, NONE },
  { "ResourceInUse", GRANARY_ERROR_CONFLICT, GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL, NONE },
  { "ResourceUnavailable", GRANARY_ERROR_CONFLICT,
    GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL, NONE },
  { "ResourceInsufficient", GRANARY_ERROR_QUOTA, GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL, NONE },
  { "LimitExceeded", GRANARY_ERROR_QUOTA, GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL, NONE },

  { "InvalidParameter", GRANARY_ERROR_INVALID_INPUT,
    GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL, NONE },
  { "InvalidParameterValue", GRANARY_ERROR_INVALID_INPUT,
    GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL, NONE },
  { "InvalidRequest", GRANARY_ERROR_INVALID_INPUT,
    GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL, NONE },
  { "MissingParameter", GRANARY_ERROR_INVALID_INPUT,
    GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL, NONE },
  { "UnknownParameter", GRANARY_ERROR_INVALID_INPUT,
    GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL, NONE },
  { "RequestSizeLimitExceeded", GRANARY_ERROR_INVALID_INPUT,
    GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL, NONE },
};

/* Codes that came after this table: refused, and the details tell the rest. */
static const Row unknown_row = {
  NULL, GRANARY_ERROR_BACKEND, GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL, NONE
};

/* Where no service answered but a gateway or a proxy did, by status; up to and including. */
static const struct
{
  guint status;
  Row   row;
} status_rows[] = {
  { 299, { NULL, GRANARY_ERROR_BAD_RESPONSE,
           GRANARY_REASON_RESPONSE_MALFORMED, SUBJECT_CALL, READ } },
  { 399, { NULL, GRANARY_ERROR_NETWORK, GRANARY_REASON_REDIRECTED, SUBJECT_CALL, NONE } },
  { 400, { NULL, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL, NONE } },
  { 403, { NULL, GRANARY_ERROR_FORBIDDEN, GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL, NONE } },
  { 404, { NULL, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL, NONE } },
  { 406, { NULL, GRANARY_ERROR_BACKEND, GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL, NONE } },
  { 407, { NULL, GRANARY_ERROR_NETWORK, GRANARY_REASON_HOST_UNREACHABLE, SUBJECT_CALL, NONE } },
  { 428, { NULL, GRANARY_ERROR_BACKEND, GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL, NONE } },
  { 429, { NULL, GRANARY_ERROR_BACKEND, GRANARY_REASON_SERVICE_BUSY, SUBJECT_CALL, RETRY } },
  { 499, { NULL, GRANARY_ERROR_BACKEND, GRANARY_REASON_CALL_REFUSED, SUBJECT_CALL, NONE } },
  { 502, { NULL, GRANARY_ERROR_BACKEND, GRANARY_REASON_SERVICE_FAILED, SUBJECT_CALL, READ } },
  { 503, { NULL, GRANARY_ERROR_BACKEND, GRANARY_REASON_SERVICE_BUSY, SUBJECT_CALL, READ } },
  { G_MAXUINT, { NULL, GRANARY_ERROR_BACKEND,
                 GRANARY_REASON_SERVICE_FAILED, SUBJECT_CALL, READ } },
};

static const Row *
find_row (const GranaryApiFault *fault)
{
  g_autofree char *category = NULL;

  if (fault->code == NULL)
    {
      guint i = 0;

      while (fault->status > status_rows[i].status)
        i++;
      return &status_rows[i].row;
    }

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if (g_str_equal (rows[i].code, fault->code))
        return &rows[i];
    }

  category = g_strndup (fault->code, strcspn (fault->code, "."));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if (g_str_equal (rows[i].code, category))
        return &rows[i];
    }

  return &unknown_row;
}

/* As policies write it. A call may need the permission for another one, which the text names then:
 * `… not authorized to perform operation (tione:DescribeTrainingModels) …`. */
static char *
find_permission (const GranaryApiFault *fault)
{
  g_autoptr (GRegex) regex = NULL;
  g_autoptr (GMatchInfo) match = NULL;

  if (fault->message != NULL && g_utf8_validate (fault->message, -1, NULL))
    {
      regex = g_regex_new ("\\b[a-z][a-z0-9]*:[A-Z][A-Za-z0-9]+\\b", G_REGEX_DEFAULT,
                           G_REGEX_MATCH_DEFAULT, NULL);
      if (g_regex_match (regex, fault->message, G_REGEX_MATCH_DEFAULT, &match))
        return g_match_info_fetch (match, 0);
    }

  return g_strconcat (granary_cloud_service_to_id (fault->call->service), ":",
                      fault->call->action, NULL);
}

static char *
find_subject (const GranaryApiFault *fault,
              const Row             *row)
{
  if (row->error == GRANARY_ERROR_NETWORK)
    return g_strdup (fault->host);
  if (row->subject == SUBJECT_ACCOUNT)
    return g_strdup (granary_account_get_name (fault->account));
  if (row->subject == SUBJECT_REGION)
    return g_strdup (fault->region);
  if (row->subject == SUBJECT_PERMISSION)
    return find_permission (fault);

  return g_strdup (fault->call->action);
}

/**
 * granary_api_set_fault:
 * @error: return location
 * @fault: what was answered
 *
 * Sorts an answer that says no. Source of the codes: common error codes of API 3.0.
 *
 * Returns: what can be done about it
 */
GranaryApiRemedy
granary_api_set_fault (GError                **error,
                       const GranaryApiFault  *fault)
{
  static const Row unsupported_row = {
    NULL, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_CALL_WITHDRAWN, SUBJECT_CALL,
    GRANARY_API_REMEDY_FORGET
  };
  g_autoptr (GError) local_error = NULL;
  g_autofree char *subject = NULL;
  const Row *row;
  GranaryReason reason;

  g_return_val_if_fail (fault != NULL, GRANARY_API_REMEDY_NONE);

  row = find_row (fault);
  /* Of a read without a detail it means that there is no such call. */
  if (!fault->call->is_write && g_strcmp0 (fault->code, "UnsupportedOperation") == 0)
    row = &unsupported_row;

  /* A gateway that failed, or an answer nobody understands, leaves open what became of a write. */
  reason = row->reason;
  subject = find_subject (fault, row);
  if (fault->call->is_write && fault->code == NULL && row->remedy == READ)
    reason = GRANARY_REASON_OUTCOME_UNKNOWN;

  granary_set_error (&local_error, row->error, reason, subject, "%s: HTTP %u, %s, request %s",
                     fault->call->action, fault->status,
                     fault->code != NULL ? fault->code : "no answer of the service",
                     fault->request_id != NULL ? fault->request_id : "unknown");
  granary_error_set_request (local_error, fault->status, fault->request_id, fault->retry_after);
  granary_error_set_remote (local_error, fault->code, fault->message);
  g_propagate_error (error, g_steal_pointer (&local_error));

  return row->remedy;
}
