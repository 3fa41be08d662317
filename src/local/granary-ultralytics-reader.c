/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include <math.h>
#include <string.h>

#include "granary-csv-private.h"
#include "granary-json.h"
#include "granary-run-files-private.h"

/* `runs/TASK/NAME/`: args.yaml (what was asked for), results.csv (a row an epoch), weights/ (the
 * checkpoints, and beside them what was exported). Nothing of a checkpoint is read. */

#define ARGS "args.yaml"
#define RESULTS "results.csv"
#define WEIGHTS "weights"
#define FRAMEWORK "PyTorch"

/* What stands beside a checkpoint under its name. */
static const struct
{
  const char *suffix;
  const char *framework;
  const char *format;
} exports[] = {
  { ".onnx", "ONNX", "ONNX" },
  { ".torchscript", FRAMEWORK, "TorchScript" },
  { ".engine", "TensorRT", "TensorRT" },
  { ".pte", FRAMEWORK, "ExecuTorch" },
  { ".mlpackage", NULL, NULL },
  { "_openvino_model", "OpenVINO", "OpenVINO" },
  { "_saved_model", "TensorFlow", "SavedModel" },
  { "_paddle_model", "PaddlePaddle", NULL },
  { "_ncnn_model", NULL, NULL },
};

/* A run as its two small files tell it. */
typedef struct
{
  JsonNode   *args;
  GranaryCsv *results; /* (nullable) */
} Content;

static void
content_clear (Content *self)
{
  g_clear_pointer (&self->args, json_node_unref);
  g_clear_pointer (&self->results, granary_csv_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Content, content_clear)

/* Auxiliary functions */

static gboolean
claims_folder (const char *folder,
               GHashTable *names)
{
  guint n_found = 0;

  n_found += g_hash_table_contains (names, ARGS);
  n_found += g_hash_table_contains (names, RESULTS);
  n_found += g_hash_table_contains (names, WEIGHTS);

  /* What was asked for goes with a checkpoint that is cut; the others are still there. */
  return n_found >= 2;
}

static gboolean
list_runs (const char    *folder,
           GPtrArray     *runs,
           GCancellable  *cancellable,
           GError       **error)
{
  static const char *const names[] = {
    ARGS, RESULTS, WEIGHTS, WEIGHTS "/best.pt", WEIGHTS "/last.pt", NULL,
  };

  g_ptr_array_add (runs, granary_run_new (&granary_ultralytics_reader, folder, "",
                                          granary_run_newest (folder, names)));
  return TRUE;
}

static gboolean
read_content (Content     *self,
              const char  *folder,
              GError     **error)
{
  g_autofree char *path = g_build_filename (folder, RESULTS, NULL);
  struct stat status;

  if (granary_run_has (folder, ARGS))
    self->args = granary_run_read_yaml (folder, ARGS, error);
  else
    self->args = granary_json_parse ("{}", -1, ARGS, error);
  if (self->args == NULL)
    return FALSE;

  /* Nothing is in it before the first epoch is over. */
  if (!granary_run_stat (folder, RESULTS, &status) || status.st_size == 0)
    return TRUE;
  self->results = granary_csv_read (path, error);
  return self->results != NULL;
}

/* Whether all epochs are there, or, if it stopped early, the pictures that are drawn at the end. */
static gboolean
is_finished (const Content *self,
             const char    *folder)
{
  gint64 epochs = 0;

  if (granary_run_has (folder, "results.png"))
    return TRUE;

  return self->results != NULL && granary_json_get_int (self->args, "epochs", &epochs) &&
         epochs > 0 && granary_csv_get_n_rows (self->results) >= (guint64) epochs;
}

/* Bytes of the checkpoints; 0 when there are none. */
static gint64
get_size (const char *folder)
{
  g_autofree char *weights = g_build_filename (folder, WEIGHTS, NULL);
  g_autoptr (GPtrArray) names = granary_run_list_names (weights);
  gint64 size = 0;

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      struct stat status;

      if (g_str_has_suffix (name, ".pt") && granary_run_stat (weights, name, &status) &&
          S_ISREG (status.st_mode))
        size += status.st_size;
    }

  return size;
}

static GranaryTask *
make_task (const GranaryRun *run,
           Content          *content)
{
  GranaryTask *task = granary_run_make_task (run);
  g_autofree char *parent = g_path_get_dirname (run->folder);
  g_autofree char *group = g_path_get_basename (parent);

  task->kinds = GRANARY_TASK_TRAINING | GRANARY_TASK_VISION;
  task->framework = g_strdup (FRAMEWORK);
  task->group = g_filename_display_name (group);
  if (!read_content (content, run->folder, &task->problem))
    return task;

  task->started = granary_run_mtime (run->folder, ARGS) / 1000;
  task->size = get_size (run->folder);
  task->importable = task->size > 0;
  granary_run_settle_state (task, run, is_finished (content, run->folder));

  return task;
}

static GranaryTask *
read_run (const GranaryRun  *run,
          GCancellable      *cancellable,
          GError           **error)
{
  g_auto (Content) content = { NULL };

  return make_task (run, &content);
}

/* What the trainer itself chooses the best epoch by; NAN when the row does not tell. */
static double
get_fitness (GranaryCsv *results,
             guint       row)
{
  static const char *const parts[] = { "(B)", "(M)", "(P)" };
  double fitness = NAN;
  double top1 = granary_csv_get_number (results, row, "metrics/accuracy_top1");
  double top5 = granary_csv_get_number (results, row, "metrics/accuracy_top5");

  if (!isnan (top1))
    return isnan (top5) ? top1 : (top1 + top5) / 2;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *at_50 = g_strconcat ("metrics/mAP50", parts[i], NULL);
      g_autofree char *above = g_strconcat ("metrics/mAP50-95", parts[i], NULL);
      double part = 0.1 * granary_csv_get_number (results, row, at_50) +
                    0.9 * granary_csv_get_number (results, row, above);

      if (!isnan (part))
        fitness = (isnan (fitness) ? 0 : fitness) + part;
    }

  return fitness;
}

/* The row of `best.pt`: of equals the last, which is written over the earlier ones. */
static int
find_best_row (GranaryCsv *results)
{
  int n_rows = (int) granary_csv_get_n_rows (results);
  double best = -INFINITY;
  int row = n_rows - 1;

  for (int i = 0; i < n_rows; i++)
    {
      double fitness = get_fitness (results, (guint) i);

      if (!isnan (fitness) && fitness >= best)
        {
          best = fitness;
          row = i;
        }
    }

  return row;
}

/* Checkpoints are numbered from 0, rows from 0 or, in newer versions, from 1. */
static int
find_epoch_row (GranaryCsv *results,
                guint64     epoch)
{
  guint n_rows = granary_csv_get_n_rows (results);
  double first = n_rows > 0 ? granary_csv_get_number (results, 0, "epoch") : NAN;

  for (guint i = 0; i < n_rows; i++)
    {
      if (granary_csv_get_number (results, i, "epoch") == (double) epoch + (first > 0 ? 1 : 0))
        return (int) i;
    }

  return -1;
}

/* The measures first, then the losses by which they came about. */
static void
add_metrics (GPtrArray  *metrics,
             GranaryCsv *results,
             int         row)
{
  static const char *const prefixes[] = { "metrics/", "val/" };

  if (row < 0)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      for (guint column = 0; column < granary_csv_get_n_columns (results); column++)
        {
          const char *title = granary_csv_get_title (results, column);

          if (g_str_has_prefix (title, prefixes[i]))
            granary_run_add_metric (metrics, title,
                                    granary_csv_get_cell (results, (guint) row, column));
        }
    }
}

/* `yolo11n` of `/somewhere/yolo11n.pt`; nothing for a checkpoint that training was resumed from. */
static char *
get_preference (JsonNode *args)
{
  const char *model = granary_json_get_string (args, "model");
  g_autofree char *base = NULL;
  char *dot;

  if (model == NULL || *model == '\0')
    return NULL;

  base = g_path_get_basename (model);
  dot = strrchr (base, '.');
  if (dot != NULL && (g_str_equal (dot, ".pt") || g_str_equal (dot, ".yaml")))
    *dot = '\0';

  return *base == '\0' || g_str_equal (base, "last") || g_str_equal (base, "best")
         ? NULL : g_steal_pointer (&base);
}

/* @row is -1 where it is not known. */
static void
add_output (GranaryTaskDetails *details,
            const Content      *content,
            const char         *folder,
            const char         *id,
            const char         *name,
            const char         *framework,
            const char         *format,
            int                 row,
            GCancellable       *cancellable)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *path = g_build_filename (folder, WEIGHTS, name, NULL);
  GranaryTaskOutput *output;
  struct stat status;

  if (!granary_run_stat (path, "", &status) || (S_ISREG (status.st_mode) && status.st_size == 0))
    return;

  g_ptr_array_add (paths, g_steal_pointer (&path));
  if (granary_run_has (folder, ARGS))
    g_ptr_array_add (paths, g_build_filename (folder, ARGS, NULL));
  output = granary_run_add_output (details, id, framework, paths, cancellable);
  output->format = g_strdup (format);
  output->scene = g_strdup (granary_json_get_string (content->args, "task"));
  output->preference = get_preference (content->args);
  if (content->results != NULL)
    add_metrics (output->metrics, content->results, row);
}

static void
add_checkpoint (GranaryTaskDetails *details,
                const Content      *content,
                const char         *folder,
                const char         *stem,
                int                 row,
                GCancellable       *cancellable)
{
  g_autofree char *checkpoint = g_strconcat (stem, ".pt", NULL);

  add_output (details, content, folder, stem, checkpoint, FRAMEWORK, NULL, row, cancellable);
  for (guint i = 0; i < G_N_ELEMENTS (exports); i++)
    {
      g_autofree char *name = g_strconcat (stem, exports[i].suffix, NULL);

      add_output (details, content, folder, name, name, exports[i].framework, exports[i].format,
                  row, cancellable);
    }
}

/* The number of `epochN.pt`; FALSE for other names. */
static gboolean
parse_epoch (const char *name,
             guint64    *epoch)
{
  g_autofree char *digits = NULL;

  if (!g_str_has_prefix (name, "epoch") || !g_str_has_suffix (name, ".pt"))
    return FALSE;

  digits = g_strndup (name + strlen ("epoch"), strlen (name) - strlen ("epoch.pt"));
  return g_ascii_string_to_unsigned (digits, 10, 0, G_MAXINT32, epoch, NULL);
}

static int
compare_epochs (gconstpointer a,
                gconstpointer b)
{
  guint64 first = *(const guint64 *) a;
  guint64 second = *(const guint64 *) b;

  return first == second ? 0 : first > second ? -1 : 1;
}

/* Newest first. */
static void
add_epochs (GranaryTaskDetails *details,
            const Content      *content,
            const char         *folder,
            GCancellable       *cancellable)
{
  g_autofree char *weights = g_build_filename (folder, WEIGHTS, NULL);
  g_autoptr (GPtrArray) names = granary_run_list_names (weights);
  g_autoptr (GArray) epochs = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (guint i = 0; i < names->len; i++)
    {
      guint64 epoch;

      if (parse_epoch (g_ptr_array_index (names, i), &epoch))
        g_array_append_val (epochs, epoch);
    }
  g_array_sort (epochs, compare_epochs);

  for (guint i = 0; i < epochs->len; i++)
    {
      guint64 epoch = g_array_index (epochs, guint64, i);
      g_autofree char *id = g_strdup_printf ("epoch%" G_GUINT64_FORMAT, epoch);
      g_autofree char *name = g_strconcat (id, ".pt", NULL);

      add_output (details, content, folder, id, name, FRAMEWORK, NULL,
                  content->results != NULL ? find_epoch_row (content->results, epoch) : -1,
                  cancellable);
    }
}

static GranaryTaskDetails *
load_run (const GranaryRun  *run,
          GCancellable      *cancellable,
          GError           **error)
{
  g_auto (Content) content = { NULL };
  g_autoptr (GranaryTask) task = make_task (run, &content);
  g_autoptr (GranaryTaskDetails) details = granary_run_begin_details (task, error);
  int best = -1;
  int last = -1;

  if (details == NULL)
    return NULL;

  if (content.results != NULL)
    {
      best = find_best_row (content.results);
      last = (int) granary_csv_get_n_rows (content.results) - 1;
    }
  add_checkpoint (details, &content, run->folder, "best", best, cancellable);
  add_checkpoint (details, &content, run->folder, "last", last, cancellable);
  add_epochs (details, &content, run->folder, cancellable);

  return g_cancellable_set_error_if_cancelled (cancellable, error) ? NULL
                                                                   : g_steal_pointer (&details);
}

const GranaryRunReader granary_ultralytics_reader = {
  .id = "ultralytics",
  .tool = "Ultralytics",
  .claims = claims_folder,
  .list = list_runs,
  .read = read_run,
  .load = load_run,
  .kinds = GRANARY_TASK_VISION,
};
