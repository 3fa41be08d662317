/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-account.h"
#include "granary-connection.h"

G_BEGIN_DECLS

/* Opens an account with the key from @environment (nullable) or from the Secret Service. Without a
 * key it opens all the same, with what was seen last, and its status says what is missing. */
void               granary_account_open_async  (GranaryAccount       *account,
                                                GranaryCredentials   *environment,
                                                GCancellable         *cancellable,
                                                GAsyncReadyCallback   callback,
                                                gpointer              user_data);
GranaryConnection *granary_account_open_finish (GAsyncResult         *result,
                                                GError              **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
