/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-test-repository.h"

G_BEGIN_DECLS

/* What every back end has to do, and what those have to that say that they can. Adds tests under
 * @prefix. */
void granary_repository_conformance_add (const char      *prefix,
                                         GranaryTestOpen  open);

G_END_DECLS
