/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-transfers"

#include "config.h"

#include "granary-transfer-row.h"

#include <glib/gi18n-lib.h>

#include "granary-wording.h"

struct _GranaryTransferRow
{
  GtkListBoxRow    parent_instance;

  GranaryTransfer *transfer; /* (owned) */

  GtkLabel        *title;
  GtkLabel        *line;
  GtkProgressBar  *progress;
  GtkButton       *cancel_button;
};

G_DEFINE_FINAL_TYPE (GranaryTransferRow, granary_transfer_row, GTK_TYPE_LIST_BOX_ROW)

static void
update (GranaryTransferRow *self)
{
  GranaryTransferState state = granary_transfer_get_state (self->transfer);
  g_autofree char *title = granary_wording_transfer_title (self->transfer);
  g_autofree char *line = granary_wording_transfer_line (self->transfer);
  g_autofree char *cancel = NULL;
  gboolean over = granary_transfer_is_over (self->transfer);

  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->line, line);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), !over);
  gtk_widget_set_visible (GTK_WIDGET (self->cancel_button), !over);
  gtk_widget_set_sensitive (
    GTK_WIDGET (self->cancel_button),
    !g_cancellable_is_cancelled (granary_transfer_get_cancellable (self->transfer)));

  if (state == GRANARY_TRANSFER_FAILED)
    gtk_widget_add_css_class (GTK_WIDGET (self->line), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->line), "error");

  if (over)
    return;

  if (granary_transfer_get_bytes_total (self->transfer) > 0)
    gtk_progress_bar_set_fraction (self->progress,
                                   CLAMP (granary_transfer_get_fraction (self->transfer), 0, 1));
  else
    gtk_progress_bar_pulse (self->progress);

  /* Translators: %s is what a running transfer is called, such as “Importing plate-ocr”. */
  cancel = g_strdup_printf (_("Cancel: %s"), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->cancel_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, cancel,
                                  -1);
}

static void
cancel_clicked_cb (GranaryTransferRow *self)
{
  granary_transfer_cancel (self->transfer);
  update (self);
}

static void
granary_transfer_row_dispose (GObject *object)
{
  GranaryTransferRow *self = GRANARY_TRANSFER_ROW (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_TRANSFER_ROW);
  g_clear_object (&self->transfer);

  G_OBJECT_CLASS (granary_transfer_row_parent_class)->dispose (object);
}

static void
granary_transfer_row_class_init (GranaryTransferRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = granary_transfer_row_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/transfers/granary-transfer-row.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryTransferRow, title);
  gtk_widget_class_bind_template_child (widget_class, GranaryTransferRow, line);
  gtk_widget_class_bind_template_child (widget_class, GranaryTransferRow, progress);
  gtk_widget_class_bind_template_child (widget_class, GranaryTransferRow, cancel_button);
  gtk_widget_class_bind_template_callback (widget_class, cancel_clicked_cb);
}

static void
granary_transfer_row_init (GranaryTransferRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * granary_transfer_row_new:
 * @transfer: a transfer
 *
 * Returns: (transfer floating): a row that follows it
 */
GtkWidget *
granary_transfer_row_new (GranaryTransfer *transfer)
{
  GranaryTransferRow *self;

  g_return_val_if_fail (GRANARY_IS_TRANSFER (transfer), NULL);

  self = g_object_new (GRANARY_TYPE_TRANSFER_ROW, NULL);
  self->transfer = g_object_ref (transfer);
  g_signal_connect_object (transfer, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);

  return GTK_WIDGET (self);
}
