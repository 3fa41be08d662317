/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-verbs-private.h"

#include "granary-error.h"
#include "granary-tione-calls.h"
#include "granary-tione-service-private.h"

/* There is no trash, and no call that takes several: each goes by itself, and leaves the mirror at
 * once. What cannot go does not keep the others. */

#define MAX_CALLS 3

/* A model as a whole, or a version. */
typedef struct
{
  gint64  model_id;
  gint64  version_id; /* 0: the model */
  int     number;
  char   *uid;        /* (owned) */
  char   *name;       /* (owned): how it is named to the user */
} Target;

static void
target_free (gpointer data)
{
  Target *target = data;

  g_free (target->uid);
  g_free (target->name);
  g_free (target);
}

static gboolean
add_model (GranaryTionePlace  *place,
           GPtrArray          *targets,
           gint64              model_id,
           GError            **error)
{
  g_autoptr (GranaryModel) model = granary_catalog_load_model (place->catalog, model_id, error);
  Target *target;

  if (model == NULL)
    return FALSE;

  target = g_new0 (Target, 1);
  target->model_id = model->id;
  target->uid = g_strdup (model->uid);
  target->name = g_strdup (model->name);
  g_ptr_array_add (targets, target);
  return TRUE;
}

static gboolean
goes_with_model (GPtrArray *targets,
                 gint64     model_id)
{
  for (guint i = 0; i < targets->len; i++)
    {
      const Target *target = g_ptr_array_index (targets, i);

      if (target->version_id == 0 && target->model_id == model_id)
        return TRUE;
    }

  return FALSE;
}

static gboolean
add_version (GranaryTionePlace  *place,
             GPtrArray          *targets,
             gint64              version_id,
             GError            **error)
{
  g_autoptr (GranaryVersion) version = NULL;
  Target *target;

  version = granary_catalog_load_version (place->catalog, version_id, error);
  if (version == NULL)
    return FALSE;
  if (goes_with_model (targets, version->model_id))
    return TRUE;

  target = g_new0 (Target, 1);
  target->model_id = version->model_id;
  target->version_id = version->id;
  target->number = version->number;
  target->uid = g_strdup (version->uid);
  target->name = granary_tione_subject (version->model_name, version->number, NULL);
  g_ptr_array_add (targets, target);
  return TRUE;
}

/* All of them are known before the first goes. */
static GPtrArray *
list_targets (GranaryTionePlace           *place,
              const GranaryDeleteRequest  *request,
              GError                     **error)
{
  g_autoptr (GPtrArray) targets = g_ptr_array_new_with_free_func (target_free);

  for (guint i = 0; request->model_ids != NULL && i < request->model_ids->len; i++)
    {
      if (!add_model (place, targets, g_array_index (request->model_ids, gint64, i), error))
        return NULL;
    }
  for (guint i = 0; request->version_ids != NULL && i < request->version_ids->len; i++)
    {
      if (!add_version (place, targets, g_array_index (request->version_ids, gint64, i), error))
        return NULL;
    }

  return g_steal_pointer (&targets);
}

static JsonNode *
make_body (const Target *target,
           gboolean      keep_files)
{
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_object_set_string_member (object, target->version_id == 0 ? "TrainingModelId"
                                                                 : "TrainingModelVersionId",
                                 target->uid != NULL ? target->uid : "");
  json_object_set_boolean_member (object, "EnableDeleteCos", !keep_files);
  json_node_take_object (node, object);

  return node;
}

/* Whether it is there still, after a call of which nobody knows how it ended. */
static gboolean
look (GranaryTionePlace  *place,
      const Target       *target,
      gboolean           *is_there,
      GCancellable       *cancellable,
      GError            **error)
{
  g_autoptr (GError) local_error = NULL;

  if (target->version_id == 0)
    {
      g_autoptr (GranaryModel) model = NULL;

      model = granary_tione_load_model (place->api, target->uid, cancellable, &local_error);
    }
  else
    {
      g_autoptr (GranaryVersion) version = NULL;

      version = granary_tione_load_version (place->api, target->uid, cancellable, &local_error);
    }

  *is_there = local_error == NULL;
  if (local_error == NULL || granary_tione_is_missing (local_error))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
delete_one (GranaryTionePlace  *place,
            const Target       *target,
            gboolean            keep_files,
            GCancellable       *cancellable,
            GError            **error)
{
  GranaryApiCall call = {
    .service = GRANARY_CLOUD_TIONE,
    .action = target->version_id == 0 ? "DeleteTrainingModel" : "DeleteTrainingModelVersion",
    .is_write = TRUE,
  };
  g_autoptr (JsonNode) body = make_body (target, keep_files);

  for (guint i = 0; i < MAX_CALLS; i++)
    {
      g_autoptr (JsonNode) answer = NULL;
      g_autoptr (GError) local_error = NULL;
      gboolean is_there;

      answer = granary_api_call (place->api, &call, body, cancellable, &local_error);
      if (answer != NULL || granary_tione_is_missing (local_error))
        return TRUE;
      if (granary_error_is_cancelled (local_error) || !granary_tione_is_open (local_error))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }

      /* The answer got lost. */
      if (!look (place, target, &is_there, cancellable, error))
        return FALSE;
      if (!is_there)
        return TRUE;
      if (i + 1 == MAX_CALLS)
        {
          granary_tione_set_not_done (error, call.action, local_error);
          return FALSE;
        }
      if (!granary_tione_wait (1 << i, cancellable, error))
        return FALSE;
    }

  g_assert_not_reached ();
}

/* A publish that is under way ends first: else its service would be of a version that is gone. */
static gboolean
delete_in_peace (GranaryTionePlace  *place,
                 const Target       *target,
                 gboolean            keep_files,
                 GCancellable       *cancellable,
                 GError            **error)
{
  gboolean is_done;

  if (!granary_tione_busy_begin_delete (place->busy, target->model_id, target->version_id,
                                        cancellable, error))
    return FALSE;

  is_done = delete_one (place, target, keep_files, cancellable, error);
  granary_tione_busy_end_delete (place->busy, target->model_id, target->version_id);
  return is_done;
}

static gboolean
forget_cb (GranaryWriter  *writer,
           gpointer        data,
           GError        **error)
{
  const Target *target = data;

  if (target->version_id == 0)
    return granary_writer_mirror_forget (writer, target->model_id, error);

  return granary_writer_add_event (writer, target->model_id, target->number, GRANARY_EVENT_DELETED,
                                   NULL, error) &&
         granary_writer_remove_version (writer, target->version_id, error);
}

/* Says what could not go, in its own name. */
static GError *
name_error (const Target *target,
            const GError *error)
{
  GError *named = NULL;

  if (granary_error_is_cancelled (error) || error->domain != GRANARY_ERROR ||
      error->code == GRANARY_ERROR_NETWORK || error->code == GRANARY_ERROR_AUTH_REQUIRED ||
      error->code == GRANARY_ERROR_AUTH_REJECTED || error->code == GRANARY_ERROR_FORBIDDEN)
    return g_error_copy (error);

  granary_set_error (&named, error->code, granary_error_get_reason (error), target->name, "%s: %s",
                     target->name, error->message);
  granary_error_set_request (named, granary_error_get_http_status (error),
                             granary_error_get_request_id (error),
                             granary_error_get_retry_after (error));
  granary_error_set_remote (named, granary_error_get_remote_code (error),
                            granary_error_get_remote_message (error));
  return named;
}

/* Trying the next one makes no sense after these. */
static gboolean
stops_all (const GError *error)
{
  return granary_error_is_cancelled (error) || error->domain != GRANARY_ERROR ||
         error->code == GRANARY_ERROR_NETWORK || error->code == GRANARY_ERROR_AUTH_REQUIRED ||
         error->code == GRANARY_ERROR_AUTH_REJECTED;
}

GStrv
granary_tione_delete (GranaryTionePlace           *place,
                      const GranaryDeleteRequest  *request,
                      GranaryTransfer             *transfer,
                      GError                     **error)
{
  GCancellable *cancellable = granary_transfer_get_cancellable (transfer);
  g_autoptr (GPtrArray) targets = list_targets (place, request, error);
  g_autoptr (GError) first = NULL;

  if (targets == NULL)
    return NULL;

  granary_transfer_set_total (transfer, 0, targets->len);
  granary_transfer_set_state (transfer, GRANARY_TRANSFER_RUNNING);
  if (targets->len == 1)
    granary_transfer_set_subject (transfer, ((Target *) g_ptr_array_index (targets, 0))->name);
  for (guint i = 0; i < targets->len; i++)
    {
      Target *target = g_ptr_array_index (targets, i);
      g_autoptr (GError) local_error = NULL;
      g_autoptr (GError) named = NULL;

      if (delete_in_peace (place, target, request->keep_files, cancellable, &local_error))
        {
          /* It is gone at the platform; a row that stays goes with the next refresh. */
          if (!granary_catalog_write (place->catalog, forget_cb, target, &local_error) &&
              !granary_tione_is_missing (local_error))
            granary_transfer_add_warning (transfer, local_error);
          granary_transfer_add_files (transfer, 1);
          continue;
        }

      named = name_error (target, local_error);
      if (first == NULL)
        first = g_error_copy (named);
      else
        granary_transfer_add_warning (transfer, named);
      if (stops_all (local_error))
        break;
    }

  if (first != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&first));
      return NULL;
    }

  return g_new0 (char *, 1);
}
