/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-environment-memory.h"

#define SETTING "environments"

/* More frameworks than anybody uses; the settings stay small. */
#define MAX_REMEMBERED 100

/* What is written differently is the same framework all the same. */
static char *
make_key (const char *connection_uid,
          const char *framework)
{
  g_autofree char *folded = g_utf8_strdown (framework != NULL ? framework : "", -1);

  return g_strdup_printf ("%s/%s", connection_uid, folded);
}

gboolean
granary_environment_memory_recall (GSettings   *settings,
                                   const char  *connection_uid,
                                   const char  *framework,
                                   char       **address,
                                   char       **record)
{
  g_autoptr (GVariant) all = NULL;
  g_autofree char *key = NULL;
  g_autofree char *found_record = NULL;

  g_return_val_if_fail (G_IS_SETTINGS (settings), FALSE);
  g_return_val_if_fail (connection_uid != NULL, FALSE);
  g_return_val_if_fail (address != NULL && record != NULL, FALSE);

  key = make_key (connection_uid, framework);
  all = g_settings_get_value (settings, SETTING);
  if (!g_variant_lookup (all, key, "(ss)", address, &found_record))
    return FALSE;

  *record = *found_record != '\0' ? g_steal_pointer (&found_record) : NULL;

  return TRUE;
}

void
granary_environment_memory_remember (GSettings  *settings,
                                     const char *connection_uid,
                                     const char *framework,
                                     const char *address,
                                     const char *record)
{
  g_autoptr (GVariant) all = NULL;
  g_autofree char *key = NULL;
  GVariantBuilder builder;
  GVariantIter iter;
  const char *other_key;
  GVariant *value;
  gsize n_others;

  g_return_if_fail (G_IS_SETTINGS (settings));
  g_return_if_fail (connection_uid != NULL);
  g_return_if_fail (address != NULL);

  key = make_key (connection_uid, framework);
  all = g_settings_get_value (settings, SETTING);
  n_others = g_variant_n_children (all);

  /* The latest comes last; the oldest goes first. */
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{s(ss)}"));
  g_variant_iter_init (&iter, all);
  while (g_variant_iter_loop (&iter, "{&s@(ss)}", &other_key, &value))
    {
      if (!g_str_equal (other_key, key) && n_others-- < MAX_REMEMBERED)
        g_variant_builder_add (&builder, "{s@(ss)}", other_key, value);
    }
  g_variant_builder_add (&builder, "{s(ss)}", key, address, record != NULL ? record : "");
  g_settings_set_value (settings, SETTING, g_variant_builder_end (&builder));
}
