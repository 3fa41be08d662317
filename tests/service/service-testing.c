/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "service-testing.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TOKEN "5eedc0ffee5eedc0ffee5eedc0ffee5eedc0ffee5eedc0ffee5eedc0ffee5eed"

static const char runner[] =
  "import json, os, select, signal, socket, subprocess, sys, time\n"
  "model = sys.argv[sys.argv.index('--model-dir') + 1]\n"
  "status = os.fdopen(4, 'w')\n"
  "with os.fdopen(5) as pipe:\n"
  "    token = pipe.read()\n"
  "listener = socket.socket(fileno=3)\n"
  "def say(**event):\n"
  "    status.write(json.dumps(event) + '\\n')\n"
  "    status.flush()\n"
  "def serve():\n"
  "    say(event='ready')\n"
  "    while True:\n"
  "        for fd in select.select([listener, 6], [], [])[0]:\n"
  "            if fd == 6:\n"
  "                line = os.read(6, 100)\n"
  "                sys.exit(0 if line == b'stop\\n' else 99)\n"
  "            connection = listener.accept()[0]\n"
  "            connection.recv(65536)\n"
  "            connection.sendall(b'HTTP/1.0 200 OK\\r\\n\\r\\nserved')\n"
  "            connection.close()\n"
  "say(event='loading')\n"
  "with open(model + '/act.py') as file:\n"
  "    source = file.read()\n"
  "exec(compile(source, 'act.py', 'exec'))\n";

/* Auxiliary functions */

static void
write_file (const char *folder,
            const char *name,
            const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_no_errno (g_mkdir_with_parents (folder, 0700));
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
ready_cb (GranaryServiceProcess *process,
          ServiceTest           *self)
{
  g_assert_cmpuint (self->n_ended, ==, 0);
  self->n_ready++;
}

static void
ended_cb (GranaryServiceProcess *process,
          int                    failure,
          const char            *detail,
          gboolean               may_restart,
          ServiceTest           *self)
{
  self->n_ended++;
  self->failure = (GranaryServiceFailure) failure;
  g_set_str (&self->detail, detail);
  self->may_restart = may_restart;
}

static void
drop_process (ServiceTest *self)
{
  if (self->process == NULL)
    return;

  if (granary_service_process_is_running (self->process))
    {
      granary_service_process_kill (self->process);
      service_test_wait_ended (self);
    }
  g_assert_finalize_object (self->process);
  self->process = NULL;
}

/* Public functions */

void
service_test_set_up_in (ServiceTest *self,
                        const char  *root)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t length = sizeof address;
  g_autofree char *variable = NULL;

  memset (self, 0, sizeof *self);
  self->root = g_strdup (root);
  self->folder = g_build_filename (root, "services", "svc-1", NULL);
  self->mark = g_path_get_basename (root);

  self->socket = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_no_errno (self->socket);
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  g_assert_no_errno (bind (self->socket, (struct sockaddr *) &address, sizeof address));
  g_assert_no_errno (listen (self->socket, 16));
  g_assert_no_errno (getsockname (self->socket, (struct sockaddr *) &address, &length));
  self->port = ntohs (address.sin_port);

  self->plan = granary_service_plan_new ();
  self->plan->uid = g_strdup ("svc-1");
  self->plan->folder = g_strdup (self->folder);
  self->plan->revision = g_build_filename (self->folder, "revision-1", NULL);
  self->plan->python = g_strdup ("/usr/bin/python3");
  self->plan->runner = g_build_filename (root, "runner", NULL);
  self->plan->token = g_strdup (TOKEN);
  self->plan->socket = self->socket;
  variable = g_strconcat ("GRANARY_TEST_MARK=", self->mark, NULL);
  self->plan->profile->environment = g_new0 (char *, 2);
  self->plan->profile->environment[0] = g_steal_pointer (&variable);
}

void
service_test_set_up (ServiceTest *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *root = g_dir_make_tmp ("granary-service-XXXXXX", &error);

  g_assert_no_error (error);
  service_test_set_up_in (self, root);
  write_file (self->plan->runner, "main.py", runner);
  write_file (self->folder, "token", TOKEN);
  service_test_act (self, "serve()\n");
}

void
service_test_tear_down (ServiceTest *self)
{
  g_autofree char *program = g_find_program_in_path ("rm");
  const char *argv[] = { program, "-rf", "--", self->root, NULL };

  drop_process (self);
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL,
                               NULL, NULL));
  g_assert_cmpuint (service_test_count (self->mark), ==, 0);
  close (self->socket);
  granary_service_plan_free (self->plan);
  g_free (self->root);
  g_free (self->folder);
  g_free (self->mark);
  g_free (self->detail);
}

void
service_test_act (ServiceTest *self,
                  const char  *source)
{
  write_file (self->plan->revision, "act.py", source);
}

void
service_test_use_runner (ServiceTest *self,
                         const char  *model_service)
{
  g_set_str (&self->plan->runner, g_getenv ("GRANARY_RUNNER"));
  write_file (self->plan->revision, "model_service.py", model_service);
}

void
service_test_start (ServiceTest *self)
{
  g_autoptr (GError) error = NULL;

  drop_process (self);
  self->n_ready = 0;
  self->n_ended = 0;
  self->process = granary_service_process_new (self->plan);
  g_signal_connect (self->process, "ready", G_CALLBACK (ready_cb), self);
  g_signal_connect (self->process, "ended", G_CALLBACK (ended_cb), self);
  granary_service_process_start (self->process, &error);
  g_assert_no_error (error);
}

void
service_test_wait_ready (ServiceTest *self)
{
  while (self->n_ready == 0 && self->n_ended == 0)
    g_main_context_iteration (NULL, TRUE);
  if (self->n_ended > 0)
    {
      g_autofree char *log = service_test_dup_log (self);

      g_error ("ended: %s %s\n%s", granary_service_failure_to_id (self->failure), self->detail,
               log);
    }
  g_assert_cmpuint (self->n_ready, ==, 1);
}

void
service_test_wait_ended (ServiceTest *self)
{
  while (self->n_ended == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (self->n_ended, ==, 1);
}

static gboolean
nothing_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

void
service_test_wait_log (ServiceTest *self,
                       const char  *text)
{
  guint tick = g_timeout_add (5, nothing_cb, NULL);

  for (;;)
    {
      g_autofree char *log = service_test_dup_log (self);

      if (strstr (log, text) != NULL)
        break;
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (tick);
}

char *
service_test_dup_log (ServiceTest *self)
{
  g_autofree char *path = g_build_filename (self->folder, "log", NULL);
  char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return g_strdup ("");

  return text;
}

void
service_test_assert_ended (ServiceTest           *self,
                           GranaryServiceFailure  failure,
                           const char            *detail,
                           gboolean               may_restart)
{
  service_test_wait_ended (self);
  g_assert_cmpstr (granary_service_failure_to_id (self->failure), ==,
                   granary_service_failure_to_id (failure));
  g_assert_cmpstr (self->detail, ==, detail);
  g_assert_true (self->may_restart == may_restart);
  g_assert_false (granary_service_process_is_running (self->process));
  g_assert_cmpuint (service_test_count (self->mark), ==, 0);
}

void
service_test_assert_logged (ServiceTest *self,
                            const char  *text)
{
  g_autofree char *log = service_test_dup_log (self);

  if (strstr (log, text) == NULL)
    g_error ("“%s” is not in the log:\n%s", text, log);
}

void
service_test_assert_not_logged (ServiceTest *self,
                                const char  *text)
{
  g_autofree char *log = service_test_dup_log (self);

  if (strstr (log, text) != NULL)
    g_error ("“%s” is in the log:\n%s", text, log);
}

char *
service_test_request (ServiceTest *self,
                      const char  *request)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (self->port) };
  g_autofd int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_autoptr (GString) answer = g_string_new (NULL);
  char data[4096];
  gssize length;

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  g_assert_no_errno (fd);
  if (connect (fd, (struct sockaddr *) &address, sizeof address) != 0 ||
      send (fd, request, strlen (request), MSG_NOSIGNAL) < 0)
    return NULL;
  while ((length = read (fd, data, sizeof data)) > 0)
    g_string_append_len (answer, data, length);

  return answer->len > 0 ? g_string_free (g_steal_pointer (&answer), FALSE) : NULL;
}

char *
service_test_call (ServiceTest *self)
{
  return service_test_request (self, "GET / HTTP/1.0\r\n\r\n");
}

static gboolean
has_mark (const char *pid,
          const char *name,
          const char *mark)
{
  g_autofree char *path = g_build_filename ("/proc", pid, name, NULL);
  g_autofree char *text = NULL;
  gsize length;

  return g_file_get_contents (path, &text, &length, NULL) &&
         memmem (text, length, mark, strlen (mark)) != NULL;
}

static guint
count (const char *mark,
       gboolean    in_environment)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  g_autofree char *self = g_strdup_printf ("%d", getpid ());
  const char *name;
  guint n = 0;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_ascii_isdigit (*name) && !g_str_equal (name, self) &&
        ((in_environment && has_mark (name, "environ", mark)) || has_mark (name, "cmdline", mark)))
      n++;

  return n;
}

guint
service_test_count (const char *mark)
{
  return count (mark, TRUE);
}

guint
service_test_count_shown (const char *text)
{
  return count (text, FALSE);
}

char *
service_test_hide_sandbox (ServiceTest *self)
{
  g_autofree char *folder = g_build_filename (self->root, "programs", NULL);
  char *old = g_strdup (g_getenv ("PATH"));
  g_auto (GStrv) places = g_strsplit (old, ":", -1);

  g_assert_no_errno (g_mkdir_with_parents (folder, 0700));
  for (guint i = 0; places[i] != NULL; i++)
    {
      g_autoptr (GDir) dir = g_dir_open (places[i], 0, NULL);
      const char *name;

      while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        {
          g_autofree char *target = g_build_filename (places[i], name, NULL);
          g_autofree char *path = g_build_filename (folder, name, NULL);

          if (g_str_equal (name, "bwrap") || g_str_equal (name, "systemd-run"))
            continue;
          if (symlink (target, path) != 0)
            g_assert_cmpint (errno, ==, EEXIST);
        }
    }
  g_setenv ("PATH", folder, TRUE);

  return old;
}
