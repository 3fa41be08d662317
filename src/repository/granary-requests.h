/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-catalog.h"
#include "granary-file-set.h"
#include "granary-transfer.h"

G_BEGIN_DECLS

/**
 * GranaryImportRequest:
 * @name: (nullable): name of the new model; %NULL with @model_id set
 * @model_id: model that gets a new version, 0 for a new model
 * @description: (nullable): of a new model
 * @tags: (nullable): of a new model; added to those of an existing one
 * @source: where the files come from
 * @source_ref: (nullable): what is remembered of that: a folder, task or address
 * @files: what to store
 * @move: take the files away from where they are (cut) instead of copying them
 * @address: (nullable): `cos://BUCKET/PREFIX/` of files that the platform takes by itself; then there
 *   are no @files
 * @task_uid: (nullable): the task that the files come from, as in [struct@Task]
 * @task_name: (nullable): of the task
 * @task_version: (nullable): version or checkpoint of the task, for automatic learning
 * @task_kinds: of what kind it was imported, 0 without a task
 * @preference: (nullable): training preference, for vision
 * @scene: (nullable): for OCR
 * @config_key: (nullable): value of the top-level `key` that config.json gets once the platform has
 *   taken the files; only with @address
 * @framework: (nullable): as in [struct@Version]
 * @format: (nullable): as in [struct@Version]
 * @environment: (nullable): as in [struct@Version]
 * @image: (nullable): JSON object of what the platform needs beside @environment, as in [struct@Image]
 * @inspection: (nullable): as in [struct@Version]
 * @metrics: (element-type GranaryMetric) (nullable): as in [struct@Version]
 *
 * All that an import needs. Filled by its maker, not changed once handed over.
 */
typedef struct
{
  char           *name;
  gint64          model_id;
  char           *description;
  GranaryTagSet  *tags;
  GranarySource   source;
  char           *source_ref;
  GranaryFileSet *files;
  gboolean        move;
  char           *address;
  char           *task_uid;
  char           *task_name;
  char           *task_version;
  guint           task_kinds;
  char           *preference;
  char           *scene;
  char           *config_key;
  char           *framework;
  char           *format;
  char           *environment;
  char           *image;
  char           *inspection;
  GPtrArray      *metrics;
} GranaryImportRequest;

GranaryImportRequest *granary_import_request_new  (void) G_GNUC_WARN_UNUSED_RESULT;
GranaryImportRequest *granary_import_request_copy (const GranaryImportRequest *self) G_GNUC_WARN_UNUSED_RESULT;
void                  granary_import_request_free (GranaryImportRequest       *self);

/**
 * GranaryUploadRequest:
 * @version_id: which version
 * @files: what to add or replace
 * @replace: whether files of the same path and other content may be replaced; without it such a
 *   file is an error that names it
 * @remove: (nullable) (array zero-terminated=1): paths to take out of the version
 */
typedef struct
{
  gint64           version_id;
  GranaryFileSet  *files;
  gboolean         replace;
  char           **remove;
} GranaryUploadRequest;

GranaryUploadRequest *granary_upload_request_new  (gint64                      version_id,
                                                   GranaryFileSet             *files,
                                                   gboolean                    replace) G_GNUC_WARN_UNUSED_RESULT;
GranaryUploadRequest *granary_upload_request_copy (const GranaryUploadRequest *self) G_GNUC_WARN_UNUSED_RESULT;
void                  granary_upload_request_free (GranaryUploadRequest       *self);

/**
 * GranaryEditRequest:
 * @model_ids: (element-type gint64): which models
 * @set_tags: (nullable): tags to add or change on each
 * @remove_tags: (nullable) (array zero-terminated=1): keys to take from each
 * @name: (nullable): new name; only with one model
 * @description: (nullable): new description; only with one model
 * @primary_metric: (nullable): metric shown in lists, "" for none; only with one model
 */
typedef struct
{
  GArray         *model_ids;
  GranaryTagSet  *set_tags;
  char          **remove_tags;
  char           *name;
  char           *description;
  char           *primary_metric;
} GranaryEditRequest;

GranaryEditRequest *granary_edit_request_new  (GArray                   *model_ids) G_GNUC_WARN_UNUSED_RESULT;
GranaryEditRequest *granary_edit_request_copy (const GranaryEditRequest *self) G_GNUC_WARN_UNUSED_RESULT;
void                granary_edit_request_free (GranaryEditRequest       *self);

/**
 * GranaryDeleteRequest:
 * @model_ids: (element-type gint64) (nullable): models, with all their versions
 * @version_ids: (element-type gint64) (nullable): single versions
 * @keep_files: leave the files where they are, where the back end can
 */
typedef struct
{
  GArray   *model_ids;
  GArray   *version_ids;
  gboolean  keep_files;
} GranaryDeleteRequest;

GranaryDeleteRequest *granary_delete_request_new  (GArray                     *model_ids,
                                                   GArray                     *version_ids,
                                                   gboolean                    keep_files) G_GNUC_WARN_UNUSED_RESULT;
GranaryDeleteRequest *granary_delete_request_copy (const GranaryDeleteRequest *self) G_GNUC_WARN_UNUSED_RESULT;
void                  granary_delete_request_free (GranaryDeleteRequest       *self);

/**
 * GranaryRefreshRequest:
 * @model_ids: (element-type gint64) (nullable): models to ask for, %NULL for all
 * @add_uids: (nullable) (array zero-terminated=1): ids of models to take in as well, as the platform
 *   writes them
 */
typedef struct
{
  GArray  *model_ids;
  char   **add_uids;
} GranaryRefreshRequest;

GranaryRefreshRequest *granary_refresh_request_new  (GArray                      *model_ids,
                                                     const char * const          *add_uids) G_GNUC_WARN_UNUSED_RESULT;
GranaryRefreshRequest *granary_refresh_request_copy (const GranaryRefreshRequest *self) G_GNUC_WARN_UNUSED_RESULT;
void                   granary_refresh_request_free (GranaryRefreshRequest       *self);

/**
 * GranaryVerifyProblem:
 * @error: what is wrong; its subject names model, version and path
 */
typedef struct
{
  gint64  version_id;
  GError *error;
} GranaryVerifyProblem;

void granary_verify_problem_free (GranaryVerifyProblem *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryVerifyProblem, granary_verify_problem_free)

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryImportRequest, granary_import_request_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryUploadRequest, granary_upload_request_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryDeleteRequest, granary_delete_request_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryRefreshRequest, granary_refresh_request_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryEditRequest, granary_edit_request_free)

G_END_DECLS
