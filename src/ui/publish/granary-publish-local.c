/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-publish-local.h"

#include <glib/gi18n-lib.h>

#include "granary-environment-picker.h"
#include "granary-error.h"
#include "granary-problem-row.h"

#define GIB (1024.0 * 1024.0 * 1024.0)

struct _GranaryPublishLocal
{
  GtkBox               parent_instance;

  AdwActionRow        *handler_row;
  AdwActionRow        *python_row;
  GtkWidget           *clear_button;
  GtkWidget           *python_arrow;
  GranaryProblemRow   *python_problem;
  AdwSwitchRow        *install_row;
  GranaryProblemRow   *requirements_problem;
  GtkWidget           *sandbox_group;
  GranaryProblemRow   *sandbox_problem;
  AdwSwitchRow        *unsandboxed_row;
  AdwSpinRow          *memory_row;
  GtkAdjustment       *memory;
  AdwSwitchRow        *network_row;
  AdwSwitchRow        *gpu_row;

  GranaryPublishDraft *draft;    /* (owned) (nullable) until given */
  gboolean             updating; /* the widgets follow the draft */
};

G_DEFINE_FINAL_TYPE (GranaryPublishLocal, granary_publish_local, GTK_TYPE_BOX)

/* What is shown */

static void
update_handler (GranaryPublishLocal         *self,
                const GranaryPublishOptions *options)
{
  g_autofree char *name = options->handler != NULL ? granary_display_path (options->handler) : NULL;
  g_autofree char *text = NULL;

  if (name != NULL && g_str_equal (name, "model_service.py"))
    text = g_steal_pointer (&name);
  else if (name != NULL)
    /* Translators: the name of an ONNX file. */
    text = g_strdup_printf (_("Built-in handler for ONNX: %s"), name);
  adw_action_row_set_subtitle (self->handler_row, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->handler_row), text != NULL);
}

static void
update_python (GranaryPublishLocal         *self,
               const GranaryPublishOptions *options,
               const GranaryPublishProfile *profile)
{
  const char *python = profile->python != NULL ? profile->python : options->python;
  g_autofree char *shown = python != NULL ? granary_display_path (python) : NULL;

  adw_action_row_set_subtitle (self->python_row, shown != NULL ? shown : _("None found"));
  gtk_widget_set_visible (self->clear_button, profile->python != NULL);
  granary_problem_row_show (self->python_problem,
                            granary_publish_draft_get_problem (self->draft, GRANARY_PUBLISH_PYTHON),
                            GTK_WIDGET (self->python_row));
}

static void
update_requirements (GranaryPublishLocal         *self,
                     const GranaryPublishOptions *options,
                     const GranaryPublishProfile *profile)
{
  gboolean is_unmet = options->unmet != NULL && options->unmet[0] != NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->install_row), is_unmet);
  if (is_unmet)
    {
      g_autofree char *list = g_strjoinv (", ", options->unmet);
      g_autofree char *shown = granary_display_path (list);
      g_autofree char *text = NULL;

      /* Translators: names of packages. */
      text = g_strdup_printf (_("For this service alone, from the network: %s"), shown);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (self->install_row), text);
    }
  adw_switch_row_set_active (self->install_row, profile->install_requirements);
  granary_problem_row_show (self->requirements_problem,
                            granary_publish_draft_get_problem (self->draft,
                                                               GRANARY_PUBLISH_REQUIREMENTS),
                            NULL);
}

static void
update (GranaryPublishLocal *self)
{
  const GranaryPublishOptions *options = granary_publish_draft_get_options (self->draft);
  const GranaryPublishProfile *profile = granary_publish_draft_get_profile (self->draft);

  if (options == NULL)
    return;

  self->updating = TRUE;
  update_handler (self, options);
  update_python (self, options, profile);
  update_requirements (self, options, profile);

  gtk_widget_set_visible (self->sandbox_group, !options->has_sandbox);
  adw_switch_row_set_active (self->unsandboxed_row, profile->allow_unsandboxed);
  granary_problem_row_show (self->sandbox_problem,
                            granary_publish_draft_get_problem (self->draft,
                                                               GRANARY_PUBLISH_SANDBOX),
                            NULL);

  if (options->memory > 0)
    gtk_adjustment_set_upper (self->memory, MAX ((double) options->memory / GIB,
                                                 (double) profile->memory_limit / GIB));
  if (ABS (adw_spin_row_get_value (self->memory_row) - (double) profile->memory_limit / GIB) > 0.05)
    adw_spin_row_set_value (self->memory_row, (double) profile->memory_limit / GIB);
  adw_switch_row_set_active (self->network_row, profile->allow_network);
  adw_switch_row_set_active (self->gpu_row, profile->allow_gpu);
  gtk_widget_set_visible (GTK_WIDGET (self->gpu_row), options->has_gpu || profile->allow_gpu);
  self->updating = FALSE;
}

/* Callbacks */

static void
changed_cb (GranaryPublishLocal *self)
{
  g_autoptr (GranaryPublishProfile) profile = NULL;

  if (self->updating || self->draft == NULL)
    return;

  profile = granary_publish_profile_copy (granary_publish_draft_get_profile (self->draft));
  profile->install_requirements = adw_switch_row_get_active (self->install_row);
  profile->allow_unsandboxed = adw_switch_row_get_active (self->unsandboxed_row);
  profile->allow_network = adw_switch_row_get_active (self->network_row);
  profile->allow_gpu = adw_switch_row_get_active (self->gpu_row);
  profile->memory_limit = (gint64) (adw_spin_row_get_value (self->memory_row) * GIB);
  granary_publish_draft_set_profile (self->draft, profile);
}

static void
set_python (GranaryPublishLocal *self,
            const char          *python)
{
  g_autoptr (GranaryPublishProfile) profile = NULL;

  profile = granary_publish_profile_copy (granary_publish_draft_get_profile (self->draft));
  g_set_str (&profile->python, python);
  granary_publish_draft_set_profile (self->draft, profile);
}

static void
clear_python_cb (GranaryPublishLocal *self)
{
  set_python (self, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self->python_row));
}

static void
chosen_cb (GranaryPublishLocal *self,
           const char          *address,
           const char          *record)
{
  if (self->draft != NULL)
    set_python (self, address);
}

static void
python_activated_cb (GranaryPublishLocal *self)
{
  GtkWidget *view = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_NAVIGATION_VIEW);
  GranaryConnection *connection = granary_publish_draft_get_connection (self->draft);
  GranaryImageSource *source = granary_connection_get_image_source (connection);
  const GranaryPublishOptions *options = granary_publish_draft_get_options (self->draft);
  const GranaryPublishProfile *profile = granary_publish_draft_get_profile (self->draft);
  const GranaryVersion *version = granary_publish_draft_get_version (self->draft);
  GranaryEnvironmentPicker *picker;

  if (view == NULL || source == NULL || options == NULL)
    return;

  picker = granary_environment_picker_new (source, TRUE, version->framework,
                                           profile->python != NULL ? profile->python
                                                                   : options->python);
  g_signal_connect_object (picker, "chosen", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  adw_navigation_view_push (ADW_NAVIGATION_VIEW (view), ADW_NAVIGATION_PAGE (picker));
}

/* GObject */

static void
granary_publish_local_dispose (GObject *object)
{
  GranaryPublishLocal *self = GRANARY_PUBLISH_LOCAL (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_PUBLISH_LOCAL);
  g_clear_object (&self->draft);

  G_OBJECT_CLASS (granary_publish_local_parent_class)->dispose (object);
}

static void
granary_publish_local_class_init (GranaryPublishLocalClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_publish_local_dispose;

  g_type_ensure (GRANARY_TYPE_PROBLEM_ROW);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/publish/granary-publish-local.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishLocal, handler_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishLocal, python_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishLocal, clear_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishLocal, python_arrow);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishLocal, python_problem);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishLocal, install_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishLocal, requirements_problem);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishLocal, sandbox_group);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishLocal, sandbox_problem);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishLocal, unsandboxed_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishLocal, memory_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishLocal, memory);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishLocal, network_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishLocal, gpu_row);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, clear_python_cb);
  gtk_widget_class_bind_template_callback (widget_class, python_activated_cb);
}

static void
granary_publish_local_init (GranaryPublishLocal *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
granary_publish_local_set_draft (GranaryPublishLocal *self,
                                 GranaryPublishDraft *draft)
{
  gboolean can_choose;

  g_return_if_fail (GRANARY_IS_PUBLISH_LOCAL (self));
  g_return_if_fail (GRANARY_IS_PUBLISH_DRAFT (draft));
  g_return_if_fail (self->draft == NULL);

  self->draft = g_object_ref (draft);
  can_choose = granary_connection_get_image_source (
                 granary_publish_draft_get_connection (draft)) != NULL;
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self->python_row), can_choose);
  gtk_widget_set_visible (self->python_arrow, can_choose);
  g_signal_connect_object (draft, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
