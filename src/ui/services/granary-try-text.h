/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtksourceview/gtksource.h>

#include "granary-call-draft.h"
#include "granary-service.h"

G_BEGIN_DECLS

/* What the parts of Try It share. Main thread. */

/* JSON, in colours that follow the desktop's. */
void  granary_try_set_up_buffer (GtkSourceBuffer         *buffer);
char *granary_try_dup_text      (GtkSourceBuffer         *buffer) G_GNUC_WARN_UNUSED_RESULT;

/* Words, in the language of the process. */
char *granary_try_image_problem (GranaryCallImageProblem  problem,
                                 const char              *name) G_GNUC_WARN_UNUSED_RESULT;
char *granary_try_call_problem  (GranaryCallProblem       problem,
                                 int                      line) G_GNUC_WARN_UNUSED_RESULT;
/* `12 ms` */
char *granary_try_latency       (gint64                   latency) G_GNUC_WARN_UNUSED_RESULT;
/* What an HTTP status means to who called a service; NULL for one that says nothing more. */
const char *
      granary_try_status        (guint                    status);
/* `digits · v2`: a service beside others of its group. */
char *granary_try_service_name  (const GranaryService    *service) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
