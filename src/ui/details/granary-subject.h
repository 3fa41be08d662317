/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-catalog.h"

G_BEGIN_DECLS

/**
 * GranarySubject:
 * @model: (nullable): the model, when it is about one
 * @version: (nullable): the version, with its files, when it is about one
 * @unique_size: bytes that nothing else in the repository shares, -1 where nothing is ever shared
 * @services: (element-type GranaryService): services that use it, as last seen
 * @events: (element-type GranaryEvent): its history, newest first
 * @has_more: whether there is older history
 *
 * What the details pane shows, read in one go.
 */
typedef struct
{
  GranaryModel   *model;
  GranaryVersion *version;
  gint64          unique_size;
  GPtrArray      *services;
  GPtrArray      *events;
  gboolean        has_more;
} GranarySubject;

void            granary_subject_free          (GranarySubject       *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranarySubject, granary_subject_free)

void            granary_subject_load_async    (GranaryCatalog       *catalog,
                                               gint64                model_id,
                                               gint64                version_id,
                                               guint                 n_events,
                                               GCancellable         *cancellable,
                                               GAsyncReadyCallback   callback,
                                               gpointer              user_data);
GranarySubject *granary_subject_load_finish   (GranaryCatalog       *catalog,
                                               GAsyncResult         *result,
                                               GError              **error) G_GNUC_WARN_UNUSED_RESULT;
gint64          granary_subject_get_model_id  (const GranarySubject *self);

G_END_DECLS
