/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include <string.h>

#include "granary-memory-reader.h"
#include "granary-walk.h"

/* XGBoost: JSON or UBJSON with the same content, the format before (`binf`, or in base64 `bs64`),
 * and the dump for people. xgboost.readthedocs.io, "Introduction to Model IO". Names of features
 * come first, then the trees, and only then what the model is for and which version wrote it: of a
 * large file the beginning and the end are read. */

#define SMALL (1024 * 1024)
#define TAIL 65536
#define MAX_NAMES 1024

/* Of the format before: LearnerModelParam, 136 bytes, then two texts with their lengths. */
#define LEGACY_PARAMETERS 136

typedef struct
{
  GranaryInspection *inspection;
  GString           *names;
  GString           *version;
  gboolean           is_large;
  gboolean           has_trees;
  gboolean           has_parameters;
} Facts;

static const char ubjson_start[] = "{L\0\0\0\0\0\0\0\7learner{";
static const char tail_key[] = "learner_model_param";

static gboolean
is_ubjson (GranaryInspectSubject *subject)
{
  return granary_inspect_starts (subject, 0, ubjson_start, sizeof ubjson_start - 1);
}

static gboolean
is_json (GranaryInspectSubject *subject)
{
  gsize at = 0;

  while (at < subject->head_length && g_ascii_isspace (subject->head[at]))
    at++;

  return at < subject->head_length && subject->head[at] == '{' &&
         memmem (subject->head + at, MIN (subject->head_length - at, 128), "\"learner\"", 9) !=
         NULL;
}

static gboolean
detect_xgboost (GranaryInspectSubject *subject)
{
  return is_ubjson (subject) || is_json (subject) ||
         granary_inspect_starts (subject, 0, "binf", 4) ||
         granary_inspect_starts (subject, 0, "bs64\t", 5) ||
         granary_inspect_starts (subject, 0, "booster[0]:", 11);
}

static void
set_number (GranaryInspection *inspection,
            const char        *key,
            const char        *text)
{
  /* Zero says that it does not apply. */
  if (g_strcmp0 (text, "0") != 0)
    granary_inspection_set_metadata (inspection, key, text);
}

static GranaryWalk
take_container (Facts      *facts,
                const char *path)
{
  static const char * const passed[] = {
    ".tree_info", ".iteration_indptr", ".weights", ".weight_drop", ".cats",
  };

  if (g_str_has_suffix (path, ".trees"))
    {
      facts->has_trees = TRUE;
      return facts->is_large ? GRANARY_WALK_STOP : GRANARY_WALK_PAST;
    }
  for (guint i = 0; i < G_N_ELEMENTS (passed); i++)
    if (g_str_has_suffix (path, passed[i]))
      return GRANARY_WALK_PAST;

  return GRANARY_WALK_ON;
}

static GranaryWalk
take_value (const char *path,
            const char *text,
            gpointer    data)
{
  Facts *facts = data;

  if (text == NULL)
    return take_container (facts, path);

  if (g_str_equal (path, "learner.objective.name"))
    granary_inspection_set_metadata (facts->inspection, "objective", text);
  else if (g_str_equal (path, "learner.gradient_booster.name"))
    granary_inspection_set_metadata (facts->inspection, "booster", text);
  else if (g_str_equal (path, "learner.learner_model_param.num_class"))
    set_number (facts->inspection, "classes", text);
  else if (g_str_equal (path, "learner.learner_model_param.num_feature"))
    {
      facts->has_parameters = TRUE;
      set_number (facts->inspection, "features", text);
    }
  else if (g_str_has_suffix (path, "model.gbtree_model_param.num_trees"))
    set_number (facts->inspection, "trees", text);
  else if (g_str_equal (path, "learner.feature_names[]") && facts->names->len < MAX_NAMES)
    g_string_append_printf (facts->names, "%s%s", facts->names->len > 0 ? ", " : "", text);
  else if (g_str_equal (path, "version[]") && facts->version->len < 64)
    g_string_append_printf (facts->version, "%s%s", facts->version->len > 0 ? "." : "", text);

  return GRANARY_WALK_ON;
}

static const guint8 *
find_last (const guint8 *data,
           gsize         length,
           const char   *text,
           gsize         n)
{
  for (gsize at = length >= n ? length - n + 1 : 0; at > 0; at--)
    if (memcmp (data + at - 1, text, n) == 0)
      return data + at - 1;

  return NULL;
}

/* The booster's name stands just before what follows the trees. */
static void
take_booster (Facts        *facts,
              const guint8 *data,
              gsize         length,
              gboolean      binary)
{
  static const char json_key[] = "\"name\":\"";
  static const char ubjson_key[] = "\4nameSL\0\0\0\0\0\0\0";
  gsize n = binary ? sizeof ubjson_key : sizeof json_key - 1;
  const guint8 *at = find_last (data, length, binary ? ubjson_key : json_key,
                                binary ? sizeof ubjson_key - 1 : n);
  g_autofree char *name = NULL;

  if (at == NULL || length - (gsize) (at - data) < n)
    return;
  length -= (gsize) (at - data) + n;
  at += n;
  if (binary)
    name = g_strndup ((const char *) at, MIN (length, at[-1]));
  else
    name = g_strndup ((const char *) at, MIN (length, 32));
  name[strspn (name, "abcdefghijklmnopqrstuvwxyz_")] = '\0';
  granary_inspection_set_metadata (facts->inspection, "booster", name);
}

/* What stands behind the trees is put into an object of its own to be read. */
static gboolean
read_tail (GranaryInspectSubject  *subject,
           Facts                  *facts,
           gboolean                binary,
           GError                **error)
{
  g_autofree guint8 *data = g_malloc (TAIL);
  gsize length = (gsize) MIN (subject->size, TAIL);
  g_autoptr (GByteArray) text = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GranaryRangeReader) reader = NULL;
  g_autoptr (GranaryCursor) cursor = NULL;
  const guint8 *at;
  gsize start;

  if (!granary_range_reader_read_exact (subject->reader, subject->size - (gint64) length, data,
                                        length, subject->cancellable, error))
    return FALSE;

  at = find_last (data, length, tail_key, sizeof tail_key - 1);
  /* Before the key there is a quote, or its length. */
  if (at == NULL || at - data < (binary ? 9 : 1))
    {
      granary_inspection_add_warning (subject->inspection, GRANARY_WARNING_TRUNCATED,
                                      subject->name);
      return TRUE;
    }

  start = (gsize) (at - data) - (binary ? 9 : 1);
  take_booster (facts, data, start, binary);
  if (binary)
    g_byte_array_append (text, (const guint8 *) ubjson_start, sizeof ubjson_start - 1);
  else
    g_byte_array_append (text, (const guint8 *) "{\"learner\":{", 12);
  g_byte_array_append (text, data + start, (guint) (length - start));
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&text));
  reader = granary_memory_reader_new (bytes);
  cursor = granary_cursor_new (reader, G_MAXINT64, subject->cancellable);
  if (binary)
    granary_walk_ubjson (cursor, take_value, facts);
  else
    granary_walk_json (cursor, cursor->size, take_value, facts);

  return granary_inspect_settle (subject, cursor, FALSE, error);
}

static gboolean
read_modern (GranaryInspectSubject  *subject,
             GError                **error)
{
  g_autoptr (GranaryCursor) cursor = NULL;
  g_autoptr (GString) names = g_string_new (NULL);
  g_autoptr (GString) version = g_string_new (NULL);
  g_autofree char *producer = NULL;
  Facts facts = { subject->inspection, names, version, subject->size > SMALL };
  gboolean binary = is_ubjson (subject);

  granary_inspection_set_metadata (subject->inspection, "encoding", binary ? "UBJSON" : "JSON");
  cursor = granary_cursor_new (subject->reader, GRANARY_INSPECT_BUDGET, subject->cancellable);
  if (binary)
    granary_walk_ubjson (cursor, take_value, &facts);
  else
    granary_walk_json (cursor, cursor->size, take_value, &facts);
  if (!granary_inspect_settle (subject, cursor, FALSE, error))
    return FALSE;
  if (facts.is_large && facts.has_trees && !facts.has_parameters &&
      !read_tail (subject, &facts, binary, error))
    return FALSE;

  if (names->len > 0)
    granary_inspection_set_metadata (subject->inspection, "feature names", names->str);
  producer = version->len > 0 ? g_strdup_printf ("XGBoost %s", version->str) : NULL;
  granary_inspection_set_producer (subject->inspection, producer);

  return TRUE;
}

static guint32
read_le32 (const guint8 *bytes)
{
  return (guint32) bytes[0] | (guint32) bytes[1] << 8 | (guint32) bytes[2] << 16 |
         (guint32) bytes[3] << 24;
}

/* u64 length, text. FALSE: it does not end here. */
static gboolean
take_legacy_text (const guint8 *data,
                  gsize         length,
                  gsize        *at,
                  char        **text)
{
  guint64 n;

  if (length - *at < 8)
    return FALSE;
  n = granary_inspect_le64 (data + *at);
  if (n > length - *at - 8)
    return FALSE;
  *text = g_strndup ((const char *) data + *at + 8, (gsize) n);
  *at += 8 + (gsize) n;

  return TRUE;
}

static gboolean
take_legacy (GranaryInspectSubject *subject,
             const guint8          *data,
             gsize                  length)
{
  g_autofree char *objective = NULL;
  g_autofree char *booster = NULL;
  gsize at = LEGACY_PARAMETERS;
  char number[16];

  if (length < LEGACY_PARAMETERS)
    return FALSE;

  g_snprintf (number, sizeof number, "%u", read_le32 (data + 4));
  set_number (subject->inspection, "features", number);
  g_snprintf (number, sizeof number, "%d", (gint32) read_le32 (data + 8));
  set_number (subject->inspection, "classes", number);
  /* Versions before 1.0 left no number. */
  if (read_le32 (data + 20) > 0 && read_le32 (data + 20) < 1000)
    {
      g_autofree char *producer = g_strdup_printf ("XGBoost %u.%u", read_le32 (data + 20),
                                                   read_le32 (data + 24));

      granary_inspection_set_producer (subject->inspection, producer);
    }

  if (!take_legacy_text (data, length, &at, &objective) ||
      !take_legacy_text (data, length, &at, &booster))
    return FALSE;
  granary_inspection_set_metadata (subject->inspection, "objective", objective);
  granary_inspection_set_metadata (subject->inspection, "booster", booster);

  return TRUE;
}

static gboolean
read_xgboost (GranaryInspectSubject  *subject,
              GError                **error)
{
  gboolean whole;

  granary_inspection_set_format (subject->inspection, "XGBoost");
  granary_inspection_set_framework (subject->inspection, "XGBoost");

  if (granary_inspect_starts (subject, 0, "booster[0]:", 11))
    {
      granary_inspection_set_metadata (subject->inspection, "encoding", "text dump");
      return TRUE;
    }

  if (granary_inspect_starts (subject, 0, "binf", 4))
    {
      granary_inspection_set_metadata (subject->inspection, "encoding", "binary");
      whole = take_legacy (subject, subject->head + 4, subject->head_length - 4);
    }
  else if (granary_inspect_starts (subject, 0, "bs64\t", 5))
    {
      char text[1025] = "";
      gsize length = 0;

      granary_inspection_set_metadata (subject->inspection, "encoding", "base64");
      memcpy (text, subject->head + 5, MIN (subject->head_length - 5, sizeof text - 1));
      text[strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")] =
        '\0';
      if (strlen (text) > 1)
        g_base64_decode_inplace (text, &length);
      whole = take_legacy (subject, (const guint8 *) text, length);
    }
  else
    return read_modern (subject, error);

  if (!whole)
    granary_inspection_add_warning (subject->inspection, GRANARY_WARNING_TRUNCATED, subject->name);

  return TRUE;
}

const GranaryInspectParser granary_inspect_xgboost = {
  .rank = 60,
  .detect = detect_xgboost,
  .read = read_xgboost,
};
