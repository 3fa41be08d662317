/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "granary-error.h"
#include "granary-names.h"
#include "granary-transfer-queue-private.h"
#include "tione-faults.h"

/* Every verb meets every fault, at each of its calls, once and for as long as it lasts. The tables
 * below say how it has to end. Whatever the end, nothing may be lost, nothing may be done twice at
 * the server, and the number of requests is bounded; once the fault is over, the verb does what it
 * is for. */

#define MAX_REQUESTS 200

/* Outcomes, by the first letters of their reasons. */
#define OK   GRANARY_REASON_NONE
#define BRK  GRANARY_REASON_CONNECTION_BROKEN
#define UNK  GRANARY_REASON_OUTCOME_UNKNOWN
#define FAIL GRANARY_REASON_SERVICE_FAILED
#define BUSY GRANARY_REASON_SERVICE_BUSY
#define BAD  GRANARY_REASON_RESPONSE_MALFORMED
#define BIG  GRANARY_REASON_RESPONSE_TOO_LARGE
#define CRC  GRANARY_REASON_CRC_MISMATCH
#define REDI GRANARY_REASON_REDIRECTED
#define FORB GRANARY_REASON_ACTION_FORBIDDEN
#define EXPI GRANARY_REASON_TOKEN_EXPIRED
#define KEY  GRANARY_REASON_KEY_WRONG
#define GONE GRANARY_REASON_BUCKET_MISSING
#define CHNG GRANARY_REASON_OBJECT_CHANGED

typedef enum
{
  REFUSE,
  RESET_BEFORE,
  RESET_AFTER,
  SILENCE,
  TRUNCATE,
  GATEWAY,
  GATEWAY_AFTER,
  THROTTLE,
  TOO_MANY,
  ERROR_INSIDE,
  MALFORMED,
  WRONG_TYPES,
  NULLS,
  HUGE_BODY,
  WRONG_CRC,
  REDIRECT,
  FORBIDDEN,
  N_KINDS,
} Kind;

#define REDIRECTION \
  "\"kind\":\"redirect\",\"code\":302,\"location\":\"http://127.0.0.1:9/\""

static const struct
{
  const char *name;
  const char *api;   /* (nullable): what the control channel is told */
  const char *cos;   /* (nullable) */
} kinds[N_KINDS] = {
  [REFUSE] = { "refuse", "\"kind\":\"refuse\"", "\"kind\":\"refuse\"" },
  [RESET_BEFORE] = { "reset-before", "\"kind\":\"reset_before\"", "\"kind\":\"reset_before\"" },
  [RESET_AFTER] = { "reset-after", "\"kind\":\"reset_after\"", "\"kind\":\"reset_after\"" },
  [SILENCE] = { "silence", "\"kind\":\"timeout\",\"seconds\":0.05",
                "\"kind\":\"timeout\",\"seconds\":0.05" },
  [TRUNCATE] = { "truncate", "\"kind\":\"truncate\"", "\"kind\":\"truncate\"" },
  [GATEWAY] = { "gateway", "\"kind\":\"status\",\"code\":500", "\"kind\":\"status\",\"code\":500" },
  [GATEWAY_AFTER] = { "gateway-after", "\"kind\":\"status\",\"code\":502,\"apply\":true",
                      "\"kind\":\"status\",\"code\":502,\"apply\":true" },
  [THROTTLE] = { "throttle", "\"kind\":\"throttle\"", "\"kind\":\"throttle\"" },
  [TOO_MANY] = { "too-many", "\"kind\":\"throttle\",\"status\":429",
                 "\"kind\":\"throttle\",\"status\":429" },
  [ERROR_INSIDE] = { "error-inside", "\"kind\":\"api_error\",\"code\":\"InternalError\"",
                     "\"kind\":\"cos_error\",\"status\":200,\"code\":\"InternalError\"" },
  [MALFORMED] = { "malformed", "\"kind\":\"malformed\"", "\"kind\":\"malformed\"" },
  [WRONG_TYPES] = { "wrong-types", "\"kind\":\"wrong_types\"", NULL },
  [NULLS] = { "nulls", "\"kind\":\"nulls\"", NULL },
  /* A little more than is taken; that 300 MiB are not is the business of the tests of HTTP. */
  [HUGE_BODY] = { "huge", "\"kind\":\"huge\",\"size\":35651584",
                  "\"kind\":\"huge\",\"size\":9437184" },
  [WRONG_CRC] = { "wrong-crc", NULL, "\"kind\":\"wrong_crc\"" },
  [REDIRECT] = { "redirect", REDIRECTION, REDIRECTION },
  [FORBIDDEN] = { "forbidden",
                  "\"kind\":\"api_error\",\"code\":\"UnauthorizedOperation\",\"message\":\"no\"",
                  "\"kind\":\"cos_error\",\"status\":403,\"code\":\"AccessDenied\"" },
};

/* A call of it, with how it ends when the fault comes once, and always. */
typedef struct
{
  const Verb    *verb;
  const char    *action;
  gboolean       is_api;
  GranaryReason  once[N_KINDS];
  GranaryReason  always[N_KINDS];
} Row;

GranaryTestCloud *tione_faults_cloud;

#define cloud tione_faults_cloud

/* Cases */

static void
case_set_up (Case           *self,
             GranaryAccount *account)
{
  g_autofree char *uid = granary_uid_new ("x");
  g_autofree char *name = g_strconcat ("there-", uid, NULL);
  g_autofree char *folder = NULL;
  g_autoptr (GError) error = NULL;

  granary_test_cloud_tell (cloud, "{\"clear_faults\":true,\"withdrawn\":true,\"offline\":false,"
                                  "\"clock_skew\":0,\"expire_token\":false}");
  granary_test_tione_set_up (&self->place, account);
  granary_transfer_queue_set_retry (granary_connection_get_queue (self->place.connection), 2, 3);
  self->name = g_strdup (uid);
  folder = granary_test_place_path (&self->place, "before");
  g_free (granary_test_write (folder, "weights", "first"));
  g_free (granary_test_write (folder, "config.json", "{}"));
  g_free (granary_test_write (folder, "notes", "n"));
  self->version = granary_test_import (&self->place, name, folder, FALSE, &error);
  g_assert_no_error (error);

  self->source = granary_test_place_path (&self->place, "new");
  g_free (granary_test_write (self->source, "weights", "other"));
  g_free (granary_test_write (self->source, "config.json", "{}"));
  self->out = granary_test_place_path (&self->place, "out");
  g_assert_no_errno (g_mkdir (self->out, 0755));
}

static void
case_tear_down (Case *self)
{
  granary_test_cloud_tell (cloud, "{\"clear_faults\":true}");
  granary_test_place_tear_down (&self->place);
  g_clear_pointer (&self->version, granary_version_unref);
  g_free (self->name);
  g_free (self->source);
  g_free (self->out);
  g_clear_object (&self->transfer);
}

static const char *
name_of (const GError *error)
{
  return error != NULL ? error->message : "done";
}

static void
assert_outcome (const char    *what,
                const GError  *error,
                GranaryReason  wanted)
{
  GranaryReason got = error != NULL ? granary_error_get_reason (error) : OK;

  if (got == wanted && (error == NULL || wanted != OK))
    return;

  g_test_message ("%s: %d, wanted %d: %s", what, (int) got, (int) wanted, name_of (error));
  g_test_fail ();
}

static void
run_case (const Row *row,
          Kind       kind,
          gboolean   is_always)
{
  g_autoptr (GranaryAccount) account = granary_test_tione_account (cloud);
  Case self = { 0 };
  const char *fault = row->is_api ? kinds[kind].api : kinds[kind].cos;
  g_autofree char *what = g_strdup_printf ("%s/%s/%s/%s", row->verb->name, row->action,
                                           kinds[kind].name, is_always ? "always" : "once");
  g_autoptr (JsonNode) log = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_done;

  if (fault == NULL)
    return;
  case_set_up (&self, account);
  granary_test_cloud_tell (cloud, "{\"clear_log\":true,\"faults\":[{\"match\":{\"action\":\"%s\"},"
                                  "\"times\":%d,\"do\":{%s}}]}",
                           row->action, is_always ? -1 : 1, fault);
  is_done = row->verb->act (&self, &error);
  g_assert_true (is_done == (error == NULL));
  g_test_message ("%s: %s", what, name_of (error));

  log = granary_test_cloud_get_log (cloud);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (log)), <=, MAX_REQUESTS);
  g_assert_cmpuint (granary_test_cloud_count (cloud, row->action), >, 0);
  if (error != NULL)
    g_assert_true (error->domain == GRANARY_ERROR);
  row->verb->check (&self, is_done, error);
  assert_outcome (what, error, is_always ? row->always[kind] : row->once[kind]);

  /* The fault is over. Whether a new model was made can stay unknown; it is made once at most. */
  granary_test_cloud_tell (cloud, "{\"clear_faults\":true}");
  if (!is_done)
    {
      g_autoptr (GError) later = NULL;

      is_done = row->verb->act (&self, &later);
      if (later != NULL)
        g_test_message ("%s, later: %s", what, later->message);
      if (!granary_error_matches_reason (error, GRANARY_REASON_OUTCOME_UNKNOWN) ||
          row->verb->act != act_import)
        g_assert_no_error (later);
      else
        granary_assert_reason (later, GRANARY_REASON_OUTCOME_UNKNOWN);
      row->verb->check (&self, is_done, later);
    }
  case_tear_down (&self);
}

static void
test_row (gconstpointer data)
{
  for (guint kind = 0; kind < N_KINDS; kind++)
    {
      run_case (data, kind, FALSE);
      run_case (data, kind, TRUE);
    }
}

/* Conditions that hold for all calls */

#define N_VERBS 7

static const Verb *const verbs[N_VERBS] = {
  &import_verb, &upload_verb, &download_verb, &edit_verb, &delete_verb, &refresh_verb, &check_verb,
};

static void
use_key (GranaryAccount *account,
         const char     *secret_id,
         const char     *secret_key,
         const char     *token)
{
  g_autoptr (GranaryCredentials) credentials = granary_credentials_new (secret_id, secret_key,
                                                                        token);

  granary_account_set_credentials (account, credentials);
}

static void
apply_offline (Case           *self,
               GranaryAccount *account)
{
  granary_test_cloud_tell (cloud, "{\"offline\":true}");
}

static void
apply_expired (Case           *self,
               GranaryAccount *account)
{
  use_key (account, GRANARY_TEST_CLOUD_TEMPORARY_SECRET_ID,
           GRANARY_TEST_CLOUD_TEMPORARY_SECRET_KEY, GRANARY_TEST_CLOUD_TOKEN);
  granary_test_cloud_tell (cloud, "{\"expire_token\":true}");
}

static void
apply_skew (Case           *self,
            GranaryAccount *account)
{
  granary_test_cloud_tell (cloud, "{\"clock_skew\":7200}");
}

static void
apply_wrong_key (Case           *self,
                 GranaryAccount *account)
{
  use_key (account, GRANARY_TEST_CLOUD_SECRET_ID, "wrong", NULL);
}

static void
apply_read_only (Case           *self,
                 GranaryAccount *account)
{
  use_key (account, GRANARY_TEST_CLOUD_READ_ONLY_SECRET_ID,
           GRANARY_TEST_CLOUD_READ_ONLY_SECRET_KEY, NULL);
}

static void
apply_bucket_gone (Case           *self,
                   GranaryAccount *account)
{
  granary_test_cloud_tell (cloud, "{\"delete_bucket\":\"going-1250000000\"}");
}

typedef struct
{
  const char    *name;
  void         (*apply) (Case           *self,
                         GranaryAccount *account);
  gboolean       has_bucket; /* of its own */
  GranaryReason  outcome[N_VERBS];
} Condition;

static void
test_condition (gconstpointer data)
{
  const Condition *condition = data;

  for (guint i = 0; i < N_VERBS; i++)
    {
      const Verb *verb = verbs[i];
      g_autoptr (GranaryAccount) account = granary_test_tione_account (cloud);
      g_autofree char *what = g_strdup_printf ("%s/%s", condition->name, verb->name);
      g_autoptr (JsonNode) log = NULL;
      g_autoptr (GError) error = NULL;
      Case self = { 0 };
      gboolean is_done;

      if (condition->has_bucket)
        {
          granary_test_cloud_tell (cloud, "{\"make_bucket\":{\"name\":\"going-1250000000\"}}");
          granary_account_set_storage (account, "going-1250000000", "granary/");
        }
      case_set_up (&self, account);
      granary_test_cloud_tell (cloud, "{\"clear_log\":true}");
      condition->apply (&self, account);
      is_done = verb->act (&self, &error);
      g_test_message ("%s: %s", what, name_of (error));

      log = granary_test_cloud_get_log (cloud);
      g_assert_cmpuint (json_array_get_length (json_node_get_array (log)), <=, MAX_REQUESTS);
      assert_outcome (what, error, condition->outcome[i]);

      /* Back to normal, nothing is lost. */
      use_key (account, GRANARY_TEST_CLOUD_SECRET_ID, GRANARY_TEST_CLOUD_SECRET_KEY, NULL);
      granary_test_cloud_tell (cloud, "{\"offline\":false,\"clock_skew\":0,"
                                      "\"expire_token\":false}");
      if (!condition->has_bucket)
        verb->check (&self, is_done, error);
      if (!is_done && !condition->has_bucket)
        {
          is_done = verb->act (&self, NULL);
          g_assert_true (is_done);
          verb->check (&self, is_done, NULL);
        }
      case_tear_down (&self);
    }
}

/* Calling it off */

/* Long before the server would be. */
#define MAX_ANSWER (20 * G_TIME_SPAN_SECOND)

typedef struct
{
  GranaryTransfer *transfer;
  GCancellable    *cancellable;
  gint64           cancelled; /* when */
} CallOff;

static gboolean
call_off_cb (gpointer user_data)
{
  CallOff *call_off = user_data;

  call_off->cancelled = g_get_monotonic_time ();
  g_cancellable_cancel (call_off->cancellable);
  return G_SOURCE_REMOVE;
}

static void
begin (Case          *self,
       const Verb    *verb,
       CallOff       *call_off,
       GAsyncResult **result)
{
  GranaryRepository *repository = self->place.repository;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 id = verb == &edit_verb ? self->version->model_id : self->version->id;

  g_array_append_val (ids, id);
  if (verb == &import_verb)
    {
      g_autoptr (GranaryImportRequest) request = granary_import_request_new ();

      request->name = g_strdup (self->name);
      request->files = granary_test_scan (self->source, NULL);
      granary_repository_import_async (repository, request, call_off->transfer, answered_cb,
                                       result);
    }
  else if (verb == &upload_verb)
    {
      g_autoptr (GranaryFileSet) files = granary_test_scan (self->source, NULL);
      g_autoptr (GranaryUploadRequest) request = granary_upload_request_new (id, files, TRUE);

      granary_repository_upload_async (repository, request, call_off->transfer, answered_cb,
                                       result);
    }
  else if (verb == &download_verb)
    {
      granary_repository_download_async (repository, ids, self->out, call_off->transfer,
                                         answered_cb, result);
    }
  else if (verb == &edit_verb)
    {
      g_autoptr (GranaryEditRequest) request = granary_edit_request_new (ids);

      request->remove_tags = g_strsplit ("gone", ",", -1);
      granary_repository_edit_async (repository, request, call_off->cancellable, answered_cb,
                                     result);
    }
  else if (verb == &delete_verb)
    {
      g_autoptr (GranaryDeleteRequest) request = granary_delete_request_new (NULL, ids, FALSE);

      granary_repository_delete_async (repository, request, call_off->transfer, answered_cb,
                                       result);
    }
  else if (verb == &refresh_verb)
    {
      const char *uids[] = { self->version->model_uid, NULL };
      g_autoptr (GranaryRefreshRequest) request = granary_refresh_request_new (NULL, uids);

      granary_repository_refresh_async (repository, request, call_off->cancellable,
                                        answered_cb, result);
    }
  else
    {
      granary_repository_check_async (repository, id, call_off->cancellable, answered_cb, result);
    }
}

static void
test_call_off (gconstpointer data)
{
  const Verb *verb = data;
  g_autoptr (GranaryAccount) account = granary_test_tione_account (cloud);
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_IMPORT, NULL);
  CallOff call_off = { transfer, granary_transfer_get_cancellable (transfer), 0 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  Case self = { 0 };
  gint64 took;

  case_set_up (&self, account);
  granary_test_cloud_tell (cloud, "{\"faults\":[{\"match\":{},\"times\":-1,\"do\":{\"kind\":"
                                  "\"timeout\",\"seconds\":60}}]}");
  begin (&self, verb, &call_off, &result);
  g_timeout_add (200, call_off_cb, &call_off);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (call_off.cancelled, >, 0);
  took = g_get_monotonic_time () - call_off.cancelled;
  g_test_message ("%s: answered %.1f ms after it was called off", verb->name, took / 1000.0);
  g_assert_cmpint (took, <, MAX_ANSWER);
  g_task_had_error (G_TASK (result));
  g_task_propagate_pointer (G_TASK (result), &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  granary_test_cloud_tell (cloud, "{\"clear_faults\":true}");
  verb->check (&self, FALSE, NULL);
  case_tear_down (&self);
}

/* The tables. What is not named ends well. */

static const Row rows[] = {
  {
    .verb = &import_verb, .action = "DescribeInferTemplates", .is_api = TRUE,
    .once = {
      [HUGE_BODY] = BIG, [REDIRECT] = REDI,
    },
    .always = {
      [REFUSE] = BRK, [RESET_BEFORE] = BRK, [RESET_AFTER] = BRK, [SILENCE] = BRK,
      [TRUNCATE] = BRK, [GATEWAY] = FAIL, [GATEWAY_AFTER] = FAIL, [THROTTLE] = BUSY,
      [TOO_MANY] = BUSY, [ERROR_INSIDE] = FAIL, [MALFORMED] = BAD, [HUGE_BODY] = BIG,
      [REDIRECT] = REDI,
    },
  },
  {
    .verb = &import_verb, .action = "DescribePlatformImages", .is_api = TRUE,
    .once = {
      [HUGE_BODY] = BIG, [REDIRECT] = REDI,
    },
    .always = {
      [REFUSE] = BRK, [RESET_BEFORE] = BRK, [RESET_AFTER] = BRK, [SILENCE] = BRK,
      [TRUNCATE] = BRK, [GATEWAY] = FAIL, [GATEWAY_AFTER] = FAIL, [THROTTLE] = BUSY,
      [TOO_MANY] = BUSY, [ERROR_INSIDE] = FAIL, [MALFORMED] = BAD, [HUGE_BODY] = BIG,
      [REDIRECT] = REDI,
    },
  },
  {
    .verb = &import_verb, .action = "PutObject", .is_api = FALSE,
    .once = {
      [ERROR_INSIDE] = BAD, [REDIRECT] = REDI, [FORBIDDEN] = FORB,
    },
    .always = {
      [REFUSE] = BRK, [RESET_BEFORE] = BRK, [SILENCE] = BRK, [GATEWAY] = FAIL,
      [THROTTLE] = BUSY, [TOO_MANY] = BUSY, [ERROR_INSIDE] = BAD, [WRONG_CRC] = CRC,
      [REDIRECT] = REDI, [FORBIDDEN] = FORB,
    },
  },
  {
    .verb = &import_verb, .action = "GetBucket", .is_api = FALSE,
    .once = {
      [MALFORMED] = BAD, [HUGE_BODY] = BIG, [REDIRECT] = REDI, [FORBIDDEN] = FORB,
    },
    .always = {
      [REFUSE] = BRK, [RESET_BEFORE] = BRK, [RESET_AFTER] = BRK, [SILENCE] = BRK,
      [TRUNCATE] = BRK, [GATEWAY] = FAIL, [GATEWAY_AFTER] = FAIL, [THROTTLE] = BUSY,
      [TOO_MANY] = BUSY, [ERROR_INSIDE] = FAIL, [MALFORMED] = BAD, [HUGE_BODY] = BIG,
      [REDIRECT] = REDI, [FORBIDDEN] = FORB,
    },
  },
  {
    .verb = &import_verb, .action = "CreateTrainingModel", .is_api = TRUE,
    .once = {
      [REFUSE] = UNK, [RESET_BEFORE] = UNK, [RESET_AFTER] = UNK, [SILENCE] = UNK,
      [TRUNCATE] = UNK, [GATEWAY] = UNK, [GATEWAY_AFTER] = UNK, [ERROR_INSIDE] = UNK,
      [MALFORMED] = UNK, [WRONG_TYPES] = UNK, [NULLS] = UNK, [HUGE_BODY] = UNK,
      [REDIRECT] = REDI, [FORBIDDEN] = FORB,
    },
    .always = {
      [REFUSE] = UNK, [RESET_BEFORE] = UNK, [RESET_AFTER] = UNK, [SILENCE] = UNK,
      [TRUNCATE] = UNK, [GATEWAY] = UNK, [GATEWAY_AFTER] = UNK, [THROTTLE] = BUSY,
      [TOO_MANY] = BUSY, [ERROR_INSIDE] = UNK, [MALFORMED] = UNK, [WRONG_TYPES] = UNK,
      [NULLS] = UNK, [HUGE_BODY] = UNK, [REDIRECT] = REDI, [FORBIDDEN] = FORB,
    },
  },
  {
    .verb = &import_listed_verb, .action = "CreateTrainingModel", .is_api = TRUE,
    .once = {
      [REDIRECT] = REDI, [FORBIDDEN] = FORB,
    },
    .always = {
      [REFUSE] = FAIL, [RESET_BEFORE] = FAIL, [SILENCE] = FAIL, [GATEWAY] = FAIL,
      [THROTTLE] = BUSY, [TOO_MANY] = BUSY, [ERROR_INSIDE] = FAIL, [REDIRECT] = REDI,
      [FORBIDDEN] = FORB,
    },
  },
  {
    .verb = &import_tagged_verb, .action = "CreateTrainingModel", .is_api = TRUE,
    .once = {
      [REDIRECT] = REDI, [FORBIDDEN] = FORB,
    },
    .always = {
      [REFUSE] = FAIL, [RESET_BEFORE] = FAIL, [SILENCE] = FAIL, [GATEWAY] = FAIL,
      [THROTTLE] = BUSY, [TOO_MANY] = BUSY, [ERROR_INSIDE] = FAIL, [REDIRECT] = REDI,
      [FORBIDDEN] = FORB,
    },
  },
  {
    .verb = &import_version_verb, .action = "CreateTrainingModel", .is_api = TRUE,
    .once = {
      [REDIRECT] = REDI, [FORBIDDEN] = FORB,
    },
    .always = {
      [REFUSE] = FAIL, [RESET_BEFORE] = FAIL, [SILENCE] = FAIL, [GATEWAY] = FAIL,
      [THROTTLE] = BUSY, [TOO_MANY] = BUSY, [ERROR_INSIDE] = FAIL, [REDIRECT] = REDI,
      [FORBIDDEN] = FORB,
    },
  },
  {
    .verb = &import_version_verb, .action = "DescribeTrainingModelVersions", .is_api = TRUE,
    .once = {
      [WRONG_TYPES] = BAD, [NULLS] = BAD, [HUGE_BODY] = BIG, [REDIRECT] = REDI,
      [FORBIDDEN] = FORB,
    },
    .always = {
      [REFUSE] = BRK, [RESET_BEFORE] = BRK, [RESET_AFTER] = BRK, [SILENCE] = BRK,
      [TRUNCATE] = BRK, [GATEWAY] = FAIL, [GATEWAY_AFTER] = FAIL, [THROTTLE] = BUSY,
      [TOO_MANY] = BUSY, [ERROR_INSIDE] = FAIL, [MALFORMED] = BAD, [WRONG_TYPES] = BAD,
      [NULLS] = BAD, [HUGE_BODY] = BIG, [REDIRECT] = REDI, [FORBIDDEN] = FORB,
    },
  },
  {
    .verb = &import_verb, .action = "DescribeTrainingModelVersion", .is_api = TRUE,
    .once = {
      [REDIRECT] = REDI, [FORBIDDEN] = FORB,
    },
    .always = {
      [REFUSE] = BRK, [RESET_BEFORE] = BRK, [RESET_AFTER] = BRK, [SILENCE] = BRK,
      [TRUNCATE] = BRK, [GATEWAY] = FAIL, [GATEWAY_AFTER] = FAIL, [THROTTLE] = BUSY,
      [TOO_MANY] = BUSY, [ERROR_INSIDE] = FAIL, [MALFORMED] = BAD, [WRONG_TYPES] = BAD,
      [NULLS] = BAD, [HUGE_BODY] = BAD, [REDIRECT] = REDI, [FORBIDDEN] = FORB,
    },
  },
  {
    .verb = &upload_verb, .action = "GetBucket", .is_api = FALSE,
    .once = {
      [MALFORMED] = BAD, [HUGE_BODY] = BIG, [FORBIDDEN] = FORB,
    },
    .always = {
      [REFUSE] = BRK, [RESET_BEFORE] = BRK, [RESET_AFTER] = BRK, [SILENCE] = BRK,
      [TRUNCATE] = BRK, [GATEWAY] = FAIL, [GATEWAY_AFTER] = FAIL, [THROTTLE] = BUSY,
      [TOO_MANY] = BUSY, [ERROR_INSIDE] = FAIL, [MALFORMED] = BAD, [HUGE_BODY] = BIG,
      [REDIRECT] = REDI, [FORBIDDEN] = FORB,
    },
  },
  {
    .verb = &upload_verb, .action = "PutObject", .is_api = FALSE,
    .once = {
      [ERROR_INSIDE] = BAD, [REDIRECT] = REDI, [FORBIDDEN] = FORB,
    },
    .always = {
      [REFUSE] = BRK, [RESET_BEFORE] = BRK, [SILENCE] = BRK, [GATEWAY] = FAIL,
      [THROTTLE] = BUSY, [TOO_MANY] = BUSY, [ERROR_INSIDE] = BAD, [WRONG_CRC] = CRC,
      [REDIRECT] = REDI, [FORBIDDEN] = FORB,
    },
  },
  {
    .verb = &upload_verb, .action = "DeleteMultipleObjects", .is_api = FALSE,
    .once = {
      [MALFORMED] = BAD, [HUGE_BODY] = BIG, [REDIRECT] = REDI, [FORBIDDEN] = FORB,
    },
    .always = {
      [REFUSE] = BRK, [RESET_BEFORE] = BRK, [SILENCE] = BRK, [GATEWAY] = FAIL,
      [THROTTLE] = BUSY, [TOO_MANY] = BUSY, [ERROR_INSIDE] = FAIL, [MALFORMED] = BAD,
      [HUGE_BODY] = BIG, [REDIRECT] = REDI, [FORBIDDEN] = FORB,
    },
  },
  {
    .verb = &download_verb, .action = "GetBucket", .is_api = FALSE,
    .once = {
      [MALFORMED] = BAD, [HUGE_BODY] = BIG, [REDIRECT] = REDI, [FORBIDDEN] = FORB,
    },
    .always = {
      [REFUSE] = BRK, [RESET_BEFORE] = BRK, [RESET_AFTER] = BRK, [SILENCE] = BRK,
      [TRUNCATE] = BRK, [GATEWAY] = FAIL, [GATEWAY_AFTER] = FAIL, [THROTTLE] = BUSY,
      [TOO_MANY] = BUSY, [ERROR_INSIDE] = FAIL, [MALFORMED] = BAD, [HUGE_BODY] = BIG,
      [REDIRECT] = REDI, [FORBIDDEN] = FORB,
    },
  },
  {
    .verb = &download_verb, .action = "GetObject", .is_api = FALSE,
    .once = {
      [ERROR_INSIDE] = BAD, [MALFORMED] = BAD, [HUGE_BODY] = BAD, [WRONG_CRC] = CHNG,
      [REDIRECT] = REDI, [FORBIDDEN] = FORB,
    },
    .always = {
      [REFUSE] = BRK, [RESET_BEFORE] = BRK, [RESET_AFTER] = BRK, [SILENCE] = BRK,
      [TRUNCATE] = BRK, [GATEWAY] = FAIL, [GATEWAY_AFTER] = FAIL, [THROTTLE] = BUSY,
      [TOO_MANY] = BUSY, [ERROR_INSIDE] = BAD, [MALFORMED] = BAD, [HUGE_BODY] = BAD,
      [WRONG_CRC] = CHNG, [REDIRECT] = REDI, [FORBIDDEN] = FORB,
    },
  },
  {
    .verb = &edit_verb, .action = "DescribeResourceTagsByResourceIds", .is_api = TRUE,
    .once = {
      [WRONG_TYPES] = BAD, [HUGE_BODY] = BIG, [REDIRECT] = REDI,
    },
    .always = {
      [REFUSE] = BRK, [RESET_BEFORE] = BRK, [RESET_AFTER] = BRK, [SILENCE] = BRK,
      [TRUNCATE] = BRK, [GATEWAY] = FAIL, [GATEWAY_AFTER] = FAIL, [THROTTLE] = BUSY,
      [TOO_MANY] = BUSY, [ERROR_INSIDE] = FAIL, [MALFORMED] = BAD, [WRONG_TYPES] = BAD,
      [HUGE_BODY] = BIG, [REDIRECT] = REDI,
    },
  },
  {
    .verb = &edit_verb, .action = "ModifyResourceTags", .is_api = TRUE,
    .once = {
      [REDIRECT] = REDI, [FORBIDDEN] = FORB,
    },
    .always = {
      [REFUSE] = FAIL, [RESET_BEFORE] = FAIL, [SILENCE] = FAIL, [GATEWAY] = FAIL,
      [THROTTLE] = BUSY, [TOO_MANY] = BUSY, [ERROR_INSIDE] = FAIL, [REDIRECT] = REDI,
      [FORBIDDEN] = FORB,
    },
  },
  {
    .verb = &delete_verb, .action = "DeleteTrainingModelVersion", .is_api = TRUE,
    .once = {
      [REDIRECT] = REDI, [FORBIDDEN] = FORB,
    },
    .always = {
      [REFUSE] = FAIL, [RESET_BEFORE] = FAIL, [SILENCE] = FAIL, [GATEWAY] = FAIL,
      [THROTTLE] = BUSY, [TOO_MANY] = BUSY, [ERROR_INSIDE] = FAIL, [REDIRECT] = REDI,
      [FORBIDDEN] = FORB,
    },
  },
  {
    .verb = &refresh_verb, .action = "DescribeTrainingModelVersions", .is_api = TRUE,
    .once = {
      [WRONG_TYPES] = BAD, [NULLS] = BAD, [HUGE_BODY] = BIG, [REDIRECT] = REDI,
      [FORBIDDEN] = FORB,
    },
    .always = {
      [REFUSE] = BRK, [RESET_BEFORE] = BRK, [RESET_AFTER] = BRK, [SILENCE] = BRK,
      [TRUNCATE] = BRK, [GATEWAY] = FAIL, [GATEWAY_AFTER] = FAIL, [THROTTLE] = BUSY,
      [TOO_MANY] = BUSY, [ERROR_INSIDE] = FAIL, [MALFORMED] = BAD, [WRONG_TYPES] = BAD,
      [NULLS] = BAD, [HUGE_BODY] = BIG, [REDIRECT] = REDI, [FORBIDDEN] = FORB,
    },
  },
  {
    .verb = &check_verb, .action = "GetBucket", .is_api = FALSE,
    .once = {
      [MALFORMED] = BAD, [HUGE_BODY] = BIG, [REDIRECT] = REDI, [FORBIDDEN] = FORB,
    },
    .always = {
      [REFUSE] = BRK, [RESET_BEFORE] = BRK, [RESET_AFTER] = BRK, [SILENCE] = BRK,
      [TRUNCATE] = BRK, [GATEWAY] = FAIL, [GATEWAY_AFTER] = FAIL, [THROTTLE] = BUSY,
      [TOO_MANY] = BUSY, [ERROR_INSIDE] = FAIL, [MALFORMED] = BAD, [HUGE_BODY] = BIG,
      [REDIRECT] = REDI, [FORBIDDEN] = FORB,
    },
  },
  {
    .verb = &tasks_verb, .action = "DescribeTrainingTasks", .is_api = TRUE,
    .once = {
      [HUGE_BODY] = BIG, [REDIRECT] = REDI, [WRONG_TYPES] = BAD, [FORBIDDEN] = FORB,
    },
    .always = {
      [REFUSE] = BRK, [RESET_BEFORE] = BRK, [RESET_AFTER] = BRK, [SILENCE] = BRK,
      [TRUNCATE] = BRK, [GATEWAY] = FAIL, [GATEWAY_AFTER] = FAIL, [THROTTLE] = BUSY,
      [TOO_MANY] = BUSY, [ERROR_INSIDE] = FAIL, [MALFORMED] = BAD, [WRONG_TYPES] = BAD,
      [HUGE_BODY] = BIG, [REDIRECT] = REDI, [FORBIDDEN] = FORB,
    },
  },
  {
    .verb = &task_verb, .action = "DescribeTrainingTask", .is_api = TRUE,
    .once = {
      [HUGE_BODY] = BIG, [REDIRECT] = REDI, [WRONG_TYPES] = BAD, [NULLS] = BAD, [FORBIDDEN] = FORB,
    },
    .always = {
      [REFUSE] = BRK, [RESET_BEFORE] = BRK, [RESET_AFTER] = BRK, [SILENCE] = BRK,
      [TRUNCATE] = BRK, [GATEWAY] = FAIL, [GATEWAY_AFTER] = FAIL, [THROTTLE] = BUSY,
      [TOO_MANY] = BUSY, [ERROR_INSIDE] = FAIL, [MALFORMED] = BAD, [WRONG_TYPES] = BAD,
      [NULLS] = BAD, [HUGE_BODY] = BIG, [REDIRECT] = REDI, [FORBIDDEN] = FORB,
    },
  },
  /* What it left and how good it is are told where they can be had. */
  { .verb = &task_verb, .action = "DescribeLatestTrainingMetrics", .is_api = TRUE },
  { .verb = &task_verb, .action = "GetBucket", .is_api = FALSE },
  {
    .verb = &discover_verb, .action = "DescribeModelServiceGroups", .is_api = TRUE,
    .once = {
      [HUGE_BODY] = BIG, [REDIRECT] = REDI,
    },
    .always = {
      [REFUSE] = BRK, [RESET_BEFORE] = BRK, [RESET_AFTER] = BRK, [SILENCE] = BRK,
      [TRUNCATE] = BRK, [GATEWAY] = FAIL, [GATEWAY_AFTER] = FAIL, [THROTTLE] = BUSY,
      [TOO_MANY] = BUSY, [ERROR_INSIDE] = FAIL, [MALFORMED] = BAD, [HUGE_BODY] = BIG,
      [REDIRECT] = REDI,
    },
  },
  {
    .verb = &registries_verb, .action = "DescribeInstances", .is_api = TRUE,
    .once = {
      [HUGE_BODY] = BIG, [REDIRECT] = REDI, [WRONG_TYPES] = BAD,
    },
    .always = {
      [REFUSE] = BRK, [RESET_BEFORE] = BRK, [RESET_AFTER] = BRK, [SILENCE] = BRK,
      [TRUNCATE] = BRK, [GATEWAY] = FAIL, [GATEWAY_AFTER] = FAIL, [THROTTLE] = BUSY,
      [TOO_MANY] = BUSY, [ERROR_INSIDE] = FAIL, [MALFORMED] = BAD, [WRONG_TYPES] = BAD,
      [HUGE_BODY] = BIG, [REDIRECT] = REDI,
    },
  },
  {
    .verb = &tags_verb, .action = "DescribeImages", .is_api = TRUE,
    .once = {
      [HUGE_BODY] = BIG, [REDIRECT] = REDI, [WRONG_TYPES] = BAD,
    },
    .always = {
      [REFUSE] = BRK, [RESET_BEFORE] = BRK, [RESET_AFTER] = BRK, [SILENCE] = BRK,
      [TRUNCATE] = BRK, [GATEWAY] = FAIL, [GATEWAY_AFTER] = FAIL, [THROTTLE] = BUSY,
      [TOO_MANY] = BUSY, [ERROR_INSIDE] = FAIL, [MALFORMED] = BAD, [WRONG_TYPES] = BAD,
      [HUGE_BODY] = BIG, [REDIRECT] = REDI,
    },
  },
};

static const Condition conditions[] = {
  { "offline", apply_offline, FALSE, { BRK, BRK, BRK, BRK, BRK, BRK, BRK } },
  { "token-expired", apply_expired, FALSE, { EXPI, EXPI, EXPI, EXPI, EXPI, EXPI, EXPI } },
  /* The server's clock is learned. */
  { "clock-skewed", apply_skew, FALSE, { OK, OK, OK, OK, OK, OK, OK } },
  { "key-wrong", apply_wrong_key, FALSE, { KEY, KEY, KEY, KEY, KEY, KEY, KEY } },
  { "key-read-only", apply_read_only, FALSE, { FORB, FORB, OK, FORB, FORB, OK, OK } },
  { "bucket-gone", apply_bucket_gone, TRUE, { GONE, GONE, GONE, OK, OK, OK, GONE } },
};

int
main (int   argc,
      char *argv[])
{
  int result;

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_setenv ("GRANARY_RETRY_SCALE", "0.001", TRUE);

  cloud = granary_test_cloud_start ("none");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *group = g_str_has_prefix (rows[i].verb->name, "import") ? "import" : "rest";
      g_autofree char *path = g_strdup_printf ("/tione/faults-%s/%s-%s", group,
                                               rows[i].verb->name, rows[i].action);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  for (guint i = 0; i < G_N_ELEMENTS (conditions); i++)
    {
      g_autofree char *path = g_strconcat ("/tione/faults-rest/", conditions[i].name, NULL);

      g_test_add_data_func (path, &conditions[i], test_condition);
    }
  for (guint i = 0; i < N_VERBS; i++)
    {
      g_autofree char *path = g_strconcat ("/tione/faults-rest/call-off-", verbs[i]->name, NULL);

      g_test_add_data_func (path, verbs[i], test_call_off);
    }
  result = g_test_run ();
  granary_test_cloud_stop (cloud);

  return result;
}
