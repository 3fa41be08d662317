/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-transfer.h"
#include "granary-version.h"

G_BEGIN_DECLS

/* SHA-256 of what lies in files. libcrypto's, which uses the processor's instructions for it;
 * GChecksum is several times slower. */

typedef struct _GranaryLocalDigest GranaryLocalDigest;

GranaryLocalDigest *granary_local_digest_new    (void) G_GNUC_WARN_UNUSED_RESULT;
void                granary_local_digest_reset  (GranaryLocalDigest  *self);
void                granary_local_digest_free   (GranaryLocalDigest  *self);
void                granary_local_digest_update (GranaryLocalDigest  *self,
                                                 gconstpointer        data,
                                                 gsize                size);
int                 granary_local_digest_range  (GranaryLocalDigest  *self,
                                                 int                  fd,
                                                 goffset              offset,
                                                 goffset              end,
                                                 gboolean             is_sparse,
                                                 GranaryTransfer     *transfer,
                                                 GCancellable        *cancellable);
void                granary_local_digest_finish (GranaryLocalDigest  *self,
                                                 guint8              *sha256);
int                 granary_local_digest_file   (int                  fd,
                                                 goffset              size,
                                                 gboolean             is_sparse,
                                                 GranaryTransfer     *transfer,
                                                 GCancellable        *cancellable,
                                                 guint8              *sha256);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryLocalDigest, granary_local_digest_free)

G_END_DECLS
