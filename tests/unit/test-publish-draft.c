/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "granary-error.h"
#include "granary-fake-services.h"
#include "granary-publish-draft.h"
#include "granary-ui-test.h"

#define LOCAL (GRANARY_SERVICE_HOST_LOCAL | GRANARY_SERVICE_HOST_LOG)

typedef struct
{
  GranaryUiTest        base;
  GranaryFakeServices *host;
  GranaryPublishDraft *draft; /* (nullable) */
  gint64               model_id;
  gint64               version_id;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  granary_ui_test_set_up (&fixture->base);
  fixture->model_id = granary_ui_test_add_model (&fixture->base, "plate-ocr", 2);
  fixture->version_id = granary_catalog_find_version (fixture->base.catalog, fixture->model_id, 2,
                                                      &error);
  g_assert_no_error (error);
  fixture->host = granary_fake_services_new ((GranaryServiceHostFeatures) GPOINTER_TO_INT (data),
                                             fixture->base.catalog);
  granary_connection_set_service_host (fixture->base.connection,
                                       GRANARY_SERVICE_HOST (fixture->host));
}

static void
drop (Fixture *fixture)
{
  if (fixture->draft != NULL)
    g_assert_finalize_object (g_steal_pointer (&fixture->draft));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  drop (fixture);
  granary_ui_test_settle (&fixture->base);
  g_clear_object (&fixture->host);
  granary_ui_test_tear_down (&fixture->base);
}

static void
wait_idle (Fixture *fixture)
{
  granary_ui_test_wait (!granary_publish_draft_get_busy (fixture->draft));
}

/* A draft that has read everything. */
static void
begin (Fixture    *fixture,
       const char *remembered)
{
  drop (fixture);
  fixture->draft = granary_publish_draft_new (fixture->base.connection, fixture->version_id,
                                              remembered);
  wait_idle (fixture);
}

static GranaryPublishProfile *
dup_profile (Fixture *fixture)
{
  return granary_publish_profile_copy (granary_publish_draft_get_profile (fixture->draft));
}

static void
assert_problem (Fixture             *fixture,
                GranaryPublishField  field,
                GranaryReason        reason)
{
  const GError *problem = granary_publish_draft_get_problem (fixture->draft, field);

  g_assert_nonnull (problem);
  g_assert_cmpint (granary_error_get_reason (problem), ==, reason);
  g_assert_false (granary_publish_draft_get_ready (fixture->draft));
  g_assert_false (granary_publish_draft_get_agreed (fixture->draft));
}

static GranaryServiceGroup *
add_group (Fixture    *fixture,
           const char *uid,
           const char *name,
           const char *model_name,
           int         n_services)
{
  GranaryServiceGroup *group = g_new0 (GranaryServiceGroup, 1);

  group->uid = g_strdup (uid);
  group->name = g_strdup (name);
  group->model_name = g_strdup (model_name);
  group->n_services = n_services;
  g_ptr_array_add (granary_fake_services_get_options (fixture->host)->groups, group);

  return group;
}

static void
add_spec (GPtrArray  *specs,
          const char *name,
          gboolean    is_gpu,
          gboolean    is_available)
{
  GranaryServiceSpec *spec = g_new0 (GranaryServiceSpec, 1);

  spec->name = g_strdup (name);
  spec->title = g_strdup (name);
  spec->is_gpu = is_gpu;
  spec->is_available = is_available;
  g_ptr_array_add (specs, spec);
}

/* A service of the version that was allowed what @profile says. */
static void
add_service (Fixture    *fixture,
             gint64      version_id,
             const char *uid,
             const char *name,
             int         number,
             const char *profile)
{
  g_autoptr (GranaryService) service =
    granary_fake_service_new (fixture->base.catalog, version_id, uid, name, number,
                              GRANARY_SERVICE_STOPPED);

  g_set_str (&service->profile, profile);
  granary_fake_service_put (fixture->base.catalog, service);
}

/* Reading */

static void
test_fresh (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (GranaryPublishRequest) request = NULL;

  fixture->draft = granary_publish_draft_new (fixture->base.connection, fixture->version_id, NULL);
  g_assert_true (granary_publish_draft_get_busy (fixture->draft));
  g_assert_false (granary_publish_draft_get_ready (fixture->draft));
  g_assert_null (granary_publish_draft_get_version (fixture->draft));
  g_assert_null (granary_publish_draft_get_options (fixture->draft));

  wait_idle (fixture);
  g_assert_cmpint (granary_publish_draft_get_version (fixture->draft)->number, ==, 2);
  g_assert_true (granary_publish_draft_is_local (fixture->draft));
  g_assert_true (granary_publish_draft_get_is_new (fixture->draft));
  g_assert_cmpstr (granary_publish_draft_get_name (fixture->draft), ==, "digits");
  g_assert_cmpstr (granary_publish_draft_get_title (fixture->draft), ==, "digits");
  g_assert_cmpint (granary_publish_draft_get_number (fixture->draft), ==, 1);
  g_assert_cmpint (granary_publish_draft_get_price (fixture->draft, NULL), ==,
                   GRANARY_PUBLISH_PRICE_NONE);
  g_assert_true (granary_publish_draft_get_ready (fixture->draft));
  /* Nobody has agreed to anything here yet. */
  g_assert_false (granary_publish_draft_get_agreed (fixture->draft));

  request = granary_publish_draft_make_request (fixture->draft);
  g_assert_cmpint (request->version_id, ==, fixture->version_id);
  g_assert_cmpstr (request->name, ==, "digits");
  g_assert_null (request->group_uid);
  g_assert_cmpint (request->profile->price, ==, -1);
  g_assert_false (request->profile->allow_network || request->profile->allow_gpu ||
                  request->profile->allow_unsandboxed || request->profile->install_requirements);
}

/* What goes away while it is read does no harm. */
static void
test_dropped (Fixture       *fixture,
              gconstpointer  data)
{
  fixture->draft = granary_publish_draft_new (fixture->base.connection, fixture->version_id, NULL);
  drop (fixture);
  granary_fake_services_set_held (fixture->host, TRUE);
  fixture->draft = granary_publish_draft_new (fixture->base.connection, fixture->version_id, NULL);
  granary_ui_test_wait (granary_fake_services_count (fixture->host, "prepare") > 0);
  drop (fixture);
  granary_fake_services_set_held (fixture->host, FALSE);
}

static void
test_gone (Fixture       *fixture,
           gconstpointer  data)
{
  granary_ui_test_trash (&fixture->base, fixture->model_id, "entry-1");
  begin (fixture, NULL);
  g_assert_nonnull (granary_publish_draft_get_error (fixture->draft));
  g_assert_false (granary_publish_draft_get_ready (fixture->draft));
  g_assert_cmpuint (granary_fake_services_count (fixture->host, "prepare"), ==, 0);
}

static void
test_prepare_error (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr (GError) error = g_error_new_literal (GRANARY_ERROR, GRANARY_ERROR_NETWORK, "down");

  granary_fake_services_set_error (fixture->host, "prepare", error);
  begin (fixture, NULL);
  g_assert_error (granary_publish_draft_get_error (fixture->draft), GRANARY_ERROR,
                  GRANARY_ERROR_NETWORK);
  g_assert_false (granary_publish_draft_get_ready (fixture->draft));

  granary_fake_services_set_error (fixture->host, "prepare", NULL);
  granary_publish_draft_reload (fixture->draft);
  wait_idle (fixture);
  g_assert_no_error (granary_publish_draft_get_error (fixture->draft));
  g_assert_true (granary_publish_draft_get_ready (fixture->draft));
}

/* The target */

static void
test_group_of_model (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autoptr (GranaryPublishRequest) request = NULL;

  add_group (fixture, "g-plates", "plates", "plate-ocr", 1);
  add_group (fixture, "g-faces", "faces", "face", 4);
  add_service (fixture, fixture->version_id, "s-1", "plates", 7, NULL);
  begin (fixture, NULL);
  g_assert_false (granary_publish_draft_get_is_new (fixture->draft));
  g_assert_cmpstr (granary_publish_draft_get_group (fixture->draft), ==, "g-plates");
  g_assert_cmpstr (granary_publish_draft_get_title (fixture->draft), ==, "plates");
  /* Numbers go on behind the highest that is there. */
  g_assert_cmpint (granary_publish_draft_get_number (fixture->draft), ==, 8);
  g_assert_true (granary_publish_draft_get_ready (fixture->draft));
  request = granary_publish_draft_make_request (fixture->draft);
  g_assert_cmpstr (request->group_uid, ==, "g-plates");
  g_assert_null (request->name);

  granary_publish_draft_set_group (fixture->draft, "g-faces");
  g_assert_cmpint (granary_publish_draft_get_number (fixture->draft), ==, 5);
  granary_publish_draft_set_group (fixture->draft, "g-gone");
  g_assert_false (granary_publish_draft_get_ready (fixture->draft));
  g_assert_cmpint (granary_publish_draft_get_number (fixture->draft), ==, 0);
  g_assert_cmpstr (granary_publish_draft_get_title (fixture->draft), ==, "");

  /* What was chosen stays when everything is read again. */
  granary_publish_draft_set_group (fixture->draft, "g-faces");
  granary_publish_draft_reload (fixture->draft);
  wait_idle (fixture);
  g_assert_cmpstr (granary_publish_draft_get_group (fixture->draft), ==, "g-faces");
}

static void
test_name (Fixture       *fixture,
           gconstpointer  data)
{
  add_group (fixture, "g-faces", "faces", "face", 1);
  begin (fixture, NULL);
  g_assert_true (granary_publish_draft_get_is_new (fixture->draft));

  granary_publish_draft_set_name (fixture->draft, "");
  g_assert_false (granary_publish_draft_get_ready (fixture->draft));
  g_assert_null (granary_publish_draft_get_problem (fixture->draft, GRANARY_PUBLISH_NAME));
  granary_publish_draft_set_name (fixture->draft, "-plates");
  assert_problem (fixture, GRANARY_PUBLISH_NAME, GRANARY_REASON_SERVICE_NAME_INVALID);
  granary_publish_draft_set_name (fixture->draft, "faces");
  assert_problem (fixture, GRANARY_PUBLISH_NAME, GRANARY_REASON_SERVICE_NAME_TAKEN);
  granary_publish_draft_set_name (fixture->draft, "plates_2");
  g_assert_true (granary_publish_draft_get_ready (fixture->draft));
}

/* What the code of the service needs */

static void
test_requirements (Fixture       *fixture,
                   gconstpointer  data)
{
  GranaryPublishOptions *options = granary_fake_services_get_options (fixture->host);
  g_autoptr (GranaryPublishProfile) profile = NULL;

  options->unmet = g_strsplit ("numpy>=3", " ", -1);
  begin (fixture, NULL);
  assert_problem (fixture, GRANARY_PUBLISH_REQUIREMENTS, GRANARY_REASON_REQUIREMENTS_UNMET);
  profile = dup_profile (fixture);
  profile->install_requirements = TRUE;
  granary_publish_draft_set_profile (fixture->draft, profile);
  g_assert_true (granary_publish_draft_get_ready (fixture->draft));

  /* Another Python may have them: it is asked, and nothing is ready meanwhile. */
  profile->install_requirements = FALSE;
  g_set_str (&profile->python, "/opt/python");
  g_clear_pointer (&options->unmet, g_strfreev);
  granary_publish_draft_set_profile (fixture->draft, profile);
  g_assert_true (granary_publish_draft_get_busy (fixture->draft));
  g_assert_false (granary_publish_draft_get_ready (fixture->draft));
  wait_idle (fixture);
  g_assert_true (granary_publish_draft_get_ready (fixture->draft));
  g_assert_cmpuint (granary_fake_services_count (fixture->host, "prepare"), ==, 2);
}

static void
test_sandbox (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GranaryPublishProfile) profile = NULL;

  granary_fake_services_get_options (fixture->host)->has_sandbox = FALSE;
  begin (fixture, NULL);
  assert_problem (fixture, GRANARY_PUBLISH_SANDBOX, GRANARY_REASON_SANDBOX_MISSING);
  profile = dup_profile (fixture);
  profile->allow_unsandboxed = TRUE;
  granary_publish_draft_set_profile (fixture->draft, profile);
  g_assert_true (granary_publish_draft_get_ready (fixture->draft));
}

static void
test_problem (Fixture       *fixture,
              gconstpointer  data)
{
  GranaryPublishOptions *options = granary_fake_services_get_options (fixture->host);

  granary_set_error (&options->problem, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_HANDLER_MISSING,
                     "plate-ocr v2", "nothing to serve");
  begin (fixture, "{}");
  assert_problem (fixture, GRANARY_PUBLISH_VERSION, GRANARY_REASON_HANDLER_MISSING);

  /* Another Python can be chosen: that is a problem of the field. */
  g_clear_error (&options->problem);
  granary_set_error (&options->problem, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_PYTHON_MISSING,
                     "/opt/python", "gone");
  begin (fixture, "{\"python\": \"/opt/python\"}");
  assert_problem (fixture, GRANARY_PUBLISH_PYTHON, GRANARY_REASON_PYTHON_MISSING);
  g_assert_null (granary_publish_draft_get_problem (fixture->draft, GRANARY_PUBLISH_VERSION));
}

static void
test_environment (Fixture       *fixture,
                  gconstpointer  data)
{
  static const struct
  {
    const char *entries[3];
    gboolean    fine;
  } rows[] = {
    { { "A=1", "_b2=", NULL }, TRUE },
    { { "A=1", "a=1", NULL }, TRUE },
    { { "A=x=y z", NULL }, TRUE },
    { { "A", NULL }, FALSE },
    { { "=1", NULL }, FALSE },
    { { "1A=1", NULL }, FALSE },
    { { "A B=1", NULL }, FALSE },
    { { "名=1", NULL }, FALSE },
    { { "A=1", "A=2", NULL }, FALSE },
  };

  begin (fixture, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GranaryPublishProfile) profile = dup_profile (fixture);

      g_strfreev (profile->environment);
      profile->environment = g_strdupv ((char **) rows[i].entries);
      granary_publish_draft_set_profile (fixture->draft, profile);
      g_assert_true (granary_publish_draft_get_ready (fixture->draft) == rows[i].fine);
      g_assert_true ((granary_publish_draft_get_problem (fixture->draft,
                                                         GRANARY_PUBLISH_ENVIRONMENT) == NULL) ==
                     rows[i].fine);
    }
}

/* One click */

static void
test_agreed (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *memory = NULL;
  g_autoptr (GranaryPublishProfile) kept = NULL;
  g_autoptr (GranaryPublishProfile) profile = NULL;

  begin (fixture, "{\"memory_limit\": 1000000, \"description\": \"of another one\"}");
  g_assert_true (granary_publish_draft_get_agreed (fixture->draft));
  g_assert_cmpint (granary_publish_draft_get_profile (fixture->draft)->memory_limit, ==, 1000000);
  g_assert_null (granary_publish_draft_get_profile (fixture->draft)->description);

  profile = dup_profile (fixture);
  profile->memory_limit = 2000000;
  granary_publish_draft_set_profile (fixture->draft, profile);
  memory = granary_publish_draft_dup_memory (fixture->draft);
  kept = granary_publish_profile_from_json (memory);
  g_assert_cmpint (kept->memory_limit, ==, 2000000);
}

/* Permissions go from one service of a model to the next one, not to another model. */
static void
test_grants (Fixture       *fixture,
             gconstpointer  data)
{
  const char *all = "{\"allow_network\": true, \"allow_gpu\": true, \"allow_unsandboxed\": true, "
                    "\"install_requirements\": true}";
  gint64 other_id = granary_ui_test_add_model (&fixture->base, "other", 1);
  g_autoptr (GError) error = NULL;
  gint64 other_version = granary_catalog_find_version (fixture->base.catalog, other_id, 1, &error);
  const GranaryPublishProfile *profile;

  g_assert_no_error (error);
  add_service (fixture, other_version, "s-other", "other", 1, all);
  begin (fixture, all);
  profile = granary_publish_draft_get_profile (fixture->draft);
  g_assert_true (granary_publish_draft_get_ready (fixture->draft));
  g_assert_false (granary_publish_draft_get_agreed (fixture->draft));
  g_assert_false (profile->allow_unsandboxed || profile->install_requirements);
  g_assert_true (profile->allow_network && profile->allow_gpu);

  add_service (fixture, fixture->version_id, "s-1", "plates", 1, "{\"allow_network\": true}");
  begin (fixture, all);
  g_assert_false (granary_publish_draft_get_agreed (fixture->draft));

  add_service (fixture, fixture->version_id, "s-1", "plates", 1, all);
  begin (fixture, all);
  profile = granary_publish_draft_get_profile (fixture->draft);
  g_assert_true (profile->allow_unsandboxed && profile->install_requirements);
  g_assert_true (granary_publish_draft_get_agreed (fixture->draft));

  /* What cannot be read grants nothing. */
  add_service (fixture, fixture->version_id, "s-1", "plates", 1, "[\"allow_network\"");
  begin (fixture, all);
  g_assert_false (granary_publish_draft_get_agreed (fixture->draft));
}

/* The price */

static void
test_price (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *memory = NULL;
  g_autoptr (GranaryPublishProfile) profile = NULL;
  g_autoptr (GranaryPublishRequest) request = NULL;
  gint64 fen = 0;

  begin (fixture, NULL);
  g_assert_false (granary_publish_draft_is_local (fixture->draft));
  profile = dup_profile (fixture);
  g_assert_cmpstr (profile->charge_type, ==, GRANARY_CHARGE_POSTPAID);
  g_assert_cmpstr (profile->instance_type, ==, "TI.S.MEDIUM.POST");
  g_assert_cmpint (granary_publish_draft_get_price (fixture->draft, &fen), ==,
                   GRANARY_PUBLISH_PRICE_KNOWN);
  g_assert_cmpint (fen, ==, 250);

  /* Another resource has another price: until it is known nothing is ready. */
  granary_fake_services_set_quote (fixture->host, 700);
  profile->replicas = 3;
  granary_publish_draft_set_profile (fixture->draft, profile);
  g_assert_cmpint (granary_publish_draft_get_price (fixture->draft, NULL), ==,
                   GRANARY_PUBLISH_PRICE_ASKING);
  g_assert_false (granary_publish_draft_get_ready (fixture->draft));
  wait_idle (fixture);
  granary_publish_draft_get_price (fixture->draft, &fen);
  g_assert_cmpint (fen, ==, 700);
  request = granary_publish_draft_make_request (fixture->draft);
  g_assert_cmpint (request->profile->price, ==, 700);
  memory = granary_publish_draft_dup_memory (fixture->draft);

  begin (fixture, memory);
  g_assert_true (granary_publish_draft_get_agreed (fixture->draft));
  granary_fake_services_set_quote (fixture->host, 699);
  begin (fixture, memory);
  g_assert_true (granary_publish_draft_get_ready (fixture->draft));
  g_assert_false (granary_publish_draft_get_agreed (fixture->draft));
}

/* The same price for something else was not agreed to. */
static void
test_other_resource (Fixture       *fixture,
                     gconstpointer  data)
{
  GranaryPublishOptions *options = granary_fake_services_get_options (fixture->host);
  const char *memory = "{\"charge_type\": \"POSTPAID_BY_HOUR\", \"instance_type\": \"gone\", "
                       "\"price\": 250, \"replicas\": 1}";

  begin (fixture, memory);
  g_assert_true (granary_publish_draft_get_ready (fixture->draft));
  g_assert_false (granary_publish_draft_get_agreed (fixture->draft));

  add_spec (options->specs, "gone", FALSE, FALSE);
  begin (fixture, memory);
  assert_problem (fixture, GRANARY_PUBLISH_SPEC, GRANARY_REASON_SPEC_SOLD_OUT);
}

static void
test_price_unknown (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) failure = g_error_new_literal (GRANARY_ERROR, GRANARY_ERROR_NETWORK, "down");
  g_autofree char *memory = NULL;
  g_autoptr (GranaryPublishRequest) request = NULL;

  /* It can be asked for again. */
  granary_fake_services_set_error (fixture->host, "quote", failure);
  begin (fixture, NULL);
  g_assert_nonnull (granary_publish_draft_get_problem (fixture->draft, GRANARY_PUBLISH_PRICE));
  granary_publish_draft_set_any_price (fixture->draft, TRUE);
  g_assert_false (granary_publish_draft_get_ready (fixture->draft));

  granary_set_error (&error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_PRICE_UNKNOWN, "2C4G",
                     "no such call");
  granary_fake_services_set_error (fixture->host, "quote", error);
  granary_publish_draft_reload (fixture->draft);
  wait_idle (fixture);
  assert_problem (fixture, GRANARY_PUBLISH_PRICE, GRANARY_REASON_PRICE_UNKNOWN);
  granary_publish_draft_set_any_price (fixture->draft, TRUE);
  g_assert_true (granary_publish_draft_get_ready (fixture->draft));
  request = granary_publish_draft_make_request (fixture->draft);
  g_assert_cmpint (request->profile->price, ==, GRANARY_PRICE_ANY);
  memory = granary_publish_draft_dup_memory (fixture->draft);

  begin (fixture, memory);
  g_assert_false (granary_publish_draft_get_ready (fixture->draft));
  g_assert_false (granary_publish_draft_get_agreed (fixture->draft));
  granary_fake_services_set_error (fixture->host, "quote", NULL);
  begin (fixture, memory);
  g_assert_true (granary_publish_draft_get_ready (fixture->draft));
  g_assert_false (granary_publish_draft_get_agreed (fixture->draft));
}

static void
test_prepaid (Fixture       *fixture,
              gconstpointer  data)
{
  GranaryPublishOptions *options = granary_fake_services_get_options (fixture->host);
  g_autoptr (GranaryPublishProfile) profile = NULL;
  g_autoptr (GranaryPublishRequest) request = NULL;
  g_autofree char *memory = NULL;

  add_spec (options->resource_groups, "rsg-1", FALSE, TRUE);
  begin (fixture, NULL);
  profile = dup_profile (fixture);
  g_assert_cmpstr (profile->charge_type, ==, GRANARY_CHARGE_POSTPAID);
  g_set_str (&profile->charge_type, GRANARY_CHARGE_PREPAID);
  granary_publish_draft_set_profile (fixture->draft, profile);
  wait_idle (fixture);
  g_assert_cmpint (granary_publish_draft_get_price (fixture->draft, NULL), ==,
                   GRANARY_PUBLISH_PRICE_NONE);
  g_assert_true (granary_publish_draft_get_ready (fixture->draft));
  request = granary_publish_draft_make_request (fixture->draft);
  g_assert_cmpint (request->profile->price, ==, 0);
  g_assert_cmpstr (request->profile->resource_group, ==, "rsg-1");
  g_assert_cmpint (request->profile->cpu, >, 0);
  g_assert_cmpint (request->profile->memory, >, 0);
  memory = granary_publish_draft_dup_memory (fixture->draft);

  profile->cpu = 0;
  granary_publish_draft_set_profile (fixture->draft, profile);
  g_assert_false (granary_publish_draft_get_ready (fixture->draft));

  begin (fixture, memory);
  g_assert_true (granary_publish_draft_get_agreed (fixture->draft));
}

/* Whatever the settings hold, it is a draft. */
static void
test_hostile_memory (Fixture       *fixture,
                     gconstpointer  data)
{
  static const char *const texts[] = {
    "", "null", "[]", "{", "\"text\"", "{\"replicas\": -5, \"cpu\": -9, \"price\": \"free\"}",
    "{\"environment\": [1, null, {}, \"A=1\"], \"instance_type\": 7, \"charge_type\": []}",
    "{\"replicas\": 99999999999999999999, \"memory\": 1e300, \"authorization\": 1}",
    "{\"charge_type\": \"BARTER\", \"instance_type\": \"\", \"resource_group\": \"x\"}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      begin (fixture, texts[i]);
      g_assert_false (granary_publish_draft_get_agreed (fixture->draft));
      g_assert_cmpuint (granary_publish_draft_get_profile (fixture->draft)->replicas, >, 0);
    }
}

int
main (int   argc,
      char *argv[])
{
  gpointer local = GINT_TO_POINTER (LOCAL);
  gpointer cloud = GINT_TO_POINTER (GRANARY_SERVICE_HOST_PRICED);

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, data, func) g_test_add ("/publish-draft/" name, Fixture, data, set_up, func, \
                                          tear_down)
  ADD ("fresh", local, test_fresh);
  ADD ("dropped", local, test_dropped);
  ADD ("gone", local, test_gone);
  ADD ("prepare-error", local, test_prepare_error);
  ADD ("group-of-model", local, test_group_of_model);
  ADD ("name", local, test_name);
  ADD ("requirements", local, test_requirements);
  ADD ("sandbox", local, test_sandbox);
  ADD ("problem", local, test_problem);
  ADD ("environment", local, test_environment);
  ADD ("agreed", local, test_agreed);
  ADD ("grants", local, test_grants);
  ADD ("price", cloud, test_price);
  ADD ("other-resource", cloud, test_other_resource);
  ADD ("price-unknown", cloud, test_price_unknown);
  ADD ("prepaid", cloud, test_prepaid);
  ADD ("hostile-memory", cloud, test_hostile_memory);
#undef ADD

  return g_test_run ();
}
