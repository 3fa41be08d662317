/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include <string.h>

#include "granary-metric.h"
#include "granary-names.h"
#include "granary-tione-environment-private.h"
#include "granary-tione-private.h"

/* Answers of TI-ONE as records. Any member may be null, missing or of another type: what cannot be
 * read is left out. Unset text comes as "". Source of the shapes: the vendor's published types. */

#define INFERENCE_CODE "model_service.py"

/* Auxiliary functions */

static GranaryStatus
read_status (JsonNode *node)
{
  const char *status = granary_json_get_string (node, "TrainingModelStatus");

  if (g_strcmp0 (status, "STATUS_RUNNING") == 0)
    return GRANARY_STATUS_IMPORTING;
  if (g_strcmp0 (status, "STATUS_FAILED") == 0)
    return GRANARY_STATUS_FAILED;

  /* Older records have none. */
  return GRANARY_STATUS_READY;
}

static GranarySource
read_source (JsonNode *node)
{
  const char *source = granary_json_get_string (node, "TrainingModelSource");
  g_autofree char *automl = granary_tione_dup_text (node, "AutoMLTaskId");
  g_autofree char *task = granary_tione_dup_text (node, "TrainingJobId");

  if (g_strcmp0 (source, "JOB") == 0)
    return GRANARY_SOURCE_TASK;
  if (g_strcmp0 (source, "AUTO_ML") == 0)
    return GRANARY_SOURCE_AUTOML;
  if (g_strcmp0 (source, "COS") == 0)
    return GRANARY_SOURCE_COS;
  if (g_strcmp0 (source, "CFS") == 0)
    return GRANARY_SOURCE_FILES;

  /* It may be left out on import; then the rest tells. */
  if (task != NULL)
    return GRANARY_SOURCE_TASK;
  return automl != NULL ? GRANARY_SOURCE_AUTOML : GRANARY_SOURCE_COS;
}

/* A built-in environment has a short name; any other is known by the address of its image. */
static char *
dup_environment (JsonNode *node)
{
  const char *source = granary_json_get_string (node, "ReasoningEnvironmentSource");
  static const char *const built_in[] = {
    "ReasoningEnvironmentId", "ReasoningEnvironment", "ReasoningImageInfo.ImageUrl",
  };
  static const char *const custom[] = {
    "ReasoningImageInfo.ImageUrl", "ReasoningEnvironment", "ReasoningEnvironmentId",
  };
  const char *const *places = g_strcmp0 (source, "CUSTOM") == 0 ? custom : built_in;

  for (guint i = 0; i < G_N_ELEMENTS (custom); i++)
    {
      char *environment = granary_tione_dup_text (node, places[i]);

      if (environment != NULL)
        return environment;
    }

  return NULL;
}

static void
add_text (JsonObject *remote,
          const char *name,
          JsonNode   *node,
          const char *path)
{
  g_autofree char *text = granary_tione_dup_text (node, path);

  if (text != NULL)
    json_object_set_string_member (remote, name, text);
}

/* The image as it has to be given back when a service is made of the version. The secret of a
 * foreign registry that it may hold is nobody's business here. */
static void
add_image (JsonObject *remote,
           JsonNode   *node)
{
  JsonNode *image = granary_json_lookup (node, "ReasoningImageInfo");
  g_autofree char *url = granary_tione_dup_text (node, "ReasoningImageInfo.ImageUrl");
  g_autoptr (JsonNode) copy = NULL;
  JsonObjectIter iter;
  JsonObject *kept;
  const char *name;
  JsonNode *value;

  if (url == NULL)
    return;

  kept = json_object_new ();
  json_object_iter_init (&iter, json_node_get_object (image));
  while (json_object_iter_next (&iter, &name, &value))
    {
      if (JSON_NODE_HOLDS_VALUE (value) && !g_str_equal (name, "ImageSecret"))
        json_object_set_member (kept, name, json_node_copy (value));
    }
  json_object_set_object_member (remote, "image", kept);
}

static char *
dup_remote (JsonNode *node)
{
  g_autoptr (JsonNode) root = json_node_new (JSON_NODE_OBJECT);
  JsonObject *remote = json_object_new ();

  add_text (remote, "task_id", node, "TrainingJobId");
  add_text (remote, "task_name", node, "TrainingJobName");
  add_text (remote, "task_version", node, "TrainingJobVersion");
  add_text (remote, "creator", node, "TrainingModelCreator");
  add_text (remote, "preference", node, "TrainingPreference");
  add_text (remote, "region", node, "TrainingModelCosPath.Region");
  add_text (remote, "environment_source", node, "ReasoningEnvironmentSource");
  add_text (remote, "environment_url", node, "ReasoningEnvironment");
  add_image (remote, node);
  json_node_take_object (root, remote);

  return json_object_get_size (remote) > 0 ? granary_json_to_text (root, FALSE) : NULL;
}

static int
read_number (JsonNode   *node,
             const char *path)
{
  const char *text = granary_json_get_string (node, path);
  int number;

  return text != NULL && granary_version_parse (text, &number) ? number : 0;
}

static int
compare_newest_first (gconstpointer a,
                      gconstpointer b)
{
  const GranaryVersion *one = *(GranaryVersion * const *) a;
  const GranaryVersion *other = *(GranaryVersion * const *) b;

  return (other->number > one->number) - (other->number < one->number);
}

static GranaryTagSet *
parse_tags (JsonNode *node)
{
  g_autoptr (GranaryTagSet) tags = granary_tag_set_new ();
  JsonArray *list = granary_json_get_array (node, "Tags");

  /* Null means none; what is neither that nor a list tells nothing. */
  if (list == NULL)
    return granary_json_lookup (node, "Tags") == NULL ? g_steal_pointer (&tags) : NULL;

  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonNode *tag = json_array_get_element (list, i);
      const char *key = granary_json_get_string (tag, "TagKey");
      const char *value = granary_json_get_string (tag, "TagValue");
      g_autoptr (GError) error = NULL;

      if (key != NULL && !granary_tag_set_put (tags, key, value != NULL ? value : "", &error))
        g_debug ("a tag is left out: %s", error->message);
    }

  return g_steal_pointer (&tags);
}

/* Functions shared inside tione/ */

/**
 * granary_tione_dup_text:
 * @node: (nullable): an answer
 * @path: as in granary_json_lookup()
 *
 * Returns: (transfer full) (nullable): the text there as valid UTF-8; %NULL also for ""
 */
char *
granary_tione_dup_text (JsonNode   *node,
                        const char *path)
{
  const char *text = granary_json_get_string (node, path);

  return text != NULL && *text != '\0' ? g_utf8_make_valid (text, -1) : NULL;
}

/**
 * granary_tione_dup_location:
 * @node: (nullable): an answer
 * @path: of a CosPathInfo, as in granary_json_lookup()
 *
 * Some answers name the inference code in a folder where the folder is meant.
 *
 * Returns: (transfer full) (nullable): `cos://BUCKET/PREFIX/`, %NULL when it is not told
 */
char *
granary_tione_dup_location (JsonNode   *node,
                            const char *path)
{
  JsonNode *place = granary_json_lookup (node, path);
  JsonArray *paths = granary_json_get_array (place, "Paths");
  g_autofree char *bucket = granary_tione_dup_text (place, "Bucket");
  g_autofree char *prefix = NULL;
  JsonNode *first;
  const char *text;
  gsize length;

  if (bucket == NULL || paths == NULL || json_array_get_length (paths) == 0)
    return NULL;
  first = json_array_get_element (paths, 0);
  text = granary_json_get_string (first, "");
  while (text != NULL && *text == '/')
    text++;
  if (text == NULL || *text == '\0')
    return NULL;

  prefix = g_utf8_make_valid (text, -1);
  length = strlen (prefix);
  if (g_str_equal (prefix, INFERENCE_CODE) || g_str_has_suffix (prefix, "/" INFERENCE_CODE))
    prefix[length - strlen (INFERENCE_CODE)] = '\0';

  return g_strconcat ("cos://", bucket, "/", prefix,
                      *prefix == '\0' || g_str_has_suffix (prefix, "/") ? "" : "/", NULL);
}

/**
 * granary_tione_parse_metrics:
 * @text: (nullable): the free text of a version: `loss=0.1,acc=0.9` by custom
 *
 * Returns: (transfer full) (element-type GranaryMetric): its metrics; text of another form comes as
 *   it is, as one metric named `metrics`
 */
GPtrArray *
granary_tione_parse_metrics (const char *text)
{
  g_autoptr (GPtrArray) metrics =
    g_ptr_array_new_with_free_func ((GDestroyNotify) granary_metric_free);
  g_autofree char *valid = NULL;
  g_auto (GStrv) parts = NULL;
  gboolean is_plain = TRUE;

  if (text == NULL)
    return g_steal_pointer (&metrics);
  valid = g_strstrip (g_utf8_make_valid (text, -1));
  if (*valid == '\0')
    return g_steal_pointer (&metrics);

  parts = g_strsplit (valid, ",", -1);
  for (guint i = 0; parts[i] != NULL && is_plain; i++)
    {
      GranaryMetric *metric;

      if (*g_strstrip (parts[i]) == '\0')
        continue;
      metric = granary_metric_parse (parts[i], NULL);
      if (metric != NULL)
        g_ptr_array_add (metrics, metric);
      is_plain = metric != NULL;
    }

  if (!is_plain || metrics->len == 0 || !granary_metrics_check (metrics, NULL))
    {
      g_ptr_array_set_size (metrics, 0);
      g_ptr_array_add (metrics, granary_metric_new ("metrics", valid));
    }

  return g_steal_pointer (&metrics);
}

gboolean
granary_tione_is_normal (JsonNode *node)
{
  return g_strcmp0 (granary_json_get_string (node, "VersionType"), "ACCELERATE") != 0;
}

GPtrArray *
granary_tione_parse_versions (JsonNode *node,
                              int      *high_water)
{
  JsonArray *list = granary_json_get_array (node, "TrainingModelVersions");
  g_autoptr (GPtrArray) versions =
    g_ptr_array_new_with_free_func ((GDestroyNotify) granary_version_unref);

  *high_water = 0;
  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      JsonNode *element = json_array_get_element (list, i);
      g_autoptr (GranaryVersion) version = granary_tione_parse_version (element);

      if (version == NULL)
        return NULL;

      *high_water = MAX (*high_water, version->number);
      if (granary_tione_is_normal (element))
        g_ptr_array_add (versions, g_steal_pointer (&version));
    }

  g_ptr_array_sort (versions, compare_newest_first);
  return g_steal_pointer (&versions);
}

/* Public functions */

/**
 * granary_tione_parse_version:
 * @node: (nullable): a TrainingModelVersionDTO
 *
 * Returns: (transfer full) (nullable): the version; %NULL for what has no id. Its number is 0 when
 *   that cannot be read.
 */
GranaryVersion *
granary_tione_parse_version (JsonNode *node)
{
  g_autoptr (GranaryVersion) version = NULL;
  g_autofree char *uid = granary_tione_dup_text (node, "TrainingModelVersionId");
  gint64 progress;

  if (uid == NULL)
    return NULL;

  version = granary_version_new ();
  version->uid = g_steal_pointer (&uid);
  version->model_uid = granary_tione_dup_text (node, "TrainingModelId");
  version->model_name = granary_tione_dup_text (node, "TrainingModelName");
  version->number = read_number (node, "TrainingModelVersion");
  version->status = read_status (node);
  version->source = read_source (node);
  if (version->source == GRANARY_SOURCE_TASK)
    version->source_ref = granary_tione_dup_text (node, "TrainingJobId");
  else if (version->source == GRANARY_SOURCE_AUTOML)
    version->source_ref = granary_tione_dup_text (node, "AutoMLTaskId");
  version->framework = granary_tione_framework_from_platform (granary_json_get_string
                                                               (node, "AlgorithmFramework"));
  version->format = granary_tione_dup_text (node, "TrainingModelFormat");
  version->environment = dup_environment (node);
  if (version->status == GRANARY_STATUS_FAILED)
    version->error = granary_tione_dup_text (node, "TrainingModelErrorMsg");
  if (version->status == GRANARY_STATUS_IMPORTING &&
      granary_json_get_int (node, "TrainingModelProgress", &progress))
    version->progress = (int) CLAMP (progress, 0, 100);
  version->location = granary_tione_dup_location (node, "TrainingModelCosPath");
  version->remote = dup_remote (node);
  version->size = -1;
  version->n_files = -1;
  granary_tione_parse_time (granary_json_get_string (node, "CreateTime"), &version->created);
  version->updated = version->created;
  version->metrics = granary_tione_parse_metrics (granary_json_get_string (node,
                                                                           "TrainingModelIndex"));
  return g_steal_pointer (&version);
}

/**
 * granary_tione_parse_model:
 * @node: (nullable): a TrainingModelDTO
 *
 * Returns: (transfer full) (nullable): the model; %NULL for what has no id. Its versions are %NULL
 *   when the answer has none of them or one cannot be read; its high_water counts those too that are
 *   not listed.
 */
GranaryModel *
granary_tione_parse_model (JsonNode *node)
{
  g_autofree char *uid = granary_tione_dup_text (node, "TrainingModelId");
  GranaryModel *model;

  if (uid == NULL)
    return NULL;

  model = granary_model_new ();
  model->uid = g_steal_pointer (&uid);
  model->name = granary_tione_dup_text (node, "TrainingModelName");
  model->tags = parse_tags (node);
  granary_tione_parse_time (granary_json_get_string (node, "CreateTime"), &model->created);
  model->updated = model->created;
  if (granary_json_get_array (node, "TrainingModelVersions") != NULL)
    model->versions = granary_tione_parse_versions (node, &model->high_water);

  return model;
}
