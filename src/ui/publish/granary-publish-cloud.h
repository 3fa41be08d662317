/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-publish-draft.h"

G_BEGIN_DECLS

/**
 * GranaryPublishCloud:
 *
 * How a version is published on the platform: computing resources, and what they cost.
 */
#define GRANARY_TYPE_PUBLISH_CLOUD (granary_publish_cloud_get_type ())
G_DECLARE_FINAL_TYPE (GranaryPublishCloud, granary_publish_cloud, GRANARY, PUBLISH_CLOUD, GtkBox)

/* Given once. */
void granary_publish_cloud_set_draft (GranaryPublishCloud *self,
                                      GranaryPublishDraft *draft);

G_END_DECLS
