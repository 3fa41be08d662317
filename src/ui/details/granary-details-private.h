/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-details.h"

#include "granary-description-section.h"
#include "granary-files-section.h"
#include "granary-history-section.h"
#include "granary-metric-section.h"
#include "granary-metrics-section.h"
#include "granary-model-facts.h"
#include "granary-services-section.h"
#include "granary-subject.h"
#include "granary-tags-section.h"
#include "granary-version-facts.h"
#include "granary-version-head.h"

G_BEGIN_DECLS

typedef enum
{
  GRANARY_DETAILS_NOTHING,
  GRANARY_DETAILS_MODEL,
  GRANARY_DETAILS_VERSION,
  GRANARY_DETAILS_MANY,
} GranaryDetailsKind;

struct _GranaryDetails
{
  AdwNavigationPage          parent_instance;

  AdwWindowTitle            *heading;
  GtkButton                 *close;
  GtkMenuButton             *menu;
  GMenuModel                *model_menu;
  GMenuModel                *version_menu;
  GMenuModel                *many_menu;
  GtkStack                  *stack;
  AdwStatusPage             *failure;
  AdwStatusPage             *many;

  GtkScrolledWindow         *model_page;
  GranaryDescriptionSection *description;
  GranaryTagsSection        *tags;
  GranaryMetricSection      *metric;
  GranaryServicesSection    *model_services;
  GranaryModelFacts         *model_facts;
  GranaryHistorySection     *model_history;

  GtkScrolledWindow         *version_page;
  GranaryVersionHead        *head;
  GranaryMetricsSection     *metrics;
  GranaryVersionFacts       *version_facts;
  GranaryServicesSection    *version_services;
  GranaryFilesSection       *files;
  GranaryHistorySection     *version_history;

  GranaryConnection         *connection;  /* (owned) (nullable) */
  GranaryDetailsKind         kind;        /* what is to be shown */
  gint64                     model_id;
  gint64                     version_id;
  GArray                    *model_ids;   /* (owned) */
  GArray                    *version_ids; /* (owned) */

  GranarySubject            *subject;     /* (owned) (nullable): what is shown */
  GCancellable              *cancellable; /* (owned) (nullable): of the read under way */
  GCancellable              *checking;    /* (owned) (nullable): of the check under way */
  gboolean                   stale;       /* changed again while it was read */
  guint                      n_events;
  guint                      spinner_source;
};

/* granary-details-actions.c */
void granary_details_class_install_actions (GtkWidgetClass *widget_class);
void granary_details_update_actions        (GranaryDetails *self);

G_END_DECLS
