/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cos"

#include "config.h"

#include "granary-cos-part-pool-private.h"

struct _GranaryCosPartPool
{
  GThreadPool *threads; /* (owned) of Batch: one entry a part that may be moved at once */
  guint        max;
};

/*
 * The parts of one file. It stands in the pool's queue as often as parts of it may move at once;
 * each time a thread comes to it, it moves one part and puts the batch to the queue's end again, so
 * that a file with ten thousand parts does not keep the others waiting.
 */
typedef struct
{
  GranaryCosPartFunc  func;
  gpointer            user_data;
  GCancellable       *stop;    /* (owned): cancelled by the caller or by the first failure */
  guint               n_parts;

  GMutex              lock;    /* of all that follows */
  GCond               changed;
  guint               next;    /* part to be moved next */
  guint               n_entries; /* in the pool's queue or being worked on */
  GError             *failure; /* (owned) (nullable): the first */
} Batch;

/* Auxiliary functions */

static void
batch_fail_locked (Batch  *batch,
                   GError *failure)
{
  if (batch->failure == NULL)
    batch->failure = failure;
  else
    g_error_free (failure);
}

/* The next part; FALSE when there is no more to do. */
static gboolean
batch_take (Batch *batch,
            guint *index)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&batch->lock);
  GError *cancelled = NULL;

  if (batch->failure != NULL || batch->next == batch->n_parts)
    return FALSE;
  if (g_cancellable_set_error_if_cancelled (batch->stop, &cancelled))
    {
      batch_fail_locked (batch, cancelled);
      return FALSE;
    }

  *index = batch->next++;
  return TRUE;
}

/* The caller waits for this; after it the batch is gone. */
static void
batch_leave (Batch *batch)
{
  g_mutex_lock (&batch->lock);
  if (--batch->n_entries == 0)
    g_cond_signal (&batch->changed);
  g_mutex_unlock (&batch->lock);
}

static void
part_cb (gpointer data,
         gpointer user_data)
{
  GranaryCosPartPool *self = user_data;
  Batch *batch = data;
  GError *failure = NULL;
  guint index;

  if (!batch_take (batch, &index))
    {
      batch_leave (batch);
      return;
    }

  if (!batch->func (index, batch->user_data, batch->stop, &failure))
    {
      g_mutex_lock (&batch->lock);
      batch_fail_locked (batch, failure);
      g_mutex_unlock (&batch->lock);
      /* The other parts on their way would be in vain. */
      g_cancellable_cancel (batch->stop);
      batch_leave (batch);
      return;
    }

  /* Nothing else is left of this entry, so the queue's end is its place. */
  g_thread_pool_push (self->threads, batch, NULL);
}

static void
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  g_cancellable_cancel (user_data);
}

/* Functions for the transfers */

/**
 * granary_cos_part_pool_new:
 * @max_threads: how many parts may move at once, at least 1
 *
 * Returns: (transfer full): a pool; threads are made as needed
 */
GranaryCosPartPool *
granary_cos_part_pool_new (guint max_threads)
{
  GranaryCosPartPool *self = g_new0 (GranaryCosPartPool, 1);

  g_assert (max_threads > 0);

  self->max = max_threads;
  self->threads = g_thread_pool_new (part_cb, self, (int) max_threads, FALSE, NULL);

  return self;
}

/* Nothing may be running. */
void
granary_cos_part_pool_free (GranaryCosPartPool *self)
{
  if (self == NULL)
    return;

  g_thread_pool_free (self->threads, FALSE, TRUE);
  g_free (self);
}

/**
 * granary_cos_part_pool_run:
 * @self: a pool
 * @n_parts: how many
 * @func: moves one
 * @user_data: for @func
 * @cancellable: (nullable): stops
 * @error: return location
 *
 * Calls @func once for each part on the pool's threads and waits. The first failure stops the
 * others by their cancellable; when this returns none is on its way any more. Any thread but the
 * pool's.
 *
 * Returns: whether all were moved; otherwise the first failure
 */
gboolean
granary_cos_part_pool_run (GranaryCosPartPool  *self,
                           guint                n_parts,
                           GranaryCosPartFunc   func,
                           gpointer             user_data,
                           GCancellable        *cancellable,
                           GError             **error)
{
  Batch batch = { 0 };
  gulong handler = 0;
  GError *failure;

  if (n_parts == 0)
    return !g_cancellable_set_error_if_cancelled (cancellable, error);

  batch.func = func;
  batch.user_data = user_data;
  batch.stop = g_cancellable_new ();
  batch.n_parts = n_parts;
  batch.n_entries = MIN (n_parts, self->max);
  g_mutex_init (&batch.lock);
  g_cond_init (&batch.changed);
  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), batch.stop, NULL);

  for (guint i = MIN (n_parts, self->max); i > 0; i--)
    g_thread_pool_push (self->threads, &batch, NULL);

  g_mutex_lock (&batch.lock);
  while (batch.n_entries > 0)
    g_cond_wait (&batch.changed, &batch.lock);
  g_mutex_unlock (&batch.lock);

  if (cancellable != NULL)
    g_cancellable_disconnect (cancellable, handler);
  failure = batch.failure;
  g_object_unref (batch.stop);
  g_cond_clear (&batch.changed);
  g_mutex_clear (&batch.lock);
  if (failure != NULL)
    {
      g_propagate_error (error, failure);
      return FALSE;
    }

  return TRUE;
}
