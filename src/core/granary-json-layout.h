/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* JSON laid out to be read: @text must hold JSON. Every token stays as it is written, but for
 * tokens that are too long to be shown, whose rest becomes `…`. At most about @max bytes; @is_cut
 * (out): whether something was left out. Pure. */
char *granary_json_layout (const char *text,
                           gssize      length,
                           gsize       max,
                           gboolean   *is_cut) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
