/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-connection.h"
#include "granary-local-store-private.h"
#include "granary-repository.h"

G_BEGIN_DECLS

/* The verbs of [iface@Repository], each straight through on a worker's thread. They report what
 * the `_finish` functions of the interface document; transfers are finished by the caller. */

GranaryVersion *granary_local_import     (GranaryLocalStore           *store,
                                          const GranaryImportRequest  *request,
                                          GranaryTransfer             *transfer,
                                          GError                     **error);
GranaryVersion *granary_local_upload     (GranaryLocalStore           *store,
                                          const GranaryUploadRequest  *request,
                                          GranaryTransfer             *transfer,
                                          GError                     **error);
GPtrArray      *granary_local_download   (GranaryLocalStore           *store,
                                          GArray                      *version_ids,
                                          const char                  *folder,
                                          GranaryTransfer             *transfer,
                                          GError                     **error);
gboolean        granary_local_edit       (GranaryLocalStore           *store,
                                          const GranaryEditRequest    *request,
                                          GError                     **error);
GStrv           granary_local_delete     (GranaryLocalStore           *store,
                                          GArray                      *model_ids,
                                          GArray                      *version_ids,
                                          GranaryTransfer             *transfer,
                                          GError                     **error);
gboolean        granary_local_restore    (GranaryLocalStore           *store,
                                          const char * const          *entries,
                                          const char                  *new_name,
                                          GError                     **error);
gint64          granary_local_purge      (GranaryLocalStore           *store,
                                          const char * const          *entries,
                                          GranaryTransfer             *transfer,
                                          GError                     **error);
GPtrArray      *granary_local_verify     (GranaryLocalStore           *store,
                                          GArray                      *version_ids,
                                          GranaryTransfer             *transfer,
                                          GError                     **error);
GPtrArray      *granary_local_check      (GranaryLocalStore           *store,
                                          gint64                       version_id,
                                          GCancellable                *cancellable,
                                          GError                     **error);

/* What the next open does with operations that a crash left. */
gboolean        granary_local_repair     (GranaryLocalStore           *store,
                                          GPtrArray                   *repairs,
                                          GError                     **error);

/* Shared by a verb and the repair of what it left. */
gboolean        granary_local_discard    (GranaryLocalStore           *store,
                                          const char                  *operation,
                                          const char                  *path,
                                          GError                     **error);
gboolean        granary_local_forget_import (GranaryWriter            *writer,
                                             const char               *operation,
                                             gint64                    model_id,
                                             gint64                    version_id,
                                             gboolean                  is_new_model,
                                             GError                  **error);
gboolean        granary_local_swap       (GranaryLocalStore           *store,
                                          const char                  *operation,
                                          const char                  *path,
                                          GError                     **error);
gboolean        granary_local_unswap     (GranaryLocalStore           *store,
                                          const char                  *operation,
                                          const char                  *path,
                                          guint64                      inode,
                                          GError                     **error);
gboolean        granary_local_finish_cut (GranaryLocalStore           *store,
                                          const char                  *detail,
                                          const char                  *model_name,
                                          int                          number,
                                          GranaryTransfer             *transfer,
                                          GError                     **error);
gboolean        granary_local_purge_tree (GranaryLocalStore           *store,
                                          const char                  *operation,
                                          const char                  *entry,
                                          gint64                      *freed,
                                          GranaryTransfer             *transfer,
                                          GError                     **error);
gboolean        granary_local_end        (GranaryLocalStore           *store,
                                          const char                  *operation,
                                          GError                     **error);

/* Details of operations. */
char           *granary_local_detail_new (const char                  *first_key,
                                          ...) G_GNUC_NULL_TERMINATED G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
