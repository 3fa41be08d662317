/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GranaryImageKind:
 * @GRANARY_IMAGE_BUILTIN: an image of the platform
 * @GRANARY_IMAGE_ENTERPRISE: an image of an enterprise registry
 * @GRANARY_IMAGE_PERSONAL: an image of the personal registry
 * @GRANARY_IMAGE_PYTHON: a Python interpreter of this computer
 */
typedef enum
{
  GRANARY_IMAGE_BUILTIN,
  GRANARY_IMAGE_ENTERPRISE,
  GRANARY_IMAGE_PERSONAL,
  GRANARY_IMAGE_PYTHON,
} GranaryImageKind;

/**
 * GranaryImage:
 * @kind: what it is
 * @address: what is stored as a version's environment: an image address or an interpreter's path
 * @title: what people call it: `PyTorch 1.9 · Python 3.8 (GPU)`, `Python 3.13 · venv`, a tag
 * @subtitle: (nullable): what else tells it from others: a folder, a digest, a size; not translated
 * @framework: (nullable): what it serves, as in [struct@Version]
 * @size: bytes, -1 unknown
 * @updated: µs since the epoch, 0 unknown
 * @record: (nullable): JSON object that the platform needs beside the address: ImageInfo for images
 *   of registries (`ImageType`, `ImageUrl`, `RegistryRegion`, `RegistryId`)
 *
 * A runtime environment to choose.
 */
typedef struct
{
  GranaryImageKind  kind;
  char             *address;
  char             *title;
  char             *subtitle;
  char             *framework;
  gint64            size;
  gint64            updated;
  char             *record;
} GranaryImage;

GranaryImage *granary_image_new  (GranaryImageKind  kind,
                                  const char       *address,
                                  const char       *title) G_GNUC_WARN_UNUSED_RESULT;
void          granary_image_free (GranaryImage     *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryImage, granary_image_free)

/**
 * GranaryImagePlace:
 * @kind: %GRANARY_IMAGE_ENTERPRISE or %GRANARY_IMAGE_PERSONAL
 * @title: what people call it: name of the registry, namespace or repository
 * @subtitle: (nullable): region, description
 * @registry: id of the registry, "" for the personal one
 * @region: of the registry
 * @domain: (nullable): address of the registry
 * @name_space: (nullable): namespace; %NULL for a whole registry
 * @repository: (nullable): repository without its namespace; %NULL above one
 *
 * Somewhere in a registry: opened with browse.
 */
typedef struct
{
  GranaryImageKind  kind;
  char             *title;
  char             *subtitle;
  char             *registry;
  char             *region;
  char             *domain;
  char             *name_space;
  char             *repository;
} GranaryImagePlace;

GranaryImagePlace *granary_image_place_new  (GranaryImageKind         kind,
                                             const char              *title) G_GNUC_WARN_UNUSED_RESULT;
GranaryImagePlace *granary_image_place_copy (const GranaryImagePlace *self) G_GNUC_WARN_UNUSED_RESULT;
void               granary_image_place_free (GranaryImagePlace       *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryImagePlace, granary_image_place_free)

/**
 * GranaryImagePage:
 * @places: (element-type GranaryImagePlace): what can be opened
 * @images: (element-type GranaryImage): what can be chosen
 * @has_more: whether there is a next page
 * @note: (nullable): what is missing here and why, such as a registry that may not be listed
 */
typedef struct
{
  GPtrArray *places;
  GPtrArray *images;
  gboolean   has_more;
  GError    *note;
} GranaryImagePage;

GranaryImagePage *granary_image_page_new  (void) G_GNUC_WARN_UNUSED_RESULT;
void              granary_image_page_free (GranaryImagePage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryImagePage, granary_image_page_free)

/**
 * GranaryImageSource:
 *
 * Where runtime environments are found. Implementations work on their own threads and report in the
 * caller's thread-default main context.
 */
#define GRANARY_TYPE_IMAGE_SOURCE (granary_image_source_get_type ())
G_DECLARE_INTERFACE (GranaryImageSource, granary_image_source, GRANARY, IMAGE_SOURCE, GObject)

struct _GranaryImageSourceInterface
{
  GTypeInterface parent_iface;

  /* What is built in: images of the platform, or interpreters of this computer. Those for
   * @framework (nullable), as in GranaryVersion, come first. */
  void              (*list_async)    (GranaryImageSource       *self,
                                      const char               *framework,
                                      GCancellable             *cancellable,
                                      GAsyncReadyCallback       callback,
                                      gpointer                  user_data);
  GPtrArray        *(*list_finish)   (GranaryImageSource       *self,
                                      GAsyncResult             *result,
                                      GError                  **error);
  /* Registries; absent where there are none. @place NULL: all registries. @text (nullable): part of
   * the name. @page from 0. */
  void              (*browse_async)  (GranaryImageSource       *self,
                                      const GranaryImagePlace  *place,
                                      const char               *text,
                                      guint                     page,
                                      GCancellable             *cancellable,
                                      GAsyncReadyCallback       callback,
                                      gpointer                  user_data);
  GranaryImagePage *(*browse_finish) (GranaryImageSource       *self,
                                      GAsyncResult             *result,
                                      GError                  **error);
};

void              granary_image_source_list_async    (GranaryImageSource       *self,
                                                      const char               *framework,
                                                      GCancellable             *cancellable,
                                                      GAsyncReadyCallback       callback,
                                                      gpointer                  user_data);
GPtrArray        *granary_image_source_list_finish   (GranaryImageSource       *self,
                                                      GAsyncResult             *result,
                                                      GError                  **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean          granary_image_source_has_registries (GranaryImageSource      *self);
void              granary_image_source_browse_async  (GranaryImageSource       *self,
                                                      const GranaryImagePlace  *place,
                                                      const char               *text,
                                                      guint                     page,
                                                      GCancellable             *cancellable,
                                                      GAsyncReadyCallback       callback,
                                                      gpointer                  user_data);
GranaryImagePage *granary_image_source_browse_finish (GranaryImageSource       *self,
                                                      GAsyncResult             *result,
                                                      GError                  **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
