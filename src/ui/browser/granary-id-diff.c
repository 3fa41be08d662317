/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-browser"

#include "config.h"

#include "granary-id-diff.h"

#define ID(array, i) (g_array_index ((array), gint64, (i)))

static void
add_edit (GArray *edits,
          guint   position,
          guint   n_removed,
          guint   n_added,
          guint   from)
{
  GranaryIdEdit edit = { position, n_removed, n_added, from };

  g_array_append_val (edits, edit);
}

/* The ids of @array from @first up to @end. Keys point into the array. */
static GHashTable *
index_ids (GArray *array,
           guint   first,
           guint   end)
{
  GHashTable *ids = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = first; i < end; i++)
    g_hash_table_add (ids, &ID (array, i));

  return ids;
}

static gboolean
run_equals (GArray *a,
            guint   a_first,
            GArray *b,
            guint   b_first,
            guint   length)
{
  return memcmp (&ID (a, a_first), &ID (b, b_first), length * sizeof (gint64)) == 0;
}

/* One id that moved from one end of the stretch to the other: what an edit does to a list sorted
 * by time of change. */
static gboolean
find_move (GArray *before,
           GArray *after,
           guint   first,
           guint   length,
           GArray *edits)
{
  guint last = first + length - 1;

  if (length < 2)
    return FALSE;

  if (ID (before, last) == ID (after, first) &&
      run_equals (before, first, after, first + 1, length - 1))
    {
      add_edit (edits, last, 1, 0, 0);
      add_edit (edits, first, 0, 1, first);
      return TRUE;
    }
  if (ID (before, first) == ID (after, last) &&
      run_equals (before, first + 1, after, first, length - 1))
    {
      add_edit (edits, first, 1, 0, 0);
      add_edit (edits, last, 0, 1, last);
      return TRUE;
    }

  return FALSE;
}

/**
 * granary_id_diff:
 * @before: (element-type gint64): the old vector
 * @after: (element-type gint64): the new one; ids are unique in each
 *
 * Finds few edits that lead from @before to @after when applied one after the other: rows that came
 * or went stretch by stretch, one row that moved. Where that would take more than
 * %GRANARY_ID_DIFF_MAX_EDITS, or the order changed, it is one edit of the stretch that differs.
 *
 * Returns: (transfer full) (element-type GranaryIdEdit): the edits, none when nothing differs
 */
GArray *
granary_id_diff (GArray *before,
                 GArray *after)
{
  g_autoptr (GArray) edits = g_array_new (FALSE, FALSE, sizeof (GranaryIdEdit));
  g_autoptr (GHashTable) old_ids = NULL;
  g_autoptr (GHashTable) new_ids = NULL;
  guint first = 0;
  guint old_end;
  guint new_end;
  guint i;
  guint j;
  guint position;

  g_return_val_if_fail (before != NULL && after != NULL, NULL);

  old_end = before->len;
  new_end = after->len;
  while (first < old_end && first < new_end && ID (before, first) == ID (after, first))
    first++;
  while (old_end > first && new_end > first && ID (before, old_end - 1) == ID (after, new_end - 1))
    {
      old_end--;
      new_end--;
    }

  if (old_end == first && new_end == first)
    return g_steal_pointer (&edits);

  if (old_end == first || new_end == first)
    {
      add_edit (edits, first, old_end - first, new_end - first, first);
      return g_steal_pointer (&edits);
    }

  if (old_end == new_end && find_move (before, after, first, old_end - first, edits))
    return g_steal_pointer (&edits);

  old_ids = index_ids (before, first, old_end);
  new_ids = index_ids (after, first, new_end);
  i = j = position = first;
  while (i < old_end || j < new_end)
    {
      guint n_removed = 0;
      guint n_added = 0;

      if (i < old_end && j < new_end && ID (before, i) == ID (after, j))
        {
          i++;
          j++;
          position++;
          continue;
        }

      while (i + n_removed < old_end &&
             !g_hash_table_contains (new_ids, &ID (before, i + n_removed)))
        n_removed++;
      while (j + n_added < new_end && !g_hash_table_contains (old_ids, &ID (after, j + n_added)))
        n_added++;

      if ((n_removed == 0 && n_added == 0) || edits->len == GRANARY_ID_DIFF_MAX_EDITS)
        {
          g_array_set_size (edits, 0);
          add_edit (edits, first, old_end - first, new_end - first, first);
          break;
        }

      add_edit (edits, position, n_removed, n_added, j);
      i += n_removed;
      j += n_added;
      position += n_added;
    }

  return g_steal_pointer (&edits);
}
