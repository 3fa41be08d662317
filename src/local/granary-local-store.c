/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-local-store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-local-io.h"
#include "granary-names.h"

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* Auxiliary functions */

/* Opens one of the folders of the layout, making it first. */
static int
open_part (GranaryLocalStore  *self,
           const char         *name,
           GError            **error)
{
  g_autofree char *path = g_build_filename (self->root, name, NULL);
  int fd;

  if (!self->is_read_only && granary_local_io_make_folder (self->root_fd, name) != 0 &&
      errno != EEXIST)
    {
      granary_local_fail_errno (error, errno, path, "mkdir");
      return -1;
    }

  fd = openat (self->root_fd, name, FOLDER_FLAGS);
  if (fd < 0 && (errno == ENOTDIR || errno == ELOOP))
    {
      g_autofree char *shown = granary_display_path (path);

      granary_set_error (error, GRANARY_ERROR_FILE, GRANARY_REASON_REPOSITORY_UNUSABLE, shown,
                         "%s is not a folder", shown);
    }
  else if (fd < 0)
    {
      granary_local_fail_errno (error, errno, path, "open");
    }

  return fd;
}

/* Takes a session name and its lock, both new. */
static gboolean
begin_session (GranaryLocalStore  *self,
               GError            **error)
{
  for (;;)
    {
      g_autofree char *session = granary_uid_new ("s");
      g_autofree char *name = g_strconcat (session, ".lock", NULL);
      struct stat mine;
      struct stat there;
      int fd;

      fd = openat (self->staging_fd, name,
                   O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
      if (fd < 0)
        {
          if (errno == EEXIST)
            continue;
          return granary_local_fail_errno (error, errno, self->root, "create lock");
        }
      if (flock (fd, LOCK_EX | LOCK_NB) != 0 && errno != EWOULDBLOCK)
        {
          int saved_errno = errno;

          unlinkat (self->staging_fd, name, 0);
          close (fd);
          return granary_local_fail_errno (error, saved_errno, self->root, "flock");
        }

      /* Somebody who was opening at the same moment may have taken it for a dead one. */
      if (fstat (fd, &mine) == 0 &&
          fstatat (self->staging_fd, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
          mine.st_ino == there.st_ino)
        {
          self->session = g_steal_pointer (&session);
          self->lock_fd = fd;
          return TRUE;
        }
      close (fd);
    }
}

static void
store_clear (gpointer data)
{
  GranaryLocalStore *self = data;

  if (self->session != NULL)
    {
      g_autofree char *name = g_strconcat (self->session, ".lock", NULL);

      unlinkat (self->staging_fd, name, 0);
    }
  g_clear_fd (&self->lock_fd, NULL);
  g_clear_fd (&self->trash_fd, NULL);
  g_clear_fd (&self->staging_fd, NULL);
  g_clear_fd (&self->models_fd, NULL);
  g_clear_fd (&self->root_fd, NULL);
  g_clear_object (&self->catalog);
  g_clear_pointer (&self->session, g_free);
  g_clear_pointer (&self->root, g_free);
}

typedef struct
{
  GMutex   lock;
  GCond    done;
  int      fd;
  gboolean is_done;
  int      error_number;
} SyncJob;

static void
sync_job_clear (gpointer data)
{
  SyncJob *job = data;

  g_clear_fd (&job->fd, NULL);
  g_mutex_clear (&job->lock);
  g_cond_clear (&job->done);
}

static gpointer
sync_thread (gpointer data)
{
  SyncJob *job = data;
  int error_number = granary_local_io_sync (job->fd) == 0 ? 0 : errno;

  g_mutex_lock (&job->lock);
  job->error_number = error_number;
  job->is_done = TRUE;
  g_cond_signal (&job->done);
  g_mutex_unlock (&job->lock);

  g_atomic_rc_box_release_full (job, sync_job_clear);
  return NULL;
}

static gboolean
sync_parent (GranaryLocalStore  *self,
             const char         *path,
             GError            **error)
{
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofd int fd = openat (self->root_fd, parent, FOLDER_FLAGS);

  if (fd < 0 && errno == ENOENT)
    return TRUE;
  if (fd < 0 || granary_local_io_sync_folder (fd) != 0)
    return granary_local_fail_errno (error, errno, parent, "fsync");

  return TRUE;
}

/* Functions for the verbs */

/**
 * granary_local_store_new:
 * @root: folder of the repository
 * @catalog: its catalogue, open; decides whether all is read-only
 * @error: return location
 *
 * Makes the folders that are missing and begins a session. Blocks.
 *
 * Returns: (transfer full): the store
 */
GranaryLocalStore *
granary_local_store_new (const char      *root,
                         GranaryCatalog  *catalog,
                         GError         **error)
{
  g_autoptr (GranaryLocalStore) self = g_atomic_rc_box_new0 (GranaryLocalStore);

  self->root_fd = self->models_fd = self->staging_fd = self->trash_fd = self->lock_fd = -1;
  self->root = g_strdup (root);
  self->catalog = g_object_ref (catalog);
  self->is_read_only = granary_catalog_is_read_only (catalog);

  self->root_fd = open (root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->root_fd < 0)
    {
      granary_local_fail_errno (error, errno, root, "open");
      return NULL;
    }

  self->models_fd = open_part (self, GRANARY_LOCAL_MODELS, error);
  if (self->models_fd < 0)
    return NULL;
  if (self->is_read_only)
    return g_steal_pointer (&self);

  self->staging_fd = open_part (self, GRANARY_LOCAL_STAGING, error);
  if (self->staging_fd < 0)
    return NULL;
  self->trash_fd = open_part (self, GRANARY_LOCAL_TRASH, error);
  if (self->trash_fd < 0)
    return NULL;
  if (!begin_session (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

GranaryLocalStore *
granary_local_store_ref (GranaryLocalStore *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
granary_local_store_unref (GranaryLocalStore *self)
{
  g_atomic_rc_box_release_full (self, store_clear);
}

/**
 * granary_local_store_check:
 * @self: a store
 * @for_writing: whether the verb is going to write
 * @error: return location
 *
 * What every verb asks before it touches anything.
 *
 * Returns: whether the repository is still where it was opened, and writable where that matters
 */
gboolean
granary_local_store_check (GranaryLocalStore  *self,
                           gboolean            for_writing,
                           GError            **error)
{
  if (for_writing && self->is_read_only)
    {
      g_autofree char *shown = granary_display_path (self->root);

      granary_set_error (error, GRANARY_ERROR_FILE, GRANARY_REASON_READ_ONLY, shown,
                         "%s was opened read-only", shown);
      return FALSE;
    }

  return granary_catalog_check_present (self->catalog, error);
}

/* As granary_catalog_write(), with the points before and after the commit known to tests. */
gboolean
granary_local_store_write (GranaryLocalStore  *self,
                           GranaryWriteFunc    func,
                           gpointer            data,
                           GError            **error)
{
  if (granary_local_io_note_commit () != 0)
    return granary_local_fail_errno (error, errno, granary_catalog_get_path (self->catalog),
                                     "commit");
  if (!granary_catalog_write (self->catalog, func, data, error))
    return FALSE;

  granary_local_io_note_commit ();
  return TRUE;
}

/* The name tells whose folder in `staging/` it is: what lies there without an operation belongs
 * to a session, and goes when that is dead. */
char *
granary_local_store_new_operation (GranaryLocalStore *self)
{
  return g_strdup_printf ("%s.%d", self->session, g_atomic_int_add (&self->n_operations, 1) + 1);
}

char *
granary_local_version_path (const char *model_name,
                            int         number)
{
  return number == 0 ? g_strdup_printf (GRANARY_LOCAL_MODELS "/%s", model_name)
                     : g_strdup_printf (GRANARY_LOCAL_MODELS "/%s/v%d", model_name, number);
}

char *
granary_local_store_dup_path (GranaryLocalStore *self,
                              const char        *model_name,
                              int                number,
                              const char        *path)
{
  g_autofree char *version = granary_local_version_path (model_name, number);

  return g_build_filename (self->root, version, path, NULL);
}

/**
 * granary_local_store_open_version:
 * @self: a store
 * @model_name: name of a model
 * @number: number of a version
 * @error: return location
 *
 * Opens the folder of a version, never through a link.
 *
 * Returns: a descriptor, or -1; %GRANARY_REASON_FILE_MISSING when there is no such folder
 */
int
granary_local_store_open_version (GranaryLocalStore  *self,
                                  const char         *model_name,
                                  int                 number,
                                  GError            **error)
{
  g_autofree char *name = g_strdup_printf ("v%d", number);
  g_autofree char *subject = g_strdup_printf ("%s v%d", model_name, number);
  g_autofd int model_fd = openat (self->models_fd, model_name, FOLDER_FLAGS);
  int fd = model_fd < 0 ? -1 : openat (model_fd, name, FOLDER_FLAGS);

  if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP))
    granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_FILE_MISSING, subject,
                       "no folder of %s: %s", subject, g_strerror (errno));
  else if (fd < 0)
    granary_local_fail_errno (error, errno, subject, "open");

  return fd;
}

/**
 * granary_local_store_sync:
 * @self: a store
 * @cancellable: (nullable): to stop waiting
 * @error: return location
 *
 * Makes everything durable that was written to the repository's file system. The kernel cannot be
 * interrupted in that; when called off this returns at once and lets it end by itself.
 *
 * Returns: whether all is on the disk
 */
gboolean
granary_local_store_sync (GranaryLocalStore  *self,
                          GCancellable       *cancellable,
                          GError            **error)
{
  SyncJob *job = g_atomic_rc_box_new0 (SyncJob);
  gboolean is_done;
  int error_number;

  g_mutex_init (&job->lock);
  g_cond_init (&job->done);
  job->fd = fcntl (self->root_fd, F_DUPFD_CLOEXEC, 0);
  if (job->fd < 0)
    {
      granary_local_fail_errno (error, errno, self->root, "dup");
      g_atomic_rc_box_release_full (job, sync_job_clear);
      return FALSE;
    }
  g_thread_unref (g_thread_new ("granary-sync", sync_thread, g_atomic_rc_box_acquire (job)));

  g_mutex_lock (&job->lock);
  while (!job->is_done && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait_until (&job->done, &job->lock,
                       g_get_monotonic_time () + 50 * G_TIME_SPAN_MILLISECOND);
  is_done = job->is_done;
  error_number = job->error_number;
  g_mutex_unlock (&job->lock);
  g_atomic_rc_box_release_full (job, sync_job_clear);

  if (!is_done)
    return !g_cancellable_set_error_if_cancelled (cancellable, error);
  if (error_number != 0)
    return granary_local_fail_errno (error, error_number, self->root, "syncfs");

  return TRUE;
}

/* Renames inside the repository; paths are relative to its folder. */
gboolean
granary_local_store_move (GranaryLocalStore  *self,
                          const char         *from,
                          const char         *to,
                          GError            **error)
{
  if (granary_local_io_rename (self->root_fd, from, self->root_fd, to) == 0)
    return TRUE;

  /* An empty folder, left behind or made by hand, is in nobody's way. */
  if (errno == EEXIST && granary_local_io_remove_folder (self->root_fd, to) == 0 &&
      granary_local_io_rename (self->root_fd, from, self->root_fd, to) == 0)
    return TRUE;

  if (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR)
    {
      g_autofree char *path = g_build_filename (self->root, to, NULL);
      g_autofree char *shown = granary_display_path (path);

      granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_TARGET_EXISTS, shown,
                         "%s is in the way", shown);
      return FALSE;
    }

  return granary_local_fail_errno (error, errno, to, "rename");
}

/* Makes a rename between two folders durable without waiting for all else on the disk. */
gboolean
granary_local_store_sync_parents (GranaryLocalStore  *self,
                                  const char         *from,
                                  const char         *to,
                                  GError            **error)
{
  return sync_parent (self, to, error) && sync_parent (self, from, error);
}

gboolean
granary_local_store_exists (GranaryLocalStore *self,
                            const char        *path)
{
  struct stat status;

  return fstatat (self->root_fd, path, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

/**
 * granary_local_lock_session:
 * @staging_fd: `staging/`
 * @session: name of a session
 * @is_dead: (out): whether no process holds it
 *
 * Takes the lock of a session whose process is gone.
 *
 * Returns: a descriptor that holds the lock, -1 when there is none to hold
 */
int
granary_local_lock_session (int         staging_fd,
                            const char *session,
                            gboolean   *is_dead)
{
  g_autofree char *name = g_strconcat (session, ".lock", NULL);
  int fd = openat (staging_fd, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);

  if (fd < 0)
    {
      *is_dead = errno == ENOENT;
      return -1;
    }
  if (flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      *is_dead = FALSE;
      close (fd);
      return -1;
    }

  *is_dead = TRUE;
  return fd;
}

gboolean
granary_local_fail (GError        **error,
                    GranaryError    code,
                    GranaryReason   reason,
                    const char     *path)
{
  g_autofree char *shown = NULL;

  g_return_val_if_fail (path != NULL, FALSE);

  shown = granary_display_path (path);
  granary_set_error (error, code, reason, shown, "%s (%d)", shown, (int) reason);
  return FALSE;
}

/* A failed system call on @path, tried by @action. */
gboolean
granary_local_fail_errno (GError     **error,
                          int          saved_errno,
                          const char  *path,
                          const char  *action)
{
  g_autofree char *shown = NULL;

  g_return_val_if_fail (path != NULL, FALSE);

  shown = granary_display_path (path);
  granary_set_error_from_errno (error, saved_errno, shown, action);
  return FALSE;
}
