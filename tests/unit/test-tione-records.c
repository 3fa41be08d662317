/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "granary-json.h"
#include "granary-metric.h"
#include "granary-publish-profile.h"
#include "granary-tione-calls.h"

/* Answers of TI-ONE as records, whatever is in them. */

static JsonNode *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = granary_json_parse (text, -1, "test", &error);

  g_assert_no_error (error);
  return node;
}

/* Times */

static void
test_times (void)
{
  static const struct
  {
    const char *text;
    const char *utc;
  } times[] = {
    { "2022-11-17 20:09:16", "2022-11-17T12:09:16Z" },
    { "2022-09-29T03:17:24Z", "2022-09-29T03:17:24Z" },
    { "2023-12-27T16:21:02+08:00", "2023-12-27T08:21:02Z" },
    { "2025-05-28T18:18:33+08", "2025-05-28T10:18:33Z" },
    { "2024-12-10 14:30:36.806284 +0000 UTC", "2024-12-10T14:30:36.806284Z" },
    { "2019-10-17 15:59:30 +0800 CST", "2019-10-17T07:59:30Z" },
    { "2021-12-31T23:59:59-03:30", "2022-01-01T03:29:59Z" },
    { "2024-02-29T00:00:00.5Z", "2024-02-29T00:00:00.5Z" },
    { "2024-02-29T00:00:00.1234567891234Z", "2024-02-29T00:00:00.123456Z" },
    { "2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z" },
  };
  static const char *const none[] = {
    NULL, "", " ", "0001-01-01T00:00:00Z", "2022-11-17", "2022-11-17 20:09", "2022-11-17 20:09:1",
    "2022-13-17 20:09:16", "2022-02-30 20:09:16", "2022-11-17 25:09:16", "2022-11-17T20:09:16 08",
    "2022-11-17T20:09:16Zzz", "2022-11-17T20:09:16+8", "2022-11-17T20:09:16+99", "17.11.2022",
    "2022-11-17T20:09:16+08:0", "yesterday", "-022-11-17 20:09:16", "２０２２-11-17 20:09:16",
  };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autoptr (GDateTime) expected = g_date_time_new_from_iso8601 (times[i].utc, NULL);
      gint64 time = 0;

      g_assert_true (granary_tione_parse_time (times[i].text, &time));
      g_assert_cmpint (time, ==, g_date_time_to_unix (expected) * G_TIME_SPAN_SECOND +
                                 g_date_time_get_microsecond (expected));
    }
  for (guint i = 0; i < G_N_ELEMENTS (none); i++)
    {
      gint64 time = 42;

      g_assert_false (granary_tione_parse_time (none[i], &time));
      g_assert_cmpint (time, ==, 42);
    }
}

/* Versions */

#define VERSION \
  "{\"TrainingModelId\":\"m-1\",\"TrainingModelName\":\"车牌检测\"," \
  "\"TrainingModelVersionId\":\"mv-v3-1\",\"TrainingModelVersion\":\"v3\"," \
  "\"TrainingModelSource\":\"JOB\",\"VersionType\":\"NORMAL\"," \
  "\"TrainingModelFormat\":\"TORCH_SCRIPT\",\"AlgorithmFramework\":\"PYTORCH\"," \
  "\"TrainingModelIndex\":\"loss=0.12,acc=0.98\",\"TrainingJobId\":\"train-7\"," \
  "\"TrainingJobName\":\"夜间\",\"TrainingJobVersion\":\"\",\"TrainingPreference\":\"BALANCE\"," \
  "\"AutoMLTaskId\":\"\",\"TrainingModelCosPath\":{\"Bucket\":\"b-125\"," \
  "\"Region\":\"ap-guangzhou\",\"Paths\":[\"m/3/\"]},\"ModelHotUpdatePath\":null," \
  "\"ReasoningEnvironmentSource\":\"SYSTEM\",\"ReasoningEnvironment\":\"ccr.example/py:1\"," \
  "\"ReasoningEnvironmentId\":\"pytorch1.9.0-py38(gpu)\"," \
  "\"ReasoningImageInfo\":{\"ImageType\":\"\",\"ImageUrl\":\"\"}," \
  "\"TrainingModelStatus\":\"STATUS_SUCCESS\",\"TrainingModelProgress\":100," \
  "\"TrainingModelErrorMsg\":\"\",\"TrainingModelCreateTime\":\"2022-09-01T00:00:00Z\"," \
  "\"CreateTime\":\"2022-09-29T03:17:24Z\",\"TrainingModelCreator\":\"100\"}"

static void
test_version (void)
{
  g_autoptr (JsonNode) node = parse (VERSION);
  g_autoptr (GranaryVersion) version = granary_tione_parse_version (node);
  g_autoptr (JsonNode) remote = NULL;
  const GranaryMetric *metric;

  g_assert_nonnull (version);
  g_assert_cmpstr (version->uid, ==, "mv-v3-1");
  g_assert_cmpstr (version->model_uid, ==, "m-1");
  g_assert_cmpstr (version->model_name, ==, "车牌检测");
  g_assert_cmpint (version->number, ==, 3);
  g_assert_cmpint (version->status, ==, GRANARY_STATUS_READY);
  g_assert_cmpint (version->progress, ==, -1);
  g_assert_cmpint (version->source, ==, GRANARY_SOURCE_TASK);
  g_assert_cmpstr (version->source_ref, ==, "train-7");
  g_assert_cmpstr (version->framework, ==, "PyTorch");
  g_assert_cmpstr (version->format, ==, "TORCH_SCRIPT");
  g_assert_cmpstr (version->environment, ==, "pytorch1.9.0-py38(gpu)");
  g_assert_cmpstr (version->location, ==, "cos://b-125/m/3/");
  g_assert_null (version->error);
  g_assert_cmpint (version->size, ==, -1);
  g_assert_cmpint (version->n_files, ==, -1);
  g_assert_cmpint (version->created, ==, G_GINT64_CONSTANT (1664421444) * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (version->metrics->len, ==, 2);
  metric = g_ptr_array_index (version->metrics, 1);
  g_assert_cmpstr (metric->name, ==, "acc");
  g_assert_cmpfloat (metric->value, ==, 0.98);

  remote = parse (version->remote);
  g_assert_cmpstr (granary_json_get_string (remote, "task_id"), ==, "train-7");
  g_assert_cmpstr (granary_json_get_string (remote, "task_name"), ==, "夜间");
  g_assert_null (granary_json_lookup (remote, "task_version"));
  g_assert_cmpstr (granary_json_get_string (remote, "creator"), ==, "100");
  g_assert_cmpstr (granary_json_get_string (remote, "preference"), ==, "BALANCE");
  g_assert_cmpstr (granary_json_get_string (remote, "region"), ==, "ap-guangzhou");
  g_assert_cmpstr (granary_json_get_string (remote, "environment_source"), ==, "SYSTEM");
  g_assert_cmpstr (granary_json_get_string (remote, "environment_url"), ==, "ccr.example/py:1");
  g_assert_null (granary_json_lookup (remote, "image"));
}

/* Only a member or two of a version. */
static GranaryVersion *
parse_with (const char *members)
{
  g_autofree char *text = g_strdup_printf ("{\"TrainingModelVersionId\":\"mv-1\"%s%s}",
                                           *members != '\0' ? "," : "", members);
  g_autoptr (JsonNode) node = parse (text);
  GranaryVersion *version = granary_tione_parse_version (node);

  g_assert_nonnull (version);
  return version;
}

static void
test_states (void)
{
  static const struct
  {
    const char    *members;
    GranaryStatus  status;
    int            progress;
    const char    *error;
  } states[] = {
    { "\"TrainingModelStatus\":\"STATUS_SUCCESS\"", GRANARY_STATUS_READY, -1, NULL },
    { "\"TrainingModelStatus\":null", GRANARY_STATUS_READY, -1, NULL },
    { "\"TrainingModelStatus\":\"\"", GRANARY_STATUS_READY, -1, NULL },
    { "", GRANARY_STATUS_READY, -1, NULL },
    { "\"TrainingModelStatus\":7", GRANARY_STATUS_READY, -1, NULL },
    { "\"TrainingModelStatus\":\"STATUS_RUNNING\",\"TrainingModelProgress\":40",
      GRANARY_STATUS_IMPORTING, 40, NULL },
    { "\"TrainingModelStatus\":\"STATUS_RUNNING\",\"TrainingModelProgress\":null",
      GRANARY_STATUS_IMPORTING, -1, NULL },
    { "\"TrainingModelStatus\":\"STATUS_RUNNING\",\"TrainingModelProgress\":\"40\"",
      GRANARY_STATUS_IMPORTING, -1, NULL },
    { "\"TrainingModelStatus\":\"STATUS_RUNNING\",\"TrainingModelProgress\":99999999999",
      GRANARY_STATUS_IMPORTING, 100, NULL },
    { "\"TrainingModelStatus\":\"STATUS_FAILED\",\"TrainingModelErrorMsg\":\"目录不存在\"",
      GRANARY_STATUS_FAILED, -1, "目录不存在" },
    { "\"TrainingModelStatus\":\"STATUS_FAILED\",\"TrainingModelErrorMsg\":null",
      GRANARY_STATUS_FAILED, -1, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autoptr (GranaryVersion) version = parse_with (states[i].members);

      g_assert_cmpint (version->status, ==, states[i].status);
      g_assert_cmpint (version->progress, ==, states[i].progress);
      g_assert_cmpstr (version->error, ==, states[i].error);
    }
}

static void
test_sources (void)
{
  static const struct
  {
    const char    *members;
    GranarySource  source;
    const char    *ref;
  } sources[] = {
    { "\"TrainingModelSource\":\"JOB\",\"TrainingJobId\":\"train-1\"", GRANARY_SOURCE_TASK,
      "train-1" },
    { "\"TrainingModelSource\":\"\",\"TrainingJobId\":\"train-1\"", GRANARY_SOURCE_TASK, "train-1" },
    { "\"TrainingModelSource\":\"COS\"", GRANARY_SOURCE_COS, NULL },
    { "\"TrainingModelSource\":\"CFS\"", GRANARY_SOURCE_FILES, NULL },
    { "\"TrainingModelSource\":\"AUTO_ML\",\"AutoMLTaskId\":\"ml-1\"", GRANARY_SOURCE_AUTOML,
      "ml-1" },
    { "\"AutoMLTaskId\":\"ml-1\"", GRANARY_SOURCE_AUTOML, "ml-1" },
    { "\"TrainingModelSource\":null", GRANARY_SOURCE_COS, NULL },
    { "\"TrainingModelSource\":[]", GRANARY_SOURCE_COS, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      g_autoptr (GranaryVersion) version = parse_with (sources[i].members);

      g_assert_cmpint (version->source, ==, sources[i].source);
      g_assert_cmpstr (version->source_ref, ==, sources[i].ref);
    }
}

#define PATHS(paths) \
  "\"TrainingModelCosPath\":{\"Bucket\":\"b-1\",\"Region\":\"r\",\"Paths\":" paths "}"

static void
test_locations (void)
{
  static const struct
  {
    const char *members;
    const char *location;
  } locations[] = {
    { PATHS ("[\"a/b/\"]"), "cos://b-1/a/b/" },
    { PATHS ("[\"a/b\"]"), "cos://b-1/a/b/" },
    { PATHS ("[\"/a/b/\"]"), "cos://b-1/a/b/" },
    { PATHS ("[\"a/b/model_service.py\"]"), "cos://b-1/a/b/" },
    { PATHS ("[\"model_service.py\"]"), "cos://b-1/" },
    { PATHS ("[\"a/my_model_service.py\"]"), "cos://b-1/a/my_model_service.py/" },
    { PATHS ("[\"模型/1 +%/\"]"), "cos://b-1/模型/1 +%/" },
    { PATHS ("[\"\"]"), NULL },
    { PATHS ("[]"), NULL },
    { PATHS ("null"), NULL },
    { PATHS ("\"a/b/\""), NULL },
    { PATHS ("[7]"), NULL },
    { PATHS ("[null]"), NULL },
    { "\"TrainingModelCosPath\":null", NULL },
    { "\"TrainingModelCosPath\":\"cos\"", NULL },
    { "\"TrainingModelCosPath\":{\"Bucket\":null,\"Paths\":[\"a/\"]}", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (locations); i++)
    {
      g_autoptr (GranaryVersion) version = parse_with (locations[i].members);

      g_assert_cmpstr (version->location, ==, locations[i].location);
    }
}

static void
test_environments (void)
{
  static const struct
  {
    const char *members;
    const char *environment;
  } environments[] = {
    { "\"ReasoningEnvironmentSource\":\"SYSTEM\",\"ReasoningEnvironment\":\"url\","
      "\"ReasoningEnvironmentId\":\"id\"", "id" },
    { "\"ReasoningEnvironmentSource\":\"SYSTEM\",\"ReasoningEnvironment\":\"url\","
      "\"ReasoningEnvironmentId\":\"\"", "url" },
    { "\"ReasoningEnvironmentSource\":\"CUSTOM\",\"ReasoningEnvironmentId\":\"id\","
      "\"ReasoningImageInfo\":{\"ImageType\":\"TCR\",\"ImageUrl\":\"tcr/x:1\"}", "tcr/x:1" },
    { "\"ReasoningEnvironmentSource\":\"CUSTOM\",\"ReasoningImageInfo\":null", NULL },
    { "\"ReasoningEnvironmentSource\":null,\"ReasoningEnvironmentId\":\"id\"", "id" },
    { "", NULL },
  };
  g_autoptr (GranaryVersion) secret = NULL;
  g_autoptr (JsonNode) remote = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (environments); i++)
    {
      g_autoptr (GranaryVersion) version = parse_with (environments[i].members);

      g_assert_cmpstr (version->environment, ==, environments[i].environment);
    }

  /* The image is kept as it was told, but for what is secret. */
  secret = parse_with ("\"ReasoningImageInfo\":{\"ImageType\":\"CUSTOM\",\"ImageUrl\":\"x/y:1\","
                       "\"AllowSaveAllContent\":true,\"RegistryId\":\"\","
                       "\"ImageSecret\":{\"Username\":\"me\",\"Password\":\"aHVzaA==\"}}");
  g_assert_null (strstr (secret->remote, "aHVzaA"));
  g_assert_null (strstr (secret->remote, "Username"));
  remote = parse (secret->remote);
  g_assert_cmpstr (granary_json_get_string (remote, "image.ImageUrl"), ==, "x/y:1");
  g_assert_cmpstr (granary_json_get_string (remote, "image.ImageType"), ==, "CUSTOM");
}

static void
test_metrics (void)
{
  static const struct
  {
    const char *text;
    const char *metrics;
  } texts[] = {
    { "loss=0.12,acc=0.98", "loss:0.12 acc:0.98" },
    { " loss = 0.12 , acc=0.98, ", "loss:0.12 acc:0.98" },
    { "mAP@IoU=0.5=0.71", "mAP@IoU=0.5:0.71" },
    { "acc=很好", "acc:很好" },
    { "准确率很高", "metrics:准确率很高" },
    { "acc=1,2,loss=3", "metrics:acc=1,2,loss=3" },
    { "acc=1,acc=2", "metrics:acc=1,acc=2" },
    { "=3", "metrics:=3" },
    { "acc=", "metrics:acc=" },
    { ",", "metrics:," },
    { "{\\\"acc\\\":1}", "metrics:{\"acc\":1}" },
    { "", "" },
    { "  ", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *members = g_strdup_printf ("\"TrainingModelIndex\":\"%s\"", texts[i].text);
      g_autoptr (GranaryVersion) version = parse_with (members);
      g_autoptr (GString) shown = g_string_new (NULL);

      for (guint m = 0; m < version->metrics->len; m++)
        {
          const GranaryMetric *metric = g_ptr_array_index (version->metrics, m);

          g_string_append_printf (shown, "%s%s:%s", m > 0 ? " " : "", metric->name, metric->text);
        }
      g_assert_cmpstr (shown->str, ==, texts[i].metrics);
    }
}

static void
test_numbers (void)
{
  static const struct
  {
    const char *members;
    int         number;
  } numbers[] = {
    { "\"TrainingModelVersion\":\"v1\"", 1 },
    { "\"TrainingModelVersion\":\"v120\"", 120 },
    { "\"TrainingModelVersion\":\"1\"", 0 },
    { "\"TrainingModelVersion\":\"v\"", 0 },
    { "\"TrainingModelVersion\":\"v99999999999\"", 0 },
    { "\"TrainingModelVersion\":\"v-1\"", 0 },
    { "\"TrainingModelVersion\":null", 0 },
    { "\"TrainingModelVersion\":3", 0 },
  };
  static const char *const nameless[] = {
    "{}", "[]", "null", "7", "\"mv-1\"", "{\"TrainingModelVersionId\":null}",
    "{\"TrainingModelVersionId\":\"\"}", "{\"TrainingModelVersionId\":{}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (GranaryVersion) version = parse_with (numbers[i].members);

      g_assert_cmpint (version->number, ==, numbers[i].number);
    }

  g_assert_null (granary_tione_parse_version (NULL));
  g_assert_null (granary_tione_parse_model (NULL));
  g_assert_null (granary_tione_parse_service (NULL));
  for (guint i = 0; i < G_N_ELEMENTS (nameless); i++)
    {
      g_autoptr (JsonNode) node = parse (nameless[i]);

      g_assert_null (granary_tione_parse_version (node));
      g_assert_null (granary_tione_parse_model (node));
      g_assert_null (granary_tione_parse_service (node));
    }
}

/* Models */

static void
test_model (void)
{
  g_autoptr (JsonNode) node = parse (
    "{\"TrainingModelId\":\"123456789012345678\",\"TrainingModelName\":\"旧模型\","
    "\"Tags\":[{\"TagKey\":\"team\",\"TagValue\":\"vision\"},"
    "{\"TagKey\":\"qcs:tag:createdBy\",\"TagValue\":\"100\"},{\"TagKey\":null},7,null,"
    "{\"TagKey\":\"empty\",\"TagValue\":null},{\"TagKey\":\"\",\"TagValue\":\"x\"}],"
    "\"CreateTime\":\"2022-11-17 20:09:16\",\"TrainingModelVersions\":["
    "{\"TrainingModelVersionId\":\"a\",\"TrainingModelVersion\":\"v9\"},"
    "{\"TrainingModelVersionId\":\"b\",\"TrainingModelVersion\":\"v10\"},"
    "{\"TrainingModelVersionId\":\"c\",\"TrainingModelVersion\":\"v11\","
    "\"VersionType\":\"ACCELERATE\"}]}");
  g_autoptr (JsonNode) bare = parse ("{\"TrainingModelId\":\"m-1\",\"TrainingModelName\":null,"
                                     "\"Tags\":null,\"CreateTime\":null,"
                                     "\"TrainingModelVersions\":null}");
  g_autoptr (JsonNode) odd = parse ("{\"TrainingModelId\":\"m-1\",\"TrainingModelName\":[],"
                                    "\"Tags\":\"none\",\"CreateTime\":5,"
                                    "\"TrainingModelVersions\":[{\"TrainingModelVersion\":\"v1\"}]}");
  g_autoptr (GranaryModel) model = granary_tione_parse_model (node);
  g_autoptr (GranaryModel) empty = granary_tione_parse_model (bare);
  g_autoptr (GranaryModel) strange = granary_tione_parse_model (odd);

  g_assert_cmpstr (model->uid, ==, "123456789012345678");
  g_assert_cmpstr (model->name, ==, "旧模型");
  g_assert_cmpint (model->created, ==, G_GINT64_CONSTANT (1668686956) * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (granary_tag_set_get_size (model->tags), ==, 3);
  g_assert_cmpstr (granary_tag_set_lookup (model->tags, "qcs:tag:createdBy"), ==, "100");
  g_assert_cmpstr (granary_tag_set_lookup (model->tags, "empty"), ==, "");
  g_assert_cmpuint (model->versions->len, ==, 2);
  g_assert_cmpint (((GranaryVersion *) g_ptr_array_index (model->versions, 0))->number, ==, 10);
  /* The number of an accelerated version is used up as well. */
  g_assert_cmpint (model->high_water, ==, 11);

  g_assert_null (empty->name);
  g_assert_nonnull (empty->tags);
  g_assert_null (empty->versions);
  g_assert_cmpint (empty->created, ==, 0);

  /* Tags that cannot be read are not "none"; a list of versions with a gap is not "all". */
  g_assert_null (strange->name);
  g_assert_null (strange->tags);
  g_assert_null (strange->versions);
}

/* Services */

static void
test_service (void)
{
  static const struct
  {
    const char          *status;
    const char          *business;
    GranaryServiceState  state;
    const char          *text;
  } states[] = {
    { "\"Normal\"", "\"BILLING\"", GRANARY_SERVICE_RUNNING, "Normal" },
    { "\"\"", "\"CREATING\"", GRANARY_SERVICE_STARTING, "CREATING" },
    { "null", "\"CREATE_FAILED\"", GRANARY_SERVICE_FAILED, "CREATE_FAILED" },
    { "\"Pending\"", "null", GRANARY_SERVICE_STARTING, "Pending" },
    { "\"Waiting\"", "null", GRANARY_SERVICE_STARTING, "Waiting" },
    { "\"Stopping\"", "null", GRANARY_SERVICE_STOPPING, "Stopping" },
    { "\"Stopped\"", "\"ARREARS_STOP\"", GRANARY_SERVICE_STOPPED, "Stopped" },
    { "\"\"", "\"ARREARS_STOP\"", GRANARY_SERVICE_STOPPED, "ARREARS_STOP" },
    { "\"Abnormal\"", "null", GRANARY_SERVICE_FAILED, "Abnormal" },
    { "\"TIMEOUT_EXCEPTION\"", "null", GRANARY_SERVICE_FAILED, "TIMEOUT_EXCEPTION" },
    { "\"Levitating\"", "null", GRANARY_SERVICE_UNKNOWN, "Levitating" },
    { "null", "null", GRANARY_SERVICE_UNKNOWN, NULL },
    { "7", "{}", GRANARY_SERVICE_UNKNOWN, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autofree char *text = g_strdup_printf (
        "{\"ServiceId\":\"ms-a-1\",\"ServiceGroupId\":\"ms-a\",\"ServiceGroupName\":\"live\","
        "\"Version\":\"2\",\"Status\":%s,\"BusinessStatus\":%s,"
        "\"CreateTime\":\"2023-08-05T05:46:58Z\",\"ServiceInfo\":{\"ModelInfo\":{"
        "\"ModelVersionId\":\"mv-1\",\"ModelId\":\"m-1\",\"ModelName\":\"x\","
        "\"ModelVersion\":\"v4\"}}}", states[i].status, states[i].business);
      g_autoptr (JsonNode) node = parse (text);
      g_autoptr (GranaryService) service = granary_tione_parse_service (node);

      g_assert_cmpstr (service->uid, ==, "ms-a-1");
      g_assert_cmpstr (service->group_uid, ==, "ms-a");
      g_assert_cmpstr (service->name, ==, "live");
      g_assert_cmpint (service->number, ==, 2);
      g_assert_cmpstr (service->model_uid, ==, "m-1");
      g_assert_cmpstr (service->version_uid, ==, "mv-1");
      g_assert_cmpint (service->version_number, ==, 4);
      g_assert_cmpint (service->state, ==, states[i].state);
      g_assert_cmpstr (service->state_text, ==, states[i].text);
      g_assert_cmpint (service->created, ==, G_GINT64_CONSTANT (1691214418) * G_TIME_SPAN_SECOND);
    }

  {
    g_autoptr (JsonNode) node = parse ("{\"ServiceId\":\"ms-b\",\"Version\":3,"
                                       "\"ServiceInfo\":{\"ModelInfo\":null}}");
    g_autoptr (GranaryService) service = granary_tione_parse_service (node);

    g_assert_cmpstr (service->name, ==, "ms-b");
    g_assert_cmpint (service->number, ==, 3);
    g_assert_null (service->version_uid);
    g_assert_cmpint (service->version_number, ==, 0);
  }
}

/* What else there is to know of one, and why it does not run. */
static void
test_service_facts (void)
{
  static const struct
  {
    const char            *members;
    GranaryServiceFailure  failure;
    const char            *detail;
  } failures[] = {
    { "\"Status\":\"Normal\",\"CreateFailedReason\":\"CREATE_SUCCEED\"",
      GRANARY_SERVICE_FAILURE_NONE, NULL },
    { "\"Status\":\"CREATE_FAILED\",\"CreateFailedReason\":\"no room\\nfor it\"",
      GRANARY_SERVICE_FAILURE_PLATFORM, "no room\\nfor it" },
    { "\"Status\":\"Abnormal\",\"ServiceInfo\":{\"Status\":{\"Reason\":\"CrashLoopBackOff\","
      "\"Conditions\":[{\"Status\":\"True\",\"Message\":\"fine\"},"
      "{\"Status\":\"False\",\"Message\":\"exit code 1\"},null,7]}}",
      GRANARY_SERVICE_FAILURE_PLATFORM, "CrashLoopBackOff; exit code 1" },
    { "\"Status\":\"Waiting\",\"ServiceInfo\":{\"Status\":{\"Conditions\":["
      "{\"Status\":\"False\",\"Message\":\"no node has the memory\"}]}}",
      GRANARY_SERVICE_FAILURE_PLATFORM, "no node has the memory" },
    { "\"Status\":\"Waiting\"", GRANARY_SERVICE_FAILURE_NONE, NULL },
    { "\"Status\":\"Abnormal\"", GRANARY_SERVICE_FAILURE_PLATFORM, NULL },
    { "\"Status\":\"Stopped\",\"BusinessStatus\":\"ARREARS_STOP\"",
      GRANARY_SERVICE_FAILURE_ARREARS, NULL },
  };
  g_autoptr (JsonNode) node = parse (
    "{\"ServiceId\":\"ms-a-1\",\"Status\":\"Stopped\",\"ChargeType\":\"PREPAID\","
    "\"ResourceGroupId\":\"rsg-1\",\"ServiceDescription\":\"mine\",\"Weight\":30,"
    "\"CreateTime\":\"2023-08-05T05:46:58Z\",\"UpdateTime\":\"2023-08-05T05:46:59Z\","
    "\"ServiceInfo\":{\"Replicas\":0,\"OldReplicas\":3,\"AuthorizationEnable\":true,"
    "\"Resources\":{\"Cpu\":4000,\"Memory\":8192,\"Gpu\":0,\"GpuType\":\"\"},"
    "\"Env\":[{\"Name\":\"KEY\",\"Value\":\"secret\"}],"
    "\"Status\":{\"AvailableReplicas\":0}}}");
  g_autoptr (GranaryService) service = granary_tione_parse_service (node);
  g_autoptr (GranaryPublishProfile) profile = granary_publish_profile_from_json (service->profile);

  g_assert_cmpint (service->replicas, ==, 0);
  g_assert_cmpint (service->available, ==, 0);
  g_assert_false (service->is_wanted);
  g_assert_cmpint (service->started, ==, service->created + G_TIME_SPAN_SECOND);
  g_assert_cmpint (granary_service_get_weight (service), ==, 30);
  g_assert_cmpstr (profile->charge_type, ==, GRANARY_CHARGE_PREPAID);
  g_assert_cmpstr (profile->resource_group, ==, "rsg-1");
  g_assert_cmpint (profile->cpu, ==, 4000);
  g_assert_cmpint (profile->memory, ==, 8192);
  g_assert_cmpuint (profile->replicas, ==, 3);
  g_assert_true (profile->authorization);
  g_assert_cmpint (profile->price, ==, -1);
  g_assert_cmpstr (profile->description, ==, "mine");
  g_assert_null (strstr (service->profile, "secret"));

  for (guint i = 0; i < G_N_ELEMENTS (failures); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"ServiceId\":\"ms-a-1\",%s}",
                                               failures[i].members);
      g_autoptr (JsonNode) failed = parse (text);
      g_autoptr (GranaryService) one = granary_tione_parse_service (failed);

      g_assert_cmpint (one->failure, ==, failures[i].failure);
      g_assert_cmpstr (one->failure_detail, ==, failures[i].detail);
      g_assert_cmpint (granary_service_get_weight (one), ==, -1);
    }
}

/* Any value anywhere */

static const char *const values[] = {
  "null", "true", "-1", "1e300", "\"\"", "\"x\"", "[]", "{}", "[null]", "[[\"a\"]]",
  "{\"Bucket\":7}", "\"\\u0000\"", "\"\\ud800\"", "9223372036854775807", "[{\"TagKey\":[]}]",
};

/* One member of @text, or of an object inside it, gets another value. */
static void
mutate (JsonNode *node,
        GRand    *random)
{
  JsonObject *object = json_node_get_object (node);
  g_autoptr (GList) members = json_object_get_members (object);
  gint32 n_members = (gint32) g_list_length (members);
  const char *name = g_list_nth_data (members, (guint) g_rand_int_range (random, 0, n_members));
  JsonNode *value = json_object_get_member (object, name);
  const char *other = values[g_rand_int_range (random, 0, G_N_ELEMENTS (values))];

  if (JSON_NODE_HOLDS_OBJECT (value) && json_object_get_size (json_node_get_object (value)) > 0 &&
      g_rand_boolean (random))
    mutate (value, random);
  else
    {
      JsonNode *changed = json_from_string (other, NULL);

      json_object_set_member (object, name,
                              changed != NULL ? changed : json_node_new (JSON_NODE_NULL));
    }
}

static void
check_text (const char *text)
{
  g_assert_true (text == NULL || g_utf8_validate (text, -1, NULL));
}

static void
test_mutations (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (20211111);

  for (guint round = 0; round < 20000; round++)
    {
      g_autoptr (JsonNode) version = json_from_string (VERSION, NULL);
      g_autoptr (JsonNode) model = json_node_new (JSON_NODE_OBJECT);
      g_autoptr (GranaryVersion) parsed = NULL;
      g_autoptr (GranaryModel) whole = NULL;
      g_autoptr (GranaryService) service = NULL;
      JsonObject *object = json_object_new ();
      JsonArray *list = json_array_new ();

      for (int i = g_rand_int_range (random, 1, 4); i > 0; i--)
        mutate (version, random);
      parsed = granary_tione_parse_version (version);
      service = granary_tione_parse_service (version);
      g_assert_null (service);
      if (parsed != NULL)
        {
          check_text (parsed->uid);
          check_text (parsed->model_name);
          check_text (parsed->environment);
          check_text (parsed->location);
          check_text (parsed->remote);
          check_text (parsed->error);
          g_assert_cmpint (parsed->number, >=, 0);
          g_assert_cmpint (parsed->progress, >=, -1);
          g_assert_cmpint (parsed->progress, <=, 100);
          for (guint i = 0; i < parsed->metrics->len; i++)
            check_text (((GranaryMetric *) g_ptr_array_index (parsed->metrics, i))->text);
        }

      json_array_add_element (list, g_steal_pointer (&version));
      json_object_set_string_member (object, "TrainingModelId", "m-1");
      json_object_set_array_member (object, "TrainingModelVersions", list);
      json_node_take_object (model, object);
      whole = granary_tione_parse_model (model);
      g_assert_nonnull (whole);
      g_assert_true (parsed != NULL || whole->versions == NULL);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/tione/records/times", test_times);
  g_test_add_func ("/tione/records/version", test_version);
  g_test_add_func ("/tione/records/states", test_states);
  g_test_add_func ("/tione/records/sources", test_sources);
  g_test_add_func ("/tione/records/locations", test_locations);
  g_test_add_func ("/tione/records/environments", test_environments);
  g_test_add_func ("/tione/records/metrics", test_metrics);
  g_test_add_func ("/tione/records/numbers", test_numbers);
  g_test_add_func ("/tione/records/model", test_model);
  g_test_add_func ("/tione/records/service", test_service);
  g_test_add_func ("/tione/records/service-facts", test_service_facts);
  g_test_add_func ("/tione/records/mutations", test_mutations);

  return g_test_run ();
}
