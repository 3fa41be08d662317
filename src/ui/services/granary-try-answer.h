/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-connection.h"

G_BEGIN_DECLS

/**
 * GranaryTryAnswer:
 *
 * What one service says to a request: it waits for the answer, then shows it, or why there is none.
 * Signals: `changed` when it begins or ends waiting, or the service becomes another; `message
 * (text)` for something that is said once.
 */
#define GRANARY_TYPE_TRY_ANSWER (granary_try_answer_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTryAnswer, granary_try_answer, GRANARY, TRY_ANSWER, AdwBin)

/* The service as it is now; of another one nothing is kept. */
void            granary_try_answer_set_service (GranaryTryAnswer     *self,
                                                GranaryConnection    *connection,
                                                const GranaryService *service);
/* (nullable) (transfer none) */
GranaryService *granary_try_answer_get_service (GranaryTryAnswer     *self);
gboolean        granary_try_answer_is_running  (GranaryTryAnswer     *self);
void            granary_try_answer_send        (GranaryTryAnswer     *self,
                                                GBytes               *body);
void            granary_try_answer_cancel      (GranaryTryAnswer     *self);
gboolean        granary_try_answer_is_waiting  (GranaryTryAnswer     *self);
/* (nullable): text of the answer that is shown. */
char           *granary_try_answer_dup_text    (GranaryTryAnswer     *self) G_GNUC_WARN_UNUSED_RESULT;
/* Marks lines (element-type guint) that differ from another answer; NULL: none. */
void            granary_try_answer_mark        (GranaryTryAnswer     *self,
                                                GArray               *lines);

G_END_DECLS
