/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-catalog"

#include "config.h"

#include "granary-catalog-private.h"
#include "granary-error.h"

/*
 * The catalogue's tables. Migration n brings a file from user_version n to n + 1; a released one is
 * never changed.
 *
 * models repeats facts of its versions (n_versions … tags_text) so that a list row is one lookup;
 * granary_writer_flush() keeps them right. Lists sort by partial indexes over live models: an
 * index led by a column that is the same in every row would not be used without statistics.
 */
static const char *const migrations[] = {
  "CREATE TABLE models ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  uid TEXT NOT NULL UNIQUE,"
  "  name TEXT NOT NULL,"
  "  name_key TEXT NOT NULL,"
  "  name_sort TEXT NOT NULL,"
  "  description TEXT NOT NULL DEFAULT '',"
  "  high_water INTEGER NOT NULL DEFAULT 0,"
  "  primary_metric TEXT,"
  "  created INTEGER NOT NULL,"
  "  updated INTEGER NOT NULL,"
  "  trash TEXT,"
  "  n_versions INTEGER NOT NULL DEFAULT 0,"
  "  latest INTEGER NOT NULL DEFAULT 0,"
  "  size INTEGER NOT NULL DEFAULT 0,"
  "  framework TEXT,"
  "  source TEXT NOT NULL DEFAULT 'files',"
  "  status TEXT NOT NULL DEFAULT 'importing',"
  "  metric_name TEXT,"
  "  metric_text TEXT,"
  "  metric_value REAL,"
  "  metric_trend INTEGER NOT NULL DEFAULT 0,"
  "  tags_text TEXT NOT NULL DEFAULT '',"
  "  search_hash INTEGER NOT NULL DEFAULT 0"
  ") STRICT;"
  "CREATE UNIQUE INDEX models_name_key ON models (name_key) WHERE trash IS NULL;"
  "CREATE INDEX models_by_name ON models (name_sort) WHERE trash IS NULL;"
  "CREATE INDEX models_by_size ON models (size) WHERE trash IS NULL;"
  "CREATE INDEX models_by_updated ON models (updated) WHERE trash IS NULL;"
  "CREATE INDEX models_by_created ON models (created) WHERE trash IS NULL;"
  "CREATE INDEX models_sums ON models (n_versions, size) WHERE trash IS NULL;"
  "CREATE INDEX models_by_trash ON models (trash) WHERE trash IS NOT NULL;"

  "CREATE TABLE versions ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  model_id INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,"
  "  number INTEGER NOT NULL,"
  "  status TEXT NOT NULL,"
  "  source TEXT NOT NULL,"
  "  source_ref TEXT,"
  "  framework TEXT,"
  "  format TEXT,"
  "  environment TEXT,"
  "  inspection TEXT,"
  "  error TEXT,"
  "  size INTEGER NOT NULL DEFAULT 0,"
  "  n_files INTEGER NOT NULL DEFAULT 0,"
  "  created INTEGER NOT NULL,"
  "  updated INTEGER NOT NULL,"
  "  trash TEXT,"
  "  UNIQUE (model_id, number)"
  ") STRICT;"
  "CREATE INDEX versions_by_trash ON versions (trash) WHERE trash IS NOT NULL;"

  "CREATE TABLE files ("
  "  version_id INTEGER NOT NULL REFERENCES versions (id) ON DELETE CASCADE,"
  "  path TEXT NOT NULL,"
  "  size INTEGER NOT NULL,"
  "  sha256 BLOB NOT NULL,"
  "  mtime INTEGER NOT NULL,"
  "  inode INTEGER NOT NULL,"
  "  PRIMARY KEY (version_id, path)"
  ") STRICT, WITHOUT ROWID;"
  "CREATE INDEX files_by_content ON files (size, sha256);"

  "CREATE TABLE metrics ("
  "  version_id INTEGER NOT NULL REFERENCES versions (id) ON DELETE CASCADE,"
  "  position INTEGER NOT NULL,"
  "  name TEXT NOT NULL,"
  "  text TEXT NOT NULL,"
  "  PRIMARY KEY (version_id, position)"
  ") STRICT, WITHOUT ROWID;"

  "CREATE TABLE tags ("
  "  model_id INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,"
  "  key TEXT NOT NULL,"
  "  value TEXT NOT NULL,"
  "  PRIMARY KEY (model_id, key)"
  ") STRICT, WITHOUT ROWID;"
  "CREATE INDEX tags_by_key ON tags (key, value);"

  /* Entries of the trash: a whole model, or one version (version_id). A hidden one is being purged. */
  "CREATE TABLE trash ("
  "  uid TEXT PRIMARY KEY,"
  "  model_id INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,"
  "  version_id INTEGER REFERENCES versions (id) ON DELETE CASCADE,"
  "  deleted INTEGER NOT NULL,"
  "  hidden INTEGER NOT NULL DEFAULT 0"
  ") STRICT, WITHOUT ROWID;"
  "CREATE INDEX trash_by_model ON trash (model_id);"
  "CREATE INDEX trash_by_version ON trash (version_id);"

  /* History outlives what it is about, so it refers to no row. */
  "CREATE TABLE events ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  time INTEGER NOT NULL,"
  "  model_id INTEGER NOT NULL,"
  "  model_name TEXT NOT NULL,"
  "  number INTEGER NOT NULL,"
  "  kind TEXT NOT NULL,"
  "  detail TEXT,"
  "  user TEXT"
  ") STRICT;"
  "CREATE INDEX events_by_model ON events (model_id);"

  "CREATE TABLE operations ("
  "  uid TEXT PRIMARY KEY,"
  "  session TEXT NOT NULL,"
  "  kind INTEGER NOT NULL,"
  "  model_id INTEGER NOT NULL,"
  "  version_id INTEGER NOT NULL,"
  "  detail TEXT,"
  "  started INTEGER NOT NULL"
  ") STRICT, WITHOUT ROWID;"

  "CREATE TABLE changes ("
  "  seq INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  kind TEXT NOT NULL,"
  "  id INTEGER NOT NULL"
  ") STRICT;"

  "CREATE VIRTUAL TABLE search USING fts5 ("
  "  text, content = '', contentless_delete = 1, tokenize = 'ascii',"
  "  prefix = '1 2 3', detail = 'none'"
  ");",

  /* What a mirror of a service needs. digest sums up what the service told, so that a refresh sees
   * at once what did not change; NULL where something else wrote since. A service may have two models
   * of one name: mirrored ones are unique by row only. */
  "ALTER TABLE models ADD COLUMN mirrored INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE models ADD COLUMN digest INTEGER;"
  "DROP INDEX models_name_key;"
  "CREATE UNIQUE INDEX models_name_key"
  "  ON models (name_key, CASE WHEN mirrored THEN id ELSE 0 END) WHERE trash IS NULL;"

  "ALTER TABLE versions ADD COLUMN uid TEXT;"
  "ALTER TABLE versions ADD COLUMN progress INTEGER NOT NULL DEFAULT -1;"
  "ALTER TABLE versions ADD COLUMN location TEXT;"
  "ALTER TABLE versions ADD COLUMN remote TEXT;"
  "ALTER TABLE versions ADD COLUMN digest INTEGER;"
  "CREATE INDEX versions_by_uid ON versions (uid) WHERE uid IS NOT NULL;"
  "CREATE INDEX versions_importing ON versions (id) WHERE uid IS NOT NULL AND status = 'importing';"

  "ALTER TABLE files ADD COLUMN etag TEXT;"
  "ALTER TABLE files ADD COLUMN crc64 TEXT;"

  /* Services are known by the ids that the platform gives; which rows those are is found on
   * reading. */
  "CREATE TABLE services ("
  "  uid TEXT PRIMARY KEY,"
  "  group_uid TEXT,"
  "  name TEXT NOT NULL,"
  "  number INTEGER NOT NULL DEFAULT 0,"
  "  model_uid TEXT,"
  "  version_uid TEXT,"
  "  model_name TEXT,"
  "  version_number INTEGER NOT NULL DEFAULT 0,"
  "  state TEXT NOT NULL,"
  "  state_text TEXT,"
  "  created INTEGER NOT NULL DEFAULT 0,"
  "  digest INTEGER"
  ") STRICT, WITHOUT ROWID;"
  "CREATE INDEX services_by_model ON services (model_uid);"

  /* Numbers used by models that the service no longer has, should one come again. */
  "CREATE TABLE forgotten ("
  "  model_uid TEXT PRIMARY KEY,"
  "  high_water INTEGER NOT NULL"
  ") STRICT, WITHOUT ROWID;"

  "CREATE TABLE pins ("
  "  model_uid TEXT PRIMARY KEY,"
  "  added INTEGER NOT NULL"
  ") STRICT, WITHOUT ROWID;"

  "CREATE TABLE facts ("
  "  name TEXT PRIMARY KEY,"
  "  value TEXT NOT NULL"
  ") STRICT, WITHOUT ROWID;",

  /* What services of this computer and publishing need. files_changed: when files of a version that
   * was there were last replaced, added or removed; NULL never. */
  "ALTER TABLE versions ADD COLUMN files_changed INTEGER;"
  "ALTER TABLE services ADD COLUMN url TEXT;"
  "ALTER TABLE services ADD COLUMN failure TEXT NOT NULL DEFAULT 'none';"
  "ALTER TABLE services ADD COLUMN failure_detail TEXT;"
  "ALTER TABLE services ADD COLUMN n_restarts INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE services ADD COLUMN replicas INTEGER NOT NULL DEFAULT -1;"
  "ALTER TABLE services ADD COLUMN available INTEGER NOT NULL DEFAULT -1;"
  "ALTER TABLE services ADD COLUMN weight INTEGER NOT NULL DEFAULT -1;"
  "ALTER TABLE services ADD COLUMN started INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE services ADD COLUMN files_as_of INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE services ADD COLUMN profile TEXT;"
  "ALTER TABLE services ADD COLUMN is_wanted INTEGER NOT NULL DEFAULT 0;",
};

static gboolean
set_version (GranaryDatabase  *database,
             guint             version,
             GError          **error)
{
  g_autofree char *sql = g_strdup_printf ("PRAGMA user_version = %u", version);

  return granary_database_exec (database, sql, error);
}

static gboolean
check_owner (GranaryDatabase  *database,
             GError          **error)
{
  g_autofree char *shown = NULL;
  gint64 application;
  gint64 n_objects;

  if (!granary_database_get_int (database, "PRAGMA application_id", &application, error) ||
      !granary_database_get_int (database, "SELECT count(*) FROM sqlite_schema", &n_objects, error))
    return FALSE;
  if (application == GRANARY_CATALOG_APPLICATION_ID || (application == 0 && n_objects == 0))
    return TRUE;

  shown = granary_display_path (granary_database_get_path (database));
  granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_REPOSITORY_UNUSABLE, shown,
                     "%s is a database of another program", shown);
  return FALSE;
}

static gboolean
migrate_locked (GranaryDatabase  *database,
                GError          **error)
{
  gint64 version;

  /* Asked again now that no other process can be migrating. */
  if (!granary_database_get_int (database, "PRAGMA user_version", &version, error))
    return FALSE;

  for (guint i = (guint) version; i < G_N_ELEMENTS (migrations); i++)
    {
      if (!granary_database_exec (database, migrations[i], error) ||
          !set_version (database, i + 1, error))
        return FALSE;
    }

  if (version == 0)
    {
      g_autofree char *sql = g_strdup_printf ("PRAGMA application_id = %d",
                                              GRANARY_CATALOG_APPLICATION_ID);

      return granary_database_exec (database, sql, error);
    }

  return TRUE;
}

/**
 * granary_catalog_migrate:
 * @database: a connection
 * @error: return location
 *
 * Brings the file to this program's version, each step whole or not at all.
 *
 * Returns: whether it is; %GRANARY_REASON_CATALOG_NEWER when a newer program made it
 */
gboolean
granary_catalog_migrate (GranaryDatabase  *database,
                         GError          **error)
{
  gint64 version;

  g_return_val_if_fail (database != NULL, FALSE);

  if (!check_owner (database, error) ||
      !granary_database_get_int (database, "PRAGMA user_version", &version, error))
    return FALSE;

  if (version > (gint64) G_N_ELEMENTS (migrations) || version < 0)
    {
      g_autofree char *shown = granary_display_path (granary_database_get_path (database));

      granary_set_error (error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_CATALOG_NEWER, shown,
                         "%s has version %" G_GINT64_FORMAT ", known are up to %u",
                         shown, version, (guint) G_N_ELEMENTS (migrations));
      return FALSE;
    }
  if (version == (gint64) G_N_ELEMENTS (migrations))
    return TRUE;

  if (sqlite3_db_readonly (granary_database_get_handle (database), "main") == 1)
    {
      g_autofree char *shown = granary_display_path (granary_database_get_path (database));

      granary_set_error (error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_CATALOG_READ_ONLY, shown,
                         "%s has version %" G_GINT64_FORMAT " and cannot be brought up to date",
                         shown, version);
      return FALSE;
    }

  if (!granary_database_begin (database, error))
    return FALSE;
  if (!migrate_locked (database, error) || !granary_database_commit (database, error))
    {
      granary_database_rollback (database);
      return FALSE;
    }

  return TRUE;
}
