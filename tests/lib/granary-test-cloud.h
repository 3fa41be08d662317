/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* For tests: the test cloud as a process of its own, which ends with the test, and its control
 * channel as blocking calls. Whatever goes wrong here fails the test. */

#define GRANARY_TEST_CLOUD_SECRET_ID            "AKIDTESTCLOUD0000000000000000000000"
#define GRANARY_TEST_CLOUD_SECRET_KEY           "testcloudsecretkey00000000000000"
#define GRANARY_TEST_CLOUD_TEMPORARY_SECRET_ID  "AKIDTEMPORARY000000000000000000000"
#define GRANARY_TEST_CLOUD_TEMPORARY_SECRET_KEY "testcloudtemporary00000000000000"
#define GRANARY_TEST_CLOUD_TOKEN                "testcloud-session-token"
#define GRANARY_TEST_CLOUD_READ_ONLY_SECRET_ID  "AKIDREADONLY00000000000000000000000"
#define GRANARY_TEST_CLOUD_READ_ONLY_SECRET_KEY "testcloudreadonly000000000000000"

#define GRANARY_TEST_CLOUD_REGION     "ap-guangzhou"
#define GRANARY_TEST_CLOUD_UIN        "100000000001"
#define GRANARY_TEST_CLOUD_SUB_UIN    "100000000002"
#define GRANARY_TEST_CLOUD_APP_ID     "1250000000"
#define GRANARY_TEST_CLOUD_BUCKET     "models-1250000000"
#define GRANARY_TEST_CLOUD_BLACK_HOLE "blackhole-1250000000"

typedef struct _GranaryTestCloud GranaryTestCloud;

GranaryTestCloud *granary_test_cloud_start            (const char         *seed) G_GNUC_WARN_UNUSED_RESULT;
GranaryTestCloud *granary_test_cloud_start_full       (const char         *seed,
                                                       const char * const *arguments) G_GNUC_WARN_UNUSED_RESULT;
void              granary_test_cloud_stop             (GranaryTestCloud   *cloud);

guint16           granary_test_cloud_get_port         (GranaryTestCloud   *cloud);
const char       *granary_test_cloud_get_url          (GranaryTestCloud   *cloud);
const char       *granary_test_cloud_get_cos_template (GranaryTestCloud   *cloud);

JsonNode         *granary_test_cloud_control          (GranaryTestCloud   *cloud,
                                                       const char         *json) G_GNUC_WARN_UNUSED_RESULT;
void              granary_test_cloud_tell             (GranaryTestCloud   *cloud,
                                                       const char         *format,
                                                       ...) G_GNUC_PRINTF (2, 3);
JsonNode         *granary_test_cloud_get_log          (GranaryTestCloud   *cloud) G_GNUC_WARN_UNUSED_RESULT;
guint             granary_test_cloud_count            (GranaryTestCloud   *cloud,
                                                       const char         *action);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryTestCloud, granary_test_cloud_stop)

G_END_DECLS
