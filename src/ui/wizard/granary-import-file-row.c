/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-import-file-row.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-wording.h"

struct _GranaryImportFileRow
{
  GtkBox                 parent_instance;

  GtkImage              *icon;
  GtkLabel              *path_label;
  GtkLabel              *size_label;
  GtkWidget             *remove_button;

  GranaryImportFileItem *item; /* (nullable) */
};

G_DEFINE_FINAL_TYPE (GranaryImportFileRow, granary_import_file_row, GTK_TYPE_BOX)

enum
{
  PROP_0,
  PROP_ITEM,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

/* Callbacks */

static void
remove_cb (GranaryImportFileRow *self)
{
  granary_import_file_row_remove (self);
}

static void
set_item (GranaryImportFileRow  *self,
          GranaryImportFileItem *item)
{
  g_autofree char *path = NULL;
  g_autofree char *size = NULL;
  g_autofree char *remove = NULL;
  const char *target;

  if (!g_set_object (&self->item, item))
    return;

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ITEM]);
  if (item == NULL)
    return;

  target = granary_import_file_item_get_target (item);
  path = granary_display_path (target);
  size = granary_wording_size (granary_import_file_item_get_size (item));
  /* Translators: takes a file out of what is to be imported; %s is its path. */
  remove = g_strdup_printf (_("Remove %s"), path);

  gtk_image_set_from_icon_name (self->icon,
                                g_str_has_suffix (target, ".py") || g_str_has_suffix (target, ".json")
                                  ? "text-x-generic-symbolic" : "package-x-generic-symbolic");
  gtk_label_set_label (self->path_label, path);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->path_label), path);
  gtk_label_set_label (self->size_label, size);
  gtk_widget_set_tooltip_text (self->remove_button, remove);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->remove_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, remove,
                                  -1);
}

/* GObject */

static void
granary_import_file_row_get_property (GObject    *object,
                                      guint       prop_id,
                                      GValue     *value,
                                      GParamSpec *pspec)
{
  GranaryImportFileRow *self = GRANARY_IMPORT_FILE_ROW (object);

  switch (prop_id)
    {
    case PROP_ITEM:
      g_value_set_object (value, self->item);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
granary_import_file_row_set_property (GObject      *object,
                                      guint         prop_id,
                                      const GValue *value,
                                      GParamSpec   *pspec)
{
  GranaryImportFileRow *self = GRANARY_IMPORT_FILE_ROW (object);

  switch (prop_id)
    {
    case PROP_ITEM:
      set_item (self, g_value_get_object (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
granary_import_file_row_dispose (GObject *object)
{
  GranaryImportFileRow *self = GRANARY_IMPORT_FILE_ROW (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_IMPORT_FILE_ROW);
  g_clear_object (&self->item);

  G_OBJECT_CLASS (granary_import_file_row_parent_class)->dispose (object);
}

static void
granary_import_file_row_class_init (GranaryImportFileRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = granary_import_file_row_get_property;
  object_class->set_property = granary_import_file_row_set_property;
  object_class->dispose = granary_import_file_row_dispose;

  properties[PROP_ITEM] =
    g_param_spec_object ("item", NULL, NULL,
                         GRANARY_TYPE_IMPORT_FILE_ITEM,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-import-file-row.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryImportFileRow, icon);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportFileRow, path_label);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportFileRow, size_label);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportFileRow, remove_button);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
}

static void
granary_import_file_row_init (GranaryImportFileRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * granary_import_file_row_remove:
 * @self: a row
 *
 * Asks for its file to be left out.
 */
void
granary_import_file_row_remove (GranaryImportFileRow *self)
{
  g_return_if_fail (GRANARY_IS_IMPORT_FILE_ROW (self));

  if (self->item != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "import.remove-file", "s",
                                granary_import_file_item_get_target (self->item));
}
