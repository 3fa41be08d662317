/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli-json.h"

#include "granary-cli.h"

struct _GranaryCliJson
{
  GString  *text;       /* (owned) */
  gboolean  needs_comma;
};

GranaryCliJson *
granary_cli_json_new (void)
{
  GranaryCliJson *self = g_new0 (GranaryCliJson, 1);

  self->text = g_string_new (NULL);
  return self;
}

void
granary_cli_json_free (GranaryCliJson *self)
{
  if (self == NULL)
    return;

  g_string_free (self->text, TRUE);
  g_free (self);
}

/* Text as a JSON string. Escapes what JSON demands, and what a terminal would act on. */
static void
append_string (GString    *into,
               const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  g_string_append_c (into, '"');
  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (c == '"' || c == '\\')
        g_string_append_printf (into, "\\%c", (char) c);
      else if (c == '\n')
        g_string_append (into, "\\n");
      else if (c == '\t')
        g_string_append (into, "\\t");
      else if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029)
        g_string_append_printf (into, "\\u%04x", c);
      else
        g_string_append_unichar (into, c);
    }
  g_string_append_c (into, '"');
}

static void
begin_value (GranaryCliJson *self,
             const char     *key)
{
  if (self->needs_comma)
    g_string_append_c (self->text, ',');
  if (key != NULL)
    {
      append_string (self->text, key);
      g_string_append_c (self->text, ':');
    }
  self->needs_comma = TRUE;
}

/* Whether @text is a number as JSON writes them, so that it can stand as it is. */
static gboolean
is_json_number (const char *text)
{
  static GRegex *regex = NULL;

  if (regex == NULL)
    regex = g_regex_new ("^-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?$",
                         G_REGEX_DOLLAR_ENDONLY, 0, NULL);

  return g_regex_match (regex, text, 0, NULL);
}

/* The shortest text that reads back as the same number. */
static void
append_double (GString *into,
               double   value)
{
  static const char *const formats[] = { "%.15g", "%.16g", "%.17g" };
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_ascii_formatd (buffer, sizeof buffer, formats[i], value);
      if (g_ascii_strtod (buffer, NULL) == value)
        break;
    }
  g_string_append (into, buffer);
}

void
granary_cli_json_begin_object (GranaryCliJson *self,
                               const char     *key)
{
  begin_value (self, key);
  g_string_append_c (self->text, '{');
  self->needs_comma = FALSE;
}

void
granary_cli_json_end_object (GranaryCliJson *self)
{
  g_string_append_c (self->text, '}');
  self->needs_comma = TRUE;
}

void
granary_cli_json_begin_array (GranaryCliJson *self,
                              const char     *key)
{
  begin_value (self, key);
  g_string_append_c (self->text, '[');
  self->needs_comma = FALSE;
}

void
granary_cli_json_end_array (GranaryCliJson *self)
{
  g_string_append_c (self->text, ']');
  self->needs_comma = TRUE;
}

/* @text: (nullable): NULL gives null */
void
granary_cli_json_add_text (GranaryCliJson *self,
                           const char     *key,
                           const char     *text)
{
  begin_value (self, key);
  if (text != NULL)
    append_string (self->text, text);
  else
    g_string_append (self->text, "null");
}

void
granary_cli_json_add_bool (GranaryCliJson *self,
                           const char     *key,
                           gboolean        value)
{
  begin_value (self, key);
  g_string_append (self->text, value ? "true" : "false");
}

void
granary_cli_json_add_int (GranaryCliJson *self,
                          const char     *key,
                          gint64          value)
{
  begin_value (self, key);
  g_string_append_printf (self->text, "%" G_GINT64_FORMAT, value);
}

/* @bytes: negative when it is not known, which gives null; so do numbers of files */
void
granary_cli_json_add_size (GranaryCliJson *self,
                           const char     *key,
                           gint64          bytes)
{
  if (bytes >= 0)
    granary_cli_json_add_int (self, key, bytes);
  else
    granary_cli_json_add_text (self, key, NULL);
}

/* @time: µs since the epoch; written as RFC 3339 in UTC. 0, not known, gives null */
void
granary_cli_json_add_time (GranaryCliJson *self,
                           const char     *key,
                           gint64          time)
{
  g_autoptr (GDateTime) then = time != 0 ? g_date_time_new_from_unix_utc_usec (time) : NULL;
  g_autofree char *text = then != NULL ? g_date_time_format_iso8601 (then) : NULL;

  granary_cli_json_add_text (self, key, text);
}

/* @number: a version; 0 gives null */
void
granary_cli_json_add_version (GranaryCliJson *self,
                              const char     *key,
                              int             number)
{
  g_autofree char *text = number > 0 ? g_strdup_printf ("v%d", number) : NULL;

  granary_cli_json_add_text (self, key, text);
}

void
granary_cli_json_add_tags (GranaryCliJson      *self,
                           const char          *key,
                           const GranaryTagSet *tags)
{
  granary_cli_json_begin_object (self, key);
  for (guint i = 0; tags != NULL && i < granary_tag_set_get_size (tags); i++)
    granary_cli_json_add_text (self, granary_tag_set_get_key (tags, i),
                               granary_tag_set_get_value (tags, i));
  granary_cli_json_end_object (self);
}

void
granary_cli_json_add_metrics (GranaryCliJson *self,
                              const char     *key,
                              GPtrArray      *metrics)
{
  granary_cli_json_begin_object (self, key);
  for (guint i = 0; metrics != NULL && i < metrics->len; i++)
    {
      const GranaryMetric *metric = g_ptr_array_index (metrics, i);

      if (!metric->is_number)
        {
          granary_cli_json_add_text (self, metric->name, metric->text);
          continue;
        }

      begin_value (self, metric->name);
      if (is_json_number (metric->text))
        g_string_append (self->text, metric->text);
      else
        append_double (self->text, metric->value);
    }
  granary_cli_json_end_object (self);
}

/* Returns: (transfer full): the line, without its end */
char *
granary_cli_json_finish (GranaryCliJson *self)
{
  return g_strndup (self->text->str, self->text->len);
}

/* Prints the line on standard output. */
void
granary_cli_json_print (GranaryCliJson *self)
{
  granary_cli_print (self->text->str);
  granary_cli_print ("\n");
}
