/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <unistd.h>

/* A member's own header is read for each; far more than that would be weights. */
#define FIRST_BLOCK 1024
#define MAX_BLOCK 65536
#define MAX_MEMBERS 65536

struct _GranaryZip
{
  GranaryRangeReader   *reader;      /* (owned) */
  GCancellable         *cancellable; /* (owned) (nullable) */
  struct archive       *archive;     /* (owned) */
  gint64                position;
  gint64                last_end;
  gint64                budget;
  gsize                 block;
  guint                 n_members;
  gboolean              broken;
  GError               *error;       /* (owned) (nullable) */
  guint8                buffer[MAX_BLOCK];
};

static la_ssize_t
read_cb (struct archive  *archive,
         void            *data,
         const void     **block)
{
  GranaryZip *self = data;
  gsize wanted;
  gssize n;

  self->block = self->position == self->last_end ? MIN (self->block * 2, MAX_BLOCK) : FIRST_BLOCK;
  wanted = self->block;
  if ((gint64) wanted > self->budget)
    {
      archive_set_error (archive, EIO, "budget exhausted");
      return ARCHIVE_FATAL;
    }

  n = granary_range_reader_read_at (self->reader, self->position, self->buffer, wanted,
                                    self->cancellable, self->error == NULL ? &self->error : NULL);
  if (n < 0)
    {
      archive_set_error (archive, EIO, "read failed");
      return ARCHIVE_FATAL;
    }

  self->budget -= n;
  self->position += n;
  self->last_end = self->position;
  *block = self->buffer;

  return n;
}

static la_int64_t
seek_cb (struct archive *archive,
         void           *data,
         la_int64_t      offset,
         int             whence)
{
  GranaryZip *self = data;
  gint64 size = granary_range_reader_get_size (self->reader);
  gint64 base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? self->position : size;
  gint64 target;

  if (__builtin_add_overflow (base, offset, &target) || target < 0 || target > size)
    {
      archive_set_error (archive, EIO, "offset outside the file");
      return ARCHIVE_FATAL;
    }

  self->position = target;

  return target;
}

static la_int64_t
skip_cb (struct archive *archive,
         void           *data,
         la_int64_t      request)
{
  GranaryZip *self = data;
  gint64 size = granary_range_reader_get_size (self->reader);
  gint64 skipped = CLAMP (request, 0, size - self->position);

  self->position += skipped;

  return skipped;
}

/**
 * granary_zip_open:
 * @reader: the archive
 * @budget: how many bytes may be fetched in all
 * @cancellable: (nullable): stops it
 *
 * Reads the archive's directory.
 *
 * Returns: (transfer full): the archive; granary_zip_is_broken() tells whether it is one
 */
GranaryZip *
granary_zip_open (GranaryRangeReader *reader,
                  gint64              budget,
                  GCancellable       *cancellable)
{
  GranaryZip *self;

  g_return_val_if_fail (GRANARY_IS_RANGE_READER (reader), NULL);

  self = g_new0 (GranaryZip, 1);
  self->reader = g_object_ref (reader);
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->budget = budget;
  self->block = FIRST_BLOCK;
  self->last_end = -1;

  self->archive = archive_read_new ();
  archive_read_support_format_zip_seekable (self->archive);
  archive_read_set_read_callback (self->archive, read_cb);
  archive_read_set_seek_callback (self->archive, seek_cb);
  archive_read_set_skip_callback (self->archive, skip_cb);
  archive_read_set_callback_data (self->archive, self);
  if (archive_read_open1 (self->archive) != ARCHIVE_OK)
    self->broken = TRUE;

  return self;
}

/**
 * granary_zip_free:
 * @self: (nullable): an archive
 */
void
granary_zip_free (GranaryZip *self)
{
  if (self == NULL)
    return;

  archive_read_free (self->archive);
  g_clear_object (&self->reader);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);
  g_free (self);
}

/**
 * granary_zip_next:
 * @self: an archive
 * @name: (out) (transfer none): path of the member, in no particular encoding
 *
 * Goes to the next member.
 *
 * Returns: whether there is one; if not, granary_zip_is_broken() tells the end from a fault
 */
gboolean
granary_zip_next (GranaryZip  *self,
                  const char **name)
{
  struct archive_entry *entry;
  int status;

  g_return_val_if_fail (self != NULL, FALSE);

  if (self->broken || g_cancellable_is_cancelled (self->cancellable))
    return FALSE;
  if (self->n_members++ >= MAX_MEMBERS)
    {
      self->broken = TRUE;
      return FALSE;
    }

  status = archive_read_next_header (self->archive, &entry);
  if (status == ARCHIVE_EOF)
    return FALSE;
  if (status < ARCHIVE_WARN)
    {
      self->broken = TRUE;
      return FALSE;
    }

  *name = archive_entry_pathname_utf8 (entry);
  if (*name == NULL)
    *name = archive_entry_pathname (entry);
  if (*name == NULL)
    *name = "";

  return TRUE;
}

/**
 * granary_zip_read:
 * @self: an archive, at a member
 * @max: most bytes to unpack
 *
 * Returns: (transfer full) (nullable): the first bytes of the member; %NULL when it is broken
 */
GBytes *
granary_zip_read (GranaryZip *self,
                  gsize       max)
{
  g_autoptr (GByteArray) content = g_byte_array_new ();
  guint8 part[16384];

  g_return_val_if_fail (self != NULL, NULL);

  while (content->len < max)
    {
      la_ssize_t n = archive_read_data (self->archive, part,
                                        MIN (sizeof part, max - content->len));

      if (n < 0)
        {
          self->broken = TRUE;
          return NULL;
        }
      if (n == 0)
        break;
      g_byte_array_append (content, part, (guint) n);
    }

  return g_byte_array_free_to_bytes (g_steal_pointer (&content));
}

/**
 * granary_zip_is_broken:
 * @self: an archive
 *
 * Returns: whether something of it could not be read
 */
gboolean
granary_zip_is_broken (GranaryZip *self)
{
  g_return_val_if_fail (self != NULL, TRUE);

  return self->broken;
}

/**
 * granary_zip_steal_error:
 * @self: an archive
 * @error: (out) (optional): where to put it
 *
 * Hands out the failure of the reader itself, if there was one: not a fault of the content.
 *
 * Returns: whether there was one
 */
gboolean
granary_zip_steal_error (GranaryZip  *self,
                         GError     **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (self->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return TRUE;
    }

  return g_cancellable_set_error_if_cancelled (self->cancellable, error);
}
