/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-publish-variables.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "granary-error.h"
#include "granary-problem-row.h"
#include "granary-publish-variable-row.h"

/* The variables that the run-time reads, and what it takes without them. */
static const struct
{
  const char *name;
  int         usual;
} workers[] = {
  { "TI_PREPROCESS_NUMS", 0 },
  { "TI_INFERENCE_NUMS", 1 },
  { "TI_POSTPROCESS_NUMS", 0 },
  { "TI_INFERENCE_MAX_BATCH_SIZE", 1 },
};

#define N_WORKERS (G_N_ELEMENTS (workers))

struct _GranaryPublishVariables
{
  GtkBox               parent_instance;

  AdwExpanderRow      *workers_row;
  AdwSpinRow          *preprocess_row;
  AdwSpinRow          *inference_row;
  AdwSpinRow          *postprocess_row;
  AdwSpinRow          *batch_row;
  AdwExpanderRow      *variables_row;
  GtkWidget           *add_row;
  GranaryProblemRow   *problem;

  GranaryPublishDraft *draft;     /* (owned) (nullable) until given */
  AdwSpinRow          *spins[N_WORKERS]; /* (unowned): the rows above, in order */
  GPtrArray           *variables; /* (owned) (element-type GranaryPublishVariableRow) */
  gboolean             is_filled; /* the widgets were given what the draft began with */
  gboolean             updating;
};

G_DEFINE_FINAL_TYPE (GranaryPublishVariables, granary_publish_variables, GTK_TYPE_BOX)

static void add_variable (GranaryPublishVariables *self,
                          const char              *entry);

/* To the draft: the widgets are where it is composed. */

static void
store (GranaryPublishVariables *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GranaryPublishProfile) profile = NULL;

  if (self->updating || self->draft == NULL)
    return;

  for (guint i = 0; i < N_WORKERS; i++)
    {
      int number = (int) adw_spin_row_get_value (self->spins[i]);

      if (number != workers[i].usual)
        g_strv_builder_take (builder, g_strdup_printf ("%s=%d", workers[i].name, number));
    }
  for (guint i = 0; i < self->variables->len; i++)
    {
      char *entry = granary_publish_variable_row_dup_entry (g_ptr_array_index (self->variables, i));

      if (entry != NULL)
        g_strv_builder_take (builder, entry);
    }

  profile = granary_publish_profile_copy (granary_publish_draft_get_profile (self->draft));
  g_clear_pointer (&profile->environment, g_strfreev);
  profile->environment = g_strv_builder_end (builder);
  granary_publish_draft_set_profile (self->draft, profile);
}

/* From the draft */

static gboolean
fill_worker (GranaryPublishVariables *self,
             const char              *entry)
{
  for (guint i = 0; i < N_WORKERS; i++)
    {
      gsize length = strlen (workers[i].name);
      guint64 number;

      if (strncmp (entry, workers[i].name, length) != 0 || entry[length] != '=')
        continue;
      /* What is no number stays a variable, to be seen. */
      if (!g_ascii_string_to_unsigned (entry + length + 1, 10, 0, G_MAXINT, &number, NULL))
        return FALSE;
      adw_spin_row_set_value (self->spins[i], (double) number);
      return TRUE;
    }

  return FALSE;
}

static void
fill (GranaryPublishVariables *self)
{
  GStrv environment = granary_publish_draft_get_profile (self->draft)->environment;

  self->updating = TRUE;
  for (guint i = 0; i < N_WORKERS; i++)
    adw_spin_row_set_value (self->spins[i], workers[i].usual);
  for (guint i = 0; environment != NULL && environment[i] != NULL; i++)
    {
      if (!fill_worker (self, environment[i]))
        add_variable (self, environment[i]);
    }
  self->updating = FALSE;
  self->is_filled = TRUE;
}

static void
update (GranaryPublishVariables *self)
{
  const GError *problem = granary_publish_draft_get_problem (self->draft,
                                                             GRANARY_PUBLISH_ENVIRONMENT);
  const char *wrong = problem != NULL ? granary_error_get_subject (problem) : NULL;
  g_autofree char *workers_text = NULL;
  g_autofree char *text = NULL;
  guint n_set = 0;

  for (guint i = 0; i < self->variables->len; i++)
    {
      GranaryPublishVariableRow *row = g_ptr_array_index (self->variables, i);
      g_autofree char *entry = granary_publish_variable_row_dup_entry (row);

      n_set += entry != NULL;
      granary_publish_variable_row_set_wrong (row, entry != NULL && g_strcmp0 (entry, wrong) == 0);
    }
  granary_problem_row_show_text (
    self->problem,
    problem != NULL ? _("A variable is named with letters, digits and “_”, and named once.") : NULL,
    FALSE);

  workers_text = g_strdup_printf (ngettext ("%d for inference", "%d for inference",
                                            (int) adw_spin_row_get_value (self->inference_row)),
                                  (int) adw_spin_row_get_value (self->inference_row));
  adw_expander_row_set_subtitle (self->workers_row, workers_text);
  text = n_set > 0 ? g_strdup_printf (ngettext ("%u variable", "%u variables", n_set), n_set)
                   : g_strdup (_("None"));
  adw_expander_row_set_subtitle (self->variables_row, text);
}

/* Callbacks */

static void
workers_changed_cb (GranaryPublishVariables *self)
{
  if (self->is_filled)
    store (self);
}

static void
remove_cb (GranaryPublishVariables   *self,
           GranaryPublishVariableRow *row)
{
  adw_expander_row_remove (self->variables_row, GTK_WIDGET (row));
  g_ptr_array_remove (self->variables, row);
  gtk_widget_grab_focus (self->add_row);
  store (self);
}

static void
add_variable (GranaryPublishVariables *self,
              const char              *entry)
{
  GtkWidget *row = granary_publish_variable_row_new (entry);

  g_ptr_array_add (self->variables, g_object_ref_sink (row));
  /* Before the row that adds. */
  g_object_ref (self->add_row);
  adw_expander_row_remove (self->variables_row, self->add_row);
  adw_expander_row_add_row (self->variables_row, row);
  adw_expander_row_add_row (self->variables_row, self->add_row);
  g_object_unref (self->add_row);
  g_signal_connect_object (row, "changed", G_CALLBACK (store), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "remove", G_CALLBACK (remove_cb), self, G_CONNECT_SWAPPED);
}

static void
add_cb (GranaryPublishVariables *self)
{
  add_variable (self, "");
  gtk_widget_grab_focus (g_ptr_array_index (self->variables, self->variables->len - 1));
}

/* GObject */

static void
granary_publish_variables_dispose (GObject *object)
{
  GranaryPublishVariables *self = GRANARY_PUBLISH_VARIABLES (object);

  g_clear_pointer (&self->variables, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_PUBLISH_VARIABLES);
  g_clear_object (&self->draft);

  G_OBJECT_CLASS (granary_publish_variables_parent_class)->dispose (object);
}

static void
granary_publish_variables_class_init (GranaryPublishVariablesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_publish_variables_dispose;

  g_type_ensure (GRANARY_TYPE_PROBLEM_ROW);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/publish/granary-publish-variables.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishVariables, workers_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishVariables, preprocess_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishVariables, inference_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishVariables, postprocess_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishVariables, batch_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishVariables, variables_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishVariables, add_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishVariables, problem);
  gtk_widget_class_bind_template_callback (widget_class, workers_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
}

static void
granary_publish_variables_init (GranaryPublishVariables *self)
{
  self->variables = g_ptr_array_new_with_free_func (g_object_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
  self->spins[0] = self->preprocess_row;
  self->spins[1] = self->inference_row;
  self->spins[2] = self->postprocess_row;
  self->spins[3] = self->batch_row;
}

void
granary_publish_variables_set_draft (GranaryPublishVariables *self,
                                     GranaryPublishDraft     *draft)
{
  g_return_if_fail (GRANARY_IS_PUBLISH_VARIABLES (self));
  g_return_if_fail (GRANARY_IS_PUBLISH_DRAFT (draft));
  g_return_if_fail (self->draft == NULL);

  self->draft = g_object_ref (draft);
  fill (self);
  g_signal_connect_object (draft, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
