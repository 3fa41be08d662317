/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>

#include "granary-commands.h"
#include "granary-error.h"
#include "granary-local.h"
#include "granary-name-dialog.h"
#include "granary-test-repository.h"
#include "granary-upload-dialog.h"
#include "granary-verify-dialog.h"
#include "shell-test.h"
#include "widget-test.h"

#define wait_until(condition) \
  G_STMT_START { \
    while (!(condition)) \
      g_main_context_iteration (NULL, TRUE); \
  } G_STMT_END

typedef struct
{
  GranaryTestPlace  place;
  ShellTest        *shell;
  GtkWidget        *widget;
  GArray           *models;   /* the model */
  GArray           *versions; /* its version */
  gint64            model_id;
  gint64            version_id;
} Fixture;

static GranaryConnection *
open_local (const char  *root,
            GError     **error)
{
  return granary_local_open (root, NULL, error);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autofree char *folder = NULL;
  g_autofree char *config = NULL;
  g_autofree char *weights = NULL;
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;

  granary_test_place_set_up (&fixture->place, open_local);
  folder = granary_test_place_path (&fixture->place, "source");
  config = granary_test_write (folder, "config.json", "{}\n");
  weights = granary_test_write (folder, "model/a.bin", "weights");
  version = granary_test_import (&fixture->place, "plate-ocr", folder, FALSE, &error);
  g_assert_no_error (error);
  fixture->model_id = version->model_id;
  fixture->version_id = version->id;
  fixture->models = g_array_new (FALSE, FALSE, sizeof (gint64));
  fixture->versions = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_array_append_val (fixture->models, fixture->model_id);
  g_array_append_val (fixture->versions, fixture->version_id);

  fixture->shell = shell_test_new (600, 600);
  fixture->widget = adw_window_get_content (ADW_WINDOW (fixture->shell));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->shell));
  widget_test_settle ();
  g_array_unref (fixture->models);
  g_array_unref (fixture->versions);
  granary_test_place_tear_down (&fixture->place);
}

static AdwDialog *
wait_for_dialog (Fixture *fixture)
{
  wait_until (shell_test_get_dialog (fixture->shell) != NULL);

  return shell_test_get_dialog (fixture->shell);
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
wait_for_toast (Fixture    *fixture,
                const char *title)
{
  wait_until (shell_test_get_toast (fixture->shell) != NULL);
  g_assert_cmpstr (shell_test_get_toast (fixture->shell), ==, title);
}

static gboolean
has_model (Fixture    *fixture,
           const char *name)
{
  g_autoptr (GranaryModel) model = granary_test_find (&fixture->place, name);

  return model != NULL;
}

static void
test_finalize (void)
{
  const GType types[] = {
    GRANARY_TYPE_NAME_DIALOG, GRANARY_TYPE_UPLOAD_DIALOG, GRANARY_TYPE_VERIFY_DIALOG,
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      GObject *object = g_object_ref_sink (g_object_new (types[i], NULL));

      g_assert_finalize_object (object);
    }
}

static void
test_delete_undo (Fixture       *fixture,
                  gconstpointer  data)
{
  AdwDialog *dialog;

  granary_command_delete (fixture->widget, fixture->place.connection, fixture->models, NULL);
  dialog = wait_for_dialog (fixture);
  g_assert_cmpstr (adw_alert_dialog_get_heading (ADW_ALERT_DIALOG (dialog)), ==,
                   "Delete “plate-ocr”?");
  press (dialog, "Delete");
  wait_for_toast (fixture, "“plate-ocr” moved to trash");
  g_assert_false (has_model (fixture, "plate-ocr"));

  shell_test_press_toast (fixture->shell);
  wait_for_toast (fixture, "“plate-ocr” restored");
  g_assert_true (has_model (fixture, "plate-ocr"));
  granary_test_assert_clean (&fixture->place);
}

static void
test_delete_cancel (Fixture       *fixture,
                    gconstpointer  data)
{
  granary_command_delete (fixture->widget, fixture->place.connection, NULL, fixture->versions);
  press (wait_for_dialog (fixture), "Cancel");
  wait_until (shell_test_get_dialog (fixture->shell) == NULL);
  widget_test_settle ();
  g_assert_null (shell_test_get_toast (fixture->shell));
  g_assert_true (has_model (fixture, "plate-ocr"));
}

/* What was deleted meanwhile is told, not asked about. */
static void
test_delete_gone (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *entry = granary_test_delete (&fixture->place, 0, fixture->version_id, &error);

  g_assert_no_error (error);
  granary_command_delete (fixture->widget, fixture->place.connection, NULL, fixture->versions);
  wait_until (shell_test_get_toast (fixture->shell) != NULL);
  g_assert_null (shell_test_get_dialog (fixture->shell));
}

/* The name was taken again: another one is asked for. */
static void
test_restore_conflict (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *source = granary_test_place_path (&fixture->place, "source");
  g_autofree char *entry = granary_test_delete (&fixture->place, fixture->model_id, 0, &error);
  const char *entries[] = { entry, NULL };
  g_autoptr (GranaryVersion) other = NULL;
  AdwDialog *dialog;
  GtkWidget *row;

  g_assert_no_error (error);
  other = granary_test_import (&fixture->place, "plate-ocr", source, FALSE, &error);
  g_assert_no_error (error);

  granary_command_restore (fixture->widget, fixture->place.connection, entries);
  dialog = wait_for_dialog (fixture);
  g_assert_true (GRANARY_IS_NAME_DIALOG (dialog));
  row = widget_test_find (GTK_WIDGET (dialog), ADW_TYPE_ENTRY_ROW, 0);

  /* The same name stays refused, and one against the rule is too. */
  wait_until (gtk_widget_has_css_class (row, "error"));
  g_assert_false (adw_alert_dialog_get_response_enabled (ADW_ALERT_DIALOG (dialog), "apply"));
  gtk_editable_set_text (GTK_EDITABLE (row), "-plate");
  g_assert_true (gtk_widget_has_css_class (row, "error"));

  gtk_editable_set_text (GTK_EDITABLE (row), "plate-ocr-old");
  wait_until (adw_alert_dialog_get_response_enabled (ADW_ALERT_DIALOG (dialog), "apply"));
  press (dialog, "Restore");
  wait_for_toast (fixture, "“plate-ocr-old” restored");
  g_assert_true (has_model (fixture, "plate-ocr-old"));
}

static void
test_rename (Fixture       *fixture,
             gconstpointer  data)
{
  AdwDialog *dialog;
  GtkWidget *row;

  granary_command_rename (fixture->widget, fixture->place.connection, fixture->model_id);
  dialog = wait_for_dialog (fixture);
  row = widget_test_find (GTK_WIDGET (dialog), ADW_TYPE_ENTRY_ROW, 0);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (row)), ==, "plate-ocr");
  g_assert_false (adw_alert_dialog_get_response_enabled (ADW_ALERT_DIALOG (dialog), "apply"));

  /* Other case only is its own name, not one that is taken. */
  gtk_editable_set_text (GTK_EDITABLE (row), "Plate-OCR");
  wait_until (adw_alert_dialog_get_response_enabled (ADW_ALERT_DIALOG (dialog), "apply"));
  gtk_editable_set_text (GTK_EDITABLE (row), "digits");
  wait_until (adw_alert_dialog_get_response_enabled (ADW_ALERT_DIALOG (dialog), "apply"));
  press (dialog, "Rename");
  wait_until (has_model (fixture, "digits"));
}

static GtkWidget *
get_upload_button (AdwDialog *dialog)
{
  return adw_dialog_get_default_widget (dialog);
}

static void
test_upload (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *folder = granary_test_place_path (&fixture->place, "more");
  g_autofree char *config = granary_test_write (folder, "config.json", "{\"a\": 1}\n");
  g_autofree char *weights = granary_test_write (folder, "model/a.bin", "other weights");
  g_autofree char *added = granary_test_write (folder, "labels.txt", "0\n");
  g_autofree char *path = granary_repository_dup_path (fixture->place.repository, "plate-ocr", 1,
                                                       NULL);
  const char *paths[] = { folder, NULL };
  g_autofree char *stored_config = g_build_filename (path, "config.json", NULL);
  g_autofree char *stored_weights = g_build_filename (path, "model", "a.bin", NULL);
  g_autofree char *stored_labels = g_build_filename (path, "labels.txt", NULL);
  g_autofree char *text = NULL;
  GtkWidget *check;
  AdwDialog *dialog;

  granary_command_upload (fixture->widget, fixture->place.connection, fixture->version_id, paths);
  dialog = wait_for_dialog (fixture);
  g_assert_true (GRANARY_IS_UPLOAD_DIALOG (dialog));
  wait_until (widget_test_find_text (GTK_WIDGET (dialog), "Replace and Upload") != NULL);
  wait_until ((check = widget_test_find (GTK_WIDGET (dialog), GTK_TYPE_CHECK_BUTTON, 1)) != NULL);

  /* The weights are left as they are. */
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), FALSE);
  press (dialog, "Replace and Upload");
  wait_for_toast (fixture, "Files uploaded to “plate-ocr v1”");

  text = granary_test_read (stored_config);
  g_assert_cmpstr (text, ==, "{\"a\": 1}\n");
  g_free (text);
  text = granary_test_read (stored_weights);
  g_assert_cmpstr (text, ==, "weights");
  g_assert_true (g_file_test (stored_labels, G_FILE_TEST_IS_REGULAR));
  g_assert_nonnull (shell_test_get_transfer (fixture->shell));
  granary_test_assert_clean (&fixture->place);
}

static void
test_upload_folder (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autofree char *folder = granary_test_place_path (&fixture->place, "more");
  g_autofree char *added = granary_test_write (folder, "config.json", "{}\n");
  g_autofree char *path = granary_repository_dup_path (fixture->place.repository, "plate-ocr", 1,
                                                       "extra/config.json");
  const char *paths[] = { folder, NULL };
  AdwDialog *dialog;
  GtkWidget *row;

  granary_command_upload (fixture->widget, fixture->place.connection, fixture->version_id, paths);
  dialog = wait_for_dialog (fixture);
  row = widget_test_find (GTK_WIDGET (dialog), ADW_TYPE_ENTRY_ROW, 0);
  gtk_editable_set_text (GTK_EDITABLE (row), "../out");
  g_assert_true (gtk_widget_has_css_class (row, "error"));
  g_assert_false (gtk_widget_get_sensitive (get_upload_button (dialog)));

  gtk_editable_set_text (GTK_EDITABLE (row), "extra/");
  g_assert_false (gtk_widget_has_css_class (row, "error"));
  wait_until (widget_test_find_text (GTK_WIDGET (dialog), "extra/config.json") != NULL);
  press (dialog, "Upload");
  wait_for_toast (fixture, "Files uploaded to “plate-ocr v1”");
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
}

static void
test_verify (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *path = granary_repository_dup_path (fixture->place.repository, "plate-ocr", 1,
                                                       "model/a.bin");
  g_autoptr (GError) error = NULL;

  granary_command_verify (fixture->widget, fixture->place.connection, fixture->models, NULL);
  wait_for_toast (fixture, "No problems found in “plate-ocr”");
  shell_test_forget_toast (fixture->shell);

  g_assert_true (g_file_set_contents_full (path, "broken!", -1, G_FILE_SET_CONTENTS_NONE, 0444,
                                           &error));
  g_assert_no_error (error);
  granary_command_verify (fixture->widget, fixture->place.connection, NULL, fixture->versions);
  g_assert_true (GRANARY_IS_VERIFY_DIALOG (wait_for_dialog (fixture)));
}

static void
test_purge (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *entry = NULL;

  granary_command_purge (fixture->widget, fixture->place.connection, NULL);
  wait_for_toast (fixture, "The trash is empty");
  shell_test_forget_toast (fixture->shell);

  entry = granary_test_delete (&fixture->place, fixture->model_id, 0, &error);
  g_assert_no_error (error);
  granary_command_purge (fixture->widget, fixture->place.connection, NULL);
  press (wait_for_dialog (fixture), "Delete Permanently");
  wait_until (shell_test_get_toast (fixture->shell) != NULL);
  g_assert_false (granary_test_restore (&fixture->place, entry, NULL, &error));
  g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_NOT_FOUND);
}

static void
test_copy_path (Fixture       *fixture,
                gconstpointer  data)
{
  g_autofree char *path = granary_repository_dup_path (fixture->place.repository, "plate-ocr", 1,
                                                       NULL);
  GdkContentProvider *content;
  g_auto (GValue) value = G_VALUE_INIT;

  granary_command_copy_path (fixture->widget, fixture->place.connection, fixture->model_id,
                             fixture->version_id);
  wait_for_toast (fixture, "Path copied");
  content = gdk_clipboard_get_content (gtk_widget_get_clipboard (fixture->widget));
  g_assert_nonnull (content);
  g_value_init (&value, G_TYPE_STRING);
  g_assert_true (gdk_content_provider_get_value (content, &value, NULL));
  g_assert_cmpstr (g_value_get_string (&value), ==, path);
}

int
main (int    argc,
      char **argv)
{
  widget_test_init (&argc, &argv);

#define add(path, func) g_test_add ("/commands/" path, Fixture, NULL, set_up, func, tear_down)

  g_test_add_func ("/commands/finalize", test_finalize);
  add ("delete-undo", test_delete_undo);
  add ("delete-cancel", test_delete_cancel);
  add ("delete-gone", test_delete_gone);
  add ("restore-conflict", test_restore_conflict);
  add ("rename", test_rename);
  add ("upload", test_upload);
  add ("upload-folder", test_upload_folder);
  add ("verify", test_verify);
  add ("purge", test_purge);
  add ("copy-path", test_copy_path);

  return g_test_run ();
}
