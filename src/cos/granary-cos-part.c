/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cos"

#include "config.h"

#include "granary-cos-client.h"

/**
 * granary_cos_part_new:
 * @number: 1 … 10000
 * @size: bytes
 * @etag: (nullable): as the server gave it
 * @crc64: CRC-64 of the part
 *
 * Returns: (transfer full): a part of a multipart upload
 */
GranaryCosPart *
granary_cos_part_new (int         number,
                      gint64      size,
                      const char *etag,
                      guint64     crc64)
{
  GranaryCosPart *self = g_new0 (GranaryCosPart, 1);

  self->number = number;
  self->size = size;
  self->etag = g_strdup (etag);
  self->crc64 = crc64;

  return self;
}

void
granary_cos_part_free (GranaryCosPart *self)
{
  if (self == NULL)
    return;

  g_free (self->etag);
  g_free (self);
}
