/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-http"

#include "config.h"

#include "granary-http-private.h"

#include "granary-error.h"

/*
 * Sorts failures by what they mean for the caller: whether the server can have done anything
 * (@sent), and whether waiting helps. The message goes to logs; it names the host alone, as queries
 * and headers may carry signatures.
 */
void
granary_http_take_error (GError     **error,
                         GError      *cause,
                         const char  *host,
                         gboolean     sent)
{
  g_autoptr (GError) owned = cause;
  GranaryReason reason = GRANARY_REASON_CONNECTION_BROKEN;

  g_assert (cause != NULL);

  if (granary_error_is_cancelled (cause) || cause->domain == GRANARY_ERROR)
    {
      g_propagate_error (error, g_steal_pointer (&owned));
      return;
    }

  if (g_error_matches (cause, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    reason = GRANARY_REASON_CERTIFICATE_INVALID;
  else if (!sent)
    reason = GRANARY_REASON_HOST_UNREACHABLE;
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    reason = GRANARY_REASON_NO_ANSWER_IN_TIME;

  granary_set_error (error, GRANARY_ERROR_NETWORK, reason, host, "%s: %s", host, cause->message);
}
