/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-image-address.h"

#include <string.h>

#include "granary-error.h"

/* Of the OCI distribution specification: name with its registry, and tag. */
#define MAX_NAME 255
#define MAX_TAG 128
#define MAX_DIGEST 256
#define MIN_DIGEST 32

static gboolean
is_small (char c)
{
  return g_ascii_islower (c) || g_ascii_isdigit (c);
}

/* Small letters and digits, between them `.`, `_`, `__` or any number of `-`. */
static gboolean
is_component (const char *text,
              gsize       length)
{
  gsize at = 0;

  if (length == 0 || !is_small (text[0]) || !is_small (text[length - 1]))
    return FALSE;

  while (at < length)
    {
      gsize run = 0;

      if (is_small (text[at]))
        {
          at++;
          continue;
        }

      while (at + run < length && text[at + run] == text[at])
        run++;
      if (!(text[at] == '-' || (text[at] == '.' && run == 1) || (text[at] == '_' && run <= 2)) ||
          !is_small (text[at + run]))
        return FALSE;
      at += run;
    }

  return TRUE;
}

/* A host name or address, with a port or without. */
static gboolean
is_registry (const char *text,
             gsize       length)
{
  const char *colon = memchr (text, ':', length);
  gsize host = colon != NULL ? (gsize) (colon - text) : length;

  if (host == 0 || !g_ascii_isalnum (text[0]) || !g_ascii_isalnum (text[host - 1]))
    return FALSE;
  for (gsize i = 0; i < host; i++)
    {
      if (!g_ascii_isalnum (text[i]) && text[i] != '-' && text[i] != '.')
        return FALSE;
    }
  if (colon == NULL)
    return TRUE;
  if (length - host - 1 == 0 || length - host - 1 > 5)
    return FALSE;
  for (gsize i = host + 1; i < length; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        return FALSE;
    }

  return TRUE;
}

/* The first part is the registry's when it looks like a host. */
static gboolean
is_name (const char *text,
         gsize       length)
{
  const char *slash = memchr (text, '/', length);
  gsize first = slash != NULL ? (gsize) (slash - text) : 0;

  if (length == 0 || length > MAX_NAME)
    return FALSE;

  if (slash != NULL && (memchr (text, '.', first) != NULL || memchr (text, ':', first) != NULL ||
                        (first == strlen ("localhost") && strncmp (text, "localhost", first) == 0)))
    {
      if (!is_registry (text, first))
        return FALSE;
      text = slash + 1;
      length -= first + 1;
    }

  while ((slash = memchr (text, '/', length)) != NULL)
    {
      if (!is_component (text, (gsize) (slash - text)))
        return FALSE;
      length -= (gsize) (slash - text) + 1;
      text = slash + 1;
    }

  return is_component (text, length);
}

static gboolean
is_tag (const char *text,
        gsize       length)
{
  if (length == 0 || length > MAX_TAG || text[0] == '.' || text[0] == '-')
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isalnum (text[i]) && strchr ("._-", text[i]) == NULL)
        return FALSE;
    }

  return TRUE;
}

static gboolean
is_digest (const char *text)
{
  const char *colon = strchr (text, ':');

  if (colon == NULL || colon == text || strlen (text) > MAX_DIGEST ||
      strlen (colon + 1) < MIN_DIGEST || !g_ascii_isalpha (text[0]))
    return FALSE;
  for (const char *at = text; at < colon; at++)
    {
      if (!g_ascii_isalnum (*at) && strchr ("+._-", *at) == NULL)
        return FALSE;
    }

  return strspn (colon + 1, "0123456789abcdef") == strlen (colon + 1);
}

static gboolean
is_address (const char *address)
{
  const char *at = strchr (address, '@');
  gsize length = at != NULL ? (gsize) (at - address) : strlen (address);
  const char *slash = g_strrstr_len (address, (gssize) length, "/");
  const char *last = slash != NULL ? slash + 1 : address;
  const char *colon = memchr (last, ':', length - (gsize) (last - address));

  if (at != NULL && !is_digest (at + 1))
    return FALSE;
  if (colon != NULL)
    {
      if (!is_tag (colon + 1, length - (gsize) (colon + 1 - address)))
        return FALSE;
      length = (gsize) (colon - address);
    }

  return is_name (address, length);
}

/**
 * granary_image_address_check:
 * @address: what was typed
 * @error: (out) (optional): %GRANARY_ERROR_INVALID_INPUT with IMAGE_ADDRESS
 *
 * Checks the address of a container image by its form; whether there is such an image only its
 * registry knows. Grammar: OCI distribution specification.
 *
 * Returns: whether it may be used
 */
gboolean
granary_image_address_check (const char  *address,
                             GError     **error)
{
  g_return_val_if_fail (address != NULL, FALSE);

  if (is_address (address))
    return TRUE;

  granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_IMAGE_ADDRESS, address,
                     "no image address: %s", address);

  return FALSE;
}
