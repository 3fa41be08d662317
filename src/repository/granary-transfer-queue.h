/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-transfer-store.h"
#include "granary-transfer.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * GranaryTransferFile:
 * @path: on this computer, absolute, file system encoding
 * @target: where it goes, or comes from: relative, UTF-8, `/` between parts
 * @size: bytes when it was queued
 * @mtime: ns since the epoch when it was queued, 0 for downloads
 * @done: moved and verified
 */
typedef struct
{
  char     *path;
  char     *target;
  gint64    size;
  gint64    mtime;
  gboolean  done;
} GranaryTransferFile;

GranaryTransferFile *granary_transfer_file_new  (const char          *path,
                                                 const char          *target,
                                                 gint64               size,
                                                 gint64               mtime) G_GNUC_WARN_UNUSED_RESULT;
void                 granary_transfer_file_free (GranaryTransferFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryTransferFile, granary_transfer_file_free)

/**
 * GranaryTransferJob:
 *
 * A stored piece of work: kind, subject, facts that its runner needs and adds to, and files. What
 * is set through it is on the disk when the setter returns. Thread-safe.
 */
#define GRANARY_TYPE_TRANSFER_JOB (granary_transfer_job_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTransferJob, granary_transfer_job, GRANARY, TRANSFER_JOB, GObject)

/* @facts: (transfer full): never holds a secret. @files: (element-type GranaryTransferFile) (transfer
 * full) (nullable) */
GranaryTransferJob  *granary_transfer_job_new           (GranaryTransferKind   kind,
                                                         const char           *subject,
                                                         JsonObject           *facts,
                                                         GPtrArray            *files) G_GNUC_WARN_UNUSED_RESULT;
GranaryTransferKind  granary_transfer_job_get_kind      (GranaryTransferJob   *self);
const char          *granary_transfer_job_get_subject   (GranaryTransferJob   *self);
/* A copy. */
JsonNode            *granary_transfer_job_dup_facts     (GranaryTransferJob   *self) G_GNUC_WARN_UNUSED_RESULT;
char                *granary_transfer_job_dup_fact      (GranaryTransferJob   *self,
                                                         const char           *name) G_GNUC_WARN_UNUSED_RESULT;
gboolean             granary_transfer_job_set_fact      (GranaryTransferJob   *self,
                                                         const char           *name,
                                                         const char           *value,
                                                         GError              **error);
guint                granary_transfer_job_get_n_files   (GranaryTransferJob   *self);
/* A copy. */
GranaryTransferFile *granary_transfer_job_dup_file      (GranaryTransferJob   *self,
                                                         guint                 position) G_GNUC_WARN_UNUSED_RESULT;
gboolean             granary_transfer_job_set_file_done (GranaryTransferJob   *self,
                                                         guint                 position,
                                                         GError              **error);
gboolean             granary_transfer_job_set_files     (GranaryTransferJob   *self,
                                                         GPtrArray            *files,
                                                         GError              **error);

/**
 * GranaryTransferRunner:
 * @job: what to do
 * @transfer: where to tell how it goes; the queue sets its final state
 * @cancellable: cancelled by cancel, pause and quit; stop within 200 ms then, keeping what was done
 * @user_data: of granary_transfer_queue_set_runner()
 * @error: return location
 *
 * Does a job, blocking, on a thread of the queue. It is called again with the same job after a
 * pause, a retry, a crash or a restart, and goes on from the facts and files that it stored; the
 * counts of @transfer are at nothing each time, and what is done already is added to them again.
 *
 * The cancellable of @transfer itself is cancelled only when the user calls the job off for good. A
 * job that has run before and is called off while it does not run is run once more, with
 * @cancellable cancelled from the start, so that what it left elsewhere can be taken away.
 */
typedef gboolean (*GranaryTransferRunner) (GranaryTransferJob  *job,
                                           GranaryTransfer     *transfer,
                                           GCancellable        *cancellable,
                                           gpointer             user_data,
                                           GError             **error);

/**
 * GranaryTransferQueue:
 *
 * A #GListModel of [class@Transfer], in the order in which they will run; finished ones stay until
 * they are cleared. Belongs to the main context of its maker. Runs at most `max-running` jobs at a
 * time. A failure that may pass (NETWORK, BACKEND busy) is tried again by itself after a growing
 * wait, shown as retrying; then the job stays, failed, and can be retried by hand. Jobs of a process
 * that died are taken over by the next queue that restores; one added with the same kind, subject,
 * facts and files as such a job goes on with it.
 */
#define GRANARY_TYPE_TRANSFER_QUEUE (granary_transfer_queue_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTransferQueue, granary_transfer_queue, GRANARY, TRANSFER_QUEUE, GObject)

GranaryTransferQueue *granary_transfer_queue_new        (GranaryTransferStore   *store,
                                                         guint                   max_running) G_GNUC_WARN_UNUSED_RESULT;
void                  granary_transfer_queue_set_runner (GranaryTransferQueue   *self,
                                                         GranaryTransferRunner   runner,
                                                         gpointer                user_data,
                                                         GDestroyNotify          free_func);
/* Stores the job and runs it when its turn comes. The callback comes when it is over: done, failed
 * for good (the job is kept and may be retried by the user), or cancelled (forgotten). */
void                  granary_transfer_queue_add_async  (GranaryTransferQueue   *self,
                                                         GranaryTransferJob     *job,
                                                         GranaryTransfer        *transfer,
                                                         GAsyncReadyCallback     callback,
                                                         gpointer                user_data);
GranaryTransferJob   *granary_transfer_queue_add_finish (GranaryTransferQueue   *self,
                                                         GAsyncResult           *result,
                                                         GError                **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes over what dead sessions left, and starts it. For the window; the command line does not. */
void                  granary_transfer_queue_restore    (GranaryTransferQueue   *self);
gboolean              granary_transfer_queue_is_running (GranaryTransferQueue   *self);
gboolean              granary_transfer_queue_has        (GranaryTransferQueue   *self,
                                                         GranaryTransfer        *transfer);
/* Puts @transfer before all that waits. */
void                  granary_transfer_queue_raise      (GranaryTransferQueue   *self,
                                                         GranaryTransfer        *transfer);
void                  granary_transfer_queue_clear_over (GranaryTransferQueue   *self);
/* Stops all, keeping what was done, for the next start; waits for the threads, at most 2 s. */
void                  granary_transfer_queue_close      (GranaryTransferQueue   *self);

G_END_DECLS
