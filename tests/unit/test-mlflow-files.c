/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "mlflow-testing.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define READER (&granary_mlflow_files_reader)
#define EXPERIMENT "428501738292712345/"
#define ID(digits) "000000000000000000000000000000" digits

#define META \
  "artifact_uri: file:///nowhere/mlruns/0/r/artifacts\nend_time: 1718000090000\n" \
  "experiment_id: '0'\nlifecycle_stage: active\nrun_id: r\nrun_name: r\n" \
  "start_time: 1718000000000\nstatus: 3\n"

/* What is there */

static void
test_claims (void)
{
  g_autofree char *store = mlflow_fixture ("files-2/mlruns");
  g_autofree char *other = mlflow_make_folder ();
  g_autofree char *moved = g_build_filename (other, "kept", NULL);
  g_autoptr (GHashTable) nothing = mlflow_names (NULL, NULL);
  g_autoptr (GHashTable) zero = mlflow_names ("0", "x", NULL);
  g_autoptr (GHashTable) numbered = mlflow_names ("12", "mlflow.db", NULL);

  g_assert_true (READER->claims (store, nothing));
  g_assert_false (READER->claims (other, nothing));
  g_assert_false (READER->claims (other, zero));

  /* Told by its experiments when it is called something else. */
  mlflow_write (moved, "0/meta.yaml", "artifact_location: /x\nexperiment_id: '0'\nname: d\n");
  mlflow_write (moved, "12/meta.yaml", "name: of something else\n");
  g_assert_true (READER->claims (moved, zero));
  g_assert_false (READER->claims (moved, numbered));
}

static void
test_list (void)
{
  g_autofree char *store = mlflow_fixture ("files-2/mlruns");
  g_autoptr (GPtrArray) runs = mlflow_list (READER, store);
  g_autoptr (GPtrArray) more = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (runs->len, ==, 6);
  g_assert_nonnull (mlflow_find (runs, EXPERIMENT ID ("a1")));
  g_assert_nonnull (mlflow_find (runs, "0/" ID ("a2")));
  g_assert_null (mlflow_find (runs, "7/" ID ("a7")));
  g_assert_cmpint (mlflow_find (runs, "0/" ID ("a2"))->mtime, >, 0);

  g_assert_false (READER->list ("/nowhere/mlruns", more, NULL, &error));
  g_assert_nonnull (error);
  g_assert_cmpuint (more->len, ==, 0);
}

static void
test_row (void)
{
  g_autofree char *store = mlflow_fixture ("files-2/mlruns");
  g_autoptr (GranaryTask) task = mlflow_read (READER, store, EXPERIMENT ID ("a1"));
  g_autoptr (GranaryTask) old = mlflow_read (READER, store, "0/" ID ("a2"));
  g_autoptr (GranaryTask) running = mlflow_read (READER, store, "0/" ID ("a3"));
  g_autoptr (GranaryTask) deleted = mlflow_read (READER, store, "0/" ID ("a5"));

  g_assert_no_error (task->problem);
  g_assert_cmpstr (task->name, ==, "rebellious-asp-731");
  g_assert_cmpstr (task->group, ==, "风控 / fraud");
  g_assert_cmpstr (task->tool, ==, "MLflow");
  g_assert_cmpstr (task->framework, ==, "XGBoost");
  g_assert_cmpint (task->kinds, ==, GRANARY_TASK_TRAINING);
  g_assert_cmpint (task->state, ==, GRANARY_TASK_FINISHED);
  g_assert_cmpstr (task->state_text, ==, "FINISHED");
  g_assert_cmpint (task->started, ==, G_GINT64_CONSTANT (1718000000000000));
  g_assert_cmpint (task->finished, ==, G_GINT64_CONSTANT (1718000090000000));
  g_assert_true (task->importable);
  g_assert_cmpint (task->size, >, 500);

  g_assert_cmpstr (old->name, ==, "基线");
  g_assert_cmpstr (old->group, ==, "Default");
  g_assert_cmpint (old->state, ==, GRANARY_TASK_FAILED);
  g_assert_true (old->importable);
  g_assert_cmpint (running->state, ==, GRANARY_TASK_RUNNING);
  g_assert_cmpint (running->finished, ==, 0);
  g_assert_false (running->importable);
  g_assert_no_error (running->problem);
  g_assert_null (deleted);
}

static void
test_outputs (void)
{
  g_autofree char *store = mlflow_fixture ("files-2/mlruns");
  g_autoptr (GranaryTaskDetails) details = mlflow_load (READER, store, EXPERIMENT ID ("a1"));
  g_autoptr (GranaryTaskDetails) plain = mlflow_load (READER, store, "0/" ID ("a2"));
  const char *metrics = "acc=0.9375 grad_norm=nan ratio=inf val/loss=0.25";

  /* Written on another computer: found beside the run. The newest first. */
  g_assert_cmpuint (details->outputs->len, ==, 2);
  mlflow_assert_output (details, 0, "best/estimator|best/estimator|XGBoost|XGBoost|Python 3.11.9",
                        metrics, store, EXPERIMENT ID ("a1") "/artifacts/best/estimator");
  mlflow_assert_output (details, 1, "model|model|scikit-learn|pickle|Python 3.11.9", metrics, store,
                        EXPERIMENT ID ("a1") "/artifacts/model");
  g_assert_no_error (details->note);

  g_assert_cmpuint (plain->outputs->len, ==, 1);
  mlflow_assert_output (plain, 0, "||||", "rmse=11.25", store, "0/" ID ("a2") "/artifacts");
}

static void
test_elsewhere (void)
{
  g_autofree char *folder = mlflow_fixture ("files-2");
  g_autofree char *store = mlflow_fixture ("files-2/mlruns");
  g_autoptr (GranaryTask) remote = mlflow_read (READER, store, "0/" ID ("a4"));
  g_autoptr (GranaryTaskDetails) details = mlflow_load (READER, store, "0/" ID ("a4"));
  g_autoptr (GranaryTaskDetails) empty = mlflow_load (READER, store, "0/" ID ("a3"));
  g_autoptr (GranaryTaskDetails) served = mlflow_load (READER, store, "0/" ID ("a6"));

  g_assert_false (remote->importable);
  g_assert_cmpstr (remote->framework, ==, "LightGBM");
  g_assert_cmpstr (remote->location, ==, "s3://models/0/" ID ("a4") "/artifacts");
  g_assert_true (granary_error_matches_reason (remote->problem, GRANARY_REASON_TASK_ELSEWHERE));
  g_assert_cmpuint (details->outputs->len, ==, 0);
  g_assert_true (granary_error_matches_reason (details->note, GRANARY_REASON_TASK_ELSEWHERE));

  g_assert_true (granary_error_matches_reason (empty->note, GRANARY_REASON_TASK_EMPTY));

  mlflow_assert_output (served, 0, "model||PyTorch||Python 3.11.9", "", folder,
                        "mlartifacts/0/" ID ("a6") "/artifacts/model");
  g_assert_cmpint (served->task->state, ==, GRANARY_TASK_STOPPED);
}

static void
test_models (void)
{
  g_autofree char *store = mlflow_fixture ("files-3/mlruns");
  g_autoptr (GPtrArray) runs = mlflow_list (READER, store);
  g_autoptr (GranaryTaskDetails) one = mlflow_load (READER, store, "0/" ID ("b1"));
  g_autoptr (GranaryTaskDetails) two = mlflow_load (READER, store, "0/" ID ("b2"));
  g_autoptr (GranaryTaskDetails) source = mlflow_load (READER, store, "0/" ID ("b3"));
  g_autoptr (GranaryTask) row = mlflow_read (READER, store, "0/" ID ("b1"));
  const GranaryTaskOutput *step;
  g_autofree char *text = NULL;

  g_assert_cmpuint (runs->len, ==, 3);
  g_assert_cmpuint (one->outputs->len, ==, 1);
  mlflow_assert_output (one, 0, "m-" ID ("c1") "||PyTorch||Python 3.11.9", "acc=0.75 auc=0.875",
                        store, "0/models/m-" ID ("c1") "/artifacts");
  g_assert_cmpstr (row->framework, ==, "PyTorch");
  g_assert_cmpint (row->size, ==, one->task->size);

  /* Of several each has its own values. */
  g_assert_cmpuint (two->outputs->len, ==, 2);
  step = granary_task_details_find (two, "m-" ID ("c2"));
  g_assert_nonnull (step);
  g_assert_cmpstr (step->title, ==, "step 10");
  text = mlflow_metrics_text (step->metrics);
  g_assert_cmpstr (text, ==, "loss=0.5");

  g_assert_nonnull (granary_task_details_find (source, "m-" ID ("c4")));
}

/* Addresses */

static void
test_addresses (void)
{
  g_autofree char *folder = mlflow_make_folder ();
  g_autofree char *store = g_build_filename (folder, "mlruns", NULL);
  g_autofree char *data = g_build_filename (folder, "data/r/artifacts", NULL);
  g_autofree char *secret = g_build_filename (folder, "secret", NULL);
  const struct
  {
    const char *uri;
    gboolean    found;
  } rows[] = {
    { "data/r/artifacts", TRUE },
    { "./data/../data/r/artifacts", TRUE },
    { "%s/data/r/artifacts", TRUE },
    { "file://%s/data/r/artifacts", TRUE },
    { "file:%s/data/r/artifacts", TRUE },
    { "%s/data/r/artifacts/", TRUE },
    /* A record that leads to anything but a run's own. */
    { "%s/secret", FALSE },
    { "file://%s/secret", FALSE },
    { "%s/data/r/artifacts/../../../secret", FALSE },
    { "%s/link/r/artifacts", FALSE },
    { "mlflow-artifacts:/../../secret", FALSE },
    { "mlflow-artifacts:/%%2e%%2e/secret", FALSE },
    { "gs://bucket/0/r/artifacts", FALSE },
    { "dbfs:/0/r/artifacts", FALSE },
    { "file://other/data/r/artifacts", FALSE },
    { "''", FALSE },
    { "/", FALSE },
  };

  g_assert_cmpint (g_mkdir_with_parents (data, 0700), ==, 0);
  mlflow_write (data, "weights.bin", "weights");
  mlflow_write (secret, "key", "secret");
  {
    g_autofree char *link = g_build_filename (folder, "link", NULL);
    g_autofree char *below = g_build_filename (link, "r", NULL);
    g_autofree char *artifacts = g_build_filename (below, "artifacts", NULL);

    g_assert_cmpint (g_mkdir_with_parents (below, 0700), ==, 0);
    g_assert_cmpint (symlink (secret, artifacts), ==, 0);
  }

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (GStrv) parts = g_strsplit (rows[i].uri, "%s", 2);
      g_autofree char *joined = g_strjoinv (folder, parts);
      g_autofree char *meta = g_strdup_printf ("artifact_uri: %s\nstatus: 3\n", joined);
      g_autoptr (GranaryTaskDetails) details = NULL;

      mlflow_write (store, "0/r/meta.yaml", meta);
      details = mlflow_load (READER, store, "0/r");
      g_test_message ("%s", rows[i].uri);
      g_assert_cmpuint (details->outputs->len, ==, rows[i].found ? 1 : 0);
      if (rows[i].found)
        mlflow_assert_output (details, 0, "||||", "", data, NULL);
    }
}

/* Hostile */

static char *
make_run (const char *meta)
{
  g_autofree char *folder = mlflow_make_folder ();
  char *store = g_build_filename (folder, "mlruns", NULL);

  mlflow_write (store, "0/r/meta.yaml", meta);
  return store;
}

static void
test_meta (void)
{
  static const char *const broken[] = {
    "", "\xff\xfe\xfd", "a: [", "a: &a [*a]\n",
    "a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\n"
    "d: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\n"
    "f: &f [*e,*e,*e,*e,*e,*e,*e,*e]\ng: [*f,*f,*f,*f,*f,*f,*f,*f]\n",
  };
  static const char *const odd[] = {
    "x", "[1, 2]", "status: 99\nstart_time: -5\n", "status: {a: b}\nrun_name: [1]\n",
    "start_time: 9223372036854775807\nend_time: 9223372036854775808\nstatus: 9223372036854775807\n",
    "start_time: .inf\nend_time: 1e308\n", "run_name: \"a\\nb\\0c\"\nstatus: KILLED\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autofree char *store = make_run (broken[i]);
      g_autoptr (GPtrArray) runs = mlflow_list (READER, store);

      g_assert_cmpuint (runs->len, ==, 1);
      mlflow_assert_problem (READER, store, "0/r", GRANARY_REASON_TASK_UNREADABLE);
    }
  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      g_autofree char *store = make_run (odd[i]);
      g_autoptr (GranaryTask) task = mlflow_read (READER, store, "0/r");

      g_assert_no_error (task->problem);
      g_assert_cmpint (task->started, ==, 0);
      g_assert_cmpint (task->finished, ==, 0);
      g_assert_true (g_utf8_validate (task->name, -1, NULL));
      g_assert_null (strchr (task->name, '\n'));
    }
  {
    g_autofree char *large = g_strnfill (300 * 1024, '#');
    g_autofree char *store = make_run (large);

    mlflow_assert_problem (READER, store, "0/r", GRANARY_REASON_TASK_UNREADABLE);
  }
}

static void
test_gone (void)
{
  g_autofree char *store = make_run (META);
  g_autofree char *meta = g_build_filename (store, "0/r/meta.yaml", NULL);
  g_autofree char *run = g_build_filename (store, "0/r", NULL);
  g_autoptr (GPtrArray) runs = mlflow_list (READER, store);
  static const char *const keys[] = { "0", "", "/", "0/", "0/r/s", "../0", "0/..", "./r", "0//r" };

  g_assert_cmpuint (runs->len, ==, 1);
  g_assert_cmpint (g_unlink (meta), ==, 0);
  {
    g_autoptr (GranaryTask) task = mlflow_read (READER, store, "0/r");

    g_assert_nonnull (task->problem);
  }
  g_assert_cmpint (g_rmdir (run), ==, 0);
  mlflow_assert_problem (READER, store, "0/r", GRANARY_REASON_TASK_MISSING);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    mlflow_assert_problem (READER, store, keys[i], GRANARY_REASON_TASK_MISSING);
}

static void
test_names (void)
{
  g_autofree char *store = make_run ("run_name: 'größer – 视觉 / \xf0\x9f\x8c\xbe'\nstatus: 3\n");
  g_autofree char *name = g_strnfill (5000, 'n');
  g_autofree char *meta = g_strdup_printf ("run_name: %s\n", name);
  g_autoptr (GranaryTask) task = NULL;
  g_autoptr (GranaryTaskDetails) details = NULL;
  g_autofree char *metrics = NULL;

  mlflow_write (store, "0/meta.yaml", "name: 'эксперимент'\nexperiment_id: '0'\n");
  mlflow_write (store, "0/r/metrics/val/точность", "1 0.5 1\n");
  mlflow_write (store, "0/r/metrics/\xff\xfe", "1 0.25 1\n");
  mlflow_write (store, "0/r/metrics/a b c", "1 0.125 1\n");
  mlflow_write (store, "0/r/artifacts/\xff/MLmodel", "flavors: {onnx: {data: m.onnx}}\n");
  details = mlflow_load (READER, store, "0/r");
  g_assert_cmpstr (details->task->name, ==, "größer – 视觉 / \xf0\x9f\x8c\xbe");
  g_assert_cmpstr (details->task->group, ==, "эксперимент");
  g_assert_cmpuint (details->outputs->len, ==, 1);
  metrics = mlflow_metrics_text (((GranaryTaskOutput *) details->outputs->pdata[0])->metrics);
  g_assert_true (g_utf8_validate (metrics, -1, NULL));
  g_assert_nonnull (strstr (metrics, "val/точность=0.5"));
  g_assert_nonnull (strstr (metrics, "a b c=0.125"));

  mlflow_write (store, "0/r/meta.yaml", meta);
  task = mlflow_read (READER, store, "0/r");
  g_assert_cmpint (g_utf8_strlen (task->name, -1), <, 300);
}

static void
test_metrics (void)
{
  static const char *const nothing[] = { "", "\n\n", "x y z\n", "1\n", "1 0,5 1\n" };
  static const char *const latest[][2] = {
    { "1 0.5 1\n2 0.25 2\n", "0.25" },
    /* By step, then time, then value; steps may come in any order. */
    { "5 0.5 9\n6 0.25 2\n", "0.5" },
    { "5 0.5 1\n6 0.25 1\n", "0.25" },
    { "5 0.5 1\n5 0.75 1\n5 0.25 1\n", "0.75" },
    { "5 0.5 1\n5 nan 1\n", "0.5" },
    { "5 nan 1\n", "nan" },
    { "5 -inf 1", "-inf" },
    { "5 1e-05 1\r\n", "1e-05" },
    { "5 0.5\n6 0.25\n", "0.25" },
    { "9223372036854775808 1 99999999999999999999\n1 2 3\n", "1" },
    { "1 0.5 -7\n1 0.25 -8\n", "0.5" },
    { "1 0.5 1 run data digest\n", "0.5" },
    { "garbage\n1 0.5 1\n2 0.2 2", "0.2" },
  };
  g_autofree char *store = make_run (META);

  mlflow_write (store, "0/r/artifacts/file", "x");
  for (guint i = 0; i < G_N_ELEMENTS (nothing); i++)
    {
      g_autoptr (GranaryTaskDetails) details = NULL;

      mlflow_write (store, "0/r/metrics/m", nothing[i]);
      details = mlflow_load (READER, store, "0/r");
      g_assert_cmpuint (((GranaryTaskOutput *) details->outputs->pdata[0])->metrics->len, ==, 0);
    }
  for (guint i = 0; i < G_N_ELEMENTS (latest); i++)
    {
      g_autofree char *expected = g_strconcat ("m=", latest[i][1], NULL);
      g_autofree char *text = NULL;
      g_autoptr (GranaryTaskDetails) details = NULL;

      mlflow_write (store, "0/r/metrics/m", latest[i][0]);
      details = mlflow_load (READER, store, "0/r");
      text = mlflow_metrics_text (((GranaryTaskOutput *) details->outputs->pdata[0])->metrics);
      g_assert_cmpstr (text, ==, expected);
    }
}

/* A file of a gigabyte is read from its end, and a pipe is no file. */
static void
test_large (void)
{
  g_autofree char *store = make_run (META);
  g_autofree char *large = g_build_filename (store, "0/r/metrics/large", NULL);
  g_autofree char *pipe = g_build_filename (store, "0/r/metrics/pipe", NULL);
  g_autofree char *line = g_build_filename (store, "0/r/metrics/line", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GranaryTaskDetails) details = NULL;
  g_autofd int fd = -1;

  mlflow_write (store, "0/r/artifacts/file", "x");
  mlflow_write (store, "0/r/metrics/small", "1 0.5 1\n");
  fd = open (large, O_WRONLY | O_CREAT, 0600);
  g_assert_cmpint (ftruncate (fd, 1 << 30), ==, 0);
  g_assert_cmpint (pwrite (fd, "\n1 0.125 7\n2 0.25 8\n", 20, (1 << 30) - 20), ==, 20);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  /* No end of a line within what is read. */
  g_assert_cmpint (truncate (large, 1 << 30), ==, 0);
  g_assert_true (g_file_set_contents (line, "", 0, NULL));
  g_assert_cmpint (truncate (line, 1 << 30), ==, 0);

  details = mlflow_load (READER, store, "0/r");
  text = mlflow_metrics_text (((GranaryTaskOutput *) details->outputs->pdata[0])->metrics);
  g_assert_cmpstr (text, ==, "large=0.25 small=0.5");
}

static void
test_links (void)
{
  g_autofree char *store = make_run (META);
  g_autofree char *outside = mlflow_make_folder ();
  g_autofree char *experiment = g_build_filename (store, "1", NULL);
  g_autofree char *run = g_build_filename (store, "0/linked", NULL);
  g_autofree char *loop = g_build_filename (store, "0/r/artifacts/loop", NULL);
  g_autofree char *model = g_build_filename (store, "0/r/artifacts/outside", NULL);
  g_autofree char *metrics = g_build_filename (store, "0/r/metrics", NULL);
  g_autofree char *tags = g_build_filename (store, "0/r/tags", NULL);
  g_autofree char *second = g_build_filename (store, "0/s", NULL);
  g_autofree char *meta = g_build_filename (second, "meta.yaml", NULL);
  g_autofree char *secret = g_build_filename (outside, "meta.yaml", NULL);
  g_autoptr (GPtrArray) runs = NULL;
  g_autoptr (GranaryTaskDetails) details = NULL;

  mlflow_write (outside, "meta.yaml", META);
  mlflow_write (outside, "MLmodel", "flavors: {onnx: {data: m.onnx}}\n");
  mlflow_write (outside, "acc", "1 0.5 1\n");
  mlflow_write (store, "0/r/artifacts/file", "x");
  g_assert_cmpint (symlink (outside, experiment), ==, 0);
  g_assert_cmpint (symlink (outside, run), ==, 0);
  g_assert_cmpint (symlink ("..", loop), ==, 0);
  g_assert_cmpint (symlink (outside, model), ==, 0);
  g_assert_cmpint (symlink (outside, metrics), ==, 0);
  g_assert_cmpint (symlink ("tags", tags), ==, 0);
  g_assert_cmpint (g_mkdir (second, 0700), ==, 0);
  g_assert_cmpint (symlink (secret, meta), ==, 0);

  runs = mlflow_list (READER, store);
  g_assert_null (mlflow_find (runs, "0/linked"));
  mlflow_assert_problem (READER, store, "0/linked", GRANARY_REASON_TASK_MISSING);
  {
    g_autoptr (GranaryTask) task = mlflow_read (READER, store, "0/s");

    g_assert_nonnull (task->problem);
  }

  details = mlflow_load (READER, store, "0/r");
  g_assert_cmpuint (details->outputs->len, ==, 1);
  mlflow_assert_output (details, 0, "||||", "", store, "0/r/artifacts");
}

static void
test_model_files (void)
{
  static const struct
  {
    const char *text;
    const char *expected;
  } rows[] = {
    { "flavors: {sklearn: {pickled_model: model.pkl}, python_function: {python_version: 3.9.1}}",
      "model||scikit-learn|pickle|Python 3.9.1" },
    { "flavors: {onnx: {data: model.onnx}}", "model||ONNX|ONNX|" },
    { "flavors: {keras: {data: data/model.keras}}", "model||Keras|Keras|" },
    { "flavors: {tensorflow: {save_format: tf, model_type: keras}}", "model||Keras|SavedModel|" },
    { "flavors: {tensorflow: {saved_model_dir: tfmodel}}", "model||TensorFlow|SavedModel|" },
    { "flavors: {lightgbm: {data: model.lgb}}", "model||LightGBM|LightGBM|" },
    { "flavors: {lightgbm: {data: model.pkl}}", "model||LightGBM|pickle|" },
    { "flavors: {catboost: {data: model.cb, save_format: cbm}}", "model||CatBoost|CatBoost|" },
    { "flavors: {paddle: {pickled_model: model}}", "model||PaddlePaddle|Paddle|" },
    { "flavors: {transformers: {framework: pt}}", "model||PyTorch||" },
    { "flavors: {transformers: {framework: tf}}", "model||TensorFlow||" },
    { "flavors: {python_function: {python_version: '; rm -rf /'}}", "model||||" },
    { "flavors: {prophet: {}}", "model||||" },
    { "flavors: [onnx]", "model||||" },
    { "flavors: {onnx: 7}", "model||ONNX|ONNX|" },
    { "a: &a [*a]", "model||||" },
    { "\xff", "model||||" },
  };
  g_autofree char *store = make_run (META);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GranaryTaskDetails) details = NULL;

      mlflow_write (store, "0/r/artifacts/model/MLmodel", rows[i].text);
      details = mlflow_load (READER, store, "0/r");
      g_assert_cmpuint (details->outputs->len, ==, 1);
      mlflow_assert_output (details, 0, rows[i].expected, "", store, "0/r/artifacts/model");
    }
}

static void
test_cancelled (void)
{
  g_autofree char *store = mlflow_fixture ("files-2/mlruns");
  g_autoptr (GranaryRun) run = granary_run_new (READER, store, EXPERIMENT ID ("a1"), 0);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_run_free);

  g_cancellable_cancel (cancellable);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;

      if (i == 0)
        g_assert_false (READER->list (store, runs, cancellable, &error));
      else if (i == 1)
        g_assert_null (READER->read (run, cancellable, &error));
      else
        g_assert_null (READER->load (run, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/mlflow-files/claims", test_claims);
  g_test_add_func ("/mlflow-files/list", test_list);
  g_test_add_func ("/mlflow-files/row", test_row);
  g_test_add_func ("/mlflow-files/outputs", test_outputs);
  g_test_add_func ("/mlflow-files/elsewhere", test_elsewhere);
  g_test_add_func ("/mlflow-files/models", test_models);
  g_test_add_func ("/mlflow-files/addresses", test_addresses);
  g_test_add_func ("/mlflow-files/meta", test_meta);
  g_test_add_func ("/mlflow-files/gone", test_gone);
  g_test_add_func ("/mlflow-files/names", test_names);
  g_test_add_func ("/mlflow-files/metrics", test_metrics);
  g_test_add_func ("/mlflow-files/large", test_large);
  g_test_add_func ("/mlflow-files/links", test_links);
  g_test_add_func ("/mlflow-files/model-files", test_model_files);
  g_test_add_func ("/mlflow-files/cancelled", test_cancelled);

  return g_test_run ();
}
