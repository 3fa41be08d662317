/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include <string.h>

#include "granary-wire.h"

/* Paddle's programs before version 3: `NAME.pdmodel` or `__model__`, a ProgramDesc by
 * framework.proto of paddle/fluid/framework. Field numbers below are from there. The weights stand
 * in `NAME.pdiparams`, or beside `__model__` in one file or in many. */

#define MAX_NAME 256
#define MAX_VARIABLES 65536
#define MAX_DIMENSIONS 32

/* VarType.Type */
#define TYPE_LOD_TENSOR 7

typedef struct
{
  const char *type;
  char       *shape;
} Variable;

typedef struct
{
  GranaryInspectSubject *subject;
  GranaryCursor         *cursor;
  gboolean               truncated;
  gboolean               has_block;
  gboolean               has_weights;
  GHashTable            *variables; /* name → Variable: of the main block */
  GPtrArray             *inputs;    /* (element-type utf8) */
  GPtrArray             *outputs;   /* (element-type utf8) */
} ProgramWalk;

static void
variable_free (gpointer data)
{
  Variable *variable = data;

  g_free (variable->shape);
  g_free (variable);
}

/**
 * granary_inspect_paddle_type:
 * @type: a VarType.Type
 *
 * Returns: (nullable) (transfer none): name of the element type
 */
const char *
granary_inspect_paddle_type (guint64 type)
{
  static const char * const names[] = {
    [0] = "bool", [1] = "int16", [2] = "int32", [3] = "int64", [4] = "float16", [5] = "float32",
    [6] = "float64", [19] = "uint64", [20] = "uint8", [21] = "int8", [22] = "bfloat16",
    [23] = "complex64", [24] = "complex128", [32] = "float8e4m3fn", [33] = "float8e5m2",
  };

  return type < G_N_ELEMENTS (names) ? names[type] : NULL;
}

/* ProgramDesc: blocks 1. BlockDesc: idx 1 and parent_idx 2, both numbers and both required. */
static gboolean
detect_paddle (GranaryInspectSubject *subject)
{
  g_autoptr (GranaryCursor) cursor = NULL;
  GranaryWireField block = { 0 };
  GranaryWireField index = { 0 };
  gboolean truncated = FALSE;
  gboolean found = FALSE;

  if (!granary_inspect_starts (subject, 0, "\x0a", 1))
    return FALSE;

  cursor = granary_cursor_new (subject->reader, 65536, subject->cancellable);
  if (granary_wire_next (cursor, cursor->size, &truncated, &block) &&
      granary_wire_next (cursor, block.end, &truncated, &index) &&
      index.number == 1 && index.type == GRANARY_WIRE_VARINT && index.value == 0 &&
      granary_wire_next (cursor, block.end, &truncated, &index))
    found = index.number == 2 && index.type == GRANARY_WIRE_VARINT;

  if (cursor->state == GRANARY_CURSOR_FAILED)
    subject->error = g_steal_pointer (&cursor->error);
  /* Cut off at once: the name may still tell what it was meant to be. */
  else if (cursor->state == GRANARY_CURSOR_TRUNCATED || (truncated && !found))
    return granary_inspect_is_named (subject, ".pdmodel");

  return found;
}

/* TensorDesc: data_type 1, dims 2, which has -1 where any size may be given. */
static void
read_tensor_desc (ProgramWalk *walk,
                  gint64       end,
                  Variable    *variable,
                  gint64      *count)
{
  g_autoptr (GString) shape = g_string_new (NULL);
  GranaryWireField field = { 0 };
  guint n = 0;

  *count = 1;
  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    if (field.number == 1 && field.type == GRANARY_WIRE_VARINT)
      variable->type = granary_inspect_paddle_type (field.value);
    else if (field.number == 2)
      {
        gint64 dimension = (gint64) field.value;

        /* One a field, as the writer does it, or packed. */
        do
          {
            if (field.type == GRANARY_WIRE_BYTES)
              {
                guint64 value;

                if (walk->cursor->position >= field.end ||
                    !granary_cursor_read_varint (walk->cursor, &value))
                  break;
                dimension = (gint64) value;
              }
            if (*count >= 0 && !granary_inspection_multiply (count, dimension))
              *count = -1;
            if (n++ < MAX_DIMENSIONS)
              granary_inspect_append_dimension (shape, dimension);
          }
        while (field.type == GRANARY_WIRE_BYTES);
      }

  g_free (variable->shape);
  variable->shape = g_string_free (g_steal_pointer (&shape), FALSE);
}

/* VarType: type 1, lod_tensor 3 { LoDTensorDesc: tensor 1 }. */
static guint64
read_type (ProgramWalk *walk,
           gint64       end,
           Variable    *variable,
           gint64      *count)
{
  GranaryWireField field = { 0 };
  guint64 kind = TYPE_LOD_TENSOR;

  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    {
      GranaryWireField part = { 0 };

      if (field.number == 1 && field.type == GRANARY_WIRE_VARINT)
        kind = field.value;
      if (field.number != 3 || field.type != GRANARY_WIRE_BYTES)
        continue;
      while (granary_wire_next (walk->cursor, field.end, &walk->truncated, &part))
        if (part.number == 1 && part.type == GRANARY_WIRE_BYTES)
          read_tensor_desc (walk, part.end, variable, count);
    }

  return kind;
}

/* VarDesc: name 1, type 2, persistable 3. */
static void
read_variable (ProgramWalk *walk,
               gint64       end,
               gboolean     is_main)
{
  Variable *variable = g_new0 (Variable, 1);
  GranaryWireField field = { 0 };
  g_autofree char *name = NULL;
  gboolean is_persistable = FALSE;
  guint64 kind = 0;
  gint64 count = -1;

  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    if (field.number == 1)
      {
        g_free (name);
        name = granary_wire_read_text (walk->cursor, &field, MAX_NAME);
      }
    else if (field.number == 2 && field.type == GRANARY_WIRE_BYTES)
      kind = read_type (walk, field.end, variable, &count);
    else if (field.number == 3 && field.type == GRANARY_WIRE_VARINT)
      is_persistable = field.value != 0;

  if (is_persistable && kind == TYPE_LOD_TENSOR)
    {
      walk->has_weights = TRUE;
      granary_inspection_add_parameters (walk->subject->inspection, variable->type, count);
    }
  if (is_main && name != NULL && g_hash_table_size (walk->variables) < MAX_VARIABLES)
    g_hash_table_insert (walk->variables, g_steal_pointer (&name), variable);
  else
    variable_free (variable);
}

/* OpDesc.Var: parameter 1, arguments 2. */
static char *
read_argument (ProgramWalk *walk,
               gint64       end)
{
  GranaryWireField field = { 0 };
  char *argument = NULL;

  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    if (field.number == 2 && argument == NULL)
      argument = granary_wire_read_text (walk->cursor, &field, MAX_NAME);

  return argument;
}

/* OpDesc: inputs 1, outputs 2, type 3. What `feed` gives are the inputs of the model, what `fetch`
 * takes its outputs. */
static void
read_op (ProgramWalk *walk,
         gint64       end)
{
  GranaryWireField field = { 0 };
  g_autofree char *type = NULL;
  g_autofree char *input = NULL;
  g_autofree char *output = NULL;

  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    if (field.number == 3)
      {
        g_free (type);
        type = granary_wire_read_text (walk->cursor, &field, MAX_NAME);
      }
    else if (field.number == 1 && field.type == GRANARY_WIRE_BYTES && input == NULL)
      input = read_argument (walk, field.end);
    else if (field.number == 2 && field.type == GRANARY_WIRE_BYTES && output == NULL)
      output = read_argument (walk, field.end);

  if (g_strcmp0 (type, "feed") == 0 && output != NULL && walk->inputs->len < MAX_VARIABLES)
    g_ptr_array_add (walk->inputs, g_steal_pointer (&output));
  else if (g_strcmp0 (type, "fetch") == 0 && input != NULL && walk->outputs->len < MAX_VARIABLES)
    g_ptr_array_add (walk->outputs, g_steal_pointer (&input));
}

/* BlockDesc: vars 3, ops 4. The first block is the main one. */
static void
read_block (ProgramWalk *walk,
            gint64       end)
{
  GranaryWireField field = { 0 };
  gboolean is_main = !walk->has_block;

  walk->has_block = TRUE;
  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    {
      if (field.type != GRANARY_WIRE_BYTES)
        continue;
      if (field.number == 3)
        read_variable (walk, field.end, is_main);
      else if (field.number == 4 && is_main)
        read_op (walk, field.end);
    }
}

/* Version: version 1, such as 2006001 for 2.6.1; 0 is what a program of no release says. */
static void
read_version (ProgramWalk *walk,
              gint64       end)
{
  GranaryWireField field = { 0 };

  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    if (field.number == 1 && field.type == GRANARY_WIRE_VARINT && field.value > 0)
      {
        g_autofree char *producer =
          g_strdup_printf ("PaddlePaddle %u.%u.%u", (guint) (field.value / 1000000 % 1000),
                           (guint) (field.value / 1000 % 1000), (guint) (field.value % 1000));

        granary_inspection_set_producer (walk->subject->inspection, producer);
      }
}

static void
add_tensors (ProgramWalk *walk)
{
  for (guint i = 0; i < walk->inputs->len; i++)
    {
      const char *name = g_ptr_array_index (walk->inputs, i);
      const Variable *variable = g_hash_table_lookup (walk->variables, name);

      granary_inspection_add_input (walk->subject->inspection, name,
                                    variable != NULL ? variable->type : NULL,
                                    variable != NULL ? variable->shape : NULL);
    }
  for (guint i = 0; i < walk->outputs->len; i++)
    {
      const char *name = g_ptr_array_index (walk->outputs, i);
      const Variable *variable = g_hash_table_lookup (walk->variables, name);

      granary_inspection_add_output (walk->subject->inspection, name,
                                     variable != NULL ? variable->type : NULL,
                                     variable != NULL ? variable->shape : NULL);
    }
}

/* NAME.pdiparams for NAME.pdmodel and NAME.json. */
void
granary_inspect_add_paddle_params (GranaryInspectSubject *subject)
{
  const char *slash = strrchr (subject->name, '/');
  const char *base = slash != NULL ? slash + 1 : subject->name;
  const char *dot = strrchr (base, '.');
  g_autofree char *params = NULL;

  if (dot == NULL)
    return;
  params = g_strdup_printf ("%.*s.pdiparams", (int) (dot - base), base);
  granary_inspection_add_file (subject->inspection, params);
}

/* ProgramDesc: blocks 1, version 4. */
static gboolean
read_paddle (GranaryInspectSubject  *subject,
             GError                **error)
{
  g_autoptr (GranaryCursor) cursor = NULL;
  g_autoptr (GHashTable) variables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                                            variable_free);
  g_autoptr (GPtrArray) inputs = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) outputs = g_ptr_array_new_with_free_func (g_free);
  GranaryWireField field = { 0 };
  ProgramWalk walk = { 0 };

  granary_inspection_set_format (subject->inspection, "Paddle");
  granary_inspection_set_framework (subject->inspection, "PaddlePaddle");
  granary_inspection_add_parameters (subject->inspection, NULL, 0);

  cursor = granary_cursor_new (subject->reader, GRANARY_INSPECT_BUDGET, subject->cancellable);
  walk.subject = subject;
  walk.cursor = cursor;
  walk.variables = variables;
  walk.inputs = inputs;
  walk.outputs = outputs;
  while (granary_wire_next (cursor, cursor->size, &walk.truncated, &field))
    {
      if (field.type != GRANARY_WIRE_BYTES)
        continue;
      if (field.number == 1)
        read_block (&walk, field.end);
      else if (field.number == 4)
        read_version (&walk, field.end);
    }
  add_tensors (&walk);
  if (walk.has_weights && granary_inspect_is_named (subject, ".pdmodel"))
    granary_inspect_add_paddle_params (subject);

  return granary_inspect_settle (subject, cursor, walk.truncated || !walk.has_block, error);
}

const GranaryInspectParser granary_inspect_paddle = {
  .rank = 84,
  .detect = detect_paddle,
  .read = read_paddle,
};
