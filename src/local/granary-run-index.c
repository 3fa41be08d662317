/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-run-index-private.h"

#include <string.h>

#include "granary-error.h"
#include "granary-names.h"
#include "granary-worker.h"

/* What was found is good for searching in, and for the next page, as long as this. */
#define OLD_US (30 * G_USEC_PER_SEC)
/* How long a user waits before what was found so far is better than nothing. */
#define PATIENCE_US (G_USEC_PER_SEC / 2)
#define LOOK_US (G_USEC_PER_SEC / 20)
#define MAX_ROWS 50000

/* A row as it was read last. */
typedef struct
{
  gint64       mtime;
  GranaryTask *task; /* (owned) (nullable): NULL for a run that is left out */
} Row;

/* Finding runs needs a look at all folders, reading one needs its files: so the first is done as a
 * whole, by one thread, and the second only for what is asked for, by the threads that ask. */
struct _GranaryRunIndex
{
  GMutex               lock;
  GCond                moved;
  GStrv                folders;     /* under lock */
  GranaryRunSnapshot  *snapshot;    /* (nullable) under lock: the last that is whole */
  gint64               searched_at; /* monotonic; under lock: when @snapshot was begun */
  GPtrArray           *partial;     /* (nullable) under lock: found by the search under way */
  gboolean             is_awaited;  /* under lock: something of @partial was handed out */
  guint64              asked;       /* under lock: number of the last search asked for */
  guint64              done;        /* under lock: number of the last one that is over */
  GHashTable          *rows;        /* under lock: uid → Row */
  gboolean             leaves_out;  /* under lock: some of @rows is left out */
  GCancellable        *closing;
  GranaryWorker       *worker;
  GranaryRunIndexFunc  func;
  gpointer             data;
  GDestroyNotify       data_free;
};

/* Auxiliary functions */

static void
row_free (gpointer data)
{
  Row *self = data;

  g_clear_pointer (&self->task, granary_task_unref);
  g_free (self);
}

static void
snapshot_clear (gpointer data)
{
  GranaryRunSnapshot *self = data;

  g_ptr_array_unref (self->runs);
  g_clear_error (&self->note);
}

static void
index_clear (gpointer data)
{
  GranaryRunIndex *self = data;

  if (self->data_free != NULL)
    self->data_free (self->data);
  g_strfreev (self->folders);
  g_clear_pointer (&self->snapshot, granary_run_snapshot_unref);
  g_clear_pointer (&self->partial, g_ptr_array_unref);
  g_hash_table_unref (self->rows);
  g_object_unref (self->closing);
  g_object_unref (self->worker);
  g_cond_clear (&self->moved);
  g_mutex_clear (&self->lock);
}

static int
compare_runs (gconstpointer a,
              gconstpointer b)
{
  const GranaryRun *first = *(const GranaryRun *const *) a;
  const GranaryRun *second = *(const GranaryRun *const *) b;
  int order;

  if (first->mtime != second->mtime)
    return first->mtime > second->mtime ? -1 : 1;
  order = strcmp (first->folder, second->folder);
  if (order == 0)
    order = strcmp (first->key, second->key);

  return order != 0 ? order : strcmp (first->reader->id, second->reader->id);
}

static GranaryRunSnapshot *
snapshot_new (GPtrArray *runs,
              GError    *note)
{
  GranaryRunSnapshot *self = g_atomic_rc_box_new0 (GranaryRunSnapshot);

  self->runs = runs;
  self->note = note;
  g_ptr_array_sort (runs, compare_runs);
  return self;
}

/* What is there of a search under way, for those who do not want to wait. Under lock. */
static GranaryRunSnapshot *
copy_partial (GranaryRunIndex *self)
{
  GPtrArray *runs = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_run_free);

  for (guint i = 0; i < self->partial->len; i++)
    {
      const GranaryRun *run = g_ptr_array_index (self->partial, i);

      g_ptr_array_add (runs, granary_run_new (run->reader, run->folder, run->key, run->mtime));
    }

  return snapshot_new (runs, NULL);
}

static void
found_cb (GPtrArray *runs,
          gpointer   data)
{
  GranaryRunIndex *self = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_ptr_array_extend_and_steal (self->partial, g_ptr_array_ref (runs));
}

/* Searches @folders; NULL when called off. */
static GranaryRunSnapshot *
search (GranaryRunIndex    *self,
        const char * const *folders)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (GPtrArray) runs = NULL;
  g_autoptr (GError) note = NULL;
  gboolean is_whole;

  self->partial = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_run_free);
  g_clear_pointer (&locker, g_mutex_locker_free);
  is_whole = granary_run_walk (folders, found_cb, self, &note, self->closing, NULL);

  locker = g_mutex_locker_new (&self->lock);
  runs = g_steal_pointer (&self->partial);
  g_clear_pointer (&locker, g_mutex_locker_free);

  return is_whole ? snapshot_new (g_steal_pointer (&runs), g_steal_pointer (&note)) : NULL;
}

static void
search_thread (GTask        *task,
               gpointer      source,
               gpointer      data,
               GCancellable *cancellable)
{
  GranaryRunIndex *self = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gboolean is_awaited = FALSE;

  /* One search answers all that was asked before it began, unless the folders are others then. */
  while (self->done < self->asked)
    {
      g_auto (GStrv) folders = g_strdupv (self->folders);
      gint64 begun = g_get_monotonic_time ();
      guint64 number = self->asked;
      GranaryRunSnapshot *snapshot;

      g_clear_pointer (&locker, g_mutex_locker_free);
      snapshot = search (self, (const char * const *) folders);
      locker = g_mutex_locker_new (&self->lock);
      if (snapshot == NULL)
        break;
      if (!g_strv_equal ((const char * const *) folders, (const char * const *) self->folders))
        {
          granary_run_snapshot_unref (snapshot);
          continue;
        }

      g_clear_pointer (&self->snapshot, granary_run_snapshot_unref);
      self->snapshot = snapshot;
      self->searched_at = begun;
      self->done = number;
      is_awaited |= self->is_awaited;
      self->is_awaited = FALSE;
      g_cond_broadcast (&self->moved);
    }
  g_clear_pointer (&locker, g_mutex_locker_free);

  if (is_awaited)
    self->func (self->data);
  g_task_return_boolean (task, TRUE);
}

static void
begin_search (GranaryRunIndex *self)
{
  g_autoptr (GTask) task = g_task_new (NULL, self->closing, NULL, NULL);

  g_task_set_source_tag (task, begin_search);
  g_task_set_task_data (task, granary_run_index_ref (self),
                        (GDestroyNotify) granary_run_index_unref);
  granary_worker_run (self->worker, task, search_thread);
}

/* Waits for a search that begins from now on, unless an older one will do, or something is to be
 * shown before. */
static GranaryRunSnapshot *
wait_for_snapshot (GranaryRunIndex  *self,
                   gboolean          may_be_old,
                   gboolean          in_parts,
                   gboolean         *is_partial,
                   GCancellable     *cancellable,
                   GError          **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gint64 now = g_get_monotonic_time ();
  gint64 patience = now + PATIENCE_US;
  guint64 number;

  *is_partial = FALSE;
  if (may_be_old && self->snapshot != NULL && now - self->searched_at < OLD_US)
    return granary_run_snapshot_ref (self->snapshot);

  number = ++self->asked;
  begin_search (self);
  while (self->done < number || self->snapshot == NULL)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          g_cancellable_set_error_if_cancelled (self->closing, error))
        return NULL;

      /* The folders became others between the end of the search and here. */
      if (self->done >= number)
        {
          number = ++self->asked;
          begin_search (self);
        }
      now = g_get_monotonic_time ();
      if (in_parts && now >= patience)
        {
          *is_partial = TRUE;
          if (self->snapshot != NULL)
            {
              self->is_awaited = TRUE;
              return granary_run_snapshot_ref (self->snapshot);
            }
          if (self->partial != NULL && self->partial->len > 0)
            {
              self->is_awaited = TRUE;
              return copy_partial (self);
            }
          *is_partial = FALSE;
        }
      g_cond_wait_until (&self->moved, &self->lock, now + LOOK_US);
    }

  return granary_run_snapshot_ref (self->snapshot);
}

/* Puts the row of a run into @task, NULL for one that is left out. A run that still goes on is read
 * each time: that it has ended may be seen by the clock alone. Fails only when cancelled. */
static gboolean
read_row (GranaryRunIndex   *self,
          const GranaryRun  *run,
          GranaryTask      **task,
          GCancellable      *cancellable,
          GError           **error)
{
  g_autofree char *uid = granary_run_make_uid (run);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (GError) local_error = NULL;
  Row *row = g_hash_table_lookup (self->rows, uid);

  if (row != NULL && row->mtime == run->mtime)
    {
      *task = row->task != NULL ? granary_task_ref (row->task) : NULL;
      return TRUE;
    }

  g_clear_pointer (&locker, g_mutex_locker_free);
  *task = run->reader->read (run, cancellable, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (*task != NULL && (*task)->state == GRANARY_TASK_RUNNING)
    return TRUE;

  locker = g_mutex_locker_new (&self->lock);
  if (g_hash_table_size (self->rows) >= MAX_ROWS)
    g_hash_table_remove_all (self->rows);
  row = g_new0 (Row, 1);
  row->mtime = run->mtime;
  row->task = *task != NULL ? granary_task_ref (*task) : NULL;
  self->leaves_out |= *task == NULL;
  g_hash_table_insert (self->rows, g_steal_pointer (&uid), row);

  return TRUE;
}

/* The runs without those that are known to be left out; pages are counted in these. */
static GPtrArray *
get_countable (GranaryRunIndex *self,
               GPtrArray       *runs)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GPtrArray *countable;

  if (!self->leaves_out)
    return g_ptr_array_ref (runs);

  countable = g_ptr_array_new ();
  for (guint i = 0; i < runs->len; i++)
    {
      const GranaryRun *run = g_ptr_array_index (runs, i);
      g_autofree char *uid = granary_run_make_uid (run);
      const Row *row = g_hash_table_lookup (self->rows, uid);

      if (row == NULL || row->task != NULL || row->mtime != run->mtime)
        g_ptr_array_add (countable, (gpointer) run);
    }

  return countable;
}

static char *
fold (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  return granary_name_fold (valid);
}

static gboolean
name_has (const GranaryTask *task,
          const char        *folded)
{
  g_autofree char *name = NULL;

  if (folded == NULL)
    return TRUE;

  name = fold (task->name);
  return strstr (name, folded) != NULL;
}

/* Fills @page with what of @runs is asked for; reads no more than has to be read to know it. */
static gboolean
fill_page (GranaryRunIndex         *self,
           GranaryTaskPage         *page,
           GPtrArray               *all_runs,
           const GranaryTaskQuery  *query,
           GCancellable            *cancellable,
           GError                 **error)
{
  gboolean has_text = query->text != NULL && *query->text != '\0';
  gboolean by_kind = (query->kinds & GRANARY_TASK_TRAINING) == 0;
  g_autoptr (GPtrArray) runs = get_countable (self, all_runs);
  g_autofree char *folded = has_text ? fold (query->text) : NULL;
  guint n_matches = 0;
  guint i = 0;

  if (!has_text && !by_kind)
    {
      page->total = runs->len;
      i = MIN (query->offset, runs->len);
      n_matches = i;
    }

  for (; i < runs->len; i++)
    {
      const GranaryRun *run = g_ptr_array_index (runs, i);
      g_autoptr (GranaryTask) task = NULL;

      if (by_kind && (run->reader->kinds & query->kinds) == 0)
        continue;
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;

      if (page->tasks->len == query->limit && !has_text && !by_kind)
        {
          page->has_more = TRUE;
          return TRUE;
        }
      if (!read_row (self, run, &task, cancellable, error))
        return FALSE;
      if (task == NULL || (task->kinds & query->kinds) == 0 || !name_has (task, folded))
        continue;
      if (page->tasks->len == query->limit)
        {
          page->has_more = TRUE;
          return TRUE;
        }
      if (n_matches++ >= query->offset)
        g_ptr_array_add (page->tasks, g_steal_pointer (&task));
    }

  page->total = n_matches;
  return TRUE;
}

/* Functions for the task source */

GranaryRunSnapshot *
granary_run_snapshot_ref (GranaryRunSnapshot *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
granary_run_snapshot_unref (GranaryRunSnapshot *self)
{
  g_atomic_rc_box_release_full (self, snapshot_clear);
}

/* Whether a list of both would look the same. */
gboolean
granary_run_snapshot_equal (GranaryRunSnapshot *self,
                            GranaryRunSnapshot *other)
{
  if ((self->note == NULL) != (other->note == NULL) || self->runs->len != other->runs->len)
    return FALSE;

  for (guint i = 0; i < self->runs->len; i++)
    {
      const GranaryRun *first = g_ptr_array_index (self->runs, i);

      if (first->mtime != ((GranaryRun *) g_ptr_array_index (other->runs, i))->mtime ||
          compare_runs (&self->runs->pdata[i], &other->runs->pdata[i]) != 0)
        return FALSE;
    }

  return TRUE;
}

/**
 * granary_run_index_new:
 * @func: called when a search is over of which a page was given before
 * @data: for @func
 * @data_free: (nullable): frees @data
 *
 * Returns: (transfer full): an index of no folders. Any thread may use it
 */
GranaryRunIndex *
granary_run_index_new (GranaryRunIndexFunc func,
                       gpointer            data,
                       GDestroyNotify      data_free)
{
  GranaryRunIndex *self;

  g_return_val_if_fail (func != NULL, NULL);

  self = g_atomic_rc_box_new0 (GranaryRunIndex);
  g_mutex_init (&self->lock);
  g_cond_init (&self->moved);
  self->folders = g_new0 (char *, 1);
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, row_free);
  self->closing = g_cancellable_new ();
  self->worker = granary_worker_new ("granary-walk", 1);
  self->func = func;
  self->data = data;
  self->data_free = data_free;

  return self;
}

GranaryRunIndex *
granary_run_index_ref (GranaryRunIndex *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
granary_run_index_unref (GranaryRunIndex *self)
{
  g_atomic_rc_box_release_full (self, index_clear);
}

/* Ends the search under way; all who wait for it are told that it was cancelled. */
void
granary_run_index_close (GranaryRunIndex *self)
{
  g_return_if_fail (self != NULL);

  g_cancellable_cancel (self->closing);
}

void
granary_run_index_set_folders (GranaryRunIndex    *self,
                               const char * const *folders)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_if_fail (self != NULL && folders != NULL);

  locker = g_mutex_locker_new (&self->lock);
  if (g_strv_equal ((const char * const *) self->folders, folders))
    return;

  g_strfreev (self->folders);
  self->folders = g_strdupv ((char **) folders);
  g_clear_pointer (&self->snapshot, granary_run_snapshot_unref);
}

GranaryRunSnapshot *
granary_run_index_search (GranaryRunIndex  *self,
                          gboolean          may_be_old,
                          GCancellable     *cancellable,
                          GError          **error)
{
  gboolean is_partial;

  g_return_val_if_fail (self != NULL, NULL);

  return wait_for_snapshot (self, may_be_old, FALSE, &is_partial, cancellable, error);
}

GranaryTaskPage *
granary_run_index_list (GranaryRunIndex         *self,
                        const GranaryTaskQuery  *query,
                        gboolean                 in_parts,
                        GCancellable            *cancellable,
                        GError                 **error)
{
  gboolean is_next = query->offset > 0 || (query->text != NULL && *query->text != '\0');
  g_autoptr (GranaryRunSnapshot) snapshot = NULL;
  g_autoptr (GranaryTaskPage) page = NULL;
  gboolean is_partial;

  g_return_val_if_fail (self != NULL, NULL);

  snapshot = wait_for_snapshot (self, is_next, in_parts, &is_partial, cancellable, error);
  if (snapshot == NULL)
    return NULL;

  page = granary_task_page_new ();
  if (!fill_page (self, page, snapshot->runs, query, cancellable, error))
    return NULL;
  if (is_partial)
    page->total = -1;
  if (snapshot->note != NULL)
    page->note = g_error_copy (snapshot->note);

  return g_steal_pointer (&page);
}
