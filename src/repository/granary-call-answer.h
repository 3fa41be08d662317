/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-service-host.h"

G_BEGIN_DECLS

/* Bytes of an answer that are shown as text, and of an image that is looked for in it. */
#define GRANARY_CALL_TEXT_MAX (256 * 1024)
#define GRANARY_CALL_PREVIEW_MAX (32 * 1024 * 1024)

/**
 * GranaryCallAnswer:
 * @text: (nullable): what is shown of it; %NULL if it is no text
 * @is_json: whether it is JSON, which @text has laid out
 * @is_shortened: whether @text is not all of it
 * @message: (nullable): its top-level member `error`, if it is a text
 * @image: (nullable): an image that it is, or that one of its top-level members holds as base64
 *
 * An answer of a service, made ready to be shown. Immutable.
 */
typedef struct
{
  char     *text;
  gboolean  is_json;
  gboolean  is_shortened;
  char     *message;
  GBytes   *image;
} GranaryCallAnswer;

GranaryCallAnswer *granary_call_answer_new  (GBytes             *body) G_GNUC_WARN_UNUSED_RESULT;
void               granary_call_answer_free (GranaryCallAnswer  *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryCallAnswer, granary_call_answer_free)

/* Lines of two texts that have no twin in the other: (element-type guint), from 0. */
guint              granary_call_compare     (const char         *left,
                                             const char         *right,
                                             GArray             *left_lines,
                                             GArray             *right_lines);

G_END_DECLS
