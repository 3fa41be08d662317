/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <sys/stat.h>

#include "granary-cos-part-pool-private.h"
#include "granary-cos-transfer.h"
#include "granary-retry.h"

G_BEGIN_DECLS

/* Shared by the files of the transfer engine. */

/* Attempts at one part, and at completing: cloud-protocols §10.5. */
#define GRANARY_COS_PART_ATTEMPTS 3

#define GRANARY_COS_MAX_PARTS 10000
#define GRANARY_COS_MAX_PART_SIZE (G_GINT64_CONSTANT (5) << 30)

struct _GranaryCosTransfer
{
  GObject               parent_instance;

  GranaryCosClient     *client;      /* (owned) */
  GranaryTransferStore *store;       /* (owned) (nullable) */
  GranaryCosPartPool   *pool;        /* (owned) */
  gint64                part_size;   /* 0: by size */
  gint                  has_expired; /* atomic: whether old records were looked for */
};

/**
 * GranaryCosRun:
 * @engine: whose call it is
 * @transfer: (nullable): is told of bytes
 * @cancellable: (owned): cancelled with the transfer and with the caller's own
 * @place: of the object
 * @subject: (owned): `BUCKET/KEY`, printable
 * @address: (owned): of @place, as it is recorded
 *
 * One call of the engine, on the stack of its caller.
 */
typedef struct
{
  GranaryCosTransfer       *engine;
  GranaryTransfer          *transfer;
  GCancellable             *cancellable;
  const GranaryObjectPlace *place;
  char                     *subject;
  char                     *address;

  /*< private >*/
  GCancellable             *parents[2];
  gulong                    handlers[2];
} GranaryCosRun;

void           granary_cos_run_begin         (GranaryCosRun             *self,
                                              GranaryCosTransfer        *engine,
                                              const GranaryObjectPlace  *place,
                                              GranaryTransfer           *transfer,
                                              GCancellable              *cancellable);
void           granary_cos_run_end           (GranaryCosRun             *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GranaryCosRun, granary_cos_run_end)

/* Positive for bytes done, negative for bytes that have to be moved again. */
void           granary_cos_run_count         (GranaryCosRun             *self,
                                              gint64                     n_bytes);
gint64         granary_cos_run_get_part_size (GranaryCosRun             *self,
                                              gint64                     size);
/* Whether @failure may pass and another attempt is due; else it is in @error. Takes @failure. */
gboolean       granary_cos_run_try_again     (GranaryRetry              *retry,
                                              GError                    *failure,
                                              GCancellable              *cancellable,
                                              GError                   **error);
gboolean       granary_cos_run_fail_crc      (GranaryCosRun             *self,
                                              guint64                    expected,
                                              guint64                    found,
                                              GError                   **error);
gboolean       granary_cos_run_discard       (GranaryCosRun             *self,
                                              gboolean                   is_upload,
                                              const char                *path,
                                              GError                   **error);
void           granary_cos_run_remove_broken (GranaryCosRun             *self,
                                              const GranaryObject       *object);

/* granary-cos-source-file.c */

/**
 * GranaryCosSourceFile:
 * @path: (owned): absolute
 * @shown: (owned): printable
 * @fd: open for reading
 * @status: as it was when it was opened
 *
 * The file of an upload. Used by all threads that send parts of it.
 */
typedef struct
{
  char        *path;
  char        *shown;
  int          fd;
  struct stat  status;
} GranaryCosSourceFile;

gboolean granary_cos_source_file_open        (GranaryCosSourceFile  *self,
                                              const char            *path,
                                              GError               **error);
void     granary_cos_source_file_close       (GranaryCosSourceFile  *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GranaryCosSourceFile, granary_cos_source_file_close)

gint64   granary_cos_source_file_get_mtime   (GranaryCosSourceFile  *self);
gboolean granary_cos_source_file_check       (GranaryCosSourceFile  *self,
                                              gboolean               is_last,
                                              GError               **error);
gboolean granary_cos_source_file_fail        (GranaryCosSourceFile  *self,
                                              int                    failure,
                                              GError               **error);
gboolean granary_cos_source_file_matches_md5 (GranaryCosSourceFile  *self,
                                              gint64                 offset,
                                              gint64                 length,
                                              const char            *etag,
                                              guint64               *crc64,
                                              gboolean              *matches,
                                              GCancellable          *cancellable,
                                              GError               **error);

/* granary-cos-multipart-run.c */

typedef struct _GranaryCosMultipart GranaryCosMultipart;

/**
 * GranaryCosMultipartSource:
 * @send: moves one part; its CRC-64 in the result, 0 if unknown. On a thread of the pool
 * @matches: (nullable): whether the source has, at the place of a part, what the part's ETag stands
 *   for; gives the CRC-64
 * @check: whether the source is still what it was; @is_last before the whole is put together
 * @sums_parts: whether the CRC-64 of all parts are known, so that they give that of the whole
 *
 * Where the bytes of a multipart upload come from.
 */
typedef struct
{
  GranaryCosPart *(*send)    (GranaryCosMultipart  *multipart,
                              int                   number,
                              gint64                offset,
                              gint64                length,
                              GCancellable         *cancellable,
                              GError              **error);
  gboolean        (*matches) (GranaryCosMultipart  *multipart,
                              gint64                offset,
                              gint64                length,
                              const char           *etag,
                              guint64              *crc64,
                              gboolean             *matches,
                              GError              **error);
  gboolean        (*check)   (GranaryCosMultipart  *multipart,
                              gboolean              is_last,
                              GError              **error);
  gboolean        sums_parts;
} GranaryCosMultipartSource;

/**
 * GranaryCosMultipart:
 * @run: the call
 * @source: where the bytes come from
 * @source_data: for @source
 * @resume: (owned): what is remembered; its id is 0 while it is not in the store
 * @was_initiated: whether an earlier run may have got an upload id and never learned it
 * @has_crc64: whether @crc64 is known beforehand; else it is put together from the parts
 * @crc64: of the whole
 *
 * A multipart upload from finding what an earlier run had sent to the verified object.
 */
struct _GranaryCosMultipart
{
  GranaryCosRun                   *run;
  const GranaryCosMultipartSource *source;
  gpointer                         source_data;
  GranaryResume                   *resume;
  gboolean                         was_initiated;
  gboolean                         has_crc64;
  guint64                          crc64;

  /*< private >*/
  GMutex                           lock;
  GranaryCosPart                 **parts;   /* (owned): by number - 1; NULL: to be sent */
  guint                            n_parts;
  guint                           *missing; /* (owned): their indices */
  gint64                           counted; /* bytes told to the transfer */
};

void           granary_cos_multipart_begin   (GranaryCosMultipart       *self,
                                              GranaryCosRun             *run,
                                              GranaryResume             *facts);
gboolean       granary_cos_multipart_claim   (GranaryCosMultipart       *self,
                                              GError                   **error);
GranaryObject *granary_cos_multipart_perform (GranaryCosMultipart       *self,
                                              GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
void           granary_cos_multipart_end     (GranaryCosMultipart       *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GranaryCosMultipart, granary_cos_multipart_end)

/* granary-cos-multipart-find.c: the first step, which knows which parts need not be sent. */
gboolean       granary_cos_multipart_find    (GranaryCosMultipart       *self,
                                              GError                   **error);
gint64         granary_cos_multipart_get_length (GranaryCosMultipart    *self,
                                                 guint                   index);
void           granary_cos_multipart_keep    (GranaryCosMultipart       *self,
                                              guint                      index,
                                              GranaryCosPart            *part,
                                              gboolean                   is_recorded);

/* granary-cos-staged-file.c */

/**
 * GranaryCosStagedFile:
 * @folder_fd: where the file is to be
 * @path: (owned): that it is to have
 * @name: (owned): last part of @path
 * @staged_name: (owned): that it has until it is complete
 * @shown: (owned): @path, printable
 * @fd: open for reading and writing, locked
 * @is_owned: whether it was opened, and neither published nor discarded yet
 * @is_new: whether there is nothing in it from an earlier run
 *
 * A file being downloaded, beside the place it is to have. Never outside its folder.
 */
typedef struct
{
  int       folder_fd;
  char     *path;
  char     *name;
  char     *staged_name;
  char     *shown;
  int       fd;
  gboolean  is_owned;
  gboolean  is_new;
} GranaryCosStagedFile;

gboolean granary_cos_staged_file_begin   (GranaryCosStagedFile  *self,
                                          const char            *path,
                                          GError               **error);
gboolean granary_cos_staged_file_open    (GranaryCosStagedFile  *self,
                                          gint64                 size,
                                          gboolean               keep,
                                          GError               **error);
gboolean granary_cos_staged_file_write   (GranaryCosStagedFile  *self,
                                          const void            *data,
                                          gsize                  size,
                                          gint64                 offset,
                                          GError               **error);
void     granary_cos_staged_file_start_sync
                                         (GranaryCosStagedFile  *self,
                                          gint64                 offset,
                                          gint64                 length);
gboolean granary_cos_staged_file_publish (GranaryCosStagedFile  *self,
                                          GError               **error);
void     granary_cos_staged_file_discard (GranaryCosStagedFile  *self);
void     granary_cos_staged_file_end     (GranaryCosStagedFile  *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GranaryCosStagedFile, granary_cos_staged_file_end)

G_END_DECLS
