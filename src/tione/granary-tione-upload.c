/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-verbs-private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "granary-error.h"
#include "granary-json.h"
#include "granary-tione-files-private.h"

/* Object storage has no way to change several objects at once: what is new goes first, what is
 * taken out goes last, so that at no moment something is missing that was there before and after. */

#define FACT_VERSION_ID  "version_id"
#define FACT_VERSION_UID "version_uid"

/* What an upload comes to, against what is there. */
typedef struct
{
  GranaryTionePlace   *place;
  GranaryVersion      *version; /* (owned) */
  GranaryObjectPlace  *where;   /* (owned) */
  GranaryTioneListing *listing; /* (owned): as it is */
  GHashTable          *gone;    /* (owned): paths that are taken out */
  GHashTable          *same;    /* (owned): targets whose content is there already */
  guint                n_added;
  guint                n_replaced;
} Plan;

static void
plan_clear (Plan *self)
{
  g_clear_pointer (&self->version, granary_version_unref);
  g_clear_pointer (&self->where, granary_object_place_free);
  g_clear_pointer (&self->listing, granary_tione_listing_free);
  g_clear_pointer (&self->gone, g_hash_table_unref);
  g_clear_pointer (&self->same, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Plan, plan_clear)

/* What is taken out, by file or by folder. Gone already is as good in a later run. */
static gboolean
find_removed (Plan                *self,
              const char * const  *remove,
              gboolean             must_exist,
              GError             **error)
{
  for (const char * const *path = remove; path != NULL && *path != NULL; path++)
    {
      gsize length = strlen (*path);
      gboolean is_found = FALSE;

      for (guint i = 0; i < self->listing->files->len; i++)
        {
          const GranaryFile *file = g_ptr_array_index (self->listing->files, i);

          if (strncmp (file->path, *path, length) == 0 &&
              (file->path[length] == '\0' || file->path[length] == '/'))
            {
              g_hash_table_add (self->gone, g_strdup (file->path));
              is_found = TRUE;
            }
        }
      if (!is_found && must_exist)
        return granary_tione_fail (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_FILE_MISSING,
                                   *path);
    }

  return TRUE;
}

/* Object storage would take both, no folder could. */
static gboolean
find_clashes (Plan       *self,
              GPtrArray  *files,
              GError    **error)
{
  g_autoptr (GHashTable) folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < self->listing->files->len; i++)
    {
      const GranaryFile *file = g_ptr_array_index (self->listing->files, i);

      if (g_hash_table_contains (self->gone, file->path))
        continue;
      for (const char *slash = strchr (file->path, '/'); slash != NULL;
           slash = strchr (slash + 1, '/'))
        g_hash_table_add (folders, g_strndup (file->path, (gsize) (slash - file->path)));
    }

  for (guint i = 0; i < files->len; i++)
    {
      const char *target = ((GranaryTransferFile *) g_ptr_array_index (files, i))->target;

      if (g_hash_table_contains (folders, target))
        return granary_tione_fail (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_PATH_IS_FOLDER,
                                   target);
      for (const char *slash = strchr (target, '/'); slash != NULL; slash = strchr (slash + 1, '/'))
        {
          g_autofree char *folder = g_strndup (target, (gsize) (slash - target));

          if (granary_tione_listing_find (self->listing, folder) != NULL &&
              !g_hash_table_contains (self->gone, folder))
            return granary_tione_fail (error, GRANARY_ERROR_CONFLICT,
                                       GRANARY_REASON_PATH_IS_FOLDER, target);
        }
    }

  return TRUE;
}

/* Whether the object holds what the file does, as far as checksums can tell. */
static gboolean
has_content (Plan                       *self,
             const GranaryTransferFile  *file,
             GCancellable               *cancellable,
             gboolean                   *is_same,
             GError                    **error)
{
  g_autoptr (GranaryObjectPlace) at = granary_tione_file_place (self->where, file->target);
  g_autoptr (GranaryObject) object = NULL;
  guint64 crc64;

  *is_same = FALSE;
  object = granary_cos_client_stat (self->place->cos, at, cancellable, error);
  if (object == NULL)
    return FALSE;
  if (object->size != file->size || !object->has_crc64)
    return TRUE;
  if (!granary_tione_checksum_file (file->path, file->size, cancellable, &crc64, error))
    return FALSE;

  *is_same = crc64 == object->crc64;
  return TRUE;
}

static gboolean
sort_out (Plan          *self,
          GPtrArray     *files,
          gboolean       may_replace,
          GCancellable  *cancellable,
          GError       **error)
{
  for (guint i = 0; i < files->len; i++)
    {
      const GranaryTransferFile *file = g_ptr_array_index (files, i);
      const GranaryFile *there = granary_tione_listing_find (self->listing, file->target);
      gboolean is_same = FALSE;

      /* Sent by an earlier run of this upload. */
      if (file->done)
        continue;
      if (there == NULL || g_hash_table_contains (self->gone, file->target))
        {
          g_hash_table_remove (self->gone, file->target);
          self->n_added++;
          continue;
        }
      if (there->size == file->size &&
          !has_content (self, file, cancellable, &is_same, error))
        return FALSE;
      if (is_same)
        {
          g_hash_table_add (self->same, g_strdup (file->target));
          continue;
        }
      if (!may_replace)
        return granary_tione_fail (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_WOULD_REPLACE,
                                   file->target);
      self->n_replaced++;
    }

  return TRUE;
}

/* A version has at least one file. */
static gboolean
check_rest (Plan       *self,
            GPtrArray  *files,
            GError    **error)
{
  g_autofree char *subject = granary_tione_subject (self->version->model_name,
                                                    self->version->number, NULL);

  if (files->len > 0 || g_hash_table_size (self->gone) == 0 ||
      g_hash_table_size (self->gone) < self->listing->files->len)
    return TRUE;

  return granary_tione_fail (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SOURCE_NONE,
                             subject);
}

static gboolean
make_plan (Plan                *self,
           GPtrArray           *files,
           const char * const  *remove,
           gboolean             may_replace,
           gboolean             is_first,
           GCancellable        *cancellable,
           GError             **error)
{
  self->gone = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->same = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->listing = granary_tione_list_files (self->place, self->where, self->version->files,
                                            cancellable, error);

  return self->listing != NULL &&
         find_removed (self, remove, is_first, error) &&
         find_clashes (self, files, error) &&
         check_rest (self, files, error) &&
         sort_out (self, files, may_replace, cancellable, error);
}

/* Preparing */

static JsonObject *
describe (const GranaryUploadRequest *request,
          const GranaryVersion       *version)
{
  JsonObject *facts = json_object_new ();
  JsonArray *remove = json_array_new ();
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, version->id);

  json_object_set_string_member (facts, GRANARY_TIONE_FACT_VERB, "upload");
  json_object_set_string_member (facts, FACT_VERSION_ID, id);
  json_object_set_string_member (facts, FACT_VERSION_UID, version->uid != NULL ? version->uid : "");
  json_object_set_boolean_member (facts, "replace", request->replace);
  for (guint i = 0; request->remove != NULL && request->remove[i] != NULL; i++)
    json_array_add_string_element (remove, request->remove[i]);
  json_object_set_array_member (facts, "remove", remove);

  return facts;
}

static GPtrArray *
list_files (GranaryFileSet            *set,
            const GranaryObjectPlace  *where,
            GError                   **error)
{
  g_autoptr (GPtrArray) files = NULL;

  files = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_transfer_file_free);
  for (guint i = 0; set != NULL && i < granary_file_set_get_n_files (set); i++)
    {
      const GranarySourceFile *file = granary_file_set_get_file (set, i);
      g_autofree char *key = g_strconcat (where->key, file->target, NULL);
      g_autofree char *real = NULL;
      struct stat status;

      if (!granary_object_key_check (key, error))
        return NULL;
      /* Files are opened without following links; the scan let none through that lead out. */
      if (lstat (file->path, &status) == 0 && S_ISLNK (status.st_mode))
        real = realpath (file->path, NULL);
      g_ptr_array_add (files, granary_transfer_file_new (real != NULL ? real : file->path,
                                                         file->target, file->size, file->mtime));
    }

  return g_steal_pointer (&files);
}

GranaryTransferJob *
granary_tione_upload_prepare (GranaryTionePlace           *place,
                              const GranaryUploadRequest  *request,
                              GCancellable                *cancellable,
                              GError                     **error)
{
  g_auto (Plan) plan = { .place = place };
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *subject = NULL;

  plan.version = granary_tione_place_load_ready (place, request->version_id, error);
  if (plan.version == NULL)
    return NULL;
  if (request->files != NULL && granary_file_set_get_n_problems (request->files) > 0)
    {
      g_propagate_error (error, g_error_copy (granary_file_set_get_problem (request->files, 0)));
      return NULL;
    }
  plan.where = granary_tione_version_place (plan.version, error);
  if (plan.where == NULL)
    return NULL;
  files = list_files (request->files, plan.where, error);
  if (files == NULL)
    return NULL;

  /* A question for the user is asked before the transfer is in the queue. What the network has
   * against it is for the queue, which tries again. */
  if (!make_plan (&plan, files, (const char *const *) request->remove, request->replace, TRUE,
                  cancellable, &local_error) &&
      !g_error_matches (local_error, GRANARY_ERROR, GRANARY_ERROR_NETWORK) &&
      !granary_error_matches_reason (local_error, GRANARY_REASON_SERVICE_BUSY))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  subject = granary_tione_subject (plan.version->model_name, plan.version->number, NULL);
  return granary_transfer_job_new (GRANARY_TRANSFER_UPLOAD, subject,
                                   describe (request, plan.version), g_steal_pointer (&files));
}

/* Running */

static GPtrArray *
dup_files (GranaryTransferJob  *job,
           GError             **error)
{
  g_autoptr (GPtrArray) files = NULL;

  files = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_transfer_file_free);
  for (guint i = 0; i < granary_transfer_job_get_n_files (job); i++)
    {
      GranaryTransferFile *file = granary_transfer_job_dup_file (job, i);

      if (file == NULL)
        {
          granary_tione_fail (error, GRANARY_ERROR_DATABASE, GRANARY_REASON_CATALOG_CORRUPT,
                              granary_transfer_job_get_subject (job));
          return NULL;
        }
      g_ptr_array_add (files, file);
    }

  return g_steal_pointer (&files);
}

static GStrv
dup_removed (JsonNode *facts)
{
  JsonArray *array = granary_json_get_array (facts, "remove");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    g_strv_builder_add (builder, json_array_get_string_element (array, i));

  return g_strv_builder_end (builder);
}

static gboolean
remove_gone (Plan          *plan,
             GCancellable  *cancellable,
             GError       **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) keys = NULL;
  GHashTableIter iter;
  gpointer path;

  if (g_hash_table_size (plan->gone) == 0)
    return TRUE;

  g_hash_table_iter_init (&iter, plan->gone);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    g_strv_builder_take (builder, g_strconcat (plan->where->key, path, NULL));
  keys = g_strv_builder_end (builder);

  return granary_cos_client_delete (plan->place->cos, plan->where, (const char *const *) keys,
                                    cancellable, error);
}

/* The rows of the files are brought to what is there now, also after half an upload. The listing
 * may be late: what was sent is known to be there, what was taken out is known to be gone. */
static gboolean
record (Plan          *plan,
        GPtrArray     *sent,
        GHashTable    *checksums,
        GCancellable  *cancellable,
        GError       **error)
{
  g_autoptr (GranaryTioneListing) listing = NULL;
  GHashTableIter iter;
  gpointer path;

  for (guint i = 0; i < 3; i++)
    {
      guint n_late = 0;

      if (i > 0 && !granary_tione_wait (i, cancellable, error))
        return FALSE;
      g_clear_pointer (&listing, granary_tione_listing_free);
      listing = granary_tione_list_files (plan->place, plan->where, plan->version->files,
                                          cancellable, error);
      if (listing == NULL)
        return FALSE;
      for (guint f = 0; f < sent->len; f++)
        {
          const GranaryTransferFile *file = g_ptr_array_index (sent, f);
          const GranaryFile *there = granary_tione_listing_find (listing, file->target);

          if (there == NULL || there->size != file->size)
            n_late++;
        }
      if (n_late == 0)
        break;
    }

  g_hash_table_iter_init (&iter, plan->gone);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    granary_tione_listing_forget (listing, path);
  for (guint i = 0; i < listing->files->len; i++)
    {
      GranaryFile *file = g_ptr_array_index (listing->files, i);
      const char *crc64 = g_hash_table_lookup (checksums, file->path);

      if (crc64 != NULL)
        g_set_str (&file->crc64, crc64);
    }

  return granary_tione_record_changed_files (plan->place, plan->version->id, listing->files, error);
}

static gboolean
mark_same (Plan                *plan,
           GranaryTransferJob  *job,
           GPtrArray           *files,
           GError             **error)
{
  for (guint i = 0; i < files->len; i++)
    {
      const GranaryTransferFile *file = g_ptr_array_index (files, i);

      if (g_hash_table_contains (plan->same, file->target) &&
          !granary_transfer_job_set_file_done (job, i, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
run (Plan                *plan,
     GranaryTransferJob  *job,
     GranaryTransfer     *transfer,
     GCancellable        *cancellable,
     GError             **error)
{
  g_autoptr (JsonNode) facts = granary_transfer_job_dup_facts (job);
  g_autoptr (GPtrArray) files = dup_files (job, error);
  g_autoptr (GHashTable) checksums = NULL;
  g_auto (GStrv) removed = dup_removed (facts);
  g_autofree char *counted = granary_transfer_job_dup_fact (job, "counted");
  const char *id = granary_json_get_string (facts, FACT_VERSION_ID);
  gboolean may_replace = json_object_get_boolean_member_with_default (json_node_get_object (facts),
                                                                      "replace", FALSE);
  g_autoptr (GError) local_error = NULL;
  gint64 size = 0;
  gboolean is_done;

  if (files == NULL)
    return FALSE;
  for (guint i = 0; i < files->len; i++)
    size += ((GranaryTransferFile *) g_ptr_array_index (files, i))->size;
  granary_transfer_set_total (transfer, size, files->len);

  plan->version = granary_tione_place_load_ready (plan->place,
                                                  id != NULL ? g_ascii_strtoll (id, NULL, 10) : 0,
                                                  error);
  if (plan->version == NULL)
    return FALSE;
  granary_transfer_set_target (transfer, plan->version->model_id, plan->version->id);
  plan->where = granary_tione_version_place (plan->version, error);
  granary_transfer_set_state (transfer, GRANARY_TRANSFER_VERIFYING);
  if (plan->where == NULL ||
      !make_plan (plan, files, (const char *const *) removed, may_replace,
                  counted == NULL || *counted == '\0', cancellable, error))
    return FALSE;

  if (counted == NULL || *counted == '\0')
    {
      g_free (counted);
      counted = g_strdup_printf ("%u %u %u", plan->n_added, plan->n_replaced,
                                 g_hash_table_size (plan->gone));
      if (!granary_transfer_job_set_fact (job, "counted", counted, error))
        return FALSE;
    }
  if (!mark_same (plan, job, files, error))
    return FALSE;

  granary_transfer_set_state (transfer, GRANARY_TRANSFER_RUNNING);
  checksums = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  is_done = granary_tione_send_files (plan->place, job, plan->where, checksums, transfer,
                                      cancellable, &local_error) &&
            remove_gone (plan, cancellable, &local_error);
  if (!is_done)
    {
      /* Half of it may be there by now; who looks at the version finds that out. */
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  granary_transfer_set_state (transfer, GRANARY_TRANSFER_FINISHING);
  if (g_str_equal (counted, "0 0 0"))
    return TRUE;
  if (!record (plan, files, checksums, cancellable, error))
    return FALSE;

  {
    g_auto (GStrv) counts = g_strsplit (counted, " ", -1);
    g_autofree char *detail = g_strdup_printf ("%s %s", counts[0], counts[1]);

    granary_tione_place_note (plan->place, plan->version->model_id, plan->version->number,
                              GRANARY_EVENT_UPLOADED, detail);
  }
  return TRUE;
}

gboolean
granary_tione_upload_run (GranaryTionePlace   *place,
                          GranaryTransferJob  *job,
                          GranaryTransfer     *transfer,
                          GCancellable        *cancellable,
                          GError             **error)
{
  g_auto (Plan) plan = { .place = place };

  if (run (&plan, job, transfer, cancellable, error))
    return TRUE;

  /* What arrived whole stays: it was to replace, or to be added, anyway. */
  if (plan.where != NULL &&
      g_cancellable_is_cancelled (granary_transfer_get_cancellable (transfer)))
    granary_tione_clean_up (place, job, plan.where, FALSE);

  return FALSE;
}
