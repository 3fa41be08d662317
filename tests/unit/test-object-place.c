/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Addresses and keys of objects, as typed and as found. */

#include "config.h"

#include <string.h>

#include "granary-error.h"
#include "granary-object-storage.h"

static void
test_addresses (void)
{
  static const struct
  {
    const char *address;
    const char *bucket;
    const char *region;
    const char *key;
  } cases[] = {
    { "cos://models-1250000000", "models-1250000000", NULL, "" },
    { "cos://models-1250000000/", "models-1250000000", NULL, "" },
    { "cos://b-1/a b/模型%20+?#&.bin", "b-1", NULL, "a b/模型%20+?#&.bin" },
    { "cos://b-1@ap-beijing/a@b/", "b-1", "ap-beijing", "a@b/" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GranaryObjectPlace) place = granary_object_place_parse (cases[i].address, &error);
      g_autoptr (GranaryObjectPlace) copy = NULL;
      g_autoptr (GranaryObjectPlace) again = NULL;
      g_autofree char *address = NULL;

      g_assert_no_error (error);
      g_assert_cmpstr (place->bucket, ==, cases[i].bucket);
      g_assert_cmpstr (place->region, ==, cases[i].region);
      g_assert_cmpstr (place->key, ==, cases[i].key);

      copy = granary_object_place_copy (place);
      address = granary_object_place_to_address (copy);
      again = granary_object_place_parse (address, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (again->bucket, ==, cases[i].bucket);
      g_assert_cmpstr (again->region, ==, cases[i].region);
      g_assert_cmpstr (again->key, ==, cases[i].key);
    }
}

static void
test_bad_addresses (void)
{
  static const struct
  {
    const char    *address;
    GranaryReason  reason;
  } cases[] = {
    { "", GRANARY_REASON_BUCKET_NAME },
    { "models/a", GRANARY_REASON_BUCKET_NAME },
    { "s3://b-1/a", GRANARY_REASON_BUCKET_NAME },
    { "cos://", GRANARY_REASON_BUCKET_NAME },
    { "cos:///a", GRANARY_REASON_BUCKET_NAME },
    { "cos://Models-1/a", GRANARY_REASON_BUCKET_NAME },
    { "cos://evil.example.com#/a", GRANARY_REASON_BUCKET_NAME },
    { "cos://evil:80/a", GRANARY_REASON_BUCKET_NAME },
    { "cos://-b/a", GRANARY_REASON_BUCKET_NAME },
    { "cos://b-1@/a", GRANARY_REASON_REGION_UNKNOWN },
    { "cos://b-1@ap.example.com/a", GRANARY_REASON_REGION_UNKNOWN },
    { "cos://b-1//a", GRANARY_REASON_OBJECT_KEY },
    { "cos://b-1/../a", GRANARY_REASON_OBJECT_KEY },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GranaryObjectPlace) place = granary_object_place_parse (cases[i].address, &error);

      g_test_message ("%s", cases[i].address);
      g_assert_null (place);
      g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_INVALID_INPUT);
      g_assert_cmpint (granary_error_get_reason (error), ==, cases[i].reason);
      g_assert_nonnull (granary_error_get_subject (error));
    }
}

static void
test_keys (void)
{
  static const char * const good[] = {
    "a", "a/b", "a//b", "a/", "...", "a/...", ".a", "..a/b..", "模型/权重.bin", "a b+c%d?e#f&g=h",
    "~", "a\\b", "-", "'\"<>;", "\xf0\x9f\x98\x80",
  };
  static const char * const bad[] = {
    "", "/", "/a", "\\a", ".", "..", "./a", "../a", "a/.", "a/..", "a/../b", "a/./b", "a\nb",
    "a\x18" "b", "a\x7f", "\xc2\x85", "\xff", "a/\xe6\xa8",
  };
  g_autofree char *longest = g_strnfill (850, 'k');
  g_autofree char *too_long = g_strnfill (851, 'k');

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (granary_object_key_check (good[i], &error));
      g_assert_no_error (error);
    }
  g_assert_true (granary_object_key_check (longest, NULL));
  g_assert_false (granary_object_key_check (too_long, NULL));

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (granary_object_key_check (bad[i], &error));
      g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_INVALID_INPUT);
      g_assert_cmpint (granary_error_get_reason (error), ==, GRANARY_REASON_OBJECT_KEY);
      g_assert_true (g_utf8_validate (granary_error_get_subject (error), -1, NULL));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/object-place/addresses", test_addresses);
  g_test_add_func ("/object-place/bad-addresses", test_bad_addresses);
  g_test_add_func ("/object-place/keys", test_keys);

  return g_test_run ();
}
