/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-version.h"

#include <string.h>

G_DEFINE_BOXED_TYPE (GranaryVersion, granary_version, granary_version_ref, granary_version_unref)

/* The stored and printed names; part of the catalogue's format and of the JSON output. */
static const char *const status_ids[] = {
  [GRANARY_STATUS_IMPORTING] = "importing",
  [GRANARY_STATUS_READY] = "ready",
  [GRANARY_STATUS_FAILED] = "failed",
};

static const char *const source_ids[] = {
  [GRANARY_SOURCE_FILES] = "files",
  [GRANARY_SOURCE_TASK] = "task",
  [GRANARY_SOURCE_COS] = "cos",
  [GRANARY_SOURCE_AUTOML] = "automl",
};

static gboolean
find_id (const char *const *ids,
         guint              n_ids,
         const char        *id,
         guint             *position)
{
  for (guint i = 0; id != NULL && i < n_ids; i++)
    {
      if (g_str_equal (ids[i], id))
        {
          *position = i;
          return TRUE;
        }
    }

  return FALSE;
}

static void
granary_version_clear (gpointer data)
{
  GranaryVersion *self = data;

  g_free (self->model_uid);
  g_free (self->model_name);
  g_free (self->uid);
  g_free (self->source_ref);
  g_free (self->framework);
  g_free (self->format);
  g_free (self->environment);
  g_free (self->inspection);
  g_free (self->error);
  g_free (self->location);
  g_free (self->remote);
  g_clear_pointer (&self->metrics, g_ptr_array_unref);
  g_clear_pointer (&self->files, g_ptr_array_unref);
}

/**
 * granary_version_new:
 *
 * Returns: (transfer full): a version to be filled by its maker before anyone else sees it
 */
GranaryVersion *
granary_version_new (void)
{
  GranaryVersion *self = g_atomic_rc_box_new0 (GranaryVersion);

  self->progress = -1;
  return self;
}

GranaryVersion *
granary_version_ref (GranaryVersion *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

void
granary_version_unref (GranaryVersion *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, granary_version_clear);
}

/**
 * granary_version_find_file:
 * @self: a version with its files
 * @path: path inside it
 *
 * Returns: (transfer none) (nullable): the file of that path
 */
const GranaryFile *
granary_version_find_file (GranaryVersion *self,
                           const char     *path)
{
  guint low = 0;
  guint high;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (path != NULL, NULL);

  high = self->files != NULL ? self->files->len : 0;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const GranaryFile *file = g_ptr_array_index (self->files, middle);
      int order = strcmp (file->path, path);

      if (order == 0)
        return file;
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }

  return NULL;
}

/**
 * granary_file_new:
 * @path: path inside the version
 * @size: bytes
 * @sha256: (array fixed-size=32) (nullable): digest; %NULL where it is not known
 * @mtime: ns since the epoch
 * @inode: inode, 0 if unknown
 *
 * Returns: (transfer full): the record
 */
GranaryFile *
granary_file_new (const char   *path,
                  gint64        size,
                  const guint8 *sha256,
                  gint64        mtime,
                  guint64       inode)
{
  GranaryFile *self;

  g_return_val_if_fail (path != NULL, NULL);

  self = g_new0 (GranaryFile, 1);
  self->path = g_strdup (path);
  self->size = size;
  if (sha256 != NULL)
    memcpy (self->sha256, sha256, GRANARY_SHA256_LENGTH);
  self->mtime = mtime;
  self->inode = inode;
  return self;
}

void
granary_file_free (GranaryFile *self)
{
  if (self == NULL)
    return;

  g_free (self->path);
  g_free (self->etag);
  g_free (self->crc64);
  g_free (self);
}

/**
 * granary_sha256_to_text:
 * @sha256: (array fixed-size=32): digest
 *
 * Returns: (transfer full): 64 lower-case hexadecimal digits
 */
char *
granary_sha256_to_text (const guint8 *sha256)
{
  static const char digits[] = "0123456789abcdef";
  char *text;

  g_return_val_if_fail (sha256 != NULL, NULL);

  text = g_malloc (2 * GRANARY_SHA256_LENGTH + 1);
  for (guint i = 0; i < GRANARY_SHA256_LENGTH; i++)
    {
      text[2 * i] = digits[sha256[i] >> 4];
      text[2 * i + 1] = digits[sha256[i] & 15];
    }
  text[2 * GRANARY_SHA256_LENGTH] = '\0';

  return text;
}

const char *
granary_status_to_id (GranaryStatus status)
{
  g_return_val_if_fail (status < G_N_ELEMENTS (status_ids), NULL);

  return status_ids[status];
}

/**
 * granary_status_from_id:
 * @id: (nullable): a stored name
 * @status: (out): the status
 *
 * Returns: whether @id is a known one
 */
gboolean
granary_status_from_id (const char    *id,
                        GranaryStatus *status)
{
  guint position;

  g_return_val_if_fail (status != NULL, FALSE);

  if (!find_id (status_ids, G_N_ELEMENTS (status_ids), id, &position))
    return FALSE;

  *status = position;
  return TRUE;
}

const char *
granary_source_to_id (GranarySource source)
{
  g_return_val_if_fail (source < G_N_ELEMENTS (source_ids), NULL);

  return source_ids[source];
}

gboolean
granary_source_from_id (const char    *id,
                        GranarySource *source)
{
  guint position;

  g_return_val_if_fail (source != NULL, FALSE);

  if (!find_id (source_ids, G_N_ELEMENTS (source_ids), id, &position))
    return FALSE;

  *source = position;
  return TRUE;
}
