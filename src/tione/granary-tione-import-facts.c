/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-import-private.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-json.h"
#include "granary-metric.h"
#include "granary-tione-environment-private.h"
#include "granary-tione-verbs-private.h"

#define MAX_INDEX_CHARS 1000
#define MAX_TAGS_PER_CALL 10

void
granary_tione_import_clear (GranaryTioneImport *self)
{
  g_clear_pointer (&self->request, granary_import_request_free);
  g_clear_pointer (&self->sources, json_node_unref);
  g_clear_pointer (&self->where, granary_object_place_free);
  g_clear_pointer (&self->source, granary_object_place_free);
  g_clear_pointer (&self->output, granary_object_place_free);
  g_clear_pointer (&self->checksums, g_hash_table_unref);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->model_uid, g_free);
  g_clear_pointer (&self->version_uid, g_free);
}

/* Facts of the request */

static void
add_text (JsonObject *object,
          const char *name,
          const char *value)
{
  if (value != NULL && *value != '\0')
    json_object_set_string_member (object, name, value);
}

static JsonObject *
describe_tags (const GranaryTagSet *tags)
{
  JsonObject *object = json_object_new ();

  for (guint i = 0; tags != NULL && i < granary_tag_set_get_size (tags); i++)
    json_object_set_string_member (object, granary_tag_set_get_key (tags, i),
                                   granary_tag_set_get_value (tags, i));

  return object;
}

static JsonArray *
describe_metrics (GPtrArray *metrics)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; metrics != NULL && i < metrics->len; i++)
    {
      const GranaryMetric *metric = g_ptr_array_index (metrics, i);
      JsonArray *pair = json_array_new ();

      json_array_add_string_element (pair, metric->name);
      json_array_add_string_element (pair, metric->text);
      json_array_add_array_element (array, pair);
    }

  return array;
}

/* What a cut removes: { "files": [ [path, size, mtime], … ], "folders": [ path, … ] }, paths
 * escaped as C strings since they may be of any encoding. A link is removed, not what it leads to. */
static JsonObject *
describe_sources (GranaryFileSet *files)
{
  g_autoptr (GPtrArray) folders = granary_file_set_list_folders (files);
  JsonObject *object = json_object_new ();
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < granary_file_set_get_n_files (files); i++)
    {
      const GranarySourceFile *file = granary_file_set_get_file (files, i);
      g_autofree char *escaped = g_strescape (file->path, NULL);
      JsonArray *item = json_array_new ();

      json_array_add_string_element (item, escaped);
      json_array_add_int_element (item, file->size);
      json_array_add_int_element (item, file->mtime);
      json_array_add_array_element (array, item);
    }
  json_object_set_array_member (object, "files", array);

  array = json_array_new ();
  for (guint i = 0; i < folders->len; i++)
    {
      g_autofree char *escaped = g_strescape (g_ptr_array_index (folders, i), NULL);

      json_array_add_string_element (array, escaped);
    }
  json_object_set_array_member (object, "folders", array);

  return object;
}

/* Texts that are kept as they are. */
static const struct
{
  const char *name;
  gsize       offset;
} texts[] = {
  { "source_ref", G_STRUCT_OFFSET (GranaryImportRequest, source_ref) },
  { "address", G_STRUCT_OFFSET (GranaryImportRequest, address) },
  { "task", G_STRUCT_OFFSET (GranaryImportRequest, task_uid) },
  { "task_name", G_STRUCT_OFFSET (GranaryImportRequest, task_name) },
  { "task_version", G_STRUCT_OFFSET (GranaryImportRequest, task_version) },
  { "preference", G_STRUCT_OFFSET (GranaryImportRequest, preference) },
  { "scene", G_STRUCT_OFFSET (GranaryImportRequest, scene) },
  { "config_key", G_STRUCT_OFFSET (GranaryImportRequest, config_key) },
  { "framework", G_STRUCT_OFFSET (GranaryImportRequest, framework) },
  { "format", G_STRUCT_OFFSET (GranaryImportRequest, format) },
  { "environment", G_STRUCT_OFFSET (GranaryImportRequest, environment) },
  { "image", G_STRUCT_OFFSET (GranaryImportRequest, image) },
  { "inspection", G_STRUCT_OFFSET (GranaryImportRequest, inspection) },
};

JsonObject *
granary_tione_import_describe (const GranaryImportRequest *request,
                               const char                 *name,
                               const char                 *model_uid,
                               const GranaryObjectPlace   *where)
{
  JsonObject *facts = json_object_new ();
  g_autofree char *address = where != NULL ? granary_object_place_to_address (where) : NULL;

  json_object_set_string_member (facts, GRANARY_TIONE_FACT_VERB, "import");
  json_object_set_string_member (facts, "name", name);
  add_text (facts, "model", model_uid);
  add_text (facts, GRANARY_TIONE_FACT_STORAGE, address);
  json_object_set_string_member (facts, "source", granary_source_to_id (request->source));
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    add_text (facts, texts[i].name, G_STRUCT_MEMBER (char *, request, texts[i].offset));
  json_object_set_object_member (facts, "tags", describe_tags (request->tags));
  json_object_set_array_member (facts, "metrics", describe_metrics (request->metrics));
  json_object_set_boolean_member (facts, "move", request->move);
  if (request->move && request->files != NULL && granary_file_set_get_n_files (request->files) > 0)
    json_object_set_object_member (facts, "sources", describe_sources (request->files));

  return facts;
}

static void
parse_tags (JsonNode             *facts,
            GranaryImportRequest *request)
{
  JsonObject *object = granary_json_get_object (facts, "tags");
  g_autoptr (GList) keys = object != NULL ? json_object_get_members (object) : NULL;
  JsonNode *tags = granary_json_lookup (facts, "tags");

  request->tags = granary_tag_set_new ();
  for (GList *at = keys; at != NULL; at = at->next)
    {
      JsonNode *value = json_object_get_member (json_node_get_object (tags), at->data);

      if (JSON_NODE_HOLDS_VALUE (value) && json_node_get_value_type (value) == G_TYPE_STRING)
        granary_tag_set_put (request->tags, at->data, json_node_get_string (value), NULL);
    }
}

static void
parse_metrics (JsonNode             *facts,
               GranaryImportRequest *request)
{
  JsonArray *array = granary_json_get_array (facts, "metrics");

  request->metrics = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_metric_free);
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonArray *pair = granary_json_get_array (json_array_get_element (array, i), "");

      if (pair != NULL && json_array_get_length (pair) == 2)
        g_ptr_array_add (request->metrics,
                         granary_metric_new (json_array_get_string_element (pair, 0),
                                             json_array_get_string_element (pair, 1)));
    }
}

gboolean
granary_tione_import_parse (GranaryTioneImport  *self,
                            GError             **error)
{
  g_autoptr (JsonNode) facts = granary_transfer_job_dup_facts (self->job);
  JsonObject *object = granary_json_get_object (facts, "");
  const char *address = granary_json_get_string (facts, GRANARY_TIONE_FACT_STORAGE);
  const char *name = granary_json_get_string (facts, "name");
  g_autofree char *created = granary_tione_import_dup (self, GRANARY_TIONE_FACT_MODEL_UID);
  g_autofree char *version_id = granary_tione_import_dup (self, GRANARY_TIONE_FACT_VERSION_ID);
  GranaryImportRequest *request = granary_import_request_new ();

  self->request = request;
  self->checksums = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (object == NULL || name == NULL)
    return granary_tione_fail (error, GRANARY_ERROR_DATABASE, GRANARY_REASON_CATALOG_CORRUPT,
                               granary_transfer_job_get_subject (self->job));

  self->name = g_strdup (name);
  self->model_uid = created != NULL ? g_steal_pointer (&created)
                                    : g_strdup (granary_json_get_string (facts, "model"));
  self->version_uid = granary_tione_import_dup (self, GRANARY_TIONE_FACT_VERSION_UID);
  if (version_id != NULL)
    self->version_id = g_ascii_strtoll (version_id, NULL, 10);

  granary_source_from_id (granary_json_get_string (facts, "source"), &request->source);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    G_STRUCT_MEMBER (char *, request, texts[i].offset) =
      g_strdup (granary_json_get_string (facts, texts[i].name));
  request->move = json_object_get_boolean_member_with_default (object, "move", FALSE);
  parse_tags (facts, request);
  parse_metrics (facts, request);
  if (granary_json_get_object (facts, "sources") != NULL)
    self->sources = json_node_ref (granary_json_lookup (facts, "sources"));

  self->is_sent = granary_transfer_job_get_n_files (self->job) > 0;
  if (address != NULL)
    {
      self->where = granary_object_place_parse (address, error);
      if (self->where == NULL)
        return FALSE;
    }

  return TRUE;
}

gboolean
granary_tione_import_set (GranaryTioneImport  *self,
                          const char          *fact,
                          const char          *value,
                          GError             **error)
{
  return granary_transfer_job_set_fact (self->job, fact, value, error);
}

char *
granary_tione_import_dup (GranaryTioneImport *self,
                          const char         *fact)
{
  g_autofree char *value = granary_transfer_job_dup_fact (self->job, fact);

  return value != NULL && *value != '\0' ? g_steal_pointer (&value) : NULL;
}

/* The call */

char *
granary_tione_metrics_to_text (GPtrArray *metrics)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; metrics != NULL && i < metrics->len; i++)
    {
      const GranaryMetric *metric = g_ptr_array_index (metrics, i);
      g_autofree char *item = g_strdup_printf ("%s%s=%s", text->len > 0 ? "," : "",
                                               metric->name, metric->text);

      if (g_utf8_strlen (text->str, -1) + g_utf8_strlen (item, -1) > MAX_INDEX_CHARS)
        break;
      g_string_append (text, item);
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
add_path (GranaryTioneImport       *self,
          JsonObject               *body,
          const char               *name,
          const GranaryObjectPlace *place)
{
  JsonObject *object;
  JsonArray *paths;

  if (place == NULL)
    return;

  object = json_object_new ();
  paths = json_array_new ();
  json_object_set_string_member (object, "Bucket", place->bucket);
  json_object_set_string_member (object, "Region",
                                 place->region != NULL
                                 ? place->region : granary_account_get_region (self->place->account));
  json_array_add_string_element (paths, place->key);
  json_object_set_array_member (object, "Paths", paths);
  json_object_set_object_member (body, name, object);
}

static void
add_tags (JsonObject          *body,
          const GranaryTagSet *tags)
{
  JsonArray *array;

  if (granary_tag_set_get_size (tags) == 0)
    return;

  array = json_array_new ();
  for (guint i = 0; i < MIN (granary_tag_set_get_size (tags), MAX_TAGS_PER_CALL); i++)
    {
      JsonObject *tag = json_object_new ();

      json_object_set_string_member (tag, "TagKey", granary_tag_set_get_key (tags, i));
      json_object_set_string_member (tag, "TagValue", granary_tag_set_get_value (tags, i));
      json_array_add_object_element (array, tag);
    }
  json_object_set_array_member (body, "Tags", array);
}

GranarySource
granary_tione_import_get_source (GranaryTioneImport *self)
{
  const GranaryImportRequest *request = self->request;
  g_autofree char *as_storage = granary_tione_import_dup (self, GRANARY_TIONE_FACT_AS_STORAGE);

  /* A task of this computer is nothing to the platform. */
  if (self->is_sent || request->task_uid == NULL || as_storage != NULL)
    return GRANARY_SOURCE_COS;
  if (request->source == GRANARY_SOURCE_TASK || request->source == GRANARY_SOURCE_AUTOML)
    return request->source;

  return GRANARY_SOURCE_COS;
}

static void
add_source (GranaryTioneImport *self,
            JsonObject         *body)
{
  const GranaryImportRequest *request = self->request;
  GranarySource source = granary_tione_import_get_source (self);

  if (source == GRANARY_SOURCE_TASK)
    {
      add_text (body, "TrainingModelSource", "JOB");
      add_text (body, "TrainingJobId", request->task_uid);
      add_text (body, "TrainingJobName", request->task_name);
    }
  else if (source == GRANARY_SOURCE_AUTOML)
    {
      add_text (body, "TrainingModelSource", "AUTO_ML");
      add_text (body, "AutoMLTaskId", request->task_uid);
      add_text (body, "TrainingJobName", request->task_name);
      add_text (body, "TrainingJobVersion", request->task_version);
      add_text (body, "TrainingPreference", request->preference);
    }
  else
    {
      add_text (body, "TrainingModelSource", "COS");
    }
}

/* What was sent from here lies in a folder of its own until the platform has taken it from there;
 * what the user has in object storage stays, unless it is to be moved. */
JsonNode *
granary_tione_import_body (GranaryTioneImport *self,
                           int                 number,
                           JsonNode           *environment)
{
  const GranaryImportRequest *request = self->request;
  JsonObject *members = json_node_get_object (environment);
  g_autoptr (GList) names = json_object_get_members (members);
  g_autofree char *version = g_strdup_printf ("v%d", number);
  g_autofree char *index = granary_tione_metrics_to_text (request->metrics);
  JsonObject *body = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  if (self->model_uid == NULL)
    {
      json_object_set_string_member (body, "ImportMethod", "MODEL");
      json_object_set_string_member (body, "TrainingModelName", self->name);
      add_tags (body, request->tags);
    }
  else
    {
      json_object_set_string_member (body, "ImportMethod", "VERSION");
      json_object_set_string_member (body, "TrainingModelId", self->model_uid);
    }
  json_object_set_string_member (body, "TrainingModelVersion", version);
  add_source (self, body);
  add_path (self, body, "TrainingModelCosPath", self->source);
  json_object_set_string_member (body, "ModelMoveMode",
                                 self->is_sent || request->move ? "CUT" : "COPY");
  add_path (self, body, "ModelOutputPath", self->output);
  add_text (body, "AlgorithmFramework",
            granary_tione_framework_to_platform (request->framework, request->format));
  add_text (body, "ModelFormat",
            granary_tione_format_to_platform (request->format, request->framework));
  add_text (body, "TrainingModelIndex", index);
  for (GList *at = names; at != NULL; at = at->next)
    json_object_set_member (body, at->data,
                            json_node_copy (json_object_get_member (members, at->data)));

  json_node_take_object (node, body);
  return node;
}

/* The second half of a cut */

static void
warn_not_removed (GranaryTioneImport *self,
                  const char         *path,
                  int                 error_number)
{
  g_autofree char *shown = granary_display_path (path);
  g_autoptr (GError) warning = NULL;

  granary_set_error (&warning, GRANARY_ERROR_FILE, GRANARY_REASON_SOURCE_NOT_REMOVED, shown,
                     "%s stays where it is: %s", shown,
                     error_number != 0 ? g_strerror (error_number) : "it was changed");
  granary_transfer_add_warning (self->transfer, warning);
}

static char *
get_path (JsonNode *node)
{
  const char *escaped = granary_json_get_string (node, "");

  return escaped != NULL ? g_strcompress (escaped) : NULL;
}

/* Links go in the first pass: once their targets are gone they cannot be told apart from links that
 * were broken all along. */
static void
remove_file (GranaryTioneImport *self,
             JsonArray          *item,
             gboolean            is_link_pass)
{
  g_autofree char *path = NULL;
  gboolean is_link;
  struct stat status;

  if (item == NULL || json_array_get_length (item) != 3)
    return;
  path = get_path (json_array_get_element (item, 0));
  if (path == NULL || lstat (path, &status) != 0)
    return;
  is_link = S_ISLNK (status.st_mode);
  if (is_link != is_link_pass)
    return;

  /* What was written to since is not what was imported. */
  if ((is_link && stat (path, &status) != 0) ||
      status.st_size != json_array_get_int_element (item, 1) ||
      (gint64) status.st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) + status.st_mtim.tv_nsec !=
      json_array_get_int_element (item, 2))
    warn_not_removed (self, path, 0);
  else if (unlink (path) != 0 && errno != ENOENT)
    warn_not_removed (self, path, errno);
}

void
granary_tione_import_remove_sources (GranaryTioneImport *self)
{
  JsonArray *files = granary_json_get_array (self->sources, "files");
  JsonArray *folders = granary_json_get_array (self->sources, "folders");

  for (guint pass = 0; pass < 2; pass++)
    {
      for (guint i = 0; files != NULL && i < json_array_get_length (files); i++)
        remove_file (self, granary_json_get_array (json_array_get_element (files, i), ""),
                     pass == 0);
    }
  for (guint i = 0; folders != NULL && i < json_array_get_length (folders); i++)
    {
      g_autofree char *path = get_path (json_array_get_element (folders, i));

      if (path != NULL && rmdir (path) != 0 && errno != ENOTEMPTY && errno != EEXIST &&
          errno != ENOENT && errno != ENOTDIR)
        warn_not_removed (self, path, errno);
    }
}
