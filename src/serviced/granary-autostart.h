/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The entry that has the desktop start granary-serviced of a repository at login. These block, for
 * one small file. */

gboolean  granary_autostart_set      (const char  *folder,
                                      gboolean     is_on,
                                      GError     **error);
char     *granary_autostart_dup_path (const char  *folder) G_GNUC_WARN_UNUSED_RESULT;
char     *granary_autostart_make     (const char  *program,
                                      const char  *folder) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
