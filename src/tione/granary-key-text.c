/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-key-text-private.h"

#include <string.h>

/* Longer than any key with its token; a temporary token has some hundred characters. */
#define MAX_LENGTH (64 * 1024)
/* A character takes six bytes at most: \u001f. */
#define MAX_ESCAPE 6
/* Quotes, colon and comma of a member. */
#define MEMBER_MARKS 6

enum
{
  MEMBER_SECRET_ID,
  MEMBER_SECRET_KEY,
  MEMBER_TOKEN,
  N_MEMBERS
};

static const char *const members[N_MEMBERS] = { "secret_id", "secret_key", "token" };

/* Auxiliary functions */

static void
append_text (char       **at,
             const char  *text)
{
  gsize length = strlen (text);

  memcpy (*at, text, length);
  *at += length;
}

static void
append_escaped (char       **at,
                const char  *text)
{
  static const char digits[] = "0123456789abcdef";

  for (; *text != '\0'; text++)
    {
      guchar c = (guchar) *text;

      if (c < 0x20)
        {
          append_text (at, "\\u00");
          *(*at)++ = digits[c >> 4];
          *(*at)++ = digits[c & 15];
          continue;
        }
      if (c == '"' || c == '\\')
        *(*at)++ = '\\';
      *(*at)++ = (char) c;
    }
}

static void
skip_space (const char **at,
            const char  *end)
{
  while (*at < end && g_ascii_isspace (**at))
    (*at)++;
}

static gboolean
take_character (const char **at,
                const char  *end,
                char         c)
{
  skip_space (at, end);
  if (*at >= end || **at != c)
    return FALSE;

  (*at)++;
  return TRUE;
}

/* The four digits after \u. Keys are ASCII: nothing above is written, so nothing above is read. */
static gboolean
read_code (const char **at,
           const char  *end,
           char        *c)
{
  int code = 0;

  if (end - *at < 4)
    return FALSE;

  for (guint i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (*(*at)++);

      if (digit < 0)
        return FALSE;
      code = code * 16 + digit;
    }

  *c = (char) code;
  return code > 0 && code < 0x80;
}

/* Reads a string into @out, which has room for the whole text. */
static gboolean
read_string (const char **at,
             const char  *end,
             char        *out)
{
  if (!take_character (at, end, '"'))
    return FALSE;

  while (*at < end && **at != '"')
    {
      char c = *(*at)++;

      if ((guchar) c < 0x20)
        return FALSE;
      if (c == '\\')
        {
          static const char escapes[] = "\"\\/bfnrt";
          static const char meanings[] = "\"\\/\b\f\n\r\t";
          const char *which;

          if (*at >= end)
            return FALSE;
          c = *(*at)++;
          if (c == 'u')
            {
              if (!read_code (at, end, &c))
                return FALSE;
            }
          else
            {
              which = c != '\0' ? strchr (escapes, c) : NULL;
              if (which == NULL)
                return FALSE;
              c = meanings[which - escapes];
            }
        }
      *out++ = c;
    }

  *out = '\0';
  return take_character (at, end, '"');
}

static gboolean
read_members (const char *text,
              gsize       length,
              char       *values[N_MEMBERS],
              gboolean    found[N_MEMBERS],
              char       *scratch)
{
  const char *at = text;
  const char *end = text + length;

  if (!take_character (&at, end, '{'))
    return FALSE;

  do
    {
      char *value = scratch;

      if (!read_string (&at, end, scratch) || !take_character (&at, end, ':'))
        return FALSE;
      for (guint i = 0; i < N_MEMBERS; i++)
        {
          if (g_str_equal (scratch, members[i]))
            {
              value = values[i];
              found[i] = TRUE;
            }
        }
      if (!read_string (&at, end, value))
        return FALSE;
    }
  while (take_character (&at, end, ','));

  if (!take_character (&at, end, '}'))
    return FALSE;
  skip_space (&at, end);
  return at == end;
}

/* Private functions */

/*
 * granary_key_text_write:
 * @credentials: the key
 *
 * Returns: (transfer full): the text to keep; free it with granary_key_text_free()
 */
char *
granary_key_text_write (GranaryCredentials *credentials)
{
  const char *values[N_MEMBERS] = {
    credentials->secret_id, credentials->secret_key, credentials->token,
  };
  gsize size = 3;
  char *text;
  char *at;

  for (guint i = 0; i < N_MEMBERS; i++)
    {
      size += strlen (members[i]) + MEMBER_MARKS;
      if (values[i] != NULL)
        size += strlen (values[i]) * MAX_ESCAPE;
    }

  /* Allocated once: growing would leave copies behind. */
  text = at = g_malloc (size);
  *at++ = '{';
  for (guint i = 0; i < N_MEMBERS; i++)
    {
      if (values[i] == NULL)
        continue;
      append_text (&at, i > 0 ? ",\"" : "\"");
      append_text (&at, members[i]);
      append_text (&at, "\":\"");
      append_escaped (&at, values[i]);
      append_text (&at, "\"");
    }
  *at++ = '}';
  *at = '\0';

  return text;
}

/*
 * granary_key_text_free:
 * @text: (nullable): of granary_key_text_write()
 */
void
granary_key_text_free (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

/*
 * granary_key_text_read:
 * @text: what was kept
 * @length: its bytes
 *
 * Returns: (transfer full) (nullable): the key; %NULL when the text holds none
 */
GranaryCredentials *
granary_key_text_read (const char *text,
                       gsize       length)
{
  g_autofree char *buffer = NULL;
  char *values[N_MEMBERS];
  gboolean found[N_MEMBERS] = { FALSE };
  GranaryCredentials *credentials = NULL;
  gsize size = length + 1;

  if (text == NULL || length > MAX_LENGTH)
    return NULL;

  /* Room for each value, and for names and other values. */
  buffer = g_malloc0 ((N_MEMBERS + 1) * size);
  for (guint i = 0; i < N_MEMBERS; i++)
    values[i] = buffer + i * size;

  if (read_members (text, length, values, found, buffer + N_MEMBERS * size) &&
      *values[MEMBER_SECRET_ID] != '\0' && *values[MEMBER_SECRET_KEY] != '\0')
    credentials = granary_credentials_new (values[MEMBER_SECRET_ID], values[MEMBER_SECRET_KEY],
                                           *values[MEMBER_TOKEN] != '\0' ? values[MEMBER_TOKEN]
                                                                        : NULL);

  explicit_bzero (buffer, (N_MEMBERS + 1) * size);
  return credentials;
}
