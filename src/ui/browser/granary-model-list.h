/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "granary-catalog.h"
#include "granary-row.h"

G_BEGIN_DECLS

#define GRANARY_MODEL_LIST_PAGE_SIZE 128

/**
 * GranaryModelList:
 *
 * The models that answer a query, as a [iface@Gio.ListModel] of [class@Row].
 *
 *   query ──worker──▶ ids of all hits ──▶ one light row for each that was asked for
 *   a cell shows a row ──▶ page of 128 ids ──worker──▶ texts, kept for the rows seen last
 *
 * The ids of all hits are read once for each query, so that the number of rows is known and any of
 * them is found at once; the texts come page by page, by id, and only for what is on the screen.
 * Rows of an answer stay until the next answer is there. When the catalogue changes the query is
 * asked again, at most twice a second, and only what differs is announced.
 *
 * Signals: replacing (gboolean whole), before rows change; replaced, after that and after every
 * answer; failed (GError).
 * Properties: loading (an answer is awaited), loaded (there has been one).
 */
#define GRANARY_TYPE_MODEL_LIST (granary_model_list_get_type ())
G_DECLARE_FINAL_TYPE (GranaryModelList, granary_model_list, GRANARY, MODEL_LIST, GObject)

GranaryModelList *granary_model_list_new            (void) G_GNUC_WARN_UNUSED_RESULT;
void              granary_model_list_set_catalog    (GranaryModelList *self,
                                                     GranaryCatalog   *catalog);
void              granary_model_list_set_query      (GranaryModelList *self,
                                                     GranaryQuery     *query);
GranaryQuery     *granary_model_list_get_query      (GranaryModelList *self);
void              granary_model_list_reload         (GranaryModelList *self);
void              granary_model_list_refresh_texts  (GranaryModelList *self);
gboolean          granary_model_list_get_loading    (GranaryModelList *self);
gboolean          granary_model_list_get_loaded     (GranaryModelList *self);
gboolean          granary_model_list_find           (GranaryModelList *self,
                                                     gint64            id,
                                                     guint            *position);
gint64            granary_model_list_get_id         (GranaryModelList *self,
                                                     guint             position);
guint             granary_model_list_get_n_texts    (GranaryModelList *self);

G_END_DECLS
