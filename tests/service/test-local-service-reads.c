/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the embedded host of services reads: choices, access, answers, logs. */

#include "config.h"

#include "local-services-test.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-raw-server.h"
#include "granary-serviced-protocol.h"

#define TOKEN "0123456789abcdef"

static GranaryServiceLog *
read_log (ServicesTest *self,
          gint64        from)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GranaryServiceLog *log;

  granary_service_host_log_async (self->host, "svc-a", from, NULL, services_test_result_cb,
                                  &result);
  log = granary_service_host_log_finish (self->host, services_test_wait (&result), &error);
  g_assert_no_error (error);

  return log;
}

static GranaryServiceAccess *
get_access (ServicesTest *self,
            const char   *uid,
            GError      **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  granary_service_host_access_async (self->host, uid, NULL, services_test_result_cb, &result);
  return granary_service_host_access_finish (self->host, services_test_wait (&result), error);
}

static GranaryServiceReply *
call (ServicesTest *self,
      const char   *uid,
      GError      **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) body = g_bytes_new_static ("{\"x\":1}", 7);

  granary_service_host_call_async (self->host, uid, body, NULL, services_test_result_cb, &result);
  return granary_service_host_call_finish (self->host, services_test_wait (&result), error);
}

static void
write_service_file (ServicesTest *self,
                    const char   *uid,
                    const char   *name,
                    const char   *text)
{
  g_autofree char *path = granary_serviced_dup_path (self->place.root, uid, name);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
append_log (ServicesTest *self,
            const char   *text,
            gssize        length)
{
  g_autofree char *path = granary_serviced_dup_path (self->place.root, "svc-a",
                                                     GRANARY_SERVICED_LOG);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofd int fd = -1;

  if (length < 0)
    length = (gssize) strlen (text);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  fd = open (path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, text, (gsize) length), ==, length);
}

static void
rotate_log (ServicesTest *self)
{
  g_autofree char *newer = granary_serviced_dup_path (self->place.root, "svc-a",
                                                      GRANARY_SERVICED_LOG);
  g_autofree char *older = granary_serviced_dup_path (self->place.root, "svc-a",
                                                      GRANARY_SERVICED_OLD_LOG);

  g_assert_cmpint (g_rename (newer, older), ==, 0);
}

/* Tests: reads */

static void
test_options (ServicesTest *self,
              gconstpointer data)
{
  g_autoptr (GranaryPublishOptions) options = NULL;
  g_autoptr (GranaryPublishOptions) other = NULL;
  g_autoptr (GError) error = NULL;
  const GranaryServiceGroup *group;
  const GranaryServiceGroup *other_group;

  g_assert_true (granary_service_host_has (self->host, GRANARY_SERVICE_HOST_LOCAL));
  g_assert_true (granary_service_host_has (self->host, GRANARY_SERVICE_HOST_LOG));
  g_assert_false (granary_service_host_has (self->host, GRANARY_SERVICE_HOST_PRICED));

  options = services_test_prepare (self, NULL, &error);
  g_assert_no_error (error);
  g_assert_no_error (options->problem);
  g_assert_cmpstr (options->name, ==, "digits");
  g_assert_cmpstr (options->handler, ==, "model_service.py");
  g_assert_cmpuint (options->groups->len, ==, 0);
  g_assert_cmpint (options->memory, >, 0);
  g_assert_nonnull (options->python);
  g_assert_null (options->unmet);

  services_test_add (self->place.catalog, self->version_id, "svc-a", "grp-a", "digits");
  services_test_add (self->place.catalog, self->version_id, "svc-b", "grp-a", "digits");
  services_test_add (self->place.catalog, self->version_id, "svc-c", "grp-c", "Digits-2");
  other = services_test_prepare (self, "/nowhere/python3", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (other->name, ==, "digits-3");
  g_assert_cmpuint (other->groups->len, ==, 2);
  group = g_ptr_array_index (other->groups, 0);
  g_assert_cmpstr (group->model_name, ==, "digits");
  other_group = g_ptr_array_index (other->groups, 1);
  g_assert_cmpint (group->n_services + other_group->n_services, ==, 3);
  g_assert_null (other->python);
  granary_assert_reason (other->note, GRANARY_REASON_PYTHON_MISSING);
}

static void
test_options_of_nothing (ServicesTest *self,
                         gconstpointer data)
{
  g_autofree char *source = granary_test_place_path (&self->place, "other");
  g_autofree char *file = granary_test_write (source, "weights.bin", "1234");
  g_autofree char *list = granary_test_write (source, "requirements.txt",
                                              "surely-not-installed>=1\npip\n");
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GranaryPublishOptions) options = NULL;
  g_autoptr (GError) error = NULL;

  version = granary_test_import (&self->place, "nothing", source, FALSE, &error);
  g_assert_no_error (error);
  self->version_id = version->id;
  options = services_test_prepare (self, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (options->handler);
  granary_assert_reason (options->problem, GRANARY_REASON_HANDLER_MISSING);
  g_assert_nonnull (options->unmet);
  g_assert_cmpstr (options->unmet[0], ==, "surely-not-installed>=1");
}

static void
test_access (ServicesTest *self,
             gconstpointer data)
{
  static const char *const elsewhere[] = {
    "https://127.0.0.1:1/", "http://example.org/", "http://127.0.0.1@example.org/",
    "http://127.0.0.1.example.org/", "file:///etc/passwd", "", NULL,
  };
  g_autoptr (GranaryServiceAccess) access = NULL;
  g_autoptr (GranaryServiceAccess) none = NULL;
  g_autoptr (GranaryService) service = NULL;
  g_autoptr (GError) error = NULL;

  services_test_add (self->place.catalog, self->version_id, "svc-a", "grp-a", "digits");
  none = get_access (self, "svc-a", &error);
  g_assert_null (none);
  g_assert_nonnull (error);
  g_clear_error (&error);

  write_service_file (self, "svc-a", GRANARY_SERVICED_TOKEN, TOKEN "\n");
  access = get_access (self, "svc-a", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (access->url, ==, "http://127.0.0.1:9/inference");
  g_assert_cmpstr (access->header, ==, "Authorization");
  g_assert_cmpstr (access->value, ==, "Bearer " TOKEN);

  /* A token goes nowhere else, and nothing else goes with a request. */
  service = services_test_load (self->place.catalog, "svc-a");
  for (guint i = 0; elsewhere[i] != NULL; i++)
    {
      g_autoptr (GError) refusal = NULL;

      g_set_str (&service->url, elsewhere[i]);
      services_test_put (self->place.catalog, service);
      none = get_access (self, "svc-a", &refusal);
      g_assert_null (none);
      granary_assert_reason (refusal, GRANARY_REASON_SERVICE_NO_ADDRESS);
    }
  g_set_str (&service->url, "http://127.0.0.1:9/inference");
  services_test_put (self->place.catalog, service);
  write_service_file (self, "svc-a", GRANARY_SERVICED_TOKEN, "abc\r\nX-Other: 1\n");
  none = get_access (self, "svc-a", &error);
  g_assert_null (none);
  granary_assert_reason (error, GRANARY_REASON_SERVICE_NO_ADDRESS);
}

/* The id of a service is the name of its folder; a catalogue may come from anywhere. */
static void
test_hostile_id (ServicesTest *self,
                 gconstpointer data)
{
  g_autoptr (GranaryServiceAccess) access = NULL;
  g_autoptr (GError) error = NULL;

  services_test_add (self->place.catalog, self->version_id, "../../outside", "grp-a", "digits");
  access = get_access (self, "../../outside", &error);
  g_assert_null (access);
  granary_assert_reason (error, GRANARY_REASON_SERVICE_MISSING);
}

static void
answer_script (GranaryRawPeer *peer,
               gconstpointer   user_data)
{
  if (granary_raw_peer_read_request (peer))
    granary_raw_peer_write (peer, "HTTP/1.1 500 Internal Server Error\r\n"
                                  "Content-Type: application/json\r\nContent-Length: 15\r\n\r\n"
                                  "{\"error\":\"odd\"}");
}

static void
flood_script (GranaryRawPeer *peer,
              gconstpointer   user_data)
{
  g_autofree char *block = g_malloc0 (1024 * 1024);

  if (!granary_raw_peer_read_request (peer) ||
      !granary_raw_peer_write (peer, "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n"))
    return;
  for (guint i = 0; i < 900; i++)
    if (!granary_raw_peer_write_data (peer, block, 1024 * 1024))
      return;
}

static void
point_to (ServicesTest *self,
          const char   *base)
{
  g_autoptr (GranaryService) service = services_test_load (self->place.catalog, "svc-a");

  g_free (service->url);
  service->url = g_strconcat (base, "/inference", NULL);
  services_test_put (self->place.catalog, service);
}

static void
test_call (ServicesTest *self,
           gconstpointer data)
{
  g_autoptr (GranaryRawServer) server = granary_raw_server_start (answer_script, NULL);
  g_autoptr (GranaryServiceReply) reply = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *request = NULL;

  services_test_add (self->place.catalog, self->version_id, "svc-a", "grp-a", "digits");
  write_service_file (self, "svc-a", GRANARY_SERVICED_TOKEN, TOKEN);
  point_to (self, granary_raw_server_get_url (server));

  /* An answer of whatever status is one. */
  reply = call (self, "svc-a", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (reply->status, ==, 500);
  g_assert_cmpstr (reply->content_type, ==, "application/json");
  g_assert_cmpmem (g_bytes_get_data (reply->body, NULL), g_bytes_get_size (reply->body),
                   "{\"error\":\"odd\"}", 15);
  g_assert_false (reply->is_cut);
  g_assert_cmpint (reply->latency, >=, 0);

  request = granary_raw_server_dup_request (server, 0);
  g_assert_true (g_str_has_prefix (request, "POST /inference HTTP/1.1\r\n"));
  g_assert_nonnull (strstr (request, "Authorization: Bearer " TOKEN "\r\n"));
  g_assert_nonnull (strstr (request, "Content-Type: application/json\r\n"));
  g_assert_true (g_str_has_suffix (request, "{\"x\":1}"));
}

static void
test_call_flood (ServicesTest *self,
                 gconstpointer data)
{
  g_autoptr (GranaryRawServer) server = granary_raw_server_start (flood_script, NULL);
  g_autoptr (GranaryServiceReply) reply = NULL;
  g_autoptr (GError) error = NULL;

  services_test_add (self->place.catalog, self->version_id, "svc-a", "grp-a", "digits");
  write_service_file (self, "svc-a", GRANARY_SERVICED_TOKEN, TOKEN);
  point_to (self, granary_raw_server_get_url (server));
  reply = call (self, "svc-a", &error);
  g_assert_no_error (error);
  g_assert_true (reply->is_cut);
  g_assert_cmpuint (g_bytes_get_size (reply->body), ==, 64 * 1024 * 1024);
}

static void
test_call_not_running (ServicesTest *self,
                       gconstpointer data)
{
  g_autoptr (GranaryServiceReply) reply = NULL;
  g_autoptr (GranaryService) service = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *base = NULL;
  GranaryRawServer *server = granary_raw_server_start (answer_script, NULL);

  base = g_strdup (granary_raw_server_get_url (server));
  granary_raw_server_stop (server);
  services_test_add (self->place.catalog, self->version_id, "svc-a", "grp-a", "digits");
  write_service_file (self, "svc-a", GRANARY_SERVICED_TOKEN, TOKEN);
  point_to (self, base);

  /* It ended, and nobody has noticed yet. */
  reply = call (self, "svc-a", &error);
  g_assert_null (reply);
  granary_assert_reason (error, GRANARY_REASON_SERVICE_NOT_RUNNING);
  g_clear_error (&error);

  service = services_test_load (self->place.catalog, "svc-a");
  service->state = GRANARY_SERVICE_STOPPED;
  services_test_put (self->place.catalog, service);
  reply = call (self, "svc-a", &error);
  g_assert_null (reply);
  granary_assert_reason (error, GRANARY_REASON_SERVICE_NOT_RUNNING);
}

/* Returns where to read on. */
static gint64
check_log (ServicesTest *self,
           gint64        from,
           const char   *expected,
           gboolean      is_new)
{
  g_autoptr (GranaryServiceLog) log = read_log (self, from);

  g_assert_cmpstr (log->text, ==, expected);
  g_assert_cmpint (log->is_new, ==, is_new);

  return log->next;
}

static void
test_log (ServicesTest *self,
          gconstpointer data)
{
  gint64 at = GRANARY_SERVICE_LOG_BEGIN;
  gint64 long_ago;

  services_test_add (self->place.catalog, self->version_id, "svc-a", "grp-a", "digits");
  at = check_log (self, at, "", FALSE);
  append_log (self, "one\n", -1);
  at = check_log (self, at, "one\n", FALSE);
  at = check_log (self, at, "", FALSE);
  append_log (self, "two\n", -1);
  long_ago = at;
  at = check_log (self, at, "two\n", FALSE);

  /* What was written before the log was rotated is not lost, nor told twice. */
  append_log (self, "three\n", -1);
  rotate_log (self);
  append_log (self, "four\n", -1);
  at = check_log (self, at, "three\nfour\n", FALSE);
  at = check_log (self, at, "", FALSE);
  at = check_log (self, GRANARY_SERVICE_LOG_BEGIN, "one\ntwo\nthree\nfour\n", FALSE);
  rotate_log (self);
  at = check_log (self, at, "", FALSE);
  append_log (self, "five\n", -1);
  at = check_log (self, at, "five\n", FALSE);

  /* That file is gone. */
  at = check_log (self, long_ago, "four\nfive\n", TRUE);
}

static void
test_log_text (ServicesTest *self,
               gconstpointer data)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  g_autoptr (GString) wide = g_string_new (NULL);
  g_autoptr (GranaryServiceLog) tail = NULL;
  gint64 at = GRANARY_SERVICE_LOG_BEGIN;

  services_test_add (self->place.catalog, self->version_id, "svc-a", "grp-a", "digits");

  /* A character whose end is still to come; what is no character at all. */
  append_log (self, "\xe4\xbd", -1);
  at = check_log (self, at, "", FALSE);
  append_log (self, "\xa0\xff.\0.\n", 6);
  at = check_log (self, at, "你\357\277\275.\357\277\275.\n", FALSE);
  append_log (self, "\x80\x80\x80\x80", -1);
  at = check_log (self, at, "\357\277\275\357\277\275\357\277\275\357\277\275", FALSE);

  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (lines, "line %u\n", i);
  append_log (self, lines->str, -1);
  tail = read_log (self, GRANARY_SERVICE_LOG_TAIL);
  g_assert_true (g_str_has_prefix (tail->text, "line "));
  g_assert_true (g_str_has_suffix (tail->text, "line 19999\n"));
  g_assert_cmpuint (strlen (tail->text), <=, 64 * 1024);
  g_assert_cmpuint (strlen (tail->text), >, 63 * 1024);
  at = check_log (self, tail->next, "", FALSE);

  /* The end of what is in both files. */
  g_clear_pointer (&tail, granary_service_log_free);
  rotate_log (self);
  append_log (self, "the last line\n", -1);
  tail = read_log (self, GRANARY_SERVICE_LOG_TAIL);
  g_assert_true (g_str_has_prefix (tail->text, "line "));
  g_assert_true (g_str_has_suffix (tail->text, "line 19999\nthe last line\n"));
  g_assert_cmpuint (strlen (tail->text), <=, 64 * 1024);
  g_assert_cmpuint (strlen (tail->text), >, 63 * 1024);

  /* One line that is longer than the end of a log. */
  g_clear_pointer (&tail, granary_service_log_free);
  for (guint i = 0; i < 40000; i++)
    g_string_append (wide, "视");
  g_string_append (wide, "x\n");
  append_log (self, wide->str, -1);
  tail = read_log (self, GRANARY_SERVICE_LOG_TAIL);
  g_assert_true (g_str_has_suffix (wide->str, tail->text));
  g_assert_true (g_str_has_prefix (tail->text, "视"));
  g_assert_cmpuint (strlen (tail->text), >, 63 * 1024);
}

/* What stands where a log should may be anything. */
static void
test_log_hostile (ServicesTest *self,
                  gconstpointer data)
{
  g_autofree char *path = granary_serviced_dup_path (self->place.root, "svc-a",
                                                     GRANARY_SERVICED_LOG);
  g_autofree char *older = granary_serviced_dup_path (self->place.root, "svc-a",
                                                      GRANARY_SERVICED_OLD_LOG);
  gint64 at = GRANARY_SERVICE_LOG_BEGIN;

  services_test_add (self->place.catalog, self->version_id, "svc-a", "grp-a", "digits");
  append_log (self, "", 0);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (symlink ("/etc/passwd", path), ==, 0);
  g_assert_cmpint (mkfifo (older, 0600), ==, 0);
  at = check_log (self, at, "", FALSE);
  at = check_log (self, G_MAXINT64, "", TRUE);
}

static void
add_tests (void)
{
  static const struct
  {
    const char *name;
    void      (*func) (ServicesTest       *self,
                       gconstpointer  data);
  } tests[] = {
    { "options", test_options },
    { "options-of-nothing", test_options_of_nothing },
    { "access", test_access },
    { "hostile-id", test_hostile_id },
    { "call", test_call },
    { "call-flood", test_call_flood },
    { "call-not-running", test_call_not_running },
    { "log", test_log },
    { "log-text", test_log_text },
    { "log-hostile", test_log_hostile },
  };

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/local-service-reads/", tests[i].name, NULL);

      g_test_add (path, ServicesTest, NULL, services_test_set_up, tests[i].func,
                  services_test_tear_down);
    }
}

int
main (int   argc,
      char *argv[])
{
  return services_test_main (argc, argv, add_tests);
}
