/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-local-verbs-private.h"

#include <errno.h>

#include "granary-error.h"
#include "granary-local-io.h"
#include "granary-names.h"

/* Delete, restore and purge. The first two write the catalogue, then move one folder for each
 * entry, then end the operations; a crash in between is carried through by the next open, which
 * finds both paths in the detail. */

/* One folder that changes its place. */
typedef struct
{
  char   *entry;      /* (owned) */
  char   *operation;  /* (owned) */
  char   *from;       /* (owned) */
  char   *to;         /* (owned) */
  gint64  model_id;
  gint64  version_id;
} Move;

typedef struct
{
  GranaryLocalStore   *store;
  GArray              *model_ids;   /* (nullable) */
  GArray              *version_ids; /* (nullable) */
  const char * const  *entries;     /* (nullable) */
  const char          *new_name;    /* (nullable) */
  GPtrArray           *moves;       /* (owned) (element-type Move) */
} Job;

static void
move_free (gpointer data)
{
  Move *move = data;

  g_free (move->entry);
  g_free (move->operation);
  g_free (move->from);
  g_free (move->to);
  g_free (move);
}

static void
job_clear (Job *self)
{
  g_clear_pointer (&self->moves, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

/* Auxiliary functions */

static gboolean
begin_move (GranaryWriter         *writer,
            Job                   *self,
            GranaryOperationKind   kind,
            Move                  *move,
            GError               **error)
{
  g_autofree char *detail = granary_local_detail_new ("entry", move->entry, "from", move->from,
                                                      "to", move->to, NULL);
  GranaryOperation operation = {
    .uid = move->operation, .session = self->store->session, .kind = kind,
    .model_id = move->model_id, .version_id = move->version_id, .detail = detail,
  };

  return granary_writer_begin_operation (writer, &operation, error);
}

static gboolean
delete_one (GranaryWriter  *writer,
            Job            *self,
            gint64          model_id,
            gint64          version_id,
            const char     *model_name,
            int             number,
            GError        **error)
{
  Move *move = g_new0 (Move, 1);

  g_ptr_array_add (self->moves, move);
  move->entry = granary_uid_new ("t");
  move->operation = granary_local_store_new_operation (self->store);
  move->from = granary_local_version_path (model_name, number);
  move->to = g_build_filename (GRANARY_LOCAL_TRASH, move->entry, NULL);
  move->model_id = model_id;
  move->version_id = version_id;

  return granary_writer_trash (writer, move->entry, model_id, version_id, error) &&
         begin_move (writer, self, GRANARY_OPERATION_DELETE, move, error);
}

static gboolean
contains_id (GArray *ids,
             gint64  id)
{
  for (guint i = 0; ids != NULL && i < ids->len; i++)
    {
      if (g_array_index (ids, gint64, i) == id)
        return TRUE;
    }

  return FALSE;
}

static gboolean
delete_cb (GranaryWriter  *writer,
           gpointer        data,
           GError        **error)
{
  Job *self = data;

  for (guint i = 0; self->version_ids != NULL && i < self->version_ids->len; i++)
    {
      g_autoptr (GranaryVersion) version = NULL;

      version = granary_writer_load_version (writer,
                                             g_array_index (self->version_ids, gint64, i), error);
      if (version == NULL)
        return FALSE;
      /* It goes with its model. */
      if (contains_id (self->model_ids, version->model_id))
        continue;
      if (version->status == GRANARY_STATUS_IMPORTING)
        {
          granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_BUSY,
                             version->model_name, "%s v%d is being imported",
                             version->model_name, version->number);
          return FALSE;
        }
      if (!delete_one (writer, self, version->model_id, version->id, version->model_name,
                       version->number, error))
        return FALSE;
    }

  for (guint i = 0; self->model_ids != NULL && i < self->model_ids->len; i++)
    {
      g_autoptr (GranaryModel) model = NULL;

      model = granary_writer_load_model (writer, g_array_index (self->model_ids, gint64, i), error);
      if (model == NULL || !delete_one (writer, self, model->id, 0, model->name, 0, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
restore_one (GranaryWriter  *writer,
             Job            *self,
             const char     *entry_uid,
             GError        **error)
{
  g_autoptr (GranaryTrashEntry) entry = NULL;
  g_autoptr (GranaryModel) model = NULL;
  Move *move = g_new0 (Move, 1);

  g_ptr_array_add (self->moves, move);
  entry = granary_writer_find_trash (writer, entry_uid, &move->version_id, error);
  if (entry == NULL)
    return FALSE;
  if (!granary_writer_untrash (writer, entry_uid, self->new_name, error))
    return FALSE;
  model = granary_writer_load_model (writer, entry->model_id, error);
  if (model == NULL)
    return FALSE;

  move->entry = g_strdup (entry_uid);
  move->operation = granary_local_store_new_operation (self->store);
  move->from = g_build_filename (GRANARY_LOCAL_TRASH, entry_uid, NULL);
  move->to = granary_local_version_path (model->name, entry->number);
  move->model_id = entry->model_id;
  return begin_move (writer, self, GRANARY_OPERATION_RESTORE, move, error);
}

static gboolean
restore_cb (GranaryWriter  *writer,
            gpointer        data,
            GError        **error)
{
  Job *self = data;

  for (guint i = 0; self->entries[i] != NULL; i++)
    {
      if (!restore_one (writer, self, self->entries[i], error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
end_cb (GranaryWriter  *writer,
        gpointer        data,
        GError        **error)
{
  Job *self = data;

  for (guint i = 0; i < self->moves->len; i++)
    {
      const Move *move = g_ptr_array_index (self->moves, i);

      if (!granary_writer_end_operation (writer, move->operation, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
undo_delete_cb (GranaryWriter  *writer,
                gpointer        data,
                GError        **error)
{
  Job *self = data;

  for (guint i = 0; i < self->moves->len; i++)
    {
      const Move *move = g_ptr_array_index (self->moves, i);

      if (!granary_writer_untrash (writer, move->entry, NULL, error))
        return FALSE;
    }

  return end_cb (writer, data, error);
}

static gboolean
undo_restore_cb (GranaryWriter  *writer,
                 gpointer        data,
                 GError        **error)
{
  Job *self = data;

  for (guint i = 0; i < self->moves->len; i++)
    {
      const Move *move = g_ptr_array_index (self->moves, i);

      if (!granary_writer_trash (writer, move->entry, move->model_id, move->version_id, error))
        return FALSE;
    }

  return end_cb (writer, data, error);
}

/* A folder that somebody took away has nothing to move; what is said of it stays in the catalogue
 * and verify tells. */
static gboolean
move_one (GranaryLocalStore  *store,
          const char         *from,
          const char         *to,
          GError            **error)
{
  if (!granary_local_store_exists (store, from))
    return TRUE;

  return granary_local_store_move (store, from, to, error);
}

/* All folders, or none. */
static gboolean
move_all (Job     *self,
          GError **error)
{
  guint n_moved = 0;

  for (; n_moved < self->moves->len; n_moved++)
    {
      const Move *move = g_ptr_array_index (self->moves, n_moved);

      if (!move_one (self->store, move->from, move->to, error))
        break;
    }
  if (n_moved == self->moves->len)
    {
      for (guint i = 0; i < self->moves->len; i++)
        {
          const Move *move = g_ptr_array_index (self->moves, i);

          if (!granary_local_store_sync_parents (self->store, move->from, move->to, error))
            break;
          if (i + 1 == self->moves->len)
            return TRUE;
        }
      if (self->moves->len == 0)
        return TRUE;
    }

  for (guint i = 0; i < n_moved; i++)
    {
      const Move *move = g_ptr_array_index (self->moves, i);
      g_autoptr (GError) undo_error = NULL;

      if (!move_one (self->store, move->to, move->from, &undo_error))
        g_debug ("Moving %s back: %s", move->to, undo_error->message);
    }
  return FALSE;
}

static gboolean
run (Job               *self,
     GranaryWriteFunc   begin,
     GranaryWriteFunc   undo,
     GError           **error)
{
  g_autoptr (GError) local_error = NULL;

  if (!granary_local_store_write (self->store, begin, self, error))
    return FALSE;
  if (!move_all (self, error))
    {
      /* Should this fail as well, the next open carries the operations through. */
      if (!granary_local_store_write (self->store, undo, self, &local_error))
        g_debug ("Taking back: %s", local_error->message);
      return FALSE;
    }

  /* It is done; an operation that stays recorded is found complete by the next open. */
  if (!granary_local_store_write (self->store, end_cb, self, &local_error))
    g_debug ("Ending operations: %s", local_error->message);

  return TRUE;
}

/* Verbs */

GStrv
granary_local_delete (GranaryLocalStore  *store,
                      GArray             *model_ids,
                      GArray             *version_ids,
                      GranaryTransfer    *transfer,
                      GError            **error)
{
  g_auto (Job) self = { .store = store, .model_ids = model_ids, .version_ids = version_ids };
  g_autoptr (GStrvBuilder) entries = g_strv_builder_new ();

  self.moves = g_ptr_array_new_with_free_func (move_free);
  if (!granary_local_store_check (store, TRUE, error))
    return NULL;

  granary_transfer_set_state (transfer, GRANARY_TRANSFER_FINISHING);
  if (!run (&self, delete_cb, undo_delete_cb, error))
    return NULL;

  for (guint i = 0; i < self.moves->len; i++)
    g_strv_builder_add (entries, ((Move *) g_ptr_array_index (self.moves, i))->entry);

  return g_strv_builder_end (entries);
}

gboolean
granary_local_restore (GranaryLocalStore   *store,
                       const char *const   *entries,
                       const char          *new_name,
                       GError             **error)
{
  g_auto (Job) self = { .store = store, .entries = entries };
  g_autofree char *name = NULL;

  self.moves = g_ptr_array_new_with_free_func (move_free);
  if (!granary_local_store_check (store, TRUE, error))
    return FALSE;
  if (new_name != NULL)
    {
      name = granary_name_check (new_name, error);
      if (name == NULL)
        return FALSE;
      self.new_name = name;
    }

  return run (&self, restore_cb, undo_restore_cb, error);
}
