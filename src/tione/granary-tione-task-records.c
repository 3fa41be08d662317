/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-task-private.h"

#include <math.h>
#include <string.h>

#include "granary-metric.h"
#include "granary-tione-environment-private.h"
#include "granary-tione-private.h"

/* Training tasks as records. Any member may be null, missing or of another type. Source of the
 * shapes: the vendor's published types. */

#define MAX_ID_CHARS 128
#define MAX_METRICS 200

typedef struct
{
  const char       *word;
  GranaryTaskState  state;
} State;

static const State states[] = {
  { "SUBMITTING", GRANARY_TASK_WAITING },
  { "PENDING", GRANARY_TASK_WAITING },
  { "STARTING", GRANARY_TASK_WAITING },
  { "RUNNING", GRANARY_TASK_RUNNING },
  { "STOPPING", GRANARY_TASK_RUNNING },
  { "STOPPED", GRANARY_TASK_STOPPED },
  { "SUCCEED", GRANARY_TASK_FINISHED },
  { "FAILED", GRANARY_TASK_FAILED },
  { "SUBMIT_FAILED", GRANARY_TASK_FAILED },
};

static GranaryTaskState
find_state (const char *word)
{
  for (guint i = 0; word != NULL && i < G_N_ELEMENTS (states); i++)
    {
      if (g_ascii_strcasecmp (word, states[i].word) == 0)
        return states[i].state;
    }

  return GRANARY_TASK_UNKNOWN;
}

/* 0 for what is not told. */
static gint64
read_time (JsonNode   *node,
           const char *name)
{
  gint64 time = 0;

  granary_tione_parse_time (granary_json_get_string (node, name), &time);
  return MAX (time, 0);
}

gboolean
granary_tione_task_id_is_valid (const char *uid)
{
  if (*uid == '\0' || !g_utf8_validate (uid, -1, NULL) ||
      g_utf8_strlen (uid, -1) > MAX_ID_CHARS)
    return FALSE;

  for (const char *at = uid; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar character = g_utf8_get_char (at);

      if (!g_unichar_isgraph (character) || character == '/' || character == '\\')
        return FALSE;
    }

  return TRUE;
}

/* What a task wrote lies in a folder of its own below the path that it was given. */
GranaryObjectPlace *
granary_tione_parse_task_output (JsonNode   *node,
                                 const char *region)
{
  g_autofree char *uid = granary_tione_dup_text (node, "Id");
  g_autofree char *bucket = granary_tione_dup_text (node, "Output.Bucket");
  g_autofree char *told = granary_tione_dup_text (node, "Output.Region");
  JsonArray *paths = granary_json_get_array (node, "Output.Paths");
  g_autofree char *path = NULL;
  g_autofree char *key = NULL;
  const char *below;

  if (uid == NULL || bucket == NULL || !granary_object_bucket_check (bucket, NULL))
    return NULL;
  if (paths != NULL && json_array_get_length (paths) > 0)
    path = granary_tione_dup_text (json_array_get_element (paths, 0), "");
  below = path != NULL ? path : "";
  while (*below == '/')
    below++;
  key = g_strconcat (below, *below == '\0' || g_str_has_suffix (below, "/") ? "" : "/", uid, "/",
                     NULL);
  if (!granary_object_key_check (key, NULL))
    return NULL;
  if (told != NULL && (g_strcmp0 (told, region) == 0 || !granary_object_region_check (told, NULL)))
    g_clear_pointer (&told, g_free);

  return granary_object_place_new (bucket, told, key);
}

GranaryTask *
granary_tione_parse_task (JsonNode   *node,
                          const char *region)
{
  g_autofree char *uid = granary_tione_dup_text (node, "Id");
  g_autofree char *name = granary_tione_dup_text (node, "Name");
  g_autoptr (GranaryObjectPlace) output = NULL;
  GranaryTask *task;

  if (uid == NULL)
    return NULL;

  task = granary_task_new (uid, name != NULL ? name : uid, GRANARY_TIONE_TASK_TOOL);
  task->framework = granary_tione_framework_from_platform (granary_json_get_string (node,
                                                                                    "FrameworkName"));
  task->state_text = granary_tione_dup_text (node, "Status");
  task->state = find_state (task->state_text);
  task->started = read_time (node, "StartTime");
  if (task->started == 0)
    task->started = read_time (node, "CreateTime");
  if (task->state >= GRANARY_TASK_FINISHED)
    task->finished = read_time (node, "EndTime");
  output = granary_tione_parse_task_output (node, region);
  task->importable = output != NULL;
  if (output != NULL)
    task->location = granary_object_place_to_address (output);

  return task;
}

/* Metrics */

/* The shortest text that stands for the same number. */
static char *
format_value (double value)
{
  static const char *const formats[] = { "%.15g", "%.16g", "%.17g" };
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_ascii_formatd (buffer, sizeof buffer, formats[i], value);
      if (g_ascii_strtod (buffer, NULL) == value)
        break;
    }

  return g_strdup (buffer);
}

static char *
dup_value (JsonNode *point)
{
  char *text = granary_tione_dup_text (point, "Value");
  gint64 number;
  double value;

  if (text != NULL)
    return text;
  if (granary_json_get_int (point, "Value", &number))
    return g_strdup_printf ("%" G_GINT64_FORMAT, number);
  if (granary_json_get_double (point, "Value", &value) && isfinite (value))
    return format_value (value);

  return NULL;
}

/* The last point that has a value. */
static char *
dup_last_value (JsonNode *metric)
{
  JsonArray *points = granary_json_get_array (metric, "Values");
  guint length = points != NULL ? json_array_get_length (points) : 0;

  for (guint i = length; i > 0; i--)
    {
      char *value = dup_value (json_array_get_element (points, i - 1));

      if (value != NULL)
        return value;
    }

  return NULL;
}

GPtrArray *
granary_tione_parse_last_metrics (JsonNode *answer)
{
  GPtrArray *metrics = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_metric_free);
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  JsonArray *list = granary_json_get_array (answer, "Metrics");
  guint length = list != NULL ? json_array_get_length (list) : 0;

  for (guint i = 0; i < length && metrics->len < MAX_METRICS; i++)
    {
      JsonNode *item = json_array_get_element (list, i);
      g_autofree char *name = granary_tione_dup_text (item, "MetricName");
      g_autofree char *value = dup_last_value (item);
      GranaryMetric *metric;

      if (name == NULL || value == NULL)
        continue;
      metric = granary_metric_new (name, value);
      if (*metric->name == '\0' || *metric->text == '\0' ||
          !g_hash_table_add (names, metric->name))
        granary_metric_free (metric);
      else
        g_ptr_array_add (metrics, metric);
    }

  return metrics;
}
