/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-database.h"
#include "granary-transfer-queue.h"

G_BEGIN_DECLS

/*
 * Shared by granary-transfer-store.c, -jobs.c and -resume.c.
 *
 * The tables are all made by the migrations in granary-transfer-store.c, those of resumes included:
 *
 *   resumes (id, is_upload, path BLOB, size, mtime, device, inode, address, etag, crc64 TEXT,
 *            part_size, upload_id, session, touched)            unique (is_upload, path, address)
 *   resume_parts (resume_id, number, size, etag, crc64 TEXT)    primary key (resume_id, number)
 *
 * A path is in the file system's encoding and therefore bound as a blob, without its final zero. A
 * CRC is decimal text, as SQLite has no unsigned 64-bit numbers. `touched` is in µs since the epoch.
 * A session of '' is nobody's; what it has may be taken over, as what a dead session has.
 */
struct _GranaryTransferStore
{
  GObject          parent_instance;

  char            *folder;      /* (owned) */
  char            *session;     /* (owned): name of this open store, and of its lock */
  int              sessions_fd; /* of the folder of locks */
  int              lock_fd;     /* held while the store lives */

  GMutex           lock;        /* of the connection; held for one transaction at a time */
  GranaryDatabase *database;    /* (owned) */
};

/* Take the store's lock and the right to write; end commits when @success, rolls back otherwise,
 * and gives the lock back in any case. Nothing is held after a begin that failed.
 *
 *   if (!granary_transfer_store_begin (self, error))
 *     return FALSE;
 *   return granary_transfer_store_end (self, change_something (self, error), error);
 */
gboolean         granary_transfer_store_begin            (GranaryTransferStore  *self,
                                                          GError               **error);
gboolean         granary_transfer_store_end              (GranaryTransferStore  *self,
                                                          gboolean               success,
                                                          GError               **error);
/* Whether another process, or another open store of this one, works under that name. Never true of
 * the store's own session and of ''. */
gboolean         granary_transfer_store_is_session_alive (GranaryTransferStore  *self,
                                                          const char            *session);

/**
 * GranaryJobState:
 * @GRANARY_JOB_WAITING: to be run, or being run
 * @GRANARY_JOB_PAUSED: stopped by the user
 * @GRANARY_JOB_FAILED: gave up; see the error
 *
 * What is stored of where a job stands. Numbers are part of the file format.
 */
typedef enum
{
  GRANARY_JOB_WAITING = 0,
  GRANARY_JOB_PAUSED = 1,
  GRANARY_JOB_FAILED = 2,
} GranaryJobState;

/**
 * GranaryJobRow:
 * @id: row
 * @state: where it stands
 * @position: order in which jobs are run
 * @kind: what it is for
 * @subject: (nullable): what it works on
 * @facts: (owned): what its runner needs and has added
 * @digest: (nullable): of all that made it when it was added; equal jobs have the same
 * @model_id: of the transfer's target
 * @version_id: of the transfer's target
 * @error: (nullable): of a failed one
 * @n_files: number of its files
 * @n_done: of these done
 * @bytes: size of its files
 * @bytes_done: size of the done ones
 *
 * A stored job without its files.
 */
typedef struct
{
  gint64               id;
  GranaryJobState      state;
  gint64               position;
  GranaryTransferKind  kind;
  char                *subject;
  JsonObject          *facts;
  char                *digest;
  gint64               model_id;
  gint64               version_id;
  GError              *error;
  gint64               n_files;
  gint64               n_done;
  gint64               bytes;
  gint64               bytes_done;
} GranaryJobRow;

void       granary_job_row_free                       (GranaryJobRow         *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryJobRow, granary_job_row_free)

/* granary-transfer-jobs.c. Each blocks, and is on the disk when it returns. */

/* Stores jobs (element-type GranaryTransferJob) in one transaction, last in order. One that equals
 * what a dead session left becomes that. */
gboolean   granary_transfer_store_add_jobs            (GranaryTransferStore  *self,
                                                       GPtrArray             *jobs,
                                                       GError               **error);
/* Claims all jobs of dead sessions. (element-type GranaryJobRow), in order */
GPtrArray *granary_transfer_store_take_jobs           (GranaryTransferStore  *self,
                                                       GError               **error) G_GNUC_WARN_UNUSED_RESULT;
/* Gives up all jobs of this session, so that anyone may take them. */
gboolean   granary_transfer_store_release_jobs        (GranaryTransferStore  *self,
                                                       GError               **error);
gboolean   granary_transfer_store_remove_jobs         (GranaryTransferStore  *self,
                                                       const gint64          *ids,
                                                       gsize                  n_ids,
                                                       GError               **error);
/* @failure: (nullable): why it is failed */
gboolean   granary_transfer_store_set_job_state       (GranaryTransferStore  *self,
                                                       gint64                 id,
                                                       GranaryJobState        state,
                                                       const GError          *failure,
                                                       GError               **error);
/* Puts a job before all others that are stored. */
gboolean   granary_transfer_store_raise_job           (GranaryTransferStore  *self,
                                                       gint64                 id,
                                                       GError               **error);
gboolean   granary_transfer_store_set_job_target      (GranaryTransferStore  *self,
                                                       gint64                 id,
                                                       gint64                 model_id,
                                                       gint64                 version_id,
                                                       GError               **error);
gboolean   granary_transfer_store_set_job_facts       (GranaryTransferStore  *self,
                                                       gint64                 id,
                                                       const char            *facts,
                                                       GError               **error);
GPtrArray *granary_transfer_store_load_job_files      (GranaryTransferStore  *self,
                                                       gint64                 id,
                                                       GError               **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean   granary_transfer_store_set_job_files       (GranaryTransferStore  *self,
                                                       gint64                 id,
                                                       GPtrArray             *files,
                                                       GError               **error);
gboolean   granary_transfer_store_set_job_files_done  (GranaryTransferStore  *self,
                                                       gint64                 id,
                                                       const guint           *positions,
                                                       gsize                  n_positions,
                                                       GError               **error);

G_END_DECLS
