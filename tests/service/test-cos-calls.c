/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Calls of object storage, one by one: what is gone, lost answers, pages, cancellation. */

#include "config.h"

#include "granary-cos-verbs.h"

#define BUCKET GRANARY_COS_BUCKET

/* How many attempts a call makes at most; see GRANARY_RETRY_INIT. */
#define ATTEMPTS 4

static gboolean
call (GranaryCosVerbId   id,
      GranaryCosCase    *self,
      GError           **error)
{
  return granary_cos_verbs[id].call (self, error);
}

static void
test_object_gone (GranaryCosFixture *fixture,
                  gconstpointer      data)
{
  g_auto (GranaryCosCase) self = { 0 };
  g_autoptr (GError) error = NULL;

  granary_cos_case_begin (&self, fixture, &granary_cos_verbs[GRANARY_COS_VERB_PUT_BYTES]);
  g_assert_false (call (GRANARY_COS_VERB_STAT, &self, &error));
  granary_cos_assert_reason (error, GRANARY_REASON_OBJECT_MISSING);
  g_assert_cmpuint (granary_test_cloud_count (fixture->cloud, "GetObject"), ==, 1);
  g_clear_error (&error);

  g_assert_false (call (GRANARY_COS_VERB_GET, &self, &error));
  granary_cos_assert_reason (error, GRANARY_REASON_OBJECT_MISSING);
  g_clear_error (&error);

  /* Now that the bucket is known to exist the answer of HEAD is enough. */
  g_assert_true (call (GRANARY_COS_VERB_PUT_BYTES, &self, NULL));
  g_assert_true (call (GRANARY_COS_VERB_DELETE, &self, NULL));
  granary_test_cloud_tell (fixture->cloud, "{\"clear_log\":true}");
  g_assert_false (call (GRANARY_COS_VERB_STAT, &self, &error));
  granary_cos_assert_reason (error, GRANARY_REASON_OBJECT_MISSING);
  g_assert_cmpuint (granary_test_cloud_count (fixture->cloud, "GetObject"), ==, 0);
}

static void
test_archived (GranaryCosFixture *fixture,
               gconstpointer      data)
{
  g_auto (GranaryCosCase) self = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryObject) object = NULL;

  granary_cos_case_begin (&self, fixture, &granary_cos_verbs[GRANARY_COS_VERB_GET]);
  granary_test_cloud_tell (fixture->cloud,
                           "{\"put_object\":{\"bucket\":\"" BUCKET "\",\"key\":\"%s\","
                           "\"text\":\"a\","
                           "\"headers\":{\"x-cos-storage-class\":\"ARCHIVE\"}}}", self.place->key);
  object = granary_cos_client_stat (self.client, self.place, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (object->storage_class, ==, "ARCHIVE");
  g_assert_false (call (GRANARY_COS_VERB_GET, &self, &error));
  granary_cos_assert_reason (error, GRANARY_REASON_OBJECT_ARCHIVED);
}

static void
test_changed (GranaryCosFixture *fixture,
              gconstpointer      data)
{
  g_auto (GranaryCosCase) self = { 0 };
  g_autoptr (GranaryObject) object = NULL;
  g_autoptr (GranaryHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;

  granary_cos_case_begin (&self, fixture, &granary_cos_verbs[GRANARY_COS_VERB_GET]);
  object = granary_cos_client_stat (self.client, self.place, NULL, &error);
  g_assert_no_error (error);
  response = granary_cos_client_get (self.client, self.place, 0, 2, object->etag, NULL, &error);
  g_assert_no_error (error);
  g_clear_pointer (&response, granary_http_response_free);

  granary_test_cloud_tell (fixture->cloud,
                           "{\"put_object\":{\"bucket\":\"" BUCKET "\",\"key\":\"%s\","
                           "\"text\":\"other\"}}", self.place->key);
  response = granary_cos_client_get (self.client, self.place, 0, 2, object->etag, NULL, &error);
  g_assert_null (response);
  granary_cos_assert_reason (error, GRANARY_REASON_OBJECT_CHANGED);
}

/* Lost answers, closer */

/* Somebody else's upload of the same key is not taken for ours. */
static void
test_initiate_beside (GranaryCosFixture *fixture,
                      gconstpointer      data)
{
  const GranaryCosVerb *verb = &granary_cos_verbs[GRANARY_COS_VERB_INITIATE];
  g_auto (GranaryCosCase) self = { 0 };
  g_autoptr (JsonNode) other = NULL;
  g_autofree char *json = NULL;
  g_autoptr (GError) error = NULL;

  granary_cos_case_begin (&self, fixture, verb);
  json = g_strdup_printf ("{\"create_upload\":{\"bucket\":\"" BUCKET "\",\"key\":\"%s\"}}",
                          self.place->key);
  other = granary_test_cloud_control (fixture->cloud, json);
  granary_cos_case_arm (&self, verb, "\"kind\":\"reset_after\"", 1);
  g_assert_true (call (GRANARY_COS_VERB_INITIATE, &self, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (self.upload_id, !=,
                   json_object_get_string_member (json_node_get_object (other), "upload_id"));
  g_assert_cmpuint (granary_test_cloud_count (fixture->cloud, "InitiateMultipartUpload"), <=, 2);
}

/* Neither the answer nor what became of it is known: that is said, and nothing is sent again. */
static void
test_complete_unknown (GranaryCosFixture *fixture,
                       gconstpointer      data)
{
  const GranaryCosVerb *verb = &granary_cos_verbs[GRANARY_COS_VERB_COMPLETE];
  g_auto (GranaryCosCase) self = { 0 };
  g_autoptr (GError) error = NULL;

  granary_cos_case_begin (&self, fixture, verb);
  granary_cos_case_arm (&self, verb, "\"kind\":\"reset_after\"", 1);
  granary_cos_case_arm (&self, &granary_cos_verbs[GRANARY_COS_VERB_LIST_PARTS],
                        "\"kind\":\"status\",\"code\":500", -1);
  g_assert_false (call (GRANARY_COS_VERB_COMPLETE, &self, &error));
  granary_cos_assert_reason (error, GRANARY_REASON_OUTCOME_UNKNOWN);
  g_assert_cmpuint (granary_test_cloud_count (fixture->cloud, verb->action), ==, 1);
  g_assert_cmpuint (granary_test_cloud_count (fixture->cloud, "ListParts"), ==, ATTEMPTS);
  g_assert_true (granary_cos_verbs[GRANARY_COS_VERB_COMPLETE].is_done (&self));
}

/* An object of the same size that is not ours does not count. */
static void
test_complete_other (GranaryCosFixture *fixture,
                     gconstpointer      data)
{
  const GranaryCosVerb *verb = &granary_cos_verbs[GRANARY_COS_VERB_COMPLETE];
  g_auto (GranaryCosCase) self = { 0 };
  g_autoptr (GError) error = NULL;

  granary_cos_case_begin (&self, fixture, verb);
  granary_test_cloud_tell (fixture->cloud,
                           "{\"put_object\":{\"bucket\":\"" BUCKET "\",\"key\":\"%s\","
                           "\"text\":\"eighteen characters\"},"
                           "\"drop_upload\":{\"bucket\":\"" BUCKET "\",\"key\":\"%s\"}}",
                           self.place->key, self.place->key);
  granary_cos_case_arm (&self, verb, "\"kind\":\"reset_before\"", 1);
  g_assert_false (call (GRANARY_COS_VERB_COMPLETE, &self, &error));
  granary_cos_assert_reason (error, GRANARY_REASON_UPLOAD_VANISHED);
}

/* Blanks come while the server works. */
static void
test_complete_slow (GranaryCosFixture *fixture,
                    gconstpointer      data)
{
  g_auto (GranaryCosCase) self = { 0 };
  g_autoptr (GError) error = NULL;

  granary_cos_case_begin (&self, fixture, &granary_cos_verbs[GRANARY_COS_VERB_COMPLETE]);
  granary_test_cloud_tell (fixture->cloud, "{\"complete_blanks\":12,\"complete_seconds\":3}");
  granary_cos_client_set_timeout (self.client, 2);
  g_assert_true (call (GRANARY_COS_VERB_COMPLETE, &self, &error));
  g_assert_no_error (error);
  granary_test_cloud_tell (fixture->cloud, "{\"complete_blanks\":3,\"complete_seconds\":0}");
}

static void
test_delete_partly (GranaryCosFixture *fixture,
                    gconstpointer      data)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) keys = NULL;
  g_auto (GranaryCosCase) self = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (GranaryObjectPlace) prefix = granary_object_place_new (BUCKET, NULL, "many/");

  granary_cos_case_begin (&self, fixture, &granary_cos_verbs[GRANARY_COS_VERB_DELETE]);
  granary_test_cloud_tell (fixture->cloud, "{\"deny_delete\":[\"many/0*\"]}");
  for (guint i = 0; i < 2500; i++)
    {
      g_autofree char *key = g_strdup_printf ("many/%u & <%u>", i, i);

      if (i % 100 == 0)
        granary_test_cloud_tell (fixture->cloud,
                                 "{\"put_object\":{\"bucket\":\"" BUCKET "\",\"key\":\"%s\","
                                 "\"text\":\"\"}}", key);
      g_strv_builder_add (builder, key);
    }
  g_strv_builder_add (builder, "/not a key");
  keys = g_strv_builder_end (builder);

  g_assert_false (granary_cos_client_delete (self.client, self.place, (const char * const *) keys,
                                             NULL, &error));
  granary_cos_assert_reason (error, GRANARY_REASON_OBJECT_KEY);
  g_assert_cmpuint (granary_test_cloud_count (fixture->cloud, "DeleteMultipleObjects"), ==, 3);
  left = granary_cos_client_list_all (self.client, prefix, NULL, NULL);
  g_assert_cmpuint (left->len, ==, 1);
  g_clear_error (&error);

  g_clear_pointer (&keys, g_strfreev);
  keys = g_strsplit ("many/0 & <0>", "\n", 1);
  g_assert_false (granary_cos_client_delete (self.client, self.place, (const char * const *) keys,
                                             NULL, &error));
  granary_cos_assert_reason (error, GRANARY_REASON_ACTION_FORBIDDEN);
  g_assert_cmpstr (granary_error_get_subject (error), ==, "cos:DeleteObject");
  granary_test_cloud_tell (fixture->cloud, "{\"deny_delete\":[]}");
}

/* Both spellings of the id, and pages of uploads. */
static void
test_uploads (GranaryCosFixture *fixture,
              gconstpointer      data)
{
  g_auto (GranaryCosCase) self = { 0 };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) ids = NULL;

  granary_cos_case_begin (&self, fixture, &granary_cos_verbs[GRANARY_COS_VERB_LIST_UPLOADS]);
  for (guint i = 0; i < 1100; i++)
    granary_test_cloud_tell (fixture->cloud,
                             "{\"create_upload\":{\"bucket\":\"" BUCKET "\",\"key\":\"%s%s\"}}",
                             self.place->key, i < 30 ? "" : "!");
  granary_test_cloud_tell (fixture->cloud, "{\"upload_id_spelling\":\"UploadID\"}");
  ids = granary_cos_client_list_uploads (self.client, self.place, NULL, &error);
  granary_test_cloud_tell (fixture->cloud, "{\"upload_id_spelling\":\"UploadId\"}");
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (ids), ==, 31);
  g_assert_cmpstr (ids[0], ==, self.upload_id);
}

/* A call is off as soon as it is called off, wherever it waits. */
static gpointer
cancel_thread (gpointer data)
{
  g_usleep (300 * 1000);
  g_cancellable_cancel (data);
  return GINT_TO_POINTER (1);
}

static void
test_cancel (GranaryCosFixture *fixture,
             gconstpointer      data)
{
  static const char * const waits[] = {
    "\"kind\":\"timeout\",\"seconds\":60",
    "\"kind\":\"throttle\",\"status\":429,\"retry_after\":60",
  };

  for (guint i = 0; i < G_N_ELEMENTS (waits); i++)
    {
      g_auto (GranaryCosCase) self = { 0 };
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GranaryObjectPage) page = NULL;
      g_autoptr (GError) error = NULL;
      const gint64 begun = g_get_monotonic_time ();
      GThread *thread;

      granary_cos_case_begin (&self, fixture, &granary_cos_verbs[GRANARY_COS_VERB_LIST]);
      granary_cos_case_arm (&self, &granary_cos_verbs[GRANARY_COS_VERB_LIST], waits[i], -1);
      /* The waits between attempts are not to be shortened here. */
      g_setenv ("GRANARY_RETRY_SCALE", "1", TRUE);
      thread = g_thread_new ("cancel", cancel_thread, cancellable);
      page = granary_cos_client_list (self.client, self.place, NULL, NULL, 0, cancellable, &error);
      g_assert_null (page);
      g_assert_true (granary_error_is_cancelled (error));
      /* Long before the waits would be over. */
      g_assert_cmpint (g_get_monotonic_time () - begun, <, 20 * G_USEC_PER_SEC);
      g_thread_join (thread);
      g_setenv ("GRANARY_RETRY_SCALE", "0.02", TRUE);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_setenv ("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
  /* A minute that a server asks for is longer than a second still. */
  g_setenv ("GRANARY_RETRY_SCALE", "0.02", TRUE);
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(path, func) \
  g_test_add ("/cos-calls/" path, GranaryCosFixture, NULL, granary_cos_fixture_set_up, func, \
              granary_cos_fixture_tear_down)
  ADD ("object-gone", test_object_gone);
  ADD ("archived", test_archived);
  ADD ("changed", test_changed);
  ADD ("initiate-beside", test_initiate_beside);
  ADD ("complete-unknown", test_complete_unknown);
  ADD ("complete-other", test_complete_other);
  ADD ("complete-slow", test_complete_slow);
  ADD ("delete-partly", test_delete_partly);
  ADD ("uploads", test_uploads);
  ADD ("cancel", test_cancel);
#undef ADD

  return g_test_run ();
}
