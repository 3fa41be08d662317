/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define GRANARY_TYPE_TRASH_ENTRY (granary_trash_entry_get_type ())

/**
 * GranaryTrashEntry:
 * @uid: opaque id of the entry; `restore` takes it
 * @model_id: row of the model
 * @model_name: its name when it was deleted
 * @number: the version, or 0 when the whole model was deleted
 * @n_versions: how many versions it holds
 * @size: bytes of its files
 * @deleted: µs since the epoch, UTC
 *
 * One thing in the trash: a model with its versions, or one version. Immutable.
 */
typedef struct
{
  char   *uid;
  gint64  model_id;
  char   *model_name;
  int     number;
  int     n_versions;
  gint64  size;
  gint64  deleted;
} GranaryTrashEntry;

GType              granary_trash_entry_get_type (void);
GranaryTrashEntry *granary_trash_entry_new      (void) G_GNUC_WARN_UNUSED_RESULT;
GranaryTrashEntry *granary_trash_entry_copy     (const GranaryTrashEntry *self) G_GNUC_WARN_UNUSED_RESULT;
void               granary_trash_entry_free     (GranaryTrashEntry       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryTrashEntry, granary_trash_entry_free)

G_END_DECLS
