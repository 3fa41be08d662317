/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-account.h"
#include "granary-test-cloud.h"
#include "granary-test-repository.h"

G_BEGIN_DECLS

/* For tests: connections to the test cloud. */

/* An account of its own, with the test cloud's key and bucket; its mirror is empty. */
GranaryAccount    *granary_test_tione_account  (GranaryTestCloud     *cloud) G_GNUC_WARN_UNUSED_RESULT;
/* As granary_test_place_set_up(). */
void               granary_test_tione_set_up   (GranaryTestPlace     *place,
                                                GranaryAccount       *account);
/* The body of the @position-th call of @action in the log of @cloud. */
char              *granary_test_tione_get_body (GranaryTestCloud     *cloud,
                                                const char           *action,
                                                guint                 position) G_GNUC_WARN_UNUSED_RESULT;
/* Refreshes, waiting for it. */
gboolean           granary_test_tione_refresh  (GranaryTestPlace     *place,
                                                const char           *add_uid,
                                                GError              **error);

G_END_DECLS
