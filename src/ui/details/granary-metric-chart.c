/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-metric-chart.h"

#include <math.h>

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "granary-chart-layout.h"
#include "granary-error.h"
#include "granary-metric.h"

#define NATURAL_WIDTH 280
#define NATURAL_HEIGHT 150
#define SPACING 6
#define POINT_RADIUS 3.5f
#define SELECTED_RADIUS 5.5f

struct _GranaryMetricChart
{
  GtkWidget           parent_instance;

  char               *metric;     /* (owned) (nullable) */
  GArray             *values;     /* (owned) (element-type GranaryChartValue) */
  GPtrArray          *texts;      /* (owned) (element-type utf8): values as reported */
  GranaryChartLayout *layout;     /* (owned) (nullable) until it has a size */
  int                 selected;   /* position, -1 for none */
  gboolean            pointed_at; /* selected by the pointer, not by keys */
};

G_DEFINE_FINAL_TYPE (GranaryMetricChart, granary_metric_chart, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_VERSION_ACTIVATED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Helpers. */

static const GranaryChartValue *
get_value (GranaryMetricChart *self,
           guint               position)
{
  return &g_array_index (self->values, GranaryChartValue, position);
}

static PangoLayout *
make_text (GranaryMetricChart *self,
           const char         *text,
           int                *width,
           int                *height)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);

  pango_layout_get_pixel_size (layout, width, height);

  return layout;
}

static char *
describe_point (GranaryMetricChart *self,
                guint               position)
{
  /* Translators: a version's number and the value of its metric. */
  return g_strdup_printf (_("v%1$d: %2$s"), get_value (self, position)->number,
                          (const char *) g_ptr_array_index (self->texts, position));
}

static void
update_accessible (GranaryMetricChart *self)
{
  g_autoptr (GString) description = g_string_new (NULL);
  g_autofree char *label = NULL;

  label = g_strdup_printf (_("%s over versions"), self->metric != NULL ? self->metric : "");
  for (guint i = 0; i < self->values->len; i++)
    {
      g_autofree char *point = describe_point (self, i);

      g_string_append_printf (description, "%s%s", i > 0 ? ", " : "", point);
    }

  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description->str,
                                  -1);
}

/* Room for the texts around the points, then the places of these. */
static void
lay_out (GranaryMetricChart *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  double width = gtk_widget_get_width (widget);
  double height = gtk_widget_get_height (widget);
  g_autoptr (GranaryChartLayout) probe = NULL;
  g_autoptr (PangoLayout) longest = NULL;
  g_autofree char *label = NULL;
  const GranaryChartValue *values = (const GranaryChartValue *) (gpointer) self->values->data;
  int label_width, text_height, axis_width = 0;

  g_clear_pointer (&self->layout, granary_chart_layout_free);
  if (self->values->len == 0 || width <= 0 || height <= 0)
    return;

  label = g_strdup_printf ("v%d", get_value (self, self->values->len - 1)->number);
  longest = make_text (self, label, &label_width, &text_height);

  probe = granary_chart_layout_new (values, self->values->len, 0, 0, 1, 1, 1, mirrored);
  for (guint i = 0; i < probe->n_ticks; i++)
    {
      g_autofree char *text = granary_chart_layout_format_tick (probe, i);
      g_autoptr (PangoLayout) tick = NULL;
      int tick_width, tick_height;

      tick = make_text (self, text, &tick_width, &tick_height);
      axis_width = MAX (axis_width, tick_width);
    }

  {
    double inset = MAX (label_width / 2.0, SELECTED_RADIUS) + SPACING;
    double top = text_height + SPACING + SELECTED_RADIUS;
    double axis = axis_width + SPACING;
    double room = MAX (1, width - axis - 2 * inset);

    self->layout =
      granary_chart_layout_new (values, self->values->len, (mirrored ? 0 : axis) + inset, top,
                                room, MAX (1, height - top - text_height - 2 * SPACING),
                                label_width + 2 * SPACING, mirrored);
  }
}

static void
select_point (GranaryMetricChart *self,
              int                 position,
              gboolean            pointed_at)
{
  self->pointed_at = pointed_at;
  if (self->selected == position)
    return;

  self->selected = position;
  if (position >= 0 && !pointed_at)
    {
      g_autofree char *text = describe_point (self, (guint) position);

      gtk_accessible_announce (GTK_ACCESSIBLE (self), text,
                               GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
activate_point (GranaryMetricChart *self,
                int                 position)
{
  if (position >= 0)
    g_signal_emit (self, signals[SIGNAL_VERSION_ACTIVATED], 0,
                   get_value (self, (guint) position)->number);
}

/* Drawing. */

static void
draw_text (GranaryMetricChart *self,
           GtkSnapshot        *snapshot,
           const char         *text,
           double              x,
           double              y,
           double              xalign,
           const GdkRGBA      *color)
{
  g_autoptr (PangoLayout) layout = NULL;
  int width, height;
  double left;

  layout = make_text (self, text, &width, &height);
  left = CLAMP (x - width * xalign, 0, MAX (0, gtk_widget_get_width (GTK_WIDGET (self)) - width));

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) left, (float) y));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
draw_axis (GranaryMetricChart *self,
           GtkSnapshot        *snapshot,
           const GdkRGBA      *text_color,
           const GdkRGBA      *line_color)
{
  gboolean mirrored = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  float width = (float) gtk_widget_get_width (GTK_WIDGET (self));
  int axis_width = 0, text_height = 0;

  for (guint i = 0; i < self->layout->n_ticks; i++)
    {
      g_autofree char *text = granary_chart_layout_format_tick (self->layout, i);
      g_autoptr (PangoLayout) layout = NULL;
      int tick_width;

      layout = make_text (self, text, &tick_width, &text_height);
      axis_width = MAX (axis_width, tick_width);
    }

  for (guint i = 0; i < self->layout->n_ticks; i++)
    {
      g_autofree char *text = granary_chart_layout_format_tick (self->layout, i);
      float y = (float) self->layout->ticks[i].y;
      float start = mirrored ? 0 : (float) (axis_width + SPACING);

      gtk_snapshot_append_color (snapshot, line_color,
                                 &GRAPHENE_RECT_INIT (start, floorf (y),
                                                      MAX (0, width - axis_width - SPACING), 1));
      draw_text (self, snapshot, text, mirrored ? width : axis_width, y - text_height / 2.0, 1,
                 text_color);
    }
}

static void
draw_line (GranaryMetricChart *self,
           GtkSnapshot        *snapshot,
           const GdkRGBA      *color,
           gboolean            follows)
{
  g_autoptr (GskPathBuilder) builder = gsk_path_builder_new ();
  g_autoptr (GskStroke) stroke = gsk_stroke_new (2);
  g_autoptr (GskPath) path = NULL;

  for (guint i = 1; i < self->layout->n_points; i++)
    {
      const GranaryChartPoint *from = &self->layout->points[i - 1];
      const GranaryChartPoint *to = &self->layout->points[i];

      if (to->follows != follows)
        continue;
      gsk_path_builder_move_to (builder, (float) from->x, (float) from->y);
      gsk_path_builder_line_to (builder, (float) to->x, (float) to->y);
    }

  path = gsk_path_builder_to_path (builder);
  if (gsk_path_is_empty (path))
    return;

  gsk_stroke_set_line_cap (stroke, GSK_LINE_CAP_ROUND);
  if (!follows)
    gsk_stroke_set_dash (stroke, (const float[]) { 1, 5 }, 2);
  gtk_snapshot_append_stroke (snapshot, path, stroke, color);
}

static void
draw_points (GranaryMetricChart *self,
             GtkSnapshot        *snapshot,
             const GdkRGBA      *color)
{
  g_autoptr (GskPathBuilder) builder = gsk_path_builder_new ();
  g_autoptr (GskPath) path = NULL;

  for (guint i = 0; i < self->layout->n_points; i++)
    gsk_path_builder_add_circle (builder,
                                 &GRAPHENE_POINT_INIT ((float) self->layout->points[i].x,
                                                       (float) self->layout->points[i].y),
                                 (int) i == self->selected ? SELECTED_RADIUS : POINT_RADIUS);

  path = gsk_path_builder_to_path (builder);
  gtk_snapshot_append_fill (snapshot, path, GSK_FILL_RULE_WINDING, color);
}

static void
draw_labels (GranaryMetricChart *self,
             GtkSnapshot        *snapshot,
             const GdkRGBA      *strong,
             const GdkRGBA      *dim)
{
  guint told = self->selected >= 0 ? (guint) self->selected : self->layout->n_points - 1;
  double bottom = gtk_widget_get_height (GTK_WIDGET (self));
  g_autoptr (PangoLayout) probe = NULL;
  const GranaryChartPoint *point;
  int width, height;

  probe = make_text (self, "v", &width, &height);
  for (guint i = 0; i < self->layout->n_points; i++)
    {
      g_autofree char *text = g_strdup_printf ("v%d", get_value (self, i)->number);

      point = &self->layout->points[i];
      if (point->labelled && (self->selected < 0 || i == told ||
                              self->layout->points[told].labelled))
        draw_text (self, snapshot, text, point->x, bottom - height, 0.5, i == told ? strong : dim);
    }

  point = &self->layout->points[told];
  if (!point->labelled)
    {
      g_autofree char *text = g_strdup_printf ("v%d", get_value (self, told)->number);

      draw_text (self, snapshot, text, point->x, bottom - height, 0.5, strong);
    }
  draw_text (self, snapshot, g_ptr_array_index (self->texts, told), point->x,
             MAX (0, point->y - SELECTED_RADIUS - SPACING / 2.0 - height), 0.5, strong);
}

static void
granary_metric_chart_snapshot (GtkWidget   *widget,
                               GtkSnapshot *snapshot)
{
  GranaryMetricChart *self = GRANARY_METRIC_CHART (widget);
  AdwStyleManager *style = adw_style_manager_get_for_display (gtk_widget_get_display (widget));
  gboolean high_contrast = adw_style_manager_get_high_contrast (style);
  GdkRGBA strong, dim, line, accent;

  if (self->layout == NULL)
    lay_out (self);
  if (self->layout == NULL)
    return;

  gtk_widget_get_color (widget, &strong);
  dim = line = strong;
  dim.alpha *= high_contrast ? 0.9f : 0.55f;
  line.alpha *= high_contrast ? 0.5f : 0.12f;
  adw_accent_color_to_standalone_rgba (adw_style_manager_get_accent_color (style),
                                       adw_style_manager_get_dark (style), &accent);

  draw_axis (self, snapshot, &dim, &line);
  draw_line (self, snapshot, &accent, TRUE);
  draw_line (self, snapshot, &accent, FALSE);
  draw_points (self, snapshot, &accent);
  draw_labels (self, snapshot, &strong, &dim);
}

static void
granary_metric_chart_measure (GtkWidget      *widget,
                              GtkOrientation  orientation,
                              int             for_size,
                              int            *minimum,
                              int            *natural,
                              int            *minimum_baseline,
                              int            *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? NATURAL_WIDTH / 2 : NATURAL_HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? NATURAL_WIDTH : NATURAL_HEIGHT;
}

static void
granary_metric_chart_size_allocate (GtkWidget *widget,
                                    int        width,
                                    int        height,
                                    int        baseline)
{
  g_clear_pointer (&GRANARY_METRIC_CHART (widget)->layout, granary_chart_layout_free);
}

static void
granary_metric_chart_css_changed (GtkWidget         *widget,
                                  GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (granary_metric_chart_parent_class)->css_changed (widget, change);

  /* The font may be another one. */
  g_clear_pointer (&GRANARY_METRIC_CHART (widget)->layout, granary_chart_layout_free);
}

static void
granary_metric_chart_direction_changed (GtkWidget        *widget,
                                        GtkTextDirection  previous)
{
  g_clear_pointer (&GRANARY_METRIC_CHART (widget)->layout, granary_chart_layout_free);
  gtk_widget_queue_draw (widget);
}

/* Input. */

static void
motion_cb (GranaryMetricChart *self,
           double              x)
{
  if (self->layout != NULL)
    select_point (self, granary_chart_layout_find (self->layout, x), TRUE);
}

static void
leave_cb (GranaryMetricChart *self)
{
  if (self->pointed_at)
    select_point (self, -1, FALSE);
}

static void
focus_leave_cb (GranaryMetricChart *self)
{
  if (!self->pointed_at)
    select_point (self, -1, FALSE);
}

static void
released_cb (GranaryMetricChart *self,
             int                 n_press,
             double              x)
{
  if (self->layout != NULL)
    activate_point (self, granary_chart_layout_find (self->layout, x));
}

static gboolean
key_cb (GranaryMetricChart *self,
        guint               keyval,
        guint               keycode,
        GdkModifierType     state)
{
  gboolean mirrored = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  int last = (int) self->values->len - 1;
  int step;

  if (last < 0 || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SHIFT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;

  switch (keyval)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      step = (keyval == GDK_KEY_Right || keyval == GDK_KEY_KP_Right) != mirrored ? 1 : -1;
      select_point (self, self->selected < 0 ? last : CLAMP (self->selected + step, 0, last),
                    FALSE);
      return GDK_EVENT_STOP;

    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      select_point (self, 0, FALSE);
      return GDK_EVENT_STOP;

    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      select_point (self, last, FALSE);
      return GDK_EVENT_STOP;

    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_space:
      activate_point (self, self->selected);
      return self->selected >= 0;

    default:
      return GDK_EVENT_PROPAGATE;
    }
}

/* GObject. */

static void
granary_metric_chart_finalize (GObject *object)
{
  GranaryMetricChart *self = GRANARY_METRIC_CHART (object);

  g_free (self->metric);
  g_array_unref (self->values);
  g_ptr_array_unref (self->texts);
  g_clear_pointer (&self->layout, granary_chart_layout_free);

  G_OBJECT_CLASS (granary_metric_chart_parent_class)->finalize (object);
}

static void
granary_metric_chart_class_init (GranaryMetricChartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = granary_metric_chart_finalize;
  widget_class->snapshot = granary_metric_chart_snapshot;
  widget_class->measure = granary_metric_chart_measure;
  widget_class->size_allocate = granary_metric_chart_size_allocate;
  widget_class->css_changed = granary_metric_chart_css_changed;
  widget_class->direction_changed = granary_metric_chart_direction_changed;

  signals[SIGNAL_VERSION_ACTIVATED] =
    g_signal_new ("version-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 1, G_TYPE_INT);

  gtk_widget_class_set_css_name (widget_class, "metricchart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
granary_metric_chart_init (GranaryMetricChart *self)
{
  AdwStyleManager *style =
    adw_style_manager_get_for_display (gtk_widget_get_display (GTK_WIDGET (self)));
  GtkEventController *controller;

  self->values = g_array_new (FALSE, FALSE, sizeof (GranaryChartValue));
  self->texts = g_ptr_array_new_with_free_func (g_free);
  self->selected = -1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self), "numeric");

  controller = gtk_event_controller_motion_new ();
  g_signal_connect_object (controller, "motion", G_CALLBACK (motion_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (controller, "leave", G_CALLBACK (leave_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), controller);

  controller = gtk_event_controller_key_new ();
  g_signal_connect_object (controller, "key-pressed", G_CALLBACK (key_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), controller);

  controller = gtk_event_controller_focus_new ();
  g_signal_connect_object (controller, "leave", G_CALLBACK (focus_leave_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), controller);

  controller = GTK_EVENT_CONTROLLER (gtk_gesture_click_new ());
  g_signal_connect_object (controller, "released", G_CALLBACK (released_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), controller);

  g_signal_connect_object (style, "notify::dark", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (style, "notify::accent-color", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (style, "notify::high-contrast", G_CALLBACK (gtk_widget_queue_draw),
                           self, G_CONNECT_SWAPPED);
}

GranaryMetricChart *
granary_metric_chart_new (void)
{
  return g_object_new (GRANARY_TYPE_METRIC_CHART, NULL);
}

/**
 * granary_metric_chart_set_data:
 * @self: a chart
 * @model: (nullable): whose versions
 * @metric: (nullable): which metric
 *
 * Shows the versions of @model that reported @metric as a number.
 */
void
granary_metric_chart_set_data (GranaryMetricChart *self,
                               GranaryModel       *model,
                               const char         *metric)
{
  g_return_if_fail (GRANARY_IS_METRIC_CHART (self));

  g_set_str (&self->metric, metric);
  g_array_set_size (self->values, 0);
  g_ptr_array_set_size (self->texts, 0);
  g_clear_pointer (&self->layout, granary_chart_layout_free);
  self->selected = -1;

  /* Versions come newest first. */
  for (guint i = model != NULL && metric != NULL ? model->versions->len : 0; i-- > 0;)
    {
      const GranaryVersion *version = g_ptr_array_index (model->versions, i);

      for (guint j = 0; version->metrics != NULL && j < version->metrics->len; j++)
        {
          const GranaryMetric *reported = g_ptr_array_index (version->metrics, j);
          GranaryChartValue value = { version->number, reported->value };

          if (!reported->is_number || !g_str_equal (reported->name, metric))
            continue;
          g_array_append_val (self->values, value);
          g_ptr_array_add (self->texts, granary_display_path (reported->text));
        }
    }

  update_accessible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

guint
granary_metric_chart_get_n_points (GranaryMetricChart *self)
{
  g_return_val_if_fail (GRANARY_IS_METRIC_CHART (self), 0);

  return self->values->len;
}

/* Number of the version whose point is selected, 0 if none is. */
int
granary_metric_chart_get_selected (GranaryMetricChart *self)
{
  g_return_val_if_fail (GRANARY_IS_METRIC_CHART (self), 0);

  return self->selected >= 0 ? get_value (self, (guint) self->selected)->number : 0;
}
