/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-fake-services.h"

#include <string.h>

#include "granary-error.h"

struct _GranaryFakeServices
{
  GObject                     parent_instance;

  GranaryServiceHostFeatures  features;
  GranaryCatalog             *catalog;  /* (owned) (nullable) */
  GranaryPublishOptions      *options;
  gint64                      quote;
  GranaryServiceReply         reply;
  GranaryServiceAccess       *access;
  GString                    *log;
  gint64                      log_base; /* positions before it are of an earlier log */
  GHashTable                 *errors;   /* verb → GError */
  GPtrArray                  *held;     /* (element-type GTask): to be answered */
  gboolean                    hold;
  gboolean                    slow;

  GPtrArray                  *verbs;    /* (element-type utf8) */
  GranaryPublishRequest      *request;
  GranaryPublishProfile      *profile;
  GBytes                     *body;
  guint                       n_published;
};

static void host_init (GranaryServiceHostInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GranaryFakeServices, granary_fake_services, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GRANARY_TYPE_SERVICE_HOST, host_init))

typedef void (*AnswerFunc) (GranaryFakeServices *self,
                            GTask               *task);

/* What a GTask is about. */
typedef struct
{
  const char            *verb;
  AnswerFunc             answer;
  char                  *uid;
  gint64                 from;
  GranaryServiceAction   action;
  GranaryPublishRequest *request;
  GranaryTransfer       *transfer;
} Question;

static const char *const action_verbs[] = {
  [GRANARY_SERVICE_START] = "start",
  [GRANARY_SERVICE_STOP] = "stop",
  [GRANARY_SERVICE_UPDATE] = "update",
  [GRANARY_SERVICE_REMOVE] = "remove",
};

static void
question_free (gpointer data)
{
  Question *question = data;

  g_free (question->uid);
  g_clear_pointer (&question->request, granary_publish_request_free);
  g_clear_object (&question->transfer);
  g_free (question);
}

/* Answering */

static void
finish_transfer (const Question *question,
                 const GError   *error)
{
  if (question->transfer != NULL)
    granary_transfer_finish (question->transfer, error);
}

static gboolean
answer_cb (gpointer user_data)
{
  GTask *task = user_data;
  GranaryFakeServices *self = g_task_get_source_object (task);
  const Question *question = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  const GError *failure = g_hash_table_lookup (self->errors, question->verb);
  g_autoptr (GError) error = NULL;

  if (g_cancellable_set_error_if_cancelled (cancellable, &error))
    ;
  else if (failure != NULL)
    error = g_error_copy (failure);

  if (error != NULL)
    {
      finish_transfer (question, error);
      g_task_return_error (task, g_steal_pointer (&error));
    }
  else
    question->answer (self, task);

  return G_SOURCE_REMOVE;
}

static void
answer_soon (GTask *task)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, answer_cb, task, g_object_unref);
}

/* A question that waits is answered once it is called off. */
static void
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  GTask *task = user_data;
  GranaryFakeServices *self = g_task_get_source_object (task);
  guint index;

  if (g_ptr_array_find (self->held, task, &index))
    answer_soon (g_ptr_array_steal_index (self->held, index));
}

static void
ask (GranaryFakeServices *self,
     GTask               *task,
     Question            *question,
     const char          *verb,
     const char          *subject,
     AnswerFunc           answer)
{
  GCancellable *cancellable = g_task_get_cancellable (task);

  question->verb = verb;
  question->answer = answer;
  g_ptr_array_add (self->verbs, subject != NULL ? g_strdup_printf ("%s %s", verb, subject)
                                                : g_strdup (verb));
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, question, question_free);
  if (!self->hold)
    {
      answer_soon (task);
      return;
    }

  g_ptr_array_add (self->held, task);
  if (cancellable != NULL)
    g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (cancelled_cb), task,
                             G_CONNECT_DEFAULT);
}

/* Options */

static GPtrArray *
copy_groups (GPtrArray *groups)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_service_group_free);

  for (guint i = 0; i < groups->len; i++)
    {
      const GranaryServiceGroup *group = g_ptr_array_index (groups, i);
      GranaryServiceGroup *other = g_new0 (GranaryServiceGroup, 1);

      other->uid = g_strdup (group->uid);
      other->name = g_strdup (group->name);
      other->model_name = g_strdup (group->model_name);
      other->n_services = group->n_services;
      g_ptr_array_add (copy, other);
    }

  return copy;
}

static GPtrArray *
copy_specs (GPtrArray *specs)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_service_spec_free);

  for (guint i = 0; i < specs->len; i++)
    {
      const GranaryServiceSpec *spec = g_ptr_array_index (specs, i);
      GranaryServiceSpec *other = g_new0 (GranaryServiceSpec, 1);

      other->name = g_strdup (spec->name);
      other->title = g_strdup (spec->title);
      other->detail = g_strdup (spec->detail);
      other->is_gpu = spec->is_gpu;
      other->is_available = spec->is_available;
      g_ptr_array_add (copy, other);
    }

  return copy;
}

static GranaryPublishOptions *
copy_options (const GranaryPublishOptions *options)
{
  GranaryPublishOptions *copy = granary_publish_options_new ();

  g_ptr_array_unref (copy->groups);
  g_ptr_array_unref (copy->specs);
  g_ptr_array_unref (copy->resource_groups);
  copy->name = g_strdup (options->name);
  copy->groups = copy_groups (options->groups);
  copy->specs = copy_specs (options->specs);
  copy->resource_groups = copy_specs (options->resource_groups);
  copy->handler = g_strdup (options->handler);
  copy->python = g_strdup (options->python);
  copy->unmet = g_strdupv (options->unmet);
  copy->has_sandbox = options->has_sandbox;
  copy->has_gpu = options->has_gpu;
  copy->memory = options->memory;
  copy->problem = options->problem != NULL ? g_error_copy (options->problem) : NULL;
  copy->note = options->note != NULL ? g_error_copy (options->note) : NULL;

  return copy;
}

static void
add_spec (GPtrArray  *specs,
          const char *name,
          const char *title,
          gboolean    is_gpu)
{
  GranaryServiceSpec *spec = g_new0 (GranaryServiceSpec, 1);

  spec->name = g_strdup (name);
  spec->title = g_strdup (title);
  spec->is_gpu = is_gpu;
  spec->is_available = TRUE;
  g_ptr_array_add (specs, spec);
}

static GranaryPublishOptions *
make_options (GranaryServiceHostFeatures features)
{
  GranaryPublishOptions *options = granary_publish_options_new ();

  options->name = g_strdup ("digits");
  if (features & GRANARY_SERVICE_HOST_LOCAL)
    {
      options->handler = g_strdup ("model_service.py");
      options->python = g_strdup ("/usr/bin/python3");
      options->has_sandbox = TRUE;
      options->memory = 16LL * 1024 * 1024 * 1024;
    }
  if (features & GRANARY_SERVICE_HOST_PRICED)
    {
      add_spec (options->specs, "TI.S.MEDIUM.POST", "2C4G", FALSE);
      add_spec (options->specs, "TI.GN7.2XLARGE32.POST", "8C32G T4*1", TRUE);
    }

  return options;
}

/* The verbs */

static GranaryServiceHostFeatures
granary_fake_services_get_features (GranaryServiceHost *host)
{
  return GRANARY_FAKE_SERVICES (host)->features;
}

static void
answer_prepare (GranaryFakeServices *self,
                GTask               *task)
{
  g_task_return_pointer (task, copy_options (self->options),
                         (GDestroyNotify) granary_publish_options_free);
}

static void
granary_fake_services_prepare_async (GranaryServiceHost  *host,
                                     gint64               version_id,
                                     const char          *python,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data)
{
  g_autofree char *subject = g_strdup_printf ("%" G_GINT64_FORMAT "%s%s", version_id,
                                              python != NULL ? " " : "",
                                              python != NULL ? python : "");

  ask (GRANARY_FAKE_SERVICES (host), g_task_new (host, cancellable, callback, user_data),
       g_new0 (Question, 1), "prepare", subject, answer_prepare);
}

static gpointer
granary_fake_services_pointer_finish (GranaryServiceHost  *host,
                                      GAsyncResult        *result,
                                      GError             **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
granary_fake_services_boolean_finish (GranaryServiceHost  *host,
                                      GAsyncResult        *result,
                                      GError             **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static GranaryPublishOptions *
granary_fake_services_prepare_finish (GranaryServiceHost  *host,
                                      GAsyncResult        *result,
                                      GError             **error)
{
  return granary_fake_services_pointer_finish (host, result, error);
}

static void
answer_quote (GranaryFakeServices *self,
              GTask               *task)
{
  g_task_return_int (task, self->quote);
}

static void
granary_fake_services_quote_async (GranaryServiceHost          *host,
                                   const GranaryPublishProfile *profile,
                                   GCancellable                *cancellable,
                                   GAsyncReadyCallback          callback,
                                   gpointer                     user_data)
{
  GranaryFakeServices *self = GRANARY_FAKE_SERVICES (host);

  g_clear_pointer (&self->profile, granary_publish_profile_free);
  self->profile = granary_publish_profile_copy (profile);
  ask (self, g_task_new (host, cancellable, callback, user_data), g_new0 (Question, 1), "quote",
       NULL, answer_quote);
}

static gint64
granary_fake_services_quote_finish (GranaryServiceHost  *host,
                                    GAsyncResult        *result,
                                    GError             **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}

static void
answer_publish (GranaryFakeServices *self,
                GTask               *task)
{
  const Question *question = g_task_get_task_data (task);
  const GranaryPublishRequest *request = question->request;
  g_autofree char *uid = g_strdup_printf ("published-%u", ++self->n_published);

  if (self->catalog != NULL)
    {
      g_autoptr (GranaryService) service =
        granary_fake_service_new (self->catalog, request->version_id, uid,
                                  request->name != NULL ? request->name : request->group_uid,
                                  (int) self->n_published, GRANARY_SERVICE_STARTING);

      if (request->group_uid != NULL)
        g_set_str (&service->group_uid, request->group_uid);
      service->profile = granary_publish_profile_to_json (request->profile);
      service->is_wanted = TRUE;
      granary_fake_service_put (self->catalog, service);
    }
  finish_transfer (question, NULL);
  g_task_return_pointer (task, g_steal_pointer (&uid), g_free);
}

static void
granary_fake_services_publish_async (GranaryServiceHost          *host,
                                     const GranaryPublishRequest *request,
                                     GranaryTransfer             *transfer,
                                     GAsyncReadyCallback          callback,
                                     gpointer                     user_data)
{
  GranaryFakeServices *self = GRANARY_FAKE_SERVICES (host);
  Question *question = g_new0 (Question, 1);
  g_autofree char *subject = request->name != NULL
                             ? g_strdup (request->name)
                             : g_strdup_printf ("in %s", request->group_uid);

  question->request = granary_publish_request_copy (request);
  question->transfer = g_object_ref (transfer);
  g_clear_pointer (&self->request, granary_publish_request_free);
  self->request = granary_publish_request_copy (request);
  granary_transfer_set_state (transfer, GRANARY_TRANSFER_RUNNING);
  ask (self, g_task_new (host, granary_transfer_get_cancellable (transfer), callback, user_data),
       question, "publish", subject, answer_publish);
}

static char *
granary_fake_services_publish_finish (GranaryServiceHost  *host,
                                      GAsyncResult        *result,
                                      GError             **error)
{
  return granary_fake_services_pointer_finish (host, result, error);
}

/* What a host does to its catalogue. */
static gboolean
act (GranaryFakeServices   *self,
     const Question        *question,
     GError               **error)
{
  g_autoptr (GranaryService) found = granary_fake_service_find (self->catalog, question->uid);
  g_autoptr (GranaryService) service = NULL;

  if (found == NULL)
    {
      granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_SERVICE_MISSING,
                         question->uid, "no service %s", question->uid);
      return FALSE;
    }
  if (question->action == GRANARY_SERVICE_REMOVE)
    {
      granary_fake_service_remove (self->catalog, question->uid);
      return TRUE;
    }
  if (question->action != GRANARY_SERVICE_STOP && found->is_version_gone)
    {
      granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_SERVICE_VERSION_DELETED,
                         found->name, "%s cannot be started again", found->name);
      return FALSE;
    }

  service = granary_service_copy (found);
  service->is_wanted = question->action != GRANARY_SERVICE_STOP;
  if (question->action == GRANARY_SERVICE_STOP)
    service->state = GRANARY_SERVICE_STOPPED;
  else
    service->state = self->slow ? GRANARY_SERVICE_STARTING : GRANARY_SERVICE_RUNNING;
  service->failure = GRANARY_SERVICE_FAILURE_NONE;
  g_clear_pointer (&service->failure_detail, g_free);
  if (question->action == GRANARY_SERVICE_UPDATE)
    service->files_as_of = g_get_real_time ();
  granary_fake_service_put (self->catalog, service);

  return TRUE;
}

static void
answer_act (GranaryFakeServices *self,
            GTask               *task)
{
  GError *error = NULL;

  if (self->catalog == NULL || act (self, g_task_get_task_data (task), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
granary_fake_services_act_async (GranaryServiceHost          *host,
                                 const char                  *uid,
                                 GranaryServiceAction         action,
                                 const GranaryPublishProfile *profile,
                                 GCancellable                *cancellable,
                                 GAsyncReadyCallback          callback,
                                 gpointer                     user_data)
{
  GranaryFakeServices *self = GRANARY_FAKE_SERVICES (host);
  Question *question = g_new0 (Question, 1);

  question->uid = g_strdup (uid);
  question->action = action;
  if (profile != NULL)
    {
      g_clear_pointer (&self->profile, granary_publish_profile_free);
      self->profile = granary_publish_profile_copy (profile);
    }
  ask (self, g_task_new (host, cancellable, callback, user_data), question, action_verbs[action],
       uid, answer_act);
}

static void
answer_access (GranaryFakeServices *self,
               GTask               *task)
{
  g_task_return_pointer (task,
                         granary_service_access_new (self->access->url, self->access->header,
                                                     self->access->value),
                         (GDestroyNotify) granary_service_access_free);
}

static void
granary_fake_services_access_async (GranaryServiceHost  *host,
                                    const char          *uid,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  ask (GRANARY_FAKE_SERVICES (host), g_task_new (host, cancellable, callback, user_data),
       g_new0 (Question, 1), "access", uid, answer_access);
}

static GranaryServiceAccess *
granary_fake_services_access_finish (GranaryServiceHost  *host,
                                     GAsyncResult        *result,
                                     GError             **error)
{
  return granary_fake_services_pointer_finish (host, result, error);
}

static void
answer_call (GranaryFakeServices *self,
             GTask               *task)
{
  GranaryServiceReply *reply = g_new0 (GranaryServiceReply, 1);

  reply->status = self->reply.status;
  reply->content_type = g_strdup (self->reply.content_type);
  reply->body = g_bytes_ref (self->reply.body);
  reply->is_cut = self->reply.is_cut;
  reply->latency = 12300;
  g_task_return_pointer (task, reply, (GDestroyNotify) granary_service_reply_free);
}

static void
granary_fake_services_call_async (GranaryServiceHost  *host,
                                  const char          *uid,
                                  GBytes              *body,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  GranaryFakeServices *self = GRANARY_FAKE_SERVICES (host);

  g_clear_pointer (&self->body, g_bytes_unref);
  self->body = g_bytes_ref (body);
  ask (self, g_task_new (host, cancellable, callback, user_data), g_new0 (Question, 1), "call",
       uid, answer_call);
}

static GranaryServiceReply *
granary_fake_services_call_finish (GranaryServiceHost  *host,
                                   GAsyncResult        *result,
                                   GError             **error)
{
  return granary_fake_services_pointer_finish (host, result, error);
}

static void
answer_log (GranaryFakeServices *self,
            GTask               *task)
{
  const Question *question = g_task_get_task_data (task);
  GranaryServiceLog *log = g_new0 (GranaryServiceLog, 1);
  gint64 end = self->log_base + (gint64) self->log->len;
  gint64 from = question->from;

  if (from == GRANARY_SERVICE_LOG_TAIL)
    {
      const char *start;

      from = MAX (self->log_base, end - 64 * 1024);
      start = strchr (self->log->str + (from - self->log_base), '\n');
      if (from > self->log_base && start != NULL)
        from = self->log_base + (start + 1 - self->log->str);
    }
  else if (from < self->log_base || from > end)
    {
      log->is_new = from != GRANARY_SERVICE_LOG_BEGIN;
      from = self->log_base;
    }
  log->text = g_utf8_make_valid (self->log->str + (from - self->log_base), end - from);
  log->next = end;
  g_task_return_pointer (task, log, (GDestroyNotify) granary_service_log_free);
}

static void
granary_fake_services_log_async (GranaryServiceHost  *host,
                                 const char          *uid,
                                 gint64               from,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  Question *question = g_new0 (Question, 1);
  g_autofree char *subject = g_strdup_printf ("%s %" G_GINT64_FORMAT, uid, from);

  question->from = from;
  ask (GRANARY_FAKE_SERVICES (host), g_task_new (host, cancellable, callback, user_data), question,
       "log", subject, answer_log);
}

static GranaryServiceLog *
granary_fake_services_log_finish (GranaryServiceHost  *host,
                                  GAsyncResult        *result,
                                  GError             **error)
{
  return granary_fake_services_pointer_finish (host, result, error);
}

static void
answer_refresh (GranaryFakeServices *self,
                GTask               *task)
{
  g_task_return_boolean (task, TRUE);
}

static void
granary_fake_services_refresh_async (GranaryServiceHost  *host,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data)
{
  ask (GRANARY_FAKE_SERVICES (host), g_task_new (host, cancellable, callback, user_data),
       g_new0 (Question, 1), "refresh", NULL, answer_refresh);
}

static void
host_init (GranaryServiceHostInterface *iface)
{
  iface->get_features = granary_fake_services_get_features;
  iface->prepare_async = granary_fake_services_prepare_async;
  iface->prepare_finish = granary_fake_services_prepare_finish;
  iface->quote_async = granary_fake_services_quote_async;
  iface->quote_finish = granary_fake_services_quote_finish;
  iface->publish_async = granary_fake_services_publish_async;
  iface->publish_finish = granary_fake_services_publish_finish;
  iface->act_async = granary_fake_services_act_async;
  iface->act_finish = granary_fake_services_boolean_finish;
  iface->access_async = granary_fake_services_access_async;
  iface->access_finish = granary_fake_services_access_finish;
  iface->call_async = granary_fake_services_call_async;
  iface->call_finish = granary_fake_services_call_finish;
  iface->log_async = granary_fake_services_log_async;
  iface->log_finish = granary_fake_services_log_finish;
  iface->refresh_async = granary_fake_services_refresh_async;
  iface->refresh_finish = granary_fake_services_boolean_finish;
}

/* GObject */

static void
granary_fake_services_finalize (GObject *object)
{
  GranaryFakeServices *self = GRANARY_FAKE_SERVICES (object);

  g_clear_object (&self->catalog);
  granary_publish_options_free (self->options);
  g_free (self->reply.content_type);
  g_bytes_unref (self->reply.body);
  granary_service_access_free (self->access);
  g_string_free (self->log, TRUE);
  g_hash_table_unref (self->errors);
  g_ptr_array_unref (self->held);
  g_ptr_array_unref (self->verbs);
  g_clear_pointer (&self->request, granary_publish_request_free);
  g_clear_pointer (&self->profile, granary_publish_profile_free);
  g_clear_pointer (&self->body, g_bytes_unref);

  G_OBJECT_CLASS (granary_fake_services_parent_class)->finalize (object);
}

static void
granary_fake_services_class_init (GranaryFakeServicesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = granary_fake_services_finalize;
}

static void
granary_fake_services_init (GranaryFakeServices *self)
{
  self->quote = 250;
  self->reply.status = 200;
  self->reply.content_type = g_strdup ("application/json");
  self->reply.body = g_bytes_new_static ("{\"result\": [7]}", strlen ("{\"result\": [7]}"));
  self->access = granary_service_access_new ("http://127.0.0.1:8401/v1/infer", "Authorization",
                                             "Bearer secret");
  self->log = g_string_new (NULL);
  self->errors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify) g_error_free);
  self->held = g_ptr_array_new_with_free_func (g_object_unref);
  self->verbs = g_ptr_array_new_with_free_func (g_free);
}

/* For tests */

GranaryFakeServices *
granary_fake_services_new (GranaryServiceHostFeatures  features,
                           GranaryCatalog             *catalog)
{
  GranaryFakeServices *self = g_object_new (GRANARY_TYPE_FAKE_SERVICES, NULL);

  self->features = features;
  g_set_object (&self->catalog, catalog);
  self->options = make_options (features);

  return self;
}

GranaryPublishOptions *
granary_fake_services_get_options (GranaryFakeServices *self)
{
  return self->options;
}

void
granary_fake_services_set_quote (GranaryFakeServices *self,
                                 gint64               fen)
{
  self->quote = fen;
}

void
granary_fake_services_set_reply (GranaryFakeServices *self,
                                 guint                status,
                                 const char          *content_type,
                                 GBytes              *body,
                                 gboolean             is_cut)
{
  self->reply.status = status;
  g_set_str (&self->reply.content_type, content_type);
  g_bytes_unref (self->reply.body);
  self->reply.body = g_bytes_ref (body);
  self->reply.is_cut = is_cut;
}

void
granary_fake_services_set_access (GranaryFakeServices        *self,
                                  const GranaryServiceAccess *access)
{
  granary_service_access_free (self->access);
  self->access = granary_service_access_new (access->url, access->header, access->value);
}

void
granary_fake_services_add_log (GranaryFakeServices *self,
                               const char          *text)
{
  g_string_append (self->log, text);
}

void
granary_fake_services_new_log (GranaryFakeServices *self,
                               const char          *text)
{
  self->log_base += (gint64) self->log->len + 1;
  g_string_assign (self->log, text);
}

void
granary_fake_services_set_error (GranaryFakeServices *self,
                                 const char          *verb,
                                 const GError        *error)
{
  if (error != NULL)
    g_hash_table_insert (self->errors, g_strdup (verb), g_error_copy (error));
  else
    g_hash_table_remove (self->errors, verb);
}

void
granary_fake_services_set_held (GranaryFakeServices *self,
                                gboolean             held)
{
  self->hold = held;
  while (!held && self->held->len > 0)
    answer_soon (g_ptr_array_steal_index (self->held, 0));
}

void
granary_fake_services_set_slow (GranaryFakeServices *self,
                                gboolean             slow)
{
  self->slow = slow;
}

char *
granary_fake_services_dup_verbs (GranaryFakeServices *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < self->verbs->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "",
                            (const char *) g_ptr_array_index (self->verbs, i));

  return g_string_free (g_steal_pointer (&text), FALSE);
}

void
granary_fake_services_forget_verbs (GranaryFakeServices *self)
{
  g_ptr_array_set_size (self->verbs, 0);
}

guint
granary_fake_services_count (GranaryFakeServices *self,
                             const char          *verb)
{
  gsize length = strlen (verb);
  guint count = 0;

  for (guint i = 0; i < self->verbs->len; i++)
    {
      const char *asked = g_ptr_array_index (self->verbs, i);

      if (g_str_has_prefix (asked, verb) && (asked[length] == '\0' || asked[length] == ' '))
        count++;
    }

  return count;
}

const GranaryPublishRequest *
granary_fake_services_get_request (GranaryFakeServices *self)
{
  return self->request;
}

const GranaryPublishProfile *
granary_fake_services_get_profile (GranaryFakeServices *self)
{
  return self->profile;
}

GBytes *
granary_fake_services_get_body (GranaryFakeServices *self)
{
  return self->body;
}
