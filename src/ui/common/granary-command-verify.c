/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-command-private.h"

#include <glib/gi18n-lib.h>

#include "granary-verify-dialog.h"

typedef struct
{
  GtkWidget         *parent;     /* (owned) */
  GranaryConnection *connection; /* (owned) */
  GranaryTargets    *targets;    /* (owned) (nullable) until loaded */
  GranaryTransfer   *transfer;   /* (owned) (nullable) until loaded */
} Verification;

static void
verification_free (Verification *self)
{
  g_object_unref (self->parent);
  g_object_unref (self->connection);
  g_clear_pointer (&self->targets, granary_targets_free);
  g_clear_object (&self->transfer);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Verification, verification_free)

static void
verified_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (Verification) self = user_data;
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;

  problems = granary_repository_verify_finish (GRANARY_REPOSITORY (source), result, &error);
  if (problems == NULL)
    {
      granary_command_show_error (self->parent, error, GRANARY_VERB_VERIFY, self->targets->object);
      return;
    }

  if (problems->len == 0)
    {
      g_autofree char *title = NULL;

      /* Translators: every file was read and is as it was stored. The name of a model or version
       * in quotation marks, or how many of them. */
      title = g_strdup_printf (_("No problems found in %s"), self->targets->called);
      granary_command_add_toast (self->parent, title, NULL);
    }
  else
    {
      GranaryVerifyDialog *dialog = granary_verify_dialog_new (self->targets->object, problems);

      adw_dialog_present (ADW_DIALOG (dialog), self->parent);
    }
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Verification) self = user_data;
  g_autoptr (GError) error = NULL;
  GranaryRepository *repository;

  self->targets = granary_targets_load_finish (result, &error);
  if (self->targets == NULL)
    {
      granary_command_show_error (self->parent, error, GRANARY_VERB_VERIFY, NULL);
      return;
    }

  repository = granary_connection_get_repository (self->connection);
  self->transfer = granary_transfer_new (GRANARY_TRANSFER_VERIFY, self->targets->object);
  granary_command_show_transfer (self->parent, self->transfer);
  granary_repository_verify_async (repository, self->targets->version_ids, self->transfer,
                                   verified_cb, self);
  g_steal_pointer (&self);
}

/**
 * granary_command_verify:
 * @widget: where it was asked for
 * @connection: the connection
 * @model_ids: (element-type gint64) (nullable): models, with all their versions
 * @version_ids: (element-type gint64) (nullable): single versions
 *
 * Reads every file and compares it with the catalogue. A toast says that all is well; a dialog
 * lists what is not.
 */
void
granary_command_verify (GtkWidget         *widget,
                        GranaryConnection *connection,
                        GArray            *model_ids,
                        GArray            *version_ids)
{
  Verification *self;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (GRANARY_IS_CONNECTION (connection));

  self = g_new0 (Verification, 1);
  self->parent = g_object_ref (granary_command_find_parent (widget));
  self->connection = g_object_ref (connection);
  granary_targets_load_async (connection, model_ids, version_ids, loaded_cb, self);
}
