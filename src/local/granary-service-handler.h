/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-version.h"

G_BEGIN_DECLS

/* The file that a version's own code is in. */
#define GRANARY_SERVICE_HANDLER "model_service.py"

gboolean granary_service_handler_find (const GranaryVersion  *version,
                                       char                 **onnx,
                                       GError               **error);

G_END_DECLS
