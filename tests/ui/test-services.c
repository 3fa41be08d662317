/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-commands.h"
#include "granary-database.h"
#include "granary-error.h"
#include "granary-fake-services.h"
#include "granary-log-dialog.h"
#include "granary-log-text.h"
#include "granary-publishes.h"
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

/* What only a platform tells. */
static void
test_cloud_facts (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (GranaryService) service =
    granary_fake_service_new (fixture->base.catalog, fixture->v2, "s1", "plates", 3,
                              GRANARY_SERVICE_RUNNING);
  g_autoptr (GranaryService) seen = NULL;
  const char *wanted = "Running · 1 of 2 replicas · weight 80%";

  service->replicas = 2;
  service->available = 1;
  service->weight = 80;
  g_set_str (&service->state_text, "Normal");
  granary_fake_service_put (fixture->base.catalog, service);
  seen = granary_fake_service_find (fixture->base.catalog, "s1");
  g_assert_cmpint (seen->weight, ==, 80);
  granary_ui_test_wait (shows (find_line (fixture, "s1"), wanted));
}

static void
test_failing (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *path = g_build_filename (fixture->base.folder, "catalog.db", NULL);
  g_autoptr (GranaryDatabase) database = NULL;
  g_autoptr (GError) error = NULL;
  GtkWidget *label;

  database = granary_database_open (path, GRANARY_DATABASE_NONE, &error);
  g_assert_no_error (error);
  granary_database_exec (database, "ALTER TABLE services RENAME TO hidden", &error);
  g_assert_no_error (error);
  granary_service_list_reload (fixture->list);
  granary_ui_test_wait (g_str_equal (get_state (fixture), "failed"));
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (fixture->page),
                                           "Could not list the services"));
  label = widget_test_find_text (GTK_WIDGET (fixture->page), "Try Again");
  g_assert_nonnull (label);

  granary_database_exec (database, "ALTER TABLE hidden RENAME TO services", &error);
  g_assert_no_error (error);
  g_signal_emit_by_name (gtk_widget_get_ancestor (label, GTK_TYPE_BUTTON), "clicked");
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

static AdwDialog *
get_dialog (Fixture *fixture)
{
  return shell_test_get_dialog (fixture->shell);
}

/* Answers the question that is open. */
static void
answer (Fixture    *fixture,
        const char *response)
{
  AdwDialog *dialog = get_dialog (fixture);

  g_assert_true (ADW_IS_ALERT_DIALOG (dialog));
  g_signal_emit_by_name (dialog, "response", response);
  adw_dialog_force_close (dialog);
  widget_test_settle ();
}

static void
test_acts (Fixture       *fixture,
           gconstpointer  data)
{
  GranaryCatalog *catalog = fixture->base.catalog;
  g_autoptr (GError) failure = NULL;
  g_autofree char *verbs = NULL;
  GtkWidget *line;

  granary_fake_service_add (catalog, fixture->v2, "s1", "plates", 1, GRANARY_SERVICE_RUNNING);
  granary_ui_test_wait (find_line (fixture, "s1") != NULL);
  line = find_line (fixture, "s1");

  gtk_widget_activate_action (line, "service.stop", NULL);
  granary_ui_test_wait (shows (line, "Stopped"));
  g_assert_null (get_dialog (fixture));

  /* Asking twice before there was an answer is asking once. */
  granary_fake_services_set_held (fixture->host, TRUE);
  gtk_widget_activate_action (line, "service.start", NULL);
  gtk_widget_activate_action (line, "service.start", NULL);
  granary_fake_services_set_held (fixture->host, FALSE);
  granary_ui_test_wait (shows (line, "Running"));
  g_assert_cmpuint (granary_fake_services_count (fixture->host, "start"), ==, 1);

  granary_set_error (&failure, GRANARY_ERROR_CONFLICT, GRANARY_REASON_SERVICE_STATE, "plates",
                     "busy");
  granary_fake_services_set_error (fixture->host, "stop", failure);
  gtk_widget_activate_action (line, "service.stop", NULL);
  granary_ui_test_wait (shell_test_get_toast (fixture->shell) != NULL);
  g_assert_cmpstr (shell_test_get_toast (fixture->shell), ==, "Could not stop “plates #1”");
  granary_fake_services_set_error (fixture->host, "stop", NULL);
  shell_test_forget_toast (fixture->shell);

  gtk_widget_activate_action (line, "service.copy-address", NULL);
  g_assert_cmpstr (shell_test_get_toast (fixture->shell), ==, "Address copied");

  /* Removing asks first. */
  gtk_widget_activate_action (line, "service.remove", NULL);
  granary_ui_test_wait (get_dialog (fixture) != NULL);
  answer (fixture, "cancel");
  g_assert_cmpuint (granary_fake_services_count (fixture->host, "remove"), ==, 0);
  gtk_widget_activate_action (line, "service.remove", NULL);
  granary_ui_test_wait (get_dialog (fixture) != NULL);
  g_assert_nonnull (strstr (adw_alert_dialog_get_body (ADW_ALERT_DIALOG (get_dialog (fixture))),
                            "The model stays."));
  answer (fixture, "act");
  granary_ui_test_wait (g_str_equal (get_state (fixture), "empty"));

  verbs = granary_fake_services_dup_verbs (fixture->host);
  g_assert_cmpstr (verbs, ==, "stop s1\nstart s1\nstop s1\nremove s1");
}

/* What cannot be started again is not stopped by one click. */
static void
test_version_gone (Fixture       *fixture,
                   gconstpointer  data)
{
  GtkWidget *line;

  granary_fake_service_add (fixture->base.catalog, fixture->v2, "s1", "plates", 1,
                            GRANARY_SERVICE_RUNNING);
  granary_ui_test_trash (&fixture->base, fixture->model_id, "t1");
  granary_ui_test_wait (find_line (fixture, "s1") != NULL &&
                        shows (find_line (fixture, "s1"), "deleted"));
  line = find_line (fixture, "s1");

  gtk_widget_activate_action (line, "service.stop", NULL);
  granary_ui_test_wait (get_dialog (fixture) != NULL);
  g_assert_nonnull (strstr (adw_alert_dialog_get_body (ADW_ALERT_DIALOG (get_dialog (fixture))),
                            "once stopped, it cannot be started again"));
  answer (fixture, "cancel");
  g_assert_cmpuint (granary_fake_services_count (fixture->host, "stop"), ==, 0);

  gtk_widget_activate_action (line, "service.stop", NULL);
  granary_ui_test_wait (get_dialog (fixture) != NULL);
  answer (fixture, "act");
  granary_ui_test_wait (shows (line, "Stopped"));

  gtk_widget_activate_action (line, "service.start", NULL);
  granary_ui_test_wait (shell_test_get_toast (fixture->shell) != NULL);
  g_assert_cmpstr (shell_test_get_toast (fixture->shell), ==, "Could not start “plates #1”");
}

/* Where it costs money, starting again does too. */
static void
test_price (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (GranaryFakeServices) host =
    granary_fake_services_new (GRANARY_SERVICE_HOST_PRICED, fixture->base.catalog);
  g_autoptr (GranaryPublishProfile) profile = granary_publish_profile_new ();
  g_autoptr (GranaryService) service = NULL;
  GtkWidget *line;

  granary_connection_set_service_host (fixture->base.connection, GRANARY_SERVICE_HOST (host));
  profile->price = 250;
  service = granary_fake_service_new (fixture->base.catalog, fixture->v2, "s1", "plates", 1,
                                      GRANARY_SERVICE_STOPPED);
  service->profile = granary_publish_profile_to_json (profile);
  granary_fake_service_put (fixture->base.catalog, service);
  granary_ui_test_wait (find_line (fixture, "s1") != NULL);
  line = find_line (fixture, "s1");

  /* At the price that was agreed to: at once. */
  gtk_widget_activate_action (line, "service.start", NULL);
  granary_ui_test_wait (shows (line, "Running"));
  gtk_widget_activate_action (line, "service.stop", NULL);
  granary_ui_test_wait (shows (line, "Stopped"));

  granary_fake_services_set_quote (host, 375);
  gtk_widget_activate_action (line, "service.start", NULL);
  granary_ui_test_wait (get_dialog (fixture) != NULL);
  g_assert_nonnull (strstr (adw_alert_dialog_get_body (ADW_ALERT_DIALOG (get_dialog (fixture))),
                            "3.75"));
  answer (fixture, "cancel");
  g_assert_cmpuint (granary_fake_services_count (host, "start"), ==, 1);
  gtk_widget_activate_action (line, "service.start", NULL);
  granary_ui_test_wait (get_dialog (fixture) != NULL);
  answer (fixture, "act");
  granary_ui_test_wait (shows (line, "Running"));
}

/* What there was to ask comes when its window is closed: it can be asked for again elsewhere. */
static void
test_price_closed (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr (GranaryFakeServices) host =
    granary_fake_services_new (GRANARY_SERVICE_HOST_PRICED, fixture->base.catalog);
  g_autoptr (GranaryPublishProfile) profile = granary_publish_profile_new ();
  g_autoptr (GranaryService) service = NULL;
  ShellTest *closed = shell_test_new (640, 480);

  granary_connection_set_service_host (fixture->base.connection, GRANARY_SERVICE_HOST (host));
  service = granary_fake_service_new (fixture->base.catalog, fixture->v2, "s1", "plates", 1,
                                      GRANARY_SERVICE_STOPPED);
  service->profile = granary_publish_profile_to_json (profile);

  granary_fake_services_set_held (host, TRUE);
  granary_command_act (GTK_WIDGET (closed), fixture->base.connection, service,
                       GRANARY_SERVICE_START);
  g_assert_cmpuint (granary_fake_services_count (host, "quote"), ==, 1);
  g_object_add_weak_pointer (G_OBJECT (closed), (gpointer *) &closed);
  gtk_window_destroy (GTK_WINDOW (closed));
  granary_fake_services_set_held (host, FALSE);
  granary_ui_test_wait (closed == NULL);

  granary_command_act (GTK_WIDGET (fixture->page), fixture->base.connection, service,
                       GRANARY_SERVICE_START);
  granary_ui_test_wait (get_dialog (fixture) != NULL);
  answer (fixture, "cancel");
}

static char *
dup_log (GranaryLogDialog *dialog)
{
  GtkTextBuffer *buffer = granary_log_dialog_get_text (dialog);
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);

  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

/* Whether the last line is in sight and the first is not. */
static gboolean
log_is_at_end (GranaryLogDialog *dialog)
{
  GtkWidget *view = widget_test_find (GTK_WIDGET (dialog), GTK_TYPE_TEXT_VIEW, 0);
  GtkAdjustment *place = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (view));
  double page = gtk_adjustment_get_page_size (place);
  double value = gtk_adjustment_get_value (place);

  return page > 0 && value > page && value + page + 24 >= gtk_adjustment_get_upper (place);
}

static gboolean
log_ends (GranaryLogDialog *dialog,
          const char       *text)
{
  g_autofree char *log = dup_log (dialog);

  return g_str_has_suffix (log, text);
}

static void
test_log (Fixture       *fixture,
          gconstpointer  data)
{
  g_autofree char *line = g_strnfill (1024 * 1024, 'x');
  g_autoptr (GError) failure = NULL;
  GtkWidget *row;
  GranaryLogDialog *dialog;
  GtkWidget *banner;

  granary_fake_service_add (fixture->base.catalog, fixture->v2, "s1", "plates", 1,
                            GRANARY_SERVICE_RUNNING);
  granary_ui_test_wait (find_line (fixture, "s1") != NULL);
  row = find_line (fixture, "s1");
  gtk_widget_activate_action (row, "service.log", NULL);
  granary_ui_test_wait (GRANARY_IS_LOG_DIALOG (get_dialog (fixture)));
  dialog = GRANARY_LOG_DIALOG (get_dialog (fixture));
  granary_ui_test_wait (widget_test_find_text (GTK_WIDGET (dialog), "Nothing Logged Yet") != NULL);
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (dialog), "plates #1"));

  /* It follows. */
  granary_fake_services_add_log (fixture->host, "ready\n");
  granary_ui_test_wait (log_ends (dialog, "ready\n"));
  granary_fake_services_add_log (fixture->host, "\x1b[31mred\x1b[0m \x07\n");
  granary_ui_test_wait (log_ends (dialog, "ready\nred \\u0007\n"));

  /* A line of a megabyte. */
  granary_fake_services_add_log (fixture->host, line);
  granary_fake_services_add_log (fixture->host, "\nafter\n");
  granary_ui_test_wait (log_ends (dialog, "x\nafter\n"));
  g_assert_cmpint (gtk_text_buffer_get_line_count (granary_log_dialog_get_text (dialog)), >,
                   1024);

  /* Begun anew. */
  granary_fake_services_new_log (fixture->host, "second life\n");
  granary_ui_test_wait (log_ends (dialog, "second life\n"));
  g_assert_cmpint (gtk_text_buffer_get_line_count (granary_log_dialog_get_text (dialog)), ==, 2);

  granary_set_error (&failure, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_SERVICE_MISSING, "plates",
                     "no service");
  granary_fake_services_set_error (fixture->host, "log", failure);
  banner = widget_test_find (GTK_WIDGET (dialog), ADW_TYPE_BANNER, 1);
  granary_ui_test_wait (adw_banner_get_revealed (ADW_BANNER (banner)));
  g_assert_true (log_ends (dialog, "second life\n"));
  adw_dialog_force_close (ADW_DIALOG (dialog));
  widget_test_settle ();
}

/* Shows a log of so many lines behind what is in @log; the end of it stands there. */
static GranaryLogDialog *
open_long_log (Fixture *fixture,
               GString *log,
               guint    n_lines)
{
  g_autofree char *last = g_strdup_printf ("line %u of a log that is long\n", n_lines - 1);
  GranaryLogDialog *dialog;

  for (guint i = 0; i < n_lines; i++)
    g_string_append_printf (log, "line %u of a log that is long\n", i);
  granary_fake_services_add_log (fixture->host, log->str);
  granary_fake_service_add (fixture->base.catalog, fixture->v2, "s1", "plates", 1,
                            GRANARY_SERVICE_RUNNING);
  granary_ui_test_wait (find_line (fixture, "s1") != NULL);
  gtk_widget_activate_action (find_line (fixture, "s1"), "service.log", NULL);
  granary_ui_test_wait (GRANARY_IS_LOG_DIALOG (get_dialog (fixture)));
  dialog = GRANARY_LOG_DIALOG (get_dialog (fixture));
  granary_ui_test_wait (log_ends (dialog, last));

  return dialog;
}

/* The end first; what is older on request. */
static void
test_long_log (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (GString) log = g_string_new ("the beginning\n");
  GranaryLogDialog *dialog;
  GtkWidget *banner;
  g_autofree char *tail = NULL;
  g_autofree char *whole = NULL;

  dialog = open_long_log (fixture, log, 40000);
  tail = dup_log (dialog);
  g_assert_cmpuint (strlen (tail), <=, 64 * 1024);
  granary_ui_test_wait (log_is_at_end (dialog));

  banner = widget_test_find (GTK_WIDGET (dialog), ADW_TYPE_BANNER, 0);
  g_assert_true (adw_banner_get_revealed (ADW_BANNER (banner)));
  g_signal_emit_by_name (banner, "button-clicked");
  granary_ui_test_wait (!adw_banner_get_revealed (ADW_BANNER (banner)));
  whole = dup_log (dialog);
  g_assert_cmpstr (whole, ==, log->str);
  adw_dialog_force_close (ADW_DIALOG (dialog));
  widget_test_settle ();
}

/* All of it is asked for while an answer about its end is awaited. */
static void
test_older_log (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (GString) log = g_string_new ("the beginning\n");
  GranaryLogDialog *dialog;
  GtkWidget *banner;
  g_autofree char *whole = NULL;
  guint n_asked;

  dialog = open_long_log (fixture, log, 4000);

  granary_fake_services_set_held (fixture->host, TRUE);
  n_asked = granary_fake_services_count (fixture->host, "log");
  granary_ui_test_wait (granary_fake_services_count (fixture->host, "log") > n_asked);
  banner = widget_test_find (GTK_WIDGET (dialog), ADW_TYPE_BANNER, 0);
  g_signal_emit_by_name (banner, "button-clicked");
  granary_fake_services_set_held (fixture->host, FALSE);
  granary_ui_test_wait (!adw_banner_get_revealed (ADW_BANNER (banner)));
  whole = dup_log (dialog);
  g_assert_true (g_str_equal (whole, log->str));
  adw_dialog_force_close (ADW_DIALOG (dialog));
  widget_test_settle ();
}

static char *
show_log (const char *text,
          ...)
{
  g_autoptr (GranaryLogText) maker = granary_log_text_new ();
  g_autoptr (GString) shown = g_string_new (NULL);
  va_list args;

  va_start (args, text);
  for (const char *piece = text; piece != NULL; piece = va_arg (args, const char *))
    {
      g_autofree char *taken = granary_log_text_take (maker, piece);

      g_string_append (shown, taken);
    }
  va_end (args);

  return g_string_free (g_steal_pointer (&shown), FALSE);
}

static void
test_log_text (void)
{
  g_autofree char *plain = show_log ("one\ttwo\n", "视觉\n", NULL);
  g_autofree char *colours = show_log ("\x1b[1;3", "1mred\x1b[0m\x1b[2K!", NULL);
  g_autofree char *returns = show_log ("10%\r20%\r", "\nwindows\r\nend", NULL);
  g_autofree char *hidden = show_log ("\x01\x7f\u202e\u2028\x1b]0;title\x07", NULL);
  g_autofree char *broken = show_log ("\x1b[\x1b[1mok\x1b", "x", NULL);
  g_autofree char *half = g_strnfill (GRANARY_LOG_LINE_MAX - 1, 'a');
  g_autofree char *long_line = show_log (half, "bc", NULL);

  g_assert_cmpstr (plain, ==, "one\ttwo\n视觉\n");
  g_assert_cmpstr (colours, ==, "red!");
  g_assert_cmpstr (returns, ==, "10%\n20%\nwindows\nend");
  g_assert_cmpstr (hidden, ==, "\\u0001\\u007f\\u202e\\u2028\\u001b]0;title\\u0007");
  g_assert_cmpstr (broken, ==, "ok\\u001bx");
  g_assert_cmpuint (strlen (long_line), ==, GRANARY_LOG_LINE_MAX + 2);
  g_assert_true (g_str_has_suffix (long_line, "ab\nc"));
}

static void
test_delete (Fixture       *fixture,
             gconstpointer  data)
{
  GranaryCatalog *catalog = fixture->base.catalog;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  AdwDialog *question;
  AdwDialog *related;
  GtkWidget *line;
  GtkWidget *label;

  granary_fake_service_add (catalog, fixture->v2, "s1", "plates", 1, GRANARY_SERVICE_RUNNING);
  granary_fake_service_add (catalog, fixture->v2, "s2", "plates", 2, GRANARY_SERVICE_STARTING);
  granary_fake_service_add (catalog, fixture->v1, "s3", "others", 1, GRANARY_SERVICE_RUNNING);
  g_array_append_val (ids, fixture->v2);
  granary_command_delete (GTK_WIDGET (fixture->page), fixture->base.connection, NULL, ids);
  granary_ui_test_wait (get_dialog (fixture) != NULL);
  question = get_dialog (fixture);
  g_assert_nonnull (strstr (adw_alert_dialog_get_body (ADW_ALERT_DIALOG (question)),
                            "2 services use it. A running service keeps running; once stopped it "
                            "cannot be started again until this is restored."));
  granary_ui_test_wait (
    widget_test_find_text (GTK_WIDGET (question), "plates #1 (Running)") != NULL);
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (question), "plates #2 (Starting)"));
  g_assert_null (widget_test_find_text (GTK_WIDGET (question), "others #1 (Running)"));

  /* There and back: what is done there is seen here. */
  label = widget_test_find_text (GTK_WIDGET (question), "View Related Services");
  g_signal_emit_by_name (gtk_widget_get_ancestor (label, GTK_TYPE_BUTTON), "clicked");
  granary_ui_test_wait (get_dialog (fixture) != question);
  related = get_dialog (fixture);
  granary_ui_test_wait (widget_test_count (GTK_WIDGET (related), GRANARY_TYPE_SERVICE_LINE) == 2);
  line = widget_test_find (GTK_WIDGET (related), GRANARY_TYPE_SERVICE_LINE, 1);
  gtk_widget_activate_action (line, "service.stop", NULL);
  granary_ui_test_wait (
    widget_test_find_text (GTK_WIDGET (question), "plates #1 (Stopped)") != NULL);
  adw_dialog_force_close (related);
  widget_test_settle ();
  g_assert_true (get_dialog (fixture) == question);
  adw_dialog_force_close (question);
  widget_test_settle ();
}

/* A publish under way is called off, and over, before anything goes. */
static void
test_delete_publishing (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_PUBLISH, "plates");
  g_autoptr (GError) cancelled = NULL;

  granary_transfer_set_target (transfer, fixture->model_id, fixture->v2);
  granary_publishes_begin (fixture->base.connection, transfer);
  g_array_append_val (ids, fixture->v2);
  granary_command_delete (GTK_WIDGET (fixture->page), fixture->base.connection, NULL, ids);
  granary_ui_test_wait (get_dialog (fixture) != NULL);
  g_assert_false (g_cancellable_is_cancelled (granary_transfer_get_cancellable (transfer)));
  answer (fixture, "delete");
  granary_ui_test_wait (
    g_cancellable_is_cancelled (granary_transfer_get_cancellable (transfer)));
  granary_ui_test_settle (&fixture->base);
  g_assert_null (shell_test_get_toast (fixture->shell));

  /* Only now it is asked to delete, which this repository does not do. */
  g_set_error_literal (&cancelled, G_IO_ERROR, G_IO_ERROR_CANCELLED, "called off");
  granary_transfer_finish (transfer, cancelled);
  granary_publishes_end (fixture->base.connection, transfer);
  granary_ui_test_wait (shell_test_get_toast (fixture->shell) != NULL);
  g_assert_cmpstr (shell_test_get_toast (fixture->shell), ==, "Could not delete “plate-ocr v2”");
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
  g_test_add ("/services/cloud-facts", Fixture, NULL, set_up, test_cloud_facts, tear_down);
  g_test_add ("/services/failing", Fixture, NULL, set_up, test_failing, tear_down);
  g_test_add ("/services/order", Fixture, NULL, set_up, test_order, tear_down);
  g_test_add ("/services/many", Fixture, NULL, set_up, test_many, tear_down);
  g_test_add ("/services/search", Fixture, NULL, set_up, test_search, tear_down);
  g_test_add ("/services/update-needed", Fixture, NULL, set_up, test_update_needed, tear_down);
  g_test_add ("/services/acts", Fixture, NULL, set_up, test_acts, tear_down);
  g_test_add ("/services/version-gone", Fixture, NULL, set_up, test_version_gone, tear_down);
  g_test_add ("/services/price", Fixture, NULL, set_up, test_price, tear_down);
  g_test_add ("/services/price-closed", Fixture, NULL, set_up, test_price_closed, tear_down);
  g_test_add ("/services/log", Fixture, NULL, set_up, test_log, tear_down);
  g_test_add ("/services/long-log", Fixture, NULL, set_up, test_long_log, tear_down);
  g_test_add ("/services/older-log", Fixture, NULL, set_up, test_older_log, tear_down);
  g_test_add_func ("/services/log-text", test_log_text);
  g_test_add ("/services/delete", Fixture, NULL, set_up, test_delete, tear_down);
  g_test_add ("/services/delete-publishing", Fixture, NULL, set_up, test_delete_publishing,
              tear_down);
  g_test_add ("/services/reveal", Fixture, NULL, set_up, test_reveal, tear_down);
  g_test_add ("/services/fits", Fixture, NULL, set_up, test_fits, tear_down);

  return g_test_run ();
}
