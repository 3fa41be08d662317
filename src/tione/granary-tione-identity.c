/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-calls.h"

#include "granary-error.h"
#include "granary-tione-private.h"

/* Whose key it is: parts of the names of tags' resources and of buckets. */

#define WHO "GetCallerIdentity"
#define APP "GetUserAppId"

/* Auxiliary functions */

/* A number in one structure is text in another. */
static char *
dup_number (JsonNode   *node,
            const char *path)
{
  gint64 number;

  if (granary_json_get_int (node, path, &number))
    return number > 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, number) : NULL;

  return granary_tione_dup_text (node, path);
}

static JsonNode *
ask (GranaryApi           *api,
     GranaryCloudService   service,
     const char           *action,
     GCancellable         *cancellable,
     GError              **error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_end_object (builder);
  return granary_tione_call (api, service, action, builder, cancellable, error);
}

/* Public functions */

void
granary_tione_identity_free (GranaryTioneIdentity *self)
{
  if (self == NULL)
    return;

  g_free (self->account_uin);
  g_free (self->app_id);
  g_free (self);
}

/**
 * granary_tione_load_identity:
 * @api: the account
 * @cancellable: (nullable): calls it off
 * @error: return location
 *
 * Blocks. A key that may not ask for the application id has "" for it.
 *
 * Returns: (transfer full): whose key it is
 */
GranaryTioneIdentity *
granary_tione_load_identity (GranaryApi    *api,
                             GCancellable  *cancellable,
                             GError       **error)
{
  g_autoptr (GranaryTioneIdentity) identity = NULL;
  g_autoptr (JsonNode) who = NULL;
  g_autoptr (JsonNode) app = NULL;
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (GRANARY_IS_API (api), NULL);

  who = ask (api, GRANARY_CLOUD_STS, WHO, cancellable, error);
  if (who == NULL)
    return NULL;

  identity = g_new0 (GranaryTioneIdentity, 1);
  identity->account_uin = dup_number (who, "AccountId");
  if (identity->account_uin == NULL)
    {
      granary_tione_set_malformed (error, WHO);
      return NULL;
    }

  app = ask (api, GRANARY_CLOUD_CAM, APP, cancellable, &local_error);
  if (app != NULL)
    {
      identity->app_id = dup_number (app, "AppId");
    }
  else if (!granary_api_is_withdrawn (local_error) &&
           !g_error_matches (local_error, GRANARY_ERROR, GRANARY_ERROR_FORBIDDEN))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  if (identity->app_id == NULL)
    identity->app_id = g_strdup ("");

  return g_steal_pointer (&identity);
}
