/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli-cos.h"

#include "granary-cos-range-reader.h"
#include "granary-inspect.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Inspection of objects of a storage: their headers are fetched, never the whole. */

typedef struct
{
  GPtrArray        *places; /* (element-type GranaryObjectPlace): as named */
  GranaryCosClient *client;
  GCancellable     *cancellable;
  GPtrArray        *addresses; /* (element-type utf8): of all objects */
  GPtrArray        *targets;   /* (element-type utf8): their paths below what was named */
  gint64           *size;
} Look;

static void
add_object (Look                     *look,
            const GranaryObjectPlace *place,
            const char               *key,
            const char               *target,
            gint64                    size)
{
  g_autoptr (GranaryObjectPlace) found = granary_object_place_new (place->bucket, place->region,
                                                                   key);

  g_ptr_array_add (look->addresses, granary_object_place_to_address (found));
  g_ptr_array_add (look->targets, g_strdup (target));
  *look->size += size;
}

/* One object, or all below a prefix that ends with a slash. */
static gboolean
find_objects (Look                      *look,
              const GranaryObjectPlace  *place,
              GError                   **error)
{
  gsize length = strlen (place->key);
  g_autoptr (GPtrArray) objects = NULL;

  if (length > 0 && place->key[length - 1] != '/')
    {
      g_autoptr (GranaryObject) object =
        granary_cos_client_stat (look->client, place, look->cancellable, error);
      const char *slash = strrchr (place->key, '/');

      if (object == NULL)
        return FALSE;
      add_object (look, place, place->key, slash != NULL ? slash + 1 : place->key, object->size);
      return TRUE;
    }

  objects = granary_cos_client_list_all (look->client, place, look->cancellable, error);
  if (objects == NULL)
    return FALSE;
  for (guint i = 0; i < objects->len; i++)
    {
      const GranaryObject *object = g_ptr_array_index (objects, i);

      if (!object->is_folder && !g_str_has_suffix (object->key, "/") &&
          strlen (object->key) > length)
        add_object (look, place, object->key, object->key + length, object->size);
    }

  return TRUE;
}

static GranaryRangeReader *
open_object (const char  *address,
             gpointer     data,
             GError     **error)
{
  Look *look = data;
  g_autoptr (GranaryObjectPlace) place = granary_object_place_parse (address, error);

  return place != NULL ? granary_cos_range_reader_new (look->client, place, look->cancellable,
                                                       error) : NULL;
}

/* On the worker. */
static gpointer
look_into (GranaryCliCos  *self,
           gpointer        data,
           GCancellable   *cancellable,
           GError        **error)
{
  Look *look = data;

  look->client = self->client;
  look->cancellable = cancellable;
  for (guint i = 0; i < look->places->len; i++)
    if (!find_objects (look, g_ptr_array_index (look->places, i), error))
      return NULL;

  if (look->addresses->len == 0)
    {
      const GranaryObjectPlace *place = g_ptr_array_index (look->places, 0);

      granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_OBJECT_MISSING,
                         place->key, "nothing below %s", place->key);
      return NULL;
    }
  g_ptr_array_add (look->addresses, NULL);
  g_ptr_array_add (look->targets, NULL);

  return granary_inspect_files_with ((const char * const *) look->addresses->pdata,
                                     (const char * const *) look->targets->pdata, open_object,
                                     look, cancellable, error);
}

/**
 * granary_cli_cos_inspect:
 * @cli: the run
 * @addresses: (array zero-terminated=1): of objects, and of folders with a slash at the end
 * @n_objects: (out): how many objects these are
 * @size: (out): their bytes
 * @error: return location
 *
 * Returns: (transfer full): what the objects say of themselves
 */
GranaryInspection *
granary_cli_cos_inspect (GranaryCli  *cli,
                         char       **addresses,
                         guint       *n_objects,
                         gint64      *size,
                         GError     **error)
{
  GranaryCliCos self = { .cli = cli };
  g_autoptr (GPtrArray) places =
    g_ptr_array_new_with_free_func ((GDestroyNotify) granary_object_place_free);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) targets = g_ptr_array_new_with_free_func (g_free);
  GranaryInspection *inspection = NULL;
  Look look = { .places = places, .addresses = found, .targets = targets, .size = size };

  *size = 0;
  for (guint i = 0; addresses[i] != NULL; i++)
    {
      GranaryObjectPlace *place = NULL;

      if (!granary_cli_cos_parse (addresses[i], &place, error))
        return NULL;
      g_ptr_array_add (places, place);
    }

  if (granary_cli_cos_open (&self, error))
    inspection = granary_cli_cos_call (&self, look_into, &look, g_object_unref, error);
  g_clear_object (&self.files);
  g_clear_object (&self.client);
  *n_objects = found->len > 0 ? found->len - 1 : 0;

  return inspection;
}
