/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include "granary-flatbuffer.h"

/* ONNX Runtime's own format: a FlatBuffer by ort.fbs of ONNX Runtime. Field numbers below are from
 * there; element types are numbered as in ONNX. */

#define MAX_TENSORS 1024
#define MAX_VALUES 65536
#define MAX_WEIGHTS 65536
#define MAX_NAME 256
#define MAX_DIMENSIONS 32

/* Kinds of TypeInfoValue. */
#define TENSOR_TYPE 1
#define SEQUENCE_TYPE 2
#define MAP_TYPE 3

static gboolean
detect_ort (GranaryInspectSubject *subject)
{
  return granary_inspect_starts (subject, 4, "ORTM", 4);
}

/* Shape: dim 0 { Dimension: value 0 { DimensionValue: dim_type 0, dim_value 1, dim_param 2 } }. */
static char *
read_shape (GranaryCursor          *cursor,
            const GranaryFlatTable *shape)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GranaryFlatVector dimensions;

  granary_flatbuffer_get_vector (cursor, shape, 0, 4, &dimensions);
  for (gint64 i = 0; i < MIN (dimensions.count, MAX_DIMENSIONS); i++)
    {
      GranaryFlatTable dimension;
      GranaryFlatTable value;
      guint64 kind = 0;

      if (!granary_flatbuffer_vector_table (cursor, &dimensions, i, &dimension))
        break;
      if (i > 0)
        g_string_append_c (text, ',');
      if (granary_flatbuffer_get_table (cursor, &dimension, 0, &value))
        kind = granary_flatbuffer_get_number (cursor, &value, 0, 1, 0);

      if (kind == 1)
        g_string_append_printf (text, "%" G_GINT64_FORMAT,
                                (gint64) granary_flatbuffer_get_number (cursor, &value, 1, 8, 0));
      else
        {
          g_autofree char *name = kind == 2
                                  ? granary_flatbuffer_get_text (cursor, &value, 2, 64) : NULL;

          g_string_append (text, name != NULL && *name != '\0' ? name : "?");
        }
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* ValueInfo: type 2 { TypeInfo: value_type 1, value 2 { TensorTypeAndShape: elem_type 0, shape 1 }
 * }. */
static void
add_value (GranaryInspectSubject  *subject,
           GranaryCursor          *cursor,
           const char             *name,
           const GranaryFlatTable *info,
           gboolean                is_input)
{
  GranaryFlatTable type;
  GranaryFlatTable value;
  GranaryFlatTable dimensions;
  const char *element = NULL;
  g_autofree char *shape = NULL;

  if (granary_flatbuffer_get_table (cursor, info, 2, &type))
    switch (granary_flatbuffer_get_number (cursor, &type, 1, 1, 0))
      {
      case TENSOR_TYPE:
        if (!granary_flatbuffer_get_table (cursor, &type, 2, &value))
          break;
        element = granary_inspect_onnx_type (granary_flatbuffer_get_number (cursor, &value, 0, 4,
                                                                            0));
        if (granary_flatbuffer_get_table (cursor, &value, 1, &dimensions))
          shape = read_shape (cursor, &dimensions);
        break;

      case SEQUENCE_TYPE:
        element = "sequence";
        break;

      case MAP_TYPE:
        element = "map";
        break;

      default:
        break;
      }
  if (cursor->state != GRANARY_CURSOR_OK)
    return;

  if (is_input)
    granary_inspection_add_input (subject->inspection, name, element, shape);
  else
    granary_inspection_add_output (subject->inspection, name, element, shape);
}

/* Graph: initializers 0 (Tensor: name 0, dims 2, data_type 3, raw_data 4, whose elements are not
 * read). */
static void
read_weights (GranaryInspectSubject  *subject,
              GranaryCursor          *cursor,
              const GranaryFlatTable *graph,
              GHashTable             *names)
{
  GranaryFlatVector tensors;

  granary_flatbuffer_get_vector (cursor, graph, 0, 4, &tensors);
  if (tensors.count > MAX_WEIGHTS)
    granary_inspection_forget_parameters (subject->inspection);
  else
    granary_inspection_add_parameters (subject->inspection, NULL, 0);

  for (gint64 i = 0; i < MIN (tensors.count, MAX_WEIGHTS); i++)
    {
      GranaryFlatTable tensor;
      GranaryFlatVector dimensions;
      GranaryFlatVector content;
      gint64 count = 1;
      guint64 type;
      char *name;

      if (!granary_flatbuffer_vector_table (cursor, &tensors, i, &tensor))
        return;
      /* In the order in which they stand in the file: each jump back is another read. */
      type = granary_flatbuffer_get_number (cursor, &tensor, 3, 4, 0);
      granary_flatbuffer_get_vector (cursor, &tensor, 4, 1, &content);
      granary_flatbuffer_get_vector (cursor, &tensor, 2, 8, &dimensions);
      for (gint64 k = 0; k < MIN (dimensions.count, MAX_DIMENSIONS) && count >= 0; k++)
        if (!granary_inspection_multiply (&count,
                                          (gint64) granary_flatbuffer_vector_number (cursor,
                                                                                     &dimensions,
                                                                                     k, 8)))
          count = -1;
      name = granary_flatbuffer_get_text (cursor, &tensor, 0, MAX_NAME);
      if (name != NULL)
        g_hash_table_add (names, name);
      if (cursor->state != GRANARY_CURSOR_OK)
        return;
      granary_inspection_add_parameters (subject->inspection, granary_inspect_onnx_type (type),
                                         count);
    }
}

/* Graph: node_args 1 (ValueInfo: name 0), inputs 5, outputs 6. What is said of a value stands in a
 * list of all of the graph. Weights may be listed as inputs too. */
static void
read_graph (GranaryInspectSubject  *subject,
            GranaryCursor          *cursor,
            const GranaryFlatTable *graph)
{
  g_autoptr (GHashTable) places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) weights = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GranaryFlatVector values;

  granary_flatbuffer_get_vector (cursor, graph, 1, 4, &values);
  for (gint64 i = 0; i < MIN (values.count, MAX_VALUES); i++)
    {
      GranaryFlatTable info;
      char *name = NULL;

      if (granary_flatbuffer_vector_table (cursor, &values, i, &info))
        name = granary_flatbuffer_get_text (cursor, &info, 0, MAX_NAME);
      if (cursor->state != GRANARY_CURSOR_OK)
        {
          g_free (name);
          return;
        }
      if (name != NULL)
        g_hash_table_insert (places, name, GINT_TO_POINTER ((int) i));
    }

  read_weights (subject, cursor, graph, weights);
  for (guint field = 5; field <= 6; field++)
    {
      GranaryFlatVector names;

      granary_flatbuffer_get_vector (cursor, graph, field, 4, &names);
      for (gint64 i = 0; i < MIN (names.count, MAX_TENSORS); i++)
        {
          g_autofree char *name = granary_flatbuffer_vector_text (cursor, &names, i, MAX_NAME);
          GranaryFlatTable info = { 0 };
          gpointer place;

          if (name == NULL)
            return;
          if (field == 5 && g_hash_table_contains (weights, name))
            continue;
          if (g_hash_table_lookup_extended (places, name, NULL, &place))
            granary_flatbuffer_vector_table (cursor, &values, GPOINTER_TO_INT (place), &info);
          add_value (subject, cursor, name, &info, field == 5);
        }
    }
}

/* OperatorSetId: domain 0, version 1. */
static void
read_opsets (GranaryInspectSubject *subject,
             GranaryCursor         *cursor,
             GranaryFlatVector     *opsets)
{
  for (gint64 i = 0; i < MIN (opsets->count, 64); i++)
    {
      GranaryFlatTable opset;
      g_autofree char *domain = NULL;

      if (!granary_flatbuffer_vector_table (cursor, opsets, i, &opset))
        return;
      domain = granary_flatbuffer_get_text (cursor, &opset, 0, MAX_NAME);
      if (domain == NULL || *domain == '\0' || g_str_equal (domain, "ai.onnx"))
        granary_inspection_set_opset (subject->inspection,
                                      (gint64) granary_flatbuffer_get_number (cursor, &opset, 1, 8,
                                                                              0));
    }
}

/* Model: ir_version 0, opset_import 1, producer_name 2, producer_version 3, graph 7. */
static void
read_model (GranaryInspectSubject  *subject,
            GranaryCursor          *cursor,
            const GranaryFlatTable *model)
{
  g_autofree char *producer = granary_flatbuffer_get_text (cursor, model, 2, MAX_NAME);
  g_autofree char *version = granary_flatbuffer_get_text (cursor, model, 3, MAX_NAME);
  GranaryFlatVector opsets;
  GranaryFlatTable graph;

  granary_inspection_set_ir_version (subject->inspection,
                                     (gint64) granary_flatbuffer_get_number (cursor, model, 0, 8,
                                                                             0));
  if (producer != NULL && *producer != '\0')
    {
      g_autofree char *whole = g_strjoin (" ", producer,
                                          version != NULL && *version != '\0' ? version : NULL,
                                          NULL);

      granary_inspection_set_producer (subject->inspection, whole);
    }
  granary_flatbuffer_get_vector (cursor, model, 1, 4, &opsets);
  read_opsets (subject, cursor, &opsets);
  if (granary_flatbuffer_get_table (cursor, model, 7, &graph))
    read_graph (subject, cursor, &graph);
}

/* InferenceSession: ort_version 0, model 1. */
static gboolean
read_ort (GranaryInspectSubject  *subject,
          GError                **error)
{
  g_autoptr (GranaryCursor) cursor = NULL;
  g_autofree char *version = NULL;
  GranaryFlatTable session;
  GranaryFlatTable model;

  granary_inspection_set_format (subject->inspection, "ORT");
  granary_inspection_set_framework (subject->inspection, "ONNX");

  cursor = granary_cursor_new (subject->reader, GRANARY_INSPECT_BUDGET, subject->cancellable);
  if (granary_flatbuffer_open_root (cursor, &session))
    {
      version = granary_flatbuffer_get_text (cursor, &session, 0, MAX_NAME);
      granary_inspection_set_metadata (subject->inspection, "version", version);
      if (granary_flatbuffer_get_table (cursor, &session, 1, &model))
        read_model (subject, cursor, &model);
    }

  return granary_inspect_settle (subject, cursor, FALSE, error);
}

const GranaryInspectParser granary_inspect_ort = {
  .rank = 76,
  .detect = detect_ort,
  .read = read_ort,
};
