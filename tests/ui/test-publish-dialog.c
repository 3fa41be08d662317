/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "granary-command-private.h"
#include "granary-commands.h"
#include "granary-error.h"
#include "granary-fake-cloud.h"
#include "granary-fake-services.h"
#include "granary-publish-dialog.h"
#include "granary-publish-memory.h"
#include "granary-publishes.h"
#include "granary-ui-test.h"
#include "shell-test.h"
#include "widget-test.h"

#define wait_until(condition) granary_ui_test_wait (condition)

typedef struct
{
  GranaryUiTest        base;
  GranaryFakeServices *host;
  ShellTest           *shell;
  GtkWidget           *widget;
  gint64               model_id;
  gint64               version_id;
} Fixture;

static void
forget_profiles (void)
{
  g_autoptr (GSettings) settings = g_settings_new (GRANARY_SETTINGS_ID);

  g_settings_reset (settings, "publish-profiles");
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  GranaryServiceHostFeatures features = (GranaryServiceHostFeatures) GPOINTER_TO_INT (data);
  g_autoptr (GError) error = NULL;

  forget_profiles ();
  granary_ui_test_set_up (&fixture->base);
  fixture->model_id = granary_ui_test_add_model (&fixture->base, "plate-ocr", 2);
  fixture->version_id = granary_catalog_find_version (fixture->base.catalog, fixture->model_id, 2,
                                                      &error);
  g_assert_no_error (error);
  fixture->host = granary_fake_services_new (features, fixture->base.catalog);
  granary_connection_set_service_host (fixture->base.connection,
                                       GRANARY_SERVICE_HOST (fixture->host));
  fixture->shell = shell_test_new (360, 640);
  fixture->widget = adw_window_get_content (ADW_WINDOW (fixture->shell));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->shell));
  granary_ui_test_settle (&fixture->base);
  g_clear_object (&fixture->host);
  granary_ui_test_tear_down (&fixture->base);
}

static AdwDialog *
open_dialog (Fixture *fixture)
{
  granary_command_publish (fixture->widget, fixture->base.connection, fixture->version_id, TRUE);
  wait_until (shell_test_get_dialog (fixture->shell) != NULL);
  g_assert_true (GRANARY_IS_PUBLISH_DIALOG (shell_test_get_dialog (fixture->shell)));

  return shell_test_get_dialog (fixture->shell);
}

static GtkWidget *
get_publish_button (AdwDialog *dialog)
{
  return adw_dialog_get_default_widget (dialog);
}

static gboolean
is_ready (AdwDialog *dialog)
{
  return gtk_widget_get_sensitive (get_publish_button (dialog));
}

static GtkWidget *
find_row (AdwDialog  *dialog,
          const char *title)
{
  GtkWidget *row;

  for (guint i = 0;
       (row = widget_test_find (GTK_WIDGET (dialog), ADW_TYPE_PREFERENCES_ROW, i)) != NULL; i++)
    {
      if (g_strcmp0 (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), title) == 0)
        return row;
    }

  return NULL;
}

static void
set_active (AdwDialog  *dialog,
            const char *title,
            gboolean    active)
{
  GtkWidget *row = find_row (dialog, title);

  g_assert_nonnull (row);
  adw_switch_row_set_active (ADW_SWITCH_ROW (row), active);
}

static void
publish (AdwDialog *dialog)
{
  g_assert_true (is_ready (dialog));
  g_signal_emit_by_name (get_publish_button (dialog), "clicked");
}

static void
wait_for_toast (Fixture    *fixture,
                const char *title)
{
  wait_until (g_strcmp0 (shell_test_get_toast (fixture->shell), title) == 0);
}

static GranaryService *
wait_for_service (Fixture *fixture)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GPtrArray) services = NULL;
  g_autoptr (GError) error = NULL;

  g_array_append_val (ids, fixture->version_id);
  wait_until (!granary_publishes_is_under_way (fixture->base.connection, fixture->version_id));
  services = granary_catalog_list_services (fixture->base.catalog, NULL, ids, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (services->len, ==, 1);

  return granary_service_ref (g_ptr_array_index (services, 0));
}

static void
test_finalize (void)
{
  GObject *object = g_object_ref_sink (g_object_new (GRANARY_TYPE_PUBLISH_DIALOG, NULL));

  g_assert_finalize_object (object);
}

/* The first time there is a dialog, also for one click; what it publishes with is remembered, and
 * one click is enough the next time. */
static void
test_first_and_second (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autoptr (GranaryService) service = NULL;
  g_autofree char *verbs = NULL;
  AdwDialog *dialog;

  granary_command_publish (fixture->widget, fixture->base.connection, fixture->version_id, FALSE);
  wait_until ((dialog = shell_test_get_dialog (fixture->shell)) != NULL && is_ready (dialog));
  g_assert_cmpstr (adw_dialog_get_title (dialog), ==, "Publish “plate-ocr v2”");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (find_row (dialog, "Name of the _Group"))),
                   ==, "digits");
  publish (dialog);
  wait_for_toast (fixture, "Publishing “plate-ocr v2”");
  wait_until (shell_test_get_dialog (fixture->shell) == NULL);
  service = wait_for_service (fixture);
  g_assert_cmpstr (service->name, ==, "digits");

  /* It runs: that is told, with a button that tries it. */
  granary_fake_service_set_state (fixture->base.catalog, service->uid, GRANARY_SERVICE_RUNNING);
  wait_for_toast (fixture, "“digits” runs");

  granary_fake_services_forget_verbs (fixture->host);
  granary_command_publish (fixture->widget, fixture->base.connection, fixture->version_id, FALSE);
  /* A second click meanwhile is none. */
  granary_command_publish (fixture->widget, fixture->base.connection, fixture->version_id, FALSE);
  wait_for_toast (fixture, "Publishing “plate-ocr v2”");
  wait_until (granary_fake_services_count (fixture->host, "publish") == 1);
  wait_until (!granary_publishes_is_under_way (fixture->base.connection, fixture->version_id));
  g_assert_null (shell_test_get_dialog (fixture->shell));
  verbs = granary_fake_services_dup_verbs (fixture->host);
  g_assert_nonnull (strstr (verbs, "prepare "));
  g_assert_cmpuint (granary_fake_services_count (fixture->host, "publish"), ==, 1);
}

/* Undo before there is a service calls it off, and afterwards removes it. */
static void
test_undo (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (GranaryService) service = NULL;
  AdwDialog *dialog = open_dialog (fixture);

  wait_until (is_ready (dialog));
  granary_fake_services_set_held (fixture->host, TRUE);
  publish (dialog);
  wait_for_toast (fixture, "Publishing “plate-ocr v2”");
  g_assert_true (granary_publishes_is_under_way (fixture->base.connection, fixture->version_id));
  shell_test_press_toast (fixture->shell);
  wait_for_toast (fixture, "“plate-ocr v2” is not published");
  g_assert_false (granary_publishes_is_under_way (fixture->base.connection, fixture->version_id));
  granary_fake_services_set_held (fixture->host, FALSE);
  g_assert_null (granary_publish_memory_recall (fixture->base.connection));

  dialog = open_dialog (fixture);
  wait_until (is_ready (dialog));
  publish (dialog);
  wait_for_toast (fixture, "Publishing “plate-ocr v2”");
  service = wait_for_service (fixture);
  shell_test_press_toast (fixture->shell);
  wait_for_toast (fixture, "“plate-ocr v2” is not published");
  g_assert_cmpuint (granary_fake_services_count (fixture->host, "remove"), ==, 1);
  g_clear_pointer (&service, granary_service_unref);
}

static void
settled_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  granary_publishes_settle_finish (GRANARY_CONNECTION (source), result);
  *(gboolean *) user_data = TRUE;
}

/* Who deletes the version calls its publishes off, be they asked or on their way. */
static void
test_settle (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GArray) models = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) versions = g_array_new (FALSE, FALSE, sizeof (gint64));
  AdwDialog *dialog = open_dialog (fixture);
  gboolean settled = FALSE;

  g_array_append_val (models, fixture->model_id);
  g_array_append_val (versions, fixture->version_id);
  wait_until (is_ready (dialog));
  granary_fake_services_set_held (fixture->host, TRUE);
  publish (dialog);
  granary_publishes_settle_async (fixture->base.connection, models, NULL, settled_cb, &settled);
  wait_until (settled);
  g_assert_false (granary_publishes_is_under_way (fixture->base.connection, fixture->version_id));
  granary_fake_services_set_held (fixture->host, FALSE);

  /* One click that is still being prepared, of a model that is not known yet. */
  granary_publish_memory_remember (fixture->base.connection, "{}");
  granary_fake_services_set_held (fixture->host, TRUE);
  granary_command_publish (fixture->widget, fixture->base.connection, fixture->version_id, FALSE);
  g_assert_true (granary_publishes_is_under_way (fixture->base.connection, fixture->version_id));
  settled = FALSE;
  granary_publishes_settle_async (fixture->base.connection, NULL, versions, settled_cb, &settled);
  wait_until (settled);
  g_assert_false (granary_publishes_is_under_way (fixture->base.connection, fixture->version_id));
  granary_fake_services_set_held (fixture->host, FALSE);
  granary_ui_test_settle (&fixture->base);
  g_assert_cmpuint (granary_fake_services_count (fixture->host, "publish"), ==, 1);

  /* Nothing is under way: that is settled, too. */
  settled = FALSE;
  granary_publishes_settle_async (fixture->base.connection, models, versions, settled_cb, &settled);
  wait_until (settled);
}

static void
test_failure (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GranaryService) service = NULL;
  AdwDialog *dialog = open_dialog (fixture);

  wait_until (is_ready (dialog));
  publish (dialog);
  service = wait_for_service (fixture);
  shell_test_forget_toast (fixture->shell);
  granary_fake_service_set_failure (fixture->base.catalog, service->uid,
                                    GRANARY_SERVICE_FAILURE_IMPORT, "No module named 'cv2'");
  wait_until (shell_test_get_toast_text (fixture->shell) != NULL);
  g_assert_cmpstr (shell_test_get_toast_text (fixture->shell), ==,
                   "“digits” could not be started\n"
                   "model_service.py cannot be imported: No module named 'cv2'");
}

/* The host refuses: that is told, and nothing is remembered. */
static void
test_refused (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GError) refusal = NULL;
  AdwDialog *dialog = open_dialog (fixture);

  granary_set_error (&refusal, GRANARY_ERROR_CONFLICT, GRANARY_REASON_SERVICE_NAME_TAKEN, "digits",
                     "taken");
  granary_fake_services_set_error (fixture->host, "publish", refusal);
  wait_until (is_ready (dialog));
  publish (dialog);
  wait_for_toast (fixture, "Could not publish “plate-ocr v2”");
  g_assert_false (granary_publishes_is_under_way (fixture->base.connection, fixture->version_id));
  g_assert_null (granary_publish_memory_recall (fixture->base.connection));
}

/* What cannot be published is a page with the reason, and can be tried again. */
static void
test_problem (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  GranaryPublishOptions *options = granary_fake_services_get_options (fixture->host);
  AdwDialog *dialog;
  GtkWidget *page;

  granary_set_error (&error, GRANARY_ERROR_NETWORK, GRANARY_REASON_NONE, "tione", "no network");
  granary_fake_services_set_error (fixture->host, "prepare", error);
  dialog = open_dialog (fixture);
  page = widget_test_find (GTK_WIDGET (dialog), ADW_TYPE_STATUS_PAGE, 0);
  wait_until (gtk_widget_get_mapped (page));
  g_assert_false (is_ready (dialog));
  g_assert_cmpstr (adw_status_page_get_title (ADW_STATUS_PAGE (page)), ==,
                   "Could not publish “plate-ocr v2”");

  granary_fake_services_set_error (fixture->host, "prepare", NULL);
  granary_set_error (&options->problem, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_HANDLER_MISSING,
                     "plate-ocr v2", "nothing to serve");
  g_signal_emit_by_name (widget_test_find (page, GTK_TYPE_BUTTON, 0), "clicked");
  wait_until (granary_fake_services_count (fixture->host, "prepare") == 2);
  granary_ui_test_settle (&fixture->base);
  wait_until (gtk_widget_get_mapped (page));
  g_assert_nonnull (strstr (adw_status_page_get_description (ADW_STATUS_PAGE (page)),
                            "model_service.py"));
  adw_dialog_force_close (dialog);
}

/* A name of the platform is no markup. */
static void
test_markup (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  AdwDialog *dialog;
  GtkWidget *page;

  granary_set_error (&error, GRANARY_ERROR_NETWORK, GRANARY_REASON_NONE, "tione", "no network");
  granary_fake_services_set_error (fixture->host, "prepare", error);
  fixture->version_id = granary_catalog_find_version (
    fixture->base.catalog, granary_ui_test_add_model (&fixture->base, "cats & dogs", 1), 1, NULL);
  dialog = open_dialog (fixture);
  page = widget_test_find (GTK_WIDGET (dialog), ADW_TYPE_STATUS_PAGE, 0);
  wait_until (gtk_widget_get_mapped (page));
  g_assert_nonnull (widget_test_find_text (page, "Could not publish “cats & dogs v1”"));
  adw_dialog_force_close (dialog);
}

/* Names are checked while they are typed; the group that has one can be used instead. */
static void
test_target (Fixture       *fixture,
             gconstpointer  data)
{
  GranaryPublishOptions *options = granary_fake_services_get_options (fixture->host);
  GranaryServiceGroup *group = g_new0 (GranaryServiceGroup, 1);
  AdwDialog *dialog;
  GtkWidget *row;

  group->uid = g_strdup ("g-faces");
  group->name = g_strdup ("faces");
  group->model_name = g_strdup ("face");
  group->n_services = 2;
  g_ptr_array_add (options->groups, group);

  dialog = open_dialog (fixture);
  wait_until (is_ready (dialog));
  row = find_row (dialog, "Name of the _Group");
  gtk_editable_set_text (GTK_EDITABLE (row), "号牌");
  g_assert_false (is_ready (dialog));
  g_assert_true (gtk_widget_has_css_class (row, "error"));
  gtk_test_accessible_assert_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_INVALID,
                                    GTK_ACCESSIBLE_INVALID_TRUE);
  gtk_editable_set_text (GTK_EDITABLE (row), "");
  g_assert_false (is_ready (dialog));
  g_assert_false (gtk_widget_has_css_class (row, "error"));
  gtk_editable_set_text (GTK_EDITABLE (row), "plates");
  g_assert_true (is_ready (dialog));
  gtk_editable_set_text (GTK_EDITABLE (row), "faces");
  g_assert_false (is_ready (dialog));

  g_signal_emit_by_name (gtk_widget_get_ancestor (widget_test_find_text (GTK_WIDGET (dialog),
                                                                         "Use That Group"),
                                                  GTK_TYPE_BUTTON), "clicked");
  row = find_row (dialog, "_Group");
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), ==,
                   "Becomes service #3 of the group");
  publish (dialog);
  wait_until (granary_fake_services_get_request (fixture->host) != NULL);
  g_assert_cmpstr (granary_fake_services_get_request (fixture->host)->group_uid, ==, "g-faces");
  wait_until (!granary_publishes_is_under_way (fixture->base.connection, fixture->version_id));
}

/* What its code may do has to be allowed, and packages to be asked for. */
static void
test_local (Fixture       *fixture,
            gconstpointer  data)
{
  GranaryPublishOptions *options = granary_fake_services_get_options (fixture->host);
  const GranaryPublishProfile *profile;
  AdwDialog *dialog;
  GtkWidget *entry;

  options->has_sandbox = FALSE;
  options->has_gpu = TRUE;
  options->unmet = g_strsplit ("numpy>=3 torch", " ", -1);
  dialog = open_dialog (fixture);
  wait_until (find_row (dialog, "_Install Missing Packages") != NULL);
  g_assert_false (is_ready (dialog));
  set_active (dialog, "_Install Missing Packages", TRUE);
  g_assert_false (is_ready (dialog));
  set_active (dialog, "Run _without a Sandbox", TRUE);
  wait_until (is_ready (dialog));

  set_active (dialog, "Allow _Network", TRUE);
  set_active (dialog, "Allow _GPU", TRUE);
  adw_spin_row_set_value (ADW_SPIN_ROW (find_row (dialog, "_Memory")), 2);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (find_row (dialog, "_Worker Processes")), TRUE);
  adw_spin_row_set_value (ADW_SPIN_ROW (find_row (dialog, "Inference")), 3);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (find_row (dialog, "Environment _Variables")),
                                 TRUE);
  g_signal_emit_by_name (find_row (dialog, "_Add Variable"), "activated");
  for (guint i = 0;
       (entry = widget_test_find (GTK_WIDGET (dialog), GTK_TYPE_ENTRY, i)) != NULL; i++)
    {
      if (g_strcmp0 (gtk_entry_get_placeholder_text (GTK_ENTRY (entry)), "NAME") == 0)
        break;
    }
  g_assert_nonnull (entry);
  gtk_editable_set_text (GTK_EDITABLE (entry), "1NAME");
  g_assert_false (is_ready (dialog));
  g_assert_true (gtk_widget_has_css_class (entry, "error"));
  gtk_editable_set_text (GTK_EDITABLE (entry), "NAME");
  g_assert_true (is_ready (dialog));
  widget_test_assert_fits (GTK_WIDGET (dialog), 360);

  publish (dialog);
  wait_until (granary_fake_services_get_request (fixture->host) != NULL);
  profile = granary_fake_services_get_request (fixture->host)->profile;
  g_assert_true (profile->allow_network && profile->allow_gpu && profile->allow_unsandboxed &&
                 profile->install_requirements);
  g_assert_cmpint (profile->memory_limit, ==, (gint64) 2 * 1024 * 1024 * 1024);
  g_assert_cmpstr (profile->environment[0], ==, "TI_INFERENCE_NUMS=3");
  g_assert_cmpstr (profile->environment[1], ==, "NAME=");
  g_assert_null (profile->environment[2]);
  wait_until (!granary_publishes_is_under_way (fixture->base.connection, fixture->version_id));
}

/* It says what it costs before it does; one click does while that is unchanged. */
static void
test_price (Fixture       *fixture,
            gconstpointer  data)
{
  AdwDialog *dialog = open_dialog (fixture);
  GtkButton *button = GTK_BUTTON (get_publish_button (dialog));

  wait_until (is_ready (dialog));
  g_assert_cmpstr (gtk_button_get_label (button), ==, "_Publish for ¥2.50/h");
  granary_fake_services_set_quote (fixture->host, 500);
  adw_spin_row_set_value (ADW_SPIN_ROW (find_row (dialog, "_Instances")), 2);
  g_assert_false (is_ready (dialog));
  wait_until (is_ready (dialog));
  g_assert_cmpstr (gtk_button_get_label (button), ==, "_Publish for ¥5.00/h");
  g_assert_nonnull (widget_test_find_text (
    GTK_WIDGET (dialog), "¥5.00 per hour for 2 instances · two hours are frozen at the start · "
                         "stopping does not refund"));
  widget_test_assert_fits (GTK_WIDGET (dialog), 360);
  publish (dialog);
  wait_until (granary_fake_services_get_request (fixture->host) != NULL);
  g_assert_cmpint (granary_fake_services_get_request (fixture->host)->profile->price, ==, 500);
  wait_until (!granary_publishes_is_under_way (fixture->base.connection, fixture->version_id));

  granary_command_publish (fixture->widget, fixture->base.connection, fixture->version_id, FALSE);
  wait_until (granary_fake_services_count (fixture->host, "publish") == 2);
  wait_until (!granary_publishes_is_under_way (fixture->base.connection, fixture->version_id));
  g_assert_null (shell_test_get_dialog (fixture->shell));

  granary_fake_services_set_quote (fixture->host, 501);
  granary_command_publish (fixture->widget, fixture->base.connection, fixture->version_id, FALSE);
  wait_until ((dialog = shell_test_get_dialog (fixture->shell)) != NULL);
  g_assert_cmpuint (granary_fake_services_count (fixture->host, "publish"), ==, 2);
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (get_publish_button (dialog))), ==,
                   "_Publish for ¥5.01/h");
  adw_dialog_force_close (dialog);
}

/* A price that cannot be found out is agreed to as such, each time. */
static void
test_price_unknown (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  AdwDialog *dialog;

  granary_set_error (&error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_PRICE_UNKNOWN, "2C4G",
                     "no such call");
  granary_fake_services_set_error (fixture->host, "quote", error);
  dialog = open_dialog (fixture);
  wait_until (find_row (dialog, "Publish without _Knowing the Price") != NULL);
  g_assert_false (is_ready (dialog));
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (dialog),
                                           "The price of “2C4G” could not be asked for."));
  set_active (dialog, "Publish without _Knowing the Price", TRUE);
  publish (dialog);
  wait_until (granary_fake_services_get_request (fixture->host) != NULL);
  g_assert_cmpint (granary_fake_services_get_request (fixture->host)->profile->price, ==,
                   GRANARY_PRICE_ANY);
  wait_until (!granary_publishes_is_under_way (fixture->base.connection, fixture->version_id));

  granary_command_publish (fixture->widget, fixture->base.connection, fixture->version_id, FALSE);
  wait_until ((dialog = shell_test_get_dialog (fixture->shell)) != NULL);
  g_assert_false (is_ready (dialog));
  adw_dialog_force_close (dialog);
}

int
main (int   argc,
      char *argv[])
{
  gpointer local = GINT_TO_POINTER (GRANARY_SERVICE_HOST_LOCAL | GRANARY_SERVICE_HOST_LOG);
  gpointer cloud = GINT_TO_POINTER (GRANARY_SERVICE_HOST_PRICED);

  widget_test_init (&argc, &argv);

  g_test_add_func ("/publish-dialog/finalize", test_finalize);
#define ADD(name, data, func) g_test_add ("/publish-dialog/" name, Fixture, data, set_up, func, \
                                          tear_down)
  ADD ("first-and-second", local, test_first_and_second);
  ADD ("undo", local, test_undo);
  ADD ("settle", local, test_settle);
  ADD ("failure", local, test_failure);
  ADD ("refused", local, test_refused);
  ADD ("problem", local, test_problem);
  ADD ("markup", cloud, test_markup);
  ADD ("target", local, test_target);
  ADD ("local", local, test_local);
  ADD ("price", cloud, test_price);
  ADD ("price-unknown", cloud, test_price_unknown);
#undef ADD

  return g_test_run ();
}
