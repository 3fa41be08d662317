/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-transfers"

#include "config.h"

#include "granary-transfer-list.h"

struct _GranaryTransferList
{
  GObject     parent_instance;

  GPtrArray  *transfers; /* (owned) (element-type GranaryTransfer) newest first */
  GHashTable *running;   /* (owned) set of those not over, unowned */
};

enum
{
  PROP_N_RUNNING = 1,
  PROP_FRACTION,
  N_PROPS
};

enum
{
  ENDED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GranaryTransferList, granary_transfer_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
state_changed_cb (GranaryTransferList *self,
                  GParamSpec          *pspec,
                  GranaryTransfer     *transfer)
{
  if (!granary_transfer_is_over (transfer) || !g_hash_table_remove (self->running, transfer))
    return;

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_RUNNING]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FRACTION]);
  g_signal_emit (self, signals[ENDED], 0, transfer);
}

static void
progress_cb (GranaryTransferList *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FRACTION]);
}

static GType
granary_transfer_list_get_item_type (GListModel *model)
{
  return GRANARY_TYPE_TRANSFER;
}

static guint
granary_transfer_list_get_n_items (GListModel *model)
{
  return GRANARY_TRANSFER_LIST (model)->transfers->len;
}

static gpointer
granary_transfer_list_get_item (GListModel *model,
                                guint       position)
{
  GranaryTransferList *self = GRANARY_TRANSFER_LIST (model);

  if (position >= self->transfers->len)
    return NULL;

  return g_object_ref (g_ptr_array_index (self->transfers, position));
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = granary_transfer_list_get_item_type;
  iface->get_n_items = granary_transfer_list_get_n_items;
  iface->get_item = granary_transfer_list_get_item;
}

static void
granary_transfer_list_finalize (GObject *object)
{
  GranaryTransferList *self = GRANARY_TRANSFER_LIST (object);

  g_hash_table_unref (self->running);
  g_ptr_array_unref (self->transfers);

  G_OBJECT_CLASS (granary_transfer_list_parent_class)->finalize (object);
}

static void
granary_transfer_list_get_property (GObject    *object,
                                    guint       prop_id,
                                    GValue     *value,
                                    GParamSpec *pspec)
{
  GranaryTransferList *self = GRANARY_TRANSFER_LIST (object);

  switch (prop_id)
    {
    case PROP_N_RUNNING:
      g_value_set_uint (value, granary_transfer_list_get_n_running (self));
      break;

    case PROP_FRACTION:
      g_value_set_double (value, granary_transfer_list_get_fraction (self));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
granary_transfer_list_class_init (GranaryTransferListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = granary_transfer_list_finalize;
  object_class->get_property = granary_transfer_list_get_property;

  properties[PROP_N_RUNNING] =
    g_param_spec_uint ("n-running", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_FRACTION] =
    g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[ENDED] = g_signal_new ("ended",
                                 G_TYPE_FROM_CLASS (klass),
                                 G_SIGNAL_RUN_LAST,
                                 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, GRANARY_TYPE_TRANSFER);
}

static void
granary_transfer_list_init (GranaryTransferList *self)
{
  self->transfers = g_ptr_array_new_with_free_func (g_object_unref);
  self->running = g_hash_table_new (NULL, NULL);
}

/**
 * granary_transfer_list_new:
 *
 * Returns: (transfer full): an empty list
 */
GranaryTransferList *
granary_transfer_list_new (void)
{
  return g_object_new (GRANARY_TYPE_TRANSFER_LIST, NULL);
}

/**
 * granary_transfer_list_add:
 * @self: a list
 * @transfer: a transfer
 *
 * Lists @transfer until it is cleared.
 */
void
granary_transfer_list_add (GranaryTransferList *self,
                           GranaryTransfer     *transfer)
{
  g_return_if_fail (GRANARY_IS_TRANSFER_LIST (self));
  g_return_if_fail (GRANARY_IS_TRANSFER (transfer));

  if (g_ptr_array_find (self->transfers, transfer, NULL))
    return;

  g_ptr_array_insert (self->transfers, 0, g_object_ref (transfer));
  g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, 1);

  if (granary_transfer_is_over (transfer))
    {
      g_signal_emit (self, signals[ENDED], 0, transfer);
      return;
    }

  g_hash_table_add (self->running, transfer);
  g_signal_connect_object (transfer, "notify::state", G_CALLBACK (state_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (transfer, "notify::bytes-done", G_CALLBACK (progress_cb), self,
                           G_CONNECT_SWAPPED);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_RUNNING]);
}

/**
 * granary_transfer_list_clear_ended:
 * @self: a list
 *
 * Takes out what is over.
 */
void
granary_transfer_list_clear_ended (GranaryTransferList *self)
{
  g_return_if_fail (GRANARY_IS_TRANSFER_LIST (self));

  for (guint i = self->transfers->len; i-- > 0;)
    {
      GranaryTransfer *transfer = g_ptr_array_index (self->transfers, i);

      if (g_hash_table_contains (self->running, transfer))
        continue;

      g_signal_handlers_disconnect_by_data (transfer, self);
      g_ptr_array_remove_index (self->transfers, i);
      g_list_model_items_changed (G_LIST_MODEL (self), i, 1, 0);
    }
}

/**
 * granary_transfer_list_cancel_all:
 * @self: a list
 *
 * Calls off all that still run; they end a little later.
 */
void
granary_transfer_list_cancel_all (GranaryTransferList *self)
{
  g_return_if_fail (GRANARY_IS_TRANSFER_LIST (self));

  for (guint i = 0; i < self->transfers->len; i++)
    {
      GranaryTransfer *transfer = g_ptr_array_index (self->transfers, i);

      if (g_hash_table_contains (self->running, transfer))
        granary_transfer_cancel (transfer);
    }
}

guint
granary_transfer_list_get_n_running (GranaryTransferList *self)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER_LIST (self), 0);

  return g_hash_table_size (self->running);
}

/**
 * granary_transfer_list_get_fraction:
 * @self: a list
 *
 * Returns: how much of the running transfers is done, by bytes, 0 to 1
 */
double
granary_transfer_list_get_fraction (GranaryTransferList *self)
{
  double done = 0;
  double total = 0;
  GHashTableIter iter;
  gpointer transfer;

  g_return_val_if_fail (GRANARY_IS_TRANSFER_LIST (self), 0);

  g_hash_table_iter_init (&iter, self->running);
  while (g_hash_table_iter_next (&iter, &transfer, NULL))
    {
      done += (double) granary_transfer_get_bytes_done (transfer);
      total += (double) granary_transfer_get_bytes_total (transfer);
    }

  return total > 0 ? CLAMP (done / total, 0, 1) : 0;
}
