/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "granary-error.h"
#include "granary-fault.h"
#include "granary-local.h"
#include "granary-scenario.h"

/* Each verb meets a full disk or a failing one at its n-th change, for every n. It has to say so,
 * unless the fault came where nothing was at stake any more, and has to leave the old state. */

#define MAX_STEPS 400

static GranaryConnection *
open_local (const char  *root,
            GError     **error)
{
  return granary_local_open (root, NULL, error);
}

static void
run_points (const GranaryScenario *scenario,
            GranaryFaultKind       kind)
{
  for (guint at = 1; at < MAX_STEPS; at++)
    {
      GranaryTestPlace place = { .folder = granary_scenario_folder () };
      g_autoptr (GError) error = NULL;
      gboolean has_happened;
      gboolean is_done;

      place.root = g_build_filename (place.folder, "repository", NULL);
      granary_test_place_open (&place, open_local);
      scenario->prepare (&place);
      granary_fault_arm (kind, at, NULL, scenario->no_exchange);
      is_done = scenario->act (&place, &error);
      has_happened = granary_fault_disarm ();

      g_test_message ("%s at %u: %s", scenario->name, at, is_done ? "done" : error->message);
      g_assert_true (is_done == (error == NULL));
      if (!is_done)
        {
          g_assert_true (has_happened);
          g_assert_true (error->domain == GRANARY_ERROR);
          g_assert_cmpint (granary_error_get_reason (error), !=, GRANARY_REASON_NONE);
        }

      /* At once, and after the next open. */
      if (!is_done && !scenario->may_go_on)
        granary_test_assert_clean (&place);
      granary_test_place_close (&place);
      granary_test_place_open (&place, open_local);
      granary_scenario_check (scenario, &place, is_done ? GRANARY_OUTCOME_NEW
                                                        : GRANARY_OUTCOME_OLD);
      granary_test_place_tear_down (&place);

      if (!has_happened)
        {
          g_assert_true (is_done);
          return;
        }
    }

  g_assert_not_reached ();
}

static void
test_no_space (gconstpointer data)
{
  run_points (data, GRANARY_FAULT_NO_SPACE);
}

static void
test_io (gconstpointer data)
{
  run_points (data, GRANARY_FAULT_IO);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  for (guint i = 0; i < granary_scenario_get_n (); i++)
    {
      const GranaryScenario *scenario = granary_scenario_get (i);
      g_autofree char *no_space = g_strdup_printf ("/local/no-space/%s", scenario->name);
      g_autofree char *io = g_strdup_printf ("/local/input-output/%s", scenario->name);

      g_test_add_data_func (no_space, scenario, test_no_space);
      g_test_add_data_func (io, scenario, test_io);
    }

  return g_test_run ();
}
