/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-local-stage-private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "granary-local-digest-private.h"
#include "granary-local-io.h"

/* Between two looks at whether it was called off: 80 ms on a disk of 100 MB/s. */
#define STEP (8 * 1024 * 1024)
#define BUFFER_SIZE (1024 * 1024)

/* A file on its way: one thread moves bytes, another hashes what has arrived. Hashing the copy
 * and not the source makes the digest that of what is stored, whatever happens to the source. */
typedef struct
{
  int              from_fd;
  int              fd;
  goffset          size;
  gboolean         is_sparse;
  GranaryTransfer *transfer;
  GCancellable    *cancellable;
  guint8          *sha256;

  GMutex           lock;
  GCond            moved;
  goffset          arrived;  /* under lock */
  gboolean         is_over;  /* under lock: nothing more will arrive */
  gboolean         by_hand;  /* the kernel cannot copy between these two */
  guint8          *buffer;   /* (owned) (nullable) */
  int              write_errno;
  int              read_errno;
  int              hash_errno;
} Copy;

static void
set_arrived (Copy    *self,
             goffset  arrived,
             gboolean is_over)
{
  g_mutex_lock (&self->lock);
  self->arrived = arrived;
  self->is_over = is_over;
  g_cond_signal (&self->moved);
  g_mutex_unlock (&self->lock);
}

static gpointer
hash_thread (gpointer data)
{
  Copy *self = data;
  g_autoptr (GranaryLocalDigest) digest = granary_local_digest_new ();
  goffset hashed = 0;

  for (;;)
    {
      goffset arrived;
      gboolean is_over;

      g_mutex_lock (&self->lock);
      while (self->arrived == hashed && !self->is_over)
        g_cond_wait (&self->moved, &self->lock);
      arrived = self->arrived;
      is_over = self->is_over;
      g_mutex_unlock (&self->lock);

      if (arrived == hashed)
        break;
      self->hash_errno = granary_local_digest_range (digest, self->fd, hashed, arrived,
                                                     self->is_sparse, self->transfer,
                                                     self->cancellable);
      if (self->hash_errno != 0)
        return NULL;
      hashed = arrived;
      if (is_over)
        break;
    }
  granary_local_digest_finish (digest, self->sha256);

  return NULL;
}

/* Through memory, where the kernel cannot copy by itself: from another file system, often. */
static gssize
move_by_hand (Copy    *self,
              goffset  offset,
              gsize    size)
{
  gssize got;

  if (self->buffer == NULL)
    self->buffer = g_malloc (BUFFER_SIZE);

  do
    got = pread (self->from_fd, self->buffer, MIN (size, BUFFER_SIZE), offset);
  while (got < 0 && errno == EINTR);
  if (got < 0)
    {
      self->read_errno = errno;
      return -1;
    }
  if (got > 0 && granary_local_io_write (self->fd, self->buffer, (gsize) got, offset) != 0)
    {
      self->write_errno = errno;
      return -1;
    }

  return got;
}

static gboolean
move_range (Copy    *self,
            goffset  offset,
            goffset  end)
{
  while (offset < end)
    {
      gssize moved = -1;

      if (!self->by_hand)
        {
          moved = granary_local_io_copy (self->from_fd, self->fd, offset, (gsize) (end - offset));
          if (moved < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EIO ||
                            errno == EFBIG || errno == EROFS))
            {
              self->write_errno = errno;
              return FALSE;
            }
          /* Anything else, and the 0 that some file systems answer, is for the other way to say. */
          if (moved <= 0)
            self->by_hand = TRUE;
        }
      if (self->by_hand)
        moved = move_by_hand (self, offset, (gsize) (end - offset));
      if (moved < 0)
        return FALSE;
      if (moved == 0)
        {
          self->read_errno = ENODATA;
          return FALSE;
        }
      offset += moved;
    }

  return TRUE;
}

/* Moves [offset, end) in steps, and has the disk begin with each at once: the sync at the end then
 * finds little left to do. */
static gboolean
move_data (Copy    *self,
           goffset  offset,
           goffset  end)
{
  while (offset < end)
    {
      goffset step_end = MIN (offset + STEP, end);

      if (g_cancellable_is_cancelled (self->cancellable))
        return FALSE;
      if (!move_range (self, offset, step_end))
        return FALSE;
      sync_file_range (self->fd, offset, step_end - offset, SYNC_FILE_RANGE_WRITE);
      set_arrived (self, step_end, FALSE);
      offset = step_end;
    }

  return TRUE;
}

static gboolean
move_all (Copy *self)
{
  goffset offset = 0;

  if (!self->is_sparse)
    return move_data (self, 0, self->size);

  /* Holes are not written, so that a file that fits with them still does. */
  if (granary_local_io_set_length (self->fd, self->size) != 0)
    {
      self->write_errno = errno;
      return FALSE;
    }
  while (offset < self->size)
    {
      off_t data = lseek (self->from_fd, offset, SEEK_DATA);
      off_t hole;

      if (data < 0 && errno == ENXIO)
        data = self->size;
      else if (data < 0)
        data = offset;
      data = MIN (data, self->size);
      set_arrived (self, data, FALSE);
      if (data == self->size)
        break;

      hole = lseek (self->from_fd, data, SEEK_HOLE);
      hole = hole < 0 ? self->size : MIN (hole, self->size);
      if (!move_data (self, data, hole))
        return FALSE;
      offset = hole;
    }

  return TRUE;
}

/**
 * granary_local_copy:
 * @from_fd: what to copy
 * @status: its status
 * @fd: a new, empty file, open for reading too
 * @can_clone: (inout): whether to ask for a reflink; cleared when there is none to be had
 * @transfer: (nullable): counts the bytes
 * @cancellable: (nullable): to call it off
 * @sha256: (out): digest of what is in @fd then
 * @write_errno: (out): why writing failed, else 0
 * @read_errno: (out): why reading failed, else 0; ENODATA when the source ended early
 *
 * Copies one file, keeping its holes. Not durable.
 *
 * Returns: whether it was done; with both errno 0 it was called off
 */
gboolean
granary_local_copy (int                from_fd,
                    const struct stat *status,
                    int                fd,
                    gboolean          *can_clone,
                    GranaryTransfer   *transfer,
                    GCancellable      *cancellable,
                    guint8            *sha256,
                    int               *write_errno,
                    int               *read_errno)
{
  Copy self = {
    .from_fd = from_fd, .fd = fd, .size = status->st_size, .transfer = transfer,
    .cancellable = cancellable, .sha256 = sha256,
    .is_sparse = granary_local_occupied (status) < status->st_size,
  };
  gboolean result;

  *write_errno = *read_errno = 0;
  if (*can_clone && status->st_size > 0)
    {
      if (granary_local_io_clone (from_fd, fd) == 0)
        {
          *read_errno = granary_local_digest_file (fd, status->st_size, self.is_sparse, transfer,
                                                   cancellable, sha256);
          if (*read_errno == ECANCELED)
            *read_errno = 0;
          else if (*read_errno == 0)
            return TRUE;
          return FALSE;
        }
      if (errno == ENOSPC || errno == EDQUOT || errno == EIO)
        {
          *write_errno = errno;
          return FALSE;
        }
      *can_clone = FALSE;
    }

  g_mutex_init (&self.lock);
  g_cond_init (&self.moved);
  posix_fadvise (from_fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  {
    GThread *thread = g_thread_new ("granary-hash", hash_thread, &self);

    result = move_all (&self);
    set_arrived (&self, self.arrived, TRUE);
    g_thread_join (thread);
  }
  g_cond_clear (&self.moved);
  g_mutex_clear (&self.lock);
  g_free (self.buffer);

  *write_errno = self.write_errno;
  *read_errno = self.read_errno;
  if (result && self.hash_errno != 0)
    {
      if (self.hash_errno != ECANCELED)
        *read_errno = self.hash_errno;
      return FALSE;
    }

  return result;
}
