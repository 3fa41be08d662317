/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-object-storage.h"

G_DEFINE_INTERFACE (GranaryObjectStorage, granary_object_storage, G_TYPE_OBJECT)

static void
granary_object_storage_default_init (GranaryObjectStorageInterface *iface)
{
}
