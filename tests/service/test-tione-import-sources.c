/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "granary-error.h"
#include "granary-json.h"
#include "granary-metric.h"
#include "granary-test-tione.h"
#include "granary-transfer-queue-private.h"

/* Imports of what the platform takes by itself: from a task, from object storage, from automatic
 * learning; new model and new version, with an image of the platform and one of a registry. */

#define FOLDER "cos://models-1250000000/out/train-1/model/"
#define LEARNED "cos://ti-automl-gz-1300000000/automl/public/a-ml-1-v2/ems/sdk/"
#define IMAGE "mine.tencentcloudcr.com/serve/ocr:1"
#define RECORD \
  "{\"ImageType\":\"TCR\",\"ImageUrl\":\"" IMAGE "\",\"RegistryRegion\":\"ap-shanghai\"," \
  "\"RegistryId\":\"tcr-1\"}"

static GranaryTestCloud *cloud;

static void
put (const char *bucket,
     const char *key,
     const char *text)
{
  g_autofree char *escaped = g_strescape (text, NULL);

  granary_test_cloud_tell (cloud, "{\"put_object\":{\"bucket\":\"%s\",\"key\":\"%s\","
                                  "\"text\":\"%s\"}}", bucket, key, escaped);
}

static void
set_up (GranaryTestPlace *place,
        gconstpointer     data)
{
  g_autoptr (GranaryAccount) account = granary_test_tione_account (cloud);

  granary_test_cloud_tell (cloud, "{\"clear_faults\":true,\"clear_log\":true,\"withdrawn\":true,"
                                  "\"automl_import\":false,\"import_fail\":\"\"}");
  put ("models-1250000000", "out/train-1/model/a.pt", "abc");
  put ("models-1250000000", "out/train-1/model/config.json", "{\"key\": \"old\"}");
  put ("ti-automl-gz-1300000000", "automl/public/a-ml-1-v2/ems/sdk/model_service.py", "import os");
  put ("ti-automl-gz-1300000000", "automl/public/a-ml-1-v2/ems/sdk/config.json", "{}");
  granary_test_tione_set_up (place, account);
}

static void
tear_down (GranaryTestPlace *place,
           gconstpointer     data)
{
  granary_test_place_tear_down (place);
}

static GranaryImportRequest *
make_request (GranarySource  source,
              const char    *address,
              const char    *image)
{
  static guint number = 0;
  GranaryImportRequest *request = granary_import_request_new ();

  request->name = g_strdup_printf ("model-%u", ++number);
  request->source = source;
  request->address = g_strdup (address);
  request->framework = g_strdup ("PyTorch");
  request->metrics = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_metric_free);
  g_ptr_array_add (request->metrics, granary_metric_new ("acc", "0.9"));
  request->environment = g_strdup (image != NULL ? IMAGE : "pytorch1.9.0-py38(gpu)");
  request->image = g_strdup (image);
  if (source == GRANARY_SOURCE_TASK)
    {
      request->task_uid = g_strdup ("train-1");
      request->task_name = g_strdup ("检测-第7轮");
      request->task_kinds = GRANARY_TASK_TRAINING;
    }
  else if (source == GRANARY_SOURCE_AUTOML)
    {
      request->task_uid = g_strdup ("ml-1-v2");
      request->task_version = g_strdup ("v2");
      request->task_kinds = GRANARY_TASK_VISION;
      request->preference = g_strdup ("BALANCE");
    }

  return request;
}

static GranaryVersion *
import (GranaryTestPlace     *place,
        GranaryImportRequest *request,
        GranaryTransfer      *transfer)
{
  g_autoptr (GError) error = NULL;
  GranaryVersion *version = granary_test_import_request (place->repository, request, transfer,
                                                         &error);

  g_assert_no_error (error);
  return version;
}

/* The body of the @position-th call, without where it goes: that has a part made up each time. */
static char *
get_body (guint position)
{
  g_autofree char *text = granary_test_tione_get_body (cloud, "CreateTrainingModel", position);
  g_autoptr (JsonNode) body = NULL;
  const char *bucket;

  g_assert_nonnull (text);
  body = granary_json_parse (text, -1, NULL, NULL);
  bucket = granary_json_get_string (body, "ModelOutputPath.Bucket");
  g_assert_cmpstr (bucket, ==, "models-1250000000");
  json_object_remove_member (json_node_get_object (body), "ModelOutputPath");

  return granary_json_to_text (body, FALSE);
}

/* What a call has that is not of its source. */
static char *
expect (const char *target,
        const char *number,
        const char *source,
        const char *address,
        const char *mode,
        gboolean    is_custom)
{
  g_autoptr (GranaryObjectPlace) from = NULL;
  g_autofree char *path = NULL;

  if (address != NULL)
    {
      from = granary_object_place_parse (address, NULL);
      path = g_strdup_printf ("\"TrainingModelCosPath\":{\"Bucket\":\"%s\",\"Region\":"
                              "\"ap-guangzhou\",\"Paths\":[\"%s\"]},", from->bucket, from->key);
    }

  return g_strdup_printf (
    "{%s,\"TrainingModelVersion\":\"%s\",%s,%s\"ModelMoveMode\":\"%s\","
    "\"AlgorithmFramework\":\"PYTORCH\",\"TrainingModelIndex\":\"acc=0.9\",%s}",
    target, number, source, path != NULL ? path : "", mode,
    is_custom
    ? "\"ReasoningEnvironmentSource\":\"CUSTOM\",\"ReasoningImageInfo\":" RECORD
    : "\"ReasoningEnvironmentSource\":\"SYSTEM\",\"ReasoningEnvironment\":"
      "\"ccr.ccs.tencentyun.com/ti-platform/pytorch1.9.0-py38:gpu\",\"ReasoningEnvironmentId\":"
      "\"pytorch1.9.0-py38(gpu)\"");
}

/* The bodies */

typedef struct
{
  const char    *name;
  GranarySource  source;
  const char    *address;
  const char    *members;
} Source;

static const Source sources[] = {
  { "job", GRANARY_SOURCE_TASK, FOLDER,
    "\"TrainingModelSource\":\"JOB\",\"TrainingJobId\":\"train-1\","
    "\"TrainingJobName\":\"检测-第7轮\"" },
  { "cos", GRANARY_SOURCE_COS, FOLDER, "\"TrainingModelSource\":\"COS\"" },
  { "automl", GRANARY_SOURCE_AUTOML, LEARNED,
    "\"TrainingModelSource\":\"AUTO_ML\",\"AutoMLTaskId\":\"ml-1-v2\","
    "\"TrainingJobVersion\":\"v2\",\"TrainingPreference\":\"BALANCE\"" },
};

static void
test_bodies (GranaryTestPlace *place,
             gconstpointer     data)
{
  const Source *source = data;

  granary_test_cloud_tell (cloud, "{\"automl_import\":true}");
  for (guint custom = 0; custom < 2; custom++)
    {
      g_autoptr (GranaryImportRequest) request = make_request (source->source, source->address,
                                                               custom ? RECORD : NULL);
      g_autofree char *name = g_strdup (request->name);
      g_autofree char *target = g_strdup_printf ("\"ImportMethod\":\"MODEL\","
                                                 "\"TrainingModelName\":\"%s\"", name);
      g_autofree char *first = NULL;
      g_autofree char *second = NULL;
      g_autofree char *wanted = expect (target, "v1", source->members, source->address, "COPY",
                                        custom);
      g_autofree char *next = NULL;
      g_autoptr (GranaryVersion) version = import (place, request, NULL);
      g_autoptr (GranaryVersion) moved = NULL;

      granary_test_assert_json ((first = get_body (0)), wanted);
      g_assert_cmpint (version->source, ==, source->source);
      g_assert_cmpint (version->status, ==, GRANARY_STATUS_READY);
      g_assert_cmpint (version->n_files, ==, 2);
      g_assert_cmpstr (version->environment, ==, custom ? IMAGE : "pytorch1.9.0-py38(gpu)");

      g_clear_pointer (&request->name, g_free);
      request->model_id = version->model_id;
      request->move = custom;
      /* As the list of images gives it. */
      if (!custom)
        g_set_str (&request->environment,
                   "ccr.ccs.tencentyun.com/ti-platform/pytorch1.9.0-py38:gpu");
      moved = import (place, request, NULL);
      g_assert_cmpint (moved->number, ==, 2);
      g_free (target);
      target = g_strdup_printf ("\"ImportMethod\":\"VERSION\",\"TrainingModelId\":\"%s\"",
                                version->model_uid);
      next = expect (target, "v2", source->members, source->address, custom ? "CUT" : "COPY",
                     custom);
      granary_test_assert_json ((second = get_body (1)), next);
      granary_test_cloud_tell (cloud, "{\"clear_log\":true}");
    }
}

/* What is kept of the task is shown with the version. */
static void
test_origin (GranaryTestPlace *place,
             gconstpointer     data)
{
  g_autoptr (GranaryImportRequest) task = make_request (GRANARY_SOURCE_TASK, FOLDER, NULL);
  g_autoptr (GranaryImportRequest) learned = make_request (GRANARY_SOURCE_AUTOML, LEARNED, NULL);
  g_autoptr (GranaryVersion) of_task = NULL;
  g_autoptr (GranaryVersion) of_learning = NULL;
  g_autoptr (JsonNode) remote = NULL;
  g_autoptr (JsonNode) other = NULL;

  granary_test_cloud_tell (cloud, "{\"automl_import\":true}");
  of_task = import (place, task, NULL);
  remote = granary_json_parse (of_task->remote, -1, NULL, NULL);
  g_assert_cmpstr (of_task->source_ref, ==, "train-1");
  g_assert_cmpstr (granary_json_get_string (remote, "task_id"), ==, "train-1");
  g_assert_cmpstr (granary_json_get_string (remote, "task_name"), ==, "检测-第7轮");

  of_learning = import (place, learned, NULL);
  other = granary_json_parse (of_learning->remote, -1, NULL, NULL);
  g_assert_cmpstr (of_learning->source_ref, ==, "ml-1-v2");
  g_assert_cmpstr (granary_json_get_string (other, "task_version"), ==, "v2");
  g_assert_cmpstr (granary_json_get_string (other, "preference"), ==, "BALANCE");
}

/* Only its id is known: the platform knows where its files are. */
static void
test_automl_by_id (GranaryTestPlace *place,
                   gconstpointer     data)
{
  g_autoptr (GranaryImportRequest) request = make_request (GRANARY_SOURCE_AUTOML, NULL, NULL);
  g_autofree char *target = g_strdup_printf ("\"ImportMethod\":\"MODEL\","
                                             "\"TrainingModelName\":\"%s\"", request->name);
  g_autofree char *wanted = expect (target, "v1", sources[2].members, NULL, "COPY", FALSE);
  g_autofree char *body = NULL;
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;

  /* Refused, and there is nothing else to try. */
  g_assert_null (granary_test_import_request (place->repository, request, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_IMPORT_REFUSED);
  g_assert_nonnull (strstr (granary_error_get_remote_message (error), "AUTO_ML"));
  g_assert_cmpuint (granary_test_cloud_count (cloud, "CreateTrainingModel"), ==, 1);

  put ("ti-automl-gz-1300000000", "automl/public/ml-1-v2/ems/sdk/config.json", "{}");
  granary_test_cloud_tell (cloud, "{\"automl_import\":true,\"clear_log\":true}");
  version = import (place, request, NULL);
  g_assert_cmpint (version->n_files, ==, 1);
  granary_test_assert_json ((body = get_body (0)), wanted);
}

/* The bucket is the platform's: it need not let the account look, and the import goes on. */
static void
test_automl_refused (GranaryTestPlace *place,
                     gconstpointer     data)
{
  static const char *const codes[] = {
    "InvalidParameterValue", "InvalidParameter", "UnsupportedOperation", "UnknownParameter",
    "OperationDenied",
  };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr (GranaryImportRequest) request = make_request (GRANARY_SOURCE_AUTOML, LEARNED,
                                                               RECORD);
      g_autofree char *target = g_strdup_printf ("\"ImportMethod\":\"MODEL\","
                                                 "\"TrainingModelName\":\"%s\"", request->name);
      g_autofree char *first = expect (target, "v1", sources[2].members, LEARNED, "COPY", TRUE);
      g_autofree char *second = expect (target, "v1", sources[1].members, LEARNED, "COPY", TRUE);
      g_autoptr (GranaryVersion) version = NULL;
      g_autofree char *asked = NULL;
      g_autofree char *again = NULL;

      granary_test_cloud_tell (cloud, "{\"clear_log\":true,\"clear_faults\":true,\"faults\":["
                                      "{\"match\":{\"action\":\"CreateTrainingModel\"},\"do\":"
                                      "{\"kind\":\"api_error\",\"code\":\"%s\",\"message\":\"no\"}},"
                                      "{\"match\":{\"bucket\":\"ti-automl-*\"},\"times\":-1,\"do\":"
                                      "{\"kind\":\"cos_error\",\"status\":403,\"code\":"
                                      "\"AccessDenied\"}}]}", codes[i]);
      version = import (place, request, NULL);
      g_assert_cmpint (version->number, ==, 1);
      g_assert_cmpint (version->n_files, ==, 2);
      g_assert_cmpuint (granary_test_cloud_count (cloud, "CreateTrainingModel"), ==, 2);
      granary_test_assert_json ((asked = get_body (0)), first);
      granary_test_assert_json ((again = get_body (1)), second);
    }
}

/* Nothing is tried another way where it is not certain that the platform said no, or where it said
 * that there is no room. */
static void
test_automl_not_repeated (GranaryTestPlace *place,
                          gconstpointer     data)
{
  static const struct
  {
    const char    *fault;
    GranaryReason  reason;
  } cases[] = {
    { "\"kind\":\"reset_after\"", GRANARY_REASON_OUTCOME_UNKNOWN },
    { "\"kind\":\"status\",\"code\":502,\"apply\":true", GRANARY_REASON_OUTCOME_UNKNOWN },
    { "\"kind\":\"api_error\",\"code\":\"LimitExceeded\",\"message\":\"full\"",
      GRANARY_REASON_IMPORT_REFUSED },
    { "\"kind\":\"api_error\",\"code\":\"UnauthorizedOperation\",\"message\":\"no\"",
      GRANARY_REASON_ACTION_FORBIDDEN },
  };

  granary_test_cloud_tell (cloud, "{\"automl_import\":true}");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GranaryImportRequest) request = make_request (GRANARY_SOURCE_AUTOML, LEARNED,
                                                               NULL);
      g_autoptr (GError) error = NULL;

      granary_test_cloud_tell (cloud, "{\"clear_log\":true,\"clear_faults\":true,\"faults\":["
                                      "{\"match\":{\"action\":\"CreateTrainingModel\"},\"times\":-1,"
                                      "\"do\":{%s}}]}", cases[i].fault);
      g_assert_null (granary_test_import_request (place->repository, request, NULL, &error));
      granary_assert_reason (error, cases[i].reason);
      g_assert_cmpuint (granary_test_cloud_count (cloud, "CreateTrainingModel"), ==, 1);
    }
}

/* A task's folder that the account may not list is for the platform to look into. */
static void
test_unlisted (GranaryTestPlace *place,
               gconstpointer     data)
{
  g_autoptr (GranaryImportRequest) task = make_request (GRANARY_SOURCE_TASK,
                                                        "cos://training-1250000000/x/", NULL);
  g_autoptr (GranaryImportRequest) gone = make_request (GRANARY_SOURCE_TASK,
                                                        "cos://models-1250000000/nothing/", NULL);
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;

  put ("training-1250000000", "x/a", "a");
  granary_test_cloud_tell (cloud, "{\"faults\":[{\"match\":{\"bucket\":\"training-*\"},\"times\":-1,"
                                  "\"do\":{\"kind\":\"cos_error\",\"status\":403,"
                                  "\"code\":\"AccessDenied\"}}]}");
  version = import (place, task, NULL);
  g_assert_cmpint (version->n_files, ==, 1);

  g_assert_null (granary_test_import_request (place->repository, gone, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_OBJECT_MISSING);
}

static void
test_incomplete (GranaryTestPlace *place,
                 gconstpointer     data)
{
  static const struct
  {
    GranarySource  source;
    const char    *address;
    gboolean       has_task;
    const char    *image;
    GranaryReason  reason;
  } cases[] = {
    { GRANARY_SOURCE_TASK, NULL, TRUE, NULL, GRANARY_REASON_SOURCE_NONE },
    { GRANARY_SOURCE_TASK, FOLDER, FALSE, NULL, GRANARY_REASON_SOURCE_NONE },
    { GRANARY_SOURCE_AUTOML, LEARNED, FALSE, NULL, GRANARY_REASON_SOURCE_NONE },
    { GRANARY_SOURCE_COS, NULL, FALSE, NULL, GRANARY_REASON_SOURCE_NONE },
    { GRANARY_SOURCE_FILES, FOLDER, FALSE, NULL, GRANARY_REASON_SOURCE_NONE },
    { GRANARY_SOURCE_TASK, "/tmp/x", TRUE, NULL, GRANARY_REASON_BUCKET_NAME },
    { GRANARY_SOURCE_AUTOML, "cos://a-1/../x", TRUE, NULL, GRANARY_REASON_OBJECT_KEY },
    { GRANARY_SOURCE_TASK, FOLDER, TRUE, "{", GRANARY_REASON_JSON_SYNTAX },
    { GRANARY_SOURCE_TASK, FOLDER, TRUE, "{}", GRANARY_REASON_IMAGE_ADDRESS },
    { GRANARY_SOURCE_TASK, FOLDER, TRUE, "{\"ImageType\":\"TCR\",\"ImageUrl\":\"/etc/passwd\"}",
      GRANARY_REASON_IMAGE_ADDRESS },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GranaryImportRequest) request = make_request (cases[i].source, cases[i].address,
                                                               cases[i].image);
      g_autoptr (GError) error = NULL;

      if (!cases[i].has_task)
        g_clear_pointer (&request->task_uid, g_free);
      g_test_message ("%u", i);
      g_assert_null (granary_test_import_request (place->repository, request, NULL, &error));
      granary_assert_reason (error, cases[i].reason);
    }
  g_assert_cmpuint (granary_test_cloud_count (cloud, "CreateTrainingModel"), ==, 0);
}

/* A connection without a bucket of its own: the platform chooses where the files go. */
static void
test_no_bucket (GranaryTestPlace *place,
                gconstpointer     data)
{
  g_autoptr (GranaryAccount) account = granary_test_tione_account (cloud);

  granary_account_set_storage (account, NULL, NULL);
  granary_test_cloud_tell (cloud, "{\"automl_import\":true}");
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      g_autoptr (GranaryImportRequest) request = make_request (sources[i].source,
                                                               sources[i].address, NULL);
      GranaryTestPlace other = { 0 };
      g_autoptr (GranaryVersion) version = NULL;
      g_autofree char *body = NULL;

      granary_test_cloud_tell (cloud, "{\"clear_log\":true}");
      granary_test_tione_set_up (&other, account);
      version = import (&other, request, NULL);
      g_assert_cmpint (version->n_files, ==, 2);
      body = granary_test_tione_get_body (cloud, "CreateTrainingModel", 0);
      g_assert_null (strstr (body, "ModelOutputPath"));
      g_assert_null (granary_repository_dup_destination (other.repository, "m", 3));
      granary_test_place_tear_down (&other);
    }
}

/* What is told beforehand is how the place begins. */
static void
test_destination (GranaryTestPlace *place,
                  gconstpointer     data)
{
  g_autoptr (GranaryImportRequest) request = make_request (sources[0].source, sources[0].address,
                                                           NULL);
  g_autofree char *told = granary_repository_dup_destination (place->repository, request->name, 1);
  g_autoptr (GranaryVersion) version = import (place, request, NULL);

  g_assert_true (g_str_has_suffix (told, "/v1…"));
  told[strlen (told) - strlen ("…")] = '\0';
  g_assert_true (g_str_has_prefix (version->location, told));
}

/* Files of this computer are nobody's task there, whatever made them. */
static void
test_own_files (GranaryTestPlace *place,
                gconstpointer     data)
{
  g_autoptr (GranaryImportRequest) request = make_request (GRANARY_SOURCE_TASK, NULL, NULL);
  g_autoptr (GranaryVersion) version = NULL;
  g_autofree char *folder = granary_test_place_path (place, "run");
  g_autofree char *body = NULL;

  g_free (granary_test_write (folder, "best.pt", "x"));
  request->files = granary_test_scan (folder, NULL);
  version = import (place, request, NULL);
  g_assert_cmpint (version->source, ==, GRANARY_SOURCE_COS);
  body = get_body (0);
  g_assert_nonnull (strstr (body, "\"TrainingModelSource\":\"COS\""));
  g_assert_null (strstr (body, "TrainingJob"));
}

/* The key */

static char *
get_config (GranaryVersion *version)
{
  g_autoptr (JsonNode) answer = granary_test_cloud_control (cloud, "{\"state\":true}");
  JsonNode *buckets = granary_json_lookup (answer, "state.buckets");
  JsonNode *bucket = json_object_get_member (json_node_get_object (buckets), "models-1250000000");
  JsonObject *objects = granary_json_get_object (bucket, "objects");
  g_autofree char *key = g_strconcat (version->location + strlen ("cos://models-1250000000/"),
                                      "config.json", NULL);
  JsonNode *object = json_object_get_member (objects, key);

  return g_strdup (granary_json_get_string (object, "etag"));
}

static void
assert_config (GranaryVersion *version,
               const char     *text)
{
  g_autofree char *have = get_config (version);
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_MD5, text, -1);
  g_autofree char *wanted = g_strdup_printf ("\"%s\"", sum);

  g_assert_cmpstr (have, ==, wanted);
}

static void
test_key (GranaryTestPlace *place,
          gconstpointer     data)
{
  static const struct
  {
    const char *before;
    const char *after;
  } cases[] = {
    { "{ \"a\" : 1e5,\r\n\t\"key\":\"old\" , \"z\":[ ] }\n\n",
      "{ \"a\" : 1e5,\r\n\t\"key\":\"门牌 \\\"1\\\"\" , \"z\":[ ] }\n\n" },
    { "{\"key\":{\"deep\":[1,2]},\"n\":{\"key\":1}}",
      "{\"key\":\"门牌 \\\"1\\\"\",\"n\":{\"key\":1}}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GranaryImportRequest) request = make_request (GRANARY_SOURCE_TASK, FOLDER, NULL);
      g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_IMPORT, NULL);
      g_autoptr (GranaryVersion) version = NULL;
      g_autoptr (GPtrArray) warnings = NULL;
      const GranaryFile *file;

      put ("models-1250000000", "out/train-1/model/config.json", cases[i].before);
      request->config_key = g_strdup ("门牌 \"1\"");
      version = import (place, request, transfer);
      assert_config (version, cases[i].after);
      warnings = granary_transfer_dup_warnings (transfer);
      g_assert_cmpuint (warnings->len, ==, 0);
      file = granary_version_find_file (version, "config.json");
      g_assert_cmpint (file->size, ==, strlen (cases[i].after));
    }
}

/* The version is imported; that its key is not what was wanted is said. */
static void
test_key_kept (GranaryTestPlace *place,
               gconstpointer     data)
{
  static const struct
  {
    const char *text;  /* (nullable) */
    const char *fault; /* (nullable) */
  } cases[] = {
    { NULL, NULL },
    { "[1]", NULL },
    { "{\"key\":", NULL },
    { "{\"key\":\"old\"}", "\"match\":{\"action\":\"PutObject\"},\"do\":{\"kind\":\"cos_error\","
                           "\"status\":403,\"code\":\"AccessDenied\"}" },
    { "{\"key\":\"old\"}", "\"match\":{\"action\":\"GetObject\"},\"do\":{\"kind\":\"truncate\"}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GranaryImportRequest) request = make_request (GRANARY_SOURCE_COS,
                                                               "cos://models-1250000000/keep/",
                                                               NULL);
      g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_IMPORT, NULL);
      g_autoptr (GranaryVersion) version = NULL;
      g_autoptr (GPtrArray) warnings = NULL;
      g_autofree char *subject = g_strdup_printf ("%s v1/config.json", request->name);

      g_test_message ("%s", cases[i].text);
      put ("models-1250000000", "keep/a.pt", "abc");
      if (cases[i].text != NULL)
        put ("models-1250000000", "keep/config.json", cases[i].text);
      if (cases[i].fault != NULL)
        granary_test_cloud_tell (cloud, "{\"faults\":[{\"times\":-1,%s}]}", cases[i].fault);
      request->config_key = g_strdup ("new");
      version = import (place, request, transfer);
      g_assert_cmpint (version->status, ==, GRANARY_STATUS_READY);
      warnings = granary_transfer_dup_warnings (transfer);
      g_assert_cmpuint (warnings->len, ==, 1);
      granary_assert_reason ((GError *) g_ptr_array_index (warnings, 0),
                             GRANARY_REASON_CONFIG_KEPT);
      g_assert_cmpstr (granary_error_get_subject (g_ptr_array_index (warnings, 0)), ==, subject);
      if (cases[i].text != NULL)
        assert_config (version, cases[i].text);
      granary_test_cloud_tell (cloud, "{\"clear_faults\":true}");
    }
}

/* All of it is stored: the same request, asked for when the connection is opened again, goes on where
 * the first was broken off. */
static void
test_goes_on (GranaryTestPlace *place,
              gconstpointer     data)
{
  g_autoptr (GranaryImportRequest) request = make_request (GRANARY_SOURCE_AUTOML, LEARNED, RECORD);
  g_autoptr (GranaryAccount) account = granary_test_tione_account (cloud);
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;
  GranaryTestPlace first = { 0 };
  GranaryTestPlace again = { 0 };

  request->config_key = g_strdup ("kept");
  granary_test_tione_set_up (&first, account);
  granary_transfer_queue_set_retry (granary_connection_get_queue (first.connection), 1, 1);
  granary_test_cloud_tell (cloud, "{\"faults\":[{\"match\":{\"action\":"
                                  "\"DescribeTrainingModelVersion\"},\"times\":-1,\"do\":{\"kind\":"
                                  "\"reset_before\"}}]}");
  g_assert_null (granary_test_import_request (first.repository, request, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_CONNECTION_BROKEN);
  g_assert_cmpuint (granary_test_cloud_count (cloud, "CreateTrainingModel"), ==, 2);
  granary_test_place_tear_down (&first);

  granary_test_cloud_tell (cloud, "{\"clear_faults\":true}");
  granary_test_tione_set_up (&again, account);
  version = import (&again, request, NULL);
  g_assert_cmpuint (granary_test_cloud_count (cloud, "CreateTrainingModel"), ==, 2);
  g_assert_cmpint (version->number, ==, 1);
  assert_config (version, "{\"key\": \"kept\"}");
  granary_test_place_tear_down (&again);
}

int
main (int   argc,
      char *argv[])
{
  static const struct
  {
    const char *name;
    void      (*func) (GranaryTestPlace *place,
                       gconstpointer     data);
  } tests[] = {
    { "origin", test_origin },
    { "automl-by-id", test_automl_by_id },
    { "automl-refused", test_automl_refused },
    { "automl-not-repeated", test_automl_not_repeated },
    { "unlisted", test_unlisted },
    { "incomplete", test_incomplete },
    { "no-bucket", test_no_bucket },
    { "destination", test_destination },
    { "own-files", test_own_files },
    { "key", test_key },
    { "key-kept", test_key_kept },
    { "goes-on", test_goes_on },
  };
  int result;

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_setenv ("GRANARY_RETRY_SCALE", "0.01", TRUE);

  cloud = granary_test_cloud_start ("none");
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      g_autofree char *path = g_strconcat ("/tione/import/bodies-", sources[i].name, NULL);

      g_test_add (path, GranaryTestPlace, &sources[i], set_up, test_bodies, tear_down);
    }
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/tione/import/", tests[i].name, NULL);

      g_test_add (path, GranaryTestPlace, NULL, set_up, tests[i].func, tear_down);
    }
  result = g_test_run ();
  granary_test_cloud_stop (cloud);

  return result;
}
