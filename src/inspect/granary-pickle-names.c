/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-pickle-private.h"

#define MAX_IMPORTS 256

static gboolean
is_among (const char         *text,
          const char * const *list,
          gsize               length)
{
  for (gsize i = 0; i < length; i++)
    if (g_str_equal (text, list[i]))
      return TRUE;

  return FALSE;
}

/**
 * granary_pickle_is_plain:
 * @import: `module.name`
 *
 * The rule is that of PyTorch's own `weights_only`: containers, tensors and their types; and
 * numpy's arrays, which are the same.
 *
 * Returns: whether importing it gives plain data, nothing that runs code
 */
gboolean
granary_pickle_is_plain (const char *import)
{
  static const char * const names[] = {
    "_codecs.encode",
    "collections.Counter",
    "collections.OrderedDict",
    "copy_reg._reconstructor",
    "copyreg._reconstructor",
    "numpy._core.multiarray._reconstruct",
    "numpy._core.multiarray.scalar",
    "numpy._core.numeric._frombuffer",
    "numpy.core.multiarray._reconstruct",
    "numpy.core.multiarray.scalar",
    "numpy.core.numeric._frombuffer",
    "numpy.dtype",
    "numpy.ndarray",
    "torch.Size",
    "torch.Tensor",
    "torch.device",
    "torch._tensor._rebuild_from_type_v2",
    "torch.nn.parameter.Buffer",
    "torch.nn.parameter.Parameter",
    "torch.serialization._get_layout",
  };
  static const char * const types[] = {
    "bfloat16", "bool", "cfloat", "cdouble", "chalf", "complex128", "complex32", "complex64",
    "double", "float", "float16", "float32", "float64", "half", "int", "int16", "int32", "int64",
    "int8", "long", "qint32", "qint8", "quint8", "short", "uint16", "uint32", "uint64", "uint8",
    "float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz",
    "per_channel_affine", "per_tensor_affine",
  };
  static const char * const builtins[] = {
    "bytearray", "complex", "dict", "float", "frozenset", "int", "list", "set", "slice", "str",
    "tuple", "bool", "bytes", "range", "object",
  };
  const char *name = strrchr (import, '.');
  g_autofree char *module = NULL;

  if (name == NULL)
    return FALSE;
  module = g_strndup (import, (gsize) (name - import));
  name++;

  if (is_among (import, names, G_N_ELEMENTS (names)))
    return TRUE;
  if (g_str_equal (module, "torch._utils"))
    return g_str_has_prefix (name, "_rebuild_");
  if (g_str_equal (module, "torch"))
    return g_str_has_suffix (name, "Storage") || is_among (name, types, G_N_ELEMENTS (types));
  if (g_str_equal (module, "torch.storage"))
    return g_str_equal (name, "UntypedStorage") || g_str_equal (name, "TypedStorage");
  if (g_str_equal (module, "builtins") || g_str_equal (module, "__builtin__"))
    return is_among (name, builtins, G_N_ELEMENTS (builtins));

  return FALSE;
}

/**
 * granary_pickle_list_code:
 * @self: the result of a scan
 *
 * What of the imports is more than plain data, so that loading the file runs it.
 *
 * Returns: (transfer full) (nullable): `module.name, …`, shortened; %NULL if there is nothing
 */
char *
granary_pickle_list_code (GranaryPickle *self)
{
  g_autoptr (GString) list = g_string_new (NULL);
  guint n = 0;

  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < self->imports->len; i++)
    {
      const char *import = g_ptr_array_index (self->imports, i);

      if (granary_pickle_is_plain (import))
        continue;
      if (++n > 8)
        {
          g_string_append (list, ", …");
          break;
        }
      g_string_append_printf (list, "%s%s", n > 1 ? ", " : "", import);
    }

  return n > 0 ? g_string_free (g_steal_pointer (&list), FALSE) : NULL;
}

/**
 * granary_pickle_framework:
 * @self: the result of a scan
 *
 * Returns: (nullable): the framework whose classes it names first
 */
const char *
granary_pickle_framework (GranaryPickle *self)
{
  static const struct
  {
    const char *module;
    const char *framework;
  } known[] = {
    { "sklearn.", "scikit-learn" },
    { "xgboost.", "XGBoost" },
    { "lightgbm.", "LightGBM" },
    { "catboost.", "CatBoost" },
    { "torch.", "PyTorch" },
    { "ultralytics.", "PyTorch" },
    { "paddle.", "PaddlePaddle" },
    { "keras.", "Keras" },
    { "tensorflow.", "TensorFlow" },
    { "statsmodels.", "statsmodels" },
  };

  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < self->imports->len; i++)
    for (guint k = 0; k < G_N_ELEMENTS (known); k++)
      if (g_str_has_prefix (g_ptr_array_index (self->imports, i), known[k].module))
        return known[k].framework;

  return NULL;
}

/* Harmless names must not crowd out one that matters. */
void
granary_pickle_add_import (GranaryPickle *self,
                           const char    *name)
{
  if (self->imports->len < MAX_IMPORTS ||
      (self->imports->len < 2 * MAX_IMPORTS && !granary_pickle_is_plain (name)))
    g_ptr_array_add (self->imports, g_strdup (name));
}
