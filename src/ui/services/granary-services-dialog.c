/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-services-dialog.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-service-row.h"

struct _GranaryServicesDialog
{
  AdwDialog           parent_instance;

  AdwWindowTitle     *title;
  AdwPreferencesPage *page;
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

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/services/granary-services-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryServicesDialog, title);
  gtk_widget_class_bind_template_child (widget_class, GranaryServicesDialog, page);
}

static void
granary_services_dialog_init (GranaryServicesDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* The section of a service group, made when its first service comes. */
static AdwPreferencesGroup *
find_group (GranaryServicesDialog *self,
            GHashTable            *groups,
            const GranaryService  *service)
{
  const char *uid = service->group_uid != NULL ? service->group_uid : service->uid;
  AdwPreferencesGroup *group = g_hash_table_lookup (groups, uid);
  g_autofree char *name = NULL;
  g_autofree char *title = NULL;

  if (group != NULL)
    return group;

  group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  name = granary_display_path (service->name != NULL ? service->name : uid);
  title = g_markup_escape_text (name, -1);
  adw_preferences_group_set_title (group, title);
  adw_preferences_page_add (self->page, group);
  g_hash_table_insert (groups, g_strdup (uid), group);

  return group;
}

GranaryServicesDialog *
granary_services_dialog_new (const char *object,
                             GPtrArray  *services)
{
  g_autoptr (GHashTable) groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GranaryServicesDialog *self;

  g_return_val_if_fail (object != NULL, NULL);
  g_return_val_if_fail (services != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_SERVICES_DIALOG, NULL);
  adw_window_title_set_subtitle (self->title, object);
  for (guint i = 0; i < services->len; i++)
    {
      const GranaryService *service = g_ptr_array_index (services, i);
      GtkWidget *row;

      if (service->uid == NULL)
        continue;
      row = granary_service_row_new ();
      granary_service_row_set_service (GRANARY_SERVICE_ROW (row), service);
      adw_preferences_group_add (find_group (self, groups, service), row);
    }

  return self;
}
