/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-connection.h"

G_BEGIN_DECLS

/* The door to the embedded repository: a folder with catalog.db, models/, staging/, trash/. */

char              *granary_local_get_default_folder (void) G_GNUC_WARN_UNUSED_RESULT;
gboolean           granary_local_is_repository      (const char           *folder);

/* Blocks: makes the folder when there is none, repairs what a crash left, opens the catalogue.
 * Signals of the catalogue come in @context (NULL: the thread-default one of the caller). */
GranaryConnection *granary_local_open               (const char           *folder,
                                                     GMainContext         *context,
                                                     GError              **error) G_GNUC_WARN_UNUSED_RESULT;
void               granary_local_open_async         (const char           *folder,
                                                     GCancellable         *cancellable,
                                                     GAsyncReadyCallback   callback,
                                                     gpointer              user_data);
GranaryConnection *granary_local_open_finish        (GAsyncResult         *result,
                                                     GError              **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
