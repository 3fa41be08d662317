/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-subject.h"

G_BEGIN_DECLS

/**
 * GranaryHistorySection:
 *
 * What happened, newest first.
 *
 * Signal: more-wanted, when older history is asked for.
 */
#define GRANARY_TYPE_HISTORY_SECTION (granary_history_section_get_type ())
G_DECLARE_FINAL_TYPE (GranaryHistorySection, granary_history_section, GRANARY, HISTORY_SECTION, AdwBin)

void granary_history_section_set_subject (GranaryHistorySection *self,
                                         const GranarySubject *subject);
guint granary_history_section_get_n_rows (GranaryHistorySection *self);

G_END_DECLS
