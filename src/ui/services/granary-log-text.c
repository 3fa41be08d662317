/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-log-text.h"

#define ESCAPE 0x1b
/* A sequence of a terminal is no longer than this; what is, is none. */
#define SEQUENCE_MAX 32

typedef enum
{
  IN_TEXT,
  AFTER_ESCAPE,   /* ESC */
  IN_SEQUENCE,    /* ESC [ … up to a letter */
} Place;

struct _GranaryLogText
{
  Place    place;
  guint    length;   /* of the sequence so far */
  guint    column;
  gboolean returned; /* the last character was a carriage return */
};

GranaryLogText *
granary_log_text_new (void)
{
  return g_new0 (GranaryLogText, 1);
}

void
granary_log_text_free (GranaryLogText *self)
{
  g_free (self);
}

/**
 * granary_log_text_reset:
 * @self: a maker of text
 *
 * What comes next begins anew.
 */
void
granary_log_text_reset (GranaryLogText *self)
{
  g_return_if_fail (self != NULL);

  *self = (GranaryLogText) { 0 };
}

static void
end_line (GranaryLogText *self,
          GString        *shown)
{
  g_string_append_c (shown, '\n');
  self->column = 0;
}

static gboolean
is_hidden (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT ||
         type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR;
}

static void
append (GranaryLogText *self,
        GString        *shown,
        gunichar        c)
{
  if (self->column >= GRANARY_LOG_LINE_MAX)
    end_line (self, shown);

  if (c != '\t' && is_hidden (c))
    {
      g_string_append_printf (shown, "\\u%04x", c);
      self->column += 6;
      return;
    }

  g_string_append_unichar (shown, c);
  self->column++;
}

/* Whether @c is part of a terminal's sequence. */
static gboolean
take_sequence (GranaryLogText *self,
               GString        *shown,
               gunichar        c)
{
  switch (self->place)
    {
    case AFTER_ESCAPE:
      if (c == '[')
        {
          self->place = IN_SEQUENCE;
          self->length = 0;
          return TRUE;
        }
      append (self, shown, ESCAPE);
      break;

    case IN_SEQUENCE:
      if ((c >= '0' && c <= '?') || c == ' ')
        {
          if (++self->length < SEQUENCE_MAX)
            return TRUE;
        }
      else if (c >= '@' && c <= '~')
        {
          self->place = IN_TEXT;
          return TRUE;
        }
      break;

    case IN_TEXT:
    default:
      break;
    }

  self->place = IN_TEXT;
  if (c != ESCAPE)
    return FALSE;

  self->place = AFTER_ESCAPE;
  return TRUE;
}

/**
 * granary_log_text_take:
 * @self: a maker of text
 * @text: valid UTF-8: the next piece of a log
 *
 * Returns: (transfer full): what to show of it
 */
char *
granary_log_text_take (GranaryLogText *self,
                       const char     *text)
{
  g_autoptr (GString) shown = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (text != NULL, NULL);

  shown = g_string_new (NULL);
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);
      gboolean returned = self->returned;

      self->returned = FALSE;
      if (take_sequence (self, shown, c))
        continue;
      if (c == '\r')
        self->returned = TRUE;
      if (c == '\r' || (c == '\n' && !returned))
        end_line (self, shown);
      else if (c != '\n')
        append (self, shown, c);
    }

  return g_string_free (g_steal_pointer (&shown), FALSE);
}
