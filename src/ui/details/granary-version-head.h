/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-version.h"

G_BEGIN_DECLS

/**
 * GranaryVersionHead:
 *
 * Top of a version's details: its status, where it came from, what is wrong with it, and what can
 * be done with it at once.
 */
#define GRANARY_TYPE_VERSION_HEAD (granary_version_head_get_type ())
G_DECLARE_FINAL_TYPE (GranaryVersionHead, granary_version_head, GRANARY, VERSION_HEAD, AdwBin)

void granary_version_head_set_version  (GranaryVersionHead *self,
                                        GranaryVersion     *version);
void granary_version_head_set_services (GranaryVersionHead *self,
                                        GPtrArray          *services);
void granary_version_head_set_changes  (GranaryVersionHead *self,
                                        GPtrArray          *problems);

G_END_DECLS
