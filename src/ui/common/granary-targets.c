/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-command-private.h"

#include <glib/gi18n-lib.h>

#include "granary-wording.h"

typedef struct
{
  GArray *model_ids;   /* (owned) */
  GArray *version_ids; /* (owned) */
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_array_unref (request->model_ids);
  g_array_unref (request->version_ids);
  g_free (request);
}

void
granary_targets_free (GranaryTargets *self)
{
  if (self == NULL)
    return;
  g_free (self->object);
  g_free (self->called);
  g_free (self->model_name);
  g_clear_pointer (&self->model_ids, g_array_unref);
  g_clear_pointer (&self->single_ids, g_array_unref);
  g_clear_pointer (&self->version_ids, g_array_unref);
  g_clear_pointer (&self->services, g_ptr_array_unref);
  g_free (self);
}

GranaryVersion *
granary_load_present_version (GranaryCatalog  *catalog,
                              gint64           version_id,
                              GError         **error)
{
  g_autoptr (GranaryVersion) version = NULL;

  g_return_val_if_fail (GRANARY_IS_CATALOG (catalog), NULL);

  version = granary_catalog_load_version (catalog, version_id, error);
  if (version == NULL ||
      granary_catalog_find_model (catalog, version->model_uid, error) == 0 ||
      granary_catalog_find_version (catalog, version->model_id, version->number, error) == 0)
    return NULL;

  return g_steal_pointer (&version);
}

static gpointer
load_present_version (GranaryCatalog  *catalog,
                      gpointer         data,
                      GCancellable    *cancellable,
                      GError         **error)
{
  return granary_load_present_version (catalog, *(gint64 *) data, error);
}

void
granary_load_present_version_async (GranaryCatalog      *catalog,
                                    gint64               version_id,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  g_return_if_fail (GRANARY_IS_CATALOG (catalog));

  granary_catalog_read_async (catalog, load_present_version,
                              g_memdup2 (&version_id, sizeof version_id), g_free,
                              (GDestroyNotify) granary_version_unref, cancellable, callback,
                              user_data);
}

/* Adds the versions of a model and takes its name. */
static gboolean
add_model (GranaryTargets  *self,
           GranaryCatalog  *catalog,
           gint64           model_id,
           GError         **error)
{
  g_autoptr (GranaryModel) model = granary_catalog_load_model (catalog, model_id, error);

  if (model == NULL)
    return FALSE;

  if (self->model_ids->len == 1)
    self->model_name = g_strdup (model->name);
  for (guint i = 0; i < model->versions->len; i++)
    {
      const GranaryVersion *version = g_ptr_array_index (model->versions, i);

      g_array_append_val (self->version_ids, version->id);
    }

  return TRUE;
}

static char *
name_object (const GranaryTargets *self,
             guint                 n_models,
             guint                 n_versions)
{
  if (n_models == 0 && n_versions == 1)
    return granary_wording_version (self->model_name, self->number);
  if (n_models == 1 && n_versions == 0)
    return g_strdup (self->model_name);
  if (n_models == 0)
    return granary_wording_n_versions (n_versions);
  if (n_versions == 0)
    return g_strdup_printf (ngettext ("%u model", "%u models", n_models), n_models);
  /* Translators: models and versions together. */
  return g_strdup_printf (ngettext ("%u item", "%u items", n_models + n_versions),
                          n_models + n_versions);
}

static gpointer
load_targets (GranaryCatalog  *catalog,
              gpointer         data,
              GCancellable    *cancellable,
              GError         **error)
{
  Request *request = data;
  g_autoptr (GranaryTargets) self = g_new0 (GranaryTargets, 1);
  g_autoptr (GArray) of_models = NULL;
  g_autoptr (GHashTable) known = NULL;

  self->model_ids = g_array_copy (request->model_ids);
  self->single_ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->version_ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < request->model_ids->len; i++)
    if (!add_model (self, catalog, g_array_index (request->model_ids, gint64, i), error))
      return NULL;

  /* A version that is selected beside its model counts once. */
  known = g_hash_table_new (g_int64_hash, g_int64_equal);
  of_models = granary_command_copy_ids (self->version_ids);
  for (guint i = 0; i < of_models->len; i++)
    g_hash_table_add (known, &g_array_index (of_models, gint64, i));
  for (guint i = 0; i < request->version_ids->len; i++)
    {
      gint64 id = g_array_index (request->version_ids, gint64, i);

      if (!g_hash_table_contains (known, &id))
        g_array_append_val (self->single_ids, id);
    }
  g_array_append_vals (self->version_ids, self->single_ids->data, self->single_ids->len);

  if (self->single_ids->len == 1 && request->model_ids->len == 0)
    {
      gint64 id = g_array_index (self->single_ids, gint64, 0);
      g_autoptr (GranaryVersion) version = granary_load_present_version (catalog, id, error);

      if (version == NULL)
        return NULL;
      self->model_name = g_strdup (version->model_name);
      self->number = version->number;
    }

  if (!granary_catalog_load_impact (catalog, self->model_ids, self->single_ids,
                                    &self->impact, error))
    return NULL;
  self->services = granary_catalog_list_services (catalog, self->model_ids, self->single_ids,
                                                  error);
  if (self->services == NULL)
    return NULL;
  /* A stopped one is lost for good with what it runs, so that it counts like a running one. */
  self->impact.n_services = (int) self->services->len;

  if (self->model_ids->len + self->single_ids->len != 1)
    g_clear_pointer (&self->model_name, g_free);
  self->object = name_object (self, self->model_ids->len, self->single_ids->len);
  self->called = self->model_name != NULL
    /* Translators: the name of a model or version within a sentence. */
    ? g_strdup_printf (C_("name", "“%s”"), self->object)
    : g_strdup (self->object);

  return g_steal_pointer (&self);
}

/**
 * granary_targets_load_async:
 * @connection: where they are
 * @model_ids: (element-type gint64) (nullable): whole models
 * @version_ids: (element-type gint64) (nullable): single versions
 * @callback: called in the caller's context
 * @user_data: for @callback
 *
 * Looks up what a command was called for. Fails with %GRANARY_ERROR_NOT_FOUND when one of them
 * is gone.
 */
void
granary_targets_load_async (GranaryConnection   *connection,
                            GArray              *model_ids,
                            GArray              *version_ids,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  Request *request;

  g_return_if_fail (GRANARY_IS_CONNECTION (connection));

  request = g_new0 (Request, 1);
  request->model_ids = granary_command_copy_ids (model_ids);
  request->version_ids = granary_command_copy_ids (version_ids);

  granary_catalog_read_async (granary_connection_get_catalog (connection), load_targets, request,
                              request_free, (GDestroyNotify) granary_targets_free, NULL, callback,
                              user_data);
}

GranaryTargets *
granary_targets_load_finish (GAsyncResult  *result,
                             GError       **error)
{
  g_autoptr (GObject) catalog = g_async_result_get_source_object (result);

  g_return_val_if_fail (GRANARY_IS_CATALOG (catalog), NULL);

  return granary_catalog_read_finish (GRANARY_CATALOG (catalog), result, error);
}
