/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-test-repository.h"

G_BEGIN_DECLS

/* What every back end with folders of its own has to do. Adds tests under @prefix. */
void granary_repository_conformance_add (const char      *prefix,
                                         GranaryTestOpen  open);

G_END_DECLS
