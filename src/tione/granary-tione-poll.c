/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-error.h"
#include "granary-tione-refresh-private.h"

/* Imports that the platform is busy with. */

static gboolean
version_func (GranaryWriter  *writer,
              gpointer        data,
              GError        **error)
{
  const GranaryVersion *version = data;
  gint64 model_id = granary_writer_find_mirrored (writer, version->model_uid);

  /* Gone meanwhile: nothing to keep up to date. */
  return model_id == 0 ||
         granary_writer_mirror_version (writer, model_id, version, NULL, error);
}

/* Whether there is more to come of it; FALSE with @error set when it could not be asked. */
static gboolean
look_at (GranaryApi      *api,
         GranaryCatalog  *catalog,
         const char      *uid,
         gboolean        *vanished,
         GCancellable    *cancellable,
         GError         **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GranaryVersion) version = granary_tione_load_version (api, uid, cancellable,
                                                                   &local_error);

  if (version != NULL)
    {
      if (version->model_uid != NULL &&
          !granary_catalog_write (catalog, version_func, version, error))
        return FALSE;
      return version->status == GRANARY_STATUS_IMPORTING;
    }
  if (granary_tione_is_gone (local_error))
    {
      *vanished = TRUE;
      return FALSE;
    }

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/**
 * granary_tione_poll:
 * @api: the account
 * @catalog: what to keep up to date
 * @uids: (element-type utf8): ids of versions, a set; those that ended are taken out
 * @vanished: (out): whether one is not there any more
 * @cancellable: (nullable): calls it off
 * @error: return location
 *
 * Looks once at each. One that cannot be asked for stays for the next time.
 *
 * Returns: whether all could be asked for; otherwise the last error
 */
gboolean
granary_tione_poll (GranaryApi      *api,
                    GranaryCatalog  *catalog,
                    GHashTable      *uids,
                    gboolean        *vanished,
                    GCancellable    *cancellable,
                    GError         **error)
{
  g_autoptr (GError) last_error = NULL;
  GHashTableIter iter;
  gpointer uid;

  *vanished = FALSE;
  g_hash_table_iter_init (&iter, uids);
  while (g_hash_table_iter_next (&iter, &uid, NULL))
    {
      g_autoptr (GError) local_error = NULL;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (!look_at (api, catalog, uid, vanished, cancellable, &local_error) && local_error == NULL)
        g_hash_table_iter_remove (&iter);
      if (local_error != NULL)
        {
          g_clear_error (&last_error);
          last_error = g_steal_pointer (&local_error);
        }
    }

  if (last_error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&last_error));
  return FALSE;
}
