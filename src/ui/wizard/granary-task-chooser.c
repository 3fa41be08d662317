/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-task-chooser.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-task-folder-add.h"
#include "granary-task-folders.h"
#include "granary-task-list.h"
#include "granary-task-row.h"
#include "granary-task-text.h"
#include "granary-wording.h"

/* Reading that is over before is not worth a spinner. */
#define SPINNER_DELAY_MS 300

/* The next page is read when so much of what there is lies below what is seen. */
#define AHEAD_PX 400

struct _GranaryTaskChooser
{
  AdwNavigationPage    parent_instance;

  GtkWidget           *folders_button;
  AdwBanner           *note_banner;
  GtkEditable         *search_entry;
  GtkWidget           *id_group;
  GtkEditable         *id_row;
  GtkWidget           *id_known_icon;
  GtkWidget           *found_label;
  GtkStack            *stack;
  GtkWidget           *spinner;
  AdwStatusPage       *status_page;
  GtkButton           *status_button;
  GtkScrolledWindow   *scrolled_window;
  GtkListView         *list_view;
  GtkSingleSelection  *selection;
  GtkWidget           *more_bar;
  GtkWidget           *more_spinner;
  GtkLabel            *more_label;
  GtkWidget           *more_button;

  GranaryTaskSource   *source;
  GranaryTaskList     *list;
  GError              *folder_error; /* (nullable): why a folder could not be added */
  GCancellable        *cancellable;  /* of choosing folders */
  guint                spinner_id;
  gboolean             searching;    /* the answer to another text is awaited */
  gboolean             wants_first;  /* Enter was pressed before it was there */
};

G_DEFINE_FINAL_TYPE (GranaryTaskChooser, granary_task_chooser, ADW_TYPE_NAVIGATION_PAGE)

enum
{
  CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* What is shown */

static guint
get_n_tasks (GranaryTaskChooser *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->list));
}

static gboolean
has_folders (GranaryTaskChooser *self)
{
  g_auto (GStrv) folders = granary_task_source_dup_folders (self->source);

  return folders != NULL && folders[0] != NULL;
}

static gboolean
spinner_timeout_cb (gpointer user_data)
{
  GranaryTaskChooser *self = user_data;

  self->spinner_id = 0;
  gtk_widget_set_visible (self->spinner, TRUE);

  return G_SOURCE_REMOVE;
}

static void
show_loading (GranaryTaskChooser *self)
{
  if (g_str_equal (gtk_stack_get_visible_child_name (self->stack), "loading") &&
      (self->spinner_id != 0 || gtk_widget_get_visible (self->spinner)))
    return;

  gtk_widget_set_visible (self->spinner, FALSE);
  gtk_stack_set_visible_child_name (self->stack, "loading");
  g_clear_handle_id (&self->spinner_id, g_source_remove);
  self->spinner_id = g_timeout_add (SPINNER_DELAY_MS, spinner_timeout_cb, self);
}

static void
show_status (GranaryTaskChooser *self,
             const char         *icon_name,
             const char         *title,
             const char         *description,
             const char         *button_label)
{
  g_autofree char *escaped = g_markup_escape_text (description, -1);

  adw_status_page_set_icon_name (self->status_page, icon_name);
  adw_status_page_set_title (self->status_page, title);
  adw_status_page_set_description (self->status_page, escaped);
  gtk_button_set_label (self->status_button, button_label != NULL ? button_label : "");
  gtk_widget_set_visible (GTK_WIDGET (self->status_button), button_label != NULL);
  gtk_stack_set_visible_child_name (self->stack, "status");
}

static void
show_failed (GranaryTaskChooser *self,
             const GError       *error)
{
  g_autoptr (GranaryWording) wording = NULL;

  wording = granary_wording_for_error (error, GRANARY_VERB_LOAD, NULL);
  show_status (self, "dialog-error-symbolic", _("Tasks Cannot Be Listed"), wording->body,
               _("_Try Again"));
}

static void
show_empty (GranaryTaskChooser *self)
{
  gboolean in_folders = granary_task_source_has_folders (self->source);

  if (granary_task_list_get_text (self->list) != NULL)
    show_status (self, "system-search-symbolic", _("No Task Matches"),
                 _("Try another part of the name."), NULL);
  else if (in_folders && !has_folders (self))
    show_status (self, "folder-symbolic", _("No Training Runs Yet"),
                 _("Add the folder that your training tools write to. Runs of MLflow, Ultralytics, PaddleOCR and others are found in it and read where they are."),
                 _("_Add Folder…"));
  else if (in_folders)
    show_status (self, "folder-symbolic", _("No Training Runs Found"),
                 _("The folders hold no runs that can be imported here."), _("_Add Folder…"));
  else
    show_status (self, "folder-symbolic", _("No Tasks"),
                 _("Tasks appear here once training has begun."), NULL);
}

static void
update_more (GranaryTaskChooser *self)
{
  const GError *error = self->folder_error != NULL ? self->folder_error
                                                   : granary_task_list_get_error (self->list);
  gboolean busy = granary_task_list_is_busy (self->list) && granary_task_list_has_more (self->list);
  g_autofree char *text = NULL;

  if (error != NULL)
    text = granary_wording_for_problem (error);
  else if (busy)
    text = g_strdup (_("Loading more"));

  gtk_widget_set_visible (self->more_bar, text != NULL);
  gtk_widget_set_visible (self->more_spinner, error == NULL);
  gtk_widget_set_visible (self->more_button, error != NULL && self->folder_error == NULL);
  if (text != NULL)
    gtk_label_set_label (self->more_label, text);
}

static void
update_id (GranaryTaskChooser *self)
{
  g_autofree char *id = g_strstrip (g_strdup (gtk_editable_get_text (self->id_row)));

  gtk_widget_set_visible (self->id_known_icon,
                          *id != '\0' && granary_task_list_find (self->list, id) != NULL);
}

static void
update_note (GranaryTaskChooser *self)
{
  const GError *note = granary_task_list_get_note (self->list);
  g_autofree char *text = NULL;

  if (note != NULL)
    {
      text = granary_task_text_note (note);
      adw_banner_set_title (self->note_banner, text);
    }
  adw_banner_set_revealed (self->note_banner, note != NULL);
}

static void
update_stack (GranaryTaskChooser *self)
{
  const GError *error = granary_task_list_get_error (self->list);
  gboolean current = granary_task_list_is_current (self->list);

  if (get_n_tasks (self) > 0)
    gtk_stack_set_visible_child_name (self->stack, "tasks");
  else if (error != NULL)
    show_failed (self, error);
  else if (!current)
    show_loading (self);
  else if (!granary_task_list_is_listed (self->list))
    gtk_stack_set_visible_child_name (self->stack, "nothing");
  else
    show_empty (self);

  if (!g_str_equal (gtk_stack_get_visible_child_name (self->stack), "loading"))
    g_clear_handle_id (&self->spinner_id, g_source_remove);
}

/* That an id is wanted is known only once the place has answered. */
static void
show_id_entry (GranaryTaskChooser *self,
               gboolean            show)
{
  gboolean searches = *gtk_editable_get_text (self->search_entry) != '\0';

  if (gtk_widget_get_visible (self->id_group) == show)
    return;

  gtk_widget_set_visible (self->id_group, show);
  if (show && !searches && gtk_widget_get_mapped (GTK_WIDGET (self)))
    gtk_widget_grab_focus (GTK_WIDGET (self->id_row));
}

static void
choose (GranaryTaskChooser *self,
        const char         *uid)
{
  g_autoptr (GranaryTaskChooser) held = g_object_ref (self);
  g_autofree char *chosen = g_strdup (uid);

  gtk_widget_activate_action (GTK_WIDGET (self), "navigation.pop", NULL);
  g_signal_emit (held, signals[CHOSEN], 0, chosen);
}

static void
choose_item (GranaryTaskChooser *self,
             GranaryTaskItem    *item)
{
  if (item != NULL && granary_task_item_is_usable (item))
    choose (self, granary_task_item_get_task (item)->uid);
}

static void
update (GranaryTaskChooser *self)
{
  gboolean by_id = !granary_task_list_is_listed (self->list);

  /* Without tasks there is nothing to search; but who searches keeps the entry. */
  gtk_widget_set_visible (GTK_WIDGET (self->search_entry),
                          get_n_tasks (self) > 0 || granary_task_list_get_text (self->list) != NULL ||
                          !granary_task_list_is_current (self->list));
  show_id_entry (self, by_id);
  gtk_widget_set_visible (self->found_label, by_id && get_n_tasks (self) > 0);
  update_note (self);
  update_stack (self);
  update_more (self);
  update_id (self);

  if (self->searching && granary_task_list_is_current (self->list))
    {
      self->searching = FALSE;
      if (get_n_tasks (self) > 0)
        gtk_list_view_scroll_to (self->list_view, 0, GTK_LIST_SCROLL_SELECT, NULL);
    }

  if (self->wants_first && granary_task_list_is_current (self->list))
    {
      self->wants_first = FALSE;
      choose_item (self, gtk_single_selection_get_selected_item (self->selection));
    }
}

static void
scrolled_cb (GranaryTaskChooser *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled_window);
  double below = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_value (adjustment) -
                 gtk_adjustment_get_page_size (adjustment);

  /* An adjustment that was never given a size says nothing. */
  if (self->list != NULL && gtk_adjustment_get_page_size (adjustment) > 0 && below < AHEAD_PX)
    granary_task_list_load_more (self->list);
}

/* Choosing */

static void
activate_cb (GranaryTaskChooser *self,
             guint               position)
{
  g_autoptr (GranaryTaskItem) item = NULL;

  item = g_list_model_get_item (G_LIST_MODEL (self->list), position);
  choose_item (self, item);
}

static void
search_changed_cb (GranaryTaskChooser *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (self->search_entry)));

  const char *known = self->list != NULL ? granary_task_list_get_text (self->list) : NULL;

  if (self->list == NULL || g_str_equal (known != NULL ? known : "", text))
    return;

  self->searching = TRUE;
  self->wants_first = FALSE;
  granary_task_list_set_text (self->list, text);
}

/* Enter chooses what is found by the whole text, also when it comes before that is there. */
static void
search_activate_cb (GranaryTaskChooser *self)
{
  search_changed_cb (self);
  self->wants_first = !granary_task_list_is_current (self->list);
  if (!self->wants_first)
    choose_item (self, gtk_single_selection_get_selected_item (self->selection));
}

/* Escape empties the entry first, then goes back. */
static void
search_stopped_cb (GranaryTaskChooser *self)
{
  if (*gtk_editable_get_text (self->search_entry) != '\0')
    gtk_editable_set_text (self->search_entry, "");
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "navigation.pop", NULL);
}

static gboolean
search_key_pressed_cb (GranaryTaskChooser *self,
                       guint               keyval,
                       guint               keycode,
                       GdkModifierType     state)
{
  guint n_items = get_n_tasks (self);
  guint selected = gtk_single_selection_get_selected (self->selection);

  if (n_items == 0 || selected == GTK_INVALID_LIST_POSITION)
    return GDK_EVENT_PROPAGATE;

  if (keyval == GDK_KEY_Down && selected + 1 < n_items)
    selected++;
  else if (keyval == GDK_KEY_Up && selected > 0)
    selected--;
  else
    return GDK_EVENT_PROPAGATE;

  gtk_list_view_scroll_to (self->list_view, selected, GTK_LIST_SCROLL_SELECT, NULL);

  return GDK_EVENT_STOP;
}

static void
id_changed_cb (GranaryTaskChooser *self)
{
  if (self->list != NULL)
    update_id (self);
}

static void
id_apply_cb (GranaryTaskChooser *self)
{
  g_autofree char *id = g_strstrip (g_strdup (gtk_editable_get_text (self->id_row)));

  if (*id != '\0')
    choose (self, id);
}

/* Folders */

static void
folders_cb (GranaryTaskChooser *self)
{
  GtkWidget *view = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_NAVIGATION_VIEW);

  if (view != NULL)
    adw_navigation_view_push (ADW_NAVIGATION_VIEW (view), granary_task_folders_new (self->source));
}

static void
folders_added_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GranaryTaskChooser) self = user_data;
  g_autoptr (GError) error = NULL;

  granary_task_folder_add_finish (result, &error);
  if (self->list == NULL || granary_error_is_cancelled (error))
    return;

  g_clear_error (&self->folder_error);
  self->folder_error = g_steal_pointer (&error);
  update (self);
}

static void
status_button_cb (GranaryTaskChooser *self)
{
  if (granary_task_list_get_error (self->list) != NULL)
    granary_task_list_retry (self->list);
  else
    granary_task_folder_add_ask_async (GTK_WIDGET (self), self->source, self->cancellable,
                                       folders_added_cb, g_object_ref (self));
}

static void
retry_cb (GranaryTaskChooser *self)
{
  granary_task_list_retry (self->list);
}

static char *
get_name_cb (GtkListItem *list_item,
             GranaryTask *task)
{
  return task != NULL ? granary_display_path (task->name) : NULL;
}

static char *
get_description_cb (GtkListItem *list_item,
                    GranaryTask *task)
{
  if (task == NULL)
    return NULL;

  return task->problem != NULL ? granary_wording_for_problem (task->problem)
                               : granary_task_text_line (task);
}

/* GObject */

static void
granary_task_chooser_shown (AdwNavigationPage *page)
{
  GranaryTaskChooser *self = GRANARY_TASK_CHOOSER (page);

  if (gtk_widget_get_visible (self->id_group))
    gtk_widget_grab_focus (GTK_WIDGET (self->id_row));
  else if (gtk_widget_get_visible (GTK_WIDGET (self->search_entry)))
    gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

static void
granary_task_chooser_dispose (GObject *object)
{
  GranaryTaskChooser *self = GRANARY_TASK_CHOOSER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->spinner_id, g_source_remove);
  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  /* Rows that go away on the way would otherwise ask for another page. */
  g_clear_object (&self->list);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_TASK_CHOOSER);
  g_clear_object (&self->source);
  g_clear_error (&self->folder_error);

  G_OBJECT_CLASS (granary_task_chooser_parent_class)->dispose (object);
}

static void
granary_task_chooser_class_init (GranaryTaskChooserClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_task_chooser_dispose;
  ADW_NAVIGATION_PAGE_CLASS (klass)->shown = granary_task_chooser_shown;

  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (GRANARY_TYPE_TASK_ITEM);
  g_type_ensure (GRANARY_TYPE_TASK_ROW);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-task-chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryTaskChooser, folders_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryTaskChooser, note_banner);
  gtk_widget_class_bind_template_child (widget_class, GranaryTaskChooser, search_entry);
  gtk_widget_class_bind_template_child (widget_class, GranaryTaskChooser, id_group);
  gtk_widget_class_bind_template_child (widget_class, GranaryTaskChooser, id_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryTaskChooser, id_known_icon);
  gtk_widget_class_bind_template_child (widget_class, GranaryTaskChooser, found_label);
  gtk_widget_class_bind_template_child (widget_class, GranaryTaskChooser, stack);
  gtk_widget_class_bind_template_child (widget_class, GranaryTaskChooser, spinner);
  gtk_widget_class_bind_template_child (widget_class, GranaryTaskChooser, status_page);
  gtk_widget_class_bind_template_child (widget_class, GranaryTaskChooser, status_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryTaskChooser, scrolled_window);
  gtk_widget_class_bind_template_child (widget_class, GranaryTaskChooser, list_view);
  gtk_widget_class_bind_template_child (widget_class, GranaryTaskChooser, selection);
  gtk_widget_class_bind_template_child (widget_class, GranaryTaskChooser, more_bar);
  gtk_widget_class_bind_template_child (widget_class, GranaryTaskChooser, more_spinner);
  gtk_widget_class_bind_template_child (widget_class, GranaryTaskChooser, more_label);
  gtk_widget_class_bind_template_child (widget_class, GranaryTaskChooser, more_button);
  gtk_widget_class_bind_template_callback (widget_class, folders_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_stopped_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_key_pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, id_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, id_apply_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, status_button_cb);
  gtk_widget_class_bind_template_callback (widget_class, retry_cb);
  gtk_widget_class_bind_template_callback (widget_class, get_name_cb);
  gtk_widget_class_bind_template_callback (widget_class, get_description_cb);
}

static void
granary_task_chooser_init (GranaryTaskChooser *self)
{
  GtkAdjustment *adjustment;

  gtk_widget_init_template (GTK_WIDGET (self));

  self->cancellable = g_cancellable_new ();
  adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled_window);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (scrolled_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (scrolled_cb), self,
                           G_CONNECT_SWAPPED);
}

/**
 * granary_task_chooser_new:
 * @source: where tasks are
 * @kinds: which ones can be chosen
 *
 * Returns: (transfer floating): a page
 */
AdwNavigationPage *
granary_task_chooser_new (GranaryTaskSource *source,
                          GranaryTaskKinds   kinds)
{
  GranaryTaskChooser *self;

  g_return_val_if_fail (GRANARY_IS_TASK_SOURCE (source), NULL);

  self = g_object_new (GRANARY_TYPE_TASK_CHOOSER, NULL);
  self->source = g_object_ref (source);
  gtk_widget_set_visible (self->folders_button, granary_task_source_has_folders (source));
  self->list = granary_task_list_new (source, kinds);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->list));
  g_signal_connect_object (self->list, "updated", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);

  return ADW_NAVIGATION_PAGE (self);
}
