/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-task-source.h"

G_BEGIN_DECLS

#define GRANARY_TYPE_FOLDER_TASKS (granary_folder_tasks_get_type ())
G_DECLARE_FINAL_TYPE (GranaryFolderTasks, granary_folder_tasks, GRANARY, FOLDER_TASKS, GObject)

GranaryTaskSource *granary_folder_tasks_new             (const char          *config_path,
                                                         GMainContext        *context) G_GNUC_WARN_UNUSED_RESULT;
GranaryTaskSource *granary_folder_tasks_new_for_folders (const char * const  *folders) G_GNUC_WARN_UNUSED_RESULT;
/* Looks for what has changed now, not when it is time to: for tests. In the object's context. */
void               granary_folder_tasks_look            (GranaryFolderTasks  *self);

G_END_DECLS
