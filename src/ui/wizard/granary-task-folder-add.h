/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "granary-task-source.h"

G_BEGIN_DECLS

/* Adds folders to those that a source looks for tasks in. */

/* Lets the user choose them first. */
void     granary_task_folder_add_ask_async (GtkWidget            *widget,
                                            GranaryTaskSource    *source,
                                            GCancellable         *cancellable,
                                            GAsyncReadyCallback   callback,
                                            gpointer              user_data);
void     granary_task_folder_add_async     (GranaryTaskSource    *source,
                                            GListModel           *files,
                                            GCancellable         *cancellable,
                                            GAsyncReadyCallback   callback,
                                            gpointer              user_data);
gboolean granary_task_folder_add_finish    (GAsyncResult         *result,
                                            GError              **error);

G_END_DECLS
