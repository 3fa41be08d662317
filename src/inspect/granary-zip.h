/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-range-reader.h"

G_BEGIN_DECLS

/**
 * GranaryZip:
 *
 * Members of a zip archive, by libarchive through a range reader: the directory is read, members
 * only when asked for. What it may fetch and hold is bounded, whatever the archive says.
 */
typedef struct _GranaryZip GranaryZip;

GranaryZip *granary_zip_open        (GranaryRangeReader  *reader,
                                     gint64               budget,
                                     GCancellable        *cancellable) G_GNUC_WARN_UNUSED_RESULT;
void        granary_zip_free        (GranaryZip          *self);
gboolean    granary_zip_next        (GranaryZip          *self,
                                     const char         **name);
GBytes     *granary_zip_read        (GranaryZip          *self,
                                     gsize                max) G_GNUC_WARN_UNUSED_RESULT;
gboolean    granary_zip_is_broken   (GranaryZip          *self);
gboolean    granary_zip_steal_error (GranaryZip          *self,
                                     GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryZip, granary_zip_free)

G_END_DECLS
