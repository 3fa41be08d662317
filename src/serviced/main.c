/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-serviced"

#include "config.h"

#include "granary-serviced-protocol.h"

int
main (int    argc,
      char **argv)
{
  return 0;
}
