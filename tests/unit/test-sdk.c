/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>

#include "granary-cosbrowser.h"
#include "granary-error.h"
#include "granary-version.h"

/* Which versions come with an SDK and where it is, and how COSBrowser is found. */

/* Versions */

static GranaryVersion *
make_version (GranarySource  source,
              const char    *name,
              const char    *remote,
              const char    *location)
{
  GranaryVersion *version = granary_version_new ();

  version->source = source;
  version->status = GRANARY_STATUS_READY;
  version->model_name = g_strdup (name);
  version->remote = g_strdup (remote);
  version->location = g_strdup (location);
  return version;
}

static void
test_has_sdk (void)
{
  static const struct
  {
    GranarySource  source;
    const char    *name;
    const char    *remote;
    gboolean       has;
  } cases[] = {
    { GRANARY_SOURCE_AUTOML, "bolts", "{\"scene\":\"detect\"}", TRUE },
    { GRANARY_SOURCE_AUTOML, "bolts", "{\"scene\":\"classify\"}", TRUE },
    { GRANARY_SOURCE_AUTOML, "bolts", "{\"scene\":\"Object_Detection\"}", TRUE },
    { GRANARY_SOURCE_AUTOML, "bolts", "{\"scene\":\"segment\"}", FALSE },
    { GRANARY_SOURCE_AUTOML, "bolts", "{\"scene\":\"det\"}", FALSE },
    { GRANARY_SOURCE_AUTOML, "bolts", "{\"scene\":\"rec\"}", FALSE },
    { GRANARY_SOURCE_AUTOML, "bolts", "{\"preference\":\"BALANCE\"}", TRUE },
    { GRANARY_SOURCE_AUTOML, "bolts", NULL, TRUE },
    { GRANARY_SOURCE_AUTOML, "bolts", "no JSON", TRUE },
    { GRANARY_SOURCE_AUTOML, "票据识别", NULL, FALSE },
    { GRANARY_SOURCE_AUTOML, "bolts", "{\"task_name\":\"plate OCR\"}", FALSE },
    { GRANARY_SOURCE_TASK, "bolts", "{\"scene\":\"detect\"}", FALSE },
    { GRANARY_SOURCE_FILES, "bolts", NULL, FALSE },
  };
  g_autoptr (GranaryVersion) importing = make_version (GRANARY_SOURCE_AUTOML, "bolts", NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GranaryVersion) version = make_version (cases[i].source, cases[i].name,
                                                         cases[i].remote, NULL);

      g_test_message ("%u: %s", i, cases[i].remote);
      g_assert_cmpint (granary_version_has_sdk (version), ==, cases[i].has);
    }

  importing->status = GRANARY_STATUS_IMPORTING;
  g_assert_false (granary_version_has_sdk (importing));
}

static void
test_address (void)
{
  static const struct
  {
    const char *location;
    const char *address;
  } cases[] = {
    { "cos://mine-1250000000/models/a/", "cos://mine-1250000000/models/a/" },
    { "cos://ti-automl-gz-1300000000/automl/public/bolts-ml-1/ems/sdk/",
      "cos://ti-automl-gz-1300000000/automl/public/bolts-ml-1/ems/sdk/" },
    { "cos://ti-automl-gz-1300000000/automl/public/bolts-ml-1/",
      "cos://ti-automl-gz-1300000000/automl/public/bolts-ml-1/ems/sdk/" },
    { "cos://ti-automl-gz-1300000000/other/", "cos://ti-automl-gz-1300000000/other/" },
    { NULL, NULL },
  };
  g_autoptr (GranaryVersion) task = make_version (GRANARY_SOURCE_TASK, "a", NULL, "cos://b-1/c/");
  g_autofree char *none = granary_version_dup_sdk_address (task);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GranaryVersion) version = make_version (GRANARY_SOURCE_AUTOML, "bolts", NULL,
                                                         cases[i].location);
      g_autofree char *address = granary_version_dup_sdk_address (version);

      g_assert_cmpstr (address, ==, cases[i].address);
    }
  g_assert_null (none);
}

/* COSBrowser */

static char *
write_file (const char *folder,
            const char *name,
            const char *text,
            int         mode)
{
  char *path = g_build_filename (folder, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_cmpint (g_chmod (path, mode), ==, 0);
  return path;
}

static GranaryCosbrowserPlan *
find (const char *program)
{
  g_autoptr (GError) error = NULL;
  GranaryCosbrowserPlan *plan = granary_cosbrowser_find ("cos://models-1250000000/a/b c/",
                                                         "ap-guangzhou", program, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (plan->place, ==, "models-1250000000/a/b c/");
  g_assert_cmpstr (plan->uri, ==, "https://cosbrowser.cloud.tencent.com/editor"
                                  "?bucket=models-1250000000&region=ap-guangzhou");
  return plan;
}

/* Each in a process of its own: the desktop's files are read once. */
static void
test_web (void)
{
  g_autoptr (GranaryCosbrowserPlan) plan = NULL;
  g_autoptr (GranaryCosbrowserPlan) elsewhere = NULL;
  g_autoptr (GranaryCosbrowserPlan) unknown = NULL;
  g_autoptr (GError) error = NULL;

  g_setenv ("PATH", "/nonexistent", TRUE);
  plan = find (NULL);
  g_assert_false (granary_cosbrowser_plan_is_installed (plan));

  elsewhere = granary_cosbrowser_find ("cos://b-1250000000@ap-shanghai/", "ap-guangzhou", NULL,
                                       &error);
  g_assert_no_error (error);
  g_assert_cmpstr (elsewhere->place, ==, "b-1250000000");
  g_assert_cmpstr (elsewhere->uri, ==, "https://cosbrowser.cloud.tencent.com/editor"
                                       "?bucket=b-1250000000&region=ap-shanghai");
  unknown = granary_cosbrowser_find ("cos://b-1250000000/a", NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (unknown->uri, ==, "https://cosbrowser.cloud.tencent.com/web");
  g_assert_null (granary_cosbrowser_find ("nothing", NULL, NULL, &error));
  g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_INVALID_INPUT);
}

static void
test_program (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "bin", NULL);
  g_autofree char *path = write_file (folder, "cosbrowser.AppImage", "#!/bin/sh\n", 0755);
  g_autofree char *own = write_file (folder, "own", "#!/bin/sh\n", 0755);
  g_autofree char *plain = write_file (folder, "plain", "text", 0644);
  g_autoptr (GranaryCosbrowserPlan) found = NULL;
  g_autoptr (GranaryCosbrowserPlan) configured = NULL;
  g_autoptr (GranaryCosbrowserPlan) wrong = NULL;

  g_setenv ("PATH", folder, TRUE);
  found = find (NULL);
  g_assert_true (granary_cosbrowser_plan_is_installed (found));
  g_assert_null (found->app);
  g_assert_cmpstr (found->program, ==, path);
  configured = find (own);
  g_assert_cmpstr (configured->program, ==, own);
  wrong = find (plain);
  g_assert_cmpstr (wrong->program, ==, path);
}

static void
found_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  GAsyncResult **at = user_data;

  *at = g_object_ref (result);
}

/* A file that somebody wrote by hand, named as they like. */
static void
test_desktop (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "applications", NULL);
  g_autofree char *program = NULL;
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GranaryCosbrowserPlan) plan = NULL;
  g_autoptr (GError) error = NULL;

  program = write_file (folder, "cosbrowser.AppImage", "#!/bin/sh\n", 0755);
  text = g_strdup_printf ("[Desktop Entry]\nType=Application\nName=Buckets\nExec=%s --no-sandbox\n",
                          program);
  path = write_file (folder, "my-buckets.desktop", text, 0644);
  granary_cosbrowser_find_async ("cos://models-1250000000/a/", NULL, NULL, NULL, found_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  plan = granary_cosbrowser_find_finish (result, &error);
  g_assert_no_error (error);
  g_assert_true (granary_cosbrowser_plan_is_installed (plan));
  g_assert_cmpstr (g_app_info_get_id (plan->app), ==, "my-buckets.desktop");
  g_assert_null (plan->program);
}

static void
run_apart (gconstpointer data)
{
  GTestFunc func = (GTestFunc) data;

  if (g_test_subprocess ())
    {
      func ();
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/sdk/has", test_has_sdk);
  g_test_add_func ("/sdk/address", test_address);
  g_test_add_data_func ("/sdk/cosbrowser/web", test_web, run_apart);
  g_test_add_data_func ("/sdk/cosbrowser/program", test_program, run_apart);
  g_test_add_data_func ("/sdk/cosbrowser/desktop", test_desktop, run_apart);

  return g_test_run ();
}
