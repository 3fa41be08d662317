/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tags"

#include "config.h"

#include "granary-tag-entry.h"

#include "granary-error.h"
#include "granary-tag-completion.h"
#include "granary-tag-input.h"

struct _GranaryTagEntry
{
  GtkWidget             parent_instance;

  GtkEntry             *entry;
  GtkWidget            *completion;   /* a child */

  GPtrArray            *facets;       /* (nullable) (element-type GranaryFacet) */
  GranaryTagSet        *present;      /* (nullable): not offered again */
  GranaryCatalog       *catalog;      /* (nullable) */
  GranaryTagSource     *source;       /* (nullable): tags that a service defines */
  GCancellable         *cancellable;  /* (nullable): of the running read of facets */

  guint                 n_separators; /* commas that stand beside a mistake */
  gboolean              setting_text; /* the text is changed by the program, not by the user */
  gboolean              composing;    /* an input method has the keys */
  gboolean              facets_stale;
};

G_DEFINE_FINAL_TYPE (GranaryTagEntry, granary_tag_entry, GTK_TYPE_WIDGET)

enum
{
  EDITED,
  SUBMITTED,
  PICKED,
  ERASE,
  LEAVE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Keys and values in use */

static gpointer
list_facets (GranaryCatalog  *catalog,
             gpointer         data,
             GCancellable    *cancellable,
             GError         **error)
{
  return granary_catalog_list_facets (catalog, error);
}

static void
facets_listed_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GranaryTagEntry) self = user_data;
  g_autoptr (GPtrArray) facets = NULL;
  g_autoptr (GError) error = NULL;

  facets = granary_catalog_read_finish (GRANARY_CATALOG (source), result, &error);
  if (granary_error_is_cancelled (error))
    return;

  g_clear_object (&self->cancellable);
  if (facets != NULL)
    granary_tag_entry_set_facets (self, facets);
  else
    /* Tags can be typed without completions; that the catalogue cannot be read is said where its
     * models are missing. */
    g_debug ("No completions: %s", error->message);
}

static void
load_facets (GranaryTagEntry *self)
{
  self->facets_stale = FALSE;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);

  if (self->catalog == NULL)
    return;

  self->cancellable = g_cancellable_new ();
  granary_catalog_read_async (self->catalog, list_facets, NULL, NULL,
                              (GDestroyNotify) g_ptr_array_unref,
                              self->cancellable, facets_listed_cb, g_object_ref (self));
}

/* Completion */

static gboolean
is_completing (GranaryTagEntry *self)
{
  return gtk_widget_get_visible (self->completion);
}

static void
update_completion (GranaryTagEntry *self)
{
  const char *text = granary_tag_entry_get_text (self);
  g_autoptr (GPtrArray) facets = NULL;
  g_autoptr (GPtrArray) suggestions = NULL;
  g_autofree char *key = NULL;
  g_autofree char *value = NULL;
  gboolean has_value;

  if (self->facets_stale)
    load_facets (self);
  if (self->facets == NULL && self->source == NULL)
    return;

  facets = self->source != NULL ? granary_tag_source_merge (self->source, self->facets)
                                : g_ptr_array_ref (self->facets);
  suggestions = granary_tag_input_suggest (facets, text, self->present);
  granary_tag_completion_set_items (GRANARY_TAG_COMPLETION (self->completion), suggestions);

  has_value = granary_tag_input_split (text, &key, &value);
  if (has_value && self->source != NULL)
    granary_tag_source_want (self->source, key);

  if (suggestions->len == 0 || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      granary_tag_entry_close (self);
      return;
    }

  /* A key alone is no tag: Enter takes the best completion. A value may be a new one: Enter takes
   * what was typed unless the user picks. */
  if (!has_value && *key != '\0')
    granary_tag_completion_select_first (GRANARY_TAG_COMPLETION (self->completion));

  gtk_popover_popup (GTK_POPOVER (self->completion));
}

static void
take_suggestion (GranaryTagEntry      *self,
                 GranaryTagSuggestion *suggestion)
{
  g_autofree char *key = g_strdup (granary_tag_suggestion_get_key (suggestion));
  g_autofree char *value = g_strdup (granary_tag_suggestion_get_value (suggestion));

  if (value == NULL)
    {
      g_autofree char *text = g_strdup_printf ("%s=", key);

      granary_tag_entry_set_text (self, text);
      g_signal_emit (self, signals[EDITED], 0);
      update_completion (self);
      return;
    }

  granary_tag_entry_close (self);
  granary_tag_entry_set_text (self, "");
  g_signal_emit (self, signals[PICKED], 0, key, value);
}

static void
move_selection (GranaryTagEntry *self,
                int              step)
{
  GranaryTagSuggestion *suggestion;

  if (!is_completing (self))
    {
      update_completion (self);
      if (!is_completing (self) || granary_tag_completion_get_selected (GRANARY_TAG_COMPLETION (self->completion)) != NULL)
        return;
    }

  granary_tag_completion_move (GRANARY_TAG_COMPLETION (self->completion), step);
  suggestion = granary_tag_completion_get_selected (GRANARY_TAG_COMPLETION (self->completion));
  if (suggestion != NULL)
    {
      g_autofree char *title = granary_tag_completion_format (suggestion);

      gtk_accessible_announce (GTK_ACCESSIBLE (self), title,
                               GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
    }
}

/* Callbacks */

static void
catalog_changed_cb (GranaryTagEntry *self)
{
  self->facets_stale = TRUE;
}

/* What was typed may have more completions now. */
static void
source_changed_cb (GranaryTagEntry *self)
{
  if (gtk_widget_has_focus (GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (self->entry)))) &&
      *granary_tag_entry_get_text (self) != '\0')
    update_completion (self);
}

static void
preedit_changed_cb (GranaryTagEntry *self,
                    const char      *preedit)
{
  self->composing = preedit != NULL && *preedit != '\0';
}

static void
chosen_cb (GranaryTagEntry      *self,
           GranaryTagSuggestion *suggestion)
{
  take_suggestion (self, suggestion);
}

static void
entry_changed_cb (GranaryTagEntry *self)
{
  guint n_separators;

  if (self->setting_text)
    return;

  g_signal_emit (self, signals[EDITED], 0);

  /* Only a comma that was just typed or pasted submits: others stand beside a mistake that the
   * user is putting right. */
  n_separators = granary_tag_input_count_separators (granary_tag_entry_get_text (self));
  if (n_separators > self->n_separators)
    g_signal_emit (self, signals[SUBMITTED], 0);
  else
    self->n_separators = n_separators;

  if (*granary_tag_entry_get_text (self) == '\0')
    granary_tag_entry_close (self);
  else
    update_completion (self);
}

static void
entry_activate_cb (GranaryTagEntry *self)
{
  g_autofree char *text = g_strstrip (g_strdup (granary_tag_entry_get_text (self)));

  granary_tag_entry_close (self);

  if (*text != '\0')
    g_signal_emit (self, signals[SUBMITTED], 0);
  else
    gtk_widget_activate_default (GTK_WIDGET (self));
}

static void
entry_leave_cb (GranaryTagEntry *self)
{
  granary_tag_entry_close (self);
}

static void
entry_clicked_cb (GranaryTagEntry *self)
{
  update_completion (self);
}

static gboolean
entry_key_pressed_cb (GranaryTagEntry *self,
                      guint            keyval,
                      guint            keycode,
                      GdkModifierType  state)
{
  gboolean is_rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  g_autoptr (GranaryTagSuggestion) selected = NULL;

  if (self->composing || (state & gtk_accelerator_get_default_mod_mask ()) != 0)
    return GDK_EVENT_PROPAGATE;

  if (is_completing (self))
    g_set_object (&selected, granary_tag_completion_get_selected (GRANARY_TAG_COMPLETION (self->completion)));

  switch (keyval)
    {
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      move_selection (self, 1);
      return GDK_EVENT_STOP;

    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      if (!is_completing (self))
        return GDK_EVENT_PROPAGATE;
      move_selection (self, -1);
      return GDK_EVENT_STOP;

    case GDK_KEY_Escape:
      if (!is_completing (self))
        return GDK_EVENT_PROPAGATE;
      granary_tag_entry_close (self);
      return GDK_EVENT_STOP;

    case GDK_KEY_Tab:
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_ISO_Enter:
      if (selected == NULL)
        return GDK_EVENT_PROPAGATE;
      take_suggestion (self, selected);
      return GDK_EVENT_STOP;

    case GDK_KEY_BackSpace:
      if (*granary_tag_entry_get_text (self) != '\0')
        return GDK_EVENT_PROPAGATE;
      g_signal_emit (self, signals[ERASE], 0);
      return GDK_EVENT_STOP;

    case GDK_KEY_Left:
    case GDK_KEY_Right:
      if (keyval != (is_rtl ? GDK_KEY_Right : GDK_KEY_Left) ||
          gtk_editable_get_position (GTK_EDITABLE (self->entry)) != 0 ||
          gtk_editable_get_selection_bounds (GTK_EDITABLE (self->entry), NULL, NULL))
        return GDK_EVENT_PROPAGATE;
      g_signal_emit (self, signals[LEAVE], 0);
      return GDK_EVENT_STOP;

    default:
      return GDK_EVENT_PROPAGATE;
    }
}

/* GObject */

static void
granary_tag_entry_dispose (GObject *object)
{
  GranaryTagEntry *self = GRANARY_TAG_ENTRY (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->catalog);
  g_clear_object (&self->source);
  g_clear_pointer (&self->completion, gtk_widget_unparent);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_TAG_ENTRY);

  G_OBJECT_CLASS (granary_tag_entry_parent_class)->dispose (object);
}

static void
granary_tag_entry_finalize (GObject *object)
{
  GranaryTagEntry *self = GRANARY_TAG_ENTRY (object);

  g_clear_pointer (&self->facets, g_ptr_array_unref);
  g_clear_pointer (&self->present, granary_tag_set_free);

  G_OBJECT_CLASS (granary_tag_entry_parent_class)->finalize (object);
}

static gboolean
granary_tag_entry_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (GRANARY_TAG_ENTRY (widget)->entry));
}

static void
granary_tag_entry_class_init (GranaryTagEntryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = granary_tag_entry_dispose;
  object_class->finalize = granary_tag_entry_finalize;

  widget_class->grab_focus = granary_tag_entry_grab_focus;

  signals[EDITED] = g_signal_new ("edited", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
  signals[SUBMITTED] = g_signal_new ("submitted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 0);
  signals[PICKED] = g_signal_new ("picked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[ERASE] = g_signal_new ("erase", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
  signals[LEAVE] = g_signal_new ("leave", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/tags/granary-tag-entry.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryTagEntry, entry);
  gtk_widget_class_bind_template_callback (widget_class, entry_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_leave_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_key_pressed_cb);
}

static void
granary_tag_entry_init (GranaryTagEntry *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->completion = granary_tag_completion_new ();
  gtk_widget_set_parent (self->completion, GTK_WIDGET (self));
  g_signal_connect_object (self->completion, "chosen", G_CALLBACK (chosen_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_editable_get_delegate (GTK_EDITABLE (self->entry)),
                           "preedit-changed", G_CALLBACK (preedit_changed_cb), self,
                           G_CONNECT_SWAPPED);
}

/* Public functions */

/**
 * granary_tag_entry_set_catalog:
 * @self: an entry
 * @catalog: (nullable): whose tags in use are offered
 *
 * Completes from @catalog, also as it changes.
 */
void
granary_tag_entry_set_catalog (GranaryTagEntry *self,
                               GranaryCatalog  *catalog)
{
  g_return_if_fail (GRANARY_IS_TAG_ENTRY (self));
  g_return_if_fail (catalog == NULL || GRANARY_IS_CATALOG (catalog));

  if (self->catalog == catalog)
    return;

  if (self->catalog != NULL)
    g_signal_handlers_disconnect_by_func (self->catalog, catalog_changed_cb, self);
  g_set_object (&self->catalog, catalog);
  if (catalog != NULL)
    g_signal_connect_object (catalog, "changed", G_CALLBACK (catalog_changed_cb), self,
                             G_CONNECT_SWAPPED);

  load_facets (self);
}

/**
 * granary_tag_entry_set_source:
 * @self: an entry
 * @source: (nullable): tags that a service defines, offered beside those in use
 */
void
granary_tag_entry_set_source (GranaryTagEntry  *self,
                              GranaryTagSource *source)
{
  g_return_if_fail (GRANARY_IS_TAG_ENTRY (self));
  g_return_if_fail (source == NULL || GRANARY_IS_TAG_SOURCE (source));

  if (self->source != NULL)
    g_signal_handlers_disconnect_by_func (self->source, source_changed_cb, self);
  g_set_object (&self->source, source);
  if (source != NULL)
    g_signal_connect_object (source, "changed", G_CALLBACK (source_changed_cb), self,
                             G_CONNECT_SWAPPED);
}

/**
 * granary_tag_entry_set_facets:
 * @self: an entry
 * @facets: (element-type GranaryFacet): keys and values in use
 *
 * Completes from @facets; for where there is no catalogue.
 */
void
granary_tag_entry_set_facets (GranaryTagEntry *self,
                              GPtrArray       *facets)
{
  g_return_if_fail (GRANARY_IS_TAG_ENTRY (self));
  g_return_if_fail (facets != NULL);

  g_clear_pointer (&self->facets, g_ptr_array_unref);
  self->facets = g_ptr_array_ref (facets);

  if (is_completing (self))
    update_completion (self);
}

/**
 * granary_tag_entry_set_present:
 * @self: an entry
 * @present: (transfer full) (nullable): tags that need no offering
 *
 * Keeps @present out of the completions.
 */
void
granary_tag_entry_set_present (GranaryTagEntry *self,
                               GranaryTagSet   *present)
{
  g_return_if_fail (GRANARY_IS_TAG_ENTRY (self));

  g_clear_pointer (&self->present, granary_tag_set_free);
  self->present = present;
}

const char *
granary_tag_entry_get_text (GranaryTagEntry *self)
{
  g_return_val_if_fail (GRANARY_IS_TAG_ENTRY (self), NULL);

  return gtk_editable_get_text (GTK_EDITABLE (self->entry));
}

/**
 * granary_tag_entry_set_text:
 * @self: an entry
 * @text: what is to stand there
 *
 * Replaces the text as the program, not the user: nothing is submitted or offered for it.
 */
void
granary_tag_entry_set_text (GranaryTagEntry *self,
                            const char      *text)
{
  g_return_if_fail (GRANARY_IS_TAG_ENTRY (self));
  g_return_if_fail (text != NULL);

  self->setting_text = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
  self->setting_text = FALSE;
  self->n_separators = granary_tag_input_count_separators (text);
}

/**
 * granary_tag_entry_select_from:
 * @self: an entry
 * @position: in characters
 *
 * Focuses the entry and selects the text from @position on.
 */
void
granary_tag_entry_select_from (GranaryTagEntry *self,
                               int              position)
{
  g_return_if_fail (GRANARY_IS_TAG_ENTRY (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  gtk_editable_select_region (GTK_EDITABLE (self->entry), position, -1);
}

/**
 * granary_tag_entry_set_problem:
 * @self: an entry
 * @message: (nullable): the widget that tells what is wrong; %NULL: nothing is
 *
 * Marks the entry as holding a mistake, for the eye and for screen readers.
 */
void
granary_tag_entry_set_problem (GranaryTagEntry *self,
                               GtkWidget       *message)
{
  GtkAccessible *accessible;

  g_return_if_fail (GRANARY_IS_TAG_ENTRY (self));
  g_return_if_fail (message == NULL || GTK_IS_WIDGET (message));

  accessible = GTK_ACCESSIBLE (self->entry);
  if (message == NULL)
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
      gtk_accessible_reset_state (accessible, GTK_ACCESSIBLE_STATE_INVALID);
      gtk_accessible_reset_relation (accessible, GTK_ACCESSIBLE_RELATION_ERROR_MESSAGE);
      return;
    }

  gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
  gtk_accessible_update_state (accessible,
                               GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE,
                               -1);
  gtk_accessible_update_relation (accessible,
                                  GTK_ACCESSIBLE_RELATION_ERROR_MESSAGE, message, NULL,
                                  -1);
}

void
granary_tag_entry_close (GranaryTagEntry *self)
{
  g_return_if_fail (GRANARY_IS_TAG_ENTRY (self));

  gtk_popover_popdown (GTK_POPOVER (self->completion));
}
