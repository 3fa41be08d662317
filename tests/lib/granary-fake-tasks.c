/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-fake-tasks.h"

#include <string.h>

#include "granary-error.h"

typedef struct
{
  GPtrArray  *tasks;   /* (element-type GranaryTask) */
  GHashTable *details; /* uid → GranaryTaskDetails */
  GError     *error;
  GError     *note;
  GPtrArray  *held;    /* (element-type GTask): to be answered */
  GStrv       folders;
  gboolean    listed;
  gboolean    hold;
  guint       n_lists;
} GranaryFakeTasksPrivate;

struct _GranaryFakeFolderTasks
{
  GranaryFakeTasks parent_instance;
};

static void source_init        (GranaryTaskSourceInterface *iface);
static void folder_source_init (GranaryTaskSourceInterface *iface);

G_DEFINE_TYPE_WITH_CODE (GranaryFakeTasks, granary_fake_tasks, G_TYPE_OBJECT,
                         G_ADD_PRIVATE (GranaryFakeTasks)
                         G_IMPLEMENT_INTERFACE (GRANARY_TYPE_TASK_SOURCE, source_init))

G_DEFINE_FINAL_TYPE_WITH_CODE (GranaryFakeFolderTasks, granary_fake_folder_tasks,
                               GRANARY_TYPE_FAKE_TASKS,
                               G_IMPLEMENT_INTERFACE (GRANARY_TYPE_TASK_SOURCE, folder_source_init))

#define GET_PRIVATE(source) \
  ((GranaryFakeTasksPrivate *) granary_fake_tasks_get_instance_private (GRANARY_FAKE_TASKS (source)))

/* Answering */

/* What a GTask is about: a listing has a query, a loading an id. */
typedef struct
{
  GranaryTaskQuery  query;
  char             *text;
  char             *uid;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_free (question->text);
  g_free (question->uid);
  g_free (question);
}

static gboolean
matches (const GranaryTask *task,
         const Question    *question)
{
  g_autofree char *name = g_utf8_casefold (task->name, -1);
  g_autofree char *text = g_utf8_casefold (question->text != NULL ? question->text : "", -1);

  return (task->kinds & question->query.kinds) != 0 && strstr (name, text) != NULL;
}

static void
answer_list (GTask *task)
{
  GranaryFakeTasksPrivate *priv = GET_PRIVATE (g_task_get_source_object (task));
  const Question *question = g_task_get_task_data (task);
  g_autoptr (GranaryTaskPage) page = granary_task_page_new ();
  guint n_found = 0;

  if (priv->error != NULL)
    {
      g_task_return_error (task, g_error_copy (priv->error));
      return;
    }

  for (guint i = 0; i < priv->tasks->len; i++)
    {
      GranaryTask *found = g_ptr_array_index (priv->tasks, i);

      if (!matches (found, question))
        continue;
      if (n_found >= question->query.offset &&
          n_found < question->query.offset + question->query.limit)
        g_ptr_array_add (page->tasks, granary_task_ref (found));
      n_found++;
    }
  page->total = n_found;
  page->has_more = n_found > question->query.offset + page->tasks->len;
  page->is_listed = priv->listed;
  page->note = priv->note != NULL ? g_error_copy (priv->note) : NULL;
  g_task_return_pointer (task, g_steal_pointer (&page), (GDestroyNotify) granary_task_page_free);
}

static void
answer_load (GTask *task)
{
  GranaryFakeTasksPrivate *priv = GET_PRIVATE (g_task_get_source_object (task));
  const Question *question = g_task_get_task_data (task);
  GranaryTaskDetails *details = g_hash_table_lookup (priv->details, question->uid);

  if (details != NULL)
    g_task_return_pointer (task, granary_task_details_ref (details),
                           (GDestroyNotify) granary_task_details_unref);
  else
    {
      GError *error = NULL;

      granary_set_error (&error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_TASK_MISSING,
                         question->uid, "no task %s", question->uid);
      g_task_return_error (task, error);
    }
}

static gboolean
answer_cb (gpointer user_data)
{
  GTask *task = user_data;
  const Question *question = g_task_get_task_data (task);

  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  if (question->uid != NULL)
    answer_load (task);
  else
    answer_list (task);

  return G_SOURCE_REMOVE;
}

static void
answer_later (GTask *task)
{
  GranaryFakeTasksPrivate *priv = GET_PRIVATE (g_task_get_source_object (task));

  if (priv->hold)
    g_ptr_array_add (priv->held, task);
  else
    g_idle_add_full (G_PRIORITY_DEFAULT, answer_cb, task, g_object_unref);
}

/* GranaryTaskSource */

static void
granary_fake_tasks_list_async (GranaryTaskSource      *source,
                               const GranaryTaskQuery *query,
                               GCancellable           *cancellable,
                               GAsyncReadyCallback     callback,
                               gpointer                user_data)
{
  GTask *task = g_task_new (source, cancellable, callback, user_data);
  Question *question = g_new0 (Question, 1);

  g_assert_cmpuint (query->limit, <=, 200);
  GET_PRIVATE (source)->n_lists++;
  question->query = *query;
  question->text = g_strdup (query->text);
  g_task_set_task_data (task, question, question_free);
  answer_later (task);
}

static GranaryTaskPage *
granary_fake_tasks_list_finish (GranaryTaskSource  *source,
                                GAsyncResult       *result,
                                GError            **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
granary_fake_tasks_load_async (GranaryTaskSource   *source,
                               GranaryTaskKinds     kinds,
                               const char          *uid,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  GTask *task = g_task_new (source, cancellable, callback, user_data);
  Question *question = g_new0 (Question, 1);

  question->uid = g_strdup (uid);
  g_task_set_task_data (task, question, question_free);
  answer_later (task);
}

static GranaryTaskDetails *
granary_fake_tasks_load_finish (GranaryTaskSource  *source,
                                GAsyncResult       *result,
                                GError            **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static GStrv
granary_fake_tasks_dup_folders (GranaryTaskSource *source)
{
  return g_strdupv (GET_PRIVATE (source)->folders);
}

/* A folder called `forbidden` cannot be searched. */
static void
granary_fake_tasks_set_folders_async (GranaryTaskSource   *source,
                                      const char * const  *folders,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  GranaryFakeTasksPrivate *priv = GET_PRIVATE (source);
  g_autoptr (GTask) task = g_task_new (source, cancellable, callback, user_data);

  for (guint i = 0; folders[i] != NULL; i++)
    {
      if (g_str_has_suffix (folders[i], "forbidden"))
        {
          GError *error = NULL;

          granary_set_error (&error, GRANARY_ERROR_FILE, GRANARY_REASON_TASK_FOLDER, folders[i],
                             "%s is forbidden", folders[i]);
          g_task_return_error (task, error);
          return;
        }
    }

  g_strfreev (priv->folders);
  priv->folders = g_strdupv ((char **) folders);
  g_task_return_boolean (task, TRUE);
  granary_task_source_emit_changed (source);
}

static gboolean
granary_fake_tasks_set_folders_finish (GranaryTaskSource  *source,
                                       GAsyncResult       *result,
                                       GError            **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
source_init (GranaryTaskSourceInterface *iface)
{
  iface->list_async = granary_fake_tasks_list_async;
  iface->list_finish = granary_fake_tasks_list_finish;
  iface->load_async = granary_fake_tasks_load_async;
  iface->load_finish = granary_fake_tasks_load_finish;
}

static void
folder_source_init (GranaryTaskSourceInterface *iface)
{
  source_init (iface);
  iface->dup_folders = granary_fake_tasks_dup_folders;
  iface->set_folders_async = granary_fake_tasks_set_folders_async;
  iface->set_folders_finish = granary_fake_tasks_set_folders_finish;
}

/* GObject */

static void
granary_fake_tasks_finalize (GObject *object)
{
  GranaryFakeTasksPrivate *priv = GET_PRIVATE (object);

  g_ptr_array_unref (priv->tasks);
  g_hash_table_unref (priv->details);
  g_ptr_array_unref (priv->held);
  g_clear_error (&priv->error);
  g_clear_error (&priv->note);
  g_strfreev (priv->folders);

  G_OBJECT_CLASS (granary_fake_tasks_parent_class)->finalize (object);
}

static void
granary_fake_tasks_class_init (GranaryFakeTasksClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = granary_fake_tasks_finalize;
}

static void
granary_fake_tasks_init (GranaryFakeTasks *self)
{
  GranaryFakeTasksPrivate *priv = GET_PRIVATE (self);

  priv->tasks = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_task_unref);
  priv->details = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) granary_task_details_unref);
  priv->held = g_ptr_array_new_with_free_func (g_object_unref);
  priv->folders = g_new0 (char *, 1);
  priv->listed = TRUE;
}

static void
granary_fake_folder_tasks_class_init (GranaryFakeFolderTasksClass *klass)
{
}

static void
granary_fake_folder_tasks_init (GranaryFakeFolderTasks *self)
{
}

/* For tests */

GranaryFakeTasks *
granary_fake_tasks_new (gboolean has_folders)
{
  return g_object_new (has_folders ? GRANARY_TYPE_FAKE_FOLDER_TASKS : GRANARY_TYPE_FAKE_TASKS, NULL);
}

GranaryTask *
granary_fake_tasks_add (GranaryFakeTasks *self,
                        int               position,
                        const char       *uid,
                        const char       *name)
{
  GranaryFakeTasksPrivate *priv = GET_PRIVATE (self);
  GranaryTask *task = granary_task_new (uid, name, "Ultralytics");

  task->kinds = GRANARY_TASK_TRAINING | GRANARY_TASK_VISION;
  task->framework = g_strdup ("PyTorch");
  task->group = g_strdup ("runs");
  task->state = GRANARY_TASK_FINISHED;
  task->finished = g_get_real_time () - 2 * G_TIME_SPAN_HOUR;
  task->size = 44000000;
  task->importable = TRUE;
  g_ptr_array_insert (priv->tasks, position, task);

  return task;
}

void
granary_fake_tasks_add_many (GranaryFakeTasks *self,
                             guint             count)
{
  for (guint i = 0; i < count; i++)
    {
      g_autofree char *name = g_strdup_printf ("run-%03u", i);

      granary_fake_tasks_add (self, -1, name, name);
    }
}

void
granary_fake_tasks_add_broken (GranaryFakeTasks *self,
                               const char       *uid,
                               const char       *name)
{
  GranaryTask *task = granary_fake_tasks_add (self, -1, uid, name);

  task->importable = FALSE;
  granary_set_error (&task->problem, GRANARY_ERROR_FILE, GRANARY_REASON_TASK_UNREADABLE,
                     "args.yaml", "args.yaml ends too early");
}

void
granary_fake_tasks_remove (GranaryFakeTasks *self,
                           const char       *uid)
{
  GranaryFakeTasksPrivate *priv = GET_PRIVATE (self);

  for (guint i = priv->tasks->len; i-- > 0;)
    {
      const GranaryTask *task = g_ptr_array_index (priv->tasks, i);

      if (g_str_equal (task->uid, uid))
        g_ptr_array_remove_index (priv->tasks, i);
    }
}

void
granary_fake_tasks_set_details (GranaryFakeTasks   *self,
                                GranaryTaskDetails *details)
{
  g_hash_table_insert (GET_PRIVATE (self)->details, g_strdup (details->task->uid),
                       granary_task_details_ref (details));
}

void
granary_fake_tasks_set_error (GranaryFakeTasks *self,
                              const GError     *error)
{
  GranaryFakeTasksPrivate *priv = GET_PRIVATE (self);

  g_clear_error (&priv->error);
  priv->error = error != NULL ? g_error_copy (error) : NULL;
}

void
granary_fake_tasks_set_note (GranaryFakeTasks *self,
                             const GError     *note)
{
  GranaryFakeTasksPrivate *priv = GET_PRIVATE (self);

  g_clear_error (&priv->note);
  priv->note = note != NULL ? g_error_copy (note) : NULL;
}

void
granary_fake_tasks_set_listed (GranaryFakeTasks *self,
                               gboolean          listed)
{
  GET_PRIVATE (self)->listed = listed;
}

void
granary_fake_tasks_set_held (GranaryFakeTasks *self,
                             gboolean          held)
{
  GranaryFakeTasksPrivate *priv = GET_PRIVATE (self);
  g_autoptr (GPtrArray) waiting = NULL;

  priv->hold = held;
  if (held)
    return;

  waiting = g_steal_pointer (&priv->held);
  priv->held = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < waiting->len; i++)
    answer_later (g_object_ref (g_ptr_array_index (waiting, i)));
}

guint
granary_fake_tasks_get_n_lists (GranaryFakeTasks *self)
{
  return GET_PRIVATE (self)->n_lists;
}
