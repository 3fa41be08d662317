/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-import-cos-page.h"

#include <glib/gi18n-lib.h>

#include "granary-import-facts.h"
#include "granary-import-metrics.h"
#include "granary-import-service.h"
#include "granary-import-storage.h"

struct _GranaryImportCosPage
{
  GranaryImportPage     parent_instance;

  GranaryImportStorage *storage;
  GranaryImportFacts   *facts;
  GranaryImportMetrics *metrics;
  GranaryImportService *service;
};

G_DEFINE_FINAL_TYPE (GranaryImportCosPage, granary_import_cos_page, GRANARY_TYPE_IMPORT_PAGE)

static const char *
granary_import_cos_page_get_name (GranaryImportPage *page)
{
  return "cos";
}

static const char *
granary_import_cos_page_get_title (GranaryImportPage *page)
{
  return _("From COS");
}

static GranarySource
granary_import_cos_page_get_source (GranaryImportPage *page)
{
  return GRANARY_SOURCE_COS;
}

static void
granary_import_cos_page_set_draft (GranaryImportPage  *page,
                                   GranaryImportDraft *draft)
{
  GranaryImportCosPage *self = GRANARY_IMPORT_COS_PAGE (page);

  granary_import_storage_set_draft (self->storage, draft);
  granary_import_facts_set_draft (self->facts, draft);
  granary_import_metrics_set_draft (self->metrics, draft);
  granary_import_service_set_draft (self->service, draft);
}

static void
granary_import_cos_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), GRANARY_TYPE_IMPORT_COS_PAGE);

  G_OBJECT_CLASS (granary_import_cos_page_parent_class)->dispose (object);
}

static void
granary_import_cos_page_class_init (GranaryImportCosPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GranaryImportPageClass *page_class = GRANARY_IMPORT_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_import_cos_page_dispose;

  page_class->get_name = granary_import_cos_page_get_name;
  page_class->get_title = granary_import_cos_page_get_title;
  page_class->get_source = granary_import_cos_page_get_source;
  page_class->set_draft = granary_import_cos_page_set_draft;

  g_type_ensure (GRANARY_TYPE_IMPORT_FACTS);
  g_type_ensure (GRANARY_TYPE_IMPORT_METRICS);
  g_type_ensure (GRANARY_TYPE_IMPORT_SERVICE);
  g_type_ensure (GRANARY_TYPE_IMPORT_STORAGE);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-import-cos-page.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryImportCosPage, storage);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportCosPage, facts);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportCosPage, metrics);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportCosPage, service);
}

static void
granary_import_cos_page_init (GranaryImportCosPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GranaryImportPage *
granary_import_cos_page_new (void)
{
  return g_object_new (GRANARY_TYPE_IMPORT_COS_PAGE, NULL);
}
