/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-service-host.h"

G_BEGIN_DECLS

/**
 * GranaryLogDialog:
 *
 * The log of a service: its end at first, older lines on request, and what comes while it is open.
 */
#define GRANARY_TYPE_LOG_DIALOG (granary_log_dialog_get_type ())
G_DECLARE_FINAL_TYPE (GranaryLogDialog, granary_log_dialog, GRANARY, LOG_DIALOG, AdwDialog)

GranaryLogDialog *granary_log_dialog_new      (GranaryServiceHost   *host,
                                               const GranaryService *service) G_GNUC_WARN_UNUSED_RESULT;
GtkTextBuffer    *granary_log_dialog_get_text (GranaryLogDialog     *self);

G_END_DECLS
