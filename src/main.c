/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <locale.h>

#include "granary-application.h"

int
main (int    argc,
      char **argv)
{
  g_autoptr (GranaryApplication) application = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, GRANARY_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  application = granary_application_new ();

  return g_application_run (G_APPLICATION (application), argc, argv);
}
