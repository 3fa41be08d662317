/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "granary-error.h"
#include "granary-json.h"
#include "granary-metric.h"
#include "granary-test-tione.h"
#include "granary-tione-tasks.h"

/* Training tasks and automatic learning, as the platform tells them or does not. */

static GranaryTestCloud *cloud;

/* A cloud of its own for each test: tasks cannot be taken away again. */
static void
set_up (GranaryTestPlace *place,
        gconstpointer     data)
{
  const char *const captions[] = { "BALANCE", "精度优先", NULL };
  g_autoptr (GranaryAccount) account = NULL;

  cloud = granary_test_cloud_start ("none");
  granary_test_cloud_tell (cloud, "{\"withdrawn\":false}");
  account = granary_test_tione_account (cloud);
  granary_account_set_automl_captions (account, captions);
  granary_test_tione_set_up (place, account);
}

static void
tear_down (GranaryTestPlace *place,
           gconstpointer     data)
{
  granary_test_place_tear_down (place);
  g_clear_pointer (&cloud, granary_test_cloud_stop);
}

/* Id of a task; @members are the others of it, after a comma each. */
static char *
make_task (const char *name,
           const char *members)
{
  g_autofree char *json = g_strdup_printf ("{\"create_task\":{\"name\":\"%s\"%s}}", name,
                                           members);
  g_autoptr (JsonNode) answer = granary_test_cloud_control (cloud, json);

  return g_strdup (granary_json_get_string (answer, "task_id"));
}

static void
put (const char *bucket,
     const char *key,
     const char *text)
{
  granary_test_cloud_tell (cloud, "{\"put_object\":{\"bucket\":\"%s\",\"key\":\"%s\","
                                  "\"text\":\"%s\"}}", bucket, key, text);
}

/* What the service answers to @action from now on. */
static void
answer (const char *action,
        const char *response)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *body = g_strdup_printf ("{\"Response\":%s}", response);
  g_autofree char *text = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "body");
  json_builder_add_string_value (builder, body);
  json_builder_set_member_name (builder, "kind");
  json_builder_add_string_value (builder, "malformed");
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = granary_json_to_text (root, FALSE);
  granary_test_cloud_tell (cloud, "{\"faults\":[{\"match\":{\"action\":\"%s\"},\"times\":-1,"
                                  "\"do\":%s}]}", action, text);
}

static const GranaryTask *
get (GranaryTaskPage *page,
     guint            position)
{
  return g_ptr_array_index (page->tasks, position);
}

/* Lists */

static void
test_list (GranaryTestPlace *place,
           gconstpointer     data)
{
  g_autofree char *first = make_task ("检测-第1轮", ",\"created\":1700000000,"
                                      "\"output\":{\"Bucket\":\"training-1250000000\","
                                      "\"Region\":\"ap-shanghai\",\"Paths\":[\"/out/a\"]}");
  g_autofree char *second = make_task ("second", ",\"created\":1700100000,"
                                       "\"framework\":\"TENSORFLOW\",\"status\":\"RUNNING\"");
  g_autofree char *third = make_task ("third", ",\"created\":1700200000,"
                                      "\"framework\":\"\",\"status\":\"SUBMIT_FAILED\"");
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryTaskPage) page = granary_test_list_tasks (place, GRANARY_TASK_TRAINING, NULL,
                                                              0, 20, &error);
  g_autofree char *location = g_strdup_printf ("cos://training-1250000000@ap-shanghai/out/a/%s/",
                                               first);
  g_autofree char *body = granary_test_tione_get_body (cloud, "DescribeTrainingTasks", 0);
  const GranaryTask *task;

  g_assert_no_error (error);
  granary_test_assert_json (body, "{\"Offset\":0,\"Limit\":20,\"OrderField\":\"CreateTime\","
                                  "\"Order\":\"DESC\"}");
  g_assert_true (page->is_listed);
  g_assert_false (page->has_more);
  g_assert_no_error (page->note);
  g_assert_cmpint (page->total, ==, 3);
  g_assert_cmpuint (page->tasks->len, ==, 3);
  g_assert_cmpstr (get (page, 0)->uid, ==, third);
  g_assert_null (get (page, 0)->framework);
  g_assert_cmpint (get (page, 0)->state, ==, GRANARY_TASK_FAILED);
  g_assert_false (get (page, 0)->importable);
  g_assert_cmpstr (get (page, 1)->framework, ==, "TensorFlow");
  g_assert_cmpint (get (page, 1)->state, ==, GRANARY_TASK_RUNNING);
  g_assert_cmpint (get (page, 1)->finished, ==, 0);

  task = get (page, 2);
  g_assert_cmpstr (task->uid, ==, first);
  g_assert_cmpstr (task->name, ==, "检测-第1轮");
  g_assert_cmpstr (task->tool, ==, "TI-ONE");
  g_assert_cmpstr (task->framework, ==, "PyTorch");
  g_assert_cmpint (task->kinds, ==, GRANARY_TASK_TRAINING);
  g_assert_cmpint (task->state, ==, GRANARY_TASK_FINISHED);
  g_assert_cmpstr (task->state_text, ==, "SUCCEED");
  g_assert_cmpint (task->started, ==, G_GINT64_CONSTANT (1700000060) * G_USEC_PER_SEC);
  g_assert_cmpint (task->finished, ==, G_GINT64_CONSTANT (1700005400) * G_USEC_PER_SEC);
  g_assert_cmpstr (task->location, ==, location);
  g_assert_true (task->importable);
  g_assert_cmpint (task->size, ==, -1);
}

/* More than fifty at once are refused: a larger page is several of them. */
static void
test_pages (GranaryTestPlace *place,
            gconstpointer     data)
{
  g_autoptr (GranaryTaskPage) page = NULL;
  g_autoptr (GranaryTaskPage) rest = NULL;
  g_autoptr (GranaryTaskPage) found = NULL;
  g_autoptr (GranaryTaskPage) none = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *body = NULL;

  for (guint i = 0; i < 130; i++)
    {
      g_autofree char *name = g_strdup_printf ("task-%03u", i);
      g_autofree char *created = g_strdup_printf (",\"created\":%u", 1700000000 + i);

      g_free (make_task (name, created));
    }

  granary_test_cloud_tell (cloud, "{\"clear_log\":true}");
  page = granary_test_list_tasks (place, GRANARY_TASK_TRAINING | GRANARY_TASK_OCR, "", 0, 120,
                                  &error);
  g_assert_no_error (error);
  g_assert_cmpuint (page->tasks->len, ==, 120);
  g_assert_cmpint (page->total, ==, 130);
  g_assert_true (page->has_more);
  g_assert_cmpstr (get (page, 0)->name, ==, "task-129");
  g_assert_cmpstr (get (page, 119)->name, ==, "task-010");
  g_assert_cmpuint (granary_test_cloud_count (cloud, "DescribeTrainingTasks"), ==, 3);

  rest = granary_test_list_tasks (place, GRANARY_TASK_TRAINING, NULL, 120, 120, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rest->tasks->len, ==, 10);
  g_assert_false (rest->has_more);

  granary_test_cloud_tell (cloud, "{\"clear_log\":true}");
  found = granary_test_list_tasks (place, GRANARY_TASK_TRAINING, "TASK-01", 0, 5, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->tasks->len, ==, 5);
  g_assert_cmpint (found->total, ==, 10);
  g_assert_true (found->has_more);
  body = granary_test_tione_get_body (cloud, "DescribeTrainingTasks", 0);
  granary_test_assert_json (body, "{\"Filters\":[{\"Name\":\"Name\",\"Values\":[\"TASK-01\"],"
                                  "\"Fuzzy\":true}],\"Offset\":0,\"Limit\":5,"
                                  "\"OrderField\":\"CreateTime\",\"Order\":\"DESC\"}");

  none = granary_test_list_tasks (place, GRANARY_TASK_TRAINING, "nothing", 0, 5, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->tasks->len, ==, 0);
  g_assert_false (none->has_more);
}

static void
test_list_hostile (GranaryTestPlace *place,
                   gconstpointer     data)
{
  static const struct
  {
    const char *response;
    guint       n_tasks;    /* 99: an error */
    guint       n_problems;
  } cases[] = {
    { "{\"TotalCount\":null,\"TrainingTaskSet\":null}", 0, 0 },
    { "{\"TotalCount\":9223372036854775807,\"TrainingTaskSet\":null}", 0, 0 },
    { "{\"TotalCount\":-5,\"TrainingTaskSet\":[]}", 0, 0 },
    { "{\"TotalCount\":\"many\",\"TrainingTaskSet\":[null,3,\"x\",[],{}]}", 5, 5 },
    { "{\"TrainingTaskSet\":[{\"Id\":\"a\",\"Name\":null,\"Status\":7,\"Output\":[],"
      "\"StartTime\":{},\"EndTime\":\"never\",\"FrameworkName\":\"\"}]}", 1, 0 },
    { "{\"TrainingTaskSet\":[{\"Id\":\"b\",\"Output\":{\"Bucket\":\"evil.example.com/\","
      "\"Region\":\"x\",\"Paths\":[\"a\"]}},{\"Id\":\"../../c\",\"Output\":{\"Bucket\":"
      "\"b-1250000000\",\"Region\":\"../x\",\"Paths\":[null]}}]}", 2, 0 },
    { "{\"TotalCount\":1}", 99, 0 },
    { "{\"TrainingTaskSet\":{\"0\":{}}}", 99, 0 },
    { "[]", 99, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GranaryTaskPage) page = NULL;
      g_autoptr (GError) error = NULL;
      guint n_problems = 0;

      g_test_message ("%s", cases[i].response);
      granary_test_cloud_tell (cloud, "{\"clear_faults\":true}");
      answer ("DescribeTrainingTasks", cases[i].response);
      page = granary_test_list_tasks (place, GRANARY_TASK_TRAINING, NULL, 0, 5, &error);
      if (cases[i].n_tasks == 99)
        {
          g_assert_null (page);
          granary_assert_reason (error, GRANARY_REASON_RESPONSE_MALFORMED);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpuint (page->tasks->len, ==, cases[i].n_tasks);
      for (guint t = 0; t < page->tasks->len; t++)
        {
          const GranaryTask *task = get (page, t);

          g_assert_false (task->importable);
          if (task->problem != NULL)
            {
              n_problems++;
              granary_assert_reason (task->problem, GRANARY_REASON_TASK_UNREADABLE);
              g_assert_nonnull (task->location);
            }
        }
      g_assert_cmpuint (n_problems, ==, cases[i].n_problems);
    }
}

static void
test_list_withdrawn (GranaryTestPlace *place,
                     gconstpointer     data)
{
  g_autoptr (GranaryTaskPage) page = NULL;
  g_autoptr (GranaryTaskPage) again = NULL;
  g_autoptr (GError) error = NULL;

  granary_test_cloud_tell (cloud, "{\"faults\":[{\"match\":{\"action\":\"DescribeTrainingTasks\"},"
                                  "\"times\":-1,\"do\":{\"kind\":\"api_error\",\"code\":"
                                  "\"InvalidAction\",\"message\":\"gone\"}}]}");
  page = granary_test_list_tasks (place, GRANARY_TASK_TRAINING, NULL, 0, 20, &error);
  g_assert_no_error (error);
  g_assert_false (page->is_listed);
  granary_assert_reason (page->note, GRANARY_REASON_TASKS_NOT_LISTED);
  again = granary_test_list_tasks (place, GRANARY_TASK_TRAINING, NULL, 0, 20, &error);
  g_assert_no_error (error);
  g_assert_false (again->is_listed);
  g_assert_cmpuint (granary_test_cloud_count (cloud, "DescribeTrainingTasks"), ==, 1);
}

/* One task */

static void
test_load (GranaryTestPlace *place,
           gconstpointer     data)
{
  g_autofree char *uid = make_task ("train7", ",\"output\":{\"Bucket\":\"models-1250000000\","
                                    "\"Region\":\"ap-guangzhou\",\"Paths\":[\"out/\"]},"
                                    "\"metrics\":[[\"loss\",[0.5,0.1]],[\"acc\",[0.9,0.966]],"
                                    "[\"epochs\",[1,100]],[\"loss\",[7]]]");
  g_autofree char *key = g_strdup_printf ("out/%s/model/best.pt", uid);
  g_autofree char *log = g_strdup_printf ("out/%s/train.log", uid);
  g_autofree char *address = g_strdup_printf ("cos://models-1250000000/out/%s/model/",
                                              uid);
  g_autofree char *typed = g_strdup_printf ("  %s ", uid);
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryTaskDetails) details = NULL;
  const GranaryTaskOutput *output;
  const char *const wanted[][2] = { { "loss", "0.1" }, { "acc", "0.966" }, { "epochs", "100" } };

  put ("models-1250000000", key, "weights");
  put ("models-1250000000", log, "much longer than that");
  details = granary_test_load_task (place, GRANARY_TASK_TRAINING, typed, &error);
  g_assert_no_error (error);
  g_assert_no_error (details->note);
  g_assert_cmpstr (details->task->name, ==, "train7");
  g_assert_cmpint (details->task->size, ==, 7);
  g_assert_cmpuint (details->outputs->len, ==, 1);
  output = granary_task_details_find (details, "");
  g_assert_nonnull (output);
  g_assert_cmpstr (output->address, ==, address);
  g_assert_cmpstr (output->framework, ==, "PyTorch");
  g_assert_cmpint (output->size, ==, 7);
  g_assert_null (output->paths);
  g_assert_cmpuint (output->metrics->len, ==, G_N_ELEMENTS (wanted));
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      const GranaryMetric *metric = g_ptr_array_index (output->metrics, i);

      g_assert_cmpstr (metric->name, ==, wanted[i][0]);
      g_assert_cmpstr (metric->text, ==, wanted[i][1]);
    }
}

/* Without the folder for models everything is to be imported; with nothing at all it is said. */
static void
test_load_output (GranaryTestPlace *place,
                  gconstpointer     data)
{
  g_autofree char *uid = make_task ("flat", ",\"output\":{\"Bucket\":\"models-1250000000\","
                                    "\"Region\":\"ap-guangzhou\",\"Paths\":[\"out\"]}");
  g_autofree char *empty = make_task ("empty", ",\"output\":{\"Bucket\":"
                                      "\"models-1250000000\",\"Region\":\"ap-guangzhou\","
                                      "\"Paths\":[\"out\"]}");
  g_autofree char *none = make_task ("none", "");
  g_autofree char *key = g_strdup_printf ("out/%s/best.pt", uid);
  g_autofree char *folder = g_strdup_printf ("out/%s/model/", uid);
  g_autofree char *address = g_strdup_printf ("cos://models-1250000000/out/%s/", uid);
  g_autoptr (GranaryTaskDetails) flat = NULL;
  g_autoptr (GranaryTaskDetails) denied = NULL;
  g_autoptr (GranaryTaskDetails) nothing = NULL;
  g_autoptr (GranaryTaskDetails) nowhere = NULL;
  g_autoptr (GError) error = NULL;

  put ("models-1250000000", key, "abc");
  put ("models-1250000000", folder, "");
  flat = granary_test_load_task (place, GRANARY_TASK_TRAINING, uid, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (granary_task_details_find (flat, NULL)->address, ==, address);
  g_assert_cmpint (granary_task_details_find (flat, NULL)->size, ==, 3);

  nothing = granary_test_load_task (place, GRANARY_TASK_TRAINING, empty, &error);
  g_assert_no_error (error);
  granary_assert_reason (nothing->note, GRANARY_REASON_TASK_EMPTY);

  nowhere = granary_test_load_task (place, GRANARY_TASK_TRAINING, none, &error);
  g_assert_no_error (error);
  granary_assert_reason (nowhere->note, GRANARY_REASON_TASK_EMPTY);
  g_assert_cmpuint (nowhere->outputs->len, ==, 0);
  g_assert_false (nowhere->task->importable);

  /* The platform may see what the account's key does not. */
  granary_test_cloud_tell (cloud, "{\"faults\":[{\"match\":{\"action\":\"GetBucket\"},\"times\":-1,"
                                  "\"do\":{\"kind\":\"cos_error\",\"status\":403,"
                                  "\"code\":\"AccessDenied\"}}]}");
  denied = granary_test_load_task (place, GRANARY_TASK_TRAINING, uid, &error);
  g_assert_no_error (error);
  granary_assert_reason (denied->note, GRANARY_REASON_ACTION_FORBIDDEN);
  g_assert_cmpstr (granary_task_details_find (denied, NULL)->address, ==, address);
  g_assert_cmpint (granary_task_details_find (denied, NULL)->size, ==, -1);
  g_assert_cmpint (denied->task->size, ==, -1);
}

static void
test_metrics_withdrawn (GranaryTestPlace *place,
                        gconstpointer     data)
{
  g_autofree char *uid = make_task ("old", ",\"output\":{\"Bucket\":\"models-1250000000\","
                                    "\"Region\":\"ap-guangzhou\",\"Paths\":[\"out/\"]},"
                                    "\"metrics\":[[\"loss\",[0.5]]]");
  g_autofree char *key = g_strdup_printf ("out/%s/a", uid);

  put ("models-1250000000", key, "a");
  granary_test_cloud_tell (cloud, "{\"withdrawn\":true,\"clear_log\":true}");
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GranaryTaskDetails) details = NULL;

      details = granary_test_load_task (place, GRANARY_TASK_TRAINING, uid, &error);
      g_assert_no_error (error);
      granary_assert_reason (details->note, GRANARY_REASON_METRICS_UNAVAILABLE);
      g_assert_cmpstr (granary_error_get_subject (details->note), ==, "old");
      g_assert_cmpuint (granary_task_details_find (details, NULL)->metrics->len, ==, 0);
    }
  g_assert_cmpuint (granary_test_cloud_count (cloud, "DescribeLatestTrainingMetrics"), ==, 1);
}

static void
test_metrics_hostile (GranaryTestPlace *place,
                      gconstpointer     data)
{
  static const struct
  {
    const char *response;
    const char *text;   /* name=value,… */
  } cases[] = {
    { "{\"Metrics\":null}", "" },
    { "{}", "" },
    { "{\"Metrics\":\"x\"}", "" },
    { "{\"Metrics\":[null,1,[],{}]}", "" },
    { "{\"Metrics\":[{\"MetricName\":\"a\",\"Values\":null},{\"MetricName\":null,\"Values\":"
      "[{\"Value\":1}]},{\"MetricName\":\"  \",\"Values\":[{\"Value\":1}]}]}", "" },
    { "{\"Metrics\":[{\"MetricName\":\"a\",\"Values\":[{\"Value\":1},{\"Value\":null}]}]}", "a=1" },
    { "{\"Metrics\":[{\"MetricName\":\"a\",\"Values\":[{\"Value\":1e400}]},{\"MetricName\":\"b\","
      "\"Values\":[{\"Value\":\"0.5\"}]},{\"MetricName\":\"b\",\"Values\":[{\"Value\":2}]}]}",
      "b=0.5" },
    { "{\"Metrics\":[{\"MetricName\":\"精度\",\"Values\":[{\"Value\":0.1}]},{\"MetricName\":\"x\","
      "\"Values\":[{\"Value\":-1.5e-7}]}]}", "精度=0.1,x=-1.5e-07" },
  };
  g_autofree char *uid = make_task ("t", ",\"output\":{\"Bucket\":\"models-1250000000\","
                                    "\"Region\":\"ap-guangzhou\",\"Paths\":[\"out/\"]}");
  g_autofree char *key = g_strdup_printf ("out/%s/a", uid);

  put ("models-1250000000", key, "a");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GranaryTaskDetails) details = NULL;
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (GError) error = NULL;
      GPtrArray *metrics;

      g_test_message ("%s", cases[i].response);
      granary_test_cloud_tell (cloud, "{\"clear_faults\":true}");
      answer ("DescribeLatestTrainingMetrics", cases[i].response);
      details = granary_test_load_task (place, GRANARY_TASK_TRAINING, uid, &error);
      g_assert_no_error (error);
      metrics = granary_task_details_find (details, NULL)->metrics;
      g_assert_true (granary_metrics_check (metrics, NULL));
      for (guint m = 0; m < metrics->len; m++)
        {
          const GranaryMetric *metric = g_ptr_array_index (metrics, m);

          g_string_append_printf (text, "%s%s=%s", m > 0 ? "," : "", metric->name, metric->text);
        }
      g_assert_cmpstr (text->str, ==, cases[i].text);
    }
}

static void
test_load_refused (GranaryTestPlace *place,
                   gconstpointer     data)
{
  static const char *const odd[] = { "", " ", "a b", "a/b", "..\\x", "a\nb", "a\xff" };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      for (guint kind = 0; kind < 2; kind++)
        {
          g_autoptr (GError) failure = NULL;

          g_assert_null (granary_test_load_task (place, kind == 0 ? GRANARY_TASK_TRAINING
                                                                  : GRANARY_TASK_OCR, odd[i],
                                                 &failure));
          granary_assert_reason (failure, GRANARY_REASON_TASK_MISSING);
        }
    }
  g_assert_cmpuint (granary_test_cloud_count (cloud, "DescribeTrainingTask"), ==, 0);

  g_assert_null (granary_test_load_task (place, GRANARY_TASK_TRAINING, "train-0", &error));
  granary_assert_reason (error, GRANARY_REASON_TASK_MISSING);
  g_assert_cmpstr (granary_error_get_subject (error), ==, "train-0");
  g_clear_error (&error);

  answer ("DescribeTrainingTask", "{\"TrainingTaskDetail\":null}");
  g_assert_null (granary_test_load_task (place, GRANARY_TASK_TRAINING, "train-1", &error));
  granary_assert_reason (error, GRANARY_REASON_RESPONSE_MALFORMED);
}

/* Automatic learning */

static void
make_service (const char *group,
              const char *model_info,
              const char *more)
{
  granary_test_cloud_tell (cloud, "{\"create_service\":{\"name\":\"%s\","
                                  "\"model_info\":{%s}%s}}", group, model_info, more);
}

static void
test_automl (GranaryTestPlace *place,
             gconstpointer     data)
{
  g_autoptr (GranaryTaskPage) vision = NULL;
  g_autoptr (GranaryTaskPage) ocr = NULL;
  g_autoptr (GranaryTaskPage) found = NULL;
  g_autoptr (GranaryTaskPage) last = NULL;
  g_autoptr (GranaryTaskDetails) details = NULL;
  g_autoptr (GranaryTaskDetails) typed = NULL;
  g_auto (GStrv) preferences = NULL;
  g_autoptr (GError) error = NULL;
  const GranaryTaskOutput *output;

  make_service ("shelf",
                "\"ModelVersionId\":\"ml-shelf123-v2\",\"ModelId\":\"ml-shelf123-v2\","
                "\"ModelName\":\"货架检测\",\"ModelVersion\":\"v2\",\"ModelType\":\"AUTO_ML\","
                "\"CosPathInfo\":{\"Bucket\":\"ti-automl-gz-1300000000\",\"Region\":"
                "\"ap-guangzhou\",\"Paths\":[\"automl/public/shelf-ml-shelf123-v2/ems/sdk/"
                "\"]}", "");
  make_service ("shelf",
                "\"ModelVersionId\":\"ml-shelf123-v2\",\"ModelType\":\"AUTO_ML\"", "");
  make_service ("waybill",
                "\"ModelVersionId\":\"opaque_Id.7\",\"ModelName\":\"Waybill OCR\"",
                ",\"create_source\":\"AUTO_ML_FORMAL\"");
  make_service ("plain", "\"ModelVersionId\":\"mv-1\",\"ModelType\":\"NORMAL\"", "");
  put ("ti-automl-gz-1300000000",
       "automl/public/shelf-ml-shelf123-v2/ems/sdk/model_service.py", "import os");

  vision = granary_test_list_tasks (place, GRANARY_TASK_VISION, NULL, 0, 20, &error);
  g_assert_no_error (error);
  g_assert_false (vision->is_listed);
  granary_assert_reason (vision->note, GRANARY_REASON_TASKS_NOT_LISTED);
  g_assert_cmpstr (granary_error_get_subject (vision->note), ==, "Test");
  g_assert_cmpuint (vision->tasks->len, ==, 1);
  g_assert_cmpstr (get (vision, 0)->uid, ==, "ml-shelf123-v2");
  g_assert_cmpstr (get (vision, 0)->name, ==, "货架检测");
  g_assert_cmpint (get (vision, 0)->kinds, ==, GRANARY_TASK_VISION);
  g_assert_true (get (vision, 0)->importable);

  ocr = granary_test_list_tasks (place, GRANARY_TASK_OCR, NULL, 0, 20, &error);
  g_assert_cmpuint (ocr->tasks->len, ==, 1);
  g_assert_cmpstr (get (ocr, 0)->uid, ==, "opaque_Id.7");
  g_assert_null (get (ocr, 0)->location);

  found = granary_test_list_tasks (place, GRANARY_TASK_OCR | GRANARY_TASK_VISION, "waybill", 0,
                                   20, &error);
  g_assert_cmpuint (found->tasks->len, ==, 1);
  last = granary_test_list_tasks (place, GRANARY_TASK_OCR | GRANARY_TASK_VISION, NULL, 1, 1,
                                  &error);
  g_assert_cmpuint (last->tasks->len, ==, 1);
  g_assert_false (last->has_more);

  details = granary_test_load_task (place, GRANARY_TASK_VISION, "ml-shelf123-v2", &error);
  g_assert_no_error (error);
  output = granary_task_details_find (details, "v2");
  g_assert_nonnull (output);
  g_assert_cmpstr (output->address, ==, "cos://ti-automl-gz-1300000000/"
                                        "automl/public/shelf-ml-shelf123-v2/ems/sdk/");
  g_assert_cmpint (output->size, ==, 9);
  g_assert_cmpstr (output->preference, ==, "BALANCE");

  /* Typed by hand: its version is in it, everything else is for the platform to know. */
  typed = granary_test_load_task (place, GRANARY_TASK_OCR, "ml-abc-v3", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (typed->task->name, ==, "ml-abc-v3");
  g_assert_cmpint (typed->task->kinds, ==, GRANARY_TASK_OCR);
  g_assert_true (typed->task->importable);
  output = granary_task_details_find (typed, "v3");
  g_assert_nonnull (output);
  g_assert_null (output->address);
  g_assert_null (output->preference);

  g_object_get (granary_connection_get_task_source (place->connection),
                "preferences", &preferences, NULL);
  g_assert_cmpuint (g_strv_length (preferences), ==, 2);
  g_assert_cmpstr (preferences[1], ==, "精度优先");
}

/* An account that may not list services, and a bucket that lets nobody in. */
static void
test_automl_denied (GranaryTestPlace *place,
                    gconstpointer     data)
{
  g_autoptr (GranaryTaskPage) page = NULL;
  g_autoptr (GranaryTaskDetails) details = NULL;
  g_autoptr (GranaryTaskDetails) typed = NULL;
  g_autoptr (GError) error = NULL;

  make_service ("shelf",
                "\"ModelVersionId\":\"ml-a-v1\",\"ModelType\":\"AUTO_ML\",\"CosPathInfo\":"
                "{\"Bucket\":\"ti-automl-gz-1300000000\",\"Region\":\"ap-guangzhou\",\"Paths\":"
                "[\"automl/public/a-ml-a-v1/ems/sdk/\"]}", "");
  granary_test_cloud_tell (cloud, "{\"faults\":[{\"match\":{\"bucket\":\"ti-automl-*\"},\"times\":-1,"
                                  "\"do\":{\"kind\":\"cos_error\",\"status\":403,"
                                  "\"code\":\"AccessDenied\"}}]}");
  details = granary_test_load_task (place, GRANARY_TASK_VISION, "ml-a-v1", &error);
  g_assert_no_error (error);
  g_assert_nonnull (granary_task_details_find (details, "v1")->address);
  g_assert_cmpint (granary_task_details_find (details, "v1")->size, ==, -1);

  granary_test_cloud_tell (cloud, "{\"faults\":[{\"match\":{\"action\":"
                                  "\"DescribeModelServiceGroups\"},\"times\":-1,\"do\":{\"kind\":"
                                  "\"api_error\",\"code\":\"UnauthorizedOperation\","
                                  "\"message\":\"no\"}}]}");
  page = granary_test_list_tasks (place, GRANARY_TASK_VISION, NULL, 0, 20, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (page->tasks->len, ==, 0);
  granary_assert_reason (page->note, GRANARY_REASON_TASKS_NOT_LISTED);
  typed = granary_test_load_task (place, GRANARY_TASK_VISION, "ml-a-v1", &error);
  g_assert_no_error (error);
  g_assert_nonnull (granary_task_details_find (typed, "v1"));
}

static void
test_automl_hostile (GranaryTestPlace *place,
                     gconstpointer     data)
{
  g_autoptr (GranaryTaskPage) page = NULL;
  g_autoptr (GError) error = NULL;

  answer ("DescribeModelServiceGroups",
          "{\"TotalCount\":5,\"ServiceGroups\":["
          "{\"ServiceGroupId\":\"a\",\"CreateSource\":\"AUTO_ML\",\"Services\":null},"
          "{\"ServiceGroupId\":\"b\",\"CreateSource\":\"AUTO_ML\",\"Services\":[null,{\"ServiceInfo\":"
          "null},{\"ServiceInfo\":{\"ModelInfo\":[]}}]},"
          "{\"ServiceGroupId\":\"c\",\"CreateSource\":7,\"Services\":{}},"
          "{\"ServiceGroupId\":\"d\",\"Services\":[{\"ServiceInfo\":{\"ModelInfo\":{\"ModelType\":"
          "\"AUTO_ML\",\"ModelVersionId\":\"a b/..\"}}}]},"
          "{\"ServiceGroupId\":\"e\",\"Services\":[{\"ServiceInfo\":{\"ModelInfo\":{\"ModelType\":"
          "\"AUTO_ML\",\"ModelId\":\"ml-1\",\"CosPathInfo\":{\"Bucket\":\"x/y\",\"Paths\":[\"a\"]}}}}"
          "]}]}");
  page = granary_test_list_tasks (place, GRANARY_TASK_VISION, NULL, 0, 20, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (page->tasks->len, ==, 1);
  g_assert_cmpstr (get (page, 0)->uid, ==, "ml-1");
  g_assert_null (get (page, 0)->location);
}

/* Calling it off */

static void
listed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  GAsyncResult **at = user_data;

  *at = g_object_ref (result);
}

static gboolean
cancel_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

static void
test_cancel (GranaryTestPlace *place,
             gconstpointer     data)
{
  GranaryTaskSource *source = granary_connection_get_task_source (place->connection);
  GranaryTaskQuery query = { GRANARY_TASK_TRAINING, NULL, 0, 20 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) listed = NULL;
  g_autoptr (GAsyncResult) loaded = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (granary_task_source_has_folders (source));
  granary_test_cloud_tell (cloud, "{\"faults\":[{\"match\":{},\"times\":-1,\"do\":{\"kind\":"
                                  "\"delay\",\"seconds\":2}}]}");
  granary_task_source_list_async (source, &query, cancellable, listed_cb, &listed);
  granary_task_source_load_async (source, GRANARY_TASK_VISION, "ml-1", cancellable, listed_cb,
                                  &loaded);
  g_timeout_add (50, cancel_cb, cancellable);
  while (listed == NULL || loaded == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (granary_task_source_list_finish (source, listed, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (granary_task_source_load_finish (source, loaded, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
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
    { "list", test_list },
    { "pages", test_pages },
    { "list-hostile", test_list_hostile },
    { "list-withdrawn", test_list_withdrawn },
    { "load", test_load },
    { "load-output", test_load_output },
    { "load-refused", test_load_refused },
    { "metrics-withdrawn", test_metrics_withdrawn },
    { "metrics-hostile", test_metrics_hostile },
    { "automl", test_automl },
    { "automl-denied", test_automl_denied },
    { "automl-hostile", test_automl_hostile },
    { "cancel", test_cancel },
  };

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_setenv ("GRANARY_RETRY_SCALE", "0.01", TRUE);

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/tione/tasks/", tests[i].name, NULL);

      g_test_add (path, GranaryTestPlace, NULL, set_up, tests[i].func, tear_down);
    }

  return g_test_run ();
}
