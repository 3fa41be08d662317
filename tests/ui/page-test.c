/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "page-test.h"

#include <glib/gstdio.h>

#include "granary-metric.h"
#include "granary-task-chooser.h"
#include "granary-task-row.h"
#include "shell-test.h"
#include "widget-test.h"

void
page_test_set_up (PageTest *test,
                  gboolean  is_cloud)
{
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);

  test->tasks = granary_fake_tasks_new (!is_cloud);
  if (is_cloud)
    {
      granary_fake_cloud_set_up (&test->cloud);
      test->connection = g_object_ref (test->cloud.connection);
    }
  else
    {
      test->connection = shell_test_open_repository ("repository");
      test->folder = g_build_filename (g_get_user_cache_dir (), "runs", "train7", NULL);
      g_assert_cmpint (g_mkdir_with_parents (test->folder, 0700), ==, 0);
    }
  granary_connection_set_task_source (test->connection, GRANARY_TASK_SOURCE (test->tasks));
  test->draft = granary_import_draft_new (test->connection);
}

void
page_test_tear_down (PageTest *test)
{
  if (test->window != NULL)
    gtk_window_destroy (test->window);
  widget_test_settle ();
  widget_test_finalize (test->draft);
  g_clear_object (&test->connection);
  if (test->cloud.connection != NULL)
    granary_fake_cloud_tear_down (&test->cloud);
  g_clear_object (&test->tasks);
  g_free (test->folder);
}

void
page_test_show (PageTest          *test,
                GranaryImportPage *page,
                GranarySource      source)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  g_assert_cmpint (granary_import_page_get_source (page), ==, source);
  g_assert_nonnull (granary_import_page_get_name (page));
  g_assert_nonnull (granary_import_page_get_title (page));
  test->page = GTK_WIDGET (page);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), test->page);
  test->view = ADW_NAVIGATION_VIEW (adw_navigation_view_new ());
  adw_navigation_view_add (test->view, adw_navigation_page_new (scrolled, "Import"));
  granary_import_draft_set_source (test->draft, source);
  granary_import_page_set_draft (page, test->draft);
  test->window = widget_test_window (GTK_WIDGET (test->view), 360, 700);
  widget_test_settle ();
}

static void
add_metric (GranaryTaskOutput *output,
            const char        *name,
            const char        *text)
{
  g_ptr_array_add (output->metrics, granary_metric_new (name, text));
}

static GranaryTaskOutput *
make_output (PageTest   *test,
             const char *id,
             gboolean    with_config)
{
  GranaryTaskOutput *output = granary_task_output_new (id);

  output->title = g_strdup (id);
  add_metric (output, "mAP50", g_str_equal (id, "best") ? "0.713" : "0.702");
  add_metric (output, "mAP50-95", "0.52");
  output->size = 44000000;
  if (test->folder == NULL)
    {
      output->address = g_strdup_printf ("cos://train-1250000000/runs/train7/%s/", id);
    }
  else
    {
      g_autoptr (GStrvBuilder) paths = g_strv_builder_new ();
      g_autofree char *name = g_strconcat (id, ".pt", NULL);

      page_test_write (test, name, "weights");
      g_strv_builder_take (paths, g_build_filename (test->folder, name, NULL));
      if (with_config)
        g_strv_builder_take (paths, g_build_filename (test->folder, "config.json", NULL));
      output->paths = g_strv_builder_end (paths);
    }

  return output;
}

GranaryTaskDetails *
page_test_add_train7 (PageTest         *test,
                      GranaryTaskKinds  kinds,
                      gboolean          with_config)
{
  GranaryTask *task = granary_fake_tasks_add (test->tasks, -1, "uid-7", "train7");
  GranaryTaskDetails *details;

  task->kinds = kinds;
  details = granary_task_details_new (task);
  g_ptr_array_add (details->outputs, make_output (test, "best", with_config));
  g_ptr_array_add (details->outputs, make_output (test, "last", with_config));
  granary_fake_tasks_set_details (test->tasks, details);
  /* The source holds it from here on. */
  granary_task_details_unref (details);

  return details;
}

static gboolean
has_row (gpointer data)
{
  return widget_test_find (data, GRANARY_TYPE_TASK_ROW, 0) != NULL;
}

static gboolean
is_idle (gpointer data)
{
  return !granary_import_draft_get_busy (((PageTest *) data)->draft);
}

void
page_test_wait_idle (PageTest *test)
{
  widget_test_wait (is_idle, test);
  widget_test_settle ();
}

void
page_test_choose (PageTest   *test,
                  const char *name)
{
  GtkWidget *chooser;
  GtkWidget *label;

  g_signal_emit_by_name (page_test_get_button (test, "C_hoose…"), "clicked");
  chooser = GTK_WIDGET (adw_navigation_view_get_visible_page (test->view));
  g_assert_true (GRANARY_IS_TASK_CHOOSER (chooser));
  widget_test_wait (has_row, chooser);
  label = widget_test_find_text (chooser, name);
  g_assert_nonnull (label);
  g_signal_emit_by_name (widget_test_find (chooser, GTK_TYPE_LIST_VIEW, 0), "activate", 0);
  g_assert_false (GRANARY_IS_TASK_CHOOSER (adw_navigation_view_get_visible_page (test->view)));
  page_test_wait_idle (test);
}

void
page_test_write (PageTest   *test,
                 const char *name,
                 const char *text)
{
  g_autofree char *path = g_build_filename (test->folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

GtkWidget *
page_test_get_button (PageTest   *test,
                      const char *label)
{
  GtkWidget *button;

  for (guint i = 0; (button = widget_test_find (test->page, GTK_TYPE_BUTTON, i)) != NULL; i++)
    {
      if (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (button)), label) == 0)
        return button;
    }

  return NULL;
}

GtkWidget *
page_test_get_row (PageTest   *test,
                   const char *title)
{
  GtkWidget *row;

  for (guint i = 0; (row = widget_test_find (test->page, ADW_TYPE_PREFERENCES_ROW, i)) != NULL; i++)
    {
      if (g_str_equal (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), title))
        return row;
    }

  return NULL;
}

const char *
page_test_get_subtitle (PageTest   *test,
                        const char *title)
{
  GtkWidget *row = page_test_get_row (test, title);

  return row != NULL ? adw_action_row_get_subtitle (ADW_ACTION_ROW (row)) : NULL;
}
