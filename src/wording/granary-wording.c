/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wording"

#include "config.h"

#include "granary-wording-private.h"

#include <glib/gi18n-lib.h>

/*
 * granary_wording_new:
 * @title: (transfer full): the title
 * @body: (transfer full): the body
 * @action: (nullable): label of the button
 * @way_out: what the button does
 */
GranaryWording *
granary_wording_new (char          *title,
                     char          *body,
                     const char    *action,
                     GranaryWayOut  way_out)
{
  GranaryWording *self = g_new0 (GranaryWording, 1);

  self->title = title;
  self->body = body;
  self->action = g_strdup (action);
  self->way_out = way_out;

  return self;
}

/**
 * granary_wording_free:
 * @self: (transfer full) (nullable): a wording
 *
 * Frees @self and its texts.
 */
void
granary_wording_free (GranaryWording *self)
{
  if (self == NULL)
    return;

  g_free (self->title);
  g_free (self->body);
  g_free (self->action);
  g_free (self);
}

/*
 * granary_wording_join:
 *
 * Puts two whole sentences one after the other, as the language does it.
 */
char *
granary_wording_join (const char *first,
                      const char *second)
{
  g_assert (first != NULL);

  if (second == NULL || *second == '\0')
    return g_strdup (first);

  /* Translators: two whole sentences, one after the other. */
  return g_strdup_printf (C_("two sentences", "%1$s %2$s"), first, second);
}
