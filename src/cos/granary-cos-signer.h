/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * GranaryCosSignInput:
 * @secret_id: of the key
 * @secret_key: of the key
 * @method: such as `PUT`
 * @key: decoded key without the leading slash; "" for the bucket itself
 * @parameters: decoded query parameters: names and values in turn ("" for none), %NULL at the end
 * @headers: headers to sign: names and values in turn, %NULL at the end; host among them
 * @start: seconds since the epoch from which it is valid
 * @end: seconds since the epoch until which it is valid
 */
typedef struct
{
  const char         *secret_id;
  const char         *secret_key;
  const char         *method;
  const char         *key;
  const char * const *parameters;
  const char * const *headers;
  gint64              start;
  gint64              end;
} GranaryCosSignInput;

/* The Authorization header of COS (q-sign-algorithm=sha1). Pure. @http_string is (out) (optional). */
char *granary_cos_sign       (const GranaryCosSignInput  *input,
                              char                      **http_string) G_GNUC_WARN_UNUSED_RESULT;
/* A URL that carries its own signature. @base as of granary_account_dup_cos_url(). */
char *granary_cos_presign    (const GranaryCosSignInput  *input,
                              const char                 *base,
                              const char                 *token) G_GNUC_WARN_UNUSED_RESULT;
/* Percent-encoding of keys ("/" stays) and of everything else. */
char *granary_cos_encode_key (const char                 *key) G_GNUC_WARN_UNUSED_RESULT;
char *granary_cos_encode     (const char                 *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
