/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-chart-layout.h"

#include <math.h>

/* How many intervals the value axis should come to, at most. */
#define WANTED_INTERVALS 3

/* The smallest of 1, 2, 5 × 10^k that cuts @range into no more than WANTED_INTERVALS. */
static double
find_round_step (double range)
{
  double rough = range / WANTED_INTERVALS;
  double magnitude = pow (10, floor (log10 (rough)));
  double fraction = rough / magnitude;

  if (fraction <= 1)
    return magnitude;
  if (fraction <= 2)
    return 2 * magnitude;
  if (fraction <= 5)
    return 5 * magnitude;
  return 10 * magnitude;
}

static void
find_extremes (const GranaryChartValue *values,
               guint                    n_values,
               double                  *low,
               double                  *high)
{
  *low = *high = values[0].value;
  for (guint i = 1; i < n_values; i++)
    {
      *low = MIN (*low, values[i].value);
      *high = MAX (*high, values[i].value);
    }
}

/* Halves first: the difference of two finite numbers need not be finite. */
static double
place (double value,
       double low,
       double high)
{
  return (value / 2 - low / 2) / (high / 2 - low / 2);
}

static void
add_tick (GranaryChartLayout *self,
          double              value,
          double              low,
          double              high,
          double              top,
          double              height)
{
  g_assert (self->n_ticks < GRANARY_CHART_MAX_TICKS);

  self->ticks[self->n_ticks].value = value;
  self->ticks[self->n_ticks].y = top + height * (1 - place (value, low, high));
  self->n_ticks++;
}

/* Chooses the range of the value axis and its ticks. */
static void
lay_out_axis (GranaryChartLayout      *self,
              const GranaryChartValue *values,
              guint                    n_values,
              double                   top,
              double                   height,
              double                  *low,
              double                  *high)
{
  double size, step, first, last;

  find_extremes (values, n_values, low, high);
  size = MAX (fabs (*low), fabs (*high));

  /* One value, or values that differ by less than a number can express: in the middle. */
  if (*high / 2 - *low / 2 <= size * 1e-12)
    {
      double value = *low;
      double margin = value != 0 ? fabs (value) / 4 : 0.5;

      *low = value - margin;
      *high = value + margin;
      if (!isfinite (*low) || !isfinite (*high))
        {
          *low = -G_MAXDOUBLE;
          *high = G_MAXDOUBLE;
        }
      add_tick (self, value, *low, *high, top, height);
      return;
    }

  step = find_round_step (*high - *low);
  first = floor (*low / step) * step;
  last = ceil (*high / step) * step;
  if (!isfinite (step) || step <= 0 || !isfinite (first) || !isfinite (last) ||
      (last - first) / step > GRANARY_CHART_MAX_TICKS - 0.5)
    {
      add_tick (self, *low, *low, *high, top, height);
      add_tick (self, *high, *low, *high, top, height);
      return;
    }

  *low = first;
  *high = last;
  for (int i = 0; i <= (int) lround ((last - first) / step); i++)
    add_tick (self, first + i * step, first, last, top, height);
}

/**
 * granary_chart_layout_new:
 * @values: by rising number
 * @n_values: how many
 * @left: start of the room for points, pixels
 * @top: its top
 * @width: its width
 * @height: its height
 * @label_width: room that one version label takes
 * @mirrored: whether numbers grow from right to left
 *
 * Returns: (transfer full): where everything goes
 */
GranaryChartLayout *
granary_chart_layout_new (const GranaryChartValue *values,
                          guint                    n_values,
                          double                   left,
                          double                   top,
                          double                   width,
                          double                   height,
                          double                   label_width,
                          gboolean                 mirrored)
{
  g_autoptr (GranaryChartLayout) self = g_new0 (GranaryChartLayout, 1);
  double low, high, span, labelled_at;

  g_return_val_if_fail (values != NULL || n_values == 0, NULL);

  if (n_values == 0)
    return g_steal_pointer (&self);

  self->n_points = n_values;
  self->points = g_new0 (GranaryChartPoint, n_values);
  lay_out_axis (self, values, n_values, top, height, &low, &high);

  span = (double) values[n_values - 1].number - values[0].number;
  for (guint i = 0; i < n_values; i++)
    {
      GranaryChartPoint *point = &self->points[i];
      double part = span > 0 ? ((double) values[i].number - values[0].number) / span : 0.5;

      point->x = left + width * (mirrored ? 1 - part : part);
      point->y = top + height * (1 - place (values[i].value, low, high));
      point->follows = i > 0 && values[i].number == values[i - 1].number + 1;
    }

  /* The newest always has its label; older ones where they do not run into the next. */
  labelled_at = 0;
  for (guint i = n_values; i-- > 0;)
    {
      GranaryChartPoint *point = &self->points[i];

      if (i == n_values - 1 || fabs (labelled_at - point->x) >= label_width)
        {
          point->labelled = TRUE;
          labelled_at = point->x;
        }
    }

  return g_steal_pointer (&self);
}

void
granary_chart_layout_free (GranaryChartLayout *self)
{
  if (self == NULL)
    return;
  g_free (self->points);
  g_free (self);
}

/**
 * granary_chart_layout_find:
 * @self: a layout
 * @x: pixels from the start of the widget
 *
 * Returns: position of the point nearest to @x, or -1 if there is none
 */
int
granary_chart_layout_find (const GranaryChartLayout *self,
                           double                    x)
{
  int nearest = -1;

  g_return_val_if_fail (self != NULL, -1);

  for (guint i = 0; i < self->n_points; i++)
    if (nearest < 0 || fabs (self->points[i].x - x) < fabs (self->points[nearest].x - x))
      nearest = (int) i;

  return nearest;
}

/**
 * granary_chart_layout_format_tick:
 * @self: a layout
 * @position: which tick
 *
 * Returns: (transfer full): its value, with as many decimals as tell it from its neighbours
 */
char *
granary_chart_layout_format_tick (const GranaryChartLayout *self,
                                  guint                     position)
{
  double value, step, magnitude;
  int decimals;

  g_return_val_if_fail (self != NULL && position < self->n_ticks, NULL);

  value = self->ticks[position].value;
  magnitude = fabs (value);
  if (self->n_ticks < 2)
    return g_strdup_printf ("%.4g", value);

  step = self->ticks[1].value - self->ticks[0].value;
  if (!isfinite (step) || step < 1e-6 || magnitude >= 1e6)
    return g_strdup_printf ("%.3g", value);

  decimals = (int) MAX (0, -floor (log10 (step) + 1e-9));
  /* A zero that came out of the sum as -1e-17 is not shown as "-0.0". */
  if (magnitude < step / 2)
    value = 0;
  return g_strdup_printf ("%.*f", decimals, value);
}
