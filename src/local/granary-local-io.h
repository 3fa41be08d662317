/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <sys/stat.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* Every system call by which the back end changes the disk. They fail as system calls do (-1 and
 * errno), after asking a hook that tests set to stop the process, to let a call fail, or to keep
 * a record of what a power loss would undo. */

/**
 * GranaryLocalIoCall:
 * @GRANARY_LOCAL_IO_CREATE: a new file at @path
 * @GRANARY_LOCAL_IO_WRITE: bytes into @fd
 * @GRANARY_LOCAL_IO_ATTRIBUTES: mode, time or length of @fd, or of @path
 * @GRANARY_LOCAL_IO_MAKE_FOLDER: a new folder at @path
 * @GRANARY_LOCAL_IO_LINK: another name @to_path for @path
 * @GRANARY_LOCAL_IO_RENAME: @path becomes @to_path
 * @GRANARY_LOCAL_IO_EXCHANGE: @path and @to_path change places
 * @GRANARY_LOCAL_IO_UNLINK: the name @path goes
 * @GRANARY_LOCAL_IO_REMOVE_FOLDER: the empty folder @path goes
 * @GRANARY_LOCAL_IO_SYNC_FOLDER: what changed in the folder @fd becomes durable
 * @GRANARY_LOCAL_IO_SYNC: all that was done becomes durable
 * @GRANARY_LOCAL_IO_COMMIT: the catalogue is about to commit, or just has
 */
typedef enum
{
  GRANARY_LOCAL_IO_CREATE,
  GRANARY_LOCAL_IO_WRITE,
  GRANARY_LOCAL_IO_ATTRIBUTES,
  GRANARY_LOCAL_IO_MAKE_FOLDER,
  GRANARY_LOCAL_IO_LINK,
  GRANARY_LOCAL_IO_RENAME,
  GRANARY_LOCAL_IO_EXCHANGE,
  GRANARY_LOCAL_IO_UNLINK,
  GRANARY_LOCAL_IO_REMOVE_FOLDER,
  GRANARY_LOCAL_IO_SYNC_FOLDER,
  GRANARY_LOCAL_IO_SYNC,
  GRANARY_LOCAL_IO_COMMIT,
} GranaryLocalIoCall;

/**
 * GranaryLocalIoStep:
 * @call: what is about to be done
 * @fd: folder of @path, or the file itself; -1 for none
 * @path: (nullable): relative to @fd
 * @to_fd: folder of @to_path
 * @to_path: (nullable): relative to @to_fd
 */
typedef struct
{
  GranaryLocalIoCall  call;
  int                 fd;
  const char         *path;
  int                 to_fd;
  const char         *to_path;
} GranaryLocalIoStep;

/* Returns 0 to go on, or the errno to fail with. Any thread. */
typedef int (*GranaryLocalIoHook) (const GranaryLocalIoStep *step,
                                   gpointer                  data);

void     granary_local_io_set_hook      (GranaryLocalIoHook  hook,
                                         gpointer            data);
int      granary_local_io_create        (int                 folder_fd,
                                         const char         *path);
int      granary_local_io_write         (int                 fd,
                                         const void         *data,
                                         gsize               size,
                                         goffset             offset);
gssize   granary_local_io_copy          (int                 from_fd,
                                         int                 fd,
                                         goffset             offset,
                                         gsize               size);
int      granary_local_io_clone         (int                 from_fd,
                                         int                 fd);
int      granary_local_io_set_length    (int                 fd,
                                         goffset             length);
int      granary_local_io_set_mode      (int                 folder_fd,
                                         const char         *path,
                                         mode_t              mode);
int      granary_local_io_set_attributes (int                fd,
                                          mode_t             mode,
                                          gint64             mtime);
int      granary_local_io_make_folder   (int                 folder_fd,
                                         const char         *path);
int      granary_local_io_link          (int                 fd,
                                         const char         *path,
                                         int                 to_fd,
                                         const char         *to_path);
int      granary_local_io_rename        (int                 fd,
                                         const char         *path,
                                         int                 to_fd,
                                         const char         *to_path);
/* In place of a file that is there. */
int      granary_local_io_replace       (int                 fd,
                                         const char         *path,
                                         int                 to_fd,
                                         const char         *to_path);
int      granary_local_io_exchange      (int                 fd,
                                         const char         *path,
                                         int                 to_fd,
                                         const char         *to_path);
int      granary_local_io_unlink        (int                 folder_fd,
                                         const char         *path);
int      granary_local_io_remove_folder (int                 folder_fd,
                                         const char         *path);
int      granary_local_io_sync_folder   (int                 fd);
int      granary_local_io_sync          (int                 fd);
int      granary_local_io_note_commit   (void);

G_END_DECLS
