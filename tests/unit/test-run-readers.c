/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>

#include <string.h>

#include "granary-error.h"
#include "granary-metric.h"
#include "granary-run-files-private.h"
#include "granary-run-walk-private.h"
#include "runs-testing.h"

/* What each reader makes of the folders of its tool, and of what is no longer one. */

#define HF "hf/情感分析"
#define OCR "ocr/车牌识别"
#define DETECT "runs/detect/train7"
#define FLOWERS "runs/classify/花卉分类"
#define MULTIMODAL "AutogluonModels/ag-20250301_101500"
#define TABULAR "AutogluonModels/ag-20250302_090000"

/* Auxiliary functions */

static GranaryRun *
get_run (const char *folder,
         const char *name,
         const char *reader)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) runs = granary_run_look_at (path, NULL, &error);
  GranaryRun *run;

  g_assert_no_error (error);
  g_assert_cmpuint (runs->len, ==, 1);
  run = g_ptr_array_steal_index (runs, 0);
  g_assert_cmpstr (run->reader->id, ==, reader);
  g_assert_cmpint (run->mtime, >, 0);

  return run;
}

static GranaryTask *
read_task (const char *folder,
           const char *name,
           const char *reader)
{
  g_autoptr (GranaryRun) run = get_run (folder, name, reader);
  g_autoptr (GError) error = NULL;
  GranaryTask *task = run->reader->read (run, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (task);
  g_assert_true (g_utf8_validate (task->name, -1, NULL));
  g_assert_true (task->kinds & GRANARY_TASK_TRAINING);
  g_assert_true ((task->kinds & ~(run->reader->kinds | GRANARY_TASK_TRAINING)) == 0);

  return task;
}

static GranaryTaskDetails *
load_task (const char *folder,
           const char *name,
           const char *reader)
{
  g_autoptr (GranaryRun) run = get_run (folder, name, reader);
  g_autoptr (GError) error = NULL;
  GranaryTaskDetails *details = run->reader->load (run, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (details);
  return details;
}

static const GranaryTaskOutput *
get_output (GranaryTaskDetails *details,
            guint               i,
            const char         *id)
{
  const GranaryTaskOutput *output;

  g_assert_cmpuint (i, <, details->outputs->len);
  output = g_ptr_array_index (details->outputs, i);
  g_assert_cmpstr (output->id, ==, id);
  for (guint p = 0; output->paths[p] != NULL; p++)
    g_assert_true (g_file_test (output->paths[p], G_FILE_TEST_EXISTS));

  return output;
}

static const char *
get_metric (const GranaryTaskOutput *output,
            const char              *name)
{
  for (guint i = 0; i < output->metrics->len; i++)
    {
      const GranaryMetric *metric = g_ptr_array_index (output->metrics, i);

      if (g_str_equal (metric->name, name))
        return metric->text;
    }

  return NULL;
}

static void
assert_path (const GranaryTaskOutput *output,
             guint                    i,
             const char              *folder,
             const char              *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_cmpstr (output->paths[i], ==, path);
}

/* A run with a row that tells the problem, and nothing to load. */
static void
assert_broken (const char *folder,
               const char *name,
               const char *reader)
{
  g_autoptr (GranaryRun) run = get_run (folder, name, reader);
  g_autoptr (GranaryTask) task = run->reader->read (run, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (task);
  g_assert_nonnull (task->problem);
  g_assert_true (task->problem->domain == GRANARY_ERROR);
  g_assert_nonnull (task->location);
  g_assert_false (task->importable);
  g_assert_null (run->reader->load (run, NULL, &error));
  g_assert_nonnull (error);
}

/* Tests */

static void
test_uid (void)
{
  static const char *const folders[] = { "/", "/a b/c", "/数据/训练#7:x", "/\xff\xfe%/y" };
  static const char *const keys[] = { "", "0/1f#", "实验/\x01\xff" };

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      for (guint k = 0; k < G_N_ELEMENTS (keys); k++)
        {
          g_autoptr (GranaryRun) run = granary_run_new (&granary_ultralytics_reader, folders[i],
                                                        keys[k], 5);
          g_autofree char *uid = granary_run_make_uid (run);
          g_autoptr (GranaryRun) again = granary_run_parse_uid (uid);
          g_autoptr (GranaryTask) task = granary_run_make_task (run);

          g_assert_true (g_str_is_ascii (uid));
          g_assert_nonnull (again);
          g_assert_cmpstr (again->folder, ==, folders[i]);
          g_assert_cmpstr (again->key, ==, keys[k]);
          g_assert_true (g_utf8_validate (task->name, -1, NULL));
          g_assert_true (g_utf8_validate (task->location, -1, NULL));
        }
    }
}

static void
test_resolve (void)
{
  static const struct
  {
    const char *path;
    const char *found;
  } paths[] = {
    { "weights/best.pt", "weights/best.pt" },
    { "/data/runs/train7/weights/best.pt", "weights/best.pt" },
    { "C:\\runs\\train7\\weights\\last.pt", "weights/last.pt" },
    { "./args.yaml", "args.yaml" },
    { "/x/../../args.yaml", "args.yaml" },
    { "../../../etc/passwd", NULL },
    { "weights/none.pt", NULL },
    { "/", NULL },
    { "", NULL },
    { NULL, NULL },
  };
  g_autofree char *folder = runs_make (0);
  g_autofree char *run = g_build_filename (folder, DETECT, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *found = granary_run_resolve (run, paths[i].path);
      g_autofree char *expected = paths[i].found != NULL
                                  ? g_build_filename (run, paths[i].found, NULL) : NULL;

      g_assert_cmpstr (found, ==, expected);
    }

  runs_remove (folder);
}

static void
test_json (void)
{
  const char *text = "{\"a NaN\": NaN, \"b\": [-Infinity, \"\\\"NaN\"], \"c\": 0.1, \"d\": -3}";
  g_autoptr (JsonNode) node = granary_run_parse_json (text, strlen (text), "text", NULL);
  g_autoptr (GPtrArray) metrics =
    g_ptr_array_new_with_free_func ((GDestroyNotify) granary_metric_free);
  g_autofree char *deep = g_strnfill (200000, '[');
  g_autoptr (GError) error = NULL;
  JsonObject *object;
  GList *members;

  g_assert_nonnull (node);
  object = json_node_get_object (node);
  members = json_object_get_members (object);
  for (GList *at = members; at != NULL; at = at->next)
    granary_run_add_metric_node (metrics, at->data, json_object_get_member (object, at->data));
  g_list_free (members);
  g_assert_cmpuint (metrics->len, ==, 3);
  g_assert_cmpstr (((GranaryMetric *) metrics->pdata[0])->text, ==, "NaN");
  g_assert_false (((GranaryMetric *) metrics->pdata[0])->is_number);
  g_assert_cmpstr (((GranaryMetric *) metrics->pdata[1])->text, ==, "0.1");
  g_assert_cmpstr (((GranaryMetric *) metrics->pdata[2])->text, ==, "-3");

  g_assert_null (granary_run_parse_json (deep, strlen (deep), "deep", &error));
  g_assert_nonnull (error);
}

static void
test_ultralytics (void)
{
  g_autofree char *folder = runs_make (0);
  g_autofree char *at = g_build_filename (folder, DETECT, NULL);
  g_autoptr (GranaryTask) task = read_task (folder, DETECT, "ultralytics");
  g_autoptr (GranaryTask) running = read_task (folder, FLOWERS, "ultralytics");
  g_autoptr (GranaryTaskDetails) details = load_task (folder, DETECT, "ultralytics");
  g_autoptr (GranaryTaskDetails) flowers = load_task (folder, FLOWERS, "ultralytics");
  g_autoptr (GranaryTaskDetails) left = NULL;
  g_autoptr (GranaryTask) stopped = NULL;
  g_autofree char *args = NULL;
  g_autofree char *best = NULL;
  const GranaryTaskOutput *output;

  g_assert_no_error (task->problem);
  g_assert_cmpstr (task->name, ==, "train7");
  g_assert_cmpstr (task->group, ==, "detect");
  g_assert_cmpint (task->state, ==, GRANARY_TASK_FINISHED);
  g_assert_cmpint (task->finished, >=, task->started);
  g_assert_cmpint (task->size, ==, 4 * 7);
  g_assert_true (task->importable);
  g_assert_true (task->kinds & GRANARY_TASK_VISION);

  /* 0.1 × mAP50 + 0.9 × mAP50-95 is best in the second row. */
  output = get_output (details, 0, "best");
  assert_path (output, 0, at, "weights/best.pt");
  assert_path (output, 1, at, "args.yaml");
  g_assert_null (output->paths[2]);
  g_assert_cmpstr (get_metric (output, "metrics/mAP50-95(B)"), ==, "0.52");
  g_assert_cmpstr (get_metric (output, "val/box_loss"), ==, "1.1");
  g_assert_null (get_metric (output, "lr/pg0"));
  g_assert_cmpstr (output->scene, ==, "detect");
  g_assert_cmpstr (output->preference, ==, "yolo11n");
  g_assert_cmpstr (output->framework, ==, "PyTorch");
  output = get_output (details, 1, "best.onnx");
  g_assert_cmpstr (output->format, ==, "ONNX");
  g_assert_cmpstr (get_metric (output, "metrics/mAP50-95(B)"), ==, "0.52");
  output = get_output (details, 2, "best_openvino_model");
  g_assert_cmpstr (output->framework, ==, "OpenVINO");
  g_assert_cmpint (output->size, >, 14);
  output = get_output (details, 3, "last");
  g_assert_cmpstr (get_metric (output, "metrics/mAP50-95(B)"), ==, "0.51");
  g_assert_cmpstr (get_metric (output, "val/box_loss"), ==, "nan");
  output = get_output (details, 4, "epoch1");
  g_assert_cmpstr (get_metric (output, "metrics/mAP50(B)"), ==, "0.71");
  get_output (details, 5, "epoch0");
  g_assert_cmpuint (details->outputs->len, ==, 6);

  /* The row of nan is never the best, a half written one is none. */
  g_assert_cmpint (running->state, ==, GRANARY_TASK_RUNNING);
  output = get_output (flowers, 0, "best");
  g_assert_cmpstr (get_metric (output, "metrics/accuracy_top1"), ==, "0.9");
  g_assert_cmpstr (output->preference, ==, "yolo11s-cls");
  output = get_output (flowers, 1, "last");
  g_assert_cmpstr (get_metric (output, "val/loss"), ==, "inf");
  output = get_output (flowers, 2, "epoch1");
  g_assert_cmpstr (get_metric (output, "metrics/accuracy_top1"), ==, "0.9");

  runs_settle (folder);
  stopped = read_task (folder, FLOWERS, "ultralytics");
  g_assert_cmpint (stopped->state, ==, GRANARY_TASK_STOPPED);

  /* A checkpoint was cut, and what was asked for with it: the others are still there. */
  args = g_build_filename (at, "args.yaml", NULL);
  best = g_build_filename (at, "weights", "best.pt", NULL);
  g_assert_cmpint (g_remove (args), ==, 0);
  g_assert_cmpint (g_remove (best), ==, 0);
  left = load_task (folder, DETECT, "ultralytics");
  g_assert_no_error (left->task->problem);
  output = granary_task_details_find (left, "last");
  g_assert_nonnull (output);
  assert_path (output, 0, at, "weights/last.pt");
  g_assert_null (output->paths[1]);
  g_assert_cmpstr (get_metric (output, "metrics/mAP50-95(B)"), ==, "0.51");

  runs_remove (folder);
}

static void
test_ultralytics_broken (void)
{
  g_autofree char *folder = runs_make (0);
  g_autoptr (GranaryTask) fresh = NULL;
  g_autoptr (GranaryTaskDetails) odd = NULL;
  const GranaryTaskOutput *output;

  /* Nothing but titles, then columns that are not there. */
  runs_write (folder, DETECT "/results.csv", "");
  fresh = read_task (folder, DETECT, "ultralytics");
  g_assert_no_error (fresh->problem);
  runs_write (folder, DETECT "/results.csv", "epoch,x\n1,2\n1\n,,,\n\n99999999999999999999,\xff\n");
  odd = load_task (folder, DETECT, "ultralytics");
  output = get_output (odd, 0, "best");
  g_assert_cmpuint (output->metrics->len, ==, 0);

  runs_write (folder, DETECT "/args.yaml", "[1, 2");
  assert_broken (folder, DETECT, "ultralytics");
  runs_write (folder, DETECT "/args.yaml", "epochs: [a]\ntask: {}\nmodel: 3\n");
  runs_write (folder, DETECT "/results.csv", "binary\xff\n");
  assert_broken (folder, DETECT, "ultralytics");

  runs_remove (folder);
}

static void
test_paddleocr (void)
{
  g_autofree char *folder = runs_make (0);
  g_autofree char *at = g_build_filename (folder, OCR, NULL);
  g_autoptr (GranaryTask) task = read_task (folder, OCR, "paddleocr");
  g_autoptr (GranaryTaskDetails) details = load_task (folder, OCR, "paddleocr");
  g_autoptr (GranaryTaskDetails) plain = load_task (folder, "ocr/det_r50", "paddleocr");
  const GranaryTaskOutput *output;

  g_assert_cmpstr (task->name, ==, "车牌识别");
  g_assert_cmpint (task->state, ==, GRANARY_TASK_FINISHED);
  g_assert_true (task->kinds & GRANARY_TASK_OCR);
  g_assert_cmpstr (task->framework, ==, "PaddlePaddle");

  /* What was exported counts more than the checkpoint, whatever machine it is said to be on. */
  output = get_output (details, 0, "best");
  assert_path (output, 0, at, "best_accuracy/inference");
  g_assert_cmpstr (get_metric (output, "acc"), ==, "0.9731");
  g_assert_cmpstr (output->scene, ==, "rec");
  output = get_output (details, 1, "last_1");
  assert_path (output, 0, at, "iter_epoch_20/iter_epoch_20.pdparams");
  assert_path (output, 1, at, "config.yml");
  output = get_output (details, 2, "last_2");
  g_assert_cmpstr (get_metric (output, "acc"), ==, "NaN");
  g_assert_cmpuint (details->outputs->len, ==, 3);

  output = get_output (plain, 0, "best");
  g_assert_cmpstr (output->scene, ==, "det");
  g_assert_cmpstr (get_metric (output, "hmean"), ==, "0.81");
  g_assert_cmpstr (get_metric (output, "recall"), ==, "NaN");
  get_output (plain, 1, "latest");
  get_output (plain, 2, "iter_epoch_100");

  /* Half of it, and what has the form but not the content. */
  runs_write (folder, OCR "/train_result.json", "{\"models\": {\"best\": {\"score\": 0.9");
  assert_broken (folder, OCR, "paddleocr");
  runs_write (folder, OCR "/train_result.json",
              "{\"done_flag\": 7, \"models\": {\"best\": 3, \"x\": {\"pdparams\": [1]}, "
              "\"y\": {\"pdparams\": \"../../../../../etc/passwd\"}}}");
  g_clear_pointer (&details, granary_task_details_unref);
  details = load_task (folder, OCR, "paddleocr");
  get_output (details, 0, "best");

  runs_remove (folder);
}

static void
test_paddledetection (void)
{
  g_autofree char *folder = runs_make (0);
  g_autofree char *at = g_build_filename (folder, "paddle/output", NULL);
  g_autofree char *exported_at = g_build_filename (folder, "paddle/output_inference/ppyoloe_crn_s",
                                                   NULL);
  g_autoptr (GranaryTaskDetails) details = load_task (folder, "paddle/output", "paddledetection");
  g_autoptr (GranaryTaskDetails) exported = load_task (
    folder, "paddle/output_inference/ppyoloe_crn_s", "paddledetection");
  g_autoptr (GranaryTaskDetails) plain = load_task (folder, "paddle/ppyoloe_train",
                                                    "paddledetection");
  g_autoptr (GranaryTaskDetails) seg = load_task (folder, "paddle/seg", "paddledetection");
  const GranaryTaskOutput *output;

  g_assert_true (details->task->kinds & GRANARY_TASK_VISION);
  g_assert_cmpint (details->task->state, ==, GRANARY_TASK_FINISHED);
  output = get_output (details, 0, "best");
  assert_path (output, 0, at, "best_model/inference");
  g_assert_cmpstr (get_metric (output, "score"), ==, "0.411");
  g_assert_cmpstr (output->preference, ==, "PicoDet-S");
  g_assert_cmpstr (output->scene, ==, "detect");
  output = get_output (details, 1, "last_1");
  assert_path (output, 0, at, "12/12.pdparams");

  output = get_output (exported, 0, "");
  assert_path (output, 0, exported_at, NULL);
  g_assert_null (output->title);
  g_assert_cmpstr (output->preference, ==, "YOLO");

  get_output (plain, 0, "best");
  get_output (plain, 1, "final");
  get_output (plain, 2, "19");
  get_output (plain, 3, "9");
  g_assert_cmpuint (plain->outputs->len, ==, 4);

  get_output (seg, 0, "best");
  get_output (seg, 1, "iter_1000");
  get_output (seg, 2, "iter_500");

  runs_write (folder, "paddle/output/train_results.json", "[]");
  g_clear_pointer (&details, granary_task_details_unref);
  details = load_task (folder, "paddle/output", "paddledetection");
  get_output (details, 0, "best");
  runs_write (folder, "paddle/output/train_results.json", "\xff");
  assert_broken (folder, "paddle/output", "paddledetection");

  runs_remove (folder);
}

static void
test_autogluon (void)
{
  g_autofree char *folder = runs_make (0);
  g_autoptr (GranaryTask) task = read_task (folder, MULTIMODAL, "autogluon");
  g_autoptr (GranaryTaskDetails) details = load_task (folder, MULTIMODAL, "autogluon");
  g_autoptr (GranaryTaskDetails) tabular = load_task (folder, TABULAR, "autogluon");
  g_autoptr (GranaryTask) text = NULL;
  const GranaryTaskOutput *output;

  g_assert_true (task->kinds & GRANARY_TASK_VISION);
  output = get_output (details, 0, "");
  g_assert_cmpstr (get_metric (output, "accuracy"), ==, "0.9125");
  g_assert_cmpstr (output->scene, ==, "classify");
  g_assert_cmpstr (output->preference, ==, "medium_quality");
  g_assert_cmpint (output->size, >, 0);

  g_assert_cmpint (tabular->task->kinds, ==, GRANARY_TASK_TRAINING);
  output = get_output (tabular, 0, "");
  g_assert_cmpuint (output->metrics->len, ==, 0);

  runs_write (folder, MULTIMODAL "/assets.json",
              "{\"problem_type\": \"binary\", \"column_types\": {\"x\": \"text\", \"y\": 3}, "
              "\"presets\": [], \"best_score\": Infinity}");
  text = read_task (folder, MULTIMODAL, "autogluon");
  g_assert_cmpint (text->kinds, ==, GRANARY_TASK_TRAINING);
  runs_write (folder, MULTIMODAL "/assets.json", "{");
  assert_broken (folder, MULTIMODAL, "autogluon");

  runs_remove (folder);
}

static void
test_transformers (void)
{
  g_autofree char *folder = runs_make (0);
  g_autofree char *at = g_build_filename (folder, HF, NULL);
  g_autoptr (GranaryTask) task = read_task (folder, HF, "transformers");
  g_autoptr (GranaryTaskDetails) details = load_task (folder, HF, "transformers");
  g_autoptr (GranaryTaskDetails) one = load_task (folder, HF "/checkpoint-500", "transformers");
  const GranaryTaskOutput *output;

  g_assert_cmpstr (task->name, ==, "情感分析");
  g_assert_cmpint (task->state, ==, GRANARY_TASK_FINISHED);
  g_assert_cmpint (task->kinds, ==, GRANARY_TASK_TRAINING);

  /* Without what only training needs. */
  output = get_output (details, 0, "best");
  g_assert_cmpuint (g_strv_length (output->paths), ==, 3);
  assert_path (output, 0, at, "checkpoint-500/config.json");
  assert_path (output, 1, at, "checkpoint-500/model.safetensors");
  assert_path (output, 2, at, "checkpoint-500/tokenizer.json");
  g_assert_cmpstr (get_metric (output, "eval_f1"), ==, "0.88");
  g_assert_null (get_metric (output, "eval_runtime"));
  g_assert_null (get_metric (output, "loss"));
  output = get_output (details, 1, "final");
  assert_path (output, 1, at, "model.safetensors");
  output = get_output (details, 2, "checkpoint-1000");
  g_assert_cmpstr (get_metric (output, "eval_loss"), ==, "NaN");
  get_output (details, 3, "checkpoint-500");
  /* The one that is being written is left out. */
  g_assert_cmpuint (details->outputs->len, ==, 4);
  get_output (one, 0, "final");

  runs_write (folder, HF "/checkpoint-1000/trainer_state.json", "{\"log_history\": [");
  assert_broken (folder, HF, "transformers");
  runs_write (folder, HF "/checkpoint-1000/trainer_state.json",
              "{\"log_history\": [3, {\"step\": 1000, \"loss\": []}, {\"step\": -1}], "
              "\"best_model_checkpoint\": 5, \"max_steps\": 9223372036854775807}");
  g_clear_pointer (&details, granary_task_details_unref);
  details = load_task (folder, HF, "transformers");
  get_output (details, 0, "final");

  runs_remove (folder);
}

/* Each run vanishes between being found and being read. */
static void
test_deleted (void)
{
  g_autofree char *folder = runs_make (0);
  const char *names[] = { HF, OCR, DETECT, MULTIMODAL, TABULAR, "paddle/output" };
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_run_free);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);
      g_autoptr (GPtrArray) found = granary_run_look_at (path, NULL, NULL);

      g_ptr_array_add (runs, g_ptr_array_steal_index (found, 0));
    }
  runs_remove (folder);

  for (guint i = 0; i < runs->len; i++)
    {
      const GranaryRun *run = g_ptr_array_index (runs, i);
      g_autoptr (GError) error = NULL;
      g_autoptr (GranaryTask) task = run->reader->read (run, NULL, &error);
      g_autoptr (GranaryTaskDetails) details = NULL;

      g_assert_no_error (error);
      g_assert_nonnull (task);
      g_assert_false (task->importable);
      details = run->reader->load (run, NULL, &error);
      g_assert_true (details == NULL || details->outputs->len == 0);
    }
}

static void
test_cancelled (void)
{
  g_autofree char *folder = runs_make (0);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GranaryRun) run = get_run (folder, DETECT, "ultralytics");
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (run->reader->load (run, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  runs_remove (folder);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/run-readers/uid", test_uid);
  g_test_add_func ("/run-readers/resolve", test_resolve);
  g_test_add_func ("/run-readers/json", test_json);
  g_test_add_func ("/run-readers/ultralytics", test_ultralytics);
  g_test_add_func ("/run-readers/ultralytics-broken", test_ultralytics_broken);
  g_test_add_func ("/run-readers/paddleocr", test_paddleocr);
  g_test_add_func ("/run-readers/paddledetection", test_paddledetection);
  g_test_add_func ("/run-readers/autogluon", test_autogluon);
  g_test_add_func ("/run-readers/transformers", test_transformers);
  g_test_add_func ("/run-readers/deleted", test_deleted);
  g_test_add_func ("/run-readers/cancelled", test_cancelled);

  return g_test_run ();
}
