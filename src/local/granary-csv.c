/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-csv-private.h"

#include <math.h>
#include <string.h>

#include "granary-error.h"
#include "granary-run-reader-private.h"

#define MAX_BYTES (16 * 1024 * 1024)
#define MAX_COLUMNS 256

struct _GranaryCsv
{
  char      *text;   /* (owned): cells point into it */
  GPtrArray *titles; /* (owned) (element-type utf8) */
  GPtrArray *cells;  /* (owned) (element-type utf8): row by row */
};

/* Auxiliary functions */

static void
split_line (char      *line,
            GPtrArray *cells)
{
  while (line != NULL)
    {
      char *comma = strchr (line, ',');

      if (comma != NULL)
        *comma = '\0';
      g_ptr_array_add (cells, g_strstrip (line));
      line = comma != NULL ? comma + 1 : NULL;
    }
}

static gboolean
is_blank (const char *line)
{
  return line[strspn (line, " \t\r")] == '\0';
}

/* Functions for readers */

/* Fails for a file that cannot be read, is too large, or has no line of titles. */
GranaryCsv *
granary_csv_read (const char  *path,
                  GError     **error)
{
  g_autoptr (GranaryCsv) self = g_new0 (GranaryCsv, 1);
  char *line;

  self->titles = g_ptr_array_new ();
  self->cells = g_ptr_array_new ();
  self->text = granary_run_read_file (path, MAX_BYTES, NULL, error);
  if (self->text == NULL)
    return NULL;

  for (line = self->text; line != NULL && *line != '\0';)
    {
      char *end = strchr (line, '\n');
      guint before = self->cells->len;

      if (end != NULL)
        *end = '\0';
      if (self->titles->len == 0)
        split_line (line, self->titles);
      else if (!is_blank (line))
        {
          split_line (line, self->cells);
          if (self->cells->len - before != self->titles->len || end == NULL)
            g_ptr_array_set_size (self->cells, (int) before);
        }
      line = end != NULL ? end + 1 : NULL;
    }

  if (self->titles->len < 2 || self->titles->len > MAX_COLUMNS)
    {
      g_autofree char *shown = granary_display_path (path);

      granary_set_error (error, GRANARY_ERROR_FILE, GRANARY_REASON_TASK_UNREADABLE, shown,
                         "%s is no table", shown);
      return NULL;
    }

  return g_steal_pointer (&self);
}

void
granary_csv_free (GranaryCsv *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->titles);
  g_ptr_array_unref (self->cells);
  g_free (self->text);
  g_free (self);
}

guint
granary_csv_get_n_rows (GranaryCsv *self)
{
  return self->cells->len / self->titles->len;
}

guint
granary_csv_get_n_columns (GranaryCsv *self)
{
  return self->titles->len;
}

const char *
granary_csv_get_title (GranaryCsv *self,
                       guint       column)
{
  g_return_val_if_fail (column < self->titles->len, NULL);

  return g_ptr_array_index (self->titles, column);
}

const char *
granary_csv_get_cell (GranaryCsv *self,
                      guint       row,
                      guint       column)
{
  g_return_val_if_fail (row < granary_csv_get_n_rows (self), NULL);
  g_return_val_if_fail (column < self->titles->len, NULL);

  return g_ptr_array_index (self->cells, row * self->titles->len + column);
}

/* NAN for a column that there is not, and for what is no number. */
double
granary_csv_get_number (GranaryCsv *self,
                        guint       row,
                        const char *title)
{
  for (guint column = 0; column < self->titles->len; column++)
    {
      const char *cell;
      char *end;
      double value;

      if (!g_str_equal (g_ptr_array_index (self->titles, column), title))
        continue;
      cell = granary_csv_get_cell (self, row, column);
      value = g_ascii_strtod (cell, &end);
      return end != cell && *end == '\0' ? value : NAN;
    }

  return NAN;
}
