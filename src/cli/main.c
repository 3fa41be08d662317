/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "granary-cli.h"

int
main (int    argc,
      char **argv)
{
  return granary_cli_main (argc, argv);
}
