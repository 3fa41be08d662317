/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-local-verbs-private.h"

#include "granary-error.h"

/* Entries go one by one, each for good: hidden with its operation recorded, its folder removed, its
 * row removed. Once hidden there is no way back, so calling off only keeps the next ones. */
typedef struct
{
  GranaryLocalStore *store;
  const char        *entry;
  char              *operation; /* (owned) */
  GStrv              entries;   /* (owned) (nullable): with those of single versions of a model */
} Purge;

static void
purge_clear (Purge *self)
{
  g_free (self->operation);
  g_strfreev (self->entries);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Purge, purge_clear)

static gboolean
begin_cb (GranaryWriter  *writer,
          gpointer        data,
          GError        **error)
{
  Purge *self = data;
  g_autoptr (GranaryTrashEntry) entry = NULL;
  g_autofree char *all = NULL;
  g_autofree char *detail = NULL;
  GranaryOperation operation = { 0 };

  entry = granary_writer_find_trash (writer, self->entry, &operation.version_id, error);
  if (entry == NULL)
    return FALSE;

  /* A model takes the versions along that were deleted before it. */
  if (operation.version_id == 0)
    {
      self->entries = granary_writer_list_model_trash (writer, entry->model_id, error);
      if (self->entries == NULL)
        return FALSE;
    }
  else
    {
      self->entries = g_new0 (char *, 2);
      self->entries[0] = g_strdup (self->entry);
    }
  for (guint i = 0; self->entries[i] != NULL; i++)
    {
      if (!granary_writer_hide_trash (writer, self->entries[i], error))
        return FALSE;
    }

  all = g_strjoinv (" ", self->entries);
  detail = granary_local_detail_new ("entry", self->entry, "entries", all, NULL);
  operation.uid = self->operation;
  operation.session = self->store->session;
  operation.kind = GRANARY_OPERATION_PURGE;
  operation.model_id = entry->model_id;
  operation.detail = detail;
  return granary_writer_begin_operation (writer, &operation, error);
}

static gboolean
end_cb (GranaryWriter  *writer,
        gpointer        data,
        GError        **error)
{
  Purge *self = data;

  return granary_writer_end_operation (writer, self->operation, error) &&
         granary_writer_purge_trash (writer, self->entry, error);
}

static gboolean
purge_one (GranaryLocalStore  *store,
           const char         *entry,
           gint64             *freed,
           GranaryTransfer    *transfer,
           GError            **error)
{
  g_auto (Purge) self = { .store = store, .entry = entry };

  self.operation = granary_local_store_new_operation (store);
  if (!granary_local_store_write (store, begin_cb, &self, error))
    return FALSE;

  for (guint i = 0; self.entries[i] != NULL; i++)
    {
      if (!granary_local_purge_tree (store, self.operation, self.entries[i], freed, transfer,
                                     error))
        return FALSE;
    }

  return granary_local_store_write (store, end_cb, &self, error);
}

static gboolean
find_entry (GPtrArray  *listed,
            const char *uid)
{
  for (guint i = 0; i < listed->len; i++)
    {
      if (g_str_equal (((GranaryTrashEntry *) g_ptr_array_index (listed, i))->uid, uid))
        return TRUE;
    }

  return FALSE;
}

gint64
granary_local_purge (GranaryLocalStore   *store,
                     const char *const   *entries,
                     GranaryTransfer     *transfer,
                     GError             **error)
{
  GCancellable *cancellable = granary_transfer_get_cancellable (transfer);
  g_autoptr (GPtrArray) listed = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) wanted = NULL;
  gint64 size = 0;
  gint64 freed = 0;

  if (!granary_local_store_check (store, TRUE, error))
    return -1;
  listed = granary_catalog_list_trash (store->catalog, error);
  if (listed == NULL)
    return -1;

  /* All named ones must exist before the first is touched. */
  for (guint i = 0; entries != NULL && entries[i] != NULL; i++)
    {
      if (!find_entry (listed, entries[i]))
        {
          g_autofree char *shown = granary_display_path (entries[i]);

          granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_TRASH_MISSING, shown,
                             "the trash has no “%s”", shown);
          return -1;
        }
    }
  for (guint i = 0; i < listed->len; i++)
    {
      const GranaryTrashEntry *entry = g_ptr_array_index (listed, i);

      if (entries != NULL && !g_strv_contains (entries, entry->uid))
        continue;
      g_strv_builder_add (builder, entry->uid);
      size += entry->size;
    }
  wanted = g_strv_builder_end (builder);

  granary_transfer_set_total (transfer, size, 0);
  granary_transfer_set_state (transfer, GRANARY_TRANSFER_RUNNING);
  for (guint i = 0; wanted[i] != NULL; i++)
    {
      g_autoptr (GError) local_error = NULL;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return -1;
      if (purge_one (store, wanted[i], &freed, transfer, &local_error))
        continue;

      /* It went with its model. */
      if (i > 0 && granary_error_matches_reason (local_error, GRANARY_REASON_TRASH_MISSING))
        continue;
      g_propagate_error (error, g_steal_pointer (&local_error));
      return -1;
    }

  return freed;
}
