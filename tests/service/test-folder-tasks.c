/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "granary-error.h"
#include "granary-folder-tasks.h"
#include "granary-local.h"
#include "runs-testing.h"

/* Folders of training runs as tasks: what is found, in which order, and what is told of changes. */

#define MANY 10000

typedef struct
{
  guint  n_changed;
  guint  n_found;
  char  *name;   /* (owned) */
  char  *output; /* (owned) */
} Told;

/* Auxiliary functions */

static void
result_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return *result;
}

static GranaryTaskPage *
list_page (GranaryTaskSource *source,
           GranaryTaskKinds   kinds,
           const char        *text,
           guint              offset,
           guint              limit)
{
  GranaryTaskQuery query = { kinds, text, offset, limit };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GranaryTaskPage *page;

  granary_task_source_list_async (source, &query, NULL, result_cb, &result);
  page = granary_task_source_list_finish (source, wait_for (&result), &error);
  g_assert_no_error (error);
  g_assert_nonnull (page);
  g_assert_true (page->is_listed);

  return page;
}

static GranaryTaskDetails *
load (GranaryTaskSource  *source,
      const char         *uid,
      GError            **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  granary_task_source_load_async (source, GRANARY_TASK_TRAINING, uid, NULL, result_cb, &result);
  return granary_task_source_load_finish (source, wait_for (&result), error);
}

static void
set_folders (GranaryTaskSource  *source,
             const char * const *folders)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean done;

  granary_task_source_set_folders_async (source, folders, NULL, result_cb, &result);
  done = granary_task_source_set_folders_finish (source, wait_for (&result), &error);
  g_assert_no_error (error);
  g_assert_true (done);
}

static GranaryTaskSource *
new_source (const char *folder)
{
  const char *folders[] = { folder, NULL };

  return granary_folder_tasks_new_for_folders (folders);
}

static const GranaryTask *
get_task (GranaryTaskPage *page,
          guint            i)
{
  g_assert_cmpuint (i, <, page->tasks->len);
  return g_ptr_array_index (page->tasks, i);
}

static const GranaryTask *
find_task (GranaryTaskPage *page,
           const char      *name)
{
  for (guint i = 0; i < page->tasks->len; i++)
    {
      if (g_str_equal (get_task (page, i)->name, name))
        return get_task (page, i);
    }

  g_error ("no task %s", name);
}

/* Everything of a source ends with it, once its threads have let go of it. */
static void
assert_gone (GranaryTaskSource *source)
{
  gpointer weak = source;

  g_object_add_weak_pointer (G_OBJECT (source), &weak);
  g_object_unref (source);
  while (g_atomic_pointer_get (&weak) != NULL)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
}

/* Tests */

static void
test_walk (void)
{
  g_autofree char *folder = runs_make (0);
  GranaryTaskSource *source = new_source (folder);
  g_autoptr (GranaryTaskPage) page = NULL;
  g_autofree char *deep = NULL;
  g_autofree char *trash = NULL;
  g_autofree char *link = NULL;
  g_autofree char *run = NULL;
  const GranaryTask *task;
  guint n_tasks;

  page = list_page (source, GRANARY_TASK_TRAINING, NULL, 0, 200);
  n_tasks = page->tasks->len;
  g_assert_cmpint (page->total, ==, n_tasks);
  g_assert_false (page->has_more);
  g_assert_no_error (page->note);
  task = find_task (page, "花卉分类");
  g_assert_cmpstr (task->group, ==, "classify");
  g_assert_cmpstr (task->tool, ==, "Ultralytics");
  g_assert_true (g_str_has_prefix (task->uid, "ultralytics:/"));
  g_clear_pointer (&page, granary_task_page_free);

  /* What is hidden, too deep or reached by a link does not count; what is just not too deep is. */
  run = g_build_filename (folder, "runs", "detect", "train7", NULL);
  trash = g_build_filename (folder, ".trash", "train8", NULL);
  runs_copy (run, trash);
  deep = g_build_filename (folder, "2", "3", "4", "5", "6", "7", "8", "9", "train9", NULL);
  runs_copy (run, deep);
  link = g_build_filename (folder, "link", NULL);
  g_assert_cmpint (symlink (run, link), ==, 0);
  page = list_page (source, GRANARY_TASK_TRAINING, NULL, 0, 200);
  g_assert_cmpuint (page->tasks->len, ==, n_tasks);
  g_clear_pointer (&page, granary_task_page_free);

  g_free (deep);
  deep = g_build_filename (folder, "2", "3", "4", "5", "6", "7", "8", "train8", NULL);
  runs_copy (run, deep);
  page = list_page (source, GRANARY_TASK_TRAINING, NULL, 0, 200);
  g_assert_cmpuint (page->tasks->len, ==, n_tasks + 1);
  find_task (page, "train8");

  assert_gone (source);
  runs_remove (folder);
}

static void
test_kinds (void)
{
  g_autofree char *folder = runs_make (0);
  g_autoptr (GranaryTaskSource) source = new_source (folder);
  g_autoptr (GranaryTaskPage) vision = list_page (source, GRANARY_TASK_VISION, NULL, 0, 200);
  g_autoptr (GranaryTaskPage) ocr = list_page (source, GRANARY_TASK_OCR, NULL, 0, 200);

  find_task (vision, "train7");
  for (guint i = 0; i < vision->tasks->len; i++)
    g_assert_true ((get_task (vision, i)->kinds & GRANARY_TASK_VISION) != 0);
  for (guint i = 0; i < ocr->tasks->len; i++)
    g_assert_true ((get_task (ocr, i)->kinds & GRANARY_TASK_OCR) != 0);

  runs_remove (folder);
}

/* A page reads what it shows, whatever else there is. */
static void
test_many (void)
{
  g_autofree char *folder = runs_make (MANY);
  g_autoptr (GranaryTaskSource) source = new_source (folder);
  g_autoptr (GranaryTaskPage) first = NULL;
  g_autoptr (GranaryTaskPage) second = NULL;
  g_autoptr (GranaryTaskPage) last = NULL;
  g_autoptr (GranaryTaskPage) beyond = NULL;
  g_autoptr (GranaryTaskPage) found = NULL;
  gint64 begin = g_get_monotonic_time ();

  first = list_page (source, GRANARY_TASK_TRAINING, NULL, 0, 50);
  g_test_message ("%d runs, first 50 rows: %.1f ms", MANY,
                  (double) (g_get_monotonic_time () - begin) / 1000);
  g_assert_cmpuint (first->tasks->len, ==, 50);
  g_assert_cmpint (first->total, ==, MANY);
  g_assert_true (first->has_more);
  g_assert_cmpstr (get_task (first, 0)->name, ==, "train9999");
  g_assert_cmpstr (get_task (first, 49)->name, ==, "train9950");

  second = list_page (source, GRANARY_TASK_TRAINING, NULL, 50, 50);
  g_assert_cmpstr (get_task (second, 0)->name, ==, "train9949");
  last = list_page (source, GRANARY_TASK_TRAINING, NULL, MANY - 20, 50);
  g_assert_cmpuint (last->tasks->len, ==, 20);
  g_assert_false (last->has_more);
  g_assert_cmpstr (get_task (last, 19)->name, ==, "train0");
  beyond = list_page (source, GRANARY_TASK_TRAINING, NULL, MANY + 5, 50);
  g_assert_cmpuint (beyond->tasks->len, ==, 0);
  g_assert_false (beyond->has_more);

  begin = g_get_monotonic_time ();
  found = list_page (source, GRANARY_TASK_TRAINING, "TRAIN12", 0, 5);
  g_test_message ("first 5 of a search: %.1f ms",
                  (double) (g_get_monotonic_time () - begin) / 1000);
  g_assert_true (found->has_more);
  g_assert_cmpstr (get_task (found, 0)->name, ==, "train1299");
  g_clear_pointer (&found, granary_task_page_free);

  begin = g_get_monotonic_time ();
  found = list_page (source, GRANARY_TASK_TRAINING, "Train12", 100, 50);
  g_test_message ("the rest of it, all rows read: %.1f ms",
                  (double) (g_get_monotonic_time () - begin) / 1000);
  g_assert_cmpuint (found->tasks->len, ==, 11);
  g_assert_cmpint (found->total, ==, 111);
  g_assert_false (found->has_more);
  g_assert_cmpstr (get_task (found, 10)->name, ==, "train12");

  runs_remove (folder);
}

/* Two things that are shown come from what was read before only while nothing was written. */
static void
test_cache (void)
{
  g_autofree char *folder = runs_make (3);
  g_autoptr (GranaryTaskSource) source = new_source (folder);
  g_autoptr (GranaryTaskPage) first = list_page (source, GRANARY_TASK_TRAINING, NULL, 0, 10);
  g_autoptr (GranaryTaskPage) again = list_page (source, GRANARY_TASK_TRAINING, NULL, 0, 10);
  g_autoptr (GranaryTaskPage) other = NULL;

  g_assert_true (get_task (first, 2) == get_task (again, 2));

  runs_write (folder, "runs/detect/train0/args.yaml", "task: detect\nepochs: [\n");
  other = list_page (source, GRANARY_TASK_TRAINING, NULL, 0, 10);
  g_assert_cmpstr (get_task (other, 0)->name, ==, "train0");
  g_assert_error (get_task (other, 0)->problem, GRANARY_ERROR, GRANARY_ERROR_FILE);
  g_assert_nonnull (get_task (other, 0)->location);
  g_assert_no_error (get_task (other, 1)->problem);

  runs_remove (folder);
}

static void
test_vanished (void)
{
  g_autofree char *folder = runs_make (2);
  g_autofree char *gone = g_build_filename (folder, "gone", NULL);
  const char *folders[] = { gone, folder, folder, NULL };
  g_autoptr (GranaryTaskSource) source = granary_folder_tasks_new_for_folders (folders);
  g_autoptr (GranaryTaskPage) page = list_page (source, GRANARY_TASK_TRAINING, NULL, 0, 10);
  g_autoptr (GranaryTaskPage) empty = NULL;
  g_autofree char *uid = g_strdup (get_task (page, 0)->uid);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (page->tasks->len, ==, 2);
  g_assert_true (granary_error_matches_reason (page->note, GRANARY_REASON_TASK_FOLDER));
  g_assert_cmpstr (granary_error_get_subject (page->note), ==, gone);

  runs_remove (folder);
  empty = list_page (source, GRANARY_TASK_TRAINING, NULL, 0, 10);
  g_assert_cmpuint (empty->tasks->len, ==, 0);
  g_assert_nonnull (empty->note);
  g_assert_null (load (source, uid, &error));
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_TASK_MISSING));
}

static void
test_load (void)
{
  static const char *const wrong[] = {
    "", "7", "ultralytics:", "ultralytics:#", "ultralytics:relative#", "ultralytics:/a/../b#",
    "ultralytics:/%00#", "ultralytics:/%#", "nobody:/tmp#", "/", "/no/such/run",
  };
  g_autofree char *folder = runs_make (0);
  g_autofree char *path = g_build_filename (folder, "runs", "detect", "train7", NULL);
  g_autoptr (GranaryTaskSource) source = new_source (folder);
  g_autoptr (GranaryTaskPage) page = list_page (source, GRANARY_TASK_TRAINING, NULL, 0, 200);
  g_autoptr (GranaryTaskDetails) details = NULL;
  g_autoptr (GranaryTaskDetails) by_path = NULL;
  g_autoptr (GError) error = NULL;

  details = load (source, find_task (page, "train7")->uid, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (details->task->name, ==, "train7");
  g_assert_cmpuint (details->outputs->len, >, 0);
  by_path = load (source, path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (by_path->task->uid, ==, details->task->uid);

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_assert_null (load (source, wrong[i], &error));
      g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_TASK_MISSING));
      g_clear_error (&error);
    }

  runs_remove (folder);
}

static void
test_folders (void)
{
  g_autofree char *folder = runs_make (2);
  g_autofree char *odd = g_build_filename (folder, "od;d \xff,名字", NULL);
  g_autofree char *config = g_build_filename (folder, "config", "granary", "tasks.ini", NULL);
  g_autofree char *inside = g_build_filename (folder, "runs", "..", "runs", NULL);
  g_autofree char *plain = g_build_filename (folder, "runs", NULL);
  const char *folders[] = { inside, odd, plain, NULL };
  g_autoptr (GranaryTaskSource) source = granary_folder_tasks_new (config, NULL);
  g_autoptr (GranaryTaskSource) other = granary_folder_tasks_new (config, NULL);
  g_autoptr (GranaryTaskSource) later = NULL;
  g_autoptr (GranaryTaskPage) page = NULL;
  g_auto (GStrv) known = NULL;
  g_auto (GStrv) remembered = NULL;

  g_assert_true (granary_task_source_has_folders (source));
  known = granary_task_source_dup_folders (source);
  g_assert_cmpuint (g_strv_length (known), ==, 0);
  g_strfreev (known);

  g_assert_cmpint (g_mkdir (odd, 0755), ==, 0);
  set_folders (source, folders);
  known = granary_task_source_dup_folders (source);
  g_assert_cmpuint (g_strv_length (known), ==, 2);
  g_assert_cmpstr (known[0], ==, plain);
  g_assert_cmpstr (known[1], ==, odd);

  later = granary_folder_tasks_new (config, NULL);
  remembered = granary_task_source_dup_folders (later);
  g_assert_true (g_strv_equal ((const char * const *) known, (const char * const *) remembered));

  /* One that was open before learns of it with its next list. */
  page = list_page (other, GRANARY_TASK_TRAINING, NULL, 0, 10);
  g_assert_cmpuint (page->tasks->len, ==, 2);

  runs_remove (folder);
}

static void
changed_cb (GranaryTaskSource *source,
            Told              *told)
{
  told->n_changed++;
}

static void
found_cb (GranaryTaskSource *source,
          GranaryTask       *task,
          const char        *output,
          Told              *told)
{
  told->n_found++;
  g_set_str (&told->name, task->name);
  g_set_str (&told->output, output);
}

static gboolean
rested_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Something was written in a folder that is watched, or deep in a run: both are told. What was
 * there at first is not. */
static void
test_watch (void)
{
  g_autofree char *folder = runs_make (0);
  g_autofree char *aside = g_strconcat (folder, "-aside", NULL);
  g_autofree char *best = g_build_filename (folder, "runs/detect/train7/weights/best.pt", NULL);
  g_autofree char *run = g_build_filename (folder, "runs/detect/train7", NULL);
  g_autofree char *next = g_build_filename (folder, "runs/detect/train8", NULL);
  GranaryTaskSource *source = new_source (folder);
  g_autoptr (GranaryTaskPage) page = NULL;
  Told told = { 0 };
  gboolean rested = FALSE;
  guint n_changed;

  runs_copy (run, aside);
  runs_settle (folder);
  g_signal_connect (source, "changed", G_CALLBACK (changed_cb), &told);
  g_signal_connect (source, "output-found", G_CALLBACK (found_cb), &told);
  page = list_page (source, GRANARY_TASK_TRAINING, NULL, 0, 10);
  g_assert_cmpuint (told.n_found, ==, 0);

  /* A better result of a known one, as soon as the first look has made it known. */
  while (told.n_found == 0)
    {
      runs_touch (best);
      granary_folder_tasks_look (GRANARY_FOLDER_TASKS (source));
      g_main_context_iteration (NULL, TRUE);
    }
  g_assert_cmpstr (told.name, ==, "train7");
  g_assert_cmpstr (told.output, ==, "best");

  g_timeout_add (3000, rested_cb, &rested);
  while (!rested)
    g_main_context_iteration (NULL, TRUE);

  /* A new run in a folder that is watched. It comes as a whole: one that is still being written
   * gets better before the eyes of who looks. */
  n_changed = told.n_changed;
  g_assert_no_errno (rename (aside, next));
  while (told.n_changed == n_changed)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (told.name, ==, "train7");

  assert_gone (source);
  runs_remove (folder);
  g_free (told.name);
  g_free (told.output);
}

static void
test_cancel (void)
{
  g_autofree char *folder = runs_make (1000);
  GranaryTaskSource *source = new_source (folder);
  GranaryTaskQuery query = { GRANARY_TASK_TRAINING, "train", 0, 200 };

  for (guint wait = 0; wait < 20; wait++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GranaryTaskPage) page = NULL;
      g_autoptr (GError) error = NULL;

      granary_task_source_list_async (source, &query, cancellable, result_cb, &result);
      g_usleep (wait * 500);
      g_cancellable_cancel (cancellable);
      page = granary_task_source_list_finish (source, wait_for (&result), &error);
      g_assert_null (page);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }

  assert_gone (source);
  runs_remove (folder);
}

/* It goes while a look is under way, which ends as well. */
static void
test_dispose (void)
{
  g_autofree char *folder = runs_make (1000);

  for (guint wait = 0; wait < 10; wait++)
    {
      GranaryTaskSource *source = new_source (folder);

      granary_folder_tasks_look (GRANARY_FOLDER_TASKS (source));
      g_usleep (wait * 500);
      assert_gone (source);
    }

  runs_remove (folder);
}

/* The embedded connection has them, of the user's own configuration. */
static void
test_connection (void)
{
  g_autofree char *folder = runs_make (2);
  g_autofree char *root = g_build_filename (folder, "repository", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryConnection) connection = granary_local_open (root, NULL, &error);
  const char *folders[] = { folder, NULL };
  g_autofree char *config = NULL;
  g_autoptr (GranaryTaskPage) page = NULL;
  GranaryTaskSource *source;

  g_assert_no_error (error);
  source = granary_connection_get_task_source (connection);
  g_assert_nonnull (source);
  set_folders (source, folders);
  page = list_page (source, GRANARY_TASK_TRAINING, NULL, 0, 10);
  g_assert_cmpuint (page->tasks->len, ==, 2);
  config = g_build_filename (g_get_user_config_dir (), "granary", "tasks.ini", NULL);
  g_assert_true (g_file_test (config, G_FILE_TEST_IS_REGULAR));

  granary_connection_close (connection);
  runs_remove (folder);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/folder-tasks/walk", test_walk);
  g_test_add_func ("/folder-tasks/kinds", test_kinds);
  g_test_add_func ("/folder-tasks/many", test_many);
  g_test_add_func ("/folder-tasks/cache", test_cache);
  g_test_add_func ("/folder-tasks/vanished", test_vanished);
  g_test_add_func ("/folder-tasks/load", test_load);
  g_test_add_func ("/folder-tasks/folders", test_folders);
  g_test_add_func ("/folder-tasks/watch", test_watch);
  g_test_add_func ("/folder-tasks/cancel", test_cancel);
  g_test_add_func ("/folder-tasks/dispose", test_dispose);
  g_test_add_func ("/folder-tasks/connection", test_connection);

  return g_test_run ();
}
