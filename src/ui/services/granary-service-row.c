/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-service-row.h"

#include <glib/gi18n-lib.h>

#include "granary-service-text.h"
#include "granary-wording.h"

struct _GranaryServiceRow
{
  GtkBox      parent_instance;

  GtkImage   *icon;
  GtkLabel   *label;
  const char *style; /* of the state that is shown */
};

G_DEFINE_FINAL_TYPE (GranaryServiceRow, granary_service_row, GTK_TYPE_BOX)

static void
granary_service_row_class_init (GranaryServiceRowClass *klass)
{
}

static void
granary_service_row_init (GranaryServiceRow *self)
{
  gtk_box_set_spacing (GTK_BOX (self), 6);
  self->icon = g_object_new (GTK_TYPE_IMAGE,
                             "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                             NULL);
  self->label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->label, 0);
  gtk_label_set_ellipsize (self->label, PANGO_ELLIPSIZE_MIDDLE);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->icon));
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->label));
}

GtkWidget *
granary_service_row_new (void)
{
  return g_object_new (GRANARY_TYPE_SERVICE_ROW, NULL);
}

/**
 * granary_service_row_set_service:
 * @self: a row
 * @service: what to show
 */
void
granary_service_row_set_service (GranaryServiceRow    *self,
                                 const GranaryService *service)
{
  g_autofree char *title = NULL;
  g_autofree char *text = NULL;
  const char *style;

  g_return_if_fail (GRANARY_IS_SERVICE_ROW (self));
  g_return_if_fail (service != NULL);

  title = granary_service_dup_title (service);
  /* Translators: the name of a service, and what it is doing. */
  text = g_strdup_printf (C_("service", "%1$s (%2$s)"), title,
                          granary_wording_service_state (service->state));
  gtk_label_set_label (self->label, text);
  gtk_image_set_from_icon_name (self->icon, granary_service_get_icon (service));

  style = granary_service_get_style (service);
  if (self->style != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self->icon), self->style);
  gtk_widget_add_css_class (GTK_WIDGET (self->icon), style);
  self->style = style;
}
