/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tags"

#include "config.h"

#include "granary-tag-editor.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-tag-chip.h"
#include "granary-tag-entry.h"
#include "granary-tag-input.h"
#include "granary-wording.h"

struct _GranaryTagEditor
{
  GtkWidget        parent_instance;

  AdwWrapBox      *wrap_box;
  GranaryTagEntry *entry;
  GtkLabel        *problem_label;

  GranaryTagPlan  *plan;
  GPtrArray       *chips; /* (element-type GranaryTagChip): in order, owned by the wrap box */
  gboolean         locking; /* tags of the platform stay as they are */
};

G_DEFINE_FINAL_TYPE (GranaryTagEditor, granary_tag_editor, GTK_TYPE_WIDGET)

enum
{
  CHANGED,
  EDITED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void chip_edit_cb (GranaryTagEditor *self,
                          GranaryTagChip   *chip);
static void chip_remove_cb (GranaryTagEditor *self,
                            GranaryTagChip   *chip);

/* What is shown */

static void
announce (GranaryTagEditor *self,
          const char       *text)
{
  gtk_accessible_announce (GTK_ACCESSIBLE (self), text, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
show_problem (GranaryTagEditor *self,
              const GError     *error)
{
  g_autofree char *text = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->problem_label), error != NULL);
  granary_tag_entry_set_problem (self->entry, error != NULL ? GTK_WIDGET (self->problem_label) : NULL);
  if (error == NULL)
    return;

  if (granary_error_matches_reason (error, GRANARY_REASON_TAG_SYNTAX))
    /* Translators: %s is what was typed. Keep the equals sign. */
    text = g_strdup_printf (_("“%s” needs a key and a value, such as team=vision"),
                            granary_error_get_subject (error));
  else
    text = granary_wording_for_problem (error);
  gtk_label_set_label (self->problem_label, text);
  announce (self, text);
}

static GranaryTagChip *
find_chip (GPtrArray  *chips,
           const char *key)
{
  for (guint i = 0; i < chips->len; i++)
    {
      GranaryTagChip *chip = g_ptr_array_index (chips, i);

      if (g_str_equal (granary_tag_chip_get_key (chip), key))
        return chip;
    }

  return NULL;
}

/* Makes the chips follow the plan. Chips are kept by key, so that the focus stays where it is. */
static void
update_chips (GranaryTagEditor *self)
{
  g_autoptr (GPtrArray) leftover = g_steal_pointer (&self->chips);
  guint n_models = granary_tag_plan_get_n_models (self->plan);
  guint n_rows = granary_tag_plan_get_n_rows (self->plan);
  GtkWidget *previous = NULL;

  self->chips = g_ptr_array_new ();
  for (guint i = 0; i < n_rows; i++)
    {
      GranaryTagPlanRow row;
      GranaryTagChip *chip;

      granary_tag_plan_get_row (self->plan, i, &row);
      chip = find_chip (leftover, row.key);
      if (chip != NULL)
        {
          g_ptr_array_remove (leftover, chip);
          adw_wrap_box_reorder_child_after (self->wrap_box, GTK_WIDGET (chip), previous);
        }
      else
        {
          chip = GRANARY_TAG_CHIP (granary_tag_chip_new ());
          g_signal_connect_object (chip, "edit", G_CALLBACK (chip_edit_cb), self,
                                   G_CONNECT_SWAPPED);
          g_signal_connect_object (chip, "remove", G_CALLBACK (chip_remove_cb), self,
                                   G_CONNECT_SWAPPED);
          adw_wrap_box_insert_child_after (self->wrap_box, GTK_WIDGET (chip), previous);
        }

      granary_tag_chip_set_row (chip, &row, n_models);
      g_ptr_array_add (self->chips, chip);
      previous = GTK_WIDGET (chip);
    }

  for (guint i = 0; i < leftover->len; i++)
    adw_wrap_box_remove (self->wrap_box, g_ptr_array_index (leftover, i));

  /* A tag that only some models carry is worth offering: taking it gives it to all. */
  granary_tag_entry_set_present (self->entry,
                                 n_models == 1 ? granary_tag_plan_make_result (self->plan) : NULL);
}

static void
tags_changed (GranaryTagEditor *self)
{
  update_chips (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Changes by the user */

static gboolean
add_tag (GranaryTagEditor  *self,
         const char        *key,
         const char        *value,
         GError           **error)
{
  g_autofree char *title = NULL;
  g_autofree char *text = NULL;

  if (!granary_tag_plan_put (self->plan, key, value, error))
    return FALSE;

  title = granary_tag_chip_format (key, value);
  /* Translators: read out by screen readers; %s is a tag. */
  text = g_strdup_printf (_("Added %s"), title);
  announce (self, text);

  return TRUE;
}

static gboolean
add_piece (GranaryTagEditor  *self,
           const char        *piece,
           GError           **error)
{
  g_autoptr (GranaryTagSet) scratch = granary_tag_set_new ();
  g_autofree char *key = NULL;
  g_autofree char *value = NULL;

  /* Without a separator the set's own check gives the reason. */
  if (!granary_tag_input_split (piece, &key, &value))
    return granary_tag_set_put_text (scratch, piece, error);

  return add_tag (self, key, value, error);
}

/* Adds all tags that stand in the entry; those with a mistake stay there, the first one's reason
 * is shown. */
static gboolean
add_typed (GranaryTagEditor *self)
{
  g_autoptr (GStrvBuilder) failed = g_strv_builder_new ();
  g_auto (GStrv) pieces = NULL;
  g_auto (GStrv) failed_pieces = NULL;
  g_autofree char *remainder = NULL;
  g_autoptr (GError) first_error = NULL;
  gboolean added = FALSE;

  pieces = granary_tag_input_pieces (granary_tag_entry_get_text (self->entry));
  for (guint i = 0; pieces[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;

      if (add_piece (self, pieces[i], &error))
        {
          added = TRUE;
          continue;
        }

      g_strv_builder_add (failed, pieces[i]);
      if (first_error == NULL)
        first_error = g_steal_pointer (&error);
    }

  failed_pieces = g_strv_builder_end (failed);
  remainder = g_strjoinv (", ", failed_pieces);
  granary_tag_entry_set_text (self->entry, remainder);
  show_problem (self, first_error);
  if (added)
    tags_changed (self);

  return first_error == NULL;
}

static void
remove_key (GranaryTagEditor *self,
            const char       *key)
{
  GranaryTagChip *chip = find_chip (self->chips, key);
  g_autofree char *text = NULL;

  if (chip == NULL)
    return;

  /* Translators: read out by screen readers; %s is a tag. */
  text = g_strdup_printf (_("Removed %s"), granary_tag_chip_get_title (chip));
  granary_tag_plan_remove (self->plan, key);
  show_problem (self, NULL);
  tags_changed (self);
  announce (self, text);
}

/* Callbacks */

static void
edited_cb (GranaryTagEditor *self)
{
  show_problem (self, NULL);
  g_signal_emit (self, signals[EDITED], 0);
}

static void
submitted_cb (GranaryTagEditor *self)
{
  add_typed (self);
}

static void
picked_cb (GranaryTagEditor *self,
           const char       *key,
           const char       *value)
{
  g_autoptr (GError) error = NULL;

  if (add_tag (self, key, value, &error))
    tags_changed (self);
  show_problem (self, error);
}

static void
erase_cb (GranaryTagEditor *self)
{
  for (guint i = granary_tag_plan_get_n_rows (self->plan); i-- > 0;)
    {
      GranaryTagPlanRow row;

      granary_tag_plan_get_row (self->plan, i, &row);
      if (!row.locked)
        {
          g_autofree char *key = g_strdup (row.key);

          remove_key (self, key);
          return;
        }
    }
}

static void
leave_cb (GranaryTagEditor *self)
{
  if (self->chips->len > 0)
    gtk_widget_grab_focus (g_ptr_array_index (self->chips, self->chips->len - 1));
}

/* The tag comes into the entry as text; adding it again changes its value, on all models. */
static void
chip_edit_cb (GranaryTagEditor *self,
              GranaryTagChip   *chip)
{
  const char *key = granary_tag_chip_get_key (chip);

  for (guint i = 0; i < granary_tag_plan_get_n_rows (self->plan); i++)
    {
      GranaryTagPlanRow row;

      granary_tag_plan_get_row (self->plan, i, &row);
      if (g_str_equal (row.key, key))
        {
          g_autofree char *text = g_strdup_printf ("%s=%s", row.key,
                                                   row.value != NULL ? row.value : "");

          granary_tag_entry_set_text (self->entry, text);
          break;
        }
    }

  show_problem (self, NULL);
  granary_tag_entry_select_from (self->entry, (int) g_utf8_strlen (key, -1) + 1);
}

static void
chip_remove_cb (GranaryTagEditor *self,
                GranaryTagChip   *chip)
{
  g_autofree char *key = g_strdup (granary_tag_chip_get_key (chip));
  GtkWidget *next = GTK_WIDGET (self->entry);
  guint position = 0;

  /* The next chip takes the focus, so that several can be taken away in a row. */
  if (gtk_widget_is_focus (GTK_WIDGET (chip)) &&
      g_ptr_array_find (self->chips, chip, &position) && position + 1 < self->chips->len)
    next = g_ptr_array_index (self->chips, position + 1);

  gtk_widget_grab_focus (next);
  remove_key (self, key);
}

/* GObject */

static void
granary_tag_editor_dispose (GObject *object)
{
  GranaryTagEditor *self = GRANARY_TAG_EDITOR (object);

  g_clear_pointer (&self->chips, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_TAG_EDITOR);

  G_OBJECT_CLASS (granary_tag_editor_parent_class)->dispose (object);
}

static void
granary_tag_editor_finalize (GObject *object)
{
  GranaryTagEditor *self = GRANARY_TAG_EDITOR (object);

  g_clear_pointer (&self->plan, granary_tag_plan_free);

  G_OBJECT_CLASS (granary_tag_editor_parent_class)->finalize (object);
}

static gboolean
granary_tag_editor_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (GRANARY_TAG_EDITOR (widget)->entry));
}

static void
granary_tag_editor_class_init (GranaryTagEditorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = granary_tag_editor_dispose;
  object_class->finalize = granary_tag_editor_finalize;

  widget_class->grab_focus = granary_tag_editor_grab_focus;

  /**
   * GranaryTagEditor::changed:
   *
   * The user added, changed or took away a tag.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (GRANARY_TYPE_TAG_ENTRY);

  /**
   * GranaryTagEditor::edited:
   *
   * The user changed the text that is not a tag yet.
   */
  signals[EDITED] = g_signal_new ("edited", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/tags/granary-tag-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryTagEditor, wrap_box);
  gtk_widget_class_bind_template_child (widget_class, GranaryTagEditor, entry);
  gtk_widget_class_bind_template_child (widget_class, GranaryTagEditor, problem_label);
  gtk_widget_class_bind_template_callback (widget_class, edited_cb);
  gtk_widget_class_bind_template_callback (widget_class, submitted_cb);
  gtk_widget_class_bind_template_callback (widget_class, picked_cb);
  gtk_widget_class_bind_template_callback (widget_class, erase_cb);
  gtk_widget_class_bind_template_callback (widget_class, leave_cb);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
granary_tag_editor_init (GranaryTagEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->plan = granary_tag_plan_new_single (NULL);
  self->chips = g_ptr_array_new ();
}

/* Public functions */

GtkWidget *
granary_tag_editor_new (void)
{
  return g_object_new (GRANARY_TYPE_TAG_EDITOR, NULL);
}

/**
 * granary_tag_editor_set_catalog:
 * @self: an editor
 * @catalog: (nullable): whose tags in use are offered
 *
 * Completes from @catalog, also as it changes.
 */
void
granary_tag_editor_set_catalog (GranaryTagEditor *self,
                                GranaryCatalog   *catalog)
{
  g_return_if_fail (GRANARY_IS_TAG_EDITOR (self));
  g_return_if_fail (catalog == NULL || GRANARY_IS_CATALOG (catalog));

  granary_tag_entry_set_catalog (self->entry, catalog);
}

/**
 * granary_tag_editor_set_connection:
 * @self: an editor
 * @connection: whose models are edited
 *
 * Completes from the tags in use there and from those that its service defines; where there is a
 * platform its own tags are locked.
 */
void
granary_tag_editor_set_connection (GranaryTagEditor  *self,
                                   GranaryConnection *connection)
{
  GranaryRepository *repository;

  g_return_if_fail (GRANARY_IS_TAG_EDITOR (self));
  g_return_if_fail (GRANARY_IS_CONNECTION (connection));

  granary_tag_editor_set_catalog (self, granary_connection_get_catalog (connection));
  self->locking = granary_connection_get_kind (connection) != GRANARY_CONNECTION_LOCAL;
  repository = granary_connection_get_repository (connection);
  if (self->locking && repository != NULL)
    {
      g_autoptr (GranaryTagSource) source = granary_tag_source_new (repository);

      granary_tag_entry_set_source (self->entry, source);
    }
  if (self->locking)
    granary_tag_plan_lock_reserved (self->plan);
}

/**
 * granary_tag_editor_set_facets:
 * @self: an editor
 * @facets: (element-type GranaryFacet): keys and values in use
 *
 * Completes from @facets; for where there is no catalogue.
 */
void
granary_tag_editor_set_facets (GranaryTagEditor *self,
                               GPtrArray        *facets)
{
  g_return_if_fail (GRANARY_IS_TAG_EDITOR (self));
  g_return_if_fail (facets != NULL);

  granary_tag_entry_set_facets (self->entry, facets);
}

/**
 * granary_tag_editor_dup_tags:
 * @self: an editor
 *
 * Returns: (transfer full): the tags as the user wants them, of the first model with several
 */
GranaryTagSet *
granary_tag_editor_dup_tags (GranaryTagEditor *self)
{
  g_return_val_if_fail (GRANARY_IS_TAG_EDITOR (self), NULL);

  return granary_tag_plan_make_result (self->plan);
}

/**
 * granary_tag_editor_set_tags:
 * @self: an editor
 * @tags: (nullable): the tags there are
 *
 * Starts anew with @tags; does nothing when they are the ones shown, so that the order in which
 * they were typed is kept.
 */
void
granary_tag_editor_set_tags (GranaryTagEditor    *self,
                             const GranaryTagSet *tags)
{
  g_autoptr (GranaryTagSet) shown = NULL;

  g_return_if_fail (GRANARY_IS_TAG_EDITOR (self));

  shown = granary_tag_plan_make_result (self->plan);
  if (granary_tag_plan_get_n_models (self->plan) == 1 && granary_tag_set_equal (shown, tags))
    return;

  granary_tag_editor_take_plan (self, granary_tag_plan_new_single (tags));
}

/**
 * granary_tag_editor_get_plan:
 * @self: an editor
 *
 * Returns: (transfer none): what is to become of the tags
 */
GranaryTagPlan *
granary_tag_editor_get_plan (GranaryTagEditor *self)
{
  g_return_val_if_fail (GRANARY_IS_TAG_EDITOR (self), NULL);

  return self->plan;
}

/**
 * granary_tag_editor_take_plan:
 * @self: an editor
 * @plan: (transfer full): the tags of several models
 *
 * Edits @plan from now on.
 */
void
granary_tag_editor_take_plan (GranaryTagEditor *self,
                              GranaryTagPlan   *plan)
{
  g_return_if_fail (GRANARY_IS_TAG_EDITOR (self));
  g_return_if_fail (plan != NULL);

  granary_tag_plan_free (self->plan);
  self->plan = plan;
  if (self->locking)
    granary_tag_plan_lock_reserved (plan);
  update_chips (self);
}

/**
 * granary_tag_editor_has_pending:
 * @self: an editor
 *
 * Returns: whether the entry holds text that is not a tag yet
 */
gboolean
granary_tag_editor_has_pending (GranaryTagEditor *self)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (GRANARY_IS_TAG_EDITOR (self), FALSE);

  text = g_strstrip (g_strdup (granary_tag_entry_get_text (self->entry)));

  return *text != '\0';
}

/**
 * granary_tag_editor_commit:
 * @self: an editor
 *
 * Adds what still stands in the entry, for a dialog that is about to be confirmed. A mistake is
 * shown and gets the focus.
 *
 * Returns: whether nothing is left there
 */
gboolean
granary_tag_editor_commit (GranaryTagEditor *self)
{
  g_return_val_if_fail (GRANARY_IS_TAG_EDITOR (self), FALSE);

  granary_tag_entry_close (self->entry);
  if (add_typed (self))
    return TRUE;

  gtk_widget_grab_focus (GTK_WIDGET (self->entry));

  return FALSE;
}
