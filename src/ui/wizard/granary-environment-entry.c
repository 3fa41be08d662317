/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-environment-entry.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-image-address.h"
#include "granary-problem-row.h"

struct _GranaryEnvironmentEntry
{
  AdwPreferencesGroup  parent_instance;

  GtkWidget           *address_row;
  GtkWidget           *file_button;
  GtkWidget           *use_row;
  GranaryProblemRow   *problem;

  gboolean             is_local;
  GCancellable        *cancellable; /* of the look at a file and of the chooser */
};

G_DEFINE_FINAL_TYPE (GranaryEnvironmentEntry, granary_environment_entry, ADW_TYPE_PREFERENCES_GROUP)

enum
{
  ENTERED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static char *
dup_address (GranaryEnvironmentEntry *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->address_row))));
}

static void
show_problem (GranaryEnvironmentEntry *self,
              const GError            *error)
{
  granary_problem_row_show (self->problem, error, self->address_row);
  if (error != NULL)
    gtk_widget_grab_focus (self->address_row);
}

/* Interpreters */

static void
interpreter_seen_cb (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr (GranaryEnvironmentEntry) self = user_data;
  g_autoptr (GFileInfo) info = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) problem = NULL;
  g_autofree char *path = g_file_get_path (G_FILE (source));

  info = g_file_query_info_finish (G_FILE (source), result, &error);
  if (granary_error_is_cancelled (error) || self->cancellable == NULL)
    return;

  gtk_widget_set_sensitive (self->use_row, TRUE);
  if (info == NULL)
    granary_set_error (&problem, GRANARY_ERROR_FILE, GRANARY_REASON_SOURCE_MISSING, path,
                       "interpreter: %s", error->message);
  else if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    granary_set_error (&problem, GRANARY_ERROR_FILE, GRANARY_REASON_SOURCE_SPECIAL, path,
                       "interpreter is no file: %s", path);
  else if (!g_file_info_get_attribute_boolean (info, G_FILE_ATTRIBUTE_ACCESS_CAN_EXECUTE))
    granary_set_error (&problem, GRANARY_ERROR_FILE, GRANARY_REASON_PERMISSION, path,
                       "interpreter cannot be run: %s", path);

  if (problem != NULL)
    show_problem (self, problem);
  else
    g_signal_emit (self, signals[ENTERED], 0, path);
}

static void
check_interpreter (GranaryEnvironmentEntry *self,
                   const char              *path)
{
  g_autoptr (GFile) file = NULL;

  if (!g_path_is_absolute (path))
    {
      g_autoptr (GError) problem = NULL;

      granary_set_error (&problem, GRANARY_ERROR_FILE, GRANARY_REASON_SOURCE_MISSING, path,
                         "not absolute: %s", path);
      show_problem (self, problem);
      return;
    }

  gtk_widget_set_sensitive (self->use_row, FALSE);
  file = g_file_new_for_path (path);
  g_file_query_info_async (file,
                           G_FILE_ATTRIBUTE_STANDARD_TYPE ","
                           G_FILE_ATTRIBUTE_ACCESS_CAN_EXECUTE,
                           G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT, self->cancellable,
                           interpreter_seen_cb, g_object_ref (self));
}

static void
file_chosen_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (GranaryEnvironmentEntry) self = user_data;
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;

  /* Closing the chooser without a choice is an answer, too. */
  file = gtk_file_dialog_open_finish (GTK_FILE_DIALOG (source), result, NULL);
  path = file != NULL ? g_file_get_path (file) : NULL;
  if (path == NULL || self->cancellable == NULL)
    return;

  text = g_filename_to_utf8 (path, -1, NULL, NULL, NULL);
  if (text != NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->address_row), text);
}

/* Callbacks */

static void
choose_file_cb (GranaryEnvironmentEntry *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, _("Choose Interpreter"));
  gtk_file_dialog_open (dialog, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, self->cancellable,
                        file_chosen_cb, g_object_ref (self));
}

static void
changed_cb (GranaryEnvironmentEntry *self)
{
  g_autofree char *address = dup_address (self);

  gtk_widget_set_sensitive (self->use_row, *address != '\0');
  show_problem (self, NULL);
}

static void
use_cb (GranaryEnvironmentEntry *self)
{
  g_autofree char *address = dup_address (self);
  g_autoptr (GError) error = NULL;

  if (*address == '\0' || !gtk_widget_get_sensitive (self->use_row))
    return;

  if (self->is_local)
    check_interpreter (self, address);
  else if (granary_image_address_check (address, &error))
    g_signal_emit (self, signals[ENTERED], 0, address);
  else
    show_problem (self, error);
}

/* GObject */

static void
granary_environment_entry_dispose (GObject *object)
{
  GranaryEnvironmentEntry *self = GRANARY_ENVIRONMENT_ENTRY (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_ENVIRONMENT_ENTRY);

  G_OBJECT_CLASS (granary_environment_entry_parent_class)->dispose (object);
}

static void
granary_environment_entry_class_init (GranaryEnvironmentEntryClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_environment_entry_dispose;

  signals[ENTERED] = g_signal_new ("entered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (GRANARY_TYPE_PROBLEM_ROW);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-environment-entry.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryEnvironmentEntry, address_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryEnvironmentEntry, file_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryEnvironmentEntry, use_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryEnvironmentEntry, problem);
  gtk_widget_class_bind_template_callback (widget_class, choose_file_cb);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, use_cb);
}

static void
granary_environment_entry_init (GranaryEnvironmentEntry *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->cancellable = g_cancellable_new ();
}

void
granary_environment_entry_set_is_local (GranaryEnvironmentEntry *self,
                                        gboolean                 is_local)
{
  g_return_if_fail (GRANARY_IS_ENVIRONMENT_ENTRY (self));

  self->is_local = is_local;
  gtk_widget_set_visible (self->file_button, is_local);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->address_row),
                                 is_local ? _("_Interpreter") : _("_Image"));
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self),
                                         is_local
                                           ? _("The full path of a Python interpreter, such as that of a virtual environment.")
                                           : _("The address of a container image, such as registry.example.com/namespace/repository:tag. The platform must be able to fetch it."));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->use_row),
                                 is_local ? _("_Use This Interpreter") : _("_Use This Image"));
}
