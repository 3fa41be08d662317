/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-task-source.h"

G_BEGIN_DECLS

/**
 * GranaryTaskFolders:
 *
 * The folders that a source looks for tasks in, to add to and take from.
 */
#define GRANARY_TYPE_TASK_FOLDERS (granary_task_folders_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTaskFolders, granary_task_folders, GRANARY, TASK_FOLDERS, AdwNavigationPage)

AdwNavigationPage *granary_task_folders_new (GranaryTaskSource *source);

G_END_DECLS
