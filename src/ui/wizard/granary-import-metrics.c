/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-import-metrics.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-import-metric-row.h"
#include "granary-metric.h"
#include "granary-wording.h"

struct _GranaryImportMetrics
{
  AdwPreferencesGroup  parent_instance;

  GtkWidget           *reset_button;
  GtkWidget           *add_button;
  GtkListBox          *list_box;
  GtkWidget           *problem_label;

  GranaryImportDraft  *draft;
  GPtrArray           *rows;    /* (element-type GranaryImportMetricRow): in order */
  gboolean             setting; /* the draft is changed by this class */
};

G_DEFINE_FINAL_TYPE (GranaryImportMetrics, granary_import_metrics, ADW_TYPE_PREFERENCES_GROUP)

static void row_changed_cb (GranaryImportMetrics   *self);
static void row_left_cb    (GranaryImportMetrics   *self);
static void row_next_cb    (GranaryImportMetrics   *self,
                            GranaryImportMetricRow *row);
static void row_remove_cb  (GranaryImportMetrics   *self,
                            GranaryImportMetricRow *row);

/* Rows */

static GtkWidget *
add_row (GranaryImportMetrics *self,
         const GranaryMetric  *metric)
{
  GtkWidget *row = granary_import_metric_row_new (metric);

  g_signal_connect_object (row, "changed", G_CALLBACK (row_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "left", G_CALLBACK (row_left_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "next", G_CALLBACK (row_next_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "remove", G_CALLBACK (row_remove_cb), self, G_CONNECT_SWAPPED);
  gtk_list_box_append (self->list_box, row);
  g_ptr_array_add (self->rows, row);

  return row;
}

static void
fill (GranaryImportMetrics *self)
{
  GPtrArray *metrics = granary_import_draft_get_metrics (self->draft);

  /* Not all children: the placeholder is one, too. */
  for (guint i = 0; i < self->rows->len; i++)
    gtk_list_box_remove (self->list_box, g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; metrics != NULL && i < metrics->len; i++)
    add_row (self, g_ptr_array_index (metrics, i));
}

static void
give_to_draft (GranaryImportMetrics *self)
{
  g_autoptr (GPtrArray) metrics = NULL;

  metrics = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_metric_free);
  for (guint i = 0; i < self->rows->len; i++)
    {
      GranaryMetric *metric;

      metric = granary_import_metric_row_make_metric (g_ptr_array_index (self->rows, i));
      if (metric != NULL)
        g_ptr_array_add (metrics, metric);
    }

  self->setting = TRUE;
  granary_import_draft_set_metrics (self->draft, metrics);
  self->setting = FALSE;
}

static gboolean
is_wrong (GranaryImportMetricRow *row,
          const GError           *problem)
{
  g_autoptr (GranaryMetric) metric = granary_import_metric_row_make_metric (row);

  if (metric == NULL)
    return FALSE;
  if (granary_error_matches_reason (problem, GRANARY_REASON_METRIC_DUPLICATE))
    return g_strcmp0 (metric->name, granary_error_get_subject (problem)) == 0;

  return !granary_import_metric_row_is_complete (row);
}

/* What is wrong, and where. A row that is still being typed in is not called wrong. */
static void
update_problem (GranaryImportMetrics *self)
{
  const GError *problem = granary_import_draft_get_problem (self->draft, GRANARY_DRAFT_METRICS);
  gboolean show = problem != NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; i < self->rows->len; i++)
    {
      GtkWidget *row = g_ptr_array_index (self->rows, i);
      gboolean wrong = problem != NULL && is_wrong (GRANARY_IMPORT_METRIC_ROW (row), problem);

      if (wrong && !granary_import_metric_row_is_complete (GRANARY_IMPORT_METRIC_ROW (row)) &&
          (gtk_widget_get_state_flags (row) & GTK_STATE_FLAG_FOCUS_WITHIN) != 0)
        wrong = show = FALSE;
      granary_import_metric_row_set_problem (GRANARY_IMPORT_METRIC_ROW (row),
                                             wrong ? self->problem_label : NULL);
    }

  if (show)
    {
      text = granary_error_matches_reason (problem, GRANARY_REASON_METRIC_SYNTAX)
               ? g_strdup (_("Each metric needs a name and a value"))
               : granary_wording_for_problem (problem);
      gtk_label_set_label (GTK_LABEL (self->problem_label), text);
    }
  gtk_widget_set_visible (self->problem_label, show);
}

/* Where they come from, and the way back to that. */
static void
update_origin (GranaryImportMetrics *self)
{
  const GranaryTaskOutput *output = granary_import_draft_get_output (self->draft);
  gboolean edited = granary_import_draft_metrics_are_edited (self->draft);
  gboolean reported = output != NULL && output->metrics->len > 0;

  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self),
                                         !reported ? NULL
                                         : edited ? _("Differ from what the task reported")
                                                  : _("As the task reported them last"));
  gtk_widget_set_visible (self->reset_button, edited);
}

/* Callbacks */

static void
row_changed_cb (GranaryImportMetrics *self)
{
  give_to_draft (self);
  update_problem (self);
}

static void
row_left_cb (GranaryImportMetrics *self)
{
  if (self->draft != NULL)
    update_problem (self);
}

static void
row_next_cb (GranaryImportMetrics   *self,
             GranaryImportMetricRow *row)
{
  guint position;

  if (!g_ptr_array_find (self->rows, row, &position))
    return;

  if (position + 1 < self->rows->len)
    gtk_widget_grab_focus (g_ptr_array_index (self->rows, position + 1));
  else if (granary_import_metric_row_is_complete (row))
    gtk_widget_grab_focus (add_row (self, NULL));
}

static void
row_remove_cb (GranaryImportMetrics   *self,
               GranaryImportMetricRow *row)
{
  GtkWidget *next = self->add_button;
  guint position;

  if (!g_ptr_array_find (self->rows, row, &position))
    return;

  if (position + 1 < self->rows->len)
    next = g_ptr_array_index (self->rows, position + 1);
  gtk_widget_grab_focus (next);

  g_ptr_array_remove_index (self->rows, position);
  gtk_list_box_remove (self->list_box, GTK_WIDGET (row));
  give_to_draft (self);
  update_problem (self);
}

static void
add_cb (GranaryImportMetrics *self)
{
  gtk_widget_grab_focus (add_row (self, NULL));
}

static void
reset_cb (GranaryImportMetrics *self)
{
  gtk_widget_grab_focus (self->add_button);
  granary_import_draft_reset_metrics (self->draft);
}

static void
metrics_changed_cb (GranaryImportMetrics *self)
{
  if (!self->setting)
    fill (self);
  update_origin (self);
}

/* GObject */

static void
granary_import_metrics_dispose (GObject *object)
{
  GranaryImportMetrics *self = GRANARY_IMPORT_METRICS (object);

  g_clear_object (&self->draft);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_IMPORT_METRICS);

  G_OBJECT_CLASS (granary_import_metrics_parent_class)->dispose (object);
}

static void
granary_import_metrics_class_init (GranaryImportMetricsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_import_metrics_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-import-metrics.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryImportMetrics, reset_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportMetrics, add_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportMetrics, list_box);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportMetrics, problem_label);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
  gtk_widget_class_bind_template_callback (widget_class, reset_cb);
}

static void
granary_import_metrics_init (GranaryImportMetrics *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->rows = g_ptr_array_new ();
}

/**
 * granary_import_metrics_set_draft:
 * @self: a metrics section
 * @draft: what to show and change; given once
 */
void
granary_import_metrics_set_draft (GranaryImportMetrics *self,
                                  GranaryImportDraft   *draft)
{
  g_return_if_fail (GRANARY_IS_IMPORT_METRICS (self));
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (draft));
  g_return_if_fail (self->draft == NULL);

  self->draft = g_object_ref (draft);
  g_signal_connect_object (draft, "metrics-changed", G_CALLBACK (metrics_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "task-changed", G_CALLBACK (update_origin), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "problems-changed", G_CALLBACK (update_problem), self,
                           G_CONNECT_SWAPPED);
  fill (self);
  update_origin (self);
  update_problem (self);
}
