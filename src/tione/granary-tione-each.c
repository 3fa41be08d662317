/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-files-private.h"

#include "granary-error.h"

/* Small objects cost a round trip each, so several are under way at once. Large ones share the
 * part threads of GranaryCosTransfer, which bounds the connections of all. */
#define N_THREADS 8

typedef struct
{
  GranaryTioneEachFunc  func;
  gpointer              data;
  guint                 n;
  gint                  next;        /* atomic */
  GCancellable         *cancellable; /* (owned): of all pieces */
  GMutex                lock;
  GError               *error;       /* (owned) (nullable): the first */
} Each;

static void
work (Each *self)
{
  for (;;)
    {
      guint position = (guint) g_atomic_int_add (&self->next, 1);
      g_autoptr (GError) error = NULL;

      if (position >= self->n || g_cancellable_is_cancelled (self->cancellable))
        return;
      if (self->func (position, self->data, self->cancellable, &error))
        continue;

      g_mutex_lock (&self->lock);
      if (self->error == NULL)
        self->error = g_steal_pointer (&error);
      g_mutex_unlock (&self->lock);
      g_cancellable_cancel (self->cancellable);
      return;
    }
}

static gpointer
thread (gpointer data)
{
  work (data);
  return NULL;
}

static void
cancelled_cb (GCancellable *outer,
              GCancellable *inner)
{
  g_cancellable_cancel (inner);
}

gboolean
granary_tione_each (guint                  n,
                    GranaryTioneEachFunc   func,
                    gpointer               data,
                    GCancellable          *cancellable,
                    GError               **error)
{
  g_autoptr (GCancellable) inner = g_cancellable_new ();
  Each self = { .func = func, .data = data, .n = n, .cancellable = inner };
  GThread *threads[N_THREADS - 1];
  guint n_threads = 0;
  gulong handler = 0;
  gboolean is_called_off;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  g_mutex_init (&self.lock);
  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), inner, NULL);
  while (n_threads < G_N_ELEMENTS (threads) && n_threads + 1 < n)
    {
      /* Without more threads it takes longer, that is all. */
      threads[n_threads] = g_thread_try_new ("granary-files", thread, &self, NULL);
      if (threads[n_threads] == NULL)
        break;
      n_threads++;
    }
  work (&self);
  for (guint i = 0; i < n_threads; i++)
    g_thread_join (threads[i]);
  if (cancellable != NULL)
    g_cancellable_disconnect (cancellable, handler);
  g_mutex_clear (&self.lock);

  is_called_off = g_cancellable_is_cancelled (cancellable);
  if (is_called_off)
    {
      g_clear_error (&self.error);
      g_cancellable_set_error_if_cancelled (cancellable, error);
      return FALSE;
    }
  if (self.error != NULL)
    {
      g_propagate_error (error, self.error);
      return FALSE;
    }

  return TRUE;
}
