/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-transfers"

#include "config.h"

#include "granary-transfer-list.h"

#include <gtk/gtk.h>

/* How often the whole is summed up while bytes move, in ms. */
#define FRACTION_INTERVAL 100

/* In the order in which they are shown. */
typedef enum
{
  SECTION_MOVING,
  SECTION_FAILED,
  SECTION_WAITING,
  SECTION_OVER,
  N_SECTIONS
} Section;

/*
 * Each transfer has a place among all, the window's own (newest first) before the queue's (in its
 * order), and one in the section of its state, which follows the places but for what is over:
 *
 *   places   [ own … │ queue … ]
 *   sections [ moving ][ failed ][ waiting ][ over ]        what the list shows
 *
 * Sequences find, insert and count in logarithmic time, so thousands of transfers cost little.
 */
typedef struct
{
  GranaryTransfer *transfer; /* (owned) */
  GSequenceIter   *place;
  GSequenceIter   *shown;
  Section          section;
  gint64           serial;   /* of one that is over: the higher, the later */
  gboolean         is_queued;
  gboolean         is_running;
} Item;

struct _GranaryTransferList
{
  GObject               parent_instance;

  GListStore           *queues;               /* (owned) (element-type GranaryTransferQueue) */
  GtkFlattenListModel  *queued;               /* (owned): transfers of all queues */
  GSequence            *places;               /* (owned) (element-type Item) */
  guint                 n_own;                /* of these, the first */
  GSequence            *sections[N_SECTIONS]; /* (owned) (element-type Item), unowned */
  GHashTable           *items;                /* (owned) GranaryTransfer → Item, both unowned */
  guint                 n_running;
  guint                 n_own_running;
  gint64                last_serial;

  /* Since there last was nothing to do. */
  guint                 n_done;
  guint                 n_failed_now;
  double                bytes_done;
  guint                 fraction_source;
  double                fraction;
};

enum
{
  PROP_N_RUNNING = 1,
  PROP_N_FAILED,
  PROP_FRACTION,
  N_PROPS
};

enum
{
  ENDED,
  BATCH_ENDED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GranaryTransferList, granary_transfer_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* Auxiliary functions */

static void
item_free (gpointer data)
{
  Item *item = data;

  g_object_unref (item->transfer);
  g_free (item);
}

static Section
get_section (GranaryTransfer *transfer)
{
  switch (granary_transfer_get_state (transfer))
    {
    case GRANARY_TRANSFER_RUNNING:
    case GRANARY_TRANSFER_VERIFYING:
    case GRANARY_TRANSFER_FINISHING:
    case GRANARY_TRANSFER_RETRYING:
      return SECTION_MOVING;

    case GRANARY_TRANSFER_FAILED:
      return SECTION_FAILED;

    case GRANARY_TRANSFER_QUEUED:
    case GRANARY_TRANSFER_PAUSED:
      return SECTION_WAITING;

    case GRANARY_TRANSFER_DONE:
    case GRANARY_TRANSFER_CANCELLED:
    default:
      return SECTION_OVER;
    }
}

static int
compare_items (gconstpointer a,
               gconstpointer b,
               gpointer      user_data)
{
  const Item *item_a = a;
  const Item *item_b = b;

  if (item_a->section == SECTION_OVER)
    return (item_a->serial < item_b->serial) - (item_a->serial > item_b->serial);

  return g_sequence_iter_compare (item_a->place, item_b->place);
}

static guint
get_position (GranaryTransferList *self,
              Item                *item)
{
  guint position = (guint) g_sequence_iter_get_position (item->shown);

  for (guint i = 0; i < item->section; i++)
    position += (guint) g_sequence_get_length (self->sections[i]);

  return position;
}

/* The whole */

static double
sum_up (GranaryTransferList *self)
{
  double done = self->bytes_done;
  double total = self->bytes_done;
  double parts = self->n_done;
  guint n_items = self->n_done;
  gboolean all_known = TRUE;

  for (guint i = 0; i < N_SECTIONS; i++)
    {
      GSequenceIter *iter = g_sequence_get_begin_iter (self->sections[i]);

      if (i != SECTION_MOVING && i != SECTION_WAITING)
        continue;
      for (; !g_sequence_iter_is_end (iter); iter = g_sequence_iter_next (iter))
        {
          const Item *item = g_sequence_get (iter);
          gint64 bytes_total = granary_transfer_get_bytes_total (item->transfer);

          if (!item->is_running)
            continue;
          all_known = all_known && bytes_total > 0;
          done += (double) MIN (granary_transfer_get_bytes_done (item->transfer), bytes_total);
          total += (double) bytes_total;
          parts += granary_transfer_get_fraction (item->transfer);
          n_items++;
        }
    }

  /* By bytes where all sizes are known, else each counts the same. */
  if (all_known && total > 0)
    return CLAMP (done / total, 0, 1);

  return n_items > 0 ? CLAMP (parts / n_items, 0, 1) : 0;
}

static gboolean
fraction_cb (gpointer user_data)
{
  GranaryTransferList *self = user_data;
  double fraction = sum_up (self);

  self->fraction_source = 0;
  if (fraction != self->fraction)
    {
      self->fraction = fraction;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FRACTION]);
    }

  return G_SOURCE_REMOVE;
}

static void
progress_cb (GranaryTransferList *self)
{
  if (self->fraction_source == 0)
    self->fraction_source = g_timeout_add (FRACTION_INTERVAL, fraction_cb, self);
}

static void
set_running (GranaryTransferList *self,
             Item                *item,
             gboolean             is_running)
{
  guint n_own = item->is_queued ? 0 : 1;

  if (item->is_running == is_running)
    return;

  item->is_running = is_running;
  self->n_running += is_running ? 1 : -1u;
  self->n_own_running += is_running ? n_own : -n_own;
}

/* After a change of the counts that listeners are to hear of once. */
static void
notify_counts (GranaryTransferList *self,
               guint                n_running,
               guint                n_failed)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (n_running != self->n_running)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_RUNNING]);
  if (n_failed != granary_transfer_list_get_n_failed (self))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_FAILED]);
  g_object_thaw_notify (G_OBJECT (self));
  progress_cb (self);
}

static void
end_batch (GranaryTransferList *self,
           GranaryTransfer     *last)
{
  guint n_done = self->n_done;
  guint n_failed = self->n_failed_now;

  self->n_done = 0;
  self->n_failed_now = 0;
  self->bytes_done = 0;
  if (n_done + n_failed > 0)
    g_signal_emit (self, signals[BATCH_ENDED], 0, n_done, n_failed, last);
}

static void
note_end (GranaryTransferList *self,
          GranaryTransfer     *transfer)
{
  switch ((int) granary_transfer_get_state (transfer))
    {
    case GRANARY_TRANSFER_DONE:
      self->n_done++;
      self->bytes_done += (double) granary_transfer_get_bytes_total (transfer);
      break;

    case GRANARY_TRANSFER_FAILED:
      self->n_failed_now++;
      break;

    default:
      break;
    }

  g_signal_emit (self, signals[ENDED], 0, transfer);
}

/* Items */

static gboolean
is_to_run (GranaryTransfer *transfer)
{
  return !granary_transfer_is_over (transfer) &&
         granary_transfer_get_state (transfer) != GRANARY_TRANSFER_PAUSED;
}

/* Into its section; says nothing to anybody. */
static void
show_item (GranaryTransferList *self,
           Item                *item)
{
  item->section = get_section (item->transfer);
  item->serial = ++self->last_serial;
  item->shown = g_sequence_insert_sorted (self->sections[item->section], item, compare_items, NULL);
}

static void
state_changed_cb (GranaryTransferList *self,
                  GParamSpec          *pspec,
                  GranaryTransfer     *transfer)
{
  Item *item = g_hash_table_lookup (self->items, transfer);
  guint n_running = self->n_running;
  guint n_failed = granary_transfer_list_get_n_failed (self);
  gboolean was_over = item->section == SECTION_FAILED || item->section == SECTION_OVER;
  g_autoptr (GranaryTransfer) kept = g_object_ref (transfer);

  if (get_section (transfer) != item->section)
    {
      guint position = get_position (self, item);

      g_sequence_remove (item->shown);
      g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
      show_item (self, item);
      g_list_model_items_changed (G_LIST_MODEL (self), get_position (self, item), 0, 1);
    }

  set_running (self, item, is_to_run (transfer));
  if (!was_over && granary_transfer_is_over (transfer))
    note_end (self, transfer);
  notify_counts (self, n_running, n_failed);
  if (n_running > 0 && self->n_running == 0)
    end_batch (self, kept);
}

/* Before @before among the places. */
static Item *
insert_item (GranaryTransferList *self,
             GranaryTransfer     *transfer,
             GSequenceIter       *before,
             gboolean             is_queued)
{
  Item *item = g_new0 (Item, 1);

  item->transfer = g_object_ref (transfer);
  item->is_queued = is_queued;
  item->place = g_sequence_insert_before (before, item);
  if (!is_queued)
    self->n_own++;
  g_hash_table_insert (self->items, transfer, item);
  show_item (self, item);
  set_running (self, item, is_to_run (transfer));
  g_signal_connect_object (transfer, "notify::state", G_CALLBACK (state_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (transfer, "notify::bytes-done", G_CALLBACK (progress_cb), self,
                           G_CONNECT_SWAPPED);

  return item;
}

static void
remove_item (GranaryTransferList *self,
             Item                *item)
{
  g_signal_handlers_disconnect_by_data (item->transfer, self);
  set_running (self, item, FALSE);
  if (!item->is_queued)
    self->n_own--;
  g_hash_table_remove (self->items, item->transfer);
  g_sequence_remove (item->shown);
  g_sequence_remove (item->place);
}

/* Queues */

/* One or two at a time are told one by one; of more, only that all may be others, which is what a
 * view takes best. */
static void
queue_changed_cb (GranaryTransferList *self,
                  guint                position,
                  guint                n_removed,
                  guint                n_added,
                  GListModel          *queue)
{
  guint n_before = g_list_model_get_n_items (G_LIST_MODEL (self));
  guint n_running = self->n_running;
  guint n_failed = granary_transfer_list_get_n_failed (self);
  gboolean is_small = n_removed + n_added <= 2;
  GSequenceIter *iter = g_sequence_get_iter_at_pos (self->places, (int) (self->n_own + position));

  for (guint i = 0; i < n_removed; i++)
    {
      GSequenceIter *next = g_sequence_iter_next (iter);
      Item *item = g_sequence_get (iter);
      guint shown = get_position (self, item);

      remove_item (self, item);
      if (is_small)
        g_list_model_items_changed (G_LIST_MODEL (self), shown, 1, 0);
      iter = next;
    }

  for (guint i = 0; i < n_added; i++)
    {
      g_autoptr (GranaryTransfer) transfer = g_list_model_get_item (queue, position + i);
      Item *item = g_hash_table_lookup (self->items, transfer);

      /* The window was told of it first; from now on it is the queue's. */
      if (item != NULL)
        {
          guint shown = get_position (self, item);

          remove_item (self, item);
          if (is_small)
            g_list_model_items_changed (G_LIST_MODEL (self), shown, 1, 0);
        }
      item = insert_item (self, transfer, iter, TRUE);
      if (is_small)
        g_list_model_items_changed (G_LIST_MODEL (self), get_position (self, item), 0, 1);
    }

  if (!is_small)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n_before,
                                g_list_model_get_n_items (G_LIST_MODEL (self)));
  notify_counts (self, n_running, n_failed);
}

/* GListModel */

static GType
granary_transfer_list_get_item_type (GListModel *model)
{
  return GRANARY_TYPE_TRANSFER;
}

static guint
granary_transfer_list_get_n_items (GListModel *model)
{
  GranaryTransferList *self = GRANARY_TRANSFER_LIST (model);
  guint n_items = 0;

  for (guint i = 0; i < N_SECTIONS; i++)
    n_items += (guint) g_sequence_get_length (self->sections[i]);

  return n_items;
}

static gpointer
granary_transfer_list_get_item (GListModel *model,
                                guint       position)
{
  GranaryTransferList *self = GRANARY_TRANSFER_LIST (model);

  for (guint i = 0; i < N_SECTIONS; i++)
    {
      guint n_items = (guint) g_sequence_get_length (self->sections[i]);

      if (position < n_items)
        {
          const Item *item =
            g_sequence_get (g_sequence_get_iter_at_pos (self->sections[i], (int) position));

          return g_object_ref (item->transfer);
        }
      position -= n_items;
    }

  return NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = granary_transfer_list_get_item_type;
  iface->get_n_items = granary_transfer_list_get_n_items;
  iface->get_item = granary_transfer_list_get_item;
}

/* GObject overrides */

static void
granary_transfer_list_finalize (GObject *object)
{
  GranaryTransferList *self = GRANARY_TRANSFER_LIST (object);

  g_clear_handle_id (&self->fraction_source, g_source_remove);
  for (guint i = 0; i < N_SECTIONS; i++)
    g_sequence_free (self->sections[i]);
  g_sequence_free (self->places);
  g_hash_table_unref (self->items);
  g_clear_object (&self->queued);
  g_clear_object (&self->queues);

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

    case PROP_N_FAILED:
      g_value_set_uint (value, granary_transfer_list_get_n_failed (self));
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
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = granary_transfer_list_finalize;
  object_class->get_property = granary_transfer_list_get_property;

  properties[PROP_N_RUNNING] =
    g_param_spec_uint ("n-running", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_N_FAILED] = g_param_spec_uint ("n-failed", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[ENDED] = g_signal_new ("ended",
                                 G_TYPE_FROM_CLASS (klass),
                                 G_SIGNAL_RUN_LAST,
                                 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, GRANARY_TYPE_TRANSFER);
  signals[BATCH_ENDED] = g_signal_new ("batch-ended",
                                       G_TYPE_FROM_CLASS (klass),
                                       G_SIGNAL_RUN_LAST,
                                       0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 3, G_TYPE_UINT, G_TYPE_UINT,
                                       GRANARY_TYPE_TRANSFER);
}

static void
granary_transfer_list_init (GranaryTransferList *self)
{
  self->places = g_sequence_new (item_free);
  for (guint i = 0; i < N_SECTIONS; i++)
    self->sections[i] = g_sequence_new (NULL);
  self->items = g_hash_table_new (NULL, NULL);
  self->queues = g_list_store_new (G_TYPE_LIST_MODEL);
  self->queued = gtk_flatten_list_model_new (g_object_ref (G_LIST_MODEL (self->queues)));
  g_signal_connect_object (self->queued, "items-changed", G_CALLBACK (queue_changed_cb), self,
                           G_CONNECT_SWAPPED);
}

/* Public functions */

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
 * Lists @transfer until it is cleared. One that the queue has is listed already.
 */
void
granary_transfer_list_add (GranaryTransferList *self,
                           GranaryTransfer     *transfer)
{
  guint n_running;
  guint n_failed;
  Item *item;

  g_return_if_fail (GRANARY_IS_TRANSFER_LIST (self));
  g_return_if_fail (GRANARY_IS_TRANSFER (transfer));

  if (g_hash_table_contains (self->items, transfer))
    return;

  n_running = self->n_running;
  n_failed = granary_transfer_list_get_n_failed (self);
  item = insert_item (self, transfer, g_sequence_get_begin_iter (self->places), FALSE);
  g_list_model_items_changed (G_LIST_MODEL (self), get_position (self, item), 0, 1);
  notify_counts (self, n_running, n_failed);

  if (granary_transfer_is_over (transfer))
    {
      note_end (self, transfer);
      if (self->n_running == 0)
        end_batch (self, transfer);
    }
}

/**
 * granary_transfer_list_add_queue:
 * @self: a list
 * @queue: of a connection
 *
 * Lists what @queue has, too. Queues added before that have nothing left are let go of.
 */
void
granary_transfer_list_add_queue (GranaryTransferList  *self,
                                 GranaryTransferQueue *queue)
{
  g_return_if_fail (GRANARY_IS_TRANSFER_LIST (self));
  g_return_if_fail (GRANARY_IS_TRANSFER_QUEUE (queue));

  if (g_list_store_find (self->queues, queue, NULL))
    return;

  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->queues)); i-- > 0;)
    {
      g_autoptr (GListModel) other = g_list_model_get_item (G_LIST_MODEL (self->queues), i);

      if (g_list_model_get_n_items (other) == 0)
        g_list_store_remove (self->queues, i);
    }
  g_list_store_append (self->queues, queue);
}

/**
 * granary_transfer_list_close_queues:
 * @self: a list
 *
 * Closes all queues, which keep what they have for the next start, and lets go of them.
 */
void
granary_transfer_list_close_queues (GranaryTransferList *self)
{
  g_return_if_fail (GRANARY_IS_TRANSFER_LIST (self));

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->queues)); i++)
    {
      g_autoptr (GranaryTransferQueue) queue =
        g_list_model_get_item (G_LIST_MODEL (self->queues), i);

      granary_transfer_queue_close (queue);
    }
  g_list_store_remove_all (self->queues);
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
  guint n_running;
  guint n_failed;
  GSequenceIter *iter;

  g_return_if_fail (GRANARY_IS_TRANSFER_LIST (self));

  n_running = self->n_running;
  n_failed = granary_transfer_list_get_n_failed (self);
  iter = g_sequence_get_begin_iter (self->places);
  for (guint n_own = self->n_own; n_own > 0; n_own--)
    {
      GSequenceIter *next = g_sequence_iter_next (iter);
      Item *item = g_sequence_get (iter);

      if (granary_transfer_is_over (item->transfer))
        {
          guint position = get_position (self, item);

          remove_item (self, item);
          g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
        }
      iter = next;
    }
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->queues)); i++)
    {
      g_autoptr (GranaryTransferQueue) queue =
        g_list_model_get_item (G_LIST_MODEL (self->queues), i);

      granary_transfer_queue_clear_over (queue);
    }

  notify_counts (self, n_running, n_failed);
}

static void
cancel (GranaryTransferList *self,
        gboolean             with_queue)
{
  g_autoptr (GPtrArray) transfers = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer transfer;
  gpointer item;

  /* Calling one off may change the list. */
  g_hash_table_iter_init (&iter, self->items);
  while (g_hash_table_iter_next (&iter, &transfer, &item))
    if (!granary_transfer_is_over (transfer) && (with_queue || !((Item *) item)->is_queued))
      g_ptr_array_add (transfers, g_object_ref (transfer));

  for (guint i = 0; i < transfers->len; i++)
    granary_transfer_cancel (g_ptr_array_index (transfers, i));
}

void
granary_transfer_list_cancel_own (GranaryTransferList *self)
{
  g_return_if_fail (GRANARY_IS_TRANSFER_LIST (self));

  cancel (self, FALSE);
}

/**
 * granary_transfer_list_cancel_all:
 * @self: a list
 *
 * Calls off all that are not over; they end a little later.
 */
void
granary_transfer_list_cancel_all (GranaryTransferList *self)
{
  g_return_if_fail (GRANARY_IS_TRANSFER_LIST (self));

  cancel (self, TRUE);
}

guint
granary_transfer_list_get_n_running (GranaryTransferList *self)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER_LIST (self), 0);

  return self->n_running;
}

guint
granary_transfer_list_get_n_own (GranaryTransferList *self)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER_LIST (self), 0);

  return self->n_own_running;
}

guint
granary_transfer_list_get_n_failed (GranaryTransferList *self)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER_LIST (self), 0);

  return (guint) g_sequence_get_length (self->sections[SECTION_FAILED]);
}

guint
granary_transfer_list_get_n_over (GranaryTransferList *self)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER_LIST (self), 0);

  return granary_transfer_list_get_n_failed (self) +
         (guint) g_sequence_get_length (self->sections[SECTION_OVER]);
}

/**
 * granary_transfer_list_get_fraction:
 * @self: a list
 *
 * Returns: how much is done of all there was to do since there last was nothing, 0 to 1; a tenth of
 *   a second late
 */
double
granary_transfer_list_get_fraction (GranaryTransferList *self)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER_LIST (self), 0);

  return self->fraction;
}

gboolean
granary_transfer_list_is_active (GranaryTransferList *self)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER_LIST (self), FALSE);

  if (self->n_own_running > 0)
    return TRUE;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->queues)); i++)
    {
      g_autoptr (GranaryTransferQueue) queue =
        g_list_model_get_item (G_LIST_MODEL (self->queues), i);

      if (granary_transfer_queue_is_running (queue))
        return TRUE;
    }

  return FALSE;
}
