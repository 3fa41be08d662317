/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "granary-error.h"
#include "granary-publish-profile.h"

static void
assert_fresh (const GranaryPublishProfile *profile)
{
  g_autoptr (GranaryPublishProfile) fresh = granary_publish_profile_new ();
  g_autofree char *is = granary_publish_profile_to_json (profile);
  g_autofree char *should = granary_publish_profile_to_json (fresh);

  g_assert_cmpstr (is, ==, should);
}

static void
test_round_trip (void)
{
  g_autoptr (GranaryPublishProfile) profile = granary_publish_profile_new ();
  g_autoptr (GranaryPublishProfile) copy = NULL;
  g_autoptr (GranaryPublishProfile) back = NULL;
  g_autofree char *text = NULL;
  g_autofree char *copied = NULL;
  g_autofree char *again = NULL;

  assert_fresh (profile);
  profile->python = g_strdup ("/opt/a \"b\"/python3");
  profile->memory_limit = G_GINT64_CONSTANT (1) << 40;
  profile->allow_network = TRUE;
  profile->allow_gpu = TRUE;
  profile->allow_unsandboxed = TRUE;
  profile->install_requirements = TRUE;
  profile->start_timeout = 90;
  profile->request_timeout = 5;
  profile->environment = g_strsplit ("A=1 B=名=2", " ", -1);
  profile->charge_type = g_strdup (GRANARY_CHARGE_PREPAID);
  profile->instance_type = g_strdup ("TI.S.MEDIUM.POST");
  profile->resource_group = g_strdup ("rsg-1");
  profile->cpu = 2500;
  profile->memory = 4096;
  profile->gpu = 50;
  profile->gpu_type = g_strdup ("T4");
  profile->replicas = 7;
  profile->authorization = FALSE;
  profile->price = GRANARY_PRICE_ANY;
  profile->description = g_strdup ("plates\nof cars");

  text = granary_publish_profile_to_json (profile);
  back = granary_publish_profile_from_json (text);
  again = granary_publish_profile_to_json (back);
  g_assert_cmpstr (again, ==, text);
  g_assert_cmpstr (back->python, ==, profile->python);
  g_assert_cmpint (back->memory_limit, ==, profile->memory_limit);
  g_assert_true (back->allow_network && back->allow_gpu && back->allow_unsandboxed &&
                 back->install_requirements);
  g_assert_cmpuint (back->start_timeout, ==, 90);
  g_assert_cmpuint (back->request_timeout, ==, 5);
  g_assert_cmpstrv (back->environment, profile->environment);
  g_assert_cmpuint (back->replicas, ==, 7);
  g_assert_false (back->authorization);
  g_assert_cmpint (back->price, ==, GRANARY_PRICE_ANY);
  g_assert_cmpstr (back->description, ==, profile->description);

  copy = granary_publish_profile_copy (profile);
  g_clear_pointer (&profile, granary_publish_profile_free);
  copied = granary_publish_profile_to_json (copy);
  g_assert_cmpstr (copied, ==, text);
}

/* A price of nothing is not a price that nobody agreed to. */
static void
test_price (void)
{
  const gint64 prices[] = { -1, 0, 1, 250, GRANARY_PRICE_ANY };

  for (guint i = 0; i < G_N_ELEMENTS (prices); i++)
    {
      g_autoptr (GranaryPublishProfile) profile = granary_publish_profile_new ();
      g_autoptr (GranaryPublishProfile) back = NULL;
      g_autofree char *text = NULL;

      profile->price = prices[i];
      text = granary_publish_profile_to_json (profile);
      back = granary_publish_profile_from_json (text);
      g_assert_cmpint (back->price, ==, prices[i]);
    }
}

static void
test_hostile (void)
{
  static const char *const nothing[] = {
    "", "null", "[]", "{", "}", "1", "\"{}\"", "{\"a\":", "\xff\xfe", "{\"python\":\"\xff\"}",
    "{\"python\": 1, \"memory_limit\": \"much\", \"allow_network\": \"yes\", \"replicas\": null}",
    "{\"environment\": \"A=1\", \"price\": {}, \"authorization\": 0}",
    "{\"memory_limit\": -2, \"cpu\": -1000000, \"replicas\": -1}",
    "{\"replicas\": 0}",
  };
  g_autoptr (GString) deep = g_string_new (NULL);
  g_autoptr (GranaryPublishProfile) profile = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (nothing); i++)
    {
      g_autoptr (GranaryPublishProfile) read = granary_publish_profile_from_json (nothing[i]);

      assert_fresh (read);
    }
  profile = granary_publish_profile_from_json (NULL);
  assert_fresh (profile);

  for (guint i = 0; i < 100000; i++)
    g_string_append_c (deep, '[');
  granary_publish_profile_free (profile);
  profile = granary_publish_profile_from_json (deep->str);
  assert_fresh (profile);

  /* What is right in it counts. */
  granary_publish_profile_free (profile);
  profile = granary_publish_profile_from_json ("{\"environment\": [1, \"A=1\", null, [\"B=2\"]], "
                                               "\"memory\": 12, \"unknown\": true}");
  g_assert_cmpuint (g_strv_length (profile->environment), ==, 1);
  g_assert_cmpstr (profile->environment[0], ==, "A=1");
  g_assert_cmpint (profile->memory, ==, 12);
}

static void
test_names (void)
{
  static const struct
  {
    const char *name;
    gboolean    fine;
  } rows[] = {
    { "digits", TRUE }, { "7", TRUE }, { "a-b_C9", TRUE }, { "a", TRUE },
    { "", FALSE }, { "-a", FALSE }, { "_a", FALSE }, { "a b", FALSE }, { "a.b", FALSE },
    { "号牌", FALSE }, { "é", FALSE }, { "a\n", FALSE }, { "a/../b", FALSE },
    { "123456789012345678901234567890123456789012345678901234567890", TRUE },
    { "1234567890123456789012345678901234567890123456789012345678901", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (granary_service_name_check (rows[i].name, &error) == rows[i].fine);
      if (rows[i].fine)
        g_assert_no_error (error);
      else
        g_assert_cmpint (granary_error_get_reason (error), ==,
                         GRANARY_REASON_SERVICE_NAME_INVALID);
    }
}

static void
test_suggestions (void)
{
  static const struct
  {
    const char *model;
    const char *name;
  } rows[] = {
    { "plate-ocr", "plate-ocr" },
    { "Übergröße v1.5", "Ubergroe-v1-5" },
    { "人脸检测", "model" },
    { "人脸检测-v2", "v2" },
    { "--a__", "a" },
    { "a  b", "a-b" },
    { "", "model" },
    { "１２３", "123" },
  };
  g_autofree char *many = g_strnfill (200, 'x');
  g_autofree char *name = granary_service_name_suggest (many);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *suggested = granary_service_name_suggest (rows[i].model);

      g_assert_cmpstr (suggested, ==, rows[i].name);
      g_assert_true (granary_service_name_check (suggested, NULL));
    }
  g_assert_cmpuint (strlen (name), ==, GRANARY_SERVICE_NAME_MAX);
  g_assert_true (granary_service_name_check (name, NULL));
}

static void
test_request (void)
{
  g_autoptr (GranaryPublishProfile) profile = granary_publish_profile_new ();
  g_autoptr (GranaryPublishRequest) request = NULL;
  g_autoptr (GranaryPublishRequest) copy = NULL;

  profile->replicas = 4;
  request = granary_publish_request_new (12, NULL, "digits", profile);
  profile->replicas = 5;
  copy = granary_publish_request_copy (request);
  g_clear_pointer (&request, granary_publish_request_free);
  g_assert_cmpint (copy->version_id, ==, 12);
  g_assert_cmpstr (copy->name, ==, "digits");
  g_assert_null (copy->group_uid);
  g_assert_cmpuint (copy->profile->replicas, ==, 4);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/publish-profile/round-trip", test_round_trip);
  g_test_add_func ("/publish-profile/price", test_price);
  g_test_add_func ("/publish-profile/hostile", test_hostile);
  g_test_add_func ("/publish-profile/names", test_names);
  g_test_add_func ("/publish-profile/suggestions", test_suggestions);
  g_test_add_func ("/publish-profile/request", test_request);

  return g_test_run ();
}
