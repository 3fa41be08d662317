/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-json-pull.h"

#include <string.h>

enum
{
  EXPECT_VALUE,
  EXPECT_VALUE_OR_END, /* just behind `[` */
  EXPECT_KEY,
  EXPECT_KEY_OR_END,   /* just behind `{` */
  EXPECT_COMMA_OR_END,
  EXPECT_NOTHING,
};

/**
 * granary_json_pull_new:
 * @cursor: the text; must outlive the reader
 * @end: where it ends, bytes from the beginning of the file
 * @max_text: how many bytes of a string to keep
 *
 * Returns: (transfer full): a reader from where @cursor is
 */
GranaryJsonPull *
granary_json_pull_new (GranaryCursor *cursor,
                       gint64         end,
                       gsize          max_text)
{
  GranaryJsonPull *self = g_new0 (GranaryJsonPull, 1);

  self->cursor = cursor;
  self->end = end;
  self->max_text = max_text;
  self->text = g_string_new (NULL);
  self->line = 1;
  self->expect = EXPECT_VALUE;

  return self;
}

/**
 * granary_json_pull_free:
 * @self: (nullable): a reader
 */
void
granary_json_pull_free (GranaryJsonPull *self)
{
  if (self == NULL)
    return;

  g_string_free (self->text, TRUE);
  g_free (self);
}

static GranaryJsonToken
fault (GranaryJsonPull *self,
       const char      *problem)
{
  if (self->problem == NULL)
    self->problem = problem;
  granary_cursor_fail (self->cursor, GRANARY_CURSOR_MALFORMED);

  return GRANARY_JSON_TOKEN_FAULT;
}

/* The next byte, or -1 at the end of the text. */
static int
peek (GranaryJsonPull *self)
{
  guint8 byte;

  if (self->cursor->position >= self->end || !granary_cursor_peek_byte (self->cursor, &byte))
    return -1;

  return byte;
}

static int
take (GranaryJsonPull *self)
{
  int c = peek (self);

  if (c >= 0)
    {
      self->cursor->position++;
      if (c == '\n')
        self->line++;
    }

  return c;
}

static void
keep (GranaryJsonPull *self,
      const char      *bytes,
      gsize            length)
{
  if (self->text->len + length <= self->max_text)
    g_string_append_len (self->text, bytes, (gssize) length);
}

static gboolean
read_hex (GranaryJsonPull *self,
          gunichar        *value)
{
  *value = 0;
  for (int i = 0; i < 4; i++)
    {
      int c = take (self);

      if (c < 0 || !g_ascii_isxdigit (c))
        return FALSE;
      *value = *value << 4 | (gunichar) g_ascii_xdigit_value ((char) c);
    }

  return TRUE;
}

static gboolean
read_escape (GranaryJsonPull *self)
{
  static const char from[] = "\"\\/bfnrt";
  static const char to[] = "\"\\/\b\f\n\r\t";
  int c = take (self);
  const char *at;
  gunichar value;
  char utf8[6];

  if (c == 'u')
    {
      if (!read_hex (self, &value))
        return FALSE;
      if (value >= 0xd800 && value < 0xdc00)
        {
          gunichar low;

          if (take (self) != '\\' || take (self) != 'u' || !read_hex (self, &low) ||
              low < 0xdc00 || low > 0xdfff)
            return FALSE;
          value = 0x10000 + ((value - 0xd800) << 10) + (low - 0xdc00);
        }
      else if (value >= 0xdc00 && value < 0xe000)
        return FALSE;
      /* A NUL inside a text could not be kept; it is shown as what it is. */
      if (value == 0)
        {
          value = 0xfffd;
          self->has_nul = TRUE;
        }
      keep (self, utf8, (gsize) g_unichar_to_utf8 (value, utf8));
      return TRUE;
    }

  at = c > 0 ? strchr (from, c) : NULL;
  if (at == NULL)
    return FALSE;
  keep (self, to + (at - from), 1);

  return TRUE;
}

/* One character of more than one byte. */
static gboolean
read_multibyte (GranaryJsonPull *self,
                int              first)
{
  char bytes[5] = { (char) first };
  gsize length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;

  if (first < 0xc2 || first > 0xf4)
    return FALSE;
  for (gsize i = 1; i < length; i++)
    {
      int c = peek (self);

      if (c < 0x80 || c > 0xbf)
        return FALSE;
      bytes[i] = (char) take (self);
    }
  if (!g_utf8_validate (bytes, (gssize) length, NULL))
    return FALSE;
  keep (self, bytes, length);

  return TRUE;
}

static gboolean
read_string (GranaryJsonPull *self)
{
  g_string_truncate (self->text, 0);
  self->has_nul = FALSE;
  take (self);

  for (;;)
    {
      int c = take (self);

      if (c < 0)
        {
          fault (self, "unfinished string");
          return FALSE;
        }
      if (c == '"')
        return TRUE;
      if (c < 0x20)
        {
          if (c == '\n')
            self->line--;
          fault (self, "control character in a string");
          return FALSE;
        }
      if (c == '\\')
        {
          if (!read_escape (self))
            {
              fault (self, "bad escape");
              return FALSE;
            }
        }
      else if (c < 0x80)
        {
          char byte = (char) c;

          keep (self, &byte, 1);
        }
      else if (!read_multibyte (self, c))
        {
          fault (self, "not UTF-8");
          return FALSE;
        }
    }
}

static guint
read_digits (GranaryJsonPull *self)
{
  guint n = 0;

  for (int c = peek (self); c >= '0' && c <= '9'; c = peek (self))
    {
      char byte = (char) take (self);

      keep (self, &byte, 1);
      n++;
    }

  return n;
}

static gboolean
read_sign (GranaryJsonPull *self,
           const char      *signs)
{
  int c = peek (self);
  char byte;

  if (c <= 0 || strchr (signs, c) == NULL)
    return FALSE;
  byte = (char) take (self);
  keep (self, &byte, 1);

  return TRUE;
}

static GranaryJsonToken
read_number (GranaryJsonPull *self)
{
  g_string_truncate (self->text, 0);
  read_sign (self, "-");
  if (peek (self) == '0')
    {
      read_sign (self, "0");
      if (peek (self) >= '0' && peek (self) <= '9')
        return fault (self, "number with a leading zero");
    }
  else if (read_digits (self) == 0)
    return fault (self, "bad number");
  if (read_sign (self, ".") && read_digits (self) == 0)
    return fault (self, "bad number");
  if (read_sign (self, "eE"))
    {
      read_sign (self, "+-");
      if (read_digits (self) == 0)
        return fault (self, "bad number");
    }

  return GRANARY_JSON_TOKEN_NUMBER;
}

static GranaryJsonToken
read_word (GranaryJsonPull  *self,
           const char       *word,
           GranaryJsonToken  token)
{
  for (const char *at = word; *at != '\0'; at++)
    if (take (self) != *at)
      return fault (self, "unknown word");

  return token;
}

/* Behind a whole value. */
static void
after_value (GranaryJsonPull *self)
{
  self->expect = self->depth > 0 ? EXPECT_COMMA_OR_END : EXPECT_NOTHING;
}

static GranaryJsonToken
open_container (GranaryJsonPull *self,
                gboolean         is_object)
{
  if (self->depth >= GRANARY_JSON_PULL_MAX_DEPTH)
    return fault (self, "nested too deep");

  take (self);
  self->in_object[self->depth++] = is_object;
  self->expect = is_object ? EXPECT_KEY_OR_END : EXPECT_VALUE_OR_END;

  return is_object ? GRANARY_JSON_TOKEN_BEGIN_OBJECT : GRANARY_JSON_TOKEN_BEGIN_ARRAY;
}

static GranaryJsonToken
close_container (GranaryJsonPull *self)
{
  gboolean is_object = self->in_object[self->depth - 1];

  take (self);
  self->depth--;
  after_value (self);

  return is_object ? GRANARY_JSON_TOKEN_END_OBJECT : GRANARY_JSON_TOKEN_END_ARRAY;
}

static int
skip_space (GranaryJsonPull *self)
{
  int c = peek (self);

  while (c == ' ' || c == '\t' || c == '\n' || c == '\r')
    {
      take (self);
      c = peek (self);
    }

  return c;
}

static GranaryJsonToken
read_value (GranaryJsonPull *self,
            int              c)
{
  GranaryJsonToken token;

  switch (c)
    {
    case '{':
    case '[':
      return open_container (self, c == '{');

    case '"':
      token = read_string (self) ? GRANARY_JSON_TOKEN_STRING : GRANARY_JSON_TOKEN_FAULT;
      break;

    case 't':
      token = read_word (self, "true", GRANARY_JSON_TOKEN_TRUE);
      break;

    case 'f':
      token = read_word (self, "false", GRANARY_JSON_TOKEN_FALSE);
      break;

    case 'n':
      token = read_word (self, "null", GRANARY_JSON_TOKEN_NULL);
      break;

    default:
      if (c < 0)
        return fault (self, "text ends early");
      if (c != '-' && (c < '0' || c > '9'))
        return fault (self, "a value was expected");
      token = read_number (self);
      break;
    }
  after_value (self);

  return token;
}

/**
 * granary_json_pull_next:
 * @self: a reader
 *
 * Goes to the next token.
 *
 * Returns: its kind; %GRANARY_JSON_TOKEN_END behind the one value of the text
 */
GranaryJsonToken
granary_json_pull_next (GranaryJsonPull *self)
{
  int c = skip_space (self);

  if (self->cursor->state != GRANARY_CURSOR_OK)
    return fault (self, "unreadable");

  if (self->expect == EXPECT_NOTHING)
    return c < 0 ? GRANARY_JSON_TOKEN_END : fault (self, "something behind the end");

  if (self->expect == EXPECT_COMMA_OR_END)
    {
      gboolean in_object = self->in_object[self->depth - 1];

      if (c == (in_object ? '}' : ']'))
        return close_container (self);
      if (c != ',')
        return fault (self, c < 0 ? "text ends early" : "a comma was expected");
      take (self);
      c = skip_space (self);
      self->expect = in_object ? EXPECT_KEY : EXPECT_VALUE;
    }
  else if ((self->expect == EXPECT_KEY_OR_END && c == '}') ||
           (self->expect == EXPECT_VALUE_OR_END && c == ']'))
    return close_container (self);

  if (self->expect == EXPECT_KEY || self->expect == EXPECT_KEY_OR_END)
    {
      if (c != '"')
        return fault (self, c < 0 ? "text ends early" : "a name in quotes was expected");
      if (!read_string (self))
        return GRANARY_JSON_TOKEN_FAULT;
      if (skip_space (self) != ':')
        return fault (self, "a colon was expected");
      take (self);
      self->expect = EXPECT_VALUE;
      return GRANARY_JSON_TOKEN_KEY;
    }

  return read_value (self, c);
}

/**
 * granary_json_pull_skip_value:
 * @self: a reader that expects a value
 *
 * Passes over a value with all that is in it.
 *
 * Returns: whether it was well-formed
 */
gboolean
granary_json_pull_skip_value (GranaryJsonPull *self)
{
  guint depth = self->depth;

  do
    {
      GranaryJsonToken token = granary_json_pull_next (self);

      if (token == GRANARY_JSON_TOKEN_FAULT || token == GRANARY_JSON_TOKEN_END)
        return FALSE;
    }
  while (self->depth > depth);

  return TRUE;
}

/**
 * granary_json_pull_get_size:
 * @self: a reader just behind a number
 * @value: (out): the number
 *
 * Returns: whether it is a whole number from 0 to 2^63 - 1
 */
gboolean
granary_json_pull_get_size (GranaryJsonPull *self,
                            gint64          *value)
{
  guint64 parsed;

  if (!g_ascii_string_to_unsigned (self->text->str, 10, 0, G_MAXINT64, &parsed, NULL))
    return FALSE;

  *value = (gint64) parsed;

  return TRUE;
}
