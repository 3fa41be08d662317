/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-service-host.h"

#include <string.h>

G_DEFINE_INTERFACE (GranaryServiceHost, granary_service_host, G_TYPE_OBJECT)

static void
granary_service_host_default_init (GranaryServiceHostInterface *iface)
{
}

void
granary_service_group_free (GranaryServiceGroup *self)
{
  if (self == NULL)
    return;

  g_free (self->uid);
  g_free (self->name);
  g_free (self->model_name);
  g_free (self);
}

void
granary_service_spec_free (GranaryServiceSpec *self)
{
  if (self == NULL)
    return;

  g_free (self->name);
  g_free (self->title);
  g_free (self->detail);
  g_free (self);
}

/**
 * granary_publish_options_new:
 *
 * Returns: (transfer full): no choices
 */
GranaryPublishOptions *
granary_publish_options_new (void)
{
  GranaryPublishOptions *self = g_new0 (GranaryPublishOptions, 1);

  self->groups = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_service_group_free);
  self->specs = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_service_spec_free);
  self->resource_groups =
    g_ptr_array_new_with_free_func ((GDestroyNotify) granary_service_spec_free);

  return self;
}

void
granary_publish_options_free (GranaryPublishOptions *self)
{
  if (self == NULL)
    return;

  g_free (self->name);
  g_ptr_array_unref (self->groups);
  g_ptr_array_unref (self->specs);
  g_ptr_array_unref (self->resource_groups);
  g_free (self->handler);
  g_free (self->python);
  g_strfreev (self->unmet);
  g_clear_error (&self->problem);
  g_clear_error (&self->note);
  g_free (self);
}

/**
 * granary_service_access_new:
 * @url: where requests are posted to
 * @header: (nullable): name of the header that authorizes
 * @value: (nullable): its value
 *
 * Returns: (transfer full): an access
 */
GranaryServiceAccess *
granary_service_access_new (const char *url,
                            const char *header,
                            const char *value)
{
  GranaryServiceAccess *self;

  g_return_val_if_fail (url != NULL, NULL);
  g_return_val_if_fail ((header == NULL) == (value == NULL), NULL);

  self = g_new0 (GranaryServiceAccess, 1);
  self->url = g_strdup (url);
  self->header = g_strdup (header);
  self->value = g_strdup (value);

  return self;
}

void
granary_service_access_free (GranaryServiceAccess *self)
{
  if (self == NULL)
    return;

  g_free (self->url);
  g_free (self->header);
  if (self->value != NULL)
    explicit_bzero (self->value, strlen (self->value));
  g_free (self->value);
  g_free (self);
}

void
granary_service_reply_free (GranaryServiceReply *self)
{
  if (self == NULL)
    return;

  g_free (self->content_type);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self);
}

void
granary_service_log_free (GranaryServiceLog *self)
{
  if (self == NULL)
    return;

  g_free (self->text);
  g_free (self);
}

GranaryServiceHostFeatures
granary_service_host_get_features (GranaryServiceHost *self)
{
  g_return_val_if_fail (GRANARY_IS_SERVICE_HOST (self), GRANARY_SERVICE_HOST_NONE);

  return GRANARY_SERVICE_HOST_GET_IFACE (self)->get_features (self);
}

gboolean
granary_service_host_has (GranaryServiceHost         *self,
                          GranaryServiceHostFeatures  feature)
{
  return (granary_service_host_get_features (self) & feature) == feature;
}

/**
 * granary_service_host_prepare_async:
 * @self: a host
 * @version_id: row of a version
 * @python: (nullable): interpreter to check it for; %NULL for the usual one
 * @cancellable: (nullable): calls it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Finds out what there is to choose from when this version is published.
 */
void
granary_service_host_prepare_async (GranaryServiceHost  *self,
                                    gint64               version_id,
                                    const char          *python,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  g_return_if_fail (GRANARY_IS_SERVICE_HOST (self));
  g_return_if_fail (version_id > 0);

  GRANARY_SERVICE_HOST_GET_IFACE (self)->prepare_async (self, version_id, python, cancellable,
                                                        callback, user_data);
}

/**
 * granary_service_host_prepare_finish:
 * @self: a host
 * @result: as given to the callback
 * @error: return location
 *
 * Returns: (transfer full): the choices
 */
GranaryPublishOptions *
granary_service_host_prepare_finish (GranaryServiceHost  *self,
                                     GAsyncResult        *result,
                                     GError             **error)
{
  g_return_val_if_fail (GRANARY_IS_SERVICE_HOST (self), NULL);

  return GRANARY_SERVICE_HOST_GET_IFACE (self)->prepare_finish (self, result, error);
}

/**
 * granary_service_host_quote_async:
 * @self: a host
 * @profile: computing resource and instances; copied
 * @cancellable: (nullable): calls it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Asks what publishing with this profile costs. Only where it costs money.
 */
void
granary_service_host_quote_async (GranaryServiceHost          *self,
                                  const GranaryPublishProfile *profile,
                                  GCancellable                *cancellable,
                                  GAsyncReadyCallback          callback,
                                  gpointer                     user_data)
{
  g_return_if_fail (GRANARY_IS_SERVICE_HOST (self));
  g_return_if_fail (profile != NULL);
  g_return_if_fail (granary_service_host_has (self, GRANARY_SERVICE_HOST_PRICED));

  GRANARY_SERVICE_HOST_GET_IFACE (self)->quote_async (self, profile, cancellable, callback,
                                                      user_data);
}

/**
 * granary_service_host_quote_finish:
 * @self: a host
 * @result: as given to the callback
 * @error: return location
 *
 * Returns: fen (1/100 yuan) an hour, -1 with @error set
 */
gint64
granary_service_host_quote_finish (GranaryServiceHost  *self,
                                   GAsyncResult        *result,
                                   GError             **error)
{
  g_return_val_if_fail (GRANARY_IS_SERVICE_HOST (self), -1);

  return GRANARY_SERVICE_HOST_GET_IFACE (self)->quote_finish (self, result, error);
}

/**
 * granary_service_host_publish_async:
 * @self: a host
 * @request: what and how; copied
 * @transfer: carries progress and calls it off; ended by this
 * @callback: called when done
 * @user_data: for @callback
 *
 * Makes a service of a version. Done once the service is recorded and on its way: what becomes of it
 * is told by the catalogue. Called off before, nothing is left. Where it costs money, the price in the
 * profile must be what is asked now.
 *
 * Errors: %GRANARY_REASON_SERVICE_NAME_TAKEN, %GRANARY_REASON_VERSION_NOT_READY,
 * %GRANARY_REASON_HANDLER_MISSING, %GRANARY_REASON_SANDBOX_MISSING, %GRANARY_REASON_SPEC_UNSET,
 * %GRANARY_REASON_PRICE_UNCONFIRMED and others.
 */
void
granary_service_host_publish_async (GranaryServiceHost          *self,
                                    const GranaryPublishRequest *request,
                                    GranaryTransfer             *transfer,
                                    GAsyncReadyCallback          callback,
                                    gpointer                     user_data)
{
  g_return_if_fail (GRANARY_IS_SERVICE_HOST (self));
  g_return_if_fail (request != NULL);
  g_return_if_fail (GRANARY_IS_TRANSFER (transfer));

  GRANARY_SERVICE_HOST_GET_IFACE (self)->publish_async (self, request, transfer, callback,
                                                        user_data);
}

/**
 * granary_service_host_publish_finish:
 * @self: a host
 * @result: as given to the callback
 * @error: return location
 *
 * Returns: (transfer full): id of the service
 */
char *
granary_service_host_publish_finish (GranaryServiceHost  *self,
                                     GAsyncResult        *result,
                                     GError             **error)
{
  g_return_val_if_fail (GRANARY_IS_SERVICE_HOST (self), NULL);

  return GRANARY_SERVICE_HOST_GET_IFACE (self)->publish_finish (self, result, error);
}

/**
 * granary_service_host_act_async:
 * @self: a host
 * @uid: id of a service
 * @action: what to do
 * @profile: (nullable): for starting and updating: run with this from now on
 * @cancellable: (nullable): calls it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Starts, stops, updates or removes a service. Done once that is on its way.
 *
 * Errors: %GRANARY_REASON_SERVICE_MISSING, %GRANARY_REASON_SERVICE_STATE,
 * %GRANARY_REASON_SERVICE_VERSION_DELETED and others.
 */
void
granary_service_host_act_async (GranaryServiceHost          *self,
                                const char                  *uid,
                                GranaryServiceAction         action,
                                const GranaryPublishProfile *profile,
                                GCancellable                *cancellable,
                                GAsyncReadyCallback          callback,
                                gpointer                     user_data)
{
  g_return_if_fail (GRANARY_IS_SERVICE_HOST (self));
  g_return_if_fail (uid != NULL);

  GRANARY_SERVICE_HOST_GET_IFACE (self)->act_async (self, uid, action, profile, cancellable,
                                                    callback, user_data);
}

/**
 * granary_service_host_act_finish:
 * @self: a host
 * @result: as given to the callback
 * @error: return location
 *
 * Returns: whether it is
 */
gboolean
granary_service_host_act_finish (GranaryServiceHost  *self,
                                 GAsyncResult        *result,
                                 GError             **error)
{
  g_return_val_if_fail (GRANARY_IS_SERVICE_HOST (self), FALSE);

  return GRANARY_SERVICE_HOST_GET_IFACE (self)->act_finish (self, result, error);
}

/**
 * granary_service_host_access_async:
 * @self: a host
 * @uid: id of a service
 * @cancellable: (nullable): calls it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Tells how to call a service; what it tells is secret.
 *
 * Errors: %GRANARY_REASON_SERVICE_NO_ADDRESS.
 */
void
granary_service_host_access_async (GranaryServiceHost  *self,
                                   const char          *uid,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  g_return_if_fail (GRANARY_IS_SERVICE_HOST (self));
  g_return_if_fail (uid != NULL);

  GRANARY_SERVICE_HOST_GET_IFACE (self)->access_async (self, uid, cancellable, callback, user_data);
}

/**
 * granary_service_host_access_finish:
 * @self: a host
 * @result: as given to the callback
 * @error: return location
 *
 * Returns: (transfer full): address and authorization
 */
GranaryServiceAccess *
granary_service_host_access_finish (GranaryServiceHost  *self,
                                    GAsyncResult        *result,
                                    GError             **error)
{
  g_return_val_if_fail (GRANARY_IS_SERVICE_HOST (self), NULL);

  return GRANARY_SERVICE_HOST_GET_IFACE (self)->access_finish (self, result, error);
}

/**
 * granary_service_host_call_async:
 * @self: a host
 * @uid: id of a service
 * @body: the request, JSON
 * @cancellable: (nullable): calls it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Posts a request to a service. An answer of whatever status is no error.
 *
 * Errors: %GRANARY_REASON_SERVICE_NOT_RUNNING and those of the network.
 */
void
granary_service_host_call_async (GranaryServiceHost  *self,
                                 const char          *uid,
                                 GBytes              *body,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_return_if_fail (GRANARY_IS_SERVICE_HOST (self));
  g_return_if_fail (uid != NULL);
  g_return_if_fail (body != NULL);

  GRANARY_SERVICE_HOST_GET_IFACE (self)->call_async (self, uid, body, cancellable, callback,
                                                     user_data);
}

/**
 * granary_service_host_call_finish:
 * @self: a host
 * @result: as given to the callback
 * @error: return location
 *
 * Returns: (transfer full): what it answered
 */
GranaryServiceReply *
granary_service_host_call_finish (GranaryServiceHost  *self,
                                  GAsyncResult        *result,
                                  GError             **error)
{
  g_return_val_if_fail (GRANARY_IS_SERVICE_HOST (self), NULL);

  return GRANARY_SERVICE_HOST_GET_IFACE (self)->call_finish (self, result, error);
}

/**
 * granary_service_host_log_async:
 * @self: a host
 * @uid: id of a service
 * @from: where the last piece ended, or %GRANARY_SERVICE_LOG_TAIL or _BEGIN
 * @cancellable: (nullable): calls it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Reads on in the log of a service. Only where logs can be read.
 */
void
granary_service_host_log_async (GranaryServiceHost  *self,
                                const char          *uid,
                                gint64               from,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_return_if_fail (GRANARY_IS_SERVICE_HOST (self));
  g_return_if_fail (uid != NULL);
  g_return_if_fail (granary_service_host_has (self, GRANARY_SERVICE_HOST_LOG));

  GRANARY_SERVICE_HOST_GET_IFACE (self)->log_async (self, uid, from, cancellable, callback,
                                                    user_data);
}

/**
 * granary_service_host_log_finish:
 * @self: a host
 * @result: as given to the callback
 * @error: return location
 *
 * Returns: (transfer full): what came since
 */
GranaryServiceLog *
granary_service_host_log_finish (GranaryServiceHost  *self,
                                 GAsyncResult        *result,
                                 GError             **error)
{
  g_return_val_if_fail (GRANARY_IS_SERVICE_HOST (self), NULL);

  return GRANARY_SERVICE_HOST_GET_IFACE (self)->log_finish (self, result, error);
}

/**
 * granary_service_host_refresh_async:
 * @self: a host
 * @cancellable: (nullable): calls it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Asks again what the services do, where they do not tell it by themselves.
 */
void
granary_service_host_refresh_async (GranaryServiceHost  *self,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  g_return_if_fail (GRANARY_IS_SERVICE_HOST (self));

  if (GRANARY_SERVICE_HOST_GET_IFACE (self)->refresh_async == NULL)
    {
      g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

      g_task_set_source_tag (task, granary_service_host_refresh_async);
      g_task_return_boolean (task, TRUE);
      return;
    }

  GRANARY_SERVICE_HOST_GET_IFACE (self)->refresh_async (self, cancellable, callback, user_data);
}

/**
 * granary_service_host_refresh_finish:
 * @self: a host
 * @result: as given to the callback
 * @error: return location
 *
 * Returns: whether the catalogue is up to date
 */
gboolean
granary_service_host_refresh_finish (GranaryServiceHost  *self,
                                     GAsyncResult        *result,
                                     GError             **error)
{
  g_return_val_if_fail (GRANARY_IS_SERVICE_HOST (self), FALSE);

  if (g_async_result_is_tagged (result, granary_service_host_refresh_async))
    return g_task_propagate_boolean (G_TASK (result), error);

  return GRANARY_SERVICE_HOST_GET_IFACE (self)->refresh_finish (self, result, error);
}
