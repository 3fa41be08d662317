/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-import-service.h"

#include "granary-import-service-row.h"

struct _GranaryImportService
{
  AdwPreferencesGroup      parent_instance;

  GranaryImportServiceRow *config_row;
  GranaryImportServiceRow *code_row;
};

G_DEFINE_FINAL_TYPE (GranaryImportService, granary_import_service, ADW_TYPE_PREFERENCES_GROUP)

static void
granary_import_service_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), GRANARY_TYPE_IMPORT_SERVICE);

  G_OBJECT_CLASS (granary_import_service_parent_class)->dispose (object);
}

static void
granary_import_service_class_init (GranaryImportServiceClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_import_service_dispose;

  g_type_ensure (GRANARY_TYPE_IMPORT_SERVICE_ROW);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-import-service.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryImportService, config_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportService, code_row);
}

static void
granary_import_service_init (GranaryImportService *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * granary_import_service_set_draft:
 * @self: a service files section
 * @draft: what to show and change; given once
 */
void
granary_import_service_set_draft (GranaryImportService *self,
                                  GranaryImportDraft   *draft)
{
  g_return_if_fail (GRANARY_IS_IMPORT_SERVICE (self));
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (draft));

  granary_import_service_row_set_draft (self->config_row, draft);
  granary_import_service_row_set_draft (self->code_row, draft);
}

/**
 * granary_import_service_set_provided:
 * @self: a service files section
 * @provided: whether both files are there without being among those to import
 */
void
granary_import_service_set_provided (GranaryImportService *self,
                                     gboolean              provided)
{
  g_return_if_fail (GRANARY_IS_IMPORT_SERVICE (self));

  granary_import_service_row_set_provided (self->config_row, provided);
  granary_import_service_row_set_provided (self->code_row, provided);
}
