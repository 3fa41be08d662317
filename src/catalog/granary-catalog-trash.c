/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-catalog"

#include "config.h"

#include "granary-catalog-private.h"
#include "granary-catalog-writer.h"
#include "granary-error.h"
#include "granary-names.h"

/* The trash. An entry holds a whole model (its row carries the entry's id) or one version. Versions
 * deleted one by one before their model keep entries of their own; purging the model takes them
 * along. */

/* A model of this program's own trash is counted with the versions that were live in it. */
#define ENTRY_COLUMNS \
  "t.uid, t.model_id, m.name, coalesce (v.number, 0)," \
  " CASE WHEN v.id IS NULL THEN" \
  "   (SELECT count(*) FROM versions x WHERE x.model_id = m.id AND x.trash IS NULL) ELSE 1 END," \
  " CASE WHEN v.id IS NULL THEN" \
  "   (SELECT sum(size) FROM versions x WHERE x.model_id = m.id AND x.trash IS NULL)" \
  "   ELSE v.size END," \
  " t.deleted, t.version_id"

static GranaryTrashEntry *
read_entry (GranaryStatement *statement)
{
  GranaryTrashEntry *entry = granary_trash_entry_new ();

  entry->uid = granary_statement_dup_text (statement, 0);
  entry->model_id = granary_statement_get_int (statement, 1);
  entry->model_name = granary_statement_dup_text (statement, 2);
  entry->number = (int) granary_statement_get_int (statement, 3);
  entry->n_versions = (int) granary_statement_get_int (statement, 4);
  entry->size = granary_statement_get_int (statement, 5);
  entry->deleted = granary_statement_get_int (statement, 6);
  return entry;
}

/**
 * granary_catalog_list_trash:
 * @self: a catalogue
 * @error: return location
 *
 * Returns: (transfer full) (element-type GranaryTrashEntry): what can be restored, the latest first
 */
GPtrArray *
granary_catalog_list_trash (GranaryCatalog  *self,
                            GError         **error)
{
  g_autoptr (GranaryReader) reader = NULL;
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  GError *local_error = NULL;

  statement = granary_catalog_start_read (self, NULL,
                                          "SELECT " ENTRY_COLUMNS
                                          " FROM trash t JOIN models m ON m.id = t.model_id"
                                          " LEFT JOIN versions v ON v.id = t.version_id"
                                          " WHERE t.hidden = 0 ORDER BY t.deleted DESC, t.uid",
                                          &reader, error);
  if (statement == NULL)
    return NULL;

  entries = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_trash_entry_free);
  while (granary_statement_step (statement, &local_error))
    g_ptr_array_add (entries, read_entry (statement));
  if (!granary_read_ended (local_error, error))
    return NULL;

  return g_steal_pointer (&entries);
}

/**
 * granary_writer_find_trash:
 * @self: a writer
 * @entry_uid: id of an entry, hidden or not
 * @version_id: (out) (optional): the version, 0 when it holds a model
 * @error: return location
 *
 * Returns: (transfer full): the entry, or %NULL with %GRANARY_REASON_TRASH_MISSING
 */
GranaryTrashEntry *
granary_writer_find_trash (GranaryWriter  *self,
                           const char     *entry_uid,
                           gint64         *version_id,
                           GError        **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GranaryTrashEntry) entry = NULL;
  GError *local_error = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (entry_uid != NULL, NULL);

  statement = granary_database_prepare (self->database,
                                        "SELECT " ENTRY_COLUMNS
                                        " FROM trash t JOIN models m ON m.id = t.model_id"
                                        " LEFT JOIN versions v ON v.id = t.version_id"
                                        " WHERE t.uid = ?1",
                                        error);
  if (statement == NULL)
    return NULL;

  granary_statement_bind_text (statement, 1, entry_uid);
  if (granary_statement_step (statement, &local_error))
    {
      entry = read_entry (statement);
      if (version_id != NULL)
        *version_id = granary_statement_get_int (statement, 7);
    }
  if (!granary_read_ended (local_error, error))
    return NULL;
  if (entry == NULL)
    {
      g_autofree char *shown = granary_display_path (entry_uid);

      granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_TRASH_MISSING, shown,
                         "the trash has no “%s”", shown);
      return NULL;
    }

  return g_steal_pointer (&entry);
}

/**
 * granary_writer_list_model_trash:
 * @self: a writer
 * @model_id: a model
 * @error: return location
 *
 * Returns: (transfer full): ids of all entries that belong to the model, its own one and those of
 *   single versions: what goes when the model is purged
 */
GStrv
granary_writer_list_model_trash (GranaryWriter  *self,
                                 gint64          model_id,
                                 GError        **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GStrvBuilder) uids = g_strv_builder_new ();
  GError *local_error = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  statement = granary_database_prepare (self->database,
                                        "SELECT uid FROM trash WHERE model_id = ?1 ORDER BY uid",
                                        error);
  if (statement == NULL)
    return NULL;

  granary_statement_bind_int (statement, 1, model_id);
  while (granary_statement_step (statement, &local_error))
    g_strv_builder_add (uids, granary_statement_get_text (statement, 0));
  if (!granary_read_ended (local_error, error))
    return NULL;

  return g_strv_builder_end (uids);
}

/**
 * granary_writer_trash:
 * @self: a writer
 * @entry_uid: id for the new entry
 * @model_id: a model outside the trash
 * @version_id: one of its versions, or 0 for the whole model
 * @error: return location
 *
 * Takes it out of lists and search; its name is free for another model.
 *
 * Returns: whether it was written; %GRANARY_REASON_MODEL_MISSING or _VERSION_MISSING when it is in
 *   the trash already
 */
gboolean
granary_writer_trash (GranaryWriter  *self,
                      const char     *entry_uid,
                      gint64          model_id,
                      gint64          version_id,
                      GError        **error)
{
  g_autoptr (GranaryModel) model = NULL;
  int number = 0;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (entry_uid != NULL, FALSE);

  model = granary_load_model (self->database, model_id, FALSE, error);
  if (model == NULL)
    return FALSE;

  if (version_id != 0)
    {
      for (guint i = 0; i < model->versions->len && number == 0; i++)
        {
          const GranaryVersion *version = g_ptr_array_index (model->versions, i);

          if (version->id == version_id)
            number = version->number;
        }
      if (number == 0)
        {
          granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_VERSION_MISSING,
                             model->name, "the version is not there any more");
          return FALSE;
        }
      if (!granary_writer_run (self, "UPDATE versions SET trash = ?2 WHERE id = ?1", error, "is",
                               version_id, entry_uid))
        return FALSE;
    }
  else if (!granary_writer_run (self, "UPDATE models SET trash = ?2 WHERE id = ?1", error, "is",
                                model_id, entry_uid))
    {
      return FALSE;
    }

  granary_writer_touch (self, model_id);
  return granary_writer_run (self,
                             "INSERT INTO trash (uid, model_id, version_id, deleted)"
                             " VALUES (?1, ?2, nullif (?3, 0), ?4)",
                             error, "siii", entry_uid, model_id, version_id, g_get_real_time ()) &&
         granary_writer_add_event (self, model_id, number, GRANARY_EVENT_DELETED, NULL, error);
}

/**
 * granary_writer_untrash:
 * @self: a writer
 * @entry_uid: id of an entry
 * @new_name: (nullable): name for the model when its own has been taken
 * @error: return location
 *
 * Puts it back. A version goes back into its model, which must not be in the trash itself.
 *
 * Returns: whether it was written; %GRANARY_REASON_NAME_TAKEN, %GRANARY_REASON_TRASH_MISSING, or
 *   %GRANARY_REASON_MODEL_MISSING when the version's model is in the trash
 */
gboolean
granary_writer_untrash (GranaryWriter  *self,
                        const char     *entry_uid,
                        const char     *new_name,
                        GError        **error)
{
  g_autoptr (GranaryTrashEntry) entry = NULL;
  gint64 version_id = 0;

  g_return_val_if_fail (self != NULL, FALSE);

  entry = granary_writer_find_trash (self, entry_uid, &version_id, error);
  if (entry == NULL)
    return FALSE;

  if (version_id != 0)
    {
      g_autoptr (GranaryModel) model = granary_load_model (self->database, entry->model_id, FALSE, NULL);

      if (model == NULL)
        {
          granary_set_model_missing (error, entry->model_name);
          return FALSE;
        }
      if (!granary_writer_run (self, "UPDATE versions SET trash = NULL WHERE id = ?1", error, "i",
                               version_id))
        return FALSE;
    }
  else
    {
      const char *name = new_name != NULL ? new_name : entry->model_name;

      /* The name is checked before the row counts as live again. */
      if (!granary_writer_rename_model (self, entry->model_id, name, error) ||
          !granary_writer_run (self, "UPDATE models SET trash = NULL WHERE id = ?1", error, "i",
                               entry->model_id))
        return FALSE;
    }

  granary_writer_touch (self, entry->model_id);
  return granary_writer_run (self, "DELETE FROM trash WHERE uid = ?1", error, "s", entry_uid) &&
         granary_writer_add_event (self, entry->model_id, entry->number, GRANARY_EVENT_RESTORED,
                                   NULL, error);
}

/**
 * granary_writer_hide_trash:
 * @self: a writer
 * @entry_uid: id of an entry
 * @error: return location
 *
 * From here on it cannot be restored: its files are about to go.
 *
 * Returns: whether it was written
 */
gboolean
granary_writer_hide_trash (GranaryWriter  *self,
                           const char     *entry_uid,
                           GError        **error)
{
  g_autoptr (GranaryTrashEntry) entry = NULL;

  g_return_val_if_fail (self != NULL, FALSE);

  entry = granary_writer_find_trash (self, entry_uid, NULL, error);
  if (entry == NULL)
    return FALSE;

  granary_writer_touch (self, entry->model_id);
  return granary_writer_run (self, "UPDATE trash SET hidden = 1 WHERE uid = ?1", error, "s",
                             entry_uid);
}

/**
 * granary_writer_purge_trash:
 * @self: a writer
 * @entry_uid: id of an entry whose files are gone
 * @error: return location
 *
 * Forgets the version, or the model with all its versions and their entries. History stays; the
 * numbers of a model that lives on stay used.
 *
 * Returns: whether it was written
 */
gboolean
granary_writer_purge_trash (GranaryWriter  *self,
                            const char     *entry_uid,
                            GError        **error)
{
  g_autoptr (GranaryTrashEntry) entry = NULL;
  gint64 version_id = 0;

  g_return_val_if_fail (self != NULL, FALSE);

  entry = granary_writer_find_trash (self, entry_uid, &version_id, error);
  if (entry == NULL)
    return FALSE;

  granary_writer_touch (self, entry->model_id);
  if (!granary_writer_add_event (self, entry->model_id, entry->number, GRANARY_EVENT_PURGED, NULL,
                                 error))
    return FALSE;

  /* Rows of the trash go by reference. */
  if (version_id != 0)
    return granary_writer_run (self, "DELETE FROM versions WHERE id = ?1", error, "i", version_id);

  return granary_writer_run (self, "DELETE FROM models WHERE id = ?1", error, "i", entry->model_id);
}
