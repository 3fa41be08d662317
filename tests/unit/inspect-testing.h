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
