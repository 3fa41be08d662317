/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-calls.h"

void
granary_tione_identity_free (GranaryTioneIdentity *self)
{
  if (self == NULL)
    return;

  g_free (self->account_uin);
  g_free (self->app_id);
  g_free (self);
}
