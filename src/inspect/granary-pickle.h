/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GranaryPickleTensorFunc:
 * @type: (nullable): name of the storage class, such as `FloatStorage`
 * @count: how many elements, -1 if that does not fit a number
 * @data: given by the caller
 *
 * A tensor that a PyTorch pickle rebuilds.
 */
typedef void (*GranaryPickleTensorFunc) (const char *type,
                                         gint64      count,
                                         gpointer    data);

/**
 * GranaryPickle:
 * @imports: (element-type utf8): what unpickling imports, `module.name`, each once, in order
 * @root: (nullable): class of the whole; `dict`, `list` and `tuple` for plain ones
 * @length: bytes up to the end of the pickle, when it is complete
 * @complete: whether the end was reached
 * @truncated: whether the data ended before that
 * @has_arrays: whether it is one of joblib's, with arrays between the instructions
 * @sklearn_version: (nullable): the scikit-learn that wrote it
 *
 * What a scan of a pickle's instructions gives. Nothing is imported, built or run.
 */
typedef struct
{
  GPtrArray *imports;
  char      *root;
  gsize      length;
  gboolean   complete;
  gboolean   truncated;
  gboolean   has_arrays;
  char      *sklearn_version;
} GranaryPickle;

GranaryPickle *granary_pickle_scan      (const guint8             *data,
                                         gsize                     length,
                                         GranaryPickleTensorFunc   tensor_func,
                                         gpointer                  tensor_data,
                                         GCancellable             *cancellable) G_GNUC_WARN_UNUSED_RESULT;
void           granary_pickle_free      (GranaryPickle            *self);
char          *granary_pickle_list_code (GranaryPickle            *self) G_GNUC_WARN_UNUSED_RESULT;
const char    *granary_pickle_framework (GranaryPickle            *self);
gboolean       granary_pickle_is_plain  (const char               *import);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryPickle, granary_pickle_free)

G_END_DECLS
