/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>

#include "granary-error.h"
#include "granary-requirements.h"
#include "granary-service-python.h"

/* Checks against packages that are there. */

static void
check (const char *text,
       const char *unmet)
{
  g_autoptr (GHashTable) packages = g_hash_table_new (g_str_hash, g_str_equal);
  const GranaryPythonState environment = { "3.13", packages };
  g_auto (GStrv) lines = NULL;
  g_autofree char *joined = NULL;

  g_hash_table_insert (packages, (gpointer) "numpy", (gpointer) "2.2.4+ds");
  g_hash_table_insert (packages, (gpointer) "scikit-learn", (gpointer) "1.5.2");
  g_hash_table_insert (packages, (gpointer) "onnxruntime", (gpointer) "1.21.0rc1");
  g_hash_table_insert (packages, (gpointer) "odd", (gpointer) "5-of-hearts");

  lines = granary_requirements_list_unmet (text, &environment);
  joined = lines != NULL ? g_strjoinv ("|", lines) : g_strdup ("");
  g_assert_cmpstr (joined, ==, unmet);
}

static void
test_lines (void)
{
  check ("", "");
  check ("numpy", "");
  check ("NumPy\n\n# a comment\nscikit_learn # why\nScikit.Learn==1.5.2", "");
  check ("torch", "torch");
  check ("torch >= 2  # for this\r\nnumpy\r\n", "torch >= 2");
  check ("numpy>=2,<3\nnumpy >= 3\nnumpy (>=1,<2)", "numpy >= 3|numpy (>=1,<2)");
  check ("scikit-learn[alldeps]~=1.5.0", "");
  check ("scikit-learn[alldeps]~=1.6", "scikit-learn[alldeps]~=1.6");
  check ("numpy>=2, \\\n <2.1", "numpy>=2,  <2.1");
  check ("absent==1.0 --hash=sha256:abcdef", "absent==1.0");
  check ("absent @ https://example.org/absent.whl", "absent @ https://example.org/absent.whl");
  check ("numpy @ https://example.org/numpy.whl#sha256=1", "");
}

/* Only Python and pip know these. */
static void
test_passed_over (void)
{
  check ("-r other.txt\n--index-url https://example.org/\n-e .\n./local.whl\n/a/path", "");
  check ("https://example.org/a.whl\ngit+https://example.org/a\nabsent-1.0-py3-none-any.whl", "");
  check ("numpy ?? nonsense\nodd>=6", "");
  check ("numpy>=two\n=== ()\n[]\n;;;\n\xff\xfe", "");
}

static void
test_markers (void)
{
  check ("absent; python_version < '3.9'", "");
  check ("absent; python_version >= \"3.9\"", "absent; python_version >= \"3.9\"");
  check ("absent;sys_platform=='win32' or platform_system == 'Windows'", "");
  check ("absent; (os_name == 'posix' and python_version > '3.2')",
         "absent; (os_name == 'posix' and python_version > '3.2')");
  check ("absent; extra == 'test'", "");
  check ("absent; platform_machine == 'vax'\nabsent; nonsense\nabsent; 'a", "");
  check ("absent; 'linux' in sys_platform", "absent; 'linux' in sys_platform");
  check ("absent; sys_platform not in 'linux darwin'", "");
  check ("absent; ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((os_name", "");
}

static void
test_versions (void)
{
  static const struct
  {
    const char *version;
    const char *specifiers;
    gboolean    matches;
  } rows[] = {
    { "1.0", "", TRUE },
    { "1.0", "==1", TRUE },
    { "1.0", "==1.0.0", TRUE },
    { "1.0.1", "==1.0.*", TRUE },
    { "1.1", "==1.0.*", FALSE },
    { "1.1", "!=1.0.*", TRUE },
    { "1.0", "!=1.0", FALSE },
    { "1.10", ">1.9", TRUE },
    { "1.10", "<=1.9", FALSE },
    { "1.4.5", "~=1.4.2", TRUE },
    { "1.5", "~=1.4.2", FALSE },
    { "1.5", "~=1.4", TRUE },
    { "2.0", "~=1.4", FALSE },
    { "1.0a1", "<1.0", FALSE },
    { "1.0a1", "<1.0b1", TRUE },
    { "1.0.dev1", "<1.0a1", TRUE },
    { "1.0rc1", ">=1.0", FALSE },
    { "1.0.post1", ">1.0", FALSE },
    { "1.0.post1", ">=1.0", TRUE },
    { "1.0.post2", ">1.0.post1", TRUE },
    { "1!1.0", ">2.0", TRUE },
    { "2.6.0+cpu", "==2.6.0", TRUE },
    { "2.6.0+cpu", "==2.6.0+cpu", TRUE },
    { "2.6.0", "==2.6.0+cpu", FALSE },
    { "v1.0", "===v1.0", TRUE },
    { "1.0", "===1.0.0", FALSE },
    { "1.0", ">=0.9, !=1.0", FALSE },
    { "99999999999999999999999.1", ">=1", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s %s", rows[i].version, rows[i].specifiers);
      g_assert_cmpint (granary_requirements_version_matches (rows[i].version, rows[i].specifiers),
                       ==, rows[i].matches);
    }
}

static void
write_file (const char *folder,
            const char *name,
            const char *text,
            int         mode)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (parent, 0755), ==, 0);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_chmod (path, mode), ==, 0);
}

/* Told from the folders of an environment and of the system that it shares the packages of. */
static void
test_interpreter (void)
{
  g_autofree char *root = g_dir_make_tmp ("granary-requirements-XXXXXX", NULL);
  g_autofree char *config = g_strdup_printf ("home = %s/usr/bin\nversion = 3.12.1\n"
                                             "include-system-site-packages = true\n", root);
  g_autofree char *python = g_build_filename (root, "venv/bin/python3", NULL);
  g_autofree char *other = g_build_filename (root, "usr/bin/python3.12", NULL);
  g_autofree char *missing = g_build_filename (root, "missing", NULL);
  g_autoptr (GranaryVersion) version = granary_version_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) unmet = NULL;
  g_auto (GStrv) unmet_other = NULL;
  g_auto (GStrv) unmet_missing = NULL;
  g_autofree char *chosen = NULL;
  g_autofree char *own = NULL;
  g_autofree char *none = NULL;
  g_autofd int fd = -1;

  write_file (root, "venv/bin/python3", "", 0755);
  write_file (root, "venv/pyvenv.cfg", config, 0644);
  write_file (root, "venv/lib/python3.12/site-packages/My_Pkg-1.2.dist-info/METADATA", "", 0644);
  write_file (root, "usr/bin/python3.12", "", 0755);
  write_file (root, "usr/lib/python3/dist-packages/six-1.16.0.egg-info", "", 0644);
  write_file (root, "usr/lib/python3/dist-packages/a-b-0.5-py3.12.egg-info", "", 0644);
  write_file (root, "requirements.txt", "my.pkg>=1\nsix==1.16\na_b<0.5\n", 0644);
  fd = open (root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  g_assert_cmpint (fd, >=, 0);

  unmet = granary_service_python_list_unmet (fd, python);
  g_assert_nonnull (unmet);
  g_assert_cmpstr (unmet[0], ==, "a_b<0.5");
  g_assert_null (unmet[1]);
  unmet_other = granary_service_python_list_unmet (fd, other);
  g_assert_nonnull (unmet_other);
  g_assert_cmpstr (unmet_other[0], ==, "my.pkg>=1");
  g_assert_cmpstr (unmet_other[1], ==, "a_b<0.5");
  unmet_missing = granary_service_python_list_unmet (fd, missing);
  g_assert_null (unmet_missing);

  version->environment = g_strdup (python);
  own = granary_service_python_find (version, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (own, ==, python);
  chosen = granary_service_python_find (version, other, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (chosen, ==, other);
  none = granary_service_python_find (version, missing, &error);
  g_assert_null (none);
  g_assert_cmpint (granary_error_get_reason (error), ==, GRANARY_REASON_PYTHON_MISSING);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/requirements/lines", test_lines);
  g_test_add_func ("/requirements/passed-over", test_passed_over);
  g_test_add_func ("/requirements/markers", test_markers);
  g_test_add_func ("/requirements/versions", test_versions);
  g_test_add_func ("/requirements/interpreter", test_interpreter);

  return g_test_run ();
}
