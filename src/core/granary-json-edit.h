/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Reads and replaces one member of a JSON text without touching any other byte of it. Pure. */

/* The top-level member @name as text: a string unescaped, anything else as written. NULL without an
 * error when there is none. */
char *granary_json_edit_get (const char  *text,
                             gssize       length,
                             const char  *name,
                             GError     **error) G_GNUC_WARN_UNUSED_RESULT;
/* @text with the value of the top-level member @name (the last one of that name, which is the one
 * that readers take) replaced by the string @value, or added as the first member. */
char *granary_json_edit_set (const char  *text,
                             gssize       length,
                             const char  *name,
                             const char  *value,
                             GError     **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
