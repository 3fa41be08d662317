/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-connection.h"

G_BEGIN_DECLS

/* The file that is written beside the files of a version of this computer. */
#define GRANARY_SDK_EXAMPLE "client_example.py"

void  granary_sdk_download_async  (GranaryConnection    *connection,
                                   gint64                version_id,
                                   const char           *folder,
                                   GranaryTransfer      *transfer,
                                   GAsyncReadyCallback   callback,
                                   gpointer              user_data);
char *granary_sdk_download_finish (GranaryConnection    *connection,
                                   GAsyncResult         *result,
                                   GError              **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
