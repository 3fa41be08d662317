/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-browser"

#include "config.h"

#include "granary-browser-private.h"

/* The menu of rows: one popover, moved to where it was asked for, and the keys of rows. */

static void
popup_at (GranaryBrowser     *self,
          const GdkRectangle *place,
          guint               position)
{
  GtkSelectionModel *selection = granary_model_tree_get_selection (self->tree);
  GMenuModel *menu = self->many_menu;
  g_autoptr (GArray) models = NULL;
  g_autoptr (GArray) versions = NULL;

  /* A menu is about what it was opened on; among several selected ones it is about them all. */
  if (!gtk_selection_model_is_selected (selection, position))
    gtk_selection_model_select_item (selection, position, TRUE);

  granary_model_tree_get_selected (self->tree, &models, &versions);
  granary_browser_update_actions (self);
  if (models->len == 1 && versions->len == 0)
    menu = self->model_menu;
  else if (models->len == 0 && versions->len == 1)
    menu = self->version_menu;

  gtk_popover_menu_set_menu_model (GTK_POPOVER_MENU (self->popover), menu);
  gtk_popover_set_pointing_to (self->popover, place);
  gtk_popover_popup (self->popover);
}

static void
popup_at_point (GranaryBrowser *self,
                double          x,
                double          y)
{
  GtkListItem *item = granary_browser_pick (self, x, y, NULL);
  graphene_point_t point = GRAPHENE_POINT_INIT ((float) x, (float) y);
  graphene_point_t there;

  if (item != NULL &&
      gtk_widget_compute_point (GTK_WIDGET (self->view), GTK_WIDGET (self), &point, &there))
    {
      GdkRectangle place = { (int) there.x, (int) there.y, 1, 1 };

      popup_at (self, &place, gtk_list_item_get_position (item));
    }
}

static void
pressed_cb (GtkGestureClick *gesture,
            int              n_press,
            double           x,
            double           y,
            gpointer         user_data)
{
  GdkEvent *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (gesture));

  if (!gdk_event_triggers_context_menu (event))
    return;

  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  popup_at_point (user_data, x, y);
}

static void
long_pressed_cb (GtkGestureLongPress *gesture,
                 double               x,
                 double               y,
                 gpointer             user_data)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  popup_at_point (user_data, x, y);
}

static gboolean
menu_key_cb (GtkWidget *widget,
             GVariant  *arguments,
             gpointer   user_data)
{
  GranaryBrowser *self = user_data;
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  GtkListItem *item = NULL;
  GtkWidget *row_widget = NULL;

  if (focus != NULL)
    item = granary_columns_find_item (focus, &row_widget);
  if (item == NULL)
    return FALSE;

  granary_browser_popup_menu (self, row_widget, gtk_list_item_get_position (item));

  return TRUE;
}

static void
add_key (GtkShortcutController *keys,
         const char            *trigger,
         GtkShortcutAction     *action)
{
  gtk_shortcut_controller_add_shortcut (
    keys, gtk_shortcut_new (gtk_shortcut_trigger_parse_string (trigger), action));
}

/**
 * granary_browser_init_menu: (skip)
 * @self: a browser
 *
 * Gives the view its menu: right click, long press, and the menu keys; and the keys of rows.
 */
void
granary_browser_init_menu (GranaryBrowser *self)
{
  GtkWidget *view = GTK_WIDGET (self->view);
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *press = gtk_gesture_long_press_new ();
  GtkEventController *keys = gtk_shortcut_controller_new ();

  self->popover = GTK_POPOVER (gtk_popover_menu_new_from_model (self->many_menu));
  gtk_popover_set_has_arrow (self->popover, FALSE);
  gtk_widget_set_halign (GTK_WIDGET (self->popover), GTK_ALIGN_START);
  gtk_widget_set_parent (GTK_WIDGET (self->popover), GTK_WIDGET (self));

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (view, GTK_EVENT_CONTROLLER (click));

  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (press), TRUE);
  g_signal_connect (press, "pressed", G_CALLBACK (long_pressed_cb), self);
  gtk_widget_add_controller (view, GTK_EVENT_CONTROLLER (press));

  add_key (GTK_SHORTCUT_CONTROLLER (keys), "<Shift>F10|Menu",
           gtk_callback_action_new (menu_key_cb, self, NULL));
  add_key (GTK_SHORTCUT_CONTROLLER (keys), "Delete|KP_Delete",
           gtk_named_action_new ("selection.delete"));
  add_key (GTK_SHORTCUT_CONTROLLER (keys), "F2", gtk_named_action_new ("model.rename"));
  add_key (GTK_SHORTCUT_CONTROLLER (keys), "<Control>t",
           gtk_named_action_new ("selection.edit-tags"));
  add_key (GTK_SHORTCUT_CONTROLLER (keys), "<Control><Shift>p",
           gtk_named_action_new ("version.publish"));
  add_key (GTK_SHORTCUT_CONTROLLER (keys), "<Control>u", gtk_named_action_new ("version.upload"));
  add_key (GTK_SHORTCUT_CONTROLLER (keys), "<Control>d",
           gtk_named_action_new ("selection.download"));
  add_key (GTK_SHORTCUT_CONTROLLER (keys), "Escape", gtk_named_action_new ("selection.clear"));
  gtk_widget_add_controller (view, keys);
}

/**
 * granary_browser_popup_menu: (skip)
 * @self: a browser
 * @at: the widget it was asked for on
 * @position: position of the row
 */
void
granary_browser_popup_menu (GranaryBrowser *self,
                            GtkWidget      *at,
                            guint           position)
{
  graphene_rect_t bounds;
  GdkRectangle place;

  if (!gtk_widget_compute_bounds (at, GTK_WIDGET (self), &bounds))
    return;

  place.x = (int) (bounds.origin.x + bounds.size.width / 2);
  place.y = (int) (bounds.origin.y + bounds.size.height / 2);
  place.width = 1;
  place.height = 1;
  popup_at (self, &place, position);
}
