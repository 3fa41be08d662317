/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GranaryCosPartPool:
 *
 * The threads that move parts, shared by all files under way: never more than a set number move at
 * once, and each file gets its turn.
 */
typedef struct _GranaryCosPartPool GranaryCosPartPool;

/* Moves part @index; on a thread of the pool. */
typedef gboolean (*GranaryCosPartFunc) (guint          index,
                                        gpointer       user_data,
                                        GCancellable  *cancellable,
                                        GError       **error);

GranaryCosPartPool *granary_cos_part_pool_new  (guint                max_threads) G_GNUC_WARN_UNUSED_RESULT;
void                granary_cos_part_pool_free (GranaryCosPartPool  *self);
gboolean            granary_cos_part_pool_run  (GranaryCosPartPool  *self,
                                                guint                n_parts,
                                                GranaryCosPartFunc   func,
                                                gpointer             user_data,
                                                GCancellable        *cancellable,
                                                GError             **error);

G_END_DECLS
