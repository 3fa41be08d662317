/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-import-target.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "granary-error.h"
#include "granary-model-chooser.h"
#include "granary-problem-row.h"
#include "granary-tag-editor.h"
#include "granary-tag-help.h"
#include "granary-wording.h"

struct _GranaryImportTarget
{
  GtkBox               parent_instance;

  AdwToggleGroup      *mode_group;
  GtkWidget           *name_row;
  GtkWidget           *name_ok_icon;
  GranaryProblemRow   *name_problem;
  GtkWidget           *description_row;
  AdwActionRow        *model_row;
  GtkWidget           *model_button;
  GtkLabel            *number_label;
  GranaryModelChooser *chooser;
  GranaryProblemRow   *model_problem;
  GtkLabel            *tags_title;
  GranaryTagEditor    *tag_editor;
  GranaryProblemRow   *tags_problem;
  AdwActionRow        *place_row;

  GranaryImportDraft  *draft;
  char                *model_name;      /* (nullable): of the chosen model */
  gint64               shown_model_id;  /* whose name @model_name is */
  GCancellable        *cancellable;     /* (nullable): of the running read of that name */
};

G_DEFINE_FINAL_TYPE (GranaryImportTarget, granary_import_target, GTK_TYPE_BOX)

/* What is shown */

static void
set_row_text (GtkWidget  *row,
              const char *text)
{
  if (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (row)), text != NULL ? text : "") != 0)
    gtk_editable_set_text (GTK_EDITABLE (row), text != NULL ? text : "");
}

/* Where the version's files will be: from the repository's folder on, the whole path as tooltip. */
static void
update_place (GranaryImportTarget *self)
{
  GranaryConnection *connection = granary_import_draft_get_connection (self->draft);
  const char *location = granary_connection_get_location (connection);
  g_autofree char *path = granary_import_draft_dup_destination (self->draft);
  const char *shown = path;

  gtk_widget_set_visible (GTK_WIDGET (self->place_row), path != NULL);
  if (path == NULL)
    return;

  gtk_widget_set_tooltip_text (GTK_WIDGET (self->place_row), path);
  if (location != NULL && g_str_has_prefix (path, location) && path[strlen (location)] == '/')
    shown += strlen (location) + 1;
  adw_action_row_set_subtitle (self->place_row, shown);
}

/* The model is the title, once there is one; its name may hold what would be a mnemonic. */
static void
update_number (GranaryImportTarget *self)
{
  int number = granary_import_draft_get_next_number (self->draft);
  gboolean known = self->model_name != NULL;
  gboolean numbered = known && number > 0 &&
                      !granary_import_draft_get_target_is_new (self->draft);
  AdwPreferencesRow *row = ADW_PREFERENCES_ROW (self->model_row);
  g_autofree char *text = NULL;
  g_autofree char *explanation = NULL;

  adw_preferences_row_set_use_underline (row, !known);
  adw_preferences_row_set_title (row, known ? self->model_name : _("_Model"));
  gtk_widget_set_visible (GTK_WIDGET (self->number_label), numbered);

  if (!numbered)
    {
      adw_action_row_set_subtitle (self->model_row,
                                   known ? "" : _("Choose the model that gets a new version"));
      return;
    }

  /* Translators: the number that a new version will get; the arrow means “becomes”. */
  text = g_strdup_printf (_("→ v%d"), number);
  gtk_label_set_label (self->number_label, text);

  /* Translators: %d is the number that the new version gets. */
  explanation = g_strdup_printf (_("The new version becomes v%d. Numbers are never used again, not even those of deleted versions."),
                                 number);
  adw_action_row_set_subtitle (self->model_row, explanation);
}

static void
update_problems (GranaryImportTarget *self)
{
  gboolean is_new = granary_import_draft_get_target_is_new (self->draft);
  const GError *name = granary_import_draft_get_problem (self->draft, GRANARY_DRAFT_NAME);
  const GError *model = granary_import_draft_get_problem (self->draft, GRANARY_DRAFT_MODEL);

  granary_problem_row_show (self->name_problem, is_new ? name : NULL, self->name_row);
  /* Whoever picks a name that is taken usually has a better version of that model. */
  granary_problem_row_set_way_out (self->name_problem,
                                   granary_error_matches_reason (name, GRANARY_REASON_NAME_TAKEN)
                                     ? _("Add as _Version") : NULL);
  granary_problem_row_show (self->model_problem, is_new ? NULL : model,
                            GTK_WIDGET (self->model_row));
  granary_problem_row_show (self->tags_problem,
                            granary_import_draft_get_problem (self->draft, GRANARY_DRAFT_TAGS),
                            NULL);
  gtk_widget_set_visible (self->name_ok_icon,
                          is_new && name == NULL &&
                          !granary_import_draft_is_missing (self->draft, GRANARY_DRAFT_NAME));
  update_place (self);
}

static void
update_mode (GranaryImportTarget *self)
{
  gboolean is_new = granary_import_draft_get_target_is_new (self->draft);

  adw_toggle_group_set_active_name (self->mode_group, is_new ? "model" : "version");
  gtk_widget_set_visible (self->name_row, is_new);
  gtk_widget_set_visible (self->description_row, is_new);
  gtk_widget_set_visible (GTK_WIDGET (self->model_row), !is_new);
  /* An existing model keeps its tags; these come on top. */
  gtk_label_set_label (self->tags_title, is_new ? _("Tags") : _("Tags to Add"));
  update_number (self);
  update_problems (self);
}

static void
model_loaded_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GranaryImportTarget) self = user_data;
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GError) error = NULL;

  model = granary_catalog_read_finish (GRANARY_CATALOG (source), result, &error);
  if (granary_error_is_cancelled (error))
    return;

  g_clear_object (&self->cancellable);
  if (model == NULL)
    {
      /* That it cannot be read, or is gone, is the draft's problem too, and shown as such. */
      g_debug ("Model not loaded: %s", error->message);
      return;
    }

  g_set_str (&self->model_name, model->name);
  update_number (self);
  update_place (self);
}

static void
update_model (GranaryImportTarget *self)
{
  gint64 model_id = granary_import_draft_get_model_id (self->draft);

  if (model_id == self->shown_model_id)
    return;

  self->shown_model_id = model_id;
  g_clear_pointer (&self->model_name, g_free);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  update_number (self);

  if (model_id > 0)
    {
      GranaryConnection *connection = granary_import_draft_get_connection (self->draft);

      self->cancellable = g_cancellable_new ();
      granary_catalog_load_model_async (granary_connection_get_catalog (connection), model_id,
                                        self->cancellable, model_loaded_cb, g_object_ref (self));
    }
}

/* Changes by the user */

static void
mode_changed_cb (GranaryImportTarget *self)
{
  const char *mode = adw_toggle_group_get_active_name (self->mode_group);

  if (self->draft == NULL || mode == NULL)
    return;

  granary_import_draft_set_target_is_new (self->draft, g_str_equal (mode, "model"));
}

static void
name_changed_cb (GranaryImportTarget *self)
{
  if (self->draft != NULL)
    granary_import_draft_set_name (self->draft,
                                   gtk_editable_get_text (GTK_EDITABLE (self->name_row)));
}

static gpointer
find_model (GranaryCatalog  *catalog,
            gpointer         data,
            GCancellable    *cancellable,
            GError         **error)
{
  gint64 model_id = granary_catalog_find_model (catalog, data, error);

  return model_id > 0 ? g_memdup2 (&model_id, sizeof model_id) : NULL;
}

static void
model_found_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (GranaryImportTarget) self = user_data;
  g_autofree gint64 *model_id = NULL;
  g_autoptr (GError) error = NULL;

  model_id = granary_catalog_read_finish (GRANARY_CATALOG (source), result, &error);
  if (granary_error_is_cancelled (error))
    return;

  g_clear_object (&self->cancellable);
  if (model_id == NULL)
    {
      granary_problem_row_show (self->name_problem, error, self->name_row);
      return;
    }

  granary_import_draft_set_model_id (self->draft, *model_id);
  granary_import_draft_set_target_is_new (self->draft, FALSE);
  gtk_widget_grab_focus (self->model_button);
}

static void
name_taken_cb (GranaryImportTarget *self)
{
  GranaryConnection *connection = granary_import_draft_get_connection (self->draft);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  granary_catalog_read_async (granary_connection_get_catalog (connection), find_model,
                              g_strdup (granary_import_draft_get_name (self->draft)), g_free, g_free,
                              self->cancellable, model_found_cb, g_object_ref (self));
}

static void
description_changed_cb (GranaryImportTarget *self)
{
  if (self->draft != NULL)
    granary_import_draft_set_description (self->draft,
                                          gtk_editable_get_text (GTK_EDITABLE (self->description_row)));
}

static void
model_chosen_cb (GranaryImportTarget *self,
                 GranaryModelSummary *summary)
{
  granary_import_draft_set_model_id (self->draft, summary->id);
  gtk_widget_grab_focus (self->model_button);
}

static void
tags_changed_cb (GranaryImportTarget *self)
{
  g_autoptr (GranaryTagSet) tags = granary_tag_editor_dup_tags (self->tag_editor);

  if (self->draft != NULL)
    granary_import_draft_set_tags (self->draft, tags);
}

static void
about_tags_cb (GranaryImportTarget *self)
{
  granary_tag_help_present (GTK_WIDGET (self),
                            granary_import_draft_get_connection (self->draft));
}

/* Changes of the draft */

static void
draft_name_cb (GranaryImportTarget *self)
{
  set_row_text (self->name_row, granary_import_draft_get_name (self->draft));
  update_problems (self);
}

static void
draft_description_cb (GranaryImportTarget *self)
{
  set_row_text (self->description_row, granary_import_draft_get_description (self->draft));
}

static void
draft_number_cb (GranaryImportTarget *self)
{
  update_number (self);
  update_place (self);
}

static void
draft_tags_cb (GranaryImportTarget *self)
{
  granary_tag_editor_set_tags (self->tag_editor, granary_import_draft_get_tags (self->draft));
}

/* GObject */

static void
granary_import_target_dispose (GObject *object)
{
  GranaryImportTarget *self = GRANARY_IMPORT_TARGET (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_IMPORT_TARGET);
  g_clear_object (&self->draft);

  G_OBJECT_CLASS (granary_import_target_parent_class)->dispose (object);
}

static void
granary_import_target_finalize (GObject *object)
{
  g_free (GRANARY_IMPORT_TARGET (object)->model_name);

  G_OBJECT_CLASS (granary_import_target_parent_class)->finalize (object);
}

static gboolean
granary_import_target_grab_focus (GtkWidget *widget)
{
  GranaryImportTarget *self = GRANARY_IMPORT_TARGET (widget);

  return gtk_widget_grab_focus (gtk_widget_get_visible (self->name_row) ? self->name_row
                                                                        : self->model_button);
}

static void
granary_import_target_class_init (GranaryImportTargetClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = granary_import_target_dispose;
  object_class->finalize = granary_import_target_finalize;
  widget_class->grab_focus = granary_import_target_grab_focus;

  g_type_ensure (GRANARY_TYPE_MODEL_CHOOSER);
  g_type_ensure (GRANARY_TYPE_PROBLEM_ROW);
  g_type_ensure (GRANARY_TYPE_TAG_EDITOR);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-import-target.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTarget, mode_group);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTarget, name_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTarget, name_ok_icon);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTarget, name_problem);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTarget, description_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTarget, model_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTarget, model_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTarget, number_label);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTarget, chooser);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTarget, model_problem);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTarget, tags_title);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTarget, tag_editor);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTarget, tags_problem);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTarget, place_row);
  gtk_widget_class_bind_template_callback (widget_class, mode_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, name_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, name_taken_cb);
  gtk_widget_class_bind_template_callback (widget_class, description_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, model_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, tags_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, about_tags_cb);
}

static void
granary_import_target_init (GranaryImportTarget *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Public functions */

/**
 * granary_import_target_set_draft:
 * @self: a target section
 * @draft: what to show and change; given once
 */
void
granary_import_target_set_draft (GranaryImportTarget *self,
                                 GranaryImportDraft  *draft)
{
  GranaryConnection *connection;

  g_return_if_fail (GRANARY_IS_IMPORT_TARGET (self));
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (draft));
  g_return_if_fail (self->draft == NULL);

  connection = granary_import_draft_get_connection (draft);
  granary_model_chooser_set_catalog (self->chooser, granary_connection_get_catalog (connection));
  granary_tag_editor_set_connection (self->tag_editor, connection);

  set_row_text (self->name_row, granary_import_draft_get_name (draft));
  set_row_text (self->description_row, granary_import_draft_get_description (draft));
  granary_tag_editor_set_tags (self->tag_editor, granary_import_draft_get_tags (draft));

  self->draft = g_object_ref (draft);
  g_signal_connect_object (draft, "notify::name", G_CALLBACK (draft_name_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "notify::description", G_CALLBACK (draft_description_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "notify::target-is-new", G_CALLBACK (update_mode), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "notify::model-id", G_CALLBACK (update_model), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "notify::next-number", G_CALLBACK (draft_number_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "tags-changed", G_CALLBACK (draft_tags_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "problems-changed", G_CALLBACK (update_problems), self,
                           G_CONNECT_SWAPPED);

  update_mode (self);
  update_model (self);
}

/**
 * granary_import_target_commit:
 * @self: a target section
 *
 * Makes tags of what still stands in their entry.
 *
 * Returns: whether there was no mistake in it
 */
gboolean
granary_import_target_commit (GranaryImportTarget *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_TARGET (self), FALSE);

  return granary_tag_editor_commit (self->tag_editor);
}

gboolean
granary_import_target_has_pending (GranaryImportTarget *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_TARGET (self), FALSE);

  return granary_tag_editor_has_pending (self->tag_editor);
}

/**
 * granary_import_target_dup_object:
 * @self: a target section
 *
 * Returns: (transfer full): what is being imported, for titles: the name of a new model, or
 *   `plate-ocr v8`
 */
char *
granary_import_target_dup_object (GranaryImportTarget *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_TARGET (self), NULL);

  if (!granary_import_draft_get_target_is_new (self->draft) && self->model_name != NULL)
    return granary_wording_version (self->model_name,
                                    granary_import_draft_get_next_number (self->draft));

  return g_strdup (granary_import_draft_get_name (self->draft));
}
