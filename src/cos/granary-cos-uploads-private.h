/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-cos-private.h"

G_BEGIN_DECLS

#define GRANARY_COS_PARTS_MAX 10000

/**
 * GranaryCosUpload:
 * @id: of the upload
 * @initiated: by the server's clock, µs since the epoch, 0 unknown
 *
 * A multipart upload under way.
 */
typedef struct
{
  char   *id;
  gint64  initiated;
} GranaryCosUpload;

void       granary_cos_upload_free         (GranaryCosUpload          *self);
GPtrArray *granary_cos_client_find_uploads (GranaryCosClient          *self,
                                            const GranaryObjectPlace  *place,
                                            gint64                    *date,
                                            GCancellable              *cancellable,
                                            GError                   **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
