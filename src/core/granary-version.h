/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define GRANARY_TYPE_VERSION (granary_version_get_type ())
#define GRANARY_SHA256_LENGTH 32

/**
 * GranaryStatus:
 * @GRANARY_STATUS_IMPORTING: its files are on their way; cannot be used yet
 * @GRANARY_STATUS_READY: complete
 * @GRANARY_STATUS_FAILED: the import failed; kept so that the reason can be read
 */
typedef enum
{
  GRANARY_STATUS_IMPORTING,
  GRANARY_STATUS_READY,
  GRANARY_STATUS_FAILED,
} GranaryStatus;

/**
 * GranarySource:
 * @GRANARY_SOURCE_FILES: files given by hand
 * @GRANARY_SOURCE_TASK: a training task
 * @GRANARY_SOURCE_COS: object storage
 * @GRANARY_SOURCE_AUTOML: automatic learning
 *
 * Where a version came from.
 */
typedef enum
{
  GRANARY_SOURCE_FILES,
  GRANARY_SOURCE_TASK,
  GRANARY_SOURCE_COS,
  GRANARY_SOURCE_AUTOML,
} GranarySource;

/**
 * GranaryFile:
 * @path: relative to the version, `/` between parts, valid UTF-8
 * @size: bytes
 * @sha256: digest of the content; all zero where only @etag is known
 * @mtime: ns since the epoch when it was stored
 * @inode: inode when it was stored, 0 if unknown
 * @etag: (nullable): the storage's tag of the content, for files in object storage
 * @crc64: (nullable): the storage's CRC-64 as decimal text
 *
 * One file of a version, as the catalogue states it.
 */
typedef struct
{
  char   *path;
  gint64  size;
  guint8  sha256[GRANARY_SHA256_LENGTH];
  gint64  mtime;
  guint64 inode;
  char   *etag;
  char   *crc64;
} GranaryFile;

/**
 * GranaryVersion:
 * @id: row in the catalogue
 * @model_id: row of its model
 * @model_uid: opaque id of its model
 * @model_name: name of its model
 * @uid: (nullable): opaque id on the platform; %NULL in the embedded repository
 * @number: 1, 2, …; shown as `v1`
 * @status: whether it can be used
 * @source: where it came from
 * @source_ref: (nullable): the task, storage address or folder it came from
 * @framework: (nullable): such as `PyTorch`
 * @format: (nullable): such as `ONNX`
 * @environment: (nullable): runtime environment, an interpreter or an image address
 * @inspection: (nullable): JSON object of what was read from the files: see inspect/
 * @error: (nullable): why it failed
 * @progress: percent of a running import, -1 unknown
 * @location: (nullable): where its files are: `cos://BUCKET/PREFIX/`; %NULL in the embedded
 *   repository
 * @remote: (nullable): JSON object of what else the platform, or the task it came from, told:
 *   `task_id`, `task_name`, `task_version`, `preference`, `scene`, `creator`, `region` (of the
 *   bucket), `image` (object as in ReasoningImageInfo), `environment_source`, `environment_url`
 * @size: bytes of its files, -1 while unknown
 * @n_files: how many files, -1 while unknown
 * @created: µs since the epoch, UTC
 * @updated: µs since the epoch, UTC
 * @metrics: (element-type GranaryMetric): as reported, in their order
 * @files: (element-type GranaryFile) (nullable): sorted by path; %NULL in lists of versions
 *
 * A version at one moment. Immutable, may be shared by threads.
 */
typedef struct
{
  gint64         id;
  gint64         model_id;
  char          *model_uid;
  char          *model_name;
  char          *uid;
  int            number;
  GranaryStatus  status;
  GranarySource  source;
  char          *source_ref;
  char          *framework;
  char          *format;
  char          *environment;
  char          *inspection;
  char          *error;
  int            progress;
  char          *location;
  char          *remote;
  gint64         size;
  int            n_files;
  gint64         created;
  gint64         updated;
  GPtrArray     *metrics;
  GPtrArray     *files;
} GranaryVersion;

GType           granary_version_get_type    (void);
GranaryVersion *granary_version_new         (void) G_GNUC_WARN_UNUSED_RESULT;
GranaryVersion *granary_version_ref         (GranaryVersion     *self);
void            granary_version_unref       (GranaryVersion     *self);
const GranaryFile *
                granary_version_find_file   (GranaryVersion     *self,
                                             const char         *path);

/* Whether it comes with an SDK, and where that is: `cos://BUCKET/PREFIX/`. */
gboolean        granary_version_has_sdk     (const GranaryVersion *version);
char           *granary_version_dup_sdk_address
                                            (const GranaryVersion *version) G_GNUC_WARN_UNUSED_RESULT;

GranaryFile    *granary_file_new            (const char         *path,
                                             gint64              size,
                                             const guint8       *sha256,
                                             gint64              mtime,
                                             guint64             inode) G_GNUC_WARN_UNUSED_RESULT;
void            granary_file_free           (GranaryFile        *self);
char           *granary_sha256_to_text      (const guint8       *sha256) G_GNUC_WARN_UNUSED_RESULT;

const char     *granary_status_to_id        (GranaryStatus       status);
gboolean        granary_status_from_id      (const char         *id,
                                             GranaryStatus      *status);
const char     *granary_source_to_id        (GranarySource       source);
gboolean        granary_source_from_id      (const char         *id,
                                             GranarySource      *source);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryVersion, granary_version_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryFile, granary_file_free)

G_END_DECLS
