/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-error.h"
#include "granary-metric.h"
#include "granary-wording.h"

G_BEGIN_DECLS

GranaryWording *granary_wording_new  (char          *title,
                                      char          *body,
                                      const char    *action,
                                      GranaryWayOut  way_out) G_GNUC_WARN_UNUSED_RESULT;
char           *granary_wording_join (const char    *first,
                                      const char    *second) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
