/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-publish-draft.h"

G_BEGIN_DECLS

/**
 * GranaryPublishTarget:
 *
 * What a version is published to: a new service group, or one that is there.
 */
#define GRANARY_TYPE_PUBLISH_TARGET (granary_publish_target_get_type ())
G_DECLARE_FINAL_TYPE (GranaryPublishTarget, granary_publish_target, GRANARY, PUBLISH_TARGET, GtkBox)

/* Given once. */
void granary_publish_target_set_draft (GranaryPublishTarget *self,
                                       GranaryPublishDraft  *draft);

G_END_DECLS
