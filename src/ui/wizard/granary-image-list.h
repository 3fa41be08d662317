/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-image-source.h"
#include "granary-place-list.h"

G_BEGIN_DECLS

/**
 * GranaryImageList:
 *
 * Runtime environments to choose from: those built in, or one level of the registries.
 */
#define GRANARY_TYPE_IMAGE_LIST (granary_image_list_get_type ())
G_DECLARE_FINAL_TYPE (GranaryImageList, granary_image_list, GRANARY, IMAGE_LIST, GranaryPlaceList)

GranaryPlaceList        *granary_image_list_new_builtin  (GranaryImageSource      *source,
                                                          const char              *framework,
                                                          const char              *current) G_GNUC_WARN_UNUSED_RESULT;
GranaryPlaceList        *granary_image_list_new_registry (GranaryImageSource      *source,
                                                          const GranaryImagePlace *place,
                                                          const char              *current) G_GNUC_WARN_UNUSED_RESULT;
/* Either is NULL where the other one stands. */
const GranaryImage      *granary_image_list_get_image    (GranaryImageList        *self,
                                                          guint                    position);
const GranaryImagePlace *granary_image_list_get_place    (GranaryImageList        *self,
                                                          guint                    position);

G_END_DECLS
