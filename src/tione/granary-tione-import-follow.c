/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-import-private.h"

#include "granary-error.h"
#include "granary-json.h"
#include "granary-tione-calls.h"

/* The platform imports in the background; until it is done the row in the mirror shows how far it
 * is. */

#define MAX_PAUSE 10
#define MAX_ODD_ANSWERS 3

typedef struct
{
  GranaryTioneImport   *self;
  const GranaryVersion *version;
} Row;

static gboolean
add_model (GranaryTioneImport    *self,
           GranaryWriter         *writer,
           const GranaryVersion  *version,
           GError               **error)
{
  g_autoptr (GranaryModel) model = granary_model_new ();
  gboolean has_changed;

  model->uid = g_strdup (self->model_uid);
  model->name = g_strdup (self->name);
  g_clear_pointer (&model->tags, granary_tag_set_free);
  model->tags = granary_tag_set_copy (self->request->tags);
  model->created = version->created;
  model->updated = version->created;

  return granary_writer_mirror_model (writer, model, FALSE, &self->model_id, &has_changed, error) &&
         granary_writer_add_event (writer, self->model_id, 0, GRANARY_EVENT_CREATED, NULL, error);
}

static gboolean
row_cb (GranaryWriter  *writer,
        gpointer        data,
        GError        **error)
{
  Row *row = data;
  GranaryTioneImport *self = row->self;
  g_autoptr (GError) local_error = NULL;

  if (self->model_id == 0)
    {
      self->model_id = granary_writer_find_model (writer, self->model_uid, &local_error);
      if (self->model_id <= 0)
        {
          self->model_id = 0;
          if (local_error != NULL && !granary_tione_is_missing (local_error))
            {
              g_propagate_error (error, g_steal_pointer (&local_error));
              return FALSE;
            }
          if (!add_model (self, writer, row->version, error))
            return FALSE;
        }
    }

  return granary_writer_mirror_version (writer, self->model_id, row->version, &self->version_id,
                                        error);
}

static gboolean
write_row (GranaryTioneImport    *self,
           const GranaryVersion  *version,
           GError               **error)
{
  Row row = { self, version };
  gint64 before = self->version_id;

  if (!granary_catalog_write (self->place->catalog, row_cb, &row, error))
    return FALSE;

  granary_transfer_set_target (self->transfer, self->model_id, self->version_id);
  if (self->version_id != before)
    {
      g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, self->version_id);

      return granary_tione_import_set (self, GRANARY_TIONE_FACT_VERSION_ID, text, error);
    }

  return TRUE;
}

/* As the answers of the platform become it: see granary_tione_parse_version(). */
static char *
describe_task (const GranaryImportRequest *request)
{
  const struct
  {
    const char *name;
    const char *value;
  } members[] = {
    { "task_id", request->task_uid },
    { "task_name", request->task_name },
    { "task_version", request->task_version },
    { "preference", request->preference },
  };
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      if (members[i].value != NULL && *members[i].value != '\0')
        json_object_set_string_member (object, members[i].name, members[i].value);
    }
  json_node_take_object (root, object);

  return granary_json_to_text (root, FALSE);
}

/* What is known of it before the platform is asked. */
static GranaryVersion *
make_row (GranaryTioneImport *self)
{
  GranaryVersion *version = granary_version_new ();
  const GranaryImportRequest *request = self->request;

  version->uid = g_strdup (self->version_uid);
  version->number = self->number;
  version->status = GRANARY_STATUS_IMPORTING;
  version->progress = 0;
  version->source = granary_tione_import_get_source (self);
  if (version->source != GRANARY_SOURCE_COS)
    {
      version->source_ref = g_strdup (request->task_uid);
      version->remote = describe_task (request);
    }
  version->framework = g_strdup (request->framework);
  version->format = g_strdup (request->format);
  version->environment = g_strdup (request->environment);
  version->location = self->output != NULL ? granary_object_place_to_address (self->output) : NULL;
  version->size = -1;
  version->n_files = -1;
  version->created = g_get_real_time ();
  version->updated = version->created;
  g_clear_pointer (&version->metrics, g_ptr_array_unref);
  version->metrics = g_ptr_array_ref (request->metrics);

  return version;
}

/* The row goes, as the version did. */
static gboolean
forget_cb (GranaryWriter  *writer,
           gpointer        data,
           GError        **error)
{
  GranaryTioneImport *self = data;

  return granary_writer_remove_version (writer, self->version_id, error);
}

static gboolean
fail_gone (GranaryTioneImport  *self,
           GError             **error)
{
  g_autofree char *subject = granary_tione_subject (self->name, self->number, NULL);
  g_autoptr (GError) local_error = NULL;

  if (self->version_id > 0 &&
      !granary_catalog_write (self->place->catalog, forget_cb, self, &local_error))
    g_debug ("Forgetting %s: %s", subject, local_error->message);

  return granary_tione_fail (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_VERSION_MISSING,
                             subject);
}

static gboolean
fail_import (GranaryTioneImport    *self,
             const GranaryVersion  *version,
             GError               **error)
{
  g_autofree char *subject = granary_tione_subject (self->name, version->number, NULL);
  GError *failure = NULL;

  granary_set_error (&failure, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_IMPORT_REFUSED, subject,
                     "%s: %s", subject, version->error != NULL ? version->error : "failed");
  granary_error_set_remote (failure, NULL, version->error);
  g_propagate_error (error, failure);
  return FALSE;
}

/* Asks once. FALSE with an error, or with none when the answer made no sense. */
static GranaryVersion *
ask (GranaryTioneImport  *self,
     GError             **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GranaryVersion) version = NULL;

  version = granary_tione_load_version (self->place->api, self->version_uid, self->cancellable,
                                        &local_error);
  if (version != NULL && version->number > 0 &&
      g_strcmp0 (version->uid, self->version_uid) == 0)
    return g_steal_pointer (&version);
  if (version != NULL ||
      g_error_matches (local_error, GRANARY_ERROR, GRANARY_ERROR_BAD_RESPONSE))
    return NULL;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

gboolean
granary_tione_import_follow (GranaryTioneImport  *self,
                             GranaryVersion     **version,
                             GError             **error)
{
  guint n_odd = 0;

  granary_transfer_set_state (self->transfer, GRANARY_TRANSFER_FINISHING);
  if (self->version_id == 0 && self->number > 0)
    {
      g_autoptr (GranaryVersion) row = make_row (self);

      if (!write_row (self, row, error))
        return FALSE;
    }

  for (guint i = 0;; i++)
    {
      g_autoptr (GranaryVersion) now = NULL;
      g_autoptr (GError) local_error = NULL;

      if (i > 0 && !granary_tione_wait (MIN (i, MAX_PAUSE), self->cancellable, error))
        return FALSE;
      now = ask (self, &local_error);
      if (now == NULL && local_error == NULL)
        {
          if (++n_odd < MAX_ODD_ANSWERS)
            continue;
          return granary_tione_fail (error, GRANARY_ERROR_BAD_RESPONSE,
                                     GRANARY_REASON_RESPONSE_MALFORMED,
                                     "DescribeTrainingModelVersion");
        }
      if (now == NULL && granary_tione_is_missing (local_error))
        return fail_gone (self, error);
      if (now == NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }

      n_odd = 0;
      self->number = now->number;
      if (!write_row (self, now, error))
        return FALSE;
      if (now->status == GRANARY_STATUS_FAILED)
        return fail_import (self, now, error);
      if (now->status == GRANARY_STATUS_READY)
        {
          *version = g_steal_pointer (&now);
          return TRUE;
        }
    }
}
