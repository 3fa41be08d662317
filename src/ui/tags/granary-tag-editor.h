/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "granary-connection.h"
#include "granary-tag-plan.h"

G_BEGIN_DECLS

/**
 * GranaryTagEditor:
 *
 * Chips of the tags there are and an entry for more, which completes keys and then values in use.
 * `key=value` or `key:value` followed by Enter or a comma adds; Backspace in the empty entry takes
 * the last one away.
 *
 * Signals, without arguments: `changed` when the user changed the tags, `edited` when the user
 * changed the text that is not a tag yet.
 */
#define GRANARY_TYPE_TAG_EDITOR (granary_tag_editor_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTagEditor, granary_tag_editor, GRANARY, TAG_EDITOR, GtkWidget)

GtkWidget      *granary_tag_editor_new          (void) G_GNUC_WARN_UNUSED_RESULT;

/* Where completions come from; followed as it changes. */
void            granary_tag_editor_set_catalog  (GranaryTagEditor    *self,
                                                 GranaryCatalog      *catalog);
void            granary_tag_editor_set_connection
                                                (GranaryTagEditor    *self,
                                                 GranaryConnection   *connection);
void            granary_tag_editor_set_facets   (GranaryTagEditor    *self,
                                                 GPtrArray           *facets);

/* One set of tags. */
GranaryTagSet  *granary_tag_editor_dup_tags     (GranaryTagEditor    *self) G_GNUC_WARN_UNUSED_RESULT;
void            granary_tag_editor_set_tags     (GranaryTagEditor    *self,
                                                 const GranaryTagSet *tags);

/* The tags of several models at once (transfer full). */
GranaryTagPlan *granary_tag_editor_get_plan     (GranaryTagEditor    *self);
void            granary_tag_editor_take_plan    (GranaryTagEditor    *self,
                                                 GranaryTagPlan      *plan);

/* What stands in the entry and is not a tag yet. */
gboolean        granary_tag_editor_has_pending  (GranaryTagEditor    *self);
gboolean        granary_tag_editor_commit       (GranaryTagEditor    *self);

G_END_DECLS
