/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-error.h"
#include "granary-tione-refresh-private.h"
#include "granary-tione-service-private.h"
#include "granary-tione-tags.h"

/*
 * Which models there are. Where the account is offered the list of models, its pages tell, versions
 * and tags included. Elsewhere they are put together from what is known: those seen before, those
 * added by hand, those that services run and those that carry a tag; each is asked for by itself.
 *
 * What is missing from the list is asked for once more before it is taken for gone: pages shift while
 * models come and go.
 */

#define THREADS 6
/* So many requests that fail one after the other mean that the others would fail too. */
#define MAX_FAILURES 5
/* A list that lacks more than so many models is not to be trusted: the others wait for another time. */
#define MAX_MISSING 500

/* Auxiliary functions */

static void
unref_model (gpointer model)
{
  granary_model_unref (model);
}

static void
unref_models (gpointer models)
{
  g_ptr_array_unref (models);
}

static gboolean
write_model (GranaryTioneRound  *round,
             GranaryModel       *model,
             GError            **error)
{
  g_autoptr (GPtrArray) one = g_ptr_array_new ();

  g_ptr_array_add (one, model);
  return granary_tione_write_models (round, one, error);
}

static gboolean
forget_func (GranaryWriter  *writer,
             gpointer        data,
             GError        **error)
{
  gint64 id = granary_writer_find_mirrored (writer, data);

  return id == 0 || granary_writer_mirror_forget (writer, id, error);
}

/* Models by their ids */

typedef struct
{
  gboolean from_list; /* the list did not have them: without a version they are gone */
  gint64   n_done;
  gint64   n_jobs;
  guint    n_failures; /* one after the other */
} Asking;

static gpointer
fetch_model (GranaryTioneRound  *round,
             gconstpointer       job,
             GCancellable       *cancellable,
             GError            **error)
{
  return granary_tione_load_model (round->api, job, cancellable, error);
}

static gboolean
store_model (GranaryTioneRound  *round,
             gconstpointer       job,
             gpointer            result,
             GError             *problem,
             gpointer            data,
             GError            **error)
{
  Asking *asking = data;
  g_autoptr (GranaryModel) model = result;

  asking->n_done++;
  granary_connection_status_set_progress (round->status,
                                          0.9 * (double) asking->n_done / (double) asking->n_jobs);
  if (model != NULL || granary_tione_is_gone (problem))
    asking->n_failures = 0;

  if (granary_tione_is_gone (problem) ||
      (model != NULL && asking->from_list && model->versions->len == 0 && model->high_water == 0))
    {
      g_clear_error (&problem);
      g_hash_table_remove (round->seen, job);
      return granary_catalog_write (round->catalog, forget_func, (gpointer) job, error);
    }
  if (model == NULL)
    {
      if (++asking->n_failures < MAX_FAILURES)
        return granary_tione_round_survive (round, problem, error);

      g_propagate_error (error, problem);
      return FALSE;
    }

  g_hash_table_add (round->seen, g_strdup (job));
  return write_model (round, model, error);
}

static gboolean
ask_for_models (GranaryTioneRound  *round,
                GPtrArray          *uids,
                gboolean            from_list,
                GError            **error)
{
  Asking asking = { .from_list = from_list, .n_jobs = uids->len };

  return granary_tione_fan_out (round, uids, THREADS, fetch_model, store_model, unref_model, &asking,
                                error);
}

/* Tags */

static gpointer
fetch_tags (GranaryTioneRound  *round,
            gconstpointer       job,
            GCancellable       *cancellable,
            GError            **error)
{
  g_autoptr (GHashTable) tags = granary_tione_load_tags (round->api, job, cancellable, error);
  g_autoptr (GPtrArray) models = NULL;
  GHashTableIter iter;
  gpointer uid;
  gpointer set;

  if (tags == NULL)
    return NULL;

  models = g_ptr_array_new_with_free_func (unref_model);
  g_hash_table_iter_init (&iter, tags);
  while (g_hash_table_iter_next (&iter, &uid, &set))
    {
      GranaryModel *model = granary_model_new ();

      model->uid = g_strdup (uid);
      model->tags = granary_tag_set_copy (set);
      g_ptr_array_add (models, model);
    }

  return g_steal_pointer (&models);
}

static gboolean
store_tags (GranaryTioneRound  *round,
            gconstpointer       job,
            gpointer            result,
            GError             *problem,
            gpointer            data,
            GError            **error)
{
  g_autoptr (GPtrArray) models = result;

  if (models != NULL)
    return granary_tione_write_models (round, models, error);
  if (granary_tione_round_refused (round, &problem, "tag:DescribeResourceTagsByResourceIds"))
    return TRUE;

  return granary_tione_round_survive (round, problem, error);
}

gboolean
granary_tione_refresh_tags (GranaryTioneRound  *round,
                            GPtrArray          *uids,
                            GError            **error)
{
  g_autoptr (GPtrArray) batches = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  for (guint i = 0; i < uids->len;)
    {
      g_autoptr (GStrvBuilder) batch = g_strv_builder_new ();

      for (guint end = MIN (i + 50, uids->len); i < end; i++)
        g_strv_builder_add (batch, g_ptr_array_index (uids, i));
      g_ptr_array_add (batches, g_strv_builder_end (batch));
    }

  return granary_tione_fan_out (round, batches, THREADS, fetch_tags, store_tags, unref_models, NULL,
                                error);
}

/* Services */

/* @services is %NULL where they could not be had. */
static gboolean
refresh_services (GranaryTioneRound  *round,
                  GPtrArray         **services,
                  GError            **error)
{
  gint64 asked = g_get_real_time ();
  GError *problem = NULL;

  *services = granary_tione_list_services (round->api, NULL, round->cancellable, &problem);
  if (*services != NULL)
    return granary_tione_record_services (round->catalog, *services, asked, error);
  if (granary_tione_round_refused (round, &problem, "tione:DescribeModelServiceGroups"))
    return TRUE;

  return granary_tione_round_survive (round, problem, error);
}

/* Putting it together */

static void
add_all (GHashTable         *set,
         const char * const *uids)
{
  for (gsize i = 0; uids != NULL && uids[i] != NULL; i++)
    g_hash_table_add (set, g_strdup (uids[i]));
}

static GPtrArray *
list_keys (GHashTable *set)
{
  GPtrArray *keys = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, set);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (keys, g_strdup (key));

  return keys;
}

/* With the list: what is not in it is asked for. */
static gboolean
check_missing (GranaryTioneRound  *round,
               GError            **error)
{
  g_autoptr (GPtrArray) missing = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) known = granary_catalog_list_mirrored (round->catalog, error);

  if (known == NULL)
    return FALSE;

  for (gsize i = 0; known[i] != NULL; i++)
    {
      if (!g_hash_table_contains (round->seen, known[i]))
        g_ptr_array_add (missing, g_strdup (known[i]));
    }
  if (missing->len > MAX_MISSING)
    {
      guint start = (guint) g_random_int_range (0, (gint32) (missing->len - MAX_MISSING + 1));

      g_ptr_array_remove_range (missing, start + MAX_MISSING, missing->len - start - MAX_MISSING);
      g_ptr_array_remove_range (missing, 0, start);
    }

  return ask_for_models (round, missing, TRUE, error);
}

/* Without it: from all that is known. */
static gboolean
gather_models (GranaryTioneRound  *round,
               GPtrArray          *services,
               GError            **error)
{
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) known = granary_catalog_list_mirrored (round->catalog, error);
  g_auto (GStrv) pins = known != NULL ? granary_catalog_list_pins (round->catalog, error) : NULL;
  g_auto (GStrv) tagged = NULL;
  g_autoptr (GPtrArray) uids = NULL;
  g_autoptr (GPtrArray) present = NULL;
  GError *problem = NULL;

  if (pins == NULL)
    return FALSE;

  add_all (found, (const char * const *) known);
  add_all (found, (const char * const *) pins);
  for (guint i = 0; services != NULL && i < services->len; i++)
    {
      const GranaryService *service = g_ptr_array_index (services, i);

      /* Of automatic learning both are the id of its task, which is no model. */
      if (service->model_uid != NULL && g_strcmp0 (service->model_uid, service->version_uid) != 0)
        g_hash_table_add (found, g_strdup (service->model_uid));
    }

  tagged = granary_tione_find_tagged (round->api, round->cancellable, &problem);
  if (tagged != NULL)
    add_all (found, (const char * const *) tagged);
  else if (!granary_tione_round_refused (round, &problem, "tag:GetResources") &&
           !granary_tione_round_survive (round, problem, error))
    return FALSE;

  uids = list_keys (found);
  if (!ask_for_models (round, uids, FALSE, error))
    return FALSE;

  present = list_keys (round->seen);
  return granary_tione_refresh_tags (round, present, error);
}

gboolean
granary_tione_refresh_models (GranaryTioneRound  *round,
                              GPtrArray          *uids,
                              GError            **error)
{
  return ask_for_models (round, uids, FALSE, error);
}

gboolean
granary_tione_refresh_all (GranaryTioneRound  *round,
                           GError            **error)
{
  g_autoptr (GPtrArray) incomplete = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) services = NULL;
  g_autoptr (GError) local_error = NULL;
  gboolean has_list = granary_tione_refresh_list (round, incomplete, &local_error);

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (has_list && !ask_for_models (round, incomplete, FALSE, error))
    return FALSE;
  if (!refresh_services (round, &services, error))
    return FALSE;

  return has_list ? check_missing (round, error) : gather_models (round, services, error);
}

/* Ids typed by hand */

static gboolean
pin_func (GranaryWriter  *writer,
          gpointer        data,
          GError        **error)
{
  return granary_writer_pin_model (writer, data, error);
}

gboolean
granary_tione_refresh_add (GranaryTioneRound   *round,
                           const char * const  *uids,
                           GError             **error)
{
  g_autoptr (GPtrArray) added = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; uids != NULL && uids[i] != NULL; i++)
    {
      g_autoptr (GError) local_error = NULL;
      g_autoptr (GranaryModel) model = granary_tione_load_model (round->api, uids[i],
                                                                 round->cancellable, &local_error);

      if (model == NULL && granary_tione_is_gone (local_error))
        {
          GError *problem = NULL;

          granary_set_error (&problem, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_MODEL_MISSING,
                             uids[i], "%s", local_error->message);
          if (!granary_tione_round_survive (round, problem, error))
            return FALSE;
          continue;
        }
      if (model == NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      if (!write_model (round, model, error) ||
          !granary_catalog_write (round->catalog, pin_func, (gpointer) uids[i], error))
        return FALSE;

      g_hash_table_add (round->seen, g_strdup (uids[i]));
      g_ptr_array_add (added, g_strdup (uids[i]));
    }

  return granary_tione_refresh_tags (round, added, error);
}
