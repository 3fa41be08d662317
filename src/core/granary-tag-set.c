/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-tag-set.h"

#include <string.h>

#include "granary-error.h"

/**
 * GranaryTagSet:
 *
 * Tags of a model: one value per key, sorted by key. A value object: copy it to keep it. Not
 * thread-safe while it is changed.
 *
 * Lengths and characters follow the Tag service of Tencent Cloud, so that a set fits there too:
 * a key has 1 to 127 characters, a value 0 to 255, neither holds control characters; no key
 * holds `=`, which parts key from value wherever tags are written as text.
 */
struct _GranaryTagSet
{
  GPtrArray *keys;   /* (element-type utf8) sorted */
  GPtrArray *values; /* (element-type utf8) same order */
};

G_DEFINE_BOXED_TYPE (GranaryTagSet, granary_tag_set, granary_tag_set_copy, granary_tag_set_free)

/* Auxiliary functions */

/* Position of @key, or where it would go. */
static gboolean
find_key (const GranaryTagSet *self,
          const char          *key,
          guint               *position)
{
  guint low = 0;
  guint high = self->keys->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      int order = strcmp (g_ptr_array_index (self->keys, middle), key);

      if (order == 0)
        {
          *position = middle;
          return TRUE;
        }
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }

  *position = low;
  return FALSE;
}

static gboolean
has_bad_character (const char *text)
{
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (g_unichar_iscntrl (c) || g_unichar_type (c) == G_UNICODE_LINE_SEPARATOR ||
          g_unichar_type (c) == G_UNICODE_PARAGRAPH_SEPARATOR)
        return TRUE;
    }

  return FALSE;
}

static char *
normalize (const char *text)
{
  char *normal;

  if (!g_utf8_validate (text, -1, NULL))
    return NULL;

  normal = g_utf8_normalize (text, -1, G_NORMALIZE_NFC);
  if (normal != NULL)
    g_strstrip (normal);

  return normal;
}

static gboolean
fail (GError        **error,
      GranaryReason   reason,
      const char     *subject)
{
  g_autofree char *shown = granary_display_path (subject);

  granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, reason, shown,
                     "tag “%s” breaks a rule (%d)", shown, (int) reason);
  return FALSE;
}

/* Public functions */

/**
 * granary_tag_set_new:
 *
 * Returns: (transfer full): a set without tags
 */
GranaryTagSet *
granary_tag_set_new (void)
{
  GranaryTagSet *self = g_new0 (GranaryTagSet, 1);

  self->keys = g_ptr_array_new_with_free_func (g_free);
  self->values = g_ptr_array_new_with_free_func (g_free);
  return self;
}

/**
 * granary_tag_set_new_from_lines:
 * @lines: (nullable): what granary_tag_set_to_text() made with a line break as separator
 *
 * The way back from a stored set, without checking the rules again: lists do this for every row.
 * Lines that are not KEY=VALUE are left out.
 *
 * Returns: (transfer full): the set
 */
GranaryTagSet *
granary_tag_set_new_from_lines (const char *lines)
{
  GranaryTagSet *self = granary_tag_set_new ();
  const char *line = lines;

  if (line == NULL || !g_utf8_validate (line, -1, NULL))
    return self;

  while (*line != '\0')
    {
      const char *end = strchrnul (line, '\n');
      const char *separator = memchr (line, '=', end - line);

      if (separator != NULL)
        {
          g_ptr_array_add (self->keys, g_strndup (line, separator - line));
          g_ptr_array_add (self->values, g_strndup (separator + 1, end - separator - 1));
        }
      line = *end != '\0' ? end + 1 : end;
    }

  return self;
}

/**
 * granary_tag_set_copy:
 * @self: (nullable): a set
 *
 * Returns: (transfer full): a set of its own; empty for %NULL
 */
GranaryTagSet *
granary_tag_set_copy (const GranaryTagSet *self)
{
  GranaryTagSet *copy = granary_tag_set_new ();

  for (guint i = 0; self != NULL && i < self->keys->len; i++)
    {
      g_ptr_array_add (copy->keys, g_strdup (g_ptr_array_index (self->keys, i)));
      g_ptr_array_add (copy->values, g_strdup (g_ptr_array_index (self->values, i)));
    }

  return copy;
}

void
granary_tag_set_free (GranaryTagSet *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->keys);
  g_ptr_array_unref (self->values);
  g_free (self);
}

guint
granary_tag_set_get_size (const GranaryTagSet *self)
{
  return self != NULL ? self->keys->len : 0;
}

/**
 * granary_tag_set_get_key:
 * @self: a set
 * @position: less than its size
 *
 * Returns: (transfer none): the key there; keys are sorted
 */
const char *
granary_tag_set_get_key (const GranaryTagSet *self,
                         guint                position)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (position < self->keys->len, NULL);

  return g_ptr_array_index (self->keys, position);
}

const char *
granary_tag_set_get_value (const GranaryTagSet *self,
                           guint                position)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (position < self->values->len, NULL);

  return g_ptr_array_index (self->values, position);
}

/**
 * granary_tag_set_lookup:
 * @self: (nullable): a set
 * @key: a key
 *
 * Returns: (transfer none) (nullable): its value
 */
const char *
granary_tag_set_lookup (const GranaryTagSet *self,
                        const char          *key)
{
  guint position;

  g_return_val_if_fail (key != NULL, NULL);

  if (self == NULL || !find_key (self, key, &position))
    return NULL;

  return g_ptr_array_index (self->values, position);
}

/**
 * granary_tag_set_equal:
 * @a: (nullable): a set
 * @b: (nullable): a set
 *
 * Returns: whether both hold the same tags; %NULL counts as empty
 */
gboolean
granary_tag_set_equal (const GranaryTagSet *a,
                       const GranaryTagSet *b)
{
  guint size = granary_tag_set_get_size (a);

  if (size != granary_tag_set_get_size (b))
    return FALSE;

  for (guint i = 0; i < size; i++)
    {
      if (!g_str_equal (granary_tag_set_get_key (a, i), granary_tag_set_get_key (b, i)) ||
          !g_str_equal (granary_tag_set_get_value (a, i), granary_tag_set_get_value (b, i)))
        return FALSE;
    }

  return TRUE;
}

/**
 * granary_tag_key_is_reserved:
 * @key: a tag key
 *
 * The prefixes are those of the Tag service of Tencent Cloud; it compares without regard to case.
 *
 * Returns: whether only the platform may set it
 */
gboolean
granary_tag_key_is_reserved (const char *key)
{
  static const char *const prefixes[] = { "qcloud", "qcs:", "tencent", "project" };

  g_return_val_if_fail (key != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      if (g_ascii_strncasecmp (key, prefixes[i], strlen (prefixes[i])) == 0)
        return TRUE;
    }

  return FALSE;
}

gboolean
granary_tag_key_is_automatic (const char *key)
{
  g_return_val_if_fail (key != NULL, FALSE);

  return g_str_has_prefix (key, "qcs:");
}

/**
 * granary_tag_set_put:
 * @self: a set
 * @key: its key; surrounding space is dropped, the rest brought to NFC
 * @value: its value, likewise; may be empty
 * @error: return location
 *
 * Adds a tag, or gives the key another value.
 *
 * Returns: whether the rules allow it; %GRANARY_ERROR_INVALID_INPUT otherwise
 */
gboolean
granary_tag_set_put (GranaryTagSet  *self,
                     const char     *key,
                     const char     *value,
                     GError        **error)
{
  g_autofree char *clean_key = NULL;
  g_autofree char *clean_value = NULL;
  guint position;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (key != NULL && value != NULL, FALSE);

  clean_key = normalize (key);
  clean_value = normalize (value);
  if (clean_key == NULL || clean_value == NULL || has_bad_character (clean_key) ||
      has_bad_character (clean_value) || strchr (clean_key, '=') != NULL)
    return fail (error, GRANARY_REASON_TAG_CHARACTER, key);
  if (*clean_key == '\0')
    return fail (error, GRANARY_REASON_TAG_KEY_EMPTY, value);
  if (g_utf8_strlen (clean_key, -1) > GRANARY_TAG_KEY_MAX_CHARS)
    return fail (error, GRANARY_REASON_TAG_KEY_TOO_LONG, clean_key);
  if (g_utf8_strlen (clean_value, -1) > GRANARY_TAG_VALUE_MAX_CHARS)
    return fail (error, GRANARY_REASON_TAG_VALUE_TOO_LONG, clean_key);

  if (find_key (self, clean_key, &position))
    {
      g_free (g_ptr_array_index (self->values, position));
      g_ptr_array_index (self->values, position) = g_steal_pointer (&clean_value);
      return TRUE;
    }

  if (self->keys->len >= GRANARY_TAGS_MAX)
    return fail (error, GRANARY_REASON_TAGS_TOO_MANY, clean_key);

  g_ptr_array_insert (self->keys, (int) position, g_steal_pointer (&clean_key));
  g_ptr_array_insert (self->values, (int) position, g_steal_pointer (&clean_value));
  return TRUE;
}

/**
 * granary_tag_set_put_text:
 * @self: a set
 * @text: `KEY=VALUE`; the first `=` parts the two
 * @error: return location
 *
 * Returns: as granary_tag_set_put(); without `=` the reason is %GRANARY_REASON_TAG_SYNTAX
 */
gboolean
granary_tag_set_put_text (GranaryTagSet  *self,
                          const char     *text,
                          GError        **error)
{
  g_autofree char *key = NULL;
  const char *separator;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  separator = strchr (text, '=');
  if (separator == NULL)
    return fail (error, GRANARY_REASON_TAG_SYNTAX, text);

  key = g_strndup (text, separator - text);
  return granary_tag_set_put (self, key, separator + 1, error);
}

/**
 * granary_tag_set_remove:
 * @self: a set
 * @key: a key
 *
 * Returns: whether the key was there
 */
gboolean
granary_tag_set_remove (GranaryTagSet *self,
                        const char    *key)
{
  guint position;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (key != NULL, FALSE);

  if (!find_key (self, key, &position))
    return FALSE;

  g_ptr_array_remove_index (self->keys, position);
  g_ptr_array_remove_index (self->values, position);
  return TRUE;
}

/**
 * granary_tag_set_to_text:
 * @self: (nullable): a set
 * @separator: what stands between two tags
 *
 * Returns: (transfer full): `key=value` of each, parted by @separator
 */
char *
granary_tag_set_to_text (const GranaryTagSet *self,
                         const char          *separator)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_return_val_if_fail (separator != NULL, NULL);

  for (guint i = 0; i < granary_tag_set_get_size (self); i++)
    {
      if (i > 0)
        g_string_append (text, separator);
      g_string_append_printf (text, "%s=%s",
                              granary_tag_set_get_key (self, i),
                              granary_tag_set_get_value (self, i));
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}
