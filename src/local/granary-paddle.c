/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-paddle-private.h"

#include <string.h>

#include "granary-json.h"

#define MAX_CONFIG (256 * 1024)
#define MAX_MODELS 100
#define SUFFIX ".pdparams"

static const char *const results[] = { "train_result.json", "train_results.json", NULL };
static const char *const configs[] = { "config.yml", "config.yaml", NULL };

/* Auxiliary functions */

static const char *
find_name (const char         *folder,
           const char * const *names)
{
  for (guint i = 0; names[i] != NULL; i++)
    {
      if (granary_run_has (folder, names[i]))
        return names[i];
    }

  return NULL;
}

/* Whether a line of @text begins with @word. */
static gboolean
has_line (const char *text,
          const char *word)
{
  const char *at = text;

  while ((at = strstr (at, word)) != NULL)
    {
      if (at == text || at[-1] == '\n')
        return TRUE;
      at++;
    }

  return FALSE;
}

/* The folder that was exported for inference, when it stands where the run says, or at its usual
 * place beside the checkpoint @stem. */
static char *
find_inference (const char *folder,
                JsonNode   *model,
                const char *stem)
{
  static const char *const members[] = { "pdiparams", "inference_config", "pdmodel" };

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      g_autofree char *file = granary_run_resolve (folder, granary_json_get_string (model,
                                                                                    members[i]));
      g_autofree char *parent = file != NULL ? g_path_get_dirname (file) : NULL;

      if (parent != NULL && !g_str_equal (parent, folder) && granary_paddle_is_inference (parent))
        return g_steal_pointer (&parent);
    }

  if (stem != NULL)
    {
      g_autofree char *usual = g_build_filename (folder, stem, "inference", NULL);

      if (granary_paddle_is_inference (usual))
        return g_steal_pointer (&usual);
    }

  return NULL;
}

/* One that was exported is what can be served; the checkpoint alone can be trained further. */
static GranaryTaskOutput *
add_output (GranaryTaskDetails       *details,
            const char               *folder,
            const char               *id,
            char                     *inference,
            char                     *checkpoint,
            const GranaryPaddleFacts *facts,
            GCancellable             *cancellable)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *exported = inference;
  g_autofree char *params = checkpoint;
  const char *config = find_name (folder, configs);
  GranaryTaskOutput *output;

  if (exported != NULL)
    g_ptr_array_add (paths, g_steal_pointer (&exported));
  else if (params != NULL)
    {
      g_ptr_array_add (paths, g_steal_pointer (&params));
      if (config != NULL)
        g_ptr_array_add (paths, g_build_filename (folder, config, NULL));
    }
  else
    return NULL;

  output = granary_run_add_output (details, id, GRANARY_PADDLE_FRAMEWORK, paths, cancellable);
  output->scene = g_strdup (facts->scene);
  output->preference = g_strdup (facts->preference);
  return output;
}

/* Functions for the readers */

gboolean
granary_paddle_has_result (GHashTable *names)
{
  return g_hash_table_contains (names, results[0]) || g_hash_table_contains (names, results[1]);
}

/* The config of no other of these tools has `Architecture:` as PaddleOCR's has. Without a config
 * the name of the best checkpoint tells. */
gboolean
granary_paddle_is_ocr (const char *folder,
                       GHashTable *names)
{
  for (guint i = 0; configs[i] != NULL; i++)
    {
      g_autofree char *path = NULL;
      g_autofree char *text = NULL;

      if (!g_hash_table_contains (names, configs[i]))
        continue;
      path = g_build_filename (folder, configs[i], NULL);
      text = granary_run_read_file (path, MAX_CONFIG, NULL, NULL);
      return text != NULL && has_line (text, "Architecture:");
    }

  return g_hash_table_contains (names, "best_accuracy" SUFFIX) ||
         (granary_paddle_has_result (names) && g_hash_table_contains (names, "best_accuracy"));
}

/* When a checkpoint was written last. */
gint64
granary_paddle_mtime (const char *folder)
{
  static const char *const names[] = {
    "train_result.json", "train_results.json", "best_accuracy" SUFFIX, "latest" SUFFIX,
    "best_accuracy", "best_model", "best_model" SUFFIX, "model_final" SUFFIX, "model.pdiparams",
    "infer_cfg.yml", "deploy.yaml", "config.yml", "config.yaml", ".", NULL,
  };

  return granary_run_newest (folder, names);
}

JsonNode *
granary_paddle_read_result (const char  *folder,
                            GError     **error)
{
  const char *name = find_name (folder, results);

  return name != NULL ? granary_run_read_json (folder, name, error) : NULL;
}

/* (nullable): much of what it says is only nice to know. */
JsonNode *
granary_paddle_read_config (const char *folder)
{
  const char *name = find_name (folder, configs);

  return name != NULL ? granary_run_read_yaml (folder, name, NULL) : NULL;
}

/* The row of a run but for its state where no train_result.json tells it. */
GranaryTask *
granary_paddle_make_task (const GranaryRun *run,
                          GranaryTaskKinds  kind)
{
  GranaryTask *task = granary_run_make_task (run);
  g_autofree char *parent = g_path_get_dirname (run->folder);
  g_autofree char *group = g_path_get_basename (parent);
  g_autoptr (JsonNode) result = NULL;
  JsonNode *done;

  task->kinds = GRANARY_TASK_TRAINING | kind;
  task->framework = g_strdup (GRANARY_PADDLE_FRAMEWORK);
  task->group = g_filename_display_name (group);
  if (!granary_run_is_there (run, &task->problem))
    return task;
  result = granary_paddle_read_result (run->folder, &task->problem);
  if (task->problem != NULL)
    return task;

  task->importable = TRUE;
  done = granary_json_lookup (result, "done_flag");
  if (done != NULL && JSON_NODE_HOLDS_VALUE (done))
    granary_run_settle_state (task, run, json_node_get_value_type (done) == G_TYPE_BOOLEAN &&
                                         json_node_get_boolean (done));

  return task;
}

/* `models` of train_result.json: best, then the last ones; entries without a file are places that
 * were not filled. */
void
granary_paddle_add_models (GranaryTaskDetails       *details,
                           const char               *folder,
                           JsonNode                 *result,
                           const GranaryPaddleFacts *facts,
                           GCancellable             *cancellable)
{
  JsonObject *models = granary_json_get_object (result, "models");
  JsonObjectIter iter;
  const char *id;
  JsonNode *model;
  guint n_models = 0;

  if (models == NULL)
    return;

  json_object_iter_init_ordered (&iter, models);
  while (json_object_iter_next_ordered (&iter, &id, &model) && n_models++ < MAX_MODELS)
    {
      GranaryTaskOutput *output =
        add_output (details, folder, id, find_inference (folder, model, NULL),
                    granary_run_resolve (folder, granary_json_get_string (model, "pdparams")),
                    facts, cancellable);

      if (output == NULL)
        continue;
      granary_run_add_metric_node (output->metrics, facts->metric != NULL ? facts->metric : "score",
                                   granary_json_lookup (model, "score"));
      /* The best one is recommended wherever it stands. */
      if (g_str_equal (id, "best"))
        g_ptr_array_insert (details->outputs, 0,
                            g_ptr_array_steal_index (details->outputs,
                                                     details->outputs->len - 1));
    }
}

/* A checkpoint `STEM.pdparams`, `STEM/STEM.pdparams` or `STEM/model.pdparams`, if it is there. */
void
granary_paddle_add_checkpoint (GranaryTaskDetails       *details,
                               const char               *folder,
                               const char               *stem,
                               const char               *id,
                               const GranaryPaddleFacts *facts,
                               GCancellable             *cancellable)
{
  g_autofree char *file = g_strconcat (stem, SUFFIX, NULL);
  const char *const names[] = { file, "model" SUFFIX };
  g_autofree char *beside = g_build_filename (folder, file, NULL);
  g_autofree char *info = g_strconcat (stem, ".info.json", NULL);
  g_autofree char *found = NULL;
  g_autoptr (JsonNode) told = NULL;
  GranaryTaskOutput *output;
  JsonObject *metrics;

  if (granary_run_has (folder, file))
    found = g_steal_pointer (&beside);
  for (guint i = 0; found == NULL && i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *inside = g_build_filename (folder, stem, names[i], NULL);

      if (granary_run_has (inside, ""))
        found = g_steal_pointer (&inside);
    }

  output = add_output (details, folder, id, find_inference (folder, NULL, stem),
                       g_steal_pointer (&found), facts, cancellable);
  if (output == NULL || !granary_run_has (folder, info))
    return;

  told = granary_run_read_json (folder, info, NULL);
  metrics = granary_json_get_object (told, "metric");
  if (metrics != NULL)
    {
      JsonObjectIter iter;
      const char *name;
      JsonNode *value;

      json_object_iter_init_ordered (&iter, metrics);
      while (json_object_iter_next_ordered (&iter, &name, &value))
        granary_run_add_metric_node (output->metrics, name, value);
    }
}

static int
compare_numbers (gconstpointer a,
                 gconstpointer b)
{
  guint64 first = *(const guint64 *) a;
  guint64 second = *(const guint64 *) b;

  return first == second ? 0 : first > second ? -1 : 1;
}

/* Checkpoints `PREFIXN`, the newest first. */
void
granary_paddle_add_numbered (GranaryTaskDetails       *details,
                             const char               *folder,
                             const char               *prefix,
                             const GranaryPaddleFacts *facts,
                             GCancellable             *cancellable)
{
  g_autoptr (GPtrArray) names = granary_run_list_names (folder);
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *digits = NULL;
      guint64 number;

      if (!g_str_has_prefix (name, prefix))
        continue;
      digits = g_strdup (name + strlen (prefix));
      if (g_str_has_suffix (digits, SUFFIX))
        digits[strlen (digits) - strlen (SUFFIX)] = '\0';
      if (g_ascii_string_to_unsigned (digits, 10, 0, G_MAXINT64, &number, NULL))
        g_array_append_val (numbers, number);
    }
  g_array_sort (numbers, compare_numbers);

  for (guint i = 0; i < numbers->len && i < MAX_MODELS; i++)
    {
      g_autofree char *stem = g_strdup_printf ("%s%" G_GUINT64_FORMAT, prefix,
                                               g_array_index (numbers, guint64, i));

      /* `9.pdparams` and a folder `9` would be the same. */
      if (i > 0 && g_array_index (numbers, guint64, i) == g_array_index (numbers, guint64, i - 1))
        continue;
      granary_paddle_add_checkpoint (details, folder, stem, stem, facts, cancellable);
    }
}

/* Weights for inference, of the old form or the new. */
gboolean
granary_paddle_is_inference (const char *folder)
{
  return granary_run_has (folder, "inference.pdiparams") ||
         granary_run_has (folder, "model.pdiparams");
}

/* What the outputs tell of the task. */
void
granary_paddle_settle (GranaryTaskDetails *details)
{
  details->task->importable = details->outputs->len > 0;
}
