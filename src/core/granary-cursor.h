/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-range-reader.h"

G_BEGIN_DECLS

#define GRANARY_CURSOR_MAX_WINDOW 65536

/**
 * GranaryCursorState:
 * @GRANARY_CURSOR_OK: goes on
 * @GRANARY_CURSOR_TRUNCATED: something was wanted behind the end of the file
 * @GRANARY_CURSOR_MALFORMED: the content breaks its format's rules
 * @GRANARY_CURSOR_EXHAUSTED: more was wanted than this inspection may read
 * @GRANARY_CURSOR_FAILED: the reader failed or was cancelled; see `error`
 */
typedef enum
{
  GRANARY_CURSOR_OK,
  GRANARY_CURSOR_TRUNCATED,
  GRANARY_CURSOR_MALFORMED,
  GRANARY_CURSOR_EXHAUSTED,
  GRANARY_CURSOR_FAILED,
} GranaryCursorState;

/**
 * GranaryCursor:
 *
 * A position in a file that parsers move along: buffered, with a budget of bytes to fetch. The
 * first failure sticks: every later read fails too, so that a parser may check once per loop.
 */
typedef struct
{
  GranaryRangeReader *reader;      /* (unowned) */
  GCancellable       *cancellable; /* (unowned) (nullable) */
  gint64              size;
  gint64              position;
  gint64              budget;
  GranaryCursorState  state;
  GError             *error;       /* (owned) (nullable) */

  gint64              window_start;
  gsize               window_length;
  gsize               fetch;
  guint8              window[GRANARY_CURSOR_MAX_WINDOW];
} GranaryCursor;

GranaryCursor *granary_cursor_new         (GranaryRangeReader  *reader,
                                           gint64               budget,
                                           GCancellable        *cancellable) G_GNUC_WARN_UNUSED_RESULT;
void           granary_cursor_free        (GranaryCursor       *self);
gboolean       granary_cursor_fail        (GranaryCursor       *self,
                                           GranaryCursorState   state);
gboolean       granary_cursor_seek        (GranaryCursor       *self,
                                           gint64               position);
gboolean       granary_cursor_skip        (GranaryCursor       *self,
                                           guint64              length);
gboolean       granary_cursor_peek_byte   (GranaryCursor       *self,
                                           guint8              *byte);
gboolean       granary_cursor_read_byte   (GranaryCursor       *self,
                                           guint8              *byte);
gboolean       granary_cursor_read        (GranaryCursor       *self,
                                           gpointer             buffer,
                                           gsize                length);
gboolean       granary_cursor_read_varint (GranaryCursor       *self,
                                           guint64             *value);
char          *granary_cursor_read_text   (GranaryCursor       *self,
                                           guint64              length,
                                           gsize                max) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryCursor, granary_cursor_free)

G_END_DECLS
