/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-serviced"

#include "config.h"

#include "granary-service-saver.h"

#define AGAIN_SECONDS 5

struct _GranaryServiceSaver
{
  GObject              parent_instance;

  GranaryServiceStore *store;     /* (owned) */
  GranaryWorker       *worker;    /* (owned) */
  GranaryService      *next;      /* (owned) (nullable): to be written after what is on its way */
  gboolean             is_saving;
  guint                again_id;  /* timer */
  gboolean             is_closed;
};

G_DEFINE_FINAL_TYPE (GranaryServiceSaver, granary_service_saver, G_TYPE_OBJECT)

enum
{
  SAVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

typedef struct
{
  GranaryServiceStore *store; /* (owned) */
  GranaryService      *row;   /* (owned) */
} Save;

static void write_next (GranaryServiceSaver *self);

/* Auxiliary functions */

static void
save_free (gpointer data)
{
  Save *job = data;

  granary_service_store_unref (job->store);
  granary_service_unref (job->row);
  g_free (job);
}

/* A row that was removed stays so. */
static gboolean
save_cb (GranaryWriter  *writer,
         gpointer        data,
         GError        **error)
{
  const GranaryService *row = data;
  g_autoptr (GPtrArray) stored = granary_writer_list_services (writer, row->uid, error);

  if (stored == NULL)
    return FALSE;

  return stored->len == 0 || granary_writer_put_service (writer, row, error);
}

static void
save_thread (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  Save *job = task_data;
  GError *error = NULL;

  if (granary_catalog_write (job->store->catalog, save_cb, job->row, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
again_cb (gpointer user_data)
{
  GranaryServiceSaver *self = user_data;

  self->again_id = 0;
  write_next (self);
  return G_SOURCE_REMOVE;
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  GranaryServiceSaver *self = GRANARY_SERVICE_SAVER (source);
  Save *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  self->is_saving = FALSE;
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_debug ("Writing down %s: %s", job->row->uid, error->message);
      /* A full disk may have room again. What cannot be written at the end, the next supervisor
       * finds out by itself. */
      if (self->is_closed)
        {
          g_clear_pointer (&self->next, granary_service_unref);
        }
      else
        {
          if (self->next == NULL)
            self->next = granary_service_ref (job->row);
          self->again_id = g_timeout_add_seconds (AGAIN_SECONDS, again_cb, self);
        }
    }
  else if (self->next != NULL)
    {
      write_next (self);
    }

  g_signal_emit (self, signals[SAVED], 0);
}

static void
write_next (GranaryServiceSaver *self)
{
  g_autoptr (GTask) task = NULL;
  Save *job;

  if (self->is_saving || self->again_id != 0 || self->next == NULL)
    return;

  self->is_saving = TRUE;
  job = g_new0 (Save, 1);
  job->store = granary_service_store_ref (self->store);
  job->row = g_steal_pointer (&self->next);
  task = g_task_new (self, NULL, saved_cb, NULL);
  g_task_set_source_tag (task, write_next);
  g_task_set_task_data (task, job, save_free);
  granary_worker_run (self->worker, task, save_thread);
}

/* GObject overrides */

static void
granary_service_saver_dispose (GObject *object)
{
  GranaryServiceSaver *self = GRANARY_SERVICE_SAVER (object);

  g_clear_handle_id (&self->again_id, g_source_remove);
  g_clear_object (&self->worker);

  G_OBJECT_CLASS (granary_service_saver_parent_class)->dispose (object);
}

static void
granary_service_saver_finalize (GObject *object)
{
  GranaryServiceSaver *self = GRANARY_SERVICE_SAVER (object);

  g_clear_pointer (&self->next, granary_service_unref);
  g_clear_pointer (&self->store, granary_service_store_unref);

  G_OBJECT_CLASS (granary_service_saver_parent_class)->finalize (object);
}

static void
granary_service_saver_class_init (GranaryServiceSaverClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = granary_service_saver_dispose;
  object_class->finalize = granary_service_saver_finalize;

  signals[SAVED] = g_signal_new ("saved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
granary_service_saver_init (GranaryServiceSaver *self)
{
}

/* Public functions */

/**
 * granary_service_saver_new:
 * @store: the services
 * @worker: what writes, in turn with other work on the same service
 *
 * Returns: (transfer full): a saver with nothing to do
 */
GranaryServiceSaver *
granary_service_saver_new (GranaryServiceStore *store,
                           GranaryWorker       *worker)
{
  GranaryServiceSaver *self;

  g_return_val_if_fail (store != NULL, NULL);
  g_return_val_if_fail (GRANARY_IS_WORKER (worker), NULL);

  self = g_object_new (GRANARY_TYPE_SERVICE_SAVER, NULL);
  self->store = granary_service_store_ref (store);
  self->worker = g_object_ref (worker);

  return self;
}

/**
 * granary_service_saver_save:
 * @self: a saver
 * @row: what is to be stored; copied
 *
 * What is given while something is on its way goes next, and only the last of it.
 */
void
granary_service_saver_save (GranaryServiceSaver  *self,
                            const GranaryService *row)
{
  g_return_if_fail (GRANARY_IS_SERVICE_SAVER (self));
  g_return_if_fail (row != NULL);

  g_clear_pointer (&self->next, granary_service_unref);
  self->next = granary_service_copy (row);
  write_next (self);
}

gboolean
granary_service_saver_is_done (GranaryServiceSaver *self)
{
  g_return_val_if_fail (GRANARY_IS_SERVICE_SAVER (self), TRUE);

  return !self->is_saving && self->next == NULL;
}

void
granary_service_saver_close (GranaryServiceSaver *self)
{
  g_return_if_fail (GRANARY_IS_SERVICE_SAVER (self));

  self->is_closed = TRUE;
  g_clear_handle_id (&self->again_id, g_source_remove);
  write_next (self);
}
