/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-error.h"
#include "granary-tione-refresh-private.h"
#include "granary-worker.h"

#define OFFLINE_FACTOR 3
#define POLL_FIRST_MS 2000
#define POLL_LAST_MS 30000
#define WAIT_CHECK (100 * G_TIME_SPAN_MILLISECOND)

/**
 * GranaryTioneRefresh:
 *
 * See the head of granary-tione-refresh.h. Refreshing and polling have a thread each; what starts
 * them are timers in the context of the maker.
 */
struct _GranaryTioneRefresh
{
  GObject                  parent_instance;

  GranaryApi              *api;         /* (owned) */
  GranaryCatalog          *catalog;     /* (owned) */
  GranaryConnectionStatus *status;      /* (owned) */
  GranaryWorker           *refresher;   /* (owned) */
  GranaryWorker           *poller;      /* (owned) */
  GMainContext            *context;     /* (owned) */
  GranaryTioneWatch       *watch;       /* (owned) (nullable): of services */
  GNetworkMonitor         *monitor;     /* (owned) (nullable) while started */

  GMutex                   mutex;       /* guards what follows */
  GCond                    idle;
  gboolean                 is_running;  /* a refresh */
  gboolean                 is_polling;
  gboolean                 is_offline;
  guint                    interval;    /* seconds; 0 while not started */
  guint                    poll_pause;  /* ms */
  GSource                 *timer;       /* (owned) (nullable) */
  GSource                 *poll_timer;  /* (owned) (nullable) */
  GHashTable              *watched;     /* (owned) ids of versions, a set */
  GHashTable              *pages;       /* (owned) of the one refresh that runs */
  GCancellable            *stopped;     /* (owned) of what runs in the background */
};

G_DEFINE_FINAL_TYPE (GranaryTioneRefresh, granary_tione_refresh, G_TYPE_OBJECT)

/* The round */

void
granary_tione_round_clear (GranaryTioneRound *self)
{
  g_clear_pointer (&self->seen, g_hash_table_unref);
  g_clear_pointer (&self->refused, g_ptr_array_unref);
  g_clear_error (&self->problem);
}

gboolean
granary_tione_is_gone (const GError *error)
{
  return error != NULL && g_error_matches (error, GRANARY_ERROR, GRANARY_ERROR_NOT_FOUND) &&
         granary_error_get_remote_code (error) != NULL;
}

gboolean
granary_tione_round_refused (GranaryTioneRound  *self,
                             GError            **problem,
                             const char         *call)
{
  if (!granary_api_is_withdrawn (*problem) &&
      !g_error_matches (*problem, GRANARY_ERROR, GRANARY_ERROR_FORBIDDEN))
    return FALSE;

  g_debug ("%s: %s", call, (*problem)->message);
  g_clear_error (problem);
  if (!g_ptr_array_find_with_equal_func (self->refused, call, g_str_equal, NULL))
    g_ptr_array_add (self->refused, g_strdup (call));
  return TRUE;
}

/* Without network, key or catalogue nothing else can work either. */
static gboolean
ends_all (const GError *error)
{
  static const GranaryError codes[] = {
    GRANARY_ERROR_NETWORK, GRANARY_ERROR_AUTH_REQUIRED, GRANARY_ERROR_AUTH_REJECTED,
    GRANARY_ERROR_QUOTA, GRANARY_ERROR_FILE, GRANARY_ERROR_DATABASE,
  };

  if (error->domain != GRANARY_ERROR)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      if (error->code == (int) codes[i])
        return TRUE;
    }

  return FALSE;
}

gboolean
granary_tione_round_survive (GranaryTioneRound  *self,
                             GError             *problem,
                             GError            **error)
{
  if (ends_all (problem))
    {
      g_propagate_error (error, problem);
      return FALSE;
    }

  g_debug ("the refresh goes on after: %s", problem->message);
  if (self->problem == NULL)
    self->problem = problem;
  else
    g_error_free (problem);

  return TRUE;
}

/* Facts */

typedef struct
{
  char *account_uin;
  char *app_id;
  char *refused;
  char *refreshed;
} Facts;

static void
facts_clear (Facts *facts)
{
  g_clear_pointer (&facts->account_uin, g_free);
  g_clear_pointer (&facts->app_id, g_free);
  g_clear_pointer (&facts->refused, g_free);
  g_clear_pointer (&facts->refreshed, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Facts, facts_clear)

static gboolean
facts_func (GranaryWriter  *writer,
            gpointer        data,
            GError        **error)
{
  const Facts *facts = data;
  const char *pairs[][2] = {
    { "account_uin", facts->account_uin },
    { "app_id", facts->app_id },
    { "refused", facts->refused },
    { "refreshed", facts->refreshed },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      if (pairs[i][1] != NULL &&
          !granary_writer_set_fact (writer, pairs[i][0], pairs[i][1], error))
        return FALSE;
    }

  return TRUE;
}

/* Whose key it is may change with the key. */
static gboolean
refresh_identity (GranaryTioneRound  *round,
                  Facts              *facts,
                  GError            **error)
{
  GError *problem = NULL;
  g_autoptr (GranaryTioneIdentity) identity = granary_tione_load_identity (round->api,
                                                                           round->cancellable,
                                                                           &problem);

  if (identity == NULL)
    return granary_tione_round_refused (round, &problem, "sts:GetCallerIdentity") ||
           granary_tione_round_survive (round, problem, error);

  facts->account_uin = g_strdup (identity->account_uin);
  if (*identity->app_id != '\0')
    facts->app_id = g_strdup (identity->app_id);
  return TRUE;
}

/* One refresh */

static GPtrArray *
dup_uids (GranaryTioneRound  *round,
          GArray             *model_ids,
          GError            **error)
{
  g_autoptr (GPtrArray) summaries = NULL;
  g_autoptr (GPtrArray) uids = g_ptr_array_new_with_free_func (g_free);

  summaries = granary_catalog_load_summaries (round->catalog,
                                              (const gint64 *) (gpointer) model_ids->data,
                                              model_ids->len, error);
  if (summaries == NULL)
    return NULL;

  for (guint i = 0; i < summaries->len; i++)
    {
      const GranaryModelSummary *summary = g_ptr_array_index (summaries, i);

      if (summary != NULL)
        g_ptr_array_add (uids, g_strdup (summary->uid));
    }

  return g_steal_pointer (&uids);
}

static gboolean
refresh_some (GranaryTioneRound  *round,
              GArray             *model_ids,
              GError            **error)
{
  g_autoptr (GPtrArray) uids = dup_uids (round, model_ids, error);
  g_autoptr (GPtrArray) present = g_ptr_array_new ();

  if (uids == NULL || !granary_tione_refresh_models (round, uids, error))
    return FALSE;

  for (guint i = 0; i < uids->len; i++)
    {
      if (g_hash_table_contains (round->seen, g_ptr_array_index (uids, i)))
        g_ptr_array_add (present, g_ptr_array_index (uids, i));
    }

  return granary_tione_refresh_tags (round, present, error);
}

static gboolean
do_round (GranaryTioneRound            *round,
          const GranaryRefreshRequest  *request,
          gint64                       *refreshed,
          GError                      **error)
{
  g_auto (Facts) facts = { 0 };
  gboolean is_whole = request == NULL || request->model_ids == NULL;

  if (request != NULL &&
      !granary_tione_refresh_add (round, (const char * const *) request->add_uids, error))
    return FALSE;
  if (!is_whole)
    {
      if (!refresh_some (round, request->model_ids, error))
        return FALSE;
    }
  else
    {
      if (!refresh_identity (round, &facts, error) || !granary_tione_refresh_all (round, error))
        return FALSE;

      g_ptr_array_add (round->refused, NULL);
      facts.refused = g_strjoinv (" ", (char **) round->refused->pdata);
      if (round->problem == NULL)
        {
          *refreshed = g_get_real_time ();
          facts.refreshed = g_strdup_printf ("%" G_GINT64_FORMAT, *refreshed);
        }
      if (!granary_catalog_write (round->catalog, facts_func, &facts, error))
        return FALSE;
    }

  if (round->problem == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&round->problem));
  return FALSE;
}

/* Timers. A source holds no reference: it looks whether there still is someone. */

static void schedule_refresh (GranaryTioneRefresh *self,
                              guint                delay_ms);
static void schedule_poll    (GranaryTioneRefresh *self,
                              guint                delay_ms);

static void
weak_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

/* With the mutex held. */
static void
set_timer (GranaryTioneRefresh  *self,
           GSource             **timer,
           guint                 delay_ms,
           GSourceFunc           callback)
{
  GWeakRef *weak;

  if (*timer != NULL)
    g_source_destroy (*timer);
  g_clear_pointer (timer, g_source_unref);
  if (self->interval == 0)
    return;

  weak = g_new0 (GWeakRef, 1);
  g_weak_ref_init (weak, self);
  *timer = g_timeout_source_new (delay_ms);
  g_source_set_callback (*timer, callback, weak, weak_free);
  g_source_attach (*timer, self->context);
}

static void
background_func (GTask        *task,
                 gpointer      source_object,
                 gpointer      task_data,
                 GCancellable *cancellable)
{
  GranaryTioneRefresh *self = source_object;
  g_autoptr (GError) error = NULL;
  guint interval;

  /* What went wrong is in the status of the connection. */
  if (!granary_tione_refresh_run (self, NULL, cancellable, &error))
    g_debug ("refresh in the background: %s", error->message);
  g_mutex_lock (&self->mutex);
  interval = self->interval * (self->is_offline ? OFFLINE_FACTOR : 1);
  g_mutex_unlock (&self->mutex);

  schedule_refresh (self, interval * 1000);
  g_task_return_boolean (task, TRUE);
}

static gboolean
refresh_cb (gpointer data)
{
  g_autoptr (GranaryTioneRefresh) self = g_weak_ref_get (data);
  g_autoptr (GCancellable) stopped = NULL;
  g_autoptr (GTask) task = NULL;

  if (self == NULL)
    return G_SOURCE_REMOVE;

  g_mutex_lock (&self->mutex);
  g_clear_pointer (&self->timer, g_source_unref);
  stopped = g_object_ref (self->stopped);
  g_mutex_unlock (&self->mutex);

  task = g_task_new (self, stopped, NULL, NULL);
  g_task_set_source_tag (task, refresh_cb);
  granary_worker_run (self->refresher, task, background_func);
  return G_SOURCE_REMOVE;
}

static void
schedule_refresh (GranaryTioneRefresh *self,
                  guint                delay_ms)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  set_timer (self, &self->timer, delay_ms, refresh_cb);
}

/* Polling */

/* What is left of @uids after a look stays watched; what was added meanwhile is not touched. */
static void
end_poll (GranaryTioneRefresh *self,
          GHashTable          *before,
          GHashTable          *after)
{
  GHashTableIter iter;
  gpointer uid;
  guint pause;
  gboolean is_more;

  g_mutex_lock (&self->mutex);
  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, &uid, NULL))
    {
      if (!g_hash_table_contains (after, uid))
        g_hash_table_remove (self->watched, uid);
    }
  self->is_polling = FALSE;
  self->poll_pause = MIN (self->poll_pause + self->poll_pause / 2, POLL_LAST_MS);
  pause = self->poll_pause;
  is_more = g_hash_table_size (self->watched) > 0;
  g_mutex_unlock (&self->mutex);

  if (is_more)
    schedule_poll (self, pause);
}

static GHashTable *
copy_set (GHashTable *set)
{
  GHashTable *copy = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, set);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_hash_table_add (copy, g_strdup (key));

  return copy;
}

static void
poll_func (GTask        *task,
           gpointer      source_object,
           gpointer      task_data,
           GCancellable *cancellable)
{
  GranaryTioneRefresh *self = source_object;
  g_autoptr (GHashTable) before = NULL;
  g_autoptr (GHashTable) after = NULL;
  g_autoptr (GError) error = NULL;
  gboolean vanished = FALSE;

  g_mutex_lock (&self->mutex);
  before = copy_set (self->watched);
  g_mutex_unlock (&self->mutex);

  after = copy_set (before);
  if (!granary_tione_poll (self->api, self->catalog, after, &vanished, cancellable, &error))
    g_debug ("looking at imports: %s", error->message);
  end_poll (self, before, after);

  /* A whole refresh tells what else is different now. */
  if (vanished)
    schedule_refresh (self, 0);
  g_task_return_boolean (task, TRUE);
}

static gboolean
poll_cb (gpointer data)
{
  g_autoptr (GranaryTioneRefresh) self = g_weak_ref_get (data);
  g_autoptr (GCancellable) stopped = NULL;
  g_autoptr (GTask) task = NULL;
  gboolean is_busy;

  if (self == NULL)
    return G_SOURCE_REMOVE;

  g_mutex_lock (&self->mutex);
  g_clear_pointer (&self->poll_timer, g_source_unref);
  stopped = g_object_ref (self->stopped);
  is_busy = self->is_polling;
  self->is_polling = TRUE;
  g_mutex_unlock (&self->mutex);
  if (is_busy)
    return G_SOURCE_REMOVE;

  task = g_task_new (self, stopped, NULL, NULL);
  g_task_set_source_tag (task, poll_cb);
  granary_worker_run (self->poller, task, poll_func);
  return G_SOURCE_REMOVE;
}

static void
schedule_poll (GranaryTioneRefresh *self,
               guint                delay_ms)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  set_timer (self, &self->poll_timer, delay_ms, poll_cb);
}

/* Versions that are being imported, by whomever. */
static void
watch_importing (GranaryTioneRefresh *self)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) uids = granary_catalog_list_importing (self->catalog, &error);

  if (uids == NULL)
    {
      g_debug ("looking for imports: %s", error->message);
      return;
    }
  for (gsize i = 0; uids[i] != NULL; i++)
    {
      gboolean is_known;

      g_mutex_lock (&self->mutex);
      is_known = g_hash_table_contains (self->watched, uids[i]);
      g_mutex_unlock (&self->mutex);
      if (!is_known)
        granary_tione_refresh_watch (self, uids[i]);
    }
}

static void
network_changed_cb (GNetworkMonitor     *monitor,
                    gboolean             is_available,
                    GranaryTioneRefresh *self)
{
  gboolean is_due;

  g_mutex_lock (&self->mutex);
  is_due = is_available && self->is_offline && !self->is_running;
  g_mutex_unlock (&self->mutex);

  if (is_due)
    schedule_refresh (self, 0);
}

/* GObject overrides */

static void
granary_tione_refresh_dispose (GObject *object)
{
  granary_tione_refresh_stop (GRANARY_TIONE_REFRESH (object));

  G_OBJECT_CLASS (granary_tione_refresh_parent_class)->dispose (object);
}

static void
granary_tione_refresh_finalize (GObject *object)
{
  GranaryTioneRefresh *self = GRANARY_TIONE_REFRESH (object);

  g_clear_object (&self->api);
  g_clear_object (&self->catalog);
  g_clear_object (&self->status);
  g_clear_object (&self->refresher);
  g_clear_object (&self->poller);
  g_clear_object (&self->stopped);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->watch, granary_tione_watch_unref);
  g_clear_pointer (&self->watched, g_hash_table_unref);
  g_clear_pointer (&self->pages, g_hash_table_unref);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->idle);

  G_OBJECT_CLASS (granary_tione_refresh_parent_class)->finalize (object);
}

static void
granary_tione_refresh_class_init (GranaryTioneRefreshClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = granary_tione_refresh_dispose;
  object_class->finalize = granary_tione_refresh_finalize;
}

static void
granary_tione_refresh_init (GranaryTioneRefresh *self)
{
  self->refresher = granary_worker_new ("tione-refresh", 1);
  self->poller = granary_worker_new ("tione-poll", 1);
  self->context = g_main_context_ref_thread_default ();
  self->watched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->stopped = g_cancellable_new ();
  self->pages = granary_tione_pages_new ();
  self->poll_pause = POLL_FIRST_MS;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->idle);
}

/* Public functions */

/**
 * granary_tione_refresh_new:
 * @api: the account
 * @catalog: the mirror
 * @status: told of every refresh
 *
 * Returns: (transfer full): what keeps the mirror up to date, once asked or started
 */
GranaryTioneRefresh *
granary_tione_refresh_new (GranaryApi              *api,
                           GranaryCatalog          *catalog,
                           GranaryConnectionStatus *status)
{
  GranaryTioneRefresh *self;

  g_return_val_if_fail (GRANARY_IS_API (api), NULL);
  g_return_val_if_fail (GRANARY_IS_CATALOG (catalog), NULL);
  g_return_val_if_fail (GRANARY_IS_CONNECTION_STATUS (status), NULL);

  self = g_object_new (GRANARY_TYPE_TIONE_REFRESH, NULL);
  self->api = g_object_ref (api);
  self->catalog = g_object_ref (catalog);
  self->status = g_object_ref (status);
  return self;
}

/* Waits for the refresh of another thread to end. */
static gboolean
take_turn (GranaryTioneRefresh  *self,
           GCancellable         *cancellable,
           GError              **error)
{
  gboolean taken = FALSE;

  g_mutex_lock (&self->mutex);
  while (self->is_running && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait_until (&self->idle, &self->mutex, g_get_monotonic_time () + WAIT_CHECK);
  if (!g_cancellable_is_cancelled (cancellable))
    taken = self->is_running = TRUE;
  g_mutex_unlock (&self->mutex);

  if (!taken)
    g_cancellable_set_error_if_cancelled (cancellable, error);
  return taken;
}

/* When the mirror was last complete. */
static gint64
get_refreshed (GranaryTioneRefresh *self)
{
  g_autofree char *text = granary_catalog_dup_fact (self->catalog, "refreshed");

  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;
}

/**
 * granary_tione_refresh_run:
 * @self: what keeps a mirror up to date
 * @request: (nullable): which models; %NULL for all
 * @cancellable: (nullable): calls it off; what was written until then stays
 * @error: return location
 *
 * Blocks: call it on a worker. A second one waits for the first to end. What could not be asked for
 * stays as it was; the rest is brought up to date all the same.
 *
 * Returns: whether all could be asked for
 */
gboolean
granary_tione_refresh_run (GranaryTioneRefresh          *self,
                           const GranaryRefreshRequest  *request,
                           GCancellable                 *cancellable,
                           GError                      **error)
{
  g_auto (GranaryTioneRound) round = { 0 };
  g_autoptr (GError) local_error = NULL;
  gint64 refreshed;
  gboolean is_complete;
  gboolean is_started;

  g_return_val_if_fail (GRANARY_IS_TIONE_REFRESH (self), FALSE);

  if (!take_turn (self, cancellable, error))
    return FALSE;

  round.api = self->api;
  round.catalog = self->catalog;
  round.status = self->status;
  round.cancellable = cancellable;
  round.pages = self->pages;
  round.seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  round.refused = g_ptr_array_new_with_free_func (g_free);
  refreshed = get_refreshed (self);

  granary_connection_status_begin (self->status);
  is_complete = do_round (&round, request, &refreshed, &local_error);
  granary_connection_status_end (self->status, refreshed, local_error);
  watch_importing (self);

  g_mutex_lock (&self->mutex);
  self->is_running = FALSE;
  self->is_offline = g_error_matches (local_error, GRANARY_ERROR, GRANARY_ERROR_NETWORK);
  is_started = self->interval > 0 && !self->is_offline;
  g_cond_broadcast (&self->idle);
  g_mutex_unlock (&self->mutex);
  if (is_started && self->watch != NULL)
    granary_tione_watch_wake (self->watch, NULL);

  if (!is_complete)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return is_complete;
}

/**
 * granary_tione_refresh_start:
 * @self: what keeps a mirror up to date
 * @interval: seconds between refreshes
 *
 * Begins to work in the background, at once. Main context of the maker.
 */
void
granary_tione_refresh_start (GranaryTioneRefresh *self,
                             guint                interval)
{
  gboolean is_watching;

  g_return_if_fail (GRANARY_IS_TIONE_REFRESH (self));
  g_return_if_fail (interval > 0 && interval < G_MAXUINT / 1000 / OFFLINE_FACTOR);

  g_mutex_lock (&self->mutex);
  self->interval = interval;
  if (g_cancellable_is_cancelled (self->stopped))
    {
      g_object_unref (self->stopped);
      self->stopped = g_cancellable_new ();
      /* A look that was called off before its turn does not report. */
      self->is_polling = FALSE;
    }
  is_watching = g_hash_table_size (self->watched) > 0;
  g_mutex_unlock (&self->mutex);

  if (self->monitor == NULL)
    {
      self->monitor = g_object_ref (g_network_monitor_get_default ());
      g_signal_connect_object (self->monitor, "network-changed", G_CALLBACK (network_changed_cb),
                               self, G_CONNECT_DEFAULT);
    }
  schedule_refresh (self, 0);
  if (is_watching)
    schedule_poll (self, POLL_FIRST_MS);
}

/**
 * granary_tione_refresh_set_watch:
 * @self: what keeps a mirror up to date
 * @watch: looks at services that start or stop
 *
 * Lets @watch look after every refresh in the background. Before anything is started.
 */
void
granary_tione_refresh_set_watch (GranaryTioneRefresh *self,
                                 GranaryTioneWatch   *watch)
{
  g_return_if_fail (GRANARY_IS_TIONE_REFRESH (self));
  g_return_if_fail (watch != NULL && self->watch == NULL);

  self->watch = granary_tione_watch_ref (watch);
}

/**
 * granary_tione_refresh_watch:
 * @self: what keeps a mirror up to date
 * @version_uid: id of a version that was just made or changed
 *
 * Looks at it until it is ready or failed, while the background work is started. Any thread.
 */
void
granary_tione_refresh_watch (GranaryTioneRefresh *self,
                             const char          *version_uid)
{
  g_return_if_fail (GRANARY_IS_TIONE_REFRESH (self));
  g_return_if_fail (version_uid != NULL);

  g_mutex_lock (&self->mutex);
  g_hash_table_add (self->watched, g_strdup (version_uid));
  self->poll_pause = POLL_FIRST_MS;
  g_mutex_unlock (&self->mutex);

  schedule_poll (self, POLL_FIRST_MS);
}

/**
 * granary_tione_refresh_stop:
 * @self: what keeps a mirror up to date
 *
 * Ends the background work: nothing new begins, and what runs is called off. Main context of the
 * maker; dropping the last reference does the same.
 */
void
granary_tione_refresh_stop (GranaryTioneRefresh *self)
{
  g_return_if_fail (GRANARY_IS_TIONE_REFRESH (self));

  if (self->monitor != NULL)
    g_signal_handlers_disconnect_by_func (self->monitor, network_changed_cb, self);
  g_clear_object (&self->monitor);

  g_mutex_lock (&self->mutex);
  self->interval = 0;
  set_timer (self, &self->timer, 0, NULL);
  set_timer (self, &self->poll_timer, 0, NULL);
  g_mutex_unlock (&self->mutex);
  g_cancellable_cancel (self->stopped);
}
