/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-local-verbs-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-local-digest-private.h"
#include "granary-names.h"

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* One look at a version: what its folder holds against what the catalogue says. */
typedef struct
{
  GranaryLocalStore *store;
  GranaryVersion    *version;
  GranaryTransfer   *transfer;    /* (nullable): hash, and count here; NULL: look only */
  GCancellable      *cancellable; /* (nullable) */
  GPtrArray         *errors;      /* (element-type GError) */
} Look;

static void
add_error (GPtrArray     *errors,
           GranaryError   code,
           GranaryReason  reason,
           const char    *model_name,
           int            number,
           const char    *path)
{
  g_autofree char *shown = path != NULL ? granary_display_path (path) : NULL;
  g_autofree char *subject = NULL;
  GError *error = NULL;

  if (number == 0)
    subject = shown != NULL ? g_strdup_printf ("%s/%s", model_name, shown) : g_strdup (model_name);
  else if (shown != NULL)
    subject = g_strdup_printf ("%s v%d/%s", model_name, number, shown);
  else
    subject = g_strdup_printf ("%s v%d", model_name, number);
  granary_set_error (&error, code, reason, subject, "%s (%d)", subject, (int) reason);
  g_ptr_array_add (errors, error);
}

static void
note (Look          *self,
      GranaryError   code,
      GranaryReason  reason,
      const char    *path)
{
  add_error (self->errors, code, reason, self->version->model_name, self->version->number, path);
}

/* Returns FALSE when called off. */
static gboolean
look_at_file (Look              *self,
              int                folder_fd,
              const GranaryFile *file)
{
  guint8 sha256[GRANARY_SHA256_LENGTH];
  struct stat status;
  g_autofd int fd = -1;
  int result;

  if (g_cancellable_is_cancelled (self->cancellable))
    return FALSE;
  if (fstatat (folder_fd, file->path, &status, AT_SYMLINK_NOFOLLOW) != 0)
    {
      if (errno == ENOENT || errno == ENOTDIR)
        note (self, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_FILE_MISSING, file->path);
      else
        note (self, GRANARY_ERROR_FILE, GRANARY_REASON_INPUT_OUTPUT, file->path);
      return TRUE;
    }
  if (!S_ISREG (status.st_mode) || status.st_size != file->size)
    {
      note (self, GRANARY_ERROR_CHECKSUM, GRANARY_REASON_FILE_CHANGED, file->path);
      return TRUE;
    }
  if (self->transfer == NULL)
    {
      if (granary_local_mtime (&status) != file->mtime ||
          (file->inode != 0 && status.st_ino != file->inode))
        note (self, GRANARY_ERROR_CHECKSUM, GRANARY_REASON_FILE_CHANGED, file->path);
      return TRUE;
    }

  fd = openat (folder_fd, file->path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    {
      note (self, GRANARY_ERROR_FILE,
            errno == EACCES ? GRANARY_REASON_PERMISSION : GRANARY_REASON_INPUT_OUTPUT, file->path);
      return TRUE;
    }
  result = granary_local_digest_file (fd, status.st_size,
                                      granary_local_occupied (&status) < status.st_size,
                                      self->transfer, self->cancellable, sha256);
  if (result == ECANCELED)
    return FALSE;
  if (result != 0 && result != ENODATA)
    note (self, GRANARY_ERROR_FILE, GRANARY_REASON_INPUT_OUTPUT, file->path);
  else if (result == ENODATA || memcmp (sha256, file->sha256, sizeof sha256) != 0)
    note (self, GRANARY_ERROR_CHECKSUM, GRANARY_REASON_FILE_CHANGED, file->path);
  granary_transfer_add_files (self->transfer, 1);

  return TRUE;
}

/* What lies in the folder without being known. An unknown folder is one problem, not thousands. */
static void
look_for_unknown (Look       *self,
                  int         folder_fd,
                  const char *name,
                  const char *prefix,
                  GHashTable *folders)
{
  int fd = openat (folder_fd, name, FOLDER_FLAGS);
  DIR *stream = fd >= 0 ? fdopendir (fd) : NULL;
  struct dirent *entry;

  if (stream == NULL)
    {
      if (fd >= 0)
        close (fd);
      return;
    }

  while ((entry = readdir (stream)) != NULL)
    {
      g_autofree char *path = NULL;
      struct stat status;

      if (strcmp (entry->d_name, ".") == 0 || strcmp (entry->d_name, "..") == 0)
        continue;
      path = prefix != NULL ? g_strconcat (prefix, "/", entry->d_name, NULL)
                            : g_strdup (entry->d_name);
      if (fstatat (fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        continue;
      if (S_ISDIR (status.st_mode) && g_hash_table_contains (folders, path))
        look_for_unknown (self, fd, entry->d_name, path, folders);
      else if (granary_version_find_file (self->version, path) == NULL)
        note (self, GRANARY_ERROR_CONFLICT, GRANARY_REASON_FILE_UNKNOWN, path);
    }
  closedir (stream);
}

static GHashTable *
list_folders (GranaryVersion *version)
{
  GHashTable *folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < version->files->len; i++)
    {
      const GranaryFile *file = g_ptr_array_index (version->files, i);

      for (const char *slash = strchr (file->path, '/'); slash != NULL;
           slash = strchr (slash + 1, '/'))
        g_hash_table_add (folders, g_strndup (file->path, (gsize) (slash - file->path)));
    }

  return folders;
}

/* Returns FALSE when called off. */
static gboolean
look (Look *self)
{
  g_autofd int fd = granary_local_store_open_version (self->store, self->version->model_name,
                                                      self->version->number, NULL);
  g_autoptr (GHashTable) folders = NULL;

  if (fd < 0)
    {
      note (self, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_FILE_MISSING, NULL);
      return TRUE;
    }
  for (guint i = 0; i < self->version->files->len; i++)
    {
      if (!look_at_file (self, fd, g_ptr_array_index (self->version->files, i)))
        return FALSE;
    }

  folders = list_folders (self->version);
  look_for_unknown (self, fd, ".", NULL, folders);
  return TRUE;
}

/* Looks again when the version was changed by somebody with every right to, while it was being
 * looked at. A version that went meanwhile has no problems. */
static GPtrArray *
look_until_still (GranaryLocalStore  *store,
                  GranaryVersion     *version,
                  GranaryTransfer    *transfer,
                  GCancellable       *cancellable,
                  GError            **error)
{
  g_autoptr (GranaryVersion) current = granary_version_ref (version);

  for (int attempt = 0;; attempt++)
    {
      g_autoptr (GPtrArray) errors = g_ptr_array_new_with_free_func ((GDestroyNotify) g_error_free);
      g_autoptr (GranaryVersion) now = NULL;
      g_autoptr (GError) local_error = NULL;
      Look self = { store, current, transfer, cancellable, errors };

      if (!look (&self))
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "called off");
          return NULL;
        }
      if (errors->len == 0 || attempt == 3)
        return g_steal_pointer (&errors);

      now = granary_catalog_load_version (store->catalog, version->id, &local_error);
      if (now == NULL && (granary_error_matches_reason (local_error,
                                                        GRANARY_REASON_VERSION_MISSING) ||
                          granary_error_matches_reason (local_error, GRANARY_REASON_MODEL_MISSING)))
        {
          g_ptr_array_set_size (errors, 0);
          return g_steal_pointer (&errors);
        }
      if (now == NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
      if (now->updated == current->updated && g_str_equal (now->model_name, current->model_name) &&
          (attempt > 0 || transfer != NULL))
        return g_steal_pointer (&errors);

      /* An upload changes the folder a moment before the catalogue. */
      if (now->updated == current->updated)
        g_usleep (20 * G_TIME_SPAN_MILLISECOND);
      g_clear_pointer (&current, granary_version_unref);
      current = g_steal_pointer (&now);
    }
}

/* What lies under `models/` and belongs to no version. */
static gboolean
find_orphans (GranaryLocalStore  *store,
              GHashTable         *known,
              GPtrArray          *errors,
              GError            **error)
{
  g_autofd int copy = openat (store->models_fd, ".", FOLDER_FLAGS);
  DIR *models = copy >= 0 ? fdopendir (copy) : NULL;
  struct dirent *entry;

  if (models == NULL)
    {
      granary_set_error_from_errno (error, errno, GRANARY_LOCAL_MODELS, "open");
      return FALSE;
    }
  copy = -1;

  while ((entry = readdir (models)) != NULL)
    {
      struct dirent *version;
      DIR *versions;
      int fd;

      if (strcmp (entry->d_name, ".") == 0 || strcmp (entry->d_name, "..") == 0)
        continue;
      fd = openat (dirfd (models), entry->d_name, FOLDER_FLAGS);
      versions = fd >= 0 ? fdopendir (fd) : NULL;
      if (versions == NULL)
        {
          g_autofree char *shown = granary_display_path (entry->d_name);

          if (fd >= 0)
            close (fd);
          add_error (errors, GRANARY_ERROR_CONFLICT, GRANARY_REASON_FILE_UNKNOWN, shown, 0, NULL);
          continue;
        }
      while ((version = readdir (versions)) != NULL)
        {
          g_autofree char *path = NULL;
          g_autofree char *shown = NULL;

          if (strcmp (version->d_name, ".") == 0 || strcmp (version->d_name, "..") == 0)
            continue;
          path = g_build_filename (entry->d_name, version->d_name, NULL);
          if (g_hash_table_contains (known, path))
            continue;
          shown = granary_display_path (entry->d_name);
          add_error (errors, GRANARY_ERROR_CONFLICT, GRANARY_REASON_FILE_UNKNOWN, shown, 0,
                     version->d_name);
        }
      closedir (versions);
    }
  closedir (models);

  return TRUE;
}

static GPtrArray *
load_versions (GranaryLocalStore  *store,
               GArray             *version_ids,
               GranaryTransfer    *transfer,
               GHashTable         *known,
               GError            **error)
{
  GCancellable *cancellable = granary_transfer_get_cancellable (transfer);
  g_autoptr (GPtrArray) versions = NULL;
  g_autoptr (GArray) model_ids = NULL;
  g_autoptr (GranaryQuery) all = NULL;

  versions = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_version_unref);
  if (version_ids != NULL)
    {
      for (guint i = 0; i < version_ids->len; i++)
        {
          GranaryVersion *version;

          version = granary_catalog_load_version (store->catalog,
                                                  g_array_index (version_ids, gint64, i), error);
          if (version == NULL)
            return NULL;
          g_ptr_array_add (versions, version);
        }
      return g_steal_pointer (&versions);
    }

  all = granary_query_new (NULL, NULL, GRANARY_SORT_NAME, FALSE);
  model_ids = granary_catalog_list_ids (store->catalog, all, cancellable, error);
  if (model_ids == NULL)
    return NULL;
  for (guint i = 0; i < model_ids->len; i++)
    {
      g_autoptr (GPtrArray) some = NULL;

      some = granary_catalog_load_versions (store->catalog, g_array_index (model_ids, gint64, i),
                                            error);
      if (some == NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      for (guint v = 0; v < some->len; v++)
        {
          GranaryVersion *version = g_ptr_array_index (some, v);

          g_hash_table_add (known, g_strdup_printf ("%s/v%d", version->model_name,
                                                    version->number));
          if (version->status == GRANARY_STATUS_READY)
            g_ptr_array_add (versions, granary_version_ref (version));
        }
    }

  return g_steal_pointer (&versions);
}

static void
add_problems (GPtrArray *problems,
              gint64     version_id,
              GPtrArray *errors)
{
  for (guint i = 0; i < errors->len; i++)
    {
      GranaryVerifyProblem *problem = g_new0 (GranaryVerifyProblem, 1);

      problem->version_id = version_id;
      problem->error = g_error_copy (g_ptr_array_index (errors, i));
      g_ptr_array_add (problems, problem);
    }
}

GPtrArray *
granary_local_verify (GranaryLocalStore  *store,
                      GArray             *version_ids,
                      GranaryTransfer    *transfer,
                      GError            **error)
{
  GCancellable *cancellable = granary_transfer_get_cancellable (transfer);
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) orphans = NULL;
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GPtrArray) versions = NULL;
  gint64 size = 0;
  gint64 n_files = 0;

  if (!granary_local_store_check (store, FALSE, error))
    return NULL;

  problems = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_verify_problem_free);
  orphans = g_ptr_array_new_with_free_func ((GDestroyNotify) g_error_free);
  granary_transfer_set_state (transfer, GRANARY_TRANSFER_VERIFYING);
  versions = load_versions (store, version_ids, transfer, known, error);
  if (versions == NULL)
    return NULL;
  if (version_ids == NULL && !find_orphans (store, known, orphans, error))
    return NULL;
  add_problems (problems, 0, orphans);

  for (guint i = 0; i < versions->len; i++)
    {
      const GranaryVersion *version = g_ptr_array_index (versions, i);

      size += version->size;
      n_files += version->n_files;
    }
  granary_transfer_set_total (transfer, size, n_files);

  for (guint i = 0; i < versions->len; i++)
    {
      g_autoptr (GranaryVersion) version = NULL;
      g_autoptr (GPtrArray) errors = NULL;
      g_autoptr (GError) local_error = NULL;
      gint64 id = ((GranaryVersion *) g_ptr_array_index (versions, i))->id;

      /* With its files, and as it is by now. */
      version = granary_catalog_load_version (store->catalog, id, &local_error);
      if (version == NULL && version_ids == NULL && local_error->domain == GRANARY_ERROR &&
          local_error->code == GRANARY_ERROR_NOT_FOUND)
        continue;
      if (version == NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
      if (version->status != GRANARY_STATUS_READY)
        {
          errors = g_ptr_array_new_with_free_func ((GDestroyNotify) g_error_free);
          add_error (errors, GRANARY_ERROR_CONFLICT, GRANARY_REASON_VERSION_NOT_READY,
                     version->model_name, version->number, NULL);
        }
      else
        {
          errors = look_until_still (store, version, transfer, cancellable, error);
        }
      if (errors == NULL)
        return NULL;
      add_problems (problems, version->id, errors);
    }

  return g_steal_pointer (&problems);
}

GPtrArray *
granary_local_check (GranaryLocalStore  *store,
                     gint64              version_id,
                     GCancellable       *cancellable,
                     GError            **error)
{
  g_autoptr (GranaryVersion) version = NULL;

  if (!granary_local_store_check (store, FALSE, error))
    return NULL;
  version = granary_catalog_load_version (store->catalog, version_id, error);
  if (version == NULL)
    return NULL;
  /* Its files are still on their way. */
  if (version->status != GRANARY_STATUS_READY)
    return g_ptr_array_new_with_free_func ((GDestroyNotify) g_error_free);

  return look_until_still (store, version, NULL, cancellable, error);
}
