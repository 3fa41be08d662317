/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GranaryTransferStore:
 *
 * What transfers have to remember over a crash or restart: the jobs of the queue and the parts of
 * files under way. One SQLite file a connection, shared by all processes that use it, always
 * `synchronous=FULL`. Thread-safe; every function blocks.
 *
 * Each process has a session, alive while it holds the lock of it; what a dead session had claimed
 * may be taken over. granary-transfer-store.c opens and locks, -jobs.c and -resume.c hold the rows.
 */
#define GRANARY_TYPE_TRANSFER_STORE (granary_transfer_store_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTransferStore, granary_transfer_store, GRANARY, TRANSFER_STORE, GObject)

/* @folder: of the connection; holds transfers.db and the sessions' locks. */
GranaryTransferStore *granary_transfer_store_open        (const char            *folder,
                                                          GError               **error) G_GNUC_WARN_UNUSED_RESULT;
const char           *granary_transfer_store_get_session (GranaryTransferStore  *self);

/**
 * GranaryResumePart:
 * @number: 1 …
 * @size: bytes
 * @etag: (nullable): as the server gave it; %NULL for a download
 * @crc64: CRC-64 of its bytes
 */
typedef struct
{
  int      number;
  gint64   size;
  char    *etag;
  guint64  crc64;
} GranaryResumePart;

/**
 * GranaryResume:
 * @id: row
 * @is_upload: direction
 * @path: file on this computer
 * @size: bytes of the file or object
 * @mtime: of the file in ns (upload)
 * @device: of the file (upload)
 * @inode: of the file (upload)
 * @address: `cos://BUCKET/KEY`, with the region in front of the bucket when it is another:
 *   `cos://BUCKET@REGION/KEY`
 * @etag: (nullable): of the object (download)
 * @crc64: of the object (download), 0 unknown
 * @part_size: bytes
 * @upload_id: (nullable): of the multipart upload
 * @parts: (element-type GranaryResumePart): finished ones
 *
 * One file under way.
 */
typedef struct
{
  gint64     id;
  gboolean   is_upload;
  char      *path;
  gint64     size;
  gint64     mtime;
  guint64    device;
  guint64    inode;
  char      *address;
  char      *etag;
  guint64    crc64;
  gint64     part_size;
  char      *upload_id;
  GPtrArray *parts;
} GranaryResume;

GranaryResume *granary_resume_new  (void) G_GNUC_WARN_UNUSED_RESULT;
void           granary_resume_free (GranaryResume *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryResume, granary_resume_free)

/* The record for path and address, claimed for this session; NULL without error when there is none.
 * CONFLICT/BUSY when a live session works on it. */
gboolean granary_transfer_store_claim_resume    (GranaryTransferStore     *self,
                                                 gboolean                  is_upload,
                                                 const char               *path,
                                                 const char               *address,
                                                 GranaryResume           **resume,
                                                 GError                  **error);
/* Stores a new record (claimed), replacing one of the same path and address; sets its id. */
gboolean granary_transfer_store_add_resume      (GranaryTransferStore     *self,
                                                 GranaryResume            *resume,
                                                 GError                  **error);
gboolean granary_transfer_store_set_upload_id   (GranaryTransferStore     *self,
                                                 gint64                    id,
                                                 const char               *upload_id,
                                                 GError                  **error);
gboolean granary_transfer_store_add_part        (GranaryTransferStore     *self,
                                                 gint64                    id,
                                                 const GranaryResumePart  *part,
                                                 GError                  **error);
gboolean granary_transfer_store_release_resume  (GranaryTransferStore     *self,
                                                 gint64                    id,
                                                 GError                  **error);
gboolean granary_transfer_store_remove_resume   (GranaryTransferStore     *self,
                                                 gint64                    id,
                                                 GError                  **error);
/* Upload ids for @address that other live sessions work on, or that other files own. */
GStrv    granary_transfer_store_list_upload_ids (GranaryTransferStore     *self,
                                                 const char               *address,
                                                 GError                  **error) G_GNUC_WARN_UNUSED_RESULT;
/* Records untouched for @days; at most 500 are kept besides. */
gboolean granary_transfer_store_expire_resumes  (GranaryTransferStore     *self,
                                                 int                       days,
                                                 GError                  **error);

G_END_DECLS
