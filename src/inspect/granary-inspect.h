/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-inspection.h"
#include "granary-range-reader.h"

G_BEGIN_DECLS

/* Pure and bounded: reads at most a few MiB, runs nothing. Blocks: worker only. Never fails on
 * content: what cannot be read is a warning of the result. */
GranaryInspection *granary_inspect_reader (GranaryRangeReader   *reader,
                                           const char           *name,
                                           GCancellable         *cancellable,
                                           GError              **error) G_GNUC_WARN_UNUSED_RESULT;

/* A whole version: @paths where the files are, @targets their paths inside the version. Picks the
 * model file(s) among them by content. */
GranaryInspection *granary_inspect_files  (const char * const   *paths,
                                           const char * const   *targets,
                                           GCancellable         *cancellable,
                                           GError              **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for files that are opened otherwise, such as objects in storage: (transfer full). */
typedef GranaryRangeReader *(*GranaryInspectOpenFunc) (const char *path,
                                                       gpointer    user_data,
                                                       GError    **error);
GranaryInspection *granary_inspect_files_with (const char * const     *paths,
                                               const char * const     *targets,
                                               GranaryInspectOpenFunc  open,
                                               gpointer                open_data,
                                               GCancellable           *cancellable,
                                               GError                **error) G_GNUC_WARN_UNUSED_RESULT;

/* The canonical spelling and the known values, for completion: NULL-terminated, static. */
const char * const *granary_inspect_list_frameworks (void);
const char * const *granary_inspect_list_formats    (void);

G_END_DECLS
