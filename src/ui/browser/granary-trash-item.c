/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-browser"

#include "config.h"

#include "granary-trash-item.h"

#include <glib/gi18n-lib.h>

#include "granary-wording.h"

struct _GranaryTrashItem
{
  GObject  parent_instance;

  char    *uid;      /* (owned) */
  char    *title;    /* (owned) */
  char    *subtitle; /* (owned) */
};

enum
{
  PROP_TITLE = 1,
  PROP_SUBTITLE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (GranaryTrashItem, granary_trash_item, G_TYPE_OBJECT)

static void
granary_trash_item_finalize (GObject *object)
{
  GranaryTrashItem *self = GRANARY_TRASH_ITEM (object);

  g_free (self->uid);
  g_free (self->title);
  g_free (self->subtitle);

  G_OBJECT_CLASS (granary_trash_item_parent_class)->finalize (object);
}

static void
granary_trash_item_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  GranaryTrashItem *self = GRANARY_TRASH_ITEM (object);

  switch (prop_id)
    {
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;

    case PROP_SUBTITLE:
      g_value_set_string (value, self->subtitle);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
granary_trash_item_class_init (GranaryTrashItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = granary_trash_item_finalize;
  object_class->get_property = granary_trash_item_get_property;

  properties[PROP_TITLE] =
    g_param_spec_string ("title", NULL, NULL, NULL,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_SUBTITLE] =
    g_param_spec_string ("subtitle", NULL, NULL, NULL,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
granary_trash_item_init (GranaryTrashItem *self)
{
}

/**
 * granary_trash_item_new:
 * @entry: an entry
 * @now: µs since the epoch, for its age
 *
 * Any thread.
 *
 * Returns: (transfer full): the entry in words
 */
GranaryTrashItem *
granary_trash_item_new (const GranaryTrashEntry *entry,
                        gint64                   now)
{
  GranaryTrashItem *self;
  g_autofree char *size = NULL;
  g_autofree char *age = NULL;

  g_return_val_if_fail (entry != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_TRASH_ITEM, NULL);
  self->uid = g_strdup (entry->uid);
  size = granary_wording_size (entry->size);
  age = granary_wording_age (entry->deleted, now);

  if (entry->number > 0)
    {
      self->title = granary_wording_version (entry->model_name, entry->number);
      /* Translators: a deleted version: its size, and how long ago it was deleted. */
      self->subtitle = g_strdup_printf (_("Deleted: %2$s · %1$s"), size, age);
    }
  else
    {
      g_autofree char *versions = granary_wording_n_versions ((guint) MAX (entry->n_versions, 0));

      self->title = g_strdup (entry->model_name);
      /* Translators: a deleted model: “3 versions”, its size, and how long ago it was deleted. */
      self->subtitle = g_strdup_printf (_("Deleted: %3$s · %1$s · %2$s"), versions, size, age);
    }

  return self;
}

const char *
granary_trash_item_get_uid (GranaryTrashItem *self)
{
  g_return_val_if_fail (GRANARY_IS_TRASH_ITEM (self), NULL);

  return self->uid;
}

const char *
granary_trash_item_get_title (GranaryTrashItem *self)
{
  g_return_val_if_fail (GRANARY_IS_TRASH_ITEM (self), NULL);

  return self->title;
}

const char *
granary_trash_item_get_subtitle (GranaryTrashItem *self)
{
  g_return_val_if_fail (GRANARY_IS_TRASH_ITEM (self), NULL);

  return self->subtitle;
}
