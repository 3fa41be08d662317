/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-transfer-job-private.h"
#include "granary-worker.h"

G_BEGIN_DECLS

/*
 * Shared by granary-transfer-queue.c (the list and what is asked of it), -schedule.c (whose turn it
 * is, runs and retries) and -bookkeeping.c (what of it goes to the store).
 *
 * All of it belongs to the queue's main context but GranaryQueueWork, which its threads share.
 *
 *            add                      ┌── raise ──┐
 *   STORING ─────► WAITING ◄──────────┴─ WAITING  │       clear
 *                  │  ▲  ▲ └────────────┐         ▼   OVER ─────► gone
 *            turn  │  │  └ resume       │ pause       ▲
 *                  ▼  │ retry           ▼             │ done, failed for good, cancelled
 *               RUNNING ──── pause ──► PAUSED ────────┤
 *                  │  ▲ time is up                    │
 *                  └─► RETRYING ──────────────────────┘
 */
typedef enum
{
  GRANARY_ENTRY_STORING,  /* not on the disk yet */
  GRANARY_ENTRY_WAITING,
  GRANARY_ENTRY_RUNNING,
  GRANARY_ENTRY_RETRYING, /* keeps its slot: what fails for one mostly fails for all */
  GRANARY_ENTRY_PAUSED,
  GRANARY_ENTRY_ENDING,   /* over, as soon as the store knows */
  GRANARY_ENTRY_OVER,
} GranaryEntryState;

/* Why a run is being stopped. */
typedef enum
{
  GRANARY_INTENT_NONE,
  GRANARY_INTENT_PAUSE,
  GRANARY_INTENT_CANCEL,
  GRANARY_INTENT_CLOSE,
} GranaryIntent;

typedef struct
{
  GranaryTransferQueue *queue;      /* (unowned) (nullable): NULL once it is out of the queue */
  GranaryTransferJob   *job;        /* (owned) */
  GranaryTransfer      *transfer;   /* (owned) */
  GTask                *task;       /* (owned) (nullable): of add_async, until it has been answered */
  GError               *failure;    /* (owned) (nullable): to end with */
  GranaryEntryState     state;
  GranaryIntent         intent;
  GCancellable         *run;        /* (owned) (nullable): of the present run */
  guint                 n_tries;    /* failed in a row without getting further */
  gint64                reached;    /* most bytes ever done */
  gint64                retry_at;   /* monotonic */
  GSequenceIter        *place;      /* in the list */
  GSequenceIter        *turn;       /* (nullable): among those that wait */
  gulong                cancel_id;
  gboolean              has_run;    /* now or in a session before: may have left something behind */
} GranaryEntry;

GranaryEntry *granary_entry_ref   (GranaryEntry *self);
void          granary_entry_unref (GranaryEntry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryEntry, granary_entry_unref)

/* What goes on in threads, for a close that waits for them. */
typedef struct
{
  GMutex lock;
  GCond  idle;
  guint  n_active; /* under lock */
} GranaryQueueWork;

/* A runner with its data, which lives until the last run is back. */
typedef struct
{
  GranaryTransferRunner func;
  gpointer              user_data;
  GDestroyNotify        free_func;
} GranaryRunnerBox;

struct _GranaryTransferQueue
{
  GObject               parent_instance;

  GMainContext         *context;     /* (owned) */
  GranaryTransferStore *store;       /* (owned) */
  guint                 max_running;
  GranaryRunnerBox     *runner;      /* (owned) (nullable): atomic rc box */
  gboolean              is_closed;

  GSequence            *entries;     /* (owned) (element-type GranaryEntry): the list */
  GHashTable           *by_transfer; /* (owned) GranaryTransfer → GranaryEntry, both unowned */
  GSequence            *waiting;     /* (owned): those whose turn will come, in the list's order */
  GPtrArray            *busy;        /* (owned) (element-type GranaryEntry): running and retrying */
  GPtrArray            *to_store;    /* (owned) (element-type GranaryEntry): for the next transaction */
  gboolean              is_storing;
  GSource              *retry_timer; /* (owned) (nullable) */
  guint                 first_wait;  /* of a retry, in ms */
  guint                 max_tries;

  GranaryWorker        *runs;        /* (owned): a thread for each slot */
  GranaryWorker        *books;       /* (owned): one thread, so that the store is told in order */
  GranaryQueueWork     *work;        /* (owned): atomic rc box */
};

/* granary-transfer-queue.c */
void     granary_transfer_queue_append          (GranaryTransferQueue *self,
                                                 GPtrArray            *entries);
GranaryEntry *
         granary_transfer_queue_new_entry       (GranaryTransferQueue *self,
                                                 GranaryTransferJob   *job,
                                                 GranaryTransfer      *transfer) G_GNUC_WARN_UNUSED_RESULT;

/* granary-transfer-schedule.c */
void     granary_transfer_queue_schedule        (GranaryTransferQueue *self);
void     granary_transfer_queue_let_wait        (GranaryEntry         *entry);
void     granary_transfer_queue_leave_turn      (GranaryEntry         *entry);
void     granary_transfer_queue_pause_entry     (GranaryEntry         *entry);
void     granary_transfer_queue_cancel_entry    (GranaryEntry         *entry);
void     granary_transfer_queue_retry_entry     (GranaryEntry         *entry);
void     granary_transfer_queue_stop_runs       (GranaryTransferQueue *self);
/* For tests: the first wait in ms, and how often. */
void     granary_transfer_queue_set_retry       (GranaryTransferQueue *self,
                                                 guint                 first_wait,
                                                 guint                 max_tries);

/* granary-transfer-bookkeeping.c */
void     granary_transfer_queue_store_added     (GranaryTransferQueue *self);
/* Tells the store that @entry is paused, or waits again. */
void     granary_transfer_queue_store_state     (GranaryEntry         *entry,
                                                 GranaryJobState       state);
void     granary_transfer_queue_store_raised    (GranaryEntry         *entry);
void     granary_transfer_queue_store_target    (GranaryEntry         *entry);
/* Ends @entry with its failure once the store knows: cancelled ones are forgotten, others kept. */
void     granary_transfer_queue_store_end       (GranaryEntry         *entry);
/* (element-type gint64): rows to be forgotten */
void     granary_transfer_queue_forget          (GranaryTransferQueue *self,
                                                 GArray               *ids);
void     granary_transfer_queue_take            (GranaryTransferQueue *self);
void     granary_transfer_queue_release         (GranaryTransferQueue *self);
/* Around each piece of work of a thread. */
void     granary_queue_work_begin               (GranaryQueueWork     *self);
void     granary_queue_work_end                 (GranaryQueueWork     *self);
/* Whether all was done before @deadline, monotonic. */
gboolean granary_queue_work_wait                (GranaryQueueWork     *self,
                                                 gint64                deadline);

G_END_DECLS
