/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A service group is called as the platform wants it: Latin letters, digits, `_` and `-`, first one
 * a letter or digit. */
#define GRANARY_SERVICE_NAME_MAX 60

/* How a service on the cloud is paid for. */
#define GRANARY_CHARGE_POSTPAID "POSTPAID_BY_HOUR"
#define GRANARY_CHARGE_PREPAID "PREPAID"

/* Agreed to whatever it is: only counts where the price cannot be found out. */
#define GRANARY_PRICE_ANY G_MAXINT64

#define GRANARY_TYPE_PUBLISH_PROFILE (granary_publish_profile_get_type ())

/**
 * GranaryPublishProfile:
 * @python: (nullable): embedded: path of the interpreter; %NULL is the version's own, else the
 *   system's
 * @memory_limit: embedded: bytes that the service may use, 0 without limit
 * @allow_network: embedded: whether its code may open connections
 * @allow_gpu: embedded: whether its code sees the GPU devices
 * @allow_unsandboxed: embedded: run without a sandbox where none can be made
 * @install_requirements: embedded: install what requirements.txt asks for, for this service alone
 * @start_timeout: embedded: seconds until it must be ready, 0 for the usual
 * @request_timeout: embedded: seconds that one request may take, 0 for the usual
 * @environment: (nullable) (array zero-terminated=1): `NAME=VALUE` for its code, such as
 *   `TI_INFERENCE_NUMS=2`
 * @charge_type: (nullable): cloud: `POSTPAID_BY_HOUR` or `PREPAID`
 * @instance_type: (nullable): cloud, postpaid: SpecName
 * @resource_group: (nullable): cloud, prepaid: its id
 * @cpu: cloud, prepaid: 1/1000 core
 * @memory: cloud, prepaid: MiB
 * @gpu: cloud, prepaid: 1/100 card
 * @gpu_type: (nullable): cloud, prepaid
 * @replicas: cloud: instances, 1 or more
 * @authorization: cloud: whether callers need the service's token
 * @price: cloud: fen an hour, for all instances, that the user has agreed to; -1 none,
 *   %GRANARY_PRICE_ANY where it could not be found out, and that was said
 * @description: (nullable): what the service is for
 *
 * How a version is published, apart from which one and under what name. Remembered for each
 * connection. It holds no secret.
 */
typedef struct
{
  char     *python;
  gint64    memory_limit;
  gboolean  allow_network;
  gboolean  allow_gpu;
  gboolean  allow_unsandboxed;
  gboolean  install_requirements;
  guint     start_timeout;
  guint     request_timeout;
  GStrv     environment;
  char     *charge_type;
  char     *instance_type;
  char     *resource_group;
  gint64    cpu;
  gint64    memory;
  gint64    gpu;
  char     *gpu_type;
  guint     replicas;
  gboolean  authorization;
  gint64    price;
  char     *description;
} GranaryPublishProfile;

GType                  granary_publish_profile_get_type  (void);
GranaryPublishProfile *granary_publish_profile_new       (void) G_GNUC_WARN_UNUSED_RESULT;
GranaryPublishProfile *granary_publish_profile_copy      (const GranaryPublishProfile *self) G_GNUC_WARN_UNUSED_RESULT;
void                   granary_publish_profile_free      (GranaryPublishProfile       *self);
char                  *granary_publish_profile_to_json   (const GranaryPublishProfile *self) G_GNUC_WARN_UNUSED_RESULT;
GranaryPublishProfile *granary_publish_profile_from_json (const char                  *text) G_GNUC_WARN_UNUSED_RESULT;
gint64                 granary_publish_profile_get_usual_memory
                                                         (void);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryPublishProfile, granary_publish_profile_free)

/**
 * GranaryPublishRequest:
 * @version_id: which version
 * @group_uid: (nullable): the group that gets a new service; %NULL makes a group
 * @name: (nullable): name of the new group; %NULL with @group_uid
 * @profile: how
 *
 * All that publishing needs. Filled by its maker, not changed once handed over.
 */
typedef struct
{
  gint64                 version_id;
  char                  *group_uid;
  char                  *name;
  GranaryPublishProfile *profile;
} GranaryPublishRequest;

GranaryPublishRequest *granary_publish_request_new  (gint64                       version_id,
                                                     const char                  *group_uid,
                                                     const char                  *name,
                                                     const GranaryPublishProfile *profile) G_GNUC_WARN_UNUSED_RESULT;
GranaryPublishRequest *granary_publish_request_copy (const GranaryPublishRequest *self) G_GNUC_WARN_UNUSED_RESULT;
void                   granary_publish_request_free (GranaryPublishRequest       *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryPublishRequest, granary_publish_request_free)

gboolean granary_service_name_check   (const char  *name,
                                       GError     **error);
char    *granary_service_name_suggest (const char  *model_name) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
