/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-catalog"

#include "config.h"

#include "granary-catalog-writer.h"

#include <stdarg.h>
#include <string.h>

#include "granary-catalog-private.h"
#include "granary-error.h"
#include "granary-json.h"
#include "granary-metric.h"
#include "granary-names.h"
#include "granary-search-text.h"

/* Changes to models and versions, inside a transaction of granary_catalog_write(). Every function
 * marks the model it touched; what lists and search repeat of it follows once, before the commit. */

/* Auxiliary functions */

/**
 * granary_writer_run:
 * @self: a writer
 * @sql: a literal without rows
 * @error: return location
 * @types: one letter a parameter: `i` gint64, `s` text or %NULL
 * @...: the parameters
 *
 * Returns: whether it was carried out
 */
gboolean
granary_writer_run (GranaryWriter  *self,
                    const char     *sql,
                    GError        **error,
                    const char     *types,
                    ...)
{
  g_autoptr (GranaryStatement) statement = NULL;
  va_list args;

  statement = granary_database_prepare (self->database, sql, error);
  if (statement == NULL)
    return FALSE;

  va_start (args, types);
  for (int i = 0; types[i] != '\0'; i++)
    {
      if (types[i] == 'i')
        granary_statement_bind_int (statement, i + 1, va_arg (args, gint64));
      else
        granary_statement_bind_text (statement, i + 1, va_arg (args, const char *));
    }
  va_end (args);

  return granary_statement_run (statement, error);
}

void
granary_writer_touch (GranaryWriter *self,
                      gint64         model_id)
{
  g_hash_table_add (self->touched, g_memdup2 (&model_id, sizeof model_id));
}

static gboolean
touch_time (GranaryWriter  *self,
            gint64          model_id,
            GError        **error)
{
  granary_writer_touch (self, model_id);
  /* What a service told of it is no longer all that there is to it. */
  return granary_writer_run (self, "UPDATE models SET updated = ?2, digest = NULL WHERE id = ?1",
                             error, "ii", model_id, g_get_real_time ());
}

static gboolean
check_name_free (GranaryWriter  *self,
                 const char     *name,
                 gint64          except_model_id,
                 GError        **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *key = granary_name_fold (name);
  gboolean taken;

  statement = granary_database_prepare (self->database,
                                        "SELECT 1 FROM models"
                                        " WHERE name_key = ?1 AND trash IS NULL AND id <> ?2",
                                        error);
  if (statement == NULL)
    return FALSE;

  granary_statement_bind_text (statement, 1, key);
  granary_statement_bind_int (statement, 2, except_model_id);
  taken = granary_statement_step (statement, &local_error);
  if (!granary_read_ended (g_steal_pointer (&local_error), error))
    return FALSE;
  if (taken)
    {
      granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_NAME_TAKEN, name,
                         "there already is a model “%s”", name);
      return FALSE;
    }

  return TRUE;
}

gboolean
granary_writer_write_metrics (GranaryWriter  *self,
                              gint64          version_id,
                              GPtrArray      *metrics,
                              GError        **error)
{
  if (!granary_writer_run (self, "DELETE FROM metrics WHERE version_id = ?1", error, "i", version_id))
    return FALSE;

  for (guint i = 0; metrics != NULL && i < metrics->len; i++)
    {
      const GranaryMetric *metric = g_ptr_array_index (metrics, i);

      if (!granary_writer_run (self,
                               "INSERT INTO metrics (version_id, position, name, text)"
                               " VALUES (?1, ?2, ?3, ?4)",
                               error, "iiss", version_id, (gint64) i, metric->name, metric->text))
        return FALSE;
    }

  return TRUE;
}

gboolean
granary_writer_write_files (GranaryWriter  *self,
                            gint64          version_id,
                            GPtrArray      *files,
                            GError        **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  gint64 size = 0;

  if (!granary_writer_run (self, "DELETE FROM files WHERE version_id = ?1", error, "i", version_id))
    return FALSE;

  statement = granary_database_prepare (self->database,
                                        "INSERT INTO files (version_id, path, size, sha256, mtime,"
                                        " inode, etag, crc64)"
                                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                                        error);
  if (statement == NULL)
    return FALSE;

  for (guint i = 0; i < files->len; i++)
    {
      const GranaryFile *file = g_ptr_array_index (files, i);

      granary_statement_bind_int (statement, 1, version_id);
      granary_statement_bind_text (statement, 2, file->path);
      granary_statement_bind_int (statement, 3, file->size);
      granary_statement_bind_blob (statement, 4, file->sha256, GRANARY_SHA256_LENGTH);
      granary_statement_bind_int (statement, 5, file->mtime);
      granary_statement_bind_int (statement, 6, (gint64) file->inode);
      granary_statement_bind_text (statement, 7, file->etag);
      granary_statement_bind_text (statement, 8, file->crc64);
      if (!granary_statement_run (statement, error))
        return FALSE;
      size += file->size;
    }

  return granary_writer_run (self,
                             "UPDATE versions SET size = ?2, n_files = ?3, updated = ?4 WHERE id = ?1",
                             error, "iiii", version_id, size, (gint64) files->len,
                             g_get_real_time ());
}

/* The model of a version; 0 with @error set. */
static gint64
find_model_of (GranaryWriter  *self,
               gint64          version_id,
               GError        **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GError) local_error = NULL;
  gint64 model_id = 0;

  statement = granary_database_prepare (self->database,
                                        "SELECT model_id FROM versions WHERE id = ?1", error);
  if (statement == NULL)
    return 0;

  granary_statement_bind_int (statement, 1, version_id);
  if (granary_statement_step (statement, &local_error))
    model_id = granary_statement_get_int (statement, 0);
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else if (model_id == 0)
    granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_VERSION_MISSING, NULL,
                       "no version has row %" G_GINT64_FORMAT, version_id);

  return model_id;
}

/* What lists repeat of a model */

static const GranaryMetric *
find_metric (const GranaryVersion *version,
             const char           *name)
{
  for (guint i = 0; i < version->metrics->len; i++)
    {
      const GranaryMetric *metric = g_ptr_array_index (version->metrics, i);

      if (name == NULL || g_str_equal (metric->name, name))
        return metric;
    }

  return NULL;
}

static int
compare_metrics (const GranaryMetric *now,
                 const GranaryMetric *before)
{
  int trend;

  if (now == NULL || before == NULL || !now->is_number || !before->is_number)
    return 0;

  trend = (now->value > before->value) - (now->value < before->value);
  return granary_metric_lower_is_better (now->name) ? -trend : trend;
}

/* The name of the task that a version came from is part of what its service told. */
static char *
dup_task_name (const char *remote)
{
  g_autoptr (JsonNode) root = NULL;

  if (remote == NULL || strstr (remote, "\"task_name\"") == NULL)
    return NULL;

  root = granary_json_parse (remote, -1, NULL, NULL);
  return g_strdup (granary_json_get_string (root, "task_name"));
}

static gboolean
append_service_names (GranaryWriter       *self,
                      const GranaryModel  *model,
                      GString             *text,
                      GError             **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  GError *local_error = NULL;

  statement = granary_database_prepare (self->database,
                                        "SELECT DISTINCT name FROM services WHERE model_uid = ?1"
                                        " ORDER BY name",
                                        error);
  if (statement == NULL)
    return FALSE;

  granary_statement_bind_text (statement, 1, model->uid);
  while (granary_statement_step (statement, &local_error))
    granary_search_text_append (text, granary_statement_get_text (statement, 0));

  return granary_read_ended (local_error, error);
}

static char *
build_search_text (GranaryWriter       *self,
                   const GranaryModel  *model,
                   GError             **error)
{
  g_autoptr (GHashTable) words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GString) text = g_string_new (NULL);

  granary_search_text_append (text, model->name);
  granary_search_text_append (text, model->description);
  for (guint i = 0; i < granary_tag_set_get_size (model->tags); i++)
    {
      granary_search_text_append (text, granary_tag_set_get_key (model->tags, i));
      granary_search_text_append (text, granary_tag_set_get_value (model->tags, i));
    }
  for (guint i = 0; i < model->versions->len; i++)
    {
      const GranaryVersion *version = g_ptr_array_index (model->versions, i);
      g_autofree char *task = dup_task_name (version->remote);
      /* Ids on a platform are what its console and its logs name things by. */
      const char *facts[] = {
        version->framework,
        version->format,
        version->environment,
        task,
        version->uid != NULL ? version->model_uid : NULL,
      };

      for (guint f = 0; f < G_N_ELEMENTS (facts); f++)
        {
          if (facts[f] != NULL && g_hash_table_add (words, g_strdup (facts[f])))
            granary_search_text_append (text, facts[f]);
        }
      for (guint m = 0; m < version->metrics->len; m++)
        {
          const GranaryMetric *metric = g_ptr_array_index (version->metrics, m);

          if (g_hash_table_add (words, g_strdup (metric->name)))
            granary_search_text_append (text, metric->name);
        }
    }

  if (!append_service_names (self, model, text, error))
    return NULL;

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
flush_summary (GranaryWriter       *self,
               const GranaryModel  *model,
               GError             **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  const GranaryVersion *latest = NULL;
  const GranaryVersion *before = NULL;
  const GranaryMetric *metric = NULL;
  g_autofree char *tags = granary_tag_set_to_text (model->tags, "\n");
  gint64 size = 0;
  int trend = 0;

  for (guint i = 0; i < model->versions->len; i++)
    {
      const GranaryVersion *version = g_ptr_array_index (model->versions, i);

      size += MAX (version->size, 0);
      if (version->status != GRANARY_STATUS_READY && latest != NULL)
        continue;
      if (latest == NULL)
        latest = version;
      else if (before == NULL)
        before = version;
    }
  if (latest != NULL)
    {
      metric = find_metric (latest, model->primary_metric);
      if (metric != NULL && before != NULL)
        trend = compare_metrics (metric, find_metric (before, metric->name));
    }

  statement = granary_database_prepare (self->database,
                                        "UPDATE models SET n_versions = ?2, latest = ?3, size = ?4,"
                                        " framework = ?5, source = ?6, status = ?7,"
                                        " metric_name = ?8, metric_text = ?9, metric_value = ?10,"
                                        " metric_trend = ?11, tags_text = ?12 WHERE id = ?1",
                                        error);
  if (statement == NULL)
    return FALSE;

  granary_statement_bind_int (statement, 1, model->id);
  granary_statement_bind_int (statement, 2, model->versions->len);
  granary_statement_bind_int (statement, 3, latest != NULL ? latest->number : 0);
  granary_statement_bind_int (statement, 4, size);
  granary_statement_bind_text (statement, 5, latest != NULL ? latest->framework : NULL);
  granary_statement_bind_text (statement, 6, granary_source_to_id (latest != NULL
                                                                     ? latest->source
                                                                     : GRANARY_SOURCE_FILES));
  granary_statement_bind_text (statement, 7, granary_status_to_id (latest != NULL
                                                                     ? latest->status
                                                                     : GRANARY_STATUS_READY));
  granary_statement_bind_text (statement, 8, metric != NULL ? metric->name : NULL);
  granary_statement_bind_text (statement, 9, metric != NULL ? metric->text : NULL);
  if (metric != NULL && metric->is_number)
    granary_statement_bind_double (statement, 10, metric->value);
  granary_statement_bind_int (statement, 11, trend);
  granary_statement_bind_text (statement, 12, tags);
  return granary_statement_run (statement, error);
}

/* FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
static gint64
hash_text (const char *text)
{
  guint64 hash = 0xcbf29ce484222325;

  for (const char *at = text; *at != '\0'; at++)
    hash = (hash ^ (guchar) *at) * 0x100000001b3;

  return (gint64) (hash | 1);
}

/* Words are indexed again only when they changed: that is the dearest part of a small write. The
 * hash is 0 while a model is not in the index. */
static gboolean
flush_search (GranaryWriter       *self,
              gint64               model_id,
              const GranaryModel  *model,
              GError             **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *text = NULL;
  gint64 hash = 0;
  gint64 stored = 0;

  if (model != NULL)
    {
      text = build_search_text (self, model, error);
      if (text == NULL)
        return FALSE;
      hash = hash_text (text);
    }

  statement = granary_database_prepare (self->database,
                                        "SELECT search_hash FROM models WHERE id = ?1", error);
  if (statement == NULL)
    return FALSE;
  granary_statement_bind_int (statement, 1, model_id);
  if (granary_statement_step (statement, &local_error))
    stored = granary_statement_get_int (statement, 0);
  else
    stored = -1;
  if (!granary_read_ended (g_steal_pointer (&local_error), error))
    return FALSE;

  if (stored == hash)
    return TRUE;
  if (stored != 0 &&
      !granary_writer_run (self, "DELETE FROM search WHERE rowid = ?1", error, "i", model_id))
    return FALSE;
  if (text != NULL &&
      !granary_writer_run (self, "INSERT INTO search (rowid, text) VALUES (?1, ?2)", error, "is",
                           model_id, text))
    return FALSE;

  return granary_writer_run (self, "UPDATE models SET search_hash = ?2 WHERE id = ?1", error, "ii",
                             model_id, hash);
}

static gboolean
flush_model (GranaryWriter  *self,
             gint64          model_id,
             GError        **error)
{
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GError) local_error = NULL;

  if (!granary_writer_run (self, "INSERT INTO changes (kind, id) VALUES ('model', ?1)", error, "i",
                           model_id))
    return FALSE;

  model = granary_load_model (self->database, model_id, FALSE, &local_error);
  if (model == NULL && !granary_error_matches_reason (local_error, GRANARY_REASON_MODEL_MISSING))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  /* One that is gone or in the trash is not to be found any more. */
  return flush_search (self, model_id, model, error) &&
         (model == NULL || flush_summary (self, model, error));
}

/**
 * granary_writer_flush:
 * @self: a writer
 * @error: return location
 *
 * Brings lists and search in line with what was changed, and notes the changes for those who watch.
 *
 * Returns: whether it was written
 */
gboolean
granary_writer_flush (GranaryWriter  *self,
                      GError        **error)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->touched);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      if (!flush_model (self, *(gint64 *) key, error))
        return FALSE;
    }

  /* Watchers look several times a second: older notes serve nobody. */
  return granary_writer_run (self,
                             "DELETE FROM changes WHERE seq <= (SELECT max(seq) FROM changes) - 20000",
                             error, "");
}

/* Models */

/**
 * granary_writer_add_model:
 * @self: a writer
 * @uid: (nullable): its opaque id; %NULL for a new one
 * @name: name that passed granary_name_check()
 * @description: (nullable): free text
 * @tags: (nullable): its tags
 * @error: return location
 *
 * Returns: the row, or 0: %GRANARY_REASON_NAME_TAKEN
 */
gint64
granary_writer_add_model (GranaryWriter        *self,
                          const char           *uid,
                          const char           *name,
                          const char           *description,
                          const GranaryTagSet  *tags,
                          GError              **error)
{
  g_autofree char *own_uid = uid != NULL ? g_strdup (uid) : granary_uid_new ("m");
  g_autofree char *key = NULL;
  g_autofree char *sort = NULL;
  gint64 now = g_get_real_time ();
  gint64 id;

  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (name != NULL, 0);

  if (!check_name_free (self, name, 0, error))
    return 0;

  key = granary_name_fold (name);
  sort = granary_sort_text (name);
  if (!granary_writer_run (self,
                           "INSERT INTO models (uid, name, name_key, name_sort, description,"
                           " created, updated) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                           error, "sssssii", own_uid, name, key, sort,
                           description != NULL ? description : "", now, now))
    return 0;

  id = granary_database_get_last_id (self->database);
  if (tags != NULL && !granary_writer_set_tags (self, id, tags, error))
    return 0;
  if (!granary_writer_add_event (self, id, 0, GRANARY_EVENT_CREATED, NULL, error))
    return 0;

  granary_writer_touch (self, id);
  return id;
}

gboolean
granary_writer_rename_model (GranaryWriter  *self,
                             gint64          model_id,
                             const char     *name,
                             GError        **error)
{
  g_autofree char *key = NULL;
  g_autofree char *sort = NULL;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  key = granary_name_fold (name);
  sort = granary_sort_text (name);
  return check_name_free (self, name, model_id, error) &&
         granary_writer_run (self,
                             "UPDATE models SET name = ?2, name_key = ?3, name_sort = ?4"
                             " WHERE id = ?1",
                             error, "isss", model_id, name, key, sort) &&
         touch_time (self, model_id, error);
}

gboolean
granary_writer_describe_model (GranaryWriter  *self,
                               gint64          model_id,
                               const char     *description,
                               GError        **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (description != NULL, FALSE);

  return granary_writer_run (self, "UPDATE models SET description = ?2 WHERE id = ?1", error, "is",
                             model_id, description) &&
         touch_time (self, model_id, error);
}

/**
 * granary_writer_set_primary_metric:
 * @self: a writer
 * @model_id: a model
 * @metric: (nullable): which metric lists show; %NULL or "" for the first of the latest version
 * @error: return location
 *
 * Returns: whether it was written
 */
gboolean
granary_writer_set_primary_metric (GranaryWriter  *self,
                                   gint64          model_id,
                                   const char     *metric,
                                   GError        **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  granary_writer_touch (self, model_id);
  return granary_writer_run (self, "UPDATE models SET primary_metric = ?2 WHERE id = ?1", error,
                             "is", model_id, metric != NULL && *metric != '\0' ? metric : NULL);
}

gboolean
granary_writer_set_tags (GranaryWriter        *self,
                         gint64                model_id,
                         const GranaryTagSet  *tags,
                         GError              **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (!granary_writer_run (self, "DELETE FROM tags WHERE model_id = ?1", error, "i", model_id))
    return FALSE;

  for (guint i = 0; i < granary_tag_set_get_size (tags); i++)
    {
      if (!granary_writer_run (self, "INSERT INTO tags (model_id, key, value) VALUES (?1, ?2, ?3)",
                               error, "iss", model_id, granary_tag_set_get_key (tags, i),
                               granary_tag_set_get_value (tags, i)))
        return FALSE;
    }

  return touch_time (self, model_id, error);
}

/**
 * granary_writer_remove_model:
 * @self: a writer
 * @model_id: a model
 * @error: return location
 *
 * Takes the row and all that hangs on it out for good: for undoing an import that made it.
 *
 * Returns: whether it was written
 */
gboolean
granary_writer_remove_model (GranaryWriter  *self,
                             gint64          model_id,
                             GError        **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  granary_writer_touch (self, model_id);
  return granary_writer_run (self, "DELETE FROM models WHERE id = ?1", error, "i", model_id);
}

/* Versions */

/**
 * granary_writer_reserve_version:
 * @self: a writer
 * @model_id: a model outside the trash
 * @facts: what is known of the version: source, framework, format, metrics …
 * @number: (out): the number it got, one above the highest ever used
 * @error: return location
 *
 * Makes the row, status importing. The number stays used whatever becomes of the version.
 *
 * Returns: the row, or 0
 */
gint64
granary_writer_reserve_version (GranaryWriter         *self,
                                gint64                 model_id,
                                const GranaryVersion  *facts,
                                int                   *number,
                                GError               **error)
{
  g_autoptr (GranaryModel) model = NULL;
  gint64 now = g_get_real_time ();
  gint64 id;

  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (facts != NULL, 0);
  g_return_val_if_fail (number != NULL, 0);

  model = granary_load_model (self->database, model_id, FALSE, error);
  if (model == NULL)
    return 0;

  *number = model->high_water + 1;
  if (!granary_writer_run (self, "UPDATE models SET high_water = ?2 WHERE id = ?1", error, "ii",
                           model_id, (gint64) *number) ||
      !granary_writer_run (self,
                           "INSERT INTO versions (model_id, number, status, source, source_ref,"
                           " framework, format, environment, inspection, remote, created, updated)"
                           " VALUES (?1, ?2, 'importing', ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                           error, "iisssssssii", model_id, (gint64) *number,
                           granary_source_to_id (facts->source), facts->source_ref,
                           facts->framework, facts->format, facts->environment, facts->inspection,
                           facts->remote, now, now))
    return 0;

  id = granary_database_get_last_id (self->database);
  if (!granary_writer_write_metrics (self, id, facts->metrics, error))
    return 0;

  granary_writer_touch (self, model_id);
  return id;
}

/**
 * granary_writer_complete_version:
 * @self: a writer
 * @version_id: a version that is importing
 * @files: (element-type GranaryFile): what it holds now
 * @error: return location
 *
 * Makes the version ready.
 *
 * Returns: whether it was written
 */
gboolean
granary_writer_complete_version (GranaryWriter  *self,
                                 gint64          version_id,
                                 GPtrArray      *files,
                                 GError        **error)
{
  gint64 model_id;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (files != NULL, FALSE);

  model_id = find_model_of (self, version_id, error);
  return model_id != 0 && granary_writer_write_files (self, version_id, files, error) &&
         granary_writer_run (self, "UPDATE versions SET status = 'ready', digest = NULL"
                             " WHERE id = ?1", error, "i", version_id) &&
         touch_time (self, model_id, error);
}

gboolean
granary_writer_set_files (GranaryWriter  *self,
                          gint64          version_id,
                          GPtrArray      *files,
                          GError        **error)
{
  gint64 model_id;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (files != NULL, FALSE);

  model_id = find_model_of (self, version_id, error);
  return model_id != 0 && granary_writer_write_files (self, version_id, files, error) &&
         granary_writer_run (self, "UPDATE versions SET files_changed = ?2 WHERE id = ?1", error,
                             "ii", version_id, g_get_real_time ()) &&
         touch_time (self, model_id, error);
}

/**
 * granary_writer_set_inspection:
 * @self: a writer
 * @version_id: a version
 * @framework: (nullable): as read from its files; %NULL leaves it
 * @format: (nullable): likewise
 * @inspection: (nullable): JSON of what was read; %NULL clears it
 * @error: return location
 *
 * Returns: whether it was written
 */
gboolean
granary_writer_set_inspection (GranaryWriter  *self,
                               gint64          version_id,
                               const char     *framework,
                               const char     *format,
                               const char     *inspection,
                               GError        **error)
{
  gint64 model_id;

  g_return_val_if_fail (self != NULL, FALSE);

  model_id = find_model_of (self, version_id, error);
  if (model_id == 0)
    return FALSE;

  granary_writer_touch (self, model_id);
  return granary_writer_run (self,
                             "UPDATE versions SET framework = coalesce (?2, framework),"
                             " format = coalesce (?3, format), inspection = ?4 WHERE id = ?1",
                             error, "isss", version_id, framework, format, inspection);
}

/**
 * granary_writer_edit_version:
 * @self: a writer
 * @version_id: a version
 * @framework: (nullable): %NULL leaves it
 * @environment: (nullable): %NULL leaves it
 * @metrics: (element-type GranaryMetric) (nullable): %NULL leaves them
 * @error: return location
 *
 * Returns: whether it was written
 */
gboolean
granary_writer_edit_version (GranaryWriter  *self,
                             gint64          version_id,
                             const char     *framework,
                             const char     *environment,
                             GPtrArray      *metrics,
                             GError        **error)
{
  gint64 model_id;

  g_return_val_if_fail (self != NULL, FALSE);

  model_id = find_model_of (self, version_id, error);
  return model_id != 0 &&
         granary_writer_run (self,
                             "UPDATE versions SET framework = coalesce (?2, framework),"
                             " environment = coalesce (?3, environment), updated = ?4,"
                             " digest = NULL WHERE id = ?1",
                             error, "issi", version_id, framework, environment,
                             g_get_real_time ()) &&
         (metrics == NULL || granary_writer_write_metrics (self, version_id, metrics, error)) &&
         touch_time (self, model_id, error);
}

/**
 * granary_writer_remove_version:
 * @self: a writer
 * @version_id: a version
 * @error: return location
 *
 * Takes the row out for good; its number stays used.
 *
 * Returns: whether it was written
 */
gboolean
granary_writer_remove_version (GranaryWriter  *self,
                               gint64          version_id,
                               GError        **error)
{
  gint64 model_id;

  g_return_val_if_fail (self != NULL, FALSE);

  model_id = find_model_of (self, version_id, error);
  if (model_id == 0)
    return FALSE;

  granary_writer_touch (self, model_id);
  return granary_writer_run (self, "DELETE FROM versions WHERE id = ?1", error, "i", version_id);
}

/* Reads inside the transaction, and history */

gint64
granary_writer_find_model (GranaryWriter  *self,
                           const char     *name_or_uid,
                           GError        **error)
{
  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (name_or_uid != NULL, 0);

  return granary_find_model (self->database, name_or_uid, error);
}

/**
 * granary_writer_load_model:
 * @self: a writer
 * @model_id: a model, in the trash or not
 * @error: return location
 *
 * Returns: (transfer full): the model with all its versions, those in the trash too
 */
GranaryModel *
granary_writer_load_model (GranaryWriter  *self,
                           gint64          model_id,
                           GError        **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  return granary_load_model (self->database, model_id, TRUE, error);
}

GranaryVersion *
granary_writer_load_version (GranaryWriter  *self,
                             gint64          version_id,
                             GError        **error)
{
  g_return_val_if_fail (self != NULL, NULL);

  return granary_load_version (self->database, version_id, error);
}

/**
 * granary_writer_add_event:
 * @self: a writer
 * @model_id: a model
 * @number: version, 0 for the model
 * @kind: what happened
 * @detail: (nullable): see [enum@EventKind]
 * @error: return location
 *
 * Adds a line of history, with the name the model has now and the user of this process.
 *
 * Returns: whether it was written
 */
gboolean
granary_writer_add_event (GranaryWriter     *self,
                          gint64             model_id,
                          int                number,
                          GranaryEventKind   kind,
                          const char        *detail,
                          GError           **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return granary_writer_run (self,
                             "INSERT INTO events (time, model_id, model_name, number, kind, detail,"
                             " user) VALUES (?1, ?2,"
                             " coalesce ((SELECT name FROM models WHERE id = ?2), ''), ?3, ?4, ?5, ?6)",
                             error, "iiisss", g_get_real_time (), model_id, (gint64) number,
                             granary_event_kind_to_id (kind), detail, self->user);
}
