/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-task-source.h"

enum
{
  CHANGED,
  OUTPUT_FOUND,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_INTERFACE (GranaryTaskSource, granary_task_source, G_TYPE_OBJECT)

static void
granary_task_source_default_init (GranaryTaskSourceInterface *iface)
{
  signals[CHANGED] = g_signal_new ("changed", GRANARY_TYPE_TASK_SOURCE, G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[OUTPUT_FOUND] = g_signal_new ("output-found", GRANARY_TYPE_TASK_SOURCE,
                                        G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                        GRANARY_TYPE_TASK, G_TYPE_STRING);
}

/**
 * granary_task_page_new:
 *
 * Returns: (transfer full): an empty page of a place that lists tasks
 */
GranaryTaskPage *
granary_task_page_new (void)
{
  GranaryTaskPage *self = g_new0 (GranaryTaskPage, 1);

  self->tasks = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_task_unref);
  self->total = -1;
  self->is_listed = TRUE;

  return self;
}

void
granary_task_page_free (GranaryTaskPage *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->tasks);
  g_clear_error (&self->note);
  g_free (self);
}

/**
 * granary_task_source_list_async:
 * @self: a source
 * @query: what to list; copied
 * @cancellable: (nullable): calls it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Lists tasks, newest first.
 */
void
granary_task_source_list_async (GranaryTaskSource      *self,
                                const GranaryTaskQuery *query,
                                GCancellable           *cancellable,
                                GAsyncReadyCallback     callback,
                                gpointer                user_data)
{
  g_return_if_fail (GRANARY_IS_TASK_SOURCE (self));
  g_return_if_fail (query != NULL && query->limit > 0);

  GRANARY_TASK_SOURCE_GET_IFACE (self)->list_async (self, query, cancellable, callback, user_data);
}

/**
 * granary_task_source_list_finish:
 * @self: a source
 * @result: as given to the callback
 * @error: return location
 *
 * Returns: (transfer full): a page of tasks
 */
GranaryTaskPage *
granary_task_source_list_finish (GranaryTaskSource  *self,
                                 GAsyncResult       *result,
                                 GError            **error)
{
  g_return_val_if_fail (GRANARY_IS_TASK_SOURCE (self), NULL);

  return GRANARY_TASK_SOURCE_GET_IFACE (self)->list_finish (self, result, error);
}

/**
 * granary_task_source_load_async:
 * @self: a source
 * @kinds: what it is to be imported as
 * @uid: id of a task
 * @cancellable: (nullable): calls it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Reads a task with its metrics and what can be imported of it.
 */
void
granary_task_source_load_async (GranaryTaskSource   *self,
                                GranaryTaskKinds     kinds,
                                const char          *uid,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_return_if_fail (GRANARY_IS_TASK_SOURCE (self));
  g_return_if_fail (uid != NULL);

  GRANARY_TASK_SOURCE_GET_IFACE (self)->load_async (self, kinds, uid, cancellable, callback,
                                                    user_data);
}

/**
 * granary_task_source_load_finish:
 * @self: a source
 * @result: as given to the callback
 * @error: return location
 *
 * Errors: %GRANARY_REASON_TASK_MISSING for an id that nobody knows.
 *
 * Returns: (transfer full): the task
 */
GranaryTaskDetails *
granary_task_source_load_finish (GranaryTaskSource  *self,
                                 GAsyncResult       *result,
                                 GError            **error)
{
  g_return_val_if_fail (GRANARY_IS_TASK_SOURCE (self), NULL);

  return GRANARY_TASK_SOURCE_GET_IFACE (self)->load_finish (self, result, error);
}

/**
 * granary_task_source_has_folders:
 * @self: a source
 *
 * Returns: whether tasks are looked for in folders that the user chooses
 */
gboolean
granary_task_source_has_folders (GranaryTaskSource *self)
{
  g_return_val_if_fail (GRANARY_IS_TASK_SOURCE (self), FALSE);

  return GRANARY_TASK_SOURCE_GET_IFACE (self)->dup_folders != NULL;
}

/**
 * granary_task_source_dup_folders:
 * @self: a source
 *
 * Returns: (nullable) (transfer full) (array zero-terminated=1) (element-type filename): the
 *   folders, %NULL where there are none to choose
 */
GStrv
granary_task_source_dup_folders (GranaryTaskSource *self)
{
  g_return_val_if_fail (GRANARY_IS_TASK_SOURCE (self), NULL);

  if (!granary_task_source_has_folders (self))
    return NULL;

  return GRANARY_TASK_SOURCE_GET_IFACE (self)->dup_folders (self);
}

/**
 * granary_task_source_set_folders_async:
 * @self: a source with folders
 * @folders: (array zero-terminated=1) (element-type filename): absolute paths
 * @cancellable: (nullable): calls it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Looks for tasks in these folders from now on, and remembers them.
 */
void
granary_task_source_set_folders_async (GranaryTaskSource   *self,
                                       const char * const  *folders,
                                       GCancellable        *cancellable,
                                       GAsyncReadyCallback  callback,
                                       gpointer             user_data)
{
  g_return_if_fail (GRANARY_IS_TASK_SOURCE (self));
  g_return_if_fail (granary_task_source_has_folders (self));
  g_return_if_fail (folders != NULL);

  GRANARY_TASK_SOURCE_GET_IFACE (self)->set_folders_async (self, folders, cancellable, callback,
                                                           user_data);
}

gboolean
granary_task_source_set_folders_finish (GranaryTaskSource  *self,
                                        GAsyncResult       *result,
                                        GError            **error)
{
  g_return_val_if_fail (GRANARY_IS_TASK_SOURCE (self), FALSE);

  return GRANARY_TASK_SOURCE_GET_IFACE (self)->set_folders_finish (self, result, error);
}

void
granary_task_source_emit_changed (GranaryTaskSource *self)
{
  g_return_if_fail (GRANARY_IS_TASK_SOURCE (self));

  g_signal_emit (self, signals[CHANGED], 0);
}

void
granary_task_source_emit_output_found (GranaryTaskSource *self,
                                       GranaryTask       *task,
                                       const char        *output_id)
{
  g_return_if_fail (GRANARY_IS_TASK_SOURCE (self));
  g_return_if_fail (task != NULL && output_id != NULL);

  g_signal_emit (self, signals[OUTPUT_FOUND], 0, task, output_id);
}
