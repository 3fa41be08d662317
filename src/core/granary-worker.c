/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-worker.h"

#include <openssl/crypto.h>

/**
 * GranaryWorker:
 *
 * One or a few named threads of their own for blocking work, first come first served. Unlike
 * g_task_run_in_thread() a slow disk or network here cannot starve what else shares GLib's pool.
 *
 * Threads start with the first work and end with the object; dropping the last reference does not
 * wait for work in progress, which keeps the thread alive until it is through.
 */
typedef struct
{
  GTask           *task; /* (owned) */
  GTaskThreadFunc  func;
} Work;

/* Shared by the object and its threads, so that neither outlives what it needs. */
typedef struct
{
  GMutex    lock;
  GCond     wake;
  GQueue    queue;   /* (element-type Work) under lock */
  guint     idle;    /* threads waiting; under lock */
  gboolean  closing; /* under lock */
} Shared;

struct _GranaryWorker
{
  GObject  parent_instance;

  char    *name;
  guint    max_threads;
  guint    n_threads; /* under shared->lock */
  Shared  *shared;    /* atomic rc box */
};

G_DEFINE_FINAL_TYPE (GranaryWorker, granary_worker, G_TYPE_OBJECT)

/* Auxiliary functions */

static void
shared_clear (gpointer data)
{
  Shared *shared = data;

  g_mutex_clear (&shared->lock);
  g_cond_clear (&shared->wake);
}

static gpointer
worker_thread (gpointer data)
{
  Shared *shared = data;

  g_mutex_lock (&shared->lock);
  for (;;)
    {
      Work *work = g_queue_pop_head (&shared->queue);

      if (work == NULL)
        {
          if (shared->closing)
            break;
          shared->idle++;
          g_cond_wait (&shared->wake, &shared->lock);
          shared->idle--;
          continue;
        }

      g_mutex_unlock (&shared->lock);
      if (!g_task_return_error_if_cancelled (work->task))
        work->func (work->task,
                    g_task_get_source_object (work->task),
                    g_task_get_task_data (work->task),
                    g_task_get_cancellable (work->task));
      g_object_unref (work->task);
      g_free (work);
      g_mutex_lock (&shared->lock);
    }
  g_mutex_unlock (&shared->lock);

  g_atomic_rc_box_release_full (shared, shared_clear);
  return NULL;
}

/* GObject overrides */

static void
granary_worker_finalize (GObject *object)
{
  GranaryWorker *self = GRANARY_WORKER (object);

  g_mutex_lock (&self->shared->lock);
  self->shared->closing = TRUE;
  g_cond_broadcast (&self->shared->wake);
  g_mutex_unlock (&self->shared->lock);

  g_atomic_rc_box_release_full (self->shared, shared_clear);
  g_free (self->name);

  G_OBJECT_CLASS (granary_worker_parent_class)->finalize (object);
}

static void
granary_worker_class_init (GranaryWorkerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = granary_worker_finalize;

  /* Nobody waits for the end of a thread. One that signed or hashed must not find that OpenSSL was
   * taken down by the main thread's exit() meanwhile: it would free what is no longer there. This
   * comes before its first use, since that is on such a thread. */
  OPENSSL_init_crypto (OPENSSL_INIT_NO_ATEXIT, NULL);
}

static void
granary_worker_init (GranaryWorker *self)
{
  self->shared = g_atomic_rc_box_new0 (Shared);
  g_mutex_init (&self->shared->lock);
  g_cond_init (&self->shared->wake);
  g_queue_init (&self->shared->queue);
}

/* Public functions */

/**
 * granary_worker_new:
 * @name: name of the threads, at most 15 bytes are seen by debuggers
 * @max_threads: how many at once, at least 1
 *
 * Returns: (transfer full): a worker without any thread yet
 */
GranaryWorker *
granary_worker_new (const char *name,
                    guint       max_threads)
{
  GranaryWorker *self;

  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (max_threads > 0, NULL);

  self = g_object_new (GRANARY_TYPE_WORKER, NULL);
  self->name = g_strdup (name);
  self->max_threads = max_threads;
  return self;
}

/**
 * granary_worker_run:
 * @self: a worker
 * @task: (transfer none): what the caller waits for
 * @func: does the work and returns it through @task
 *
 * Queues @func. It runs in one of the worker's threads with the source object, data and
 * cancellable of @task; a task cancelled before its turn is answered without running it. Any
 * thread may call this.
 */
void
granary_worker_run (GranaryWorker   *self,
                    GTask           *task,
                    GTaskThreadFunc  func)
{
  g_autoptr (GMutexLocker) locker = NULL;
  Work *work;

  g_return_if_fail (GRANARY_IS_WORKER (self));
  g_return_if_fail (G_IS_TASK (task));
  g_return_if_fail (func != NULL);

  work = g_new0 (Work, 1);
  work->task = g_object_ref (task);
  work->func = func;

  locker = g_mutex_locker_new (&self->shared->lock);
  g_queue_push_tail (&self->shared->queue, work);
  if (g_queue_get_length (&self->shared->queue) > self->shared->idle &&
      self->n_threads < self->max_threads)
    {
      self->n_threads++;
      g_thread_unref (g_thread_new (self->name, worker_thread,
                                    g_atomic_rc_box_acquire (self->shared)));
    }
  else
    {
      g_cond_signal (&self->shared->wake);
    }
}
