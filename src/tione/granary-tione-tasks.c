/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-tasks.h"

#define N_THREADS 2

struct _GranaryTioneTasks
{
  GObject            parent_instance;

  GranaryTionePlace *place;  /* (owned) */
  GranaryWorker     *worker; /* (owned) */
};

enum
{
  PROP_0,
  PROP_PREFERENCES,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void task_source_iface_init (GranaryTaskSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GranaryTioneTasks, granary_tione_tasks, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GRANARY_TYPE_TASK_SOURCE,
                                                      task_source_iface_init))

/* A question on its way to a thread. */
typedef struct
{
  GranaryTionePlace *place; /* (owned) */
  GranaryTaskQuery   query;
  char              *text;  /* (owned) (nullable): of the query, or an id */
} Question;

static void
question_free (gpointer data)
{
  Question *self = data;

  granary_tione_place_unref (self->place);
  g_free (self->text);
  g_free (self);
}

static GTask *
ask (GranaryTaskSource   *source,
     gpointer             tag,
     const char          *text,
     Question           **question,
     GCancellable        *cancellable,
     GAsyncReadyCallback  callback,
     gpointer             user_data)
{
  GTask *task = g_task_new (source, cancellable, callback, user_data);

  *question = g_new0 (Question, 1);
  (*question)->place = granary_tione_place_ref (GRANARY_TIONE_TASKS (source)->place);
  (*question)->text = g_strdup (text);
  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, *question, question_free);

  return task;
}

static void
unref_details (gpointer data)
{
  granary_task_details_unref (data);
}

static void
list_thread (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  Question *self = task_data;
  GError *error = NULL;
  GranaryTaskPage *page = granary_tione_list_tasks (self->place, &self->query, cancellable,
                                                    &error);

  if (page != NULL)
    g_task_return_pointer (task, page, (GDestroyNotify) granary_task_page_free);
  else
    g_task_return_error (task, error);
}

static void
load_thread (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  Question *self = task_data;
  GError *error = NULL;
  GranaryTaskDetails *details = granary_tione_load_task (self->place, self->query.kinds,
                                                         self->text, cancellable, &error);

  if (details != NULL)
    g_task_return_pointer (task, details, unref_details);
  else
    g_task_return_error (task, error);
}

/* GranaryTaskSource */

static void
granary_tione_tasks_list_async (GranaryTaskSource      *source,
                                const GranaryTaskQuery *query,
                                GCancellable           *cancellable,
                                GAsyncReadyCallback     callback,
                                gpointer                user_data)
{
  g_autoptr (GTask) task = NULL;
  Question *question;

  task = ask (source, granary_tione_tasks_list_async, query->text, &question, cancellable,
              callback, user_data);
  question->query = *query;
  question->query.text = question->text;
  granary_worker_run (GRANARY_TIONE_TASKS (source)->worker, task, list_thread);
}

static GranaryTaskPage *
granary_tione_tasks_list_finish (GranaryTaskSource  *source,
                                 GAsyncResult       *result,
                                 GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, source), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
granary_tione_tasks_load_async (GranaryTaskSource   *source,
                                GranaryTaskKinds     kinds,
                                const char          *uid,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  Question *question;

  task = ask (source, granary_tione_tasks_load_async, uid, &question, cancellable, callback,
              user_data);
  question->query.kinds = kinds;
  granary_worker_run (GRANARY_TIONE_TASKS (source)->worker, task, load_thread);
}

static GranaryTaskDetails *
granary_tione_tasks_load_finish (GranaryTaskSource  *source,
                                 GAsyncResult       *result,
                                 GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, source), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
task_source_iface_init (GranaryTaskSourceInterface *iface)
{
  iface->list_async = granary_tione_tasks_list_async;
  iface->list_finish = granary_tione_tasks_list_finish;
  iface->load_async = granary_tione_tasks_load_async;
  iface->load_finish = granary_tione_tasks_load_finish;
}

/* GObject overrides */

static void
granary_tione_tasks_finalize (GObject *object)
{
  GranaryTioneTasks *self = GRANARY_TIONE_TASKS (object);

  g_clear_object (&self->worker);
  g_clear_pointer (&self->place, granary_tione_place_unref);

  G_OBJECT_CLASS (granary_tione_tasks_parent_class)->finalize (object);
}

static void
granary_tione_tasks_get_property (GObject    *object,
                                  guint       prop_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  GranaryTioneTasks *self = GRANARY_TIONE_TASKS (object);

  if (prop_id == PROP_PREFERENCES)
    g_value_set_boxed (value, granary_account_get_automl_captions (self->place->account));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
granary_tione_tasks_class_init (GranaryTioneTasksClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = granary_tione_tasks_finalize;
  object_class->get_property = granary_tione_tasks_get_property;

  properties[PROP_PREFERENCES] =
    g_param_spec_boxed ("preferences", NULL, NULL,
                        G_TYPE_STRV,
                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
granary_tione_tasks_init (GranaryTioneTasks *self)
{
  self->worker = granary_worker_new ("granary-tasks", N_THREADS);
}

/**
 * granary_tione_tasks_source_new:
 * @place: the connection
 *
 * Returns: (transfer full): its tasks
 */
GranaryTaskSource *
granary_tione_tasks_source_new (GranaryTionePlace *place)
{
  GranaryTioneTasks *self = g_object_new (GRANARY_TYPE_TIONE_TASKS, NULL);

  self->place = granary_tione_place_ref (place);

  return GRANARY_TASK_SOURCE (self);
}
