/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-mlflow-private.h"

#include <string.h>

#include "granary-json.h"
#include "granary-yaml.h"

/* What MLflow calls a flavor. A model may have several, always `python_function` among them: the
 * first of these counts. */
static const struct
{
  const char *flavor;
  const char *framework;
  const char *format;
} flavors[] = {
  { "onnx", "ONNX", "ONNX" },
  { "sklearn", "scikit-learn", "pickle" },
  { "pytorch", "PyTorch", NULL },
  { "keras", "Keras", NULL },
  { "tensorflow", "TensorFlow", "SavedModel" },
  { "xgboost", "XGBoost", "XGBoost" },
  { "lightgbm", "LightGBM", "LightGBM" },
  { "catboost", "CatBoost", "CatBoost" },
  { "paddle", "PaddlePaddle", "Paddle" },
  { "transformers", "PyTorch", NULL },
  { "sentence_transformers", "PyTorch", NULL },
  { "diffusers", "PyTorch", NULL },
  { "fastai", "PyTorch", NULL },
  { "gluon", "MXNet", NULL },
};

/* How a name ends tells more than the flavor where a flavor writes several formats. */
static const struct
{
  const char *suffix;
  const char *format;
} suffixes[] = {
  { ".pkl", "pickle" },
  { ".joblib", "joblib" },
  { ".onnx", "ONNX" },
  { ".keras", "Keras" },
  { ".h5", "HDF5" },
  { ".pt2", "PT2" },
  { ".safetensors", "safetensors" },
};

/* Auxiliary functions */

static const char *
find_format (JsonNode   *flavor,
             const char *otherwise)
{
  static const char *const members[] = { "data", "pickled_model", "model_data", "model_file",
                                         NULL };
  const char *saved = granary_json_get_string (flavor, "save_format");

  if (g_strcmp0 (granary_json_get_string (flavor, "serialization_format"), "joblib") == 0)
    return "joblib";
  if (g_strcmp0 (saved, "keras") == 0 || g_strcmp0 (saved, "h5") == 0)
    return *saved == 'k' ? "Keras" : "HDF5";
  if (g_strcmp0 (saved, "tf") == 0)
    return "SavedModel";

  for (guint i = 0; members[i] != NULL; i++)
    {
      const char *name = granary_json_get_string (flavor, members[i]);

      for (guint n = 0; name != NULL && n < G_N_ELEMENTS (suffixes); n++)
        {
          if (g_str_has_suffix (name, suffixes[n].suffix))
            return suffixes[n].format;
        }
    }

  return otherwise;
}

static const char *
find_framework (JsonNode   *flavor,
                const char *name,
                const char *otherwise)
{
  const char *framework = granary_json_get_string (flavor, "framework");

  if (g_str_equal (name, "transformers") && g_strcmp0 (framework, "tf") == 0)
    return "TensorFlow";
  if (g_str_equal (name, "transformers") && g_strcmp0 (framework, "flax") == 0)
    return "JAX";
  if (g_str_equal (name, "tensorflow") &&
      g_strcmp0 (granary_json_get_string (flavor, "model_type"), "keras") == 0)
    return "Keras";

  return otherwise;
}

/* @all: the object of flavors. */
static void
find_flavor (JsonNode    *all,
             const char **framework,
             const char **format)
{
  for (guint i = 0; i < G_N_ELEMENTS (flavors); i++)
    {
      JsonNode *flavor = granary_json_lookup (all, flavors[i].flavor);

      if (flavor == NULL)
        continue;
      *framework = find_framework (flavor, flavors[i].flavor, flavors[i].framework);
      *format = find_format (flavor, flavors[i].format);
      return;
    }
}

/* Functions for the readers */

void
granary_mlflow_read_model (const char         *text,
                           gsize               length,
                           GranaryTaskOutput  *output,
                           char              **created)
{
  g_autoptr (JsonNode) root = NULL;
  const char *framework = NULL;
  const char *format = NULL;
  const char *python;

  g_return_if_fail (text != NULL && output != NULL && created != NULL);

  /* A file that cannot be understood tells nothing, and its folder can be imported all the same. */
  root = granary_yaml_parse (text, (gssize) length, "MLmodel", NULL);
  find_flavor (granary_json_lookup (root, "flavors"), &framework, &format);
  g_set_str (&output->framework, framework);
  g_set_str (&output->format, format);

  python = granary_json_get_string (root, "flavors.python_function.python_version");
  if (python != NULL && g_ascii_isdigit (*python) && strlen (python) <= 16)
    {
      g_autofree char *environment = g_strconcat ("Python ", python, NULL);

      g_set_str (&output->environment, environment);
    }

  *created = g_strdup (granary_json_get_string (root, "utc_time_created"));
}

const char *
granary_mlflow_guess_framework (const char *history)
{
  g_autoptr (JsonNode) root = history != NULL ? granary_json_parse (history, -1, NULL, NULL) : NULL;
  JsonArray *models = granary_json_get_array (root, "");
  const char *framework = NULL;
  const char *format = NULL;

  if (models == NULL || json_array_get_length (models) == 0)
    return NULL;

  find_flavor (granary_json_lookup (
                 json_array_get_element (models, json_array_get_length (models) - 1), "flavors"),
               &framework, &format);
  return framework;
}
