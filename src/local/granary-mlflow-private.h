/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-run-reader-private.h"

G_BEGIN_DECLS

/* What the readers of MLflow's folders and of its database share. Everything blocks. */

/**
 * GranaryMlflowFacts:
 * @id: the run's
 * @experiment_id: of the experiment that it belongs to
 * @name: (nullable): as given by people or made up by MLflow
 * @group: (nullable): name of the experiment
 * @status: (nullable): MLflow's word, such as `FINISHED`
 * @started: µs since the epoch, 0 unknown
 * @finished: µs since the epoch, 0 unknown
 * @artifact_uri: (nullable): where its files were put, in any of MLflow's forms
 * @history: (nullable): tag `mlflow.log-model.history`, for runs whose files are not here
 *
 * What is recorded of a run, wherever that is.
 */
typedef struct
{
  char   *id;
  char   *experiment_id;
  char   *name;
  char   *group;
  char   *status;
  gint64  started;
  gint64  finished;
  char   *artifact_uri;
  char   *history;
} GranaryMlflowFacts;

/**
 * GranaryMlflowModel:
 * @id: `m-` and 32 hexadecimal digits
 * @name: (nullable): as given by people
 * @artifact_uri: (nullable): where its files were put
 * @metrics: (nullable) (element-type GranaryMetric): reported of it alone
 *
 * A LoggedModel of MLflow 3.
 */
typedef struct
{
  char      *id;
  char      *name;
  char      *artifact_uri;
  GPtrArray *metrics;
} GranaryMlflowModel;

/**
 * GranaryMlflowPlace:
 * @store: absolute path of the folder that holds the experiments' folders; need not exist
 * @base: absolute path that relative addresses start at, and that `mlartifacts` is in
 *
 * Where files of runs may be found again after everything was moved.
 */
typedef struct
{
  const char *store;
  const char *base;
} GranaryMlflowPlace;

/* granary-mlflow.c */
GranaryMlflowFacts *granary_mlflow_facts_new     (const char                *id,
                                                  const char                *experiment_id) G_GNUC_WARN_UNUSED_RESULT;
void                granary_mlflow_facts_free    (GranaryMlflowFacts        *self);
GranaryMlflowModel *granary_mlflow_model_new     (const char                *id) G_GNUC_WARN_UNUSED_RESULT;
void                granary_mlflow_model_free    (GranaryMlflowModel        *self);
/* Whether @id is a single part of a path, as all ids of MLflow are. */
gboolean            granary_mlflow_id_is_plain   (const char                *id);
/* From MLflow's milliseconds; 0 for what is no time of this world. */
gint64              granary_mlflow_parse_time    (gint64                     ms);
/* With @models (element-type GranaryMlflowModel) and @metrics (element-type GranaryMetric), both
 * nullable. Fails only when cancelled. */
GranaryTaskDetails *granary_mlflow_make_details  (const GranaryRun          *run,
                                                  const GranaryMlflowFacts  *facts,
                                                  const GranaryMlflowPlace  *place,
                                                  GPtrArray                 *models,
                                                  GPtrArray                 *metrics,
                                                  GCancellable              *cancellable,
                                                  GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
/* The row of a run that cannot be read; takes @problem. */
GranaryTask        *granary_mlflow_make_problem  (const GranaryRun          *run,
                                                  GError                    *problem) G_GNUC_WARN_UNUSED_RESULT;

/* granary-mlflow-artifacts.c: appends what can be imported from the folder of @artifact_uri to
 * @outputs (element-type GranaryTaskOutput): each model below it or, without one, all there is.
 * @tail: where that folder stands in a store, such as `EXPERIMENT/RUN/artifacts`. @address: (out):
 * where the files are or should be, for people; an URI when they are on another machine, which sets
 * @is_elsewhere. Fails only when cancelled. */
gboolean            granary_mlflow_find_outputs  (const GranaryMlflowPlace  *place,
                                                  const char                *tail,
                                                  const char                *artifact_uri,
                                                  GPtrArray                 *outputs,
                                                  char                     **address,
                                                  gboolean                  *is_elsewhere,
                                                  GCancellable              *cancellable,
                                                  GError                   **error);

/* granary-mlflow-model.c: what an MLmodel file tells. @created: (out): when, to compare as text. */
void                granary_mlflow_read_model    (const char                *text,
                                                  gsize                      length,
                                                  GranaryTaskOutput         *output,
                                                  char                     **created);
/* The framework of the model logged last, by the tag `mlflow.log-model.history`. */
const char         *granary_mlflow_guess_framework (const char              *history);

/* granary-mlflow-metrics.c */
GPtrArray          *granary_mlflow_metrics_new   (void) G_GNUC_WARN_UNUSED_RESULT;
/* Leaves out what cannot be shown, comes twice or is beyond what a version may have. */
void                granary_mlflow_metrics_add   (GPtrArray                 *metrics,
                                                  const char                *name,
                                                  const char                *value);
/* As a database holds them: NaN is a flag, infinite is the largest number. */
void                granary_mlflow_metrics_add_number
                                                 (GPtrArray                 *metrics,
                                                  const char                *name,
                                                  double                     value,
                                                  gboolean                   is_nan);
/* The latest values of the folder of metrics @path beneath @fd; empty when there is none. */
GPtrArray          *granary_mlflow_metrics_read  (int                        fd,
                                                  const char                *path,
                                                  GCancellable              *cancellable) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryMlflowFacts, granary_mlflow_facts_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryMlflowModel, granary_mlflow_model_free)

G_END_DECLS
