/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-call-part.h"

G_BEGIN_DECLS

/* The member of a request that an image is put into. */
#define GRANARY_CALL_IMAGE_MEMBER "image"

/**
 * GranaryCallProblem:
 * @GRANARY_CALL_GOOD: can be sent
 * @GRANARY_CALL_EMPTY: there is nothing
 * @GRANARY_CALL_SYNTAX: no JSON
 * @GRANARY_CALL_NOT_OBJECT: JSON, but no object, which is what services read
 *
 * What is wrong with the text of a request.
 */
typedef enum
{
  GRANARY_CALL_GOOD,
  GRANARY_CALL_EMPTY,
  GRANARY_CALL_SYNTAX,
  GRANARY_CALL_NOT_OBJECT,
} GranaryCallProblem;

/**
 * GranaryCallDraft:
 *
 * A request being written: a JSON text in which strings may stand for parts that are too long to be
 * shown. Not bound to a thread, but not shared by threads either: one that is sent is a copy.
 */
typedef struct _GranaryCallDraft GranaryCallDraft;

GranaryCallDraft   *granary_call_draft_new       (const char              *text) G_GNUC_WARN_UNUSED_RESULT;
GranaryCallDraft   *granary_call_draft_copy      (const GranaryCallDraft  *self) G_GNUC_WARN_UNUSED_RESULT;
void                granary_call_draft_free      (GranaryCallDraft        *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryCallDraft, granary_call_draft_free)

const char         *granary_call_draft_get_text  (const GranaryCallDraft  *self);
void                granary_call_draft_set_text  (GranaryCallDraft        *self,
                                                  const char              *text);
GranaryCallProblem  granary_call_draft_check     (const GranaryCallDraft  *self,
                                                  int                     *line);
/* The part that this string of the text, with its quotation marks, stands for; NULL for none. */
GranaryCallPart    *granary_call_draft_find_part (const GranaryCallDraft  *self,
                                                  const char              *string,
                                                  gsize                    length);
void                granary_call_draft_add_part  (GranaryCallDraft        *self,
                                                  GranaryCallPart         *part);
/* Puts an image into the top-level member `image`; FALSE while the text is no object. */
gboolean            granary_call_draft_put_image (GranaryCallDraft        *self,
                                                  const char              *name,
                                                  const char              *path,
                                                  GBytes                  *bytes);
/* The image in that member, (transfer none) (nullable). */
GranaryCallPart    *granary_call_draft_get_image (const GranaryCallDraft  *self);
/* Empties that member. */
void                granary_call_draft_drop_image (GranaryCallDraft       *self);
/* What is sent. May take a while: for a worker. */
GBytes             *granary_call_draft_build     (const GranaryCallDraft  *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
