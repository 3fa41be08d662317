/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

#include "granary-row-text.h"

G_BEGIN_DECLS

/**
 * GranaryRow:
 *
 * A row of the list: a model, or a version below it. Little more than an id, because the tree holds
 * one for every model there is; its texts are there only while a cell shows it.
 *
 * Signals: changed: the texts are others now, or have come.
 */
#define GRANARY_TYPE_ROW (granary_row_get_type ())
G_DECLARE_FINAL_TYPE (GranaryRow, granary_row, GRANARY, ROW, GObject)

/* Asks the owner of a row for its texts; they may come at once or later. */
typedef void (*GranaryRowWantFunc) (gpointer    owner,
                                    GranaryRow *row);
/* Tells the owner that no cell shows the row any more. */
typedef void (*GranaryRowDropFunc) (gpointer    owner,
                                    GranaryRow *row);

GranaryRow           *granary_row_new_model    (gint64              id,
                                                guint               position) G_GNUC_WARN_UNUSED_RESULT;
GranaryRow           *granary_row_new_version  (gint64              id,
                                                gint64              model_id,
                                                int                 number,
                                                const char         *model_name,
                                                GranaryRowText     *text) G_GNUC_WARN_UNUSED_RESULT;
gboolean              granary_row_is_version   (GranaryRow         *self);
gint64                granary_row_get_id       (GranaryRow         *self);
gint64                granary_row_get_model_id (GranaryRow         *self);
int                   granary_row_get_number   (GranaryRow         *self);
const char           *granary_row_get_model_name (GranaryRow       *self);
guint                 granary_row_get_position (GranaryRow         *self);
void                  granary_row_set_owner    (GranaryRow         *self,
                                                gpointer            owner,
                                                GranaryRowWantFunc  want,
                                                GranaryRowDropFunc  drop);
void                  granary_row_hold         (GranaryRow         *self);
void                  granary_row_release      (GranaryRow         *self);
const GranaryRowText *granary_row_get_text     (GranaryRow         *self);
void                  granary_row_set_text     (GranaryRow         *self,
                                                GranaryRowText     *text);
void                  granary_row_set_progress (GranaryRow         *self,
                                                const char         *progress);
void                  granary_row_set_serving  (GranaryRow         *self,
                                                gboolean            serving);

G_END_DECLS
