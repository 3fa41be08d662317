/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-json-layout.h"

#include <string.h>

#include "granary-json-tokens.h"

/* What fits on a line stays on one. */
#define COLUMNS 60

/* A text view has no good time with longer ones. */
#define MAX_TOKEN 2048
#define SHOWN_TOKEN 256
#define MAX_ESCAPE 12

#define INDENT 2

typedef struct
{
  GString  *text;
  gsize     max;
  gsize     line;   /* where the present line begins */
  guint     depth;  /* of what is open and spread over lines */
  gboolean  is_cut;
} Layout;

static void
break_line (Layout *self)
{
  g_string_append_c (self->text, '\n');
  self->line = self->text->len;
  for (guint i = 0; i < self->depth * INDENT; i++)
    g_string_append_c (self->text, ' ');
}

static void
append_token (Layout                  *self,
              const GranaryJsonTokens *token)
{
  const char *end = token->at + SHOWN_TOKEN;

  if (token->length <= MAX_TOKEN)
    {
      g_string_append_len (self->text, token->at, (gssize) token->length);
      return;
    }

  /* Not within a character, nor within an escape. */
  while (end > token->at + 1 && ((guchar) *end & 0xc0) == 0x80)
    end--;
  for (const char *at = end - 1; at > token->at && at + MAX_ESCAPE >= end; at--)
    if (*at == '\\')
      end = at;
  g_string_append_len (self->text, token->at, end - token->at);
  g_string_append (self->text, *token->at == '"' ? "…\"" : "…");
  self->is_cut = TRUE;
}

/* How wide the container that @tokens has just come to is on one line; above @room: too wide. */
static gsize
measure (GranaryJsonTokens tokens,
         gsize             room)
{
  guint depth = 1;
  gsize width = 1;

  while (depth > 0 && width <= room)
    switch (granary_json_tokens_next (&tokens))
      {
      case GRANARY_JSON_PIECE_OPEN:
        depth++;
        width++;
        break;

      case GRANARY_JSON_PIECE_CLOSE:
        depth--;
        width++;
        break;

      case GRANARY_JSON_PIECE_COMMA:
      case GRANARY_JSON_PIECE_COLON:
        width += 2;
        break;

      case GRANARY_JSON_PIECE_SPACE:
        break;

      case GRANARY_JSON_PIECE_END:
        return room + 1;

      case GRANARY_JSON_PIECE_KEY:
      case GRANARY_JSON_PIECE_STRING:
      case GRANARY_JSON_PIECE_WORD:
      default:
        width += tokens.length;
        break;
      }

  return width;
}

/* Whether the container holds nothing but numbers and the like. */
static gboolean
has_words_only (GranaryJsonTokens tokens)
{
  GranaryJsonPiece piece;

  do
    piece = granary_json_tokens_next (&tokens);
  while (piece == GRANARY_JSON_PIECE_WORD || piece == GRANARY_JSON_PIECE_COMMA ||
         piece == GRANARY_JSON_PIECE_SPACE);

  return piece == GRANARY_JSON_PIECE_CLOSE;
}

/* The rest of a container on this line, or with @is_filled as many words on each as fit. */
static void
append_flat (Layout            *self,
             GranaryJsonTokens *tokens,
             gboolean           is_filled)
{
  guint depth = 1;

  g_string_append_len (self->text, tokens->at, 1);
  if (is_filled)
    {
      self->depth++;
      break_line (self);
    }

  while (depth > 0 && self->text->len < self->max)
    {
      GranaryJsonPiece piece = granary_json_tokens_next (tokens);

      if (piece == GRANARY_JSON_PIECE_SPACE)
        continue;
      if (piece == GRANARY_JSON_PIECE_END)
        return;

      depth += piece == GRANARY_JSON_PIECE_OPEN;
      depth -= piece == GRANARY_JSON_PIECE_CLOSE;
      if (is_filled && depth == 0)
        {
          self->depth--;
          break_line (self);
        }
      else if (is_filled && piece == GRANARY_JSON_PIECE_WORD &&
               self->text->len - self->line > self->depth * INDENT &&
               self->text->len - self->line + tokens->length > COLUMNS)
        {
          g_string_truncate (self->text, self->text->len - 1);
          break_line (self);
        }
      append_token (self, tokens);
      if (piece == GRANARY_JSON_PIECE_COMMA || piece == GRANARY_JSON_PIECE_COLON)
        g_string_append_c (self->text, ' ');
    }
}

static void
append_container (Layout            *self,
                  GranaryJsonTokens *tokens)
{
  gsize used = self->text->len - self->line;
  gsize room = used < COLUMNS ? COLUMNS - used : 0;
  gboolean is_array = *tokens->at == '[';

  /* An empty one fits everywhere. The members of the document have lines of their own. */
  room = self->text->len == 0 && !is_array ? 2 : MAX (room, 2);
  if (measure (*tokens, room) <= room)
    append_flat (self, tokens, FALSE);
  else if (is_array && has_words_only (*tokens))
    append_flat (self, tokens, TRUE);
  else
    {
      g_string_append_len (self->text, tokens->at, 1);
      self->depth++;
      break_line (self);
    }
}

/**
 * granary_json_layout:
 * @text: JSON
 * @length: its bytes, -1 if it ends with a NUL
 * @max: how many bytes to make of it, about
 * @is_cut: (out) (optional): whether something of it was left out
 *
 * Returns: (transfer full): the same, laid out
 */
char *
granary_json_layout (const char *text,
                     gssize      length,
                     gsize       max,
                     gboolean   *is_cut)
{
  GranaryJsonTokens tokens = { text, 0, NULL };
  g_autoptr (GString) result = g_string_new (NULL);
  Layout self = { result, max, 0, 0, FALSE };
  GranaryJsonPiece piece;

  g_return_val_if_fail (text != NULL, NULL);

  tokens.end = text + (length < 0 ? strlen (text) : (gsize) length);
  while (result->len < max &&
         (piece = granary_json_tokens_next (&tokens)) != GRANARY_JSON_PIECE_END)
    switch (piece)
      {
      case GRANARY_JSON_PIECE_OPEN:
        append_container (&self, &tokens);
        break;

      case GRANARY_JSON_PIECE_CLOSE:
        if (self.depth > 0)
          self.depth--;
        break_line (&self);
        g_string_append_len (result, tokens.at, 1);
        break;

      case GRANARY_JSON_PIECE_COMMA:
        g_string_append_c (result, ',');
        break_line (&self);
        break;

      case GRANARY_JSON_PIECE_COLON:
        g_string_append (result, ": ");
        break;

      case GRANARY_JSON_PIECE_SPACE:
      case GRANARY_JSON_PIECE_END:
        break;

      case GRANARY_JSON_PIECE_KEY:
      case GRANARY_JSON_PIECE_STRING:
      case GRANARY_JSON_PIECE_WORD:
      default:
        append_token (&self, &tokens);
        break;
      }

  /* What is left may be white space. */
  if (result->len >= max)
    while ((piece = granary_json_tokens_next (&tokens)) != GRANARY_JSON_PIECE_END)
      if (piece != GRANARY_JSON_PIECE_SPACE)
        {
          self.is_cut = TRUE;
          break;
        }
  if (is_cut != NULL)
    *is_cut = self.is_cut;

  return g_string_free (g_steal_pointer (&result), FALSE);
}
