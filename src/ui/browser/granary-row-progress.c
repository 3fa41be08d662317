/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-browser"

#include "config.h"

#include "granary-row-progress.h"

#include "granary-wording.h"

/* Of models and of versions apart, as both have ids of their own. */
typedef struct
{
  GHashTable *words; /* (owned) id → char: of what moves now */
  GHashTable *rows;  /* (owned) id → GranaryRow, unowned: in view */
} Side;

struct _GranaryRowProgress
{
  GObject               parent_instance;

  GranaryTransferList  *list;     /* (owned) (nullable) */
  GranaryTransferQueue *queue;    /* (owned) (nullable) */
  GranaryServiceList   *services; /* (owned) (nullable) */
  Side                  models;
  Side                  versions;
};

G_DEFINE_FINAL_TYPE (GranaryRowProgress, granary_row_progress, G_TYPE_OBJECT)

static Side *
get_side (GranaryRowProgress *self,
          GranaryRow         *row)
{
  return granary_row_is_version (row) ? &self->versions : &self->models;
}

static void
add_words (GHashTable *words,
           gint64      id,
           const char *text)
{
  if (id != 0 && !g_hash_table_contains (words, &id))
    g_hash_table_insert (words, g_memdup2 (&id, sizeof id), g_strdup (text));
}

static void
show (Side       *side,
      gint64      id,
      const char *text)
{
  GranaryRow *row = g_hash_table_lookup (side->rows, &id);

  if (row != NULL)
    granary_row_set_progress (row, text);
}

/* @words: (transfer full): what is to be shown from now on */
static void
replace_words (Side       *side,
               GHashTable *words)
{
  g_autoptr (GHashTable) before = g_steal_pointer (&side->words);
  GHashTableIter iter;
  gpointer id;
  gpointer text;

  side->words = words;
  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    if (!g_hash_table_contains (words, id))
      show (side, *(gint64 *) id, NULL);

  g_hash_table_iter_init (&iter, words);
  while (g_hash_table_iter_next (&iter, &id, &text))
    if (g_strcmp0 (g_hash_table_lookup (before, id), text) != 0)
      show (side, *(gint64 *) id, text);
}

static GHashTable *
new_words (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
}

/* What moves is at the head of the list, and there is never much of it. */
static void
update (GranaryRowProgress *self)
{
  GHashTable *models = new_words ();
  GHashTable *versions = new_words ();

  for (guint i = 0; self->list != NULL && self->queue != NULL; i++)
    {
      g_autoptr (GranaryTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (self->list), i);
      g_autofree char *text = NULL;

      if (transfer == NULL || granary_transfer_is_over (transfer) ||
          granary_transfer_get_state (transfer) == GRANARY_TRANSFER_QUEUED)
        break;
      if (!granary_transfer_queue_has (self->queue, transfer))
        continue;

      text = granary_wording_transfer_progress (transfer);
      add_words (models, granary_transfer_get_model_id (transfer), text);
      add_words (versions, granary_transfer_get_version_id (transfer), text);
    }

  replace_words (&self->models, models);
  replace_words (&self->versions, versions);
}

static void
update_serving (GranaryRowProgress *self,
                GranaryRow         *row)
{
  granary_row_set_serving (row, self->services != NULL &&
                                granary_service_list_get_n_running (self->services) > 0 &&
                                granary_service_list_is_serving (self->services,
                                                                 granary_row_get_id (row)));
}

static void
services_updated_cb (GranaryRowProgress *self)
{
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, self->versions.rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    update_serving (self, row);
}

static void
granary_row_progress_dispose (GObject *object)
{
  GranaryRowProgress *self = GRANARY_ROW_PROGRESS (object);

  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  g_clear_object (&self->list);
  g_clear_object (&self->queue);
  if (self->services != NULL)
    g_signal_handlers_disconnect_by_data (self->services, self);
  g_clear_object (&self->services);

  G_OBJECT_CLASS (granary_row_progress_parent_class)->dispose (object);
}

static void
granary_row_progress_finalize (GObject *object)
{
  GranaryRowProgress *self = GRANARY_ROW_PROGRESS (object);

  g_hash_table_unref (self->models.words);
  g_hash_table_unref (self->models.rows);
  g_hash_table_unref (self->versions.words);
  g_hash_table_unref (self->versions.rows);

  G_OBJECT_CLASS (granary_row_progress_parent_class)->finalize (object);
}

static void
granary_row_progress_class_init (GranaryRowProgressClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = granary_row_progress_dispose;
  object_class->finalize = granary_row_progress_finalize;
}

static void
side_init (Side *side)
{
  side->words = new_words ();
  side->rows = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

static void
granary_row_progress_init (GranaryRowProgress *self)
{
  side_init (&self->models);
  side_init (&self->versions);
}

/**
 * granary_row_progress_new:
 *
 * Returns: (transfer full): one that has no transfers to tell of yet
 */
GranaryRowProgress *
granary_row_progress_new (void)
{
  return g_object_new (GRANARY_TYPE_ROW_PROGRESS, NULL);
}

/**
 * granary_row_progress_set_list:
 * @self: the progress of a view's rows
 * @list: transfers of its window
 */
void
granary_row_progress_set_list (GranaryRowProgress  *self,
                               GranaryTransferList *list)
{
  g_return_if_fail (GRANARY_IS_ROW_PROGRESS (self));
  g_return_if_fail (GRANARY_IS_TRANSFER_LIST (list));
  g_return_if_fail (self->list == NULL);

  self->list = g_object_ref (list);
  /* The list says each of these at most ten times a second, but for its items; those that wait are
   * told of in one go. */
  g_signal_connect_object (list, "notify::fraction", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (list, "notify::n-running", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
}

void
granary_row_progress_set_queue (GranaryRowProgress   *self,
                                GranaryTransferQueue *queue)
{
  g_return_if_fail (GRANARY_IS_ROW_PROGRESS (self));
  g_return_if_fail (queue == NULL || GRANARY_IS_TRANSFER_QUEUE (queue));

  if (g_set_object (&self->queue, queue))
    update (self);
}

void
granary_row_progress_set_services (GranaryRowProgress *self,
                                   GranaryServiceList *services)
{
  g_return_if_fail (GRANARY_IS_ROW_PROGRESS (self));
  g_return_if_fail (GRANARY_IS_SERVICE_LIST (services));
  g_return_if_fail (self->services == NULL);

  self->services = g_object_ref (services);
  g_signal_connect_object (services, "updated", G_CALLBACK (services_updated_cb), self,
                           G_CONNECT_SWAPPED);
  services_updated_cb (self);
}

void
granary_row_progress_attach (GranaryRowProgress *self,
                             GranaryRow         *row)
{
  Side *side;
  gint64 id;

  g_return_if_fail (GRANARY_IS_ROW_PROGRESS (self));
  g_return_if_fail (GRANARY_IS_ROW (row));

  side = get_side (self, row);
  id = granary_row_get_id (row);
  g_hash_table_replace (side->rows, g_memdup2 (&id, sizeof id), row);
  if (g_hash_table_size (side->words) > 0)
    granary_row_set_progress (row, g_hash_table_lookup (side->words, &id));
  if (side == &self->versions)
    update_serving (self, row);
}

void
granary_row_progress_detach (GranaryRowProgress *self,
                             GranaryRow         *row)
{
  Side *side;
  gint64 id;

  g_return_if_fail (GRANARY_IS_ROW_PROGRESS (self));
  g_return_if_fail (GRANARY_IS_ROW (row));

  side = get_side (self, row);
  id = granary_row_get_id (row);
  /* Another row for the same thing may have come meanwhile. */
  if (g_hash_table_lookup (side->rows, &id) == row)
    g_hash_table_remove (side->rows, &id);
  granary_row_set_progress (row, NULL);
  if (side == &self->versions)
    granary_row_set_serving (row, FALSE);
}
