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
/* Both texts are the same JSON. */
void               granary_test_assert_json    (const char           *text,
                                                const char           *wanted);

/* The sources of a connection, waiting for their answers. */
GranaryTaskPage    *granary_test_list_tasks    (GranaryTestPlace        *place,
                                                GranaryTaskKinds         kinds,
                                                const char              *text,
                                                guint                    offset,
                                                guint                    limit,
                                                GError                 **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryTaskDetails *granary_test_load_task     (GranaryTestPlace        *place,
                                                GranaryTaskKinds         kinds,
                                                const char              *uid,
                                                GError                 **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray          *granary_test_list_images   (GranaryTestPlace        *place,
                                                const char              *framework,
                                                GError                 **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryImagePage   *granary_test_browse_images (GranaryTestPlace        *place,
                                                const GranaryImagePlace *at,
                                                const char              *text,
                                                guint                    page,
                                                GError                 **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
