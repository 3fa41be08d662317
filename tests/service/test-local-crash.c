/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-fault.h"
#include "granary-local.h"
#include "granary-scenario.h"

/* Each verb is done by a child process that stops at its n-th change of the disk, for every n, by
 * SIGKILL or by a simulated power loss; then at random moments. What it leaves is opened here. */

#define MAX_STEPS 400
#define N_RANDOM 60

static guint n_points;

static GranaryConnection *
open_local (const char  *root,
            GError     **error)
{
  return granary_local_open (root, NULL, error);
}

/* The child: prepares, lets the parent know, acts. Exits 0 when the fault did not come. */
static int
run_child (int    argc,
           char **argv)
{
  const GranaryScenario *scenario = granary_scenario_find (argv[2]);
  GranaryFaultKind kind = (GranaryFaultKind) atoi (argv[3]);
  guint at = (guint) atoi (argv[4]);
  GranaryTestPlace place = { .folder = g_strdup (argv[5]) };
  g_autofree char *side = g_build_filename (place.folder, "side", NULL);
  g_autofree char *ready = g_build_filename (place.folder, "ready", NULL);
  g_autoptr (GError) error = NULL;

  place.root = g_build_filename (place.folder, "repository", NULL);
  g_assert_no_errno (g_mkdir (side, 0755));
  granary_test_place_open (&place, open_local);
  scenario->prepare (&place);
  g_free (granary_test_write (place.folder, "ready", ""));

  granary_fault_arm (kind, at, side, scenario->no_exchange);
  if (!scenario->act (&place, &error))
    g_error ("%s: %s", scenario->name, error->message);

  /* Not an orderly end: closing is none of the verb's steps. */
  _exit (0);
}

static GPid
start_child (const GranaryScenario *scenario,
             GranaryFaultKind       kind,
             guint                  at,
             const char            *folder)
{
  g_autofree char *kind_text = g_strdup_printf ("%d", (int) kind);
  g_autofree char *at_text = g_strdup_printf ("%u", at);
  const char *argv[] = {
    "/proc/self/exe", "--child", scenario->name, kind_text, at_text, folder, NULL,
  };
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autoptr (GError) error = NULL;
  GPid pid;

  argv[0] = self;
  g_spawn_async (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, &error);
  g_assert_no_error (error);

  return pid;
}

static int
wait_for_child (GPid pid)
{
  int status;

  g_assert_no_errno (waitpid (pid, &status, 0));
  return status;
}

static void
check (const GranaryScenario *scenario,
       char                  *folder,
       GranaryOutcome         outcome)
{
  GranaryTestPlace place = { .folder = folder };

  place.root = g_build_filename (folder, "repository", NULL);
  granary_test_place_open (&place, open_local);
  granary_scenario_check (scenario, &place, outcome);
  granary_test_place_tear_down (&place);
}

static void
run_points (const GranaryScenario *scenario,
            GranaryFaultKind       kind)
{
  for (guint at = 1; at < MAX_STEPS; at++)
    {
      char *folder = granary_scenario_folder ();
      int status = wait_for_child (start_child (scenario, kind, at, folder));

      if (WIFEXITED (status) && WEXITSTATUS (status) == 0)
        {
          check (scenario, folder, GRANARY_OUTCOME_NEW);
          g_test_message ("%u points", at - 1);
          g_assert_cmpuint (at, >, 4);
          return;
        }
      g_test_message ("%s at %u", scenario->name, at);
      if (kind == GRANARY_FAULT_KILL)
        g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
      else
        g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == GRANARY_FAULT_EXIT);
      n_points++;
      check (scenario, folder, GRANARY_OUTCOME_EITHER);
    }

  g_assert_not_reached ();
}

static void
test_kill (gconstpointer data)
{
  run_points (data, GRANARY_FAULT_KILL);
}

static void
test_lose_names (gconstpointer data)
{
  run_points (data, GRANARY_FAULT_LOSE_NAMES);
}

static void
test_lose_data (gconstpointer data)
{
  run_points (data, GRANARY_FAULT_LOSE_DATA);
}

/* Killed from outside, wherever it happens to be: inside SQLite, inside a copy, in between. */
static void
test_random (gconstpointer data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());

  for (guint i = 0; i < N_RANDOM; i++)
    {
      const GranaryScenario *scenario = granary_scenario_get (i % granary_scenario_get_n ());
      char *folder = granary_scenario_folder ();
      g_autofree char *ready = g_build_filename (folder, "ready", NULL);
      GPid pid = start_child (scenario, GRANARY_FAULT_NONE, 0, folder);
      int status;

      while (!g_file_test (ready, G_FILE_TEST_EXISTS))
        g_usleep (200);
      g_usleep ((gulong) g_rand_int_range (rand, 0, 12000));
      kill (pid, SIGKILL);
      status = wait_for_child (pid);
      n_points++;
      check (scenario, folder,
             WIFEXITED (status) ? GRANARY_OUTCOME_NEW : GRANARY_OUTCOME_EITHER);
    }
}

/* The number that is promised. */
static void
test_enough (gconstpointer data)
{
  g_test_message ("%u points in all", n_points);
  g_assert_cmpuint (n_points, >=, 200);
}

static void
add (const char    *kind,
     GTestDataFunc  func)
{
  for (guint i = 0; i < granary_scenario_get_n (); i++)
    {
      const GranaryScenario *scenario = granary_scenario_get (i);
      g_autofree char *path = g_strdup_printf ("/local/%s/%s", kind, scenario->name);

      g_test_add_data_func (path, scenario, func);
    }
}

int
main (int   argc,
      char *argv[])
{
  if (argc == 6 && g_str_equal (argv[1], "--child"))
    return run_child (argc, argv);

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  /* Two runs of one program, so that they run beside each other. */
  if (g_getenv ("GRANARY_TEST_POWER") != NULL)
    {
      add ("lose-names", test_lose_names);
      add ("lose-data", test_lose_data);
    }
  else
    {
      add ("kill", test_kill);
      g_test_add_data_func ("/local/random/kill", NULL, test_random);
    }
  g_test_add_data_func ("/local/points/enough", NULL, test_enough);

  return g_test_run ();
}
