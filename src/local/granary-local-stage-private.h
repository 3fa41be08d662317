/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-file-set.h"
#include "granary-local-store-private.h"

G_BEGIN_DECLS

/**
 * GranaryLocalStage:
 *
 * Puts the files of a set into a folder under `staging/`, hashed: linked where they are cut or
 * where the repository already holds the content, copied otherwise. Nothing is durable yet, and no
 * source is touched.
 */
typedef struct _GranaryLocalStage GranaryLocalStage;

GranaryLocalStage *granary_local_stage_new           (GranaryLocalStore  *store,
                                                      GranaryFileSet     *files,
                                                      gboolean            is_move,
                                                      GranaryTransfer    *transfer) G_GNUC_WARN_UNUSED_RESULT;
void               granary_local_stage_free          (GranaryLocalStage  *self);
void               granary_local_stage_skip          (GranaryLocalStage  *self,
                                                      guint               position);
gboolean           granary_local_stage_run           (GranaryLocalStage  *self,
                                                      int                 folder_fd,
                                                      GError            **error);
GPtrArray         *granary_local_stage_list_stored   (GranaryLocalStage  *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean           granary_local_stage_is_linked     (GranaryLocalStage  *self,
                                                      guint               position);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryLocalStage, granary_local_stage_free)

/* Sources, also for comparing before an upload. */
int                granary_local_source_open         (const GranarySourceFile  *file,
                                                      struct stat              *status,
                                                      GError                  **error);
gboolean           granary_local_source_is_unchanged (const GranarySourceFile  *file,
                                                      int                       fd,
                                                      const struct stat        *before,
                                                      gboolean                  is_linked,
                                                      GError                  **error);
gboolean           granary_local_source_hash         (const GranarySourceFile  *file,
                                                      gboolean                  is_linked,
                                                      GranaryTransfer          *transfer,
                                                      GCancellable             *cancellable,
                                                      guint8                   *sha256,
                                                      GError                  **error);
gboolean           granary_local_source_fail         (GError                  **error,
                                                      int                       saved_errno,
                                                      const char               *path,
                                                      const char               *action);

/* Copying one file into a new one, hashed from what arrived. */
gboolean           granary_local_copy                (int                       from_fd,
                                                      const struct stat        *status,
                                                      int                       fd,
                                                      gboolean                 *can_clone,
                                                      GranaryTransfer          *transfer,
                                                      GCancellable             *cancellable,
                                                      guint8                   *sha256,
                                                      int                      *write_errno,
                                                      int                      *read_errno);

G_END_DECLS
