/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-fault.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-local-io.h"

/* One change that is not known to be durable. Folders are held open, so that a change can be undone
 * whatever became of the names above it. */
typedef struct
{
  GranaryLocalIoCall  call;
  int                 folder_fd;
  char               *name;
  int                 to_folder_fd;
  char               *to_name;
  char               *kept;          /* (nullable): name in the side folder */
  gboolean            is_synced;
  gboolean            is_to_synced;
} Change;

static GMutex lock;
static GranaryFaultKind kind;
static guint calls_left;
static gboolean has_happened;
static gboolean without_exchange;
static int side_fd = -1;
static guint n_kept;
static GPtrArray *changes;
static GArray *written;
static guint sync_covers;
static guint sync_covers_written;

/* Auxiliary functions */

static void
change_free (gpointer data)
{
  Change *change = data;

  if (change->folder_fd >= 0)
    close (change->folder_fd);
  if (change->to_folder_fd >= 0)
    close (change->to_folder_fd);
  g_free (change->name);
  g_free (change->to_name);
  g_free (change->kept);
  g_free (change);
}

static int
open_parent (int          fd,
             const char  *path,
             char       **name)
{
  g_autofree char *parent = g_path_get_dirname (path);

  *name = g_path_get_basename (path);
  return openat (fd, parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static void
record (const GranaryLocalIoStep *step)
{
  Change *change;

  if (step->call == GRANARY_LOCAL_IO_WRITE)
    {
      int fd = fcntl (step->fd, F_DUPFD_CLOEXEC, 0);

      g_array_append_val (written, fd);
      return;
    }
  if (step->path == NULL || step->call == GRANARY_LOCAL_IO_ATTRIBUTES)
    return;

  change = g_new0 (Change, 1);
  change->call = step->call;
  change->folder_fd = open_parent (step->fd, step->path, &change->name);
  change->to_folder_fd = -1;
  if (step->to_path != NULL)
    change->to_folder_fd = open_parent (step->to_fd, step->to_path, &change->to_name);
  if (step->call == GRANARY_LOCAL_IO_UNLINK && side_fd >= 0)
    {
      change->kept = g_strdup_printf ("%u", n_kept++);
      if (linkat (change->folder_fd, change->name, side_fd, change->kept, 0) != 0)
        g_clear_pointer (&change->kept, g_free);
    }
  g_ptr_array_add (changes, change);
}

static gboolean
is_same_folder (int a,
                int b)
{
  struct stat left;
  struct stat right;

  return a >= 0 && fstat (a, &left) == 0 && fstat (b, &right) == 0 &&
         left.st_ino == right.st_ino && left.st_dev == right.st_dev;
}

/* A synced folder keeps the names in it. A rename is safe once both its ends are. */
static void
note_synced_folder (int fd)
{
  for (guint i = changes->len; i > 0; i--)
    {
      Change *change = g_ptr_array_index (changes, i - 1);

      change->is_synced |= is_same_folder (change->folder_fd, fd);
      change->is_to_synced |= change->to_folder_fd < 0 ||
                              is_same_folder (change->to_folder_fd, fd);
      if (change->call == GRANARY_LOCAL_IO_LINK)
        change->is_synced = change->is_to_synced;
      if (change->is_synced && change->is_to_synced)
        g_ptr_array_remove_index (changes, i - 1);
    }
}

/* Errors mean that the change had not happened yet. */
static void
undo (const Change *change)
{
  switch (change->call)
    {
    case GRANARY_LOCAL_IO_CREATE:
      unlinkat (change->folder_fd, change->name, 0);
      break;

    case GRANARY_LOCAL_IO_MAKE_FOLDER:
      unlinkat (change->folder_fd, change->name, AT_REMOVEDIR);
      break;

    case GRANARY_LOCAL_IO_LINK:
      unlinkat (change->to_folder_fd, change->to_name, 0);
      break;

    case GRANARY_LOCAL_IO_RENAME:
      renameat2 (change->to_folder_fd, change->to_name, change->folder_fd, change->name,
                 RENAME_NOREPLACE);
      break;

    case GRANARY_LOCAL_IO_EXCHANGE:
      renameat2 (change->folder_fd, change->name, change->to_folder_fd, change->to_name,
                 RENAME_EXCHANGE);
      break;

    case GRANARY_LOCAL_IO_UNLINK:
      if (change->kept != NULL)
        renameat2 (side_fd, change->kept, change->folder_fd, change->name, RENAME_NOREPLACE);
      break;

    case GRANARY_LOCAL_IO_REMOVE_FOLDER:
      mkdirat (change->folder_fd, change->name, 0755);
      break;

    case GRANARY_LOCAL_IO_WRITE:
    case GRANARY_LOCAL_IO_ATTRIBUTES:
    case GRANARY_LOCAL_IO_SYNC_FOLDER:
    case GRANARY_LOCAL_IO_SYNC:
    case GRANARY_LOCAL_IO_COMMIT:
    default:
      break;
    }
}

/* The fault strikes before the last change recorded, which was only about to happen. */
static void
lose_power (void)
{
  if (kind == GRANARY_FAULT_LOSE_NAMES)
    {
      for (guint i = changes->len; i > 0; i--)
        undo (g_ptr_array_index (changes, i - 1));
    }
  for (guint i = 0; i < written->len; i++)
    {
      if (ftruncate (g_array_index (written, int, i), 0) != 0)
        abort ();
    }

  _exit (GRANARY_FAULT_EXIT);
}

static void
forget_synced (void)
{
  for (guint i = 0; i < sync_covers_written; i++)
    close (g_array_index (written, int, i));
  if (sync_covers_written > 0)
    g_array_remove_range (written, 0, sync_covers_written);
  if (sync_covers > 0)
    g_ptr_array_remove_range (changes, 0, sync_covers);
  sync_covers = sync_covers_written = 0;
}

static int
fault_hook (const GranaryLocalIoStep *step,
            gpointer                  data)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  /* That another call is made means that the sync before it came to its end. */
  forget_synced ();

  if (calls_left > 0 && --calls_left == 0)
    {
      has_happened = TRUE;
      switch (kind)
        {
        case GRANARY_FAULT_KILL:
          kill (getpid (), SIGKILL);
          for (;;)
            pause ();

        case GRANARY_FAULT_LOSE_NAMES:
        case GRANARY_FAULT_LOSE_DATA:
          lose_power ();
          break;

        case GRANARY_FAULT_NO_SPACE:
          return ENOSPC;

        case GRANARY_FAULT_IO:
          return EIO;

        case GRANARY_FAULT_NONE:
        default:
          break;
        }
    }
  if (without_exchange && step->call == GRANARY_LOCAL_IO_EXCHANGE)
    return EINVAL;

  if (kind == GRANARY_FAULT_LOSE_NAMES || kind == GRANARY_FAULT_LOSE_DATA)
    {
      if (step->call == GRANARY_LOCAL_IO_SYNC)
        {
          sync_covers = changes->len;
          sync_covers_written = written->len;
        }
      else if (step->call == GRANARY_LOCAL_IO_SYNC_FOLDER)
        {
          note_synced_folder (step->fd);
        }
      else
        {
          record (step);
        }
    }

  return 0;
}

/* Functions for tests */

void
granary_fault_arm (GranaryFaultKind  what,
                   guint             at,
                   const char       *side,
                   gboolean          no_exchange)
{
  kind = what;
  calls_left = at;
  has_happened = FALSE;
  without_exchange = no_exchange;
  g_clear_pointer (&changes, g_ptr_array_unref);
  g_clear_pointer (&written, g_array_unref);
  changes = g_ptr_array_new_with_free_func (change_free);
  written = g_array_new (FALSE, FALSE, sizeof (int));
  if (side != NULL)
    side_fd = open (side, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  granary_local_io_set_hook (fault_hook, NULL);
}

gboolean
granary_fault_disarm (void)
{
  granary_local_io_set_hook (NULL, NULL);
  g_clear_pointer (&changes, g_ptr_array_unref);
  g_clear_pointer (&written, g_array_unref);
  kind = GRANARY_FAULT_NONE;

  return has_happened;
}
