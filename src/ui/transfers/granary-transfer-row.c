/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-transfers"

#include "config.h"

#include "granary-transfer-row.h"

#include <glib/gi18n-lib.h>

#include "granary-wording.h"

/* What the first button does. */
typedef struct
{
  GranaryTransferAction  action;
  const char            *icon;
  const char            *tooltip;
  const char            *label;
} MainAction;

static const MainAction main_actions[] = {
  /* Translators: the %s of these is what a transfer is called, such as “Importing plate-ocr”. */
  { GRANARY_TRANSFER_RETRY, "view-refresh-symbolic", N_("Try Again"), N_("Try again: %s") },
  { GRANARY_TRANSFER_RESUME, "media-playback-start-symbolic", N_("Resume"), N_("Resume: %s") },
  { GRANARY_TRANSFER_PAUSE, "media-playback-pause-symbolic", N_("Pause"), N_("Pause: %s") },
};

struct _GranaryTransferRow
{
  GtkBox            parent_instance;

  GranaryTransfer  *transfer;    /* (owned) (nullable) */
  GtkListItem      *item;        /* unowned (nullable): outlives the binding */
  const MainAction *main_action; /* (nullable) */
  char             *shown_title; /* (owned) (nullable): in the buttons' accessible labels */

  GtkLabel         *title;
  GtkLabel         *line;
  GtkProgressBar   *progress;
  GtkMenuButton    *more_button;
  GtkButton        *main_button;
  GtkButton        *cancel_button;
};

G_DEFINE_FINAL_TYPE (GranaryTransferRow, granary_transfer_row, GTK_TYPE_BOX)

/* Auxiliary functions */

static void
set_css_class (GtkWidget  *widget,
               const char *name,
               gboolean    on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

/* The same words would be a change for a screen reader. */
static void
set_text (GtkLabel   *label,
          const char *text)
{
  if (g_strcmp0 (gtk_label_get_label (label), text) != 0)
    gtk_label_set_label (label, text);
}

static void
set_accessible_label (GtkWidget  *widget,
                      const char *format,
                      const char *title)
{
  g_autoptr (GString) label = g_string_new (format);

  g_string_replace (label, "%s", title, 1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label->str,
                                  -1);
}

static const MainAction *
find_main_action (GranaryTransfer *transfer)
{
  for (guint i = 0; i < G_N_ELEMENTS (main_actions); i++)
    if (granary_transfer_can (transfer, main_actions[i].action))
      return &main_actions[i];

  return NULL;
}

/* All of it costs something, so only what is another is set. */
static void
update_buttons (GranaryTransferRow *self,
                const char         *title,
                gboolean            over)
{
  const MainAction *action = find_main_action (self->transfer);
  gboolean can_raise = granary_transfer_can (self->transfer, GRANARY_TRANSFER_RAISE);
  gboolean is_titled = g_set_str (&self->shown_title, title);

  if (action != self->main_action && action != NULL)
    {
      gtk_button_set_icon_name (self->main_button, action->icon);
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->main_button), _(action->tooltip));
    }
  if (action != NULL && (is_titled || action != self->main_action))
    set_accessible_label (GTK_WIDGET (self->main_button), _(action->label), title);
  self->main_action = action;

  if (is_titled)
    {
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), title);
      /* Translators: %s is what a transfer is called. */
      set_accessible_label (GTK_WIDGET (self->more_button), _("More: %s"), title);
      /* Translators: %s is what a running transfer is called, such as “Importing plate-ocr”. */
      set_accessible_label (GTK_WIDGET (self->cancel_button), _("Cancel: %s"), title);
    }

  gtk_widget_set_visible (GTK_WIDGET (self->main_button), action != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->more_button), can_raise);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "transfer.raise", can_raise);
  gtk_widget_set_visible (GTK_WIDGET (self->cancel_button), !over);
  gtk_widget_set_sensitive (
    GTK_WIDGET (self->cancel_button),
    !g_cancellable_is_cancelled (granary_transfer_get_cancellable (self->transfer)));
}

static void
update_progress (GranaryTransferRow   *self,
                 GranaryTransferState  state,
                 gboolean              over)
{
  double fraction = granary_transfer_get_fraction (self->transfer);
  gboolean is_known = granary_transfer_get_bytes_total (self->transfer) > 0 ||
                      granary_transfer_get_files_total (self->transfer) > 0;
  gboolean waits = state == GRANARY_TRANSFER_QUEUED || state == GRANARY_TRANSFER_PAUSED ||
                   state == GRANARY_TRANSFER_RETRYING;

  gtk_widget_set_visible (GTK_WIDGET (self->progress),
                          !over && (!waits || (is_known && fraction > 0)));
  set_css_class (GTK_WIDGET (self->progress), "dimmed", waits);
  if (over)
    return;

  if (is_known)
    gtk_progress_bar_set_fraction (self->progress, fraction);
  else
    gtk_progress_bar_pulse (self->progress);
}

static void
update (GranaryTransferRow *self)
{
  GranaryTransferState state = granary_transfer_get_state (self->transfer);
  g_autofree char *title = granary_wording_transfer_title (self->transfer);
  g_autofree char *line = granary_wording_transfer_line (self->transfer);
  gboolean over = granary_transfer_is_over (self->transfer);
  gboolean is_problem = state == GRANARY_TRANSFER_FAILED || state == GRANARY_TRANSFER_RETRYING;

  /* A reason is read to its end; the rest is one line, which costs less to lay out. */
  gtk_label_set_wrap (self->line, is_problem);
  gtk_label_set_ellipsize (self->line, is_problem ? PANGO_ELLIPSIZE_NONE : PANGO_ELLIPSIZE_END);
  set_text (self->title, title);
  set_text (self->line, line);
  set_css_class (GTK_WIDGET (self->line), "error", state == GRANARY_TRANSFER_FAILED);
  set_css_class (GTK_WIDGET (self->line), "warning", state == GRANARY_TRANSFER_RETRYING);
  set_css_class (GTK_WIDGET (self->line), "dimmed", !is_problem);
  set_css_class (GTK_WIDGET (self->title), "dimmed", state == GRANARY_TRANSFER_CANCELLED);

  update_progress (self, state, over);
  update_buttons (self, title, over);
  if (self->item != NULL)
    {
      gtk_list_item_set_accessible_label (self->item, title);
      gtk_list_item_set_accessible_description (self->item, line);
    }
}

/* Signal callbacks */

static void
main_clicked_cb (GranaryTransferRow *self)
{
  if (self->main_action != NULL)
    granary_transfer_perform (self->transfer, self->main_action->action);
  if (self->transfer != NULL)
    update (self);
}

static void
cancel_clicked_cb (GranaryTransferRow *self)
{
  granary_transfer_cancel (self->transfer);
  if (self->transfer != NULL)
    update (self);
}

/* Made when it is asked for: most rows of a long list are never asked. */
static void
create_menu_cb (GtkMenuButton *button,
                gpointer       user_data)
{
  g_autoptr (GMenu) menu = g_menu_new ();

  g_menu_append (menu, _("Move to _Front"), "transfer.raise");
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

static void
raise_cb (GtkWidget  *widget,
          const char *action_name,
          GVariant   *parameter)
{
  granary_transfer_perform (GRANARY_TRANSFER_ROW (widget)->transfer, GRANARY_TRANSFER_RAISE);
}

/* GObject overrides */

static void
granary_transfer_row_dispose (GObject *object)
{
  GranaryTransferRow *self = GRANARY_TRANSFER_ROW (object);

  granary_transfer_row_set_transfer (self, NULL, NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_TRANSFER_ROW);

  G_OBJECT_CLASS (granary_transfer_row_parent_class)->dispose (object);
}

static void
granary_transfer_row_finalize (GObject *object)
{
  g_free (GRANARY_TRANSFER_ROW (object)->shown_title);

  G_OBJECT_CLASS (granary_transfer_row_parent_class)->finalize (object);
}

static void
granary_transfer_row_class_init (GranaryTransferRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = granary_transfer_row_dispose;
  object_class->finalize = granary_transfer_row_finalize;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/transfers/granary-transfer-row.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryTransferRow, title);
  gtk_widget_class_bind_template_child (widget_class, GranaryTransferRow, line);
  gtk_widget_class_bind_template_child (widget_class, GranaryTransferRow, progress);
  gtk_widget_class_bind_template_child (widget_class, GranaryTransferRow, more_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryTransferRow, main_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryTransferRow, cancel_button);
  gtk_widget_class_bind_template_callback (widget_class, main_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_clicked_cb);
  gtk_widget_class_install_action (widget_class, "transfer.raise", NULL, raise_cb);
}

static void
granary_transfer_row_init (GranaryTransferRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_menu_button_set_create_popup_func (self->more_button, create_menu_cb, NULL, NULL);
}

/* Public functions */

/**
 * granary_transfer_row_new:
 *
 * Returns: (transfer floating): a row without a transfer
 */
GtkWidget *
granary_transfer_row_new (void)
{
  return g_object_new (GRANARY_TYPE_TRANSFER_ROW, NULL);
}

/**
 * granary_transfer_row_set_transfer:
 * @self: a row
 * @transfer: (nullable): what to follow
 * @item: (nullable): of the list that shows it, until the next call
 */
void
granary_transfer_row_set_transfer (GranaryTransferRow *self,
                                   GranaryTransfer    *transfer,
                                   GtkListItem        *item)
{
  g_return_if_fail (GRANARY_IS_TRANSFER_ROW (self));
  g_return_if_fail (transfer == NULL || GRANARY_IS_TRANSFER (transfer));
  g_return_if_fail (item == NULL || GTK_IS_LIST_ITEM (item));

  if (self->transfer != NULL)
    g_signal_handlers_disconnect_by_data (self->transfer, self);
  g_set_object (&self->transfer, transfer);
  self->item = item;
  if (transfer == NULL)
    return;

  g_signal_connect_object (transfer, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

GranaryTransfer *
granary_transfer_row_get_transfer (GranaryTransferRow *self)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER_ROW (self), NULL);

  return self->transfer;
}

void
granary_transfer_row_update (GranaryTransferRow *self)
{
  g_return_if_fail (GRANARY_IS_TRANSFER_ROW (self));

  if (self->transfer != NULL)
    update (self);
}
