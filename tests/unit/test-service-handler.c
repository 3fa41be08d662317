/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-error.h"
#include "granary-service-handler.h"

/* What would serve a version. */

static GranaryVersion *
make_version (const char *const *paths)
{
  static const guint8 sha256[GRANARY_SHA256_LENGTH] = { 1 };
  GranaryVersion *version = granary_version_new ();

  version->model_name = g_strdup ("digits");
  version->number = 3;
  version->files = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_file_free);
  for (guint i = 0; paths[i] != NULL; i++)
    g_ptr_array_add (version->files, granary_file_new (paths[i], 1, sha256, 0, 0));

  return version;
}

static void
assert_served (const char *const *paths,
               const char        *onnx)
{
  g_autoptr (GranaryVersion) version = make_version (paths);
  g_autoptr (GError) error = NULL;
  g_autofree char *found = NULL;

  g_assert_true (granary_service_handler_find (version, &found, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (found, ==, onnx);
  g_assert_true (granary_service_handler_find (version, NULL, NULL));
}

static void
assert_not_served (const char *const *paths)
{
  g_autoptr (GranaryVersion) version = make_version (paths);
  g_autoptr (GError) error = NULL;
  g_autofree char *found = NULL;

  g_assert_false (granary_service_handler_find (version, &found, &error));
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_HANDLER_MISSING));
  g_assert_cmpstr (granary_error_get_subject (error), ==, "digits v3");
  g_assert_null (found);
}

static void
test_own_code (void)
{
  const char *const alone[] = { "model_service.py", NULL };
  const char *const with_files[] = { "a.onnx", "b.onnx", "config.json", "model_service.py", NULL };
  const char *const elsewhere[] = { "code/model_service.py", "weights.bin", NULL };

  assert_served (alone, NULL);
  assert_served (with_files, NULL);
  assert_not_served (elsewhere);
}

static void
test_onnx (void)
{
  const char *const one[] = { "config.json", "model/best.onnx", NULL };
  const char *const loud[] = { "BEST.ONNX", "BEST.ONNX.data", NULL };
  const char *const two[] = { "decoder.onnx", "encoder.onnx", NULL };
  const char *const hidden[] = { ".onnx", NULL };
  const char *const none[] = { "weights.pt", NULL };
  const char *const nothing[] = { NULL };

  assert_served (one, "model/best.onnx");
  assert_served (loud, "BEST.ONNX");
  assert_not_served (two);
  assert_not_served (hidden);
  assert_not_served (none);
  assert_not_served (nothing);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/service-handler/own-code", test_own_code);
  g_test_add_func ("/service-handler/onnx", test_onnx);

  return g_test_run ();
}
