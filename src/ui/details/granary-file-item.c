/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-file-item.h"

struct _GranaryFileItem
{
  GObject  parent_instance;

  char    *path; /* (owned) */
  gint64   size;
};

G_DEFINE_FINAL_TYPE (GranaryFileItem, granary_file_item, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_PATH,
  PROP_SIZE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
granary_file_item_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  GranaryFileItem *self = GRANARY_FILE_ITEM (object);

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
granary_file_item_finalize (GObject *object)
{
  g_free (GRANARY_FILE_ITEM (object)->path);

  G_OBJECT_CLASS (granary_file_item_parent_class)->finalize (object);
}

static void
granary_file_item_class_init (GranaryFileItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = granary_file_item_get_property;
  object_class->finalize = granary_file_item_finalize;

  properties[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL, flags);
  properties[PROP_SIZE] = g_param_spec_int64 ("size", NULL, NULL, 0, G_MAXINT64, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
granary_file_item_init (GranaryFileItem *self)
{
}

GranaryFileItem *
granary_file_item_new (const char *path,
                       gint64      size)
{
  GranaryFileItem *self = g_object_new (GRANARY_TYPE_FILE_ITEM, NULL);

  self->path = g_strdup (path);
  self->size = size;

  return self;
}
