/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-import-task-page.h"

#include <glib/gi18n-lib.h>

#include "granary-import-facts.h"
#include "granary-import-metrics.h"
#include "granary-import-service.h"
#include "granary-import-task-files.h"
#include "granary-import-task.h"

struct _GranaryImportTaskPage
{
  GranaryImportPage       parent_instance;

  GranaryImportTask      *task;
  GtkWidget              *rest;
  GranaryImportFacts     *facts;
  GranaryImportMetrics   *metrics;
  GranaryImportTaskFiles *files;
  GranaryImportService   *service;

  GranaryImportDraft     *draft;
};

G_DEFINE_FINAL_TYPE (GranaryImportTaskPage, granary_import_task_page, GRANARY_TYPE_IMPORT_PAGE)

/* Before there is a task there is nothing to say about it. */
static void
update (GranaryImportTaskPage *self)
{
  const GranaryTaskOutput *output = granary_import_draft_get_output (self->draft);

  gtk_widget_set_visible (self->rest, output != NULL);
  /* Of what the platform takes by itself no file is seen here. */
  gtk_widget_set_visible (GTK_WIDGET (self->service), output != NULL && output->address == NULL);
}

static const char *
granary_import_task_page_get_name (GranaryImportPage *page)
{
  return "task";
}

static const char *
granary_import_task_page_get_title (GranaryImportPage *page)
{
  return _("From Task");
}

static GranarySource
granary_import_task_page_get_source (GranaryImportPage *page)
{
  return GRANARY_SOURCE_TASK;
}

static void
granary_import_task_page_set_draft (GranaryImportPage  *page,
                                    GranaryImportDraft *draft)
{
  GranaryImportTaskPage *self = GRANARY_IMPORT_TASK_PAGE (page);

  self->draft = g_object_ref (draft);
  granary_import_task_set_draft (self->task, draft, GRANARY_SOURCE_TASK);
  granary_import_facts_set_draft (self->facts, draft);
  granary_import_metrics_set_draft (self->metrics, draft);
  granary_import_task_files_set_draft (self->files, draft);
  granary_import_service_set_draft (self->service, draft);
  g_signal_connect_object (draft, "task-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
granary_import_task_page_dispose (GObject *object)
{
  GranaryImportTaskPage *self = GRANARY_IMPORT_TASK_PAGE (object);

  g_clear_object (&self->draft);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_IMPORT_TASK_PAGE);

  G_OBJECT_CLASS (granary_import_task_page_parent_class)->dispose (object);
}

static void
granary_import_task_page_class_init (GranaryImportTaskPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GranaryImportPageClass *page_class = GRANARY_IMPORT_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_import_task_page_dispose;

  page_class->get_name = granary_import_task_page_get_name;
  page_class->get_title = granary_import_task_page_get_title;
  page_class->get_source = granary_import_task_page_get_source;
  page_class->set_draft = granary_import_task_page_set_draft;

  g_type_ensure (GRANARY_TYPE_IMPORT_FACTS);
  g_type_ensure (GRANARY_TYPE_IMPORT_METRICS);
  g_type_ensure (GRANARY_TYPE_IMPORT_SERVICE);
  g_type_ensure (GRANARY_TYPE_IMPORT_TASK);
  g_type_ensure (GRANARY_TYPE_IMPORT_TASK_FILES);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-import-task-page.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTaskPage, task);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTaskPage, rest);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTaskPage, facts);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTaskPage, metrics);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTaskPage, files);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportTaskPage, service);
}

static void
granary_import_task_page_init (GranaryImportTaskPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GranaryImportPage *
granary_import_task_page_new (void)
{
  return g_object_new (GRANARY_TYPE_IMPORT_TASK_PAGE, NULL);
}
