/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * GranaryFileLine:
 *
 * One file of a version in a list, with what can be done with it. Its menu uses the actions
 * `file.edit`, `file.show` and `file.copy-path`, with the path as target.
 *
 * Properties: path, size (gint64).
 */
#define GRANARY_TYPE_FILE_LINE (granary_file_line_get_type ())
G_DECLARE_FINAL_TYPE (GranaryFileLine, granary_file_line, GRANARY, FILE_LINE, GtkBox)

GtkWidget  *granary_file_line_new      (void) G_GNUC_WARN_UNUSED_RESULT;
void        granary_file_line_set_file (GranaryFileLine *self,
                                        const char      *path,
                                        gint64           size);
const char *granary_file_line_get_path (GranaryFileLine *self);

G_END_DECLS
