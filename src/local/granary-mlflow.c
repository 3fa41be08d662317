/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-mlflow-private.h"

#include <string.h>

#include "granary-error.h"
#include "granary-metric.h"

/* Enough for any name that can be read. */
#define MAX_NAME_CHARS 250
/* What GDateTime can show. */
#define MAX_TIME_MS G_GINT64_CONSTANT (253402300799000)

static const struct
{
  const char       *status;
  GranaryTaskState  state;
} states[] = {
  { "RUNNING", GRANARY_TASK_RUNNING },
  { "SCHEDULED", GRANARY_TASK_WAITING },
  { "FINISHED", GRANARY_TASK_FINISHED },
  { "FAILED", GRANARY_TASK_FAILED },
  { "KILLED", GRANARY_TASK_STOPPED },
};

/* Auxiliary functions */

static char *
make_name (const char *text)
{
  g_autofree char *shown = granary_display_path (text);

  return g_utf8_strlen (shown, -1) > MAX_NAME_CHARS
         ? g_utf8_substring (shown, 0, MAX_NAME_CHARS) : g_steal_pointer (&shown);
}

static void
set_name (char       **name,
          const char  *text)
{
  if (text == NULL || *text == '\0')
    return;

  g_free (*name);
  *name = make_name (text);
}

static void
fill_facts (GranaryTask              *task,
            const GranaryMlflowFacts *facts)
{
  set_name (&task->name, facts->id);
  set_name (&task->name, facts->name);
  set_name (&task->group, facts->group);
  if (facts->status != NULL)
    task->state_text = make_name (facts->status);
  task->started = facts->started;
  task->finished = facts->finished;

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      if (g_strcmp0 (facts->status, states[i].status) == 0)
        task->state = states[i].state;
    }
}

/* What was reported of the only model of a run is a part of what was reported of the run. Of
 * several each has its own, where it has any. */
static void
add_metrics (GranaryTaskOutput *output,
             GPtrArray         *own,
             GPtrArray         *metrics,
             gboolean           is_only)
{
  gboolean has_own = own != NULL && own->len > 0;

  for (guint i = 0; has_own && i < own->len; i++)
    {
      const GranaryMetric *metric = g_ptr_array_index (own, i);

      granary_mlflow_metrics_add (output->metrics, metric->name, metric->text);
    }
  for (guint i = 0; metrics != NULL && (is_only || !has_own) && i < metrics->len; i++)
    {
      const GranaryMetric *metric = g_ptr_array_index (metrics, i);

      granary_mlflow_metrics_add (output->metrics, metric->name, metric->text);
    }
}

/* The models of MLflow 3 lie beside the runs, those of MLflow 2 among the files of their run. */
static gboolean
find_models (const GranaryMlflowFacts  *facts,
             const GranaryMlflowPlace  *place,
             GPtrArray                 *models,
             GPtrArray                 *metrics,
             GPtrArray                 *outputs,
             char                     **elsewhere,
             GCancellable              *cancellable,
             GError                   **error)
{
  for (guint i = 0; models != NULL && i < models->len; i++)
    {
      const GranaryMlflowModel *model = g_ptr_array_index (models, i);
      g_autofree char *tail = NULL;
      g_autofree char *address = NULL;
      gboolean is_elsewhere;
      guint begin = outputs->len;

      if (!granary_mlflow_id_is_plain (model->id))
        continue;
      tail = g_build_filename (facts->experiment_id, "models", model->id, "artifacts", NULL);
      if (!granary_mlflow_find_outputs (place, tail, model->artifact_uri, outputs, &address,
                                        &is_elsewhere, cancellable, error))
        return FALSE;
      if (is_elsewhere && *elsewhere == NULL)
        *elsewhere = g_steal_pointer (&address);

      for (guint n = begin; n < outputs->len; n++)
        {
          GranaryTaskOutput *output = g_ptr_array_index (outputs, n);
          g_autofree char *id = *output->id != '\0'
                                ? g_strconcat (model->id, "/", output->id, NULL)
                                : g_strdup (model->id);

          g_set_str (&output->id, id);
          set_name (&output->title, model->name != NULL ? model->name : model->id);
          add_metrics (output, model->metrics, metrics, models->len == 1);
        }
    }

  return TRUE;
}

static gboolean
find_artifacts (const GranaryMlflowFacts  *facts,
                const GranaryMlflowPlace  *place,
                GPtrArray                 *metrics,
                GPtrArray                 *outputs,
                char                     **address,
                gboolean                  *is_elsewhere,
                GCancellable              *cancellable,
                GError                   **error)
{
  g_autofree char *tail = g_build_filename (facts->experiment_id, facts->id, "artifacts", NULL);
  guint begin = outputs->len;

  if (!granary_mlflow_find_outputs (place, tail, facts->artifact_uri, outputs, address,
                                    is_elsewhere, cancellable, error))
    return FALSE;

  for (guint i = outputs->len; i-- > begin;)
    {
      GranaryTaskOutput *output = g_ptr_array_index (outputs, i);

      /* Pictures and tables beside models are not what is imported. */
      if (begin > 0 && *output->id == '\0')
        g_ptr_array_remove_index (outputs, i);
      else
        add_metrics (output, NULL, metrics, TRUE);
    }

  return TRUE;
}

static void
fill_outputs (GranaryTask              *task,
              GPtrArray                *outputs,
              const GranaryMlflowFacts *facts)
{
  const GranaryTaskOutput *first = outputs->len > 0 ? g_ptr_array_index (outputs, 0) : NULL;
  gint64 size = 0;

  for (guint i = 0; i < outputs->len && size >= 0; i++)
    {
      const GranaryTaskOutput *output = g_ptr_array_index (outputs, i);

      size = output->size >= 0 && size <= G_MAXINT64 - output->size ? size + output->size : -1;
    }
  if (outputs->len == 1)
    g_clear_pointer (&((GranaryTaskOutput *) g_ptr_array_index (outputs, 0))->title, g_free);

  task->importable = first != NULL;
  task->size = first != NULL ? size : -1;
  g_set_str (&task->framework, first != NULL ? first->framework
                                             : granary_mlflow_guess_framework (facts->history));
  if (first != NULL)
    {
      g_free (task->location);
      task->location = granary_display_path (first->paths[0]);
    }
}

/* Functions for the readers */

GranaryMlflowFacts *
granary_mlflow_facts_new (const char *id,
                          const char *experiment_id)
{
  GranaryMlflowFacts *self;

  g_return_val_if_fail (id != NULL && experiment_id != NULL, NULL);

  self = g_new0 (GranaryMlflowFacts, 1);
  self->id = g_strdup (id);
  self->experiment_id = g_strdup (experiment_id);

  return self;
}

void
granary_mlflow_facts_free (GranaryMlflowFacts *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_free (self->experiment_id);
  g_free (self->name);
  g_free (self->group);
  g_free (self->status);
  g_free (self->artifact_uri);
  g_free (self->history);
  g_free (self);
}

GranaryMlflowModel *
granary_mlflow_model_new (const char *id)
{
  GranaryMlflowModel *self;

  g_return_val_if_fail (id != NULL, NULL);

  self = g_new0 (GranaryMlflowModel, 1);
  self->id = g_strdup (id);

  return self;
}

void
granary_mlflow_model_free (GranaryMlflowModel *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_free (self->name);
  g_free (self->artifact_uri);
  g_clear_pointer (&self->metrics, g_ptr_array_unref);
  g_free (self);
}

gboolean
granary_mlflow_id_is_plain (const char *id)
{
  return id != NULL && *id != '\0' && *id != '.' && strchr (id, '/') == NULL;
}

gint64
granary_mlflow_parse_time (gint64 ms)
{
  return ms > 0 && ms <= MAX_TIME_MS ? ms * 1000 : 0;
}

GranaryTaskDetails *
granary_mlflow_make_details (const GranaryRun          *run,
                             const GranaryMlflowFacts  *facts,
                             const GranaryMlflowPlace  *place,
                             GPtrArray                 *models,
                             GPtrArray                 *metrics,
                             GCancellable              *cancellable,
                             GError                   **error)
{
  g_autoptr (GranaryTask) task = NULL;
  g_autoptr (GranaryTaskDetails) details = NULL;
  g_autofree char *elsewhere = NULL;
  g_autofree char *address = NULL;
  gboolean is_elsewhere;

  g_return_val_if_fail (run != NULL && facts != NULL && place != NULL, NULL);

  task = granary_run_make_task (run);
  fill_facts (task, facts);
  details = granary_task_details_new (task);
  if (!find_models (facts, place, models, metrics, details->outputs, &elsewhere, cancellable,
                    error) ||
      !find_artifacts (facts, place, metrics, details->outputs, &address, &is_elsewhere,
                       cancellable, error))
    return NULL;

  if (is_elsewhere && elsewhere == NULL)
    elsewhere = g_strdup (address);
  g_set_str (&task->location, elsewhere != NULL ? elsewhere : address);
  fill_outputs (task, details->outputs, facts);
  if (details->outputs->len > 0)
    return g_steal_pointer (&details);

  if (elsewhere != NULL)
    {
      granary_set_error (&details->note, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_TASK_ELSEWHERE,
                         elsewhere, "outputs are at %s", elsewhere);
      task->problem = g_error_copy (details->note);
    }
  else
    granary_set_error (&details->note, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_TASK_EMPTY,
                       task->name, "nothing in %s", address);

  return g_steal_pointer (&details);
}

GranaryTask *
granary_mlflow_make_problem (const GranaryRun *run,
                             GError           *problem)
{
  GranaryTask *task;

  g_return_val_if_fail (run != NULL && problem != NULL, NULL);

  task = granary_run_make_task (run);
  task->problem = problem;
  return task;
}
