/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* `[REGISTRY[:PORT]/]NAME[/NAME…][:TAG][@ALGORITHM:DIGEST]`, as container registries have it. */
gboolean granary_image_address_check (const char  *address,
                                      GError     **error);

G_END_DECLS
