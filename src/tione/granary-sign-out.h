/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-account-list.h"

G_BEGIN_DECLS

/* Taking a connection away: its key out of the Secret Service, its entry out of the list, and, when
 * asked for, what is kept of it on this computer. Nothing changes in the cloud. */

void     granary_sign_out_async         (GranaryAccountList   *list,
                                         GranaryAccount       *account,
                                         gboolean              remove_mirror,
                                         GCancellable         *cancellable,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
gboolean granary_sign_out_finish        (GAsyncResult         *result,
                                         GError              **error);
/* Catalogue, unfinished transfers and locks of a connection, also those of other regions that it was
 * used with for one run. Any thread; blocks. */
gboolean granary_sign_out_remove_mirror (const char           *uid,
                                         GError              **error);

G_END_DECLS
