/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-account-test.h"

G_BEGIN_DECLS

/**
 * GranaryConnectionChecks:
 *
 * What a test of a connection found, a row for each thing that was looked at: all is well, or what
 * exactly is wrong and the way out.
 */
#define GRANARY_TYPE_CONNECTION_CHECKS (granary_connection_checks_get_type ())
G_DECLARE_FINAL_TYPE (GranaryConnectionChecks, granary_connection_checks, GRANARY, CONNECTION_CHECKS, AdwBin)

/* @test NULL: nothing was tested, or not what is entered now. */
void granary_connection_checks_show (GranaryConnectionChecks *self,
                                     GranaryAccountTest      *test);

G_END_DECLS
