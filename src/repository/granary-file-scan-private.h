/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-file-set.h"

G_BEGIN_DECLS

/**
 * GranaryFileScan:
 * @files: (element-type GranarySourceFile): in the order found, targets may repeat
 * @problems: (element-type GError): what cannot be stored
 * @folders: (element-type filename): walked through, deepest first
 * @suggestion: (nullable): name for a model
 * @n_left_out: what never belongs to a model
 *
 * One walk through chosen files and folders. Only granary-file-set.c uses it.
 */
typedef struct
{
  GPtrArray    *files;
  GPtrArray    *problems;
  GPtrArray    *folders;
  char         *suggestion;
  guint         n_left_out;

  char         *into;        /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) (nullable) */
  char         *root;        /* (owned) (nullable): real path of the chosen folder being walked */
  guint         n_visits;
  gboolean      is_full;
} GranaryFileScan;

GranaryFileScan *granary_file_scan_new     (const char          *into,
                                            GCancellable        *cancellable);
gboolean         granary_file_scan_run     (GranaryFileScan     *self,
                                            const char * const  *paths,
                                            GError             **error);
void             granary_file_scan_free    (GranaryFileScan     *self);

void             granary_source_file_unref (gpointer             data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryFileScan, granary_file_scan_free)

G_END_DECLS
