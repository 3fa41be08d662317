/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-account.h"
#include "granary-connection.h"

G_BEGIN_DECLS

/* The door to TI-ONE. */

/**
 * GranaryTioneFlags:
 * @GRANARY_TIONE_BACKGROUND: refresh in the background and take over interrupted transfers, as the
 *   window wants it; the command line does neither
 */
typedef enum
{
  GRANARY_TIONE_NONE = 0,
  GRANARY_TIONE_BACKGROUND = 1 << 0,
} GranaryTioneFlags;

/* Where catalogue, transfers and locks of a connection are:
 * $XDG_DATA_HOME/granary-connections/UID. */
char              *granary_tione_get_folder  (const char            *uid) G_GNUC_WARN_UNUSED_RESULT;
/* Blocks, but asks no server: what the mirror has is there at once. */
GranaryConnection *granary_tione_open        (GranaryAccount        *account,
                                              GranaryTioneFlags      flags,
                                              GMainContext          *context,
                                              GError               **error) G_GNUC_WARN_UNUSED_RESULT;
void               granary_tione_open_async  (GranaryAccount        *account,
                                              GranaryTioneFlags      flags,
                                              GCancellable          *cancellable,
                                              GAsyncReadyCallback    callback,
                                              gpointer               user_data);
GranaryConnection *granary_tione_open_finish (GAsyncResult          *result,
                                              GError               **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
