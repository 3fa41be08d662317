/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-catalog"

#include "config.h"

#include "granary-catalog-mirror.h"

#include "granary-catalog-private.h"
#include "granary-names.h"
#include "granary-search-text.h"

/* Repeating what a service tells. What was told is summed up in a digest beside each row: a row
 * whose digest is the same is not looked at any further. The versions of a model are in
 * granary-catalog-mirror-versions.c. */

/* The row of a model as far as it has to be compared. */
typedef struct
{
  gint64  id;
  char   *name;
  char   *tags;
  gint64  created;
  gint64  high_water;
  gint64  digest;
} ModelRow;

/* Auxiliary functions */

static void
model_row_clear (ModelRow *row)
{
  g_clear_pointer (&row->name, g_free);
  g_clear_pointer (&row->tags, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ModelRow, model_row_clear)

static gboolean
find_model_row (GranaryWriter  *self,
                const char     *uid,
                ModelRow       *row,
                GError        **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  GError *local_error = NULL;

  statement = granary_database_prepare (self->database,
                                        "SELECT id, name, tags_text, created, high_water, digest"
                                        " FROM models WHERE uid = ?1",
                                        error);
  if (statement == NULL)
    return FALSE;

  granary_statement_bind_text (statement, 1, uid);
  if (granary_statement_step (statement, &local_error))
    {
      row->id = granary_statement_get_int (statement, 0);
      row->name = granary_statement_dup_text (statement, 1);
      row->tags = granary_statement_dup_text (statement, 2);
      row->created = granary_statement_get_int (statement, 3);
      row->high_water = granary_statement_get_int (statement, 4);
      row->digest = granary_statement_get_int (statement, 5);
    }

  return granary_read_ended (local_error, error);
}

static gboolean
add_model_row (GranaryWriter       *self,
               const GranaryModel  *model,
               ModelRow            *row,
               GError             **error)
{
  const char *name = model->name != NULL && *model->name != '\0' ? model->name : model->uid;
  g_autofree char *key = granary_name_fold (name);
  g_autofree char *sort = granary_sort_text (name);

  row->name = g_strdup (name);
  row->tags = g_strdup ("");
  row->created = model->created;
  row->high_water = granary_writer_get_high_water (self, model->uid);
  if (!granary_writer_run (self,
                           "INSERT INTO models (uid, name, name_key, name_sort, created, updated,"
                           " high_water, mirrored) VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, 1)",
                           error, "ssssii", model->uid, name, key, sort, row->created,
                           row->high_water))
    return FALSE;

  row->id = granary_database_get_last_id (self->database);
  granary_writer_touch (self, row->id);
  return granary_writer_run (self, "DELETE FROM forgotten WHERE model_uid = ?1", error, "s",
                             model->uid);
}

static gboolean
update_name (GranaryWriter       *self,
             const GranaryModel  *model,
             const ModelRow      *row,
             gboolean            *changed,
             GError             **error)
{
  g_autofree char *key = NULL;
  g_autofree char *sort = NULL;

  /* What was not told stays as it is. */
  if (model->name == NULL || *model->name == '\0' || g_str_equal (model->name, row->name))
    return TRUE;

  key = granary_name_fold (model->name);
  sort = granary_sort_text (model->name);
  *changed = TRUE;
  return granary_writer_run (self,
                             "UPDATE models SET name = ?2, name_key = ?3, name_sort = ?4"
                             " WHERE id = ?1",
                             error, "isss", row->id, model->name, key, sort);
}

static gboolean
update_created (GranaryWriter       *self,
                const GranaryModel  *model,
                const ModelRow      *row,
                gboolean            *changed,
                GError             **error)
{
  if (model->created == 0 || model->created == row->created)
    return TRUE;

  *changed = TRUE;
  return granary_writer_run (self,
                             "UPDATE models SET created = ?2, updated = max(updated, ?2)"
                             " WHERE id = ?1",
                             error, "ii", row->id, model->created);
}

static gboolean
update_tags (GranaryWriter       *self,
             const GranaryModel  *model,
             const ModelRow      *row,
             gboolean            *changed,
             GError             **error)
{
  g_autofree char *text = NULL;

  if (model->tags == NULL)
    return TRUE;
  text = granary_tag_set_to_text (model->tags, "\n");
  if (g_str_equal (text, row->tags))
    return TRUE;

  *changed = TRUE;
  if (!granary_writer_run (self, "DELETE FROM tags WHERE model_id = ?1", error, "i", row->id))
    return FALSE;
  for (guint i = 0; i < granary_tag_set_get_size (model->tags); i++)
    {
      if (!granary_writer_run (self, "INSERT INTO tags (model_id, key, value) VALUES (?1, ?2, ?3)",
                               error, "iss", row->id, granary_tag_set_get_key (model->tags, i),
                               granary_tag_set_get_value (model->tags, i)))
        return FALSE;
    }

  return TRUE;
}

/* Public functions */

/**
 * granary_writer_mirror_model:
 * @self: a writer
 * @model: what the service tells; a name, tags or time that it does not tell (%NULL, 0) stay
 * @with_versions: whether its versions are all that there are
 * @model_id: (out) (optional): its row
 * @changed: (out) (optional): whether anything was written
 * @error: return location
 *
 * See the head of granary-catalog-mirror.h.
 *
 * Returns: whether it was written, or nothing had to be
 */
gboolean
granary_writer_mirror_model (GranaryWriter       *self,
                             const GranaryModel  *model,
                             gboolean             with_versions,
                             gint64              *model_id,
                             gboolean            *changed,
                             GError             **error)
{
  g_auto (ModelRow) row = { 0 };
  gint64 high_water;
  gboolean written = FALSE;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (model != NULL && model->uid != NULL, FALSE);
  g_return_val_if_fail (!with_versions || model->versions != NULL, FALSE);

  if (!find_model_row (self, model->uid, &row, error))
    return FALSE;
  if (row.id == 0)
    {
      written = TRUE;
      if (!add_model_row (self, model, &row, error))
        return FALSE;
    }

  if (!update_name (self, model, &row, &written, error) ||
      !update_created (self, model, &row, &written, error) ||
      !update_tags (self, model, &row, &written, error))
    return FALSE;

  high_water = model->high_water;
  if (with_versions)
    {
      gint64 digest = granary_mirror_digest_versions (model->versions);

      for (guint i = 0; i < model->versions->len; i++)
        {
          const GranaryVersion *version = g_ptr_array_index (model->versions, i);

          high_water = MAX (high_water, version->number);
        }
      if (digest != row.digest &&
          (!granary_mirror_sync_versions (self, row.id, model->versions, &written, error) ||
           !granary_writer_run (self, "UPDATE models SET digest = ?2 WHERE id = ?1", error, "ii",
                                row.id, digest)))
        return FALSE;
    }

  else if (written &&
           !granary_writer_run (self, "UPDATE models SET digest = NULL WHERE id = ?1", error, "i",
                                row.id))
    {
      return FALSE;
    }

  if (high_water > row.high_water &&
      !granary_mirror_raise_high_water (self, row.id, high_water, error))
    return FALSE;
  if (written && !granary_mirror_follow_versions (self, row.id, error))
    return FALSE;

  if (model_id != NULL)
    *model_id = row.id;
  if (changed != NULL)
    *changed = written;
  return TRUE;
}

/**
 * granary_writer_mirror_forget:
 * @self: a writer
 * @model_id: a model that the service does not have any more
 * @error: return location
 *
 * Takes it out; the highest number it ever used is kept.
 *
 * Returns: whether it was written
 */
gboolean
granary_writer_mirror_forget (GranaryWriter  *self,
                              gint64          model_id,
                              GError        **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return granary_writer_run (self,
                             "INSERT INTO forgotten (model_uid, high_water)"
                             " SELECT uid, high_water FROM models WHERE id = ?1"
                             " ON CONFLICT (model_uid)"
                             " DO UPDATE SET high_water = max(high_water, excluded.high_water)",
                             error, "i", model_id) &&
         granary_writer_remove_model (self, model_id, error);
}
