/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-services-section.h"

#include <glib/gi18n-lib.h>

#include "granary-section-rows.h"
#include "granary-service-row.h"

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

/**
 * granary_services_section_set_services:
 * @self: the section
 * @services: (element-type GranaryService): running ones first
 */
void
granary_services_section_set_services (GranaryServicesSection *self,
                                       GPtrArray              *services)
{
  guint n_shown;
  g_autofree char *rest = NULL;

  g_return_if_fail (GRANARY_IS_SERVICES_SECTION (self));
  g_return_if_fail (services != NULL);

  n_shown = MIN (services->len, FEW_SERVICES);
  granary_section_resize (self->group, self->rows, n_shown, granary_service_row_new);
  for (guint i = 0; i < n_shown; i++)
    granary_service_row_set_service (g_ptr_array_index (self->rows, i),
                                     g_ptr_array_index (services, i));

  if (services->len > n_shown)
    rest = g_strdup_printf (ngettext ("and %u more", "and %u more", services->len - n_shown),
                            services->len - n_shown);
  adw_preferences_group_set_description (self->group, rest);
  gtk_widget_set_visible (GTK_WIDGET (self), services->len > 0);
}
