/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * GranaryPublishVariableRow:
 *
 * One environment variable of a service.
 *
 * Signals: `changed` when it was edited, `remove` when its button is pressed.
 */
#define GRANARY_TYPE_PUBLISH_VARIABLE_ROW (granary_publish_variable_row_get_type ())
G_DECLARE_FINAL_TYPE (GranaryPublishVariableRow, granary_publish_variable_row, GRANARY,
                      PUBLISH_VARIABLE_ROW, AdwPreferencesRow)

/* @entry: `NAME=VALUE`, or "". */
GtkWidget *granary_publish_variable_row_new       (const char                *entry) G_GNUC_WARN_UNUSED_RESULT;
/* `NAME=VALUE`; NULL while nothing is entered. */
char      *granary_publish_variable_row_dup_entry (GranaryPublishVariableRow *self) G_GNUC_WARN_UNUSED_RESULT;
void       granary_publish_variable_row_set_wrong (GranaryPublishVariableRow *self,
                                                   gboolean                   is_wrong);

G_END_DECLS
