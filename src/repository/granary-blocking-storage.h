/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-object-storage.h"

G_BEGIN_DECLS

/**
 * GranaryBlockingStorage:
 *
 * [iface@ObjectStorage] for back ends whose verbs are straight-line blocking code: subclasses fill
 * in the verbs, which run on threads of the storage, several at once. All of them are needed.
 */
#define GRANARY_TYPE_BLOCKING_STORAGE (granary_blocking_storage_get_type ())
G_DECLARE_DERIVABLE_TYPE (GranaryBlockingStorage, granary_blocking_storage, GRANARY, BLOCKING_STORAGE, GObject)

struct _GranaryBlockingStorageClass
{
  GObjectClass parent_class;

  GPtrArray         *(*list_buckets) (GranaryBlockingStorage    *self,
                                      GCancellable              *cancellable,
                                      GError                   **error);
  GranaryObjectPage *(*list)         (GranaryBlockingStorage    *self,
                                      const GranaryObjectPlace  *prefix,
                                      const char                *delimiter,
                                      const char                *marker,
                                      guint                      max,
                                      GCancellable              *cancellable,
                                      GError                   **error);
  GranaryObject     *(*stat)         (GranaryBlockingStorage    *self,
                                      const GranaryObjectPlace  *place,
                                      GCancellable              *cancellable,
                                      GError                   **error);
  GBytes            *(*read_range)   (GranaryBlockingStorage    *self,
                                      const GranaryObjectPlace  *place,
                                      gint64                     offset,
                                      gsize                      length,
                                      GCancellable              *cancellable,
                                      GError                   **error);
  /* @transfer: bytes only; its cancellable is @cancellable. */
  GranaryObject     *(*read)         (GranaryBlockingStorage    *self,
                                      const GranaryObjectPlace  *place,
                                      const char                *path,
                                      GranaryTransfer           *transfer,
                                      GCancellable              *cancellable,
                                      GError                   **error);
  GranaryObject     *(*write)        (GranaryBlockingStorage    *self,
                                      const char                *path,
                                      const GranaryObjectPlace  *place,
                                      GranaryTransfer           *transfer,
                                      GCancellable              *cancellable,
                                      GError                   **error);
  GranaryObject     *(*copy)         (GranaryBlockingStorage    *self,
                                      const GranaryObjectPlace  *from,
                                      const GranaryObjectPlace  *to,
                                      GranaryTransfer           *transfer,
                                      GCancellable              *cancellable,
                                      GError                   **error);
  gboolean           (*delete)       (GranaryBlockingStorage    *self,
                                      const GranaryObjectPlace  *bucket,
                                      const char * const        *keys,
                                      GCancellable              *cancellable,
                                      GError                   **error);
};

G_END_DECLS
