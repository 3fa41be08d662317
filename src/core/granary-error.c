/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-error.h"

#include <errno.h>

/*
 * Facts beside code and message. The message is for logs and --debug; people read what wording/
 * makes of code, reason and subject.
 */
typedef struct
{
  GranaryReason  reason;
  char          *subject;    /* (owned) (nullable) */
  guint          http_status;
  char          *request_id; /* (owned) (nullable) */
  char          *remote_code;    /* (owned) (nullable) */
  char          *remote_message; /* (owned) (nullable) */
  guint          retry_after;
  gint64         needed;     /* bytes; -1 unknown */
  gint64         available;  /* bytes; -1 unknown */
  int            line;       /* 0 unknown */
} GranaryErrorPrivate;

static void
granary_error_private_init (GranaryErrorPrivate *priv)
{
  priv->reason = GRANARY_REASON_NONE;
  priv->needed = -1;
  priv->available = -1;
}

static void
granary_error_private_copy (const GranaryErrorPrivate *from,
                            GranaryErrorPrivate       *to)
{
  to->reason = from->reason;
  to->subject = g_strdup (from->subject);
  to->http_status = from->http_status;
  to->request_id = g_strdup (from->request_id);
  to->remote_code = g_strdup (from->remote_code);
  to->remote_message = g_strdup (from->remote_message);
  to->retry_after = from->retry_after;
  to->needed = from->needed;
  to->available = from->available;
  to->line = from->line;
}

static void
granary_error_private_clear (GranaryErrorPrivate *priv)
{
  g_clear_pointer (&priv->subject, g_free);
  g_clear_pointer (&priv->request_id, g_free);
  g_clear_pointer (&priv->remote_code, g_free);
  g_clear_pointer (&priv->remote_message, g_free);
}

G_DEFINE_EXTENDED_ERROR (GranaryError, granary_error)

/**
 * granary_set_error:
 * @error: (out) (optional): where to put it
 * @code: what kind of failure
 * @reason: the exact rule or fault
 * @subject: (nullable): the thing it is about, printable
 * @format: message for logs, not translated
 * @...: its arguments
 *
 * Sets @error with the facts that wording/ turns into text.
 */
void
granary_set_error (GError       **error,
                   GranaryError   code,
                   GranaryReason  reason,
                   const char    *subject,
                   const char    *format,
                   ...)
{
  GranaryErrorPrivate *priv;
  va_list args;

  g_return_if_fail (error == NULL || *error == NULL);
  g_return_if_fail (format != NULL);

  if (error == NULL)
    return;

  va_start (args, format);
  *error = g_error_new_valist (GRANARY_ERROR, (int) code, format, args);
  va_end (args);

  priv = granary_error_get_private (*error);
  priv->reason = reason;
  priv->subject = g_strdup (subject);
}

/**
 * granary_set_error_from_errno:
 * @error: (out) (optional): where to put it
 * @saved_errno: the `errno` of the failed call
 * @subject: path of the file, printable
 * @action: what was tried, for logs, such as `open`
 *
 * Turns a failed system call on a file into code and reason.
 */
void
granary_set_error_from_errno (GError     **error,
                              int          saved_errno,
                              const char  *subject,
                              const char  *action)
{
  GranaryError code = GRANARY_ERROR_FILE;
  GranaryReason reason = GRANARY_REASON_INPUT_OUTPUT;

  switch (saved_errno)
    {
    case ENOSPC:
    case EDQUOT:
      code = GRANARY_ERROR_QUOTA;
      reason = GRANARY_REASON_NO_SPACE;
      break;

    case EROFS:
      reason = GRANARY_REASON_READ_ONLY;
      break;

    case EACCES:
    case EPERM:
      reason = GRANARY_REASON_PERMISSION;
      break;

    case ENOENT:
    case ENOTDIR:
      code = GRANARY_ERROR_NOT_FOUND;
      reason = GRANARY_REASON_SOURCE_MISSING;
      break;

    case ENAMETOOLONG:
      code = GRANARY_ERROR_INVALID_INPUT;
      reason = GRANARY_REASON_PATH_TOO_LONG;
      break;

    case ELOOP:
      code = GRANARY_ERROR_INVALID_INPUT;
      reason = GRANARY_REASON_SOURCE_LINK_LOOP;
      break;

    default:
      break;
    }

  granary_set_error (error, code, reason, subject,
                     "%s: %s: %s", action, subject != NULL ? subject : "-",
                     g_strerror (saved_errno));
}

/**
 * granary_error_get_reason:
 * @error: any error
 *
 * Returns: the reason; %GRANARY_REASON_NONE for errors of other domains
 */
GranaryReason
granary_error_get_reason (const GError *error)
{
  g_return_val_if_fail (error != NULL, GRANARY_REASON_NONE);

  if (error->domain != GRANARY_ERROR)
    return GRANARY_REASON_NONE;

  return granary_error_get_private (error)->reason;
}

/**
 * granary_error_get_subject:
 * @error: any error
 *
 * Returns: (nullable) (transfer none): what the error is about
 */
const char *
granary_error_get_subject (const GError *error)
{
  g_return_val_if_fail (error != NULL, NULL);

  if (error->domain != GRANARY_ERROR)
    return NULL;

  return granary_error_get_private (error)->subject;
}

/**
 * granary_error_matches_reason:
 * @error: (nullable): any error
 * @reason: a reason
 *
 * Returns: whether @error is one of Granary's with @reason
 */
gboolean
granary_error_matches_reason (const GError  *error,
                              GranaryReason  reason)
{
  return error != NULL && error->domain == GRANARY_ERROR &&
         granary_error_get_private (error)->reason == reason;
}

/**
 * granary_error_set_request:
 * @error: an error of [error@Error]
 * @http_status: status of the answer, or 0
 * @request_id: (nullable): the service's id of the request, for its support
 * @retry_after: seconds the service asked to wait, or 0
 *
 * Adds what the network answered, for the details view.
 */
void
granary_error_set_request (GError     *error,
                           guint       http_status,
                           const char *request_id,
                           guint       retry_after)
{
  GranaryErrorPrivate *priv;

  g_return_if_fail (error != NULL && error->domain == GRANARY_ERROR);

  priv = granary_error_get_private (error);
  priv->http_status = http_status;
  g_set_str (&priv->request_id, request_id);
  priv->retry_after = retry_after;
}

guint
granary_error_get_http_status (const GError *error)
{
  g_return_val_if_fail (error != NULL, 0);

  return error->domain == GRANARY_ERROR ? granary_error_get_private (error)->http_status : 0;
}

const char *
granary_error_get_request_id (const GError *error)
{
  g_return_val_if_fail (error != NULL, NULL);

  return error->domain == GRANARY_ERROR ? granary_error_get_private (error)->request_id : NULL;
}

guint
granary_error_get_retry_after (const GError *error)
{
  g_return_val_if_fail (error != NULL, 0);

  return error->domain == GRANARY_ERROR ? granary_error_get_private (error)->retry_after : 0;
}

/**
 * granary_error_set_remote:
 * @error: an error of [error@Error]
 * @code: (nullable): the service's own code, such as `FailedOperation.ExecDatabaseFail`
 * @message: (nullable): the service's own text; untrusted, made printable before it is shown
 *
 * Adds what the service said, for the details view.
 */
void
granary_error_set_remote (GError     *error,
                          const char *code,
                          const char *message)
{
  GranaryErrorPrivate *priv;

  g_return_if_fail (error != NULL && error->domain == GRANARY_ERROR);

  priv = granary_error_get_private (error);
  g_set_str (&priv->remote_code, code);
  g_set_str (&priv->remote_message, message);
}

const char *
granary_error_get_remote_code (const GError *error)
{
  g_return_val_if_fail (error != NULL, NULL);

  return error->domain == GRANARY_ERROR ? granary_error_get_private (error)->remote_code : NULL;
}

const char *
granary_error_get_remote_message (const GError *error)
{
  g_return_val_if_fail (error != NULL, NULL);

  return error->domain == GRANARY_ERROR ? granary_error_get_private (error)->remote_message : NULL;
}

/**
 * granary_error_set_room:
 * @error: an error of [error@Error], usually for %GRANARY_REASON_NO_SPACE
 * @needed: bytes that the work takes
 * @available: bytes that there are
 *
 * Adds how much room was asked for and found.
 */
void
granary_error_set_room (GError *error,
                        gint64  needed,
                        gint64  available)
{
  GranaryErrorPrivate *priv;

  g_return_if_fail (error != NULL && error->domain == GRANARY_ERROR);

  priv = granary_error_get_private (error);
  priv->needed = needed;
  priv->available = available;
}

/**
 * granary_error_get_room:
 * @error: any error
 * @needed: (out): bytes that the work takes
 * @available: (out): bytes that there are
 *
 * Returns: whether the error says so
 */
gboolean
granary_error_get_room (const GError *error,
                        gint64       *needed,
                        gint64       *available)
{
  GranaryErrorPrivate *priv;

  g_return_val_if_fail (error != NULL, FALSE);
  g_return_val_if_fail (needed != NULL && available != NULL, FALSE);

  if (error->domain != GRANARY_ERROR)
    return FALSE;

  priv = granary_error_get_private (error);
  if (priv->needed < 0 || priv->available < 0)
    return FALSE;

  *needed = priv->needed;
  *available = priv->available;
  return TRUE;
}

/**
 * granary_error_set_line:
 * @error: an error of [error@Error] about the content of a text file
 * @line: where it was found, from 1
 *
 * Adds the line that broke the rule.
 */
void
granary_error_set_line (GError *error,
                        int     line)
{
  g_return_if_fail (error != NULL && error->domain == GRANARY_ERROR);

  granary_error_get_private (error)->line = line;
}

/**
 * granary_error_get_line:
 * @error: any error
 *
 * Returns: the line it was found in, from 1; 0 when that is not known
 */
int
granary_error_get_line (const GError *error)
{
  g_return_val_if_fail (error != NULL, 0);

  return error->domain == GRANARY_ERROR ? granary_error_get_private (error)->line : 0;
}

/**
 * granary_error_is_cancelled:
 * @error: (nullable): any error
 *
 * Returns: whether the user called it off; such an error is never shown
 */
gboolean
granary_error_is_cancelled (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/**
 * granary_display_path:
 * @path: a file name in any encoding
 *
 * Makes @path safe to show on one line: invalid UTF-8 and control characters (a newline in a
 * name, terminal escapes) become visible escapes.
 *
 * Returns: (transfer full): valid, printable UTF-8
 */
char *
granary_display_path (const char *path)
{
  g_autoptr (GString) shown = g_string_new (NULL);
  const char *at = path;

  g_return_val_if_fail (path != NULL, NULL);

  while (*at != '\0')
    {
      gunichar c = g_utf8_get_char_validated (at, -1);

      if (c == (gunichar) -1 || c == (gunichar) -2)
        {
          g_string_append_printf (shown, "\\x%02x", (guchar) *at);
          at++;
          continue;
        }
      if (c == '\n')
        g_string_append (shown, "\\n");
      else if (g_unichar_iscntrl (c) || g_unichar_type (c) == G_UNICODE_FORMAT ||
               g_unichar_type (c) == G_UNICODE_LINE_SEPARATOR)
        g_string_append_printf (shown, "\\u%04x", c);
      else
        g_string_append_unichar (shown, c);
      at = g_utf8_next_char (at);
    }

  return g_string_free (g_steal_pointer (&shown), FALSE);
}
