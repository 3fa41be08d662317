/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-task-item.h"

struct _GranaryTaskItem
{
  GObject      parent_instance;

  gint64       id;
  GranaryTask *task;
};

G_DEFINE_FINAL_TYPE (GranaryTaskItem, granary_task_item, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_TASK,
  PROP_USABLE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
granary_task_item_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  GranaryTaskItem *self = GRANARY_TASK_ITEM (object);

  switch (prop_id)
    {
    case PROP_TASK:
      g_value_set_boxed (value, self->task);
      break;

    case PROP_USABLE:
      g_value_set_boolean (value, granary_task_item_is_usable (self));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
granary_task_item_finalize (GObject *object)
{
  GranaryTaskItem *self = GRANARY_TASK_ITEM (object);

  g_clear_pointer (&self->task, granary_task_unref);

  G_OBJECT_CLASS (granary_task_item_parent_class)->finalize (object);
}

static void
granary_task_item_class_init (GranaryTaskItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = granary_task_item_get_property;
  object_class->finalize = granary_task_item_finalize;

  properties[PROP_TASK] =
    g_param_spec_boxed ("task", NULL, NULL,
                        GRANARY_TYPE_TASK,
                        G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_USABLE] =
    g_param_spec_boolean ("usable", NULL, NULL,
                          FALSE,
                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
granary_task_item_init (GranaryTaskItem *self)
{
}

GranaryTaskItem *
granary_task_item_new (gint64       id,
                       GranaryTask *task)
{
  GranaryTaskItem *self;

  g_return_val_if_fail (task != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_TASK_ITEM, NULL);
  self->id = id;
  self->task = granary_task_ref (task);

  return self;
}

gint64
granary_task_item_get_id (GranaryTaskItem *self)
{
  g_return_val_if_fail (GRANARY_IS_TASK_ITEM (self), 0);

  return self->id;
}

GranaryTask *
granary_task_item_get_task (GranaryTaskItem *self)
{
  g_return_val_if_fail (GRANARY_IS_TASK_ITEM (self), NULL);

  return self->task;
}

/**
 * granary_task_item_set_task:
 * @self: an item
 * @task: the same task, as it is now
 */
void
granary_task_item_set_task (GranaryTaskItem *self,
                            GranaryTask     *task)
{
  g_return_if_fail (GRANARY_IS_TASK_ITEM (self));
  g_return_if_fail (task != NULL);

  if (task == self->task)
    return;

  granary_task_ref (task);
  granary_task_unref (self->task);
  self->task = task;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TASK]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_USABLE]);
}

/**
 * granary_task_item_is_usable:
 * @self: an item
 *
 * Returns: whether it could be read and has something to import
 */
gboolean
granary_task_item_is_usable (GranaryTaskItem *self)
{
  g_return_val_if_fail (GRANARY_IS_TASK_ITEM (self), FALSE);

  return self->task->importable && self->task->problem == NULL;
}
