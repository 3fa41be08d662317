/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include <adwaita.h>
#include <string.h>

#include "granary-commands.h"
#include "granary-details.h"
#include "granary-error.h"
#include "granary-fake-cloud.h"
#include "granary-services-dialog.h"
#include "granary-services-section.h"
#include "granary-service-line.h"
#include "granary-service-row.h"
#include "granary-tag-chip.h"
#include "granary-tag-dialog.h"
#include "granary-tag-source.h"
#include "granary-ui-test.h"
#include "granary-window.h"
#include "shell-test.h"
#include "widget-test.h"

/* What the window shows of a connection to the cloud. */

typedef struct
{
  GranaryFakeCloud  cloud;
  ShellTest        *shell;
  GtkWidget        *widget;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  granary_fake_cloud_set_up (&fixture->cloud);
  fixture->shell = shell_test_new (600, 600);
  fixture->widget = adw_window_get_content (ADW_WINDOW (fixture->shell));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->shell));
  widget_test_settle ();
  granary_fake_cloud_tear_down (&fixture->cloud);
}

static AdwDialog *
ask_to_delete (Fixture *fixture)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 id = granary_fake_cloud_find_version (&fixture->cloud, "plate-ocr", 2);

  g_array_append_val (ids, id);
  granary_command_delete (fixture->widget, fixture->cloud.connection, NULL, ids);
  granary_ui_test_wait (shell_test_get_dialog (fixture->shell) != NULL);

  return shell_test_get_dialog (fixture->shell);
}

static void
test_delete (Fixture       *fixture,
             gconstpointer  data)
{
  AdwDialog *dialog = ask_to_delete (fixture);
  const char *body = adw_alert_dialog_get_body (ADW_ALERT_DIALOG (dialog));
  GtkWidget *keep;

  g_assert_nonnull (strstr (body, "cannot be undone"));
  g_assert_nonnull (strstr (body, "2 services"));
  g_assert_null (strstr (body, "trash"));

  keep = widget_test_find (GTK_WIDGET (dialog), GTK_TYPE_CHECK_BUTTON, 0);
  g_assert_nonnull (keep);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (keep), TRUE);
  g_signal_emit_by_name (dialog, "response", "delete");
  adw_dialog_force_close (dialog);

  granary_ui_test_wait (shell_test_get_toast (fixture->shell) != NULL);
  g_assert_nonnull (fixture->cloud.deleted);
  g_assert_true (fixture->cloud.deleted->keep_files);
  g_assert_nonnull (strstr (shell_test_get_toast (fixture->shell), "deleted"));
}

static void
test_related_services (Fixture       *fixture,
                       gconstpointer  data)
{
  AdwDialog *dialog = ask_to_delete (fixture);
  GtkWidget *text = widget_test_find_text (GTK_WIDGET (dialog), "View Related Services");
  AdwDialog *services;

  /* What they are doing stands in the question. */
  g_assert_nonnull (text);
  granary_ui_test_wait (widget_test_count (GTK_WIDGET (dialog), GRANARY_TYPE_SERVICE_ROW) == 2);
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (dialog), "plates #1 (Running)"));
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (dialog), "canary #1 (Stopped)"));
  g_signal_emit_by_name (gtk_widget_get_ancestor (text, GTK_TYPE_BUTTON), "clicked");
  granary_ui_test_wait (GRANARY_IS_SERVICES_DIALOG (shell_test_get_dialog (fixture->shell)));

  services = shell_test_get_dialog (fixture->shell);
  granary_ui_test_wait (widget_test_count (GTK_WIDGET (services), GRANARY_TYPE_SERVICE_LINE) == 2);
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (services), "plates"));
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (services), "plate-ocr v2"));
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (services), "Running"));
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (services), "Stopped"));
  adw_dialog_force_close (services);
  widget_test_settle ();

  /* The question is still there. */
  g_assert_true (shell_test_get_dialog (fixture->shell) == dialog);
  g_assert_null (fixture->cloud.deleted);
  adw_dialog_force_close (dialog);
  widget_test_settle ();
}

static void
test_platform_tags (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 id = granary_fake_cloud_find_model (&fixture->cloud, "plate-ocr");
  GranaryTagDialog *dialog;
  GtkWidget *locked = NULL;
  GtkWidget *open = NULL;

  g_array_append_val (ids, id);
  dialog = granary_tag_dialog_new (fixture->cloud.connection, ids);
  adw_dialog_present (ADW_DIALOG (dialog), fixture->widget);
  granary_ui_test_wait (widget_test_count (GTK_WIDGET (dialog), GRANARY_TYPE_TAG_CHIP) == 2);

  for (guint i = 0; i < 2; i++)
    {
      GtkWidget *chip = widget_test_find (GTK_WIDGET (dialog), GRANARY_TYPE_TAG_CHIP, i);

      if (g_str_equal (granary_tag_chip_get_key (GRANARY_TAG_CHIP (chip)), "team"))
        open = chip;
      else
        locked = chip;
    }
  g_assert_nonnull (open);
  g_assert_nonnull (locked);
  g_assert_cmpuint (widget_test_count (open, GTK_TYPE_BUTTON), ==, 1);
  g_assert_cmpuint (widget_test_count (locked, GTK_TYPE_BUTTON), ==, 0);

  widget_test_press (locked, GDK_KEY_Delete);
  g_assert_cmpuint (widget_test_count (GTK_WIDGET (dialog), GRANARY_TYPE_TAG_CHIP), ==, 2);
  widget_test_press (open, GDK_KEY_Delete);
  granary_ui_test_wait (widget_test_count (GTK_WIDGET (dialog), GRANARY_TYPE_TAG_CHIP) == 1);

  adw_dialog_force_close (ADW_DIALOG (dialog));
  widget_test_settle ();
}

static void
count_cb (guint *count)
{
  (*count)++;
}

static guint
count_facets (GPtrArray  *facets,
              const char *key,
              gboolean    with_value)
{
  guint n = 0;

  for (guint i = 0; i < facets->len; i++)
    {
      const GranaryFacet *facet = g_ptr_array_index (facets, i);

      if (g_str_equal (facet->key, key) && (*facet->value != '\0') == with_value)
        n++;
    }

  return n;
}

static void
test_defined_tags (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr (GranaryTagSource) source =
    granary_tag_source_new (granary_connection_get_repository (fixture->cloud.connection));
  g_autoptr (GPtrArray) keys = NULL;
  g_autoptr (GPtrArray) values = NULL;
  guint n_changes = 0;

  g_signal_connect_swapped (source, "changed", G_CALLBACK (count_cb), &n_changes);
  granary_ui_test_wait (n_changes == 1);
  keys = granary_tag_source_merge (source, NULL);
  g_assert_cmpuint (count_facets (keys, "stage", FALSE), ==, 1);
  g_assert_cmpuint (count_facets (keys, "stage", TRUE), ==, 0);

  granary_tag_source_want (source, "stage");
  granary_tag_source_want (source, "stage");
  granary_tag_source_want (source, "unknown");
  granary_ui_test_wait (n_changes == 2);
  values = granary_tag_source_merge (source, NULL);
  g_assert_cmpuint (count_facets (values, "stage", TRUE), ==, 2);
  g_assert_cmpuint (count_facets (values, "stage", FALSE), ==, 0);
  widget_test_settle ();
  g_assert_cmpuint (n_changes, ==, 2);
}

static void
test_details (Fixture       *fixture,
              gconstpointer  data)
{
  GranaryDetails *details = granary_details_new ();
  gint64 id = granary_fake_cloud_find_version (&fixture->cloud, "plate-ocr", 2);

  adw_window_set_content (ADW_WINDOW (fixture->shell), GTK_WIDGET (details));
  granary_details_set_connection (details, fixture->cloud.connection);
  granary_details_show_version (details, id);
  granary_ui_test_wait (widget_test_count (GTK_WIDGET (details), GRANARY_TYPE_SERVICE_LINE) == 2);
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (details),
                                           "cos://models-1250000000/plate-ocr/v2/"));
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (details), "train-plates"));
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (details), "mv-v2-1"));
  /* The size is not known. */
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (details), "—"));
}

static GranaryWindow *
open_window (Fixture *fixture)
{
  g_autoptr (GSettings) settings = g_settings_new (GRANARY_SETTINGS_ID);
  g_autoptr (GranaryFolders) folders = granary_folders_new (settings);
  GranaryWindow *window = granary_window_new (NULL, settings, folders);

  granary_window_set_connection (window, fixture->cloud.connection);
  gtk_window_present (GTK_WINDOW (window));
  granary_ui_test_wait (gtk_widget_get_mapped (GTK_WIDGET (window)));

  return window;
}

static void
test_banner (Fixture       *fixture,
             gconstpointer  data)
{
  GranaryWindow *window = open_window (fixture);
  AdwBanner *banner = granary_browser_get_banner (granary_window_get_browser (window));
  g_autoptr (GError) offline = NULL;
  g_autoptr (GError) rejected = NULL;

  granary_ui_test_wait (!adw_banner_get_revealed (banner));

  granary_set_error (&offline, GRANARY_ERROR_NETWORK, GRANARY_REASON_HOST_UNREACHABLE, "host", "x");
  granary_connection_status_begin (fixture->cloud.status);
  granary_connection_status_end (fixture->cloud.status, 0, offline);
  granary_ui_test_wait (adw_banner_get_revealed (banner));
  g_assert_nonnull (strstr (adw_banner_get_title (banner), "Offline"));
  g_assert_nonnull (strstr (adw_banner_get_title (banner), "last updated"));

  g_signal_emit_by_name (banner, "button-clicked");
  granary_ui_test_wait (fixture->cloud.n_refreshes == 1);

  granary_set_error (&rejected, GRANARY_ERROR_AUTH_REJECTED, GRANARY_REASON_KEY_WRONG, "demo", "x");
  granary_connection_status_begin (fixture->cloud.status);
  granary_connection_status_end (fixture->cloud.status, 0, rejected);
  granary_ui_test_wait (strstr (adw_banner_get_title (banner), "SecretKey") != NULL);

  granary_connection_status_begin (fixture->cloud.status);
  granary_connection_status_end (fixture->cloud.status, g_get_real_time (), NULL);
  granary_ui_test_wait (!adw_banner_get_revealed (banner));

  gtk_widget_activate_action (GTK_WIDGET (window), "win.refresh", NULL);
  granary_ui_test_wait (fixture->cloud.n_refreshes == 2);

  gtk_window_destroy (GTK_WINDOW (window));
  widget_test_settle ();
}

static void
test_pages (Fixture       *fixture,
            gconstpointer  data)
{
  GranaryWindow *window = open_window (fixture);
  GtkWidget *sidebar = GTK_WIDGET (granary_window_get_sidebar (window));

  g_assert_nonnull (widget_test_find_text (sidebar, "Models"));
  g_assert_null (widget_test_find_text (sidebar, "Trash"));

  gtk_window_destroy (GTK_WINDOW (window));
  widget_test_settle ();
}

int
main (int    argc,
      char **argv)
{
  widget_test_init (&argc, &argv);

  g_test_add ("/cloud/delete", Fixture, NULL, set_up, test_delete, tear_down);
  g_test_add ("/cloud/related-services", Fixture, NULL, set_up, test_related_services, tear_down);
  g_test_add ("/cloud/platform-tags", Fixture, NULL, set_up, test_platform_tags, tear_down);
  g_test_add ("/cloud/defined-tags", Fixture, NULL, set_up, test_defined_tags, tear_down);
  g_test_add ("/cloud/details", Fixture, NULL, set_up, test_details, tear_down);
  g_test_add ("/cloud/banner", Fixture, NULL, set_up, test_banner, tear_down);
  g_test_add ("/cloud/pages", Fixture, NULL, set_up, test_pages, tear_down);

  return g_test_run ();
}
