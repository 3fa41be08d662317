/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-import-private.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "granary-error.h"
#include "granary-names.h"
#include "granary-tione-environment-private.h"
#include "granary-tione-verbs-private.h"

/* What can be said of an import before it begins. */

static gboolean
check_tags (const GranaryTagSet  *tags,
            GError              **error)
{
  for (guint i = 0; tags != NULL && i < granary_tag_set_get_size (tags); i++)
    {
      const char *key = granary_tag_set_get_key (tags, i);

      if (granary_tione_tag_is_reserved (key))
        return granary_tione_fail (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_TAG_SYSTEM,
                                   key);
    }

  return TRUE;
}

/* Whether the model of that name is one that an import of this connection is making: then the same
 * import, asked for again after a crash, may be the one that goes on with it. */
static gboolean
is_being_made (GranaryTionePlace *place,
               const char        *name)
{
  gint64 model_id = granary_catalog_find_model (place->catalog, name, NULL);
  g_autoptr (GranaryModel) model = NULL;
  const GranaryVersion *version;

  if (model_id > 0)
    model = granary_catalog_load_model (place->catalog, model_id, NULL);
  if (model == NULL || model->versions->len != 1)
    return FALSE;

  version = g_ptr_array_index (model->versions, 0);
  return version->status == GRANARY_STATUS_IMPORTING && version->number == 1;
}

gboolean
granary_tione_import_check_name (GranaryTionePlace  *place,
                                 const char         *name,
                                 GError            **error)
{
  gboolean is_taken = FALSE;

  if (!granary_catalog_name_is_taken (place->catalog, name, 0, &is_taken, error))
    return FALSE;

  return !is_taken || granary_tione_fail (error, GRANARY_ERROR_CONFLICT,
                                          GRANARY_REASON_NAME_TAKEN, name);
}

/* Name and id of the model; what the mirror knows is enough. */
static gboolean
find_model (GranaryTionePlace           *place,
            const GranaryImportRequest  *request,
            char                       **name,
            char                       **uid,
            GError                     **error)
{
  g_autoptr (GranaryModel) model = NULL;

  if (request->model_id == 0)
    {
      *name = granary_name_check (request->name != NULL ? request->name : "", error);
      return *name != NULL &&
             (is_being_made (place, *name) || granary_tione_import_check_name (place, *name, error));
    }

  model = granary_catalog_load_model (place->catalog, request->model_id, error);
  if (model == NULL)
    return FALSE;

  *name = g_strdup (model->name);
  *uid = g_strdup (model->uid);
  return TRUE;
}

/* The files are opened without following links, which the scan allowed only where they stay
 * inside. */
static GPtrArray *
list_files (GranaryFileSet            *set,
            const GranaryObjectPlace  *where,
            GError                   **error)
{
  g_autoptr (GPtrArray) files = NULL;

  files = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_transfer_file_free);
  for (guint i = 0; i < granary_file_set_get_n_files (set); i++)
    {
      const GranarySourceFile *file = granary_file_set_get_file (set, i);
      g_autofree char *real = NULL;
      g_autofree char *key = g_strconcat (where != NULL ? where->key : "", file->target, NULL);
      struct stat status;

      if (!granary_object_key_check (key, error))
        return NULL;
      if (lstat (file->path, &status) == 0 && S_ISLNK (status.st_mode))
        real = realpath (file->path, NULL);
      g_ptr_array_add (files, granary_transfer_file_new (real != NULL ? real : file->path,
                                                         file->target, file->size, file->mtime));
    }

  return g_steal_pointer (&files);
}

/* Where the platform finds the files; NULL when it is not told. */
const char *
granary_tione_import_get_address (const GranaryImportRequest *request)
{
  if (request->address != NULL && *request->address != '\0')
    return request->address;

  return request->source == GRANARY_SOURCE_COS ? request->source_ref : NULL;
}

/* Automatic learning is found by its id; everything else has to lie somewhere. */
static gboolean
check_address (const GranaryImportRequest  *request,
               const char                  *name,
               GError                     **error)
{
  const char *address = granary_tione_import_get_address (request);
  gboolean is_task = request->source == GRANARY_SOURCE_TASK ||
                     request->source == GRANARY_SOURCE_AUTOML;
  g_autoptr (GranaryObjectPlace) from = NULL;

  if ((!is_task && request->source != GRANARY_SOURCE_COS) ||
      (is_task && (request->task_uid == NULL || *request->task_uid == '\0')) ||
      (address == NULL && request->source != GRANARY_SOURCE_AUTOML))
    return granary_tione_fail (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SOURCE_NONE,
                               name);
  if (address == NULL)
    return TRUE;

  from = granary_object_place_parse (address, error);
  return from != NULL;
}

static gboolean
check_image (const GranaryImportRequest  *request,
             const char                  *name,
             GError                     **error)
{
  g_autoptr (JsonNode) record = NULL;

  if (request->image == NULL || *request->image == '\0')
    return TRUE;

  record = granary_tione_environment_from_image (request->image, name, error);
  return record != NULL;
}

static gboolean
check_files (const GranaryImportRequest  *request,
             const char                  *name,
             gboolean                    *is_sent,
             GError                     **error)
{
  guint n_problems = request->files != NULL ? granary_file_set_get_n_problems (request->files) : 0;

  if (n_problems > 0)
    {
      g_propagate_error (error, g_error_copy (granary_file_set_get_problem (request->files, 0)));
      return FALSE;
    }

  *is_sent = request->files != NULL && granary_file_set_get_n_files (request->files) > 0;
  return *is_sent || check_address (request, name, error);
}

GranaryTransferJob *
granary_tione_import_prepare (GranaryTionePlace           *place,
                              const GranaryImportRequest  *request,
                              GCancellable                *cancellable,
                              GError                     **error)
{
  const char *bucket = granary_account_get_bucket (place->account);
  g_autoptr (GranaryObjectPlace) where = NULL;
  g_autoptr (GPtrArray) files = NULL;
  g_autofree char *name = NULL;
  g_autofree char *uid = NULL;
  g_autofree char *safe = NULL;
  gboolean is_sent;

  if (!find_model (place, request, &name, &uid, error) ||
      !check_files (request, name, &is_sent, error) ||
      !check_image (request, name, error) || !check_tags (request->tags, error))
    return NULL;
  if (is_sent && bucket == NULL)
    {
      granary_tione_fail (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_STORAGE_UNSET,
                          granary_account_get_name (place->account));
      return NULL;
    }

  if (bucket != NULL)
    where = granary_object_place_new (bucket, NULL, granary_account_get_prefix (place->account));
  if (is_sent)
    {
      /* As long as what the runner puts in front of the paths. */
      safe = g_strdup_printf ("%s%s/upload-0000000000000000/", where->key, name);
      g_autoptr (GranaryObjectPlace) below = granary_object_place_new (where->bucket, NULL, safe);

      files = list_files (request->files, below, error);
      if (files == NULL)
        return NULL;
    }

  return granary_transfer_job_new (GRANARY_TRANSFER_IMPORT, name,
                                   granary_tione_import_describe (request, name, uid, where),
                                   g_steal_pointer (&files));
}
