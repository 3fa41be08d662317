/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-task-source.h"

G_BEGIN_DECLS

/**
 * GranaryFakeTasks:
 *
 * For tests of the window: a task source that tells what a test put into it, from the main loop.
 * Like a platform it has no folders.
 */
#define GRANARY_TYPE_FAKE_TASKS (granary_fake_tasks_get_type ())
G_DECLARE_DERIVABLE_TYPE (GranaryFakeTasks, granary_fake_tasks, GRANARY, FAKE_TASKS, GObject)

struct _GranaryFakeTasksClass
{
  GObjectClass parent_class;
};

/* The same with folders, as on this computer. */
#define GRANARY_TYPE_FAKE_FOLDER_TASKS (granary_fake_folder_tasks_get_type ())
G_DECLARE_FINAL_TYPE (GranaryFakeFolderTasks, granary_fake_folder_tasks, GRANARY, FAKE_FOLDER_TASKS, GranaryFakeTasks)

GranaryFakeTasks   *granary_fake_tasks_new        (gboolean            has_folders) G_GNUC_WARN_UNUSED_RESULT;
/* A finished run of Ultralytics that can be imported; put in at @position, -1: last. */
GranaryTask        *granary_fake_tasks_add        (GranaryFakeTasks   *self,
                                                   int                 position,
                                                   const char         *uid,
                                                   const char         *name);
/* @count of them, `run-000` the first. */
void                granary_fake_tasks_add_many   (GranaryFakeTasks   *self,
                                                   guint               count);
/* One that cannot be read. */
void                granary_fake_tasks_add_broken (GranaryFakeTasks   *self,
                                                   const char         *uid,
                                                   const char         *name);
void                granary_fake_tasks_remove     (GranaryFakeTasks   *self,
                                                   const char         *uid);
/* What loading this task gives; others are missing. */
void                granary_fake_tasks_set_details (GranaryFakeTasks   *self,
                                                    GranaryTaskDetails *details);
/* From now on listing fails; %NULL: works again. */
void                granary_fake_tasks_set_error  (GranaryFakeTasks   *self,
                                                   const GError       *error);
void                granary_fake_tasks_set_note   (GranaryFakeTasks   *self,
                                                   const GError       *note);
void                granary_fake_tasks_set_listed (GranaryFakeTasks   *self,
                                                   gboolean            listed);
/* While held, nothing is answered. */
void                granary_fake_tasks_set_held   (GranaryFakeTasks   *self,
                                                   gboolean            held);
guint               granary_fake_tasks_get_n_lists (GranaryFakeTasks  *self);

G_END_DECLS
