/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-image-source.h"

G_DEFINE_INTERFACE (GranaryImageSource, granary_image_source, G_TYPE_OBJECT)

static void
granary_image_source_default_init (GranaryImageSourceInterface *iface)
{
}

/**
 * granary_image_new:
 * @kind: what it is
 * @address: image address or path of an interpreter
 * @title: what people call it
 *
 * Returns: (transfer full): an image of which nothing else is known, for its maker to fill
 */
GranaryImage *
granary_image_new (GranaryImageKind  kind,
                   const char       *address,
                   const char       *title)
{
  GranaryImage *self;

  g_return_val_if_fail (address != NULL && title != NULL, NULL);

  self = g_new0 (GranaryImage, 1);
  self->kind = kind;
  self->address = g_strdup (address);
  self->title = g_strdup (title);
  self->size = -1;

  return self;
}

void
granary_image_free (GranaryImage *self)
{
  if (self == NULL)
    return;

  g_free (self->address);
  g_free (self->title);
  g_free (self->subtitle);
  g_free (self->framework);
  g_free (self->record);
  g_free (self);
}

/**
 * granary_image_place_new:
 * @kind: of which registry
 * @title: what people call it
 *
 * Returns: (transfer full): a place for its maker to fill
 */
GranaryImagePlace *
granary_image_place_new (GranaryImageKind  kind,
                         const char       *title)
{
  GranaryImagePlace *self;

  g_return_val_if_fail (title != NULL, NULL);

  self = g_new0 (GranaryImagePlace, 1);
  self->kind = kind;
  self->title = g_strdup (title);

  return self;
}

GranaryImagePlace *
granary_image_place_copy (const GranaryImagePlace *self)
{
  GranaryImagePlace *copy;

  if (self == NULL)
    return NULL;

  copy = granary_image_place_new (self->kind, self->title);
  copy->subtitle = g_strdup (self->subtitle);
  copy->registry = g_strdup (self->registry);
  copy->region = g_strdup (self->region);
  copy->domain = g_strdup (self->domain);
  copy->name_space = g_strdup (self->name_space);
  copy->repository = g_strdup (self->repository);

  return copy;
}

void
granary_image_place_free (GranaryImagePlace *self)
{
  if (self == NULL)
    return;

  g_free (self->title);
  g_free (self->subtitle);
  g_free (self->registry);
  g_free (self->region);
  g_free (self->domain);
  g_free (self->name_space);
  g_free (self->repository);
  g_free (self);
}

/**
 * granary_image_page_new:
 *
 * Returns: (transfer full): an empty page
 */
GranaryImagePage *
granary_image_page_new (void)
{
  GranaryImagePage *self = g_new0 (GranaryImagePage, 1);

  self->places = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_image_place_free);
  self->images = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_image_free);

  return self;
}

void
granary_image_page_free (GranaryImagePage *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->places);
  g_ptr_array_unref (self->images);
  g_clear_error (&self->note);
  g_free (self);
}

/**
 * granary_image_source_list_async:
 * @self: a source
 * @framework: (nullable): what the environment has to serve, as in [struct@Version]
 * @cancellable: (nullable): calls it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Lists what is built in: images of the platform, or interpreters of this computer.
 */
void
granary_image_source_list_async (GranaryImageSource  *self,
                                 const char          *framework,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_return_if_fail (GRANARY_IS_IMAGE_SOURCE (self));

  GRANARY_IMAGE_SOURCE_GET_IFACE (self)->list_async (self, framework, cancellable, callback,
                                                     user_data);
}

/**
 * granary_image_source_list_finish:
 * @self: a source
 * @result: as given to the callback
 * @error: return location
 *
 * Returns: (transfer full) (element-type GranaryImage): those that suit best first
 */
GPtrArray *
granary_image_source_list_finish (GranaryImageSource  *self,
                                  GAsyncResult        *result,
                                  GError             **error)
{
  g_return_val_if_fail (GRANARY_IS_IMAGE_SOURCE (self), NULL);

  return GRANARY_IMAGE_SOURCE_GET_IFACE (self)->list_finish (self, result, error);
}

/**
 * granary_image_source_has_registries:
 * @self: a source
 *
 * Returns: whether there are registries to look for images in
 */
gboolean
granary_image_source_has_registries (GranaryImageSource *self)
{
  g_return_val_if_fail (GRANARY_IS_IMAGE_SOURCE (self), FALSE);

  return GRANARY_IMAGE_SOURCE_GET_IFACE (self)->browse_async != NULL;
}

/**
 * granary_image_source_browse_async:
 * @self: a source with registries
 * @place: (nullable): what to open; %NULL for all registries
 * @text: (nullable): part of the names wanted
 * @page: which page, from 0
 * @cancellable: (nullable): calls it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Opens a registry, namespace or repository.
 */
void
granary_image_source_browse_async (GranaryImageSource      *self,
                                   const GranaryImagePlace *place,
                                   const char              *text,
                                   guint                    page,
                                   GCancellable            *cancellable,
                                   GAsyncReadyCallback      callback,
                                   gpointer                 user_data)
{
  g_return_if_fail (GRANARY_IS_IMAGE_SOURCE (self));
  g_return_if_fail (granary_image_source_has_registries (self));

  GRANARY_IMAGE_SOURCE_GET_IFACE (self)->browse_async (self, place, text, page, cancellable,
                                                       callback, user_data);
}

/**
 * granary_image_source_browse_finish:
 * @self: a source with registries
 * @result: as given to the callback
 * @error: return location
 *
 * Returns: (transfer full): what is there
 */
GranaryImagePage *
granary_image_source_browse_finish (GranaryImageSource  *self,
                                    GAsyncResult        *result,
                                    GError             **error)
{
  g_return_val_if_fail (GRANARY_IS_IMAGE_SOURCE (self), NULL);

  return GRANARY_IMAGE_SOURCE_GET_IFACE (self)->browse_finish (self, result, error);
}
