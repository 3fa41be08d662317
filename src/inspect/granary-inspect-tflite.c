/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include "granary-flatbuffer.h"

/* TensorFlow Lite, and Circle, which extends it: FlatBuffers by schema.fbs in TensorFlow's
 * lite/schema and by circle_schema.fbs of Samsung's ONE. Field numbers below are from there. */

#define MAX_TENSORS 1024
#define MAX_NAME 256
#define MAX_METADATA 32
#define MAX_VERSION 16

/* Numbers of TensorType. */
static const char * const element_types[] = {
  "float32", "float16", "int32", "uint8", "int64", "string", "bool", "int16", "complex64", "int8",
  "float64", "complex128", "uint64", "resource", "variant", "uint32", "uint16", "int4", "bfloat16",
  "int2",
};

static gboolean
is_circle (GranaryInspectSubject *subject)
{
  return granary_inspect_starts (subject, 4, "CIR0", 4);
}

static gboolean
detect_tflite (GranaryInspectSubject *subject)
{
  return granary_inspect_starts (subject, 4, "TFL3", 4) || is_circle (subject);
}

/* Tensor: shape 0, type 1, name 3, shape_signature 7, which has -1 where any size may be given. */
static void
add_tensor (GranaryInspectSubject *subject,
            GranaryCursor         *cursor,
            GranaryFlatVector     *tensors,
            gint64                 index,
            gboolean               is_input)
{
  GranaryFlatTable tensor;
  GranaryFlatVector dimensions;
  g_autofree char *name = NULL;
  g_autofree char *shape = NULL;
  const char *type = NULL;
  guint64 number;

  if (!granary_flatbuffer_vector_table (cursor, tensors, index, &tensor))
    return;

  name = granary_flatbuffer_get_text (cursor, &tensor, 3, MAX_NAME);
  number = granary_flatbuffer_get_number (cursor, &tensor, 1, 1, 0);
  if (number < G_N_ELEMENTS (element_types))
    type = element_types[number];
  if (!granary_flatbuffer_get_vector (cursor, &tensor, 7, 4, &dimensions) ||
      dimensions.count == 0)
    granary_flatbuffer_get_vector (cursor, &tensor, 0, 4, &dimensions);
  shape = granary_inspect_flat_shape (cursor, &dimensions);
  if (cursor->state != GRANARY_CURSOR_OK)
    return;

  if (is_input)
    granary_inspection_add_input (subject->inspection, name, type, shape);
  else
    granary_inspection_add_output (subject->inspection, name, type, shape);
}

/* SubGraph: tensors 0, inputs 1, outputs 2. The first one is the model. */
static void
read_subgraph (GranaryInspectSubject  *subject,
               GranaryCursor          *cursor,
               const GranaryFlatTable *graph)
{
  GranaryFlatVector tensors;

  granary_flatbuffer_get_vector (cursor, graph, 0, 4, &tensors);
  for (guint field = 1; field <= 2; field++)
    {
      GranaryFlatVector indices;

      granary_flatbuffer_get_vector (cursor, graph, field, 4, &indices);
      for (gint64 i = 0; i < MIN (indices.count, MAX_TENSORS); i++)
        {
          gint32 index = (gint32) granary_flatbuffer_vector_number (cursor, &indices, i, 4);

          if (cursor->state != GRANARY_CURSOR_OK)
            return;
          /* An optional one that is left out. */
          if (index >= 0)
            add_tensor (subject, cursor, &tensors, index, field == 1);
        }
    }
}

/* Metadata: name 0, buffer 1. Buffer: data 0. One of them names the oldest program that runs it. */
static void
read_metadata (GranaryInspectSubject *subject,
               GranaryCursor         *cursor,
               GranaryFlatVector     *metadata,
               GranaryFlatVector     *buffers)
{
  for (gint64 i = 0; i < MIN (metadata->count, MAX_METADATA); i++)
    {
      GranaryFlatTable entry;
      GranaryFlatTable buffer;
      GranaryFlatVector content;
      g_autofree char *name = NULL;
      g_autofree char *value = NULL;

      if (!granary_flatbuffer_vector_table (cursor, metadata, i, &entry))
        return;
      name = granary_flatbuffer_get_text (cursor, &entry, 0, MAX_NAME);
      if (g_strcmp0 (name, "min_runtime_version") != 0)
        continue;

      if (!granary_flatbuffer_vector_table (cursor, buffers,
                                            (gint64) granary_flatbuffer_get_number (cursor, &entry,
                                                                                    1, 4, 0),
                                            &buffer) ||
          !granary_flatbuffer_get_vector (cursor, &buffer, 0, 1, &content))
        return;
      value = granary_cursor_read_text (cursor, (guint64) content.count, MAX_VERSION);
      granary_inspection_set_metadata (subject->inspection, name, value);
    }
}

/* A file is written from its end: what was written first, mostly weights, is lost first. */
static void
check_buffers (GranaryCursor     *cursor,
               GranaryFlatVector *buffers)
{
  for (gint64 i = 0; i < buffers->count; i++)
    {
      GranaryFlatTable buffer;
      GranaryFlatVector content;

      if (i == 4 && buffers->count > 8)
        i = buffers->count - 4;
      if (!granary_flatbuffer_vector_table (cursor, buffers, i, &buffer))
        return;
      granary_flatbuffer_get_vector (cursor, &buffer, 0, 1, &content);
    }
}

/* Model: version 0, subgraphs 2, description 3, buffers 4, metadata 6. */
static gboolean
read_tflite (GranaryInspectSubject  *subject,
             GError                **error)
{
  g_autoptr (GranaryCursor) cursor = NULL;
  g_autofree char *description = NULL;
  g_autofree char *version = NULL;
  GranaryFlatTable model;
  GranaryFlatTable graph;
  GranaryFlatVector graphs;
  GranaryFlatVector buffers;
  GranaryFlatVector metadata;

  granary_inspection_set_format (subject->inspection, is_circle (subject) ? "Circle" : "TFLite");
  granary_inspection_set_framework (subject->inspection,
                                    is_circle (subject) ? NULL : "TensorFlow");

  cursor = granary_cursor_new (subject->reader, GRANARY_INSPECT_BUDGET, subject->cancellable);
  if (granary_flatbuffer_open_root (cursor, &model))
    {
      version = g_strdup_printf ("%u", (guint) granary_flatbuffer_get_number (cursor, &model, 0,
                                                                              4, 0));
      granary_inspection_set_metadata (subject->inspection, "version", version);
      description = granary_flatbuffer_get_text (cursor, &model, 3, MAX_NAME);
      granary_inspection_set_producer (subject->inspection, description);
      granary_flatbuffer_get_vector (cursor, &model, 2, 4, &graphs);
      if (graphs.count > 0 && granary_flatbuffer_vector_table (cursor, &graphs, 0, &graph))
        read_subgraph (subject, cursor, &graph);
      granary_flatbuffer_get_vector (cursor, &model, 4, 4, &buffers);
      granary_flatbuffer_get_vector (cursor, &model, 6, 4, &metadata);
      read_metadata (subject, cursor, &metadata, &buffers);
      check_buffers (cursor, &buffers);
    }

  return granary_inspect_settle (subject, cursor, FALSE, error);
}

const GranaryInspectParser granary_inspect_tflite = {
  .rank = 75,
  .detect = detect_tflite,
  .read = read_tflite,
};
