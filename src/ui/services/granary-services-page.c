/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-services-page.h"

struct _GranaryServicesPage
{
  AdwBin                  parent_instance;

  GranaryTransfersButton *transfers_button;
  AdwBanner              *banner;
  GtkSearchBar           *search_bar;
  GtkSearchEntry         *search_entry;
  GranaryServicesView    *view;
};

G_DEFINE_FINAL_TYPE (GranaryServicesPage, granary_services_page, ADW_TYPE_BIN)

static void
search_changed_cb (GranaryServicesPage *self)
{
  granary_services_view_set_search (self->view,
                                    gtk_editable_get_text (GTK_EDITABLE (self->search_entry)));
}

static void
granary_services_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), GRANARY_TYPE_SERVICES_PAGE);

  G_OBJECT_CLASS (granary_services_page_parent_class)->dispose (object);
}

static void
granary_services_page_class_init (GranaryServicesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_services_page_dispose;

  g_type_ensure (GRANARY_TYPE_SERVICES_VIEW);
  g_type_ensure (GRANARY_TYPE_TRANSFERS_BUTTON);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/services/granary-services-page.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryServicesPage, transfers_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryServicesPage, banner);
  gtk_widget_class_bind_template_child (widget_class, GranaryServicesPage, search_bar);
  gtk_widget_class_bind_template_child (widget_class, GranaryServicesPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, GranaryServicesPage, view);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
}

static void
granary_services_page_init (GranaryServicesPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
}

/**
 * granary_services_page_set_list:
 * @self: the page
 * @connection: (nullable): whose services they are
 * @list: (nullable): its services
 */
void
granary_services_page_set_list (GranaryServicesPage *self,
                                GranaryConnection   *connection,
                                GranaryServiceList  *list)
{
  g_return_if_fail (GRANARY_IS_SERVICES_PAGE (self));

  gtk_search_bar_set_search_mode (self->search_bar, FALSE);
  granary_services_view_set_list (self->view, connection, list);
}

/**
 * granary_services_page_show:
 * @self: the page
 * @uid: id of a service
 *
 * Selects it and scrolls to it, once it is there; a search that may hide it ends.
 */
void
granary_services_page_show (GranaryServicesPage *self,
                            const char          *uid)
{
  g_return_if_fail (GRANARY_IS_SERVICES_PAGE (self));
  g_return_if_fail (uid != NULL);

  gtk_search_bar_set_search_mode (self->search_bar, FALSE);
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
  granary_services_view_set_search (self->view, NULL);
  granary_services_view_select (self->view, uid);
}

/**
 * granary_services_page_search:
 * @self: the page
 *
 * Opens the search.
 */
void
granary_services_page_search (GranaryServicesPage *self)
{
  g_return_if_fail (GRANARY_IS_SERVICES_PAGE (self));

  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

GranaryServicesView *
granary_services_page_get_view (GranaryServicesPage *self)
{
  g_return_val_if_fail (GRANARY_IS_SERVICES_PAGE (self), NULL);

  return self->view;
}

AdwBanner *
granary_services_page_get_banner (GranaryServicesPage *self)
{
  g_return_val_if_fail (GRANARY_IS_SERVICES_PAGE (self), NULL);

  return self->banner;
}

GranaryTransfersButton *
granary_services_page_get_transfers_button (GranaryServicesPage *self)
{
  g_return_val_if_fail (GRANARY_IS_SERVICES_PAGE (self), NULL);

  return self->transfers_button;
}
