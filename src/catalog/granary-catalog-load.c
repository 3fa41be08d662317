/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-catalog"

#include "config.h"

#include <string.h>

#include "granary-catalog-private.h"
#include "granary-error.h"
#include "granary-metric.h"
#include "granary-names.h"

/* Rows of the catalogue as records: models, versions, their files, metrics and tags. */

#define VERSION_COLUMNS \
  "v.id, v.model_id, m.uid, m.name, v.number, v.status, v.source, v.source_ref, v.framework," \
  " v.format, v.environment, v.inspection, v.error, v.size, v.n_files, v.created, v.updated," \
  " v.uid, v.progress, v.location, v.remote"

/* Auxiliary functions */

/* Ids of statuses and sources of a later program are shown as the nearest known. */
static GranaryStatus
read_status (GranaryStatement *statement,
             int               column)
{
  GranaryStatus status = GRANARY_STATUS_FAILED;

  granary_status_from_id (granary_statement_get_text (statement, column), &status);
  return status;
}

static GranarySource
read_source (GranaryStatement *statement,
             int               column)
{
  GranarySource source = GRANARY_SOURCE_FILES;

  granary_source_from_id (granary_statement_get_text (statement, column), &source);
  return source;
}

static GranaryVersion *
read_version (GranaryStatement *statement)
{
  GranaryVersion *version = granary_version_new ();

  version->id = granary_statement_get_int (statement, 0);
  version->model_id = granary_statement_get_int (statement, 1);
  version->model_uid = granary_statement_dup_text (statement, 2);
  version->model_name = granary_statement_dup_text (statement, 3);
  version->number = (int) granary_statement_get_int (statement, 4);
  version->status = read_status (statement, 5);
  version->source = read_source (statement, 6);
  version->source_ref = granary_statement_dup_text (statement, 7);
  version->framework = granary_statement_dup_text (statement, 8);
  version->format = granary_statement_dup_text (statement, 9);
  version->environment = granary_statement_dup_text (statement, 10);
  version->inspection = granary_statement_dup_text (statement, 11);
  version->error = granary_statement_dup_text (statement, 12);
  version->size = granary_statement_get_int (statement, 13);
  version->n_files = (int) granary_statement_get_int (statement, 14);
  version->created = granary_statement_get_int (statement, 15);
  version->updated = granary_statement_get_int (statement, 16);
  version->uid = granary_statement_dup_text (statement, 17);
  version->progress = (int) granary_statement_get_int (statement, 18);
  version->location = granary_statement_dup_text (statement, 19);
  version->remote = granary_statement_dup_text (statement, 20);
  version->metrics = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_metric_free);
  return version;
}

/* The metrics of all versions of a model in one pass; @versions is newest first. */
static gboolean
load_metrics (GranaryDatabase  *database,
              GPtrArray        *versions,
              gint64            model_id,
              GError          **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  GError *local_error = NULL;

  for (guint i = 0; i < versions->len; i++)
    {
      GranaryVersion *version = g_ptr_array_index (versions, i);

      g_hash_table_insert (by_id, &version->id, version);
    }

  statement = granary_database_prepare (database,
                                        "SELECT t.version_id, t.name, t.text"
                                        " FROM versions v JOIN metrics t ON t.version_id = v.id"
                                        " WHERE v.model_id = ?1"
                                        " ORDER BY t.version_id, t.position",
                                        error);
  if (statement == NULL)
    return FALSE;

  granary_statement_bind_int (statement, 1, model_id);
  while (granary_statement_step (statement, &local_error))
    {
      gint64 id = granary_statement_get_int (statement, 0);
      GranaryVersion *version = g_hash_table_lookup (by_id, &id);

      if (version != NULL)
        g_ptr_array_add (version->metrics,
                         granary_metric_new (granary_statement_get_text (statement, 1),
                                             granary_statement_get_text (statement, 2)));
    }

  return granary_read_ended (local_error, error);
}

static gboolean
load_files (GranaryDatabase  *database,
            GranaryVersion   *version,
            GError          **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  GError *local_error = NULL;

  statement = granary_database_prepare (database,
                                        "SELECT path, size, sha256, mtime, inode, etag, crc64"
                                        " FROM files WHERE version_id = ?1 ORDER BY path",
                                        error);
  if (statement == NULL)
    return FALSE;

  version->files = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_file_free);
  granary_statement_bind_int (statement, 1, version->id);
  while (granary_statement_step (statement, &local_error))
    {
      GranaryFile *file;
      guint8 digest[GRANARY_SHA256_LENGTH] = { 0 };
      gsize size = 0;
      const guint8 *blob = granary_statement_get_blob (statement, 2, &size);

      /* A digest of another length can match no content; verify then says so. There is none at all
       * where only the storage's own tag is known. */
      if (blob != NULL)
        memcpy (digest, blob, MIN (size, sizeof digest));
      file = granary_file_new (granary_statement_get_text (statement, 0),
                               granary_statement_get_int (statement, 1),
                               digest,
                               granary_statement_get_int (statement, 3),
                               (guint64) granary_statement_get_int (statement, 4));
      file->etag = granary_statement_dup_text (statement, 5);
      file->crc64 = granary_statement_dup_text (statement, 6);
      g_ptr_array_add (version->files, file);
    }

  return granary_read_ended (local_error, error);
}

static void
set_missing (GError        **error,
             GranaryReason   reason,
             const char     *subject)
{
  g_autofree char *shown = granary_display_path (subject);

  granary_set_error (error, GRANARY_ERROR_NOT_FOUND, reason, shown, "there is no “%s”", shown);
}

static void
set_id_missing (GError        **error,
                GranaryReason   reason,
                gint64          id)
{
  g_autofree char *subject = g_strdup_printf ("#%" G_GINT64_FORMAT, id);

  set_missing (error, reason, subject);
}

/* A page keeps a place for models that are gone. */
static void
unref_summary (gpointer summary)
{
  if (summary != NULL)
    granary_model_summary_unref (summary);
}

/* Functions shared inside catalog/ */

void
granary_set_model_missing (GError     **error,
                           const char  *subject)
{
  set_missing (error, GRANARY_REASON_MODEL_MISSING, subject);
}

char *
granary_ids_to_json (const gint64 *ids,
                     guint         n_ids)
{
  g_autoptr (GString) json = g_string_new ("[");

  for (guint i = 0; i < n_ids; i++)
    g_string_append_printf (json, i == 0 ? "%" G_GINT64_FORMAT : ",%" G_GINT64_FORMAT, ids[i]);
  g_string_append_c (json, ']');

  return g_string_free (g_steal_pointer (&json), FALSE);
}

GPtrArray *
granary_load_versions (GranaryDatabase  *database,
                       gint64            model_id,
                       gboolean          with_trashed,
                       GError          **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GPtrArray) versions = NULL;
  GError *local_error = NULL;

  statement = granary_database_prepare (database,
                                        "SELECT " VERSION_COLUMNS
                                        " FROM versions v JOIN models m ON m.id = v.model_id"
                                        " WHERE v.model_id = ?1 AND (?2 OR v.trash IS NULL)"
                                        " ORDER BY v.number DESC",
                                        error);
  if (statement == NULL)
    return NULL;

  versions = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_version_unref);
  granary_statement_bind_int (statement, 1, model_id);
  granary_statement_bind_int (statement, 2, with_trashed);
  while (granary_statement_step (statement, &local_error))
    g_ptr_array_add (versions, read_version (statement));
  if (!granary_read_ended (local_error, error) || !load_metrics (database, versions, model_id, error))
    return NULL;

  return g_steal_pointer (&versions);
}

GranaryVersion *
granary_load_version (GranaryDatabase  *database,
                      gint64            version_id,
                      GError          **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GPtrArray) one = NULL;
  GError *local_error = NULL;

  statement = granary_database_prepare (database,
                                        "SELECT " VERSION_COLUMNS
                                        " FROM versions v JOIN models m ON m.id = v.model_id"
                                        " WHERE v.id = ?1",
                                        error);
  if (statement == NULL)
    return NULL;

  granary_statement_bind_int (statement, 1, version_id);
  if (granary_statement_step (statement, &local_error))
    version = read_version (statement);
  if (!granary_read_ended (local_error, error))
    return NULL;
  if (version == NULL)
    {
      set_id_missing (error, GRANARY_REASON_VERSION_MISSING, version_id);
      return NULL;
    }

  one = g_ptr_array_new ();
  g_ptr_array_add (one, version);
  if (!load_metrics (database, one, version->model_id, error) ||
      !load_files (database, version, error))
    return NULL;

  return g_steal_pointer (&version);
}

GranaryTagSet *
granary_load_tags (GranaryDatabase  *database,
                   gint64            model_id,
                   GError          **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GranaryTagSet) tags = granary_tag_set_new ();
  GError *local_error = NULL;

  statement = granary_database_prepare (database,
                                        "SELECT key, value FROM tags WHERE model_id = ?1", error);
  if (statement == NULL)
    return NULL;

  granary_statement_bind_int (statement, 1, model_id);
  while (granary_statement_step (statement, &local_error))
    {
      g_autoptr (GError) tag_error = NULL;

      if (!granary_tag_set_put (tags, granary_statement_get_text (statement, 0),
                                granary_statement_get_text (statement, 1), &tag_error))
        g_debug ("a stored tag is not shown: %s", tag_error->message);
    }
  if (!granary_read_ended (local_error, error))
    return NULL;

  return g_steal_pointer (&tags);
}

GranaryModel *
granary_load_model (GranaryDatabase  *database,
                    gint64            model_id,
                    gboolean          with_trashed,
                    GError          **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GranaryModel) model = NULL;
  GError *local_error = NULL;

  statement = granary_database_prepare (database,
                                        "SELECT id, uid, name, description, high_water,"
                                        " primary_metric, size, created, updated FROM models"
                                        " WHERE id = ?1 AND (?2 OR trash IS NULL)",
                                        error);
  if (statement == NULL)
    return NULL;

  granary_statement_bind_int (statement, 1, model_id);
  granary_statement_bind_int (statement, 2, with_trashed);
  if (granary_statement_step (statement, &local_error))
    {
      model = granary_model_new ();
      model->id = granary_statement_get_int (statement, 0);
      model->uid = granary_statement_dup_text (statement, 1);
      model->name = granary_statement_dup_text (statement, 2);
      model->description = granary_statement_dup_text (statement, 3);
      model->high_water = (int) granary_statement_get_int (statement, 4);
      model->primary_metric = granary_statement_dup_text (statement, 5);
      model->size = granary_statement_get_int (statement, 6);
      model->created = granary_statement_get_int (statement, 7);
      model->updated = granary_statement_get_int (statement, 8);
    }
  if (!granary_read_ended (local_error, error))
    return NULL;
  if (model == NULL)
    {
      set_id_missing (error, GRANARY_REASON_MODEL_MISSING, model_id);
      return NULL;
    }

  model->tags = granary_load_tags (database, model_id, error);
  if (model->tags == NULL)
    return NULL;
  model->versions = granary_load_versions (database, model_id, with_trashed, error);
  if (model->versions == NULL)
    return NULL;

  return g_steal_pointer (&model);
}

gint64
granary_find_model (GranaryDatabase  *database,
                    const char       *name_or_uid,
                    GError          **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  g_autofree char *valid = g_utf8_make_valid (name_or_uid, -1);
  g_autofree char *key = granary_name_fold (valid);
  GError *local_error = NULL;
  gboolean by_name = FALSE;
  gboolean is_ambiguous = FALSE;
  gint64 id = 0;

  /* A name wins over another model's id; ids are never all digits and hold a random part, so the
   * two meet only by intent. */
  statement = granary_database_prepare (database,
                                        "SELECT id, name_key = ?1 FROM models"
                                        " WHERE trash IS NULL AND (name_key = ?1 OR uid = ?2)"
                                        " ORDER BY name_key = ?1 DESC LIMIT 2",
                                        error);
  if (statement == NULL)
    return 0;

  granary_statement_bind_text (statement, 1, key);
  granary_statement_bind_text (statement, 2, valid);
  if (granary_statement_step (statement, &local_error))
    {
      id = granary_statement_get_int (statement, 0);
      by_name = granary_statement_get_int (statement, 1) != 0;
    }
  if (by_name && granary_statement_step (statement, &local_error))
    is_ambiguous = granary_statement_get_int (statement, 1) != 0;
  if (!granary_read_ended (local_error, error))
    return 0;
  if (is_ambiguous)
    {
      /* Of a service's models several may have one name; to take any of them would be a guess. */
      granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_NAME_AMBIGUOUS, valid,
                         "several models are named “%s”", valid);
      return 0;
    }
  if (id == 0)
    set_missing (error, GRANARY_REASON_MODEL_MISSING, name_or_uid);

  return id;
}

/* Public functions */

/**
 * granary_catalog_load_summaries:
 * @self: a catalogue
 * @ids: (array length=n_ids): models
 * @n_ids: how many; a page has 100 to 200
 * @error: return location
 *
 * Returns: (transfer full) (element-type GranaryModelSummary): summaries in the order of @ids;
 *   %NULL elements stand for models that are gone
 */
GPtrArray *
granary_catalog_load_summaries (GranaryCatalog  *self,
                                const gint64    *ids,
                                guint            n_ids,
                                GError         **error)
{
  g_autoptr (GranaryReader) reader = NULL;
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GPtrArray) summaries = NULL;
  g_autofree char *json = NULL;
  GError *local_error = NULL;

  g_return_val_if_fail (ids != NULL || n_ids == 0, NULL);

  statement = granary_catalog_start_read (self, NULL,
                                          "SELECT j.key, m.id, m.uid, m.name, m.framework,"
                                          " m.metric_name, m.metric_text, m.metric_trend,"
                                          " m.tags_text, m.source, m.status, m.size, m.n_versions,"
                                          " m.latest, m.created, m.updated"
                                          " FROM json_each(?1) j JOIN models m ON m.id = j.value"
                                          " WHERE m.trash IS NULL",
                                          &reader, error);
  if (statement == NULL)
    return NULL;

  summaries = g_ptr_array_new_full (n_ids, unref_summary);
  g_ptr_array_set_size (summaries, (int) n_ids);
  json = granary_ids_to_json (ids, n_ids);
  granary_statement_bind_text (statement, 1, json);
  while (granary_statement_step (statement, &local_error))
    {
      gint64 position = granary_statement_get_int (statement, 0);
      GranaryModelSummary *summary = granary_model_summary_new ();

      summary->id = granary_statement_get_int (statement, 1);
      summary->uid = granary_statement_dup_text (statement, 2);
      summary->name = granary_statement_dup_text (statement, 3);
      summary->framework = granary_statement_dup_text (statement, 4);
      summary->metric_name = granary_statement_dup_text (statement, 5);
      summary->metric_text = granary_statement_dup_text (statement, 6);
      summary->metric_trend = (int) granary_statement_get_int (statement, 7);
      summary->tags = granary_tag_set_new_from_lines (granary_statement_get_text (statement, 8));
      summary->source = read_source (statement, 9);
      summary->status = read_status (statement, 10);
      summary->size = granary_statement_get_int (statement, 11);
      summary->n_versions = (int) granary_statement_get_int (statement, 12);
      summary->latest = (int) granary_statement_get_int (statement, 13);
      summary->created = granary_statement_get_int (statement, 14);
      summary->updated = granary_statement_get_int (statement, 15);
      g_ptr_array_index (summaries, position) = summary;
    }
  if (!granary_read_ended (local_error, error))
    return NULL;

  return g_steal_pointer (&summaries);
}

/**
 * granary_catalog_load_versions:
 * @self: a catalogue
 * @model_id: a model
 * @error: return location
 *
 * Returns: (transfer full) (element-type GranaryVersion): its versions without files, newest
 *   first; empty for a model that is gone
 */
GPtrArray *
granary_catalog_load_versions (GranaryCatalog  *self,
                               gint64           model_id,
                               GError         **error)
{
  g_autoptr (GranaryReader) reader = granary_catalog_begin_read (self, NULL, error);

  return reader != NULL ? granary_load_versions (reader->database, model_id, FALSE, error) : NULL;
}

/**
 * granary_catalog_load_model:
 * @self: a catalogue
 * @model_id: a model
 * @error: return location
 *
 * Returns: (transfer full): the model with its versions, or %NULL:
 *   %GRANARY_REASON_MODEL_MISSING also when it is in the trash
 */
GranaryModel *
granary_catalog_load_model (GranaryCatalog  *self,
                            gint64           model_id,
                            GError         **error)
{
  g_autoptr (GranaryReader) reader = granary_catalog_begin_read (self, NULL, error);

  return reader != NULL ? granary_load_model (reader->database, model_id, FALSE, error) : NULL;
}

/**
 * granary_catalog_load_version:
 * @self: a catalogue
 * @version_id: a version
 * @error: return location
 *
 * Returns: (transfer full): the version with its files; in the trash or not
 */
GranaryVersion *
granary_catalog_load_version (GranaryCatalog  *self,
                              gint64           version_id,
                              GError         **error)
{
  g_autoptr (GranaryReader) reader = granary_catalog_begin_read (self, NULL, error);

  return reader != NULL ? granary_load_version (reader->database, version_id, error) : NULL;
}

/**
 * granary_catalog_find_model:
 * @self: a catalogue
 * @name_or_uid: name, without regard to case, or opaque id
 * @error: return location
 *
 * Returns: the row, or 0 with %GRANARY_REASON_MODEL_MISSING, or %GRANARY_REASON_NAME_AMBIGUOUS
 *   where a service has several models of that name
 */
gint64
granary_catalog_find_model (GranaryCatalog  *self,
                            const char      *name_or_uid,
                            GError         **error)
{
  g_autoptr (GranaryReader) reader = NULL;

  g_return_val_if_fail (name_or_uid != NULL, 0);

  reader = granary_catalog_begin_read (self, NULL, error);
  return reader != NULL ? granary_find_model (reader->database, name_or_uid, error) : 0;
}

/**
 * granary_catalog_find_version:
 * @self: a catalogue
 * @model_id: a model
 * @number: a number
 * @error: return location
 *
 * Returns: the row of the version, or 0 with %GRANARY_REASON_VERSION_MISSING also when it is in
 *   the trash
 */
gint64
granary_catalog_find_version (GranaryCatalog  *self,
                              gint64           model_id,
                              int              number,
                              GError         **error)
{
  g_autoptr (GranaryReader) reader = NULL;
  g_autoptr (GranaryStatement) statement = NULL;
  GError *local_error = NULL;
  gint64 id = 0;

  statement = granary_catalog_start_read (self, NULL,
                                          "SELECT id FROM versions WHERE model_id = ?1"
                                          " AND number = ?2 AND trash IS NULL",
                                          &reader, error);
  if (statement == NULL)
    return 0;

  granary_statement_bind_int (statement, 1, model_id);
  granary_statement_bind_int (statement, 2, number);
  if (granary_statement_step (statement, &local_error))
    id = granary_statement_get_int (statement, 0);
  if (!granary_read_ended (local_error, error))
    return 0;
  if (id == 0)
    {
      g_autofree char *subject = g_strdup_printf ("v%d", number);

      set_missing (error, GRANARY_REASON_VERSION_MISSING, subject);
    }

  return id;
}
