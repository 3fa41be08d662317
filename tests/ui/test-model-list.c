/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-id-diff.h"
#include "granary-model-list.h"
#include "granary-model-tree.h"
#include "granary-text-cache.h"
#include "granary-ui-test.h"
#include "widget-test.h"

#define N_MODELS 600

/* Differences */

static GArray *
make_ids (const gint64 *values,
          guint         n_values)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  g_array_append_vals (ids, values, n_values);

  return ids;
}

/* Applies what the difference says, as the list does, and compares. */
static guint
check_diff (GArray *before,
            GArray *after)
{
  g_autoptr (GArray) edits = granary_id_diff (before, after);
  g_autoptr (GArray) ids = make_ids ((gint64 *) before->data, before->len);

  for (guint i = 0; i < edits->len; i++)
    {
      GranaryIdEdit *edit = &g_array_index (edits, GranaryIdEdit, i);

      g_assert_cmpuint (edit->n_removed + edit->n_added, >, 0);
      if (edit->n_removed > 0)
        g_array_remove_range (ids, edit->position, edit->n_removed);
      if (edit->n_added > 0)
        g_array_insert_vals (ids, edit->position, &g_array_index (after, gint64, edit->from),
                             edit->n_added);
    }

  g_assert_cmpmem (ids->data, ids->len * sizeof (gint64), after->data,
                   after->len * sizeof (gint64));

  return edits->len;
}

static void
test_diff_cases (void)
{
  const gint64 all[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
  const gint64 up[] = { 6, 1, 2, 3, 4, 5, 7, 8 };
  const gint64 down[] = { 1, 3, 4, 5, 6, 7, 8, 2 };
  const gint64 holes[] = { 1, 3, 4, 9, 6, 8 };
  const gint64 mixed[] = { 8, 7, 6, 5, 4, 3, 2, 1 };
  g_autoptr (GArray) none = make_ids (NULL, 0);
  g_autoptr (GArray) a = make_ids (all, G_N_ELEMENTS (all));
  g_autoptr (GArray) b = make_ids (up, G_N_ELEMENTS (up));
  g_autoptr (GArray) c = make_ids (down, G_N_ELEMENTS (down));
  g_autoptr (GArray) d = make_ids (holes, G_N_ELEMENTS (holes));
  g_autoptr (GArray) e = make_ids (mixed, G_N_ELEMENTS (mixed));

  g_assert_cmpuint (check_diff (none, none), ==, 0);
  g_assert_cmpuint (check_diff (a, a), ==, 0);
  g_assert_cmpuint (check_diff (none, a), ==, 1);
  g_assert_cmpuint (check_diff (a, none), ==, 1);
  g_assert_cmpuint (check_diff (a, b), ==, 2);
  g_assert_cmpuint (check_diff (a, c), ==, 2);
  g_assert_cmpuint (check_diff (a, d), ==, 3);
  g_assert_cmpuint (check_diff (a, e), ==, 1);
}

static void
test_diff_random (void)
{
  for (guint round = 0; round < 500; round++)
    {
      guint n_ids = (guint) g_test_rand_int_range (0, 300);
      g_autoptr (GArray) before = make_ids (NULL, 0);
      g_autoptr (GArray) after = make_ids (NULL, 0);
      gint64 next = 1;

      for (guint i = 0; i < n_ids; i++)
        {
          int what = g_test_rand_int_range (0, 10);
          gint64 fresh = next++;

          if (what != 0)
            g_array_append_val (before, fresh);
          if (what != 1)
            g_array_append_val (after, fresh);
        }
      if (after->len > 1 && round % 2 == 0)
        {
          guint from = (guint) g_test_rand_int_range (0, (int) after->len);
          guint to = (guint) g_test_rand_int_range (0, (int) after->len - 1);
          gint64 id = g_array_index (after, gint64, from);

          g_array_remove_index (after, from);
          g_array_insert_val (after, to, id);
        }

      g_assert_cmpuint (check_diff (before, after), <=, GRANARY_ID_DIFF_MAX_EDITS);
    }
}

/* The cache */

static GranaryRowText *
make_text (gint64 id)
{
  g_autoptr (GranaryModelSummary) summary = granary_model_summary_new ();

  summary->id = id;
  summary->name = g_strdup_printf ("m%" G_GINT64_FORMAT, id);

  return granary_row_text_new_for_model (summary, 0);
}

static void
test_cache (void)
{
  g_autoptr (GranaryTextCache) cache = granary_text_cache_new (3);

  for (gint64 id = 1; id <= 3; id++)
    {
      g_autoptr (GranaryRowText) text = make_text (id);

      granary_text_cache_insert (cache, text);
    }
  g_assert_cmpstr (granary_text_cache_lookup (cache, 1)->name, ==, "m1");

  /* 2 is now the one used longest ago. */
  for (gint64 id = 3; id <= 4; id++)
    {
      g_autoptr (GranaryRowText) text = make_text (id);

      granary_text_cache_insert (cache, text);
    }
  g_assert_cmpuint (granary_text_cache_get_size (cache), ==, 3);
  g_assert_false (granary_text_cache_contains (cache, 2));
  g_assert_true (granary_text_cache_contains (cache, 1));
  g_assert_true (granary_text_cache_contains (cache, 3));
  g_assert_true (granary_text_cache_contains (cache, 4));

  granary_text_cache_remove (cache, 4);
  granary_text_cache_remove (cache, 99);
  g_assert_null (granary_text_cache_lookup (cache, 4));
  granary_text_cache_clear (cache);
  g_assert_cmpuint (granary_text_cache_get_size (cache), ==, 0);
}

/* The list */

typedef struct
{
  GranaryUiTest     base;
  GranaryModelList *list;
  GranaryModelTree *tree;
  guint             n_emissions;
  guint             n_touched;
} Fixture;

static void
items_changed_cb (Fixture *fixture,
                  guint    position,
                  guint    n_removed,
                  guint    n_added)
{
  fixture->n_emissions++;
  fixture->n_touched += n_removed + n_added;
}

static void
ask (GranaryModelList *list,
     const char       *text,
     GranarySortKey    key,
     gboolean          descending)
{
  g_autoptr (GranaryQuery) query = granary_query_new (text, NULL, key, descending);

  granary_model_list_set_query (list, query);
  granary_ui_test_wait (!granary_model_list_get_loading (list));
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  granary_ui_test_set_up (&fixture->base);
  granary_ui_test_add_models (&fixture->base, N_MODELS);
  fixture->tree = granary_model_tree_new ();
  fixture->list = granary_model_tree_get_list (fixture->tree);
  granary_model_tree_set_catalog (fixture->tree, fixture->base.catalog);
  ask (fixture->list, NULL, GRANARY_SORT_NAME, FALSE);
  g_signal_connect_swapped (fixture->list, "items-changed", G_CALLBACK (items_changed_cb), fixture);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  granary_ui_test_settle (&fixture->base);
  g_assert_finalize_object (fixture->tree);
  granary_ui_test_tear_down (&fixture->base);
}

static GranaryRow *
get_row (Fixture *fixture,
         guint    position)
{
  return g_list_model_get_item (G_LIST_MODEL (fixture->list), position);
}

static void
test_paging (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GranaryRow) row = get_row (fixture, 200);
  g_autoptr (GranaryRow) again = get_row (fixture, 200);
  g_autoptr (GranaryRow) neighbour = get_row (fixture, 201);

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->list)), ==, N_MODELS);
  g_assert_true (row == again);

  /* Knowing the rows reads nothing about them. */
  granary_ui_test_settle (&fixture->base);
  g_assert_null (granary_row_get_text (row));
  g_assert_cmpuint (granary_model_list_get_n_texts (fixture->list), ==, 0);

  /* Showing one reads its page. */
  granary_row_hold (row);
  granary_ui_test_wait (granary_row_get_text (row) != NULL);
  g_assert_cmpstr (granary_row_get_text (row)->name, ==, "model-200");
  g_assert_cmpuint (granary_model_list_get_n_texts (fixture->list), ==,
                    GRANARY_MODEL_LIST_PAGE_SIZE);

  /* The neighbour is there at once. */
  granary_row_hold (neighbour);
  g_assert_nonnull (granary_row_get_text (neighbour));
  g_assert_cmpstr (granary_row_get_text (neighbour)->name, ==, "model-201");
  granary_row_release (neighbour);
  granary_row_release (row);
  g_assert_null (granary_row_get_text (row));
}

static void
test_row_outlives_list (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autoptr (GranaryModelList) list = granary_model_list_new ();
  g_autoptr (GranaryRow) row = NULL;
  g_autoptr (GranaryQuery) query = granary_query_new (NULL, NULL, GRANARY_SORT_NAME, FALSE);

  granary_model_list_set_catalog (list, fixture->base.catalog);
  granary_model_list_set_query (list, query);
  granary_ui_test_wait (granary_model_list_get_loaded (list));
  row = g_list_model_get_item (G_LIST_MODEL (list), 3);
  granary_row_hold (row);
  granary_ui_test_wait (granary_row_get_text (row) != NULL);
  granary_ui_test_settle (&fixture->base);

  g_assert_finalize_object (g_steal_pointer (&list));
  granary_row_release (row);
  granary_row_hold (row);
  granary_row_release (row);
}

static void
test_changes (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GranaryRow) row = get_row (fixture, 10);
  gint64 id = granary_row_get_id (row);
  gint64 added;
  guint position;

  granary_row_hold (row);
  granary_ui_test_wait (granary_row_get_text (row) != NULL);

  /* A new name in the same place: the texts change, the rows do not. */
  granary_ui_test_rename (&fixture->base, id, "model-010x");
  granary_ui_test_wait (g_str_equal (granary_row_get_text (row)->name, "model-010x"));
  granary_ui_test_wait (!granary_model_list_get_loading (fixture->list));
  g_assert_cmpuint (fixture->n_emissions, ==, 0);

  /* A model more is one row more. */
  added = granary_ui_test_add_model (&fixture->base, "model-300a", 1);
  granary_ui_test_wait (granary_model_list_find (fixture->list, added, &position));
  g_assert_cmpuint (position, ==, 301);
  g_assert_cmpuint (fixture->n_emissions, ==, 1);
  g_assert_cmpuint (fixture->n_touched, ==, 1);

  /* One less is one row less. */
  granary_ui_test_remove (&fixture->base, added);
  granary_ui_test_wait (!granary_model_list_find (fixture->list, added, NULL));
  g_assert_cmpuint (fixture->n_touched, ==, 2);

  /* One that moves is taken out and put in. */
  granary_ui_test_rename (&fixture->base, id, "zebra");
  granary_ui_test_wait (granary_model_list_get_id (fixture->list, N_MODELS - 1) == id);
  g_assert_cmpuint (fixture->n_touched, ==, 4);
  granary_row_release (row);
}

static void
test_queries (Fixture       *fixture,
              gconstpointer  data)
{
  gint64 first = granary_model_list_get_id (fixture->list, 0);

  ask (fixture->list, NULL, GRANARY_SORT_NAME, TRUE);
  g_assert_cmpint (granary_model_list_get_id (fixture->list, N_MODELS - 1), ==, first);

  ask (fixture->list, "model-123", GRANARY_SORT_NAME, TRUE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->list)), ==, 1);
  g_assert_cmpint (granary_model_list_get_id (fixture->list, 0), ==,
                   granary_ui_test_find (&fixture->base, "model-123"));

  ask (fixture->list, "nothing is called this", GRANARY_SORT_NAME, TRUE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->list)), ==, 0);
  g_assert_cmpint (granary_model_list_get_id (fixture->list, 0), ==, 0);
}

/* A later query wins, whatever becomes of an earlier one. */
static void
test_overtaking (Fixture       *fixture,
                 gconstpointer  data)
{
  const char *texts[] = { "model-1", "model-12", "model-123", "model-1234", "model-12",
                          "model-59" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GranaryQuery) query =
        granary_query_new (texts[i], NULL, GRANARY_SORT_NAME, FALSE);

      granary_model_list_set_query (fixture->list, query);
    }
  granary_ui_test_wait (!granary_model_list_get_loading (fixture->list));
  granary_ui_test_settle (&fixture->base);

  g_assert_cmpint (granary_model_list_get_id (fixture->list, 0), ==,
                   granary_ui_test_find (&fixture->base, "model-590"));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->list)), ==, 10);
}

/* The tree */

static void
revealed_cb (guint *revealed,
             guint  position)
{
  *revealed = position;
}

static void
assert_selected (Fixture *fixture,
                 gint64   model_id,
                 gint64   version_id)
{
  g_autoptr (GArray) models = NULL;
  g_autoptr (GArray) versions = NULL;

  granary_model_tree_get_selected (fixture->tree, &models, &versions);
  g_assert_cmpuint (models->len, ==, model_id > 0 ? 1 : 0);
  if (model_id > 0)
    g_assert_cmpint (g_array_index (models, gint64, 0), ==, model_id);
  g_assert_cmpuint (versions->len, ==, version_id > 0 ? 1 : 0);
  if (version_id > 0)
    g_assert_cmpint (g_array_index (versions, gint64, 0), ==, version_id);
}

static void
test_selection (Fixture       *fixture,
                gconstpointer  data)
{
  GtkSelectionModel *selection = granary_model_tree_get_selection (fixture->tree);
  gint64 id = granary_model_list_get_id (fixture->list, 7);

  gtk_selection_model_select_item (selection, 7, TRUE);
  assert_selected (fixture, id, 0);

  /* It is the model that is selected, not its place. */
  ask (fixture->list, NULL, GRANARY_SORT_NAME, TRUE);
  g_assert_true (gtk_selection_model_is_selected (selection, N_MODELS - 1 - 7));
  g_assert_cmpuint (granary_model_tree_get_n_selected (fixture->tree), ==, 1);
  assert_selected (fixture, id, 0);

  /* A row that is filtered away is not selected any more. */
  ask (fixture->list, "model-123", GRANARY_SORT_NAME, TRUE);
  g_assert_cmpuint (granary_model_tree_get_n_selected (fixture->tree), ==, 0);
}

static void
test_expanded (Fixture       *fixture,
               gconstpointer  data)
{
  GtkSelectionModel *selection = granary_model_tree_get_selection (fixture->tree);
  gint64 id = granary_ui_test_find (&fixture->base, "model-005");
  gint64 version;
  guint revealed = GTK_INVALID_LIST_POSITION;

  g_signal_connect_swapped (fixture->tree, "revealed", G_CALLBACK (revealed_cb), &revealed);

  /* model-005 has three versions; the second is below the third. */
  granary_model_tree_reveal (fixture->tree, id, 2);
  granary_ui_test_wait (revealed != GTK_INVALID_LIST_POSITION);
  g_assert_cmpuint (revealed, ==, 5 + 2);
  g_assert_true (granary_model_tree_is_expanded (fixture->tree, id));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (selection)), ==, N_MODELS + 3);
  {
    g_autoptr (GranaryRow) row = granary_model_tree_get_row (fixture->tree, revealed);

    g_assert_true (granary_row_is_version (row));
    g_assert_cmpint (granary_row_get_number (row), ==, 2);
    g_assert_cmpstr (granary_row_get_text (row)->name, ==, "v2");
    g_assert_cmpstr (granary_row_get_model_name (row), ==, "model-005");
    version = granary_row_get_id (row);
  }

  /* Another order: still expanded, still selected. */
  ask (fixture->list, NULL, GRANARY_SORT_NAME, TRUE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (selection)), ==, N_MODELS + 3);
  assert_selected (fixture, 0, version);

  /* A version more comes in by itself. */
  granary_ui_test_add_version (&fixture->base, id);
  granary_ui_test_wait (g_list_model_get_n_items (G_LIST_MODEL (selection)) == N_MODELS + 4);
  granary_ui_test_settle (&fixture->base);
  assert_selected (fixture, 0, version);

  /* Closed by the user: it stays closed. */
  granary_model_tree_note_expanded (fixture->tree, id, FALSE);
  ask (fixture->list, NULL, GRANARY_SORT_NAME, FALSE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (selection)), ==, N_MODELS);
}

/* Of a selected model its versions are not named too: they go with it. */
static void
test_selected_below (Fixture       *fixture,
                     gconstpointer  data)
{
  GtkSelectionModel *selection = granary_model_tree_get_selection (fixture->tree);
  gint64 id = granary_ui_test_find (&fixture->base, "model-005");
  guint revealed = GTK_INVALID_LIST_POSITION;

  g_signal_connect_swapped (fixture->tree, "revealed", G_CALLBACK (revealed_cb), &revealed);
  granary_model_tree_reveal (fixture->tree, id, 3);
  granary_ui_test_wait (revealed != GTK_INVALID_LIST_POSITION);
  gtk_selection_model_select_range (selection, 5, 4, TRUE);
  g_assert_cmpuint (granary_model_tree_get_n_selected (fixture->tree), ==, 4);
  assert_selected (fixture, id, 0);
}

static void
test_reveal_later (Fixture       *fixture,
                   gconstpointer  data)
{
  guint revealed = GTK_INVALID_LIST_POSITION;
  gint64 id = granary_ui_test_add_model (&fixture->base, "aardvark", 1);

  g_signal_connect_swapped (fixture->tree, "revealed", G_CALLBACK (revealed_cb), &revealed);
  granary_model_tree_reveal (fixture->tree, id, 0);
  granary_ui_test_wait (revealed != GTK_INVALID_LIST_POSITION);
  g_assert_cmpuint (revealed, ==, 0);
  g_assert_cmpint (granary_model_tree_get_awaited (fixture->tree), ==, 0);
  assert_selected (fixture, id, 0);
}

int
main (int    argc,
      char **argv)
{
  widget_test_init (&argc, &argv);

  g_test_add_func ("/id-diff/cases", test_diff_cases);
  g_test_add_func ("/id-diff/random", test_diff_random);
  g_test_add_func ("/text-cache/oldest-goes", test_cache);
  g_test_add ("/model-list/paging", Fixture, NULL, set_up, test_paging, tear_down);
  g_test_add ("/model-list/row-outlives-list", Fixture, NULL, set_up, test_row_outlives_list,
              tear_down);
  g_test_add ("/model-list/changes", Fixture, NULL, set_up, test_changes, tear_down);
  g_test_add ("/model-list/queries", Fixture, NULL, set_up, test_queries, tear_down);
  g_test_add ("/model-list/overtaking", Fixture, NULL, set_up, test_overtaking, tear_down);
  g_test_add ("/model-tree/selection", Fixture, NULL, set_up, test_selection, tear_down);
  g_test_add ("/model-tree/expanded", Fixture, NULL, set_up, test_expanded, tear_down);
  g_test_add ("/model-tree/selected-below", Fixture, NULL, set_up, test_selected_below, tear_down);
  g_test_add ("/model-tree/reveal-later", Fixture, NULL, set_up, test_reveal_later, tear_down);

  return g_test_run ();
}
