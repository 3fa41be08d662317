/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-publish-dialog.h"

#include <glib/gi18n-lib.h>

#include "granary-command-private.h"
#include "granary-error.h"
#include "granary-problem-row.h"
#include "granary-publish-cloud.h"
#include "granary-publish-local.h"
#include "granary-publish-run.h"
#include "granary-publish-target.h"
#include "granary-publish-variables.h"
#include "granary-publishes.h"

/**
 * GranaryPublishDialog:
 *
 * How a version is published: over one [class@PublishDraft], which holds all state. What cannot be
 * published at all is a status page; every other problem stands at its field, and the button that
 * publishes says what it costs.
 */
struct _GranaryPublishDialog
{
  AdwDialog                  parent_instance;

  AdwNavigationPage         *page;
  GtkButton                 *publish_button;
  GtkWidget                 *spinner;
  GtkStack                  *stack;
  AdwStatusPage             *problem_page;
  GranaryPublishTarget      *target;
  GtkWidget                 *note_group;
  GranaryProblemRow         *note_row;
  GranaryPublishCloud       *cloud;
  GranaryPublishLocal       *local;
  GranaryPublishVariables   *variables;

  GranaryPublishDraft       *draft; /* (owned) (nullable) until given */
};

G_DEFINE_FINAL_TYPE (GranaryPublishDialog, granary_publish_dialog, ADW_TYPE_DIALOG)

/* What is shown */

static char *
dup_object (GranaryPublishDialog *self)
{
  GranaryVersion *version = granary_publish_draft_get_version (self->draft);

  return version != NULL ? granary_wording_version (version->model_name, version->number) : NULL;
}

static void
update_title (GranaryPublishDialog *self)
{
  g_autofree char *object = dup_object (self);
  g_autofree char *title = NULL;

  /* Translators: a model and its version, such as “plate-ocr v7”. */
  title = object != NULL ? g_strdup_printf (_("Publish “%s”"), object) : g_strdup (_("Publish"));
  adw_navigation_page_set_title (self->page, title);
  adw_dialog_set_title (ADW_DIALOG (self), title);
}

static void
update_page (GranaryPublishDialog *self)
{
  const GError *error = granary_publish_draft_get_error (self->draft);
  const GranaryPublishOptions *options = granary_publish_draft_get_options (self->draft);
  const char *shown;

  if (error == NULL)
    error = granary_publish_draft_get_problem (self->draft, GRANARY_PUBLISH_VERSION);
  if (error != NULL)
    {
      g_autofree char *object = dup_object (self);
      g_autoptr (GranaryWording) wording = granary_wording_for_error (error, GRANARY_VERB_PUBLISH,
                                                                      object);
      g_autofree char *body = g_markup_escape_text (wording->body, -1);

      adw_status_page_set_title (self->problem_page, wording->title);
      adw_status_page_set_description (self->problem_page, body);
      shown = "problem";
    }
  else
    {
      shown = options != NULL ? "form" : "loading";
    }

  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), shown) == 0)
    return;
  gtk_stack_set_visible_child_name (self->stack, shown);
  if (g_str_equal (shown, "form"))
    gtk_widget_grab_focus (GTK_WIDGET (self->target));
}

static void
update_button (GranaryPublishDialog *self)
{
  gint64 fen = 0;
  gboolean is_priced = granary_publish_draft_get_price (self->draft, &fen) ==
                       GRANARY_PUBLISH_PRICE_KNOWN;
  g_autofree char *label = NULL;

  if (is_priced)
    {
      g_autofree char *price = granary_wording_price (fen);

      /* Translators: on a button; %s is a price such as ¥1.23, and h an hour. */
      label = g_strdup_printf (_("_Publish for %s/h"), price);
    }
  gtk_button_set_label (self->publish_button, label != NULL ? label : _("_Publish"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->publish_button),
                            granary_publish_draft_get_ready (self->draft));
}

static void
update (GranaryPublishDialog *self)
{
  const GranaryPublishOptions *options = granary_publish_draft_get_options (self->draft);
  gboolean is_local = granary_publish_draft_is_local (self->draft);
  g_autofree char *note = NULL;

  update_title (self);
  gtk_widget_set_visible (GTK_WIDGET (self->local), is_local);
  gtk_widget_set_visible (GTK_WIDGET (self->cloud), !is_local);
  gtk_widget_set_visible (self->spinner,
                          options != NULL && granary_publish_draft_get_busy (self->draft));
  if (options != NULL && options->note != NULL)
    note = granary_wording_for_problem (options->note);
  gtk_widget_set_visible (self->note_group, note != NULL);
  granary_problem_row_show_text (self->note_row, note, TRUE);
  update_button (self);
  update_page (self);
}

/* Callbacks */

static void
cancel_cb (GranaryPublishDialog *self)
{
  adw_dialog_close (ADW_DIALOG (self));
}

static void
retry_cb (GranaryPublishDialog *self)
{
  granary_publish_draft_reload (self->draft);
}

static void
publish_cb (GranaryPublishDialog *self)
{
  GtkWidget *parent = granary_command_find_parent (GTK_WIDGET (self));
  GranaryConnection *connection = granary_publish_draft_get_connection (self->draft);
  GranaryVersion *version = granary_publish_draft_get_version (self->draft);

  if (!granary_publish_draft_get_ready (self->draft))
    return;

  /* The same may have been begun elsewhere. */
  if (!granary_publishes_is_under_way (connection, version->id))
    {
      g_autoptr (GranaryTransfer) transfer = granary_publish_begin (self->draft, version->id);

      granary_publish_run (parent, self->draft, transfer);
    }
  adw_dialog_force_close (ADW_DIALOG (self));
}

/* GObject */

static void
granary_publish_dialog_dispose (GObject *object)
{
  GranaryPublishDialog *self = GRANARY_PUBLISH_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_PUBLISH_DIALOG);
  g_clear_object (&self->draft);

  G_OBJECT_CLASS (granary_publish_dialog_parent_class)->dispose (object);
}

static void
granary_publish_dialog_class_init (GranaryPublishDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_publish_dialog_dispose;

  g_type_ensure (GRANARY_TYPE_PROBLEM_ROW);
  g_type_ensure (GRANARY_TYPE_PUBLISH_CLOUD);
  g_type_ensure (GRANARY_TYPE_PUBLISH_VARIABLES);
  g_type_ensure (GRANARY_TYPE_PUBLISH_LOCAL);
  g_type_ensure (GRANARY_TYPE_PUBLISH_TARGET);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/publish/granary-publish-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishDialog, page);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishDialog, publish_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishDialog, problem_page);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishDialog, target);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishDialog, note_group);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishDialog, note_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishDialog, cloud);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishDialog, local);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishDialog, variables);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, retry_cb);
  gtk_widget_class_bind_template_callback (widget_class, publish_cb);
}

static void
granary_publish_dialog_init (GranaryPublishDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * granary_publish_dialog_new:
 * @draft: what to publish
 *
 * Returns: (transfer floating): a dialog to present in a shell
 */
GranaryPublishDialog *
granary_publish_dialog_new (GranaryPublishDraft *draft)
{
  GranaryPublishDialog *self;

  g_return_val_if_fail (GRANARY_IS_PUBLISH_DRAFT (draft), NULL);

  self = g_object_new (GRANARY_TYPE_PUBLISH_DIALOG, NULL);
  self->draft = g_object_ref (draft);
  granary_publish_target_set_draft (self->target, draft);
  granary_publish_variables_set_draft (self->variables, draft);
  if (granary_publish_draft_is_local (draft))
    granary_publish_local_set_draft (self->local, draft);
  else
    granary_publish_cloud_set_draft (self->cloud, draft);
  g_signal_connect_object (draft, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);

  return self;
}
