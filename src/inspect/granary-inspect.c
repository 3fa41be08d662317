/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect.h"

#include <string.h>

#include "granary-error.h"
#include "granary-inspect-private.h"

/* In this order: what is surely no model first, then formats with a signature, and last those that
 * are told by their structure alone. */
static const GranaryInspectParser * const parsers[] = {
  &granary_inspect_refusals,
  &granary_inspect_torch,
  &granary_inspect_gguf,
  &granary_inspect_tflite,
  &granary_inspect_ort,
  &granary_inspect_executorch,
  &granary_inspect_hdf5,
  &granary_inspect_pmml,
  &granary_inspect_openvino,
  &granary_inspect_xgboost,
  &granary_inspect_lightgbm,
  &granary_inspect_catboost,
  &granary_inspect_tensorrt,
  &granary_inspect_signatures,
  &granary_inspect_paddle_state,
  &granary_inspect_pickle_file,
  &granary_inspect_paddle_pir,
  &granary_inspect_safetensors_index,
  &granary_inspect_safetensors,
  &granary_inspect_tf_checkpoint,
  &granary_inspect_paddle_params,
  &granary_inspect_paddle_lite,
  &granary_inspect_saved_model,
  &granary_inspect_paddle,
  &granary_inspect_graph,
  &granary_inspect_onnx,
};

static const char * const frameworks[] = {
  "PyTorch",
  "TensorFlow",
  "ONNX",
  "scikit-learn",
  "XGBoost",
  "LightGBM",
  "CatBoost",
  "PaddlePaddle",
  "Keras",
  "JAX",
  "MindSpore",
  "MXNet",
  "Caffe",
  "llama.cpp",
  "MLX",
  "OpenVINO",
  "TensorRT",
  NULL,
};

static const char * const formats[] = {
  "ONNX",
  "safetensors",
  "PyTorch (zip)",
  "PyTorch (legacy)",
  "TorchScript",
  "PT2",
  "GGUF",
  "GGML",
  "SavedModel",
  "frozen graph",
  "TensorFlow checkpoint",
  "TFLite",
  "Keras",
  "HDF5",
  "ORT",
  "ExecuTorch",
  "Circle",
  "MindSpore Lite",
  "pickle",
  "joblib",
  "XGBoost",
  "LightGBM",
  "CatBoost",
  "PMML",
  "Paddle",
  "Paddle Lite",
  "OpenVINO IR",
  "TensorRT",
  NULL,
};

/* Turns how reading ended into warnings. Fails only for a fault of the reader. */
gboolean
granary_inspect_settle (GranaryInspectSubject  *subject,
                        GranaryCursor          *cursor,
                        gboolean                truncated,
                        GError                **error)
{
  switch (cursor->state)
    {
    case GRANARY_CURSOR_FAILED:
      g_propagate_error (error, g_steal_pointer (&cursor->error));
      return FALSE;

    case GRANARY_CURSOR_TRUNCATED:
      truncated = TRUE;
      break;

    case GRANARY_CURSOR_MALFORMED:
    case GRANARY_CURSOR_EXHAUSTED:
      granary_inspection_add_warning (subject->inspection, GRANARY_WARNING_UNREADABLE,
                                      subject->name);
      granary_inspection_forget_parameters (subject->inspection);
      break;

    case GRANARY_CURSOR_OK:
    default:
      break;
    }

  if (truncated)
    {
      granary_inspection_add_warning (subject->inspection, GRANARY_WARNING_TRUNCATED,
                                      subject->name);
      granary_inspection_forget_parameters (subject->inspection);
    }

  return TRUE;
}

gboolean
granary_inspect_starts (GranaryInspectSubject *subject,
                        gsize                  offset,
                        const void            *bytes,
                        gsize                  length)
{
  return offset <= subject->head_length && length <= subject->head_length - offset &&
         memcmp (subject->head + offset, bytes, length) == 0;
}

gboolean
granary_inspect_is_named (GranaryInspectSubject *subject,
                          const char            *ending)
{
  gsize length = strlen (subject->name);
  gsize ending_length = strlen (ending);

  return length >= ending_length &&
         g_ascii_strcasecmp (subject->name + length - ending_length, ending) == 0;
}

/* One more dimension behind the others; what is not given is below zero in most formats. */
void
granary_inspect_append_dimension (GString *shape,
                                  gint64   dimension)
{
  if (shape->len > 0)
    g_string_append_c (shape, ',');
  if (dimension < 0)
    g_string_append_c (shape, '?');
  else
    g_string_append_printf (shape, "%" G_GINT64_FORMAT, dimension);
}

/* Shape of a FlatBuffer's vector of int32. */
char *
granary_inspect_flat_shape (GranaryCursor     *cursor,
                            GranaryFlatVector *dimensions)
{
  g_autoptr (GString) shape = g_string_new (NULL);

  for (gint64 i = 0; i < MIN (dimensions->count, 32); i++)
    granary_inspect_append_dimension (shape,
                                      (gint32) granary_flatbuffer_vector_number (cursor, dimensions,
                                                                                 i, 4));

  return g_string_free (g_steal_pointer (&shape), FALSE);
}

guint64
granary_inspect_le64 (const guint8 *bytes)
{
  guint64 value = 0;

  for (int i = 7; i >= 0; i--)
    value = value << 8 | bytes[i];

  return value;
}

GranaryInspection *
granary_inspect_one (GranaryRangeReader  *reader,
                     const char          *name,
                     int                 *rank,
                     GCancellable        *cancellable,
                     GError             **error)
{
  g_autoptr (GranaryInspection) inspection = granary_inspection_new ();
  g_autofree GranaryInspectSubject *subject = g_new0 (GranaryInspectSubject, 1);
  g_autofree char *shown = granary_display_path (name);

  *rank = 0;
  subject->reader = reader;
  subject->name = shown;
  subject->size = granary_range_reader_get_size (reader);
  subject->cancellable = cancellable;
  subject->inspection = inspection;
  subject->head_length = (gsize) CLAMP (subject->size, 0, GRANARY_INSPECT_HEAD);
  if (!granary_range_reader_read_exact (reader, 0, subject->head, subject->head_length,
                                        cancellable, error))
    return NULL;

  for (guint i = 0; i < G_N_ELEMENTS (parsers); i++)
    {
      if (parsers[i]->detect (subject))
        {
          /* Before what it refers to. */
          granary_inspection_add_file (inspection, name);
          if (!parsers[i]->read (subject, error))
            return NULL;
          if (granary_inspection_get_format (inspection) != NULL)
            *rank = parsers[i]->rank;
          else
            granary_inspection_clear_files (inspection);
          return g_steal_pointer (&inspection);
        }
      if (subject->error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&subject->error));
          return NULL;
        }
    }

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  return g_steal_pointer (&inspection);
}

/**
 * granary_inspect_reader:
 * @reader: a file
 * @name: its name or path, for warnings and to tell what its content leaves open
 * @cancellable: (nullable): stops it
 * @error: (out) (optional): where to put an error
 *
 * Tells what kind of model a file is and what its header says. What is wrong with the content is a
 * warning of the result; an unknown format is a result without one. Blocks.
 *
 * Returns: (transfer full): what is known; %NULL when reading failed or was cancelled
 */
GranaryInspection *
granary_inspect_reader (GranaryRangeReader  *reader,
                        const char          *name,
                        GCancellable        *cancellable,
                        GError             **error)
{
  int rank;

  g_return_val_if_fail (GRANARY_IS_RANGE_READER (reader), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return granary_inspect_one (reader, name, &rank, cancellable, error);
}

/**
 * granary_inspect_list_frameworks:
 *
 * Returns: (array zero-terminated=1) (transfer none): the usual spelling of known frameworks, the
 *   common ones first
 */
const char * const *
granary_inspect_list_frameworks (void)
{
  return frameworks;
}

/**
 * granary_inspect_list_formats:
 *
 * Returns: (array zero-terminated=1) (transfer none): names of known formats, the common ones first
 */
const char * const *
granary_inspect_list_formats (void)
{
  return formats;
}
