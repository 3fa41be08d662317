/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-environment-row.h"

#include <glib/gi18n-lib.h>

#include "granary-environment-memory.h"
#include "granary-environment-picker.h"
#include "granary-error.h"

struct _GranaryEnvironmentRow
{
  AdwActionRow        parent_instance;

  GtkWidget          *clear_button;

  GranaryImportDraft *draft;
  GSettings          *settings;
};

G_DEFINE_FINAL_TYPE (GranaryEnvironmentRow, granary_environment_row, ADW_TYPE_ACTION_ROW)

/* What was preselected, kept with the draft, for every tab has a row of its own. "": it was taken
 * out again, and no other one is wanted. */
#define SUGGESTED "granary-suggested-environment"

static const char *
get_suggested (GranaryEnvironmentRow *self)
{
  return g_object_get_data (G_OBJECT (self->draft), SUGGESTED);
}

static void
set_suggested (GranaryEnvironmentRow *self,
               const char            *address)
{
  g_object_set_data_full (G_OBJECT (self->draft), SUGGESTED, g_strdup (address), g_free);
}

static const char *
get_uid (GranaryEnvironmentRow *self)
{
  return granary_connection_get_uid (granary_import_draft_get_connection (self->draft));
}

static gboolean
is_set (const char *text)
{
  return text != NULL && *text != '\0';
}

static void
update (GranaryEnvironmentRow *self)
{
  const char *environment = granary_import_draft_get_environment (self->draft);
  g_autofree char *shown = NULL;
  g_autofree char *text = NULL;

  gtk_widget_set_visible (self->clear_button, is_set (environment));
  if (!is_set (environment))
    {
      adw_action_row_set_subtitle (ADW_ACTION_ROW (self), _("None chosen"));
      return;
    }

  shown = granary_display_path (environment);
  if (g_strcmp0 (environment, get_suggested (self)) == 0)
    /* Translators: a runtime environment that is preselected because it was chosen last time. */
    text = g_strdup_printf (_("%s (as last time)"), shown);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), text != NULL ? text : shown);
}

/* Only what was chosen before for the same framework, and only where nothing else was chosen. */
static void
suggest (GranaryEnvironmentRow *self)
{
  const char *environment = granary_import_draft_get_environment (self->draft);
  const char *framework = granary_import_draft_get_framework (self->draft);
  const char *suggested = get_suggested (self);
  g_autofree char *address = NULL;
  g_autofree char *record = NULL;

  if (g_strcmp0 (suggested, "") == 0 ||
      (is_set (environment) && g_strcmp0 (environment, suggested) != 0))
    return;

  if (is_set (framework))
    granary_environment_memory_recall (self->settings, get_uid (self), framework, &address,
                                       &record);
  if (g_strcmp0 (address, suggested) == 0)
    return;

  set_suggested (self, address);
  granary_import_draft_set_image (self->draft, address, record);
}

static void
draft_changed_cb (GranaryEnvironmentRow *self)
{
  suggest (self);
  update (self);
}

/* Callbacks */

static void
chosen_cb (GranaryEnvironmentRow *self,
           const char            *address,
           const char            *record)
{
  if (self->draft == NULL)
    return;

  set_suggested (self, NULL);
  granary_import_draft_set_image (self->draft, address, record);
  granary_environment_memory_remember (self->settings, get_uid (self),
                                       granary_import_draft_get_framework (self->draft),
                                       address, record);
  update (self);
}

static void
clear_cb (GranaryEnvironmentRow *self)
{
  set_suggested (self, "");
  granary_import_draft_set_image (self->draft, NULL, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
granary_environment_row_activate (AdwActionRow *row)
{
  GranaryEnvironmentRow *self = GRANARY_ENVIRONMENT_ROW (row);
  GtkWidget *view = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_NAVIGATION_VIEW);
  GranaryConnection *connection = granary_import_draft_get_connection (self->draft);
  const char *framework = granary_import_draft_get_framework (self->draft);
  const char *environment = granary_import_draft_get_environment (self->draft);
  GranaryEnvironmentPicker *picker;
  g_autofree char *address = NULL;
  g_autofree char *record = NULL;

  if (view == NULL)
    return;

  picker = granary_environment_picker_new (granary_connection_get_image_source (connection),
                                           granary_connection_get_kind (connection) ==
                                           GRANARY_CONNECTION_LOCAL,
                                           framework, environment);
  if (granary_environment_memory_recall (self->settings, get_uid (self), framework, &address,
                                         &record) &&
      g_strcmp0 (address, environment) != 0)
    granary_environment_picker_set_last_used (picker, address, record);
  g_signal_connect_object (picker, "chosen", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  adw_navigation_view_push (ADW_NAVIGATION_VIEW (view), ADW_NAVIGATION_PAGE (picker));
}

/* GObject */

static void
granary_environment_row_dispose (GObject *object)
{
  GranaryEnvironmentRow *self = GRANARY_ENVIRONMENT_ROW (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_ENVIRONMENT_ROW);
  g_clear_object (&self->draft);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (granary_environment_row_parent_class)->dispose (object);
}

static void
granary_environment_row_class_init (GranaryEnvironmentRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_environment_row_dispose;
  ADW_ACTION_ROW_CLASS (klass)->activate = granary_environment_row_activate;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-environment-row.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryEnvironmentRow, clear_button);
  gtk_widget_class_bind_template_callback (widget_class, clear_cb);
}

static void
granary_environment_row_init (GranaryEnvironmentRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->settings = g_settings_new (GRANARY_SETTINGS_ID);
}

/**
 * granary_environment_row_set_draft:
 * @self: a row
 * @draft: what to show and change, of a connection with an image source; given once
 */
void
granary_environment_row_set_draft (GranaryEnvironmentRow *self,
                                   GranaryImportDraft    *draft)
{
  g_return_if_fail (GRANARY_IS_ENVIRONMENT_ROW (self));
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (draft));
  g_return_if_fail (self->draft == NULL);

  self->draft = g_object_ref (draft);
  g_signal_connect_object (draft, "notify::environment", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "notify::framework", G_CALLBACK (draft_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "files-changed", G_CALLBACK (draft_changed_cb), self,
                           G_CONNECT_SWAPPED);
  draft_changed_cb (self);
}
