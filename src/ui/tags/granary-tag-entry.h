/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "granary-tag-source.h"

G_BEGIN_DECLS

/**
 * GranaryTagEntry:
 *
 * The entry of a tag editor, with completion over keys and then values in use.
 *
 * Signals:
 *   edited ()                   the user changed the text
 *   submitted ()                Enter, or a comma: take the text and set what remains of it
 *   picked (key, value)         a whole tag was chosen from the completions; the text is gone
 *   erase ()                    Backspace without text
 *   leave ()                    the arrow key that leads back to the chips
 */
#define GRANARY_TYPE_TAG_ENTRY (granary_tag_entry_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTagEntry, granary_tag_entry, GRANARY, TAG_ENTRY, GtkWidget)

void        granary_tag_entry_set_catalog (GranaryTagEntry     *self,
                                           GranaryCatalog      *catalog);
void        granary_tag_entry_set_source  (GranaryTagEntry     *self,
                                           GranaryTagSource    *source);
void        granary_tag_entry_set_facets  (GranaryTagEntry     *self,
                                           GPtrArray           *facets);
void        granary_tag_entry_set_present (GranaryTagEntry     *self,
                                           GranaryTagSet       *present);
const char *granary_tag_entry_get_text    (GranaryTagEntry     *self);
void        granary_tag_entry_set_text    (GranaryTagEntry     *self,
                                           const char          *text);
void        granary_tag_entry_select_from (GranaryTagEntry     *self,
                                           int                  position);
void        granary_tag_entry_set_problem (GranaryTagEntry     *self,
                                           GtkWidget           *message);
void        granary_tag_entry_close       (GranaryTagEntry     *self);

G_END_DECLS
