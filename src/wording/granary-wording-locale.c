/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wording"

#include "config.h"

#include "granary-wording.h"

#include <glib/gi18n-lib.h>
#include <locale.h>

/**
 * granary_wording_bind_locale:
 *
 * Takes the language from the environment; the first thing that `main` does. `GRANARY_LOCALEDIR`
 * names the folder of the translations of a program that is not installed.
 */
void
granary_wording_bind_locale (void)
{
  const char *folder = g_getenv ("GRANARY_LOCALEDIR");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, folder != NULL && *folder == '/' ? folder : GRANARY_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}
