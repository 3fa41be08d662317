/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-json.h"
#include "granary-paddle-private.h"

#include <string.h>

/* What PaddleDetection, PaddleSeg and PaddleX leave: model_final, best_model and numbered
 * checkpoints; PaddleX names them in train_result.json. What was exported has a folder of its own
 * with infer_cfg.yml, or deploy.yaml for segmentation. */

/* Auxiliary functions */

static gboolean
claims_folder (const char *folder,
               GHashTable *names)
{
  if (granary_paddle_has_result (names) || g_hash_table_contains (names, "model_final.pdparams") ||
      g_hash_table_contains (names, "best_model.pdparams"))
    return TRUE;
  if (g_hash_table_contains (names, "model.pdiparams"))
    return g_hash_table_contains (names, "infer_cfg.yml") ||
           g_hash_table_contains (names, "deploy.yaml");

  return g_hash_table_contains (names, "best_model") &&
         (granary_run_has (folder, "best_model/model.pdparams") ||
          granary_run_has (folder, "best_model/best_model.pdparams"));
}

static gboolean
list_runs (const char    *folder,
           GPtrArray     *runs,
           GCancellable  *cancellable,
           GError       **error)
{
  g_ptr_array_add (runs, granary_run_new (&granary_paddledetection_reader, folder, "",
                                          granary_paddle_mtime (folder)));
  return TRUE;
}

static GranaryTask *
read_run (const GranaryRun  *run,
          GCancellable      *cancellable,
          GError           **error)
{
  GranaryTask *task = granary_paddle_make_task (run, GRANARY_TASK_VISION);

  /* What is written at the end tells that it is reached. */
  if (task->state == GRANARY_TASK_UNKNOWN && task->problem == NULL &&
      (granary_run_has (run->folder, "model_final.pdparams") ||
       granary_paddle_is_inference (run->folder)))
    granary_run_settle_state (task, run, TRUE);

  return task;
}

/* `detect` for what PaddleDetection exported, unless its architecture is one of another kind. */
static const char *
get_scene (const char *folder,
           const char *architecture,
           JsonNode   *config)
{
  static const struct
  {
    const char *part;
    const char *scene;
  } known[] = {
    { "Mask", "segment" },
    { "SOLO", "segment" },
    { "Seg", "segment" },
    { "KeyPoint", "pose" },
    { "HRNet", "pose" },
  };

  if (granary_run_has (folder, "deploy.yaml"))
    return "segment";
  for (guint i = 0; architecture != NULL && i < G_N_ELEMENTS (known); i++)
    {
      if (strstr (architecture, known[i].part) != NULL)
        return known[i].scene;
    }
  if (granary_json_lookup (config, "Arch") != NULL)
    return "classify";

  return architecture != NULL ? "detect" : NULL;
}

static GranaryTaskDetails *
load_run (const GranaryRun  *run,
          GCancellable      *cancellable,
          GError           **error)
{
  g_autoptr (GranaryTask) task = read_run (run, cancellable, NULL);
  g_autoptr (GranaryTaskDetails) details = granary_run_begin_details (task, error);
  g_autoptr (JsonNode) config = NULL;
  g_autoptr (JsonNode) exported = NULL;
  g_autoptr (JsonNode) result = NULL;
  GranaryPaddleFacts facts = { NULL };
  const char *architecture;

  if (details == NULL)
    return NULL;

  config = granary_paddle_read_config (run->folder);
  exported = granary_run_read_yaml (run->folder, "infer_cfg.yml", NULL);
  result = granary_paddle_read_result (run->folder, NULL);
  architecture = granary_json_get_string (exported, "arch");
  if (architecture == NULL)
    architecture = granary_json_get_string (config, "architecture");
  facts.scene = get_scene (run->folder, architecture, config);
  facts.preference = granary_json_get_string (result, "model_name");
  if (facts.preference == NULL)
    facts.preference = architecture;

  granary_paddle_add_models (details, run->folder, result, &facts, cancellable);
  if (details->outputs->len == 0)
    {
      granary_paddle_add_checkpoint (details, run->folder, "best_model", "best", &facts,
                                     cancellable);
      granary_paddle_add_checkpoint (details, run->folder, "model_final", "final", &facts,
                                     cancellable);
      granary_paddle_add_numbered (details, run->folder, "", &facts, cancellable);
      granary_paddle_add_numbered (details, run->folder, "iter_", &facts, cancellable);
    }
  if (granary_paddle_is_inference (run->folder))
    {
      g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
      GranaryTaskOutput *output;

      g_ptr_array_add (paths, g_strdup (run->folder));
      output = granary_run_add_output (details, "", GRANARY_PADDLE_FRAMEWORK, paths, cancellable);
      output->scene = g_strdup (facts.scene);
      output->preference = g_strdup (facts.preference);
    }
  granary_paddle_settle (details);

  return g_cancellable_set_error_if_cancelled (cancellable, error) ? NULL
                                                                   : g_steal_pointer (&details);
}

const GranaryRunReader granary_paddledetection_reader = {
  .id = "paddledetection",
  .tool = "PaddleDetection",
  .claims = claims_folder,
  .list = list_runs,
  .read = read_run,
  .load = load_run,
  .kinds = GRANARY_TASK_VISION,
};
