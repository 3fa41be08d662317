/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-service-watch.h"

#include "granary-retry.h"
#include "granary-tione-calls.h"
#include "granary-tione-service-private.h"

#define PAUSE_FIRST (1 * G_TIME_SPAN_SECOND)
#define PAUSE_LAST  (30 * G_TIME_SPAN_SECOND)
#define MAX_ADDRESSES 20
/* What was just asked for may not show at once: it is looked at so often in any case. */
#define LOOKS 3

struct _GranaryTioneWatch
{
  GranaryApi     *api;        /* (owned) */
  GranaryCatalog *catalog;    /* (owned) */
  GCancellable   *stopped;    /* (owned) */
  GHashTable     *nowhere;    /* (owned): groups without an address, a set; of the thread */

  GMutex          mutex;      /* guards what follows */
  GCond           changed;
  gboolean        is_running; /* there is a thread */
  gboolean        is_stopped;
  gboolean        is_woken;
  GHashTable     *wanted;     /* (owned): ids of services → looks to come */
  GHashTable     *refused;    /* (owned): ids of services that only the list may tell of, a set */
};

static void
watch_clear (gpointer data)
{
  GranaryTioneWatch *self = data;

  g_clear_object (&self->api);
  g_clear_object (&self->catalog);
  g_clear_object (&self->stopped);
  g_clear_pointer (&self->nowhere, g_hash_table_unref);
  g_clear_pointer (&self->wanted, g_hash_table_unref);
  g_clear_pointer (&self->refused, g_hash_table_unref);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->mutex);
}

/* Looking */

static gboolean
is_moving (const GranaryService *service)
{
  return service->state == GRANARY_SERVICE_STARTING || service->state == GRANARY_SERVICE_STOPPING;
}

/* Whether @row is to be looked at; @n_looks: how many looks in a row it has, this one included. */
static gboolean
take_look (GranaryTioneWatch    *self,
           const GranaryService *row,
           guint                *n_looks)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  *n_looks = GPOINTER_TO_UINT (g_hash_table_lookup (self->wanted, row->uid));
  if (*n_looks > 1)
    g_hash_table_insert (self->wanted, g_strdup (row->uid), GUINT_TO_POINTER (*n_looks - 1));
  else
    g_hash_table_remove (self->wanted, row->uid);

  return (*n_looks > 0 || is_moving (row)) && !g_hash_table_contains (self->refused, row->uid);
}

/* Whether the list has to tell of it; not before what was asked for had the time to show there. */
static gboolean
needs_list (GranaryTioneWatch    *self,
            const GranaryService *row)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return is_moving (row) && g_hash_table_contains (self->refused, row->uid) &&
         !g_hash_table_contains (self->wanted, row->uid);
}

/* Who may not look at one need not try again, unless there is a reason to. */
static void
set_refused (GranaryTioneWatch *self,
             const char        *uid)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  g_hash_table_add (self->refused, g_strdup (uid));
}

static gboolean
may_not (const GError *error)
{
  return granary_api_is_withdrawn (error) ||
         g_error_matches (error, GRANARY_ERROR, GRANARY_ERROR_FORBIDDEN);
}

/* Whether the platform tells how it was before what was asked for. */
static gboolean
is_behind (const GranaryService *row,
           const GranaryService *told)
{
  if (row->state == GRANARY_SERVICE_STARTING)
    return told->state != GRANARY_SERVICE_STARTING && told->state != GRANARY_SERVICE_RUNNING;

  return row->state == GRANARY_SERVICE_STOPPING &&
         (told->state == GRANARY_SERVICE_STARTING || told->state == GRANARY_SERVICE_RUNNING);
}

/* What callers need stands in no list; it is asked for once a service runs. */
static char *
ask_address (GranaryTioneWatch *self,
             const char        *group_uid)
{
  g_autoptr (GError) error = NULL;
  char *url;

  if (group_uid == NULL || g_hash_table_contains (self->nowhere, group_uid))
    return NULL;

  url = granary_tione_load_address (self->api, group_uid, self->stopped, &error);
  if (url == NULL)
    g_hash_table_add (self->nowhere, g_strdup (group_uid));
  if (error != NULL)
    g_debug ("address of a service: %s", error->message);

  return url;
}

/* @is_first: whether it is looked at again in any case; what is told may be out of date until then.
 * One that cannot be asked for is asked for again. */
static gboolean
look_at (GranaryTioneWatch    *self,
         const GranaryService *row,
         gboolean              is_first,
         GError              **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (JsonNode) node = granary_tione_load_service (self->api, row->uid, self->stopped,
                                                          &local_error);
  g_autoptr (GranaryService) told = granary_tione_parse_service (node);

  if (told != NULL)
    {
      if (told->state == GRANARY_SERVICE_UNKNOWN || (is_first && is_behind (row, told)))
        return TRUE;
      if (told->group_uid == NULL)
        told->group_uid = g_strdup (row->group_uid);
      /* Who waits for it to run wants to call it then. */
      if (told->state == GRANARY_SERVICE_RUNNING && row->url == NULL)
        told->url = ask_address (self, told->group_uid);
      return granary_tione_record_service (self->catalog, told, 0, error);
    }
  if (granary_tione_is_missing (local_error) && is_first)
    return TRUE;
  if (granary_tione_is_missing (local_error))
    return granary_tione_forget_service (self->catalog, row->uid, error);

  if (local_error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* Those of @services that may not be looked at one by one, by the list of all. Where that is
 * refused, too, nobody can tell how they go, and nobody is to wait for it. */
static void
look_at_list (GranaryTioneWatch *self,
              GPtrArray         *services)
{
  g_autoptr (GError) error = NULL;
  gboolean is_needed = FALSE;

  for (guint i = 0; i < services->len; i++)
    is_needed = is_needed || needs_list (self, g_ptr_array_index (services, i));
  if (!is_needed || g_cancellable_is_cancelled (self->stopped) ||
      granary_tione_refresh_services (self->api, self->catalog, self->stopped, &error))
    return;

  g_debug ("looking at the list of services: %s", error->message);
  for (guint i = 0; i < services->len && may_not (error); i++)
    {
      const GranaryService *row = g_ptr_array_index (services, i);
      g_autoptr (GError) local_error = NULL;

      if (needs_list (self, row) &&
          !granary_tione_set_service_unknown (self->catalog, row->uid, &local_error))
        g_debug ("%s: %s", row->uid, local_error->message);
    }
}

static void
load_addresses (GranaryTioneWatch *self,
                GPtrArray         *services)
{
  guint n_asked = 0;

  for (guint i = 0; i < services->len && n_asked < MAX_ADDRESSES; i++)
    {
      const GranaryService *service = g_ptr_array_index (services, i);
      g_autoptr (GError) error = NULL;
      g_autofree char *url = NULL;

      if (service->state != GRANARY_SERVICE_RUNNING || service->url != NULL ||
          service->group_uid == NULL || g_hash_table_contains (self->nowhere, service->group_uid))
        continue;

      n_asked++;
      url = ask_address (self, service->group_uid);
      if (url != NULL &&
          !granary_tione_set_service_url (self->catalog, service->uid, url, &error))
        g_debug ("address of a service: %s", error->message);
    }
}

/* Services that went need no look. With the mutex held; @wanted: ids of services. */
static void
forget_missing (GHashTable *wanted,
                GPtrArray  *services)
{
  g_autoptr (GHashTable) there = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer uid;

  for (guint i = 0; i < services->len; i++)
    g_hash_table_add (there, ((GranaryService *) g_ptr_array_index (services, i))->uid);
  g_hash_table_iter_init (&iter, wanted);
  while (g_hash_table_iter_next (&iter, &uid, NULL))
    {
      if (!g_hash_table_contains (there, uid))
        g_hash_table_iter_remove (&iter);
    }
}

/* Whether there is more to come. */
static gboolean
look (GranaryTioneWatch *self)
{
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_more = FALSE;

  before = granary_catalog_list_services (self->catalog, NULL, NULL, &error);
  for (guint i = 0; before != NULL && i < before->len; i++)
    {
      const GranaryService *row = g_ptr_array_index (before, i);
      g_autoptr (GError) local_error = NULL;
      guint n_looks;

      if (g_cancellable_is_cancelled (self->stopped) || !take_look (self, row, &n_looks) ||
          look_at (self, row, n_looks > 1, &local_error))
        continue;

      g_debug ("looking at %s: %s", row->uid, local_error->message);
      if (may_not (local_error))
        set_refused (self, row->uid);
    }
  if (before != NULL)
    look_at_list (self, before);

  after = granary_catalog_list_services (self->catalog, NULL, NULL, &error);
  if (after == NULL)
    {
      g_debug ("looking at services: %s", error->message);
      return FALSE;
    }
  load_addresses (self, after);
  g_mutex_lock (&self->mutex);
  forget_missing (self->wanted, after);
  forget_missing (self->refused, after);
  is_more = g_hash_table_size (self->wanted) > 0;
  g_mutex_unlock (&self->mutex);
  for (guint i = 0; i < after->len; i++)
    is_more = is_more || is_moving (g_ptr_array_index (after, i));

  return is_more;
}

static gpointer
watch_thread (gpointer data)
{
  g_autoptr (GranaryTioneWatch) self = data;
  gint64 pause = granary_scale_wait (PAUSE_FIRST);

  g_mutex_lock (&self->mutex);
  while (!self->is_stopped)
    {
      gint64 until = g_get_monotonic_time () + pause;
      gboolean is_more;

      self->is_woken = FALSE;
      while (!self->is_stopped && !self->is_woken &&
             g_cond_wait_until (&self->changed, &self->mutex, until))
        ;
      if (self->is_stopped)
        break;
      if (self->is_woken)
        {
          pause = granary_scale_wait (PAUSE_FIRST);
          continue;
        }

      g_mutex_unlock (&self->mutex);
      is_more = look (self);
      g_mutex_lock (&self->mutex);
      pause = MIN (pause + pause / 2, granary_scale_wait (PAUSE_LAST));
      if (!is_more && !self->is_woken)
        break;
    }
  self->is_running = FALSE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);

  return NULL;
}

/* Functions of the connection */

GranaryTioneWatch *
granary_tione_watch_new (GranaryApi     *api,
                         GranaryCatalog *catalog)
{
  GranaryTioneWatch *self = g_atomic_rc_box_new0 (GranaryTioneWatch);

  self->api = g_object_ref (api);
  self->catalog = g_object_ref (catalog);
  self->stopped = g_cancellable_new ();
  self->wanted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->nowhere = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->refused = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);

  return self;
}

GranaryTioneWatch *
granary_tione_watch_ref (GranaryTioneWatch *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
granary_tione_watch_unref (GranaryTioneWatch *self)
{
  g_atomic_rc_box_release_full (self, watch_clear);
}

void
granary_tione_watch_wake (GranaryTioneWatch *self,
                          const char        *uid)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  if (self->is_stopped)
    return;

  if (uid != NULL)
    {
      g_hash_table_insert (self->wanted, g_strdup (uid), GUINT_TO_POINTER (LOOKS));
      g_hash_table_remove (self->refused, uid);
    }
  else
    {
      g_hash_table_remove_all (self->refused);
    }
  self->is_woken = TRUE;
  g_cond_broadcast (&self->changed);
  if (self->is_running)
    return;

  self->is_running = TRUE;
  g_thread_unref (g_thread_new ("granary-services", watch_thread, granary_tione_watch_ref (self)));
}

void
granary_tione_watch_stop (GranaryTioneWatch *self,
                          gint64             wait)
{
  gint64 until = g_get_monotonic_time () + wait;

  g_cancellable_cancel (self->stopped);
  g_mutex_lock (&self->mutex);
  self->is_stopped = TRUE;
  g_cond_broadcast (&self->changed);
  while (self->is_running && g_cond_wait_until (&self->changed, &self->mutex, until))
    ;
  g_mutex_unlock (&self->mutex);
}
