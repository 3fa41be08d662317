/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-error.h"
#include "granary-fake-tasks.h"
#include "granary-problem-row.h"
#include "granary-task-chooser.h"
#include "granary-task-folder-add.h"
#include "granary-task-folders.h"
#include "granary-task-list.h"
#include "granary-task-row.h"
#include "widget-test.h"

typedef struct
{
  GranaryFakeTasks  *tasks;
  GtkWindow         *window;
  AdwNavigationView *view;
  GtkWidget         *chooser; /* (unowned) */
  char              *chosen;
  gboolean           done;
  GError            *error;
} Fixture;

static void
chosen_cb (Fixture    *fixture,
           const char *uid)
{
  g_set_str (&fixture->chosen, uid);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  has_folders)
{
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  fixture->tasks = granary_fake_tasks_new (GPOINTER_TO_INT (has_folders));
}

static gboolean
is_mapped (gpointer data)
{
  return gtk_widget_get_mapped (data);
}

static void
open_chooser (Fixture          *fixture,
              GranaryTaskKinds  kinds)
{
  AdwNavigationPage *below = adw_navigation_page_new (gtk_button_new (), "Import");
  AdwNavigationPage *chooser;

  chooser = granary_task_chooser_new (GRANARY_TASK_SOURCE (fixture->tasks), kinds);
  g_signal_connect_swapped (chooser, "chosen", G_CALLBACK (chosen_cb), fixture);
  fixture->chooser = GTK_WIDGET (chooser);
  fixture->view = ADW_NAVIGATION_VIEW (adw_navigation_view_new ());
  adw_navigation_view_add (fixture->view, below);
  fixture->window = widget_test_window (GTK_WIDGET (fixture->view), 360, 600);
  adw_navigation_view_push (fixture->view, chooser);
  widget_test_wait (is_mapped, chooser);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  granary_fake_tasks_set_held (fixture->tasks, FALSE);
  if (fixture->window != NULL)
    gtk_window_destroy (fixture->window);
  widget_test_settle ();
  widget_test_finalize (fixture->tasks);
  g_free (fixture->chosen);
  g_clear_error (&fixture->error);
}

/* What is seen */

static GtkWidget *
get_list_view (Fixture *fixture)
{
  return widget_test_find (fixture->chooser, GTK_TYPE_LIST_VIEW, 0);
}

static GListModel *
get_list (Fixture *fixture)
{
  GtkSelectionModel *selection = gtk_list_view_get_model (GTK_LIST_VIEW (get_list_view (fixture)));

  return gtk_single_selection_get_model (GTK_SINGLE_SELECTION (selection));
}

static GtkAdjustment *
get_adjustment (Fixture *fixture)
{
  return gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (get_list_view (fixture)));
}

static GtkWidget *
get_search (Fixture *fixture)
{
  return widget_test_find (fixture->chooser, GTK_TYPE_SEARCH_ENTRY, 0);
}

static const char *
get_page (Fixture *fixture)
{
  GtkWidget *stack = widget_test_find (fixture->chooser, GTK_TYPE_STACK, 0);

  return gtk_stack_get_visible_child_name (GTK_STACK (stack));
}

static GtkWidget *
get_button (GtkWidget  *root,
            const char *label)
{
  GtkWidget *button;

  for (guint i = 0; (button = widget_test_find (root, GTK_TYPE_BUTTON, i)) != NULL; i++)
    {
      if (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (button)), label) == 0)
        return button;
    }

  return NULL;
}

static char *
get_name (Fixture *fixture,
          guint    position)
{
  g_autoptr (GranaryTaskItem) item = g_list_model_get_item (get_list (fixture), position);

  return item != NULL ? g_strdup (granary_task_item_get_task (item)->name) : NULL;
}

static guint
get_n_tasks (Fixture *fixture)
{
  return g_list_model_get_n_items (get_list (fixture));
}

static gboolean
has_check (GtkWidget *row)
{
  GtkWidget *image;

  for (guint i = 0; (image = widget_test_find (row, GTK_TYPE_IMAGE, i)) != NULL; i++)
    {
      if (g_strcmp0 (gtk_widget_get_tooltip_text (image), "This task was found") == 0)
        return TRUE;
    }

  return FALSE;
}

/* Conditions */

static gboolean
shows_tasks (gpointer data)
{
  return g_str_equal (get_page (data), "tasks") &&
         widget_test_find (get_list_view (data), GRANARY_TYPE_TASK_ROW, 0) != NULL;
}

static gboolean
shows_status (gpointer data)
{
  return g_str_equal (get_page (data), "status");
}

static gboolean
shows_nothing (gpointer data)
{
  return g_str_equal (get_page (data), "nothing");
}

static gboolean
is_quiet (gpointer data)
{
  return !granary_task_list_is_busy (GRANARY_TASK_LIST (get_list (data)));
}

static gboolean
has_chosen (gpointer data)
{
  return ((Fixture *) data)->chosen != NULL;
}

static gboolean
is_done (gpointer data)
{
  return ((Fixture *) data)->done;
}

static gboolean
has_250 (gpointer data)
{
  return get_n_tasks (data) == 250;
}

static gboolean
has_one (gpointer data)
{
  return get_n_tasks (data) == 1 && shows_tasks (data);
}

static gboolean
has_ten (gpointer data)
{
  return get_n_tasks (data) == 10 && shows_tasks (data) && is_quiet (data);
}

static gboolean
has_two_pages (gpointer data)
{
  return get_n_tasks (data) == 100;
}

static gboolean
has_laid_out (gpointer data)
{
  return gtk_adjustment_get_upper (get_adjustment (data)) > 600;
}

/* Tests */

static void
test_paging (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *last = NULL;
  GtkAdjustment *adjustment;

  granary_fake_tasks_add_many (fixture->tasks, 250);
  open_chooser (fixture, GRANARY_TASK_TRAINING);
  widget_test_wait (shows_tasks, fixture);
  widget_test_wait (is_quiet, fixture);

  /* One page is enough until more is wanted. */
  g_assert_cmpuint (get_n_tasks (fixture), ==, 50);
  g_assert_cmpuint (granary_fake_tasks_get_n_lists (fixture->tasks), ==, 1);
  g_assert_nonnull (widget_test_find_text (fixture->chooser, "run-000"));
  g_assert_nonnull (widget_test_find_text (fixture->chooser, "2 hours ago"));
  g_assert_nonnull (widget_test_find_text (fixture->chooser,
                                           "Ultralytics · PyTorch · Finished · 44.0\u00a0MB · runs"));
  widget_test_assert_fits (fixture->chooser, 360);

  /* Scrolling to the end brings the next one, until there is none. */
  widget_test_wait (has_laid_out, fixture);
  adjustment = get_adjustment (fixture);
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
  widget_test_wait (has_two_pages, fixture);
  while (!has_250 (fixture))
    {
      widget_test_settle ();
      gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
    }
  last = get_name (fixture, 249);
  g_assert_cmpstr (last, ==, "run-249");
  g_assert_cmpuint (granary_fake_tasks_get_n_lists (fixture->tasks), ==, 5);
}

static void
test_search (Fixture       *fixture,
             gconstpointer  data)
{
  granary_fake_tasks_add_many (fixture->tasks, 120);
  granary_fake_tasks_add (fixture->tasks, -1, "plates", "车牌识别");
  open_chooser (fixture, GRANARY_TASK_TRAINING);
  widget_test_wait (shows_tasks, fixture);

  gtk_editable_set_text (GTK_EDITABLE (get_search (fixture)), "车牌");
  widget_test_wait (has_one, fixture);
  g_assert_nonnull (widget_test_find_text (fixture->chooser, "车牌识别"));

  /* Nothing found says so, and the entry stays to try something else. */
  gtk_editable_set_text (GTK_EDITABLE (get_search (fixture)), "absent");
  widget_test_wait (shows_status, fixture);
  g_assert_nonnull (widget_test_find_text (fixture->chooser, "No Task Matches"));
  g_assert_nonnull (get_search (fixture));

  /* Enter takes the first one found; it leads back by itself. */
  gtk_editable_set_text (GTK_EDITABLE (get_search (fixture)), "RUN-11");
  widget_test_wait (has_ten, fixture);
  g_assert_true (widget_test_press (get_search (fixture), GDK_KEY_Down));
  g_signal_emit_by_name (get_search (fixture), "activate");
  g_assert_cmpstr (fixture->chosen, ==, "run-111");
  g_assert_cmpstr (adw_navigation_page_get_title (adw_navigation_view_get_visible_page (fixture->view)),
                   ==, "Import");
}

/* Typed fast: Enter comes before the search has begun. */
static void
test_fast (Fixture       *fixture,
           gconstpointer  data)
{
  granary_fake_tasks_add_many (fixture->tasks, 120);
  granary_fake_tasks_add (fixture->tasks, -1, "plates", "车牌识别");
  open_chooser (fixture, GRANARY_TASK_TRAINING);
  widget_test_wait (shows_tasks, fixture);

  gtk_editable_set_text (GTK_EDITABLE (get_search (fixture)), "车牌");
  g_signal_emit_by_name (get_search (fixture), "activate");
  widget_test_wait (has_chosen, fixture);
  g_assert_cmpstr (fixture->chosen, ==, "plates");
}

/* Rows come, go and change where they are; what is looked at stays in place. */
static void
test_changed (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GranaryTaskItem) before = NULL;
  g_autoptr (GranaryTaskItem) after = NULL;
  g_autofree char *first = NULL;
  GranaryTask *changed;
  GtkAdjustment *adjustment;
  double value;

  granary_fake_tasks_add_many (fixture->tasks, 40);
  open_chooser (fixture, GRANARY_TASK_TRAINING);
  widget_test_wait (shows_tasks, fixture);
  widget_test_wait (has_laid_out, fixture);
  adjustment = get_adjustment (fixture);
  gtk_adjustment_set_value (adjustment, 900);
  widget_test_settle ();
  value = gtk_adjustment_get_value (adjustment);
  g_assert_cmpfloat (value, >, 800);
  before = g_list_model_get_item (get_list (fixture), 20);

  granary_fake_tasks_remove (fixture->tasks, "run-020");
  changed = granary_fake_tasks_add (fixture->tasks, 20, "run-020", "run-020");
  changed->state = GRANARY_TASK_FAILED;
  changed->tool[0] = 'X';
  granary_fake_tasks_add (fixture->tasks, 0, "newest", "newest");
  granary_task_source_emit_changed (GRANARY_TASK_SOURCE (fixture->tasks));
  /* A second one while the first is still read is not lost. */
  granary_fake_tasks_remove (fixture->tasks, "run-039");
  granary_task_source_emit_changed (GRANARY_TASK_SOURCE (fixture->tasks));
  widget_test_wait (is_quiet, fixture);
  widget_test_settle ();

  g_assert_cmpuint (get_n_tasks (fixture), ==, 40);
  first = get_name (fixture, 0);
  g_assert_cmpstr (first, ==, "newest");
  after = g_list_model_get_item (get_list (fixture), 21);
  g_assert_true (after == before);
  g_assert_cmpint (granary_task_item_get_task (after)->state, ==, GRANARY_TASK_FAILED);
  g_assert_nonnull (widget_test_find_text (fixture->chooser,
                                           "Xltralytics · PyTorch · Failed · 44.0\u00a0MB · runs"));
  /* One row higher up has come: what is seen is the same. */
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), >=, value);
}

static void
test_problems (Fixture       *fixture,
               gconstpointer  data)
{
  GranaryTask *running;
  GtkWidget *row;

  granary_fake_tasks_add_broken (fixture->tasks, "broken", "train3");
  running = granary_fake_tasks_add (fixture->tasks, -1, "running", "train4");
  running->importable = FALSE;
  running->state = GRANARY_TASK_RUNNING;
  granary_fake_tasks_add (fixture->tasks, -1, "good", "train5");
  open_chooser (fixture, GRANARY_TASK_TRAINING);
  widget_test_wait (shows_tasks, fixture);

  /* A row with its reason, which cannot be chosen. */
  g_assert_nonnull (widget_test_find_text (fixture->chooser, "“args.yaml” cannot be understood."));
  g_assert_nonnull (widget_test_find_text (fixture->chooser, "Nothing to import yet"));
  row = widget_test_find (fixture->chooser, GRANARY_TYPE_TASK_ROW, 0);
  g_assert_false (gtk_widget_is_sensitive (gtk_widget_get_first_child (row)));
  g_signal_emit_by_name (get_list_view (fixture), "activate", 0);
  g_signal_emit_by_name (get_list_view (fixture), "activate", 1);
  g_signal_emit_by_name (get_search (fixture), "activate");
  g_assert_null (fixture->chosen);

  row = widget_test_find (fixture->chooser, GRANARY_TYPE_TASK_ROW, 2);
  g_assert_true (gtk_widget_is_sensitive (gtk_widget_get_first_child (row)));
  gtk_test_accessible_assert_property (gtk_widget_get_parent (row),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "train5");
  g_signal_emit_by_name (get_list_view (fixture), "activate", 2);
  g_assert_cmpstr (fixture->chosen, ==, "good");
}

static void
test_failing (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  granary_set_error (&error, GRANARY_ERROR_NETWORK, GRANARY_REASON_NONE, NULL, "unreachable");
  granary_fake_tasks_set_held (fixture->tasks, TRUE);
  granary_fake_tasks_set_error (fixture->tasks, error);
  open_chooser (fixture, GRANARY_TASK_TRAINING);
  g_assert_cmpstr (get_page (fixture), ==, "loading");
  granary_fake_tasks_set_held (fixture->tasks, FALSE);
  widget_test_wait (shows_status, fixture);
  g_assert_nonnull (widget_test_find_text (fixture->chooser, "Tasks Cannot Be Listed"));

  granary_fake_tasks_add_many (fixture->tasks, 80);
  granary_fake_tasks_set_error (fixture->tasks, NULL);
  g_signal_emit_by_name (get_button (fixture->chooser, "_Try Again"), "clicked");
  widget_test_wait (shows_tasks, fixture);
  widget_test_wait (is_quiet, fixture);

  /* A page that fails leaves the ones before it, and is not asked for on and on. */
  granary_fake_tasks_set_error (fixture->tasks, error);
  granary_task_list_load_more (GRANARY_TASK_LIST (get_list (fixture)));
  widget_test_wait (is_quiet, fixture);
  granary_task_list_load_more (GRANARY_TASK_LIST (get_list (fixture)));
  g_assert_true (is_quiet (fixture));
  g_assert_cmpuint (get_n_tasks (fixture), ==, 50);
  g_assert_nonnull (get_button (fixture->chooser, "_Retry"));

  granary_fake_tasks_set_error (fixture->tasks, NULL);
  g_signal_emit_by_name (get_button (fixture->chooser, "_Retry"), "clicked");
  widget_test_wait (is_quiet, fixture);
  g_assert_cmpuint (get_n_tasks (fixture), ==, 80);
  g_assert_null (get_button (fixture->chooser, "_Retry"));
  g_assert_null (widget_test_find_text (fixture->chooser, "Loading more"));
}

/* Where nothing is listed an id is entered, and what was come across is offered. */
static void
test_by_id (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (GError) note = NULL;
  GtkWidget *row;

  granary_set_error (&note, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_TASKS_NOT_LISTED, "work",
                     "not listed");
  granary_fake_tasks_set_listed (fixture->tasks, FALSE);
  granary_fake_tasks_set_note (fixture->tasks, note);
  open_chooser (fixture, GRANARY_TASK_VISION);
  widget_test_wait (shows_nothing, fixture);
  g_assert_true (adw_banner_get_revealed (ADW_BANNER (widget_test_find (fixture->chooser,
                                                                        ADW_TYPE_BANNER, 0))));
  g_assert_nonnull (g_strstr_len (adw_banner_get_title (ADW_BANNER (widget_test_find (fixture->chooser,
                                                                                      ADW_TYPE_BANNER, 0))),
                                  -1, "Enter the id"));
  row = widget_test_find (fixture->chooser, ADW_TYPE_ENTRY_ROW, 0);
  g_assert_nonnull (row);
  g_assert_null (get_search (fixture));

  granary_fake_tasks_add (fixture->tasks, -1, "automl-12", "faces");
  granary_task_source_emit_changed (GRANARY_TASK_SOURCE (fixture->tasks));
  widget_test_wait (shows_tasks, fixture);
  g_assert_nonnull (widget_test_find_text (fixture->chooser, "Tasks Found"));

  /* A check beside what is known. */
  gtk_editable_set_text (GTK_EDITABLE (row), "automl-1");
  g_assert_false (has_check (row));
  gtk_editable_set_text (GTK_EDITABLE (row), " automl-12 ");
  g_assert_true (has_check (row));
  g_signal_emit_by_name (row, "apply");
  g_assert_cmpstr (fixture->chosen, ==, "automl-12");
}

static void
added_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  Fixture *fixture = user_data;

  g_clear_error (&fixture->error);
  granary_task_folder_add_finish (result, &fixture->error);
  fixture->done = TRUE;
}

static void
add_folder (Fixture    *fixture,
            const char *path)
{
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);

  g_list_store_append (files, file);
  fixture->done = FALSE;
  granary_task_folder_add_async (GRANARY_TASK_SOURCE (fixture->tasks), G_LIST_MODEL (files), NULL,
                                 added_cb, fixture);
  widget_test_wait (is_done, fixture);
}

static void
test_folders (Fixture       *fixture,
              gconstpointer  data)
{
  AdwNavigationPage *page;
  g_auto (GStrv) folders = NULL;

  /* At first there is nothing, and a way on. */
  open_chooser (fixture, GRANARY_TASK_TRAINING);
  widget_test_wait (shows_status, fixture);
  g_assert_nonnull (widget_test_find_text (fixture->chooser, "No Training Runs Yet"));
  g_assert_nonnull (get_button (fixture->chooser, "_Add Folder…"));

  add_folder (fixture, "/srv/runs");
  add_folder (fixture, "/srv/mlruns");
  g_assert_no_error (fixture->error);
  widget_test_wait (is_quiet, fixture);
  g_assert_nonnull (widget_test_find_text (fixture->chooser, "No Training Runs Found"));

  /* The same one twice is one; what is elsewhere, or cannot be read, is refused with the reason. */
  add_folder (fixture, "/srv/runs");
  g_assert_no_error (fixture->error);
  add_folder (fixture, "sftp://host/runs");
  g_assert_true (granary_error_matches_reason (fixture->error, GRANARY_REASON_TASK_FOLDER));
  add_folder (fixture, "/srv/forbidden");
  g_assert_true (granary_error_matches_reason (fixture->error, GRANARY_REASON_TASK_FOLDER));
  folders = granary_task_source_dup_folders (GRANARY_TASK_SOURCE (fixture->tasks));
  g_assert_cmpuint (g_strv_length (folders), ==, 2);

  g_signal_emit_by_name (get_button (fixture->chooser, "_Folders"), "clicked");
  page = adw_navigation_view_get_visible_page (fixture->view);
  g_assert_true (GRANARY_IS_TASK_FOLDERS (page));
  widget_test_wait (is_mapped, page);
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (page), "/srv/runs"));
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (page), "/srv/mlruns"));
  widget_test_assert_fits (GTK_WIDGET (page), 360);

  /* Taken out again. */
  for (guint i = 0;; i++)
    {
      GtkWidget *button = widget_test_find (GTK_WIDGET (page), GTK_TYPE_BUTTON, i);

      g_assert_nonnull (button);
      if (g_strcmp0 (gtk_widget_get_tooltip_text (button), "Remove mlruns") == 0)
        {
          gtk_test_accessible_assert_property (button, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                               "Remove mlruns");
          g_signal_emit_by_name (button, "clicked");
          break;
        }
    }
  widget_test_settle ();
  g_assert_null (widget_test_find_text (GTK_WIDGET (page), "/srv/mlruns"));
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (page), "/srv/runs"));
}

/* Going back while a page is being read ends it. */
static void
test_leave (Fixture       *fixture,
            gconstpointer  data)
{
  granary_fake_tasks_set_held (fixture->tasks, TRUE);
  granary_fake_tasks_add_many (fixture->tasks, 10);
  open_chooser (fixture, GRANARY_TASK_TRAINING);
  g_object_add_weak_pointer (G_OBJECT (fixture->chooser), (gpointer *) &fixture->chooser);
  adw_navigation_view_pop (fixture->view);
  widget_test_settle ();
  g_assert_null (fixture->chooser);
  granary_fake_tasks_set_held (fixture->tasks, FALSE);
  widget_test_settle ();
  g_assert_false (has_chosen (fixture));
}

#define ADD(name, folders, func) \
  g_test_add ("/task-chooser/" name, Fixture, GINT_TO_POINTER (folders), set_up, func, tear_down)

int
main (int   argc,
      char *argv[])
{
  widget_test_init (&argc, &argv);

  ADD ("paging", FALSE, test_paging);
  ADD ("search", FALSE, test_search);
  ADD ("fast", FALSE, test_fast);
  ADD ("changed", TRUE, test_changed);
  ADD ("problems", TRUE, test_problems);
  ADD ("failing", FALSE, test_failing);
  ADD ("by-id", FALSE, test_by_id);
  ADD ("folders", TRUE, test_folders);
  ADD ("leave", FALSE, test_leave);

  return g_test_run ();
}
