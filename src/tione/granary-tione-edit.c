/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-verbs-private.h"

#include "granary-error.h"
#include "granary-tione-tags.h"

/* Of a model, only tags can change at the platform. Which metric lists show is nobody's business
 * but of who looks at them, so it is kept in the mirror. */

/* Tags */

/* As they are now: the mirror may be old, and a difference against it would undo what others did.
 * Where the tag service may not be read, it has to do. */
static gboolean
load_tags (GranaryTionePlace   *place,
           const GranaryModel  *model,
           GranaryTagSet      **tags,
           GCancellable        *cancellable,
           GError             **error)
{
  const char *uids[] = { model->uid, NULL };
  g_autoptr (GHashTable) table = NULL;
  g_autoptr (GError) local_error = NULL;
  const GranaryTagSet *found;

  table = granary_tione_load_tags (place->api, uids, cancellable, &local_error);
  if (table != NULL)
    {
      found = g_hash_table_lookup (table, model->uid);
      *tags = found != NULL ? granary_tag_set_copy (found) : granary_tag_set_new ();
      return TRUE;
    }
  if (granary_api_is_withdrawn (local_error) ||
      g_error_matches (local_error, GRANARY_ERROR, GRANARY_ERROR_FORBIDDEN))
    {
      *tags = granary_tag_set_copy (model->tags);
      return TRUE;
    }

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

typedef struct
{
  gint64         model_id;
  GranaryTagSet *tags;
  gboolean       is_change;
} Store;

static gboolean
store_cb (GranaryWriter  *writer,
          gpointer        data,
          GError        **error)
{
  Store *store = data;
  g_autofree char *text = granary_tag_set_to_text (store->tags, ", ");

  if (!granary_writer_set_tags (writer, store->model_id, store->tags, error))
    return FALSE;

  return !store->is_change ||
         granary_writer_add_event (writer, store->model_id, 0, GRANARY_EVENT_TAGGED, text, error);
}

/* What is stored by now: @to, but for the tags that were not accepted. */
static GranaryTagSet *
take_back (const GranaryTagSet *from,
           const GranaryTagSet *to,
           GPtrArray           *failed)
{
  GranaryTagSet *stored = granary_tag_set_copy (to);

  for (guint i = 0; i < failed->len; i++)
    {
      const char *subject = granary_error_get_subject (g_ptr_array_index (failed, i));
      g_auto (GStrv) pair = g_strsplit (subject, "=", 2);
      const char *before = granary_tag_set_lookup (from, pair[0]);

      if (before != NULL)
        granary_tag_set_put (stored, pair[0], before, NULL);
      else
        granary_tag_set_remove (stored, pair[0]);
    }

  return stored;
}

gboolean
granary_tione_change_tags (GranaryTionePlace    *place,
                           const GranaryModel   *model,
                           const GranaryTagSet  *set,
                           const char * const   *remove,
                           GPtrArray            *failed,
                           GCancellable         *cancellable,
                           GError              **error)
{
  g_autoptr (GranaryTagSet) from = NULL;
  g_autoptr (GranaryTagSet) to = NULL;
  g_autoptr (GranaryTagSet) stored = NULL;
  g_autoptr (GPtrArray) refused = NULL;
  g_autofree char *account_uin = NULL;
  Store store = { .model_id = model->id };

  if (!load_tags (place, model, &from, cancellable, error))
    return FALSE;

  to = granary_tag_set_copy (from);
  for (guint i = 0; remove != NULL && remove[i] != NULL; i++)
    granary_tag_set_remove (to, remove[i]);
  for (guint i = 0; set != NULL && i < granary_tag_set_get_size (set); i++)
    {
      if (!granary_tag_set_put (to, granary_tag_set_get_key (set, i),
                                granary_tag_set_get_value (set, i), error))
        return FALSE;
    }

  if (!granary_tag_set_equal (from, to))
    {
      account_uin = granary_tione_place_dup_account_uin (place, cancellable, error);
      if (account_uin == NULL ||
          !granary_tione_edit_tags (place->api, account_uin, model->uid, from, to, &refused,
                                    cancellable, error))
        return FALSE;
    }

  stored = refused != NULL ? take_back (from, to, refused) : granary_tag_set_copy (to);
  store.tags = stored;
  store.is_change = !granary_tag_set_equal (from, stored);
  for (guint i = 0; refused != NULL && i < refused->len; i++)
    g_ptr_array_add (failed, g_error_copy (g_ptr_array_index (refused, i)));
  if (granary_tag_set_equal (stored, model->tags) && !store.is_change)
    return TRUE;

  return granary_catalog_write (place->catalog, store_cb, &store, error);
}

/* The verb */

static GPtrArray *
load_models (GranaryTionePlace         *place,
             const GranaryEditRequest  *request,
             GError                   **error)
{
  g_autoptr (GPtrArray) models = NULL;

  models = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_model_unref);
  for (guint i = 0; i < request->model_ids->len; i++)
    {
      GranaryModel *model;

      model = granary_catalog_load_model (place->catalog,
                                          g_array_index (request->model_ids, gint64, i), error);
      if (model == NULL)
        return NULL;
      g_ptr_array_add (models, model);
    }

  return g_steal_pointer (&models);
}

/* What the platform cannot do is said before anything is changed. */
static gboolean
check (const GranaryEditRequest  *request,
       GPtrArray                 *models,
       GError                   **error)
{
  for (guint i = 0; i < models->len; i++)
    {
      const GranaryModel *model = g_ptr_array_index (models, i);

      if ((request->name != NULL && g_strcmp0 (request->name, model->name) != 0) ||
          (request->description != NULL &&
           g_strcmp0 (request->description, model->description) != 0))
        return granary_tione_fail (error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_CLOUD_CANNOT,
                                   model->name);
    }
  for (guint i = 0; request->set_tags != NULL &&
                    i < granary_tag_set_get_size (request->set_tags); i++)
    {
      const char *key = granary_tag_set_get_key (request->set_tags, i);

      if (granary_tione_tag_is_reserved (key))
        return granary_tione_fail (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_TAG_SYSTEM,
                                   key);
    }
  for (guint i = 0; request->remove_tags != NULL && request->remove_tags[i] != NULL; i++)
    {
      if (granary_tione_tag_is_reserved (request->remove_tags[i]))
        return granary_tione_fail (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_TAG_SYSTEM,
                                   request->remove_tags[i]);
    }

  return TRUE;
}

static gboolean
metric_cb (GranaryWriter  *writer,
           gpointer        data,
           GError        **error)
{
  const GranaryEditRequest *request = data;

  for (guint i = 0; i < request->model_ids->len; i++)
    {
      if (!granary_writer_set_primary_metric (writer, g_array_index (request->model_ids, gint64, i),
                                              request->primary_metric, error))
        return FALSE;
    }

  return TRUE;
}

/* One error for all that were refused: it names them, and carries what was said of the first. */
static void
fail_tags (GPtrArray  *failed,
           GError    **error)
{
  const GError *first = g_ptr_array_index (failed, 0);
  g_autoptr (GString) subject = g_string_new (NULL);
  GError *all = NULL;

  for (guint i = 0; i < failed->len; i++)
    {
      const char *name = granary_error_get_subject (g_ptr_array_index (failed, i));

      /* Refused on each of several models, it is named once. */
      if (i > 0 && g_strcmp0 (name, granary_error_get_subject (first)) == 0)
        continue;
      g_string_append_printf (subject, "%s%s", subject->len > 0 ? ", " : "", name);
    }
  granary_set_error (&all, first->code, GRANARY_REASON_TAG_REJECTED, subject->str, "%s",
                     first->message);
  granary_error_set_request (all, granary_error_get_http_status (first),
                             granary_error_get_request_id (first), 0);
  granary_error_set_remote (all, granary_error_get_remote_code (first),
                            granary_error_get_remote_message (first));
  g_propagate_error (error, all);
}

gboolean
granary_tione_edit (GranaryTionePlace         *place,
                    const GranaryEditRequest  *request,
                    GCancellable              *cancellable,
                    GError                   **error)
{
  g_autoptr (GPtrArray) models = load_models (place, request, error);
  g_autoptr (GPtrArray) failed = NULL;

  if (models == NULL || !check (request, models, error))
    return FALSE;
  if (request->primary_metric != NULL &&
      !granary_catalog_write (place->catalog, metric_cb, (gpointer) request, error))
    return FALSE;
  if (request->set_tags == NULL && request->remove_tags == NULL)
    return TRUE;

  failed = g_ptr_array_new_with_free_func ((GDestroyNotify) g_error_free);
  for (guint i = 0; i < models->len; i++)
    {
      if (!granary_tione_change_tags (place, g_ptr_array_index (models, i), request->set_tags,
                                      (const char *const *) request->remove_tags, failed,
                                      cancellable, error))
        return FALSE;
    }
  if (failed->len > 0)
    {
      fail_tags (failed, error);
      return FALSE;
    }

  return TRUE;
}
