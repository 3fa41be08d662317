/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-import-private.h"

#include <string.h>

#include "granary-error.h"
#include "granary-json.h"
#include "granary-names.h"
#include "granary-tione-calls.h"
#include "granary-tione-tags.h"

/* CreateTrainingModel cannot be repeated: two calls make two versions. What is about to be asked
 * for is stored before it is sent; whoever then does not know how it ended looks for the version
 * by its number and its folder, which no other import has. */

#define MAX_CALLS 3
#define MAX_LOOKS 3
#define PAGE_SIZE 20
#define MAX_PAGES 5

/* Numbers */

typedef struct
{
  const char *model_uid;
  int         number;
} HighWater;

static gboolean
high_water_cb (GranaryWriter  *writer,
               gpointer        data,
               GError        **error)
{
  HighWater *high_water = data;

  high_water->number = granary_writer_get_high_water (writer, high_water->model_uid);
  return TRUE;
}

/* One above all that the server shows, of whatever kind, and all that the mirror ever saw. */
static gboolean
find_next_number (GranaryTioneImport *self,
                  const GranaryModel *model,
                  int                *number,
                  GError            **error)
{
  HighWater high_water = { .model_uid = self->model_uid };

  if (self->model_uid == NULL)
    {
      *number = 1;
      return TRUE;
    }
  if (!granary_catalog_write (self->place->catalog, high_water_cb, &high_water, error))
    return FALSE;

  *number = MAX (model->high_water, high_water.number) + 1;
  return TRUE;
}

static GranaryModel *
load_model (GranaryTioneImport  *self,
            GError             **error)
{
  g_autoptr (GError) local_error = NULL;
  GranaryModel *model;

  model = granary_tione_load_model (self->place->api, self->model_uid, self->cancellable,
                                    &local_error);
  if (model != NULL)
    return model;

  if (granary_tione_is_missing (local_error))
    granary_tione_fail (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_MODEL_MISSING, self->name);
  else
    g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

/* What is stored before the call: { "number": N, "output": address, "known": [uid, …] }. */
static gboolean
store_intent (GranaryTioneImport  *self,
              int                  number,
              const GranaryModel  *model,
              GError             **error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "number");
  json_builder_add_int_value (builder, number);
  if (self->output != NULL)
    {
      g_autofree char *address = granary_object_place_to_address (self->output);

      json_builder_set_member_name (builder, "output");
      json_builder_add_string_value (builder, address);
    }
  if (self->source != NULL)
    {
      g_autofree char *address = granary_object_place_to_address (self->source);

      json_builder_set_member_name (builder, "source");
      json_builder_add_string_value (builder, address);
    }
  json_builder_set_member_name (builder, "known");
  json_builder_begin_array (builder);
  for (guint i = 0; model != NULL && i < model->versions->len; i++)
    {
      const GranaryVersion *version = g_ptr_array_index (model->versions, i);

      if (version->uid != NULL)
        json_builder_add_string_value (builder, version->uid);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  text = granary_json_to_text (root, FALSE);
  return granary_tione_import_set (self, GRANARY_TIONE_FACT_CREATING, text, error);
}

/* Looking for it */

static gboolean
is_known (JsonNode   *intent,
          const char *uid)
{
  JsonArray *known = granary_json_get_array (intent, "known");

  for (guint i = 0; known != NULL && i < json_array_get_length (known); i++)
    {
      if (g_strcmp0 (json_array_get_string_element (known, i), uid) == 0)
        return TRUE;
    }

  return FALSE;
}

static gboolean
lies_in (const char *location,
         const char *folder)
{
  return location != NULL && folder != NULL && g_str_has_prefix (location, folder);
}

/* Whether @version is the one that was asked for. Its folder says so for certain. Without one, a
 * number that was free a moment ago has to do. */
static gboolean
is_ours (JsonNode             *intent,
         const GranaryVersion *version)
{
  const char *output = granary_json_get_string (intent, "output");
  const char *source = granary_json_get_string (intent, "source");
  gint64 number = 0;

  if (version->uid == NULL || is_known (intent, version->uid))
    return FALSE;
  if (lies_in (version->location, output))
    return TRUE;
  if (!granary_json_get_int (intent, "number", &number) || version->number != number)
    return FALSE;

  return output == NULL || version->location == NULL || lies_in (version->location, source);
}

static gboolean
take_from (GranaryTioneImport *self,
           JsonNode           *intent,
           const GranaryModel *model)
{
  for (guint i = 0; model->versions != NULL && i < model->versions->len; i++)
    {
      const GranaryVersion *version = g_ptr_array_index (model->versions, i);

      if (is_ours (intent, version))
        {
          g_set_str (&self->version_uid, version->uid);
          g_set_str (&self->model_uid, model->uid);
          self->number = version->number;
          return TRUE;
        }
    }

  return FALSE;
}

/* A new model that may have that name: asks for its versions. */
static gboolean
look_into (GranaryTioneImport  *self,
           JsonNode            *intent,
           const char          *model_uid,
           gboolean            *is_found,
           GError             **error)
{
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GError) local_error = NULL;

  model = granary_tione_load_model (self->place->api, model_uid, self->cancellable, &local_error);
  if (model == NULL && !granary_tione_is_missing (local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  *is_found = model != NULL && g_strcmp0 (model->name, self->name) == 0 &&
              take_from (self, intent, model);
  return TRUE;
}

/* Whether the mirror has it: a refresh, or an id added by hand, may have brought it there. */
static gboolean
look_in_mirror (GranaryTioneImport *self,
                JsonNode           *intent)
{
  gint64 model_id = granary_catalog_find_model (self->place->catalog, self->name, NULL);
  g_autoptr (GranaryModel) model = NULL;

  if (model_id > 0)
    model = granary_catalog_load_model (self->place->catalog, model_id, NULL);

  return model != NULL && take_from (self, intent, model);
}

/* The list is sorted by creation, newest first. */
static gboolean
look_in_list (GranaryTioneImport  *self,
              JsonNode            *intent,
              gboolean            *is_found,
              gboolean            *is_certain,
              GError             **error)
{
  gint64 total = PAGE_SIZE;

  for (guint page = 0; page < MAX_PAGES && page * PAGE_SIZE < total && !*is_found; page++)
    {
      g_autoptr (GPtrArray) models = NULL;
      g_autoptr (GError) local_error = NULL;

      models = granary_tione_list_models (self->place->api, page * PAGE_SIZE, PAGE_SIZE, &total,
                                          self->cancellable, &local_error);
      if (models == NULL && granary_api_is_withdrawn (local_error))
        return TRUE;
      if (models == NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      for (guint i = 0; i < models->len && !*is_found; i++)
        {
          const GranaryModel *model = g_ptr_array_index (models, i);

          if (g_strcmp0 (model->name, self->name) == 0 && model->uid != NULL &&
              !look_into (self, intent, model->uid, is_found, error))
            return FALSE;
        }
    }

  *is_certain = TRUE;
  return TRUE;
}

/* Those that the call takes are there from the first moment on. */
static gboolean
has_our_tags (GranaryTioneImport  *self,
              const GranaryTagSet *tags)
{
  const char *key = granary_tag_set_get_key (self->request->tags, 0);

  return tags != NULL &&
         g_strcmp0 (granary_tag_set_lookup (tags, key),
                    granary_tag_set_get_value (self->request->tags, 0)) == 0;
}

/* Where the account is not offered the list, its tags lead to a tagged model. */
static gboolean
look_by_tags (GranaryTioneImport  *self,
              JsonNode            *intent,
              gboolean            *is_found,
              gboolean            *is_certain,
              GError             **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) tags = NULL;
  g_auto (GStrv) unknown = NULL;
  g_auto (GStrv) uids = NULL;

  if (granary_tag_set_get_size (self->request->tags) == 0)
    return TRUE;
  uids = granary_tione_find_tagged (self->place->api, self->cancellable, error);
  if (uids == NULL)
    return FALSE;

  for (guint i = 0; uids[i] != NULL; i++)
    {
      if (granary_catalog_find_model (self->place->catalog, uids[i], NULL) <= 0)
        g_strv_builder_add (builder, uids[i]);
    }
  unknown = g_strv_builder_end (builder);
  tags = granary_tione_load_tags (self->place->api, (const char *const *) unknown,
                                  self->cancellable, error);
  if (tags == NULL)
    return FALSE;

  for (guint i = 0; unknown[i] != NULL && !*is_found; i++)
    {
      if (has_our_tags (self, g_hash_table_lookup (tags, unknown[i])) &&
          !look_into (self, intent, unknown[i], is_found, error))
        return FALSE;
    }

  *is_certain = TRUE;
  return TRUE;
}

static gboolean
look (GranaryTioneImport  *self,
      JsonNode            *intent,
      gboolean            *is_found,
      gboolean            *is_certain,
      GError             **error)
{
  *is_found = FALSE;
  *is_certain = FALSE;
  if (self->model_uid != NULL)
    {
      g_autoptr (GranaryModel) model = load_model (self, error);

      if (model == NULL)
        return FALSE;
      *is_found = take_from (self, intent, model);
      *is_certain = TRUE;
      return TRUE;
    }

  *is_found = look_in_mirror (self, intent);
  if (*is_found)
    return TRUE;
  if (!look_in_list (self, intent, is_found, is_certain, error))
    return FALSE;
  if (*is_found || *is_certain)
    return TRUE;

  return look_by_tags (self, intent, is_found, is_certain, error);
}

static gboolean
keep_version (GranaryTioneImport  *self,
              GError             **error)
{
  return granary_tione_import_set (self, GRANARY_TIONE_FACT_MODEL_UID, self->model_uid, error) &&
         granary_tione_import_set (self, GRANARY_TIONE_FACT_VERSION_UID, self->version_uid, error) &&
         granary_tione_import_set (self, GRANARY_TIONE_FACT_CREATING, NULL, error);
}

gboolean
granary_tione_import_settle (GranaryTioneImport  *self,
                             GError             **error)
{
  g_autofree char *text = granary_tione_import_dup (self, GRANARY_TIONE_FACT_CREATING);
  g_autoptr (JsonNode) intent = NULL;
  gboolean is_certain = FALSE;

  if (text == NULL)
    return TRUE;
  intent = granary_json_parse (text, -1, GRANARY_TIONE_FACT_CREATING, error);
  if (intent == NULL)
    return FALSE;

  /* A call whose answer got lost may still be worked on. */
  for (guint i = 0; i < MAX_LOOKS; i++)
    {
      gboolean is_found;

      if (i > 0 && !granary_tione_wait (i * 1.5, self->cancellable, error))
        return FALSE;
      if (!look (self, intent, &is_found, &is_certain, error))
        return FALSE;
      if (is_found)
        return keep_version (self, error);
    }

  if (!is_certain)
    {
      granary_set_error (error, GRANARY_ERROR_BACKEND, GRANARY_REASON_OUTCOME_UNKNOWN,
                         "CreateTrainingModel", "%s may have been created", self->name);
      return FALSE;
    }

  return granary_tione_import_set (self, GRANARY_TIONE_FACT_CREATING, NULL, error);
}

/* The call */

static gboolean
set_output (GranaryTioneImport  *self,
            int                  number,
            GError             **error)
{
  g_autofree char *suffix = granary_tione_import_dup (self, GRANARY_TIONE_FACT_SUFFIX);
  g_autofree char *name = granary_name_suggest (self->name);
  g_autofree char *key = NULL;

  g_clear_pointer (&self->output, granary_object_place_free);

  /* The platform chooses a place where none is set, or where the files are of another region. */
  if (self->where == NULL || (self->source != NULL && self->source->region != NULL &&
                              g_strcmp0 (self->source->region, self->where->region) != 0))
    return TRUE;
  if (suffix == NULL)
    {
      suffix = granary_uid_new ("");
      if (!granary_tione_import_set (self, GRANARY_TIONE_FACT_SUFFIX, suffix, error))
        return FALSE;
    }

  key = g_strdup_printf ("%s%s/v%d%s/", self->where->key,
                         *name != '\0' ? name : "model", number, suffix);
  self->output = granary_object_place_new (self->where->bucket, self->where->region, key);
  return TRUE;
}

/* In the words of an import, with what the platform said. */
static void
fail_refused (GranaryTioneImport  *self,
              int                  number,
              const GError        *refusal,
              GError             **error)
{
  g_autofree char *subject = granary_tione_subject (self->name, number, NULL);
  GError *refused = NULL;

  granary_set_error (&refused, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_IMPORT_REFUSED, subject,
                     "%s", refusal->message);
  granary_tione_take_details (refused, refusal);
  g_propagate_error (error, refused);
}

/* Importing from automatic learning is no longer published: where the platform says that it does not
 * know how, the same files are imported as what they are. */
static gboolean
may_fall_back (GranaryTioneImport *self,
               const GError       *refusal)
{
  return granary_tione_import_get_source (self) == GRANARY_SOURCE_AUTOML && self->source != NULL &&
         refusal->code != GRANARY_ERROR_QUOTA;
}

/* One call. With TRUE and no version_uid another may be made: it is certain that this one made
 * nothing. */
static gboolean
call_once (GranaryTioneImport  *self,
           int                  number,
           GError             **last,
           GError             **error)
{
  static const GranaryApiCall call = {
    .service = GRANARY_CLOUD_TIONE, .action = "CreateTrainingModel", .is_write = TRUE,
  };
  g_autofree char *environment_text = granary_tione_import_dup (self,
                                                                GRANARY_TIONE_FACT_ENVIRONMENT);
  g_autoptr (JsonNode) environment = NULL;
  g_autoptr (JsonNode) body = NULL;
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (GError) local_error = NULL;
  const char *model_uid;
  const char *version_uid;

  environment = granary_json_parse (environment_text != NULL ? environment_text : "", -1,
                                    GRANARY_TIONE_FACT_ENVIRONMENT, error);
  if (environment == NULL)
    return FALSE;
  body = granary_tione_import_body (self, number, environment);
  answer = granary_api_call (self->place->api, &call, body, self->cancellable, &local_error);
  model_uid = granary_json_get_string (answer, "Id");
  version_uid = granary_json_get_string (answer, "TrainingModelVersionId");
  if (model_uid != NULL && *model_uid != '\0' && version_uid != NULL && *version_uid != '\0')
    {
      g_set_str (&self->model_uid, model_uid);
      g_set_str (&self->version_uid, version_uid);
      self->number = number;
      return keep_version (self, error);
    }

  /* An answer without the ids tells no more than one that got lost. */
  if (answer != NULL)
    return granary_tione_import_settle (self, error);

  if (granary_error_is_cancelled (local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  g_clear_error (last);
  *last = g_error_copy (local_error);
  if (granary_tione_is_open (local_error))
    return granary_tione_import_settle (self, error);

  if (!granary_tione_import_set (self, GRANARY_TIONE_FACT_CREATING, NULL, error))
    return FALSE;
  if (!granary_error_matches_reason (local_error, GRANARY_REASON_CALL_REFUSED))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  /* Somebody may have taken the number in between. */
  if (self->model_uid != NULL)
    {
      g_autoptr (GranaryModel) model = load_model (self, error);

      if (model == NULL)
        return FALSE;
      if (number <= model->high_water)
        return TRUE;
    }

  if (may_fall_back (self, local_error))
    {
      g_debug ("AUTO_ML: %s", local_error->message);
      return granary_tione_import_set (self, GRANARY_TIONE_FACT_AS_STORAGE, "1", error);
    }

  fail_refused (self, number, local_error, error);
  return FALSE;
}

gboolean
granary_tione_import_create (GranaryTioneImport  *self,
                             GError             **error)
{
  g_autoptr (GError) last = NULL;

  for (guint i = 0; i < MAX_CALLS; i++)
    {
      g_autoptr (GranaryModel) model = NULL;
      int number;

      if (self->model_uid != NULL)
        {
          model = load_model (self, error);
          if (model == NULL)
            return FALSE;
        }
      if (!find_next_number (self, model, &number, error) ||
          !set_output (self, number, error) ||
          !store_intent (self, number, model, error) ||
          !call_once (self, number, &last, error))
        return FALSE;
      if (self->version_uid != NULL)
        return TRUE;
    }

  granary_tione_set_not_done (error, "CreateTrainingModel", last);
  return FALSE;
}
