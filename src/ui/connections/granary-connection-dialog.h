/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-account-list.h"

G_BEGIN_DECLS

/**
 * GranaryConnectionDialog:
 *
 * Adds a connection to the cloud or changes one. The key goes to the Secret Service only; Add stays
 * insensitive until what was entered can be a connection, and whatever is wrong stands at its field.
 */
#define GRANARY_TYPE_CONNECTION_DIALOG (granary_connection_dialog_get_type ())
G_DECLARE_FINAL_TYPE (GranaryConnectionDialog, granary_connection_dialog, GRANARY, CONNECTION_DIALOG, AdwDialog)

/**
 * GranaryConnectionDone:
 * @account: (nullable): what was stored; %NULL when it was signed out of
 *
 * Called once, unless the dialog was left without a change.
 */
typedef void (*GranaryConnectionDone) (GranaryAccount *account,
                                       gpointer        user_data);

/* @account: (nullable): what to change; NULL adds one. @user_data outlives the dialog. */
GranaryConnectionDialog *granary_connection_dialog_present (GtkWidget             *parent,
                                                            GranaryAccountList    *list,
                                                            GranaryAccount        *account,
                                                            GranaryConnectionDone  done,
                                                            gpointer               user_data);

G_END_DECLS
