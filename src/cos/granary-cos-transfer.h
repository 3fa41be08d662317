/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-cos-client.h"
#include "granary-transfer-store.h"

G_BEGIN_DECLS

/**
 * GranaryCosTransfer:
 *
 * Moves whole files: in parallel parts, resumable over crashes, CRC-64 compared with the server's.
 * Blocking: call it on a worker; it uses a pool of part threads of its own, shared by all its
 * calls, so that the number of connections is bounded whatever runs. Memory is flat whatever the
 * size.
 *
 * Progress goes to a [class@Transfer] (bytes only; totals, files and states are the caller's),
 * whose cancellable is obeyed within 200 ms. Bytes of a failed part are taken back; those of
 * finished parts stay counted when the call fails, and are counted at once by the call that goes on
 * with them, which therefore needs a transfer that counts from zero (granary_transfer_restart()).
 * Pausing is a cancellation that keeps what was sent.
 */
#define GRANARY_TYPE_COS_TRANSFER (granary_cos_transfer_get_type ())
G_DECLARE_FINAL_TYPE (GranaryCosTransfer, granary_cos_transfer, GRANARY, COS_TRANSFER, GObject)

/* @store may be NULL: then nothing is remembered over a crash. @part_size 0: by size, see §10.5 */
GranaryCosTransfer *granary_cos_transfer_new      (GranaryCosClient          *client,
                                                   GranaryTransferStore      *store,
                                                   guint                      max_parts) G_GNUC_WARN_UNUSED_RESULT;
void                granary_cos_transfer_set_part_size
                                                  (GranaryCosTransfer        *self,
                                                   gint64                     part_size);
/* @path is opened without following a link at its end; a change of size or mtime meanwhile is
 * SOURCE_CHANGED. Bytes that an earlier run had sent count as done at once. */
GranaryObject      *granary_cos_transfer_upload   (GranaryCosTransfer        *self,
                                                   const char                *path,
                                                   const GranaryObjectPlace  *place,
                                                   GranaryTransfer           *transfer,
                                                   GCancellable              *cancellable,
                                                   GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
/* Into @path, which must not exist: staged beside it (`.NAME.part`), renamed without replacing when
 * verified and synced. */
GranaryObject      *granary_cos_transfer_download (GranaryCosTransfer        *self,
                                                   const GranaryObjectPlace  *place,
                                                   const char                *path,
                                                   GranaryTransfer           *transfer,
                                                   GCancellable              *cancellable,
                                                   GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
/* By the storage itself, in parts above 5 GB. */
GranaryObject      *granary_cos_transfer_copy     (GranaryCosTransfer        *self,
                                                   const GranaryObjectPlace  *from,
                                                   const GranaryObjectPlace  *to,
                                                   GranaryTransfer           *transfer,
                                                   GCancellable              *cancellable,
                                                   GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
/* Forgets, and aborts at the server, what an upload left behind: for a transfer called off. */
gboolean            granary_cos_transfer_discard  (GranaryCosTransfer        *self,
                                                   const char                *path,
                                                   const GranaryObjectPlace  *place,
                                                   GCancellable              *cancellable,
                                                   GError                   **error);

G_END_DECLS
