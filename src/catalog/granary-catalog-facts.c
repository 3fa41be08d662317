/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-catalog"

#include "config.h"

#include "granary-catalog-mirror.h"
#include "granary-catalog-private.h"

/* What a mirror remembers beside models, versions and services: numbers used by models that are
 * gone, small facts, and ids added by hand. */

/* Auxiliary functions */

/* 0 where there is no row. A write of the same transaction meets the same trouble, if there is any,
 * and reports it. */
static gint64
get_int_of (GranaryWriter *self,
            const char    *sql,
            const char    *model_uid)
{
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GError) error = NULL;
  gint64 value = 0;

  statement = granary_database_prepare (self->database, sql, &error);
  if (statement != NULL)
    {
      granary_statement_bind_text (statement, 1, model_uid);
      if (granary_statement_step (statement, &error))
        value = granary_statement_get_int (statement, 0);
    }
  if (error != NULL)
    g_debug ("reading of %s: %s", model_uid, error->message);

  return value;
}

static GStrv
list_texts (GranaryCatalog  *self,
            const char      *sql,
            GError         **error)
{
  g_autoptr (GranaryReader) reader = NULL;
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();
  GError *local_error = NULL;

  statement = granary_catalog_start_read (self, NULL, sql, &reader, error);
  if (statement == NULL)
    return NULL;

  while (granary_statement_step (statement, &local_error))
    g_strv_builder_add (texts, granary_statement_get_text (statement, 0));
  if (!granary_read_ended (local_error, error))
    return NULL;

  return g_strv_builder_end (texts);
}

/* Public functions */

/**
 * granary_writer_get_high_water:
 * @self: a writer
 * @model_uid: id of a model on the platform
 *
 * Returns: the highest version number ever seen of it, 0 for none; also of a forgotten one
 */
int
granary_writer_get_high_water (GranaryWriter *self,
                               const char    *model_uid)
{
  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (model_uid != NULL, 0);

  return (int) MIN (get_int_of (self,
                                "SELECT max(coalesce ((SELECT high_water FROM models"
                                "   WHERE uid = ?1), 0),"
                                " coalesce ((SELECT high_water FROM forgotten"
                                "   WHERE model_uid = ?1), 0))",
                                model_uid),
                    G_MAXINT);
}

/**
 * granary_writer_find_mirrored:
 * @self: a writer
 * @model_uid: id of a model on the platform
 *
 * Returns: its row, 0 when there is none
 */
gint64
granary_writer_find_mirrored (GranaryWriter *self,
                              const char    *model_uid)
{
  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (model_uid != NULL, 0);

  return get_int_of (self, "SELECT id FROM models WHERE uid = ?1 AND mirrored", model_uid);
}

/**
 * granary_writer_set_fact:
 * @self: a writer
 * @name: which
 * @value: (nullable): %NULL to forget it
 * @error: return location
 *
 * Returns: whether it was written
 */
gboolean
granary_writer_set_fact (GranaryWriter  *self,
                         const char     *name,
                         const char     *value,
                         GError        **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  if (value == NULL)
    return granary_writer_run (self, "DELETE FROM facts WHERE name = ?1", error, "s", name);

  return granary_writer_run (self, "INSERT OR REPLACE INTO facts (name, value) VALUES (?1, ?2)",
                             error, "ss", name, value);
}

/**
 * granary_catalog_dup_fact:
 * @self: a catalogue
 * @name: which
 *
 * Blocks. Returns: (transfer full) (nullable): its value, %NULL when it is not known
 */
char *
granary_catalog_dup_fact (GranaryCatalog *self,
                          const char     *name)
{
  g_autoptr (GranaryReader) reader = NULL;
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GError) error = NULL;
  char *value = NULL;

  g_return_val_if_fail (name != NULL, NULL);

  statement = granary_catalog_start_read (self, NULL, "SELECT value FROM facts WHERE name = ?1",
                                          &reader, &error);
  if (statement != NULL)
    {
      granary_statement_bind_text (statement, 1, name);
      if (granary_statement_step (statement, &error))
        value = granary_statement_dup_text (statement, 0);
    }
  if (error != NULL)
    g_debug ("reading the fact %s: %s", name, error->message);

  return value;
}

/**
 * granary_writer_pin_model:
 * @self: a writer
 * @model_uid: id of a model on the platform
 * @error: return location
 *
 * Has every refresh ask for it.
 *
 * Returns: whether it was written
 */
gboolean
granary_writer_pin_model (GranaryWriter  *self,
                          const char     *model_uid,
                          GError        **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (model_uid != NULL, FALSE);

  return granary_writer_run (self, "INSERT OR IGNORE INTO pins (model_uid, added) VALUES (?1, ?2)",
                             error, "si", model_uid, g_get_real_time ());
}

/**
 * granary_catalog_list_pins:
 * @self: a catalogue
 * @error: return location
 *
 * Returns: (transfer full) (array zero-terminated=1): ids added by hand, the oldest first
 */
GStrv
granary_catalog_list_pins (GranaryCatalog  *self,
                           GError         **error)
{
  return list_texts (self, "SELECT model_uid FROM pins ORDER BY added, model_uid", error);
}

/**
 * granary_catalog_list_mirrored:
 * @self: a catalogue
 * @error: return location
 *
 * Returns: (transfer full) (array zero-terminated=1): ids of all models that are mirrored
 */
GStrv
granary_catalog_list_mirrored (GranaryCatalog  *self,
                               GError         **error)
{
  return list_texts (self, "SELECT uid FROM models WHERE mirrored ORDER BY id", error);
}

/**
 * granary_catalog_list_importing:
 * @self: a catalogue
 * @error: return location
 *
 * Returns: (transfer full) (array zero-terminated=1): ids of versions whose import is not known to
 *   have ended
 */
GStrv
granary_catalog_list_importing (GranaryCatalog  *self,
                                GError         **error)
{
  return list_texts (self,
                     "SELECT uid FROM versions WHERE uid IS NOT NULL AND status = 'importing'"
                     " ORDER BY id",
                     error);
}

/**
 * granary_catalog_is_touched:
 * @self: a catalogue
 *
 * Returns: whether a mirrored model was written by something else than the mirroring since that;
 *   also when it cannot be asked
 */
gboolean
granary_catalog_is_touched (GranaryCatalog *self)
{
  g_auto (GStrv) touched = list_texts (self,
                                       "SELECT uid FROM models WHERE mirrored AND digest IS NULL"
                                       " LIMIT 1",
                                       NULL);

  return touched == NULL || touched[0] != NULL;
}
