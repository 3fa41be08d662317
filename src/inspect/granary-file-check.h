/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "granary-inspection.h"

G_BEGIN_DECLS

#define GRANARY_CONFIG_FILE "config.json"
#define GRANARY_SERVICE_FILE "model_service.py"

/* Checks of the two files a service is started from. Nothing is run. */
gboolean  granary_check_config_text    (const char         *text,
                                        gssize              length,
                                        int                *line,
                                        GError            **error);
gboolean  granary_check_service_text   (const char         *text,
                                        gssize              length,
                                        int                *line,
                                        GError            **error);
gboolean  granary_check_file           (const char         *path,
                                        const char         *target,
                                        GError            **error);
char     *granary_make_config_template (GranaryInspection  *inspection,
                                        const char         *model_file) G_GNUC_WARN_UNUSED_RESULT;
char     *granary_make_service_template (GranaryInspection *inspection,
                                         const char        *model_file) G_GNUC_WARN_UNUSED_RESULT;

/* A name that looks like one of the two but is not: `Config.json`, `model_service.PY`, `config (1).json`.
 * Returns the right one, or NULL. */
const char *granary_check_misspelt     (const char         *target);

G_END_DECLS
