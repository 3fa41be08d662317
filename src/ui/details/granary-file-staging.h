/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-file-set.h"

G_BEGIN_DECLS

/**
 * GranaryFileStaging:
 * @files: the file, with its target
 *
 * A text written to a temporary file, to be uploaded from there. Freeing it blocks.
 */
typedef struct
{
  GranaryFileSet *files;
  char           *folder;
  char           *path;
} GranaryFileStaging;

/* Both block: worker only. */
GranaryFileStaging *granary_file_staging_new  (const char          *target,
                                               const char          *text,
                                               GCancellable        *cancellable,
                                               GError             **error) G_GNUC_WARN_UNUSED_RESULT;
void                granary_file_staging_free (GranaryFileStaging  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryFileStaging, granary_file_staging_free)

G_END_DECLS
