/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-cursor.h"

G_BEGIN_DECLS

/* Reads FlatBuffers without a schema compiler: only what is asked for is fetched. Every offset is
 * checked, so that whatever a file says, a fault ends in the cursor's state. */

#define GRANARY_FLATBUFFER_MAX_FIELDS 32
#define GRANARY_FLATBUFFER_AHEAD 64

/**
 * GranaryFlatTable:
 * @position: where the table begins
 * @n_fields: how many fields its kind had when it was written, up to what is of interest
 * @fields: where each stands, from @position; 0 for one that is not there
 *
 * A table, with its list of fields already read.
 */
typedef struct
{
  gint64  position;
  guint   n_fields;
  guint16 fields[GRANARY_FLATBUFFER_MAX_FIELDS];
} GranaryFlatTable;

/**
 * GranaryFlatVector:
 * @start: where its first element is
 * @count: how many there are; all of them lie inside the file
 * @first: the first element that was read ahead
 * @n_ahead: how many were read ahead
 * @ahead: those, of a vector of 32-bit numbers or of references
 *
 * A vector; one that is not there has no elements. What its references lead to may be far away:
 * some of them are read at once, to spare going back and forth.
 */
typedef struct
{
  gint64  start;
  gint64  count;
  gint64  first;
  guint   n_ahead;
  guint32 ahead[GRANARY_FLATBUFFER_AHEAD];
} GranaryFlatVector;

gboolean  granary_flatbuffer_open_root    (GranaryCursor            *cursor,
                                           GranaryFlatTable         *root);
gboolean  granary_flatbuffer_open_at      (GranaryCursor            *cursor,
                                           gint64                    start,
                                           GranaryFlatTable         *root);
guint64   granary_flatbuffer_get_number   (GranaryCursor            *cursor,
                                           const GranaryFlatTable   *table,
                                           guint                     field,
                                           gsize                     width,
                                           guint64                   fallback);
char     *granary_flatbuffer_get_text     (GranaryCursor            *cursor,
                                           const GranaryFlatTable   *table,
                                           guint                     field,
                                           gsize                     max) G_GNUC_WARN_UNUSED_RESULT;
gboolean  granary_flatbuffer_get_table    (GranaryCursor            *cursor,
                                           const GranaryFlatTable   *table,
                                           guint                     field,
                                           GranaryFlatTable         *child);
gboolean  granary_flatbuffer_get_vector   (GranaryCursor            *cursor,
                                           const GranaryFlatTable   *table,
                                           guint                     field,
                                           gsize                     width,
                                           GranaryFlatVector        *vector);
guint64   granary_flatbuffer_vector_number
                                          (GranaryCursor            *cursor,
                                           GranaryFlatVector        *vector,
                                           gint64                    index,
                                           gsize                     width);
char     *granary_flatbuffer_vector_text  (GranaryCursor            *cursor,
                                           GranaryFlatVector        *vector,
                                           gint64                    index,
                                           gsize                     max) G_GNUC_WARN_UNUSED_RESULT;
gboolean  granary_flatbuffer_vector_table (GranaryCursor            *cursor,
                                           GranaryFlatVector        *vector,
                                           gint64                    index,
                                           GranaryFlatTable         *child);

G_END_DECLS
