/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-transfer-job-private.h"

#include <string.h>

#include "granary-error.h"
#include "granary-json.h"

/* Telling the disk costs a sync, which thousands of small files a second cannot have each. Those
 * done are told together, at the latest with the first one after this time; a crash in between
 * costs no more than moving what that time moved once more. A larger file is told at once. */
#define FLUSH_INTERVAL (100 * G_TIME_SPAN_MILLISECOND)
#define SMALL_FILE (1024 * 1024)

struct _GranaryTransferJob
{
  GObject               parent_instance;

  GranaryTransferKind   kind;
  char                 *subject;  /* (owned) (nullable) */

  GMutex                lock;     /* of all that follows; taken before the store's */
  JsonNode             *facts;    /* (owned): sealed, replaced as a whole */
  GPtrArray            *files;    /* (owned) (nullable) (element-type GranaryTransferFile): NULL
                                   * while they are only in the store */
  guint                 n_files;
  GranaryTransferStore *store;    /* (owned) (nullable) */
  gint64                id;       /* row, 0 while it is not stored */
  GArray               *untold;   /* (owned) (element-type guint): files done that the store is to
                                   * be told of */
  gint64                flushed;  /* when it last was told, monotonic */
};

G_DEFINE_FINAL_TYPE (GranaryTransferJob, granary_transfer_job, G_TYPE_OBJECT)

/* Auxiliary functions */

/* With @name set to @value, or without it where that is NULL. Nodes are shared: none changes. */
static JsonNode *
copy_facts (JsonNode   *facts,
            const char *name,
            const char *value)
{
  g_autoptr (JsonObject) copy = json_object_new ();
  JsonObject *object = granary_json_get_object (facts, "");
  JsonNode *root = json_node_new (JSON_NODE_OBJECT);
  JsonObjectIter iter;
  const char *member;
  JsonNode *node;

  if (object != NULL)
    {
      json_object_iter_init_ordered (&iter, object);
      while (json_object_iter_next_ordered (&iter, &member, &node))
        if (g_strcmp0 (member, name) != 0)
          json_object_set_member (copy, member, json_node_ref (node));
    }
  if (name != NULL && value != NULL)
    json_object_set_string_member (copy, name, value);

  json_node_set_object (root, copy);
  json_node_seal (root);
  return root;
}

/* The number of the bytes first, so that no two lists of texts come to the same. */
static void
digest_text (GChecksum  *checksum,
             const char *text)
{
  guint64 length = text != NULL ? strlen (text) : G_MAXUINT64;

  g_checksum_update (checksum, (const guchar *) &length, sizeof length);
  if (text != NULL)
    g_checksum_update (checksum, (const guchar *) text, (gssize) length);
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The order in which members were set makes no difference. */
static void
digest_node (GChecksum *checksum,
             JsonNode  *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObject *object = json_node_get_object (node);
      g_autoptr (GPtrArray) names = g_ptr_array_new ();
      JsonObjectIter iter;
      const char *name;

      json_object_iter_init (&iter, object);
      while (json_object_iter_next (&iter, &name, NULL))
        g_ptr_array_add (names, (gpointer) name);
      g_ptr_array_sort (names, compare_names);

      digest_text (checksum, "{");
      for (guint i = 0; i < names->len; i++)
        {
          digest_text (checksum, g_ptr_array_index (names, i));
          digest_node (checksum, json_object_get_member (object, g_ptr_array_index (names, i)));
        }
      digest_text (checksum, "}");
    }
  else if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      digest_text (checksum, "[");
      for (guint i = 0; i < json_array_get_length (array); i++)
        digest_node (checksum, json_array_get_element (array, i));
      digest_text (checksum, "]");
    }
  else
    {
      g_autofree char *text = granary_json_to_text (node, FALSE);

      digest_text (checksum, text);
    }
}

static gboolean
load_files_locked (GranaryTransferJob  *self,
                   GError             **error)
{
  if (self->files != NULL)
    return TRUE;

  g_assert (self->store != NULL);

  self->files = granary_transfer_store_load_job_files (self->store, self->id, error);
  if (self->files == NULL)
    return FALSE;

  self->n_files = self->files->len;
  return TRUE;
}

static gboolean
flush_locked (GranaryTransferJob  *self,
              GError             **error)
{
  if (self->untold->len == 0)
    return TRUE;
  if (!granary_transfer_store_set_job_files_done (self->store, self->id,
                                                  (const guint *) (gpointer) self->untold->data,
                                                  self->untold->len, error))
    return FALSE;

  g_array_set_size (self->untold, 0);
  self->flushed = g_get_monotonic_time ();
  return TRUE;
}

/* GObject overrides */

static void
granary_transfer_job_finalize (GObject *object)
{
  GranaryTransferJob *self = GRANARY_TRANSFER_JOB (object);

  g_clear_pointer (&self->subject, g_free);
  g_clear_pointer (&self->facts, json_node_unref);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_clear_pointer (&self->untold, g_array_unref);
  g_clear_object (&self->store);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (granary_transfer_job_parent_class)->finalize (object);
}

static void
granary_transfer_job_class_init (GranaryTransferJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = granary_transfer_job_finalize;
}

static void
granary_transfer_job_init (GranaryTransferJob *self)
{
  g_mutex_init (&self->lock);
  self->untold = g_array_new (FALSE, FALSE, sizeof (guint));
}

/* Functions for the store and the queue */

GranaryTransferJob *
granary_transfer_job_new_from_row (GranaryTransferStore *store,
                                   GranaryJobRow        *row)
{
  GranaryTransferJob *self = g_object_new (GRANARY_TYPE_TRANSFER_JOB, NULL);

  self->kind = row->kind;
  self->subject = g_strdup (row->subject);
  granary_transfer_job_adopt (self, store, row);

  return self;
}

gint64
granary_transfer_job_get_id (GranaryTransferJob *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->id;
}

void
granary_transfer_job_bind (GranaryTransferJob   *self,
                           GranaryTransferStore *store,
                           gint64                id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_set_object (&self->store, store);
  self->id = id;
  g_clear_pointer (&self->files, g_ptr_array_unref);
}

void
granary_transfer_job_adopt (GranaryTransferJob   *self,
                            GranaryTransferStore *store,
                            GranaryJobRow        *row)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_set_object (&self->store, store);
  self->id = row->id;
  self->n_files = (guint) row->n_files;
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_clear_pointer (&self->facts, json_node_unref);
  self->facts = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (self->facts, g_steal_pointer (&row->facts));
  json_node_seal (self->facts);
}

char *
granary_transfer_job_dup_digest (GranaryTransferJob *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *kind = g_strdup_printf ("%d", (int) self->kind);

  digest_text (checksum, kind);
  digest_text (checksum, self->subject);
  digest_node (checksum, self->facts);
  for (guint i = 0; self->files != NULL && i < self->files->len; i++)
    {
      const GranaryTransferFile *file = g_ptr_array_index (self->files, i);
      gint64 numbers[] = { file->size, file->mtime };

      digest_text (checksum, file->path);
      digest_text (checksum, file->target);
      g_checksum_update (checksum, (const guchar *) numbers, sizeof numbers);
    }

  return g_strdup (g_checksum_get_string (checksum));
}

char *
granary_transfer_job_dup_facts_text (GranaryTransferJob *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return granary_json_to_text (self->facts, FALSE);
}

GPtrArray *
granary_transfer_job_dup_files (GranaryTransferJob *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->files != NULL ? g_ptr_array_ref (self->files) : NULL;
}

gboolean
granary_transfer_job_load_files (GranaryTransferJob  *self,
                                 GError             **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return load_files_locked (self, error);
}

gboolean
granary_transfer_job_unload_files (GranaryTransferJob  *self,
                                   GError             **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gboolean success = flush_locked (self, error);

  /* Read again before the next run; what could not be told is then as it was. */
  g_array_set_size (self->untold, 0);
  if (self->store != NULL)
    g_clear_pointer (&self->files, g_ptr_array_unref);

  return success;
}

/* Public functions */

/**
 * granary_transfer_file_new:
 * @path: on this computer, absolute, file system encoding
 * @target: where it goes, or comes from: relative, UTF-8
 * @size: bytes
 * @mtime: ns since the epoch, 0 for downloads
 *
 * Returns: (transfer full): a file that is not done
 */
GranaryTransferFile *
granary_transfer_file_new (const char *path,
                           const char *target,
                           gint64      size,
                           gint64      mtime)
{
  GranaryTransferFile *self;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (target != NULL, NULL);

  self = g_new0 (GranaryTransferFile, 1);
  self->path = g_strdup (path);
  self->target = g_strdup (target);
  self->size = size;
  self->mtime = mtime;

  return self;
}

void
granary_transfer_file_free (GranaryTransferFile *self)
{
  if (self == NULL)
    return;

  g_free (self->path);
  g_free (self->target);
  g_free (self);
}

/**
 * granary_transfer_job_new:
 * @kind: what it is for
 * @subject: (nullable): what it works on, such as `plate-ocr v6`
 * @facts: (transfer full): what its runner needs; never a secret
 * @files: (element-type GranaryTransferFile) (transfer full) (nullable): what is moved
 *
 * Makes a job that is stored when it is added to a queue. From then on only its runner changes it.
 *
 * Returns: (transfer full): a job
 */
GranaryTransferJob *
granary_transfer_job_new (GranaryTransferKind  kind,
                          const char          *subject,
                          JsonObject          *facts,
                          GPtrArray           *files)
{
  GranaryTransferJob *self;

  g_return_val_if_fail (facts != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_TRANSFER_JOB, NULL);
  self->kind = kind;
  self->subject = g_strdup (subject);
  self->facts = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (self->facts, facts);
  json_node_seal (self->facts);
  self->files = files != NULL
                ? files
                : g_ptr_array_new_with_free_func ((GDestroyNotify) granary_transfer_file_free);
  self->n_files = self->files->len;

  return self;
}

GranaryTransferKind
granary_transfer_job_get_kind (GranaryTransferJob *self)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER_JOB (self), GRANARY_TRANSFER_IMPORT);

  return self->kind;
}

const char *
granary_transfer_job_get_subject (GranaryTransferJob *self)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER_JOB (self), NULL);

  return self->subject;
}

/**
 * granary_transfer_job_dup_facts:
 * @self: a job
 *
 * Returns: (transfer full): its facts, an object; the caller's own copy
 */
JsonNode *
granary_transfer_job_dup_facts (GranaryTransferJob *self)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (GRANARY_IS_TRANSFER_JOB (self), NULL);

  text = granary_transfer_job_dup_facts_text (self);

  return json_from_string (text, NULL);
}

/**
 * granary_transfer_job_dup_fact:
 * @self: a job
 * @name: of a fact
 *
 * Returns: (transfer full) (nullable): its text; %NULL when it is not known, or no text
 */
char *
granary_transfer_job_dup_fact (GranaryTransferJob *self,
                               const char         *name)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_val_if_fail (GRANARY_IS_TRANSFER_JOB (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  locker = g_mutex_locker_new (&self->lock);

  return g_strdup (granary_json_get_string (self->facts, name));
}

/**
 * granary_transfer_job_set_fact:
 * @self: a job
 * @name: of a fact; holds no `.`
 * @value: (nullable): text, never a secret; %NULL takes the fact away
 * @error: return location
 *
 * Remembers something for the runs to come. Blocks.
 *
 * Returns: whether it is on the disk; otherwise the fact is as it was
 */
gboolean
granary_transfer_job_set_fact (GranaryTransferJob  *self,
                               const char          *name,
                               const char          *value,
                               GError             **error)
{
  g_autoptr (GMutexLocker) locker = NULL;
  g_autoptr (JsonNode) facts = NULL;

  g_return_val_if_fail (GRANARY_IS_TRANSFER_JOB (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  locker = g_mutex_locker_new (&self->lock);
  facts = copy_facts (self->facts, name, value);
  if (self->store != NULL)
    {
      g_autofree char *text = granary_json_to_text (facts, FALSE);

      /* A fact may build on the files before it. */
      if (!flush_locked (self, error) ||
          !granary_transfer_store_set_job_facts (self->store, self->id, text, error))
        return FALSE;
    }

  json_node_unref (self->facts);
  self->facts = g_steal_pointer (&facts);
  return TRUE;
}

guint
granary_transfer_job_get_n_files (GranaryTransferJob *self)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_val_if_fail (GRANARY_IS_TRANSFER_JOB (self), 0);

  locker = g_mutex_locker_new (&self->lock);

  return self->n_files;
}

/**
 * granary_transfer_job_dup_file:
 * @self: a job
 * @position: from 0
 *
 * In a runner this is a look into memory; of a job that does not run the files may be read from the
 * disk first.
 *
 * Returns: (transfer full) (nullable): a copy; %NULL behind the last file, or, outside of a runner,
 *   when they cannot be read
 */
GranaryTransferFile *
granary_transfer_job_dup_file (GranaryTransferJob *self,
                               guint               position)
{
  g_autoptr (GMutexLocker) locker = NULL;
  g_autoptr (GError) error = NULL;
  const GranaryTransferFile *file;
  GranaryTransferFile *copy;

  g_return_val_if_fail (GRANARY_IS_TRANSFER_JOB (self), NULL);

  locker = g_mutex_locker_new (&self->lock);
  if (!load_files_locked (self, &error))
    {
      g_debug ("the files of job %" G_GINT64_FORMAT ": %s", self->id, error->message);
      return NULL;
    }
  if (position >= self->files->len)
    return NULL;

  file = g_ptr_array_index (self->files, position);
  copy = granary_transfer_file_new (file->path, file->target, file->size, file->mtime);
  copy->done = file->done;

  return copy;
}

/**
 * granary_transfer_job_set_file_done:
 * @self: a job
 * @position: of a file, from 0
 * @error: return location
 *
 * Remembers that a file is moved and verified. Of files below 1 MiB those of a tenth of a second
 * are stored together; all are on the disk before the next fact is, and before the run ends.
 * Blocks.
 *
 * Returns: whether it could be stored
 */
gboolean
granary_transfer_job_set_file_done (GranaryTransferJob  *self,
                                    guint                position,
                                    GError             **error)
{
  g_autoptr (GMutexLocker) locker = NULL;
  GranaryTransferFile *file;

  g_return_val_if_fail (GRANARY_IS_TRANSFER_JOB (self), FALSE);

  locker = g_mutex_locker_new (&self->lock);
  g_return_val_if_fail (position < self->n_files, FALSE);

  if (!load_files_locked (self, error))
    return FALSE;

  file = g_ptr_array_index (self->files, position);
  file->done = TRUE;
  if (self->store == NULL)
    return TRUE;

  g_array_append_val (self->untold, position);
  if (file->size < SMALL_FILE && g_get_monotonic_time () - self->flushed < FLUSH_INTERVAL)
    return TRUE;

  return flush_locked (self, error);
}

/**
 * granary_transfer_job_set_files:
 * @self: a job
 * @files: (element-type GranaryTransferFile): all of them; not changed any more
 * @error: return location
 *
 * Sets what is moved, for a runner that finds it out itself. Blocks.
 *
 * Returns: whether it is on the disk; otherwise the files are as they were
 */
gboolean
granary_transfer_job_set_files (GranaryTransferJob  *self,
                                GPtrArray           *files,
                                GError             **error)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_val_if_fail (GRANARY_IS_TRANSFER_JOB (self), FALSE);
  g_return_val_if_fail (files != NULL, FALSE);

  locker = g_mutex_locker_new (&self->lock);
  if (self->store != NULL &&
      !granary_transfer_store_set_job_files (self->store, self->id, files, error))
    return FALSE;

  g_array_set_size (self->untold, 0);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  self->files = g_ptr_array_ref (files);
  self->n_files = files->len;
  return TRUE;
}
