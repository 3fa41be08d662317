/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-repository-private.h"

#include "granary-error.h"
#include "granary-names.h"
#include "granary-json.h"
#include "granary-tione-tags.h"
#include "granary-tione-verbs-private.h"

/* Reads of the server wait for each other only when there are many of them. */
#define N_READERS 4

/**
 * GranaryTioneRepository:
 *
 * The verbs of TI-ONE. Imports, uploads and downloads are prepared on a worker's thread, then put
 * into the queue; the others are done on a worker's thread. Changes of tags and deletions go one
 * after the other.
 */
struct _GranaryTioneRepository
{
  GObject               parent_instance;

  GranaryTionePlace    *place;     /* (owned) */
  GranaryTransferQueue *queue;     /* (owned) */
  GranaryWorker        *reader;    /* (owned): prepare, check, verify, list tags */
  GranaryWorker        *writer;    /* (owned): edit, delete */
  GranaryWorker        *refresher; /* (owned) */
};

static void repository_iface_init (GranaryRepositoryInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GranaryTioneRepository, granary_tione_repository, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GRANARY_TYPE_REPOSITORY,
                                                      repository_iface_init))

/* A verb on its way: who waits for it, and the arguments it has. */
typedef struct _Job Job;

struct _Job
{
  GTask                 *task;        /* (owned): the caller's */
  void                 (*run)         (Job *job);
  GranaryTionePlace     *place;       /* (owned) */
  GranaryTransfer       *transfer;    /* (owned) (nullable) */
  GCancellable          *cancellable; /* (owned) (nullable) */
  gulong                 handler;
  int                    is_taken;    /* by the worker, or by being called off before its turn */
  GranaryImportRequest  *import;      /* (owned) (nullable) */
  GranaryUploadRequest  *upload;      /* (owned) (nullable) */
  GranaryEditRequest    *edit;        /* (owned) (nullable) */
  GranaryDeleteRequest  *remove;      /* (owned) (nullable) */
  GranaryRefreshRequest *refresh;     /* (owned) (nullable) */
  GArray                *ids;         /* (owned) (nullable) */
  char                  *text;        /* (owned) (nullable): folder or key */
  gint64                 id;
  GranaryTransferJob    *queued;      /* (owned) (nullable): what was prepared */
};

/* Auxiliary functions */

static void
job_free (gpointer data)
{
  Job *job = data;

  g_clear_object (&job->task);
  g_clear_pointer (&job->place, granary_tione_place_unref);
  g_clear_object (&job->transfer);
  g_clear_object (&job->cancellable);
  g_clear_pointer (&job->import, granary_import_request_free);
  g_clear_pointer (&job->upload, granary_upload_request_free);
  g_clear_pointer (&job->edit, granary_edit_request_free);
  g_clear_pointer (&job->remove, granary_delete_request_free);
  g_clear_pointer (&job->refresh, granary_refresh_request_free);
  g_clear_pointer (&job->ids, g_array_unref);
  g_clear_object (&job->queued);
  g_free (job->text);
  g_free (job);
}

static Job *
job_new (GranaryRepository *repository,
         GranaryTransfer   *transfer,
         GCancellable      *cancellable)
{
  GranaryTioneRepository *self = GRANARY_TIONE_REPOSITORY (repository);
  Job *job = g_new0 (Job, 1);

  job->place = granary_tione_place_ref (self->place);
  g_set_object (&job->transfer, transfer);
  if (transfer != NULL)
    cancellable = granary_transfer_get_cancellable (transfer);
  g_set_object (&job->cancellable, cancellable);

  return job;
}

static void
finish_transfer (Job          *job,
                 const GError *error)
{
  if (job->transfer != NULL)
    granary_transfer_finish (job->transfer, error);
}

/* Called off while it waits for a thread: there is nothing to undo, so the answer is given now. */
static void
cancelled_cb (GCancellable *cancellable,
              GTask        *carrier)
{
  Job *job = g_task_get_task_data (carrier);
  g_autoptr (GError) error = NULL;

  if (!g_atomic_int_compare_and_exchange (&job->is_taken, FALSE, TRUE))
    return;

  g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "called off");
  finish_transfer (job, error);
  g_task_return_error (job->task, g_steal_pointer (&error));
}

static void
job_thread (GTask        *carrier,
            gpointer      source_object,
            gpointer      task_data,
            GCancellable *cancellable)
{
  Job *job = task_data;
  gboolean is_mine = g_atomic_int_compare_and_exchange (&job->is_taken, FALSE, TRUE);

  /* From here on the verb itself looks whether it was called off. */
  if (job->cancellable != NULL)
    g_cancellable_disconnect (job->cancellable, job->handler);
  if (is_mine)
    job->run (job);
  g_task_return_boolean (carrier, TRUE);
}

/* Takes @job. The worker gets a task of its own, since that of the caller may be answered before
 * its turn comes; its callback, if any, comes in the caller's context. */
static void
start (GranaryRepository   *repository,
       GranaryWorker       *worker,
       gpointer             tag,
       Job                 *job,
       void               (*run) (Job *job),
       GAsyncReadyCallback  carried,
       GAsyncReadyCallback  callback,
       gpointer             user_data)
{
  g_autoptr (GTask) carrier = g_task_new (repository, NULL, carried, NULL);

  job->task = g_task_new (repository, NULL, callback, user_data);
  job->run = run;
  g_task_set_source_tag (job->task, tag);
  g_task_set_source_tag (carrier, start);
  g_task_set_task_data (carrier, job, job_free);
  if (job->cancellable != NULL)
    job->handler = g_cancellable_connect (job->cancellable, G_CALLBACK (cancelled_cb),
                                          g_object_ref (carrier), g_object_unref);
  granary_worker_run (worker, carrier, job_thread);
}

static void
return_pointer (Job            *job,
                gpointer        result,
                GDestroyNotify  destroy,
                GError         *error)
{
  finish_transfer (job, error);
  if (error != NULL)
    g_task_return_error (job->task, error);
  else
    g_task_return_pointer (job->task, result, destroy);
}

static void
return_boolean (Job    *job,
                GError *error)
{
  if (error != NULL)
    g_task_return_error (job->task, error);
  else
    g_task_return_boolean (job->task, TRUE);
}

static void
free_strv (gpointer data)
{
  g_strfreev (data);
}

/* Verbs that are queued */

static void
result_thread (GTask        *task,
               gpointer      source_object,
               gpointer      task_data,
               GCancellable *cancellable)
{
  GranaryTioneRepository *self = GRANARY_TIONE_REPOSITORY (source_object);
  GError *error = NULL;
  GranaryVersion *version = granary_tione_load_result (self->place, task_data, &error);

  if (version != NULL)
    g_task_return_pointer (task, version, (GDestroyNotify) granary_version_unref);
  else
    g_task_return_error (task, error);
}

/* The queue is done with it and has set the transfer's final state. */
static void
queued_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GranaryTioneRepository *self = g_task_get_source_object (task);
  g_autoptr (GranaryTransferJob) job = NULL;
  GError *error = NULL;

  job = granary_transfer_queue_add_finish (GRANARY_TRANSFER_QUEUE (object), result, &error);
  if (job == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (granary_transfer_job_get_kind (job) == GRANARY_TRANSFER_DOWNLOAD)
    {
      g_task_return_pointer (task, granary_tione_list_folders (job),
                             (GDestroyNotify) g_ptr_array_unref);
      return;
    }

  g_task_set_task_data (task, g_steal_pointer (&job), g_object_unref);
  granary_worker_run (self->reader, task, result_thread);
}

static void
prepared_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  GranaryTioneRepository *self = GRANARY_TIONE_REPOSITORY (object);
  Job *job = g_task_get_task_data (G_TASK (result));

  /* Otherwise it was answered already. */
  if (job->queued != NULL)
    granary_transfer_queue_add_async (self->queue, job->queued, job->transfer, queued_cb,
                                      g_object_ref (job->task));
}

static void
end_prepare (Job                *job,
             GranaryTransferJob *queued,
             GError             *error)
{
  if (queued == NULL)
    return_pointer (job, NULL, NULL, error);
  else
    job->queued = queued;
}

static void
run_import (Job *job)
{
  GError *error = NULL;
  GranaryTransferJob *queued;

  queued = granary_tione_import_prepare (job->place, job->import, job->cancellable, &error);

  /* The platform keeps none; that it was left out is said. */
  if (queued != NULL && job->import->model_id == 0 && job->import->description != NULL &&
      *job->import->description != '\0')
    {
      g_autoptr (GError) warning = NULL;

      granary_tione_fail (&warning, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_CLOUD_CANNOT,
                          job->import->name);
      granary_transfer_add_warning (job->transfer, warning);
    }
  end_prepare (job, queued, error);
}

static void
granary_tione_repository_import_async (GranaryRepository          *repository,
                                       const GranaryImportRequest *request,
                                       GranaryTransfer            *transfer,
                                       GAsyncReadyCallback         callback,
                                       gpointer                    user_data)
{
  GranaryTioneRepository *self = GRANARY_TIONE_REPOSITORY (repository);
  Job *job = job_new (repository, transfer, NULL);

  job->import = granary_import_request_copy (request);
  start (repository, self->reader, granary_tione_repository_import_async, job, run_import,
         prepared_cb, callback, user_data);
}

static GranaryVersion *
granary_tione_repository_import_finish (GranaryRepository  *repository,
                                        GAsyncResult       *result,
                                        GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, repository), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
run_upload (Job *job)
{
  GError *error = NULL;
  GranaryTransferJob *queued;

  queued = granary_tione_upload_prepare (job->place, job->upload, job->cancellable, &error);
  end_prepare (job, queued, error);
}

static void
granary_tione_repository_upload_async (GranaryRepository          *repository,
                                       const GranaryUploadRequest *request,
                                       GranaryTransfer            *transfer,
                                       GAsyncReadyCallback         callback,
                                       gpointer                    user_data)
{
  GranaryTioneRepository *self = GRANARY_TIONE_REPOSITORY (repository);
  Job *job = job_new (repository, transfer, NULL);

  job->upload = granary_upload_request_copy (request);
  start (repository, self->reader, granary_tione_repository_upload_async, job, run_upload,
         prepared_cb, callback, user_data);
}

static GranaryVersion *
granary_tione_repository_upload_finish (GranaryRepository  *repository,
                                        GAsyncResult       *result,
                                        GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, repository), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
run_download (Job *job)
{
  GError *error = NULL;
  GranaryTransferJob *queued;

  queued = granary_tione_download_prepare (job->place, job->ids, job->text, job->cancellable,
                                           &error);
  end_prepare (job, queued, error);
}

static void
granary_tione_repository_download_async (GranaryRepository   *repository,
                                         GArray              *version_ids,
                                         const char          *folder,
                                         GranaryTransfer     *transfer,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data)
{
  GranaryTioneRepository *self = GRANARY_TIONE_REPOSITORY (repository);
  Job *job = job_new (repository, transfer, NULL);

  job->ids = g_array_ref (version_ids);
  job->text = g_canonicalize_filename (folder, NULL);
  start (repository, self->reader, granary_tione_repository_download_async, job, run_download,
         prepared_cb, callback, user_data);
}

static GPtrArray *
granary_tione_repository_download_finish (GranaryRepository  *repository,
                                          GAsyncResult       *result,
                                          GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, repository), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Verbs that are done at once */

static void
run_edit (Job *job)
{
  GError *error = NULL;

  granary_tione_edit (job->place, job->edit, job->cancellable, &error);
  return_boolean (job, error);
}

static void
granary_tione_repository_edit_async (GranaryRepository        *repository,
                                     const GranaryEditRequest *request,
                                     GCancellable             *cancellable,
                                     GAsyncReadyCallback       callback,
                                     gpointer                  user_data)
{
  GranaryTioneRepository *self = GRANARY_TIONE_REPOSITORY (repository);
  Job *job = job_new (repository, NULL, cancellable);

  job->edit = granary_edit_request_copy (request);
  start (repository, self->writer, granary_tione_repository_edit_async, job, run_edit, NULL,
         callback, user_data);
}

static gboolean
granary_tione_repository_edit_finish (GranaryRepository  *repository,
                                      GAsyncResult       *result,
                                      GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, repository), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
run_delete (Job *job)
{
  GError *error = NULL;
  GStrv entries = granary_tione_delete (job->place, job->remove, job->transfer, &error);

  return_pointer (job, entries, free_strv, error);
}

static void
granary_tione_repository_delete_async (GranaryRepository          *repository,
                                       const GranaryDeleteRequest *request,
                                       GranaryTransfer            *transfer,
                                       GAsyncReadyCallback         callback,
                                       gpointer                    user_data)
{
  GranaryTioneRepository *self = GRANARY_TIONE_REPOSITORY (repository);
  Job *job = job_new (repository, transfer, NULL);

  job->remove = granary_delete_request_copy (request);
  start (repository, self->writer, granary_tione_repository_delete_async, job, run_delete, NULL,
         callback, user_data);
}

static GStrv
granary_tione_repository_delete_finish (GranaryRepository  *repository,
                                        GAsyncResult       *result,
                                        GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, repository), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
run_verify (Job *job)
{
  GError *error = NULL;
  GPtrArray *problems = granary_tione_verify (job->place, job->ids, job->transfer, &error);

  return_pointer (job, problems, (GDestroyNotify) g_ptr_array_unref, error);
}

static void
granary_tione_repository_verify_async (GranaryRepository   *repository,
                                       GArray              *version_ids,
                                       GranaryTransfer     *transfer,
                                       GAsyncReadyCallback  callback,
                                       gpointer             user_data)
{
  GranaryTioneRepository *self = GRANARY_TIONE_REPOSITORY (repository);
  Job *job = job_new (repository, transfer, NULL);

  job->ids = version_ids != NULL ? g_array_ref (version_ids) : NULL;
  start (repository, self->reader, granary_tione_repository_verify_async, job, run_verify, NULL,
         callback, user_data);
}

static GPtrArray *
granary_tione_repository_verify_finish (GranaryRepository  *repository,
                                        GAsyncResult       *result,
                                        GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, repository), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
run_check (Job *job)
{
  GError *error = NULL;
  GPtrArray *errors = granary_tione_check (job->place, job->id, job->cancellable, &error);

  return_pointer (job, errors, (GDestroyNotify) g_ptr_array_unref, error);
}

static void
granary_tione_repository_check_async (GranaryRepository   *repository,
                                      gint64               version_id,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  GranaryTioneRepository *self = GRANARY_TIONE_REPOSITORY (repository);
  Job *job = job_new (repository, NULL, cancellable);

  job->id = version_id;
  start (repository, self->reader, granary_tione_repository_check_async, job, run_check, NULL,
         callback, user_data);
}

static GPtrArray *
granary_tione_repository_check_finish (GranaryRepository  *repository,
                                       GAsyncResult       *result,
                                       GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, repository), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
run_refresh (Job *job)
{
  GError *error = NULL;

  granary_tione_refresh_run (job->place->refresh, job->refresh, job->cancellable, &error);
  return_boolean (job, error);
}

static void
granary_tione_repository_refresh_async (GranaryRepository           *repository,
                                        const GranaryRefreshRequest *request,
                                        GCancellable                *cancellable,
                                        GAsyncReadyCallback          callback,
                                        gpointer                     user_data)
{
  GranaryTioneRepository *self = GRANARY_TIONE_REPOSITORY (repository);
  Job *job = job_new (repository, NULL, cancellable);

  job->refresh = granary_refresh_request_copy (request);
  start (repository, self->refresher, granary_tione_repository_refresh_async, job, run_refresh,
         NULL, callback, user_data);
}

static gboolean
granary_tione_repository_refresh_finish (GranaryRepository  *repository,
                                         GAsyncResult       *result,
                                         GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, repository), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
run_list_tags (Job *job)
{
  GError *error = NULL;
  GStrv tags = granary_tione_list_tags (job->place->api, job->text, job->cancellable, &error);

  return_pointer (job, tags, free_strv, error);
}

static void
granary_tione_repository_list_tags_async (GranaryRepository   *repository,
                                          const char          *key,
                                          GCancellable        *cancellable,
                                          GAsyncReadyCallback  callback,
                                          gpointer             user_data)
{
  GranaryTioneRepository *self = GRANARY_TIONE_REPOSITORY (repository);
  Job *job = job_new (repository, NULL, cancellable);

  job->text = g_strdup (key);
  start (repository, self->reader, granary_tione_repository_list_tags_async, job, run_list_tags,
         NULL, callback, user_data);
}

static GStrv
granary_tione_repository_list_tags_finish (GranaryRepository  *repository,
                                           GAsyncResult       *result,
                                           GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, repository), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* As the import of it makes the folder, whose name ends in what no other has. */
static char *
granary_tione_repository_dup_destination (GranaryRepository *repository,
                                          const char        *model_name,
                                          int                number)
{
  GranaryTioneRepository *self = GRANARY_TIONE_REPOSITORY (repository);
  const char *bucket = granary_account_get_bucket (self->place->account);
  g_autofree char *name = NULL;

  if (bucket == NULL)
    return NULL;

  name = granary_name_suggest (model_name);
  return g_strdup_printf ("cos://%s/%s%s/v%d…", bucket,
                          granary_account_get_prefix (self->place->account),
                          *name != '\0' ? name : "model", number);
}

static void
repository_iface_init (GranaryRepositoryInterface *iface)
{
  iface->import_async = granary_tione_repository_import_async;
  iface->import_finish = granary_tione_repository_import_finish;
  iface->upload_async = granary_tione_repository_upload_async;
  iface->upload_finish = granary_tione_repository_upload_finish;
  iface->download_async = granary_tione_repository_download_async;
  iface->download_finish = granary_tione_repository_download_finish;
  iface->edit_async = granary_tione_repository_edit_async;
  iface->edit_finish = granary_tione_repository_edit_finish;
  iface->delete_async = granary_tione_repository_delete_async;
  iface->delete_finish = granary_tione_repository_delete_finish;
  iface->verify_async = granary_tione_repository_verify_async;
  iface->verify_finish = granary_tione_repository_verify_finish;
  iface->check_async = granary_tione_repository_check_async;
  iface->check_finish = granary_tione_repository_check_finish;
  iface->refresh_async = granary_tione_repository_refresh_async;
  iface->refresh_finish = granary_tione_repository_refresh_finish;
  iface->list_tags_async = granary_tione_repository_list_tags_async;
  iface->list_tags_finish = granary_tione_repository_list_tags_finish;
  iface->dup_destination = granary_tione_repository_dup_destination;
}

/* GObject overrides */

static void
granary_tione_repository_finalize (GObject *object)
{
  GranaryTioneRepository *self = GRANARY_TIONE_REPOSITORY (object);

  g_clear_object (&self->reader);
  g_clear_object (&self->writer);
  g_clear_object (&self->refresher);
  g_clear_object (&self->queue);
  g_clear_pointer (&self->place, granary_tione_place_unref);

  G_OBJECT_CLASS (granary_tione_repository_parent_class)->finalize (object);
}

static void
granary_tione_repository_class_init (GranaryTioneRepositoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = granary_tione_repository_finalize;
}

static void
granary_tione_repository_init (GranaryTioneRepository *self)
{
  self->reader = granary_worker_new ("granary-tione", N_READERS);
  self->writer = granary_worker_new ("granary-edit", 1);
  self->refresher = granary_worker_new ("granary-refresh", 1);
}

/* Functions for opening, and for the queue */

GranaryRepository *
granary_tione_repository_new (GranaryTionePlace    *place,
                              GranaryTransferQueue *queue)
{
  GranaryTioneRepository *self = g_object_new (GRANARY_TYPE_TIONE_REPOSITORY, NULL);

  self->place = granary_tione_place_ref (place);
  self->queue = g_object_ref (queue);

  return GRANARY_REPOSITORY (self);
}
