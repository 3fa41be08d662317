/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include <string.h>

#include "granary-pickle.h"
#include "granary-unpack.h"

/* Files that are a pickle from their first byte: scikit-learn, XGBoost, joblib, and PyTorch's
 * format before 1.6; joblib's also compressed. Only identified, and the code they import named. */

#define MAX_SCAN (4 * 1024 * 1024)

/* The pickle of PyTorch's magic number, 0x1950a86a20f9469cfc6c. */
static const guint8 torch_magic[] = {
  0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e,
};

static gboolean
is_named_like_pickle (GranaryInspectSubject *subject)
{
  static const char * const endings[] = { ".pkl", ".pickle", ".joblib", ".sav" };

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (granary_inspect_is_named (subject, endings[i]))
      return TRUE;

  return FALSE;
}

/* Protocols from 2 on say which one they are. Protocol 4 and 5 then begin with a frame; the two
 * before with what builds an object. */
static gboolean
has_protocol (const guint8 *head,
              gsize         length,
              gboolean      is_named)
{
  return length >= 3 && head[0] == 0x80 && head[1] >= 2 && head[1] <= 5 &&
         (head[2] == 0x95 || head[1] < 4 || is_named);
}

/* The oldest two protocols have no mark: what is named like a pickle has to read like one. */
static gboolean
reads_like_pickle (GranaryInspectSubject *subject)
{
  g_autoptr (GranaryPickle) pickle = NULL;

  if (subject->head_length < 2 || memchr ("(c]})", subject->head[0], 5) == NULL)
    return FALSE;
  pickle = granary_pickle_scan (subject->head, subject->head_length, NULL, NULL,
                                subject->cancellable);

  return pickle->complete || pickle->imports->len > 0;
}

static gboolean
detect_pickle (GranaryInspectSubject *subject)
{
  gboolean is_named = is_named_like_pickle (subject);
  const char *method;
  g_autoptr (GBytes) bytes = NULL;
  const guint8 *head;
  gsize length;
  gboolean broken;

  if (has_protocol (subject->head, subject->head_length, is_named) ||
      (is_named && reads_like_pickle (subject)))
    return TRUE;

  method = granary_unpack_find_method (subject->head, subject->head_length);
  if (method == NULL)
    return FALSE;
  bytes = granary_unpack_head (subject->reader, method, 64, &broken, subject->cancellable,
                               &subject->error);
  if (bytes == NULL)
    return FALSE;
  head = g_bytes_get_data (bytes, &length);

  return has_protocol (head, length, is_named);
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

/* The beginning of the file, unpacked. @cut: whether there is more than that. */
static GBytes *
read_content (GranaryInspectSubject  *subject,
              const char             *method,
              gboolean               *cut,
              GError                **error)
{
  gsize length = (gsize) MIN (subject->size, MAX_SCAN);
  g_autofree guint8 *data = NULL;
  GBytes *bytes;
  gboolean broken;

  if (method == NULL)
    {
      data = g_malloc (length);
      *cut = length < (guint64) subject->size;
      return granary_range_reader_read_exact (subject->reader, 0, data, length,
                                              subject->cancellable, error)
             ? g_bytes_new_take (g_steal_pointer (&data), length) : NULL;
    }

  bytes = granary_unpack_head (subject->reader, method, MAX_SCAN, &broken, subject->cancellable,
                               error);
  *cut = bytes != NULL && !broken && g_bytes_get_size (bytes) >= MAX_SCAN;

  return bytes;
}

/* Tells why a scan did not come to the end. */
static void
note_end (GranaryInspectSubject *subject,
          GranaryPickle         *pickle,
          gboolean               cut)
{
  if (pickle->complete)
    return;

  if (cut && pickle->truncated)
    granary_inspection_set_metadata (subject->inspection, "scan", "partial");
  else if (pickle->truncated)
    granary_inspection_add_warning (subject->inspection, GRANARY_WARNING_TRUNCATED, subject->name);
  else if (pickle->has_arrays)
    /* Other versions of joblib may put other things between the instructions. */
    granary_inspection_set_metadata (subject->inspection, "scan", "partial");
  else
    granary_inspection_add_warning (subject->inspection, GRANARY_WARNING_UNREADABLE,
                                    subject->name);
}

static void
note_content (GranaryInspectSubject *subject,
              GranaryPickle         *pickle,
              const char            *method)
{
  g_autofree char *code = granary_pickle_list_code (pickle);
  gboolean is_joblib = pickle->has_arrays || g_strcmp0 (method, "zlib") == 0 ||
                       granary_inspect_is_named (subject, ".joblib");

  for (guint i = 0; i < pickle->imports->len && !is_joblib; i++)
    is_joblib = g_str_has_prefix (g_ptr_array_index (pickle->imports, i), "joblib.");

  granary_inspection_set_format (subject->inspection, is_joblib ? "joblib" : "pickle");
  granary_inspection_set_framework (subject->inspection, granary_pickle_framework (pickle));
  granary_inspection_set_metadata (subject->inspection, "compression", method);
  granary_inspection_set_metadata (subject->inspection, "class", pickle->root);
  if (pickle->sklearn_version != NULL)
    {
      g_autofree char *producer = g_strdup_printf ("scikit-learn %s", pickle->sklearn_version);

      granary_inspection_set_producer (subject->inspection, producer);
    }
  if (code != NULL)
    granary_inspection_add_warning (subject->inspection, GRANARY_WARNING_RUNS_CODE, code);
}

static gboolean
read_pickle_file (GranaryInspectSubject  *subject,
                  GError                **error)
{
  const char *method = granary_unpack_find_method (subject->head, subject->head_length);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GranaryPickle) pickle = NULL;
  const guint8 *data;
  gsize length;
  gboolean cut;

  bytes = read_content (subject, method, &cut, error);
  if (bytes == NULL)
    return FALSE;
  data = g_bytes_get_data (bytes, &length);

  if (length >= sizeof torch_magic && memcmp (data, torch_magic, sizeof torch_magic) == 0 &&
      method == NULL)
    {
      read_legacy (subject, data, length);
      return !g_cancellable_set_error_if_cancelled (subject->cancellable, error);
    }

  pickle = granary_pickle_scan (data, length, NULL, NULL, subject->cancellable);
  note_content (subject, pickle, method);
  note_end (subject, pickle, cut);

  return !g_cancellable_set_error_if_cancelled (subject->cancellable, error);
}

const GranaryInspectParser granary_inspect_pickle_file = {
  .rank = 40,
  .detect = detect_pickle,
  .read = read_pickle_file,
};
