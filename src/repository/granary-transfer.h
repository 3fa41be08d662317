/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GranaryTransferState:
 * @GRANARY_TRANSFER_QUEUED: waits for its turn
 * @GRANARY_TRANSFER_RUNNING: moves bytes
 * @GRANARY_TRANSFER_VERIFYING: reads bytes to be sure of them
 * @GRANARY_TRANSFER_FINISHING: makes them durable and commits
 * @GRANARY_TRANSFER_DONE: all there
 * @GRANARY_TRANSFER_FAILED: gave up; see the error
 * @GRANARY_TRANSFER_CANCELLED: called off by the user
 * @GRANARY_TRANSFER_PAUSED: stopped by the user, goes on when asked
 * @GRANARY_TRANSFER_RETRYING: failed for a passing reason; waits before it goes on by itself
 */
typedef enum
{
  GRANARY_TRANSFER_QUEUED,
  GRANARY_TRANSFER_RUNNING,
  GRANARY_TRANSFER_VERIFYING,
  GRANARY_TRANSFER_FINISHING,
  GRANARY_TRANSFER_DONE,
  GRANARY_TRANSFER_FAILED,
  GRANARY_TRANSFER_CANCELLED,
  GRANARY_TRANSFER_PAUSED,
  GRANARY_TRANSFER_RETRYING,
} GranaryTransferState;

/**
 * GranaryTransferKind:
 *
 * What the transfer is for; wording/ makes its title of kind and subject.
 */
typedef enum
{
  GRANARY_TRANSFER_IMPORT,
  GRANARY_TRANSFER_UPLOAD,
  GRANARY_TRANSFER_DOWNLOAD,
  GRANARY_TRANSFER_VERIFY,
  GRANARY_TRANSFER_DELETE,
  GRANARY_TRANSFER_PURGE,
  GRANARY_TRANSFER_PUBLISH,
} GranaryTransferKind;

/**
 * GranaryTransferAction:
 *
 * What may be asked of a transfer beside calling it off.
 */
typedef enum
{
  GRANARY_TRANSFER_PAUSE,
  GRANARY_TRANSFER_RESUME,
  GRANARY_TRANSFER_RETRY,
  GRANARY_TRANSFER_RAISE,
} GranaryTransferAction;

/**
 * GranaryTransferControl:
 * @can: whether that can be asked of it now
 * @perform: does it
 * @get_turn: (nullable): how many wait before it; -1 when it does not wait for a turn
 *
 * Whoever runs a transfer: tells what can be asked of it now, and does it. Main context.
 */
typedef struct
{
  gboolean (*can)      (GranaryTransferAction  action,
                        gpointer               transfer,
                        gpointer               user_data);
  void     (*perform)  (GranaryTransferAction  action,
                        gpointer               transfer,
                        gpointer               user_data);
  int      (*get_turn) (gpointer               transfer,
                        gpointer               user_data);
} GranaryTransferControl;

/**
 * GranaryTransfer:
 *
 * A long operation as seen from outside: where it stands, and the way to call it off. The worker
 * sets bytes and files from any thread without locks; properties are notified in the main context
 * of the creator at most ten times a second.
 *
 * Properties: kind, subject, state, bytes-done, bytes-total, files-done, files-total, rate (bytes a
 * second, 0 unknown), seconds-left (-1 unknown), retry-in (-1 unless retrying), target (the version
 * it is about, or 0).
 */
#define GRANARY_TYPE_TRANSFER (granary_transfer_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTransfer, granary_transfer, GRANARY, TRANSFER, GObject)

GranaryTransfer      *granary_transfer_new             (GranaryTransferKind   kind,
                                                        const char           *subject) G_GNUC_WARN_UNUSED_RESULT;
GranaryTransferKind   granary_transfer_get_kind        (GranaryTransfer      *self);
char                 *granary_transfer_dup_subject     (GranaryTransfer      *self) G_GNUC_WARN_UNUSED_RESULT;
GCancellable         *granary_transfer_get_cancellable (GranaryTransfer      *self);
GranaryTransferState  granary_transfer_get_state       (GranaryTransfer      *self);
gint64                granary_transfer_get_bytes_done  (GranaryTransfer      *self);
gint64                granary_transfer_get_bytes_total (GranaryTransfer      *self);
gint64                granary_transfer_get_files_done  (GranaryTransfer      *self);
gint64                granary_transfer_get_files_total (GranaryTransfer      *self);
double                granary_transfer_get_fraction    (GranaryTransfer      *self);
double                granary_transfer_get_rate        (GranaryTransfer      *self);
int                   granary_transfer_get_seconds_left (GranaryTransfer     *self);
const GError         *granary_transfer_get_error       (GranaryTransfer      *self);
GPtrArray            *granary_transfer_dup_warnings    (GranaryTransfer      *self) G_GNUC_WARN_UNUSED_RESULT;
gint64                granary_transfer_get_started     (GranaryTransfer      *self);
gboolean              granary_transfer_is_over         (GranaryTransfer      *self);
void                  granary_transfer_cancel          (GranaryTransfer      *self);

/* Model and version it is about (rows of the catalogue, 0 unknown), for progress in their rows. Any
 * thread; notified as "target". */
void                  granary_transfer_set_target      (GranaryTransfer      *self,
                                                        gint64                model_id,
                                                        gint64                version_id);
gint64                granary_transfer_get_model_id    (GranaryTransfer      *self);
gint64                granary_transfer_get_version_id  (GranaryTransfer      *self);
/* @control NULL takes it away; main context. */
void                  granary_transfer_set_control     (GranaryTransfer              *self,
                                                        const GranaryTransferControl *control,
                                                        gpointer                      user_data);
gboolean              granary_transfer_can             (GranaryTransfer      *self,
                                                        GranaryTransferAction action);
void                  granary_transfer_perform         (GranaryTransfer      *self,
                                                        GranaryTransferAction action);
/* How many wait before it, -1 when it does not wait for a turn, or nobody knows. Main context. */
int                   granary_transfer_get_turn        (GranaryTransfer      *self);
/* Seconds until a retrying one goes on, -1 otherwise. */
int                   granary_transfer_get_retry_in    (GranaryTransfer      *self);
void                  granary_transfer_set_retry_in    (GranaryTransfer      *self,
                                                        int                   seconds);
/* Says that it failed with @error, which may pass, and goes on by itself in @seconds. Main context. */
void                  granary_transfer_retry_later     (GranaryTransfer      *self,
                                                        const GError         *error,
                                                        int                   seconds);
/* Makes it start from the beginning, also one that was over: waits, nothing done, no error. What has
 * been done already is added again by whoever runs it. Main context. */
void                  granary_transfer_restart         (GranaryTransfer      *self);

/* From the worker; any thread. add_bytes takes a negative number for bytes that have to be sent
 * again. */
void                  granary_transfer_set_subject     (GranaryTransfer      *self,
                                                        const char           *subject);
void                  granary_transfer_set_state       (GranaryTransfer      *self,
                                                        GranaryTransferState  state);
void                  granary_transfer_set_total       (GranaryTransfer      *self,
                                                        gint64                bytes,
                                                        gint64                files);
void                  granary_transfer_add_bytes       (GranaryTransfer      *self,
                                                        gint64                bytes);
void                  granary_transfer_add_files       (GranaryTransfer      *self,
                                                        gint64                files);
void                  granary_transfer_add_warning     (GranaryTransfer      *self,
                                                        const GError         *warning);
void                  granary_transfer_finish          (GranaryTransfer      *self,
                                                        const GError         *error);

G_END_DECLS
