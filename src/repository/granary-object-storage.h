/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-transfer.h"

G_BEGIN_DECLS

/**
 * GranaryObject:
 * @key: full key in its bucket; a folder's ends with `/`
 * @size: bytes; 0 for a folder
 * @etag: (nullable): opaque, without quotes
 * @crc64: its CRC-64, meaningful with @has_crc64
 * @modified: µs since the epoch, 0 unknown
 * @storage_class: (nullable): such as `STANDARD` or `ARCHIVE`
 * @has_crc64: whether the storage told the checksum
 * @is_folder: whether it stands for all keys that begin with @key
 */
typedef struct
{
  char     *key;
  gint64    size;
  char     *etag;
  guint64   crc64;
  gint64    modified;
  char     *storage_class;
  gboolean  has_crc64;
  gboolean  is_folder;
} GranaryObject;

GranaryObject *granary_object_new  (const char    *key) G_GNUC_WARN_UNUSED_RESULT;
void           granary_object_free (GranaryObject *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryObject, granary_object_free)

/**
 * GranaryBucket:
 * @name: with the account's number at its end
 * @region: (nullable): where it is
 * @created: µs since the epoch, 0 unknown
 */
typedef struct
{
  char   *name;
  char   *region;
  gint64  created;
} GranaryBucket;

void granary_bucket_free (GranaryBucket *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryBucket, granary_bucket_free)

/**
 * GranaryObjectPage:
 * @objects: (element-type GranaryObject): folders and objects, in byte order of their keys
 * @next: (nullable): marker of the next page, %NULL when this was the last
 */
typedef struct
{
  GPtrArray *objects;
  char      *next;
} GranaryObjectPage;

GranaryObjectPage *granary_object_page_new  (void) G_GNUC_WARN_UNUSED_RESULT;
void               granary_object_page_free (GranaryObjectPage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryObjectPage, granary_object_page_free)

/**
 * GranaryObjectPlace:
 * @bucket: its bucket
 * @region: (nullable): of the bucket; %NULL for the connection's own
 * @key: key, or prefix for lists
 *
 * Where an object is.
 */
typedef struct
{
  char *bucket;
  char *region;
  char *key;
} GranaryObjectPlace;

GranaryObjectPlace *granary_object_place_new        (const char               *bucket,
                                                     const char               *region,
                                                     const char               *key) G_GNUC_WARN_UNUSED_RESULT;
/* `cos://BUCKET/KEY` or `cos://BUCKET@REGION/KEY`, the key as it is, not percent-encoded. */
GranaryObjectPlace *granary_object_place_parse      (const char               *address,
                                                     GError                  **error) G_GNUC_WARN_UNUSED_RESULT;
char               *granary_object_place_to_address (const GranaryObjectPlace *self) G_GNUC_WARN_UNUSED_RESULT;
GranaryObjectPlace *granary_object_place_copy       (const GranaryObjectPlace *self) G_GNUC_WARN_UNUSED_RESULT;
void                granary_object_place_free       (GranaryObjectPlace       *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryObjectPlace, granary_object_place_free)
/* ≤ 850 bytes of UTF-8, no leading "/" or "\\", no "." or ".." parts, no control characters. */
gboolean            granary_object_key_check        (const char               *key,
                                                     GError                  **error);
/* What becomes part of a host name: small letters, digits, "-". */
gboolean            granary_object_bucket_check     (const char               *bucket,
                                                     GError                  **error);
gboolean            granary_object_region_check     (const char               *region,
                                                     GError                  **error);

/**
 * GranaryObjectStorage:
 *
 * Named bytes in buckets. Every verb works on the implementation's own workers and answers in the
 * caller's thread-default main context; errors are of [error@Error]. Nothing is visible under its
 * key before it is complete and verified; write overwrites what is there, read never does.
 *
 * write sends a file, in parts when it is large, and goes on from what an earlier call of the same
 * file to the same place had sent. read fetches into a file that must not exist, the same way.
 */
#define GRANARY_TYPE_OBJECT_STORAGE (granary_object_storage_get_type ())
G_DECLARE_INTERFACE (GranaryObjectStorage, granary_object_storage, GRANARY, OBJECT_STORAGE, GObject)

struct _GranaryObjectStorageInterface
{
  GTypeInterface parent_iface;

  void               (*list_buckets_async)  (GranaryObjectStorage      *self,
                                             GCancellable              *cancellable,
                                             GAsyncReadyCallback        callback,
                                             gpointer                   user_data);
  /* (element-type GranaryBucket) */
  GPtrArray         *(*list_buckets_finish) (GranaryObjectStorage      *self,
                                             GAsyncResult              *result,
                                             GError                   **error);
  /* @delimiter: "/" for one level, NULL for everything below the prefix. @max 0: 1000. */
  void               (*list_async)          (GranaryObjectStorage      *self,
                                             const GranaryObjectPlace  *prefix,
                                             const char                *delimiter,
                                             const char                *marker,
                                             guint                      max,
                                             GCancellable              *cancellable,
                                             GAsyncReadyCallback        callback,
                                             gpointer                   user_data);
  GranaryObjectPage *(*list_finish)         (GranaryObjectStorage      *self,
                                             GAsyncResult              *result,
                                             GError                   **error);
  void               (*stat_async)          (GranaryObjectStorage      *self,
                                             const GranaryObjectPlace  *place,
                                             GCancellable              *cancellable,
                                             GAsyncReadyCallback        callback,
                                             gpointer                   user_data);
  GranaryObject     *(*stat_finish)         (GranaryObjectStorage      *self,
                                             GAsyncResult              *result,
                                             GError                   **error);
  /* At most @length bytes from @offset; fewer only at the end of the object. */
  void               (*read_range_async)    (GranaryObjectStorage      *self,
                                             const GranaryObjectPlace  *place,
                                             gint64                     offset,
                                             gsize                      length,
                                             GCancellable              *cancellable,
                                             GAsyncReadyCallback        callback,
                                             gpointer                   user_data);
  GBytes            *(*read_range_finish)   (GranaryObjectStorage      *self,
                                             GAsyncResult              *result,
                                             GError                   **error);
  void               (*read_async)          (GranaryObjectStorage      *self,
                                             const GranaryObjectPlace  *place,
                                             const char                *path,
                                             GranaryTransfer           *transfer,
                                             GAsyncReadyCallback        callback,
                                             gpointer                   user_data);
  GranaryObject     *(*read_finish)         (GranaryObjectStorage      *self,
                                             GAsyncResult              *result,
                                             GError                   **error);
  void               (*write_async)         (GranaryObjectStorage      *self,
                                             const char                *path,
                                             const GranaryObjectPlace  *place,
                                             GranaryTransfer           *transfer,
                                             GAsyncReadyCallback        callback,
                                             gpointer                   user_data);
  GranaryObject     *(*write_finish)        (GranaryObjectStorage      *self,
                                             GAsyncResult              *result,
                                             GError                   **error);
  void               (*copy_async)          (GranaryObjectStorage      *self,
                                             const GranaryObjectPlace  *from,
                                             const GranaryObjectPlace  *to,
                                             GranaryTransfer           *transfer,
                                             GAsyncReadyCallback        callback,
                                             gpointer                   user_data);
  GranaryObject     *(*copy_finish)         (GranaryObjectStorage      *self,
                                             GAsyncResult              *result,
                                             GError                   **error);
  /* (array zero-terminated=1) @keys of one bucket; those that are not there count as deleted. */
  void               (*delete_async)        (GranaryObjectStorage      *self,
                                             const GranaryObjectPlace  *bucket,
                                             const char * const        *keys,
                                             GCancellable              *cancellable,
                                             GAsyncReadyCallback        callback,
                                             gpointer                   user_data);
  gboolean           (*delete_finish)       (GranaryObjectStorage      *self,
                                             GAsyncResult              *result,
                                             GError                   **error);
};

void               granary_object_storage_list_buckets_async  (GranaryObjectStorage     *self,
                                                               GCancellable             *cancellable,
                                                               GAsyncReadyCallback       callback,
                                                               gpointer                  user_data);
GPtrArray         *granary_object_storage_list_buckets_finish (GranaryObjectStorage     *self,
                                                               GAsyncResult             *result,
                                                               GError                  **error) G_GNUC_WARN_UNUSED_RESULT;
void               granary_object_storage_list_async          (GranaryObjectStorage     *self,
                                                               const GranaryObjectPlace *prefix,
                                                               const char               *delimiter,
                                                               const char               *marker,
                                                               guint                     max,
                                                               GCancellable             *cancellable,
                                                               GAsyncReadyCallback       callback,
                                                               gpointer                  user_data);
GranaryObjectPage *granary_object_storage_list_finish         (GranaryObjectStorage     *self,
                                                               GAsyncResult             *result,
                                                               GError                  **error) G_GNUC_WARN_UNUSED_RESULT;
void               granary_object_storage_stat_async          (GranaryObjectStorage     *self,
                                                               const GranaryObjectPlace *place,
                                                               GCancellable             *cancellable,
                                                               GAsyncReadyCallback       callback,
                                                               gpointer                  user_data);
GranaryObject     *granary_object_storage_stat_finish         (GranaryObjectStorage     *self,
                                                               GAsyncResult             *result,
                                                               GError                  **error) G_GNUC_WARN_UNUSED_RESULT;
void               granary_object_storage_read_range_async    (GranaryObjectStorage     *self,
                                                               const GranaryObjectPlace *place,
                                                               gint64                    offset,
                                                               gsize                     length,
                                                               GCancellable             *cancellable,
                                                               GAsyncReadyCallback       callback,
                                                               gpointer                  user_data);
GBytes            *granary_object_storage_read_range_finish   (GranaryObjectStorage     *self,
                                                               GAsyncResult             *result,
                                                               GError                  **error) G_GNUC_WARN_UNUSED_RESULT;
void               granary_object_storage_read_async          (GranaryObjectStorage     *self,
                                                               const GranaryObjectPlace *place,
                                                               const char               *path,
                                                               GranaryTransfer          *transfer,
                                                               GAsyncReadyCallback       callback,
                                                               gpointer                  user_data);
GranaryObject     *granary_object_storage_read_finish         (GranaryObjectStorage     *self,
                                                               GAsyncResult             *result,
                                                               GError                  **error) G_GNUC_WARN_UNUSED_RESULT;
void               granary_object_storage_write_async         (GranaryObjectStorage     *self,
                                                               const char               *path,
                                                               const GranaryObjectPlace *place,
                                                               GranaryTransfer          *transfer,
                                                               GAsyncReadyCallback       callback,
                                                               gpointer                  user_data);
GranaryObject     *granary_object_storage_write_finish        (GranaryObjectStorage     *self,
                                                               GAsyncResult             *result,
                                                               GError                  **error) G_GNUC_WARN_UNUSED_RESULT;
void               granary_object_storage_copy_async          (GranaryObjectStorage     *self,
                                                               const GranaryObjectPlace *from,
                                                               const GranaryObjectPlace *to,
                                                               GranaryTransfer          *transfer,
                                                               GAsyncReadyCallback       callback,
                                                               gpointer                  user_data);
GranaryObject     *granary_object_storage_copy_finish         (GranaryObjectStorage     *self,
                                                               GAsyncResult             *result,
                                                               GError                  **error) G_GNUC_WARN_UNUSED_RESULT;
void               granary_object_storage_delete_async        (GranaryObjectStorage     *self,
                                                               const GranaryObjectPlace *bucket,
                                                               const char * const       *keys,
                                                               GCancellable             *cancellable,
                                                               GAsyncReadyCallback       callback,
                                                               gpointer                  user_data);
gboolean           granary_object_storage_delete_finish       (GranaryObjectStorage     *self,
                                                               GAsyncResult             *result,
                                                               GError                  **error);

G_END_DECLS
