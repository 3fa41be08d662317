/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-file-line.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-file-actions.h"
#include "granary-wording.h"

struct _GranaryFileLine
{
  GtkBox         parent_instance;

  GtkLabel      *name;
  GtkLabel      *size_label;
  GtkButton     *edit;
  GtkMenuButton *menu;

  char          *path; /* (owned) (nullable) */
  gint64         size;
};

G_DEFINE_FINAL_TYPE (GranaryFileLine, granary_file_line, GTK_TYPE_BOX)

enum
{
  PROP_0,
  PROP_PATH,
  PROP_SIZE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

/* Helpers. */

static void
show_file (GranaryFileLine *self)
{
  g_autofree char *name = granary_display_path (self->path != NULL ? self->path : "");
  g_autofree char *size = granary_wording_size (self->size);
  g_autofree char *menu_label = NULL;

  gtk_label_set_label (self->name, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), name);
  gtk_label_set_label (self->size_label, size);

  menu_label = g_strdup_printf (_("Actions for %s"), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, menu_label, -1);

  gtk_widget_set_visible (GTK_WIDGET (self->edit),
                          self->path != NULL && granary_file_is_editable (self->path));
  if (self->path != NULL)
    gtk_actionable_set_action_target (GTK_ACTIONABLE (self->edit), "s", self->path);
}

static void
append_item (GMenu      *menu,
             const char *label,
             const char *action,
             const char *path)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target_value (item, action, g_variant_new_string (path));
  g_menu_append_item (menu, item);
}

/* Signal callbacks. */

/* Only the menus that are opened are made. */
static void
create_menu_cb (GtkMenuButton *button,
                gpointer       user_data)
{
  GranaryFileLine *self = user_data;
  g_autoptr (GMenu) menu = g_menu_new ();

  if (self->path == NULL)
    return;

  if (granary_file_is_editable (self->path))
    append_item (menu, _("_Edit"), "file.edit", self->path);
  append_item (menu, _("_Open Containing Folder"), "file.show", self->path);
  append_item (menu, _("_Copy Path"), "file.copy-path", self->path);
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

/* GObject. */

static void
granary_file_line_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  GranaryFileLine *self = GRANARY_FILE_LINE (object);

  switch (prop_id)
    {
    case PROP_PATH:
      g_value_set_string (value, self->path);
      break;

    case PROP_SIZE:
      g_value_set_int64 (value, self->size);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
granary_file_line_set_property (GObject      *object,
                                guint         prop_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  GranaryFileLine *self = GRANARY_FILE_LINE (object);

  switch (prop_id)
    {
    case PROP_PATH:
      granary_file_line_set_file (self, g_value_get_string (value), self->size);
      break;

    case PROP_SIZE:
      granary_file_line_set_file (self, self->path, g_value_get_int64 (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
granary_file_line_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), GRANARY_TYPE_FILE_LINE);

  G_OBJECT_CLASS (granary_file_line_parent_class)->dispose (object);
}

static void
granary_file_line_finalize (GObject *object)
{
  g_free (GRANARY_FILE_LINE (object)->path);

  G_OBJECT_CLASS (granary_file_line_parent_class)->finalize (object);
}

static void
granary_file_line_class_init (GranaryFileLineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = granary_file_line_get_property;
  object_class->set_property = granary_file_line_set_property;
  object_class->dispose = granary_file_line_dispose;
  object_class->finalize = granary_file_line_finalize;

  properties[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL, flags);
  properties[PROP_SIZE] = g_param_spec_int64 ("size", NULL, NULL, 0, G_MAXINT64, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/details/granary-file-line.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryFileLine, name);
  gtk_widget_class_bind_template_child (widget_class, GranaryFileLine, size_label);
  gtk_widget_class_bind_template_child (widget_class, GranaryFileLine, edit);
  gtk_widget_class_bind_template_child (widget_class, GranaryFileLine, menu);
}

static void
granary_file_line_init (GranaryFileLine *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_menu_button_set_create_popup_func (self->menu, create_menu_cb, self, NULL);
}

GtkWidget *
granary_file_line_new (void)
{
  return g_object_new (GRANARY_TYPE_FILE_LINE, NULL);
}

/**
 * granary_file_line_set_file:
 * @self: a line
 * @path: (nullable): path inside the version
 * @size: bytes
 */
void
granary_file_line_set_file (GranaryFileLine *self,
                            const char      *path,
                            gint64           size)
{
  gboolean other_path, other_size;

  g_return_if_fail (GRANARY_IS_FILE_LINE (self));

  other_path = g_set_str (&self->path, path);
  other_size = self->size != size;
  self->size = size;
  if (!other_path && !other_size)
    return;

  show_file (self);
  if (other_path)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PATH]);
  if (other_size)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SIZE]);
}

const char *
granary_file_line_get_path (GranaryFileLine *self)
{
  g_return_val_if_fail (GRANARY_IS_FILE_LINE (self), NULL);

  return self->path;
}
