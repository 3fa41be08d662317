/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <string.h>

#include "granary-inspect.h"
#include "granary-memory-reader.h"

/* For the tests of inspection: bytes put together by hand, and files of tests/data/models. */

static inline GranaryInspection *
inspect_bytes (const void *data,
               gsize       length,
               const char *name)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);
  g_autoptr (GranaryRangeReader) reader = granary_memory_reader_new (bytes);
  g_autoptr (GError) error = NULL;
  GranaryInspection *inspection = granary_inspect_reader (reader, name, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (inspection);

  return inspection;
}

static inline GranaryInspection *
inspect_string (GString    *content,
                const char *name)
{
  return inspect_bytes (content->str, content->len, name);
}

static inline char *
fixture_path (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "data", "models", name, NULL);
}

static inline GranaryInspection *
inspect_fixture (const char *name)
{
  g_autofree char *path = fixture_path (name);
  g_autofree char *base = g_path_get_basename (name);
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryRangeReader) reader = granary_file_reader_open (path, &error);
  GranaryInspection *inspection;

  g_assert_no_error (error);
  inspection = granary_inspect_reader (reader, base, NULL, &error);
  g_assert_no_error (error);

  return inspection;
}

static inline gboolean
has_warning (GranaryInspection        *inspection,
             GranaryInspectionWarning  code,
             const char               *subject)
{
  for (guint i = 0; i < granary_inspection_get_n_warnings (inspection); i++)
    {
      const char *about;

      if (granary_inspection_get_warning (inspection, i, &about) == code &&
          (subject == NULL || g_strcmp0 (about, subject) == 0))
        return TRUE;
    }

  return FALSE;
}

static inline void
append_le64 (GString *content,
             guint64  value)
{
  for (guint i = 0; i < 8; i++)
    g_string_append_c (content, (char) (value >> (8 * i)));
}

static inline void
append_le32 (GString *content,
             guint32  value)
{
  for (guint i = 0; i < 4; i++)
    g_string_append_c (content, (char) (value >> (8 * i)));
}

static inline void
append_varint (GString *content,
               guint64  value)
{
  for (; value >= 0x80; value >>= 7)
    g_string_append_c (content, (char) (value | 0x80));
  g_string_append_c (content, (char) value);
}

/* A field of bytes in a message of Protocol Buffers. */
static inline void
append_field (GString       *content,
              guint          number,
              const GString *inner)
{
  append_varint (content, number << 3 | 2);
  append_varint (content, inner->len);
  g_string_append_len (content, inner->str, (gssize) inner->len);
}

static inline GString *
load_fixture (const char *name)
{
  g_autofree char *path = fixture_path (name);
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;
  gsize length;

  g_file_get_contents (path, &content, &length, &error);
  g_assert_no_error (error);

  return g_string_new_len (content, (gssize) length);
}

/* Cut anywhere behind @from it is still that format, and is said to be cut or broken, but at the
 * @n_whole places where the cut leaves something whole. */
static inline void
assert_cuts_are_told (const char *fixture,
                      const char *format,
                      gsize       from,
                      guint       n_whole)
{
  g_autoptr (GString) content = load_fixture (fixture);
  g_autofree char *name = g_path_get_basename (fixture);
  guint n_silent = 0;

  for (gsize cut = 0; cut < content->len; cut++)
    {
      g_autoptr (GranaryInspection) inspection = inspect_bytes (content->str, cut, name);

      if (cut < from)
        continue;
      g_assert_cmpstr (granary_inspection_get_format (inspection), ==, format);
      if (granary_inspection_get_n_warnings (inspection) == 0)
        {
          g_test_message ("%s cut at %" G_GSIZE_FORMAT " is taken for whole", fixture, cut);
          n_silent++;
        }
    }
  g_assert_cmpuint (n_silent, ==, n_whole);
}

/* Each eight bytes of it made 2^63, and each four 2^31 and 2^32 - 1: must end, without a fault. */
static inline void
assert_lies_are_survived (const char *fixture)
{
  static const guint8 lies[][8] = {
    { 0, 0, 0, 0, 0, 0, 0, 0x80 }, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
    { 0x80, 0, 0, 0, 0, 0, 0, 0 }, { 0, 0, 0, 0x80, 0, 0, 0, 0 },
  };
  g_autoptr (GString) content = load_fixture (fixture);
  g_autofree char *name = g_path_get_basename (fixture);

  for (gsize at = 0; at < content->len; at++)
    for (guint i = 0; i < 2 * G_N_ELEMENTS (lies); i++)
      {
        gsize span = MIN (i < G_N_ELEMENTS (lies) ? 8u : 4u, content->len - at);
        g_autofree guint8 *lying = g_memdup2 (content->str, content->len);
        g_autoptr (GranaryInspection) inspection = NULL;

        memcpy (lying + at, lies[i % G_N_ELEMENTS (lies)], span);
        inspection = inspect_bytes (lying, content->len, name);
        g_assert_cmpint (granary_inspection_get_parameters (inspection), >=, -1);
      }
}
