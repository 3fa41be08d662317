/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-run-files-private.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "granary-error.h"
#include "granary-json.h"
#include "granary-metric.h"
#include "granary-yaml.h"

#define MAX_JSON (32 * 1024 * 1024)
#define MAX_YAML (1024 * 1024)
#define MAX_NESTING 100
#define MAX_PARTS 64
#define MAX_NAMES 100000
#define MAX_METRICS 200
#define MAX_SIZED 20000
#define MAX_SIZED_DEPTH 16

/* A run that was not touched for so long will not go on. */
#define STOPPED_NS (24 * G_GINT64_CONSTANT (3600000000000))
#define NS_PER_US 1000

/* Auxiliary functions */

static gint64
get_mtime (const struct stat *status)
{
  return status->st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) + status->st_mtim.tv_nsec;
}

static gboolean
add_size (const char   *path,
          guint         depth,
          guint        *n_left,
          gint64       *size,
          GCancellable *cancellable)
{
  g_autoptr (GPtrArray) names = NULL;
  struct stat status;

  if (*n_left == 0 || g_cancellable_is_cancelled (cancellable))
    return FALSE;
  (*n_left)--;
  /* A link is what it leads to where it was asked for; inside a folder it may lead anywhere. */
  if ((depth == 0 ? stat (path, &status) : lstat (path, &status)) != 0)
    return FALSE;
  if (S_ISREG (status.st_mode))
    {
      *size += status.st_size;
      return TRUE;
    }
  if (!S_ISDIR (status.st_mode))
    return TRUE;
  if (depth >= MAX_SIZED_DEPTH)
    return FALSE;

  names = granary_run_list_names (path);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *child = g_build_filename (path, g_ptr_array_index (names, i), NULL);

      if (!add_size (child, depth + 1, n_left, size, cancellable))
        return FALSE;
    }

  return TRUE;
}

/* The shortest text that reads as the same number. */
static char *
number_to_text (double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  for (int digits = 6; digits <= 17; digits++)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%dg", digits);
      g_ascii_formatd (buffer, sizeof buffer, format, value);
      if (g_ascii_strtod (buffer, NULL) == value)
        break;
    }

  return g_strdup (buffer);
}

/* Length of a word that Python writes for a number that JSON does not know; 0 for anything else. */
static gsize
get_strange_number (const char *at,
                    const char *end)
{
  static const char *const words[] = { "NaN", "Infinity", "-Infinity" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      gsize length = strlen (words[i]);

      if ((gsize) (end - at) >= length && memcmp (at, words[i], length) == 0)
        return length;
    }

  return 0;
}

/* Functions for readers */

/* Whether its folder was not deleted since it was found. */
gboolean
granary_run_is_there (const GranaryRun  *run,
                      GError           **error)
{
  g_autofree char *shown = NULL;
  struct stat status;

  if (stat (run->folder, &status) == 0)
    return TRUE;

  shown = granary_display_path (run->folder);
  granary_set_error_from_errno (error, errno, shown, "stat");
  return FALSE;
}

gboolean
granary_run_stat (const char  *folder,
                  const char  *name,
                  struct stat *status)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return stat (path, status) == 0;
}

gboolean
granary_run_has (const char *folder,
                 const char *name)
{
  struct stat status;

  return granary_run_stat (folder, name, &status);
}

/* In ns; 0 when there is none. */
gint64
granary_run_mtime (const char *folder,
                   const char *name)
{
  struct stat status;

  return granary_run_stat (folder, name, &status) ? get_mtime (&status) : 0;
}

/* The time of the newest of @names, in ns; 0 when there is none of them. */
gint64
granary_run_newest (const char         *folder,
                    const char * const *names)
{
  gint64 newest = 0;

  for (guint i = 0; names[i] != NULL; i++)
    newest = MAX (newest, granary_run_mtime (folder, names[i]));

  return newest;
}

/**
 * granary_run_resolve:
 * @folder: folder of a run
 * @path: (nullable): a path that its files name: relative, or absolute, perhaps that of another
 *   machine, from where the folder was copied
 *
 * Returns: (transfer full) (nullable): what there is in @folder under as much of the end of @path
 *   as possible
 */
char *
granary_run_resolve (const char *folder,
                     const char *path)
{
  g_auto (GStrv) parts = NULL;
  guint begin = 0;
  guint n_parts;

  g_return_val_if_fail (folder != NULL, NULL);

  if (path == NULL || *path == '\0')
    return NULL;

  parts = g_strsplit_set (path, "/\\", -1);
  n_parts = g_strv_length (parts);
  if (n_parts > MAX_PARTS)
    begin = n_parts - MAX_PARTS;
  /* What goes up may go anywhere. */
  for (guint i = begin; i < n_parts; i++)
    {
      if (g_str_equal (parts[i], ".."))
        begin = i + 1;
    }

  for (guint i = begin; i < n_parts; i++)
    {
      g_autofree char *rest = NULL;
      g_autofree char *found = NULL;
      struct stat status;

      if (*parts[i] == '\0' || g_str_equal (parts[i], "."))
        continue;
      rest = g_strjoinv ("/", parts + i);
      found = g_build_filename (folder, rest, NULL);
      if (stat (found, &status) == 0)
        return g_steal_pointer (&found);
    }

  return NULL;
}

/**
 * granary_run_size:
 * @path: a file or folder
 * @cancellable: (nullable): stops it
 *
 * Returns: bytes of all files; -1 when there is none, or too many to count
 */
gint64
granary_run_size (const char   *path,
                  GCancellable *cancellable)
{
  guint n_left = MAX_SIZED;
  gint64 size = 0;

  g_return_val_if_fail (path != NULL, -1);

  return add_size (path, 0, &n_left, &size, cancellable) ? size : -1;
}

/* (element-type filename): sorted; empty when the folder cannot be read. */
GPtrArray *
granary_run_list_names (const char *folder)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && names->len < MAX_NAMES && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort_values (names, (GCompareFunc) strcmp);

  return names;
}

/**
 * granary_run_parse_json:
 * @text: JSON as Python's `json` writes it
 * @length: its bytes
 * @subject: what the text is, for the error
 * @error: return location
 *
 * Python writes NaN and Infinity bare; they become strings here. What is nested deeper than any
 * tool writes is refused before it is parsed.
 *
 * Returns: (transfer full): the root
 */
JsonNode *
granary_run_parse_json (const char  *text,
                        gsize        length,
                        const char  *subject,
                        GError     **error)
{
  g_autoptr (GString) plain = g_string_sized_new (length + 16);
  const char *end = text + length;
  gboolean in_string = FALSE;
  guint depth = 0;

  for (const char *at = text; at < end; at++)
    {
      gsize strange;

      if (in_string)
        {
          if (*at == '"')
            in_string = FALSE;
          if (*at == '\\' && at + 1 < end)
            g_string_append_c (plain, *at++);
          g_string_append_c (plain, *at);
          continue;
        }

      if (*at == '[' || *at == '{')
        depth++;
      else if ((*at == ']' || *at == '}') && depth > 0)
        depth--;
      if (depth > MAX_NESTING)
        {
          granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_JSON_SYNTAX,
                             subject, "nested too deep");
          return NULL;
        }

      in_string = *at == '"';
      strange = *at == 'N' || *at == 'I' || *at == '-' ? get_strange_number (at, end) : 0;
      if (strange > 0)
        {
          g_string_append_printf (plain, "\"%.*s\"", (int) strange, at);
          at += strange - 1;
        }
      else
        g_string_append_c (plain, *at);
    }

  return granary_json_parse (plain->str, (gssize) plain->len, subject, error);
}

JsonNode *
granary_run_read_json (const char  *folder,
                       const char  *name,
                       GError     **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *shown = granary_display_path (path);
  g_autofree char *text = NULL;
  JsonNode *node;
  gsize length;

  text = granary_run_read_file (path, MAX_JSON, &length, error);
  if (text == NULL)
    return NULL;

  node = granary_run_parse_json (text, length, shown, NULL);
  if (node == NULL)
    granary_set_error (error, GRANARY_ERROR_FILE, GRANARY_REASON_TASK_UNREADABLE, shown,
                       "%s is not JSON", shown);
  return node;
}

JsonNode *
granary_run_read_yaml (const char  *folder,
                       const char  *name,
                       GError     **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *shown = granary_display_path (path);
  g_autofree char *text = NULL;
  g_autoptr (GError) trouble = NULL;
  JsonNode *node;
  gsize length;

  text = granary_run_read_file (path, MAX_YAML, &length, error);
  if (text == NULL)
    return NULL;

  node = granary_yaml_parse (text, (gssize) length, shown, &trouble);
  if (node == NULL)
    granary_set_error (error, GRANARY_ERROR_FILE, GRANARY_REASON_TASK_UNREADABLE, shown, "%s: %s",
                       shown, trouble->message);
  return node;
}

/* Nothing is added that lacks name or value, and no name twice: of a metric the first counts. */
void
granary_run_add_metric (GPtrArray  *metrics,
                        const char *name,
                        const char *text)
{
  GranaryMetric *metric;

  if (name == NULL || text == NULL || metrics->len >= MAX_METRICS)
    return;

  metric = granary_metric_new (name, text);
  if (*metric->name == '\0' || *metric->text == '\0')
    {
      granary_metric_free (metric);
      return;
    }
  for (guint i = 0; i < metrics->len; i++)
    {
      if (g_str_equal (((GranaryMetric *) g_ptr_array_index (metrics, i))->name, metric->name))
        {
          granary_metric_free (metric);
          return;
        }
    }

  g_ptr_array_add (metrics, metric);
}

/* A number, or a text that stands for one. */
void
granary_run_add_metric_node (GPtrArray  *metrics,
                             const char *name,
                             JsonNode   *node)
{
  g_autofree char *text = NULL;
  double value;

  if (node == NULL)
    return;

  if (granary_json_get_double (node, "", &value))
    text = isnan (value) ? g_strdup ("nan")
           : isinf (value) ? g_strdup (value > 0 ? "inf" : "-inf") : number_to_text (value);
  else
    text = g_strdup (granary_json_get_string (node, ""));

  granary_run_add_metric (metrics, name, text);
}

/* Tells running from stopped by when something was written last. */
void
granary_run_settle_state (GranaryTask      *task,
                          const GranaryRun *run,
                          gboolean          is_finished)
{
  gint64 now = g_get_real_time ();

  if (is_finished)
    {
      task->state = GRANARY_TASK_FINISHED;
      task->finished = run->mtime / NS_PER_US;
    }
  else if (run->mtime > 0 && now * NS_PER_US - run->mtime > STOPPED_NS)
    task->state = GRANARY_TASK_STOPPED;
  else
    task->state = GRANARY_TASK_RUNNING;
}

/**
 * granary_run_add_output:
 * @details: details of a run
 * @id: id of the output
 * @framework: (nullable): its framework
 * @paths: (element-type filename): what to import
 * @cancellable: (nullable): stops counting bytes
 *
 * Returns: (transfer none): the new output, the last of @details
 */
GranaryTaskOutput *
granary_run_add_output (GranaryTaskDetails *details,
                        const char         *id,
                        const char         *framework,
                        GPtrArray          *paths,
                        GCancellable       *cancellable)
{
  g_autofree char *shown = granary_display_path (id);
  GranaryTaskOutput *output = granary_task_output_new (shown);

  output->title = *shown != '\0' ? g_strdup (shown) : NULL;
  output->framework = g_strdup (framework);
  output->paths = g_new0 (char *, paths->len + 1);
  output->size = 0;
  for (guint i = 0; i < paths->len; i++)
    {
      gint64 size = granary_run_size (g_ptr_array_index (paths, i), cancellable);

      output->paths[i] = g_strdup (g_ptr_array_index (paths, i));
      output->size = size < 0 || output->size < 0 ? -1 : output->size + size;
    }
  g_ptr_array_add (details->outputs, output);

  return output;
}

/* Details of @task, unless it has a problem, which is then the error. */
GranaryTaskDetails *
granary_run_begin_details (GranaryTask  *task,
                           GError      **error)
{
  if (task->problem != NULL)
    {
      g_propagate_error (error, g_error_copy (task->problem));
      return NULL;
    }

  return granary_task_details_new (task);
}
