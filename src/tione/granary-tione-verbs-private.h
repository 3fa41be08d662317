/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-requests.h"
#include "granary-tione-place-private.h"
#include "granary-transfer-queue.h"

G_BEGIN_DECLS

/* The verbs of [iface@Repository], each straight through on a thread of its own. The long ones are
 * jobs of the queue: _prepare checks what can be checked at once and makes the job, _run is what
 * the queue runs, as often as it takes. What they answer is made of the job's facts. */

#define GRANARY_TIONE_FACT_VERB "verb"

GranaryTransferJob *granary_tione_import_prepare   (GranaryTionePlace           *place,
                                                    const GranaryImportRequest  *request,
                                                    GCancellable                *cancellable,
                                                    GError                     **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean            granary_tione_import_run       (GranaryTionePlace           *place,
                                                    GranaryTransferJob          *job,
                                                    GranaryTransfer             *transfer,
                                                    GCancellable                *cancellable,
                                                    GError                     **error);
GranaryTransferJob *granary_tione_upload_prepare   (GranaryTionePlace           *place,
                                                    const GranaryUploadRequest  *request,
                                                    GCancellable                *cancellable,
                                                    GError                     **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean            granary_tione_upload_run       (GranaryTionePlace           *place,
                                                    GranaryTransferJob          *job,
                                                    GranaryTransfer             *transfer,
                                                    GCancellable                *cancellable,
                                                    GError                     **error);
GranaryTransferJob *granary_tione_download_prepare (GranaryTionePlace           *place,
                                                    GArray                      *version_ids,
                                                    const char                  *folder,
                                                    GCancellable                *cancellable,
                                                    GError                     **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean            granary_tione_download_run     (GranaryTionePlace           *place,
                                                    GranaryTransferJob          *job,
                                                    GranaryTransfer             *transfer,
                                                    GCancellable                *cancellable,
                                                    GError                     **error);

/* The version that an import made or an upload changed, and the folders of a download. */
GranaryVersion     *granary_tione_load_result      (GranaryTionePlace           *place,
                                                    GranaryTransferJob          *job,
                                                    GError                     **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray          *granary_tione_list_folders     (GranaryTransferJob          *job) G_GNUC_WARN_UNUSED_RESULT;

GStrv               granary_tione_delete           (GranaryTionePlace           *place,
                                                    const GranaryDeleteRequest  *request,
                                                    GranaryTransfer             *transfer,
                                                    GError                     **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean            granary_tione_edit             (GranaryTionePlace           *place,
                                                    const GranaryEditRequest    *request,
                                                    GCancellable                *cancellable,
                                                    GError                     **error);
GPtrArray          *granary_tione_verify           (GranaryTionePlace           *place,
                                                    GArray                      *version_ids,
                                                    GranaryTransfer             *transfer,
                                                    GError                     **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray          *granary_tione_check            (GranaryTionePlace           *place,
                                                    gint64                       version_id,
                                                    GCancellable                *cancellable,
                                                    GError                     **error) G_GNUC_WARN_UNUSED_RESULT;

/* Brings the tags of one model to what they were and @set and @remove make of them, at the service
 * and in the mirror. What was not accepted is in @failed (element-type GError). */
gboolean            granary_tione_change_tags      (GranaryTionePlace           *place,
                                                    const GranaryModel          *model,
                                                    const GranaryTagSet         *set,
                                                    const char * const          *remove,
                                                    GPtrArray                   *failed,
                                                    GCancellable                *cancellable,
                                                    GError                     **error);

/* The runner of the queue; @user_data is a GranaryTionePlace. */
gboolean            granary_tione_run_job          (GranaryTransferJob          *job,
                                                    GranaryTransfer             *transfer,
                                                    GCancellable                *cancellable,
                                                    gpointer                     user_data,
                                                    GError                     **error);

G_END_DECLS
