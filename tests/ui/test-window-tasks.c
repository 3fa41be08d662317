/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include <glib/gstdio.h>

#include "granary-fake-tasks.h"
#include "granary-import-dialog.h"
#include "granary-test-repository.h"
#include "granary-window.h"
#include "shell-test.h"
#include "widget-test.h"

/* What a window makes of new results of training runs. */

typedef struct
{
  GranaryConnection *connection;
  GranaryFakeTasks  *tasks;
  GranaryTask       *task; /* (unowned) */
  GSettings         *settings;
  GranaryFolders    *folders;
  GranaryWindow     *window;
} Fixture;

static gboolean
is_mapped (gpointer data)
{
  return gtk_widget_get_mapped (data);
}

static void
add_train7 (Fixture *fixture)
{
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "runs", "train7", NULL);
  g_autofree char *file = granary_test_write (folder, "best.pt", "weights");
  g_autoptr (GranaryTaskDetails) details = NULL;
  GranaryTaskOutput *output = granary_task_output_new ("best");

  fixture->task = granary_fake_tasks_add (fixture->tasks, -1, "uid-7", "train7");
  fixture->task->location = g_strdup (folder);
  details = granary_task_details_new (fixture->task);
  output->paths = g_strdupv ((char *[]) { file, NULL });
  g_ptr_array_add (details->outputs, output);
  granary_fake_tasks_set_details (fixture->tasks, details);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  fixture->connection = shell_test_open_repository ("repository");
  fixture->tasks = granary_fake_tasks_new (TRUE);
  add_train7 (fixture);
  granary_connection_set_task_source (fixture->connection, GRANARY_TASK_SOURCE (fixture->tasks));

  fixture->settings = g_settings_new (GRANARY_APPLICATION_ID);
  fixture->folders = granary_folders_new (fixture->settings);
  fixture->window = g_object_ref (granary_window_new (NULL, fixture->settings, fixture->folders));
}

static void
show (Fixture *fixture)
{
  granary_window_set_connection (fixture->window, fixture->connection);
  gtk_window_present (GTK_WINDOW (fixture->window));
  widget_test_wait (is_mapped, fixture->window);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  widget_test_settle ();
  widget_test_finalize (fixture->window);
  g_clear_object (&fixture->folders);
  g_settings_reset (fixture->settings, "folders");
  g_settings_reset (fixture->settings, "last-connection");
  g_clear_object (&fixture->settings);
  g_clear_object (&fixture->connection);
  widget_test_finalize (fixture->tasks);
}

static GtkWidget *
get_toast_button (Fixture    *fixture,
                  const char *label)
{
  GtkWidget *button;

  for (guint i = 0;
       (button = widget_test_find (GTK_WIDGET (fixture->window), GTK_TYPE_BUTTON, i)) != NULL;
       i++)
    {
      if (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (button)), label) == 0)
        return button;
    }

  return NULL;
}

static gboolean
offers_import (gpointer data)
{
  return get_toast_button (data, "Import…") != NULL;
}

static gboolean
offers_v2 (gpointer data)
{
  return get_toast_button (data, "Import as v2…") != NULL;
}

static GranaryImportDialog *
get_dialog (Fixture *fixture)
{
  AdwDialog *dialog =
    adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (fixture->window));

  return dialog != NULL ? GRANARY_IMPORT_DIALOG (dialog) : NULL;
}

static gboolean
has_dialog (gpointer data)
{
  return get_dialog (data) != NULL;
}

static gboolean
has_no_dialog (gpointer data)
{
  return get_dialog (data) == NULL;
}

static void
close_dialog (Fixture *fixture)
{
  adw_dialog_force_close (ADW_DIALOG (get_dialog (fixture)));
  widget_test_wait (has_no_dialog, fixture);
}

/* Told, and imported by a click, as a new model. */
static void
test_found (Fixture       *fixture,
            gconstpointer  data)
{
  GranaryImportDraft *draft;

  show (fixture);
  granary_task_source_emit_output_found (GRANARY_TASK_SOURCE (fixture->tasks), fixture->task, "best");
  widget_test_wait (offers_import, fixture);
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (fixture->window),
                                           "New best result in train7"));

  g_signal_emit_by_name (get_toast_button (fixture, "Import…"), "clicked");
  widget_test_wait (has_dialog, fixture);
  draft = granary_import_dialog_get_draft (get_dialog (fixture));
  g_assert_cmpint (granary_import_draft_get_source (draft), ==, GRANARY_SOURCE_TASK);
  g_assert_cmpstr (granary_import_draft_get_task_uid (draft), ==, "uid-7");
  g_assert_true (granary_import_draft_get_target_is_new (draft));
  close_dialog (fixture);
}

static gboolean
is_ready (gpointer data)
{
  return granary_import_draft_get_ready (data);
}

/* What was imported of the run before tells the model. */
static void
test_known (Fixture       *fixture,
            gconstpointer  data)
{
  GranaryImportDraft *draft = granary_import_draft_new (fixture->connection);
  g_autoptr (GranaryImportRequest) request = NULL;
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;

  granary_import_draft_set_source (draft, GRANARY_SOURCE_TASK);
  granary_import_draft_set_task_uid (draft, "uid-7");
  granary_import_draft_set_name (draft, "plates");
  widget_test_wait (is_ready, draft);
  request = granary_import_draft_make_request (draft, &error);
  g_assert_no_error (error);
  version = granary_test_import_request (granary_connection_get_repository (fixture->connection),
                                         request, NULL, &error);
  g_assert_no_error (error);
  widget_test_finalize (draft);

  show (fixture);
  granary_task_source_emit_output_found (GRANARY_TASK_SOURCE (fixture->tasks), fixture->task, "best");
  widget_test_wait (offers_v2, fixture);
  g_signal_emit_by_name (get_toast_button (fixture, "Import as v2…"), "clicked");
  widget_test_wait (has_dialog, fixture);
  draft = granary_import_dialog_get_draft (get_dialog (fixture));
  g_assert_false (granary_import_draft_get_target_is_new (draft));
  g_assert_cmpint (granary_import_draft_get_model_id (draft), ==, version->model_id);
  close_dialog (fixture);
}

/* A notification is clicked before anything is open: the dialog follows the connection. */
static void
test_awaited (Fixture       *fixture,
              gconstpointer  data)
{
  granary_window_import_task (fixture->window, "", "uid-7", 0);
  g_assert_null (get_dialog (fixture));
  show (fixture);
  widget_test_wait (has_dialog, fixture);
  close_dialog (fixture);

  /* One that belongs elsewhere is forgotten when that cannot be opened. */
  granary_window_import_task (fixture->window, "no such account", "uid-7", 0);
  g_assert_null (get_dialog (fixture));
  granary_window_set_connection (fixture->window, fixture->connection);
  widget_test_settle ();
  g_assert_null (get_dialog (fixture));
}

/* What was shown before is not told of any more. */
static void
test_left (Fixture       *fixture,
           gconstpointer  data)
{
  show (fixture);
  granary_window_set_connection (fixture->window, NULL);
  granary_task_source_emit_output_found (GRANARY_TASK_SOURCE (fixture->tasks), fixture->task, "best");
  widget_test_settle ();
  g_assert_false (offers_import (fixture));
}

#define ADD(name, func) g_test_add ("/window-tasks/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int   argc,
      char *argv[])
{
  widget_test_init (&argc, &argv);

  ADD ("found", test_found);
  ADD ("known", test_known);
  ADD ("awaited", test_awaited);
  ADD ("left", test_left);

  return g_test_run ();
}
