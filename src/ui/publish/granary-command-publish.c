/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-command-private.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-publish-dialog.h"
#include "granary-publish-memory.h"
#include "granary-publish-run.h"
#include "granary-publishes.h"

/* What is over sooner is not worth a word. */
#define SLOW_MS 1000

/* One click, until it is known whether it is enough. */
typedef struct
{
  GtkWidget           *parent;   /* (owned) */
  GranaryPublishDraft *draft;    /* (owned) */
  GranaryTransfer     *transfer; /* (owned) */
  AdwToast            *toast;    /* (unowned) (nullable): weak; that it takes a while */
  guint                slow_source;
  gulong               changed_id;
  gulong               cancelled_id;
} Click;

static void
click_free (Click *self)
{
  g_clear_signal_handler (&self->changed_id, self->draft);
  g_clear_signal_handler (&self->cancelled_id, granary_transfer_get_cancellable (self->transfer));
  g_clear_handle_id (&self->slow_source, g_source_remove);
  if (self->toast != NULL)
    adw_toast_dismiss (self->toast);
  g_clear_weak_pointer (&self->toast);
  g_object_unref (self->parent);
  g_object_unref (self->draft);
  g_object_unref (self->transfer);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Click, click_free)

static gboolean
slow_cb (gpointer user_data)
{
  Click *self = user_data;
  AdwToast *toast = granary_command_add_toast (self->parent, _("Preparing to publish…"), NULL);

  self->slow_source = 0;
  if (toast != NULL)
    g_set_weak_pointer (&self->toast, toast);

  return G_SOURCE_REMOVE;
}

/* It does not become a publish by itself. */
static void
give_up (Click *self)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "called off");

  granary_transfer_finish (self->transfer, error);
  granary_publishes_end (granary_publish_draft_get_connection (self->draft), self->transfer);
}

static void
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  g_autoptr (Click) self = user_data;

  give_up (self);
}

static void
changed_cb (GranaryPublishDraft *draft,
            gpointer             user_data)
{
  Click *click = user_data;
  g_autoptr (Click) self = NULL;
  const GError *error = granary_publish_draft_get_error (draft);

  if (granary_publish_draft_get_busy (draft))
    return;

  self = click;
  if (error != NULL)
    {
      GranaryVersion *version = granary_publish_draft_get_version (draft);
      g_autofree char *object = version != NULL
                                ? granary_wording_version (version->model_name, version->number)
                                : NULL;

      give_up (self);
      granary_command_show_error (self->parent, error, GRANARY_VERB_PUBLISH, object);
    }
  else if (granary_publish_draft_get_agreed (draft))
    {
      g_clear_signal_handler (&self->changed_id, self->draft);
      g_clear_signal_handler (&self->cancelled_id,
                              granary_transfer_get_cancellable (self->transfer));
      granary_publish_run (self->parent, draft, self->transfer);
    }
  else
    {
      give_up (self);
      adw_dialog_present (ADW_DIALOG (granary_publish_dialog_new (draft)), self->parent);
    }
}

/**
 * granary_command_publish:
 * @widget: where it was asked for
 * @connection: the connection
 * @version_id: which version
 * @ask: whether to show the dialog in any case
 *
 * Makes a running service of a version: at once, where it was done before on this connection and
 * everything that needs consent has it; otherwise after the dialog.
 */
void
granary_command_publish (GtkWidget         *widget,
                         GranaryConnection *connection,
                         gint64             version_id,
                         gboolean           ask)
{
  g_autofree char *remembered = NULL;
  g_autoptr (GranaryPublishDraft) draft = NULL;
  GtkWidget *parent;
  Click *self;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (GRANARY_IS_CONNECTION (connection));

  parent = granary_command_find_parent (widget);
  if (granary_connection_get_service_host (connection) == NULL)
    {
      g_autoptr (GError) error = NULL;

      granary_set_error (&error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_NONE,
                         granary_connection_get_title (connection), "no service host");
      granary_command_show_error (parent, error, GRANARY_VERB_PUBLISH, NULL);
      return;
    }
  /* A second click is not a second service. */
  if (granary_publishes_is_under_way (connection, version_id))
    return;

  remembered = granary_publish_memory_recall (connection);
  draft = granary_publish_draft_new (connection, version_id, remembered);
  if (ask || remembered == NULL)
    {
      adw_dialog_present (ADW_DIALOG (granary_publish_dialog_new (draft)), parent);
      return;
    }

  self = g_new0 (Click, 1);
  self->parent = g_object_ref (parent);
  self->transfer = granary_publish_begin (draft, version_id);
  self->draft = g_steal_pointer (&draft);
  self->changed_id = g_signal_connect (self->draft, "changed", G_CALLBACK (changed_cb), self);
  self->cancelled_id = g_signal_connect (granary_transfer_get_cancellable (self->transfer),
                                         "cancelled", G_CALLBACK (cancelled_cb), self);
  self->slow_source = g_timeout_add (SLOW_MS, slow_cb, self);
}
