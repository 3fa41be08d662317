/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-folder-tasks.h"

#include <errno.h>
#include <sys/stat.h>

#include "granary-error.h"
#include "granary-folder-watch-private.h"
#include "granary-remembered-folders-private.h"
#include "granary-worker.h"

#define N_READERS 3
#define LOOK_SECONDS 30
/* After a folder was seen to change: what belongs together comes within this. */
#define SETTLE_MS 1000
#define CHANGED_MS 250

struct _GranaryFolderTasks
{
  GObject             parent_instance;

  GMainContext       *context;        /* (owned) */
  GranaryRunIndex    *index;          /* (owned) */
  GranaryWorker      *worker;         /* (owned): reads what somebody waits for */
  GranaryWorker      *watcher;        /* (owned): looks for what has changed */
  GCancellable       *cancellable;    /* (owned): of looking */
  GranaryRememberedFolders *folders;        /* (owned) */

  /* Only in the context. */
  GSource            *look_source;    /* (owned): from time to time */
  GSource            *settle_source;  /* (owned) (nullable): soon */
  GSource            *changed_source; /* (owned) (nullable): tells those who listen */
  GPtrArray          *monitors;       /* (owned) (element-type GFileMonitor) */
  GPtrArray          *monitored;      /* (owned) (element-type filename) */
  GranaryRunSnapshot *seen;           /* (owned) (nullable): what was there at the last look */
  gboolean            is_looking;
};

typedef struct
{
  GranaryTaskQuery  query;
  char             *text; /* (owned) (nullable) */
  gboolean          in_parts;
} ListJob;

/* What a look needs, and what it brings. It does not keep the object alive. */
typedef struct
{
  GWeakRef            object;
  GranaryRunIndex    *index;   /* (owned) */
  GranaryRememberedFolders *folders; /* (owned) */
  GranaryRunSnapshot *before;  /* (owned) (nullable) */
  GranaryRunSnapshot *now;     /* (owned) (nullable) */
  GranaryFolderWatch *watch;   /* (owned) (nullable) */
} LookJob;

static void iface_init (GranaryTaskSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GranaryFolderTasks, granary_folder_tasks, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GRANARY_TYPE_TASK_SOURCE, iface_init))

/* Auxiliary functions */

static void
list_job_free (gpointer data)
{
  ListJob *job = data;

  g_free (job->text);
  g_free (job);
}

static void
look_job_free (gpointer data)
{
  LookJob *job = data;

  g_weak_ref_clear (&job->object);
  granary_run_index_unref (job->index);
  granary_remembered_folders_unref (job->folders);
  g_clear_pointer (&job->before, granary_run_snapshot_unref);
  g_clear_pointer (&job->now, granary_run_snapshot_unref);
  g_clear_pointer (&job->watch, granary_folder_watch_free);
  g_free (job);
}

static GWeakRef *
weak_new (GranaryFolderTasks *self)
{
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  g_weak_ref_init (weak, self);
  return weak;
}

static void
weak_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

static GSource *
add_source (GranaryFolderTasks *self,
            GSource            *source,
            GSourceFunc         func)
{
  g_source_set_callback (source, func, weak_new (self), weak_free);
  g_source_attach (source, self->context);
  return source;
}

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static gboolean
somebody_listens (GranaryFolderTasks *self)
{
  static const char *const names[] = { "changed", "output-found" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      guint id = g_signal_lookup (names[i], GRANARY_TYPE_TASK_SOURCE);

      if (g_signal_has_handler_pending (self, id, 0, TRUE))
        return TRUE;
    }

  return FALSE;
}

/* Telling those who listen */

static gboolean
changed_cb (gpointer user_data)
{
  g_autoptr (GranaryFolderTasks) self = g_weak_ref_get (user_data);

  if (self == NULL)
    return G_SOURCE_REMOVE;

  clear_source (&self->changed_source);
  granary_task_source_emit_changed (GRANARY_TASK_SOURCE (self));
  return G_SOURCE_REMOVE;
}

static void
tell_changed (GranaryFolderTasks *self)
{
  if (self->changed_source == NULL)
    self->changed_source = add_source (self, g_timeout_source_new (CHANGED_MS), changed_cb);
}

static gboolean
later_cb (gpointer user_data)
{
  g_autoptr (GranaryFolderTasks) self = g_weak_ref_get (user_data);

  if (self != NULL)
    tell_changed (self);
  return G_SOURCE_REMOVE;
}

/* From another thread. */
static void
tell_changed_later (GranaryFolderTasks *self)
{
  g_source_unref (add_source (self, g_idle_source_new (), later_cb));
}

/* In the thread that searched: the rest of what was shown in part is there. */
static void
whole_cb (gpointer data)
{
  g_autoptr (GranaryFolderTasks) self = g_weak_ref_get (data);

  if (self != NULL)
    tell_changed_later (self);
}

/* Looking for what has changed */

static gboolean
settle_cb (gpointer user_data)
{
  g_autoptr (GranaryFolderTasks) self = g_weak_ref_get (user_data);

  if (self != NULL)
    {
      clear_source (&self->settle_source);
      granary_folder_tasks_look (self);
    }
  return G_SOURCE_REMOVE;
}

static void
look_soon (GranaryFolderTasks *self)
{
  if (self->settle_source == NULL)
    self->settle_source = add_source (self, g_timeout_source_new (SETTLE_MS), settle_cb);
}

static void
monitor_cb (GFileMonitor       *monitor,
            GFile              *file,
            GFile              *other,
            GFileMonitorEvent   event,
            GranaryFolderTasks *self)
{
  look_soon (self);
}

static void
forget_monitors (GranaryFolderTasks *self)
{
  for (guint i = 0; i < self->monitors->len; i++)
    {
      GFileMonitor *monitor = g_ptr_array_index (self->monitors, i);

      g_signal_handlers_disconnect_by_data (monitor, self);
      g_file_monitor_cancel (monitor);
    }
  g_ptr_array_set_size (self->monitors, 0);
  g_ptr_array_set_size (self->monitored, 0);
}

static gboolean
same_folders (GPtrArray *first,
              GPtrArray *second)
{
  for (guint i = 0; first->len == second->len && i < first->len; i++)
    {
      if (!g_str_equal (g_ptr_array_index (first, i), g_ptr_array_index (second, i)))
        return FALSE;
    }

  return first->len == second->len;
}

/* Where the system gives no more watches, looking from time to time has to do. */
static void
set_monitors (GranaryFolderTasks *self,
              GPtrArray          *folders)
{
  if (same_folders (self->monitored, folders))
    return;

  forget_monitors (self);
  for (guint i = 0; i < folders->len; i++)
    {
      const char *folder = g_ptr_array_index (folders, i);
      g_autoptr (GFile) file = g_file_new_for_path (folder);
      GFileMonitor *monitor = g_file_monitor_directory (file, G_FILE_MONITOR_NONE, NULL, NULL);

      g_ptr_array_add (self->monitored, g_strdup (folder));
      if (monitor == NULL)
        continue;
      g_signal_connect (monitor, "changed", G_CALLBACK (monitor_cb), self);
      g_ptr_array_add (self->monitors, monitor);
    }

  /* What came between the search and here was seen by neither. */
  look_soon (self);
}

static void
look_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  LookJob *job = data;
  g_auto (GStrv) folders = granary_remembered_folders_reload (job->folders);

  granary_run_index_set_folders (job->index, (const char * const *) folders);
  job->now = granary_run_index_search (job->index, job->before == NULL, cancellable, NULL);
  if (job->now != NULL)
    job->watch = granary_folder_watch_new ((const char * const *) folders, job->before, job->now,
                                           cancellable);
  g_task_return_boolean (task, TRUE);
}

static void
look_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  LookJob *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GranaryFolderTasks) self = g_weak_ref_get (&job->object);

  if (self == NULL)
    return;

  self->is_looking = FALSE;
  if (job->watch == NULL)
    return;

  g_clear_pointer (&self->seen, granary_run_snapshot_unref);
  self->seen = g_steal_pointer (&job->now);
  set_monitors (self, job->watch->folders);
  if (job->watch->is_changed)
    tell_changed (self);
  for (guint i = 0; i < job->watch->tasks->len; i++)
    granary_task_source_emit_output_found (GRANARY_TASK_SOURCE (self),
                                           g_ptr_array_index (job->watch->tasks, i),
                                           g_ptr_array_index (job->watch->output_ids, i));
}

static gboolean
look_time_cb (gpointer user_data)
{
  g_autoptr (GranaryFolderTasks) self = g_weak_ref_get (user_data);

  if (self == NULL)
    return G_SOURCE_REMOVE;

  if (somebody_listens (self))
    granary_folder_tasks_look (self);
  else
    {
      forget_monitors (self);
      g_clear_pointer (&self->seen, granary_run_snapshot_unref);
    }
  return G_SOURCE_CONTINUE;
}

/* GranaryTaskSource */

static void
list_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  GranaryFolderTasks *self = source;
  ListJob *job = data;
  g_auto (GStrv) folders = granary_remembered_folders_reload (self->folders);
  GranaryTaskPage *page;
  GError *error = NULL;

  granary_run_index_set_folders (self->index, (const char * const *) folders);
  page = granary_run_index_list (self->index, &job->query, job->in_parts, cancellable, &error);
  if (page != NULL)
    g_task_return_pointer (task, page, (GDestroyNotify) granary_task_page_free);
  else
    g_task_return_error (task, error);
}

static void
list_async (GranaryTaskSource      *source,
            const GranaryTaskQuery *query,
            GCancellable           *cancellable,
            GAsyncReadyCallback     callback,
            gpointer                user_data)
{
  GranaryFolderTasks *self = GRANARY_FOLDER_TASKS (source);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  ListJob *job = g_new0 (ListJob, 1);

  job->query = *query;
  job->query.text = job->text = g_strdup (query->text);
  /* Who does not listen would never see the rest. */
  job->in_parts = somebody_listens (self);
  g_task_set_source_tag (task, list_async);
  g_task_set_task_data (task, job, list_job_free);
  granary_worker_run (self->worker, task, list_thread);

  if (job->in_parts && self->seen == NULL)
    granary_folder_tasks_look (self);
}

static gpointer
finish_pointer (GranaryTaskSource  *source,
                GAsyncResult       *result,
                GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, source), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static GranaryTaskPage *
list_finish (GranaryTaskSource  *source,
             GAsyncResult       *result,
             GError            **error)
{
  return finish_pointer (source, result, error);
}

/* The run of @text: a uid, or the path of its folder. */
static GranaryRun *
find_run (const char    *text,
          GCancellable  *cancellable,
          GError       **error)
{
  g_autoptr (GranaryRun) run = granary_run_parse_uid (text);
  g_autofree char *shown = granary_display_path (text);
  struct stat status;

  if (run == NULL && g_path_is_absolute (text))
    {
      g_autofree char *folder = g_canonicalize_filename (text, "/");
      g_autoptr (GPtrArray) runs = granary_run_look_at (folder, cancellable, error);

      if (runs == NULL)
        return NULL;
      if (runs->len == 1)
        run = g_ptr_array_steal_index (runs, 0);
    }

  if (run == NULL || (stat (run->folder, &status) != 0 && (errno == ENOENT || errno == ENOTDIR)))
    {
      granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_TASK_MISSING, shown,
                         "no task %s", shown);
      return NULL;
    }

  return g_steal_pointer (&run);
}

static void
load_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  GError *error = NULL;
  g_autoptr (GranaryRun) run = find_run (data, cancellable, &error);
  GranaryTaskDetails *details = NULL;

  if (run != NULL)
    details = run->reader->load (run, cancellable, &error);
  if (details != NULL)
    g_task_return_pointer (task, details, (GDestroyNotify) granary_task_details_unref);
  else
    g_task_return_error (task, error);
}

static void
load_async (GranaryTaskSource   *source,
            GranaryTaskKinds     kinds,
            const char          *uid,
            GCancellable        *cancellable,
            GAsyncReadyCallback  callback,
            gpointer             user_data)
{
  GranaryFolderTasks *self = GRANARY_FOLDER_TASKS (source);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, load_async);
  g_task_set_task_data (task, g_strdup (uid), g_free);
  granary_worker_run (self->worker, task, load_thread);
}

static GranaryTaskDetails *
load_finish (GranaryTaskSource  *source,
             GAsyncResult       *result,
             GError            **error)
{
  return finish_pointer (source, result, error);
}

static GStrv
dup_folders (GranaryTaskSource *source)
{
  return granary_remembered_folders_dup (GRANARY_FOLDER_TASKS (source)->folders);
}

static void
set_folders_thread (GTask        *task,
                    gpointer      source,
                    gpointer      data,
                    GCancellable *cancellable)
{
  GranaryFolderTasks *self = source;
  GPtrArray *folders = data;
  GError *error = NULL;

  if (!granary_remembered_folders_set (self->folders, (const char * const *) folders->pdata, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  granary_run_index_set_folders (self->index, (const char * const *) folders->pdata);
  tell_changed_later (self);
  g_task_return_boolean (task, TRUE);
}

static void
set_folders_async (GranaryTaskSource   *source,
                   const char * const  *folders,
                   GCancellable        *cancellable,
                   GAsyncReadyCallback  callback,
                   gpointer             user_data)
{
  GranaryFolderTasks *self = GRANARY_FOLDER_TASKS (source);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GPtrArray *plain = g_ptr_array_new_null_terminated (4, g_free, TRUE);

  for (guint i = 0; folders[i] != NULL; i++)
    {
      g_autofree char *folder = g_canonicalize_filename (folders[i], NULL);

      if (!g_ptr_array_find_with_equal_func (plain, folder, g_str_equal, NULL))
        g_ptr_array_add (plain, g_steal_pointer (&folder));
    }

  g_task_set_source_tag (task, set_folders_async);
  g_task_set_task_data (task, plain, (GDestroyNotify) g_ptr_array_unref);
  granary_worker_run (self->worker, task, set_folders_thread);
}

static gboolean
set_folders_finish (GranaryTaskSource  *source,
                    GAsyncResult       *result,
                    GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, source), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
iface_init (GranaryTaskSourceInterface *iface)
{
  iface->list_async = list_async;
  iface->list_finish = list_finish;
  iface->load_async = load_async;
  iface->load_finish = load_finish;
  iface->dup_folders = dup_folders;
  iface->set_folders_async = set_folders_async;
  iface->set_folders_finish = set_folders_finish;
}

/* GObject overrides */

static void
granary_folder_tasks_dispose (GObject *object)
{
  GranaryFolderTasks *self = GRANARY_FOLDER_TASKS (object);

  g_cancellable_cancel (self->cancellable);
  granary_run_index_close (self->index);
  clear_source (&self->look_source);
  clear_source (&self->settle_source);
  clear_source (&self->changed_source);
  forget_monitors (self);

  G_OBJECT_CLASS (granary_folder_tasks_parent_class)->dispose (object);
}

static void
granary_folder_tasks_finalize (GObject *object)
{
  GranaryFolderTasks *self = GRANARY_FOLDER_TASKS (object);

  g_ptr_array_unref (self->monitors);
  g_ptr_array_unref (self->monitored);
  g_clear_pointer (&self->seen, granary_run_snapshot_unref);
  granary_run_index_unref (self->index);
  g_object_unref (self->worker);
  g_object_unref (self->watcher);
  g_object_unref (self->cancellable);
  granary_remembered_folders_unref (self->folders);
  g_main_context_unref (self->context);

  G_OBJECT_CLASS (granary_folder_tasks_parent_class)->finalize (object);
}

static void
granary_folder_tasks_class_init (GranaryFolderTasksClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = granary_folder_tasks_dispose;
  object_class->finalize = granary_folder_tasks_finalize;
}

static void
granary_folder_tasks_init (GranaryFolderTasks *self)
{
  self->index = granary_run_index_new (whole_cb, weak_new (self), weak_free);
  self->worker = granary_worker_new ("granary-runs", N_READERS);
  self->watcher = granary_worker_new ("granary-look", 1);
  self->cancellable = g_cancellable_new ();
  self->monitors = g_ptr_array_new_with_free_func (g_object_unref);
  self->monitored = g_ptr_array_new_with_free_func (g_free);
}

/* Public functions */

static GranaryTaskSource *
new_with (GranaryRememberedFolders *folders,
          GMainContext             *context)
{
  GranaryFolderTasks *self = g_object_new (GRANARY_TYPE_FOLDER_TASKS, NULL);

  self->folders = folders;
  self->context = context != NULL ? g_main_context_ref (context)
                                  : g_main_context_ref_thread_default ();
  self->look_source = add_source (self, g_timeout_source_new_seconds (LOOK_SECONDS), look_time_cb);

  return GRANARY_TASK_SOURCE (self);
}

/**
 * granary_folder_tasks_new:
 * @config_path: file that remembers the folders; need not be there
 * @context: (nullable): where signals come; %NULL for the thread-default one
 *
 * Reads a small file: blocks.
 *
 * Returns: (transfer full): the tasks of the folders that the user added
 */
GranaryTaskSource *
granary_folder_tasks_new (const char   *config_path,
                          GMainContext *context)
{
  g_return_val_if_fail (config_path != NULL, NULL);

  return new_with (granary_remembered_folders_new (config_path, NULL), context);
}

/**
 * granary_folder_tasks_new_for_folders:
 * @folders: (array zero-terminated=1) (element-type filename): absolute paths
 *
 * Returns: (transfer full): the tasks of these folders, which nothing remembers
 */
GranaryTaskSource *
granary_folder_tasks_new_for_folders (const char * const *folders)
{
  g_return_val_if_fail (folders != NULL, NULL);

  return new_with (granary_remembered_folders_new (NULL, folders), NULL);
}

void
granary_folder_tasks_look (GranaryFolderTasks *self)
{
  g_autoptr (GTask) task = NULL;
  LookJob *job;

  g_return_if_fail (GRANARY_IS_FOLDER_TASKS (self));

  if (self->is_looking)
    {
      look_soon (self);
      return;
    }

  self->is_looking = TRUE;
  job = g_new0 (LookJob, 1);
  g_weak_ref_init (&job->object, self);
  job->index = granary_run_index_ref (self->index);
  job->folders = granary_remembered_folders_ref (self->folders);
  job->before = self->seen != NULL ? granary_run_snapshot_ref (self->seen) : NULL;

  task = g_task_new (NULL, self->cancellable, look_cb, NULL);
  g_task_set_source_tag (task, granary_folder_tasks_look);
  g_task_set_task_data (task, job, look_job_free);
  granary_worker_run (self->watcher, task, look_thread);
}
