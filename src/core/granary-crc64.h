/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* CRC-64/XZ (ECMA-182 reflected), what COS sends as x-cos-hash-crc64ecma; computed by liblzma. */

guint64  granary_crc64_update  (guint64        crc,
                                const void    *data,
                                gsize          length);
/* Of A followed by B, from theirs and the length of B. */
guint64  granary_crc64_combine (guint64        crc_a,
                                guint64        crc_b,
                                guint64        length_b);
gboolean granary_crc64_parse   (const char    *text,
                                guint64       *crc);

G_END_DECLS
