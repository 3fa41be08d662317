/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-catalog"

#include "config.h"

#include "granary-catalog.h"
#include "granary-catalog-private.h"

/* Reads for the main thread: the blocking ones, run on the catalogue's reader threads. */

typedef struct
{
  GranaryCatalogFunc func;
  gpointer           data;
  GDestroyNotify     data_free;
  GDestroyNotify     result_free;
} Read;

static void
read_free (gpointer data)
{
  Read *read = data;

  if (read->data_free != NULL && read->data != NULL)
    read->data_free (read->data);
  g_free (read);
}

static void
read_thread (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  Read *read = task_data;
  GError *error = NULL;
  gpointer result = read->func (source_object, read->data, cancellable, &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, result, read->result_free);
}

/**
 * granary_catalog_read_async:
 * @self: a catalogue
 * @func: reads, on a reader thread
 * @data: for @func
 * @data_free: (nullable): frees @data
 * @result_free: (nullable): frees what @func returned when nobody takes it
 * @cancellable: (nullable): interrupts it
 * @callback: called in the caller's thread-default main context
 * @user_data: for @callback
 *
 * Runs any blocking reads off the main thread, in one go.
 */
void
granary_catalog_read_async (GranaryCatalog       *self,
                            GranaryCatalogFunc    func,
                            gpointer              data,
                            GDestroyNotify        data_free,
                            GDestroyNotify        result_free,
                            GCancellable         *cancellable,
                            GAsyncReadyCallback   callback,
                            gpointer              user_data)
{
  g_autoptr (GTask) task = NULL;
  Read *read;

  g_return_if_fail (GRANARY_IS_CATALOG (self));
  g_return_if_fail (func != NULL);

  read = g_new0 (Read, 1);
  read->func = func;
  read->data = data;
  read->data_free = data_free;
  read->result_free = result_free;

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, granary_catalog_read_async);
  g_task_set_task_data (task, read, read_free);
  granary_worker_run (granary_catalog_get_worker (self), task, read_thread);
}

/**
 * granary_catalog_read_finish:
 * @self: a catalogue
 * @result: the result
 * @error: return location
 *
 * Returns: (transfer full): what the function returned, or %NULL with @error set
 */
gpointer
granary_catalog_read_finish (GranaryCatalog  *self,
                             GAsyncResult    *result,
                             GError         **error)
{
  g_return_val_if_fail (GRANARY_IS_CATALOG (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* The commonest reads */

static gpointer
list_ids (GranaryCatalog  *self,
          gpointer         data,
          GCancellable    *cancellable,
          GError         **error)
{
  return granary_catalog_list_ids (self, data, cancellable, error);
}

static gpointer
load_summaries (GranaryCatalog  *self,
                gpointer         data,
                GCancellable    *cancellable,
                GError         **error)
{
  GArray *ids = data;

  return granary_catalog_load_summaries (self, (const gint64 *) (gpointer) ids->data, ids->len,
                                         error);
}

static gpointer
load_versions (GranaryCatalog  *self,
               gpointer         data,
               GCancellable    *cancellable,
               GError         **error)
{
  return granary_catalog_load_versions (self, *(gint64 *) data, error);
}

static gpointer
load_model (GranaryCatalog  *self,
            gpointer         data,
            GCancellable    *cancellable,
            GError         **error)
{
  return granary_catalog_load_model (self, *(gint64 *) data, error);
}

static gpointer
load_version (GranaryCatalog  *self,
              gpointer         data,
              GCancellable    *cancellable,
              GError         **error)
{
  return granary_catalog_load_version (self, *(gint64 *) data, error);
}

/**
 * granary_catalog_list_ids_async:
 * @self: a catalogue
 * @query: which models
 * @cancellable: (nullable): interrupts it
 * @callback: takes a GArray of gint64 by granary_catalog_read_finish()
 * @user_data: for @callback
 */
void
granary_catalog_list_ids_async (GranaryCatalog       *self,
                                GranaryQuery         *query,
                                GCancellable         *cancellable,
                                GAsyncReadyCallback   callback,
                                gpointer              user_data)
{
  g_return_if_fail (query != NULL);

  granary_catalog_read_async (self, list_ids, granary_query_ref (query),
                              (GDestroyNotify) granary_query_unref, (GDestroyNotify) g_array_unref,
                              cancellable, callback, user_data);
}

/**
 * granary_catalog_load_summaries_async:
 * @self: a catalogue
 * @ids: (element-type gint64): a page of models
 * @cancellable: (nullable): interrupts it
 * @callback: takes a GPtrArray of GranaryModelSummary by granary_catalog_read_finish()
 * @user_data: for @callback
 */
void
granary_catalog_load_summaries_async (GranaryCatalog       *self,
                                      GArray               *ids,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data)
{
  g_return_if_fail (ids != NULL);

  granary_catalog_read_async (self, load_summaries, g_array_ref (ids),
                              (GDestroyNotify) g_array_unref, (GDestroyNotify) g_ptr_array_unref,
                              cancellable, callback, user_data);
}

/**
 * granary_catalog_load_versions_async:
 * @self: a catalogue
 * @model_id: a model
 * @cancellable: (nullable): interrupts it
 * @callback: takes a GPtrArray of GranaryVersion by granary_catalog_read_finish()
 * @user_data: for @callback
 */
void
granary_catalog_load_versions_async (GranaryCatalog       *self,
                                     gint64                model_id,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data)
{
  granary_catalog_read_async (self, load_versions, g_memdup2 (&model_id, sizeof model_id), g_free,
                              (GDestroyNotify) g_ptr_array_unref, cancellable, callback, user_data);
}

/**
 * granary_catalog_load_model_async:
 * @self: a catalogue
 * @model_id: a model
 * @cancellable: (nullable): interrupts it
 * @callback: takes a GranaryModel by granary_catalog_read_finish()
 * @user_data: for @callback
 */
void
granary_catalog_load_model_async (GranaryCatalog       *self,
                                  gint64                model_id,
                                  GCancellable         *cancellable,
                                  GAsyncReadyCallback   callback,
                                  gpointer              user_data)
{
  granary_catalog_read_async (self, load_model, g_memdup2 (&model_id, sizeof model_id), g_free,
                              (GDestroyNotify) granary_model_unref, cancellable, callback, user_data);
}

/**
 * granary_catalog_load_version_async:
 * @self: a catalogue
 * @version_id: a version
 * @cancellable: (nullable): interrupts it
 * @callback: takes a GranaryVersion by granary_catalog_read_finish()
 * @user_data: for @callback
 */
void
granary_catalog_load_version_async (GranaryCatalog       *self,
                                    gint64                version_id,
                                    GCancellable         *cancellable,
                                    GAsyncReadyCallback   callback,
                                    gpointer              user_data)
{
  granary_catalog_read_async (self, load_version, g_memdup2 (&version_id, sizeof version_id), g_free,
                              (GDestroyNotify) granary_version_unref, cancellable, callback,
                              user_data);
}
