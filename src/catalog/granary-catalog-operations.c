/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-catalog"

#include "config.h"

#include <string.h>

#include "granary-catalog-private.h"
#include "granary-catalog-writer.h"
#include "granary-error.h"

/* Work under way on the folder, and the look-up of stored content. */

void
granary_operation_free (GranaryOperation *self)
{
  if (self == NULL)
    return;

  g_free (self->uid);
  g_free (self->session);
  g_free (self->detail);
  g_free (self);
}

void
granary_stored_file_free (GranaryStoredFile *self)
{
  if (self == NULL)
    return;

  g_free (self->model_name);
  granary_file_free (self->file);
  g_free (self);
}

/**
 * granary_writer_begin_operation:
 * @self: a writer
 * @operation: what is about to be done
 * @error: return location
 *
 * Records it. Two operations may run at once unless one of them is about the whole model of the
 * other, or both are about the same version.
 *
 * Returns: whether it was written; %GRANARY_REASON_BUSY naming the model otherwise
 */
gboolean
granary_writer_begin_operation (GranaryWriter           *self,
                                const GranaryOperation  *operation,
                                GError                 **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  GError *local_error = NULL;
  g_autofree char *name = NULL;
  gboolean busy;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (operation != NULL, FALSE);

  statement = granary_database_prepare (self->database,
                                        "SELECT m.name FROM operations o"
                                        " LEFT JOIN models m ON m.id = o.model_id"
                                        " WHERE o.model_id = ?1"
                                        " AND (o.version_id = ?2 OR o.version_id = 0 OR ?2 = 0)",
                                        error);
  if (statement == NULL)
    return FALSE;

  granary_statement_bind_int (statement, 1, operation->model_id);
  granary_statement_bind_int (statement, 2, operation->version_id);
  busy = granary_statement_step (statement, &local_error);
  if (busy)
    name = granary_statement_dup_text (statement, 0);
  if (!granary_read_ended (local_error, error))
    return FALSE;
  if (busy)
    {
      granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_BUSY, name,
                         "“%s” is being changed", name != NULL ? name : "-");
      return FALSE;
    }

  return granary_writer_run (self,
                             "INSERT INTO operations (uid, session, kind, model_id, version_id,"
                             " detail, started) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                             error, "ssiiisi", operation->uid, operation->session,
                             (gint64) operation->kind, operation->model_id, operation->version_id,
                             operation->detail, g_get_real_time ());
}

gboolean
granary_writer_update_operation (GranaryWriter         *self,
                                 const char            *uid,
                                 GranaryOperationKind   kind,
                                 const char            *detail,
                                 GError               **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (uid != NULL, FALSE);

  return granary_writer_run (self, "UPDATE operations SET kind = ?2, detail = ?3 WHERE uid = ?1",
                             error, "sis", uid, (gint64) kind, detail);
}

gboolean
granary_writer_end_operation (GranaryWriter  *self,
                              const char     *uid,
                              GError        **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (uid != NULL, FALSE);

  return granary_writer_run (self, "DELETE FROM operations WHERE uid = ?1", error, "s", uid);
}

/**
 * granary_writer_list_operations:
 * @self: a writer
 * @error: return location
 *
 * Returns: (transfer full) (element-type GranaryOperation): all recorded ones, the oldest first
 */
GPtrArray *
granary_writer_list_operations (GranaryWriter  *self,
                                GError        **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GPtrArray) operations = NULL;
  GError *local_error = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  statement = granary_database_prepare (self->database,
                                        "SELECT uid, session, kind, model_id, version_id, detail"
                                        " FROM operations ORDER BY started, uid",
                                        error);
  if (statement == NULL)
    return NULL;

  operations = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_operation_free);
  while (granary_statement_step (statement, &local_error))
    {
      GranaryOperation *operation = g_new0 (GranaryOperation, 1);

      operation->uid = granary_statement_dup_text (statement, 0);
      operation->session = granary_statement_dup_text (statement, 1);
      operation->kind = (GranaryOperationKind) granary_statement_get_int (statement, 2);
      operation->model_id = granary_statement_get_int (statement, 3);
      operation->version_id = granary_statement_get_int (statement, 4);
      operation->detail = granary_statement_dup_text (statement, 5);
      g_ptr_array_add (operations, operation);
    }
  if (!granary_read_ended (local_error, error))
    return NULL;

  return g_steal_pointer (&operations);
}

/**
 * granary_catalog_has_size:
 * @self: a catalogue
 * @size: bytes
 * @has: (out): whether any stored file is that long
 * @error: return location
 *
 * Tells cheaply that content is new, before any of it is read.
 *
 * Returns: whether it could be asked
 */
gboolean
granary_catalog_has_size (GranaryCatalog  *self,
                          gint64           size,
                          gboolean        *has,
                          GError         **error)
{
  g_autoptr (GranaryReader) reader = NULL;
  g_autoptr (GranaryStatement) statement = NULL;
  GError *local_error = NULL;

  g_return_val_if_fail (has != NULL, FALSE);

  statement = granary_catalog_start_read (self, NULL,
                                          "SELECT 1 FROM files WHERE size = ?1 LIMIT 1",
                                          &reader, error);
  if (statement == NULL)
    return FALSE;

  granary_statement_bind_int (statement, 1, size);
  *has = granary_statement_step (statement, &local_error);
  if (!granary_read_ended (local_error, error))
    return FALSE;

  return TRUE;
}

/**
 * granary_catalog_find_content:
 * @self: a catalogue
 * @sha256: (array fixed-size=32): digest
 * @size: bytes
 * @error: return location
 *
 * Returns: (transfer full) (element-type GranaryStoredFile): files of ready versions outside the
 *   trash with that content, a few at most
 */
GPtrArray *
granary_catalog_find_content (GranaryCatalog  *self,
                              const guint8    *sha256,
                              gint64           size,
                              GError         **error)
{
  g_autoptr (GranaryReader) reader = NULL;
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GPtrArray) found = NULL;
  GError *local_error = NULL;

  g_return_val_if_fail (sha256 != NULL, NULL);

  statement = granary_catalog_start_read (self, NULL,
                                          "SELECT m.name, v.number, f.path, f.mtime, f.inode"
                                          " FROM files f JOIN versions v ON v.id = f.version_id"
                                          " JOIN models m ON m.id = v.model_id"
                                          " WHERE f.size = ?1 AND f.sha256 = ?2"
                                          " AND v.status = 'ready' AND v.trash IS NULL"
                                          " AND m.trash IS NULL LIMIT 8",
                                          &reader, error);
  if (statement == NULL)
    return NULL;

  found = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_stored_file_free);
  granary_statement_bind_int (statement, 1, size);
  granary_statement_bind_blob (statement, 2, sha256, GRANARY_SHA256_LENGTH);
  while (granary_statement_step (statement, &local_error))
    {
      GranaryStoredFile *stored = g_new0 (GranaryStoredFile, 1);

      stored->model_name = granary_statement_dup_text (statement, 0);
      stored->number = (int) granary_statement_get_int (statement, 1);
      stored->file = granary_file_new (granary_statement_get_text (statement, 2), size, sha256,
                                       granary_statement_get_int (statement, 3),
                                       (guint64) granary_statement_get_int (statement, 4));
      g_ptr_array_add (found, stored);
    }
  if (!granary_read_ended (local_error, error))
    return NULL;

  return g_steal_pointer (&found);
}
