/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-connection.h"

G_BEGIN_DECLS

/**
 * GranaryTagHelp:
 *
 * What tags are for, with examples: one click away from wherever tags are edited.
 */
#define GRANARY_TYPE_TAG_HELP (granary_tag_help_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTagHelp, granary_tag_help, GRANARY, TAG_HELP, AdwDialog)

AdwDialog *granary_tag_help_new     (void) G_GNUC_WARN_UNUSED_RESULT;
/* The page of help, or where tags belong to a platform its own guide in the web browser. */
void       granary_tag_help_present (GtkWidget         *parent,
                                     GranaryConnection *connection);

G_END_DECLS
