/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include <string.h>

#include "granary-xml-pull.h"

/* PMML: Header with the application, DataDictionary with the types of fields, then the model, whose
 * MiningSchema and Output tell what goes in and out. Element order as in the schemas of
 * dmg.org/pmml/v4-4: these come before the content proper, which is not read. */

#define MAX_FIELDS 65536

typedef struct
{
  GranaryInspectSubject *subject;
  GranaryXmlPull        *pull;
  GHashTable            *types;   /* (element-type utf8 utf8): of fields */
  char                  *section; /* (owned) (nullable): element at depth 1 */
  char                  *part;    /* (owned) (nullable): element at depth 2 */
  gboolean               in_model;
} Pmml;

static gboolean
detect_pmml (GranaryInspectSubject *subject)
{
  g_autofree char *root = granary_xml_pull_find_root (subject->head, subject->head_length);

  return g_strcmp0 (root, "PMML") == 0;
}

static void
note_application (Pmml *pmml)
{
  static const struct
  {
    const char *part;
    const char *framework;
  } known[] = {
    { "sklearn", "scikit-learn" },
    { "xgboost", "XGBoost" },
    { "lightgbm", "LightGBM" },
    { "catboost", "CatBoost" },
    { "tensorflow", "TensorFlow" },
  };
  g_autofree char *name = granary_xml_pull_dup_attribute (pmml->pull, "name");
  g_autofree char *version = granary_xml_pull_dup_attribute (pmml->pull, "version");
  g_autofree char *lower = NULL;
  g_autofree char *producer = NULL;

  if (name == NULL)
    return;

  producer = version != NULL ? g_strdup_printf ("%s %s", name, version) : g_strdup (name);
  granary_inspection_set_producer (pmml->subject->inspection, producer);
  lower = g_ascii_strdown (name, -1);
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (strstr (lower, known[i].part) != NULL)
      granary_inspection_set_framework (pmml->subject->inspection, known[i].framework);
}

/* An element below the root. */
static void
enter_section (Pmml *pmml)
{
  static const char * const others[] = {
    "Header", "MiningBuildTask", "DataDictionary", "TransformationDictionary", "Extension", NULL,
  };
  g_autofree char *function = NULL;
  g_autofree char *name = NULL;

  g_free (pmml->section);
  pmml->section = g_strdup (pmml->pull->name);
  g_clear_pointer (&pmml->part, g_free);
  pmml->in_model = !g_strv_contains (others, pmml->section);
  if (!pmml->in_model)
    return;

  granary_inspection_set_metadata (pmml->subject->inspection, "class", pmml->section);
  function = granary_xml_pull_dup_attribute (pmml->pull, "functionName");
  granary_inspection_set_metadata (pmml->subject->inspection, "function", function);
  name = granary_xml_pull_dup_attribute (pmml->pull, "modelName");
  granary_inspection_set_metadata (pmml->subject->inspection, "name", name);
}

/* An element two below the root. FALSE: all that matters came before it. */
static gboolean
enter_part (Pmml *pmml)
{
  static const char * const before_content[] = {
    "Extension", "MiningSchema", "Output", "ModelStats", "ModelExplanation", "Targets",
    "LocalTransformations", NULL,
  };
  GranaryXmlPull *pull = pmml->pull;

  g_free (pmml->part);
  pmml->part = g_strdup (pull->name);
  if (pmml->in_model)
    return g_strv_contains (before_content, pmml->part);

  if (g_str_equal (pmml->section, "Header") && g_str_equal (pull->name, "Application"))
    note_application (pmml);
  else if (g_str_equal (pmml->section, "DataDictionary") && g_str_equal (pull->name, "DataField"))
    {
      g_autofree char *name = granary_xml_pull_dup_attribute (pull, "name");
      g_autofree char *type = granary_xml_pull_dup_attribute (pull, "dataType");

      if (name != NULL && type != NULL && g_hash_table_size (pmml->types) < MAX_FIELDS)
        g_hash_table_replace (pmml->types, g_steal_pointer (&name), g_steal_pointer (&type));
    }

  return TRUE;
}

static void
note_field (Pmml *pmml)
{
  GranaryXmlPull *pull = pmml->pull;
  g_autofree char *name = granary_xml_pull_dup_attribute (pull, "name");

  if (name == NULL)
    return;

  if (g_str_equal (pmml->part, "MiningSchema") && g_str_equal (pull->name, "MiningField"))
    {
      g_autofree char *usage = granary_xml_pull_dup_attribute (pull, "usageType");
      const char *type = g_hash_table_lookup (pmml->types, name);

      if (usage == NULL || g_str_equal (usage, "active"))
        granary_inspection_add_input (pmml->subject->inspection, name, type, "");
      else if (g_str_equal (usage, "target") || g_str_equal (usage, "predicted"))
        granary_inspection_add_output (pmml->subject->inspection, name, type, "");
    }
  else if (g_str_equal (pmml->part, "Output") && g_str_equal (pull->name, "OutputField"))
    {
      g_autofree char *type = granary_xml_pull_dup_attribute (pull, "dataType");

      granary_inspection_add_output (pmml->subject->inspection, name, type, "");
    }
}

static gboolean
read_pmml (GranaryInspectSubject  *subject,
           GError                **error)
{
  g_autoptr (GranaryCursor) cursor = NULL;
  g_autoptr (GranaryXmlPull) pull = NULL;
  g_autoptr (GHashTable) types = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  Pmml pmml = { .subject = subject, .types = types };

  granary_inspection_set_format (subject->inspection, "PMML");
  cursor = granary_cursor_new (subject->reader, GRANARY_INSPECT_BUDGET, subject->cancellable);
  pull = granary_xml_pull_new (cursor);
  pmml.pull = pull;

  while (granary_xml_pull_next (pull))
    {
      if (!pull->is_start)
        continue;
      if (pull->depth == 0)
        {
          g_autofree char *version = granary_xml_pull_dup_attribute (pull, "version");

          granary_inspection_set_metadata (subject->inspection, "version", version);
        }
      else if (pull->depth == 1)
        enter_section (&pmml);
      else if (pull->depth == 2 && !enter_part (&pmml))
        break;
      else if (pull->depth == 3 && pmml.in_model)
        note_field (&pmml);
    }
  g_free (pmml.section);
  g_free (pmml.part);

  return granary_inspect_settle (subject, cursor, FALSE, error);
}

const GranaryInspectParser granary_inspect_pmml = {
  .rank = 60,
  .detect = detect_pmml,
  .read = read_pmml,
};
