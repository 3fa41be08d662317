/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/* What tests of the calls of the services share: the test cloud, an account there, a call. */

#include "granary-api.h"
#include "granary-error.h"
#include "granary-json.h"
#include "granary-test-cloud.h"

typedef struct
{
  GranaryTestCloud *cloud;   /* (owned) */
  GranaryAccount   *account; /* (owned) */
  GranaryHttp      *http;    /* (owned) */
  GranaryApi       *api;     /* (owned) */
} Service;

static inline GranaryAccount *
service_make_account (GranaryTestCloud *cloud,
                      const char       *secret_id,
                      const char       *secret_key,
                      const char       *token)
{
  GranaryAccount *account = granary_account_new ("Test Cloud", "test", GRANARY_TEST_CLOUD_REGION);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < GRANARY_N_CLOUD_SERVICES; i++)
    {
      granary_account_set_endpoint (account, i,
                                    i == GRANARY_CLOUD_COS
                                      ? granary_test_cloud_get_cos_template (cloud)
                                      : granary_test_cloud_get_url (cloud),
                                    &error);
      g_assert_no_error (error);
    }

  if (secret_id != NULL)
    {
      g_autoptr (GranaryCredentials) credentials = NULL;

      credentials = granary_credentials_new (secret_id, secret_key, token);
      granary_account_set_credentials (account, credentials);
    }

  return account;
}

static inline Service *
service_start_as (const char *secret_id,
                  const char *secret_key,
                  const char *token)
{
  Service *self = g_new0 (Service, 1);

  self->cloud = granary_test_cloud_start ("none");
  self->account = service_make_account (self->cloud, secret_id, secret_key, token);
  self->http = granary_http_new (4);
  self->api = granary_api_new (self->account, self->http);

  return self;
}

static inline Service *
service_start (void)
{
  return service_start_as (GRANARY_TEST_CLOUD_SECRET_ID, GRANARY_TEST_CLOUD_SECRET_KEY, NULL);
}

static inline void
service_stop (Service *self)
{
  g_assert_finalize_object (self->api);
  g_assert_finalize_object (self->http);
  g_assert_finalize_object (self->account);
  granary_test_cloud_stop (self->cloud);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Service, service_stop)

/* @parameters is JSON, or NULL. */
static inline JsonNode *
service_call (Service              *self,
              GranaryCloudService   service,
              const char           *action,
              gboolean              is_write,
              const char           *parameters,
              GError              **error)
{
  const GranaryApiCall call = { service, action, is_write, NULL };
  g_autoptr (JsonNode) node = NULL;

  if (parameters != NULL)
    {
      node = json_from_string (parameters, NULL);
      g_assert_nonnull (node);
    }

  return granary_api_call (self->api, &call, node, NULL, error);
}

static inline void
assert_reason (const GError  *error,
               GranaryError   code,
               GranaryReason  reason,
               const char    *subject)
{
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_error (error, GRANARY_ERROR, (int) code);
  g_assert_cmpuint (granary_error_get_reason (error), ==, reason);
  g_assert_cmpstr (granary_error_get_subject (error), ==, subject);
}
