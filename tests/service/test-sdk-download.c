/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "granary-error.h"
#include "granary-json.h"
#include "granary-local.h"
#include "granary-sdk.h"
#include "services-test.h"

/* Downloads of SDKs: from this computer, from storage, and where nobody is let in. */

#define cloud services_test_cloud

/* Auxiliary functions */

static GranaryConnection *
open_local (const char  *root,
            GError     **error)
{
  return granary_local_open (root, NULL, error);
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  GAsyncResult **at = user_data;

  *at = g_object_ref (result);
}

static char *
download (GranaryTestPlace  *place,
          gint64             version_id,
          const char        *folder,
          GError           **error)
{
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_DOWNLOAD, "sdk");
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *path = g_build_filename (place->folder, folder, NULL);

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  granary_sdk_download_async (place->connection, version_id, path, transfer, done_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (granary_transfer_is_over (transfer));

  return granary_sdk_download_finish (place->connection, result, error);
}

static GranaryVersion *
import (GranaryTestPlace *place,
        const char       *name,
        GranarySource     source,
        const char       *extra)
{
  g_autoptr (GranaryImportRequest) request = granary_import_request_new ();
  g_autofree char *folder = g_build_filename (place->folder, name, NULL);
  g_autoptr (GError) error = NULL;
  GranaryVersion *version;

  g_free (granary_test_write (folder, "model/weights.onnx", "weights"));
  if (extra != NULL)
    g_free (granary_test_write (folder, extra, "mine"));
  request->name = g_strdup (name);
  request->files = granary_test_scan (folder, NULL);
  request->source = source;
  request->task_uid = g_strdup ("task");
  version = granary_test_import_request (place->repository, request, NULL, &error);
  g_assert_no_error (error);
  return version;
}

static char *
read_below (const char *folder,
            const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return granary_test_read (path);
}

/* Tests */

static void
test_local (void)
{
  GranaryTestPlace place = { 0 };
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GranaryVersion) own = NULL;
  g_autoptr (GranaryVersion) plain = NULL;
  g_autofree char *path = NULL;
  g_autofree char *second = NULL;
  g_autofree char *weights = NULL;
  g_autofree char *example = NULL;
  g_autofree char *kept = NULL;
  g_autoptr (GError) error = NULL;

  granary_test_place_set_up (&place, open_local);
  version = import (&place, "bolts", GRANARY_SOURCE_AUTOML, NULL);
  path = download (&place, version->id, "sdk", &error);
  g_assert_no_error (error);
  weights = read_below (path, "model/weights.onnx");
  g_assert_cmpstr (weights, ==, "weights");
  example = read_below (path, GRANARY_SDK_EXAMPLE);
  g_assert_nonnull (strstr (example, "{'image': base64"));

  /* A file of that name is the version's own. */
  own = import (&place, "own-client", GRANARY_SOURCE_AUTOML, GRANARY_SDK_EXAMPLE);
  second = download (&place, own->id, "sdk", &error);
  g_assert_no_error (error);
  kept = read_below (second, GRANARY_SDK_EXAMPLE);
  g_assert_cmpstr (kept, ==, "mine");

  plain = import (&place, "plain", GRANARY_SOURCE_FILES, NULL);
  g_assert_null (download (&place, plain->id, "sdk", &error));
  granary_assert_reason (error, GRANARY_REASON_SDK_UNAVAILABLE);
  g_clear_error (&error);
  g_assert_null (download (&place, 4711, "sdk", &error));
  g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_NOT_FOUND);
  granary_test_place_tear_down (&place);
}

/* A model of automatic learning whose only version lies in @bucket below @prefix. */
static gint64
make_learned (GranaryTestPlace *place,
              const char       *name,
              const char       *bucket,
              const char       *prefix)
{
  g_autofree char *text = g_strdup_printf (
    "{\"make_bucket\":{\"name\":\"%s\"},\"create_model\":{\"name\":\"%s\",\"versions\":[{"
    "\"source\":\"AUTO_ML\",\"texts\":{\"AutoMLTaskId\":\"ml-1-v1\",\"TrainingPreference\":"
    "\"BALANCE\",\"TrainingJobVersion\":\"v3\"},\"environment\":\"" SERVICES_TEST_IMAGE "\","
    "\"bucket\":\"%s\",\"prefix\":\"%s\",\"files\":{\"model_service.py\":\"pass\","
    "\"config.json\":\"{}\"}}]}}", bucket, name, bucket, prefix);
  g_autoptr (JsonNode) made = granary_test_cloud_control (cloud, text);
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (granary_test_tione_refresh (place, granary_json_get_string (made, "model_id"),
                                             &error));
  g_assert_no_error (error);
  model = granary_test_find (place, name);
  g_assert_nonnull (model);
  g_assert_cmpuint (model->versions->len, ==, 1);
  return ((GranaryVersion *) g_ptr_array_index (model->versions, 0))->id;
}

static void
test_cloud (GranaryTestPlace *place,
            gconstpointer     data)
{
  gint64 own = make_learned (place, "learned", "learned-1250000000", "sdk/");
  gint64 theirs = make_learned (place, "theirs", "ti-automl-gz-1250000000",
                                "automl/public/bolts-ml-1/ems/sdk/");
  g_autofree char *path = NULL;
  g_autofree char *code = NULL;
  g_autoptr (GError) error = NULL;

  path = download (place, own, "sdk", &error);
  g_assert_no_error (error);
  code = read_below (path, "model_service.py");
  g_assert_cmpstr (code, ==, "pass");

  granary_test_cloud_tell (cloud, "{\"faults\":[{\"match\":{\"bucket\":\"ti-automl-*\"},"
                                  "\"times\":-1,\"do\":{\"kind\":\"cos_error\","
                                  "\"status\":403,\"code\":\"AccessDenied\"}}]}");
  g_assert_null (download (place, theirs, "sdk", &error));
  granary_assert_reason (error, GRANARY_REASON_SDK_FORBIDDEN);
  g_assert_cmpstr (granary_error_get_subject (error), ==,
                   "cos://ti-automl-gz-1250000000/automl/public/bolts-ml-1/ems/sdk/");
}

/* One of automatic learning goes by its task, and is the version all the same. */
static void
test_publish (GranaryTestPlace *place,
              gconstpointer     data)
{
  gint64 version_id = make_learned (place, "learned-served", "learned-1250000000", "served/");
  g_autoptr (GranaryPublishProfile) profile = services_test_make_profile ();
  g_autoptr (GranaryPublishRequest) request = NULL;
  g_autoptr (GranaryService) service = NULL;
  g_autofree char *uid = NULL;
  g_autofree char *body = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (JsonNode) info = NULL;
  g_autoptr (GError) error = NULL;

  request = granary_publish_request_new (version_id, NULL, "learned", profile);
  uid = granary_test_publish (place, request, NULL, &error);
  g_assert_no_error (error);
  body = granary_test_tione_get_body (cloud, "CreateModelService", 0);
  node = granary_json_parse (body, -1, NULL, NULL);
  info = json_node_copy (granary_json_lookup (node, "ModelInfo"));
  g_clear_pointer (&body, g_free);
  body = granary_json_to_text (info, FALSE);
  granary_test_assert_json (body, "{\"ModelVersionId\":\"ml-1-v1\",\"ModelId\":\"ml-1-v1\","
                                  "\"ModelName\":\"learned-served\",\"ModelVersion\":\"v3\","
                                  "\"ModelType\":\"AUTO_ML\",\"CosPathInfo\":{"
                                  "\"Bucket\":\"learned-1250000000\",\"Region\":\"ap-guangzhou\","
                                  "\"Paths\":[\"served/\"]}}");

  g_assert_true (granary_test_refresh_services (place, &error));
  g_assert_no_error (error);
  service = granary_test_find_service (place, uid);
  g_assert_cmpint (service->version_id, ==, version_id);
  g_assert_false (service->is_version_gone);
}

/* The example does what it says. */
static void
test_example (GranaryTestPlace *place,
              gconstpointer     data)
{
  g_autofree char *uid = services_test_run_one (place, 1, "example");
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "..", "data", "sdk",
                                                   GRANARY_SDK_EXAMPLE, NULL);
  g_autofree char *image = g_build_filename (place->folder, "image.png", NULL);
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GSubprocess) wanted = NULL;
  g_autoptr (GSubprocess) refused = NULL;
  g_autoptr (GranaryServiceAccess) access = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;
  g_autofree char *denied = NULL;

  access = granary_test_access (place, uid, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (image, "hello", -1, NULL));
  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  refused = g_subprocess_launcher_spawn (launcher, &error, "python3", script, access->url, image,
                                         NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (refused, NULL, NULL, &denied, NULL, &error));
  g_assert_cmpint (g_subprocess_get_exit_status (refused), ==, 1);
  g_assert_nonnull (strstr (denied, "the token is wrong"));

  g_subprocess_launcher_setenv (launcher, "GRANARY_SERVICE_AUTHORIZATION", access->value, TRUE);
  wanted = g_subprocess_launcher_spawn (launcher, &error, "python3", script, access->url, image,
                                        NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (wanted, NULL, NULL, &output, NULL, &error));
  g_assert_cmpint (g_subprocess_get_exit_status (wanted), ==, 0);
  g_assert_nonnull (strstr (output, "\"image\": \"aGVsbG8=\""));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/sdk/local", test_local);
  SERVICES_TEST_ADD ("/sdk/cloud", test_cloud);
  SERVICES_TEST_ADD ("/sdk/publish", test_publish);
  SERVICES_TEST_ADD ("/sdk/example", test_example);

  return services_test_run ();
}
