/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-import-metric-row.h"

struct _GranaryImportMetricRow
{
  AdwPreferencesRow  parent_instance;

  GtkWidget         *name_entry;
  GtkWidget         *value_entry;

  gboolean           filling; /* the entries take a metric, the user does not type */
};

G_DEFINE_FINAL_TYPE (GranaryImportMetricRow, granary_import_metric_row, ADW_TYPE_PREFERENCES_ROW)

enum
{
  CHANGED,
  REMOVE,
  NEXT,
  LEFT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Callbacks */

static void
changed_cb (GranaryImportMetricRow *self)
{
  if (!self->filling)
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
activate_cb (GranaryImportMetricRow *self,
             GtkWidget              *entry)
{
  if (entry == self->name_entry)
    gtk_widget_grab_focus (self->value_entry);
  else
    g_signal_emit (self, signals[NEXT], 0);
}

static void
remove_cb (GranaryImportMetricRow *self)
{
  g_signal_emit (self, signals[REMOVE], 0);
}

static void
left_cb (GranaryImportMetricRow *self)
{
  g_signal_emit (self, signals[LEFT], 0);
}

/* GObject */

static gboolean
granary_import_metric_row_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GRANARY_IMPORT_METRIC_ROW (widget)->name_entry);
}

static void
granary_import_metric_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), GRANARY_TYPE_IMPORT_METRIC_ROW);

  G_OBJECT_CLASS (granary_import_metric_row_parent_class)->dispose (object);
}

static void
granary_import_metric_row_class_init (GranaryImportMetricRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const char *names[N_SIGNALS] = { "changed", "remove", "next", "left" };

  G_OBJECT_CLASS (klass)->dispose = granary_import_metric_row_dispose;
  widget_class->grab_focus = granary_import_metric_row_grab_focus;

  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                               0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-import-metric-row.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryImportMetricRow, name_entry);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportMetricRow, value_entry);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
  gtk_widget_class_bind_template_callback (widget_class, left_cb);
}

static void
granary_import_metric_row_init (GranaryImportMetricRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Public functions */

/**
 * granary_import_metric_row_new:
 * @metric: (nullable): what to start with
 *
 * Returns: (transfer floating): a row
 */
GtkWidget *
granary_import_metric_row_new (const GranaryMetric *metric)
{
  GranaryImportMetricRow *self = g_object_new (GRANARY_TYPE_IMPORT_METRIC_ROW, NULL);

  if (metric != NULL)
    {
      self->filling = TRUE;
      gtk_editable_set_text (GTK_EDITABLE (self->name_entry), metric->name);
      gtk_editable_set_text (GTK_EDITABLE (self->value_entry), metric->text);
      self->filling = FALSE;
    }

  return GTK_WIDGET (self);
}

static char *
dup_stripped (GtkWidget *entry)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry))));
}

/**
 * granary_import_metric_row_make_metric:
 * @self: a row
 *
 * Returns: (transfer full) (nullable): the metric as typed, perhaps with a part still missing;
 *   %NULL when both are empty
 */
GranaryMetric *
granary_import_metric_row_make_metric (GranaryImportMetricRow *self)
{
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;

  g_return_val_if_fail (GRANARY_IS_IMPORT_METRIC_ROW (self), NULL);

  name = dup_stripped (self->name_entry);
  value = dup_stripped (self->value_entry);
  if (*name == '\0' && *value == '\0')
    return NULL;

  return granary_metric_new (name, value);
}

gboolean
granary_import_metric_row_is_complete (GranaryImportMetricRow *self)
{
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;

  g_return_val_if_fail (GRANARY_IS_IMPORT_METRIC_ROW (self), FALSE);

  name = dup_stripped (self->name_entry);
  value = dup_stripped (self->value_entry);

  return *name != '\0' && *value != '\0';
}

/**
 * granary_import_metric_row_set_problem:
 * @self: a row
 * @message: (nullable): the widget that tells what is wrong; %NULL: nothing is
 *
 * Marks the part that is missing, or the name.
 */
void
granary_import_metric_row_set_problem (GranaryImportMetricRow *self,
                                       GtkWidget              *message)
{
  GtkWidget *entries[2];
  g_autofree char *name = NULL;
  guint wrong;

  g_return_if_fail (GRANARY_IS_IMPORT_METRIC_ROW (self));

  entries[0] = self->name_entry;
  entries[1] = self->value_entry;
  name = dup_stripped (self->name_entry);
  wrong = *name != '\0' && !granary_import_metric_row_is_complete (self) ? 1 : 0;

  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      GtkAccessible *accessible = GTK_ACCESSIBLE (entries[i]);

      if (message == NULL || i != wrong)
        {
          gtk_widget_remove_css_class (entries[i], "error");
          gtk_accessible_reset_state (accessible, GTK_ACCESSIBLE_STATE_INVALID);
          gtk_accessible_reset_relation (accessible, GTK_ACCESSIBLE_RELATION_ERROR_MESSAGE);
          continue;
        }

      gtk_widget_add_css_class (entries[i], "error");
      gtk_accessible_update_state (accessible,
                                   GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE,
                                   -1);
      gtk_accessible_update_relation (accessible,
                                      GTK_ACCESSIBLE_RELATION_ERROR_MESSAGE, message, NULL,
                                      -1);
    }
}
