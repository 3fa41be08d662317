/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-object-storage.h"
#include "granary-place-list.h"

G_BEGIN_DECLS

/**
 * GranaryObjectList:
 *
 * The buckets of an object storage, or one level of folders and objects of a bucket. Buckets are
 * searched by part of their name, keys by how they begin, as the storage does it.
 */
#define GRANARY_TYPE_OBJECT_LIST (granary_object_list_get_type ())
G_DECLARE_FINAL_TYPE (GranaryObjectList, granary_object_list, GRANARY, OBJECT_LIST, GranaryPlaceList)

GranaryPlaceList   *granary_object_list_new       (GranaryObjectStorage     *storage,
                                                   const GranaryObjectPlace *place) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full): the bucket or folder at @position; NULL for an object */
GranaryObjectPlace *granary_object_list_dup_place (GranaryObjectList        *self,
                                                   guint                     position) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
