/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-browser.h"
#include "granary-error.h"
#include "granary-import-dialog.h"
#include "granary-ui-test.h"
#include "widget-test.h"

#define SUMMARY "1 version · PyTorch · acc 0.900 · stage:prod  team:b"

typedef struct
{
  GranaryUiTest   base;
  GSettings      *settings;
  GranaryBrowser *browser;
  GtkWindow      *window;
  GtkColumnView  *view;
  GtkStack       *stack;
  guint           n_activated;
} Fixture;

static void
activated_cb (Fixture *fixture)
{
  fixture->n_activated++;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  granary_ui_test_set_up (&fixture->base);
  granary_ui_test_add_models (&fixture->base, GPOINTER_TO_UINT (data));

  fixture->settings = g_settings_new (GRANARY_APPLICATION_ID);
  g_settings_set_enum (fixture->settings, "sort-key", GRANARY_SORT_NAME);
  g_settings_set_boolean (fixture->settings, "sort-descending", FALSE);
  fixture->browser = g_object_ref_sink (g_object_new (GRANARY_TYPE_BROWSER, NULL));
  granary_browser_set_settings (fixture->browser, fixture->settings);
  g_signal_connect_swapped (fixture->browser, "activated", G_CALLBACK (activated_cb), fixture);
  granary_browser_set_connection (fixture->browser, fixture->base.connection);
  fixture->window = widget_test_window (GTK_WIDGET (fixture->browser), 900, 600);
  fixture->stack =
    GTK_STACK (widget_test_find (GTK_WIDGET (fixture->browser), GTK_TYPE_STACK, 0));
  granary_ui_test_wait (granary_model_list_get_loaded (
    granary_model_tree_get_list (granary_browser_get_tree (fixture->browser))));
  granary_ui_test_settle (&fixture->base);
  fixture->view =
    GTK_COLUMN_VIEW (widget_test_find (GTK_WIDGET (fixture->browser), GTK_TYPE_COLUMN_VIEW, 0));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gtk_window_destroy (fixture->window);
  granary_ui_test_settle (&fixture->base);
  g_assert_finalize_object (fixture->browser);
  g_settings_reset (fixture->settings, "sort-key");
  g_settings_reset (fixture->settings, "sort-descending");
  g_settings_reset (fixture->settings, "columns");
  g_clear_object (&fixture->settings);
  granary_ui_test_tear_down (&fixture->base);
}

static GranaryModelList *
get_list (Fixture *fixture)
{
  return granary_model_tree_get_list (granary_browser_get_tree (fixture->browser));
}

static void
assert_shows (Fixture    *fixture,
              const char *page)
{
  g_assert_cmpstr (gtk_stack_get_visible_child_name (fixture->stack), ==, page);
}

/* The text of the first cell of the row that shows @name, or NULL: what is on the screen. */
static GtkWidget *
find_inscription (GtkWidget  *root,
                  const char *text)
{
  GtkWidget *inscription;

  for (guint i = 0;
       (inscription = widget_test_find (root, GTK_TYPE_INSCRIPTION, i)) != NULL;
       i++)
    if (g_strcmp0 (gtk_inscription_get_text (GTK_INSCRIPTION (inscription)), text) == 0)
      return inscription;

  return NULL;
}

static GtkColumnViewColumn *
find_column (Fixture    *fixture,
             const char *id)
{
  GListModel *columns = gtk_column_view_get_columns (fixture->view);

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      if (g_strcmp0 (gtk_column_view_column_get_id (column), id) == 0)
        return column;
    }

  g_assert_not_reached ();
}

static void
test_cells (Fixture       *fixture,
            gconstpointer  data)
{
  granary_ui_test_wait (find_inscription (GTK_WIDGET (fixture->view), "model-003") != NULL);
  assert_shows (fixture, "list");
  g_assert_nonnull (find_inscription (GTK_WIDGET (fixture->view), "stage:prod  team:b"));
  g_assert_nonnull (find_inscription (GTK_WIDGET (fixture->view), "PyTorch"));
  g_assert_nonnull (find_inscription (GTK_WIDGET (fixture->view), "acc 0.902 ↑"));

  /* A change elsewhere reaches the cell by itself. */
  granary_ui_test_rename (&fixture->base,
                          granary_ui_test_find (&fixture->base, "model-003"), "renamed");
  granary_ui_test_wait (find_inscription (GTK_WIDGET (fixture->view), "renamed") != NULL);
}

static void
test_sort (Fixture       *fixture,
           gconstpointer  data)
{
  gint64 first = granary_model_list_get_id (get_list (fixture), 0);
  GranaryQuery *query;

  gtk_column_view_sort_by_column (fixture->view, find_column (fixture, "name"),
                                  GTK_SORT_DESCENDING);
  query = granary_model_list_get_query (get_list (fixture));
  g_assert_cmpint (granary_query_get_sort_key (query), ==, GRANARY_SORT_NAME);
  g_assert_true (granary_query_get_descending (query));
  granary_ui_test_wait (granary_model_list_get_id (get_list (fixture), 0) != first);
  g_assert_true (g_settings_get_boolean (fixture->settings, "sort-descending"));

  gtk_column_view_sort_by_column (fixture->view, find_column (fixture, "updated"),
                                  GTK_SORT_ASCENDING);
  query = granary_model_list_get_query (get_list (fixture));
  g_assert_cmpint (granary_query_get_sort_key (query), ==, GRANARY_SORT_UPDATED);
  g_assert_false (granary_query_get_descending (query));
  g_assert_cmpint (g_settings_get_enum (fixture->settings, "sort-key"), ==, GRANARY_SORT_UPDATED);

  /* Tags are a set; there is no order in them. */
  g_assert_null (gtk_column_view_column_get_sorter (find_column (fixture, "tags")));
}

static void
test_columns (Fixture       *fixture,
              gconstpointer  data)
{
  g_auto (GStrv) shown = NULL;

  g_assert_false (gtk_column_view_column_get_visible (find_column (fixture, "size")));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->view), "columns.size", NULL));
  g_assert_true (gtk_column_view_column_get_visible (find_column (fixture, "size")));
  shown = g_settings_get_strv (fixture->settings, "columns");
  g_assert_true (g_strv_contains ((const char * const *) shown, "size"));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->view), "columns.size", NULL));
  g_assert_false (gtk_column_view_column_get_visible (find_column (fixture, "size")));
}

static void
test_search (Fixture       *fixture,
             gconstpointer  data)
{
  GtkWidget *search = widget_test_find (GTK_WIDGET (fixture->browser), GTK_TYPE_SEARCH_ENTRY, 0);

  gtk_editable_set_text (GTK_EDITABLE (search), "model-011");
  granary_ui_test_wait (g_list_model_get_n_items (G_LIST_MODEL (get_list (fixture))) == 1);
  assert_shows (fixture, "list");

  gtk_editable_set_text (GTK_EDITABLE (search), "no such thing");
  granary_ui_test_wait (g_list_model_get_n_items (G_LIST_MODEL (get_list (fixture))) == 0);
  granary_ui_test_wait (g_str_equal (gtk_stack_get_visible_child_name (fixture->stack),
                                     "no-results"));

  g_signal_emit_by_name (search, "stop-search");
  granary_ui_test_wait (g_list_model_get_n_items (G_LIST_MODEL (get_list (fixture))) == 30);
  assert_shows (fixture, "list");
}

static void
test_tags (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (GranaryTagSet) tags = granary_tag_set_new ();

  g_assert_true (granary_tag_set_put (tags, "team", "a", NULL));
  granary_browser_set_tags (fixture->browser, tags);
  granary_ui_test_wait (g_list_model_get_n_items (G_LIST_MODEL (get_list (fixture))) == 15);

  g_assert_true (granary_tag_set_put (tags, "stage", "prod", NULL));
  granary_browser_set_tags (fixture->browser, tags);
  granary_ui_test_wait (g_list_model_get_n_items (G_LIST_MODEL (get_list (fixture))) == 5);

  /* What is to be revealed is not kept from sight by a filter. */
  granary_browser_reveal (fixture->browser, granary_ui_test_find (&fixture->base, "model-001"), 0);
  granary_ui_test_wait (fixture->n_activated == 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (get_list (fixture))), ==, 30);
  g_assert_cmpuint (granary_tag_set_get_size (granary_browser_get_tags (fixture->browser)), ==, 0);
}

static void
test_empty (Fixture       *fixture,
            gconstpointer  data)
{
  assert_shows (fixture, "empty");
  g_assert_nonnull (widget_test_find_text (GTK_WIDGET (fixture->browser), "No Models Yet"));

  granary_ui_test_add_model (&fixture->base, "first", 1);
  granary_ui_test_wait (g_str_equal (gtk_stack_get_visible_child_name (fixture->stack), "list"));
}

static void
count_cb (guint *count)
{
  (*count)++;
}

static void
test_failed (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  guint n_retries = 0;
  guint n_folders = 0;
  GtkWidget *label;

  g_signal_connect_swapped (fixture->browser, "retry-requested", G_CALLBACK (count_cb), &n_retries);
  g_signal_connect_swapped (fixture->browser, "folder-requested", G_CALLBACK (count_cb),
                            &n_folders);
  granary_set_error (&error, GRANARY_ERROR_DATABASE, GRANARY_REASON_CATALOG_CORRUPT,
                     "/x/catalog.db", "file is not a database");
  granary_browser_show_failed (fixture->browser, error, "On This Computer");
  assert_shows (fixture, "failed");

  label = widget_test_find_text (GTK_WIDGET (fixture->browser), "Try Again");
  g_assert_nonnull (label);
  g_signal_emit_by_name (gtk_widget_get_ancestor (label, GTK_TYPE_BUTTON), "clicked");
  g_assert_cmpuint (n_retries, ==, 1);
  label = widget_test_find_text (GTK_WIDGET (fixture->browser), "Choose Another Folder…");
  g_assert_nonnull (label);
  g_signal_emit_by_name (gtk_widget_get_ancestor (label, GTK_TYPE_BUTTON), "clicked");
  g_assert_cmpuint (n_folders, ==, 1);

  granary_browser_set_connection (fixture->browser, fixture->base.connection);
  granary_ui_test_wait (g_str_equal (gtk_stack_get_visible_child_name (fixture->stack), "list"));
}

static gboolean
is_enabled (Fixture    *fixture,
            const char *action)
{
  /* An action that is disabled is not found from the menus either: ask the button's way. */
  GtkWidget *button = gtk_button_new ();
  gboolean enabled;

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_set_parent (button, GTK_WIDGET (fixture->browser));
  enabled = gtk_widget_get_sensitive (button);
  gtk_widget_unparent (button);

  return enabled;
}

static void
test_actions (Fixture       *fixture,
              gconstpointer  data)
{
  GranaryModelTree *tree = granary_browser_get_tree (fixture->browser);
  GtkSelectionModel *selection = granary_model_tree_get_selection (tree);

  g_assert_true (is_enabled (fixture, "browser.import"));
  g_assert_false (is_enabled (fixture, "model.rename"));
  g_assert_false (is_enabled (fixture, "selection.delete"));

  gtk_selection_model_select_item (selection, 2, TRUE);
  g_assert_true (is_enabled (fixture, "model.rename"));
  g_assert_true (is_enabled (fixture, "model.import-version"));
  g_assert_false (is_enabled (fixture, "version.upload"));
  g_assert_true (is_enabled (fixture, "selection.delete"));

  gtk_selection_model_select_item (selection, 3, FALSE);
  g_assert_false (is_enabled (fixture, "model.rename"));
  g_assert_true (is_enabled (fixture, "selection.edit-tags"));

  granary_model_tree_reveal (tree, granary_ui_test_find (&fixture->base, "model-002"), 3);
  granary_ui_test_wait (fixture->n_activated == 1);
  g_assert_true (is_enabled (fixture, "version.upload"));
  g_assert_false (is_enabled (fixture, "model.rename"));
  g_assert_false (is_enabled (fixture, "selection.edit-tags"));

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->browser), "selection.clear",
                                             NULL));
  g_assert_cmpuint (granary_model_tree_get_n_selected (tree), ==, 0);
}

static void
test_drop (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (GranaryRow) model = NULL;
  g_autoptr (GranaryRow) version = NULL;
  GranaryModelTree *tree = granary_browser_get_tree (fixture->browser);
  g_autofree char *file = g_build_filename (fixture->base.folder, "catalog.db", NULL);
  const char *paths[] = { file, NULL };
  AdwDialog *dialog;

  granary_model_tree_reveal (tree, granary_ui_test_find (&fixture->base, "model-002"), 3);
  granary_ui_test_wait (fixture->n_activated == 1);
  model = granary_model_tree_get_row (tree, 2);
  version = granary_model_tree_get_row (tree, 3);
  g_assert_true (granary_row_is_version (version));

  g_assert_cmpint (granary_browser_route_drop (fixture->browser, NULL), ==, GRANARY_DROP_NEW_MODEL);
  g_assert_cmpint (granary_browser_route_drop (fixture->browser, model), ==,
                   GRANARY_DROP_NEW_VERSION);
  g_assert_cmpint (granary_browser_route_drop (fixture->browser, version), ==, GRANARY_DROP_UPLOAD);

  granary_browser_drop_paths (fixture->browser, NULL, paths);
  granary_ui_test_wait ((dialog = adw_window_get_visible_dialog (ADW_WINDOW (fixture->window))) !=
                        NULL);
  g_assert_true (GRANARY_IS_IMPORT_DIALOG (dialog));
  adw_dialog_force_close (dialog);
  granary_ui_test_wait (adw_window_get_visible_dialog (ADW_WINDOW (fixture->window)) == NULL);

  granary_browser_drop_paths (fixture->browser, model, paths);
  granary_ui_test_wait ((dialog = adw_window_get_visible_dialog (ADW_WINDOW (fixture->window))) !=
                        NULL);
  g_assert_true (GRANARY_IS_IMPORT_DIALOG (dialog));
  adw_dialog_force_close (dialog);
  granary_ui_test_wait (adw_window_get_visible_dialog (ADW_WINDOW (fixture->window)) == NULL);
  granary_ui_test_settle (&fixture->base);
}

static void
test_narrow (Fixture       *fixture,
             gconstpointer  data)
{
  granary_browser_set_narrow (fixture->browser, TRUE);
  gtk_widget_set_size_request (GTK_WIDGET (fixture->browser), -1, -1);
  granary_ui_test_settle (&fixture->base);
  widget_test_assert_fits (GTK_WIDGET (fixture->browser), 360);
  g_assert_false (gtk_column_view_column_get_visible (find_column (fixture, "tags")));
  g_assert_nonnull (
    find_inscription (GTK_WIDGET (fixture->view), SUMMARY));

  granary_browser_set_narrow (fixture->browser, FALSE);
  granary_ui_test_settle (&fixture->base);
  g_assert_true (gtk_column_view_column_get_visible (find_column (fixture, "tags")));
  g_assert_null (
    find_inscription (GTK_WIDGET (fixture->view), SUMMARY));
}

/* How far right the tags are of the name. */
static float
get_direction (Fixture *fixture)
{
  GtkWidget *name = find_inscription (GTK_WIDGET (fixture->view), "model-003");
  GtkWidget *tags = find_inscription (GTK_WIDGET (fixture->view), "stage:prod  team:b");
  graphene_rect_t a;
  graphene_rect_t b;

  if (name == NULL || tags == NULL ||
      !gtk_widget_compute_bounds (name, GTK_WIDGET (fixture->view), &a) ||
      !gtk_widget_compute_bounds (tags, GTK_WIDGET (fixture->view), &b))
    return 0;

  return b.origin.x - a.origin.x;
}

static void
test_right_to_left (Fixture       *fixture,
                    gconstpointer  data)
{
  granary_ui_test_wait (get_direction (fixture) > 0);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  granary_ui_test_wait (get_direction (fixture) < 0);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  granary_ui_test_wait (get_direction (fixture) > 0);
}

static void
test_accessible (Fixture       *fixture,
                 gconstpointer  data)
{
  GtkWidget *search = widget_test_find (GTK_WIDGET (fixture->browser), GTK_TYPE_SEARCH_ENTRY, 0);
  GtkWidget *button;

  gtk_test_accessible_assert_property (search, GTK_ACCESSIBLE_PROPERTY_LABEL, "Search Models");
  gtk_test_accessible_assert_property (fixture->view, GTK_ACCESSIBLE_PROPERTY_LABEL, "Models");
  gtk_test_accessible_assert_role (fixture->view, GTK_ACCESSIBLE_ROLE_TREE_GRID);

  /* Every button says what it does, by text or label. */
  for (guint i = 0;
       (button = widget_test_find (GTK_WIDGET (fixture->browser), GTK_TYPE_BUTTON, i)) != NULL;
       i++)
    {
      GtkWidget *parent = gtk_widget_get_parent (button);
      GtkWidget *named = GTK_IS_MENU_BUTTON (parent) ? parent : button;

      if (gtk_button_get_label (GTK_BUTTON (button)) == NULL)
        g_assert_true (gtk_widget_get_tooltip_text (named) != NULL ||
                       gtk_test_accessible_has_property (GTK_ACCESSIBLE (named),
                                                         GTK_ACCESSIBLE_PROPERTY_LABEL));
    }
}

int
main (int    argc,
      char **argv)
{
  gconstpointer many = GUINT_TO_POINTER (30);

  widget_test_init (&argc, &argv);

  g_test_add ("/browser/cells", Fixture, many, set_up, test_cells, tear_down);
  g_test_add ("/browser/sort", Fixture, many, set_up, test_sort, tear_down);
  g_test_add ("/browser/columns", Fixture, many, set_up, test_columns, tear_down);
  g_test_add ("/browser/search", Fixture, many, set_up, test_search, tear_down);
  g_test_add ("/browser/tags", Fixture, many, set_up, test_tags, tear_down);
  g_test_add ("/browser/empty", Fixture, NULL, set_up, test_empty, tear_down);
  g_test_add ("/browser/failed", Fixture, many, set_up, test_failed, tear_down);
  g_test_add ("/browser/actions", Fixture, many, set_up, test_actions, tear_down);
  g_test_add ("/browser/drop", Fixture, many, set_up, test_drop, tear_down);
  g_test_add ("/browser/narrow", Fixture, many, set_up, test_narrow, tear_down);
  g_test_add ("/browser/right-to-left", Fixture, many, set_up, test_right_to_left, tear_down);
  g_test_add ("/browser/accessible", Fixture, many, set_up, test_accessible, tear_down);

  return g_test_run ();
}
