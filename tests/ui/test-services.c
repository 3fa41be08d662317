/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-fake-services.h"
#include "granary-service-line.h"
#include "granary-services-page.h"
#include "granary-ui-test.h"
#include "shell-test.h"
#include "widget-test.h"

typedef struct
{
  GranaryUiTest        base;
  GranaryFakeServices *host;     /* (owned) */
  GranaryServiceList  *list;     /* (owned) */
  GranaryServicesPage *page;     /* (owned) */
  ShellTest           *shell;
  gint64               model_id;
  gint64               v1;
  gint64               v2;
} Fixture;

static gint64
find_version (Fixture *fixture,
              int      number)
{
  g_autoptr (GError) error = NULL;
  gint64 id = granary_catalog_find_version (fixture->base.catalog, fixture->model_id, number,
                                            &error);

  g_assert_no_error (error);
  g_assert_cmpint (id, >, 0);

  return id;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  granary_ui_test_set_up (&fixture->base);
  fixture->model_id = granary_ui_test_add_model (&fixture->base, "plate-ocr", 2);
  fixture->v1 = find_version (fixture, 1);
  fixture->v2 = find_version (fixture, 2);
  fixture->host = granary_fake_services_new (GRANARY_SERVICE_HOST_LOCAL | GRANARY_SERVICE_HOST_LOG,
                                             fixture->base.catalog);
  granary_connection_set_service_host (fixture->base.connection,
                                       GRANARY_SERVICE_HOST (fixture->host));
  fixture->list = granary_service_list_new ();
  fixture->page = g_object_ref_sink (g_object_new (GRANARY_TYPE_SERVICES_PAGE, NULL));
  fixture->shell = shell_test_new (640, 480);
  adw_window_set_content (ADW_WINDOW (fixture->shell), GTK_WIDGET (fixture->page));
  granary_services_page_set_list (fixture->page, fixture->base.connection, fixture->list);
  granary_service_list_set_catalog (fixture->list, fixture->base.catalog);
  granary_ui_test_wait (granary_service_list_get_loaded (fixture->list));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->shell));
  granary_ui_test_settle (&fixture->base);
  g_assert_finalize_object (fixture->page);
  widget_test_finalize (fixture->list);
  g_clear_object (&fixture->host);
  granary_ui_test_tear_down (&fixture->base);
}

static GListModel *
get_shown (Fixture *fixture)
{
  return G_LIST_MODEL (
    granary_services_view_get_selection (granary_services_page_get_view (fixture->page)));
}

static guint
get_n_shown (Fixture *fixture)
{
  return g_list_model_get_n_items (get_shown (fixture));
}

static const char *
get_state (Fixture *fixture)
{
  GtkWidget *view = GTK_WIDGET (granary_services_page_get_view (fixture->page));

  return gtk_stack_get_visible_child_name (
    GTK_STACK (widget_test_find (view, GTK_TYPE_STACK, 0)));
}

/* The row that shows this service, NULL while none does. */
static GtkWidget *
find_line (Fixture    *fixture,
           const char *uid)
{
  GtkWidget *line;

  for (guint i = 0;
       (line = widget_test_find (GTK_WIDGET (fixture->page), GRANARY_TYPE_SERVICE_LINE, i)) != NULL;
       i++)
    {
      const GranaryService *service =
        granary_service_line_get_service (GRANARY_SERVICE_LINE (line));

      if (service != NULL && g_strcmp0 (service->uid, uid) == 0)
        return line;
    }

  return NULL;
}

static gboolean
shows (GtkWidget  *line,
       const char *text)
{
  return line != NULL && widget_test_find_text (line, text) != NULL;
}

static void
test_rows (Fixture       *fixture,
           gconstpointer  data)
{
  GranaryCatalog *catalog = fixture->base.catalog;
  GtkWidget *line;

  g_assert_cmpstr (get_state (fixture), ==, "empty");
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (fixture->page), "No Services"));

  granary_fake_service_add (catalog, fixture->v2, "s1", "plates", 1, GRANARY_SERVICE_RUNNING);
  granary_ui_test_wait (find_line (fixture, "s1") != NULL);
  line = find_line (fixture, "s1");
  g_assert_cmpstr (get_state (fixture), ==, "list");
  g_assert_true (shows (line, "plates #1"));
  g_assert_true (shows (line, "Running"));
  g_assert_true (shows (line, "plate-ocr v2"));
  g_assert_true (shows (line, "http://127.0.0.1:8401/v1/infer"));
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (fixture->page), "plates"));
  g_assert_cmpuint (granary_service_list_get_n_running (fixture->list), ==, 1);
  g_assert_true (granary_service_list_is_serving (fixture->list, fixture->v2));
  g_assert_false (granary_service_list_is_serving (fixture->list, fixture->v1));

  /* The same row says what becomes of it. */
  granary_fake_service_set_failure (catalog, "s1", GRANARY_SERVICE_FAILURE_IMPORT,
                                    "No module named 'torch'\x1b[31m");
  granary_ui_test_wait (shows (line, "Failed"));
  g_assert_true (find_line (fixture, "s1") == line);
  g_assert_true (shows (line, "model_service.py cannot be imported: "
                              "No module named 'torch'\\u001b[31m"));
  g_assert_nonnull (widget_test_find_text (line, "Show Log"));
  g_assert_cmpuint (granary_service_list_get_n_running (fixture->list), ==, 0);
  g_assert_false (granary_service_list_is_serving (fixture->list, fixture->v2));

  granary_fake_service_remove (catalog, "s1");
  granary_ui_test_wait (g_str_equal (get_state (fixture), "empty"));
}

/* Groups by name, the newest of a group first; nothing moves when a state changes. */
static void
test_order (Fixture       *fixture,
            gconstpointer  data)
{
  static const char *const wanted[] = { "b-2", "b-1", "c-1" };
  GranaryCatalog *catalog = fixture->base.catalog;
  GtkSectionModel *sections = GTK_SECTION_MODEL (fixture->list);
  guint start;
  guint end;

  granary_fake_service_add (catalog, fixture->v1, "b-1", "b", 1, GRANARY_SERVICE_STOPPED);
  granary_fake_service_add (catalog, fixture->v1, "c-1", "c", 1, GRANARY_SERVICE_RUNNING);
  granary_fake_service_add (catalog, fixture->v2, "b-2", "b", 2, GRANARY_SERVICE_STOPPED);
  granary_ui_test_wait (get_n_shown (fixture) == 3);
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      g_autoptr (GranaryServiceItem) item = g_list_model_get_item (get_shown (fixture), i);

      g_assert_cmpstr (granary_service_item_get_uid (item), ==, wanted[i]);
    }

  gtk_section_model_get_section (sections, 1, &start, &end);
  g_assert_cmpuint (start, ==, 0);
  g_assert_cmpuint (end, ==, 2);
  gtk_section_model_get_section (sections, 2, &start, &end);
  g_assert_cmpuint (start, ==, 2);
  g_assert_cmpuint (end, ==, 3);
  gtk_section_model_get_section (sections, 3, &start, &end);
  g_assert_cmpuint (start, ==, 3);
  g_assert_cmpuint (end, ==, G_MAXUINT);
}

static void
changes_cb (GListModel *model,
            guint       position,
            guint       n_removed,
            guint       n_added,
            gpointer    user_data)
{
  guint *n_changes = user_data;

  *n_changes += n_removed + n_added;
}

/* Five hundred: only some have widgets, and what changes is changed in place. */
static void
test_many (Fixture       *fixture,
           gconstpointer  data)
{
  GranaryCatalog *catalog = fixture->base.catalog;
  GtkWidget *page = GTK_WIDGET (fixture->page);
  GranaryServicesView *view = granary_services_page_get_view (fixture->page);
  GtkAdjustment *scroll;
  GtkWidget *line;
  GtkWidget *focus;
  double at;
  guint n_changes = 0;

  granary_fake_service_add_many (catalog, fixture->v1, 500);
  granary_ui_test_wait (get_n_shown (fixture) == 500);
  g_assert_cmpuint (granary_service_list_get_n_running (fixture->list), ==, 125);

  granary_services_view_select (view, "svc-250");
  granary_ui_test_wait (find_line (fixture, "svc-250") != NULL &&
                        gtk_widget_get_mapped (find_line (fixture, "svc-250")));
  granary_ui_test_settle (&fixture->base);
  line = find_line (fixture, "svc-250");
  g_assert_cmpuint (widget_test_count (page, GRANARY_TYPE_SERVICE_LINE), <, 300);
  scroll = gtk_scrolled_window_get_vadjustment (
    GTK_SCROLLED_WINDOW (gtk_widget_get_ancestor (line, GTK_TYPE_SCROLLED_WINDOW)));
  granary_ui_test_wait (gtk_adjustment_get_value (scroll) > 0 &&
                        gtk_window_get_focus (GTK_WINDOW (fixture->shell)) != NULL);
  at = gtk_adjustment_get_value (scroll);
  focus = gtk_window_get_focus (GTK_WINDOW (fixture->shell));
  g_assert_true (gtk_widget_is_ancestor (line, focus));

  g_signal_connect (get_shown (fixture), "items-changed", G_CALLBACK (changes_cb), &n_changes);
  granary_fake_service_set_state (catalog, "svc-250", GRANARY_SERVICE_STARTING);
  granary_ui_test_wait (shows (line, "Starting"));
  g_assert_true (find_line (fixture, "svc-250") == line);
  g_assert_cmpuint (n_changes, ==, 0);

  /* What comes and goes elsewhere leaves the focus where it is. */
  granary_fake_service_remove (catalog, "svc-000");
  granary_fake_service_add (catalog, fixture->v2, "new", "zebra", 1, GRANARY_SERVICE_RUNNING);
  granary_ui_test_wait (granary_service_list_find (fixture->list, "new") != NULL &&
                        granary_service_list_find (fixture->list, "svc-000") == NULL);
  granary_ui_test_settle (&fixture->base);
  g_assert_cmpuint (n_changes, ==, 2);
  g_assert_true (find_line (fixture, "svc-250") == line);
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (fixture->shell)) == focus);
  g_assert_cmpfloat_with_epsilon (gtk_adjustment_get_value (scroll), at, 200);
  g_signal_handlers_disconnect_by_func (get_shown (fixture), changes_cb, &n_changes);
}

static void
search (Fixture    *fixture,
        const char *text)
{
  GtkWidget *entry = widget_test_find (GTK_WIDGET (fixture->page), GTK_TYPE_SEARCH_ENTRY, 0);

  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  g_signal_emit_by_name (entry, "search-changed");
}

static void
test_search (Fixture       *fixture,
             gconstpointer  data)
{
  GranaryCatalog *catalog = fixture->base.catalog;

  granary_fake_service_add (catalog, fixture->v1, "a", "Plates", 1, GRANARY_SERVICE_STOPPED);
  granary_fake_service_add (catalog, fixture->v2, "b", "digits", 1, GRANARY_SERVICE_RUNNING);
  granary_ui_test_wait (get_n_shown (fixture) == 2);

  granary_services_page_search (fixture->page);
  search (fixture, "PLATES");
  granary_ui_test_wait (get_n_shown (fixture) == 1);
  search (fixture, "ocr v2");
  granary_ui_test_wait (get_n_shown (fixture) == 1 && find_line (fixture, "b") != NULL);
  search (fixture, "running");
  g_assert_cmpuint (get_n_shown (fixture), ==, 1);
  /* A search follows what changes. */
  granary_fake_service_set_state (catalog, "a", GRANARY_SERVICE_RUNNING);
  granary_ui_test_wait (get_n_shown (fixture) == 2);
  search (fixture, "nothing like it");
  g_assert_cmpuint (get_n_shown (fixture), ==, 0);
  g_assert_cmpstr (get_state (fixture), ==, "nothing");

  /* What is to be shown is shown, whatever was searched for. */
  granary_services_page_show (fixture->page, "b");
  g_assert_cmpuint (get_n_shown (fixture), ==, 2);
  g_assert_true (gtk_selection_model_is_selected (GTK_SELECTION_MODEL (get_shown (fixture)), 0));

  /* Also what is not there yet. */
  granary_services_page_show (fixture->page, "c");
  granary_fake_service_add (catalog, fixture->v2, "c", "zebra", 1, GRANARY_SERVICE_STARTING);
  granary_ui_test_wait (gtk_selection_model_is_selected (
    GTK_SELECTION_MODEL (get_shown (fixture)), 2));
}

static void
test_update_needed (Fixture       *fixture,
                    gconstpointer  data)
{
  GtkWidget *line;
  GtkWidget *button;

  granary_fake_service_add (fixture->base.catalog, fixture->v2, "s1", "plates", 1,
                            GRANARY_SERVICE_RUNNING);
  granary_ui_test_wait (find_line (fixture, "s1") != NULL);
  line = find_line (fixture, "s1");
  g_assert_null (widget_test_find_text (line, "Update"));

  granary_fake_service_touch (fixture->base.catalog, fixture->v2);
  granary_ui_test_wait (widget_test_find_text (line, "Update") != NULL);
  g_assert_true (shows (line, "Update needed: its files were changed since it was started."));
  button = gtk_widget_get_ancestor (widget_test_find_text (line, "Update"), GTK_TYPE_BUTTON);
  g_signal_emit_by_name (button, "clicked");
  granary_ui_test_wait (granary_fake_services_count (fixture->host, "update") == 1);
  granary_ui_test_wait (widget_test_find_text (line, "Update") == NULL);
}

static void
test_reveal (Fixture       *fixture,
             gconstpointer  data)
{
  GtkWidget *line;
  g_autofree char *wanted = NULL;

  granary_fake_service_add (fixture->base.catalog, fixture->v2, "s1", "plates", 1,
                            GRANARY_SERVICE_RUNNING);
  granary_ui_test_wait (find_line (fixture, "s1") != NULL);
  line = find_line (fixture, "s1");
  g_assert_true (gtk_widget_activate_action (line, "service.reveal", NULL));
  wanted = g_strdup_printf ("%" G_GINT64_FORMAT ":2", fixture->model_id);
  g_assert_cmpstr (shell_test_get_revealed (fixture->shell), ==, wanted);

  /* A version that is gone is nowhere to be shown. */
  granary_ui_test_trash (&fixture->base, fixture->model_id, "t1");
  granary_ui_test_wait (widget_test_find_text (line, "deleted") != NULL);
  shell_test_reveal_nothing (fixture->shell);
  gtk_widget_activate_action (line, "service.reveal", NULL);
  g_assert_null (shell_test_get_revealed (fixture->shell));
}

static void
test_fits (Fixture       *fixture,
           gconstpointer  data)
{
  granary_fake_service_add (fixture->base.catalog, fixture->v2, "s1",
                            "a-service-with-a-name-as-long-as-the-platform-allows-it-to-be-60", 12,
                            GRANARY_SERVICE_RUNNING);
  granary_fake_service_set_failure (fixture->base.catalog, "s1", GRANARY_SERVICE_FAILURE_EXITED,
                                    "1");
  granary_ui_test_wait (find_line (fixture, "s1") != NULL);
  granary_ui_test_settle (&fixture->base);
  widget_test_assert_fits (GTK_WIDGET (fixture->page), 360);
  widget_test_assert_fits (find_line (fixture, "s1"), 260);
}

int
main (int    argc,
      char **argv)
{
  widget_test_init (&argc, &argv);

  g_test_add ("/services/rows", Fixture, NULL, set_up, test_rows, tear_down);
  g_test_add ("/services/order", Fixture, NULL, set_up, test_order, tear_down);
  g_test_add ("/services/many", Fixture, NULL, set_up, test_many, tear_down);
  g_test_add ("/services/search", Fixture, NULL, set_up, test_search, tear_down);
  g_test_add ("/services/update-needed", Fixture, NULL, set_up, test_update_needed, tear_down);
  g_test_add ("/services/reveal", Fixture, NULL, set_up, test_reveal, tear_down);
  g_test_add ("/services/fits", Fixture, NULL, set_up, test_fits, tear_down);

  return g_test_run ();
}
