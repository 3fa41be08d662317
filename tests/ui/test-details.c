/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>

#include "granary-details-private.h"
#include "granary-file-editor.h"
#include "granary-file-line.h"
#include "granary-files-dialog.h"
#include "granary-local.h"
#include "granary-metric-chart.h"
#include "granary-metric.h"
#include "granary-test-repository.h"
#include "granary-upload-dialog.h"
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
  GranaryDetails   *details;
  gint64            model_id;
  gint64            version_id; /* v2 */
} Fixture;

static GranaryConnection *
open_local (const char  *root,
            GError     **error)
{
  return granary_local_open (root, NULL, error);
}

static GranaryVersion *
import (Fixture    *fixture,
        const char *name,
        const char *metric,
        guint       n_more)
{
  g_autofree char *folder = granary_test_place_path (&fixture->place, metric);
  g_autofree char *config = granary_test_write (folder, "config.json", "{\"key\": 1}\n");
  g_autofree char *service = granary_test_write (folder, "model_service.py", "import os\n");
  g_autofree char *weights = granary_test_write (folder, "model/a.bin", metric);
  g_autoptr (GranaryImportRequest) request = granary_import_request_new ();
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_IMPORT, "it");
  g_autoptr (GError) error = NULL;
  GranaryVersion *version;

  g_assert_true (config != NULL && service != NULL && weights != NULL);
  for (guint i = 0; i < n_more; i++)
    {
      g_autofree char *path = g_strdup_printf ("more/%03u.txt", i);
      g_autofree char *written = granary_test_write (folder, path, path);

      g_assert_nonnull (written);
    }

  request->name = g_strdup (name);
  request->model_id = name == NULL ? fixture->model_id : 0;
  request->files = granary_test_scan (folder, NULL);
  request->metrics = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_metric_free);
  g_ptr_array_add (request->metrics, granary_metric_parse (metric, &error));
  g_assert_no_error (error);
  version = granary_test_import_request (fixture->place.repository, request, transfer, &error);
  g_assert_no_error (error);

  return version;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GranaryVersion) first = NULL;
  g_autoptr (GranaryVersion) second = NULL;

  granary_test_place_set_up (&fixture->place, open_local);
  first = import (fixture, "plate-ocr", "acc=0.91", 0);
  fixture->model_id = first->model_id;
  second = import (fixture, NULL, "acc=0.95", 100);
  fixture->version_id = second->id;

  fixture->shell = shell_test_new (400, 700);
  fixture->details = granary_details_new ();
  if (GPOINTER_TO_INT (data))
    gtk_widget_set_direction (GTK_WIDGET (fixture->details), GTK_TEXT_DIR_RTL);
  granary_details_set_connection (fixture->details, fixture->place.connection);
  adw_bin_set_child (ADW_BIN (adw_window_get_content (ADW_WINDOW (fixture->shell))),
                     GTK_WIDGET (fixture->details));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  granary_details_set_connection (fixture->details, NULL);
  gtk_window_destroy (GTK_WINDOW (fixture->shell));
  widget_test_settle ();
  granary_test_place_tear_down (&fixture->place);
}

static gboolean
shows (Fixture    *fixture,
       const char *page)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (fixture->details->stack), page) == 0;
}

static const char *
get_title (Fixture *fixture)
{
  return adw_navigation_page_get_title (ADW_NAVIGATION_PAGE (fixture->details));
}

static void
show_model (Fixture *fixture)
{
  granary_details_show_model (fixture->details, fixture->model_id);
  wait_until (shows (fixture, "model"));
}

static void
show_version (Fixture *fixture)
{
  granary_details_show_version (fixture->details, fixture->version_id);
  wait_until (shows (fixture, "version"));
}

static void
test_finalize (void)
{
  const GType types[] = {
    GRANARY_TYPE_DESCRIPTION_SECTION, GRANARY_TYPE_TAGS_SECTION,    GRANARY_TYPE_METRIC_SECTION,
    GRANARY_TYPE_MODEL_FACTS,         GRANARY_TYPE_HISTORY_SECTION, GRANARY_TYPE_VERSION_HEAD,
    GRANARY_TYPE_METRICS_SECTION,     GRANARY_TYPE_VERSION_FACTS,   GRANARY_TYPE_FILES_SECTION,
    GRANARY_TYPE_FILE_LINE,           GRANARY_TYPE_DETAILS,         GRANARY_TYPE_FILES_DIALOG,
    GRANARY_TYPE_FILE_EDITOR,
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      GObject *object;

      g_test_message ("%s", g_type_name (types[i]));
      object = g_object_ref_sink (g_object_new (types[i], NULL));
      g_assert_finalize_object (object);
    }
}

static void
test_model (Fixture       *fixture,
            gconstpointer  data)
{
  GranaryMetricChart *chart;

  g_assert_true (shows (fixture, "nothing"));
  show_model (fixture);
  g_assert_cmpstr (get_title (fixture), ==, "plate-ocr");
  chart = GRANARY_METRIC_CHART (widget_test_find (GTK_WIDGET (fixture->details->metric),
                                                  GRANARY_TYPE_METRIC_CHART, 0));
  g_assert_cmpuint (granary_metric_chart_get_n_points (chart), ==, 2);
  g_assert_cmpuint (granary_history_section_get_n_rows (fixture->details->model_history), ==, 3);

  g_signal_emit_by_name (chart, "version-activated", 2);
  {
    g_autofree char *place = g_strdup_printf ("%" G_GINT64_FORMAT ":2", fixture->model_id);

    g_assert_cmpstr (shell_test_get_revealed (fixture->shell), ==, place);
  }
}

static void
test_version (Fixture       *fixture,
              gconstpointer  data)
{
  GranaryFilesDialog *dialog;
  GtkWidget *search;

  show_version (fixture);
  g_assert_cmpstr (get_title (fixture), ==, "plate-ocr · v2");
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (fixture->details->head), "Ready"));
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (fixture->details->metrics), "0.95"));
  /* 103 files are not 103 rows. */
  g_assert_cmpuint (granary_files_section_get_n_rows (fixture->details->files), <, 60);

  g_signal_emit_by_name (fixture->details->files, "all-wanted");
  wait_until (shell_test_get_dialog (fixture->shell) != NULL);
  dialog = GRANARY_FILES_DIALOG (shell_test_get_dialog (fixture->shell));
  g_assert_cmpuint (granary_files_dialog_get_n_shown (dialog), ==, 103);
  search = widget_test_find (GTK_WIDGET (dialog), GTK_TYPE_SEARCH_ENTRY, 0);
  gtk_editable_set_text (GTK_EDITABLE (search), "MORE/01");
  wait_until (granary_files_dialog_get_n_shown (dialog) == 10);
  adw_dialog_force_close (ADW_DIALOG (dialog));
}

/* What happens elsewhere is followed; what is being written stays. */
static void
test_follows (Fixture       *fixture,
              gconstpointer  data)
{
  GranaryDescriptionSection *description = fixture->details->description;
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryModel) model = NULL;
  GtkWidget *view;

  show_model (fixture);
  granary_description_section_start (description);
  view = widget_test_find (GTK_WIDGET (description), GTK_TYPE_TEXT_VIEW, 0);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), "Reads plates", -1);

  g_assert_true (granary_test_rename (&fixture->place, fixture->model_id, "plates", &error));
  g_assert_no_error (error);
  wait_until (g_str_equal (get_title (fixture), "plates"));
  g_assert_true (granary_description_section_is_editing (description));

  granary_description_section_finish (description);
  g_assert_false (granary_description_section_is_editing (description));
  wait_until (g_strcmp0 (fixture->details->subject->model->description, "Reads plates") == 0);
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (description), "Reads plates"));

  /* Escape discards. */
  granary_description_section_start (description);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), "Other", -1);
  g_assert_true (widget_test_press (view, GDK_KEY_Escape));
  g_assert_false (granary_description_section_is_editing (description));
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (description), "Reads plates"));
  model = granary_test_find (&fixture->place, "plates");
  g_assert_cmpstr (model->description, ==, "Reads plates");
}

/* Going on to something else saves what was written. */
static void
test_leaving_saves (Fixture       *fixture,
                    gconstpointer  data)
{
  GtkWidget *view;

  show_model (fixture);
  granary_description_section_start (fixture->details->description);
  view = widget_test_find (GTK_WIDGET (fixture->details->description), GTK_TYPE_TEXT_VIEW, 0);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), "Kept", -1);
  show_version (fixture);
  granary_details_show_model (fixture->details, fixture->model_id);
  wait_until (shows (fixture, "model") &&
              g_strcmp0 (fixture->details->subject->model->description, "Kept") == 0);
}

static void
test_gone (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *entry = NULL;

  show_version (fixture);
  entry = granary_test_delete (&fixture->place, 0, fixture->version_id, &error);
  g_assert_no_error (error);
  wait_until (shows (fixture, "nothing"));

  granary_details_show_version (fixture->details, 987654);
  granary_details_show_nothing (fixture->details);
  g_assert_true (shows (fixture, "nothing"));
}

static void
test_changed_outside (Fixture       *fixture,
                      gconstpointer  data)
{
  g_autofree char *path = granary_repository_dup_path (fixture->place.repository, "plate-ocr", 2,
                                                       "model/a.bin");
  g_autoptr (GError) error = NULL;

  show_version (fixture);
  wait_until (fixture->details->checking == NULL);
  g_assert_null (widget_test_find_text (GTK_WIDGET (fixture->details->head),
                                        "Changed outside Granary"));

  granary_details_show_nothing (fixture->details);
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  g_assert_true (g_file_set_contents_full (path, "something else", -1, G_FILE_SET_CONTENTS_NONE,
                                           0600, &error));
  g_assert_no_error (error);
  show_version (fixture);
  wait_until (widget_test_find_text (GTK_WIDGET (fixture->details->head),
                                     "Changed outside Granary") != NULL);
}

static void
test_many (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (GArray) models = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) versions = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GranaryVersion) other = import (fixture, "digits", "acc=0.5", 0);

  g_array_append_val (models, fixture->model_id);
  g_array_append_val (models, other->model_id);
  /* Its model is selected too: counted once. */
  g_array_append_val (versions, fixture->version_id);
  granary_details_show_many (fixture->details, models, versions);
  wait_until (shows (fixture, "many"));
  g_assert_cmpstr (get_title (fixture), ==, "2 Selected");
  g_assert_cmpstr (adw_status_page_get_title (fixture->details->many), ==, "2 models Selected");
}

/* A window of 360 is wide enough, in either direction of writing. */
static void
test_narrow (Fixture       *fixture,
             gconstpointer  data)
{
  show_model (fixture);
  widget_test_assert_fits (GTK_WIDGET (fixture->details), 360);
  show_version (fixture);
  widget_test_assert_fits (GTK_WIDGET (fixture->details), 360);
}

static void
test_editor (Fixture       *fixture,
             gconstpointer  data)
{
  GranaryFileEditor *editor;
  g_autofree char *path = granary_repository_dup_path (fixture->place.repository, "plate-ocr", 2,
                                                       "config.json");
  g_autofree char *text = NULL;

  show_version (fixture);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->details), "file.edit", "s",
                                             "config.json"));
  wait_until (shell_test_get_dialog (fixture->shell) != NULL);
  editor = GRANARY_FILE_EDITOR (shell_test_get_dialog (fixture->shell));
  wait_until (granary_file_editor_is_loaded (editor));
  g_assert_false (granary_file_editor_is_modified (editor));
  g_assert_cmpint (granary_file_editor_get_problem_line (editor), ==, 0);

  granary_file_editor_set_text (editor, "{\n  \"key\": 1,\n  oops\n}\n");
  g_assert_true (granary_file_editor_is_modified (editor));
  g_assert_cmpint (granary_file_editor_get_problem_line (editor), ==, 3);
  g_assert_false (adw_dialog_get_can_close (ADW_DIALOG (editor)));

  granary_file_editor_set_text (editor, "{\"key\": 2}\n");
  g_assert_cmpint (granary_file_editor_get_problem_line (editor), ==, 0);
  granary_file_editor_save (editor);
  wait_until (shell_test_get_toast (fixture->shell) != NULL);
  text = granary_test_read (path);
  g_assert_cmpstr (text, ==, "{\"key\": 2}\n");
}

int
main (int    argc,
      char **argv)
{
  widget_test_init (&argc, &argv);

#define add(path, rtl, func) \
  g_test_add ("/details/" path, Fixture, GINT_TO_POINTER (rtl), set_up, func, tear_down)

  g_test_add_func ("/details/finalize", test_finalize);
  add ("model", FALSE, test_model);
  add ("version", FALSE, test_version);
  add ("follows", FALSE, test_follows);
  add ("leaving-saves", FALSE, test_leaving_saves);
  add ("gone", FALSE, test_gone);
  add ("changed-outside", FALSE, test_changed_outside);
  add ("many", FALSE, test_many);
  add ("narrow", FALSE, test_narrow);
  add ("narrow-rtl", TRUE, test_narrow);
  add ("editor", FALSE, test_editor);

  return g_test_run ();
}
