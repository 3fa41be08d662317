/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-mlflow-store-private.h"

#include <sys/stat.h>

#include "granary-database.h"
#include "granary-error.h"

#define MAX_RUNS 200000
#define MAX_COLUMNS 5000
#define MAX_METRIC_ROWS 100000

/* The tracking store of MLflow that is a database, by default since 3.7. Its schema grew over the
 * years: what columns there are is looked up, and only those that are needed are named. Nothing is
 * asked of views, which could be anything. */

struct _GranaryMlflowStore
{
  char            *path;
  GranaryDatabase *database;
  GHashTable      *columns; /* (element-type utf8): `TABLE.COLUMN` */
  char            *version; /* (nullable): of the schema, as Alembic counts */
};

/* Auxiliary functions */

static gboolean
has_column (GranaryMlflowStore *self,
            const char         *table,
            const char         *column)
{
  g_autofree char *name = g_strconcat (table, ".", column, NULL);

  return g_hash_table_contains (self->columns, name);
}

/* A column that may be missing, no longer than anything in it is good for. */
static void
append_text (GString            *sql,
             GranaryMlflowStore *self,
             const char         *table,
             const char         *column)
{
  if (has_column (self, table, column))
    g_string_append_printf (sql, "substr(CAST(%s.%s AS TEXT), 1, 2000)", table, column);
  else
    g_string_append (sql, "NULL");
}

static void
append_number (GString            *sql,
               GranaryMlflowStore *self,
               const char         *table,
               const char         *column)
{
  if (has_column (self, table, column))
    g_string_append_printf (sql, "%s.%s", table, column);
  else
    g_string_append (sql, "NULL");
}

static void
append_active (GString            *sql,
               GranaryMlflowStore *self,
               const char         *table)
{
  if (has_column (self, table, "lifecycle_stage"))
    g_string_append_printf (sql, " AND %s.lifecycle_stage IS NOT 'deleted'", table);
}

static GranaryStatement *
prepare (GranaryMlflowStore  *self,
         GString             *sql,
         GError             **error)
{
  /* The text depends on the columns alone, so there are few. */
  return granary_database_prepare (self->database, g_intern_string (sql->str), error);
}

static char *
dup_valid (GranaryStatement *statement,
           int               column)
{
  const char *text = granary_statement_get_text (statement, column);

  return text != NULL ? g_utf8_make_valid (text, -1) : NULL;
}

/* What a reader of the catalogue is told is of another database here. */
static void
take_error (GranaryMlflowStore  *self,
            GError              *cause,
            GError             **error)
{
  g_autoptr (GError) owned = cause;
  GranaryReason reason = granary_error_get_reason (owned);
  g_autofree char *shown = granary_display_path (self->path);

  if (granary_error_is_cancelled (owned))
    g_propagate_error (error, g_steal_pointer (&owned));
  else if (reason == GRANARY_REASON_CATALOG_LOCKED)
    granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_TASK_BUSY, shown, "%s",
                       owned->message);
  else if (reason == GRANARY_REASON_PERMISSION || reason == GRANARY_REASON_INPUT_OUTPUT)
    granary_set_error (error, GRANARY_ERROR_FILE, reason, shown, "%s", owned->message);
  else
    granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_TASK_UNREADABLE, shown,
                       "%s (schema %s)", owned->message,
                       self->version != NULL ? self->version : "unknown");
}

/* Opening */

static gboolean
read_columns (GranaryMlflowStore  *self,
              GError             **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GError) local_error = NULL;

  statement = granary_database_prepare (self->database,
    "SELECT substr(m.name, 1, 100) || '.' || substr(c.name, 1, 100) FROM sqlite_master AS m"
    " JOIN pragma_table_info(m.name) AS c WHERE m.type = 'table'", error);
  if (statement == NULL)
    return FALSE;

  while (g_hash_table_size (self->columns) < MAX_COLUMNS &&
         granary_statement_step (statement, &local_error))
    {
      char *name = granary_statement_dup_text (statement, 0);

      if (name != NULL)
        g_hash_table_add (self->columns, name);
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return TRUE;
}

static gboolean
read_version (GranaryMlflowStore  *self,
              GError             **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GError) local_error = NULL;

  if (!has_column (self, "alembic_version", "version_num"))
    return TRUE;

  statement = granary_database_prepare (self->database,
    "SELECT substr(CAST(version_num AS TEXT), 1, 100) FROM alembic_version LIMIT 1", error);
  if (statement == NULL)
    return FALSE;
  if (granary_statement_step (statement, &local_error))
    self->version = dup_valid (statement, 0);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return TRUE;
}

/* A database without any table, as MLflow leaves it for a moment, is one without runs. */
static gboolean
check_schema (GranaryMlflowStore  *self,
              GError             **error)
{
  g_autofree char *shown = granary_display_path (self->path);

  if (g_hash_table_size (self->columns) == 0 || has_column (self, "runs", "run_uuid"))
    return TRUE;

  if (self->version != NULL)
    granary_set_error (error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_TASK_NEWER, shown,
                       "schema %s has no runs as they were", self->version);
  else
    granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_TASK_UNREADABLE, shown,
                       "no database of MLflow");
  return FALSE;
}

/* Queries */

/* Its columns, in order: id, experiment, name, group, status, begin, end, files. */
static GString *
make_runs_query (GranaryMlflowStore *self,
                 gboolean            of_one)
{
  g_autoptr (GString) sql = g_string_new ("SELECT ");
  gboolean has_experiments = has_column (self, "experiments", "experiment_id") &&
                             has_column (self, "runs", "experiment_id");

  append_text (sql, self, "runs", "run_uuid");
  g_string_append (sql, ", ");
  append_text (sql, self, "runs", "experiment_id");
  g_string_append (sql, ", ");
  /* Before MLflow 2 it was a tag alone. */
  g_string_append (sql, "coalesce(nullif(");
  append_text (sql, self, "runs", "name");
  g_string_append (sql, ", ''), ");
  if (has_column (self, "tags", "run_uuid"))
    g_string_append (sql, "(SELECT substr(tags.value, 1, 2000) FROM tags WHERE tags.key ="
                          " 'mlflow.runName' AND tags.run_uuid = runs.run_uuid))");
  else
    g_string_append (sql, "NULL)");
  g_string_append (sql, ", ");
  if (has_experiments)
    append_text (sql, self, "experiments", "name");
  else
    g_string_append (sql, "NULL");
  g_string_append (sql, ", ");
  append_text (sql, self, "runs", "status");
  g_string_append (sql, ", ");
  append_number (sql, self, "runs", "start_time");
  g_string_append (sql, ", ");
  append_number (sql, self, "runs", "end_time");
  g_string_append (sql, ", ");
  append_text (sql, self, "runs", "artifact_uri");

  g_string_append (sql, " FROM runs");
  if (has_experiments)
    g_string_append (sql, " LEFT JOIN experiments"
                          " ON experiments.experiment_id = runs.experiment_id");
  g_string_append (sql, of_one ? " WHERE runs.run_uuid = ?1" : " WHERE ?1 IS NULL");
  append_active (sql, self, "runs");
  if (has_experiments)
    append_active (sql, self, "experiments");
  if (has_column (self, "runs", "start_time"))
    g_string_append (sql, " ORDER BY runs.start_time DESC");
  g_string_append_printf (sql, " LIMIT %d", MAX_RUNS);

  return g_steal_pointer (&sql);
}

/* NULL for a row that is none. */
static GranaryMlflowRecord *
make_record (GranaryStatement *statement)
{
  g_autofree char *id = dup_valid (statement, 0);
  g_autofree char *experiment = dup_valid (statement, 1);
  GranaryMlflowRecord *record;
  GranaryMlflowFacts *facts;

  if (!granary_mlflow_id_is_plain (id))
    return NULL;

  if (!granary_mlflow_id_is_plain (experiment))
    g_set_str (&experiment, "0");
  facts = granary_mlflow_facts_new (id, experiment);
  facts->name = dup_valid (statement, 2);
  facts->group = dup_valid (statement, 3);
  facts->status = dup_valid (statement, 4);
  facts->started = granary_mlflow_parse_time (granary_statement_get_int (statement, 5));
  facts->finished = granary_mlflow_parse_time (granary_statement_get_int (statement, 6));
  facts->artifact_uri = dup_valid (statement, 7);

  record = g_new0 (GranaryMlflowRecord, 1);
  record->facts = facts;
  record->models = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_mlflow_model_free);
  return record;
}

/* @records: (element-type GranaryMlflowRecord), by the ids of their runs. */
static gboolean
read_models (GranaryMlflowStore  *self,
             const char          *run_id,
             GHashTable          *records,
             GError             **error)
{
  g_autoptr (GString) sql = g_string_new ("SELECT DISTINCT ");
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GError) local_error = NULL;
  guint n_models = 0;

  if (!has_column (self, "logged_models", "model_id") ||
      !has_column (self, "logged_models", "source_run_id"))
    return TRUE;

  append_text (sql, self, "logged_models", "source_run_id");
  g_string_append (sql, ", ");
  append_text (sql, self, "logged_models", "model_id");
  g_string_append (sql, ", ");
  append_text (sql, self, "logged_models", "name");
  g_string_append (sql, ", ");
  append_text (sql, self, "logged_models", "artifact_location");
  g_string_append (sql, " FROM logged_models WHERE (?1 IS NULL OR source_run_id = ?1)");
  append_active (sql, self, "logged_models");
  if (has_column (self, "logged_models", "creation_timestamp_ms"))
    g_string_append (sql, " ORDER BY logged_models.creation_timestamp_ms DESC");

  statement = prepare (self, sql, error);
  if (statement == NULL)
    return FALSE;
  granary_statement_bind_text (statement, 1, run_id);
  while (n_models++ < MAX_RUNS && granary_statement_step (statement, &local_error))
    {
      const char *source = granary_statement_get_text (statement, 0);
      GranaryMlflowRecord *record = source != NULL ? g_hash_table_lookup (records, source) : NULL;
      g_autofree char *id = dup_valid (statement, 1);
      GranaryMlflowModel *model;

      if (record == NULL || !granary_mlflow_id_is_plain (id))
        continue;
      model = granary_mlflow_model_new (id);
      model->name = dup_valid (statement, 2);
      model->artifact_uri = dup_valid (statement, 3);
      g_ptr_array_add (record->models, model);
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return TRUE;
}

/* The first row of each name counts. */
static GPtrArray *
read_metric_rows (GranaryMlflowStore  *self,
                  const char          *sql,
                  const char          *id,
                  GError             **error)
{
  g_autoptr (GPtrArray) metrics = granary_mlflow_metrics_new ();
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GError) local_error = NULL;
  guint n_rows = 0;

  statement = granary_database_prepare (self->database, sql, &local_error);
  if (statement != NULL)
    granary_statement_bind_text (statement, 1, id);
  while (statement != NULL && n_rows++ < MAX_METRIC_ROWS &&
         granary_statement_step (statement, &local_error))
    {
      const char *name = granary_statement_get_text (statement, 0);

      if (name != NULL)
        granary_mlflow_metrics_add_number (metrics, name,
                                           granary_statement_get_double (statement, 1),
                                           granary_statement_is_null (statement, 1) ||
                                           granary_statement_get_int (statement, 2) != 0);
    }
  if (local_error != NULL)
    {
      take_error (self, g_steal_pointer (&local_error), error);
      return NULL;
    }

  return g_steal_pointer (&metrics);
}

/* Functions for the reader */

void
granary_mlflow_record_free (GranaryMlflowRecord *self)
{
  if (self == NULL)
    return;

  granary_mlflow_facts_free (self->facts);
  g_ptr_array_unref (self->models);
  g_free (self);
}

gboolean
granary_mlflow_store_exists (const char *folder)
{
  g_autofree char *path = NULL;
  struct stat status;

  g_return_val_if_fail (folder != NULL, FALSE);

  path = g_build_filename (folder, GRANARY_MLFLOW_DATABASE, NULL);
  return lstat (path, &status) == 0 && S_ISREG (status.st_mode);
}

GranaryMlflowStore *
granary_mlflow_store_open (const char    *folder,
                           GCancellable  *cancellable,
                           GError       **error)
{
  g_autoptr (GranaryMlflowStore) self = g_new0 (GranaryMlflowStore, 1);
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (folder != NULL, NULL);

  self->path = g_build_filename (folder, GRANARY_MLFLOW_DATABASE, NULL);
  self->columns = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!granary_mlflow_store_exists (folder))
    {
      g_autofree char *shown = granary_display_path (self->path);

      granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_TASK_MISSING, shown,
                         "no regular file: %s", shown);
      return NULL;
    }

  self->database = granary_database_open (self->path, GRANARY_DATABASE_READ_ONLY |
                                                      GRANARY_DATABASE_FOREIGN, &local_error);
  if (self->database != NULL)
    granary_database_set_cancellable (self->database, cancellable);
  if (self->database == NULL || !read_columns (self, &local_error) ||
      !read_version (self, &local_error))
    {
      take_error (self, g_steal_pointer (&local_error), error);
      return NULL;
    }

  return check_schema (self, error) ? g_steal_pointer (&self) : NULL;
}

void
granary_mlflow_store_close (GranaryMlflowStore *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->columns, g_hash_table_unref);
  g_clear_pointer (&self->database, granary_database_close);
  g_free (self->version);
  g_free (self->path);
  g_free (self);
}

GPtrArray *
granary_mlflow_store_read_records (GranaryMlflowStore  *self,
                                   const char          *run_id,
                                   GError             **error)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (
    (GDestroyNotify) granary_mlflow_record_free);
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GString) sql = NULL;
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (g_hash_table_size (self->columns) == 0)
    return g_steal_pointer (&records);

  sql = make_runs_query (self, run_id != NULL);
  statement = prepare (self, sql, &local_error);
  if (statement != NULL)
    granary_statement_bind_text (statement, 1, run_id);
  while (statement != NULL && granary_statement_step (statement, &local_error))
    {
      GranaryMlflowRecord *record = make_record (statement);

      if (record != NULL && g_hash_table_contains (by_id, record->facts->id))
        g_clear_pointer (&record, granary_mlflow_record_free);
      if (record == NULL)
        continue;
      g_hash_table_insert (by_id, record->facts->id, record);
      g_ptr_array_add (records, record);
    }

  if (local_error == NULL)
    read_models (self, run_id, by_id, &local_error);
  if (local_error != NULL)
    {
      take_error (self, g_steal_pointer (&local_error), error);
      return NULL;
    }

  return g_steal_pointer (&records);
}

GPtrArray *
granary_mlflow_store_read_metrics (GranaryMlflowStore  *self,
                                   const char          *run_id,
                                   GError             **error)
{
  if (has_column (self, "latest_metrics", "is_nan"))
    return read_metric_rows (self,
      "SELECT substr(key, 1, 1000), value, is_nan FROM latest_metrics WHERE run_uuid = ?1"
      " ORDER BY key", run_id, error);
  if (has_column (self, "metrics", "is_nan"))
    return read_metric_rows (self,
      "SELECT substr(key, 1, 1000), value, is_nan FROM metrics WHERE run_uuid = ?1"
      " ORDER BY key, step DESC, timestamp DESC, value DESC", run_id, error);
  if (has_column (self, "metrics", "value"))
    return read_metric_rows (self,
      "SELECT substr(key, 1, 1000), value, 0 FROM metrics WHERE run_uuid = ?1"
      " ORDER BY key, timestamp DESC, value DESC", run_id, error);

  return granary_mlflow_metrics_new ();
}

gboolean
granary_mlflow_store_read_model_metrics (GranaryMlflowStore  *self,
                                         GPtrArray           *models,
                                         GError             **error)
{
  if (!has_column (self, "logged_model_metrics", "metric_value"))
    return TRUE;

  for (guint i = 0; i < models->len; i++)
    {
      GranaryMlflowModel *model = g_ptr_array_index (models, i);

      model->metrics = read_metric_rows (self,
        "SELECT substr(metric_name, 1, 1000), metric_value, 0 FROM logged_model_metrics"
        " WHERE model_id = ?1 ORDER BY metric_name, metric_step DESC, metric_timestamp_ms DESC",
        model->id, error);
      if (model->metrics == NULL)
        return FALSE;
    }

  return TRUE;
}

char *
granary_mlflow_store_read_history (GranaryMlflowStore *self,
                                   const char         *run_id)
{
  g_autoptr (GranaryStatement) statement = NULL;

  if (!has_column (self, "tags", "run_uuid"))
    return NULL;

  statement = granary_database_prepare (self->database,
    "SELECT value FROM tags WHERE key = 'mlflow.log-model.history' AND run_uuid = ?1"
    " AND length(value) < 1000000", NULL);
  if (statement == NULL)
    return NULL;
  granary_statement_bind_text (statement, 1, run_id);

  return granary_statement_step (statement, NULL) ? dup_valid (statement, 0) : NULL;
}
