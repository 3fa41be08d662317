/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-account.h"
#include "granary-http.h"
#include "granary-object-storage.h"

G_BEGIN_DECLS

/**
 * GranaryCosClient:
 *
 * The calls of the COS XML API, one function each. Everything blocks: call it on workers, from as
 * many threads as wanted. Signs, retries by cloud-protocols §10.6 (4 attempts, requests with a
 * stream body are not repeated here but by their maker), learns the server's clock, turns error
 * bodies, also those inside a 200, into [error@Error].
 *
 * @place->region NULL means the account's region.
 */
#define GRANARY_TYPE_COS_CLIENT (granary_cos_client_get_type ())
G_DECLARE_FINAL_TYPE (GranaryCosClient, granary_cos_client, GRANARY, COS_CLIENT, GObject)

/* Whether the same call may succeed when it is made again: network, busy service, and CLOCK_SKEWED of
 * a call with a stream, as the clock was set right by the refusal. */
gboolean granary_cos_error_is_passing (const GError *error);

/**
 * GranaryCosPart:
 * @number: 1 … 10000
 * @size: bytes
 * @etag: as the server gave it, with its quotes
 * @crc64: CRC-64 of the part
 */
typedef struct
{
  int      number;
  gint64   size;
  char    *etag;
  guint64  crc64;
} GranaryCosPart;

GranaryCosPart *granary_cos_part_new  (int             number,
                                       gint64          size,
                                       const char     *etag,
                                       guint64         crc64) G_GNUC_WARN_UNUSED_RESULT;
void            granary_cos_part_free (GranaryCosPart *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryCosPart, granary_cos_part_free)

GranaryCosClient    *granary_cos_client_new              (GranaryAccount            *account,
                                                          GranaryHttp               *http) G_GNUC_WARN_UNUSED_RESULT;
GranaryAccount      *granary_cos_client_get_account      (GranaryCosClient          *self);
/* Seconds without a byte from or to the server before a call fails, 0 for 60. Before it is shared. */
void                 granary_cos_client_set_timeout      (GranaryCosClient          *self,
                                                          guint                      timeout);
GPtrArray           *granary_cos_client_list_buckets     (GranaryCosClient          *self,
                                                          GCancellable              *cancellable,
                                                          GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryObjectPage   *granary_cos_client_list             (GranaryCosClient          *self,
                                                          const GranaryObjectPlace  *prefix,
                                                          const char                *delimiter,
                                                          const char                *marker,
                                                          guint                      max,
                                                          GCancellable              *cancellable,
                                                          GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
/* Everything below a prefix, page after page. (element-type GranaryObject) */
GPtrArray           *granary_cos_client_list_all         (GranaryCosClient          *self,
                                                          const GranaryObjectPlace  *prefix,
                                                          GCancellable              *cancellable,
                                                          GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryObject       *granary_cos_client_stat             (GranaryCosClient          *self,
                                                          const GranaryObjectPlace  *place,
                                                          GCancellable              *cancellable,
                                                          GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
/* An open answer to a ranged GET; @length -1: to the end. @etag (nullable): If-Match. */
GranaryHttpResponse *granary_cos_client_get              (GranaryCosClient          *self,
                                                          const GranaryObjectPlace  *place,
                                                          gint64                     offset,
                                                          gint64                     length,
                                                          const char                *etag,
                                                          GCancellable              *cancellable,
                                                          GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
/* One PUT, ≤ 5 GB. Of @bytes and @stream one is given. Returns what was stored, its CRC-64 as the
 * server computed it; comparing is the caller's. */
GranaryObject       *granary_cos_client_put              (GranaryCosClient          *self,
                                                          const GranaryObjectPlace  *place,
                                                          GBytes                    *bytes,
                                                          GInputStream              *stream,
                                                          gint64                     stream_length,
                                                          GCancellable              *cancellable,
                                                          GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
/* Upload id. */
char                *granary_cos_client_initiate         (GranaryCosClient          *self,
                                                          const GranaryObjectPlace  *place,
                                                          GCancellable              *cancellable,
                                                          GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryCosPart      *granary_cos_client_put_part         (GranaryCosClient          *self,
                                                          const GranaryObjectPlace  *place,
                                                          const char                *upload_id,
                                                          int                        number,
                                                          GInputStream              *stream,
                                                          gint64                     stream_length,
                                                          GCancellable              *cancellable,
                                                          GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryCosPart      *granary_cos_client_copy_part        (GranaryCosClient          *self,
                                                          const GranaryObjectPlace  *place,
                                                          const char                *upload_id,
                                                          int                        number,
                                                          const GranaryObjectPlace  *from,
                                                          gint64                     offset,
                                                          gint64                     length,
                                                          GCancellable              *cancellable,
                                                          GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
/* (element-type GranaryCosPart), ascending; crc64 0 as the list does not tell it. */
GPtrArray           *granary_cos_client_list_parts       (GranaryCosClient          *self,
                                                          const GranaryObjectPlace  *place,
                                                          const char                *upload_id,
                                                          GCancellable              *cancellable,
                                                          GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
/* Upload ids under way for exactly this key, oldest first. */
GStrv                granary_cos_client_list_uploads     (GranaryCosClient          *self,
                                                          const GranaryObjectPlace  *place,
                                                          GCancellable              *cancellable,
                                                          GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryObject       *granary_cos_client_complete         (GranaryCosClient          *self,
                                                          const GranaryObjectPlace  *place,
                                                          const char                *upload_id,
                                                          GPtrArray                 *parts,
                                                          GCancellable              *cancellable,
                                                          GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
/* An upload that is gone already counts as aborted. */
gboolean             granary_cos_client_abort            (GranaryCosClient          *self,
                                                          const GranaryObjectPlace  *place,
                                                          const char                *upload_id,
                                                          GCancellable              *cancellable,
                                                          GError                   **error);
/* One call, source ≤ 5 GB. */
GranaryObject       *granary_cos_client_copy             (GranaryCosClient          *self,
                                                          const GranaryObjectPlace  *from,
                                                          const GranaryObjectPlace  *to,
                                                          GCancellable              *cancellable,
                                                          GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
/* Any number of keys, in batches of 1000; the first refusal is the error, after all were tried. */
gboolean             granary_cos_client_delete           (GranaryCosClient          *self,
                                                          const GranaryObjectPlace  *bucket,
                                                          const char * const        *keys,
                                                          GCancellable              *cancellable,
                                                          GError                   **error);

G_END_DECLS
