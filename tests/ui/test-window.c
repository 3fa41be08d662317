/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include <glib/gstdio.h>

#include "granary-details.h"
#include "granary-fake-services.h"
#include "granary-service-line.h"
#include "granary-services-dialog.h"
#include "granary-services-page.h"
#include "granary-shell.h"
#include "granary-ui-test.h"
#include "granary-window.h"
#include "widget-test.h"

typedef struct
{
  GranaryUiTest   base;
  GSettings      *settings;
  GranaryFolders *folders;
  GranaryWindow  *window;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  granary_ui_test_set_up (&fixture->base);
  granary_ui_test_add_models (&fixture->base, 20);
  fixture->settings = g_settings_new (GRANARY_APPLICATION_ID);
  g_settings_set_enum (fixture->settings, "sort-key", GRANARY_SORT_NAME);
  g_settings_set_boolean (fixture->settings, "sort-descending", FALSE);
  fixture->folders = granary_folders_new (fixture->settings);
  fixture->window = granary_window_new (NULL, fixture->settings, fixture->folders);
  g_object_ref (fixture->window);
  granary_window_set_connection (fixture->window, fixture->base.connection);
  gtk_window_present (GTK_WINDOW (fixture->window));
  granary_ui_test_wait (gtk_widget_get_mapped (GTK_WIDGET (fixture->window)));
  granary_ui_test_settle (&fixture->base);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  granary_ui_test_settle (&fixture->base);
  g_assert_finalize_object (fixture->window);
  g_assert_finalize_object (fixture->folders);
  g_settings_reset (fixture->settings, "folders");
  g_settings_reset (fixture->settings, "default-folder");
  g_settings_reset (fixture->settings, "last-connection");
  g_settings_reset (fixture->settings, "show-details");
  g_clear_object (&fixture->settings);
  granary_ui_test_tear_down (&fixture->base);
}

static GtkWidget *
find_split (Fixture *fixture,
            guint    position)
{
  return widget_test_find (GTK_WIDGET (fixture->window), ADW_TYPE_NAVIGATION_SPLIT_VIEW, position);
}

static void
test_fits (Fixture       *fixture,
           gconstpointer  data)
{
  int width;
  int height;

  gtk_widget_measure (GTK_WIDGET (fixture->window), GTK_ORIENTATION_HORIZONTAL, -1, &width,
                      NULL, NULL, NULL);
  g_assert_cmpint (width, <=, 360);
  gtk_widget_measure (GTK_WIDGET (fixture->window), GTK_ORIENTATION_VERTICAL, 360, &height,
                      NULL, NULL, NULL);
  g_assert_cmpint (height, <=, 294);

  /* And it does come out that small, folded into one page. */
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 360, 294);
  granary_ui_test_wait (
    adw_navigation_split_view_get_collapsed (ADW_NAVIGATION_SPLIT_VIEW (find_split (fixture, 0))));
  g_assert_true (
    adw_navigation_split_view_get_collapsed (ADW_NAVIGATION_SPLIT_VIEW (find_split (fixture, 1))));
  granary_ui_test_wait (gtk_widget_get_width (GTK_WIDGET (fixture->window)) <= 360);

  /* Back leads from the list to the sidebar, not to the details. */
  g_assert_true (gtk_widget_activate_action (
    widget_test_find (GTK_WIDGET (fixture->window), GRANARY_TYPE_BROWSER, 0), "navigation.pop",
    NULL));
  g_assert_false (
    adw_navigation_split_view_get_show_content (ADW_NAVIGATION_SPLIT_VIEW (find_split (fixture, 0))));
  g_assert_true (
    adw_navigation_split_view_get_show_content (ADW_NAVIGATION_SPLIT_VIEW (find_split (fixture, 1))));

  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 800, 600);
  granary_ui_test_wait (
    !adw_navigation_split_view_get_collapsed (ADW_NAVIGATION_SPLIT_VIEW (find_split (fixture, 0))));
  g_assert_true (
    adw_navigation_split_view_get_collapsed (ADW_NAVIGATION_SPLIT_VIEW (find_split (fixture, 1))));

  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1200, 700);
  granary_ui_test_wait (
    !adw_navigation_split_view_get_collapsed (ADW_NAVIGATION_SPLIT_VIEW (find_split (fixture, 1))));
}

static void
test_details (Fixture       *fixture,
              gconstpointer  data)
{
  AdwNavigationSplitView *inner = ADW_NAVIGATION_SPLIT_VIEW (find_split (fixture, 1));

  g_assert_false (adw_navigation_split_view_get_collapsed (inner));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.show-details",
                                             NULL));
  g_assert_true (adw_navigation_split_view_get_collapsed (inner));
  g_assert_true (adw_navigation_split_view_get_show_content (inner));

  /* Asked for by name, the details come to the front. */
  granary_window_select (fixture->window, "model-002:v3");
  granary_ui_test_wait (!adw_navigation_split_view_get_show_content (inner));
  granary_ui_test_wait (
    g_strrstr (adw_navigation_page_get_title (adw_navigation_split_view_get_sidebar (inner)),
               "model-002") != NULL);
}

static void
test_pages (Fixture       *fixture,
            gconstpointer  data)
{
  GranarySidebar *sidebar = granary_window_get_sidebar (fixture->window);
  GtkWidget *trash = GTK_WIDGET (granary_window_get_trash_page (fixture->window));
  GtkWidget *browser = GTK_WIDGET (granary_window_get_browser (fixture->window));
  GranaryModelTree *tree;

  g_assert_true (gtk_widget_get_child_visible (browser));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.page", "s",
                                             "trash"));
  granary_ui_test_wait (gtk_widget_get_mapped (trash));
  g_assert_cmpstr (granary_sidebar_get_page (sidebar), ==, "trash");

  /* What is to be seen brings its page to the front. */
  granary_shell_reveal (GRANARY_SHELL (fixture->window),
                        granary_ui_test_find (&fixture->base, "model-004"), 0);
  granary_ui_test_wait (gtk_widget_get_mapped (browser));
  tree = granary_browser_get_tree (GRANARY_BROWSER (browser));
  g_assert_cmpuint (granary_model_tree_get_n_selected (tree), ==, 1);
}

static gboolean
has_cell (Fixture    *fixture,
          const char *text)
{
  GtkWidget *browser = GTK_WIDGET (granary_window_get_browser (fixture->window));
  GtkWidget *cell;

  for (guint i = 0; (cell = widget_test_find (browser, GTK_TYPE_INSCRIPTION, i)) != NULL; i++)
    if (g_strcmp0 (gtk_inscription_get_text (GTK_INSCRIPTION (cell)), text) == 0)
      return TRUE;

  return FALSE;
}

static void
test_services (Fixture       *fixture,
               gconstpointer  data)
{
  GranaryCatalog *catalog = fixture->base.catalog;
  GranarySidebar *sidebar = granary_window_get_sidebar (fixture->window);
  gint64 model_id = granary_ui_test_find (&fixture->base, "model-002");
  gint64 version_id = granary_catalog_find_version (catalog, model_id, 3, NULL);
  GtkWidget *window = GTK_WIDGET (fixture->window);
  GtkWidget *page;

  granary_window_select (fixture->window, "model-002:v3");
  granary_ui_test_wait (has_cell (fixture, "v3"));

  /* The list says which version is served, and the sidebar how many services run. */
  granary_fake_service_add (catalog, version_id, "s1", "plates", 1, GRANARY_SERVICE_RUNNING);
  granary_ui_test_wait (has_cell (fixture, "v3  ● serving"));
  g_assert_true (has_cell (fixture, "v2"));
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (sidebar), "1"));
  granary_fake_service_set_state (catalog, "s1", GRANARY_SERVICE_STOPPED);
  granary_ui_test_wait (has_cell (fixture, "v3"));
  granary_fake_service_set_state (catalog, "s1", GRANARY_SERVICE_RUNNING);
  granary_ui_test_wait (has_cell (fixture, "v3  ● serving"));

  granary_shell_show_service (GRANARY_SHELL (fixture->window), "s1");
  g_assert_cmpstr (granary_sidebar_get_page (sidebar), ==, "services");
  page = widget_test_find (window, GRANARY_TYPE_SERVICES_PAGE, 0);
  granary_ui_test_wait (widget_test_find (page, GRANARY_TYPE_SERVICE_LINE, 0) != NULL &&
                        gtk_widget_get_mapped (
                          widget_test_find (page, GRANARY_TYPE_SERVICE_LINE, 0)));
  g_assert_true (adw_navigation_split_view_get_collapsed (
    ADW_NAVIGATION_SPLIT_VIEW (find_split (fixture, 1))));

  /* And back to what it runs. */
  gtk_widget_activate_action (widget_test_find (page, GRANARY_TYPE_SERVICE_LINE, 0),
                              "service.reveal", NULL);
  g_assert_cmpstr (granary_sidebar_get_page (sidebar), ==, "models");

  /* Nothing of one connection is told of another. */
  granary_window_set_connection (fixture->window, NULL);
  g_assert_null (widget_test_find_text (GTK_WIDGET (sidebar), "1"));
}

/* What a dialog over the window leads to is told in it, and afterwards in the window. */
static void
test_toasts (Fixture       *fixture,
             gconstpointer  data)
{
  GtkWidget *window = GTK_WIDGET (fixture->window);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GranaryServiceList) list = granary_service_list_new ();
  g_autoptr (GranaryServicesDialog) dialog = NULL;

  dialog = g_object_ref_sink (granary_services_dialog_new (fixture->base.connection, list, "plates",
                                                           ids, ids));
  adw_dialog_present (ADW_DIALOG (dialog), window);
  granary_shell_add_toast (GRANARY_SHELL (window), adw_toast_new ("in the dialog"));
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (dialog), "in the dialog"));

  adw_dialog_force_close (ADW_DIALOG (dialog));
  granary_shell_add_toast (GRANARY_SHELL (window), adw_toast_new ("in the window"));
  g_assert_nonnull (widget_test_find_text (window, "in the window"));
  g_assert_null (widget_test_find_text (GTK_WIDGET (dialog), "in the window"));
  granary_ui_test_wait (gtk_widget_get_parent (GTK_WIDGET (dialog)) == NULL);
}

static void
test_filter (Fixture       *fixture,
             gconstpointer  data)
{
  GranaryBrowser *browser = granary_window_get_browser (fixture->window);
  GranaryModelTree *tree = granary_browser_get_tree (browser);
  GListModel *list = G_LIST_MODEL (granary_model_tree_get_list (tree));
  GtkWidget *label;

  granary_ui_test_wait (
    (label = widget_test_find_text (GTK_WIDGET (granary_window_get_sidebar (fixture->window)),
                                    "prod")) != NULL);
  gtk_check_button_set_active (
    GTK_CHECK_BUTTON (gtk_widget_get_ancestor (label, GTK_TYPE_CHECK_BUTTON)), TRUE);
  granary_ui_test_wait (g_list_model_get_n_items (list) == 7);
}

static void
test_transfers (Fixture       *fixture,
                gconstpointer  data)
{
  GranaryTransferList *list = granary_window_get_transfers (fixture->window);
  GranaryBrowser *browser = granary_window_get_browser (fixture->window);
  GtkWidget *button = GTK_WIDGET (granary_browser_get_transfers_button (browser));
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_IMPORT, "demo");

  g_assert_false (gtk_widget_get_visible (button));
  granary_shell_add_transfer (GRANARY_SHELL (fixture->window), transfer);
  g_assert_true (gtk_widget_get_visible (button));
  g_assert_cmpuint (granary_transfer_list_get_n_running (list), ==, 1);

  granary_transfer_set_total (transfer, 1000, 1);
  granary_transfer_set_state (transfer, GRANARY_TRANSFER_RUNNING);
  granary_transfer_add_bytes (transfer, 250);
  granary_ui_test_wait (granary_transfer_list_get_fraction (list) == 0.25);

  /* With something running the window asks. */
  gtk_window_close (GTK_WINDOW (fixture->window));
  granary_ui_test_wait (
    adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (fixture->window)) != NULL);
  adw_dialog_force_close (
    adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (fixture->window)));
  g_assert_false (g_cancellable_is_cancelled (granary_transfer_get_cancellable (transfer)));

  granary_transfer_finish (transfer, NULL);
  granary_ui_test_wait (granary_transfer_list_get_n_running (list) == 0);
  g_assert_true (gtk_widget_get_visible (button));
  granary_transfer_list_clear_ended (list);
  g_assert_false (gtk_widget_get_visible (button));
}

static gboolean
run_until_stopped (GranaryTransferJob  *job,
                   GranaryTransfer     *transfer,
                   GCancellable        *cancellable,
                   gpointer             user_data,
                   GError             **error)
{
  while (!g_atomic_int_get ((int *) user_data))
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      g_usleep (1000);
    }

  return TRUE;
}

/* Another connection is shown while the queue of the first goes on; the first is closed when that is
 * through, and what it has is not asked about as if it were lost. */
static void
test_queue (Fixture       *fixture,
            gconstpointer  data)
{
  GranaryTransferList *list = granary_window_get_transfers (fixture->window);
  g_autofree char *folder = g_build_filename (fixture->base.folder, "account", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryTransferStore) store = granary_transfer_store_open (folder, &error);
  g_autoptr (GranaryTransferQueue) queue = NULL;
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_UPLOAD, "a v1");
  g_autoptr (GranaryTransferJob) job =
    granary_transfer_job_new (GRANARY_TRANSFER_UPLOAD, "a v1", json_object_new (), NULL);
  g_autoptr (GranaryConnection) connection = NULL;
  AdwDialog *dialog;
  int is_done = 0;

  g_assert_no_error (error);
  queue = granary_transfer_queue_new (store, 1);
  granary_transfer_queue_set_runner (queue, run_until_stopped, &is_done, NULL);
  connection = granary_connection_new (GRANARY_CONNECTION_TIONE, "tione-x", "x", "x",
                                       fixture->base.catalog, NULL, NULL);
  granary_connection_set_queue (connection, queue);
  granary_window_set_connection (fixture->window, connection);
  granary_transfer_queue_add_async (queue, job, transfer, NULL, NULL);
  granary_ui_test_wait (granary_transfer_get_state (transfer) == GRANARY_TRANSFER_RUNNING);
  g_assert_true (granary_transfer_list_is_active (list));
  g_assert_cmpuint (granary_transfer_list_get_n_own (list), ==, 0);

  gtk_window_close (GTK_WINDOW (fixture->window));
  granary_ui_test_wait (
    (dialog = adw_application_window_get_visible_dialog (
       ADW_APPLICATION_WINDOW (fixture->window))) != NULL);
  g_assert_cmpstr (adw_alert_dialog_get_body (ADW_ALERT_DIALOG (dialog)), ==,
                   "They go on from where they are at the next start.");
  adw_dialog_force_close (dialog);

  granary_window_set_connection (fixture->window, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 1);
  g_assert_true (granary_transfer_list_is_active (list));

  g_atomic_int_set (&is_done, 1);
  granary_ui_test_wait (granary_transfer_get_state (transfer) == GRANARY_TRANSFER_DONE);
  granary_ui_test_wait (g_list_model_get_n_items (G_LIST_MODEL (list)) == 0);
  g_assert_false (granary_transfer_list_is_active (list));
}

/* The embedded repository itself: a folder that becomes one, and one that cannot. */
static void
test_open (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *folder = g_build_filename (fixture->base.folder, "lab", NULL);
  g_autofree char *file = g_build_filename (fixture->base.folder, "no-folder", NULL);
  GranaryBrowser *browser = granary_window_get_browser (fixture->window);
  g_auto (GStrv) folders = NULL;

  granary_window_open_folder (fixture->window, folder);
  g_assert_null (granary_window_get_connection (fixture->window));
  granary_ui_test_wait (granary_window_get_connection (fixture->window) != NULL);
  granary_ui_test_wait (widget_test_find_text (GTK_WIDGET (browser), "No Models Yet") != NULL);
  folders = granary_folders_list (fixture->folders);
  g_assert_true (g_strv_contains ((const char * const *) folders, folder));
  g_assert_nonnull (
    widget_test_find_text (GTK_WIDGET (granary_window_get_sidebar (fixture->window)), "lab"));

  g_assert_true (g_file_set_contents (file, "x", 1, NULL));
  granary_window_open_folder (fixture->window, file);
  granary_ui_test_wait (widget_test_find_text (GTK_WIDGET (browser), "Try Again") != NULL);
  g_assert_null (granary_window_get_connection (fixture->window));

  /* Gone from the list, and back to where it was. */
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.forget-folder",
                                             NULL));
  g_clear_pointer (&folders, g_strfreev);
  folders = granary_folders_list (fixture->folders);
  g_assert_false (g_strv_contains ((const char * const *) folders, file));
  granary_ui_test_wait (granary_window_get_connection (fixture->window) != NULL);

  granary_window_set_connection (fixture->window, fixture->base.connection);
  granary_ui_test_settle (&fixture->base);
}

static void
test_folders (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *usual = granary_folders_dup_default (fixture->folders);
  g_autofree char *title = granary_folders_dup_title (fixture->folders, usual);
  g_autofree char *other = granary_folders_dup_title (fixture->folders, "/srv/models/shared");
  g_auto (GStrv) folders = NULL;

  g_assert_cmpstr (title, ==, "On This Computer");
  g_assert_cmpstr (other, ==, "shared");

  granary_folders_add (fixture->folders, usual);
  granary_folders_add (fixture->folders, "/srv/a");
  granary_folders_add (fixture->folders, "/srv/a");
  granary_folders_add (fixture->folders, "/srv/b");
  folders = granary_folders_list (fixture->folders);
  g_assert_cmpuint (g_strv_length (folders), ==, 2);

  granary_folders_set_default (fixture->folders, "/srv/a");
  g_assert_true (granary_folders_is_default (fixture->folders, "/srv/a"));
  g_clear_pointer (&folders, g_strfreev);
  folders = granary_folders_list (fixture->folders);
  g_assert_cmpuint (g_strv_length (folders), ==, 1);
  g_assert_cmpstr (folders[0], ==, "/srv/b");
}

int
main (int    argc,
      char **argv)
{
  widget_test_init (&argc, &argv);
  g_unsetenv ("GRANARY_REPOSITORY");

  g_test_add ("/window/fits", Fixture, NULL, set_up, test_fits, tear_down);
  g_test_add ("/window/details", Fixture, NULL, set_up, test_details, tear_down);
  g_test_add ("/window/pages", Fixture, NULL, set_up, test_pages, tear_down);
  g_test_add ("/window/services", Fixture, NULL, set_up, test_services, tear_down);
  g_test_add ("/window/toasts", Fixture, NULL, set_up, test_toasts, tear_down);
  g_test_add ("/window/filter", Fixture, NULL, set_up, test_filter, tear_down);
  g_test_add ("/window/queue", Fixture, NULL, set_up, test_queue, tear_down);
  g_test_add ("/window/transfers", Fixture, NULL, set_up, test_transfers, tear_down);
  g_test_add ("/window/open", Fixture, NULL, set_up, test_open, tear_down);
  g_test_add ("/window/folders", Fixture, NULL, set_up, test_folders, tear_down);

  return g_test_run ();
}
