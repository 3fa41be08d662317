/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-service-host.h"

#include "granary-tione-service-private.h"
#include "granary-tione-service-watch.h"

#define N_READERS 4
#define N_WRITERS 2
#define N_CALLS   4

struct _GranaryTioneServiceHost
{
  GObject            parent_instance;

  GranaryTionePlace *place;  /* (owned) */
  GranaryHttp       *http;   /* (owned): to the services themselves */
  GranaryWorker     *reader; /* (owned): prepare, quote, access, refresh */
  GranaryWorker     *writer; /* (owned): publish, act */
  GranaryWorker     *caller; /* (owned): services may take their time */
};

static void service_host_iface_init (GranaryServiceHostInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GranaryTioneServiceHost, granary_tione_service_host, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GRANARY_TYPE_SERVICE_HOST,
                                                      service_host_iface_init))

/* A verb on its way to a thread. */
typedef struct
{
  GranaryTionePlace     *place;    /* (owned) */
  GranaryHttp           *http;     /* (owned) */
  char                  *uid;      /* (owned) (nullable) */
  GranaryPublishProfile *profile;  /* (owned) (nullable) */
  GranaryPublishRequest *request;  /* (owned) (nullable) */
  GranaryTransfer       *transfer; /* (owned) (nullable) */
  GBytes                *body;     /* (owned) (nullable) */
  gint64                 id;
  GranaryServiceAction   action;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  granary_tione_place_unref (job->place);
  g_object_unref (job->http);
  g_free (job->uid);
  g_clear_pointer (&job->profile, granary_publish_profile_free);
  g_clear_pointer (&job->request, granary_publish_request_free);
  g_clear_object (&job->transfer);
  g_clear_pointer (&job->body, g_bytes_unref);
  g_free (job);
}

static GTask *
begin (GranaryServiceHost   *host,
       gpointer              tag,
       const char           *uid,
       Job                 **job,
       GCancellable         *cancellable,
       GAsyncReadyCallback   callback,
       gpointer              user_data)
{
  GranaryTioneServiceHost *self = GRANARY_TIONE_SERVICE_HOST (host);
  GTask *task = g_task_new (host, cancellable, callback, user_data);

  *job = g_new0 (Job, 1);
  (*job)->place = granary_tione_place_ref (self->place);
  (*job)->http = g_object_ref (self->http);
  (*job)->uid = g_strdup (uid);
  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, *job, job_free);

  return task;
}

static void
return_pointer (GTask          *task,
                gpointer        result,
                GDestroyNotify  destroy,
                GError         *error)
{
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, result, destroy);
}

static void
return_boolean (GTask    *task,
                gboolean  result,
                GError   *error)
{
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, result);
}

/* On threads */

static void
prepare_thread (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;
  GranaryPublishOptions *options = granary_tione_publish_options (job->place, job->id, cancellable,
                                                                  &error);

  return_pointer (task, options, (GDestroyNotify) granary_publish_options_free, error);
}

static void
quote_thread (GTask        *task,
              gpointer      source_object,
              gpointer      task_data,
              GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;
  gint64 price = granary_tione_quote (job->place, job->profile, cancellable, &error);

  return_pointer (task, g_memdup2 (&price, sizeof price), g_free, error);
}

static void
publish_thread (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;
  char *uid = granary_tione_publish (job->place, job->request, job->transfer, &error);

  granary_transfer_finish (job->transfer, error);
  return_pointer (task, uid, g_free, error);
}

static void
act_thread (GTask        *task,
            gpointer      source_object,
            gpointer      task_data,
            GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;
  gboolean is_done = granary_tione_act (job->place, job->uid, job->action, job->profile,
                                        cancellable, &error);

  return_boolean (task, is_done, error);
}

static void
access_thread (GTask        *task,
               gpointer      source_object,
               gpointer      task_data,
               GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;
  GranaryServiceAccess *access = granary_tione_load_access (job->place, job->uid, cancellable,
                                                            &error);

  return_pointer (task, access, (GDestroyNotify) granary_service_access_free, error);
}

static void
call_thread (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;
  GranaryServiceReply *reply = granary_tione_call_service (job->place, job->http, job->uid,
                                                           job->body, cancellable, &error);

  return_pointer (task, reply, (GDestroyNotify) granary_service_reply_free, error);
}

static void
refresh_thread (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;
  gboolean is_done = granary_tione_refresh_services (job->place->api, job->place->catalog,
                                                     cancellable, &error);

  if (is_done)
    granary_tione_watch_wake (job->place->watch, NULL);
  return_boolean (task, is_done, error);
}

/* GranaryServiceHost */

static GranaryServiceHostFeatures
granary_tione_service_host_get_features (GranaryServiceHost *host)
{
  return GRANARY_SERVICE_HOST_PRICED;
}

static void
granary_tione_service_host_prepare_async (GranaryServiceHost  *host,
                                          gint64               version_id,
                                          const char          *python,
                                          GCancellable        *cancellable,
                                          GAsyncReadyCallback  callback,
                                          gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  Job *job;

  task = begin (host, granary_tione_service_host_prepare_async, NULL, &job, cancellable, callback,
                user_data);
  job->id = version_id;
  granary_worker_run (GRANARY_TIONE_SERVICE_HOST (host)->reader, task, prepare_thread);
}

static GranaryPublishOptions *
granary_tione_service_host_prepare_finish (GranaryServiceHost  *host,
                                           GAsyncResult        *result,
                                           GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, host), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
granary_tione_service_host_quote_async (GranaryServiceHost          *host,
                                        const GranaryPublishProfile *profile,
                                        GCancellable                *cancellable,
                                        GAsyncReadyCallback          callback,
                                        gpointer                     user_data)
{
  g_autoptr (GTask) task = NULL;
  Job *job;

  task = begin (host, granary_tione_service_host_quote_async, NULL, &job, cancellable, callback,
                user_data);
  job->profile = granary_publish_profile_copy (profile);
  granary_worker_run (GRANARY_TIONE_SERVICE_HOST (host)->reader, task, quote_thread);
}

static gint64
granary_tione_service_host_quote_finish (GranaryServiceHost  *host,
                                         GAsyncResult        *result,
                                         GError             **error)
{
  g_autofree gint64 *price = NULL;

  g_return_val_if_fail (g_task_is_valid (result, host), -1);

  price = g_task_propagate_pointer (G_TASK (result), error);
  return price != NULL ? *price : -1;
}

/* The transfer calls it off, and knows when nothing was done yet. */
static void
granary_tione_service_host_publish_async (GranaryServiceHost          *host,
                                          const GranaryPublishRequest *request,
                                          GranaryTransfer             *transfer,
                                          GAsyncReadyCallback          callback,
                                          gpointer                     user_data)
{
  g_autoptr (GTask) task = NULL;
  Job *job;

  task = begin (host, granary_tione_service_host_publish_async, NULL, &job, NULL, callback,
                user_data);
  job->request = granary_publish_request_copy (request);
  job->transfer = g_object_ref (transfer);
  granary_worker_run (GRANARY_TIONE_SERVICE_HOST (host)->writer, task, publish_thread);
}

static char *
granary_tione_service_host_publish_finish (GranaryServiceHost  *host,
                                           GAsyncResult        *result,
                                           GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, host), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
granary_tione_service_host_act_async (GranaryServiceHost          *host,
                                      const char                  *uid,
                                      GranaryServiceAction         action,
                                      const GranaryPublishProfile *profile,
                                      GCancellable                *cancellable,
                                      GAsyncReadyCallback          callback,
                                      gpointer                     user_data)
{
  g_autoptr (GTask) task = NULL;
  Job *job;

  task = begin (host, granary_tione_service_host_act_async, uid, &job, cancellable, callback,
                user_data);
  job->action = action;
  job->profile = profile != NULL ? granary_publish_profile_copy (profile) : NULL;
  granary_worker_run (GRANARY_TIONE_SERVICE_HOST (host)->writer, task, act_thread);
}

static gboolean
granary_tione_service_host_act_finish (GranaryServiceHost  *host,
                                       GAsyncResult        *result,
                                       GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, host), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
granary_tione_service_host_access_async (GranaryServiceHost  *host,
                                         const char          *uid,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  Job *job;

  task = begin (host, granary_tione_service_host_access_async, uid, &job, cancellable, callback,
                user_data);
  granary_worker_run (GRANARY_TIONE_SERVICE_HOST (host)->reader, task, access_thread);
}

static GranaryServiceAccess *
granary_tione_service_host_access_finish (GranaryServiceHost  *host,
                                          GAsyncResult        *result,
                                          GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, host), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
granary_tione_service_host_call_async (GranaryServiceHost  *host,
                                       const char          *uid,
                                       GBytes              *body,
                                       GCancellable        *cancellable,
                                       GAsyncReadyCallback  callback,
                                       gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  Job *job;

  task = begin (host, granary_tione_service_host_call_async, uid, &job, cancellable, callback,
                user_data);
  job->body = g_bytes_ref (body);
  granary_worker_run (GRANARY_TIONE_SERVICE_HOST (host)->caller, task, call_thread);
}

static GranaryServiceReply *
granary_tione_service_host_call_finish (GranaryServiceHost  *host,
                                        GAsyncResult        *result,
                                        GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, host), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
granary_tione_service_host_refresh_async (GranaryServiceHost  *host,
                                          GCancellable        *cancellable,
                                          GAsyncReadyCallback  callback,
                                          gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  Job *job;

  task = begin (host, granary_tione_service_host_refresh_async, NULL, &job, cancellable, callback,
                user_data);
  granary_worker_run (GRANARY_TIONE_SERVICE_HOST (host)->reader, task, refresh_thread);
}

static gboolean
granary_tione_service_host_refresh_finish (GranaryServiceHost  *host,
                                           GAsyncResult        *result,
                                           GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, host), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
service_host_iface_init (GranaryServiceHostInterface *iface)
{
  iface->get_features = granary_tione_service_host_get_features;
  iface->prepare_async = granary_tione_service_host_prepare_async;
  iface->prepare_finish = granary_tione_service_host_prepare_finish;
  iface->quote_async = granary_tione_service_host_quote_async;
  iface->quote_finish = granary_tione_service_host_quote_finish;
  iface->publish_async = granary_tione_service_host_publish_async;
  iface->publish_finish = granary_tione_service_host_publish_finish;
  iface->act_async = granary_tione_service_host_act_async;
  iface->act_finish = granary_tione_service_host_act_finish;
  iface->access_async = granary_tione_service_host_access_async;
  iface->access_finish = granary_tione_service_host_access_finish;
  iface->call_async = granary_tione_service_host_call_async;
  iface->call_finish = granary_tione_service_host_call_finish;
  iface->refresh_async = granary_tione_service_host_refresh_async;
  iface->refresh_finish = granary_tione_service_host_refresh_finish;
}

/* GObject overrides */

static void
granary_tione_service_host_finalize (GObject *object)
{
  GranaryTioneServiceHost *self = GRANARY_TIONE_SERVICE_HOST (object);

  g_clear_object (&self->reader);
  g_clear_object (&self->writer);
  g_clear_object (&self->caller);
  g_clear_object (&self->http);
  g_clear_pointer (&self->place, granary_tione_place_unref);

  G_OBJECT_CLASS (granary_tione_service_host_parent_class)->finalize (object);
}

static void
granary_tione_service_host_class_init (GranaryTioneServiceHostClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = granary_tione_service_host_finalize;
}

static void
granary_tione_service_host_init (GranaryTioneServiceHost *self)
{
  self->http = granary_http_new (N_CALLS);
  self->reader = granary_worker_new ("granary-services", N_READERS);
  self->writer = granary_worker_new ("granary-publish", N_WRITERS);
  self->caller = granary_worker_new ("granary-call", N_CALLS);
}

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
