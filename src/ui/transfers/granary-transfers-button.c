/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-transfers"

#include "config.h"

#include "granary-transfers-button.h"

#include <glib/gi18n-lib.h>

#include "granary-transfer-row.h"

struct _GranaryTransfersButton
{
  AdwBin               parent_instance;

  GranaryTransferList *list; /* (owned) (nullable) until set */

  GtkMenuButton       *button;
  GtkLabel            *count;
  GtkProgressBar      *progress;
  GtkListBox          *box;
  GtkButton           *clear_button;
};

G_DEFINE_FINAL_TYPE (GranaryTransfersButton, granary_transfers_button, ADW_TYPE_BIN)

static GtkWidget *
create_row (gpointer item,
            gpointer user_data)
{
  return granary_transfer_row_new (item);
}

static void
update (GranaryTransfersButton *self)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->list));
  guint n_running = granary_transfer_list_get_n_running (self->list);
  g_autofree char *count = g_strdup_printf ("%u", n_running);
  g_autofree char *label = NULL;

  if (n_running > 0)
    label = g_strdup_printf (ngettext ("Transfers: %u running", "Transfers: %u running", n_running),
                             n_running);
  else
    label = g_strdup (_("Transfers"));

  gtk_widget_set_visible (GTK_WIDGET (self), n_items > 0);
  gtk_label_set_label (self->count, count);
  gtk_widget_set_visible (GTK_WIDGET (self->count), n_running > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), n_running > 0);
  gtk_widget_set_sensitive (GTK_WIDGET (self->clear_button), n_running < n_items);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  if (n_items == 0)
    gtk_menu_button_popdown (self->button);
}

static void
update_fraction (GranaryTransfersButton *self)
{
  gtk_progress_bar_set_fraction (self->progress, granary_transfer_list_get_fraction (self->list));
}

static void
clear_clicked_cb (GranaryTransfersButton *self)
{
  granary_transfer_list_clear_ended (self->list);
}

static void
granary_transfers_button_dispose (GObject *object)
{
  GranaryTransfersButton *self = GRANARY_TRANSFERS_BUTTON (object);

  /* The child is one of the template's; it is to be let go of once only. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_TRANSFERS_BUTTON);
  g_clear_object (&self->list);

  G_OBJECT_CLASS (granary_transfers_button_parent_class)->dispose (object);
}

static void
granary_transfers_button_class_init (GranaryTransfersButtonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = granary_transfers_button_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/transfers/granary-transfers-button.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryTransfersButton, button);
  gtk_widget_class_bind_template_child (widget_class, GranaryTransfersButton, count);
  gtk_widget_class_bind_template_child (widget_class, GranaryTransfersButton, progress);
  gtk_widget_class_bind_template_child (widget_class, GranaryTransfersButton, box);
  gtk_widget_class_bind_template_child (widget_class, GranaryTransfersButton, clear_button);
  gtk_widget_class_bind_template_callback (widget_class, clear_clicked_cb);
}

static void
granary_transfers_button_init (GranaryTransfersButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

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
  gtk_list_box_bind_model (self->box, G_LIST_MODEL (list), create_row, NULL, NULL);
  g_signal_connect_object (list, "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (list, "notify::n-running", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (list, "notify::fraction", G_CALLBACK (update_fraction), self,
                           G_CONNECT_SWAPPED);
  update (self);
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
