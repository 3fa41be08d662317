/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-local-digest-private.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

/* Big enough that calls do not count, small enough to stay in the second-level cache. */
#define BUFFER_SIZE (512 * 1024)

struct _GranaryLocalDigest
{
  EVP_MD_CTX *context; /* (owned) */
  guint8     *buffer;  /* (owned) (nullable): made when first needed */
};

static const guint8 zeros[64 * 1024];

GranaryLocalDigest *
granary_local_digest_new (void)
{
  GranaryLocalDigest *self = g_new0 (GranaryLocalDigest, 1);

  self->context = EVP_MD_CTX_new ();
  if (self->context == NULL)
    g_error ("out of memory");
  granary_local_digest_reset (self);

  return self;
}

/* Begins a new file. */
void
granary_local_digest_reset (GranaryLocalDigest *self)
{
  if (EVP_DigestInit_ex2 (self->context, EVP_sha256 (), NULL) != 1)
    g_error ("libcrypto has no SHA-256");
}

void
granary_local_digest_free (GranaryLocalDigest *self)
{
  if (self == NULL)
    return;

  EVP_MD_CTX_free (self->context);
  g_free (self->buffer);
  g_free (self);
}

void
granary_local_digest_update (GranaryLocalDigest *self,
                             gconstpointer       data,
                             gsize               size)
{
  EVP_DigestUpdate (self->context, data, size);
}

/* Zeros that stand for a hole: reading them would only fill the page cache. */
static int
add_zeros (GranaryLocalDigest *self,
           goffset             size,
           GranaryTransfer    *transfer,
           GCancellable       *cancellable)
{
  while (size > 0)
    {
      goffset step = MIN (size, BUFFER_SIZE);

      if (g_cancellable_is_cancelled (cancellable))
        return ECANCELED;
      for (goffset left = step; left > 0;)
        {
          gsize part = (gsize) MIN (left, (goffset) sizeof zeros);

          EVP_DigestUpdate (self->context, zeros, part);
          left -= (goffset) part;
        }
      if (transfer != NULL)
        granary_transfer_add_bytes (transfer, step);
      size -= step;
    }

  return 0;
}

static int
add_data (GranaryLocalDigest *self,
          int                 fd,
          goffset             offset,
          goffset             end,
          GranaryTransfer    *transfer,
          GCancellable       *cancellable)
{
  if (self->buffer == NULL)
    self->buffer = g_malloc (BUFFER_SIZE);

  while (offset < end)
    {
      gssize got;

      if (g_cancellable_is_cancelled (cancellable))
        return ECANCELED;
      got = pread (fd, self->buffer, (gsize) MIN (end - offset, BUFFER_SIZE), offset);
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        return errno;
      if (got == 0)
        return ENODATA;

      EVP_DigestUpdate (self->context, self->buffer, (gsize) got);
      if (transfer != NULL)
        granary_transfer_add_bytes (transfer, got);
      offset += got;
    }

  return 0;
}

/**
 * granary_local_digest_range:
 * @self: a digest
 * @fd: a file
 * @offset: from here
 * @end: to here
 * @is_sparse: whether to look for holes; moves the position of @fd
 * @transfer: (nullable): counts the bytes
 * @cancellable: (nullable): asked every few hundred µs
 *
 * Adds a part of a file, holes as the zeros they stand for.
 *
 * Returns: 0 or an errno: ECANCELED when called off, ENODATA when the file ends before @end
 */
int
granary_local_digest_range (GranaryLocalDigest *self,
                            int                 fd,
                            goffset             offset,
                            goffset             end,
                            gboolean            is_sparse,
                            GranaryTransfer    *transfer,
                            GCancellable       *cancellable)
{
  while (offset < end)
    {
      off_t data = is_sparse ? lseek (fd, offset, SEEK_DATA) : offset;
      off_t hole = end;
      int result;

      /* No data until the end of the file, which must not be before @end. */
      if (data < 0 && errno == ENXIO && lseek (fd, 0, SEEK_END) >= end)
        data = end;
      if (data < 0)
        data = offset;
      data = MIN (data, end);
      result = add_zeros (self, data - offset, transfer, cancellable);
      if (result != 0)
        return result;

      if (is_sparse && data < end)
        {
          hole = lseek (fd, data, SEEK_HOLE);
          hole = hole < 0 ? end : MIN (hole, end);
        }
      result = add_data (self, fd, data, hole, transfer, cancellable);
      if (result != 0)
        return result;
      offset = MAX (hole, data);
    }

  return 0;
}

/* Gives the digest of what was added, and begins anew. */
void
granary_local_digest_finish (GranaryLocalDigest *self,
                             guint8             *sha256)
{
  EVP_DigestFinal_ex (self->context, sha256, NULL);
  granary_local_digest_reset (self);
}

/* The digest of a whole file; returns as granary_local_digest_range(). */
int
granary_local_digest_file (int              fd,
                           goffset          size,
                           gboolean         is_sparse,
                           GranaryTransfer *transfer,
                           GCancellable    *cancellable,
                           guint8          *sha256)
{
  g_autoptr (GranaryLocalDigest) digest = granary_local_digest_new ();
  int result;

  posix_fadvise (fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  result = granary_local_digest_range (digest, fd, 0, size, is_sparse, transfer, cancellable);
  if (result == 0)
    granary_local_digest_finish (digest, sha256);

  return result;
}
