/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "tione-faults.h"

#include <string.h>

#include "granary-error.h"
#include "granary-json.h"

#define cloud tione_faults_cloud

/* Auxiliary functions */

static JsonNode *
get_state (void)
{
  g_autoptr (JsonNode) answer = granary_test_cloud_control (cloud, "{\"state\":true}");

  return json_node_copy (granary_json_lookup (answer, "state"));
}

/* Models of that name at the server, and their versions. */
static guint
count_at_server (const char *name,
                 guint      *n_versions,
                 guint      *n_ready)
{
  g_autoptr (JsonNode) state = get_state ();
  JsonNode *regions = granary_json_lookup (state, "models");
  JsonNode *region = json_object_get_member (json_node_get_object (regions),
                                             GRANARY_TEST_CLOUD_REGION);
  JsonObject *models = region != NULL ? json_node_get_object (region) : NULL;
  g_autoptr (GList) uids = models != NULL ? json_object_get_members (models) : NULL;
  guint n_models = 0;

  *n_versions = 0;
  *n_ready = 0;
  for (GList *at = uids; at != NULL; at = at->next)
    {
      JsonNode *model = json_object_get_member (models, at->data);
      JsonObject *versions = granary_json_get_object (model, "versions");
      g_autoptr (GList) numbers = json_object_get_members (versions);

      if (g_strcmp0 (granary_json_get_string (model, "name"), name) != 0)
        continue;
      n_models++;
      for (GList *number = numbers; number != NULL; number = number->next)
        {
          JsonNode *version = json_object_get_member (versions, number->data);

          (*n_versions)++;
          if (g_strcmp0 (granary_json_get_string (version, "status"), "STATUS_SUCCESS") == 0)
            (*n_ready)++;
        }
    }

  return n_models;
}

static char *
get_object_crc (GranaryVersion *version,
                const char     *path)
{
  g_autoptr (JsonNode) state = get_state ();
  JsonNode *buckets = granary_json_lookup (state, "buckets");
  JsonNode *bucket = json_object_get_member (json_node_get_object (buckets),
                                             GRANARY_TEST_CLOUD_BUCKET);
  JsonObject *objects = granary_json_get_object (bucket, "objects");
  g_autofree char *key = g_strconcat (version->location + strlen ("cos://models-1250000000/"), path,
                                      NULL);
  JsonNode *object = json_object_get_member (objects, key);

  return object != NULL ? g_strdup (granary_json_get_string (object, "crc")) : NULL;
}

/* Import: a cut, so that a source that goes too early is missed. Done again, it is the transfer
 * that is tried again. */

static gboolean
try_again (Case    *self,
           GError **error)
{
  g_assert_true (granary_transfer_can (self->transfer, GRANARY_TRANSFER_RETRY));
  granary_transfer_perform (self->transfer, GRANARY_TRANSFER_RETRY);
  while (!granary_transfer_is_over (self->transfer))
    g_main_context_iteration (NULL, TRUE);
  if (granary_transfer_get_error (self->transfer) == NULL)
    return TRUE;

  g_propagate_error (error, g_error_copy (granary_transfer_get_error (self->transfer)));
  return FALSE;
}

static gboolean
import_as (Case        *self,
           gint64       model_id,
           const char  *tag,
           GError     **error)
{
  g_autoptr (GranaryImportRequest) request = NULL;
  g_autoptr (GranaryVersion) version = NULL;

  if (self->transfer != NULL)
    return try_again (self, error);

  request = granary_import_request_new ();
  self->transfer = granary_transfer_new (GRANARY_TRANSFER_IMPORT, NULL);
  request->name = model_id == 0 ? g_strdup (self->name) : NULL;
  request->model_id = model_id;
  request->files = granary_test_scan (self->source, NULL);
  request->move = TRUE;
  request->framework = g_strdup ("PyTorch");
  if (tag != NULL)
    {
      request->tags = granary_tag_set_new ();
      g_assert_true (granary_tag_set_put (request->tags, "task", tag, NULL));
    }
  version = granary_test_import_request (self->place.repository, request, self->transfer, error);
  return version != NULL;
}

gboolean
act_import (Case    *self,
            GError **error)
{
  return import_as (self, 0, NULL, error);
}

static gboolean
act_import_listed (Case    *self,
                   GError **error)
{
  granary_test_cloud_tell (cloud, "{\"withdrawn\":false}");
  return import_as (self, 0, NULL, error);
}

static gboolean
act_import_tagged (Case    *self,
                   GError **error)
{
  return import_as (self, 0, self->name, error);
}

static gboolean
act_import_version (Case    *self,
                    GError **error)
{
  return import_as (self, self->version->model_id, NULL, error);
}

static void
check_sources (Case     *self,
               gboolean  is_done)
{
  if (is_done)
    g_assert_false (g_file_test (self->source, G_FILE_TEST_EXISTS));
  else
    g_assert_cmpuint (granary_test_count (self->source), ==, 2);
}

static void
check_import (Case     *self,
              gboolean  is_done,
              GError   *error)
{
  guint n_versions;
  guint n_ready;
  guint n_models = count_at_server (self->name, &n_versions, &n_ready);

  g_assert_cmpuint (n_models, <=, 1);
  g_assert_cmpuint (n_versions, <=, 1);
  if (is_done)
    {
      g_autoptr (GranaryModel) model = granary_test_find (&self->place, self->name);

      g_assert_cmpuint (n_ready, ==, 1);
      g_assert_nonnull (model);
      g_assert_cmpuint (model->versions->len, ==, 1);
    }
  check_sources (self, is_done);
}

static void
check_import_version (Case     *self,
                      gboolean  is_done,
                      GError   *error)
{
  guint n_versions;
  guint n_ready;
  guint n_models = count_at_server (self->version->model_name, &n_versions, &n_ready);

  g_assert_cmpuint (n_models, ==, 1);
  g_assert_cmpuint (n_versions, <=, 2);
  if (is_done)
    g_assert_cmpuint (n_ready, ==, 2);
  check_sources (self, is_done);
}

const Verb import_verb = { "import", act_import, check_import };
const Verb import_listed_verb = { "import-listed", act_import_listed, check_import };
const Verb import_tagged_verb = { "import-tagged", act_import_tagged, check_import };
const Verb import_version_verb = {
  "import-version", act_import_version, check_import_version,
};

/* Upload: one file replaced, one taken out. */

void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  GAsyncResult **at = user_data;

  *at = g_object_ref (result);
}

static gboolean
act_upload (Case    *self,
            GError **error)
{
  g_autofree char *file = NULL;
  g_autoptr (GranaryFileSet) files = NULL;
  g_autoptr (GranaryUploadRequest) request = NULL;
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  if (self->transfer != NULL && granary_transfer_can (self->transfer, GRANARY_TRANSFER_RETRY))
    return try_again (self, error);

  g_clear_object (&self->transfer);
  self->transfer = granary_transfer_new (GRANARY_TRANSFER_UPLOAD, NULL);
  file = granary_test_write (self->source, "weights", self->name);
  files = granary_test_scan (file, NULL);
  request = granary_upload_request_new (self->version->id, files, TRUE);
  request->remove = g_strsplit ("notes", ",", -1);
  granary_repository_upload_async (self->place.repository, request, self->transfer, answered_cb,
                                   &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  version = granary_repository_upload_finish (self->place.repository, result, error);
  return version != NULL;
}

static void
check_upload (Case     *self,
              gboolean  is_done,
              GError   *error)
{
  g_autofree char *kept = get_object_crc (self->version, "config.json");
  g_autofree char *weights = get_object_crc (self->version, "weights");
  g_autofree char *notes = get_object_crc (self->version, "notes");
  g_autoptr (GranaryVersion) now = NULL;

  /* What arrived with another checksum than it was sent with is not left there. */
  g_assert_nonnull (kept);
  if (!granary_error_matches_reason (error, GRANARY_REASON_CRC_MISMATCH))
    g_assert_nonnull (weights);
  if (!is_done)
    return;

  g_assert_null (notes);
  now = granary_catalog_load_version (self->place.catalog, self->version->id, NULL);
  g_assert_cmpint (now->n_files, ==, 2);
  g_assert_cmpint (granary_version_find_file (now, "weights")->size, ==, strlen (self->name));
}

const Verb upload_verb = { "upload", act_upload, check_upload };

/* Download */

static gboolean
act_download (Case    *self,
              GError **error)
{
  g_autoptr (GPtrArray) paths = NULL;

  paths = granary_test_download (&self->place, self->version->id, self->out, error);
  return paths != NULL;
}

static void
check_download (Case     *self,
                gboolean  is_done,
                GError   *error)
{
  g_autofree char *name = g_strdup_printf ("%s-v1", self->version->model_name);
  g_autofree char *folder = g_build_filename (self->out, name, NULL);
  g_autofree char *file = g_build_filename (folder, "weights", NULL);
  g_autofree char *text = NULL;

  g_assert_true (g_file_test (folder, G_FILE_TEST_EXISTS) == is_done);
  if (is_done)
    {
      text = granary_test_read (file);
      g_assert_cmpstr (text, ==, "first");
      g_assert_cmpuint (granary_test_count (self->out), ==, 3);
    }
}

const Verb download_verb = { "download", act_download, check_download };

/* Edit */

static gboolean
act_edit (Case    *self,
          GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GranaryEditRequest) request = NULL;

  g_array_append_val (ids, self->version->model_id);
  request = granary_edit_request_new (ids);
  request->set_tags = granary_tag_set_new ();
  g_assert_true (granary_tag_set_put (request->set_tags, "stage", self->name, NULL));
  return granary_test_edit (&self->place, request, error);
}

static void
check_edit (Case     *self,
            gboolean  is_done,
            GError   *error)
{
  g_autoptr (JsonNode) state = get_state ();
  JsonObject *tags = granary_json_get_object (state, "tags");
  g_autofree char *resource = g_strdup_printf ("qcs::tione:%s:uin/%s:model/%s",
                                               GRANARY_TEST_CLOUD_REGION, GRANARY_TEST_CLOUD_UIN,
                                               self->version->model_uid);
  JsonNode *own = json_object_get_member (tags, resource);
  g_autoptr (GranaryModel) model = NULL;

  model = granary_catalog_load_model (self->place.catalog, self->version->model_id, NULL);
  if (is_done)
    {
      g_assert_cmpstr (granary_json_get_string (own, "stage"), ==, self->name);
      g_assert_cmpstr (granary_tag_set_lookup (model->tags, "stage"), ==, self->name);
    }
  else
    {
      g_assert_null (granary_tag_set_lookup (model->tags, "stage"));
    }
}

const Verb edit_verb = { "edit", act_edit, check_edit };

/* Delete */

static gboolean
act_delete (Case    *self,
            GError **error)
{
  g_autofree char *entry = granary_test_delete (&self->place, 0, self->version->id, error);

  g_assert_null (entry);
  return error == NULL || *error == NULL;
}

static void
check_delete (Case     *self,
              gboolean  is_done,
              GError   *error)
{
  g_autoptr (GranaryVersion) row = NULL;
  guint n_versions;
  guint n_ready;

  count_at_server (self->version->model_name, &n_versions, &n_ready);
  row = granary_catalog_load_version (self->place.catalog, self->version->id, NULL);
  g_assert_true ((row == NULL) == is_done);
  if (is_done)
    g_assert_cmpuint (n_versions, ==, 0);
}

const Verb delete_verb = { "delete", act_delete, check_delete };

/* Refresh and check: what the mirror has stays. */

static gboolean
act_refresh (Case    *self,
             GError **error)
{
  return granary_test_tione_refresh (&self->place, self->version->model_uid, error);
}

static void
check_mirror (Case     *self,
              gboolean  is_done,
              GError   *error)
{
  g_autoptr (GranaryVersion) row = NULL;

  row = granary_catalog_load_version (self->place.catalog, self->version->id, NULL);
  g_assert_nonnull (row);
  g_assert_cmpstr (row->location, ==, self->version->location);
  g_assert_cmpint (row->n_files, ==, 3);
}

const Verb refresh_verb = { "refresh", act_refresh, check_mirror };

static gboolean
act_check (Case    *self,
           GError **error)
{
  g_autoptr (GPtrArray) problems = granary_test_check (&self->place, self->version->id, error);

  if (problems != NULL)
    g_assert_cmpuint (problems->len, ==, 0);
  return problems != NULL;
}

const Verb check_verb = { "check", act_check, check_mirror };
