/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-sign-out.h"

#include "granary-error.h"
#include "granary-keyring.h"
#include "granary-tione.h"
#include "granary-worker.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A mirror has one level of folders; whatever else is there is not deeper than this. */
#define MAX_DEPTH 16

/* Data of the task. */
typedef struct
{
  GranaryAccountList *list;
  GranaryAccount     *account;
  gboolean            remove_mirror;
} Work;

/* Auxiliary functions */

static void
work_free (gpointer data)
{
  Work *work = data;

  g_object_unref (work->list);
  g_object_unref (work->account);
  g_free (work);
}

/* Removes @name in the folder @parent with all that is in it, following no link. What is gone
 * already is fine. */
static gboolean
remove_tree (int         parent,
             const char *name,
             guint       depth)
{
  g_autofd int fd = -1;
  struct dirent *entry;
  gboolean removed = TRUE;
  DIR *folder;

  if (unlinkat (parent, name, 0) == 0 || errno == ENOENT)
    return TRUE;
  if (depth == 0 || (errno != EISDIR && errno != EPERM))
    return FALSE;

  fd = openat (parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  folder = fd >= 0 ? fdopendir (fd) : NULL;
  if (folder == NULL)
    return FALSE;

  fd = -1; /* closed with the folder */
  while ((entry = readdir (folder)) != NULL)
    {
      if (!g_str_equal (entry->d_name, ".") && !g_str_equal (entry->d_name, ".."))
        removed = remove_tree (dirfd (folder), entry->d_name, depth - 1) && removed;
    }
  closedir (folder);

  return removed && (unlinkat (parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT);
}

/* Whether the folder @name belongs to the connection: its own, or `UID-REGION`. */
static gboolean
is_mirror_of (const char *name,
              const char *uid)
{
  gsize length = strlen (uid);

  if (strncmp (name, uid, length) != 0)
    return FALSE;

  return name[length] == '\0' ||
         (name[length] == '-' && granary_account_region_check (name + length + 1, NULL));
}

static void
remove_mirror (GTask        *task,
               gpointer      source,
               gpointer      task_data,
               GCancellable *cancellable)
{
  Work *work = task_data;
  GError *error = NULL;

  if (granary_sign_out_remove_mirror (granary_account_get_uid (work->account), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
key_removed_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Work *work = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  const char *uid = granary_account_get_uid (work->account);

  /* Without a service there is no key either that could be left behind. */
  if (!granary_keyring_remove_finish (result, &error) &&
      !granary_error_matches_reason (error, GRANARY_REASON_KEYRING_MISSING))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  g_clear_error (&error);
  if (!granary_account_list_remove (work->list, uid, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (!work->remove_mirror)
    g_task_return_boolean (task, TRUE);
  else
    {
      g_autoptr (GranaryWorker) worker = granary_worker_new ("granary-signout", 1);

      granary_worker_run (worker, task, remove_mirror);
    }
}

/* Public functions */

/**
 * granary_sign_out_remove_mirror:
 * @uid: of a connection, which must not be open in this process
 * @error: return location
 *
 * Returns: whether nothing is kept of it any more
 */
gboolean
granary_sign_out_remove_mirror (const char  *uid,
                                GError     **error)
{
  g_autofree char *path = granary_tione_get_folder (uid);
  g_autofree char *parent_path = g_path_get_dirname (path);
  g_autofree char *failed = NULL;
  g_autoptr (GDir) folder = g_dir_open (parent_path, 0, NULL);
  g_autofd int parent = open (parent_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const char *name;

  if (folder == NULL || parent < 0)
    return TRUE; /* nothing was ever kept */

  while ((name = g_dir_read_name (folder)) != NULL)
    {
      if (is_mirror_of (name, uid) && !remove_tree (parent, name, MAX_DEPTH) && failed == NULL)
        failed = g_build_filename (parent_path, name, NULL);
    }

  if (failed != NULL)
    {
      g_autofree char *shown = granary_display_path (failed);

      granary_set_error (error, GRANARY_ERROR_FILE, GRANARY_REASON_TARGET_UNWRITABLE, shown,
                         "%s could not be removed", shown);
      return FALSE;
    }

  return TRUE;
}

/**
 * granary_sign_out_async:
 * @list: where @account is listed
 * @account: the connection
 * @remove_mirror: whether to remove what is kept of it on this computer as well
 * @cancellable: (nullable): calls it off, as long as the key is not removed
 * @callback: called in the main context of the caller
 * @user_data: for @callback
 *
 * The key goes first: when the keyring stays locked nothing has changed.
 */
void
granary_sign_out_async (GranaryAccountList  *list,
                        GranaryAccount      *account,
                        gboolean             remove_mirror_too,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  GTask *task;
  Work *work;

  g_return_if_fail (GRANARY_IS_ACCOUNT_LIST (list));
  g_return_if_fail (GRANARY_IS_ACCOUNT (account));

  work = g_new0 (Work, 1);
  work->list = g_object_ref (list);
  work->account = g_object_ref (account);
  work->remove_mirror = remove_mirror_too;
  /* Not cancellable itself: once the key is gone, the rest follows. */
  task = g_task_new (list, NULL, callback, user_data);
  g_task_set_source_tag (task, granary_sign_out_async);
  g_task_set_task_data (task, work, work_free);
  granary_keyring_remove_async (account, cancellable, key_removed_cb, task);
}

/**
 * granary_sign_out_finish:
 * @result: as the callback got it
 * @error: return location: of the keyring, of the list, or of a folder that could not be removed
 *
 * Returns: whether all of it is done
 */
gboolean
granary_sign_out_finish (GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, granary_sign_out_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
