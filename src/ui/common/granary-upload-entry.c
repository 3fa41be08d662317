/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-upload-entry.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-wording.h"

struct _GranaryUploadEntry
{
  GObject   parent_instance;

  char     *target;    /* (owned) */
  char     *name;      /* (owned) */
  char     *detail;    /* (owned) */
  gint64    size;
  gboolean  replaces;
  gboolean  confirmed;
};

G_DEFINE_FINAL_TYPE (GranaryUploadEntry, granary_upload_entry, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_NAME,
  PROP_DETAIL,
  PROP_REPLACES,
  PROP_CONFIRMED,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
granary_upload_entry_get_property (GObject    *object,
                                   guint       prop_id,
                                   GValue     *value,
                                   GParamSpec *pspec)
{
  GranaryUploadEntry *self = GRANARY_UPLOAD_ENTRY (object);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;

    case PROP_DETAIL:
      g_value_set_string (value, self->detail);
      break;

    case PROP_REPLACES:
      g_value_set_boolean (value, self->replaces);
      break;

    case PROP_CONFIRMED:
      g_value_set_boolean (value, self->confirmed);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
granary_upload_entry_set_property (GObject      *object,
                                   guint         prop_id,
                                   const GValue *value,
                                   GParamSpec   *pspec)
{
  GranaryUploadEntry *self = GRANARY_UPLOAD_ENTRY (object);

  switch (prop_id)
    {
    case PROP_CONFIRMED:
      if (self->confirmed != g_value_get_boolean (value))
        {
          self->confirmed = g_value_get_boolean (value);
          g_object_notify_by_pspec (object, pspec);
        }
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
granary_upload_entry_finalize (GObject *object)
{
  GranaryUploadEntry *self = GRANARY_UPLOAD_ENTRY (object);

  g_free (self->target);
  g_free (self->name);
  g_free (self->detail);

  G_OBJECT_CLASS (granary_upload_entry_parent_class)->finalize (object);
}

static void
granary_upload_entry_class_init (GranaryUploadEntryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags read = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = granary_upload_entry_get_property;
  object_class->set_property = granary_upload_entry_set_property;
  object_class->finalize = granary_upload_entry_finalize;

  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, read);
  properties[PROP_DETAIL] = g_param_spec_string ("detail", NULL, NULL, NULL, read);
  properties[PROP_REPLACES] = g_param_spec_boolean ("replaces", NULL, NULL, FALSE, read);
  properties[PROP_CONFIRMED] =
    g_param_spec_boolean ("confirmed", NULL, NULL, TRUE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
granary_upload_entry_init (GranaryUploadEntry *self)
{
  self->confirmed = TRUE;
}

GranaryUploadEntry *
granary_upload_entry_new (const GranaryUploadItem *item)
{
  GranaryUploadEntry *self;
  g_autofree char *size = NULL;

  g_return_val_if_fail (item != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_UPLOAD_ENTRY, NULL);
  self->target = g_strdup (item->target);
  self->name = granary_display_path (item->target);
  self->size = item->size;
  self->replaces = item->old_size >= 0;

  size = granary_wording_size (item->size);
  if (self->replaces)
    {
      g_autofree char *before = granary_wording_size (item->old_size);

      /* Translators: the size of the file that goes, and of the one that takes its place. */
      self->detail = g_strdup_printf (_("%1$s → %2$s"), before, size);
    }
  else
    self->detail = g_steal_pointer (&size);

  return self;
}

const char *
granary_upload_entry_get_target (GranaryUploadEntry *self)
{
  g_return_val_if_fail (GRANARY_IS_UPLOAD_ENTRY (self), NULL);

  return self->target;
}

gint64
granary_upload_entry_get_size (GranaryUploadEntry *self)
{
  g_return_val_if_fail (GRANARY_IS_UPLOAD_ENTRY (self), 0);

  return self->size;
}

gboolean
granary_upload_entry_get_replaces (GranaryUploadEntry *self)
{
  g_return_val_if_fail (GRANARY_IS_UPLOAD_ENTRY (self), FALSE);

  return self->replaces;
}

gboolean
granary_upload_entry_get_confirmed (GranaryUploadEntry *self)
{
  g_return_val_if_fail (GRANARY_IS_UPLOAD_ENTRY (self), FALSE);

  return self->confirmed;
}
