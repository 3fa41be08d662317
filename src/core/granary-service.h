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
} GranaryService;

GType           granary_service_get_type      (void);
GranaryService *granary_service_new           (void) G_GNUC_WARN_UNUSED_RESULT;
GranaryService *granary_service_ref           (GranaryService      *self);
void            granary_service_unref         (GranaryService      *self);
const char     *granary_service_state_to_id   (GranaryServiceState  state);
gboolean        granary_service_state_from_id (const char          *id,
                                               GranaryServiceState *state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryService, granary_service_unref)

G_END_DECLS
