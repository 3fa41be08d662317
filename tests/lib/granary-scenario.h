/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-test-repository.h"

G_BEGIN_DECLS

/**
 * GranaryOutcome:
 * @GRANARY_OUTCOME_EITHER: it was cut short: the old state or the new one
 * @GRANARY_OUTCOME_OLD: it reported an error
 * @GRANARY_OUTCOME_NEW: it reported success
 */
typedef enum
{
  GRANARY_OUTCOME_EITHER,
  GRANARY_OUTCOME_OLD,
  GRANARY_OUTCOME_NEW,
} GranaryOutcome;

/**
 * GranaryScenario:
 * @name: of the test
 * @no_exchange: run it as on a file system that cannot exchange two names
 * @may_go_on: an error may come after the point of no return
 * @prepare: what is there before; makes the sources too
 * @act: the verb
 * @is_new: looks at a repository opened anew; fails the test when it is in neither state
 *
 * One verb, and how to tell whether it happened. Nothing but the folder is known to @is_new, so
 * that it can judge what another process left.
 */
typedef struct
{
  const char *name;
  gboolean    no_exchange;
  gboolean    may_go_on;
  void      (*prepare) (GranaryTestPlace  *place);
  gboolean  (*act)     (GranaryTestPlace  *place,
                        GError           **error);
  gboolean  (*is_new)  (GranaryTestPlace  *place);
} GranaryScenario;

guint                  granary_scenario_get_n  (void);
const GranaryScenario *granary_scenario_get    (guint                   position);
const GranaryScenario *granary_scenario_find   (const char             *name);
void                   granary_scenario_check  (const GranaryScenario  *self,
                                                GranaryTestPlace       *place,
                                                GranaryOutcome          outcome);
char                  *granary_scenario_folder (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
