/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-mlflow-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-folder-private.h"
#include "granary-json.h"
#include "granary-yaml.h"

#define META "meta.yaml"
#define MAX_META (256 * 1024)
#define MAX_TAG (1024 * 1024)
#define MAX_RUNS 200000
#define MAX_MODELS 200
/* Looked through for the models of a run that does not say which are its own. */
#define MAX_MODELS_SEEN 2000
/* Claiming is asked of every folder: how many names of it are tried. */
#define MAX_TRIED 4
#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

/* The tracking store of MLflow 1 to 3 that is made of folders:
 *
 *   mlruns/EXPERIMENT/meta.yaml
 *                     RUN/meta.yaml, metrics/NAME, tags/NAME, artifacts/…, outputs/MODEL/
 *                     models/MODEL/meta.yaml, metrics/NAME, artifacts/…
 *
 * The key of a run is `EXPERIMENT/RUN`. */

typedef gboolean (*EntryFunc) (int                  fd,
                               const struct dirent *entry,
                               gpointer             data);

typedef struct
{
  const char   *folder;
  const char   *experiment;
  GPtrArray    *runs;
  GCancellable *cancellable;
} Listing;

/* A run that is being read. */
typedef struct
{
  const GranaryRun *run;
  char             *experiment;
  char             *id;
  int               store_fd;
  int               fd;
  GCancellable     *cancellable;
} Reading;

/* Auxiliary functions */

static void
reading_clear (Reading *self)
{
  g_free (self->experiment);
  g_free (self->id);
  g_clear_fd (&self->store_fd, NULL);
  g_clear_fd (&self->fd, NULL);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reading, reading_clear)

/* Names that MLflow keeps for itself beside experiments and runs. */
static gboolean
name_is_reserved (const char *name)
{
  static const char *const reserved[] = { "models", "tags", "datasets", "traces", NULL };

  return *name == '.' || g_strv_contains (reserved, name);
}

static gboolean
is_folder (int                  fd,
           const struct dirent *entry)
{
  struct stat status;

  if (entry->d_type != DT_UNKNOWN)
    return entry->d_type == DT_DIR;

  return fstatat (fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISDIR (status.st_mode);
}

/* Calls @func for the folders in @fd, which is taken, until it returns FALSE. */
static void
each_folder (int       fd,
             EntryFunc func,
             gpointer  data)
{
  DIR *dir = fdopendir (fd);
  const struct dirent *entry;

  if (dir == NULL)
    {
      close (fd);
      return;
    }
  while ((entry = readdir (dir)) != NULL)
    {
      if (entry->d_name[0] != '.' && is_folder (fd, entry) && !func (fd, entry, data))
        break;
    }

  closedir (dir);
}

static JsonNode *
read_meta (int          fd,
           const char  *folder,
           GError     **error)
{
  g_autofree char *path = folder != NULL ? g_build_filename (folder, META, NULL)
                                         : g_strdup (META);
  g_autofree char *text = NULL;
  g_autofree char *shown = granary_display_path (path);
  gsize length;

  text = granary_run_read_at (fd, path, MAX_META, &length, error);
  if (text == NULL)
    return NULL;

  return granary_yaml_parse (text, (gssize) length, shown, error);
}

static char *
read_tag (int         fd,
          const char *name)
{
  g_autofree char *path = g_build_filename ("tags", name, NULL);
  char *text = granary_run_read_at (fd, path, MAX_TAG, NULL, NULL);

  return text != NULL ? g_strchomp (text) : NULL;
}

static gint64
get_time (JsonNode   *meta,
          const char *name)
{
  gint64 ms;

  return granary_json_get_int (meta, name, &ms) ? granary_mlflow_parse_time (ms) : 0;
}

static gboolean
is_deleted (JsonNode *meta)
{
  return g_strcmp0 (granary_json_get_string (meta, "lifecycle_stage"), "deleted") == 0;
}

/* Listing */

/* The folder of an experiment says so: other tools number folders as well. */
static gboolean
is_experiment (const char *folder,
               const char *name)
{
  g_autofd int fd = open (folder, FOLDER_FLAGS);
  g_autoptr (JsonNode) meta = fd >= 0 ? read_meta (fd, name, NULL) : NULL;

  return granary_json_get_string (meta, "artifact_location") != NULL &&
         granary_json_lookup (meta, "experiment_id") != NULL;
}

static gboolean
claims (const char *folder,
        GHashTable *names)
{
  g_autofree char *base = g_path_get_basename (folder);
  GHashTableIter iter;
  gpointer name;
  guint n_tried = 0;

  if (g_str_equal (base, "mlruns"))
    return TRUE;
  if (g_hash_table_contains (names, "0"))
    return is_experiment (folder, "0");

  g_hash_table_iter_init (&iter, names);
  while (n_tried < MAX_TRIED && g_hash_table_iter_next (&iter, &name, NULL))
    {
      const char *digits = name;

      /* Ids are 18 digits since MLflow 2, and were counted before. */
      if (strspn (digits, "0123456789") != strlen (digits))
        continue;
      if (is_experiment (folder, digits))
        return TRUE;
      n_tried++;
    }

  return FALSE;
}

static gboolean
list_run (int                  fd,
          const struct dirent *entry,
          gpointer             data)
{
  Listing *self = data;
  g_autofree char *path = NULL;
  g_autofree char *key = NULL;
  struct stat status;
  gint64 mtime;

  if (name_is_reserved (entry->d_name))
    return TRUE;

  /* MLflow writes it anew whenever a run begins, ends, is renamed, deleted or restored. */
  path = g_strconcat (entry->d_name, "/" META, NULL);
  if (fstatat (fd, path, &status, AT_SYMLINK_NOFOLLOW) != 0)
    return TRUE;

  key = g_strconcat (self->experiment, "/", entry->d_name, NULL);
  mtime = (gint64) status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
  g_ptr_array_add (self->runs, granary_run_new (&granary_mlflow_files_reader, self->folder, key,
                                                mtime));
  return self->runs->len < MAX_RUNS && !g_cancellable_is_cancelled (self->cancellable);
}

static gboolean
list_experiment (int                  fd,
                 const struct dirent *entry,
                 gpointer             data)
{
  Listing *self = data;
  int below;

  if (name_is_reserved (entry->d_name))
    return TRUE;

  below = openat (fd, entry->d_name, FOLDER_FLAGS | O_NOFOLLOW);
  self->experiment = entry->d_name;
  if (below >= 0)
    each_folder (below, list_run, self);

  return self->runs->len < MAX_RUNS && !g_cancellable_is_cancelled (self->cancellable);
}

static gboolean
list (const char    *folder,
      GPtrArray     *runs,
      GCancellable  *cancellable,
      GError       **error)
{
  Listing self = { folder, NULL, runs, cancellable };
  int fd = open (folder, FOLDER_FLAGS);

  if (fd < 0)
    {
      g_autofree char *shown = granary_display_path (folder);

      granary_set_error_from_errno (error, errno, shown, "list");
      return FALSE;
    }
  each_folder (fd, list_experiment, &self);

  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/* Reading */

static gboolean
open_run (Reading  *self,
          GError  **error)
{
  g_auto (GStrv) parts = g_strsplit (self->run->key, "/", 3);
  g_autofree char *path = g_build_filename (self->run->folder, self->run->key, NULL);
  g_autofree char *shown = granary_display_path (path);

  if (g_strv_length (parts) != 2 || !granary_mlflow_id_is_plain (parts[0]) ||
      !granary_mlflow_id_is_plain (parts[1]))
    {
      granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_TASK_MISSING, shown,
                         "no key of a run: %s", shown);
      return FALSE;
    }
  self->experiment = g_strdup (parts[0]);
  self->id = g_strdup (parts[1]);

  self->store_fd = open (self->run->folder, FOLDER_FLAGS);
  if (self->store_fd >= 0)
    self->fd = granary_folder_open_beneath (self->store_fd, self->run->key, FOLDER_FLAGS);
  if (self->fd >= 0)
    return TRUE;

  if (errno == ENOENT || errno == ENOTDIR || errno == EXDEV)
    granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_TASK_MISSING, shown,
                       "open %s: %s", shown, g_strerror (errno));
  else
    granary_set_error_from_errno (error, errno, shown, "open");
  return FALSE;
}

/* MLflow 3 and 2 write a number, MLflow 0 wrote a word. */
static char *
get_status (JsonNode *meta)
{
  static const char *const statuses[] = { NULL, "RUNNING", "SCHEDULED", "FINISHED", "FAILED",
                                          "KILLED" };
  gint64 number;

  if (granary_json_get_int (meta, "status", &number))
    return number > 0 && number < (gint64) G_N_ELEMENTS (statuses) ? g_strdup (statuses[number])
                                                                  : NULL;

  return g_strdup (granary_json_get_string (meta, "status"));
}

static GranaryMlflowFacts *
make_facts (Reading  *self,
            JsonNode *meta)
{
  GranaryMlflowFacts *facts = granary_mlflow_facts_new (self->id, self->experiment);
  g_autoptr (JsonNode) experiment = read_meta (self->store_fd, self->experiment, NULL);
  const char *name = granary_json_get_string (meta, "run_name");

  /* Before MLflow 2 it was a tag alone. */
  if (name == NULL || *name == '\0')
    facts->name = read_tag (self->fd, "mlflow.runName");
  else
    facts->name = g_strdup (name);
  facts->group = g_strdup (granary_json_get_string (experiment, "name"));
  if (facts->group == NULL)
    facts->group = g_strdup (self->experiment);

  facts->status = get_status (meta);
  facts->started = get_time (meta, "start_time");
  facts->finished = get_time (meta, "end_time");
  facts->artifact_uri = g_strdup (granary_json_get_string (meta, "artifact_uri"));

  return facts;
}

/* Models */

typedef struct
{
  Reading   *reading;
  GPtrArray *models;
  gboolean   with_metrics;
  gboolean   by_source; /* whether a model must name the run to be its own */
  guint      n_seen;
} ModelSearch;

static gboolean
add_model (int                  fd,
           const struct dirent *entry,
           gpointer             data)
{
  ModelSearch *self = data;
  Reading *reading = self->reading;
  g_autofree char *folder = g_build_filename (reading->experiment, "models", entry->d_name, NULL);
  g_autofree char *metrics = g_build_filename (folder, "metrics", NULL);
  g_autoptr (JsonNode) meta = NULL;
  GranaryMlflowModel *model;

  if (self->n_seen++ >= MAX_MODELS_SEEN || g_cancellable_is_cancelled (reading->cancellable))
    return FALSE;
  meta = read_meta (reading->store_fd, folder, NULL);
  if (meta == NULL || is_deleted (meta))
    return TRUE;
  if (self->by_source &&
      g_strcmp0 (granary_json_get_string (meta, "source_run_id"), reading->id) != 0)
    return TRUE;

  model = granary_mlflow_model_new (entry->d_name);
  model->name = g_strdup (granary_json_get_string (meta, "name"));
  model->artifact_uri = g_strdup (granary_json_get_string (meta, "artifact_location"));
  if (self->with_metrics)
    model->metrics = granary_mlflow_metrics_read (reading->store_fd, metrics,
                                                  reading->cancellable);
  g_ptr_array_add (self->models, model);

  return self->models->len < MAX_MODELS;
}

/* The newest is at the end of none of the folders: they are ordered by the outputs' names. */
static GPtrArray *
read_models (Reading  *reading,
             gboolean  with_metrics)
{
  GPtrArray *models = g_ptr_array_new_with_free_func (
    (GDestroyNotify) granary_mlflow_model_free);
  ModelSearch self = { reading, models, with_metrics, FALSE, 0 };
  g_autofree char *folder = g_build_filename (reading->experiment, "models", NULL);
  int fd;

  fd = granary_folder_open_beneath (reading->fd, "outputs", FOLDER_FLAGS);
  if (fd >= 0)
    each_folder (fd, add_model, &self);
  if (models->len > 0 || !with_metrics)
    return models;

  self.by_source = TRUE;
  self.n_seen = 0;
  fd = granary_folder_open_beneath (reading->store_fd, folder, FOLDER_FLAGS);
  if (fd >= 0)
    each_folder (fd, add_model, &self);

  return models;
}

/* NULL without an error for a run that was deleted. */
static GranaryTaskDetails *
read_details (Reading   *self,
              gboolean   with_metrics,
              GError   **error)
{
  g_autofree char *base = NULL;
  g_autoptr (JsonNode) meta = NULL;
  g_autoptr (GranaryMlflowFacts) facts = NULL;
  g_autoptr (GPtrArray) models = NULL;
  g_autoptr (GPtrArray) metrics = NULL;
  GranaryMlflowPlace place;

  if (!open_run (self, error))
    return NULL;
  meta = read_meta (self->fd, NULL, error);
  if (meta == NULL || is_deleted (meta))
    return NULL;

  facts = make_facts (self, meta);
  models = read_models (self, with_metrics);
  if (with_metrics)
    metrics = granary_mlflow_metrics_read (self->fd, "metrics", self->cancellable);
  if (models->len == 0)
    facts->history = read_tag (self->fd, "mlflow.log-model.history");

  base = g_path_get_dirname (self->run->folder);
  place.store = self->run->folder;
  place.base = base;
  return granary_mlflow_make_details (self->run, facts, &place, models, metrics,
                                      self->cancellable, error);
}

static GranaryTask *
read_row (const GranaryRun  *run,
          GCancellable      *cancellable,
          GError           **error)
{
  g_auto (Reading) self = { .run = run, .store_fd = -1, .fd = -1, .cancellable = cancellable };
  g_autoptr (GError) problem = NULL;
  g_autoptr (GranaryTaskDetails) details = read_details (&self, FALSE, &problem);

  if (details != NULL)
    return granary_task_ref (details->task);
  if (problem == NULL)
    return NULL;
  if (granary_error_is_cancelled (problem))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }

  return granary_mlflow_make_problem (run, g_steal_pointer (&problem));
}

static GranaryTaskDetails *
load (const GranaryRun  *run,
      GCancellable      *cancellable,
      GError           **error)
{
  g_auto (Reading) self = { .run = run, .store_fd = -1, .fd = -1, .cancellable = cancellable };
  g_autoptr (GError) problem = NULL;
  GranaryTaskDetails *details = read_details (&self, TRUE, &problem);

  if (details == NULL && problem == NULL)
    {
      g_autofree char *shown = granary_display_path (run->key);

      granary_set_error (&problem, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_TASK_MISSING, shown,
                         "%s was deleted", shown);
    }
  if (problem != NULL)
    g_propagate_error (error, g_steal_pointer (&problem));

  return details;
}

const GranaryRunReader granary_mlflow_files_reader = {
  .id = "mlflow",
  .tool = "MLflow",
  .claims = claims,
  .list = list,
  .read = read_row,
  .load = load,
};
