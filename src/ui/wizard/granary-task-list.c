/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-task-list.h"

#include "granary-error.h"
#include "granary-id-diff.h"

/* A dialog full of rows, and some to scroll to. */
#define PAGE_SIZE 50
/* As many as a query may ask for. */
#define MAX_PAGE_SIZE 200

struct _GranaryTaskList
{
  GObject            parent_instance;

  GranaryTaskSource *source;
  GranaryTaskKinds   kinds;
  char              *text;        /* (nullable) */

  GPtrArray         *items;       /* (element-type GranaryTaskItem) */
  GHashTable        *by_uid;      /* uid, of the item's task → GranaryTaskItem in @items */
  gint64             last_id;
  guint              n_read;      /* tasks that the source has told, double ones included */
  gboolean           has_more;
  gboolean           is_listed;
  gboolean           is_current;
  GError            *error;       /* (nullable): why the last reading failed */
  GError            *note;        /* (nullable) */

  GCancellable      *cancellable; /* (nullable): of the reading under way */
  gboolean           stale;       /* the source changed meanwhile */
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GranaryTaskList, granary_task_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

enum
{
  UPDATED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* A reading under way: from the start up to @wanted tasks, or one page more. A list that goes
 * cancels it, so that nobody has to wait for a slow source. */
typedef struct
{
  GranaryTaskList *self;   /* (unowned): there while not cancelled */
  GCancellable    *cancellable;
  GPtrArray       *tasks;  /* (element-type GranaryTask): read so far */
  guint            wanted;
  gboolean         is_more;
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  g_object_unref (reading->cancellable);
  g_ptr_array_unref (reading->tasks);
  g_free (reading);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reading, reading_free)

static void start_reading (GranaryTaskList *self,
                           guint            wanted,
                           gboolean         is_more);

/* Rows */

static GArray *
make_ids (GPtrArray *items)
{
  GArray *ids = g_array_sized_new (FALSE, FALSE, sizeof (gint64), items->len);

  for (guint i = 0; i < items->len; i++)
    {
      gint64 id = granary_task_item_get_id (g_ptr_array_index (items, i));

      g_array_append_val (ids, id);
    }

  return ids;
}

/* The item of each task, the one there is or a new one; a task that is told twice has one row. */
static GPtrArray *
make_items (GranaryTaskList *self,
            GPtrArray       *tasks,
            GHashTable      *by_uid)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < tasks->len; i++)
    {
      GranaryTask *task = g_ptr_array_index (tasks, i);
      GranaryTaskItem *item;

      if (g_hash_table_contains (by_uid, task->uid))
        continue;

      item = g_hash_table_lookup (self->by_uid, task->uid);
      if (item != NULL)
        {
          /* The key is the text of the task that goes. */
          g_object_ref (item);
          g_hash_table_remove (self->by_uid, task->uid);
          granary_task_item_set_task (item, task);
        }
      else
        {
          item = granary_task_item_new (++self->last_id, task);
        }
      g_ptr_array_add (items, item);
      g_hash_table_insert (by_uid, task->uid, item);
    }

  return items;
}

static void
replace_items (GranaryTaskList *self,
               GPtrArray       *tasks)
{
  g_autoptr (GHashTable) by_uid = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) items = make_items (self, tasks, by_uid);
  g_autoptr (GArray) before = make_ids (self->items);
  g_autoptr (GArray) after = make_ids (items);
  g_autoptr (GArray) edits = granary_id_diff (before, after);

  g_hash_table_unref (self->by_uid);
  self->by_uid = g_steal_pointer (&by_uid);

  for (guint i = 0; i < edits->len; i++)
    {
      const GranaryIdEdit *edit = &g_array_index (edits, GranaryIdEdit, i);

      if (edit->n_removed > 0)
        g_ptr_array_remove_range (self->items, edit->position, edit->n_removed);
      for (guint j = 0; j < edit->n_added; j++)
        g_ptr_array_insert (self->items, (int) (edit->position + j),
                            g_object_ref (g_ptr_array_index (items, edit->from + j)));
      g_list_model_items_changed (G_LIST_MODEL (self), edit->position, edit->n_removed,
                                  edit->n_added);
    }
}

static void
append_items (GranaryTaskList *self,
              GPtrArray       *tasks)
{
  guint n_before = self->items->len;

  for (guint i = 0; i < tasks->len; i++)
    {
      GranaryTask *task = g_ptr_array_index (tasks, i);
      GranaryTaskItem *item;

      /* Tasks that came meanwhile have pushed this one from the page before. */
      if (g_hash_table_contains (self->by_uid, task->uid))
        continue;

      item = granary_task_item_new (++self->last_id, task);
      g_ptr_array_add (self->items, item);
      g_hash_table_insert (self->by_uid, task->uid, item);
    }

  if (self->items->len > n_before)
    g_list_model_items_changed (G_LIST_MODEL (self), n_before, 0, self->items->len - n_before);
}

/* Reading */

static void
finish_reading (GranaryTaskList *self)
{
  g_clear_object (&self->cancellable);
  if (self->stale)
    {
      self->stale = FALSE;
      start_reading (self, MAX (self->n_read, PAGE_SIZE), FALSE);
    }
  g_signal_emit (self, signals[UPDATED], 0);
}

static void page_read_cb (GObject      *source,
                          GAsyncResult *result,
                          gpointer      user_data);

static void
read_page (Reading *reading)
{
  GranaryTaskList *self = reading->self;
  GranaryTaskQuery query = { self->kinds, self->text, 0, 0 };

  query.offset = reading->tasks->len + (reading->is_more ? self->n_read : 0);
  query.limit = CLAMP (reading->wanted - reading->tasks->len, 1, MAX_PAGE_SIZE);
  granary_task_source_list_async (self->source, &query, reading->cancellable, page_read_cb, reading);
}

static void
page_read_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (Reading) reading = user_data;
  g_autoptr (GranaryTaskPage) page = NULL;
  g_autoptr (GError) error = NULL;
  GranaryTaskList *self = reading->self;

  page = granary_task_source_list_finish (GRANARY_TASK_SOURCE (source), result, &error);
  if (g_cancellable_is_cancelled (reading->cancellable))
    return;

  g_clear_error (&self->error);
  if (page == NULL)
    {
      self->error = g_steal_pointer (&error);
      finish_reading (self);
      return;
    }

  for (guint i = 0; i < page->tasks->len; i++)
    g_ptr_array_add (reading->tasks, granary_task_ref (g_ptr_array_index (page->tasks, i)));
  /* A source that promises more without ever telling any is not asked for ever. */
  self->has_more = page->has_more && page->tasks->len > 0;
  if (self->has_more && reading->tasks->len < reading->wanted)
    {
      read_page (g_steal_pointer (&reading));
      return;
    }

  self->is_listed = page->is_listed;
  g_clear_error (&self->note);
  self->note = g_steal_pointer (&page->note);
  if (reading->is_more)
    {
      append_items (self, reading->tasks);
      self->n_read += reading->tasks->len;
    }
  else
    {
      replace_items (self, reading->tasks);
      self->n_read = reading->tasks->len;
      self->is_current = TRUE;
    }
  finish_reading (self);
}

static void
start_reading (GranaryTaskList *self,
               guint            wanted,
               gboolean         is_more)
{
  Reading *reading = g_new0 (Reading, 1);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();

  reading->self = self;
  reading->cancellable = g_object_ref (self->cancellable);
  reading->tasks = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_task_unref);
  reading->wanted = wanted;
  reading->is_more = is_more;
  read_page (reading);
}

static void
source_changed_cb (GranaryTaskList *self)
{
  if (self->cancellable != NULL)
    self->stale = TRUE;
  else
    start_reading (self, MAX (self->n_read, PAGE_SIZE), FALSE);
}

/* GListModel */

static GType
granary_task_list_get_item_type (GListModel *model)
{
  return GRANARY_TYPE_TASK_ITEM;
}

static guint
granary_task_list_get_n_items (GListModel *model)
{
  return GRANARY_TASK_LIST (model)->items->len;
}

static gpointer
granary_task_list_get_item (GListModel *model,
                            guint       position)
{
  GranaryTaskList *self = GRANARY_TASK_LIST (model);

  return position < self->items->len ? g_object_ref (g_ptr_array_index (self->items, position))
                                     : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = granary_task_list_get_item_type;
  iface->get_n_items = granary_task_list_get_n_items;
  iface->get_item = granary_task_list_get_item;
}

/* GObject */

static void
granary_task_list_dispose (GObject *object)
{
  GranaryTaskList *self = GRANARY_TASK_LIST (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->source != NULL)
    g_signal_handlers_disconnect_by_data (self->source, self);
  g_clear_object (&self->source);

  G_OBJECT_CLASS (granary_task_list_parent_class)->dispose (object);
}

static void
granary_task_list_finalize (GObject *object)
{
  GranaryTaskList *self = GRANARY_TASK_LIST (object);

  g_hash_table_unref (self->by_uid);
  g_ptr_array_unref (self->items);
  g_clear_error (&self->error);
  g_clear_error (&self->note);
  g_free (self->text);

  G_OBJECT_CLASS (granary_task_list_parent_class)->finalize (object);
}

static void
granary_task_list_class_init (GranaryTaskListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = granary_task_list_dispose;
  object_class->finalize = granary_task_list_finalize;

  signals[UPDATED] = g_signal_new ("updated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
granary_task_list_init (GranaryTaskList *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_uid = g_hash_table_new (g_str_hash, g_str_equal);
  self->is_listed = TRUE;
}

/* Public functions */

/**
 * granary_task_list_new:
 * @source: where tasks are
 * @kinds: which ones
 *
 * Returns: (transfer full): a list that begins to read
 */
GranaryTaskList *
granary_task_list_new (GranaryTaskSource *source,
                       GranaryTaskKinds   kinds)
{
  GranaryTaskList *self;

  g_return_val_if_fail (GRANARY_IS_TASK_SOURCE (source), NULL);

  self = g_object_new (GRANARY_TYPE_TASK_LIST, NULL);
  self->source = g_object_ref (source);
  self->kinds = kinds;
  g_signal_connect_object (source, "changed", G_CALLBACK (source_changed_cb), self,
                           G_CONNECT_SWAPPED);
  start_reading (self, PAGE_SIZE, FALSE);

  return self;
}

gboolean
granary_task_list_is_busy (GranaryTaskList *self)
{
  g_return_val_if_fail (GRANARY_IS_TASK_LIST (self), FALSE);

  return self->cancellable != NULL;
}

gboolean
granary_task_list_is_current (GranaryTaskList *self)
{
  g_return_val_if_fail (GRANARY_IS_TASK_LIST (self), FALSE);

  return self->is_current;
}

gboolean
granary_task_list_has_more (GranaryTaskList *self)
{
  g_return_val_if_fail (GRANARY_IS_TASK_LIST (self), FALSE);

  return self->has_more;
}

/**
 * granary_task_list_is_listed:
 * @self: a list
 *
 * Returns: whether the source lists such tasks at all; otherwise these are only those that it
 *   came across, and a task is loaded by an id that the user enters
 */
gboolean
granary_task_list_is_listed (GranaryTaskList *self)
{
  g_return_val_if_fail (GRANARY_IS_TASK_LIST (self), FALSE);

  return self->is_listed;
}

const char *
granary_task_list_get_text (GranaryTaskList *self)
{
  g_return_val_if_fail (GRANARY_IS_TASK_LIST (self), NULL);

  return self->text;
}

const GError *
granary_task_list_get_error (GranaryTaskList *self)
{
  g_return_val_if_fail (GRANARY_IS_TASK_LIST (self), NULL);

  return self->error;
}

const GError *
granary_task_list_get_note (GranaryTaskList *self)
{
  g_return_val_if_fail (GRANARY_IS_TASK_LIST (self), NULL);

  return self->note;
}

/**
 * granary_task_list_find:
 * @self: a list
 * @uid: id of a task
 *
 * Returns: (transfer none) (nullable): the task, when it is among those read so far
 */
GranaryTask *
granary_task_list_find (GranaryTaskList *self,
                        const char      *uid)
{
  GranaryTaskItem *item;

  g_return_val_if_fail (GRANARY_IS_TASK_LIST (self), NULL);
  g_return_val_if_fail (uid != NULL, NULL);

  item = g_hash_table_lookup (self->by_uid, uid);

  return item != NULL ? granary_task_item_get_task (item) : NULL;
}

/**
 * granary_task_list_set_text:
 * @self: a list
 * @text: (nullable): part of the names to list
 *
 * Lists from the start again. What is listed stays until the answer is there.
 */
void
granary_task_list_set_text (GranaryTaskList *self,
                            const char      *text)
{
  g_return_if_fail (GRANARY_IS_TASK_LIST (self));

  if (text != NULL && *text == '\0')
    text = NULL;
  if (!g_set_str (&self->text, text))
    return;

  self->stale = FALSE;
  self->is_current = FALSE;
  start_reading (self, PAGE_SIZE, FALSE);
  g_signal_emit (self, signals[UPDATED], 0);
}

/**
 * granary_task_list_load_more:
 * @self: a list
 *
 * Reads the next page, unless one is being read, there is none, or the last one failed.
 */
void
granary_task_list_load_more (GranaryTaskList *self)
{
  g_return_if_fail (GRANARY_IS_TASK_LIST (self));

  if (self->cancellable != NULL || !self->has_more || self->error != NULL)
    return;

  start_reading (self, PAGE_SIZE, TRUE);
  g_signal_emit (self, signals[UPDATED], 0);
}

/**
 * granary_task_list_retry:
 * @self: a list
 *
 * Reads again what could not be read.
 */
void
granary_task_list_retry (GranaryTaskList *self)
{
  g_return_if_fail (GRANARY_IS_TASK_LIST (self));

  if (self->cancellable != NULL)
    return;

  g_clear_error (&self->error);
  if (self->is_current && self->has_more)
    start_reading (self, PAGE_SIZE, TRUE);
  else
    start_reading (self, MAX (self->n_read, PAGE_SIZE), FALSE);
  g_signal_emit (self, signals[UPDATED], 0);
}
