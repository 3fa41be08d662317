/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A JSON text as it is written, piece by piece: for what keeps, moves or replaces its bytes. Pure. */

/**
 * GranaryJsonPiece:
 * @GRANARY_JSON_PIECE_END: nothing is left
 * @GRANARY_JSON_PIECE_SPACE: white space
 * @GRANARY_JSON_PIECE_OPEN: `{` or `[`
 * @GRANARY_JSON_PIECE_CLOSE: `}` or `]`
 * @GRANARY_JSON_PIECE_COMMA: `,`
 * @GRANARY_JSON_PIECE_COLON: `:`
 * @GRANARY_JSON_PIECE_KEY: name of a member, with its quotation marks
 * @GRANARY_JSON_PIECE_STRING: any other string, with its quotation marks
 * @GRANARY_JSON_PIECE_WORD: a number, `true`, `false` or `null`
 */
typedef enum
{
  GRANARY_JSON_PIECE_END,
  GRANARY_JSON_PIECE_SPACE,
  GRANARY_JSON_PIECE_OPEN,
  GRANARY_JSON_PIECE_CLOSE,
  GRANARY_JSON_PIECE_COMMA,
  GRANARY_JSON_PIECE_COLON,
  GRANARY_JSON_PIECE_KEY,
  GRANARY_JSON_PIECE_STRING,
  GRANARY_JSON_PIECE_WORD,
} GranaryJsonPiece;

/**
 * GranaryJsonTokens:
 * @at: where the last piece begins
 * @length: its bytes
 * @end: where the text ends
 *
 * Begins as `{ text, 0, text + length }`. The text is not owned and must hold JSON, as
 * granary_json_check() says: what breaks the rules is cut into some pieces, never read beyond.
 */
typedef struct
{
  const char *at;
  gsize       length;
  const char *end;
} GranaryJsonTokens;

/* What a text is as a whole. */
typedef enum
{
  GRANARY_JSON_BROKEN,
  GRANARY_JSON_OBJECT,
  GRANARY_JSON_OTHER,
} GranaryJsonKind;

GranaryJsonKind  granary_json_check       (const char        *text,
                                           gssize             length,
                                           int               *line);
GranaryJsonPiece granary_json_tokens_next (GranaryJsonTokens *self);
void             granary_json_append      (GString           *to,
                                           const char        *text);

G_END_DECLS
