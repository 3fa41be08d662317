/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-trash-item.h"
#include "granary-trash-page.h"
#include "granary-ui-test.h"
#include "widget-test.h"

typedef struct
{
  GranaryUiTest     base;
  GranaryTrashPage *page;
  GtkWindow        *window;
  GtkStack         *stack;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  granary_ui_test_set_up (&fixture->base);
  granary_ui_test_add_models (&fixture->base, 6);
  fixture->page = g_object_ref_sink (g_object_new (GRANARY_TYPE_TRASH_PAGE, NULL));
  granary_trash_page_set_connection (fixture->page, fixture->base.connection);
  fixture->window = widget_test_window (GTK_WIDGET (fixture->page), 600, 400);
  fixture->stack = GTK_STACK (widget_test_find (GTK_WIDGET (fixture->page), GTK_TYPE_STACK, 0));
  granary_ui_test_settle (&fixture->base);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gtk_window_destroy (fixture->window);
  granary_ui_test_settle (&fixture->base);
  g_assert_finalize_object (fixture->page);
  granary_ui_test_tear_down (&fixture->base);
}

static guint
get_n_items (Fixture *fixture)
{
  return g_list_model_get_n_items (
    G_LIST_MODEL (granary_trash_page_get_selection (fixture->page)));
}

static void
test_list (Fixture       *fixture,
           gconstpointer  data)
{
  GtkSelectionModel *selection = granary_trash_page_get_selection (fixture->page);
  g_autoptr (GtkBitset) selected = NULL;
  g_autofree char *uid = NULL;

  g_assert_cmpstr (gtk_stack_get_visible_child_name (fixture->stack), ==, "empty");
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (fixture->page), "Trash Is Empty"));

  granary_ui_test_trash (&fixture->base, granary_ui_test_find (&fixture->base, "model-001"), "t1");
  granary_ui_test_wait (get_n_items (fixture) == 1);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (fixture->stack), ==, "list");
  granary_ui_test_wait (widget_test_find_text (GTK_WIDGET (fixture->page), "model-001") != NULL);

  /* What is selected stays so when more comes in. */
  gtk_selection_model_select_item (selection, 0, TRUE);
  granary_ui_test_trash (&fixture->base, granary_ui_test_find (&fixture->base, "model-002"), "t2");
  granary_ui_test_wait (get_n_items (fixture) == 2);
  selected = gtk_selection_model_get_selection (selection);
  g_assert_cmpuint (gtk_bitset_get_size (selected), ==, 1);
  {
    g_autoptr (GranaryTrashItem) item =
      g_list_model_get_item (G_LIST_MODEL (selection), gtk_bitset_get_minimum (selected));

    g_assert_cmpstr (granary_trash_item_get_uid (item), ==, "t1");
    g_assert_cmpstr (granary_trash_item_get_title (item), ==, "model-001");
    g_assert_nonnull (strstr (granary_trash_item_get_subtitle (item), " · 2 versions · "));
  }
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (fixture->page), "1 selected"));
}

static void
test_actions (Fixture       *fixture,
              gconstpointer  data)
{
  GtkSelectionModel *selection = granary_trash_page_get_selection (fixture->page);
  GtkWidget *label;

  granary_ui_test_trash (&fixture->base, granary_ui_test_find (&fixture->base, "model-001"), "t1");
  granary_ui_test_wait (get_n_items (fixture) == 1);
  gtk_selection_model_select_item (selection, 0, TRUE);
  granary_ui_test_wait ((label = widget_test_find_text (GTK_WIDGET (fixture->page), "Restore")) !=
                        NULL);
  g_assert_true (gtk_widget_get_sensitive (gtk_widget_get_ancestor (label, GTK_TYPE_BUTTON)));

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->page), "trash.clear-selection",
                                             NULL));
  g_assert_false (gtk_selection_model_is_selected (selection, 0));
  g_assert_false (gtk_widget_get_sensitive (gtk_widget_get_ancestor (label, GTK_TYPE_BUTTON)));

  granary_trash_page_set_connection (fixture->page, NULL);
  g_assert_cmpuint (get_n_items (fixture), ==, 0);
}

static void
test_narrow (Fixture       *fixture,
             gconstpointer  data)
{
  granary_ui_test_trash (&fixture->base, granary_ui_test_find (&fixture->base, "model-001"), "t1");
  granary_ui_test_wait (get_n_items (fixture) == 1);
  gtk_selection_model_select_item (granary_trash_page_get_selection (fixture->page), 0, TRUE);
  granary_ui_test_settle (&fixture->base);
  widget_test_assert_fits (GTK_WIDGET (fixture->page), 360);
}

int
main (int    argc,
      char **argv)
{
  widget_test_init (&argc, &argv);

  g_test_add ("/trash/list", Fixture, NULL, set_up, test_list, tear_down);
  g_test_add ("/trash/actions", Fixture, NULL, set_up, test_actions, tear_down);
  g_test_add ("/trash/narrow", Fixture, NULL, set_up, test_narrow, tear_down);

  return g_test_run ();
}
