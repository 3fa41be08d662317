/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli.h"

#include "granary-cli-json.h"
#include "granary-error.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

/* Stable names for programs. */
static const char *const code_ids[GRANARY_N_ERRORS] = {
  [GRANARY_ERROR_NETWORK] = "network",
  [GRANARY_ERROR_AUTH_REQUIRED] = "auth-required",
  [GRANARY_ERROR_AUTH_REJECTED] = "auth-rejected",
  [GRANARY_ERROR_FORBIDDEN] = "forbidden",
  [GRANARY_ERROR_NOT_FOUND] = "not-found",
  [GRANARY_ERROR_CONFLICT] = "conflict",
  [GRANARY_ERROR_QUOTA] = "quota",
  [GRANARY_ERROR_CHECKSUM] = "checksum",
  [GRANARY_ERROR_INVALID_INPUT] = "invalid-input",
  [GRANARY_ERROR_BAD_RESPONSE] = "bad-response",
  [GRANARY_ERROR_UNSUPPORTED] = "unsupported",
  [GRANARY_ERROR_FILE] = "file",
  [GRANARY_ERROR_BACKEND] = "backend",
  [GRANARY_ERROR_DATABASE] = "database",
};

static const char *const reason_ids[GRANARY_N_REASONS] = {
  [GRANARY_REASON_NONE] = "none",
  [GRANARY_REASON_NAME_EMPTY] = "name-empty",
  [GRANARY_REASON_NAME_TOO_LONG] = "name-too-long",
  [GRANARY_REASON_NAME_CHARACTER] = "name-character",
  [GRANARY_REASON_NAME_FIRST_CHARACTER] = "name-first-character",
  [GRANARY_REASON_NAME_ENCODING] = "name-encoding",
  [GRANARY_REASON_NAME_TAKEN] = "name-taken",
  [GRANARY_REASON_NAME_AMBIGUOUS] = "name-ambiguous",
  [GRANARY_REASON_TAG_KEY_EMPTY] = "tag-key-empty",
  [GRANARY_REASON_TAG_KEY_TOO_LONG] = "tag-key-too-long",
  [GRANARY_REASON_TAG_VALUE_TOO_LONG] = "tag-value-too-long",
  [GRANARY_REASON_TAG_CHARACTER] = "tag-character",
  [GRANARY_REASON_TAG_SYNTAX] = "tag-syntax",
  [GRANARY_REASON_TAGS_TOO_MANY] = "tags-too-many",
  [GRANARY_REASON_METRIC_SYNTAX] = "metric-syntax",
  [GRANARY_REASON_METRIC_DUPLICATE] = "metric-duplicate",
  [GRANARY_REASON_PATH_EMPTY] = "path-empty",
  [GRANARY_REASON_PATH_ABSOLUTE] = "path-absolute",
  [GRANARY_REASON_PATH_TRAVERSAL] = "path-traversal",
  [GRANARY_REASON_PATH_TOO_LONG] = "path-too-long",
  [GRANARY_REASON_PATH_ENCODING] = "path-encoding",
  [GRANARY_REASON_PATH_CONTROL_CHARACTER] = "path-control-character",
  [GRANARY_REASON_PATH_DUPLICATE] = "path-duplicate",
  [GRANARY_REASON_PATH_IS_FOLDER] = "path-is-folder",
  [GRANARY_REASON_SOURCE_NONE] = "source-none",
  [GRANARY_REASON_SOURCE_MISSING] = "source-missing",
  [GRANARY_REASON_SOURCE_UNREADABLE] = "source-unreadable",
  [GRANARY_REASON_SOURCE_SPECIAL] = "source-special",
  [GRANARY_REASON_SOURCE_LINK_OUTSIDE] = "source-link-outside",
  [GRANARY_REASON_SOURCE_LINK_LOOP] = "source-link-loop",
  [GRANARY_REASON_SOURCE_LINK_BROKEN] = "source-link-broken",
  [GRANARY_REASON_SOURCE_TOO_DEEP] = "source-too-deep",
  [GRANARY_REASON_SOURCE_TOO_MANY] = "source-too-many",
  [GRANARY_REASON_SOURCE_CHANGED] = "source-changed",
  [GRANARY_REASON_SOURCE_IN_REPOSITORY] = "source-in-repository",
  [GRANARY_REASON_SOURCE_NOT_REMOVED] = "source-not-removed",
  [GRANARY_REASON_WOULD_REPLACE] = "would-replace",
  [GRANARY_REASON_TARGET_EXISTS] = "target-exists",
  [GRANARY_REASON_TARGET_UNWRITABLE] = "target-unwritable",
  [GRANARY_REASON_NO_SPACE] = "no-space",
  [GRANARY_REASON_READ_ONLY] = "read-only",
  [GRANARY_REASON_PERMISSION] = "permission",
  [GRANARY_REASON_INPUT_OUTPUT] = "input-output",
  [GRANARY_REASON_MODEL_MISSING] = "model-missing",
  [GRANARY_REASON_VERSION_MISSING] = "version-missing",
  [GRANARY_REASON_TRASH_MISSING] = "trash-missing",
  [GRANARY_REASON_VERSION_NOT_READY] = "version-not-ready",
  [GRANARY_REASON_BUSY] = "busy",
  [GRANARY_REASON_FILE_MISSING] = "file-missing",
  [GRANARY_REASON_FILE_CHANGED] = "file-changed",
  [GRANARY_REASON_FILE_UNKNOWN] = "file-unknown",
  [GRANARY_REASON_CATALOG_NEWER] = "catalog-newer",
  [GRANARY_REASON_CATALOG_CORRUPT] = "catalog-corrupt",
  [GRANARY_REASON_CATALOG_LOCKED] = "catalog-locked",
  [GRANARY_REASON_CATALOG_READ_ONLY] = "catalog-read-only",
  [GRANARY_REASON_REPOSITORY_GONE] = "repository-gone",
  [GRANARY_REASON_REPOSITORY_UNUSABLE] = "repository-unusable",
  [GRANARY_REASON_JSON_SYNTAX] = "json-syntax",
  [GRANARY_REASON_JSON_NOT_OBJECT] = "json-not-object",
  [GRANARY_REASON_PYTHON_IMPLAUSIBLE] = "python-implausible",
  [GRANARY_REASON_FORMAT_UNREADABLE] = "format-unreadable",
  [GRANARY_REASON_HOST_UNREACHABLE] = "host-unreachable",
  [GRANARY_REASON_NO_ANSWER_IN_TIME] = "no-answer-in-time",
  [GRANARY_REASON_CONNECTION_BROKEN] = "connection-broken",
  [GRANARY_REASON_CERTIFICATE_INVALID] = "certificate-invalid",
  [GRANARY_REASON_REDIRECTED] = "redirected",
  [GRANARY_REASON_OFFLINE] = "offline",
  [GRANARY_REASON_RESPONSE_MALFORMED] = "response-malformed",
  [GRANARY_REASON_RESPONSE_TOO_LARGE] = "response-too-large",
  [GRANARY_REASON_SERVICE_BUSY] = "service-busy",
  [GRANARY_REASON_SERVICE_FAILED] = "service-failed",
  [GRANARY_REASON_CALL_REFUSED] = "call-refused",
  [GRANARY_REASON_CALL_WITHDRAWN] = "call-withdrawn",
  [GRANARY_REASON_OUTCOME_UNKNOWN] = "outcome-unknown",
  [GRANARY_REASON_KEY_MISSING] = "key-missing",
  [GRANARY_REASON_KEY_INCOMPLETE] = "key-incomplete",
  [GRANARY_REASON_KEY_MALFORMED] = "key-malformed",
  [GRANARY_REASON_KEY_UNKNOWN] = "key-unknown",
  [GRANARY_REASON_KEY_WRONG] = "key-wrong",
  [GRANARY_REASON_TOKEN_EXPIRED] = "token-expired",
  [GRANARY_REASON_CLOCK_SKEWED] = "clock-skewed",
  [GRANARY_REASON_ACTION_FORBIDDEN] = "action-forbidden",
  [GRANARY_REASON_REGION_UNKNOWN] = "region-unknown",
  [GRANARY_REASON_BALANCE_LOW] = "balance-low",
  [GRANARY_REASON_KEYRING_MISSING] = "keyring-missing",
  [GRANARY_REASON_KEYRING_LOCKED] = "keyring-locked",
  [GRANARY_REASON_CONNECTION_MISSING] = "connection-missing",
  [GRANARY_REASON_CONNECTION_NAME] = "connection-name",
  [GRANARY_REASON_CONNECTION_EXISTS] = "connection-exists",
  [GRANARY_REASON_CONNECTIONS_UNREADABLE] = "connections-unreadable",
  [GRANARY_REASON_ENDPOINT_INVALID] = "endpoint-invalid",
  [GRANARY_REASON_BUCKET_MISSING] = "bucket-missing",
  [GRANARY_REASON_BUCKET_NAME] = "bucket-name",
  [GRANARY_REASON_OBJECT_MISSING] = "object-missing",
  [GRANARY_REASON_OBJECT_CHANGED] = "object-changed",
  [GRANARY_REASON_OBJECT_ARCHIVED] = "object-archived",
  [GRANARY_REASON_OBJECT_TOO_LARGE] = "object-too-large",
  [GRANARY_REASON_OBJECT_KEY] = "object-key",
  [GRANARY_REASON_UPLOAD_VANISHED] = "upload-vanished",
  [GRANARY_REASON_CRC_MISMATCH] = "crc-mismatch",
  [GRANARY_REASON_STORAGE_UNSET] = "storage-unset",
  [GRANARY_REASON_ENVIRONMENT_UNSET] = "environment-unset",
  [GRANARY_REASON_IMPORT_REFUSED] = "import-refused",
  [GRANARY_REASON_CLOUD_CANNOT] = "cloud-cannot",
  [GRANARY_REASON_NO_TRASH] = "no-trash",
  [GRANARY_REASON_FILES_UNKNOWN] = "files-unknown",
  [GRANARY_REASON_TAG_SYSTEM] = "tag-system",
  [GRANARY_REASON_TAG_REJECTED] = "tag-rejected",
  [GRANARY_REASON_TASK_MISSING] = "task-missing",
  [GRANARY_REASON_TASK_UNREADABLE] = "task-unreadable",
  [GRANARY_REASON_TASK_NEWER] = "task-newer",
  [GRANARY_REASON_TASK_BUSY] = "task-busy",
  [GRANARY_REASON_TASK_EMPTY] = "task-empty",
  [GRANARY_REASON_TASK_ELSEWHERE] = "task-elsewhere",
  [GRANARY_REASON_TASK_FOLDER] = "task-folder",
  [GRANARY_REASON_TASKS_NOT_LISTED] = "tasks-not-listed",
  [GRANARY_REASON_TASKS_TOO_MANY] = "tasks-too-many",
  [GRANARY_REASON_METRICS_UNAVAILABLE] = "metrics-unavailable",
  [GRANARY_REASON_REGISTRY_UNAVAILABLE] = "registry-unavailable",
  [GRANARY_REASON_IMAGE_ADDRESS] = "image-address",
  [GRANARY_REASON_CONFIG_KEPT] = "config-kept",
  [GRANARY_REASON_SERVICE_MISSING] = "service-missing",
  [GRANARY_REASON_SERVICE_AMBIGUOUS] = "service-ambiguous",
  [GRANARY_REASON_SERVICE_NAME_INVALID] = "service-name-invalid",
  [GRANARY_REASON_SERVICE_NAME_TAKEN] = "service-name-taken",
  [GRANARY_REASON_SERVICE_VERSION_DELETED] = "service-version-deleted",
  [GRANARY_REASON_SERVICE_STATE] = "service-state",
  [GRANARY_REASON_SERVICE_NOT_RUNNING] = "service-not-running",
  [GRANARY_REASON_SERVICE_START_FAILED] = "service-start-failed",
  [GRANARY_REASON_SERVICE_NO_ADDRESS] = "service-no-address",
  [GRANARY_REASON_SERVICE_LOG_ELSEWHERE] = "service-log-elsewhere",
  [GRANARY_REASON_SERVICE_UNTOLD] = "service-untold",
  [GRANARY_REASON_SUPERVISOR_UNREACHABLE] = "supervisor-unreachable",
  [GRANARY_REASON_SUPERVISOR_OTHER] = "supervisor-other",
  [GRANARY_REASON_SANDBOX_MISSING] = "sandbox-missing",
  [GRANARY_REASON_HANDLER_MISSING] = "handler-missing",
  [GRANARY_REASON_REQUIREMENTS_UNMET] = "requirements-unmet",
  [GRANARY_REASON_PYTHON_MISSING] = "python-missing",
  [GRANARY_REASON_SPEC_UNSET] = "spec-unset",
  [GRANARY_REASON_SPEC_SOLD_OUT] = "spec-sold-out",
  [GRANARY_REASON_PRICE_UNCONFIRMED] = "price-unconfirmed",
  [GRANARY_REASON_PRICE_UNKNOWN] = "price-unknown",
  [GRANARY_REASON_REQUEST_NOT_JSON] = "request-not-json",
  [GRANARY_REASON_SDK_UNAVAILABLE] = "sdk-unavailable",
  [GRANARY_REASON_SDK_FORBIDDEN] = "sdk-forbidden",
};

/**
 * granary_cli_code_id:
 * @code: a [enum@Error]
 *
 * Returns: (nullable): its name in `--json`
 */
const char *
granary_cli_code_id (int code)
{
  return code >= 0 && code < GRANARY_N_ERRORS ? code_ids[code] : NULL;
}

/**
 * granary_cli_reason_id:
 * @reason: a reason
 *
 * Returns: (nullable): its name in `--json`
 */
const char *
granary_cli_reason_id (GranaryReason reason)
{
  return reason < GRANARY_N_REASONS ? reason_ids[reason] : NULL;
}

/**
 * granary_cli_print:
 * @text: UTF-8
 *
 * Writes data. As it is, whatever the locale: g_print() would turn Chinese into question marks.
 */
void
granary_cli_print (const char *text)
{
  fputs (text, stdout);
}

/* What a service said itself; members that are there only then. */
static void
add_remote (GranaryCliJson *json,
            const GError   *error)
{
  if (granary_error_get_remote_code (error) != NULL)
    granary_cli_json_add_text (json, "remote_code", granary_error_get_remote_code (error));
  if (granary_error_get_remote_message (error) != NULL)
    granary_cli_json_add_text (json, "remote_message", granary_error_get_remote_message (error));
  if (granary_error_get_request_id (error) != NULL)
    granary_cli_json_add_text (json, "request_id", granary_error_get_request_id (error));
}

/* The same for people, for the support of the service: “InvalidParameter: … (request …)”. */
static char *
make_remote (const GError *error)
{
  const char *code = granary_error_get_remote_code (error);
  const char *message = granary_error_get_remote_message (error);
  const char *request_id = granary_error_get_request_id (error);
  g_autoptr (GString) text = g_string_new (NULL);

  if (code == NULL && message == NULL)
    return NULL;

  g_string_append (text, _("the service said:"));
  if (code != NULL)
    g_string_append_printf (text, " %s", code);
  if (message != NULL)
    g_string_append_printf (text, code != NULL ? ": %s" : " %s", message);
  if (request_id != NULL)
    {
      g_string_append_c (text, ' ');
      /* Translators: %s is an id that the support of the service asks for. */
      g_string_append_printf (text, _("(request %s)"), request_id);
    }

  return granary_display_path (text->str);
}

/* One message, as a line of text or of JSON. */
static void
say (GranaryCli    *self,
     const char    *kind,
     const GError  *error,
     const char    *text)
{
  if (self->json)
    {
      g_autoptr (GranaryCliJson) json = granary_cli_json_new ();
      g_autofree char *line = NULL;

      granary_cli_json_begin_object (json, NULL);
      granary_cli_json_begin_object (json, kind);
      if (error != NULL)
        {
          const char *code = "failed";
          GranaryReason reason = granary_error_get_reason (error);

          if (error->domain == GRANARY_ERROR)
            code = granary_cli_code_id (error->code);
          else if (error->domain == G_OPTION_ERROR)
            code = "usage";
          else if (granary_error_is_cancelled (error))
            code = "cancelled";

          granary_cli_json_add_text (json, "code", code);
          granary_cli_json_add_text (json, "reason", reason != GRANARY_REASON_NONE
                                                       ? granary_cli_reason_id (reason)
                                                       : NULL);
          granary_cli_json_add_text (json, "subject", granary_error_get_subject (error));
        }
      granary_cli_json_add_text (json, "message", text);
      if (error != NULL)
        add_remote (json, error);
      granary_cli_json_end_object (json);
      granary_cli_json_end_object (json);
      line = granary_cli_json_finish (json);
      fprintf (stderr, "%s\n", line);
    }
  else
    {
      g_autofree char *remote = error != NULL ? make_remote (error) : NULL;

      fprintf (stderr, "granary-cli: %s\n", text);
      if (remote != NULL)
        fprintf (stderr, "granary-cli: %s\n", remote);
    }
}

/**
 * granary_cli_note:
 * @self: the run
 * @text: a sentence or more
 *
 * Says something worth knowing that is no failure.
 */
void
granary_cli_note (GranaryCli *self,
                  const char *text)
{
  say (self, "note", NULL, text);
}

/**
 * granary_cli_report:
 * @self: the run
 * @error: why the command failed
 *
 * Says why, on standard error.
 *
 * Returns: the exit code that tells it
 */
int
granary_cli_report (GranaryCli   *self,
                    const GError *error)
{
  static const char *const full_stops[] = { ".", "。" };
  g_autoptr (GranaryWording) wording = NULL;
  g_autofree char *text = NULL;

  g_return_val_if_fail (error != NULL, GRANARY_CLI_FAILED);

  /* Whatever was printed comes before the reason why no more is. */
  fflush (stdout);

  if (granary_error_is_cancelled (error))
    {
      say (self, "error", error, _("cancelled"));
      return GRANARY_CLI_CANCELLED;
    }

  if (error->domain == G_OPTION_ERROR)
    {
      g_autofree char *help = NULL;
      g_autofree char *problem = g_strdup (error->message);

      /* Sentences of ours end with a full stop, those of GLib do not. */
      for (guint i = 0; i < G_N_ELEMENTS (full_stops); i++)
        {
          if (g_str_has_suffix (problem, full_stops[i]))
            problem[strlen (problem) - strlen (full_stops[i])] = '\0';
        }

      if (self->command != NULL)
        help = g_strdup_printf (_("“granary-cli %s --help” tells how it is used."),
                                self->command->name);
      else
        help = g_strdup (_("“granary-cli --help” tells how it is used."));
      /* Translators: what did not work, and why. */
      text = g_strdup_printf (_("%1$s. %2$s"), problem, help);
      say (self, "error", error, text);
      return GRANARY_CLI_USAGE;
    }

  wording = granary_wording_for_error (error, self->verb, self->object);
  /* Translators: what did not work, and why: “Could not import “x”: There is already …” */
  text = g_strdup_printf (_("%1$s: %2$s"), wording->title, wording->body);
  say (self, "error", error, text);

  /* A word of the command line that has no sense at all. */
  if (granary_error_matches_reason (error, GRANARY_REASON_TAG_SYNTAX) ||
      granary_error_matches_reason (error, GRANARY_REASON_METRIC_SYNTAX))
    return GRANARY_CLI_USAGE;

  return GRANARY_CLI_FAILED;
}
