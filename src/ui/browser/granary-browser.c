/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-browser"

#include "config.h"

#include "granary-browser-private.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-shell.h"

#define SEARCH_DELAY_MS 150
#define SPINNER_DELAY_MS 300
#define AGE_INTERVAL_S 60

enum
{
  SELECTION_CHANGED,
  ACTIVATED,
  TAGS_CHANGED,
  FOLDER_REQUESTED,
  RETRY_REQUESTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GranaryBrowser, granary_browser, ADW_TYPE_BIN)

/* What is in place of the list */

static gboolean
spinner_cb (gpointer user_data)
{
  GranaryBrowser *self = user_data;

  self->spinner_source = 0;
  gtk_stack_set_visible_child_name (self->stack, "loading");

  return G_SOURCE_REMOVE;
}

/* Whether a service is being asked for its models for the first time. */
static gboolean
is_filling (GranaryBrowser *self)
{
  GranaryConnectionStatus *status =
    self->connection != NULL ? granary_connection_get_status (self->connection) : NULL;

  return status != NULL &&
         granary_connection_status_get_state (status) == GRANARY_CONNECTION_REFRESHING &&
         granary_connection_status_get_refreshed (status) == 0;
}

static void
update_state (GranaryBrowser *self)
{
  GranaryModelList *list = granary_model_tree_get_list (self->tree);
  GranaryQuery *query = granary_model_list_get_query (list);
  const char *name = NULL;

  if (self->error != NULL)
    name = "failed";
  else if (g_list_model_get_n_items (G_LIST_MODEL (list)) > 0)
    name = "list";
  else if (!self->opening && granary_model_list_get_loaded (list))
    {
      if (query != NULL && granary_query_is_filtered (query))
        name = "no-results";
      else if (!is_filling (self))
        name = "empty";
    }

  if (name == NULL)
    {
      /* Most answers are there at once; a spinner would only flash. */
      if (self->spinner_source == 0 &&
          g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "loading") != 0)
        {
          gtk_stack_set_visible_child_name (self->stack, "blank");
          self->spinner_source = g_timeout_add (SPINNER_DELAY_MS, spinner_cb, self);
        }
      return;
    }

  g_clear_handle_id (&self->spinner_source, g_source_remove);
  gtk_stack_set_visible_child_name (self->stack, name);

  /* The pages that take the list's place have a button of their own to press. */
  if (g_str_equal (name, "empty") || g_str_equal (name, "failed"))
    gtk_widget_remove_css_class (GTK_WIDGET (self->import_button), "suggested-action");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->import_button), "suggested-action");
}

static void
update_failed_page (GranaryBrowser *self)
{
  g_autoptr (GranaryWording) wording = NULL;
  g_autofree char *body = NULL;

  if (self->error == NULL)
    return;

  wording = granary_wording_for_error (self->error,
                                       self->connection != NULL ? GRANARY_VERB_LOAD
                                                                : GRANARY_VERB_OPEN,
                                       self->error_object);
  adw_status_page_set_title (self->failed_page, wording->title);
  body = g_markup_escape_text (wording->body, -1);
  adw_status_page_set_description (self->failed_page, body);
}

static void
set_error (GranaryBrowser *self,
           const GError   *error,
           const char     *object)
{
  g_clear_error (&self->error);
  g_set_str (&self->error_object, object);
  if (error != NULL)
    self->error = g_error_copy (error);
  update_failed_page (self);
  update_state (self);
}

/* The query */

static void
update_query (GranaryBrowser *self)
{
  g_autoptr (GranaryQuery) query = NULL;
  g_autofree char *text = NULL;
  GranarySortKey key;
  gboolean descending;

  g_clear_handle_id (&self->search_source, g_source_remove);
  if (self->columns == NULL)
    return;

  text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->search))));
  granary_columns_get_sort (self->columns, &key, &descending);
  query = granary_query_new (text, self->tags, key, descending);
  granary_model_list_set_query (granary_model_tree_get_list (self->tree), query);
}

static gboolean
search_cb (gpointer user_data)
{
  GranaryBrowser *self = user_data;

  self->search_source = 0;
  update_query (self);

  return G_SOURCE_REMOVE;
}

static void
search_changed_cb (GranaryBrowser *self)
{
  g_clear_handle_id (&self->search_source, g_source_remove);

  /* Taking the search away is no typing: the list is back at once. */
  if (*gtk_editable_get_text (GTK_EDITABLE (self->search)) == '\0')
    update_query (self);
  else
    self->search_source = g_timeout_add (SEARCH_DELAY_MS, search_cb, self);
}

static void
search_activate_cb (GranaryBrowser *self)
{
  update_query (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

static void
stop_search_cb (GranaryBrowser *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

static void
clear_filters (GranaryBrowser *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  if (granary_tag_set_get_size (self->tags) > 0)
    {
      g_autoptr (GranaryTagSet) none = granary_tag_set_new ();

      granary_browser_set_tags (self, none);
    }
  update_query (self);
}

/* The tree */

static void
selection_changed_cb (GranaryBrowser *self)
{
  guint n_selected = granary_model_tree_get_n_selected (self->tree);
  g_autofree char *text = NULL;

  text = g_strdup_printf (ngettext ("%u selected", "%u selected", n_selected), n_selected);
  gtk_label_set_label (self->selection_label, text);
  gtk_action_bar_set_revealed (self->action_bar, n_selected > 1);
  granary_browser_update_actions (self);
  g_signal_emit (self, signals[SELECTION_CHANGED], 0);
}

static void
revealed_cb (GranaryBrowser *self,
             guint           position)
{
  gtk_column_view_scroll_to (self->view, position, NULL, GTK_LIST_SCROLL_FOCUS, NULL);
  g_signal_emit (self, signals[ACTIVATED], 0);
}

static void
replaced_cb (GranaryBrowser *self)
{
  GranaryQuery *query = granary_model_list_get_query (granary_model_tree_get_list (self->tree));

  /* A good answer ends an earlier failure. */
  if (self->error != NULL && self->connection != NULL)
    g_clear_error (&self->error);
  update_state (self);

  /* What was just made must be seen, even when the filter would hide it. */
  if (granary_model_tree_get_awaited (self->tree) != 0 && query != NULL &&
      granary_query_is_filtered (query))
    clear_filters (self);
}

static void
tree_failed_cb (GranaryBrowser *self,
                const GError   *error)
{
  GranaryModelList *list = granary_model_tree_get_list (self->tree);
  GranaryShell *shell = granary_shell_find (GTK_WIDGET (self));

  /* Rows that are there are worth more than a page about rows that are not. */
  if (g_list_model_get_n_items (G_LIST_MODEL (list)) == 0)
    set_error (self, error, NULL);
  else if (shell != NULL)
    granary_shell_show_error (shell, error, GRANARY_VERB_LOAD, NULL);
}

static void
activate_cb (GranaryBrowser *self,
             guint           position)
{
  GtkSelectionModel *selection = granary_model_tree_get_selection (self->tree);
  g_autoptr (GranaryRow) row = granary_model_tree_get_row (self->tree, position);

  if (row == NULL)
    return;

  if (!gtk_selection_model_is_selected (selection, position))
    gtk_selection_model_select_item (selection, position, TRUE);
  if (!granary_row_is_version (row) && !self->narrow)
    granary_model_tree_note_expanded (self->tree, granary_row_get_id (row), TRUE);
  g_signal_emit (self, signals[ACTIVATED], 0);
}

static void
menu_requested_cb (GranaryBrowser *self,
                   GtkWidget      *button,
                   guint           position)
{
  granary_browser_popup_menu (self, button, position);
}

static void
folder_clicked_cb (GranaryBrowser *self)
{
  g_signal_emit (self, signals[FOLDER_REQUESTED], 0);
}

static void
retry_clicked_cb (GranaryBrowser *self)
{
  if (self->connection == NULL)
    {
      g_signal_emit (self, signals[RETRY_REQUESTED], 0);
      return;
    }

  set_error (self, NULL, NULL);
  granary_model_list_reload (granary_model_tree_get_list (self->tree));
}

static gboolean
age_cb (gpointer user_data)
{
  GranaryBrowser *self = user_data;

  granary_model_list_refresh_texts (granary_model_tree_get_list (self->tree));

  return G_SOURCE_CONTINUE;
}

/* GtkWidget and GObject */

static void
granary_browser_map (GtkWidget *widget)
{
  GranaryBrowser *self = GRANARY_BROWSER (widget);

  GTK_WIDGET_CLASS (granary_browser_parent_class)->map (widget);

  if (self->age_source == 0)
    self->age_source = g_timeout_add_seconds (AGE_INTERVAL_S, age_cb, self);
}

static void
granary_browser_unmap (GtkWidget *widget)
{
  GranaryBrowser *self = GRANARY_BROWSER (widget);

  g_clear_handle_id (&self->age_source, g_source_remove);

  GTK_WIDGET_CLASS (granary_browser_parent_class)->unmap (widget);
}

static void
granary_browser_dispose (GObject *object)
{
  GranaryBrowser *self = GRANARY_BROWSER (object);

  g_clear_handle_id (&self->search_source, g_source_remove);
  g_clear_handle_id (&self->spinner_source, g_source_remove);
  g_clear_handle_id (&self->age_source, g_source_remove);
  g_clear_weak_pointer (&self->drop_row);
  if (self->tree != NULL)
    g_signal_handlers_disconnect_by_data (self->tree, self);
  if (self->view != NULL)
    gtk_column_view_set_model (self->view, NULL);
  if (self->popover != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->popover)));
  g_clear_object (&self->columns);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_BROWSER);
  g_clear_object (&self->connection);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (granary_browser_parent_class)->dispose (object);
}

static void
granary_browser_finalize (GObject *object)
{
  GranaryBrowser *self = GRANARY_BROWSER (object);

  g_clear_object (&self->tree);
  g_clear_pointer (&self->tags, granary_tag_set_free);
  g_clear_error (&self->error);
  g_free (self->error_object);

  G_OBJECT_CLASS (granary_browser_parent_class)->finalize (object);
}

static guint
add_signal (GType       type,
            const char *name)
{
  return g_signal_new (name, type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
granary_browser_class_init (GranaryBrowserClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = granary_browser_dispose;
  object_class->finalize = granary_browser_finalize;
  widget_class->map = granary_browser_map;
  widget_class->unmap = granary_browser_unmap;

  signals[SELECTION_CHANGED] = add_signal (type, "selection-changed");
  signals[ACTIVATED] = add_signal (type, "activated");
  signals[TAGS_CHANGED] = add_signal (type, "tags-changed");
  signals[FOLDER_REQUESTED] = add_signal (type, "folder-requested");
  signals[RETRY_REQUESTED] = add_signal (type, "retry-requested");

  g_type_ensure (GRANARY_TYPE_TRANSFERS_BUTTON);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/browser/granary-browser.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryBrowser, transfers_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryBrowser, import_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryBrowser, import_content);
  gtk_widget_class_bind_template_child (widget_class, GranaryBrowser, search);
  gtk_widget_class_bind_template_child (widget_class, GranaryBrowser, banner);
  gtk_widget_class_bind_template_child (widget_class, GranaryBrowser, drop_area);
  gtk_widget_class_bind_template_child (widget_class, GranaryBrowser, stack);
  gtk_widget_class_bind_template_child (widget_class, GranaryBrowser, view);
  gtk_widget_class_bind_template_child (widget_class, GranaryBrowser, failed_page);
  gtk_widget_class_bind_template_child (widget_class, GranaryBrowser, failed_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryBrowser, failed_retry);
  gtk_widget_class_bind_template_child (widget_class, GranaryBrowser, no_results_page);
  gtk_widget_class_bind_template_child (widget_class, GranaryBrowser, drop_revealer);
  gtk_widget_class_bind_template_child (widget_class, GranaryBrowser, drop_label);
  gtk_widget_class_bind_template_child (widget_class, GranaryBrowser, action_bar);
  gtk_widget_class_bind_template_child (widget_class, GranaryBrowser, selection_label);
  gtk_widget_class_bind_template_child (widget_class, GranaryBrowser, model_menu);
  gtk_widget_class_bind_template_child (widget_class, GranaryBrowser, version_menu);
  gtk_widget_class_bind_template_child (widget_class, GranaryBrowser, many_menu);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, clear_filters);
  gtk_widget_class_bind_template_callback (widget_class, folder_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, retry_clicked_cb);

  granary_browser_class_install_actions (widget_class);
}

static void
granary_browser_init (GranaryBrowser *self)
{
  GranaryModelList *list;

  self->tags = granary_tag_set_new ();
  self->tree = granary_model_tree_new ();
  list = granary_model_tree_get_list (self->tree);

  gtk_widget_init_template (GTK_WIDGET (self));

  g_signal_connect_swapped (self->tree, "selection-changed", G_CALLBACK (selection_changed_cb),
                            self);
  g_signal_connect_swapped (self->tree, "revealed", G_CALLBACK (revealed_cb), self);
  g_signal_connect_swapped (self->tree, "failed", G_CALLBACK (tree_failed_cb), self);
  g_signal_connect_object (list, "replaced", G_CALLBACK (replaced_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (list, "notify::loaded", G_CALLBACK (update_state), self,
                           G_CONNECT_SWAPPED);

  /* Typing anywhere in the list searches. */
  gtk_search_entry_set_key_capture_widget (self->search, GTK_WIDGET (self->drop_area));
  granary_browser_init_menu (self);
  granary_browser_init_drop (self);
  granary_browser_update_actions (self);
  update_state (self);
}

/**
 * granary_browser_set_settings:
 * @self: a browser
 * @settings: where columns and order are kept
 *
 * Makes the columns. Called once.
 */
void
granary_browser_set_settings (GranaryBrowser *self,
                              GSettings      *settings)
{
  g_return_if_fail (GRANARY_IS_BROWSER (self));
  g_return_if_fail (G_IS_SETTINGS (settings));
  g_return_if_fail (self->settings == NULL);

  self->settings = g_object_ref (settings);
  self->columns = granary_columns_new (self->view, self->tree, settings);
  g_signal_connect_object (self->columns, "sort-changed", G_CALLBACK (update_query), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->columns, "menu-requested", G_CALLBACK (menu_requested_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_insert_action_group (GTK_WIDGET (self->view), "columns",
                                  granary_columns_get_actions (self->columns));
  gtk_column_view_set_model (self->view, granary_model_tree_get_selection (self->tree));
  update_query (self);
}

/**
 * granary_browser_set_transfers:
 * @self: a browser with settings
 * @transfers: of its window
 */
void
granary_browser_set_transfers (GranaryBrowser      *self,
                               GranaryTransferList *transfers)
{
  g_return_if_fail (GRANARY_IS_BROWSER (self));
  g_return_if_fail (self->columns != NULL);

  granary_transfers_button_set_list (self->transfers_button, transfers);
  granary_row_progress_set_list (granary_columns_get_progress (self->columns), transfers);
}

/**
 * granary_browser_set_services:
 * @self: a browser with settings
 * @services: those of the connection that is shown
 *
 * Marks the versions that running services run.
 */
void
granary_browser_set_services (GranaryBrowser     *self,
                              GranaryServiceList *services)
{
  g_return_if_fail (GRANARY_IS_BROWSER (self));
  g_return_if_fail (self->columns != NULL);

  granary_row_progress_set_services (granary_columns_get_progress (self->columns), services);
}

/**
 * granary_browser_set_connection:
 * @self: a browser
 * @connection: (nullable): what to show
 */
void
granary_browser_set_connection (GranaryBrowser    *self,
                                GranaryConnection *connection)
{
  g_return_if_fail (GRANARY_IS_BROWSER (self));
  g_return_if_fail (connection == NULL || GRANARY_IS_CONNECTION (connection));

  if (self->connection != NULL && granary_connection_get_status (self->connection) != NULL)
    g_signal_handlers_disconnect_by_func (granary_connection_get_status (self->connection),
                                          update_state, self);
  g_set_object (&self->connection, connection);
  if (connection != NULL && granary_connection_get_status (connection) != NULL)
    g_signal_connect_object (granary_connection_get_status (connection), "notify::state",
                             G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
  self->opening = FALSE;
  set_error (self, NULL, NULL);
  if (self->columns != NULL)
    granary_row_progress_set_queue (granary_columns_get_progress (self->columns),
                                    connection != NULL ? granary_connection_get_queue (connection)
                                                       : NULL);
  granary_model_tree_set_catalog (self->tree,
                                  connection != NULL ? granary_connection_get_catalog (connection)
                                                     : NULL);
  selection_changed_cb (self);
  update_state (self);
}

/**
 * granary_browser_show_opening:
 * @self: a browser
 *
 * Empties the list while a connection is being opened.
 */
void
granary_browser_show_opening (GranaryBrowser *self)
{
  g_return_if_fail (GRANARY_IS_BROWSER (self));

  granary_browser_set_connection (self, NULL);
  self->opening = TRUE;
  update_state (self);
}

/**
 * granary_browser_show_failed:
 * @self: a browser
 * @error: why the connection cannot be shown
 * @object: (nullable): which one it is
 */
void
granary_browser_show_failed (GranaryBrowser *self,
                             const GError   *error,
                             const char     *object)
{
  g_return_if_fail (GRANARY_IS_BROWSER (self));
  g_return_if_fail (error != NULL);

  granary_browser_set_connection (self, NULL);
  set_error (self, error, object);
}

/**
 * granary_browser_set_narrow:
 * @self: a browser
 * @narrow: whether there is room for one column only
 */
void
granary_browser_set_narrow (GranaryBrowser *self,
                            gboolean        narrow)
{
  g_return_if_fail (GRANARY_IS_BROWSER (self));

  self->narrow = narrow;
  if (self->columns != NULL)
    granary_columns_set_narrow (self->columns, narrow);
  gtk_column_view_set_single_click_activate (self->view, narrow);
  adw_button_content_set_label (self->import_content, narrow ? "" : C_("button", "_Import"));
}

/**
 * granary_browser_set_tags:
 * @self: a browser
 * @tags: tags that a model must all carry
 */
void
granary_browser_set_tags (GranaryBrowser      *self,
                          const GranaryTagSet *tags)
{
  g_return_if_fail (GRANARY_IS_BROWSER (self));
  g_return_if_fail (tags != NULL);

  if (granary_tag_set_equal (self->tags, tags))
    return;

  granary_tag_set_free (self->tags);
  self->tags = granary_tag_set_copy (tags);
  update_query (self);
  g_signal_emit (self, signals[TAGS_CHANGED], 0);
}

const GranaryTagSet *
granary_browser_get_tags (GranaryBrowser *self)
{
  g_return_val_if_fail (GRANARY_IS_BROWSER (self), NULL);

  return self->tags;
}

/**
 * granary_browser_reveal:
 * @self: a browser
 * @model_id: row of a model
 * @number: one of its versions, or 0
 *
 * Selects that row and scrolls to it, as soon as it is there.
 */
void
granary_browser_reveal (GranaryBrowser *self,
                        gint64          model_id,
                        int             number)
{
  GranaryModelList *list;

  g_return_if_fail (GRANARY_IS_BROWSER (self));

  list = granary_model_tree_get_list (self->tree);
  granary_model_tree_reveal (self->tree, model_id, number);
  if (granary_model_tree_get_awaited (self->tree) != 0)
    granary_model_list_reload (list);
}

void
granary_browser_focus_search (GranaryBrowser *self)
{
  g_return_if_fail (GRANARY_IS_BROWSER (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

/**
 * granary_browser_get_tree:
 * @self: a browser
 *
 * Returns: (transfer none): its models and what is selected
 */
GranaryModelTree *
granary_browser_get_tree (GranaryBrowser *self)
{
  g_return_val_if_fail (GRANARY_IS_BROWSER (self), NULL);

  return self->tree;
}

AdwBanner *
granary_browser_get_banner (GranaryBrowser *self)
{
  g_return_val_if_fail (GRANARY_IS_BROWSER (self), NULL);

  return self->banner;
}

GranaryTransfersButton *
granary_browser_get_transfers_button (GranaryBrowser *self)
{
  g_return_val_if_fail (GRANARY_IS_BROWSER (self), NULL);

  return self->transfers_button;
}
