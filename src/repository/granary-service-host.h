/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-publish-profile.h"
#include "granary-service.h"
#include "granary-transfer.h"

G_BEGIN_DECLS

/**
 * GranaryServiceAction:
 * @GRANARY_SERVICE_START: a stopped or failed one, with the files it served
 * @GRANARY_SERVICE_STOP: a running or starting one
 * @GRANARY_SERVICE_UPDATE: makes the version's present files live, and starts it if it was stopped
 * @GRANARY_SERVICE_REMOVE: stops it and forgets it; a group goes with its last service
 *
 * What can be done with a service that is there.
 */
typedef enum
{
  GRANARY_SERVICE_START,
  GRANARY_SERVICE_STOP,
  GRANARY_SERVICE_UPDATE,
  GRANARY_SERVICE_REMOVE,
} GranaryServiceAction;

/**
 * GranaryServiceHostFeatures:
 * @GRANARY_SERVICE_HOST_LOG: logs can be read
 * @GRANARY_SERVICE_HOST_PRICED: it costs money: see granary_service_host_quote_async()
 * @GRANARY_SERVICE_HOST_LOCAL: services run on this computer: the profile's embedded members hold,
 *   else its cloud members
 */
typedef enum
{
  GRANARY_SERVICE_HOST_NONE = 0,
  GRANARY_SERVICE_HOST_LOG = 1 << 0,
  GRANARY_SERVICE_HOST_PRICED = 1 << 1,
  GRANARY_SERVICE_HOST_LOCAL = 1 << 2,
} GranaryServiceHostFeatures;

/**
 * GranaryServiceGroup:
 * @uid: opaque id
 * @name: as the user named it
 * @model_name: (nullable): a model that it serves
 * @n_services: how many services it has
 *
 * A group that can get another service.
 */
typedef struct
{
  char *uid;
  char *name;
  char *model_name;
  int   n_services;
} GranaryServiceGroup;

void granary_service_group_free (GranaryServiceGroup *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryServiceGroup, granary_service_group_free)

/**
 * GranaryServiceSpec:
 * @name: instance type or id of a resource group
 * @title: what people call it: `2C4G`, the name of the group; not translated
 * @detail: (nullable): what is free of a group
 * @is_gpu: whether it has a GPU
 * @is_available: whether it can be had now
 *
 * A computing resource to choose.
 */
typedef struct
{
  char     *name;
  char     *title;
  char     *detail;
  gboolean  is_gpu;
  gboolean  is_available;
} GranaryServiceSpec;

void granary_service_spec_free (GranaryServiceSpec *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryServiceSpec, granary_service_spec_free)

/**
 * GranaryPublishOptions:
 * @name: a name for a new group that is free, as far as known
 * @groups: (element-type GranaryServiceGroup): groups that can get the version, those that serve its
 *   model first
 * @specs: (element-type GranaryServiceSpec): cloud: instance types
 * @resource_groups: (element-type GranaryServiceSpec): cloud: prepaid resources
 * @handler: (nullable): embedded: what will answer: `model_service.py`, or the ONNX file
 * @python: (nullable): embedded: the interpreter that is used unless another is chosen
 * @unmet: (nullable) (array zero-terminated=1): embedded: lines of requirements.txt that are not met
 *   in @python
 * @has_sandbox: embedded: whether services can be sandboxed here
 * @has_gpu: embedded: whether there are GPU devices
 * @memory: embedded: bytes this computer has
 * @problem: (nullable): why the version cannot be published at all
 * @note: (nullable): what keeps the choices from being whole; its wording is shown
 *
 * What there is to choose from when a version is published.
 */
typedef struct
{
  char      *name;
  GPtrArray *groups;
  GPtrArray *specs;
  GPtrArray *resource_groups;
  char      *handler;
  char      *python;
  GStrv      unmet;
  gboolean   has_sandbox;
  gboolean   has_gpu;
  gint64     memory;
  GError    *problem;
  GError    *note;
} GranaryPublishOptions;

GranaryPublishOptions *granary_publish_options_new  (void) G_GNUC_WARN_UNUSED_RESULT;
void                   granary_publish_options_free (GranaryPublishOptions *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryPublishOptions, granary_publish_options_free)

/**
 * GranaryServiceAccess:
 * @url: where requests are posted to
 * @header: (nullable): name of the header that authorizes, such as `Authorization`
 * @value: (nullable): its value, with the token. A secret: never logged, never stored elsewhere
 *
 * How to call a service.
 */
typedef struct
{
  char *url;
  char *header;
  char *value;
} GranaryServiceAccess;

GranaryServiceAccess *granary_service_access_new  (const char           *url,
                                                   const char           *header,
                                                   const char           *value) G_GNUC_WARN_UNUSED_RESULT;
void                  granary_service_access_free (GranaryServiceAccess *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryServiceAccess, granary_service_access_free)

/**
 * GranaryServiceReply:
 * @status: HTTP status
 * @content_type: (nullable): as the service stated it
 * @body: what it answered, whatever the status
 * @is_cut: whether there was more than the 64 MiB that are read
 * @latency: µs from sending the request to the last byte
 *
 * What a service answered.
 */
typedef struct
{
  guint     status;
  char     *content_type;
  GBytes   *body;
  gboolean  is_cut;
  gint64    latency;
} GranaryServiceReply;

void granary_service_reply_free (GranaryServiceReply *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryServiceReply, granary_service_reply_free)

/**
 * GranaryServiceLog:
 * @text: lines, made valid UTF-8
 * @next: where to read on; opaque
 * @is_new: whether the log was begun anew since the position that was asked for
 *
 * A piece of a log.
 */
typedef struct
{
  char     *text;
  gint64    next;
  gboolean  is_new;
} GranaryServiceLog;

/* Where to read a log from: all that is kept of it, or about its last 64 KiB. */
#define GRANARY_SERVICE_LOG_BEGIN 0
#define GRANARY_SERVICE_LOG_TAIL -1

void granary_service_log_free (GranaryServiceLog *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryServiceLog, granary_service_log_free)

/**
 * GranaryServiceHost:
 *
 * Where versions run as model services: processes of this computer, or the platform. Main-context
 * object; implementations work on their own threads and report in the caller's thread-default main
 * context. What services there are and what they do is read from the catalogue, which an
 * implementation keeps up to date.
 */
#define GRANARY_TYPE_SERVICE_HOST (granary_service_host_get_type ())
G_DECLARE_INTERFACE (GranaryServiceHost, granary_service_host, GRANARY, SERVICE_HOST, GObject)

struct _GranaryServiceHostInterface
{
  GTypeInterface parent_iface;

  GranaryServiceHostFeatures
                          (*get_features)   (GranaryServiceHost           *self);
  void                    (*prepare_async)  (GranaryServiceHost           *self,
                                             gint64                        version_id,
                                             const char                   *python,
                                             GCancellable                 *cancellable,
                                             GAsyncReadyCallback           callback,
                                             gpointer                      user_data);
  GranaryPublishOptions  *(*prepare_finish) (GranaryServiceHost           *self,
                                             GAsyncResult                 *result,
                                             GError                      **error);
  /* Only where %GRANARY_SERVICE_HOST_PRICED. Fen an hour for all instances; 0 where the profile is
   * prepaid. */
  void                    (*quote_async)    (GranaryServiceHost           *self,
                                             const GranaryPublishProfile  *profile,
                                             GCancellable                 *cancellable,
                                             GAsyncReadyCallback           callback,
                                             gpointer                      user_data);
  gint64                  (*quote_finish)   (GranaryServiceHost           *self,
                                             GAsyncResult                 *result,
                                             GError                      **error);
  void                    (*publish_async)  (GranaryServiceHost           *self,
                                             const GranaryPublishRequest  *request,
                                             GranaryTransfer              *transfer,
                                             GAsyncReadyCallback           callback,
                                             gpointer                      user_data);
  char                   *(*publish_finish) (GranaryServiceHost           *self,
                                             GAsyncResult                 *result,
                                             GError                      **error);
  void                    (*act_async)      (GranaryServiceHost           *self,
                                             const char                   *uid,
                                             GranaryServiceAction          action,
                                             const GranaryPublishProfile  *profile,
                                             GCancellable                 *cancellable,
                                             GAsyncReadyCallback           callback,
                                             gpointer                      user_data);
  gboolean                (*act_finish)     (GranaryServiceHost           *self,
                                             GAsyncResult                 *result,
                                             GError                      **error);
  void                    (*access_async)   (GranaryServiceHost           *self,
                                             const char                   *uid,
                                             GCancellable                 *cancellable,
                                             GAsyncReadyCallback           callback,
                                             gpointer                      user_data);
  GranaryServiceAccess   *(*access_finish)  (GranaryServiceHost           *self,
                                             GAsyncResult                 *result,
                                             GError                      **error);
  void                    (*call_async)     (GranaryServiceHost           *self,
                                             const char                   *uid,
                                             GBytes                       *body,
                                             GCancellable                 *cancellable,
                                             GAsyncReadyCallback           callback,
                                             gpointer                      user_data);
  GranaryServiceReply    *(*call_finish)    (GranaryServiceHost           *self,
                                             GAsyncResult                 *result,
                                             GError                      **error);
  /* Only where %GRANARY_SERVICE_HOST_LOG. */
  void                    (*log_async)      (GranaryServiceHost           *self,
                                             const char                   *uid,
                                             gint64                        from,
                                             GCancellable                 *cancellable,
                                             GAsyncReadyCallback           callback,
                                             gpointer                      user_data);
  GranaryServiceLog      *(*log_finish)     (GranaryServiceHost           *self,
                                             GAsyncResult                 *result,
                                             GError                      **error);
  /* Asks again what the services do; optional, where they tell it by themselves. */
  void                    (*refresh_async)  (GranaryServiceHost           *self,
                                             GCancellable                 *cancellable,
                                             GAsyncReadyCallback           callback,
                                             gpointer                      user_data);
  gboolean                (*refresh_finish) (GranaryServiceHost           *self,
                                             GAsyncResult                 *result,
                                             GError                      **error);
};

GranaryServiceHostFeatures
                       granary_service_host_get_features   (GranaryServiceHost           *self);
gboolean               granary_service_host_has            (GranaryServiceHost           *self,
                                                            GranaryServiceHostFeatures    feature);
void                   granary_service_host_prepare_async  (GranaryServiceHost           *self,
                                                            gint64                        version_id,
                                                            const char                   *python,
                                                            GCancellable                 *cancellable,
                                                            GAsyncReadyCallback           callback,
                                                            gpointer                      user_data);
GranaryPublishOptions *granary_service_host_prepare_finish (GranaryServiceHost           *self,
                                                            GAsyncResult                 *result,
                                                            GError                      **error) G_GNUC_WARN_UNUSED_RESULT;
void                   granary_service_host_quote_async    (GranaryServiceHost           *self,
                                                            const GranaryPublishProfile  *profile,
                                                            GCancellable                 *cancellable,
                                                            GAsyncReadyCallback           callback,
                                                            gpointer                      user_data);
gint64                 granary_service_host_quote_finish   (GranaryServiceHost           *self,
                                                            GAsyncResult                 *result,
                                                            GError                      **error);
void                   granary_service_host_publish_async  (GranaryServiceHost           *self,
                                                            const GranaryPublishRequest  *request,
                                                            GranaryTransfer              *transfer,
                                                            GAsyncReadyCallback           callback,
                                                            gpointer                      user_data);
char                  *granary_service_host_publish_finish (GranaryServiceHost           *self,
                                                            GAsyncResult                 *result,
                                                            GError                      **error) G_GNUC_WARN_UNUSED_RESULT;
void                   granary_service_host_act_async      (GranaryServiceHost           *self,
                                                            const char                   *uid,
                                                            GranaryServiceAction          action,
                                                            const GranaryPublishProfile  *profile,
                                                            GCancellable                 *cancellable,
                                                            GAsyncReadyCallback           callback,
                                                            gpointer                      user_data);
gboolean               granary_service_host_act_finish     (GranaryServiceHost           *self,
                                                            GAsyncResult                 *result,
                                                            GError                      **error);
void                   granary_service_host_access_async   (GranaryServiceHost           *self,
                                                            const char                   *uid,
                                                            GCancellable                 *cancellable,
                                                            GAsyncReadyCallback           callback,
                                                            gpointer                      user_data);
GranaryServiceAccess  *granary_service_host_access_finish  (GranaryServiceHost           *self,
                                                            GAsyncResult                 *result,
                                                            GError                      **error) G_GNUC_WARN_UNUSED_RESULT;
void                   granary_service_host_call_async     (GranaryServiceHost           *self,
                                                            const char                   *uid,
                                                            GBytes                       *body,
                                                            GCancellable                 *cancellable,
                                                            GAsyncReadyCallback           callback,
                                                            gpointer                      user_data);
GranaryServiceReply   *granary_service_host_call_finish    (GranaryServiceHost           *self,
                                                            GAsyncResult                 *result,
                                                            GError                      **error) G_GNUC_WARN_UNUSED_RESULT;
void                   granary_service_host_log_async      (GranaryServiceHost           *self,
                                                            const char                   *uid,
                                                            gint64                        from,
                                                            GCancellable                 *cancellable,
                                                            GAsyncReadyCallback           callback,
                                                            gpointer                      user_data);
GranaryServiceLog     *granary_service_host_log_finish     (GranaryServiceHost           *self,
                                                            GAsyncResult                 *result,
                                                            GError                      **error) G_GNUC_WARN_UNUSED_RESULT;
void                   granary_service_host_refresh_async  (GranaryServiceHost           *self,
                                                            GCancellable                 *cancellable,
                                                            GAsyncReadyCallback           callback,
                                                            gpointer                      user_data);
gboolean               granary_service_host_refresh_finish (GranaryServiceHost           *self,
                                                            GAsyncResult                 *result,
                                                            GError                      **error);

G_END_DECLS
