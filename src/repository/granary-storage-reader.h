/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-object-storage.h"
#include "granary-range-reader.h"

G_BEGIN_DECLS

/**
 * GranaryStorageReader:
 *
 * Ranges of an object in storage, so that it can be inspected without fetching it. Blocks: worker
 * only.
 */
#define GRANARY_TYPE_STORAGE_READER (granary_storage_reader_get_type ())
G_DECLARE_FINAL_TYPE (GranaryStorageReader, granary_storage_reader, GRANARY, STORAGE_READER, GObject)

GranaryRangeReader *granary_storage_reader_new (GranaryObjectStorage     *storage,
                                                const GranaryObjectPlace *place,
                                                gint64                    size) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
