/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "granary-version.h"

G_BEGIN_DECLS

/* What runs a version on this computer. Both block. */

/* The interpreter for a service of @version: @chosen (nullable), else the version's own, else the
 * system's. */
char *granary_service_python_find       (const GranaryVersion  *version,
                                         const char            *chosen,
                                         GError               **error) G_GNUC_WARN_UNUSED_RESULT;
/* Lines of requirements.txt in the folder @folder_fd that @python does not meet; NULL when it meets
 * all, or that cannot be told. */
GStrv granary_service_python_list_unmet (int                    folder_fd,
                                         const char            *python) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
