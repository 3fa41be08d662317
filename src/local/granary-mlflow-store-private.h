/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-mlflow-private.h"

G_BEGIN_DECLS

#define GRANARY_MLFLOW_DATABASE "mlflow.db"

/* The database of MLflow in a folder, open to be read. Blocks; one thread at a time. */
typedef struct _GranaryMlflowStore GranaryMlflowStore;

/**
 * GranaryMlflowRecord:
 * @facts: what is recorded of a run
 * @models: (element-type GranaryMlflowModel): its models, the newest first
 *
 * A row of the database's runs.
 */
typedef struct
{
  GranaryMlflowFacts *facts;
  GPtrArray          *models;
} GranaryMlflowRecord;

void                granary_mlflow_record_free              (GranaryMlflowRecord  *self);
/* Whether there is one in @folder that is no link and no pipe. */
gboolean            granary_mlflow_store_exists             (const char           *folder);
/* NULL with %GRANARY_REASON_TASK_BUSY when another program keeps it locked, TASK_NEWER when the
 * schema has no runs as they are known here, TASK_UNREADABLE when it is broken. */
GranaryMlflowStore *granary_mlflow_store_open               (const char           *folder,
                                                             GCancellable         *cancellable,
                                                             GError              **error) G_GNUC_WARN_UNUSED_RESULT;
void                granary_mlflow_store_close              (GranaryMlflowStore   *self);
/* (element-type GranaryMlflowRecord): all runs that were not deleted, the newest first, or only
 * that of @run_id, a nullable. */
GPtrArray          *granary_mlflow_store_read_records       (GranaryMlflowStore   *self,
                                                             const char           *run_id,
                                                             GError              **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray          *granary_mlflow_store_read_metrics       (GranaryMlflowStore   *self,
                                                             const char           *run_id,
                                                             GError              **error) G_GNUC_WARN_UNUSED_RESULT;
/* Sets the metrics of @models (element-type GranaryMlflowModel). */
gboolean            granary_mlflow_store_read_model_metrics (GranaryMlflowStore   *self,
                                                             GPtrArray            *models,
                                                             GError              **error);
/* Tag `mlflow.log-model.history`; NULL when there is none. */
char               *granary_mlflow_store_read_history       (GranaryMlflowStore   *self,
                                                             const char           *run_id) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryMlflowStore, granary_mlflow_store_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryMlflowRecord, granary_mlflow_record_free)

G_END_DECLS
