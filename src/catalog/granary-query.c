/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-catalog"

#include "config.h"

#include "granary-query.h"

struct _GranaryQuery
{
  char           *text; /* never NULL, stripped */
  GranaryTagSet  *tags; /* never NULL */
  GranarySortKey  sort_key;
  gboolean        descending;
};

G_DEFINE_BOXED_TYPE (GranaryQuery, granary_query, granary_query_ref, granary_query_unref)

/* Stored in settings and typed on the command line. */
static const char *const sort_ids[GRANARY_N_SORT_KEYS] = {
  [GRANARY_SORT_NAME] = "name",
  [GRANARY_SORT_FRAMEWORK] = "framework",
  [GRANARY_SORT_METRIC] = "metric",
  [GRANARY_SORT_SOURCE] = "source",
  [GRANARY_SORT_STATUS] = "status",
  [GRANARY_SORT_SIZE] = "size",
  [GRANARY_SORT_UPDATED] = "updated",
  [GRANARY_SORT_CREATED] = "created",
};

static void
granary_query_clear (gpointer data)
{
  GranaryQuery *self = data;

  g_free (self->text);
  granary_tag_set_free (self->tags);
}

/**
 * granary_query_new:
 * @text: (nullable): words that must all occur, the last ones as beginnings
 * @tags: (nullable): tags that models must carry, all of them
 * @sort_key: order
 * @descending: whether to reverse it
 *
 * Returns: (transfer full): the query
 */
GranaryQuery *
granary_query_new (const char          *text,
                   const GranaryTagSet *tags,
                   GranarySortKey       sort_key,
                   gboolean             descending)
{
  GranaryQuery *self;

  g_return_val_if_fail (sort_key < GRANARY_N_SORT_KEYS, NULL);

  self = g_atomic_rc_box_new0 (GranaryQuery);
  self->text = g_strstrip (g_utf8_make_valid (text != NULL ? text : "", -1));
  self->tags = granary_tag_set_copy (tags);
  self->sort_key = sort_key;
  self->descending = !!descending;
  return self;
}

GranaryQuery *
granary_query_ref (GranaryQuery *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

void
granary_query_unref (GranaryQuery *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, granary_query_clear);
}

const char *
granary_query_get_text (const GranaryQuery *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->text;
}

const GranaryTagSet *
granary_query_get_tags (const GranaryQuery *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->tags;
}

GranarySortKey
granary_query_get_sort_key (const GranaryQuery *self)
{
  g_return_val_if_fail (self != NULL, GRANARY_SORT_NAME);

  return self->sort_key;
}

gboolean
granary_query_get_descending (const GranaryQuery *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->descending;
}

/**
 * granary_query_is_filtered:
 * @self: a query
 *
 * Returns: whether it leaves models out: an empty answer then means "no results", not "empty"
 */
gboolean
granary_query_is_filtered (const GranaryQuery *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return *self->text != '\0' || granary_tag_set_get_size (self->tags) > 0;
}

gboolean
granary_query_equal (const GranaryQuery *a,
                     const GranaryQuery *b)
{
  if (a == b)
    return TRUE;
  if (a == NULL || b == NULL)
    return FALSE;

  return a->sort_key == b->sort_key && a->descending == b->descending &&
         g_str_equal (a->text, b->text) && granary_tag_set_equal (a->tags, b->tags);
}

/**
 * granary_sort_key_to_id:
 * @key: a sort key
 *
 * Returns: (transfer none): its stored name
 */
const char *
granary_sort_key_to_id (GranarySortKey key)
{
  g_return_val_if_fail (key < GRANARY_N_SORT_KEYS, NULL);

  return sort_ids[key];
}

gboolean
granary_sort_key_from_id (const char     *id,
                          GranarySortKey *key)
{
  g_return_val_if_fail (key != NULL, FALSE);

  for (guint i = 0; id != NULL && i < GRANARY_N_SORT_KEYS; i++)
    {
      if (g_str_equal (sort_ids[i], id))
        {
          *key = i;
          return TRUE;
        }
    }

  return FALSE;
}
