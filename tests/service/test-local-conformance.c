/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "granary-local.h"
#include "granary-repository-conformance.h"

static GranaryConnection *
open_local (const char  *root,
            GError     **error)
{
  return granary_local_open (root, NULL, error);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  granary_repository_conformance_add ("/local", open_local);

  return g_test_run ();
}
