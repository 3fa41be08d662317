/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-range-reader.h"

G_BEGIN_DECLS

/**
 * GranaryMemoryReader:
 *
 * Ranges of bytes that are already here: a text being edited, a member of an archive, a test.
 */
#define GRANARY_TYPE_MEMORY_READER (granary_memory_reader_get_type ())
G_DECLARE_FINAL_TYPE (GranaryMemoryReader, granary_memory_reader, GRANARY, MEMORY_READER, GObject)

GranaryRangeReader *granary_memory_reader_new (GBytes *bytes) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
