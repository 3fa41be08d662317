/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-serviced"

#include "config.h"

#include "granary-service-process.h"

G_DEFINE_BOXED_TYPE (GranaryServicePlan, granary_service_plan, granary_service_plan_copy,
                     granary_service_plan_free)

/**
 * granary_service_plan_new:
 *
 * Returns: (transfer full): one that says nothing yet
 */
GranaryServicePlan *
granary_service_plan_new (void)
{
  GranaryServicePlan *self = g_new0 (GranaryServicePlan, 1);

  self->profile = granary_publish_profile_new ();
  self->socket = -1;

  return self;
}

/**
 * granary_service_plan_copy:
 * @self: a plan
 *
 * Returns: (transfer full): the same; the socket stays borrowed from where it was
 */
GranaryServicePlan *
granary_service_plan_copy (const GranaryServicePlan *self)
{
  GranaryServicePlan *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  copy->uid = g_strdup (self->uid);
  copy->folder = g_strdup (self->folder);
  copy->revision = g_strdup (self->revision);
  copy->python = g_strdup (self->python);
  copy->base = g_strdup (self->base);
  copy->runner = g_strdup (self->runner);
  copy->onnx = g_strdup (self->onnx);
  copy->profile = granary_publish_profile_copy (self->profile);
  copy->token = g_strdup (self->token);

  return copy;
}

void
granary_service_plan_free (GranaryServicePlan *self)
{
  if (self == NULL)
    return;

  g_free (self->uid);
  g_free (self->folder);
  g_free (self->revision);
  g_free (self->python);
  g_free (self->base);
  g_free (self->runner);
  g_free (self->onnx);
  granary_publish_profile_free (self->profile);
  g_free (self->token);
  g_free (self);
}
