/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "granary-connection.h"

G_BEGIN_DECLS

/* What can be done with one file of a version: `file.edit`, `file.show`, `file.copy-path`, each
 * with the path inside the version as target. */

void     granary_file_actions_install (GtkWidgetClass              *widget_class,
                                       GtkWidgetActionActivateFunc  activate);
void     granary_file_actions_run     (GtkWidget                   *widget,
                                       GranaryConnection           *connection,
                                       GranaryVersion              *version,
                                       const char                  *action,
                                       const char                  *path);
gboolean granary_file_is_editable     (const char                  *path);

G_END_DECLS
