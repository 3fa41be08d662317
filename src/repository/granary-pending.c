/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-pending-private.h"

struct _GranaryPending
{
  GWeakRef      owner;
  GCancellable *cancellable; /* (owned) */
};

/**
 * granary_pending_new:
 * @owner: (type GObject): who asks
 * @cancellable: of this question alone
 *
 * Returns: (transfer full): what the callback ends with granary_pending_end()
 */
GranaryPending *
granary_pending_new (gpointer      owner,
                     GCancellable *cancellable)
{
  GranaryPending *self;

  g_return_val_if_fail (G_IS_OBJECT (owner), NULL);
  g_return_val_if_fail (G_IS_CANCELLABLE (cancellable), NULL);

  self = g_new0 (GranaryPending, 1);
  g_weak_ref_init (&self->owner, owner);
  self->cancellable = g_object_ref (cancellable);

  return self;
}

/**
 * granary_pending_end:
 * @self: (transfer full): a question that was answered
 *
 * Returns: (transfer full) (nullable): who asked, if the answer is still wanted
 */
gpointer
granary_pending_end (GranaryPending *self)
{
  g_autoptr (GObject) owner = NULL;
  gboolean is_wanted;

  g_return_val_if_fail (self != NULL, NULL);

  owner = g_weak_ref_get (&self->owner);
  is_wanted = !g_cancellable_is_cancelled (self->cancellable);
  g_weak_ref_clear (&self->owner);
  g_object_unref (self->cancellable);
  g_free (self);

  return is_wanted ? g_steal_pointer (&owner) : NULL;
}

/**
 * granary_pending_stop:
 * @cancellable: (inout) (nullable): of the question under way, if there is one
 *
 * From now on no answer to it is wanted.
 */
void
granary_pending_stop (GCancellable **cancellable)
{
  g_return_if_fail (cancellable != NULL);

  if (*cancellable != NULL)
    g_cancellable_cancel (*cancellable);
  g_clear_object (cancellable);
}
