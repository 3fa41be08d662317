/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-wire.h"

G_BEGIN_DECLS

/* What TensorFlow's messages have in common, by the .proto files of tensorflow/core/framework. */

const char *granary_tensorflow_type_name  (guint64         type);
char       *granary_tensorflow_read_shape (GranaryCursor  *cursor,
                                           gint64          end,
                                           gboolean       *truncated,
                                           gint64         *product) G_GNUC_WARN_UNUSED_RESULT;
gboolean    granary_tensorflow_runs_code  (const char     *op);

G_END_DECLS
