/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-trash-entry.h"

G_DEFINE_BOXED_TYPE (GranaryTrashEntry, granary_trash_entry, granary_trash_entry_copy, granary_trash_entry_free)

/**
 * granary_trash_entry_new:
 *
 * Returns: (transfer full): an entry to be filled by its maker
 */
GranaryTrashEntry *
granary_trash_entry_new (void)
{
  return g_new0 (GranaryTrashEntry, 1);
}

GranaryTrashEntry *
granary_trash_entry_copy (const GranaryTrashEntry *self)
{
  GranaryTrashEntry *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  copy->uid = g_strdup (self->uid);
  copy->model_name = g_strdup (self->model_name);
  return copy;
}

void
granary_trash_entry_free (GranaryTrashEntry *self)
{
  if (self == NULL)
    return;

  g_free (self->uid);
  g_free (self->model_name);
  g_free (self);
}
