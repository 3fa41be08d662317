/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-flatbuffer.h"

/* The layout is that of "FlatBuffers internals" in the format's documentation: a table begins with
 * the signed distance back to its list of fields; strings, vectors and tables are referred to by
 * the unsigned distance from the reference; all numbers are little-endian. */

#define ROOT_FETCH 16384

static guint64
read_number (GranaryCursor *cursor,
             gint64         position,
             gsize          width)
{
  guint8 bytes[8] = { 0 };
  guint64 value = 0;

  g_assert (width <= sizeof bytes);

  if (!granary_cursor_seek (cursor, position) || !granary_cursor_read (cursor, bytes, width))
    return 0;
  for (gsize i = width; i > 0; i--)
    value = value << 8 | bytes[i - 1];

  return value;
}

/* Where a reference at @position leads; -1 after a fault. */
static gint64
follow_distance (GranaryCursor *cursor,
                 gint64         position,
                 gint64         distance)
{
  if (cursor->state != GRANARY_CURSOR_OK)
    return -1;
  /* A reference never leads to itself, nor, in a valid file, to what needs a longer distance. */
  if (distance == 0 || distance > G_MAXINT32)
    {
      granary_cursor_fail (cursor, GRANARY_CURSOR_MALFORMED);
      return -1;
    }

  return position + distance;
}

static gint64
follow (GranaryCursor *cursor,
        gint64         position)
{
  return follow_distance (cursor, position, (gint64) read_number (cursor, position, 4));
}

/* The list of a table's fields mostly stands right before it: fetched with it, not after it. */
static void
fetch_around (GranaryCursor *cursor,
              gint64         position)
{
  guint8 ignored;

  if (position >= cursor->window_start &&
      position - cursor->window_start + 4 <= (gint64) cursor->window_length)
    return;
  if (granary_cursor_seek (cursor, MAX (position - 64, 0)))
    granary_cursor_peek_byte (cursor, &ignored);
}

static gboolean
open_table (GranaryCursor    *cursor,
            gint64            position,
            GranaryFlatTable *table)
{
  guint8 bytes[2 * GRANARY_FLATBUFFER_MAX_FIELDS];
  gint64 list;
  guint64 size;

  table->position = position;
  table->n_fields = 0;
  if (position < 0)
    return FALSE;

  fetch_around (cursor, position);
  list = position - (gint32) read_number (cursor, position, 4);
  size = read_number (cursor, list, 2);
  if (cursor->state != GRANARY_CURSOR_OK)
    return FALSE;
  if (size < 4 || size % 2 != 0)
    return granary_cursor_fail (cursor, GRANARY_CURSOR_MALFORMED);

  table->n_fields = MIN ((guint) size / 2 - 2, GRANARY_FLATBUFFER_MAX_FIELDS);
  if (!granary_cursor_seek (cursor, list + 4) ||
      !granary_cursor_read (cursor, bytes, 2 * (gsize) table->n_fields))
    {
      table->n_fields = 0;
      return FALSE;
    }
  for (guint i = 0; i < table->n_fields; i++)
    table->fields[i] = (guint16) (bytes[2 * i] | bytes[2 * i + 1] << 8);

  return TRUE;
}

/* 0 when the field is not there. */
static gint64
find_field (const GranaryFlatTable *table,
            guint                   field)
{
  if (field >= table->n_fields || table->fields[field] == 0)
    return 0;

  return table->position + table->fields[field];
}

static gboolean
open_vector (GranaryCursor     *cursor,
             gint64             position,
             gsize              width,
             GranaryFlatVector *vector)
{
  gint64 count;

  vector->start = 0;
  vector->count = 0;
  vector->first = 0;
  vector->n_ahead = 0;
  if (position < 0)
    return FALSE;

  count = (gint64) read_number (cursor, position, 4);
  if (cursor->state != GRANARY_CURSOR_OK)
    return FALSE;
  if (count > (cursor->size - cursor->position) / (gint64) width)
    return granary_cursor_fail (cursor, GRANARY_CURSOR_TRUNCATED);

  vector->start = cursor->position;
  vector->count = count;

  return TRUE;
}

static char *
read_text (GranaryCursor *cursor,
           gint64         position,
           gsize          max)
{
  guint64 length;

  if (position < 0)
    return NULL;

  length = read_number (cursor, position, 4);

  return granary_cursor_read_text (cursor, length, max);
}

static guint64
read_element (GranaryCursor     *cursor,
              GranaryFlatVector *vector,
              gint64             index,
              gsize              width)
{
  guint8 bytes[4 * GRANARY_FLATBUFFER_AHEAD];

  if (index < 0 || index >= vector->count)
    {
      granary_cursor_fail (cursor, GRANARY_CURSOR_MALFORMED);
      return 0;
    }
  if (width != 4)
    return read_number (cursor, vector->start + index * (gint64) width, width);

  if (index < vector->first || index >= vector->first + vector->n_ahead)
    {
      guint n = (guint) MIN (vector->count - index, GRANARY_FLATBUFFER_AHEAD);

      vector->n_ahead = 0;
      if (!granary_cursor_seek (cursor, vector->start + 4 * index) ||
          !granary_cursor_read (cursor, bytes, 4 * (gsize) n))
        return 0;
      for (guint i = 0; i < n; i++)
        vector->ahead[i] = (guint32) bytes[4 * i] | (guint32) bytes[4 * i + 1] << 8 |
                           (guint32) bytes[4 * i + 2] << 16 | (guint32) bytes[4 * i + 3] << 24;
      vector->first = index;
      vector->n_ahead = n;
    }

  return vector->ahead[index - vector->first];
}

/* Where an element that is a reference leads; -1 after a fault. */
static gint64
follow_element (GranaryCursor     *cursor,
                GranaryFlatVector *vector,
                gint64             index)
{
  gint64 distance = (gint64) read_element (cursor, vector, index, 4);

  return follow_distance (cursor, vector->start + 4 * index, distance);
}

/**
 * granary_flatbuffer_open_root:
 * @cursor: a file
 * @root: (out caller-allocates): its outermost table
 *
 * Returns: whether there is one; if not, the cursor's state says why
 */
gboolean
granary_flatbuffer_open_root (GranaryCursor    *cursor,
                              GranaryFlatTable *root)
{
  return granary_flatbuffer_open_at (cursor, 0, root);
}

/**
 * granary_flatbuffer_open_at:
 * @cursor: a file
 * @start: where the buffer begins in it
 * @root: (out caller-allocates): its outermost table
 *
 * Returns: whether there is one; if not, the cursor's state says why
 */
gboolean
granary_flatbuffer_open_at (GranaryCursor    *cursor,
                            gint64            start,
                            GranaryFlatTable *root)
{
  /* The beginning holds what is described, weights lie behind it: one good read of it spares many
   * small ones back and forth. */
  if (cursor->position == 0 && cursor->window_length == 0)
    cursor->fetch = ROOT_FETCH / 2;

  return open_table (cursor, follow (cursor, start), root);
}

/**
 * granary_flatbuffer_get_number:
 * @cursor: a file
 * @table: a table of it
 * @field: which field, from 0, in the order of its schema
 * @width: its bytes: 1, 2, 4 or 8
 * @fallback: what the schema says when it is not there
 *
 * Returns: the bits of the number, not extended by its sign; 0 after a fault
 */
guint64
granary_flatbuffer_get_number (GranaryCursor          *cursor,
                               const GranaryFlatTable *table,
                               guint                   field,
                               gsize                   width,
                               guint64                 fallback)
{
  gint64 position = find_field (table, field);

  return position == 0 ? fallback : read_number (cursor, position, width);
}

/**
 * granary_flatbuffer_get_text:
 * @cursor: a file
 * @table: a table of it
 * @field: which field
 * @max: how many bytes of it to keep
 *
 * Returns: (transfer full) (nullable): valid UTF-8; %NULL when it is not there or after a fault
 */
char *
granary_flatbuffer_get_text (GranaryCursor          *cursor,
                             const GranaryFlatTable *table,
                             guint                   field,
                             gsize                   max)
{
  gint64 position = find_field (table, field);

  return position == 0 ? NULL : read_text (cursor, follow (cursor, position), max);
}

/**
 * granary_flatbuffer_get_table:
 * @cursor: a file
 * @table: a table of it
 * @field: which field
 * @child: (out caller-allocates): the table it refers to
 *
 * Returns: whether it is there; if not, the cursor's state tells a fault from its absence
 */
gboolean
granary_flatbuffer_get_table (GranaryCursor          *cursor,
                              const GranaryFlatTable *table,
                              guint                   field,
                              GranaryFlatTable       *child)
{
  gint64 position = find_field (table, field);

  child->n_fields = 0;

  return position != 0 && open_table (cursor, follow (cursor, position), child);
}

/**
 * granary_flatbuffer_get_vector:
 * @cursor: a file
 * @table: a table of it
 * @field: which field
 * @width: bytes of an element; 4 for texts and tables
 * @vector: (out caller-allocates): the vector; without elements when it is not there
 *
 * Returns: whether it is there
 */
gboolean
granary_flatbuffer_get_vector (GranaryCursor          *cursor,
                               const GranaryFlatTable *table,
                               guint                   field,
                               gsize                   width,
                               GranaryFlatVector      *vector)
{
  gint64 position = find_field (table, field);

  vector->start = 0;
  vector->count = 0;
  vector->first = 0;
  vector->n_ahead = 0;

  return position != 0 && open_vector (cursor, follow (cursor, position), width, vector);
}

/**
 * granary_flatbuffer_vector_number:
 * @cursor: a file
 * @vector: a vector of numbers
 * @index: which element; one that is not there is a fault
 * @width: its bytes
 *
 * Returns: the bits of the number; 0 after a fault
 */
guint64
granary_flatbuffer_vector_number (GranaryCursor     *cursor,
                                  GranaryFlatVector *vector,
                                  gint64             index,
                                  gsize              width)
{
  return read_element (cursor, vector, index, width);
}

/**
 * granary_flatbuffer_vector_text:
 * @cursor: a file
 * @vector: a vector of texts
 * @index: which element; one that is not there is a fault
 * @max: how many bytes of it to keep
 *
 * Returns: (transfer full) (nullable): valid UTF-8; %NULL after a fault
 */
char *
granary_flatbuffer_vector_text (GranaryCursor     *cursor,
                                GranaryFlatVector *vector,
                                gint64             index,
                                gsize              max)
{
  return read_text (cursor, follow_element (cursor, vector, index), max);
}

/**
 * granary_flatbuffer_vector_table:
 * @cursor: a file
 * @vector: a vector of tables
 * @index: which element; one that is not there is a fault
 * @child: (out caller-allocates): the table
 *
 * Returns: whether it could be read
 */
gboolean
granary_flatbuffer_vector_table (GranaryCursor     *cursor,
                                 GranaryFlatVector *vector,
                                 gint64             index,
                                 GranaryFlatTable  *child)
{
  child->n_fields = 0;

  return open_table (cursor, follow_element (cursor, vector, index), child);
}
