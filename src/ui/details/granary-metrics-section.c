/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-metrics-section.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-metric.h"
#include "granary-section-rows.h"

/* More wait behind a button. */
#define FEW_METRICS 8

struct _GranaryMetricsSection
{
  AdwBin               parent_instance;

  AdwPreferencesGroup *group;
  GtkButton           *all;

  GPtrArray           *rows;    /* (owned) (element-type GtkWidget), not owning */
  GranaryVersion      *version; /* (owned) (nullable) */
  gboolean             show_all;
};

G_DEFINE_FINAL_TYPE (GranaryMetricsSection, granary_metrics_section, ADW_TYPE_BIN)

/* Helpers. */

static GtkWidget *
make_row (void)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, NULL);
  GtkWidget *value = g_object_new (GTK_TYPE_LABEL,
                                   "selectable", TRUE,
                                   "ellipsize", PANGO_ELLIPSIZE_END,
                                   "xalign", 1.0f,
                                   NULL);

  gtk_widget_add_css_class (value, "numeric");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), value);
  g_object_set_data (G_OBJECT (row), "value", value);

  return row;
}

static void
fill (GranaryMetricsSection *self)
{
  guint n_metrics = self->version->metrics != NULL ? self->version->metrics->len : 0;
  guint n_shown = self->show_all ? n_metrics : MIN (n_metrics, FEW_METRICS);

  granary_section_resize (self->group, self->rows, n_shown, make_row);
  for (guint i = 0; i < n_shown; i++)
    {
      const GranaryMetric *metric = g_ptr_array_index (self->version->metrics, i);
      GObject *row = g_ptr_array_index (self->rows, i);
      GtkWidget *value = g_object_get_data (row, "value");
      g_autofree char *name = granary_display_path (metric->name);
      g_autofree char *text = granary_display_path (metric->text);

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
      gtk_label_set_label (GTK_LABEL (value), text);
      gtk_accessible_update_property (GTK_ACCESSIBLE (row),
                                      GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
    }

  gtk_widget_set_visible (GTK_WIDGET (self), n_metrics > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->all), n_shown < n_metrics);
}

static void
all_cb (GranaryMetricsSection *self)
{
  self->show_all = TRUE;
  fill (self);
}

/* GObject. */

static void
granary_metrics_section_dispose (GObject *object)
{
  GranaryMetricsSection *self = GRANARY_METRICS_SECTION (object);

  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->version, granary_version_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_METRICS_SECTION);

  G_OBJECT_CLASS (granary_metrics_section_parent_class)->dispose (object);
}

static void
granary_metrics_section_class_init (GranaryMetricsSectionClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_metrics_section_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/details/granary-metrics-section.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryMetricsSection, group);
  gtk_widget_class_bind_template_child (widget_class, GranaryMetricsSection, all);
  gtk_widget_class_bind_template_callback (widget_class, all_cb);
}

static void
granary_metrics_section_init (GranaryMetricsSection *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * granary_metrics_section_set_version:
 * @self: the section
 * @version: the version whose metrics to show
 */
void
granary_metrics_section_set_version (GranaryMetricsSection *self,
                                     GranaryVersion        *version)
{
  g_return_if_fail (GRANARY_IS_METRICS_SECTION (self));
  g_return_if_fail (version != NULL);

  if (self->version == NULL || self->version->id != version->id)
    self->show_all = FALSE;
  granary_version_ref (version);
  g_clear_pointer (&self->version, granary_version_unref);
  self->version = version;
  fill (self);
}
