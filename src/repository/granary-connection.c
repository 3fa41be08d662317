/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-connection.h"

struct _GranaryConnection
{
  GObject                  parent_instance;

  GranaryConnectionKind    kind;
  GranaryFeatures          features;
  char                    *uid;        /* (owned) */
  char                    *title;      /* (owned) */
  char                    *location;   /* (owned) */
  GranaryCatalog          *catalog;    /* (owned) */
  GranaryRepository       *repository; /* (owned) (nullable) */
  GranaryObjectStorage    *storage;    /* (owned) (nullable) */
  GranaryTransferQueue    *queue;      /* (owned) (nullable) */
  GranaryConnectionStatus *status;     /* (owned) (nullable) */
  GranaryTaskSource       *tasks;      /* (owned) (nullable) */
  GranaryImageSource      *images;     /* (owned) (nullable) */
  GranaryServiceHost      *services;   /* (owned) (nullable) */
  GPtrArray               *repairs;    /* (owned) (element-type GranaryRepair) */
  GDestroyNotify           closer;     /* (nullable) */
  gpointer                 closer_data;
};

G_DEFINE_FINAL_TYPE (GranaryConnection, granary_connection, G_TYPE_OBJECT)

static void
call_closer (GranaryConnection *self)
{
  GDestroyNotify closer = g_steal_pointer (&self->closer);

  if (closer != NULL)
    closer (g_steal_pointer (&self->closer_data));
}

static void
granary_connection_finalize (GObject *object)
{
  GranaryConnection *self = GRANARY_CONNECTION (object);

  call_closer (self);
  g_clear_pointer (&self->uid, g_free);
  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->location, g_free);
  g_clear_object (&self->repository);
  g_clear_object (&self->storage);
  g_clear_object (&self->queue);
  g_clear_object (&self->status);
  g_clear_object (&self->tasks);
  g_clear_object (&self->images);
  g_clear_object (&self->services);
  g_clear_object (&self->catalog);
  g_clear_pointer (&self->repairs, g_ptr_array_unref);

  G_OBJECT_CLASS (granary_connection_parent_class)->finalize (object);
}

static void
granary_connection_class_init (GranaryConnectionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = granary_connection_finalize;
}

static void
granary_connection_init (GranaryConnection *self)
{
}

/**
 * granary_connection_new:
 * @kind: what kind of place it is
 * @uid: opaque and stable: the same place gets the same one each time it is opened
 * @title: name of the place as the back end knows it, not translated
 * @location: folder or region and account
 * @catalog: its catalogue
 * @repository: (nullable): its verbs
 * @repairs: (nullable) (element-type GranaryRepair): what opening it put right
 *
 * For back ends.
 *
 * Returns: (transfer full): a connection
 */
GranaryConnection *
granary_connection_new (GranaryConnectionKind  kind,
                        const char            *uid,
                        const char            *title,
                        const char            *location,
                        GranaryCatalog        *catalog,
                        GranaryRepository     *repository,
                        GPtrArray             *repairs)
{
  GranaryConnection *self;

  g_return_val_if_fail (uid != NULL, NULL);
  g_return_val_if_fail (GRANARY_IS_CATALOG (catalog), NULL);
  g_return_val_if_fail (repository == NULL || GRANARY_IS_REPOSITORY (repository), NULL);

  self = g_object_new (GRANARY_TYPE_CONNECTION, NULL);
  self->kind = kind;
  self->uid = g_strdup (uid);
  self->title = g_strdup (title);
  self->location = g_strdup (location);
  self->catalog = g_object_ref (catalog);
  g_set_object (&self->repository, repository);
  self->repairs = repairs != NULL
                  ? g_ptr_array_ref (repairs)
                  : g_ptr_array_new_with_free_func ((GDestroyNotify) granary_repair_free);

  return self;
}

GranaryConnectionKind
granary_connection_get_kind (GranaryConnection *self)
{
  g_return_val_if_fail (GRANARY_IS_CONNECTION (self), GRANARY_CONNECTION_LOCAL);

  return self->kind;
}

const char *
granary_connection_get_uid (GranaryConnection *self)
{
  g_return_val_if_fail (GRANARY_IS_CONNECTION (self), NULL);

  return self->uid;
}

const char *
granary_connection_get_title (GranaryConnection *self)
{
  g_return_val_if_fail (GRANARY_IS_CONNECTION (self), NULL);

  return self->title;
}

const char *
granary_connection_get_location (GranaryConnection *self)
{
  g_return_val_if_fail (GRANARY_IS_CONNECTION (self), NULL);

  return self->location;
}

/**
 * granary_connection_get_catalog:
 * @self: a connection
 *
 * Returns: (transfer none): where everything is read from
 */
GranaryCatalog *
granary_connection_get_catalog (GranaryConnection *self)
{
  g_return_val_if_fail (GRANARY_IS_CONNECTION (self), NULL);

  return self->catalog;
}

/**
 * granary_connection_get_repository:
 * @self: a connection
 *
 * Returns: (transfer none) (nullable): the verbs; %NULL where there are none
 */
GranaryRepository *
granary_connection_get_repository (GranaryConnection *self)
{
  g_return_val_if_fail (GRANARY_IS_CONNECTION (self), NULL);

  return self->repository;
}

/**
 * granary_connection_get_repairs:
 * @self: a connection
 *
 * Returns: (transfer none) (element-type GranaryRepair): what opening it put right, often nothing
 */
GPtrArray *
granary_connection_get_repairs (GranaryConnection *self)
{
  g_return_val_if_fail (GRANARY_IS_CONNECTION (self), NULL);

  return self->repairs;
}

/**
 * granary_connection_get_features:
 * @self: a connection
 *
 * Returns: what it can do beside the verbs that all have
 */
GranaryFeatures
granary_connection_get_features (GranaryConnection *self)
{
  g_return_val_if_fail (GRANARY_IS_CONNECTION (self), GRANARY_FEATURE_NONE);

  return self->features;
}

gboolean
granary_connection_has (GranaryConnection *self,
                        GranaryFeatures    feature)
{
  g_return_val_if_fail (GRANARY_IS_CONNECTION (self), FALSE);

  return (self->features & feature) == feature;
}

GranaryObjectStorage *
granary_connection_get_storage (GranaryConnection *self)
{
  g_return_val_if_fail (GRANARY_IS_CONNECTION (self), NULL);

  return self->storage;
}

GranaryTransferQueue *
granary_connection_get_queue (GranaryConnection *self)
{
  g_return_val_if_fail (GRANARY_IS_CONNECTION (self), NULL);

  return self->queue;
}

GranaryConnectionStatus *
granary_connection_get_status (GranaryConnection *self)
{
  g_return_val_if_fail (GRANARY_IS_CONNECTION (self), NULL);

  return self->status;
}

GranaryTaskSource *
granary_connection_get_task_source (GranaryConnection *self)
{
  g_return_val_if_fail (GRANARY_IS_CONNECTION (self), NULL);

  return self->tasks;
}

GranaryImageSource *
granary_connection_get_image_source (GranaryConnection *self)
{
  g_return_val_if_fail (GRANARY_IS_CONNECTION (self), NULL);

  return self->images;
}

GranaryServiceHost *
granary_connection_get_service_host (GranaryConnection *self)
{
  g_return_val_if_fail (GRANARY_IS_CONNECTION (self), NULL);

  return self->services;
}

void
granary_connection_set_features (GranaryConnection *self,
                                 GranaryFeatures    features)
{
  g_return_if_fail (GRANARY_IS_CONNECTION (self));

  self->features = features;
}

void
granary_connection_set_storage (GranaryConnection    *self,
                                GranaryObjectStorage *storage)
{
  g_return_if_fail (GRANARY_IS_CONNECTION (self));
  g_return_if_fail (storage == NULL || GRANARY_IS_OBJECT_STORAGE (storage));

  g_set_object (&self->storage, storage);
}

void
granary_connection_set_queue (GranaryConnection    *self,
                              GranaryTransferQueue *queue)
{
  g_return_if_fail (GRANARY_IS_CONNECTION (self));
  g_return_if_fail (queue == NULL || GRANARY_IS_TRANSFER_QUEUE (queue));

  g_set_object (&self->queue, queue);
}

void
granary_connection_set_status (GranaryConnection       *self,
                               GranaryConnectionStatus *status)
{
  g_return_if_fail (GRANARY_IS_CONNECTION (self));
  g_return_if_fail (status == NULL || GRANARY_IS_CONNECTION_STATUS (status));

  g_set_object (&self->status, status);
}

void
granary_connection_set_task_source (GranaryConnection *self,
                                    GranaryTaskSource *source)
{
  g_return_if_fail (GRANARY_IS_CONNECTION (self));
  g_return_if_fail (source == NULL || GRANARY_IS_TASK_SOURCE (source));

  g_set_object (&self->tasks, source);
}

void
granary_connection_set_image_source (GranaryConnection  *self,
                                     GranaryImageSource *source)
{
  g_return_if_fail (GRANARY_IS_CONNECTION (self));
  g_return_if_fail (source == NULL || GRANARY_IS_IMAGE_SOURCE (source));

  g_set_object (&self->images, source);
}

void
granary_connection_set_service_host (GranaryConnection  *self,
                                     GranaryServiceHost *host)
{
  g_return_if_fail (GRANARY_IS_CONNECTION (self));
  g_return_if_fail (host == NULL || GRANARY_IS_SERVICE_HOST (host));

  g_set_object (&self->services, host);
}

/**
 * granary_connection_set_closer:
 * @self: a connection
 * @func: (nullable): ends what the back end still does
 * @data: for @func
 *
 * For back ends. One set before is not called.
 */
void
granary_connection_set_closer (GranaryConnection *self,
                               GDestroyNotify     func,
                               gpointer           data)
{
  g_return_if_fail (GRANARY_IS_CONNECTION (self));

  self->closer = func;
  self->closer_data = data;
}

/**
 * granary_connection_close:
 * @self: a connection
 *
 * Ends what goes on: first the back end's own work, so that nothing new begins, then the transfers,
 * which keep what they have done, then the watching of the catalogue, which still can be read. The
 * connection stays valid but does nothing any more; its queue is empty.
 */
void
granary_connection_close (GranaryConnection *self)
{
  g_return_if_fail (GRANARY_IS_CONNECTION (self));

  call_closer (self);
  if (self->queue != NULL)
    granary_transfer_queue_close (self->queue);
  if (self->status != NULL)
    granary_connection_status_close (self->status);
  granary_catalog_close (self->catalog);
}

void
granary_repair_free (GranaryRepair *self)
{
  if (self == NULL)
    return;

  g_free (self->model_name);
  g_free (self);
}
