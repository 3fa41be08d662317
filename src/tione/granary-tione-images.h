/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-image-source.h"
#include "granary-tione-place-private.h"

G_BEGIN_DECLS

/**
 * GranaryTioneImages:
 *
 * The images of an account: those of the platform, and those of its container registries.
 */
#define GRANARY_TYPE_TIONE_IMAGES (granary_tione_images_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTioneImages, granary_tione_images, GRANARY, TIONE_IMAGES, GObject)

GranaryImageSource *granary_tione_images_source_new (GranaryTionePlace        *place) G_GNUC_WARN_UNUSED_RESULT;

/* Blocking; what the source does on its threads. (element-type GranaryImage) */
GPtrArray          *granary_tione_list_images       (GranaryTionePlace        *place,
                                                     const char               *framework,
                                                     GCancellable             *cancellable,
                                                     GError                  **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryImagePage   *granary_tione_browse_images     (GranaryTionePlace        *place,
                                                     const GranaryImagePlace  *at,
                                                     const char               *text,
                                                     guint                     page,
                                                     GCancellable             *cancellable,
                                                     GError                  **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
