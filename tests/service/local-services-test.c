/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "local-services-test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-json.h"
#include "granary-local.h"
#include "granary-serviced-protocol.h"

/* What a granary-serviced does */

static gboolean
put (GranaryWriter *writer,
     gpointer       data,
     GError       **error)
{
  return granary_writer_put_service (writer, data, error);
}

static gboolean
drop (GranaryWriter *writer,
      gpointer       data,
      GError       **error)
{
  return granary_writer_remove_service (writer, data, error);
}

GranaryService *
services_test_load (GranaryCatalog *catalog,
                    const char     *uid)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) services = granary_catalog_list_services (catalog, NULL, NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < services->len; i++)
    {
      GranaryService *service = g_ptr_array_index (services, i);

      if (g_str_equal (service->uid, uid))
        return granary_service_copy (service);
    }

  return NULL;
}

void
services_test_put (GranaryCatalog *catalog,
                   GranaryService *service)
{
  g_autoptr (GError) error = NULL;

  granary_catalog_write (catalog, put, service, &error);
  g_assert_no_error (error);
}

void
services_test_add (GranaryCatalog *catalog,
                   gint64          version_id,
                   const char     *uid,
                   const char     *group_uid,
                   const char     *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryVersion) version = granary_catalog_load_version (catalog, version_id, &error);
  g_autoptr (GranaryService) service = granary_service_new ();

  g_assert_no_error (error);
  service->uid = g_strdup (uid);
  service->group_uid = g_strdup (group_uid);
  service->name = g_strdup (name);
  service->number = 1;
  service->model_uid = g_strdup (version->model_uid);
  service->model_name = g_strdup (version->model_name);
  service->version_number = version->number;
  service->state = GRANARY_SERVICE_RUNNING;
  service->is_wanted = TRUE;
  service->url = g_strdup ("http://127.0.0.1:9/inference");
  services_test_put (catalog, service);
}

/* Does what was asked for, in the catalogue. */
static void
perform (Daemon     *self,
         const char *verb,
         JsonNode   *request)
{
  const char *uid = granary_json_get_string (request, "arguments.uid");
  g_autoptr (GranaryService) service = uid != NULL ? services_test_load (self->catalog, uid) : NULL;
  g_autoptr (GError) error = NULL;
  gint64 version_id;

  if (g_str_equal (verb, "publish"))
    {
      const char *group = granary_json_get_string (request, "arguments.group_uid");
      const char *name = granary_json_get_string (request, "arguments.name");

      g_assert_true (granary_json_get_int (request, "arguments.version_id", &version_id));
      g_assert_nonnull (granary_json_get_object (request, "arguments.profile"));
      services_test_add (self->catalog, version_id, "svc-new",
                         group != NULL ? group : "grp-new", name);
      return;
    }

  g_assert_nonnull (service);
  if (g_str_equal (verb, "remove"))
    {
      granary_catalog_write (self->catalog, drop, (gpointer) uid, &error);
      g_assert_no_error (error);
      return;
    }

  service->is_wanted = !g_str_equal (verb, "stop");
  service->state = service->is_wanted ? GRANARY_SERVICE_RUNNING : GRANARY_SERVICE_STOPPED;
  service->started++;
  if (g_str_equal (verb, "update"))
    service->files_as_of++;
  services_test_put (self->catalog, service);
}

static gboolean
write_text (GSocket    *socket,
            const char *text)
{
  gsize length = strlen (text);

  for (gsize sent = 0; sent < length;)
    {
      gssize n = g_socket_send (socket, text + sent, length - sent, NULL, NULL);

      if (n <= 0)
        return FALSE;
      sent += n;
    }

  return TRUE;
}

static gboolean answer_line (GSocket    *socket,
                             const char *format,
                             ...) G_GNUC_PRINTF (2, 3);

static gboolean
answer_line (GSocket    *socket,
             const char *format,
             ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);

  return write_text (socket, text);
}

static gboolean
answer_error (GSocket *socket,
              gint64   id,
              int      code,
              int      reason)
{
  return answer_line (socket,
                      "{\"id\":%" G_GINT64_FORMAT ",\"error\":{\"code\":%d,\"reason\":%d,"
                      "\"subject\":\"digits\",\"message\":\"no\"}}\n", id, code, reason);
}

static gboolean
greet (Daemon  *self,
       GSocket *socket,
       gint64   id)
{
  if (self->fault == FAULT_HELLO_ENDS && g_atomic_int_get (&self->n_connections) == 1)
    return FALSE;

  return answer_line (socket,
                      "{\"id\":%" G_GINT64_FORMAT ",\"result\":{\"protocol\":%d,\"version\":\"%s\","
                      "\"pid\":%" G_GINT64_FORMAT ",\"sandbox\":true}}\n",
                      id, GRANARY_SERVICED_PROTOCOL,
                      self->fault == FAULT_VERSION ? "9999.0.0"
                      : self->fault == FAULT_OLDER && !self->has_quit ? "0.0.99"
                                                                      : GRANARY_VERSION,
                      self->pid);
}

/* FALSE ends the connection. */
static gboolean
answer (Daemon     *self,
        GSocket    *socket,
        const char *line,
        gint64     *waiting)
{
  g_autoptr (JsonNode) request = NULL;
  g_autoptr (GError) error = NULL;
  const char *verb;
  gint64 id;

  request = granary_json_parse (line, -1, "request", &error);
  g_assert_no_error (error);
  g_assert_true (granary_json_get_int (request, "id", &id));
  verb = granary_json_get_string (request, "verb");
  g_assert_nonnull (verb);
  if (g_str_equal (verb, "hello"))
    return greet (self, socket, id);
  if (g_str_equal (verb, "quit"))
    {
      g_assert_cmpint (self->fault, ==, FAULT_OLDER);
      g_assert_false (self->has_quit);
      self->has_quit = TRUE;
      answer_line (socket, "{\"id\":%" G_GINT64_FORMAT ",\"result\":{}}\n", id);
      return FALSE;
    }
  if (g_str_equal (verb, "cancel"))
    {
      gint64 which;

      g_assert_true (granary_json_get_int (request, "arguments.request", &which));
      g_assert_cmpint (which, ==, *waiting);
      g_atomic_int_inc (&self->n_cancels);
      return answer_line (socket, "{\"id\":%" G_GINT64_FORMAT ",\"result\":{}}\n", id) &&
             answer_error (socket, which, GRANARY_ERROR_BACKEND, GRANARY_REASON_NONE);
    }

  if (g_str_equal (verb, "publish"))
    g_atomic_int_inc (&self->n_publishes);
  switch (self->fault)
    {
    case FAULT_GARBAGE:
      return answer_line (socket, "}{\n");

    case FAULT_ENDLESS:
      for (guint i = 0; i < 2 * GRANARY_SERVICED_LINE_MAX / 16; i++)
        if (!write_text (socket, "................"))
          return FALSE;
      return TRUE;

    case FAULT_OTHERS_FIRST:
      if (!answer_line (socket, "{\"id\":%d,\"result\":{\"uid\":\"svc-other\"}}\n", 12345) ||
          !answer_line (socket, "{\"id\":%d,\"error\":{}}\n", -3))
        return FALSE;
      break;

    case FAULT_REFUSES:
      return answer_error (socket, id, GRANARY_ERROR_CONFLICT, GRANARY_REASON_SERVICE_STATE);

    case FAULT_BAD_ERROR:
      return answer_error (socket, id, 99999, -1);

    case FAULT_NO_UID:
      return answer_line (socket, "{\"id\":%" G_GINT64_FORMAT ",\"result\":{\"uid\":7}}\n", id);

    case FAULT_WAITS:
      *waiting = id;
      g_atomic_int_set (&self->waits, TRUE);
      return TRUE;

    case FAULT_DIES:
    case FAULT_DIES_DONE:
      self->pid++;
      if (self->fault == FAULT_DIES)
        return FALSE;
      perform (self, verb, request);
      return FALSE;

    case FAULT_ENDS:
      return FALSE;

    case FAULT_ENDS_DONE:
      perform (self, verb, request);
      return FALSE;

    case FAULT_NONE:
    case FAULT_VERSION:
    case FAULT_OLDER:
    case FAULT_HELLO_ENDS:
    default:
      break;
    }

  perform (self, verb, request);
  return answer_line (socket, "{\"id\":%" G_GINT64_FORMAT ",\"result\":{\"uid\":\"%s\"}}\n", id,
                      "svc-new");
}

/* One connection at a time is all that a test has. */
static void
serve (Daemon  *self,
       GSocket *socket)
{
  g_autoptr (GString) read = g_string_new (NULL);
  gint64 waiting = 0;

  g_atomic_int_inc (&self->n_connections);
  g_socket_set_timeout (socket, 30);
  for (;;)
    {
      char *end = strchr (read->str, '\n');
      char buffer[4096];
      gssize n;

      if (end != NULL)
        {
          g_autofree char *line = g_strndup (read->str, end - read->str);

          g_string_erase (read, 0, end + 1 - read->str);
          if (!answer (self, socket, line, &waiting))
            return;
          continue;
        }
      n = g_socket_receive (socket, buffer, sizeof buffer, NULL, NULL);
      if (n <= 0)
        return;
      g_string_append_len (read, buffer, n);
    }
}

static GSocket *
listen_for (const char *root)
{
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  g_autofd int fd = -1;

  address = granary_serviced_make_address (root, TRUE, &fd);
  g_assert_nonnull (address);
  socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT,
                         &error);
  g_assert_no_error (error);
  g_socket_bind (socket, address, TRUE, &error);
  g_assert_no_error (error);
  g_socket_listen (socket, &error);
  g_assert_no_error (error);

  return g_steal_pointer (&socket);
}

static gpointer
daemon_thread (gpointer data)
{
  Daemon *self = data;

  while (!g_atomic_int_get (&self->stopping))
    {
      g_autoptr (GSocket) socket = NULL;

      if (!g_socket_condition_timed_wait (self->socket, G_IO_IN, G_TIME_SPAN_SECOND / 50, NULL,
                                          NULL))
        continue;
      socket = g_socket_accept (self->socket, NULL, NULL);
      if (socket != NULL)
        serve (self, socket);
    }

  return NULL;
}

void
services_test_start_daemon (ServicesTest *fixture,
                            Fault         fault)
{
  Daemon *self = &fixture->daemon;

  self->fault = fault;
  self->pid = 4711;
  self->catalog = fixture->place.catalog;
  self->path = granary_serviced_dup_socket (fixture->place.root);
  self->socket = listen_for (fixture->place.root);
  self->thread = g_thread_new ("serviced", daemon_thread, self);
}

static void
daemon_stop (Daemon *self)
{
  if (self->thread == NULL)
    return;

  g_atomic_int_set (&self->stopping, TRUE);
  g_thread_join (self->thread);
  g_clear_object (&self->socket);
  g_unlink (self->path);
  g_free (self->path);
}

/* Set up */

GranaryConnection *
services_test_open (const char *root,
                    GError    **error)
{
  return granary_local_open (root, NULL, error);
}

void
services_test_set_up (ServicesTest *self,
                      gconstpointer data)
{
  g_autofree char *source = NULL;
  g_autofree char *code = NULL;
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;

  /* Nothing that a test starts by mistake is granary-serviced. */
  g_setenv ("GRANARY_SERVICED", "/bin/true", TRUE);
  granary_test_place_set_up (&self->place, services_test_open);
  source = granary_test_place_path (&self->place, "source");
  code = granary_test_write (source, "model_service.py", "class Model:\n    pass\n");
  version = granary_test_import (&self->place, "digits", source, FALSE, &error);
  g_assert_no_error (error);
  self->version_id = version->id;
  self->host = granary_connection_get_service_host (self->place.connection);
  g_assert_nonnull (self->host);
}

void
services_test_tear_down (ServicesTest *self,
                         gconstpointer data)
{
  daemon_stop (&self->daemon);
  granary_test_place_tear_down (&self->place);
}

/* This program in the place of granary-serviced: it writes down what it was given, answers a hello,
 * and ends with the first connection. */
static int
run_as_program (const char *root)
{
  g_autofree char *report = g_build_filename (root, "report", NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocket) client = NULL;
  g_autofree char *path = granary_serviced_dup_socket (root);
  Daemon daemon = { 0 };
  struct stat null;
  gboolean quiet = stat ("/dev/null", &null) == 0;

  for (int fd = 0; fd < 3; fd++)
    {
      struct stat status;

      quiet &= fstat (fd, &status) == 0 && status.st_rdev == null.st_rdev;
    }
  g_string_append_printf (text, "session %d\nquiet %d\nsecret %s\n", getsid (0) == getpid (), quiet,
                          g_getenv ("TENCENTCLOUD_SECRET_KEY") != NULL ? "seen" : "none");
  if (!g_file_set_contents (report, text->str, -1, NULL))
    return 1;

  socket = listen_for (root);
  g_socket_set_timeout (socket, 30);
  client = g_socket_accept (socket, NULL, NULL);
  daemon.fault = FAULT_REFUSES;
  daemon.pid = getpid ();
  if (client != NULL)
    serve (&daemon, client);
  g_unlink (path);
  return 0;
}

/* Verbs */

void
services_test_result_cb (GObject      *source,
                         GAsyncResult *result,
                         gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

GAsyncResult *
services_test_wait (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return *result;
}

GranaryPublishOptions *
services_test_prepare (ServicesTest *self,
                       const char   *python,
                       GError      **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  granary_service_host_prepare_async (self->host, self->version_id, python, NULL,
                                      services_test_result_cb, &result);
  return granary_service_host_prepare_finish (self->host, services_test_wait (&result), error);
}

/* Public functions */

int
services_test_main (int     argc,
                    char  **argv,
                    void  (*add) (void))
{
  g_autofree char *folder = NULL;
  g_autofree char *deep = NULL;
  int result;

  if (g_getenv (PROGRAM) != NULL && argc == 2)
    return run_as_program (argv[1]);

  /* Deeper than the address of a socket can be long. What is started finds it, too. */
  folder = g_dir_make_tmp ("granary-runtime-XXXXXX", NULL);
  deep = g_build_filename (folder, "a-folder-with-a-name-that-is-as-long-as-such-a-name-may-be",
                           "and-another-one-in-it-that-is-not-short-either", NULL);
  g_assert_cmpint (g_mkdir_with_parents (deep, 0700), ==, 0);
  g_setenv ("XDG_RUNTIME_DIR", deep, TRUE);
  g_setenv ("XDG_CONFIG_HOME", deep, TRUE);
  g_test_init (&argc, &argv, NULL);

  add ();
  result = g_test_run ();
  granary_test_remove (folder);

  return result;
}
