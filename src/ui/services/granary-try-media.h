/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "granary-call-part.h"
#include "granary-worker.h"

G_BEGIN_DECLS

/* Images of requests and answers: read, written and decoded on a worker. Their content is anything,
 * so it is bounded. Errors are %GRANARY_ERROR, or %G_IO_ERROR_CANCELLED. */

/* A file, if it is no longer than an image may be. @problem: (out): why it cannot be sent, if the
 * content says so; then what is returned may be empty. */
void        granary_try_read_async     (GranaryWorker            *worker,
                                        const char               *path,
                                        GCancellable             *cancellable,
                                        GAsyncReadyCallback       callback,
                                        gpointer                  user_data);
GBytes     *granary_try_read_finish    (GAsyncResult             *result,
                                        GranaryCallImageProblem  *problem,
                                        GError                  **error) G_GNUC_WARN_UNUSED_RESULT;

/* A picture, made smaller where it is wider or higher than @side. */
void        granary_try_decode_async   (GranaryWorker            *worker,
                                        GBytes                   *bytes,
                                        int                       side,
                                        GCancellable             *cancellable,
                                        GAsyncReadyCallback       callback,
                                        gpointer                  user_data);
GdkTexture *granary_try_decode_finish  (GAsyncResult             *result,
                                        GError                  **error) G_GNUC_WARN_UNUSED_RESULT;

/* A picture of the clipboard or a drop as a PNG file. */
void        granary_try_encode_async   (GranaryWorker            *worker,
                                        GdkTexture               *texture,
                                        GCancellable             *cancellable,
                                        GAsyncReadyCallback       callback,
                                        gpointer                  user_data);
GBytes     *granary_try_encode_finish  (GAsyncResult             *result,
                                        GError                  **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
