/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-local-verbs-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-json.h"
#include "granary-local-io.h"

/* Puts right what sessions left whose process is gone. Imports and uploads that were not committed
 * are undone; what was committed is carried through: the sources of a cut go, deleted and restored
 * things reach their place, purged ones vanish. Every step can be cut short and repeated. */

#define REPAIR_LOCK "repair.lock"
#define LOCK_ENDING ".lock"

typedef struct
{
  GranaryLocalStore *store;
  GPtrArray         *operations; /* (owned) (nullable) (element-type GranaryOperation) */
  GHashTable        *dead;       /* (owned): session → descriptor of its lock, or -1 */
  GPtrArray         *repairs;    /* (element-type GranaryRepair) */

  /* The operation at hand. */
  GranaryOperation  *operation;
  JsonNode          *detail;     /* (nullable) */
  GranaryRepair     *repair;
  gboolean           is_gone;    /* what it was about is not there any more */
} Repair;

static const char *
kind_to_id (GranaryOperationKind kind)
{
  switch (kind)
    {
    case GRANARY_OPERATION_IMPORT:
      return "import";
    case GRANARY_OPERATION_UPLOAD:
      return "upload";
    case GRANARY_OPERATION_CUT:
      return "cut";
    case GRANARY_OPERATION_DELETE:
      return "delete";
    case GRANARY_OPERATION_RESTORE:
      return "restore";
    case GRANARY_OPERATION_PURGE:
      return "purge";
    case GRANARY_OPERATION_RENAME:
      return "rename";
    default:
      return "unknown";
    }
}

/* Auxiliary functions */

static void
close_lock (gpointer data)
{
  int fd = GPOINTER_TO_INT (data);

  if (fd >= 0)
    close (fd);
}

static gboolean
is_dead (Repair     *self,
         const char *session)
{
  gboolean dead;
  int fd;

  if (g_str_equal (session, self->store->session))
    return FALSE;
  if (g_hash_table_contains (self->dead, session))
    return TRUE;

  fd = granary_local_lock_session (self->store->staging_fd, session, &dead);
  if (dead)
    g_hash_table_insert (self->dead, g_strdup (session), GINT_TO_POINTER (fd));

  return dead;
}

static gboolean
list_cb (GranaryWriter  *writer,
         gpointer        data,
         GError        **error)
{
  Repair *self = data;

  self->operations = granary_writer_list_operations (writer, error);
  return self->operations != NULL;
}

/* Which model and version it is about; the operation may outlive both. */
static gboolean
find_cb (GranaryWriter  *writer,
         gpointer        data,
         GError        **error)
{
  Repair *self = data;
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) local_error = NULL;

  self->is_gone = FALSE;
  model = granary_writer_load_model (writer, self->operation->model_id, &local_error);
  if (model != NULL && self->operation->version_id != 0)
    version = granary_writer_load_version (writer, self->operation->version_id, &local_error);
  if (local_error != NULL)
    {
      if (!g_error_matches (local_error, GRANARY_ERROR, GRANARY_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      self->is_gone = TRUE;
    }
  if (model != NULL)
    g_set_str (&self->repair->model_name, model->name);
  if (version != NULL)
    self->repair->number = version->number;

  return TRUE;
}

static gboolean
end_cb (GranaryWriter  *writer,
        gpointer        data,
        GError        **error)
{
  Repair *self = data;

  if (self->operation->kind == GRANARY_OPERATION_IMPORT && !self->is_gone)
    {
      gboolean is_new = granary_json_get_string (self->detail, "new_model") != NULL;
      g_autoptr (GranaryModel) model = NULL;

      if (!granary_local_forget_import (writer, self->operation->uid, self->operation->model_id,
                                        self->operation->version_id, is_new, error))
        return FALSE;
      model = granary_writer_load_model (writer, self->operation->model_id, NULL);
      if (model == NULL)
        return TRUE;
    }
  else if (!granary_writer_end_operation (writer, self->operation->uid, error))
    {
      return FALSE;
    }

  if (self->is_gone)
    return TRUE;
  if (!granary_writer_add_event (writer, self->operation->model_id, self->repair->number,
                                 GRANARY_EVENT_REPAIRED, kind_to_id (self->operation->kind), error))
    return FALSE;

  return self->operation->kind != GRANARY_OPERATION_PURGE ||
         granary_writer_purge_trash (writer, granary_json_get_string (self->detail, "entry"), error);
}

static guint64
get_inode (JsonNode *detail)
{
  const char *text = granary_json_get_string (detail, "inode");

  return text != NULL ? g_ascii_strtoull (text, NULL, 10) : 0;
}

/* Carries a rename through. */
static gboolean
finish_move (Repair  *self,
             GError **error)
{
  const char *from = granary_json_get_string (self->detail, "from");
  const char *to = granary_json_get_string (self->detail, "to");

  if (from == NULL || to == NULL)
    return TRUE;
  if (granary_local_store_exists (self->store, from) &&
      !granary_local_store_move (self->store, from, to, error))
    return FALSE;

  return granary_local_store_sync_parents (self->store, from, to, error);
}

static gboolean
finish_purge (Repair  *self,
              GError **error)
{
  const char *all = granary_json_get_string (self->detail, "entries");
  g_auto (GStrv) entries = g_strsplit (all != NULL ? all : "", " ", -1);

  for (guint i = 0; entries[i] != NULL; i++)
    {
      if (*entries[i] != '\0' &&
          !granary_local_purge_tree (self->store, self->operation->uid, entries[i], NULL, NULL,
                                     error))
        return FALSE;
    }

  return TRUE;
}

/* The part of a repair that is done on the folder. */
static gboolean
repair_folder (Repair  *self,
               GError **error)
{
  const GranaryOperation *operation = self->operation;
  g_autofree char *path = NULL;

  if (self->is_gone)
    return TRUE;

  path = granary_local_version_path (self->repair->model_name, self->repair->number);
  switch (operation->kind)
    {
    case GRANARY_OPERATION_IMPORT:
      if (!granary_local_discard (self->store, operation->uid, path, error))
        return FALSE;
      if (granary_json_get_string (self->detail, "new_model") != NULL)
        granary_local_io_remove_folder (self->store->models_fd, self->repair->model_name);
      return TRUE;

    case GRANARY_OPERATION_UPLOAD:
      return granary_local_unswap (self->store, operation->uid, path, get_inode (self->detail),
                                   error);

    case GRANARY_OPERATION_CUT:
      self->repair->finished = TRUE;
      return operation->detail == NULL ||
             granary_local_finish_cut (self->store, operation->detail, self->repair->model_name,
                                       self->repair->number, NULL, error);

    case GRANARY_OPERATION_DELETE:
    case GRANARY_OPERATION_RESTORE:
    case GRANARY_OPERATION_RENAME:
      self->repair->finished = TRUE;
      return finish_move (self, error);

    case GRANARY_OPERATION_PURGE:
      self->repair->finished = TRUE;
      return finish_purge (self, error);

    default:
      return TRUE;
    }
}

static gboolean
repair_one (Repair            *self,
            GranaryOperation  *operation,
            GError           **error)
{
  g_autoptr (JsonNode) detail = NULL;

  if (operation->detail != NULL)
    {
      detail = granary_json_parse (operation->detail, -1, GRANARY_LOCAL_CATALOG, error);
      if (detail == NULL)
        return FALSE;
    }

  self->operation = operation;
  self->detail = detail;
  self->repair = g_new0 (GranaryRepair, 1);
  self->repair->kind = (int) operation->kind;
  g_ptr_array_add (self->repairs, self->repair);

  return granary_local_store_write (self->store, find_cb, self, error) &&
         repair_folder (self, error) &&
         granary_local_store_write (self->store, end_cb, self, error);
}

static gboolean
repair_operations (Repair  *self,
                   GError **error)
{
  for (guint i = 0; i < self->operations->len; i++)
    {
      GranaryOperation *operation = g_ptr_array_index (self->operations, i);

      if (!is_dead (self, operation->session))
        continue;
      if (!repair_one (self, operation, error))
        return FALSE;
      g_debug ("Repaired %s of %s", kind_to_id (operation->kind), operation->uid);
    }

  return TRUE;
}

/* What lies in staging is named after its session: SESSION.NUMBER, SESSION.NUMBER.old and
 * SESSION.lock. That of the dead goes; names of another kind are not ours. */
static gboolean
clear_staging (Repair  *self,
               GError **error)
{
  int fd = openat (self->store->staging_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *stream = fd >= 0 ? fdopendir (fd) : NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  struct dirent *entry;

  if (stream == NULL)
    {
      granary_set_error_from_errno (error, errno, GRANARY_LOCAL_STAGING, "open");
      if (fd >= 0)
        close (fd);
      return FALSE;
    }
  while ((entry = readdir (stream)) != NULL)
    {
      if (g_str_has_prefix (entry->d_name, "s-") && strchr (entry->d_name, '.') != NULL)
        g_ptr_array_add (names, g_strdup (entry->d_name));
    }
  closedir (stream);

  /* Folders before locks, so that what is cut short is found again. */
  for (int is_lock_pass = 0; is_lock_pass <= 1; is_lock_pass++)
    {
      for (guint i = 0; i < names->len; i++)
        {
          const char *name = g_ptr_array_index (names, i);
          g_autofree char *session = g_strndup (name, strcspn (name, "."));
          gboolean is_lock = g_str_has_suffix (name, LOCK_ENDING);

          if (is_lock != is_lock_pass || !is_dead (self, session))
            continue;
          if (is_lock ? unlinkat (self->store->staging_fd, name, 0) != 0 && errno != ENOENT
                      : !granary_local_remove_tree (self->store->staging_fd, name, NULL, NULL,
                                                    error))
            {
              if (is_lock)
                granary_set_error_from_errno (error, errno, name, "unlink");
              return FALSE;
            }
        }
    }

  return TRUE;
}

/* Functions for opening */

/**
 * granary_local_repair:
 * @store: a repository just opened
 * @repairs: (element-type GranaryRepair): takes what was put right
 * @error: return location
 *
 * Blocks. Only one process repairs at a time; another one that opens meanwhile goes on without.
 *
 * Returns: whether everything is right now
 */
gboolean
granary_local_repair (GranaryLocalStore  *store,
                      GPtrArray          *repairs,
                      GError            **error)
{
  Repair self = { .store = store, .repairs = repairs };
  g_autofd int lock_fd = -1;
  gboolean result;

  lock_fd = openat (store->staging_fd, REPAIR_LOCK, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
                    0644);
  if (lock_fd < 0)
    {
      granary_set_error_from_errno (error, errno, REPAIR_LOCK, "create lock");
      return FALSE;
    }
  if (flock (lock_fd, LOCK_EX | LOCK_NB) != 0)
    return TRUE;

  self.dead = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, close_lock);
  result = granary_local_store_write (store, list_cb, &self, error) &&
           repair_operations (&self, error) &&
           clear_staging (&self, error);
  g_clear_pointer (&self.operations, g_ptr_array_unref);
  g_clear_pointer (&self.dead, g_hash_table_unref);

  return result;
}
