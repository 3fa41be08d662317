/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-catalog"

#include "config.h"

#include "granary-catalog-private.h"
#include "granary-json.h"

/* What a deletion touches, before it is done: how much goes, and how much of it comes back. Content
 * counts as freed when no version outside the "doomed" ones has it; object storage shares nothing.
 * Sizes that are not known (-1) count nothing. */
#define SUMS \
  " SELECT" \
  " (SELECT count(*) FROM doomed)," \
  " (SELECT sum(max(size, 0)) FROM versions WHERE id IN doomed)," \
  " (SELECT coalesce(sum(size), 0) FROM (SELECT f.size FROM files f" \
  "    WHERE f.version_id IN doomed AND f.etag IS NULL AND NOT EXISTS (" \
  "      SELECT 1 FROM files g WHERE g.size = f.size AND g.sha256 = f.sha256" \
  "        AND g.version_id NOT IN doomed)" \
  "    GROUP BY f.size, f.sha256))" \
  " + (SELECT coalesce(sum(size), 0) FROM files" \
  "      WHERE version_id IN doomed AND etag IS NOT NULL)," \
  " (SELECT count(*) FROM services s WHERE s.state NOT IN ('stopped', 'stopping')" \
  "    AND (" GRANARY_SERVICE_VERSION " IN doomed OR s.model_uid IN doomed_models))"

/* The versions outside the trash of the models ?1, and the versions ?2. */
#define OF_MODELS_AND_VERSIONS \
  "WITH doomed (id) AS MATERIALIZED (" \
  "  SELECT id FROM versions" \
  "    WHERE model_id IN (SELECT value FROM json_each(?1)) AND trash IS NULL" \
  "  UNION SELECT value FROM json_each(?2))," \
  " doomed_models (uid) AS (" \
  "  SELECT uid FROM models WHERE id IN (SELECT value FROM json_each(?1)))" SUMS ", 0"

/* The versions of the entries ?1 of the trash, of all when ?1 is null. A model takes along those of
 * its versions that have entries of their own. */
#define OF_ENTRIES \
  "WITH entries AS MATERIALIZED (" \
  "  SELECT uid, model_id, version_id FROM trash" \
  "    WHERE hidden = 0 AND (?1 IS NULL OR uid IN (SELECT value FROM json_each(?1))))," \
  " doomed (id) AS MATERIALIZED (" \
  "  SELECT version_id FROM entries WHERE version_id IS NOT NULL" \
  "  UNION SELECT v.id FROM entries e JOIN versions v ON v.model_id = e.model_id" \
  "    WHERE e.version_id IS NULL)," \
  " doomed_models (uid) AS (" \
  "  SELECT m.uid FROM entries e JOIN models m ON m.id = e.model_id" \
  "    WHERE e.version_id IS NULL)" SUMS ", (SELECT count(*) FROM entries)"

/* Auxiliary functions */

static char *
dup_ids_json (GArray *ids)
{
  if (ids == NULL)
    return g_strdup ("[]");

  return granary_ids_to_json ((const gint64 *) (gpointer) ids->data, ids->len);
}

static char *
dup_entries_json (const char * const *entries)
{
  g_autoptr (JsonNode) root = NULL;
  JsonArray *array;

  if (entries == NULL)
    return NULL;

  array = json_array_new ();
  for (guint i = 0; entries[i] != NULL; i++)
    json_array_add_string_element (array, entries[i]);
  root = json_node_init_array (json_node_alloc (), array);
  json_array_unref (array);

  return granary_json_to_text (root, FALSE);
}

static gboolean
load_sums (GranaryCatalog  *self,
           const char      *sql,
           const char      *first,
           const char      *second,
           GranaryImpact   *impact,
           GError         **error)
{
  g_autoptr (GranaryReader) reader = NULL;
  g_autoptr (GranaryStatement) statement = NULL;
  GError *local_error = NULL;

  statement = granary_catalog_start_read (self, NULL, sql, &reader, error);
  if (statement == NULL)
    return FALSE;

  granary_statement_bind_text (statement, 1, first);
  if (second != NULL)
    granary_statement_bind_text (statement, 2, second);
  if (granary_statement_step (statement, &local_error))
    {
      impact->n_versions = (int) granary_statement_get_int (statement, 0);
      impact->size = granary_statement_get_int (statement, 1);
      impact->freed = granary_statement_get_int (statement, 2);
      impact->n_services = (int) granary_statement_get_int (statement, 3);
      impact->n_entries = (int) granary_statement_get_int (statement, 4);
    }

  return granary_read_ended (local_error, error);
}

/* Public functions */

/**
 * granary_catalog_load_impact:
 * @self: a catalogue
 * @model_ids: (nullable) (element-type gint64): models with all their versions
 * @version_ids: (nullable) (element-type gint64): single versions, in the trash or not
 * @impact: (out caller-allocates): what it comes to
 * @error: return location
 *
 * Returns: whether it could be asked
 */
gboolean
granary_catalog_load_impact (GranaryCatalog  *self,
                             GArray          *model_ids,
                             GArray          *version_ids,
                             GranaryImpact   *impact,
                             GError         **error)
{
  g_autofree char *models = dup_ids_json (model_ids);
  g_autofree char *versions = dup_ids_json (version_ids);

  g_return_val_if_fail (impact != NULL, FALSE);

  *impact = (GranaryImpact) { 0 };
  impact->n_models = model_ids != NULL ? (int) model_ids->len : 0;
  return load_sums (self, OF_MODELS_AND_VERSIONS, models, versions, impact, error);
}

/**
 * granary_catalog_load_trash_impact:
 * @self: a catalogue
 * @entries: (array zero-terminated=1) (nullable): entries of the trash, %NULL for all
 * @impact: (out caller-allocates): what purging them comes to
 * @error: return location
 *
 * Returns: whether it could be asked; entries that are not there count nothing
 */
gboolean
granary_catalog_load_trash_impact (GranaryCatalog      *self,
                                   const char * const  *entries,
                                   GranaryImpact       *impact,
                                   GError             **error)
{
  g_autofree char *list = dup_entries_json (entries);

  g_return_val_if_fail (impact != NULL, FALSE);

  *impact = (GranaryImpact) { 0 };
  return load_sums (self, OF_ENTRIES, list, NULL, impact, error);
}

/**
 * granary_catalog_load_unique_size:
 * @self: a catalogue
 * @version_id: a version
 * @error: return location
 *
 * Returns: bytes of its content that no other version shares, or -1
 */
gint64
granary_catalog_load_unique_size (GranaryCatalog  *self,
                                  gint64           version_id,
                                  GError         **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  GranaryImpact impact;

  g_array_append_val (ids, version_id);
  if (!granary_catalog_load_impact (self, NULL, ids, &impact, error))
    return -1;

  return impact.freed;
}
