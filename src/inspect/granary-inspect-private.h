/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-cursor.h"
#include "granary-inspection-private.h"
#include "granary-pickle.h"
#include "granary-range-reader.h"

G_BEGIN_DECLS

#define GRANARY_INSPECT_HEAD 4096
/* What one parser may fetch of one file. */
#define GRANARY_INSPECT_BUDGET (32 * 1024 * 1024)

/**
 * GranaryInspectSubject:
 * @reader: the file
 * @name: its path inside the version, valid UTF-8
 * @size: its bytes
 * @head: its first bytes
 * @head_length: how many of them, up to %GRANARY_INSPECT_HEAD
 * @cancellable: (nullable): stops it
 * @inspection: what becomes known of it
 * @error: (nullable): set by a detect function whose reading failed
 *
 * A file under inspection.
 */
typedef struct
{
  GranaryRangeReader *reader;
  const char         *name;
  gint64              size;
  guint8              head[GRANARY_INSPECT_HEAD];
  gsize               head_length;
  GCancellable       *cancellable;
  GranaryInspection  *inspection;
  GError             *error;
} GranaryInspectSubject;

/**
 * GranaryInspectParser:
 * @rank: how likely such a file is the model of a set of files; 0 for what is no model
 * @detect: whether the content is of this kind: looks at the head, at most at some KiB more
 * @read: reads what is to be known; fails only when reading fails or is cancelled, whatever the
 *   content is
 *
 * A file format. A new one is a file that defines such a table and a line in the list of
 * granary-inspect.c.
 */
typedef struct
{
  int        rank;
  gboolean (*detect) (GranaryInspectSubject  *subject);
  gboolean (*read)   (GranaryInspectSubject  *subject,
                      GError                **error);
} GranaryInspectParser;

extern const GranaryInspectParser granary_inspect_refusals;
extern const GranaryInspectParser granary_inspect_safetensors;
extern const GranaryInspectParser granary_inspect_safetensors_index;
extern const GranaryInspectParser granary_inspect_torch;
extern const GranaryInspectParser granary_inspect_pickle_file;
extern const GranaryInspectParser granary_inspect_signatures;
extern const GranaryInspectParser granary_inspect_onnx;
extern const GranaryInspectParser granary_inspect_pmml;
extern const GranaryInspectParser granary_inspect_openvino;
extern const GranaryInspectParser granary_inspect_xgboost;
extern const GranaryInspectParser granary_inspect_lightgbm;
extern const GranaryInspectParser granary_inspect_catboost;
extern const GranaryInspectParser granary_inspect_tensorrt;

gboolean      granary_inspect_settle    (GranaryInspectSubject  *subject,
                                         GranaryCursor          *cursor,
                                         gboolean                truncated,
                                         GError                **error);
gboolean      granary_inspect_starts    (GranaryInspectSubject  *subject,
                                         gsize                   offset,
                                         const void             *bytes,
                                         gsize                   length);
gboolean      granary_inspect_is_named  (GranaryInspectSubject  *subject,
                                         const char             *ending);
guint64       granary_inspect_le64      (const guint8           *bytes);

GranaryPickle *
              granary_inspect_torch_pickle
                                        (GranaryInspectSubject  *subject,
                                         const guint8           *data,
                                         gsize                   length) G_GNUC_WARN_UNUSED_RESULT;
void          granary_inspect_torch_content
                                        (GranaryInspectSubject  *subject,
                                         GranaryPickle          *pickle);

/* Inspects one file; @rank tells how likely it is the model of a set. */
GranaryInspection *
              granary_inspect_one       (GranaryRangeReader     *reader,
                                         const char             *name,
                                         int                    *rank,
                                         GCancellable           *cancellable,
                                         GError                **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
