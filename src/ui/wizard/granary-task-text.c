/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-task-text.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-metric.h"
#include "granary-wording.h"

static void
add_text (GStrvBuilder *builder,
          const char   *text)
{
  if (text != NULL && *text != '\0')
    g_strv_builder_take (builder, granary_display_path (text));
}

static char *
join (GStrvBuilder *builder)
{
  g_auto (GStrv) parts = g_strv_builder_end (builder);

  return g_strjoinv (" · ", parts);
}

/* A word that we know is translated; of the others the tool's own tells more than “unknown”. */
static void
add_state (GStrvBuilder      *builder,
           const GranaryTask *task)
{
  if (task->state == GRANARY_TASK_UNKNOWN)
    add_text (builder, task->state_text);
  else
    g_strv_builder_add (builder, granary_wording_task_state (task->state));
}

static void
add_size (GStrvBuilder *builder,
          gint64        size)
{
  if (size >= 0)
    g_strv_builder_take (builder, granary_wording_size (size));
}

/**
 * granary_task_text_facts:
 * @task: a task
 *
 * Returns: (transfer full): all but its name and age, such as
 *   `Ultralytics · PyTorch · Finished · 44 MB`; what is not known is left out
 */
char *
granary_task_text_facts (const GranaryTask *task)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_return_val_if_fail (task != NULL, NULL);

  add_text (builder, task->tool);
  /* Tools that stand for one framework bear its name. */
  if (g_strcmp0 (task->framework, task->tool) != 0)
    add_text (builder, task->framework);
  add_state (builder, task);
  add_size (builder, task->size);
  add_text (builder, task->group);

  return join (builder);
}

/**
 * granary_task_text_age:
 * @task: a task
 *
 * Returns: (transfer full) (nullable): how long ago it finished, or began while it has not
 */
char *
granary_task_text_age (const GranaryTask *task)
{
  g_return_val_if_fail (task != NULL, NULL);

  if (task->finished > 0)
    return granary_wording_age (task->finished, g_get_real_time ());
  if (task->started > 0)
    return granary_wording_age (task->started, g_get_real_time ());

  return NULL;
}

/**
 * granary_task_text_line:
 * @task: a task
 *
 * Returns: (transfer full): what stands below its name once it is chosen, such as
 *   `Ultralytics · Finished · 2 hours ago · 44 MB`
 */
char *
granary_task_text_line (const GranaryTask *task)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *age = NULL;

  g_return_val_if_fail (task != NULL, NULL);

  age = granary_task_text_age (task);
  add_text (builder, task->tool);
  add_state (builder, task);
  add_text (builder, age);
  add_size (builder, task->size);

  return join (builder);
}

/**
 * granary_task_text_output:
 * @output: an output of a task
 *
 * Returns: (transfer full): its title and first metric, such as `best · mAP50 0.713`
 */
char *
granary_task_text_output (const GranaryTaskOutput *output)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_return_val_if_fail (output != NULL, NULL);

  add_text (builder, output->title != NULL ? output->title : output->id);
  if (output->metrics != NULL && output->metrics->len > 0)
    {
      const GranaryMetric *metric = g_ptr_array_index (output->metrics, 0);
      g_autofree char *text = g_strdup_printf ("%s %s", metric->name, metric->text);

      add_text (builder, text);
    }

  return join (builder);
}

/**
 * granary_task_text_note:
 * @note: what a source says beside its answer
 *
 * Returns: (transfer full): what it means and what to do about it
 */
char *
granary_task_text_note (const GError *note)
{
  g_autoptr (GranaryWording) wording = NULL;

  g_return_val_if_fail (note != NULL, NULL);

  wording = granary_wording_for_error (note, GRANARY_VERB_LOAD, NULL);

  return g_strdup (wording->body);
}
