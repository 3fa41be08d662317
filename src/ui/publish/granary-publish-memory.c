/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-publish-memory.h"

#define SETTING "publish-profiles"

/* More connections than anybody has; the settings stay small. */
#define MAX_REMEMBERED 50

/**
 * granary_publish_memory_recall:
 * @connection: a connection
 *
 * Returns: (transfer full) (nullable): what was remembered of it last
 */
char *
granary_publish_memory_recall (GranaryConnection *connection)
{
  g_autoptr (GSettings) settings = g_settings_new (GRANARY_SETTINGS_ID);
  g_autoptr (GVariant) all = g_settings_get_value (settings, SETTING);
  char *profile = NULL;

  g_return_val_if_fail (GRANARY_IS_CONNECTION (connection), NULL);

  return g_variant_lookup (all, granary_connection_get_uid (connection), "s", &profile) ? profile
                                                                                        : NULL;
}

/**
 * granary_publish_memory_remember:
 * @connection: a connection
 * @profile: JSON of the way it was published to
 *
 * Keeps @profile for the next click.
 */
void
granary_publish_memory_remember (GranaryConnection *connection,
                                 const char        *profile)
{
  g_autoptr (GSettings) settings = g_settings_new (GRANARY_SETTINGS_ID);
  g_autoptr (GVariant) all = g_settings_get_value (settings, SETTING);
  const char *uid;
  const char *other_uid;
  const char *value;
  GVariantBuilder builder;
  GVariantIter iter;
  gsize n_others;

  g_return_if_fail (GRANARY_IS_CONNECTION (connection));
  g_return_if_fail (profile != NULL);

  /* The latest comes last; the oldest goes first. */
  uid = granary_connection_get_uid (connection);
  n_others = g_variant_n_children (all);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  g_variant_iter_init (&iter, all);
  while (g_variant_iter_loop (&iter, "{&s&s}", &other_uid, &value))
    {
      if (!g_str_equal (other_uid, uid) && n_others-- < MAX_REMEMBERED)
        g_variant_builder_add (&builder, "{ss}", other_uid, value);
    }
  g_variant_builder_add (&builder, "{ss}", uid, profile);
  g_settings_set_value (settings, SETTING, g_variant_builder_end (&builder));
}
