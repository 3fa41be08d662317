/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-task.h"

#include "granary-metric.h"

G_DEFINE_BOXED_TYPE (GranaryTask, granary_task, granary_task_ref, granary_task_unref)
G_DEFINE_BOXED_TYPE (GranaryTaskDetails, granary_task_details, granary_task_details_ref,
                     granary_task_details_unref)

static void
task_clear (gpointer data)
{
  GranaryTask *self = data;

  g_free (self->uid);
  g_free (self->name);
  g_free (self->group);
  g_free (self->tool);
  g_free (self->framework);
  g_free (self->state_text);
  g_free (self->location);
  g_clear_error (&self->problem);
}

static void
details_clear (gpointer data)
{
  GranaryTaskDetails *self = data;

  granary_task_unref (self->task);
  g_ptr_array_unref (self->outputs);
  g_clear_error (&self->note);
}

/**
 * granary_task_new:
 * @uid: opaque id
 * @name: what people call it
 * @tool: what wrote it
 *
 * Returns: (transfer full): a training task of which nothing else is known, for its maker to fill
 */
GranaryTask *
granary_task_new (const char *uid,
                  const char *name,
                  const char *tool)
{
  GranaryTask *self;

  g_return_val_if_fail (uid != NULL && name != NULL && tool != NULL, NULL);

  self = g_atomic_rc_box_new0 (GranaryTask);
  self->uid = g_strdup (uid);
  self->kinds = GRANARY_TASK_TRAINING;
  self->name = g_strdup (name);
  self->tool = g_strdup (tool);
  self->size = -1;

  return self;
}

GranaryTask *
granary_task_ref (GranaryTask *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
granary_task_unref (GranaryTask *self)
{
  g_atomic_rc_box_release_full (self, task_clear);
}

/**
 * granary_task_output_new:
 * @id: identifies it in its task
 *
 * Returns: (transfer full): an output without metrics and files, for its maker to fill
 */
GranaryTaskOutput *
granary_task_output_new (const char *id)
{
  GranaryTaskOutput *self;

  g_return_val_if_fail (id != NULL, NULL);

  self = g_new0 (GranaryTaskOutput, 1);
  self->id = g_strdup (id);
  self->metrics = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_metric_free);
  self->size = -1;

  return self;
}

void
granary_task_output_free (GranaryTaskOutput *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_free (self->title);
  g_ptr_array_unref (self->metrics);
  g_free (self->framework);
  g_free (self->format);
  g_free (self->preference);
  g_free (self->scene);
  g_free (self->environment);
  g_strfreev (self->paths);
  g_free (self->address);
  g_free (self);
}

/**
 * granary_task_details_new:
 * @task: a task
 *
 * Returns: (transfer full): without outputs, for its maker to fill
 */
GranaryTaskDetails *
granary_task_details_new (GranaryTask *task)
{
  GranaryTaskDetails *self;

  g_return_val_if_fail (task != NULL, NULL);

  self = g_atomic_rc_box_new0 (GranaryTaskDetails);
  self->task = granary_task_ref (task);
  self->outputs = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_task_output_free);

  return self;
}

GranaryTaskDetails *
granary_task_details_ref (GranaryTaskDetails *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
granary_task_details_unref (GranaryTaskDetails *self)
{
  g_atomic_rc_box_release_full (self, details_clear);
}

/**
 * granary_task_details_find:
 * @self: details
 * @output_id: (nullable): id of an output; %NULL for the recommended one
 *
 * Returns: (nullable): that output, %NULL when there is none
 */
const GranaryTaskOutput *
granary_task_details_find (GranaryTaskDetails *self,
                           const char         *output_id)
{
  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < self->outputs->len; i++)
    {
      const GranaryTaskOutput *output = g_ptr_array_index (self->outputs, i);

      if (output_id == NULL || g_str_equal (output->id, output_id))
        return output;
    }

  return NULL;
}
