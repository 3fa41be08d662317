/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "granary-tag-input.h"

G_BEGIN_DECLS

/**
 * GranaryTagCompletion:
 *
 * The list of completions below a tag's entry. Never takes the focus: the entry steers it.
 *
 * Signals: `chosen` (GranaryTagSuggestion) when one was clicked.
 */
#define GRANARY_TYPE_TAG_COMPLETION (granary_tag_completion_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTagCompletion, granary_tag_completion, GRANARY, TAG_COMPLETION, GtkPopover)

GtkWidget            *granary_tag_completion_new          (void) G_GNUC_WARN_UNUSED_RESULT;
void                  granary_tag_completion_set_items    (GranaryTagCompletion *self,
                                                           GPtrArray            *suggestions);
guint                 granary_tag_completion_get_n_items  (GranaryTagCompletion *self);
GranaryTagSuggestion *granary_tag_completion_get_selected (GranaryTagCompletion *self);
void                  granary_tag_completion_select_first (GranaryTagCompletion *self);
void                  granary_tag_completion_move         (GranaryTagCompletion *self,
                                                           int                   step);

/* What a suggestion says, for the list and for screen readers. */
char                 *granary_tag_completion_format       (GranaryTagSuggestion *suggestion) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
