/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-cos-client.h"
#include "granary-range-reader.h"

G_BEGIN_DECLS

/**
 * GranaryCosRangeReader:
 *
 * [iface@RangeReader] over an object of COS, so that it is inspected without being downloaded. Reads
 * in blocks and keeps a few of them; an object that changes meanwhile is OBJECT_CHANGED.
 */
#define GRANARY_TYPE_COS_RANGE_READER (granary_cos_range_reader_get_type ())
G_DECLARE_FINAL_TYPE (GranaryCosRangeReader, granary_cos_range_reader, GRANARY, COS_RANGE_READER, GObject)

GranaryRangeReader *granary_cos_range_reader_new (GranaryCosClient          *client,
                                                  const GranaryObjectPlace  *place,
                                                  GCancellable              *cancellable,
                                                  GError                   **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
