/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include <string.h>

#include "granary-json-pull.h"

/* safetensors: u64 length, that many bytes of JSON, then the weights. The format, its limit of
 * 100 MB and the rule that offsets tile the buffer without holes are those of the reference
 * implementation, github.com/huggingface/safetensors. */

#define MAX_HEADER (100 * 1000 * 1000)
#define MAX_SPANS 2000000
#define MAX_TEXT 1024

typedef struct
{
  gint64 begin;
  gint64 end;
} Span;

typedef struct
{
  const char *id;
  const char *name;
  guint       bits;
} ElementType;

static const ElementType element_types[] = {
  { "BOOL", "bool", 8 },
  { "U8", "uint8", 8 },
  { "I8", "int8", 8 },
  { "U16", "uint16", 16 },
  { "I16", "int16", 16 },
  { "U32", "uint32", 32 },
  { "I32", "int32", 32 },
  { "U64", "uint64", 64 },
  { "I64", "int64", 64 },
  { "F4", "float4e2m1", 4 },
  { "F6_E2M3", "float6e2m3", 6 },
  { "F6_E3M2", "float6e3m2", 6 },
  { "F8_E5M2", "float8e5m2", 8 },
  { "F8_E4M3", "float8e4m3fn", 8 },
  { "F8_E8M0", "float8e8m0", 8 },
  { "F16", "float16", 16 },
  { "BF16", "bfloat16", 16 },
  { "F32", "float32", 32 },
  { "F64", "float64", 64 },
  { "C64", "complex64", 64 },
};

static gboolean
detect_safetensors (GranaryInspectSubject *subject)
{
  guint64 length;

  if (subject->head_length < 9 || subject->head[8] != '{')
    return FALSE;

  length = granary_inspect_le64 (subject->head);

  /* A length that cannot be still says what the file was meant to be, with its name. */
  return length >= 2 &&
         (length <= MAX_HEADER || granary_inspect_is_named (subject, ".safetensors"));
}

static const ElementType *
find_type (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (element_types); i++)
    if (g_str_equal (element_types[i].id, id))
      return &element_types[i];

  return NULL;
}

/* [ number, … ]: product into @product, the first two into @pair. */
static gboolean
read_numbers (GranaryJsonPull *pull,
              gint64          *product,
              gint64          *pair,
              guint           *count)
{
  GranaryJsonToken token;

  *count = 0;
  if (granary_json_pull_next (pull) != GRANARY_JSON_TOKEN_BEGIN_ARRAY)
    return FALSE;

  while ((token = granary_json_pull_next (pull)) == GRANARY_JSON_TOKEN_NUMBER)
    {
      gint64 value;

      if (!granary_json_pull_get_size (pull, &value))
        return FALSE;
      if (product != NULL && !granary_inspection_multiply (product, value))
        return FALSE;
      if (pair != NULL && *count < 2)
        pair[*count] = value;
      *count += 1;
    }

  return token == GRANARY_JSON_TOKEN_END_ARRAY;
}

/* {"dtype":…,"shape":[…],"data_offsets":[begin,end]} */
static gboolean
read_tensor (GranaryInspectSubject *subject,
             GranaryJsonPull       *pull,
             GArray                *spans)
{
  const ElementType *type = NULL;
  g_autofree char *unknown = NULL;
  gint64 product = 1;
  gint64 offsets[2] = { -1, -1 };
  guint n_offsets = 0;
  gboolean has_shape = FALSE;
  GranaryJsonToken token;
  guint count;
  Span span;

  if (granary_json_pull_next (pull) != GRANARY_JSON_TOKEN_BEGIN_OBJECT)
    return FALSE;

  while ((token = granary_json_pull_next (pull)) == GRANARY_JSON_TOKEN_KEY)
    {
      if (g_str_equal (pull->text->str, "dtype"))
        {
          if (granary_json_pull_next (pull) != GRANARY_JSON_TOKEN_STRING)
            return FALSE;
          type = find_type (pull->text->str);
          if (type == NULL)
            {
              g_free (unknown);
              unknown = g_strndup (pull->text->str, 32);
            }
        }
      else if (g_str_equal (pull->text->str, "shape"))
        {
          if (has_shape || !read_numbers (pull, &product, NULL, &count))
            return FALSE;
          has_shape = TRUE;
        }
      else if (g_str_equal (pull->text->str, "data_offsets"))
        {
          if (!read_numbers (pull, NULL, offsets, &n_offsets))
            return FALSE;
        }
      else if (!granary_json_pull_skip_value (pull))
        return FALSE;
    }

  if (token != GRANARY_JSON_TOKEN_END_OBJECT || (type == NULL && unknown == NULL) || !has_shape ||
      n_offsets != 2 || offsets[0] > offsets[1])
    return FALSE;
  if (type != NULL)
    {
      gint64 bytes = product;

      /* Elements of less than a byte are packed. */
      if (!granary_inspection_multiply (&bytes, type->bits < 8 ? type->bits : type->bits / 8))
        return FALSE;
      if (type->bits < 8)
        {
          if (bytes % 8 != 0)
            return FALSE;
          bytes /= 8;
        }
      if (bytes != offsets[1] - offsets[0])
        return FALSE;
    }

  granary_inspection_add_parameters (subject->inspection, type != NULL ? type->name : unknown,
                                     product);
  span.begin = offsets[0];
  span.end = offsets[1];
  if (spans->len < MAX_SPANS)
    g_array_append_val (spans, span);

  return TRUE;
}

static const char *
framework_of_writer (const char *format)
{
  static const struct
  {
    const char *format;
    const char *framework;
  } known[] = {
    { "pt", "PyTorch" },
    { "tf", "TensorFlow" },
    { "flax", "JAX" },
    { "np", NULL },
    { "mlx", "MLX" },
    { "paddle", "PaddlePaddle" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (known[i].format, format))
      return known[i].framework;

  return NULL;
}

static gboolean
read_metadata (GranaryInspectSubject *subject,
               GranaryJsonPull       *pull)
{
  GranaryJsonToken token;

  if (granary_json_pull_next (pull) != GRANARY_JSON_TOKEN_BEGIN_OBJECT)
    return FALSE;

  while ((token = granary_json_pull_next (pull)) == GRANARY_JSON_TOKEN_KEY)
    {
      g_autofree char *key = g_strdup (pull->text->str);

      if (granary_json_pull_next (pull) != GRANARY_JSON_TOKEN_STRING)
        return FALSE;
      if (g_str_equal (key, "format"))
        granary_inspection_set_framework (subject->inspection,
                                          framework_of_writer (pull->text->str));
      granary_inspection_set_metadata (subject->inspection, key, pull->text->str);
    }

  return token == GRANARY_JSON_TOKEN_END_OBJECT;
}

static int
compare_spans (gconstpointer a,
               gconstpointer b)
{
  const Span *left = a;
  const Span *right = b;

  if (left->begin != right->begin)
    return left->begin < right->begin ? -1 : 1;

  return left->end < right->end ? -1 : left->end > right->end;
}

/* Weights must lie one behind the other, from the beginning of the buffer to its end. */
static void
check_spans (GranaryInspectSubject *subject,
             GArray                *spans,
             gint64                 buffer)
{
  gint64 at = 0;

  if (spans->len >= MAX_SPANS)
    return;

  g_array_sort (spans, compare_spans);
  for (guint i = 0; i < spans->len; i++)
    {
      const Span *span = &g_array_index (spans, Span, i);

      if (span->begin != at)
        {
          granary_inspection_add_warning (subject->inspection, GRANARY_WARNING_UNREADABLE,
                                          subject->name);
          return;
        }
      at = span->end;
    }

  if (at > buffer)
    granary_inspection_add_warning (subject->inspection, GRANARY_WARNING_TRUNCATED, subject->name);
  else if (at < buffer)
    granary_inspection_add_warning (subject->inspection, GRANARY_WARNING_UNREADABLE, subject->name);
}

static gboolean
read_header (GranaryInspectSubject *subject,
             GranaryJsonPull       *pull,
             GArray                *spans)
{
  GranaryJsonToken token;

  if (granary_json_pull_next (pull) != GRANARY_JSON_TOKEN_BEGIN_OBJECT)
    return FALSE;

  while ((token = granary_json_pull_next (pull)) == GRANARY_JSON_TOKEN_KEY)
    if (g_str_equal (pull->text->str, "__metadata__")
        ? !read_metadata (subject, pull) : !read_tensor (subject, pull, spans))
      return FALSE;

  return token == GRANARY_JSON_TOKEN_END_OBJECT &&
         granary_json_pull_next (pull) == GRANARY_JSON_TOKEN_END;
}

static gboolean
read_safetensors (GranaryInspectSubject  *subject,
                  GError                **error)
{
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (Span));
  g_autoptr (GranaryCursor) cursor = NULL;
  g_autoptr (GranaryJsonPull) pull = NULL;
  guint64 length = granary_inspect_le64 (subject->head);

  granary_inspection_set_format (subject->inspection, "safetensors");
  /* A header must be read whole to be understood, so it has a limit of its own. */
  cursor = granary_cursor_new (subject->reader, MAX_HEADER + GRANARY_CURSOR_MAX_WINDOW,
                               subject->cancellable);
  if (length > MAX_HEADER)
    {
      granary_cursor_fail (cursor, GRANARY_CURSOR_MALFORMED);
      return granary_inspect_settle (subject, cursor, FALSE, error);
    }
  if (length > (guint64) (subject->size - 8))
    {
      granary_cursor_fail (cursor, GRANARY_CURSOR_TRUNCATED);
      return granary_inspect_settle (subject, cursor, FALSE, error);
    }

  granary_inspection_add_parameters (subject->inspection, NULL, 0);
  granary_cursor_seek (cursor, 8);
  pull = granary_json_pull_new (cursor, 8 + (gint64) length, MAX_TEXT);
  if (read_header (subject, pull, spans))
    check_spans (subject, spans, subject->size - 8 - (gint64) length);
  else
    granary_cursor_fail (cursor, GRANARY_CURSOR_MALFORMED);

  return granary_inspect_settle (subject, cursor, FALSE, error);
}

const GranaryInspectParser granary_inspect_safetensors = {
  .rank = 80,
  .detect = detect_safetensors,
  .read = read_safetensors,
};

/* The index of weights that are spread over several files: {"metadata":{},"weight_map":{tensor:
 * file}}. */

static gboolean
detect_index (GranaryInspectSubject *subject)
{
  return subject->head_length > 0 && memchr (subject->head, '{', subject->head_length) != NULL &&
         granary_inspect_is_named (subject, ".safetensors.index.json");
}

static gboolean
read_weight_map (GranaryInspectSubject *subject,
                 GranaryJsonPull       *pull)
{
  GranaryJsonToken token;
  g_autofree char *last = NULL;

  if (granary_json_pull_next (pull) != GRANARY_JSON_TOKEN_BEGIN_OBJECT)
    return FALSE;

  while ((token = granary_json_pull_next (pull)) == GRANARY_JSON_TOKEN_KEY)
    {
      if (granary_json_pull_next (pull) != GRANARY_JSON_TOKEN_STRING)
        return FALSE;
      /* Neighbours mostly share a file: spares searching the list. */
      if (g_strcmp0 (last, pull->text->str) == 0)
        continue;
      granary_inspection_add_file (subject->inspection, pull->text->str);
      g_free (last);
      last = g_strdup (pull->text->str);
    }

  return token == GRANARY_JSON_TOKEN_END_OBJECT;
}

static gboolean
read_index (GranaryInspectSubject  *subject,
            GError                **error)
{
  g_autoptr (GranaryCursor) cursor = NULL;
  g_autoptr (GranaryJsonPull) pull = NULL;
  GranaryJsonToken token = GRANARY_JSON_TOKEN_FAULT;
  gboolean has_map = FALSE;

  granary_inspection_set_format (subject->inspection, "safetensors");
  cursor = granary_cursor_new (subject->reader, GRANARY_INSPECT_BUDGET, subject->cancellable);
  pull = granary_json_pull_new (cursor, cursor->size, MAX_TEXT);

  if (granary_json_pull_next (pull) == GRANARY_JSON_TOKEN_BEGIN_OBJECT)
    {
      while ((token = granary_json_pull_next (pull)) == GRANARY_JSON_TOKEN_KEY)
        {
          gboolean is_map = g_str_equal (pull->text->str, "weight_map");

          if (!(is_map ? read_weight_map (subject, pull) : granary_json_pull_skip_value (pull)))
            break;
          has_map |= is_map;
        }
    }

  if (token != GRANARY_JSON_TOKEN_END_OBJECT || !has_map)
    granary_cursor_fail (cursor, GRANARY_CURSOR_MALFORMED);

  return granary_inspect_settle (subject, cursor, FALSE, error);
}

const GranaryInspectParser granary_inspect_safetensors_index = {
  .rank = 82,
  .detect = detect_index,
  .read = read_index,
};
