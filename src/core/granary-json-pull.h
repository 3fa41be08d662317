/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-cursor.h"

G_BEGIN_DECLS

#define GRANARY_JSON_PULL_MAX_DEPTH 512

/**
 * GranaryJsonToken:
 *
 * What granary_json_pull_next() came to. The text of keys, strings and numbers is in `text`.
 */
typedef enum
{
  GRANARY_JSON_TOKEN_FAULT,
  GRANARY_JSON_TOKEN_END,
  GRANARY_JSON_TOKEN_BEGIN_OBJECT,
  GRANARY_JSON_TOKEN_END_OBJECT,
  GRANARY_JSON_TOKEN_BEGIN_ARRAY,
  GRANARY_JSON_TOKEN_END_ARRAY,
  GRANARY_JSON_TOKEN_KEY,
  GRANARY_JSON_TOKEN_STRING,
  GRANARY_JSON_TOKEN_NUMBER,
  GRANARY_JSON_TOKEN_TRUE,
  GRANARY_JSON_TOKEN_FALSE,
  GRANARY_JSON_TOKEN_NULL,
} GranaryJsonToken;

/**
 * GranaryJsonPull:
 * @cursor: the text
 * @end: where it ends
 * @text: of the last key, string or number, cut at @max_text bytes
 * @max_text: how much of a text to keep
 * @has_nul: whether a U+FFFD of the last key or string stands for a `\u0000`
 * @line: the line of the last token, from 1
 * @problem: (nullable): what broke the rules, for logs
 * @depth: how many objects and arrays are open
 *
 * Reads JSON (RFC 8259, nothing more) a token at a time: headers of any length in little memory.
 */
typedef struct
{
  GranaryCursor *cursor; /* (unowned) */
  gint64         end;
  GString       *text;   /* (owned) */
  gsize          max_text;
  gboolean       has_nul;
  int            line;
  const char    *problem;
  guint          depth;
  int            expect;
  gboolean       in_object[GRANARY_JSON_PULL_MAX_DEPTH];
} GranaryJsonPull;

GranaryJsonPull  *granary_json_pull_new        (GranaryCursor    *cursor,
                                                gint64            end,
                                                gsize             max_text) G_GNUC_WARN_UNUSED_RESULT;
void              granary_json_pull_free       (GranaryJsonPull  *self);
GranaryJsonToken  granary_json_pull_next       (GranaryJsonPull  *self);
gboolean          granary_json_pull_skip_value (GranaryJsonPull  *self);
gboolean          granary_json_pull_get_size   (GranaryJsonPull  *self,
                                                gint64           *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryJsonPull, granary_json_pull_free)

G_END_DECLS
