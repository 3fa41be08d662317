/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-json-edit.h"

#include <string.h>

#include "granary-error.h"
#include "granary-json-pull.h"
#include "granary-json-tokens.h"
#include "granary-memory-reader.h"

/* The only file that is edited; errors speak of it. */
#define SUBJECT "config.json"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* Where things are in a text, in bytes from its beginning. */
typedef struct
{
  gsize     open;        /* just behind the `{` of the document */
  gsize     line;        /* the last line break in the white space that follows, else @content */
  gsize     content;     /* behind that white space */
  gboolean  is_empty;
  gboolean  is_found;
  gsize     value;       /* the value of the member looked for */
  gsize     value_end;
  char     *string;      /* (owned) (nullable): it unescaped, if it is a string */
  gboolean  has_nul;     /* a character of it that no C string can hold */
} Spans;

static void
spans_clear (Spans *self)
{
  g_clear_pointer (&self->string, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Spans, spans_clear)

static gboolean
refuse_syntax (GError     **error,
               int          line,
               const char  *problem)
{
  g_autoptr (GError) local_error = NULL;

  granary_set_error (&local_error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_JSON_SYNTAX,
                     SUBJECT, "line %d: %s", line, problem);
  if (line > 0)
    granary_error_set_line (local_error, line);
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

static gsize
skip_space (const char *text,
            gsize       length,
            gsize       at)
{
  while (at < length && text[at] != '\0' && strchr (" \t\r\n", text[at]) != NULL)
    at++;

  return at;
}

/* The last line break between @start and @end; @end if there is none. */
static gsize
find_line (const char *text,
           gsize       start,
           gsize       end)
{
  for (gsize at = end; at > start; at--)
    {
      if (text[at - 1] == '\n')
        return at > start + 1 && text[at - 2] == '\r' ? at - 2 : at - 1;
      if (text[at - 1] == '\r')
        return at - 1;
    }

  return end;
}

/* Passes over the value that is next and, if it is the one looked for, notes where it is. */
static gboolean
read_member (GranaryJsonPull *pull,
             const char      *text,
             gsize            length,
             gboolean         is_wanted,
             Spans           *spans)
{
  gsize value = skip_space (text, length, (gsize) pull->cursor->position);

  if (!granary_json_pull_skip_value (pull))
    return FALSE;
  if (!is_wanted)
    return TRUE;

  spans_clear (spans);
  spans->is_found = TRUE;
  spans->value = value;
  spans->value_end = (gsize) pull->cursor->position;
  if (text[value] == '"')
    {
      spans->string = g_strdup (pull->text->str);
      spans->has_nul = pull->has_nul;
    }

  return TRUE;
}

/* Reads the whole text by the rules of RFC 8259 and finds the last top-level member @name. */
static gboolean
find_spans (const char  *text,
            gsize        length,
            const char  *name,
            Spans       *spans,
            GError     **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, length);
  g_autoptr (GranaryRangeReader) reader = granary_memory_reader_new (bytes);
  g_autoptr (GranaryCursor) cursor = granary_cursor_new (reader, G_MAXINT64, NULL);
  g_autoptr (GranaryJsonPull) pull = granary_json_pull_new (cursor, cursor->size, length);
  GranaryJsonToken first, token;

  /* Some editors begin a file with one. It is theirs and stays. */
  if (length >= strlen (BYTE_ORDER_MARK) &&
      memcmp (text, BYTE_ORDER_MARK, strlen (BYTE_ORDER_MARK)) == 0)
    granary_cursor_skip (cursor, strlen (BYTE_ORDER_MARK));

  first = granary_json_pull_next (pull);
  spans->open = (gsize) cursor->position;
  spans->content = skip_space (text, length, spans->open);
  spans->line = find_line (text, spans->open, spans->content);
  for (token = first;
       token != GRANARY_JSON_TOKEN_FAULT && token != GRANARY_JSON_TOKEN_END;
       token = granary_json_pull_next (pull))
    if (token == GRANARY_JSON_TOKEN_KEY && pull->depth == 1)
      {
        gboolean is_wanted = !pull->has_nul && g_str_equal (pull->text->str, name);

        if (!read_member (pull, text, length, is_wanted, spans))
          {
            token = GRANARY_JSON_TOKEN_FAULT;
            break;
          }
      }

  if (token == GRANARY_JSON_TOKEN_FAULT)
    return refuse_syntax (error, pull->line, length == 0 ? "empty" : pull->problem);
  if (first != GRANARY_JSON_TOKEN_BEGIN_OBJECT)
    {
      granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_JSON_NOT_OBJECT,
                         SUBJECT, "not an object");
      return FALSE;
    }
  spans->is_empty = text[spans->content] == '}';

  return TRUE;
}

/**
 * granary_json_edit_get:
 * @text: content of a `config.json`
 * @length: its bytes, -1 if it ends with a NUL
 * @name: name of a member of the document itself
 * @error: (out) (optional): where to put an error
 *
 * Looks up a member; of several of that name the last one, which is the one readers take.
 *
 * Errors: %GRANARY_REASON_JSON_SYNTAX, also for a string with a NUL in it,
 * %GRANARY_REASON_JSON_NOT_OBJECT.
 *
 * Returns: (transfer full) (nullable): a string unescaped, any other value as it is written; %NULL
 *   without an error if there is none
 */
char *
granary_json_edit_get (const char  *text,
                       gssize       length,
                       const char  *name,
                       GError     **error)
{
  g_auto (Spans) spans = { 0 };

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!find_spans (text, length < 0 ? strlen (text) : (gsize) length, name, &spans, error))
    return NULL;
  if (!spans.is_found)
    return NULL;
  if (spans.string == NULL)
    return g_strndup (text + spans.value, spans.value_end - spans.value);
  if (spans.has_nul)
    {
      refuse_syntax (error, 0, "NUL in a string");
      return NULL;
    }

  return g_steal_pointer (&spans.string);
}

/**
 * granary_json_edit_set:
 * @text: content of a `config.json`
 * @length: its bytes, -1 if it ends with a NUL
 * @name: name of a member of the document itself
 * @value: what it shall be, a string
 * @error: (out) (optional): where to put an error
 *
 * Replaces the value of a member, of several of that name that of the last one, which is the one
 * readers take; adds it as the first member, indented as that one is, if there is none. Every other
 * byte stays as it is written.
 *
 * Errors: %GRANARY_REASON_JSON_SYNTAX, also if @name or @value is not UTF-8,
 * %GRANARY_REASON_JSON_NOT_OBJECT.
 *
 * Returns: (transfer full) (nullable): the new text; %NULL on an error
 */
char *
granary_json_edit_set (const char  *text,
                       gssize       length,
                       const char  *name,
                       const char  *value,
                       GError     **error)
{
  g_auto (Spans) spans = { 0 };
  g_autoptr (GString) result = NULL;
  gsize size;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (value != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  size = length < 0 ? strlen (text) : (gsize) length;
  if (!g_utf8_validate (name, -1, NULL) || !g_utf8_validate (value, -1, NULL))
    {
      refuse_syntax (error, 0, "not UTF-8");
      return NULL;
    }
  if (!find_spans (text, size, name, &spans, error))
    return NULL;

  result = g_string_sized_new (size + strlen (value) + strlen (name) + 16);
  if (spans.is_found)
    {
      g_string_append_len (result, text, (gssize) spans.value);
      granary_json_append (result, value);
      g_string_append_len (result, text + spans.value_end, (gssize) (size - spans.value_end));
      return g_string_free (g_steal_pointer (&result), FALSE);
    }

  g_string_append_len (result, text, (gssize) spans.content);
  granary_json_append (result, name);
  g_string_append (result, ": ");
  granary_json_append (result, value);
  if (!spans.is_empty)
    g_string_append_c (result, ',');
  /* What follows stands on a line of its own again, if it did. */
  if (spans.line < spans.content)
    g_string_append_len (result, text + spans.line, (gssize) (spans.content - spans.line));
  else if (!spans.is_empty || spans.content > spans.open)
    g_string_append_c (result, ' ');
  g_string_append_len (result, text + spans.content, (gssize) (size - spans.content));

  return g_string_free (g_steal_pointer (&result), FALSE);
}
