/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include <string.h>

#include "granary-walk.h"

/* CatBoost: `CBM1`, u32 length and a FlatBuffer (catboost/libs/model/flatbuffers/model.fbs), or
 * JSON with the same content (catboost/libs/model/model_export/json_model_helpers.cpp), whose
 * members stand in any order. */

#define MAX_NAMES 1024

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

static gboolean
read_catboost (GranaryInspectSubject  *subject,
               GError                **error)
{
  granary_inspection_set_format (subject->inspection, "CatBoost");
  granary_inspection_set_framework (subject->inspection, "CatBoost");

  return subject->head[0] == '{' ? read_json (subject, error) : TRUE;
}

const GranaryInspectParser granary_inspect_catboost = {
  .rank = 60,
  .detect = detect_catboost,
  .read = read_catboost,
};
