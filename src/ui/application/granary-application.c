/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-application"

#include "config.h"

#include "granary-application.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "granary-account-list.h"
#include "granary-keyring.h"
#include "granary-preferences.h"
#include "granary-window.h"

struct _GranaryApplication
{
  AdwApplication      parent_instance;

  GSettings          *settings;    /* (owned) from startup on */
  GranaryFolders     *folders;     /* (owned) from startup on */
  GranaryAccountList *accounts;    /* (owned) (nullable) when they cannot be read */
  GranaryCredentials *environment; /* (owned) (nullable): key of the environment */
};

G_DEFINE_FINAL_TYPE (GranaryApplication, granary_application, ADW_TYPE_APPLICATION)

static const GOptionEntry options[] = {
  { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Show the version and exit"), NULL },
  { "repository", 'r', 0, G_OPTION_ARG_FILENAME, NULL,
    N_("Show the repository in FOLDER, or the connection of that name"), N_("FOLDER") },
  { "select", 0, 0, G_OPTION_ARG_STRING, NULL,
    N_("Select a model, or a version of it, and show its details"), N_("MODEL[:vN]") },
  { NULL }
};

static const struct
{
  const char *action;
  const char *keys[3];
} keys[] = {
  { "app.quit", { "<Control>q" } },
  { "app.preferences", { "<Control>comma" } },
  { "window.close", { "<Control>w" } },
  { "win.import", { "<Control>n" } },
  { "win.search", { "<Control>f" } },
  { "win.open-folder", { "<Control>o" } },
  { "win.refresh", { "F5", "<Control>r" } },
  { "win.show-details", { "F9" } },
  { "win.page('models')", { "<Alt>1" } },
  { "win.page('trash')", { "<Alt>2" } },
  { "win.show-help-overlay", { "<Control>question", "F1" } },
};

static GranaryWindow *
get_window (GranaryApplication *self)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (self));
  GranaryWindow *window;

  for (GList *at = windows; at != NULL; at = at->next)
    if (GRANARY_IS_WINDOW (at->data))
      return at->data;

  window = granary_window_new (GTK_APPLICATION (self), self->settings, self->folders);
  if (self->accounts != NULL)
    granary_window_set_accounts (window, self->accounts, self->environment);

  return window;
}

static void
quit_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  GranaryApplication *self = user_data;
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  /* The window asks first while something runs. */
  if (window != NULL)
    gtk_window_close (window);
  else
    g_application_quit (G_APPLICATION (self));
}

static void
preferences_cb (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  GranaryApplication *self = user_data;

  adw_dialog_present (ADW_DIALOG (granary_preferences_new (self->settings, self->folders)),
                      GTK_WIDGET (get_window (self)));
}

static void
shortcuts_cb (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  gtk_widget_activate_action (GTK_WIDGET (get_window (user_data)), "win.show-help-overlay", NULL);
}

static void
about_cb (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       user_data)
{
  AdwDialog *dialog = adw_about_dialog_new ();
  AdwAboutDialog *about = ADW_ABOUT_DIALOG (dialog);

  adw_about_dialog_set_application_name (about, _("Granary"));
  adw_about_dialog_set_application_icon (about, GRANARY_APPLICATION_ID);
  adw_about_dialog_set_version (about, GRANARY_VERSION);
  adw_about_dialog_set_developer_name (about, _("The Granary Developers"));
  adw_about_dialog_set_comments (
    about, _("Keep machine-learning models and all their versions, tagged, searchable and whole."));
  adw_about_dialog_set_license_type (about, GTK_LICENSE_GPL_3_0);
  /* Translators: your names, one on each line. */
  adw_about_dialog_set_translator_credits (about, _("translator-credits"));
  adw_dialog_present (dialog, GTK_WIDGET (get_window (user_data)));
}

static void
show_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  g_application_activate (G_APPLICATION (user_data));
}

/* The desktop offers this beside the launcher, so the window may have to be made first. */
static void
import_cb (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  static const char * const no_files[] = { NULL };

  g_application_activate (G_APPLICATION (user_data));
  granary_window_import (get_window (user_data), no_files);
}

/* A notification about a training run may be clicked long after the window was closed. */
static void
import_task_cb (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  GranaryWindow *window = get_window (user_data);
  const char *place;
  const char *uid;
  gint64 model_id;

  g_variant_get (parameter, "(&s&sx)", &place, &uid, &model_id);
  granary_window_import_task (window, place, uid, model_id);
  g_application_activate (G_APPLICATION (user_data));
}

static const GActionEntry actions[] = {
  { .name = "quit", .activate = quit_cb },
  { .name = "preferences", .activate = preferences_cb },
  { .name = "shortcuts", .activate = shortcuts_cb },
  { .name = "about", .activate = about_cb },
  { .name = "show", .activate = show_cb },
  { .name = "import", .activate = import_cb },
  { .name = "import-task", .activate = import_task_cb, .parameter_type = "(ssx)" },
};

/* The connections to the cloud. Without them the window still shows what is on this computer. */
static void
open_accounts (GranaryApplication *self)
{
  g_autofree char *path = granary_account_list_get_default_path ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) key_error = NULL;

  self->accounts = granary_account_list_new (path, &error);
  if (self->accounts == NULL)
    g_warning ("Cannot read the connections: %s", error->message);

  self->environment = granary_credentials_take_from_environment (&key_error);
  if (key_error != NULL)
    g_warning ("The key in the environment is not used: %s", key_error->message);
}

static void
granary_application_startup (GApplication *application)
{
  GranaryApplication *self = GRANARY_APPLICATION (application);

  G_APPLICATION_CLASS (granary_application_parent_class)->startup (application);

  self->settings = g_settings_new (GRANARY_SETTINGS_ID);
  self->folders = granary_folders_new (self->settings);
  open_accounts (self);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), keys[i].action, keys[i].keys);
}

static void
granary_application_activate (GApplication *application)
{
  GranaryWindow *window = get_window (GRANARY_APPLICATION (application));

  granary_window_open_last (window);
  gtk_window_present (GTK_WINDOW (window));
}

static void
granary_application_open (GApplication  *application,
                          GFile        **files,
                          int            n_files,
                          const char    *hint)
{
  GranaryWindow *window = get_window (GRANARY_APPLICATION (application));
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) paths = NULL;

  for (int i = 0; i < n_files; i++)
    {
      g_autofree char *path = g_file_get_path (files[i]);

      if (path != NULL)
        g_strv_builder_add (builder, path);
    }
  paths = g_strv_builder_end (builder);

  granary_window_open_last (window);
  gtk_window_present (GTK_WINDOW (window));
  if (paths[0] != NULL)
    granary_window_import (window, (const char * const *) paths);
}

static int
granary_application_handle_local_options (GApplication *application,
                                          GVariantDict *dict)
{
  g_autoptr (GSettingsSchema) schema = NULL;

  if (g_variant_dict_contains (dict, "version"))
    {
      g_print ("granary %s\n", GRANARY_VERSION);
      return 0;
    }

  /* GSettings would end the process without a word that helps. */
  if (g_settings_schema_source_get_default () != NULL)
    schema = g_settings_schema_source_lookup (g_settings_schema_source_get_default (),
                                              GRANARY_SETTINGS_ID, TRUE);
  if (schema == NULL)
    {
      g_printerr (_("granary: its settings schema is not installed; run it from an installation, "
                    "or set GSETTINGS_SCHEMA_DIR to where it was built.\n"));
      return 1;
    }

  return -1;
}

static int
granary_application_command_line (GApplication            *application,
                                  GApplicationCommandLine *command_line)
{
  GVariantDict *dict = g_application_command_line_get_options_dict (command_line);
  GranaryApplication *self = GRANARY_APPLICATION (application);
  g_auto (GStrv) arguments = g_application_command_line_get_arguments (command_line, NULL);
  g_autofree char *folder = NULL;
  const char *selected = NULL;

  if (g_variant_dict_lookup (dict, "repository", "^ay", &folder))
    {
      g_autoptr (GFile) file =
        g_application_command_line_create_file_for_arg (command_line, folder);
      g_autofree char *path = g_file_get_path (file);

      /* As on the command line, a name without a slash is that of a connection first. */
      if (strchr (folder, '/') != NULL || !granary_window_open_place (get_window (self), folder))
        {
          if (path == NULL)
            {
              g_application_command_line_printerr (
                command_line, _("granary: “%s” is not a folder on this computer\n"), folder);
              return 2;
            }
          granary_window_open_folder (get_window (self), path);
        }
    }

  if (g_variant_dict_lookup (dict, "select", "&s", &selected))
    granary_window_select (get_window (self), selected);

  if (arguments[0] != NULL && arguments[1] != NULL)
    {
      g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

      for (guint i = 1; arguments[i] != NULL; i++)
        g_ptr_array_add (files, g_application_command_line_create_file_for_arg (command_line,
                                                                                arguments[i]));
      g_application_open (application, (GFile **) files->pdata, (int) files->len, "");
    }
  else
    {
      g_application_activate (application);
    }

  return 0;
}

static void
granary_application_finalize (GObject *object)
{
  GranaryApplication *self = GRANARY_APPLICATION (object);

  g_clear_object (&self->accounts);
  g_clear_pointer (&self->environment, granary_credentials_unref);
  g_clear_object (&self->folders);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (granary_application_parent_class)->finalize (object);
}

static void
granary_application_class_init (GranaryApplicationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  object_class->finalize = granary_application_finalize;
  application_class->startup = granary_application_startup;
  application_class->activate = granary_application_activate;
  application_class->open = granary_application_open;
  application_class->handle_local_options = granary_application_handle_local_options;
  application_class->command_line = granary_application_command_line;
}

static void
granary_application_init (GranaryApplication *self)
{
  GApplication *application = G_APPLICATION (self);

  g_application_add_main_option_entries (application, options);
  g_application_set_option_context_parameter_string (application, _("[FILE…]"));
  g_application_set_option_context_summary (
    application, _("Shows a repository of machine-learning models. FILEs are imported."));
}

/**
 * granary_application_new:
 *
 * Returns: (transfer full): the program
 */
GranaryApplication *
granary_application_new (void)
{
  return g_object_new (GRANARY_TYPE_APPLICATION,
                       "application-id", GRANARY_APPLICATION_ID,
                       "flags", G_APPLICATION_HANDLES_OPEN | G_APPLICATION_HANDLES_COMMAND_LINE,
                       "resource-base-path", "/io/github/granary/Granary",
                       NULL);
}
