/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-local-store-private.h"
#include "granary-repository.h"

G_BEGIN_DECLS

#define GRANARY_TYPE_LOCAL_REPOSITORY (granary_local_repository_get_type ())
G_DECLARE_FINAL_TYPE (GranaryLocalRepository, granary_local_repository,
                      GRANARY, LOCAL_REPOSITORY, GObject)

GranaryRepository *granary_local_repository_new (GranaryLocalStore *store) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
