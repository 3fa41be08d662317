/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include <string.h>

#include "granary-wire.h"

/* ONNX: one Protocol Buffers message, ModelProto of onnx.proto in the ONNX specification. Field
 * numbers below are from there. There is no magic number: a file is ONNX when its outer fields
 * are those of a ModelProto with a graph. */

#define MAX_NESTING 16
#define MAX_DIMENSIONS 32
#define MAX_NAME 256
#define MAX_NAMES_BYTES (8 * 1024 * 1024)

typedef struct
{
  GranaryInspectSubject *subject;
  GranaryCursor         *cursor;
  gboolean               truncated;
  gboolean               has_graph;
  guint                  depth;
  GHashTable            *initializers; /* (element-type utf8): names of those of the main graph */
  gsize                  names_bytes;
  GPtrArray             *inputs;       /* (element-type GranaryTensor) */
  char                  *producer;
  char                  *producer_version;
} OnnxWalk;

static const char * const element_types[] = {
  NULL, "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool",
  "float16", "float64", "uint32", "uint64", "complex64", "complex128", "bfloat16",
  "float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz", "uint4", "int4",
  "float4e2m1", "float8e8m0", "uint2", "int2",
};

static void walk_graph (OnnxWalk *walk,
                        gint64    end);

/* Name of a number of TensorProto.DataType, NULL for one that is not known. */
const char *
granary_inspect_onnx_type (guint64 type)
{
  return type < G_N_ELEMENTS (element_types) ? element_types[type] : NULL;
}

static void
tensor_free (gpointer data)
{
  GranaryTensor *tensor = data;

  g_free (tensor->name);
  g_free (tensor->type);
  g_free (tensor->shape);
  g_free (tensor);
}

/* Encoding a field number is known to have in a ModelProto, -1 if it is none of its. */
static int
model_field_type (guint number)
{
  switch (number)
    {
    case 1: /* ir_version */
    case 5: /* model_version */
      return GRANARY_WIRE_VARINT;

    case 2:  /* producer_name */
    case 3:  /* producer_version */
    case 4:  /* domain */
    case 6:  /* doc_string */
    case 7:  /* graph */
    case 8:  /* opset_import */
    case 14: /* metadata_props */
    case 20: /* training_info */
    case 25: /* functions */
    case 26: /* configuration */
      return GRANARY_WIRE_BYTES;

    default:
      return -1;
    }
}

static gboolean
looks_like_graph (GranaryCursor          *cursor,
                  const GranaryWireField *graph)
{
  static const guint numbers[] = { 1, 2, 5, 10, 11, 12, 13, 14, 15, 16 };
  GranaryWireField field = { 0 };
  gboolean truncated = FALSE;

  if (graph->start == graph->end)
    return TRUE;
  /* Cut off right at its beginning it may still be one. */
  if (!granary_wire_next (cursor, graph->end, &truncated, &field))
    return cursor->state == GRANARY_CURSOR_TRUNCATED;
  if (field.type != GRANARY_WIRE_BYTES)
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (field.number == numbers[i])
      return TRUE;

  return FALSE;
}

static gboolean
detect_onnx (GranaryInspectSubject *subject)
{
  g_autoptr (GranaryCursor) cursor = NULL;
  GranaryWireField field = { 0 };
  gboolean named = granary_inspect_is_named (subject, ".onnx");
  gboolean has_ir_version = FALSE;
  gboolean has_graph = FALSE;
  gboolean is_graph = FALSE;
  gboolean truncated = FALSE;

  cursor = granary_cursor_new (subject->reader, 65536, subject->cancellable);
  while (granary_wire_next (cursor, cursor->size, &truncated, &field))
    {
      int type = model_field_type (field.number);

      if (type < 0 ? !has_ir_version || !named : (guint) type != field.type)
        return FALSE;
      if (field.number == 1)
        {
          if (field.value == 0 || field.value > 10000)
            return FALSE;
          has_ir_version = TRUE;
        }
      else if (field.number == 7)
        {
          has_graph = TRUE;
          is_graph = looks_like_graph (cursor, &field);
          break;
        }
    }

  if (cursor->state == GRANARY_CURSOR_FAILED)
    {
      subject->error = g_steal_pointer (&cursor->error);
      return FALSE;
    }

  if (has_graph)
    return is_graph && (has_ir_version || named);

  /* Cut off before the graph: the name may still tell what it was meant to be. */
  return named && has_ir_version;
}

static gboolean
expect_bytes (OnnxWalk               *walk,
              const GranaryWireField *field)
{
  if (field->type == GRANARY_WIRE_BYTES)
    return TRUE;

  return granary_cursor_fail (walk->cursor, GRANARY_CURSOR_MALFORMED);
}

static gboolean
enter (OnnxWalk *walk)
{
  if (walk->depth >= MAX_NESTING)
    return granary_cursor_fail (walk->cursor, GRANARY_CURSOR_MALFORMED);

  walk->depth++;

  return TRUE;
}

static void
leave (OnnxWalk *walk)
{
  walk->depth--;
}

/* StringStringEntryProto: key 1, value 2. */
static void
read_entry (OnnxWalk  *walk,
            gint64     end,
            char     **key,
            char     **value)
{
  GranaryWireField field = { 0 };

  *key = NULL;
  *value = NULL;
  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    if (field.number == 1)
      {
        g_free (*key);
        *key = granary_wire_read_text (walk->cursor, &field, MAX_NAME);
      }
    else if (field.number == 2)
      {
        g_free (*value);
        *value = granary_wire_read_text (walk->cursor, &field, 4096);
      }
}

static void
read_metadata (OnnxWalk *walk,
               gint64    end)
{
  g_autofree char *key = NULL;
  g_autofree char *value = NULL;

  read_entry (walk, end, &key, &value);
  if (key != NULL)
    granary_inspection_set_metadata (walk->subject->inspection, key, value != NULL ? value : "");
}

/* OperatorSetIdProto: domain 1, version 2. */
static void
read_opset (OnnxWalk *walk,
            gint64    end)
{
  g_autofree char *domain = NULL;
  GranaryWireField field = { 0 };
  guint64 version = 0;

  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    if (field.number == 1)
      {
        g_free (domain);
        domain = granary_wire_read_text (walk->cursor, &field, MAX_NAME);
      }
    else if (field.number == 2)
      version = field.value;

  if (domain == NULL || *domain == '\0' || g_str_equal (domain, "ai.onnx"))
    granary_inspection_set_opset (walk->subject->inspection,
                                  (gint64) MIN (version, G_MAXINT64));
}

/* Dimensions are one number a field, or packed into one field of bytes. */
static void
multiply_dimensions (OnnxWalk               *walk,
                     const GranaryWireField *field,
                     gint64                 *product)
{
  if (field->type == GRANARY_WIRE_VARINT)
    {
      if (*product >= 0 && !granary_inspection_multiply (product, (gint64) field->value))
        *product = -1;
      return;
    }

  if (!expect_bytes (walk, field))
    return;
  while (walk->cursor->position < field->end)
    {
      guint64 value;

      if (!granary_cursor_read_varint (walk->cursor, &value))
        return;
      if (*product >= 0 && !granary_inspection_multiply (product, (gint64) value))
        *product = -1;
    }
}

/* TensorProto: dims 1, data_type 2, name 8, external_data 13. The weights themselves, raw_data 9
 * and the typed lists, are jumped over. */
static void
walk_tensor (OnnxWalk  *walk,
             gint64     end,
             gboolean   counts,
             char     **name)
{
  GranaryWireField field = { 0 };
  gint64 product = 1;
  guint64 type = 0;

  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    switch (field.number)
      {
      case 1:
        multiply_dimensions (walk, &field, &product);
        break;

      case 2:
        type = field.value;
        break;

      case 8:
        if (name != NULL)
          {
            g_free (*name);
            *name = granary_wire_read_text (walk->cursor, &field, MAX_NAME);
          }
        break;

      case 13:
        if (expect_bytes (walk, &field))
          {
            g_autofree char *key = NULL;
            g_autofree char *value = NULL;

            read_entry (walk, field.end, &key, &value);
            if (g_strcmp0 (key, "location") == 0 && value != NULL && *value != '\0')
              granary_inspection_add_file (walk->subject->inspection, value);
          }
        break;

      default:
        break;
      }

  if (counts)
    granary_inspection_add_parameters (walk->subject->inspection, granary_inspect_onnx_type (type),
                                       product);
}

/* SparseTensorProto: values 1, a TensorProto that has the name. */
static void
walk_sparse_tensor (OnnxWalk  *walk,
                    gint64     end,
                    gboolean   counts,
                    char     **name)
{
  GranaryWireField field = { 0 };

  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    if (field.number == 1 && expect_bytes (walk, &field))
      walk_tensor (walk, field.end, counts, name);
}

static void
walk_initializer (OnnxWalk *walk,
                  gint64    end,
                  gboolean  sparse)
{
  g_autofree char *name = NULL;

  if (sparse)
    walk_sparse_tensor (walk, end, TRUE, &name);
  else
    walk_tensor (walk, end, TRUE, &name);

  /* Only the main graph has inputs that the caller gives. */
  if (walk->depth == 1 && name != NULL && walk->names_bytes < MAX_NAMES_BYTES)
    {
      walk->names_bytes += strlen (name) + 32;
      g_hash_table_add (walk->initializers, g_steal_pointer (&name));
    }
}

/* TensorShapeProto: dim 1 { dim_value 1, dim_param 2 }. */
static char *
read_shape (OnnxWalk *walk,
            gint64    end)
{
  g_autoptr (GString) shape = g_string_new (NULL);
  GranaryWireField field = { 0 };
  guint n = 0;

  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    {
      GranaryWireField part = { 0 };
      g_autofree char *text = NULL;

      if (field.number != 1 || !expect_bytes (walk, &field))
        continue;
      while (granary_wire_next (walk->cursor, field.end, &walk->truncated, &part))
        {
          if (part.number == 1 && part.type == GRANARY_WIRE_VARINT)
            {
              g_free (text);
              text = g_strdup_printf ("%" G_GINT64_FORMAT, (gint64) part.value);
            }
          else if (part.number == 2)
            {
              g_free (text);
              text = granary_wire_read_text (walk->cursor, &part, 64);
            }
        }
      if (n++ >= MAX_DIMENSIONS)
        continue;
      if (n > 1)
        g_string_append_c (shape, ',');
      g_string_append (shape, text != NULL && *text != '\0' ? text : "?");
    }

  return g_string_free (g_steal_pointer (&shape), FALSE);
}

/* TypeProto: tensor_type 1 and sparse_tensor_type 8 { elem_type 1, shape 2 }, sequence_type 4 and
 * optional_type 9 { elem_type 1 }, map_type 5 { key_type 1, value_type 2 }. */
static char *
read_type (OnnxWalk  *walk,
           gint64     end,
           char     **shape)
{
  GranaryWireField field = { 0 };
  g_autofree char *type = NULL;

  if (!enter (walk))
    return NULL;

  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    {
      GranaryWireField part = { 0 };
      g_autofree char *inner = NULL;
      const char *element = NULL;

      if (field.number != 1 && field.number != 4 && field.number != 5 && field.number != 8 &&
          field.number != 9)
        continue;
      if (!expect_bytes (walk, &field))
        break;
      while (granary_wire_next (walk->cursor, field.end, &walk->truncated, &part))
        if (part.number == 1 && part.type == GRANARY_WIRE_VARINT)
          element = granary_inspect_onnx_type (part.value);
        else if (part.type == GRANARY_WIRE_BYTES && part.number == 2 &&
                 (field.number == 1 || field.number == 8))
          {
            g_free (*shape);
            *shape = read_shape (walk, part.end);
          }
        else if (part.type == GRANARY_WIRE_BYTES && part.number <= 2)
          {
            g_autofree char *ignored = NULL;

            g_free (inner);
            inner = read_type (walk, part.end, &ignored);
          }

      g_free (type);
      if (field.number == 1)
        type = g_strdup (element);
      else if (field.number == 8)
        type = g_strdup_printf ("sparse<%s>", element != NULL ? element : "?");
      else if (field.number == 5)
        type = g_strdup_printf ("map<%s,%s>", element != NULL ? element : "?",
                                inner != NULL ? inner : "?");
      else
        type = g_strdup_printf ("%s<%s>", field.number == 4 ? "sequence" : "optional",
                                inner != NULL ? inner : "?");
    }

  leave (walk);

  return g_steal_pointer (&type);
}

/* ValueInfoProto: name 1, type 2. */
static GranaryTensor *
read_value_info (OnnxWalk *walk,
                 gint64    end)
{
  GranaryTensor *tensor = g_new0 (GranaryTensor, 1);
  GranaryWireField field = { 0 };

  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    if (field.number == 1)
      {
        g_free (tensor->name);
        tensor->name = granary_wire_read_text (walk->cursor, &field, MAX_NAME);
      }
    else if (field.number == 2 && expect_bytes (walk, &field))
      {
        g_free (tensor->type);
        tensor->type = read_type (walk, field.end, &tensor->shape);
      }

  return tensor;
}

/* AttributeProto: t 5, g 6, tensors 10, graphs 11, sparse_tensor 22, sparse_tensors 23. Looked
 * through for graphs of branches and loops, and for weights kept in other files. */
static void
walk_attribute (OnnxWalk *walk,
                gint64    end)
{
  GranaryWireField field = { 0 };

  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    {
      if (field.type != GRANARY_WIRE_BYTES)
        continue;
      if (field.number == 5 || field.number == 10)
        walk_tensor (walk, field.end, FALSE, NULL);
      else if (field.number == 6 || field.number == 11)
        walk_graph (walk, field.end);
      else if (field.number == 22 || field.number == 23)
        walk_sparse_tensor (walk, field.end, FALSE, NULL);
    }
}

/* NodeProto: attribute 5. */
static void
walk_node (OnnxWalk *walk,
           gint64    end)
{
  GranaryWireField field = { 0 };

  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    if (field.number == 5 && field.type == GRANARY_WIRE_BYTES)
      walk_attribute (walk, field.end);
}

/* FunctionProto: node 7. */
static void
walk_function (OnnxWalk *walk,
               gint64    end)
{
  GranaryWireField field = { 0 };

  if (!enter (walk))
    return;
  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    if (field.number == 7 && field.type == GRANARY_WIRE_BYTES)
      walk_node (walk, field.end);
  leave (walk);
}

/* GraphProto: node 1, initializer 5, input 11, output 12, sparse_initializer 15. */
static void
walk_graph (OnnxWalk *walk,
            gint64    end)
{
  GranaryWireField field = { 0 };
  gboolean is_main = walk->depth == 0;

  if (!enter (walk))
    return;

  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    {
      if (field.type != GRANARY_WIRE_BYTES)
        continue;

      switch (field.number)
        {
        case 1:
          walk_node (walk, field.end);
          break;

        case 5:
        case 15:
          walk_initializer (walk, field.end, field.number == 15);
          break;

        case 11:
          if (is_main && walk->inputs->len < 16384)
            g_ptr_array_add (walk->inputs, read_value_info (walk, field.end));
          break;

        case 12:
          if (is_main)
            {
              GranaryTensor *tensor = read_value_info (walk, field.end);

              granary_inspection_add_output (walk->subject->inspection, tensor->name,
                                             tensor->type, tensor->shape);
              tensor_free (tensor);
            }
          break;

        default:
          break;
        }
    }

  leave (walk);
}

static void
walk_model (OnnxWalk *walk)
{
  GranaryInspection *inspection = walk->subject->inspection;
  GranaryWireField field = { 0 };

  while (granary_wire_next (walk->cursor, walk->cursor->size, &walk->truncated, &field))
    {
      int type = model_field_type (field.number);

      if (type >= 0 && (guint) type != field.type)
        {
          granary_cursor_fail (walk->cursor, GRANARY_CURSOR_MALFORMED);
          break;
        }

      switch (field.number)
        {
        case 1:
          granary_inspection_set_ir_version (inspection, (gint64) MIN (field.value, G_MAXINT64));
          break;

        case 2:
          g_free (walk->producer);
          walk->producer = granary_wire_read_text (walk->cursor, &field, MAX_NAME);
          break;

        case 3:
          g_free (walk->producer_version);
          walk->producer_version = granary_wire_read_text (walk->cursor, &field, MAX_NAME);
          break;

        case 7:
          walk->has_graph = TRUE;
          /* A model without weights has a count too: none. */
          granary_inspection_add_parameters (inspection, NULL, 0);
          walk_graph (walk, field.end);
          break;

        case 8:
          read_opset (walk, field.end);
          break;

        case 14:
          read_metadata (walk, field.end);
          break;

        case 25:
          walk_function (walk, field.end);
          break;

        default:
          break;
        }
    }
}

static gboolean
read_onnx (GranaryInspectSubject  *subject,
           GError                **error)
{
  g_autoptr (GHashTable) initializers = g_hash_table_new_full (g_str_hash, g_str_equal,
                                                               g_free, NULL);
  g_autoptr (GPtrArray) inputs = g_ptr_array_new_with_free_func (tensor_free);
  g_autoptr (GranaryCursor) cursor = NULL;
  OnnxWalk walk = { 0 };

  cursor = granary_cursor_new (subject->reader, GRANARY_INSPECT_BUDGET, subject->cancellable);
  walk.subject = subject;
  walk.cursor = cursor;
  walk.initializers = initializers;
  walk.inputs = inputs;

  granary_inspection_set_format (subject->inspection, "ONNX");
  granary_inspection_set_framework (subject->inspection, "ONNX");
  walk_model (&walk);

  if (walk.producer != NULL && *walk.producer != '\0')
    {
      g_autofree char *producer = g_strjoin (" ", walk.producer,
                                             walk.producer_version != NULL &&
                                             *walk.producer_version != '\0' ?
                                             walk.producer_version : NULL, NULL);

      granary_inspection_set_producer (subject->inspection, producer);
    }
  g_free (walk.producer);
  g_free (walk.producer_version);

  /* Before IR version 4 every initializer was listed among the inputs. */
  for (guint i = 0; i < inputs->len; i++)
    {
      const GranaryTensor *tensor = g_ptr_array_index (inputs, i);

      if (tensor->name == NULL || !g_hash_table_contains (initializers, tensor->name))
        granary_inspection_add_input (subject->inspection, tensor->name, tensor->type,
                                      tensor->shape);
    }

  return granary_inspect_settle (subject, cursor, walk.truncated || !walk.has_graph, error);
}

const GranaryInspectParser granary_inspect_onnx = {
  .rank = 90,
  .detect = detect_onnx,
  .read = read_onnx,
};
