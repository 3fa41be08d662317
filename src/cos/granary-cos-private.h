/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-cos-client.h"
#include "granary-cos-xml.h"
#include "granary-retry.h"

G_BEGIN_DECLS

/* What the calls of [class@CosClient] share. */

#define GRANARY_COS_PAGE_MAX 1000
#define GRANARY_COS_PARAMETERS_MAX 8
#define GRANARY_COS_HEADERS_MAX 8

/**
 * GranaryCosCall:
 * @method: such as `PUT`
 * @action: as permissions name it, such as `PutObject`
 * @bucket: (nullable): %NULL for the list of buckets
 * @region: (nullable): of the bucket; %NULL for the account's
 * @key: decoded; "" for the bucket itself
 * @parameters: of the query, decoded: names and values in turn
 * @headers: names and values in turn, all signed
 * @body: (nullable): small
 * @stream: (nullable): read once, so that the request is made once
 * @stream_length: bytes of @stream
 * @root: (nullable): name of the root element of the answer, which is then read whole and parsed
 * @open: whether the body of the answer is left to be read
 * @once: whether a repetition might do harm: when the answer is lost the call fails and its maker
 *   finds out what became of it
 *
 * One call. Plain data; what it points to belongs to its maker.
 */
typedef struct
{
  const char   *method;
  const char   *action;
  const char   *bucket;
  const char   *region;
  const char   *key;
  const char   *parameters[2 * GRANARY_COS_PARAMETERS_MAX + 1];
  const char   *headers[2 * GRANARY_COS_HEADERS_MAX + 1];
  GBytes       *body;
  GInputStream *stream;
  gint64        stream_length;
  const char   *root;
  gboolean      open;
  gboolean      once;
} GranaryCosCall;

/**
 * GranaryCosAnswer:
 * @response: headers, and the body unless it was parsed
 * @xml: (nullable): the body, for calls with a root
 */
typedef struct
{
  GranaryHttpResponse *response;
  GranaryCosXml       *xml;
} GranaryCosAnswer;

void granary_cos_answer_free (GranaryCosAnswer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryCosAnswer, granary_cos_answer_free)

/**
 * GranaryCosFailure:
 * @call: what was called
 * @account: name of the connection
 * @host: that was asked
 * @status: of HTTP; 200 for an error inside a success
 * @code: (nullable): of COS
 * @message: (nullable): of COS
 * @request_id: (nullable): of COS
 * @retry_after: seconds, 0 unknown
 *
 * What a refusal of COS says.
 */
typedef struct
{
  const GranaryCosCall *call;
  const char           *account;
  const char           *host;
  guint                 status;
  const char           *code;
  const char           *message;
  const char           *request_id;
  guint                 retry_after;
} GranaryCosFailure;

/* granary-cos-errors.c */
void      granary_cos_set_error          (GError                   **error,
                                          const GranaryCosFailure   *failure);
/* Gives an error without subject, as parsers make them, the call as its subject. */
gboolean  granary_cos_name_error         (GError                   **error,
                                          const GranaryCosCall      *call);
gboolean  granary_cos_may_have_happened  (const GError              *error);
char     *granary_cos_dup_subject        (const char                *bucket,
                                          const char                *key) G_GNUC_WARN_UNUSED_RESULT;

/* granary-cos-request.c */
GranaryCosAnswer *granary_cos_client_call (GranaryCosClient         *self,
                                           const GranaryCosCall     *call,
                                           GranaryRetry             *retry,
                                           GCancellable             *cancellable,
                                           GError                  **error) G_GNUC_WARN_UNUSED_RESULT;
/* The vendor's other domain of the same service; NULL when @url is not of the first. */
char     *granary_cos_dup_fallback_url   (const char                *url) G_GNUC_WARN_UNUSED_RESULT;

/* granary-cos-client.c */
GranaryHttp  *granary_cos_client_get_http     (GranaryCosClient          *self);
GranaryClock *granary_cos_client_get_clock    (GranaryCosClient          *self);
guint         granary_cos_client_get_timeout  (GranaryCosClient          *self);
void          granary_cos_client_note_bucket  (GranaryCosClient          *self,
                                               const char                *bucket,
                                               gboolean                   exists);
gboolean      granary_cos_client_knows_bucket (GranaryCosClient          *self,
                                               const char                *bucket);
gboolean      granary_cos_check_place         (const GranaryObjectPlace  *place,
                                               gboolean                   is_prefix,
                                               GError                   **error);

/* granary-cos-object.c */
GranaryObject *granary_cos_object_from_headers (const char               *key,
                                                GranaryHttpResponse      *response) G_GNUC_WARN_UNUSED_RESULT;
char          *granary_cos_dup_etag            (const char               *etag) G_GNUC_WARN_UNUSED_RESULT;

/* granary-cos-copy.c */
char          *granary_cos_dup_copy_source     (GranaryCosClient         *self,
                                                const GranaryObjectPlace *from) G_GNUC_WARN_UNUSED_RESULT;

/* granary-cos-list.c */
/* Text of a list asked for with encoding-type=url; NULL when it is not valid. */
char          *granary_cos_dup_decoded         (const char               *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
