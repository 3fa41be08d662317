/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include <string.h>

#include "granary-flatbuffer.h"
#include "granary-memory-reader.h"
#include "granary-walk.h"

/* CatBoost: `CBM1`, u32 length and a FlatBuffer (catboost/libs/model/flatbuffers/model.fbs), or
 * JSON with the same content (catboost/libs/model/model_export/json_model_helpers.cpp), whose
 * members stand in any order. */

#define MAX_NAMES 1024
#define MAX_LISTED 256
#define MAX_TEXT (256 * 1024)
#define CORE_START 8

typedef struct
{
  GranaryInspection *inspection;
  GString           *names;
  guint              n_features;
  guint              n_trees;
} Facts;

static gboolean
detect_catboost (GranaryInspectSubject *subject)
{
  static const char * const keys[] = {
    "\"oblivious_trees\"", "\"features_info\"", "\"scale_and_bias\"", "\"model_info\"",
  };
  gsize at = 1;

  if (granary_inspect_starts (subject, 0, "CBM1", 4))
    return TRUE;
  if (!granary_inspect_starts (subject, 0, "{", 1))
    return FALSE;

  while (at < subject->head_length && g_ascii_isspace (subject->head[at]))
    at++;
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (granary_inspect_starts (subject, at, keys[i], strlen (keys[i])))
      return TRUE;

  return FALSE;
}

static GranaryWalk
take_value (const char *path,
            const char *text,
            gpointer    data)
{
  Facts *facts = data;

  if (text == NULL)
    {
      if (g_str_equal (path, "oblivious_trees[]") || g_str_equal (path, "trees[]"))
        {
          facts->n_trees++;
          return GRANARY_WALK_PAST;
        }
      if (g_str_has_prefix (path, "features_info.") && g_str_has_suffix (path, "_features[]"))
        facts->n_features++;

      return *path == '\0' ||
             g_str_equal (path, "oblivious_trees") || g_str_equal (path, "trees") ||
             (g_str_has_prefix (path, "features_info") && !g_str_has_suffix (path, ".borders") &&
              !g_str_has_suffix (path, ".ctrs")) ||
             g_str_has_prefix (path, "model_info") ? GRANARY_WALK_ON : GRANARY_WALK_PAST;
    }

  if (g_str_has_suffix (path, "_features[].feature_id"))
    {
      if (*text != '\0' && facts->names->len < MAX_NAMES)
        g_string_append_printf (facts->names, "%s%s", facts->names->len > 0 ? ", " : "", text);
    }
  else if (g_str_equal (path, "model_info.catboost_version_info"))
    granary_inspection_set_producer (facts->inspection, text);
  else if (g_str_equal (path, "model_info.params.loss_function.type"))
    granary_inspection_set_metadata (facts->inspection, "objective", text);
  else if (g_str_equal (path, "model_info.params.task_type"))
    granary_inspection_set_metadata (facts->inspection, "trained on", text);
  else if (g_str_equal (path, "model_info.train_finish_time"))
    granary_inspection_set_metadata (facts->inspection, "trained", text);

  return GRANARY_WALK_ON;
}

static void
set_count (GranaryInspection *inspection,
           const char        *key,
           guint              count)
{
  g_autofree char *text = g_strdup_printf ("%u", count);

  if (count > 0)
    granary_inspection_set_metadata (inspection, key, text);
}

static gboolean
read_json (GranaryInspectSubject  *subject,
           GError                **error)
{
  g_autoptr (GranaryCursor) cursor = NULL;
  g_autoptr (GString) names = g_string_new (NULL);
  Facts facts = { subject->inspection, names };

  granary_inspection_set_metadata (subject->inspection, "encoding", "JSON");
  cursor = granary_cursor_new (subject->reader, GRANARY_INSPECT_BUDGET, subject->cancellable);
  granary_walk_json (cursor, cursor->size, take_value, &facts);
  /* The trees of a large model may be the rest of the file: what came before them is known. */
  if (cursor->state == GRANARY_CURSOR_EXHAUSTED)
    facts.n_trees = 0;
  else if (!granary_inspect_settle (subject, cursor, FALSE, error))
    return FALSE;

  set_count (subject->inspection, "features", facts.n_features);
  set_count (subject->inspection, "trees", facts.n_trees);
  if (names->len > 0)
    granary_inspection_set_metadata (subject->inspection, "feature names", names->str);

  return TRUE;
}

/* Names of the features of one kind, whose tables have them as field @field. */
static void
take_features (GranaryCursor          *cursor,
               const GranaryFlatTable *trees,
               guint                   list,
               guint                   field,
               Facts                  *facts)
{
  GranaryFlatVector features;

  if (!granary_flatbuffer_get_vector (cursor, trees, list, 4, &features))
    return;

  facts->n_features += (guint) MIN (features.count, G_MAXINT32 / 2);
  for (gint64 i = 0; i < MIN (features.count, MAX_LISTED); i++)
    {
      GranaryFlatTable feature;
      g_autofree char *name = NULL;

      if (!granary_flatbuffer_vector_table (cursor, &features, i, &feature))
        return;
      name = granary_flatbuffer_get_text (cursor, &feature, field, MAX_NAMES);
      if (name != NULL && *name != '\0' && facts->names->len < MAX_NAMES)
        g_string_append_printf (facts->names, "%s%s", facts->names->len > 0 ? ", " : "", name);
    }
}

static GranaryWalk
take_parameter (const char *path,
                const char *text,
                gpointer    data)
{
  if (text == NULL)
    return *path == '\0' || g_str_equal (path, "loss_function") ? GRANARY_WALK_ON
                                                                : GRANARY_WALK_PAST;
  if (g_str_equal (path, "loss_function.type"))
    granary_inspection_set_metadata (data, "objective", text);
  else if (g_str_equal (path, "task_type"))
    granary_inspection_set_metadata (data, "trained on", text);

  return GRANARY_WALK_ON;
}

/* Texts with names: the version, and as JSON what it was trained with. */
static void
take_information (GranaryInspectSubject  *subject,
                  GranaryCursor          *cursor,
                  const GranaryFlatTable *root)
{
  GranaryFlatVector pairs;

  if (!granary_flatbuffer_get_vector (cursor, root, 2, 4, &pairs))
    return;

  for (gint64 i = 0; i < MIN (pairs.count, MAX_LISTED); i++)
    {
      GranaryFlatTable pair;
      g_autofree char *key = NULL;
      g_autofree char *value = NULL;

      if (!granary_flatbuffer_vector_table (cursor, &pairs, i, &pair))
        return;
      key = granary_flatbuffer_get_text (cursor, &pair, 0, MAX_NAMES);
      value = granary_flatbuffer_get_text (cursor, &pair, 1, MAX_TEXT);
      if (key == NULL || value == NULL)
        continue;

      if (g_str_equal (key, "catboost_version_info"))
        granary_inspection_set_producer (subject->inspection, value);
      else if (g_str_equal (key, "train_finish_time"))
        granary_inspection_set_metadata (subject->inspection, "trained", value);
      else if (g_str_equal (key, "params"))
        {
          g_autoptr (GBytes) bytes = g_bytes_new (value, strlen (value));
          g_autoptr (GranaryRangeReader) reader = granary_memory_reader_new (bytes);
          g_autoptr (GranaryCursor) inner = granary_cursor_new (reader, G_MAXINT64,
                                                                subject->cancellable);

          granary_walk_json (inner, inner->size, take_parameter, subject->inspection);
        }
    }
}

/* TModelCore: ModelTrees 1, InfoMap 2. TModelTrees: TreeSizes 2, CatFeatures 4, FloatFeatures 5. */
static gboolean
read_binary (GranaryInspectSubject  *subject,
             GError                **error)
{
  g_autoptr (GranaryCursor) cursor = NULL;
  g_autoptr (GString) names = g_string_new (NULL);
  Facts facts = { subject->inspection, names };
  GranaryFlatTable root;
  GranaryFlatTable trees;
  GranaryFlatVector sizes;
  guint64 length;

  if (subject->head_length < CORE_START)
    {
      granary_inspection_add_warning (subject->inspection, GRANARY_WARNING_TRUNCATED,
                                      subject->name);
      return TRUE;
    }

  length = granary_inspect_le64 (subject->head) >> 32;
  cursor = granary_cursor_new (subject->reader, GRANARY_INSPECT_BUDGET, subject->cancellable);
  if (granary_flatbuffer_open_at (cursor, CORE_START, &root))
    {
      take_information (subject, cursor, &root);
      if (granary_flatbuffer_get_table (cursor, &root, 1, &trees))
        {
          if (granary_flatbuffer_get_vector (cursor, &trees, 2, 4, &sizes))
            facts.n_trees = (guint) MIN (sizes.count, G_MAXINT32);
          take_features (cursor, &trees, 5, 4, &facts);
          take_features (cursor, &trees, 4, 2, &facts);
        }
    }
  set_count (subject->inspection, "features", facts.n_features);
  set_count (subject->inspection, "trees", facts.n_trees);
  if (names->len > 0)
    granary_inspection_set_metadata (subject->inspection, "feature names", names->str);

  return granary_inspect_settle (subject, cursor,
                                 (gint64) length + CORE_START > subject->size, error);
}

static gboolean
read_catboost (GranaryInspectSubject  *subject,
               GError                **error)
{
  granary_inspection_set_format (subject->inspection, "CatBoost");
  granary_inspection_set_framework (subject->inspection, "CatBoost");

  return subject->head[0] == '{' ? read_json (subject, error) : read_binary (subject, error);
}

const GranaryInspectParser granary_inspect_catboost = {
  .rank = 60,
  .detect = detect_catboost,
  .read = read_catboost,
};
