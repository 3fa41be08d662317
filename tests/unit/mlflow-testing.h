/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "granary-error.h"
#include "granary-metric.h"
#include "granary-run-reader-private.h"

/* Asking a reader about folders. */

static inline char *
mlflow_fixture (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "data", "mlflow", name, NULL);
}

static inline GPtrArray *
mlflow_list (const GranaryRunReader *reader,
             const char             *folder)
{
  GPtrArray *runs = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_run_free);
  g_autoptr (GError) error = NULL;

  g_assert_true (reader->list (folder, runs, NULL, &error));
  g_assert_no_error (error);
  return runs;
}

static inline const GranaryRun *
mlflow_find (GPtrArray  *runs,
             const char *key)
{
  for (guint i = 0; i < runs->len; i++)
    {
      const GranaryRun *run = g_ptr_array_index (runs, i);

      if (g_str_equal (run->key, key))
        return run;
    }

  return NULL;
}

static inline GranaryTask *
mlflow_read (const GranaryRunReader *reader,
             const char             *folder,
             const char             *key)
{
  g_autoptr (GranaryRun) run = granary_run_new (reader, folder, key, 0);
  g_autoptr (GError) error = NULL;
  GranaryTask *task = reader->read (run, NULL, &error);

  g_assert_no_error (error);
  return task;
}

static inline GranaryTaskDetails *
mlflow_load (const GranaryRunReader *reader,
             const char             *folder,
             const char             *key)
{
  g_autoptr (GranaryRun) run = granary_run_new (reader, folder, key, 0);
  g_autoptr (GError) error = NULL;
  GranaryTaskDetails *details = reader->load (run, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (details);
  return details;
}

static inline void
mlflow_assert_problem (const GranaryRunReader *reader,
                       const char             *folder,
                       const char             *key,
                       GranaryReason           reason)
{
  g_autoptr (GranaryRun) run = granary_run_new (reader, folder, key, 0);
  g_autoptr (GranaryTask) task = mlflow_read (reader, folder, key);
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryTaskDetails) details = NULL;

  g_assert_nonnull (task);
  g_assert_cmpint (granary_error_get_reason (task->problem), ==, reason);
  g_assert_cmpstr (task->name, !=, "");
  g_assert_nonnull (task->location);
  g_assert_false (task->importable);

  details = reader->load (run, NULL, &error);
  g_assert_null (details);
  g_assert_cmpint (granary_error_get_reason (error), ==, reason);
}

static inline char *
mlflow_metrics_text (GPtrArray *metrics)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < metrics->len; i++)
    {
      const GranaryMetric *metric = g_ptr_array_index (metrics, i);

      g_string_append_printf (text, "%s%s=%s", i > 0 ? " " : "", metric->name, metric->text);
    }

  return g_string_free (text, FALSE);
}

/* Each output: id, title, framework, format, environment, what is imported below @folder. */
static inline void
mlflow_assert_output (GranaryTaskDetails *details,
                      guint               position,
                      const char         *expected,
                      const char         *metrics,
                      const char         *folder,
                      const char         *path)
{
  const GranaryTaskOutput *output;
  g_autofree char *shown = NULL;
  g_autofree char *reported = NULL;
  g_autofree char *full = g_build_filename (folder, path, NULL);

  g_assert_cmpuint (details->outputs->len, >, position);
  output = g_ptr_array_index (details->outputs, position);
  shown = g_strdup_printf ("%s|%s|%s|%s|%s", output->id,
                           output->title != NULL ? output->title : "",
                           output->framework != NULL ? output->framework : "",
                           output->format != NULL ? output->format : "",
                           output->environment != NULL ? output->environment : "");
  reported = mlflow_metrics_text (output->metrics);
  g_assert_cmpstr (shown, ==, expected);
  g_assert_cmpstr (reported, ==, metrics);
  g_assert_cmpuint (g_strv_length (output->paths), ==, 1);
  g_assert_cmpstr (output->paths[0], ==, full);
  g_assert_cmpint (output->size, >, 0);
}

static inline void
mlflow_write (const char *folder,
              const char *path,
              const char *text)
{
  g_autofree char *file = g_build_filename (folder, path, NULL);
  g_autofree char *parent = g_path_get_dirname (file);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, text, -1, NULL));
}

static inline char *
mlflow_make_folder (void)
{
  char *folder = g_dir_make_tmp ("mlflow-XXXXXX", NULL);

  g_assert_nonnull (folder);
  return folder;
}

static inline GHashTable *
mlflow_names (const char *first,
              ...)
{
  GHashTable *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  va_list more;

  va_start (more, first);
  for (const char *name = first; name != NULL; name = va_arg (more, const char *))
    g_hash_table_add (names, g_strdup (name));
  va_end (more);

  return names;
}
