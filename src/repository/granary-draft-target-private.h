/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-connection.h"

G_BEGIN_DECLS

/**
 * GranaryDraftTarget:
 *
 * Where an import being composed goes: a new model of a name, or a new version of a model. Asks
 * the catalogue for names and numbers, and asks again when it changes; only the latest answer
 * counts. Main-thread object.
 *
 * Signal: changed, after anything of it.
 */
#define GRANARY_TYPE_DRAFT_TARGET (granary_draft_target_get_type ())
G_DECLARE_FINAL_TYPE (GranaryDraftTarget, granary_draft_target, GRANARY, DRAFT_TARGET, GObject)

GranaryDraftTarget *granary_draft_target_new            (GranaryCatalog      *catalog) G_GNUC_WARN_UNUSED_RESULT;
gboolean            granary_draft_target_is_new         (GranaryDraftTarget  *self);
gboolean            granary_draft_target_set_is_new     (GranaryDraftTarget  *self,
                                                         gboolean             is_new);
const char         *granary_draft_target_get_name       (GranaryDraftTarget  *self);
const char         *granary_draft_target_get_valid_name (GranaryDraftTarget  *self);
const char         *granary_draft_target_get_model_name (GranaryDraftTarget  *self);
gboolean            granary_draft_target_set_name       (GranaryDraftTarget  *self,
                                                         const char          *name);
gint64              granary_draft_target_get_model_id   (GranaryDraftTarget  *self);
gboolean            granary_draft_target_set_model_id   (GranaryDraftTarget  *self,
                                                         gint64               model_id);
int                 granary_draft_target_get_number     (GranaryDraftTarget  *self);
const GError       *granary_draft_target_get_problem    (GranaryDraftTarget  *self);
gboolean            granary_draft_target_is_missing     (GranaryDraftTarget  *self);
gboolean            granary_draft_target_is_busy        (GranaryDraftTarget  *self);

G_END_DECLS
