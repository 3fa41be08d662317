/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include <string.h>

#include "granary-walk.h"

/* TensorRT engines begin with `ptrt` or `ftrt`; what follows is not documented. Ultralytics puts
 * u32 length and that many bytes of JSON before it (ultralytics/engine/exporter.py). */

#define MAX_HEADER (1024 * 1024)
#define MAX_LIST 1024

typedef struct
{
  GranaryInspection *inspection;
  GString           *names;
  GString           *size;
} Facts;

static gboolean
is_engine (const guint8 *bytes)
{
  return memcmp (bytes, "ptrt", 4) == 0 || memcmp (bytes, "ftrt", 4) == 0;
}

/* Length of the JSON before the engine; 0 if there is none. */
static guint32
prefix_length (GranaryInspectSubject *subject)
{
  const guint8 *head = subject->head;
  guint32 length;

  if (subject->head_length < 8 || head[4] != '{')
    return 0;
  length = (guint32) head[0] | (guint32) head[1] << 8 | (guint32) head[2] << 16 |
           (guint32) head[3] << 24;

  return length >= 2 && length <= MAX_HEADER ? length : 0;
}

static gboolean
detect_tensorrt (GranaryInspectSubject *subject)
{
  guint32 length;
  guint8 magic[4];

  if (subject->head_length >= 8 && is_engine (subject->head))
    return TRUE;
  length = prefix_length (subject);
  if (length == 0)
    return FALSE;
  if ((gint64) length + 8 > subject->size)
    return granary_inspect_is_named (subject, ".engine");

  return granary_range_reader_read_exact (subject->reader, (gint64) length + 4, magic, 4,
                                          subject->cancellable, &subject->error) &&
         is_engine (magic);
}

static void
append_item (GString    *list,
             const char *separator,
             const char *text)
{
  if (list->len < MAX_LIST)
    g_string_append_printf (list, "%s%s", list->len > 0 ? separator : "", text);
}

static GranaryWalk
take_value (const char *path,
            const char *text,
            gpointer    data)
{
  Facts *facts = data;

  if (text == NULL)
    return *path == '\0' || g_str_equal (path, "names") || g_str_equal (path, "imgsz")
           ? GRANARY_WALK_ON : GRANARY_WALK_PAST;

  if (g_str_has_prefix (path, "names."))
    append_item (facts->names, ", ", text);
  else if (g_str_equal (path, "imgsz[]"))
    append_item (facts->size, ",", text);
  else if (g_str_equal (path, "version"))
    {
      g_autofree char *producer = g_strdup_printf ("Ultralytics %s", text);

      granary_inspection_set_producer (facts->inspection, producer);
    }
  else
    granary_inspection_set_metadata (facts->inspection, path, text);

  return GRANARY_WALK_ON;
}

static gboolean
read_tensorrt (GranaryInspectSubject  *subject,
               GError                **error)
{
  g_autoptr (GranaryCursor) cursor = NULL;
  g_autoptr (GString) names = g_string_new (NULL);
  g_autoptr (GString) size = g_string_new (NULL);
  Facts facts = { subject->inspection, names, size };
  guint32 length = prefix_length (subject);
  gint64 end = 4 + (gint64) length;

  granary_inspection_set_format (subject->inspection, "TensorRT");
  granary_inspection_set_framework (subject->inspection, "TensorRT");
  granary_inspection_add_warning (subject->inspection, GRANARY_WARNING_BOUND_TO_DEVICE,
                                  subject->name);
  if (is_engine (subject->head))
    return TRUE;

  cursor = granary_cursor_new (subject->reader, GRANARY_INSPECT_BUDGET, subject->cancellable);
  granary_cursor_seek (cursor, 4);
  granary_walk_json (cursor, MIN (end, cursor->size), take_value, &facts);
  if (names->len > 0)
    granary_inspection_set_metadata (subject->inspection, "names", names->str);
  if (size->len > 0)
    granary_inspection_set_metadata (subject->inspection, "imgsz", size->str);

  return granary_inspect_settle (subject, cursor, end + 8 > subject->size, error);
}

const GranaryInspectParser granary_inspect_tensorrt = {
  .rank = 60,
  .detect = detect_tensorrt,
  .read = read_tensorrt,
};
