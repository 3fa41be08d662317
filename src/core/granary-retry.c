/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-retry.h"

#include "granary-error.h"

/* Seconds by which a clock has to be off to be corrected; the services allow 5 minutes. */
#define CLOCK_TOLERANCE 30

#define FIRST_WAIT (G_USEC_PER_SEC / 2)
#define LONGEST_WAIT (8 * G_USEC_PER_SEC)
/* Who asks for more does not expect an answer to the same action. */
#define LONGEST_RETRY_AFTER 60

/* What a sleeper and a cancellation on another thread share. */
typedef struct
{
  GMutex   mutex;
  GCond    cond;
  gboolean cancelled;
} Sleeper;

static void
cancelled_cb (GCancellable *cancellable,
              Sleeper      *sleeper)
{
  g_mutex_lock (&sleeper->mutex);
  sleeper->cancelled = TRUE;
  g_cond_signal (&sleeper->cond);
  g_mutex_unlock (&sleeper->mutex);
}

static double
wait_scale (void)
{
  const char *text = g_getenv ("GRANARY_RETRY_SCALE");
  double scale = text != NULL ? g_ascii_strtod (text, NULL) : 1.0;

  return CLAMP (scale, 0.0, 1.0);
}

/**
 * granary_scale_wait:
 * @duration: µs
 *
 * Returns: how long to wait instead; in tests GRANARY_RETRY_SCALE shortens it
 */
gint64
granary_scale_wait (gint64 duration)
{
  return (gint64) (wait_scale () * (double) MAX (duration, 0));
}

/**
 * granary_sleep:
 * @duration: µs
 * @cancellable: (nullable): ends it at once
 * @error: return location
 *
 * For workers. In tests GRANARY_RETRY_SCALE shortens it.
 *
 * Returns: whether it slept to the end
 */
gboolean
granary_sleep (gint64         duration,
               GCancellable  *cancellable,
               GError       **error)
{
  Sleeper sleeper = { .cancelled = FALSE };
  gint64 end = g_get_monotonic_time () + granary_scale_wait (duration);
  gulong handler = 0;

  g_mutex_init (&sleeper.mutex);
  g_cond_init (&sleeper.cond);
  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), &sleeper, NULL);

  g_mutex_lock (&sleeper.mutex);
  while (!sleeper.cancelled && g_cond_wait_until (&sleeper.cond, &sleeper.mutex, end))
    ;
  g_mutex_unlock (&sleeper.mutex);

  g_cancellable_disconnect (cancellable, handler);
  g_cond_clear (&sleeper.cond);
  g_mutex_clear (&sleeper.mutex);

  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/**
 * granary_clock_now:
 * @self: a clock
 *
 * Returns: the server's time in seconds since the epoch, as far as it is known
 */
gint64
granary_clock_now (GranaryClock *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return g_get_real_time () / G_USEC_PER_SEC + g_atomic_int_get (&self->offset);
}

/**
 * granary_clock_learn:
 * @self: a clock
 * @date: what the server says, in seconds since the epoch; 0 when it said nothing
 *
 * Takes over the server's time when it is 30 s or more off.
 *
 * Returns: whether it was, so that it is worth trying again
 */
gboolean
granary_clock_learn (GranaryClock *self,
                     gint64        date)
{
  gint64 difference;

  g_return_val_if_fail (self != NULL, FALSE);

  if (date <= 0 || ABS (date - granary_clock_now (self)) < CLOCK_TOLERANCE)
    return FALSE;

  difference = date - g_get_real_time () / G_USEC_PER_SEC;
  if (difference < G_MININT || difference > G_MAXINT)
    return FALSE;

  g_debug ("the server's clock is %" G_GINT64_FORMAT " s off", difference);
  g_atomic_int_set (&self->offset, (gint) difference);
  return TRUE;
}

/**
 * granary_retry_wait:
 * @self: the attempts at one thing
 * @failure: (transfer none): why the last one failed
 * @cancellable: (nullable): ends the wait at once
 * @error: return location: a copy of @failure, or the cancellation
 *
 * Counts the attempt that failed, and waits before the next one. Whether @failure is of a kind that
 * may be tried again at all is the caller's to know.
 *
 * Returns: whether another attempt may be made
 */
gboolean
granary_retry_wait (GranaryRetry  *self,
                    GError        *failure,
                    GCancellable  *cancellable,
                    GError       **error)
{
  gint64 wait;
  guint retry_after;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (failure != NULL, FALSE);

  self->attempt++;
  retry_after = granary_error_get_retry_after (failure);
  if (self->attempt >= self->max_attempts || retry_after > LONGEST_RETRY_AFTER ||
      granary_error_is_cancelled (failure))
    {
      g_propagate_error (error, g_error_copy (failure));
      return FALSE;
    }

  /* Full jitter: many that failed together do not come back together. */
  wait = MIN (LONGEST_WAIT, FIRST_WAIT << MIN (self->attempt - 1, 8));
  wait = (gint64) (g_random_double () * (double) wait);
  wait = MAX (wait, retry_after * G_USEC_PER_SEC);
  g_debug ("attempt %u failed: %s; next in %.1f s", self->attempt, failure->message,
           (double) wait / G_USEC_PER_SEC);

  return granary_sleep (wait, cancellable, error);
}
