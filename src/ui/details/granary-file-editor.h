/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-connection.h"

G_BEGIN_DECLS

/**
 * GranaryFileEditor:
 *
 * Edits config.json or model_service.py of a version, checking the text as it is typed. Saving
 * uploads the new text in place of the old one.
 */
#define GRANARY_TYPE_FILE_EDITOR (granary_file_editor_get_type ())
G_DECLARE_FINAL_TYPE (GranaryFileEditor, granary_file_editor, GRANARY, FILE_EDITOR, AdwDialog)

GranaryFileEditor *granary_file_editor_new          (GranaryConnection *connection,
                                                     GranaryVersion    *version,
                                                     const char        *path) G_GNUC_WARN_UNUSED_RESULT;
gboolean           granary_file_editor_is_loaded    (GranaryFileEditor *self);
gboolean           granary_file_editor_is_modified  (GranaryFileEditor *self);
void               granary_file_editor_set_text     (GranaryFileEditor *self,
                                                     const char        *text);
int                granary_file_editor_get_problem_line
                                                    (GranaryFileEditor *self);
void               granary_file_editor_save         (GranaryFileEditor *self);

G_END_DECLS
