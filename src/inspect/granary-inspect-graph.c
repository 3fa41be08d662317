/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include <string.h>

#include "granary-tensorflow.h"
#include "granary-wire.h"

/* TensorFlow's GraphDef by graph.proto and node_def.proto of tensorflow/core/framework: a list of
 * nodes. Frozen, its weights are constants in it. Field numbers below are from there. It has no
 * magic number and is told by its first node. */

#define MAX_NAME 256
#define MAX_NAMES_BYTES (8 * 1024 * 1024)

typedef struct
{
  char        *name;
  char        *op;
  const char  *type;
  char        *shape;
  gint64       count; /* of a constant: its elements, -1 if that is not known */
  gboolean     has_constant;
} Node;

typedef struct
{
  GranaryInspectSubject *subject;
  GranaryCursor         *cursor;
  gboolean               truncated;
  gboolean               has_variables;
  GHashTable            *used;  /* (element-type utf8): nodes that are the input of another */
  GPtrArray             *ends;  /* (element-type utf8): nodes that may be outputs, in order */
  gsize                  names_bytes;
  GString               *code;
} GraphWalk;

static gboolean
is_op_name (const char *text)
{
  if (text == NULL || (!g_ascii_isupper (*text) && *text != '_'))
    return FALSE;
  for (; *text != '\0'; text++)
    if (!g_ascii_isalnum (*text) && strchr ("_>.", *text) == NULL)
      return FALSE;

  return TRUE;
}

/* GraphDef: node 1. NodeDef: name 1, op 2, and nothing but bytes up to 7. */
static gboolean
detect_graph (GranaryInspectSubject *subject)
{
  g_autoptr (GranaryCursor) cursor = NULL;
  g_autofree char *op = NULL;
  GranaryWireField field = { 0 };
  GranaryWireField part = { 0 };
  gboolean truncated = FALSE;
  gboolean has_name = FALSE;

  if (!granary_inspect_starts (subject, 0, "\x0a", 1))
    return FALSE;

  cursor = granary_cursor_new (subject->reader, 65536, subject->cancellable);
  if (granary_wire_next (cursor, cursor->size, &truncated, &field))
    while (op == NULL && granary_wire_next (cursor, field.end, &truncated, &part) &&
           part.type == GRANARY_WIRE_BYTES && part.number <= 7)
      {
        has_name |= part.number == 1;
        if (part.number == 2)
          op = granary_wire_read_text (cursor, &part, MAX_NAME);
      }

  if (cursor->state == GRANARY_CURSOR_FAILED)
    {
      subject->error = g_steal_pointer (&cursor->error);
      return FALSE;
    }

  return has_name && is_op_name (op);
}

/* TensorProto: dtype 1, tensor_shape 2; the elements are jumped over. */
static void
read_constant (GraphWalk *walk,
               gint64     end,
               Node      *node)
{
  GranaryWireField field = { 0 };

  node->has_constant = TRUE;
  node->count = 1;
  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    if (field.number == 1 && field.type == GRANARY_WIRE_VARINT)
      node->type = granary_tensorflow_type_name (field.value);
    else if (field.number == 2 && field.type == GRANARY_WIRE_BYTES)
      {
        g_autofree char *ignored = granary_tensorflow_read_shape (walk->cursor, field.end,
                                                                  &walk->truncated, &node->count);
      }
}

/* AttrValue: type 6, shape 7, tensor 8. */
static void
read_attribute_value (GraphWalk  *walk,
                      gint64      end,
                      const char *name,
                      Node       *node)
{
  GranaryWireField field = { 0 };

  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    if (field.number == 6 && field.type == GRANARY_WIRE_VARINT)
      {
        if (g_strcmp0 (name, "dtype") == 0)
          node->type = granary_tensorflow_type_name (field.value);
      }
    else if (field.number == 7 && field.type == GRANARY_WIRE_BYTES)
      {
        g_free (node->shape);
        node->shape = granary_tensorflow_read_shape (walk->cursor, field.end, &walk->truncated,
                                                     NULL);
      }
    else if (field.number == 8 && field.type == GRANARY_WIRE_BYTES &&
             g_strcmp0 (name, "value") == 0)
      read_constant (walk, field.end, node);
}

/* An entry of the map attr: key 1, value 2. */
static void
read_attribute (GraphWalk *walk,
                gint64     end,
                Node      *node)
{
  GranaryWireField field = { 0 };
  g_autofree char *name = NULL;

  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    if (field.number == 1)
      {
        g_free (name);
        name = granary_wire_read_text (walk->cursor, &field, MAX_NAME);
      }
    else if (field.number == 2 && field.type == GRANARY_WIRE_BYTES)
      read_attribute_value (walk, field.end, name, node);
}

/* Names are kept to find those that nothing uses; of a graph with too many there are no outputs. */
static gboolean
may_keep (GraphWalk  *walk,
          const char *name)
{
  if (walk->names_bytes > MAX_NAMES_BYTES)
    return FALSE;
  walk->names_bytes += strlen (name) + 64;

  return TRUE;
}

/* `name`, `name:1` and `^name` all mean the node `name`. */
static void
note_use (GraphWalk *walk,
          char      *input)
{
  char *name = *input == '^' ? input + 1 : input;
  char *colon = strchr (name, ':');

  if (colon != NULL)
    *colon = '\0';
  if (!g_hash_table_contains (walk->used, name) && may_keep (walk, name))
    g_hash_table_add (walk->used, g_strdup (name));
}

static void
take_node (GraphWalk *walk,
           Node      *node)
{
  static const char * const variables[] = {
    "Variable", "VariableV2", "VarHandleOp", "AutoReloadVariable",
  };
  GranaryInspection *inspection = walk->subject->inspection;

  if (node->op == NULL || node->name == NULL)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (variables); i++)
    walk->has_variables |= g_str_equal (node->op, variables[i]);
  if (granary_tensorflow_runs_code (node->op) && strstr (walk->code->str, node->op) == NULL)
    g_string_append_printf (walk->code, "%s%s", walk->code->len > 0 ? ", " : "", node->op);

  if (g_str_equal (node->op, "Placeholder"))
    granary_inspection_add_input (inspection, node->name, node->type, node->shape);
  else if (g_str_equal (node->op, "Const"))
    {
      if (node->has_constant)
        granary_inspection_add_parameters (inspection, node->type, node->count);
    }
  else if (!g_str_equal (node->op, "NoOp") && !g_str_equal (node->op, "Assert") &&
           may_keep (walk, node->name))
    g_ptr_array_add (walk->ends, g_strdup (node->name));
}

/* NodeDef: name 1, op 2, input 3, attr 5. */
static void
walk_node (GraphWalk *walk,
           gint64     end)
{
  GranaryWireField field = { 0 };
  Node node = { 0 };

  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    {
      g_autofree char *input = NULL;

      switch (field.number)
        {
        case 1:
          g_free (node.name);
          node.name = granary_wire_read_text (walk->cursor, &field, MAX_NAME);
          break;

        case 2:
          g_free (node.op);
          node.op = granary_wire_read_text (walk->cursor, &field, MAX_NAME);
          break;

        case 3:
          input = granary_wire_read_text (walk->cursor, &field, MAX_NAME);
          if (input != NULL)
            note_use (walk, input);
          break;

        case 5:
          if (field.type == GRANARY_WIRE_BYTES)
            read_attribute (walk, field.end, &node);
          break;

        default:
          break;
        }
    }

  if (walk->cursor->state == GRANARY_CURSOR_OK)
    take_node (walk, &node);
  g_free (node.name);
  g_free (node.op);
  g_free (node.shape);
}

/* VersionDef: producer 1. */
static void
read_versions (GraphWalk *walk,
               gint64     end)
{
  GranaryWireField field = { 0 };

  while (granary_wire_next (walk->cursor, end, &walk->truncated, &field))
    if (field.number == 1 && field.type == GRANARY_WIRE_VARINT)
      {
        g_autofree char *version = g_strdup_printf ("%" G_GUINT64_FORMAT, field.value);

        granary_inspection_set_metadata (walk->subject->inspection, "graph_version", version);
      }
}

static void
add_outputs (GraphWalk *walk)
{
  if (walk->names_bytes > MAX_NAMES_BYTES)
    return;

  for (guint i = 0; i < walk->ends->len; i++)
    {
      const char *name = g_ptr_array_index (walk->ends, i);

      if (!g_hash_table_contains (walk->used, name))
        granary_inspection_add_output (walk->subject->inspection, name, NULL, NULL);
    }
}

/* GraphDef: node 1, versions 4. */
static gboolean
read_graph (GranaryInspectSubject  *subject,
            GError                **error)
{
  g_autoptr (GranaryCursor) cursor = NULL;
  g_autoptr (GHashTable) used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) ends = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) code = g_string_new (NULL);
  GranaryWireField field = { 0 };
  GraphWalk walk = { 0 };

  granary_inspection_set_format (subject->inspection, "frozen graph");
  granary_inspection_set_framework (subject->inspection, "TensorFlow");
  granary_inspection_add_parameters (subject->inspection, NULL, 0);

  cursor = granary_cursor_new (subject->reader, GRANARY_INSPECT_BUDGET, subject->cancellable);
  walk.subject = subject;
  walk.cursor = cursor;
  walk.used = used;
  walk.ends = ends;
  walk.code = code;
  while (granary_wire_next (cursor, cursor->size, &walk.truncated, &field))
    {
      if (field.type != GRANARY_WIRE_BYTES)
        continue;
      if (field.number == 1)
        walk_node (&walk, field.end);
      else if (field.number == 4)
        read_versions (&walk, field.end);
    }

  if (cursor->state == GRANARY_CURSOR_OK && !walk.truncated)
    add_outputs (&walk);
  if (code->len > 0)
    granary_inspection_add_warning (subject->inspection, GRANARY_WARNING_RUNS_CODE, code->str);
  /* Its weights are elsewhere: it is the plan of a model, not the model. */
  if (walk.has_variables)
    {
      granary_inspection_set_metadata (subject->inspection, "content", "graph without weights");
      granary_inspection_forget_parameters (subject->inspection);
    }

  return granary_inspect_settle (subject, cursor, walk.truncated, error);
}

const GranaryInspectParser granary_inspect_graph = {
  .rank = 65,
  .detect = detect_graph,
  .read = read_graph,
};
