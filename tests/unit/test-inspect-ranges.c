/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>
#include <unistd.h>

#include "inspect-testing.h"

/* Models lie in storage far away: what a range reader is asked for, and what becomes of its
 * failures. */

static const char * const fixtures[] = {
  "small.gguf", "small.tflite", "small.ort", "small.pte", "frozen.pb",
  "saved-model/saved_model.pb", "saved-model/variables/variables.index", "small.keras",
  "user-block.h5", "paddle/ocr.pdmodel", "paddle/ocr.pdiparams", "paddle/inference.json",
  "paddle/best_accuracy.pdparams", "paddle/small.nb", "small.onnx", "mixed.safetensors",
  "state-dict.pt",
};

/* Hands out what another reader has until its patience ends. */
#define TYPE_FAILING_READER (failing_reader_get_type ())
G_DECLARE_FINAL_TYPE (FailingReader, failing_reader, FAILING, READER, GObject)

struct _FailingReader
{
  GObject             parent_instance;

  GranaryRangeReader *inner; /* (owned) */
  guint               patience;
};

static gint64
failing_reader_get_size (GranaryRangeReader *reader)
{
  return granary_range_reader_get_size (FAILING_READER (reader)->inner);
}

static gssize
failing_reader_read_at (GranaryRangeReader  *reader,
                        gint64               offset,
                        gpointer             buffer,
                        gsize                length,
                        GCancellable        *cancellable,
                        GError             **error)
{
  FailingReader *self = FAILING_READER (reader);

  if (self->patience == 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "the line is dead");
      return -1;
    }
  self->patience--;

  return granary_range_reader_read_at (self->inner, offset, buffer, length, cancellable, error);
}

static void
failing_reader_init_interface (GranaryRangeReaderInterface *iface)
{
  iface->get_size = failing_reader_get_size;
  iface->read_at = failing_reader_read_at;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FailingReader, failing_reader, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GRANARY_TYPE_RANGE_READER,
                                                      failing_reader_init_interface))

static void
failing_reader_finalize (GObject *object)
{
  g_object_unref (FAILING_READER (object)->inner);

  G_OBJECT_CLASS (failing_reader_parent_class)->finalize (object);
}

static void
failing_reader_class_init (FailingReaderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = failing_reader_finalize;
}

static void
failing_reader_init (FailingReader *self)
{
}

/* Whichever read fails, the inspection fails with it: a dead line is no broken file. */
static void
test_failures (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (fixtures); i++)
    {
      g_autoptr (GString) content = load_fixture (fixtures[i]);
      g_autoptr (GBytes) bytes = g_bytes_new (content->str, content->len);
      g_autofree char *name = g_path_get_basename (fixtures[i]);
      guint patience;

      for (patience = 0; patience < 1000; patience++)
        {
          g_autoptr (FailingReader) reader = g_object_new (TYPE_FAILING_READER, NULL);
          g_autoptr (GranaryInspection) found = NULL;
          g_autoptr (GError) error = NULL;

          reader->inner = granary_memory_reader_new (bytes);
          reader->patience = patience;
          found = granary_inspect_reader (GRANARY_RANGE_READER (reader), name, NULL, &error);
          if (found != NULL)
            {
              g_assert_no_error (error);
              g_assert_cmpuint (granary_inspection_get_n_warnings (found), ==, 0);
              break;
            }
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
        }
      g_test_message ("%s: %u reads", fixtures[i], patience);
      /* Small as they are, few ranges are all of it. */
      g_assert_cmpuint (patience, >, 0);
      g_assert_cmpuint (patience, <, 64);
    }
}

static void
test_cancelled (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (fixtures); i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autofree char *path = fixture_path (fixtures[i]);
      g_autofree char *name = g_path_get_basename (fixtures[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (GranaryRangeReader) reader = granary_file_reader_open (path, &error);

      g_assert_no_error (error);
      g_cancellable_cancel (cancellable);
      g_assert_null (granary_inspect_reader (reader, name, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

/* @start, then nothing but zeros up to @size. */
static GranaryInspection *
inspect_sparse (const GString *start,
                gint64         size,
                const char    *name,
                gint64        *bytes_read)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GranaryRangeReader) reader = NULL;
  GranaryInspection *found;
  int fd = g_file_open_tmp ("sparse-XXXXXX", &path, &error);

  g_assert_no_error (error);
  g_assert_cmpint (write (fd, start->str, start->len), ==, (gssize) start->len);
  g_assert_cmpint (ftruncate (fd, size), ==, 0);
  close (fd);
  reader = granary_file_reader_open (path, &error);
  g_assert_no_error (error);
  g_unlink (path);
  found = granary_inspect_reader (reader, name, NULL, &error);
  g_assert_no_error (error);
  *bytes_read = granary_range_reader_get_bytes_read (reader);
  g_test_message ("%s: %" G_GINT64_FORMAT " bytes read", name, *bytes_read);

  return found;
}

static void
test_large_gguf (void)
{
  const gint64 weights = G_GINT64_CONSTANT (4) << 30;
  g_autoptr (GString) start = g_string_new ("GGUF");
  g_autoptr (GranaryInspection) found = NULL;
  gint64 bytes_read;

  append_le32 (start, 3);
  append_le64 (start, 1);
  append_le64 (start, 0);
  append_le64 (start, 1);
  g_string_append_c (start, 'w');
  append_le32 (start, 1);
  append_le64 (start, (guint64) weights / 4);
  append_le32 (start, 0);
  append_le64 (start, 0);
  g_string_set_size (start, 96);

  found = inspect_sparse (start, 96 + weights, "large.gguf", &bytes_read);
  g_assert_cmpint (granary_inspection_get_parameters (found), ==, weights / 4);
  g_assert_cmpuint (granary_inspection_get_n_warnings (found), ==, 0);
  g_assert_cmpint (bytes_read, <, 16384);
}

/* Each message around the weights is as long as what is in it. */
static void
wrap (GString    *start,
      guint       number,
      gint64      rest,
      const char *before,
      gsize       before_length)
{
  g_autoptr (GString) outer = g_string_new_len (before, (gssize) before_length);

  append_varint (outer, number << 3 | 2);
  append_varint (outer, start->len + (guint64) rest);
  g_string_prepend_len (start, outer->str, (gssize) outer->len);
}

static void
test_large_graph (void)
{
  const gint64 weights = G_GINT64_CONSTANT (1) << 30;
  g_autoptr (GString) start = g_string_new (NULL);
  g_autoptr (GString) tensor = g_string_new ("\x08\x01\x12\x08\x12\x06\x08");
  g_autoptr (GranaryInspection) found = NULL;
  gint64 bytes_read;

  append_varint (tensor, (guint64) weights / 4);
  wrap (start, 4, weights, tensor->str, tensor->len);
  wrap (start, 8, weights, "", 0);
  wrap (start, 2, weights, "\x0a\x05value", 7);
  wrap (start, 5, weights, "\x0a\x01w\x12\x05" "Const", 10);
  wrap (start, 1, weights, "", 0);

  found = inspect_sparse (start, (gint64) start->len + weights, "large.pb", &bytes_read);
  g_assert_cmpstr (granary_inspection_get_format (found), ==, "frozen graph");
  g_assert_cmpint (granary_inspection_get_parameters (found), ==, weights / 4);
  g_assert_cmpuint (granary_inspection_get_n_warnings (found), ==, 0);
  g_assert_cmpint (bytes_read, <, 16384);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/ranges/failures", test_failures);
  g_test_add_func ("/ranges/cancelled", test_cancelled);
  g_test_add_func ("/ranges/large-gguf", test_large_gguf);
  g_test_add_func ("/ranges/large-graph", test_large_graph);

  return g_test_run ();
}
