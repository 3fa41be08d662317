/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include "granary-pickle.h"

/* Files that are a pickle from their first byte: scikit-learn, XGBoost, joblib, and PyTorch's
 * format before 1.6. Only identified, and the code they import named. */

#define MAX_SCAN (4 * 1024 * 1024)

/* The pickle of PyTorch's magic number, 0x1950a86a20f9469cfc6c. */
static const guint8 torch_magic[] = {
  0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e,
};

static gboolean
detect_pickle (GranaryInspectSubject *subject)
{
  if (subject->head_length < 3 || subject->head[0] != 0x80 || subject->head[1] < 2 ||
      subject->head[1] > 5)
    return FALSE;

  /* Protocol 4 and 5 begin with a frame; the two before with what builds an object. */
  return subject->head[2] == 0x95 || subject->head[1] < 4 ||
         granary_inspect_is_named (subject, ".pkl") ||
         granary_inspect_is_named (subject, ".pickle") ||
         granary_inspect_is_named (subject, ".joblib");
}

/* Pickles one behind the other: magic number, protocol, facts of the system, the object; then the
 * weights. */
static void
read_legacy (GranaryInspectSubject *subject,
             const guint8          *data,
             gsize                  length)
{
  g_autoptr (GranaryPickle) pickle = NULL;
  gsize at = sizeof torch_magic;

  granary_inspection_set_format (subject->inspection, "PyTorch (legacy)");
  granary_inspection_set_framework (subject->inspection, "PyTorch");

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GranaryPickle) before = granary_pickle_scan (data + at, length - at, NULL, NULL,
                                                              subject->cancellable);
      g_autofree char *code = granary_pickle_list_code (before);

      /* These are loaded as well. */
      if (code != NULL)
        granary_inspection_add_warning (subject->inspection, GRANARY_WARNING_RUNS_CODE, code);
      at = before->complete ? at + before->length : length;
    }

  pickle = granary_inspect_torch_pickle (subject, data + at, length - at);
  granary_inspect_torch_content (subject, pickle);
  if (!pickle->complete && length == (gsize) subject->size)
    granary_inspection_add_warning (subject->inspection,
                                    pickle->truncated ? GRANARY_WARNING_TRUNCATED
                                                      : GRANARY_WARNING_UNREADABLE,
                                    subject->name);
}

static gboolean
read_pickle_file (GranaryInspectSubject  *subject,
                  GError                **error)
{
  gsize length = (gsize) MIN (subject->size, MAX_SCAN);
  g_autofree guint8 *data = g_malloc (length);
  g_autoptr (GranaryPickle) pickle = NULL;
  g_autofree char *code = NULL;
  gboolean is_joblib = FALSE;

  if (!granary_range_reader_read_exact (subject->reader, 0, data, length, subject->cancellable,
                                        error))
    return FALSE;

  if (granary_inspect_starts (subject, 0, torch_magic, sizeof torch_magic))
    {
      read_legacy (subject, data, length);
      return !g_cancellable_set_error_if_cancelled (subject->cancellable, error);
    }

  pickle = granary_pickle_scan (data, length, NULL, NULL, subject->cancellable);
  for (guint i = 0; i < pickle->imports->len && !is_joblib; i++)
    is_joblib = g_str_has_prefix (g_ptr_array_index (pickle->imports, i), "joblib.");

  granary_inspection_set_format (subject->inspection, is_joblib ? "joblib" : "pickle");
  granary_inspection_set_framework (subject->inspection, granary_pickle_framework (pickle));
  code = granary_pickle_list_code (pickle);
  if (code != NULL)
    granary_inspection_add_warning (subject->inspection, GRANARY_WARNING_RUNS_CODE, code);
  /* joblib puts arrays between the instructions, and only the beginning was read of a large one. */
  if (!pickle->complete && !is_joblib && length == (gsize) subject->size)
    granary_inspection_add_warning (subject->inspection,
                                    pickle->truncated ? GRANARY_WARNING_TRUNCATED
                                                      : GRANARY_WARNING_UNREADABLE,
                                    subject->name);

  return !g_cancellable_set_error_if_cancelled (subject->cancellable, error);
}

const GranaryInspectParser granary_inspect_pickle_file = {
  .rank = 40,
  .detect = detect_pickle,
  .read = read_pickle_file,
};
