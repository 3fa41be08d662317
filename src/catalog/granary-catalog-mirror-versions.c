/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-catalog"

#include "config.h"

#include "granary-catalog-mirror.h"

#include "granary-catalog-private.h"
#include "granary-error.h"
#include "granary-metric.h"

/* Repeating what a service tells of versions: see granary-catalog-mirror.c. */

/* The row of a version as far as it has to be compared. */
typedef struct
{
  gint64    id;
  char     *uid;
  char     *location;
  gint64    number;
  gint64    digest;
  gint64    updated;
  gboolean  is_told;
} VersionRow;

/* Auxiliary functions */

static void
version_row_free (gpointer data)
{
  VersionRow *row = data;

  g_free (row->uid);
  g_free (row->location);
  g_free (row);
}

/**
 * granary_digest_text:
 * @digest: of what came before, or %GRANARY_DIGEST_START
 * @text: (nullable): what comes next
 *
 * FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/. %NULL and "" differ, and so do texts
 * that are only split in another place.
 *
 * Returns: the digest of both, never 0
 */
guint64
granary_digest_text (guint64     digest,
                     const char *text)
{
  digest = (digest ^ (text != NULL ? 1 : 2)) * 0x100000001b3;
  for (const char *at = text; at != NULL && *at != '\0'; at++)
    digest = (digest ^ (guchar) *at) * 0x100000001b3;

  return ((digest ^ 0xff) * 0x100000001b3) | 1;
}

/**
 * granary_digest_int:
 * @digest: of what came before
 * @value: what comes next
 *
 * Returns: the digest of both, never 0
 */
guint64
granary_digest_int (guint64 digest,
                    gint64  value)
{
  for (guint i = 0; i < 8; i++)
    digest = (digest ^ (((guint64) value >> (8 * i)) & 0xff)) * 0x100000001b3;

  return digest | 1;
}

static gint64
digest_version (const GranaryVersion *version)
{
  guint64 digest = GRANARY_DIGEST_START;

  digest = granary_digest_text (digest, version->uid);
  digest = granary_digest_int (digest, version->number);
  digest = granary_digest_int (digest, version->status);
  digest = granary_digest_int (digest, version->source);
  digest = granary_digest_text (digest, version->source_ref);
  digest = granary_digest_text (digest, version->framework);
  digest = granary_digest_text (digest, version->format);
  digest = granary_digest_text (digest, version->environment);
  digest = granary_digest_text (digest, version->error);
  digest = granary_digest_int (digest, version->progress);
  digest = granary_digest_text (digest, version->location);
  digest = granary_digest_text (digest, version->remote);
  digest = granary_digest_int (digest, version->created);
  for (guint i = 0; version->metrics != NULL && i < version->metrics->len; i++)
    {
      const GranaryMetric *metric = g_ptr_array_index (version->metrics, i);

      digest = granary_digest_text (digest, metric->name);
      digest = granary_digest_text (digest, metric->text);
    }

  return (gint64) digest;
}

/* Whatever the order in which they were told. */
gint64
granary_mirror_digest_versions (GPtrArray *versions)
{
  guint64 digest = GRANARY_DIGEST_START;

  for (guint i = 0; i < versions->len; i++)
    digest += (guint64) digest_version (g_ptr_array_index (versions, i));

  return (gint64) (digest | 1);
}

static GPtrArray *
load_version_rows (GranaryWriter  *self,
                   gint64          model_id,
                   GError        **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (version_row_free);
  g_autoptr (GranaryStatement) statement = NULL;
  GError *local_error = NULL;

  statement = granary_database_prepare (self->database,
                                        "SELECT id, uid, location, number, digest, updated"
                                        " FROM versions WHERE model_id = ?1",
                                        error);
  if (statement == NULL)
    return NULL;

  granary_statement_bind_int (statement, 1, model_id);
  while (granary_statement_step (statement, &local_error))
    {
      VersionRow *row = g_new0 (VersionRow, 1);

      row->id = granary_statement_get_int (statement, 0);
      row->uid = granary_statement_dup_text (statement, 1);
      row->location = granary_statement_dup_text (statement, 2);
      row->number = granary_statement_get_int (statement, 3);
      row->digest = granary_statement_get_int (statement, 4);
      row->updated = granary_statement_get_int (statement, 5);
      g_ptr_array_add (rows, row);
    }
  if (!granary_read_ended (local_error, error))
    return NULL;

  return g_steal_pointer (&rows);
}

static VersionRow *
find_version_row (GPtrArray  *rows,
                  const char *uid)
{
  for (guint i = 0; i < rows->len; i++)
    {
      VersionRow *row = g_ptr_array_index (rows, i);

      if (g_strcmp0 (row->uid, uid) == 0)
        return row;
    }

  return NULL;
}

/* Content is known as long as the place is the same one. */
static gboolean
has_moved (const VersionRow     *row,
           const GranaryVersion *version)
{
  return row->location != NULL && version->location != NULL &&
         !g_str_equal (row->location, version->location);
}

static gboolean
update_version_row (GranaryWriter         *self,
                    const VersionRow      *row,
                    const GranaryVersion  *version,
                    gint64                 digest,
                    GError               **error)
{
  gboolean moved = has_moved (row, version);
  gint64 updated = MAX (version->updated, version->created);

  if (moved &&
      (!granary_writer_run (self, "DELETE FROM files WHERE version_id = ?1", error, "i", row->id) ||
       !granary_writer_run (self,
                            "UPDATE versions SET size = -1, n_files = -1, inspection = NULL,"
                            " framework = NULL, format = NULL WHERE id = ?1",
                            error, "i", row->id)))
    return FALSE;

  /* Where the service knows neither framework nor format, what was read from the files stands. */
  return granary_writer_run (self,
                             "UPDATE versions SET uid = ?2, number = ?3, status = ?4, source = ?5,"
                             " source_ref = ?6, framework = coalesce (?7, framework),"
                             " format = coalesce (?8, format), environment = ?9, error = ?10,"
                             " progress = ?11, location = ?12, remote = ?13, created = ?14,"
                             " updated = ?15, digest = ?16,"
                             " inspection = coalesce (?17, inspection) WHERE id = ?1",
                             error, "isisssssssissiiis", row->id, version->uid,
                             (gint64) version->number, granary_status_to_id (version->status),
                             granary_source_to_id (version->source), version->source_ref,
                             version->framework, version->format, version->environment,
                             version->error, (gint64) version->progress, version->location,
                             version->remote, version->created,
                             moved ? updated : MAX (updated, row->updated), digest,
                             version->inspection);
}

static gboolean
insert_version_row (GranaryWriter         *self,
                    gint64                 model_id,
                    const GranaryVersion  *version,
                    gint64                 digest,
                    gint64                *version_id,
                    GError               **error)
{
  if (!granary_writer_run (self,
                           "INSERT INTO versions (model_id, uid, number, status, source,"
                           " source_ref, framework, format, environment, error, progress, location,"
                           " remote, created, updated, digest, inspection, size, n_files) VALUES (?1, ?2,"
                           " ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,"
                           " -1, -1)",
                           error, "isisssssssissiiis", model_id, version->uid,
                           (gint64) version->number, granary_status_to_id (version->status),
                           granary_source_to_id (version->source), version->source_ref,
                           version->framework, version->format, version->environment,
                           version->error, (gint64) version->progress, version->location,
                           version->remote, version->created,
                           MAX (version->updated, version->created), digest, version->inspection))
    return FALSE;

  *version_id = granary_database_get_last_id (self->database);
  return TRUE;
}

/* Sizes and files, where they were told. */
static gboolean
write_content (GranaryWriter         *self,
               gint64                 version_id,
               const GranaryVersion  *version,
               GError               **error)
{
  if (version->files != NULL)
    return granary_writer_mirror_files (self, version_id, version->files, error);
  if (version->size >= 0 && version->n_files > 0)
    return granary_writer_run (self, "UPDATE versions SET size = ?2, n_files = ?3 WHERE id = ?1",
                               error, "iii", version_id, version->size, (gint64) version->n_files);

  return TRUE;
}

/* @row is that of the version's id, %NULL for a new one. */
static gboolean
put_version (GranaryWriter         *self,
             gint64                 model_id,
             const VersionRow      *row,
             const GranaryVersion  *version,
             gint64                *version_id,
             gboolean              *changed,
             GError               **error)
{
  gint64 digest = digest_version (version);

  if (row != NULL && row->digest == digest && version->files == NULL)
    {
      *version_id = row->id;
      return TRUE;
    }

  /* The number of a version that was deleted there may come again with another one. */
  if ((row == NULL || row->number != version->number) &&
      !granary_writer_run (self,
                           "DELETE FROM versions WHERE model_id = ?1 AND number = ?2"
                           " AND uid IS NOT ?3",
                           error, "iis", model_id, (gint64) version->number, version->uid))
    return FALSE;

  *changed = TRUE;
  if (row != NULL)
    {
      *version_id = row->id;
      if (!update_version_row (self, row, version, digest, error))
        return FALSE;
    }
  else if (!insert_version_row (self, model_id, version, digest, version_id, error))
    {
      return FALSE;
    }

  return granary_writer_write_metrics (self, *version_id, version->metrics, error) &&
         write_content (self, *version_id, version, error);
}

gboolean
granary_mirror_sync_versions (GranaryWriter  *self,
                              gint64          model_id,
                              GPtrArray      *versions,
                              gboolean       *changed,
                              GError        **error)
{
  g_autoptr (GHashTable) numbers = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) rows = load_version_rows (self, model_id, error);

  if (rows == NULL)
    return FALSE;

  for (guint i = 0; i < versions->len; i++)
    {
      const GranaryVersion *version = g_ptr_array_index (versions, i);
      VersionRow *row = find_version_row (rows, version->uid);

      if (row != NULL)
        row->is_told = row->number == version->number;
    }

  /* One that got another number is made anew, so that it is in nobody's way. */
  for (guint i = rows->len; i > 0; i--)
    {
      const VersionRow *row = g_ptr_array_index (rows, i - 1);

      if (row->is_told)
        continue;
      *changed = TRUE;
      if (!granary_writer_run (self, "DELETE FROM versions WHERE id = ?1", error, "i", row->id))
        return FALSE;
      g_ptr_array_remove_index_fast (rows, i - 1);
    }

  for (guint i = 0; i < versions->len; i++)
    {
      const GranaryVersion *version = g_ptr_array_index (versions, i);
      gint64 version_id;

      /* The tree can show no version without a number, nor two of one. */
      if (version->uid == NULL || version->number <= 0 ||
          !g_hash_table_add (numbers, GINT_TO_POINTER (version->number)))
        {
          g_debug ("version %s has no number of its own: left out",
                   version->uid != NULL ? version->uid : "?");
          continue;
        }
      if (!put_version (self, model_id, find_version_row (rows, version->uid), version, &version_id,
                        changed, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
granary_mirror_raise_high_water (GranaryWriter  *self,
                                 gint64          model_id,
                                 gint64          high_water,
                                 GError        **error)
{
  return granary_writer_run (self,
                             "UPDATE models SET high_water = ?2 WHERE id = ?1 AND high_water < ?2",
                             error, "ii", model_id, high_water);
}

/* A model is as new as the newest of its versions. */
gboolean
granary_mirror_follow_versions (GranaryWriter  *self,
                                gint64          model_id,
                                GError        **error)
{
  granary_writer_touch (self, model_id);
  return granary_writer_run (self,
                             "UPDATE models SET updated = max(created, coalesce ("
                             "  (SELECT max(updated) FROM versions WHERE model_id = ?1), 0))"
                             " WHERE id = ?1",
                             error, "i", model_id);
}

/* Public functions */

/**
 * granary_writer_mirror_version:
 * @self: a writer
 * @model_id: a model
 * @version: what the service tells of it, with its id and number
 * @version_id: (out) (optional): its row
 * @error: return location
 *
 * Returns: whether it was written, or nothing had to be
 */
gboolean
granary_writer_mirror_version (GranaryWriter         *self,
                               gint64                 model_id,
                               const GranaryVersion  *version,
                               gint64                *version_id,
                               GError               **error)
{
  g_autoptr (GPtrArray) rows = NULL;
  gboolean changed = FALSE;
  gint64 id = 0;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (version != NULL && version->uid != NULL, FALSE);

  if (version->number <= 0)
    {
      granary_set_error (error, GRANARY_ERROR_BAD_RESPONSE, GRANARY_REASON_RESPONSE_MALFORMED,
                         version->uid, "version %s has no number", version->uid);
      return FALSE;
    }

  rows = load_version_rows (self, model_id, error);
  if (rows == NULL ||
      !put_version (self, model_id, find_version_row (rows, version->uid), version, &id, &changed,
                    error))
    return FALSE;

  if (version_id != NULL)
    *version_id = id;
  if (!changed)
    return TRUE;

  /* The next list of all versions is compared with what is there now, not with the last list. */
  return granary_writer_run (self, "UPDATE models SET digest = NULL WHERE id = ?1", error, "i",
                             model_id) &&
         granary_mirror_raise_high_water (self, model_id, version->number, error) &&
         granary_mirror_follow_versions (self, model_id, error);
}

/* When files of a version were replaced, added or removed, as far as object storage tells; 0 when
 * they were not, or are seen for the first time. */
static gint64
find_change (GranaryVersion *version,
             GPtrArray      *files)
{
  gint64 changed = 0;
  guint n_kept = 0;

  if (version->n_files < 0 || (version->files->len == 0 && version->n_files > 0))
    return 0;

  for (guint i = 0; i < files->len; i++)
    {
      const GranaryFile *file = g_ptr_array_index (files, i);
      const GranaryFile *known = granary_version_find_file (version, file->path);

      n_kept += known != NULL;
      if (known == NULL || known->size != file->size ||
          (known->etag != NULL && *known->etag != '\0' && file->etag != NULL &&
           !g_str_equal (known->etag, file->etag)))
        changed = MAX (changed, MAX (file->mtime / 1000, 1));
    }

  /* Nobody tells when one went. */
  return n_kept < version->files->len ? g_get_real_time () : changed;
}

/**
 * granary_writer_note_files_changed:
 * @self: a writer
 * @version_id: a version
 * @time: µs since the epoch
 * @error: return location
 *
 * Services that serve older files need an update from now on.
 *
 * Returns: whether it was written
 */
gboolean
granary_writer_note_files_changed (GranaryWriter  *self,
                                   gint64          version_id,
                                   gint64          time,
                                   GError        **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return granary_writer_run (self,
                             "UPDATE versions SET files_changed ="
                             " max(?2, coalesce(files_changed, 0)) WHERE id = ?1",
                             error, "ii", version_id, time);
}

/**
 * granary_writer_mirror_files:
 * @self: a writer
 * @version_id: a version
 * @files: (element-type GranaryFile): all of its files as object storage lists them
 * @error: return location
 *
 * Returns: whether it was written, or nothing had to be
 */
gboolean
granary_writer_mirror_files (GranaryWriter  *self,
                             gint64          version_id,
                             GPtrArray      *files,
                             GError        **error)
{
  g_autoptr (GranaryVersion) version = NULL;
  gint64 changed;
  gint64 latest = 0;
  gboolean same;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (files != NULL, FALSE);

  version = granary_load_version (self->database, version_id, error);
  if (version == NULL)
    return FALSE;

  same = version->n_files == (int) files->len && version->files->len == files->len;
  for (guint i = 0; i < files->len; i++)
    {
      const GranaryFile *file = g_ptr_array_index (files, i);
      const GranaryFile *known = same ? granary_version_find_file (version, file->path) : NULL;

      latest = MAX (latest, file->mtime / 1000);
      same = known != NULL && known->size == file->size && known->mtime == file->mtime &&
             g_strcmp0 (known->etag, file->etag != NULL ? file->etag : "") == 0 &&
             g_strcmp0 (known->crc64, file->crc64) == 0;
    }
  if (same)
    return TRUE;

  changed = find_change (version, files);
  if (changed > 0 && !granary_writer_note_files_changed (self, version_id, changed, error))
    return FALSE;

  /* A tag of the storage, even an empty one, marks files that share no content with others. */
  return granary_writer_write_files (self, version_id, files, error) &&
         granary_writer_run (self,
                             "UPDATE files SET etag = '' WHERE version_id = ?1 AND etag IS NULL",
                             error, "i", version_id) &&
         granary_writer_run (self, "UPDATE versions SET updated = max(created, ?2) WHERE id = ?1",
                             error, "ii", version_id, latest) &&
         granary_mirror_follow_versions (self, version->model_id, error);
}
