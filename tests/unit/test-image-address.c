/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-error.h"
#include "granary-image-address.h"

#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char * const good[] = {
  "alpine",
  "alpine:3.20",
  "library/alpine",
  "ccr.ccs.example.com/qcloud-ti-platform/ti-cloud-infer-pytorch-gpu:py38-torch1.9.0",
  "team.example.com/vision/yolo__v8:1.2_rc-3",
  "localhost/a",
  "localhost:5000/a/b/c:latest",
  "registry.example.com:443/a--b/c.d",
  "registry.example.com/a@" DIGEST,
  "registry.example.com/a:1@" DIGEST,
};

static const char * const bad[] = {
  "",
  " ",
  ":",
  "/",
  "a/",
  "/a",
  "a//b",
  "a b",
  "https://registry.example.com/a",
  "registry.example.com/",
  "registry.example.com/A",
  "registry.example.com/a:",
  "registry.example.com/a:-x",
  "registry.example.com/a:x y",
  "registry.example.com/a:b:c",
  "registry.example.com:port/a",
  "registry.example.com:/a",
  "registry.example.com:123456/a",
  "-registry.example.com/a",
  "registry.example.com/a___b",
  "registry.example.com/a..b",
  "registry.example.com/a._b",
  "registry.example.com/-a",
  "registry.example.com/a-",
  "registry.example.com/a@",
  "registry.example.com/a@sha256:12",
  "registry.example.com/a@sha256",
  "registry.example.com/a@" DIGEST "g",
  "registry.example.com/模型:1",
  "registry.example.com/a:版本",
  "../a",
  "a\nb",
  "\xff\xfe",
};

static void
test_good (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (granary_image_address_check (good[i], &error));
      g_assert_no_error (error);
    }
}

static void
test_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      if (granary_image_address_check (bad[i], &error))
        g_error ("accepted: %s", bad[i]);
      g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_INVALID_INPUT);
      g_assert_cmpint (granary_error_get_reason (error), ==, GRANARY_REASON_IMAGE_ADDRESS);
    }
}

static void
test_long (void)
{
  g_autoptr (GString) name = g_string_new ("registry.example.com/");
  g_autofree char *tag = g_strnfill (129, 't');
  g_autofree char *with_tag = g_strconcat ("registry.example.com/a:", tag, NULL);
  g_autofree char *with_shorter_tag = NULL;

  while (name->len < 255)
    g_string_append_c (name, 'a');
  g_assert_true (granary_image_address_check (name->str, NULL));
  g_string_append_c (name, 'a');
  g_assert_false (granary_image_address_check (name->str, NULL));

  g_assert_false (granary_image_address_check (with_tag, NULL));
  with_shorter_tag = g_strconcat ("registry.example.com/a:", tag + 1, NULL);
  g_assert_true (granary_image_address_check (with_shorter_tag, NULL));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/image-address/good", test_good);
  g_test_add_func ("/image-address/bad", test_bad);
  g_test_add_func ("/image-address/long", test_long);

  return g_test_run ();
}
