/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-verbs-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-json.h"
#include "granary-names.h"
#include "granary-tione-files-private.h"
#include "granary-tione-folder-private.h"

/* All versions of one download are fetched into a hidden folder inside the chosen one; each is then
 * renamed to where it belongs. What lies in the hidden folder under its name is whole and verified,
 * so a later run goes on with it. */

#define FACT_FOLDER "folder" /* escaped: it may be of any encoding */
#define FACT_PATHS  "paths"  /* what became of it, one escaped path a line */

/* One version of it. */
typedef struct
{
  GranaryVersion      *version; /* (owned) */
  GranaryObjectPlace  *where;   /* (owned) */
  GranaryTioneListing *listing; /* (owned) */
  char                *path;    /* (owned): where it goes */
  char                *staged;  /* (owned) (nullable): where it is fetched to */
} Item;

typedef struct
{
  GranaryTionePlace  *place;
  GranaryTransferJob *job;
  GranaryTransfer    *transfer;
  char               *folder; /* (owned) */
  char               *staged; /* (owned): the hidden folder */
  GPtrArray          *items;  /* (owned) (element-type Item) */
} Download;

static void
item_free (gpointer data)
{
  Item *item = data;

  g_clear_pointer (&item->version, granary_version_unref);
  g_clear_pointer (&item->where, granary_object_place_free);
  g_clear_pointer (&item->listing, granary_tione_listing_free);
  g_free (item->path);
  g_free (item->staged);
  g_free (item);
}

static void
download_clear (Download *self)
{
  g_free (self->folder);
  g_free (self->staged);
  g_clear_pointer (&self->items, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Download, download_clear)

static gboolean
fail_target (GError     **error,
             int          saved_errno,
             const char  *path,
             const char  *action)
{
  g_autofree char *shown = granary_display_path (path);

  if (saved_errno == EACCES || saved_errno == EPERM || saved_errno == EROFS ||
      saved_errno == ENOENT || saved_errno == ENOTDIR)
    granary_set_error (error, GRANARY_ERROR_FILE, GRANARY_REASON_TARGET_UNWRITABLE, shown,
                       "%s: %s: %s", action, shown, g_strerror (saved_errno));
  else
    granary_set_error_from_errno (error, saved_errno, shown, action);
  return FALSE;
}

/* Finding out */

static gboolean
open_item (Download      *self,
           gint64         version_id,
           GCancellable  *cancellable,
           GError       **error)
{
  Item *item = g_new0 (Item, 1);
  g_autofree char *model = NULL;
  g_autofree char *name = NULL;

  g_ptr_array_add (self->items, item);
  item->version = granary_tione_place_load_ready (self->place, version_id, error);
  if (item->version == NULL)
    return FALSE;
  item->where = granary_tione_version_place (item->version, error);
  if (item->where == NULL)
    return FALSE;

  /* The platform has names that Granary would not give. */
  model = granary_name_suggest (item->version->model_name);
  name = g_strdup_printf ("%s-v%d", *model != '\0' ? model : "model", item->version->number);
  item->path = g_build_filename (self->folder, name, NULL);
  if (self->staged != NULL)
    item->staged = g_build_filename (self->staged, name, NULL);

  return TRUE;
}

static gboolean
list_item (Download      *self,
           Item          *item,
           GCancellable  *cancellable,
           GError       **error)
{
  g_autofree char *subject = granary_tione_subject (item->version->model_name,
                                                    item->version->number, NULL);

  item->listing = granary_tione_list_files (self->place, item->where, item->version->files,
                                            cancellable, error);
  if (item->listing == NULL)
    return FALSE;
  if (item->listing->files->len == 0)
    return granary_tione_fail (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_FILE_MISSING, subject);

  return TRUE;
}

/* What is in the way, unless it is the very version. */
static gboolean
check_target (Download      *self,
              Item          *item,
              gboolean      *is_there,
              GCancellable  *cancellable,
              GError       **error)
{
  struct stat status;

  *is_there = lstat (item->path, &status) == 0;
  if (!*is_there)
    return TRUE;
  if (item->listing == NULL && !list_item (self, item, cancellable, error))
    return FALSE;

  if (S_ISDIR (status.st_mode) &&
      granary_tione_folder_count (item->path) == item->listing->files->len)
    {
      gboolean is_same = FALSE;

      if (!granary_tione_folder_compare (self->place, item->where, item->listing->files,
                                         item->path, &is_same, cancellable, error))
        return FALSE;
      if (is_same)
        return TRUE;
    }

  return granary_tione_fail (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_TARGET_EXISTS,
                             item->path);
}

static gboolean
check_folder (Download  *self,
              GError   **error)
{
  struct stat status;

  if (stat (self->folder, &status) != 0)
    return fail_target (error, errno, self->folder, "open");
  if (!S_ISDIR (status.st_mode))
    return fail_target (error, ENOTDIR, self->folder, "open");
  if (faccessat (AT_FDCWD, self->folder, W_OK | X_OK, AT_EACCESS) != 0)
    return fail_target (error, errno, self->folder, "open");

  return TRUE;
}

GranaryTransferJob *
granary_tione_download_prepare (GranaryTionePlace  *place,
                                GArray             *version_ids,
                                const char         *folder,
                                GCancellable       *cancellable,
                                GError            **error)
{
  g_auto (Download) self = { .place = place };
  g_autoptr (JsonObject) facts = json_object_new ();
  g_autofree char *escaped = g_strescape (folder, NULL);
  g_autofree char *subject = NULL;
  JsonArray *ids = json_array_new ();

  json_object_set_string_member (facts, GRANARY_TIONE_FACT_VERB, "download");
  json_object_set_string_member (facts, FACT_FOLDER, escaped);
  json_object_set_array_member (facts, "versions", ids);
  self.folder = g_strdup (folder);
  self.items = g_ptr_array_new_with_free_func (item_free);
  for (guint i = 0; i < version_ids->len; i++)
    {
      gint64 id = g_array_index (version_ids, gint64, i);
      g_autoptr (GError) local_error = NULL;
      gboolean is_there;
      Item *item;

      if (!open_item (&self, id, cancellable, error))
        return NULL;
      item = g_ptr_array_index (self.items, i);
      json_array_add_int_element (ids, id);
      g_set_str (&subject, NULL);
      subject = granary_tione_subject (item->version->model_name, item->version->number, NULL);

      /* What the network has against it is for the queue, which tries again. */
      if (!check_target (&self, item, &is_there, cancellable, &local_error) &&
          !g_error_matches (local_error, GRANARY_ERROR, GRANARY_ERROR_NETWORK) &&
          !granary_error_matches_reason (local_error, GRANARY_REASON_SERVICE_BUSY))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
    }
  if (!check_folder (&self, error))
    return NULL;

  return granary_transfer_job_new (GRANARY_TRANSFER_DOWNLOAD,
                                   version_ids->len == 1 ? subject : NULL,
                                   g_steal_pointer (&facts), NULL);
}

/* Running */

/* The same for the same download, so that one that is asked for again goes on with what an earlier
 * one left, and takes it away. */
static char *
make_temporary_name (Download  *self,
                     JsonArray *ids)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  const char *uid = granary_account_get_uid (self->place->account);

  g_checksum_update (checksum, (const guchar *) uid, -1);
  for (guint i = 0; i < json_array_get_length (ids); i++)
    {
      g_autofree char *id = g_strdup_printf ("/%" G_GINT64_FORMAT,
                                             json_array_get_int_element (ids, i));

      g_checksum_update (checksum, (const guchar *) id, -1);
    }

  return g_strdup_printf (".granary-download-%.16s", g_checksum_get_string (checksum));
}

static gboolean
parse (Download      *self,
       GCancellable  *cancellable,
       GError       **error)
{
  g_autoptr (JsonNode) facts = granary_transfer_job_dup_facts (self->job);
  g_autofree char *temporary = NULL;
  const char *escaped = granary_json_get_string (facts, FACT_FOLDER);
  JsonArray *ids = granary_json_get_array (facts, "versions");

  if (escaped == NULL || ids == NULL)
    return granary_tione_fail (error, GRANARY_ERROR_DATABASE, GRANARY_REASON_CATALOG_CORRUPT,
                               granary_transfer_job_get_subject (self->job));
  self->folder = g_strcompress (escaped);
  self->items = g_ptr_array_new_with_free_func (item_free);
  temporary = make_temporary_name (self, ids);
  self->staged = g_build_filename (self->folder, temporary, NULL);

  if (!check_folder (self, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (ids); i++)
    {
      if (!open_item (self, json_array_get_int_element (ids, i), cancellable, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
check_room (Download  *self,
            gint64     needed,
            GError   **error)
{
  g_autofree char *shown = granary_display_path (self->folder);
  struct statvfs status;
  GError *full = NULL;
  gint64 available;

  if (statvfs (self->folder, &status) != 0)
    return TRUE;
  available = (gint64) status.f_bavail * (gint64) status.f_frsize;
  if (needed <= available)
    return TRUE;

  granary_set_error (&full, GRANARY_ERROR_QUOTA, GRANARY_REASON_NO_SPACE, shown,
                     "%s has no room for the download", shown);
  granary_error_set_room (full, needed, available);
  g_propagate_error (error, full);
  return FALSE;
}

typedef struct
{
  Download *download;
  Item     *item;
} Fetch;

static gboolean
fetch_file (guint          position,
            gpointer       data,
            GCancellable  *cancellable,
            GError       **error)
{
  Fetch *fetch = data;
  Download *self = fetch->download;
  const GranaryFile *file = g_ptr_array_index (fetch->item->listing->files, position);
  g_autofree char *path = g_build_filename (fetch->item->staged, file->path, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GranaryObjectPlace) at = NULL;
  g_autoptr (GranaryObject) object = NULL;
  gboolean is_same = FALSE;
  struct timespec times[2];

  at = granary_tione_file_place (fetch->item->where, file->path);
  if (lstat (path, &(struct stat) { 0 }) == 0)
    {
      if (!granary_tione_file_compare (self->place, at, file->size, path, &is_same, cancellable,
                                       error))
        return FALSE;
      if (is_same)
        {
          granary_transfer_add_bytes (self->transfer, file->size);
          granary_transfer_add_files (self->transfer, 1);
          return TRUE;
        }
      /* The object was changed since an earlier run fetched it. */
      if (unlink (path) != 0)
        return fail_target (error, errno, path, "remove");
    }

  if (g_mkdir_with_parents (parent, 0755) != 0)
    return fail_target (error, errno, parent, "mkdir");
  object = granary_cos_transfer_download (self->place->files, at, path, self->transfer, cancellable,
                                          error);
  if (object == NULL)
    return FALSE;

  times[0] = (struct timespec) { .tv_nsec = UTIME_OMIT };
  times[1] = (struct timespec) { .tv_sec = object->modified / G_USEC_PER_SEC };
  if (chmod (path, 0644) != 0 ||
      (object->modified > 0 && utimensat (AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) != 0))
    return fail_target (error, errno, path, "set attributes");
  granary_transfer_add_files (self->transfer, 1);

  return TRUE;
}

/* Nothing is replaced, whoever came first. */
static gboolean
publish (Item    *item,
         GError **error)
{
  if (renameat2 (AT_FDCWD, item->staged, AT_FDCWD, item->path, RENAME_NOREPLACE) == 0)
    return TRUE;
  if ((errno == EINVAL || errno == ENOSYS) && lstat (item->path, &(struct stat) { 0 }) != 0 &&
      rename (item->staged, item->path) == 0)
    return TRUE;
  if (errno == EEXIST || errno == ENOTEMPTY)
    return granary_tione_fail (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_TARGET_EXISTS,
                               item->path);

  return fail_target (error, errno, item->path, "rename");
}

/* Keys that no file may have stay where they are; that they were left out is said. */
static void
warn_odd (Download *self,
          Item     *item)
{
  for (guint i = 0; i < item->listing->odd->len; i++)
    {
      g_autofree char *subject = granary_tione_subject (item->version->model_name,
                                                        item->version->number,
                                                        g_ptr_array_index (item->listing->odd, i));
      g_autoptr (GError) warning = NULL;

      granary_tione_fail (&warning, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_OBJECT_KEY, subject);
      granary_transfer_add_warning (self->transfer, warning);
    }
}

static gboolean
run (Download      *self,
     GCancellable  *cancellable,
     GError       **error)
{
  g_autoptr (GPtrArray) missing = g_ptr_array_new ();
  gint64 size = 0;
  gint64 n_files = 0;
  gint64 needed = 0;

  if (!parse (self, cancellable, error))
    return FALSE;
  granary_transfer_set_state (self->transfer, GRANARY_TRANSFER_VERIFYING);
  for (guint i = 0; i < self->items->len; i++)
    {
      Item *item = g_ptr_array_index (self->items, i);
      gboolean is_there;

      if (!list_item (self, item, cancellable, error) ||
          !check_target (self, item, &is_there, cancellable, error))
        return FALSE;
      size += item->listing->size;
      n_files += item->listing->files->len;
      if (!is_there)
        {
          needed += item->listing->size - granary_tione_folder_size (item->staged);
          g_ptr_array_add (missing, item);
        }
    }
  granary_transfer_set_total (self->transfer, size, n_files);
  if (!check_room (self, needed, error))
    return FALSE;

  granary_transfer_set_state (self->transfer, GRANARY_TRANSFER_RUNNING);
  for (guint i = 0; i < self->items->len; i++)
    {
      Item *item = g_ptr_array_index (self->items, i);
      Fetch fetch = { self, item };

      warn_odd (self, item);
      if (!g_ptr_array_find (missing, item, NULL))
        {
          granary_transfer_add_bytes (self->transfer, item->listing->size);
          granary_transfer_add_files (self->transfer, item->listing->files->len);
          continue;
        }
      if (self->items->len == 1)
        granary_transfer_set_target (self->transfer, item->version->model_id, item->version->id);
      if (!granary_tione_each (item->listing->files->len, fetch_file, &fetch, cancellable, error) ||
          !publish (item, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
store_paths (Download  *self,
             GError   **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < self->items->len; i++)
    {
      const Item *item = g_ptr_array_index (self->items, i);
      g_autofree char *escaped = g_strescape (item->path, NULL);

      g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", escaped);
    }

  return granary_transfer_job_set_fact (self->job, FACT_PATHS, text->str, error);
}

GPtrArray *
granary_tione_list_folders (GranaryTransferJob *job)
{
  g_autofree char *text = granary_transfer_job_dup_fact (job, FACT_PATHS);
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; lines[i] != NULL; i++)
    g_ptr_array_add (paths, g_strcompress (lines[i]));

  return paths;
}

gboolean
granary_tione_download_run (GranaryTionePlace   *place,
                            GranaryTransferJob  *job,
                            GranaryTransfer     *transfer,
                            GCancellable        *cancellable,
                            GError             **error)
{
  g_auto (Download) self = { .place = place, .job = job, .transfer = transfer };
  g_autoptr (GError) local_error = NULL;
  g_autofree char *shown = NULL;

  if (run (&self, cancellable, &local_error) && store_paths (&self, &local_error))
    {
      granary_tione_folder_remove (self.staged);
      shown = g_filename_display_name (self.folder);
      for (guint i = 0; i < self.items->len; i++)
        {
          const Item *item = g_ptr_array_index (self.items, i);

          granary_tione_place_note (place, item->version->model_id, item->version->number,
                                    GRANARY_EVENT_DOWNLOADED, shown);
        }
      return TRUE;
    }

  /* Kept only where going on with it is likely. */
  if (self.staged != NULL &&
      (g_cancellable_is_cancelled (granary_transfer_get_cancellable (transfer)) ||
       (local_error->domain == GRANARY_ERROR && local_error->code != GRANARY_ERROR_NETWORK &&
        local_error->code != GRANARY_ERROR_BACKEND && local_error->code != GRANARY_ERROR_QUOTA)))
    granary_tione_folder_remove (self.staged);

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}
