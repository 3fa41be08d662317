/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-services-view.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-service-line.h"
#include "granary-service-text.h"
#include "granary-wording.h"

struct _GranaryServicesView
{
  AdwBin              parent_instance;

  GranaryConnection  *connection;  /* (owned) (nullable) */
  GranaryServiceList *list;        /* (owned) (nullable) */
  GtkCustomFilter    *filter;      /* (owned) */
  GtkFilterListModel *filtered;    /* (owned) */
  GtkSingleSelection *selection;   /* (owned) */
  GArray             *model_ids;   /* (owned) (nullable): only services of these … */
  GArray             *version_ids; /* (owned) (nullable): … and these */
  char               *search;      /* (owned) (nullable): case-folded */
  char               *awaited;     /* (owned) (nullable): to be selected once it is there */
  guint               scroll_tick;
  gboolean            fresh;       /* nobody has seen these services yet */

  GtkStack           *stack;
  GtkListView        *view;
  AdwStatusPage      *empty_page;
  AdwStatusPage      *failed_page;
};

G_DEFINE_FINAL_TYPE (GranaryServicesView, granary_services_view, ADW_TYPE_BIN)

/* Which services */

static gboolean
match_cb (gpointer object,
          gpointer user_data)
{
  GranaryServicesView *self = user_data;
  const GranaryService *service = granary_service_item_get_service (object);

  if ((self->model_ids != NULL || self->version_ids != NULL) &&
      !granary_service_is_of (service, self->model_ids, self->version_ids))
    return FALSE;

  return self->search == NULL || granary_service_matches (service, self->search);
}

static void
update_state (GranaryServicesView *self)
{
  const GError *error = self->list != NULL ? granary_service_list_get_error (self->list) : NULL;
  const char *state = "list";

  if (g_list_model_get_n_items (G_LIST_MODEL (self->filtered)) > 0)
    ;
  else if (error != NULL)
    {
      g_autoptr (GranaryWording) wording =
        granary_wording_for_error (error, GRANARY_VERB_LIST_SERVICES, NULL);
      g_autofree char *body = g_markup_escape_text (wording->body, -1);

      adw_status_page_set_title (self->failed_page, wording->title);
      adw_status_page_set_description (self->failed_page, body);
      state = "failed";
    }
  else if (self->list == NULL || !granary_service_list_get_loaded (self->list))
    state = "loading";
  else if (self->search != NULL)
    state = "nothing";
  else
    state = "empty";

  gtk_stack_set_visible_child_name (self->stack, state);
}

static gboolean
find_position (GranaryServicesView *self,
               const char          *uid,
               guint               *position)
{
  GListModel *model = G_LIST_MODEL (self->selection);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (GranaryServiceItem) item = g_list_model_get_item (model, i);

      if (g_str_equal (granary_service_item_get_uid (item), uid))
        {
          *position = i;
          return TRUE;
        }
    }

  return FALSE;
}

static gboolean
scroll_cb (GtkWidget     *widget,
           GdkFrameClock *clock,
           gpointer       user_data)
{
  GranaryServicesView *self = user_data;
  guint position;

  if (gtk_widget_get_height (widget) == 0)
    return G_SOURCE_CONTINUE;

  self->scroll_tick = 0;
  /* The heading of the first group is above the first row, which a view takes for its top. */
  if (self->awaited == NULL && self->fresh)
    gtk_adjustment_set_value (gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (widget)), 0);
  self->fresh = FALSE;
  if (self->awaited != NULL && find_position (self, self->awaited, &position))
    {
      g_clear_pointer (&self->awaited, g_free);
      gtk_list_view_scroll_to (self->view, position,
                               GTK_LIST_SCROLL_FOCUS | GTK_LIST_SCROLL_SELECT, NULL);
      gtk_widget_grab_focus (widget);
    }

  return G_SOURCE_REMOVE;
}

/* A list that was not laid out yet does not scroll. */
static void
scroll_soon (GranaryServicesView *self)
{
  if (self->scroll_tick == 0)
    self->scroll_tick = gtk_widget_add_tick_callback (GTK_WIDGET (self->view), scroll_cb, self,
                                                      NULL);
}

static void
select_awaited (GranaryServicesView *self)
{
  guint position;

  if (self->awaited == NULL || !find_position (self, self->awaited, &position))
    return;

  gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), position, TRUE);
  scroll_soon (self);
}

/* What came in before it was looked at may have moved the first row out of sight. */
static void
map_cb (GranaryServicesView *self)
{
  if (self->fresh)
    scroll_soon (self);
}

static void
updated_cb (GranaryServicesView *self)
{
  /* What a search looks at may be different now. */
  if (self->search != NULL || self->model_ids != NULL || self->version_ids != NULL)
    gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  update_state (self);
  select_awaited (self);
}

/* Rows */

static void
item_changed_cb (GranaryServiceItem *item,
                 GParamSpec         *pspec,
                 GtkListItem        *list_item)
{
  GranaryService *service = granary_service_item_get_service (item);
  g_autofree char *label = granary_service_dup_label (service);

  granary_service_line_set_service (GRANARY_SERVICE_LINE (gtk_list_item_get_child (list_item)),
                                    service);
  gtk_list_item_set_accessible_label (list_item, label);
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *list_item)
{
  gtk_list_item_set_child (list_item, granary_service_line_new ());
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *list_item,
         GranaryServicesView      *self)
{
  GranaryServiceItem *item = gtk_list_item_get_item (list_item);

  granary_service_line_set_connection (GRANARY_SERVICE_LINE (gtk_list_item_get_child (list_item)),
                                       self->connection);
  g_signal_connect (item, "notify::service", G_CALLBACK (item_changed_cb), list_item);
  item_changed_cb (item, NULL, list_item);
}

static void
unbind_cb (GtkSignalListItemFactory *factory,
           GtkListItem              *list_item)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (list_item), item_changed_cb,
                                        list_item);
}

static void
header_setup_cb (GtkSignalListItemFactory *factory,
                 GtkListHeader            *header)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_list_header_set_child (header, label);
}

static void
header_bind_cb (GtkSignalListItemFactory *factory,
                GtkListHeader            *header)
{
  GranaryServiceItem *item = gtk_list_header_get_item (header);
  const GranaryService *service = granary_service_item_get_service (item);
  g_autofree char *name = granary_display_path (service->name != NULL ? service->name
                                                                      : service->uid);

  gtk_label_set_label (GTK_LABEL (gtk_list_header_get_child (header)), name);
}

static void
init_factories (GranaryServicesView *self)
{
  g_autoptr (GtkListItemFactory) rows = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkListItemFactory) headers = gtk_signal_list_item_factory_new ();

  g_signal_connect (rows, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect_object (rows, "bind", G_CALLBACK (bind_cb), self, G_CONNECT_DEFAULT);
  g_signal_connect (rows, "unbind", G_CALLBACK (unbind_cb), NULL);
  g_signal_connect (headers, "setup", G_CALLBACK (header_setup_cb), NULL);
  g_signal_connect (headers, "bind", G_CALLBACK (header_bind_cb), NULL);
  gtk_list_view_set_factory (self->view, rows);
  gtk_list_view_set_header_factory (self->view, headers);
}

/* Keys and menus of rows */

/* The line of the row that @widget is, or is in. */
static GranaryServiceLine *
find_line (GranaryServicesView *self,
           GtkWidget           *widget)
{
  for (; widget != NULL && widget != GTK_WIDGET (self->view);
       widget = gtk_widget_get_parent (widget))
    {
      GtkWidget *child = gtk_widget_get_first_child (widget);

      if (GRANARY_IS_SERVICE_LINE (widget))
        return GRANARY_SERVICE_LINE (widget);
      if (GRANARY_IS_SERVICE_LINE (child))
        return GRANARY_SERVICE_LINE (child);
    }

  return NULL;
}

static void
popup_at (GranaryServicesView *self,
          double               x,
          double               y)
{
  GtkWidget *picked = gtk_widget_pick (GTK_WIDGET (self->view), x, y, GTK_PICK_DEFAULT);
  GranaryServiceLine *line = find_line (self, picked);
  graphene_point_t point = GRAPHENE_POINT_INIT ((float) x, (float) y);
  graphene_point_t there;

  if (line != NULL &&
      gtk_widget_compute_point (GTK_WIDGET (self->view), GTK_WIDGET (line), &point, &there))
    granary_service_line_popup_menu (line, MAX (there.x, 0), MAX (there.y, 0));
}

static void
pressed_cb (GtkGestureClick     *gesture,
            int                  n_press,
            double               x,
            double               y,
            GranaryServicesView *self)
{
  GdkEvent *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (gesture));

  if (!gdk_event_triggers_context_menu (event))
    return;

  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  popup_at (self, x, y);
}

static void
long_pressed_cb (GtkGestureLongPress *gesture,
                 double               x,
                 double               y,
                 GranaryServicesView *self)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  popup_at (self, x, y);
}

static GranaryServiceLine *
get_focus_line (GranaryServicesView *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->view))
         ? find_line (self, focus)
         : NULL;
}

static gboolean
menu_key_cb (GtkWidget *widget,
             GVariant  *arguments,
             gpointer   user_data)
{
  GranaryServiceLine *line = get_focus_line (user_data);

  if (line == NULL)
    return FALSE;

  granary_service_line_popup_menu (line, -1, -1);

  return TRUE;
}

/* An action of the row that has the focus. */
static gboolean
action_key_cb (GtkWidget *widget,
               GVariant  *arguments,
               gpointer   user_data)
{
  GranaryServiceLine *line = get_focus_line (user_data);

  return line != NULL &&
         gtk_widget_activate_action (GTK_WIDGET (line), g_variant_get_string (arguments, NULL),
                                     NULL);
}

static void
add_key (GranaryServicesView   *self,
         GtkShortcutController *keys,
         const char            *trigger,
         const char            *action)
{
  GtkShortcut *shortcut =
    gtk_shortcut_new (gtk_shortcut_trigger_parse_string (trigger),
                      gtk_callback_action_new (action != NULL ? action_key_cb : menu_key_cb, self,
                                               NULL));

  if (action != NULL)
    gtk_shortcut_set_arguments (shortcut, g_variant_new_string (action));
  gtk_shortcut_controller_add_shortcut (keys, shortcut);
}

static void
init_controllers (GranaryServicesView *self)
{
  GtkWidget *view = GTK_WIDGET (self->view);
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *press = gtk_gesture_long_press_new ();
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (view, GTK_EVENT_CONTROLLER (click));

  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (press), TRUE);
  g_signal_connect (press, "pressed", G_CALLBACK (long_pressed_cb), self);
  gtk_widget_add_controller (view, GTK_EVENT_CONTROLLER (press));

  add_key (self, GTK_SHORTCUT_CONTROLLER (keys), "<Shift>F10|Menu", NULL);
  add_key (self, GTK_SHORTCUT_CONTROLLER (keys), "Delete|KP_Delete", "service.remove");
  add_key (self, GTK_SHORTCUT_CONTROLLER (keys), "<Control>c", "service.copy-address");
  add_key (self, GTK_SHORTCUT_CONTROLLER (keys), "<Control>l", "service.log");
  add_key (self, GTK_SHORTCUT_CONTROLLER (keys), "<Control>t", "service.try");
  gtk_widget_add_controller (view, keys);
}

/* What one would look at first: its answers while it runs, else what it has to tell. */
static void
activate_cb (GranaryServicesView *self,
             guint                position)
{
  g_autoptr (GranaryServiceItem) item =
    g_list_model_get_item (G_LIST_MODEL (self->selection), position);
  GranaryServiceLine *line = get_focus_line (self);
  gboolean running =
    granary_service_item_get_service (item)->state == GRANARY_SERVICE_RUNNING;

  if (line != NULL)
    gtk_widget_activate_action (GTK_WIDGET (line), running ? "service.try" : "service.log", NULL);
}

static void
retry_cb (GranaryServicesView *self)
{
  if (self->list != NULL)
    granary_service_list_reload (self->list);
}

/* GObject */

static void
granary_services_view_dispose (GObject *object)
{
  GranaryServicesView *self = GRANARY_SERVICES_VIEW (object);

  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  if (self->scroll_tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self->view), self->scroll_tick);
  self->scroll_tick = 0;
  if (self->view != NULL)
    gtk_list_view_set_model (self->view, NULL);
  /* The child is one of the template's; it is to be let go of once only. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_SERVICES_VIEW);
  /* It asks about what is going away. */
  if (self->filter != NULL)
    gtk_custom_filter_set_filter_func (self->filter, NULL, NULL, NULL);
  g_clear_object (&self->selection);
  g_clear_object (&self->filtered);
  g_clear_object (&self->filter);
  g_clear_object (&self->list);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (granary_services_view_parent_class)->dispose (object);
}

static void
granary_services_view_finalize (GObject *object)
{
  GranaryServicesView *self = GRANARY_SERVICES_VIEW (object);

  g_clear_pointer (&self->model_ids, g_array_unref);
  g_clear_pointer (&self->version_ids, g_array_unref);
  g_free (self->search);
  g_free (self->awaited);

  G_OBJECT_CLASS (granary_services_view_parent_class)->finalize (object);
}

static void
granary_services_view_class_init (GranaryServicesViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = granary_services_view_dispose;
  object_class->finalize = granary_services_view_finalize;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/services/granary-services-view.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryServicesView, stack);
  gtk_widget_class_bind_template_child (widget_class, GranaryServicesView, view);
  gtk_widget_class_bind_template_child (widget_class, GranaryServicesView, empty_page);
  gtk_widget_class_bind_template_child (widget_class, GranaryServicesView, failed_page);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, retry_cb);
}

static void
granary_services_view_init (GranaryServicesView *self)
{
  self->filter = gtk_custom_filter_new (match_cb, self, NULL);
  self->filtered = gtk_filter_list_model_new (NULL, g_object_ref (GTK_FILTER (self->filter)));
  self->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->filtered)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);

  gtk_widget_init_template (GTK_WIDGET (self));
  init_factories (self);
  init_controllers (self);
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->view, "map", G_CALLBACK (map_cb), self, G_CONNECT_SWAPPED);
  update_state (self);
}

/* Public functions */

/**
 * granary_services_view_set_list:
 * @self: a view
 * @connection: (nullable): whose services they are
 * @list: (nullable): its services
 */
void
granary_services_view_set_list (GranaryServicesView *self,
                                GranaryConnection   *connection,
                                GranaryServiceList  *list)
{
  g_return_if_fail (GRANARY_IS_SERVICES_VIEW (self));
  g_return_if_fail (connection == NULL || GRANARY_IS_CONNECTION (connection));
  g_return_if_fail (list == NULL || GRANARY_IS_SERVICE_LIST (list));

  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  gtk_filter_list_model_set_model (self->filtered, NULL);
  g_clear_pointer (&self->awaited, g_free);
  self->fresh = TRUE;
  g_set_object (&self->connection, connection);
  g_set_object (&self->list, list);
  if (list != NULL)
    {
      gtk_filter_list_model_set_model (self->filtered, G_LIST_MODEL (list));
      g_signal_connect_object (list, "updated", G_CALLBACK (updated_cb), self, G_CONNECT_SWAPPED);
    }
  update_state (self);
}

/**
 * granary_services_view_set_subject:
 * @self: a view
 * @model_ids: (nullable) (element-type gint64): models
 * @version_ids: (nullable) (element-type gint64): versions
 *
 * Shows only services of any of these; all of them when both are %NULL.
 */
void
granary_services_view_set_subject (GranaryServicesView *self,
                                   GArray              *model_ids,
                                   GArray              *version_ids)
{
  g_return_if_fail (GRANARY_IS_SERVICES_VIEW (self));

  g_clear_pointer (&self->model_ids, g_array_unref);
  g_clear_pointer (&self->version_ids, g_array_unref);
  self->model_ids = model_ids != NULL ? g_array_copy (model_ids) : NULL;
  self->version_ids = version_ids != NULL ? g_array_copy (version_ids) : NULL;
  /* How to publish is told where all services are shown. */
  if (model_ids != NULL || version_ids != NULL)
    adw_status_page_set_description (self->empty_page, NULL);
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  update_state (self);
}

/**
 * granary_services_view_set_search:
 * @self: a view
 * @text: (nullable): what to search for
 */
void
granary_services_view_set_search (GranaryServicesView *self,
                                  const char          *text)
{
  g_autofree char *folded = NULL;

  g_return_if_fail (GRANARY_IS_SERVICES_VIEW (self));

  if (text != NULL && *text != '\0')
    folded = g_utf8_casefold (text, -1);
  if (!g_set_str (&self->search, folded))
    return;

  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  update_state (self);
}

/**
 * granary_services_view_select:
 * @self: a view
 * @uid: id of a service
 *
 * Selects it and scrolls to it, as soon as it is there.
 */
void
granary_services_view_select (GranaryServicesView *self,
                              const char          *uid)
{
  g_return_if_fail (GRANARY_IS_SERVICES_VIEW (self));
  g_return_if_fail (uid != NULL);

  g_set_str (&self->awaited, uid);
  select_awaited (self);
}

/**
 * granary_services_view_get_selection:
 * @self: a view
 *
 * Returns: (transfer none): the services that are shown, and which of them is selected
 */
GtkSelectionModel *
granary_services_view_get_selection (GranaryServicesView *self)
{
  g_return_val_if_fail (GRANARY_IS_SERVICES_VIEW (self), NULL);

  return GTK_SELECTION_MODEL (self->selection);
}
