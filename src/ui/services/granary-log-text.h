/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Longer lines are broken, as laying out one line of a megabyte takes seconds. */
#define GRANARY_LOG_LINE_MAX 1000

/**
 * GranaryLogText:
 *
 * Makes what a service printed fit to be shown: colours of terminals are left out, other control
 * characters and those that turn the direction of text become visible, a lone carriage return ends
 * a line, and lines are broken at %GRANARY_LOG_LINE_MAX characters. Text may come in pieces.
 */
typedef struct _GranaryLogText GranaryLogText;

GranaryLogText *granary_log_text_new   (void) G_GNUC_WARN_UNUSED_RESULT;
void            granary_log_text_free  (GranaryLogText *self);
void            granary_log_text_reset (GranaryLogText *self);
char           *granary_log_text_take  (GranaryLogText *self,
                                        const char     *text) G_GNUC_WARN_UNUSED_RESULT;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryLogText, granary_log_text_free)

G_END_DECLS
