/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-api.h"

G_BEGIN_DECLS

/**
 * GranaryApiRemedy:
 * @GRANARY_API_REMEDY_NONE: final
 * @GRANARY_API_REMEDY_RETRY_READ: a read may be tried again; a write may have been done
 * @GRANARY_API_REMEDY_RETRY: may be tried again: it was not taken
 * @GRANARY_API_REMEDY_CLOCK: may be tried again once the clock is corrected
 * @GRANARY_API_REMEDY_FORGET: is not offered, and need not be asked again
 *
 * What can be done about a failure.
 */
typedef enum
{
  GRANARY_API_REMEDY_NONE,
  GRANARY_API_REMEDY_RETRY_READ,
  GRANARY_API_REMEDY_RETRY,
  GRANARY_API_REMEDY_CLOCK,
  GRANARY_API_REMEDY_FORGET,
} GranaryApiRemedy;

/**
 * GranaryApiFault:
 * @call: what was called
 * @account: by whom
 * @region: where
 * @host: the service's host
 * @status: HTTP status of the answer
 * @retry_after: seconds that it asks to wait
 * @request_id: (nullable): the service's id of the request
 * @code: (nullable): the service's code, such as `AuthFailure.SignatureExpire`; %NULL when something
 *   else than the service answered
 * @message: (nullable): the service's text
 *
 * An answer that says no.
 */
typedef struct
{
  const GranaryApiCall *call;
  GranaryAccount       *account;
  const char           *region;
  const char           *host;
  guint                 status;
  guint                 retry_after;
  const char           *request_id;
  const char           *code;
  const char           *message;
} GranaryApiFault;

GranaryApiRemedy granary_api_set_fault (GError                **error,
                                        const GranaryApiFault  *fault);

G_END_DECLS
