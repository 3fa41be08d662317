/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cos"

#include "config.h"

#include "granary-cos-transfer-private.h"

#include <string.h>

#include "granary-cos-private.h"
#include "granary-error.h"

/*
 * The first step of a multipart upload: which upload id to use, and which of its parts are there
 * already (cloud-protocols §10.5).
 *
 *  1. The id that was remembered for this very file and place, once the server has listed its
 *     parts. A part with the remembered ETag is taken as it is; one that nobody remembers, because
 *     the run that sent it ended before it could note it, only if its ETag is the MD5 of the same
 *     slice.
 *  2. An id the server knows for the key and no other file has a record of, if all it has are
 *     slices of this source by their MD5. One without any part is taken only when an earlier run
 *     had asked for an id and may not have learned it: otherwise it is somebody else's beginning.
 *  3. A new one. That it is going to be asked for is recorded before.
 */

/* Auxiliary functions */

static gboolean
are_same_etags (const char *a,
                const char *b)
{
  gsize length;

  if (a == NULL || b == NULL)
    return FALSE;

  a += *a == '"';
  b += *b == '"';
  length = strcspn (a, "\"");

  return length > 0 && length == strcspn (b, "\"") && strncmp (a, b, length) == 0;
}

static const GranaryResumePart *
find_remembered (GranaryResume        *resume,
                 const GranaryCosPart *part)
{
  for (guint i = 0; i < resume->parts->len; i++)
    {
      const GranaryResumePart *remembered = g_ptr_array_index (resume->parts, i);

      if (remembered->number == part->number && remembered->size == part->size &&
          are_same_etags (remembered->etag, part->etag))
        return remembered;
    }

  return NULL;
}

/* Whether a listed part is one of those planned. */
static gboolean
is_planned (GranaryCosMultipart  *self,
            const GranaryCosPart *part)
{
  return part->number >= 1 && (guint) part->number <= self->n_parts &&
         part->size == granary_cos_multipart_get_length (self, (guint) part->number - 1);
}

/* A part that need not be sent: its bytes count as done. */
static void
keep_found (GranaryCosMultipart  *self,
            const GranaryCosPart *listed,
            guint64               crc64,
            gboolean              is_recorded)
{
  self->counted += listed->size;
  granary_cos_run_count (self->run, listed->size);
  granary_cos_multipart_keep (self, (guint) listed->number - 1,
                              granary_cos_part_new (listed->number, listed->size, listed->etag,
                                                    crc64),
                              is_recorded);
}

static gboolean
matches_source (GranaryCosMultipart   *self,
                const GranaryCosPart  *part,
                guint64               *crc64,
                gboolean              *matches,
                GError               **error)
{
  *matches = FALSE;
  if (self->source->matches == NULL || part->etag == NULL)
    return TRUE;

  return self->source->matches (self, (part->number - 1) * self->resume->part_size, part->size,
                                part->etag, crc64, matches, error);
}

/* Keeps what can be kept of an upload that is ours. */
static gboolean
keep_own_parts (GranaryCosMultipart  *self,
                GPtrArray            *listed,
                GError              **error)
{
  for (guint i = 0; i < listed->len; i++)
    {
      const GranaryCosPart *part = g_ptr_array_index (listed, i);
      const GranaryResumePart *remembered;
      gboolean matches;
      guint64 crc64;

      if (!is_planned (self, part))
        continue;

      remembered = find_remembered (self->resume, part);
      if (remembered != NULL)
        {
          keep_found (self, part, remembered->crc64, TRUE);
          continue;
        }

      if (!matches_source (self, part, &crc64, &matches, error))
        return FALSE;
      if (matches)
        keep_found (self, part, crc64, FALSE);
    }

  return TRUE;
}

/* Whether an upload of unknown origin is one of this source; @kept gets its parts. */
static gboolean
fits (GranaryCosMultipart  *self,
      GPtrArray            *listed,
      GPtrArray            *kept,
      gboolean             *fit,
      GError              **error)
{
  *fit = FALSE;
  if (listed->len == 0 && !self->was_initiated)
    return TRUE;

  for (guint i = 0; i < listed->len; i++)
    {
      const GranaryCosPart *part = g_ptr_array_index (listed, i);
      gboolean matches;
      guint64 crc64;

      if (!is_planned (self, part))
        return TRUE;
      if (!matches_source (self, part, &crc64, &matches, error))
        return FALSE;
      if (!matches)
        return TRUE;
      g_ptr_array_add (kept, granary_cos_part_new (part->number, part->size, part->etag, crc64));
    }

  *fit = TRUE;
  return TRUE;
}

static gboolean
record (GranaryCosMultipart  *self,
        GError              **error)
{
  GranaryTransferStore *store = self->run->engine->store;

  if (store == NULL)
    return TRUE;
  if (self->resume->id == 0)
    return granary_transfer_store_add_resume (store, self->resume, error);

  return self->resume->upload_id == NULL ||
         granary_transfer_store_set_upload_id (store, self->resume->id, self->resume->upload_id,
                                               error);
}

/* Refused lists only mean that nothing can be found; the upload is possible without. */
static gboolean
is_refusal (const GError *error)
{
  return g_error_matches (error, GRANARY_ERROR, GRANARY_ERROR_FORBIDDEN) ||
         g_error_matches (error, GRANARY_ERROR, GRANARY_ERROR_UNSUPPORTED) ||
         granary_error_matches_reason (error, GRANARY_REASON_UPLOAD_VANISHED);
}

/* Looks for an upload nobody here has a record of; sets the upload id if there is one. */
static gboolean
adopt (GranaryCosMultipart  *self,
       GError              **error)
{
  GranaryCosRun *run = self->run;
  GranaryCosClient *client = run->engine->client;
  g_autoptr (GError) local_error = NULL;
  g_auto (GStrv) owned = NULL;
  g_auto (GStrv) ids = NULL;

  ids = granary_cos_client_list_uploads (client, run->place, run->cancellable, &local_error);
  if (ids == NULL && is_refusal (local_error))
    return TRUE;
  if (ids == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (*ids == NULL)
    return TRUE;

  if (run->engine->store != NULL)
    {
      owned = granary_transfer_store_list_upload_ids (run->engine->store, run->address, error);
      if (owned == NULL)
        return FALSE;
    }

  for (guint i = 0; ids[i] != NULL; i++)
    {
      g_autoptr (GPtrArray) kept = NULL;
      g_autoptr (GPtrArray) listed = NULL;
      gboolean fit;

      if (owned != NULL && g_strv_contains ((const char * const *) owned, ids[i]))
        continue;

      listed = granary_cos_client_list_parts (client, run->place, ids[i], run->cancellable,
                                              &local_error);
      if (listed == NULL && is_refusal (local_error))
        {
          g_clear_error (&local_error);
          continue;
        }
      if (listed == NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }

      kept = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_cos_part_free);
      if (!fits (self, listed, kept, &fit, error))
        return FALSE;
      if (!fit)
        continue;

      self->resume->upload_id = g_strdup (ids[i]);
      if (!record (self, error))
        return FALSE;
      for (guint j = 0; j < kept->len; j++)
        {
          const GranaryCosPart *part = g_ptr_array_index (kept, j);

          keep_found (self, part, part->crc64, FALSE);
        }
      return TRUE;
    }

  return TRUE;
}

static gboolean
initiate (GranaryCosMultipart  *self,
          GError              **error)
{
  GranaryCosRun *run = self->run;

  if (!record (self, error))
    return FALSE;

  self->resume->upload_id = granary_cos_client_initiate (run->engine->client, run->place,
                                                         run->cancellable, error);
  if (self->resume->upload_id == NULL)
    return FALSE;

  if (!record (self, error))
    {
      g_autoptr (GError) local_error = NULL;

      if (!granary_cos_client_abort (run->engine->client, run->place, self->resume->upload_id,
                                     NULL, &local_error))
        g_debug ("%s: %s", run->subject, local_error->message);
      g_clear_pointer (&self->resume->upload_id, g_free);
      return FALSE;
    }

  return TRUE;
}

/* Functions for the engine */

/**
 * granary_cos_multipart_find:
 * @self: an upload, claimed
 * @error: return location
 *
 * Sees to it that there is an upload id, and keeps the parts that are at the server.
 *
 * Returns: whether there is; %GRANARY_REASON_UPLOAD_VANISHED when the remembered one is gone
 */
gboolean
granary_cos_multipart_find (GranaryCosMultipart  *self,
                            GError              **error)
{
  GranaryCosRun *run = self->run;

  if (self->resume->upload_id != NULL)
    {
      g_autoptr (GPtrArray) listed = NULL;

      listed = granary_cos_client_list_parts (run->engine->client, run->place,
                                              self->resume->upload_id, run->cancellable, error);
      return listed != NULL && keep_own_parts (self, listed, error);
    }

  if (!adopt (self, error))
    return FALSE;
  if (self->resume->upload_id != NULL)
    return TRUE;

  return initiate (self, error);
}
