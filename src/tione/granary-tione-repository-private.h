/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-repository.h"
#include "granary-tione-place-private.h"
#include "granary-transfer-queue.h"

G_BEGIN_DECLS

#define GRANARY_TYPE_TIONE_REPOSITORY (granary_tione_repository_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTioneRepository, granary_tione_repository, GRANARY, TIONE_REPOSITORY, GObject)

GranaryRepository *granary_tione_repository_new (GranaryTionePlace     *place,
                                                 GranaryTransferQueue  *queue) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
