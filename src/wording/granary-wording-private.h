/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-error.h"
#include "granary-metric.h"
#include "granary-wording.h"

G_BEGIN_DECLS

/**
 * GranaryWordingRow:
 * @why: (nullable): what was found, in one sentence; `%s` stands for the subject. %NULL where the
 *   error brings a translated message of its own
 * @how: what to do
 * @way_out: what a button could do
 *
 * The words for one reason, or for one code where the reason is not known. Untranslated.
 */
typedef struct
{
  const char    *why;
  const char    *how;
  GranaryWayOut  way_out;
} GranaryWordingRow;

const GranaryWordingRow *granary_wording_find_row (const GError *error);

GranaryWording *granary_wording_new  (char          *title,
                                      char          *body,
                                      const char    *action,
                                      GranaryWayOut  way_out) G_GNUC_WARN_UNUSED_RESULT;
char           *granary_wording_join (const char    *first,
                                      const char    *second) G_GNUC_WARN_UNUSED_RESULT;

/* @text with @subject in place of its %s. */
char *granary_wording_fill (const char *text,
                            const char *subject) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
