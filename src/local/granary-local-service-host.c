/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-local-service-host.h"

#include "granary-local-service-private.h"

/* Small files of this computer. */
#define N_READERS 2
/* Making snapshots, and waiting for what starts or stops. */
#define N_WRITERS 4
/* Two services side by side, and what else is tried at the same time. */
#define N_CALLERS 8

struct _GranaryLocalServiceHost
{
  GranaryBlockingServiceHost  parent_instance;

  GranaryLocalStore          *store; /* (owned) */
  GranaryHttp                *http;  /* (owned) */
};

G_DEFINE_FINAL_TYPE (GranaryLocalServiceHost, granary_local_service_host,
                     GRANARY_TYPE_BLOCKING_SERVICE_HOST)

/* GranaryBlockingServiceHost */

static GranaryPublishOptions *
granary_local_service_host_prepare (GranaryBlockingServiceHost  *host,
                                    gint64                       version_id,
                                    const char                  *python,
                                    GCancellable                *cancellable,
                                    GError                     **error)
{
  return granary_local_service_prepare (GRANARY_LOCAL_SERVICE_HOST (host)->store, version_id,
                                        python, error);
}

static char *
granary_local_service_host_publish (GranaryBlockingServiceHost   *host,
                                    const GranaryPublishRequest  *request,
                                    GranaryTransfer              *transfer,
                                    GError                      **error)
{
  return granary_local_service_publish (GRANARY_LOCAL_SERVICE_HOST (host)->store, request,
                                        transfer, error);
}

static gboolean
granary_local_service_host_act (GranaryBlockingServiceHost   *host,
                                const char                   *uid,
                                GranaryServiceAction          action,
                                const GranaryPublishProfile  *profile,
                                GCancellable                 *cancellable,
                                GError                      **error)
{
  return granary_local_service_act (GRANARY_LOCAL_SERVICE_HOST (host)->store, uid, action, profile,
                                    cancellable, error);
}

static GranaryServiceAccess *
granary_local_service_host_access (GranaryBlockingServiceHost  *host,
                                   const char                  *uid,
                                   GCancellable                *cancellable,
                                   GError                     **error)
{
  return granary_local_service_access (GRANARY_LOCAL_SERVICE_HOST (host)->store, uid, error);
}

static GranaryServiceReply *
granary_local_service_host_call (GranaryBlockingServiceHost  *host,
                                 const char                  *uid,
                                 GBytes                      *body,
                                 GCancellable                *cancellable,
                                 GError                     **error)
{
  GranaryLocalServiceHost *self = GRANARY_LOCAL_SERVICE_HOST (host);

  return granary_local_service_call (self->store, self->http, uid, body, cancellable, error);
}

static GranaryServiceLog *
granary_local_service_host_log (GranaryBlockingServiceHost  *host,
                                const char                  *uid,
                                gint64                       from,
                                GCancellable                *cancellable,
                                GError                     **error)
{
  return granary_local_service_read_log (GRANARY_LOCAL_SERVICE_HOST (host)->store, uid, from,
                                         error);
}

static gboolean
granary_local_service_host_refresh (GranaryBlockingServiceHost  *host,
                                    GCancellable                *cancellable,
                                    GError                     **error)
{
  return granary_local_service_refresh (GRANARY_LOCAL_SERVICE_HOST (host)->store, cancellable,
                                        error);
}

/* GObject overrides */

static void
granary_local_service_host_finalize (GObject *object)
{
  GranaryLocalServiceHost *self = GRANARY_LOCAL_SERVICE_HOST (object);

  g_clear_object (&self->http);
  g_clear_pointer (&self->store, granary_local_store_unref);

  G_OBJECT_CLASS (granary_local_service_host_parent_class)->finalize (object);
}

static void
granary_local_service_host_class_init (GranaryLocalServiceHostClass *klass)
{
  GranaryBlockingServiceHostClass *host_class = GRANARY_BLOCKING_SERVICE_HOST_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = granary_local_service_host_finalize;

  host_class->features = GRANARY_SERVICE_HOST_LOG | GRANARY_SERVICE_HOST_LOCAL;
  host_class->n_readers = N_READERS;
  host_class->n_writers = N_WRITERS;
  host_class->n_callers = N_CALLERS;
  host_class->is_refresh_write = TRUE;
  host_class->prepare = granary_local_service_host_prepare;
  host_class->publish = granary_local_service_host_publish;
  host_class->act = granary_local_service_host_act;
  host_class->access = granary_local_service_host_access;
  host_class->call = granary_local_service_host_call;
  host_class->log = granary_local_service_host_log;
  host_class->refresh = granary_local_service_host_refresh;
}

static void
granary_local_service_host_init (GranaryLocalServiceHost *self)
{
  self->http = granary_http_new_direct (N_CALLERS);
}

/* Public functions */

/**
 * granary_local_service_host_new:
 * @store: an open repository
 *
 * Returns: (transfer full): the host of its services
 */
GranaryServiceHost *
granary_local_service_host_new (GranaryLocalStore *store)
{
  GranaryLocalServiceHost *self;

  g_return_val_if_fail (store != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_LOCAL_SERVICE_HOST, NULL);
  self->store = granary_local_store_ref (store);

  return GRANARY_SERVICE_HOST (self);
}
