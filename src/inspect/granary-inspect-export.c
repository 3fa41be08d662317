/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include <string.h>

#include "granary-memory-reader.h"
#include "granary-walk.h"

/* The program of a torch.export archive: JSON whose graph names its tensors, with types and shapes,
 * and whose signature tells which of them go in, come out and are weights. The schema is
 * torch/_export/serde/schema.py; the tensors come before the signature. */

#define MAX_TENSORS 65536
#define TENSORS "graph_module.graph.tensor_values."

typedef struct
{
  int      type;
  GString *shape;
  gint64   count; /* -1: not known */
} Tensor;

typedef struct
{
  GranaryInspection *inspection;
  GHashTable        *tensors; /* (element-type utf8 Tensor) */
} Program;

static void
tensor_free (gpointer data)
{
  Tensor *tensor = data;

  g_string_free (tensor->shape, TRUE);
  g_free (tensor);
}

static const char *
name_type (int type)
{
  static const char * const names[] = {
    NULL, "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64", "complex32",
    "complex64", "complex128", "bool", "bfloat16", "uint16",
  };

  return type > 0 && type < (int) G_N_ELEMENTS (names) ? names[type] : NULL;
}

/* `Symbol('s0', positive=True)`, or `s0`; anything that is calculated is a dimension not given. */
static char *
name_symbol (const char *expression)
{
  const char *start = g_str_has_prefix (expression, "Symbol('") ? expression + 8 : expression;
  gsize length = strspn (start, "abcdefghijklmnopqrstuvwxyz_0123456789");

  return length > 0 && (start[length] == '\0' || start[length] == '\'') ? g_strndup (start, length)
                                                                       : g_strdup ("?");
}

static void
append_dimension (Tensor     *tensor,
                  const char *dimension,
                  gint64      size)
{
  if (tensor->shape->len < 256)
    g_string_append_printf (tensor->shape, "%s%s", tensor->shape->len > 0 ? "," : "", dimension);
  if (tensor->count >= 0 && !granary_inspection_multiply (&tensor->count, size))
    tensor->count = -1;
}

/* @path is behind TENSORS: `NAME`, `NAME.dtype`, `NAME.sizes[].as_int`, … */
static GranaryWalk
take_tensor (Program    *program,
             const char *path,
             const char *text)
{
  gsize length = strcspn (path, ".");
  g_autofree char *name = g_strndup (path, length);
  const char *member = path + length;
  Tensor *tensor = g_hash_table_lookup (program->tensors, name);

  if (tensor == NULL)
    {
      if (g_hash_table_size (program->tensors) >= MAX_TENSORS)
        return GRANARY_WALK_PAST;
      tensor = g_new0 (Tensor, 1);
      tensor->shape = g_string_new (NULL);
      tensor->count = 1;
      g_hash_table_insert (program->tensors, g_steal_pointer (&name), tensor);
    }

  if (text == NULL)
    return *member == '\0' || g_str_has_prefix (member, ".sizes") ? GRANARY_WALK_ON
                                                                  : GRANARY_WALK_PAST;

  if (g_str_equal (member, ".dtype"))
    tensor->type = (int) g_ascii_strtoll (text, NULL, 10);
  else if (g_str_equal (member, ".sizes[].as_int"))
    append_dimension (tensor, text, g_ascii_strtoll (text, NULL, 10));
  else if (g_str_equal (member, ".sizes[].as_expr.expr_str"))
    {
      g_autofree char *symbol = name_symbol (text);

      append_dimension (tensor, symbol, -1);
    }

  return GRANARY_WALK_ON;
}

static void
take_signature (Program    *program,
                const char *path,
                const char *name)
{
  const Tensor *tensor = g_hash_table_lookup (program->tensors, name);
  const char *type = tensor != NULL ? name_type (tensor->type) : NULL;
  const char *shape = tensor != NULL ? tensor->shape->str : NULL;

  if (g_str_equal (path, "input_specs[].user_input.arg.as_tensor.name"))
    granary_inspection_add_input (program->inspection, name, type, shape);
  else if (g_str_equal (path, "output_specs[].user_output.arg.as_tensor.name"))
    granary_inspection_add_output (program->inspection, name, type, shape);
  else if (g_str_equal (path, "input_specs[].parameter.arg.name") ||
           g_str_equal (path, "input_specs[].buffer.arg.name"))
    granary_inspection_add_parameters (program->inspection, type,
                                       tensor != NULL ? tensor->count : -1);
}

static GranaryWalk
take_value (const char *path,
            const char *text,
            gpointer    data)
{
  static const char * const entered[] = {
    "", "graph_module", "graph_module.graph", "graph_module.graph.tensor_values",
  };
  static const char signature[] = "graph_module.signature.";
  Program *program = data;

  if (g_str_has_prefix (path, TENSORS))
    return take_tensor (program, path + strlen (TENSORS), text);
  if (text == NULL)
    {
      for (guint i = 0; i < G_N_ELEMENTS (entered); i++)
        if (g_str_equal (path, entered[i]))
          return GRANARY_WALK_ON;
      return g_str_has_prefix (path, "graph_module.signature") ? GRANARY_WALK_ON
                                                               : GRANARY_WALK_PAST;
    }

  if (g_str_has_prefix (path, signature))
    take_signature (program, path + strlen (signature), text);
  else if (g_str_equal (path, "torch_version"))
    {
      g_autofree char *producer = g_strdup_printf ("PyTorch %s", text);

      granary_inspection_set_producer (program->inspection, producer);
    }

  return GRANARY_WALK_ON;
}

/* Reads the program of a torch.export archive. */
void
granary_inspect_torch_program (GranaryInspectSubject *subject,
                               GBytes                *bytes)
{
  g_autoptr (GHashTable) tensors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                                          tensor_free);
  g_autoptr (GranaryRangeReader) reader = granary_memory_reader_new (bytes);
  g_autoptr (GranaryCursor) cursor = granary_cursor_new (reader, G_MAXINT64, subject->cancellable);
  Program program = { subject->inspection, tensors };

  granary_inspection_add_parameters (subject->inspection, NULL, 0);
  if (!granary_walk_json (cursor, cursor->size, take_value, &program))
    {
      granary_inspection_add_warning (subject->inspection, GRANARY_WARNING_UNREADABLE,
                                      subject->name);
      granary_inspection_forget_parameters (subject->inspection);
    }
}
