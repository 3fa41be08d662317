/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-database.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "granary-error.h"

#define BUSY_TIMEOUT_MS 5000
#define FOREIGN_BUSY_TIMEOUT_MS 500
/* No text of another program is longer, unless it is meant to fill the memory. */
#define FOREIGN_MAX_LENGTH (64 * 1024 * 1024)
#define CANCEL_CHECK_STEPS 4000

/* From linux/magic.h; spelt out because some are missing there. */
#define MAGIC_NFS 0x6969
#define MAGIC_SMB 0x517b
#define MAGIC_SMB2 0xfe534d42
#define MAGIC_CIFS 0xff534d42
#define MAGIC_FUSE 0x65735546
#define MAGIC_9P 0x01021997
#define MAGIC_CEPH 0x00c36400
#define MAGIC_AFS 0x5346414f

/**
 * GranaryDatabase:
 *
 * One connection to an SQLite file. Used by one thread at a time; its owner sees to that.
 * Statements are prepared once per text and kept: the text must be a literal or live as long.
 * Released statements go back to the cache; the same text must not be stepped twice at once.
 */
struct _GranaryDatabase
{
  sqlite3      *handle;
  char         *path;
  GHashTable   *statements;     /* sql text → sqlite3_stmt */
  GCancellable *cancellable;    /* (owned) (nullable) */
  gboolean      on_shared_disk;
};

/* Auxiliary functions */

/* WAL keeps an index in shared memory, which these do not share between machines. */
static gboolean
is_on_shared_disk (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  struct statfs facts;

  if (statfs (folder, &facts) != 0)
    return FALSE;

  switch ((guint32) facts.f_type)
    {
    case MAGIC_NFS:
    case MAGIC_SMB:
    case MAGIC_SMB2:
    case MAGIC_CIFS:
    case MAGIC_FUSE:
    case MAGIC_9P:
    case MAGIC_CEPH:
    case MAGIC_AFS:
      return TRUE;

    default:
      return FALSE;
    }
}

static void
finalize_statement (gpointer statement)
{
  sqlite3_finalize (statement);
}

static int
progress_cb (void *data)
{
  GranaryDatabase *self = data;

  return g_cancellable_is_cancelled (self->cancellable);
}

static void
set_result_error (GError     **error,
                  int          result,
                  const char  *path,
                  const char  *message)
{
  GranaryError code = GRANARY_ERROR_DATABASE;
  GranaryReason reason = GRANARY_REASON_NONE;
  g_autofree char *shown = path != NULL ? granary_display_path (path) : NULL;

  switch (result & 0xff)
    {
    case SQLITE_INTERRUPT:
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "interrupted");
      return;

    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      reason = GRANARY_REASON_CATALOG_LOCKED;
      break;

    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
      reason = GRANARY_REASON_CATALOG_CORRUPT;
      break;

    case SQLITE_READONLY:
      reason = result == SQLITE_READONLY_DBMOVED ? GRANARY_REASON_REPOSITORY_GONE
                                                 : GRANARY_REASON_CATALOG_READ_ONLY;
      break;

    case SQLITE_FULL:
      code = GRANARY_ERROR_QUOTA;
      reason = GRANARY_REASON_NO_SPACE;
      break;

    case SQLITE_PERM:
    case SQLITE_AUTH:
      reason = GRANARY_REASON_PERMISSION;
      break;

    case SQLITE_CANTOPEN:
      reason = GRANARY_REASON_REPOSITORY_UNUSABLE;
      break;

    case SQLITE_IOERR:
      reason = GRANARY_REASON_INPUT_OUTPUT;
      break;

    default:
      break;
    }

  granary_set_error (error, code, reason, shown, "%s: %s (%d)",
                     path != NULL ? path : "-", message, result);
}

static gboolean
configure (GranaryDatabase       *self,
           GranaryDatabaseFlags   flags,
           GError               **error)
{
  gboolean read_only = (flags & GRANARY_DATABASE_READ_ONLY) != 0;
  gboolean is_foreign = (flags & GRANARY_DATABASE_FOREIGN) != 0;

  sqlite3_extended_result_codes (self->handle, 1);
  sqlite3_busy_timeout (self->handle, is_foreign ? FOREIGN_BUSY_TIMEOUT_MS : BUSY_TIMEOUT_MS);
  if (is_foreign)
    sqlite3_limit (self->handle, SQLITE_LIMIT_LENGTH, FOREIGN_MAX_LENGTH);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_progress_handler (self->handle, CANCEL_CHECK_STEPS, progress_cb, self);

  if (!granary_database_exec (self, "PRAGMA foreign_keys = ON", error))
    return FALSE;
  if (!granary_database_exec (self, "PRAGMA temp_store = MEMORY", error))
    return FALSE;
  if (read_only)
    return granary_database_exec (self, "PRAGMA query_only = ON", error);

  if (!granary_database_exec (self,
                              self->on_shared_disk ? "PRAGMA journal_mode = DELETE"
                                                   : "PRAGMA journal_mode = WAL",
                              error))
    return FALSE;

  return granary_database_exec (self,
                                (flags & GRANARY_DATABASE_FULL_SYNC) != 0
                                  ? "PRAGMA synchronous = FULL"
                                  : "PRAGMA synchronous = NORMAL",
                                error);
}

/* Public functions */

/* Whether commits wait in a WAL beside the file. */
static gboolean
has_log (const char *path)
{
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  struct stat facts;

  return stat (log, &facts) == 0 && facts.st_size > 0;
}

/**
 * granary_database_open:
 * @path: the file
 * @flags: how
 * @error: return location
 *
 * Opens a connection. Journals in WAL mode on a local disk, else in a rollback journal. A file
 * whose folder cannot be written is read as it is when %GRANARY_DATABASE_READ_ONLY is given.
 *
 * Returns: (transfer full): the connection, or %NULL with %GRANARY_ERROR_DATABASE or another code
 */
GranaryDatabase *
granary_database_open (const char            *path,
                       GranaryDatabaseFlags   flags,
                       GError               **error)
{
  g_autoptr (GranaryDatabase) self = NULL;
  g_autofree char *escaped = NULL;
  g_autofree char *uri = NULL;
  gboolean read_only = (flags & GRANARY_DATABASE_READ_ONLY) != 0;
  int open_flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI | SQLITE_OPEN_EXRESCODE;
  int result;

  g_return_val_if_fail (path != NULL, NULL);

  self = g_new0 (GranaryDatabase, 1);
  self->path = g_strdup (path);
  self->statements = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                            finalize_statement);
  self->on_shared_disk = is_on_shared_disk (path);

  /* "immutable" needs no index of a WAL, which cannot be made in a folder that cannot be written;
   * but it does not look at a WAL either, so one with content has to be read the ordinary way. */
  escaped = g_uri_escape_string (path, "/", TRUE);
  uri = g_strdup_printf ("file:%s%s", escaped,
                         read_only && (flags & GRANARY_DATABASE_FOREIGN) == 0 &&
                         access (path, W_OK) != 0 && !has_log (path)
                         ? "?immutable=1" : "");
  if (read_only)
    open_flags |= SQLITE_OPEN_READONLY;
  else
    open_flags |= SQLITE_OPEN_READWRITE |
                  ((flags & GRANARY_DATABASE_CREATE) != 0 ? SQLITE_OPEN_CREATE : 0);

  result = sqlite3_open_v2 (uri, &self->handle, open_flags, NULL);
  if (result != SQLITE_OK)
    {
      set_result_error (error, result, path,
                        self->handle != NULL ? sqlite3_errmsg (self->handle) : "no memory");
      return NULL;
    }
  if (!configure (self, flags, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * granary_database_close:
 * @self: (nullable) (transfer full): a connection
 *
 * Ends the connection and its statements.
 */
void
granary_database_close (GranaryDatabase *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->statements, g_hash_table_unref);
  sqlite3_close_v2 (self->handle);
  g_clear_object (&self->cancellable);
  g_free (self->path);
  g_free (self);
}

const char *
granary_database_get_path (GranaryDatabase *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->path;
}

/**
 * granary_database_get_handle:
 * @self: a connection
 *
 * Returns: (transfer none): SQLite's own handle, for defining functions
 */
sqlite3 *
granary_database_get_handle (GranaryDatabase *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->handle;
}

/**
 * granary_database_is_shared_disk:
 * @self: a connection
 *
 * Returns: whether the file is on a network or FUSE file system, where WAL is not safe
 */
gboolean
granary_database_is_shared_disk (GranaryDatabase *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->on_shared_disk;
}

/**
 * granary_database_set_cancellable:
 * @self: a connection
 * @cancellable: (nullable): what may interrupt the statements that follow
 *
 * A statement interrupted fails with %G_IO_ERROR_CANCELLED.
 */
void
granary_database_set_cancellable (GranaryDatabase *self,
                                  GCancellable    *cancellable)
{
  g_return_if_fail (self != NULL);

  g_set_object (&self->cancellable, cancellable);
}

/**
 * granary_database_set_error:
 * @self: a connection
 * @result: what SQLite answered
 * @error: return location
 *
 * Returns: %FALSE, always
 */
gboolean
granary_database_set_error (GranaryDatabase  *self,
                            int               result,
                            GError          **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  set_result_error (error, result, self->path, sqlite3_errmsg (self->handle));
  return FALSE;
}

/**
 * granary_database_exec:
 * @self: a connection
 * @sql: one or several statements without parameters
 * @error: return location
 *
 * Returns: whether all were carried out
 */
gboolean
granary_database_exec (GranaryDatabase  *self,
                       const char       *sql,
                       GError          **error)
{
  int result;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (sql != NULL, FALSE);

  result = sqlite3_exec (self->handle, sql, NULL, NULL, NULL);
  if (result != SQLITE_OK)
    return granary_database_set_error (self, result, error);

  return TRUE;
}

/**
 * granary_database_begin:
 * @self: a connection
 * @error: return location
 *
 * Starts a transaction that holds the right to write from the start, so that it cannot fail half
 * way because another process got it first.
 *
 * Returns: whether it has; %GRANARY_REASON_CATALOG_LOCKED when another process keeps it too long
 */
gboolean
granary_database_begin (GranaryDatabase  *self,
                        GError          **error)
{
  return granary_database_exec (self, "BEGIN IMMEDIATE", error);
}

gboolean
granary_database_commit (GranaryDatabase  *self,
                         GError          **error)
{
  return granary_database_exec (self, "COMMIT", error);
}

void
granary_database_rollback (GranaryDatabase *self)
{
  g_return_if_fail (self != NULL);

  /* SQLite has already rolled back by itself after some errors, such as a full disk. */
  if (!sqlite3_get_autocommit (self->handle))
    sqlite3_exec (self->handle, "ROLLBACK", NULL, NULL, NULL);
}

gint64
granary_database_get_last_id (GranaryDatabase *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return sqlite3_last_insert_rowid (self->handle);
}

gint64
granary_database_get_changes (GranaryDatabase *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return sqlite3_changes64 (self->handle);
}

/**
 * granary_database_prepare:
 * @self: a connection
 * @sql: one statement; kept by address: a literal, or interned
 * @error: return location
 *
 * Returns: (transfer full): the statement, to be given back with granary_statement_release()
 */
GranaryStatement *
granary_database_prepare (GranaryDatabase  *self,
                          const char       *sql,
                          GError          **error)
{
  sqlite3_stmt *statement;
  int result;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (sql != NULL, NULL);

  statement = g_hash_table_lookup (self->statements, sql);
  if (statement != NULL)
    return statement;

  result = sqlite3_prepare_v3 (self->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
  if (result != SQLITE_OK)
    {
      granary_database_set_error (self, result, error);
      return NULL;
    }

  g_hash_table_insert (self->statements, (gpointer) sql, statement);
  return statement;
}

/**
 * granary_database_get_int:
 * @self: a connection
 * @sql: a literal that asks for one number
 * @value: (out): the number; 0 when there is no row
 * @error: return location
 *
 * Returns: whether it could be asked
 */
gboolean
granary_database_get_int (GranaryDatabase  *self,
                          const char       *sql,
                          gint64           *value,
                          GError          **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (value != NULL, FALSE);

  *value = 0;
  statement = granary_database_prepare (self, sql, error);
  if (statement == NULL)
    return FALSE;

  if (granary_statement_step (statement, &local_error))
    *value = granary_statement_get_int (statement, 0);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return TRUE;
}

void
granary_statement_bind_int (GranaryStatement *self,
                            int               index,
                            gint64            value)
{
  g_return_if_fail (self != NULL);

  sqlite3_bind_int64 (self, index, value);
}

void
granary_statement_bind_double (GranaryStatement *self,
                               int               index,
                               double            value)
{
  g_return_if_fail (self != NULL);

  sqlite3_bind_double (self, index, value);
}

/**
 * granary_statement_bind_text:
 * @self: a statement
 * @index: of the parameter, from 1
 * @value: (nullable): the text, copied; %NULL binds null
 */
void
granary_statement_bind_text (GranaryStatement *self,
                             int               index,
                             const char       *value)
{
  g_return_if_fail (self != NULL);

  sqlite3_bind_text (self, index, value, -1, SQLITE_TRANSIENT);
}

void
granary_statement_bind_blob (GranaryStatement *self,
                             int               index,
                             gconstpointer     data,
                             gsize             size)
{
  g_return_if_fail (self != NULL);

  sqlite3_bind_blob64 (self, index, data, size, SQLITE_TRANSIENT);
}

/**
 * granary_statement_step:
 * @self: a statement
 * @error: return location
 *
 * Returns: whether there is a row; %FALSE without @error set is the end
 */
gboolean
granary_statement_step (GranaryStatement  *self,
                        GError           **error)
{
  int result;

  g_return_val_if_fail (self != NULL, FALSE);

  result = sqlite3_step (self);
  if (result == SQLITE_ROW)
    return TRUE;

  if (result != SQLITE_DONE)
    {
      sqlite3 *handle = sqlite3_db_handle (self);

      set_result_error (error, result, sqlite3_db_filename (handle, NULL), sqlite3_errmsg (handle));
    }

  return FALSE;
}

/**
 * granary_statement_run:
 * @self: a statement that gives no rows
 * @error: return location
 *
 * Carries it out and makes it ready for the next time.
 *
 * Returns: whether it worked
 */
gboolean
granary_statement_run (GranaryStatement  *self,
                       GError           **error)
{
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (self != NULL, FALSE);

  while (granary_statement_step (self, &local_error))
    ;
  sqlite3_reset (self);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return TRUE;
}

gint64
granary_statement_get_int (GranaryStatement *self,
                           int               column)
{
  g_return_val_if_fail (self != NULL, 0);

  return sqlite3_column_int64 (self, column);
}

double
granary_statement_get_double (GranaryStatement *self,
                              int               column)
{
  g_return_val_if_fail (self != NULL, 0);

  return sqlite3_column_double (self, column);
}

/**
 * granary_statement_get_text:
 * @self: a statement at a row
 * @column: from 0
 *
 * Returns: (transfer none) (nullable): the text, until the next step
 */
const char *
granary_statement_get_text (GranaryStatement *self,
                            int               column)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char *) sqlite3_column_text (self, column);
}

char *
granary_statement_dup_text (GranaryStatement *self,
                            int               column)
{
  return g_strdup (granary_statement_get_text (self, column));
}

const guint8 *
granary_statement_get_blob (GranaryStatement *self,
                            int               column,
                            gsize            *size)
{
  const guint8 *data;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (size != NULL, NULL);

  data = sqlite3_column_blob (self, column);
  *size = (gsize) sqlite3_column_bytes (self, column);
  return data;
}

gboolean
granary_statement_is_null (GranaryStatement *self,
                           int               column)
{
  g_return_val_if_fail (self != NULL, TRUE);

  return sqlite3_column_type (self, column) == SQLITE_NULL;
}

/**
 * granary_statement_release:
 * @self: (nullable): a statement
 *
 * Ends its run and forgets its parameters; the connection keeps it for the next time.
 */
void
granary_statement_release (GranaryStatement *self)
{
  if (self == NULL)
    return;

  sqlite3_reset (self);
  sqlite3_clear_bindings (self);
}
