/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-requests.h"
#include "granary-tione-place-private.h"
#include "granary-transfer-queue.h"

G_BEGIN_DECLS

/* The facts of a stored import. Those of the request are the same for the same request, so that one
 * repeated after a crash goes on; the runner adds what it decided and what it was told. */

#define GRANARY_TIONE_FACT_STORAGE     "storage"            /* address below which new models go */
#define GRANARY_TIONE_FACT_SUFFIX      "suffix"             /* of the folders of this import */
#define GRANARY_TIONE_FACT_ENVIRONMENT "environment_record" /* JSON, as it is sent */
#define GRANARY_TIONE_FACT_CREATING    "creating"           /* JSON: what was asked for */
#define GRANARY_TIONE_FACT_AS_STORAGE  "as_storage"         /* "1": the platform refused AUTO_ML */
#define GRANARY_TIONE_FACT_MODEL_UID   "created_model"
#define GRANARY_TIONE_FACT_VERSION_UID "created_version"
#define GRANARY_TIONE_FACT_VERSION_ID  "version_id"         /* row of the mirror */

/**
 * GranaryTioneImport:
 * @place: of the connection
 * @job: what is stored of it
 * @transfer: how far it is
 * @cancellable: of this run
 * @request: what was asked for, without files and model
 * @name: of the model
 * @model_uid: (nullable): of the model, %NULL while there is none
 * @sources: (nullable): JSON of what a cut removes
 * @where: (nullable): below which the folders of new models are
 * @source: (nullable): what the platform is to import; %NULL where it knows that better
 * @output: (nullable): where it is to put it
 * @is_sent: whether the files come from this computer
 * @checksums: CRC-64 texts by path, of what was sent in this run
 * @model_id: row of the mirror, 0 before it is known
 * @version_id: row of the mirror, 0 before it is known
 * @version_uid: (nullable): once the platform took it
 * @number: of the version
 *
 * One run of an import.
 */
typedef struct
{
  GranaryTionePlace    *place;
  GranaryTransferJob   *job;
  GranaryTransfer      *transfer;
  GCancellable         *cancellable;
  GranaryImportRequest *request;
  char                 *name;
  char                 *model_uid;
  JsonNode             *sources;
  GranaryObjectPlace   *where;
  GranaryObjectPlace   *source;
  GranaryObjectPlace   *output;
  gboolean              is_sent;
  GHashTable           *checksums;
  gint64                model_id;
  gint64                version_id;
  char                 *version_uid;
  int                   number;
} GranaryTioneImport;

void        granary_tione_import_clear   (GranaryTioneImport          *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GranaryTioneImport, granary_tione_import_clear)

/* Where the platform finds the files; NULL when it is not told. */
const char *granary_tione_import_get_address (const GranaryImportRequest *request);
/* Whether no model has @name yet. */
gboolean    granary_tione_import_check_name (GranaryTionePlace          *place,
                                             const char                 *name,
                                             GError                    **error);

/* Facts and request. */
JsonObject *granary_tione_import_describe (const GranaryImportRequest *request,
                                           const char                 *name,
                                           const char                 *model_uid,
                                           const GranaryObjectPlace   *where) G_GNUC_WARN_UNUSED_RESULT;
/* Fills @self from the facts of its job. */
gboolean    granary_tione_import_parse    (GranaryTioneImport         *self,
                                           GError                    **error);
gboolean    granary_tione_import_set      (GranaryTioneImport         *self,
                                           const char                 *fact,
                                           const char                 *value,
                                           GError                    **error);
/* "" counts as not there. */
char       *granary_tione_import_dup      (GranaryTioneImport         *self,
                                           const char                 *fact) G_GNUC_WARN_UNUSED_RESULT;
/* What the platform is told that it imports from. */
GranarySource
            granary_tione_import_get_source
                                          (GranaryTioneImport         *self);
/* Parameters of CreateTrainingModel for version @number. */
JsonNode   *granary_tione_import_body     (GranaryTioneImport         *self,
                                           int                         number,
                                           JsonNode                   *environment) G_GNUC_WARN_UNUSED_RESULT;
/* `name=value,…`, whole metrics, at most 1000 characters. */
char       *granary_tione_metrics_to_text (GPtrArray                  *metrics) G_GNUC_WARN_UNUSED_RESULT;

/* Steps. Creates the version, or finds that it was created: sets version_uid and number. */
gboolean    granary_tione_import_create   (GranaryTioneImport         *self,
                                           GError                    **error);
/* Looks for what an earlier run may have created. Sets version_uid when it is there; with none and
 * TRUE it is certain that nothing was created. */
gboolean    granary_tione_import_settle   (GranaryTioneImport         *self,
                                           GError                    **error);
/* Waits until the platform is done with it. */
gboolean    granary_tione_import_follow   (GranaryTioneImport         *self,
                                           GranaryVersion            **version,
                                           GError                    **error);
/* Puts the value of `key` into the configuration that the platform took. */
void        granary_tione_import_set_key  (GranaryTioneImport          *self,
                                           const GranaryVersion        *version);
/* After a cut that came to its end. */
void        granary_tione_import_remove_sources
                                          (GranaryTioneImport         *self);

G_END_DECLS
