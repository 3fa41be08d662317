/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-metric-section.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-metric-chart.h"
#include "granary-metric.h"

struct _GranaryMetricSection
{
  AdwBin              parent_instance;

  GtkDropDown        *metrics;
  GtkStringList      *names;
  GranaryMetricChart *chart;
  GtkLabel           *best;

  GranaryModel       *model; /* (owned) (nullable) */
  gboolean            filling; /* the choice is being set, not made */
};

G_DEFINE_FINAL_TYPE (GranaryMetricSection, granary_metric_section, ADW_TYPE_BIN)

enum
{
  SIGNAL_METRIC_CHOSEN,
  SIGNAL_VERSION_ACTIVATED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Helpers. */

/* Names of what any version reported as a number, newest version first. */
static GPtrArray *
list_metrics (GranaryModel *model)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < model->versions->len; i++)
    {
      const GranaryVersion *version = g_ptr_array_index (model->versions, i);

      for (guint j = 0; version->metrics != NULL && j < version->metrics->len; j++)
        {
          const GranaryMetric *metric = g_ptr_array_index (version->metrics, j);

          if (metric->is_number &&
              !g_ptr_array_find_with_equal_func (names, metric->name, g_str_equal, NULL))
            g_ptr_array_add (names, metric->name);
        }
    }

  return g_steal_pointer (&names);
}

static gboolean
same_names (GranaryMetricSection *self,
            GPtrArray            *names)
{
  if (g_list_model_get_n_items (G_LIST_MODEL (self->names)) != names->len)
    return FALSE;

  for (guint i = 0; i < names->len; i++)
    if (!g_str_equal (gtk_string_list_get_string (self->names, i), g_ptr_array_index (names, i)))
      return FALSE;

  return TRUE;
}

static const char *
get_chosen (GranaryMetricSection *self)
{
  guint position = gtk_drop_down_get_selected (self->metrics);

  return position != GTK_INVALID_LIST_POSITION ? gtk_string_list_get_string (self->names, position)
                                               : NULL;
}

/* The version that did best, said in words too. */
static void
show_best (GranaryMetricSection *self,
           const char           *name)
{
  const GranaryMetric *best = NULL;
  int number = 0;
  gboolean lower = name != NULL && granary_metric_lower_is_better (name);
  g_autofree char *shown = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; name != NULL && i < self->model->versions->len; i++)
    {
      const GranaryVersion *version = g_ptr_array_index (self->model->versions, i);

      for (guint j = 0; version->metrics != NULL && j < version->metrics->len; j++)
        {
          const GranaryMetric *metric = g_ptr_array_index (version->metrics, j);

          if (metric->is_number && g_str_equal (metric->name, name) &&
              (best == NULL || (lower ? metric->value < best->value
                                      : metric->value > best->value)))
            {
              best = metric;
              number = version->number;
            }
        }
    }

  if (best != NULL)
    {
      shown = granary_display_path (best->text);
      text = lower
        /* Translators: a value and the number of the version that reached it. */
        ? g_strdup_printf (_("Best: %1$s in v%2$d (lower is better)"), shown, number)
        : g_strdup_printf (_("Best: %1$s in v%2$d"), shown, number);
    }
  gtk_label_set_label (self->best, text != NULL ? text : "");
}

static void
show_metric (GranaryMetricSection *self)
{
  const char *name = get_chosen (self);

  granary_metric_chart_set_data (self->chart, self->model, name);
  show_best (self, name);
}

static void
chosen_cb (GranaryMetricSection *self)
{
  const char *name = get_chosen (self);

  if (self->filling || self->model == NULL || name == NULL)
    return;

  show_metric (self);
  if (g_strcmp0 (name, self->model->primary_metric) != 0)
    g_signal_emit (self, signals[SIGNAL_METRIC_CHOSEN], 0, self->model->id, name);
}

static void
version_activated_cb (GranaryMetricSection *self,
                      int                   number)
{
  g_signal_emit (self, signals[SIGNAL_VERSION_ACTIVATED], 0, number);
}

/* GObject. */

static void
granary_metric_section_dispose (GObject *object)
{
  GranaryMetricSection *self = GRANARY_METRIC_SECTION (object);

  g_clear_pointer (&self->model, granary_model_unref);
  gtk_widget_dispose_template (GTK_WIDGET (object), GRANARY_TYPE_METRIC_SECTION);

  G_OBJECT_CLASS (granary_metric_section_parent_class)->dispose (object);
}

static void
granary_metric_section_class_init (GranaryMetricSectionClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_metric_section_dispose;

  signals[SIGNAL_METRIC_CHOSEN] =
    g_signal_new ("metric-chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 2, G_TYPE_INT64, G_TYPE_STRING);
  signals[SIGNAL_VERSION_ACTIVATED] =
    g_signal_new ("version-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 1, G_TYPE_INT);

  g_type_ensure (GRANARY_TYPE_METRIC_CHART);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/details/granary-metric-section.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryMetricSection, metrics);
  gtk_widget_class_bind_template_child (widget_class, GranaryMetricSection, names);
  gtk_widget_class_bind_template_child (widget_class, GranaryMetricSection, chart);
  gtk_widget_class_bind_template_child (widget_class, GranaryMetricSection, best);
  gtk_widget_class_bind_template_callback (widget_class, chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, version_activated_cb);
}

static void
granary_metric_section_init (GranaryMetricSection *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * granary_metric_section_set_model:
 * @self: the section
 * @model: the model, with its versions
 *
 * Hidden when none of them reported a number.
 */
void
granary_metric_section_set_model (GranaryMetricSection *self,
                                  GranaryModel         *model)
{
  g_autoptr (GPtrArray) names = NULL;
  guint chosen = 0;

  g_return_if_fail (GRANARY_IS_METRIC_SECTION (self));
  g_return_if_fail (model != NULL);

  granary_model_ref (model);
  g_clear_pointer (&self->model, granary_model_unref);
  self->model = model;

  names = list_metrics (model);
  gtk_widget_set_visible (GTK_WIDGET (self), names->len > 0);

  self->filling = TRUE;
  if (!same_names (self, names))
    {
      gtk_string_list_splice (self->names, 0, g_list_model_get_n_items (G_LIST_MODEL (self->names)),
                              NULL);
      for (guint i = 0; i < names->len; i++)
        gtk_string_list_append (self->names, g_ptr_array_index (names, i));
    }
  for (guint i = 0; i < names->len; i++)
    if (g_strcmp0 (g_ptr_array_index (names, i), model->primary_metric) == 0)
      chosen = i;
  if (names->len > 0)
    gtk_drop_down_set_selected (self->metrics, chosen);
  self->filling = FALSE;

  show_metric (self);
}
