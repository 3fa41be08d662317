/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-tag-set.h"

G_BEGIN_DECLS

#define GRANARY_TYPE_TAG_SUGGESTION (granary_tag_suggestion_get_type ())

/**
 * GranaryTagSuggestion:
 *
 * One completion of a tag being typed: a key (its value is still to come), or a whole tag.
 * Immutable.
 */
G_DECLARE_FINAL_TYPE (GranaryTagSuggestion, granary_tag_suggestion, GRANARY, TAG_SUGGESTION, GObject)

const char *granary_tag_suggestion_get_key      (GranaryTagSuggestion  *self);
const char *granary_tag_suggestion_get_value    (GranaryTagSuggestion  *self);
int         granary_tag_suggestion_get_n_models (GranaryTagSuggestion  *self);

/* What a typed tag consists of, and what it could become. No GTK. */
gboolean    granary_tag_input_split   (const char           *text,
                                       char                **key,
                                       char                **value);
char      **granary_tag_input_pieces  (const char           *text) G_GNUC_WARN_UNUSED_RESULT;
guint       granary_tag_input_count_separators (const char  *text);
GPtrArray  *granary_tag_input_suggest (GPtrArray            *facets,
                                       const char           *text,
                                       const GranaryTagSet  *present) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
