/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-json.h"

G_BEGIN_DECLS

/**
 * GranaryServicedClient:
 *
 * A conversation with the granary-serviced of a repository: one connection that was greeted, used by
 * one thread at a time. Everything blocks: call it on a worker.
 */
typedef struct _GranaryServicedClient GranaryServicedClient;

/* Starts granary-serviced where none answers. @folder: of a repository, absolute. */
GranaryServicedClient *granary_serviced_client_open        (const char             *folder,
                                                            GCancellable           *cancellable,
                                                            GError                **error) G_GNUC_WARN_UNUSED_RESULT;
void                   granary_serviced_client_free        (GranaryServicedClient  *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryServicedClient, granary_serviced_client_free)

/* Of the granary-serviced that answers. */
gint64                 granary_serviced_client_get_pid     (GranaryServicedClient  *self);
gboolean               granary_serviced_client_has_sandbox (GranaryServicedClient  *self);

/* Sends a request and waits for its answer. @arguments: (transfer none) (nullable): JSON object. */
JsonNode              *granary_serviced_client_call        (GranaryServicedClient  *self,
                                                            const char             *verb,
                                                            JsonObject             *arguments,
                                                            GCancellable           *cancellable,
                                                            GError                **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
