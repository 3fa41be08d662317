/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include <string.h>

#include "granary-json-pull.h"

/* Paddle's programs since version 3, NAME.json with the weights in NAME.pdiparams: {"base_code":
 * {"magic":"pir","trainable","version"},"program":{"regions":[{"blocks":[{"ops":[…]}]}]}}. The
 * short keys of an operation are those of schema.h in paddle/fluid/pir/serialize_deserialize: # its
 * id, A attributes {N name, AT {D value}}, O results {TT {# kind, D [element type, dimensions,
 * …]}}. */

#define MAX_TEXT 256
#define MAX_DIMENSIONS 32

typedef struct
{
  GranaryInspectSubject *subject;
  GranaryJsonPull       *pull;
  gboolean               has_magic;
  gboolean               has_program;
  gboolean               has_weights;
} PirWalk;

typedef struct
{
  char       *id;
  char       *name;
  const char *type;
  char       *shape; /* (nullable): of the first result */
  gint64      count;
} Operation;

typedef gboolean (*ReadFunc) (PirWalk  *walk,
                              gpointer  data);

static gboolean
detect_pir (GranaryInspectSubject *subject)
{
  gsize at = 0;

  while (at < subject->head_length && g_ascii_isspace (subject->head[at]))
    at++;
  if (at >= subject->head_length || subject->head[at] != '{')
    return FALSE;

  /* It begins with what tells it, whoever wrote it sorted the keys. */
  return g_strstr_len ((const char *) subject->head, (gssize) subject->head_length,
                       "\"base_code\"") != NULL &&
         g_strstr_len ((const char *) subject->head, (gssize) subject->head_length,
                       "\"pir\"") != NULL;
}

static const char *
element_type_name (const char *id)
{
  static const struct
  {
    const char *id;
    const char *name;
  } known[] = {
    { "t_f32", "float32" }, { "t_f64", "float64" }, { "t_f16", "float16" },
    { "t_bf16", "bfloat16" }, { "t_i8", "int8" }, { "t_ui8", "uint8" }, { "t_i16", "int16" },
    { "t_i32", "int32" }, { "t_i64", "int64" }, { "t_bool", "bool" }, { "t_idx", "int64" },
    { "t_c64", "complex64" }, { "t_c128", "complex128" }, { "t_f8e4m3fn", "float8e4m3fn" },
    { "t_f8e5m2", "float8e5m2" },
  };
  const char *dot = strrchr (id, '.');

  for (guint i = 0; dot != NULL && i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (dot + 1, known[i].id))
      return known[i].name;

  return NULL;
}

static gboolean
is_key (PirWalk    *walk,
        const char *key)
{
  return g_str_equal (walk->pull->text->str, key);
}

/* A value that should be text; anything else is passed over. */
static gboolean
read_text (PirWalk  *walk,
           char    **text)
{
  guint depth = walk->pull->depth;
  GranaryJsonToken token = granary_json_pull_next (walk->pull);

  if (token == GRANARY_JSON_TOKEN_STRING)
    {
      g_free (*text);
      *text = g_strdup (walk->pull->text->str);
    }
  while (walk->pull->depth > depth)
    {
      token = granary_json_pull_next (walk->pull);
      if (token == GRANARY_JSON_TOKEN_FAULT || token == GRANARY_JSON_TOKEN_END)
        return FALSE;
    }

  return token != GRANARY_JSON_TOKEN_FAULT && token != GRANARY_JSON_TOKEN_END;
}

/* { key: value, … }: @func for each, just behind its key. */
static gboolean
read_object (PirWalk  *walk,
             ReadFunc  func,
             gpointer  data)
{
  GranaryJsonToken token;

  if (granary_json_pull_next (walk->pull) != GRANARY_JSON_TOKEN_BEGIN_OBJECT)
    return FALSE;
  while ((token = granary_json_pull_next (walk->pull)) == GRANARY_JSON_TOKEN_KEY)
    if (!func (walk, data))
      return FALSE;

  return token == GRANARY_JSON_TOKEN_END_OBJECT;
}

/* [ { … }, … ], or one { … } alone: @func for each key in them. */
static gboolean
read_objects (PirWalk  *walk,
              ReadFunc  func,
              gpointer  data)
{
  GranaryJsonToken token = granary_json_pull_next (walk->pull);
  guint depth = walk->pull->depth;

  if (token != GRANARY_JSON_TOKEN_BEGIN_ARRAY && token != GRANARY_JSON_TOKEN_BEGIN_OBJECT)
    return FALSE;

  do
    {
      token = granary_json_pull_next (walk->pull);
      if (token == GRANARY_JSON_TOKEN_FAULT || token == GRANARY_JSON_TOKEN_END ||
          (token == GRANARY_JSON_TOKEN_KEY && !func (walk, data)))
        return FALSE;
    }
  while (walk->pull->depth >= depth);

  return TRUE;
}

static gboolean
read_dimensions (PirWalk   *walk,
                 Operation *operation)
{
  g_autoptr (GString) shape = g_string_new (NULL);
  gboolean is_first = operation->shape == NULL;
  GranaryJsonToken token;
  gint64 count = 1;
  guint n = 0;

  while ((token = granary_json_pull_next (walk->pull)) == GRANARY_JSON_TOKEN_NUMBER)
    {
      gint64 size;

      if (!granary_json_pull_get_size (walk->pull, &size))
        size = -1;
      if (count >= 0 && !granary_inspection_multiply (&count, size))
        count = -1;
      if (n++ < MAX_DIMENSIONS)
        granary_inspect_append_dimension (shape, size);
    }
  if (is_first)
    {
      operation->shape = g_string_free (g_steal_pointer (&shape), FALSE);
      operation->count = count;
    }

  return token == GRANARY_JSON_TOKEN_END_ARRAY;
}

static gboolean
read_element_type (PirWalk  *walk,
                   gpointer  data)
{
  Operation *operation = data;
  g_autofree char *id = NULL;

  if (!is_key (walk, "#"))
    return granary_json_pull_skip_value (walk->pull);
  if (!read_text (walk, &id))
    return FALSE;
  if (operation->type == NULL && id != NULL)
    operation->type = element_type_name (id);

  return TRUE;
}

/* D of a dense tensor: [{"#":element type},[dimensions],layout,[],0]. */
static gboolean
read_tensor_data (PirWalk   *walk,
                  Operation *operation)
{
  guint depth = walk->pull->depth;
  GranaryJsonToken token = granary_json_pull_next (walk->pull);
  gboolean has_dimensions = FALSE;

  if (token != GRANARY_JSON_TOKEN_BEGIN_ARRAY)
    {
      while (walk->pull->depth > depth && token != GRANARY_JSON_TOKEN_FAULT)
        token = granary_json_pull_next (walk->pull);
      return token != GRANARY_JSON_TOKEN_FAULT;
    }

  while (walk->pull->depth > depth)
    {
      token = granary_json_pull_next (walk->pull);
      if (token == GRANARY_JSON_TOKEN_FAULT || token == GRANARY_JSON_TOKEN_END)
        return FALSE;
      if (token == GRANARY_JSON_TOKEN_KEY && walk->pull->depth == depth + 2)
        {
          if (!read_element_type (walk, operation))
            return FALSE;
        }
      else if (token == GRANARY_JSON_TOKEN_BEGIN_ARRAY && walk->pull->depth == depth + 2 &&
               !has_dimensions)
        {
          has_dimensions = TRUE;
          if (!read_dimensions (walk, operation))
            return FALSE;
        }
    }

  return TRUE;
}

static gboolean
read_result_type (PirWalk  *walk,
                  gpointer  data)
{
  return is_key (walk, "D") ? read_tensor_data (walk, data)
                            : granary_json_pull_skip_value (walk->pull);
}

static gboolean
read_result (PirWalk  *walk,
             gpointer  data)
{
  return is_key (walk, "TT") ? read_object (walk, read_result_type, data)
                             : granary_json_pull_skip_value (walk->pull);
}

typedef struct
{
  char *name;
  char *value;
} Attribute;

static gboolean
read_attribute_value (PirWalk  *walk,
                      gpointer  data)
{
  Attribute *attribute = data;

  return is_key (walk, "D") ? read_text (walk, &attribute->value)
                            : granary_json_pull_skip_value (walk->pull);
}

static gboolean
read_attribute_part (PirWalk  *walk,
                     gpointer  data)
{
  Attribute *attribute = data;

  if (is_key (walk, "N"))
    return read_text (walk, &attribute->name);

  return is_key (walk, "AT") ? read_object (walk, read_attribute_value, attribute)
                             : granary_json_pull_skip_value (walk->pull);
}

/* [{"AT":{"#","D"},"N"}, …]; of a parameter [0,1,1,name]. */
static gboolean
read_attributes (PirWalk   *walk,
                 Operation *operation)
{
  GranaryJsonToken token = granary_json_pull_next (walk->pull);
  guint depth = walk->pull->depth;

  if (token != GRANARY_JSON_TOKEN_BEGIN_ARRAY)
    return FALSE;

  while (walk->pull->depth >= depth)
    {
      Attribute attribute = { 0 };
      gboolean well = TRUE;

      token = granary_json_pull_next (walk->pull);
      if (token == GRANARY_JSON_TOKEN_FAULT || token == GRANARY_JSON_TOKEN_END)
        return FALSE;
      if (token != GRANARY_JSON_TOKEN_BEGIN_OBJECT)
        continue;

      while (well && (token = granary_json_pull_next (walk->pull)) == GRANARY_JSON_TOKEN_KEY)
        well = read_attribute_part (walk, &attribute);
      if (g_strcmp0 (attribute.name, "name") == 0 && attribute.value != NULL)
        {
          g_free (operation->name);
          operation->name = g_steal_pointer (&attribute.value);
        }
      g_free (attribute.name);
      g_free (attribute.value);
      if (!well || token == GRANARY_JSON_TOKEN_FAULT)
        return FALSE;
    }

  return TRUE;
}

static gboolean
read_operation_part (PirWalk  *walk,
                     gpointer  data)
{
  Operation *operation = data;

  if (is_key (walk, "#"))
    return read_text (walk, &operation->id);
  if (is_key (walk, "A"))
    return read_attributes (walk, operation);

  return is_key (walk, "O") ? read_objects (walk, read_result, operation)
                            : granary_json_pull_skip_value (walk->pull);
}

/* Ids are `1.data`, or `pd_op.data` where they were not shortened; `p` is a parameter. */
static void
take_operation (PirWalk         *walk,
                const Operation *operation)
{
  GranaryInspection *inspection = walk->subject->inspection;
  const char *dot = operation->id != NULL ? strrchr (operation->id, '.') : NULL;

  if (g_strcmp0 (operation->id, "p") == 0 || g_strcmp0 (operation->id, "builtin.parameter") == 0)
    {
      walk->has_weights = TRUE;
      granary_inspection_add_parameters (inspection, operation->type,
                                         operation->shape != NULL ? operation->count : -1);
    }
  else if (dot != NULL && (g_str_equal (dot, ".data") || g_str_equal (dot, ".feed")))
    granary_inspection_add_input (inspection, operation->name, operation->type, operation->shape);
  else if (dot != NULL && g_str_equal (dot, ".fetch"))
    granary_inspection_add_output (inspection, operation->name, operation->type,
                                   operation->shape);
}

static gboolean
read_operations (PirWalk *walk)
{
  GranaryJsonToken token;

  if (granary_json_pull_next (walk->pull) != GRANARY_JSON_TOKEN_BEGIN_ARRAY)
    return FALSE;

  while ((token = granary_json_pull_next (walk->pull)) == GRANARY_JSON_TOKEN_BEGIN_OBJECT)
    {
      Operation operation = { 0 };
      gboolean well = TRUE;

      while (well && (token = granary_json_pull_next (walk->pull)) == GRANARY_JSON_TOKEN_KEY)
        well = read_operation_part (walk, &operation);
      well = well && token == GRANARY_JSON_TOKEN_END_OBJECT;
      if (well)
        take_operation (walk, &operation);
      g_free (operation.id);
      g_free (operation.name);
      g_free (operation.shape);
      if (!well)
        return FALSE;
    }

  return token == GRANARY_JSON_TOKEN_END_ARRAY;
}

static gboolean
read_block (PirWalk  *walk,
            gpointer  data)
{
  return is_key (walk, "ops") ? read_operations (walk) : granary_json_pull_skip_value (walk->pull);
}

static gboolean
read_region (PirWalk  *walk,
             gpointer  data)
{
  return is_key (walk, "blocks") ? read_objects (walk, read_block, NULL)
                                 : granary_json_pull_skip_value (walk->pull);
}

static gboolean
read_program (PirWalk  *walk,
              gpointer  data)
{
  return is_key (walk, "regions") ? read_objects (walk, read_region, NULL)
                                  : granary_json_pull_skip_value (walk->pull);
}

static gboolean
read_base_code (PirWalk  *walk,
                gpointer  data)
{
  g_autofree char *magic = NULL;

  if (is_key (walk, "magic"))
    {
      if (!read_text (walk, &magic))
        return FALSE;
      walk->has_magic = g_strcmp0 (magic, "pir") == 0;
      return TRUE;
    }
  if (is_key (walk, "version"))
    {
      if (granary_json_pull_next (walk->pull) != GRANARY_JSON_TOKEN_NUMBER)
        return FALSE;
      granary_inspection_set_metadata (walk->subject->inspection, "version",
                                       walk->pull->text->str);
      return TRUE;
    }

  return granary_json_pull_skip_value (walk->pull);
}

static gboolean
read_root (PirWalk  *walk,
           gpointer  data)
{
  if (is_key (walk, "base_code"))
    return read_object (walk, read_base_code, NULL);
  if (is_key (walk, "program"))
    {
      walk->has_program = TRUE;
      return read_object (walk, read_program, NULL);
    }

  return granary_json_pull_skip_value (walk->pull);
}

static gboolean
read_pir (GranaryInspectSubject  *subject,
          GError                **error)
{
  g_autoptr (GranaryCursor) cursor = NULL;
  g_autoptr (GranaryJsonPull) pull = NULL;
  PirWalk walk = { 0 };

  granary_inspection_set_format (subject->inspection, "Paddle");
  granary_inspection_set_framework (subject->inspection, "PaddlePaddle");
  granary_inspection_add_parameters (subject->inspection, NULL, 0);

  cursor = granary_cursor_new (subject->reader, GRANARY_INSPECT_BUDGET, subject->cancellable);
  pull = granary_json_pull_new (cursor, cursor->size, MAX_TEXT);
  walk.subject = subject;
  walk.pull = pull;
  if (!read_object (&walk, read_root, NULL) || !walk.has_magic || !walk.has_program ||
      granary_json_pull_next (pull) != GRANARY_JSON_TOKEN_END)
    granary_cursor_fail (cursor, GRANARY_CURSOR_MALFORMED);
  if (walk.has_weights)
    granary_inspect_add_paddle_params (subject);

  return granary_inspect_settle (subject, cursor, FALSE, error);
}

const GranaryInspectParser granary_inspect_paddle_pir = {
  .rank = 84,
  .detect = detect_pir,
  .read = read_pir,
};
