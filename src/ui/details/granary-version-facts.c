/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-version-facts.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-inspection.h"
#include "granary-json.h"
#include "granary-section-rows.h"
#include "granary-wording.h"

/* More are counted, not listed. */
#define MAX_TENSORS_TOLD 8

struct _GranaryVersionFacts
{
  AdwBin               parent_instance;

  AdwPreferencesGroup *group;
  AdwActionRow        *framework;
  AdwActionRow        *format;
  AdwActionRow        *producer;
  AdwActionRow        *inputs;
  AdwActionRow        *outputs;
  AdwActionRow        *parameters;
  AdwActionRow        *size;
  AdwActionRow        *environment;
  AdwActionRow        *location;
  AdwActionRow        *task;
  AdwActionRow        *uid;
  AdwActionRow        *created;

  GPtrArray           *warnings; /* (owned) (element-type GtkWidget), not owning */
};

G_DEFINE_FINAL_TYPE (GranaryVersionFacts, granary_version_facts, ADW_TYPE_BIN)

/* Helpers. */

static void
set_text (AdwActionRow *row,
          const char   *text)
{
  g_autofree char *shown = text != NULL ? granary_display_path (text) : NULL;

  granary_property_row_set (row, shown);
}

static void
set_format (GranaryVersionFacts *self,
            const char          *format,
            GranaryInspection   *inspection)
{
  g_autofree char *shown = format != NULL ? granary_display_path (format) : NULL;
  g_autofree char *text = NULL;
  int opset = inspection != NULL ? granary_inspection_get_opset (inspection) : 0;

  if (shown != NULL && opset > 0)
    /* Translators: a file format and the version of its operators. */
    text = g_strdup_printf (_("%1$s, opset %2$d"), shown, opset);

  granary_property_row_set (self->format, text != NULL ? text : shown);
}

typedef const GranaryTensor *(*TensorFunc) (GranaryInspection *inspection,
                                            guint              position);

static void
set_tensors (AdwActionRow      *row,
             GranaryInspection *inspection,
             guint              n_tensors,
             TensorFunc         get)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *shown = NULL;

  for (guint i = 0; i < MIN (n_tensors, MAX_TENSORS_TOLD); i++)
    {
      const GranaryTensor *tensor = get (inspection, i);
      g_autofree char *name = granary_display_path (tensor->name != NULL ? tensor->name : "");

      g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", name);
      if (tensor->type != NULL)
        {
          g_autofree char *type = granary_display_path (tensor->type);

          g_string_append_printf (text, ": %s", type);
        }
      if (tensor->shape != NULL)
        {
          g_autofree char *shape = granary_display_path (tensor->shape);

          g_string_append_printf (text, " [%s]", shape);
        }
    }

  if (n_tensors > MAX_TENSORS_TOLD)
    {
      guint rest = n_tensors - MAX_TENSORS_TOLD;

      g_string_append_c (text, '\n');
      g_string_append_printf (text, ngettext ("and %u more", "and %u more", rest), rest);
    }

  granary_property_row_set (row, text->str);
}

static void
set_parameters (GranaryVersionFacts *self,
                gint64               parameters)
{
  g_autofree char *text = NULL;

  if (parameters > 0)
    text = g_strdup_printf ("%'" G_GINT64_FORMAT, parameters);
  granary_property_row_set (self->parameters, text);
}

static GtkWidget *
make_warning (void)
{
  GtkWidget *row = granary_property_row_new ();
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");

  gtk_widget_remove_css_class (row, "property");
  gtk_widget_add_css_class (icon, "warning");
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);

  return row;
}

static void
set_warnings (GranaryVersionFacts *self,
              GranaryInspection   *inspection)
{
  guint n_warnings = inspection != NULL ? granary_inspection_get_n_warnings (inspection) : 0;

  granary_section_resize (self->group, self->warnings, n_warnings, make_warning);
  for (guint i = 0; i < n_warnings; i++)
    {
      GranaryInspectionWarning warning;
      const char *subject = NULL;
      g_autofree char *text = NULL;

      warning = granary_inspection_get_warning (inspection, i, &subject);
      text = granary_wording_inspection_warning (warning, subject);
      adw_preferences_row_set_title (g_ptr_array_index (self->warnings, i), text);
    }
}

/* The task it was trained by, as far as the platform tells. */
static void
set_task (GranaryVersionFacts *self,
          GranaryVersion      *version)
{
  g_autoptr (JsonNode) remote = NULL;
  const char *name = NULL;

  if (version->remote != NULL)
    remote = granary_json_parse (version->remote, -1, "remote", NULL);
  if (remote != NULL)
    name = granary_json_get_string (remote, "task_name");
  if (remote != NULL && (name == NULL || *name == '\0'))
    name = granary_json_get_string (remote, "task_id");
  set_text (self->task, name);
}

/* GObject. */

static void
granary_version_facts_dispose (GObject *object)
{
  GranaryVersionFacts *self = GRANARY_VERSION_FACTS (object);

  g_clear_pointer (&self->warnings, g_ptr_array_unref);
  /* The child is one of the template's; it is to be let go of once only. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_VERSION_FACTS);

  G_OBJECT_CLASS (granary_version_facts_parent_class)->dispose (object);
}

static void
granary_version_facts_class_init (GranaryVersionFactsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_version_facts_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/details/granary-version-facts.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryVersionFacts, group);
  gtk_widget_class_bind_template_child (widget_class, GranaryVersionFacts, framework);
  gtk_widget_class_bind_template_child (widget_class, GranaryVersionFacts, format);
  gtk_widget_class_bind_template_child (widget_class, GranaryVersionFacts, producer);
  gtk_widget_class_bind_template_child (widget_class, GranaryVersionFacts, inputs);
  gtk_widget_class_bind_template_child (widget_class, GranaryVersionFacts, outputs);
  gtk_widget_class_bind_template_child (widget_class, GranaryVersionFacts, parameters);
  gtk_widget_class_bind_template_child (widget_class, GranaryVersionFacts, size);
  gtk_widget_class_bind_template_child (widget_class, GranaryVersionFacts, environment);
  gtk_widget_class_bind_template_child (widget_class, GranaryVersionFacts, location);
  gtk_widget_class_bind_template_child (widget_class, GranaryVersionFacts, task);
  gtk_widget_class_bind_template_child (widget_class, GranaryVersionFacts, uid);
  gtk_widget_class_bind_template_child (widget_class, GranaryVersionFacts, created);
}

static void
granary_version_facts_init (GranaryVersionFacts *self)
{
  self->warnings = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * granary_version_facts_set_subject:
 * @self: the section
 * @subject: a subject that is a version
 */
void
granary_version_facts_set_subject (GranaryVersionFacts  *self,
                                   const GranarySubject *subject)
{
  g_autoptr (GranaryInspection) inspection = NULL;
  g_autofree char *size = NULL;
  g_autofree char *created = NULL;
  GranaryVersion *version;

  g_return_if_fail (GRANARY_IS_VERSION_FACTS (self));
  g_return_if_fail (subject != NULL && subject->version != NULL);

  version = subject->version;
  if (version->inspection != NULL)
    inspection = granary_inspection_new_from_json (version->inspection);

  set_text (self->framework, version->framework);
  set_format (self, version->format, inspection);
  set_text (self->producer, inspection != NULL ? granary_inspection_get_producer (inspection)
                                               : NULL);
  set_tensors (self->inputs, inspection,
               inspection != NULL ? granary_inspection_get_n_inputs (inspection) : 0,
               granary_inspection_get_input);
  set_tensors (self->outputs, inspection,
               inspection != NULL ? granary_inspection_get_n_outputs (inspection) : 0,
               granary_inspection_get_output);
  set_parameters (self, inspection != NULL ? granary_inspection_get_parameters (inspection) : 0);
  set_warnings (self, inspection);

  size = granary_storage_describe (version->size, subject->unique_size);
  created = granary_wording_time (version->created);
  granary_property_row_set (self->size, size);
  set_text (self->environment, version->environment);
  set_text (self->location, version->location);
  set_task (self, version);
  set_text (self->uid, version->uid);
  granary_property_row_set (self->created, created);
}
