/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-transfer.h"

#include <stdatomic.h>

#include "granary-error.h"

/* How often properties are notified, and how far back the rate looks. */
#define NOTIFY_INTERVAL (100 * G_TIME_SPAN_MILLISECOND)
#define N_SAMPLES 32

typedef struct
{
  gint64 time;
  gint64 bytes;
} Sample;

/* What was last notified, so that only what changed is notified again. */
typedef struct
{
  GranaryTransferState state;
  gint64               bytes_done;
  gint64               bytes_total;
  gint64               files_done;
  gint64               files_total;
  double               rate;
  int                  seconds_left;
  int                  retry_in;
  gint64               model_id;
  gint64               version_id;
} Shown;

struct _GranaryTransfer
{
  GObject               parent_instance;

  GranaryTransferKind   kind;
  GCancellable         *cancellable;  /* (owned) */
  GMainContext         *context;      /* (owned): of the creator */

  _Atomic gint64        bytes_done;
  _Atomic gint64        bytes_total;
  _Atomic gint64        files_done;
  _Atomic gint64        files_total;
  _Atomic gint64        model_id;
  _Atomic gint64        version_id;
  _Atomic int           state;
  _Atomic int           retry_in;
  atomic_bool           is_scheduled;

  const GranaryTransferControl *control; /* (nullable); main context, as its data */
  gpointer              control_data;

  GMutex                lock;         /* of all that follows */
  char                 *subject;      /* (owned) (nullable) */
  gboolean              is_subject_new;
  GError               *error;        /* (owned) (nullable): set before the state that has one */
  GPtrArray            *warnings;     /* (owned) (element-type GError) */
  gint64                started;
  gint64                notified;     /* when properties were last notified */
  Sample                samples[N_SAMPLES];
  guint                 n_samples;
  guint                 next_sample;
  Shown                 shown;
};

G_DEFINE_FINAL_TYPE (GranaryTransfer, granary_transfer, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_KIND,
  PROP_SUBJECT,
  PROP_STATE,
  PROP_BYTES_DONE,
  PROP_BYTES_TOTAL,
  PROP_FILES_DONE,
  PROP_FILES_TOTAL,
  PROP_RATE,
  PROP_SECONDS_LEFT,
  PROP_RETRY_IN,
  PROP_TARGET,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static gboolean
is_final (GranaryTransferState state)
{
  return state == GRANARY_TRANSFER_DONE ||
         state == GRANARY_TRANSFER_FAILED ||
         state == GRANARY_TRANSFER_CANCELLED;
}

static gboolean
is_at_rest (GranaryTransferState state)
{
  return is_final (state) ||
         state == GRANARY_TRANSFER_PAUSED ||
         state == GRANARY_TRANSFER_RETRYING;
}

/* Both need the lock. */

static double
get_rate_locked (GranaryTransfer *self,
                 gint64           now)
{
  const Sample *oldest;
  gint64 moved;

  if (self->n_samples == 0 || is_at_rest (atomic_load (&self->state)))
    return 0;

  oldest = &self->samples[self->n_samples < N_SAMPLES ? 0 : self->next_sample];
  if (now - oldest->time < NOTIFY_INTERVAL)
    return 0;

  /* Less than before when bytes have to be sent again. */
  moved = MAX (atomic_load (&self->bytes_done) - oldest->bytes, 0);

  return (double) moved * G_TIME_SPAN_SECOND / (double) (now - oldest->time);
}

static int
get_seconds_left_locked (GranaryTransfer *self,
                         gint64           now)
{
  double rate = get_rate_locked (self, now);
  gint64 left = atomic_load (&self->bytes_total) - atomic_load (&self->bytes_done);

  if (rate < 1 || left < 0)
    return -1;

  return (int) MIN ((double) left / rate + 0.5, (double) G_MAXINT);
}

static gboolean
notify_cb (gpointer user_data)
{
  g_autoptr (GranaryTransfer) self = g_weak_ref_get (user_data);
  Shown before;
  Shown now;
  gboolean is_subject_new;

  if (self == NULL)
    return G_SOURCE_REMOVE;

  /* Cleared first: what changes from here on schedules anew. */
  atomic_store (&self->is_scheduled, FALSE);

  g_mutex_lock (&self->lock);
  self->notified = g_get_monotonic_time ();
  self->samples[self->next_sample] =
    (Sample) { self->notified, atomic_load (&self->bytes_done) };
  self->next_sample = (self->next_sample + 1) % N_SAMPLES;
  self->n_samples = MIN (self->n_samples + 1, N_SAMPLES);
  before = self->shown;
  self->shown = now = (Shown) {
    .state = (GranaryTransferState) atomic_load (&self->state),
    .bytes_done = granary_transfer_get_bytes_done (self),
    .bytes_total = atomic_load (&self->bytes_total),
    .files_done = atomic_load (&self->files_done),
    .files_total = atomic_load (&self->files_total),
    .rate = get_rate_locked (self, self->notified),
    .seconds_left = get_seconds_left_locked (self, self->notified),
    .retry_in = granary_transfer_get_retry_in (self),
    .model_id = atomic_load (&self->model_id),
    .version_id = atomic_load (&self->version_id),
  };
  is_subject_new = self->is_subject_new;
  self->is_subject_new = FALSE;
  g_mutex_unlock (&self->lock);

  g_object_freeze_notify (G_OBJECT (self));
  if (is_subject_new)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUBJECT]);
  if (before.bytes_done != now.bytes_done)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BYTES_DONE]);
  if (before.bytes_total != now.bytes_total)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BYTES_TOTAL]);
  if (before.files_done != now.files_done)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FILES_DONE]);
  if (before.files_total != now.files_total)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FILES_TOTAL]);
  if (before.rate != now.rate)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RATE]);
  if (before.seconds_left != now.seconds_left)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SECONDS_LEFT]);
  if (before.retry_in != now.retry_in)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RETRY_IN]);
  if (before.model_id != now.model_id || before.version_id != now.version_id)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TARGET]);
  if (before.state != now.state)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
  g_object_thaw_notify (G_OBJECT (self));

  return G_SOURCE_REMOVE;
}

static void
weak_ref_free (gpointer data)
{
  GWeakRef *ref = data;

  g_weak_ref_clear (ref);
  g_free (ref);
}

/* At most one source waits at any time; only the one that schedules pays for it. */
static void
schedule (GranaryTransfer *self)
{
  g_autoptr (GSource) source = NULL;
  GWeakRef *ref;
  gint64 wait;

  if (atomic_exchange (&self->is_scheduled, TRUE))
    return;

  g_mutex_lock (&self->lock);
  wait = self->notified + NOTIFY_INTERVAL - g_get_monotonic_time ();
  g_mutex_unlock (&self->lock);

  source = wait > 0 ? g_timeout_source_new ((guint) (wait / G_TIME_SPAN_MILLISECOND) + 1)
                    : g_idle_source_new ();
  ref = g_new0 (GWeakRef, 1);
  g_weak_ref_init (ref, self);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, notify_cb, ref, weak_ref_free);
  g_source_set_static_name (source, "[granary] transfer");
  g_source_attach (source, self->context);
}

static void
granary_transfer_get_property (GObject    *object,
                               guint       property_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  GranaryTransfer *self = GRANARY_TRANSFER (object);

  switch (property_id)
    {
    case PROP_KIND:
      g_value_set_int (value, (int) self->kind);
      break;

    case PROP_SUBJECT:
      g_value_take_string (value, granary_transfer_dup_subject (self));
      break;

    case PROP_STATE:
      g_value_set_int (value, (int) granary_transfer_get_state (self));
      break;

    case PROP_BYTES_DONE:
      g_value_set_int64 (value, granary_transfer_get_bytes_done (self));
      break;

    case PROP_BYTES_TOTAL:
      g_value_set_int64 (value, granary_transfer_get_bytes_total (self));
      break;

    case PROP_FILES_DONE:
      g_value_set_int64 (value, granary_transfer_get_files_done (self));
      break;

    case PROP_FILES_TOTAL:
      g_value_set_int64 (value, granary_transfer_get_files_total (self));
      break;

    case PROP_RATE:
      g_value_set_double (value, granary_transfer_get_rate (self));
      break;

    case PROP_SECONDS_LEFT:
      g_value_set_int (value, granary_transfer_get_seconds_left (self));
      break;

    case PROP_RETRY_IN:
      g_value_set_int (value, granary_transfer_get_retry_in (self));
      break;

    case PROP_TARGET:
      g_value_set_int64 (value, granary_transfer_get_version_id (self));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
    }
}

static void
granary_transfer_finalize (GObject *object)
{
  GranaryTransfer *self = GRANARY_TRANSFER (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->subject, g_free);
  g_clear_pointer (&self->warnings, g_ptr_array_unref);
  g_clear_error (&self->error);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (granary_transfer_parent_class)->finalize (object);
}

static void
granary_transfer_class_init (GranaryTransferClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = granary_transfer_get_property;
  object_class->finalize = granary_transfer_finalize;

  properties[PROP_KIND] = g_param_spec_int ("kind", NULL, NULL, 0, G_MAXINT, 0, flags);
  properties[PROP_SUBJECT] = g_param_spec_string ("subject", NULL, NULL, NULL, flags);
  properties[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, G_MAXINT, 0, flags);
  properties[PROP_BYTES_DONE] =
    g_param_spec_int64 ("bytes-done", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_BYTES_TOTAL] =
    g_param_spec_int64 ("bytes-total", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_FILES_DONE] =
    g_param_spec_int64 ("files-done", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_FILES_TOTAL] =
    g_param_spec_int64 ("files-total", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_RATE] = g_param_spec_double ("rate", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  properties[PROP_SECONDS_LEFT] =
    g_param_spec_int ("seconds-left", NULL, NULL, -1, G_MAXINT, -1, flags);
  properties[PROP_RETRY_IN] =
    g_param_spec_int ("retry-in", NULL, NULL, -1, G_MAXINT, -1, flags);
  properties[PROP_TARGET] = g_param_spec_int64 ("target", NULL, NULL, 0, G_MAXINT64, 0, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
granary_transfer_init (GranaryTransfer *self)
{
  g_mutex_init (&self->lock);
  self->cancellable = g_cancellable_new ();
  self->context = g_main_context_ref_thread_default ();
  self->warnings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_error_free);
  self->started = g_get_monotonic_time ();
  self->shown.seconds_left = -1;
  self->shown.retry_in = -1;
}

/**
 * granary_transfer_new:
 * @kind: what it is for
 * @subject: (nullable): what it works on, such as `plate-ocr v6`
 *
 * Makes a transfer that waits for its turn. Its properties are notified in the thread-default main
 * context of the calling thread.
 *
 * Returns: (transfer full): a new transfer
 */
GranaryTransfer *
granary_transfer_new (GranaryTransferKind  kind,
                      const char          *subject)
{
  GranaryTransfer *self = g_object_new (GRANARY_TYPE_TRANSFER, NULL);

  self->kind = kind;
  self->subject = g_strdup (subject);

  return self;
}

GranaryTransferKind
granary_transfer_get_kind (GranaryTransfer *self)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER (self), GRANARY_TRANSFER_IMPORT);

  return self->kind;
}

/**
 * granary_transfer_dup_subject:
 * @self: a transfer
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): what it works on
 */
char *
granary_transfer_dup_subject (GranaryTransfer *self)
{
  char *subject;

  g_return_val_if_fail (GRANARY_IS_TRANSFER (self), NULL);

  g_mutex_lock (&self->lock);
  subject = g_strdup (self->subject);
  g_mutex_unlock (&self->lock);

  return subject;
}

GCancellable *
granary_transfer_get_cancellable (GranaryTransfer *self)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER (self), NULL);

  return self->cancellable;
}

GranaryTransferState
granary_transfer_get_state (GranaryTransfer *self)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER (self), GRANARY_TRANSFER_QUEUED);

  return (GranaryTransferState) atomic_load (&self->state);
}

gint64
granary_transfer_get_bytes_done (GranaryTransfer *self)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER (self), 0);

  return MAX (atomic_load (&self->bytes_done), 0);
}

gint64
granary_transfer_get_bytes_total (GranaryTransfer *self)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER (self), 0);

  return atomic_load (&self->bytes_total);
}

gint64
granary_transfer_get_files_done (GranaryTransfer *self)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER (self), 0);

  return atomic_load (&self->files_done);
}

gint64
granary_transfer_get_files_total (GranaryTransfer *self)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER (self), 0);

  return atomic_load (&self->files_total);
}

/**
 * granary_transfer_get_fraction:
 * @self: a transfer
 *
 * Returns: how much is done, 0 to 1; of the bytes, or of the files where there are no bytes to
 *   count; 0 while the total is unknown
 */
double
granary_transfer_get_fraction (GranaryTransfer *self)
{
  gint64 done;
  gint64 total;

  g_return_val_if_fail (GRANARY_IS_TRANSFER (self), 0);

  if (granary_transfer_get_state (self) == GRANARY_TRANSFER_DONE)
    return 1;

  done = granary_transfer_get_bytes_done (self);
  total = atomic_load (&self->bytes_total);
  if (total <= 0)
    {
      done = atomic_load (&self->files_done);
      total = atomic_load (&self->files_total);
    }

  return total > 0 ? CLAMP ((double) done / (double) total, 0, 1) : 0;
}

/**
 * granary_transfer_get_rate:
 * @self: a transfer
 *
 * Returns: bytes a second over the last seconds; 0 while unknown
 */
double
granary_transfer_get_rate (GranaryTransfer *self)
{
  double rate;

  g_return_val_if_fail (GRANARY_IS_TRANSFER (self), 0);

  g_mutex_lock (&self->lock);
  rate = get_rate_locked (self, g_get_monotonic_time ());
  g_mutex_unlock (&self->lock);

  return rate;
}

/**
 * granary_transfer_get_seconds_left:
 * @self: a transfer
 *
 * Returns: seconds until the bytes are done at the present rate; -1 while unknown
 */
int
granary_transfer_get_seconds_left (GranaryTransfer *self)
{
  int seconds;

  g_return_val_if_fail (GRANARY_IS_TRANSFER (self), -1);

  g_mutex_lock (&self->lock);
  seconds = get_seconds_left_locked (self, g_get_monotonic_time ());
  g_mutex_unlock (&self->lock);

  return seconds;
}

/**
 * granary_transfer_get_error:
 * @self: a transfer
 *
 * Returns: (nullable) (transfer none): why it failed; %NULL unless its state is
 *   %GRANARY_TRANSFER_FAILED or %GRANARY_TRANSFER_RETRYING
 */
const GError *
granary_transfer_get_error (GranaryTransfer *self)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER (self), NULL);

  /* The state is stored after the error and read before it. */
  switch ((int) granary_transfer_get_state (self))
    {
    case GRANARY_TRANSFER_FAILED:
    case GRANARY_TRANSFER_RETRYING:
      return self->error;

    default:
      return NULL;
    }
}

/**
 * granary_transfer_dup_warnings:
 * @self: a transfer
 *
 * What did not go as asked although the whole succeeded, such as a source that a cut could not
 * remove (%GRANARY_REASON_SOURCE_NOT_REMOVED). Complete once the verb has reported.
 *
 * Returns: (transfer full) (element-type GError): the warnings, often none
 */
GPtrArray *
granary_transfer_dup_warnings (GranaryTransfer *self)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify) g_error_free);

  g_return_val_if_fail (GRANARY_IS_TRANSFER (self), copy);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->warnings->len; i++)
    g_ptr_array_add (copy, g_error_copy (g_ptr_array_index (self->warnings, i)));
  g_mutex_unlock (&self->lock);

  return copy;
}

/**
 * granary_transfer_get_started:
 * @self: a transfer
 *
 * Returns: monotonic time in µs when its work began; while it is queued, when it was made
 */
gint64
granary_transfer_get_started (GranaryTransfer *self)
{
  gint64 started;

  g_return_val_if_fail (GRANARY_IS_TRANSFER (self), 0);

  g_mutex_lock (&self->lock);
  started = self->started;
  g_mutex_unlock (&self->lock);

  return started;
}

/**
 * granary_transfer_is_over:
 * @self: a transfer
 *
 * Returns: whether it is done, failed or cancelled
 */
gboolean
granary_transfer_is_over (GranaryTransfer *self)
{
  return is_final (granary_transfer_get_state (self));
}

/**
 * granary_transfer_cancel:
 * @self: a transfer
 *
 * Asks for the work to stop. Its state changes when the worker has undone what it began.
 */
void
granary_transfer_cancel (GranaryTransfer *self)
{
  g_return_if_fail (GRANARY_IS_TRANSFER (self));

  g_cancellable_cancel (self->cancellable);
}

/**
 * granary_transfer_set_target:
 * @self: a transfer
 * @model_id: row of a model in the catalogue, 0 unknown
 * @version_id: row of a version, 0 unknown
 *
 * Says which rows it is about. Any thread.
 */
void
granary_transfer_set_target (GranaryTransfer *self,
                             gint64           model_id,
                             gint64           version_id)
{
  g_return_if_fail (GRANARY_IS_TRANSFER (self));

  atomic_store (&self->model_id, model_id);
  atomic_store (&self->version_id, version_id);

  schedule (self);
}

gint64
granary_transfer_get_model_id (GranaryTransfer *self)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER (self), 0);

  return atomic_load (&self->model_id);
}

gint64
granary_transfer_get_version_id (GranaryTransfer *self)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER (self), 0);

  return atomic_load (&self->version_id);
}

/**
 * granary_transfer_set_control:
 * @self: a transfer
 * @control: (nullable): who runs it, static; %NULL when nobody does any more
 * @user_data: for its functions
 *
 * Says whom to ask for a pause and the like. Main context.
 */
void
granary_transfer_set_control (GranaryTransfer              *self,
                              const GranaryTransferControl *control,
                              gpointer                      user_data)
{
  g_return_if_fail (GRANARY_IS_TRANSFER (self));

  self->control = control;
  self->control_data = user_data;
}

/**
 * granary_transfer_can:
 * @self: a transfer
 * @action: something to ask of it
 *
 * Returns: whether that makes sense in its present state; never of one that no queue runs. Changes
 *   with its state and that of those around it. Main context
 */
gboolean
granary_transfer_can (GranaryTransfer       *self,
                      GranaryTransferAction  action)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER (self), FALSE);

  return self->control != NULL && self->control->can (action, self, self->control_data);
}

/**
 * granary_transfer_perform:
 * @self: a transfer
 * @action: what to do
 *
 * Asks for it; nothing happens where granary_transfer_can() says no. Main context.
 */
void
granary_transfer_perform (GranaryTransfer       *self,
                          GranaryTransferAction  action)
{
  g_return_if_fail (GRANARY_IS_TRANSFER (self));

  if (granary_transfer_can (self, action))
    self->control->perform (action, self, self->control_data);
}

int
granary_transfer_get_turn (GranaryTransfer *self)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER (self), -1);

  return self->control != NULL && self->control->get_turn != NULL
         ? self->control->get_turn (self, self->control_data)
         : -1;
}

int
granary_transfer_get_retry_in (GranaryTransfer *self)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER (self), -1);

  return granary_transfer_get_state (self) == GRANARY_TRANSFER_RETRYING
         ? atomic_load (&self->retry_in)
         : -1;
}

void
granary_transfer_set_retry_in (GranaryTransfer *self,
                               int              seconds)
{
  g_return_if_fail (GRANARY_IS_TRANSFER (self));

  atomic_store (&self->retry_in, MAX (seconds, 0));

  schedule (self);
}

/**
 * granary_transfer_retry_later:
 * @self: a transfer that is not over
 * @error: why it cannot go on now
 * @seconds: until it is tried again; count them down by granary_transfer_set_retry_in()
 *
 * Main context.
 */
void
granary_transfer_retry_later (GranaryTransfer *self,
                              const GError    *error,
                              int              seconds)
{
  g_return_if_fail (GRANARY_IS_TRANSFER (self));
  g_return_if_fail (error != NULL);

  g_mutex_lock (&self->lock);
  if (!is_final (atomic_load (&self->state)))
    {
      g_clear_error (&self->error);
      self->error = g_error_copy (error);
      atomic_store (&self->retry_in, MAX (seconds, 0));
      atomic_store (&self->state, GRANARY_TRANSFER_RETRYING);
    }
  g_mutex_unlock (&self->lock);

  schedule (self);
}

/**
 * granary_transfer_restart:
 * @self: a transfer that nobody works on
 *
 * Makes it wait as if it were new. The totals stay until they are set anew.
 */
void
granary_transfer_restart (GranaryTransfer *self)
{
  g_return_if_fail (GRANARY_IS_TRANSFER (self));

  g_mutex_lock (&self->lock);
  if (is_final (atomic_load (&self->state)))
    {
      g_ptr_array_set_size (self->warnings, 0);
      g_cancellable_reset (self->cancellable);
    }
  atomic_store (&self->state, GRANARY_TRANSFER_QUEUED);
  atomic_store (&self->bytes_done, 0);
  atomic_store (&self->files_done, 0);
  g_clear_error (&self->error);
  self->n_samples = 0;
  self->next_sample = 0;
  g_mutex_unlock (&self->lock);

  schedule (self);
}

void
granary_transfer_set_subject (GranaryTransfer *self,
                              const char      *subject)
{
  g_return_if_fail (GRANARY_IS_TRANSFER (self));

  g_mutex_lock (&self->lock);
  if (g_set_str (&self->subject, subject))
    self->is_subject_new = TRUE;
  g_mutex_unlock (&self->lock);

  schedule (self);
}

/**
 * granary_transfer_set_state:
 * @self: a transfer
 * @state: a state that is not final; see granary_transfer_finish() for those
 *
 * Says where the work stands. Ignored once the transfer is over.
 */
void
granary_transfer_set_state (GranaryTransfer      *self,
                            GranaryTransferState  state)
{
  g_return_if_fail (GRANARY_IS_TRANSFER (self));
  g_return_if_fail (!is_final (state));

  g_mutex_lock (&self->lock);
  if (!is_final (atomic_load (&self->state)))
    {
      if (atomic_load (&self->state) == GRANARY_TRANSFER_QUEUED &&
          state != GRANARY_TRANSFER_QUEUED)
        self->started = g_get_monotonic_time ();
      atomic_store (&self->state, (int) state);
    }
  g_mutex_unlock (&self->lock);

  schedule (self);
}

/**
 * granary_transfer_set_total:
 * @self: a transfer
 * @bytes: all there is to move or read
 * @files: in how many files
 *
 * Says how much there is to do.
 */
void
granary_transfer_set_total (GranaryTransfer *self,
                            gint64           bytes,
                            gint64           files)
{
  g_return_if_fail (GRANARY_IS_TRANSFER (self));

  atomic_store (&self->bytes_total, MAX (bytes, 0));
  atomic_store (&self->files_total, MAX (files, 0));

  schedule (self);
}

void
granary_transfer_add_bytes (GranaryTransfer *self,
                            gint64           bytes)
{
  g_return_if_fail (GRANARY_IS_TRANSFER (self));

  atomic_fetch_add_explicit (&self->bytes_done, bytes, memory_order_relaxed);

  schedule (self);
}

void
granary_transfer_add_files (GranaryTransfer *self,
                            gint64           files)
{
  g_return_if_fail (GRANARY_IS_TRANSFER (self));

  atomic_fetch_add_explicit (&self->files_done, files, memory_order_relaxed);

  schedule (self);
}

/**
 * granary_transfer_add_warning:
 * @self: a transfer
 * @warning: what did not go as asked
 *
 * Adds to granary_transfer_dup_warnings(). Any thread.
 */
void
granary_transfer_add_warning (GranaryTransfer *self,
                              const GError    *warning)
{
  g_return_if_fail (GRANARY_IS_TRANSFER (self));
  g_return_if_fail (warning != NULL);

  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->warnings, g_error_copy (warning));
  g_mutex_unlock (&self->lock);
}

/**
 * granary_transfer_finish:
 * @self: a transfer
 * @error: (nullable): why it failed; %G_IO_ERROR_CANCELLED makes it cancelled, %NULL done
 *
 * Sets the final state. Only the first call counts.
 */
void
granary_transfer_finish (GranaryTransfer *self,
                         const GError    *error)
{
  g_return_if_fail (GRANARY_IS_TRANSFER (self));

  g_mutex_lock (&self->lock);
  if (!is_final (atomic_load (&self->state)))
    {
      if (error == NULL)
        {
          atomic_store (&self->state, GRANARY_TRANSFER_DONE);
        }
      else if (granary_error_is_cancelled (error))
        {
          atomic_store (&self->state, GRANARY_TRANSFER_CANCELLED);
        }
      else
        {
          g_clear_error (&self->error);
          self->error = g_error_copy (error);
          atomic_store (&self->state, GRANARY_TRANSFER_FAILED);
        }
    }
  g_mutex_unlock (&self->lock);

  schedule (self);
}
