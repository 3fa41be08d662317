/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-metric.h"

#include <math.h>
#include <string.h>

#include "granary-error.h"

G_DEFINE_BOXED_TYPE (GranaryMetric, granary_metric, granary_metric_copy, granary_metric_free)

/**
 * granary_metric_new:
 * @name: its name; surrounding space is dropped
 * @text: its value as reported
 *
 * Returns: (transfer full): the metric; a number when all of @text reads as a finite one in the
 *   C locale
 */
GranaryMetric *
granary_metric_new (const char *name,
                    const char *text)
{
  GranaryMetric *self;
  char *end = NULL;

  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (text != NULL, NULL);

  self = g_new0 (GranaryMetric, 1);
  self->name = g_strstrip (g_utf8_make_valid (name, -1));
  self->text = g_strstrip (g_utf8_make_valid (text, -1));
  self->value = g_ascii_strtod (self->text, &end);
  self->is_number = end != self->text && *end == '\0' && isfinite (self->value);
  if (!self->is_number)
    self->value = 0;

  return self;
}

GranaryMetric *
granary_metric_copy (const GranaryMetric *self)
{
  GranaryMetric *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_new0 (GranaryMetric, 1);
  copy->name = g_strdup (self->name);
  copy->text = g_strdup (self->text);
  copy->value = self->value;
  copy->is_number = self->is_number;
  return copy;
}

void
granary_metric_free (GranaryMetric *self)
{
  if (self == NULL)
    return;

  g_free (self->name);
  g_free (self->text);
  g_free (self);
}

/**
 * granary_metric_parse:
 * @text: `NAME=VALUE`; the last `=` parts the two, since names such as `acc@k=5` occur
 * @error: return location
 *
 * Returns: (transfer full): the metric, or %NULL with %GRANARY_REASON_METRIC_SYNTAX
 */
GranaryMetric *
granary_metric_parse (const char  *text,
                      GError     **error)
{
  g_autoptr (GranaryMetric) metric = NULL;
  g_autofree char *name = NULL;
  const char *separator;

  g_return_val_if_fail (text != NULL, NULL);

  separator = strrchr (text, '=');
  if (separator != NULL)
    {
      name = g_strndup (text, separator - text);
      metric = granary_metric_new (name, separator + 1);
    }

  if (metric == NULL || *metric->name == '\0' || *metric->text == '\0')
    {
      g_autofree char *shown = granary_display_path (text);

      granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_METRIC_SYNTAX, shown,
                         "metric “%s” is not NAME=VALUE", shown);
      return NULL;
    }

  return g_steal_pointer (&metric);
}

/**
 * granary_metric_lower_is_better:
 * @name: name of a metric
 *
 * Guesses the direction from the words used for errors and losses in the common frameworks.
 *
 * Returns: whether a smaller value is an improvement
 */
gboolean
granary_metric_lower_is_better (const char *name)
{
  static const char *const words[] = {
    "loss", "error", "err", "mae", "mse", "rmse", "mape", "smape", "rmsle", "logloss", "cer", "wer",
    "perplexity", "ppl", "latency", "fid", "deviance", "eer", "ned_distance", "distance", "time",
  };
  g_autofree char *lower = NULL;
  g_auto (GStrv) parts = NULL;

  g_return_val_if_fail (name != NULL, FALSE);

  lower = g_utf8_strdown (name, -1);
  parts = g_strsplit_set (lower, "_-/ .:@()[]", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      for (guint w = 0; w < G_N_ELEMENTS (words); w++)
        {
          if (g_str_equal (parts[i], words[w]))
            return TRUE;
        }
    }

  return strstr (lower, "loss") != NULL;
}

/**
 * granary_metrics_check:
 * @metrics: (element-type GranaryMetric) (nullable): metrics of one version
 * @error: return location
 *
 * Returns: whether each has a name and a value and no name comes twice
 */
gboolean
granary_metrics_check (GPtrArray  *metrics,
                       GError    **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; metrics != NULL && i < metrics->len; i++)
    {
      const GranaryMetric *metric = g_ptr_array_index (metrics, i);

      if (*metric->name == '\0' || *metric->text == '\0')
        {
          g_autofree char *shown = granary_display_path (*metric->name != '\0' ? metric->name
                                                                               : metric->text);

          granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_METRIC_SYNTAX, shown,
                             "metric “%s” lacks name or value", shown);
          return FALSE;
        }
      if (!g_hash_table_add (names, metric->name))
        {
          g_autofree char *shown = granary_display_path (metric->name);

          granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_METRIC_DUPLICATE,
                             shown, "metric “%s” comes twice", shown);
          return FALSE;
        }
    }

  return TRUE;
}

/**
 * granary_metrics_copy:
 * @metrics: (element-type GranaryMetric) (nullable): metrics
 *
 * Returns: (transfer full) (element-type GranaryMetric): a deep copy, empty for %NULL
 */
GPtrArray *
granary_metrics_copy (GPtrArray *metrics)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_metric_free);

  for (guint i = 0; metrics != NULL && i < metrics->len; i++)
    g_ptr_array_add (copy, granary_metric_copy (g_ptr_array_index (metrics, i)));

  return copy;
}
