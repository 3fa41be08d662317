/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-connection.h"

G_BEGIN_DECLS

/**
 * GranaryTryDialog:
 *
 * Try It: a request is sent to a service, or to two at once, and the answers are shown.
 */
#define GRANARY_TYPE_TRY_DIALOG (granary_try_dialog_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTryDialog, granary_try_dialog, GRANARY, TRY_DIALOG, AdwDialog)

/* @connection: one with a service host. */
GranaryTryDialog *granary_try_dialog_new (GranaryConnection    *connection,
                                          const GranaryService *service) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
