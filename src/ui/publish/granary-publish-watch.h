/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "granary-connection.h"

G_BEGIN_DECLS

/**
 * GranaryPublishWatch:
 *
 * Waits until a service runs or has failed, and says so once: by a toast, and by a notification
 * while the window is not in use. What it does is read from the catalogue. It lives with @parent.
 */
#define GRANARY_TYPE_PUBLISH_WATCH (granary_publish_watch_get_type ())
G_DECLARE_FINAL_TYPE (GranaryPublishWatch, granary_publish_watch, GRANARY, PUBLISH_WATCH, GObject)

/* @parent: of granary_command_find_parent(). */
void granary_publish_watch_start (GtkWidget         *parent,
                                  GranaryConnection *connection,
                                  gint64             version_id,
                                  const char        *uid);
/* Nothing is said any more of that service. */
void granary_publish_watch_stop  (GtkWidget         *parent,
                                  const char        *uid);

G_END_DECLS
