/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include "granary-pickle.h"

/* What the pickle of a PyTorch file says, whatever it is packed in. */

typedef struct
{
  const char *storage;
  const char *name;
} StorageType;

static const StorageType storage_types[] = {
  { "FloatStorage", "float32" },
  { "DoubleStorage", "float64" },
  { "HalfStorage", "float16" },
  { "BFloat16Storage", "bfloat16" },
  { "LongStorage", "int64" },
  { "IntStorage", "int32" },
  { "ShortStorage", "int16" },
  { "CharStorage", "int8" },
  { "ByteStorage", "uint8" },
  { "BoolStorage", "bool" },
  { "ComplexFloatStorage", "complex64" },
  { "ComplexDoubleStorage", "complex128" },
  { "QInt8Storage", "qint8" },
  { "QUInt8Storage", "quint8" },
  { "QInt32Storage", "qint32" },
};

static void
count_tensor (const char *storage,
              gint64      count,
              gpointer    data)
{
  const char *type = storage;

  for (guint i = 0; storage != NULL && i < G_N_ELEMENTS (storage_types); i++)
    if (g_str_equal (storage, storage_types[i].storage))
      type = storage_types[i].name;

  granary_inspection_add_parameters (data, type, count);
}

/* Scans a pickle of tensors and counts their elements. */
GranaryPickle *
granary_inspect_torch_pickle (GranaryInspectSubject *subject,
                              const guint8          *data,
                              gsize                  length)
{
  GranaryPickle *pickle;

  granary_inspection_add_parameters (subject->inspection, NULL, 0);
  pickle = granary_pickle_scan (data, length, count_tensor, subject->inspection,
                                subject->cancellable);
  if (!pickle->complete)
    granary_inspection_forget_parameters (subject->inspection);
  if (pickle->root != NULL)
    granary_inspection_set_metadata (subject->inspection, "class", pickle->root);

  return pickle;
}

/* Tells weights alone from an object that brings code along. */
void
granary_inspect_torch_content (GranaryInspectSubject *subject,
                               GranaryPickle         *pickle)
{
  g_autofree char *code = granary_pickle_list_code (pickle);

  if (code != NULL)
    {
      granary_inspection_set_metadata (subject->inspection, "content", "object");
      granary_inspection_add_warning (subject->inspection, GRANARY_WARNING_RUNS_CODE, code);
    }
  else if (pickle->complete)
    granary_inspection_set_metadata (subject->inspection, "content", "state dict");
}
