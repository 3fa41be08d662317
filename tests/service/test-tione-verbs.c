/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "granary-error.h"
#include "granary-json.h"
#include "granary-metric.h"
#include "granary-names.h"
#include "granary-test-tione.h"
#include "granary-tione.h"

/* What the verbs ask of the platform, to the letter, and what they make of its answers. */

static GranaryTestCloud *cloud;

/* Auxiliary functions */

static void
set_up (GranaryTestPlace *place,
        gconstpointer     data)
{
  g_autoptr (GranaryAccount) account = granary_test_tione_account (cloud);

  granary_test_cloud_tell (cloud, "{\"clear_faults\":true,\"clear_log\":true,\"import_fail\":\"\","
                                  "\"withdrawn\":true,\"infer_templates\":false}");
  granary_test_tione_set_up (place, account);
}

static void
tear_down (GranaryTestPlace *place,
           gconstpointer     data)
{
  granary_test_place_tear_down (place);
}

static GranaryImportRequest *
make_request (GranaryTestPlace *place,
              const char       *name)
{
  GranaryImportRequest *request = granary_import_request_new ();
  g_autofree char *source = granary_uid_new ("source");
  g_autofree char *folder = granary_test_place_path (place, source);

  g_free (granary_test_write (folder, "model/weights.onnx", "weights"));
  g_free (granary_test_write (folder, "config.json", "{}"));
  request->name = g_strdup (name);
  request->files = granary_test_scan (folder, NULL);
  return request;
}

static GranaryVersion *
import (GranaryTestPlace *place,
        const char       *name)
{
  g_autoptr (GranaryImportRequest) request = make_request (place, name);
  g_autoptr (GError) error = NULL;
  GranaryVersion *version = granary_test_import_request (place->repository, request, NULL, &error);

  g_assert_no_error (error);
  return version;
}

/* What the import calls its folders: @text has it between `/v1-` and `/`. */
static char *
find_suffix (const char *text,
             const char *before)
{
  const char *at = strstr (text, before);

  g_assert_nonnull (at);
  at += strlen (before);
  return g_strndup (at, strcspn (at, "/"));
}

/* Keys of the bucket that begin with @prefix. */
static guint
count_objects (const char *prefix)
{
  g_autoptr (JsonNode) answer = granary_test_cloud_control (cloud, "{\"state\":true}");
  JsonNode *state = granary_json_lookup (answer, "state.buckets");
  JsonNode *bucket = json_object_get_member (json_node_get_object (state),
                                             GRANARY_TEST_CLOUD_BUCKET);
  g_autoptr (GList) keys = json_object_get_members (granary_json_get_object (bucket, "objects"));
  guint count = 0;

  for (GList *at = keys; at != NULL; at = at->next)
    count += g_str_has_prefix (at->data, prefix) ? 1 : 0;

  return count;
}

/* Import */

static void
test_new_model (GranaryTestPlace *place,
                gconstpointer     data)
{
  g_autoptr (GranaryImportRequest) request = make_request (place, "车牌-识别");
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *body = NULL;
  g_autofree char *suffix = NULL;
  g_autofree char *wanted = NULL;
  g_autofree char *location = NULL;
  g_autofree char *image = NULL;

  granary_test_cloud_tell (cloud, "{\"infer_templates\":true}");
  request->framework = g_strdup ("ONNX");
  request->format = g_strdup ("ONNX");
  request->environment = g_strdup ("Py1.9.0 py36_CPU");
  request->tags = granary_tag_set_new ();
  g_assert_true (granary_tag_set_put (request->tags, "task", "ocr", NULL));
  g_assert_true (granary_tag_set_put (request->tags, "team", "vision", NULL));
  request->metrics = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_metric_free);
  g_ptr_array_add (request->metrics, granary_metric_new ("acc", "0.93"));
  g_ptr_array_add (request->metrics, granary_metric_new ("loss", "0.1"));

  version = granary_test_import_request (place->repository, request, NULL, &error);
  g_assert_no_error (error);
  body = granary_test_tione_get_body (cloud, "CreateTrainingModel", 0);
  suffix = find_suffix (body, "/v1-");
  {
    g_autoptr (JsonNode) node = granary_json_parse (body, -1, NULL, NULL);

    image = g_strdup (granary_json_get_string (node, "ReasoningEnvironment"));
    g_assert_nonnull (image);
    g_assert_nonnull (strstr (image, "py1.9.0-py36-cpu"));
  }
  wanted = g_strdup_printf (
    "{\"ImportMethod\":\"MODEL\",\"TrainingModelName\":\"车牌-识别\","
    "\"Tags\":[{\"TagKey\":\"task\",\"TagValue\":\"ocr\"},"
    "{\"TagKey\":\"team\",\"TagValue\":\"vision\"}],"
    "\"TrainingModelVersion\":\"v1\",\"TrainingModelSource\":\"COS\","
    "\"TrainingModelCosPath\":{\"Bucket\":\"models-1250000000\",\"Region\":\"ap-guangzhou\","
    "\"Paths\":[\"granary/车牌-识别/upload-%s/\"]},"
    "\"ModelMoveMode\":\"CUT\","
    "\"ModelOutputPath\":{\"Bucket\":\"models-1250000000\",\"Region\":\"ap-guangzhou\","
    "\"Paths\":[\"granary/车牌-识别/v1-%s/\"]},"
    "\"AlgorithmFramework\":\"ONNX\",\"ModelFormat\":\"ONNX\","
    "\"TrainingModelIndex\":\"acc=0.93,loss=0.1\","
    "\"ReasoningEnvironmentSource\":\"SYSTEM\",\"ReasoningEnvironment\":\"%s\","
    "\"ReasoningEnvironmentId\":\"py1.9.0-py36-cpu\"}", suffix, suffix, image);
  granary_test_assert_json (body, wanted);
  g_assert_cmpuint (granary_test_cloud_count (cloud, "CreateTrainingModel"), ==, 1);
  g_assert_cmpuint (granary_test_cloud_count (cloud, "ModifyResourceTags"), ==, 0);

  location = g_strdup_printf ("cos://models-1250000000/granary/车牌-识别/v1-%s/", suffix);
  g_assert_cmpstr (version->location, ==, location);
  g_assert_cmpint (version->status, ==, GRANARY_STATUS_READY);
  g_assert_cmpstr (version->environment, ==, "py1.9.0-py36-cpu");
}

static void
test_new_version (GranaryTestPlace *place,
                  gconstpointer     data)
{
  g_autoptr (JsonNode) made = NULL;
  g_autoptr (GranaryImportRequest) request = make_request (place, NULL);
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *body = NULL;
  g_autofree char *suffix = NULL;
  g_autofree char *wanted = NULL;
  const char *uid;

  /* The highest number belongs to an accelerated version, which is not listed. */
  made = granary_test_cloud_control (cloud,
    "{\"create_model\":{\"name\":\"ocr\",\"versions\":["
    "{\"number\":\"v1\",\"status\":\"STATUS_SUCCESS\",\"files\":{\"a\":\"1\"},"
    "\"environment_source\":\"CUSTOM\",\"image\":{\"ImageType\":\"TCR\","
    "\"ImageUrl\":\"mine.tencentcloudcr.com/serve/ocr:1\",\"RegistryRegion\":\"ap-guangzhou\","
    "\"RegistryId\":\"tcr-1\"}},"
    "{\"number\":\"v7\",\"status\":\"STATUS_SUCCESS\",\"kind\":\"ACCELERATE\"}]}}");
  uid = granary_json_get_string (made, "model_id");
  g_assert_true (granary_test_tione_refresh (place, uid, &error));
  g_assert_no_error (error);
  model = granary_test_find (place, "ocr");
  g_assert_nonnull (model);

  request->model_id = model->id;
  request->framework = g_strdup ("scikit-learn");
  version = granary_test_import_request (place->repository, request, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (version->number, ==, 8);
  body = granary_test_tione_get_body (cloud, "CreateTrainingModel", 0);
  suffix = find_suffix (body, "/v8-");
  wanted = g_strdup_printf (
    "{\"ImportMethod\":\"VERSION\",\"TrainingModelId\":\"%s\",\"TrainingModelVersion\":\"v8\","
    "\"TrainingModelSource\":\"COS\","
    "\"TrainingModelCosPath\":{\"Bucket\":\"models-1250000000\",\"Region\":\"ap-guangzhou\","
    "\"Paths\":[\"granary/ocr/upload-%s/\"]},\"ModelMoveMode\":\"CUT\","
    "\"ModelOutputPath\":{\"Bucket\":\"models-1250000000\",\"Region\":\"ap-guangzhou\","
    "\"Paths\":[\"granary/ocr/v8-%s/\"]},"
    "\"ReasoningEnvironmentSource\":\"CUSTOM\",\"ReasoningImageInfo\":{\"ImageType\":\"TCR\","
    "\"ImageUrl\":\"mine.tencentcloudcr.com/serve/ocr:1\",\"RegistryRegion\":\"ap-guangzhou\","
    "\"RegistryId\":\"tcr-1\"}}", uid, suffix, suffix);
  granary_test_assert_json (body, wanted);
}

/* Somebody else takes the number between the look and the call. */
static void
test_number_taken (GranaryTestPlace *place,
                   gconstpointer     data)
{
  g_autoptr (GranaryVersion) first = import (place, "race");
  g_autoptr (GranaryVersion) second = import (place, "race2");
  g_autoptr (GranaryImportRequest) request = make_request (place, NULL);
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GranaryVersion) other = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryAccount) account = granary_test_tione_account (cloud);
  GranaryTestPlace late = { 0 };
  g_autoptr (GranaryModel) model = NULL;

  g_assert_cmpint (second->number, ==, 1);

  /* Another mirror, which makes v2. */
  granary_test_tione_set_up (&late, account);
  g_assert_true (granary_test_tione_refresh (&late, first->model_uid, &error));
  g_assert_no_error (error);
  model = granary_test_find (&late, "race");
  g_assert_nonnull (model);
  request->model_id = model->id;
  other = granary_test_import_request (late.repository, request, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (other->number, ==, 2);
  granary_test_place_tear_down (&late);

  /* The first look is answered as it was before that. */
  granary_test_cloud_tell (cloud, "{\"clear_log\":true,\"faults\":[{\"match\":{\"action\":"
                                  "\"DescribeTrainingModelVersions\"},\"do\":{\"kind\":"
                                  "\"malformed\",\"body\":\"{\\\"Response\\\":{"
                                  "\\\"TrainingModelVersions\\\":[],\\\"RequestId\\\":\\\"x\\\"}}\""
                                  "}}]}");
  request->model_id = first->model_id;
  version = granary_test_import_request (place->repository, request, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (version->number, ==, 3);
  g_assert_cmpuint (granary_test_cloud_count (cloud, "CreateTrainingModel"), ==, 2);
}

static void
test_from_storage (GranaryTestPlace *place,
                   gconstpointer     data)
{
  g_autoptr (GranaryImportRequest) request = granary_import_request_new ();
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GranaryVersion) moved = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *body = NULL;
  g_autofree char *second = NULL;
  g_autofree char *suffix = NULL;
  g_autofree char *wanted = NULL;

  granary_test_cloud_tell (cloud, "{\"put_object\":{\"bucket\":\"%s\",\"key\":\"mine/a.onnx\","
                                  "\"text\":\"abc\"}}", GRANARY_TEST_CLOUD_BUCKET);
  request->name = g_strdup ("from-cos");
  request->source = GRANARY_SOURCE_COS;
  request->source_ref = g_strdup ("cos://models-1250000000/mine");
  request->environment = g_strdup ("ccr.ccs.tencentyun.com/me/serve:1");
  version = granary_test_import_request (place->repository, request, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (version->n_files, ==, 1);
  g_assert_cmpint (version->size, ==, 3);
  body = granary_test_tione_get_body (cloud, "CreateTrainingModel", 0);
  suffix = find_suffix (body, "/v1-");
  wanted = g_strdup_printf (
    "{\"ImportMethod\":\"MODEL\",\"TrainingModelName\":\"from-cos\","
    "\"TrainingModelVersion\":\"v1\",\"TrainingModelSource\":\"COS\","
    "\"TrainingModelCosPath\":{\"Bucket\":\"models-1250000000\",\"Region\":\"ap-guangzhou\","
    "\"Paths\":[\"mine/\"]},\"ModelMoveMode\":\"COPY\","
    "\"ModelOutputPath\":{\"Bucket\":\"models-1250000000\",\"Region\":\"ap-guangzhou\","
    "\"Paths\":[\"granary/from-cos/v1-%s/\"]},"
    "\"ReasoningEnvironmentSource\":\"CUSTOM\",\"ReasoningImageInfo\":{\"ImageType\":\"CCR\","
    "\"ImageUrl\":\"ccr.ccs.tencentyun.com/me/serve:1\"}}", suffix);
  granary_test_assert_json (body, wanted);
  g_assert_cmpuint (count_objects ("mine/"), ==, 1);

  /* Cut. */
  g_clear_pointer (&request->name, g_free);
  request->model_id = version->model_id;
  request->move = TRUE;
  moved = granary_test_import_request (place->repository, request, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (moved->number, ==, 2);
  second = granary_test_tione_get_body (cloud, "CreateTrainingModel", 1);
  g_assert_nonnull (strstr (second, "\"CUT\""));
  g_assert_cmpuint (count_objects ("mine/"), ==, 0);

  /* Nothing there any more. */
  g_assert_null (granary_test_import_request (place->repository, request, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_OBJECT_MISSING);
  g_assert_cmpuint (granary_test_cloud_count (cloud, "CreateTrainingModel"), ==, 2);
}

static void
test_environments (GranaryTestPlace *place,
                   gconstpointer     data)
{
  static const struct
  {
    const char *environment;
    const char *type;
  } images[] = {
    { "mine.tencentcloudcr.com/serve/ocr:1", "TCR" },
    { "ccr.ccs.tencentyun.com/me/serve:1", "CCR" },
    { "registry.example.com:5000/serve:1", "CUSTOM" },
  };
  g_autoptr (GranaryVersion) recommended = NULL;
  g_autoptr (GranaryImportRequest) request = make_request (place, "wrong");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (images); i++)
    {
      g_autofree char *name = g_strdup_printf ("env%u", i);
      g_autoptr (GranaryImportRequest) one = make_request (place, name);
      g_autoptr (GranaryVersion) version = NULL;
      g_autofree char *body = NULL;
      g_autoptr (JsonNode) node = NULL;

      one->environment = g_strdup (images[i].environment);
      version = granary_test_import_request (place->repository, one, NULL, &error);
      g_assert_no_error (error);
      body = granary_test_tione_get_body (cloud, "CreateTrainingModel", i);
      node = granary_json_parse (body, -1, NULL, NULL);
      g_assert_cmpstr (granary_json_get_string (node, "ReasoningEnvironmentSource"), ==, "CUSTOM");
      g_assert_cmpstr (granary_json_get_string (node, "ReasoningImageInfo.ImageType"), ==,
                       images[i].type);
      g_assert_cmpstr (version->environment, ==, images[i].environment);
    }

  /* Neither an image of the platform nor an address. */
  request->environment = g_strdup ("/usr/bin/python3");
  g_assert_null (granary_test_import_request (place->repository, request, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_ENVIRONMENT_UNSET);
  g_clear_error (&error);
  g_assert_cmpuint (granary_test_cloud_count (cloud, "PutObject"), ==, 6);

  /* Nothing said: what the platform has for the framework. */
  g_set_str (&request->environment, NULL);
  request->framework = g_strdup ("PyTorch");
  recommended = granary_test_import_request (place->repository, request, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (recommended->environment);
  {
    g_autofree char *folded = g_ascii_strdown (recommended->environment, -1);

    g_assert_nonnull (strstr (folded, "torch"));
  }
}

static void
test_refused (GranaryTestPlace *place,
              gconstpointer     data)
{
  g_autoptr (GranaryImportRequest) request = make_request (place, "broken");
  g_autoptr (GranaryImportRequest) again = make_request (place, NULL);
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_IMPORT, NULL);
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GranaryVersion) third = NULL;
  g_autoptr (GError) error = NULL;
  GranaryVersion *failed;

  granary_test_cloud_tell (cloud, "{\"import_fail\":\"MoveModelDirFailed: no quota\"}");
  request->move = TRUE;
  g_assert_null (granary_test_import_request (place->repository, request, transfer, &error));
  granary_assert_reason (error, GRANARY_REASON_IMPORT_REFUSED);
  g_assert_cmpstr (granary_error_get_subject (error), ==, "broken v1");
  g_assert_cmpstr (granary_error_get_remote_message (error), ==, "MoveModelDirFailed: no quota");
  g_assert_cmpint (granary_transfer_get_state (transfer), ==, GRANARY_TRANSFER_FAILED);
  g_clear_error (&error);

  /* Nothing was cut, the row tells why, and what was sent is taken away. */
  g_assert_cmpuint (granary_file_set_get_n_files (request->files), ==, 2);
  g_assert_true (g_file_test (granary_file_set_get_file (request->files, 0)->path,
                              G_FILE_TEST_EXISTS));
  model = granary_test_find (place, "broken");
  g_assert_cmpuint (model->versions->len, ==, 1);
  failed = g_ptr_array_index (model->versions, 0);
  g_assert_cmpint (failed->status, ==, GRANARY_STATUS_FAILED);
  g_assert_cmpstr (failed->error, ==, "MoveModelDirFailed: no quota");
  for (guint i = 0; i < 100 && count_objects ("granary/broken/upload-") > 0; i++)
    g_usleep (20000);
  g_assert_cmpuint (count_objects ("granary/broken/upload-"), ==, 0);

  /* Trying the same again makes another version. */
  granary_test_cloud_tell (cloud, "{\"import_fail\":\"\"}");
  g_assert_true (granary_transfer_can (transfer, GRANARY_TRANSFER_RETRY));
  granary_transfer_perform (transfer, GRANARY_TRANSFER_RETRY);
  while (granary_transfer_get_state (transfer) != GRANARY_TRANSFER_DONE)
    g_main_context_iteration (NULL, TRUE);
  g_clear_pointer (&model, granary_model_unref);
  model = granary_test_find (place, "broken");
  g_assert_cmpuint (model->versions->len, ==, 2);
  g_assert_cmpint (((GranaryVersion *) g_ptr_array_index (model->versions, 0))->number, ==, 2);
  g_assert_false (g_file_test (granary_file_set_get_file (request->files, 0)->path,
                               G_FILE_TEST_EXISTS));

  again->model_id = model->id;
  third = granary_test_import_request (place->repository, again, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (third->number, ==, 3);
}

static void
test_storage_unset (void)
{
  g_autoptr (GranaryAccount) account = granary_test_tione_account (cloud);
  GranaryTestPlace place = { 0 };
  g_autoptr (GranaryImportRequest) request = NULL;
  g_autoptr (GranaryImportRequest) stored = granary_import_request_new ();
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *body = NULL;

  granary_test_cloud_tell (cloud, "{\"clear_faults\":true,\"clear_log\":true,\"put_object\":{"
                                  "\"bucket\":\"%s\",\"key\":\"there/a\",\"text\":\"abc\"}}",
                           GRANARY_TEST_CLOUD_BUCKET);
  granary_account_set_storage (account, NULL, "granary/");
  granary_test_tione_set_up (&place, account);
  request = make_request (&place, "nowhere");
  g_assert_null (granary_test_import_request (place.repository, request, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_STORAGE_UNSET);
  g_assert_cmpstr (granary_error_get_subject (error), ==, "Test");
  g_clear_error (&error);

  /* What lies there already needs no place of its own: the platform chooses one. */
  stored->name = g_strdup ("there");
  stored->source = GRANARY_SOURCE_COS;
  stored->source_ref = g_strdup ("cos://models-1250000000/there/");
  version = granary_test_import_request (place.repository, stored, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (version->n_files, ==, 1);
  body = granary_test_tione_get_body (cloud, "CreateTrainingModel", 0);
  g_assert_null (strstr (body, "ModelOutputPath"));
  granary_test_place_tear_down (&place);
}

/* Tags */

static GranaryEditRequest *
make_edit (gint64 model_id)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  GranaryEditRequest *request;

  g_array_append_val (ids, model_id);
  request = granary_edit_request_new (ids);
  request->set_tags = granary_tag_set_new ();
  return request;
}

static void
test_tags (GranaryTestPlace *place,
           gconstpointer     data)
{
  g_autoptr (GranaryVersion) version = import (place, "tagged");
  g_autoptr (GranaryEditRequest) request = make_edit (version->model_id);
  g_autoptr (GranaryEditRequest) change = make_edit (version->model_id);
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *third = NULL;
  g_autofree char *last = NULL;
  g_autofree char *wanted = NULL;

  for (guint i = 0; i < 21; i++)
    {
      g_autofree char *key = g_strdup_printf ("k%02u", i);

      g_assert_true (granary_tag_set_put (request->set_tags, key, "v", NULL));
    }
  g_assert_true (granary_test_edit (place, request, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (granary_test_cloud_count (cloud, "ModifyResourceTags"), ==, 3);
  third = granary_test_tione_get_body (cloud, "ModifyResourceTags", 2);
  wanted = g_strdup_printf ("{\"Resource\":\"qcs::tione:ap-guangzhou:uin/%s:model/%s\","
                            "\"ReplaceTags\":[{\"TagKey\":\"k20\",\"TagValue\":\"v\"}]}",
                            GRANARY_TEST_CLOUD_UIN, version->model_uid);
  granary_test_assert_json (third, wanted);

  /* Only the difference. */
  {
    const char *uid = version->model_uid;

    granary_test_cloud_tell (cloud, "{\"clear_log\":true}");
    change->remove_tags = g_strsplit ("k00,k19", ",", -1);
    g_assert_true (granary_tag_set_put (change->set_tags, "k05", "v", NULL));
    g_assert_true (granary_tag_set_put (change->set_tags, "k06", "w", NULL));
    g_assert_true (granary_test_edit (place, change, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (granary_test_cloud_count (cloud, "ModifyResourceTags"), ==, 1);
    last = granary_test_tione_get_body (cloud, "ModifyResourceTags", 0);
    g_clear_pointer (&wanted, g_free);
    wanted = g_strdup_printf ("{\"Resource\":\"qcs::tione:ap-guangzhou:uin/%s:model/%s\","
                              "\"ReplaceTags\":[{\"TagKey\":\"k06\",\"TagValue\":\"w\"}],"
                              "\"DeleteTags\":[{\"TagKey\":\"k00\"},{\"TagKey\":\"k19\"}]}",
                              GRANARY_TEST_CLOUD_UIN, uid);
    granary_test_assert_json (last, wanted);
  }
  model = granary_test_find (place, "tagged");
  g_assert_cmpuint (granary_tag_set_get_size (model->tags), ==, 19);

  /* Nothing to change is no call. */
  granary_test_cloud_tell (cloud, "{\"clear_log\":true}");
  g_assert_true (granary_test_edit (place, change, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (granary_test_cloud_count (cloud, "ModifyResourceTags"), ==, 0);
}

static void
test_tags_refused (GranaryTestPlace *place,
                   gconstpointer     data)
{
  g_autoptr (GranaryVersion) version = import (place, "refused");
  g_autoptr (GranaryEditRequest) reserved = make_edit (version->model_id);
  g_autoptr (GranaryEditRequest) request = make_edit (version->model_id);
  g_autoptr (GranaryImportRequest) new_model = make_request (place, "reserved");
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (granary_tag_set_put (reserved->set_tags, "Tencent-x", "1", NULL));
  g_assert_false (granary_test_edit (place, reserved, &error));
  granary_assert_reason (error, GRANARY_REASON_TAG_SYSTEM);
  g_assert_cmpstr (granary_error_get_subject (error), ==, "Tencent-x");
  g_clear_error (&error);
  g_clear_pointer (&reserved->set_tags, granary_tag_set_free);
  reserved->remove_tags = g_strsplit ("qcs:tag:createdBy", ",", -1);
  g_assert_false (granary_test_edit (place, reserved, &error));
  granary_assert_reason (error, GRANARY_REASON_TAG_SYSTEM);
  g_clear_error (&error);
  new_model->tags = granary_tag_set_new ();
  g_assert_true (granary_tag_set_put (new_model->tags, "project", "x", NULL));
  g_assert_null (granary_test_import_request (place->repository, new_model, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_TAG_SYSTEM);
  g_clear_error (&error);

  /* One of three is not liked: all three are refused, then it alone. */
  granary_test_cloud_tell (cloud,
    "{\"faults\":[{\"match\":{\"action\":\"ModifyResourceTags\"},\"times\":1,\"do\":{\"kind\":"
    "\"api_error\",\"code\":\"LimitExceeded.TagValue\",\"message\":\"too many\"}},"
    "{\"match\":{\"action\":\"ModifyResourceTags\",\"skip\":1},\"times\":1,\"do\":{\"kind\":"
    "\"api_error\",\"code\":\"LimitExceeded.TagValue\",\"message\":\"too many\"}}]}");
  g_assert_true (granary_tag_set_put (request->set_tags, "a", "1", NULL));
  g_assert_true (granary_tag_set_put (request->set_tags, "b", "2", NULL));
  g_assert_true (granary_tag_set_put (request->set_tags, "c", "3", NULL));
  g_assert_false (granary_test_edit (place, request, &error));
  granary_assert_reason (error, GRANARY_REASON_TAG_REJECTED);
  g_assert_cmpstr (granary_error_get_subject (error), ==, "b=2");
  g_assert_cmpstr (granary_error_get_remote_message (error), ==, "too many");
  g_assert_nonnull (granary_error_get_request_id (error));
  model = granary_test_find (place, "refused");
  g_assert_cmpstr (granary_tag_set_lookup (model->tags, "a"), ==, "1");
  g_assert_null (granary_tag_set_lookup (model->tags, "b"));
  g_assert_cmpstr (granary_tag_set_lookup (model->tags, "c"), ==, "3");
}

/* Delete */

static void
got_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  GAsyncResult **at = user_data;

  *at = g_object_ref (result);
}

static GStrv
delete_versions (GranaryTestPlace  *place,
                 GArray            *version_ids,
                 gboolean           keep_files,
                 GranaryTransfer   *transfer,
                 GError           **error)
{
  g_autoptr (GranaryDeleteRequest) request = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  request = granary_delete_request_new (NULL, version_ids, keep_files);
  granary_repository_delete_async (place->repository, request, transfer, got_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return granary_repository_delete_finish (place->repository, result, error);
}

static void
test_delete (GranaryTestPlace *place,
             gconstpointer     data)
{
  g_autoptr (GranaryVersion) one = import (place, "deleted");
  g_autoptr (GranaryVersion) two = import (place, "kept");
  g_autoptr (GranaryVersion) three = import (place, "third");
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_DELETE, NULL);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) error = NULL;
  g_autofree char *body = NULL;
  g_autofree char *wanted = NULL;
  g_auto (GStrv) entries = NULL;
  g_autoptr (GranaryModel) left = NULL;

  g_array_append_val (ids, two->id);
  entries = delete_versions (place, ids, TRUE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (entries), ==, 0);
  g_assert_cmpuint (count_objects ("granary/kept/v1-"), ==, 2);
  body = granary_test_tione_get_body (cloud, "DeleteTrainingModelVersion", 0);
  wanted = g_strdup_printf ("{\"TrainingModelVersionId\":\"%s\",\"EnableDeleteCos\":false}",
                            two->uid);
  granary_test_assert_json (body, wanted);

  /* One of two is refused: it is named, the other is gone with its files. */
  granary_test_cloud_tell (cloud, "{\"faults\":[{\"match\":{\"action\":"
                                  "\"DeleteTrainingModelVersion\"},\"times\":1,\"do\":{\"kind\":"
                                  "\"api_error\",\"code\":\"InvalidParameter\",\"message\":"
                                  "\"in use\"}}]}");
  g_array_set_size (ids, 0);
  g_array_append_val (ids, three->id);
  g_array_append_val (ids, one->id);
  g_assert_null (delete_versions (place, ids, FALSE, transfer, &error));
  granary_assert_reason (error, GRANARY_REASON_CALL_REFUSED);
  g_assert_cmpstr (granary_error_get_subject (error), ==, "third v1");
  g_assert_cmpstr (granary_error_get_remote_message (error), ==, "in use");
  g_assert_cmpuint (count_objects ("granary/deleted/"), ==, 0);
  g_assert_cmpuint (count_objects ("granary/third/v1-"), ==, 2);
  left = granary_test_find (place, "deleted");
  g_assert_cmpuint (left->versions->len, ==, 0);
}

/* Download */

static void
test_odd_keys (GranaryTestPlace *place,
               gconstpointer     data)
{
  g_autoptr (GranaryVersion) version = import (place, "odd");
  g_autoptr (GranaryVersion) now = NULL;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_DOWNLOAD, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) paths = NULL;
  g_autoptr (GPtrArray) warnings = NULL;
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = granary_test_place_path (place, "out");
  g_autofree char *evil = granary_test_place_path (place, "out/evil");
  g_autofree char *fine = NULL;
  g_autofree char *text = NULL;
  const char *key = version->location + strlen ("cos://models-1250000000/");

  granary_test_cloud_tell (cloud, "{\"put_object\":{\"bucket\":\"models-1250000000\",\"key\":"
                                  "\"%s../evil\",\"text\":\"x\"}}", key);
  granary_test_cloud_tell (cloud, "{\"put_object\":{\"bucket\":\"models-1250000000\",\"key\":"
                                  "\"%sa\\u0001b\",\"text\":\"x\"}}", key);
  granary_test_cloud_tell (cloud, "{\"put_object\":{\"bucket\":\"models-1250000000\",\"key\":"
                                  "\"%s/etc\",\"text\":\"x\"}}", key);
  granary_test_cloud_tell (cloud, "{\"put_object\":{\"bucket\":\"models-1250000000\",\"key\":"
                                  "\"%sdir/\",\"text\":\"\"}}", key);
  granary_test_cloud_tell (cloud, "{\"put_object\":{\"bucket\":\"models-1250000000\",\"key\":"
                                  "\"%s标签 + %%41&#?/%%2e%%2e.txt\",\"text\":\"fine\"}}", key);
  g_assert_no_errno (g_mkdir (folder, 0755));
  g_array_append_val (ids, version->id);
  granary_repository_download_async (place->repository, ids, folder, transfer, got_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  paths = granary_repository_download_finish (place->repository, result, &error);
  g_assert_no_error (error);
  g_assert_false (g_file_test (evil, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (granary_test_count (folder), ==, 3);
  fine = g_build_filename (g_ptr_array_index (paths, 0), "标签 + %41&#?", "%2e%2e.txt", NULL);
  text = granary_test_read (fine);
  g_assert_cmpstr (text, ==, "fine");

  warnings = granary_transfer_dup_warnings (transfer);
  g_assert_cmpuint (warnings->len, ==, 3);
  for (guint i = 0; i < warnings->len; i++)
    granary_assert_reason ((GError *) g_ptr_array_index (warnings, i), GRANARY_REASON_OBJECT_KEY);

  /* Whoever looks at the version hears of what others put there, once for the files. */
  problems = granary_test_check (place, version->id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (problems->len, ==, 4);
  now = granary_catalog_load_version (place->catalog, version->id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (now->n_files, ==, 3);
}

static void
test_folder_mode (GranaryTestPlace *place,
                  gconstpointer     data)
{
  g_autofree char *folder = granary_tione_get_folder (granary_connection_get_uid (place->connection));
  GStatBuf status;

  g_assert_no_errno (g_stat (folder, &status));
  g_assert_cmpint (status.st_mode & 0777, ==, 0700);
  g_assert_true (granary_connection_has (place->connection,
                                         GRANARY_FEATURE_REFRESH | GRANARY_FEATURE_KEEP_FILES |
                                         GRANARY_FEATURE_ADD_BY_ID |
                                         GRANARY_FEATURE_REMOVE_FILES));
  g_assert_false (granary_connection_has (place->connection, GRANARY_FEATURE_TRASH));
  g_assert_nonnull (granary_connection_get_storage (place->connection));
  g_assert_nonnull (granary_connection_get_queue (place->connection));
  g_assert_nonnull (granary_connection_get_status (place->connection));
}

int
main (int   argc,
      char *argv[])
{
  static const struct
  {
    const char *name;
    void      (*func) (GranaryTestPlace *place,
                       gconstpointer     data);
  } tests[] = {
    { "new-model", test_new_model },
    { "new-version", test_new_version },
    { "number-taken", test_number_taken },
    { "from-storage", test_from_storage },
    { "environments", test_environments },
    { "refused", test_refused },
    { "tags", test_tags },
    { "tags-refused", test_tags_refused },
    { "delete", test_delete },
    { "odd-keys", test_odd_keys },
    { "folder", test_folder_mode },
  };
  int result;

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_setenv ("GRANARY_RETRY_SCALE", "0.01", TRUE);

  cloud = granary_test_cloud_start ("none");
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/tione/verbs/", tests[i].name, NULL);

      g_test_add (path, GranaryTestPlace, NULL, set_up, tests[i].func, tear_down);
    }
  g_test_add_func ("/tione/verbs/storage-unset", test_storage_unset);
  result = g_test_run ();
  granary_test_cloud_stop (cloud);

  return result;
}
