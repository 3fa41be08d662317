/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GranaryCloudService:
 *
 * The services of Tencent Cloud that are called. granary_cloud_service_to_id() gives the name that
 * is part of host, signature and the key of an endpoint override.
 */
typedef enum
{
  GRANARY_CLOUD_TIONE,
  GRANARY_CLOUD_TAG,
  GRANARY_CLOUD_TCR,
  GRANARY_CLOUD_STS,
  GRANARY_CLOUD_CAM,
  GRANARY_CLOUD_REGION,
  GRANARY_CLOUD_COS,
} GranaryCloudService;

#define GRANARY_N_CLOUD_SERVICES (GRANARY_CLOUD_COS + 1)

const char *granary_cloud_service_to_id   (GranaryCloudService   service);
gboolean    granary_cloud_service_from_id (const char           *id,
                                           GranaryCloudService  *service);

/**
 * GranaryCredentials:
 * @secret_id: identifies the key
 * @secret_key: signs; never leaves the process, never printed
 * @token: (nullable): of a temporary key
 *
 * An API key. Immutable, may be shared by threads; its memory is overwritten when it is freed.
 */
typedef struct
{
  char *secret_id;
  char *secret_key;
  char *token;
} GranaryCredentials;

GranaryCredentials *granary_credentials_new   (const char         *secret_id,
                                               const char         *secret_key,
                                               const char         *token) G_GNUC_WARN_UNUSED_RESULT;
GranaryCredentials *granary_credentials_ref   (GranaryCredentials *self);
void                granary_credentials_unref (GranaryCredentials *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryCredentials, granary_credentials_unref)

/**
 * GranaryAccount:
 *
 * Where and as whom the cloud is called: name of the connection, region, key and endpoint
 * overrides. May be used from any thread; settings are made before it is shared, only the key can
 * be exchanged later.
 *
 * An override is a URL without path; that of COS may hold `{bucket}` and `{region}`, and the bucket
 * list is asked of the bucket named `service` there.
 */
#define GRANARY_TYPE_ACCOUNT (granary_account_get_type ())
G_DECLARE_FINAL_TYPE (GranaryAccount, granary_account, GRANARY, ACCOUNT, GObject)

GranaryAccount     *granary_account_new             (const char           *name,
                                                     const char           *uid,
                                                     const char           *region) G_GNUC_WARN_UNUSED_RESULT;
GranaryAccount     *granary_account_copy            (GranaryAccount       *self) G_GNUC_WARN_UNUSED_RESULT;
const char         *granary_account_get_name        (GranaryAccount       *self);
const char         *granary_account_get_uid         (GranaryAccount       *self);
const char         *granary_account_get_region      (GranaryAccount       *self);
/* Where files of new models go; bucket NULL while none is chosen. The prefix ends with "/". */
const char         *granary_account_get_bucket      (GranaryAccount       *self);
const char         *granary_account_get_prefix      (GranaryAccount       *self);
void                granary_account_set_storage     (GranaryAccount       *self,
                                                     const char           *bucket,
                                                     const char           *prefix);
/* Training preferences that are offered for automatic learning, the default first. */
const char * const *granary_account_get_automl_captions
                                                    (GranaryAccount       *self);
void                granary_account_set_automl_captions
                                                    (GranaryAccount       *self,
                                                     const char * const   *captions);
const char         *granary_account_get_endpoint    (GranaryAccount       *self,
                                                     GranaryCloudService   service);
gboolean            granary_account_set_endpoint    (GranaryAccount       *self,
                                                     GranaryCloudService   service,
                                                     const char           *url,
                                                     GError              **error);
/* Any thread. */
GranaryCredentials *granary_account_dup_credentials (GranaryAccount       *self) G_GNUC_WARN_UNUSED_RESULT;
void                granary_account_set_credentials (GranaryAccount       *self,
                                                     GranaryCredentials   *credentials);
/* Base URLs, without a slash at the end. @bucket NULL: the bucket list. */
char               *granary_account_dup_api_url     (GranaryAccount       *self,
                                                     GranaryCloudService   service) G_GNUC_WARN_UNUSED_RESULT;
char               *granary_account_dup_cos_url     (GranaryAccount       *self,
                                                     const char           *bucket,
                                                     const char           *region) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
