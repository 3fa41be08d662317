/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "granary-sandbox.h"
#include "service-testing.h"

/* What a service cannot reach and how much it may use, whatever its code tries. */

#define MIB (G_GINT64_CONSTANT (1024) * 1024)

/* How much */

static void
test_memory (void)
{
  ServiceTest test;

  service_test_set_up (&test);
  test.plan->profile->memory_limit = 256 * MIB;
  service_test_act (&test, "try:\n"
                           "    kept = [bytearray(16 << 20) for _ in range(1024)]\n"
                           "except MemoryError:\n"
                           "    say(event='failed', failure='memory')\n"
                           "    sys.exit(70)\n"
                           "serve()\n");
  service_test_start (&test);
  service_test_assert_ended (&test, GRANARY_SERVICE_FAILURE_MEMORY, "256", TRUE);

  /* What it may use, it can. */
  test.plan->profile->memory_limit = 1024 * MIB;
  service_test_act (&test, "kept = bytearray(400 << 20)\nserve()\n");
  service_test_start (&test);
  service_test_wait_ready (&test);
  service_test_tear_down (&test);
}

/* The files of its private folders are in memory, too. */
static void
test_room (void)
{
  ServiceTest test;

  service_test_set_up (&test);
  test.plan->profile->memory_limit = 64 * MIB;
  service_test_act (&test,
                    "for folder in ('/tmp', '/dev/shm'):\n"
                    "    try:\n"
                    "        with open(folder + '/x', 'wb') as file:\n"
                    "            for _ in range(100): file.write(bytes(1 << 20))\n"
                    "        print(folder, 'holds it')\n"
                    "    except OSError as error:\n"
                    "        print(folder, error.errno)\n");
  service_test_start (&test);
  service_test_wait_ended (&test);
  service_test_assert_logged (&test, "/tmp 28\n");
  service_test_assert_logged (&test, "/dev/shm 28\n");
  service_test_tear_down (&test);
}

/* What it can reach */

static void
test_reach (void)
{
  const struct passwd *user = getpwuid (getuid ());
  ServiceTest test;
  g_autofree char *source = NULL;
  g_autofree char *home = g_strescape (g_get_home_dir (), NULL);
  g_autofree char *secret = NULL;

  service_test_set_up (&test);
  secret = g_build_filename (test.folder, "token", NULL);
  g_assert_true (g_file_test (secret, G_FILE_TEST_EXISTS));
  source = g_strdup_printf (
    "for path in (model + '/x', '/usr/x', '/x', '/etc/x', '/dev/x', '/data/x', '/proc/x'):\n"
    "    try:\n"
    "        open(path, 'w')\n"
    "        print('wrote', path)\n"
    "    except OSError as error: print('refused', path)\n"
    "try: os.chmod(model + '/act.py', 0o777); print('changed')\n"
    "except OSError: pass\n"
    "try: os.remove(model + '/act.py'); print('removed')\n"
    "except OSError: pass\n"
    "with open('/tmp/x', 'w') as file: file.write('own')\n"
    "for path in ('%s', '%s', '%s', '/etc/passwd', '/etc/shadow', '/var', '/home', '/run'):\n"
    "    print('sees' if os.path.lexists(path) else 'no', path)\n"
    "print('tmp', os.listdir('/tmp'))\n"
    "print('data', sorted(os.listdir('/data')))\n"
    "print('pids', sorted(n for n in os.listdir('/proc') if n.isdigit() and int(n) > 9))\n"
    "try: os.kill(%d, 0); print('can signal')\n"
    "except OSError: pass\n"
    "serve()\n",
    home, user != NULL ? user->pw_dir : "/home", secret, getpid ());
  service_test_act (&test, source);
  service_test_start (&test);
  service_test_wait_ready (&test);
  granary_service_process_stop (test.process);
  service_test_assert_ended (&test, GRANARY_SERVICE_FAILURE_NONE, NULL, FALSE);

  service_test_assert_logged (&test, "refused /data/model/x");
  service_test_assert_not_logged (&test, "wrote ");
  service_test_assert_not_logged (&test, "changed");
  service_test_assert_not_logged (&test, "removed");
  service_test_assert_not_logged (&test, "sees ");
  service_test_assert_not_logged (&test, "can signal");
  service_test_assert_logged (&test, "tmp ['x']\n");
  service_test_assert_logged (&test, "data ['model', 'runner']\n");
  service_test_assert_logged (&test, "pids []\n");
  service_test_tear_down (&test);
}

static void
test_network (void)
{
  ServiceTest test;
  ServiceTest other;
  g_autofree char *source = NULL;

  service_test_set_up (&test);
  service_test_set_up (&other);
  source = g_strdup_printf ("connection = socket.socket()\n"
                            "try: connection.connect(('127.0.0.1', %u)); print('connected')\n"
                            "except OSError as error: print('refused', error)\n"
                            "print(socket.if_nameindex())\n"
                            "serve()\n",
                            other.port);
  service_test_act (&test, source);
  service_test_start (&test);
  service_test_wait_ready (&test);
  service_test_wait_log (&test, "refused ");
  service_test_assert_not_logged (&test, "connected");
  granary_service_process_stop (test.process);
  service_test_wait_ended (&test);

  test.plan->profile->allow_network = TRUE;
  service_test_start (&test);
  service_test_wait_ready (&test);
  service_test_wait_log (&test, "connected");
  service_test_tear_down (&test);
  service_test_tear_down (&other);
}

/* Neither the account's keys nor the token are where its code could find them. */
static void
test_secrets (void)
{
  const char *given[] = { "GIVEN=for-another-service", "LD_BIND_NOW=1", NULL };
  ServiceTest test;

  g_setenv ("GRANARY_TEST_SECRET", "account-key-of-the-user", TRUE);
  service_test_set_up (&test);
  g_strfreev (test.plan->profile->environment);
  test.plan->profile->environment = g_strdupv ((GStrv) given);
  service_test_act (&test,
                    "for name, value in sorted(os.environ.items()): print('env', name, value)\n"
                    "for fd in range(1024):\n"
                    "    try: os.fstat(fd); print('fd', fd, end=';')\n"
                    "    except OSError: pass\n"
                    "print()\n"
                    "print('arguments', sys.argv)\n"
                    "for pid in os.listdir('/proc'):\n"
                    "    for name in ('environ', 'cmdline'):\n"
                    "        try: text = open('/proc/' + pid + '/' + name, 'rb').read()\n"
                    "        except OSError: continue\n"
                    "        if token.encode() in text: print('TOKEN IN', pid, name)\n"
                    "        if b'account-key' in text: print('KEY IN', pid, name)\n"
                    "print('the token is ' + token + ' and again ' + token[:40], end='')\n"
                    "print(token[40:])\n"
                    "sys.stdout.write('x' * 8150 + token)\n"
                    "sys.stdout.flush()\n"
                    "print(token)\n"
                    "serve()\n");
  service_test_start (&test);
  service_test_wait_ready (&test);
  g_assert_cmpuint (service_test_count ("for-another-service"), >, 0);
  g_assert_cmpuint (service_test_count_shown ("for-another-service"), ==, 0);
  granary_service_process_stop (test.process);
  service_test_assert_ended (&test, GRANARY_SERVICE_FAILURE_NONE, NULL, FALSE);
  g_unsetenv ("GRANARY_TEST_SECRET");

  service_test_assert_logged (&test, "env HOME /tmp\n");
  service_test_assert_logged (&test, "env TI_MODEL_DIR /data/model\n");
  service_test_assert_logged (&test, "env GIVEN for-another-service\n");
  service_test_assert_logged (&test, "env LD_BIND_NOW 1\n");
  service_test_assert_not_logged (&test, "GRANARY_TEST_SECRET");
  service_test_assert_not_logged (&test, "XDG_");
  service_test_assert_not_logged (&test, "account-key");
  service_test_assert_logged (&test, "fd 0;fd 1;fd 2;fd 3;fd 4;fd 6;\n");
  service_test_assert_not_logged (&test, "TOKEN IN");
  service_test_assert_not_logged (&test, "KEY IN");
  service_test_assert_logged (&test, "the token is [token] and again [token]\n");
  service_test_assert_not_logged (&test, test.plan->token);
  {
    g_autofree char *begin = g_strndup (test.plan->token, 24);

    service_test_assert_not_logged (&test, begin);
    service_test_assert_not_logged (&test, test.plan->token + strlen (test.plan->token) - 24);
  }
  service_test_tear_down (&test);
}

/* Programs of a test instead of those of the computer */

static char *
put_program (ServiceTest *test,
             const char  *name,
             const char  *text)
{
  g_autofree char *folder = g_build_filename (test->root, "own", NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *places = g_strconcat (folder, ":", g_getenv ("PATH"), NULL);
  char *old = g_strdup (g_getenv ("PATH"));
  g_autoptr (GError) error = NULL;

  g_assert_no_errno (g_mkdir_with_parents (folder, 0755));
  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0755, &error);
  g_assert_no_error (error);
  g_setenv ("PATH", places, TRUE);

  return old;
}

/* A computer that gives a sandbox no /proc. */
static void
test_reduced (void)
{
  g_autofree char *real = g_find_program_in_path ("bwrap");
  g_autofree char *text =
    g_strdup_printf ("#!/bin/sh\n"
                     "for word; do\n"
                     "  [ \"$word\" = --proc ] && { echo no proc >&2; exit 1; }\n"
                     "done\n"
                     "exec %s \"$@\"\n",
                     real);
  ServiceTest test;
  g_autofree char *old = NULL;

  service_test_set_up (&test);
  old = put_program (&test, "bwrap", text);
  g_assert_cmpint (granary_sandbox_get_kind (granary_sandbox_probe ()), ==,
                   GRANARY_SANDBOX_REDUCED);
  service_test_act (&test, "print(sorted(os.listdir('/proc')), os.listdir('/tmp'))\n"
                           "if os.fork() == 0:\n"
                           "    os.setsid()\n"
                           "    while True: time.sleep(1)\n"
                           "serve()\n");
  service_test_start (&test);
  service_test_wait_ready (&test);
  granary_service_process_stop (test.process);
  service_test_assert_ended (&test, GRANARY_SERVICE_FAILURE_NONE, NULL, FALSE);
  service_test_assert_logged (&test, "['cpuinfo', 'meminfo'] []\n");
  service_test_act (&test, "os.kill(os.getpid(), signal.SIGSEGV)\n");
  service_test_start (&test);
  service_test_assert_ended (&test, GRANARY_SERVICE_FAILURE_KILLED, "SIGSEGV", TRUE);
  g_setenv ("PATH", old, TRUE);
  service_test_tear_down (&test);
}

/* bubblewrap worked when it was tried, and does not now. */
static void
test_spoilt (void)
{
  g_autofree char *real = g_find_program_in_path ("bwrap");
  ServiceTest test;
  g_autofree char *text = NULL;
  g_autofree char *old = NULL;

  service_test_set_up (&test);
  text = g_strdup_printf ("#!/bin/sh\n"
                          "[ -e %s/spoilt ] && { echo bwrap: No more namespaces >&2; exit 1; }\n"
                          "exec %s \"$@\"\n",
                          test.root, real);
  old = put_program (&test, "bwrap", text);
  service_test_start (&test);
  service_test_wait_ready (&test);
  {
    g_autofree char *path = g_build_filename (test.root, "spoilt", NULL);

    g_assert_true (g_file_set_contents (path, "", -1, NULL));
  }
  service_test_start (&test);
  service_test_assert_ended (&test, GRANARY_SERVICE_FAILURE_SANDBOX,
                             "bwrap: No more namespaces", FALSE);
  g_setenv ("PATH", old, TRUE);
  service_test_tear_down (&test);
}

/* systemd, as far as it is asked: it says what memory a scope was given, and runs what it is to. */
static const char systemd_run[] =
  "#!/bin/sh\n"
  "echo \"systemd-run $*\" >&2\n"
  "while [ \"$1\" != -- ]; do shift; done\n"
  "shift\n"
  "[ \"$1\" = sh ] && { echo 268435456; exit; }\n"
  "exec \"$@\"\n";

static void
test_scope (void)
{
  ServiceTest test;
  g_autofree char *old = NULL;

  service_test_set_up (&test);
  old = put_program (&test, "systemd-run", systemd_run);
  test.plan->profile->memory_limit = 512 * MIB;
  service_test_act (&test, "import resource\n"
                           "print(resource.getrlimit(resource.RLIMIT_DATA))\n"
                           "print(sorted(os.environ))\n"
                           "serve()\n");
  service_test_start (&test);
  service_test_wait_ready (&test);
  granary_service_process_stop (test.process);
  service_test_assert_ended (&test, GRANARY_SERVICE_FAILURE_NONE, NULL, FALSE);
  service_test_assert_logged (&test, "systemd-run --user --scope --quiet --collect "
                                     "-p MemoryMax=536870912 -p MemorySwapMax=0 ");
  service_test_assert_logged (&test, "(-1, -1)\n");
  service_test_assert_not_logged (&test, "'XDG_RUNTIME_DIR'");

  /* Without a limit there is none. */
  test.plan->profile->memory_limit = 0;
  service_test_act (&test, "print('no limit')\nserve()\n");
  service_test_start (&test);
  service_test_wait_ready (&test);
  granary_service_process_stop (test.process);
  service_test_assert_ended (&test, GRANARY_SERVICE_FAILURE_NONE, NULL, FALSE);
  g_setenv ("PATH", old, TRUE);
  service_test_tear_down (&test);
}

/* Where the control groups are those of the test. What is killed there for want of memory is told
 * from what is killed. */
static void
run_full_scope (const char *root)
{
  g_autofree char *go = g_build_filename (root, "go", NULL);
  ServiceTest test;

  service_test_set_up_in (&test, root);
  test.plan->profile->memory_limit = 512 * MIB;
  test.plan->profile->allow_unsandboxed = TRUE;
  service_test_start (&test);

  /* Where it runs was looked up when it first told of itself. */
  service_test_wait_ready (&test);
  g_assert_true (g_file_set_contents (go, "", -1, NULL));
  service_test_wait_ended (&test);
  g_assert_cmpint (test.failure, ==, GRANARY_SERVICE_FAILURE_MEMORY);
  g_assert_cmpstr (test.detail, ==, "512");

  /* The parent tears it down. */
  _exit (EXIT_SUCCESS);
}

static void
test_full_scope (void)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *cgroup = NULL;
  const char *at;
  ServiceTest test;
  g_autofree char *old = NULL;
  g_autofree char *bare = NULL;
  g_autofree char *groups = NULL;
  g_autofree char *group = NULL;
  g_autofree char *events = NULL;
  g_autofree char *act = NULL;
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_assert_true (g_file_get_contents ("/proc/self/cgroup", &cgroup, NULL, NULL));
  at = strstr (cgroup, "0::/");
  g_assert_nonnull (at);

  service_test_set_up (&test);
  groups = g_build_filename (test.root, "groups", NULL);
  {
    g_autofree char *name = g_strndup (at + strlen ("0::"), strcspn (at + strlen ("0::"), "\n"));

    group = g_build_filename (groups, name, NULL);
  }
  events = g_build_filename (group, "memory.events", NULL);
  g_assert_no_errno (g_mkdir_with_parents (group, 0755));
  g_assert_true (g_file_set_contents (events, "low 0\nmax 12\noom 3\noom_kill 3\n", -1, NULL));
  act = g_strdup_printf ("say(event='ready')\n"
                         "while not os.path.exists('%s/go'): time.sleep(0.002)\n"
                         "os.kill(os.getpid(), signal.SIGKILL)\n",
                         test.root);
  service_test_act (&test, act);
  {
    const char *argv[] = {
      g_find_program_in_path ("bwrap"), "--dev-bind", "/", "/", "--bind", groups,
      "/sys/fs/cgroup", "--", self, "--full-scope", test.root, NULL,
    };

    old = service_test_hide_sandbox (&test);
    bare = put_program (&test, "systemd-run", systemd_run);
    g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, &errors, &status,
                  &error);
    g_free ((char *) argv[0]);
  }
  g_setenv ("PATH", old, TRUE);
  g_assert_no_error (error);
  if (status != 0)
    g_error ("%s", errors);
  service_test_tear_down (&test);
}

/* The runner of the product */

static const char asking[] =
  "POST /inference HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 9\r\n"
  "Authorization: Bearer ";

static char *
ask (ServiceTest *test)
{
  g_autofree char *request =
    g_strconcat (asking, test->plan->token, "\r\n\r\n{\"a\": 20}", NULL);

  return service_test_request (test, request);
}

static void
test_model (void)
{
  ServiceTest test;
  g_autofree char *answer = NULL;

  service_test_set_up (&test);
  service_test_use_runner (&test,
                           "import os, socket, tiinfer\n"
                           "class Double(tiinfer.Model):\n"
                           "    def load(self): return True\n"
                           "    def predict(self, data):\n"
                           "        front = os.getppid()\n"
                           "        seen = []\n"
                           "        for name in ('mem', 'environ', 'fd/3', 'fd/6'):\n"
                           "            path = '/proc/%d/%s' % (front, name)\n"
                           "            try:\n"
                           "                with open(path, 'rb') as file: file.read(1)\n"
                           "                seen.append(name)\n"
                           "            except OSError: pass\n"
                           "        for number in range(3, 200):\n"
                           "            try: peer = socket.socket(fileno=os.dup(number))\n"
                           "            except OSError: continue\n"
                           "            if peer.family == socket.AF_INET: seen.append(number)\n"
                           "        return {'double': 2 * data['a'], 'seen': seen}\n");
  service_test_start (&test);
  service_test_wait_ready (&test);
  answer = ask (&test);
  g_assert_nonnull (answer);
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 200 "));
  g_assert_true (g_str_has_suffix (answer, "{\"double\":40,\"seen\":[]}"));
  test.plan->token[0] ^= 1;
  g_free (answer);
  answer = ask (&test);
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 401 "));
  granary_service_process_stop (test.process);
  service_test_assert_ended (&test, GRANARY_SERVICE_FAILURE_NONE, NULL, FALSE);
  service_test_assert_not_logged (&test, "did not stop");
  service_test_tear_down (&test);
}

static void
test_models (void)
{
  static const struct
  {
    const char           *source;
    gboolean              is_called; /* it fails when it is called, not before */
    GranaryServiceFailure failure;
    const char           *detail; /* as it begins */
    gboolean              may_restart;
  } rows[] = {
    { "import nothing_of_this_name\n", FALSE, GRANARY_SERVICE_FAILURE_IMPORT,
      "ModuleNotFoundError: No module named 'nothing_of_this_name'", FALSE },
    { "import tiinfer\n"
      "class M(tiinfer.Model):\n"
      "    def load(self): return False\n"
      "    def predict(self, data): return data\n",
      FALSE, GRANARY_SERVICE_FAILURE_LOAD, NULL, FALSE },
    { "import tiinfer\n"
      "class M(tiinfer.Model):\n"
      "    def load(self): self.kept = [bytearray(1 << 24) for _ in range(1000)]\n"
      "    def predict(self, data): return data\n",
      FALSE, GRANARY_SERVICE_FAILURE_MEMORY, "384", TRUE },
    { "import os, tiinfer\n"
      "class M(tiinfer.Model):\n"
      "    def load(self):\n"
      "        if os.fork() == 0:\n"
      "            os.setsid()\n"
      "            while True: pass\n"
      "        return True\n"
      "    def predict(self, data): os._exit(3)\n",
      TRUE, GRANARY_SERVICE_FAILURE_EXITED, "3", TRUE },
    { "import os, signal, tiinfer\n"
      "class M(tiinfer.Model):\n"
      "    def load(self): return True\n"
      "    def predict(self, data): os.kill(os.getpid(), signal.SIGSEGV)\n",
      TRUE, GRANARY_SERVICE_FAILURE_KILLED, "SIGSEGV", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      ServiceTest test;

      g_test_message ("%s", rows[i].source);
      service_test_set_up (&test);
      test.plan->profile->memory_limit = 384 * MIB;
      service_test_use_runner (&test, rows[i].source);
      service_test_start (&test);
      if (rows[i].is_called)
        {
          g_autofree char *answer = NULL;

          service_test_wait_ready (&test);
          answer = ask (&test);
          g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 50"));
        }
      service_test_wait_ended (&test);
      if (test.failure != rows[i].failure)
        {
          g_autofree char *log = service_test_dup_log (&test);

          g_error ("%s: %s\n%s", granary_service_failure_to_id (test.failure), test.detail, log);
        }
      if (rows[i].detail == NULL)
        g_assert_null (test.detail);
      else
        g_assert_true (g_str_has_prefix (test.detail, rows[i].detail));
      g_assert_true (test.may_restart == rows[i].may_restart);
      g_assert_cmpuint (service_test_count (test.mark), ==, 0);
      service_test_tear_down (&test);
    }
}

int
main (int   argc,
      char *argv[])
{
  if (argc == 3 && g_str_equal (argv[1], "--full-scope"))
    run_full_scope (argv[2]);

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/service-fences/memory", test_memory);
  g_test_add_func ("/service-fences/room", test_room);
  g_test_add_func ("/service-fences/reach", test_reach);
  g_test_add_func ("/service-fences/network", test_network);
  g_test_add_func ("/service-fences/secrets", test_secrets);
  g_test_add_func ("/service-fences/reduced", test_reduced);
  g_test_add_func ("/service-fences/spoilt", test_spoilt);
  g_test_add_func ("/service-fences/scope", test_scope);
  g_test_add_func ("/service-fences/full-scope", test_full_scope);
  g_test_add_func ("/service-fences/model", test_model);
  g_test_add_func ("/service-fences/models", test_models);

  return g_test_run ();
}
