/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-publish-draft.h"

G_BEGIN_DECLS

/**
 * GranaryPublishVariables:
 *
 * What the code of a service is told: numbers of workers, which are environment variables that it
 * knows, and other variables.
 */
#define GRANARY_TYPE_PUBLISH_VARIABLES (granary_publish_variables_get_type ())
G_DECLARE_FINAL_TYPE (GranaryPublishVariables, granary_publish_variables, GRANARY, PUBLISH_VARIABLES, GtkBox)

/* Given once. */
void granary_publish_variables_set_draft (GranaryPublishVariables *self,
                                          GranaryPublishDraft     *draft);

G_END_DECLS
