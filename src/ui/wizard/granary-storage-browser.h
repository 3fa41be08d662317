/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-object-storage.h"

G_BEGIN_DECLS

/**
 * GranaryStorageBrowser:
 *
 * A page that looks into object storage: buckets, then folders and objects level by level. It
 * remembers nothing.
 *
 * Signal: chosen (const char *address): this folder, as `cos://BUCKET/PREFIX/`.
 */
#define GRANARY_TYPE_STORAGE_BROWSER (granary_storage_browser_get_type ())
G_DECLARE_FINAL_TYPE (GranaryStorageBrowser, granary_storage_browser, GRANARY, STORAGE_BROWSER, AdwNavigationPage)

GranaryStorageBrowser *granary_storage_browser_new (GranaryObjectStorage *storage,
                                                    const char           *region,
                                                    const char           *address) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
