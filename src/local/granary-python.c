/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-python-private.h"

#include <string.h>

#include "granary-requirements.h"

/* More names than that are not in one folder that people made. */
#define MAX_NAMES 20000

/* Packages that load models: name of the distribution with `_` for every sign, its framework. Of
 * several for one framework the first that is there is shown. */
static const struct
{
  const char *name;
  const char *framework;
} packages[] = {
  { "torch", "PyTorch" },
  { "tensorflow", "TensorFlow" },
  { "tensorflow_cpu", "TensorFlow" },
  { "tensorflow_gpu", "TensorFlow" },
  { "keras", "Keras" },
  { "paddlepaddle", "PaddlePaddle" },
  { "paddlepaddle_gpu", "PaddlePaddle" },
  { "onnxruntime", "ONNX" },
  { "onnxruntime_gpu", "ONNX" },
  { "onnxruntime_openvino", "ONNX" },
  { "scikit_learn", "scikit-learn" },
  { "xgboost", "XGBoost" },
  { "xgboost_cpu", "XGBoost" },
  { "lightgbm", "LightGBM" },
  { "catboost", "CatBoost" },
  { "jax", "JAX" },
  { "mindspore", "MindSpore" },
  { "mxnet", "MXNet" },
  { "openvino", "OpenVINO" },
  { "tensorrt", "TensorRT" },
  { "mlx", "MLX" },
  { "llama_cpp_python", "llama.cpp" },
};

/* A place where packages are. */
typedef void (*PlaceFunc) (const char *folder,
                           gpointer    data);

/* Auxiliary functions */

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The version in `scikit_learn-1.5.2.dist-info` or `torch-2.6.0-py3.13.egg-info` when the name of
 * @length bytes is @package, or whatever it is without one; NULL for another. The signs of a name
 * are spelt differently by different tools. */
static char *
match_package (const char *entry,
               const char *package,
               gsize       length)
{
  const char *end;

  if (!g_str_has_suffix (entry, ".dist-info") && !g_str_has_suffix (entry, ".egg-info"))
    return NULL;
  for (gsize i = 0; package != NULL && i < length; i++)
    {
      char sign = g_ascii_tolower (entry[i]);

      if (sign == '-' || sign == '.')
        sign = '_';
      if (sign != package[i])
        return NULL;
    }
  if (entry[length] != '-' || !g_ascii_isdigit (entry[length + 1]))
    return NULL;

  entry += length + 1;
  end = strrchr (entry, '.');
  for (const char *at = entry; at < end; at++)
    if (*at == '-')
      end = at;

  return g_utf8_make_valid (entry, end - entry);
}

static void
take_packages (const char *folder,
               gpointer    data)
{
  char **versions = data;
  g_autoptr (GPtrArray) names = granary_python_list_names (folder);

  for (guint i = 0; i < names->len; i++)
    for (guint j = 0; j < G_N_ELEMENTS (packages); j++)
      {
        char *version;

        if (versions[j] != NULL)
          continue;
        version = match_package (g_ptr_array_index (names, i), packages[j].name,
                                 strlen (packages[j].name));
        if (version != NULL)
          {
            versions[j] = version;
            break;
          }
      }
}

/* The name and version in such a name; FALSE for any other. */
static gboolean
split_entry (const char  *entry,
             char       **name,
             char       **version)
{
  const char *dash = strchr (entry, '-');
  g_autofree char *whole = NULL;

  if (!g_utf8_validate (entry, -1, NULL))
    return FALSE;
  while (dash != NULL && !g_ascii_isdigit (dash[1]))
    dash = strchr (dash + 1, '-');
  if (dash == NULL || dash == entry)
    return FALSE;

  whole = g_strndup (entry, dash - entry);
  *name = granary_requirements_fold (whole);
  *version = match_package (entry, NULL, dash - entry);
  return *version != NULL;
}

static void
take_all (const char *folder,
          gpointer    data)
{
  GHashTable *found = data;
  g_autoptr (GPtrArray) names = granary_python_list_names (folder);

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *name = NULL;
      g_autofree char *version = NULL;

      if (split_entry (g_ptr_array_index (names, i), &name, &version) &&
          !g_hash_table_contains (found, name))
        g_hash_table_insert (found, g_steal_pointer (&name), g_steal_pointer (&version));
    }
}

/* Where an interpreter in @prefix looks. Debian's has a folder for all its versions, and one below
 * `local` for what pip adds. @take is called with each place and @data. */
static void
visit_places (const char *prefix,
              const char *version,
              PlaceFunc   take,
              gpointer    data)
{
  static const char * const formats[] = {
    "lib/python%s/site-packages", "lib64/python%s/site-packages",
    "local/lib/python%s/dist-packages", "lib/python%s/dist-packages",
  };
  g_autofree char *common = g_build_filename (prefix, "lib/python3/dist-packages", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_auto (GStrv) parts = g_strsplit (formats[i], "%s", 2);
      g_autofree char *place = g_strconcat (prefix, "/", parts[0], version, parts[1], NULL);

      take (place, data);
    }
  take (common, data);
}

/* Its own hide those of the other. */
static void
visit_all_places (GranaryPython *self,
                  PlaceFunc      take,
                  gpointer       data)
{
  visit_places (self->prefix, self->version, take, data);
  if (self->base != NULL)
    visit_places (self->base, self->version, take, data);
}

static gboolean
has_framework (GranaryPython *self,
               const char    *framework)
{
  for (guint i = 0; i < self->frameworks->len; i++)
    if (g_str_equal (g_ptr_array_index (self->frameworks, i), framework))
      return TRUE;

  return FALSE;
}

/* Public functions */

GranaryPython *
granary_python_new (const char *prefix,
                    const char *interpreter,
                    const char *tool,
                    const char *version)
{
  GranaryPython *self;

  g_return_val_if_fail (prefix != NULL && interpreter != NULL, NULL);

  self = g_new0 (GranaryPython, 1);
  self->prefix = g_strdup (prefix);
  self->interpreter = g_strdup (interpreter);
  self->tool = g_strdup (tool);
  self->version = g_strdup (version);
  self->packages = g_ptr_array_new_with_free_func (g_free);
  self->frameworks = g_ptr_array_new ();

  return self;
}

void
granary_python_free (GranaryPython *self)
{
  if (self == NULL)
    return;

  g_free (self->prefix);
  g_free (self->interpreter);
  g_free (self->tool);
  g_free (self->version);
  g_free (self->base);
  g_ptr_array_unref (self->packages);
  g_ptr_array_unref (self->frameworks);
  g_free (self);
}

/**
 * granary_python_read_packages:
 * @self: an interpreter
 *
 * Reads the names of packages that load models; the content of none.
 */
void
granary_python_read_packages (GranaryPython *self)
{
  char *versions[G_N_ELEMENTS (packages)] = { NULL };

  g_return_if_fail (self != NULL);

  if (self->version == NULL)
    return;

  visit_all_places (self, take_packages, versions);

  for (guint i = 0; i < G_N_ELEMENTS (packages); i++)
    {
      g_autofree char *version = versions[i];

      if (version == NULL || has_framework (self, packages[i].framework))
        continue;
      g_ptr_array_add (self->packages,
                       g_strdup_printf ("%s %s", packages[i].name, version));
      g_ptr_array_add (self->frameworks, (gpointer) packages[i].framework);
    }
}

/**
 * granary_python_list_packages:
 * @self: an interpreter
 *
 * Returns: (transfer full) (element-type utf8 utf8): names of the packages that it finds, folded,
 *   and their versions
 */
GHashTable *
granary_python_list_packages (GranaryPython *self)
{
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  g_return_val_if_fail (self != NULL, NULL);

  if (self->version != NULL)
    visit_all_places (self, take_all, found);

  return g_steal_pointer (&found);
}

/**
 * granary_python_list_names:
 * @folder: any path
 *
 * Returns: (transfer full) (element-type filename): what is in it, sorted
 */
GPtrArray *
granary_python_list_names (const char *folder)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = NULL;
  const char *name;

  g_return_val_if_fail (folder != NULL, NULL);

  dir = g_dir_open (folder, 0, NULL);
  while (dir != NULL && names->len < MAX_NAMES && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);

  return g_steal_pointer (&names);
}

/**
 * granary_python_take_version:
 * @text: such as `3.13.5`, `3.13.5.final.0`, `3.13t`
 *
 * Returns: (transfer full) (nullable): what folders of that version are named by: `3.13`, `3.13t`
 */
char *
granary_python_take_version (const char *text)
{
  gsize end = 2;

  g_return_val_if_fail (text != NULL, NULL);

  if (text[0] != '3' || text[1] != '.' || !g_ascii_isdigit (text[2]))
    return NULL;
  while (end < 5 && g_ascii_isdigit (text[end]))
    end++;
  if (g_ascii_isdigit (text[end]))
    return NULL;
  if (text[end] == 't')
    end++;

  return g_strndup (text, end);
}
