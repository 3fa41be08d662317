/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define GRANARY_TYPE_SERVICE (granary_service_get_type ())

/**
 * GranaryServiceState:
 *
 * What a model service is doing, whatever the platform calls it.
 */
typedef enum
{
  GRANARY_SERVICE_UNKNOWN,
  GRANARY_SERVICE_STARTING,
  GRANARY_SERVICE_RUNNING,
  GRANARY_SERVICE_STOPPING,
  GRANARY_SERVICE_STOPPED,
  GRANARY_SERVICE_FAILED,
} GranaryServiceState;

#define GRANARY_N_SERVICE_STATES (GRANARY_SERVICE_FAILED + 1)

/**
 * GranaryServiceFailure:
 * @GRANARY_SERVICE_FAILURE_NONE: nothing to tell
 * @GRANARY_SERVICE_FAILURE_PLATFORM: the platform's own text says it
 * @GRANARY_SERVICE_FAILURE_PYTHON: the interpreter is gone or cannot be run; detail: its path
 * @GRANARY_SERVICE_FAILURE_SANDBOX: no sandbox could be made, and none is needed only if allowed;
 *   detail: what was tried
 * @GRANARY_SERVICE_FAILURE_FILES: the snapshot is not what it was or gone; detail: the path
 * @GRANARY_SERVICE_FAILURE_HANDLER: nothing in the version can be served; detail: what is missing
 * @GRANARY_SERVICE_FAILURE_REQUIREMENTS: packages of requirements.txt are not there; detail: which
 * @GRANARY_SERVICE_FAILURE_INSTALL: they could not be installed; detail: last line of the installer
 * @GRANARY_SERVICE_FAILURE_IMPORT: `model_service.py` cannot be imported; detail: the exception
 * @GRANARY_SERVICE_FAILURE_LOAD: the model did not load; detail: the exception, or none when load()
 *   returned false
 * @GRANARY_SERVICE_FAILURE_TIMEOUT: it did not become ready in time; detail: seconds
 * @GRANARY_SERVICE_FAILURE_STUCK: a request took longer than allowed; detail: seconds
 * @GRANARY_SERVICE_FAILURE_MEMORY: it needed more memory than allowed; detail: MiB allowed
 * @GRANARY_SERVICE_FAILURE_EXITED: it ended by itself; detail: exit code
 * @GRANARY_SERVICE_FAILURE_KILLED: a signal ended it; detail: name of the signal
 * @GRANARY_SERVICE_FAILURE_PORT: no port could be had; detail: the port
 * @GRANARY_SERVICE_FAILURE_DISK: its folder cannot be written; detail: what the system said
 * @GRANARY_SERVICE_FAILURE_ARREARS: the platform stopped it because the account owes money
 *
 * Why a service does not run, or ended last time. Every value has words in wording/.
 */
typedef enum
{
  GRANARY_SERVICE_FAILURE_NONE,
  GRANARY_SERVICE_FAILURE_PLATFORM,
  GRANARY_SERVICE_FAILURE_PYTHON,
  GRANARY_SERVICE_FAILURE_SANDBOX,
  GRANARY_SERVICE_FAILURE_FILES,
  GRANARY_SERVICE_FAILURE_HANDLER,
  GRANARY_SERVICE_FAILURE_REQUIREMENTS,
  GRANARY_SERVICE_FAILURE_INSTALL,
  GRANARY_SERVICE_FAILURE_IMPORT,
  GRANARY_SERVICE_FAILURE_LOAD,
  GRANARY_SERVICE_FAILURE_TIMEOUT,
  GRANARY_SERVICE_FAILURE_STUCK,
  GRANARY_SERVICE_FAILURE_MEMORY,
  GRANARY_SERVICE_FAILURE_EXITED,
  GRANARY_SERVICE_FAILURE_KILLED,
  GRANARY_SERVICE_FAILURE_PORT,
  GRANARY_SERVICE_FAILURE_DISK,
  GRANARY_SERVICE_FAILURE_ARREARS,
} GranaryServiceFailure;

#define GRANARY_N_SERVICE_FAILURES (GRANARY_SERVICE_FAILURE_ARREARS + 1)

/**
 * GranaryService:
 * @uid: opaque id
 * @group_uid: (nullable): of its service group
 * @name: of its group, or its own
 * @number: its version within the group, 0 unknown
 * @model_uid: (nullable): model it runs
 * @version_uid: (nullable): version it runs, as in [struct@Version]
 * @version_id: row of that version in the catalogue, 0 when it is not known there
 * @model_name: (nullable): name of the model, as the service states it
 * @version_number: of the model's version, 0 unknown
 * @state: what it is doing
 * @state_text: (nullable): the platform's own word for it
 * @created: µs since the epoch, 0 unknown
 * @url: (nullable): address that callers use, kept while it is stopped
 * @failure: why it does not run, or ended last time
 * @failure_detail: (nullable): what @failure says it is, made printable; not translated
 * @n_restarts: how often it was restarted since it last was started by hand
 * @replicas: how many instances are meant to run, -1 unknown
 * @available: how many of them answer, -1 unknown
 * @weight: percent of its group's requests that it gets, -1 unknown
 * @started: µs since the epoch when it last was started or updated, 0 unknown
 * @files_as_of: µs since the epoch: it serves the files of that moment, 0 unknown
 * @profile: (nullable): JSON object of the [struct@PublishProfile] it runs with, as far as known
 * @is_wanted: whether it is meant to run, whatever it does at the moment
 * @model_id: row of the model in the catalogue, 0 when it is not known there; not stored
 * @is_update_needed: whether files of its version changed since @files_as_of; not stored
 * @is_version_gone: whether its version was deleted: once stopped it cannot be started; not stored
 *
 * A model service as it was last seen. Immutable, may be shared by threads.
 */
typedef struct
{
  char                *uid;
  char                *group_uid;
  char                *name;
  int                  number;
  char                *model_uid;
  char                *version_uid;
  gint64               version_id;
  char                *model_name;
  int                  version_number;
  GranaryServiceState  state;
  char                *state_text;
  gint64               created;
  char                *url;
  GranaryServiceFailure failure;
  char                *failure_detail;
  int                  n_restarts;
  int                  replicas;
  int                  available;
  int                  weight;
  gint64               started;
  gint64               files_as_of;
  char                *profile;
  gboolean             is_wanted;
  gint64               model_id;
  gboolean             is_update_needed;
  gboolean             is_version_gone;
} GranaryService;

GType           granary_service_get_type      (void);
GranaryService *granary_service_new           (void) G_GNUC_WARN_UNUSED_RESULT;
GranaryService *granary_service_ref           (GranaryService      *self);
GranaryService *granary_service_copy          (const GranaryService *self) G_GNUC_WARN_UNUSED_RESULT;
void            granary_service_unref         (GranaryService      *self);
int             granary_service_get_weight    (const GranaryService *self);
const char     *granary_service_state_to_id   (GranaryServiceState  state);
gboolean        granary_service_state_from_id (const char          *id,
                                               GranaryServiceState *state);

const char     *granary_service_failure_to_id   (GranaryServiceFailure  failure);
gboolean        granary_service_failure_from_id (const char            *id,
                                                 GranaryServiceFailure *failure);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryService, granary_service_unref)

G_END_DECLS
