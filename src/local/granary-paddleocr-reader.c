/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-json.h"
#include "granary-paddle-private.h"

/* `Global.save_model_dir` of PaddleOCR: config.yml, best_accuracy and latest, and in newer versions
 * train_result.json, which names the best checkpoint and the last ones with their scores. */

/* Auxiliary functions */

static gboolean
claims_folder (const char *folder,
               GHashTable *names)
{
  if (!granary_paddle_has_result (names) &&
      !g_hash_table_contains (names, "best_accuracy.pdparams") &&
      !g_hash_table_contains (names, "latest.pdparams"))
    return FALSE;

  return granary_paddle_is_ocr (folder, names);
}

static gboolean
list_runs (const char    *folder,
           GPtrArray     *runs,
           GCancellable  *cancellable,
           GError       **error)
{
  g_ptr_array_add (runs, granary_run_new (&granary_paddleocr_reader, folder, "",
                                          granary_paddle_mtime (folder)));
  return TRUE;
}

static GranaryTask *
read_run (const GranaryRun  *run,
          GCancellable      *cancellable,
          GError           **error)
{
  return granary_paddle_make_task (run, GRANARY_TASK_OCR);
}

/* What the score is, which is not said where it stands. */
static const char *
get_metric (const char *scene)
{
  static const struct
  {
    const char *scene;
    const char *metric;
  } metrics[] = {
    { "rec", "acc" },
    { "cls", "acc" },
    { "table", "acc" },
    { "det", "precision" },
    { "formula", "exp_rate" },
  };

  for (guint i = 0; scene != NULL && i < G_N_ELEMENTS (metrics); i++)
    {
      if (g_str_equal (scene, metrics[i].scene))
        return metrics[i].metric;
    }

  return "score";
}

static GranaryTaskDetails *
load_run (const GranaryRun  *run,
          GCancellable      *cancellable,
          GError           **error)
{
  g_autoptr (GranaryTask) task = granary_paddle_make_task (run, GRANARY_TASK_OCR);
  g_autoptr (GranaryTaskDetails) details = granary_run_begin_details (task, error);
  g_autoptr (JsonNode) config = NULL;
  g_autoptr (JsonNode) result = NULL;
  GranaryPaddleFacts facts = { NULL };

  if (details == NULL)
    return NULL;

  config = granary_paddle_read_config (run->folder);
  result = granary_paddle_read_result (run->folder, NULL);
  facts.scene = granary_json_get_string (config, "Architecture.model_type");
  facts.metric = get_metric (facts.scene);
  granary_paddle_add_models (details, run->folder, result, &facts, cancellable);
  if (details->outputs->len == 0)
    {
      granary_paddle_add_checkpoint (details, run->folder, "best_accuracy", "best", &facts,
                                     cancellable);
      granary_paddle_add_checkpoint (details, run->folder, "latest", "latest", &facts, cancellable);
      granary_paddle_add_numbered (details, run->folder, "iter_epoch_", &facts, cancellable);
    }
  granary_paddle_settle (details);

  return g_cancellable_set_error_if_cancelled (cancellable, error) ? NULL
                                                                   : g_steal_pointer (&details);
}

const GranaryRunReader granary_paddleocr_reader = {
  .id = "paddleocr",
  .tool = "PaddleOCR",
  .claims = claims_folder,
  .list = list_runs,
  .read = read_run,
  .load = load_run,
  .kinds = GRANARY_TASK_OCR,
};
