/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "granary-task.h"

G_BEGIN_DECLS

typedef struct _GranaryRunReader GranaryRunReader;

/**
 * GranaryRun:
 * @reader: what reads it
 * @folder: absolute path of the folder that @reader claimed
 * @key: which of the runs in @folder, "" when it is the only one; any bytes but NUL
 * @mtime: ns since the epoch: changes whenever what is shown of the run changes
 * @data: (nullable): what @reader found out while it listed, for its reading; @free_data frees it
 *
 * A run that was found but not read.
 */
typedef struct
{
  const GranaryRunReader *reader;
  char                   *folder;
  char                   *key;
  gint64                  mtime;
  gpointer                data;
  GDestroyNotify          free_data;
} GranaryRun;

/**
 * GranaryRunReader:
 * @id: part of the uids of its tasks: `mlflow`, `ultralytics`; lower case letters and digits
 * @tool: what people call it
 * @claims: whether @folder holds runs of this tool, told by the names in it (a set of file system
 *   names), and by one small file at most. A folder that is claimed is not searched further.
 * @list: appends to @runs (element-type GranaryRun) what is there; cheap: names and times, no
 *   content. Fails only when @folder itself cannot be read or it was cancelled.
 * @read: (transfer full): the row of a run. %NULL with an error only when cancelled: a run that
 *   cannot be read is a task with a problem. %NULL without an error for one that is none any more,
 *   such as one that was deleted in its tool: it is left out.
 * @load: (transfer full): the run with its outputs; an error when it cannot be read
 * @kinds: what its runs may be besides training tasks; 0 for nothing else
 * @shares: whether a folder that it claims is offered to others and searched further all the same
 *
 * A tool whose training outputs are read in place. Pure and blocking: worker only; nothing is
 * executed or unpickled, what it reads is bounded whatever the files say. A new tool is a file that
 * defines such a table, and a line in the list of granary-run.c.
 */
struct _GranaryRunReader
{
  const char          *id;
  const char          *tool;
  gboolean           (*claims) (const char          *folder,
                                GHashTable          *names);
  gboolean           (*list)   (const char          *folder,
                                GPtrArray           *runs,
                                GCancellable        *cancellable,
                                GError             **error);
  GranaryTask       *(*read)   (const GranaryRun    *run,
                                GCancellable        *cancellable,
                                GError             **error);
  GranaryTaskDetails *(*load)  (const GranaryRun    *run,
                                GCancellable        *cancellable,
                                GError             **error);
  GranaryTaskKinds     kinds;
  gboolean             shares;
};

extern const GranaryRunReader granary_mlflow_files_reader;
extern const GranaryRunReader granary_mlflow_db_reader;
extern const GranaryRunReader granary_ultralytics_reader;
extern const GranaryRunReader granary_paddleocr_reader;
extern const GranaryRunReader granary_paddledetection_reader;
extern const GranaryRunReader granary_autogluon_reader;
extern const GranaryRunReader granary_transformers_reader;

/* All of them, in the order in which a folder is offered to them; ends with NULL. */
extern const GranaryRunReader *const granary_run_readers[];

GranaryRun  *granary_run_new       (const GranaryRunReader *reader,
                                    const char             *folder,
                                    const char             *key,
                                    gint64                  mtime) G_GNUC_WARN_UNUSED_RESULT;
void         granary_run_free      (GranaryRun             *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryRun, granary_run_free)
/* `READER:FOLDER#KEY`, both escaped so that it is UTF-8 whatever the path. */
char        *granary_run_make_uid  (const GranaryRun       *self) G_GNUC_WARN_UNUSED_RESULT;
/* NULL when @uid is none of ours. Its mtime is 0. */
GranaryRun  *granary_run_parse_uid (const char             *uid) G_GNUC_WARN_UNUSED_RESULT;
/* A task with uid, tool, location and a name taken from the folder. */
GranaryTask *granary_run_make_task (const GranaryRun       *self) G_GNUC_WARN_UNUSED_RESULT;
/* At most @max bytes of a regular file below a folder; NULL with an error, also when it is larger.
 * The text may hold any bytes; a NUL is put behind it. */
char        *granary_run_read_file (const char             *path,
                                    gsize                   max,
                                    gsize                  *length,
                                    GError                **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same for what is beneath the folder @fd: links that lead out of it are not followed. */
char        *granary_run_read_at   (int                     fd,
                                    const char             *path,
                                    gsize                   max,
                                    gsize                  *length,
                                    GError                **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
