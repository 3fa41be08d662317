/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-json-pull.h"

G_BEGIN_DECLS

/**
 * GranaryWalk:
 * @GRANARY_WALK_ON: goes on, into what has been begun
 * @GRANARY_WALK_PAST: passes over what has been begun
 * @GRANARY_WALK_STOP: nothing more is wanted
 *
 * What to do next.
 */
typedef enum
{
  GRANARY_WALK_ON,
  GRANARY_WALK_PAST,
  GRANARY_WALK_STOP,
} GranaryWalk;

/**
 * GranaryWalkFunc:
 * @path: such as `learner.objective.name`, and `version[]` for the items of an array
 * @text: (nullable): a string, a number, `true`, `false` or `null`; %NULL where an object or array
 *   begins
 * @data: given by the caller
 *
 * Told of one value.
 *
 * Returns: what to do next
 */
typedef GranaryWalk (*GranaryWalkFunc) (const char *path,
                                        const char *text,
                                        gpointer    data);

gboolean granary_walk_json   (GranaryCursor    *cursor,
                              gint64            end,
                              GranaryWalkFunc   func,
                              gpointer          data);
gboolean granary_walk_ubjson (GranaryCursor    *cursor,
                              GranaryWalkFunc   func,
                              gpointer          data);

G_END_DECLS
