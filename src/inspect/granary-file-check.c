/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-file-check.h"

#include <string.h>

#include "granary-error.h"
#include "granary-json-pull.h"
#include "granary-memory-reader.h"
#include "granary-python-scan.h"

/* A service file or a configuration above this is something else. */
#define MAX_CONFIG (16 * 1024 * 1024)
#define MAX_SERVICE (4 * 1024 * 1024)

static gsize
text_length (const char *text,
             gssize      length)
{
  return length < 0 ? strlen (text) : (gsize) length;
}

/**
 * granary_check_config_text:
 * @text: content of a `config.json`
 * @length: its bytes, -1 if it ends with a NUL
 * @line: (out) (optional): line of the fault, from 1; 0 if it has none
 * @error: (out) (optional): where to put an error
 *
 * Checks that a configuration is one JSON object in UTF-8 (RFC 8259). Members are free; one given
 * twice is allowed, as every reader takes one of them.
 *
 * Errors: %GRANARY_REASON_JSON_SYNTAX, %GRANARY_REASON_JSON_NOT_OBJECT.
 *
 * Returns: whether it is
 */
gboolean
granary_check_config_text (const char  *text,
                           gssize       length,
                           int         *line,
                           GError     **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GranaryRangeReader) reader = NULL;
  g_autoptr (GranaryCursor) cursor = NULL;
  g_autoptr (GranaryJsonPull) pull = NULL;
  GranaryJsonToken first, token;

  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (line != NULL)
    *line = 0;
  bytes = g_bytes_new_static (text, text_length (text, length));
  reader = granary_memory_reader_new (bytes);
  cursor = granary_cursor_new (reader, G_MAXINT64, NULL);
  pull = granary_json_pull_new (cursor, cursor->size, 0);

  first = granary_json_pull_next (pull);
  for (token = first;
       token != GRANARY_JSON_TOKEN_FAULT && token != GRANARY_JSON_TOKEN_END;
       token = granary_json_pull_next (pull))
    ;
  if (token == GRANARY_JSON_TOKEN_FAULT)
    {
      if (line != NULL)
        *line = pull->line;
      granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_JSON_SYNTAX,
                         GRANARY_CONFIG_FILE, "line %d: %s", pull->line,
                         cursor->size == 0 ? "empty" : pull->problem);
      return FALSE;
    }
  if (first != GRANARY_JSON_TOKEN_BEGIN_OBJECT)
    {
      granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_JSON_NOT_OBJECT,
                         GRANARY_CONFIG_FILE, "not an object");
      return FALSE;
    }

  return TRUE;
}

/* The encoding a program declares in one of its first two lines (PEP 263), NULL for none. */
static char *
find_encoding (const char *text,
               gsize       length)
{
  g_autoptr (GRegex) regex = NULL;
  g_autoptr (GMatchInfo) match = NULL;
  const char *at = text;
  const char *end = text + length;

  regex = g_regex_new ("^[ \\t\\f]*#.*?coding[:=][ \\t]*([-_.a-zA-Z0-9]+)",
                       G_REGEX_RAW | G_REGEX_OPTIMIZE, G_REGEX_MATCH_DEFAULT, NULL);
  for (guint i = 0; i < 2 && at < end; i++)
    {
      const char *stop = at;

      while (stop < end && *stop != '\n' && *stop != '\r')
        stop++;
      if (g_regex_match_full (regex, at, stop - at, 0, G_REGEX_MATCH_DEFAULT, &match, NULL))
        return g_match_info_fetch (match, 1);
      g_clear_pointer (&match, g_match_info_unref);

      /* The second line counts only behind a comment or an empty one. */
      while (at < stop && (*at == ' ' || *at == '\t' || *at == '\f'))
        at++;
      if (at < stop && *at != '#')
        return NULL;
      at = stop;
      if (at < end && *at == '\r')
        at++;
      if (at < end && *at == '\n')
        at++;
    }

  return NULL;
}

static gboolean
is_utf8_name (const char *encoding)
{
  return g_ascii_strcasecmp (encoding, "utf-8") == 0 ||
         g_ascii_strcasecmp (encoding, "utf8") == 0 ||
         g_ascii_strcasecmp (encoding, "utf_8") == 0 ||
         g_ascii_strcasecmp (encoding, "utf-8-sig") == 0 ||
         g_ascii_strcasecmp (encoding, "utf_8_sig") == 0 ||
         g_ascii_strncasecmp (encoding, "utf-8-", 6) == 0;
}

/* @text in UTF-8, NULL if it is not in the encoding it should be in. */
static char *
decode_program (const char *text,
                gsize       length,
                gsize      *decoded_length)
{
  g_autofree char *encoding = find_encoding (text, length);
  g_autofree char *name = NULL;
  g_autoptr (GError) local_error = NULL;
  char *decoded;

  if (encoding == NULL || is_utf8_name (encoding))
    {
      if (!g_utf8_validate_len (text, length, NULL))
        return NULL;
      *decoded_length = length;
      return g_strndup (text, length);
    }

  /* Python takes `_` for `-` and has names of its own for common ones. */
  name = g_ascii_strdown (encoding, -1);
  g_strdelimit (name, "_", '-');
  if (g_str_has_prefix (name, "latin-1") || g_str_equal (name, "latin1") ||
      g_str_equal (name, "iso-latin-1") || g_str_has_prefix (name, "iso-8859-1-"))
    {
      g_free (name);
      name = g_strdup ("iso-8859-1");
    }

  decoded = g_convert (text, (gssize) length, "UTF-8", name, NULL, decoded_length, &local_error);
  /* An encoding that only Python knows: its signs of ASCII are judged, the rest is let pass. */
  if (g_error_matches (local_error, G_CONVERT_ERROR, G_CONVERT_ERROR_NO_CONVERSION))
    decoded = g_convert (text, (gssize) length, "UTF-8", "ISO-8859-15", NULL, decoded_length, NULL);

  return decoded;
}

static gboolean
refuse_service (GError     **error,
                int         *line,
                int          at,
                const char  *problem)
{
  if (line != NULL)
    *line = at;
  granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_PYTHON_IMPLAUSIBLE,
                     GRANARY_SERVICE_FILE, "line %d: %s", at, problem);

  return FALSE;
}

/* `#!` must name a Python. */
static gboolean
has_other_interpreter (const char *text,
                       gsize       length)
{
  const char *end;

  if (length < 2 || text[0] != '#' || text[1] != '!')
    return FALSE;
  end = memchr (text, '\n', length);

  return g_strstr_len (text, end != NULL ? end - text : (gssize) length, "python") == NULL &&
         g_strstr_len (text, end != NULL ? end - text : (gssize) length, "pypy") == NULL;
}

/**
 * granary_check_service_text:
 * @text: content of a `model_service.py`
 * @length: its bytes, -1 if it ends with a NUL
 * @line: (out) (optional): line of the fault, from 1; 0 if it has none
 * @error: (out) (optional): where to put an error
 *
 * Checks that a text can be a Python program that defines something, without running it. Finds
 * what is plainly something else, cut off or in another encoding; not every mistake.
 *
 * Errors: %GRANARY_REASON_PYTHON_IMPLAUSIBLE.
 *
 * Returns: whether it can be
 */
gboolean
granary_check_service_text (const char  *text,
                            gssize       length,
                            int         *line,
                            GError     **error)
{
  gsize size;
  gsize decoded_length = 0;
  g_autofree char *decoded = NULL;
  GranaryPythonScan scan;

  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (line != NULL)
    *line = 0;
  size = text_length (text, length);
  if (memchr (text, '\0', size) != NULL)
    return refuse_service (error, line, 0, "NUL byte");
  if (has_other_interpreter (text, size))
    return refuse_service (error, line, 1, "a script for another interpreter");

  decoded = decode_program (text, size, &decoded_length);
  if (decoded == NULL)
    return refuse_service (error, line, 0, "not in its encoding");
  if (!granary_python_scan (decoded, decoded_length, &scan))
    return refuse_service (error, line, scan.line, scan.problem);
  if (scan.n_definitions == 0)
    return refuse_service (error, line, 0, "no class and no function");

  return TRUE;
}

static gboolean
read_text (const char  *path,
           gint64       max,
           char       **text,
           gsize       *length,
           gboolean    *is_too_long,
           GError     **error)
{
  g_autoptr (GranaryRangeReader) reader = granary_file_reader_open (path, error);
  g_autofree char *content = NULL;
  gint64 size;

  if (reader == NULL)
    return FALSE;

  size = granary_range_reader_get_size (reader);
  *is_too_long = size > max;
  if (*is_too_long)
    return TRUE;

  content = g_malloc ((gsize) size + 1);
  if (!granary_range_reader_read_exact (reader, 0, content, (gsize) size, NULL, error))
    return FALSE;
  content[size] = '\0';
  *length = (gsize) size;
  *text = g_steal_pointer (&content);

  return TRUE;
}

/**
 * granary_check_file:
 * @path: where the file is, in the file system's encoding
 * @target: its path inside the version
 * @error: (out) (optional): where to put an error
 *
 * Checks `config.json` and `model_service.py` at the top of a version; every other file is right.
 * Blocks.
 *
 * Errors: as of the two checks of texts, with the line, and those of reading.
 *
 * Returns: whether it is right
 */
gboolean
granary_check_file (const char  *path,
                    const char  *target,
                    GError     **error)
{
  gboolean is_config;
  gboolean is_too_long = FALSE;
  gboolean valid;
  g_autofree char *text = NULL;
  g_autoptr (GError) local_error = NULL;
  gsize length = 0;
  int line = 0;

  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail (target != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  is_config = g_str_equal (target, GRANARY_CONFIG_FILE);
  if (!is_config && !g_str_equal (target, GRANARY_SERVICE_FILE))
    return TRUE;

  if (!read_text (path, is_config ? MAX_CONFIG : MAX_SERVICE, &text, &length, &is_too_long, error))
    return FALSE;
  if (is_too_long)
    {
      granary_set_error (error, GRANARY_ERROR_INVALID_INPUT,
                         is_config ? GRANARY_REASON_JSON_SYNTAX : GRANARY_REASON_PYTHON_IMPLAUSIBLE,
                         target, "too long");
      return FALSE;
    }

  valid = is_config ? granary_check_config_text (text, (gssize) length, &line, &local_error)
                    : granary_check_service_text (text, (gssize) length, &line, &local_error);
  if (valid)
    return TRUE;

  if (line > 0)
    granary_error_set_line (local_error, line);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* Takes from a stem what file managers and browsers add to a second copy. */
static void
strip_copy_mark (char *stem)
{
  static const char * const marks[] = { "copy", "副本", "拷贝" };
  char *end;

  g_strchomp (stem);
  end = stem + strlen (stem);
  if (end > stem && end[-1] == ')')
    {
      char *open = strrchr (stem, '(');

      if (open != NULL)
        *open = '\0';
    }
  g_strchomp (stem);

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    if (g_str_has_suffix (stem, marks[i]))
      {
        end = stem + strlen (stem) - strlen (marks[i]);
        if (end > stem && strchr (" -_.", end[-1]) != NULL)
          while (end > stem && strchr (" -_.", end[-1]) != NULL)
            *--end = '\0';
      }
  g_strchomp (stem);
}

/* Whether one insertion, deletion, change or swap of neighbours makes @a of @b. */
static gboolean
is_one_slip_away (const char *a,
                  const char *b)
{
  gsize a_length = strlen (a);
  gsize b_length = strlen (b);
  gsize same = 0;

  if (a_length > b_length)
    return is_one_slip_away (b, a);
  if (b_length - a_length > 1)
    return FALSE;

  while (same < a_length && a[same] == b[same])
    same++;
  if (a_length < b_length)
    return g_str_equal (a + same, b + same + 1);
  if (same == a_length)
    return TRUE;
  if (g_str_equal (a + same + 1, b + same + 1))
    return TRUE;

  return a[same + 1] != '\0' && a[same] == b[same + 1] && a[same + 1] == b[same] &&
         g_str_equal (a + same + 2, b + same + 2);
}

/**
 * granary_check_misspelt:
 * @target: path of a file inside a version
 *
 * Finds names that were surely meant to be one of the two files a service is started from.
 *
 * Returns: (nullable) (transfer none): the right name; %NULL if @target is right or something else
 */
const char *
granary_check_misspelt (const char *target)
{
  static const struct
  {
    const char *name;
    const char *stem;
    const char *ending;
    const char *other_ending;
  } expected[] = {
    { GRANARY_CONFIG_FILE, "config", "json", "jsn" },
    { GRANARY_SERVICE_FILE, "model_service", "py", "py3" },
  };
  g_autofree char *name = NULL;
  char *dot;

  g_return_val_if_fail (target != NULL, NULL);

  if (strchr (target, '/') != NULL || g_str_equal (target, GRANARY_CONFIG_FILE) ||
      g_str_equal (target, GRANARY_SERVICE_FILE))
    return NULL;

  name = g_utf8_strdown (target, -1);
  g_strstrip (name);
  if (g_str_has_suffix (name, ".txt"))
    name[strlen (name) - 4] = '\0';
  dot = strrchr (name, '.');
  if (dot == NULL)
    return NULL;
  *dot++ = '\0';
  g_strstrip (dot);
  strip_copy_mark (name);
  g_strdelimit (name, " -.", '_');

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      gboolean is_ending = g_str_equal (dot, expected[i].ending);

      if (!is_ending && !g_str_equal (dot, expected[i].other_ending))
        continue;
      if (g_str_equal (name, expected[i].stem) || is_one_slip_away (name, expected[i].stem))
        return expected[i].name;
    }

  return NULL;
}
