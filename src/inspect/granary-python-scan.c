/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-python-scan.h"

#include <string.h>

/* Tells Python from what is not Python, without running or fully parsing it: the lexical rules of
 * the Python 3 reference (chapter 2), indentation, brackets, and that two operands never stand
 * side by side. It must never reject a valid program; it need not find every invalid one. */

#define MAX_BRACKETS 200
#define MAX_INDENTS 100
#define MAX_STRINGS 64

/* Inside an f-string, text and code alternate. */
typedef struct
{
  char     quote;
  gboolean is_triple;
  gboolean is_raw;
  gboolean in_format;     /* in the format specification of a field */
} FString;

typedef enum
{
  TOKEN_NONE,     /* beginning of a line */
  TOKEN_KEYWORD,
  TOKEN_SOFT,     /* a name that some statements begin with */
  TOKEN_NAME,
  TOKEN_NUMBER,
  TOKEN_STRING,
  TOKEN_CLOSE,    /* a closing bracket */
  TOKEN_COLON,
  TOKEN_OPERATOR,
} Token;

typedef struct
{
  const char        *at;
  const char        *end;
  int                line;
  GranaryPythonScan *scan;

  char               brackets[MAX_BRACKETS];
  int                bracket_lines[MAX_BRACKETS];
  guint              n_brackets;
  guint              indents[MAX_INDENTS];
  guint              n_indents;
  FString            strings[MAX_STRINGS];
  guint              n_strings;

  Token              last;
  gboolean           expects_block; /* the last logical line ended with a colon */
  gboolean           is_definition; /* the last token was `class` or `def` */
  gboolean           line_is_empty; /* no token yet in this logical line */
} Scanner;

static const char * const keywords[] = {
  "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
  "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in",
  "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with",
  "yield",
};

static gboolean
fail (Scanner    *scanner,
      const char *problem)
{
  if (scanner->scan->problem == NULL)
    {
      scanner->scan->problem = problem;
      scanner->scan->line = scanner->line;
    }

  return FALSE;
}

static char
byte_at (Scanner *scanner,
         gsize    ahead)
{
  return (gsize) (scanner->end - scanner->at) > ahead ? scanner->at[ahead] : '\0';
}

static gboolean
is_at_end (Scanner *scanner)
{
  return scanner->at >= scanner->end;
}

/* Passes over one line end, of any convention. */
static gboolean
take_newline (Scanner *scanner)
{
  if (byte_at (scanner, 0) == '\r')
    scanner->at += byte_at (scanner, 1) == '\n' ? 2 : 1;
  else if (byte_at (scanner, 0) == '\n')
    scanner->at++;
  else
    return FALSE;
  scanner->line++;

  return TRUE;
}

/* Inside a string, at a backslash. */
static void
take_escape (Scanner *scanner)
{
  scanner->at++;
  if (!is_at_end (scanner) && !take_newline (scanner))
    scanner->at++;
}

static gboolean
ends_string (Scanner *scanner,
             char     quote,
             gboolean is_triple)
{
  if (byte_at (scanner, 0) != quote)
    return FALSE;

  return !is_triple || (byte_at (scanner, 1) == quote && byte_at (scanner, 2) == quote);
}

static gboolean
scan_plain_string (Scanner  *scanner,
                   char      quote,
                   gboolean  is_triple)
{
  int first_line = scanner->line;

  while (!is_at_end (scanner))
    {
      if (*scanner->at == '\\')
        take_escape (scanner);
      else if (ends_string (scanner, quote, is_triple))
        {
          scanner->at += is_triple ? 3 : 1;
          return TRUE;
        }
      else if (*scanner->at == '\n' || *scanner->at == '\r')
        {
          if (!is_triple)
            return fail (scanner, "unfinished string");
          take_newline (scanner);
        }
      else
        scanner->at++;
    }

  scanner->line = first_line;

  return fail (scanner, "unfinished string");
}

/* Goes on in the text of the innermost f-string, up to its end or to the code of a field. */
static gboolean
scan_fstring (Scanner *scanner)
{
  FString *string = &scanner->strings[scanner->n_strings - 1];

  while (!is_at_end (scanner))
    {
      char c = *scanner->at;

      /* In a format specification a backslash may stand before a bracket that counts. */
      if (c == '\\')
        {
          if (!string->is_raw && byte_at (scanner, 1) == 'N' && byte_at (scanner, 2) == '{')
            while (!is_at_end (scanner) && *scanner->at != '}' && *scanner->at != '\n')
              scanner->at++;
          else if (byte_at (scanner, 1) == '{' || byte_at (scanner, 1) == '}')
            scanner->at++;
          else
            {
              take_escape (scanner);
              continue;
            }
          if (!is_at_end (scanner) && *scanner->at == '}' && !string->in_format)
            scanner->at++;
        }
      else if (ends_string (scanner, string->quote, string->is_triple))
        {
          if (string->in_format)
            return fail (scanner, "unfinished field in a string");
          scanner->at += string->is_triple ? 3 : 1;
          scanner->n_strings--;
          scanner->last = TOKEN_STRING;
          return TRUE;
        }
      else if (c == '\n' || c == '\r')
        {
          if (!string->is_triple)
            return fail (scanner, "unfinished string");
          take_newline (scanner);
        }
      else if (c == '{' && byte_at (scanner, 1) == '{' && !string->in_format)
        scanner->at += 2;
      else if (c == '{')
        {
          if (scanner->n_brackets >= MAX_BRACKETS)
            return fail (scanner, "nested too deep");
          scanner->at++;
          scanner->bracket_lines[scanner->n_brackets] = scanner->line;
          /* 'F' for a field, 'S' for a field inside a format specification. */
          scanner->brackets[scanner->n_brackets++] = string->in_format ? 'S' : 'F';
          string->in_format = FALSE;
          scanner->last = TOKEN_OPERATOR;
          return TRUE;
        }
      else if (c == '}' && string->in_format)
        {
          /* The end of the field whose specification this was. */
          scanner->at++;
          string->in_format = scanner->brackets[--scanner->n_brackets] == 'S';
        }
      else
        scanner->at++;
    }

  return fail (scanner, "unfinished string");
}

static gboolean
start_string (Scanner    *scanner,
              const char *prefix,
              gsize       prefix_length)
{
  char quote = *scanner->at;
  gboolean is_triple = byte_at (scanner, 1) == quote && byte_at (scanner, 2) == quote;
  gboolean is_formatted = FALSE;
  gboolean is_raw = FALSE;

  if (scanner->last == TOKEN_NAME || scanner->last == TOKEN_NUMBER || scanner->last == TOKEN_CLOSE)
    return fail (scanner, "string behind an operand");

  for (gsize i = 0; i < prefix_length; i++)
    {
      char c = g_ascii_tolower (prefix[i]);

      is_formatted |= c == 'f' || c == 't';
      is_raw |= c == 'r';
    }
  scanner->at += is_triple ? 3 : 1;
  scanner->last = TOKEN_STRING;

  if (!is_formatted)
    return scan_plain_string (scanner, quote, is_triple);
  if (scanner->n_strings >= MAX_STRINGS)
    return fail (scanner, "nested too deep");

  scanner->strings[scanner->n_strings].quote = quote;
  scanner->strings[scanner->n_strings].is_triple = is_triple;
  scanner->strings[scanner->n_strings].is_raw = is_raw;
  scanner->strings[scanner->n_strings].in_format = FALSE;
  scanner->n_strings++;

  return scan_fstring (scanner);
}

static gboolean
is_string_prefix (const char *name,
                  gsize       length)
{
  static const char * const prefixes[] = {
    "r", "u", "b", "f", "t", "br", "rb", "fr", "rf", "tr", "rt",
  };

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (length == strlen (prefixes[i]) && g_ascii_strncasecmp (name, prefixes[i], length) == 0)
      return TRUE;

  return FALSE;
}

/* Letters, digits and marks of any script; what keyboards of other languages put in the place of
 * Python's own signs is none. */
static gboolean
is_name_character (gunichar c)
{
  switch ((int) g_unichar_type (c))
    {
    case G_UNICODE_OPEN_PUNCTUATION:
    case G_UNICODE_CLOSE_PUNCTUATION:
    case G_UNICODE_INITIAL_PUNCTUATION:
    case G_UNICODE_FINAL_PUNCTUATION:
    case G_UNICODE_DASH_PUNCTUATION:
    case G_UNICODE_SPACE_SEPARATOR:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_CONTROL:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_SURROGATE:
      return FALSE;

    case G_UNICODE_OTHER_PUNCTUATION:
      return c == 0xb7 || c == 0x387;

    default:
      return TRUE;
    }
}

static gboolean
scan_word (Scanner *scanner)
{
  const char *start = scanner->at;
  gboolean is_keyword = FALSE;
  gsize length;

  while (!is_at_end (scanner))
    {
      guchar c = (guchar) *scanner->at;

      if (g_ascii_isalnum (c) || c == '_')
        scanner->at++;
      else if (c >= 0x80)
        {
          gunichar wide = g_utf8_get_char_validated (scanner->at, scanner->end - scanner->at);

          if (!is_name_character (wide))
            return fail (scanner, "a character that Python does not know");
          scanner->at = g_utf8_next_char (scanner->at);
        }
      else
        break;
    }
  length = (gsize) (scanner->at - start);

  if (!is_at_end (scanner) && (*scanner->at == '"' || *scanner->at == '\'') &&
      is_string_prefix (start, length))
    {
      if (scanner->last == TOKEN_NAME || scanner->last == TOKEN_NUMBER ||
          scanner->last == TOKEN_CLOSE)
        return fail (scanner, "string behind an operand");
      return start_string (scanner, start, length);
    }

  for (guint i = 0; i < G_N_ELEMENTS (keywords) && !is_keyword; i++)
    is_keyword = length == strlen (keywords[i]) && memcmp (start, keywords[i], length) == 0;

  if (is_keyword)
    {
      /* True, False and None are operands, but not looking behind them loses little. */
      scanner->is_definition = (length == 5 && memcmp (start, "class", 5) == 0) ||
                               (length == 3 && memcmp (start, "def", 3) == 0);
    }
  else
    {
      if (scanner->last == TOKEN_NAME || scanner->last == TOKEN_NUMBER ||
          scanner->last == TOKEN_STRING || scanner->last == TOKEN_CLOSE)
        return fail (scanner, "name behind an operand");
      if (scanner->is_definition)
        scanner->scan->n_definitions++;
      scanner->is_definition = FALSE;
      if ((length == 13 && memcmp (start, "append_worker", 13) == 0) ||
          (length == 7 && memcmp (start, "tiinfer", 7) == 0))
        scanner->scan->has_service = TRUE;
    }

  if (is_keyword)
    scanner->last = TOKEN_KEYWORD;
  else if (scanner->line_is_empty &&
           ((length == 5 && memcmp (start, "match", 5) == 0) ||
            (length == 4 && (memcmp (start, "case", 4) == 0 || memcmp (start, "type", 4) == 0))))
    scanner->last = TOKEN_SOFT;
  else
    scanner->last = TOKEN_NAME;

  return TRUE;
}

static gboolean
scan_number (Scanner *scanner)
{
  gboolean has_point = FALSE;
  gboolean is_hex = byte_at (scanner, 0) == '0' && (byte_at (scanner, 1) == 'x' ||
                                                    byte_at (scanner, 1) == 'X');

  if (scanner->last == TOKEN_NAME || scanner->last == TOKEN_NUMBER ||
      scanner->last == TOKEN_STRING || scanner->last == TOKEN_CLOSE)
    return fail (scanner, "number behind an operand");

  /* Loosely: a keyword may follow without a space, as in `1if x else 2`. */
  if (is_hex)
    {
      scanner->at += 2;
      while (g_ascii_isxdigit (byte_at (scanner, 0)) || byte_at (scanner, 0) == '_')
        scanner->at++;
    }
  else
    while (g_ascii_isdigit (byte_at (scanner, 0)) || byte_at (scanner, 0) == '_' ||
           (byte_at (scanner, 0) == '.' && !has_point) ||
           ((byte_at (scanner, 0) == 'e' || byte_at (scanner, 0) == 'E') &&
            (g_ascii_isdigit (byte_at (scanner, 1)) ||
             ((byte_at (scanner, 1) == '-' || byte_at (scanner, 1) == '+') &&
              g_ascii_isdigit (byte_at (scanner, 2))))))
      {
        has_point |= !g_ascii_isdigit (byte_at (scanner, 0)) && byte_at (scanner, 0) != '_';
        scanner->at += g_ascii_isalpha (byte_at (scanner, 0)) ? 2 : 1;
      }

  /* 1j, 0o17, 0b1. */
  if (strchr ("jJ", byte_at (scanner, 0)) != NULL && byte_at (scanner, 0) != '\0')
    scanner->at++;
  else if (strchr ("oObB", byte_at (scanner, 0)) != NULL && byte_at (scanner, 0) != '\0' &&
           scanner->at[-1] == '0')
    {
      scanner->at++;
      while (g_ascii_isdigit (byte_at (scanner, 0)) || byte_at (scanner, 0) == '_')
        scanner->at++;
    }
  scanner->last = TOKEN_NUMBER;

  return TRUE;
}

/* Whether what is scanned is code right in a field of the innermost f-string. */
static gboolean
is_in_field (Scanner *scanner)
{
  char bracket;

  if (scanner->n_strings == 0 || scanner->n_brackets == 0)
    return FALSE;
  bracket = scanner->brackets[scanner->n_brackets - 1];

  return bracket == 'F' || bracket == 'S';
}

static gboolean
open_bracket (Scanner *scanner,
              char     c)
{
  if (scanner->n_brackets >= MAX_BRACKETS)
    return fail (scanner, "nested too deep");

  scanner->bracket_lines[scanner->n_brackets] = scanner->line;
  scanner->brackets[scanner->n_brackets++] = c;
  scanner->at++;
  scanner->last = TOKEN_OPERATOR;

  return TRUE;
}

static gboolean
close_bracket (Scanner *scanner,
               char     c)
{
  char open = scanner->n_brackets > 0 ? scanner->brackets[scanner->n_brackets - 1] : '\0';

  if (c == '}' && is_in_field (scanner))
    {
      scanner->n_brackets--;
      scanner->at++;
      scanner->strings[scanner->n_strings - 1].in_format = open == 'S';
      return scan_fstring (scanner);
    }
  if (open != (c == ')' ? '(' : c == ']' ? '[' : '{'))
    return fail (scanner, "a bracket that was not opened");

  scanner->n_brackets--;
  scanner->at++;
  scanner->last = TOKEN_CLOSE;

  return TRUE;
}

static gboolean
scan_operator (Scanner *scanner)
{
  char c = *scanner->at;

  switch (c)
    {
    case '(':
    case '[':
    case '{':
      return open_bracket (scanner, c);

    case ')':
    case ']':
    case '}':
      return close_bracket (scanner, c);

    case ':':
      scanner->at++;
      if (is_in_field (scanner))
        {
          scanner->strings[scanner->n_strings - 1].in_format = TRUE;
          return scan_fstring (scanner);
        }
      scanner->last = byte_at (scanner, 0) == '=' ? TOKEN_OPERATOR : TOKEN_COLON;
      return TRUE;

    case '!':
      /* A conversion such as !r, or `!=`. */
      if (byte_at (scanner, 1) != '=' && !is_in_field (scanner))
        return fail (scanner, "a character that Python does not know");
      scanner->at++;
      scanner->last = TOKEN_OPERATOR;
      return TRUE;

    default:
      if (c == '\0' || strchr ("+-*/%@&|^~<>=,.;", c) == NULL)
        return fail (scanner, "a character that Python does not know");
      scanner->at++;
      scanner->last = TOKEN_OPERATOR;
      return TRUE;
    }
}

/* Width of the white space a line begins with; tabs go to the next multiple of eight. */
static guint
measure_indent (Scanner *scanner)
{
  guint width = 0;

  for (; !is_at_end (scanner); scanner->at++)
    switch (*scanner->at)
      {
      case ' ':
        width++;
        break;

      case '\t':
        width = (width / 8 + 1) * 8;
        break;

      case '\f':
        width = 0;
        break;

      default:
        return width;
      }

  return width;
}

static gboolean
apply_indent (Scanner *scanner,
              guint    width)
{
  guint current = scanner->indents[scanner->n_indents - 1];

  if (scanner->expects_block)
    {
      scanner->expects_block = FALSE;
      if (width <= current)
        return fail (scanner, "an indented block was expected");
      if (scanner->n_indents >= MAX_INDENTS)
        return fail (scanner, "nested too deep");
      scanner->indents[scanner->n_indents++] = width;
      return TRUE;
    }

  if (width > current)
    return fail (scanner, "unexpected indentation");
  while (scanner->n_indents > 1 && width < scanner->indents[scanner->n_indents - 1])
    scanner->n_indents--;
  if (width != scanner->indents[scanner->n_indents - 1])
    return fail (scanner, "indentation of no block");

  return TRUE;
}

static void
skip_comment (Scanner *scanner)
{
  while (!is_at_end (scanner) && *scanner->at != '\n' && *scanner->at != '\r')
    scanner->at++;
}

/* At the beginning of a physical line that begins a logical one. */
static gboolean
begin_line (Scanner *scanner)
{
  guint width = measure_indent (scanner);

  if (is_at_end (scanner) || *scanner->at == '\n' || *scanner->at == '\r' || *scanner->at == '#')
    return TRUE;
  /* A lone backslash joins this line with the next one. */
  if (*scanner->at == '\\')
    return TRUE;

  scanner->line_is_empty = TRUE;
  scanner->is_definition = FALSE;
  scanner->last = TOKEN_NONE;

  return apply_indent (scanner, width);
}

static gboolean
scan_token (Scanner  *scanner,
            gboolean *begins_line)
{
  guchar c = (guchar) *scanner->at;
  gboolean done;

  if (c == ' ' || c == '\t' || c == '\f')
    {
      scanner->at++;
      return TRUE;
    }
  if (c == '#')
    {
      skip_comment (scanner);
      return TRUE;
    }
  if (c == '\\')
    {
      scanner->at++;
      if (!take_newline (scanner) && !is_at_end (scanner))
        return fail (scanner, "a backslash inside a line");
      return TRUE;
    }
  if (take_newline (scanner))
    {
      if (scanner->n_brackets == 0)
        {
          scanner->expects_block |= scanner->last == TOKEN_COLON;
          scanner->last = TOKEN_NONE;
          *begins_line = TRUE;
        }
      return TRUE;
    }

  if (c == '"' || c == '\'')
    done = start_string (scanner, NULL, 0);
  else if (g_ascii_isalpha (c) || c == '_' || c >= 0x80)
    done = scan_word (scanner);
  else if (g_ascii_isdigit (c) || (c == '.' && g_ascii_isdigit (byte_at (scanner, 1))))
    done = scan_number (scanner);
  else
    {
      if (c == ';')
        scanner->line_is_empty = TRUE;
      done = scan_operator (scanner);
      if (c == ';' || c == ':')
        return done;
    }
  scanner->line_is_empty = FALSE;

  return done;
}

/**
 * granary_python_scan:
 * @text: a program, valid UTF-8
 * @length: its bytes
 * @scan: (out caller-allocates): what was found
 *
 * Returns: whether @text can be a Python 3 program, as far as this can tell
 */
gboolean
granary_python_scan (const char        *text,
                     gsize              length,
                     GranaryPythonScan *scan)
{
  Scanner scanner = { 0 };
  gboolean begins_line = TRUE;

  g_return_val_if_fail (text != NULL || length == 0, FALSE);
  g_return_val_if_fail (scan != NULL, FALSE);

  memset (scan, 0, sizeof *scan);
  scanner.at = text;
  scanner.end = text + length;
  scanner.line = 1;
  scanner.scan = scan;
  scanner.n_indents = 1;
  scanner.line_is_empty = TRUE;
  if (length >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    scanner.at += 3;

  while (!is_at_end (&scanner))
    {
      if (begins_line)
        {
          begins_line = FALSE;
          if (!begin_line (&scanner))
            return FALSE;
          continue;
        }
      if (!scan_token (&scanner, &begins_line))
        return FALSE;
    }

  if (scanner.n_strings > 0)
    return fail (&scanner, "unfinished string");
  if (scanner.n_brackets > 0)
    {
      /* Where it was opened helps more than where the text ends. */
      scanner.line = scanner.bracket_lines[scanner.n_brackets - 1];
      return fail (&scanner, "a bracket is not closed");
    }
  if (scanner.expects_block || (scanner.last == TOKEN_COLON && !begins_line))
    return fail (&scanner, "an indented block was expected");

  return TRUE;
}
