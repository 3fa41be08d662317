/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-call-code.h"

#include <string.h>

#include "granary-json-tokens.h"

/* Programs that do what Try It does. They are code, not text for the user: not translated. */

/* An image from nowhere stands in the program up to this size, else it is a file to be made. */
#define MAX_INLINE (48 * 1024)

/* An argument of a program has at most 128 KiB on Linux; beyond, standard input has no limit. */
#define MAX_ARGUMENT (96 * 1024)

#define PLACEHOLDER "YOUR_TOKEN"

/* `Bearer ` and what follows. */
static char *
split_token (const char  *value,
             const char **token)
{
  const char *space = strrchr (value, ' ');

  *token = space != NULL ? space + 1 : value;

  return g_strndup (value, (gsize) (*token - value));
}

/* Whether it can be pasted into a terminal as it is. */
static gboolean
is_printable (const char *text)
{
  if (!g_utf8_validate (text, -1, NULL))
    return FALSE;

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)) && *at != '\n')
      return FALSE;

  return TRUE;
}

/* A piece of JSON that says the same, so that it can be pasted into a terminal: there a control
 * character is a key, such as the one that takes back what stands before it. */
static char *
dup_printable (const GranaryJsonTokens *tokens)
{
  const char *end = tokens->at + tokens->length;
  g_autoptr (GString) text = g_string_sized_new (tokens->length);

  for (const char *at = tokens->at; at < end; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (c == '\t')
        g_string_append_c (text, ' ');
      else if (c == '\n' || !g_unichar_iscntrl (c))
        g_string_append_unichar (text, c);
      else if (c != '\r')
        g_string_append_printf (text, "\\u%04x", c);
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The file to read an image from; NULL if it stands in the program itself. */
static char *
dup_image_path (const GranaryCallPart *part,
                gboolean              *is_made)
{
  gsize length;
  const void *data = g_bytes_get_data (part->bytes, &length);
  const char *type = granary_call_image_type (data, length);

  *is_made = FALSE;
  if (part->path != NULL)
    return g_strdup (part->path);
  if (length <= MAX_INLINE)
    return NULL;

  *is_made = TRUE;

  return g_strdup_printf ("image.%s", type != NULL ? strchr (type, '/') + 1 : "png");
}

/* Shell. */

/* A file name of any bytes, as a word. */
static char *
quote_shell (const char *path)
{
  g_autoptr (GString) quoted = NULL;
  gsize length = strlen (path);

  if (is_printable (path))
    return g_shell_quote (path);

  /* Line breaks at the end would not outlive the substitution. */
  while (length > 0 && path[length - 1] == '\n')
    length--;
  quoted = g_string_new ("\"$(printf '");
  for (gsize i = 0; i < length; i++)
    g_string_append_printf (quoted, "\\%03o", (guchar) path[i]);
  g_string_append (quoted, "')");
  g_string_append (quoted, path + length);
  g_string_append_c (quoted, '"');

  return g_string_free (g_steal_pointer (&quoted), FALSE);
}

static void
append_shell_zeros (GString               *to,
                    const GranaryCallPart *part)
{
  g_string_append (to, "python3 -c 'import json; z = lambda *d: [z(*d[1:])] * d[0] if d else ");
  g_string_append (to, g_str_equal (part->zero, "false") ? "False" : part->zero);
  g_string_append (to, "; print(json.dumps(z(");
  for (guint i = 0; i < part->dims->len; i++)
    g_string_append_printf (to, "%s%" G_GINT64_FORMAT, i > 0 ? ", " : "",
                            g_array_index (part->dims, gint64, i));
  g_string_append (to, ")))'");
}

/* Writes the piece of text since the last part. */
static void
flush_shell (GString *to,
             GString *text)
{
  g_autofree char *quoted = NULL;

  if (text->len == 0)
    return;

  quoted = g_shell_quote (text->str);
  g_string_append_printf (to, "  printf '%%s' %s\n", quoted);
  g_string_truncate (text, 0);
}

static void
append_shell_part (GString               *to,
                   GString               *notes,
                   GString               *text,
                   GranaryCallPart       *part)
{
  g_autofree char *path = NULL;
  g_autofree char *quoted = NULL;
  gboolean is_made;

  if (part->dims != NULL)
    {
      flush_shell (to, text);
      g_string_append (to, "  ");
      append_shell_zeros (to, part);
      g_string_append_c (to, '\n');
      return;
    }

  path = dup_image_path (part, &is_made);
  if (path == NULL)
    {
      granary_call_part_append (part, text);
      return;
    }

  quoted = quote_shell (path);
  if (is_made)
    g_string_append_printf (notes, "# Save the image as %s first.\n", path);
  g_string_append_c (text, '"');
  flush_shell (to, text);
  g_string_append_printf (to, "  base64 < %s | tr -d '\\n'\n", quoted);
  g_string_append_c (text, '"');
}

/* @has_parts: whether the body has to be put together from several commands. */
static char *
make_shell_body (const GranaryCallDraft *draft,
                 GString                *notes,
                 gboolean               *has_parts)
{
  const char *content = granary_call_draft_get_text (draft);
  GranaryJsonTokens tokens = { content, 0, content + strlen (content) };
  g_autoptr (GString) body = g_string_new (NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  GranaryJsonPiece piece;

  while ((piece = granary_json_tokens_next (&tokens)) != GRANARY_JSON_PIECE_END)
    {
      GranaryCallPart *part = NULL;

      if (piece == GRANARY_JSON_PIECE_STRING)
        part = granary_call_draft_find_part (draft, tokens.at, tokens.length);
      if (part != NULL)
        append_shell_part (body, notes, text, part);
      else
        {
          g_autofree char *printable = dup_printable (&tokens);

          g_string_append (text, printable);
        }
    }

  *has_parts = body->len > 0 || text->len > MAX_ARGUMENT;
  if (!*has_parts)
    return g_shell_quote (text->str);
  flush_shell (body, text);

  return g_string_free (g_steal_pointer (&body), FALSE);
}

static void
append_shell_header (GString                    *to,
                     const GranaryServiceAccess *access,
                     const char                 *token_file,
                     gboolean                    with_token)
{
  const char *token = NULL;
  g_autofree char *scheme = split_token (access->value, &token);
  g_autofree char *header = NULL;
  g_autofree char *quoted = NULL;

  if (with_token || token_file == NULL)
    {
      header = g_strdup_printf ("%s: %s%s", access->header, scheme,
                                with_token ? token : PLACEHOLDER);
      quoted = g_shell_quote (header);
      g_string_append_printf (to, "  -H %s \\\n", quoted);
      return;
    }

  header = g_strdup_printf ("%s: %s", access->header, scheme);
  quoted = g_shell_quote (header);
  g_string_append_printf (to, "  -H %s", quoted);
  g_clear_pointer (&quoted, g_free);
  quoted = quote_shell (token_file);
  g_string_append_printf (to, "\"$(cat %s)\" \\\n", quoted);
}

static char *
make_curl (const GranaryCallDraft     *draft,
           const GranaryServiceAccess *access,
           const char                 *token_file,
           gboolean                    with_token)
{
  g_autoptr (GString) code = g_string_new (NULL);
  g_autoptr (GString) notes = g_string_new (NULL);
  g_autofree char *url = g_shell_quote (access->url);
  g_autofree char *body = NULL;
  gboolean has_parts;

  body = make_shell_body (draft, notes, &has_parts);
  g_string_append (code, notes->str);
  if (has_parts)
    g_string_append_printf (code, "{\n%s} | ", body);
  g_string_append (code, "curl ");
  if (strpbrk (access->url, "[]{}") != NULL)
    g_string_append (code, "--globoff ");
  g_string_append_printf (code, "%s \\\n  -H 'Content-Type: application/json' \\\n", url);
  if (access->header != NULL && access->value != NULL)
    append_shell_header (code, access, token_file, with_token);
  g_string_append_printf (code, "  --data-binary %s\n", has_parts ? "@-" : body);

  return g_string_free (g_steal_pointer (&code), FALSE);
}

/* Python. */

/* A string literal; of bytes where the text is none. */
static char *
quote_python (const char *text)
{
  gboolean is_text = g_utf8_validate (text, -1, NULL);
  g_autoptr (GString) quoted = g_string_new (is_text ? "'" : "b'");

  for (const char *at = text; *at != '\0'; at++)
    if (*at == '\'' || *at == '\\')
      g_string_append_printf (quoted, "\\%c", *at);
    else if ((guchar) *at < 0x20 || *at == 0x7f || (!is_text && (guchar) *at >= 0x80))
      g_string_append_printf (quoted, "\\x%02x", (guchar) *at);
    else
      g_string_append_c (quoted, *at);
  g_string_append_c (quoted, '\'');

  return g_string_free (g_steal_pointer (&quoted), FALSE);
}

static gboolean
read_unit (const char *at,
           const char *end,
           guint      *unit)
{
  if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
    return FALSE;

  *unit = 0;
  for (guint i = 2; i < 6; i++)
    *unit = *unit * 16 + (guint) MAX (0, g_ascii_xdigit_value (at[i]));

  return TRUE;
}

/* The escapes of JSON are those of Python, but for the slash and for pairs of surrogates. */
static void
append_python_string (GString                 *to,
                      const GranaryJsonTokens *tokens)
{
  g_autofree char *string = dup_printable (tokens);
  const char *end = string + strlen (string);
  const char *at = string;

  while (at < end)
    {
      guint high, low;

      if (*at != '\\')
        g_string_append_c (to, *at++);
      else if (read_unit (at, end, &high) && high >= 0xd800 && high < 0xdc00 &&
               read_unit (at + 6, end, &low) && low >= 0xdc00 && low < 0xe000)
        {
          g_string_append_printf (to, "\\U%08x",
                                  0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
          at += 12;
        }
      else
        {
          if (at[1] != '/')
            g_string_append_c (to, '\\');
          g_string_append_c (to, at[1]);
          at += 2;
        }
    }
}

static void
append_python_word (GString    *to,
                    const char *word,
                    gsize       length)
{
  switch (*word)
    {
    case 't':
      g_string_append (to, "True");
      break;

    case 'f':
      g_string_append (to, "False");
      break;

    case 'n':
      g_string_append (to, "None");
      break;

    default:
      g_string_append_len (to, word, (gssize) length);
      break;
    }
}

typedef struct
{
  gboolean reads_image;
  gboolean makes_zeros;
} PythonNeeds;

static void
append_python_part (GString         *to,
                    GString         *notes,
                    GranaryCallPart *part,
                    PythonNeeds     *needs)
{
  g_autofree char *path = NULL;
  g_autofree char *quoted = NULL;
  gboolean is_made;

  if (part->dims != NULL)
    {
      needs->makes_zeros = TRUE;
      g_string_append_printf (to, "fill(%s",
                              g_str_equal (part->zero, "false") ? "False" : part->zero);
      for (guint i = 0; i < part->dims->len; i++)
        g_string_append_printf (to, ", %" G_GINT64_FORMAT, g_array_index (part->dims, gint64, i));
      g_string_append_c (to, ')');
      return;
    }

  path = dup_image_path (part, &is_made);
  if (path == NULL)
    {
      granary_call_part_append (part, to);
      return;
    }

  needs->reads_image = TRUE;
  quoted = quote_python (path);
  if (is_made)
    g_string_append_printf (notes, "# Save the image as %s first.\n", path);
  g_string_append_printf (to, "encode(%s)", quoted);
}

static char *
make_python_body (const GranaryCallDraft *draft,
                  GString                *notes,
                  PythonNeeds            *needs)
{
  const char *content = granary_call_draft_get_text (draft);
  GranaryJsonTokens tokens = { content, 0, content + strlen (content) };
  g_autoptr (GString) body = g_string_new (NULL);
  GranaryJsonPiece piece;

  while ((piece = granary_json_tokens_next (&tokens)) != GRANARY_JSON_PIECE_END)
    switch (piece)
      {
      case GRANARY_JSON_PIECE_KEY:
        append_python_string (body, &tokens);
        break;

      case GRANARY_JSON_PIECE_STRING:
        {
          GranaryCallPart *part = granary_call_draft_find_part (draft, tokens.at, tokens.length);

          if (part != NULL)
            append_python_part (body, notes, part, needs);
          else
            append_python_string (body, &tokens);
        }
        break;

      case GRANARY_JSON_PIECE_WORD:
        append_python_word (body, tokens.at, tokens.length);
        break;

      case GRANARY_JSON_PIECE_SPACE:
        {
          g_autofree char *printable = dup_printable (&tokens);

          g_string_append (body, printable);
        }
        break;

      case GRANARY_JSON_PIECE_OPEN:
      case GRANARY_JSON_PIECE_CLOSE:
      case GRANARY_JSON_PIECE_COMMA:
      case GRANARY_JSON_PIECE_COLON:
      case GRANARY_JSON_PIECE_END:
      default:
        g_string_append_len (body, tokens.at, (gssize) tokens.length);
        break;
      }

  return g_strstrip (g_string_free (g_steal_pointer (&body), FALSE));
}

static void
append_python_header (GString                    *to,
                      const GranaryServiceAccess *access,
                      const char                 *token_file,
                      gboolean                    with_token)
{
  const char *token = NULL;
  g_autofree char *scheme = split_token (access->value, &token);
  g_autofree char *name = quote_python (access->header);
  g_autofree char *value = NULL;
  g_autofree char *quoted = NULL;

  if (!with_token && token_file != NULL)
    {
      g_autofree char *file = quote_python (token_file);

      quoted = quote_python (scheme);
      g_string_append_printf (to, "    %s: %s + open(%s).read().strip(),\n", name, quoted, file);
      return;
    }

  value = g_strconcat (scheme, with_token ? token : PLACEHOLDER, NULL);
  quoted = quote_python (value);
  g_string_append_printf (to, "    %s: %s,\n", name, quoted);
}

static char *
make_python (const GranaryCallDraft     *draft,
             const GranaryServiceAccess *access,
             const char                 *token_file,
             gboolean                    with_token)
{
  g_autoptr (GString) code = g_string_new (NULL);
  g_autoptr (GString) notes = g_string_new (NULL);
  g_autofree char *url = quote_python (access->url);
  g_autofree char *body = NULL;
  PythonNeeds needs = { FALSE, FALSE };

  body = make_python_body (draft, notes, &needs);
  if (needs.reads_image)
    g_string_append (code, "import base64\n");
  g_string_append (code, "import json\nimport urllib.request\n\n");
  if (needs.reads_image)
    g_string_append (code,
                     "\ndef encode(path):\n"
                     "    with open(path, 'rb') as file:\n"
                     "        return base64.b64encode(file.read()).decode()\n\n");
  if (needs.makes_zeros)
    g_string_append (code,
                     "\ndef fill(value, *shape):\n"
                     "    return [fill(value, *shape[1:])] * shape[0] if shape else value\n\n");
  if (needs.reads_image || needs.makes_zeros)
    g_string_append_c (code, '\n');
  g_string_append (code, notes->str);
  g_string_append_printf (code, "body = %s\n", body);
  g_string_append (code, "headers = {\n    'Content-Type': 'application/json',\n");
  if (access->header != NULL && access->value != NULL)
    append_python_header (code, access, token_file, with_token);
  g_string_append_printf (code,
                          "}\n"
                          "request = urllib.request.Request(\n"
                          "    %s, data=json.dumps(body).encode(), headers=headers)\n"
                          "with urllib.request.urlopen(request) as answer:\n"
                          "    result = json.load(answer)\n"
                          "print(json.dumps(result, indent=2, ensure_ascii=False))\n",
                          url);

  return g_string_free (g_steal_pointer (&code), FALSE);
}

/**
 * granary_call_code:
 * @kind: in which language
 * @draft: a request without a problem
 * @access: where it goes to
 * @token_file: (nullable): file of this computer that holds the token, which the program then reads
 * @with_token: whether to write the token itself into the program
 *
 * Writes a program that sends the request and shows the answer. Images that came from files are
 * read from there. Unless it is asked for, the token is not in it.
 *
 * Returns: (transfer full): the program; a secret if @with_token
 */
char *
granary_call_code (GranaryCallCode             kind,
                   const GranaryCallDraft     *draft,
                   const GranaryServiceAccess *access,
                   const char                 *token_file,
                   gboolean                    with_token)
{
  g_return_val_if_fail (draft != NULL, NULL);
  g_return_val_if_fail (access != NULL && access->url != NULL, NULL);

  return kind == GRANARY_CALL_CURL ? make_curl (draft, access, token_file, with_token)
                                   : make_python (draft, access, token_file, with_token);
}
