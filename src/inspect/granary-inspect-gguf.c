/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include <string.h>

/* GGUF by docs/gguf.md of ggml: magic, version, counts, keys with values, descriptions of tensors,
 * and the weights behind all of them. Version 1 counted with 32 bits; since version 3 a file may
 * be big-endian, which its version, read the other way round, tells. */

#define MAX_TEXT 1024
#define MAX_NESTING 8
#define MAX_DIMENSIONS 8
#define MAX_SHARDS 4096
/* Facts of `general.` that are kept; there are about thirty in the format's description. */
#define MAX_FACTS 64

typedef enum
{
  VALUE_UINT8,
  VALUE_INT8,
  VALUE_UINT16,
  VALUE_INT16,
  VALUE_UINT32,
  VALUE_INT32,
  VALUE_FLOAT32,
  VALUE_BOOL,
  VALUE_STRING,
  VALUE_ARRAY,
  VALUE_UINT64,
  VALUE_INT64,
  VALUE_FLOAT64,
  N_VALUES,
} ValueType;

/* Bytes of a value; 0 for those that have a length of their own. */
static const guint value_sizes[N_VALUES] = { 1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8 };

typedef struct
{
  const char *name;
  guint       block; /* elements in a block */
  guint       bytes; /* of a block */
} TensorType;

/* Numbers of ggml_type, sizes as in ggml-common.h. Those without a name are no longer in use. */
static const TensorType tensor_types[] = {
  [0] = { "float32", 1, 4 },
  [1] = { "float16", 1, 2 },
  [2] = { "Q4_0", 32, 18 },
  [3] = { "Q4_1", 32, 20 },
  [6] = { "Q5_0", 32, 22 },
  [7] = { "Q5_1", 32, 24 },
  [8] = { "Q8_0", 32, 34 },
  [9] = { "Q8_1", 32, 36 },
  [10] = { "Q2_K", 256, 84 },
  [11] = { "Q3_K", 256, 110 },
  [12] = { "Q4_K", 256, 144 },
  [13] = { "Q5_K", 256, 176 },
  [14] = { "Q6_K", 256, 210 },
  [15] = { "Q8_K", 256, 292 },
  [16] = { "IQ2_XXS", 256, 66 },
  [17] = { "IQ2_XS", 256, 74 },
  [18] = { "IQ3_XXS", 256, 98 },
  [19] = { "IQ1_S", 256, 50 },
  [20] = { "IQ4_NL", 32, 18 },
  [21] = { "IQ3_S", 256, 110 },
  [22] = { "IQ2_S", 256, 82 },
  [23] = { "IQ4_XS", 256, 136 },
  [24] = { "int8", 1, 1 },
  [25] = { "int16", 1, 2 },
  [26] = { "int32", 1, 4 },
  [27] = { "int64", 1, 8 },
  [28] = { "float64", 1, 8 },
  [29] = { "IQ1_M", 256, 56 },
  [30] = { "bfloat16", 1, 2 },
  [34] = { "TQ1_0", 256, 54 },
  [35] = { "TQ2_0", 256, 66 },
  [39] = { "MXFP4", 32, 17 },
};

/* Numbers of llama_ftype in llama.h. */
static const char * const file_types[] = {
  [0] = "F32",
  [1] = "F16",
  [2] = "Q4_0",
  [3] = "Q4_1",
  [4] = "Q4_1, some F16",
  [7] = "Q8_0",
  [8] = "Q5_0",
  [9] = "Q5_1",
  [10] = "Q2_K",
  [11] = "Q3_K_S",
  [12] = "Q3_K_M",
  [13] = "Q3_K_L",
  [14] = "Q4_K_S",
  [15] = "Q4_K_M",
  [16] = "Q5_K_S",
  [17] = "Q5_K_M",
  [18] = "Q6_K",
  [19] = "IQ2_XXS",
  [20] = "IQ2_XS",
  [21] = "Q2_K_S",
  [22] = "IQ3_XS",
  [23] = "IQ3_XXS",
  [24] = "IQ1_S",
  [25] = "IQ4_NL",
  [26] = "IQ3_S",
  [27] = "IQ3_M",
  [28] = "IQ2_S",
  [29] = "IQ2_M",
  [30] = "IQ4_XS",
  [31] = "IQ1_M",
  [32] = "BF16",
  [36] = "TQ1_0",
  [37] = "TQ2_0",
  [38] = "MXFP4",
  [39] = "NVFP4",
  [40] = "Q1_0",
};

typedef struct
{
  GranaryInspectSubject *subject;
  GranaryCursor         *cursor;
  gboolean               is_big_endian;
  gsize                  count_width; /* bytes of a count or length */
  guint64                alignment;
  guint64                n_shards;
  guint                  n_facts;
  gboolean               has_template;
  gboolean               has_architecture;
  guint64                weights_end; /* from where weights begin */
} GgufWalk;

static gboolean
detect_gguf (GranaryInspectSubject *subject)
{
  return granary_inspect_starts (subject, 0, "GGUF", 4);
}

static guint64
read_number (GgufWalk *walk,
             gsize     width)
{
  guint8 bytes[8];
  guint64 value = 0;

  g_assert (width <= sizeof bytes);

  if (!granary_cursor_read (walk->cursor, bytes, width))
    return 0;
  for (gsize i = 0; i < width; i++)
    value = value << 8 | bytes[walk->is_big_endian ? i : width - 1 - i];

  return value;
}

static char *
read_string (GgufWalk *walk)
{
  guint64 length = read_number (walk, walk->count_width);

  return granary_cursor_read_text (walk->cursor, length, MAX_TEXT);
}

static gboolean
skip_string (GgufWalk *walk)
{
  guint64 length = read_number (walk, walk->count_width);

  return granary_cursor_skip (walk->cursor, length);
}

/* An array says its elements' type and their number. */
static gboolean
skip_array (GgufWalk *walk,
            guint     depth)
{
  guint64 type = read_number (walk, 4);
  guint64 count = read_number (walk, walk->count_width);
  guint64 length;

  if (walk->cursor->state != GRANARY_CURSOR_OK)
    return FALSE;
  if (type >= N_VALUES || depth >= MAX_NESTING)
    return granary_cursor_fail (walk->cursor, GRANARY_CURSOR_MALFORMED);

  if (value_sizes[type] > 0)
    {
      if (__builtin_mul_overflow (count, (guint64) value_sizes[type], &length))
        length = G_MAXUINT64;
      return granary_cursor_skip (walk->cursor, length);
    }

  for (guint64 i = 0; i < count; i++)
    if (type == VALUE_STRING ? !skip_string (walk) : !skip_array (walk, depth + 1))
      return FALSE;

  return TRUE;
}

static gboolean
is_whole_number (guint64 type)
{
  return type <= VALUE_INT32 || type == VALUE_UINT64 || type == VALUE_INT64;
}

static void
take_number (GgufWalk   *walk,
             const char *key,
             guint64     value)
{
  GranaryInspection *inspection = walk->subject->inspection;
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, value);

  if (g_str_equal (key, "general.file_type"))
    {
      /* The weights' types guessed, not stated, when this bit is set. */
      guint64 type = value & ~G_GUINT64_CONSTANT (1024);
      gboolean is_known = type < G_N_ELEMENTS (file_types) && file_types[type] != NULL;

      granary_inspection_set_metadata (inspection, "file_type",
                                       is_known ? file_types[type] : text);
    }
  else if (g_str_equal (key, "general.alignment"))
    walk->alignment = value;
  else if (g_str_equal (key, "split.count"))
    walk->n_shards = value;
  else if (g_str_has_suffix (key, ".context_length"))
    granary_inspection_set_metadata (inspection, "context_length", text);
  else if (g_str_has_suffix (key, ".block_count"))
    granary_inspection_set_metadata (inspection, "block_count", text);
  else if (g_str_has_suffix (key, ".embedding_length"))
    granary_inspection_set_metadata (inspection, "embedding_length", text);
}

static void
take_text (GgufWalk   *walk,
           const char *key,
           const char *value)
{
  if (g_str_equal (key, "general.architecture"))
    walk->has_architecture = TRUE;

  if (g_str_equal (key, "tokenizer.chat_template"))
    walk->has_template = TRUE;
  else if (g_str_has_prefix (key, "general.") && walk->n_facts++ < MAX_FACTS)
    granary_inspection_set_metadata (walk->subject->inspection, key + strlen ("general."), value);
  else if (g_str_equal (key, "tokenizer.ggml.model"))
    granary_inspection_set_metadata (walk->subject->inspection, "tokenizer", value);
}

static gboolean
read_entry (GgufWalk *walk)
{
  g_autofree char *key = read_string (walk);
  guint64 type = read_number (walk, 4);

  if (key == NULL || walk->cursor->state != GRANARY_CURSOR_OK)
    return FALSE;

  if (type >= N_VALUES)
    return granary_cursor_fail (walk->cursor, GRANARY_CURSOR_MALFORMED);
  if (type == VALUE_ARRAY)
    return skip_array (walk, 0);

  if (type == VALUE_STRING)
    {
      g_autofree char *value = read_string (walk);

      if (value != NULL)
        take_text (walk, key, value);
    }
  else
    {
      guint64 value = read_number (walk, value_sizes[type]);

      if (walk->cursor->state == GRANARY_CURSOR_OK && is_whole_number (type))
        take_number (walk, key, value);
    }

  return walk->cursor->state == GRANARY_CURSOR_OK;
}

/* How far the weights of a tensor reach, from where weights begin. */
static void
note_extent (GgufWalk         *walk,
             const TensorType *type,
             guint64           offset,
             gint64            count)
{
  guint64 bytes = 0;
  guint64 end;

  if (type == NULL || count < 0)
    return;
  if (__builtin_mul_overflow ((guint64) count / type->block, (guint64) type->bytes, &bytes) ||
      __builtin_add_overflow (offset, bytes, &end))
    end = G_MAXUINT64;
  walk->weights_end = MAX (walk->weights_end, end);
}

/* Name, number of dimensions, each of them, type, offset. */
static gboolean
read_tensor (GgufWalk *walk)
{
  const TensorType *type = NULL;
  g_autofree char *unknown = NULL;
  gint64 count = 1;
  guint64 n_dimensions;
  guint64 number;
  guint64 offset;

  if (!skip_string (walk))
    return FALSE;
  n_dimensions = read_number (walk, 4);
  if (n_dimensions > MAX_DIMENSIONS)
    return granary_cursor_fail (walk->cursor, GRANARY_CURSOR_MALFORMED);
  for (guint64 i = 0; i < n_dimensions; i++)
    {
      guint64 dimension = read_number (walk, walk->count_width);

      if (count >= 0 && !granary_inspection_multiply (&count, (gint64) dimension))
        count = -1;
    }
  number = read_number (walk, 4);
  offset = read_number (walk, 8);
  if (walk->cursor->state != GRANARY_CURSOR_OK)
    return FALSE;

  if (number < G_N_ELEMENTS (tensor_types) && tensor_types[number].name != NULL)
    type = &tensor_types[number];
  else
    unknown = g_strdup_printf ("type %u", (guint) number);
  granary_inspection_add_parameters (walk->subject->inspection,
                                     type != NULL ? type->name : unknown, count);
  note_extent (walk, type, offset, count);

  return TRUE;
}

/* Weights begin at the next multiple of the alignment. */
static void
check_extent (GgufWalk *walk)
{
  guint64 begin = (guint64) walk->cursor->position;
  guint64 end;

  if (walk->alignment == 0 || walk->alignment > G_MAXUINT32)
    {
      granary_cursor_fail (walk->cursor, GRANARY_CURSOR_MALFORMED);
      return;
    }
  if (walk->weights_end == 0)
    return;

  begin = (begin + walk->alignment - 1) / walk->alignment * walk->alignment;
  if (__builtin_add_overflow (begin, walk->weights_end, &end) ||
      end > (guint64) walk->cursor->size)
    granary_inspection_add_warning (walk->subject->inspection, GRANARY_WARNING_TRUNCATED,
                                    walk->subject->name);
}

/* NAME-00001-of-00003.gguf: all of them are the model. */
static void
add_shards (GgufWalk *walk)
{
  static const char pattern[] = "-00001-of-00001.gguf";
  const char *name = walk->subject->name;
  const char *slash = strrchr (name, '/');
  const char *base = slash != NULL ? slash + 1 : name;
  gsize length = strlen (base);

  if (walk->n_shards < 2 || walk->n_shards > MAX_SHARDS || length <= strlen (pattern) ||
      base[length - strlen (pattern)] != '-')
    return;

  for (guint64 i = 1; i <= walk->n_shards; i++)
    {
      g_autofree char *shard = g_strdup_printf ("%.*s-%05" G_GUINT64_FORMAT "-of-%05"
                                                G_GUINT64_FORMAT ".gguf",
                                                (int) (length - strlen (pattern)), base, i,
                                                walk->n_shards);

      if (!g_str_equal (shard, base))
        granary_inspection_add_file (walk->subject->inspection, shard);
    }
}

static void
walk_gguf (GgufWalk *walk,
           guint64   version)
{
  guint64 n_tensors = read_number (walk, walk->count_width);
  guint64 n_entries = read_number (walk, walk->count_width);
  g_autofree char *shown = g_strdup_printf ("%u", (guint) version);

  granary_inspection_set_metadata (walk->subject->inspection, "version", shown);
  if (walk->is_big_endian)
    granary_inspection_set_metadata (walk->subject->inspection, "byte_order", "big-endian");
  /* A vocabulary alone has a count too: none. */
  granary_inspection_add_parameters (walk->subject->inspection, NULL, 0);

  for (guint64 i = 0; i < n_entries; i++)
    if (!read_entry (walk))
      return;
  if (walk->has_architecture)
    granary_inspection_set_metadata (walk->subject->inspection, "chat_template",
                                     walk->has_template ? "yes" : "no");
  for (guint64 i = 0; i < n_tensors; i++)
    if (!read_tensor (walk))
      return;

  if (walk->cursor->state == GRANARY_CURSOR_OK)
    {
      check_extent (walk);
      add_shards (walk);
    }
}

static gboolean
read_gguf (GranaryInspectSubject  *subject,
           GError                **error)
{
  g_autoptr (GranaryCursor) cursor = NULL;
  GgufWalk walk = { 0 };
  guint64 version;

  granary_inspection_set_format (subject->inspection, "GGUF");
  granary_inspection_set_framework (subject->inspection, "llama.cpp");

  cursor = granary_cursor_new (subject->reader, GRANARY_INSPECT_BUDGET, subject->cancellable);
  walk.subject = subject;
  walk.cursor = cursor;
  walk.alignment = 32;
  granary_cursor_seek (cursor, 4);
  version = read_number (&walk, 4);
  if (version != 0 && (version & 0xffff) == 0)
    {
      version = GUINT32_SWAP_LE_BE ((guint32) version);
      walk.is_big_endian = TRUE;
    }
  walk.count_width = version == 1 ? 4 : 8;

  /* What a later version will be like is not known. */
  if (cursor->state == GRANARY_CURSOR_OK && (version == 0 || version > 3))
    granary_cursor_fail (cursor, GRANARY_CURSOR_MALFORMED);
  else
    walk_gguf (&walk, version);

  return granary_inspect_settle (subject, cursor, FALSE, error);
}

const GranaryInspectParser granary_inspect_gguf = {
  .rank = 85,
  .detect = detect_gguf,
  .read = read_gguf,
};
