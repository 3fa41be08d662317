/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-test-services.h"
#include "granary-test-tione.h"

G_BEGIN_DECLS

/* What the tests of model services on the cloud share: a model of four versions, v1 in a built-in
 * environment, v2 in an image of a registry, v3 still on its way, v4 without environment. */

#define SERVICES_TEST_IMAGE "ccr.ccs.tencentyun.com/ti/py1.9.0-py36-cpu:1"

extern GranaryTestCloud *services_test_cloud;

/* Runs the tests that were added, with a cloud. */
int                    services_test_run          (void);
void                   services_test_set_up       (GranaryTestPlace             *place,
                                                   gconstpointer                 data);
void                   services_test_tear_down    (GranaryTestPlace             *place,
                                                   gconstpointer                 data);
/* The row of a version, and its ids where they are wanted. */
gint64                 services_test_find_version (GranaryTestPlace             *place,
                                                   int                           number,
                                                   char                        **uid,
                                                   char                        **model_uid);
/* Postpaid, at the price that is asked. */
GranaryPublishProfile *services_test_make_profile (void) G_GNUC_WARN_UNUSED_RESULT;
char                  *services_test_publish      (GranaryTestPlace             *place,
                                                   int                           number,
                                                   const char                   *group_uid,
                                                   const char                   *name,
                                                   const GranaryPublishProfile  *profile,
                                                   GError                      **error) G_GNUC_WARN_UNUSED_RESULT;
char                  *services_test_publish_well (GranaryTestPlace             *place,
                                                   int                           number,
                                                   const char                   *name) G_GNUC_WARN_UNUSED_RESULT;
/* One that runs. */
char                  *services_test_run_one      (GranaryTestPlace             *place,
                                                   int                           number,
                                                   const char                   *name) G_GNUC_WARN_UNUSED_RESULT;

#define SERVICES_TEST_ADD(name, func) \
  g_test_add (name, GranaryTestPlace, NULL, services_test_set_up, func, services_test_tear_down)

G_END_DECLS
