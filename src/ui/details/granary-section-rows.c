/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-section-rows.h"

#include <glib/gi18n-lib.h>

#include "granary-wording.h"

void
granary_section_resize (AdwPreferencesGroup *group,
                        GPtrArray           *rows,
                        guint                n,
                        GranaryRowFunc       make_row)
{
  g_return_if_fail (ADW_IS_PREFERENCES_GROUP (group));
  g_return_if_fail (rows != NULL);

  while (rows->len > n)
    {
      GtkWidget *row = g_ptr_array_steal_index (rows, rows->len - 1);

      adw_preferences_group_remove (group, row);
    }

  while (rows->len < n)
    {
      GtkWidget *row = make_row ();

      adw_preferences_group_add (group, row);
      g_ptr_array_add (rows, row);
    }
}

GtkWidget *
granary_property_row_new (void)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW,
                                 "use-markup", FALSE,
                                 "subtitle-selectable", TRUE,
                                 NULL);

  gtk_widget_add_css_class (row, "property");

  return row;
}

void
granary_property_row_set (AdwActionRow *row,
                          const char   *value)
{
  g_return_if_fail (ADW_IS_ACTION_ROW (row));

  gtk_widget_set_visible (GTK_WIDGET (row), value != NULL && *value != '\0');
  if (g_strcmp0 (adw_action_row_get_subtitle (row), value != NULL ? value : "") != 0)
    adw_action_row_set_subtitle (row, value != NULL ? value : "");
}

char *
granary_storage_describe (gint64 size,
                          gint64 unique_size)
{
  g_autofree char *total = granary_wording_size (size);
  g_autofree char *shared = granary_wording_size (MAX (0, size - unique_size));

  if (unique_size < 0 || size < 0)
    return g_steal_pointer (&total);

  /* Translators: bytes of the files, and how many of these other versions share. */
  return g_strdup_printf (_("%1$s (%2$s shared)"), total, shared);
}
