/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-json.h"
#include "granary-run-files-private.h"

#include <string.h>

/* The output folder of Hugging Face's Trainer: checkpoint-N/ with the model, and trainer_state.json
 * as the last of its files; the final model at the top. */

#define STATE "trainer_state.json"
#define CHECKPOINT "checkpoint-"
#define FRAMEWORK "PyTorch"

/* Auxiliary functions */

static gboolean
parse_checkpoint (const char *name,
                  guint64    *step)
{
  return g_str_has_prefix (name, CHECKPOINT) &&
         g_ascii_string_to_unsigned (name + strlen (CHECKPOINT), 10, 0, G_MAXINT64, step, NULL);
}

static int
compare_steps (gconstpointer a,
               gconstpointer b)
{
  guint64 first = *(const guint64 *) a;
  guint64 second = *(const guint64 *) b;

  return first == second ? 0 : first > second ? -1 : 1;
}

/* The steps of finished checkpoints, the last first: one that is being written has no state yet. */
static GArray *
find_steps (const char *folder)
{
  GArray *steps = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GPtrArray) names = granary_run_list_names (folder);

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *state = g_build_filename (name, STATE, NULL);
      guint64 step;

      if (parse_checkpoint (name, &step) && granary_run_has (folder, state))
        g_array_append_val (steps, step);
    }
  g_array_sort (steps, compare_steps);

  return steps;
}

/* Diffusion trainers and others have folders of the same names, but no state in them. */
static gboolean
claims_folder (const char *folder,
               GHashTable *names)
{
  GHashTableIter iter;
  gpointer name;

  if (g_hash_table_contains (names, STATE))
    return TRUE;

  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    {
      g_autofree char *state = g_build_filename (name, STATE, NULL);
      guint64 step;

      if (parse_checkpoint (name, &step) && granary_run_has (folder, state))
        return TRUE;
    }

  return FALSE;
}

static gboolean
list_runs (const char    *folder,
           GPtrArray     *runs,
           GCancellable  *cancellable,
           GError       **error)
{
  static const char *const names[] = { STATE, "config.json", "model.safetensors", NULL };
  g_autoptr (GArray) steps = find_steps (folder);
  gint64 mtime = granary_run_newest (folder, names);

  if (steps->len > 0)
    {
      g_autofree char *state = g_strdup_printf (CHECKPOINT "%" G_GUINT64_FORMAT "/" STATE,
                                                g_array_index (steps, guint64, 0));

      mtime = MAX (mtime, granary_run_mtime (folder, state));
    }
  g_ptr_array_add (runs, granary_run_new (&granary_transformers_reader, folder, "", mtime));
  return TRUE;
}

/* What a training would go on from, and what the trainer keeps for itself: several times the
 * model's size, and of no use to a service. */
static gboolean
is_of_training (const char *name)
{
  static const char *const names[] = {
    "optimizer.pt", "optimizer.bin", "scheduler.pt", "scaler.pt", "training_args.bin", STATE,
    "latest", "zero_to_fp32.py", NULL,
  };

  return name[0] == '.' || g_strv_contains (names, name) || g_str_has_prefix (name, "rng_state") ||
         g_str_has_prefix (name, "events.out.");
}

static gboolean
is_model (const char *name)
{
  static const char *const names[] = {
    "pytorch_model.bin", "pytorch_model.bin.index.json", "adapter_model.bin", NULL,
  };

  return g_strv_contains (names, name) || g_str_has_suffix (name, ".safetensors") ||
         g_str_has_suffix (name, ".safetensors.index.json");
}

/* The files of a model in @folder; empty when there is none. */
static GPtrArray *
find_files (const char *folder)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) names = granary_run_list_names (folder);
  gboolean has_model = FALSE;

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      struct stat status;

      if (is_of_training (name) || !granary_run_stat (folder, name, &status) ||
          !S_ISREG (status.st_mode))
        continue;
      has_model |= is_model (name);
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
    }
  if (!has_model)
    g_ptr_array_set_size (paths, 0);

  return paths;
}

/* The newest state: it knows all that was before it. */
static JsonNode *
read_state (const char  *folder,
            GArray      *steps,
            GError     **error)
{
  g_autofree char *name = NULL;

  if (granary_run_has (folder, STATE))
    return granary_run_read_json (folder, STATE, error);

  name = g_strdup_printf (CHECKPOINT "%" G_GUINT64_FORMAT "/" STATE,
                          steps->len > 0 ? g_array_index (steps, guint64, 0) : 0);
  return granary_run_read_json (folder, name, error);
}

/* @state: (out) (nullable) */
static GranaryTask *
make_task (const GranaryRun  *run,
           GArray            *steps,
           JsonNode         **state)
{
  GranaryTask *task = granary_run_make_task (run);
  g_autofree char *parent = g_path_get_dirname (run->folder);
  g_autofree char *group = g_path_get_basename (parent);
  g_autoptr (GPtrArray) final = NULL;
  gint64 step = 0;
  gint64 max_steps = 0;

  task->framework = g_strdup (FRAMEWORK);
  task->group = g_filename_display_name (group);
  *state = read_state (run->folder, steps, &task->problem);
  if (*state == NULL)
    return task;

  final = find_files (run->folder);
  task->importable = final->len > 0 || steps->len > 0;
  granary_run_settle_state (task, run, final->len > 0 ||
                                       (granary_json_get_int (*state, "global_step", &step) &&
                                        granary_json_get_int (*state, "max_steps", &max_steps) &&
                                        max_steps > 0 && step >= max_steps));

  return task;
}

static GranaryTask *
read_run (const GranaryRun  *run,
          GCancellable      *cancellable,
          GError           **error)
{
  g_autoptr (GArray) steps = find_steps (run->folder);
  g_autoptr (JsonNode) state = NULL;

  return make_task (run, steps, &state);
}

/* What was evaluated at @step; without an evaluation the loss that was logged there. */
static void
add_metrics (GPtrArray *metrics,
             JsonNode  *state,
             guint64    step)
{
  static const char *const left_out[] = {
    "eval_runtime", "eval_samples_per_second", "eval_steps_per_second", NULL,
  };
  JsonArray *history = granary_json_get_array (state, "log_history");
  JsonNode *loss = NULL;

  for (guint i = 0; history != NULL && i < json_array_get_length (history); i++)
    {
      JsonNode *entry = json_array_get_element (history, i);
      JsonObject *object = granary_json_get_object (entry, "");
      JsonObjectIter iter;
      const char *name;
      JsonNode *value;
      gint64 at;

      if (object == NULL || !granary_json_get_int (entry, "step", &at) || at < 0 ||
          (guint64) at != step)
        continue;
      json_object_iter_init_ordered (&iter, object);
      while (json_object_iter_next_ordered (&iter, &name, &value))
        {
          if (g_str_has_prefix (name, "eval_") && !g_strv_contains (left_out, name))
            granary_run_add_metric_node (metrics, name, value);
          else if (g_str_equal (name, "loss"))
            loss = value;
        }
    }

  if (metrics->len == 0)
    granary_run_add_metric_node (metrics, "loss", loss);
}

static void
add_checkpoint (GranaryTaskDetails *details,
                const char         *folder,
                JsonNode           *state,
                guint64             step,
                const char         *id,
                GCancellable       *cancellable)
{
  g_autofree char *name = g_strdup_printf (CHECKPOINT "%" G_GUINT64_FORMAT, step);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GPtrArray) paths = find_files (path);
  GranaryTaskOutput *output;

  if (paths->len == 0)
    return;

  output = granary_run_add_output (details, id != NULL ? id : name, FRAMEWORK, paths, cancellable);
  add_metrics (output->metrics, state, step);
}

/* The best one first, wherever it was when it was written; then the final one, then the rest. */
static void
add_outputs (GranaryTaskDetails *details,
             const char         *folder,
             JsonNode           *state,
             GArray             *steps,
             GCancellable       *cancellable)
{
  g_autofree char *best = granary_run_resolve (folder, granary_json_get_string (
                                                         state, "best_model_checkpoint"));
  g_autofree char *base = best != NULL ? g_path_get_basename (best) : NULL;
  g_autoptr (GPtrArray) final = find_files (folder);
  guint64 step;

  if (base != NULL && parse_checkpoint (base, &step))
    add_checkpoint (details, folder, state, step, "best", cancellable);

  if (final->len > 0)
    {
      GranaryTaskOutput *output = granary_run_add_output (details, "final", FRAMEWORK, final,
                                                          cancellable);
      gint64 last;

      if (granary_json_get_int (state, "global_step", &last) && last >= 0)
        add_metrics (output->metrics, state, (guint64) last);
    }

  for (guint i = 0; i < steps->len; i++)
    add_checkpoint (details, folder, state, g_array_index (steps, guint64, i), NULL, cancellable);
}

static GranaryTaskDetails *
load_run (const GranaryRun  *run,
          GCancellable      *cancellable,
          GError           **error)
{
  g_autoptr (GArray) steps = find_steps (run->folder);
  g_autoptr (JsonNode) state = NULL;
  g_autoptr (GranaryTask) task = make_task (run, steps, &state);
  g_autoptr (GranaryTaskDetails) details = granary_run_begin_details (task, error);

  if (details == NULL)
    return NULL;

  add_outputs (details, run->folder, state, steps, cancellable);
  task->importable = details->outputs->len > 0;

  return g_cancellable_set_error_if_cancelled (cancellable, error) ? NULL
                                                                   : g_steal_pointer (&details);
}

const GranaryRunReader granary_transformers_reader = {
  .id = "transformers",
  .tool = "Hugging Face",
  .claims = claims_folder,
  .list = list_runs,
  .read = read_run,
  .load = load_run,
};
