/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-service-host.h"

G_BEGIN_DECLS

/* How a service is told of wherever it is shown. What came from outside is made printable. */

/* `plate-ocr #2` */
char       *granary_service_dup_title   (const GranaryService *service) G_GNUC_WARN_UNUSED_RESULT;
/* `Running · 1 of 2 replicas` */
char       *granary_service_dup_status  (const GranaryService *service) G_GNUC_WARN_UNUSED_RESULT;
/* `plate-ocr v6`, NULL when it is not known. */
char       *granary_service_dup_model   (const GranaryService *service) G_GNUC_WARN_UNUSED_RESULT;
/* Why it does not run, or why it was restarted; NULL when there is nothing to tell. */
char       *granary_service_dup_problem (const GranaryService *service) G_GNUC_WARN_UNUSED_RESULT;
/* All of it for a screen reader. */
char       *granary_service_dup_label   (const GranaryService *service) G_GNUC_WARN_UNUSED_RESULT;
/* Name of an icon and a style class, beside which the words stand. */
const char *granary_service_get_icon    (const GranaryService *service);
const char *granary_service_get_style   (const GranaryService *service);
/* @text is case-folded. */
gboolean    granary_service_matches     (const GranaryService *service,
                                         const char           *text);
/* Whether it runs any of these versions, or is one of these models: (element-type gint64) (nullable). */
gboolean    granary_service_is_of       (const GranaryService *service,
                                         GArray               *model_ids,
                                         GArray               *version_ids);
/* Whether that can be asked of it now; another refusal is the host's. */
gboolean    granary_service_can         (const GranaryService *service,
                                         GranaryServiceAction  action);

G_END_DECLS
