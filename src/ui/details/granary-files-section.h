/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-version.h"

G_BEGIN_DECLS

/**
 * GranaryFilesSection:
 *
 * The files of a version; files dropped on it are to be uploaded.
 *
 * Signals: dropped (GStrv paths); all-wanted, when more files are asked for than are listed here.
 */
#define GRANARY_TYPE_FILES_SECTION (granary_files_section_get_type ())
G_DECLARE_FINAL_TYPE (GranaryFilesSection, granary_files_section, GRANARY, FILES_SECTION, AdwBin)

void  granary_files_section_set_version  (GranaryFilesSection *self,
                                          GranaryVersion      *version);
void  granary_files_section_set_writable (GranaryFilesSection *self,
                                          gboolean             writable);
guint granary_files_section_get_n_rows   (GranaryFilesSection *self);

G_END_DECLS
