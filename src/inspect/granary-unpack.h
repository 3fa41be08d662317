/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-range-reader.h"

G_BEGIN_DECLS

const char *granary_unpack_find_method (const guint8        *head,
                                        gsize                length);
GBytes     *granary_unpack_head        (GranaryRangeReader  *reader,
                                        const char          *method,
                                        gsize                max,
                                        gboolean            *broken,
                                        GCancellable        *cancellable,
                                        GError             **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
