/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cos"

#include "config.h"

#include "granary-cos-transfer-private.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <string.h>
#include <unistd.h>

#include "granary-crc64.h"
#include "granary-error.h"

#define BUFFER_SIZE (256 * 1024)
#define MD5_LENGTH 16

/* Auxiliary functions */

static gboolean
fail_changed (GranaryCosSourceFile  *self,
              GError               **error)
{
  granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_SOURCE_CHANGED, self->shown,
                     "%s changed while it was sent", self->shown);
  return FALSE;
}

static gboolean
is_same_content (const struct stat *a,
                 const struct stat *b)
{
  return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
         a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Whether @etag, quoted or not, is these 16 bytes in hexadecimal. */
static gboolean
is_etag_of (const char   *etag,
            const guint8 *md5)
{
  char text[2 * MD5_LENGTH + 1];
  const char *at = etag + (*etag == '"');

  for (guint i = 0; i < MD5_LENGTH; i++)
    g_snprintf (text + 2 * i, 3, "%02x", md5[i]);

  return g_ascii_strncasecmp (at, text, 2 * MD5_LENGTH) == 0 &&
         (at[2 * MD5_LENGTH] == '\0' || g_str_equal (at + 2 * MD5_LENGTH, "\""));
}

/* Functions for the engine */

/**
 * granary_cos_source_file_open:
 * @self: initialised with fd -1
 * @path: a file
 * @error: return location
 *
 * Opens a file to be sent. Follows no link at the end of its path, waits for no pipe.
 *
 * Returns: whether it is a regular file that can be read
 */
gboolean
granary_cos_source_file_open (GranaryCosSourceFile  *self,
                              const char            *path,
                              GError               **error)
{
  self->path = g_canonicalize_filename (path, NULL);
  self->shown = granary_display_path (self->path);

  do
    self->fd = open (self->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  while (self->fd < 0 && errno == EINTR);
  if (self->fd < 0 && errno != ELOOP)
    return granary_cos_source_file_fail (self, errno, error);
  if (self->fd >= 0 && fstat (self->fd, &self->status) != 0)
    return granary_cos_source_file_fail (self, errno, error);

  if (self->fd < 0 || !S_ISREG (self->status.st_mode))
    {
      granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SOURCE_SPECIAL,
                         self->shown, "%s is no regular file", self->shown);
      return FALSE;
    }

  return TRUE;
}

void
granary_cos_source_file_close (GranaryCosSourceFile *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->shown, g_free);
}

/* In ns since the epoch. */
gint64
granary_cos_source_file_get_mtime (GranaryCosSourceFile *self)
{
  return self->status.st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) +
         self->status.st_mtim.tv_nsec;
}

/* Turns the errno of a failed call on the file into an error. */
gboolean
granary_cos_source_file_fail (GranaryCosSourceFile  *self,
                              int                    failure,
                              GError               **error)
{
  if (failure == ENODATA)
    return fail_changed (self, error);

  if (failure == EACCES || failure == EPERM)
    granary_set_error (error, GRANARY_ERROR_FILE, GRANARY_REASON_SOURCE_UNREADABLE, self->shown,
                       "%s: %s", self->shown, g_strerror (failure));
  else
    granary_set_error_from_errno (error, failure, self->shown, "read");
  return FALSE;
}

/**
 * granary_cos_source_file_check:
 * @self: an open file
 * @is_last: whether to look at its name as well, which may be another file's by now
 * @error: return location
 *
 * Returns: whether it is what it was; else %GRANARY_REASON_SOURCE_CHANGED
 */
gboolean
granary_cos_source_file_check (GranaryCosSourceFile  *self,
                               gboolean               is_last,
                               GError               **error)
{
  struct stat status;

  if (fstat (self->fd, &status) != 0)
    return granary_cos_source_file_fail (self, errno, error);
  if (!is_same_content (&status, &self->status))
    return fail_changed (self, error);

  if (is_last && (lstat (self->path, &status) != 0 ||
                  status.st_ino != self->status.st_ino || status.st_dev != self->status.st_dev))
    return fail_changed (self, error);

  return TRUE;
}

/**
 * granary_cos_source_file_matches_md5:
 * @self: an open file
 * @offset: of a part
 * @length: of a part
 * @etag: what the server says of a part that nobody here remembers
 * @crc64: (out): CRC-64 of the file's bytes
 * @matches: (out): whether @etag is their MD5
 * @cancellable: (nullable): stops
 * @error: return location
 *
 * Reads a part to find out whether the server has it. Only for parts sent by an earlier run that
 * ended before it could note them; ordinary uploads make do without MD5.
 *
 * Returns: whether the file could be read
 */
gboolean
granary_cos_source_file_matches_md5 (GranaryCosSourceFile  *self,
                                     gint64                 offset,
                                     gint64                 length,
                                     const char            *etag,
                                     guint64               *crc64,
                                     gboolean              *matches,
                                     GCancellable          *cancellable,
                                     GError               **error)
{
  g_autofree guint8 *buffer = g_malloc (BUFFER_SIZE);
  EVP_MD_CTX *context = EVP_MD_CTX_new ();
  guint8 md5[EVP_MAX_MD_SIZE];
  guint64 crc = 0;
  int failure = 0;

  /* A computer that allows no MD5 at all recognises nothing by it. */
  *matches = FALSE;
  if (context == NULL || EVP_DigestInit_ex2 (context, EVP_md5 (), NULL) != 1)
    {
      EVP_MD_CTX_free (context);
      return TRUE;
    }

  while (length > 0 && failure == 0)
    {
      gssize got = pread (self->fd, buffer, (gsize) MIN (length, BUFFER_SIZE), offset);

      if (got > 0)
        {
          EVP_DigestUpdate (context, buffer, (gsize) got);
          crc = granary_crc64_update (crc, buffer, (gsize) got);
          offset += got;
          length -= got;
        }
      else if (got == 0)
        {
          failure = ENODATA;
        }
      else if (errno != EINTR)
        {
          failure = errno;
        }
      if (g_cancellable_is_cancelled (cancellable))
        break;
    }
  EVP_DigestFinal_ex (context, md5, NULL);
  EVP_MD_CTX_free (context);

  if (failure != 0)
    return granary_cos_source_file_fail (self, failure, error);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  *crc64 = crc;
  *matches = etag != NULL && is_etag_of (etag, md5);
  return TRUE;
}
