/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-task.h"

G_BEGIN_DECLS

/* How tasks and their outputs are put into lines, for rows. All (transfer full). */

char *granary_task_text_facts  (const GranaryTask       *task) G_GNUC_WARN_UNUSED_RESULT;
char *granary_task_text_age    (const GranaryTask       *task) G_GNUC_WARN_UNUSED_RESULT;
char *granary_task_text_line   (const GranaryTask       *task) G_GNUC_WARN_UNUSED_RESULT;
char *granary_task_text_output (const GranaryTaskOutput *output) G_GNUC_WARN_UNUSED_RESULT;
char *granary_task_text_note   (const GError            *note) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
