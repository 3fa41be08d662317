/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-keyring.h"

#include "granary-error.h"

#include <string.h>

#define SECRET_ID "TENCENTCLOUD_SECRET_ID"
#define SECRET_KEY "TENCENTCLOUD_SECRET_KEY"
#define TOKEN "TENCENTCLOUD_TOKEN"

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
 *   set, and with %GRANARY_REASON_KEY_INCOMPLETE when one is missing
 */
GranaryCredentials *
granary_credentials_take_from_environment (GError **error)
{
  char *id = take (SECRET_ID);
  char *key = take (SECRET_KEY);
  char *token = take (TOKEN);
  GranaryCredentials *credentials = NULL;

  if (id != NULL && key != NULL)
    credentials = granary_credentials_new (id, key, token);
  else if (id != NULL || key != NULL || token != NULL)
    granary_set_error (error, GRANARY_ERROR_AUTH_REQUIRED, GRANARY_REASON_KEY_INCOMPLETE,
                       id == NULL ? SECRET_ID : SECRET_KEY, "%s is not set",
                       id == NULL ? SECRET_ID : SECRET_KEY);

  wipe (id);
  wipe (key);
  wipe (token);
  return credentials;
}
