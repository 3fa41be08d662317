/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-mlflow-store-private.h"

#include <sys/stat.h>

#include "granary-error.h"

/* The key of a run is its id; the key "" stands for the database as a whole, when that cannot be
 * read. */

static gboolean
claims (const char *folder,
        GHashTable *names)
{
  return g_hash_table_contains (names, GRANARY_MLFLOW_DATABASE) &&
         granary_mlflow_store_exists (folder);
}

/* There is no time of the last change: what can be seen to change is made a part of the time, below
 * the millisecond, which no record has. */
static gint64
make_mtime (const GranaryMlflowRecord *record)
{
  const GranaryMlflowFacts *facts = record->facts;
  gint64 us = facts->finished > 0 ? facts->finished : facts->started;
  guint hash = g_str_hash (facts->status != NULL ? facts->status : "");

  hash = hash * 31 + g_str_hash (facts->name != NULL ? facts->name : "");
  hash = hash * 31 + g_str_hash (facts->group != NULL ? facts->group : "");
  hash = hash * 31 + record->models->len;

  return MIN (us, G_MAXINT64 / 1000 - 1000) * 1000 + hash % 1000000;
}

/* The row that tells why there are no others. */
static void
add_problem (const char *folder,
             GPtrArray  *runs)
{
  g_autofree char *path = g_build_filename (folder, GRANARY_MLFLOW_DATABASE, NULL);
  struct stat status;
  gint64 mtime = 0;

  if (lstat (path, &status) == 0)
    mtime = (gint64) status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
  g_ptr_array_add (runs, granary_run_new (&granary_mlflow_db_reader, folder, "", mtime));
}

static gboolean
list (const char    *folder,
      GPtrArray     *runs,
      GCancellable  *cancellable,
      GError       **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GranaryMlflowStore) store = granary_mlflow_store_open (folder, cancellable,
                                                                   &problem);
  g_autoptr (GPtrArray) records = NULL;

  if (store != NULL)
    records = granary_mlflow_store_read_records (store, NULL, &problem);

  if (granary_error_is_cancelled (problem))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  if (problem != NULL)
    add_problem (folder, runs);

  for (guint i = 0; records != NULL && i < records->len; i++)
    {
      GranaryMlflowRecord *record = g_ptr_array_index (records, i);
      GranaryRun *run = granary_run_new (&granary_mlflow_db_reader, folder, record->facts->id,
                                         make_mtime (record));

      run->data = record;
      run->free_data = (GDestroyNotify) granary_mlflow_record_free;
      records->pdata[i] = NULL;
      g_ptr_array_add (runs, run);
    }

  return TRUE;
}

static GranaryTaskDetails *
make_details (const GranaryRun           *run,
              const GranaryMlflowRecord  *record,
              GPtrArray                  *metrics,
              GCancellable               *cancellable,
              GError                    **error)
{
  g_autofree char *store = g_build_filename (run->folder, "mlruns", NULL);
  const GranaryMlflowPlace place = { store, run->folder };

  return granary_mlflow_make_details (run, record->facts, &place, record->models, metrics,
                                      cancellable, error);
}

/* NULL without an error for a run that was deleted, and for a database that can be read again. */
static GranaryTaskDetails *
read_details (const GranaryRun  *run,
              gboolean           with_metrics,
              GCancellable      *cancellable,
              GError           **error)
{
  g_autoptr (GranaryMlflowStore) store = NULL;
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GPtrArray) metrics = NULL;
  GranaryMlflowRecord *record;

  if (run->data != NULL && !with_metrics)
    return make_details (run, run->data, NULL, cancellable, error);

  store = granary_mlflow_store_open (run->folder, cancellable, error);
  if (store == NULL)
    return NULL;
  records = granary_mlflow_store_read_records (store, run->key, error);
  if (records == NULL || records->len == 0)
    return NULL;

  record = g_ptr_array_index (records, 0);
  if (with_metrics)
    {
      metrics = granary_mlflow_store_read_metrics (store, run->key, error);
      if (metrics == NULL ||
          !granary_mlflow_store_read_model_metrics (store, record->models, error))
        return NULL;
    }
  record->facts->history = granary_mlflow_store_read_history (store, run->key);

  return make_details (run, record, metrics, cancellable, error);
}

static GranaryTask *
read_row (const GranaryRun  *run,
          GCancellable      *cancellable,
          GError           **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GranaryTaskDetails) details = read_details (run, FALSE, cancellable, &problem);

  if (details != NULL)
    return granary_task_ref (details->task);
  if (problem == NULL)
    return NULL;
  if (granary_error_is_cancelled (problem))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }

  return granary_mlflow_make_problem (run, g_steal_pointer (&problem));
}

static GranaryTaskDetails *
load (const GranaryRun  *run,
      GCancellable      *cancellable,
      GError           **error)
{
  g_autoptr (GError) problem = NULL;
  GranaryTaskDetails *details = read_details (run, TRUE, cancellable, &problem);

  if (details == NULL && problem == NULL)
    {
      g_autofree char *shown = granary_display_path (run->key);

      granary_set_error (&problem, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_TASK_MISSING, shown,
                         "no run %s", shown);
    }
  if (problem != NULL)
    g_propagate_error (error, g_steal_pointer (&problem));

  return details;
}

const GranaryRunReader granary_mlflow_db_reader = {
  .id = "mlflowdb",
  .tool = "MLflow",
  .claims = claims,
  .list = list,
  .read = read_row,
  .load = load,
  .shares = TRUE,
};
