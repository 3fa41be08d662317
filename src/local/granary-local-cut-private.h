/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-local-stage-private.h"

G_BEGIN_DECLS

/* What a cut still has to remove, as the detail of its operation. */
char *granary_local_cut_describe (GranaryFileSet    *files,
                                  GranaryLocalStage *stage) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
