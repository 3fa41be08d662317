/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-command-private.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  GtkWidget         *parent;     /* (owned) */
  GranaryConnection *connection; /* (owned) */
} Copying;

static void
copying_free (Copying *self)
{
  g_object_unref (self->parent);
  g_object_unref (self->connection);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Copying, copying_free)

static void
copy_text (Copying    *self,
           const char *text,
           const char *said)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (self->parent), text);
  granary_command_add_toast (self->parent, said, NULL);
}

/* Where files are not on this computer they have an address. */
static void
version_loaded_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (Copying) self = user_data;
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;

  version = granary_catalog_read_finish (GRANARY_CATALOG (source), result, &error);
  if (version != NULL && version->location == NULL)
    {
      g_autofree char *object = granary_wording_version (version->model_name, version->number);

      granary_set_error (&error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_FILES_UNKNOWN, object,
                         "%s has no location", object);
    }
  if (error != NULL)
    granary_command_show_error (self->parent, error, GRANARY_VERB_LOAD, NULL);
  else
    copy_text (self, version->location, _("Address copied"));
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Copying) self = user_data;
  g_autoptr (GranaryTargets) targets = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  targets = granary_targets_load_finish (result, &error);
  if (targets == NULL)
    {
      granary_command_show_error (self->parent, error, GRANARY_VERB_LOAD, NULL);
      return;
    }

  path = granary_repository_dup_path (granary_connection_get_repository (self->connection),
                                      targets->model_name, targets->number, NULL);
  if (path == NULL)
    {
      granary_set_error (&error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_NONE, targets->object,
                         "the files of %s are in no folder", targets->object);
      granary_command_show_error (self->parent, error, GRANARY_VERB_LOAD, targets->object);
      return;
    }

  copy_text (self, path, _("Path copied"));
}

/**
 * granary_command_copy_path:
 * @widget: where it was asked for
 * @connection: the connection
 * @model_id: the model, when @version_id is 0
 * @version_id: the version, or 0 for the folder of the whole model
 *
 * Puts the path of its folder on the clipboard, or the address of the version's files in the storage.
 */
void
granary_command_copy_path (GtkWidget         *widget,
                           GranaryConnection *connection,
                           gint64             model_id,
                           gint64             version_id)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  Copying *self;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (GRANARY_IS_CONNECTION (connection));

  self = g_new0 (Copying, 1);
  self->parent = g_object_ref (granary_command_find_parent (widget));
  self->connection = g_object_ref (connection);
  if (version_id != 0 && !granary_connection_has (connection, GRANARY_FEATURE_FOLDER))
    {
      granary_load_present_version_async (granary_connection_get_catalog (connection), version_id,
                                          NULL, version_loaded_cb, self);
      return;
    }

  g_array_append_val (ids, *(version_id != 0 ? &version_id : &model_id));
  granary_targets_load_async (connection, version_id == 0 ? ids : NULL,
                              version_id != 0 ? ids : NULL, loaded_cb, self);
}
