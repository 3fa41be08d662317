/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "granary-task.h"

G_BEGIN_DECLS

/**
 * GranaryTaskQuery:
 * @kinds: tasks that are any of these
 * @text: (nullable): part of the name, without regard to case
 * @offset: how many to leave out, 0 for the first page
 * @limit: at most so many, 1 to 200
 *
 * What tasks to list, newest first.
 */
typedef struct
{
  GranaryTaskKinds  kinds;
  const char       *text;
  guint             offset;
  guint             limit;
} GranaryTaskQuery;

/**
 * GranaryTaskPage:
 * @tasks: (element-type GranaryTask): in order
 * @total: how many there are in all, -1 unknown
 * @has_more: whether there is a next page, as far as known
 * @is_listed: whether the place lists tasks of these kinds at all; without it a task is loaded by an
 *   id that the user enters
 * @note: (nullable): what keeps the list from being whole: an error whose wording is shown
 */
typedef struct
{
  GPtrArray *tasks;
  gint64     total;
  gboolean   has_more;
  gboolean   is_listed;
  GError    *note;
} GranaryTaskPage;

GranaryTaskPage *granary_task_page_new  (void) G_GNUC_WARN_UNUSED_RESULT;
void             granary_task_page_free (GranaryTaskPage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryTaskPage, granary_task_page_free)

/**
 * GranaryTaskSource:
 *
 * Where training tasks and automatic learning are found: on the platform, or in folders of this
 * computer. Main-context object; implementations work on their own threads and report in the
 * caller's thread-default main context. A task that cannot be read is a row with its problem, never
 * a failure of the list.
 *
 * Signals: `changed` (tasks came, went or changed: list again; at most a few times a second),
 * `output-found` (GranaryTask task, utf8 output_id: a watched run has a new best result).
 */
#define GRANARY_TYPE_TASK_SOURCE (granary_task_source_get_type ())
G_DECLARE_INTERFACE (GranaryTaskSource, granary_task_source, GRANARY, TASK_SOURCE, GObject)

struct _GranaryTaskSourceInterface
{
  GTypeInterface parent_iface;

  void                (*list_async)         (GranaryTaskSource       *self,
                                             const GranaryTaskQuery  *query,
                                             GCancellable            *cancellable,
                                             GAsyncReadyCallback      callback,
                                             gpointer                 user_data);
  GranaryTaskPage    *(*list_finish)        (GranaryTaskSource       *self,
                                             GAsyncResult            *result,
                                             GError                 **error);
  /* @uid as listed, or an id that the user entered: then @kinds says what it is meant to be. */
  void                (*load_async)         (GranaryTaskSource       *self,
                                             GranaryTaskKinds         kinds,
                                             const char              *uid,
                                             GCancellable            *cancellable,
                                             GAsyncReadyCallback      callback,
                                             gpointer                 user_data);
  GranaryTaskDetails *(*load_finish)        (GranaryTaskSource       *self,
                                             GAsyncResult            *result,
                                             GError                 **error);
  /* The folders that tasks are looked for in; all three are absent where there are none. Both
   * (array zero-terminated=1) (type filename), absolute. */
  GStrv               (*dup_folders)        (GranaryTaskSource       *self);
  void                (*set_folders_async)  (GranaryTaskSource       *self,
                                             const char * const      *folders,
                                             GCancellable            *cancellable,
                                             GAsyncReadyCallback      callback,
                                             gpointer                 user_data);
  gboolean            (*set_folders_finish) (GranaryTaskSource       *self,
                                             GAsyncResult            *result,
                                             GError                 **error);
};

void                granary_task_source_list_async         (GranaryTaskSource       *self,
                                                            const GranaryTaskQuery  *query,
                                                            GCancellable            *cancellable,
                                                            GAsyncReadyCallback      callback,
                                                            gpointer                 user_data);
GranaryTaskPage    *granary_task_source_list_finish        (GranaryTaskSource       *self,
                                                            GAsyncResult            *result,
                                                            GError                 **error) G_GNUC_WARN_UNUSED_RESULT;
void                granary_task_source_load_async         (GranaryTaskSource       *self,
                                                            GranaryTaskKinds         kinds,
                                                            const char              *uid,
                                                            GCancellable            *cancellable,
                                                            GAsyncReadyCallback      callback,
                                                            gpointer                 user_data);
GranaryTaskDetails *granary_task_source_load_finish        (GranaryTaskSource       *self,
                                                            GAsyncResult            *result,
                                                            GError                 **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean            granary_task_source_has_folders        (GranaryTaskSource       *self);
GStrv               granary_task_source_dup_folders        (GranaryTaskSource       *self) G_GNUC_WARN_UNUSED_RESULT;
void                granary_task_source_set_folders_async  (GranaryTaskSource       *self,
                                                            const char * const      *folders,
                                                            GCancellable            *cancellable,
                                                            GAsyncReadyCallback      callback,
                                                            gpointer                 user_data);
gboolean            granary_task_source_set_folders_finish (GranaryTaskSource       *self,
                                                            GAsyncResult            *result,
                                                            GError                 **error);
/* For implementations, in the main context of the object. */
void                granary_task_source_emit_changed       (GranaryTaskSource       *self);
void                granary_task_source_emit_output_found  (GranaryTaskSource       *self,
                                                            GranaryTask             *task,
                                                            const char              *output_id);

G_END_DECLS
