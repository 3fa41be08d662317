-- A catalogue of user_version 1: its tables as that program made them, and a few rows.
CREATE TABLE models (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uid TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  name_sort TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  high_water INTEGER NOT NULL DEFAULT 0,
  primary_metric TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  trash TEXT,
  n_versions INTEGER NOT NULL DEFAULT 0,
  latest INTEGER NOT NULL DEFAULT 0,
  size INTEGER NOT NULL DEFAULT 0,
  framework TEXT,
  source TEXT NOT NULL DEFAULT 'files',
  status TEXT NOT NULL DEFAULT 'importing',
  metric_name TEXT,
  metric_text TEXT,
  metric_value REAL,
  metric_trend INTEGER NOT NULL DEFAULT 0,
  tags_text TEXT NOT NULL DEFAULT '',
  search_hash INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX models_name_key ON models (name_key) WHERE trash IS NULL;
CREATE INDEX models_by_name ON models (name_sort) WHERE trash IS NULL;
CREATE INDEX models_by_size ON models (size) WHERE trash IS NULL;
CREATE INDEX models_by_updated ON models (updated) WHERE trash IS NULL;
CREATE INDEX models_by_created ON models (created) WHERE trash IS NULL;
CREATE INDEX models_sums ON models (n_versions, size) WHERE trash IS NULL;
CREATE INDEX models_by_trash ON models (trash) WHERE trash IS NOT NULL;
CREATE TABLE versions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  model_id INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  status TEXT NOT NULL,
  source TEXT NOT NULL,
  source_ref TEXT,
  framework TEXT,
  format TEXT,
  environment TEXT,
  inspection TEXT,
  error TEXT,
  size INTEGER NOT NULL DEFAULT 0,
  n_files INTEGER NOT NULL DEFAULT 0,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  trash TEXT,
  UNIQUE (model_id, number)
) STRICT;
CREATE INDEX versions_by_trash ON versions (trash) WHERE trash IS NOT NULL;
CREATE TABLE files (
  version_id INTEGER NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 BLOB NOT NULL,
  mtime INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  PRIMARY KEY (version_id, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX files_by_content ON files (size, sha256);
CREATE TABLE metrics (
  version_id INTEGER NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (version_id, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE tags (
  model_id INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (model_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX tags_by_key ON tags (key, value);
CREATE TABLE trash (
  uid TEXT PRIMARY KEY,
  model_id INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  version_id INTEGER REFERENCES versions (id) ON DELETE CASCADE,
  deleted INTEGER NOT NULL,
  hidden INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX trash_by_model ON trash (model_id);
CREATE INDEX trash_by_version ON trash (version_id);
CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  time INTEGER NOT NULL,
  model_id INTEGER NOT NULL,
  model_name TEXT NOT NULL,
  number INTEGER NOT NULL,
  kind TEXT NOT NULL,
  detail TEXT,
  user TEXT
) STRICT;
CREATE INDEX events_by_model ON events (model_id);
CREATE TABLE operations (
  uid TEXT PRIMARY KEY,
  session TEXT NOT NULL,
  kind INTEGER NOT NULL,
  model_id INTEGER NOT NULL,
  version_id INTEGER NOT NULL,
  detail TEXT,
  started INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE changes (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  id INTEGER NOT NULL
) STRICT;
CREATE VIRTUAL TABLE search USING fts5 (
  text, content = '', contentless_delete = 1, tokenize = 'ascii',
  prefix = '1 2 3', detail = 'none'
);

PRAGMA application_id = 1198678382;
PRAGMA user_version = 1;

INSERT INTO models (id, uid, name, name_key, name_sort, description, high_water, created, updated,
                    n_versions, latest, size, framework, source, status, tags_text)
  VALUES (1, 'm-one', 'One', 'one', 'one', 'the first', 3, 1000, 2000,
          2, 3, 30, 'ONNX', 'files', 'ready', 'team=vision');
INSERT INTO models (id, uid, name, name_key, name_sort, created, updated, trash)
  VALUES (2, 'm-two', 'One', 'one', 'one', 1000, 2000, 't-two');
INSERT INTO versions (id, model_id, number, status, source, framework, format, size, n_files,
                      created, updated)
  VALUES (1, 1, 1, 'ready', 'files', 'ONNX', 'ONNX', 10, 1, 1000, 1000),
         (3, 1, 3, 'ready', 'files', 'ONNX', 'ONNX', 20, 1, 2000, 2000);
INSERT INTO files (version_id, path, size, sha256, mtime, inode)
  VALUES (1, 'model.onnx', 10, zeroblob(32), 5, 6), (3, 'model.onnx', 20, zeroblob(32), 7, 8);
INSERT INTO metrics (version_id, position, name, text) VALUES (3, 0, 'acc', '0.9');
INSERT INTO tags (model_id, key, value) VALUES (1, 'team', 'vision');
INSERT INTO trash (uid, model_id, deleted) VALUES ('t-two', 2, 3000);
INSERT INTO search (rowid, text) VALUES (1, 'one');
UPDATE models SET search_hash = 1 WHERE id = 1;
