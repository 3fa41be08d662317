/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-requests.h"

G_BEGIN_DECLS

/**
 * GranaryVerifyDialog:
 *
 * Lists what a verification found wrong.
 */
#define GRANARY_TYPE_VERIFY_DIALOG (granary_verify_dialog_get_type ())
G_DECLARE_FINAL_TYPE (GranaryVerifyDialog, granary_verify_dialog, GRANARY, VERIFY_DIALOG, AdwDialog)

/* @problems: (element-type GranaryVerifyProblem) */
GranaryVerifyDialog *granary_verify_dialog_new (const char *object,
                                                GPtrArray  *problems) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
