/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-connection.h"

G_BEGIN_DECLS

#define GRANARY_TYPE_TAG_DIALOG (granary_tag_dialog_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTagDialog, granary_tag_dialog, GRANARY, TAG_DIALOG, AdwDialog)

/* Edits the tags of one or several models (element-type gint64). With several, a tag that only
 * some carry is shown as such, and only what the user changes is changed. */
GranaryTagDialog *granary_tag_dialog_new (GranaryConnection *connection,
                                          GArray            *model_ids) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
