/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-credentials-private.h"
#include "granary-keyring.h"

#include <string.h>

static const char *const names[3] = {
  "TENCENTCLOUD_SECRET_ID",
  "TENCENTCLOUD_SECRET_KEY",
  "TENCENTCLOUD_TOKEN",
};

/* Takes a variable out of the environment, and its text out of the block that the kernel shows in
 * /proc/PID/environ. NULL when it is not set, or empty. */
static char *
take (const char *name)
{
  const char *value = g_getenv (name);
  char *copy;

  if (value == NULL)
    return NULL;

  copy = *value != '\0' ? g_strdup (value) : NULL;
  explicit_bzero ((char *) value, strlen (value));
  g_unsetenv (name);
  return copy;
}

static void
wipe (char *secret)
{
  if (secret != NULL)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

/**
 * granary_credentials_take_from_environment:
 * @error: return location
 *
 * Reads the key as the vendor's own tools do. Changes the environment: call it before any other
 * thread is there.
 *
 * Returns: (transfer full) (nullable): the key; %NULL without error when none of the variables is
 *   set, and with %GRANARY_REASON_KEY_INCOMPLETE or %GRANARY_REASON_KEY_MALFORMED when they are no
 *   key; the subject is the variable
 */
GranaryCredentials *
granary_credentials_take_from_environment (GError **error)
{
  char *id = take (names[0]);
  char *key = take (names[1]);
  char *token = take (names[2]);
  GranaryCredentials *credentials = NULL;

  if (id != NULL || key != NULL || token != NULL)
    credentials = granary_credentials_read_named (names, id, key, token, error);

  wipe (id);
  wipe (key);
  wipe (token);
  return credentials;
}
