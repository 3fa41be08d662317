/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary"

#include "config.h"

#include "granary-application.h"
#include "granary-wording.h"

int
main (int    argc,
      char **argv)
{
  g_autoptr (GranaryApplication) application = NULL;

  granary_wording_bind_locale ();

  application = granary_application_new ();

  return g_application_run (G_APPLICATION (application), argc, argv);
}
