/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-import-run.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-import-dialog.h"
#include "granary-wording.h"

/* An import under way, and afterwards what the buttons of its toast need. */
typedef struct
{
  GranaryImportDraft *draft;
  GranaryShell       *shell;     /* (nullable): weak */
  char               *object;
  GError             *error;     /* (nullable): how it ended */
  gint64              model_id;
  int                 number;
} Run;

static void
run_free (gpointer data)
{
  Run *run = data;

  g_clear_weak_pointer (&run->shell);
  g_clear_object (&run->draft);
  g_clear_error (&run->error);
  g_free (run->object);
  g_free (run);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Run, run_free)

static void
run_closure_free (gpointer  data,
                  GClosure *closure)
{
  run_free (data);
}

static void
show_clicked_cb (AdwToast *toast,
                 gpointer  user_data)
{
  Run *run = user_data;

  if (run->shell != NULL)
    granary_shell_reveal (run->shell, run->model_id, run->number);
}

static void
review_clicked_cb (AdwToast *toast,
                   gpointer  user_data)
{
  Run *run = user_data;

  if (run->shell != NULL)
    adw_dialog_present (ADW_DIALOG (granary_import_dialog_new_for_draft (run->draft, run->error)),
                        GTK_WIDGET (run->shell));
}

static void
show_toast (Run        *run,
            const char *text,
            const char *button_label,
            GCallback   clicked_cb)
{
  GranaryShell *shell = run->shell;
  AdwToast *toast = adw_toast_new (text);

  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_set_button_label (toast, button_label);
  g_signal_connect_data (toast, "button-clicked", clicked_cb, run, run_closure_free, 0);
  granary_shell_add_toast (shell, toast);
}

/* Texts written in the dialog for an import whose files the platform took itself. */

static void
added_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (Run) run = user_data;
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;

  version = granary_repository_upload_finish (GRANARY_REPOSITORY (source), result, &error);
  if (version == NULL && run->shell != NULL && !granary_error_is_cancelled (error))
    {
      g_autoptr (GranaryWording) wording = NULL;
      g_autofree char *title = NULL;

      wording = granary_wording_for_error (error, GRANARY_VERB_UPLOAD, run->object);
      title = g_strdup (wording->title);
      show_toast (g_steal_pointer (&run), title, _("_Show"), G_CALLBACK (show_clicked_cb));
    }
}

static void
add_files (Run                  *run,
           GranaryRepository    *repository,
           const GranaryVersion *version)
{
  g_autoptr (GranaryFileSet) files = granary_import_draft_dup_added_files (run->draft);
  g_autoptr (GranaryUploadRequest) request = NULL;
  g_autoptr (GranaryTransfer) transfer = NULL;
  Run *adding;

  if (files == NULL)
    return;

  adding = g_new0 (Run, 1);
  adding->draft = g_object_ref (run->draft);
  adding->object = granary_wording_version (version->model_name, version->number);
  adding->model_id = version->model_id;
  adding->number = version->number;
  g_set_weak_pointer (&adding->shell, run->shell);

  /* They stand in for what is there: that is what they were written for. */
  request = granary_upload_request_new (version->id, files, TRUE);
  transfer = granary_transfer_new (GRANARY_TRANSFER_UPLOAD, adding->object);
  if (run->shell != NULL)
    granary_shell_add_transfer (run->shell, transfer);
  granary_repository_upload_async (repository, request, transfer, added_cb, adding);
}

static void
imported_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (Run) run = user_data;
  g_autoptr (GranaryVersion) version = NULL;

  version = granary_repository_import_finish (GRANARY_REPOSITORY (source), result, &run->error);

  if (version != NULL)
    add_files (run, GRANARY_REPOSITORY (source), version);

  /* The window may be closed by now; the transfer and the catalogue tell the rest. */
  if (run->shell == NULL)
    return;

  if (version != NULL)
    {
      g_autofree char *name = granary_wording_version (version->model_name, version->number);
      g_autofree char *text = NULL;

      run->model_id = version->model_id;
      run->number = version->number;
      /* Translators: %s is a model and its version, as in “plate-ocr v8”. */
      text = g_strdup_printf (_("%s imported"), name);
      show_toast (g_steal_pointer (&run), text, _("_Show"), G_CALLBACK (show_clicked_cb));
    }
  else if (granary_error_is_cancelled (run->error))
    {
      g_autofree char *text = NULL;

      /* Being called off is no mistake to point out when the dialog comes back. */
      g_clear_error (&run->error);
      /* Translators: %s is the name of a model. */
      text = g_strdup_printf (_("Import of “%s” cancelled"), run->object);
      show_toast (g_steal_pointer (&run), text, _("_Review"), G_CALLBACK (review_clicked_cb));
    }
  else
    {
      g_autoptr (GranaryWording) wording = NULL;
      g_autofree char *title = NULL;

      wording = granary_wording_for_error (run->error, GRANARY_VERB_IMPORT, run->object);
      title = g_strdup (wording->title);
      show_toast (g_steal_pointer (&run), title, _("_Review"), G_CALLBACK (review_clicked_cb));
    }
}

/**
 * granary_import_run:
 * @draft: what to import; ready
 * @object: name of the model, with the version's where there is a model already
 * @shell: (nullable): where to say how it goes
 * @error: return location: the draft could not be made into a request
 *
 * Starts the import.
 *
 * Returns: whether it started
 */
gboolean
granary_import_run (GranaryImportDraft  *draft,
                    const char          *object,
                    GranaryShell        *shell,
                    GError             **error)
{
  g_autoptr (GranaryImportRequest) request = NULL;
  g_autoptr (GranaryTransfer) transfer = NULL;
  GranaryConnection *connection;
  Run *run;

  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (draft), FALSE);
  g_return_val_if_fail (object != NULL, FALSE);
  g_return_val_if_fail (shell == NULL || GRANARY_IS_SHELL (shell), FALSE);

  request = granary_import_draft_make_request (draft, error);
  if (request == NULL)
    return FALSE;

  connection = granary_import_draft_get_connection (draft);
  run = g_new0 (Run, 1);
  run->draft = g_object_ref (draft);
  run->object = g_strdup (object);
  g_set_weak_pointer (&run->shell, shell);

  transfer = granary_transfer_new (GRANARY_TRANSFER_IMPORT, run->object);
  if (shell != NULL)
    granary_shell_add_transfer (shell, transfer);
  granary_repository_import_async (granary_connection_get_repository (connection), request, transfer,
                                   imported_cb, run);

  return TRUE;
}
