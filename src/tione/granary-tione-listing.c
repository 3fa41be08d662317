/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-files-private.h"

#include <string.h>

#include "granary-error.h"
#include "granary-json.h"
#include "granary-names.h"

/* What object storage holds of a version, as rows of the mirror. */

void
granary_tione_listing_free (GranaryTioneListing *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_clear_pointer (&self->odd, g_ptr_array_unref);
  g_free (self);
}

/* Where @path is, or would be. */
static guint
find_position (GPtrArray  *files,
               const char *path,
               gboolean   *is_there)
{
  guint first = 0;
  guint last = files->len;

  *is_there = FALSE;
  while (first < last)
    {
      guint middle = first + (last - first) / 2;
      int order = strcmp (((GranaryFile *) g_ptr_array_index (files, middle))->path, path);

      if (order == 0)
        {
          *is_there = TRUE;
          return middle;
        }
      if (order < 0)
        first = middle + 1;
      else
        last = middle;
    }

  return first;
}

const GranaryFile *
granary_tione_listing_find (GranaryTioneListing *self,
                            const char          *path)
{
  gboolean is_there;
  guint position = find_position (self->files, path, &is_there);

  return is_there ? g_ptr_array_index (self->files, position) : NULL;
}

void
granary_tione_listing_forget (GranaryTioneListing *self,
                              const char          *path)
{
  gboolean is_there;
  guint position = find_position (self->files, path, &is_there);

  if (!is_there)
    return;

  self->size -= ((GranaryFile *) g_ptr_array_index (self->files, position))->size;
  g_ptr_array_remove_index (self->files, position);
}

GranaryObjectPlace *
granary_tione_version_place (const GranaryVersion  *version,
                             GError               **error)
{
  g_autofree char *subject = granary_tione_subject (version->model_name, version->number, NULL);
  g_autoptr (GranaryObjectPlace) place = NULL;
  g_autoptr (JsonNode) remote = NULL;
  const char *region;

  if (version->location != NULL)
    place = granary_object_place_parse (version->location, NULL);
  if (place == NULL)
    {
      granary_tione_fail (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_FILES_UNKNOWN, subject);
      return NULL;
    }

  if (*place->key != '\0' && !g_str_has_suffix (place->key, "/"))
    {
      char *key = g_strconcat (place->key, "/", NULL);

      g_free (place->key);
      place->key = key;
    }
  if (version->remote != NULL)
    remote = granary_json_parse (version->remote, -1, subject, NULL);
  region = granary_json_get_string (remote, "region");
  if (place->region == NULL && region != NULL && *region != '\0')
    place->region = g_strdup (region);

  return g_steal_pointer (&place);
}

GranaryObjectPlace *
granary_tione_file_place (const GranaryObjectPlace *where,
                          const char               *path)
{
  g_autofree char *key = g_strconcat (where->key, path, NULL);

  return granary_object_place_new (where->bucket, where->region, key);
}

static int
compare_files (gconstpointer a,
               gconstpointer b)
{
  return strcmp ((*(const GranaryFile *const *) a)->path, (*(const GranaryFile *const *) b)->path);
}

static GranaryFile *
make_file (const GranaryObject *object,
           const char          *path,
           GHashTable          *known)
{
  GranaryFile *file = granary_file_new (path, object->size, NULL, object->modified * 1000, 0);
  const GranaryFile *before = known != NULL ? g_hash_table_lookup (known, path) : NULL;

  file->etag = g_strdup (object->etag);
  if (object->has_crc64)
    file->crc64 = g_strdup_printf ("%" G_GUINT64_FORMAT, object->crc64);
  else if (before != NULL && before->size == file->size && before->etag != NULL &&
           g_strcmp0 (before->etag, file->etag) == 0)
    file->crc64 = g_strdup (before->crc64);

  return file;
}

GranaryTioneListing *
granary_tione_list_files (GranaryTionePlace         *place,
                          const GranaryObjectPlace  *where,
                          GPtrArray                 *known,
                          GCancellable              *cancellable,
                          GError                   **error)
{
  g_autoptr (GPtrArray) objects = NULL;
  g_autoptr (GHashTable) by_path = NULL;
  g_autoptr (GranaryTioneListing) self = NULL;
  gsize length = strlen (where->key);

  objects = granary_cos_client_list_all (place->cos, where, cancellable, error);
  if (objects == NULL)
    return NULL;

  by_path = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; known != NULL && i < known->len; i++)
    {
      GranaryFile *file = g_ptr_array_index (known, i);

      g_hash_table_insert (by_path, file->path, file);
    }

  self = g_new0 (GranaryTioneListing, 1);
  self->files = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_file_free);
  self->odd = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < objects->len; i++)
    {
      const GranaryObject *object = g_ptr_array_index (objects, i);
      const char *path;

      /* What stands for a folder is not a file. */
      if (strncmp (object->key, where->key, length) != 0 || object->is_folder ||
          (g_str_has_suffix (object->key, "/") && object->size == 0))
        continue;
      path = object->key + length;
      if (*path == '\0')
        continue;
      if (!granary_path_check (path, NULL))
        {
          g_ptr_array_add (self->odd, granary_display_path (path));
          continue;
        }
      g_ptr_array_add (self->files, make_file (object, path, by_path));
      self->size += object->size;
    }
  g_ptr_array_sort (self->files, compare_files);

  return g_steal_pointer (&self);
}

typedef struct
{
  gint64     version_id;
  GPtrArray *files;
  gint64     changed;    /* µs since the epoch, 0: see what the storage tells */
} Record;

static gboolean
record_cb (GranaryWriter  *writer,
           gpointer        data,
           GError        **error)
{
  Record *record = data;

  return granary_writer_mirror_files (writer, record->version_id, record->files, error) &&
         (record->changed == 0 ||
          granary_writer_note_files_changed (writer, record->version_id, record->changed, error));
}

gboolean
granary_tione_record_files (GranaryTionePlace  *place,
                            gint64              version_id,
                            GPtrArray          *files,
                            GError            **error)
{
  Record record = { version_id, files, 0 };

  return granary_catalog_write (place->catalog, record_cb, &record, error);
}

gboolean
granary_tione_record_changed_files (GranaryTionePlace  *place,
                                    gint64              version_id,
                                    GPtrArray          *files,
                                    GError            **error)
{
  Record record = { version_id, files, g_get_real_time () };

  return granary_catalog_write (place->catalog, record_cb, &record, error);
}

typedef struct
{
  GranaryTionePlace        *place;
  const GranaryObjectPlace *where;
  GPtrArray                *files;
} Checksums;

static gboolean
load_checksum (guint          position,
               gpointer       data,
               GCancellable  *cancellable,
               GError       **error)
{
  Checksums *self = data;
  GranaryFile *file = g_ptr_array_index (self->files, position);
  g_autoptr (GranaryObjectPlace) at = NULL;
  g_autoptr (GranaryObject) object = NULL;
  g_autoptr (GError) local_error = NULL;

  if (file->crc64 != NULL)
    return TRUE;

  at = granary_tione_file_place (self->where, file->path);
  object = granary_cos_client_stat (self->place->cos, at, cancellable, &local_error);
  if (object == NULL)
    {
      /* Gone since it was listed: there is nothing to tell of it. */
      if (granary_tione_is_missing (local_error))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (object->has_crc64 && object->size == file->size)
    file->crc64 = g_strdup_printf ("%" G_GUINT64_FORMAT, object->crc64);

  return TRUE;
}

gboolean
granary_tione_load_checksums (GranaryTionePlace         *place,
                              const GranaryObjectPlace  *where,
                              GPtrArray                 *files,
                              GCancellable              *cancellable,
                              GError                   **error)
{
  Checksums self = { place, where, files };

  return granary_tione_each (files->len, load_checksum, &self, cancellable, error);
}
