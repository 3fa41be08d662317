/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-publish-draft.h"

G_BEGIN_DECLS

/**
 * GranaryPublishLocal:
 *
 * How a version is published on this computer: what answers, with which Python, and what its code may
 * do. The interpreter is chosen on a page of the navigation view it is in.
 */
#define GRANARY_TYPE_PUBLISH_LOCAL (granary_publish_local_get_type ())
G_DECLARE_FINAL_TYPE (GranaryPublishLocal, granary_publish_local, GRANARY, PUBLISH_LOCAL, GtkBox)

/* Given once. */
void granary_publish_local_set_draft (GranaryPublishLocal *self,
                                      GranaryPublishDraft *draft);

G_END_DECLS
