/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-catalog"

#include "config.h"

#include "granary-catalog-mirror.h"
#include "granary-catalog-private.h"
#include "granary-catalog-writer.h"

/* Model services as they were last seen. */

/* A version that is not found was deleted for good: the embedded repository knows all of its own, and
 * a mirror those of the models it has. */
#define SERVICES \
  "SELECT s.uid, s.group_uid, s.name, s.number, s.model_uid, s.version_uid, s.model_name," \
  " s.version_number, s.state, s.state_text, s.created, s.url, s.failure, s.failure_detail," \
  " s.n_restarts, s.replicas, s.available, s.started, s.files_as_of, s.profile, s.is_wanted," \
  " s.version_id," \
  " coalesce(v.model_id, (SELECT k.id FROM models k WHERE k.uid = s.model_uid)), s.weight," \
  " coalesce(s.files_as_of > 0 AND v.files_changed > s.files_as_of, 0)," \
  " CASE WHEN v.id IS NULL THEN s.version_uid IS NULL" \
  "     OR EXISTS (SELECT 1 FROM models k WHERE k.uid = s.model_uid)" \
  "   ELSE v.trash IS NOT NULL OR m.trash IS NOT NULL END" \
  " FROM (SELECT s.*, " GRANARY_SERVICE_VERSION " AS version_id FROM services s) s" \
  " LEFT JOIN versions v ON v.id = s.version_id LEFT JOIN models m ON m.id = v.model_id"

/* Those that run first; then what else is meant to. */
#define IN_ORDER \
  " ORDER BY CASE s.state WHEN 'running' THEN 0 WHEN 'starting' THEN 1 WHEN 'failed' THEN 2" \
  "   WHEN 'stopping' THEN 4 WHEN 'stopped' THEN 5 ELSE 3 END, s.name, s.number, s.uid"

/* Auxiliary functions */

static GranaryService *
read_service (GranaryStatement *statement)
{
  GranaryService *service = granary_service_new ();

  service->uid = granary_statement_dup_text (statement, 0);
  service->group_uid = granary_statement_dup_text (statement, 1);
  service->name = granary_statement_dup_text (statement, 2);
  service->number = (int) granary_statement_get_int (statement, 3);
  service->model_uid = granary_statement_dup_text (statement, 4);
  service->version_uid = granary_statement_dup_text (statement, 5);
  service->model_name = granary_statement_dup_text (statement, 6);
  service->version_number = (int) granary_statement_get_int (statement, 7);
  /* A state of a later program is unknown here. */
  if (!granary_service_state_from_id (granary_statement_get_text (statement, 8), &service->state))
    service->state = GRANARY_SERVICE_UNKNOWN;
  service->state_text = granary_statement_dup_text (statement, 9);
  service->created = granary_statement_get_int (statement, 10);
  service->url = granary_statement_dup_text (statement, 11);
  if (!granary_service_failure_from_id (granary_statement_get_text (statement, 12),
                                        &service->failure))
    service->failure = GRANARY_SERVICE_FAILURE_PLATFORM;
  service->failure_detail = granary_statement_dup_text (statement, 13);
  service->n_restarts = (int) granary_statement_get_int (statement, 14);
  service->replicas = (int) granary_statement_get_int (statement, 15);
  service->available = (int) granary_statement_get_int (statement, 16);
  service->started = granary_statement_get_int (statement, 17);
  service->files_as_of = granary_statement_get_int (statement, 18);
  service->profile = granary_statement_dup_text (statement, 19);
  service->is_wanted = granary_statement_get_int (statement, 20) != 0;
  service->version_id = granary_statement_get_int (statement, 21);
  service->model_id = granary_statement_get_int (statement, 22);
  service->weight = (int) granary_statement_get_int (statement, 23);
  service->is_update_needed = granary_statement_get_int (statement, 24) != 0;
  service->is_version_gone = granary_statement_get_int (statement, 25) != 0;
  return service;
}

static char *
dup_ids (GArray *ids)
{
  return ids != NULL ? granary_ids_to_json ((const gint64 *) (gpointer) ids->data, ids->len)
                     : g_strdup ("[]");
}

/* What a service tells of itself, in one number. */
static gint64
digest_service (const GranaryService *service)
{
  guint64 digest = GRANARY_DIGEST_START;

  digest = granary_digest_text (digest, service->uid);
  digest = granary_digest_text (digest, service->group_uid);
  digest = granary_digest_text (digest, service->name);
  digest = granary_digest_int (digest, service->number);
  digest = granary_digest_text (digest, service->model_uid);
  digest = granary_digest_text (digest, service->version_uid);
  digest = granary_digest_text (digest, service->model_name);
  digest = granary_digest_int (digest, service->version_number);
  digest = granary_digest_int (digest, service->state);
  digest = granary_digest_text (digest, service->state_text);
  digest = granary_digest_int (digest, service->created);
  digest = granary_digest_text (digest, service->url);
  digest = granary_digest_int (digest, service->failure);
  digest = granary_digest_text (digest, service->failure_detail);
  digest = granary_digest_int (digest, service->n_restarts);
  digest = granary_digest_int (digest, service->replicas);
  digest = granary_digest_int (digest, service->available);
  digest = granary_digest_int (digest, service->weight);
  digest = granary_digest_int (digest, service->started);
  digest = granary_digest_int (digest, service->files_as_of);
  digest = granary_digest_text (digest, service->profile);
  digest = granary_digest_int (digest, service->is_wanted);
  return (gint64) digest;
}

/* Lists and search follow the services of a model; a change that no known model has a part in is
 * noted too, as one of no model. */
static gboolean
touch_models_of (GranaryWriter  *self,
                 const char     *uid,
                 gboolean       *anyone,
                 GError        **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  GError *local_error = NULL;

  statement = granary_database_prepare (self->database,
                                        "SELECT m.id FROM services s JOIN models m"
                                        " ON m.uid = s.model_uid WHERE s.uid = ?1"
                                        " UNION SELECT v.model_id FROM services s JOIN versions v"
                                        " ON v.uid = s.version_uid WHERE s.uid = ?1",
                                        error);
  if (statement == NULL)
    return FALSE;

  granary_statement_bind_text (statement, 1, uid);
  while (granary_statement_step (statement, &local_error))
    {
      granary_writer_touch (self, granary_statement_get_int (statement, 0));
      *anyone = TRUE;
    }

  return granary_read_ended (local_error, error);
}

/* Digests of the services that are known, by their ids. */
static GHashTable *
load_known (GranaryWriter  *self,
            GError        **error)
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GranaryStatement) statement = NULL;
  GError *local_error = NULL;

  statement = granary_database_prepare (self->database, "SELECT uid, digest FROM services", error);
  if (statement == NULL)
    return NULL;

  while (granary_statement_step (statement, &local_error))
    {
      gint64 digest = granary_statement_get_int (statement, 1);

      g_hash_table_insert (known, granary_statement_dup_text (statement, 0),
                           g_memdup2 (&digest, sizeof digest));
    }
  if (!granary_read_ended (local_error, error))
    return NULL;

  return g_steal_pointer (&known);
}

static gboolean
put_service (GranaryWriter         *self,
             const GranaryService  *service,
             gint64                 digest,
             gboolean              *anyone,
             GError               **error)
{
  return touch_models_of (self, service->uid, anyone, error) &&
         granary_writer_run (self,
                             "INSERT OR REPLACE INTO services (uid, group_uid, name, number,"
                             " model_uid, version_uid, model_name, version_number, state,"
                             " state_text, created, digest, url, failure, failure_detail,"
                             " n_restarts, replicas, available, started, files_as_of, profile,"
                             " is_wanted, weight)"
                             " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
                             " ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)",
                             error, "sssisssissiisssiiiiisii", service->uid, service->group_uid,
                             service->name != NULL ? service->name : service->uid,
                             (gint64) service->number, service->model_uid, service->version_uid,
                             service->model_name, (gint64) service->version_number,
                             granary_service_state_to_id (service->state), service->state_text,
                             service->created, digest, service->url,
                             granary_service_failure_to_id (service->failure),
                             service->failure_detail, (gint64) service->n_restarts,
                             (gint64) service->replicas, (gint64) service->available,
                             service->started, service->files_as_of, service->profile,
                             (gint64) (service->is_wanted ? 1 : 0),
                             (gint64) service->weight) &&
         touch_models_of (self, service->uid, anyone, error);
}

/* A change that no known model has a part in is noted as one of no model. */
static gboolean
note_change (GranaryWriter  *self,
             gboolean        anyone,
             GError        **error)
{
  return anyone ||
         granary_writer_run (self, "INSERT INTO changes (kind, id) VALUES ('services', 0)", error,
                             "");
}

static GPtrArray *
read_services (GranaryStatement  *statement,
               GError           **error)
{
  g_autoptr (GPtrArray) services =
    g_ptr_array_new_with_free_func ((GDestroyNotify) granary_service_unref);
  GError *local_error = NULL;

  while (granary_statement_step (statement, &local_error))
    g_ptr_array_add (services, read_service (statement));
  if (!granary_read_ended (local_error, error))
    return NULL;

  return g_steal_pointer (&services);
}

/* Public functions */

/**
 * granary_writer_put_service:
 * @self: a writer
 * @service: a service with its id; fields that are not stored do not matter
 * @error: return location
 *
 * Adds a service, or makes the one of its id this.
 *
 * Returns: whether it was written
 */
gboolean
granary_writer_put_service (GranaryWriter         *self,
                            const GranaryService  *service,
                            GError               **error)
{
  gboolean anyone = FALSE;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (service != NULL && service->uid != NULL, FALSE);

  return put_service (self, service, digest_service (service), &anyone, error) &&
         note_change (self, anyone, error);
}

/**
 * granary_writer_remove_service:
 * @self: a writer
 * @uid: id of a service; one that is not there is no error
 * @error: return location
 *
 * Returns: whether it was written
 */
gboolean
granary_writer_remove_service (GranaryWriter  *self,
                               const char     *uid,
                               GError        **error)
{
  gboolean anyone = FALSE;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (uid != NULL, FALSE);

  return touch_models_of (self, uid, &anyone, error) &&
         granary_writer_run (self, "DELETE FROM services WHERE uid = ?1", error, "s", uid) &&
         note_change (self, anyone, error);
}

/**
 * granary_writer_list_services:
 * @self: a writer
 * @uid: (nullable): id of one, %NULL for all
 * @error: return location
 *
 * Returns: (transfer full) (element-type GranaryService): as the transaction sees them; none when
 *   there is none of that id
 */
GPtrArray *
granary_writer_list_services (GranaryWriter  *self,
                              const char     *uid,
                              GError        **error)
{
  g_autoptr (GranaryStatement) statement = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  statement = granary_database_prepare (self->database,
                                        SERVICES " WHERE ?1 IS NULL OR s.uid = ?1" IN_ORDER, error);
  if (statement == NULL)
    return NULL;

  granary_statement_bind_text (statement, 1, uid);
  return read_services (statement, error);
}

/**
 * granary_writer_mirror_services:
 * @self: a writer
 * @services: (element-type GranaryService): all that there are; those without id are left out
 * @error: return location
 *
 * Makes the services known those. Rows that did not change are not written.
 *
 * Returns: whether it was written
 */
gboolean
granary_writer_mirror_services (GranaryWriter  *self,
                                GPtrArray      *services,
                                GError        **error)
{
  g_autoptr (GHashTable) known = NULL;
  GHashTableIter iter;
  gpointer uid;
  gboolean anything = FALSE;
  gboolean anyone = FALSE;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (services != NULL, FALSE);

  known = load_known (self, error);
  if (known == NULL)
    return FALSE;

  for (guint i = 0; i < services->len; i++)
    {
      const GranaryService *service = g_ptr_array_index (services, i);
      const gint64 *stored;
      gint64 digest;

      if (service->uid == NULL)
        continue;

      digest = digest_service (service);
      stored = g_hash_table_lookup (known, service->uid);
      if (stored == NULL || *stored != digest)
        {
          if (!put_service (self, service, digest, &anyone, error))
            return FALSE;
          anything = TRUE;
        }
      g_hash_table_remove (known, service->uid);
    }

  g_hash_table_iter_init (&iter, known);
  while (g_hash_table_iter_next (&iter, &uid, NULL))
    {
      if (!touch_models_of (self, uid, &anyone, error) ||
          !granary_writer_run (self, "DELETE FROM services WHERE uid = ?1", error, "s", uid))
        return FALSE;
      anything = TRUE;
    }

  return !anything || note_change (self, anyone, error);
}

/**
 * granary_catalog_list_services:
 * @self: a catalogue
 * @model_ids: (nullable) (element-type gint64): models
 * @version_ids: (nullable) (element-type gint64): versions
 * @error: return location
 *
 * Returns: (transfer full) (element-type GranaryService): services of any of these, all of them
 *   when both are %NULL; running ones first
 */
GPtrArray *
granary_catalog_list_services (GranaryCatalog  *self,
                               GArray          *model_ids,
                               GArray          *version_ids,
                               GError         **error)
{
  g_autoptr (GranaryReader) reader = NULL;
  g_autoptr (GranaryStatement) statement = NULL;
  g_autofree char *models = dup_ids (model_ids);
  g_autofree char *versions = dup_ids (version_ids);
  gboolean all = model_ids == NULL && version_ids == NULL;

  statement = granary_catalog_start_read (self, NULL,
                                          all ? SERVICES IN_ORDER
                                              : SERVICES
                                          " WHERE s.model_uid IN ("
                                          "   SELECT uid FROM models"
                                          "   WHERE id IN (SELECT value FROM json_each(?1)))"
                                          " OR s.version_id IN ("
                                          "   SELECT id FROM versions"
                                          "   WHERE model_id IN (SELECT value FROM json_each(?1))"
                                          "   UNION SELECT value FROM json_each(?2))" IN_ORDER,
                                          &reader, error);
  if (statement == NULL)
    return NULL;

  if (!all)
    {
      granary_statement_bind_text (statement, 1, models);
      granary_statement_bind_text (statement, 2, versions);
    }
  return read_services (statement, error);
}
