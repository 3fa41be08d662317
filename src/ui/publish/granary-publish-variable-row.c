/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-publish-variable-row.h"

#include <string.h>

struct _GranaryPublishVariableRow
{
  AdwPreferencesRow  parent_instance;

  GtkWidget         *name_entry;
  GtkWidget         *value_entry;
  GtkWidget         *remove_button;
};

G_DEFINE_FINAL_TYPE (GranaryPublishVariableRow, granary_publish_variable_row,
                     ADW_TYPE_PREFERENCES_ROW)

enum
{
  CHANGED,
  REMOVE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Callbacks */

static void
changed_cb (GranaryPublishVariableRow *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
remove_cb (GranaryPublishVariableRow *self)
{
  g_signal_emit (self, signals[REMOVE], 0);
}

/* GObject */

static gboolean
granary_publish_variable_row_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GRANARY_PUBLISH_VARIABLE_ROW (widget)->name_entry);
}

static void
granary_publish_variable_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), GRANARY_TYPE_PUBLISH_VARIABLE_ROW);

  G_OBJECT_CLASS (granary_publish_variable_row_parent_class)->dispose (object);
}

static void
granary_publish_variable_row_class_init (GranaryPublishVariableRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_publish_variable_row_dispose;
  widget_class->grab_focus = granary_publish_variable_row_grab_focus;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[REMOVE] = g_signal_new ("remove", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/publish/granary-publish-variable-row.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishVariableRow, name_entry);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishVariableRow, value_entry);
  gtk_widget_class_bind_template_child (widget_class, GranaryPublishVariableRow, remove_button);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
}

static void
granary_publish_variable_row_init (GranaryPublishVariableRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
granary_publish_variable_row_new (const char *entry)
{
  GranaryPublishVariableRow *self;
  const char *sign;

  g_return_val_if_fail (entry != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_PUBLISH_VARIABLE_ROW, NULL);
  sign = strchr (entry, '=');
  if (sign != NULL)
    {
      g_autofree char *name = g_strndup (entry, (gsize) (sign - entry));

      gtk_editable_set_text (GTK_EDITABLE (self->name_entry), name);
      gtk_editable_set_text (GTK_EDITABLE (self->value_entry), sign + 1);
    }

  return GTK_WIDGET (self);
}

char *
granary_publish_variable_row_dup_entry (GranaryPublishVariableRow *self)
{
  const char *name;
  const char *value;

  g_return_val_if_fail (GRANARY_IS_PUBLISH_VARIABLE_ROW (self), NULL);

  name = gtk_editable_get_text (GTK_EDITABLE (self->name_entry));
  value = gtk_editable_get_text (GTK_EDITABLE (self->value_entry));

  return *name != '\0' || *value != '\0' ? g_strconcat (name, "=", value, NULL) : NULL;
}

void
granary_publish_variable_row_set_wrong (GranaryPublishVariableRow *self,
                                        gboolean                   is_wrong)
{
  g_return_if_fail (GRANARY_IS_PUBLISH_VARIABLE_ROW (self));

  if (!is_wrong)
    {
      gtk_widget_remove_css_class (self->name_entry, "error");
      gtk_accessible_reset_state (GTK_ACCESSIBLE (self->name_entry), GTK_ACCESSIBLE_STATE_INVALID);
      return;
    }

  gtk_widget_add_css_class (self->name_entry, "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->name_entry),
                               GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE,
                               -1);
}
