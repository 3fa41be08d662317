/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-command-private.h"

#include <glib/gi18n-lib.h>

#include "granary-chooser.h"
#include "granary-upload-dialog.h"
#include "granary-wording.h"

typedef struct
{
  GtkWidget         *parent;     /* (owned) */
  GranaryConnection *connection; /* (owned) */
  gint64             version_id;
  GStrv              paths;      /* (owned) (nullable) until chosen */
  char              *object;     /* (owned) (nullable) until loaded */
  GranaryTransfer   *transfer;   /* (owned) (nullable) until confirmed */
} Upload;

static Upload *
upload_new (GtkWidget         *widget,
            GranaryConnection *connection,
            gint64             version_id)
{
  Upload *self = g_new0 (Upload, 1);

  self->parent = g_object_ref (granary_command_find_parent (widget));
  self->connection = g_object_ref (connection);
  self->version_id = version_id;

  return self;
}

static void
upload_free (Upload *self)
{
  g_object_unref (self->parent);
  g_object_unref (self->connection);
  g_strfreev (self->paths);
  g_free (self->object);
  g_clear_object (&self->transfer);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Upload, upload_free)

static void
upload_closure_free (gpointer  data,
                     GClosure *closure)
{
  upload_free (data);
}

/* Services that still serve the files of before */

/* What the button of the toast updates. */
typedef struct
{
  GtkWidget         *parent;     /* (unowned): the toast is its */
  GranaryConnection *connection; /* (owned) */
  GPtrArray         *services;   /* (owned) */
} Outdated;

static void
outdated_free (gpointer  data,
               GClosure *closure)
{
  Outdated *outdated = data;

  g_object_unref (outdated->connection);
  g_ptr_array_unref (outdated->services);
  g_free (outdated);
}

static void
update_cb (AdwToast *toast,
           gpointer  user_data)
{
  Outdated *outdated = user_data;

  granary_command_update_outdated (outdated->parent, outdated->connection, outdated->services);
}

static gpointer
list_services (GranaryCatalog  *catalog,
               gpointer         data,
               GCancellable    *cancellable,
               GError         **error)
{
  return granary_catalog_list_services (catalog, NULL, data, error);
}

static guint
count_outdated (GPtrArray *services)
{
  guint n_outdated = 0;

  for (guint i = 0; i < services->len; i++)
    n_outdated += granary_command_is_outdated (g_ptr_array_index (services, i));

  return n_outdated;
}

static void
services_listed_cb (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (Upload) self = user_data;
  g_autoptr (GPtrArray) services = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *title = g_strdup_printf (_("Files uploaded to “%s”"), self->object);
  AdwToast *toast;
  Outdated *outdated;
  guint n_outdated;

  services = granary_catalog_read_finish (GRANARY_CATALOG (source), result, &error);
  if (services == NULL)
    g_debug ("services of %s: %s", self->object, error->message);
  n_outdated = services != NULL &&
               granary_connection_get_service_host (self->connection) != NULL
               ? count_outdated (services) : 0;
  toast = granary_command_add_toast (self->parent, title,
                                     n_outdated > 0 ? ngettext ("_Update Service",
                                                                "_Update Services", n_outdated)
                                                    : NULL);
  if (toast == NULL || n_outdated == 0)
    return;

  outdated = g_new0 (Outdated, 1);
  outdated->parent = self->parent;
  outdated->connection = g_object_ref (self->connection);
  outdated->services = g_steal_pointer (&services);
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (update_cb), outdated, outdated_free,
                         G_CONNECT_DEFAULT);
}

static void
uploaded_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (Upload) self = user_data;
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;
  GranaryCatalog *catalog = granary_connection_get_catalog (self->connection);
  GArray *ids;

  version = granary_repository_upload_finish (GRANARY_REPOSITORY (source), result, &error);
  if (version == NULL)
    {
      granary_command_show_error (self->parent, error, GRANARY_VERB_UPLOAD, self->object);
      return;
    }

  ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_array_append_val (ids, self->version_id);
  granary_catalog_read_async (catalog, list_services, ids, (GDestroyNotify) g_array_unref,
                              (GDestroyNotify) g_ptr_array_unref, NULL, services_listed_cb,
                              g_steal_pointer (&self));
}

static void
confirmed_cb (GranaryUploadDialog        *dialog,
              const GranaryUploadRequest *request,
              gpointer                    user_data)
{
  Upload *asked = user_data;
  Upload *self = upload_new (asked->parent, asked->connection, asked->version_id);

  self->object = g_strdup (asked->object);
  self->transfer = granary_transfer_new (GRANARY_TRANSFER_UPLOAD, self->object);
  granary_command_show_transfer (self->parent, self->transfer);
  granary_repository_upload_async (granary_connection_get_repository (self->connection), request,
                                   self->transfer, uploaded_cb, self);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Upload) self = user_data;
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;
  GranaryUploadDialog *dialog;
  GtkWidget *parent = self->parent;

  version = granary_catalog_read_finish (GRANARY_CATALOG (source), result, &error);
  if (version != NULL && version->status != GRANARY_STATUS_READY)
    {
      g_autofree char *name = granary_wording_version (version->model_name, version->number);

      granary_set_error (&error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_VERSION_NOT_READY, name,
                         "%s is not ready", name);
    }
  if (error != NULL)
    {
      granary_command_show_error (parent, error, GRANARY_VERB_UPLOAD, NULL);
      return;
    }

  self->object = granary_wording_version (version->model_name, version->number);
  dialog = granary_upload_dialog_new (self->connection, version);
  granary_upload_dialog_add_paths (dialog, (const char * const *) self->paths);
  g_signal_connect_data (dialog, "confirmed", G_CALLBACK (confirmed_cb), g_steal_pointer (&self),
                         upload_closure_free, G_CONNECT_DEFAULT);
  adw_dialog_present (ADW_DIALOG (dialog), parent);
}

static void
load (Upload *self)
{
  granary_load_present_version_async (granary_connection_get_catalog (self->connection),
                                      self->version_id, NULL, loaded_cb, self);
}

/* What the file chooser is for, while it is open. */
typedef struct
{
  GranaryConnection *connection; /* (owned) */
  gint64             version_id;
} Wish;

static void
wish_free (gpointer data)
{
  Wish *wish = data;

  g_object_unref (wish->connection);
  g_free (wish);
}

static void
chosen_cb (GtkWidget          *widget,
           const char * const *paths,
           gpointer            user_data)
{
  Wish *wish = user_data;

  granary_command_upload (widget, wish->connection, wish->version_id, paths);
}

/**
 * granary_command_upload:
 * @widget: where it was asked for
 * @connection: the connection
 * @version_id: which version
 * @paths: (nullable) (array zero-terminated=1): files and folders; without them the user chooses
 *   files first
 *
 * Shows what would be added and replaced, and does what the user agrees to.
 */
void
granary_command_upload (GtkWidget          *widget,
                        GranaryConnection  *connection,
                        gint64              version_id,
                        const char * const *paths)
{
  Upload *self;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (GRANARY_IS_CONNECTION (connection));

  if (paths == NULL)
    {
      Wish *wish = g_new0 (Wish, 1);

      wish->connection = g_object_ref (connection);
      wish->version_id = version_id;
      granary_choose_files (granary_command_find_parent (widget), _("Upload Files"), chosen_cb,
                            wish, wish_free);
      return;
    }

  self = upload_new (widget, connection, version_id);
  self->paths = g_strdupv ((char **) paths);
  load (self);
}
