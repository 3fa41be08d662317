/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-http.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Takes @base, the body as libsoup gives it, and the place that the request holds in @http. */
GranaryHttpResponse *granary_http_response_new       (GranaryHttp          *http,
                                                      SoupMessage          *message,
                                                      GInputStream         *base,
                                                      const char           *host) G_GNUC_WARN_UNUSED_RESULT;
gboolean             granary_http_response_read      (GranaryHttpResponse  *self,
                                                      gsize                 max,
                                                      GCancellable         *cancellable,
                                                      GError              **error);
/* Where the host of @uri is, for any number of threads. */
GSocketConnectable  *granary_http_address_new        (GUri                 *uri) G_GNUC_WARN_UNUSED_RESULT;
/* The body of a request. */
GInputStream        *granary_http_source_new         (GInputStream         *base,
                                                      gint64                length) G_GNUC_WARN_UNUSED_RESULT;
/* Gives the place of a request back. */
void                 granary_http_leave              (GranaryHttp          *self);
/* Turns what libsoup and GIO report into an error of ours. Takes @cause. */
void                 granary_http_take_error         (GError              **error,
                                                      GError               *cause,
                                                      const char           *host,
                                                      gboolean              sent);

G_END_DECLS
