/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-file-choice-private.h"

#include "granary-file-check.h"
#include "granary-inspect.h"
#include "granary-text-folder-private.h"
#include "granary-worker.h"

/* What a look at the files gives. */
typedef struct
{
  GranaryInspection *inspection; /* (owned) */
  GError            *config;     /* (owned) (nullable) */
  GError            *service;    /* (owned) (nullable) */
  char              *text;       /* (owned) (nullable): of config.json */
} Look;

typedef struct
{
  GranaryFileSet *set;        /* (owned) */
  gboolean        has_config_text;
  gboolean        has_service_text;
} LookJob;

typedef struct
{
  GranaryTextFolder *folder; /* (owned) */
  GHashTable        *texts;  /* (owned) */
} WriteJob;

/* One piece of work under way. */
typedef struct
{
  GWeakRef      owner;
  GCancellable *cancellable; /* (owned) */
} Pending;

struct _GranaryFileChoice
{
  GObject            parent_instance;

  GranaryWorker     *worker;     /* (owned) */
  GranaryFileSet    *chosen;     /* (owned) */
  GHashTable        *texts;      /* (owned): target → text */
  GranaryFileSet    *written;    /* (owned): where the texts are */
  GranaryFileSet    *set;        /* (owned): both together */
  GranaryInspection *inspection; /* (owned) (nullable) */
  GError            *config;     /* (owned) (nullable): of the chosen file */
  GError            *service;    /* (owned) (nullable): of the chosen file */
  char              *text;       /* (owned) (nullable): of the chosen config.json */
  GHashTable        *problems;   /* (owned): target → GError of a text */
  GError            *unwritten;  /* (owned) (nullable): why texts could not be written */
  GranaryTextFolder *folder;     /* (owned) */

  GCancellable      *scanning;   /* (owned): of all scans */
  GCancellable      *looking;    /* (owned) (nullable): of the latest look */
  GCancellable      *writing;    /* (owned) (nullable): of the latest write */
  guint              n_pending;
};

G_DEFINE_FINAL_TYPE (GranaryFileChoice, granary_file_choice, G_TYPE_OBJECT)

enum
{
  CHANGED,
  INSPECTED,
  BUSY_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
look_free (gpointer data)
{
  Look *look = data;

  g_clear_object (&look->inspection);
  g_clear_error (&look->config);
  g_clear_error (&look->service);
  g_free (look->text);
  g_free (look);
}

static void
look_job_free (gpointer data)
{
  LookJob *job = data;

  g_clear_object (&job->set);
  g_free (job);
}

static void
write_job_free (gpointer data)
{
  WriteJob *job = data;

  granary_text_folder_unref (job->folder);
  g_hash_table_unref (job->texts);
  g_free (job);
}

/* Pending work */

static void
set_pending (GranaryFileChoice *self,
             int                difference)
{
  gboolean was_busy = self->n_pending > 0;

  self->n_pending = (guint) ((int) self->n_pending + difference);
  if (was_busy != (self->n_pending > 0))
    g_signal_emit (self, signals[BUSY_CHANGED], 0);
}

static Pending *
pending_new (GranaryFileChoice *self,
             GCancellable      *cancellable)
{
  Pending *pending = g_new0 (Pending, 1);

  g_weak_ref_init (&pending->owner, self);
  pending->cancellable = g_object_ref (cancellable);
  set_pending (self, 1);

  return pending;
}

/* Ends it. Returns the owner if it still is there; @is_wanted tells whether the result counts. */
static GranaryFileChoice *
pending_end (Pending  *pending,
             gboolean *is_wanted)
{
  GranaryFileChoice *self = g_weak_ref_get (&pending->owner);

  *is_wanted = self != NULL && !g_cancellable_is_cancelled (pending->cancellable);
  g_weak_ref_clear (&pending->owner);
  g_object_unref (pending->cancellable);
  g_free (pending);

  return self;
}

static void
replace_cancellable (GCancellable **cancellable)
{
  if (*cancellable != NULL)
    g_cancellable_cancel (*cancellable);
  g_clear_object (cancellable);
  *cancellable = g_cancellable_new ();
}

/* Looking at the files */

static void
look_thread (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  LookJob *job = task_data;
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  g_autoptr (GPtrArray) targets = g_ptr_array_new ();
  g_autofree Look *look = g_new0 (Look, 1);
  guint n_files = granary_file_set_get_n_files (job->set);
  GError *error = NULL;

  for (guint i = 0; i < n_files; i++)
    {
      const GranarySourceFile *file = granary_file_set_get_file (job->set, i);

      g_ptr_array_add (paths, file->path);
      g_ptr_array_add (targets, file->target);
      if (!job->has_config_text && g_str_equal (file->target, GRANARY_CONFIG_FILE) &&
          granary_check_file (file->path, file->target, &look->config))
        g_file_get_contents (file->path, &look->text, NULL, NULL);
      if (!job->has_service_text && g_str_equal (file->target, GRANARY_SERVICE_FILE))
        granary_check_file (file->path, file->target, &look->service);
    }
  g_ptr_array_add (paths, NULL);
  g_ptr_array_add (targets, NULL);

  look->inspection = granary_inspect_files ((const char * const *) paths->pdata,
                                            (const char * const *) targets->pdata,
                                            cancellable, &error);
  if (look->inspection != NULL)
    g_task_return_pointer (task, g_steal_pointer (&look), look_free);
  else
    {
      g_clear_error (&look->config);
      g_clear_error (&look->service);
      g_free (look->text);
      g_task_return_error (task, error);
    }
}

static void
look_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  gboolean is_wanted;
  g_autoptr (GranaryFileChoice) self = pending_end (user_data, &is_wanted);
  Look *look = g_task_propagate_pointer (G_TASK (result), NULL);

  if (is_wanted && look != NULL)
    {
      g_set_object (&self->inspection, look->inspection);
      g_clear_error (&self->config);
      g_clear_error (&self->service);
      self->config = g_steal_pointer (&look->config);
      self->service = g_steal_pointer (&look->service);
      if (!g_hash_table_contains (self->texts, GRANARY_CONFIG_FILE))
        {
          g_free (self->text);
          self->text = g_steal_pointer (&look->text);
        }
      g_signal_emit (self, signals[INSPECTED], 0);
    }
  g_clear_pointer (&look, look_free);
  if (self != NULL)
    set_pending (self, -1);
}

static void
start_look (GranaryFileChoice *self)
{
  g_autoptr (GTask) task = NULL;
  LookJob *job;

  replace_cancellable (&self->looking);
  job = g_new0 (LookJob, 1);
  job->set = g_object_ref (self->set);
  job->has_config_text = g_hash_table_contains (self->texts, GRANARY_CONFIG_FILE);
  job->has_service_text = g_hash_table_contains (self->texts, GRANARY_SERVICE_FILE);

  task = g_task_new (NULL, self->looking, look_cb, pending_new (self, self->looking));
  g_task_set_source_tag (task, start_look);
  g_task_set_task_data (task, job, look_job_free);
  granary_worker_run (self->worker, task, look_thread);
}

/* Puts the chosen files and the texts together; a text stands in for the file of its name. */
static void
compose (GranaryFileChoice *self)
{
  static const char * const names[] = { GRANARY_CONFIG_FILE, GRANARY_SERVICE_FILE };
  g_autoptr (GranaryFileSet) set = g_object_ref (self->chosen);
  g_autoptr (GranaryFileSet) written = g_object_ref (self->written);

  /* A text taken back may still be among the written ones. */
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GranaryFileSet **from = g_hash_table_contains (self->texts, names[i]) ? &set : &written;
      g_autoptr (GranaryFileSet) rest = granary_file_set_without (*from, names[i]);

      g_set_object (from, rest);
    }

  if (granary_file_set_get_n_files (written) > 0)
    {
      g_autoptr (GranaryFileSet) both = granary_file_set_merge (set, written);

      g_set_object (&set, both);
    }

  g_set_object (&self->set, set);
  start_look (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Scanning */

static void
scan_thread (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  GError *error = NULL;
  GranaryFileSet *set = granary_file_set_scan (task_data, NULL, cancellable, &error);

  if (set != NULL)
    g_task_return_pointer (task, set, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
scan_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  gboolean is_wanted;
  g_autoptr (GranaryFileChoice) self = pending_end (user_data, &is_wanted);
  g_autoptr (GranaryFileSet) found = g_task_propagate_pointer (G_TASK (result), NULL);

  if (is_wanted && found != NULL)
    {
      g_autoptr (GranaryFileSet) both = granary_file_set_merge (self->chosen, found);

      g_set_object (&self->chosen, both);
      compose (self);
    }
  if (self != NULL)
    set_pending (self, -1);
}

/* Writing texts */

static void
write_thread (GTask        *task,
              gpointer      source_object,
              gpointer      task_data,
              GCancellable *cancellable)
{
  WriteJob *job = task_data;
  g_autofree char *path = NULL;
  GranaryFileSet *set;
  GError *error = NULL;

  path = granary_text_folder_write (job->folder, job->texts, &error);
  if (path == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  set = granary_file_set_scan ((const char *[]) { path, NULL }, NULL, cancellable, &error);
  if (set != NULL)
    g_task_return_pointer (task, set, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
write_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  gboolean is_wanted;
  g_autoptr (GranaryFileChoice) self = pending_end (user_data, &is_wanted);
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryFileSet) set = g_task_propagate_pointer (G_TASK (result), &error);

  if (is_wanted)
    {
      g_clear_error (&self->unwritten);
      if (set != NULL)
        g_set_object (&self->written, set);
      else
        self->unwritten = g_steal_pointer (&error);
      compose (self);
    }
  if (self != NULL)
    set_pending (self, -1);
}

static void
start_write (GranaryFileChoice *self)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GranaryFileSet) none = granary_file_set_new_empty ();
  GHashTableIter iter;
  gpointer target, text;
  WriteJob *job;

  /* What was written before counts no longer, nor does what was not. */
  replace_cancellable (&self->writing);
  g_clear_error (&self->unwritten);
  if (g_hash_table_size (self->texts) == 0)
    {
      g_set_object (&self->written, none);
      compose (self);
      return;
    }

  job = g_new0 (WriteJob, 1);
  job->folder = granary_text_folder_ref (self->folder);
  job->texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_iter_init (&iter, self->texts);
  while (g_hash_table_iter_next (&iter, &target, &text))
    g_hash_table_insert (job->texts, g_strdup (target), g_strdup (text));

  task = g_task_new (NULL, self->writing, write_cb, pending_new (self, self->writing));
  g_task_set_source_tag (task, start_write);
  g_task_set_task_data (task, job, write_job_free);
  granary_worker_run (self->worker, task, write_thread);
}

static void
remove_thread (GTask        *task,
               gpointer      source_object,
               gpointer      task_data,
               GCancellable *cancellable)
{
  granary_text_folder_remove (task_data);
  g_task_return_boolean (task, TRUE);
}

static void
granary_file_choice_dispose (GObject *object)
{
  GranaryFileChoice *self = GRANARY_FILE_CHOICE (object);

  g_cancellable_cancel (self->scanning);
  g_cancellable_cancel (self->looking);
  g_cancellable_cancel (self->writing);

  if (self->folder != NULL)
    {
      g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

      g_task_set_source_tag (task, granary_file_choice_dispose);
      g_task_set_task_data (task, g_steal_pointer (&self->folder),
                            granary_text_folder_unref);
      granary_worker_run (self->worker, task, remove_thread);
    }

  G_OBJECT_CLASS (granary_file_choice_parent_class)->dispose (object);
}

static void
granary_file_choice_finalize (GObject *object)
{
  GranaryFileChoice *self = GRANARY_FILE_CHOICE (object);

  g_clear_object (&self->worker);
  g_clear_object (&self->chosen);
  g_clear_object (&self->written);
  g_clear_object (&self->set);
  g_clear_object (&self->inspection);
  g_clear_object (&self->scanning);
  g_clear_object (&self->looking);
  g_clear_object (&self->writing);
  g_clear_error (&self->config);
  g_clear_error (&self->service);
  g_clear_error (&self->unwritten);
  g_free (self->text);
  g_hash_table_unref (self->texts);
  g_hash_table_unref (self->problems);

  G_OBJECT_CLASS (granary_file_choice_parent_class)->finalize (object);
}

static void
granary_file_choice_class_init (GranaryFileChoiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = granary_file_choice_dispose;
  object_class->finalize = granary_file_choice_finalize;

  signals[CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[INSPECTED] =
    g_signal_new ("inspected", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[BUSY_CHANGED] =
    g_signal_new ("busy-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
granary_file_choice_init (GranaryFileChoice *self)
{
  self->worker = granary_worker_new ("granary-draft", 1);
  self->chosen = granary_file_set_new_empty ();
  self->written = granary_file_set_new_empty ();
  self->set = granary_file_set_new_empty ();
  self->texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->problems = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                          (GDestroyNotify) g_error_free);
  self->folder = granary_text_folder_new ();
  self->scanning = g_cancellable_new ();
}

GranaryFileChoice *
granary_file_choice_new (void)
{
  return g_object_new (GRANARY_TYPE_FILE_CHOICE, NULL);
}

/* Finds the files of @paths and adds them. */
void
granary_file_choice_add_paths (GranaryFileChoice   *self,
                               const char * const  *paths)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (GRANARY_IS_FILE_CHOICE (self));
  g_return_if_fail (paths != NULL);

  task = g_task_new (NULL, self->scanning, scan_cb, pending_new (self, self->scanning));
  g_task_set_source_tag (task, granary_file_choice_add_paths);
  g_task_set_task_data (task, g_strdupv ((char **) paths), (GDestroyNotify) g_strfreev);
  granary_worker_run (self->worker, task, scan_thread);
}

/* Takes a file, or a folder with all that is in it, out again; or a problem by its subject. */
void
granary_file_choice_remove (GranaryFileChoice *self,
                            const char        *target)
{
  g_autoptr (GranaryFileSet) rest = NULL;

  g_return_if_fail (GRANARY_IS_FILE_CHOICE (self));
  g_return_if_fail (target != NULL);

  rest = granary_file_set_without (self->chosen, target);
  g_set_object (&self->chosen, rest);
  if (g_hash_table_contains (self->texts, target))
    granary_file_choice_set_text (self, target, NULL);
  else
    compose (self);
}

/* Gives up what of the chosen files and folders cannot be stored. */
void
granary_file_choice_remove_problems (GranaryFileChoice *self)
{
  g_autoptr (GranaryFileSet) rest = NULL;

  g_return_if_fail (GRANARY_IS_FILE_CHOICE (self));

  rest = granary_file_set_without_problems (self->chosen);
  g_set_object (&self->chosen, rest);
  compose (self);
}

void
granary_file_choice_clear (GranaryFileChoice *self)
{
  g_autoptr (GranaryFileSet) none = granary_file_set_new_empty ();

  g_return_if_fail (GRANARY_IS_FILE_CHOICE (self));

  replace_cancellable (&self->scanning);
  g_set_object (&self->chosen, none);
  g_hash_table_remove_all (self->texts);
  g_hash_table_remove_all (self->problems);
  start_write (self);
}

/* Only config.json and model_service.py; %NULL takes a text back. */
void
granary_file_choice_set_text (GranaryFileChoice *self,
                              const char        *target,
                              const char        *text)
{
  GError *error = NULL;

  g_return_if_fail (GRANARY_IS_FILE_CHOICE (self));
  g_return_if_fail (g_strcmp0 (target, GRANARY_CONFIG_FILE) == 0 ||
                    g_strcmp0 (target, GRANARY_SERVICE_FILE) == 0);

  if (g_strcmp0 (g_hash_table_lookup (self->texts, target), text) == 0)
    return;

  g_hash_table_remove (self->problems, target);
  if (text == NULL)
    g_hash_table_remove (self->texts, target);
  else
    {
      g_hash_table_insert (self->texts, g_strdup (target), g_strdup (text));
      if (!(g_str_equal (target, GRANARY_CONFIG_FILE)
            ? granary_check_config_text (text, -1, NULL, &error)
            : granary_check_service_text (text, -1, NULL, &error)))
        g_hash_table_insert (self->problems, g_strdup (target), error);
    }

  start_write (self);
}

const char *
granary_file_choice_get_text (GranaryFileChoice *self,
                              const char        *target)
{
  g_return_val_if_fail (GRANARY_IS_FILE_CHOICE (self), NULL);
  g_return_val_if_fail (target != NULL, NULL);

  return g_hash_table_lookup (self->texts, target);
}

/* config.json as it will be stored: what was written, else the chosen file's content once it was
 * looked at and is right; NULL when there is none. */
const char *
granary_file_choice_get_config (GranaryFileChoice *self)
{
  const char *text;

  g_return_val_if_fail (GRANARY_IS_FILE_CHOICE (self), NULL);

  text = g_hash_table_lookup (self->texts, GRANARY_CONFIG_FILE);

  return text != NULL ? text : self->text;
}

/* The content of the chosen config.json, whatever was written in its place. */
const char *
granary_file_choice_get_chosen_config (GranaryFileChoice *self)
{
  g_return_val_if_fail (GRANARY_IS_FILE_CHOICE (self), NULL);

  return self->text;
}

GranaryFileSet *
granary_file_choice_get_set (GranaryFileChoice *self)
{
  g_return_val_if_fail (GRANARY_IS_FILE_CHOICE (self), NULL);

  return self->set;
}

/* Without the texts. */
GranaryFileSet *
granary_file_choice_get_chosen (GranaryFileChoice *self)
{
  g_return_val_if_fail (GRANARY_IS_FILE_CHOICE (self), NULL);

  return self->chosen;
}

GranaryInspection *
granary_file_choice_get_inspection (GranaryFileChoice *self)
{
  g_return_val_if_fail (GRANARY_IS_FILE_CHOICE (self), NULL);

  return self->inspection;
}

/* What is wrong with config.json or model_service.py, wherever it comes from. */
const GError *
granary_file_choice_get_problem (GranaryFileChoice *self,
                                 const char        *target)
{
  g_return_val_if_fail (GRANARY_IS_FILE_CHOICE (self), NULL);
  g_return_val_if_fail (target != NULL, NULL);

  if (g_hash_table_contains (self->texts, target))
    {
      const GError *problem = g_hash_table_lookup (self->problems, target);

      return problem != NULL ? problem : self->unwritten;
    }
  if (granary_file_set_find (self->set, target) == NULL)
    return NULL;

  return g_str_equal (target, GRANARY_CONFIG_FILE) ? self->config : self->service;
}

gboolean
granary_file_choice_is_busy (GranaryFileChoice *self)
{
  g_return_val_if_fail (GRANARY_IS_FILE_CHOICE (self), FALSE);

  return self->n_pending > 0;
}
