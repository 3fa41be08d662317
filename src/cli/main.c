/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli.h"

int
main (int    argc,
      char **argv)
{
  return granary_cli_main (argc, argv);
}
