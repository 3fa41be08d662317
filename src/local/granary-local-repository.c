/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-local-repository-private.h"

#include "granary-error.h"
#include "granary-local-verbs-private.h"
#include "granary-worker.h"

/* Two of the long verbs at a time; the short ones do not wait for them. */
#define N_LONG 2

/**
 * GranaryLocalRepository:
 *
 * The verbs of the embedded repository: each handed to a worker's thread with a copy of its
 * request, and its transfer finished before it is reported.
 */
struct _GranaryLocalRepository
{
  GObject            parent_instance;

  GranaryLocalStore *store;   /* (owned) */
  GranaryWorker     *longer;  /* (owned): import, upload, download, purge, verify */
  GranaryWorker     *shorter; /* (owned): edit, delete, restore, check */
};

static void repository_iface_init (GranaryRepositoryInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GranaryLocalRepository, granary_local_repository, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GRANARY_TYPE_REPOSITORY,
                                                      repository_iface_init))

/* A verb on its way: who waits for it, and the arguments it has. */
typedef struct _Job Job;

struct _Job
{
  GTask                *task;        /* (owned): the caller's */
  void                (*run)         (Job *job);
  GranaryLocalStore    *store;       /* (owned) */
  GranaryTransfer      *transfer;    /* (owned) (nullable) */
  GCancellable         *cancellable; /* (owned) (nullable) */
  gulong                handler;
  int                   is_taken;    /* by the worker, or by being called off before its turn */
  GranaryImportRequest *import;      /* (owned) (nullable) */
  GranaryUploadRequest *upload;      /* (owned) (nullable) */
  GranaryEditRequest   *edit;        /* (owned) (nullable) */
  GArray               *ids;         /* (owned) (nullable) */
  GArray               *more_ids;    /* (owned) (nullable) */
  GStrv                 entries;     /* (owned) (nullable) */
  char                 *text;        /* (owned) (nullable): folder or name */
  gint64                id;
};

/* Auxiliary functions */

static void
job_free (gpointer data)
{
  Job *job = data;

  g_clear_object (&job->task);
  g_clear_pointer (&job->store, granary_local_store_unref);
  g_clear_object (&job->transfer);
  g_clear_object (&job->cancellable);
  g_clear_pointer (&job->import, granary_import_request_free);
  g_clear_pointer (&job->upload, granary_upload_request_free);
  g_clear_pointer (&job->edit, granary_edit_request_free);
  g_clear_pointer (&job->ids, g_array_unref);
  g_clear_pointer (&job->more_ids, g_array_unref);
  g_strfreev (job->entries);
  g_free (job->text);
  g_free (job);
}

static Job *
job_new (GranaryRepository *repository,
         GranaryTransfer   *transfer,
         GCancellable      *cancellable)
{
  GranaryLocalRepository *self = GRANARY_LOCAL_REPOSITORY (repository);
  Job *job = g_new0 (Job, 1);

  job->store = granary_local_store_ref (self->store);
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
 * its turn comes. Neither has a cancellable: what a verb that is called off has done by then is for
 * the verb to say. */
static void
start (GranaryRepository   *repository,
       gboolean             is_long,
       gpointer             tag,
       Job                 *job,
       void               (*run) (Job *job),
       GAsyncReadyCallback  callback,
       gpointer             user_data)
{
  GranaryLocalRepository *self = GRANARY_LOCAL_REPOSITORY (repository);
  g_autoptr (GTask) carrier = g_task_new (NULL, NULL, NULL, NULL);

  job->task = g_task_new (self, NULL, callback, user_data);
  job->run = run;
  g_task_set_source_tag (job->task, tag);
  g_task_set_source_tag (carrier, start);
  g_task_set_task_data (carrier, job, job_free);
  if (job->cancellable != NULL)
    job->handler = g_cancellable_connect (job->cancellable, G_CALLBACK (cancelled_cb),
                                          g_object_ref (carrier), g_object_unref);
  granary_worker_run (is_long ? self->longer : self->shorter, carrier, job_thread);
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
  finish_transfer (job, error);
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

/* Verbs */

static void
run_import (Job *job)
{
  GError *error = NULL;
  GranaryVersion *version;

  version = granary_local_import (job->store, job->import, job->transfer, &error);
  return_pointer (job, version, (GDestroyNotify) granary_version_unref, error);
}

static void
granary_local_repository_import_async (GranaryRepository          *repository,
                                       const GranaryImportRequest *request,
                                       GranaryTransfer            *transfer,
                                       GAsyncReadyCallback         callback,
                                       gpointer                    user_data)
{
  Job *job = job_new (repository, transfer, NULL);

  job->import = granary_import_request_copy (request);
  start (repository, TRUE, granary_local_repository_import_async, job, run_import,
         callback, user_data);
}

static GranaryVersion *
granary_local_repository_import_finish (GranaryRepository  *repository,
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
  GranaryVersion *version;

  version = granary_local_upload (job->store, job->upload, job->transfer, &error);
  return_pointer (job, version, (GDestroyNotify) granary_version_unref, error);
}

static void
granary_local_repository_upload_async (GranaryRepository          *repository,
                                       const GranaryUploadRequest *request,
                                       GranaryTransfer            *transfer,
                                       GAsyncReadyCallback         callback,
                                       gpointer                    user_data)
{
  Job *job = job_new (repository, transfer, NULL);

  job->upload = granary_upload_request_copy (request);
  start (repository, TRUE, granary_local_repository_upload_async, job, run_upload,
         callback, user_data);
}

static GranaryVersion *
granary_local_repository_upload_finish (GranaryRepository  *repository,
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
  GPtrArray *paths;

  paths = granary_local_download (job->store, job->ids, job->text, job->transfer, &error);
  return_pointer (job, paths, (GDestroyNotify) g_ptr_array_unref, error);
}

static void
granary_local_repository_download_async (GranaryRepository   *repository,
                                         GArray              *version_ids,
                                         const char          *folder,
                                         GranaryTransfer     *transfer,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data)
{
  Job *job = job_new (repository, transfer, NULL);

  job->ids = g_array_ref (version_ids);
  job->text = g_canonicalize_filename (folder, NULL);
  start (repository, TRUE, granary_local_repository_download_async, job, run_download,
         callback, user_data);
}

static GPtrArray *
granary_local_repository_download_finish (GranaryRepository  *repository,
                                          GAsyncResult       *result,
                                          GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, repository), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
run_edit (Job *job)
{
  GError *error = NULL;

  granary_local_edit (job->store, job->edit, &error);
  return_boolean (job, error);
}

static void
granary_local_repository_edit_async (GranaryRepository        *repository,
                                     const GranaryEditRequest *request,
                                     GCancellable             *cancellable,
                                     GAsyncReadyCallback       callback,
                                     gpointer                  user_data)
{
  Job *job = job_new (repository, NULL, cancellable);

  job->edit = granary_edit_request_copy (request);
  start (repository, FALSE, granary_local_repository_edit_async, job, run_edit,
         callback, user_data);
}

static gboolean
granary_local_repository_edit_finish (GranaryRepository  *repository,
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
  GStrv entries;

  entries = granary_local_delete (job->store, job->ids, job->more_ids, job->transfer, &error);
  return_pointer (job, entries, free_strv, error);
}

static void
granary_local_repository_delete_async (GranaryRepository          *repository,
                                       const GranaryDeleteRequest *request,
                                       GranaryTransfer            *transfer,
                                       GAsyncReadyCallback         callback,
                                       gpointer                    user_data)
{
  Job *job = job_new (repository, transfer, NULL);

  job->ids = request->model_ids != NULL ? g_array_ref (request->model_ids) : NULL;
  job->more_ids = request->version_ids != NULL ? g_array_ref (request->version_ids) : NULL;
  start (repository, FALSE, granary_local_repository_delete_async, job, run_delete,
         callback, user_data);
}

static GStrv
granary_local_repository_delete_finish (GranaryRepository  *repository,
                                        GAsyncResult       *result,
                                        GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, repository), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
run_restore (Job *job)
{
  GError *error = NULL;

  granary_local_restore (job->store, (const char *const *) job->entries, job->text, &error);
  return_boolean (job, error);
}

static void
granary_local_repository_restore_async (GranaryRepository   *repository,
                                        const char * const  *entries,
                                        const char          *new_name,
                                        GCancellable        *cancellable,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data)
{
  Job *job = job_new (repository, NULL, cancellable);

  job->entries = g_strdupv ((char **) entries);
  job->text = g_strdup (new_name);
  start (repository, FALSE, granary_local_repository_restore_async, job, run_restore,
         callback, user_data);
}

static gboolean
granary_local_repository_restore_finish (GranaryRepository  *repository,
                                         GAsyncResult       *result,
                                         GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, repository), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
run_purge (Job *job)
{
  GError *error = NULL;
  gint64 freed;

  freed = granary_local_purge (job->store, (const char *const *) job->entries, job->transfer,
                               &error);
  finish_transfer (job, error);
  if (error != NULL)
    g_task_return_error (job->task, error);
  else
    g_task_return_int (job->task, freed);
}

static void
granary_local_repository_purge_async (GranaryRepository   *repository,
                                      const char * const  *entries,
                                      GranaryTransfer     *transfer,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  Job *job = job_new (repository, transfer, NULL);

  job->entries = g_strdupv ((char **) entries);
  start (repository, TRUE, granary_local_repository_purge_async, job, run_purge,
         callback, user_data);
}

static gint64
granary_local_repository_purge_finish (GranaryRepository  *repository,
                                       GAsyncResult       *result,
                                       GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, repository), -1);

  return g_task_propagate_int (G_TASK (result), error);
}

static void
run_verify (Job *job)
{
  GError *error = NULL;
  GPtrArray *problems;

  problems = granary_local_verify (job->store, job->ids, job->transfer, &error);
  return_pointer (job, problems, (GDestroyNotify) g_ptr_array_unref, error);
}

static void
granary_local_repository_verify_async (GranaryRepository   *repository,
                                       GArray              *version_ids,
                                       GranaryTransfer     *transfer,
                                       GAsyncReadyCallback  callback,
                                       gpointer             user_data)
{
  Job *job = job_new (repository, transfer, NULL);

  job->ids = version_ids != NULL ? g_array_ref (version_ids) : NULL;
  start (repository, TRUE, granary_local_repository_verify_async, job, run_verify,
         callback, user_data);
}

static GPtrArray *
granary_local_repository_verify_finish (GranaryRepository  *repository,
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
  GPtrArray *errors;

  errors = granary_local_check (job->store, job->id, job->cancellable, &error);
  return_pointer (job, errors, (GDestroyNotify) g_ptr_array_unref, error);
}

static void
granary_local_repository_check_async (GranaryRepository   *repository,
                                      gint64               version_id,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  Job *job = job_new (repository, NULL, cancellable);

  job->id = version_id;
  start (repository, FALSE, granary_local_repository_check_async, job, run_check,
         callback, user_data);
}

static GPtrArray *
granary_local_repository_check_finish (GranaryRepository  *repository,
                                       GAsyncResult       *result,
                                       GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, repository), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static char *
granary_local_repository_dup_path (GranaryRepository *repository,
                                   const char        *model_name,
                                   int                number,
                                   const char        *path)
{
  GranaryLocalRepository *self = GRANARY_LOCAL_REPOSITORY (repository);

  return granary_local_store_dup_path (self->store, model_name, number, path);
}

static void
repository_iface_init (GranaryRepositoryInterface *iface)
{
  iface->import_async = granary_local_repository_import_async;
  iface->import_finish = granary_local_repository_import_finish;
  iface->upload_async = granary_local_repository_upload_async;
  iface->upload_finish = granary_local_repository_upload_finish;
  iface->download_async = granary_local_repository_download_async;
  iface->download_finish = granary_local_repository_download_finish;
  iface->edit_async = granary_local_repository_edit_async;
  iface->edit_finish = granary_local_repository_edit_finish;
  iface->delete_async = granary_local_repository_delete_async;
  iface->delete_finish = granary_local_repository_delete_finish;
  iface->restore_async = granary_local_repository_restore_async;
  iface->restore_finish = granary_local_repository_restore_finish;
  iface->purge_async = granary_local_repository_purge_async;
  iface->purge_finish = granary_local_repository_purge_finish;
  iface->verify_async = granary_local_repository_verify_async;
  iface->verify_finish = granary_local_repository_verify_finish;
  iface->check_async = granary_local_repository_check_async;
  iface->check_finish = granary_local_repository_check_finish;
  iface->dup_path = granary_local_repository_dup_path;
}

/* GObject overrides */

static void
granary_local_repository_finalize (GObject *object)
{
  GranaryLocalRepository *self = GRANARY_LOCAL_REPOSITORY (object);

  g_clear_object (&self->longer);
  g_clear_object (&self->shorter);
  g_clear_pointer (&self->store, granary_local_store_unref);

  G_OBJECT_CLASS (granary_local_repository_parent_class)->finalize (object);
}

static void
granary_local_repository_class_init (GranaryLocalRepositoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = granary_local_repository_finalize;
}

static void
granary_local_repository_init (GranaryLocalRepository *self)
{
  self->longer = granary_worker_new ("granary-local", N_LONG);
  self->shorter = granary_worker_new ("granary-edit", 1);
}

/* Functions for opening */

GranaryRepository *
granary_local_repository_new (GranaryLocalStore *store)
{
  GranaryLocalRepository *self = g_object_new (GRANARY_TYPE_LOCAL_REPOSITORY, NULL);

  self->store = granary_local_store_ref (store);

  return GRANARY_REPOSITORY (self);
}
