/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-blocking-storage.h"

G_BEGIN_DECLS

/**
 * GranaryFolderStorage:
 *
 * [iface@ObjectStorage] over a folder of this computer: its sub-folders are the buckets, relative
 * paths in them the keys. Symbolic links are followed as long as they stay in their bucket. Files
 * appear and are replaced as a whole; names that cannot be keys are not listed.
 */
#define GRANARY_TYPE_FOLDER_STORAGE (granary_folder_storage_get_type ())
G_DECLARE_FINAL_TYPE (GranaryFolderStorage, granary_folder_storage, GRANARY, FOLDER_STORAGE, GranaryBlockingStorage)

GranaryObjectStorage *granary_folder_storage_new (const char *folder) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
