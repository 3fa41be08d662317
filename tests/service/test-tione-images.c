/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "granary-error.h"
#include "granary-json.h"
#include "granary-test-tione.h"

/* Images of the platform and of container registries. */

static GranaryTestCloud *cloud;

static void
set_up (GranaryTestPlace *place,
        gconstpointer     data)
{
  g_autoptr (GranaryAccount) account = NULL;

  cloud = granary_test_cloud_start ("none");
  account = granary_test_tione_account (cloud);
  granary_test_tione_set_up (place, account);
}

static void
tear_down (GranaryTestPlace *place,
           gconstpointer     data)
{
  granary_test_place_tear_down (place);
  g_clear_pointer (&cloud, granary_test_cloud_stop);
}

static const GranaryImage *
get_image (GPtrArray *images,
           guint      position)
{
  g_assert_cmpuint (position, <, images->len);
  return g_ptr_array_index (images, position);
}

static const GranaryImagePlace *
get_place (GranaryImagePage *page,
           guint             position)
{
  g_assert_cmpuint (position, <, page->places->len);
  return g_ptr_array_index (page->places, position);
}

static void
refuse (const char *action,
        const char *code)
{
  granary_test_cloud_tell (cloud, "{\"faults\":[{\"match\":{\"action\":\"%s\"},\"times\":-1,\"do\":"
                                  "{\"kind\":\"api_error\",\"code\":\"%s\",\"message\":\"no\"}}]}",
                           action, code);
}

/* The answer to @action has these members. */
static void
answer (const char *action,
        const char *members)
{
  g_autofree char *body = g_strdup_printf ("{\"Response\":{%s,\"RequestId\":\"x\"}}", members);
  g_autofree char *escaped = g_strescape (body, NULL);

  granary_test_cloud_tell (cloud, "{\"clear_faults\":true,\"faults\":[{\"match\":{\"action\":\"%s\"},"
                                  "\"times\":-1,\"do\":{\"kind\":\"malformed\",\"body\":\"%s\"}}]}",
                           action, escaped);
}

/* What is built in */

static void
test_built_in (GranaryTestPlace *place,
               gconstpointer     data)
{
  g_autoptr (GPtrArray) images = NULL;
  g_autoptr (GPtrArray) keras = NULL;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *body = NULL;
  const GranaryImage *image;

  images = granary_test_list_images (place, "ONNX", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (images->len, ==, 7);
  image = get_image (images, 0);
  g_assert_cmpint (image->kind, ==, GRANARY_IMAGE_BUILTIN);
  g_assert_cmpstr (image->title, ==, "onnx1.11.0-py38(gpu)");
  g_assert_cmpstr (image->address, ==, "ccr.ccs.tencentyun.com/ti-platform/onnx1.11.0-py38:gpu");
  g_assert_cmpstr (image->framework, ==, "ONNX");
  g_assert_cmpstr (image->subtitle, ==, "ONNX 1.11.0 · T4");
  g_assert_null (image->record);
  g_assert_cmpstr (get_image (images, 1)->framework, ==, "PyTorch");
  body = granary_test_tione_get_body (cloud, "DescribePlatformImages", 0);
  granary_test_assert_json (body, "{\"Filters\":[{\"Name\":\"ImageRange\",\"Values\":"
                                  "[\"Inference\"]}],\"Offset\":0,\"Limit\":100}");
  g_assert_cmpuint (granary_test_cloud_count (cloud, "DescribeBuildInImages"), ==, 0);
  g_assert_cmpuint (granary_test_cloud_count (cloud, "DescribePresetImageList"), ==, 0);

  /* Run by another framework; and one that the platform has nothing for. */
  keras = granary_test_list_images (place, "Keras", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (get_image (keras, 0)->framework, ==, "TensorFlow");
  all = granary_test_list_images (place, "scikit-learn", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, 7);
  g_assert_cmpstr (get_image (all, 0)->title, ==, "pytorch1.9.0-py38(gpu)");
}

/* The retired list says which frameworks an image serves besides. */
static void
test_templates (GranaryTestPlace *place,
                gconstpointer     data)
{
  g_autoptr (GPtrArray) images = NULL;
  g_autoptr (GError) error = NULL;

  granary_test_cloud_tell (cloud, "{\"infer_templates\":true}");
  images = granary_test_list_images (place, "PyTorch", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (images->len, ==, 14);
  g_assert_cmpstr (get_image (images, 0)->title, ==, "py1.9.0-py36-cpu");
  for (guint i = 0; i < images->len; i++)
    g_assert_cmpint (g_strcmp0 (get_image (images, i)->framework, "PyTorch") == 0, ==, i < 4);
}

static void
test_built_in_fallbacks (GranaryTestPlace *place,
                         gconstpointer     data)
{
  g_autoptr (GPtrArray) built_in = NULL;
  g_autoptr (GPtrArray) preset = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GPtrArray) failed = NULL;
  g_autoptr (GError) error = NULL;

  refuse ("DescribePlatformImages", "InvalidAction");
  built_in = granary_test_list_images (place, "TensorFlow", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (built_in->len, ==, 7);
  g_assert_cmpstr (get_image (built_in, 0)->title, ==, "tensorflow2.4-py38(gpu)");

  refuse ("DescribeBuildInImages", "UnauthorizedOperation");
  preset = granary_test_list_images (place, "TensorFlow", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (preset->len, ==, 7);
  g_assert_cmpint (get_image (preset, 0)->size, ==, G_GINT64_CONSTANT (5000000002));
  g_assert_cmpint (get_image (preset, 0)->updated, >, 0);
  /* Remembered: a call that is not offered is not tried again. */
  g_assert_cmpuint (granary_test_cloud_count (cloud, "DescribePlatformImages"), ==, 1);

  refuse ("DescribePresetImageList", "ActionOffline");
  none = granary_test_list_images (place, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);

  granary_test_cloud_tell (cloud, "{\"faults\":[{\"match\":{\"action\":\"DescribeInferTemplates\"},"
                                  "\"times\":-1,\"do\":{\"kind\":\"status\",\"code\":500}}]}");
  failed = granary_test_list_images (place, NULL, &error);
  g_assert_null (failed);
  granary_assert_reason (error, GRANARY_REASON_SERVICE_FAILED);
}

static void
test_built_in_hostile (GranaryTestPlace *place,
                       gconstpointer     data)
{
  g_autoptr (GPtrArray) images = NULL;
  g_autoptr (GError) error = NULL;
  const GranaryImage *image;

  answer ("DescribePlatformImages",
          "\"TotalCount\":\"x\",\"PlatformImageInfos\":[null,1,{},{\"ImageUrl\":\"\"},"
          "{\"ImageUrl\":7},{\"ImageUrl\":\"a.example.com/b:1\",\"ImageName\":null,"
          "\"Framework\":\"pytorch\",\"SupportGpuList\":{}},"
          "{\"ImageUrl\":\"a.example.com/b:1\",\"ImageName\":\"again\"}]");
  images = granary_test_list_images (place, "PyTorch", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (images->len, ==, 1);
  image = get_image (images, 0);
  g_assert_cmpstr (image->title, ==, "a.example.com/b:1");
  g_assert_cmpstr (image->framework, ==, "PyTorch");
}

/* Registries */

static void
make_registry (const char *members)
{
  granary_test_cloud_tell (cloud, "{\"create_registry\":{%s}}", members);
}

static void
test_enterprise (GranaryTestPlace *place,
                 gconstpointer     data)
{
  g_autoptr (GranaryImagePage) top = NULL;
  g_autoptr (GranaryImagePage) spaces = NULL;
  g_autoptr (GranaryImagePage) repositories = NULL;
  g_autoptr (GranaryImagePage) tags = NULL;
  g_autoptr (GranaryImagePage) found = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *record = NULL;
  g_autofree char *body = NULL;
  const GranaryImagePlace *registry;
  const GranaryImage *image;

  make_registry ("\"name\":\"here\"");
  make_registry ("\"name\":\"old\",\"status\":\"Isolate\"");
  make_registry ("\"name\":\"there\",\"region\":\"ap-shanghai\",\"repositories\":{"
                 "\"serve/ocr\":[\"1.2\",\"1.1\"],\"serve/detect\":[\"3\"],\"base/python\":[\"3.11\"]}");
  g_assert_true (granary_image_source_has_registries
                   (granary_connection_get_image_source (place->connection)));

  top = granary_test_browse_images (place, NULL, NULL, 0, &error);
  g_assert_no_error (error);
  g_assert_no_error (top->note);
  g_assert_false (top->has_more);
  g_assert_cmpuint (top->places->len, ==, 3);
  g_assert_cmpint (get_place (top, 0)->kind, ==, GRANARY_IMAGE_PERSONAL);
  g_assert_cmpstr (get_place (top, 1)->title, ==, "here");
  registry = get_place (top, 2);
  g_assert_cmpint (registry->kind, ==, GRANARY_IMAGE_ENTERPRISE);
  g_assert_cmpstr (registry->title, ==, "there");
  g_assert_cmpstr (registry->subtitle, ==, "ap-shanghai");
  g_assert_cmpstr (registry->region, ==, "ap-shanghai");
  g_assert_cmpstr (registry->domain, ==, "there.tencentcloudcr.com");

  spaces = granary_test_browse_images (place, registry, NULL, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (spaces->places->len, ==, 2);
  g_assert_cmpstr (get_place (spaces, 1)->title, ==, "serve");
  g_assert_cmpstr (get_place (spaces, 1)->name_space, ==, "serve");
  g_assert_cmpstr (get_place (spaces, 1)->region, ==, "ap-shanghai");

  repositories = granary_test_browse_images (place, get_place (spaces, 1), NULL, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (repositories->places->len, ==, 2);
  g_assert_cmpstr (get_place (repositories, 0)->repository, ==, "detect");
  found = granary_test_browse_images (place, get_place (spaces, 1), "oc", 0, &error);
  g_assert_cmpuint (found->places->len, ==, 1);

  tags = granary_test_browse_images (place, get_place (repositories, 1), "1.", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tags->images->len, ==, 2);
  image = get_image (tags->images, 0);
  g_assert_cmpint (image->kind, ==, GRANARY_IMAGE_ENTERPRISE);
  g_assert_cmpstr (image->title, ==, "1.2");
  g_assert_cmpstr (image->address, ==, "there.tencentcloudcr.com/serve/ocr:1.2");
  g_assert_cmpint (image->size, >, 0);
  g_assert_cmpint (image->updated, >, 0);
  g_assert_true (g_str_has_prefix (image->subtitle, "sha256:"));
  record = g_strdup_printf ("{\"ImageType\":\"TCR\",\"ImageUrl\":\"%s\",\"RegistryRegion\":"
                            "\"ap-shanghai\",\"RegistryId\":\"%s\"}", image->address,
                            registry->registry);
  granary_test_assert_json (image->record, record);
  body = granary_test_tione_get_body (cloud, "DescribeImages", 0);
  g_free (record);
  record = g_strdup_printf ("{\"RegistryId\":\"%s\",\"NamespaceName\":\"serve\",\"RepositoryName\":"
                            "\"ocr\",\"ImageVersion\":\"1.\",\"Offset\":1,\"Limit\":100}",
                            registry->registry);
  granary_test_assert_json (body, record);
}

/* More than a page at each level; the pages of instances are counted by items. */
static void
test_pages (GranaryTestPlace *place,
            gconstpointer     data)
{
  g_autoptr (GString) json = g_string_new ("\"name\":\"large\",\"repositories\":{");
  g_autoptr (GranaryImagePage) top = NULL;
  g_autoptr (GranaryImagePage) second = NULL;
  g_autoptr (GranaryImagePage) last = NULL;
  g_autoptr (GranaryImagePage) beyond = NULL;
  g_autoptr (GranaryImagePage) registries = NULL;
  g_autoptr (GranaryImagePage) more = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 230; i++)
    g_string_append_printf (json, "%s\"space%03u/a/b\":[\"1\"]", i > 0 ? "," : "", i);
  g_string_append (json, "}");
  make_registry (json->str);

  top = granary_test_browse_images (place, NULL, "LARGE", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (top->places->len, ==, 1);
  second = granary_test_browse_images (place, get_place (top, 0), NULL, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (second->places->len, ==, 100);
  g_assert_cmpstr (get_place (second, 0)->title, ==, "space100");
  g_assert_true (second->has_more);
  last = granary_test_browse_images (place, get_place (top, 0), NULL, 2, &error);
  g_assert_cmpuint (last->places->len, ==, 30);
  g_assert_false (last->has_more);
  beyond = granary_test_browse_images (place, get_place (last, 0), NULL, 0, &error);
  g_assert_cmpstr (get_place (beyond, 0)->repository, ==, "a/b");

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *name = g_strdup_printf ("\"name\":\"r%u\"", i);

      make_registry (name);
    }
  registries = granary_test_browse_images (place, NULL, NULL, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (registries->places->len, ==, 101);
  g_assert_true (registries->has_more);
  more = granary_test_browse_images (place, NULL, NULL, 1, &error);
  g_assert_cmpuint (more->places->len, ==, 1);
  g_assert_false (more->has_more);
}

static void
test_registry_refused (GranaryTestPlace *place,
                       gconstpointer     data)
{
  g_autoptr (GranaryImagePage) top = NULL;
  g_autoptr (GranaryImagePage) elsewhere = NULL;
  g_autoptr (GranaryImagePage) stopped = NULL;
  g_autoptr (GranaryImagePage) forbidden = NULL;
  g_autoptr (GranaryImagePage) none = NULL;
  g_autoptr (GranaryImagePage) broken = NULL;
  g_autoptr (GranaryImagePlace) wrong = NULL;
  g_autoptr (JsonNode) made = NULL;
  g_autoptr (GError) error = NULL;

  make_registry ("\"name\":\"here\",\"repositories\":{\"a/b\":[\"1\"]}");
  top = granary_test_browse_images (place, NULL, "here", 0, &error);
  g_assert_no_error (error);

  /* It is only known in its own region. */
  wrong = granary_image_place_copy (get_place (top, 0));
  g_set_str (&wrong->region, "ap-beijing");
  elsewhere = granary_test_browse_images (place, wrong, NULL, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (elsewhere->places->len, ==, 0);
  granary_assert_reason (elsewhere->note, GRANARY_REASON_REGISTRY_UNAVAILABLE);

  /* Stopped since it was listed. */
  made = granary_test_cloud_control (cloud, "{\"create_registry\":{\"name\":\"slow\",\"status\":"
                                            "\"Pending\"}}");
  g_set_str (&wrong->registry, granary_json_get_string (made, "registry_id"));
  g_set_str (&wrong->region, GRANARY_TEST_CLOUD_REGION);
  stopped = granary_test_browse_images (place, wrong, NULL, 0, &error);
  g_assert_no_error (error);
  granary_assert_reason (stopped->note, GRANARY_REASON_REGISTRY_UNAVAILABLE);
  g_assert_cmpstr (granary_error_get_remote_code (stopped->note), ==,
                   "ResourceInsufficient.ErrorInstanceNotRunning");

  refuse ("DescribeNamespaces", "InternalError.ErrUnauthorized");
  forbidden = granary_test_browse_images (place, get_place (top, 0), NULL, 0, &error);
  g_assert_no_error (error);
  granary_assert_reason (forbidden->note, GRANARY_REASON_REGISTRY_UNAVAILABLE);

  /* The personal edition stays when instances may not be listed. */
  refuse ("DescribeInstances", "UnauthorizedOperation");
  none = granary_test_browse_images (place, NULL, NULL, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->places->len, ==, 1);
  granary_assert_reason (none->note, GRANARY_REASON_REGISTRY_UNAVAILABLE);

  granary_test_cloud_tell (cloud, "{\"offline\":true}");
  broken = granary_test_browse_images (place, NULL, NULL, 0, &error);
  g_assert_null (broken);
  granary_assert_reason (error, GRANARY_REASON_CONNECTION_BROKEN);
}

static void
test_personal (GranaryTestPlace *place,
               gconstpointer     data)
{
  g_autoptr (GranaryImagePage) top = NULL;
  g_autoptr (GranaryImagePage) empty = NULL;
  g_autoptr (GranaryImagePage) spaces = NULL;
  g_autoptr (GranaryImagePage) repositories = NULL;
  g_autoptr (GranaryImagePage) tags = NULL;
  g_autoptr (GError) error = NULL;
  const GranaryImage *image;

  top = granary_test_browse_images (place, NULL, NULL, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (top->places->len, ==, 1);

  /* Never opened. */
  empty = granary_test_browse_images (place, get_place (top, 0), NULL, 0, &error);
  g_assert_no_error (error);
  g_assert_no_error (empty->note);
  g_assert_cmpuint (empty->places->len, ==, 0);

  make_registry ("\"repositories\":{\"vision/runtime\":[\"1.4\",\"1.3\"],\"visions/x\":[\"1\"],"
                 "\"text/notebook\":[\"latest\"]}");
  spaces = granary_test_browse_images (place, get_place (top, 0), NULL, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (spaces->places->len, ==, 3);
  g_assert_cmpstr (get_place (spaces, 1)->title, ==, "vision");
  repositories = granary_test_browse_images (place, get_place (spaces, 1), "run", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (repositories->places->len, ==, 1);
  tags = granary_test_browse_images (place, get_place (repositories, 0), NULL, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tags->images->len, ==, 2);
  image = get_image (tags->images, 1);
  g_assert_cmpint (image->kind, ==, GRANARY_IMAGE_PERSONAL);
  g_assert_cmpstr (image->address, ==, "ccr.ccs.tencentyun.com/vision/runtime:1.3");
  g_assert_cmpint (image->size, >, G_GINT64_CONSTANT (5000000000));
  granary_test_assert_json (image->record,
                            "{\"ImageType\":\"CCR\",\"ImageUrl\":"
                            "\"ccr.ccs.tencentyun.com/vision/runtime:1.3\","
                            "\"RegistryRegion\":\"ap-guangzhou\",\"RegistryId\":\"\"}");
}

static void
test_registry_hostile (GranaryTestPlace *place,
                       gconstpointer     data)
{
  static const struct
  {
    const char *members;
    gboolean    is_good;
    guint       n_images;
  } cases[] = {
    { "\"Data\":null", TRUE, 0 },
    { "\"Data\":{\"TagInfo\":null,\"TagCount\":null}", TRUE, 0 },
    { "\"Data\":{\"TagInfo\":[null,1,[],{},{\"TagName\":\"\"},{\"TagName\":4}],"
      "\"TagCount\":9223372036854775807}", TRUE, 0 },
    { "\"Data\":{\"Server\":7,\"TagInfo\":[{\"TagName\":\"a\",\"SizeByte\":-3,\"PushTime\":[]}]}",
      TRUE, 1 },
    { "\"Data\":[]", FALSE, 0 },
    { "\"Data\":{\"TagInfo\":\"x\"}", FALSE, 0 },
    { "\"Other\":1", TRUE, 0 },
  };
  g_autoptr (GranaryImagePlace) at = granary_image_place_new (GRANARY_IMAGE_PERSONAL, "b");

  at->name_space = g_strdup ("a");
  at->repository = g_strdup ("b");
  at->registry = g_strdup ("");
  at->region = g_strdup (GRANARY_TEST_CLOUD_REGION);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GranaryImagePage) page = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].members);
      answer ("DescribeImagePersonal", cases[i].members);
      page = granary_test_browse_images (place, at, NULL, 0, &error);
      if (!cases[i].is_good)
        {
          granary_assert_reason (error, GRANARY_REASON_RESPONSE_MALFORMED);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpuint (page->images->len, ==, cases[i].n_images);
      if (cases[i].n_images > 0)
        {
          g_assert_cmpstr (get_image (page->images, 0)->address, ==,
                           "ccr.ccs.tencentyun.com/a/b:a");
          g_assert_cmpint (get_image (page->images, 0)->size, ==, -1);
          g_assert_cmpint (get_image (page->images, 0)->updated, ==, 0);
        }
    }
}

/* Calling it off */

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  GAsyncResult **at = user_data;

  *at = g_object_ref (result);
}

static gboolean
cancel_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

static void
test_cancel (GranaryTestPlace *place,
             gconstpointer     data)
{
  GranaryImageSource *source = granary_connection_get_image_source (place->connection);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) listed = NULL;
  g_autoptr (GAsyncResult) browsed = NULL;
  g_autoptr (GError) error = NULL;

  granary_test_cloud_tell (cloud, "{\"faults\":[{\"match\":{},\"times\":-1,\"do\":{\"kind\":"
                                  "\"delay\",\"seconds\":2}}]}");
  granary_image_source_list_async (source, "ONNX", cancellable, answered_cb, &listed);
  granary_image_source_browse_async (source, NULL, NULL, 0, cancellable, answered_cb, &browsed);
  g_timeout_add (50, cancel_cb, cancellable);
  while (listed == NULL || browsed == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (granary_image_source_list_finish (source, listed, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (granary_image_source_browse_finish (source, browsed, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
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
    { "built-in", test_built_in },
    { "templates", test_templates },
    { "built-in-fallbacks", test_built_in_fallbacks },
    { "built-in-hostile", test_built_in_hostile },
    { "enterprise", test_enterprise },
    { "pages", test_pages },
    { "registry-refused", test_registry_refused },
    { "registry-hostile", test_registry_hostile },
    { "personal", test_personal },
    { "cancel", test_cancel },
  };

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_setenv ("GRANARY_RETRY_SCALE", "0.01", TRUE);

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/tione/images/", tests[i].name, NULL);

      g_test_add (path, GranaryTestPlace, NULL, set_up, tests[i].func, tear_down);
    }

  return g_test_run ();
}
