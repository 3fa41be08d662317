/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "granary-database.h"
#include "granary-error.h"
#include "granary-json.h"
#include "granary-metric.h"
#include "granary-test-cloud.h"
#include "granary-tione-calls.h"
#include "granary-tione-refresh.h"
#include "granary-tione-tags.h"

/* The mirror of the test cloud: with and without the list of models, and with all that goes wrong. */

#define LONG_SECONDS 60

typedef struct
{
  GranaryTestCloud        *cloud;
  char                    *folder;
  char                    *path;
  GranaryAccount          *account;
  GranaryHttp             *http;
  GranaryApi              *api;
  GranaryCatalog          *catalog;
  GranaryConnectionStatus *status;
  GranaryTioneRefresh     *refresh;
} Fixture;

/* The call is asked anew: what one interface learned of it, another does not know. */
static void
connect_anew (Fixture *fixture)
{
  g_clear_object (&fixture->refresh);
  g_clear_object (&fixture->api);
  fixture->api = granary_api_new (fixture->account, fixture->http);
  fixture->refresh = granary_tione_refresh_new (fixture->api, fixture->catalog, fixture->status);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  static const GranaryCloudService services[] = {
    GRANARY_CLOUD_TIONE, GRANARY_CLOUD_TAG, GRANARY_CLOUD_STS, GRANARY_CLOUD_CAM,
  };
  g_autoptr (GranaryCredentials) credentials =
    granary_credentials_new (GRANARY_TEST_CLOUD_SECRET_ID, GRANARY_TEST_CLOUD_SECRET_KEY, NULL);
  g_autoptr (GError) error = NULL;

  fixture->cloud = granary_test_cloud_start (data != NULL ? data : "none");
  fixture->folder = g_dir_make_tmp ("granary-refresh-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->folder, "catalog.db", NULL);
  fixture->account = granary_account_new ("测试", "c-test", GRANARY_TEST_CLOUD_REGION);
  granary_account_set_credentials (fixture->account, credentials);
  for (guint i = 0; i < G_N_ELEMENTS (services); i++)
    g_assert_true (granary_account_set_endpoint (fixture->account, services[i],
                                                 granary_test_cloud_get_url (fixture->cloud),
                                                 &error));
  fixture->http = granary_http_new (8);
  fixture->catalog = granary_catalog_open (fixture->path, GRANARY_CATALOG_MIRROR, NULL, &error);
  g_assert_no_error (error);
  fixture->status = granary_connection_status_new (0);
  connect_anew (fixture);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  granary_tione_refresh_stop (fixture->refresh);
  g_clear_object (&fixture->refresh);
  g_clear_object (&fixture->api);
  g_clear_object (&fixture->http);
  g_clear_object (&fixture->account);
  granary_catalog_close (fixture->catalog);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&fixture->status);
  g_clear_object (&fixture->catalog);
  granary_test_cloud_stop (fixture->cloud);
  dir = g_dir_open (fixture->folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->folder);
}

/* Auxiliary functions */

static gboolean
run (Fixture  *fixture,
     GError  **error)
{
  return granary_tione_refresh_run (fixture->refresh, NULL, NULL, error);
}

static void
run_well (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  run (fixture, &error);
  g_assert_no_error (error);
}

static void
run_adding (Fixture     *fixture,
            const char  *uid,
            GError     **error)
{
  const char *uids[] = { uid, NULL };
  g_autoptr (GranaryRefreshRequest) request = granary_refresh_request_new (NULL, uids);

  granary_tione_refresh_run (fixture->refresh, request, NULL, error);
}

static char *
create_model (Fixture    *fixture,
              const char *members)
{
  g_autofree char *json = g_strdup_printf ("{\"create_model\":{%s}}", members);
  g_autoptr (JsonNode) answer = granary_test_cloud_control (fixture->cloud, json);

  g_assert_nonnull (granary_json_get_string (answer, "model_id"));
  return g_strdup (granary_json_get_string (answer, "model_id"));
}

static gint64
count (Fixture    *fixture,
       const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryDatabase) database =
    granary_database_open (fixture->path, GRANARY_DATABASE_READ_ONLY, &error);
  gint64 value = -1;

  g_assert_no_error (error);
  g_assert_true (granary_database_get_int (database, g_intern_string (sql), &value, &error));
  return value;
}

#define N_MODELS "SELECT count(*) FROM models"
#define N_VERSIONS "SELECT count(*) FROM versions"
#define LAST_CHANGE "SELECT coalesce(max(seq), 0) FROM changes"

static GranaryModel *
load (Fixture    *fixture,
      const char *name_or_uid)
{
  g_autoptr (GError) error = NULL;
  gint64 id = granary_catalog_find_model (fixture->catalog, name_or_uid, &error);
  GranaryModel *model;

  g_assert_no_error (error);
  model = granary_catalog_load_model (fixture->catalog, id, &error);
  g_assert_no_error (error);
  return model;
}

static void
delete_model (Fixture    *fixture,
              const char *uid)
{
  GranaryApiCall call = { GRANARY_CLOUD_TIONE, "DeleteTrainingModel", TRUE, NULL };
  g_autofree char *text = g_strdup_printf ("{\"TrainingModelId\":\"%s\"}", uid);
  g_autoptr (JsonNode) parameters = json_from_string (text, NULL);
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (GError) error = NULL;

  answer = granary_api_call (fixture->api, &call, parameters, NULL, &error);
  g_assert_no_error (error);
}

static gboolean
late_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Runs the main context until the statement gives @value. */
static void
wait_for (Fixture    *fixture,
          const char *sql,
          gint64      value)
{
  gboolean late = FALSE;
  guint limit = g_timeout_add_seconds (LONG_SECONDS, late_cb, &late);

  while (count (fixture, sql) != value && !late)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (20 * 1000);
    }
  g_assert_cmpint (count (fixture, sql), ==, value);
  g_source_remove (limit);
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Some models of all kinds. */
#define DETECTOR \
  "\"name\":\"车牌检测\",\"tags\":{\"team\":\"vision\",\"stage\":\"prod\"},\"versions\":[" \
  "{\"number\":\"v1\",\"metrics\":\"acc=0.91\",\"framework\":\"PYTORCH\"}," \
  "{\"number\":\"v2\",\"metrics\":\"acc=0.94,loss=0.1\",\"framework\":\"PYTORCH\"}," \
  "{\"number\":\"v3\",\"kind\":\"ACCELERATE\"}]"
#define RUNNING \
  "\"name\":\"ocr-night\",\"versions\":[{\"number\":\"v1\",\"status\":\"STATUS_RUNNING\"," \
  "\"progress\":35}]"
#define FAILED \
  "\"name\":\"broken\",\"id\":\"123456789012345678\",\"versions\":[{\"number\":\"v7\"," \
  "\"status\":\"STATUS_FAILED\",\"error\":\"目录为空\"},{\"number\":\"v8\",\"status\":null," \
  "\"progress\":null}]"

static void
create_usual (Fixture *fixture)
{
  g_autofree char *one = create_model (fixture, DETECTOR);
  g_autofree char *two = create_model (fixture, RUNNING);
  g_autofree char *three = create_model (fixture, FAILED);
}

static void
offer_list (Fixture *fixture)
{
  granary_test_cloud_tell (fixture->cloud, "{\"withdrawn\":false}");
}

/* Tests */

static void
check_usual (Fixture *fixture)
{
  g_autoptr (GranaryModel) detector = load (fixture, "车牌检测");
  g_autoptr (GranaryModel) running = load (fixture, "ocr-night");
  g_autoptr (GranaryModel) broken = load (fixture, "123456789012345678");
  const GranaryVersion *version;

  g_assert_cmpstr (granary_tag_set_lookup (detector->tags, "team"), ==, "vision");
  g_assert_cmpuint (detector->versions->len, ==, 2);
  g_assert_cmpint (detector->high_water, ==, 3);
  version = g_ptr_array_index (detector->versions, 0);
  g_assert_cmpint (version->number, ==, 2);
  g_assert_cmpstr (version->framework, ==, "PyTorch");
  g_assert_cmpuint (version->metrics->len, ==, 2);
  g_assert_true (g_str_has_prefix (version->location, "cos://models-1250000000/ti-models/"));

  version = g_ptr_array_index (running->versions, 0);
  g_assert_cmpint (version->status, ==, GRANARY_STATUS_IMPORTING);
  g_assert_cmpint (version->progress, ==, 35);

  g_assert_cmpstr (broken->name, ==, "broken");
  version = g_ptr_array_index (broken->versions, 0);
  g_assert_cmpint (version->number, ==, 8);
  g_assert_cmpint (version->status, ==, GRANARY_STATUS_READY);
  version = g_ptr_array_index (broken->versions, 1);
  g_assert_cmpint (version->status, ==, GRANARY_STATUS_FAILED);
  g_assert_cmpstr (version->error, ==, "目录为空");
}

static void
test_list (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *uin = NULL;
  g_autofree char *app = NULL;
  g_autofree char *refreshed = NULL;
  gint64 last;

  offer_list (fixture);
  create_usual (fixture);
  run_well (fixture);
  settle ();
  check_usual (fixture);
  g_assert_cmpint (count (fixture, N_MODELS), ==, 3);
  g_assert_cmpint (granary_connection_status_get_state (fixture->status), ==,
                   GRANARY_CONNECTION_FRESH);
  uin = granary_catalog_dup_fact (fixture->catalog, "account_uin");
  app = granary_catalog_dup_fact (fixture->catalog, "app_id");
  refreshed = granary_catalog_dup_fact (fixture->catalog, "refreshed");
  g_assert_cmpstr (uin, ==, GRANARY_TEST_CLOUD_UIN);
  g_assert_cmpstr (app, ==, GRANARY_TEST_CLOUD_APP_ID);
  g_assert_cmpint (g_ascii_strtoll (refreshed, NULL, 10), ==,
                   granary_connection_status_get_refreshed (fixture->status));

  /* One request for all of it, and none for what the list told already. */
  g_assert_cmpuint (granary_test_cloud_count (fixture->cloud, "DescribeTrainingModels"), ==, 1);
  g_assert_cmpuint (granary_test_cloud_count (fixture->cloud, "DescribeTrainingModelVersions"), ==, 0);

  last = count (fixture, LAST_CHANGE);
  run_well (fixture);
  g_assert_cmpint (count (fixture, LAST_CHANGE), ==, last);
}

/* The list has left the interface: models come from tags, services and ids that were typed. */
static void
test_withdrawn (Fixture       *fixture,
                gconstpointer  data)
{
  g_autofree char *tagged = create_model (fixture, DETECTOR);
  g_autofree char *typed = create_model (fixture, RUNNING);
  g_autofree char *served = create_model (fixture, FAILED);
  g_autofree char *unknown = create_model (fixture, "\"name\":\"nobody-knows\"");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) services = NULL;
  g_auto (GStrv) pins = NULL;
  const GranaryService *service;
  gint64 last;

  {
    g_autoptr (GranaryModel) broken = granary_tione_load_model (fixture->api, served, NULL, &error);
    const GranaryVersion *version = g_ptr_array_index (broken->versions, 0);

    granary_test_cloud_tell (fixture->cloud, "{\"create_service\":{\"name\":\"live\","
                             "\"version_id\":\"%s\",\"status\":\"Normal\"}}", version->uid);
  }

  run_well (fixture);
  g_assert_cmpint (count (fixture, N_MODELS), ==, 2);
  run_adding (fixture, typed, &error);
  g_assert_no_error (error);
  g_assert_cmpint (count (fixture, N_MODELS), ==, 3);
  check_usual (fixture);
  pins = granary_catalog_list_pins (fixture->catalog, &error);
  g_assert_cmpuint (g_strv_length (pins), ==, 1);
  g_assert_cmpstr (pins[0], ==, typed);

  services = granary_catalog_list_services (fixture->catalog, NULL, NULL, &error);
  g_assert_cmpuint (services->len, ==, 1);
  service = g_ptr_array_index (services, 0);
  g_assert_cmpint (service->state, ==, GRANARY_SERVICE_RUNNING);
  g_assert_cmpint (service->version_id, !=, 0);

  last = count (fixture, LAST_CHANGE);
  run_well (fixture);
  g_assert_cmpint (count (fixture, LAST_CHANGE), ==, last);

  /* Asked once whether the call is there, then never again. */
  g_assert_cmpuint (granary_test_cloud_count (fixture->cloud, "DescribeTrainingModels"), ==, 1);

  /* An id that does not exist is said so; the rest is refreshed all the same. */
  run_adding (fixture, "m-999", &error);
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_MODEL_MISSING));
  g_assert_cmpstr (granary_error_get_subject (error), ==, "m-999");
  g_assert_cmpint (count (fixture, N_MODELS), ==, 3);
  g_assert_cmpint (count (fixture, "SELECT count(*) FROM pins"), ==, 1);
}

typedef struct
{
  const char *uid;
  int         number;
} HighWater;

static gboolean
high_water_func (GranaryWriter  *writer,
                 gpointer        data,
                 GError        **error)
{
  HighWater *asked = data;

  asked->number = granary_writer_get_high_water (writer, asked->uid);
  return TRUE;
}

static void
test_vanished (Fixture       *fixture,
               gconstpointer  data)
{
  gboolean with_list = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (fixture->account), "list"));
  g_autofree char *gone = create_model (fixture, DETECTOR);
  g_autofree char *stays = create_model (fixture, RUNNING);
  HighWater asked = { .uid = gone };
  g_autoptr (GError) error = NULL;

  if (with_list)
    offer_list (fixture);
  run_adding (fixture, gone, &error);
  run_adding (fixture, stays, &error);
  g_assert_no_error (error);
  g_assert_cmpint (count (fixture, N_MODELS), ==, 2);

  delete_model (fixture, gone);
  run_well (fixture);
  g_assert_cmpint (count (fixture, N_MODELS), ==, 1);
  g_assert_true (granary_catalog_write (fixture->catalog, high_water_func, &asked, NULL));
  g_assert_cmpint (asked.number, ==, 3);
}

static void
test_vanished_list (Fixture       *fixture,
                    gconstpointer  data)
{
  g_object_set_data (G_OBJECT (fixture->account), "list", GINT_TO_POINTER (TRUE));
  test_vanished (fixture, data);
}

/* A list that suddenly is short is not believed. */
static void
test_short_list (Fixture       *fixture,
                 gconstpointer  data)
{
  offer_list (fixture);
  create_usual (fixture);
  run_well (fixture);
  granary_test_cloud_tell (fixture->cloud,
                           "{\"faults\":[{\"match\":{\"action\":\"DescribeTrainingModels\"},"
                           "\"do\":{\"kind\":\"malformed\",\"body\":\"{\\\"Response\\\":"
                           "{\\\"TotalCount\\\":0,\\\"TrainingModels\\\":[],"
                           "\\\"RequestId\\\":\\\"r\\\"}}\"}}]}");
  run_well (fixture);
  g_assert_cmpint (count (fixture, N_MODELS), ==, 3);
  g_assert_cmpuint (granary_test_cloud_count (fixture->cloud, "DescribeTrainingModelVersions"), ==, 3);
}

/* Pages, also where they are shorter than asked for, refused or too large. */
static void
test_pages (Fixture       *fixture,
            gconstpointer  data)
{
  run_well (fixture);
  g_assert_cmpint (count (fixture, N_MODELS), ==, 250);
  g_assert_cmpint (count (fixture, N_VERSIONS), ==, 1000);
  g_assert_cmpint (count (fixture, "SELECT count(*) FROM tags"), ==, 250);
  g_assert_cmpuint (granary_test_cloud_count (fixture->cloud, "DescribeTrainingModels"), ==, 3);

  granary_test_cloud_tell (fixture->cloud,
                           "{\"clear_log\":true,\"faults\":[{\"match\":"
                           "{\"action\":\"DescribeTrainingModels\"},\"do\":{\"kind\":\"api_error\","
                           "\"code\":\"InvalidParameterValue.LimitExceeded\"}}]}");
  run_well (fixture);
  g_assert_cmpuint (granary_test_cloud_count (fixture->cloud, "DescribeTrainingModels"), ==, 14);

  granary_test_cloud_tell (fixture->cloud,
                           "{\"clear_log\":true,\"faults\":[{\"match\":"
                           "{\"action\":\"DescribeTrainingModels\"},\"do\":{\"kind\":\"api_error\","
                           "\"code\":\"ResponseSizeLimitExceeded\"}}]}");
  run_well (fixture);
  g_assert_cmpuint (granary_test_cloud_count (fixture->cloud, "DescribeTrainingModels"), ==, 5);
  g_assert_cmpint (count (fixture, N_MODELS), ==, 250);
  g_assert_cmpint (count (fixture, N_VERSIONS), ==, 1000);
}

static gboolean
forget_func (GranaryWriter  *writer,
             gpointer        data,
             GError        **error)
{
  return granary_writer_mirror_forget (writer, *(gint64 *) data, error);
}

static gboolean
untag_func (GranaryWriter  *writer,
            gpointer        data,
            GError        **error)
{
  g_autoptr (GranaryTagSet) none = granary_tag_set_new ();

  return granary_writer_set_tags (writer, *(gint64 *) data, none, error);
}

/* Pages that are as before are not read again, unless the mirror is not as they told. */
static void
test_same_pages (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  gint64 id = 1;
  gint64 last;

  run_well (fixture);
  last = count (fixture, LAST_CHANGE);
  run_well (fixture);
  g_assert_cmpint (count (fixture, LAST_CHANGE), ==, last);

  g_assert_true (granary_catalog_write (fixture->catalog, untag_func, &id, &error));
  g_assert_cmpint (count (fixture, "SELECT count(*) FROM tags"), ==, 249);
  run_well (fixture);
  g_assert_cmpint (count (fixture, "SELECT count(*) FROM tags"), ==, 250);

  g_assert_true (granary_catalog_write (fixture->catalog, forget_func, &id, &error));
  g_assert_cmpint (count (fixture, N_MODELS), ==, 249);
  run_well (fixture);
  g_assert_cmpint (count (fixture, N_MODELS), ==, 250);
  g_assert_cmpint (count (fixture, N_VERSIONS), ==, 1000);

  {
    g_autofree char *uid = create_model (fixture, DETECTOR);

    run_well (fixture);
    g_assert_cmpint (count (fixture, N_MODELS), ==, 251);
    delete_model (fixture, uid);
    run_well (fixture);
    g_assert_cmpint (count (fixture, N_MODELS), ==, 250);
  }
}

/* Everything that can go wrong, for each call: the tree stays, the error is told where the call is
 * vital (one that tells nothing but nulls may have nothing to tell), and the next refresh is whole
 * again. */
static const struct
{
  const char *fault;
  gboolean    is_passing; /* once is no more than an attempt lost */
} faults[] = {
  { "{\"kind\":\"reset_before\"}", TRUE },
  { "{\"kind\":\"reset_after\"}", TRUE },
  { "{\"kind\":\"truncate\"}", TRUE },
  { "{\"kind\":\"status\",\"code\":502}", TRUE },
  { "{\"kind\":\"status\",\"code\":404}", FALSE },
  { "{\"kind\":\"redirect\",\"location\":\"http://example.invalid/\"}", FALSE },
  { "{\"kind\":\"throttle\"}", TRUE },
  { "{\"kind\":\"api_error\",\"code\":\"InternalError\"}", TRUE },
  { "{\"kind\":\"api_error\",\"code\":\"FailedOperation.QueryDatabaseFail\"}", FALSE },
  { "{\"kind\":\"api_error\",\"code\":\"AuthFailure.SignatureFailure\"}", FALSE },
  { "{\"kind\":\"api_error\",\"code\":\"AuthFailure.TokenFailure\"}", FALSE },
  { "{\"kind\":\"malformed\"}", FALSE },
  { "{\"kind\":\"malformed\",\"body\":\"[]\"}", FALSE },
  { "{\"kind\":\"wrong_types\"}", FALSE },
  { "{\"kind\":\"nulls\"}", FALSE },
  { "{\"kind\":\"huge\",\"size\":36000000}", FALSE },
};

static void
check_faults (Fixture    *fixture,
              const char *action,
              gboolean    is_vital)
{
  gint64 n_models = count (fixture, N_MODELS);
  gint64 n_versions = count (fixture, N_VERSIONS);
  gint64 n_tags = count (fixture, "SELECT count(*) FROM tags");
  gint64 n_services = count (fixture, "SELECT count(*) FROM services");

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      for (int once = 0; once < 2; once++)
        {
          g_autofree char *before = granary_catalog_dup_fact (fixture->catalog, "refreshed");
          g_autofree char *after = NULL;
          g_autoptr (GError) error = NULL;
          gboolean is_well;

          granary_test_cloud_tell (fixture->cloud,
                                   "{\"faults\":[{\"match\":{\"action\":\"%s\"},\"times\":%d,"
                                   "\"do\":%s}]}", action, once ? 1 : -1, faults[i].fault);
          is_well = run (fixture, &error);
          g_test_message ("%s %s %s: %s", action, faults[i].fault, once ? "once" : "always",
                          error != NULL ? error->message : "well");
          after = granary_catalog_dup_fact (fixture->catalog, "refreshed");
          if (once && faults[i].is_passing)
            g_assert_true (is_well);
          if (!once && is_vital)
            g_assert_false (is_well);
          if (!is_well)
            {
              g_assert_true (error->domain == GRANARY_ERROR);
              g_assert_cmpstr (before, ==, after);
            }
          g_assert_cmpint (count (fixture, N_MODELS), ==, n_models);
          g_assert_cmpint (count (fixture, N_VERSIONS), ==, n_versions);
          g_assert_cmpint (count (fixture, "SELECT count(*) FROM tags"), ==, n_tags);
          g_assert_cmpint (count (fixture, "SELECT count(*) FROM services"), ==, n_services);
          granary_test_cloud_tell (fixture->cloud, "{\"clear_faults\":true}");
        }
    }

  run_well (fixture);
}

static void
add_service (Fixture *fixture)
{
  g_autoptr (GranaryModel) model = load (fixture, "车牌检测");
  const GranaryVersion *version = g_ptr_array_index (model->versions, 0);

  granary_test_cloud_tell (fixture->cloud, "{\"create_service\":{\"name\":\"live\","
                           "\"version_id\":\"%s\"}}", version->uid);
  run_well (fixture);
}

static void
test_faults_list (Fixture       *fixture,
                  gconstpointer  data)
{
  offer_list (fixture);
  create_usual (fixture);
  run_well (fixture);
  add_service (fixture);
  check_faults (fixture, "DescribeTrainingModels", TRUE);
  check_faults (fixture, "DescribeModelServiceGroups", TRUE);
  check_faults (fixture, "GetCallerIdentity", FALSE);
  check_usual (fixture);
}

static void
test_faults_withdrawn (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autofree char *tagged = create_model (fixture, DETECTOR);
  g_autofree char *typed = create_model (fixture, RUNNING);
  g_autofree char *other = create_model (fixture, FAILED);
  g_autoptr (GError) error = NULL;

  run_adding (fixture, typed, &error);
  run_adding (fixture, other, &error);
  g_assert_no_error (error);
  add_service (fixture);
  check_faults (fixture, "DescribeTrainingModelVersions", TRUE);
  check_faults (fixture, "GetResources", FALSE);
  check_faults (fixture, "DescribeResourceTagsByResourceIds", TRUE);
  check_usual (fixture);
}

/* What the account may not ask for is noted, and the rest goes on without. */
static void
test_refused (Fixture       *fixture,
              gconstpointer  data)
{
  static const char *const codes[] = { "InvalidAction", "AuthFailure.UnauthorizedOperation" };
  g_autofree char *typed = create_model (fixture, RUNNING);
  g_autoptr (GError) error = NULL;

  run_adding (fixture, typed, &error);
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autofree char *refused = NULL;

      granary_test_cloud_tell (fixture->cloud,
                               "{\"faults\":[{\"match\":{\"service\":\"tag\"},\"times\":-1,"
                               "\"do\":{\"kind\":\"api_error\",\"code\":\"%s\"}},"
                               "{\"match\":{\"action\":\"DescribeModelServiceGroups\"},"
                               "\"times\":-1,\"do\":{\"kind\":\"api_error\",\"code\":\"%s\"}}]}",
                               codes[i], codes[i]);
      connect_anew (fixture);
      run_well (fixture);
      refused = granary_catalog_dup_fact (fixture->catalog, "refused");
      g_assert_nonnull (strstr (refused, "tione:DescribeModelServiceGroups"));
      g_assert_nonnull (strstr (refused, "tag:GetResources"));
      g_assert_cmpint (count (fixture, N_MODELS), ==, 1);
      granary_test_cloud_tell (fixture->cloud, "{\"clear_faults\":true}");
    }

  {
    g_autofree char *refused = NULL;

    connect_anew (fixture);
    run_well (fixture);
    refused = granary_catalog_dup_fact (fixture->catalog, "refused");
    g_assert_null (strstr (refused, "tag:"));
  }
}

/* Only some models. */
static void
test_some (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (GranaryRefreshRequest) request = NULL;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GranaryModel) other = NULL;
  g_autoptr (GError) error = NULL;

  offer_list (fixture);
  create_usual (fixture);
  run_well (fixture);
  model = load (fixture, "车牌检测");
  other = load (fixture, "broken");
  g_array_append_val (ids, model->id);
  delete_model (fixture, model->uid);
  delete_model (fixture, other->uid);
  request = granary_refresh_request_new (ids, NULL);
  granary_tione_refresh_run (fixture->refresh, request, NULL, &error);
  g_assert_no_error (error);
  /* The one that was asked for is gone; of the other nobody knows yet. */
  g_assert_cmpint (count (fixture, N_MODELS), ==, 2);
}

static void
test_offline (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  gint64 refreshed;

  offer_list (fixture);
  create_usual (fixture);
  run_well (fixture);
  settle ();
  refreshed = granary_connection_status_get_refreshed (fixture->status);

  granary_test_cloud_tell (fixture->cloud, "{\"offline\":true}");
  g_assert_false (run (fixture, &error));
  g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_NETWORK);
  settle ();
  g_assert_cmpint (granary_connection_status_get_state (fixture->status), ==,
                   GRANARY_CONNECTION_OFFLINE);
  g_assert_cmpint (granary_connection_status_get_refreshed (fixture->status), ==, refreshed);
  check_usual (fixture);

  granary_test_cloud_tell (fixture->cloud, "{\"offline\":false}");
  run_well (fixture);
  settle ();
  g_assert_cmpint (granary_connection_status_get_state (fixture->status), ==,
                   GRANARY_CONNECTION_FRESH);
}

/* An import, from its request to its end, looked at in the background. */
static void
start_import (Fixture    *fixture,
              const char *model_uid)
{
  GranaryApiCall call = { GRANARY_CLOUD_TIONE, "CreateTrainingModel", TRUE, NULL };
  g_autofree char *text = g_strdup_printf (
    "{\"ImportMethod\":\"VERSION\",\"TrainingModelId\":\"%s\",\"TrainingModelVersion\":\"v5\","
    "\"TrainingModelSource\":\"COS\",\"TrainingModelCosPath\":{\"Bucket\":\"models-1250000000\","
    "\"Region\":\"ap-guangzhou\",\"Paths\":[\"incoming/\"]},\"ModelMoveMode\":\"COPY\","
    "\"ReasoningEnvironmentSource\":\"SYSTEM\",\"ReasoningEnvironmentId\":\"x\"}", model_uid);
  g_autoptr (JsonNode) parameters = json_from_string (text, NULL);
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (GError) error = NULL;

  granary_test_cloud_tell (fixture->cloud, "{\"put_object\":{\"bucket\":\"models-1250000000\","
                           "\"key\":\"incoming/model_service.py\",\"text\":\"x = 1\"}}");
  answer = granary_api_call (fixture->api, &call, parameters, NULL, &error);
  g_assert_no_error (error);
}

static void
test_import (Fixture       *fixture,
             gconstpointer  data)
{
  gboolean fails = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (fixture->account), "fails"));
  g_autofree char *uid = create_model (fixture, "\"name\":\"growing\",\"tags\":{\"a\":\"b\"}");
  g_autoptr (GranaryModel) model = NULL;
  const GranaryVersion *version;

  granary_test_cloud_tell (fixture->cloud, "{\"import_polls\":4,\"import_fail\":\"%s\"}",
                           fails ? "磁盘空间不足" : "");
  start_import (fixture, uid);
  granary_tione_refresh_start (fixture->refresh, 3600);
  wait_for (fixture, "SELECT count(*) FROM versions WHERE status = 'importing'", 1);
  wait_for (fixture, "SELECT count(*) FROM versions WHERE status = 'importing'", 0);

  model = load (fixture, "growing");
  version = g_ptr_array_index (model->versions, 0);
  g_assert_cmpint (version->number, ==, 5);
  g_assert_cmpint (version->status, ==, fails ? GRANARY_STATUS_FAILED : GRANARY_STATUS_READY);
  g_assert_cmpstr (version->error, ==, fails ? "磁盘空间不足" : NULL);
  g_assert_cmpint (model->high_water, ==, 5);
}

static void
test_import_fails (Fixture       *fixture,
                   gconstpointer  data)
{
  g_object_set_data (G_OBJECT (fixture->account), "fails", GINT_TO_POINTER (TRUE));
  test_import (fixture, data);
}

/* By itself, again and again, until it is stopped. */
static void
test_background (Fixture       *fixture,
                 gconstpointer  data)
{
  guint n_calls;

  offer_list (fixture);
  create_usual (fixture);
  granary_tione_refresh_start (fixture->refresh, 1);
  wait_for (fixture, N_MODELS, 3);
  {
    g_autofree char *uid = create_model (fixture, "\"name\":\"late\"");

    wait_for (fixture, N_MODELS, 4);
  }

  granary_tione_refresh_stop (fixture->refresh);
  g_usleep (500 * 1000);
  settle ();
  n_calls = granary_test_cloud_count (fixture->cloud, "DescribeTrainingModels");
  for (guint i = 0; i < 25; i++)
    {
      g_usleep (100 * 1000);
      settle ();
    }
  g_assert_cmpuint (granary_test_cloud_count (fixture->cloud, "DescribeTrainingModels"), ==, n_calls);
}

static gpointer
cancel_thread (gpointer data)
{
  g_usleep (300 * 1000);
  g_cancellable_cancel (data);
  return NULL;
}

static void
test_cancel (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  gint64 began;
  GThread *thread;

  offer_list (fixture);
  create_usual (fixture);
  run_well (fixture);
  granary_test_cloud_tell (fixture->cloud,
                           "{\"faults\":[{\"match\":{\"service\":\"tione\"},\"times\":-1,"
                           "\"do\":{\"kind\":\"timeout\",\"seconds\":60}}]}");
  began = g_get_monotonic_time ();
  thread = g_thread_new ("cancel", cancel_thread, cancellable);
  g_assert_false (granary_tione_refresh_run (fixture->refresh, NULL, cancellable, &error));
  g_assert_true (granary_error_is_cancelled (error));
  /* Long before the server would answer. */
  g_assert_cmpint (g_get_monotonic_time () - began, <, 20 * G_TIME_SPAN_SECOND);
  g_thread_join (thread);
  check_usual (fixture);
}

/* Refreshes at once from several threads do not come into each other's way. */
static gpointer
run_thread (gpointer data)
{
  run_well (data);
  return NULL;
}

static void
test_together (Fixture       *fixture,
               gconstpointer  data)
{
  GThread *threads[4];

  offer_list (fixture);
  create_usual (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("run", run_thread, fixture);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  check_usual (fixture);
}

/* The reads of the Tag service by themselves. */
static void
test_tags (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) uids = NULL;
  g_auto (GStrv) found = NULL;
  g_auto (GStrv) keys = NULL;
  g_auto (GStrv) none = NULL;
  g_auto (GStrv) stages = NULL;
  g_autoptr (GHashTable) tags = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 120; i++)
    {
      g_autofree char *members = i % 2 == 0
        ? g_strdup_printf ("\"name\":\"m%u\",\"tags\":{\"n\":\"%u\",\"stage\":\"测试\"}", i, i)
        : g_strdup_printf ("\"name\":\"m%u\"", i);
      g_autofree char *uid = create_model (fixture, members);

      g_strv_builder_add (builder, uid);
    }
  uids = g_strv_builder_end (builder);

  tags = granary_tione_load_tags (fixture->api, (const char * const *) uids, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_hash_table_size (tags), ==, 120);
  g_assert_cmpstr (granary_tag_set_lookup (g_hash_table_lookup (tags, uids[118]), "n"), ==, "118");
  g_assert_cmpuint (granary_tag_set_get_size (g_hash_table_lookup (tags, uids[119])), ==, 0);

  found = granary_tione_find_tagged (fixture->api, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (found), ==, 60);

  keys = granary_tione_list_tags (fixture->api, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_strv_contains ((const char * const *) keys, "stage"));
  for (guint i = 0; keys[i] != NULL; i++)
    g_assert_false (g_str_has_prefix (keys[i], "qcs:"));
  stages = granary_tione_list_tags (fixture->api, "stage", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (stages), ==, 1);
  g_assert_cmpstr (stages[0], ==, "测试");
  none = granary_tione_list_tags (fixture->api, "没有", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  /* Waits between attempts are not what is tested here. */
  g_setenv ("GRANARY_RETRY_SCALE", "0.01", TRUE);
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name) g_test_add ("/tione/refresh/" #name, Fixture, NULL, set_up, test_##name, tear_down)
  ADD (list);
  ADD (withdrawn);
  ADD (vanished);
  ADD (vanished_list);
  ADD (short_list);
  g_test_add ("/tione/refresh/pages", Fixture, "mirror:250:1000", set_up, test_pages, tear_down);
  g_test_add ("/tione/refresh/same_pages", Fixture, "mirror:250:1000", set_up, test_same_pages,
              tear_down);
  ADD (faults_list);
  ADD (faults_withdrawn);
  ADD (refused);
  ADD (some);
  ADD (offline);
  ADD (import);
  ADD (import_fails);
  ADD (background);
  ADD (cancel);
  ADD (together);
  ADD (tags);

  return g_test_run ();
}
