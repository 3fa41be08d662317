/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The runtime environment that was used last, for each connection and framework: in GSettings. */

/* @framework: (nullable). Whether one was used before; then @address and @record (nullable) are
 * (transfer full). */
gboolean granary_environment_memory_recall   (GSettings   *settings,
                                              const char  *connection_uid,
                                              const char  *framework,
                                              char       **address,
                                              char       **record);
void     granary_environment_memory_remember (GSettings   *settings,
                                              const char  *connection_uid,
                                              const char  *framework,
                                              const char  *address,
                                              const char  *record);

G_END_DECLS
