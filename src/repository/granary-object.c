/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-object-storage.h"

#include <string.h>

#include "granary-error.h"

#define KEY_MAX_BYTES 850
#define SCHEME "cos://"

/* Auxiliary functions */

static gboolean
fail_key (GError     **error,
          const char  *key,
          const char  *rule)
{
  g_autofree char *shown = granary_display_path (key);

  granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_OBJECT_KEY, shown,
                     "key “%s” %s", shown, rule);
  return FALSE;
}

static gboolean
is_label (const char *text)
{
  if (*text == '\0' || *text == '-' || strlen (text) > 63)
    return FALSE;
  for (const char *at = text; *at != '\0'; at++)
    {
      if (!g_ascii_islower (*at) && !g_ascii_isdigit (*at) && *at != '-')
        return FALSE;
    }

  return TRUE;
}

/* Public functions */

/**
 * granary_object_new:
 * @key: full key in its bucket
 *
 * Returns: (transfer full): an object of which nothing else is known
 */
GranaryObject *
granary_object_new (const char *key)
{
  GranaryObject *self;

  g_return_val_if_fail (key != NULL, NULL);

  self = g_new0 (GranaryObject, 1);
  self->key = g_strdup (key);

  return self;
}

void
granary_object_free (GranaryObject *self)
{
  if (self == NULL)
    return;

  g_free (self->key);
  g_free (self->etag);
  g_free (self->storage_class);
  g_free (self);
}

void
granary_bucket_free (GranaryBucket *self)
{
  if (self == NULL)
    return;

  g_free (self->name);
  g_free (self->region);
  g_free (self);
}

/**
 * granary_object_page_new:
 *
 * Returns: (transfer full): an empty page that is the last one
 */
GranaryObjectPage *
granary_object_page_new (void)
{
  GranaryObjectPage *self = g_new0 (GranaryObjectPage, 1);

  self->objects = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_object_free);

  return self;
}

void
granary_object_page_free (GranaryObjectPage *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->objects);
  g_free (self->next);
  g_free (self);
}

/**
 * granary_object_place_new:
 * @bucket: its bucket
 * @region: (nullable): of the bucket; %NULL for the connection's own
 * @key: key, or prefix for lists; "" for the bucket itself
 *
 * Returns: (transfer full): a place; nothing of it is checked
 */
GranaryObjectPlace *
granary_object_place_new (const char *bucket,
                          const char *region,
                          const char *key)
{
  GranaryObjectPlace *self;

  g_return_val_if_fail (bucket != NULL, NULL);
  g_return_val_if_fail (key != NULL, NULL);

  self = g_new0 (GranaryObjectPlace, 1);
  self->bucket = g_strdup (bucket);
  self->region = g_strdup (region);
  self->key = g_strdup (key);

  return self;
}

/**
 * granary_object_place_parse:
 * @address: `cos://BUCKET/KEY` or `cos://BUCKET@REGION/KEY`
 * @error: (out) (optional): of [error@Error]: BUCKET_NAME, REGION_UNKNOWN or OBJECT_KEY
 *
 * Reads an address as typed. The key is taken as it is, nothing in it is decoded; it may be
 * missing, for the bucket itself.
 *
 * Returns: (transfer full): the place, or %NULL
 */
GranaryObjectPlace *
granary_object_place_parse (const char  *address,
                            GError     **error)
{
  g_autofree char *bucket = NULL;
  g_autofree char *region = NULL;
  const char *slash;
  const char *key;
  char *at;

  g_return_val_if_fail (address != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!g_str_has_prefix (address, SCHEME))
    {
      g_autofree char *shown = granary_display_path (address);

      granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_BUCKET_NAME, shown,
                         "“%s” does not begin with " SCHEME, shown);
      return NULL;
    }

  address += strlen (SCHEME);
  slash = strchr (address, '/');
  bucket = slash != NULL ? g_strndup (address, slash - address) : g_strdup (address);
  key = slash != NULL ? slash + 1 : "";

  at = strchr (bucket, '@');
  if (at != NULL)
    {
      *at = '\0';
      region = g_strdup (at + 1);
      if (!granary_object_region_check (region, error))
        return NULL;
    }
  if (!granary_object_bucket_check (bucket, error))
    return NULL;
  if (*key != '\0' && !granary_object_key_check (key, error))
    return NULL;

  return granary_object_place_new (bucket, region, key);
}

/**
 * granary_object_place_to_address:
 * @self: a place
 *
 * Returns: (transfer full): `cos://BUCKET/KEY`, with `@REGION` behind the bucket when it has one
 */
char *
granary_object_place_to_address (const GranaryObjectPlace *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->region != NULL)
    return g_strdup_printf (SCHEME "%s@%s/%s", self->bucket, self->region, self->key);

  return g_strdup_printf (SCHEME "%s/%s", self->bucket, self->key);
}

GranaryObjectPlace *
granary_object_place_copy (const GranaryObjectPlace *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return granary_object_place_new (self->bucket, self->region, self->key);
}

void
granary_object_place_free (GranaryObjectPlace *self)
{
  if (self == NULL)
    return;

  g_free (self->bucket);
  g_free (self->region);
  g_free (self->key);
  g_free (self);
}

/**
 * granary_object_key_check:
 * @key: a key, from wherever
 * @error: (out) (optional): %GRANARY_ERROR_INVALID_INPUT with OBJECT_KEY
 *
 * Checks a key before it goes to a storage. Empty parts (`a//b`) and a slash at the end are
 * allowed as COS has them.
 *
 * Returns: whether it may be used
 */
gboolean
granary_object_key_check (const char  *key,
                          GError     **error)
{
  const char *part;

  g_return_val_if_fail (key != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (*key == '\0')
    return fail_key (error, key, "is empty");
  if (!g_utf8_validate (key, -1, NULL))
    return fail_key (error, key, "is not UTF-8");
  if (strlen (key) > KEY_MAX_BYTES)
    return fail_key (error, key, "is longer than 850 bytes");
  if (*key == '/' || *key == '\\')
    return fail_key (error, key, "begins with a slash");
  for (const char *at = key; *at != '\0'; at = g_utf8_next_char (at))
    {
      if (g_unichar_iscntrl (g_utf8_get_char (at)))
        return fail_key (error, key, "has a control character");
    }

  for (part = key; part != NULL; part = strchr (part, '/'))
    {
      gsize length;

      if (*part == '/')
        part++;
      length = strcspn (part, "/");
      if ((length == 1 && part[0] == '.') || (length == 2 && part[0] == '.' && part[1] == '.'))
        return fail_key (error, key, "has a “.” or “..” part");
    }

  return TRUE;
}

/**
 * granary_object_bucket_check:
 * @bucket: name of a bucket, from wherever
 * @error: (out) (optional): %GRANARY_ERROR_INVALID_INPUT with BUCKET_NAME
 *
 * Checks a bucket's name before it becomes part of a host name: small letters, digits and `-`, at
 * most 63.
 *
 * Returns: whether it may be used
 */
gboolean
granary_object_bucket_check (const char  *bucket,
                             GError     **error)
{
  g_autofree char *shown = NULL;

  g_return_val_if_fail (bucket != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (is_label (bucket))
    return TRUE;

  shown = granary_display_path (bucket);
  granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_BUCKET_NAME, shown,
                     "“%s” is not the name of a bucket", shown);
  return FALSE;
}

/**
 * granary_object_region_check:
 * @region: id of a region, from wherever
 * @error: (out) (optional): %GRANARY_ERROR_INVALID_INPUT with REGION_UNKNOWN
 *
 * The same for a region.
 *
 * Returns: whether it may be used
 */
gboolean
granary_object_region_check (const char  *region,
                             GError     **error)
{
  g_autofree char *shown = NULL;

  g_return_val_if_fail (region != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (is_label (region))
    return TRUE;

  shown = granary_display_path (region);
  granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_REGION_UNKNOWN, shown,
                     "“%s” is not the id of a region", shown);
  return FALSE;
}
