/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-refresh-private.h"

/* Requests in parallel, results one at a time. Threads never run further ahead than one result each,
 * so that what is kept in memory does not depend on how slowly it is stored. */

typedef struct
{
  gconstpointer  job;
  gpointer       result;  /* (owned) (nullable) */
  GError        *problem; /* (owned) (nullable) */
} Parcel;

typedef struct
{
  GranaryTioneRound *round;
  GPtrArray         *jobs;
  GranaryTioneFetch  fetch;
  GDestroyNotify     result_free;
  GCancellable      *stop;
  guint              n_threads;

  GMutex             mutex;    /* guards what follows */
  GCond              changed;
  GQueue             parcels;  /* of Parcel, fetched and not yet stored */
  guint              next;     /* job */
  guint              running;  /* threads */
} FanOut;

static void
parcel_free (Parcel         *parcel,
             GDestroyNotify  result_free)
{
  if (parcel->result != NULL)
    result_free (parcel->result);
  g_clear_error (&parcel->problem);
  g_free (parcel);
}

static gpointer
fetch_thread (gpointer data)
{
  FanOut *self = data;

  g_mutex_lock (&self->mutex);
  while (self->next < self->jobs->len && !g_cancellable_is_cancelled (self->stop))
    {
      Parcel *parcel = g_new0 (Parcel, 1);

      parcel->job = g_ptr_array_index (self->jobs, self->next++);
      g_mutex_unlock (&self->mutex);
      parcel->result = self->fetch (self->round, parcel->job, self->stop, &parcel->problem);
      g_mutex_lock (&self->mutex);

      g_queue_push_tail (&self->parcels, parcel);
      g_cond_broadcast (&self->changed);
      while (g_queue_get_length (&self->parcels) >= self->n_threads &&
             !g_cancellable_is_cancelled (self->stop))
        g_cond_wait (&self->changed, &self->mutex);
    }

  self->running--;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
  return NULL;
}

/* The next to be stored; %NULL when there will be no more. */
static Parcel *
take_parcel (FanOut *self)
{
  Parcel *parcel;

  g_mutex_lock (&self->mutex);
  while (g_queue_is_empty (&self->parcels) && self->running > 0)
    g_cond_wait (&self->changed, &self->mutex);
  parcel = g_queue_pop_head (&self->parcels);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);

  return parcel;
}

static void
stop (FanOut *self)
{
  g_cancellable_cancel (self->stop);
  g_mutex_lock (&self->mutex);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);
}

/* Another thread called the whole off; those that wait to go on have to hear of it. */
static void
cancelled_cb (GCancellable *cancellable,
              gpointer      data)
{
  stop (data);
}

/**
 * granary_tione_fan_out:
 * @round: the refresh
 * @jobs: what to fetch; stays as it is
 * @n_threads: how many requests at once
 * @fetch: fetches one, on another thread
 * @store: takes one result, or one error, on this thread; %FALSE ends it all
 * @result_free: frees a result that is not stored any more
 * @data: for @store
 * @error: return location
 *
 * Blocks until all is stored, or nothing runs any more.
 *
 * Returns: whether all was stored; the error of @store, or the cancellation
 */
gboolean
granary_tione_fan_out (GranaryTioneRound  *round,
                       GPtrArray          *jobs,
                       guint               n_threads,
                       GranaryTioneFetch   fetch,
                       GranaryTioneStore   store,
                       GDestroyNotify      result_free,
                       gpointer            data,
                       GError            **error)
{
  g_autoptr (GPtrArray) threads = g_ptr_array_new ();
  g_autoptr (GCancellable) stopped = g_cancellable_new ();
  FanOut self = { .round = round, .jobs = jobs, .fetch = fetch, .result_free = result_free,
                  .stop = stopped, .n_threads = MAX (1, MIN (n_threads, jobs->len)) };
  gboolean is_well = TRUE;
  gulong handler = 0;
  Parcel *parcel;

  if (jobs->len == 0)
    return !g_cancellable_set_error_if_cancelled (round->cancellable, error);

  g_mutex_init (&self.mutex);
  g_cond_init (&self.changed);
  g_queue_init (&self.parcels);
  if (round->cancellable != NULL)
    handler = g_cancellable_connect (round->cancellable, G_CALLBACK (cancelled_cb), &self, NULL);

  self.running = self.n_threads;
  for (guint i = 0; i < self.n_threads; i++)
    g_ptr_array_add (threads, g_thread_new ("tione-fetch", fetch_thread, &self));

  while ((parcel = take_parcel (&self)) != NULL)
    {
      if (is_well && g_cancellable_set_error_if_cancelled (round->cancellable, error))
        is_well = FALSE;
      if (is_well)
        is_well = store (round, parcel->job, g_steal_pointer (&parcel->result),
                         g_steal_pointer (&parcel->problem), data, error);
      parcel_free (parcel, result_free);
      if (!is_well)
        stop (&self);
    }

  for (guint i = 0; i < threads->len; i++)
    g_thread_join (g_ptr_array_index (threads, i));
  g_cancellable_disconnect (round->cancellable, handler);
  g_mutex_clear (&self.mutex);
  g_cond_clear (&self.changed);

  return is_well && !g_cancellable_set_error_if_cancelled (round->cancellable, error);
}
