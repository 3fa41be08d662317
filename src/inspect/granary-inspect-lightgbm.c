/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-inspect-private.h"

#include <string.h>

/* LightGBM's text: `tree`, lines of KEY=VALUE up to an empty one, then as many bytes of trees as
 * `tree_sizes` says. The writer is GBDT::SaveModelToString in src/boosting/gbdt_model_text.cpp. */

#define MAX_LINE 4096
#define MAX_LINES 1024

typedef struct
{
  GranaryCursor *cursor;
  GString       *line;
  /* Of a line that is a list of numbers, however long: */
  guint64        sum;
  guint          n_numbers;
} Lines;

static gboolean
detect_lightgbm (GranaryInspectSubject *subject)
{
  return granary_inspect_starts (subject, 0, "tree\nversion=v", 14) ||
         granary_inspect_starts (subject, 0, "tree\r\nversion=v", 15);
}

/* The next line, without its end; what is beyond a bound is only added up. FALSE at an empty one
 * and at the end of the file. */
static gboolean
next_line (Lines *lines)
{
  guint64 number = 0;
  gboolean in_number = FALSE;
  guint8 byte;

  g_string_truncate (lines->line, 0);
  lines->sum = 0;
  lines->n_numbers = 0;
  while (granary_cursor_read_byte (lines->cursor, &byte) && byte != '\n')
    {
      if (byte == '\r')
        continue;
      if (lines->line->len < MAX_LINE)
        g_string_append_c (lines->line, (char) byte);
      if (g_ascii_isdigit (byte))
        {
          number = MIN (number * 10 + byte - '0', G_MAXINT32);
          in_number = TRUE;
        }
      else if (in_number)
        {
          lines->sum += number;
          lines->n_numbers++;
          number = 0;
          in_number = FALSE;
        }
    }
  if (in_number)
    {
      lines->sum += number;
      lines->n_numbers++;
    }

  return lines->cursor->state == GRANARY_CURSOR_OK && lines->line->len > 0;
}

static void
take_line (GranaryInspection *inspection,
           Lines             *lines,
           guint64           *tree_bytes)
{
  char *value = strchr (lines->line->str, '=');
  g_autofree char *valid = NULL;
  guint64 number;

  if (value == NULL)
    return;
  *value++ = '\0';
  valid = g_utf8_make_valid (value, -1);

  if (g_str_equal (lines->line->str, "version"))
    granary_inspection_set_metadata (inspection, "version", valid);
  else if (g_str_equal (lines->line->str, "objective"))
    granary_inspection_set_metadata (inspection, "objective", valid);
  else if (g_str_equal (lines->line->str, "num_class"))
    granary_inspection_set_metadata (inspection, "classes", valid);
  else if (g_str_equal (lines->line->str, "feature_names"))
    granary_inspection_set_metadata (inspection, "feature names", valid);
  else if (g_str_equal (lines->line->str, "max_feature_idx") &&
           g_ascii_string_to_unsigned (valid, 10, 0, G_MAXINT32, &number, NULL))
    {
      g_autofree char *count = g_strdup_printf ("%" G_GUINT64_FORMAT, number + 1);

      granary_inspection_set_metadata (inspection, "features", count);
    }
  else if (g_str_equal (lines->line->str, "tree_sizes"))
    {
      g_autofree char *count = g_strdup_printf ("%u", lines->n_numbers);

      granary_inspection_set_metadata (inspection, "trees", count);
      *tree_bytes = lines->sum;
    }
}

static gboolean
read_lightgbm (GranaryInspectSubject  *subject,
               GError                **error)
{
  g_autoptr (GranaryCursor) cursor = NULL;
  g_autoptr (GString) line = g_string_new (NULL);
  Lines lines = { .line = line };
  guint64 tree_bytes = 0;

  granary_inspection_set_format (subject->inspection, "LightGBM");
  granary_inspection_set_framework (subject->inspection, "LightGBM");

  cursor = granary_cursor_new (subject->reader, GRANARY_INSPECT_BUDGET, subject->cancellable);
  lines.cursor = cursor;
  for (guint i = 0; i < MAX_LINES && next_line (&lines); i++)
    take_line (subject->inspection, &lines, &tree_bytes);

  return granary_inspect_settle (subject, cursor,
                                 cursor->state == GRANARY_CURSOR_OK &&
                                 tree_bytes > (guint64) (cursor->size - cursor->position),
                                 error);
}

const GranaryInspectParser granary_inspect_lightgbm = {
  .rank = 60,
  .detect = detect_lightgbm,
  .read = read_lightgbm,
};
