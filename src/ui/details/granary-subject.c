/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-subject.h"

#include "granary-command-private.h"

/* So much of a model's history is searched for what happened to one of its versions. */
#define MAX_EVENTS_SEARCHED 5000

typedef struct
{
  gint64 model_id;
  gint64 version_id;
  guint  n_events;
} Request;

void
granary_subject_free (GranarySubject *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->model, granary_model_unref);
  g_clear_pointer (&self->version, granary_version_unref);
  g_clear_pointer (&self->events, g_ptr_array_unref);
  g_clear_pointer (&self->services, g_ptr_array_unref);
  g_free (self);
}

static gboolean
is_remote (const GranaryModel *model)
{
  for (guint i = 0; i < model->versions->len; i++)
    {
      const GranaryVersion *version = g_ptr_array_index (model->versions, i);

      if (version->uid != NULL)
        return TRUE;
    }

  return FALSE;
}

static gboolean
load_model (GranarySubject  *self,
            GranaryCatalog  *catalog,
            gint64           model_id,
            GError         **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  GranaryImpact impact = { 0 };

  self->model = granary_catalog_load_model (catalog, model_id, error);
  if (self->model == NULL)
    return FALSE;

  g_array_append_val (ids, model_id);
  if (!granary_catalog_load_impact (catalog, ids, NULL, &impact, error))
    return FALSE;
  self->unique_size = is_remote (self->model) ? -1 : impact.freed;
  self->services = granary_catalog_list_services (catalog, ids, NULL, error);

  return self->services != NULL;
}

static gboolean
load_version (GranarySubject  *self,
              GranaryCatalog  *catalog,
              gint64           version_id,
              GError         **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  self->version = granary_load_present_version (catalog, version_id, error);
  if (self->version == NULL)
    return FALSE;

  g_array_append_val (ids, version_id);
  self->services = granary_catalog_list_services (catalog, NULL, ids, error);
  if (self->services == NULL)
    return FALSE;

  self->unique_size = -1;
  if (self->version->uid != NULL)
    return TRUE;

  self->unique_size = granary_catalog_load_unique_size (catalog, version_id, error);
  return self->unique_size >= 0;
}

static gboolean
load_events (GranarySubject  *self,
             GranaryCatalog  *catalog,
             const Request   *request,
             GError         **error)
{
  g_autoptr (GPtrArray) events = NULL;

  events = granary_catalog_list_events (catalog, granary_subject_get_model_id (self),
                                        self->version != NULL ? MAX_EVENTS_SEARCHED
                                                              : request->n_events + 1,
                                        error);
  if (events == NULL)
    return FALSE;

  if (self->version != NULL)
    for (guint i = events->len; i-- > 0;)
      {
        const GranaryEvent *event = g_ptr_array_index (events, i);

        if (event->number != self->version->number)
          g_ptr_array_remove_index (events, i);
      }

  self->has_more = events->len > request->n_events;
  if (self->has_more)
    g_ptr_array_set_size (events, (int) request->n_events);
  self->events = g_steal_pointer (&events);

  return TRUE;
}

static gpointer
load (GranaryCatalog  *catalog,
      gpointer         data,
      GCancellable    *cancellable,
      GError         **error)
{
  const Request *request = data;
  g_autoptr (GranarySubject) self = g_new0 (GranarySubject, 1);

  if (request->version_id != 0 ? !load_version (self, catalog, request->version_id, error)
                               : !load_model (self, catalog, request->model_id, error))
    return NULL;

  if (!load_events (self, catalog, request, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * granary_subject_load_async:
 * @catalog: the catalogue
 * @model_id: a model, when @version_id is 0
 * @version_id: a version, or 0
 * @n_events: how much history, at most
 * @cancellable: (nullable): calls it off
 * @callback: called in the caller's context
 * @user_data: for @callback
 *
 * Reads what the details pane shows. Fails with %GRANARY_ERROR_NOT_FOUND when it is gone.
 */
void
granary_subject_load_async (GranaryCatalog      *catalog,
                            gint64               model_id,
                            gint64               version_id,
                            guint                n_events,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  Request *request;

  g_return_if_fail (GRANARY_IS_CATALOG (catalog));
  g_return_if_fail (n_events > 0);

  request = g_new0 (Request, 1);
  request->model_id = model_id;
  request->version_id = version_id;
  request->n_events = n_events;
  granary_catalog_read_async (catalog, load, request, g_free,
                              (GDestroyNotify) granary_subject_free, cancellable, callback,
                              user_data);
}

GranarySubject *
granary_subject_load_finish (GranaryCatalog  *catalog,
                             GAsyncResult    *result,
                             GError         **error)
{
  return granary_catalog_read_finish (catalog, result, error);
}

/**
 * granary_subject_get_model_id:
 * @self: a subject
 *
 * Returns: row of its model, or of the model its version belongs to
 */
gint64
granary_subject_get_model_id (const GranarySubject *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->model != NULL ? self->model->id : self->version->model_id;
}
