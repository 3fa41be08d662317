/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-blocking-service-host.h"

#include "granary-worker.h"

typedef struct
{
  GranaryWorker *reader; /* (owned) */
  GranaryWorker *writer; /* (owned) */
  GranaryWorker *caller; /* (owned): services may take their time */
} GranaryBlockingServiceHostPrivate;

typedef enum
{
  PREPARE,
  QUOTE,
  PUBLISH,
  ACT,
  ACCESS,
  CALL,
  LOG,
  REFRESH,
} Verb;

/* What a verb was asked, for its thread; each uses its own. */
typedef struct
{
  Verb                   verb;
  char                  *text;     /* (owned) (nullable): id or interpreter */
  gint64                 number;   /* row of a version, or where to read on */
  GranaryServiceAction   action;
  GranaryPublishProfile *profile;  /* (owned) (nullable) */
  GranaryPublishRequest *request;  /* (owned) (nullable) */
  GranaryTransfer       *transfer; /* (owned) (nullable) */
  GBytes                *body;     /* (owned) (nullable) */
} Job;

static void granary_blocking_service_host_iface_init (GranaryServiceHostInterface *iface);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (GranaryBlockingServiceHost, granary_blocking_service_host,
                                  G_TYPE_OBJECT,
                                  G_ADD_PRIVATE (GranaryBlockingServiceHost)
                                  G_IMPLEMENT_INTERFACE (GRANARY_TYPE_SERVICE_HOST,
                                                         granary_blocking_service_host_iface_init))

/* Auxiliary functions */

static GranaryBlockingServiceHostPrivate *
get_private (gpointer host)
{
  return granary_blocking_service_host_get_instance_private (host);
}

static Job *
job_new (Verb        verb,
         const char *text)
{
  Job *job = g_new0 (Job, 1);

  job->verb = verb;
  job->text = g_strdup (text);

  return job;
}

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

/* On a thread: hands over what a blocking verb gave. */
static void
job_thread (GTask        *task,
            gpointer      source,
            gpointer      data,
            GCancellable *cancellable)
{
  GranaryBlockingServiceHostClass *klass = GRANARY_BLOCKING_SERVICE_HOST_GET_CLASS (source);
  const Job *job = data;
  GDestroyNotify destroy = NULL;
  gpointer result = NULL;
  gint64 price;
  gboolean is_done = FALSE;
  GError *error = NULL;

  switch (job->verb)
    {
    case PREPARE:
      result = klass->prepare (source, job->number, job->text, cancellable, &error);
      destroy = (GDestroyNotify) granary_publish_options_free;
      break;

    case QUOTE:
      price = klass->quote (source, job->profile, cancellable, &error);
      result = error == NULL ? g_memdup2 (&price, sizeof price) : NULL;
      destroy = g_free;
      break;

    case PUBLISH:
      result = klass->publish (source, job->request, job->transfer, &error);
      granary_transfer_finish (job->transfer, error);
      destroy = g_free;
      break;

    case ACT:
      is_done = klass->act (source, job->text, job->action, job->profile, cancellable, &error);
      break;

    case ACCESS:
      result = klass->access (source, job->text, cancellable, &error);
      destroy = (GDestroyNotify) granary_service_access_free;
      break;

    case CALL:
      result = klass->call (source, job->text, job->body, cancellable, &error);
      destroy = (GDestroyNotify) granary_service_reply_free;
      break;

    case LOG:
      result = klass->log (source, job->text, job->number, cancellable, &error);
      destroy = (GDestroyNotify) granary_service_log_free;
      break;

    case REFRESH:
      is_done = klass->refresh (source, cancellable, &error);
      break;

    default:
      g_assert_not_reached ();
    }

  if (result != NULL)
    g_task_return_pointer (task, result, destroy);
  else if (is_done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Takes @job. */
static void
start (GranaryServiceHost  *host,
       gpointer             tag,
       Job                 *job,
       GCancellable        *cancellable,
       GAsyncReadyCallback  callback,
       gpointer             user_data)
{
  GranaryBlockingServiceHostPrivate *priv = get_private (host);
  g_autoptr (GTask) task = g_task_new (host, cancellable, callback, user_data);
  GranaryWorker *worker = priv->reader;

  if (job->verb == CALL)
    worker = priv->caller;
  else if (job->verb == PUBLISH || job->verb == ACT ||
           (job->verb == REFRESH &&
            GRANARY_BLOCKING_SERVICE_HOST_GET_CLASS (host)->is_refresh_write))
    worker = priv->writer;

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, job, job_free);
  /* What was done is done, whoever called it off meanwhile. */
  g_task_set_check_cancellable (task, job->verb != ACT);
  granary_worker_run (worker, task, job_thread);
}

static gpointer
finish_pointer (GranaryServiceHost  *host,
                GAsyncResult        *result,
                GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, host), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* GranaryServiceHost */

static GranaryServiceHostFeatures
granary_blocking_service_host_get_features (GranaryServiceHost *host)
{
  return GRANARY_BLOCKING_SERVICE_HOST_GET_CLASS (host)->features;
}

static void
granary_blocking_service_host_prepare_async (GranaryServiceHost  *host,
                                             gint64               version_id,
                                             const char          *python,
                                             GCancellable        *cancellable,
                                             GAsyncReadyCallback  callback,
                                             gpointer             user_data)
{
  Job *job = job_new (PREPARE, python);

  job->number = version_id;
  start (host, granary_blocking_service_host_prepare_async, job, cancellable, callback, user_data);
}

static GranaryPublishOptions *
granary_blocking_service_host_prepare_finish (GranaryServiceHost  *host,
                                              GAsyncResult        *result,
                                              GError             **error)
{
  return finish_pointer (host, result, error);
}

static void
granary_blocking_service_host_quote_async (GranaryServiceHost          *host,
                                           const GranaryPublishProfile *profile,
                                           GCancellable                *cancellable,
                                           GAsyncReadyCallback          callback,
                                           gpointer                     user_data)
{
  Job *job = job_new (QUOTE, NULL);

  job->profile = granary_publish_profile_copy (profile);
  start (host, granary_blocking_service_host_quote_async, job, cancellable, callback, user_data);
}

static gint64
granary_blocking_service_host_quote_finish (GranaryServiceHost  *host,
                                            GAsyncResult        *result,
                                            GError             **error)
{
  g_autofree gint64 *price = finish_pointer (host, result, error);

  return price != NULL ? *price : -1;
}

static void
granary_blocking_service_host_publish_async (GranaryServiceHost          *host,
                                             const GranaryPublishRequest *request,
                                             GranaryTransfer             *transfer,
                                             GAsyncReadyCallback          callback,
                                             gpointer                     user_data)
{
  Job *job = job_new (PUBLISH, NULL);

  job->request = granary_publish_request_copy (request);
  job->transfer = g_object_ref (transfer);
  /* Without a cancellable of its own: the thread ends the transfer, whatever becomes of it. */
  start (host, granary_blocking_service_host_publish_async, job, NULL, callback, user_data);
}

static char *
granary_blocking_service_host_publish_finish (GranaryServiceHost  *host,
                                              GAsyncResult        *result,
                                              GError             **error)
{
  return finish_pointer (host, result, error);
}

static void
granary_blocking_service_host_act_async (GranaryServiceHost          *host,
                                         const char                  *uid,
                                         GranaryServiceAction         action,
                                         const GranaryPublishProfile *profile,
                                         GCancellable                *cancellable,
                                         GAsyncReadyCallback          callback,
                                         gpointer                     user_data)
{
  Job *job = job_new (ACT, uid);

  job->action = action;
  job->profile = profile != NULL ? granary_publish_profile_copy (profile) : NULL;
  start (host, granary_blocking_service_host_act_async, job, cancellable, callback, user_data);
}

static void
granary_blocking_service_host_access_async (GranaryServiceHost  *host,
                                            const char          *uid,
                                            GCancellable        *cancellable,
                                            GAsyncReadyCallback  callback,
                                            gpointer             user_data)
{
  start (host, granary_blocking_service_host_access_async, job_new (ACCESS, uid), cancellable,
         callback, user_data);
}

static GranaryServiceAccess *
granary_blocking_service_host_access_finish (GranaryServiceHost  *host,
                                             GAsyncResult        *result,
                                             GError             **error)
{
  return finish_pointer (host, result, error);
}

static void
granary_blocking_service_host_call_async (GranaryServiceHost  *host,
                                          const char          *uid,
                                          GBytes              *body,
                                          GCancellable        *cancellable,
                                          GAsyncReadyCallback  callback,
                                          gpointer             user_data)
{
  Job *job = job_new (CALL, uid);

  job->body = g_bytes_ref (body);
  start (host, granary_blocking_service_host_call_async, job, cancellable, callback, user_data);
}

static GranaryServiceReply *
granary_blocking_service_host_call_finish (GranaryServiceHost  *host,
                                           GAsyncResult        *result,
                                           GError             **error)
{
  return finish_pointer (host, result, error);
}

static void
granary_blocking_service_host_log_async (GranaryServiceHost  *host,
                                         const char          *uid,
                                         gint64               from,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data)
{
  Job *job = job_new (LOG, uid);

  job->number = from;
  start (host, granary_blocking_service_host_log_async, job, cancellable, callback, user_data);
}

static GranaryServiceLog *
granary_blocking_service_host_log_finish (GranaryServiceHost  *host,
                                          GAsyncResult        *result,
                                          GError             **error)
{
  return finish_pointer (host, result, error);
}

static void
granary_blocking_service_host_refresh_async (GranaryServiceHost  *host,
                                             GCancellable        *cancellable,
                                             GAsyncReadyCallback  callback,
                                             gpointer             user_data)
{
  start (host, granary_blocking_service_host_refresh_async, job_new (REFRESH, NULL), cancellable,
         callback, user_data);
}

/* Of act and refresh: whether it is done. */
static gboolean
granary_blocking_service_host_boolean_finish (GranaryServiceHost  *host,
                                              GAsyncResult        *result,
                                              GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, host), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
granary_blocking_service_host_iface_init (GranaryServiceHostInterface *iface)
{
  iface->get_features = granary_blocking_service_host_get_features;
  iface->prepare_async = granary_blocking_service_host_prepare_async;
  iface->prepare_finish = granary_blocking_service_host_prepare_finish;
  iface->quote_async = granary_blocking_service_host_quote_async;
  iface->quote_finish = granary_blocking_service_host_quote_finish;
  iface->publish_async = granary_blocking_service_host_publish_async;
  iface->publish_finish = granary_blocking_service_host_publish_finish;
  iface->act_async = granary_blocking_service_host_act_async;
  iface->act_finish = granary_blocking_service_host_boolean_finish;
  iface->access_async = granary_blocking_service_host_access_async;
  iface->access_finish = granary_blocking_service_host_access_finish;
  iface->call_async = granary_blocking_service_host_call_async;
  iface->call_finish = granary_blocking_service_host_call_finish;
  iface->log_async = granary_blocking_service_host_log_async;
  iface->log_finish = granary_blocking_service_host_log_finish;
  iface->refresh_async = granary_blocking_service_host_refresh_async;
  iface->refresh_finish = granary_blocking_service_host_boolean_finish;
}

/* GObject overrides */

static void
granary_blocking_service_host_constructed (GObject *object)
{
  GranaryBlockingServiceHostPrivate *priv = get_private (object);
  GranaryBlockingServiceHostClass *klass = GRANARY_BLOCKING_SERVICE_HOST_GET_CLASS (object);

  G_OBJECT_CLASS (granary_blocking_service_host_parent_class)->constructed (object);

  priv->reader = granary_worker_new ("granary-service", klass->n_readers);
  priv->writer = granary_worker_new ("granary-publish", klass->n_writers);
  priv->caller = granary_worker_new ("granary-call", klass->n_callers);
}

static void
granary_blocking_service_host_finalize (GObject *object)
{
  GranaryBlockingServiceHostPrivate *priv = get_private (object);

  g_clear_object (&priv->reader);
  g_clear_object (&priv->writer);
  g_clear_object (&priv->caller);

  G_OBJECT_CLASS (granary_blocking_service_host_parent_class)->finalize (object);
}

static void
granary_blocking_service_host_class_init (GranaryBlockingServiceHostClass *klass)
{
  G_OBJECT_CLASS (klass)->constructed = granary_blocking_service_host_constructed;
  G_OBJECT_CLASS (klass)->finalize = granary_blocking_service_host_finalize;
}

static void
granary_blocking_service_host_init (GranaryBlockingServiceHost *self)
{
}
