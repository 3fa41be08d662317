/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-sandbox.h"

/* What is seen in sandboxes, by programs that run in them. */

#define PROBE "--probe" /* starts this program to tell what it finds */

typedef struct
{
  char *folder;  /* outside the home */
  char *home;    /* of this test */
  char *program; /* the interpreter of the system, no link */
  char *library; /* its standard library */
  char *path;    /* $PATH as it was */
} Test;

/* Auxiliary functions */

static char *
run (const char         *program,
     const char         *code,
     const char * const *more)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) argv = NULL;
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  char *output;
  int status;

  if (more != NULL)
    g_strv_builder_addv (builder, (const char **) more);
  else
    g_strv_builder_add_many (builder, program, "-I", "-c", code, NULL);
  argv = g_strv_builder_end (builder);
  g_spawn_sync ("/", argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, &errors, &status, &error);
  g_assert_no_error (error);
  if (status != 0)
    g_error ("%d: %s%s", status, output, errors);

  return output;
}

static char *
run_in (const GranarySandbox        *sandbox,
        const GranarySandboxOptions *options,
        const char                  *code)
{
  const char *argv[] = {
    options->python != NULL ? options->python : "/usr/bin/python3", "-I", "-B", "-c", code, NULL,
  };
  g_auto (GStrv) wrapped = granary_sandbox_wrap (sandbox, options, argv);

  return run (NULL, NULL, (const char * const *) wrapped);
}

static void
set_up (Test          *test,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  test->folder = g_dir_make_tmp ("granary-sandbox-XXXXXX", &error);
  g_assert_no_error (error);
  test->home = g_strdup (g_get_home_dir ());
  g_assert_no_errno (g_mkdir_with_parents (test->home, 0700));
  test->path = g_strdup (g_getenv ("PATH"));
  test->program = realpath ("/usr/bin/python3", NULL);
  g_assert_nonnull (test->program);
  test->library =
    run (test->program, "import os; print(os.path.dirname(os.__file__), end='')", NULL);
}

static void
tear_down (Test          *test,
           gconstpointer  data)
{
  const char *argv[] = { "rm", "-rf", "--", test->folder, NULL };

  g_setenv ("PATH", test->path, TRUE);
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
  g_free (test->folder);
  g_free (test->home);
  g_free (test->program);
  g_free (test->library);
  g_free (test->path);
}

static char *
write_file (const char *folder,
            const char *name,
            const char *text,
            int         mode)
{
  char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_no_errno (g_mkdir_with_parents (parent, 0700));
  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, mode, &error);
  g_assert_no_error (error);
  g_assert_no_errno (g_chmod (path, mode));

  return path;
}

static char *
make_link (const char *folder,
           const char *name,
           const char *target)
{
  char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_no_errno (g_mkdir_with_parents (parent, 0700));
  g_assert_no_errno (symlink (target, path));

  return path;
}

/* An interpreter with its own prefix, as uv, pyenv and conda make them. */
static void
make_python (Test       *test,
             const char *prefix)
{
  g_autofree char *version = g_path_get_basename (test->library);
  g_autofree char *name = g_build_filename ("bin", version, NULL);
  g_autofree char *lib = g_build_filename ("lib", version, NULL);
  g_autofree char *target = g_build_filename (prefix, name, NULL);
  g_autoptr (GFile) from = g_file_new_for_path (test->program);
  g_autoptr (GFile) to = g_file_new_for_path (target);
  g_autofree char *bin = g_path_get_dirname (target);
  g_autoptr (GError) error = NULL;

  g_assert_no_errno (g_mkdir_with_parents (bin, 0700));
  g_file_copy (from, to, G_FILE_COPY_NONE, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_no_errno (g_chmod (target, 0755));
  g_free (make_link (prefix, "bin/python3", version));
  g_free (make_link (prefix, lib, test->library));
}

/* What is tried */

static void
assert_none (Test       *test,
             const char *detail)
{
  const GranarySandbox *sandbox;

  g_setenv ("PATH", test->folder, TRUE);
  sandbox = granary_sandbox_probe ();
  g_assert_cmpint (granary_sandbox_get_kind (sandbox), ==, GRANARY_SANDBOX_NONE);
  g_assert_nonnull (strstr (granary_sandbox_get_detail (sandbox), detail));
}

static void
test_missing (Test          *test,
              gconstpointer  data)
{
  assert_none (test, "bwrap: not found");
}

static void
test_refused (Test          *test,
              gconstpointer  data)
{
  g_free (write_file (test->folder, "bwrap",
                      "#!/bin/sh\necho No permissions to make it >&2\nexit 1\n", 0755));
  assert_none (test, "No permissions to make it");
}

static void
test_unusable (Test          *test,
               gconstpointer  data)
{
  g_free (write_file (test->folder, "bwrap", "#!/nowhere/sh\n", 0755));
  assert_none (test, "bwrap");
}

/* The system as it is, with the file that tells of a Flatpak; bubblewrap itself works there. */
static void
test_flatpak (Test          *test,
              gconstpointer  data)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GDir) root = g_dir_open ("/", 0, NULL);
  g_autofree char *info = write_file (test->folder, "info", "[Application]\n", 0644);
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_auto (GStrv) argv = NULL;
  g_autofree char *output = NULL;
  const char *name;

  g_assert_nonnull (root);
  g_strv_builder_add_many (builder, "bwrap", "--ro-bind", info, "/.flatpak-info", NULL);
  while ((name = g_dir_read_name (root)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/", name, NULL);

      g_strv_builder_add_many (builder, "--dev-bind-try", path, path, NULL);
    }
  g_strv_builder_add_many (builder, "--", program, PROBE, NULL);
  argv = g_strv_builder_end (builder);

  output = run (NULL, NULL, (const char * const *) argv);
  g_assert_true (g_str_has_prefix (output, "0 Flatpak: "));
}

/* Once for each program. */
static void
test_once (Test          *test,
           gconstpointer  data)
{
  const GranarySandbox *sandbox = granary_sandbox_probe ();

  g_assert_cmpint (granary_sandbox_get_kind (sandbox), !=, GRANARY_SANDBOX_NONE);
  g_assert_null (granary_sandbox_get_detail (sandbox));
  g_assert_true (granary_sandbox_probe () == sandbox);
}

/* A computer that gives no /proc. */
static const GranarySandbox *
probe_reduced (Test *test)
{
  g_autofree char *real = g_find_program_in_path ("bwrap");
  g_autofree char *text =
    g_strdup_printf ("#!/bin/sh\n"
                     "for word; do\n"
                     "  [ \"$word\" = --proc ] && { echo no proc >&2; exit 1; }\n"
                     "done\n"
                     "exec %s \"$@\"\n",
                     real);
  g_autofree char *path = NULL;
  const GranarySandbox *sandbox;

  g_free (write_file (test->folder, "bwrap", text, 0755));
  path = g_strconcat (test->folder, ":", test->path, NULL);
  g_setenv ("PATH", path, TRUE);
  sandbox = granary_sandbox_probe ();
  g_assert_cmpint (granary_sandbox_get_kind (sandbox), ==, GRANARY_SANDBOX_REDUCED);

  return sandbox;
}

static void
test_reduced (Test          *test,
              gconstpointer  data)
{
  const GranarySandbox *sandbox = probe_reduced (test);
  GranarySandboxOptions options = { 0 };
  g_autofree char *output = NULL;

  output = run_in (sandbox, &options,
                   "import os, socket\n"
                   "print(sorted(os.listdir('/proc')), os.getpid() < 5)\n"
                   "print(len(open('/proc/cpuinfo').read()) > 10)\n"
                   "try: open('/proc/x', 'w')\n"
                   "except OSError: print('refused')\n");
  g_assert_cmpstr (output, ==, "['cpuinfo', 'meminfo'] True\nTrue\nrefused\n");
}

/* What is seen */

static void
test_nothing (Test          *test,
              gconstpointer  data)
{
  const GranarySandboxOptions options = { 0 };
  g_autofree char *output = NULL;

  g_free (write_file (test->folder, "file", "mine", 0644));
  output = run_in (granary_sandbox_probe (), &options,
                   "import os\n"
                   "print([n for n in sorted(os.listdir('/')) if not n.startswith('lib')])\n"
                   "print(os.listdir('/tmp'), os.getcwd())\n"
                   "print([d for d in os.listdir('/dev') if d[:2] in ('sd', 'vd', 'nv', 'dr')])\n"
                   "print(sorted(set(os.listdir('/etc')) -\n"
                   "             {'alternatives', 'ld.so.cache', 'ld.so.conf', 'ld.so.conf.d'}))\n"
                   "print(os.uname().nodename)\n");
  g_assert_cmpstr (output, ==,
                   "['bin', 'dev', 'etc', 'proc', 'sbin', 'tmp', 'usr']\n"
                   "[] /tmp\n[]\n[]\nservice\n");
}

static void
test_options (Test          *test,
              gconstpointer  data)
{
  g_autofree char *shown = write_file (test->folder, "shown/file", "text", 0644);
  g_autofree char *hidden = write_file (test->folder, "hidden", "text", 0644);
  g_autofree char *link = make_link (test->folder, "link", "shown/file");
  g_autofree char *model = g_build_filename (test->folder, "shown", NULL);
  g_autofree char *own = g_build_filename (test->folder, "own", NULL);
  g_autofree char *gone = g_build_filename (test->folder, "gone", NULL);
  g_autofree char *result = g_build_filename (own, "x", NULL);
  const char *readable[] = { link, gone, NULL };
  const char *writable[] = { own, NULL };
  const char *changes[] = { "NAME=a=b", "EMPTY=", "HOME", NULL };
  GranarySandboxOptions options = {
    .model = model, .readable = readable, .writable = writable, .changes = changes,
    .folder = GRANARY_SANDBOX_MODEL,
  };
  g_autofree char *code = g_strdup_printf (
    "import os, sys\n"
    "print(os.environ['NAME'], os.environ['EMPTY'] == '', 'HOME' in os.environ, os.getcwd())\n"
    "print(sorted(os.listdir('%s')), open('%s').read(), open('file').read())\n"
    "open('%s', 'w').write('written')\n"
    "for path in ('%s', 'file', '/usr/x'):\n"
    "    try: open(path, 'a'); print('can write', path)\n"
    "    except OSError: pass\n",
    test->folder, link, result, shown);
  g_autofree char *output = NULL;
  g_autofree char *text = NULL;

  g_assert_no_errno (g_mkdir (own, 0700));
  output = run_in (granary_sandbox_probe (), &options, code);
  g_assert_cmpstr (output, ==,
                   "a=b True False /data/model\n['link', 'own', 'shown'] text text\n");
  g_assert_true (g_file_get_contents (result, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "written");
}

/* Devices of graphics cards come with what their drivers look for, and only when allowed. */
static void
test_gpu (Test          *test,
          gconstpointer  data)
{
  GranarySandboxOptions options = { .allow_gpu = TRUE };
  static const char code[] = "import os; print(os.path.exists('/sys/class'))\n"
                             "print(os.path.exists('/dev/dri'))\n";
  g_autofree char *output = run_in (granary_sandbox_probe (), &options, code);
  g_autofree char *expected =
    g_strdup_printf ("%s\n%s\n", g_file_test ("/sys/class", G_FILE_TEST_EXISTS) ? "True" : "False",
                     g_file_test ("/dev/dri", G_FILE_TEST_EXISTS) ? "True" : "False");

  g_assert_cmpstr (output, ==, expected);
  options.allow_gpu = FALSE;
  g_free (output);
  output = run_in (granary_sandbox_probe (), &options, code);
  g_assert_cmpstr (output, ==, "False\nFalse\n");
}

/* Interpreters in the home */

static char *
look (Test       *test,
      const char *python)
{
  GranarySandboxOptions options = { .python = python };
  g_autofree char *code = g_strdup_printf (
    "import json, os, sys\n"
    "home = '%s'\n"
    "print(os.path.relpath(sys.prefix, home), os.path.relpath(sys.base_prefix, home))\n"
    "print(os.path.lexists(home + '/lib/secret'))\n"
    "for folder, folders, files in os.walk(home):\n"
    "    if 'lib' in folders: folders.remove('lib')\n"
    "    folders.sort()\n"
    "    print(os.path.relpath(folder, home), sorted(folders + files))\n",
    test->home);

  return run_in (granary_sandbox_probe (), &options, code);
}

/* A virtual environment of a base in the home, both reached through links of folders. */
static void
test_venv (Test          *test,
           gconstpointer  data)
{
  g_autofree char *bases = g_build_filename (test->home, ".local/share/uv", NULL);
  g_autofree char *base = g_build_filename (bases, "cpython-3.0.0", NULL);
  g_autofree char *alias = NULL;
  g_autofree char *target = NULL;
  g_autofree char *settings = NULL;
  g_autofree char *python = g_build_filename (test->home, "project/.venv/bin/python", NULL);
  g_autofree char *output = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *version = g_path_get_basename (test->library);

  g_free (write_file (test->home, ".ssh/id", "secret", 0600));
  g_free (write_file (test->home, "work/secret", "secret", 0600));
  g_free (write_file (bases, "other/bin/python3", "", 0700));
  make_python (test, base);
  alias = make_link (bases, "cpython-3", "cpython-3.0.0");
  target = g_build_filename (alias, "bin/python3", NULL);
  g_free (make_link (test->home, "work/.venv/bin/python", target));
  g_free (make_link (test->home, "project", "work"));
  settings = g_strdup_printf ("home = %s/bin\ninclude-system-site-packages = false\n", alias);
  g_free (write_file (test->home, "work/.venv/pyvenv.cfg", settings, 0600));

  output = look (test, python);
  expected = g_strdup_printf ("project/.venv .local/share/uv/cpython-3\nFalse\n"
                              ". ['.local', 'project', 'work']\n"
                              ".local ['share']\n"
                              ".local/share ['uv']\n"
                              ".local/share/uv ['cpython-3', 'cpython-3.0.0']\n"
                              ".local/share/uv/cpython-3.0.0 ['bin']\n"
                              ".local/share/uv/cpython-3.0.0/bin ['python3', '%s']\n"
                              "work ['.venv']\n"
                              "work/.venv ['bin', 'pyvenv.cfg']\n"
                              "work/.venv/bin ['python']\n",
                              version);
  g_assert_cmpstr (output, ==, expected);
}

/* An environment whose program is a copy: only its settings lead to the base. */
static void
test_copied_venv (Test          *test,
                  gconstpointer  data)
{
  g_autofree char *base = g_build_filename (test->home, "base", NULL);
  g_autofree char *venv = g_build_filename (test->home, "venv", NULL);
  g_autofree char *library = g_build_filename (venv, "lib", NULL);
  g_autofree char *settings = g_strdup_printf ("home = %s/bin\n", base);
  g_autofree char *python = g_build_filename (venv, "bin/python3", NULL);
  g_autofree char *version = g_path_get_basename (test->library);
  g_autofree char *link = g_build_filename (library, version, NULL);
  g_autofree char *output = NULL;

  make_python (test, base);
  make_python (test, venv);
  g_assert_no_errno (g_unlink (link));
  g_free (write_file (venv, "pyvenv.cfg", settings, 0600));

  output = look (test, python);
  g_assert_true (g_str_has_prefix (output, "venv base\nFalse\n. ['base', 'venv']\n"));
}

/* `$HOME/bin/python3`: the prefix is the home, of which that much is shown and no more. */
static void
test_home_prefix (Test          *test,
                  gconstpointer  data)
{
  g_autofree char *python = g_build_filename (test->home, "bin/python3", NULL);
  g_autofree char *version = g_path_get_basename (test->library);
  g_autofree char *expected =
    g_strdup_printf (". .\nFalse\n. ['bin']\nbin ['python3', '%s']\n", version);
  g_autofree char *output = NULL;

  make_python (test, test->home);
  g_free (write_file (test->home, "bin/backup", "secret", 0600));
  g_free (write_file (test->home, "lib/secret", "secret", 0600));
  g_free (write_file (test->home, "letter", "secret", 0600));
  output = look (test, python);
  g_assert_cmpstr (output, ==, expected);
}

/* A link that leads to itself, and one that leads nowhere. */
static void
test_loop (Test          *test,
           gconstpointer  data)
{
  g_autofree char *loop = make_link (test->home, "env/bin/python3", "python3");
  g_autofree char *broken = make_link (test->home, "env/bin/python", "../../gone/bin/python");
  const char *pythons[] = { loop, broken };

  for (guint i = 0; i < G_N_ELEMENTS (pythons); i++)
    {
      const GranarySandboxOptions options = { .python = pythons[i] };
      static const char * const argv[] = { "/bin/echo", "ran", NULL };
      g_auto (GStrv) wrapped = granary_sandbox_wrap (granary_sandbox_probe (), &options, argv);
      g_autofree char *output = run (NULL, NULL, (const char * const *) wrapped);

      g_assert_cmpstr (output, ==, "ran\n");
    }
}

int
main (int   argc,
      char *argv[])
{
  if (argc == 2 && strcmp (argv[1], PROBE) == 0)
    {
      const GranarySandbox *sandbox = granary_sandbox_probe ();

      g_print ("%d %s\n", granary_sandbox_get_kind (sandbox), granary_sandbox_get_detail (sandbox));
      return EXIT_SUCCESS;
    }

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(path, func) g_test_add ("/sandbox/" path, Test, NULL, set_up, func, tear_down)
  ADD ("missing", test_missing);
  ADD ("refused", test_refused);
  ADD ("unusable", test_unusable);
  ADD ("flatpak", test_flatpak);
  ADD ("once", test_once);
  ADD ("reduced", test_reduced);
  ADD ("nothing", test_nothing);
  ADD ("options", test_options);
  ADD ("gpu", test_gpu);
  ADD ("venv", test_venv);
  ADD ("copied-venv", test_copied_venv);
  ADD ("home-prefix", test_home_prefix);
  ADD ("loop", test_loop);
#undef ADD

  return g_test_run ();
}
