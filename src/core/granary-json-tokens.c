/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-json-tokens.h"

#include <string.h>

#include "granary-json-pull.h"
#include "granary-memory-reader.h"

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static gboolean
is_word (char c)
{
  return g_ascii_isalnum (c) || c == '-' || c == '+' || c == '.';
}

/**
 * granary_json_check:
 * @text: any text
 * @length: its bytes, -1 if it ends with a NUL
 * @line: (out) (optional): line of the fault, from 1; 0 if there is none
 *
 * Checks a text by the rules of RFC 8259, UTF-8 included.
 *
 * Returns: whether it is JSON, and whether one object
 */
GranaryJsonKind
granary_json_check (const char *text,
                    gssize      length,
                    int        *line)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GranaryRangeReader) reader = NULL;
  g_autoptr (GranaryCursor) cursor = NULL;
  g_autoptr (GranaryJsonPull) pull = NULL;
  GranaryJsonToken first, token;

  g_return_val_if_fail (text != NULL, GRANARY_JSON_BROKEN);

  bytes = g_bytes_new_static (text, length < 0 ? strlen (text) : (gsize) length);
  reader = granary_memory_reader_new (bytes);
  cursor = granary_cursor_new (reader, G_MAXINT64, NULL);
  pull = granary_json_pull_new (cursor, cursor->size, 0);

  first = granary_json_pull_next (pull);
  for (token = first;
       token != GRANARY_JSON_TOKEN_FAULT && token != GRANARY_JSON_TOKEN_END;
       token = granary_json_pull_next (pull))
    ;
  if (line != NULL)
    *line = token == GRANARY_JSON_TOKEN_FAULT ? pull->line : 0;
  if (token == GRANARY_JSON_TOKEN_FAULT)
    return GRANARY_JSON_BROKEN;

  return first == GRANARY_JSON_TOKEN_BEGIN_OBJECT ? GRANARY_JSON_OBJECT : GRANARY_JSON_OTHER;
}

static gsize
measure_string (const char *text,
                const char *end)
{
  const char *at = text + 1;

  while (at < end && *at != '"')
    at += *at == '\\' && at + 1 < end ? 2 : 1;

  return (gsize) (MIN (at + 1, end) - text);
}

static gboolean
is_key (const char *behind,
        const char *end)
{
  while (behind < end && is_space (*behind))
    behind++;

  return behind < end && *behind == ':';
}

/**
 * granary_json_tokens_next:
 * @self: the text
 *
 * Goes on to the next piece; each byte of the text is in one.
 *
 * Returns: what it is
 */
GranaryJsonPiece
granary_json_tokens_next (GranaryJsonTokens *self)
{
  const char *at;

  g_return_val_if_fail (self != NULL, GRANARY_JSON_PIECE_END);

  self->at += self->length;
  self->length = 0;
  if (self->at >= self->end)
    return GRANARY_JSON_PIECE_END;

  self->length = 1;
  switch (*self->at)
    {
    case '{':
    case '[':
      return GRANARY_JSON_PIECE_OPEN;

    case '}':
    case ']':
      return GRANARY_JSON_PIECE_CLOSE;

    case ',':
      return GRANARY_JSON_PIECE_COMMA;

    case ':':
      return GRANARY_JSON_PIECE_COLON;

    case '"':
      self->length = measure_string (self->at, self->end);
      return is_key (self->at + self->length, self->end) ? GRANARY_JSON_PIECE_KEY
                                                         : GRANARY_JSON_PIECE_STRING;

    default:
      break;
    }

  at = self->at + 1;
  if (is_space (*self->at))
    {
      while (at < self->end && is_space (*at))
        at++;
      self->length = (gsize) (at - self->at);
      return GRANARY_JSON_PIECE_SPACE;
    }

  while (at < self->end && is_word (*at))
    at++;
  self->length = (gsize) (at - self->at);

  return GRANARY_JSON_PIECE_WORD;
}

/**
 * granary_json_append:
 * @to: where to
 * @text: valid UTF-8
 *
 * Appends @text as a JSON string: escaped is only what has to be (RFC 8259, section 7).
 */
void
granary_json_append (GString    *to,
                     const char *text)
{
  static const char from[] = "\"\\\b\f\n\r\t";
  static const char escaped[] = "\"\\bfnrt";

  g_return_if_fail (to != NULL);
  g_return_if_fail (text != NULL);

  g_string_append_c (to, '"');
  for (const char *at = text; *at != '\0'; at++)
    {
      const char *found = strchr (from, *at);

      if (found != NULL)
        g_string_append_printf (to, "\\%c", escaped[found - from]);
      else if ((guchar) *at < 0x20)
        g_string_append_printf (to, "\\u%04x", (guint) *at);
      else
        g_string_append_c (to, *at);
    }
  g_string_append_c (to, '"');
}
