/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-call-answer.h"

#include <string.h>

#include "granary-call-part.h"
#include "granary-json-edit.h"
#include "granary-json-layout.h"
#include "granary-json-tokens.h"

/* Shorter strings hold no image worth looking for. */
#define MIN_BASE64 64

/* A message is a line or two. */
#define MAX_MESSAGE 500

/* `data:image/png;base64,` */
static const char *
skip_data_address (const char *text,
                   gsize      *length)
{
  const char *comma;

  if (*length < 5 || g_ascii_strncasecmp (text, "data:", 5) != 0)
    return text;
  comma = memchr (text, ',', MIN (*length, 128));
  if (comma == NULL)
    return text;
  *length -= (gsize) (comma + 1 - text);

  return comma + 1;
}

/* The image that a string, without its quotation marks, is in base64; NULL if it is none. */
static GBytes *
decode_image (const char *text,
              gsize       length)
{
  g_autofree guchar *data = NULL;
  guchar head[48];
  int state = 0;
  guint save = 0;
  gsize size;

  text = skip_data_address (text, &length);
  if (length < MIN_BASE64 || length / 4 * 3 > GRANARY_CALL_PREVIEW_MAX)
    return NULL;
  size = g_base64_decode_step (text, MIN_BASE64 - 4, head, &state, &save);
  if (granary_call_image_type (head, size) == NULL)
    return NULL;

  state = 0;
  save = 0;
  data = g_malloc (length / 4 * 3 + 3);
  size = g_base64_decode_step (text, length, data, &state, &save);

  return g_bytes_new_take (g_steal_pointer (&data), size);
}

/* The first top-level string that holds an image; `image` before others. */
static GBytes *
find_image (const char *text,
            gsize       length)
{
  GranaryJsonTokens tokens = { text, 0, text + length };
  g_autoptr (GBytes) found = NULL;
  GranaryJsonPiece piece;
  gboolean is_image = FALSE;
  guint depth = 0;

  while ((piece = granary_json_tokens_next (&tokens)) != GRANARY_JSON_PIECE_END)
    {
      depth += piece == GRANARY_JSON_PIECE_OPEN;
      depth -= piece == GRANARY_JSON_PIECE_CLOSE && depth > 0;
      if (depth != 1)
        continue;
      if (piece == GRANARY_JSON_PIECE_KEY)
        is_image = tokens.length == 7 && memcmp (tokens.at, "\"image\"", 7) == 0;
      else if (piece == GRANARY_JSON_PIECE_STRING && tokens.length > 2 &&
               (found == NULL || is_image))
        {
          GBytes *image = decode_image (tokens.at + 1, tokens.length - 2);

          if (image == NULL)
            continue;
          g_clear_pointer (&found, g_bytes_unref);
          found = image;
          if (is_image)
            break;
        }
    }

  return g_steal_pointer (&found);
}

/* A text made fit to be shown. */
static char *
cut_text (const char *text,
          gsize       length,
          gboolean   *is_cut)
{
  *is_cut = length > GRANARY_CALL_TEXT_MAX;
  if (*is_cut)
    {
      length = GRANARY_CALL_TEXT_MAX;
      while (length > 0 && ((guchar) text[length] & 0xc0) == 0x80)
        length--;
    }

  return g_strndup (text, length);
}

static char *
find_message (const char *text,
              gsize       length)
{
  g_autofree char *value = NULL;
  const char *end;

  value = granary_json_edit_get (text, (gssize) length, "error", NULL);
  if (value == NULL || *value == '\0')
    return NULL;
  if (strlen (value) <= MAX_MESSAGE)
    return g_steal_pointer (&value);
  g_utf8_validate (value, MAX_MESSAGE, &end);

  return g_strdup_printf ("%.*s…", (int) (end - value), value);
}

/**
 * granary_call_answer_new:
 * @body: what a service answered
 *
 * Looks at an answer of any content and size. May take a while: for a worker.
 *
 * Returns: (transfer full): how to show it
 */
GranaryCallAnswer *
granary_call_answer_new (GBytes *body)
{
  GranaryCallAnswer *self;
  gsize length;
  const char *text;

  g_return_val_if_fail (body != NULL, NULL);

  self = g_new0 (GranaryCallAnswer, 1);
  text = g_bytes_get_data (body, &length);
  if (length == 0)
    {
      self->text = g_strdup ("");
      return self;
    }

  if (granary_call_image_type (text, length) != NULL)
    self->image = length <= GRANARY_CALL_PREVIEW_MAX ? g_bytes_ref (body) : NULL;
  else if (granary_json_check (text, (gssize) length, NULL) != GRANARY_JSON_BROKEN)
    {
      self->is_json = TRUE;
      self->text = granary_json_layout (text, (gssize) length, GRANARY_CALL_TEXT_MAX,
                                        &self->is_shortened);
      self->message = find_message (text, length);
      if (*text == '{' || memchr (text, '{', MIN (length, 64)) != NULL)
        self->image = find_image (text, length);
    }
  else if (g_utf8_validate_len (text, length, NULL))
    self->text = cut_text (text, length, &self->is_shortened);

  return self;
}

void
granary_call_answer_free (GranaryCallAnswer *self)
{
  if (self == NULL)
    return;

  g_free (self->text);
  g_free (self->message);
  g_clear_pointer (&self->image, g_bytes_unref);
  g_free (self);
}

/* Comparison. */

/* Above this many cells the table of a comparison takes too long: all lines between count. */
#define MAX_CELLS (4 * 1024 * 1024)

static void
add_range (GArray *lines,
           guint   start,
           guint   end)
{
  for (guint i = start; i < end; i++)
    g_array_append_val (lines, i);
}

/* A line and the comma behind it are the same line at the end of a list. */
static gboolean
is_same (const char *left,
         const char *right)
{
  gsize left_length = strlen (left);
  gsize right_length = strlen (right);

  left_length -= left_length > 0 && left[left_length - 1] == ',';
  right_length -= right_length > 0 && right[right_length - 1] == ',';

  return left_length == right_length && memcmp (left, right, left_length) == 0;
}

/* Longest common subsequence of what is between @start and the two ends. */
static void
compare_middle (GStrv   left,
                GStrv   right,
                guint   start,
                guint   left_end,
                guint   right_end,
                GArray *left_lines,
                GArray *right_lines)
{
  guint rows = left_end - start;
  guint columns = right_end - start;
  g_autofree guint16 *table = NULL;
  guint i = 0, j = 0;

  if (rows == 0 || columns == 0 || rows >= G_MAXUINT16 || columns >= G_MAXUINT16 ||
      (gsize) (rows + 1) * (columns + 1) > MAX_CELLS)
    {
      add_range (left_lines, start, left_end);
      add_range (right_lines, start, right_end);
      return;
    }

  table = g_new0 (guint16, (gsize) (rows + 1) * (columns + 1));
#define CELL(row, column) table[(gsize) (row) * (columns + 1) + (column)]
  for (guint row = rows; row > 0; row--)
    for (guint column = columns; column > 0; column--)
      CELL (row - 1, column - 1) =
        is_same (left[start + row - 1], right[start + column - 1])
          ? CELL (row, column) + 1
          : MAX (CELL (row, column - 1), CELL (row - 1, column));

  while (i < rows && j < columns)
    if (is_same (left[start + i], right[start + j]))
      {
        i++;
        j++;
      }
    else if (CELL (i + 1, j) >= CELL (i, j + 1))
      add_range (left_lines, start + i, start + i + 1), i++;
    else
      add_range (right_lines, start + j, start + j + 1), j++;
#undef CELL

  add_range (left_lines, start + i, left_end);
  add_range (right_lines, start + j, right_end);
}

/**
 * granary_call_compare:
 * @left: a text
 * @right: another
 * @left_lines: (element-type guint): lines of @left that are not in @right are added
 * @right_lines: (element-type guint): the same for @right
 *
 * Compares two texts by lines; a comma at the end of one makes no difference.
 *
 * Returns: how many lines differ: the larger of both numbers
 */
guint
granary_call_compare (const char *left,
                      const char *right,
                      GArray     *left_lines,
                      GArray     *right_lines)
{
  g_auto (GStrv) lefts = NULL;
  g_auto (GStrv) rights = NULL;
  guint start = 0, left_end, right_end;

  g_return_val_if_fail (left != NULL && right != NULL, 0);
  g_return_val_if_fail (left_lines != NULL && right_lines != NULL, 0);

  lefts = g_strsplit (left, "\n", -1);
  rights = g_strsplit (right, "\n", -1);
  left_end = g_strv_length (lefts);
  right_end = g_strv_length (rights);
  while (start < left_end && start < right_end && is_same (lefts[start], rights[start]))
    start++;
  while (left_end > start && right_end > start &&
         is_same (lefts[left_end - 1], rights[right_end - 1]))
    {
      left_end--;
      right_end--;
    }
  compare_middle (lefts, rights, start, left_end, right_end, left_lines, right_lines);

  return MAX (left_lines->len, right_lines->len);
}
