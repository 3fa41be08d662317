/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-tensorflow.h"

#include "granary-inspect-private.h"

#define MAX_DIMENSIONS 32

/* Numbers of DataType in types.proto. */
static const char * const type_names[] = {
  NULL, "float32", "float64", "int32", "uint8", "int16", "int8", "string", "complex64", "int64",
  "bool", "qint8", "quint8", "qint32", "bfloat16", "qint16", "quint16", "uint16", "complex128",
  "float16", "resource", "variant", "uint32", "uint64", "float8e5m2", "float8e4m3fn",
  "float8e4m3fnuz", "float8e4m3b11fnuz", "float8e5m2fnuz", "int4", "uint4", "int2", "uint2",
};

/**
 * granary_tensorflow_type_name:
 * @type: a DataType; those of references are 100 above what they refer to
 *
 * Returns: (nullable) (transfer none): its name
 */
const char *
granary_tensorflow_type_name (guint64 type)
{
  if (type > 100)
    type -= 100;

  return type < G_N_ELEMENTS (type_names) ? type_names[type] : NULL;
}

/**
 * granary_tensorflow_read_shape:
 * @cursor: a file, at the start of a TensorShapeProto
 * @end: where the message ends
 * @truncated: (inout): set when the file ends inside it
 * @product: (out) (optional): how many elements it has, -1 when that is not known
 *
 * TensorShapeProto: dim 2 { size 1, name 2 }, unknown_rank 3.
 *
 * Returns: (transfer full) (nullable): such as `?,224,224,3`; %NULL when even the number of
 *   dimensions is unknown
 */
char *
granary_tensorflow_read_shape (GranaryCursor *cursor,
                               gint64         end,
                               gboolean      *truncated,
                               gint64        *product)
{
  g_autoptr (GString) shape = g_string_new (NULL);
  GranaryWireField field = { 0 };
  gboolean is_unknown = FALSE;
  gint64 count = 1;
  guint n = 0;

  while (granary_wire_next (cursor, end, truncated, &field))
    {
      GranaryWireField part = { 0 };
      gint64 size = 0;

      if (field.number == 3 && field.type == GRANARY_WIRE_VARINT)
        is_unknown = field.value != 0;
      if (field.number != 2 || field.type != GRANARY_WIRE_BYTES)
        continue;

      while (granary_wire_next (cursor, field.end, truncated, &part))
        if (part.number == 1 && part.type == GRANARY_WIRE_VARINT)
          size = (gint64) part.value;
      if (count >= 0 && !granary_inspection_multiply (&count, size))
        count = -1;
      if (n++ < MAX_DIMENSIONS)
        granary_inspect_append_dimension (shape, size);
    }

  if (product != NULL)
    *product = is_unknown ? -1 : count;

  return is_unknown ? NULL : g_string_free (g_steal_pointer (&shape), FALSE);
}

/**
 * granary_tensorflow_runs_code:
 * @op: name of an operation
 *
 * Returns: whether a graph that has it calls Python or reads and writes files when it runs
 */
gboolean
granary_tensorflow_runs_code (const char *op)
{
  static const char * const names[] = {
    "EagerPyFunc", "PyFunc", "PyFuncStateless", "ReadFile", "WriteFile",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (op, names[i]) == 0)
      return TRUE;

  return FALSE;
}
