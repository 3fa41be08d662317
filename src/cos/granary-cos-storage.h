/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-blocking-storage.h"
#include "granary-cos-transfer.h"

G_BEGIN_DECLS

/**
 * GranaryCosStorage:
 *
 * [iface@ObjectStorage] on COS: client and transfers, on threads of its own.
 */
#define GRANARY_TYPE_COS_STORAGE (granary_cos_storage_get_type ())
G_DECLARE_FINAL_TYPE (GranaryCosStorage, granary_cos_storage, GRANARY, COS_STORAGE, GranaryBlockingStorage)

GranaryObjectStorage *granary_cos_storage_new (GranaryCosClient   *client,
                                               GranaryCosTransfer *transfer) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
