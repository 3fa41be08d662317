/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-publishes.h"

/**
 * GranaryPublishes:
 * @running: (element-type GranaryTransfer): those under way
 * @waiting: (element-type GTask): who waits for some of them; task data are those, (element-type
 *   GranaryTransfer)
 *
 * What is under way on one connection; its data.
 */
typedef struct
{
  GPtrArray *running;
  GPtrArray *waiting;
} GranaryPublishes;

static void
publishes_free (gpointer data)
{
  GranaryPublishes *self = data;

  g_ptr_array_unref (self->running);
  g_ptr_array_unref (self->waiting);
  g_free (self);
}

static GranaryPublishes *
publishes_get (GranaryConnection *connection)
{
  GQuark quark = g_quark_from_static_string ("granary-publishes");
  GranaryPublishes *self = g_object_get_qdata (G_OBJECT (connection), quark);

  if (self == NULL)
    {
      self = g_new0 (GranaryPublishes, 1);
      self->running = g_ptr_array_new_with_free_func (g_object_unref);
      self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
      g_object_set_qdata_full (G_OBJECT (connection), quark, self, publishes_free);
    }

  return self;
}

static gboolean
contains (GArray *ids,
          gint64  id)
{
  for (guint i = 0; ids != NULL && i < ids->len; i++)
    {
      if (g_array_index (ids, gint64, i) == id)
        return TRUE;
    }

  return FALSE;
}

/**
 * granary_publishes_begin:
 * @connection: where
 * @transfer: calls it off; its target is the version
 *
 * Notes that a version is being published, until [func@publishes_end].
 */
void
granary_publishes_begin (GranaryConnection *connection,
                         GranaryTransfer   *transfer)
{
  g_return_if_fail (GRANARY_IS_CONNECTION (connection));
  g_return_if_fail (GRANARY_IS_TRANSFER (transfer));
  g_return_if_fail (granary_transfer_get_version_id (transfer) > 0);

  g_ptr_array_add (publishes_get (connection)->running, g_object_ref (transfer));
}

/**
 * granary_publishes_end:
 * @connection: where
 * @transfer: as given to [func@publishes_begin]
 *
 * Notes that it is over, however it went.
 */
void
granary_publishes_end (GranaryConnection *connection,
                       GranaryTransfer   *transfer)
{
  GranaryPublishes *self;

  g_return_if_fail (GRANARY_IS_CONNECTION (connection));
  g_return_if_fail (GRANARY_IS_TRANSFER (transfer));

  self = publishes_get (connection);
  for (guint i = self->waiting->len; i-- > 0;)
    {
      g_autoptr (GTask) task = g_object_ref (g_ptr_array_index (self->waiting, i));
      GPtrArray *transfers = g_task_get_task_data (task);

      if (!g_ptr_array_remove (transfers, transfer) || transfers->len > 0)
        continue;
      g_ptr_array_remove_index (self->waiting, i);
      g_task_return_boolean (task, TRUE);
    }
  g_ptr_array_remove (self->running, transfer);
}

/**
 * granary_publishes_is_under_way:
 * @connection: where
 * @version_id: which version
 *
 * Returns: whether that version is being published at the moment
 */
gboolean
granary_publishes_is_under_way (GranaryConnection *connection,
                                gint64             version_id)
{
  GranaryPublishes *self;

  g_return_val_if_fail (GRANARY_IS_CONNECTION (connection), FALSE);

  self = publishes_get (connection);
  for (guint i = 0; i < self->running->len; i++)
    {
      if (granary_transfer_get_version_id (g_ptr_array_index (self->running, i)) == version_id)
        return TRUE;
    }

  return FALSE;
}

/**
 * granary_publishes_settle_async:
 * @connection: where
 * @model_ids: (element-type gint64) (nullable): models with all their versions
 * @version_ids: (element-type gint64) (nullable): versions
 * @callback: called when done
 * @user_data: for @callback
 *
 * Calls off what is under way of them and waits until each is over.
 */
void
granary_publishes_settle_async (GranaryConnection   *connection,
                                GArray              *model_ids,
                                GArray              *version_ids,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_autoptr (GPtrArray) transfers = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GTask) task = NULL;
  GranaryPublishes *self;

  g_return_if_fail (GRANARY_IS_CONNECTION (connection));

  self = publishes_get (connection);
  task = g_task_new (connection, NULL, callback, user_data);
  g_task_set_source_tag (task, granary_publishes_settle_async);
  for (guint i = 0; i < self->running->len; i++)
    {
      GranaryTransfer *transfer = g_ptr_array_index (self->running, i);

      if (contains (model_ids, granary_transfer_get_model_id (transfer)) ||
          contains (version_ids, granary_transfer_get_version_id (transfer)))
        g_ptr_array_add (transfers, g_object_ref (transfer));
    }
  if (transfers->len == 0)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  g_task_set_task_data (task, g_ptr_array_ref (transfers), (GDestroyNotify) g_ptr_array_unref);
  g_ptr_array_add (self->waiting, g_object_ref (task));
  /* One may be over at once, and takes itself out of the array. */
  for (guint i = transfers->len; i-- > 0;)
    {
      if (i < transfers->len)
        granary_transfer_cancel (g_ptr_array_index (transfers, i));
    }
}

/**
 * granary_publishes_settle_finish:
 * @connection: where
 * @result: as given to the callback
 *
 * Ends [func@publishes_settle_async].
 */
void
granary_publishes_settle_finish (GranaryConnection *connection,
                                 GAsyncResult      *result)
{
  g_return_if_fail (GRANARY_IS_CONNECTION (connection));
  g_return_if_fail (g_task_is_valid (result, connection));

  g_task_propagate_boolean (G_TASK (result), NULL);
}
