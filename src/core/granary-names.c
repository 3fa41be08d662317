/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-names.h"

#include <string.h>

#include "granary-error.h"

/* Auxiliary functions */

static gboolean
is_han (gunichar c)
{
  GUnicodeScript script = g_unichar_get_script (c);

  return script == G_UNICODE_SCRIPT_HAN;
}

static gboolean
is_latin_letter (gunichar c)
{
  return c < 128 && g_ascii_isalpha ((char) c);
}

static gboolean
is_name_character (gunichar c)
{
  return is_han (c) || is_latin_letter (c) || (c < 128 && g_ascii_isdigit ((char) c)) ||
         c == '_' || c == '-';
}

static gboolean
is_name_start (gunichar c)
{
  return is_han (c) || is_latin_letter (c) || (c < 128 && g_ascii_isdigit ((char) c));
}

static void
set_name_error (GError        **error,
                GranaryReason   reason,
                const char     *name)
{
  g_autofree char *shown = granary_display_path (name);

  granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, reason, shown,
                     "model name “%s” breaks a rule (%d)", shown, (int) reason);
}

static gboolean
fail_path (GError        **error,
           GranaryReason   reason,
           const char     *path)
{
  g_autofree char *shown = granary_display_path (path);

  granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, reason, shown,
                     "path “%s” breaks a rule (%d)", shown, (int) reason);
  return FALSE;
}

/* Public functions */

/**
 * granary_name_check:
 * @name: name for a model, as typed
 * @error: return location
 *
 * Checks a model's name by the platform's rule: at most 60 characters, Chinese, Latin, digits, `_`
 * and `-`, the first one Chinese, a letter or a digit. A name that keeps the rule cannot lead out
 * of a folder either.
 *
 * Returns: (transfer full): the name in NFC without surrounding space, or %NULL with
 *   %GRANARY_ERROR_INVALID_INPUT
 */
char *
granary_name_check (const char  *name,
                    GError     **error)
{
  g_autofree char *normal = NULL;

  g_return_val_if_fail (name != NULL, NULL);

  if (!g_utf8_validate (name, -1, NULL))
    {
      set_name_error (error, GRANARY_REASON_NAME_ENCODING, name);
      return NULL;
    }

  normal = g_utf8_normalize (name, -1, G_NORMALIZE_NFC);
  g_strstrip (normal);
  if (*normal == '\0')
    {
      set_name_error (error, GRANARY_REASON_NAME_EMPTY, normal);
      return NULL;
    }
  if (!is_name_start (g_utf8_get_char (normal)) && is_name_character (g_utf8_get_char (normal)))
    {
      set_name_error (error, GRANARY_REASON_NAME_FIRST_CHARACTER, normal);
      return NULL;
    }
  for (const char *at = normal; *at != '\0'; at = g_utf8_next_char (at))
    {
      if (!is_name_character (g_utf8_get_char (at)))
        {
          set_name_error (error, GRANARY_REASON_NAME_CHARACTER, normal);
          return NULL;
        }
    }
  if (g_utf8_strlen (normal, -1) > GRANARY_NAME_MAX_CHARS)
    {
      set_name_error (error, GRANARY_REASON_NAME_TOO_LONG, normal);
      return NULL;
    }

  return g_steal_pointer (&normal);
}

/**
 * granary_name_fold:
 * @name: a valid name
 *
 * Returns: (transfer full): the form under which names are compared: two names of the same form
 *   cannot both be used
 */
char *
granary_name_fold (const char *name)
{
  g_autofree char *folded = NULL;

  g_return_val_if_fail (name != NULL, NULL);

  folded = g_utf8_casefold (name, -1);
  return g_utf8_normalize (folded, -1, G_NORMALIZE_NFC);
}

/**
 * granary_name_suggest:
 * @text: any text, such as the name of a file or folder
 *
 * Makes a valid name of @text: what is not allowed becomes `-`, an ending that marks a model file
 * goes.
 *
 * Returns: (transfer full): a valid name, or "" when nothing of @text can be used
 */
char *
granary_name_suggest (const char *text)
{
  static const char *const endings[] = {
    ".safetensors", ".onnx", ".pth", ".pt", ".pkl", ".joblib", ".gguf", ".keras", ".h5", ".bin",
    ".ckpt", ".tflite", ".pmml", ".zip", ".tar.gz", ".tgz", ".tar", ".json", ".py",
  };
  g_autofree char *valid = NULL;
  g_autofree char *normal = NULL;
  g_autoptr (GString) name = g_string_new (NULL);
  glong n_chars = 0;

  g_return_val_if_fail (text != NULL, NULL);

  valid = g_utf8_make_valid (text, -1);
  normal = g_utf8_normalize (valid, -1, G_NORMALIZE_NFC);
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      gsize length = strlen (normal);
      gsize ending = strlen (endings[i]);

      if (length > ending && g_ascii_strcasecmp (normal + length - ending, endings[i]) == 0)
        {
          normal[length - ending] = '\0';
          break;
        }
    }

  for (const char *at = normal; *at != '\0' && n_chars < GRANARY_NAME_MAX_CHARS;
       at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (!is_name_character (c))
        c = '-';
      if (name->len == 0 && !is_name_start (c))
        continue;
      if (c == '-' && name->len > 0 && name->str[name->len - 1] == '-')
        continue;
      g_string_append_unichar (name, c);
      n_chars++;
    }
  while (name->len > 0 && (name->str[name->len - 1] == '-' || name->str[name->len - 1] == '_'))
    g_string_truncate (name, name->len - 1);

  return g_string_free (g_steal_pointer (&name), FALSE);
}

/**
 * granary_path_check:
 * @path: path of a file inside a version, `/` between parts
 * @error: return location
 *
 * Checks that @path is relative, stays inside, is UTF-8 without control characters, has no empty,
 * `.` or `..` part, no part over 255 bytes and at most 1024 bytes in all.
 *
 * Returns: whether it is; %GRANARY_ERROR_INVALID_INPUT otherwise
 */
gboolean
granary_path_check (const char  *path,
                    GError     **error)
{
  g_auto (GStrv) parts = NULL;

  g_return_val_if_fail (path != NULL, FALSE);

  if (*path == '\0')
    return fail_path (error, GRANARY_REASON_PATH_EMPTY, path);
  if (*path == '/')
    return fail_path (error, GRANARY_REASON_PATH_ABSOLUTE, path);
  if (strlen (path) > GRANARY_PATH_MAX_BYTES)
    return fail_path (error, GRANARY_REASON_PATH_TOO_LONG, path);
  if (!g_utf8_validate (path, -1, NULL))
    return fail_path (error, GRANARY_REASON_PATH_ENCODING, path);
  for (const char *at = path; *at != '\0'; at = g_utf8_next_char (at))
    {
      if (g_unichar_iscntrl (g_utf8_get_char (at)))
        return fail_path (error, GRANARY_REASON_PATH_CONTROL_CHARACTER, path);
    }

  parts = g_strsplit (path, "/", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (*parts[i] == '\0' || g_str_equal (parts[i], "."))
        return fail_path (error, GRANARY_REASON_PATH_EMPTY, path);
      if (g_str_equal (parts[i], ".."))
        return fail_path (error, GRANARY_REASON_PATH_TRAVERSAL, path);
      if (strlen (parts[i]) > GRANARY_PATH_PART_MAX_BYTES)
        return fail_path (error, GRANARY_REASON_PATH_TOO_LONG, path);
    }

  return TRUE;
}

/**
 * granary_version_parse:
 * @text: such as `v3`
 * @number: (out): the number
 *
 * Returns: whether @text is `v` and a number from 1 to 999,999,999 without leading zero
 */
gboolean
granary_version_parse (const char *text,
                       int        *number)
{
  guint64 value;

  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (number != NULL, FALSE);

  if (text[0] != 'v' || text[1] == '0' ||
      !g_ascii_string_to_unsigned (text + 1, 10, 1, 999999999, &value, NULL))
    return FALSE;

  *number = (int) value;
  return TRUE;
}

/**
 * granary_uid_new:
 * @prefix: such as `m`: tells what it names, and keeps the id from being all digits
 *
 * Returns: (transfer full): `PREFIX-` and 16 random characters of a–z and 2–7
 */
char *
granary_uid_new (const char *prefix)
{
  static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
  g_autofree char *uuid = NULL;
  g_autoptr (GString) uid = NULL;
  guint64 bits = 0;
  guint n_bits = 0;

  g_return_val_if_fail (prefix != NULL, NULL);

  /* A random UUID is the system's own randomness; its 32 digits give 122 free bits. */
  uuid = g_uuid_string_random ();
  uid = g_string_new (prefix);
  g_string_append_c (uid, '-');
  for (const char *at = uuid; *at != '\0' && uid->len < strlen (prefix) + 17; at++)
    {
      /* The fixed digits of a random UUID would be the same in all. */
      if (!g_ascii_isxdigit (*at) || at - uuid == 14 || at - uuid == 19)
        continue;
      bits = (bits << 4) | (guint64) g_ascii_xdigit_value (*at);
      n_bits += 4;
      if (n_bits >= 5)
        {
          n_bits -= 5;
          g_string_append_c (uid, alphabet[(bits >> n_bits) & 31]);
        }
    }

  return g_string_free (g_steal_pointer (&uid), FALSE);
}
