/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-test-repository.h"

G_BEGIN_DECLS

/* Changes what is stored beside the back end, as other programs might. */

void granary_test_spoil_remove (GranaryTestPlace *place,
                                GranaryVersion   *version,
                                const char       *path);
void granary_test_spoil_write  (GranaryTestPlace *place,
                                GranaryVersion   *version,
                                const char       *path,
                                gsize             size);

G_END_DECLS
