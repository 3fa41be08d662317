/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-file-set.h"
#include "granary-local-store-private.h"

G_BEGIN_DECLS

/**
 * GranaryLocalShare:
 *
 * Stores identical content once: finds it among the files of the repository, or among those being
 * staged beside it, and shares it by reflink, else by hard link. Any thread.
 */
typedef struct _GranaryLocalShare GranaryLocalShare;

GranaryLocalShare *granary_local_share_new      (GranaryLocalStore        *store) G_GNUC_WARN_UNUSED_RESULT;
void               granary_local_share_free     (GranaryLocalShare        *self);
gboolean           granary_local_share_has_size (GranaryLocalShare        *self,
                                                 gint64                    size,
                                                 gboolean                 *is_likely,
                                                 GError                  **error);
gboolean           granary_local_share_take     (GranaryLocalShare        *self,
                                                 int                       folder_fd,
                                                 const GranarySourceFile  *file,
                                                 const guint8             *sha256,
                                                 GCancellable             *cancellable,
                                                 gboolean                 *is_shared,
                                                 GError                  **error);
void               granary_local_share_offer    (GranaryLocalShare        *self,
                                                 const GranarySourceFile  *file,
                                                 const guint8             *sha256);
void               granary_local_share_give_up  (GranaryLocalShare        *self,
                                                 const guint8             *sha256);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryLocalShare, granary_local_share_free)

G_END_DECLS
