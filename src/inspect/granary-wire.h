/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-cursor.h"

G_BEGIN_DECLS

/* Walks Protocol Buffers messages without a schema compiler and without copying: what a caller
 * does not look at is jumped over, never read. */

#define GRANARY_WIRE_VARINT 0
#define GRANARY_WIRE_FIXED64 1
#define GRANARY_WIRE_BYTES 2
#define GRANARY_WIRE_FIXED32 5

/**
 * GranaryWireField:
 * @number: field number
 * @type: how it is encoded
 * @value: of a varint or fixed field
 * @start: of bytes: where they begin
 * @end: where the field ends
 */
typedef struct
{
  guint   number;
  guint   type;
  guint64 value;
  gint64  start;
  gint64  end;
} GranaryWireField;

gboolean  granary_wire_next      (GranaryCursor           *cursor,
                                  gint64                   end,
                                  gboolean                *truncated,
                                  GranaryWireField        *field);
char     *granary_wire_read_text (GranaryCursor           *cursor,
                                  const GranaryWireField  *field,
                                  gsize                    max) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
