/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <json-glib/json-glib.h>
#include <sys/stat.h>

#include "granary-run-reader-private.h"

G_BEGIN_DECLS

/* What the readers of runs have in common. All block; names are relative to the run's folder. */

gboolean  granary_run_is_there        (const GranaryRun    *run,
                                       GError             **error);
gboolean  granary_run_stat            (const char          *folder,
                                       const char          *name,
                                       struct stat         *status);
gboolean  granary_run_has             (const char          *folder,
                                       const char          *name);
gint64    granary_run_mtime           (const char          *folder,
                                       const char          *name);
gint64    granary_run_newest          (const char          *folder,
                                       const char * const  *names);
char     *granary_run_resolve         (const char          *folder,
                                       const char          *path) G_GNUC_WARN_UNUSED_RESULT;
gint64    granary_run_size            (const char          *path,
                                       GCancellable        *cancellable);
GPtrArray *granary_run_list_names     (const char          *folder) G_GNUC_WARN_UNUSED_RESULT;

JsonNode *granary_run_parse_json      (const char          *text,
                                       gsize                length,
                                       const char          *subject,
                                       GError             **error) G_GNUC_WARN_UNUSED_RESULT;
JsonNode *granary_run_read_json       (const char          *folder,
                                       const char          *name,
                                       GError             **error) G_GNUC_WARN_UNUSED_RESULT;
JsonNode *granary_run_read_yaml       (const char          *folder,
                                       const char          *name,
                                       GError             **error) G_GNUC_WARN_UNUSED_RESULT;

void      granary_run_add_metric      (GPtrArray           *metrics,
                                       const char          *name,
                                       const char          *text);
void      granary_run_add_metric_node (GPtrArray           *metrics,
                                       const char          *name,
                                       JsonNode            *node);
void      granary_run_settle_state    (GranaryTask         *task,
                                       const GranaryRun    *run,
                                       gboolean             is_finished);
GranaryTaskOutput *
          granary_run_add_output      (GranaryTaskDetails  *details,
                                       const char          *id,
                                       const char          *framework,
                                       GPtrArray           *paths,
                                       GCancellable        *cancellable);
GranaryTaskDetails *
          granary_run_begin_details   (GranaryTask         *task,
                                       GError             **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
