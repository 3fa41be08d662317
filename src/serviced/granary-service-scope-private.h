/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GranaryServiceScope:
 *
 * Watches the control group of a process that runs in a scope of the user's systemd for what the
 * kernel ended there because memory ran out.
 */
typedef struct _GranaryServiceScope GranaryServiceScope;

/* Whether such scopes can be made and limit memory here. Blocks while it tries, once for each
 * systemd-run that `$PATH` leads to. */
gboolean             granary_service_scope_probe    (void);
/* What to put before a command that may use @memory bytes. */
void                 granary_service_scope_prepend  (GStrvBuilder        *builder,
                                                     gint64               memory);
/* The one that the first child of @guard is in now. */
GranaryServiceScope *granary_service_scope_new      (GPid                 guard) G_GNUC_WARN_UNUSED_RESULT;
gboolean             granary_service_scope_was_full (GranaryServiceScope *self);
void                 granary_service_scope_free     (GranaryServiceScope *self);

G_END_DECLS
