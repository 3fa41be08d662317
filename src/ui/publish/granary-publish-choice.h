/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GranaryPublishChoice:
 *
 * One of the groups or computing resources to choose from, for lists. Immutable.
 *
 * Properties: id, title, detail (`""` for none), available.
 */
#define GRANARY_TYPE_PUBLISH_CHOICE (granary_publish_choice_get_type ())
G_DECLARE_FINAL_TYPE (GranaryPublishChoice, granary_publish_choice, GRANARY, PUBLISH_CHOICE, GObject)

const char *granary_publish_choice_get_id (GranaryPublishChoice *self);

/* In lists of them. @choices (element-type GranaryPublishChoice). */
void        granary_publish_choices_add   (GListStore           *choices,
                                           const char           *id,
                                           const char           *title,
                                           const char           *detail,
                                           gboolean              is_available);
/* G_MAXUINT when it is not among them. */
guint       granary_publish_choices_find  (GListModel           *choices,
                                           const char           *id);
/* (nullable): of the one at @position. */
const char *granary_publish_choices_get_id (GListModel          *choices,
                                            guint                position);

G_END_DECLS
