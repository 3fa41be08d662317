/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-transfer-store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-names.h"

#define DATABASE_NAME "transfers.db"
#define SESSIONS_NAME "sessions"
#define LOCK_SUFFIX ".lock"

/* "GrTr", so that nobody's database is taken for ours. */
#define APPLICATION_ID 0x47725472

/*
 * The tables. Migration n brings a file from user_version n to n + 1; a released one is never
 * changed. Each part finished is a row of its own, so that telling it costs one small write.
 */
static const char *const migrations[] = {
  "CREATE TABLE jobs ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  session TEXT NOT NULL,"
  "  position INTEGER NOT NULL,"
  "  state INTEGER NOT NULL,"
  "  kind INTEGER NOT NULL,"
  "  subject TEXT,"
  "  facts TEXT NOT NULL,"
  "  digest TEXT NOT NULL,"
  "  model_id INTEGER NOT NULL DEFAULT 0,"
  "  version_id INTEGER NOT NULL DEFAULT 0,"
  "  n_files INTEGER NOT NULL DEFAULT 0,"
  "  bytes INTEGER NOT NULL DEFAULT 0,"
  "  error_code INTEGER,"
  "  error_reason INTEGER,"
  "  error_subject TEXT,"
  "  error_message TEXT,"
  "  error_from TEXT,"
  "  added INTEGER NOT NULL"
  ") STRICT;"
  "CREATE INDEX jobs_by_position ON jobs (position);"
  "CREATE INDEX jobs_by_digest ON jobs (digest);"
  "CREATE INDEX jobs_by_session ON jobs (session);"

  "CREATE TABLE job_files ("
  "  job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,"
  "  position INTEGER NOT NULL,"
  "  path BLOB NOT NULL,"
  "  target TEXT NOT NULL,"
  "  size INTEGER NOT NULL,"
  "  mtime INTEGER NOT NULL,"
  "  done INTEGER NOT NULL DEFAULT 0,"
  "  PRIMARY KEY (job_id, position)"
  ") STRICT, WITHOUT ROWID;"

  "CREATE TABLE resumes ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  is_upload INTEGER NOT NULL,"
  "  path BLOB NOT NULL,"
  "  size INTEGER NOT NULL,"
  "  mtime INTEGER NOT NULL DEFAULT 0,"
  "  device INTEGER NOT NULL DEFAULT 0,"
  "  inode INTEGER NOT NULL DEFAULT 0,"
  "  address TEXT NOT NULL,"
  "  etag TEXT,"
  "  crc64 TEXT NOT NULL DEFAULT '0',"
  "  part_size INTEGER NOT NULL,"
  "  upload_id TEXT,"
  "  session TEXT NOT NULL DEFAULT '',"
  "  touched INTEGER NOT NULL,"
  "  UNIQUE (is_upload, path, address)"
  ") STRICT;"
  "CREATE INDEX resumes_by_address ON resumes (address);"
  "CREATE INDEX resumes_by_touched ON resumes (touched);"

  "CREATE TABLE resume_parts ("
  "  resume_id INTEGER NOT NULL REFERENCES resumes (id) ON DELETE CASCADE,"
  "  number INTEGER NOT NULL,"
  "  size INTEGER NOT NULL,"
  "  etag TEXT,"
  "  crc64 TEXT NOT NULL DEFAULT '0',"
  "  PRIMARY KEY (resume_id, number)"
  ") STRICT, WITHOUT ROWID;",
};

G_DEFINE_FINAL_TYPE (GranaryTransferStore, granary_transfer_store, G_TYPE_OBJECT)

/* Sessions */

static gboolean
fail_errno (GranaryTransferStore  *self,
            int                    saved_errno,
            const char            *action,
            GError               **error)
{
  g_autofree char *shown = granary_display_path (self->folder);

  granary_set_error_from_errno (error, saved_errno, shown, action);
  return FALSE;
}

static gboolean
open_folders (GranaryTransferStore  *self,
              GError               **error)
{
  g_autofree char *sessions = g_build_filename (self->folder, SESSIONS_NAME, NULL);

  if (g_mkdir_with_parents (self->folder, 0700) != 0 ||
      (g_mkdir (sessions, 0700) != 0 && errno != EEXIST))
    return fail_errno (self, errno, "mkdir", error);

  self->sessions_fd = open (sessions, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (self->sessions_fd < 0)
    return fail_errno (self, errno, "open", error);

  return TRUE;
}

/* Takes a session name and its lock, both new. */
static gboolean
begin_session (GranaryTransferStore  *self,
               GError               **error)
{
  for (;;)
    {
      g_autofree char *session = granary_uid_new ("s");
      g_autofree char *name = g_strconcat (session, LOCK_SUFFIX, NULL);
      struct stat mine;
      struct stat there;
      int fd = openat (self->sessions_fd, name,
                       O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

      if (fd < 0)
        {
          if (errno == EEXIST)
            continue;
          return fail_errno (self, errno, "create lock", error);
        }
      if (flock (fd, LOCK_EX | LOCK_NB) != 0)
        {
          int saved_errno = errno;

          unlinkat (self->sessions_fd, name, 0);
          close (fd);
          if (saved_errno == EWOULDBLOCK)
            continue;
          return fail_errno (self, saved_errno, "flock", error);
        }

      /* Somebody who was opening at the same moment may have taken it for a dead one and away. */
      if (fstat (fd, &mine) == 0 &&
          fstatat (self->sessions_fd, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
          mine.st_ino == there.st_ino)
        {
          self->session = g_steal_pointer (&session);
          self->lock_fd = fd;
          return TRUE;
        }
      close (fd);
    }
}

/* Looks by a shared lock, so that two who look at once do not take each other for its holder. */
static gboolean
is_lock_held (GranaryTransferStore *self,
              const char           *name)
{
  g_autofd int fd = openat (self->sessions_fd, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);

  /* One that cannot be looked at counts as held: better to wait than to work on it twice. */
  if (fd < 0)
    return errno != ENOENT;

  return flock (fd, LOCK_SH | LOCK_NB) != 0;
}

/* Holds it while it goes, so that it cannot be one that is just being made. */
static void
remove_lock (GranaryTransferStore *self,
             const char           *name)
{
  g_autofd int fd = openat (self->sessions_fd, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);

  if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) == 0)
    unlinkat (self->sessions_fd, name, 0);
}

/* Takes away the locks that crashes left; a session without one is as dead. */
static void
sweep_sessions (GranaryTransferStore *self)
{
  g_autofree char *path = g_build_filename (self->folder, SESSIONS_NAME, NULL);
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  g_autofree char *mine = g_strconcat (self->session, LOCK_SUFFIX, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      if (!g_str_has_suffix (name, LOCK_SUFFIX) || g_str_equal (name, mine))
        continue;
      remove_lock (self, name);
    }
}

/* Tables */

static gboolean
fail_unusable (GranaryTransferStore  *self,
               GranaryReason          reason,
               const char            *why,
               GError               **error)
{
  g_autofree char *shown = granary_display_path (granary_database_get_path (self->database));

  granary_set_error (error, GRANARY_ERROR_UNSUPPORTED, reason, shown, "%s: %s", shown, why);
  return FALSE;
}

static gboolean
migrate (GranaryTransferStore  *self,
         GError               **error)
{
  gint64 application;
  gint64 n_objects;
  gint64 version;

  if (!granary_database_get_int (self->database, "PRAGMA application_id", &application, error) ||
      !granary_database_get_int (self->database, "SELECT count(*) FROM sqlite_schema", &n_objects,
                                 error) ||
      !granary_database_get_int (self->database, "PRAGMA user_version", &version, error))
    return FALSE;
  if (application != APPLICATION_ID && (application != 0 || n_objects != 0))
    return fail_unusable (self, GRANARY_REASON_REPOSITORY_UNUSABLE, "of another program", error);
  if (version < 0 || version > (gint64) G_N_ELEMENTS (migrations))
    return fail_unusable (self, GRANARY_REASON_CATALOG_NEWER, "of a newer version", error);

  for (guint i = (guint) version; i < G_N_ELEMENTS (migrations); i++)
    {
      g_autofree char *done = g_strdup_printf ("PRAGMA user_version = %u;"
                                               "PRAGMA application_id = %d",
                                               i + 1, APPLICATION_ID);

      if (!granary_database_exec (self->database, migrations[i], error) ||
          !granary_database_exec (self->database, done, error))
        return FALSE;
    }

  return TRUE;
}

/* GObject overrides */

static void
granary_transfer_store_finalize (GObject *object)
{
  GranaryTransferStore *self = GRANARY_TRANSFER_STORE (object);

  g_clear_pointer (&self->database, granary_database_close);
  if (self->session != NULL)
    {
      g_autofree char *name = g_strconcat (self->session, LOCK_SUFFIX, NULL);

      unlinkat (self->sessions_fd, name, 0);
    }
  g_clear_fd (&self->lock_fd, NULL);
  g_clear_fd (&self->sessions_fd, NULL);
  g_clear_pointer (&self->session, g_free);
  g_clear_pointer (&self->folder, g_free);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (granary_transfer_store_parent_class)->finalize (object);
}

static void
granary_transfer_store_class_init (GranaryTransferStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = granary_transfer_store_finalize;
}

static void
granary_transfer_store_init (GranaryTransferStore *self)
{
  g_mutex_init (&self->lock);
  self->sessions_fd = -1;
  self->lock_fd = -1;
}

/* Functions for the other files of the store */

gboolean
granary_transfer_store_begin (GranaryTransferStore  *self,
                              GError               **error)
{
  g_mutex_lock (&self->lock);
  if (granary_database_begin (self->database, error))
    return TRUE;

  g_mutex_unlock (&self->lock);
  return FALSE;
}

gboolean
granary_transfer_store_end (GranaryTransferStore  *self,
                            gboolean               success,
                            GError               **error)
{
  if (success)
    success = granary_database_commit (self->database, error);
  if (!success)
    granary_database_rollback (self->database);
  g_mutex_unlock (&self->lock);

  return success;
}

gboolean
granary_transfer_store_is_session_alive (GranaryTransferStore *self,
                                         const char           *session)
{
  g_autofree char *name = NULL;

  /* What is no name of a session cannot be one's; nor may it lead out of the folder. */
  if (session == NULL || *session == '\0' || strchr (session, '/') != NULL ||
      g_str_equal (session, self->session))
    return FALSE;

  name = g_strconcat (session, LOCK_SUFFIX, NULL);
  return is_lock_held (self, name);
}

/* Public functions */

/**
 * granary_transfer_store_open:
 * @folder: of the connection, file system encoding; made when it is not there
 * @error: return location
 *
 * Opens or makes `transfers.db` and begins a session, alive until the last reference is dropped or
 * the process ends. Blocks.
 *
 * Returns: (transfer full): a store; %NULL with %GRANARY_REASON_CATALOG_NEWER when a newer program
 *   made the file, %GRANARY_REASON_CATALOG_CORRUPT or a fault of the disk
 */
GranaryTransferStore *
granary_transfer_store_open (const char  *folder,
                             GError     **error)
{
  g_autoptr (GranaryTransferStore) self = NULL;
  g_autofree char *path = NULL;

  g_return_val_if_fail (folder != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_TRANSFER_STORE, NULL);
  self->folder = g_strdup (folder);
  path = g_build_filename (folder, DATABASE_NAME, NULL);

  if (!open_folders (self, error))
    return NULL;

  self->database = granary_database_open (path,
                                          GRANARY_DATABASE_CREATE | GRANARY_DATABASE_FULL_SYNC,
                                          error);
  if (self->database == NULL)
    return NULL;

  /* The right to write is taken first: two processes may be making the tables. */
  if (!granary_transfer_store_begin (self, error) ||
      !granary_transfer_store_end (self, migrate (self, error), error))
    return NULL;

  if (!begin_session (self, error))
    return NULL;
  sweep_sessions (self);

  return g_steal_pointer (&self);
}

/**
 * granary_transfer_store_get_session:
 * @self: a store
 *
 * Returns: (transfer none): the name under which it claims what it works on
 */
const char *
granary_transfer_store_get_session (GranaryTransferStore *self)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER_STORE (self), NULL);

  return self->session;
}
