/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "granary-metric-chart.h"
#include "granary-metric.h"
#include "shell-test.h"
#include "widget-test.h"

/* A model whose versions 1, 2 and 4 reported acc; 3 was deleted, 5 reported a text. */
static GranaryModel *
make_model (void)
{
  const struct { int number; const char *text; } reported[] = {
    { 5, "unknown" }, { 4, "0.97" }, { 2, "0.95" }, { 1, "0.91" },
  };
  GranaryModel *model = granary_model_new ();

  g_clear_pointer (&model->versions, g_ptr_array_unref);
  model->versions = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_version_unref);
  for (guint i = 0; i < G_N_ELEMENTS (reported); i++)
    {
      GranaryVersion *version = granary_version_new ();

      version->number = reported[i].number;
      g_clear_pointer (&version->metrics, g_ptr_array_unref);
      version->metrics = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_metric_free);
      g_ptr_array_add (version->metrics, granary_metric_new ("acc", reported[i].text));
      g_ptr_array_add (model->versions, version);
    }

  return model;
}

static void
test_finalizes (void)
{
  g_autoptr (GranaryModel) model = make_model ();
  GranaryMetricChart *chart = g_object_ref_sink (granary_metric_chart_new ());

  granary_metric_chart_set_data (chart, model, "acc");
  g_assert_finalize_object (chart);
}

static void
test_values (void)
{
  g_autoptr (GranaryModel) model = make_model ();
  g_autoptr (GranaryMetricChart) chart = g_object_ref_sink (granary_metric_chart_new ());

  granary_metric_chart_set_data (chart, model, "acc");
  g_assert_cmpuint (granary_metric_chart_get_n_points (chart), ==, 3);
  gtk_test_accessible_assert_role (chart, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (chart, GTK_ACCESSIBLE_PROPERTY_LABEL, "acc over versions");
  gtk_test_accessible_assert_property (chart, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "v1: 0.91, v2: 0.95, v4: 0.97");

  granary_metric_chart_set_data (chart, model, "missing");
  g_assert_cmpuint (granary_metric_chart_get_n_points (chart), ==, 0);
}

static void
activated_cb (GranaryMetricChart *chart,
              int                 number,
              int                *activated)
{
  *activated = number;
}

static void
test_keys (gconstpointer data)
{
  gboolean mirrored = GPOINTER_TO_INT (data);
  guint back = mirrored ? GDK_KEY_Right : GDK_KEY_Left;
  guint forward = mirrored ? GDK_KEY_Left : GDK_KEY_Right;
  g_autoptr (GranaryModel) model = make_model ();
  ShellTest *shell = shell_test_new (360, 300);
  GranaryMetricChart *chart = granary_metric_chart_new ();
  GtkWidget *widget = GTK_WIDGET (chart);
  int activated = 0;

  gtk_widget_set_direction (widget, mirrored ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
  adw_bin_set_child (ADW_BIN (adw_window_get_content (ADW_WINDOW (shell))), widget);
  granary_metric_chart_set_data (chart, model, "acc");
  g_signal_connect (chart, "version-activated", G_CALLBACK (activated_cb), &activated);
  widget_test_settle ();

  g_assert_cmpint (granary_metric_chart_get_selected (chart), ==, 0);
  g_assert_true (widget_test_press (widget, back));
  g_assert_cmpint (granary_metric_chart_get_selected (chart), ==, 4);
  g_assert_true (widget_test_press (widget, back));
  g_assert_cmpint (granary_metric_chart_get_selected (chart), ==, 2);
  g_assert_true (widget_test_press (widget, forward));
  g_assert_true (widget_test_press (widget, forward));
  g_assert_cmpint (granary_metric_chart_get_selected (chart), ==, 4);
  g_assert_true (widget_test_press (widget, GDK_KEY_Home));
  g_assert_cmpint (granary_metric_chart_get_selected (chart), ==, 1);
  g_assert_true (widget_test_press (widget, GDK_KEY_Return));
  g_assert_cmpint (activated, ==, 1);
  g_assert_false (widget_test_press (widget, GDK_KEY_Tab));

  widget_test_settle ();
  gtk_window_destroy (GTK_WINDOW (shell));
}

int
main (int    argc,
      char **argv)
{
  widget_test_init (&argc, &argv);

  g_test_add_func ("/metric-chart/finalizes", test_finalizes);
  g_test_add_func ("/metric-chart/values", test_values);
  g_test_add_data_func ("/metric-chart/keys", GINT_TO_POINTER (FALSE), test_keys);
  g_test_add_data_func ("/metric-chart/keys-mirrored", GINT_TO_POINTER (TRUE), test_keys);

  return g_test_run ();
}
