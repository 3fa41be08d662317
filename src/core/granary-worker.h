/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define GRANARY_TYPE_WORKER (granary_worker_get_type ())
G_DECLARE_FINAL_TYPE (GranaryWorker, granary_worker, GRANARY, WORKER, GObject)

GranaryWorker *granary_worker_new (const char      *name,
                                   guint            max_threads) G_GNUC_WARN_UNUSED_RESULT;
void           granary_worker_run (GranaryWorker   *self,
                                   GTask           *task,
                                   GTaskThreadFunc  func);

G_END_DECLS
