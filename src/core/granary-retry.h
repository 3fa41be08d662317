/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GranaryClock:
 *
 * The server's time as far as it is known: the own clock and an offset learned from answers.
 * Thread-safe.
 */
typedef struct
{
  gint offset; /* seconds; atomic */
} GranaryClock;

gint64   granary_clock_now   (GranaryClock  *self);
/* Takes over the server's @date when it is 30 s or more off; whether it was. */
gboolean granary_clock_learn (GranaryClock  *self,
                              gint64         date);

/**
 * GranaryRetry:
 * @attempt: how many were made, 0 before the first
 * @max_attempts: how many may be made
 *
 * Counts attempts and waits between them: exponential from 0.5 s to 8 s with full jitter, never less
 * than the server asked for (up to 60 s; more than that is a failure now). Initialise with
 * GRANARY_RETRY_INIT.
 */
typedef struct
{
  guint attempt;
  guint max_attempts;
} GranaryRetry;

#define GRANARY_RETRY_INIT { 0, 4 }

/* Whether another attempt may be made after @failure (transfer none); waits for it. FALSE puts a copy
 * of @failure (or the cancellation) into @error. The environment variable GRANARY_RETRY_SCALE (a
 * factor, such as 0.01) shortens the waits in tests. */
gboolean granary_retry_wait  (GranaryRetry  *self,
                              GError        *failure,
                              GCancellable  *cancellable,
                              GError       **error);
/* @duration µs, scaled as above: for waits that are none of a thread. */
gint64   granary_scale_wait  (gint64         duration);
/* Sleeps for @duration µs, scaled as above. FALSE, and the cancellation in @error, when called off. */
gboolean granary_sleep       (gint64         duration,
                              GCancellable  *cancellable,
                              GError       **error);

G_END_DECLS
