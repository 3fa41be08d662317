/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-service-private.h"

#define CHECK (100 * G_TIME_SPAN_MILLISECOND)

/* A version, or a model when its version_id is 0. */
typedef struct
{
  gint64 model_id;
  gint64 version_id;
} Item;

/* Any thread. */
struct _GranaryTioneBusy
{
  GMutex  mutex;      /* guards what follows */
  GCond   ended;
  GArray *publishing; /* (owned) (element-type Item) */
  GArray *deleting;   /* (owned) (element-type Item) */
};

GranaryTioneBusy *
granary_tione_busy_new (void)
{
  GranaryTioneBusy *self = g_new0 (GranaryTioneBusy, 1);

  g_mutex_init (&self->mutex);
  g_cond_init (&self->ended);
  self->publishing = g_array_new (FALSE, FALSE, sizeof (Item));
  self->deleting = g_array_new (FALSE, FALSE, sizeof (Item));

  return self;
}

void
granary_tione_busy_free (GranaryTioneBusy *self)
{
  g_array_unref (self->publishing);
  g_array_unref (self->deleting);
  g_cond_clear (&self->ended);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/* With the mutex held: whether one of @items is, has or is part of this. */
static gboolean
meets (GArray *items,
       gint64  model_id,
       gint64  version_id)
{
  for (guint i = 0; i < items->len; i++)
    {
      const Item *item = &g_array_index (items, Item, i);

      if (item->model_id == model_id &&
          (item->version_id == version_id || item->version_id == 0 || version_id == 0))
        return TRUE;
    }

  return FALSE;
}

/* With the mutex held. */
static void
take_out (GArray *items,
          gint64  model_id,
          gint64  version_id)
{
  for (guint i = 0; i < items->len; i++)
    {
      const Item *item = &g_array_index (items, Item, i);

      if (item->version_id == version_id && (version_id != 0 || item->model_id == model_id))
        {
          g_array_remove_index_fast (items, i);
          return;
        }
    }
}

gboolean
granary_tione_busy_begin_publish (GranaryTioneBusy *self,
                                  gint64            model_id,
                                  gint64            version_id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  Item item = { model_id, version_id };

  if (meets (self->deleting, model_id, version_id))
    return FALSE;

  g_array_append_val (self->publishing, item);
  return TRUE;
}

void
granary_tione_busy_end_publish (GranaryTioneBusy *self,
                                gint64            version_id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  take_out (self->publishing, 0, version_id);
  g_cond_broadcast (&self->ended);
}

gboolean
granary_tione_busy_begin_delete (GranaryTioneBusy  *self,
                                 gint64             model_id,
                                 gint64             version_id,
                                 GCancellable      *cancellable,
                                 GError           **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  Item item = { model_id, version_id };

  while (meets (self->publishing, model_id, version_id))
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      g_cond_wait_until (&self->ended, &self->mutex, g_get_monotonic_time () + CHECK);
    }

  g_array_append_val (self->deleting, item);
  return TRUE;
}

void
granary_tione_busy_end_delete (GranaryTioneBusy *self,
                               gint64            model_id,
                               gint64            version_id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  take_out (self->deleting, model_id, version_id);
}
