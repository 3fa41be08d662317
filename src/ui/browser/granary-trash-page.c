/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-browser"

#include "config.h"

#include "granary-trash-page.h"

#include <glib/gi18n-lib.h>

#include "granary-commands.h"
#include "granary-error.h"
#include "granary-trash-item.h"
#include "granary-wording.h"

struct _GranaryTrashPage
{
  AdwBin             parent_instance;

  GranaryConnection *connection;  /* (owned) (nullable) */
  GListStore        *store;       /* (owned) (element-type GranaryTrashItem) */
  GCancellable      *cancellable; /* (owned) (nullable): of the read under way */

  GranaryTransfersButton *transfers_button;
  AdwBanner         *banner;
  GtkStack          *stack;
  GtkListView       *view;
  GtkMultiSelection *selection;
  AdwStatusPage     *failed_page;
  GtkActionBar      *action_bar;
  GtkLabel          *selection_label;
};

G_DEFINE_FINAL_TYPE (GranaryTrashPage, granary_trash_page, ADW_TYPE_BIN)

static gpointer
load_items (GranaryCatalog  *catalog,
            gpointer         data,
            GCancellable    *cancellable,
            GError         **error)
{
  gint64 now = g_get_real_time ();
  g_autoptr (GPtrArray) entries = granary_catalog_list_trash (catalog, error);
  g_autoptr (GPtrArray) items = NULL;

  if (entries == NULL)
    return NULL;

  items = g_ptr_array_new_full (entries->len, g_object_unref);
  for (guint i = 0; i < entries->len; i++)
    g_ptr_array_add (items, granary_trash_item_new (g_ptr_array_index (entries, i), now));

  return g_steal_pointer (&items);
}

static GStrv
dup_selected (GranaryTrashPage *self)
{
  g_autoptr (GtkBitset) selected =
    gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  GtkBitsetIter iter;
  guint position;

  for (gboolean valid = gtk_bitset_iter_init_first (&iter, selected, &position);
       valid;
       valid = gtk_bitset_iter_next (&iter, &position))
    {
      g_autoptr (GranaryTrashItem) item =
        g_list_model_get_item (G_LIST_MODEL (self->selection), position);

      g_strv_builder_add (builder, granary_trash_item_get_uid (item));
    }

  return g_strv_builder_end (builder);
}

static void
update_actions (GranaryTrashPage *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  g_autoptr (GtkBitset) selected =
    gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  guint n_selected = (guint) gtk_bitset_get_size (selected);
  gboolean writable =
    self->connection != NULL &&
    !granary_catalog_is_read_only (granary_connection_get_catalog (self->connection));
  g_autofree char *text = NULL;

  text = g_strdup_printf (ngettext ("%u selected", "%u selected", n_selected), n_selected);
  gtk_label_set_label (self->selection_label, text);
  gtk_action_bar_set_revealed (self->action_bar, n_selected > 0);
  gtk_widget_action_set_enabled (widget, "trash.restore", writable && n_selected > 0);
  gtk_widget_action_set_enabled (widget, "trash.purge", writable && n_selected > 0);
  gtk_widget_action_set_enabled (widget, "trash.empty",
                                 writable &&
                                 g_list_model_get_n_items (G_LIST_MODEL (self->store)) > 0);
}

static void
take_items (GranaryTrashPage *self,
            GPtrArray        *items)
{
  g_auto (GStrv) selected = dup_selected (self);
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->store));

  g_list_store_splice (self->store, 0, n_items, items->pdata, items->len);
  for (guint i = 0; i < items->len; i++)
    if (g_strv_contains ((const char * const *) selected,
                         granary_trash_item_get_uid (g_ptr_array_index (items, i))))
      gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), i, FALSE);

  gtk_stack_set_visible_child_name (self->stack, items->len > 0 ? "list" : "empty");
  update_actions (self);
}

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GranaryTrashPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = NULL;

  items = granary_catalog_read_finish (GRANARY_CATALOG (object), result, &error);
  if (items != NULL)
    {
      if (self->connection != NULL &&
          granary_connection_get_catalog (self->connection) == GRANARY_CATALOG (object))
        take_items (self, items);
    }
  else if (!granary_error_is_cancelled (error))
    {
      g_autoptr (GranaryWording) wording =
        granary_wording_for_error (error, GRANARY_VERB_LOAD, NULL);
      g_autofree char *body = g_markup_escape_text (wording->body, -1);

      adw_status_page_set_title (self->failed_page, wording->title);
      adw_status_page_set_description (self->failed_page, body);
      gtk_stack_set_visible_child_name (self->stack, "failed");
    }
}

static void
reload (GranaryTrashPage *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->connection == NULL)
    return;

  self->cancellable = g_cancellable_new ();
  granary_catalog_read_async (granary_connection_get_catalog (self->connection), load_items,
                              NULL, NULL, (GDestroyNotify) g_ptr_array_unref, self->cancellable,
                              loaded_cb, g_object_ref (self));
}

static void
action_cb (GtkWidget  *widget,
           const char *name,
           GVariant   *parameter)
{
  GranaryTrashPage *self = GRANARY_TRASH_PAGE (widget);
  g_auto (GStrv) entries = dup_selected (self);

  if (g_str_equal (name, "trash.empty"))
    granary_command_purge (widget, self->connection, NULL);
  else if (entries[0] == NULL)
    return;
  else if (g_str_equal (name, "trash.restore"))
    granary_command_restore (widget, self->connection, (const char * const *) entries);
  else
    granary_command_purge (widget, self->connection, (const char * const *) entries);
}

static void
clear_selection_cb (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (GRANARY_TRASH_PAGE (widget)->selection));
}

static void
restore_row_cb (GtkListItem *list_item,
                GtkButton   *button)
{
  GtkWidget *widget = gtk_widget_get_ancestor (GTK_WIDGET (button), GRANARY_TYPE_TRASH_PAGE);
  GranaryTrashItem *item = gtk_list_item_get_item (list_item);
  const char *entries[2] = { NULL, NULL };

  if (widget == NULL || item == NULL || GRANARY_TRASH_PAGE (widget)->connection == NULL)
    return;

  entries[0] = granary_trash_item_get_uid (item);
  granary_command_restore (widget, GRANARY_TRASH_PAGE (widget)->connection, entries);
}

static void
granary_trash_page_dispose (GObject *object)
{
  GranaryTrashPage *self = GRANARY_TRASH_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_TRASH_PAGE);
  g_clear_object (&self->connection);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (granary_trash_page_parent_class)->dispose (object);
}

static void
granary_trash_page_class_init (GranaryTrashPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = granary_trash_page_dispose;

  g_type_ensure (GRANARY_TYPE_TRANSFERS_BUTTON);
  g_type_ensure (GRANARY_TYPE_TRASH_ITEM);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/browser/granary-trash-page.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryTrashPage, transfers_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryTrashPage, banner);
  gtk_widget_class_bind_template_child (widget_class, GranaryTrashPage, stack);
  gtk_widget_class_bind_template_child (widget_class, GranaryTrashPage, view);
  gtk_widget_class_bind_template_child (widget_class, GranaryTrashPage, selection);
  gtk_widget_class_bind_template_child (widget_class, GranaryTrashPage, failed_page);
  gtk_widget_class_bind_template_child (widget_class, GranaryTrashPage, action_bar);
  gtk_widget_class_bind_template_child (widget_class, GranaryTrashPage, selection_label);
  gtk_widget_class_bind_template_callback (widget_class, restore_row_cb);
  gtk_widget_class_bind_template_callback (widget_class, reload);

  gtk_widget_class_install_action (widget_class, "trash.restore", NULL, action_cb);
  gtk_widget_class_install_action (widget_class, "trash.purge", NULL, action_cb);
  gtk_widget_class_install_action (widget_class, "trash.empty", NULL, action_cb);
  gtk_widget_class_install_action (widget_class, "trash.clear-selection", NULL, clear_selection_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "trash.purge", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Delete, 0, "trash.purge", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "trash.clear-selection",
                                       NULL);
}

static void
granary_trash_page_init (GranaryTrashPage *self)
{
  self->store = g_list_store_new (GRANARY_TYPE_TRASH_ITEM);

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_multi_selection_set_model (self->selection, G_LIST_MODEL (self->store));
  g_signal_connect_swapped (self->selection, "selection-changed", G_CALLBACK (update_actions),
                            self);
  update_actions (self);
}

/**
 * granary_trash_page_set_connection:
 * @self: the page
 * @connection: (nullable): whose trash to show
 */
void
granary_trash_page_set_connection (GranaryTrashPage  *self,
                                   GranaryConnection *connection)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  g_return_if_fail (GRANARY_IS_TRASH_PAGE (self));
  g_return_if_fail (connection == NULL || GRANARY_IS_CONNECTION (connection));

  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (granary_connection_get_catalog (self->connection), self);
  g_set_object (&self->connection, connection);
  if (connection != NULL)
    g_signal_connect_object (granary_connection_get_catalog (connection), "changed",
                             G_CALLBACK (reload), self, G_CONNECT_SWAPPED);
  take_items (self, none);
  reload (self);
}

/**
 * granary_trash_page_get_selection:
 * @self: the page
 *
 * Returns: (transfer none): its entries, and which of them are selected
 */
GtkSelectionModel *
granary_trash_page_get_selection (GranaryTrashPage *self)
{
  g_return_val_if_fail (GRANARY_IS_TRASH_PAGE (self), NULL);

  return GTK_SELECTION_MODEL (self->selection);
}

AdwBanner *
granary_trash_page_get_banner (GranaryTrashPage *self)
{
  g_return_val_if_fail (GRANARY_IS_TRASH_PAGE (self), NULL);

  return self->banner;
}

GranaryTransfersButton *
granary_trash_page_get_transfers_button (GranaryTrashPage *self)
{
  g_return_val_if_fail (GRANARY_IS_TRASH_PAGE (self), NULL);

  return self->transfers_button;
}
