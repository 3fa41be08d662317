/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-local-service-host.h"

#include "granary-error.h"
#include "granary-local-service-private.h"
#include "granary-worker.h"

/* Making snapshots, and waiting for what starts or stops. */
#define N_VERBS 4
/* Two services side by side, and what else is tried at the same time. */
#define N_CALLS 8

struct _GranaryLocalServiceHost
{
  GObject            parent_instance;

  GranaryLocalStore *store; /* (owned) */
  GranaryHttp       *http;  /* (owned) */
  GranaryWorker     *reads; /* (owned): small files of this computer */
  GranaryWorker     *verbs; /* (owned) */
  GranaryWorker     *calls; /* (owned) */
};

static void service_host_iface_init (GranaryServiceHostInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GranaryLocalServiceHost, granary_local_service_host, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GRANARY_TYPE_SERVICE_HOST,
                                                      service_host_iface_init))

/* What a verb was asked; each uses its own. */
typedef struct
{
  gint64                 version_id;
  char                  *text;     /* (owned) (nullable): id or interpreter */
  gint64                 from;
  GranaryServiceAction   action;
  GranaryPublishProfile *profile;  /* (owned) (nullable) */
  GranaryPublishRequest *request;  /* (owned) (nullable) */
  GranaryTransfer       *transfer; /* (owned) (nullable) */
  GBytes                *body;     /* (owned) (nullable) */
} Job;

/* Auxiliary functions */

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->text);
  g_clear_pointer (&job->profile, granary_publish_profile_free);
  g_clear_pointer (&job->request, granary_publish_request_free);
  g_clear_object (&job->transfer);
  g_clear_pointer (&job->body, g_bytes_unref);
  g_free (job);
}

static Job *
job_new (const char *text)
{
  Job *job = g_new0 (Job, 1);

  job->text = g_strdup (text);

  return job;
}

/* Takes @job. */
static void
start (GranaryServiceHost  *host,
       GranaryWorker       *worker,
       gpointer             tag,
       Job                 *job,
       GTaskThreadFunc      func,
       GCancellable        *cancellable,
       GAsyncReadyCallback  callback,
       gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (host, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, job, job_free);
  granary_worker_run (worker, task, func);
}

static void
return_pointer (GTask          *task,
                gpointer        result,
                GDestroyNotify  destroy,
                GError         *error)
{
  if (result != NULL)
    g_task_return_pointer (task, result, destroy);
  else
    g_task_return_error (task, error);
}

static gpointer
finish_pointer (GranaryServiceHost  *host,
                GAsyncResult        *result,
                GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, host), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* GranaryServiceHost: reads */

static GranaryServiceHostFeatures
granary_local_service_host_get_features (GranaryServiceHost *host)
{
  return GRANARY_SERVICE_HOST_LOG | GRANARY_SERVICE_HOST_LOCAL;
}

static void
prepare_thread (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  GranaryLocalServiceHost *self = source_object;
  Job *job = task_data;
  GError *error = NULL;
  gpointer result;

  result = granary_local_service_prepare (self->store, job->version_id, job->text, &error);
  return_pointer (task, result, (GDestroyNotify) granary_publish_options_free, error);
}

static void
granary_local_service_host_prepare_async (GranaryServiceHost  *host,
                                          gint64               version_id,
                                          const char          *python,
                                          GCancellable        *cancellable,
                                          GAsyncReadyCallback  callback,
                                          gpointer             user_data)
{
  GranaryLocalServiceHost *self = GRANARY_LOCAL_SERVICE_HOST (host);
  Job *job = job_new (python);

  job->version_id = version_id;
  start (host, self->reads, granary_local_service_host_prepare_async, job, prepare_thread,
         cancellable, callback, user_data);
}

static GranaryPublishOptions *
granary_local_service_host_prepare_finish (GranaryServiceHost  *host,
                                           GAsyncResult        *result,
                                           GError             **error)
{
  return finish_pointer (host, result, error);
}

static void
access_thread (GTask        *task,
               gpointer      source_object,
               gpointer      task_data,
               GCancellable *cancellable)
{
  GranaryLocalServiceHost *self = source_object;
  Job *job = task_data;
  GError *error = NULL;
  gpointer result;

  result = granary_local_service_access (self->store, job->text, &error);
  return_pointer (task, result, (GDestroyNotify) granary_service_access_free, error);
}

static void
granary_local_service_host_access_async (GranaryServiceHost  *host,
                                         const char          *uid,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data)
{
  GranaryLocalServiceHost *self = GRANARY_LOCAL_SERVICE_HOST (host);

  start (host, self->reads, granary_local_service_host_access_async, job_new (uid), access_thread,
         cancellable, callback, user_data);
}

static GranaryServiceAccess *
granary_local_service_host_access_finish (GranaryServiceHost  *host,
                                          GAsyncResult        *result,
                                          GError             **error)
{
  return finish_pointer (host, result, error);
}

static void
log_thread (GTask        *task,
            gpointer      source_object,
            gpointer      task_data,
            GCancellable *cancellable)
{
  GranaryLocalServiceHost *self = source_object;
  Job *job = task_data;
  GError *error = NULL;
  gpointer result;

  result = granary_local_service_read_log (self->store, job->text, job->from, &error);
  return_pointer (task, result, (GDestroyNotify) granary_service_log_free, error);
}

static void
granary_local_service_host_log_async (GranaryServiceHost  *host,
                                      const char          *uid,
                                      gint64               from,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  GranaryLocalServiceHost *self = GRANARY_LOCAL_SERVICE_HOST (host);
  Job *job = job_new (uid);

  job->from = from;
  start (host, self->reads, granary_local_service_host_log_async, job, log_thread, cancellable,
         callback, user_data);
}

static GranaryServiceLog *
granary_local_service_host_log_finish (GranaryServiceHost  *host,
                                       GAsyncResult        *result,
                                       GError             **error)
{
  return finish_pointer (host, result, error);
}

static void
call_thread (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  GranaryLocalServiceHost *self = source_object;
  Job *job = task_data;
  GError *error = NULL;
  gpointer result;

  result = granary_local_service_call (self->store, self->http, job->text, job->body, cancellable,
                                       &error);
  return_pointer (task, result, (GDestroyNotify) granary_service_reply_free, error);
}

static void
granary_local_service_host_call_async (GranaryServiceHost  *host,
                                       const char          *uid,
                                       GBytes              *body,
                                       GCancellable        *cancellable,
                                       GAsyncReadyCallback  callback,
                                       gpointer             user_data)
{
  GranaryLocalServiceHost *self = GRANARY_LOCAL_SERVICE_HOST (host);
  Job *job = job_new (uid);

  job->body = g_bytes_ref (body);
  start (host, self->calls, granary_local_service_host_call_async, job, call_thread, cancellable,
         callback, user_data);
}

static GranaryServiceReply *
granary_local_service_host_call_finish (GranaryServiceHost  *host,
                                        GAsyncResult        *result,
                                        GError             **error)
{
  return finish_pointer (host, result, error);
}

/* GranaryServiceHost: verbs */

static void
publish_thread (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  GranaryLocalServiceHost *self = source_object;
  Job *job = task_data;
  GError *error = NULL;
  char *uid;

  uid = granary_local_service_publish (self->store, job->request, job->transfer, &error);
  granary_transfer_finish (job->transfer, error);
  return_pointer (task, uid, g_free, error);
}

static void
granary_local_service_host_publish_async (GranaryServiceHost          *host,
                                          const GranaryPublishRequest *request,
                                          GranaryTransfer             *transfer,
                                          GAsyncReadyCallback          callback,
                                          gpointer                     user_data)
{
  GranaryLocalServiceHost *self = GRANARY_LOCAL_SERVICE_HOST (host);
  Job *job = job_new (NULL);

  job->request = granary_publish_request_copy (request);
  job->transfer = g_object_ref (transfer);
  /* Without a cancellable of its own: the thread ends the transfer, whatever becomes of it. */
  start (host, self->verbs, granary_local_service_host_publish_async, job, publish_thread, NULL,
         callback, user_data);
}

static char *
granary_local_service_host_publish_finish (GranaryServiceHost  *host,
                                           GAsyncResult        *result,
                                           GError             **error)
{
  return finish_pointer (host, result, error);
}

static void
act_thread (GTask        *task,
            gpointer      source_object,
            gpointer      task_data,
            GCancellable *cancellable)
{
  GranaryLocalServiceHost *self = source_object;
  Job *job = task_data;
  GError *error = NULL;

  if (granary_local_service_act (self->store, job->text, job->action, job->profile, cancellable,
                                 &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
granary_local_service_host_act_async (GranaryServiceHost          *host,
                                      const char                  *uid,
                                      GranaryServiceAction         action,
                                      const GranaryPublishProfile *profile,
                                      GCancellable                *cancellable,
                                      GAsyncReadyCallback          callback,
                                      gpointer                     user_data)
{
  GranaryLocalServiceHost *self = GRANARY_LOCAL_SERVICE_HOST (host);
  Job *job = job_new (uid);

  job->action = action;
  job->profile = profile != NULL ? granary_publish_profile_copy (profile) : NULL;
  start (host, self->verbs, granary_local_service_host_act_async, job, act_thread, cancellable,
         callback, user_data);
}

static gboolean
granary_local_service_host_act_finish (GranaryServiceHost  *host,
                                       GAsyncResult        *result,
                                       GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, host), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
refresh_thread (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  GranaryLocalServiceHost *self = source_object;
  GError *error = NULL;

  if (granary_local_service_refresh (self->store, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
granary_local_service_host_refresh_async (GranaryServiceHost  *host,
                                          GCancellable        *cancellable,
                                          GAsyncReadyCallback  callback,
                                          gpointer             user_data)
{
  GranaryLocalServiceHost *self = GRANARY_LOCAL_SERVICE_HOST (host);

  start (host, self->verbs, granary_local_service_host_refresh_async, job_new (NULL),
         refresh_thread, cancellable, callback, user_data);
}

static gboolean
granary_local_service_host_refresh_finish (GranaryServiceHost  *host,
                                           GAsyncResult        *result,
                                           GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, host), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
service_host_iface_init (GranaryServiceHostInterface *iface)
{
  iface->get_features = granary_local_service_host_get_features;
  iface->prepare_async = granary_local_service_host_prepare_async;
  iface->prepare_finish = granary_local_service_host_prepare_finish;
  iface->publish_async = granary_local_service_host_publish_async;
  iface->publish_finish = granary_local_service_host_publish_finish;
  iface->act_async = granary_local_service_host_act_async;
  iface->act_finish = granary_local_service_host_act_finish;
  iface->access_async = granary_local_service_host_access_async;
  iface->access_finish = granary_local_service_host_access_finish;
  iface->call_async = granary_local_service_host_call_async;
  iface->call_finish = granary_local_service_host_call_finish;
  iface->log_async = granary_local_service_host_log_async;
  iface->log_finish = granary_local_service_host_log_finish;
  iface->refresh_async = granary_local_service_host_refresh_async;
  iface->refresh_finish = granary_local_service_host_refresh_finish;
}

/* GObject */

static void
granary_local_service_host_finalize (GObject *object)
{
  GranaryLocalServiceHost *self = GRANARY_LOCAL_SERVICE_HOST (object);

  g_clear_object (&self->reads);
  g_clear_object (&self->verbs);
  g_clear_object (&self->calls);
  g_clear_object (&self->http);
  g_clear_pointer (&self->store, granary_local_store_unref);

  G_OBJECT_CLASS (granary_local_service_host_parent_class)->finalize (object);
}

static void
granary_local_service_host_class_init (GranaryLocalServiceHostClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = granary_local_service_host_finalize;
}

static void
granary_local_service_host_init (GranaryLocalServiceHost *self)
{
  self->reads = granary_worker_new ("granary-service", 2);
  self->verbs = granary_worker_new ("granary-publish", N_VERBS);
  self->calls = granary_worker_new ("granary-call", N_CALLS);
  self->http = granary_http_new_direct (N_CALLS);
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
