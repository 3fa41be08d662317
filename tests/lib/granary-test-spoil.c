/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-test-spoil.h"

#include <glib/gstdio.h>

static void
result_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  GAsyncResult **at = user_data;

  *at = g_object_ref (result);
}

static GranaryObjectPlace *
find_object (GranaryVersion *version,
             const char     *path)
{
  g_autoptr (GError) error = NULL;
  GranaryObjectPlace *place = granary_object_place_parse (version->location, &error);
  char *key;

  g_assert_no_error (error);
  key = g_strconcat (place->key, path, NULL);
  g_free (place->key);
  place->key = key;
  return place;
}

void
granary_test_spoil_remove (GranaryTestPlace *place,
                           GranaryVersion   *version,
                           const char       *path)
{
  if (granary_connection_has (place->connection, GRANARY_FEATURE_FOLDER))
    {
      g_autofree char *stored = granary_repository_dup_path (place->repository,
                                                             version->model_name, version->number,
                                                             path);

      g_assert_no_errno (g_unlink (stored));
    }
  else
    {
      GranaryObjectStorage *storage = granary_connection_get_storage (place->connection);
      g_autoptr (GranaryObjectPlace) object = find_object (version, path);
      const char *keys[] = { object->key, NULL };
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      granary_object_storage_delete_async (storage, object, keys, NULL, result_cb, &result);
      while (result == NULL)
        g_main_context_iteration (NULL, TRUE);
      granary_object_storage_delete_finish (storage, result, &error);
      g_assert_no_error (error);
    }
}

void
granary_test_spoil_write (GranaryTestPlace *place,
                          GranaryVersion   *version,
                          const char       *path,
                          gsize             size)
{
  if (granary_connection_has (place->connection, GRANARY_FEATURE_FOLDER))
    {
      g_autofree char *folder = granary_repository_dup_path (place->repository,
                                                             version->model_name, version->number,
                                                             NULL);

      g_free (granary_test_write_size (folder, path, size, 99));
    }
  else
    {
      GranaryObjectStorage *storage = granary_connection_get_storage (place->connection);
      g_autoptr (GranaryObjectPlace) object = find_object (version, path);
      g_autofree char *spoilt = granary_test_place_path (place, "spoilt");
      g_autofree char *file = granary_test_write_size (spoilt, path, size, 99);
      g_autoptr (GranaryObject) written = NULL;
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      granary_object_storage_write_async (storage, file, object, NULL, result_cb, &result);
      while (result == NULL)
        g_main_context_iteration (NULL, TRUE);
      written = granary_object_storage_write_finish (storage, result, &error);
      g_assert_no_error (error);
    }
}
