/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tags"

#include "config.h"

#include "granary-tag-plan.h"

#include "granary-error.h"

/* A key, what the models carry of it, and what the user made of it. */
typedef struct
{
  char      *key;
  char      *base_value;  /* (nullable): what all carriers agree on */
  char      *base_values; /* all of them, most frequent first */
  guint      n_carriers;  /* models that carry the key now */
  char      *new_value;   /* (nullable): what the user set for all */
  gboolean   removed;     /* by the user, from all */
} Row;

struct _GranaryTagPlan
{
  GPtrArray *sets; /* (element-type GranaryTagSet): what each model carries now */
  GPtrArray *rows; /* (element-type Row): in the order shown */
  guint      largest; /* size of the largest of @sets */
  gboolean   locked;  /* reserved keys stay as they are */
};

static void
row_free (gpointer data)
{
  Row *row = data;

  g_free (row->key);
  g_free (row->base_value);
  g_free (row->base_values);
  g_free (row->new_value);
  g_free (row);
}

static gboolean
row_is_shown (const Row *row)
{
  return row->new_value != NULL || (row->n_carriers > 0 && !row->removed);
}

static gboolean
row_is_set (GranaryTagPlan *self,
            const Row      *row)
{
  if (row->new_value == NULL)
    return FALSE;

  return row->n_carriers < self->sets->len || g_strcmp0 (row->base_value, row->new_value) != 0;
}

static gboolean
row_is_removed (const Row *row)
{
  return row->removed && row->new_value == NULL && row->n_carriers > 0;
}

static Row *
find_row (GranaryTagPlan *self,
          const char     *key,
          guint          *position)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      Row *row = g_ptr_array_index (self->rows, i);

      if (g_str_equal (row->key, key))
        {
          if (position != NULL)
            *position = i;
          return row;
        }
    }

  return NULL;
}

static int
compare_counts (gconstpointer a,
                gconstpointer b,
                gpointer      user_data)
{
  GHashTable *counts = user_data;
  const char *first = *(const char * const *) a;
  const char *second = *(const char * const *) b;
  guint n_first = GPOINTER_TO_UINT (g_hash_table_lookup (counts, first));
  guint n_second = GPOINTER_TO_UINT (g_hash_table_lookup (counts, second));

  if (n_first != n_second)
    return n_first > n_second ? -1 : 1;

  return g_strcmp0 (first, second);
}

/* Values of one key over all models, from how often each occurs. */
static void
row_take_values (Row        *row,
                 GHashTable *counts)
{
  g_autoptr (GPtrArray) values = g_hash_table_get_keys_as_ptr_array (counts);

  g_ptr_array_sort_with_data (values, compare_counts, counts);
  if (values->len == 1)
    row->base_value = g_strdup (g_ptr_array_index (values, 0));
  g_ptr_array_add (values, NULL);
  row->base_values = g_strjoinv (", ", (char **) values->pdata);
}

/**
 * granary_tag_plan_new:
 * @tag_sets: (element-type GranaryTagSet): what each model carries; at least one
 *
 * Starts from what the models carry now, with nothing changed.
 *
 * Returns: (transfer full): a plan
 */
GranaryTagPlan *
granary_tag_plan_new (GPtrArray *tag_sets)
{
  g_autoptr (GHashTable) by_key = NULL;
  GranaryTagPlan *self;

  g_return_val_if_fail (tag_sets != NULL && tag_sets->len > 0, NULL);

  self = g_new0 (GranaryTagPlan, 1);
  self->sets = g_ptr_array_new_full (tag_sets->len, (GDestroyNotify) granary_tag_set_free);
  self->rows = g_ptr_array_new_with_free_func (row_free);

  /* key → (value → count); keys and values stay owned by the sets. */
  by_key = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_hash_table_unref);

  for (guint i = 0; i < tag_sets->len; i++)
    {
      GranaryTagSet *set = granary_tag_set_copy (g_ptr_array_index (tag_sets, i));
      guint size = granary_tag_set_get_size (set);

      g_ptr_array_add (self->sets, set);
      self->largest = MAX (self->largest, size);

      for (guint j = 0; j < size; j++)
        {
          const char *key = granary_tag_set_get_key (set, j);
          const char *value = granary_tag_set_get_value (set, j);
          GHashTable *counts = g_hash_table_lookup (by_key, key);
          Row *row;

          if (counts == NULL)
            {
              row = g_new0 (Row, 1);
              row->key = g_strdup (key);
              g_ptr_array_add (self->rows, row);
              counts = g_hash_table_new (g_str_hash, g_str_equal);
              g_hash_table_insert (by_key, row->key, counts);
            }

          g_hash_table_insert (counts, (gpointer) value,
                               GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (counts, value)) + 1));
        }
    }

  for (guint i = 0; i < self->rows->len; i++)
    {
      Row *row = g_ptr_array_index (self->rows, i);
      GHashTable *counts = g_hash_table_lookup (by_key, row->key);
      GHashTableIter iter;
      gpointer count;

      g_hash_table_iter_init (&iter, counts);
      while (g_hash_table_iter_next (&iter, NULL, &count))
        row->n_carriers += GPOINTER_TO_UINT (count);
      row_take_values (row, counts);
    }

  return self;
}

/**
 * granary_tag_plan_new_single:
 * @tags: (nullable): what the model carries; %NULL: nothing
 *
 * Returns: (transfer full): a plan for one model
 */
GranaryTagPlan *
granary_tag_plan_new_single (const GranaryTagSet *tags)
{
  g_autoptr (GPtrArray) sets = g_ptr_array_new ();
  g_autoptr (GranaryTagSet) none = granary_tag_set_new ();

  g_ptr_array_add (sets, (gpointer) (tags != NULL ? tags : none));

  return granary_tag_plan_new (sets);
}

void
granary_tag_plan_free (GranaryTagPlan *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->sets);
  g_ptr_array_unref (self->rows);
  g_free (self);
}

/**
 * granary_tag_plan_lock_reserved:
 * @self: a plan
 *
 * From now on keys that belong to the platform can be neither put nor removed.
 */
void
granary_tag_plan_lock_reserved (GranaryTagPlan *self)
{
  g_return_if_fail (self != NULL);

  self->locked = TRUE;
}

guint
granary_tag_plan_get_n_models (GranaryTagPlan *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->sets->len;
}

/**
 * granary_tag_plan_get_n_rows:
 * @self: a plan
 *
 * Returns: how many tags there are to show; those taken away are not
 */
guint
granary_tag_plan_get_n_rows (GranaryTagPlan *self)
{
  guint n_rows = 0;

  g_return_val_if_fail (self != NULL, 0);

  for (guint i = 0; i < self->rows->len; i++)
    {
      if (row_is_shown (g_ptr_array_index (self->rows, i)))
        n_rows++;
    }

  return n_rows;
}

/**
 * granary_tag_plan_get_row:
 * @self: a plan
 * @position: less than granary_tag_plan_get_n_rows()
 * @row: (out caller-allocates): where to put it
 *
 * Fills @row with the tag at @position as it will be.
 */
void
granary_tag_plan_get_row (GranaryTagPlan    *self,
                          guint              position,
                          GranaryTagPlanRow *row)
{
  guint shown = 0;

  g_return_if_fail (self != NULL);
  g_return_if_fail (row != NULL);

  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *candidate = g_ptr_array_index (self->rows, i);

      if (!row_is_shown (candidate) || shown++ != position)
        continue;

      row->key = candidate->key;
      row->locked = self->locked && granary_tag_key_is_reserved (candidate->key);
      if (candidate->new_value != NULL)
        {
          row->value = row->values = candidate->new_value;
          row->n_models = self->sets->len;
        }
      else
        {
          row->value = candidate->base_value;
          row->values = candidate->base_values;
          row->n_models = candidate->n_carriers;
        }
      return;
    }

  g_return_if_reached ();
}

/**
 * granary_tag_plan_is_changed:
 * @self: a plan
 *
 * Returns: whether carrying it out would change any model
 */
gboolean
granary_tag_plan_is_changed (GranaryTagPlan *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *row = g_ptr_array_index (self->rows, i);

      if (row_is_set (self, row) || row_is_removed (row))
        return TRUE;
    }

  return FALSE;
}

/* The result on one model: what it carries, without the removed keys, with the new values. */
static gboolean
apply_to_set (GranaryTagPlan  *self,
              GranaryTagSet   *set,
              GError         **error)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *row = g_ptr_array_index (self->rows, i);

      if (row_is_removed (row))
        granary_tag_set_remove (set, row->key);
    }

  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *row = g_ptr_array_index (self->rows, i);

      if (row->new_value != NULL && !granary_tag_set_put (set, row->key, row->new_value, error))
        return FALSE;
    }

  return TRUE;
}

/* Whether every model can still hold its tags. The sets are only gone through when one of them
 * could be near its limit. */
static gboolean
check_limit (GranaryTagPlan  *self,
             GError         **error)
{
  guint added = 0;

  for (guint i = 0; i < self->rows->len; i++)
    {
      if (((Row *) g_ptr_array_index (self->rows, i))->new_value != NULL)
        added++;
    }

  if (self->largest + added <= GRANARY_TAGS_MAX)
    return TRUE;

  for (guint i = 0; i < self->sets->len; i++)
    {
      g_autoptr (GranaryTagSet) copy = granary_tag_set_copy (g_ptr_array_index (self->sets, i));

      if (!apply_to_set (self, copy, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * granary_tag_plan_put:
 * @self: a plan
 * @key: tag key
 * @value: tag value
 * @error: (out) (optional): the rule broken
 *
 * Gives every model the tag, in place of another value of the same key. On error nothing changed.
 *
 * Returns: whether it is allowed
 */
gboolean
granary_tag_plan_put (GranaryTagPlan  *self,
                      const char      *key,
                      const char      *value,
                      GError         **error)
{
  g_autoptr (GranaryTagSet) scratch = granary_tag_set_new ();
  g_autofree char *old_value = NULL;
  const char *checked_key;
  guint position = 0;
  gboolean was_removed;
  gboolean is_new;
  Row *row;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (key != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  /* The set knows the rules, and may normalize what it is given. */
  if (!granary_tag_set_put (scratch, key, value, error))
    return FALSE;
  checked_key = granary_tag_set_get_key (scratch, 0);
  if (self->locked && granary_tag_key_is_reserved (checked_key))
    {
      granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_TAG_SYSTEM, checked_key,
                         "%s is reserved", checked_key);
      return FALSE;
    }

  row = find_row (self, checked_key, &position);
  is_new = row == NULL;
  if (is_new)
    {
      row = g_new0 (Row, 1);
      row->key = g_strdup (checked_key);
      position = self->rows->len;
      g_ptr_array_add (self->rows, row);
    }

  old_value = g_steal_pointer (&row->new_value);
  was_removed = row->removed;
  row->new_value = g_strdup (granary_tag_set_get_value (scratch, 0));
  row->removed = FALSE;

  if (!check_limit (self, error))
    {
      g_set_str (&row->new_value, old_value);
      row->removed = was_removed;
      if (is_new)
        g_ptr_array_remove_index (self->rows, position);
      return FALSE;
    }

  /* What was taken away and comes back is the latest again, as Backspace expects. */
  if (was_removed || (!is_new && old_value == NULL && row->n_carriers == 0))
    {
      row = g_ptr_array_steal_index (self->rows, position);
      g_ptr_array_add (self->rows, row);
    }

  return TRUE;
}

/**
 * granary_tag_plan_remove:
 * @self: a plan
 * @key: tag key
 *
 * Takes the tag from every model that carries it.
 *
 * Returns: whether there was one
 */
gboolean
granary_tag_plan_remove (GranaryTagPlan *self,
                         const char     *key)
{
  guint position;
  Row *row;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (key != NULL, FALSE);

  row = find_row (self, key, &position);
  if (row == NULL || !row_is_shown (row) ||
      (self->locked && granary_tag_key_is_reserved (key)))
    return FALSE;

  if (row->n_carriers == 0)
    {
      g_ptr_array_remove_index (self->rows, position);
      return TRUE;
    }

  g_clear_pointer (&row->new_value, g_free);
  row->removed = TRUE;

  return TRUE;
}

/**
 * granary_tag_plan_make_set:
 * @self: a plan
 *
 * Returns: (transfer full) (nullable): tags that some model lacks or has otherwise; %NULL: none
 */
GranaryTagSet *
granary_tag_plan_make_set (GranaryTagPlan *self)
{
  g_autoptr (GranaryTagSet) set = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *row = g_ptr_array_index (self->rows, i);

      if (!row_is_set (self, row))
        continue;
      if (set == NULL)
        set = granary_tag_set_new ();
      /* They were checked when they came in. */
      granary_tag_set_put (set, row->key, row->new_value, NULL);
    }

  return g_steal_pointer (&set);
}

/**
 * granary_tag_plan_make_remove:
 * @self: a plan
 *
 * Returns: (transfer full) (nullable) (array zero-terminated=1): keys to take away; %NULL: none
 */
char **
granary_tag_plan_make_remove (GranaryTagPlan *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  gboolean any = FALSE;

  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *row = g_ptr_array_index (self->rows, i);

      if (row_is_removed (row))
        {
          g_strv_builder_add (builder, row->key);
          any = TRUE;
        }
    }

  return any ? g_strv_builder_end (builder) : NULL;
}

/**
 * granary_tag_plan_make_result:
 * @self: a plan
 *
 * Returns: (transfer full): what the first model, usually the only one, will carry
 */
GranaryTagSet *
granary_tag_plan_make_result (GranaryTagPlan *self)
{
  g_autoptr (GranaryTagSet) result = NULL;
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  result = granary_tag_set_copy (g_ptr_array_index (self->sets, 0));
  /* Cannot fail: each put was tried on every set. */
  if (!apply_to_set (self, result, &error))
    g_warning ("Tags that passed their check do not fit: %s", error->message);

  return g_steal_pointer (&result);
}
