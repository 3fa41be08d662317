/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "granary-repository-conformance.h"
#include "granary-test-tione.h"
#include "granary-tione.h"

static GranaryTestCloud *cloud;

/* One cloud for all tests; each has an account, and so a mirror, of its own. */
static GranaryConnection *
open_tione (const char  *root,
            GError     **error)
{
  g_autoptr (GranaryAccount) account = granary_test_tione_account (cloud);

  return granary_tione_open (account, GRANARY_TIONE_NONE, NULL, error);
}

int
main (int   argc,
      char *argv[])
{
  int result;

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_setenv ("GRANARY_RETRY_SCALE", "0.01", TRUE);

  cloud = granary_test_cloud_start ("none");
  granary_repository_conformance_add ("/tione", open_tione);
  result = g_test_run ();
  granary_test_cloud_stop (cloud);

  return result;
}
