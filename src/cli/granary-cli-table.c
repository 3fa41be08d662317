/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli-table.h"

#include "granary-cli.h"
#include "granary-error.h"

#include <stdarg.h>
#include <string.h>

#define MAX_COLUMNS 16

struct _GranaryCliTable
{
  guint       n_columns;
  gboolean    right[MAX_COLUMNS];
  guint       width[MAX_COLUMNS];
  GPtrArray  *cells;              /* (owned) (element-type utf8): row after row, titles first */
};

static guint
character_width (gunichar c)
{
  if (g_unichar_iszerowidth (c))
    return 0;

  return g_unichar_iswide (c) ? 2 : 1;
}

/**
 * granary_cli_text_width:
 * @text: printable text
 *
 * Returns: how many cells of a terminal it takes
 */
guint
granary_cli_text_width (const char *text)
{
  guint width = 0;

  g_return_val_if_fail (text != NULL, 0);

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    width += character_width (g_utf8_get_char (at));

  return width;
}

/**
 * granary_cli_text_clip:
 * @text: printable text
 * @width: cells that there are
 *
 * Returns: (transfer full): @text, or its beginning and an ellipsis if it is wider than @width
 */
char *
granary_cli_text_clip (const char *text,
                       guint       width)
{
  guint taken = 0;
  const char *at;

  g_return_val_if_fail (text != NULL, NULL);

  if (granary_cli_text_width (text) <= width)
    return g_strdup (text);

  for (at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      guint next = character_width (g_utf8_get_char (at));

      if (taken + next + 1 > width)
        break;
      taken += next;
    }

  return g_strdup_printf ("%.*s%s", (int) (at - text), text, width > 0 ? "…" : "");
}

/* Takes a cell for what it shows; anything that is not printable is made so. */
static void
add_cell (GranaryCliTable *self,
          guint            column,
          const char      *cell)
{
  char *shown = granary_display_path (cell);

  self->width[column] = MAX (self->width[column], granary_cli_text_width (shown));
  g_ptr_array_add (self->cells, shown);
}

/**
 * granary_cli_table_new:
 * @title: heading of the first column
 * @...: headings of the others, then %NULL
 *
 * Returns: (transfer full): a table with its headings and no rows
 */
GranaryCliTable *
granary_cli_table_new (const char *title,
                       ...)
{
  GranaryCliTable *self = g_new0 (GranaryCliTable, 1);
  va_list titles;

  self->cells = g_ptr_array_new_with_free_func (g_free);

  va_start (titles, title);
  for (const char *next = title; next != NULL; next = va_arg (titles, const char *))
    {
      g_assert (self->n_columns < MAX_COLUMNS);
      add_cell (self, self->n_columns++, next);
    }
  va_end (titles);

  return self;
}

void
granary_cli_table_free (GranaryCliTable *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->cells);
  g_free (self);
}

/**
 * granary_cli_table_set_right:
 * @self: a table
 * @column: from 0
 *
 * Puts numbers where their ends meet.
 */
void
granary_cli_table_set_right (GranaryCliTable *self,
                             guint            column)
{
  g_return_if_fail (column < self->n_columns);

  self->right[column] = TRUE;
}

/**
 * granary_cli_table_add:
 * @self: a table
 * @cell: first cell of the row
 * @...: as many others as there are columns, then %NULL
 */
void
granary_cli_table_add (GranaryCliTable *self,
                       const char      *cell,
                       ...)
{
  va_list cells;
  const char *next = cell;

  va_start (cells, cell);
  for (guint column = 0; column < self->n_columns; column++)
    {
      g_assert (next != NULL);
      add_cell (self, column, next);
      next = va_arg (cells, const char *);
    }
  g_assert (next == NULL);
  va_end (cells);
}

/**
 * granary_cli_table_to_text:
 * @self: a table
 *
 * Returns: (transfer full): its lines, without spaces at their ends
 */
char *
granary_cli_table_to_text (GranaryCliTable *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < self->cells->len; i++)
    {
      guint column = i % self->n_columns;
      const char *cell = g_ptr_array_index (self->cells, i);
      int padding = (int) (self->width[column] - granary_cli_text_width (cell));

      if (self->right[column])
        g_string_append_printf (text, "%*s%s", padding, "", cell);
      else
        g_string_append_printf (text, "%s%*s", cell, padding, "");

      if (column + 1 < self->n_columns)
        {
          g_string_append (text, "  ");
          continue;
        }

      while (text->len > 0 && text->str[text->len - 1] == ' ')
        g_string_truncate (text, text->len - 1);
      g_string_append_c (text, '\n');
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Prints the table on standard output. */
void
granary_cli_table_print (GranaryCliTable *self)
{
  g_autofree char *text = granary_cli_table_to_text (self);

  granary_cli_print (text);
}
