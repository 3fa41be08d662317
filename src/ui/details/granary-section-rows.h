/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Helpers of the sections. */

typedef GtkWidget *(*GranaryRowFunc) (void);

/* Brings @group to @n rows, keeping those there are, so that focus and scroll position stay when
 * the catalogue changes. @rows (element-type GtkWidget) remembers them, unowned. */
void granary_section_resize   (AdwPreferencesGroup *group,
                               GPtrArray           *rows,
                               guint                n,
                               GranaryRowFunc       make_row);
/* A row of title and value, the value selectable. */
GtkWidget *granary_property_row_new (void) G_GNUC_WARN_UNUSED_RESULT;
/* Hidden while there is no value. */
void granary_property_row_set (AdwActionRow        *row,
                               const char          *value);
/* "10.8 MB (0 B shared)". */
char *granary_storage_describe (gint64 size,
                                gint64 unique_size) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
