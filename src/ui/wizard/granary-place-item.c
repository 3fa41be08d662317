/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-place-item.h"

struct _GranaryPlaceItem
{
  GObject   parent_instance;

  char     *title;     /* (owned) */
  char     *subtitle;  /* (owned) (nullable) */
  char     *icon_name; /* (owned) */
  char     *kind;      /* (owned) (nullable) */
  gboolean  can_open;
  gboolean  can_choose;
  gboolean  is_current;
};

G_DEFINE_FINAL_TYPE (GranaryPlaceItem, granary_place_item, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_TITLE,
  PROP_SUBTITLE,
  PROP_ICON_NAME,
  PROP_KIND,
  PROP_CAN_OPEN,
  PROP_CAN_CHOOSE,
  PROP_IS_CURRENT,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
granary_place_item_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  GranaryPlaceItem *self = GRANARY_PLACE_ITEM (object);

  switch (prop_id)
    {
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;

    case PROP_SUBTITLE:
      g_value_set_string (value, self->subtitle);
      break;

    case PROP_ICON_NAME:
      g_value_set_string (value, self->icon_name);
      break;

    case PROP_KIND:
      g_value_set_string (value, self->kind);
      break;

    case PROP_CAN_OPEN:
      g_value_set_boolean (value, self->can_open);
      break;

    case PROP_CAN_CHOOSE:
      g_value_set_boolean (value, self->can_choose);
      break;

    case PROP_IS_CURRENT:
      g_value_set_boolean (value, self->is_current);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
granary_place_item_set_property (GObject      *object,
                                 guint         prop_id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  GranaryPlaceItem *self = GRANARY_PLACE_ITEM (object);

  switch (prop_id)
    {
    case PROP_TITLE:
      self->title = g_value_dup_string (value);
      break;

    case PROP_SUBTITLE:
      self->subtitle = g_value_dup_string (value);
      break;

    case PROP_ICON_NAME:
      self->icon_name = g_value_dup_string (value);
      break;

    case PROP_KIND:
      self->kind = g_value_dup_string (value);
      break;

    case PROP_CAN_OPEN:
      self->can_open = g_value_get_boolean (value);
      break;

    case PROP_CAN_CHOOSE:
      self->can_choose = g_value_get_boolean (value);
      break;

    case PROP_IS_CURRENT:
      self->is_current = g_value_get_boolean (value);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
granary_place_item_finalize (GObject *object)
{
  GranaryPlaceItem *self = GRANARY_PLACE_ITEM (object);

  g_free (self->title);
  g_free (self->subtitle);
  g_free (self->icon_name);
  g_free (self->kind);

  G_OBJECT_CLASS (granary_place_item_parent_class)->finalize (object);
}

static void
granary_place_item_class_init (GranaryPlaceItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = granary_place_item_get_property;
  object_class->set_property = granary_place_item_set_property;
  object_class->finalize = granary_place_item_finalize;

  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, "", flags);
  properties[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL, flags);
  properties[PROP_ICON_NAME] = g_param_spec_string ("icon-name", NULL, NULL,
                                                    "text-x-generic-symbolic", flags);
  properties[PROP_KIND] = g_param_spec_string ("kind", NULL, NULL, NULL, flags);
  properties[PROP_CAN_OPEN] = g_param_spec_boolean ("can-open", NULL, NULL, FALSE, flags);
  properties[PROP_CAN_CHOOSE] = g_param_spec_boolean ("can-choose", NULL, NULL, FALSE, flags);
  properties[PROP_IS_CURRENT] = g_param_spec_boolean ("is-current", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
granary_place_item_init (GranaryPlaceItem *self)
{
}

const char *
granary_place_item_get_title (GranaryPlaceItem *self)
{
  g_return_val_if_fail (GRANARY_IS_PLACE_ITEM (self), NULL);

  return self->title;
}

const char *
granary_place_item_get_subtitle (GranaryPlaceItem *self)
{
  g_return_val_if_fail (GRANARY_IS_PLACE_ITEM (self), NULL);

  return self->subtitle;
}

const char *
granary_place_item_get_kind (GranaryPlaceItem *self)
{
  g_return_val_if_fail (GRANARY_IS_PLACE_ITEM (self), NULL);

  return self->kind;
}
