/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-account.h"
#include "granary-http.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * GranaryApi:
 *
 * Calls of API 3.0. Blocking and thread-safe: call it on workers. Signs with TC3-HMAC-SHA256, limits
 * the rate per service (10 a second), retries reads (4 attempts) on network errors,
 * RequestLimitExceeded and InternalError; a write only when the service says that it did not take it
 * (RequestLimitExceeded, clock) or when nothing was sent. A write whose reply was lost is
 * %GRANARY_REASON_OUTCOME_UNKNOWN: re-read, then decide. Learns the server's clock. Remembers, per
 * region, calls that the account is not offered: they answer CALL_WITHDRAWN at once from then on.
 *
 * Errors carry the RequestId, the service's code and its message. Classification: cloud-protocols §1.
 */
#define GRANARY_TYPE_API (granary_api_get_type ())
G_DECLARE_FINAL_TYPE (GranaryApi, granary_api, GRANARY, API, GObject)

/**
 * GranaryApiCall:
 * @service: which service; its version comes with it
 * @action: such as `DescribeTrainingTasks`
 * @is_write: whether it changes something
 * @region: (nullable): %NULL for the account's
 */
typedef struct
{
  GranaryCloudService  service;
  const char          *action;
  gboolean             is_write;
  const char          *region;
} GranaryApiCall;

GranaryApi     *granary_api_new         (GranaryAccount        *account,
                                         GranaryHttp           *http) G_GNUC_WARN_UNUSED_RESULT;
GranaryAccount *granary_api_get_account (GranaryApi            *self);
/* @parameters (transfer none) (nullable): members that are null are left out. Returns the Response
 * object, checked to be one. */
JsonNode       *granary_api_call        (GranaryApi            *self,
                                         const GranaryApiCall  *call,
                                         JsonNode              *parameters,
                                         GCancellable          *cancellable,
                                         GError               **error) G_GNUC_WARN_UNUSED_RESULT;
/* Likewise, for large answers that mostly stay the same. @digest: of the answer before, 0 for none. An
 * answer that is the same but for its RequestId is not taken apart: a JSON null is returned, and
 * @digest stays; else it is that of the new answer. */
JsonNode       *granary_api_call_if_changed
                                        (GranaryApi            *self,
                                         const GranaryApiCall  *call,
                                         JsonNode              *parameters,
                                         guint64               *digest,
                                         GCancellable          *cancellable,
                                         GError               **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether @error says that the account is not offered the call at all (fall back, do not fail). */
gboolean        granary_api_is_withdrawn (const GError         *error);

G_END_DECLS
