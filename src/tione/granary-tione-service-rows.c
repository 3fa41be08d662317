/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-service-private.h"

#include "granary-json.h"
#include "granary-tione-calls.h"

/* Services in the mirror. The platform does not tell all that a row has: what Granary knows of its
 * own stays when a service is told again. */

/* A change on its way to the writer. */
typedef struct
{
  const GranaryService *told;     /* (nullable) */
  GPtrArray            *services; /* (nullable) */
  const char           *uid;      /* (nullable) */
  const char           *url;      /* (nullable) */
  gint64                time;
  GranaryService       *found;    /* (owned) (nullable) */
} Change;

/* Auxiliary functions */

static gboolean
is_up (GranaryServiceState state)
{
  return state == GRANARY_SERVICE_STARTING || state == GRANARY_SERVICE_RUNNING;
}

/* What was agreed to is told by nobody else, nor are variables, which may be secret. */
static char *
merge_profile (const char *told,
               const char *old)
{
  static const char *const kept[] = { "price", "environment" };
  g_autoptr (JsonNode) merged = NULL;
  g_autoptr (JsonNode) from = NULL;
  JsonObject *object;
  JsonObject *known;

  if (told == NULL || old == NULL)
    return g_strdup (told != NULL ? told : old);

  merged = granary_json_parse (told, -1, NULL, NULL);
  from = granary_json_parse (old, -1, NULL, NULL);
  object = granary_json_get_object (merged, "");
  known = granary_json_get_object (from, "");
  if (object == NULL || known == NULL)
    return g_strdup (told);

  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    {
      if (!json_object_has_member (known, kept[i]))
        json_object_remove_member (object, kept[i]);
      else
        json_object_set_member (object, kept[i],
                                json_node_copy (json_object_get_member (known, kept[i])));
    }

  return granary_json_to_text (merged, FALSE);
}

/* A service of automatic learning names the task; it is a version all the same. */
static gboolean
keep_version (GranaryWriter         *writer,
              GranaryService        *service,
              const GranaryService  *old,
              GError               **error)
{
  g_autoptr (GranaryVersion) version = NULL;

  if (old->version_id == 0 || g_strcmp0 (service->version_uid, old->version_uid) == 0)
    return TRUE;

  version = granary_writer_load_version (writer, old->version_id, error);
  if (version == NULL)
    return FALSE;
  if (version->source != GRANARY_SOURCE_AUTOML || version->source_ref == NULL ||
      g_strcmp0 (version->source_ref, service->version_uid) != 0)
    return TRUE;

  g_set_str (&service->model_uid, old->model_uid);
  g_set_str (&service->version_uid, old->version_uid);
  service->version_number = old->version_number;
  return TRUE;
}

static GranaryService *
merge (GranaryWriter         *writer,
       const GranaryService  *told,
       const GranaryService  *old,
       gint64                 as_of,
       GError               **error)
{
  g_autoptr (GranaryService) service = granary_service_copy (told);

  if (as_of > 0)
    {
      service->started = as_of;
      service->files_as_of = as_of;
    }
  if (old == NULL)
    return g_steal_pointer (&service);

  if (!keep_version (writer, service, old, error))
    return NULL;
  /* Between two states the platform names none. */
  if (service->state == GRANARY_SERVICE_UNKNOWN)
    service->state = old->state;
  if (service->url == NULL)
    service->url = g_strdup (old->url);
  if (as_of == 0)
    {
      g_free (service->profile);
      service->profile = merge_profile (told->profile, old->profile);
    }
  else if (service->profile == NULL)
    {
      service->profile = g_strdup (old->profile);
    }

  /* The time that is told moves on with every change, not only with those that make files live: it
   * counts only when the service was seen to start again. */
  if (as_of == 0 && old->files_as_of > 0 &&
      (is_up (old->state) || !is_up (told->state) || told->started <= old->started))
    {
      service->started = old->started;
      service->files_as_of = old->files_as_of;
    }

  return g_steal_pointer (&service);
}

static gboolean
find_cb (GranaryWriter  *writer,
         gpointer        data,
         GError        **error)
{
  Change *change = data;
  g_autoptr (GPtrArray) rows = granary_writer_list_services (writer, change->uid, error);

  if (rows == NULL)
    return FALSE;
  if (rows->len > 0)
    change->found = granary_service_ref (g_ptr_array_index (rows, 0));

  return TRUE;
}

static gboolean
record_cb (GranaryWriter  *writer,
           gpointer        data,
           GError        **error)
{
  Change *change = data;
  g_autoptr (GPtrArray) rows = granary_writer_list_services (writer, change->told->uid, error);
  g_autoptr (GranaryService) service = NULL;

  if (rows == NULL)
    return FALSE;
  /* Removed while the platform was asked: an old answer does not bring it back. */
  if (rows->len == 0 && change->time == 0)
    return TRUE;
  service = merge (writer, change->told, rows->len > 0 ? g_ptr_array_index (rows, 0) : NULL,
                   change->time, error);

  return service != NULL && granary_writer_put_service (writer, service, error);
}

static gboolean
set_url_cb (GranaryWriter  *writer,
            gpointer        data,
            GError        **error)
{
  Change *change = data;
  g_autoptr (GPtrArray) rows = granary_writer_list_services (writer, change->uid, error);
  g_autoptr (GranaryService) service = NULL;

  if (rows == NULL)
    return FALSE;
  if (rows->len == 0 ||
      g_strcmp0 (((GranaryService *) g_ptr_array_index (rows, 0))->url, change->url) == 0)
    return TRUE;

  service = granary_service_copy (g_ptr_array_index (rows, 0));
  g_set_str (&service->url, change->url);
  return granary_writer_put_service (writer, service, error);
}

static gboolean
set_unknown_cb (GranaryWriter  *writer,
                gpointer        data,
                GError        **error)
{
  Change *change = data;
  g_autoptr (GPtrArray) rows = granary_writer_list_services (writer, change->uid, error);
  g_autoptr (GranaryService) service = NULL;

  if (rows == NULL)
    return FALSE;
  if (rows->len == 0)
    return TRUE;

  service = granary_service_copy (g_ptr_array_index (rows, 0));
  service->state = GRANARY_SERVICE_UNKNOWN;
  return granary_writer_put_service (writer, service, error);
}

static gboolean
forget_cb (GranaryWriter  *writer,
           gpointer        data,
           GError        **error)
{
  Change *change = data;

  return granary_writer_remove_service (writer, change->uid, error);
}

static gboolean
mirror_cb (GranaryWriter  *writer,
           gpointer        data,
           GError        **error)
{
  Change *change = data;
  g_autoptr (GPtrArray) rows = granary_writer_list_services (writer, NULL, error);
  g_autoptr (GPtrArray) merged = NULL;
  g_autoptr (GHashTable) known = NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  if (rows == NULL)
    return FALSE;

  known = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < rows->len; i++)
    {
      GranaryService *row = g_ptr_array_index (rows, i);

      g_hash_table_insert (known, row->uid, row);
    }

  merged = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_service_unref);
  for (guint i = 0; i < change->services->len; i++)
    {
      const GranaryService *told = g_ptr_array_index (change->services, i);
      GranaryService *service;

      /* Pages move on under the hands of who reads them: one may be on two of them. */
      if (!g_hash_table_add (seen, told->uid))
        continue;
      service = merge (writer, told, g_hash_table_lookup (known, told->uid), 0, error);
      if (service == NULL)
        return FALSE;
      g_ptr_array_add (merged, service);
      g_hash_table_remove (known, told->uid);
    }

  /* One that was made while the list was on its way is not in it. */
  for (guint i = 0; i < rows->len; i++)
    {
      GranaryService *row = g_ptr_array_index (rows, i);

      if (g_hash_table_contains (known, row->uid) && row->started >= change->time)
        g_ptr_array_add (merged, granary_service_ref (row));
    }

  return granary_writer_mirror_services (writer, merged, error);
}

/* Functions of the host */

GranaryService *
granary_tione_find_service (GranaryCatalog  *catalog,
                            const char      *uid,
                            GError         **error)
{
  Change change = { .uid = uid };

  if (!granary_catalog_write (catalog, find_cb, &change, error))
    return NULL;
  if (change.found == NULL)
    granary_tione_fail (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_SERVICE_MISSING, uid);

  return change.found;
}

gboolean
granary_tione_record_service (GranaryCatalog        *catalog,
                              const GranaryService  *told,
                              gint64                 as_of,
                              GError               **error)
{
  Change change = { .told = told, .time = as_of };

  return granary_catalog_write (catalog, record_cb, &change, error);
}

gboolean
granary_tione_set_service_url (GranaryCatalog  *catalog,
                               const char      *uid,
                               const char      *url,
                               GError         **error)
{
  Change change = { .uid = uid, .url = url };

  return granary_catalog_write (catalog, set_url_cb, &change, error);
}

gboolean
granary_tione_set_service_unknown (GranaryCatalog  *catalog,
                                   const char      *uid,
                                   GError         **error)
{
  Change change = { .uid = uid };

  return granary_catalog_write (catalog, set_unknown_cb, &change, error);
}

gboolean
granary_tione_forget_service (GranaryCatalog  *catalog,
                              const char      *uid,
                              GError         **error)
{
  Change change = { .uid = uid };

  return granary_catalog_write (catalog, forget_cb, &change, error);
}

gboolean
granary_tione_record_services (GranaryCatalog  *catalog,
                               GPtrArray       *services,
                               gint64           asked,
                               GError         **error)
{
  Change change = { .services = services, .time = asked };

  return granary_catalog_write (catalog, mirror_cb, &change, error);
}

gboolean
granary_tione_refresh_services (GranaryApi      *api,
                                GranaryCatalog  *catalog,
                                GCancellable    *cancellable,
                                GError         **error)
{
  gint64 asked = g_get_real_time ();
  g_autoptr (GPtrArray) services = granary_tione_list_services (api, NULL, cancellable, error);

  return services != NULL && granary_tione_record_services (catalog, services, asked, error);
}
