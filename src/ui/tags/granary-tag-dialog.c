/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tags"

#include "config.h"

#include "granary-tag-dialog.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-shell.h"
#include "granary-tag-editor.h"
#include "granary-tag-help.h"
#include "granary-wording.h"

struct _GranaryTagDialog
{
  AdwDialog          parent_instance;

  AdwWindowTitle    *window_title;
  AdwBanner         *banner;
  GtkStack          *stack;
  AdwStatusPage     *status_page;
  GranaryTagEditor  *editor;
  GtkWidget         *partial_label;
  GtkWidget         *cancel_button;
  GtkWidget         *save_button;

  GranaryConnection *connection;
  GArray            *model_ids;   /* (element-type gint64): those that exist, once loaded */
  char              *object;      /* (nullable): name of the only model */
  GCancellable      *cancellable; /* of loading, while that runs */
  gboolean           saving;
};

G_DEFINE_FINAL_TYPE (GranaryTagDialog, granary_tag_dialog, ADW_TYPE_DIALOG)

/* Helpers */

static void
update_save_button (GranaryTagDialog *self)
{
  gtk_widget_set_sensitive (self->save_button,
                            !self->saving &&
                            (granary_tag_plan_is_changed (granary_tag_editor_get_plan (self->editor)) ||
                             granary_tag_editor_has_pending (self->editor)));
}

static void
show_failure (GranaryTagDialog *self,
              const GError     *error)
{
  g_autoptr (GranaryWording) wording = NULL;

  wording = granary_wording_for_error (error, GRANARY_VERB_LOAD, self->object);
  adw_status_page_set_title (self->status_page, wording->title);
  /* The body is text, the description is markup. */
  {
    g_autofree char *escaped = g_markup_escape_text (wording->body, -1);

    adw_status_page_set_description (self->status_page, escaped);
  }
  gtk_stack_set_visible_child_name (self->stack, "failed");
}

static void
show_summaries (GranaryTagDialog *self,
                GPtrArray        *summaries)
{
  g_autoptr (GPtrArray) tag_sets = g_ptr_array_new ();
  g_autofree char *subtitle = NULL;
  GranaryTagPlan *plan;

  /* A model that went meanwhile is left out of what is asked for later. */
  g_array_set_size (self->model_ids, 0);
  for (guint i = 0; i < summaries->len; i++)
    {
      const GranaryModelSummary *summary = g_ptr_array_index (summaries, i);

      if (summary == NULL)
        continue;
      g_array_append_val (self->model_ids, summary->id);
      g_ptr_array_add (tag_sets, summary->tags);
      if (self->model_ids->len == 1)
        g_set_str (&self->object, summary->name);
    }

  if (tag_sets->len == 0)
    {
      g_autoptr (GError) error = NULL;

      granary_set_error (&error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_MODEL_MISSING, NULL,
                         "none of the models exists any more");
      show_failure (self, error);
      return;
    }

  if (tag_sets->len == 1)
    {
      subtitle = granary_display_path (self->object);
    }
  else
    {
      g_clear_pointer (&self->object, g_free);
      subtitle = g_strdup_printf (ngettext ("%u model", "%u models", tag_sets->len), tag_sets->len);
    }
  adw_window_title_set_subtitle (self->window_title, subtitle);

  plan = granary_tag_plan_new (tag_sets);
  gtk_widget_set_visible (self->partial_label, FALSE);
  for (guint i = 0; i < granary_tag_plan_get_n_rows (plan); i++)
    {
      GranaryTagPlanRow row;

      granary_tag_plan_get_row (plan, i, &row);
      if (row.n_models < tag_sets->len)
        gtk_widget_set_visible (self->partial_label, TRUE);
    }

  granary_tag_editor_take_plan (self->editor, plan);
  gtk_stack_set_visible_child_name (self->stack, "tags");
  gtk_widget_grab_focus (GTK_WIDGET (self->editor));
  update_save_button (self);
}

/* Callbacks */

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GranaryTagDialog) self = user_data;
  g_autoptr (GPtrArray) summaries = NULL;
  g_autoptr (GError) error = NULL;

  summaries = granary_catalog_read_finish (GRANARY_CATALOG (source), result, &error);
  if (granary_error_is_cancelled (error))
    return;

  g_clear_object (&self->cancellable);
  if (summaries != NULL)
    show_summaries (self, summaries);
  else
    show_failure (self, error);
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GranaryTagDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  GranaryShell *shell = granary_shell_find (GTK_WIDGET (self));

  self->saving = FALSE;
  if (granary_repository_edit_finish (GRANARY_REPOSITORY (source), result, &error))
    {
      g_autofree char *text = NULL;

      if (self->object != NULL)
        /* Translators: %s is the name of a model. */
        text = g_strdup_printf (_("Tags of “%s” saved"), self->object);
      else
        text = g_strdup_printf (ngettext ("Tags of %u model saved", "Tags of %u models saved",
                                          self->model_ids->len), self->model_ids->len);
      adw_dialog_force_close (ADW_DIALOG (self));
      if (shell != NULL)
        {
          AdwToast *toast = adw_toast_new (text);

          adw_toast_set_use_markup (toast, FALSE);
          granary_shell_add_toast (shell, toast);
        }
      return;
    }

  gtk_widget_set_sensitive (GTK_WIDGET (self->editor), TRUE);
  update_save_button (self);
  if (!granary_error_is_cancelled (error))
    {
      g_autoptr (GranaryWording) wording = NULL;
      g_autofree char *text = NULL;

      wording = granary_wording_for_error (error, GRANARY_VERB_TAG, self->object);
      /* Translators: what did not work, and why. */
      text = g_strdup_printf (_("%1$s. %2$s"), wording->title, wording->body);
      adw_banner_set_title (self->banner, text);
      adw_banner_set_revealed (self->banner, TRUE);
    }
}

static void
save_cb (GranaryTagDialog *self)
{
  g_autoptr (GranaryEditRequest) request = NULL;
  GranaryTagPlan *plan;

  if (self->saving || !granary_tag_editor_commit (self->editor))
    return;

  plan = granary_tag_editor_get_plan (self->editor);
  if (!granary_tag_plan_is_changed (plan))
    {
      /* What was typed is what the models carry anyway. */
      adw_dialog_force_close (ADW_DIALOG (self));
      return;
    }

  request = granary_edit_request_new (self->model_ids);
  request->set_tags = granary_tag_plan_make_set (plan);
  request->remove_tags = granary_tag_plan_make_remove (plan);

  self->saving = TRUE;
  adw_banner_set_revealed (self->banner, FALSE);
  /* An entry should not lose its focus by becoming insensitive. */
  gtk_widget_grab_focus (self->cancel_button);
  gtk_widget_set_sensitive (GTK_WIDGET (self->editor), FALSE);
  update_save_button (self);
  granary_repository_edit_async (granary_connection_get_repository (self->connection), request, NULL,
                                 saved_cb, g_object_ref (self));
}

static void
changed_cb (GranaryTagDialog *self)
{
  update_save_button (self);
}

static void
cancel_cb (GranaryTagDialog *self)
{
  adw_dialog_close (ADW_DIALOG (self));
}

static void
about_cb (GranaryTagDialog *self)
{
  granary_tag_help_present (GTK_WIDGET (self), self->connection);
}

static void
discard_response_cb (GranaryTagDialog *self,
                     const char       *response)
{
  if (g_str_equal (response, "discard"))
    adw_dialog_force_close (ADW_DIALOG (self));
}

static void
close_attempt_cb (GranaryTagDialog *self)
{
  AdwAlertDialog *question;

  /* What was asked for is carried out; its end closes the dialog. */
  if (self->saving)
    return;

  if (!granary_tag_plan_is_changed (granary_tag_editor_get_plan (self->editor)) &&
      !granary_tag_editor_has_pending (self->editor))
    {
      adw_dialog_force_close (ADW_DIALOG (self));
      return;
    }

  question = ADW_ALERT_DIALOG (adw_alert_dialog_new (_("Discard Changes?"),
                                                     _("The tags were changed but not saved.")));
  adw_alert_dialog_add_responses (question,
                                  "cancel", _("_Keep Editing"),
                                  "discard", _("_Discard"),
                                  NULL);
  adw_alert_dialog_set_response_appearance (question, "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (question, "cancel");
  adw_alert_dialog_set_close_response (question, "cancel");
  g_signal_connect_object (question, "response", G_CALLBACK (discard_response_cb), self,
                           G_CONNECT_SWAPPED);
  adw_dialog_present (ADW_DIALOG (question), GTK_WIDGET (self));
}

/* Loading */

static gpointer
load_summaries (GranaryCatalog  *catalog,
                gpointer         data,
                GCancellable    *cancellable,
                GError         **error)
{
  GArray *ids = data;

  return granary_catalog_load_summaries (catalog, (const gint64 *) (gpointer) ids->data, ids->len,
                                         error);
}

static void
start_loading (GranaryTagDialog *self)
{
  GranaryCatalog *catalog = granary_connection_get_catalog (self->connection);

  granary_tag_editor_set_connection (self->editor, self->connection);
  self->cancellable = g_cancellable_new ();
  granary_catalog_read_async (catalog, load_summaries, g_array_copy (self->model_ids),
                              (GDestroyNotify) g_array_unref, (GDestroyNotify) g_ptr_array_unref,
                              self->cancellable, loaded_cb, g_object_ref (self));
}

/* GObject */

static void
granary_tag_dialog_closed (AdwDialog *dialog)
{
  GranaryTagDialog *self = GRANARY_TAG_DIALOG (dialog);

  g_cancellable_cancel (self->cancellable);
}

static void
granary_tag_dialog_dispose (GObject *object)
{
  GranaryTagDialog *self = GRANARY_TAG_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_TAG_DIALOG);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (granary_tag_dialog_parent_class)->dispose (object);
}

static void
granary_tag_dialog_finalize (GObject *object)
{
  GranaryTagDialog *self = GRANARY_TAG_DIALOG (object);

  g_clear_pointer (&self->model_ids, g_array_unref);
  g_free (self->object);

  G_OBJECT_CLASS (granary_tag_dialog_parent_class)->finalize (object);
}

static void
granary_tag_dialog_class_init (GranaryTagDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = granary_tag_dialog_dispose;
  object_class->finalize = granary_tag_dialog_finalize;
  ADW_DIALOG_CLASS (klass)->closed = granary_tag_dialog_closed;

  g_type_ensure (GRANARY_TYPE_TAG_EDITOR);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/tags/granary-tag-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryTagDialog, window_title);
  gtk_widget_class_bind_template_child (widget_class, GranaryTagDialog, banner);
  gtk_widget_class_bind_template_child (widget_class, GranaryTagDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, GranaryTagDialog, status_page);
  gtk_widget_class_bind_template_child (widget_class, GranaryTagDialog, editor);
  gtk_widget_class_bind_template_child (widget_class, GranaryTagDialog, partial_label);
  gtk_widget_class_bind_template_child (widget_class, GranaryTagDialog, cancel_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryTagDialog, save_button);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_bind_template_callback (widget_class, about_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_attempt_cb);
}

static void
granary_tag_dialog_init (GranaryTagDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Public functions */

/**
 * granary_tag_dialog_new:
 * @connection: where the models are
 * @model_ids: (element-type gint64): rows of the models; at least one
 *
 * Returns: (transfer floating): a dialog to present
 */
GranaryTagDialog *
granary_tag_dialog_new (GranaryConnection *connection,
                        GArray            *model_ids)
{
  GranaryTagDialog *self;

  g_return_val_if_fail (GRANARY_IS_CONNECTION (connection), NULL);
  g_return_val_if_fail (model_ids != NULL && model_ids->len > 0, NULL);

  self = g_object_new (GRANARY_TYPE_TAG_DIALOG, NULL);
  self->connection = g_object_ref (connection);
  self->model_ids = g_array_copy (model_ids);
  start_loading (self);

  return self;
}
