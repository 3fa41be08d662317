/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define GRANARY_NAME_MAX_CHARS 60
#define GRANARY_PATH_MAX_BYTES 1024
#define GRANARY_PATH_PART_MAX_BYTES 255

char     *granary_name_check         (const char  *name,
                                      GError     **error) G_GNUC_WARN_UNUSED_RESULT;
char     *granary_name_fold          (const char  *name) G_GNUC_WARN_UNUSED_RESULT;
char     *granary_name_suggest       (const char  *text) G_GNUC_WARN_UNUSED_RESULT;
gboolean  granary_path_check         (const char  *path,
                                      GError     **error);
gboolean  granary_version_parse      (const char  *text,
                                      int         *number);
char     *granary_uid_new            (const char  *prefix) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
