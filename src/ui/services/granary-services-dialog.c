/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-services-dialog.h"

#include "granary-services-view.h"

struct _GranaryServicesDialog
{
  AdwDialog            parent_instance;

  AdwWindowTitle      *title;
  GranaryServicesView *view;
};

G_DEFINE_FINAL_TYPE (GranaryServicesDialog, granary_services_dialog, ADW_TYPE_DIALOG)

static void
granary_services_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), GRANARY_TYPE_SERVICES_DIALOG);

  G_OBJECT_CLASS (granary_services_dialog_parent_class)->dispose (object);
}

static void
granary_services_dialog_class_init (GranaryServicesDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_services_dialog_dispose;

  g_type_ensure (GRANARY_TYPE_SERVICES_VIEW);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/services/granary-services-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryServicesDialog, title);
  gtk_widget_class_bind_template_child (widget_class, GranaryServicesDialog, view);
}

static void
granary_services_dialog_init (GranaryServicesDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * granary_services_dialog_new:
 * @connection: whose services they are
 * @list: its services
 * @object: what they use
 * @model_ids: (element-type gint64): services of these models
 * @version_ids: (element-type gint64): or of these versions
 *
 * Returns: (transfer none): a dialog
 */
GranaryServicesDialog *
granary_services_dialog_new (GranaryConnection  *connection,
                             GranaryServiceList *list,
                             const char         *object,
                             GArray             *model_ids,
                             GArray             *version_ids)
{
  GranaryServicesDialog *self;

  g_return_val_if_fail (GRANARY_IS_CONNECTION (connection), NULL);
  g_return_val_if_fail (GRANARY_IS_SERVICE_LIST (list), NULL);
  g_return_val_if_fail (object != NULL, NULL);
  g_return_val_if_fail (model_ids != NULL && version_ids != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_SERVICES_DIALOG, NULL);
  adw_window_title_set_subtitle (self->title, object);
  granary_services_view_set_subject (self->view, model_ids, version_ids);
  granary_services_view_set_list (self->view, connection, list);

  return self;
}
