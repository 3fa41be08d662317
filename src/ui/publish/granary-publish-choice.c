/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-publish-choice.h"

struct _GranaryPublishChoice
{
  GObject   parent_instance;

  char     *id;
  char     *title;
  char     *detail;
  gboolean  is_available;
};

G_DEFINE_FINAL_TYPE (GranaryPublishChoice, granary_publish_choice, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_ID,
  PROP_TITLE,
  PROP_DETAIL,
  PROP_AVAILABLE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
granary_publish_choice_get_property (GObject    *object,
                                     guint       prop_id,
                                     GValue     *value,
                                     GParamSpec *pspec)
{
  GranaryPublishChoice *self = GRANARY_PUBLISH_CHOICE (object);

  switch (prop_id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;

    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;

    case PROP_DETAIL:
      g_value_set_string (value, self->detail);
      break;

    case PROP_AVAILABLE:
      g_value_set_boolean (value, self->is_available);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
granary_publish_choice_set_property (GObject      *object,
                                     guint         prop_id,
                                     const GValue *value,
                                     GParamSpec   *pspec)
{
  GranaryPublishChoice *self = GRANARY_PUBLISH_CHOICE (object);

  switch (prop_id)
    {
    case PROP_ID:
      self->id = g_value_dup_string (value);
      break;

    case PROP_TITLE:
      self->title = g_value_dup_string (value);
      break;

    case PROP_DETAIL:
      self->detail = g_value_dup_string (value);
      break;

    case PROP_AVAILABLE:
      self->is_available = g_value_get_boolean (value);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
granary_publish_choice_finalize (GObject *object)
{
  GranaryPublishChoice *self = GRANARY_PUBLISH_CHOICE (object);

  g_free (self->id);
  g_free (self->title);
  g_free (self->detail);

  G_OBJECT_CLASS (granary_publish_choice_parent_class)->finalize (object);
}

static void
granary_publish_choice_class_init (GranaryPublishChoiceClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = granary_publish_choice_get_property;
  object_class->set_property = granary_publish_choice_set_property;
  object_class->finalize = granary_publish_choice_finalize;

  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, "", flags);
  properties[PROP_DETAIL] = g_param_spec_string ("detail", NULL, NULL, "", flags);
  properties[PROP_AVAILABLE] = g_param_spec_boolean ("available", NULL, NULL, TRUE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
granary_publish_choice_init (GranaryPublishChoice *self)
{
}

const char *
granary_publish_choice_get_id (GranaryPublishChoice *self)
{
  g_return_val_if_fail (GRANARY_IS_PUBLISH_CHOICE (self), NULL);

  return self->id;
}

void
granary_publish_choices_add (GListStore *choices,
                             const char *id,
                             const char *title,
                             const char *detail,
                             gboolean    is_available)
{
  g_autoptr (GranaryPublishChoice) choice = NULL;

  g_return_if_fail (G_IS_LIST_STORE (choices));
  g_return_if_fail (id != NULL && title != NULL);

  choice = g_object_new (GRANARY_TYPE_PUBLISH_CHOICE,
                         "id", id,
                         "title", title,
                         "detail", detail != NULL ? detail : "",
                         "available", is_available,
                         NULL);
  g_list_store_append (choices, choice);
}

guint
granary_publish_choices_find (GListModel *choices,
                              const char *id)
{
  for (guint i = 0; id != NULL && choices != NULL && i < g_list_model_get_n_items (choices); i++)
    {
      g_autoptr (GranaryPublishChoice) choice = g_list_model_get_item (choices, i);

      if (g_strcmp0 (choice->id, id) == 0)
        return i;
    }

  return G_MAXUINT;
}

const char *
granary_publish_choices_get_id (GListModel *choices,
                                guint       position)
{
  g_autoptr (GranaryPublishChoice) choice =
    choices != NULL ? g_list_model_get_item (choices, position) : NULL;

  /* The list keeps it. */
  return choice != NULL ? choice->id : NULL;
}
