/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-publish-run.h"

#include <glib/gi18n-lib.h>

#include "granary-command-private.h"
#include "granary-error.h"
#include "granary-publish-memory.h"
#include "granary-publish-watch.h"
#include "granary-publishes.h"

/* A publish, from its start until its toast is gone. Counted: that and the host have it. */
typedef struct
{
  GWeakRef           parent;
  GranaryConnection *connection; /* (owned) */
  GranaryTransfer   *transfer;   /* (owned) */
  AdwToast          *toast;      /* (unowned) (nullable): weak */
  gint64             version_id;
  char              *object;     /* (owned): such as `plate-ocr v7` */
  char              *memory;     /* (owned): to be remembered */
  char              *uid;        /* (owned) (nullable): once there is a service */
  gboolean           is_undone;
} Run;

static void
run_clear (gpointer data)
{
  Run *run = data;

  g_clear_weak_pointer (&run->toast);
  g_weak_ref_clear (&run->parent);
  g_object_unref (run->connection);
  g_object_unref (run->transfer);
  g_free (run->object);
  g_free (run->memory);
  g_free (run->uid);
}

static void
run_unref (Run *run)
{
  g_rc_box_release_full (run, run_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Run, run_unref)

static void
run_closure_free (gpointer  data,
                  GClosure *closure)
{
  run_unref (data);
}

static void
show_error (Run          *run,
            const GError *error,
            GranaryVerb   verb)
{
  g_autoptr (GtkWidget) parent = g_weak_ref_get (&run->parent);

  if (run->toast != NULL)
    adw_toast_dismiss (run->toast);
  if (parent != NULL)
    granary_command_show_error (parent, error, verb, run->object);
}

/* Undo */

static void
tell_undone (Run *run)
{
  g_autoptr (GtkWidget) parent = g_weak_ref_get (&run->parent);
  g_autofree char *title = NULL;

  if (parent == NULL)
    return;

  /* Translators: a model and its version, such as “plate-ocr v7”. */
  title = g_strdup_printf (_("“%s” is not published"), run->object);
  granary_command_add_toast (parent, title, NULL);
}

static void
removed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (Run) run = user_data;
  g_autoptr (GError) error = NULL;

  if (granary_service_host_act_finish (GRANARY_SERVICE_HOST (source), result, &error))
    tell_undone (run);
  else
    show_error (run, error, GRANARY_VERB_REMOVE_SERVICE);
}

static void
remove_service (Run *run)
{
  granary_service_host_act_async (granary_connection_get_service_host (run->connection), run->uid,
                                  GRANARY_SERVICE_REMOVE, NULL, NULL, removed_cb,
                                  g_rc_box_acquire (run));
}

static void
undo_cb (AdwToast *toast,
         gpointer  user_data)
{
  Run *run = user_data;
  g_autoptr (GtkWidget) parent = g_weak_ref_get (&run->parent);

  run->is_undone = TRUE;
  if (run->uid == NULL)
    {
      granary_transfer_cancel (run->transfer);
      return;
    }

  if (parent != NULL)
    granary_publish_watch_stop (parent, run->uid);
  remove_service (run);
}

/* Publishing */

static void
published_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (Run) run = user_data;
  g_autoptr (GtkWidget) parent = g_weak_ref_get (&run->parent);
  g_autoptr (GError) error = NULL;

  run->uid = granary_service_host_publish_finish (GRANARY_SERVICE_HOST (source), result, &error);
  granary_publishes_end (run->connection, run->transfer);
  if (run->uid == NULL)
    {
      if (run->is_undone && granary_error_is_cancelled (error))
        tell_undone (run);
      else
        show_error (run, error, GRANARY_VERB_PUBLISH);
      return;
    }

  /* It was too late to be called off. */
  if (run->is_undone)
    {
      remove_service (run);
      return;
    }

  granary_publish_memory_remember (run->connection, run->memory);
  if (parent != NULL)
    granary_publish_watch_start (parent, run->connection, run->version_id, run->uid);
}

static void
add_toast (Run       *run,
           GtkWidget *parent)
{
  g_autofree char *title = NULL;
  AdwToast *toast;

  /* Translators: a model and its version, such as “plate-ocr v7”. */
  title = g_strdup_printf (_("Publishing “%s”"), run->object);
  toast = granary_command_add_toast (parent, title, _("_Undo"));
  if (toast == NULL)
    return;

  g_set_weak_pointer (&run->toast, toast);
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (undo_cb), g_rc_box_acquire (run),
                         run_closure_free, G_CONNECT_DEFAULT);
}

/**
 * granary_publish_begin:
 * @draft: what is going to be published
 * @version_id: which version
 *
 * Returns: (transfer full): a transfer that is noted as under way; it ends with
 *   [func@publish_run], or [func@publishes_end]
 */
GranaryTransfer *
granary_publish_begin (GranaryPublishDraft *draft,
                       gint64               version_id)
{
  GranaryTransfer *transfer;

  g_return_val_if_fail (GRANARY_IS_PUBLISH_DRAFT (draft), NULL);

  transfer = granary_transfer_new (GRANARY_TRANSFER_PUBLISH, NULL);
  granary_transfer_set_target (transfer, 0, version_id);
  granary_publishes_begin (granary_publish_draft_get_connection (draft), transfer);

  return transfer;
}

/**
 * granary_publish_run:
 * @parent: of [func@command_find_parent]
 * @draft: what to publish; ready
 * @transfer: of [func@publish_begin]
 *
 * Publishes. The toast that says so takes it back, whether it is a service by then or not.
 */
void
granary_publish_run (GtkWidget           *parent,
                     GranaryPublishDraft *draft,
                     GranaryTransfer     *transfer)
{
  g_autoptr (GranaryPublishRequest) request = NULL;
  g_autoptr (Run) run = NULL;
  GranaryVersion *version;

  g_return_if_fail (GTK_IS_WIDGET (parent));
  g_return_if_fail (GRANARY_IS_PUBLISH_DRAFT (draft));
  g_return_if_fail (GRANARY_IS_TRANSFER (transfer));
  g_return_if_fail (granary_publish_draft_get_ready (draft));

  version = granary_publish_draft_get_version (draft);
  run = g_rc_box_new0 (Run);
  g_weak_ref_init (&run->parent, parent);
  run->connection = g_object_ref (granary_publish_draft_get_connection (draft));
  run->transfer = g_object_ref (transfer);
  run->version_id = version->id;
  run->object = granary_wording_version (version->model_name, version->number);
  run->memory = granary_publish_draft_dup_memory (draft);

  request = granary_publish_draft_make_request (draft);
  granary_transfer_set_subject (transfer, run->object);
  granary_transfer_set_target (transfer, version->model_id, version->id);
  granary_command_show_if_slow (parent, transfer);
  add_toast (run, parent);
  granary_service_host_publish_async (granary_publish_draft_get_host (draft), request, transfer,
                                      published_cb, g_rc_box_acquire (run));
}
