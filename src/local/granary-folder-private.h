/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <sys/stat.h>

#include "granary-object-storage.h"

G_BEGIN_DECLS

/* What the parts of [class@FolderStorage] share. Everything blocks. */

/* Names of files that are being written. */
#define GRANARY_FOLDER_STAGE_PREFIX ".granary-"
#define GRANARY_FOLDER_STAGE_SUFFIX ".part"

gboolean           granary_folder_is_stage     (const char                *name);
gboolean           granary_folder_fail         (GError                   **error,
                                                int                        saved_errno,
                                                const GranaryObjectPlace  *place,
                                                const char                *action);
gboolean           granary_folder_check_key    (const char                *key,
                                                GError                   **error);
int                granary_folder_open_bucket  (const char                *root,
                                                const char                *bucket,
                                                GError                   **error);
/* As openat(), but what leads out of @fd fails with EXDEV. */
int                granary_folder_open_beneath (int                        fd,
                                                const char                *path,
                                                int                        flags);
/* The folder that @key is in, made when it is missing. @name: (out): what it is called there, within
 * @key. */
int                granary_folder_open_parent  (int                        bucket_fd,
                                                const GranaryObjectPlace  *place,
                                                const char               **name,
                                                GError                   **error);
GranaryObject     *granary_folder_make_object  (const char                *key,
                                                const struct stat         *status) G_GNUC_WARN_UNUSED_RESULT;

/* granary-folder-list.c */
GPtrArray         *granary_folder_list_buckets (const char                *root,
                                                GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryObjectPage *granary_folder_list         (int                        bucket_fd,
                                                const GranaryObjectPlace  *prefix,
                                                const char                *delimiter,
                                                const char                *marker,
                                                guint                      max,
                                                GCancellable              *cancellable,
                                                GError                   **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
