/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-command-private.h"

#include <glib/gi18n-lib.h>

#include "granary-chooser.h"
#include "granary-error.h"
#include "granary-sdk.h"

typedef struct
{
  GtkWidget         *parent;     /* (owned) */
  GranaryConnection *connection; /* (owned) */
  gint64             version_id;
  char              *folder;     /* (owned) (nullable) until chosen */
  char              *object;     /* (owned) (nullable) until loaded */
  GranaryTransfer   *transfer;   /* (owned) (nullable) until loaded */
} Download;

static Download *
download_new (GtkWidget         *widget,
              GranaryConnection *connection,
              gint64             version_id)
{
  Download *self = g_new0 (Download, 1);

  self->parent = g_object_ref (granary_command_find_parent (widget));
  self->connection = g_object_ref (connection);
  self->version_id = version_id;

  return self;
}

static void
download_free (gpointer data)
{
  Download *self = data;

  g_object_unref (self->parent);
  g_object_unref (self->connection);
  g_clear_object (&self->transfer);
  g_free (self->folder);
  g_free (self->object);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Download, download_free)

static void
downloaded_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (Download) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *title = NULL;

  folder = granary_sdk_download_finish (GRANARY_CONNECTION (source), result, &error);
  if (folder == NULL)
    {
      granary_command_show_error (self->parent, error, GRANARY_VERB_DOWNLOAD_SDK, self->object);
      return;
    }

  /* Translators: a model and its version, such as “plate-ocr v7”. */
  title = g_strdup_printf (_("SDK of “%s” downloaded"), self->object);
  granary_command_add_folder_toast (self->parent, title, folder);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Download) self = user_data;
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;

  version = granary_catalog_read_finish (GRANARY_CATALOG (source), result, &error);
  if (version == NULL)
    {
      granary_command_show_error (self->parent, error, GRANARY_VERB_DOWNLOAD_SDK, NULL);
      return;
    }

  self->object = granary_wording_version (version->model_name, version->number);
  self->transfer = granary_transfer_new (GRANARY_TRANSFER_DOWNLOAD, self->object);
  granary_command_show_transfer (self->parent, self->transfer);
  granary_sdk_download_async (self->connection, self->version_id, self->folder, self->transfer,
                              downloaded_cb, self);
  g_steal_pointer (&self);
}

/**
 * granary_command_download_sdk_to: (skip)
 * @widget: where it was asked for
 * @connection: the connection
 * @version_id: which version
 * @folder: (type filename): below which it goes
 *
 * Downloads the SDK of a version.
 */
void
granary_command_download_sdk_to (GtkWidget         *widget,
                                 GranaryConnection *connection,
                                 gint64             version_id,
                                 const char        *folder)
{
  Download *self;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (GRANARY_IS_CONNECTION (connection));
  g_return_if_fail (folder != NULL);

  self = download_new (widget, connection, version_id);
  self->folder = g_strdup (folder);
  granary_load_present_version_async (granary_connection_get_catalog (connection), version_id,
                                      NULL, loaded_cb, self);
}

static void
chosen_cb (GtkWidget          *widget,
           const char * const *paths,
           gpointer            user_data)
{
  Download *wish = user_data;

  granary_command_download_sdk_to (widget, wish->connection, wish->version_id, paths[0]);
}

/**
 * granary_command_download_sdk:
 * @widget: where it was asked for
 * @connection: the connection
 * @version_id: which version
 *
 * Asks for a folder and downloads the SDK of a version into it.
 */
void
granary_command_download_sdk (GtkWidget         *widget,
                              GranaryConnection *connection,
                              gint64             version_id)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (GRANARY_IS_CONNECTION (connection));

  granary_choose_folder (granary_command_find_parent (widget), _("Download SDK to Folder"),
                         chosen_cb, download_new (widget, connection, version_id), download_free);
}
