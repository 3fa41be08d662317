/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-task-row.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-task-text.h"
#include "granary-wording.h"

struct _GranaryTaskRow
{
  GtkBox           parent_instance;

  GtkWidget       *task_box;
  GtkLabel        *name_label;
  GtkLabel        *age_label;
  GtkLabel        *facts_label;
  GtkLabel        *problem_label;

  GranaryTaskItem *item; /* (nullable) */
};

G_DEFINE_FINAL_TYPE (GranaryTaskRow, granary_task_row, GTK_TYPE_BOX)

enum
{
  PROP_0,
  PROP_ITEM,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static char *
make_problem (const GranaryTask *task)
{
  if (task->problem != NULL)
    return granary_wording_for_problem (task->problem);
  if (!task->importable)
    return g_strdup (task->state == GRANARY_TASK_RUNNING || task->state == GRANARY_TASK_WAITING
                       ? _("Nothing to import yet") : _("Nothing to import"));

  return NULL;
}

static void
set_text (GtkLabel   *label,
          const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static void
update (GranaryTaskRow *self)
{
  const GranaryTask *task = granary_task_item_get_task (self->item);
  g_autofree char *name = granary_display_path (task->name);
  g_autofree char *age = granary_task_text_age (task);
  g_autofree char *facts = granary_task_text_facts (task);
  g_autofree char *problem = make_problem (task);
  g_autofree char *tooltip = NULL;

  set_text (self->name_label, name);
  set_text (self->age_label, age);
  set_text (self->facts_label, facts);
  set_text (self->problem_label, problem);
  gtk_widget_set_css_classes (GTK_WIDGET (self->problem_label),
                              (const char *[]) { "caption",
                                                 task->problem != NULL ? "warning" : "dim-label",
                                                 NULL });
  gtk_widget_set_sensitive (self->task_box, granary_task_item_is_usable (self->item));

  if (task->location != NULL)
    tooltip = granary_display_path (task->location);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), tooltip);
}

static void
set_item (GranaryTaskRow  *self,
          GranaryTaskItem *item)
{
  if (self->item == item)
    return;

  if (self->item != NULL)
    g_signal_handlers_disconnect_by_func (self->item, update, self);
  g_set_object (&self->item, item);
  if (item != NULL)
    {
      g_signal_connect_object (item, "notify::task", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
      update (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ITEM]);
}

/* GObject */

static void
granary_task_row_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  GranaryTaskRow *self = GRANARY_TASK_ROW (object);

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
granary_task_row_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  GranaryTaskRow *self = GRANARY_TASK_ROW (object);

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
granary_task_row_dispose (GObject *object)
{
  GranaryTaskRow *self = GRANARY_TASK_ROW (object);

  if (self->item != NULL)
    g_signal_handlers_disconnect_by_func (self->item, update, self);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_TASK_ROW);
  g_clear_object (&self->item);

  G_OBJECT_CLASS (granary_task_row_parent_class)->dispose (object);
}

static void
granary_task_row_class_init (GranaryTaskRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = granary_task_row_get_property;
  object_class->set_property = granary_task_row_set_property;
  object_class->dispose = granary_task_row_dispose;

  properties[PROP_ITEM] =
    g_param_spec_object ("item", NULL, NULL,
                         GRANARY_TYPE_TASK_ITEM,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-task-row.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryTaskRow, task_box);
  gtk_widget_class_bind_template_child (widget_class, GranaryTaskRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, GranaryTaskRow, age_label);
  gtk_widget_class_bind_template_child (widget_class, GranaryTaskRow, facts_label);
  gtk_widget_class_bind_template_child (widget_class, GranaryTaskRow, problem_label);
}

static void
granary_task_row_init (GranaryTaskRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
