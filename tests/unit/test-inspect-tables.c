/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "inspect-testing.h"

/* Models of tables and pickles: the files of tests/data/models/tables, which the real programs
 * wrote, and texts after the formats' descriptions. */

static void
assert_fact (GranaryInspection *inspection,
             const char        *key,
             const char        *value)
{
  g_test_message ("%s", key);
  g_assert_cmpstr (granary_inspection_find_metadata (inspection, key), ==, value);
}

static void
assert_quiet (GranaryInspection *inspection,
              const char        *format,
              const char        *framework)
{
  g_assert_cmpstr (granary_inspection_get_format (inspection), ==, format);
  g_assert_cmpstr (granary_inspection_get_framework (inspection), ==, framework);
  g_assert_cmpuint (granary_inspection_get_n_warnings (inspection), ==, 0);
}

static void
assert_xgboost (GranaryInspection *inspection)
{
  assert_quiet (inspection, "XGBoost", "XGBoost");
  g_assert_cmpstr (granary_inspection_get_producer (inspection), ==, "XGBoost 3.0.0");
  assert_fact (inspection, "objective", "multi:softprob");
  assert_fact (inspection, "booster", "gbtree");
  assert_fact (inspection, "features", "4");
  assert_fact (inspection, "classes", "3");
  assert_fact (inspection, "trees", "6");
  assert_fact (inspection, "feature names", "age, 身高, weight, height");
}

static void
test_xgboost (void)
{
  g_autoptr (GranaryInspection) json = inspect_fixture ("tables/xgboost.json");
  g_autoptr (GranaryInspection) ubj = inspect_fixture ("tables/xgboost.ubj");
  g_autoptr (GranaryInspection) dart = inspect_fixture ("tables/dart.json");
  g_autoptr (GranaryInspection) legacy = inspect_fixture ("tables/xgboost.deprecated");
  g_autoptr (GranaryInspection) dump = inspect_fixture ("tables/xgboost.txt");

  assert_xgboost (json);
  assert_xgboost (ubj);

  assert_quiet (dart, "XGBoost", "XGBoost");
  assert_fact (dart, "booster", "dart");
  assert_fact (dart, "objective", "reg:squarederror");
  assert_fact (dart, "classes", NULL);

  assert_quiet (legacy, "XGBoost", "XGBoost");
  g_assert_cmpstr (granary_inspection_get_producer (legacy), ==, "XGBoost 3.0");
  assert_fact (legacy, "objective", "multi:softprob");
  assert_fact (legacy, "booster", "gbtree");
  assert_fact (legacy, "features", "4");
  assert_fact (legacy, "classes", "3");

  assert_quiet (dump, "XGBoost", "XGBoost");
}

static GString *
read_fixture (const char *name)
{
  g_autofree char *path = fixture_path (name);
  g_autoptr (GError) error = NULL;
  char *content;
  gsize length;
  GString *text;

  g_file_get_contents (path, &content, &length, &error);
  g_assert_no_error (error);
  text = g_string_new_len (content, (gssize) length);
  g_free (content);

  return text;
}

static gsize
find_in (GString    *text,
         const char *what)
{
  const char *at = memmem (text->str, text->len, what, strlen (what));

  g_assert_nonnull (at);

  return (gsize) (at - text->str);
}

/* Among the files of a version a model may be called model.json. */
static void
test_among_files (void)
{
  g_autofree char *model = fixture_path ("tables/xgboost.json");
  g_autofree char *other = fixture_path ("tables/dart.json");
  const char *paths[] = { other, model, NULL };
  const char *targets[] = { "config.json", "model.json", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryInspection) found = granary_inspect_files (paths, targets, NULL, &error);

  g_assert_no_error (error);
  assert_xgboost (found);
  g_assert_cmpstr (granary_inspection_get_file (found, 0), ==, "model.json");
}

/* The base64 of the format before has the same in it. */
static void
test_xgboost_base64 (void)
{
  g_autoptr (GString) legacy = read_fixture ("tables/xgboost.deprecated");
  g_autofree char *base64 = g_base64_encode ((const guchar *) legacy->str + 4, legacy->len - 4);
  g_autofree char *text = g_strconcat ("bs64\t", base64, "\n", NULL);
  g_autoptr (GranaryInspection) found = inspect_bytes (text, strlen (text), "old.model");
  g_autoptr (GranaryInspection) cut = inspect_bytes ("bs64\tA", 6, "old.model");

  g_assert_true (has_warning (cut, GRANARY_WARNING_TRUNCATED, "old.model"));
  assert_quiet (found, "XGBoost", "XGBoost");
  assert_fact (found, "objective", "multi:softprob");
  assert_fact (found, "features", "4");
}

/* Of a large model the trees are not read: what stands behind them is found from the end. */
static void
test_xgboost_large (void)
{
  static const char * const names[] = { "tables/xgboost.json", "tables/xgboost.ubj" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GString) content = read_fixture (names[i]);
      g_autoptr (GString) filler = g_string_sized_new (4 * 1024 * 1024);
      gsize at = find_in (content, i == 0 ? "\"trees\":[" : "trees[#L") + (i == 0 ? 9 : 16);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GranaryRangeReader) reader = NULL;
      g_autoptr (GranaryInspection) found = NULL;
      g_autoptr (GranaryInspection) cut = NULL;
      g_autoptr (GError) error = NULL;

      while (filler->len < 4 * 1024 * 1024)
        g_string_append (filler, "{\"base_weights\":[3.97E-1,9.9E-1],\"categories\":[]},");
      g_string_insert_len (content, (gssize) at, filler->str, (gssize) filler->len);

      bytes = g_bytes_new (content->str, content->len);
      reader = granary_memory_reader_new (bytes);
      found = granary_inspect_reader (reader, "m.model", NULL, &error);
      g_assert_no_error (error);
      assert_xgboost (found);
      g_assert_cmpint (granary_range_reader_get_bytes_read (reader), <, 128 * 1024);

      cut = inspect_bytes (content->str, content->len / 2, "m.model");
      g_assert_cmpstr (granary_inspection_get_format (cut), ==, "XGBoost");
      g_assert_true (has_warning (cut, GRANARY_WARNING_TRUNCATED, "m.model"));
    }
}

static void
test_pickles (void)
{
  g_autoptr (GranaryInspection) booster = inspect_fixture ("tables/booster.pkl");

  for (guint protocol = 0; protocol <= 5; protocol++)
    {
      g_autofree char *name = g_strdup_printf ("tables/linear-%u.pkl", protocol);
      g_autoptr (GranaryInspection) linear = inspect_fixture (name);

      g_test_message ("%s", name);
      g_assert_cmpstr (granary_inspection_get_format (linear), ==, "pickle");
      g_assert_cmpstr (granary_inspection_get_framework (linear), ==, "scikit-learn");
      g_assert_cmpstr (granary_inspection_get_producer (linear), ==, "scikit-learn 1.4.2");
      assert_fact (linear, "class", "sklearn.linear_model._logistic.LogisticRegression");
      g_assert_cmpuint (granary_inspection_get_n_warnings (linear), ==, 1);
      g_assert_true (has_warning (linear, GRANARY_WARNING_RUNS_CODE,
                                  "sklearn.linear_model._logistic.LogisticRegression"));
    }

  g_assert_cmpstr (granary_inspection_get_framework (booster), ==, "XGBoost");
  g_assert_true (has_warning (booster, GRANARY_WARNING_RUNS_CODE, "xgboost.core.Booster"));
}

/* Arrays stand between the instructions: what comes after them has to be seen as well. */
static void
test_joblib (void)
{
  static const struct
  {
    const char *name;
    const char *compression;
  } files[] = {
    { "tables/pipeline.joblib", NULL },
    { "tables/pipeline-zlib.joblib", "zlib" },
    { "tables/pipeline-gzip.joblib", "gzip" },
    { "tables/pipeline-bz2.joblib", "bzip2" },
    { "tables/pipeline-xz.joblib", "xz" },
    { "tables/pipeline-lzma.joblib", "lzma" },
  };
  g_autoptr (GranaryInspection) objects = inspect_fixture ("tables/objects.joblib");

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (GranaryInspection) pipeline = inspect_fixture (files[i].name);
      g_autoptr (GString) content = read_fixture (files[i].name);
      g_autoptr (GranaryInspection) cut = inspect_bytes (content->str, content->len * 3 / 4, "m");
      const char *names;

      g_test_message ("%s", files[i].name);
      g_assert_cmpstr (granary_inspection_get_format (pipeline), ==, "joblib");
      g_assert_cmpstr (granary_inspection_get_framework (pipeline), ==, "scikit-learn");
      g_assert_cmpstr (granary_inspection_get_producer (pipeline), ==, "scikit-learn 1.4.2");
      assert_fact (pipeline, "class", "sklearn.pipeline.Pipeline");
      assert_fact (pipeline, "compression", files[i].compression);
      assert_fact (pipeline, "scan", NULL);
      g_assert_cmpuint (granary_inspection_get_n_warnings (pipeline), ==, 1);
      g_assert_cmpint (granary_inspection_get_warning (pipeline, 0, &names), ==,
                       GRANARY_WARNING_RUNS_CODE);
      g_assert_nonnull (strstr (names, "sklearn.tree._classes.DecisionTreeClassifier"));

      /* A bzip2 block gives nothing before it is whole: then it is not known what it is. */
      if (granary_inspection_get_format (cut) != NULL)
        g_assert_true (has_warning (cut, GRANARY_WARNING_TRUNCATED, "m"));
    }

  /* Behind a pickle inside of the pickle. */
  g_assert_cmpstr (granary_inspection_get_framework (objects), ==, "scikit-learn");
  assert_fact (objects, "scan", NULL);
  g_assert_cmpuint (granary_inspection_get_n_warnings (objects), ==, 1);
}

static void
test_lightgbm (void)
{
  static const char header[] =
    "tree\nversion=v4\nnum_class=3\nnum_tree_per_iteration=3\nlabel_index=0\nmax_feature_idx=1\n"
    "objective=multiclass num_class:3\nfeature_names=age 身高\nfeature_infos=[0:1] [0:1]\n"
    "tree_sizes=7 5\n\nTree=0\n";
  g_autofree char *text = g_strconcat (header, "Tree=1\nend of trees\n", NULL);
  g_autoptr (GranaryInspection) found = inspect_bytes (text, strlen (text), "model.txt");
  g_autoptr (GranaryInspection) cut = inspect_bytes (text, strlen (header) - 9, "model.txt");

  assert_quiet (found, "LightGBM", "LightGBM");
  assert_fact (found, "version", "v4");
  assert_fact (found, "classes", "3");
  assert_fact (found, "features", "2");
  assert_fact (found, "feature names", "age 身高");
  assert_fact (found, "objective", "multiclass num_class:3");
  assert_fact (found, "trees", "2");

  g_assert_true (has_warning (cut, GRANARY_WARNING_TRUNCATED, "model.txt"));
}

static void
test_catboost_json (void)
{
  static const char text[] =
    "{\"oblivious_trees\":[{\"leaf_values\":[0.1,0.2],\"splits\":[]},{\"leaf_values\":[1]}],"
    "\"features_info\":{\"float_features\":[{\"feature_id\":\"age\",\"borders\":[1,2]},"
    "{\"feature_id\":\"身高\"}],\"ctrs\":[{\"identifier\":\"x\"}]},"
    "\"model_info\":{\"catboost_version_info\":\"CatBoost 1.2\","
    "\"params\":{\"loss_function\":{\"type\":\"Logloss\"},\"task_type\":\"CPU\"}}}";
  g_autoptr (GranaryInspection) found = inspect_bytes (text, sizeof text - 1, "model.json");
  g_autoptr (GranaryInspection) cut = inspect_bytes (text, sizeof text - 9, "model.json");

  assert_quiet (found, "CatBoost", "CatBoost");
  g_assert_cmpstr (granary_inspection_get_producer (found), ==, "CatBoost 1.2");
  assert_fact (found, "objective", "Logloss");
  assert_fact (found, "features", "2");
  assert_fact (found, "feature names", "age, 身高");
  assert_fact (found, "trees", "2");

  g_assert_true (has_warning (cut, GRANARY_WARNING_TRUNCATED, "model.json"));
}

static void
test_catboost (void)
{
  g_autoptr (GranaryInspection) found = inspect_fixture ("small.cbm");
  g_autoptr (GString) content = read_fixture ("small.cbm");
  g_autoptr (GranaryInspection) cut = inspect_bytes (content->str, content->len / 2, "m.cbm");

  assert_quiet (found, "CatBoost", "CatBoost");
  g_assert_cmpstr (granary_inspection_get_producer (found), ==, "CatBoost 1.2.5");
  assert_fact (found, "objective", "MultiClass");
  assert_fact (found, "trained on", "GPU");
  assert_fact (found, "features", "3");
  assert_fact (found, "feature names", "age, 身高, city");
  assert_fact (found, "trees", "3");

  g_assert_true (has_warning (cut, GRANARY_WARNING_TRUNCATED, "m.cbm"));
}

static void
test_tensorrt (void)
{
  static const char json[] =
    "{\"description\":\"YOLO\",\"version\":\"8.3.1\",\"task\":\"detect\",\"stride\":32,"
    "\"imgsz\":[640,480],\"names\":{\"0\":\"cat\",\"1\":\"狗\"},\"args\":{\"half\":true}}";
  g_autoptr (GString) content = g_string_new (NULL);
  g_autoptr (GranaryInspection) plain = inspect_bytes ("ftrt\0\0\0\0", 8, "m.plan");
  g_autoptr (GranaryInspection) yolo = NULL;
  g_autoptr (GranaryInspection) lies = inspect_bytes ("\xff\xff\7\0{\"task\":\"", 13, "m.engine");

  g_assert_cmpstr (granary_inspection_get_format (plain), ==, "TensorRT");
  g_assert_true (has_warning (plain, GRANARY_WARNING_BOUND_TO_DEVICE, "m.plan"));

  append_le64 (content, sizeof json - 1);
  g_string_truncate (content, 4);
  g_string_append (content, json);
  g_string_append_len (content, "ftrt\1\0\0\0", 8);
  yolo = inspect_string (content, "yolo.engine");
  g_assert_cmpstr (granary_inspection_get_format (yolo), ==, "TensorRT");
  g_assert_cmpstr (granary_inspection_get_producer (yolo), ==, "Ultralytics 8.3.1");
  assert_fact (yolo, "task", "detect");
  assert_fact (yolo, "imgsz", "640,480");
  assert_fact (yolo, "names", "cat, 狗");
  g_assert_cmpuint (granary_inspection_get_n_warnings (yolo), ==, 1);

  g_assert_true (has_warning (lies, GRANARY_WARNING_TRUNCATED, "m.engine"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/inspect/tables/xgboost", test_xgboost);
  g_test_add_func ("/inspect/tables/xgboost-base64", test_xgboost_base64);
  g_test_add_func ("/inspect/tables/xgboost-large", test_xgboost_large);
  g_test_add_func ("/inspect/tables/among-files", test_among_files);
  g_test_add_func ("/inspect/tables/pickles", test_pickles);
  g_test_add_func ("/inspect/tables/joblib", test_joblib);
  g_test_add_func ("/inspect/tables/lightgbm", test_lightgbm);
  g_test_add_func ("/inspect/tables/catboost-json", test_catboost_json);
  g_test_add_func ("/inspect/tables/catboost", test_catboost);
  g_test_add_func ("/inspect/tables/tensorrt", test_tensorrt);

  return g_test_run ();
}
