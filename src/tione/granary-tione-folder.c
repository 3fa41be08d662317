/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-folder-private.h"

#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>

#include "granary-error.h"

#define MAX_OPEN_FOLDERS 16

/* nftw() has no user data. */
static _Thread_local guint n_found;
static _Thread_local gint64 size_found;

static int
count_cb (const char        *path,
          const struct stat *status,
          int                kind,
          struct FTW        *position)
{
  if (kind != FTW_D && kind != FTW_DP && kind != FTW_DNR)
    {
      n_found++;
      if (S_ISREG (status->st_mode))
        size_found += status->st_size;
    }

  return 0;
}

static int
remove_cb (const char        *path,
           const struct stat *status,
           int                kind,
           struct FTW        *position)
{
  if (remove (path) != 0)
    g_debug ("A part of a download stays");

  return 0;
}

guint
granary_tione_folder_count (const char *path)
{
  n_found = 0;
  nftw (path, count_cb, MAX_OPEN_FOLDERS, FTW_PHYS);

  return n_found;
}

gint64
granary_tione_folder_size (const char *path)
{
  size_found = 0;
  nftw (path, count_cb, MAX_OPEN_FOLDERS, FTW_PHYS);

  return size_found;
}

void
granary_tione_folder_remove (const char *path)
{
  nftw (path, remove_cb, MAX_OPEN_FOLDERS, FTW_PHYS | FTW_DEPTH);
}

gboolean
granary_tione_file_compare (GranaryTionePlace         *place,
                            const GranaryObjectPlace  *at,
                            gint64                     size,
                            const char                *path,
                            gboolean                  *is_same,
                            GCancellable              *cancellable,
                            GError                   **error)
{
  g_autoptr (GranaryObject) object = NULL;
  g_autoptr (GError) local_error = NULL;
  struct stat status;
  guint64 crc64;

  *is_same = FALSE;
  if (lstat (path, &status) != 0 || !S_ISREG (status.st_mode) || status.st_size != size)
    return TRUE;
  object = granary_cos_client_stat (place->cos, at, cancellable, error);
  if (object == NULL)
    return FALSE;
  if (!object->has_crc64 || object->size != size)
    return TRUE;

  if (!granary_tione_checksum_file (path, size, cancellable, &crc64, &local_error))
    {
      if (granary_error_is_cancelled (local_error))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      return TRUE;
    }

  *is_same = crc64 == object->crc64;
  return TRUE;
}

gboolean
granary_tione_folder_compare (GranaryTionePlace         *place,
                              const GranaryObjectPlace  *where,
                              GPtrArray                 *files,
                              const char                *path,
                              gboolean                  *is_same,
                              GCancellable              *cancellable,
                              GError                   **error)
{
  *is_same = FALSE;
  for (guint i = 0; i < files->len; i++)
    {
      const GranaryFile *file = g_ptr_array_index (files, i);
      g_autofree char *here = g_build_filename (path, file->path, NULL);
      g_autoptr (GranaryObjectPlace) at = granary_tione_file_place (where, file->path);

      if (!granary_tione_file_compare (place, at, file->size, here, is_same, cancellable, error))
        return FALSE;
      if (!*is_same)
        return TRUE;
    }

  *is_same = files->len > 0;
  return TRUE;
}
