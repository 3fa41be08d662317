/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-import-task.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-problem-row.h"
#include "granary-task-chooser.h"
#include "granary-task-text.h"

struct _GranaryImportTask
{
  AdwPreferencesGroup  parent_instance;

  AdwActionRow        *task_row;
  GtkWidget           *spinner;
  GtkWidget           *choose_button;
  GranaryProblemRow   *task_problem;
  GranaryProblemRow   *note_row;
  AdwComboRow         *output_row;
  GtkStringList       *outputs;

  GranaryImportDraft  *draft;
  GranarySource        source;
  GranaryTaskDetails  *shown;       /* (nullable): whose outputs @outputs are */
  GranaryTaskKinds     asked_kind;  /* of which @list_note tells */
  GError              *list_note;   /* (nullable): why the place lists no such tasks */
  GCancellable        *cancellable; /* (nullable): of asking that */
  gboolean             updating;    /* rows take what the draft says */
};

G_DEFINE_FINAL_TYPE (GranaryImportTask, granary_import_task, ADW_TYPE_PREFERENCES_GROUP)

enum
{
  PROP_0,
  PROP_OUTPUT_TITLE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static GranaryTaskSource *
get_task_source (GranaryImportTask *self)
{
  return granary_connection_get_task_source (granary_import_draft_get_connection (self->draft));
}

/* What is shown */

static void
update_task (GranaryImportTask *self)
{
  GranaryTaskDetails *details = granary_import_draft_get_task (self->draft);
  const char *uid = granary_import_draft_get_task_uid (self->draft);
  const GError *problem = granary_import_draft_get_problem (self->draft, GRANARY_DRAFT_TASK);
  g_autofree char *name = NULL;
  g_autofree char *line = NULL;

  if (details != NULL)
    {
      name = granary_display_path (details->task->name);
      line = granary_task_text_line (details->task);
    }
  else if (uid != NULL)
    {
      name = granary_display_path (uid);
    }

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->task_row),
                                 name != NULL ? name : _("No task chosen"));
  adw_action_row_set_subtitle (self->task_row, line != NULL ? line : "");
  gtk_widget_set_visible (self->spinner, uid != NULL && details == NULL && problem == NULL);
  granary_problem_row_show (self->task_problem, problem, GTK_WIDGET (self->task_row));
}

static void
update_note (GranaryImportTask *self)
{
  GranaryTaskDetails *details = granary_import_draft_get_task (self->draft);
  const GError *note = details != NULL ? details->note : self->list_note;
  g_autofree char *text = note != NULL ? granary_task_text_note (note) : NULL;

  granary_problem_row_show_text (self->note_row, text, TRUE);
}

static guint
find_output (GPtrArray               *outputs,
             const GranaryTaskOutput *output)
{
  guint position;

  return outputs != NULL && g_ptr_array_find (outputs, output, &position) ? position
                                                                          : GTK_INVALID_LIST_POSITION;
}

static void
update_outputs (GranaryImportTask *self)
{
  GranaryTaskDetails *details = granary_import_draft_get_task (self->draft);
  GPtrArray *outputs = details != NULL ? details->outputs : NULL;

  self->updating = TRUE;
  if (details != self->shown)
    {
      g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
      g_auto (GStrv) texts = NULL;

      g_clear_pointer (&self->shown, granary_task_details_unref);
      self->shown = details != NULL ? granary_task_details_ref (details) : NULL;
      for (guint i = 0; outputs != NULL && i < outputs->len; i++)
        g_strv_builder_take (builder, granary_task_text_output (g_ptr_array_index (outputs, i)));
      texts = g_strv_builder_end (builder);
      gtk_string_list_splice (self->outputs, 0,
                              g_list_model_get_n_items (G_LIST_MODEL (self->outputs)),
                              (const char * const *) texts);
    }
  adw_combo_row_set_selected (self->output_row,
                              find_output (outputs, granary_import_draft_get_output (self->draft)));
  gtk_widget_set_visible (GTK_WIDGET (self->output_row), outputs != NULL && outputs->len > 1);
  self->updating = FALSE;
}

static void
update (GranaryImportTask *self)
{
  /* Another tab's task. */
  if (granary_import_draft_get_source (self->draft) != self->source)
    return;

  update_task (self);
  update_note (self);
  update_outputs (self);
}

/* Whether tasks are listed: where they are not, it is said before anybody looks for them. */

static void
listed_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GranaryImportTask) self = user_data;
  g_autoptr (GranaryTaskPage) page = NULL;
  g_autoptr (GError) error = NULL;

  page = granary_task_source_list_finish (GRANARY_TASK_SOURCE (object), result, &error);
  if (granary_error_is_cancelled (error) || self->draft == NULL)
    return;

  g_clear_object (&self->cancellable);
  if (page == NULL)
    {
      /* The chooser says so, too, and offers to try again. */
      g_debug ("No tasks: %s", error->message);
      return;
    }

  if (!page->is_listed && page->note != NULL)
    self->list_note = g_error_copy (page->note);
  update (self);
}

static void
ask_whether_listed (GranaryImportTask *self)
{
  GranaryTaskKinds kind = granary_import_draft_get_task_kind (self->draft);
  GranaryTaskSource *source = get_task_source (self);
  GranaryTaskQuery query = { kind, NULL, 0, 1 };

  if (source == NULL || granary_task_source_has_folders (source) || self->asked_kind == kind ||
      granary_import_draft_get_source (self->draft) != self->source ||
      !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;

  self->asked_kind = kind;
  g_clear_error (&self->list_note);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  granary_task_source_list_async (source, &query, self->cancellable, listed_cb,
                                  g_object_ref (self));
}

static void
draft_changed_cb (GranaryImportTask *self)
{
  ask_whether_listed (self);
  update (self);
}

/* Choosing */

static void
chosen_cb (GranaryImportTask *self,
           const char        *uid)
{
  if (self->draft == NULL)
    return;

  granary_import_draft_set_source (self->draft, self->source);
  /* The same one again is read again: files that were left out come back. */
  if (g_strcmp0 (granary_import_draft_get_task_uid (self->draft), uid) == 0)
    granary_import_draft_set_task_uid (self->draft, NULL);
  granary_import_draft_set_task_uid (self->draft, uid);
  gtk_widget_grab_focus (self->choose_button);
}

static void
choose_cb (GranaryImportTask *self)
{
  GtkWidget *view = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_NAVIGATION_VIEW);
  GranaryTaskSource *source = get_task_source (self);
  AdwNavigationPage *chooser;

  if (view == NULL || source == NULL)
    return;

  chooser = granary_task_chooser_new (source, granary_import_draft_get_task_kind (self->draft));
  g_signal_connect_object (chooser, "chosen", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  adw_navigation_view_push (ADW_NAVIGATION_VIEW (view), chooser);
}

static void
output_selected_cb (GranaryImportTask *self)
{
  guint position = adw_combo_row_get_selected (self->output_row);
  const GranaryTaskOutput *output;

  if (self->updating || self->shown == NULL || position >= self->shown->outputs->len)
    return;

  output = g_ptr_array_index (self->shown->outputs, position);
  granary_import_draft_set_output (self->draft, output->id);
}

/* GObject */

static void
granary_import_task_get_property (GObject    *object,
                                  guint       prop_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  GranaryImportTask *self = GRANARY_IMPORT_TASK (object);

  switch (prop_id)
    {
    case PROP_OUTPUT_TITLE:
      g_value_set_string (value,
                          adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self->output_row)));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
granary_import_task_set_property (GObject      *object,
                                  guint         prop_id,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  GranaryImportTask *self = GRANARY_IMPORT_TASK (object);

  switch (prop_id)
    {
    case PROP_OUTPUT_TITLE:
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->output_row),
                                     g_value_get_string (value));
      g_object_notify_by_pspec (object, pspec);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
granary_import_task_map (GtkWidget *widget)
{
  GranaryImportTask *self = GRANARY_IMPORT_TASK (widget);

  GTK_WIDGET_CLASS (granary_import_task_parent_class)->map (widget);

  if (self->draft != NULL)
    ask_whether_listed (self);
}

static void
granary_import_task_dispose (GObject *object)
{
  GranaryImportTask *self = GRANARY_IMPORT_TASK (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->shown, granary_task_details_unref);
  g_clear_error (&self->list_note);
  g_clear_object (&self->draft);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_IMPORT_TASK);

  G_OBJECT_CLASS (granary_import_task_parent_class)->dispose (object);
}

static void
granary_import_task_class_init (GranaryImportTaskClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = granary_import_task_get_property;
  object_class->set_property = granary_import_task_set_property;
  object_class->dispose = granary_import_task_dispose;
  widget_class->map = granary_import_task_map;

  properties[PROP_OUTPUT_TITLE] =
    g_param_spec_string ("output-title", NULL, NULL,
                         NULL,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (GRANARY_TYPE_PROBLEM_ROW);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-import-task.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTask, task_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTask, spinner);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTask, choose_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTask, task_problem);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTask, note_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTask, output_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTask, outputs);
  gtk_widget_class_bind_template_callback (widget_class, choose_cb);
  gtk_widget_class_bind_template_callback (widget_class, output_selected_cb);
}

static void
granary_import_task_init (GranaryImportTask *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * granary_import_task_set_draft:
 * @self: a task section
 * @draft: what to show and change; given once
 * @source: %GRANARY_SOURCE_TASK or %GRANARY_SOURCE_AUTOML
 */
void
granary_import_task_set_draft (GranaryImportTask  *self,
                               GranaryImportDraft *draft,
                               GranarySource       source)
{
  g_return_if_fail (GRANARY_IS_IMPORT_TASK (self));
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (draft));
  g_return_if_fail (source == GRANARY_SOURCE_TASK || source == GRANARY_SOURCE_AUTOML);
  g_return_if_fail (self->draft == NULL);

  self->draft = g_object_ref (draft);
  self->source = source;
  g_signal_connect_object (draft, "task-changed", G_CALLBACK (draft_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "problems-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_set_sensitive (self->choose_button, get_task_source (self) != NULL);
  draft_changed_cb (self);
}
