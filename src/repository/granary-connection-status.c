/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-connection-status.h"

#include "granary-error.h"

/* A refresh tells its progress for each page; nobody sees more than this a second. */
#define NOTIFY_INTERVAL (100 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  GranaryConnectionState  state;
  gint64                  refreshed;
  double                  progress;
  GError                 *error; /* (owned) (nullable): of the last try */
} Facts;

/*
 * `now` is what the setters, in any thread, have said last; `shown` is what the properties say, in
 * the main context alone. One source at a time carries the one over to the other.
 */
struct _GranaryConnectionStatus
{
  GObject                 parent_instance;

  GMainContext           *context;      /* (owned) */
  Facts                   shown;

  GMutex                  lock;         /* of all that follows */
  Facts                   now;
  GranaryConnectionState  before;       /* the state when the refresh began */
  gint64                  notified;     /* monotonic */
  gboolean                is_scheduled;
  gboolean                is_closed;
};

enum
{
  PROP_0,
  PROP_STATE,
  PROP_REFRESHED,
  PROP_PROGRESS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (GranaryConnectionStatus, granary_connection_status, G_TYPE_OBJECT)

static gboolean
notify_cb (gpointer user_data)
{
  g_autoptr (GranaryConnectionStatus) self = g_weak_ref_get (user_data);
  Facts before;

  if (self == NULL)
    return G_SOURCE_REMOVE;

  g_mutex_lock (&self->lock);
  self->is_scheduled = FALSE;
  if (self->is_closed)
    {
      g_mutex_unlock (&self->lock);
      return G_SOURCE_REMOVE;
    }
  self->notified = g_get_monotonic_time ();
  before = self->shown;
  self->shown = self->now;
  self->shown.error = self->now.error != NULL ? g_error_copy (self->now.error) : NULL;
  g_mutex_unlock (&self->lock);

  /* The state last: who follows it alone finds all else as it is. An error may be a new one of the
   * same state. */
  g_object_freeze_notify (G_OBJECT (self));
  if (before.progress != self->shown.progress)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROGRESS]);
  if (before.refreshed != self->shown.refreshed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REFRESHED]);
  if (before.state != self->shown.state || before.error != NULL || self->shown.error != NULL)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
  g_object_thaw_notify (G_OBJECT (self));

  g_clear_error (&before.error);

  return G_SOURCE_REMOVE;
}

static void
weak_ref_free (gpointer data)
{
  GWeakRef *ref = data;

  g_weak_ref_clear (ref);
  g_free (ref);
}

/* With the lock. @is_soon: what must not wait for its turn */
static void
schedule_locked (GranaryConnectionStatus *self,
                 gboolean                 is_soon)
{
  g_autoptr (GSource) source = NULL;
  gint64 wait = self->notified + NOTIFY_INTERVAL - g_get_monotonic_time ();
  GWeakRef *ref;

  if (self->is_scheduled && !is_soon)
    return;

  self->is_scheduled = TRUE;
  source = wait > 0 && !is_soon
           ? g_timeout_source_new ((guint) (wait / G_TIME_SPAN_MILLISECOND) + 1)
           : g_idle_source_new ();
  ref = g_new0 (GWeakRef, 1);
  g_weak_ref_init (ref, self);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, notify_cb, ref, weak_ref_free);
  g_source_set_static_name (source, "[granary] connection status");
  g_source_attach (source, self->context);
}

static void
granary_connection_status_get_property (GObject    *object,
                                        guint       property_id,
                                        GValue     *value,
                                        GParamSpec *pspec)
{
  GranaryConnectionStatus *self = GRANARY_CONNECTION_STATUS (object);

  switch (property_id)
    {
    case PROP_STATE:
      g_value_set_int (value, (int) self->shown.state);
      break;

    case PROP_REFRESHED:
      g_value_set_int64 (value, self->shown.refreshed);
      break;

    case PROP_PROGRESS:
      g_value_set_double (value, self->shown.progress);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
    }
}

static void
granary_connection_status_finalize (GObject *object)
{
  GranaryConnectionStatus *self = GRANARY_CONNECTION_STATUS (object);

  g_clear_error (&self->shown.error);
  g_clear_error (&self->now.error);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (granary_connection_status_parent_class)->finalize (object);
}

static void
granary_connection_status_class_init (GranaryConnectionStatusClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = granary_connection_status_get_property;
  object_class->finalize = granary_connection_status_finalize;

  properties[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, G_MAXINT, 0, flags);
  properties[PROP_REFRESHED] =
    g_param_spec_int64 ("refreshed", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, -1, 1, -1, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
granary_connection_status_init (GranaryConnectionStatus *self)
{
  g_mutex_init (&self->lock);
  self->context = g_main_context_ref_thread_default ();
  self->now.progress = -1;
  self->shown.progress = -1;
}

/**
 * granary_connection_status_new:
 * @refreshed: when the catalogue was last complete, µs since the epoch; 0 never
 *
 * Makes a status that is %GRANARY_CONNECTION_FRESH until a refresh says otherwise. Its properties
 * are notified in the thread-default main context of the caller.
 *
 * Returns: (transfer full): a status
 */
GranaryConnectionStatus *
granary_connection_status_new (gint64 refreshed)
{
  GranaryConnectionStatus *self = g_object_new (GRANARY_TYPE_CONNECTION_STATUS, NULL);

  self->now.refreshed = MAX (refreshed, 0);
  self->shown.refreshed = self->now.refreshed;

  return self;
}

/**
 * granary_connection_status_get_state:
 * @self: a status
 *
 * Main context, as all getters: they say what was last notified.
 *
 * Returns: how well the catalogue follows the service
 */
GranaryConnectionState
granary_connection_status_get_state (GranaryConnectionStatus *self)
{
  g_return_val_if_fail (GRANARY_IS_CONNECTION_STATUS (self), GRANARY_CONNECTION_FRESH);

  return self->shown.state;
}

gint64
granary_connection_status_get_refreshed (GranaryConnectionStatus *self)
{
  g_return_val_if_fail (GRANARY_IS_CONNECTION_STATUS (self), 0);

  return self->shown.refreshed;
}

double
granary_connection_status_get_progress (GranaryConnectionStatus *self)
{
  g_return_val_if_fail (GRANARY_IS_CONNECTION_STATUS (self), -1);

  return self->shown.progress;
}

/**
 * granary_connection_status_get_error:
 * @self: a status
 *
 * Returns: (transfer none) (nullable): why the last refresh did not succeed; valid until the next
 *   notification
 */
const GError *
granary_connection_status_get_error (GranaryConnectionStatus *self)
{
  g_return_val_if_fail (GRANARY_IS_CONNECTION_STATUS (self), NULL);

  return self->shown.error;
}

/**
 * granary_connection_status_begin:
 * @self: a status
 *
 * A refresh begins. Any thread.
 */
void
granary_connection_status_begin (GranaryConnectionStatus *self)
{
  g_return_if_fail (GRANARY_IS_CONNECTION_STATUS (self));

  g_mutex_lock (&self->lock);
  if (self->now.state != GRANARY_CONNECTION_REFRESHING)
    self->before = self->now.state;
  self->now.state = GRANARY_CONNECTION_REFRESHING;
  self->now.progress = -1;
  schedule_locked (self, TRUE);
  g_mutex_unlock (&self->lock);
}

/**
 * granary_connection_status_set_progress:
 * @self: a status
 * @progress: 0 … 1, or -1 when it is not known
 *
 * How much of the refresh is done. Any thread.
 */
void
granary_connection_status_set_progress (GranaryConnectionStatus *self,
                                        double                   progress)
{
  g_return_if_fail (GRANARY_IS_CONNECTION_STATUS (self));

  g_mutex_lock (&self->lock);
  if (self->now.state == GRANARY_CONNECTION_REFRESHING)
    {
      self->now.progress = progress < 0 ? -1 : MIN (progress, 1);
      schedule_locked (self, FALSE);
    }
  g_mutex_unlock (&self->lock);
}

/* The state that a refresh ends in. */
static GranaryConnectionState
get_state_after (const GError           *error,
                 GranaryConnectionState  before)
{
  if (error == NULL)
    return GRANARY_CONNECTION_FRESH;
  if (error->domain != GRANARY_ERROR)
    return before;

  switch (error->code)
    {
    case GRANARY_ERROR_NETWORK:
      return GRANARY_CONNECTION_OFFLINE;

    case GRANARY_ERROR_AUTH_REQUIRED:
    case GRANARY_ERROR_AUTH_REJECTED:
    case GRANARY_ERROR_FORBIDDEN:
      return GRANARY_CONNECTION_REJECTED;

    default:
      return before;
    }
}

/**
 * granary_connection_status_end:
 * @self: a status
 * @refreshed: when the catalogue was complete, µs since the epoch; not looked at with an error
 * @error: (nullable): why it is not
 *
 * The refresh is over. One that was called off leaves no error. Any thread.
 */
void
granary_connection_status_end (GranaryConnectionStatus *self,
                               gint64                   refreshed,
                               const GError            *error)
{
  g_return_if_fail (GRANARY_IS_CONNECTION_STATUS (self));

  g_mutex_lock (&self->lock);
  if (self->now.state != GRANARY_CONNECTION_REFRESHING)
    self->before = self->now.state;
  self->now.state = get_state_after (error, self->before);
  self->now.progress = -1;
  if (error == NULL)
    self->now.refreshed = MAX (refreshed, 0);
  if (error == NULL || !granary_error_is_cancelled (error))
    {
      g_clear_error (&self->now.error);
      self->now.error = error != NULL ? g_error_copy (error) : NULL;
    }
  schedule_locked (self, TRUE);
  g_mutex_unlock (&self->lock);
}

/**
 * granary_connection_status_close:
 * @self: a status
 *
 * Keeps it as it is; what is still said by threads that end is not notified.
 */
void
granary_connection_status_close (GranaryConnectionStatus *self)
{
  g_return_if_fail (GRANARY_IS_CONNECTION_STATUS (self));

  g_mutex_lock (&self->lock);
  self->is_closed = TRUE;
  g_mutex_unlock (&self->lock);
}
