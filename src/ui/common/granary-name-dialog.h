/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-connection.h"

G_BEGIN_DECLS

/**
 * GranaryNameDialog:
 *
 * Asks for the name of a model and checks it as it is typed: the rule, and whether it is free. Its
 * response is `apply` or `cancel`.
 */
#define GRANARY_TYPE_NAME_DIALOG (granary_name_dialog_get_type ())
G_DECLARE_FINAL_TYPE (GranaryNameDialog, granary_name_dialog, GRANARY, NAME_DIALOG, AdwAlertDialog)

GranaryNameDialog *granary_name_dialog_new      (GranaryConnection *connection,
                                                 gint64             model_id,
                                                 const char        *name) G_GNUC_WARN_UNUSED_RESULT;
char              *granary_name_dialog_dup_name (GranaryNameDialog *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
