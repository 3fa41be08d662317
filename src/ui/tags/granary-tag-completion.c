/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tags"

#include "config.h"

#include "granary-tag-completion.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-tag-chip.h"

struct _GranaryTagCompletion
{
  GtkPopover          parent_instance;

  GtkListView        *list_view;
  GtkSingleSelection *selection;

  GListStore         *items; /* (owned) (element-type GranaryTagSuggestion) */
};

G_DEFINE_FINAL_TYPE (GranaryTagCompletion, granary_tag_completion, GTK_TYPE_POPOVER)

enum
{
  CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Callbacks */

static void
activate_cb (GranaryTagCompletion *self,
             guint                 position)
{
  g_autoptr (GranaryTagSuggestion) suggestion = NULL;

  suggestion = g_list_model_get_item (G_LIST_MODEL (self->items), position);
  if (suggestion != NULL)
    g_signal_emit (self, signals[CHOSEN], 0, suggestion);
}

static char *
get_title_cb (GtkListItem          *list_item,
              GranaryTagSuggestion *suggestion)
{
  return suggestion != NULL ? granary_tag_completion_format (suggestion) : NULL;
}

static char *
get_count_cb (GtkListItem          *list_item,
              GranaryTagSuggestion *suggestion)
{
  if (suggestion == NULL)
    return NULL;

  return g_strdup_printf ("%d", granary_tag_suggestion_get_n_models (suggestion));
}

/* GObject */

static void
granary_tag_completion_dispose (GObject *object)
{
  GranaryTagCompletion *self = GRANARY_TAG_COMPLETION (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_TAG_COMPLETION);
  g_clear_object (&self->items);

  G_OBJECT_CLASS (granary_tag_completion_parent_class)->dispose (object);
}

static void
granary_tag_completion_class_init (GranaryTagCompletionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = granary_tag_completion_dispose;

  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                  0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, GRANARY_TYPE_TAG_SUGGESTION);

  g_type_ensure (GRANARY_TYPE_TAG_SUGGESTION);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/tags/granary-tag-completion.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryTagCompletion, list_view);
  gtk_widget_class_bind_template_child (widget_class, GranaryTagCompletion, selection);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, get_title_cb);
  gtk_widget_class_bind_template_callback (widget_class, get_count_cb);
}

static void
granary_tag_completion_init (GranaryTagCompletion *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->items = g_list_store_new (GRANARY_TYPE_TAG_SUGGESTION);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->items));
}

/* Public functions */

GtkWidget *
granary_tag_completion_new (void)
{
  return g_object_new (GRANARY_TYPE_TAG_COMPLETION, NULL);
}

/**
 * granary_tag_completion_format:
 * @suggestion: a suggestion
 *
 * Returns: (transfer full): the tag, or the key with its separator, safe to show
 */
char *
granary_tag_completion_format (GranaryTagSuggestion *suggestion)
{
  const char *key;
  const char *value;

  g_return_val_if_fail (GRANARY_IS_TAG_SUGGESTION (suggestion), NULL);

  key = granary_tag_suggestion_get_key (suggestion);
  value = granary_tag_suggestion_get_value (suggestion);
  if (value == NULL)
    {
      g_autofree char *shown = granary_display_path (key);

      /* Translators: the key of a tag whose value is still to be chosen, as in “team: …”. */
      return g_strdup_printf (_("%s: …"), shown);
    }

  return granary_tag_chip_format (key, value);
}

/**
 * granary_tag_completion_set_items:
 * @self: a completion list
 * @suggestions: (element-type GranaryTagSuggestion): what to offer, best first
 *
 * Replaces what is offered; nothing is selected afterwards.
 */
void
granary_tag_completion_set_items (GranaryTagCompletion *self,
                                  GPtrArray            *suggestions)
{
  g_return_if_fail (GRANARY_IS_TAG_COMPLETION (self));
  g_return_if_fail (suggestions != NULL);

  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
  g_list_store_splice (self->items, 0, g_list_model_get_n_items (G_LIST_MODEL (self->items)),
                       suggestions->pdata, suggestions->len);
}

guint
granary_tag_completion_get_n_items (GranaryTagCompletion *self)
{
  g_return_val_if_fail (GRANARY_IS_TAG_COMPLETION (self), 0);

  return g_list_model_get_n_items (G_LIST_MODEL (self->items));
}

/**
 * granary_tag_completion_get_selected:
 * @self: a completion list
 *
 * Returns: (nullable) (transfer none): what Enter would take
 */
GranaryTagSuggestion *
granary_tag_completion_get_selected (GranaryTagCompletion *self)
{
  g_return_val_if_fail (GRANARY_IS_TAG_COMPLETION (self), NULL);

  return gtk_single_selection_get_selected_item (self->selection);
}

void
granary_tag_completion_select_first (GranaryTagCompletion *self)
{
  g_return_if_fail (GRANARY_IS_TAG_COMPLETION (self));

  if (g_list_model_get_n_items (G_LIST_MODEL (self->items)) > 0)
    gtk_single_selection_set_selected (self->selection, 0);
}

/**
 * granary_tag_completion_move:
 * @self: a completion list
 * @step: 1 down, -1 up
 *
 * Moves the selection; past either end nothing is selected, so that the typed text can be taken
 * as it is.
 */
void
granary_tag_completion_move (GranaryTagCompletion *self,
                             int                   step)
{
  guint n_items;
  guint selected;

  g_return_if_fail (GRANARY_IS_TAG_COMPLETION (self));
  g_return_if_fail (step == 1 || step == -1);

  n_items = g_list_model_get_n_items (G_LIST_MODEL (self->items));
  if (n_items == 0)
    return;

  selected = gtk_single_selection_get_selected (self->selection);
  if (selected == GTK_INVALID_LIST_POSITION)
    selected = step > 0 ? 0 : n_items - 1;
  else if ((step > 0 && selected == n_items - 1) || (step < 0 && selected == 0))
    selected = GTK_INVALID_LIST_POSITION;
  else
    selected += (guint) step;

  gtk_single_selection_set_selected (self->selection, selected);
  if (selected != GTK_INVALID_LIST_POSITION && gtk_widget_get_realized (GTK_WIDGET (self->list_view)))
    gtk_list_view_scroll_to (self->list_view, selected, GTK_LIST_SCROLL_NONE, NULL);
}
