/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-connection.h"
#include "granary-inspection.h"

G_BEGIN_DECLS

/**
 * GranaryDraftField:
 *
 * Where a problem of the draft belongs.
 */
typedef enum
{
  GRANARY_DRAFT_NAME,
  GRANARY_DRAFT_MODEL,
  GRANARY_DRAFT_TAGS,
  GRANARY_DRAFT_FILES,
  GRANARY_DRAFT_METRICS,
  GRANARY_DRAFT_CONFIG,
  GRANARY_DRAFT_SERVICE,
  GRANARY_DRAFT_TASK,
  GRANARY_DRAFT_ADDRESS,
  GRANARY_DRAFT_ENVIRONMENT,
} GranaryDraftField;

#define GRANARY_N_DRAFT_FIELDS (GRANARY_DRAFT_ENVIRONMENT + 1)

/**
 * GranaryImportDraft:
 *
 * The state of an import being composed: what the wizard shows and `granary-cli import` fills. No
 * GTK. Main-thread object; its reading (scan, name check, inspection) happens on workers and
 * arrives as property changes.
 *
 * There is one origin at a time: files, a task, object storage or automatic learning. What was chosen
 * for the others is kept, and comes back with them. Files, task and metrics are those of the origin.
 *
 * Properties (all notify): source (GranarySource: the origin), target-is-new (gboolean), name, model-id (gint64), next-number (int),
 * description, framework, format, environment, move (gboolean), busy (gboolean: something is still
 * being read), ready (gboolean: import may start).
 * Signals: files-changed, metrics-changed, tags-changed, problems-changed, task-changed (task,
 * its details or the chosen output), address-changed (address or what was found there).
 *
 * Framework and format follow the files or the task until the user sets them; so do the metrics.
 */
#define GRANARY_TYPE_IMPORT_DRAFT (granary_import_draft_get_type ())
G_DECLARE_FINAL_TYPE (GranaryImportDraft, granary_import_draft, GRANARY, IMPORT_DRAFT, GObject)

GranaryImportDraft   *granary_import_draft_new              (GranaryConnection   *connection) G_GNUC_WARN_UNUSED_RESULT;
GranaryConnection    *granary_import_draft_get_connection   (GranaryImportDraft  *self);

/* Where the files come from. */
GranarySource         granary_import_draft_get_source       (GranaryImportDraft  *self);
void                  granary_import_draft_set_source       (GranaryImportDraft  *self,
                                                             GranarySource        source);

/* Task and automatic learning. The task is loaded in the background; its recommended output is
 * chosen until another one is. With the source GRANARY_SOURCE_AUTOML @kind is vision or OCR. */
GranaryTaskKinds      granary_import_draft_get_task_kind    (GranaryImportDraft  *self);
void                  granary_import_draft_set_task_kind    (GranaryImportDraft  *self,
                                                             GranaryTaskKinds     kind);
const char           *granary_import_draft_get_task_uid     (GranaryImportDraft  *self);
void                  granary_import_draft_set_task_uid     (GranaryImportDraft  *self,
                                                             const char          *uid);
/* (nullable): while it is loading, or cannot be loaded: then there is a problem of the field. */
GranaryTaskDetails   *granary_import_draft_get_task         (GranaryImportDraft  *self);
const GranaryTaskOutput *
                      granary_import_draft_get_output       (GranaryImportDraft  *self);
void                  granary_import_draft_set_output       (GranaryImportDraft  *self,
                                                             const char          *output_id);
/* Task version, training preference and scene: those of the output until they are set. NULL or ""
 * lets them follow it again. Where the place lists no tasks they are entered by hand. */
const char           *granary_import_draft_get_task_version (GranaryImportDraft  *self);
void                  granary_import_draft_set_task_version (GranaryImportDraft  *self,
                                                             const char          *version);
const char           *granary_import_draft_get_preference   (GranaryImportDraft  *self);
void                  granary_import_draft_set_preference   (GranaryImportDraft  *self,
                                                             const char          *preference);
const char           *granary_import_draft_get_scene        (GranaryImportDraft  *self);
void                  granary_import_draft_set_scene        (GranaryImportDraft  *self,
                                                             const char          *scene);
/* The `key` of config.json, for OCR: that of the file until it is set. */
const char           *granary_import_draft_get_config_key   (GranaryImportDraft  *self);
void                  granary_import_draft_set_config_key   (GranaryImportDraft  *self,
                                                             const char          *key);
/* Address that the files go to, for people: `models/NAME/v3`, `cos://…`; NULL while it is not known
 * or the platform chooses it. */
char                 *granary_import_draft_dup_destination  (GranaryImportDraft  *self) G_GNUC_WARN_UNUSED_RESULT;

/* Object storage: `cos://BUCKET/PREFIX/`. It is listed and looked into in the background, by ranged
 * reads. @objects: (element-type GranaryObject) (nullable) what lies there, at most 1000. */
const char           *granary_import_draft_get_address      (GranaryImportDraft  *self);
void                  granary_import_draft_set_address      (GranaryImportDraft  *self,
                                                             const char          *address);
GPtrArray            *granary_import_draft_get_objects      (GranaryImportDraft  *self);

/* New model or new version. */
gboolean              granary_import_draft_get_target_is_new (GranaryImportDraft *self);
void                  granary_import_draft_set_target_is_new (GranaryImportDraft *self,
                                                              gboolean            is_new);
const char           *granary_import_draft_get_name         (GranaryImportDraft  *self);
void                  granary_import_draft_set_name         (GranaryImportDraft  *self,
                                                             const char          *name);
gint64                granary_import_draft_get_model_id     (GranaryImportDraft  *self);
void                  granary_import_draft_set_model_id     (GranaryImportDraft  *self,
                                                             gint64               model_id);
int                   granary_import_draft_get_next_number  (GranaryImportDraft  *self);
const char           *granary_import_draft_get_description  (GranaryImportDraft  *self);
void                  granary_import_draft_set_description  (GranaryImportDraft  *self,
                                                             const char          *description);

/* Tags: the draft's own set; edit it through here. */
const GranaryTagSet  *granary_import_draft_get_tags         (GranaryImportDraft  *self);
void                  granary_import_draft_set_tags         (GranaryImportDraft  *self,
                                                             const GranaryTagSet *tags);

/* Files. add_paths scans and inspects in the background. */
GranaryFileSet       *granary_import_draft_get_files        (GranaryImportDraft  *self);
void                  granary_import_draft_add_paths        (GranaryImportDraft  *self,
                                                             const char * const  *paths);
void                  granary_import_draft_remove_file      (GranaryImportDraft  *self,
                                                             const char          *target);
void                  granary_import_draft_remove_problems  (GranaryImportDraft  *self);
void                  granary_import_draft_clear_files      (GranaryImportDraft  *self);
gboolean              granary_import_draft_get_move         (GranaryImportDraft  *self);
void                  granary_import_draft_set_move         (GranaryImportDraft  *self,
                                                             gboolean             move);
/* config.json or model_service.py written here instead of chosen; NULL takes it back. */
void                  granary_import_draft_set_file_text    (GranaryImportDraft  *self,
                                                             const char          *target,
                                                             const char          *text);
const char           *granary_import_draft_get_file_text    (GranaryImportDraft  *self,
                                                             const char          *target);
const char           *granary_import_draft_get_found_text   (GranaryImportDraft  *self,
                                                             const char          *target);
char                 *granary_import_draft_make_template    (GranaryImportDraft  *self,
                                                             const char          *target) G_GNUC_WARN_UNUSED_RESULT;
GranaryInspection    *granary_import_draft_get_inspection   (GranaryImportDraft  *self);

/* Facts. NULL or "" lets them follow the files again. */
const char           *granary_import_draft_get_framework    (GranaryImportDraft  *self);
void                  granary_import_draft_set_framework    (GranaryImportDraft  *self,
                                                             const char          *framework);
const char           *granary_import_draft_get_format       (GranaryImportDraft  *self);
void                  granary_import_draft_set_format       (GranaryImportDraft  *self,
                                                             const char          *format);
const char           *granary_import_draft_get_environment  (GranaryImportDraft  *self);
void                  granary_import_draft_set_environment  (GranaryImportDraft  *self,
                                                             const char          *environment);
/* An environment that was picked: its address and what the platform needs beside it, as in
 * GranaryImage. */
void                  granary_import_draft_set_image        (GranaryImportDraft  *self,
                                                             const char          *address,
                                                             const char          *record);

/* Metrics: (element-type GranaryMetric), in order. */
GPtrArray            *granary_import_draft_get_metrics      (GranaryImportDraft  *self);
void                  granary_import_draft_set_metrics      (GranaryImportDraft  *self,
                                                             GPtrArray           *metrics);

/* Whether they differ from what the task reported, and the way back. */
gboolean              granary_import_draft_metrics_are_edited
                                                            (GranaryImportDraft  *self);
void                  granary_import_draft_reset_metrics    (GranaryImportDraft  *self);

/* Problems: the first one of a field, or NULL. A field that is merely still empty is reported by
 * is_missing, so that a fresh dialog is not red all over. */
const GError         *granary_import_draft_get_problem      (GranaryImportDraft  *self,
                                                             GranaryDraftField    field);
gboolean              granary_import_draft_is_missing       (GranaryImportDraft  *self,
                                                             GranaryDraftField    field);
gboolean              granary_import_draft_get_busy         (GranaryImportDraft  *self);
gboolean              granary_import_draft_get_ready        (GranaryImportDraft  *self);
gboolean              granary_import_draft_is_touched       (GranaryImportDraft  *self);

/* (transfer full) (nullable): to be uploaded once the version is there. */
GranaryFileSet       *granary_import_draft_dup_added_files  (GranaryImportDraft  *self) G_GNUC_WARN_UNUSED_RESULT;
/* The finished request: only when ready. Texts made here are written to a temporary folder that
 * lives as long as the draft. */
GranaryImportRequest *granary_import_draft_make_request     (GranaryImportDraft  *self,
                                                             GError             **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
