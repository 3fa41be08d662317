/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-credentials-private.h"
#include "granary-keyring.h"

#include "granary-error.h"

#include <string.h>

/* A SecretId has 36 characters, a SecretKey 32, those of temporary keys some more; a token has some
 * hundred. */
#define MAX_KEY 256
#define MAX_TOKEN 8000

/* Whether @text could be (part of) a key: it becomes part of headers, so nothing but printable
 * ASCII may be in it. */
static gboolean
check (const char  *text,
       gsize        max,
       const char  *name,
       GError     **error)
{
  gsize length = strlen (text);
  gboolean valid = length <= max;

  for (gsize i = 0; valid && i < length; i++)
    valid = g_ascii_isgraph (text[i]);
  if (valid)
    return TRUE;

  granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_KEY_MALFORMED, name,
                     "%s has characters that no key has", name);
  return FALSE;
}

/*
 * granary_credentials_read_named:
 * @names: what the three are called where they come from
 * @secret_id: (nullable): identifies the key
 * @secret_key: (nullable): the key
 * @token: (nullable): of a temporary key
 * @error: return location
 *
 * Returns: (transfer full): the key
 */
GranaryCredentials *
granary_credentials_read_named (const char * const   names[3],
                                const char          *secret_id,
                                const char          *secret_key,
                                const char          *token,
                                GError             **error)
{
  const char *required[] = { secret_id, secret_key };

  for (guint i = 0; i < G_N_ELEMENTS (required); i++)
    {
      if (required[i] == NULL || *required[i] == '\0')
        {
          granary_set_error (error, GRANARY_ERROR_AUTH_REQUIRED, GRANARY_REASON_KEY_INCOMPLETE,
                             names[i], "%s is missing", names[i]);
          return NULL;
        }
      if (!check (required[i], MAX_KEY, names[i], error))
        return NULL;
    }
  if (token != NULL && !check (token, MAX_TOKEN, names[2], error))
    return NULL;

  return granary_credentials_new (secret_id, secret_key, token);
}

/**
 * granary_credentials_read:
 * @secret_id: (nullable): identifies the key
 * @secret_key: (nullable): the key
 * @token: (nullable): of a temporary key; "" is none
 * @error: return location
 *
 * Makes a key of what somebody typed. Whether it is one only the service knows.
 *
 * Returns: (transfer full): the key, or %NULL with %GRANARY_REASON_KEY_INCOMPLETE or
 *   %GRANARY_REASON_KEY_MALFORMED; neither error has anything of the key in it
 */
GranaryCredentials *
granary_credentials_read (const char  *secret_id,
                          const char  *secret_key,
                          const char  *token,
                          GError     **error)
{
  static const char *const names[3] = { "SecretId", "SecretKey", "Token" };

  return granary_credentials_read_named (names, secret_id, secret_key, token, error);
}
