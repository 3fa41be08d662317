/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-verbs-private.h"

#include "granary-error.h"
#include "granary-tione-files-private.h"

/* What object storage holds of versions against what is known of them. Nothing is fetched: sizes,
 * etags and the storage's own checksums tell. */

typedef struct
{
  GranaryTionePlace    *place;
  GranaryVersion       *version;
  GPtrArray            *errors;      /* (element-type GError) */
} Look;

static void
note (Look          *self,
      GranaryError   code,
      GranaryReason  reason,
      const char    *path)
{
  g_autofree char *subject = granary_tione_subject (self->version->model_name,
                                                    self->version->number, path);
  GError *error = NULL;

  granary_set_error (&error, code, reason, subject, "%s (%d)", subject, (int) reason);
  g_ptr_array_add (self->errors, error);
}

/* A checksum that both know decides; an etag can change when an object is copied. */
static gboolean
is_same (const GranaryFile *known,
         const GranaryFile *now)
{
  if (known->size != now->size)
    return FALSE;
  if (known->crc64 != NULL && now->crc64 != NULL)
    return g_str_equal (known->crc64, now->crc64);

  return known->etag == NULL || *known->etag == '\0' || now->etag == NULL ||
         g_str_equal (known->etag, now->etag);
}

static void
compare (Look                *self,
         GranaryTioneListing *listing)
{
  for (guint i = 0; i < self->version->files->len; i++)
    {
      const GranaryFile *known = g_ptr_array_index (self->version->files, i);
      const GranaryFile *now = granary_tione_listing_find (listing, known->path);

      if (now == NULL)
        note (self, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_FILE_MISSING, known->path);
      else if (!is_same (known, now))
        note (self, GRANARY_ERROR_CHECKSUM, GRANARY_REASON_FILE_CHANGED, known->path);
    }
  for (guint i = 0; i < listing->files->len; i++)
    {
      const GranaryFile *now = g_ptr_array_index (listing->files, i);

      if (granary_version_find_file (self->version, now->path) == NULL)
        note (self, GRANARY_ERROR_CONFLICT, GRANARY_REASON_FILE_UNKNOWN, now->path);
    }
  for (guint i = 0; i < listing->odd->len; i++)
    note (self, GRANARY_ERROR_CONFLICT, GRANARY_REASON_FILE_UNKNOWN,
          g_ptr_array_index (listing->odd, i));
}

/* Whether anybody looked at the files before: until then there is nothing to compare with. */
static gboolean
is_listed (const GranaryVersion *version)
{
  return version->files != NULL && version->n_files >= 0;
}

/* A deep look asks for every checksum that the mirror has one to compare with. The rows stay what
 * they are, so that what was found can be found again. */
static gboolean
look_deep (Look          *self,
           GCancellable  *cancellable,
           GError       **error)
{
  g_autoptr (GranaryObjectPlace) where = granary_tione_version_place (self->version, error);
  g_autoptr (GranaryTioneListing) listing = NULL;

  if (where == NULL)
    return FALSE;
  listing = granary_tione_list_files (self->place, where, NULL, cancellable, error);
  if (listing == NULL ||
      !granary_tione_load_checksums (self->place, where, listing->files, cancellable, error))
    return FALSE;

  if (is_listed (self->version))
    compare (self, listing);
  else if (!granary_tione_record_files (self->place, self->version->id, listing->files, error))
    return FALSE;

  return TRUE;
}

/* Versions without files of their own, so that many can be held. */
static gboolean
list_versions (GranaryTionePlace  *place,
               GArray             *version_ids,
               GArray             *found,
               gint64             *size,
               gint64             *n_files,
               GCancellable       *cancellable,
               GError            **error)
{
  g_autoptr (GranaryQuery) all = NULL;
  g_autoptr (GArray) model_ids = NULL;

  if (version_ids != NULL)
    {
      for (guint i = 0; i < version_ids->len; i++)
        {
          gint64 id = g_array_index (version_ids, gint64, i);
          g_autoptr (GranaryVersion) version = NULL;

          version = granary_catalog_load_version (place->catalog, id, error);
          if (version == NULL)
            return FALSE;
          g_array_append_val (found, id);
          *size += MAX (version->size, 0);
          *n_files += MAX (version->n_files, 0);
        }
      return TRUE;
    }

  all = granary_query_new (NULL, NULL, GRANARY_SORT_NAME, FALSE);
  model_ids = granary_catalog_list_ids (place->catalog, all, cancellable, error);
  if (model_ids == NULL)
    return FALSE;
  for (guint i = 0; i < model_ids->len; i++)
    {
      g_autoptr (GPtrArray) some = NULL;

      some = granary_catalog_load_versions (place->catalog, g_array_index (model_ids, gint64, i),
                                            error);
      if (some == NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      for (guint v = 0; v < some->len; v++)
        {
          const GranaryVersion *version = g_ptr_array_index (some, v);

          if (version->status != GRANARY_STATUS_READY)
            continue;
          g_array_append_val (found, version->id);
          *size += MAX (version->size, 0);
          *n_files += MAX (version->n_files, 0);
        }
    }

  return TRUE;
}

static void
add_problem (GPtrArray    *problems,
             gint64        version_id,
             const GError *error)
{
  GranaryVerifyProblem *problem = g_new0 (GranaryVerifyProblem, 1);

  problem->version_id = version_id;
  problem->error = g_error_copy (error);
  g_ptr_array_add (problems, problem);
}

/* What is wrong with one version, and no reason to stop. */
static gboolean
is_problem (const GError *error)
{
  return error->domain == GRANARY_ERROR &&
         (granary_error_matches_reason (error, GRANARY_REASON_FILES_UNKNOWN) ||
          granary_error_matches_reason (error, GRANARY_REASON_BUCKET_MISSING) ||
          error->code == GRANARY_ERROR_FORBIDDEN || granary_tione_is_missing (error));
}

GPtrArray *
granary_tione_verify (GranaryTionePlace  *place,
                      GArray             *version_ids,
                      GranaryTransfer    *transfer,
                      GError            **error)
{
  GCancellable *cancellable = granary_transfer_get_cancellable (transfer);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GPtrArray) problems = NULL;
  gint64 size = 0;
  gint64 n_files = 0;

  problems = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_verify_problem_free);
  granary_transfer_set_state (transfer, GRANARY_TRANSFER_VERIFYING);
  if (!list_versions (place, version_ids, ids, &size, &n_files, cancellable, error))
    return NULL;
  granary_transfer_set_total (transfer, size, n_files);

  for (guint i = 0; i < ids->len; i++)
    {
      gint64 id = g_array_index (ids, gint64, i);
      g_autoptr (GranaryVersion) version = NULL;
      g_autoptr (GPtrArray) errors = NULL;
      g_autoptr (GError) local_error = NULL;
      Look look = { .place = place };

      version = granary_catalog_load_version (place->catalog, id, &local_error);
      if (version == NULL && version_ids == NULL && granary_tione_is_missing (local_error))
        continue;
      if (version == NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }

      look.version = version;
      look.errors = errors = g_ptr_array_new_with_free_func ((GDestroyNotify) g_error_free);
      if (version->status != GRANARY_STATUS_READY)
        {
          note (&look, GRANARY_ERROR_CONFLICT, GRANARY_REASON_VERSION_NOT_READY, NULL);
        }
      else if (!look_deep (&look, cancellable, &local_error))
        {
          if (!is_problem (local_error))
            {
              g_propagate_error (error, g_steal_pointer (&local_error));
              return NULL;
            }
          add_problem (problems, id, local_error);
        }
      for (guint e = 0; e < errors->len; e++)
        add_problem (problems, id, g_ptr_array_index (errors, e));
      granary_transfer_add_bytes (transfer, MAX (version->size, 0));
      granary_transfer_add_files (transfer, MAX (version->n_files, 0));
    }

  return g_steal_pointer (&problems);
}

GPtrArray *
granary_tione_check (GranaryTionePlace  *place,
                     gint64              version_id,
                     GCancellable       *cancellable,
                     GError            **error)
{
  g_autoptr (GPtrArray) errors = g_ptr_array_new_with_free_func ((GDestroyNotify) g_error_free);
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GranaryObjectPlace) where = NULL;
  g_autoptr (GranaryTioneListing) listing = NULL;
  Look look = { .place = place, .errors = errors };

  look.version = version = granary_catalog_load_version (place->catalog, version_id, error);
  if (version == NULL)
    return NULL;
  /* Its files are still on their way. */
  if (version->status != GRANARY_STATUS_READY)
    return g_steal_pointer (&errors);

  where = granary_tione_version_place (version, error);
  if (where == NULL)
    return NULL;
  listing = granary_tione_list_files (place, where, version->files, cancellable, error);
  if (listing == NULL)
    return NULL;

  if (is_listed (version))
    compare (&look, listing);
  if (!granary_tione_record_files (place, version->id, listing->files, error))
    return NULL;

  return g_steal_pointer (&errors);
}
