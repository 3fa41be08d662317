/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-error.h"
#include "granary-import-file-row.h"
#include "granary-import-metric-row.h"
#include "granary-import-task-page.h"
#include "granary-metric.h"
#include "page-test.h"
#include "widget-test.h"

static void
set_up (PageTest      *test,
        gconstpointer  is_cloud)
{
  page_test_set_up (test, GPOINTER_TO_INT (is_cloud));
}

static void
tear_down (PageTest      *test,
           gconstpointer  data)
{
  page_test_tear_down (test);
}

static const char *
get_metric (PageTest *test,
            guint     position)
{
  const GranaryMetric *metric = g_ptr_array_index (granary_import_draft_get_metrics (test->draft),
                                                   position);

  return metric->text;
}

static guint
get_n_files (PageTest *test)
{
  return granary_file_set_get_n_files (granary_import_draft_get_files (test->draft));
}

/* Picking a task fills in what it knows. */
static void
test_choose (PageTest      *test,
             gconstpointer  data)
{
  g_autoptr (GranaryImportRequest) request = NULL;
  g_autoptr (GError) error = NULL;

  page_test_add_train7 (test, GRANARY_TASK_TRAINING, FALSE);
  page_test_show (test, granary_import_task_page_new (), GRANARY_SOURCE_TASK);
  g_assert_nonnull (page_test_get_row (test, "No task chosen"));
  g_assert_null (page_test_get_row (test, "F_ramework"));

  page_test_choose (test, "train7");
  g_assert_cmpstr (granary_import_draft_get_task_uid (test->draft), ==, "uid-7");
  g_assert_cmpstr (page_test_get_subtitle (test, "train7"), ==,
                   "Ultralytics · Finished · 2 hours ago · 44.0\u00a0MB");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (page_test_get_row (test, "F_ramework"))), ==,
                   "PyTorch");
  g_assert_nonnull (widget_test_find_text (test->page, "from the task"));
  g_assert_nonnull (widget_test_find_text (test->page, "As the task reported them last"));
  g_assert_cmpuint (widget_test_count (test->page, GRANARY_TYPE_IMPORT_METRIC_ROW), ==, 2);
  g_assert_cmpuint (get_n_files (test), ==, 1);
  g_assert_nonnull (widget_test_find_text (test->page, "best.pt"));
  /* They come from the task, not from a chooser. */
  g_assert_null (page_test_get_button (test, "Choose _Files…"));
  g_assert_null (page_test_get_button (test, "Remove A_ll"));
  widget_test_assert_fits (test->page, 360);

  granary_import_draft_set_name (test->draft, "plates");
  page_test_wait_idle (test);
  g_assert_true (granary_import_draft_get_ready (test->draft));
  request = granary_import_draft_make_request (test->draft, &error);
  g_assert_no_error (error);
  g_assert_cmpint (request->source, ==, GRANARY_SOURCE_TASK);
}

static void
test_outputs (PageTest      *test,
              gconstpointer  data)
{
  AdwComboRow *row;
  g_autoptr (GtkStringObject) item = NULL;

  page_test_add_train7 (test, GRANARY_TASK_TRAINING, FALSE);
  page_test_show (test, granary_import_task_page_new (), GRANARY_SOURCE_TASK);
  page_test_choose (test, "train7");

  row = ADW_COMBO_ROW (page_test_get_row (test, "_Output"));
  g_assert_nonnull (row);
  g_assert_cmpuint (adw_combo_row_get_selected (row), ==, 0);
  item = g_list_model_get_item (adw_combo_row_get_model (row), 1);
  g_assert_cmpstr (gtk_string_object_get_string (item), ==, "last · mAP50 0.702");
  g_assert_cmpstr (get_metric (test, 0), ==, "0.713");

  adw_combo_row_set_selected (row, 1);
  page_test_wait_idle (test);
  g_assert_cmpstr (granary_import_draft_get_output (test->draft)->id, ==, "last");
  g_assert_cmpstr (get_metric (test, 0), ==, "0.702");
  g_assert_nonnull (widget_test_find_text (test->page, "last.pt"));
  g_assert_null (widget_test_find_text (test->page, "best.pt"));
}

/* Reported metrics can be changed, and are one click away. */
static void
test_metrics (PageTest      *test,
              gconstpointer  data)
{
  GtkWidget *row;
  GtkWidget *value;

  page_test_add_train7 (test, GRANARY_TASK_TRAINING, FALSE);
  page_test_show (test, granary_import_task_page_new (), GRANARY_SOURCE_TASK);
  page_test_choose (test, "train7");
  g_assert_null (page_test_get_button (test, "Reset to Reported"));

  row = widget_test_find (test->page, GRANARY_TYPE_IMPORT_METRIC_ROW, 0);
  value = widget_test_find (row, GTK_TYPE_ENTRY, 1);
  gtk_editable_set_text (GTK_EDITABLE (value), "0.9");
  g_assert_cmpstr (get_metric (test, 0), ==, "0.9");
  g_assert_nonnull (widget_test_find_text (test->page, "Differ from what the task reported"));

  g_signal_emit_by_name (page_test_get_button (test, "Reset to Reported"), "clicked");
  g_assert_cmpstr (get_metric (test, 0), ==, "0.713");
  row = widget_test_find (test->page, GRANARY_TYPE_IMPORT_METRIC_ROW, 0);
  value = widget_test_find (row, GTK_TYPE_ENTRY, 1);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (value)), ==, "0.713");
  g_assert_null (page_test_get_button (test, "Reset to Reported"));
  g_assert_nonnull (widget_test_find_text (test->page, "As the task reported them last"));
}

static void
test_files (PageTest      *test,
            gconstpointer  data)
{
  AdwToggleGroup *group;

  page_test_write (test, "config.json", "{}");
  page_test_add_train7 (test, GRANARY_TASK_TRAINING, TRUE);
  page_test_show (test, granary_import_task_page_new (), GRANARY_SOURCE_TASK);
  page_test_choose (test, "train7");
  g_assert_cmpuint (get_n_files (test), ==, 2);

  /* One is left out; the same task chosen again brings it back. */
  granary_import_file_row_remove (GRANARY_IMPORT_FILE_ROW (
    widget_test_find (test->page, GRANARY_TYPE_IMPORT_FILE_ROW, 0)));
  page_test_wait_idle (test);
  g_assert_cmpuint (get_n_files (test), ==, 1);
  page_test_choose (test, "train7");
  g_assert_cmpuint (get_n_files (test), ==, 2);

  group = ADW_TOGGLE_GROUP (widget_test_find (test->page, ADW_TYPE_TOGGLE_GROUP, 0));
  g_assert_cmpstr (adw_toggle_group_get_active_name (group), ==, "copy");
  adw_toggle_group_set_active_name (group, "cut");
  g_assert_true (granary_import_draft_get_move (test->draft));
  g_assert_nonnull (g_strstr_len (page_test_get_subtitle (test, "Originals"), -1, "taken away"));
}

/* On the platform: where the files are, and what is not told. */
static void
test_cloud (PageTest      *test,
            gconstpointer  data)
{
  GranaryTaskDetails *details = page_test_add_train7 (test, GRANARY_TASK_TRAINING, FALSE);

  granary_set_error (&details->note, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_METRICS_UNAVAILABLE,
                     "train7", "no metrics");
  page_test_show (test, granary_import_task_page_new (), GRANARY_SOURCE_TASK);
  page_test_choose (test, "train7");

  g_assert_cmpstr (page_test_get_subtitle (test, "Output of the Task"), ==,
                   "cos://train-1250000000/runs/train7/best/");
  g_assert_nonnull (widget_test_find_text (test->page, "44.0\u00a0MB"));
  g_assert_cmpstr (page_test_get_subtitle (test, "Originals"), ==,
                   "The task keeps its files; the model gets its own.");
  g_assert_nonnull (widget_test_find_text (test->page,
                                           "The platform does not tell the metrics of “train7”. "
                                           "Enter them by hand: the task’s page in the console of "
                                           "TI-ONE shows them."));
  g_assert_null (widget_test_find (test->page, GRANARY_TYPE_IMPORT_FILE_ROW, 0));
  widget_test_assert_fits (test->page, 360);
}

static void
test_missing (PageTest      *test,
              gconstpointer  data)
{
  page_test_show (test, granary_import_task_page_new (), GRANARY_SOURCE_TASK);
  granary_import_draft_set_task_uid (test->draft, "train-404");
  page_test_wait_idle (test);

  g_assert_nonnull (page_test_get_row (test, "train-404"));
  g_assert_true (gtk_widget_has_css_class (page_test_get_row (test, "train-404"), "error"));
  g_assert_nonnull (widget_test_find_text (test->page,
                                           "The task “train-404” does not exist, or not any more."));
  g_assert_null (page_test_get_row (test, "F_ramework"));
  g_assert_false (granary_import_draft_get_ready (test->draft));
}

#define ADD(name, is_cloud, func) \
  g_test_add ("/import-task-page/" name, PageTest, GINT_TO_POINTER (is_cloud), set_up, func, tear_down)

int
main (int   argc,
      char *argv[])
{
  widget_test_init (&argc, &argv);

  ADD ("choose", FALSE, test_choose);
  ADD ("outputs", FALSE, test_outputs);
  ADD ("metrics", FALSE, test_metrics);
  ADD ("files", FALSE, test_files);
  ADD ("cloud", TRUE, test_cloud);
  ADD ("missing", TRUE, test_missing);

  return g_test_run ();
}
