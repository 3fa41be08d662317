/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-catalog"

#include "config.h"

#include "granary-catalog-private.h"
#include "granary-error.h"
#include "granary-names.h"
#include "granary-search-text.h"

/* Lists and sums over the catalogue: which models, tags in use, history, what a deletion touches. */

/* Models without a value come last either way. */
static const char *const orders[GRANARY_N_SORT_KEYS][2] = {
  [GRANARY_SORT_NAME] = { "m.name_sort", "m.name_sort DESC" },
  [GRANARY_SORT_FRAMEWORK] = { "m.framework IS NULL, m.framework COLLATE NOCASE, m.name_sort",
                               "m.framework IS NULL, m.framework COLLATE NOCASE DESC, m.name_sort" },
  [GRANARY_SORT_METRIC] = { "m.metric_value IS NULL, m.metric_value, m.name_sort",
                            "m.metric_value IS NULL, m.metric_value DESC, m.name_sort" },
  [GRANARY_SORT_SOURCE] = { "m.source, m.name_sort", "m.source DESC, m.name_sort" },
  [GRANARY_SORT_STATUS] = { "m.status, m.name_sort", "m.status DESC, m.name_sort" },
  [GRANARY_SORT_SIZE] = { "m.size", "m.size DESC" },
  [GRANARY_SORT_UPDATED] = { "m.updated", "m.updated DESC" },
  [GRANARY_SORT_CREATED] = { "m.created", "m.created DESC" },
};

/* Auxiliary functions */

/* The text of the statement; interned, because connections keep statements by their text, and there
 * are only so many combinations. */
static const char *
build_list_sql (GranaryQuery *query,
                gboolean      has_text)
{
  g_autoptr (GString) sql = g_string_new ("SELECT m.id FROM ");
  guint n_tags = granary_tag_set_get_size (granary_query_get_tags (query));

  /* CROSS JOIN keeps the order: from the few hits to their rows, never the other way. */
  if (has_text)
    g_string_append (sql, "search s CROSS JOIN models m ON m.id = s.rowid WHERE s.search MATCH ?1 AND ");
  else
    g_string_append (sql, "models m WHERE ");
  g_string_append (sql, "m.trash IS NULL");
  for (guint i = 0; i < n_tags; i++)
    g_string_append_printf (sql,
                            " AND m.id IN (SELECT model_id FROM tags WHERE key = ?%u AND value = ?%u)",
                            2 + 2 * i, 3 + 2 * i);
  g_string_append_printf (sql, " ORDER BY %s, m.id",
                          orders[granary_query_get_sort_key (query)]
                                [granary_query_get_descending (query)]);

  return g_intern_string (sql->str);
}

static void
bind_list (GranaryStatement *statement,
           GranaryQuery     *query,
           const char       *match)
{
  const GranaryTagSet *tags = granary_query_get_tags (query);

  if (match != NULL)
    granary_statement_bind_text (statement, 1, match);
  for (guint i = 0; i < granary_tag_set_get_size (tags); i++)
    {
      granary_statement_bind_text (statement, (int) (2 + 2 * i), granary_tag_set_get_key (tags, i));
      granary_statement_bind_text (statement, (int) (3 + 2 * i), granary_tag_set_get_value (tags, i));
    }
}

/* Public functions */

void
granary_facet_free (GranaryFacet *self)
{
  if (self == NULL)
    return;

  g_free (self->key);
  g_free (self->value);
  g_free (self);
}

/**
 * granary_catalog_list_ids:
 * @self: a catalogue
 * @query: which models, in which order
 * @cancellable: (nullable): interrupts it
 * @error: return location
 *
 * Returns: (transfer full) (element-type gint64): all models that match, in order
 */
GArray *
granary_catalog_list_ids (GranaryCatalog  *self,
                          GranaryQuery    *query,
                          GCancellable    *cancellable,
                          GError         **error)
{
  g_autoptr (GranaryReader) reader = NULL;
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GArray) ids = NULL;
  GError *local_error = NULL;
  g_autofree char *match = NULL;
  gboolean has_text;

  g_return_val_if_fail (query != NULL, NULL);

  ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  has_text = *granary_query_get_text (query) != '\0';
  if (has_text)
    {
      match = granary_search_text_match (granary_query_get_text (query));
      /* Nothing but punctuation was typed: nothing can match it. */
      if (match == NULL)
        return g_steal_pointer (&ids);
    }

  statement = granary_catalog_start_read (self, cancellable,
                                          build_list_sql (query, has_text),
                                          &reader, error);
  if (statement == NULL)
    return NULL;

  bind_list (statement, query, match);
  while (granary_statement_step (statement, &local_error))
    {
      gint64 id = granary_statement_get_int (statement, 0);

      g_array_append_val (ids, id);
    }
  if (!granary_read_ended (local_error, error))
    return NULL;

  return g_steal_pointer (&ids);
}

/**
 * granary_catalog_name_is_taken:
 * @self: a catalogue
 * @name: a valid name
 * @except_model_id: a model that may have it, 0 for none
 * @taken: (out): whether a model outside the trash has it, without regard to case
 * @error: return location
 *
 * Returns: whether it could be asked
 */
gboolean
granary_catalog_name_is_taken (GranaryCatalog  *self,
                               const char      *name,
                               gint64           except_model_id,
                               gboolean        *taken,
                               GError         **error)
{
  g_autoptr (GranaryReader) reader = NULL;
  g_autoptr (GranaryStatement) statement = NULL;
  GError *local_error = NULL;
  g_autofree char *key = NULL;

  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (taken != NULL, FALSE);

  statement = granary_catalog_start_read (self, NULL,
                                          "SELECT 1 FROM models"
                                          " WHERE name_key = ?1 AND trash IS NULL AND id <> ?2",
                                          &reader, error);
  if (statement == NULL)
    return FALSE;

  key = granary_name_fold (name);
  granary_statement_bind_text (statement, 1, key);
  granary_statement_bind_int (statement, 2, except_model_id);
  *taken = granary_statement_step (statement, &local_error);
  if (!granary_read_ended (local_error, error))
    return FALSE;

  return TRUE;
}

/**
 * granary_catalog_list_facets:
 * @self: a catalogue
 * @error: return location
 *
 * Returns: (transfer full) (element-type GranaryFacet): tags in use on models outside the trash,
 *   sorted by key, then by how many models carry them
 */
GPtrArray *
granary_catalog_list_facets (GranaryCatalog  *self,
                             GError         **error)
{
  g_autoptr (GranaryReader) reader = NULL;
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GPtrArray) facets = NULL;
  GError *local_error = NULL;

  /* Counts by the index alone, then takes off what is in the trash, which is little. */
  statement = granary_catalog_start_read (self, NULL,
                                          "WITH gone (key, value, n) AS MATERIALIZED ("
                                          "  SELECT u.key, u.value, count(*)"
                                          "    FROM models m CROSS JOIN tags u ON u.model_id = m.id"
                                          "    WHERE m.trash IS NOT NULL GROUP BY u.key, u.value)"
                                          " SELECT t.key, t.value, count(*) - coalesce (("
                                          "   SELECT g.n FROM gone g"
                                          "   WHERE g.key = t.key AND g.value = t.value), 0) AS n"
                                          " FROM tags t GROUP BY t.key, t.value"
                                          " HAVING n > 0 ORDER BY t.key, n DESC, t.value",
                                          &reader, error);
  if (statement == NULL)
    return NULL;

  facets = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_facet_free);
  while (granary_statement_step (statement, &local_error))
    {
      GranaryFacet *facet = g_new0 (GranaryFacet, 1);

      facet->key = granary_statement_dup_text (statement, 0);
      facet->value = granary_statement_dup_text (statement, 1);
      facet->n_models = (int) granary_statement_get_int (statement, 2);
      g_ptr_array_add (facets, facet);
    }
  if (!granary_read_ended (local_error, error))
    return NULL;

  return g_steal_pointer (&facets);
}

/* The latest versions tell well enough what is in use, whatever the size of the catalogue. */
#define RECENT(column) \
  "SELECT " column " AS value FROM (SELECT " column " FROM versions ORDER BY id DESC LIMIT 20000)" \
  " WHERE value IS NOT NULL GROUP BY value ORDER BY count(*) DESC, value LIMIT 200"

/**
 * granary_catalog_list_strings:
 * @self: a catalogue
 * @which: `framework`, `format` or `environment`
 * @error: return location
 *
 * Returns: (transfer full) (element-type utf8): values in use lately, the commonest first,
 *   for completion
 */
GPtrArray *
granary_catalog_list_strings (GranaryCatalog  *self,
                              const char      *which,
                              GError         **error)
{
  static const char *const columns[] = { "framework", "format", "environment" };
  static const char *const statements[] = {
    RECENT ("framework"),
    RECENT ("format"),
    RECENT ("environment"),
  };
  g_autoptr (GranaryReader) reader = NULL;
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GPtrArray) strings = NULL;
  GError *local_error = NULL;
  guint position = 0;

  g_return_val_if_fail (which != NULL, NULL);

  while (position < G_N_ELEMENTS (columns) && !g_str_equal (columns[position], which))
    position++;
  g_return_val_if_fail (position < G_N_ELEMENTS (columns), NULL);

  statement = granary_catalog_start_read (self, NULL,
                                          statements[position],
                                          &reader, error);
  if (statement == NULL)
    return NULL;

  strings = g_ptr_array_new_with_free_func (g_free);
  while (granary_statement_step (statement, &local_error))
    g_ptr_array_add (strings, granary_statement_dup_text (statement, 0));
  if (!granary_read_ended (local_error, error))
    return NULL;

  return g_steal_pointer (&strings);
}

/**
 * granary_catalog_list_events:
 * @self: a catalogue
 * @model_id: a model, 0 for all
 * @limit: how many at most
 * @error: return location
 *
 * Returns: (transfer full) (element-type GranaryEvent): what happened, the latest first
 */
GPtrArray *
granary_catalog_list_events (GranaryCatalog  *self,
                             gint64           model_id,
                             guint            limit,
                             GError         **error)
{
  g_autoptr (GranaryReader) reader = NULL;
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GPtrArray) events = NULL;
  GError *local_error = NULL;

  statement = granary_catalog_start_read (self, NULL,
                                          model_id != 0
                                          ? "SELECT time, kind, model_name, number, detail, user"
                                          " FROM events WHERE model_id = ?1"
                                          " ORDER BY id DESC LIMIT ?2"
                                          : "SELECT time, kind, model_name, number, detail, user"
                                          " FROM events WHERE ?1 = 0 ORDER BY id DESC LIMIT ?2",
                                          &reader, error);
  if (statement == NULL)
    return NULL;

  events = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_event_free);
  granary_statement_bind_int (statement, 1, model_id);
  granary_statement_bind_int (statement, 2, limit);
  while (granary_statement_step (statement, &local_error))
    {
      g_autoptr (GranaryEvent) event = granary_event_new ();

      /* A kind of a later program has no words here. */
      if (!granary_event_kind_from_id (granary_statement_get_text (statement, 1), &event->kind))
        continue;
      event->time = granary_statement_get_int (statement, 0);
      event->model_name = granary_statement_dup_text (statement, 2);
      event->number = (int) granary_statement_get_int (statement, 3);
      event->detail = granary_statement_dup_text (statement, 4);
      event->user = granary_statement_dup_text (statement, 5);
      g_ptr_array_add (events, g_steal_pointer (&event));
    }
  if (!granary_read_ended (local_error, error))
    return NULL;

  return g_steal_pointer (&events);
}

/**
 * granary_catalog_load_counts:
 * @self: a catalogue
 * @counts: (out caller-allocates): the sums
 * @error: return location
 *
 * Returns: whether it could be asked
 */
gboolean
granary_catalog_load_counts (GranaryCatalog  *self,
                             GranaryCounts   *counts,
                             GError         **error)
{
  g_autoptr (GranaryReader) reader = NULL;
  g_autoptr (GranaryStatement) statement = NULL;
  GError *local_error = NULL;

  g_return_val_if_fail (counts != NULL, FALSE);

  *counts = (GranaryCounts) { 0 };
  statement = granary_catalog_start_read (self, NULL,
                                          "SELECT count(*), sum(n_versions), sum(size),"
                                          " (SELECT count(*) FROM trash WHERE hidden = 0)"
                                          " FROM models WHERE trash IS NULL",
                                          &reader, error);
  if (statement == NULL)
    return FALSE;

  if (granary_statement_step (statement, &local_error))
    {
      counts->n_models = (int) granary_statement_get_int (statement, 0);
      counts->n_versions = (int) granary_statement_get_int (statement, 1);
      counts->size = granary_statement_get_int (statement, 2);
      counts->n_trash = (int) granary_statement_get_int (statement, 3);
    }
  if (!granary_read_ended (local_error, error))
    return FALSE;

  return TRUE;
}
