/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-walk.h"

#include <string.h>

/* JSON and UBJSON (ubjson.org, draft 12) as paths and values, for formats that say the same in
 * both. What lies deeper than a few levels is passed over: no header of a model is there. */

#define MAX_LEVELS 10
#define MAX_DEPTH 128
#define MAX_KEY 256
#define MAX_TEXT 1024

typedef struct
{
  GranaryCursor   *cursor;
  GranaryJsonPull *pull;  /* (nullable) */
  GString         *path;
  guint            level;
  GranaryWalkFunc  func;
  gpointer         data;
  gboolean         stopped;
} Walk;

static GranaryWalk
tell (Walk       *walk,
      const char *text)
{
  GranaryWalk next = walk->func (walk->path->str, text, walk->data);

  if (next == GRANARY_WALK_STOP)
    walk->stopped = TRUE;
  else if (text == NULL && walk->level >= MAX_LEVELS)
    next = GRANARY_WALK_PAST;

  return next;
}

/* Appends a step to the path. Gives what to cut it back to. */
static gsize
enter_path (Walk       *walk,
            const char *key)
{
  gsize before = walk->path->len;

  if (key == NULL)
    g_string_append (walk->path, "[]");
  else
    g_string_append_printf (walk->path, "%s%s", before > 0 ? "." : "", key);
  walk->level++;

  return before;
}

static void
leave_path (Walk  *walk,
            gsize  before)
{
  g_string_truncate (walk->path, before);
  walk->level--;
}

static gboolean
skip_container (GranaryJsonPull *pull,
                guint            depth)
{
  while (pull->depth > depth)
    {
      GranaryJsonToken token = granary_json_pull_next (pull);

      if (token == GRANARY_JSON_TOKEN_FAULT || token == GRANARY_JSON_TOKEN_END)
        return FALSE;
    }

  return TRUE;
}

static gboolean
walk_json_value (Walk             *walk,
                 GranaryJsonToken  token)
{
  GranaryJsonPull *pull = walk->pull;
  gboolean is_object = token == GRANARY_JSON_TOKEN_BEGIN_OBJECT;
  guint depth = pull->depth - 1;

  switch ((guint) token)
    {
    case GRANARY_JSON_TOKEN_STRING:
    case GRANARY_JSON_TOKEN_NUMBER:
      return tell (walk, pull->text->str) != GRANARY_WALK_STOP;

    case GRANARY_JSON_TOKEN_TRUE:
      return tell (walk, "true") != GRANARY_WALK_STOP;

    case GRANARY_JSON_TOKEN_FALSE:
      return tell (walk, "false") != GRANARY_WALK_STOP;

    case GRANARY_JSON_TOKEN_NULL:
      return tell (walk, "null") != GRANARY_WALK_STOP;

    case GRANARY_JSON_TOKEN_BEGIN_OBJECT:
    case GRANARY_JSON_TOKEN_BEGIN_ARRAY:
      break;

    default:
      return FALSE;
    }

  switch (tell (walk, NULL))
    {
    case GRANARY_WALK_STOP:
      return FALSE;

    case GRANARY_WALK_PAST:
      return skip_container (pull, depth);

    case GRANARY_WALK_ON:
    default:
      break;
    }

  while ((token = granary_json_pull_next (pull)) != GRANARY_JSON_TOKEN_END_OBJECT &&
         token != GRANARY_JSON_TOKEN_END_ARRAY)
    {
      gsize before;
      gboolean goes_on;

      if (is_object && token != GRANARY_JSON_TOKEN_KEY)
        return FALSE;
      before = enter_path (walk, is_object ? pull->text->str : NULL);
      if (is_object)
        token = granary_json_pull_next (pull);
      goes_on = walk_json_value (walk, token);
      leave_path (walk, before);
      if (!goes_on)
        return FALSE;
    }

  return TRUE;
}

/**
 * granary_walk_json:
 * @cursor: at the beginning of the text
 * @end: where it ends, bytes from the beginning of the file
 * @func: (scope call): told of each value
 * @data: passed to @func
 *
 * Goes through a JSON text. When it breaks off at the end of the file, @cursor is truncated, not
 * malformed.
 *
 * Returns: whether it was read as far as @func wanted; if not, the cursor's state tells why
 */
gboolean
granary_walk_json (GranaryCursor   *cursor,
                   gint64           end,
                   GranaryWalkFunc  func,
                   gpointer         data)
{
  g_autoptr (GranaryJsonPull) pull = granary_json_pull_new (cursor, end, MAX_TEXT);
  g_autoptr (GString) path = g_string_new (NULL);
  Walk walk = { .cursor = cursor, .pull = pull, .path = path, .func = func, .data = data };

  if (walk_json_value (&walk, granary_json_pull_next (pull)) || walk.stopped)
    return TRUE;

  if (cursor->state == GRANARY_CURSOR_MALFORMED && cursor->position >= cursor->size)
    cursor->state = GRANARY_CURSOR_TRUNCATED;

  return granary_cursor_fail (cursor, GRANARY_CURSOR_MALFORMED);
}

static guint
width_of (guint8 marker)
{
  switch (marker)
    {
    case 'i':
    case 'U':
    case 'C':
      return 1;

    case 'I':
      return 2;

    case 'l':
    case 'd':
      return 4;

    case 'L':
    case 'D':
      return 8;

    default:
      return 0;
    }
}

/* A whole number, big endian. */
static gboolean
read_integer (GranaryCursor *cursor,
              guint8         marker,
              gint64        *number)
{
  guint width = width_of (marker);
  guint8 bytes[8];
  guint64 value = 0;

  if (width == 0 || marker == 'd' || marker == 'D' || marker == 'C')
    return granary_cursor_fail (cursor, GRANARY_CURSOR_MALFORMED);
  if (!granary_cursor_read (cursor, bytes, width))
    return FALSE;
  for (guint i = 0; i < width; i++)
    value = value << 8 | bytes[i];
  if (marker != 'U' && width < 8 && (bytes[0] & 0x80) != 0)
    value |= G_MAXUINT64 << (8 * width);
  *number = (gint64) value;

  return TRUE;
}

static gboolean
read_length (GranaryCursor *cursor,
             guint8         marker,
             guint64       *length)
{
  gint64 number = 0;

  if (!read_integer (cursor, marker, &number))
    return FALSE;
  if (number < 0)
    return granary_cursor_fail (cursor, GRANARY_CURSOR_MALFORMED);
  *length = (guint64) number;

  return TRUE;
}

/* A string, a number or a word. */
static gboolean
walk_ubjson_scalar (Walk     *walk,
                    guint8    marker,
                    gboolean  is_told)
{
  GranaryCursor *cursor = walk->cursor;
  g_autofree char *text = NULL;
  guint8 length_marker;
  guint64 length = 0;
  gint64 number;

  switch (marker)
    {
    case 'S':
    case 'H':
      if (!granary_cursor_read_byte (cursor, &length_marker) ||
          !read_length (cursor, length_marker, &length))
        return FALSE;
      text = granary_cursor_read_text (cursor, length, MAX_TEXT);
      if (text == NULL)
        return FALSE;
      break;

    case 'T':
    case 'F':
      text = g_strdup (marker == 'T' ? "true" : "false");
      break;

    case 'Z':
      text = g_strdup ("null");
      break;

    case 'C':
    case 'd':
    case 'D':
      /* No fact is told as one of these. */
      return granary_cursor_skip (cursor, width_of (marker));

    default:
      if (!read_integer (cursor, marker, &number))
        return FALSE;
      text = g_strdup_printf ("%" G_GINT64_FORMAT, number);
      break;
    }

  return !is_told || tell (walk, text) != GRANARY_WALK_STOP;
}

static gboolean walk_ubjson_value (Walk     *walk,
                                   guint8    marker,
                                   guint     depth,
                                   gboolean  is_told);

/* What may stand behind the bracket: a type of all items, and how many. */
static gboolean
read_container_head (GranaryCursor *cursor,
                     guint8        *type,
                     gboolean      *is_counted,
                     guint64       *count)
{
  guint8 byte;

  *type = 0;
  *is_counted = FALSE;
  *count = 0;
  if (!granary_cursor_peek_byte (cursor, &byte))
    return FALSE;
  if (byte == '$')
    {
      if (!granary_cursor_skip (cursor, 1) || !granary_cursor_read_byte (cursor, type) ||
          !granary_cursor_peek_byte (cursor, &byte))
        return FALSE;
      if (byte != '#')
        return granary_cursor_fail (cursor, GRANARY_CURSOR_MALFORMED);
    }
  if (byte == '#')
    {
      guint8 marker;

      *is_counted = TRUE;
      return granary_cursor_skip (cursor, 1) && granary_cursor_read_byte (cursor, &marker) &&
             read_length (cursor, marker, count);
    }

  return TRUE;
}

static gboolean
walk_ubjson_items (Walk     *walk,
                   gboolean  is_object,
                   guint     depth,
                   gboolean  is_told)
{
  GranaryCursor *cursor = walk->cursor;
  guint8 type;
  gboolean is_counted;
  guint64 count;

  if (!read_container_head (cursor, &type, &is_counted, &count))
    return FALSE;
  /* Numbers end to end are jumped over. */
  if (!is_object && width_of (type) > 0)
    return count <= G_MAXUINT64 / 8 ? granary_cursor_skip (cursor, count * width_of (type))
                                    : granary_cursor_fail (cursor, GRANARY_CURSOR_TRUNCATED);
  /* Items of no bytes at all could be any number. */
  if (type == 'T' || type == 'F' || type == 'Z' || type == 'N')
    return granary_cursor_fail (cursor, GRANARY_CURSOR_MALFORMED);

  for (guint64 i = 0; !is_counted || i < count; i++)
    {
      g_autofree char *key = NULL;
      guint8 marker = type;
      gboolean goes_on;
      gsize before = 0;

      if (type == 0 || is_object)
        {
          if (!granary_cursor_read_byte (cursor, &marker))
            return FALSE;
          if (!is_counted && marker == (is_object ? '}' : ']'))
            return TRUE;
        }
      if (is_object)
        {
          guint64 length = 0;

          if (!read_length (cursor, marker, &length))
            return FALSE;
          key = granary_cursor_read_text (cursor, length, MAX_KEY);
          if (key == NULL)
            return FALSE;
          marker = type;
          if (type == 0 && !granary_cursor_read_byte (cursor, &marker))
            return FALSE;
        }
      if (is_told)
        before = enter_path (walk, key);
      goes_on = walk_ubjson_value (walk, marker, depth + 1, is_told);
      if (is_told)
        leave_path (walk, before);
      if (!goes_on)
        return FALSE;
    }

  return TRUE;
}

static gboolean
walk_ubjson_value (Walk     *walk,
                   guint8    marker,
                   guint     depth,
                   gboolean  is_told)
{
  if (marker != '{' && marker != '[')
    return walk_ubjson_scalar (walk, marker, is_told);
  if (depth > MAX_DEPTH)
    return granary_cursor_fail (walk->cursor, GRANARY_CURSOR_MALFORMED);

  if (is_told)
    switch (tell (walk, NULL))
      {
      case GRANARY_WALK_STOP:
        return FALSE;

      case GRANARY_WALK_PAST:
        is_told = FALSE;
        break;

      case GRANARY_WALK_ON:
      default:
        break;
      }

  return walk_ubjson_items (walk, marker == '{', depth, is_told);
}

/**
 * granary_walk_ubjson:
 * @cursor: at the beginning
 * @func: (scope call): told of each value, but not of fractions and of numbers end to end
 * @data: passed to @func
 *
 * Goes through UBJSON as granary_walk_json() does through JSON.
 *
 * Returns: whether it was read as far as @func wanted; if not, the cursor's state tells why
 */
gboolean
granary_walk_ubjson (GranaryCursor   *cursor,
                     GranaryWalkFunc  func,
                     gpointer         data)
{
  g_autoptr (GString) path = g_string_new (NULL);
  Walk walk = { .cursor = cursor, .path = path, .func = func, .data = data };
  guint8 marker;

  if ((granary_cursor_read_byte (cursor, &marker) && walk_ubjson_value (&walk, marker, 0, TRUE)) ||
      walk.stopped)
    return TRUE;

  return granary_cursor_fail (cursor, GRANARY_CURSOR_MALFORMED);
}
