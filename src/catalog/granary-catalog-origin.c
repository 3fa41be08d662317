/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-catalog"

#include "config.h"

#include "granary-catalog-private.h"

/**
 * granary_catalog_find_origin:
 * @self: a catalogue
 * @source: where versions came from
 * @source_ref: which one: as remembered with the version
 * @model_id: (out): the model whose version came from there last, 0 when none did
 * @error: return location
 *
 * Finds the model that results of a task went into before. What is in the trash does not count.
 *
 * Returns: whether it could be read
 */
gboolean
granary_catalog_find_origin (GranaryCatalog  *self,
                             GranarySource    source,
                             const char      *source_ref,
                             gint64          *model_id,
                             GError         **error)
{
  g_autoptr (GranaryReader) reader = NULL;
  g_autoptr (GranaryStatement) statement = NULL;
  GError *local_error = NULL;

  g_return_val_if_fail (source_ref != NULL, FALSE);
  g_return_val_if_fail (model_id != NULL, FALSE);

  *model_id = 0;
  statement = granary_catalog_start_read (self, NULL,
                                          "SELECT v.model_id FROM versions v"
                                          " JOIN models m ON m.id = v.model_id"
                                          " WHERE v.source = ?1 AND v.source_ref = ?2"
                                          " AND v.trash IS NULL AND m.trash IS NULL"
                                          " ORDER BY v.id DESC LIMIT 1",
                                          &reader, error);
  if (statement == NULL)
    return FALSE;

  granary_statement_bind_text (statement, 1, granary_source_to_id (source));
  granary_statement_bind_text (statement, 2, source_ref);
  if (granary_statement_step (statement, &local_error))
    *model_id = granary_statement_get_int (statement, 0);

  return granary_read_ended (local_error, error);
}
