/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-task-private.h"

#include <string.h>

#include "granary-names.h"
#include "granary-tione-environment-private.h"
#include "granary-tione-private.h"

/* Automatic learning. No call lists or describes its tasks; services that were made of one tell its
 * id, its name and where its files are. Source: the vendor's published types of services. */

typedef struct
{
  GranaryTionePlace      *place;
  const GranaryTaskQuery *query;    /* (nullable): NULL for every task */
  GPtrArray              *tasks;    /* (element-type GranaryTask) */
  GHashTable             *versions; /* (element-type utf8): of all that were seen, by their ids */
} Discovery;

static gboolean
is_automl (JsonNode *group,
           JsonNode *service,
           JsonNode *model)
{
  const char *of_group = granary_json_get_string (group, "CreateSource");
  const char *of_service = granary_json_get_string (service, "CreateSource");

  return g_strcmp0 (granary_json_get_string (model, "ModelType"), "AUTO_ML") == 0 ||
         (of_service != NULL && g_str_has_prefix (of_service, "AUTO_ML")) ||
         (of_group != NULL && g_str_has_prefix (of_group, "AUTO_ML"));
}

/* Nothing tells what was learned but what people call it. */
static GranaryTaskKinds
guess_kind (const char *name,
            const char *location)
{
  static const char *const words[] = { "ocr", "文字", "文本", "票据" };
  g_autofree char *folded = g_utf8_casefold (name, -1);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (strstr (folded, words[i]) != NULL)
        return GRANARY_TASK_OCR;
    }

  return location != NULL && strstr (location, "ocr") != NULL ? GRANARY_TASK_OCR
                                                              : GRANARY_TASK_VISION;
}

static gboolean
is_wanted (const GranaryTaskQuery *query,
           const GranaryTask      *task)
{
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;

  if (query == NULL)
    return TRUE;
  if ((query->kinds & task->kinds) == 0)
    return FALSE;
  if (query->text == NULL || *query->text == '\0')
    return TRUE;

  name = g_utf8_casefold (task->name, -1);
  text = g_utf8_casefold (query->text, -1);
  return strstr (name, text) != NULL || strstr (task->uid, query->text) != NULL;
}

static char *
dup_address (GranaryTionePlace *place,
             JsonNode          *model)
{
  g_autofree char *location = granary_tione_dup_location (model, "CosPathInfo");
  g_autofree char *bucket = granary_tione_dup_text (model, "CosPathInfo.Bucket");
  g_autofree char *region = granary_tione_dup_text (model, "CosPathInfo.Region");
  g_autoptr (GranaryObjectPlace) where = NULL;

  if (location != NULL && granary_object_bucket_check (bucket, NULL))
    where = granary_object_place_parse (location, NULL);
  if (where == NULL)
    return NULL;
  if (region != NULL && granary_object_region_check (region, NULL) &&
      g_strcmp0 (region, granary_account_get_region (place->account)) != 0)
    g_set_str (&where->region, region);

  return granary_object_place_to_address (where);
}

static void
look_at_group (JsonNode *group,
               gpointer  data)
{
  Discovery *self = data;
  JsonArray *services = granary_json_get_array (group, "Services");

  for (guint i = 0; services != NULL && i < json_array_get_length (services); i++)
    {
      JsonNode *service = json_array_get_element (services, i);
      JsonNode *model = granary_json_lookup (service, "ServiceInfo.ModelInfo");
      g_autofree char *uid = granary_tione_dup_text (model, "ModelVersionId");
      g_autofree char *name = granary_tione_dup_text (model, "ModelName");
      g_autoptr (GranaryTask) task = NULL;

      if (uid == NULL)
        uid = granary_tione_dup_text (model, "ModelId");
      if (uid == NULL || !granary_tione_task_id_is_valid (uid) ||
          !is_automl (group, service, model) || g_hash_table_contains (self->versions, uid))
        continue;

      task = granary_task_new (uid, name != NULL ? name : uid, GRANARY_TIONE_TASK_TOOL);
      task->location = dup_address (self->place, model);
      task->kinds = guess_kind (task->name, task->location);
      task->framework = granary_tione_framework_from_platform (granary_json_get_string
                                                                 (model, "AlgorithmFramework"));
      task->state = GRANARY_TASK_FINISHED;
      task->importable = TRUE;
      granary_tione_parse_time (granary_json_get_string (service, "CreateTime"), &task->finished);
      g_hash_table_insert (self->versions, g_strdup (uid),
                           granary_tione_dup_text (model, "ModelVersion"));
      if (is_wanted (self->query, task))
        g_ptr_array_add (self->tasks, g_steal_pointer (&task));
    }
}

static int
compare_newest_first (gconstpointer a,
                      gconstpointer b)
{
  const GranaryTask *one = *(GranaryTask *const *) a;
  const GranaryTask *other = *(GranaryTask *const *) b;

  if (one->finished != other->finished)
    return one->finished < other->finished ? 1 : -1;

  return strcmp (one->uid, other->uid);
}

static void
discovery_clear (Discovery *self)
{
  g_clear_pointer (&self->tasks, g_ptr_array_unref);
  g_clear_pointer (&self->versions, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Discovery, discovery_clear)

/* An account that may not see services has nothing to tell of automatic learning either. */
static gboolean
discover (Discovery     *self,
          GCancellable  *cancellable,
          GError       **error)
{
  g_autoptr (GError) local_error = NULL;

  self->versions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->tasks = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_task_unref);
  if (!granary_tione_each_group (self->place->api, NULL, look_at_group, self, cancellable,
                                 &local_error) &&
      !granary_tione_is_refused (local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  g_ptr_array_sort (self->tasks, compare_newest_first);
  return TRUE;
}

GPtrArray *
granary_tione_discover_automl (GranaryTionePlace       *place,
                               const GranaryTaskQuery  *query,
                               GCancellable            *cancellable,
                               GError                 **error)
{
  g_auto (Discovery) self = { .place = place, .query = query };

  return discover (&self, cancellable, error) ? g_steal_pointer (&self.tasks) : NULL;
}

/* `ml-xxxxxxxx-v3` is version v3. */
static char *
dup_version (const char *uid,
             const char *told)
{
  const char *dash = strrchr (uid, '-');
  int number;

  if (told != NULL)
    return g_strdup (told);
  if (dash != NULL && granary_version_parse (dash + 1, &number))
    return g_strdup (dash + 1);

  return g_strdup ("");
}

static GranaryTask *
find (Discovery         *self,
      GranaryTaskKinds   kinds,
      const char        *uid)
{
  GranaryTask *task;

  for (guint i = 0; i < self->tasks->len; i++)
    {
      task = g_ptr_array_index (self->tasks, i);
      if (g_str_equal (task->uid, uid))
        return granary_task_ref (task);
    }

  /* Nobody tells whether there is one of that id: the platform will, when it is to import it. */
  task = granary_task_new (uid, uid, GRANARY_TIONE_TASK_TOOL);
  task->importable = TRUE;
  task->kinds = kinds;
  return task;
}

GranaryTaskDetails *
granary_tione_load_automl (GranaryTionePlace  *place,
                           GranaryTaskKinds    kinds,
                           const char         *uid,
                           GCancellable       *cancellable,
                           GError            **error)
{
  g_auto (Discovery) self = { .place = place };
  g_autoptr (GranaryTask) task = NULL;
  g_autoptr (GranaryTaskDetails) details = NULL;
  g_autofree char *version = NULL;
  GranaryTaskOutput *output;

  if (!discover (&self, cancellable, error))
    return NULL;

  task = find (&self, kinds, uid);
  version = dup_version (uid, g_hash_table_lookup (self.versions, uid));
  details = granary_task_details_new (task);
  output = granary_task_output_new (version);
  g_ptr_array_add (details->outputs, output);
  output->title = *version != '\0' ? g_strdup (version) : NULL;
  output->framework = g_strdup (task->framework);
  output->address = g_strdup (task->location);
  if (kinds & GRANARY_TASK_VISION)
    output->preference = g_strdup (granary_account_get_automl_captions (place->account)[0]);

  if (output->address != NULL)
    {
      g_autoptr (GranaryObjectPlace) where = granary_object_place_parse (output->address, NULL);
      g_autoptr (GError) local_error = NULL;
      gint64 n_files;

      /* The bucket is the platform's: the key of the account may well not be let in. */
      if (where != NULL &&
          !granary_tione_measure_output (place, where, &output->size, &n_files, cancellable,
                                         &local_error))
        output->size = -1;
      if (granary_error_is_cancelled (local_error))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
      task->size = output->size;
    }

  return g_steal_pointer (&details);
}
