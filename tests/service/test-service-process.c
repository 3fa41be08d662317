/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-serviced-protocol.h"
#include "service-testing.h"

/* Runs of services as granary-serviced starts them, in the sandbox of this computer but where it
 * says otherwise. */

/* Its life */

static void
test_serve (void)
{
  ServiceTest test;
  g_autofree char *answer = NULL;

  service_test_set_up (&test);
  service_test_start (&test);
  service_test_wait_ready (&test);
  g_assert_true (granary_service_process_is_running (test.process));
  answer = service_test_call (&test);
  g_assert_cmpstr (answer, ==, "HTTP/1.0 200 OK\r\n\r\nserved");

  granary_service_process_stop (test.process);
  granary_service_process_stop (test.process);
  service_test_assert_ended (&test, GRANARY_SERVICE_FAILURE_NONE, NULL, FALSE);
  service_test_assert_logged (&test, "started, in a sandbox");
  service_test_assert_logged (&test, "stopped");
  service_test_assert_not_logged (&test, "did not stop");

  /* Its port is still that of the supervisor. */
  service_test_start (&test);
  service_test_wait_ready (&test);
  g_free (answer);
  answer = service_test_call (&test);
  g_assert_nonnull (answer);
  service_test_tear_down (&test);
}

static void
test_kill (void)
{
  ServiceTest test;

  service_test_set_up (&test);
  service_test_start (&test);
  granary_service_process_kill (test.process);
  service_test_assert_ended (&test, GRANARY_SERVICE_FAILURE_NONE, NULL, FALSE);

  service_test_act (&test, "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nserve()\n");
  service_test_start (&test);
  service_test_wait_ready (&test);
  granary_service_process_kill (test.process);
  service_test_assert_ended (&test, GRANARY_SERVICE_FAILURE_NONE, NULL, FALSE);
  service_test_tear_down (&test);
}

static void
test_timeout (void)
{
  ServiceTest test;

  service_test_set_up (&test);
  test.plan->profile->start_timeout = 1;
  service_test_act (&test, "while True: pass\n");
  service_test_start (&test);
  service_test_assert_ended (&test, GRANARY_SERVICE_FAILURE_TIMEOUT, "1", TRUE);
  g_assert_cmpuint (test.n_ready, ==, 0);
  service_test_tear_down (&test);
}

static void
test_ignores_stop (void)
{
  ServiceTest test;

  service_test_set_up (&test);
  service_test_act (&test,
                    "for number in range(1, 32):\n"
                    "    if number not in (signal.SIGKILL, signal.SIGSTOP):\n"
                    "        signal.signal(number, signal.SIG_IGN)\n"
                    "say(event='ready')\n"
                    "while True: time.sleep(1)\n");
  service_test_start (&test);
  service_test_wait_ready (&test);
  granary_service_process_stop (test.process);
  service_test_assert_ended (&test, GRANARY_SERVICE_FAILURE_NONE, NULL, FALSE);
  service_test_assert_logged (&test, "did not stop within 10 seconds, killed");
  service_test_tear_down (&test);
}

/* How it ends */

static void
test_exits (void)
{
  static const struct
  {
    const char           *source;
    GranaryServiceFailure failure;
    const char           *detail;
    gboolean              may_restart;
  } rows[] = {
    { "sys.exit(7)\n", GRANARY_SERVICE_FAILURE_EXITED, "7", TRUE },
    { "sys.exit(0)\n", GRANARY_SERVICE_FAILURE_EXITED, "0", TRUE },
    { "raise ValueError('no')\n", GRANARY_SERVICE_FAILURE_EXITED, "1", TRUE },
    { "os.kill(os.getpid(), signal.SIGSEGV)\n", GRANARY_SERVICE_FAILURE_KILLED, "SIGSEGV", TRUE },
    { "os.abort()\n", GRANARY_SERVICE_FAILURE_KILLED, "SIGABRT", TRUE },
    { "os.kill(os.getpid(), signal.SIGKILL)\n", GRANARY_SERVICE_FAILURE_KILLED, "SIGKILL", TRUE },
    { "say(event='failed', failure='import', detail='ImportError: x')\nsys.exit(70)\n",
      GRANARY_SERVICE_FAILURE_IMPORT, "ImportError: x", FALSE },
    { "say(event='failed', failure='load')\nsys.exit(70)\n", GRANARY_SERVICE_FAILURE_LOAD, NULL,
      FALSE },
    { "say(event='failed', failure='requirements', detail='a>1, b')\nsys.exit(70)\n",
      GRANARY_SERVICE_FAILURE_REQUIREMENTS, "a>1, b", FALSE },
    { "say(event='failed', failure='handler', detail='x')\nsys.exit(70)\n",
      GRANARY_SERVICE_FAILURE_HANDLER, "x", FALSE },
    { "say(event='failed', failure='stuck', detail='60')\nsys.exit(70)\n",
      GRANARY_SERVICE_FAILURE_STUCK, "60", TRUE },
    { "say(event='failed', failure='killed', detail='SIGSEGV')\nsys.exit(70)\n",
      GRANARY_SERVICE_FAILURE_KILLED, "SIGSEGV", TRUE },
    /* What a runner cannot know is not what it says. */
    { "say(event='failed', failure='arrears')\nsys.exit(70)\n",
      GRANARY_SERVICE_FAILURE_EXITED, "70", TRUE },
    /* The first reason is the reason. */
    { "say(event='failed', failure='load', detail='first')\n"
      "say(event='failed', failure='import', detail='second')\n"
      "say(event='ready')\nsys.exit(70)\n",
      GRANARY_SERVICE_FAILURE_LOAD, "first", FALSE },
  };
  ServiceTest test;

  service_test_set_up (&test);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].source);
      service_test_act (&test, rows[i].source);
      service_test_start (&test);
      service_test_assert_ended (&test, rows[i].failure, rows[i].detail, rows[i].may_restart);
      g_assert_cmpuint (test.n_ready, ==, 0);
    }
  service_test_tear_down (&test);
}

/* It says that it failed, again and again, and stays. */
static void
test_failed_stays (void)
{
  ServiceTest test;

  service_test_set_up (&test);
  service_test_act (&test, "while True:\n"
                           "    say(event='failed', failure='load', detail='bad')\n"
                           "    time.sleep(1)\n");
  service_test_start (&test);
  service_test_assert_ended (&test, GRANARY_SERVICE_FAILURE_LOAD, "bad", FALSE);
  service_test_tear_down (&test);
}

static void
test_hostile_status (void)
{
  ServiceTest test;

  service_test_set_up (&test);
  service_test_act (&test,
                    "for text in (b'', b'{', b'[]', b'null', b'7', b'\"ready\"', b'\\xff\\xfe',\n"
                    "             b'{\"event\": null}', b'{\"event\": 7}', b'[' * 8000,\n"
                    "             b'{\"event\": \"else\"}', b'{\"event\": \"failed\"}',\n"
                    "             b'{\"event\": \"failed\", \"failure\": 3}',\n"
                    "             b'{\"event\": \"failed\", \"failure\": \"none\"}',\n"
                    "             b'\\0\\0', b'x' * 300000,\n"
                    "             b'{\"event\": \"ready\", \"x\": \"' + b'y' * 9000 + b'\"}'):\n"
                    "    os.write(4, text + b'\\n')\n"
                    "print('said it all')\n"
                    "detail = '\\x1b[2J\\n' + '\\u00e9' * 400\n"
                    "say(event='failed', failure='import', detail=detail)\n"
                    "sys.exit(70)\n");
  service_test_start (&test);
  service_test_wait_ended (&test);
  g_assert_cmpuint (test.n_ready, ==, 0);
  g_assert_cmpint (test.failure, ==, GRANARY_SERVICE_FAILURE_IMPORT);
  g_assert_cmpuint (strlen (test.detail), <=, 500);
  g_assert_true (g_utf8_validate (test.detail, -1, NULL));
  g_assert_true (g_str_has_prefix (test.detail, "\\u001b[2J\\n\u00e9"));
  service_test_assert_logged (&test, "said it all");
  service_test_tear_down (&test);
}

/* Nobody is left */

#define N_FORKS 5

static const char forking[] =
  "for _ in range(" G_STRINGIFY (N_FORKS) "):\n"
  "    if os.fork() == 0:\n"
  "        signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
  "        signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
  "        os.setsid()\n"
  "        if os.fork() == 0:\n"
  "            os.setsid()\n"
  "            os.closerange(0, 100)\n"
  "            while True: time.sleep(1)\n"
  "        os._exit(0)\n";

static void
check_forks (ServiceTest *test)
{
  static const char * const ends[] = {
    "sys.exit(3)\n",
    "say(event='failed', failure='load', detail='x')\nsys.exit(70)\n",
    "os.kill(os.getpid(), signal.SIGKILL)\n",
    "serve()\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *source = g_strconcat (forking, ends[i], NULL);

      service_test_act (test, source);
      service_test_start (test);
      if (g_str_equal (ends[i], "serve()\n"))
        {
          service_test_wait_ready (test);
          while (service_test_count (test->mark) <= N_FORKS)
            g_usleep (1000);
          granary_service_process_stop (test->process);
        }
      service_test_wait_ended (test);
      g_assert_cmpuint (service_test_count (test->mark), ==, 0);
    }
}

static void
test_forks (void)
{
  ServiceTest test;

  service_test_set_up (&test);
  check_forks (&test);
  service_test_tear_down (&test);
}

/* The supervisor itself as a child, to be killed. */
static int
run_child (const char *root,
           gboolean    without_sandbox)
{
  ServiceTest test;

  service_test_set_up_in (&test, root);
  test.plan->profile->allow_unsandboxed = without_sandbox;
  service_test_start (&test);
  service_test_wait_ready (&test);
  g_print ("ready\n");
  service_test_wait_ended (&test);

  return EXIT_FAILURE;
}

static void
check_killed_supervisor (ServiceTest *test,
                         const char  *verb)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *source = g_strconcat (forking, "serve()\n", NULL);
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GError) error = NULL;
  char line[6] = "";
  gsize length;

  service_test_act (test, source);
  child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, verb, test->root,
                            NULL);
  g_assert_no_error (error);
  g_input_stream_read_all (g_subprocess_get_stdout_pipe (child), line, 6, &length, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (line, length, "ready\n", 6);
  while (service_test_count (test->mark) <= N_FORKS)
    g_usleep (1000);

  g_subprocess_send_signal (child, SIGKILL);
  g_assert_true (g_subprocess_wait (child, NULL, &error));
  while (service_test_count (test->mark) > 0)
    g_usleep (1000);
}

static void
test_killed_supervisor (void)
{
  ServiceTest test;

  service_test_set_up (&test);
  check_killed_supervisor (&test, "--supervise");
  service_test_tear_down (&test);
}

/* Without a sandbox */

static void
test_no_sandbox (void)
{
  ServiceTest test;
  g_autoptr (GranaryServiceProcess) process = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *answer = NULL;

  service_test_set_up (&test);
  path = service_test_hide_sandbox (&test);

  process = granary_service_process_new (test.plan);
  g_assert_false (granary_service_process_start (process, &error));
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_SANDBOX_MISSING));
  g_assert_false (granary_service_process_is_running (process));

  test.plan->profile->allow_unsandboxed = TRUE;
  service_test_act (&test, "for name in sorted(os.environ): print('env', name, end=';')\n"
                           "print(model, os.environ['TI_MODEL_DIR'])\n"
                           "for fd in range(1024):\n"
                           "    try: os.fstat(fd); print('fd', fd, end=';')\n"
                           "    except OSError: pass\n"
                           "print()\n"
                           "serve()\n");
  service_test_start (&test);
  service_test_wait_ready (&test);
  answer = service_test_call (&test);
  g_assert_nonnull (answer);
  granary_service_process_stop (test.process);
  service_test_assert_ended (&test, GRANARY_SERVICE_FAILURE_NONE, NULL, FALSE);
  service_test_assert_logged (&test, "started, without a sandbox");
  service_test_assert_logged (&test,
                              "env GRANARY_TEST_MARK;env HOME;env LANG;env PATH;"
                              "env PYTHONUNBUFFERED;env TI_MODEL_DIR;");
  service_test_assert_logged (&test, test.plan->revision);
  service_test_assert_logged (&test, "fd 0;fd 1;fd 2;fd 3;fd 4;fd 6;\n");

  /* How it ends is told as in a sandbox. */
  service_test_act (&test, "os.kill(os.getpid(), signal.SIGSEGV)\n");
  service_test_start (&test);
  service_test_assert_ended (&test, GRANARY_SERVICE_FAILURE_KILLED, "SIGSEGV", TRUE);
  service_test_act (&test, "sys.exit(137)\n");
  service_test_start (&test);
  service_test_assert_ended (&test, GRANARY_SERVICE_FAILURE_EXITED, "137", TRUE);
  test.plan->profile->start_timeout = 1;
  service_test_act (&test, "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: pass\n");
  service_test_start (&test);
  service_test_assert_ended (&test, GRANARY_SERVICE_FAILURE_TIMEOUT, "1", TRUE);
  test.plan->profile->start_timeout = 0;

  check_forks (&test);
  check_killed_supervisor (&test, "--supervise-bare");

  g_setenv ("PATH", path, TRUE);
  service_test_tear_down (&test);
}

/* What is not there */

static void
test_missing (void)
{
  ServiceTest test;
  g_autofree char *python = NULL;
  g_autofree char *script = NULL;

  service_test_set_up (&test);
  python = g_build_filename (test.root, "gone", "bin", "python3", NULL);
  {
    g_autoptr (GranaryServiceProcess) process = NULL;
    g_autoptr (GError) error = NULL;

    g_set_str (&test.plan->python, python);
    process = granary_service_process_new (test.plan);
    g_assert_false (granary_service_process_start (process, &error));
    g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_PYTHON_MISSING));
    g_assert_cmpstr (granary_error_get_subject (error), ==, python);
  }
  {
    g_autoptr (GranaryServiceProcess) process = NULL;
    g_autoptr (GError) error = NULL;
    g_autofree char *revision = g_steal_pointer (&test.plan->revision);

    g_set_str (&test.plan->python, "/usr/bin/python3");
    test.plan->revision = g_build_filename (test.folder, "revision-9", NULL);
    process = granary_service_process_new (test.plan);
    g_assert_false (granary_service_process_start (process, &error));
    g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_SOURCE_MISSING));
    g_free (test.plan->revision);
    test.plan->revision = g_steal_pointer (&revision);
  }

  /* There, and not to be run: the interpreter that its first line asks for is gone. */
  script = g_build_filename (test.root, "python", NULL);
  g_assert_true (g_file_set_contents_full (script, "#!/nowhere/python\n", -1,
                                           G_FILE_SET_CONTENTS_NONE, 0755, NULL));
  g_set_str (&test.plan->python, script);
  service_test_start (&test);
  service_test_assert_ended (&test, GRANARY_SERVICE_FAILURE_PYTHON, script, FALSE);
  {
    g_autofree char *path = service_test_hide_sandbox (&test);
    g_autoptr (GranaryServiceProcess) process = NULL;
    g_autoptr (GError) error = NULL;

    test.plan->profile->allow_unsandboxed = TRUE;
    process = granary_service_process_new (test.plan);
    g_assert_false (granary_service_process_start (process, &error));
    g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_PYTHON_MISSING));
    g_assert_cmpstr (granary_error_get_subject (error), ==, script);
    g_setenv ("PATH", path, TRUE);
  }
  service_test_tear_down (&test);
}

/* The log */

static void
test_log_rotates (void)
{
  ServiceTest test;
  g_autofree char *path = NULL;
  g_autofree char *old_path = NULL;
  struct stat status;

  service_test_set_up (&test);
  path = g_build_filename (test.folder, GRANARY_SERVICED_LOG, NULL);
  old_path = g_build_filename (test.folder, GRANARY_SERVICED_OLD_LOG, NULL);
  service_test_act (&test, "for i in range(60000): print('line', i, 'x' * 60)\n"
                           "print('the end')\n"
                           "serve()\n");
  service_test_start (&test);
  service_test_wait_ready (&test);
  service_test_wait_log (&test, "\nthe end\n");
  g_assert_no_errno (stat (path, &status));
  g_assert_cmpint (status.st_size, <=, GRANARY_SERVICED_LOG_MAX);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  g_assert_no_errno (stat (old_path, &status));
  g_assert_cmpint (status.st_size, <=, GRANARY_SERVICED_LOG_MAX);
  g_assert_cmpint (status.st_size, >, GRANARY_SERVICED_LOG_MAX / 2);
  service_test_assert_logged (&test, "\nline 59999 xxx");
  service_test_tear_down (&test);
}

/* No file can grow any more: the log has gaps, the service goes on, and says so later. */
static void
test_log_full (void)
{
  ServiceTest test;
  struct rlimit old;
  struct rlimit small;
  g_autofree char *answer = NULL;
  g_autofree char *log = NULL;

  service_test_set_up (&test);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_no_errno (getrlimit (RLIMIT_FSIZE, &old));
  small = old;
  small.rlim_cur = 4096;
  service_test_act (&test, "say(event='ready')\n"
                           "for i in range(1000): print('line', i)\n"
                           "for answer in (b'half', b'more'):\n"
                           "    connection = listener.accept()[0]\n"
                           "    connection.recv(1000)\n"
                           "    connection.sendall(answer)\n"
                           "    connection.close()\n"
                           "    print('after', answer)\n"
                           "serve()\n");
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &small));
  service_test_start (&test);
  service_test_wait_ready (&test);
  service_test_wait_log (&test, "line 100\n");
  answer = service_test_call (&test);
  g_assert_cmpstr (answer, ==, "half");
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (test.n_ended, ==, 0);
  log = service_test_dup_log (&test);
  g_assert_cmpuint (strlen (log), <=, 4096);
  g_assert_true (g_str_has_suffix (log, "\n"));

  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &old));
  g_free (answer);
  answer = service_test_call (&test);
  g_assert_cmpstr (answer, ==, "more");
  service_test_wait_log (&test, "after b'more'\n");
  service_test_assert_logged (&test, " lines are missing here: File too large\n");
  service_test_assert_not_logged (&test, "line 999\n");
  granary_service_process_stop (test.process);
  service_test_assert_ended (&test, GRANARY_SERVICE_FAILURE_NONE, NULL, FALSE);
  service_test_tear_down (&test);
}

int
main (int   argc,
      char *argv[])
{
  if (argc == 3 && g_str_equal (argv[1], "--supervise"))
    return run_child (argv[2], FALSE);
  if (argc == 3 && g_str_equal (argv[1], "--supervise-bare"))
    return run_child (argv[2], TRUE);

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/service-process/serve", test_serve);
  g_test_add_func ("/service-process/kill", test_kill);
  g_test_add_func ("/service-process/timeout", test_timeout);
  g_test_add_func ("/service-process/ignores-stop", test_ignores_stop);
  g_test_add_func ("/service-process/exits", test_exits);
  g_test_add_func ("/service-process/failed-stays", test_failed_stays);
  g_test_add_func ("/service-process/hostile-status", test_hostile_status);
  g_test_add_func ("/service-process/forks", test_forks);
  g_test_add_func ("/service-process/killed-supervisor", test_killed_supervisor);
  g_test_add_func ("/service-process/no-sandbox", test_no_sandbox);
  g_test_add_func ("/service-process/missing", test_missing);
  g_test_add_func ("/service-process/log-rotates", test_log_rotates);
  g_test_add_func ("/service-process/log-full", test_log_full);

  return g_test_run ();
}
