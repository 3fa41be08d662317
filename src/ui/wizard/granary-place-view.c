/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-place-view.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-wording.h"

/* Reading that is over before is not worth a spinner. */
#define SPINNER_DELAY_MS 300

struct _GranaryPlaceView
{
  AdwBin             parent_instance;

  GtkEditable       *search_entry;
  AdwBanner         *note_banner;
  GtkStack          *stack;
  GtkScrolledWindow *list_window;
  GtkListView       *list_view;
  GtkNoSelection    *selection;
  GtkStack          *more_stack;
  GtkWidget         *more_bar;
  GtkLabel          *more_label;
  AdwStatusPage     *message_page;
  GtkWidget         *retry_button;
  AdwBin            *fallback_bin;

  GranaryPlaceList  *list;       /* (owned) (nullable) */
  char              *search_hint;
  char              *empty_title;
  char              *empty_description;
  char              *empty_icon_name;
  guint              spinner_id;
  gboolean           wants_focus; /* the rows get it once they are there */
};

G_DEFINE_FINAL_TYPE (GranaryPlaceView, granary_place_view, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_SEARCH_HINT,
  PROP_EMPTY_TITLE,
  PROP_EMPTY_DESCRIPTION,
  PROP_EMPTY_ICON_NAME,
  PROP_FALLBACK,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

enum
{
  OPENED,
  GO_UP,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* What is shown */

static gboolean
spinner_timeout_cb (gpointer user_data)
{
  GranaryPlaceView *self = user_data;

  self->spinner_id = 0;
  gtk_stack_set_visible_child_name (self->stack, "loading");

  return G_SOURCE_REMOVE;
}

static void
show_loading (GranaryPlaceView *self)
{
  const char *shown = gtk_stack_get_visible_child_name (self->stack);

  if (self->spinner_id != 0 || g_strcmp0 (shown, "loading") == 0)
    return;

  gtk_stack_set_visible_child_name (self->stack, "blank");
  self->spinner_id = g_timeout_add (SPINNER_DELAY_MS, spinner_timeout_cb, self);
}

static void
show_message (GranaryPlaceView *self,
              const char       *icon_name,
              const char       *title,
              const char       *description,
              gboolean          can_retry)
{
  g_autofree char *markup = description != NULL ? g_markup_escape_text (description, -1) : NULL;

  adw_status_page_set_icon_name (self->message_page, icon_name);
  adw_status_page_set_title (self->message_page, title);
  adw_status_page_set_description (self->message_page, markup);
  gtk_widget_set_visible (self->retry_button, can_retry);
  gtk_stack_set_visible_child_name (self->stack, "message");
  gtk_accessible_announce (GTK_ACCESSIBLE (self), description != NULL ? description : title,
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
show_error (GranaryPlaceView *self,
            const GError     *error)
{
  g_autoptr (GranaryWording) wording = granary_wording_for_error (error, GRANARY_VERB_LIST_OBJECTS,
                                                                  NULL);
  gboolean offline = g_error_matches (error, GRANARY_ERROR, GRANARY_ERROR_NETWORK);

  show_message (self, offline ? "network-offline-symbolic" : "dialog-error-symbolic",
                wording->title, wording->body, TRUE);
}

static void
show_nothing (GranaryPlaceView *self)
{
  if (*granary_place_list_get_text (self->list) != '\0')
    show_message (self, "edit-find-symbolic", _("No Results Found"), _("Try a different search."),
                  FALSE);
  else
    show_message (self, self->empty_icon_name,
                  self->empty_title != NULL ? self->empty_title : _("Nothing Here"),
                  self->empty_description, FALSE);
}

/* What comes after the rows that are there. */
static void
update_more (GranaryPlaceView *self)
{
  const GError *error = granary_place_list_get_error (self->list);
  gboolean loading = granary_place_list_is_loading (self->list);

  gtk_widget_set_visible (self->more_bar, loading || error != NULL);
  if (loading)
    {
      gtk_stack_set_visible_child_name (self->more_stack, "loading");
    }
  else if (error != NULL)
    {
      g_autofree char *text = granary_wording_for_problem (error);

      gtk_label_set_label (self->more_label, text);
      gtk_stack_set_visible_child_name (self->more_stack, "failed");
    }
}

static void
update_note (GranaryPlaceView *self)
{
  const GError *note = self->list != NULL ? granary_place_list_get_note (self->list) : NULL;

  if (note != NULL)
    {
      g_autofree char *text = granary_wording_for_problem (note);

      adw_banner_set_title (self->note_banner, text);
    }
  adw_banner_set_revealed (self->note_banner, note != NULL);
}

static void
focus_rows (GranaryPlaceView *self)
{
  gtk_list_view_scroll_to (self->list_view, 0, GTK_LIST_SCROLL_FOCUS, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self->list_view));
}

static void
take_focus (GranaryPlaceView *self)
{
  if (!self->wants_focus)
    return;

  self->wants_focus = FALSE;
  if (g_list_model_get_n_items (G_LIST_MODEL (self->list)) > 0)
    focus_rows (self);
  else
    gtk_widget_child_focus (GTK_WIDGET (self->message_page), GTK_DIR_TAB_FORWARD);
}

/* A page that does not fill the view cannot be scrolled: the next one is wanted at once. */
static void
read_on (GranaryPlaceView *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->list_window);
  double page = gtk_adjustment_get_page_size (adjustment);
  double left = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_value (adjustment) - page;

  if (self->list == NULL || granary_place_list_get_error (self->list) != NULL ||
      !granary_place_list_has_more (self->list) || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  if (page > 0 && left < page)
    granary_place_list_load_more (self->list);
}

static void
update (GranaryPlaceView *self)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->list));

  update_note (self);
  update_more (self);
  if (n_items == 0 && granary_place_list_is_loading (self->list))
    {
      show_loading (self);
      return;
    }

  g_clear_handle_id (&self->spinner_id, g_source_remove);
  if (n_items > 0)
    gtk_stack_set_visible_child_name (self->stack, "list");
  else if (granary_place_list_get_error (self->list) != NULL)
    show_error (self, granary_place_list_get_error (self->list));
  else if (granary_place_list_has_more (self->list))
    granary_place_list_load_more (self->list);
  else
    show_nothing (self);

  if (!granary_place_list_is_loading (self->list))
    take_focus (self);
}

/* Callbacks */

static void
retry_cb (GranaryPlaceView *self)
{
  if (self->list == NULL)
    return;

  self->wants_focus = TRUE;
  if (g_list_model_get_n_items (G_LIST_MODEL (self->list)) > 0)
    granary_place_list_load_more (self->list);
  else
    granary_place_list_reload (self->list);
}

static void
search_changed_cb (GranaryPlaceView *self)
{
  if (self->list != NULL)
    granary_place_list_set_text (self->list, gtk_editable_get_text (self->search_entry));
}

static void
activate_cb (GranaryPlaceView *self,
             guint             position)
{
  g_signal_emit (self, signals[OPENED], 0, position);
}

static void
search_activate_cb (GranaryPlaceView *self)
{
  /* What was typed last may still be waiting for its delay. */
  search_changed_cb (self);
  if (self->list != NULL && g_list_model_get_n_items (G_LIST_MODEL (self->list)) > 0)
    focus_rows (self);
}

static gboolean
search_key_pressed_cb (GranaryPlaceView *self,
                       guint             keyval,
                       guint             keycode,
                       GdkModifierType   state)
{
  if (keyval != GDK_KEY_Down || self->list == NULL ||
      g_list_model_get_n_items (G_LIST_MODEL (self->list)) == 0)
    return GDK_EVENT_PROPAGATE;

  focus_rows (self);

  return GDK_EVENT_STOP;
}

static gboolean
list_key_pressed_cb (GranaryPlaceView *self,
                     guint             keyval,
                     guint             keycode,
                     GdkModifierType   state)
{
  if (keyval != GDK_KEY_BackSpace &&
      !(keyval == GDK_KEY_Up && (state & GDK_ALT_MASK) != 0))
    return GDK_EVENT_PROPAGATE;

  g_signal_emit (self, signals[GO_UP], 0);

  return GDK_EVENT_STOP;
}

static void
map_cb (GranaryPlaceView *self)
{
  read_on (self);
}

static char *
get_label_cb (GtkListItem *list_item,
              const char  *title,
              const char  *kind)
{
  if (title == NULL)
    return NULL;

  /* Translators: for screen readers: the name of something, and what it is: “models, Folder”. */
  return kind != NULL ? g_strdup_printf (_("%1$s, %2$s"), title, kind) : g_strdup (title);
}

static gboolean
has_text_cb (GtkListItem *list_item,
             const char  *text)
{
  return text != NULL && *text != '\0';
}

static gboolean
can_activate_cb (GtkListItem *list_item,
                 gboolean     can_open,
                 gboolean     can_choose)
{
  return can_open || can_choose;
}

/* GObject */

static gboolean
granary_place_view_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (GRANARY_PLACE_VIEW (widget)->search_entry));
}

static void
granary_place_view_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  GranaryPlaceView *self = GRANARY_PLACE_VIEW (object);

  switch (prop_id)
    {
    case PROP_SEARCH_HINT:
      g_value_set_string (value, self->search_hint);
      break;

    case PROP_EMPTY_TITLE:
      g_value_set_string (value, self->empty_title);
      break;

    case PROP_EMPTY_DESCRIPTION:
      g_value_set_string (value, self->empty_description);
      break;

    case PROP_EMPTY_ICON_NAME:
      g_value_set_string (value, self->empty_icon_name);
      break;

    case PROP_FALLBACK:
      g_value_set_object (value, adw_bin_get_child (self->fallback_bin));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
granary_place_view_set_property (GObject      *object,
                                 guint         prop_id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  GranaryPlaceView *self = GRANARY_PLACE_VIEW (object);
  gboolean changed = FALSE;

  switch (prop_id)
    {
    case PROP_SEARCH_HINT:
      changed = g_set_str (&self->search_hint, g_value_get_string (value));
      gtk_search_entry_set_placeholder_text (GTK_SEARCH_ENTRY (self->search_entry),
                                             self->search_hint);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->search_entry),
                                      GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      self->search_hint != NULL ? self->search_hint : _("Search"),
                                      -1);
      break;

    case PROP_EMPTY_TITLE:
      changed = g_set_str (&self->empty_title, g_value_get_string (value));
      break;

    case PROP_EMPTY_DESCRIPTION:
      changed = g_set_str (&self->empty_description, g_value_get_string (value));
      break;

    case PROP_EMPTY_ICON_NAME:
      changed = g_set_str (&self->empty_icon_name, g_value_get_string (value));
      break;

    case PROP_FALLBACK:
      adw_bin_set_child (self->fallback_bin, g_value_get_object (value));
      changed = TRUE;
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }

  if (changed)
    g_object_notify_by_pspec (object, pspec);
}

static void
granary_place_view_dispose (GObject *object)
{
  GranaryPlaceView *self = GRANARY_PLACE_VIEW (object);

  g_clear_handle_id (&self->spinner_id, g_source_remove);
  if (self->list != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->list, self);
      granary_place_list_stop (self->list);
    }
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_PLACE_VIEW);
  g_clear_object (&self->list);

  G_OBJECT_CLASS (granary_place_view_parent_class)->dispose (object);
}

static void
granary_place_view_finalize (GObject *object)
{
  GranaryPlaceView *self = GRANARY_PLACE_VIEW (object);

  g_free (self->search_hint);
  g_free (self->empty_title);
  g_free (self->empty_description);
  g_free (self->empty_icon_name);

  G_OBJECT_CLASS (granary_place_view_parent_class)->finalize (object);
}

static void
granary_place_view_class_init (GranaryPlaceViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = granary_place_view_get_property;
  object_class->set_property = granary_place_view_set_property;
  object_class->dispose = granary_place_view_dispose;
  object_class->finalize = granary_place_view_finalize;
  widget_class->grab_focus = granary_place_view_grab_focus;

  properties[PROP_SEARCH_HINT] = g_param_spec_string ("search-hint", NULL, NULL, NULL, flags);
  properties[PROP_EMPTY_TITLE] = g_param_spec_string ("empty-title", NULL, NULL, NULL, flags);
  properties[PROP_EMPTY_DESCRIPTION] = g_param_spec_string ("empty-description", NULL, NULL, NULL,
                                                            flags);
  properties[PROP_EMPTY_ICON_NAME] = g_param_spec_string ("empty-icon-name", NULL, NULL, NULL,
                                                          flags);
  properties[PROP_FALLBACK] = g_param_spec_object ("fallback", NULL, NULL, GTK_TYPE_WIDGET, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[OPENED] = g_signal_new ("opened", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[GO_UP] = g_signal_new ("go-up", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (GRANARY_TYPE_PLACE_ITEM);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-place-view.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryPlaceView, search_entry);
  gtk_widget_class_bind_template_child (widget_class, GranaryPlaceView, note_banner);
  gtk_widget_class_bind_template_child (widget_class, GranaryPlaceView, stack);
  gtk_widget_class_bind_template_child (widget_class, GranaryPlaceView, list_window);
  gtk_widget_class_bind_template_child (widget_class, GranaryPlaceView, list_view);
  gtk_widget_class_bind_template_child (widget_class, GranaryPlaceView, selection);
  gtk_widget_class_bind_template_child (widget_class, GranaryPlaceView, more_stack);
  gtk_widget_class_bind_template_child (widget_class, GranaryPlaceView, more_bar);
  gtk_widget_class_bind_template_child (widget_class, GranaryPlaceView, more_label);
  gtk_widget_class_bind_template_child (widget_class, GranaryPlaceView, message_page);
  gtk_widget_class_bind_template_child (widget_class, GranaryPlaceView, retry_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryPlaceView, fallback_bin);
  gtk_widget_class_bind_template_callback (widget_class, retry_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_key_pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, list_key_pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, map_cb);
  gtk_widget_class_bind_template_callback (widget_class, get_label_cb);
  gtk_widget_class_bind_template_callback (widget_class, has_text_cb);
  gtk_widget_class_bind_template_callback (widget_class, can_activate_cb);
}

static void
granary_place_view_init (GranaryPlaceView *self)
{
  GtkAdjustment *adjustment;

  gtk_widget_init_template (GTK_WIDGET (self));

  adjustment = gtk_scrolled_window_get_vadjustment (self->list_window);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (read_on), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (read_on), self, G_CONNECT_SWAPPED);
}

/* Public functions */

void
granary_place_view_set_list (GranaryPlaceView *self,
                             GranaryPlaceList *list,
                             gboolean          wants_focus)
{
  g_return_if_fail (GRANARY_IS_PLACE_VIEW (self));
  g_return_if_fail (list == NULL || GRANARY_IS_PLACE_LIST (list));

  if (self->list == list)
    return;

  if (self->list != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->list, self);
      granary_place_list_stop (self->list);
      g_clear_object (&self->list);
    }

  gtk_editable_set_text (self->search_entry, "");
  gtk_no_selection_set_model (self->selection, G_LIST_MODEL (list));
  if (list == NULL)
    return;

  self->list = g_object_ref (list);
  self->wants_focus = wants_focus;
  g_signal_connect_object (list, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  granary_place_list_reload (list);
}

GranaryPlaceList *
granary_place_view_get_list (GranaryPlaceView *self)
{
  g_return_val_if_fail (GRANARY_IS_PLACE_VIEW (self), NULL);

  return self->list;
}
