/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-transfer-store-private.h"
#include "granary-transfer-store.h"

#include <string.h>

#include "granary-error.h"

/*
 * Records of files under way. A row belongs to one session at a time, so that two processes never
 * send the same file to the same place; `touched` is when somebody last worked on it.
 */

/* Beyond these the ones untouched for longest go. */
#define MAX_RESUMES 500

G_STATIC_ASSERT (sizeof (gint64) == sizeof (guint64));

/* Records */

static void
resume_part_free (gpointer data)
{
  GranaryResumePart *self = data;

  g_free (self->etag);
  g_free (self);
}

/**
 * granary_resume_new:
 *
 * Returns: (transfer full): an empty record; its maker fills it in
 */
GranaryResume *
granary_resume_new (void)
{
  GranaryResume *self = g_new0 (GranaryResume, 1);

  self->parts = g_ptr_array_new_with_free_func (resume_part_free);

  return self;
}

void
granary_resume_free (GranaryResume *self)
{
  if (self == NULL)
    return;

  g_free (self->path);
  g_free (self->address);
  g_free (self->etag);
  g_free (self->upload_id);
  g_clear_pointer (&self->parts, g_ptr_array_unref);
  g_free (self);
}

/* Auxiliary functions */

static void
bind_path (GranaryStatement *statement,
           int               index,
           const char       *path)
{
  granary_statement_bind_blob (statement, index, path, strlen (path));
}

/* SQLite has no unsigned numbers of 64 bits: as text. */
static void
bind_crc64 (GranaryStatement *statement,
            int               index,
            guint64           crc64)
{
  char text[24];

  g_snprintf (text, sizeof text, "%" G_GUINT64_FORMAT, crc64);
  granary_statement_bind_text (statement, index, text);
}

/* What is no number is no CRC of anything: such a record would only be believed less. */
static guint64
get_crc64 (GranaryStatement *statement,
           int               column)
{
  const char *text = granary_statement_get_text (statement, column);
  guint64 crc64;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, &crc64, NULL))
    return 0;

  return crc64;
}

static gboolean
is_held (GranaryTransferStore *self,
         const char           *session)
{
  if (session == NULL || *session == '\0')
    return FALSE;

  /* What this very session holds is worked on by another of its transfers. */
  return g_strcmp0 (session, granary_transfer_store_get_session (self)) == 0 ||
         granary_transfer_store_is_session_alive (self, session);
}

static gboolean
fail_busy (const char  *path,
           GError     **error)
{
  g_autofree char *shown = granary_display_path (path);

  granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_BUSY, shown,
                     "%s is being transferred already", shown);
  return FALSE;
}

static gboolean
run_for_id (GranaryTransferStore  *self,
            const char            *sql,
            gint64                 id,
            GError               **error)
{
  g_autoptr (GranaryStatement) statement = granary_database_prepare (self->database, sql, error);

  if (statement == NULL)
    return FALSE;

  granary_statement_bind_int (statement, 1, id);
  return granary_statement_run (statement, error);
}

/* The row of a file and place, without its parts: NULL without error when there is none. @session
 * is who holds it. */
static GranaryResume *
find_row (GranaryTransferStore  *self,
          gboolean               is_upload,
          const char            *path,
          const char            *address,
          char                 **session,
          GError               **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  GranaryResume *resume;

  statement = granary_database_prepare (
    self->database,
    "SELECT id, size, mtime, device, inode, etag, crc64, part_size, upload_id, session"
    " FROM resumes WHERE is_upload = ?1 AND path = ?2 AND address = ?3",
    error);
  if (statement == NULL)
    return NULL;

  granary_statement_bind_int (statement, 1, is_upload);
  bind_path (statement, 2, path);
  granary_statement_bind_text (statement, 3, address);
  if (!granary_statement_step (statement, error))
    return NULL;

  resume = granary_resume_new ();
  resume->id = granary_statement_get_int (statement, 0);
  resume->is_upload = is_upload;
  resume->path = g_strdup (path);
  resume->size = granary_statement_get_int (statement, 1);
  resume->mtime = granary_statement_get_int (statement, 2);
  resume->device = (guint64) granary_statement_get_int (statement, 3);
  resume->inode = (guint64) granary_statement_get_int (statement, 4);
  resume->address = g_strdup (address);
  resume->etag = granary_statement_dup_text (statement, 5);
  resume->crc64 = get_crc64 (statement, 6);
  resume->part_size = granary_statement_get_int (statement, 7);
  resume->upload_id = granary_statement_dup_text (statement, 8);
  *session = granary_statement_dup_text (statement, 9);

  return resume;
}

static gboolean
load_parts (GranaryTransferStore  *self,
            GranaryResume         *resume,
            GError               **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GError) local_error = NULL;

  statement = granary_database_prepare (
    self->database,
    "SELECT number, size, etag, crc64 FROM resume_parts WHERE resume_id = ?1 ORDER BY number",
    error);
  if (statement == NULL)
    return FALSE;

  granary_statement_bind_int (statement, 1, resume->id);
  while (granary_statement_step (statement, &local_error))
    {
      GranaryResumePart *part = g_new0 (GranaryResumePart, 1);

      part->number = (int) granary_statement_get_int (statement, 0);
      part->size = granary_statement_get_int (statement, 1);
      part->etag = granary_statement_dup_text (statement, 2);
      part->crc64 = get_crc64 (statement, 3);
      g_ptr_array_add (resume->parts, part);
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return TRUE;
}

static gboolean
take_row (GranaryTransferStore  *self,
          gint64                 id,
          GError               **error)
{
  g_autoptr (GranaryStatement) statement = NULL;

  statement = granary_database_prepare (
    self->database,
    "UPDATE resumes SET session = ?2, touched = ?3 WHERE id = ?1",
    error);
  if (statement == NULL)
    return FALSE;

  granary_statement_bind_int (statement, 1, id);
  granary_statement_bind_text (statement, 2, granary_transfer_store_get_session (self));
  granary_statement_bind_int (statement, 3, g_get_real_time ());
  return granary_statement_run (statement, error);
}

/* Each of these is one transaction. */

static gboolean
claim (GranaryTransferStore  *self,
       gboolean               is_upload,
       const char            *path,
       const char            *address,
       GranaryResume        **resume,
       GError               **error)
{
  g_autoptr (GranaryResume) found = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *session = NULL;

  found = find_row (self, is_upload, path, address, &session, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (found == NULL)
    return TRUE;
  if (is_held (self, session))
    return fail_busy (path, error);

  if (!load_parts (self, found, error) || !take_row (self, found->id, error))
    return FALSE;

  *resume = g_steal_pointer (&found);
  return TRUE;
}

static gboolean
insert_part (GranaryTransferStore     *self,
             gint64                    id,
             const GranaryResumePart  *part,
             GError                  **error)
{
  g_autoptr (GranaryStatement) statement = NULL;

  statement = granary_database_prepare (
    self->database,
    "INSERT OR REPLACE INTO resume_parts (resume_id, number, size, etag, crc64)"
    " VALUES (?1, ?2, ?3, ?4, ?5)",
    error);
  if (statement == NULL)
    return FALSE;

  granary_statement_bind_int (statement, 1, id);
  granary_statement_bind_int (statement, 2, part->number);
  granary_statement_bind_int (statement, 3, part->size);
  granary_statement_bind_text (statement, 4, part->etag);
  bind_crc64 (statement, 5, part->crc64);
  return granary_statement_run (statement, error);
}

static gboolean
insert (GranaryTransferStore  *self,
        GranaryResume         *resume,
        GError               **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GranaryResume) before = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *session = NULL;

  before = find_row (self, resume->is_upload, resume->path, resume->address, &session,
                     &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  /* The one being replaced may be the caller's own, never another's. */
  if (before != NULL && before->id != resume->id && is_held (self, session))
    return fail_busy (resume->path, error);
  if (before != NULL &&
      !run_for_id (self, "DELETE FROM resumes WHERE id = ?1", before->id, error))
    return FALSE;

  statement = granary_database_prepare (
    self->database,
    "INSERT INTO resumes (is_upload, path, size, mtime, device, inode, address, etag, crc64,"
    "                     part_size, upload_id, session, touched)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    error);
  if (statement == NULL)
    return FALSE;

  granary_statement_bind_int (statement, 1, resume->is_upload);
  bind_path (statement, 2, resume->path);
  granary_statement_bind_int (statement, 3, resume->size);
  granary_statement_bind_int (statement, 4, resume->mtime);
  granary_statement_bind_int (statement, 5, (gint64) resume->device);
  granary_statement_bind_int (statement, 6, (gint64) resume->inode);
  granary_statement_bind_text (statement, 7, resume->address);
  granary_statement_bind_text (statement, 8, resume->etag);
  bind_crc64 (statement, 9, resume->crc64);
  granary_statement_bind_int (statement, 10, resume->part_size);
  granary_statement_bind_text (statement, 11, resume->upload_id);
  granary_statement_bind_text (statement, 12, granary_transfer_store_get_session (self));
  granary_statement_bind_int (statement, 13, g_get_real_time ());
  if (!granary_statement_run (statement, error))
    return FALSE;

  resume->id = granary_database_get_last_id (self->database);
  for (guint i = 0; i < resume->parts->len; i++)
    {
      if (!insert_part (self, resume->id, g_ptr_array_index (resume->parts, i), error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
set_upload_id (GranaryTransferStore  *self,
               gint64                 id,
               const char            *upload_id,
               GError               **error)
{
  g_autoptr (GranaryStatement) statement = NULL;

  statement = granary_database_prepare (
    self->database,
    "UPDATE resumes SET upload_id = ?2, touched = ?3 WHERE id = ?1",
    error);
  if (statement == NULL)
    return FALSE;

  granary_statement_bind_int (statement, 1, id);
  granary_statement_bind_text (statement, 2, upload_id);
  granary_statement_bind_int (statement, 3, g_get_real_time ());
  return granary_statement_run (statement, error);
}

static gboolean
add_part (GranaryTransferStore     *self,
          gint64                    id,
          const GranaryResumePart  *part,
          GError                  **error)
{
  return insert_part (self, id, part, error) && take_row (self, id, error);
}

/* Whoever holds a row may be finishing it this moment, however old it looks. */
static gboolean
drop_unless_held (GranaryTransferStore  *self,
                  gint64                 id,
                  const char            *session,
                  GError               **error)
{
  return is_held (self, session) ||
         run_for_id (self, "DELETE FROM resumes WHERE id = ?1", id, error);
}

static gboolean
expire (GranaryTransferStore  *self,
        gint64                 before,
        GError               **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GPtrArray) sessions = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) local_error = NULL;

  statement = granary_database_prepare (
    self->database,
    "SELECT id, session FROM resumes WHERE touched < ?1"
    " UNION SELECT id, session FROM"
    " (SELECT id, session FROM resumes ORDER BY touched DESC, id DESC LIMIT -1 OFFSET ?2)",
    error);
  if (statement == NULL)
    return FALSE;

  granary_statement_bind_int (statement, 1, before);
  granary_statement_bind_int (statement, 2, MAX_RESUMES);
  while (granary_statement_step (statement, &local_error))
    {
      gint64 id = granary_statement_get_int (statement, 0);

      g_array_append_val (ids, id);
      g_ptr_array_add (sessions, granary_statement_dup_text (statement, 1));
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  for (guint i = 0; i < ids->len; i++)
    {
      if (!drop_unless_held (self, g_array_index (ids, gint64, i),
                             g_ptr_array_index (sessions, i), error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
list_upload_ids (GranaryTransferStore  *self,
                 const char            *address,
                 GStrvBuilder          *builder,
                 GError               **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GError) local_error = NULL;

  statement = granary_database_prepare (
    self->database,
    "SELECT upload_id FROM resumes"
    " WHERE address = ?1 AND upload_id IS NOT NULL ORDER BY id",
    error);
  if (statement == NULL)
    return FALSE;

  granary_statement_bind_text (statement, 1, address);
  while (granary_statement_step (statement, &local_error))
    g_strv_builder_add (builder, granary_statement_get_text (statement, 0));
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return TRUE;
}

/* Public functions */

/**
 * granary_transfer_store_claim_resume:
 * @self: a store
 * @is_upload: direction
 * @path: file on this computer
 * @address: place of the object
 * @resume: (out) (transfer full) (nullable): the record with its parts, %NULL when there is none
 * @error: return location
 *
 * Takes over what was recorded of a file under way, so that no other transfer works on it until it
 * is released or removed. Blocks; any thread.
 *
 * Returns: whether it could be looked up; %GRANARY_REASON_BUSY when a live session, this one
 *   included, works on it
 */
gboolean
granary_transfer_store_claim_resume (GranaryTransferStore  *self,
                                     gboolean               is_upload,
                                     const char            *path,
                                     const char            *address,
                                     GranaryResume        **resume,
                                     GError               **error)
{
  gboolean success;

  g_return_val_if_fail (GRANARY_IS_TRANSFER_STORE (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail (address != NULL, FALSE);
  g_return_val_if_fail (resume != NULL, FALSE);

  *resume = NULL;
  if (!granary_transfer_store_begin (self, error))
    return FALSE;

  success = claim (self, !!is_upload, path, address, resume, error);
  if (!granary_transfer_store_end (self, success, error))
    {
      g_clear_pointer (resume, granary_resume_free);
      return FALSE;
    }

  return TRUE;
}

/**
 * granary_transfer_store_add_resume:
 * @self: a store
 * @resume: what to record, with the parts it has; its id is set
 * @error: return location
 *
 * Records a file under way, claimed, in place of an earlier record of the same path and address.
 * Blocks; on the disk when it returns.
 *
 * Returns: whether it was recorded; %GRANARY_REASON_BUSY when the earlier one is another's
 */
gboolean
granary_transfer_store_add_resume (GranaryTransferStore  *self,
                                   GranaryResume         *resume,
                                   GError               **error)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER_STORE (self), FALSE);
  g_return_val_if_fail (resume != NULL && resume->path != NULL && resume->address != NULL, FALSE);

  if (!granary_transfer_store_begin (self, error))
    return FALSE;

  return granary_transfer_store_end (self, insert (self, resume, error), error);
}

gboolean
granary_transfer_store_set_upload_id (GranaryTransferStore  *self,
                                      gint64                 id,
                                      const char            *upload_id,
                                      GError               **error)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER_STORE (self), FALSE);

  if (!granary_transfer_store_begin (self, error))
    return FALSE;

  return granary_transfer_store_end (self, set_upload_id (self, id, upload_id, error), error);
}

/**
 * granary_transfer_store_add_part:
 * @self: a store
 * @id: of a record
 * @part: a finished part
 * @error: return location
 *
 * Records that a part is done. Any thread; on the disk when it returns.
 *
 * Returns: whether it was recorded
 */
gboolean
granary_transfer_store_add_part (GranaryTransferStore     *self,
                                 gint64                    id,
                                 const GranaryResumePart  *part,
                                 GError                  **error)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER_STORE (self), FALSE);
  g_return_val_if_fail (part != NULL, FALSE);

  if (!granary_transfer_store_begin (self, error))
    return FALSE;

  return granary_transfer_store_end (self, add_part (self, id, part, error), error);
}

/**
 * granary_transfer_store_release_resume:
 * @self: a store
 * @id: of a claimed record
 * @error: return location
 *
 * Keeps the record, for whoever goes on with the file.
 *
 * Returns: whether it was released
 */
gboolean
granary_transfer_store_release_resume (GranaryTransferStore  *self,
                                       gint64                 id,
                                       GError               **error)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER_STORE (self), FALSE);

  if (!granary_transfer_store_begin (self, error))
    return FALSE;

  return granary_transfer_store_end (
    self, run_for_id (self, "UPDATE resumes SET session = '' WHERE id = ?1", id, error), error);
}

gboolean
granary_transfer_store_remove_resume (GranaryTransferStore  *self,
                                      gint64                 id,
                                      GError               **error)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER_STORE (self), FALSE);

  if (!granary_transfer_store_begin (self, error))
    return FALSE;

  return granary_transfer_store_end (
    self, run_for_id (self, "DELETE FROM resumes WHERE id = ?1", id, error), error);
}

/**
 * granary_transfer_store_list_upload_ids:
 * @self: a store
 * @address: place of an object
 * @error: return location
 *
 * Which multipart uploads to @address have a record: whoever finds one of these at the server must
 * leave it to its owner.
 *
 * Returns: (transfer full): the upload ids
 */
GStrv
granary_transfer_store_list_upload_ids (GranaryTransferStore  *self,
                                        const char            *address,
                                        GError               **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_return_val_if_fail (GRANARY_IS_TRANSFER_STORE (self), NULL);
  g_return_val_if_fail (address != NULL, NULL);

  if (!granary_transfer_store_begin (self, error) ||
      !granary_transfer_store_end (self, list_upload_ids (self, address, builder, error), error))
    return NULL;

  return g_strv_builder_end (builder);
}

/**
 * granary_transfer_store_expire_resumes:
 * @self: a store
 * @days: how long a record may be left alone
 * @error: return location
 *
 * Forgets old records, and the oldest beyond 500. Those that a live session works on stay.
 *
 * Returns: whether it could be done
 */
gboolean
granary_transfer_store_expire_resumes (GranaryTransferStore  *self,
                                       int                    days,
                                       GError               **error)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER_STORE (self), FALSE);
  g_return_val_if_fail (days >= 0, FALSE);

  if (!granary_transfer_store_begin (self, error))
    return FALSE;

  return granary_transfer_store_end (
    self, expire (self, g_get_real_time () - days * G_TIME_SPAN_DAY, error), error);
}
