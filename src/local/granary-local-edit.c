/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-local-verbs-private.h"

#include "granary-error.h"
#include "granary-names.h"

/* All of an edit is one transaction. Only a new name has a second step, the folder's. */
typedef struct
{
  GranaryLocalStore         *store;
  const GranaryEditRequest  *request;
  char                      *name;      /* (owned) (nullable): checked */
  gint64                     model_id;  /* of the rename */
  char                      *operation; /* (owned) (nullable): of the rename */
  char                      *old_name;  /* (owned) (nullable) */
  char                      *from;      /* (owned) (nullable) */
  char                      *to;        /* (owned) (nullable) */
} Edit;

static void
edit_clear (Edit *self)
{
  g_free (self->name);
  g_free (self->operation);
  g_free (self->old_name);
  g_free (self->from);
  g_free (self->to);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Edit, edit_clear)

static gboolean
edit_tags (GranaryWriter       *writer,
           Edit                *self,
           const GranaryModel  *model,
           GError             **error)
{
  const GranaryEditRequest *request = self->request;
  g_autoptr (GranaryTagSet) tags = granary_tag_set_copy (model->tags);
  g_autofree char *text = NULL;

  for (guint i = 0; request->remove_tags != NULL && request->remove_tags[i] != NULL; i++)
    granary_tag_set_remove (tags, request->remove_tags[i]);
  for (guint i = 0; request->set_tags != NULL &&
                    i < granary_tag_set_get_size (request->set_tags); i++)
    {
      if (!granary_tag_set_put (tags, granary_tag_set_get_key (request->set_tags, i),
                                granary_tag_set_get_value (request->set_tags, i), error))
        return FALSE;
    }
  if (granary_tag_set_equal (tags, model->tags))
    return TRUE;

  text = granary_tag_set_to_text (tags, ", ");
  return granary_writer_set_tags (writer, model->id, tags, error) &&
         granary_writer_add_event (writer, model->id, 0, GRANARY_EVENT_TAGGED, text, error);
}

static gboolean
begin_rename (GranaryWriter       *writer,
              Edit                *self,
              const GranaryModel  *model,
              GError             **error)
{
  g_autofree char *detail = NULL;
  GranaryOperation operation = { 0 };

  self->model_id = model->id;
  self->operation = granary_local_store_new_operation (self->store);
  self->old_name = g_strdup (model->name);
  self->from = granary_local_version_path (model->name, 0);
  self->to = granary_local_version_path (self->name, 0);
  detail = granary_local_detail_new ("from", self->from, "to", self->to, NULL);
  operation.uid = self->operation;
  operation.session = self->store->session;
  operation.kind = GRANARY_OPERATION_RENAME;
  operation.model_id = model->id;
  operation.detail = detail;

  return granary_writer_begin_operation (writer, &operation, error) &&
         granary_writer_rename_model (writer, model->id, self->name, error) &&
         granary_writer_add_event (writer, model->id, 0, GRANARY_EVENT_RENAMED, model->name, error);
}

static gboolean
edit_cb (GranaryWriter  *writer,
         gpointer        data,
         GError        **error)
{
  Edit *self = data;
  const GranaryEditRequest *request = self->request;

  for (guint i = 0; i < request->model_ids->len; i++)
    {
      g_autoptr (GranaryModel) model = NULL;

      model = granary_writer_load_model (writer, g_array_index (request->model_ids, gint64, i),
                                         error);
      if (model == NULL || !edit_tags (writer, self, model, error))
        return FALSE;
      if (request->description != NULL &&
          g_strcmp0 (request->description, model->description) != 0 &&
          (!granary_writer_describe_model (writer, model->id, request->description, error) ||
           !granary_writer_add_event (writer, model->id, 0, GRANARY_EVENT_DESCRIBED, NULL, error)))
        return FALSE;
      if (request->primary_metric != NULL &&
          !granary_writer_set_primary_metric (writer, model->id, request->primary_metric, error))
        return FALSE;
      if (self->name != NULL && !g_str_equal (self->name, model->name) &&
          !begin_rename (writer, self, model, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
undo_cb (GranaryWriter  *writer,
         gpointer        data,
         GError        **error)
{
  Edit *self = data;

  return granary_writer_rename_model (writer, self->model_id, self->old_name, error) &&
         granary_writer_add_event (writer, self->model_id, 0, GRANARY_EVENT_RENAMED, self->name,
                                   error) &&
         granary_writer_end_operation (writer, self->operation, error);
}

static gboolean
move_folder (Edit    *self,
             GError **error)
{
  if (!granary_local_store_exists (self->store, self->from))
    return TRUE;
  if (!granary_local_store_move (self->store, self->from, self->to, error))
    return FALSE;
  if (granary_local_store_sync_parents (self->store, self->from, self->to, error))
    return TRUE;

  granary_local_store_move (self->store, self->to, self->from, NULL);
  return FALSE;
}

gboolean
granary_local_edit (GranaryLocalStore         *store,
                    const GranaryEditRequest  *request,
                    GError                   **error)
{
  g_auto (Edit) self = { .store = store, .request = request };
  g_autoptr (GError) local_error = NULL;

  if (!granary_local_store_check (store, TRUE, error))
    return FALSE;
  if (request->name != NULL)
    {
      if (request->model_ids->len != 1)
        {
          granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_NAME_TAKEN,
                             request->name, "one name for %u models", request->model_ids->len);
          return FALSE;
        }
      self.name = granary_name_check (request->name, error);
      if (self.name == NULL)
        return FALSE;
    }

  if (!granary_local_store_write (store, edit_cb, &self, error))
    return FALSE;
  if (self.operation == NULL)
    return TRUE;
  if (!move_folder (&self, error))
    {
      if (!granary_local_store_write (store, undo_cb, &self, &local_error))
        g_debug ("Taking back a rename: %s", local_error->message);
      return FALSE;
    }

  /* It is done; an operation that stays recorded is found complete by the next open. */
  if (!granary_local_end (store, self.operation, &local_error))
    g_debug ("Ending a rename: %s", local_error->message);

  return TRUE;
}
