/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include "granary-flatbuffer.h"

/* ExecuTorch: a FlatBuffer by program.fbs of ExecuTorch, with weights behind it. Field numbers
 * below are from there. Inputs and outputs have no names; their positions stand in for them. */

#define MAX_TENSORS 1024
#define MAX_PLANS 64
#define MAX_NAME 256

/* Kind of a value that is a tensor, in the union KernelTypes. */
#define TENSOR_VALUE 5

/* Numbers of ScalarType in scalar_type.fbs. */
static const char * const element_types[] = {
  "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64", NULL, "complex64",
  "complex128", "bool", "qint8", "quint8", "qint32", "bfloat16",
};

static gboolean
detect_executorch (GranaryInspectSubject *subject)
{
  return granary_inspect_starts (subject, 4, "ET12", 4);
}

/* EValue: val_type 0, val 1. Tensor: scalar_type 0, sizes 2. */
static void
add_value (GranaryInspectSubject *subject,
           GranaryCursor         *cursor,
           GranaryFlatVector     *values,
           gint64                 index,
           gint64                 position,
           gboolean               is_input)
{
  static const char * const plain_types[] = { NULL, NULL, "int", "bool", "float" };
  GranaryFlatTable value;
  GranaryFlatTable tensor;
  GranaryFlatVector sizes;
  g_autofree char *name = g_strdup_printf ("%" G_GINT64_FORMAT, position);
  g_autofree char *shape = NULL;
  const char *type = NULL;
  guint64 kind;

  if (!granary_flatbuffer_vector_table (cursor, values, index, &value))
    return;

  kind = granary_flatbuffer_get_number (cursor, &value, 0, 1, 0);
  if (kind == TENSOR_VALUE && granary_flatbuffer_get_table (cursor, &value, 1, &tensor))
    {
      guint64 number = granary_flatbuffer_get_number (cursor, &tensor, 0, 1, 0);

      if (number < G_N_ELEMENTS (element_types))
        type = element_types[number];
      granary_flatbuffer_get_vector (cursor, &tensor, 2, 4, &sizes);
      shape = granary_inspect_flat_shape (cursor, &sizes);
    }
  else if (kind < G_N_ELEMENTS (plain_types))
    type = plain_types[kind];
  if (cursor->state != GRANARY_CURSOR_OK)
    return;

  if (is_input)
    granary_inspection_add_input (subject->inspection, name, type, shape);
  else
    granary_inspection_add_output (subject->inspection, name, type, shape);
}

/* ExecutionPlan: name 0, values 2, inputs 3, outputs 4. */
static void
read_plan (GranaryInspectSubject  *subject,
           GranaryCursor          *cursor,
           const GranaryFlatTable *plan)
{
  GranaryFlatVector values;

  granary_flatbuffer_get_vector (cursor, plan, 2, 4, &values);
  for (guint field = 3; field <= 4; field++)
    {
      GranaryFlatVector indices;

      granary_flatbuffer_get_vector (cursor, plan, field, 4, &indices);
      for (gint64 i = 0; i < MIN (indices.count, MAX_TENSORS); i++)
        {
          gint32 index = (gint32) granary_flatbuffer_vector_number (cursor, &indices, i, 4);

          if (cursor->state != GRANARY_CURSOR_OK)
            return;
          add_value (subject, cursor, &values, index, i, field == 3);
        }
    }
}

/* Methods of the model; `forward` is what is called when none is named. */
static void
read_plans (GranaryInspectSubject *subject,
            GranaryCursor         *cursor,
            GranaryFlatVector     *plans)
{
  g_autoptr (GString) names = g_string_new (NULL);
  gint64 chosen = -1;
  GranaryFlatTable plan;

  for (gint64 i = 0; i < MIN (plans->count, MAX_PLANS); i++)
    {
      g_autofree char *name = NULL;

      if (!granary_flatbuffer_vector_table (cursor, plans, i, &plan))
        return;
      name = granary_flatbuffer_get_text (cursor, &plan, 0, MAX_NAME);
      if (chosen < 0 || g_strcmp0 (name, "forward") == 0)
        chosen = i;
      if (name != NULL)
        g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", name);
    }

  if (names->len > 0)
    granary_inspection_set_metadata (subject->inspection, "methods", names->str);
  if (chosen >= 0 && granary_flatbuffer_vector_table (cursor, plans, chosen, &plan))
    read_plan (subject, cursor, &plan);
}

/* Program: version 0, execution_plan 1. Behind the identifier may stand the extended header `eh00`:
 * u32 its length, u64 length of the FlatBuffer, u64 where the weights begin, u64 their length. */
static gboolean
read_executorch (GranaryInspectSubject  *subject,
                 GError                **error)
{
  g_autoptr (GranaryCursor) cursor = NULL;
  g_autofree char *version = NULL;
  GranaryFlatTable program;
  GranaryFlatVector plans;

  granary_inspection_set_format (subject->inspection, "ExecuTorch");
  granary_inspection_set_framework (subject->inspection, "PyTorch");

  cursor = granary_cursor_new (subject->reader, GRANARY_INSPECT_BUDGET, subject->cancellable);
  if (granary_flatbuffer_open_root (cursor, &program))
    {
      version = g_strdup_printf ("%u", (guint) granary_flatbuffer_get_number (cursor, &program, 0,
                                                                              4, 0));
      granary_inspection_set_metadata (subject->inspection, "version", version);
      granary_flatbuffer_get_vector (cursor, &program, 1, 4, &plans);
      read_plans (subject, cursor, &plans);
    }

  if (granary_inspect_starts (subject, 8, "eh00", 4) && subject->head_length >= 40)
    {
      guint64 length = granary_inspect_le64 (subject->head + 16);
      guint64 start = granary_inspect_le64 (subject->head + 24);
      /* Headers before the length of the weights was stated are 24 bytes long. */
      guint64 weights = subject->head[12] >= 32 ? granary_inspect_le64 (subject->head + 32) : 0;
      guint64 size = (guint64) subject->size;

      if (length > size || start > size || weights > size - start)
        granary_cursor_fail (cursor, GRANARY_CURSOR_TRUNCATED);
    }

  return granary_inspect_settle (subject, cursor, FALSE, error);
}

const GranaryInspectParser granary_inspect_executorch = {
  .rank = 75,
  .detect = detect_executorch,
  .read = read_executorch,
};
