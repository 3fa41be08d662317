/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * GranaryTc3Input:
 * @secret_id: of the key
 * @secret_key: of the key
 * @service: signing name, such as `tione`
 * @method: `POST` or `GET`
 * @query: query string exactly as sent, "" for POST
 * @headers: signed headers: names and values in turn, %NULL at the end; content-type and host at
 *   least, in any order
 * @body: exactly what is sent
 * @body_length: its bytes
 * @timestamp: seconds since the epoch, as in X-TC-Timestamp
 */
typedef struct
{
  const char         *secret_id;
  const char         *secret_key;
  const char         *service;
  const char         *method;
  const char         *query;
  const char * const *headers;
  const char         *body;
  gsize               body_length;
  gint64              timestamp;
} GranaryTc3Input;

/* The Authorization header of API 3.0 (TC3-HMAC-SHA256). Pure. @string_to_sign and @canonical are
 * (out) (optional) intermediate values for tests. */
char *granary_tc3_sign (const GranaryTc3Input  *input,
                        char                  **canonical,
                        char                  **string_to_sign) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
