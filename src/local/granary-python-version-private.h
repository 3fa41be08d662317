/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One clause such as `~=1.4.2` (PEP 440). TRUE also where one of the two cannot be understood. */
gboolean granary_python_version_matches (const char *version,
                                         const char *clause);

G_END_DECLS
