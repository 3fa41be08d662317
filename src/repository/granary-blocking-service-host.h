/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-service-host.h"

G_BEGIN_DECLS

/**
 * GranaryBlockingServiceHost:
 *
 * [iface@ServiceHost] for places whose verbs are straight-line blocking code: subclasses fill in
 * the verbs, which run on threads of the host, and tell how many there are. @quote is only needed
 * where it costs money, @log where logs can be read; all others are needed.
 */
#define GRANARY_TYPE_BLOCKING_SERVICE_HOST (granary_blocking_service_host_get_type ())
G_DECLARE_DERIVABLE_TYPE (GranaryBlockingServiceHost, granary_blocking_service_host,
                          GRANARY, BLOCKING_SERVICE_HOST, GObject)

struct _GranaryBlockingServiceHostClass
{
  GObjectClass parent_class;

  GranaryServiceHostFeatures features;
  /* Threads for what only asks, for publish and act, and for call. */
  guint                      n_readers;
  guint                      n_writers;
  guint                      n_callers;
  /* Whether refresh may start something: it runs where publish and act do. */
  gboolean                   is_refresh_write;

  GranaryPublishOptions *(*prepare) (GranaryBlockingServiceHost   *self,
                                     gint64                        version_id,
                                     const char                   *python,
                                     GCancellable                 *cancellable,
                                     GError                      **error);
  gint64                 (*quote)   (GranaryBlockingServiceHost   *self,
                                     const GranaryPublishProfile  *profile,
                                     GCancellable                 *cancellable,
                                     GError                      **error);
  /* @transfer is ended by the caller. */
  char                  *(*publish) (GranaryBlockingServiceHost   *self,
                                     const GranaryPublishRequest  *request,
                                     GranaryTransfer              *transfer,
                                     GError                      **error);
  gboolean               (*act)     (GranaryBlockingServiceHost   *self,
                                     const char                   *uid,
                                     GranaryServiceAction          action,
                                     const GranaryPublishProfile  *profile,
                                     GCancellable                 *cancellable,
                                     GError                      **error);
  GranaryServiceAccess  *(*access)  (GranaryBlockingServiceHost   *self,
                                     const char                   *uid,
                                     GCancellable                 *cancellable,
                                     GError                      **error);
  GranaryServiceReply   *(*call)    (GranaryBlockingServiceHost   *self,
                                     const char                   *uid,
                                     GBytes                       *body,
                                     GCancellable                 *cancellable,
                                     GError                      **error);
  GranaryServiceLog     *(*log)     (GranaryBlockingServiceHost   *self,
                                     const char                   *uid,
                                     gint64                        from,
                                     GCancellable                 *cancellable,
                                     GError                      **error);
  gboolean               (*refresh) (GranaryBlockingServiceHost   *self,
                                     GCancellable                 *cancellable,
                                     GError                      **error);
};

G_END_DECLS
