/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-browser"

#include "config.h"

#include "granary-text-cache.h"

typedef struct
{
  GList           link; /* data: the node itself; newest first in the queue */
  GranaryRowText *text;
} Node;

struct _GranaryTextCache
{
  GHashTable *nodes; /* id inside the text → Node */
  GQueue      order;
  guint       capacity;
};

static void
node_free (gpointer data)
{
  Node *node = data;

  granary_row_text_unref (node->text);
  g_free (node);
}

/**
 * granary_text_cache_new:
 * @capacity: how many rows to remember
 *
 * Returns: (transfer full): an empty cache
 */
GranaryTextCache *
granary_text_cache_new (guint capacity)
{
  GranaryTextCache *self;

  g_return_val_if_fail (capacity > 0, NULL);

  self = g_new0 (GranaryTextCache, 1);
  self->capacity = capacity;
  self->nodes = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, node_free);
  g_queue_init (&self->order);

  return self;
}

void
granary_text_cache_free (GranaryTextCache *self)
{
  g_return_if_fail (self != NULL);

  g_hash_table_unref (self->nodes);
  g_free (self);
}

/**
 * granary_text_cache_lookup:
 * @self: a cache
 * @id: row in the catalogue
 *
 * Finds the texts of a row and marks them as used.
 *
 * Returns: (transfer none) (nullable): the texts
 */
GranaryRowText *
granary_text_cache_lookup (GranaryTextCache *self,
                           gint64            id)
{
  Node *node;

  g_return_val_if_fail (self != NULL, NULL);

  node = g_hash_table_lookup (self->nodes, &id);
  if (node == NULL)
    return NULL;

  g_queue_unlink (&self->order, &node->link);
  g_queue_push_head_link (&self->order, &node->link);

  return node->text;
}

gboolean
granary_text_cache_contains (GranaryTextCache *self,
                             gint64            id)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return g_hash_table_contains (self->nodes, &id);
}

/**
 * granary_text_cache_insert:
 * @self: a cache
 * @text: texts of a row
 *
 * Keeps @text, in place of others of the same row, and forgets what was used longest ago when there
 * is no room.
 */
void
granary_text_cache_insert (GranaryTextCache *self,
                           GranaryRowText   *text)
{
  Node *node;

  g_return_if_fail (self != NULL);
  g_return_if_fail (text != NULL);

  granary_text_cache_remove (self, text->id);

  node = g_new0 (Node, 1);
  node->link.data = node;
  node->text = granary_row_text_ref (text);
  g_queue_push_head_link (&self->order, &node->link);
  g_hash_table_insert (self->nodes, &node->text->id, node);

  if (g_hash_table_size (self->nodes) > self->capacity)
    {
      Node *oldest = g_queue_peek_tail (&self->order);

      granary_text_cache_remove (self, oldest->text->id);
    }
}

void
granary_text_cache_remove (GranaryTextCache *self,
                           gint64            id)
{
  Node *node;

  g_return_if_fail (self != NULL);

  node = g_hash_table_lookup (self->nodes, &id);
  if (node == NULL)
    return;

  g_queue_unlink (&self->order, &node->link);
  g_hash_table_remove (self->nodes, &id);
}

void
granary_text_cache_clear (GranaryTextCache *self)
{
  g_return_if_fail (self != NULL);

  g_hash_table_remove_all (self->nodes);
  g_queue_init (&self->order);
}

guint
granary_text_cache_get_size (GranaryTextCache *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return g_hash_table_size (self->nodes);
}
