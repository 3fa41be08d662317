/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include <string.h>

#include "granary-pickle.h"
#include "granary-wire.h"

/* Paddle's files besides programs: weights of a program, states of training, and models of Paddle
 * Lite. Their data stays unread. */

#define MAX_SCAN (4 * 1024 * 1024)
#define MAX_DESC 4096

static gboolean
is_zero (const guint8 *bytes,
         gsize         length)
{
  for (gsize i = 0; i < length; i++)
    if (bytes[i] != 0)
      return FALSE;

  return TRUE;
}

/* Weights of a program: for each tensor u32 0, u64 levels, u32 0, i32 length of its TensorDesc
 * (data_type 1, dims 2), and its elements (SerializeToStream in paddle/phi/core/framework). */
static gboolean
detect_params (GranaryInspectSubject *subject)
{
  guint32 length;

  if (subject->head_length < 22 || !is_zero (subject->head, 16))
    return FALSE;

  length = (guint32) (granary_inspect_le64 (subject->head + 14) >> 16);

  return length >= 2 && length <= MAX_DESC && subject->head[20] == 0x08;
}

static gboolean
read_params (GranaryInspectSubject  *subject,
             GError                **error)
{
  granary_inspection_set_format (subject->inspection, "Paddle");
  granary_inspection_set_framework (subject->inspection, "PaddlePaddle");
  granary_inspection_set_metadata (subject->inspection, "content", "weights");

  return TRUE;
}

const GranaryInspectParser granary_inspect_paddle_params = {
  .rank = 30,
  .detect = detect_params,
  .read = read_params,
};

/* States of training: pickles of numpy arrays (paddle.save in python/paddle/framework/io.py). */
static gboolean
detect_state (GranaryInspectSubject *subject)
{
  return subject->head_length >= 3 && subject->head[0] == 0x80 && subject->head[1] >= 2 &&
         subject->head[1] <= 5 &&
         (granary_inspect_is_named (subject, ".pdparams") ||
          granary_inspect_is_named (subject, ".pdopt"));
}

/* How numpy brings back its arrays, which are all that such a file is made of. */
static gboolean
is_array_import (const char *import)
{
  static const char * const names[] = {
    "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct",
    "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar", "numpy.ndarray",
    "numpy.dtype", "numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (import, names[i]))
      return TRUE;

  return FALSE;
}

static gboolean
read_state (GranaryInspectSubject  *subject,
            GError                **error)
{
  gsize length = (gsize) MIN (subject->size, MAX_SCAN);
  g_autofree guint8 *data = g_malloc (length);
  g_autoptr (GranaryPickle) pickle = NULL;
  g_autofree char *code = NULL;

  if (!granary_range_reader_read_exact (subject->reader, 0, data, length, subject->cancellable,
                                        error))
    return FALSE;

  granary_inspection_set_format (subject->inspection, "Paddle");
  granary_inspection_set_framework (subject->inspection, "PaddlePaddle");
  granary_inspection_set_metadata (subject->inspection, "content", "state dict");

  pickle = granary_pickle_scan (data, length, NULL, NULL, subject->cancellable);
  for (guint i = pickle->imports->len; i > 0; i--)
    if (is_array_import (g_ptr_array_index (pickle->imports, i - 1)))
      g_ptr_array_remove_index (pickle->imports, i - 1);
  code = granary_pickle_list_code (pickle);
  if (code != NULL)
    granary_inspection_add_warning (subject->inspection, GRANARY_WARNING_RUNS_CODE, code);
  /* Of a large one only the beginning was read. */
  if (!pickle->complete && length == (gsize) subject->size)
    granary_inspection_add_warning (subject->inspection,
                                    pickle->truncated ? GRANARY_WARNING_TRUNCATED
                                                      : GRANARY_WARNING_UNREADABLE,
                                    subject->name);

  return !g_cancellable_set_error_if_cancelled (subject->cancellable, error);
}

const GranaryInspectParser granary_inspect_paddle_state = {
  .rank = 45,
  .detect = detect_state,
  .read = read_state,
};

/* Paddle Lite's naive buffer: u16 version of the format, then 16 bytes with the version of the
 * program that made it (model_parser.cc in Paddle-Lite). */
static gboolean
detect_lite (GranaryInspectSubject *subject)
{
  const guint8 *version = subject->head + 2;
  gsize length;

  if (subject->head_length < 18 || subject->head[0] > 2 || subject->head[1] != 0)
    return FALSE;

  for (length = 0; length < 16 && version[length] != 0; length++)
    if (!g_ascii_isgraph (version[length]))
      return FALSE;
  if (length < 2 || !is_zero (version + length, 16 - length))
    return FALSE;

  return (version[0] == 'v' && g_ascii_isdigit (version[1])) ||
         granary_inspect_is_named (subject, ".nb");
}

static gboolean
read_lite (GranaryInspectSubject  *subject,
           GError                **error)
{
  g_autofree char *producer = g_strdup_printf ("Paddle Lite %.16s",
                                               (const char *) subject->head + 2);

  granary_inspection_set_format (subject->inspection, "Paddle Lite");
  granary_inspection_set_framework (subject->inspection, "PaddlePaddle");
  granary_inspection_set_producer (subject->inspection, producer);

  return TRUE;
}

const GranaryInspectParser granary_inspect_paddle_lite = {
  .rank = 74,
  .detect = detect_lite,
  .read = read_lite,
};
