/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * GranaryCliTable:
 *
 * Text in aligned columns, two spaces apart. Wide characters take two cells, combining ones none.
 */
typedef struct _GranaryCliTable GranaryCliTable;

GranaryCliTable *granary_cli_table_new       (const char      *title,
                                              ...) G_GNUC_NULL_TERMINATED G_GNUC_WARN_UNUSED_RESULT;
void             granary_cli_table_free      (GranaryCliTable *self);
void             granary_cli_table_set_right (GranaryCliTable *self,
                                              guint            column);
void             granary_cli_table_add       (GranaryCliTable *self,
                                              const char      *cell,
                                              ...) G_GNUC_NULL_TERMINATED;
char            *granary_cli_table_to_text   (GranaryCliTable *self) G_GNUC_WARN_UNUSED_RESULT;
void             granary_cli_table_print     (GranaryCliTable *self);

guint            granary_cli_text_width      (const char      *text);
char            *granary_cli_text_clip       (const char      *text,
                                              guint            width) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryCliTable, granary_cli_table_free)

G_END_DECLS
