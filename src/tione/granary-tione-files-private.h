/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-tione-place-private.h"
#include "granary-transfer-queue.h"

G_BEGIN_DECLS

/* The files of versions as objects. Blocking. */

/**
 * GranaryTioneListing:
 * @files: (element-type GranaryFile): sorted by path
 * @odd: (element-type utf8): keys, made printable, that are no path of a file: they are neither
 *   shown nor fetched
 * @size: bytes of @files
 */
typedef struct
{
  GPtrArray *files;
  GPtrArray *odd;
  gint64     size;
} GranaryTioneListing;

void                 granary_tione_listing_free  (GranaryTioneListing       *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryTioneListing, granary_tione_listing_free)
const GranaryFile   *granary_tione_listing_find  (GranaryTioneListing       *self,
                                                  const char                *path);
/* Takes @path out of it. */
void                 granary_tione_listing_forget (GranaryTioneListing      *self,
                                                   const char               *path);

/* Where the files of a version are; the key ends with `/`. FILES_UNKNOWN when nobody told. */
GranaryObjectPlace  *granary_tione_version_place (const GranaryVersion      *version,
                                                  GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
/* The place of a file below @where. */
GranaryObjectPlace  *granary_tione_file_place    (const GranaryObjectPlace  *where,
                                                  const char                *path) G_GNUC_WARN_UNUSED_RESULT;
/* @known: (nullable) (element-type GranaryFile): rows whose checksums stay good where the etag is
 * still the same. */
GranaryTioneListing *granary_tione_list_files    (GranaryTionePlace         *place,
                                                  const GranaryObjectPlace  *where,
                                                  GPtrArray                 *known,
                                                  GCancellable              *cancellable,
                                                  GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
/* Into the mirror. */
gboolean             granary_tione_record_files  (GranaryTionePlace         *place,
                                                  gint64                     version_id,
                                                  GPtrArray                 *files,
                                                  GError                   **error);
/* Likewise, after Granary itself changed them. */
gboolean             granary_tione_record_changed_files
                                                 (GranaryTionePlace         *place,
                                                  gint64                     version_id,
                                                  GPtrArray                 *files,
                                                  GError                   **error);
/* Asks for the checksum of each of @files that has none. What cannot be told stays unknown. */
gboolean             granary_tione_load_checksums (GranaryTionePlace        *place,
                                                  const GranaryObjectPlace  *where,
                                                  GPtrArray                 *files,
                                                  GCancellable              *cancellable,
                                                  GError                   **error);
/* Sends the files of @job that are not done yet to their targets below @where, some at a time.
 * @checksums (nullable): gets CRC-64 texts by target, of those that went now. */
gboolean             granary_tione_send_files    (GranaryTionePlace         *place,
                                                  GranaryTransferJob        *job,
                                                  const GranaryObjectPlace  *where,
                                                  GHashTable                *checksums,
                                                  GranaryTransfer           *transfer,
                                                  GCancellable              *cancellable,
                                                  GError                   **error);
/* CRC-64 of a file of this computer, which must have @size bytes. */
gboolean             granary_tione_checksum_file (const char                *path,
                                                  gint64                     size,
                                                  GCancellable              *cancellable,
                                                  guint64                   *crc64,
                                                  GError                   **error);
/* Whether @path is still the file that was queued. */
gboolean             granary_tione_check_source  (const GranaryTransferFile *file,
                                                  GError                   **error);
/* Takes away, in the background and as well as it goes, what a transfer that was called off left
 * below @where: unfinished uploads, and with @with_objects finished ones too. */
void                 granary_tione_clean_up      (GranaryTionePlace         *place,
                                                  GranaryTransferJob        *job,
                                                  const GranaryObjectPlace  *where,
                                                  gboolean                   with_objects);

/**
 * GranaryTioneEachFunc:
 *
 * Does the @position-th piece of something.
 */
typedef gboolean (*GranaryTioneEachFunc) (guint          position,
                                          gpointer       data,
                                          GCancellable  *cancellable,
                                          GError       **error);

/* Calls @func for 0 … @n - 1 on some threads. The first failure calls off the rest. */
gboolean             granary_tione_each          (guint                      n,
                                                  GranaryTioneEachFunc       func,
                                                  gpointer                   data,
                                                  GCancellable              *cancellable,
                                                  GError                   **error);

G_END_DECLS
