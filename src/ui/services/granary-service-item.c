/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-service-item.h"

struct _GranaryServiceItem
{
  GObject         parent_instance;

  GranaryService *service; /* (owned) */
  char           *key;     /* (owned): of the name, for sorting */
};

enum
{
  PROP_0,
  PROP_SERVICE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (GranaryServiceItem, granary_service_item, G_TYPE_OBJECT)

/* Of everything that is shown or acted on. */
static gboolean
is_same (const GranaryService *one,
         const GranaryService *other)
{
  return one->state == other->state &&
         one->is_update_needed == other->is_update_needed &&
         one->is_version_gone == other->is_version_gone &&
         one->is_wanted == other->is_wanted &&
         one->failure == other->failure &&
         one->n_restarts == other->n_restarts &&
         one->replicas == other->replicas &&
         one->available == other->available &&
         one->weight == other->weight &&
         one->number == other->number &&
         one->version_number == other->version_number &&
         one->version_id == other->version_id &&
         one->model_id == other->model_id &&
         one->started == other->started &&
         one->files_as_of == other->files_as_of &&
         g_strcmp0 (one->name, other->name) == 0 &&
         g_strcmp0 (one->group_uid, other->group_uid) == 0 &&
         g_strcmp0 (one->model_name, other->model_name) == 0 &&
         g_strcmp0 (one->state_text, other->state_text) == 0 &&
         g_strcmp0 (one->url, other->url) == 0 &&
         g_strcmp0 (one->failure_detail, other->failure_detail) == 0 &&
         g_strcmp0 (one->profile, other->profile) == 0;
}

static const char *
get_group (const GranaryServiceItem *self)
{
  const GranaryService *service = self->service;

  return service->group_uid != NULL ? service->group_uid : service->uid;
}

static void
granary_service_item_get_property (GObject    *object,
                                   guint       prop_id,
                                   GValue     *value,
                                   GParamSpec *pspec)
{
  GranaryServiceItem *self = GRANARY_SERVICE_ITEM (object);

  switch (prop_id)
    {
    case PROP_SERVICE:
      g_value_set_boxed (value, self->service);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
granary_service_item_finalize (GObject *object)
{
  GranaryServiceItem *self = GRANARY_SERVICE_ITEM (object);

  g_clear_pointer (&self->service, granary_service_unref);
  g_free (self->key);

  G_OBJECT_CLASS (granary_service_item_parent_class)->finalize (object);
}

static void
granary_service_item_class_init (GranaryServiceItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = granary_service_item_get_property;
  object_class->finalize = granary_service_item_finalize;

  properties[PROP_SERVICE] =
    g_param_spec_boxed ("service", NULL, NULL, GRANARY_TYPE_SERVICE,
                        G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
granary_service_item_init (GranaryServiceItem *self)
{
}

/**
 * granary_service_item_new:
 * @service: a service with its id
 *
 * Returns: (transfer full): an item for it; may be made on any thread
 */
GranaryServiceItem *
granary_service_item_new (GranaryService *service)
{
  GranaryServiceItem *self;
  g_autofree char *folded = NULL;

  g_return_val_if_fail (service != NULL && service->uid != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_SERVICE_ITEM, NULL);
  self->service = granary_service_ref (service);
  /* For file names: `group-2` comes before `group-10`. */
  folded = g_utf8_casefold (service->name != NULL ? service->name : service->uid, -1);
  self->key = g_utf8_collate_key_for_filename (folded, -1);

  return self;
}

/**
 * granary_service_item_get_service:
 * @self: an item
 *
 * Returns: (transfer none): the service as it was last seen
 */
GranaryService *
granary_service_item_get_service (GranaryServiceItem *self)
{
  g_return_val_if_fail (GRANARY_IS_SERVICE_ITEM (self), NULL);

  return self->service;
}

/**
 * granary_service_item_set_service:
 * @self: an item
 * @service: the same service as it is now, still with its place in the order
 *
 * Returns: whether anything about it is different
 */
gboolean
granary_service_item_set_service (GranaryServiceItem *self,
                                  GranaryService     *service)
{
  g_return_val_if_fail (GRANARY_IS_SERVICE_ITEM (self), FALSE);
  g_return_val_if_fail (service != NULL, FALSE);

  if (is_same (self->service, service))
    return FALSE;

  granary_service_unref (self->service);
  self->service = granary_service_ref (service);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SERVICE]);

  return TRUE;
}

const char *
granary_service_item_get_uid (GranaryServiceItem *self)
{
  g_return_val_if_fail (GRANARY_IS_SERVICE_ITEM (self), NULL);

  return self->service->uid;
}

/**
 * granary_service_item_is_beside:
 * @self: an item
 * @other: another
 *
 * Returns: whether both are of the same group
 */
gboolean
granary_service_item_is_beside (GranaryServiceItem *self,
                                GranaryServiceItem *other)
{
  g_return_val_if_fail (GRANARY_IS_SERVICE_ITEM (self), FALSE);
  g_return_val_if_fail (GRANARY_IS_SERVICE_ITEM (other), FALSE);

  return g_str_equal (get_group (self), get_group (other));
}

/**
 * granary_service_item_compare:
 * @self: an item
 * @other: another
 *
 * By name, so that nothing moves when a service starts or stops; in a group the newest comes first.
 *
 * Returns: less than, equal to or more than 0
 */
int
granary_service_item_compare (const GranaryServiceItem *self,
                              const GranaryServiceItem *other)
{
  int order = strcmp (self->key, other->key);

  if (order == 0)
    order = strcmp (get_group (self), get_group (other));
  if (order == 0)
    order = (self->service->number < other->service->number) -
            (self->service->number > other->service->number);
  if (order == 0)
    order = strcmp (self->service->uid, other->service->uid);

  return order;
}
