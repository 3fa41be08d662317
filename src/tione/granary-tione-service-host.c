/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-service-host.h"

#include "granary-tione-service-private.h"
#include "granary-tione-service-watch.h"

#define N_READERS 4
#define N_WRITERS 2
#define N_CALLERS 4

struct _GranaryTioneServiceHost
{
  GranaryBlockingServiceHost  parent_instance;

  GranaryTionePlace          *place; /* (owned) */
  GranaryHttp                *http;  /* (owned): to the services themselves */
};

G_DEFINE_FINAL_TYPE (GranaryTioneServiceHost, granary_tione_service_host,
                     GRANARY_TYPE_BLOCKING_SERVICE_HOST)

/* GranaryBlockingServiceHost */

static GranaryPublishOptions *
granary_tione_service_host_prepare (GranaryBlockingServiceHost  *host,
                                    gint64                       version_id,
                                    const char                  *python,
                                    GCancellable                *cancellable,
                                    GError                     **error)
{
  return granary_tione_publish_options (GRANARY_TIONE_SERVICE_HOST (host)->place, version_id,
                                        cancellable, error);
}

static gint64
granary_tione_service_host_quote (GranaryBlockingServiceHost   *host,
                                  const GranaryPublishProfile  *profile,
                                  GCancellable                 *cancellable,
                                  GError                      **error)
{
  return granary_tione_quote (GRANARY_TIONE_SERVICE_HOST (host)->place, profile, cancellable,
                              error);
}

static char *
granary_tione_service_host_publish (GranaryBlockingServiceHost   *host,
                                    const GranaryPublishRequest  *request,
                                    GranaryTransfer              *transfer,
                                    GError                      **error)
{
  return granary_tione_publish (GRANARY_TIONE_SERVICE_HOST (host)->place, request, transfer, error);
}

static gboolean
granary_tione_service_host_act (GranaryBlockingServiceHost   *host,
                                const char                   *uid,
                                GranaryServiceAction          action,
                                const GranaryPublishProfile  *profile,
                                GCancellable                 *cancellable,
                                GError                      **error)
{
  return granary_tione_act (GRANARY_TIONE_SERVICE_HOST (host)->place, uid, action, profile,
                            cancellable, error);
}

static GranaryServiceAccess *
granary_tione_service_host_access (GranaryBlockingServiceHost  *host,
                                   const char                  *uid,
                                   GCancellable                *cancellable,
                                   GError                     **error)
{
  return granary_tione_load_access (GRANARY_TIONE_SERVICE_HOST (host)->place, uid, cancellable,
                                    error);
}

static GranaryServiceReply *
granary_tione_service_host_call (GranaryBlockingServiceHost  *host,
                                 const char                  *uid,
                                 GBytes                      *body,
                                 GCancellable                *cancellable,
                                 GError                     **error)
{
  GranaryTioneServiceHost *self = GRANARY_TIONE_SERVICE_HOST (host);

  return granary_tione_call_service (self->place, self->http, uid, body, cancellable, error);
}

static gboolean
granary_tione_service_host_refresh (GranaryBlockingServiceHost  *host,
                                    GCancellable                *cancellable,
                                    GError                     **error)
{
  GranaryTionePlace *place = GRANARY_TIONE_SERVICE_HOST (host)->place;

  if (!granary_tione_refresh_services (place->api, place->catalog, cancellable, error))
    return FALSE;

  granary_tione_watch_wake (place->watch, NULL);
  return TRUE;
}

/* GObject overrides */

static void
granary_tione_service_host_finalize (GObject *object)
{
  GranaryTioneServiceHost *self = GRANARY_TIONE_SERVICE_HOST (object);

  g_clear_object (&self->http);
  g_clear_pointer (&self->place, granary_tione_place_unref);

  G_OBJECT_CLASS (granary_tione_service_host_parent_class)->finalize (object);
}

static void
granary_tione_service_host_class_init (GranaryTioneServiceHostClass *klass)
{
  GranaryBlockingServiceHostClass *host_class = GRANARY_BLOCKING_SERVICE_HOST_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = granary_tione_service_host_finalize;

  host_class->features = GRANARY_SERVICE_HOST_PRICED;
  host_class->n_readers = N_READERS;
  host_class->n_writers = N_WRITERS;
  host_class->n_callers = N_CALLERS;
  host_class->prepare = granary_tione_service_host_prepare;
  host_class->quote = granary_tione_service_host_quote;
  host_class->publish = granary_tione_service_host_publish;
  host_class->act = granary_tione_service_host_act;
  host_class->access = granary_tione_service_host_access;
  host_class->call = granary_tione_service_host_call;
  host_class->refresh = granary_tione_service_host_refresh;
}

static void
granary_tione_service_host_init (GranaryTioneServiceHost *self)
{
  self->http = granary_http_new (N_CALLERS);
}

/* Public functions */

/**
 * granary_tione_service_host_new:
 * @place: the connection
 *
 * Returns: (transfer full): its services
 */
GranaryServiceHost *
granary_tione_service_host_new (GranaryTionePlace *place)
{
  GranaryTioneServiceHost *self = g_object_new (GRANARY_TYPE_TIONE_SERVICE_HOST, NULL);

  self->place = granary_tione_place_ref (place);

  return GRANARY_SERVICE_HOST (self);
}
