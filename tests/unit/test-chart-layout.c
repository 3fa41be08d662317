/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "granary-chart-layout.h"

#include <math.h>

#define LEFT 40.0
#define TOP 10.0
#define WIDTH 300.0
#define HEIGHT 100.0
#define LABEL 30.0

static GranaryChartLayout *
lay_out (const GranaryChartValue *values,
         guint                    n_values,
         gboolean                 mirrored)
{
  return granary_chart_layout_new (values, n_values, LEFT, TOP, WIDTH, HEIGHT, LABEL, mirrored);
}

static void
test_empty (void)
{
  g_autoptr (GranaryChartLayout) layout = lay_out (NULL, 0, FALSE);

  g_assert_cmpuint (layout->n_points, ==, 0);
  g_assert_cmpuint (layout->n_ticks, ==, 0);
  g_assert_cmpint (granary_chart_layout_find (layout, 10), ==, -1);
}

static void
test_single (void)
{
  const GranaryChartValue values[] = { { 3, 0.9 } };
  g_autoptr (GranaryChartLayout) layout = lay_out (values, 1, FALSE);

  g_assert_cmpuint (layout->n_points, ==, 1);
  g_assert_cmpfloat_with_epsilon (layout->points[0].x, LEFT + WIDTH / 2, 1e-9);
  g_assert_cmpfloat_with_epsilon (layout->points[0].y, TOP + HEIGHT / 2, 1e-9);
  g_assert_true (layout->points[0].labelled);
  g_assert_false (layout->points[0].follows);
  g_assert_cmpuint (layout->n_ticks, ==, 1);
}

static void
test_gap (void)
{
  /* v5 was deleted: its place stays empty and the line is broken there. */
  const GranaryChartValue values[] = { { 4, 0.951 }, { 6, 0.968 }, { 7, 0.973 } };
  g_autoptr (GranaryChartLayout) layout = lay_out (values, 3, FALSE);

  g_assert_cmpfloat_with_epsilon (layout->points[0].x, LEFT, 1e-9);
  g_assert_cmpfloat_with_epsilon (layout->points[1].x, LEFT + WIDTH * 2 / 3, 1e-9);
  g_assert_cmpfloat_with_epsilon (layout->points[2].x, LEFT + WIDTH, 1e-9);
  g_assert_false (layout->points[1].follows);
  g_assert_true (layout->points[2].follows);
  g_assert_cmpfloat (layout->points[0].y, >, layout->points[1].y);
  g_assert_cmpfloat (layout->points[1].y, >, layout->points[2].y);
}

static void
test_mirrored (void)
{
  const GranaryChartValue values[] = { { 1, 1 }, { 2, 2 }, { 3, 3 } };
  g_autoptr (GranaryChartLayout) layout = lay_out (values, 3, TRUE);

  g_assert_cmpfloat_with_epsilon (layout->points[0].x, LEFT + WIDTH, 1e-9);
  g_assert_cmpfloat_with_epsilon (layout->points[2].x, LEFT, 1e-9);
  g_assert_cmpint (granary_chart_layout_find (layout, LEFT + 1), ==, 2);
  g_assert_cmpint (granary_chart_layout_find (layout, LEFT + WIDTH / 2 + 3), ==, 1);
}

static void
test_ticks (void)
{
  const GranaryChartValue values[] = { { 1, 0.951 }, { 2, 0.973 } };
  g_autoptr (GranaryChartLayout) layout = lay_out (values, 2, FALSE);
  g_autofree char *first = granary_chart_layout_format_tick (layout, 0);
  g_autofree char *last = granary_chart_layout_format_tick (layout, layout->n_ticks - 1);

  g_assert_cmpuint (layout->n_ticks, ==, 4);
  g_assert_cmpstr (first, ==, "0.95");
  g_assert_cmpstr (last, ==, "0.98");
  g_assert_cmpfloat_with_epsilon (layout->ticks[0].y, TOP + HEIGHT, 1e-6);
  g_assert_cmpfloat_with_epsilon (layout->ticks[layout->n_ticks - 1].y, TOP, 1e-6);
}

static void
test_around_zero (void)
{
  const GranaryChartValue values[] = { { 1, -0.3 }, { 2, 0.3 } };
  g_autoptr (GranaryChartLayout) layout = lay_out (values, 2, FALSE);
  gboolean seen = FALSE;

  for (guint i = 0; i < layout->n_ticks; i++)
    {
      g_autofree char *text = granary_chart_layout_format_tick (layout, i);

      g_assert_cmpstr (text, !=, "-0.0");
      seen = seen || g_str_equal (text, "0.0");
    }
  g_assert_true (seen);
}

static void
test_labels_thinned (void)
{
  GranaryChartValue values[100];
  g_autoptr (GranaryChartLayout) layout = NULL;
  double last = G_MAXDOUBLE;

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    values[i] = (GranaryChartValue) { (int) i + 1, i };
  layout = lay_out (values, G_N_ELEMENTS (values), FALSE);

  g_assert_true (layout->points[99].labelled);
  for (guint i = G_N_ELEMENTS (values); i-- > 0;)
    if (layout->points[i].labelled)
      {
        g_assert_cmpfloat (last - layout->points[i].x, >=, LABEL);
        last = layout->points[i].x;
      }
}

/* Whatever number a file reports, everything stays inside the room there is. */
static void
test_extremes (void)
{
  const double pairs[][2] = {
    { -G_MAXDOUBLE, G_MAXDOUBLE }, { 0, G_MAXDOUBLE },  { G_MINDOUBLE, 2 * G_MINDOUBLE },
    { 0, 4.9e-324 },               { 1e15, 1e15 + 1 },  { G_MAXDOUBLE, G_MAXDOUBLE },
    { -1e-300, 1e300 },            { 0, 0 },            { 1, 1 + 2.3e-16 },
    { 99.99999, 100 },             { -5, -5.0000001 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      const GranaryChartValue values[] = { { 1, pairs[i][0] }, { 2, pairs[i][1] } };
      g_autoptr (GranaryChartLayout) layout = lay_out (values, 2, FALSE);

      g_assert_cmpuint (layout->n_ticks, >=, 1);
      for (guint j = 0; j < 2; j++)
        {
          g_assert_true (isfinite (layout->points[j].y));
          g_assert_cmpfloat (layout->points[j].y, >=, TOP - 1e-6);
          g_assert_cmpfloat (layout->points[j].y, <=, TOP + HEIGHT + 1e-6);
        }
      for (guint j = 0; j < layout->n_ticks; j++)
        {
          g_autofree char *text = granary_chart_layout_format_tick (layout, j);

          g_assert_true (isfinite (layout->ticks[j].y));
          g_assert_cmpuint (strlen (text), <, 16);
        }
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/chart-layout/empty", test_empty);
  g_test_add_func ("/chart-layout/single", test_single);
  g_test_add_func ("/chart-layout/gap", test_gap);
  g_test_add_func ("/chart-layout/mirrored", test_mirrored);
  g_test_add_func ("/chart-layout/ticks", test_ticks);
  g_test_add_func ("/chart-layout/around-zero", test_around_zero);
  g_test_add_func ("/chart-layout/labels-thinned", test_labels_thinned);
  g_test_add_func ("/chart-layout/extremes", test_extremes);

  return g_test_run ();
}
