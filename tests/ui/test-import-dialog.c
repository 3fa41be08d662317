/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include <glib/gstdio.h>
#include <unistd.h>

#include "granary-file-check.h"
#include "granary-import-dialog.h"
#include "granary-import-editor.h"
#include "granary-import-file-row.h"
#include "granary-import-metric-row.h"
#include "granary-import-metrics.h"
#include "granary-import-service-row.h"
#include "granary-import-target.h"
#include "granary-problem-row.h"
#include "shell-test.h"
#include "widget-test.h"

typedef struct
{
  ShellTest          *shell;
  GranaryConnection  *connection;
  GranaryImportDialog *dialog;
  GranaryImportDraft *draft;
  char               *folder; /* with a model in it */
} Fixture;

/* Files */

static void
write_file (const char *folder,
            const char *name,
            const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static char *
make_folder (const char *name)
{
  char *folder = g_build_filename (g_get_user_cache_dir (), name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);

  return folder;
}

/* A model that inspection knows: the sample of the source tree. */
static void
copy_model (const char *folder)
{
  g_autofree char *from = g_test_build_filename (G_TEST_DIST, "..", "data", "samples", "digits",
                                                 "digits.onnx", NULL);
  g_autofree char *to = g_build_filename (folder, "digits.onnx", NULL);
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  g_file_get_contents (from, &content, &length, &error);
  g_assert_no_error (error);
  g_file_set_contents (to, content, (gssize) length, &error);
  g_assert_no_error (error);
}

/* Conditions */

static gboolean
is_ready (gpointer data)
{
  return granary_import_draft_get_ready (((Fixture *) data)->draft);
}

static gboolean
is_idle (gpointer data)
{
  return !granary_import_draft_get_busy (((Fixture *) data)->draft);
}

static gboolean
has_toast (gpointer data)
{
  return shell_test_get_toast (((Fixture *) data)->shell) != NULL;
}

static gboolean
has_no_dialog (gpointer data)
{
  return shell_test_get_dialog (((Fixture *) data)->shell) == NULL;
}

static gboolean
has_another_dialog (gpointer data)
{
  Fixture *fixture = data;
  AdwDialog *dialog = shell_test_get_dialog (fixture->shell);

  return dialog != NULL && dialog != ADW_DIALOG (fixture->dialog);
}

static gboolean
is_mapped (gpointer data)
{
  return gtk_widget_get_mapped (data);
}

/* The dialog */

static void
present (Fixture             *fixture,
         GranaryImportDialog *dialog)
{
  g_set_object (&fixture->dialog, g_object_ref_sink (dialog));
  g_object_unref (dialog);
  fixture->draft = granary_import_dialog_get_draft (dialog);
  adw_dialog_present (ADW_DIALOG (dialog), GTK_WIDGET (fixture->shell));
  widget_test_wait (is_mapped, dialog);
}

static void
open_dialog (Fixture    *fixture,
             gint64      into_model_id,
             const char *path)
{
  const char *paths[] = { path, NULL };

  present (fixture, granary_import_dialog_new (fixture->connection, into_model_id, paths));
}

static void
close_dialog (Fixture *fixture)
{
  if (!has_no_dialog (fixture))
    adw_dialog_force_close (ADW_DIALOG (fixture->dialog));
  widget_test_wait (has_no_dialog, fixture);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  fixture->shell = shell_test_new (800, 900);
  fixture->connection = shell_test_open_repository ("repository");
  fixture->folder = make_folder ("digits");
  copy_model (fixture->folder);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  close_dialog (fixture);
  widget_test_settle ();
  widget_test_finalize (fixture->dialog);
  gtk_window_destroy (GTK_WINDOW (fixture->shell));
  widget_test_settle ();
  g_clear_object (&fixture->connection);
  g_free (fixture->folder);
}

static GtkWidget *
get_button (Fixture    *fixture,
            const char *label)
{
  GtkWidget *button;

  for (guint i = 0;
       (button = widget_test_find (GTK_WIDGET (fixture->dialog), GTK_TYPE_BUTTON, i)) != NULL;
       i++)
    {
      if (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (button)), label) == 0)
        return button;
    }

  return NULL;
}

static void
press (Fixture    *fixture,
       const char *label)
{
  GtkWidget *button = get_button (fixture, label);

  g_assert_nonnull (button);
  g_assert_true (gtk_widget_is_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
}

static GtkWidget *
get_entry_row (Fixture    *fixture,
               const char *title)
{
  GtkWidget *row;

  for (guint i = 0;
       (row = widget_test_find (GTK_WIDGET (fixture->dialog), ADW_TYPE_ENTRY_ROW, i)) != NULL;
       i++)
    {
      if (g_str_equal (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), title))
        return row;
    }

  return NULL;
}

static const char *
get_entry_text (Fixture    *fixture,
                const char *title)
{
  return gtk_editable_get_text (GTK_EDITABLE (get_entry_row (fixture, title)));
}

static void
set_entry_text (Fixture    *fixture,
                const char *title,
                const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (get_entry_row (fixture, title)), text);
}

/* The text of the visible problem row, or NULL. */
static const char *
get_problem (Fixture *fixture)
{
  GtkWidget *row = widget_test_find (GTK_WIDGET (fixture->dialog), GRANARY_TYPE_PROBLEM_ROW, 0);

  if (row == NULL)
    return NULL;

  return gtk_label_get_text (GTK_LABEL (widget_test_find (row, GTK_TYPE_LABEL, 0)));
}

static void
import_and_wait (Fixture *fixture)
{
  widget_test_wait (is_ready, fixture);
  shell_test_forget_toast (fixture->shell);
  press (fixture, "_Import");
  widget_test_wait (has_toast, fixture);
  widget_test_wait (has_no_dialog, fixture);
}

/* Tests */

static void
test_name (Fixture       *fixture,
           gconstpointer  data)
{
  GtkWidget *name_row;

  open_dialog (fixture, 0, fixture->folder);
  name_row = get_entry_row (fixture, "N_ame");
  widget_test_wait (is_ready, fixture);

  /* From the folder; nothing is wrong. */
  g_assert_cmpstr (get_entry_text (fixture, "N_ame"), ==, "digits");
  g_assert_null (get_problem (fixture));
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (fixture->dialog), "models/digits/v1"));

  /* As it is typed: the reason, and no import. */
  set_entry_text (fixture, "N_ame", "-digits");
  g_assert_nonnull (get_problem (fixture));
  g_assert_true (gtk_widget_has_css_class (name_row, "error"));
  gtk_test_accessible_assert_state (name_row, GTK_ACCESSIBLE_STATE_INVALID,
                                    GTK_ACCESSIBLE_INVALID_TRUE);
  g_assert_false (gtk_widget_is_sensitive (get_button (fixture, "_Import")));
  g_assert_null (widget_test_find_text (GTK_WIDGET (fixture->dialog), "models/digits/v1"));

  /* Empty is missing, not wrong. */
  set_entry_text (fixture, "N_ame", "");
  widget_test_wait (is_idle, fixture);
  g_assert_null (get_problem (fixture));
  g_assert_false (gtk_widget_is_sensitive (get_button (fixture, "_Import")));

  set_entry_text (fixture, "N_ame", "车牌识别");
  widget_test_wait (is_ready, fixture);
  g_assert_null (get_problem (fixture));
  g_assert_false (gtk_widget_has_css_class (name_row, "error"));
  g_assert_true (gtk_widget_is_sensitive (get_button (fixture, "_Import")));
}

static void
test_import (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;
  gint64 model_id;

  open_dialog (fixture, 0, fixture->folder);
  widget_test_wait (is_ready, fixture);

  /* Recognised from content. */
  g_assert_cmpstr (get_entry_text (fixture, "For_mat"), ==, "ONNX");
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (fixture->dialog), "Recognised as ONNX"));
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (fixture->dialog), "from the files"));

  set_entry_text (fixture, "F_ramework", "PyTorch");
  /* Picking one has a suite of its own. */
  granary_import_draft_set_environment (fixture->draft, "Python 3.13");
  set_entry_text (fixture, "_Description", "Handwritten digits");
  import_and_wait (fixture);

  g_assert_cmpstr (shell_test_get_toast (fixture->shell), ==, "digits v1 imported");
  g_assert_nonnull (shell_test_get_transfer (fixture->shell));
  g_assert_cmpint (granary_transfer_get_state (shell_test_get_transfer (fixture->shell)), ==,
                   GRANARY_TRANSFER_DONE);
  g_assert_null (shell_test_get_revealed (fixture->shell));
  shell_test_press_toast (fixture->shell);
  g_assert_nonnull (shell_test_get_revealed (fixture->shell));

  model_id = granary_catalog_find_model (granary_connection_get_catalog (fixture->connection),
                                         "digits", &error);
  g_assert_no_error (error);
  model = granary_catalog_load_model (granary_connection_get_catalog (fixture->connection),
                                      model_id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (model->description, ==, "Handwritten digits");
  g_assert_cmpuint (model->versions->len, ==, 1);
  version = granary_version_ref (g_ptr_array_index (model->versions, 0));
  g_assert_cmpstr (version->framework, ==, "PyTorch");
  g_assert_cmpstr (version->format, ==, "ONNX");
  g_assert_cmpstr (version->environment, ==, "Python 3.13");
  g_assert_cmpint (version->n_files, ==, 1);
}

static void
test_version (Fixture       *fixture,
              gconstpointer  data)
{
  gint64 model_id;
  g_autoptr (GError) error = NULL;

  open_dialog (fixture, 0, fixture->folder);
  import_and_wait (fixture);
  widget_test_finalize (g_steal_pointer (&fixture->dialog));
  model_id = granary_catalog_find_model (granary_connection_get_catalog (fixture->connection),
                                         "digits", &error);
  g_assert_no_error (error);

  /* The name is taken now, whatever its case. */
  open_dialog (fixture, 0, fixture->folder);
  set_entry_text (fixture, "N_ame", "Digits");
  widget_test_wait (is_idle, fixture);
  g_assert_nonnull (get_problem (fixture));
  g_assert_false (gtk_widget_is_sensitive (get_button (fixture, "_Import")));

  /* One click makes it a version of the one there is. */
  press (fixture, "Add as _Version");
  widget_test_wait (is_ready, fixture);
  g_assert_cmpint (granary_import_draft_get_model_id (fixture->draft), ==, model_id);
  g_assert_null (get_entry_row (fixture, "N_ame"));
  close_dialog (fixture);
  widget_test_finalize (g_steal_pointer (&fixture->dialog));

  /* But it takes new versions. */
  open_dialog (fixture, model_id, fixture->folder);
  widget_test_wait (is_ready, fixture);
  widget_test_settle ();
  g_assert_null (get_entry_row (fixture, "N_ame"));
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (fixture->dialog), "→ v2"));
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (fixture->dialog), "Tags to Add"));
  import_and_wait (fixture);
  g_assert_cmpstr (shell_test_get_toast (fixture->shell), ==, "digits v2 imported");
}

/* The files go away between the choice and the import: everything is still there afterwards. */
static void
test_failure (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "digits.onnx", NULL);
  GranaryImportDraft *draft;

  open_dialog (fixture, 0, fixture->folder);
  widget_test_wait (is_ready, fixture);
  set_entry_text (fixture, "_Description", "Not to be lost");
  draft = fixture->draft;
  g_assert_cmpint (g_unlink (path), ==, 0);
  import_and_wait (fixture);
  g_assert_cmpint (granary_transfer_get_state (shell_test_get_transfer (fixture->shell)), ==,
                   GRANARY_TRANSFER_FAILED);
  widget_test_finalize (g_steal_pointer (&fixture->dialog));

  shell_test_press_toast (fixture->shell);
  g_assert_true (GRANARY_IS_IMPORT_DIALOG (shell_test_get_dialog (fixture->shell)));
  fixture->dialog = g_object_ref (GRANARY_IMPORT_DIALOG (shell_test_get_dialog (fixture->shell)));
  fixture->draft = granary_import_dialog_get_draft (fixture->dialog);
  g_assert_true (fixture->draft == draft);
  g_assert_cmpstr (get_entry_text (fixture, "_Description"), ==, "Not to be lost");
  g_assert_true (adw_banner_get_revealed (ADW_BANNER (widget_test_find (GTK_WIDGET (fixture->dialog),
                                                                        ADW_TYPE_BANNER, 0))));

  /* The model came to nothing: the name is free, and a second try succeeds. */
  copy_model (fixture->folder);
  granary_import_draft_clear_files (fixture->draft);
  granary_import_draft_add_paths (fixture->draft, (const char *[]) { fixture->folder, NULL });
  import_and_wait (fixture);
  g_assert_nonnull (g_strstr_len (shell_test_get_toast (fixture->shell), -1, "imported"));
}

static void
test_close (Fixture       *fixture,
            gconstpointer  data)
{
  /* Nothing that would be lost. */
  open_dialog (fixture, 0, fixture->folder);
  widget_test_wait (is_ready, fixture);
  adw_dialog_close (ADW_DIALOG (fixture->dialog));
  widget_test_wait (has_no_dialog, fixture);
  widget_test_finalize (g_steal_pointer (&fixture->dialog));

  open_dialog (fixture, 0, fixture->folder);
  set_entry_text (fixture, "_Description", "Worth keeping");
  adw_dialog_close (ADW_DIALOG (fixture->dialog));
  widget_test_wait (has_another_dialog, fixture);
  g_assert_true (ADW_IS_ALERT_DIALOG (shell_test_get_dialog (fixture->shell)));
  adw_dialog_close (shell_test_get_dialog (fixture->shell));
  widget_test_settle ();
  g_assert_true (shell_test_get_dialog (fixture->shell) == ADW_DIALOG (fixture->dialog));
}

static void
fill_metric (GtkWidget  *row,
             const char *name,
             const char *value)
{
  gtk_editable_set_text (GTK_EDITABLE (widget_test_find (row, GTK_TYPE_ENTRY, 0)), name);
  gtk_editable_set_text (GTK_EDITABLE (widget_test_find (row, GTK_TYPE_ENTRY, 1)), value);
}

/* The tab that is shown; the others have the same widgets. */
static GtkWidget *
get_page (Fixture *fixture)
{
  GtkWidget *stack = widget_test_find (GTK_WIDGET (fixture->dialog), ADW_TYPE_VIEW_STACK, 0);

  return adw_view_stack_get_visible_child (ADW_VIEW_STACK (stack));
}

static GtkWidget *
get_metric_row (Fixture *fixture,
                guint    position)
{
  return widget_test_find (get_page (fixture), GRANARY_TYPE_IMPORT_METRIC_ROW, position);
}

static void
test_metrics (Fixture       *fixture,
              gconstpointer  data)
{
  GtkWidget *metrics;
  GtkWidget *entry;
  GPtrArray *draft_metrics;

  open_dialog (fixture, 0, fixture->folder);
  widget_test_wait (is_ready, fixture);
  metrics = widget_test_find (get_page (fixture), GRANARY_TYPE_IMPORT_METRICS, 0);
  g_assert_nonnull (metrics);
  g_assert_null (get_metric_row (fixture, 0));

  g_signal_emit_by_name (widget_test_find (metrics, GTK_TYPE_BUTTON, 0), "clicked");
  fill_metric (get_metric_row (fixture, 0), "acc", "0.973");

  /* Enter in the value leads on to the next. */
  entry = widget_test_find (get_metric_row (fixture, 0), GTK_TYPE_ENTRY, 1);
  g_signal_emit_by_name (entry, "activate");
  g_assert_nonnull (get_metric_row (fixture, 1));
  fill_metric (get_metric_row (fixture, 1), "acc", "0.9");
  entry = widget_test_find (get_metric_row (fixture, 1), GTK_TYPE_ENTRY, 0);
  g_assert_true (gtk_widget_has_css_class (entry, "error"));
  g_assert_false (gtk_widget_is_sensitive (get_button (fixture, "_Import")));

  fill_metric (get_metric_row (fixture, 1), "ned", "0.99");
  g_assert_false (gtk_widget_has_css_class (entry, "error"));
  g_assert_true (gtk_widget_is_sensitive (get_button (fixture, "_Import")));

  draft_metrics = granary_import_draft_get_metrics (fixture->draft);
  g_assert_cmpuint (draft_metrics->len, ==, 2);
  g_assert_cmpstr (((GranaryMetric *) g_ptr_array_index (draft_metrics, 1))->name, ==, "ned");

  g_signal_emit_by_name (widget_test_find (get_metric_row (fixture, 0), GTK_TYPE_BUTTON, 0), "clicked");
  draft_metrics = granary_import_draft_get_metrics (fixture->draft);
  g_assert_cmpuint (draft_metrics->len, ==, 1);
  g_assert_null (get_metric_row (fixture, 1));
}

static GtkWidget *
get_service_button (Fixture    *fixture,
                    guint       row,
                    const char *label)
{
  GtkWidget *service_row;
  GtkWidget *button;

  service_row = widget_test_find (get_page (fixture), GRANARY_TYPE_IMPORT_SERVICE_ROW, row);
  for (guint i = 0; (button = widget_test_find (service_row, GTK_TYPE_BUTTON, i)) != NULL; i++)
    {
      if (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (button)), label) == 0)
        return button;
    }

  return NULL;
}

static gboolean
has_text (gpointer data)
{
  return granary_import_draft_get_file_text (((Fixture *) data)->draft, GRANARY_CONFIG_FILE) != NULL;
}

static void
test_service_files (Fixture       *fixture,
                    gconstpointer  data)
{
  write_file (fixture->folder, "Config.json", "{\"model\": \"digits.onnx\"}\n");
  open_dialog (fixture, 0, fixture->folder);
  widget_test_wait (is_ready, fixture);

  /* The misspelt one is offered, and taken under its right name. */
  g_assert_null (get_service_button (fixture, 0, "Use _Template"));
  g_signal_emit_by_name (get_service_button (fixture, 0, "_Use It"), "clicked");
  widget_test_wait (has_text, fixture);
  widget_test_wait (is_ready, fixture);
  g_assert_nonnull (granary_file_set_find (granary_import_draft_get_files (fixture->draft),
                                           "config.json"));
  g_assert_null (granary_file_set_find (granary_import_draft_get_files (fixture->draft),
                                        "Config.json"));

  /* The other one is written here, from the template. */
  g_assert_null (granary_import_draft_get_file_text (fixture->draft, GRANARY_SERVICE_FILE));
  g_signal_emit_by_name (get_service_button (fixture, 1, "Use _Template"), "clicked");
  g_assert_nonnull (granary_import_draft_get_file_text (fixture->draft, GRANARY_SERVICE_FILE));
  g_assert_nonnull (widget_test_find (GTK_WIDGET (fixture->dialog), GRANARY_TYPE_IMPORT_EDITOR, 0));
  widget_test_wait (is_ready, fixture);

  /* Taken back. */
  press (fixture, "_Discard");
  g_assert_null (granary_import_draft_get_file_text (fixture->draft, GRANARY_SERVICE_FILE));
}

/* The list makes rows for what is seen only. */
static void
test_many_files (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autofree char *folder = make_folder ("many");
  guint n_rows;

  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *name = g_strdup_printf ("file-%04u", i);

      write_file (folder, name, "x");
    }

  open_dialog (fixture, 0, folder);
  widget_test_wait (is_ready, fixture);
  widget_test_settle ();
  g_assert_cmpuint (granary_file_set_get_n_files (granary_import_draft_get_files (fixture->draft)),
                    ==, 2000);
  n_rows = widget_test_count (GTK_WIDGET (fixture->dialog), GRANARY_TYPE_IMPORT_FILE_ROW);
  g_assert_cmpuint (n_rows, >, 0);
  g_assert_cmpuint (n_rows, <, 500);

  /* One less. */
  granary_import_file_row_remove (GRANARY_IMPORT_FILE_ROW (
    widget_test_find (get_page (fixture), GRANARY_TYPE_IMPORT_FILE_ROW, 0)));
  widget_test_wait (is_ready, fixture);
  g_assert_cmpuint (granary_file_set_get_n_files (granary_import_draft_get_files (fixture->draft)),
                    ==, 1999);
}

static void
test_problems (Fixture       *fixture,
               gconstpointer  data)
{
  g_autofree char *link = g_build_filename (fixture->folder, "outside", NULL);
  g_autofree char *more = g_build_filename (fixture->folder, "outside-too", NULL);

  g_assert_cmpint (symlink ("/etc/passwd", link), ==, 0);
  open_dialog (fixture, 0, fixture->folder);
  widget_test_wait (is_idle, fixture);
  g_assert_false (is_ready (fixture));
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (fixture->dialog),
                                           "1 item cannot be imported"));
  press (fixture, "_Leave Out");
  widget_test_wait (is_ready, fixture);
  g_assert_null (widget_test_find_text (GTK_WIDGET (fixture->dialog),
                                        "1 item cannot be imported"));

  /* Several, all at once. */
  g_assert_cmpint (symlink ("/etc/group", more), ==, 0);
  granary_import_draft_add_paths (fixture->draft, (const char *[]) { fixture->folder, NULL });
  widget_test_wait (is_idle, fixture);
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (fixture->dialog),
                                           "2 items cannot be imported"));
  press (fixture, "Leave All Out");
  widget_test_wait (is_ready, fixture);
  g_assert_cmpuint (granary_file_set_get_n_files (granary_import_draft_get_files (fixture->draft)),
                    ==, 1);
}

static void
test_narrow (Fixture       *fixture,
             gconstpointer  data)
{
  write_file (fixture->folder, "a-file-with-a-name-that-is-far-too-long-for-a-narrow-window.json", "{");
  open_dialog (fixture, 0, fixture->folder);
  granary_import_draft_set_name (fixture->draft, "-wrong");
  granary_import_draft_set_file_text (fixture->draft, GRANARY_CONFIG_FILE, "{");
  widget_test_wait (is_idle, fixture);
  widget_test_assert_fits (adw_dialog_get_child (ADW_DIALOG (fixture->dialog)), 360);

  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  widget_test_settle ();
  widget_test_assert_fits (adw_dialog_get_child (ADW_DIALOG (fixture->dialog)), 360);

  granary_import_draft_set_target_is_new (fixture->draft, FALSE);
  widget_test_settle ();
  widget_test_assert_fits (adw_dialog_get_child (ADW_DIALOG (fixture->dialog)), 360);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

int
main (int   argc,
      char *argv[])
{
  widget_test_init (&argc, &argv);

#define ADD(path, function) \
  g_test_add (path, Fixture, NULL, set_up, function, tear_down)

  ADD ("/import-dialog/name", test_name);
  ADD ("/import-dialog/import", test_import);
  ADD ("/import-dialog/version", test_version);
  ADD ("/import-dialog/failure", test_failure);
  ADD ("/import-dialog/close", test_close);
  ADD ("/import-dialog/metrics", test_metrics);
  ADD ("/import-dialog/service-files", test_service_files);
  ADD ("/import-dialog/many-files", test_many_files);
  ADD ("/import-dialog/problems", test_problems);
  ADD ("/import-dialog/narrow", test_narrow);

  return g_test_run ();
}
