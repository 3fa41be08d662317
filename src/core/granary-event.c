/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-event.h"

G_DEFINE_BOXED_TYPE (GranaryEvent, granary_event, granary_event_copy, granary_event_free)

static const char *const kind_ids[GRANARY_N_EVENT_KINDS] = {
  [GRANARY_EVENT_CREATED] = "created",
  [GRANARY_EVENT_IMPORTED] = "imported",
  [GRANARY_EVENT_UPLOADED] = "uploaded",
  [GRANARY_EVENT_TAGGED] = "tagged",
  [GRANARY_EVENT_DESCRIBED] = "described",
  [GRANARY_EVENT_RENAMED] = "renamed",
  [GRANARY_EVENT_DELETED] = "deleted",
  [GRANARY_EVENT_RESTORED] = "restored",
  [GRANARY_EVENT_PURGED] = "purged",
  [GRANARY_EVENT_REPAIRED] = "repaired",
  [GRANARY_EVENT_DOWNLOADED] = "downloaded",
};

/**
 * granary_event_new:
 *
 * Returns: (transfer full): an event to be filled by its maker
 */
GranaryEvent *
granary_event_new (void)
{
  return g_new0 (GranaryEvent, 1);
}

GranaryEvent *
granary_event_copy (const GranaryEvent *self)
{
  GranaryEvent *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = granary_event_new ();
  copy->time = self->time;
  copy->kind = self->kind;
  copy->model_name = g_strdup (self->model_name);
  copy->number = self->number;
  copy->detail = g_strdup (self->detail);
  copy->user = g_strdup (self->user);
  return copy;
}

void
granary_event_free (GranaryEvent *self)
{
  if (self == NULL)
    return;

  g_free (self->model_name);
  g_free (self->detail);
  g_free (self->user);
  g_free (self);
}

/**
 * granary_event_kind_to_id:
 * @kind: a kind
 *
 * Returns: (transfer none): its stored name
 */
const char *
granary_event_kind_to_id (GranaryEventKind kind)
{
  g_return_val_if_fail (kind < GRANARY_N_EVENT_KINDS, NULL);

  return kind_ids[kind];
}

gboolean
granary_event_kind_from_id (const char       *id,
                            GranaryEventKind *kind)
{
  g_return_val_if_fail (kind != NULL, FALSE);

  for (guint i = 0; id != NULL && i < GRANARY_N_EVENT_KINDS; i++)
    {
      if (g_str_equal (kind_ids[i], id))
        {
          *kind = i;
          return TRUE;
        }
    }

  return FALSE;
}
