/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-cursor.h"

#include <string.h>

/* What is fetched after a jump. Headers lie scattered between weights: reading far ahead there
 * would fetch weights. Nearly in sequence it doubles up to the window. */
#define FIRST_FETCH 512

/**
 * granary_cursor_new:
 * @reader: the file; must outlive the cursor
 * @budget: how many bytes may be fetched in all
 * @cancellable: (nullable): stops it; must outlive the cursor
 *
 * Returns: (transfer full): a cursor at the beginning of the file
 */
GranaryCursor *
granary_cursor_new (GranaryRangeReader *reader,
                    gint64              budget,
                    GCancellable       *cancellable)
{
  GranaryCursor *self;

  g_return_val_if_fail (GRANARY_IS_RANGE_READER (reader), NULL);

  self = g_new0 (GranaryCursor, 1);
  self->reader = reader;
  self->cancellable = cancellable;
  self->size = granary_range_reader_get_size (reader);
  self->budget = budget;
  self->fetch = FIRST_FETCH;

  return self;
}

/**
 * granary_cursor_free:
 * @self: (nullable): a cursor
 */
void
granary_cursor_free (GranaryCursor *self)
{
  if (self == NULL)
    return;

  g_clear_error (&self->error);
  g_free (self);
}

/**
 * granary_cursor_fail:
 * @self: a cursor
 * @state: why
 *
 * Ends reading, unless it has ended for another reason before.
 *
 * Returns: %FALSE
 */
gboolean
granary_cursor_fail (GranaryCursor      *self,
                     GranaryCursorState  state)
{
  if (self->state == GRANARY_CURSOR_OK)
    self->state = state;

  return FALSE;
}

/* Makes sure that the byte at the position is in the window. */
static gboolean
fill (GranaryCursor *self)
{
  gint64 window_end = self->window_start + (gint64) self->window_length;
  gsize wanted;
  gssize n;

  if (self->state != GRANARY_CURSOR_OK)
    return FALSE;
  if (self->position >= self->window_start && self->position < window_end)
    return TRUE;
  if (self->position >= self->size)
    return granary_cursor_fail (self, GRANARY_CURSOR_TRUNCATED);

  if (self->position >= window_end && self->position - window_end < (gint64) self->fetch)
    self->fetch = MIN (self->fetch * 2, GRANARY_CURSOR_MAX_WINDOW);
  else
    self->fetch = FIRST_FETCH;
  wanted = (gsize) MIN ((gint64) self->fetch, self->size - self->position);
  if ((gint64) wanted > self->budget)
    return granary_cursor_fail (self, GRANARY_CURSOR_EXHAUSTED);

  n = granary_range_reader_read_at (self->reader, self->position, self->window, wanted,
                                    self->cancellable, &self->error);
  if (n < 0)
    return granary_cursor_fail (self, GRANARY_CURSOR_FAILED);
  /* Shorter than when it was opened. */
  if (n == 0)
    return granary_cursor_fail (self, GRANARY_CURSOR_TRUNCATED);

  self->budget -= n;
  self->window_start = self->position;
  self->window_length = (gsize) n;

  return TRUE;
}

/**
 * granary_cursor_seek:
 * @self: a cursor
 * @position: bytes from the beginning; the end itself is allowed
 *
 * Returns: whether it is inside the file
 */
gboolean
granary_cursor_seek (GranaryCursor *self,
                     gint64         position)
{
  if (self->state != GRANARY_CURSOR_OK)
    return FALSE;
  if (position < 0)
    return granary_cursor_fail (self, GRANARY_CURSOR_MALFORMED);
  if (position > self->size)
    return granary_cursor_fail (self, GRANARY_CURSOR_TRUNCATED);

  self->position = position;

  return TRUE;
}

/**
 * granary_cursor_skip:
 * @self: a cursor
 * @length: bytes to pass over, as a file may state them
 *
 * Returns: whether the file has that many
 */
gboolean
granary_cursor_skip (GranaryCursor *self,
                     guint64        length)
{
  if (self->state != GRANARY_CURSOR_OK)
    return FALSE;
  if (length > (guint64) (self->size - self->position))
    return granary_cursor_fail (self, GRANARY_CURSOR_TRUNCATED);

  self->position += (gint64) length;

  return TRUE;
}

/**
 * granary_cursor_peek_byte:
 * @self: a cursor
 * @byte: (out): the next byte
 *
 * Reads without moving.
 *
 * Returns: whether there was one
 */
gboolean
granary_cursor_peek_byte (GranaryCursor *self,
                          guint8        *byte)
{
  if (!fill (self))
    return FALSE;

  *byte = self->window[self->position - self->window_start];

  return TRUE;
}

/**
 * granary_cursor_read_byte:
 * @self: a cursor
 * @byte: (out): the next byte
 *
 * Returns: whether there was one
 */
gboolean
granary_cursor_read_byte (GranaryCursor *self,
                          guint8        *byte)
{
  if (!granary_cursor_peek_byte (self, byte))
    return FALSE;

  self->position++;

  return TRUE;
}

/**
 * granary_cursor_read:
 * @self: a cursor
 * @buffer: (out caller-allocates) (array length=length): where to put them
 * @length: how many
 *
 * Returns: whether there were that many
 */
gboolean
granary_cursor_read (GranaryCursor *self,
                     gpointer       buffer,
                     gsize          length)
{
  guint8 *to = buffer;

  while (length > 0)
    {
      gsize at;
      gsize n;

      if (!fill (self))
        return FALSE;
      at = (gsize) (self->position - self->window_start);
      n = MIN (length, self->window_length - at);
      memcpy (to, self->window + at, n);
      to += n;
      length -= n;
      self->position += (gint64) n;
    }

  return self->state == GRANARY_CURSOR_OK;
}

/**
 * granary_cursor_read_varint:
 * @self: a cursor
 * @value: (out): the number
 *
 * Reads a base-128 number of up to ten bytes (Protocol Buffers, "Encoding").
 *
 * Returns: whether there was one
 */
gboolean
granary_cursor_read_varint (GranaryCursor *self,
                            guint64       *value)
{
  guint64 result = 0;

  for (guint shift = 0; shift < 70; shift += 7)
    {
      guint8 byte;

      if (!granary_cursor_read_byte (self, &byte))
        return FALSE;
      if (shift == 63 && byte > 1)
        break;
      result |= (guint64) (byte & 0x7f) << shift;
      if ((byte & 0x80) == 0)
        {
          *value = result;
          return TRUE;
        }
    }

  return granary_cursor_fail (self, GRANARY_CURSOR_MALFORMED);
}

/**
 * granary_cursor_read_text:
 * @self: a cursor
 * @length: its bytes, as a file may state them
 * @max: how many of them to keep; the rest is passed over
 *
 * Reads text. What is not UTF-8 becomes U+FFFD.
 *
 * Returns: (transfer full) (nullable): valid UTF-8, or %NULL
 */
char *
granary_cursor_read_text (GranaryCursor *self,
                          guint64        length,
                          gsize          max)
{
  gsize kept = (gsize) MIN (length, (guint64) max);
  g_autofree char *raw = NULL;

  if (self->state != GRANARY_CURSOR_OK)
    return NULL;
  if (length > (guint64) (self->size - self->position))
    {
      granary_cursor_fail (self, GRANARY_CURSOR_TRUNCATED);
      return NULL;
    }

  raw = g_malloc (kept + 1);
  if (!granary_cursor_read (self, raw, kept) || !granary_cursor_skip (self, length - kept))
    return NULL;
  raw[kept] = '\0';

  return g_utf8_make_valid (raw, (gssize) strlen (raw));
}
