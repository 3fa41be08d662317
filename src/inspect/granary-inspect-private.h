/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-cursor.h"
#include "granary-flatbuffer.h"
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

extern const GranaryInspectParser granary_inspect_executorch;
extern const GranaryInspectParser granary_inspect_gguf;
extern const GranaryInspectParser granary_inspect_graph;
extern const GranaryInspectParser granary_inspect_hdf5;
extern const GranaryInspectParser granary_inspect_ort;
extern const GranaryInspectParser granary_inspect_paddle;
extern const GranaryInspectParser granary_inspect_paddle_params;
extern const GranaryInspectParser granary_inspect_paddle_pir;
extern const GranaryInspectParser granary_inspect_paddle_lite;
extern const GranaryInspectParser granary_inspect_paddle_state;
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
extern const GranaryInspectParser granary_inspect_saved_model;
extern const GranaryInspectParser granary_inspect_tf_checkpoint;
extern const GranaryInspectParser granary_inspect_tflite;

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
void          granary_inspect_append_dimension
                                        (GString                *shape,
                                         gint64                  dimension);
char         *granary_inspect_flat_shape
                                        (GranaryCursor          *cursor,
                                         GranaryFlatVector      *dimensions) G_GNUC_WARN_UNUSED_RESULT;
const char   *granary_inspect_onnx_type (guint64                 type);
void          granary_inspect_keras_content
                                        (GranaryInspectSubject  *subject,
                                         GBytes                 *metadata,
                                         GBytes                 *config);
const char   *granary_inspect_paddle_type
                                        (guint64                 type);
void          granary_inspect_add_paddle_params
                                        (GranaryInspectSubject  *subject);
void          granary_inspect_add_companions
                                        (GranaryInspection      *inspection,
                                         const char             *target,
                                         GHashTable             *targets);

GranaryPickle *
              granary_inspect_torch_pickle
                                        (GranaryInspectSubject  *subject,
                                         const guint8           *data,
                                         gsize                   length) G_GNUC_WARN_UNUSED_RESULT;
void          granary_inspect_torch_program
                                        (GranaryInspectSubject  *subject,
                                         GBytes                 *bytes);
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
