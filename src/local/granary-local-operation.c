/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-local-verbs-private.h"

#include <errno.h>
#include <fcntl.h>

#include "granary-error.h"
#include "granary-json.h"
#include "granary-local-io.h"

/* The steps that a verb and the repair of what it left have in common. Each can be repeated: what
 * is done already is left alone. */

static char *
staging_path (const char *operation,
              const char *ending)
{
  return g_strconcat (GRANARY_LOCAL_STAGING "/", operation, ending, NULL);
}

static guint64
get_inode (GranaryLocalStore *store,
           const char        *path)
{
  struct stat status;

  return fstatat (store->root_fd, path, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status.st_ino : 0;
}

/**
 * granary_local_detail_new:
 * @first_key: a member
 * @...: its value, %NULL to leave it out, and further pairs; %NULL
 *
 * Returns: (transfer full): a JSON object, such as the detail of an operation
 */
char *
granary_local_detail_new (const char *first_key,
                          ...)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  va_list args;

  json_builder_begin_object (builder);
  va_start (args, first_key);
  for (const char *key = first_key; key != NULL; key = va_arg (args, const char *))
    {
      const char *value = va_arg (args, const char *);

      if (value == NULL)
        continue;
      json_builder_set_member_name (builder, key);
      json_builder_add_string_value (builder, value);
    }
  va_end (args);
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  return granary_json_to_text (root, FALSE);
}

static gboolean
end_cb (GranaryWriter  *writer,
        gpointer        data,
        GError        **error)
{
  return granary_writer_end_operation (writer, data, error);
}

/* Forgets an operation that has nothing left to do. */
gboolean
granary_local_end (GranaryLocalStore  *store,
                   const char         *operation,
                   GError            **error)
{
  return granary_local_store_write (store, end_cb, (gpointer) operation, error);
}

/**
 * granary_local_discard:
 * @store: the repository
 * @operation: uid of an import
 * @path: where its files go, relative to the repository
 * @error: return location
 *
 * Removes what an import staged or put in place. It vanishes from @path in one step.
 *
 * Returns: whether nothing is left
 */
gboolean
granary_local_discard (GranaryLocalStore  *store,
                       const char         *operation,
                       const char         *path,
                       GError            **error)
{
  g_autofree char *staged = staging_path (operation, NULL);

  if (granary_local_store_exists (store, path) && !granary_local_store_exists (store, staged))
    {
      if (!granary_local_store_move (store, path, staged, error) ||
          !granary_local_store_sync_parents (store, path, staged, error))
        return FALSE;
    }

  return granary_local_remove_tree (store->staging_fd, operation, NULL, NULL, error);
}

/**
 * granary_local_forget_import:
 * @writer: a writer
 * @operation: uid of an import
 * @model_id: its model
 * @version_id: its version
 * @is_new_model: whether the import made the model
 * @error: return location
 *
 * Takes back what the catalogue knows of an import. A model that it made goes too, unless somebody
 * began another version of it meanwhile.
 *
 * Returns: whether it was written
 */
gboolean
granary_local_forget_import (GranaryWriter  *writer,
                             const char     *operation,
                             gint64          model_id,
                             gint64          version_id,
                             gboolean        is_new_model,
                             GError        **error)
{
  g_autoptr (GranaryModel) model = NULL;

  if (!granary_writer_end_operation (writer, operation, error) ||
      !granary_writer_remove_version (writer, version_id, error))
    return FALSE;
  if (!is_new_model)
    return TRUE;

  model = granary_writer_load_model (writer, model_id, error);
  if (model == NULL)
    return FALSE;

  return model->versions->len > 0 || granary_writer_remove_model (writer, model_id, error);
}

/**
 * granary_local_swap:
 * @store: the repository
 * @operation: uid of an upload, whose new folder is staged under that name
 * @path: folder of the version, relative to the repository
 * @error: return location
 *
 * Puts the new folder in place of the old one; in one step where the file system can.
 *
 * Returns: whether it was done; if not, granary_local_unswap() takes it back
 */
gboolean
granary_local_swap (GranaryLocalStore  *store,
                    const char         *operation,
                    const char         *path,
                    GError            **error)
{
  g_autofree char *staged = staging_path (operation, NULL);
  g_autofree char *old = staging_path (operation, ".old");

  if (granary_local_io_exchange (store->root_fd, staged, store->root_fd, path) == 0)
    return TRUE;
  if (errno != EINVAL && errno != ENOSYS)
    {
      granary_set_error_from_errno (error, errno, path, "exchange");
      return FALSE;
    }

  return granary_local_store_move (store, path, old, error) &&
         granary_local_store_move (store, staged, path, error);
}

/**
 * granary_local_unswap:
 * @store: the repository
 * @operation: uid of an upload
 * @path: folder of the version, relative to the repository
 * @inode: of the new folder, wherever it is
 * @error: return location
 *
 * Undoes granary_local_swap(), however far it came, and removes the new folder.
 *
 * Returns: whether the old folder is in place and nothing else is left
 */
gboolean
granary_local_unswap (GranaryLocalStore  *store,
                      const char         *operation,
                      const char         *path,
                      guint64             inode,
                      GError            **error)
{
  g_autofree char *staged = staging_path (operation, NULL);
  g_autofree char *old = staging_path (operation, ".old");
  g_autofree char *old_name = g_strconcat (operation, ".old", NULL);

  if (granary_local_store_exists (store, old))
    {
      /* By two renames: the old one waits aside. */
      if (get_inode (store, path) == inode &&
          !granary_local_store_move (store, path, staged, error))
        return FALSE;
      if (!granary_local_store_exists (store, path) &&
          !granary_local_store_move (store, old, path, error))
        return FALSE;
    }
  else if (inode != 0 && get_inode (store, path) == inode &&
           granary_local_store_exists (store, staged))
    {
      if (granary_local_io_exchange (store->root_fd, staged, store->root_fd, path) != 0)
        {
          granary_set_error_from_errno (error, errno, path, "exchange");
          return FALSE;
        }
    }

  return granary_local_store_sync_parents (store, staged, path, error) &&
         granary_local_remove_tree (store->staging_fd, operation, NULL, NULL, error) &&
         granary_local_remove_tree (store->staging_fd, old_name, NULL, NULL, error);
}

/**
 * granary_local_purge_tree:
 * @store: the repository
 * @operation: uid of the purge
 * @entry: name in `trash/`
 * @freed: (inout) (optional): bytes that came free are added
 * @transfer: (nullable): counts what is removed
 * @error: return location
 *
 * Removes what an entry holds. It leaves the trash in one step, so that a half-removed one is never
 * taken for one that can be restored.
 *
 * Returns: whether nothing is left
 */
gboolean
granary_local_purge_tree (GranaryLocalStore  *store,
                          const char         *operation,
                          const char         *entry,
                          gint64             *freed,
                          GranaryTransfer    *transfer,
                          GError            **error)
{
  g_autofree char *trash = g_build_filename (GRANARY_LOCAL_TRASH, entry, NULL);
  g_autofree char *staged = staging_path (operation, NULL);

  if (granary_local_store_exists (store, trash) &&
      (!granary_local_store_move (store, trash, staged, error) ||
       !granary_local_store_sync_parents (store, trash, staged, error)))
    return FALSE;

  return granary_local_remove_tree (store->staging_fd, operation, freed, transfer, error);
}
