/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-catalog"

#include "config.h"

#include "granary-search-text.h"

/*
 * Words for full-text search. SQLite's unicode61 tokenizer takes a run of Chinese for one word, so
 * that 检测 would not be found in 车牌检测; its trigram tokenizer finds nothing shorter than three
 * characters. So both what is stored and what is asked for is folded and split here, and the index
 * uses the ascii tokenizer, which then only has spaces to split at: a run of Chinese, Japanese or
 * Korean becomes its single characters and its overlapping pairs; a word that changes between
 * letters and digits (resnet50) is stored whole and in pieces. Each word being one token, the index
 * needs no positions (detail=none).
 */

typedef enum
{
  CLASS_NONE,
  CLASS_LETTER,
  CLASS_DIGIT,
  CLASS_IDEOGRAPH,
} CharacterClass;

/* Case and accents do not matter to a search: é, É and E are found by e. */
static char *
fold (const char *source)
{
  g_autofree char *valid = g_utf8_make_valid (source, -1);
  g_autofree char *folded = g_utf8_casefold (valid, -1);
  g_autofree char *parts = g_utf8_normalize (folded, -1, G_NORMALIZE_NFKD);
  g_autoptr (GString) kept = g_string_new (NULL);

  for (const char *at = parts; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (c < 0x300 || c > 0x36f)
        g_string_append_unichar (kept, c);
    }

  return g_utf8_normalize (kept->str, -1, G_NORMALIZE_NFC);
}

static CharacterClass
classify (gunichar c)
{
  GUnicodeScript script = g_unichar_get_script (c);

  if (script == G_UNICODE_SCRIPT_HAN || script == G_UNICODE_SCRIPT_HIRAGANA ||
      script == G_UNICODE_SCRIPT_KATAKANA || script == G_UNICODE_SCRIPT_HANGUL ||
      script == G_UNICODE_SCRIPT_BOPOMOFO)
    return g_unichar_isalnum (c) ? CLASS_IDEOGRAPH : CLASS_NONE;

  if (g_unichar_isdigit (c))
    return CLASS_DIGIT;
  if (g_unichar_isalnum (c) || g_unichar_ismark (c))
    return CLASS_LETTER;

  return CLASS_NONE;
}

/* The end of the run that starts at @start: ideographs, or letters and digits together. */
static const char *
find_run_end (const char *start,
              gboolean   *mixed)
{
  CharacterClass first = classify (g_utf8_get_char (start));
  const char *at = start;

  *mixed = FALSE;
  while (*at != '\0')
    {
      CharacterClass class = classify (g_utf8_get_char (at));

      if (class == CLASS_NONE || (class == CLASS_IDEOGRAPH) != (first == CLASS_IDEOGRAPH))
        break;
      if (class != first)
        *mixed = TRUE;
      at = g_utf8_next_char (at);
    }

  return at;
}

static void
append_word (GString    *text,
             const char *start,
             const char *end)
{
  if (text->len > 0)
    g_string_append_c (text, ' ');
  g_string_append_len (text, start, end - start);
}

static void
append_ideographs (GString    *text,
                   const char *start,
                   const char *end)
{
  for (const char *at = start; at < end; at = g_utf8_next_char (at))
    {
      const char *next = g_utf8_next_char (at);

      append_word (text, at, next);
      if (next < end)
        append_word (text, at, g_utf8_next_char (next));
    }
}

static void
append_pieces (GString    *text,
               const char *start,
               const char *end)
{
  const char *piece = start;

  for (const char *at = start; at < end; at = g_utf8_next_char (at))
    {
      if (at > piece && classify (g_utf8_get_char (at)) != classify (g_utf8_get_char (piece)))
        {
          append_word (text, piece, at);
          piece = at;
        }
    }
  append_word (text, piece, end);
}

/**
 * granary_search_text_append:
 * @text: where to append
 * @source: (nullable): UTF-8 to be found by its words
 *
 * Appends the words of @source, parted by spaces, for the index.
 */
void
granary_search_text_append (GString    *text,
                            const char *source)
{
  g_autofree char *folded = NULL;
  const char *at;

  g_return_if_fail (text != NULL);

  if (source == NULL)
    return;

  folded = fold (source);
  at = folded;
  while (*at != '\0')
    {
      CharacterClass class = classify (g_utf8_get_char (at));
      gboolean mixed;
      const char *end;

      if (class == CLASS_NONE)
        {
          at = g_utf8_next_char (at);
          continue;
        }

      end = find_run_end (at, &mixed);
      if (class == CLASS_IDEOGRAPH)
        {
          append_ideographs (text, at, end);
        }
      else
        {
          append_word (text, at, end);
          if (mixed)
            append_pieces (text, at, end);
        }
      at = end;
    }
}

/* A word as an FTS5 string; it holds letters and digits only, so nothing needs to be escaped. */
static void
append_term (GString    *match,
             const char *start,
             const char *end,
             gboolean    prefix)
{
  if (match->len > 0)
    g_string_append (match, " AND ");
  g_string_append_c (match, '"');
  g_string_append_len (match, start, end - start);
  g_string_append_c (match, '"');
  if (prefix)
    g_string_append_c (match, '*');
}

/**
 * granary_search_text_match:
 * @typed: what the user typed, UTF-8
 *
 * Turns words into an FTS5 expression: all must occur, letters and digits as beginnings of words,
 * a run of Chinese by its pairs.
 *
 * Returns: (transfer full) (nullable): the expression; %NULL when @typed has no word
 */
char *
granary_search_text_match (const char *typed)
{
  g_autoptr (GString) match = g_string_new (NULL);
  g_autofree char *folded = NULL;
  const char *at;

  g_return_val_if_fail (typed != NULL, NULL);

  folded = fold (typed);
  at = folded;
  while (*at != '\0')
    {
      CharacterClass class = classify (g_utf8_get_char (at));
      gboolean mixed;
      const char *end;

      if (class == CLASS_NONE)
        {
          at = g_utf8_next_char (at);
          continue;
        }

      end = find_run_end (at, &mixed);
      if (class != CLASS_IDEOGRAPH)
        {
          append_term (match, at, end, TRUE);
        }
      else if (g_utf8_next_char (at) == end)
        {
          append_term (match, at, end, FALSE);
        }
      else
        {
          for (const char *c = at; g_utf8_next_char (c) < end; c = g_utf8_next_char (c))
            append_term (match, c, g_utf8_next_char (g_utf8_next_char (c)), FALSE);
        }
      at = end;
    }

  if (match->len == 0)
    return NULL;

  return g_string_free (g_steal_pointer (&match), FALSE);
}

/**
 * granary_sort_text:
 * @text: UTF-8
 *
 * A key that sorts bytewise as people expect: without regard to case, and model2 before model10.
 * The same in every language, because it is stored in an index that processes share.
 *
 * Returns: (transfer full): the key
 */
char *
granary_sort_text (const char *text)
{
  g_autofree char *folded = NULL;
  g_autoptr (GString) key = g_string_new (NULL);
  const char *at;

  g_return_val_if_fail (text != NULL, NULL);

  folded = g_utf8_casefold (text, -1);
  at = folded;
  while (*at != '\0')
    {
      const char *end = at;

      if (!g_ascii_isdigit (*at))
        {
          g_string_append_c (key, *at++);
          continue;
        }

      while (*at == '0' && g_ascii_isdigit (at[1]))
        at++;
      for (end = at; g_ascii_isdigit (*end); end++)
        ;
      /* A number sorts by its length first; one digit is enough for the lengths a name can have,
       * once longer ones count on in steps. */
      for (gsize length = (gsize) (end - at); length > 0; length -= MIN (length, 9))
        g_string_append_c (key, (char) ('0' + MIN (length, 9)));
      g_string_append_len (key, at, end - at);
      at = end;
    }

  return g_string_free (g_steal_pointer (&key), FALSE);
}
