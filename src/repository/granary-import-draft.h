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
} GranaryDraftField;

#define GRANARY_N_DRAFT_FIELDS (GRANARY_DRAFT_SERVICE + 1)

/**
 * GranaryImportDraft:
 *
 * The state of an import being composed: what the wizard shows and `granary-cli import` fills. No
 * GTK. Main-thread object; its reading (scan, name check, inspection) happens on workers and
 * arrives as property changes.
 *
 * Properties (all notify): target-is-new (gboolean), name, model-id (gint64), next-number (int),
 * description, framework, format, environment, move (gboolean), busy (gboolean: something is still
 * being read), ready (gboolean: import may start).
 * Signals: files-changed, metrics-changed, tags-changed, problems-changed.
 *
 * Framework and format follow the files until the user sets them.
 */
#define GRANARY_TYPE_IMPORT_DRAFT (granary_import_draft_get_type ())
G_DECLARE_FINAL_TYPE (GranaryImportDraft, granary_import_draft, GRANARY, IMPORT_DRAFT, GObject)

GranaryImportDraft   *granary_import_draft_new              (GranaryConnection   *connection) G_GNUC_WARN_UNUSED_RESULT;
GranaryConnection    *granary_import_draft_get_connection   (GranaryImportDraft  *self);

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

/* Metrics: (element-type GranaryMetric), in order. */
GPtrArray            *granary_import_draft_get_metrics      (GranaryImportDraft  *self);
void                  granary_import_draft_set_metrics      (GranaryImportDraft  *self,
                                                             GPtrArray           *metrics);

/* Problems: the first one of a field, or NULL. A field that is merely still empty is reported by
 * is_missing, so that a fresh dialog is not red all over. */
const GError         *granary_import_draft_get_problem      (GranaryImportDraft  *self,
                                                             GranaryDraftField    field);
gboolean              granary_import_draft_is_missing       (GranaryImportDraft  *self,
                                                             GranaryDraftField    field);
gboolean              granary_import_draft_get_busy         (GranaryImportDraft  *self);
gboolean              granary_import_draft_get_ready        (GranaryImportDraft  *self);
gboolean              granary_import_draft_is_touched       (GranaryImportDraft  *self);

/* The finished request: only when ready. Texts made here are written to a temporary folder that
 * lives as long as the draft. */
GranaryImportRequest *granary_import_draft_make_request     (GranaryImportDraft  *self,
                                                             GError             **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
