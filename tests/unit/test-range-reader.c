/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-cursor.h"
#include "granary-error.h"
#include "granary-memory-reader.h"
#include "granary-wire.h"

static char *
write_temporary (const char *content,
                 gsize       length)
{
  g_autoptr (GError) error = NULL;
  char *path = NULL;
  int fd = g_file_open_tmp ("range-XXXXXX", &path, &error);

  g_assert_no_error (error);
  close (fd);
  g_file_set_contents (path, content, (gssize) length, &error);
  g_assert_no_error (error);

  return path;
}

static void
test_file (void)
{
  g_autofree char *path = write_temporary ("0123456789", 10);
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryRangeReader) reader = granary_file_reader_open (path, &error);
  char buffer[16] = { 0 };

  g_assert_no_error (error);
  g_assert_cmpint (granary_range_reader_get_size (reader), ==, 10);
  g_assert_cmpint (granary_range_reader_get_bytes_read (reader), ==, 0);

  g_assert_cmpint (granary_range_reader_read_at (reader, 3, buffer, 4, NULL, &error), ==, 4);
  g_assert_cmpmem (buffer, 4, "3456", 4);
  g_assert_cmpint (granary_range_reader_read_at (reader, 8, buffer, 16, NULL, &error), ==, 2);
  g_assert_cmpmem (buffer, 2, "89", 2);
  g_assert_cmpint (granary_range_reader_read_at (reader, 10, buffer, 1, NULL, &error), ==, 0);
  g_assert_cmpint (granary_range_reader_read_at (reader, G_MAXINT64, buffer, 1, NULL, &error),
                   ==, 0);
  g_assert_no_error (error);
  g_assert_cmpint (granary_range_reader_get_bytes_read (reader), ==, 6);

  g_assert_true (granary_range_reader_read_exact (reader, 0, buffer, 10, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (granary_range_reader_read_exact (reader, 5, buffer, 6, NULL, &error));
  g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_INVALID_INPUT);
  g_assert_cmpint (granary_error_get_reason (error), ==, GRANARY_REASON_FORMAT_UNREADABLE);

  g_unlink (path);
}

static void
test_shrunk (void)
{
  g_autofree char *path = write_temporary ("0123456789", 10);
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryRangeReader) reader = granary_file_reader_open (path, &error);
  g_autoptr (GranaryCursor) cursor = granary_cursor_new (reader, 1000, NULL);
  char buffer[10];

  g_assert_cmpint (truncate (path, 4), ==, 0);
  g_assert_false (granary_cursor_read (cursor, buffer, 10));
  g_assert_cmpint (cursor->state, ==, GRANARY_CURSOR_TRUNCATED);

  g_unlink (path);
}

static void
test_special (void)
{
  g_autofree char *folder = g_dir_make_tmp ("range-XXXXXX", NULL);
  g_autofree char *pipe = g_build_filename (folder, "pipe", NULL);
  g_autofree char *absent = g_build_filename (folder, "absent", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (granary_file_reader_open (folder, &error));
  g_assert_cmpint (granary_error_get_reason (error), ==, GRANARY_REASON_SOURCE_SPECIAL);
  g_clear_error (&error);

  /* Nobody writes to it: opening must not wait. */
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_null (granary_file_reader_open (pipe, &error));
  g_assert_cmpint (granary_error_get_reason (error), ==, GRANARY_REASON_SOURCE_SPECIAL);
  g_clear_error (&error);

  g_assert_null (granary_file_reader_open (absent, &error));
  g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_unlink (pipe);
  g_rmdir (folder);
}

static void
test_cancelled (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abc", 3);
  g_autoptr (GranaryRangeReader) reader = granary_memory_reader_new (bytes);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GranaryCursor) cursor = granary_cursor_new (reader, 100, cancellable);
  guint8 byte;

  g_cancellable_cancel (cancellable);
  g_assert_false (granary_cursor_read_byte (cursor, &byte));
  g_assert_cmpint (cursor->state, ==, GRANARY_CURSOR_FAILED);
  g_assert_error (cursor->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_cursor (void)
{
  g_autofree guint8 *content = g_malloc (300000);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GranaryRangeReader) reader = NULL;
  g_autoptr (GranaryCursor) cursor = NULL;
  guint8 byte;

  for (guint i = 0; i < 300000; i++)
    content[i] = (guint8) (i * 7 + i / 256);
  bytes = g_bytes_new (content, 300000);
  reader = granary_memory_reader_new (bytes);
  cursor = granary_cursor_new (reader, 400000, NULL);

  for (guint i = 0; i < 300000; i++)
    {
      g_assert_true (granary_cursor_read_byte (cursor, &byte));
      g_assert_cmpuint (byte, ==, content[i]);
    }
  g_assert_cmpint (granary_range_reader_get_bytes_read (reader), ==, 300000);
  g_assert_false (granary_cursor_read_byte (cursor, &byte));
  g_assert_cmpint (cursor->state, ==, GRANARY_CURSOR_TRUNCATED);
  /* It sticks. */
  g_assert_false (granary_cursor_seek (cursor, 0));
}

static void
test_jumps_fetch_little (void)
{
  g_autofree guint8 *content = g_malloc0 (10 * 1024 * 1024);
  g_autoptr (GBytes) bytes = g_bytes_new (content, 10 * 1024 * 1024);
  g_autoptr (GranaryRangeReader) reader = granary_memory_reader_new (bytes);
  g_autoptr (GranaryCursor) cursor = granary_cursor_new (reader, G_MAXINT64, NULL);
  guint8 byte;

  for (guint i = 0; i < 10; i++)
    {
      g_assert_true (granary_cursor_seek (cursor, i * 1024 * 1024));
      g_assert_true (granary_cursor_read_byte (cursor, &byte));
    }
  g_assert_cmpint (granary_range_reader_get_bytes_read (reader), <=, 10 * 1024);
}

static void
test_budget (void)
{
  g_autofree guint8 *content = g_malloc0 (100000);
  g_autoptr (GBytes) bytes = g_bytes_new (content, 100000);
  g_autoptr (GranaryRangeReader) reader = granary_memory_reader_new (bytes);
  g_autoptr (GranaryCursor) cursor = granary_cursor_new (reader, 20000, NULL);
  guint8 byte;

  while (granary_cursor_read_byte (cursor, &byte))
    ;
  g_assert_cmpint (cursor->state, ==, GRANARY_CURSOR_EXHAUSTED);
  g_assert_cmpint (granary_range_reader_get_bytes_read (reader), <=, 20000);
}

static GranaryCursor *
cursor_over (const char           *content,
             gsize                 length,
             GranaryRangeReader  **reader)
{
  g_autoptr (GBytes) bytes = g_bytes_new (content, length);

  *reader = granary_memory_reader_new (bytes);

  return granary_cursor_new (*reader, 1000000, NULL);
}

static void
test_varint (void)
{
  static const struct
  {
    const char *bytes;
    gsize       length;
    guint64     value;
  } good[] = {
    { "\x00", 1, 0 },
    { "\x7f", 1, 127 },
    { "\x80\x01", 2, 128 },
    { "\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 9, G_MAXINT64 },
    { "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10, G_MAXUINT64 },
  };
  static const char *bad[] = {
    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02",
    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GranaryRangeReader) reader = NULL;
      g_autoptr (GranaryCursor) cursor = cursor_over (good[i].bytes, good[i].length, &reader);
      guint64 value;

      g_assert_true (granary_cursor_read_varint (cursor, &value));
      g_assert_cmpuint (value, ==, good[i].value);
      g_assert_cmpint (cursor->position, ==, (gint64) good[i].length);
    }

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GranaryRangeReader) reader = NULL;
      g_autoptr (GranaryCursor) cursor = cursor_over (bad[i], strlen (bad[i]), &reader);
      guint64 value;

      g_assert_false (granary_cursor_read_varint (cursor, &value));
      g_assert_cmpint (cursor->state, ==, GRANARY_CURSOR_MALFORMED);
    }
}

static void
test_wire (void)
{
  /* 1: 150, 2: "testing", 3: fixed32 1, 4: fixed64 2, 5: bytes of a length that lies. */
  static const char content[] = "\x08\x96\x01" "\x12\x07testing" "\x1d\x01\0\0\0"
                                "\x21\x02\0\0\0\0\0\0\0" "\x2a\x64" "ab";
  g_autoptr (GranaryRangeReader) reader = NULL;
  g_autoptr (GranaryCursor) cursor = cursor_over (content, sizeof content - 1, &reader);
  GranaryWireField field = { 0 };
  gboolean truncated = FALSE;
  g_autofree char *text = NULL;

  g_assert_true (granary_wire_next (cursor, cursor->size, &truncated, &field));
  g_assert_cmpuint (field.number, ==, 1);
  g_assert_cmpuint (field.value, ==, 150);
  g_assert_true (granary_wire_next (cursor, cursor->size, &truncated, &field));
  text = granary_wire_read_text (cursor, &field, 4);
  g_assert_cmpstr (text, ==, "test");
  g_assert_true (granary_wire_next (cursor, cursor->size, &truncated, &field));
  g_assert_cmpuint (field.value, ==, 1);
  g_assert_true (granary_wire_next (cursor, cursor->size, &truncated, &field));
  g_assert_cmpuint (field.value, ==, 2);
  g_assert_false (truncated);
  g_assert_true (granary_wire_next (cursor, cursor->size, &truncated, &field));
  g_assert_true (truncated);
  g_assert_cmpint (field.end, ==, cursor->size);
  g_assert_false (granary_wire_next (cursor, cursor->size, &truncated, &field));
  g_assert_cmpint (cursor->state, ==, GRANARY_CURSOR_OK);
}

static void
test_text_is_valid (void)
{
  g_autoptr (GranaryRangeReader) reader = NULL;
  g_autoptr (GranaryCursor) cursor = cursor_over ("a\xff" "b\0c", 5, &reader);
  g_autofree char *text = granary_cursor_read_text (cursor, 5, 100);

  g_assert_cmpstr (text, ==, "a\xef\xbf\xbd" "b");
  g_assert_null (granary_cursor_read_text (cursor, G_MAXUINT64, 100));
  g_assert_cmpint (cursor->state, ==, GRANARY_CURSOR_TRUNCATED);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/range-reader/file", test_file);
  g_test_add_func ("/range-reader/shrunk", test_shrunk);
  g_test_add_func ("/range-reader/special", test_special);
  g_test_add_func ("/range-reader/cancelled", test_cancelled);
  g_test_add_func ("/cursor/sequence", test_cursor);
  g_test_add_func ("/cursor/jumps-fetch-little", test_jumps_fetch_little);
  g_test_add_func ("/cursor/budget", test_budget);
  g_test_add_func ("/cursor/varint", test_varint);
  g_test_add_func ("/cursor/text-is-valid", test_text_is_valid);
  g_test_add_func ("/wire/fields", test_wire);

  return g_test_run ();
}
