/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-catalog"

#include "config.h"

#include "granary-catalog.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-catalog-private.h"
#include "granary-error.h"

#define MAX_READERS 4
#define POLL_INTERVAL (300 * G_TIME_SPAN_MILLISECOND)
/* While somebody waits for what another process writes, and for how long. */
#define CLOSE_INTERVAL (20 * G_TIME_SPAN_MILLISECOND)
#define CLOSE_TIME (10 * G_TIME_SPAN_SECOND)
#define EMIT_INTERVAL (150 * G_TIME_SPAN_MILLISECOND)
#define MAX_NAMED_CHANGES 1000

/**
 * GranaryCatalog:
 *
 * The one SQLite file of a connection: what models and versions there are. Readers take a
 * connection from a small pool and see one snapshot; one writer connection makes changes, one
 * transaction at a time. A thread of its own watches for changes, of this process or another, and
 * tells of them in the main context given at open.
 */
struct _GranaryCatalog
{
  GObject              parent_instance;

  char                *path;
  GranaryCatalogFlags  flags;
  GranaryWorker       *worker;
  GMainContext        *context;
  dev_t                device;
  ino_t                inode;
  gboolean             on_shared_disk;

  GMutex               pool_lock;
  GCond                pool_wake;
  GPtrArray           *pool;          /* (element-type GranaryDatabase) idle readers */
  guint                n_readers;     /* open ones, idle or lent */

  GMutex               write_lock;
  GranaryDatabase     *writer;        /* (nullable) under write_lock */

  GThread             *watcher;
  GranaryDatabase     *watched;       /* watcher only */
  GMutex               watch_lock;
  GCond                watch_wake;
  gboolean             watch_poked;   /* under watch_lock */
  gboolean             watch_stop;    /* under watch_lock */
  gint64               close_until;   /* under watch_lock; monotonic, µs */
  gint64               seen;          /* last change told of; watcher only */
};

G_DEFINE_FINAL_TYPE (GranaryCatalog, granary_catalog, G_TYPE_OBJECT)

enum
{
  CHANGED,
  LOST,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* Telling of changes */

typedef struct
{
  GranaryCatalog *self;  /* (owned) */
  GArray         *ids;   /* (owned) (nullable) */
  GError         *error; /* (owned) (nullable): lost */
} Emission;

static void
emission_free (gpointer data)
{
  Emission *emission = data;

  g_object_unref (emission->self);
  g_clear_pointer (&emission->ids, g_array_unref);
  g_clear_error (&emission->error);
  g_free (emission);
}

static gboolean
emit_cb (gpointer data)
{
  Emission *emission = data;

  if (emission->error != NULL)
    g_signal_emit (emission->self, signals[LOST], 0, emission->error);
  else
    g_signal_emit (emission->self, signals[CHANGED], 0, emission->ids);

  return G_SOURCE_REMOVE;
}

static void
emit (GranaryCatalog *self,
      GArray         *ids,
      const GError   *error)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  Emission *emission = g_new0 (Emission, 1);

  emission->self = g_object_ref (self);
  emission->ids = ids != NULL ? g_array_ref (ids) : NULL;
  emission->error = error != NULL ? g_error_copy (error) : NULL;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, emit_cb, emission, emission_free);
  g_source_attach (source, self->context);
}

/* The ids noted since the last look; %NULL with *anything set when there are too many. */
static GArray *
collect_changes (GranaryCatalog  *self,
                 gboolean        *anything,
                 GError         **error)
{
  g_autoptr (GranaryStatement) statement = NULL;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) local_error = NULL;
  guint n_rows = 0;

  *anything = FALSE;
  statement = granary_database_prepare (self->watched,
                                        "SELECT seq, id FROM changes WHERE seq > ?1 ORDER BY seq",
                                        error);
  if (statement == NULL)
    return NULL;

  granary_statement_bind_int (statement, 1, self->seen);
  while (granary_statement_step (statement, &local_error))
    {
      gint64 id = granary_statement_get_int (statement, 1);

      self->seen = granary_statement_get_int (statement, 0);
      if (++n_rows <= MAX_NAMED_CHANGES)
        g_array_append_val (ids, id);
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  *anything = n_rows > MAX_NAMED_CHANGES;
  return g_steal_pointer (&ids);
}

/* Waits for a poke or the interval; FALSE when it is time to stop. */
static gboolean
watch_wait (GranaryCatalog *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 until;
  gboolean stop;

  g_mutex_lock (&self->watch_lock);
  until = now + (now < self->close_until ? CLOSE_INTERVAL : POLL_INTERVAL);
  while (!self->watch_stop && !self->watch_poked)
    {
      if (!g_cond_wait_until (&self->watch_wake, &self->watch_lock, until))
        break;
    }
  self->watch_poked = FALSE;
  stop = self->watch_stop;
  g_mutex_unlock (&self->watch_lock);

  return !stop;
}

/* Keeps a burst of writes from becoming a burst of signals. */
static void
watch_rest (GranaryCatalog *self)
{
  gint64 until = g_get_monotonic_time () + EMIT_INTERVAL;

  g_mutex_lock (&self->watch_lock);
  while (!self->watch_stop &&
         g_cond_wait_until (&self->watch_wake, &self->watch_lock, until))
    ;
  g_mutex_unlock (&self->watch_lock);
}

static void
watch_look (GranaryCatalog *self,
            gint64         *data_version)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = NULL;
  gboolean anything = FALSE;
  gint64 now;

  if (!granary_database_get_int (self->watched, "PRAGMA data_version", &now, &error))
    {
      g_debug ("looking for changes: %s", error->message);
      return;
    }
  if (now == *data_version)
    return;

  ids = collect_changes (self, &anything, &error);
  if (ids == NULL)
    {
      /* A busy or vanished file: the next look tells, with the version left as it was. */
      g_debug ("reading changes: %s", error->message);
      return;
    }
  *data_version = now;

  if (anything || ids->len > 0)
    {
      emit (self, anything ? NULL : ids, NULL);
      watch_rest (self);
    }
}

static gpointer
watch_thread (gpointer data)
{
  GranaryCatalog *self = data;
  g_autoptr (GError) error = NULL;
  gboolean lost = FALSE;
  gint64 data_version = -1;

  while (watch_wait (self))
    {
      g_clear_error (&error);
      if (granary_catalog_check_present (self, &error))
        {
          lost = FALSE;
          watch_look (self, &data_version);
        }
      else if (!lost)
        {
          lost = TRUE;
          emit (self, NULL, error);
        }
    }

  return NULL;
}

static void
poke (GranaryCatalog *self)
{
  g_mutex_lock (&self->watch_lock);
  self->watch_poked = TRUE;
  g_cond_signal (&self->watch_wake);
  g_mutex_unlock (&self->watch_lock);
}

/* GObject overrides */

static void
granary_catalog_dispose (GObject *object)
{
  granary_catalog_close (GRANARY_CATALOG (object));

  G_OBJECT_CLASS (granary_catalog_parent_class)->dispose (object);
}

static void
granary_catalog_finalize (GObject *object)
{
  GranaryCatalog *self = GRANARY_CATALOG (object);

  g_clear_pointer (&self->pool, g_ptr_array_unref);
  g_clear_pointer (&self->watched, granary_database_close);
  /* The last to go folds the WAL into the file, so it has to be the one that may write. */
  g_clear_pointer (&self->writer, granary_database_close);
  g_clear_object (&self->worker);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_mutex_clear (&self->pool_lock);
  g_cond_clear (&self->pool_wake);
  g_mutex_clear (&self->write_lock);
  g_mutex_clear (&self->watch_lock);
  g_cond_clear (&self->watch_wake);
  g_free (self->path);

  G_OBJECT_CLASS (granary_catalog_parent_class)->finalize (object);
}

static void
granary_catalog_class_init (GranaryCatalogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = granary_catalog_dispose;
  object_class->finalize = granary_catalog_finalize;

  /**
   * GranaryCatalog::changed:
   * @self: the catalogue
   * @model_ids: (nullable) (element-type gint64): models that changed, appeared or went; %NULL when
   *   there are too many to name
   *
   * Something was written, by this process or another. Trash and tags may have changed as well.
   */
  signals[CHANGED] = g_signal_new ("changed", GRANARY_TYPE_CATALOG, G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ARRAY);

  /**
   * GranaryCatalog::lost:
   * @self: the catalogue
   * @error: what is wrong, naming the path
   *
   * The file is not where it was opened any more: moved, unmounted or replaced.
   */
  signals[LOST] = g_signal_new ("lost", GRANARY_TYPE_CATALOG, G_SIGNAL_RUN_LAST, 0,
                                NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
granary_catalog_init (GranaryCatalog *self)
{
  self->worker = granary_worker_new ("catalog", MAX_READERS);
  self->pool = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_database_close);
  g_mutex_init (&self->pool_lock);
  g_cond_init (&self->pool_wake);
  g_mutex_init (&self->write_lock);
  g_mutex_init (&self->watch_lock);
  g_cond_init (&self->watch_wake);
}

/* Opening */

static gboolean
open_writer (GranaryCatalog  *self,
             GError         **error)
{
  GranaryDatabaseFlags flags = GRANARY_DATABASE_CREATE;

  if ((self->flags & GRANARY_CATALOG_MIRROR) == 0)
    flags |= GRANARY_DATABASE_FULL_SYNC;
  if ((self->flags & GRANARY_CATALOG_READ_ONLY) != 0)
    flags = GRANARY_DATABASE_READ_ONLY;

  self->writer = granary_database_open (self->path, flags, error);
  if (self->writer == NULL)
    return FALSE;

  self->on_shared_disk = granary_database_is_shared_disk (self->writer);
  return granary_catalog_migrate (self->writer, error);
}

/**
 * granary_catalog_open:
 * @path: the file; made when there is none
 * @flags: how
 * @context: (nullable): where signals are emitted; %NULL for the caller's thread-default one
 * @error: return location
 *
 * Opens a catalogue and brings it up to date. Blocks.
 *
 * Returns: (transfer full): the catalogue, or %NULL: %GRANARY_REASON_CATALOG_NEWER, _CORRUPT,
 *   _LOCKED, _READ_ONLY or another reason of the disk
 */
GranaryCatalog *
granary_catalog_open (const char           *path,
                      GranaryCatalogFlags   flags,
                      GMainContext         *context,
                      GError              **error)
{
  g_autoptr (GranaryCatalog) self = NULL;
  struct stat facts;

  g_return_val_if_fail (path != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_CATALOG, NULL);
  self->path = g_strdup (path);
  self->flags = flags;
  self->context = context != NULL ? g_main_context_ref (context)
                                  : g_main_context_ref_thread_default ();
  if (!open_writer (self, error))
    return NULL;

  if (stat (path, &facts) != 0)
    {
      g_autofree char *shown = granary_display_path (path);

      granary_set_error_from_errno (error, errno, shown, "stat");
      return NULL;
    }
  self->device = facts.st_dev;
  self->inode = facts.st_ino;

  if (!granary_database_get_int (self->writer, "SELECT max(seq) FROM changes", &self->seen, error))
    return NULL;

  self->watched = granary_database_open (path, GRANARY_DATABASE_READ_ONLY, error);
  if (self->watched == NULL)
    return NULL;
  self->watcher = g_thread_new ("catalog-watch", watch_thread, self);
  return g_steal_pointer (&self);
}

/**
 * granary_catalog_close:
 * @self: a catalogue
 *
 * Ends the watching; nothing is emitted afterwards but what is already on its way. Reads under way
 * go on. Dropping the last reference does the same.
 */
void
granary_catalog_close (GranaryCatalog *self)
{
  GThread *watcher;

  g_return_if_fail (GRANARY_IS_CATALOG (self));

  watcher = g_steal_pointer (&self->watcher);
  if (watcher == NULL)
    return;

  g_mutex_lock (&self->watch_lock);
  self->watch_stop = TRUE;
  g_cond_broadcast (&self->watch_wake);
  g_mutex_unlock (&self->watch_lock);
  g_thread_join (watcher);
}

const char *
granary_catalog_get_path (GranaryCatalog *self)
{
  g_return_val_if_fail (GRANARY_IS_CATALOG (self), NULL);

  return self->path;
}

gboolean
granary_catalog_is_read_only (GranaryCatalog *self)
{
  g_return_val_if_fail (GRANARY_IS_CATALOG (self), FALSE);

  return (self->flags & GRANARY_CATALOG_READ_ONLY) != 0;
}

/**
 * granary_catalog_is_on_shared_disk:
 * @self: a catalogue
 *
 * Returns: whether it lies on a network or FUSE file system, where writes are slower and every
 *   process must be on this machine
 */
gboolean
granary_catalog_is_on_shared_disk (GranaryCatalog *self)
{
  g_return_val_if_fail (GRANARY_IS_CATALOG (self), FALSE);

  return self->on_shared_disk;
}

/**
 * granary_catalog_expect_changes:
 * @self: a catalogue
 *
 * Another process was asked to write: for the next 10 s its changes are told within 20 ms instead
 * of 300. Any thread.
 */
void
granary_catalog_expect_changes (GranaryCatalog *self)
{
  g_return_if_fail (GRANARY_IS_CATALOG (self));

  g_mutex_lock (&self->watch_lock);
  self->close_until = g_get_monotonic_time () + CLOSE_TIME;
  g_mutex_unlock (&self->watch_lock);
  poke (self);
}

/**
 * granary_catalog_check_present:
 * @self: a catalogue
 * @error: return location
 *
 * Returns: whether the file is still the one that was opened; %GRANARY_REASON_REPOSITORY_GONE
 *   otherwise
 */
gboolean
granary_catalog_check_present (GranaryCatalog  *self,
                               GError         **error)
{
  g_autofree char *shown = NULL;
  struct stat facts;

  g_return_val_if_fail (GRANARY_IS_CATALOG (self), FALSE);

  if (stat (self->path, &facts) == 0 && facts.st_dev == self->device &&
      facts.st_ino == self->inode)
    return TRUE;

  shown = granary_display_path (self->path);
  granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_REPOSITORY_GONE, shown,
                     "%s is not there any more", shown);
  return FALSE;
}

/* Reading */

GranaryWorker *
granary_catalog_get_worker (GranaryCatalog *self)
{
  return self->worker;
}

/**
 * granary_catalog_begin_read:
 * @self: a catalogue
 * @cancellable: (nullable): interrupts its statements
 * @error: return location
 *
 * Takes a connection from the pool, waiting when all are lent, and starts a snapshot.
 *
 * Returns: (transfer full): the reader
 */
GranaryReader *
granary_catalog_begin_read (GranaryCatalog  *self,
                            GCancellable    *cancellable,
                            GError         **error)
{
  g_autoptr (GranaryDatabase) database = NULL;
  GranaryReader *reader;
  gboolean open_one = FALSE;

  g_return_val_if_fail (GRANARY_IS_CATALOG (self), NULL);

  g_mutex_lock (&self->pool_lock);
  while (self->pool->len == 0 && self->n_readers >= MAX_READERS)
    g_cond_wait (&self->pool_wake, &self->pool_lock);
  if (self->pool->len > 0)
    {
      database = g_ptr_array_steal_index (self->pool, self->pool->len - 1);
    }
  else
    {
      self->n_readers++;
      open_one = TRUE;
    }
  g_mutex_unlock (&self->pool_lock);

  if (open_one)
    database = granary_database_open (self->path, GRANARY_DATABASE_READ_ONLY, error);
  if (database != NULL)
    {
      granary_database_set_cancellable (database, cancellable);
      if (!granary_database_exec (database, "BEGIN", error))
        g_clear_pointer (&database, granary_database_close);
    }
  if (database == NULL)
    {
      g_mutex_lock (&self->pool_lock);
      self->n_readers--;
      g_cond_signal (&self->pool_wake);
      g_mutex_unlock (&self->pool_lock);
      return NULL;
    }

  reader = g_new0 (GranaryReader, 1);
  reader->catalog = self;
  reader->database = g_steal_pointer (&database);
  return reader;
}

/**
 * granary_catalog_start_read:
 * @self: a catalogue
 * @cancellable: (nullable): interrupts it
 * @sql: a literal, or interned
 * @reader: (out): to be ended after the statement
 * @error: return location
 *
 * What a read of one statement begins with.
 *
 * Returns: (transfer full): the statement, to be bound and stepped
 */
GranaryStatement *
granary_catalog_start_read (GranaryCatalog  *self,
                            GCancellable    *cancellable,
                            const char      *sql,
                            GranaryReader  **reader,
                            GError         **error)
{
  *reader = granary_catalog_begin_read (self, cancellable, error);

  return *reader != NULL ? granary_database_prepare ((*reader)->database, sql, error) : NULL;
}

/**
 * granary_read_ended:
 * @local_error: (nullable) (transfer full): what the last step set
 * @error: return location
 *
 * What a loop over rows ends with.
 *
 * Returns: whether the rows ended by themselves; %FALSE with @error set otherwise
 */
gboolean
granary_read_ended (GError  *local_error,
                    GError **error)
{
  if (local_error == NULL)
    return TRUE;

  g_propagate_error (error, local_error);
  return FALSE;
}

/**
 * granary_reader_end:
 * @self: (nullable) (transfer full): a reader
 *
 * Ends the snapshot and gives the connection back.
 */
void
granary_reader_end (GranaryReader *self)
{
  GranaryCatalog *catalog;

  if (self == NULL)
    return;

  catalog = self->catalog;
  granary_database_set_cancellable (self->database, NULL);
  granary_database_rollback (self->database);
  g_mutex_lock (&catalog->pool_lock);
  g_ptr_array_add (catalog->pool, self->database);
  g_cond_signal (&catalog->pool_wake);
  g_mutex_unlock (&catalog->pool_lock);
  g_free (self);
}

/* Writing */

static gboolean
write_locked (GranaryCatalog    *self,
              GranaryWriteFunc   func,
              gpointer           data,
              GError           **error)
{
  GranaryWriter writer = { self, self->writer, NULL, NULL };
  g_autoptr (GHashTable) touched = NULL;

  if (!granary_database_begin (self->writer, error))
    return FALSE;

  touched = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  writer.touched = touched;
  writer.user = (char *) g_get_user_name ();
  if (!func (&writer, data, error) || !granary_writer_flush (&writer, error) ||
      !granary_database_commit (self->writer, error))
    {
      granary_database_rollback (self->writer);
      return FALSE;
    }

  return TRUE;
}

/**
 * granary_catalog_write:
 * @self: a catalogue
 * @func: makes the changes
 * @data: for @func
 * @error: return location
 *
 * Runs @func in one transaction. It is stored, durably unless the catalogue is a mirror, when this
 * returns %TRUE; with %FALSE nothing of it is. Blocks while another write runs.
 *
 * Returns: whether it was stored; the error of @func, or of the database
 */
gboolean
granary_catalog_write (GranaryCatalog    *self,
                       GranaryWriteFunc   func,
                       gpointer           data,
                       GError           **error)
{
  gboolean written;

  g_return_val_if_fail (GRANARY_IS_CATALOG (self), FALSE);
  g_return_val_if_fail (func != NULL, FALSE);

  if (!granary_catalog_check_present (self, error))
    return FALSE;
  if (granary_catalog_is_read_only (self))
    {
      g_autofree char *shown = granary_display_path (self->path);

      granary_set_error (error, GRANARY_ERROR_FILE, GRANARY_REASON_CATALOG_READ_ONLY, shown,
                         "%s was opened for reading", shown);
      return FALSE;
    }

  g_mutex_lock (&self->write_lock);
  written = write_locked (self, func, data, error);
  g_mutex_unlock (&self->write_lock);

  if (written)
    poke (self);

  return written;
}
