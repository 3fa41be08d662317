/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-transfer-queue.h"
#include "granary-transfer-store-private.h"

G_BEGIN_DECLS

/* For the store and the queue. A job is in memory alone until it is bound to its row. */

/* One that is stored: takes facts and subject out of @row. */
GranaryTransferJob *granary_transfer_job_new_from_row (GranaryTransferStore  *store,
                                                       GranaryJobRow         *row) G_GNUC_WARN_UNUSED_RESULT;
/* Its row, 0 until it is stored. */
gint64              granary_transfer_job_get_id       (GranaryTransferJob    *self);
/* Says where it is stored. Its files are read again from there when they are needed. */
void                granary_transfer_job_bind         (GranaryTransferJob    *self,
                                                       GranaryTransferStore  *store,
                                                       gint64                 id);
/* Says that it goes on with what @row holds; takes facts and subject out of it. */
void                granary_transfer_job_adopt        (GranaryTransferJob    *self,
                                                       GranaryTransferStore  *store,
                                                       GranaryJobRow         *row);
/* Of kind, subject, facts and files: hexadecimal SHA-256. */
char               *granary_transfer_job_dup_digest   (GranaryTransferJob    *self) G_GNUC_WARN_UNUSED_RESULT;
char               *granary_transfer_job_dup_facts_text (GranaryTransferJob  *self) G_GNUC_WARN_UNUSED_RESULT;
/* (element-type GranaryTransferFile) (nullable): those in memory. */
GPtrArray          *granary_transfer_job_dup_files    (GranaryTransferJob    *self) G_GNUC_WARN_UNUSED_RESULT;
/* Before a run: reads the files of a stored one. Blocks. */
gboolean            granary_transfer_job_load_files   (GranaryTransferJob    *self,
                                                       GError               **error);
/* After a run: stores what was done; a job that waits needs no memory for its files. Blocks. */
gboolean            granary_transfer_job_unload_files (GranaryTransferJob    *self,
                                                       GError               **error);

G_END_DECLS
