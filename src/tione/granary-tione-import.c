/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-import-private.h"

#include "granary-error.h"
#include "granary-json.h"
#include "granary-names.h"
#include "granary-tione-calls.h"
#include "granary-tione-environment-private.h"
#include "granary-tione-files-private.h"
#include "granary-tione-tags.h"
#include "granary-tione-verbs-private.h"

/* send the files → create the version → wait until the platform has it → cut. Every step that was
 * done is stored, so that the next run goes on after it. */

/* Running */

/* The folder that the files of this computer are sent to; the platform takes them from there. */
static GranaryObjectPlace *
make_upload_place (GranaryTioneImport  *self,
                   GError             **error)
{
  g_autofree char *suffix = granary_tione_import_dup (self, GRANARY_TIONE_FACT_SUFFIX);
  g_autofree char *name = granary_name_suggest (self->name);
  g_autofree char *key = NULL;

  if (self->where == NULL)
    {
      granary_tione_fail (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_STORAGE_UNSET,
                          granary_account_get_name (self->place->account));
      return NULL;
    }
  if (suffix == NULL)
    {
      suffix = granary_uid_new ("");
      if (!granary_tione_import_set (self, GRANARY_TIONE_FACT_SUFFIX, suffix, error))
        return NULL;
    }

  key = g_strdup_printf ("%s%s/upload%s/", self->where->key, *name != '\0' ? name : "model",
                         suffix);
  return granary_object_place_new (self->where->bucket, self->where->region, key);
}

/* Sets what the platform is to import; it stays NULL where only the id of a task is known. */
static gboolean
find_source (GranaryTioneImport  *self,
             GError             **error)
{
  const char *address = granary_tione_import_get_address (self->request);

  if (self->is_sent)
    {
      self->source = make_upload_place (self, error);
      return self->source != NULL;
    }
  if (address == NULL)
    return granary_tione_import_get_source (self) == GRANARY_SOURCE_AUTOML ||
           granary_tione_fail (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SOURCE_NONE,
                               self->name);

  self->source = granary_object_place_parse (address, error);
  if (self->source != NULL && *self->source->key != '\0' &&
      !g_str_has_suffix (self->source->key, "/"))
    {
      char *key = g_strconcat (self->source->key, "/", NULL);

      g_free (self->source->key);
      self->source->key = key;
    }

  return self->source != NULL;
}

static gboolean
keep_environment (GranaryTioneImport  *self,
                  JsonNode            *record,
                  GError             **error)
{
  g_autofree char *text = granary_json_to_text (record, FALSE);

  return granary_tione_import_set (self, GRANARY_TIONE_FACT_ENVIRONMENT, text, error);
}

/* Once for all runs: the platform's recommendation may change, the import should not. */
static gboolean
choose_environment (GranaryTioneImport  *self,
                    GError             **error)
{
  g_autofree char *known = granary_tione_import_dup (self, GRANARY_TIONE_FACT_ENVIRONMENT);
  g_autoptr (JsonNode) record = NULL;
  g_autoptr (GPtrArray) versions = NULL;
  const char *framework;
  gint64 model_id;

  if (known != NULL)
    return TRUE;
  if (self->request->image != NULL)
    {
      record = granary_tione_environment_from_image (self->request->image, self->name, error);
      return record != NULL && keep_environment (self, record, error);
    }

  model_id = self->model_uid != NULL
             ? granary_catalog_find_model (self->place->catalog, self->model_uid, NULL) : 0;
  if (model_id > 0)
    versions = granary_catalog_load_versions (self->place->catalog, model_id, NULL);
  framework = granary_tione_framework_to_platform (self->request->framework,
                                                   self->request->format);
  record = granary_tione_environment_resolve (self->place, self->request->environment, framework,
                                              versions, self->name, self->cancellable, error);
  return record != NULL && keep_environment (self, record, error);
}

/* What is imported is what was sent: nothing of anybody else may lie there, and nothing may be of
 * another size. A listing can be late with new objects, so what it lacks is no fault. */
static gboolean
check_sent (GranaryTioneImport  *self,
            GError             **error)
{
  guint n_files = granary_transfer_job_get_n_files (self->job);
  g_autoptr (GHashTable) sizes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GranaryTioneListing) listing = NULL;

  listing = granary_tione_list_files (self->place, self->source, NULL, self->cancellable, error);
  if (listing == NULL)
    return FALSE;

  for (guint i = 0; i < n_files; i++)
    {
      g_autoptr (GranaryTransferFile) file = granary_transfer_job_dup_file (self->job, i);

      if (file != NULL)
        g_hash_table_insert (sizes, g_strdup (file->target),
                             g_memdup2 (&file->size, sizeof file->size));
    }
  if (listing->odd->len > 0)
    return granary_tione_fail (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_FILE_UNKNOWN,
                               g_ptr_array_index (listing->odd, 0));
  for (guint i = 0; i < listing->files->len; i++)
    {
      const GranaryFile *file = g_ptr_array_index (listing->files, i);
      const gint64 *size = g_hash_table_lookup (sizes, file->path);

      if (size == NULL)
        return granary_tione_fail (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_FILE_UNKNOWN,
                                   file->path);
      if (*size != file->size)
        return granary_tione_fail (error, GRANARY_ERROR_CHECKSUM, GRANARY_REASON_OBJECT_CHANGED,
                                   file->path);
    }

  return TRUE;
}

/* What a task wrote, the platform may see where the account may not. */
static gboolean
check_source (GranaryTioneImport  *self,
              GError             **error)
{
  GranarySource source = granary_tione_import_get_source (self);
  g_autoptr (GranaryTioneListing) listing = NULL;
  g_autoptr (GError) local_error = NULL;

  if (self->source == NULL)
    return TRUE;

  listing = granary_tione_list_files (self->place, self->source, NULL, self->cancellable,
                                      &local_error);
  if (listing == NULL)
    {
      gboolean is_bad = source == GRANARY_SOURCE_COS ||
                        granary_error_is_cancelled (local_error) ||
                        (source == GRANARY_SOURCE_TASK &&
                         !g_error_matches (local_error, GRANARY_ERROR, GRANARY_ERROR_FORBIDDEN));

      if (is_bad)
        g_propagate_error (error, g_steal_pointer (&local_error));
      return !is_bad;
    }
  if (listing->files->len == 0 && source != GRANARY_SOURCE_AUTOML)
    return granary_tione_fail (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_OBJECT_MISSING,
                               granary_tione_import_get_address (self->request));

  granary_transfer_set_total (self->transfer, listing->size, listing->files->len);
  return TRUE;
}

static gboolean
provide_files (GranaryTioneImport  *self,
               GError             **error)
{
  if (!self->is_sent)
    return check_source (self, error);

  granary_transfer_set_state (self->transfer, GRANARY_TRANSFER_RUNNING);
  return granary_tione_send_files (self->place, self->job, self->source, self->checksums,
                                   self->transfer, self->cancellable, error) &&
         check_sent (self, error);
}

/* The rest of the tags, which the call does not take, and those for a model that was there. */
static void
add_tags (GranaryTioneImport *self)
{
  g_autoptr (GPtrArray) failed = g_ptr_array_new_with_free_func ((GDestroyNotify) g_error_free);
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GError) error = NULL;

  if (granary_tag_set_get_size (self->request->tags) == 0)
    return;

  model = granary_catalog_load_model (self->place->catalog, self->model_id, &error);
  if (model == NULL ||
      !granary_tione_change_tags (self->place, model, self->request->tags, NULL, failed,
                                  self->cancellable, &error))
    granary_transfer_add_warning (self->transfer, error);
  for (guint i = 0; i < failed->len; i++)
    granary_transfer_add_warning (self->transfer, g_ptr_array_index (failed, i));
}

/* The files as they lie now. That they cannot be listed does no harm to the version: they are
 * listed when somebody looks at it. */
static void
record_files (GranaryTioneImport   *self,
              const GranaryVersion *version)
{
  guint n_files = granary_transfer_job_get_n_files (self->job);
  g_autoptr (GranaryObjectPlace) where = granary_tione_version_place (version, NULL);
  g_autoptr (GranaryTioneListing) listing = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; where != NULL && error == NULL && i < 3; i++)
    {
      if (i > 0 && !granary_tione_wait (i, self->cancellable, &error))
        break;
      g_clear_pointer (&listing, granary_tione_listing_free);
      listing = granary_tione_list_files (self->place, where, NULL, self->cancellable, &error);
      if (listing == NULL || listing->files->len >= MAX (n_files, 1))
        break;
    }
  if (listing != NULL)
    {
      for (guint i = 0; i < listing->files->len; i++)
        {
          GranaryFile *file = g_ptr_array_index (listing->files, i);

          if (file->crc64 == NULL)
            file->crc64 = g_strdup (g_hash_table_lookup (self->checksums, file->path));
        }
      if (granary_tione_load_checksums (self->place, where, listing->files, self->cancellable,
                                        &error))
        granary_tione_record_files (self->place, self->version_id, listing->files, &error);
    }
  if (error != NULL)
    g_debug ("Listing the files of a new version: %s", error->message);
}

static gboolean
inspection_cb (GranaryWriter  *writer,
               gpointer        data,
               GError        **error)
{
  GranaryTioneImport *self = data;

  return granary_writer_set_inspection (writer, self->version_id, NULL, NULL,
                                        self->request->inspection, error);
}

static void
finish (GranaryTioneImport   *self,
        const GranaryVersion *version)
{
  g_autoptr (GError) error = NULL;

  granary_transfer_set_state (self->transfer, GRANARY_TRANSFER_FINISHING);
  granary_tione_import_set_key (self, version);
  record_files (self, version);
  if (self->request->inspection != NULL &&
      !granary_catalog_write (self->place->catalog, inspection_cb, self, &error))
    g_debug ("Keeping what was read of the files: %s", error->message);
  add_tags (self);
  granary_tione_place_note (self->place, self->model_id, version->number, GRANARY_EVENT_IMPORTED,
                            NULL);
  if (self->sources != NULL)
    granary_tione_import_remove_sources (self);
}

/* The version that failed stays. Trying again makes another one, from the first step on. */
static void
start_over (GranaryTioneImport *self)
{
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (GError) error = NULL;

  if (self->is_sent)
    granary_tione_clean_up (self->place, self->job, self->source, TRUE);

  files = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_transfer_file_free);
  for (guint i = 0; i < granary_transfer_job_get_n_files (self->job); i++)
    {
      GranaryTransferFile *file = granary_transfer_job_dup_file (self->job, i);

      if (file == NULL)
        return;
      file->done = FALSE;
      g_ptr_array_add (files, file);
    }
  if (!granary_tione_import_set (self, GRANARY_TIONE_FACT_SUFFIX, NULL, &error) ||
      !granary_tione_import_set (self, GRANARY_TIONE_FACT_VERSION_ID, NULL, &error) ||
      !granary_tione_import_set (self, GRANARY_TIONE_FACT_VERSION_UID, NULL, &error) ||
      (self->is_sent &&
       !granary_transfer_job_set_files (self->job, files, &error)))
    g_debug ("Starting an import over: %s", error->message);
}

static void
set_total (GranaryTioneImport *self)
{
  guint n_files = granary_transfer_job_get_n_files (self->job);
  gint64 size = 0;

  for (guint i = 0; i < n_files; i++)
    {
      g_autoptr (GranaryTransferFile) file = granary_transfer_job_dup_file (self->job, i);

      size += file != NULL ? file->size : 0;
    }
  granary_transfer_set_total (self->transfer, size, n_files);
}

/* A later run finds the files sent already. */
static void
count_all (GranaryTioneImport *self)
{
  granary_transfer_add_bytes (self->transfer, granary_transfer_get_bytes_total (self->transfer) -
                                              granary_transfer_get_bytes_done (self->transfer));
  granary_transfer_add_files (self->transfer, granary_transfer_get_files_total (self->transfer) -
                                              granary_transfer_get_files_done (self->transfer));
}

static gboolean
run (GranaryTioneImport  *self,
     GError             **error)
{
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *subject = NULL;

  if (!granary_tione_import_parse (self, error))
    return FALSE;
  set_total (self);
  if (!find_source (self, error) ||
      (self->version_uid == NULL && !granary_tione_import_settle (self, error)))
    return FALSE;

  if (self->version_uid == NULL &&
      ((self->model_uid == NULL && !granary_tione_import_check_name (self->place, self->name, error)) ||
       !choose_environment (self, error) || !provide_files (self, error) ||
       !granary_tione_import_create (self, error)))
    return FALSE;

  count_all (self);
  if (!granary_tione_import_follow (self, &version, &local_error))
    {
      if (granary_error_matches_reason (local_error, GRANARY_REASON_IMPORT_REFUSED) ||
          granary_error_matches_reason (local_error, GRANARY_REASON_VERSION_MISSING))
        start_over (self);
      else
        granary_tione_refresh_watch (self->place->refresh, self->version_uid);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  subject = granary_tione_subject (self->name, version->number, NULL);
  granary_transfer_set_subject (self->transfer, subject);
  finish (self, version);
  return TRUE;
}

gboolean
granary_tione_import_run (GranaryTionePlace   *place,
                          GranaryTransferJob  *job,
                          GranaryTransfer     *transfer,
                          GCancellable        *cancellable,
                          GError             **error)
{
  g_auto (GranaryTioneImport) self = {
    .place = place, .job = job, .transfer = transfer, .cancellable = cancellable,
  };

  if (run (&self, error))
    return TRUE;

  /* Called off for good, not paused: what was sent is of no use to anybody, unless the platform may
   * be taking it. */
  if (self.is_sent && self.source != NULL && self.version_uid == NULL &&
      g_cancellable_is_cancelled (granary_transfer_get_cancellable (transfer)))
    {
      g_autofree char *creating = granary_tione_import_dup (&self, GRANARY_TIONE_FACT_CREATING);

      if (creating == NULL)
        granary_tione_clean_up (place, job, self.source, TRUE);
    }

  return FALSE;
}
