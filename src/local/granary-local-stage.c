/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-local-stage-private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-local-digest-private.h"
#include "granary-local-io.h"
#include "granary-local-share-private.h"

/* Files up to this size are read at once, hashed and written by either of two threads; of bigger
 * ones the two threads share one file. */
#define SMALL_MAX (4 * 1024 * 1024)
#define N_THREADS 2

struct _GranaryLocalStage
{
  GranaryLocalStore *store;       /* (owned) */
  GranaryFileSet    *files;       /* (owned) */
  gboolean           is_move;
  GranaryTransfer   *transfer;    /* (owned) */
  GranaryLocalShare *share;       /* (owned): content that is stored already */

  int                folder_fd;
  dev_t              device;      /* of the repository */
  GCancellable      *cancellable; /* (owned): of this run; also set by the first failure */
  GranaryFile      **stored;      /* (owned) (array): by position, NULL when skipped */
  guint8            *is_skipped;
  guint8            *is_linked;   /* the source itself was linked */
  int                can_clone;   /* from sources on the repository's file system */
  int                next;        /* position the threads take next */

  GMutex             lock;
  GError            *error;       /* under lock: the first failure */
};

/* What one thread works with. */
typedef struct
{
  GranaryLocalStage  *stage;
  GranaryLocalDigest *digest;
  guint8             *buffer; /* (owned) (nullable): SMALL_MAX bytes */
} Lane;

/* Auxiliary functions */

static gboolean
fail_target (GranaryLocalStage  *self,
             GError            **error,
             int                 saved_errno,
             const char         *target,
             const char         *action)
{
  g_autofree char *shown = granary_display_path (target);

  /* Two names that this file system takes for one. */
  if (saved_errno == EEXIST)
    granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_PATH_DUPLICATE, shown,
                       "%s: %s exists", action, shown);
  else
    granary_set_error_from_errno (error, saved_errno, shown, action);

  return FALSE;
}

static gboolean
fail_cancelled (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "called off");
  return FALSE;
}

static gboolean
record (GranaryLocalStage  *self,
        guint               position,
        const guint8       *sha256,
        GError            **error)
{
  const GranarySourceFile *file = granary_file_set_get_file (self->files, position);
  struct stat status;

  if (fstatat (self->folder_fd, file->target, &status, AT_SYMLINK_NOFOLLOW) != 0)
    return fail_target (self, error, errno, file->target, "stat");

  self->stored[position] = granary_file_new (file->target, status.st_size, sha256,
                                             granary_local_mtime (&status), status.st_ino);
  granary_transfer_add_files (self->transfer, 1);
  return TRUE;
}

static int
create_target (GranaryLocalStage        *self,
               const GranarySourceFile  *file,
               GError                  **error)
{
  int fd = granary_local_io_create (self->folder_fd, file->target);

  if (fd < 0)
    fail_target (self, error, errno, file->target, "create");

  return fd;
}

/* The write-only counterpart of record(): what is stored is as old as its source. */
static gboolean
complete_target (GranaryLocalStage        *self,
                 const GranarySourceFile  *file,
                 int                       fd,
                 GError                  **error)
{
  if (granary_local_io_set_attributes (fd, 0444, file->mtime) != 0)
    return fail_target (self, error, errno, file->target, "set attributes");

  return TRUE;
}

/* Small files: one read, one write. */
static gboolean
stage_small (Lane                     *lane,
             guint                     position,
             const GranarySourceFile  *file,
             int                       from_fd,
             const struct stat        *status,
             GError                  **error)
{
  GranaryLocalStage *self = lane->stage;
  guint8 sha256[GRANARY_SHA256_LENGTH];
  g_autofd int fd = -1;
  gsize size = (gsize) status->st_size;
  gsize filled = 0;
  gboolean is_shared;

  if (lane->buffer == NULL)
    lane->buffer = g_malloc (SMALL_MAX);
  while (filled < size)
    {
      gssize got = pread (from_fd, lane->buffer + filled, size - filled, (off_t) filled);

      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        return granary_local_source_fail (error, got < 0 ? errno : ENODATA, file->path, "read");
      filled += (gsize) got;
    }
  if (!granary_local_source_is_unchanged (file, from_fd, status, self->is_move, error))
    return FALSE;

  granary_local_digest_update (lane->digest, lane->buffer, size);
  granary_local_digest_finish (lane->digest, sha256);
  granary_transfer_add_bytes (self->transfer, (gint64) size);

  if (!granary_local_share_take (self->share, self->folder_fd, file, sha256, self->cancellable,
                                 &is_shared, error))
    return FALSE;
  if (is_shared)
    return record (self, position, sha256, error);

  fd = create_target (self, file, error);
  if (fd < 0)
    return FALSE;
  if (granary_local_io_write (fd, lane->buffer, size, 0) != 0)
    return fail_target (self, error, errno, file->target, "write");
  if (!complete_target (self, file, fd, error) || !record (self, position, sha256, error))
    return FALSE;

  granary_local_share_offer (self->share, file, sha256);
  return TRUE;
}

/* Where the repository has a file of the same size, the content may be there already: reading it
 * once to find out is cheaper than writing it again. */
static gboolean
try_share_big (GranaryLocalStage        *self,
               guint                     position,
               const GranarySourceFile  *file,
               gboolean                 *is_shared,
               GError                  **error)
{
  guint8 sha256[GRANARY_SHA256_LENGTH];
  gboolean is_likely;

  *is_shared = FALSE;
  if (!granary_local_share_has_size (self->share, file->size, &is_likely, error))
    return FALSE;
  if (!is_likely)
    return TRUE;

  granary_transfer_set_state (self->transfer, GRANARY_TRANSFER_VERIFYING);
  if (!granary_local_source_hash (file, self->is_move, NULL, self->cancellable, sha256,
                                  error) ||
      !granary_local_share_take (self->share, self->folder_fd, file, sha256, self->cancellable,
                                 is_shared, error))
    return FALSE;
  granary_transfer_set_state (self->transfer, GRANARY_TRANSFER_RUNNING);
  if (!*is_shared)
    {
      /* The digest was claimed; whoever waits for it gets this copy. */
      granary_local_share_give_up (self->share, sha256);
      return TRUE;
    }

  granary_transfer_add_bytes (self->transfer, file->size);
  return record (self, position, sha256, error);
}

static gboolean
stage_big (GranaryLocalStage        *self,
           guint                     position,
           const GranarySourceFile  *file,
           int                       from_fd,
           const struct stat        *status,
           GError                  **error)
{
  guint8 sha256[GRANARY_SHA256_LENGTH];
  g_autofd int fd = -1;
  gboolean may_clone = status->st_dev == self->device;
  gboolean can_clone = may_clone && g_atomic_int_get (&self->can_clone);
  gboolean is_shared;
  int write_errno;
  int read_errno;

  if (!try_share_big (self, position, file, &is_shared, error))
    return FALSE;
  if (is_shared)
    return TRUE;

  fd = create_target (self, file, error);
  if (fd < 0)
    return FALSE;
  if (!granary_local_copy (from_fd, status, fd, &can_clone, self->transfer, self->cancellable,
                           sha256, &write_errno, &read_errno))
    {
      if (write_errno != 0)
        return fail_target (self, error, write_errno, file->target, "write");
      if (read_errno != 0)
        return granary_local_source_fail (error, read_errno, file->path, "read");
      return fail_cancelled (error);
    }
  if (may_clone && !can_clone)
    g_atomic_int_set (&self->can_clone, FALSE);
  if (!granary_local_source_is_unchanged (file, from_fd, status, self->is_move, error) ||
      !complete_target (self, file, fd, error) ||
      !record (self, position, sha256, error))
    return FALSE;

  granary_local_share_offer (self->share, file, sha256);
  return TRUE;
}

static gboolean
stage_copy (Lane                     *lane,
            guint                     position,
            const GranarySourceFile  *file,
            GError                  **error)
{
  struct stat status;
  g_autofd int from_fd = granary_local_source_open (file, &status, error);

  if (from_fd < 0)
    return FALSE;

  return file->size <= SMALL_MAX
         ? stage_small (lane, position, file, from_fd, &status, error)
         : stage_big (lane->stage, position, file, from_fd, &status, error);
}

/* Whether somebody has the file open for writing: such a file would go on changing inside the
 * repository after a cut. */
static gboolean
has_writer (int fd)
{
  /* Should a writer come this very moment, the signal is one that does nothing by itself. */
  if (fcntl (fd, F_SETSIG, SIGURG) != 0)
    return FALSE;
  if (fcntl (fd, F_SETLEASE, F_RDLCK) != 0)
    return errno == EAGAIN;

  fcntl (fd, F_SETLEASE, F_UNLCK);
  return FALSE;
}

/* Whether the very file can become the stored one: nothing else may be able to reach it once its
 * name is gone. */
static gboolean
can_link (GranaryLocalStage       *self,
          const GranarySourceFile *file)
{
  g_autofree char *folder = NULL;
  g_autofd int fd = -1;
  struct stat status;

  if (file->device != self->device)
    return FALSE;
  if (lstat (file->path, &status) != 0 || !S_ISREG (status.st_mode) || status.st_nlink != 1)
    return FALSE;

  folder = g_path_get_dirname (file->path);
  if (faccessat (AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) != 0)
    return FALSE;

  fd = open (file->path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
  return fd >= 0 && !has_writer (fd);
}

/* Cut: link, then hash. What cannot be linked is copied, and removed later all the same. */
static gboolean
stage_move (Lane                     *lane,
            guint                     position,
            const GranarySourceFile  *file,
            GError                  **error)
{
  GranaryLocalStage *self = lane->stage;
  guint8 sha256[GRANARY_SHA256_LENGTH];
  struct stat status;
  g_autofd int fd = -1;
  gboolean is_shared;
  int result;

  if (!can_link (self, file) ||
      granary_local_io_link (AT_FDCWD, file->path, self->folder_fd, file->target) != 0)
    return stage_copy (lane, position, file, error);

  fd = openat (self->folder_fd, file->target, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 || fstat (fd, &status) != 0)
    return granary_local_source_fail (error, errno, file->path, "open");
  if (!S_ISREG (status.st_mode) || status.st_ino != file->inode ||
      status.st_size != file->size || granary_local_mtime (&status) != file->mtime)
    return granary_local_source_fail (error, ENODATA, file->path, "open");

  result = granary_local_digest_file (fd, status.st_size,
                                      granary_local_occupied (&status) < status.st_size,
                                      self->transfer, self->cancellable, sha256);
  if (result == ECANCELED)
    return fail_cancelled (error);
  if (result != 0)
    return granary_local_source_fail (error, result, file->path, "read");
  if (!granary_local_source_is_unchanged (file, fd, &status, TRUE, error))
    return FALSE;

  /* Content that is stored already is stored once; the source keeps its own until it goes. */
  if (granary_local_io_unlink (self->folder_fd, file->target) != 0)
    return fail_target (self, error, errno, file->target, "unlink");
  if (!granary_local_share_take (self->share, self->folder_fd, file, sha256, self->cancellable,
                                 &is_shared, error))
    return FALSE;
  if (is_shared)
    return record (self, position, sha256, error);

  if (granary_local_io_link (AT_FDCWD, file->path, self->folder_fd, file->target) != 0)
    return granary_local_source_fail (error, errno, file->path, "link");
  self->is_linked[position] = TRUE;
  if (!record (self, position, sha256, error))
    return FALSE;
  if (self->stored[position]->inode != file->inode ||
      self->stored[position]->size != file->size ||
      self->stored[position]->mtime != file->mtime)
    return granary_local_source_fail (error, ENODATA, file->path, "link");

  granary_local_share_offer (self->share, file, sha256);
  return TRUE;
}

static gboolean
is_for_all_threads (GranaryLocalStage       *self,
                    const GranarySourceFile *file)
{
  return file->size <= SMALL_MAX || (self->is_move && file->device == self->device);
}

static void
note_error (GranaryLocalStage *self,
            GError            *error)
{
  g_mutex_lock (&self->lock);
  if (self->error == NULL)
    self->error = error;
  else
    g_error_free (error);
  g_mutex_unlock (&self->lock);

  /* The other thread need not go on. */
  g_cancellable_cancel (self->cancellable);
}

static void
stage_one (Lane  *lane,
           guint  position)
{
  GranaryLocalStage *self = lane->stage;
  const GranarySourceFile *file = granary_file_set_get_file (self->files, position);
  GError *error = NULL;

  if (self->is_move ? !stage_move (lane, position, file, &error)
                    : !stage_copy (lane, position, file, &error))
    note_error (self, error);
}

static gpointer
lane_thread (gpointer data)
{
  Lane *lane = data;
  GranaryLocalStage *self = lane->stage;
  guint n_files = granary_file_set_get_n_files (self->files);

  for (;;)
    {
      guint position = (guint) g_atomic_int_add (&self->next, 1);

      if (position >= n_files || g_cancellable_is_cancelled (self->cancellable))
        break;
      if (!self->is_skipped[position] &&
          is_for_all_threads (self, granary_file_set_get_file (self->files, position)))
        stage_one (lane, position);
    }

  return NULL;
}

static void
run_lanes (GranaryLocalStage *self)
{
  Lane lanes[N_THREADS] = { 0 };
  GThread *threads[N_THREADS] = { NULL };
  guint n_files = granary_file_set_get_n_files (self->files);

  for (guint i = 0; i < N_THREADS; i++)
    lanes[i] = (Lane) { self, granary_local_digest_new (), NULL };

  for (guint i = 0; i < n_files && !g_cancellable_is_cancelled (self->cancellable); i++)
    {
      if (!self->is_skipped[i] &&
          !is_for_all_threads (self, granary_file_set_get_file (self->files, i)))
        stage_one (&lanes[0], i);
    }

  for (guint i = 1; i < N_THREADS && n_files > 1; i++)
    threads[i] = g_thread_new ("granary-stage", lane_thread, &lanes[i]);
  lane_thread (&lanes[0]);
  for (guint i = 0; i < N_THREADS; i++)
    {
      if (threads[i] != NULL)
        g_thread_join (threads[i]);
      g_free (lanes[i].buffer);
      granary_local_digest_free (lanes[i].digest);
    }
}

static void
cancelled_cb (GCancellable *cancellable,
              GCancellable *run)
{
  g_cancellable_cancel (run);
}

/* Whether a reflink from the sources works, so that no room is needed. */
static gboolean
probe_clone (GranaryLocalStage *self,
             guint              position)
{
  const GranarySourceFile *file = granary_file_set_get_file (self->files, position);
  g_autofd int from_fd = open (file->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  g_autofd int fd = -1;
  gboolean works;

  if (from_fd < 0)
    return FALSE;
  fd = granary_local_io_create (self->folder_fd, file->target);
  if (fd < 0)
    return FALSE;
  works = granary_local_io_clone (from_fd, fd) == 0;
  granary_local_io_unlink (self->folder_fd, file->target);

  return works;
}

/* Room is asked for before the first byte is moved. What will surely be linked needs none; what
 * may turn out to be stored already is given the benefit of the doubt. */
static gboolean
check_room (GranaryLocalStage  *self,
            GError            **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *shown = granary_display_path (self->store->root);
  gint64 needed = 0;
  guint biggest = G_MAXUINT;
  gint64 biggest_size = 0;

  for (guint i = 0; i < granary_file_set_get_n_files (self->files); i++)
    {
      const GranarySourceFile *file = granary_file_set_get_file (self->files, i);
      struct stat status;
      gboolean is_likely;

      if (self->is_skipped[i] || (self->is_move && file->device == self->device))
        continue;
      if (!granary_local_share_has_size (self->share, file->size, &is_likely, error))
        return FALSE;
      if (is_likely)
        continue;
      if (file->size > SMALL_MAX && stat (file->path, &status) == 0)
        needed += granary_local_occupied (&status);
      else
        needed += file->size;
      if (file->size > biggest_size && file->device == self->device)
        {
          biggest = i;
          biggest_size = file->size;
        }
    }
  if (granary_local_check_room (self->folder_fd, shown, needed, &local_error))
    return TRUE;
  if (biggest != G_MAXUINT && probe_clone (self, biggest))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* Functions for the verbs */

/**
 * granary_local_stage_new:
 * @store: the repository
 * @files: what to stage
 * @is_move: whether the sources will be removed after the commit
 * @transfer: counts bytes and files, and tells when to stop
 *
 * Returns: (transfer full): a stage that has done nothing yet
 */
GranaryLocalStage *
granary_local_stage_new (GranaryLocalStore *store,
                         GranaryFileSet    *files,
                         gboolean           is_move,
                         GranaryTransfer   *transfer)
{
  GranaryLocalStage *self = g_new0 (GranaryLocalStage, 1);
  guint n_files = granary_file_set_get_n_files (files);
  struct stat status;

  self->store = granary_local_store_ref (store);
  self->files = g_object_ref (files);
  self->is_move = is_move;
  self->transfer = g_object_ref (transfer);
  self->share = granary_local_share_new (store);
  self->cancellable = g_cancellable_new ();
  self->stored = g_new0 (GranaryFile *, n_files + 1);
  self->is_skipped = g_new0 (guint8, n_files + 1);
  self->is_linked = g_new0 (guint8, n_files + 1);
  self->can_clone = TRUE;
  self->folder_fd = -1;
  if (fstat (store->root_fd, &status) == 0)
    self->device = status.st_dev;
  g_mutex_init (&self->lock);

  return self;
}

void
granary_local_stage_free (GranaryLocalStage *self)
{
  if (self == NULL)
    return;

  for (guint i = 0; i < granary_file_set_get_n_files (self->files); i++)
    g_clear_pointer (&self->stored[i], granary_file_free);
  g_free (self->stored);
  g_free (self->is_skipped);
  g_free (self->is_linked);
  g_clear_pointer (&self->share, granary_local_share_free);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->transfer);
  g_clear_object (&self->files);
  g_clear_error (&self->error);
  g_mutex_clear (&self->lock);
  g_clear_pointer (&self->store, granary_local_store_unref);
  g_free (self);
}

/* Leaves a file out. */
void
granary_local_stage_skip (GranaryLocalStage *self,
                          guint              position)
{
  self->is_skipped[position] = TRUE;
}

/**
 * granary_local_stage_run:
 * @self: a stage
 * @folder_fd: where to put the files
 * @error: return location
 *
 * Stages all files. Blocks.
 *
 * Returns: whether all are there; otherwise some may be
 */
gboolean
granary_local_stage_run (GranaryLocalStage  *self,
                         int                 folder_fd,
                         GError            **error)
{
  GCancellable *asked = granary_transfer_get_cancellable (self->transfer);
  g_autoptr (GHashTable) made = NULL;
  gulong handler;

  self->folder_fd = folder_fd;
  if (!check_room (self, error))
    return FALSE;

  made = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < granary_file_set_get_n_files (self->files); i++)
    {
      if (!self->is_skipped[i] &&
          !granary_local_make_parents (folder_fd,
                                       granary_file_set_get_file (self->files, i)->target,
                                       made, error))
        return FALSE;
    }

  granary_transfer_set_state (self->transfer, self->is_move ? GRANARY_TRANSFER_VERIFYING
                                                            : GRANARY_TRANSFER_RUNNING);
  handler = g_cancellable_connect (asked, G_CALLBACK (cancelled_cb),
                                   g_object_ref (self->cancellable), g_object_unref);
  run_lanes (self);
  g_cancellable_disconnect (asked, handler);

  if (g_cancellable_set_error_if_cancelled (asked, error))
    return FALSE;
  if (self->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return FALSE;
    }

  return TRUE;
}

/* The rows of what was staged: (transfer full) (element-type GranaryFile), sorted by path. */
GPtrArray *
granary_local_stage_list_stored (GranaryLocalStage *self)
{
  GPtrArray *stored = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_file_free);

  for (guint i = 0; i < granary_file_set_get_n_files (self->files); i++)
    {
      const GranaryFile *file = self->stored[i];

      if (file != NULL)
        g_ptr_array_add (stored, granary_file_new (file->path, file->size, file->sha256,
                                                   file->mtime, file->inode));
    }

  return stored;
}

/* Whether the stored file is the source itself, which a cut has yet to make read-only. */
gboolean
granary_local_stage_is_linked (GranaryLocalStage *self,
                               guint              position)
{
  return self->is_linked[position];
}
