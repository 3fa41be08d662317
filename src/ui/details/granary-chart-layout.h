/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GRANARY_CHART_MAX_TICKS 6

/**
 * GranaryChartValue:
 * @number: the version, 1, 2, …
 * @value: what it reached; finite
 */
typedef struct
{
  int    number;
  double value;
} GranaryChartValue;

/**
 * GranaryChartPoint:
 * @x: pixels from the start of the widget
 * @y: pixels from its top
 * @follows: whether the number before it has a point too, so that the line between is whole
 * @labelled: whether there is room to write its version under it
 */
typedef struct
{
  double   x;
  double   y;
  gboolean follows;
  gboolean labelled;
} GranaryChartPoint;

/**
 * GranaryChartTick:
 * @value: a round value
 * @y: pixels from the top of the widget
 */
typedef struct
{
  double value;
  double y;
} GranaryChartTick;

/**
 * GranaryChartLayout:
 *
 * Where the parts of a metric-over-versions chart go. Plain numbers without GTK. A number without
 * a value keeps its place on the axis, so that deleted versions show as a gap.
 */
typedef struct
{
  GranaryChartPoint *points;
  guint              n_points;
  GranaryChartTick   ticks[GRANARY_CHART_MAX_TICKS];
  guint              n_ticks;
} GranaryChartLayout;

GranaryChartLayout *granary_chart_layout_new         (const GranaryChartValue  *values,
                                                      guint                     n_values,
                                                      double                    left,
                                                      double                    top,
                                                      double                    width,
                                                      double                    height,
                                                      double                    label_width,
                                                      gboolean                  mirrored) G_GNUC_WARN_UNUSED_RESULT;
void                granary_chart_layout_free        (GranaryChartLayout       *self);
int                 granary_chart_layout_find        (const GranaryChartLayout *self,
                                                      double                    x);
char               *granary_chart_layout_format_tick (const GranaryChartLayout *self,
                                                      guint                     position) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryChartLayout, granary_chart_layout_free)

G_END_DECLS
