/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-wire.h"

/**
 * granary_wire_next:
 * @cursor: the file
 * @end: where the message ends
 * @truncated: (inout): set when the file ends inside a field; the field is then cut there
 * @field: (inout): the field; all zero for the first one of a message
 *
 * Goes to the next field of a message. Whatever part of the last field was not read is jumped
 * over. Format: Protocol Buffers, "Encoding".
 *
 * Returns: whether there is one; if not, the cursor's state tells the end from a fault
 */
gboolean
granary_wire_next (GranaryCursor    *cursor,
                   gint64            end,
                   gboolean         *truncated,
                   GranaryWireField *field)
{
  guint64 tag;

  if (cursor->state != GRANARY_CURSOR_OK)
    return FALSE;
  if (field->end != 0 && !granary_cursor_seek (cursor, field->end))
    return FALSE;
  if (cursor->position >= end)
    return FALSE;

  if (!granary_cursor_read_varint (cursor, &tag))
    return FALSE;
  field->number = (guint) MIN (tag >> 3, G_MAXUINT);
  field->type = (guint) (tag & 7);
  field->value = 0;
  if (field->number == 0 || field->number > 0x1fffffff)
    return granary_cursor_fail (cursor, GRANARY_CURSOR_MALFORMED);

  switch (field->type)
    {
    case GRANARY_WIRE_VARINT:
      if (!granary_cursor_read_varint (cursor, &field->value))
        return FALSE;
      break;

    case GRANARY_WIRE_FIXED64:
    case GRANARY_WIRE_FIXED32:
      {
        guint8 bytes[8];
        gsize n = field->type == GRANARY_WIRE_FIXED64 ? 8 : 4;

        if (!granary_cursor_read (cursor, bytes, n))
          return FALSE;
        for (gsize i = n; i > 0; i--)
          field->value = field->value << 8 | bytes[i - 1];
      }
      break;

    case GRANARY_WIRE_BYTES:
      {
        guint64 length;

        if (!granary_cursor_read_varint (cursor, &length))
          return FALSE;
        if (cursor->position > end)
          return granary_cursor_fail (cursor, GRANARY_CURSOR_MALFORMED);
        field->start = cursor->position;
        if (length > (guint64) (end - field->start))
          {
            if (end != cursor->size)
              return granary_cursor_fail (cursor, GRANARY_CURSOR_MALFORMED);
            *truncated = TRUE;
            length = (guint64) (end - field->start);
          }
        field->end = field->start + (gint64) length;
      }
      return TRUE;

    default:
      return granary_cursor_fail (cursor, GRANARY_CURSOR_MALFORMED);
    }

  if (cursor->position > end)
    return granary_cursor_fail (cursor, GRANARY_CURSOR_MALFORMED);
  field->start = cursor->position;
  field->end = cursor->position;

  return TRUE;
}

/**
 * granary_wire_read_text:
 * @cursor: the file, at the start of @field
 * @field: a field of bytes
 * @max: how many of them to keep
 *
 * Returns: (transfer full) (nullable): valid UTF-8, or %NULL
 */
char *
granary_wire_read_text (GranaryCursor          *cursor,
                        const GranaryWireField *field,
                        gsize                   max)
{
  if (field->type != GRANARY_WIRE_BYTES)
    {
      granary_cursor_fail (cursor, GRANARY_CURSOR_MALFORMED);
      return NULL;
    }

  return granary_cursor_read_text (cursor, (guint64) (field->end - field->start), max);
}
