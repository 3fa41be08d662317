/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-mlflow-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <float.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-folder-private.h"
#include "granary-metric.h"

/* A model with more than these is watched, not described, by them. */
#define MAX_METRICS 500
#define MAX_ENTRIES 5000
#define MAX_DEPTH 8
/* A metric of millions of steps: its latest value stands at the end. */
#define MAX_TAIL (64 * 1024)
#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

/* A line of a file of metrics. */
typedef struct
{
  gint64  time;
  gint64  step;
  double  value;
  char   *text; /* (owned) (nullable) */
} Point;

typedef struct
{
  GHashTable   *values;      /* name → text */
  GCancellable *cancellable;
  guint         n_entries;
} Reading;

/* Auxiliary functions */

/* NaN counts as the least. */
static gboolean
point_is_later (const Point *self,
                const Point *other)
{
  if (other->text == NULL || self->step != other->step)
    return other->text == NULL || self->step > other->step;
  if (self->time != other->time)
    return self->time > other->time;

  return isnan (other->value) || self->value > other->value;
}

/* `TIME VALUE [STEP]`, and what MLflow 3 writes of models: `TIME VALUE STEP RUN [DATASET DIGEST]`.
 * What is no number is left out. */
static gboolean
point_parse (Point      *self,
             const char *line)
{
  g_auto (GStrv) parts = g_strsplit (line, " ", 4);
  guint n_parts = g_strv_length (parts);
  char *end = NULL;

  if (n_parts < 2 || *parts[1] == '\0')
    return FALSE;

  self->time = g_ascii_strtoll (parts[0], &end, 10);
  if (end == parts[0] || *end != '\0')
    return FALSE;
  self->value = g_ascii_strtod (parts[1], &end);
  if (*end != '\0')
    return FALSE;
  self->step = n_parts > 2 ? g_ascii_strtoll (parts[2], NULL, 10) : 0;
  self->text = g_strdup (parts[1]);

  return TRUE;
}

/* The end of a file, from its first whole line on; NULL when it cannot be read. */
static char *
read_tail (int         fd,
           const char *name)
{
  g_autofree char *text = NULL;
  g_autofd int file = openat (fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  struct stat status;
  goffset begin;
  ssize_t n;

  if (file < 0 || fstat (file, &status) != 0 || !S_ISREG (status.st_mode) || status.st_size <= 0)
    return NULL;

  begin = MAX (0, status.st_size - MAX_TAIL);
  text = g_malloc (MAX_TAIL + 1);
  do
    n = pread (file, text, MAX_TAIL, begin);
  while (n < 0 && errno == EINTR);
  if (n <= 0)
    return NULL;
  text[n] = '\0';

  if (begin > 0)
    {
      const char *line = memchr (text, '\n', (gsize) n);

      return line != NULL ? g_strdup (line + 1) : NULL;
    }

  return g_steal_pointer (&text);
}

static void
read_metric (Reading    *self,
             int         fd,
             const char *file,
             const char *name)
{
  g_autofree char *text = read_tail (fd, file);
  g_auto (GStrv) lines = NULL;
  Point latest = { 0 };

  if (text == NULL)
    return;

  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      Point point = { 0 };

      if (!point_parse (&point, g_strchomp (lines[i])))
        continue;
      if (point_is_later (&point, &latest))
        {
          g_free (latest.text);
          latest = point;
        }
      else
        g_free (point.text);
    }

  if (latest.text != NULL)
    g_hash_table_insert (self->values, g_strdup (name), latest.text);
}

/* MLflow makes folders of the slashes in the name of a metric. @fd is taken. */
static void
read_folder (Reading    *self,
             int         fd,
             const char *prefix,
             guint       depth)
{
  DIR *dir = fdopendir (fd);
  const struct dirent *entry;

  if (dir == NULL)
    {
      close (fd);
      return;
    }

  while (self->n_entries < MAX_ENTRIES && (entry = readdir (dir)) != NULL)
    {
      g_autofree char *name = NULL;
      struct stat status;

      if (entry->d_name[0] == '.' &&
          (entry->d_name[1] == '\0' || g_str_equal (entry->d_name, "..")))
        continue;
      self->n_entries++;
      if (g_cancellable_is_cancelled (self->cancellable) ||
          fstatat (fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        continue;

      name = g_strconcat (prefix, entry->d_name, NULL);
      if (S_ISREG (status.st_mode))
        read_metric (self, fd, entry->d_name, name);
      else if (S_ISDIR (status.st_mode) && depth < MAX_DEPTH)
        {
          int below = openat (fd, entry->d_name, FOLDER_FLAGS | O_NOFOLLOW);
          g_autofree char *longer = g_strconcat (name, "/", NULL);

          if (below >= 0)
            read_folder (self, below, longer, depth + 1);
        }
    }

  closedir (dir);
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Functions for the readers */

GPtrArray *
granary_mlflow_metrics_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) granary_metric_free);
}

void
granary_mlflow_metrics_add (GPtrArray  *metrics,
                            const char *name,
                            const char *value)
{
  g_autoptr (GranaryMetric) metric = NULL;

  g_return_if_fail (metrics != NULL && name != NULL && value != NULL);

  /* How busy the machine was says nothing of the model. */
  if (metrics->len >= MAX_METRICS || g_str_has_prefix (name, "system/"))
    return;

  metric = granary_metric_new (name, value);
  if (*metric->name == '\0' || *metric->text == '\0')
    return;
  for (guint i = 0; i < metrics->len; i++)
    {
      const GranaryMetric *other = g_ptr_array_index (metrics, i);

      if (g_str_equal (other->name, metric->name))
        return;
    }

  g_ptr_array_add (metrics, g_steal_pointer (&metric));
}

void
granary_mlflow_metrics_add_number (GPtrArray  *metrics,
                                   const char *name,
                                   double      value,
                                   gboolean    is_nan)
{
  static const char *const formats[] = { "%.15g", "%.16g", "%.17g" };
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (is_nan || isnan (value))
    g_strlcpy (text, "nan", sizeof text);
  else if (!isfinite (value) || fabs (value) >= DBL_MAX)
    g_strlcpy (text, value > 0 ? "inf" : "-inf", sizeof text);
  else
    {
      /* The shortest that reads back as the same. */
      for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
        {
          g_ascii_formatd (text, sizeof text, formats[i], value);
          if (g_ascii_strtod (text, NULL) == value)
            break;
        }
    }

  granary_mlflow_metrics_add (metrics, name, text);
}

GPtrArray *
granary_mlflow_metrics_read (int           fd,
                             const char   *path,
                             GCancellable *cancellable)
{
  g_autoptr (GHashTable) values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  GPtrArray *metrics = granary_mlflow_metrics_new ();
  Reading reading = { values, cancellable, 0 };
  g_autofree gpointer *names = NULL;
  guint n_names;
  int folder;

  g_return_val_if_fail (fd >= 0 && path != NULL, metrics);

  folder = granary_folder_open_beneath (fd, path, FOLDER_FLAGS);
  if (folder < 0)
    return metrics;
  read_folder (&reading, folder, "", 0);

  /* There is no order of their own. */
  names = g_hash_table_get_keys_as_array (values, &n_names);
  qsort (names, n_names, sizeof *names, compare_names);
  for (guint i = 0; i < n_names; i++)
    granary_mlflow_metrics_add (metrics, names[i], g_hash_table_lookup (values, names[i]));

  return metrics;
}
