/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-model-chooser.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-model-choice.h"
#include "granary-wording.h"

/* As many as anybody scrolls through before typing more. */
#define MAX_SHOWN 100

struct _GranaryModelChooser
{
  GtkPopover          parent_instance;

  GtkEditable        *search_entry;
  GtkStack           *stack;
  GtkListView        *list_view;
  GtkSingleSelection *selection;
  GtkLabel           *message_label;
  GtkLabel           *more_label;

  GranaryCatalog     *catalog;     /* (nullable) */
  GListStore         *choices;     /* (element-type GranaryModelChoice) */
  GCancellable       *cancellable; /* (nullable): of the running search */
  char               *text;        /* (owned) (nullable): what was searched for last */
  gboolean            wants_first; /* Enter was pressed before that was found */
};

G_DEFINE_FINAL_TYPE (GranaryModelChooser, granary_model_chooser, GTK_TYPE_POPOVER)

enum
{
  CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* What a search found. */
typedef struct
{
  GPtrArray *summaries; /* (element-type GranaryModelSummary): the first ones */
  guint      n_found;
} Found;

static void
found_free (gpointer data)
{
  Found *found = data;

  g_clear_pointer (&found->summaries, g_ptr_array_unref);
  g_free (found);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Found, found_free)

/* Searching */

static gpointer
search (GranaryCatalog  *catalog,
        gpointer         data,
        GCancellable    *cancellable,
        GError         **error)
{
  g_autoptr (GArray) ids = NULL;
  g_autoptr (Found) found = g_new0 (Found, 1);

  ids = granary_catalog_list_ids (catalog, data, cancellable, error);
  if (ids == NULL)
    return NULL;

  found->n_found = ids->len;
  found->summaries = granary_catalog_load_summaries (catalog, (const gint64 *) (gpointer) ids->data,
                                                     MIN (ids->len, MAX_SHOWN), error);
  if (found->summaries == NULL)
    return NULL;

  return g_steal_pointer (&found);
}

static void
show_message (GranaryModelChooser *self,
              const char          *message)
{
  gtk_label_set_label (self->message_label, message);
  gtk_stack_set_visible_child_name (self->stack, "message");
  gtk_widget_set_visible (GTK_WIDGET (self->more_label), FALSE);
}

static void
show_found (GranaryModelChooser *self,
            const Found         *found)
{
  g_autoptr (GPtrArray) choices = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < found->summaries->len; i++)
    {
      GranaryModelSummary *summary = g_ptr_array_index (found->summaries, i);

      /* One that was deleted between the two reads is absent. */
      if (summary != NULL)
        g_ptr_array_add (choices, granary_model_choice_new (summary));
    }

  g_list_store_splice (self->choices, 0, g_list_model_get_n_items (G_LIST_MODEL (self->choices)),
                       choices->pdata, choices->len);

  if (choices->len == 0)
    {
      show_message (self, *gtk_editable_get_text (self->search_entry) != '\0'
                            ? _("No model matches")
                            : _("There are no models yet"));
      return;
    }

  gtk_stack_set_visible_child_name (self->stack, "models");
  gtk_list_view_scroll_to (self->list_view, 0, GTK_LIST_SCROLL_SELECT, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->more_label), found->n_found > MAX_SHOWN);
  if (found->n_found > MAX_SHOWN)
    {
      g_autofree char *text = NULL;
      guint n_more = found->n_found - MAX_SHOWN;

      text = g_strdup_printf (ngettext ("%'u more model: type to narrow it down",
                                        "%'u more models: type to narrow it down", n_more),
                              n_more);
      gtk_label_set_label (self->more_label, text);
    }
}

static void
choose (GranaryModelChooser *self,
        GranaryModelChoice  *choice)
{
  g_autoptr (GranaryModelChoice) held = g_object_ref (choice);

  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, signals[CHOSEN], 0, granary_model_choice_get_summary (held));
}

static void
choose_selected (GranaryModelChooser *self)
{
  GranaryModelChoice *choice = gtk_single_selection_get_selected_item (self->selection);

  self->wants_first = FALSE;
  if (choice != NULL && g_str_equal (gtk_stack_get_visible_child_name (self->stack), "models"))
    choose (self, choice);
}

static void
found_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GranaryModelChooser) self = user_data;
  g_autoptr (Found) found = NULL;
  g_autoptr (GError) error = NULL;

  found = granary_catalog_read_finish (GRANARY_CATALOG (source), result, &error);
  if (granary_error_is_cancelled (error))
    return;

  g_clear_object (&self->cancellable);
  if (found != NULL)
    {
      show_found (self, found);
      if (self->wants_first)
        choose_selected (self);
    }
  else
    {
      g_autofree char *text = granary_wording_for_problem (error);

      show_message (self, text);
    }
}

static void
start_search (GranaryModelChooser *self)
{
  GranaryQuery *query;

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->catalog == NULL)
    return;

  g_set_str (&self->text, gtk_editable_get_text (self->search_entry));
  query = granary_query_new (self->text, NULL, GRANARY_SORT_UPDATED, TRUE);
  self->cancellable = g_cancellable_new ();
  granary_catalog_read_async (self->catalog, search, query, (GDestroyNotify) granary_query_unref,
                              found_free, self->cancellable, found_cb, g_object_ref (self));
}

/* Callbacks */

static void
activate_cb (GranaryModelChooser *self,
             guint                position)
{
  g_autoptr (GranaryModelChoice) choice = NULL;

  choice = g_list_model_get_item (G_LIST_MODEL (self->choices), position);
  if (choice != NULL)
    choose (self, choice);
}

static void
search_changed_cb (GranaryModelChooser *self)
{
  /* Enter was faster. */
  if (g_strcmp0 (self->text, gtk_editable_get_text (self->search_entry)) == 0)
    return;

  self->wants_first = FALSE;
  start_search (self);
}

/* Enter chooses what is found by the whole text, also when it comes before that is there. */
static void
search_activate_cb (GranaryModelChooser *self)
{
  gboolean is_late = g_strcmp0 (self->text, gtk_editable_get_text (self->search_entry)) != 0;

  if (is_late)
    start_search (self);
  if (self->cancellable != NULL)
    self->wants_first = TRUE;
  else
    choose_selected (self);
}

static gboolean
search_key_pressed_cb (GranaryModelChooser *self,
                       guint                keyval,
                       guint                keycode,
                       GdkModifierType      state)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->choices));
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

static char *
get_name_cb (GtkListItem        *list_item,
             GranaryModelChoice *choice)
{
  if (choice == NULL)
    return NULL;

  return granary_display_path (granary_model_choice_get_summary (choice)->name);
}

static char *
get_latest_cb (GtkListItem        *list_item,
               GranaryModelChoice *choice)
{
  int latest = choice != NULL ? granary_model_choice_get_summary (choice)->latest : 0;

  return latest > 0 ? g_strdup_printf ("v%d", latest) : NULL;
}

/* GObject */

static void
granary_model_chooser_map (GtkWidget *widget)
{
  GranaryModelChooser *self = GRANARY_MODEL_CHOOSER (widget);

  GTK_WIDGET_CLASS (granary_model_chooser_parent_class)->map (widget);

  /* Models may have come and gone since it was last open. */
  start_search (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

static void
granary_model_chooser_dispose (GObject *object)
{
  GranaryModelChooser *self = GRANARY_MODEL_CHOOSER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_MODEL_CHOOSER);
  g_clear_object (&self->choices);
  g_clear_object (&self->catalog);
  g_clear_pointer (&self->text, g_free);

  G_OBJECT_CLASS (granary_model_chooser_parent_class)->dispose (object);
}

static void
granary_model_chooser_class_init (GranaryModelChooserClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_model_chooser_dispose;
  widget_class->map = granary_model_chooser_map;

  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                  0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, GRANARY_TYPE_MODEL_SUMMARY);

  g_type_ensure (GRANARY_TYPE_MODEL_CHOICE);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-model-chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryModelChooser, search_entry);
  gtk_widget_class_bind_template_child (widget_class, GranaryModelChooser, stack);
  gtk_widget_class_bind_template_child (widget_class, GranaryModelChooser, list_view);
  gtk_widget_class_bind_template_child (widget_class, GranaryModelChooser, selection);
  gtk_widget_class_bind_template_child (widget_class, GranaryModelChooser, message_label);
  gtk_widget_class_bind_template_child (widget_class, GranaryModelChooser, more_label);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_key_pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, get_name_cb);
  gtk_widget_class_bind_template_callback (widget_class, get_latest_cb);
}

static void
granary_model_chooser_init (GranaryModelChooser *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->choices = g_list_store_new (GRANARY_TYPE_MODEL_CHOICE);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->choices));
}

/**
 * granary_model_chooser_set_catalog:
 * @self: a chooser
 * @catalog: where to search
 *
 * Searches @catalog from now on.
 */
void
granary_model_chooser_set_catalog (GranaryModelChooser *self,
                                   GranaryCatalog      *catalog)
{
  g_return_if_fail (GRANARY_IS_MODEL_CHOOSER (self));
  g_return_if_fail (GRANARY_IS_CATALOG (catalog));

  g_set_object (&self->catalog, catalog);
}
