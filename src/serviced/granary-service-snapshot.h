/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-version.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Snapshots of a version's files, as a service sees them. Everything blocks. */

gboolean        granary_service_snapshot_make (int                     version_fd,
                                               const GranaryVersion   *version,
                                               int                     folder_fd,
                                               const char             *name,
                                               GCancellable           *cancellable,
                                               GError                **error);
gboolean        granary_service_snapshot_find_handler
                                              (int                     folder_fd,
                                               const char             *name,
                                               char                  **onnx,
                                               GError                **error);

G_END_DECLS
