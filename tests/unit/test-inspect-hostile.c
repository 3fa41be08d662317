/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/resource.h>

#include "fuzz.h"
#include "granary-wire.h"
#include "inspect-testing.h"

/* Content that lies: about lengths, offsets, depth and number. Each must end in a warning, in
 * bounded time and memory; an allocation by a lying length would end the test. */

static const char * const fixtures[] = {
  "branches.onnx", "external.onnx", "small.onnx", "mixed.safetensors",
  "sharded/model.safetensors.index.json", "state-dict.pt", "checkpoint.pt", "object.pt",
  "script.pt", "legacy.pt", "exported.pt2", "tables/xgboost.json", "tables/xgboost.ubj",
  "tables/xgboost.deprecated", "tables/linear-0.pkl", "tables/linear-4.pkl",
  "tables/pipeline.joblib", "tables/pipeline-zlib.joblib", "tables/pipeline-bz2.joblib",
  "tables/objects.joblib",
  "small.gguf", "big-endian.gguf", "version-1.gguf", "small.tflite", "small.circle", "small.ort",
  "small.pte", "small.cbm", "frozen.pb", "saved-model/saved_model.pb",
  "saved-model/variables/variables.index", "small.keras", "code.keras", "paddle/ocr.pdmodel",
  "paddle/ocr.pdiparams", "paddle/inference.json", "paddle/best_accuracy.pdparams",
  "paddle/small.nb",
};

static GString *
new_safetensors (guint64     length,
                 const char *header,
                 gsize       buffer)
{
  GString *content = g_string_new (NULL);

  append_le64 (content, length);
  g_string_append (content, header);
  for (gsize i = 0; i < buffer; i++)
    g_string_append_c (content, '\0');

  return content;
}

static void
assert_safetensors (const char               *header,
                    gsize                     buffer,
                    GranaryInspectionWarning  warning)
{
  g_autoptr (GString) content = new_safetensors (strlen (header), header, buffer);
  g_autoptr (GranaryInspection) inspection = inspect_string (content, "m.safetensors");

  g_test_message ("%.200s", header);
  g_assert_cmpstr (granary_inspection_get_format (inspection), ==, "safetensors");
  g_assert_true (has_warning (inspection, warning, "m.safetensors"));
}

static void
test_safetensors_headers (void)
{
  static const char * const malformed[] = {
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}",
    "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}",
    "{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}",
    "{\"a\":7}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,9223372036854775808]}}",
    "{\"a\":{\"dtype\":\"F64\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}",
    "{\"a\":{\"dtype\":\"F64\",\"shape\":[2305843009213693952],\"data_offsets\":[0,0]}}",
    /* A hole, and an overlap. */
    "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]}}",
    "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},"
    "\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[2,6]}}",
    "{\"__metadata__\":{\"format\":7}}",
    "{\"__metadata__\":[]}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} {}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}",
    "{]",
  };

  for (guint i = 0; i < G_N_ELEMENTS (malformed); i++)
    assert_safetensors (malformed[i], 8, GRANARY_WARNING_UNREADABLE);
  assert_safetensors ("{\"a\":{\"dtype\":\"U8\",\"shape\":[9],\"data_offsets\":[0,9]}}", 8,
                      GRANARY_WARNING_TRUNCATED);
  assert_safetensors ("{\"a\":{\"dtype\":\"U8\",\"shape\":[4611686018427387904],"
                      "\"data_offsets\":[0,4611686018427387904]}}", 8, GRANARY_WARNING_TRUNCATED);
  /* Weights that no tensor names. */
  assert_safetensors ("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}", 8,
                      GRANARY_WARNING_UNREADABLE);
}

static void
test_safetensors_lengths (void)
{
  static const guint64 lengths[] = {
    3, 99 * 1000 * 1000, 101 * 1000 * 1000, G_GUINT64_CONSTANT (1) << 62, G_MAXINT64,
    G_GUINT64_CONSTANT (1) << 63, G_MAXUINT64 - 8, G_MAXUINT64,
  };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GString) content = new_safetensors (lengths[i], "{}", 0);
      g_autoptr (GranaryInspection) inspection = inspect_string (content, "m.safetensors");

      g_assert_cmpstr (granary_inspection_get_format (inspection), ==, "safetensors");
      g_assert_cmpuint (granary_inspection_get_n_warnings (inspection), ==, 1);
      g_assert_cmpint (granary_inspection_get_parameters (inspection), ==, -1);
    }
}

static void
test_safetensors_deep (void)
{
  g_autoptr (GString) header = g_string_new ("{\"a\":{\"x\":");

  for (guint i = 0; i < 200000; i++)
    g_string_append_c (header, '[');
  assert_safetensors (header->str, 0, GRANARY_WARNING_UNREADABLE);
}

static void
test_onnx_lengths (void)
{
  static const guint64 lengths[] = {
    100, G_MAXUINT32, G_MAXINT64, G_GUINT64_CONSTANT (1) << 63, G_MAXUINT64,
  };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GString) content = g_string_new ("\x08\x08");
      g_autoptr (GranaryInspection) inspection = NULL;

      append_varint (content, 7 << 3 | 2);
      append_varint (content, lengths[i]);
      g_string_append (content, "\x12\x01g");
      inspection = inspect_string (content, "m.onnx");
      g_assert_cmpstr (granary_inspection_get_format (inspection), ==, "ONNX");
      g_assert_true (has_warning (inspection, GRANARY_WARNING_TRUNCATED, "m.onnx"));
    }
}

/* Wherever a file is cut it is said to be cut, but where the cut leaves a whole model: between the
 * outer fields behind the graph. */
static void
test_onnx_cut (void)
{
  g_autofree char *path = fixture_path ("small.onnx");
  g_autofree char *content = NULL;
  g_autoptr (GHashTable) whole = g_hash_table_new (NULL, NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GranaryRangeReader) reader = NULL;
  g_autoptr (GranaryCursor) cursor = NULL;
  GranaryWireField field = { 0 };
  gboolean truncated = FALSE;
  gboolean has_graph = FALSE;
  gsize length;

  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  bytes = g_bytes_new_static (content, length);
  reader = granary_memory_reader_new (bytes);
  cursor = granary_cursor_new (reader, G_MAXINT64, NULL);
  while (granary_wire_next (cursor, cursor->size, &truncated, &field))
    {
      has_graph |= field.number == 7;
      if (has_graph)
        g_hash_table_add (whole, GSIZE_TO_POINTER ((gsize) field.end));
    }
  g_assert_cmpuint (g_hash_table_size (whole), ==, 5);

  for (gsize cut = 2; cut <= length; cut++)
    {
      g_autoptr (GranaryInspection) inspection = inspect_bytes (content, cut, "m.onnx");

      g_assert_cmpstr (granary_inspection_get_format (inspection), ==, "ONNX");
      g_assert_cmpint (granary_inspection_get_n_warnings (inspection) == 0, ==,
                       g_hash_table_contains (whole, GSIZE_TO_POINTER (cut)));
    }
}

static void
test_onnx_deep (void)
{
  g_autoptr (GString) graph = g_string_new ("\x12\x01g");
  g_autoptr (GString) model = g_string_new ("\x08\x08");
  g_autoptr (GranaryInspection) inspection = NULL;

  /* A graph in an attribute of a node of a graph, and so on. */
  for (guint depth = 0; depth < 2000; depth++)
    {
      g_autoptr (GString) attribute = g_string_new (NULL);
      g_autoptr (GString) node = g_string_new (NULL);
      GString *outer = g_string_new (NULL);

      append_field (attribute, 6, graph);
      append_field (node, 5, attribute);
      append_field (outer, 1, node);
      g_string_free (graph, TRUE);
      graph = outer;
    }
  append_field (model, 7, graph);
  inspection = inspect_string (model, "m.onnx");
  g_assert_true (has_warning (inspection, GRANARY_WARNING_UNREADABLE, "m.onnx"));
}

static void
test_onnx_types_deep (void)
{
  g_autoptr (GString) type = g_string_new (NULL);
  g_autoptr (GString) value = g_string_new ("\x0a\x01x");
  g_autoptr (GString) graph = g_string_new (NULL);
  g_autoptr (GString) model = g_string_new ("\x08\x08");
  g_autoptr (GranaryInspection) inspection = NULL;

  for (guint depth = 0; depth < 2000; depth++)
    {
      g_autoptr (GString) sequence = g_string_new (NULL);
      GString *outer = g_string_new (NULL);

      append_field (sequence, 1, type);
      append_field (outer, 4, sequence);
      g_string_free (type, TRUE);
      type = outer;
    }
  append_field (value, 2, type);
  append_field (graph, 11, value);
  append_field (model, 7, graph);
  inspection = inspect_string (model, "m.onnx");
  g_assert_true (has_warning (inspection, GRANARY_WARNING_UNREADABLE, "m.onnx"));
}

static void
test_onnx_overflow (void)
{
  g_autoptr (GString) tensor = g_string_new (NULL);
  g_autoptr (GString) graph = g_string_new (NULL);
  g_autoptr (GString) model = g_string_new ("\x08\x08");
  g_autoptr (GranaryInspection) inspection = NULL;

  for (guint i = 0; i < 5; i++)
    {
      append_varint (tensor, 1 << 3);
      append_varint (tensor, G_MAXUINT32);
    }
  append_field (graph, 5, tensor);
  append_field (model, 7, graph);
  inspection = inspect_string (model, "m.onnx");
  g_assert_cmpstr (granary_inspection_get_format (inspection), ==, "ONNX");
  g_assert_cmpint (granary_inspection_get_parameters (inspection), ==, -1);
}

/* A million inputs, each of nothing. */
static void
test_onnx_many (void)
{
  g_autoptr (GString) value = g_string_new ("\x0a\x01x");
  g_autoptr (GString) graph = g_string_new (NULL);
  g_autoptr (GString) model = g_string_new ("\x08\x08");
  g_autoptr (GranaryInspection) inspection = NULL;

  for (guint i = 0; i < 1000000; i++)
    append_field (graph, 11, value);
  append_field (model, 7, graph);
  inspection = inspect_string (model, "m.onnx");
  g_assert_cmpuint (granary_inspection_get_n_inputs (inspection), <=, 1024);
}

static la_ssize_t
write_cb (struct archive *archive,
          void           *data,
          const void     *buffer,
          size_t          length)
{
  g_string_append_len (data, buffer, (gssize) length);

  return (la_ssize_t) length;
}

static struct archive *
new_zip (GString *content)
{
  struct archive *archive = archive_write_new ();

  archive_write_set_format_zip (archive);
  g_assert_cmpint (archive_write_open2 (archive, content, NULL, write_cb, NULL, NULL), ==,
                   ARCHIVE_OK);

  return archive;
}

/* @data, @n times. */
static void
add_member (struct archive *archive,
            const char     *name,
            const void     *data,
            gsize           length,
            guint           n)
{
  struct archive_entry *entry = archive_entry_new ();

  archive_entry_set_pathname (entry, name);
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_size (entry, (la_int64_t) (length * n));
  g_assert_cmpint (archive_write_header (archive, entry), ==, ARCHIVE_OK);
  for (guint i = 0; i < n; i++)
    archive_write_data (archive, data, length);
  archive_entry_free (entry);
}

static void
test_zip_bomb (void)
{
  g_autoptr (GString) content = g_string_new (NULL);
  struct archive *archive = new_zip (content);
  g_autofree char *zeros = g_malloc0 (1024 * 1024);
  g_autoptr (GranaryInspection) inspection = NULL;

  add_member (archive, "m/data.pkl", zeros, 1024 * 1024, 300);
  add_member (archive, "m/version", "3\n", 2, 1);
  g_assert_cmpint (archive_write_free (archive), ==, ARCHIVE_OK);
  g_assert_cmpuint (content->len, <, 2 * 1024 * 1024);

  inspection = inspect_string (content, "m.pt");
  g_assert_cmpstr (granary_inspection_get_format (inspection), ==, "PyTorch (zip)");
  g_assert_true (has_warning (inspection, GRANARY_WARNING_UNREADABLE, "m.pt"));
}

static void
test_zip_many (void)
{
  g_autoptr (GString) content = g_string_new (NULL);
  struct archive *archive = new_zip (content);
  g_autoptr (GranaryInspection) inspection = NULL;

  for (guint i = 0; i < 100000; i++)
    {
      g_autofree char *name = g_strdup_printf ("m/data/%u", i);

      add_member (archive, name, "", 0, 1);
    }
  g_assert_cmpint (archive_write_free (archive), ==, ARCHIVE_OK);
  inspection = inspect_string (content, "m.pt");
  g_assert_true (has_warning (inspection, GRANARY_WARNING_UNREADABLE, "m.pt"));
}

static void
test_zip_cut (void)
{
  g_autofree char *path = fixture_path ("state-dict.pt");
  g_autofree char *content = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  for (gsize cut = 8; cut < length - 1; cut += 17)
    {
      g_autoptr (GranaryInspection) inspection = inspect_bytes (content, cut, "m.pt");

      g_assert_cmpuint (granary_inspection_get_n_warnings (inspection), >, 0);
    }
}

static void
test_pickle_instructions (void)
{
  static const struct
  {
    const char *bytes;
    gsize       length;
  } known[] = {
    { "\x80\x02X\xff\xff\xff\xff" "a", 8 },
    { "\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x7f" "]", 12 },
    { "\x80\x04\x95\0\0\0\0\0\0\0\0\x8e\xff\xff\xff\xff\xff\xff\xff\xff", 20 },
    { "\x80\x02h\x07.", 5 },
    { "\x80\x02tR.", 5 },
    { "\x80\x02\x8b\xff\xff\xff\x7f.", 8 },
    { "\x80\x02" "c\n\n.", 6 },
    { "\x80\x02" "0.", 4 },
    { "\x80\x04\x95\0\0\0\0\0\0\0\0\x93.", 13 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      g_autoptr (GranaryInspection) inspection = inspect_bytes (known[i].bytes, known[i].length,
                                                                "m.pkl");

      g_assert_cmpstr (granary_inspection_get_format (inspection), ==, "pickle");
      if (i != 6)
        g_assert_cmpuint (granary_inspection_get_n_warnings (inspection), ==, 1);
    }
}

/* Harmless names in any number must not crowd out the one that matters. */
static void
test_pickle_crowd (void)
{
  g_autoptr (GString) content = g_string_new ("\x80\x02");
  g_autoptr (GranaryInspection) inspection = NULL;

  for (guint i = 0; i < 5000; i++)
    g_string_append_printf (content, "ctorch._utils\n_rebuild_%u\n0", i);
  g_string_append (content, "cos\nsystem\n.");
  inspection = inspect_string (content, "m.pkl");
  g_assert_true (has_warning (inspection, GRANARY_WARNING_RUNS_CODE, "os.system"));
}

static void
test_pickle_bulk (void)
{
  static const char * const repeated[] = { "(", ")", "]", "N2", "K\1\x94", "(t", "}\x94" };

  for (guint i = 0; i < G_N_ELEMENTS (repeated); i++)
    {
      g_autoptr (GString) content = g_string_new ("\x80\x04\x95");
      g_autoptr (GranaryInspection) inspection = NULL;

      append_le64 (content, 0);
      while (content->len < 4 * 1024 * 1024)
        g_string_append (content, repeated[i]);
      inspection = inspect_string (content, "m.pkl");
      g_assert_cmpstr (granary_inspection_get_format (inspection), ==, "pickle");
    }
}

static guint8 *
mutate (GRand         *random,
        const guint8  *content,
        gsize          length,
        gsize         *mutated_length)
{
  static const guint8 strange[] = { 0x00, 0x01, 0x7f, 0x80, 0xff, '{', '[', '"', '.', '(', 'R' };
  guint8 *result = g_malloc (length + 64);
  gint32 n = g_rand_int_range (random, 1, 8);

  memcpy (result, content, length);
  *mutated_length = length;
  for (gint32 i = 0; i < n && *mutated_length > 0; i++)
    {
      gsize at = (gsize) g_rand_int_range (random, 0, (gint32) *mutated_length);
      gsize left = *mutated_length - at;
      gsize wanted = (gsize) g_rand_int_range (random, 1, 9);
      gsize span = MIN (left, wanted);

      switch (g_rand_int_range (random, 0, 6))
        {
        case 0:
          result[at] ^= (guint8) (1u << g_rand_int_range (random, 0, 8));
          break;

        case 1:
          result[at] = strange[g_rand_int_range (random, 0, G_N_ELEMENTS (strange))];
          break;

        case 2:
          memset (result + at, g_rand_boolean (random) ? 0xff : 0, span);
          break;

        case 3:
          memmove (result + at, result + at + span, left - span);
          *mutated_length -= span;
          break;

        case 4:
          if (*mutated_length + span > length + 64)
            break;
          memmove (result + at + span, result + at, left);
          *mutated_length += span;
          break;

        default:
          if (g_rand_int_range (random, 0, 4) == 0)
            *mutated_length = at;
          break;
        }
    }

  return result;
}

static void
test_mutations (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (20261122);
  const guint n_each = 400;

  for (guint i = 0; i < G_N_ELEMENTS (fixtures); i++)
    {
      g_autofree char *path = fixture_path (fixtures[i]);
      g_autofree guint8 *content = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (path, (char **) &content, &length, NULL));
      LLVMFuzzerTestOneInput (content, length);
      for (guint n = 0; n < n_each; n++)
        {
          gsize mutated_length;
          g_autofree guint8 *mutated = mutate (random, content, length, &mutated_length);

          LLVMFuzzerTestOneInput (mutated, mutated_length);
        }
    }
}

static void
test_memory (void)
{
  struct rusage usage;

  /* All of the above, in one process: what lengths claim was never allocated. Sanitizers keep
   * freed memory and are not measured. */
  g_assert_cmpint (getrusage (RUSAGE_SELF, &usage), ==, 0);
  g_test_message ("%ld MiB at most", usage.ru_maxrss / 1024);
#if !defined (__SANITIZE_ADDRESS__)
  g_assert_cmpint (usage.ru_maxrss / 1024, <, 256);
#endif
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/hostile/safetensors-headers", test_safetensors_headers);
  g_test_add_func ("/hostile/safetensors-lengths", test_safetensors_lengths);
  g_test_add_func ("/hostile/safetensors-deep", test_safetensors_deep);
  g_test_add_func ("/hostile/onnx-lengths", test_onnx_lengths);
  g_test_add_func ("/hostile/onnx-cut", test_onnx_cut);
  g_test_add_func ("/hostile/onnx-deep", test_onnx_deep);
  g_test_add_func ("/hostile/onnx-types-deep", test_onnx_types_deep);
  g_test_add_func ("/hostile/onnx-overflow", test_onnx_overflow);
  g_test_add_func ("/hostile/onnx-many", test_onnx_many);
  g_test_add_func ("/hostile/zip-bomb", test_zip_bomb);
  g_test_add_func ("/hostile/zip-many", test_zip_many);
  g_test_add_func ("/hostile/zip-cut", test_zip_cut);
  g_test_add_func ("/hostile/pickle-instructions", test_pickle_instructions);
  g_test_add_func ("/hostile/pickle-crowd", test_pickle_crowd);
  g_test_add_func ("/hostile/pickle-bulk", test_pickle_bulk);
  g_test_add_func ("/hostile/mutations", test_mutations);
  g_test_add_func ("/hostile/memory", test_memory);

  return g_test_run ();
}
