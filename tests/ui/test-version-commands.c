/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>

#include "granary-catalog-mirror.h"
#include "granary-command-private.h"
#include "granary-commands.h"
#include "granary-error.h"
#include "granary-fake-cloud.h"
#include "granary-fake-services.h"
#include "granary-local.h"
#include "granary-sdk.h"
#include "granary-test-repository.h"
#include "granary-ui-test.h"
#include "granary-upload-dialog.h"
#include "granary-version-head.h"
#include "shell-test.h"
#include "widget-test.h"

/* What can be done with a version beside publishing it: making an upload live, and its SDK. */

#define wait_until(condition) granary_ui_test_wait (condition)

typedef struct
{
  GranaryTestPlace     place;
  GranaryFakeServices *host;
  ShellTest           *shell;
  GtkWidget           *widget;
  gint64               version_id;
} Fixture;

static GranaryConnection *
open_local (const char  *root,
            GError     **error)
{
  return granary_local_open (root, NULL, error);
}

static gint64
import (Fixture       *fixture,
        const char    *name,
        GranarySource  source)
{
  g_autoptr (GranaryImportRequest) request = granary_import_request_new ();
  g_autofree char *folder = granary_test_place_path (&fixture->place, "source");
  g_autofree char *config = granary_test_write (folder, "config.json", "{}\n");
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;

  request->name = g_strdup (name);
  request->files = granary_test_scan (folder, NULL);
  request->source = source;
  version = granary_test_import_request (fixture->place.repository, request, NULL, &error);
  g_assert_no_error (error);

  return version->id;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  granary_test_place_set_up (&fixture->place, open_local);
  fixture->version_id = import (fixture, "bolts", GRANARY_SOURCE_AUTOML);
  fixture->host = granary_fake_services_new (GRANARY_SERVICE_HOST_LOCAL, fixture->place.catalog);
  granary_connection_set_service_host (fixture->place.connection,
                                       GRANARY_SERVICE_HOST (fixture->host));
  fixture->shell = shell_test_new (600, 600);
  fixture->widget = adw_window_get_content (ADW_WINDOW (fixture->shell));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->shell));
  widget_test_settle ();
  g_clear_object (&fixture->host);
  granary_test_place_tear_down (&fixture->place);
}

static void
press (AdwDialog  *dialog,
       const char *label)
{
  GtkWidget *text = widget_test_find_text (GTK_WIDGET (dialog), label);

  g_assert_nonnull (text);
  g_signal_emit_by_name (gtk_widget_get_ancestor (text, GTK_TYPE_BUTTON), "clicked");
}

static void
upload (Fixture    *fixture,
        const char *text)
{
  g_autofree char *folder = granary_test_place_path (&fixture->place, "more");
  g_autofree char *config = granary_test_write (folder, "config.json", text);
  const char *paths[] = { config, NULL };
  AdwDialog *dialog;

  shell_test_forget_toast (fixture->shell);
  granary_command_upload (fixture->widget, fixture->place.connection, fixture->version_id, paths);
  wait_until ((dialog = shell_test_get_dialog (fixture->shell)) != NULL);
  wait_until (widget_test_find_text (GTK_WIDGET (dialog), "Replace and Upload") != NULL);
  press (dialog, "Replace and Upload");
  wait_until (shell_test_get_toast (fixture->shell) != NULL);
  g_assert_cmpstr (shell_test_get_toast (fixture->shell), ==, "Files uploaded to “bolts v1”");
}

/* Uploaded files are live once the services are updated; the toast offers that while one runs. */
static void
test_upload_live (Fixture       *fixture,
                  gconstpointer  data)
{
  upload (fixture, "{\"a\": 1}\n");
  g_assert_null (shell_test_get_toast_button (fixture->shell));

  granary_fake_service_add (fixture->place.catalog, fixture->version_id, "s-stopped", "stopped", 1,
                            GRANARY_SERVICE_STOPPED);
  upload (fixture, "{\"a\": 2}\n");
  g_assert_null (shell_test_get_toast_button (fixture->shell));

  granary_fake_service_add (fixture->place.catalog, fixture->version_id, "s-1", "bolts", 1,
                            GRANARY_SERVICE_RUNNING);
  upload (fixture, "{\"a\": 3}\n");
  g_assert_cmpstr (shell_test_get_toast_button (fixture->shell), ==, "_Update Service");

  granary_fake_service_add (fixture->place.catalog, fixture->version_id, "s-2", "canary", 1,
                            GRANARY_SERVICE_STARTING);
  upload (fixture, "{\"a\": 4}\n");
  g_assert_cmpstr (shell_test_get_toast_button (fixture->shell), ==, "_Update Services");
  shell_test_press_toast (fixture->shell);
  wait_until (granary_fake_services_count (fixture->host, "update") == 2);
}

static GtkWidget *
find_row (GtkWidget  *root,
          const char *title)
{
  GtkWidget *row;

  for (guint i = 0; (row = widget_test_find (root, ADW_TYPE_ACTION_ROW, i)) != NULL; i++)
    {
      if (g_str_equal (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), title))
        return row;
    }

  return NULL;
}

static void
add_service (GPtrArray           *services,
             const char          *name,
             GranaryServiceState  state,
             gboolean             is_outdated)
{
  GranaryService *service = granary_service_new ();

  service->uid = g_strdup (name);
  service->name = g_strdup (name);
  service->state = state;
  service->is_update_needed = is_outdated;
  g_ptr_array_add (services, service);
}

/* The details say which services are behind. */
static void
test_head (void)
{
  g_autoptr (GPtrArray) services =
    g_ptr_array_new_with_free_func ((GDestroyNotify) granary_service_unref);
  GtkWidget *head = g_object_new (GRANARY_TYPE_VERSION_HEAD, NULL);
  GtkWindow *window = widget_test_window (head, 360, 300);
  GranaryVersionHead *self = GRANARY_VERSION_HEAD (head);
  GtkWidget *row;

  add_service (services, "current", GRANARY_SERVICE_RUNNING, FALSE);
  add_service (services, "stopped", GRANARY_SERVICE_STOPPED, TRUE);
  granary_version_head_set_services (self, services);
  g_assert_null (find_row (head, "Not Live Yet"));

  add_service (services, "plates", GRANARY_SERVICE_RUNNING, TRUE);
  granary_version_head_set_services (self, services);
  row = find_row (head, "Not Live Yet");
  g_assert_nonnull (row);
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), ==,
                   "Files changed since “plates” was started");

  add_service (services, "canary", GRANARY_SERVICE_STARTING, TRUE);
  granary_version_head_set_services (self, services);
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), ==,
                   "Files changed since 2 services were started");
  widget_test_assert_fits (head, 360);

  g_ptr_array_set_size (services, 0);
  granary_version_head_set_services (self, services);
  g_assert_null (find_row (head, "Not Live Yet"));
  gtk_window_destroy (window);
}

/* SDK */

static void
test_sdk (Fixture       *fixture,
          gconstpointer  data)
{
  g_autofree char *folder = granary_test_place_path (&fixture->place, "sdk");
  g_autofree char *example = g_build_filename (folder, "bolts-v1", GRANARY_SDK_EXAMPLE, NULL);
  g_autofree char *config = g_build_filename (folder, "bolts-v1", "config.json", NULL);

  g_mkdir (folder, 0755);
  granary_command_download_sdk_to (fixture->widget, fixture->place.connection, fixture->version_id,
                                   folder);
  wait_until (shell_test_get_toast (fixture->shell) != NULL);
  g_assert_cmpstr (shell_test_get_toast (fixture->shell), ==, "SDK of “bolts v1” downloaded");
  g_assert_cmpstr (shell_test_get_toast_button (fixture->shell), ==, "_Open Folder");
  g_assert_nonnull (shell_test_get_transfer (fixture->shell));
  g_assert_true (g_file_test (config, G_FILE_TEST_IS_REGULAR));
  g_assert_true (g_file_test (example, G_FILE_TEST_IS_REGULAR));
}

static void
test_sdk_none (Fixture       *fixture,
               gconstpointer  data)
{
  gint64 version_id = import (fixture, "plates", GRANARY_SOURCE_FILES);

  granary_command_download_sdk_to (fixture->widget, fixture->place.connection, version_id,
                                   fixture->place.folder);
  wait_until (shell_test_get_toast (fixture->shell) != NULL);
  g_assert_cmpstr (shell_test_get_toast (fixture->shell), ==,
                   "Could not download the SDK of “plates v1”");
}

static gboolean
add_learned (GranaryWriter  *writer,
             gpointer        data,
             GError        **error)
{
  g_autoptr (GranaryModel) model = granary_model_new ();
  GranaryVersion *version = granary_version_new ();
  gint64 model_id;
  gboolean changed;

  model->uid = g_strdup ("m-2");
  model->name = g_strdup ("bolts");
  model->tags = granary_tag_set_new ();
  model->created = model->updated = 1700000000LL * G_USEC_PER_SEC;
  model->versions = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_version_unref);
  version->model_uid = g_strdup ("m-2");
  version->model_name = g_strdup ("bolts");
  version->uid = g_strdup ("mv-bolts-1");
  version->number = 1;
  version->status = GRANARY_STATUS_READY;
  version->source = GRANARY_SOURCE_AUTOML;
  version->location = g_strdup ("cos://models-1250000000/bolts/v1/");
  version->remote = g_strdup ("{\"scene\":\"detect\",\"region\":\"ap-beijing\"}");
  version->size = version->n_files = -1;
  version->created = version->updated = 1700000000LL * G_USEC_PER_SEC;
  version->metrics = g_ptr_array_new ();
  g_ptr_array_add (model->versions, version);

  return granary_writer_mirror_model (writer, model, TRUE, &model_id, &changed, error);
}

static void
copied_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  *(char **) user_data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, &error);
  g_assert_no_error (error);
}

/* The program cannot be told where to go: that is on the clipboard, and said. */
static void
test_cosbrowser (void)
{
  GranaryFakeCloud cloud = { 0 };
  ShellTest *shell = shell_test_new (600, 600);
  GtkWidget *widget = adw_window_get_content (ADW_WINDOW (shell));
  g_autofree char *folder = g_dir_make_tmp ("granary-cosbrowser-XXXXXX", NULL);
  g_autofree char *program = g_build_filename (folder, "browser", NULL);
  g_autofree char *mark = g_build_filename (folder, "started", NULL);
  g_autofree char *script = g_strdup_printf ("#!/bin/sh\n: > '%s'\n", mark);
  g_autoptr (GSettings) settings = g_settings_new (GRANARY_SETTINGS_ID);
  g_autoptr (GError) error = NULL;
  g_autofree char *copied = NULL;

  granary_fake_cloud_set_up (&cloud);
  granary_catalog_write (granary_connection_get_catalog (cloud.connection), add_learned, NULL,
                         &error);
  g_assert_no_error (error);
  g_file_set_contents (program, script, -1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_chmod (program, 0755), ==, 0);
  g_settings_set_string (settings, "cosbrowser", program);

  granary_command_open_cosbrowser (widget, cloud.connection,
                                   granary_fake_cloud_find_version (&cloud, "bolts", 1));
  wait_until (shell_test_get_toast (shell) != NULL);
  g_assert_cmpstr (shell_test_get_toast (shell), ==,
                   "COSBrowser opens. Copied the path to go to: models-1250000000/bolts/v1/");
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (widget), NULL, copied_cb, &copied);
  wait_until (copied != NULL);
  g_assert_cmpstr (copied, ==, "models-1250000000/bolts/v1/");
  while (!g_file_test (mark, G_FILE_TEST_EXISTS))
    g_usleep (1000);

  /* What has no SDK has no place to go to. */
  shell_test_forget_toast (shell);
  granary_command_open_cosbrowser (widget, cloud.connection,
                                   granary_fake_cloud_find_version (&cloud, "plate-ocr", 2));
  wait_until (shell_test_get_toast (shell) != NULL);
  g_assert_cmpstr (shell_test_get_toast (shell), ==, "Could not open “plate-ocr v2”");

  g_settings_reset (settings, "cosbrowser");
  g_remove (mark);
  g_remove (program);
  g_rmdir (folder);
  gtk_window_destroy (GTK_WINDOW (shell));
  widget_test_settle ();
  granary_fake_cloud_tear_down (&cloud);
}

int
main (int   argc,
      char *argv[])
{
  widget_test_init (&argc, &argv);

#define ADD(name, func) g_test_add ("/version-commands/" name, Fixture, NULL, set_up, func, \
                                    tear_down)
  ADD ("upload-live", test_upload_live);
  ADD ("sdk", test_sdk);
  ADD ("sdk-none", test_sdk_none);
#undef ADD
  g_test_add_func ("/version-commands/head", test_head);
  g_test_add_func ("/version-commands/cosbrowser", test_cosbrowser);

  return g_test_run ();
}
