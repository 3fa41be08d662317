/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-transfer-job-private.h"

#include <string.h>

#include "granary-error.h"
#include "granary-json.h"

/* Rows of jobs and of their files. */

#define COLUMNS \
  "id, state, position, kind, subject, facts, digest, model_id, version_id, error_code," \
  " error_reason, error_subject, error_message, error_from, n_files, bytes"

void
granary_job_row_free (GranaryJobRow *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->facts, json_object_unref);
  g_clear_error (&self->error);
  g_free (self->subject);
  g_free (self->digest);
  g_free (self);
}

/* Reading */

/* The numbers of codes and reasons are those of one program version; of another's only the message
 * is taken. */
static GError *
read_error (GranaryStatement *statement)
{
  const char *message = granary_statement_get_text (statement, 12);
  const char *from = granary_statement_get_text (statement, 13);
  gint64 code = granary_statement_get_int (statement, 9);
  gint64 reason = granary_statement_get_int (statement, 10);
  GError *error = NULL;

  if (g_strcmp0 (from, GRANARY_VERSION) != 0 || code < 0 || code >= GRANARY_N_ERRORS ||
      reason < 0 || reason >= GRANARY_N_REASONS)
    {
      code = GRANARY_ERROR_BACKEND;
      reason = GRANARY_REASON_NONE;
    }
  granary_set_error (&error, (GranaryError) code, (GranaryReason) reason,
                     granary_statement_get_text (statement, 11), "%s",
                     message != NULL ? message : "");

  return error;
}

/* Facts that cannot be read are none: the runner says what it misses, and the job can be called
 * off. */
static JsonObject *
read_facts (const char *text)
{
  g_autoptr (JsonNode) node = granary_json_parse (text != NULL ? text : "{}", -1, "facts", NULL);
  JsonObject *object = node != NULL ? granary_json_get_object (node, "") : NULL;

  return object != NULL ? json_object_ref (object) : json_object_new ();
}

static gboolean
read_done (GranaryTransferStore  *self,
           GranaryJobRow         *row,
           GError               **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GError) local_error = NULL;

  statement = granary_database_prepare (self->database,
                                        "SELECT count(*), coalesce(sum(size), 0) FROM job_files"
                                        " WHERE job_id = ? AND done", error);
  if (statement == NULL)
    return FALSE;

  granary_statement_bind_int (statement, 1, row->id);
  if (granary_statement_step (statement, &local_error))
    {
      row->n_done = granary_statement_get_int (statement, 0);
      row->bytes_done = granary_statement_get_int (statement, 1);
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return TRUE;
}

static GranaryJobRow *
read_row (GranaryTransferStore  *self,
          gint64                 id,
          GError               **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GranaryJobRow) row = NULL;
  g_autoptr (GError) local_error = NULL;

  statement = granary_database_prepare (self->database,
                                        "SELECT " COLUMNS " FROM jobs WHERE id = ?", error);
  if (statement == NULL)
    return NULL;

  granary_statement_bind_int (statement, 1, id);
  if (!granary_statement_step (statement, &local_error))
    {
      if (local_error != NULL)
        g_propagate_error (error, g_steal_pointer (&local_error));
      else
        granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_NONE, NULL,
                           "job %" G_GINT64_FORMAT " is gone", id);
      return NULL;
    }

  row = g_new0 (GranaryJobRow, 1);
  row->id = granary_statement_get_int (statement, 0);
  row->state = (GranaryJobState) CLAMP (granary_statement_get_int (statement, 1),
                                        GRANARY_JOB_WAITING, GRANARY_JOB_FAILED);
  row->position = granary_statement_get_int (statement, 2);
  row->kind = (GranaryTransferKind) CLAMP (granary_statement_get_int (statement, 3),
                                           GRANARY_TRANSFER_IMPORT, GRANARY_TRANSFER_PURGE);
  row->subject = granary_statement_dup_text (statement, 4);
  row->facts = read_facts (granary_statement_get_text (statement, 5));
  row->digest = granary_statement_dup_text (statement, 6);
  row->model_id = granary_statement_get_int (statement, 7);
  row->version_id = granary_statement_get_int (statement, 8);
  if (row->state == GRANARY_JOB_FAILED)
    row->error = read_error (statement);
  row->n_files = granary_statement_get_int (statement, 14);
  row->bytes = granary_statement_get_int (statement, 15);

  return read_done (self, row, error) ? g_steal_pointer (&row) : NULL;
}

static gboolean
list_dead_sessions (GranaryTransferStore  *self,
                    GPtrArray             *sessions,
                    GError               **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GError) local_error = NULL;

  statement = granary_database_prepare (self->database,
                                        "SELECT DISTINCT session FROM jobs WHERE session <> ?",
                                        error);
  if (statement == NULL)
    return FALSE;

  granary_statement_bind_text (statement, 1, self->session);
  while (granary_statement_step (statement, &local_error))
    {
      const char *session = granary_statement_get_text (statement, 0);

      if (!granary_transfer_store_is_session_alive (self, session))
        g_ptr_array_add (sessions, g_strdup (session));
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return TRUE;
}

/* Ids of the rows that were @session's, which are now this one's. */
static gboolean
claim_session (GranaryTransferStore  *self,
               const char            *session,
               GArray                *ids,
               GError               **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GError) local_error = NULL;

  statement = granary_database_prepare (self->database,
                                        "UPDATE jobs SET session = ?1 WHERE session = ?2"
                                        " RETURNING id", error);
  if (statement == NULL)
    return FALSE;

  granary_statement_bind_text (statement, 1, self->session);
  granary_statement_bind_text (statement, 2, session);
  while (granary_statement_step (statement, &local_error))
    {
      gint64 id = granary_statement_get_int (statement, 0);

      g_array_append_val (ids, id);
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return TRUE;
}

static int
compare_positions (gconstpointer a,
                   gconstpointer b)
{
  const GranaryJobRow *row_a = *(const GranaryJobRow *const *) a;
  const GranaryJobRow *row_b = *(const GranaryJobRow *const *) b;

  return (row_a->position > row_b->position) - (row_a->position < row_b->position);
}

static gboolean
take_jobs (GranaryTransferStore  *self,
           GPtrArray             *rows,
           GError               **error)
{
  g_autoptr (GPtrArray) sessions = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (!list_dead_sessions (self, sessions, error))
    return FALSE;
  for (guint i = 0; i < sessions->len; i++)
    if (!claim_session (self, g_ptr_array_index (sessions, i), ids, error))
      return FALSE;

  for (guint i = 0; i < ids->len; i++)
    {
      GranaryJobRow *row = read_row (self, g_array_index (ids, gint64, i), error);

      if (row == NULL)
        return FALSE;
      g_ptr_array_add (rows, row);
    }
  g_ptr_array_sort (rows, compare_positions);

  return TRUE;
}

/* Adding */

static gboolean
insert_files (GranaryTransferStore  *self,
              gint64                 id,
              GPtrArray             *files,
              gint64                *bytes,
              GError               **error)
{
  g_autoptr (GranaryStatement) statement = NULL;

  *bytes = 0;
  statement = granary_database_prepare (self->database,
                                        "INSERT INTO job_files"
                                        " (job_id, position, path, target, size, mtime, done)"
                                        " VALUES (?, ?, ?, ?, ?, ?, ?)", error);
  if (statement == NULL)
    return FALSE;

  for (guint i = 0; i < files->len; i++)
    {
      const GranaryTransferFile *file = g_ptr_array_index (files, i);

      granary_statement_bind_int (statement, 1, id);
      granary_statement_bind_int (statement, 2, i);
      granary_statement_bind_blob (statement, 3, file->path, strlen (file->path));
      granary_statement_bind_text (statement, 4, file->target);
      granary_statement_bind_int (statement, 5, file->size);
      granary_statement_bind_int (statement, 6, file->mtime);
      granary_statement_bind_int (statement, 7, file->done);
      if (!granary_statement_run (statement, error))
        return FALSE;
      *bytes += file->size;
    }

  return TRUE;
}

static gboolean
set_sums (GranaryTransferStore  *self,
          gint64                 id,
          guint                  n_files,
          gint64                 bytes,
          GError               **error)
{
  g_autoptr (GranaryStatement) statement = NULL;

  statement = granary_database_prepare (self->database,
                                        "UPDATE jobs SET n_files = ?2, bytes = ?3 WHERE id = ?1",
                                        error);
  if (statement == NULL)
    return FALSE;

  granary_statement_bind_int (statement, 1, id);
  granary_statement_bind_int (statement, 2, n_files);
  granary_statement_bind_int (statement, 3, bytes);
  return granary_statement_run (statement, error);
}

static gboolean
insert_job (GranaryTransferStore  *self,
            GranaryTransferJob    *job,
            const char            *digest,
            gint64                *id,
            GError               **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GPtrArray) files = granary_transfer_job_dup_files (job);
  g_autofree char *facts = granary_transfer_job_dup_facts_text (job);
  gint64 bytes;

  statement = granary_database_prepare (self->database,
                                        "INSERT INTO jobs (session, position, state, kind, subject,"
                                        " facts, digest, added) VALUES"
                                        " (?, (SELECT coalesce(max(position), 0) + 1 FROM jobs),"
                                        " 0, ?, ?, ?, ?, ?)", error);
  if (statement == NULL)
    return FALSE;

  granary_statement_bind_text (statement, 1, self->session);
  granary_statement_bind_int (statement, 2, granary_transfer_job_get_kind (job));
  granary_statement_bind_text (statement, 3, granary_transfer_job_get_subject (job));
  granary_statement_bind_text (statement, 4, facts);
  granary_statement_bind_text (statement, 5, digest);
  granary_statement_bind_int (statement, 6, g_get_real_time ());
  if (!granary_statement_run (statement, error))
    return FALSE;

  *id = granary_database_get_last_id (self->database);
  return files == NULL ||
         (insert_files (self, *id, files, &bytes, error) &&
          set_sums (self, *id, files->len, bytes, error));
}

/* A job of a dead session with that digest, now this one's and waiting; 0 when there is none. */
static gboolean
adopt_job (GranaryTransferStore  *self,
           const char            *digest,
           gint64                *id,
           GError               **error)
{
  g_autoptr (GranaryStatement) find = NULL;
  g_autoptr (GranaryStatement) claim = NULL;
  g_autoptr (GError) local_error = NULL;

  *id = 0;
  find = granary_database_prepare (self->database,
                                   "SELECT id, session FROM jobs WHERE digest = ? AND session <> ?"
                                   " ORDER BY position", error);
  if (find == NULL)
    return FALSE;

  granary_statement_bind_text (find, 1, digest);
  granary_statement_bind_text (find, 2, self->session);
  while (*id == 0 && granary_statement_step (find, &local_error))
    if (!granary_transfer_store_is_session_alive (self, granary_statement_get_text (find, 1)))
      *id = granary_statement_get_int (find, 0);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (*id == 0)
    return TRUE;

  claim = granary_database_prepare (self->database,
                                    "UPDATE jobs SET session = ?2, state = 0,"
                                    " position = (SELECT max(position) + 1 FROM jobs)"
                                    " WHERE id = ?1", error);
  if (claim == NULL)
    return FALSE;

  granary_statement_bind_int (claim, 1, *id);
  granary_statement_bind_text (claim, 2, self->session);
  return granary_statement_run (claim, error);
}

/* @rows gets what @job goes on with, NULL for a new one. */
static gboolean
add_job (GranaryTransferStore  *self,
         GranaryTransferJob    *job,
         const char            *digest,
         GArray                *ids,
         GPtrArray             *rows,
         GError               **error)
{
  GranaryJobRow *row = NULL;
  gint64 id;

  if (!adopt_job (self, digest, &id, error))
    return FALSE;
  if (id != 0)
    row = read_row (self, id, error);
  if (id != 0 ? row == NULL : !insert_job (self, job, digest, &id, error))
    return FALSE;

  g_array_append_val (ids, id);
  g_ptr_array_add (rows, row);
  return TRUE;
}

gboolean
granary_transfer_store_add_jobs (GranaryTransferStore  *self,
                                 GPtrArray             *jobs,
                                 GError               **error)
{
  g_autoptr (GPtrArray) digests = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) rows =
    g_ptr_array_new_with_free_func ((GDestroyNotify) granary_job_row_free);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean success = TRUE;

  g_return_val_if_fail (GRANARY_IS_TRANSFER_STORE (self), FALSE);

  for (guint i = 0; i < jobs->len; i++)
    g_ptr_array_add (digests, granary_transfer_job_dup_digest (g_ptr_array_index (jobs, i)));

  if (!granary_transfer_store_begin (self, error))
    return FALSE;
  for (guint i = 0; success && i < jobs->len; i++)
    success = add_job (self, g_ptr_array_index (jobs, i), g_ptr_array_index (digests, i), ids, rows,
                       error);
  if (!granary_transfer_store_end (self, success, error))
    return FALSE;

  for (guint i = 0; i < jobs->len; i++)
    {
      if (g_ptr_array_index (rows, i) != NULL)
        granary_transfer_job_adopt (g_ptr_array_index (jobs, i), self,
                                    g_ptr_array_index (rows, i));
      else
        granary_transfer_job_bind (g_ptr_array_index (jobs, i), self,
                                   g_array_index (ids, gint64, i));
    }

  return TRUE;
}

GPtrArray *
granary_transfer_store_take_jobs (GranaryTransferStore  *self,
                                  GError               **error)
{
  g_autoptr (GPtrArray) rows =
    g_ptr_array_new_with_free_func ((GDestroyNotify) granary_job_row_free);

  g_return_val_if_fail (GRANARY_IS_TRANSFER_STORE (self), NULL);

  if (!granary_transfer_store_begin (self, error) ||
      !granary_transfer_store_end (self, take_jobs (self, rows, error), error))
    return NULL;

  return g_steal_pointer (&rows);
}

/* Changing. All of one statement, with up to three parameters after the id. */

typedef struct
{
  const char *text;
  gint64      number;
} Value;

static gboolean
run_one (GranaryTransferStore  *self,
         const char            *sql,
         const Value           *values,
         gsize                  n_values,
         GError               **error)
{
  g_autoptr (GranaryStatement) statement = granary_database_prepare (self->database, sql, error);

  if (statement == NULL)
    return FALSE;
  for (gsize i = 0; i < n_values; i++)
    {
      if (values[i].text != NULL)
        granary_statement_bind_text (statement, (int) i + 1, values[i].text);
      else
        granary_statement_bind_int (statement, (int) i + 1, values[i].number);
    }

  return granary_statement_run (statement, error);
}

static gboolean
change (GranaryTransferStore  *self,
        const char            *sql,
        const Value           *values,
        gsize                  n_values,
        GError               **error)
{
  return granary_transfer_store_begin (self, error) &&
         granary_transfer_store_end (self, run_one (self, sql, values, n_values, error), error);
}

gboolean
granary_transfer_store_release_jobs (GranaryTransferStore  *self,
                                     GError               **error)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER_STORE (self), FALSE);

  return change (self, "UPDATE jobs SET session = '' WHERE session = ?1",
                 (Value[]) { { .text = self->session } }, 1, error);
}

gboolean
granary_transfer_store_remove_jobs (GranaryTransferStore  *self,
                                    const gint64          *ids,
                                    gsize                  n_ids,
                                    GError               **error)
{
  gboolean success = TRUE;

  g_return_val_if_fail (GRANARY_IS_TRANSFER_STORE (self), FALSE);

  if (!granary_transfer_store_begin (self, error))
    return FALSE;
  for (gsize i = 0; success && i < n_ids; i++)
    success = run_one (self, "DELETE FROM jobs WHERE id = ?1",
                       (Value[]) { { .number = ids[i] } }, 1, error);

  return granary_transfer_store_end (self, success, error);
}

static gboolean
set_failure (GranaryTransferStore  *self,
             gint64                 id,
             const GError          *failure,
             GError               **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  gboolean is_ours = failure->domain == GRANARY_ERROR;

  statement = granary_database_prepare (self->database,
                                        "UPDATE jobs SET error_code = ?2, error_reason = ?3,"
                                        " error_subject = ?4, error_message = ?5, error_from = ?6"
                                        " WHERE id = ?1", error);
  if (statement == NULL)
    return FALSE;

  granary_statement_bind_int (statement, 1, id);
  granary_statement_bind_int (statement, 2, is_ours ? failure->code : GRANARY_ERROR_BACKEND);
  granary_statement_bind_int (statement, 3, is_ours ? (gint64) granary_error_get_reason (failure)
                                                    : GRANARY_REASON_NONE);
  granary_statement_bind_text (statement, 4, is_ours ? granary_error_get_subject (failure) : NULL);
  granary_statement_bind_text (statement, 5, failure->message);
  granary_statement_bind_text (statement, 6, GRANARY_VERSION);
  return granary_statement_run (statement, error);
}

gboolean
granary_transfer_store_set_job_state (GranaryTransferStore  *self,
                                      gint64                 id,
                                      GranaryJobState        state,
                                      const GError          *failure,
                                      GError               **error)
{
  gboolean success;

  g_return_val_if_fail (GRANARY_IS_TRANSFER_STORE (self), FALSE);

  if (!granary_transfer_store_begin (self, error))
    return FALSE;
  success = run_one (self, "UPDATE jobs SET state = ?2 WHERE id = ?1",
                     (Value[]) { { .number = id }, { .number = state } }, 2, error);
  if (success && failure != NULL)
    success = set_failure (self, id, failure, error);

  return granary_transfer_store_end (self, success, error);
}

gboolean
granary_transfer_store_raise_job (GranaryTransferStore  *self,
                                  gint64                 id,
                                  GError               **error)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER_STORE (self), FALSE);

  return change (self,
                 "UPDATE jobs SET position = (SELECT min(position) - 1 FROM jobs) WHERE id = ?1",
                 (Value[]) { { .number = id } }, 1, error);
}

gboolean
granary_transfer_store_set_job_target (GranaryTransferStore  *self,
                                       gint64                 id,
                                       gint64                 model_id,
                                       gint64                 version_id,
                                       GError               **error)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER_STORE (self), FALSE);

  return change (self, "UPDATE jobs SET model_id = ?2, version_id = ?3 WHERE id = ?1",
                 (Value[]) { { .number = id }, { .number = model_id }, { .number = version_id } },
                 3, error);
}

gboolean
granary_transfer_store_set_job_facts (GranaryTransferStore  *self,
                                      gint64                 id,
                                      const char            *facts,
                                      GError               **error)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER_STORE (self), FALSE);

  return change (self, "UPDATE jobs SET facts = ?2 WHERE id = ?1",
                 (Value[]) { { .number = id }, { .text = facts } }, 2, error);
}

/* Files of a job */

static GPtrArray *
load_files (GranaryTransferStore  *self,
            gint64                 id,
            GError               **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GPtrArray) files =
    g_ptr_array_new_with_free_func ((GDestroyNotify) granary_transfer_file_free);
  g_autoptr (GError) local_error = NULL;

  statement = granary_database_prepare (self->database,
                                        "SELECT path, target, size, mtime, done FROM job_files"
                                        " WHERE job_id = ? ORDER BY position", error);
  if (statement == NULL)
    return NULL;

  granary_statement_bind_int (statement, 1, id);
  while (granary_statement_step (statement, &local_error))
    {
      GranaryTransferFile *file = g_new0 (GranaryTransferFile, 1);
      gsize length;
      const guint8 *path = granary_statement_get_blob (statement, 0, &length);

      file->path = g_strndup ((const char *) path, length);
      file->target = granary_statement_dup_text (statement, 1);
      file->size = granary_statement_get_int (statement, 2);
      file->mtime = granary_statement_get_int (statement, 3);
      file->done = granary_statement_get_int (statement, 4) != 0;
      g_ptr_array_add (files, file);
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return g_steal_pointer (&files);
}

GPtrArray *
granary_transfer_store_load_job_files (GranaryTransferStore  *self,
                                       gint64                 id,
                                       GError               **error)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_val_if_fail (GRANARY_IS_TRANSFER_STORE (self), NULL);

  locker = g_mutex_locker_new (&self->lock);

  return load_files (self, id, error);
}

gboolean
granary_transfer_store_set_job_files (GranaryTransferStore  *self,
                                      gint64                 id,
                                      GPtrArray             *files,
                                      GError               **error)
{
  gboolean success;
  gint64 bytes;

  g_return_val_if_fail (GRANARY_IS_TRANSFER_STORE (self), FALSE);

  if (!granary_transfer_store_begin (self, error))
    return FALSE;
  success = run_one (self, "DELETE FROM job_files WHERE job_id = ?1",
                     (Value[]) { { .number = id } }, 1, error) &&
            insert_files (self, id, files, &bytes, error) &&
            set_sums (self, id, files->len, bytes, error);

  return granary_transfer_store_end (self, success, error);
}

gboolean
granary_transfer_store_set_job_files_done (GranaryTransferStore  *self,
                                           gint64                 id,
                                           const guint           *positions,
                                           gsize                  n_positions,
                                           GError               **error)
{
  gboolean success = TRUE;

  g_return_val_if_fail (GRANARY_IS_TRANSFER_STORE (self), FALSE);

  if (!granary_transfer_store_begin (self, error))
    return FALSE;
  for (gsize i = 0; success && i < n_positions; i++)
    success = run_one (self, "UPDATE job_files SET done = 1 WHERE job_id = ?1 AND position = ?2",
                       (Value[]) { { .number = id }, { .number = positions[i] } }, 2, error);

  return granary_transfer_store_end (self, success, error);
}
