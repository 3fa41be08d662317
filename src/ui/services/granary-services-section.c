/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-services-section.h"

#include <glib/gi18n-lib.h>

#include "granary-section-rows.h"
#include "granary-service-line.h"
#include "granary-service-text.h"

/* The rest is counted; a version with more is a rarity. */
#define FEW_SERVICES 20

struct _GranaryServicesSection
{
  AdwBin               parent_instance;

  AdwPreferencesGroup *group;

  GPtrArray           *rows; /* (owned) (element-type GtkWidget), not owning */
};

G_DEFINE_FINAL_TYPE (GranaryServicesSection, granary_services_section, ADW_TYPE_BIN)

static void
granary_services_section_dispose (GObject *object)
{
  GranaryServicesSection *self = GRANARY_SERVICES_SECTION (object);

  g_clear_pointer (&self->rows, g_ptr_array_unref);
  /* The child is one of the template's; it is to be let go of once only. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_SERVICES_SECTION);

  G_OBJECT_CLASS (granary_services_section_parent_class)->dispose (object);
}

static void
granary_services_section_class_init (GranaryServicesSectionClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_services_section_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/services/granary-services-section.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryServicesSection, group);
}

static void
granary_services_section_init (GranaryServicesSection *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static GtkWidget *
make_row (void)
{
  GtkWidget *row = adw_preferences_row_new ();
  GtkWidget *line = granary_service_line_new ();

  /* What is in it has the focus. */
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  gtk_widget_add_css_class (row, "service-row");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), line);

  return row;
}

static void
set_row (GtkWidget         *row,
         GranaryConnection *connection,
         GranaryService    *service)
{
  GtkWidget *line = gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (row));
  g_autofree char *label = granary_service_dup_label (service);

  granary_service_line_set_connection (GRANARY_SERVICE_LINE (line), connection);
  granary_service_line_set_service (GRANARY_SERVICE_LINE (line), service);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

/**
 * granary_services_section_set_services:
 * @self: the section
 * @connection: (nullable): whose services they are
 * @services: (element-type GranaryService): running ones first
 */
void
granary_services_section_set_services (GranaryServicesSection *self,
                                       GranaryConnection      *connection,
                                       GPtrArray              *services)
{
  guint n_shown;
  g_autofree char *rest = NULL;

  g_return_if_fail (GRANARY_IS_SERVICES_SECTION (self));
  g_return_if_fail (services != NULL);

  n_shown = MIN (services->len, FEW_SERVICES);
  granary_section_resize (self->group, self->rows, n_shown, make_row);
  for (guint i = 0; i < n_shown; i++)
    set_row (g_ptr_array_index (self->rows, i), connection, g_ptr_array_index (services, i));

  if (services->len > n_shown)
    rest = g_strdup_printf (ngettext ("and %u more", "and %u more", services->len - n_shown),
                            services->len - n_shown);
  adw_preferences_group_set_description (self->group, rest);
  gtk_widget_set_visible (GTK_WIDGET (self), services->len > 0);
}
