/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-connection-status.h"
#include "granary-image-source.h"
#include "granary-object-storage.h"
#include "granary-repository.h"
#include "granary-service-host.h"
#include "granary-task-source.h"
#include "granary-transfer-queue.h"

G_BEGIN_DECLS

/**
 * GranaryConnectionKind:
 * @GRANARY_CONNECTION_LOCAL: a repository in a folder of this computer
 * @GRANARY_CONNECTION_TIONE: an account on TI-ONE
 */
typedef enum
{
  GRANARY_CONNECTION_LOCAL,
  GRANARY_CONNECTION_TIONE,
} GranaryConnectionKind;

/**
 * GranaryFeatures:
 * @GRANARY_FEATURE_TRASH: what is deleted can be restored
 * @GRANARY_FEATURE_RENAME: models can be renamed
 * @GRANARY_FEATURE_DESCRIBE: models have a description and a chosen metric that can be changed
 * @GRANARY_FEATURE_FOLDER: versions are folders of this computer: paths can be copied, files dragged
 *   out
 * @GRANARY_FEATURE_REMOVE_FILES: files can be taken out of a version
 * @GRANARY_FEATURE_KEEP_FILES: deleting can leave the files where they are
 * @GRANARY_FEATURE_REFRESH: the catalogue follows a service and can be refreshed
 * @GRANARY_FEATURE_ADD_BY_ID: models can be added by their id
 *
 * What a connection can do beside the verbs that all have.
 */
typedef enum
{
  GRANARY_FEATURE_NONE = 0,
  GRANARY_FEATURE_TRASH = 1 << 0,
  GRANARY_FEATURE_RENAME = 1 << 1,
  GRANARY_FEATURE_DESCRIBE = 1 << 2,
  GRANARY_FEATURE_FOLDER = 1 << 3,
  GRANARY_FEATURE_REMOVE_FILES = 1 << 4,
  GRANARY_FEATURE_KEEP_FILES = 1 << 5,
  GRANARY_FEATURE_REFRESH = 1 << 6,
  GRANARY_FEATURE_ADD_BY_ID = 1 << 7,
} GranaryFeatures;

/**
 * GranaryRepair:
 * @kind: what was in flight, a GranaryOperationKind
 * @finished: whether it was carried through (otherwise it was undone)
 * @model_name: of which model
 * @number: of which version, 0 for the model
 *
 * One thing that opening a repository put right after a crash.
 */
typedef struct
{
  int       kind;
  gboolean  finished;
  char     *model_name;
  int       number;
} GranaryRepair;

void granary_repair_free (GranaryRepair *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryRepair, granary_repair_free)

/**
 * GranaryConnection:
 *
 * A place that holds models: its catalogue and the interfaces it offers, each of which may be
 * absent. Made by a back end; immutable once it is handed out.
 */
#define GRANARY_TYPE_CONNECTION (granary_connection_get_type ())
G_DECLARE_FINAL_TYPE (GranaryConnection, granary_connection, GRANARY, CONNECTION, GObject)

GranaryConnection     *granary_connection_new            (GranaryConnectionKind  kind,
                                                          const char            *uid,
                                                          const char            *title,
                                                          const char            *location,
                                                          GranaryCatalog        *catalog,
                                                          GranaryRepository     *repository,
                                                          GPtrArray             *repairs) G_GNUC_WARN_UNUSED_RESULT;
GranaryConnectionKind  granary_connection_get_kind       (GranaryConnection     *self);
const char            *granary_connection_get_uid        (GranaryConnection     *self);
const char            *granary_connection_get_title      (GranaryConnection     *self);
const char            *granary_connection_get_location   (GranaryConnection     *self);
GranaryCatalog        *granary_connection_get_catalog    (GranaryConnection     *self);
GranaryRepository     *granary_connection_get_repository (GranaryConnection     *self);
GPtrArray             *granary_connection_get_repairs    (GranaryConnection     *self);
GranaryFeatures        granary_connection_get_features   (GranaryConnection     *self);
gboolean               granary_connection_has            (GranaryConnection     *self,
                                                          GranaryFeatures        feature);
/* All (transfer none) (nullable): absent where the place does not have it. */
GranaryObjectStorage  *granary_connection_get_storage    (GranaryConnection     *self);
GranaryTransferQueue  *granary_connection_get_queue      (GranaryConnection     *self);
GranaryConnectionStatus *
                       granary_connection_get_status     (GranaryConnection     *self);
GranaryTaskSource     *granary_connection_get_task_source  (GranaryConnection   *self);
GranaryImageSource    *granary_connection_get_image_source (GranaryConnection   *self);
GranaryServiceHost    *granary_connection_get_service_host (GranaryConnection   *self);
/* For back ends, before the connection is handed out. */
void                   granary_connection_set_features   (GranaryConnection     *self,
                                                          GranaryFeatures        features);
void                   granary_connection_set_storage    (GranaryConnection     *self,
                                                          GranaryObjectStorage  *storage);
void                   granary_connection_set_queue      (GranaryConnection     *self,
                                                          GranaryTransferQueue  *queue);
void                   granary_connection_set_status     (GranaryConnection       *self,
                                                          GranaryConnectionStatus *status);
void                   granary_connection_set_task_source  (GranaryConnection   *self,
                                                            GranaryTaskSource   *source);
void                   granary_connection_set_image_source (GranaryConnection   *self,
                                                            GranaryImageSource  *source);
void                   granary_connection_set_service_host (GranaryConnection   *self,
                                                            GranaryServiceHost  *host);
/* What has to be ended besides; @func is called once, with @data, when the connection closes or goes,
 * whichever comes first. */
void                   granary_connection_set_closer     (GranaryConnection     *self,
                                                          GDestroyNotify         func,
                                                          gpointer               data);
/* Ends all work of the connection: transfers go on at the next start. Reading its catalogue goes on
 * to work for those who hold it. Main context; blocks for at most 2 s. */
void                   granary_connection_close          (GranaryConnection     *self);

G_END_DECLS
