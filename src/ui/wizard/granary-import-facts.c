/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-import-facts.h"

#include <glib/gi18n-lib.h>

#include "granary-choice-button.h"
#include "granary-environment-row.h"
#include "granary-error.h"
#include "granary-inspect.h"
#include "granary-problem-row.h"
#include "granary-wording.h"

struct _GranaryImportFacts
{
  AdwPreferencesGroup    parent_instance;

  AdwExpanderRow        *found_row;
  GtkWidget             *framework_row;
  GtkWidget             *framework_origin;
  GranaryChoiceButton   *framework_button;
  GtkWidget             *format_row;
  GtkWidget             *format_origin;
  GranaryChoiceButton   *format_button;
  GtkWidget             *environment_row;
  GranaryChoiceButton   *environment_button;
  GranaryEnvironmentRow *picker_row;
  GranaryProblemRow     *environment_problem;

  GranaryImportDraft    *draft;
  GPtrArray             *found_rows;  /* (element-type GtkWidget): children of @found_row */
  GCancellable          *cancellable; /* of reading the environments in use */
  gboolean               following;   /* an entry takes what the draft says */
};

G_DEFINE_FINAL_TYPE (GranaryImportFacts, granary_import_facts, ADW_TYPE_PREFERENCES_GROUP)

/* What was recognised */

static void
add_found_row (GranaryImportFacts *self,
               GtkWidget          *row)
{
  adw_expander_row_add_row (self->found_row, row);
  g_ptr_array_add (self->found_rows, row);
}

static void
add_tensor (GranaryImportFacts  *self,
            const GranaryTensor *tensor,
            const char          *kind)
{
  g_autofree char *name = granary_display_path (tensor->name != NULL ? tensor->name : "");
  g_autofree char *title = g_strdup_printf ("%s %s", kind, name);
  g_autofree char *subtitle = NULL;
  GtkWidget *row;

  subtitle = g_strdup_printf ("%s %s%s%s",
                              tensor->type != NULL ? tensor->type : "",
                              tensor->shape != NULL ? "[" : "",
                              tensor->shape != NULL ? tensor->shape : "",
                              tensor->shape != NULL ? "]" : "");
  row = g_object_new (ADW_TYPE_ACTION_ROW,
                      "use-markup", FALSE,
                      "title", title,
                      "subtitle", g_strstrip (subtitle),
                      "subtitle-selectable", TRUE,
                      NULL);
  gtk_widget_add_css_class (row, "property");
  add_found_row (self, row);
}

static char *
make_found_subtitle (GranaryInspection *inspection)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = NULL;
  gint64 parameters = granary_inspection_get_parameters (inspection);
  int opset = granary_inspection_get_opset (inspection);
  const char *producer = granary_inspection_get_producer (inspection);

  if (opset > 0)
    /* Translators: “opset” is a term of ONNX: the version of its set of operators. */
    g_strv_builder_take (builder, g_strdup_printf (_("opset %d"), opset));
  if (parameters > 0)
    {
      g_autofree char *count = g_strdup_printf ("%'" G_GINT64_FORMAT, parameters);

      /* Translators: how many parameters (weights) the model has. */
      g_strv_builder_take (builder, g_strdup_printf (ngettext ("%s parameter", "%s parameters",
                                                               (gulong) parameters), count));
    }
  if (producer != NULL && *producer != '\0')
    {
      g_autofree char *shown = granary_display_path (producer);

      /* Translators: %s is the program that wrote the model file, such as “pytorch 2.1”. */
      g_strv_builder_take (builder, g_strdup_printf (_("written by %s"), shown));
    }

  parts = g_strv_builder_end (builder);

  return g_strjoinv (" · ", parts);
}

static void
update_found (GranaryImportFacts *self)
{
  GranaryInspection *inspection = granary_import_draft_get_inspection (self->draft);
  g_autofree char *title = NULL;
  g_autofree char *subtitle = NULL;
  const char *format;
  guint n_warnings;

  for (guint i = 0; i < self->found_rows->len; i++)
    adw_expander_row_remove (self->found_row, g_ptr_array_index (self->found_rows, i));
  g_ptr_array_set_size (self->found_rows, 0);

  format = inspection != NULL ? granary_inspection_get_format (inspection) : NULL;
  n_warnings = inspection != NULL ? granary_inspection_get_n_warnings (inspection) : 0;
  gtk_widget_set_visible (GTK_WIDGET (self->found_row), format != NULL || n_warnings > 0);
  if (format == NULL && n_warnings == 0)
    return;

  /* Translators: %s is a file format, such as ONNX. */
  title = format != NULL ? g_strdup_printf (_("Recognised as %s"), format)
                         : g_strdup (_("Not recognised"));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->found_row), title);
  subtitle = make_found_subtitle (inspection);
  adw_expander_row_set_subtitle (self->found_row, subtitle);

  for (guint i = 0; i < n_warnings; i++)
    {
      GranaryProblemRow *row = g_object_new (GRANARY_TYPE_PROBLEM_ROW, NULL);
      const char *subject = NULL;
      GranaryInspectionWarning warning;
      g_autofree char *text = NULL;

      warning = granary_inspection_get_warning (inspection, i, &subject);
      text = granary_wording_inspection_warning (warning, subject);
      granary_problem_row_show_text (row, text, TRUE);
      add_found_row (self, GTK_WIDGET (row));
    }

  for (guint i = 0; i < granary_inspection_get_n_inputs (inspection); i++)
    /* Translators: what a model takes; its name follows. */
    add_tensor (self, granary_inspection_get_input (inspection, i), C_("tensor", "Input"));
  for (guint i = 0; i < granary_inspection_get_n_outputs (inspection); i++)
    /* Translators: what a model gives; its name follows. */
    add_tensor (self, granary_inspection_get_output (inspection, i), C_("tensor", "Output"));

  adw_expander_row_set_enable_expansion (self->found_row, self->found_rows->len > 0);
  if (n_warnings > 0)
    adw_expander_row_set_expanded (self->found_row, TRUE);
}

/* Entries */

static gboolean
is_being_edited (GtkWidget *row)
{
  return (gtk_widget_get_state_flags (row) & GTK_STATE_FLAG_FOCUS_WITHIN) != 0;
}

static void
follow (GranaryImportFacts *self,
        GtkWidget          *row,
        const char         *text)
{
  const char *wanted = text != NULL ? text : "";

  /* Emptied on the way to something else: what the files say comes back only afterwards. */
  if (is_being_edited (row) || g_str_equal (gtk_editable_get_text (GTK_EDITABLE (row)), wanted))
    return;

  self->following = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (row), wanted);
  self->following = FALSE;
}

static void
show_origin (GtkWidget  *label,
             const char *value,
             const char *of_task,
             const char *of_files)
{
  gboolean is_set = value != NULL && *value != '\0';
  gboolean from_task = is_set && g_strcmp0 (value, of_task) == 0;

  gtk_label_set_label (GTK_LABEL (label), from_task ? _("from the task") : _("from the files"));
  gtk_widget_set_visible (label, from_task || (is_set && g_strcmp0 (value, of_files) == 0));
}

static void
update_entries (GranaryImportFacts *self)
{
  GranaryInspection *inspection = granary_import_draft_get_inspection (self->draft);
  GranaryTaskDetails *details = granary_import_draft_get_task (self->draft);
  const GranaryTaskOutput *output = granary_import_draft_get_output (self->draft);
  const char *framework = granary_import_draft_get_framework (self->draft);
  const char *format = granary_import_draft_get_format (self->draft);
  const char *task_framework = details != NULL ? details->task->framework : NULL;

  if (output != NULL && output->framework != NULL)
    task_framework = output->framework;

  follow (self, self->framework_row, framework);
  follow (self, self->format_row, format);
  follow (self, self->environment_row, granary_import_draft_get_environment (self->draft));

  show_origin (self->framework_origin, framework, task_framework,
               inspection != NULL ? granary_inspection_get_framework (inspection) : NULL);
  show_origin (self->format_origin, format, output != NULL ? output->format : NULL,
               inspection != NULL ? granary_inspection_get_format (inspection) : NULL);
}

static void
update_problems (GranaryImportFacts *self)
{
  GtkWidget *row = gtk_widget_get_visible (self->environment_row) ? self->environment_row
                                                                   : GTK_WIDGET (self->picker_row);

  granary_problem_row_show (self->environment_problem,
                            granary_import_draft_get_problem (self->draft,
                                                              GRANARY_DRAFT_ENVIRONMENT), row);
}

static void
update_all (GranaryImportFacts *self)
{
  update_found (self);
  update_entries (self);
}

/* Callbacks */

static void
entry_left_cb (GranaryImportFacts *self)
{
  if (self->draft != NULL)
    update_entries (self);
}

static void
framework_changed_cb (GranaryImportFacts *self)
{
  if (self->draft != NULL && !self->following)
    granary_import_draft_set_framework (self->draft,
                                        gtk_editable_get_text (GTK_EDITABLE (self->framework_row)));
}

static void
format_changed_cb (GranaryImportFacts *self)
{
  if (self->draft != NULL && !self->following)
    granary_import_draft_set_format (self->draft,
                                     gtk_editable_get_text (GTK_EDITABLE (self->format_row)));
}

static void
environment_changed_cb (GranaryImportFacts *self)
{
  if (self->draft != NULL && !self->following)
    granary_import_draft_set_environment (self->draft,
                                          gtk_editable_get_text (GTK_EDITABLE (self->environment_row)));
}

static void
framework_chosen_cb (GranaryImportFacts *self,
                     const char         *choice)
{
  gtk_editable_set_text (GTK_EDITABLE (self->framework_row), choice);
}

static void
format_chosen_cb (GranaryImportFacts *self,
                  const char         *choice)
{
  gtk_editable_set_text (GTK_EDITABLE (self->format_row), choice);
}

static void
environment_chosen_cb (GranaryImportFacts *self,
                       const char         *choice)
{
  gtk_editable_set_text (GTK_EDITABLE (self->environment_row), choice);
}

static gpointer
list_environments (GranaryCatalog  *catalog,
                   gpointer         data,
                   GCancellable    *cancellable,
                   GError         **error)
{
  return granary_catalog_list_strings (catalog, "environment", error);
}

static void
environments_listed_cb (GObject      *source,
                        GAsyncResult *result,
                        gpointer      user_data)
{
  g_autoptr (GranaryImportFacts) self = user_data;
  g_autoptr (GPtrArray) environments = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) choices = NULL;
  g_autoptr (GError) error = NULL;

  environments = granary_catalog_read_finish (GRANARY_CATALOG (source), result, &error);
  if (granary_error_is_cancelled (error) || self->draft == NULL)
    return;
  if (environments == NULL)
    {
      /* The entry works without the list. */
      g_debug ("No environments: %s", error->message);
      return;
    }

  for (guint i = 0; i < environments->len; i++)
    {
      if (g_ptr_array_index (environments, i) != NULL)
        g_strv_builder_add (builder, g_ptr_array_index (environments, i));
    }
  choices = g_strv_builder_end (builder);
  granary_choice_button_set_choices (self->environment_button, (const char * const *) choices);
}

/* GObject */

static void
granary_import_facts_dispose (GObject *object)
{
  GranaryImportFacts *self = GRANARY_IMPORT_FACTS (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->found_rows, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_IMPORT_FACTS);
  g_clear_object (&self->draft);

  G_OBJECT_CLASS (granary_import_facts_parent_class)->dispose (object);
}

static void
granary_import_facts_class_init (GranaryImportFactsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_import_facts_dispose;

  g_type_ensure (GRANARY_TYPE_CHOICE_BUTTON);
  g_type_ensure (GRANARY_TYPE_ENVIRONMENT_ROW);
  g_type_ensure (GRANARY_TYPE_PROBLEM_ROW);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-import-facts.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryImportFacts, found_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportFacts, framework_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportFacts, framework_origin);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportFacts, framework_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportFacts, format_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportFacts, format_origin);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportFacts, format_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportFacts, environment_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportFacts, environment_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportFacts, picker_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportFacts, environment_problem);
  gtk_widget_class_bind_template_callback (widget_class, entry_left_cb);
  gtk_widget_class_bind_template_callback (widget_class, framework_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, format_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, environment_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, framework_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, format_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, environment_chosen_cb);
}

static void
granary_import_facts_init (GranaryImportFacts *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->found_rows = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
  granary_choice_button_set_choices (self->framework_button, granary_inspect_list_frameworks ());
  granary_choice_button_set_choices (self->format_button, granary_inspect_list_formats ());
}

/**
 * granary_import_facts_set_draft:
 * @self: a facts section
 * @draft: what to show and change; given once
 */
void
granary_import_facts_set_draft (GranaryImportFacts *self,
                                GranaryImportDraft *draft)
{
  GranaryConnection *connection;
  GranaryCatalog *catalog;

  g_return_if_fail (GRANARY_IS_IMPORT_FACTS (self));
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (draft));
  g_return_if_fail (self->draft == NULL);

  self->draft = g_object_ref (draft);
  g_signal_connect_object (draft, "files-changed", G_CALLBACK (update_all), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "task-changed", G_CALLBACK (update_entries), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "notify::framework", G_CALLBACK (update_entries), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "notify::format", G_CALLBACK (update_entries), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "notify::environment", G_CALLBACK (update_entries), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "notify::busy", G_CALLBACK (update_all), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "problems-changed", G_CALLBACK (update_problems), self,
                           G_CONNECT_SWAPPED);
  update_all (self);

  connection = granary_import_draft_get_connection (draft);
  if (granary_connection_get_image_source (connection) != NULL)
    {
      gtk_widget_set_visible (self->environment_row, FALSE);
      gtk_widget_set_visible (GTK_WIDGET (self->picker_row), TRUE);
      granary_environment_row_set_draft (self->picker_row, draft);
      update_problems (self);
      return;
    }

  update_problems (self);
  catalog = granary_connection_get_catalog (connection);
  granary_catalog_read_async (catalog, list_environments, NULL, NULL,
                              (GDestroyNotify) g_ptr_array_unref, self->cancellable,
                              environments_listed_cb, g_object_ref (self));
}
