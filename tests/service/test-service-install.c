/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-local-io.h"
#include "granary-sandbox.h"
#include "granary-service-install.h"
#include "granary-serviced-protocol.h"
#include "service-testing.h"

/* pip, in the sandbox, from a folder of packages that the test makes. */

typedef struct
{
  ServiceTest  service;
  char        *packages; /* folder of wheels */
  char        *python;   /* as of the last install (nullable) */
  char        *detail;   /* (nullable) */
  GError      *error;    /* (nullable) */
  gboolean     is_over;
} Test;

/* A wheel with one module, which is all that pip asks of one, and what it puts into the environment
 * besides. */
static const char wheel_maker[] =
  "import sys, zipfile\n"
  "folder, version, *more = sys.argv[1:]\n"
  "info = 'granary_probe-%s.dist-info/' % version\n"
  "with zipfile.ZipFile('%s/granary_probe-%s-py3-none-any.whl' % (folder, version), 'w') as file:\n"
  "    file.writestr('granary_probe.py', 'VALUE = %r\\n' % version)\n"
  "    file.writestr(info + 'METADATA',\n"
  "                  'Metadata-Version: 2.1\\nName: granary-probe\\nVersion: %s\\n' % version)\n"
  "    file.writestr(info + 'WHEEL',\n"
  "                  'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')\n"
  "    for name, text in zip(more[::2], more[1::2]):\n"
  "        file.writestr('granary_probe-%s.data/data/%s' % (version, name), text)\n"
  "    file.writestr(info + 'RECORD', '')\n";

/* Auxiliary functions */

static void
run (const char * const *argv)
{
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

static void
make_wheel (Test       *test,
            const char *version)
{
  const char *argv[] = { "/usr/bin/python3", "-c", wheel_maker, test->packages, version, NULL };

  run (argv);
}

static void
require (Test       *test,
         const char *text)
{
  g_autofree char *path = g_build_filename (test->service.plan->revision, "requirements.txt", NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
set_up (Test          *test,
        gconstpointer  data)
{
  service_test_set_up (&test->service);
  /* The installer is that of the product. */
  g_set_str (&test->service.plan->runner, g_getenv ("GRANARY_RUNNER"));
  test->packages = g_build_filename (test->service.root, "packages", NULL);
  g_assert_no_errno (g_mkdir (test->packages, 0755));
  make_wheel (test, "1.0");
  g_setenv ("PIP_NO_INDEX", "1", TRUE);
  g_setenv ("PIP_FIND_LINKS", test->packages, TRUE);
}

static void
tear_down (Test          *test,
           gconstpointer  data)
{
  service_test_tear_down (&test->service);
  g_free (test->packages);
  g_free (test->python);
  g_free (test->detail);
  g_clear_error (&test->error);
}

static void
installed_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Test *test = user_data;

  test->python = granary_service_install_finish (result, &test->detail, &test->error);
  test->is_over = TRUE;
}

static void
install (Test         *test,
         GCancellable *cancellable)
{
  g_clear_pointer (&test->python, g_free);
  g_clear_pointer (&test->detail, g_free);
  g_clear_error (&test->error);
  test->is_over = FALSE;
  granary_service_install_async (test->service.plan, cancellable, installed_cb, test);
}

static void
wait_installed (Test *test)
{
  while (!test->is_over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (service_test_count (test->service.mark), ==, 0);
}

static void
assert_installed (Test *test)
{
  g_autofree char *expected = g_build_filename (test->service.folder, "venv/bin/python", NULL);

  wait_installed (test);
  if (test->error != NULL)
    {
      g_autofree char *log = service_test_dup_log (&test->service);

      g_error ("%s: %s\n%s", test->error->message, test->detail, log);
    }
  g_assert_cmpstr (test->python, ==, expected);
  g_assert_false (granary_service_install_is_needed (test->service.plan));
}

/* The service, with what was installed; its runner is the one of these tests. */
static void
serve (Test       *test,
       const char *act)
{
  g_autofree char *python = g_steal_pointer (&test->service.plan->python);
  g_autofree char *runner = g_steal_pointer (&test->service.plan->runner);

  test->service.plan->python = g_strdup (test->python);
  test->service.plan->base = g_strdup (python);
  test->service.plan->runner = g_build_filename (test->service.root, "runner", NULL);
  service_test_act (&test->service, act);
  service_test_start (&test->service);
  service_test_wait_ready (&test->service);
  granary_service_process_stop (test->service.process);
  service_test_wait_ended (&test->service);
  g_set_str (&test->service.plan->python, python);
  g_clear_pointer (&test->service.plan->base, g_free);
  g_set_str (&test->service.plan->runner, runner);
}

/* Tests */

static void
test_install (Test          *test,
              gconstpointer  data)
{
  static const char act[] = "import granary_probe, numpy\n"
                            "print('value', granary_probe.VALUE, numpy.ones(2).sum())\n"
                            "serve()\n";
  g_autofree char *left = g_build_filename (test->service.folder, "venv/.tmp", NULL);

  g_assert_false (granary_service_install_is_needed (test->service.plan));
  require (test, "granary-probe==1.0\n");
  g_assert_true (granary_service_install_is_needed (test->service.plan));
  install (test, NULL);
  assert_installed (test);
  g_assert_false (g_file_test (left, G_FILE_TEST_EXISTS));
  service_test_assert_logged (&test->service, "Successfully installed granary-probe-1.0");
  serve (test, act);
  service_test_assert_logged (&test->service, "value 1.0 2.0\n");

  /* Nothing is done for the same another time, */
  g_setenv ("PIP_FIND_LINKS", "/nowhere", TRUE);
  install (test, NULL);
  assert_installed (test);
  g_setenv ("PIP_FIND_LINKS", test->packages, TRUE);

  /* and everything for others. */
  make_wheel (test, "2.0");
  require (test, "granary-probe>1\n");
  g_assert_true (granary_service_install_is_needed (test->service.plan));
  install (test, NULL);
  assert_installed (test);
  serve (test, act);
  service_test_assert_logged (&test->service, "value 2.0 2.0\n");
}

static void
test_nothing (Test          *test,
              gconstpointer  data)
{
  install (test, NULL);
  wait_installed (test);
  g_assert_no_error (test->error);
  g_assert_cmpstr (test->python, ==, "/usr/bin/python3");
}

/* A file of the version itself. */
static void
test_own_wheel (Test          *test,
                gconstpointer  data)
{
  g_autofree char *from =
    g_build_filename (test->packages, "granary_probe-1.0-py3-none-any.whl", NULL);
  const char *argv[] = { "cp", "--", from, test->service.plan->revision, NULL };

  run (argv);
  g_setenv ("PIP_FIND_LINKS", "/nowhere", TRUE);
  require (test, "./granary_probe-1.0-py3-none-any.whl\n");
  install (test, NULL);
  assert_installed (test);
}

static void
test_refused (Test          *test,
              gconstpointer  data)
{
  require (test, "granary-probe==1.0\ngranary-probe-of-nobody>=7\n");
  install (test, NULL);
  wait_installed (test);
  g_assert_null (test->python);
  g_assert_true (granary_error_matches_reason (test->error, GRANARY_REASON_REQUIREMENTS_UNMET));
  g_assert_nonnull (test->detail);
  g_assert_cmpstr (test->detail, ==,
                   "ERROR: No matching distribution found for granary-probe-of-nobody>=7");
  g_assert_cmpstr (granary_error_get_subject (test->error), ==, test->detail);
  g_assert_true (granary_service_install_is_needed (test->service.plan));

  /* What was begun is not in the way. */
  require (test, "granary-probe==1.0\n");
  install (test, NULL);
  assert_installed (test);
}

/* Packages that were added to the environment which was chosen are there in the sandbox, too. */
static void
test_environment (Test          *test,
                  gconstpointer  data)
{
  g_autofree char *chosen = g_build_filename (test->service.root, "chosen", NULL);
  g_autofree char *python = g_build_filename (chosen, "bin/python", NULL);
  const char *make[] = { "/usr/bin/python3", "-m", "venv", "--without-pip", chosen, NULL };
  const char *fill[] = {
    python, "-c", "import sysconfig\n"
                  "path = sysconfig.get_path('purelib') + '/only_there.py'\n"
                  "open(path, 'w').write('VALUE = 5')\n",
    NULL,
  };

  run (make);
  run (fill);
  g_set_str (&test->service.plan->python, python);
  require (test, "granary-probe\n");
  install (test, NULL);
  assert_installed (test);
  serve (test, "import granary_probe, only_there\n"
               "print('values', granary_probe.VALUE, only_there.VALUE)\n"
               "serve()\n");
  service_test_assert_logged (&test->service, "values 1.0 5\n");
}

/* What was installed for one version of Python is of no use to the next, whatever its name. */
static void
test_upgraded (Test          *test,
               gconstpointer  data)
{
  g_autofree char *python = g_build_filename (test->service.root, "python3", NULL);

  g_assert_no_errno (symlink ("/usr/bin/python3", python));
  g_set_str (&test->service.plan->python, python);
  require (test, "granary-probe==1.0\n");
  install (test, NULL);
  assert_installed (test);
  serve (test, "import granary_probe\nprint('value', granary_probe.VALUE)\nserve()\n");
  service_test_assert_logged (&test->service, "value 1.0\n");

  g_assert_no_errno (g_unlink (python));
  g_assert_no_errno (symlink ("/bin/sh", python));
  g_assert_true (granary_service_install_is_needed (test->service.plan));
}

static int
refuse_sync_cb (const GranaryLocalIoStep *step,
                gpointer                  data)
{
  return step->call == GRANARY_LOCAL_IO_SYNC ? EIO : 0;
}

/* What a power loss may undo is not said to be there. */
static void
test_not_durable (Test          *test,
                  gconstpointer  data)
{
  require (test, "granary-probe==1.0\n");
  granary_local_io_set_hook (refuse_sync_cb, NULL);
  install (test, NULL);
  wait_installed (test);
  granary_local_io_set_hook (NULL, NULL);
  g_assert_null (test->python);
  g_assert_error (test->error, GRANARY_ERROR, GRANARY_ERROR_FILE);
  g_assert_true (granary_service_install_is_needed (test->service.plan));

  install (test, NULL);
  assert_installed (test);
}

/* A package cannot say what of the user's a service sees. */
static void
test_settings_of_package (Test          *test,
                          gconstpointer  data)
{
  g_autofree char *folder = g_build_filename (test->service.root, "private", NULL);
  g_autofree char *path = g_build_filename (folder, "letter", NULL);
  g_autofree char *act = g_strdup_printf ("import granary_probe, os\n"
                                          "print('private', os.path.exists('%s'))\n"
                                          "serve()\n", path);
  g_autofree char *settings = g_strdup_printf ("home = /usr/bin\n"
                                               "include-system-site-packages = true\n"
                                               "granary-python = %s\n", folder);
  const char *argv[] = {
    "/usr/bin/python3", "-c", wheel_maker, test->packages, "3.0", "pyvenv.cfg", settings, NULL,
  };
  g_autofree char *written = g_build_filename (test->service.folder, "venv/pyvenv.cfg", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_no_errno (g_mkdir (folder, 0700));
  g_file_set_contents (path, "dear", -1, &error);
  g_assert_no_error (error);
  run (argv);
  require (test, "granary-probe==3.0\n");
  install (test, NULL);
  assert_installed (test);
  g_file_get_contents (written, &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, settings);

  serve (test, act);
  service_test_assert_logged (&test->service, "private False\n");
}

/* What is in the way of what is looked at before does not hold up the process that runs all
 * services. */
static void
test_pipe (Test          *test,
           gconstpointer  data)
{
  g_autofree char *folder = g_build_filename (test->service.folder, "venv", NULL);
  g_autofree char *path = g_build_filename (folder, ".granary", NULL);

  g_assert_no_errno (g_mkdir (folder, 0700));
  g_assert_no_errno (mkfifo (path, 0600));
  require (test, "granary-probe==1.0\n");
  g_assert_true (granary_service_install_is_needed (test->service.plan));
  install (test, NULL);
  assert_installed (test);
}

/* It hangs on the network; a password of the index is in no command line and not in the log. */
static void
test_cancel (Test          *test,
             gconstpointer  data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *address =
    g_strdup_printf ("http://someone:pass-of-index@127.0.0.1:%u/simple", test->service.port);
  g_autofree char *log = NULL;
  int connection = -1;

  g_unsetenv ("PIP_NO_INDEX");
  g_unsetenv ("PIP_FIND_LINKS");
  g_setenv ("PIP_INDEX_URL", address, TRUE);
  require (test, "granary-probe==1.0\n");
  install (test, cancellable);
  while (connection < 0)
    {
      g_main_context_iteration (NULL, FALSE);
      connection = accept4 (test->service.socket, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (connection < 0)
        g_usleep (1000);
    }
  g_assert_cmpuint (service_test_count (test->service.mark), >, 0);
  {
    g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
    const char *name;

    while ((name = g_dir_read_name (dir)) != NULL)
      {
        g_autofree char *path = g_build_filename ("/proc", name, "cmdline", NULL);
        g_autofree char *text = NULL;
        gsize length;

        if (g_ascii_isdigit (*name) && g_file_get_contents (path, &text, &length, NULL))
          g_assert_null (memmem (text, length, "pass-of-index", strlen ("pass-of-index")));
      }
  }

  g_cancellable_cancel (cancellable);
  wait_installed (test);
  g_assert_error (test->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (granary_service_install_is_needed (test->service.plan));
  log = service_test_dup_log (&test->service);
  g_assert_null (strstr (log, "pass-of-index"));
  g_assert_nonnull (strstr (log, "installing was called off"));
  close (connection);
  g_unsetenv ("PIP_INDEX_URL");

  /* Called off before it began. */
  install (test, cancellable);
  wait_installed (test);
  g_assert_error (test->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Settings of the user, though the home is not there. */
static void
test_settings (Test          *test,
               gconstpointer  data)
{
  g_autofree char *folder = g_build_filename (g_get_user_config_dir (), "pip", NULL);
  g_autofree char *path = g_build_filename (folder, "pip.conf", NULL);
  g_autofree char *text =
    g_strdup_printf ("[global]\nno-index = true\nfind-links = file://%s/packages\n",
                     GRANARY_SANDBOX_MODEL);
  g_autofree char *target = g_build_filename (test->service.plan->revision, "packages", NULL);
  const char *argv[] = { "cp", "-r", "--", test->packages, target, NULL };
  g_autoptr (GError) error = NULL;

  run (argv);
  g_unsetenv ("PIP_NO_INDEX");
  g_unsetenv ("PIP_FIND_LINKS");
  g_assert_no_errno (g_mkdir_with_parents (folder, 0700));
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  require (test, "granary-probe==1.0\n");
  install (test, NULL);
  assert_installed (test);
}

static void
test_no_sandbox (Test          *test,
                 gconstpointer  data)
{
  g_autofree char *old = service_test_hide_sandbox (&test->service);

  require (test, "granary-probe==1.0\n");
  install (test, NULL);
  wait_installed (test);
  g_assert_true (granary_error_matches_reason (test->error, GRANARY_REASON_SANDBOX_MISSING));

  test->service.plan->profile->allow_unsandboxed = TRUE;
  install (test, NULL);
  assert_installed (test);
  serve (test, "import granary_probe\nprint('value', granary_probe.VALUE)\nserve()\n");
  service_test_assert_logged (&test->service, "value 1.0\n");
  g_setenv ("PATH", old, TRUE);
}

static void
test_no_python (Test          *test,
                gconstpointer  data)
{
  require (test, "granary-probe==1.0\n");
  g_set_str (&test->service.plan->python, "/nowhere/python3");
  install (test, NULL);
  wait_installed (test);
  g_assert_true (granary_error_matches_reason (test->error, GRANARY_REASON_PYTHON_MISSING));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(path, func) g_test_add ("/service-install/" path, Test, NULL, set_up, func, tear_down)
  ADD ("install", test_install);
  ADD ("nothing", test_nothing);
  ADD ("own-wheel", test_own_wheel);
  ADD ("refused", test_refused);
  ADD ("environment", test_environment);
  ADD ("upgraded", test_upgraded);
  ADD ("not-durable", test_not_durable);
  ADD ("settings-of-package", test_settings_of_package);
  ADD ("pipe", test_pipe);
  ADD ("cancel", test_cancel);
  ADD ("settings", test_settings);
  ADD ("no-sandbox", test_no_sandbox);
  ADD ("no-python", test_no_python);
#undef ADD

  return g_test_run ();
}
