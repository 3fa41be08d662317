/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-transfers"

#include "config.h"

#include "granary-transfers-button.h"

#include <glib/gi18n-lib.h>

#include "granary-progress-paintable.h"
#include "granary-transfer-row.h"

/* More than that would push the other buttons away. */
#define MAX_COUNT 999u
/* How often rows say anew how many are before them, in s. */
#define TURN_INTERVAL 1

struct _GranaryTransfersButton
{
  AdwBin                    parent_instance;

  GranaryTransferList      *list;      /* (owned) (nullable) until set */
  GranaryProgressPaintable *paintable; /* (owned) */
  GHashTable               *rows;      /* (owned) set of GranaryTransferRow that show something */
  guint                     turn_source;
  guint                     n_running; /* as shown */
  guint                     n_failed;
  gboolean                  is_shown;

  GtkMenuButton            *button;
  GtkPopover               *popover;
  GtkImage                 *image;
  GtkLabel                 *count;
  GtkImage                 *failed;
  GtkListView              *view;
  GtkButton                *clear_button;
};

G_DEFINE_FINAL_TYPE (GranaryTransfersButton, granary_transfers_button, ADW_TYPE_BIN)

/* The button */

static char *
make_count (guint n_running)
{
  if (n_running > MAX_COUNT)
    /* Translators: more than so many. */
    return g_strdup_printf (_("%u+"), MAX_COUNT);

  return g_strdup_printf ("%u", n_running);
}

static char *
make_label (guint n_running,
            guint n_failed)
{
  g_autoptr (GString) label = g_string_new (_("Transfers"));

  if (n_running > MAX_COUNT)
    {
      g_string_assign (label, _("Transfers: very many running"));
    }
  else if (n_running > 0)
    {
      g_string_assign (label, "");
      g_string_append_printf (label, ngettext ("Transfers: %u running", "Transfers: %u running",
                                               n_running),
                              n_running);
    }
  if (n_failed > 0)
    {
      g_string_append (label, ", ");
      /* Translators: comes after “Transfers” or “Transfers: 2 running” and a comma. */
      g_string_append_printf (label, ngettext ("%u failed", "%u failed", n_failed), n_failed);
    }

  return g_string_free (g_steal_pointer (&label), FALSE);
}

/* Thousands may come at once; what is the same for all of them is done once. */
static void
update (GranaryTransfersButton *self)
{
  guint n_running = granary_transfer_list_get_n_running (self->list);
  guint n_failed = granary_transfer_list_get_n_failed (self->list);
  gboolean is_shown = g_list_model_get_n_items (G_LIST_MODEL (self->list)) > 0;
  gboolean is_same = is_shown == self->is_shown && n_failed == self->n_failed &&
                     MIN (n_running, MAX_COUNT + 1) == MIN (self->n_running, MAX_COUNT + 1);
  g_autofree char *label = NULL;
  g_autofree char *count = NULL;

  gtk_widget_set_sensitive (GTK_WIDGET (self->clear_button),
                            granary_transfer_list_get_n_over (self->list) > 0);
  if (is_same)
    return;

  self->n_running = n_running;
  self->n_failed = n_failed;
  self->is_shown = is_shown;
  label = make_label (n_running, n_failed);
  count = make_count (n_running);
  gtk_widget_set_visible (GTK_WIDGET (self), is_shown);
  gtk_label_set_label (self->count, count);
  gtk_widget_set_visible (GTK_WIDGET (self->count), n_running > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->failed), n_failed > 0);
  granary_progress_paintable_set_active (self->paintable, n_running > 0);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  if (!is_shown)
    gtk_menu_button_popdown (self->button);
}

static void
update_fraction (GranaryTransfersButton *self)
{
  granary_progress_paintable_set_fraction (self->paintable,
                                           granary_transfer_list_get_fraction (self->list));
}

/* The list */

static void
setup_cb (GranaryTransfersButton *self,
          GtkListItem            *item)
{
  gtk_list_item_set_child (item, granary_transfer_row_new ());
  gtk_list_item_set_activatable (item, FALSE);
}

static void
bind_cb (GranaryTransfersButton *self,
         GtkListItem            *item)
{
  GranaryTransferRow *row = GRANARY_TRANSFER_ROW (gtk_list_item_get_child (item));

  granary_transfer_row_set_transfer (row, gtk_list_item_get_item (item), item);
  g_hash_table_add (self->rows, row);
}

static void
unbind_cb (GranaryTransfersButton *self,
           GtkListItem            *item)
{
  GranaryTransferRow *row = GRANARY_TRANSFER_ROW (gtk_list_item_get_child (item));

  granary_transfer_row_set_transfer (row, NULL, NULL);
  g_hash_table_remove (self->rows, row);
}

/* A turn comes nearer without a word of the transfer itself. */
static gboolean
turn_cb (gpointer user_data)
{
  GranaryTransfersButton *self = user_data;
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    granary_transfer_row_update (row);

  return G_SOURCE_CONTINUE;
}

/* A list that nobody sees is not followed. */
static void
unmapped_cb (GranaryTransfersButton *self)
{
  g_clear_handle_id (&self->turn_source, g_source_remove);
  if (self->view != NULL)
    gtk_list_view_set_model (self->view, NULL);
}

static void
shown_cb (GranaryTransfersButton *self)
{
  g_autoptr (GtkNoSelection) model = NULL;

  g_clear_handle_id (&self->turn_source, g_source_remove);
  model = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->list)));
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (model));
  self->turn_source = g_timeout_add_seconds (TURN_INTERVAL, turn_cb, self);
}

static void
clear_clicked_cb (GranaryTransfersButton *self)
{
  granary_transfer_list_clear_ended (self->list);
}

/* GObject overrides */

static void
granary_transfers_button_dispose (GObject *object)
{
  GranaryTransfersButton *self = GRANARY_TRANSFERS_BUTTON (object);

  unmapped_cb (self);
  /* The child is one of the template's; it is to be let go of once only. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_TRANSFERS_BUTTON);
  g_clear_object (&self->list);
  g_clear_object (&self->paintable);

  G_OBJECT_CLASS (granary_transfers_button_parent_class)->dispose (object);
}

static void
granary_transfers_button_finalize (GObject *object)
{
  g_hash_table_unref (GRANARY_TRANSFERS_BUTTON (object)->rows);

  G_OBJECT_CLASS (granary_transfers_button_parent_class)->finalize (object);
}

static void
granary_transfers_button_class_init (GranaryTransfersButtonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = granary_transfers_button_dispose;
  object_class->finalize = granary_transfers_button_finalize;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/transfers/granary-transfers-button.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryTransfersButton, button);
  gtk_widget_class_bind_template_child (widget_class, GranaryTransfersButton, popover);
  gtk_widget_class_bind_template_child (widget_class, GranaryTransfersButton, image);
  gtk_widget_class_bind_template_child (widget_class, GranaryTransfersButton, count);
  gtk_widget_class_bind_template_child (widget_class, GranaryTransfersButton, failed);
  gtk_widget_class_bind_template_child (widget_class, GranaryTransfersButton, view);
  gtk_widget_class_bind_template_child (widget_class, GranaryTransfersButton, clear_button);
  gtk_widget_class_bind_template_callback (widget_class, setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_cb);
  gtk_widget_class_bind_template_callback (widget_class, unbind_cb);
  gtk_widget_class_bind_template_callback (widget_class, shown_cb);
  gtk_widget_class_bind_template_callback (widget_class, unmapped_cb);
  gtk_widget_class_bind_template_callback (widget_class, clear_clicked_cb);
}

static void
granary_transfers_button_init (GranaryTransfersButton *self)
{
  self->rows = g_hash_table_new (NULL, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  self->paintable = granary_progress_paintable_new ();
  gtk_image_set_from_paintable (self->image, GDK_PAINTABLE (self->paintable));
}

/* Public functions */

/**
 * granary_transfers_button_set_list:
 * @self: a button
 * @list: the transfers of its window
 */
void
granary_transfers_button_set_list (GranaryTransfersButton *self,
                                   GranaryTransferList    *list)
{
  g_return_if_fail (GRANARY_IS_TRANSFERS_BUTTON (self));
  g_return_if_fail (GRANARY_IS_TRANSFER_LIST (list));
  g_return_if_fail (self->list == NULL);

  self->list = g_object_ref (list);
  g_signal_connect_object (list, "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (list, "notify::n-running", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (list, "notify::n-failed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (list, "notify::fraction", G_CALLBACK (update_fraction), self,
                           G_CONNECT_SWAPPED);
  update (self);
  update_fraction (self);
}

/**
 * granary_transfers_button_popup:
 * @self: a button
 *
 * Opens the list.
 */
void
granary_transfers_button_popup (GranaryTransfersButton *self)
{
  g_return_if_fail (GRANARY_IS_TRANSFERS_BUTTON (self));

  gtk_menu_button_popup (self->button);
}
