/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-json.h"
#include "granary-run-files-private.h"

#include <string.h>

/* `AutogluonModels/ag-…/`: MultiModal describes itself in assets.json, scene and score included.
 * What the tabular predictor knows of itself lies in pickles, which are not read: it has no metrics. */

#define ASSETS "assets.json"

/* Auxiliary functions */

static gboolean
claims_folder (const char *folder,
               GHashTable *names)
{
  if (g_hash_table_contains (names, ASSETS))
    return g_hash_table_contains (names, "df_preprocessor.pkl") ||
           g_hash_table_contains (names, "data_processors.pkl") ||
           g_hash_table_contains (names, "model.ckpt");

  return g_hash_table_contains (names, "predictor.pkl") &&
         g_hash_table_contains (names, "learner.pkl");
}

static gboolean
list_runs (const char    *folder,
           GPtrArray     *runs,
           GCancellable  *cancellable,
           GError       **error)
{
  static const char *const names[] = {
    ASSETS, "model.ckpt", "predictor.pkl", "learner.pkl", "metadata.json", NULL,
  };

  g_ptr_array_add (runs, granary_run_new (&granary_autogluon_reader, folder, "",
                                          granary_run_newest (folder, names)));
  return TRUE;
}

/* Whether a column holds images, or the problem is one of images. */
static gboolean
is_vision (JsonNode *assets)
{
  JsonObject *columns = granary_json_get_object (assets, "column_types");
  const char *problem = granary_json_get_string (assets, "problem_type");

  if (problem != NULL &&
      (strstr (problem, "detection") != NULL || strstr (problem, "segmentation") != NULL ||
       g_str_has_prefix (problem, "image")))
    return TRUE;

  if (columns != NULL)
    {
      JsonObjectIter iter;
      const char *name;
      JsonNode *type;

      json_object_iter_init (&iter, columns);
      while (json_object_iter_next (&iter, &name, &type))
        {
          const char *text = granary_json_get_string (type, "");

          if (text != NULL && g_str_has_prefix (text, "image"))
            return TRUE;
        }
    }

  return FALSE;
}

/* The tool's word for the problem in the words of scenes. */
static const char *
get_scene (JsonNode *assets)
{
  static const struct
  {
    const char *problem;
    const char *scene;
  } known[] = {
    { "classification", "classify" },
    { "multiclass", "classify" },
    { "binary", "classify" },
    { "few_shot_classification", "classify" },
    { "zero_shot_image_classification", "classify" },
    { "object_detection", "detect" },
    { "open_vocabulary_object_detection", "detect" },
    { "semantic_segmentation", "segment" },
  };
  const char *problem = granary_json_get_string (assets, "problem_type");

  for (guint i = 0; problem != NULL && i < G_N_ELEMENTS (known); i++)
    {
      if (g_str_equal (problem, known[i].problem))
        return known[i].scene;
    }

  return problem;
}

/* @assets: (out) (nullable): NULL for a tabular predictor. */
static GranaryTask *
make_task (const GranaryRun  *run,
           JsonNode         **assets)
{
  GranaryTask *task = granary_run_make_task (run);
  gboolean is_multimodal = granary_run_has (run->folder, ASSETS);
  gboolean has_model;

  if (!granary_run_is_there (run, &task->problem))
    return task;

  task->framework = g_strdup (is_multimodal ? "PyTorch" : "AutoGluon");
  if (is_multimodal)
    {
      *assets = granary_run_read_json (run->folder, ASSETS, &task->problem);
      if (*assets == NULL)
        {
          task->kinds |= GRANARY_TASK_VISION;
          return task;
        }
      if (is_vision (*assets))
        task->kinds |= GRANARY_TASK_VISION;
    }

  has_model = granary_run_has (run->folder, is_multimodal ? "model.ckpt" : "predictor.pkl");
  granary_run_settle_state (task, run, has_model);
  task->importable = has_model;

  return task;
}

static GranaryTask *
read_run (const GranaryRun  *run,
          GCancellable      *cancellable,
          GError           **error)
{
  g_autoptr (JsonNode) assets = NULL;

  return make_task (run, &assets);
}

/* One name, or several of which the first counts most. */
static const char *
get_presets (JsonNode *assets)
{
  JsonArray *several = granary_json_get_array (assets, "presets");

  if (several != NULL && json_array_get_length (several) > 0)
    return granary_json_get_string (json_array_get_element (several, 0), "");

  return granary_json_get_string (assets, "presets");
}

static GranaryTaskDetails *
load_run (const GranaryRun  *run,
          GCancellable      *cancellable,
          GError           **error)
{
  g_autoptr (JsonNode) assets = NULL;
  g_autoptr (GranaryTask) task = make_task (run, &assets);
  g_autoptr (GranaryTaskDetails) details = granary_run_begin_details (task, error);
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  GranaryTaskOutput *output;
  const char *metric;

  if (details == NULL)
    return NULL;

  /* The predictor loads the folder as a whole. */
  if (task->importable)
    {
      g_ptr_array_add (paths, g_strdup (run->folder));
      output = granary_run_add_output (details, "", task->framework, paths, cancellable);
      output->scene = g_strdup (get_scene (assets));
      output->preference = g_strdup (get_presets (assets));
      task->size = output->size;
      /* The best score is one of the validation. */
      metric = granary_json_get_string (assets, "validation_metric_name");
      if (metric == NULL)
        metric = granary_json_get_string (assets, "eval_metric_name");
      granary_run_add_metric_node (output->metrics, metric != NULL ? metric : "score",
                                   granary_json_lookup (assets, "best_score"));
    }

  return g_cancellable_set_error_if_cancelled (cancellable, error) ? NULL
                                                                   : g_steal_pointer (&details);
}

const GranaryRunReader granary_autogluon_reader = {
  .id = "autogluon",
  .tool = "AutoGluon",
  .claims = claims_folder,
  .list = list_runs,
  .read = read_run,
  .load = load_run,
  .kinds = GRANARY_TASK_VISION,
};
