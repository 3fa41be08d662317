/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-command-private.h"

#include <glib/gi18n-lib.h>

#include "granary-cosbrowser.h"
#include "granary-error.h"
#include "granary-json.h"

typedef struct
{
  GtkWidget             *parent;     /* (owned) */
  GranaryConnection     *connection; /* (owned) */
  GranaryCosbrowserPlan *plan;       /* (owned) (nullable) until found */
} Opening;

static void
opening_free (Opening *self)
{
  g_object_unref (self->parent);
  g_object_unref (self->connection);
  g_clear_pointer (&self->plan, granary_cosbrowser_plan_free);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Opening, opening_free)

/* It cannot be told where to go: that is said, and kept to be pasted. */
static void
tell (Opening    *self,
      const char *words)
{
  g_autofree char *shown = granary_display_path (self->plan->place);
  g_autoptr (GString) title = g_string_new (words);

  g_string_replace (title, "%s", shown, 1);
  granary_command_add_toast (self->parent, title->str, NULL);
}

static void
page_opened_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (Opening) self = user_data;
  g_autoptr (GError) error = NULL;

  if (gtk_uri_launcher_launch_finish (GTK_URI_LAUNCHER (source), result, &error))
    /* Translators: %s is a bucket and a path in it. */
    tell (self, _("COSBrowser’s web page opens. Copied the path to go to: %s"));
  else if (!g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    /* Translators: %s is a bucket and a path in it. */
    tell (self, _("COSBrowser could not be opened. Copied the path to go to: %s"));
}

static void
open_page (Opening *self)
{
  g_autoptr (GtkUriLauncher) launcher = gtk_uri_launcher_new (self->plan->uri);
  GtkRoot *root = gtk_widget_get_root (self->parent);

  gtk_uri_launcher_launch (launcher, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL,
                           page_opened_cb, self);
}

static void
app_launched_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (Opening) self = user_data;
  g_autoptr (GError) error = NULL;

  if (g_app_info_launch_uris_finish (G_APP_INFO (source), result, &error))
    {
      /* Translators: %s is a bucket and a path in it. */
      tell (self, _("COSBrowser opens. Copied the path to go to: %s"));
      return;
    }

  g_debug ("COSBrowser: %s", error->message);
  open_page (g_steal_pointer (&self));
}

static gboolean
run_program (const char  *program,
             GError     **error)
{
  g_autoptr (GSubprocess) process = NULL;

  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                              error, program, NULL);

  return process != NULL;
}

/* What is installed first; what does not start is as if it were not. */
static void
launch (Opening *self)
{
  const GranaryCosbrowserPlan *plan = self->plan;
  g_autoptr (GError) error = NULL;

  if (plan->app != NULL)
    {
      g_autoptr (GdkAppLaunchContext) context =
        gdk_display_get_app_launch_context (gtk_widget_get_display (self->parent));

      g_app_info_launch_uris_async (plan->app, NULL, G_APP_LAUNCH_CONTEXT (context), NULL,
                                    app_launched_cb, self);
      return;
    }
  if (plan->program != NULL && run_program (plan->program, &error))
    {
      /* Translators: %s is a bucket and a path in it. */
      tell (self, _("COSBrowser opens. Copied the path to go to: %s"));
      opening_free (self);
      return;
    }

  if (error != NULL)
    g_debug ("%s: %s", plan->program, error->message);
  open_page (self);
}

static void
found_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (Opening) self = user_data;
  g_autoptr (GError) error = NULL;

  self->plan = granary_cosbrowser_find_finish (result, &error);
  if (self->plan == NULL)
    {
      granary_command_show_error (self->parent, error, GRANARY_VERB_OPEN, "COSBrowser");
      return;
    }

  gdk_clipboard_set_text (gtk_widget_get_clipboard (self->parent), self->plan->place);
  launch (g_steal_pointer (&self));
}

/* Of its bucket, where the platform told it; else that of the account. */
static char *
dup_region (GranaryConnection    *connection,
            const GranaryVersion *version)
{
  g_autoptr (JsonNode) remote = NULL;
  const char *region;

  if (version->remote != NULL)
    remote = granary_json_parse (version->remote, -1, "remote", NULL);
  region = granary_json_get_string (remote, "region");

  return g_strdup (region != NULL ? region : granary_connection_get_location (connection));
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Opening) self = user_data;
  g_autoptr (GSettings) settings = g_settings_new (GRANARY_SETTINGS_ID);
  g_autofree char *program = g_settings_get_string (settings, "cosbrowser");
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *object = NULL;
  g_autofree char *address = NULL;
  g_autofree char *region = NULL;

  version = granary_catalog_read_finish (GRANARY_CATALOG (source), result, &error);
  if (version != NULL)
    {
      object = granary_wording_version (version->model_name, version->number);
      address = granary_version_dup_sdk_address (version);
      if (address == NULL)
        granary_set_error (&error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_SDK_UNAVAILABLE,
                           object, "%s has no SDK in object storage", object);
    }
  if (error != NULL)
    {
      granary_command_show_error (self->parent, error, GRANARY_VERB_OPEN, object);
      return;
    }

  region = dup_region (self->connection, version);
  granary_cosbrowser_find_async (address, region, *program != '\0' ? program : NULL, NULL, found_cb,
                                 g_steal_pointer (&self));
}

/**
 * granary_command_open_cosbrowser:
 * @widget: where it was asked for
 * @connection: the connection
 * @version_id: which version
 *
 * Opens COSBrowser, or its web page where it is not installed, with the place of the SDK on the
 * clipboard.
 */
void
granary_command_open_cosbrowser (GtkWidget         *widget,
                                 GranaryConnection *connection,
                                 gint64             version_id)
{
  Opening *self;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (GRANARY_IS_CONNECTION (connection));

  self = g_new0 (Opening, 1);
  self->parent = g_object_ref (granary_command_find_parent (widget));
  self->connection = g_object_ref (connection);
  granary_load_present_version_async (granary_connection_get_catalog (connection), version_id,
                                      NULL, loaded_cb, self);
}
